"""TCVN3 (the fonts called ABC): one byte a letter, read as Windows-1252.

Only seven capitals have bytes of their own: Ă Â Ê Ô Ơ Ư Đ. A capital with a tone is a small letter
in a font that draws capitals, so the text has lost it; or, as converters write it, the capital
without its tone and then the small letter with it: ``Aµ`` for À.

Spec: TCVN 5712:1993, VN3.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.vietnam.cleaning.letters import SPLIT

_SMALL: Final = (
    "¨ă ©â ªê «ô ¬ơ \u00adư ®đ"
    " µà ¶ả ·ã ¸á ¹ạ »ằ ¼ẳ ½ẵ ¾ắ Æặ Çầ Èẩ Éẫ Êấ Ëậ"
    " Ìè Îẻ Ïẽ Ðé Ñẹ Òề Óể Ôễ Õế Öệ"
    " ×ì Øỉ Üĩ Ýí Þị ßò áỏ âõ ãó äọ åồ æổ çỗ èố éộ êờ ëở ìỡ íớ îợ"
    " ïù ñủ òũ óú ôụ õừ öử ÷ữ øứ ùự úỳ ûỷ üỹ ýý þỵ"
)
_CAPITAL: Final = "¡Ă ¢Â £Ê ¤Ô ¥Ơ ¦Ư §Đ"

LETTERS: Final = {pair[0]: pair[1] for pair in f"{_SMALL} {_CAPITAL}".split()}
"""What Windows-1252 shows for the byte -> the letter that it is; 74 of them."""

_TABLE: Final = str.maketrans(LETTERS)


def decode(text: str) -> str | None:
    """Read a text as TCVN3.

    Args:
        text: Bytes in TCVN3 that were taken for Windows-1252.

    Returns:
        The text in normalisation form C, capitals where TCVN3 has them; None where a character is
        no byte of TCVN3.
    """
    if any(character not in LETTERS and not character.isascii() for character in text):
        return None
    letters: list[str] = []
    for letter in text.translate(_TABLE):
        before = letters[-1] if letters else ""
        vowel, tone = SPLIT.get(letter, ("", 0))
        # A vowel twice with a tone on the second is a converter's capital; syllables have that in
        # oong and ooc alone (boòng), and names do not.
        if tone and vowel.upper() == before:
            letters[-1] = letter.upper()
        else:
            letters.append(letter)
    return "".join(letters)


def restore_capitals(text: str) -> str:
    """Make capitals of the small letters that TCVN3 has no capital for.

    ``NGUYễN`` was drawn in a font of capitals, and so was the whole name; in a name whose words
    start with capitals (``Hoàng ứng``) a word that starts with such a letter lost its own.

    Args:
        text: What :func:`decode` gave.

    Returns:
        The text, as long; unchanged where it has no capital at all.
    """
    if not any(map(str.isupper, text)):
        return text  # all small: no letter says that there were capitals
    small = [letter for letter in text if letter.islower()]
    if small and not any(map(_has_capital, small)) and sum(map(str.isupper, text)) > 1:
        return text.upper()
    return " ".join(
        word[0].upper() + word[1:] if word and not _has_capital(word[0]) else word
        for word in text.split(" ")
    )


def _has_capital(letter: str) -> bool:
    """Whether TCVN3 has the capital of a letter: it bears no tone."""
    return not SPLIT.get(letter, ("", 0))[1]
