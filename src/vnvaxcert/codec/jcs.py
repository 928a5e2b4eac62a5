"""Canonical JSON: the JSON Canonicalization Scheme, JCS (RFC 8785).

What people sign has texts, whole numbers, and member names in ASCII. For these the standard
library's encoder, which is in C, writes the canonical form when told to sort: its escapes are those
of §3.2.2.2, and ASCII names sort alike by code point and by UTF-16 unit. All else, fractions
above all, goes through the `rfc8785` package, which takes eight times as long.
"""

from __future__ import annotations

import json
from typing import Any, Final

MAX_DEPTH: Final = 32  # a seal's data have 7 levels
MAX_INTEGER: Final = 2**53 - 1  # RFC 8785 §3.2.2.3: what a double tells apart

_LARGEST: Final = 1.7976931348623157e308  # of the finite doubles
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


class JcsError(ValueError):
    """A value that has no canonical form. ``reason`` says why, without quoting the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def canonical(value: object) -> bytes:
    """Encode a value in its one canonical form.

    Args:
        value: dict with text keys, list, str, int, float, bool or None, nested at most 32 deep.
            Of these types exactly: what inherits from them may write itself otherwise.

    Returns:
        UTF-8 without white space; the same bytes for the same value, always.

    Raises:
        JcsError: An integer beyond ±(2**53 - 1), NaN or infinity, half a surrogate pair, or
            nested too deeply.
        TypeError: A value or a key of another type (a mistake in the calling program).

    Spec: RFC 8785 §3.2.
    """
    is_ordinary = _examine(value)
    encoded = _encode(value) if is_ordinary else _encode_by_package(value)
    if encoded is None:
        raise JcsError("a text with half a surrogate pair")
    return encoded


# Both give None for half a surrogate pair, in place of an error that holds the whole text.


def _encode(value: object) -> bytes | None:
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        return None


def _encode_by_package(value: Any) -> bytes | None:
    import rfc8785  # here, since next to nobody needs it

    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):  # the second, for a member's name
        return None


def _examine(value: object) -> bool:
    """Whether the standard library's encoder writes the canonical form; refuse what has none.

    Level by level, so that nothing here or after it recurses without a limit.
    """
    is_ordinary = True
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str or kind is bool or item is None:
                continue
            if kind is dict:
                if not "".join(item).isascii():  # or TypeError, for a name that is no text
                    is_ordinary = False
                below += item.values()
            elif kind is list:
                below += item
            elif kind is int:
                if not -MAX_INTEGER <= item <= MAX_INTEGER:
                    raise JcsError("an integer of more than 53 bits")
            elif kind is float:
                if not -_LARGEST <= item <= _LARGEST:
                    raise JcsError("a number that is infinite or none at all")
                is_ordinary = False
            else:
                raise TypeError(f"no JSON has a value of type {kind.__name__}")
        if not below:
            return is_ordinary
        level = below
    raise JcsError("nested too deeply")
