"""The typed dose: what a record says once nothing refuses it.

Spec: Decision 5772/QĐ-BYT, annex (the 11 items).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from vnvaxcert.errors import NotCompleteError
from vnvaxcert.record import record
from vnvaxcert.schema.records import PartialDate
from vnvaxcert.vietnam.completeness.dates import partial_date_of
from vnvaxcert.vietnam.completeness.identity import Identity, read_identity
from vnvaxcert.vietnam.completeness.names import split_name
from vnvaxcert.vietnam.completeness.records import check_record, dose_count
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.products import LocalProduct, find_product
from vnvaxcert.vietnam.reasons import Effect, Reason


@record(shown=())
class Dose:
    """One dose of one person. ``repr`` shows none of it.

    Attributes:
        record_id: What the platform calls the record.
        family_name: Family name, NFC; the whole of a name that is not divided.
        given_name: Middle and given names, NFC; ``""`` where there is none.
        birth_date: The day, the month or the year of birth.
        sex: ``"M"`` or ``"F"``.
        nationality: ISO 3166-1 alpha-2.
        identity: The identity number; it stays out of every certificate.
        product: The vaccine with its codes.
        disease: SNOMED CT: ``"840539006"``, COVID-19.
        lot: Lot number, or None where none was entered.
        dose_number: 1 to 6.
        total_doses: ``dose_number`` to 6. Where none was entered: the doses of the product's
            primary series, or this dose's number where that is more, a booster.
        date: The day of the dose, in the place where it was given.
        country: Where it was given, ISO 3166-1 alpha-2.
        facility_code: Five digits.
        facility_name: Its name, or ``""``.
        province_code: Of the facility, as it was entered; else the first two digits of its code
            (``97`` and ``98`` are the ministries of defence and of public security).
        signing_unit: Code of the unit that confirms the record.
    """

    record_id: str
    family_name: str
    given_name: str
    birth_date: PartialDate
    sex: str
    nationality: str
    identity: Identity
    product: LocalProduct
    disease: str
    lot: str | None
    dose_number: int
    total_doses: int
    date: date
    country: str
    facility_code: str
    facility_name: str
    province_code: str
    signing_unit: str


def read_dose(record: ExchangeRecord, *, at: date, doubts: Sequence[Reason] = ()) -> Dose:
    """Read a complete record as a typed dose.

    The history of the person is not looked at: that is `check_history`.

    Args:
        record: A cleaned record.
        at: Today in Viet Nam.
        doubts: What cleaning doubted of it.

    Returns:
        The dose.

    Raises:
        NotCompleteError: Something refuses the record; ``reasons`` are the codes, in the order of
            `check_record`, without those that only note.
        TypeError: ``at`` is no date, or one with a time.

    Spec: Decision 5772/QĐ-BYT.
    """
    refusing = [
        reason.code
        for reason in check_record(record, at=at, doubts=doubts)
        if reason.effect is Effect.REFUSES
    ]
    product = find_product(record.product)
    number = dose_count(record.dose_number)
    if refusing or not isinstance(product, LocalProduct) or number is None:
        raise NotCompleteError(tuple(refusing))
    name = split_name(record)
    return Dose(
        record_id=record.record_id,
        family_name=name.family,
        given_name=name.given,
        birth_date=partial_date_of(record.birth_date),
        sex=record.sex,
        nationality=record.nationality,
        identity=read_identity(
            record.identity_type, record.identity_number, nationality=record.nationality
        ),
        product=product,
        disease=record.disease,
        lot=record.lot.strip() or None,
        dose_number=number,
        total_doses=dose_count(record.total_doses) or max(number, product.primary_doses),
        date=date.fromisoformat(record.vaccination_date),
        country=record.country,
        facility_code=record.facility_code,
        facility_name=record.facility_name.strip(),
        province_code=record.province_code or record.facility_code[:2],
        signing_unit=record.signing_unit,
    )
