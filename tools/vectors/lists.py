"""Revocation lists, in the forms in which they are published, right or with one defect.

Batches of the EU's gateway, slices of its distribution service, chunks of the German service, and
lists of revoked certificates (RFC 5280 §5).
"""

from __future__ import annotations

import json
import struct
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from zlib import crc32

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from vectors.cbor import Tag, encode
from vectors.hcert import sig_structure
from vectors.keys import Key

UCI, COUNTRYCODEUCI, SIGNATURE = "UCI", "COUNTRYCODEUCI", "SIGNATURE"
GERMAN_TYPES: Final = {SIGNATURE: 0x0A, UCI: 0x0B, COUNTRYCODEUCI: 0x0C}
UNKNOWN_KID: Final = "UNKNOWN_KID"

ISSUED: Final = datetime(2022, 5, 20, tzinfo=UTC)
NEXT: Final = datetime(2022, 6, 20, tzinfo=UTC)
REVOKED_AT: Final = datetime(2022, 5, 10, 12, tzinfo=UTC)


def digest(content: bytes | str) -> bytes:
    """A hash as lists have it: the first 16 bytes of a SHA-256."""
    return sha256(content.encode() if isinstance(content, str) else content).digest()[:16]


def files(*contents: bytes) -> dict[str, Any]:
    """Lists as a vector carries them."""
    return {"files": [b64encode(one).decode("ascii") for one in contents]}


def listed(kind: str, value: bytes, kid: bytes | None) -> dict[str, Any]:
    """A list of one hash, as a vector carries it; of any signer where there is no kid."""
    entry = {"type": kind, "hash": value.hex(), "kid": kid.hex() if kid is not None else None}
    return {"hashes": [entry]}


# --- batches -------------------------------------------------------------------------------------


def batch(
    kind: str,
    values: Iterable[bytes],
    *,
    kid: bytes | None,
    expires: str = "2023-04-15T00:00:00Z",
    **others: Any,
) -> bytes:
    """A batch of the gateway, the JSON object alone; other members replace those that it has."""
    document = {
        "country": "AQ",
        "expires": expires,
        "kid": UNKNOWN_KID if kid is None else b64encode(kid).decode("ascii"),
        "hashType": kind,
        "entries": [{"hash": b64encode(one).decode("ascii")} for one in values],
        **others,
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def german_chunk(entries: Mapping[bytes, Any], signer: Key, payload: Any = None) -> bytes:
    """A chunk of the German service: kid and type to hashes, in a COSE_Sign1 message."""
    content = encode(dict(entries) if payload is None else payload)
    protected = encode({1: -7})
    signature = signer.sign(sig_structure(protected, content))
    return encode(Tag(18, [protected, {}, content, signature]))


# --- filters -------------------------------------------------------------------------------------


class Bloom(NamedTuple):
    """The fields of a Bloom filter's file.

    Attributes:
        version: 1.
        k: How many bits an element sets.
        function: Number of the hash function; 0 is SHA-256.
        rate: Written as a float32.
        made_for: How many elements.
        held: How many elements.
        words: How many words of 32 bits.
        bits: The words.
    """

    version: int
    k: int
    function: int
    rate: float
    made_for: int
    held: int
    words: int
    bits: bytes

    @classmethod
    def of(cls, elements: Iterable[bytes], *, k: int = 20, words: int = 4) -> Bloom:
        """A filter with these elements, of so many words and hash functions."""
        distinct = list(elements)
        set_bits = 0
        for element in distinct:
            for number in bit_numbers(element, k, words):
                set_bits |= 1 << (32 * words - 1 - number)  # from the most significant one on
        bits = set_bits.to_bytes(4 * words, "big")
        return cls(1, k, 0, 1e-6, len(distinct), len(distinct), words, bits)

    def file(self) -> bytes:
        """As it is handed out."""
        return struct.pack(">HBBfIII", *self[:7]) + self.bits


def bit_numbers(element: bytes, k: int, words: int) -> list[int]:
    """Which bits an element sets: SHA-256 of it and a counter, signed, modulo the bits."""
    return [
        int.from_bytes(sha256(element + bytes([n])).digest(), "big", signed=True) % (32 * words)
        for n in range(k)
    ]


class Prefixes(NamedTuple):
    """The fields of the file of a variable hash list.

    Attributes:
        version: 1.
        rate: Written as a float32.
        held: How many prefixes.
        size: Bytes of each.
        content: The prefixes.
    """

    version: int
    rate: float
    held: int
    size: int
    content: bytes

    @classmethod
    def of(cls, values: Iterable[bytes], size: int = 4) -> Prefixes:
        """The starts of hashes, ascending as signed numbers."""
        starts = sorted(
            (one[:size] for one in values), key=lambda one: int.from_bytes(one, "big", signed=True)
        )
        return cls(1, 1e-6, len(starts), size, b"".join(starts))

    def file(self) -> bytes:
        """As it is handed out."""
        return struct.pack(">HfIB", *self[:4]) + self.content


def slices(kid: bytes, *placed: tuple[str, bytes]) -> bytes:
    """Slices of one signer: the digits of each place, the last one its chunk, and its filter."""
    name = urlsafe_b64encode(kid).rstrip(b"=").decode("ascii")
    return _gzip(
        _tar(
            (f"{name}/{place[:-1] or 'null'}/{place[-1]}/{sha256(one).hexdigest()}", one)
            for place, one in placed
        )
    )


def in_place(kid: bytes, value: bytes, one: Bloom | Prefixes, digits: int = 1) -> dict[str, Any]:
    """A list of one slice, in the place that so many digits of a hash say."""
    return files(slices(kid, (value.hex()[:digits], one.file())))


def _tar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar archive ("ustar"), nothing in it that depends on who makes it."""
    written = b""
    for name, content in members:
        fields = (
            *(f"{0o644:07o}\0", f"{0:07o}\0", f"{0:07o}\0", f"{len(content):011o}\0"),
            *(f"{0:011o}\0", " " * 8, "0"),
        )
        head = name.encode().ljust(100, b"\0") + "".join(fields).encode()
        head = (head.ljust(257, b"\0") + b"ustar\x0000").ljust(512, b"\0")
        written += head[:148] + f"{sum(head):06o}\0 ".encode() + head[156:]
        written += content + bytes(-len(content) % 512)
    return written + bytes(1024)


def _gzip(data: bytes) -> bytes:
    """A gzip file (RFC 1952) whose content is stored as it is."""
    written = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    for at in range(0, len(data), 0xFFFF):
        block = data[at : at + 0xFFFF]
        is_last = at + len(block) == len(data)
        written += struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block
    return written + struct.pack("<II", crc32(data), len(data))


# --- lists of revoked certificates ---------------------------------------------------------------


def crl(
    authority: Key,
    *serials: int,
    number: int | None = 3,
    reason: x509.ReasonFlags | None = None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
    entry_extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """A list of an authority on a curve, DER: certificates by their serial numbers."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certified.parsed.subject)
        .last_update(ISSUED)
        .next_update(NEXT)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    for serial in serials:
        entry = x509.RevokedCertificateBuilder(serial, REVOKED_AT)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        for extension, is_critical in entry_extensions:
            entry = entry.add_extension(extension, critical=is_critical)
        builder = builder.add_revoked_certificate(entry.build())
    made = builder.sign(authority.private, hashes.SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)
