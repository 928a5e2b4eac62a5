"""COSE_Sign1 (RFC 9052 §4.2, §4.4): one payload, one signature.

The bytes received are the bytes verified: protected header and payload are kept raw and never
encoded again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from vnvaxcert.codec import cbor
from vnvaxcert.cose import keys
from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.cose.headers import MISSING, Header, Label, read_protected
from vnvaxcert.errors import AlgorithmError, CoseStructureError, KeyIdError

_CONTEXT = b"\x84\x6aSignature1"  # array of 4, first the text "Signature1"
_TAG_18 = b"\xd2"
_ALGORITHMS = {algorithm.value: algorithm for algorithm in Algorithm}


class Sign1:
    """A COSE_Sign1 message, parsed and not verified.

    Attributes:
        protected: The protected header as received; zero length stands for the empty map.
        payload: The payload as received.
        signature: The signature as received.
        protected_header: What the protected header says.
        unprotected_header: What the unprotected header says.
    """

    __slots__ = ("payload", "protected", "protected_header", "signature", "unprotected_header")

    def __init__(
        self,
        protected: bytes,
        payload: bytes,
        signature: bytes,
        protected_header: Header,
        unprotected_header: Header,
    ) -> None:
        self.protected = protected
        self.payload = payload
        self.signature = signature
        self.protected_header = protected_header
        self.unprotected_header = unprotected_header

    @property
    def is_algorithm_protected(self) -> bool:
        """Whether ``alg`` stands in the protected header, where the signature covers it."""
        return self.protected_header.alg is not MISSING

    @property
    def is_kid_protected(self) -> bool:
        """Whether ``kid`` stands in the protected header."""
        return self.protected_header.kid is not MISSING

    def algorithm(self) -> Algorithm:
        """``alg``, from the protected header if it is there, else from the unprotected one.

        Raises:
            AlgorithmError: Missing, or not an algorithm this library verifies.
            CoseStructureError: The signature has not the length this algorithm gives, or the two
                headers name different algorithms.

        Spec: RFC 9052 §3, §3.1; HCERT §3.3.2; vector CO20 of dgc-testdata.
        """
        value = self.protected_header.alg
        if value is MISSING:
            value = self.unprotected_header.alg
            if value is MISSING:
                raise AlgorithmError("the header 'alg' is missing")
        # bool and float compare equal to int: -7.0 is no algorithm.
        algorithm = _ALGORITHMS.get(value) if type(value) is int else None
        if algorithm is None:
            known = ", ".join(f"{item.name} ({item.value})" for item in Algorithm)
            shown = f" {value}" if type(value) is int else ""
            raise AlgorithmError(f"unknown algorithm{shown}; expected one of {known}")
        other = self.unprotected_header.alg
        if other is not MISSING and (type(other) is not int or other != value):
            raise CoseStructureError("the two headers name different algorithms")
        expected = ECDSA_SIGNATURE_BYTES.get(algorithm)
        if expected is not None and len(self.signature) != expected:
            raise CoseStructureError(
                f"an {algorithm.name} signature has {expected} bytes, not {len(self.signature)}"
            )
        return algorithm

    def kid(self) -> bytes:
        """``kid``, from the protected header if it is there, else from the unprotected one.

        Returns:
            At least one byte; 8 in every certificate seen.

        Raises:
            KeyIdError: Missing, empty, or not a byte string.

        Spec: HCERT §3.3.3 (either place is accepted, the protected one wins).
        """
        value = self.protected_header.kid
        if value is MISSING:
            value = self.unprotected_header.kid
            if value is MISSING:
                raise KeyIdError("the header 'kid' is missing")
        if type(value) is not bytes:
            raise KeyIdError("the header 'kid' is not a byte string")
        if not value:
            raise KeyIdError("the header 'kid' is empty")
        return value

    def to_be_signed(self, external_aad: bytes = b"") -> bytes:
        """The encoded ``Sig_structure``: the bytes the signature covers.

        Args:
            external_aad: Externally supplied data; none in a health certificate.

        Spec: RFC 9052 §4.4 (an encoded empty map counts as zero length).
        """
        return to_be_signed(self.protected, self.payload, external_aad)

    def verify(self, public_key: keys.PublicKey, external_aad: bytes = b"") -> None:
        """Verify the signature with one key.

        Raises:
            AlgorithmError: ``alg`` is missing, unknown, or does not fit the key.
            CoseStructureError: The signature has the wrong length.
            InvalidSignatureError: The signature is not valid.

        Spec: RFC 9052 §4.4.
        """
        keys.verify(self.algorithm(), public_key, self.signature, self.to_be_signed(external_aad))


def parse(message: bytes) -> Sign1:
    """Parse a COSE_Sign1 message: untagged, tagged 18, or tagged 61 around 18.

    Args:
        message: The encoded message and nothing else. The caller bounds its length.

    Raises:
        CborError: Not one CBOR item within the bounds, or a protected header that is not.
        CoseStructureError: Another tag, not an array of four, a part of the wrong type, a
            detached payload, a header label of another type, or the header ``crit``.

    Spec: RFC 9052 §2, §4.2; RFC 8392 §6.
    """
    if message[:1] == _TAG_18:  # as all but a few certificates start
        message = message[1:]
    else:
        tags, message = cbor.split_tags(message)
        if tags not in _TAGS_READ:
            shown = " around ".join(map(str, tags))
            raise CoseStructureError(
                f"tagged {shown}; expected COSE_Sign1: no tag, tag 18, or 61 around 18"
            )
    parts = cbor.decode(message, where="COSE message")
    if not isinstance(parts, list) or len(parts) != 4:
        raise CoseStructureError("expected an array of four")
    protected, unprotected, payload, signature = parts
    if type(protected) is not bytes:
        raise CoseStructureError("the protected header is not a byte string")
    if type(unprotected) is not dict:
        raise CoseStructureError("the unprotected header is not a map")
    if type(payload) is not bytes:
        raise CoseStructureError("the payload is not a byte string")
    if type(signature) is not bytes:
        raise CoseStructureError("the signature is not a byte string")
    protected_header = read_protected(protected)
    return Sign1(
        b"" if protected_header.is_empty else protected,
        payload,
        signature,
        protected_header,
        Header(unprotected) if unprotected else _EMPTY_HEADER,
    )


_TAGS_READ = ((), (cbor.TAG_COSE_SIGN1,), (cbor.TAG_CWT, cbor.TAG_COSE_SIGN1))
_EMPTY_HEADER = Header({})


def to_be_signed(protected: bytes, payload: bytes, external_aad: bytes = b"") -> bytes:
    """Encode a ``Sig_structure`` for a signature of one (RFC 9052 §4.4).

    Args:
        protected: The encoded protected header; zero length for an empty one.
        payload: The payload.
        external_aad: Externally supplied data.
    """
    return _CONTEXT + _byte_string(protected) + _byte_string(external_aad) + _byte_string(payload)


def sign(
    payload: bytes,
    *,
    algorithm: Algorithm,
    kid: bytes,
    sign_bytes: Callable[[bytes], bytes],
) -> bytes:
    """Make a COSE_Sign1 message, tagged 18, ``alg`` and ``kid`` in the protected header.

    Args:
        payload: What is signed.
        algorithm: The algorithm of ``sign_bytes``.
        kid: Key identifier of the signer, 8 bytes in a health certificate.
        sign_bytes: Makes the raw signature over the bytes it is given.

    Returns:
        The encoded message, in deterministic CBOR.

    Raises:
        CoseStructureError: The signature made has not the length its algorithm gives.

    Spec: RFC 9052 §4.2, §4.4; HCERT §3.3.
    """
    protected = _protected(algorithm, kid)
    signature = sign_bytes(to_be_signed(protected, payload))
    expected = ECDSA_SIGNATURE_BYTES.get(algorithm)
    if expected is not None and len(signature) != expected:
        raise CoseStructureError(
            f"an {algorithm.name} signature has {expected} bytes, not {len(signature)}"
        )
    return b"".join(
        (
            _TAG_18,
            b"\x84",
            _byte_string(protected),
            b"\xa0",
            _byte_string(payload),
            _byte_string(signature),
        )
    )


@lru_cache(maxsize=64)  # the same for every certificate of a signer
def _protected(algorithm: Algorithm, kid: bytes) -> bytes:
    return cbor.encode({Label.ALG.value: algorithm.value, Label.KID.value: kid})


def _byte_string(data: bytes) -> bytes:
    """Encode a CBOR byte string (RFC 8949 §3.1) in the shortest form."""
    size = len(data)
    if size < 24:
        return bytes((0x40 + size,)) + data
    if size < 0x100:
        return bytes((0x58, size)) + data
    if size < 0x10000:
        return b"\x59" + size.to_bytes(2, "big") + data
    return b"\x5a" + size.to_bytes(4, "big") + data
