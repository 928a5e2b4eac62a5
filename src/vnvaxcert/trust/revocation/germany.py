"""The German chunk list: a COSE_Sign1 message around a CBOR map of hashes.

CovPass publishes chunks whose payload is a map from a kid followed by one byte of hash type to an
array of hashes. Neither header carries a kid. The files that lead to smaller chunks (``kid.lst``,
``index.lst``) hold counts and no hash, and a chunk of those is an array that does not say of
whom it is: they are refused by name.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from vnvaxcert.codec import cbor
from vnvaxcert.errors import CborError, TrustListFormatError
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.formats.signed_cbor import check_with, read_message
from vnvaxcert.trust.revocation.contents import Contents
from vnvaxcert.trust.revocation.hashes import HASH_BYTES, HashType

MAX_ITEMS: Final = 4_000_000  # as many hashes fit into such a file; shorter items take gigabytes

GERMAN_FORMAT: Final = "revocation, German chunk"

_TYPES: Final = {
    0x0A: HashType.SIGNATURE,
    0x0B: HashType.UCI,
    0x0C: HashType.COUNTRYCODEUCI,
}
_STARTS: Final = (b"\xd2", b"\x84", b"\xd8\x3d")  # tag 18, an array of four, tag 61


def is_german_chunk(data: bytes) -> bool:
    """Whether data start as a COSE_Sign1 message does."""
    return data.startswith(_STARTS)


def read_german_chunk(data: bytes, context: Context) -> Contents:
    """Read a chunk.

    Raises:
        TrustListFormatError: Not a COSE_Sign1 message, or with another payload: an index, a
            chunk that does not say whose it is, an unknown type of hash, one of less than 16
            bytes.
        TrustListSignatureError: The signature is not that of the key given. Authorities were
            given: no certificate comes along that one of them could have signed.
    """
    message = read_message(data, GERMAN_FORMAT)
    check = partial(check_with, message, GERMAN_FORMAT)
    is_authenticated = authenticate(context, GERMAN_FORMAT, check)
    try:
        payload = cbor.decode(message.sign1.payload, where="payload", max_items=MAX_ITEMS)
    except CborError as error:
        raise TrustListFormatError(GERMAN_FORMAT, error.where, error.reason) from error
    return _read_payload(payload)._replace(is_authenticated=is_authenticated)


def _read_payload(payload: object) -> Contents:
    if type(payload) is list and payload and all(type(value) is bytes for value in payload):
        raise TrustListFormatError(
            GERMAN_FORMAT,
            "payload",
            "an array of hashes, which does not say of whose certificates; expected a map",
        )
    if type(payload) is not dict:
        raise TrustListFormatError(GERMAN_FORMAT, "payload", "expected a map")
    entries: dict[tuple[bytes | None, HashType], frozenset[bytes]] = {}
    notes = []
    for number, (key, hashes) in enumerate(payload.items(), 1):
        place = f"entry {number}"
        problem = _problem(key, hashes)
        if problem:
            raise TrustListFormatError(GERMAN_FORMAT, place, problem)
        longer = sum(len(value) > HASH_BYTES for value in hashes)
        if longer:
            # The publisher gave more of the SHA-256 than the others do, as Italy gives all of it.
            hashes = [value[:HASH_BYTES] for value in hashes]
            notes.append(
                f"{place}: hashes of more than {HASH_BYTES} bytes, "
                f"of which the first {HASH_BYTES} count: {longer}"
            )
        entries[key[:-1], _TYPES[key[-1]]] = frozenset(hashes)
    return Contents(entries, notes=tuple(notes))


def _problem(key: object, hashes: object) -> str:
    """Why an entry is none of a chunk; empty where it is one.

    To pass over what is not known here, or can match nothing, would accept what was revoked.
    """
    if type(key) is bytes and (type(hashes) is dict or _is_index_entry(hashes)):
        return "an index (kid.lst or index.lst): it counts, and holds no hash"
    if type(key) is not bytes or len(key) < 2:
        return "its key is not a byte string of a kid and a hash type"
    if type(hashes) is not list or not all(type(value) is bytes for value in hashes):
        return "its value is not an array of byte strings"
    if key[-1] not in _TYPES:
        known = ", ".join(f"{known:#04x}" for known in _TYPES)
        return f"unknown hash type {key[-1]:#04x}; expected one of {known}"
    if any(len(value) < HASH_BYTES for value in hashes):
        return f"a hash of less than {HASH_BYTES} bytes, which revokes nothing"
    return ""


def _is_index_entry(value: object) -> bool:
    """``[time, count, {next byte: [time, count]}]``"""
    return type(value) is list and len(value) == 3 and type(value[2]) is dict
