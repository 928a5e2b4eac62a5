"""One record by itself: the four mandatory items and those of the dose.

Each field is looked at alone, then against the others of the same record; a field that cannot be
read is told once and compared with nothing, so that one fault has one code.

Spec: Công văn 9438/BYT-CNTT (full name, sex, date of birth, identity number); Decision
5772/QĐ-BYT, annex (the 11 items); Decision 384/QĐ-BYT (facility codes).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from vnvaxcert.icao.countries import alpha3
from vnvaxcert.vietnam.completeness.dates import (
    Birth,
    day_of,
    earliest_dose,
    is_possible,
    read_birth,
    require_day,
)
from vnvaxcert.vietnam.completeness.identity import Identity, identity_of
from vnvaxcert.vietnam.completeness.names import check_name
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.products import Ambiguous, find_product, why_no_code
from vnvaxcert.vietnam.reasons import Reason

MAX_DOSES: Final = 6
"""Doses of the longest schedule that Viet Nam has had: three of Abdala, one additional for people
with weak immunity, and two boosters."""

COVID_19: Final = "840539006"
"""The disease, SNOMED CT."""

_FACILITY_CODE: Final = re.compile("[0-9]{5}")
_COUNT: Final = re.compile("[1-9][0-9]*")

# Two letters that stand for no country, though they are found in certificates: organisations,
# Utopia of the specimens, and a second code of Kosovo.
_NO_COUNTRIES: Final = frozenset({"EU", "KS", "UN", "UT", "XC", "XO", "XP"})


def check_record(
    record: ExchangeRecord, *, at: date, doubts: Sequence[Reason] = ()
) -> tuple[Reason, ...]:
    """Say what keeps a record from being sent, confirmed and certified.

    Args:
        record: A cleaned record. What cleaning would repair (a date written ``31/12/1990``) is
            not read here, and refused.
        at: Today in Viet Nam: nobody is born and no dose is given later.
        doubts: What cleaning doubted of this record; they are told first, and a name that is
            doubted is not looked at again.

    Returns:
        Every reason, in the order of the fields. Some only note
        (:class:`~vnvaxcert.vietnam.reasons.Effect`): a record is complete when none refuses.
        Empty for a clean record. No detail holds personal data.

    Raises:
        TypeError: ``at`` is no date, or one with a time.

    Spec: Công văn 9438/BYT-CNTT; Decision 5772/QĐ-BYT.
    """
    require_day(at)
    reasons = list(doubts)
    if not record.record_id or record.record_id.isspace():
        reasons.append(Reason(code="record_id.missing", field="record_id"))
    if not any(doubt.field == "full_name" for doubt in doubts):
        name = check_name(record)
        if name is not None:
            reasons.append(name)
    birth = _check_person(record, at, reasons)
    _check_dose(record, at, birth, reasons)
    _check_place(record, reasons)
    return tuple(reasons)


def dose_count(text: str) -> int | None:
    """A number of doses from 1 up; None for another text.

    More digits than any schedule needs are cut off, so that a long number costs nothing; it is
    over every schedule all the same.
    """
    return int(text[:4]) if _COUNT.fullmatch(text) else None


def _check_person(record: ExchangeRecord, at: date, reasons: list[Reason]) -> Birth | None:
    sex = record.sex
    if sex not in ("M", "F"):
        reasons.append(Reason(code=_missing_or(sex, "sex", "unknown"), field="sex"))
    birth = read_birth(record.birth_date)
    if birth is None:
        wrong = _missing_or(record.birth_date, "birth_date", "malformed")
        reasons.append(Reason(code=wrong, field="birth_date"))
    elif not is_possible(birth, at):
        birth = None
        reasons.append(Reason(code="birth_date.impossible", field="birth_date"))
    nationality = record.nationality
    if not is_country(nationality):
        reasons.append(
            Reason(code=_missing_or(nationality, "nationality", "unknown"), field="nationality")
        )
        nationality = ""
    number = record.identity_number
    identity = identity_of(record.identity_type, number, nationality)
    if identity is None:
        reasons.append(
            Reason(
                code=_missing_or(number, "identity_number", "malformed"), field="identity_number"
            )
        )
    else:
        _check_identity(identity, sex, birth, reasons)
    return birth


def _check_identity(
    identity: Identity, sex: str, birth: Birth | None, reasons: list[Reason]
) -> None:
    field = "identity_number"
    said = identity.sex
    if said is None:
        return  # a kind of number that says nothing of its holder
    if said != sex and sex in ("M", "F"):
        reasons.append(Reason(code="identity_number.sex", field=field))
    if birth is not None and identity.birth_year != birth.earliest.year:
        reasons.append(Reason(code="identity_number.birth_year", field=field))
    if not identity.is_place_known:
        reasons.append(Reason(code="identity_number.province", field=field))


def _check_dose(
    record: ExchangeRecord, at: date, birth: Birth | None, reasons: list[Reason]
) -> None:
    if record.disease != COVID_19:
        reasons.append(
            Reason(code=_missing_or(record.disease, "disease", "unknown"), field="disease")
        )
    product = find_product(record.product)
    if product is None:
        detail = "no code" if why_no_code(record.product) else ""
        code = _missing_or(record.product, "product", "unknown")
        reasons.append(Reason(code=code, field="product", detail=detail))
    elif isinstance(product, Ambiguous):
        reasons.append(Reason(code="product.ambiguous", field="product"))
    number = dose_count(record.dose_number)
    if number is None:
        code = _missing_or(record.dose_number, "dose_number", "malformed")
        reasons.append(Reason(code=code, field="dose_number"))
    elif number > MAX_DOSES:
        reasons.append(Reason(code="dose_number.over_schedule", field="dose_number"))
    if record.total_doses:
        _check_total(record.total_doses, number, reasons)
    _check_day(record, at, birth, reasons)
    if not is_country(record.country):
        reasons.append(
            Reason(code=_missing_or(record.country, "country", "unknown"), field="country")
        )


def _check_total(text: str, number: int | None, reasons: list[Reason]) -> None:
    field = "total_doses"
    total = dose_count(text)
    if total is None:
        reasons.append(Reason(code="total_doses.malformed", field=field))
    elif total > MAX_DOSES:
        if number is None or number <= MAX_DOSES:  # else it is told already
            reasons.append(Reason(code="dose_number.over_schedule", field=field))
    elif number is not None and total < number <= MAX_DOSES:
        reasons.append(Reason(code="total_doses.too_small", field=field))


def _check_day(
    record: ExchangeRecord, at: date, birth: Birth | None, reasons: list[Reason]
) -> None:
    field = "vaccination_date"
    day = day_of(record.vaccination_date)
    if day is None:
        reasons.append(
            Reason(code=_missing_or(record.vaccination_date, field, "malformed"), field=field)
        )
    elif day > at:
        reasons.append(Reason(code="vaccination_date.future", field=field))
    elif birth is not None and day < birth.earliest:
        reasons.append(Reason(code="vaccination_date.before_birth", field=field))
    elif day < earliest_dose(record.country):
        reasons.append(Reason(code="vaccination_date.too_early", field=field))


def _check_place(record: ExchangeRecord, reasons: list[Reason]) -> None:
    facility = record.facility_code
    if _FACILITY_CODE.fullmatch(facility) is None:
        code = _missing_or(facility, "facility_code", "malformed")
        reasons.append(Reason(code=code, field="facility_code"))
    if not record.signing_unit or record.signing_unit.isspace():
        reasons.append(Reason(code="signing_unit.missing", field="signing_unit"))


def is_country(code: str) -> bool:
    """Whether two letters are a country's: ISO 3166-1 alpha-2, and ``XK`` for Kosovo."""
    return len(code) == 2 and code not in _NO_COUNTRIES and alpha3(code) is not None


def _missing_or(text: str, field: str, wrong: str) -> str:
    return f"{field}.missing" if not text or text.isspace() else f"{field}.{wrong}"
