"""What a reader takes from a key or certificate itself, where a list says nothing more of it."""

from __future__ import annotations

from vnvaxcert.cose.keys import algorithms_for
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.conversion.losses import Losses
from vnvaxcert.trust.entry import Role, TrustedKey, may_vouch
from vnvaxcert.trust.usage import Usage


def implied_role(facts: CertificateFacts | None) -> Role:
    """The role of a key whose list tells none: see `vnvaxcert.trust.entry.TrustedKey`."""
    if facts is not None and facts.is_ca and facts.key_cert_sign:
        return "authority"
    return "signer"


def implied_country(facts: CertificateFacts | None) -> str | None:
    """The country of a key whose list tells none."""
    return None if facts is None else facts.country


def has_own_usages(key: TrustedKey) -> bool:
    """Whether the list restricts the key's usages beyond its certificate."""
    return bool(key.usages) and (key.facts is None or key.usages != key.facts.usages)


def could_certify(key: TrustedKey) -> bool:
    """Whether nothing in a key itself says that it vouches for no other (RFC 5280 §6.1.4)."""
    facts = key.facts
    return facts is None or (facts.is_ca is not False and facts.key_cert_sign is not False)


def lose_silence(key: TrustedKey, losses: Losses) -> None:
    """Note a signer whose list does not tell its role, where the target has to call it one."""
    if key.role == "signer" and may_vouch(key) is None and could_certify(key):
        losses.of_key(key, "that it may vouch for others: as a DSC it may not")


def is_light(key: TrustedKey, losses: Losses) -> bool:
    """Whether a key signs light certificates alone: where usages are lost, it must be left out."""
    if key.usages != {Usage.LIGHT}:
        return False
    losses.of_key(key, "it signs light certificates alone, and would sign all: it is not written")
    return True


def lose_usages(key: TrustedKey, losses: Losses) -> None:
    """Note usages of the list's own."""
    if has_own_usages(key):
        named = ", ".join(sorted(usage.name.lower() for usage in key.usages))
        losses.of_key(key, f"its usages: it may sign {named}, and will be read as for more")


def lose_parameters(key: TrustedKey, losses: Losses) -> None:
    """Note what a bare key loses with its parameters: they are not kept where it is read."""
    if key.facts is None and key.algorithms != algorithms_for(key.public_key):
        losses.of_key(key, "the parameters that restrict its key to other PSS signatures")
