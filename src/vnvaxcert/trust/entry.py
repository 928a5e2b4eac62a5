"""Entries of trust lists: as they were read, and what becomes of them when they are looked up.

A list of thousands is loaded by reading kids alone; each entry is parsed when its kid is asked
for, once, and is then a `TrustedKey` or `SetAside`.
"""

from __future__ import annotations

from _thread import allocate_lock
from binascii import Error as Base64Error
from binascii import a2b_base64
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, NamedTuple, TypeAlias

from cryptography import x509

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import PublicKey, algorithms_for
from vnvaxcert.errors import TrustListError
from vnvaxcert.trust import der
from vnvaxcert.trust.certificate import MAX_CERTIFICATE_BYTES, CertificateFacts, read_certificate
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.spki import read_spki
from vnvaxcert.trust.usage import UNRESTRICTED, Usage

KID_BYTES: Final = 8  # HCERT A.1: the first bytes of SHA-256 over the DER certificate

Role: TypeAlias = Literal["signer", "authority"]
Form: TypeAlias = Literal["certificate", "key", "either"]


def certificate_kid(certificate: bytes) -> bytes:
    """The kid a certificate has by its own bytes: the first 8 of its SHA-256 (HCERT A.1)."""
    return sha256(certificate).digest()[:KID_BYTES]


def decode_base64(text: str | bytes) -> bytes:
    """Decode Base64 as lists have it: either alphabet, padded or not, broken into lines or not.

    Raises:
        ValueError: Other characters, or not a whole number of bytes.

    Spec: RFC 4648 §4, §5.
    """
    try:
        return a2b_base64(text, strict_mode=True)
    except Base64Error:
        if isinstance(text, bytes):
            text = text.decode("ascii")
        text = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
        return a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)


class SetAside(NamedTuple):
    """Something a list holds that cannot be used.

    Attributes:
        kid: As published; empty where none could be read.
        country: As published, else of the certificate; None where neither is known.
        source: File and place in it.
        reason: Why, in words.
    """

    kid: bytes
    country: str | None
    source: str
    reason: str


