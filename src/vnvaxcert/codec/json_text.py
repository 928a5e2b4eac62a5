"""JSON (RFC 8259), read within bounds and without its ambiguities."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NoReturn, TypeAlias

MAX_NUMBER_CHARACTERS: Final = 32  # times and sequence numbers; longer ones cost quadratic time

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_INFINITE: Final = float("inf")
_TOO_LONG: Final = f"a number of more than {MAX_NUMBER_CHARACTERS} characters"

Members: TypeAlias = list[tuple[str, object]]


class JsonError(ValueError):
    """The bytes are not one JSON text within the bounds.

    Attributes:
        place: Where, in words (``"line 1, column 7"``), or ``""`` where that is not known.
        reason: What was wrong, without a value of the text.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place, self.reason = place, reason

    def __str__(self) -> str:
        return f"{self.reason} ({self.place})" if self.place else self.reason


def members(pairs: Members) -> dict[str, object]:
    """Make an object of its members.

    Raises:
        JsonError: A member given twice.

    Spec: RFC 7493 §2.3.
    """
    made = dict(pairs)
    if len(made) != len(pairs):
        raise JsonError("", "an object with a member given twice")
    return made


def parse(
    data: bytes,
    *,
    max_values: int | None = None,
    max_depth: int | None = None,
    are_halves_refused: bool = True,
    make_object: Callable[[Members], dict[str, object]] = members,
) -> object:
    """Parse one JSON text: dictionaries, lists, text, numbers, truth values and None.

    Args:
        data: UTF-8, with a byte order mark or without. The caller bounds its length.
        max_values: Values that are read at most, counted by the commas and brackets (those in
            texts too): each costs up to 100 bytes of memory, and 1 byte in the file.
        max_depth: Nesting of objects and arrays that is accepted; without it, what the
            interpreter can take.
        are_halves_refused: Whether a text with half a surrogate pair, which only an escape can
            write and no encoding can carry, is refused. Who reads on, entry by entry, may want to
            lose that entry alone.
        make_object: What to make of the members of an object, in their order; by default
            `members`. A function of a module: it is remembered.

    Returns:
        int for a number without fraction and exponent, else float; never infinite.

    Raises:
        JsonError: Not JSON, not UTF-8; a member given twice; NaN or infinity, a number beyond
            the range of float or of more than 32 characters; half a surrogate pair; too many
            values; nested too deeply.

    Spec: RFC 8259; RFC 7493 §2.1-2.3.
    """
    if max_values is not None and _count(data, b",[{") > max_values:
        raise JsonError("", f"more than {max_values} values")
    place, reason = "", ""
    document: object = None
    try:
        document = _decoder(make_object).decode(data.removeprefix(_BYTE_ORDER_MARK).decode("utf-8"))
    except UnicodeDecodeError as error:
        place, reason = f"byte {error.start}", "not UTF-8"
    except json.JSONDecodeError as error:
        place, reason = f"line {error.lineno}, column {error.colno}", "not valid JSON"
    except RecursionError:
        reason = _TOO_DEEP
    # Raised out here: those errors hold the whole text, and must not be the context of ours.
    if reason:
        raise JsonError(place, reason)
    if max_depth is not None and _count(data, b"[{") > max_depth:
        _check_depth(document, max_depth)
    if are_halves_refused and b"\\u" in data:  # in UTF-8 itself there are no halves of pairs
        _check_texts(document)
    return document


@cache
def _decoder(make_object: Callable[[Members], dict[str, object]]) -> json.JSONDecoder:
    # Kept, since making one takes as long as reading a short text.
    return json.JSONDecoder(
        object_pairs_hook=make_object,
        parse_int=_integer,
        parse_float=_fraction,
        parse_constant=_constant,
    )


def _count(data: bytes, characters: bytes) -> int:
    return sum(data.count(character) for character in characters)


_TOO_DEEP: Final = "nested too deeply"


def _check_depth(document: object, max_depth: int) -> None:
    """Refuse too many levels, without recursion."""
    level: list[Any] = [document] if isinstance(document, dict | list) else []
    for _ in range(max_depth):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
    if level:
        raise JsonError("", _TOO_DEEP)


def _check_texts(document: object) -> None:
    """Refuse half a surrogate pair, without recursion."""
    left: list[Any] = [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.keys()
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and not _is_whole(value):
            raise JsonError("", "a text with half a surrogate pair")


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise JsonError("", _TOO_LONG)
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise JsonError("", _TOO_LONG)
    number = float(digits)
    if abs(number) == _INFINITE:
        raise JsonError("", "a number that is too large")
    return number


def _constant(_: str) -> NoReturn:
    raise JsonError("", "a number that is infinite or none at all")
