"""The three hashes of a certificate under which it may have been revoked.

Spec: gateway `RevocationHashType`; what each is made of, with the evidence, in spec/revocation.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm

HASH_BYTES: Final = 16  # of the 32 of SHA-256; what every list carries


class HashType(StrEnum):
    """What was hashed, by the gateway's names."""

    SIGNATURE = "SIGNATURE"
    UCI = "UCI"
    COUNTRYCODEUCI = "COUNTRYCODEUCI"


Hash: TypeAlias = tuple[HashType, bytes]


def certificate_hashes(
    *,
    certificate_ids: Iterable[str],
    issuer: str | None,
    countries: Iterable[str | None],
    signature: bytes | None = None,
    algorithm: Algorithm | None = None,
) -> tuple[Hash, ...]:
    """Every hash under which a certificate may have been revoked.

    Args:
        certificate_ids: ``ci`` of each entry, exactly as in the certificate.
        issuer: ``iss`` (claim 1), where there is one.
        countries: ``co`` of each entry, in the order of ``certificate_ids``. Implementations
            disagree on which of ``iss`` and ``co`` goes into the second hash, so both do.
        signature: The signature of the COSE_Sign1 message; None where an issuer did not keep it,
            and revokes by identifiers.
        algorithm: Its algorithm. Of an ECDSA signature only r is hashed: s has two valid values,
            and anybody can turn one into the other.

    Returns:
        Pairs of type and hash, 16 bytes each, without repetition; the signature's first.

    Raises:
        ValueError: Not as many countries as identifiers; a signature without its algorithm, or
            the other way round.

    Spec: gateway `RevocationHashType`.
    """
    found = []
    if signature is not None and algorithm is not None:
        whole = algorithm not in ECDSA_SIGNATURE_BYTES
        r_or_whole = signature if whole else signature[: len(signature) // 2]
        found.append((HashType.SIGNATURE, _hash(r_or_whole)))
    elif signature is not None or algorithm is not None:
        raise ValueError("signature and algorithm: give both, or neither")
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


def check_hash(value: bytes) -> None:
    """Refuse what is no hash of a certificate.

    Raises:
        TypeError: It is no bytes; text, hexadecimal for one, would be found on no list.
        ValueError: It has not 16 bytes.
    """
    if not isinstance(value, bytes):
        raise TypeError(f"hash: expected bytes, not {type(value).__name__}")
    if len(value) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, not {len(value)}")


def check_kid(kid: bytes | None) -> None:
    """Refuse what is no key identifier and not None.

    Raises:
        TypeError: It is no bytes; text would be found under no kid, and nothing be revoked.
        ValueError: It is empty.
    """
    if not isinstance(kid, bytes | None):
        raise TypeError(f"kid: expected bytes or None, not {type(kid).__name__}")
    if kid == b"":
        raise ValueError("kid is empty")
