"""Members that the JSON of the gateway and that of the distribution service have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from vnvaxcert.trust.formats.members import read_base64

UNKNOWN_KID: Final = "UNKNOWN_KID"  # in the place of a kid: of any signer

_LONGEST_TIME: Final = 40  # characters; "2022-06-01T00:00:00+02:00" has 25


def read_kid(value: object) -> bytes | None:
    """A kid in Base64, empty where it is none; None for that of any signer.

    In small letters, or with white space, that one would be Base64 too: of a kid that nobody has,
    so that nothing would be revoked.
    """
    if isinstance(value, str) and value.strip().upper() == UNKNOWN_KID:
        return None
    return read_base64(value)


def read_country(members: dict[str, object]) -> str | None:
    """The member ``country``, where it is two ASCII letters."""
    value = members.get("country")
    is_code = isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha()
    return str(value) if is_code else None


def read_time(value: object) -> datetime | None:
    """A moment with its offset (RFC 3339), in UTC; None for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_TIME:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: year 1 or 9999, with an offset
        return None
