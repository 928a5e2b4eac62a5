"""Until when a passport's code holds: 12 calendar months, in Viet Nam's time zone.

Spec: Decision 5772/QĐ-BYT: the code expires 12 months after it was made, and is then made anew.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from vnvaxcert.trust.moment import check_moment

VIET_NAM_TIME: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""UTC+7 throughout the year, since 1975: no table of time zones is needed."""

_LAST_YEAR: Final = 9998  # the same day of the next year must be one that a datetime can hold


def local_date(at: datetime) -> date:
    """The day it is in Viet Nam at a moment.

    Raises:
        TypeError: No datetime.
        ValueError: Without a time zone, or outside the years 2 to 9998.
    """
    return _local(at).date()


def twelve_months_after(at: datetime) -> datetime:
    """The same day and time of day in Viet Nam, 12 calendar months later.

    The 29th of February gives the 28th.

    Args:
        at: Aware.

    Returns:
        In UTC; fractions of a second are dropped.

    Raises:
        TypeError: No datetime.
        ValueError: Without a time zone, or outside the years 2 to 9998.
    """
    local = _local(at).replace(microsecond=0)
    is_leap_day = (local.month, local.day) == (2, 29)
    later = local.replace(year=local.year + 1, day=28 if is_leap_day else local.day)
    return later.astimezone(UTC)


def _local(at: datetime) -> datetime:
    check_moment(at, "at")
    if not 2 <= at.year <= _LAST_YEAR:
        raise ValueError(f"at: expected a moment in the years 2 to {_LAST_YEAR}")
    local = at.astimezone(VIET_NAM_TIME)
    if local.year > _LAST_YEAR:
        raise ValueError(f"at: expected a moment in the years 2 to {_LAST_YEAR}")
    return local
