"""Lists of revoked certificates (CRL, RFC 5280 §5): which signers an authority has taken back.

Read by one walk over the DER, as certificates are. A list whose meaning depends on something not
known here (a critical extension, one that only adds to another list) is refused: half understood,
it would let through what it revokes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import der
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.moment import utc_text
from vnvaxcert.trust.name import read_name
from vnvaxcert.trust.signature_scheme import SHA1, SchemeError, read_scheme

MAX_REVOKED: Final = 100_000  # real lists of passport authorities have none to some hundred
MAX_AUTHORITIES: Final = 64  # tried for one list: whoever writes a list chooses its issuer's name
MAX_PART_BYTES: Final = 65_536  # of a name, or of all extensions of one place; real ones: hundreds
MAX_SERIAL_BYTES: Final = 64  # the standard allows 20; certificates with a few more exist

CRL_FORMAT: Final = "revocation, CRL"

_VERSION_2: Final = 1
_REMOVED: Final = 8  # removeFromCRL, in lists that add to others (§5.3.1)
_ON_HOLD: Final = 6  # certificateHold


class CertificateRevocationList(Immutable):
    """One list of one authority. Immutable.

    Attributes:
        issuer: Name of the authority, RFC 4514.
        issuer_der: The same, DER, for comparing.
        authority_key_identifier: Key identifier of the key that signed it, where stated.
        number: CRL number, where stated; grows with each list of the authority.
        issued_at: ``thisUpdate``, aware, UTC.
        expires_at: ``nextUpdate``, aware, UTC; None where it is missing.
        revoked: When each certificate was revoked, by serial number.
        notes: What is odd, in words, with how many.
    """

    __slots__ = (
        "_algorithm",
        "_signature",
        "_tbs",
        "authority_key_identifier",
        "expires_at",
        "issued_at",
        "issuer",
        "issuer_der",
        "notes",
        "number",
        "revoked",
    )

    issuer: str
    issuer_der: bytes
    authority_key_identifier: bytes | None
    number: int | None
    issued_at: datetime
    expires_at: datetime | None
    revoked: Mapping[int, datetime]
    notes: tuple[str, ...]
    _algorithm: tuple[str, bytes | None]
    _signature: bytes
    _tbs: bytes

    def __init__(
        self,
        *,
        issuer: str,
        issuer_der: bytes,
        authority_key_identifier: bytes | None,
        number: int | None,
        issued_at: datetime,
        expires_at: datetime | None,
        revoked: Mapping[int, datetime],
        notes: tuple[str, ...],
        algorithm: tuple[str, bytes | None],
        signature: bytes,
        tbs: bytes,
    ) -> None:
        """Take what a list says; `read_crl` finds it."""
        set_once(
            self,
            issuer=issuer,
            issuer_der=issuer_der,
            authority_key_identifier=authority_key_identifier,
            number=number,
            issued_at=issued_at,
            expires_at=expires_at,
            revoked=MappingProxyType(dict(revoked)),
            notes=notes,
            _algorithm=algorithm,
            _signature=signature,
            _tbs=tbs,
        )

    def is_revoked(self, certificate: CertificateFacts) -> bool:
        """Whether the certificate of a signer is on the list.

        The list speaks of all certificates that the authority of this name issued, also of those
        signed with another key of it: its name and a serial number identify a certificate, and
        an authority that has changed its key goes on with one list.

        Spec: RFC 5280 §4.1.2.2, §5.3, §6.3.3 (b).
        """
        return certificate.serial in self.revoked and _same_name(
            self, certificate.issuer_der, certificate.issuer
        )

    def check_signature(
        self,
        *,
        signing_key: PublicKey | None,
        authorities: Authorities | None,
        at: datetime | None,
    ) -> bool:
        """Check who signed it, as far as something was given to check it with.

        Args:
            signing_key: The authority's key; it has to have signed.
            authorities: One of them has to have signed, and to have the name of the list's
                issuer; those with the key identifier that the list states are tried first. Its
                key usage must not leave out signing of such lists. A bare key has no name and
                is tried too.
            at: When that authority has to be valid; None: that does not matter.

        Returns:
            Whether anything was given; False otherwise.

        Raises:
            TrustListSignatureError: The signature is of none of them, or over SHA-1 or another
                algorithm that is not accepted; the authority may not sign such lists, or was
                not valid.

        Spec: RFC 5280 §5.1.1.3, §6.3.3 (f), (g); §4.2.1.3 (cRLSign).
        """
        if signing_key is not None and not self._is_signed_with(signing_key):
            raise TrustListSignatureError(
                CRL_FORMAT, "", "the signature is not that of the key given over this list"
            )
        if authorities is not None:
            self._check_authorities(authorities, at)
        return signing_key is not None or authorities is not None

    def _check_authorities(self, authorities: Authorities, at: datetime | None) -> None:
        reason = "no authority has the name of its issuer"
        for number, authority in enumerate(self._candidates(authorities)):
            if number == MAX_AUTHORITIES:
                break
            if not self._is_signed_with(authority.public_key):
                if not number:
                    reason = "it is not signed with the key of the authority it names"
                continue
            refusal = _refusal(authority, at)
            if refusal is None:
                return
            reason = refusal
        raise TrustListSignatureError(CRL_FORMAT, "", reason)

    def _candidates(self, authorities: Authorities) -> list[TrustedKey]:
        """Authorities of the issuer's name, those with the key identifier first; bare keys."""
        wanted = self.authority_key_identifier
        named: list[TrustedKey] = []
        others: list[TrustedKey] = []
        for key in authorities.anchors.keys:
            facts = key.facts
            if facts is None:
                others.append(key)
            elif _same_name(self, facts.subject_der, facts.subject):
                (named if facts.ski == wanted else others).append(key)
        return named + others

    def _is_signed_with(self, key: PublicKey) -> bool:
        try:
            scheme = read_scheme(*self._algorithm)
        except SchemeError as error:
            raise TrustListSignatureError(CRL_FORMAT, "signature", str(error)) from error
        if scheme.hash_name == SHA1:
            raise TrustListSignatureError(
                CRL_FORMAT, "signature", "it is over SHA-1, which is not accepted"
            )
        try:
            scheme.check(key, self._signature, self._tbs)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, SchemeError):
            return False
        return True

    def __repr__(self) -> str:
        number = "" if self.number is None else f"number {self.number}, "
        return f"CertificateRevocationList({self.issuer!r}, {number}{len(self.revoked)} revoked)"


