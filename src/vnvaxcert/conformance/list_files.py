"""Operations on lists as published: what a file holds, and whether it is refused.

Spec: spec/trust-list.md, spec/revocation.md; test_vectors/trust-lists/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from vnvaxcert.conformance.lists import (
    RequestError,
    from_base64,
    hash_of,
    kid_of,
    member,
    moment,
    objects,
)
from vnvaxcert.errors import SignerRevokedError, VerificationError
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.revocation import RevocationList
from vnvaxcert.trust.spki import encode_spki
from vnvaxcert.trust.trustlist import TrustList

Input = Mapping[str, Any]


def _files_or_none(given: Input, name: str) -> list[bytes]:
    found = member(given, name, list) if name in given else []
    return [from_base64(one, name) for one in found]


def _files(given: Input, name: str = "files") -> list[bytes]:
    found = _files_or_none(given, name)
    if not found:
        raise RequestError(f"{name}: expected one file at least")
    return found


def _options(given: Input) -> dict[str, Any]:
    """What a list is checked with, as the loaders take it."""
    found: dict[str, Any] = {}
    if "signing_key" in given:
        found["signing_key"] = from_base64(given["signing_key"], "signing_key")
    if "authorities" in given:
        found["authorities"] = TrustList.from_bytes(*_files(given, "authorities"))
    if "at" in given:
        found["at"] = moment(given["at"])
    if "last_sequence" in given:
        found["last_sequence"] = member(given, "last_sequence", int)
    return found


def _text(value: datetime | None) -> str | None:
    return None if value is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"


def _key(trusted: TrustedKey) -> dict[str, Any]:
    return {
        "kid": trusted.kid.hex(),
        "role": trusted.role,
        "country": trusted.country,
        "usages": sorted(trusted.usages),
        "public_key": sha256(encode_spki(trusted.public_key)).hexdigest(),
        "certificate": sha256(trusted.facts.der).hexdigest() if trusted.facts else None,
        "not_before": _text(trusted.not_before),
        "not_after": _text(trusted.not_after),
    }


def load_trust_list(given: Input) -> dict[str, Any]:
    """``trustlist.load``: ``files`` in Base64, which are one list.

    ``signing_key`` (Base64), ``authorities`` (files), ``at`` and ``last_sequence`` as the loader
    takes them.

    Returns:
        What it is and holds: keys, and kid and country of each entry that was set aside.

    Raises:
        TrustListError: It cannot be used; ``code`` says why.
        RequestError: The input is not as it has to be.
    """
    trust = TrustList.from_bytes(*_files(given), **_options(given))
    return {
        "format": trust.format,
        "authenticated": trust.authenticated,
        "issued_at": _text(trust.issued_at),
        "expires_at": _text(trust.expires_at),
        "sequence": trust.sequence,
        "usable_keys": in_order([_key(key) for key in trust]),
        "entries_set_aside": in_order(
            [{"kid": one.kid.hex(), "country": one.country} for one in trust.set_aside]
        ),
    }


def in_order(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Objects whose order does not matter, in one order."""
    return sorted(objects, key=lambda one: sorted((name, str(one[name])) for name in one))


def load_revocation_list(given: Input) -> dict[str, Any]:
    """``revocationlist.load``: ``files`` in Base64, and who is asked about.

    ``certificates``: objects with ``kid``, ``hash_type`` and ``hash``; ``signers``: certificates
    in Base64. The rest as for ``trustlist.load``.

    Returns:
        What it is, and for each asked about the code of its refusal, or null; of a signer with
        the time it was revoked.

    Raises:
        TrustListError: It cannot be used; ``code`` says why.
        RequestError: The input is not as it has to be.
    """
    revocations = RevocationList.from_bytes(*_files(given), **_options(given))
    return {
        "format": revocations.format,
        "authenticated": revocations.authenticated,
        "issued_at": _text(revocations.issued_at),
        "expires_at": _text(revocations.expires_at),
        "sequence": revocations.sequence,
        "entries": len(revocations),
        "certificates": [_certificate(revocations, one) for one in objects(given, "certificates")],
        "signers": [_signer(revocations, one) for one in _files_or_none(given, "signers")],
    }


def _certificate(revocations: RevocationList, given: Input) -> str | None:
    try:
        revocations.check(kid_of(given), [hash_of(given, "hash_type")])
    except VerificationError as error:
        return error.code
    return None


def _signer(revocations: RevocationList, certificate: bytes) -> dict[str, str | None]:
    keys = tuple(TrustList.from_certificates([certificate]))
    if len(keys) != 1 or keys[0].facts is None:
        raise RequestError("signers: expected a certificate each")
    try:
        revocations.check_signer(keys[0].facts)
    except SignerRevokedError as error:
        return {"reject": error.code, "revoked_at": _text(error.revoked_at)}
    return {"reject": None, "revoked_at": None}
