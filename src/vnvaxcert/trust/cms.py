"""Signed messages of CMS (RFC 5652 §5, SignedData): the gateway's, the Dutch list, master lists.

Read whatever is written in BER or DER, check with a key. Which key is to be trusted, and whether a
certificate that came along may vouch for one, is for the caller to say: nothing in a message
says anything about that.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import new as new_hash
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import InvalidSignatureError
from vnvaxcert.trust import der
from vnvaxcert.trust.ber import to_der
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.signature_scheme import SHA1, Scheme, SchemeError, read_scheme

# One signs as a rule. Each further one costs a check of a signature.
MAX_SIGNERS: Final = 16
MAX_CERTIFICATES: Final = 64  # the signer's and those above it, for every signer

DATA: Final = "1.2.840.113549.1.7.1"  # id-data, RFC 5652 §4: octets that say nothing of themselves
SIGNED_DATA_OID: Final = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2, §5.1

_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"  # §11.1
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"  # §11.2
_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"  # §11.3
_SINGLE: Final = (_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME)

# Hash algorithms (RFC 5754 §2, RFC 3370 §2.1) by identifier, named as in `Scheme.hash_name`.
_HASHES: Final = {
    "1.3.14.3.2.26": SHA1,
    "2.16.840.1.101.3.4.2.4": "SHA-224",
    "2.16.840.1.101.3.4.2.1": "SHA-256",
    "2.16.840.1.101.3.4.2.2": "SHA-384",
    "2.16.840.1.101.3.4.2.3": "SHA-512",
}
# A signature algorithm that names the key alone leaves the hash to `digestAlgorithm` (RFC 5754
# §3.2). The second is no signature algorithm at all, and written all the same.
_BY_HASH: Final = {
    "1.2.840.113549.1.1.1": {  # rsaEncryption
        SHA1: "1.2.840.113549.1.1.5",
        "SHA-224": "1.2.840.113549.1.1.14",
        "SHA-256": "1.2.840.113549.1.1.11",
        "SHA-384": "1.2.840.113549.1.1.12",
        "SHA-512": "1.2.840.113549.1.1.13",
    },
    "1.2.840.10045.2.1": {  # id-ecPublicKey
        SHA1: "1.2.840.10045.4.1",
        "SHA-224": "1.2.840.10045.4.3.1",
        "SHA-256": "1.2.840.10045.4.3.2",
        "SHA-384": "1.2.840.10045.4.3.3",
        "SHA-512": "1.2.840.10045.4.3.4",
    },
}


class CmsError(ValueError):
    """No usable SignedData, or a signature that cannot be checked. Its text says why."""


class Attributes(NamedTuple):
    """What a signer signed instead of the content itself (RFC 5652 §5.3, §11).

    Attributes:
        signed: The encodings that may have been signed, as SET OF: with the members as they
            came, then, where that is another, in the order of DER.
        content_type: Dotted object identifier of what the content is.
        digest: Hash of the content.
        signing_time: When it was signed, by the signer's clock, aware, UTC; None when not said.
    """

    signed: tuple[bytes, ...]
    content_type: str
    digest: bytes
    signing_time: datetime | None


class Signer(NamedTuple):
    """One signature and how it was made (RFC 5652 §5.3, SignerInfo).

    Attributes:
        issuer_der: Issuer of the signer's certificate, DER; None where a key identifier is given.
        serial: Its serial number; None likewise.
        key_identifier: Subject key identifier; None where issuer and serial number are given.
        digest_oid: The hash over the content, dotted object identifier.
        attributes: What was signed; None: the content itself.
        signature_oid: The signature algorithm, dotted object identifier.
        signature_parameters: Its parameters, DER with header; None when there are none.
        signature: The signature.
    """

    issuer_der: bytes | None
    serial: int | None
    key_identifier: bytes | None
    digest_oid: str
    attributes: Attributes | None
    signature_oid: str
    signature_parameters: bytes | None
    signature: bytes

    @property
    def signing_time(self) -> datetime | None:
        """When it was signed, by the signer's clock, aware, UTC; None when not said."""
        return None if self.attributes is None else self.attributes.signing_time

    def is_of(self, certificate: CertificateFacts) -> bool:
        """Whether this names a certificate as the signer's. Only the signature proves it."""
        if self.key_identifier is not None:
            return certificate.ski == self.key_identifier
        return (certificate.issuer_der, certificate.serial) == (self.issuer_der, self.serial)

    def __repr__(self) -> str:
        return f"Signer(digest={self.digest_oid}, signature={self.signature_oid})"


