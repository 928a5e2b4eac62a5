"""DID documents as WHO's network publishes its keys (GDHCN trust list, version 2)."""

from __future__ import annotations

import json
from binascii import b2a_base64
from typing import Final

from vnvaxcert.trust.conversion.implied import (
    implied_country,
    is_light,
    lose_parameters,
    lose_silence,
    lose_usages,
)
from vnvaxcert.trust.conversion.losses import Losses
from vnvaxcert.trust.conversion.request import Request, nothing_to_write
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.jwk import JwkError, encode_jwk

_NAME: Final = "DID document"
_CONTEXTS: Final = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/suites/jws-2020/v1",
)
_DOMAIN: Final = "DCC"  # the domain of HCERT with the EU's payload
_USAGES: Final = {"signer": "DSC", "authority": "SCA"}
_ANY: Final = "-"  # in a path: no participant in particular
_PARTICIPANT_LETTERS: Final = 3  # ISO 3166-1 alpha-3, and WHO's own codes for others
_MAX_DID_CHARACTERS: Final = 2048


def write_did(request: Request, losses: Losses) -> bytes:
    """Write a list as a DID document without a proof, in the order of the list.

    Each key stands as a JWK, with its certificate in ``x5c``. A participant has three letters: a
    country of two is left to the certificate. Usages of the list's own are lost, and so is a bare
    key on a curve that JWK has no name for.

    Raises:
        TrustListFormatError: There is no key in the list that can be written.
        ValueError: A signer, a number or a time was given; ``did`` is no DID, or has a query or a
            fragment.

    Spec: WHO GDHCN trust list, version 2; DID Core §3.1, §5.2; RFC 7517 §4.7 (x5c).
    """
    request.refuse_statements("did")
    _check(request.did)
    losses.of_list(PROOF)
    request.lose_statements(losses)
    methods = []
    has_short_country = False
    for key in request.trust:
        if is_light(key, losses):
            continue
        jwk = _jwk(key)
        if jwk is None:
            losses.of_key(key, "a bare key on a curve without a name in JWK: it is not written")
            continue
        lose_usages(key, losses)
        lose_parameters(key, losses)
        lose_silence(key, losses)
        participant = key.country if _is_participant(key.country) else None
        if participant is None and key.country is not None:
            has_short_country = True
            if key.country != implied_country(key.facts):
                losses.of_key(key, f"its country, {key.country}: a participant has three letters")
        methods.append(_method(key, jwk, request.did, participant))
    if not methods:
        raise nothing_to_write(_NAME, "key that a JWK can hold")
    if has_short_country:
        losses.of_list(PARTICIPANTS)
    document = {
        "@context": _CONTEXTS,
        "id": request.did,
        "controller": request.did,
        "verificationMethod": methods,
    }
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


PROOF: Final = "a proof of who published it: the result has none"
PARTICIPANTS: Final = "participants: a country of two letters is left to the certificate"


def _method(
    key: TrustedKey, jwk: dict[str, object], did: str, participant: str | None
) -> dict[str, object]:
    usage = _USAGES[key.role]
    path = ":".join((did, _DOMAIN, participant or _ANY, usage))
    method: dict[str, object] = {
        "id": f"{path}#{jwk['kid']}",
        "type": "JsonWebKey2020",
        "controller": did,
        "publicKeyJwk": jwk,
        "domain": {"code": f"#{_DOMAIN}"},
        "keyusage": {"code": f"#{usage}"},
    }
    if participant is not None:
        method["participant"] = {"code": f"#{participant}"}
    return method


def _jwk(key: TrustedKey) -> dict[str, object] | None:
    """The key as a JWK; None where it has no certificate and JWK no name for its curve."""
    try:
        numbers = encode_jwk(key.public_key)
    except JwkError:
        if key.facts is None:
            return None
        numbers = {"kty": "EC"}  # the certificate holds the rest
    jwk: dict[str, object] = {"kty": numbers.pop("kty"), "kid": _base64(key.kid), **numbers}
    if key.facts is not None:
        jwk["x5c"] = [_base64(key.facts.der)]
    return jwk


def _is_participant(country: str | None) -> bool:
    return (
        country is not None
        and len(country) == _PARTICIPANT_LETTERS
        and country.isascii()
        and country.isalpha()
        and country.isupper()
    )


def _check(did: str) -> None:
    """Refuse what is no DID (DID Core §3.1), as far as writing one needs."""
    method, _, name = did.removeprefix("did:").partition(":")
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%")
    if (
        not did.startswith("did:")
        or not (method.isascii() and method.isalnum() and method.islower())
        or not name
        or name.endswith(":")
        or not allowed.issuperset(name)
        or len(did) > _MAX_DID_CHARACTERS
    ):
        raise ValueError("did: expected one such as 'did:web:example.org:trust-list'")


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")
