"""Suite ``times``: each edge of each time, from both sides (HCERT §3.3.4, §3.3.5)."""

from __future__ import annotations

from vectors.book import Book, accept
from vectors.hcert import hcert
from vectors.keys import P256

EXPIRY, ISSUE = "HCERT 1.0.8 §3.3.4", "HCERT 1.0.8 §3.3.5"
GOOD = accept(P256)


def build(book: Book) -> None:
    """Add the vectors."""
    made = hcert()
    book.verify(
        "times::exp::at-the-second",
        made,
        spec=EXPIRY,
        comment="The moment equals exp; a certificate must be refused only after it.",
        at="2023-04-15T08:30:00Z",
        accept=GOOD,
    )
    book.verify(
        "times::exp::one-second-after",
        made,
        spec=EXPIRY,
        comment="The moment is one second after exp.",
        at="2023-04-15T08:30:01Z",
        reject="cwt.expired",
    )
