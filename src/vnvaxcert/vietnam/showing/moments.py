"""Moments for people in Viet Nam: in their own time, and saying so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from vnvaxcert.vietnam.showing.words import Words

# No time zone data base is needed: Viet Nam has had one offset since 1975 and no summer time.
VIET_NAM_TIME: Final = timezone(timedelta(hours=7))


def say_moment(moment: datetime) -> Words:
    """Return a moment in Viet Nam's time, to the second.

    Args:
        moment: Aware.

    Raises:
        ValueError: It is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("expected a moment with a time zone")
    try:
        local = moment.astimezone(VIET_NAM_TIME)
    except OverflowError:  # the last seven hours of the year 9999
        there = moment.astimezone(UTC)
        return Words(f"{there:%d/%m/%Y %H:%M:%S} (UTC)", f"{there:%Y-%m-%d %H:%M:%S} (UTC)")
    return Words(f"{local:%d/%m/%Y %H:%M:%S} (giờ Việt Nam)", f"{local:%Y-%m-%d %H:%M:%S} (UTC+7)")
