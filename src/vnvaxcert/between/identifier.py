"""Short identifiers of seals, as Australia makes them."""

from __future__ import annotations

from vnvaxcert.icao.check_digit import check_digit


def seal_identifier(letters: str, number: int) -> str:
    """Make the short identifier of a seal as Australia does: it ends in a check digit.

    Args:
        letters: Two capitals, of the issuer's choice; Viet Nam might take ``"VN"``.
        number: 0 to 999,999,999; the issuer gives each of its seals another.

    Returns:
        12 characters: the letters, nine digits, and the check digit over the eleven.

    Raises:
        ValueError: Other letters, or the number is out of range.

    Spec: VDS-NC 1.1 (``uvci``, ``utci``); ICAO Doc 9303-3 §4.9.
    """
    if len(letters) != 2 or not letters.isascii() or not letters.isalpha() or letters.islower():
        raise ValueError("letters: expected two capitals, A to Z")
    if letters != letters.upper():
        raise ValueError("letters: expected two capitals, A to Z")
    if type(number) is not int or not 0 <= number <= 999_999_999:
        raise ValueError("number: expected 0 to 999,999,999")
    body = f"{letters}{number:09d}"
    return f"{body}{check_digit(body)}"
