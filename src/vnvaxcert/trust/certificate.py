"""X.509 certificates, read leniently and once (RFC 5280 §4.1).

The facts of every certificate come from one walk over its DER, whether a strict parser takes it
or not, so that there is one way and not two. A certificate whose key, validity and usages cannot
be told for certain is refused; all else that is wrong with it is a note.
"""

from __future__ import annotations

import warnings
from _thread import allocate_lock
from datetime import datetime
from functools import lru_cache
from struct import Struct
from sys import intern
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust import der, extensions
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.name import Name, read_name
from vnvaxcert.trust.spki import read_spki
from vnvaxcert.trust.usage import UNRESTRICTED, Usage, usages_from_oids

# Real ones have 400 to 3,000 bytes, a list signer's with every extension perhaps 10,000.
MAX_CERTIFICATE_BYTES: Final = 65_536


class CertificateFacts(Immutable):
    """What a certificate says. Immutable; equal to another one's when the bytes are.

    A list holds thousands: kept are the bytes, where each part of them stands, and what every
    verification asks for. All else is cut out and decoded when it is asked for.

    Attributes:
        der: The whole certificate, as it came.
        not_before: Start of validity, aware, UTC.
        not_after: End of validity, aware, UTC; the last moment included.
        country: First ``C`` of the subject, as written; None without one.
        usages: The kinds of certificate its extended key usages allow; empty: all.
        key_usage: Names out of `vnvaxcert.trust.extensions.KEY_USAGES`; None when absent.
        is_ca: ``cA`` of the basic constraints; None when absent. False also where the
            constraints cannot be read.
        path_length: Their ``pathLenConstraint``, where stated.
        is_name_change: Whether it has ICAO's extension NameChange: a link certificate of an
            authority, from its old name to its new one.
        is_restricted: Whether an extension restricts what it may sign in a way that is not read:
            name constraints, or an unknown one that is critical. An authority's that came along
            is then not followed (RFC 5280 §6.1.4 (g), (o)).
    """

    __slots__ = (
        "_allows_ps256",
        "_key",
        "_places",
        "_remarks",
        "_strict",
        "country",
        "der",
        "is_ca",
        "is_name_change",
        "is_restricted",
        "key_usage",
        "not_after",
        "not_before",
        "path_length",
        "usages",
    )

    der: bytes
    not_before: datetime
    not_after: datetime
    country: str | None
    usages: frozenset[Usage]
    key_usage: frozenset[str] | None
    is_ca: bool | None
    path_length: int | None
    is_name_change: bool
    is_restricted: bool
    _places: bytes
    _remarks: tuple[str, ...]
    _strict: tuple[x509.Certificate | None, str] | None
    _key: PublicKey | None
    _allows_ps256: bool

    def __init__(
        self,
        *,
        der: bytes,
        places: bytes,
        not_before: datetime,
        not_after: datetime,
        country: str | None,
        usages: frozenset[Usage],
        key_usage: frozenset[str] | None,
        is_ca: bool | None,
        path_length: int | None,
        is_name_change: bool,
        is_restricted: bool,
        remarks: tuple[str, ...] = (),
    ) -> None:
        """Take the facts; `read_certificate` finds them."""
        set_once(
            self,
            der=der,
            not_before=not_before,
            not_after=not_after,
            country=country,
            usages=usages,
            key_usage=key_usage,
            is_ca=is_ca,
            path_length=path_length,
            is_name_change=is_name_change,
            is_restricted=is_restricted,
            _places=places,
            _remarks=remarks,
            _strict=None,
            _key=None,
            _allows_ps256=True,
        )

    @property
    def tbs(self) -> bytes:
        """The signed part, ``TBSCertificate``, DER with its header."""
        return self._part(_TBS)

    @property
    def signature_algorithm(self) -> str:
        """How ``tbs`` was signed, dotted object identifier."""
        return _algorithm(self._part(_ALGORITHM))[0]

    @property
    def signature_parameters(self) -> bytes | None:
        """Parameters of the signature's algorithm, DER with header; None when there are none."""
        return _algorithm(self._part(_ALGORITHM))[1]

    @property
    def is_algorithm_signed(self) -> bool:
        """Whether ``tbs`` names the same algorithm, with the same parameters, byte for byte.

        Spec: RFC 5280 §4.1.1.2, §4.1.2.3.
        """
        after_serial = _PLACE.unpack_from(self._places, _SERIAL * _PLACE.size)[1]
        before_issuer = _PLACE.unpack_from(self._places, _ISSUER * _PLACE.size)[0]
        return self.der[after_serial:before_issuer] == self._part(_ALGORITHM)

    @property
    def signature(self) -> bytes:
        """The signature over ``tbs``."""
        return self._part(_SIGNATURE)

    @property
    def serial(self) -> int:
        """Serial number; negative ones exist."""
        return int.from_bytes(self._part(_SERIAL), "big", signed=True)

    @property
    def subject(self) -> str:
        """Name of the holder, RFC 4514, as issued: diacritics intact, wrong encodings too."""
        return _name(self.subject_der, "subject").text

    @property
    def issuer(self) -> str:
        """Name of the issuer, in the same form."""
        return _issuer(self.issuer_der).text

    @property
    def subject_der(self) -> bytes:
        """The subject's ``Name``, DER, for comparing."""
        return self._part(_SUBJECT)

    @property
    def issuer_der(self) -> bytes:
        """The issuer's."""
        return self._part(_ISSUER)

    @property
    def spki(self) -> bytes:
        """The public key, ``SubjectPublicKeyInfo`` as written; `public_key` loads it."""
        return self._part(_SPKI)

    @property
    def ski(self) -> bytes | None:
        """Subject key identifier; None where it is not stated."""
        return self._extension(_SUBJECT_KEY_IDENTIFIER)

    @property
    def aki(self) -> bytes | None:
        """Key identifier of the authority; None where it is not stated."""
        return self._extension(_AUTHORITY_KEY_IDENTIFIER)

    @property
    def extended_key_usages(self) -> tuple[str, ...]:
        """Dotted object identifiers in order; empty also when absent."""
        return extensions.object_identifiers(self._extension(_EXTENDED_KEY_USAGES) or b"")

    def extension(self, oid: bytes) -> bytes | None:
        """The content of an extension that is not kept; None where it is absent.

        Args:
            oid: Content of its object identifier.

        Raises:
            DerError: It is there more than once.
        """
        after_key = _PLACE.unpack_from(self._places, _SPKI * _PLACE.size)[1]
        end = _PLACE.unpack_from(self._places, _TBS * _PLACE.size)[1]
        found, _ = extensions.walk(self.der, after_key, end, [])
        place = extensions.single(found, oid, "extension")
        return None if place is None else self.der[slice(*place)]

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
        return self._loaded_key()[0]

    @property
    def allows_ps256(self) -> bool:
        """False for an RSA key that its own parameters restrict to other PSS signatures.

        Raises:
            DerError: The key cannot be used at all.
        """
        return self._loaded_key()[1]

    @property
    def strict(self) -> x509.Certificate | None:
        """The certificate as the backend's strict parser has it; None where it refuses a part."""
        return self._strictly_read()[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with it without making it unusable, and why a strict parser refused."""
        refusal = self._strictly_read()[1]
        return (*self._remarks, refusal) if refusal else self._remarks

    def _part(self, number: int) -> bytes:
        start, stop = _PLACE.unpack_from(self._places, number * _PLACE.size)
        return self.der[start:stop]

    def _extension(self, number: int) -> bytes | None:
        start, stop = _PLACE.unpack_from(self._places, number * _PLACE.size)
        return self.der[start:stop] if start else None  # else it is `extensions.NOWHERE`

    def _loaded_key(self) -> tuple[PublicKey, bool]:
        key = self._key
        if key is None:
            key, allows_ps256 = read_spki(self.spki)
            set_once(self, _allows_ps256=allows_ps256)
            set_once(self, _key=key)
        return key, self._allows_ps256

    def _strictly_read(self) -> tuple[x509.Certificate | None, str]:
        found = self._strict
        if found is None:
            found = _read_strictly(self.der, self.serial)
            set_once(self, _strict=found)
        return found

    def __eq__(self, other: object) -> bool:
        return self.der == other.der if isinstance(other, CertificateFacts) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return (
            f"CertificateFacts(subject={self.subject!r}, serial={self.serial:#x}, "
            f"not_after={self.not_after:%Y-%m-%d})"
        )


# Where a part starts and ends (exclusive) in the certificate: pairs, in the order of these numbers.
_TBS, _ALGORITHM, _SIGNATURE, _SERIAL, _ISSUER, _SUBJECT, _SPKI = range(7)
_SUBJECT_KEY_IDENTIFIER, _AUTHORITY_KEY_IDENTIFIER, _EXTENDED_KEY_USAGES = range(7, 10)
_PLACE: Final = Struct("<2I")
_PLACES: Final = Struct("<20I")


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
    outer = _algorithm_end(data, tbs_end, end, "signature algorithm")
    signature, signature_end = der.only(data, outer, end, der.BIT_STRING, "signature")
    if signature == signature_end or data[signature]:
        raise DerError("signature: not a whole number of bytes")

    position = tbs_start
    first = der.element(data, position, tbs_end, "version")
    if first[0] == 0xA0:
        position = first[2]
    serial, serial_end = der.expect(data, position, tbs_end, der.INTEGER, "serial number")
    der.integer(data, serial, serial_end, "serial number")
    inner = _algorithm_end(data, serial_end, tbs_end, "signature algorithm, inside")
    remarks: list[str] = []
    if data[serial_end:inner] != data[tbs_end:outer]:
        remarks.append("the two names of its signature algorithm differ (RFC 5280 §4.1.1.2)")
    _, issuer_end = der.expect(data, inner, tbs_end, der.SEQUENCE, "issuer")
    if data[issuer_end] in (der.UTC_TIME, der.GENERALIZED_TIME):  # its issue, in a CRL
        raise DerError("a CRL (list of revoked certificates), and no certificate")
    start, validity_end = der.expect(data, issuer_end, tbs_end, der.SEQUENCE, "validity")
    times = der.elements(data, start, validity_end, "validity")
    if len(times) != 2:
        raise DerError("validity: not two times")
    not_before, not_after = (der.time(data, one, "validity") for one in times)
    _, subject_end = der.expect(data, validity_end, tbs_end, der.SEQUENCE, "subject")
    _, spki_end = der.expect(data, subject_end, tbs_end, der.SEQUENCE, "public key")
    found, is_restricted = extensions.walk(data, spki_end, tbs_end, remarks)
    if not_after < not_before:
        remarks.append("its validity ends before it starts")

    _issuer(data[inner:issuer_end])
    country = _name(data[validity_end:subject_end], "subject").country
    usages_at = extensions.extended_key_usages(data, found)
    usages = usages_from_oids(extensions.object_identifiers(data[slice(*usages_at)]))
    is_ca, path_length = extensions.basic_constraints(data, found, remarks)
    places = (
        *(at, tbs_end),
        *(tbs_end, outer),
        *(signature + 1, signature_end),
        *(serial, serial_end),
        *(inner, issuer_end),
        *(validity_end, subject_end),
        *(subject_end, spki_end),
        *extensions.subject_key_identifier(data, found, remarks),
        *extensions.authority_key_identifier(data, found, remarks),
        *usages_at,
    )
    return CertificateFacts(
        der=data,
        places=_PLACES.pack(*places),
        not_before=not_before,
        not_after=not_after,
        # One text for all of a country's, one set for all that allow the same.
        country=None if country is None else intern(country),
        usages=_SHARED_USAGES.setdefault(usages, usages),
        key_usage=extensions.key_usage(data, found, remarks),
        is_ca=is_ca,
        path_length=path_length,
        is_name_change=extensions.NAME_CHANGE in found,
        is_restricted=is_restricted,
        remarks=tuple(remarks),
    )


_SHARED_USAGES: Final[dict[frozenset[Usage], frozenset[Usage]]] = {UNRESTRICTED: UNRESTRICTED}


def _algorithm_end(data: bytes, at: int, end: int, what: str) -> int:
    """Where an AlgorithmIdentifier ends."""
    _, stop = der.expect(data, at, end, der.SEQUENCE, what)
    _algorithm(data[at:stop], what)
    return stop


@lru_cache(maxsize=64)  # a dozen are in use, and all are short
def _algorithm(identifier: bytes, what: str = "") -> tuple[str, bytes | None]:
    """An AlgorithmIdentifier: object identifier, and parameters if there are any."""
    oid, parameters, _ = der.algorithm(identifier, 0, len(identifier), what)
    return oid, parameters


_MOST_KEPT_BYTES: Final = 1024  # of a name; real ones have 30 to 250


def _issuer(name: bytes) -> Name:
    # The same few name the issuers of thousands.
    return _kept_issuer(name) if len(name) <= _MOST_KEPT_BYTES else _name(name, "issuer")


@lru_cache(maxsize=128)
def _kept_issuer(name: bytes) -> Name:
    return _name(name, "issuer")


def _name(name: bytes, what: str) -> Name:
    return read_name(name, *der.only(name, 0, len(name), der.SEQUENCE, what), what)


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
