"""What a reader takes from a certificate itself, where a list says nothing more of it."""

from __future__ import annotations

from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.entry import Role, TrustedKey, may_vouch


def implied_role(facts: CertificateFacts | None) -> Role:
    """The role of a key whose list tells none: see `vnvaxcert.trust.entry.TrustedKey`."""
    if facts is not None and facts.is_ca and facts.key_cert_sign:
        return "authority"
    return "signer"


def could_vouch(key: TrustedKey) -> bool:
    """Whether a signer could stand as an authority, were it not published as a signer.

    A bare key could: nothing in it says what it is for.
    """
    facts = key.facts
    if may_vouch(key):
        return False
    return facts is None or (facts.is_ca is not False and facts.key_cert_sign is not False)