def _same_name(crl: CertificateRevocationList, name_der: bytes, name: str) -> bool:
    # Authorities write one name as PrintableString here and as UTF8String there.
    return crl.issuer_der == name_der or crl.issuer.casefold() == name.casefold()


def _refusal(authority: TrustedKey, at: datetime | None) -> str | None:
    """Why an authority must not sign such a list; None when it may."""
    facts = authority.facts
    if facts is not None and facts.key_usage is not None and "cRLSign" not in facts.key_usage:
        return "the key usage of the authority that signed it leaves out signing such lists"
    if at is None:
        return None
    if authority.not_before is not None and at < authority.not_before:
        return f"its authority is valid only from {utc_text(authority.not_before)}"
    if authority.not_after is not None and at > authority.not_after:
        return f"its authority expired at {utc_text(authority.not_after)}"
    return None


# --- reading -----------------------------------------------------------------------------------

# Extensions of a list and of an entry (§5.2, §5.3), by the content of the object identifier.
_AUTHORITY_KEY_IDENTIFIER: Final = bytes.fromhex("551d23")
_CRL_NUMBER: Final = bytes.fromhex("551d14")
_DELTA_CRL_INDICATOR: Final = bytes.fromhex("551d1b")
_REASON_CODE: Final = bytes.fromhex("551d15")
_INVALIDITY_DATE: Final = bytes.fromhex("551d18")
_ISSUING_DISTRIBUTION_POINT: Final = bytes.fromhex("551d1c")
_CERTIFICATE_ISSUER: Final = bytes.fromhex("551d1d")

_ENUMERATED: Final = 0x0A
_EXTENSIONS: Final = 0xA0
_ISSUER_KEY: Final = 0x80  # keyIdentifier of an AuthorityKeyIdentifier (§4.2.1.1)
_TIMES: Final = (der.UTC_TIME, der.GENERALIZED_TIME)


class _Entry(NamedTuple):
    serial: int
    revoked_at: datetime
    reason: int | None


def read_crl(data: bytes) -> CertificateRevocationList:
    """Read a list. Its signature is not checked, nor is any time.

    Args:
        data: DER, nothing before or behind it.

    Raises:
        TrustListFormatError: Not a list in DER, or not one whose meaning is known: another
            version, a critical extension that is not read, one that only adds to another list,
            that has entries of other authorities or an entry taken off again; an extension given
            twice; more than `MAX_REVOKED` entries. The text names the part and quotes nothing.

    Spec: RFC 5280 §5.1 to §5.3.
    """
    try:
        return _read(data)
    except DerError as error:
        raise TrustListFormatError(CRL_FORMAT, "", str(error)) from error


