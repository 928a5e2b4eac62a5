"""The exchange record: one dose of one person, as a facility hands it over.

Everything is text as it was entered, good or bad: cleaning, completeness and matching take it from
here, and only a record that passed them becomes a typed dose. The same keys name the columns of a
CSV file, the members of a JSON object and the attributes.

Spec: Công văn 9438/BYT-CNTT (the four mandatory items); Decision 5772/QĐ-BYT, annex (the 11 items).
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.record import record

MAX_FIELD_CHARS: Final = 500
"""Characters of one field; the longest real one, a facility's name, has about 150."""


@record(shown=())
class ExchangeRecord:
    """One dose. Each attribute is a text, ``""`` where nothing was entered; ``repr`` shows none.

    Attributes:
        record_id: What the platform calls this record; unique within it.
        full_name: Family name, middle name, given name, in this order, in one field.
        family_name: Họ, where the source keeps it apart; with ``given_name`` it makes up
            ``full_name``.
        given_name: Chữ đệm và tên, likewise.
        sex: ``M`` or ``F``; ``Nam`` and ``Nữ`` and others are cleaned to these.
        birth_date: ISO 8601: ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``; ``DD/MM/YYYY`` is cleaned.
        nationality: ISO 3166-1 alpha-2.
        identity_type: ``cccd`` (12 digits), ``cmnd`` (9 digits) or ``passport``; ``""``: by shape.
        identity_number: Its number.
        disease: ``840539006`` (COVID-19, SNOMED CT).
        product: The vaccine, as it is called locally: ``Vero Cell``, ``AstraZeneca``.
        lot: Lot number; optional for a health certificate, needed by a seal.
        dose_number: 1 for the first.
        total_doses: Doses of the schedule; optional.
        vaccination_date: ISO 8601 date.
        country: Where the dose was given, ISO 3166-1 alpha-2.
        facility_code: Of the vaccination facility, Decision 384/QĐ-BYT: five digits.
        facility_name: Its name.
        province_code: Of the facility: two digits (Decision 124/2004/QĐ-TTg).
        signing_unit: Facility code of the unit that confirms the record: the facility itself, or
            the focal unit of its province.
    """

    record_id: str = ""
    full_name: str = ""
    family_name: str = ""
    given_name: str = ""
    sex: str = ""
    birth_date: str = ""
    nationality: str = ""
    identity_type: str = ""
    identity_number: str = ""
    disease: str = ""
    product: str = ""
    lot: str = ""
    dose_number: str = ""
    total_doses: str = ""
    vaccination_date: str = ""
    country: str = ""
    facility_code: str = ""
    facility_name: str = ""
    province_code: str = ""
    signing_unit: str = ""


FIELDS: Final = tuple(ExchangeRecord.__annotations__)
"""The keys, in the order of the columns."""
