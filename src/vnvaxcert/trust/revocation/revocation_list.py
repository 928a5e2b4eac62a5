"""Revocation: the three hashes of a certificate, and lists to look them up in.

A revoked certificate is published as a hash, so that the list tells nothing about people. There
are three ways to make that hash, and an issuer picks one; a verifier has to try all of them.

A `RevocationList` is made of entries, each for the certificates of one signer (by kid) or of
any. Formats are recognised by content, one row of `_FORMATS` each: at present the German chunk
list (a COSE_Sign1 message around a CBOR map).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from itertools import chain
from typing import TypeAlias

from vnvaxcert.codec import cbor
from vnvaxcert.cose import sign1
from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import (
    AlgorithmError,
    CborError,
    CoseStructureError,
    InvalidSignatureError,
    RevokedError,
    TrustListFormatError,
    TrustListSignatureError,
)
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.signing_key import SigningKey, load_signing_key

HASH_BYTES = 16  # of the 32 of SHA-256; what every list carries
MAX_FILE_BYTES = 64 << 20  # as for trust lists
MAX_ITEMS = 4_000_000  # as many hashes fit into such a file; shorter items would take gigabytes


class HashType(StrEnum):
    """What was hashed, by the gateway's names."""

    SIGNATURE = "SIGNATURE"
    UCI = "UCI"
    COUNTRYCODEUCI = "COUNTRYCODEUCI"


Hash: TypeAlias = tuple[HashType, bytes]
Entries: TypeAlias = Mapping[tuple[bytes | None, HashType], frozenset[bytes]]