class TrustedKey(Immutable):
    """A public key and what it may be used for. Immutable.

    Attributes:
        kid: Key identifier as published, of any length.
        public_key: The key.
        algorithms: The COSE algorithms that may be verified with it; none for an
            authority's curve that they do not use.
        facts: The certificate it came in; None for a bare key.
        not_before: Start of validity, aware, UTC; None for a bare key.
        not_after: End of validity; None for a bare key.
        country: As published, else ``C`` of the subject; None where neither is known.
        usages: The kinds of certificate it may sign; empty: all.
        role: ``"signer"`` of certificates, or country ``"authority"``. As published; of a
            certificate from a list that does not tell, by its constraints and key usage.
    """

    __slots__ = (
        "_place",
        "_published",
        "_remarks",
        "algorithms",
        "country",
        "facts",
        "kid",
        "not_after",
        "not_before",
        "public_key",
        "role",
        "usages",
    )

    kid: bytes
    public_key: PublicKey
    algorithms: frozenset[Algorithm]
    facts: CertificateFacts | None
    not_before: datetime | None
    not_after: datetime | None
    country: str | None
    usages: frozenset[Usage]
    role: Role
    _published: Published
    _place: str | int
    _remarks: tuple[str, ...]

    def __init__(
        self,
        *,
        kid: bytes,
        public_key: PublicKey,
        algorithms: frozenset[Algorithm],
        facts: CertificateFacts | None,
        country: str | None,
        usages: frozenset[Usage],
        role: Role,
        published: Published,
        place: str | int = "",
        remarks: tuple[str, ...] = (),
    ) -> None:
        """Take what is known of a key; lists make them from their entries."""
        set_once(
            self,
            kid=kid,
            public_key=public_key,
            algorithms=algorithms,
            facts=facts,
            not_before=None if facts is None else facts.not_before,
            not_after=None if facts is None else facts.not_after,
            country=country,
            usages=usages,
            role=role,
            _published=published,
            _place=place,
            _remarks=remarks,
        )

    @property
    def subject(self) -> str | None:
        """The certificate's subject, RFC 4514; None for a bare key."""
        return None if self.facts is None else self.facts.subject

    @property
    def source(self) -> str:
        """File and place in it."""
        return source(self._published.origin, self._place)

    @property
    def certificate(self) -> x509.Certificate | None:
        """The certificate as a strict parser has it; None for a bare key, or where it refuses."""
        return None if self.facts is None else self.facts.strict

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about it: refused by a strict parser and why, a kid of another making."""
        if self.facts is None:
            return self._remarks
        notes = self._remarks
        if self.kid != certificate_kid(self.facts.der):
            notes += ("its kid is not the start of its certificate's SHA-256 (HCERT A.1)",)
        return notes + self.facts.notes

    def __repr__(self) -> str:
        names = "/".join(sorted(algorithm.name for algorithm in self.algorithms))
        return f"TrustedKey(kid={self.kid.hex()}, {names}, {self.role}, source={self.source!r})"


def may_vouch(key: TrustedKey) -> bool | None:
    """Whether a list lets a key stand as a country authority.

    True for what was published as an authority. False for what was published as a signer, whatever
    its certificate allows by saying nothing: a signer that vouched for others would make signers of
    its own. None where the list does not tell: the certificate alone decides
    (`vnvaxcert.trust.chain`).
    """
    role = key._published.role
    return None if role is None else role == "authority"


class Published(NamedTuple):
    """What a list says of an entry besides its key; entries that agree may share one.

    Attributes:
        origin: Name of the file or list.
        form: What the entry holds: a certificate, a bare key, or either.
        role: Signer or authority; None: as the certificate shows.
        country: Two or three letters; None: as in the certificate.
        usages: None or empty: all that the certificate allows.
    """

    origin: str
    form: Form = "certificate"
    role: Role | None = None
    country: str | None = None
    usages: frozenset[Usage] | None = None


class Entry:
    """One entry as it was read: nothing but its kid has been looked at.

    Attributes:
        kid: As published, or computed where a format has none.
        material: Certificate or SubjectPublicKeyInfo; DER, or Base64 of it as text or bytes.
        published: What else the list says.
        place: Place in the list, in words or as a number from 1; empty for the whole of it.
        thumbprint: SHA-256 of the certificate as published, hex in either case; None without, and
            once it has been compared.
    """

    __slots__ = ("_outcome", "kid", "material", "place", "published", "thumbprint")

    def __init__(
        self,
        kid: bytes,
        material: bytes | str,
        published: Published,
        place: str | int = "",
        thumbprint: str | bytes | None = None,
    ) -> None:
        self.kid = kid
        self.material = material
        self.published = published
        self.place = place
        self.thumbprint = thumbprint
        self._outcome: TrustedKey | SetAside | None = None

    @property
    def source(self) -> str:
        """Where it stands: ``"list.json, entry 12"``."""
        return source(self.published.origin, self.place)

    def identity(self) -> tuple[object, ...]:
        """What two entries that say the same have in common."""
        try:
            material: bytes | str = self._der()
        except DerError:
            material = self.material
        _, form, role, country, usages = self.published
        return self.kid, material, form, role, country, usages or UNRESTRICTED

    def outcome(self) -> TrustedKey | SetAside:
        """Parse the entry, once; safe to call from several threads."""
        if self._outcome is None:
            with _PARSING:
                if self._outcome is None:
                    self._outcome = self._parsed()
        return self._outcome

    def _parsed(self) -> TrustedKey | SetAside:
        facts = None
        try:
            material = self._der()
            form = self.published.form
            if form == "key" or (form == "either" and _is_spki(material)):
                return self._bare_key(material)
            facts = read_certificate(material)
            self.material = facts.der  # which is kept anyway; the Base64 need not be
            return self._trusted(facts)
        except DerError as error:
            country = self.published.country or (facts.country if facts else None)
            return SetAside(self.kid, country, self.source, str(error))

    def _trusted(self, facts: CertificateFacts) -> TrustedKey:
        key = facts.public_key
        published = self.published
        role = published.role or _role(facts)
        algorithms = algorithms_for(key)
        if not facts.allows_ps256:
            algorithms -= {Algorithm.PS256}
        if role == "signer" and not algorithms and not facts.is_ca:
            raise DerError(_NO_ALGORITHM)
        remarks: tuple[str, ...] = ()
        if self.thumbprint and not _is_thumbprint(self.thumbprint, facts.der):
            remarks = ("the published thumbprint is not that of the certificate",)
        self.thumbprint = None  # it has done what it is for
        return TrustedKey(
            kid=self.kid,
            public_key=key,
            algorithms=algorithms,
            facts=facts,
            country=published.country or facts.country,
            usages=_both(published.usages, facts.usages),
            role=role,
            published=published,
            place=self.place,
            remarks=remarks,
        )

    def _bare_key(self, spki: bytes) -> TrustedKey:
        key, allows_ps256 = read_spki(spki)
        algorithms = algorithms_for(key)
        if not allows_ps256:
            algorithms -= {Algorithm.PS256}
        role = self.published.role or "signer"
        if role == "signer" and not algorithms:
            raise DerError(_NO_ALGORITHM)
        return TrustedKey(
            kid=self.kid,
            public_key=key,
            algorithms=algorithms,
            facts=None,
            country=self.published.country,
            usages=self.published.usages or UNRESTRICTED,
            role=role,
            published=self.published,
            place=self.place,
        )

    def _der(self) -> bytes:
        material = self.material
        # A certificate and a key are SEQUENCEs, 0x30, of 128 bytes or more: "MI" in Base64.
        if isinstance(material, bytes) and material.startswith(b"\x30"):
            return material
        if len(material) > 2 * MAX_CERTIFICATE_BYTES:
            raise DerError(f"certificate: more than {MAX_CERTIFICATE_BYTES} bytes")
        try:
            return decode_base64(material)
        except ValueError as error:
            raise DerError("certificate: neither DER nor Base64") from error


_NO_ALGORITHM: Final = "public key: no signature algorithm of certificates uses such a key"

# One for all: parsing takes some 100 µs, happens once per key, and a lock each would cost memory.
_PARSING: Final = (
    allocate_lock()
)  # of the low-level module: `threading` takes a millisecond to import


def source(origin: str, place: str | int = "") -> str:
    """Origin and place in it as one text; a number is that of an entry, from 1."""
    if isinstance(place, int):
        return f"{origin}, entry {place}"
    return f"{origin}, {place}" if place else origin


def placed(error: TrustListError, origin: str) -> TrustListError:
    """The error, with the name of the file, or of the part of one, that it is about."""
    return type(error)(error.format, source(origin, error.place), error.reason)


def _is_thumbprint(published: str | bytes, certificate: bytes) -> bool:
    if isinstance(published, bytes):
        published = published.decode("ascii")
    return published.lower() == sha256(certificate).hexdigest()


def _is_spki(material: bytes) -> bool:
    """Whether DER starts as a SubjectPublicKeyInfo does: an algorithm before all else."""
    what = "certificate or key"
    start, end = der.expect(material, 0, len(material), der.SEQUENCE, what)
    start, end = der.expect(material, start, end, der.SEQUENCE, what)
    return der.element(material, start, end, what)[0] == der.OBJECT_IDENTIFIER


def _role(facts: CertificateFacts) -> Role:
    # A self-signed test signer as openssl makes it is a CA too, but says nothing of its usage;
    # an authority always does. AT's may sign data besides.
    return "authority" if facts.is_ca and facts.key_cert_sign else "signer"


def _both(published: frozenset[Usage] | None, own: frozenset[Usage]) -> frozenset[Usage]:
    """What list and certificate both allow, where empty means everything.

    Raises:
        DerError: They have no kind of certificate in common, so the key may sign none.
    """
    if not published or not own:
        return published or own
    if not published & own:
        raise DerError("list and certificate allow different kinds of certificates")
    return published & own
