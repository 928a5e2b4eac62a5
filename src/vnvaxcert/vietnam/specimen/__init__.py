"""A plainly fictional population with the faults that really occur, and the truth about them.

For trying out every step at any size. Nothing here knows how faults are found: cleaning,
completeness and matching are not imported, so what they find can be held against what was put in.
"""

from __future__ import annotations

from vnvaxcert.vietnam.specimen.faults import CODES
from vnvaxcert.vietnam.specimen.files import FORMATS, Population, write_population
from vnvaxcert.vietnam.specimen.people import SpecimenPerson
from vnvaxcert.vietnam.specimen.population import (
    COUNT_AT_MOST,
    FAULTS_AT_MOST,
    SpecimenLine,
    make_population,
    make_references,
)

__all__ = [
    "CODES",
    "COUNT_AT_MOST",
    "FAULTS_AT_MOST",
    "FORMATS",
    "Population",
    "SpecimenLine",
    "SpecimenPerson",
    "make_population",
    "make_references",
    "write_population",
]
