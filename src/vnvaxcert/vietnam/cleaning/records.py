"""A record as it was entered -> the record in the standard form of each field.

Spec: the fields of `vnvaxcert.vietnam.exchange`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning import fields
from vnvaxcert.vietnam.cleaning.names import CleanedText, clean_name
from vnvaxcert.vietnam.cleaning.spaces import remove_invisible, tidy_spaces
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.reasons import Reason


@record(shown=("changes", "doubts"))
class Cleaned:
    """A record after cleaning.

    Attributes:
        record: The cleaned record; the same object where nothing was changed.
        changes: What was changed, each with its field, in the order of the fields.
        doubts: What may be wrong and was left alone, each with its field.
    """

    record: ExchangeRecord
    changes: tuple[Reason, ...] = ()
    doubts: tuple[Reason, ...] = ()


_FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "sex": fields.sex,
    "birth_date": fields.date,
    "nationality": fields.country,
    "identity_type": fields.identity_type,
    "identity_number": fields.identity_number,
    "disease": fields.disease,
    "dose_number": fields.number,
    "total_doses": fields.number,
    "vaccination_date": fields.date,
    "country": fields.country,
}
_NAMES: Final = ("full_name", "family_name", "given_name")


def clean_record(record: ExchangeRecord) -> Cleaned:
    """Clean every field of a record.

    Args:
        record: As it was read.

    Returns:
        The cleaned record, its changes and its doubts. What is in no known form stays as it is,
        for the completeness check to refuse. Dates that could be read either way are read day
        first, as Viet Nam writes them.
    """
    values: dict[str, str] = {}
    changes: list[Reason] = []
    doubts: list[Reason] = []
    for field, text in vars(record).items():
        if not text:
            continue
        cleaned = _clean_field(field, text)
        if cleaned.text != text:
            values[field] = cleaned.text
            changes += cleaned.changes
        doubts += cleaned.doubts
    if not values:
        return Cleaned(record=record, doubts=tuple(doubts))
    return Cleaned(
        record=ExchangeRecord(**{**vars(record), **values}),
        changes=tuple(changes),
        doubts=tuple(doubts),
    )


def _clean_field(field: str, text: str) -> CleanedText:
    if field in _NAMES:
        return clean_name(text, field=field)
    if len(text) > MAX_FIELD_CHARS:
        return CleanedText(text=text)
    changes: list[Reason] = []

    def step(before: str, after: str, code: str) -> str:
        if before != after:
            changes.append(Reason(code=code, field=field))
        return after

    if not (text.isascii() and text.isprintable()):
        text = step(text, unicodedata.normalize("NFC", text), "clean.normal_form")
        text = step(text, remove_invisible(text), "clean.invisible")
    if " " in text or not text.isprintable():
        text = step(text, tidy_spaces(text), "clean.spaces")
    if (form := _FORMS.get(field)) is not None:
        text = step(text, form(text), "clean.format")
    return CleanedText(text=text, changes=tuple(changes))
