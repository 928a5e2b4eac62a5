"""Certificates as PEM (RFC 7468 §5): nothing but they themselves."""

from __future__ import annotations

from binascii import b2a_base64
from typing import Final

from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.conversion.implied import could_certify, implied_role, is_light, lose_usages
from vnvaxcert.trust.conversion.losses import BARE_KEY, Losses
from vnvaxcert.trust.conversion.request import Request, nothing_to_write
from vnvaxcert.trust.entry import TrustedKey, certificate_kid, may_vouch

_LINE_BYTES: Final = 48  # 64 characters of Base64, RFC 7468 §2
_NAME: Final = "PEM"


def write_pem(request: Request, losses: Losses) -> bytes:
    """Write the certificates of a list, one block each, in the order of the list.

    PEM states nothing besides a certificate. A key without one is left out; a kid that is not the
    hash of its certificate, a role, a country and usages of the list's own are lost. A certificate
    stands once, however many kids it has.

    Raises:
        TrustListFormatError: No key of the list has a certificate.
        ValueError: A signer, a number or a time was given.

    Spec: RFC 7468 §2, §5; HCERT A.1 (kid).
    """
    request.refuse_statements("pem")
    request.lose_statements(losses)
    written: dict[bytes, None] = {}
    for key in request.trust:
        if key.facts is None:
            losses.of_key(key, BARE_KEY)
            continue
        if is_light(key, losses):
            continue
        _lose(key, key.facts, losses)
        written[key.facts.der] = None
    if not written:
        raise nothing_to_write(_NAME, "certificate")
    return b"".join(map(_block, written))


def _lose(key: TrustedKey, facts: CertificateFacts, losses: Losses) -> None:
    own = certificate_kid(facts.der)
    if key.kid != own:
        losses.of_key(key, f"its kid: that of the certificate is {own.hex()}")
    if key.country != facts.country:
        losses.of_key(key, f"its country, {key.country}: the certificate has {facts.country}")
    lose_usages(key, losses)
    role = implied_role(facts)
    if key.role != role:
        losses.of_key(key, f"its role, {key.role}: by its certificate it is of the role {role}")
    elif could_certify(key) and may_vouch(key) is False:
        losses.of_key(key, "that it vouches for nobody: its certificate does not forbid it")


def _block(certificate: bytes) -> bytes:
    lines = (
        b2a_base64(certificate[at : at + _LINE_BYTES])
        for at in range(0, len(certificate), _LINE_BYTES)
    )
    return b"-----BEGIN CERTIFICATE-----\n" + b"".join(lines) + b"-----END CERTIFICATE-----\n"
