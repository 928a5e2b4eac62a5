"""The EU gateway's list (DGCG): a JSON array of certificates, each as its country's."""

from __future__ import annotations

import json
from binascii import b2a_base64
from hashlib import sha256
from typing import Final

from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.conversion.implied import implied_country, is_light, lose_silence, lose_usages
from vnvaxcert.trust.conversion.losses import BARE_KEY, Losses
from vnvaxcert.trust.conversion.request import Request, nothing_to_write
from vnvaxcert.trust.entry import TrustedKey

_NAME: Final = "gateway"
_TYPES: Final = {"signer": "DSC", "authority": "CSCA"}
_COUNTRY_LETTERS: Final = 2  # ISO 3166-1 alpha-2


def write_gateway(request: Request, losses: Losses) -> bytes:
    """Write the certificates of a list as the gateway's array, in the order of the list.

    The signature in each entry is its country's, so it is empty here, and there is no time of
    upload. Bare keys are left out; usages of the list's own, and a country that has not two
    letters, are lost.

    Raises:
        TrustListFormatError: No key of the list has a certificate.
        ValueError: A signer, a number or a time was given.

    Spec: DGCG trust list; HCERT A.1 (kid).
    """
    request.refuse_statements("gateway")
    losses.of_list(SIGNATURES)
    request.lose_statements(losses)
    rows = []
    for key in request.trust:
        if key.facts is None:
            losses.of_key(key, BARE_KEY)
        elif not is_light(key, losses):
            rows.append(json.dumps(_row(key, key.facts, losses)))
    if not rows:
        raise nothing_to_write(_NAME, "certificate")
    # An entry a line: a file of megabytes in one line is hard on people and tools.
    return ("[\n" + ",\n".join(rows) + "\n]\n").encode("ascii")


SIGNATURES: Final = "the countries' own signatures over their certificates: the result has none"


def _row(key: TrustedKey, facts: CertificateFacts, losses: Losses) -> dict[str, str]:
    lose_usages(key, losses)
    lose_silence(key, losses)
    row = {
        "kid": _base64(key.kid),
        "country": key.country or "",
        "certificateType": _TYPES[key.role],
        "thumbprint": sha256(facts.der).hexdigest(),
        "signature": "",
        "rawData": _base64(facts.der),
    }
    if not _is_country(key.country):
        del row["country"]
        if key.country != implied_country(facts):
            losses.of_key(key, f"its country, {key.country}: one has two letters there")
    return row


def _is_country(country: str | None) -> bool:
    return (
        country is not None
        and len(country) == _COUNTRY_LETTERS
        and country.isascii()
        and country.isalpha()
    )


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")
