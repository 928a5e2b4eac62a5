"""Health certificates made layer by layer (HCERT §3, §4), with a place for a defect in each.

claims -> CBOR -> COSE_Sign1 -> zlib -> Base45 -> HC1:
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vectors import deflate
from vectors.cbor import Raw, Tag, encode
from vectors.keys import COSE_NUMBERS, P256, Key

Node = dict[str, Any]
Change = Callable[[bytes], bytes]

ALG, CRIT, CONTENT_TYPE, KID = 1, 2, 3, 4
ISS, EXP, NBF, IAT, HCERT = 1, 4, 5, 6, -260

ISSUED: Final = 1_650_011_400  # 2022-04-15T08:30:00Z
EXPIRES: Final = 1_681_547_400  # 2023-04-15T08:30:00Z
AT: Final = "2022-06-01T00:00:00Z"

LEFT_OUT: Final = object()
"""In a change of claims or of a payload: this member is left out."""

NAME: Final[Node] = {
    "fn": "Nguyễn Mẫu",
    "gn": "Thị Thử",
    "fnt": "NGUYEN<MAU",
    "gnt": "THI<THU",
}
_COMMON: Final[Node] = {"co": "AQ", "is": "Specimen Health Authority"}
DOSE: Final[Node] = {
    "tg": "840539006",
    "vp": "1119349007",
    "mp": "EU/1/20/1528",
    "ma": "ORG-100030215",
    "dn": 2,
    "sd": 2,
    "dt": "2022-03-01",
    **_COMMON,
    "ci": "URN:UVCI:01:AQ:SPECIMEN0001",
}
SAMPLE: Final[Node] = {
    "tg": "840539006",
    "tt": "LP6464-4",
    "nm": "Specimen PCR",
    "sc": "2022-04-14T10:00:00Z",
    "tr": "260415000",
    "tc": "Specimen Test Centre",
    **_COMMON,
    "ci": "URN:UVCI:01:AQ:SPECIMEN0002",
}
ILLNESS: Final[Node] = {
    "tg": "840539006",
    "fr": "2022-01-10",
    "df": "2022-01-21",
    "du": "2022-07-09",
    **_COMMON,
    "ci": "URN:UVCI:01:AQ:SPECIMEN0003",
}


def payload(group: str = "v", entry: Mapping[str, Any] | None = None, **others: Any) -> Node:
    """A payload of one entry.

    Args:
        group: ``v``, ``t`` or ``r``.
        entry: The entry; by default that of a specimen.
        others: Members of the payload to change, or to leave out (`LEFT_OUT`).
    """
    entry = {"v": DOSE, "t": SAMPLE, "r": ILLNESS}[group] if entry is None else entry
    return changed({"ver": "1.3.0", "nam": NAME, "dob": "1990-02-03", group: [entry]}, others)


def changed(members: Mapping[Any, Any], changes: Mapping[Any, Any]) -> dict[Any, Any]:
    """Members with some changed, added or left out."""
    return {k: v for k, v in {**members, **changes}.items() if v is not LEFT_OUT}


@dataclass(frozen=True)
class Made:
    """The text of a code, what stood on the way to it, and who is said to have signed.

    Attributes:
        text: The text.
        intermediates: Hex of ``claims``, ``cose``, ``to_be_signed`` and ``zlib``: of those that a
            reader of the text comes by.
        signer: The key it names.
    """

    text: str
    intermediates: dict[str, str]
    signer: Key


def hcert(
    content: Mapping[str, Any] | None = None,
    *,
    signer: Key = P256,
    claims: Mapping[Any, Any] | None = None,
    claims_item: Any = None,
    claims_bytes: Change | bytes | None = None,
    protected: Any = None,
    unprotected: Any = None,
    signed_with: Key | None = None,
    to_be_signed: Change | bytes | None = None,
    signature: Change | bytes | None = None,
    message: Any = None,
    tags: tuple[int, ...] = (18,),
    cose: Change | bytes | None = None,
    stream: Change | bytes | None = None,
    encoded: Callable[[str], str] | None = None,
    prefix: str = "HC1:",
) -> Made:
    """Make a code. Whatever is not said is right.

    Where bytes or a function are taken, bytes replace what would be there, and a function is
    given that and returns what is to be there.

    Args:
        content: The payload; by default a dose.
        signer: Who signs, and whose ``kid`` and ``alg`` stand in the header.
        claims: Claims to change, to add or to leave out (`LEFT_OUT`).
        claims_item: What stands instead of the map of claims.
        claims_bytes: The encoded claims.
        protected: The protected header: a map, or the bytes in the byte string, or `Raw` instead
            of the byte string.
        unprotected: The unprotected header, a map or anything else; by default empty.
        signed_with: Whose key signs in truth.
        to_be_signed: The bytes that are signed.
        signature: The signature.
        message: Made of the four parts: a function of them that gives the item to encode.
        tags: Around the message, outermost first.
        cose: The encoded message.
        stream: The zlib stream.
        encoded: A function of the Base45 text.
        prefix: In front of it.
    """
    if claims_item is None:
        ordinary = {ISS: signer.country, EXP: EXPIRES, IAT: ISSUED}
        health = {1: payload() if content is None else content}
        claims_item = changed({**ordinary, HCERT: health}, claims or {})
    signed = _apply(claims_bytes, encode(claims_item))
    if protected is None:
        protected = {ALG: COSE_NUMBERS[signer.algorithm or ""], KID: signer.kid}
    if isinstance(protected, Mapping):
        protected = encode(protected)
    header = b"" if isinstance(protected, Raw) or protected == b"\xa0" else protected
    structure = _apply(to_be_signed, sig_structure(header, signed))
    made = _apply(signature, (signed_with or signer).sign(structure))
    parts: Any = [protected, {} if unprotected is None else unprotected, signed, made]
    if message is not None:
        parts = message(parts)
    for tag in reversed(tags):
        parts = Tag(tag, parts)
    inside = _apply(cose, encode(parts))
    compressed = _apply(stream, deflate.compress(inside))
    text = base45(compressed)
    text = prefix + (text if encoded is None else encoded(text))
    intermediates = {}
    if encoded is None and prefix == "HC1:":
        intermediates["zlib"] = compressed.hex()
        if _inflates_to(compressed, inside):
            intermediates["cose"] = inside.hex()
            if message is None and cose is None and not isinstance(protected, Raw):
                structure = sig_structure(header, signed)
                intermediates |= {"to_be_signed": structure.hex(), "claims": signed.hex()}
    order = ("claims", "to_be_signed", "cose", "zlib")
    return Made(text, {k: intermediates[k] for k in order if k in intermediates}, signer)


def sig_structure(protected: bytes, signed: bytes, context: str = "Signature1") -> bytes:
    """What a signature covers (RFC 9052 §4.4), without external data."""
    return encode([context, protected, b"", signed])


def base45(data: bytes) -> str:
    """Base45 (RFC 9285 §4)."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    written = ""
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            written += alphabet[digit]
    return written


def flip(at: int, bit: int = 0) -> Change:
    """What changes one bit of a byte, counted from the end where negative."""

    def change(data: bytes) -> bytes:
        changed_bytes = bytearray(data)
        changed_bytes[at] ^= 1 << bit
        return bytes(changed_bytes)

    return change


def _apply(change: Change | bytes | None, right: bytes) -> bytes:
    if change is None:
        return right
    return change if isinstance(change, bytes) else change(right)


def _inflates_to(stream: bytes, data: bytes) -> bool:
    inflater = zlib.decompressobj()
    try:
        return inflater.decompress(stream) == data and inflater.eof and not inflater.unused_data
    except zlib.error:
        return False
