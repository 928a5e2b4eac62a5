"""Leaves: what a unit's signature says of one record (spec/attestation.md, section 4).

A leaf is the record as it was confirmed and the verdict of the population database on it, so that
a signature over a record that was never found right cannot be made to pass as one over it; and a
salt, so that the hash of a record tells nothing to whoever guesses what the record says.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.codec import cbor
from vnvaxcert.vietnam.attestation.merkle import leaf_hash
from vnvaxcert.vietnam.exchange import FIELDS, MAX_FIELD_CHARS, ExchangeRecord

VERSION: Final = 1
RIGHT: Final = "right"
"""The one verdict that is attested: a record that was found right by the population database."""

SALT_BYTES: Final = 16
"""Random bytes of a leaf, never fewer or more: 128 bits are beyond trying out. Everything else in a
record can be guessed, and the proof of a record shows the hash of the one next to it."""

# By their encodings (RFC 8949 §4.2.1): of short ASCII texts the shorter comes first.
_IN_ORDER: Final = sorted(sorted(FIELDS), key=len)


def encode_leaf(record: ExchangeRecord, salt: bytes) -> bytes:
    """Encode the entry of a record: ``[version, salt, {field: text}, verdict]``.

    It is deterministic CBOR. The texts go in as they are, byte for byte; fields without a text are
    left out.

    Args:
        record: It.
        salt: `SALT_BYTES`, random, of this record alone.

    Raises:
        ValueError: A salt that is not of `SALT_BYTES` bytes; a field that is no text, is longer
            than a field may be, or has half a surrogate pair, for which UTF-8 has no form: the
            message names the field.
    """
    if type(salt) is not bytes or len(salt) != SALT_BYTES:
        raise ValueError(f"the record's salt is not of {SALT_BYTES} bytes")
    members = {}
    for name in _IN_ORDER:
        value = getattr(record, name)
        if type(value) is not str:
            raise ValueError(f"{name} is not a text")
        if len(value) > MAX_FIELD_CHARS:
            raise ValueError(f"{name} is longer than {MAX_FIELD_CHARS} characters")
        if value:
            members[name] = value
    try:
        return cbor.encode_ordered([VERSION, salt, members, RIGHT])
    except UnicodeEncodeError:
        pass
    broken = next(name for name, value in members.items() if not _is_unicode(value))
    raise ValueError(f"{broken} has half a surrogate pair")


def leaf_of(record: ExchangeRecord, salt: bytes) -> bytes:
    """The hash of a record's entry with its salt, 32 bytes.

    Raises:
        ValueError: As `encode_leaf`.
    """
    return leaf_hash(encode_leaf(record, salt))


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
