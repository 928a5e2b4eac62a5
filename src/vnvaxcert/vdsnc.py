"""The VDS-NC envelope (ICAO VDS-NC 1.1, Doc 9303-13): a seal's parts <-> the text of its QR code.

The text is one JSON object: ``data``, and ``sig`` with the signature over the canonical form of
``data`` (RFC 8785). That form is always made from the JSON as it was received, never from a record:
``"seq":"1"`` and ``"seq":1`` are the same dose and not the same bytes.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import Any, Final

from vnvaxcert.codec import jcs, json_text
from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.errors import InputTooLongError, SealError, SealUnsupportedError
from vnvaxcert.record import record
from vnvaxcert.schema.records import CertificateWarning

MAX_SEAL_BYTES: Final = 2953  # ISO/IEC 18004, version 40-L, bytes

_MAX_DEPTH: Final = 32  # with the envelope, a seal has 8 levels

_MEMBERS: Final = frozenset({"data", "sig"})
_SIG_MEMBERS: Final = frozenset({"alg", "sigvl", "cer"})
_ALGORITHMS: Final = {str(algorithm): algorithm for algorithm in ECDSA_SIGNATURE_BYTES}
_IGNORED: Final = "\ufeff \t\r\n"  # white space of JSON, and the mark some files start with
_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_TO_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


@record(shown=("algorithm",))
class SealParts:
    """A seal taken apart; nothing of it is trusted yet.

    Attributes:
        data: ``data`` as received: ``hdr`` and ``msg`` with their wire keys.
        to_be_signed: The canonical form of ``data``: what the signature is over.
        algorithm: ``sig.alg``: ES256, ES384 or ES512.
        signature: ``sig.sigvl``: r || s, 64, 96 or 132 bytes as the algorithm has it.
        certificate: ``sig.cer``: the bytes that are said to be the signer's certificate in DER;
            None for a seal without one.
        warnings: That there are members besides these, outside of what is signed.
    """

    data: dict[str, Any]
    to_be_signed: bytes
    algorithm: Algorithm
    signature: bytes
    certificate: bytes | None
    warnings: tuple[CertificateWarning, ...]


def looks_like_seal(text: str) -> bool:
    """Whether a text is to be read as a VDS-NC seal: its first character is ``{`` or ``[``."""
    return text[:MAX_SEAL_BYTES].lstrip(_IGNORED)[:1] in ("{", "[")


def unwrap(text: str) -> SealParts:
    """Take the text of a QR code apart.

    Args:
        text: The JSON text; the one object, or an array with the one object in it.

    Returns:
        The parts. Whether the signature fits, and whose it is, is for the caller to find out.

    Raises:
        TypeError: Not a text.
        InputTooLongError: More than 2,953 bytes of UTF-8.
        SealError: Not JSON, or ambiguous; a member that is missing, or of another type than it
            has to be; Base64 that is not the URL-safe one; a signature of the wrong length.
        SealUnsupportedError: Another algorithm than ES256, ES384 and ES512.

    Spec: ICAO VDS-NC 1.1; RFC 8785; RFC 4648 §5.
    """
    seal = _parse(text)
    if isinstance(seal, list) and len(seal) == 1:  # as Japan issues them
        seal = seal[0]
    if not isinstance(seal, dict):
        raise SealError("expected a JSON object, or an array with one in it")
    data, signature = _object(seal, "data"), _object(seal, "sig")
    raw = _decode_base64url(_text(signature, "sigvl"), "sigvl")
    certificate = None
    if "cer" in signature:
        certificate = _decode_certificate(_text(signature, "cer"))
    algorithm = _ALGORITHMS.get(_text(signature, "alg"))
    if algorithm is None:
        raise SealUnsupportedError(f"its algorithm is none of {', '.join(_ALGORITHMS)}")
    expected = ECDSA_SIGNATURE_BYTES[algorithm]
    if len(raw) != expected:
        raise SealError(f"sig.sigvl: expected {expected} bytes for {algorithm}, not {len(raw)}")
    return SealParts(
        data=data,
        to_be_signed=_canonical(data),
        algorithm=algorithm,
        signature=raw,
        certificate=certificate,
        warnings=_unknown_members(seal, _MEMBERS) + _unknown_members(signature, _SIG_MEMBERS),
    )


def _parse(text: str) -> object:
    if not isinstance(text, str):
        raise TypeError(f"expected the text of a QR code, not {type(text).__name__}")
    # No character takes less than a byte, so a text of gigabytes is not encoded first.
    if len(text) > MAX_SEAL_BYTES:
        unit = "bytes" if text.isascii() else "characters"
        raise InputTooLongError(len(text), MAX_SEAL_BYTES, unit)
    reason = ""
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        reason = "a text with half a surrogate pair"
    if reason:  # out here: that error holds the text
        raise SealError(reason)
    if len(encoded) > MAX_SEAL_BYTES:
        raise InputTooLongError(len(encoded), MAX_SEAL_BYTES, "bytes")
    try:
        return json_text.parse(encoded, max_depth=_MAX_DEPTH)
    except json_text.JsonError as error:
        raise SealError(str(error)) from error


def _canonical(data: dict[str, Any]) -> bytes:
    try:
        return jcs.canonical(data)
    except jcs.JcsError as error:
        raise SealError(f"data: {error.reason}") from error


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    if not isinstance(value, dict):
        found = "it is missing" if name not in parent else "it is something else"
        raise SealError(f"{name}: expected an object; {found}")
    return value


def _unknown_members(
    value: dict[str, Any], known: frozenset[str]
) -> tuple[CertificateWarning, ...]:
    if value.keys() <= known:
        return ()
    # One for them all, and without their names: anybody can have added these.
    message = "beside what is signed there is a member the standard does not name"
    return (CertificateWarning("schema.unknown_member", "", message),)


def _text(signature: dict[str, Any], name: str) -> str:
    value = signature.get(name)
    if not isinstance(value, str):
        found = "it is missing" if name not in signature else "it is something else"
        raise SealError(f"sig.{name}: expected a text; {found}")
    return value


@lru_cache(maxsize=64)  # of 3 KB each: all seals of a signer bring the same certificate
def _decode_certificate(text: str) -> bytes:
    return _decode_base64url(text, "cer")


def _decode_base64url(text: str, name: str) -> bytes:
    """Decode URL-safe Base64, with its padding or without, every bit of it accounted for."""
    reason = ""
    decoded = b""
    if "+" in text or "/" in text or not text.isascii():
        reason = "expected the URL-safe alphabet"
    else:
        body = text.encode("ascii").translate(_TO_STANDARD)
        if "=" not in text:
            body += b"=" * (-len(body) % 4)
        try:
            decoded = a2b_base64(body, strict_mode=True)
        except Base64Error:
            reason = "not Base64"
        else:
            if b2a_base64(decoded, newline=False) != body:
                reason = "bits are left over in its last character"
    if not reason and not decoded:
        reason = "it is empty"
    if reason:
        raise SealError(f"sig.{name}: {reason}")
    return decoded


def to_be_signed(data: dict[str, Any]) -> bytes:
    """What a signature of a seal is over: the canonical form of ``data``.

    Raises:
        SealError: A value without a canonical form, such as an integer of more than 53 bits.
        TypeError: A value that is not one of JSON.

    Spec: RFC 8785.
    """
    return _canonical(data)


def wrap(
    data: dict[str, Any],
    *,
    algorithm: Algorithm,
    signature: bytes,
    certificate: bytes | None = None,
) -> str:
    """Put a signed seal into the text of its QR code.

    Args:
        data: ``hdr`` and ``msg`` with their wire keys; what `to_be_signed` was made from.
        algorithm: ES256, ES384 or ES512.
        signature: r || s over ``to_be_signed(data)``.
        certificate: The signer's certificate in DER; without it only a verifier that has it
            already can check the seal.

    Returns:
        Compact JSON, in canonical form throughout. Whether it fits into a QR code is for the
        caller to check.

    Raises:
        ValueError: Another algorithm, or a signature of the wrong length.
        SealError: See `to_be_signed`.

    Spec: ICAO VDS-NC 1.1; RFC 8785; RFC 4648 §5, with padding.
    """
    if len(signature) != ECDSA_SIGNATURE_BYTES.get(algorithm):
        raise ValueError(f"no signature of {len(signature)} bytes is one of {algorithm} in a seal")
    sig = {"alg": str(algorithm), "sigvl": _encode_base64url(signature)}
    if certificate is not None:
        sig["cer"] = _encode_base64url(certificate)
    return _canonical({"data": data, "sig": sig}).decode("utf-8")


def _encode_base64url(data: bytes) -> str:
    return b2a_base64(data, newline=False).translate(_TO_URL_SAFE).decode("ascii")
