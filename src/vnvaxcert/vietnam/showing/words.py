"""A text in both languages of a document."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """What is said, in Vietnamese and in English.

    Attributes:
        vi: In Vietnamese.
        en: In English.
    """

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """Return one of the two.

        Args:
            language: ``"vi"`` or ``"en"``.

        Raises:
            ValueError: Another language.
        """
        if language == "vi":
            return self.vi
        if language == "en":
            return self.en
        raise ValueError("language: expected 'vi' or 'en'")
