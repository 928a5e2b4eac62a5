"""The extensions of a certificate that matter here, read leniently (RFC 5280 §4.2.1).

What cannot be read restricts as much as it could have: no authority, no key usage at all. An
extended key usage that cannot be read makes a certificate unusable. All else is a remark.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

from vnvaxcert.trust import der
from vnvaxcert.trust.der import DerError

KEY_USAGES: Final = (  # RFC 5280 §4.2.1.3, by bit
    *("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment"),
    *("keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"),
)

_SUBJECT_KEY_IDENTIFIER: Final = bytes.fromhex("551d0e")
_KEY_USAGE: Final = bytes.fromhex("551d0f")
_BASIC_CONSTRAINTS: Final = bytes.fromhex("551d13")
_AUTHORITY_KEY_IDENTIFIER: Final = bytes.fromhex("551d23")
_EXTENDED_KEY_USAGE: Final = bytes.fromhex("551d25")
NAME_CHANGE: Final = bytes.fromhex("67810801010601")  # 2.23.136.1.1.6.1, ICAO Doc 9303-12
DOCUMENT_TYPE_LIST: Final = bytes.fromhex("67810801010602")  # 2.23.136.1.1.6.2, likewise

# Critical or not, of these nothing is overlooked that would restrict whom a certificate may sign:
# they are read here, or name people, places and policies.
_HARMLESS: Final = frozenset(
    {
        *(_SUBJECT_KEY_IDENTIFIER, _KEY_USAGE, _BASIC_CONSTRAINTS, _AUTHORITY_KEY_IDENTIFIER),
        *(_EXTENDED_KEY_USAGE, NAME_CHANGE),
        DOCUMENT_TYPE_LIST,  # of signers, never of authorities; see `document_types`
        bytes.fromhex("551d10"),  # private key usage period, RFC 3280 §4.2.1.4
        bytes.fromhex("551d11"),  # subject alternative name
        bytes.fromhex("551d12"),  # issuer alternative name
        bytes.fromhex("551d1f"),  # CRL distribution points
        bytes.fromhex("551d20"),  # certificate policies
    }
)
_NAME_CONSTRAINTS: Final = bytes.fromhex("551d1e")

_PRINTABLE_STRING: Final = 0x13

Place: TypeAlias = tuple[int, int]
"""Where something starts and ends (exclusive) in the certificate."""

NOWHERE: Final[Place] = (0, 0)
"""The place of what is absent: nothing stands at the very start of a certificate."""

Extensions: TypeAlias = dict[bytes, list[Place]]
"""Where the contents of each extension are, by the content of its object identifier."""


def walk(data: bytes, at: int, end: int, remarks: list[str]) -> tuple[Extensions, bool]:
    """Walk what follows the public key: two forgotten identifiers and the extensions.

    Returns:
        Where they are; and whether one of them restricts what the certificate may sign in a way
        that is not read here: any unknown one that is critical, and name constraints.

    Raises:
        DerError: Something else, or extensions that are not of their form.
    """
    what = "extensions"
    found: Extensions = {}
    is_restricted = False
    for tag, start, stop in der.elements(data, at, end, what):
        if tag in (0x81, 0x82):  # issuerUniqueID, subjectUniqueID
            continue
        if tag != 0xA3 or stop != end:
            raise DerError(f"{what}: unexpected type {tag:#04x}")
        inner = der.only(data, start, stop, der.SEQUENCE, what)
        for extension in der.elements(data, *inner, what):
            members = der.elements(data, extension[1], extension[2], what)
            tags = [member[0] for member in members]
            if extension[0] != der.SEQUENCE or tags not in (
                [der.OBJECT_IDENTIFIER, der.OCTET_STRING],
                [der.OBJECT_IDENTIFIER, der.BOOLEAN, der.OCTET_STRING],
            ):
                raise DerError(f"{what}: malformed")
            oid = data[members[0][1] : members[0][2]]
            found.setdefault(oid, []).append(members[-1][1:])
            is_critical = len(members) == 3 and any(data[slice(*members[1][1:])])
            is_restricted |= oid == _NAME_CONSTRAINTS or (is_critical and oid not in _HARMLESS)
    for oid, places in found.items():
        if len(places) > 1:
            shown = der.object_identifier(oid, what)
            remarks.append(f"extension {shown} is there {len(places)} times (RFC 5280 §4.2)")
    return found, is_restricted


def single(extensions: Extensions, oid: bytes, what: str) -> Place | None:
    """Where the content of an extension stands; None where it is absent.

    Raises:
        DerError: It is there more than once.
    """
    places = extensions.get(oid, ())
    if len(places) > 1:
        raise DerError(f"{what}: there more than once")
    return places[0] if places else None


def extended_key_usages(data: bytes, extensions: Extensions) -> Place:
    """Where the object identifiers of the extended key usage stand.

    Not lenient: an unreadable restriction must not become no restriction.

    Raises:
        DerError: It is there twice, or is no sequence.
    """
    what = "extended key usage"
    place = single(extensions, _EXTENDED_KEY_USAGE, what)
    return NOWHERE if place is None else der.only(data, *place, der.SEQUENCE, what)


def object_identifiers(content: bytes) -> tuple[str, ...]:
    """The object identifiers of an extended key usage, dotted, in order (§4.2.1.12).

    Raises:
        DerError: Something else among them, or a malformed one.
    """
    what = "extended key usage"
    oids = []
    for tag, start, stop in der.elements(content, 0, len(content), what):
        if tag != der.OBJECT_IDENTIFIER:
            raise DerError(f"{what}: unexpected type {tag:#04x}")
        oids.append(der.object_identifier(content[start:stop], what))
    return tuple(oids)


def key_usage(data: bytes, extensions: Extensions, remarks: list[str]) -> frozenset[str] | None:
    """The bits that are set; none of them where they cannot be read."""
    what = "key usage"
    try:
        place = single(extensions, _KEY_USAGE, what)
        if place is None:
            return None
        start, stop = der.only(data, *place, der.BIT_STRING, what)
        if start == stop or data[start] > 7:
            raise DerError(f"{what}: malformed bits")
    except DerError as error:
        remarks.append(str(error))
        return frozenset()
    return _names_of_bits(data[start + 1 : stop][:2])


@lru_cache(maxsize=64)  # few of the 512 there can be are in use
def _names_of_bits(octets: bytes) -> frozenset[str]:
    bits = int.from_bytes(octets.ljust(2, b"\0"), "big")
    return frozenset(usage for bit, usage in enumerate(KEY_USAGES) if bits >> (15 - bit) & 1)


def basic_constraints(
    data: bytes, extensions: Extensions, remarks: list[str]
) -> tuple[bool | None, int | None]:
    """``cA`` and ``pathLenConstraint``; no authority where they cannot be read.

    Read as meant: FI writes the default FALSE out, ES and FI state a path length without cA.
    """
    what = "basic constraints"
    try:
        place = single(extensions, _BASIC_CONSTRAINTS, what)
        if place is None:
            return None, None
        members = der.elements(data, *der.only(data, *place, der.SEQUENCE, what), what)
        tags = [tag for tag, _, _ in members]
        if tags not in ([], [der.BOOLEAN], [der.INTEGER], [der.BOOLEAN, der.INTEGER]):
            raise DerError(f"{what}: malformed")
        is_ca = False
        if der.BOOLEAN in tags:
            content = data[members[0][1] : members[0][2]]
            if content not in (b"\x00", b"\xff"):
                raise DerError(f"{what}: a truth value that is neither")
            is_ca = content == b"\xff"
        length = None
        if der.INTEGER in tags:
            length = der.integer(data, members[-1][1], members[-1][2], what)
    except DerError as error:
        remarks.append(str(error))
        return False, None
    return is_ca, length


def subject_key_identifier(data: bytes, extensions: Extensions, remarks: list[str]) -> Place:
    """Where the identifier stands (§4.2.1.2); nowhere where it cannot be read."""
    what = "subject key identifier"
    try:
        place = single(extensions, _SUBJECT_KEY_IDENTIFIER, what)
        if place is None:
            return NOWHERE
        start, stop = der.only(data, *place, der.OCTET_STRING, what)
    except DerError as error:
        remarks.append(str(error))
        return NOWHERE
    return start, stop


def authority_key_identifier(data: bytes, extensions: Extensions, remarks: list[str]) -> Place:
    """Where the key identifier in it stands (§4.2.1.1); nowhere where it cannot be read."""
    what = "authority key identifier"
    try:
        place = single(extensions, _AUTHORITY_KEY_IDENTIFIER, what)
        if place is None:
            return NOWHERE
        inner = der.only(data, *place, der.SEQUENCE, what)
        for tag, start, stop in der.elements(data, *inner, what):
            if tag == 0x80:
                return start, stop
    except DerError as error:
        remarks.append(str(error))
    return NOWHERE


def document_types(content: bytes) -> frozenset[str]:
    """The types of document that a signer is for, from the content of a DocumentTypeList.

    Raises:
        DerError: Not ``SEQUENCE { version INTEGER, SET OF PrintableString }``; an unreadable
            restriction must not become none.

    Spec: ICAO Doc 9303-12 §7.1.1 (DocumentTypeListSyntax).
    """
    what = "document types"
    members = der.elements(content, *der.only(content, 0, len(content), der.SEQUENCE, what), what)
    if [tag for tag, _, _ in members] != [der.INTEGER, der.SET]:
        raise DerError(f"{what}: malformed")
    found = set()
    for tag, start, stop in der.elements(content, members[1][1], members[1][2], what):
        text = content[start:stop]
        if tag != _PRINTABLE_STRING or not 1 <= len(text) <= 2 or not text.isalnum():
            raise DerError(f"{what}: malformed")
        found.add(text.decode("ascii"))
    return frozenset(found)
