"""Moments in time, as callers give them."""

from __future__ import annotations

from datetime import datetime


def check_moment(moment: datetime, name: str = "at") -> None:
    """Refuse what does not say which moment is meant.

    Raises:
        TypeError: Not a datetime.
        ValueError: Without a time zone, or with one that tells no offset.
    """
    if not isinstance(moment, datetime):
        raise TypeError(f"{name}: expected a datetime, not {type(moment).__name__}")
    if moment.utcoffset() is None:
        raise ValueError(f"{name}: expected an aware datetime, this one has no time zone")
