"""Matching: records against the population database, and what is right, wrong and why.

Spec: Công văn 9438/BYT-CNTT.
"""

from vnvaxcert.vietnam.matching.references import (
    Index,
    ReferencePerson,
    References,
    StoredReferences,
    open_references,
    read_references,
    store_references,
)
from vnvaxcert.vietnam.matching.results import (
    ITEMS,
    Difference,
    Match,
    Summary,
    Verdict,
    summarise,
)
from vnvaxcert.vietnam.matching.verdicts import match_record

__all__ = [
    "ITEMS",
    "Difference",
    "Index",
    "Match",
    "ReferencePerson",
    "References",
    "StoredReferences",
    "Summary",
    "Verdict",
    "match_record",
    "open_references",
    "read_references",
    "store_references",
    "summarise",
]
