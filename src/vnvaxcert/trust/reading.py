"""What was read of a trust list, before it is indexed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from vnvaxcert.trust.entry import Entry, SetAside


class Reading(NamedTuple):
    """What a format found.

    Attributes:
        entries: What may become keys, in the order of the list.
        set_aside: What cannot, as far as the reading alone shows.
        is_authenticated: Whether the list's own signature was checked, and is good.
        issued_at: When it was published, where it says so; aware, UTC.
        expires_at: Until when it may be used, where it says so; aware, UTC.
        sequence: A number that grows with each list published, where it has one. Of a list that
            states no number and a time of issue, that time in seconds since 1970.
    """

    entries: list[Entry]
    set_aside: list[SetAside]
    is_authenticated: bool = False
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    sequence: int | None = None

    def add(self, found: Entry | SetAside) -> None:
        """Add what one entry of the list became, while it is being read."""
        if isinstance(found, Entry):
            self.entries.append(found)
        else:
            self.set_aside.append(found)