def _read(data: bytes) -> CertificateRevocationList:
    at, end = der.only(data, 0, len(data), der.SEQUENCE, "list")
    tbs_start, tbs_end = der.expect(data, at, end, der.SEQUENCE, "list")
    oid, parameters, outer = der.algorithm(data, tbs_end, end, "signature algorithm")
    signature, signature_end = der.only(data, outer, end, der.BIT_STRING, "signature")
    if signature == signature_end or data[signature]:
        raise DerError("signature: not a whole number of bytes")

    position = tbs_start
    tag, start, stop = der.element(data, position, tbs_end, "version")
    if tag == der.INTEGER:
        version = der.integer(data, start, stop, "version")
        if version != _VERSION_2:
            raise DerError(f"version: {_shown(version + 1)}, expected 1 or 2")
        position = stop
    _, _, inner = der.algorithm(data, position, tbs_end, "signature algorithm, inside")
    if data[position:inner] != data[tbs_end:outer]:
        raise DerError("the two names of its signature algorithm differ (RFC 5280 §5.1.1.2)")
    issuer_start, issuer_end = der.expect(data, inner, tbs_end, der.SEQUENCE, "issuer")
    _check_size(issuer_start, issuer_end, "issuer")
    issued_at, position = _time(data, issuer_end, tbs_end, "thisUpdate")
    expires_at = None
    if position < tbs_end and data[position] in _TIMES:
        expires_at, position = _time(data, position, tbs_end, "nextUpdate")
    entries: list[_Entry] = []
    if position < tbs_end and data[position] == der.SEQUENCE:
        start, stop = der.expect(data, position, tbs_end, der.SEQUENCE, "entries")
        entries = _entries(data, start, stop)
        position = stop
    extensions: dict[bytes, tuple[int, int]] = {}
    if position < tbs_end:
        start, stop = der.only(data, position, tbs_end, _EXTENSIONS, "extensions")
        inside = der.only(data, start, stop, der.SEQUENCE, "extensions")
        known = (_AUTHORITY_KEY_IDENTIFIER, _CRL_NUMBER)
        extensions = _extensions(data, *inside, "extensions", known)
    number = _number(data, extensions)
    revoked, notes = _by_serial(entries)
    if expires_at is None:
        notes += ("it does not say until when it holds (RFC 5280 §5.1.2.5)",)
    return CertificateRevocationList(
        issuer=read_name(data, issuer_start, issuer_end, "issuer").text,
        issuer_der=data[inner:issuer_end],
        authority_key_identifier=_key_identifier(data, extensions),
        number=number,
        issued_at=issued_at,
        expires_at=expires_at,
        revoked=revoked,
        notes=notes,
        algorithm=(oid, parameters),
        signature=data[signature + 1 : signature_end],
        tbs=data[at:tbs_end],
    )


def _check_size(at: int, end: int, what: str) -> None:
    """Refuse a part that would be walked element by element, and be all elements of two bytes."""
    if end - at > MAX_PART_BYTES:
        raise DerError(f"{what}: more than {MAX_PART_BYTES} bytes")


def _shown(number: int) -> str:
    return str(number) if abs(number) < 1000 else "out of range"


def _time(data: bytes, at: int, end: int, what: str) -> tuple[datetime, int]:
    """A time (§5.1.2.4), and its end."""
    place = der.element(data, at, end, what)
    return der.time(data, place, what), place[2]


def _entries(data: bytes, at: int, end: int) -> list[_Entry]:
    found: list[_Entry] = []
    while at < end:
        what = f"entry {len(found) + 1}"
        if len(found) == MAX_REVOKED:
            raise DerError(f"more than {MAX_REVOKED} entries")
        start, stop = der.expect(data, at, end, der.SEQUENCE, what)
        at = stop
        serial_start, serial_end = der.expect(data, start, stop, der.INTEGER, what)
        if serial_end - serial_start > MAX_SERIAL_BYTES:
            raise DerError(f"{what}: a serial number of more than {MAX_SERIAL_BYTES} bytes")
        revoked_at, position = _time(data, serial_end, stop, what)
        reason = None
        if position < stop:
            inside = der.only(data, position, stop, der.SEQUENCE, what)
            known = (_REASON_CODE, _INVALIDITY_DATE)
            extensions = _extensions(data, *inside, what, known)
            reason = _reason(data, extensions, what)
        serial = der.integer(data, serial_start, serial_end, what)
        found.append(_Entry(serial, revoked_at, reason))
    return found


