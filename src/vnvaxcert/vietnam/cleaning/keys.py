"""What of a name is compared where marks, case and spaces do not count."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from vnvaxcert.vietnam.cleaning.letters import without_marks

_CROSSED_D: Final = str.maketrans("ĐđÐðƉɖ", "DDDDDD")
_SEPARATORS: Final = re.compile(r"[\W_]+")


def name_key(text: str) -> str:
    """Give a name without marks, in capitals, its words separated by single spaces.

    Args:
        text: A name in Unicode, of any normal form; it is not cleaned.

    Returns:
        ``NGUYEN THI HOA`` for ``Nguyễn Thị Hòa`` and for ``nguyễn  thị hoà``; ``HHEN NIE`` for
        ``H'Hen Niê``. Letters of other scripts stay. Two people may share it.
    """
    plain = without_marks(unicodedata.normalize("NFC", text))
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain.translate(_CROSSED_D))
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    plain = re.sub(r"['’‘ʼ`´]", "", plain)
    return _SEPARATORS.sub(" ", plain.upper()).strip()
