"""Part of suite ``revocation``: a hash counts under its own type, in whatever form it is listed."""

from __future__ import annotations

from vectors.book import Book
from vectors.hcert import hcert
from vectors.keys import P256
from vectors.lists import COUNTRYCODEUCI, listed
from vectors.revoked import OF_CI, verify


def build(book: Book) -> None:
    """Add the vectors."""
    unprotected = hcert(protected={1: -7}, unprotected={4: P256.kid})
    comment = "The hash of the identifier, listed as that of country and identifier, of all lists."
    value, spec = listed(COUNTRYCODEUCI, OF_CI, P256.kid), "revocation.md §2"
    verify(book, "kid::unprotected-under-another-type", spec, comment, value, None, unprotected)
