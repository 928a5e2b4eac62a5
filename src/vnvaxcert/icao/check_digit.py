"""ICAO Doc 9303-3, section 4.9: the check digit of a machine-readable field.

Seals of Australia end their certificate identifier (``uvci``) in such a digit.
"""

from __future__ import annotations

from typing import Final

_VALUES: Final = {character: value for value, character in enumerate("0123456789")} | {
    character: value for value, character in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)
}
_WEIGHTS: Final = (7, 3, 1)  # repeated from the left; the standard counts modulo 10


def check_digit(text: str) -> int:
    """Compute the check digit of a field.

    Args:
        text: ``0`` to ``9``, ``A`` to ``Z`` and ``<``, which counts as 0. Of any length; the
            digit of an empty field is 0.

    Returns:
        0 to 9.

    Raises:
        ValueError: Another character; the message tells its place and does not repeat the text.

    Spec: ICAO Doc 9303-3 §4.9.
    """
    total = 0
    for offset, character in enumerate(text):
        value = 0 if character == "<" else _VALUES.get(character)
        if value is None:
            raise ValueError(f"the character at offset {offset} has no value in a check digit")
        total += value * _WEIGHTS[offset % 3]
    return total % 10


def has_check_digit(text: str) -> bool:
    """Whether the last character of a field is the check digit of those before it.

    Args:
        text: A field with its digit, such as a ``uvci`` of Australia: ``"VB0009990038"``.

    Returns:
        False for another digit, for a text that cannot have one, and for a digit alone.

    Spec: ICAO Doc 9303-3 §4.9.
    """
    if len(text) < 2:
        return False
    try:
        return text[-1] == str(check_digit(text[:-1]))
    except ValueError:
        return False
