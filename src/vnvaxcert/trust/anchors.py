"""Country authorities, found by what a certificate says of its issuer (RFC 5280 §4.2.1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from vnvaxcert.trust.entry import TrustedKey, may_vouch


class Anchors:
    """Keys that may vouch for others.

    Attributes:
        keys: All of them, in the order given; what a list published as a signer is left out.
    """

    def __init__(self, keys: Iterable[TrustedKey]) -> None:
        self.keys: tuple[TrustedKey, ...] = tuple(filter(may_vouch, keys))


class Authorities(Protocol):
    """What has anchors: a `TrustList` that was loaded for its authorities."""

    @property
    def anchors(self) -> Anchors:
        """Them, made once."""
        ...