def certificate_hashes(
    *,
    certificate_ids: Iterable[str],
    issuer: str | None,
    countries: Iterable[str | None],
    signature: bytes,
    algorithm: Algorithm,
) -> tuple[Hash, ...]:
    """Every hash under which a certificate may have been revoked.

    Args:
        certificate_ids: ``ci`` of each entry, exactly as in the certificate.
        issuer: ``iss`` (claim 1), where there is one.
        countries: ``co`` of each entry, in the order of ``certificate_ids``. Implementations
            disagree on which of ``iss`` and ``co`` goes into the second hash, so both do.
        signature: The signature of the COSE_Sign1 message.
        algorithm: Its algorithm. Of an ECDSA signature only r is hashed: s has two valid values,
            and anybody can turn one into the other.

    Returns:
        Pairs of type and hash, 16 bytes each, without repetition; the signature's first.

    Raises:
        ValueError: Not as many countries as identifiers.

    Spec: gateway `RevocationHashType`; facts and evidence in spec/ under "revocation".
    """
    whole = algorithm not in ECDSA_SIGNATURE_BYTES
    r_or_whole = signature if whole else signature[: len(signature) // 2]
    found = [(HashType.SIGNATURE, _hash(r_or_whole))]
    for identifier, country in zip(certificate_ids, countries, strict=True):
        # CBOR text has no lone surrogates; a caller's may, and must end in a hash all the same.
        uci = identifier.encode("utf-8", "surrogatepass")
        found.append((HashType.UCI, _hash(uci)))
        found += [
            (HashType.COUNTRYCODEUCI, _hash(code.encode("utf-8", "surrogatepass") + uci))
            for code in (issuer, country)
            if code is not None
        ]
    return tuple(dict.fromkeys(found))


def _hash(content: bytes) -> bytes:
    return sha256(content).digest()[:HASH_BYTES]


class RevocationList(Immutable):
    """Revoked certificates, by their hashes. Immutable; ``a | b`` holds what either does.

    Attributes:
        format: Where the entries came from.
        authenticated: Whether the list's own signature was checked. Of a merged list: of both.
        notes: What is odd about what was read, in words, with how many.
    """

    __slots__ = ("_any_signer", "_entries", "authenticated", "format", "notes")

    format: str
    authenticated: bool
    notes: tuple[str, ...]
    _entries: Entries
    _any_signer: dict[HashType, frozenset[bytes]]  # filled when asked for

    def __init__(
        self,
        entries: Entries,
        *,
        format: str,
        authenticated: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Take entries as they are; callers use `load`, `from_bytes` or `from_hashes`."""
        set_once(
            self,
            _entries=dict(entries),
            _any_signer={},
            format=format,
            authenticated=authenticated,
            notes=notes,
        )

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, signing_key: SigningKey | None = None
    ) -> RevocationList:
        """Read a list from a file of any known format.

        Args:
            path: The file, at most 64 MiB.
            signing_key: The publisher's key, in the forms `TrustList.load` takes. With it the
                list's signature is checked; without it the list is not authenticated.

        Raises:
            TrustListFormatError: The file cannot be read, is too large, in no known format, or
                breaks its format.
            TrustListSignatureError: The signature is not valid under the key.
            TypeError: The path is none.
        """
        path = os.fspath(path)  # a number would be taken for an open file
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: a null character in the path
            reason = getattr(error, "strerror", None) or "not a usable path"
            raise TrustListFormatError(
                _UNKNOWN, "", f"the file cannot be read: {reason}"
            ) from error
        return cls.from_bytes(data, signing_key=signing_key)

    @classmethod
    def from_bytes(cls, data: bytes, *, signing_key: SigningKey | None = None) -> RevocationList:
        """Read a list from bytes; as `load`."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data: expected bytes, not {type(data).__name__}")
        data = bytes(data)
        if len(data) > MAX_FILE_BYTES:
            raise TrustListFormatError(_UNKNOWN, "", f"it has more than {MAX_FILE_BYTES} bytes")
        key = None if signing_key is None else load_signing_key(signing_key)
        for name, recognises, read in _FORMATS:
            if recognises(data):
                entries, notes = read(data, key)
                authenticated = key is not None
                return cls(entries, format=name, authenticated=authenticated, notes=notes)
        raise TrustListFormatError(
            _UNKNOWN, "", "no known revocation list; expected a COSE_Sign1 message"
        )

    @classmethod
    def from_hashes(cls, hashes: Iterable[Hash], *, kid: bytes | None = None) -> RevocationList:
        """Make a list of hashes the caller has.

        Args:
            hashes: Pairs of type and hash, 16 bytes each.
            kid: Key identifier of the signer whose certificates they are; by default of any.

        Raises:
            ValueError: A hash of another length, an unknown type, or an empty kid.
            TypeError: A hash or a kid that is no bytes.
        """
        _check_kid(kid)
        if kid == b"":
            raise ValueError("kid is empty")
        collected: dict[tuple[bytes | None, HashType], set[bytes]] = {}
        for hash_type, value in hashes:
            if not isinstance(value, bytes):
                raise TypeError(f"hash: expected bytes, not {type(value).__name__}")
            if len(value) != HASH_BYTES:
                raise ValueError(f"a hash has {HASH_BYTES} bytes, not {len(value)}")
            collected.setdefault((kid, HashType(hash_type)), set()).add(value)
        return cls(_frozen(collected), format="hashes")

    def check(self, kid: bytes | None, hashes: Iterable[Hash]) -> None:
        """Refuse a certificate that is on the list.

        Args:
            kid: Key identifier of its signer; None where that is not certain, and the hashes of
                every signer count: anybody can write another kid outside the signature.
            hashes: From `certificate_hashes`.

        Raises:
            RevokedError: It is; ``hash_type`` says by which of its hashes.
            TypeError: A kid that is no bytes.
        """
        _check_kid(kid)
        for hash_type, value in hashes:
            if kid is None:
                revoked = value in self._of_any_signer(hash_type)
            else:
                revoked = any(
                    value in self._entries.get((scope, hash_type), ()) for scope in (kid, None)
                )
            if revoked:
                raise RevokedError(hash_type.value)

    def _of_any_signer(self, hash_type: HashType) -> frozenset[bytes]:
        """All hashes of one type, gathered when first asked for."""
        found = self._any_signer.get(hash_type)
        if found is None:
            each = [values for (_, other), values in self._entries.items() if other is hash_type]
            found = each[0] if len(each) == 1 else frozenset().union(*each)
            self._any_signer[hash_type] = found
        return found

    def __len__(self) -> int:
        """How many entries there are: distinct hashes for each kid and type."""
        return sum(map(len, self._entries.values()))

    def __bool__(self) -> bool:
        """A list is a list, also when it is empty: ``if revocations:`` must not skip a check."""
        return True

    def __or__(self, other: RevocationList) -> RevocationList:
        """Merge two lists."""
        if not isinstance(other, RevocationList):
            return NotImplemented
        merged = dict(self._entries)
        for key, values in other._entries.items():
            merged[key] = merged.get(key, frozenset()) | values
        formats = dict.fromkeys(chain(self.format.split(" + "), other.format.split(" + ")))
        return RevocationList(
            merged,
            format=" + ".join(formats),
            authenticated=self.authenticated and other.authenticated,
            notes=self.notes + other.notes,
        )

    def __repr__(self) -> str:
        state = "authenticated" if self.authenticated else "not authenticated"
        return f"RevocationList({self.format}, {len(self)} entries, {state})"


def _check_kid(kid: bytes | None) -> None:
    if not isinstance(kid, bytes | None):
        # Text, hexadecimal for one, would be found under no kid, and nothing be revoked.
        raise TypeError(f"kid: expected bytes or None, not {type(kid).__name__}")


def _frozen(
    collected: Mapping[tuple[bytes | None, HashType], set[bytes]],
) -> Entries:
    return {key: frozenset(values) for key, values in collected.items()}


# --- German chunk list -------------------------------------------------------------------------
#
# CovPass publishes, per signer and kind of hash, chunks of a COSE_Sign1 message whose payload is
# a map {kid followed by one byte of hash type: [hash, ...]}. Neither header carries a kid.

_UNKNOWN = "revocation, unknown"
_GERMAN = "revocation, German chunk"
_GERMAN_TYPES = {
    0x0A: HashType.SIGNATURE,
    0x0B: HashType.UCI,
    0x0C: HashType.COUNTRYCODEUCI,
}
_COSE_STARTS = (b"\xd2", b"\x84", b"\xd8\x3d")  # tag 18, an array of four, tag 61


def _is_german(data: bytes) -> bool:
    return data.startswith(_COSE_STARTS)


def _read_german(data: bytes, signing_key: PublicKey | None) -> tuple[Entries, tuple[str, ...]]:
    try:
        cbor.decode(data, where="COSE message", max_items=MAX_ITEMS)  # for its bound alone
        message = sign1.parse(data)
        if signing_key is not None:
            message.verify(signing_key)
        payload = cbor.decode(message.payload, where="payload", max_items=MAX_ITEMS)
    except (AlgorithmError, InvalidSignatureError) as error:
        raise TrustListSignatureError(_GERMAN, "", str(error)) from error
    except (CborError, CoseStructureError) as error:
        raise TrustListFormatError(_GERMAN, "", str(error)) from error
    if type(payload) is not dict:
        raise TrustListFormatError(_GERMAN, "payload", "expected a map")
    entries: dict[tuple[bytes | None, HashType], frozenset[bytes]] = {}
    notes = []
    for number, (key, hashes) in enumerate(payload.items(), 1):
        place = f"entry {number}"
        if type(key) is not bytes or len(key) < 2:
            raise TrustListFormatError(
                _GERMAN, place, "its key is not a byte string of a kid and a hash type"
            )
        if type(hashes) is not list or not all(type(value) is bytes for value in hashes):
            raise TrustListFormatError(_GERMAN, place, "its value is not an array of byte strings")
        hash_type = _GERMAN_TYPES.get(key[-1])
        if hash_type is None:
            # To pass over it would accept what the publisher revoked.
            known = ", ".join(f"{known:#04x}" for known in _GERMAN_TYPES)
            raise TrustListFormatError(
                _GERMAN, place, f"unknown hash type {key[-1]:#04x}; expected one of {known}"
            )
        if any(len(value) < HASH_BYTES for value in hashes):
            # It can match nothing, and to pass over it would do the same.
            raise TrustListFormatError(
                _GERMAN, place, f"a hash of less than {HASH_BYTES} bytes, which revokes nothing"
            )
        longer = sum(len(value) > HASH_BYTES for value in hashes)
        if longer:
            # The publisher gave more of the SHA-256 than the others do, as Italy gives all of it.
            hashes = [value[:HASH_BYTES] for value in hashes]
            notes.append(
                f"{place}: hashes of more than {HASH_BYTES} bytes, "
                f"of which the first {HASH_BYTES} count: {longer}"
            )
        entries[key[:-1], hash_type] = frozenset(hashes)
    return entries, tuple(notes)


_Reader: TypeAlias = Callable[[bytes, PublicKey | None], tuple[Entries, tuple[str, ...]]]

_FORMATS: tuple[tuple[str, Callable[[bytes], bool], _Reader], ...] = (
    (_GERMAN, _is_german, _read_german),
)
