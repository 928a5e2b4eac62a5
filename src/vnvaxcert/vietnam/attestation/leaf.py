"""Leaves: what a unit's signature says of one record (spec/attestation.md, section 4).

A leaf is the record as it was confirmed and the verdict of the population database on it, so that
a signature over a record that was never found right cannot be made to pass as one over it.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.codec import cbor
from vnvaxcert.vietnam.attestation.merkle import leaf_hash
from vnvaxcert.vietnam.exchange import FIELDS, MAX_FIELD_CHARS, ExchangeRecord

VERSION: Final = 1
RIGHT: Final = "right"
"""The one verdict that is attested: a record that was found right by the population database."""

# By their encodings (RFC 8949 §4.2.1): of short ASCII texts the shorter comes first.
_IN_ORDER: Final = sorted(sorted(FIELDS), key=len)


def encode_leaf(record: ExchangeRecord) -> bytes:
    """Encode the entry of a record: ``[version, {field: text}, verdict]``, deterministic CBOR.

    The texts go in as they are, byte for byte; fields without a text are left out.

    Raises:
        ValueError: A field that is no text, is longer than a field may be, or has half a
            surrogate pair, for which UTF-8 has no form; the message names the field.
    """
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
        return cbor.encode_ordered([VERSION, members, RIGHT])
    except UnicodeEncodeError:
        pass
    broken = next(name for name, value in members.items() if not _is_unicode(value))
    raise ValueError(f"{broken} has half a surrogate pair")


def leaf_of(record: ExchangeRecord) -> bytes:
    """The hash of a record's entry, 32 bytes.

    Raises:
        ValueError: As `encode_leaf`.
    """
    return leaf_hash(encode_leaf(record))


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
