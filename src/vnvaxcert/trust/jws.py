"""JSON Web Signature, as much of it as lists of keys are signed with (RFC 7515, RFC 7518 §3).

One signature with a public key over a payload that comes along, compact or as JSON. Only the
protected header counts: what stands in an unprotected one is anyone's word. No key is ever
fetched from where a header points.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from vnvaxcert.cose import keys
from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import AlgorithmError, InvalidSignatureError, TrustListFormatError
from vnvaxcert.trust.certificate import MAX_CERTIFICATE_BYTES
from vnvaxcert.trust.immutable import Immutable, set_once

# Ten certificates of 3,000 bytes, twice in Base64, and room.
MAX_HEADER_BYTES: Final = 131_072
MAX_CERTIFICATES: Final = 10  # real headers have 1 or 2; a chain of authorities has 4 at most

_MIN_RSA_BITS: Final = 2048  # RFC 7518 §3.3, §3.5
_WHITE_SPACE: Final = b" \t\r\n"

# RFC 7515 §2: the two characters of Base64url, and those of Base64 that it does not have.
_TO_BASE64: Final = bytes.maketrans(b"-_+/=", b"+/!!!")


class JwsError(ValueError):
    """Not a JWS of the kind read here. Its text says which part and why, and quotes nothing."""


class JwsAlgorithm(StrEnum):
    """``alg`` values with a public key (RFC 7518 §3.1); PS and RS need RSA of 2048 bits."""

    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"


# The scheme of RSA is in the name, ECDSA is that of COSE: r || s on the curve of the name.
_ECDSA: Final = {
    JwsAlgorithm.ES256: Algorithm.ES256,
    JwsAlgorithm.ES384: Algorithm.ES384,
    JwsAlgorithm.ES512: Algorithm.ES512,
}
_SECRET: Final = ("HS256", "HS384", "HS512")

_Hash: TypeAlias = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
_HASHES: Final[dict[str, type[_Hash]]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}


class Jws(Immutable):
    """A JWS that was taken apart: nothing in it is trusted before `verify`. Immutable.

    Attributes:
        payload: What is signed.
        algorithm: ``alg`` of the protected header.
        header: All of the protected header, parsed; read only.
        certificates: ``x5c``, DER as it came: that of the signer, then each one's issuer.
    """

    __slots__ = ("_signature", "_signed", "algorithm", "certificates", "header", "payload")

    payload: bytes
    algorithm: JwsAlgorithm
    header: Mapping[str, object]
    certificates: tuple[bytes, ...]
    _signature: bytes
    _signed: bytes

    def __init__(
        self,
        *,
        payload: bytes,
        algorithm: JwsAlgorithm,
        header: Mapping[str, object],
        certificates: tuple[bytes, ...],
        signature: bytes,
        signed: bytes,
    ) -> None:
        """Take the parts; `read_jws` makes them."""
        set_once(
            self,
            payload=payload,
            algorithm=algorithm,
            header=header,
            certificates=certificates,
            _signature=signature,
            _signed=signed,
        )

    def verify(self, key: PublicKey) -> None:
        """Verify the signature over header and payload as they came.

        Args:
            key: The key it has to be of. On the curve that ``alg`` names, or RSA of 2048 bits or
                more, whichever ``alg`` asks for.

        Raises:
            AlgorithmError: A key of another kind.
            InvalidSignatureError: The signature is not that of this key.

        Spec: RFC 7515 §5.2; RFC 7518 §3.3 to §3.5.
        """
        ecdsa = _ECDSA.get(self.algorithm)
        if ecdsa is not None:
            keys.verify(ecdsa, key, self._signature, self._signed)
            return
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _MIN_RSA_BITS:
            raise AlgorithmError(f"{self.algorithm} needs an RSA key of {_MIN_RSA_BITS} bits")
        scheme, digest = _rsa_scheme(self.algorithm)
        try:
            key.verify(self._signature, self._signed, scheme, digest)
        except InvalidSignature:
            raise InvalidSignatureError from None

    def __repr__(self) -> str:
        return f"Jws({self.algorithm}, {len(self.payload)} bytes)"


def _rsa_scheme(algorithm: JwsAlgorithm) -> tuple[padding.PKCS1v15 | padding.PSS, _Hash]:
    digest = _HASHES[algorithm[2:]]()
    if algorithm.startswith("RS"):
        return padding.PKCS1v15(), digest
    # RFC 7518 §3.5: MGF1 with the same hash, a salt as long as it.
    return padding.PSS(padding.MGF1(digest), digest.digest_size), digest


def read_jws(data: bytes, *, understood: frozenset[str] = frozenset()) -> Jws:
    """Take a JWS apart.

    Args:
        data: Compact, or JSON with one signature, flattened or general; white space at its ends
            is passed over. Its size is for the caller to bound.
        understood: Members that a header may call critical, because the caller heeds them.

    Raises:
        JwsError: Another structure; Base64url that is padded, broken by other characters or not
            canonical; a header over `MAX_HEADER_BYTES`, not JSON, or with a member twice; ``alg``
            missing, unknown, ``none`` or of a shared secret; ``crit`` beyond ``understood``;
            several signatures; an ECDSA signature of another length; more than
            `MAX_CERTIFICATES`, or one too large or not in Base64.

    Spec: RFC 7515 §3.1, §4.1.6, §4.1.11, §5.2, §7.2; RFC 7797 (refused).
    """
    data = data.strip(_WHITE_SPACE)
    beside: Mapping[str, object] = {}
    if data.startswith((b"{", b"[")):
        protected, payload, signature, beside = _json_parts(data)
    else:
        parts = data.split(b".", 3)
        if len(parts) != 3:
            raise JwsError("expected three parts with a full stop between them, or JSON")
        protected, payload, signature = parts
    if len(protected) > MAX_HEADER_BYTES:
        raise JwsError(f"protected header: more than {MAX_HEADER_BYTES} bytes")
    header = _header(decode_base64url(protected, "protected header"))
    if header.keys() & beside.keys():
        raise JwsError("header: it repeats members of the protected header")
    algorithm = _algorithm(header)
    _check_critical(header, understood, beside)
    raw = decode_base64url(signature, "signature")
    ecdsa = _ECDSA.get(algorithm)
    if not raw or (ecdsa is not None and len(raw) != ECDSA_SIGNATURE_BYTES[ecdsa]):
        raise JwsError(f"signature: its length is not one of {algorithm}")
    return Jws(
        payload=decode_base64url(payload, "payload"),
        algorithm=algorithm,
        header=MappingProxyType(header),
        certificates=_certificates(header),
        signature=raw,
        signed=protected + b"." + payload,
    )


def decode_base64url(text: bytes, what: str) -> bytes:
    """Decode Base64url as JWS has it: no padding, nothing else between, one text for any bytes.

    Args:
        text: The characters, in ASCII.
        what: The part of the structure this is, for the message.

    Raises:
        JwsError: Anything else.

    Spec: RFC 7515 §2; RFC 4648 §3.5 (bits left over are zero).
    """
    rest = len(text) % 4
    try:
        content = a2b_base64(text.translate(_TO_BASE64) + b"==="[: -rest % 4], strict_mode=True)
    except ValueError as error:
        raise JwsError(f"{what}: not Base64url without padding") from error
    if rest:
        # Bits that belong to no byte could carry any value: then a changed text would pass.
        last = b2a_base64(content[1 - rest :], newline=False).rstrip(b"=")
        if last != text[-rest:].translate(_TO_BASE64):
            raise JwsError(f"{what}: not Base64url without padding")
    return content


def _json_parts(data: bytes) -> tuple[bytes, bytes, bytes, dict[str, object]]:
    """Of the JSON serialisations (RFC 7515 §7.2): the three parts, and the unprotected header."""
    document = _parsed(data, "")
    if not isinstance(document, dict):
        raise JwsError("expected a JSON object")
    one: object = document
    if "signatures" in document:
        signatures = document["signatures"]
        if "signature" in document or "protected" in document:
            raise JwsError("it has members of both JSON serialisations")
        if not isinstance(signatures, list) or len(signatures) != 1:
            raise JwsError("signatures: expected exactly one")
        one = signatures[0]
    if not isinstance(one, dict):
        raise JwsError("signatures: expected an object")
    beside = one.get("header", {})
    if not isinstance(beside, dict):
        raise JwsError("header: expected a JSON object")
    texts = _text(one, "protected"), _text(document, "payload"), _text(one, "signature")
    return *texts, beside


def _text(members: Mapping[str, object], name: str) -> bytes:
    value = members.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise JwsError(f"{name}: missing" if value is None else f"{name}: not Base64url")
    return value.encode("ascii")


def _header(text: bytes) -> dict[str, object]:
    header = _parsed(text, "protected header: ")
    if not isinstance(header, dict):
        raise JwsError("protected header: expected a JSON object")
    return header


def _parsed(text: bytes, prefix: str) -> object:
    # Formats import this module; it imports of theirs only when it is used.
    from vnvaxcert.trust import json_text

    try:
        return json_text.parse(text)
    except TrustListFormatError as error:
        raise JwsError(f"{prefix}{error.reason}") from error


def _algorithm(header: Mapping[str, object]) -> JwsAlgorithm:
    alg = header.get("alg")
    if isinstance(alg, str):
        if alg in JwsAlgorithm.__members__:
            return JwsAlgorithm(alg)
        if alg in _SECRET:
            raise JwsError("alg: a shared secret does not show who signed")
        if alg.casefold() == "none":
            raise JwsError("alg: 'none' means that it is not signed")
    raise JwsError("alg: missing" if alg is None else "alg: not a known algorithm")


def _check_critical(
    header: Mapping[str, object], understood: frozenset[str], beside: Mapping[str, object]
) -> None:
    if "crit" in beside:
        raise JwsError("crit: it has to be protected")
    # RFC 7797 §6 wants b64 to be critical. Without that it would go unnoticed here.
    if "b64" in header or "b64" in beside:
        raise JwsError("b64: a payload that is not in Base64url is not read")
    if "crit" not in header:
        return
    critical = header["crit"]
    if not isinstance(critical, list) or not critical:
        raise JwsError("crit: expected a list of names")
    for name in critical:
        if not isinstance(name, str) or name not in understood or name not in header:
            raise JwsError("crit: it asks for something that is not understood here")


def _certificates(header: Mapping[str, object]) -> tuple[bytes, ...]:
    """``x5c``: Base64, not Base64url (RFC 7515 §4.1.6)."""
    if "x5c" not in header:
        return ()
    given = header["x5c"]
    if not isinstance(given, list) or not given:
        raise JwsError("x5c: expected a list of certificates")
    if len(given) > MAX_CERTIFICATES:
        raise JwsError(f"x5c: more than {MAX_CERTIFICATES} certificates")
    found = []
    for text in given:
        try:
            certificate = a2b_base64(text, strict_mode=True) if isinstance(text, str) else b""
        except ValueError as error:
            raise JwsError("x5c: not Base64") from error
        if not 0 < len(certificate) <= MAX_CERTIFICATE_BYTES:
            raise JwsError(f"x5c: expected certificates of 1 to {MAX_CERTIFICATE_BYTES} bytes")
        found.append(certificate)
    return tuple(found)
