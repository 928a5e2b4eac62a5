"""Words that both directions of a conversion translate between DCC and seal."""

from __future__ import annotations

from typing import Final

SEPARATOR: Final = "  "  # between surname and given names, as Australia has it
NUCLEIC_ACID_KINDS: Final = ("molecular(PCR)", "molecular(other)")
ANTIGEN: Final = "antigen"
RESULTS: Final = {"260373001": "positive", "260415000": "negative"}
"""``tr`` of a certificate -> ``tr.r`` of a seal: detected, not detected."""
