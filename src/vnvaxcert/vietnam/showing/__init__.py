"""Showing a vaccine passport: its eleven items, a page to print, a card for a phone, a PDF.

And what an inspector is told about one. All in Vietnamese and in English; nothing here decides
whether a certificate is good: that is `vnvaxcert.verify`.

Spec: Decision 5772/QĐ-BYT, annex, section 1; Circular 15/2025/TT-BKHCN (what a verifier reports).
"""

from __future__ import annotations

from vnvaxcert.vietnam.showing.items import Item, items

__all__ = ["Item", "items"]
