"""A record as it was entered -> the record in the standard form of each field.

Spec: the fields of `vnvaxcert.vietnam.exchange`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning import fields
from vnvaxcert.vietnam.cleaning.names import CleanedText, clean_name, clean_part, reasons
from vnvaxcert.vietnam.cleaning.texts import clean_text, tidy_text
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
    cleaned = {field: _clean_field(field, text) for field, text in vars(record).items() if text}
    _clean_parts(record, cleaned)
    values = {field: found.text for field, found in cleaned.items()}
    result = record
    if any(text != getattr(record, field) for field, text in values.items()):
        result = ExchangeRecord(**values)
    return Cleaned(
        record=result,
        changes=tuple(reason for found in cleaned.values() for reason in found.changes),
        doubts=tuple(reason for found in cleaned.values() for reason in found.doubts),
    )


def _clean_parts(record: ExchangeRecord, cleaned: dict[str, CleanedText]) -> None:
    """Clean family name and given name by the full name, or by the two together."""
    parts = [field for field in ("family_name", "given_name") if field in cleaned]
    if not parts:
        return
    whole = cleaned.get("full_name")
    if whole is None:
        whole = clean_name(" ".join(getattr(record, field) for field in parts))
    if whole.doubts:
        return
    for field in parts:
        cleaned[field] = clean_part(getattr(record, field), field=field, whole=whole.text)


def _clean_field(field: str, text: str) -> CleanedText:
    if field in _NAMES:
        return clean_name(text, field=field)
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
