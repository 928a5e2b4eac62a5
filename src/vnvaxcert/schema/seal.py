"""The contents of a VDS-NC seal as frozen records (ICAO VDS-NC 1.1, Doc 9303-13).

Two types of seal are defined: proof of vaccination (data model of the WHO) and proof of test
(data model of ICAO's CAPSCA). ``repr`` of a record never shows what it holds about a person.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from vnvaxcert.record import record
from vnvaxcert.schema.records import PartialDate


class SealType(StrEnum):
    """What a seal is a proof of (``hdr.t``)."""

    VACCINATION = "icao.vacc"
    TEST = "icao.test"


@record(shown=())
class SealHolder:
    """The person a seal names (``msg.pid``).

    Attributes:
        name: ``n``, Latin letters as by Doc 9303-3, at most 39 characters. Australia puts two
            spaces between surname and given names, Japan one.
        birth_date: ``dob``, which may lack its day, or its month and day; or None.
        sex: ``sex``: ``M``, ``F`` or ``X``; or None. Only of a proof of vaccination.
        document_number: Number of the travel document: ``i`` of a proof of vaccination, at most
            11 characters, or None; ``dn`` of a proof of test, at most 24.
        document_type: ``dt``: ``P``, ``A``, ``C``, ``I``, ``AC``, ``V`` or ``D``. Only of a proof
            of test.
        other_number: ``ai``, another number of the issuer's choice, at most 24 characters, or
            None. Only of a proof of vaccination.
    """

    name: str
    birth_date: PartialDate | None = None
    sex: str | None = None
    document_number: str | None = None
    document_type: str | None = None
    other_number: str | None = None


@record(shown=())
class SealDose:
    """One dose (an entry of ``vd``).

    Attributes:
        date: ``dvc``, day of vaccination.
        number: ``seq``, 1 to 99.
        country: ``ctr``, alpha-3 code of Doc 9303-3.
        facility: ``adm``, name or identifier, at most 20 characters; or None.
        lot: ``lot``, number of the batch, at most 20 characters.
        next_date: ``dvn``, day on which the next dose is due, or None.
    """

    date: dt.date
    number: int
    country: str
    facility: str | None = None
    lot: str
    next_date: dt.date | None = None


@record(shown=())
class SealVaccination:
    """The doses of one product (an entry of ``ve``).

    Attributes:
        code: ``des``, ICD-11 extension code of the vaccine, at most 6 characters (``XM68M6``).
        product: ``nam``, brand name.
        disease: ``dis``, ICD-11 code, at most 6 characters (``RA01.0`` is COVID-19); or None.
        doses: ``vd``, at least one. Japan gives each dose an entry of ``ve`` to itself.
    """

    code: str
    product: str
    disease: str | None = None
    doses: tuple[SealDose, ...]


@record(shown=())
class SealTest:
    """One test (``sp``, ``dat`` and ``tr``).

    Attributes:
        provider: ``sp.spn``, at most 20 characters.
        country: ``sp.ctr``, alpha-3 code of Doc 9303-3.
        phone: ``sp.cd.p``, at most 19 characters, from ``+``.
        email: ``sp.cd.e``, or None.
        address: ``sp.cd.a``, or None.
        sampled_at: ``dat.sc``, aware; UTC when read.
        reported_at: ``dat.ri``, likewise.
        kind: ``tr.tc``: ``molecular(PCR)``, ``molecular(other)``, ``antigen`` or ``antibody``.
        result: ``tr.r``: ``normal``, ``abnormal``, ``positive`` or ``negative``.
        method: ``tr.m``: ``nasopharyngeal``, ``oropharyngeal``, ``saliva``, ``blood`` or
            ``other``; or None.
    """

    provider: str
    country: str
    phone: str
    email: str | None = None
    address: str | None = None
    sampled_at: dt.datetime
    reported_at: dt.datetime
    kind: str
    result: str
    method: str | None = None


@record(shown=("type", "version", "issuer"))
class Seal:
    """The contents of one seal: a person, and vaccinations or a test.

    Attributes:
        type: ``hdr.t``.
        version: ``hdr.v``; 1 is the only one.
        issuer: ``hdr.is``, alpha-3 code of Doc 9303-3 (``AUS``; Germany is ``D``).
        certificate_id: ``uvci`` of a proof of vaccination, ``utci`` of a proof of test; at most
            12 characters, of the issuer's making.
        holder: The person.
        vaccinations: ``ve``; empty in a proof of test.
        test: The test; None in a proof of vaccination.
        optional: ``opt``, at most 20 characters of the issuer's choice, or None. Only of a proof
            of test.
    """

    type: SealType
    version: int = 1
    issuer: str
    certificate_id: str
    holder: SealHolder
    vaccinations: tuple[SealVaccination, ...] = ()
    test: SealTest | None = None
    optional: str | None = None