class SignedData(NamedTuple):
    """A signed message, read and not checked.

    Attributes:
        content_type: Dotted object identifier of what the content is.
        content: The content; None where it is kept elsewhere (a detached signature).
        certificates: X.509 certificates that came along, DER, in order, not looked at.
        signers: Those who signed it; `MAX_SIGNERS` at most, perhaps none.
    """

    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    signers: tuple[Signer, ...]

    def verify(
        self, key: PublicKey, content: bytes | None = None, *, accept_sha1: bool = False
    ) -> Signer:
        """Check that a key signed the content.

        One good signature of this key is what counts. Whether others signed too, and well, says
        nothing about it: they are anyone's to add.

        Args:
            key: The key of who has to have signed.
            content: The content of a detached signature. Where the message has one inside, it
                may be left out, and has to be the same.
            accept_sha1: Accept hashes of SHA-1, for which two contents can be made that have the
                same one. Germany's master list of 2021 has one.

        Returns:
            The signer whose signature it is; with its time of signing, now authentic.

        Raises:
            InvalidSignatureError: No signature is that of this key over this content.
            CmsError: There is no content, or no signer; or no signature could be checked, for
                its algorithms.

        Spec: RFC 5652 §5.4, §5.6.
        """
        if self.content is not None:
            if content is not None and content != self.content:
                raise InvalidSignatureError
            content = self.content
        elif content is None:
            raise CmsError("the signature is detached, and its content was not given")
        if not self.signers:
            raise CmsError("nobody signed it")
        problems = []
        for signer in self.signers:
            try:
                _check(signer, key, self.content_type, content, accept_sha1)
            except InvalidSignatureError:
                continue
            except CmsError as error:
                problems.append(error)
                continue
            return signer
        if len(problems) == len(self.signers):
            raise problems[0]
        raise InvalidSignatureError

    def signer_certificate(self, number: int = 0) -> bytes | None:
        """The certificate that a signer names, out of those that came along.

        One that came along alone is that of the signer, whatever it names: Bahrain's uploader
        names the subject of its certificate in the place of the issuer. Only a good signature
        proves whose certificate it is.

        Args:
            number: Which of `signers`, from 0.

        Returns:
            The certificate, DER; None where it did not come along, or cannot be
            found because it cannot be read.

        Raises:
            IndexError: There is no such signer.

        Spec: RFC 5652 §5.3 (SignerIdentifier).
        """
        signer = self.signers[number]
        if len(self.certificates) == 1:
            return self.certificates[0]
        for certificate in self.certificates:
            try:
                if signer.is_of(read_certificate(certificate)):
                    return certificate
            except DerError:
                continue
        return None

    def __repr__(self) -> str:
        return f"SignedData(content_type={self.content_type}, signers={self.signers!r})"


def read_signed_data(data: bytes, what: str = "CMS message") -> SignedData:
    """Read a signed message. Nothing is checked.

    Attribute certificates, revocation lists and unsigned attributes that came along are passed
    over.

    Args:
        data: BER or DER of the whole message, nothing before or behind it.
        what: What it is, for the messages.

    Raises:
        CmsError: Not a SignedData within the bounds of `vnvaxcert.trust.ber`; content that is
            no octets; more than `MAX_SIGNERS` or `MAX_CERTIFICATES`; signed attributes without a
            content type or a digest, or with one of them twice.

    Spec: RFC 5652 §3, §5.1 to §5.3, §10.2, §11; X.690 §8 (BER).
    """
    try:
        return _read(to_der(data, what), what)
    except DerError as error:
        raise CmsError(str(error)) from error


# --- reading -----------------------------------------------------------------------------------

_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_KEY_IDENTIFIER: Final = 0x80


