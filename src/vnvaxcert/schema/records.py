"""The contents of a DCC as frozen records (DCC schema 1.3.3), and their wire keys.

One table per record names the wire key of each attribute; parsing and serializing both read it.
``repr`` of a record never shows what it holds: these are health data of a named person.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from vnvaxcert.record import record


class Kind(StrEnum):
    """The three kinds of certificate, by the payload group they fill (v, t, r)."""

    VACCINATION = "vaccination"
    TEST = "test"
    RECOVERY = "recovery"


@record(shown=(), kw_only=False)
class PartialDate:
    """A calendar date that may lack its day, or its month and day (``dob``).

    Attributes:
        year: 1900 to 2099.
        month: 1 to 12, or None when only the year is known.
        day: 1 to the last of the month, or None.

    Raises:
        ValueError: Out of range, a date that does not exist, or a day without a month.

    A date read from a certificate may be one the calendar does not have (``1983-02-31``): the
    schema from 1.1.0 on checks only its digits. It is kept as it is, with a warning.

    Spec: DCC schema 1.3.3 ``dob``.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        for value in (self.year, self.month, self.day):
            if value is not None and type(value) is not int:
                raise TypeError("year, month and day of a PartialDate are integers")
        if not 1900 <= self.year <= 2099:
            raise ValueError("the year of a PartialDate is 1900 to 2099")
        if self.month is None and self.day is not None:
            raise ValueError("a PartialDate with a day needs a month")
        dt.date(
            self.year,
            1 if self.month is None else self.month,
            1 if self.day is None else self.day,
        )

    @classmethod
    def from_date(cls, day: dt.date) -> PartialDate:
        """The whole date of a `datetime.date`."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def from_digits(cls, year: int, month: int | None, day: int | None) -> PartialDate:
        """What the digits on the wire say, whether or not the calendar has such a date."""
        made = _new(cls)
        _store(made, {"year": year, "month": month, "day": day})
        return made

    @property
    def exists(self) -> bool:
        """Whether the calendar has this date."""
        try:
            PartialDate(self.year, self.month, self.day)
        except ValueError:
            return False
        return True

    def __str__(self) -> str:
        """The wire form: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text


_new, _store = object.__new__, PartialDate.__dict__["__dict__"].__set__


@record(shown=())
class Holder:
    """The person a certificate names (``nam`` and ``dob``).

    Attributes:
        family_name: ``fn``, at most 80 characters, or None.
        given_name: ``gn``, at most 80 characters, or None.
        family_name_icao: ``fnt``, A to Z and ``<``, at most 80 characters, or None.
        given_name_icao: ``gnt``, the same.
        birth_date: ``dob``; None when the certificate leaves it empty.

    When issuing, an ICAO name that is None is derived from the name beside it.
    """

    family_name: str | None = None
    given_name: str | None = None
    family_name_icao: str | None = None
    given_name_icao: str | None = None
    birth_date: PartialDate | None


@record(shown=())
class Vaccination:
    """One vaccination (an entry of ``v``).

    Attributes:
        disease: ``tg``, disease or agent targeted, SNOMED CT (840539006 is COVID-19).
        vaccine: ``vp``, vaccine or prophylaxis.
        product: ``mp``, medicinal product.
        manufacturer: ``ma``, marketing authorisation holder or manufacturer.
        dose_number: ``dn``, from 1. May exceed ``total_doses``.
        total_doses: ``sd``, from 1.
        date: ``dt``, day of vaccination.
        country: ``co``, ISO 3166-1 alpha-2 where possible.
        issuer: ``is``, at most 80 characters.
        certificate_id: ``ci``, the UVCI, at most 80 characters.
    """

    disease: str
    vaccine: str
    product: str
    manufacturer: str
    dose_number: int
    total_doses: int
    date: dt.date
    country: str
    issuer: str
    certificate_id: str


@record(shown=())
class TestResult:
    """One test (an entry of ``t``).

    Attributes:
        disease: ``tg``.
        test_type: ``tt``, LOINC.
        test_name: ``nm``, name of a nucleic acid test, at most 80 characters, or None.
        device: ``ma``, code of a rapid test device, or None.
        sample_collected_at: ``sc``, aware, UTC.
        result_at: ``dr``, aware, UTC; only before 1.2.0.
        result: ``tr``, SNOMED CT.
        testing_centre: ``tc``, at most 80 characters, or None.
        country: ``co``.
        issuer: ``is``.
        certificate_id: ``ci``.
    """

    __test__ = False  # not a test class, whatever a collector makes of its name

    disease: str
    test_type: str
    test_name: str | None = None
    device: str | None = None
    sample_collected_at: dt.datetime
    result_at: dt.datetime | None = None
    result: str
    testing_centre: str | None = None
    country: str
    issuer: str
    certificate_id: str


@record(shown=())
class Recovery:
    """One recovery (an entry of ``r``).

    Attributes:
        disease: ``tg``.
        first_positive_date: ``fr``, day of the first positive test.
        country: ``co``.
        issuer: ``is``.
        valid_from: ``df``.
        valid_until: ``du``.
        certificate_id: ``ci``.
    """

    disease: str
    first_positive_date: dt.date
    country: str
    issuer: str
    valid_from: dt.date
    valid_until: dt.date
    certificate_id: str


@record()
class HealthCertificate:
    """The contents of one DCC: a person and exactly one group of entries.

    Attributes:
        holder: The person.
        vaccinations: ``v``; in schema 1.3.0 and later at most one.
        tests: ``t``, likewise.
        recoveries: ``r``, likewise.
        schema_version: ``ver``; what is issued is written by 1.3.3 unless said otherwise.
    """

    holder: Holder
    vaccinations: tuple[Vaccination, ...] = ()
    tests: tuple[TestResult, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    schema_version: str = "1.3.3"

    @property
    def kind(self) -> Kind:
        """Which of the three groups is filled."""
        if self.vaccinations:
            return Kind.VACCINATION
        return Kind.TEST if self.tests else Kind.RECOVERY

    @property
    def entries(self) -> tuple[Vaccination, ...] | tuple[TestResult, ...] | tuple[Recovery, ...]:
        """The entries of the filled group."""
        return self.vaccinations or self.tests or self.recoveries


class CertificateWarning(NamedTuple):
    """Something a verifier should know about a certificate that does not make it invalid.

    Attributes:
        code: Stable, as the codes of errors are; the reference lists them all.
        path: JSON pointer into the payload (``/v/0/mp``), ``claims/4`` for a CWT claim, or ``""``.
        message: In words, without personal data.
    """

    code: str
    path: str
    message: str
