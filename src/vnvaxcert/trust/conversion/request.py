"""What was asked of a conversion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.conversion.losses import Losses

if TYPE_CHECKING:
    from vnvaxcert.trust.signer import Signer
    from vnvaxcert.trust.trustlist import TrustList


class Request(NamedTuple):
    """A list, and what the caller says about the one to be made; see `convert`."""

    trust: TrustList
    signer: Signer | None
    sequence: int | None
    issued_at: datetime | None
    expires_at: datetime | None
    did: str

    def refuse_statements(self, target: str) -> None:
        """Refuse what a target without signature, number and times cannot honour.

        Raises:
            ValueError: A signer, a number or a time was given.
        """
        for name in ("signer", "sequence", "issued_at", "expires_at"):
            if getattr(self, name) is not None:
                raise ValueError(f"{name}: a list in the form {target!r} carries none")

    def lose_statements(self, losses: Losses) -> None:
        """Note the number, the times and the checked signature that the list had."""
        trust = self.trust
        if trust.authenticated:
            losses.of_list(AUTHENTICITY)
        for value, what in (
            (trust.sequence, SEQUENCE),
            (trust.issued_at, ISSUED_AT),
            (trust.expires_at, EXPIRES_AT),
        ):
            if value is not None:
                losses.of_list(what)


AUTHENTICITY: Final = "its signature was checked; the result carries none"
SEQUENCE: Final = "its sequence number"
ISSUED_AT: Final = "its time of issue"
EXPIRES_AT: Final = "the time until which it may be used"


def nothing_to_write(format_name: str, wanted: str) -> TrustListFormatError:
    """The error of a list with nothing in it that the target can carry."""
    return TrustListFormatError(format_name, "", f"there is no {wanted} in the list to be written")