def _read(data: bytes, what: str) -> SignedData:
    at, end = der.only(data, 0, len(data), der.SEQUENCE, what)
    start, at = der.expect(data, at, end, der.OBJECT_IDENTIFIER, what)
    if data[start:at] != SIGNED_DATA_OID:
        kind = der.object_identifier(data[start:at], what)
        raise DerError(f"{what}: content of type {kind}, not signed data")
    at, end = der.only(data, at, end, _CONTEXT_0, what)
    at, end = der.only(data, at, end, der.SEQUENCE, what)
    _, at = der.expect(data, at, end, der.INTEGER, f"{what}, version")
    _, at = der.expect(data, at, end, der.SET, f"{what}, digest algorithms")
    start, at = der.expect(data, at, end, der.SEQUENCE, f"{what}, content")
    content_type, content = _content(data, start, at, f"{what}, content")
    certificates: tuple[bytes, ...] = ()
    *optional, signers = der.elements(data, at, end, what) or [(0, at, at)]
    for tag, start, stop in optional:
        if tag == _CONTEXT_0:
            certificates = _certificates(data, start, stop, f"{what}, certificates")
        elif tag != _CONTEXT_1:
            raise DerError(f"{what}: unexpected type {tag:#04x}")
    if [one[0] for one in optional] not in _ORDERS:
        raise DerError(f"{what}: certificates or revocation lists twice, or in another order")
    if signers[0] != der.SET:
        raise DerError(f"{what}: no set of signers at its end")
    found = der.elements(data, *signers[1:], f"{what}, signers")
    if len(found) > MAX_SIGNERS:
        raise DerError(f"{what}: more than {MAX_SIGNERS} signers")
    read = (_signer(data, one, f"{what}, signer {n}") for n, one in enumerate(found, start=1))
    return SignedData(content_type, content, certificates, tuple(read))


_ORDERS: Final[tuple[list[int], ...]] = ([], [_CONTEXT_0], [_CONTEXT_1], [_CONTEXT_0, _CONTEXT_1])


def _content(data: bytes, at: int, end: int, what: str) -> tuple[str, bytes | None]:
    """EncapsulatedContentInfo (§5.2)."""
    start, at = der.expect(data, at, end, der.OBJECT_IDENTIFIER, what)
    content_type = der.object_identifier(data[start:at], what)
    if at == end:
        return content_type, None
    at, end = der.only(data, at, end, _CONTEXT_0, what)
    start, stop = der.only(data, at, end, der.OCTET_STRING, what)
    return content_type, data[start:stop]


def _certificates(data: bytes, at: int, end: int, what: str) -> tuple[bytes, ...]:
    """CertificateSet (§10.2.3): the X.509 certificates in it."""
    found = []
    for tag, _, stop in der.elements(data, at, end, what):
        if tag == der.SEQUENCE:
            found.append(data[at:stop])
        at = stop
    if len(found) > MAX_CERTIFICATES:
        raise DerError(f"{what}: more than {MAX_CERTIFICATES}")
    return tuple(found)


def _signer(data: bytes, place: der.Element, what: str) -> Signer:
    tag, at, end = place
    if tag != der.SEQUENCE:
        raise DerError(f"{what}: unexpected type {tag:#04x}")
    _, at = der.expect(data, at, end, der.INTEGER, f"{what}, version")
    issuer_der, serial, key_identifier = None, None, None
    tag, start, at = der.element(data, at, end, f"{what}, identifier")
    if tag == _KEY_IDENTIFIER:
        key_identifier = data[start:at]
    elif tag == der.SEQUENCE:
        _, stop = der.expect(data, start, at, der.SEQUENCE, f"{what}, issuer")
        issuer_der = data[start:stop]
        number = der.only(data, stop, at, der.INTEGER, f"{what}, serial number")
        serial = der.integer(data, *number, f"{what}, serial number")
    else:
        raise DerError(f"{what}, identifier: unexpected type {tag:#04x}")
    digest_oid, _, at = der.algorithm(data, at, end, f"{what}, digest algorithm")
    attributes = None
    tag, start, stop = der.element(data, at, end, what)
    if tag == _CONTEXT_0:
        attributes = _attributes(data, start, stop, f"{what}, signed attributes")
        at = stop
    signature_oid, parameters, at = der.algorithm(data, at, end, f"{what}, signature algorithm")
    start, at = der.expect(data, at, end, der.OCTET_STRING, f"{what}, signature")
    signature = data[start:at]
    if at != end:
        der.only(data, at, end, _CONTEXT_1, f"{what}, unsigned attributes")
    return Signer(
        issuer_der=issuer_der,
        serial=serial,
        key_identifier=key_identifier,
        digest_oid=digest_oid,
        attributes=attributes,
        signature_oid=signature_oid,
        signature_parameters=parameters,
        signature=signature,
    )


