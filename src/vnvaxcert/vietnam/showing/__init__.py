"""Showing a vaccine passport: its eleven items, a page to print, a card for a phone, a PDF.

And what an inspector is told about one. All in Vietnamese and in English; nothing here decides
whether a certificate is good: that is `vnvaxcert.verify`. The page, the card and the code in them
need the extra ``qr``, the PDF needs the extra ``pdf``.

Spec: Decision 5772/QĐ-BYT, annex, section 1; Circular 15/2025/TT-BKHCN (what a verifier reports).
"""

from __future__ import annotations

from vnvaxcert.vietnam.showing.card import to_html_card
from vnvaxcert.vietnam.showing.eleven import Item, items
from vnvaxcert.vietnam.showing.inspection import Answer, Inspection, Integrity, verdict
from vnvaxcert.vietnam.showing.inspection_page import to_html_verdict
from vnvaxcert.vietnam.showing.paper import to_html_page
from vnvaxcert.vietnam.showing.pdf import to_pdf

__all__ = [
    "Answer",
    "Inspection",
    "Integrity",
    "Item",
    "items",
    "to_html_card",
    "to_html_page",
    "to_html_verdict",
    "to_pdf",
    "verdict",
]
