"""What a certificate is judged by: trust lists, authorities, revocation lists, moment, policy."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial, reduce
from operator import or_
from typing import NamedTuple, TypeVar

from vnvaxcert.cli.outcome import CommandError
from vnvaxcert.errors import TrustListError
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Policy
from vnvaxcert.trust.formats import FORMATS
from vnvaxcert.trust.revocation import RevocationList
from vnvaxcert.trust.trustlist import TrustList

_List = TypeVar("_List", TrustList, RevocationList)


class Basis(NamedTuple):
    """What `verify` takes besides the text, under its names.

    Attributes:
        trust: All trust lists together, or None where none was given.
        at: The moment asked about.
        authorities: Country authorities, or None.
        revocations: Revocation lists, or None.
        policy: By ``--strict``.
    """

    trust: TrustList | None
    at: datetime
    authorities: TrustList | None
    revocations: RevocationList | None
    policy: Policy


def load(values: Namespace) -> Basis:
    """Load what the arguments of a command name; the moment is now, unless given.

    Raises:
        CommandError: A file cannot be read or used, a list is stale at the moment, or there is a
            key and no list that it could have signed.
    """
    for key, lists in (("list_key", values.trust), ("revocation_key", values.revocation)):
        if getattr(values, key) is not None and not lists:
            raise CommandError(f"--{key.replace('_', '-')} is given, and no list to check with it")
    at = values.at or datetime.now(UTC)
    return Basis(
        trust=_join(partial(TrustList.load, signing_key=values.list_key, at=at), values.trust),
        at=at,
        authorities=_join(partial(TrustList.load, at=at), values.authorities),
        revocations=_join(
            partial(RevocationList.load, signing_key=values.revocation_key), values.revocation
        ),
        policy=STRICT_POLICY if values.strict else DEFAULT_POLICY,
    )


def caution(trust: TrustList) -> str | None:
    """What to bear in mind about lists whose own signature was not checked; else None."""
    if trust.authenticated:
        return None
    signed = {known.name for known in FORMATS if known.is_signed}
    if signed.issuperset(trust.format.split("+")):
        return "The trust list's own signature was not checked (see --list-key)."
    return "A trust list of this kind has no signature: it is as good as the way it came to you."


def _join(load_list: Callable[[str], _List], paths: Sequence[str]) -> _List | None:
    lists = []
    for path in paths:
        try:
            lists.append(load_list(path))
        except TrustListError as error:
            raise CommandError(f"{path}: {error} ({error.code})") from error
    return reduce(or_, lists) if lists else None