def _attributes(data: bytes, start: int, stop: int, what: str) -> Attributes:
    members = []
    values: dict[str, der.Element] = {}
    at = start
    for tag, inside, end in der.elements(data, start, stop, what):
        if tag != der.SEQUENCE:
            raise DerError(f"{what}: unexpected type {tag:#04x}")
        oid, oid_end = der.expect(data, inside, end, der.OBJECT_IDENTIFIER, what)
        name = der.object_identifier(data[oid:oid_end], what)
        if name in _SINGLE:
            found = der.elements(data, *der.only(data, oid_end, end, der.SET, what), what)
            if len(found) != 1 or name in values:
                raise DerError(f"{what}: {name} is not there once with one value")
            values[name] = found[0]
        members.append(data[at:end])
        at = end
    content_type = _value(data, values, _CONTENT_TYPE, der.OBJECT_IDENTIFIER, what)
    digest = _value(data, values, _MESSAGE_DIGEST, der.OCTET_STRING, what)
    # To be signed in DER (§5.4), where the members of a set are in order. Some sign what they
    # wrote in another order, and software that checks signatures takes that.
    orders = (members, sorted(members))
    encodings = (der.encode(der.SET, *order) for order in orders)
    signed_at = values.get(_SIGNING_TIME)
    return Attributes(
        signed=tuple(dict.fromkeys(encodings)),
        content_type=der.object_identifier(content_type, what),
        digest=digest,
        signing_time=None
        if signed_at is None
        else der.time(data, signed_at, f"{what}, signing time"),
    )


def _value(data: bytes, values: dict[str, der.Element], name: str, wanted: int, what: str) -> bytes:
    """The value of an attribute that has to be there."""
    if name not in values:
        raise DerError(f"{what}: {name} is missing")
    tag, start, stop = values[name]
    if tag != wanted:
        raise DerError(f"{what}: {name} has unexpected type {tag:#04x}")
    return data[start:stop]


# --- checking ----------------------------------------------------------------------------------


def _check(
    signer: Signer, key: PublicKey, content_type: str, content: bytes, accept_sha1: bool
) -> None:
    """Check one signature.

    Raises:
        InvalidSignatureError: It is not that of the key over the content.
        CmsError: It cannot be checked.
    """
    digest = _HASHES.get(signer.digest_oid)
    if digest is None:
        raise CmsError(f"a hash that is not known, {signer.digest_oid}")
    scheme = _scheme(signer, digest)
    if SHA1 in (digest, scheme.hash_name) and not accept_sha1:
        raise CmsError("signed over SHA-1, which is not accepted")
    if digest != scheme.hash_name:
        # Must be the same (RFC 4056 §3, RFC 5754 §3): otherwise the weaker one counts.
        raise CmsError(f"signed over {scheme.hash_name}, with a digest of {digest}")
    attributes = signer.attributes
    if attributes is None:
        if content_type != DATA:
            # §5.3. Without them a signature over attributes would be one over content as well.
            raise CmsError(f"no signed attributes, which content of type {content_type} needs")
        candidates: tuple[bytes, ...] = (content,)
    else:
        if attributes.content_type != content_type:
            raise InvalidSignatureError
        if attributes.digest != _hash(digest, content):
            raise InvalidSignatureError
        candidates = attributes.signed
    problem: Exception | None = None
    for candidate in candidates:
        try:
            scheme.check(key, signer.signature, candidate)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, SchemeError) as error:
            problem = error  # also for a key of another kind, or one too short for the hash
        else:
            return
    raise InvalidSignatureError from problem


def _scheme(signer: Signer, digest: str) -> Scheme:
    oid = signer.signature_oid
    try:
        return read_scheme(_BY_HASH.get(oid, {}).get(digest, oid), signer.signature_parameters)
    except SchemeError as error:
        raise CmsError(str(error)) from error


def _hash(name: str, content: bytes) -> bytes:
    return new_hash(name.replace("-", "").lower(), content, usedforsecurity=False).digest()
