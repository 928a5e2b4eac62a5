"""X.509 certificates, read leniently and once (RFC 5280 §4.1).

The facts of every certificate come from one walk over its DER, whether a strict parser takes it
or not, so that there is one way and not two. A certificate whose key, validity and usages cannot
be told for certain is refused; all else that is wrong with it is a note.
"""

from __future__ import annotations

import warnings
from _thread import allocate_lock
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust import der
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.name import read_name
from vnvaxcert.trust.spki import Spki, read_spki
from vnvaxcert.trust.usage import Usage, usages_from_oids

# Real ones have 400 to 3,000 bytes, a list signer's with every extension perhaps 10,000.
MAX_CERTIFICATE_BYTES: Final = 65_536

KEY_USAGES: Final = (  # RFC 5280 §4.2.1.3, by bit
    *("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment"),
    *("keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"),
)


class CertificateFacts(Immutable):
    """What a certificate says. Immutable; equal to another one's when the bytes are.

    Attributes:
        der: The whole certificate, as it came.
        spki: The public key, ``SubjectPublicKeyInfo`` as written; `public_key` loads it.
        subject: Name of the holder, RFC 4514, as issued: diacritics intact, wrong encodings too.
        issuer: Name of the issuer, in the same form.
        subject_der: The subject's ``Name``, DER, for comparing.
        issuer_der: The issuer's.
        serial: Serial number; negative ones exist.
        not_before: Start of validity, aware, UTC.
        not_after: End of validity, aware, UTC; the last moment included.
        country: First ``C`` of the subject, as written; None without one.
        ski: Subject key identifier, where stated.
        aki: Key identifier of the authority, where stated.
        extended_key_usages: Dotted object identifiers in order; empty also when absent.
        usages: The kinds of certificate these allow; empty: all.
        key_usage: Names out of `KEY_USAGES`; None when absent.
        is_ca: ``cA`` of the basic constraints; None when absent. False also where the
            constraints cannot be read.
        path_length: Their ``pathLenConstraint``, where stated.
        is_name_change: Whether it has ICAO's extension NameChange: a link certificate of an
            authority, from its old name to its new one.
        signature_algorithm: Dotted object identifier.
        signature_parameters: Its parameters, DER with header; None when there are none.
        signature: The signature over ``tbs``.
    """

    __slots__ = (
        "_remarks",
        "_spki",
        "_strict",
        "_tbs",
        "aki",
        "country",
        "der",
        "extended_key_usages",
        "is_ca",
        "is_name_change",
        "issuer",
        "issuer_der",
        "key_usage",
        "not_after",
        "not_before",
        "path_length",
        "serial",
        "signature",
        "signature_algorithm",
        "signature_parameters",
        "ski",
        "spki",
        "subject",
        "subject_der",
        "usages",
    )

    der: bytes
    spki: bytes
    subject: str
    issuer: str
    subject_der: bytes
    issuer_der: bytes
    serial: int
    not_before: datetime
    not_after: datetime
    country: str | None
    ski: bytes | None
    aki: bytes | None
    extended_key_usages: tuple[str, ...]
    usages: frozenset[Usage]
    key_usage: frozenset[str] | None
    is_ca: bool | None
    path_length: int | None
    is_name_change: bool
    signature_algorithm: str
    signature_parameters: bytes | None
    signature: bytes
    _remarks: tuple[str, ...]
    _strict: list[tuple[x509.Certificate | None, str]]
    _spki: list[Spki]
    _tbs: slice

    def __init__(
        self,
        *,
        der: bytes,
        tbs: slice,
        spki: bytes,
        subject: str,
        issuer: str,
        subject_der: bytes,
        issuer_der: bytes,
        serial: int,
        not_before: datetime,
        not_after: datetime,
        country: str | None,
        ski: bytes | None,
        aki: bytes | None,
        extended_key_usages: tuple[str, ...],
        usages: frozenset[Usage],
        key_usage: frozenset[str] | None,
        is_ca: bool | None,
        path_length: int | None,
        is_name_change: bool,
        signature_algorithm: str,
        signature_parameters: bytes | None,
        signature: bytes,
        remarks: tuple[str, ...] = (),
    ) -> None:
        """Take the facts; `read_certificate` finds them."""
        set_once(
            self,
            der=der,
            spki=spki,
            subject=subject,
            issuer=issuer,
            subject_der=subject_der,
            issuer_der=issuer_der,
            serial=serial,
            not_before=not_before,
            not_after=not_after,
            country=country,
            ski=ski,
            aki=aki,
            extended_key_usages=extended_key_usages,
            usages=usages,
            key_usage=key_usage,
            is_ca=is_ca,
            path_length=path_length,
            is_name_change=is_name_change,
            signature_algorithm=signature_algorithm,
            signature_parameters=signature_parameters,
            signature=signature,
            _remarks=remarks,
            _strict=[],
            _spki=[],
            _tbs=tbs,
        )

    @property
    def tbs(self) -> bytes:
        """The signed part, ``TBSCertificate``, DER with its header; cut out when asked for."""
        return self.der[self._tbs]

    @property
    def key_cert_sign(self) -> bool | None:
        """Whether the key usage allows to sign certificates; None without one."""
        return None if self.key_usage is None else "keyCertSign" in self.key_usage

    @property
    def public_key(self) -> PublicKey:
        """The public key, loaded when first asked for.

        Raises:
            DerError: It is of a kind or size that cannot be used.
        """
        return self._loaded_spki().key

    @property
    def allows_ps256(self) -> bool:
        """False for an RSA key that its own parameters restrict to other PSS signatures.

        Raises:
            DerError: The key cannot be used at all.
        """
        return self._loaded_spki().allows_ps256

    @property
    def strict(self) -> x509.Certificate | None:
        """The certificate as the backend's strict parser has it; None where it refuses a part."""
        return self._strictly_read()[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with it without making it unusable, and why a strict parser refused."""
        refusal = self._strictly_read()[1]
        return (*self._remarks, refusal) if refusal else self._remarks

    def _loaded_spki(self) -> Spki:
        if not self._spki:
            self._spki.append(read_spki(self.spki))
        return self._spki[0]

    def _strictly_read(self) -> tuple[x509.Certificate | None, str]:
        if not self._strict:
            self._strict.append(_read_strictly(self.der, self.serial))
        return self._strict[0]

    def __eq__(self, other: object) -> bool:
        return self.der == other.der if isinstance(other, CertificateFacts) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return (
            f"CertificateFacts(subject={self.subject!r}, serial={self.serial:#x}, "
            f"not_after={self.not_after:%Y-%m-%d})"
        )


def read_certificate(certificate: bytes) -> CertificateFacts:
    """Read the facts of one certificate.

    Its signature is not checked, nor is any time; see `vnvaxcert.trust.chain`.

    Args:
        certificate: DER, nothing before or behind it.

    Raises:
        DerError: Not a certificate; bytes behind it; more than `MAX_CERTIFICATE_BYTES`; a
            validity or an extended key usage that cannot be read, or the latter twice. A
            `ValueError`. The text names the part and quotes nothing.

    Spec: RFC 5280 §4.1, §4.2.1.
    """
    if len(certificate) > MAX_CERTIFICATE_BYTES:
        raise DerError(f"certificate: more than {MAX_CERTIFICATE_BYTES} bytes")
    data = bytes(certificate)
    at, end = der.only(data, 0, len(data), der.SEQUENCE, "certificate")
    tbs_start, tbs_end = der.expect(data, at, end, der.SEQUENCE, "certificate")
    algorithm, parameters, outer = _algorithm(data, tbs_end, end, "signature algorithm")
    signature, signature_end = der.only(data, outer, end, der.BIT_STRING, "signature")
    if signature == signature_end or data[signature]:
        raise DerError("signature: not a whole number of bytes")

    position = tbs_start
    first = der.element(data, position, tbs_end, "version")
    if first[0] == 0xA0:
        position = first[2]
    serial_start, serial_end = der.expect(data, position, tbs_end, der.INTEGER, "serial number")
    _, _, inner = _algorithm(data, serial_end, tbs_end, "signature algorithm, inside")
    remarks = []
    if data[serial_end:inner] != data[tbs_end:outer]:
        remarks.append("the two names of its signature algorithm differ (RFC 5280 §4.1.1.2)")
    issuer_start, issuer_end = der.expect(data, inner, tbs_end, der.SEQUENCE, "issuer")
    start, validity_end = der.expect(data, issuer_end, tbs_end, der.SEQUENCE, "validity")
    not_before, start = _time(data, start, validity_end)
    not_after, start = _time(data, start, validity_end)
    if start != validity_end:
        raise DerError("validity: more than two times")
    subject_start, subject_end = der.expect(data, validity_end, tbs_end, der.SEQUENCE, "subject")
    _, spki_end = der.expect(data, subject_end, tbs_end, der.SEQUENCE, "public key")
    extensions = _extensions(data, spki_end, tbs_end, remarks)
    if not_after < not_before:
        remarks.append("its validity ends before it starts")

    issuer = read_name(data, issuer_start, issuer_end, "issuer")
    subject = read_name(data, subject_start, subject_end, "subject")
    oids = _extended_key_usages(data, extensions)
    is_ca, path_length = _basic_constraints(data, extensions, remarks)
    return CertificateFacts(
        der=data,
        tbs=slice(at, tbs_end),
        spki=data[subject_end:spki_end],
        subject=subject.text,
        issuer=issuer.text,
        subject_der=data[validity_end:subject_end],
        issuer_der=data[inner:issuer_end],
        serial=der.integer(data, serial_start, serial_end, "serial number"),
        not_before=not_before,
        not_after=not_after,
        country=subject.country,
        ski=_subject_key_identifier(data, extensions, remarks),
        aki=_authority_key_identifier(data, extensions, remarks),
        extended_key_usages=oids,
        usages=usages_from_oids(oids),
        key_usage=_key_usage(data, extensions, remarks),
        is_ca=is_ca,
        path_length=path_length,
        is_name_change=_NAME_CHANGE in extensions,
        signature_algorithm=algorithm,
        signature_parameters=parameters,
        signature=data[signature + 1 : signature_end],
        remarks=tuple(remarks),
    )


def _algorithm(data: bytes, at: int, end: int, what: str) -> tuple[str, bytes | None, int]:
    """An AlgorithmIdentifier: object identifier, parameters, and where it ends."""
    start, stop = der.expect(data, at, end, der.SEQUENCE, what)
    oid, oid_end = der.expect(data, start, stop, der.OBJECT_IDENTIFIER, what)
    return der.object_identifier(data[oid:oid_end], what), data[oid_end:stop] or None, stop


def _time(data: bytes, at: int, end: int) -> tuple[datetime, int]:
    """UTCTime or GeneralizedTime, whole seconds in UTC (RFC 5280 §4.1.2.5), and its end."""
    what = "validity"
    tag, start, stop = der.element(data, at, end, what)
    digits = data[start : stop - 1]
    if tag == der.UTC_TIME and len(digits) == 12:
        # §4.1.2.5.1: 50 to 99 are of the last century.
        digits = (b"19" if digits[:1] >= b"5" else b"20") + digits
    elif tag != der.GENERALIZED_TIME or len(digits) != 14:
        raise DerError(f"{what}: not a time of the two forms allowed")
    if data[stop - 1 : stop] != b"Z" or not digits.isdigit():
        raise DerError(f"{what}: not a time in UTC with seconds")
    parts = (digits[:4], digits[4:6], digits[6:8], digits[8:10], digits[10:12], digits[12:])
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC), stop
    except ValueError as error:
        raise DerError(f"{what}: no such day or time") from error


# --- extensions (RFC 5280 §4.2.1) --------------------------------------------------------------

_SUBJECT_KEY_IDENTIFIER: Final = bytes.fromhex("551d0e")
_KEY_USAGE: Final = bytes.fromhex("551d0f")
_BASIC_CONSTRAINTS: Final = bytes.fromhex("551d13")
_AUTHORITY_KEY_IDENTIFIER: Final = bytes.fromhex("551d23")
_EXTENDED_KEY_USAGE: Final = bytes.fromhex("551d25")
_NAME_CHANGE: Final = bytes.fromhex("67810801010601")  # 2.23.136.1.1.6.1, ICAO Doc 9303-12

# Contents of the extensions by object identifier: where each starts and ends.
_Extensions = dict[bytes, list[tuple[int, int]]]


def _extensions(data: bytes, at: int, end: int, remarks: list[str]) -> _Extensions:
    """Walk what follows the public key: two forgotten identifiers and the extensions."""
    what = "extensions"
    found: _Extensions = {}
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
            found.setdefault(data[members[0][1] : members[0][2]], []).append(members[-1][1:])
    for oid, places in found.items():
        if len(places) > 1:
            shown = der.object_identifier(oid, what)
            remarks.append(f"extension {shown} is there {len(places)} times (RFC 5280 §4.2)")
    return found


def _single(extensions: _Extensions, oid: bytes, what: str) -> tuple[int, int] | None:
    places = extensions.get(oid, ())
    if len(places) > 1:
        raise DerError(f"{what}: there more than once")
    return places[0] if places else None


def _extended_key_usages(data: bytes, extensions: _Extensions) -> tuple[str, ...]:
    # Not lenient: an unreadable restriction must not become no restriction.
    what = "extended key usage"
    place = _single(extensions, _EXTENDED_KEY_USAGE, what)
    if place is None:
        return ()
    oids = []
    for tag, start, stop in der.elements(data, *der.only(data, *place, der.SEQUENCE, what), what):
        if tag != der.OBJECT_IDENTIFIER:
            raise DerError(f"{what}: unexpected type {tag:#04x}")
        oids.append(der.object_identifier(data[start:stop], what))
    return tuple(oids)


def _key_usage(data: bytes, extensions: _Extensions, remarks: list[str]) -> frozenset[str] | None:
    """The bits that are set; none of them where they cannot be read."""
    what = "key usage"
    try:
        place = _single(extensions, _KEY_USAGE, what)
        if place is None:
            return None
        start, stop = der.only(data, *place, der.BIT_STRING, what)
        if start == stop or data[start] > 7:
            raise DerError(f"{what}: malformed bits")
    except DerError as error:
        remarks.append(str(error))
        return frozenset()
    bits = int.from_bytes(data[start + 1 : stop][:2].ljust(2, b"\0"), "big")
    return frozenset(usage for bit, usage in enumerate(KEY_USAGES) if bits >> (15 - bit) & 1)


def _basic_constraints(
    data: bytes, extensions: _Extensions, remarks: list[str]
) -> tuple[bool | None, int | None]:
    """``cA`` and ``pathLenConstraint``; no authority where they cannot be read.

    Read as meant: FI writes the default FALSE out, ES and FI state a path length without cA.
    """
    what = "basic constraints"
    try:
        place = _single(extensions, _BASIC_CONSTRAINTS, what)
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


def _subject_key_identifier(
    data: bytes, extensions: _Extensions, remarks: list[str]
) -> bytes | None:
    what = "subject key identifier"
    try:
        place = _single(extensions, _SUBJECT_KEY_IDENTIFIER, what)
        if place is None:
            return None
        start, stop = der.only(data, *place, der.OCTET_STRING, what)
    except DerError as error:
        remarks.append(str(error))
        return None
    return data[start:stop]


def _authority_key_identifier(
    data: bytes, extensions: _Extensions, remarks: list[str]
) -> bytes | None:
    what = "authority key identifier"
    try:
        place = _single(extensions, _AUTHORITY_KEY_IDENTIFIER, what)
        if place is None:
            return None
        inner = der.only(data, *place, der.SEQUENCE, what)
        for tag, start, stop in der.elements(data, *inner, what):
            if tag == 0x80:
                return data[start:stop]
    except DerError as error:
        remarks.append(str(error))
    return None


# --- what a strict parser says -----------------------------------------------------------------

_SILENCING: Final = (
    allocate_lock()
)  # of the low-level module: `threading` takes a millisecond to import


def _read_strictly(certificate: bytes, serial: int) -> tuple[x509.Certificate | None, str]:
    """The backend's reading, or why it refuses, in its own words and which part it was."""
    # The backend warns of serial numbers and lengths of names that the standard does not allow.
    # Filters are global, so one at a time, and only for who asks for the strict reading.
    with _SILENCING, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        parsed, refusal = _attempt_each_part(certificate)
    if serial <= 0:
        refusal = refusal or "its serial number is not positive (RFC 5280 §4.1.2.2)"
    return parsed, refusal


def _attempt_each_part(certificate: bytes) -> tuple[x509.Certificate | None, str]:
    part = "certificate"
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        for part in ("subject", "issuer", "extensions", "not_valid_before_utc"):
            getattr(parsed, part)
        part = "public key"
        parsed.public_key()
    except (
        ValueError,
        TypeError,
        KeyError,  # of releases before 46, for a name in an odd string type
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:
        return None, f"a strict parser refuses its {part}: {str(error)[:200]}"
    return parsed, ""
