"""Moments in time, as callers give them and as messages show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

LAST_SECOND: Final = 253_402_300_799  # since 1970: 9999-12-31T23:59:59Z


def check_moment(moment: datetime, name: str = "at") -> None:
    """Refuse what does not say which moment is meant.

    Raises:
        TypeError: Not a datetime.
        ValueError: Without a time zone, with one that tells no offset, or outside the years 1 to
            9999 in UTC, where no datetime can hold it.
    """
    if not isinstance(moment, datetime):
        raise TypeError(f"{name}: expected a datetime, not {type(moment).__name__}")
    if moment.utcoffset() is None:
        raise ValueError(f"{name}: expected an aware datetime, this one has no time zone")
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{name}: outside the years 1 to 9999 in UTC") from None


def utc_text(moment: datetime) -> str:
    """An aware moment as messages show it: ``2022-06-01 00:00:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
