"""A record as it was entered -> the record in the standard form of each field.

Spec: the fields of `vnvaxcert.vietnam.exchange`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning import fields
from vnvaxcert.vietnam.cleaning.letters import SPECIFIC
from vnvaxcert.vietnam.cleaning.names import (
    CleanedText,
    clean_name,
    clean_part,
    is_part,
    is_plainly_clean,
    reasons,
)
from vnvaxcert.vietnam.cleaning.spaces import tidy_text
from vnvaxcert.vietnam.cleaning.texts import clean_text
from vnvaxcert.vietnam.exchange import FIELDS, MAX_FIELD_CHARS, ExchangeRecord
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
_PARTS: Final = ("family_name", "given_name")

_LETTERS: Final = "!-~" + "".join(sorted(SPECIFIC))
_CLEAN: Final[Mapping[str, Callable[[str], object]]] = {
    field: re.compile(pattern).fullmatch
    for field, pattern in {
        **dict.fromkeys(FIELDS, r"[!-~]+(?: [!-~]+)*"),
        "sex": "[MF]",
        "birth_date": fields.ISO_DATE,
        "nationality": "[A-Z]{2}",
        "identity_type": "cccd|cmnd|passport",
        "identity_number": "[0-9A-Z]+",
        "disease": fields.COVID_19,
        "dose_number": "[1-9]",
        "total_doses": "[1-9]",
        "vaccination_date": fields.ISO_DATE,
        "country": "[A-Z]{2}",
        # A letter beyond Latin-1 shows that no legacy encoding was taken for Windows-1252.
        "facility_name": rf"(?=.*[ăđơưĂĐƠƯẠ-ỹ])[{_LETTERS}]+(?: [{_LETTERS}]+)*",
    }.items()
} | {"full_name": is_plainly_clean}
"""What tells at once that nothing is to be done in a field; most records need no more."""


def clean_record(record: ExchangeRecord) -> Cleaned:
    """Clean every field of a record.

    Args:
        record: As it was read.

    Returns:
        The cleaned record, its changes and its doubts. What is in no known form stays as it is,
        for the completeness check to refuse. Dates that could be read either way are read day
        first, as Viet Nam writes them.
    """
    values = vars(record)
    cleaned: dict[str, CleanedText] = {}
    for field, text in values.items():
        if text and field not in _PARTS and not _CLEAN[field](text):
            cleaned[field] = _clean_field(field, text)
    full = cleaned.get("full_name") or CleanedText(text=values["full_name"])
    cleaned |= _clean_parts(values, full if full.text else None)
    if not cleaned:
        return Cleaned(record=record)
    found = [cleaned[field] for field in FIELDS if field in cleaned]
    texts = {field: result.text for field, result in cleaned.items()}
    result = ExchangeRecord(**{**values, **texts})
    return Cleaned(
        record=record if result == record else result,
        changes=tuple(reason for one in found for reason in one.changes),
        doubts=tuple(reason for one in found for reason in one.doubts),
    )


def _clean_parts(values: Mapping[str, str], full: CleanedText | None) -> dict[str, CleanedText]:
    """Clean family name and given name by the full name; those that need it alone."""
    cleaned = _by_the_whole(values, full)
    texts = {field: found.text for field, found in cleaned.items()}
    if not cleaned or not any(
        found.changes for found in _by_the_whole({**values, **texts}, full).values()
    ):
        return cleaned
    return {  # one part changes the other, and so on: no name at all
        field: CleanedText(
            text=values[field], doubts=(Reason(code="full_name.doubtful", field=field),)
        )
        for field in cleaned
    }


def _by_the_whole(values: Mapping[str, str], full: CleanedText | None) -> dict[str, CleanedText]:
    parts = [field for field in _PARTS if values[field]]
    if not parts:
        return {}
    if full is None:  # the two together show more than each alone
        full = clean_name(" ".join(values[field] for field in parts))
    return {
        field: clean_part(values[field], field=field, whole=full.text)
        for field in parts
        if not is_part(values[field], full.text)
    }


def _clean_field(field: str, text: str) -> CleanedText:
    if field == "full_name":
        return clean_name(text)
    if field == "facility_name":
        return clean_text(text, field=field)
    if len(text) > MAX_FIELD_CHARS:
        return CleanedText(text=text)
    codes: dict[str, None] = {}
    cleaned = tidy_text(text, codes)
    if (form := _FORMS.get(field)) is not None and (formed := form(cleaned)) != cleaned:
        codes["clean.format"] = None
        cleaned = formed
    return CleanedText(text=cleaned, changes=reasons(codes, field))
