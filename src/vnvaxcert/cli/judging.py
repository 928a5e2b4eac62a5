"""What a certificate is judged by: trust lists, authorities, revocation lists, moment, policy."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from vnvaxcert.cli.lists import (
    file_error,
    has_signature,
    load_authorities,
    load_together,
    read_checks,
)
from vnvaxcert.cli.outcome import CommandError
from vnvaxcert.errors import TrustListError
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Policy
from vnvaxcert.trust.trustlist import TrustList

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation import RevocationList


class Basis(NamedTuple):
    """What `verify` takes besides the text, under its names.

    Attributes:
        trust: All trust lists together, or None where none was given.
        at: The moment asked about.
        authorities: Country authorities, or None.
        revocations: Revocation lists, or None.
        policy: By ``--strict`` and ``--validity``.
    """

    trust: TrustList | None
    at: datetime
    authorities: TrustList | None
    revocations: RevocationList | None
    policy: Policy


def load(values: Namespace) -> Basis:
    """Load what the arguments of a command name; the moment is now, unless given.

    Raises:
        CommandError: A file cannot be read or used, a list is stale at the moment, or there is
            something to check a list with and no list.
    """
    for option, lists in (
        ("list_key", values.trust),
        ("list_authorities", values.trust),
        ("last_sequence", values.trust),
        ("authorities_key", values.authorities),
    ):
        _refuse_idle(values, option, lists)
    at = values.at or datetime.now(UTC)
    checks = read_checks(values, at)
    return Basis(
        trust=load_together(values.trust, checks) if values.trust else None,
        at=at,
        authorities=load_authorities(values.authorities, at=at, key=values.authorities_key),
        revocations=load_revocations(values, at),
        policy=_policy(values),
    )


def check_usable(trust: TrustList, *, is_for_seals: bool = False) -> None:
    """Tell a list without any signer from one without the signer of a certificate.

    Args:
        trust: The list.
        is_for_seals: Whether it is a seal that was judged: authorities are then as good.

    Raises:
        CommandError: There is none, so that nobody's certificate can be judged by it.
    """
    if any(is_for_seals or key.role == "signer" for key in trust):
        return
    why = "its keys are authorities, which sign no certificates"
    if trust.set_aside:
        first = trust.set_aside[0]
        why = f"{first.source}: {first.reason}"
    raise CommandError(f"the trust list holds no signer that can be used: {why}")


def cautions(basis: Basis) -> list[str]:
    """What to bear in mind about the lists whose own signature was not checked."""
    found = []
    if basis.trust is not None and not basis.trust.authenticated:
        found.append(
            "The trust list's own signature was not checked (see --list-key)."
            if has_signature(basis.trust)
            else "A trust list of this kind has no signature that can be checked: it is as good as "
            "the way it came to you."
        )
    if basis.revocations is not None and not basis.revocations.authenticated:
        found.append(
            "No signature over the revocation lists was checked: they are as good as the way they "
            "came to you."
        )
    return found


def authenticated(basis: Basis) -> dict[str, bool | None]:
    """Of which lists the own signature was checked; None for a kind that was not given."""
    return {
        "trust": None if basis.trust is None else basis.trust.authenticated,
        "authorities": None if basis.authorities is None else basis.authorities.authenticated,
        "revocations": None if basis.revocations is None else basis.revocations.authenticated,
    }


def _policy(values: Namespace) -> Policy:
    policy = STRICT_POLICY if values.strict else DEFAULT_POLICY
    if values.validity is None:
        return policy
    from dataclasses import replace  # which takes milliseconds to import

    return replace(policy, validity_model=values.validity)


def load_revocations(values: Namespace, at: datetime) -> RevocationList | None:
    """Load what `arguments.add_revocations` names; None without a list.

    Raises:
        CommandError: A list cannot be read or used, or is stale at the moment; or there is
            something to check a list with and no list.
    """
    for option in ("revocation_key", "revocation_authorities"):
        _refuse_idle(values, option, values.revocation)
    if not values.revocation:
        return None
    from vnvaxcert.trust.revocation import RevocationList  # for those who have such lists

    authorities = load_authorities(values.revocation_authorities, at=None)
    paths = values.revocation
    try:
        return RevocationList.load(
            *paths, signing_key=values.revocation_key, authorities=authorities, at=at
        )
    except TrustListError as error:
        raise CommandError(file_error(error, paths)) from error


def _refuse_idle(values: Namespace, option: str, lists: object) -> None:
    if getattr(values, option) not in (None, []) and not lists:
        raise CommandError(f"--{option.replace('_', '-')} is given, and no list to check with it")