def _by_serial(entries: list[_Entry]) -> tuple[dict[int, datetime], tuple[str, ...]]:
    """The entries by serial number: of two of one, the earlier revocation counts."""
    revoked: dict[int, datetime] = {}
    for serial, revoked_at, _ in entries:
        known = revoked.get(serial)
        revoked[serial] = revoked_at if known is None else min(known, revoked_at)
    notes: tuple[str, ...] = ()
    if len(revoked) < len(entries):
        notes += (f"serial numbers given twice: {len(entries) - len(revoked)}",)
    on_hold = sum(entry.reason == _ON_HOLD for entry in entries)
    if on_hold:
        notes += (f"certificates on hold, which count as revoked: {on_hold}",)
    return revoked, notes


def _extensions(
    data: bytes, at: int, end: int, what: str, known: tuple[bytes, ...]
) -> dict[bytes, tuple[int, int]]:
    """Where the value of each known extension lies."""
    _check_size(at, end, what)
    found: dict[bytes, tuple[int, int]] = {}
    for tag, start, stop in der.elements(data, at, end, what):
        members = der.elements(data, start, stop, what)
        tags = [member[0] for member in members]
        if tag != der.SEQUENCE or tags not in (
            [der.OBJECT_IDENTIFIER, der.OCTET_STRING],
            [der.OBJECT_IDENTIFIER, der.BOOLEAN, der.OCTET_STRING],
        ):
            raise DerError(f"{what}: malformed extension")
        oid = data[members[0][1] : members[0][2]]
        if oid in _REFUSED:
            raise DerError(f"{what}: {_REFUSED[oid]}, which is not supported")
        if oid in found:
            raise DerError(f"{what}: an extension given twice")
        if oid in known:
            found[oid] = members[-1][1:]
        elif len(members) == 3 and data[members[1][1] : members[1][2]] != b"\x00":
            shown = der.object_identifier(oid, what)
            raise DerError(f"{what}: unknown critical extension {shown}")
    return found


# What changes the meaning of a list or of an entry; the standard makes these critical (§5.2.4,
# §5.2.5, §5.3.3), and where one is not, its meaning is no other.
_REFUSED: Final = {
    _DELTA_CRL_INDICATOR: "a list that only adds to another one (delta CRL)",
    _ISSUING_DISTRIBUTION_POINT: "a list of a part of the certificates (distribution point)",
    _CERTIFICATE_ISSUER: "an entry of another authority (indirect CRL)",
}


def _number(data: bytes, extensions: dict[bytes, tuple[int, int]]) -> int | None:
    """CRLNumber (§5.2.3)."""
    what = "CRL number"
    place = extensions.get(_CRL_NUMBER)
    if place is None:
        return None
    start, stop = der.only(data, *place, der.INTEGER, what)
    if stop - start > MAX_SERIAL_BYTES:
        raise DerError(f"{what}: more than {MAX_SERIAL_BYTES} bytes")
    number = der.integer(data, start, stop, what)
    if number < 0:
        raise DerError(f"{what}: negative")
    return number


def _key_identifier(data: bytes, extensions: dict[bytes, tuple[int, int]]) -> bytes | None:
    """The key of an AuthorityKeyIdentifier (§5.2.1)."""
    what = "authority key identifier"
    place = extensions.get(_AUTHORITY_KEY_IDENTIFIER)
    if place is None:
        return None
    inside = der.only(data, *place, der.SEQUENCE, what)
    for tag, start, stop in der.elements(data, *inside, what):
        if tag == _ISSUER_KEY:
            return data[start:stop]
    return None


def _reason(data: bytes, extensions: dict[bytes, tuple[int, int]], what: str) -> int | None:
    """The reason code of an entry (§5.3.1)."""
    place = extensions.get(_REASON_CODE)
    if place is None:
        return None
    start, stop = der.only(data, *place, _ENUMERATED, what)
    if stop - start != 1:
        raise DerError(f"{what}: malformed reason")
    reason = data[start]
    if reason == _REMOVED:
        raise DerError(f"{what}: taken off the list and on it, at once (removeFromCRL)")
    return reason
