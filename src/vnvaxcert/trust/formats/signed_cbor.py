"""COSE_Sign1 messages in which lists come (RFC 9052 §4.2), read within bounds.

A list is larger than a certificate, and who wrote it may be anyone: what the message holds besides
its payload is bounded before it is taken apart.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from vnvaxcert.codec import cbor
from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.cose.sign1 import Sign1, parse
from vnvaxcert.errors import (
    AlgorithmError,
    CborError,
    CoseStructureError,
    TrustListFormatError,
    TrustListSignatureError,
)

# A chain of three certificates has 6,000. An item in CBOR of one byte takes 80 in memory.
MAX_HEADER_BYTES: Final = 65_536
_MAX_ITEMS: Final = 1024  # of the message around header and payload, which count as one each

_TAGGED_ARRAY_OF_4: Final = b"\xd2\x84"
_ARRAY_OF_4: Final = b"\x84"
_BYTE_STRING: Final = 2  # major type
_LENGTH_BYTES: Final = {24: 1, 25: 2, 26: 4}


class Message(NamedTuple):
    """A message that was read and not verified.

    Attributes:
        sign1: It itself.
        headers: Its protected header, by label.
    """

    sign1: Sign1
    headers: dict[Any, Any]


def peek(data: bytes) -> dict[Any, Any]:
    """The protected header of what starts as a COSE_Sign1 does, tagged 18 or not.

    Returns:
        Its members by label; none where the data are no such message, as far as its start tells.

    Spec: RFC 9052 §2, §4.2.
    """
    for start in (_TAGGED_ARRAY_OF_4, _ARRAY_OF_4):
        if data.startswith(start):
            return _members(_byte_string(data, len(start)))
    return {}


def _byte_string(data: bytes, at: int) -> bytes:
    """The byte string at a place; empty where there is none, or one that is too long."""
    if len(data) <= at or data[at] >> 5 != _BYTE_STRING:
        return b""
    size = data[at] & 0x1F
    at += 1
    if size >= 24:
        width = _LENGTH_BYTES.get(size, 0)
        size = int.from_bytes(data[at : at + width], "big")
        at += width
    found = data[at : at + size]
    return found if len(found) == size <= MAX_HEADER_BYTES else b""


def _members(encoded: bytes) -> dict[Any, Any]:
    try:
        members = cbor.decode(encoded, where="protected header")
    except CborError:
        return {}
    return members if isinstance(members, dict) else {}


def read_message(data: bytes, format_name: str) -> Message:
    """Read a message.

    Args:
        data: All of it, bounded by the caller.
        format_name: For the errors.

    Raises:
        TrustListFormatError: Not a COSE_Sign1; more than `MAX_HEADER_BYTES` of protected header,
            or too much in the unprotected one; ``crit``; ``alg`` not in the protected header.

    Spec: RFC 9052 §3.1, §4.2.
    """
    try:
        parts = cbor.decode(cbor.split_tags(data)[1], where="COSE message", max_items=_MAX_ITEMS)
        protected = parts[0] if isinstance(parts, list) and parts else None
        if isinstance(protected, bytes) and len(protected) > MAX_HEADER_BYTES:
            raise CoseStructureError(f"a protected header of more than {MAX_HEADER_BYTES} bytes")
        sign1 = parse(data)
    except CborError as error:
        raise TrustListFormatError(format_name, error.where, error.reason) from error
    except CoseStructureError as error:
        raise TrustListFormatError(format_name, "COSE message", error.reason) from error
    if not sign1.is_algorithm_protected:
        raise TrustListFormatError(
            format_name, "protected header", "the header 'alg' is missing from it"
        )
    return Message(sign1, _members(sign1.protected))


def check_with(message: Message, format_name: str, key: PublicKey) -> None:
    """Check the signature of a message with a key; what `publisher.authenticate` asks for.

    Raises:
        InvalidSignatureError: It is not of this key over these bytes.
        TrustListSignatureError: Its algorithm is none for such a key, or unknown; or it has not
            the length that the algorithm gives.

    Spec: RFC 9052 §4.4.
    """
    try:
        message.sign1.verify(key)
    except (AlgorithmError, CoseStructureError) as error:
        raise TrustListSignatureError(format_name, "signature", error.reason) from error
