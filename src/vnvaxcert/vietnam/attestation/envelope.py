"""The signed messages of attestation: COSE_Sign1 with a content type (RFC 9052 §3.1, §4.2).

The content type stands in the protected header, where the signature covers it: a delegation can
never be shown as a batch, nor either as a certificate. Reading is strict: the one encoding that we
write is the one that is read, so every accepted message encodes to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from vnvaxcert.codec import cbor
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.sign1 import Sign1
from vnvaxcert.errors import (
    AlgorithmError,
    CborError,
    CoseStructureError,
    InvalidSignatureError,
    KeyMismatchError,
    SignerKeyError,
    VerificationError,
)
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.moment import LAST_SECOND, check_moment
from vnvaxcert.trust.signer import MIN_RSA_BITS, Signer, signer_facts

Refusal: TypeAlias = Callable[[str], VerificationError]
"""The class of error that a reader raises, made from a reason in words."""


class ContentType(StrEnum):
    """What a message is (RFC 9052 §3.1, label 3). Not registered with IANA."""

    BATCH = "application/vnd.vnvaxcert.attestation-batch+cbor"
    DELEGATION = "application/vnd.vnvaxcert.attestation-delegation+cbor"
    CORRECTION = "application/vnd.vnvaxcert.correction-record+cbor"  # vietnam/correction


class Label(IntEnum):
    """Header labels of the IANA registry "COSE Header Parameters"."""

    ALG = 1
    CONTENT_TYPE = 3
    KID = 4
    X5CHAIN = 33  # RFC 9360


class Opened(NamedTuple):
    """A message that was read and not verified.

    Attributes:
        signed: Its parts.
        algorithm: What its header says it is signed with.
        identifier: ``kid``, or the certificate in ``x5chain``: who signed.
        payload: What is signed, decoded.
    """

    signed: Sign1
    algorithm: Algorithm
    identifier: bytes
    payload: dict[Any, Any]

    def is_signed_by(self, public_key: keys.PublicKey) -> bool:
        """Whether the signature is of this key."""
        try:
            self.signed.verify(public_key)
        except (AlgorithmError, InvalidSignatureError):
            return False
        return True


def seal(
    payload: Mapping[Any, object],
    content_type: ContentType,
    *,
    signer: Signer,
    label: Label,
    identifier: bytes,
) -> bytes:
    """Sign a payload, and hold the signature to the signer's certificate.

    Args:
        payload: What is signed.
        content_type: What it is.
        signer: With a certificate.
        label: `Label.KID` or `Label.X5CHAIN`.
        identifier: What stands under it.

    Raises:
        SignerKeyError: The signer has no certificate, or one whose key cannot be used.
        KeyMismatchError: The signature is not of the key in the certificate.
    """
    facts = certificate_of(signer)
    protected = _protected(signer.algorithm, content_type, label, identifier)
    body = cbor.encode(payload)
    to_be_signed = sign1.to_be_signed(protected, body)
    signature = signer.sign(to_be_signed)
    # A signature that nobody can verify is found here, and not by the ministry weeks later.
    try:
        keys.verify(signer.algorithm, usable_key(facts, signer.algorithm), signature, to_be_signed)
    except ValueError as error:
        raise SignerKeyError(str(error)) from error
    except (AlgorithmError, InvalidSignatureError) as error:
        raise KeyMismatchError from error
    return _message(protected, body, signature)


def certificate_of(signer: Signer) -> CertificateFacts:
    """The certificate of a signer, which attestation cannot do without.

    Raises:
        SignerKeyError: It has none, or what it has is no certificate.
    """
    facts = signer_facts(signer)
    if facts is None:
        raise SignerKeyError("attestation needs the signer's certificate, and it has none")
    return facts


def usable_key(facts: CertificateFacts, algorithm: Algorithm) -> keys.PublicKey:
    """The key of a certificate, if it may sign documents.

    Args:
        facts: The certificate.
        algorithm: What it is to verify.

    Raises:
        ValueError: It cannot be used, is too short, is not for this algorithm, or the certificate
            says that it is for something else than signatures.

    Spec: RFC 5280 §4.2.1.3.
    """
    key = facts.public_key
    check_length(key, algorithm)
    if algorithm is Algorithm.PS256 and not facts.allows_ps256:
        raise ValueError("the certificate does not allow its key to sign PS256")
    if facts.key_usage is not None and not facts.key_usage & _SIGNING:
        raise ValueError("the certificate's key usage does not allow signatures")
    return key


def check_length(key: keys.PublicKey, algorithm: Algorithm) -> None:
    """Refuse a key that is too short to be believed; the curves of COSE are all long enough.

    Raises:
        ValueError: It has fewer bits than a signature in Viet Nam must have.

    Spec: Circular 15/2025/TT-BKHCN (RSA 2048, ECDSA 256 bits).
    """
    if algorithm is Algorithm.PS256 and key.key_size < MIN_RSA_BITS:
        raise ValueError(f"the RSA key has fewer than {MIN_RSA_BITS} bits")


_SIGNING: Final = {"digitalSignature", "nonRepudiation"}


def open_message(
    message: bytes,
    content_type: ContentType,
    label: Label,
    refuse: Refusal,
    *,
    max_bytes: int,
    max_items: int,
) -> Opened:
    """Read a message; nothing of it is trusted yet.

    Args:
        message: The bytes, from anybody.
        content_type: What it has to be.
        label: Under which header it has to say who signed.
        refuse: Makes the error.
        max_bytes: Upper bound on the message, in bytes.
        max_items: Upper bound on the CBOR items of its payload.

    Raises:
        VerificationError: As ``refuse`` makes it: too long, not in deterministic CBOR, not a
            COSE_Sign1 tagged 18, another content type, another header, an algorithm that is not
            known, or a payload that is no map.
    """
    if not isinstance(message, bytes):
        raise TypeError(f"message: expected bytes, not {type(message).__name__}")
    if len(message) > max_bytes:
        raise refuse(f"the message has more than {max_bytes} bytes")
    try:
        signed = sign1.parse(message)
        headers = cbor.decode(signed.protected, where="protected header")
        payload = cbor.decode(signed.payload, where="payload", max_items=max_items)
        algorithm = signed.algorithm()
    except (CborError, CoseStructureError, AlgorithmError) as error:
        raise refuse(f"the message cannot be read: {error}") from error
    stated = headers.get(Label.CONTENT_TYPE)
    if type(stated) is not str or stated != content_type.value:
        raise refuse(f"expected the content type {content_type.value}")
    identifier = headers.get(label)
    if type(identifier) is not bytes or not identifier:
        raise refuse(f"expected the header {label.name.lower()}, a byte string")
    # Whatever else a header may hold, and every other way to write the same, ends here.
    protected = _protected(algorithm, content_type, label, identifier)
    if message != _message(protected, signed.payload, signed.signature):
        raise refuse("the message has other headers, or is not in deterministic CBOR")
    if type(payload) is not dict:
        raise refuse("the payload is not a map")
    return Opened(signed, algorithm, identifier, payload)


def check_encoding(opened: Opened, payload: Mapping[Any, object], refuse: Refusal) -> None:
    """Refuse a payload that is not what its contents, read, would be written as."""
    if cbor.encode(payload) != opened.signed.payload:
        raise refuse("the payload has unknown members, or is not in deterministic CBOR")


def read_seconds(value: object, name: str, refuse: Refusal) -> datetime:
    """A moment as seconds since 1970, from 1970 to the year 9999.

    Raises:
        VerificationError: As ``refuse`` makes it: it is none.
    """
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise refuse(f"{name} is not a time in seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def seconds(moment: datetime, name: str) -> int:
    """A moment as whole seconds since 1970.

    Raises:
        TypeError: It is no datetime.
        ValueError: It has no time zone, or is before 1970.
    """
    check_moment(moment, name)
    since = (moment - _EPOCH).total_seconds() // 1
    if since < 0:
        raise ValueError(f"{name}: it is before 1970")
    return int(since)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _protected(
    algorithm: Algorithm, content_type: ContentType, label: Label, identifier: bytes
) -> bytes:
    return cbor.encode(
        {
            Label.ALG.value: algorithm.value,
            Label.CONTENT_TYPE.value: content_type.value,
            label.value: identifier,
        }
    )


def _message(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor.encode(cbor.Tagged(cbor.TAG_COSE_SIGN1, [protected, {}, payload, signature]))
