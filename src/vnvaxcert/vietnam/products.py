"""Vaccines by the names that Viet Nam calls them: the codes behind "Vero Cell" and "AZ".

A dose record names its vaccine in free words. A certificate has three codes of the EU's value sets
(``vp``, ``mp``, ``ma``), a seal one of ICD-11. A name is looked up without regard to case, marks,
spaces and punctuation, and only in the table below: nothing is guessed from a part of a name, for
"Vero Cell" is the cell line of several vaccines and "Sinopharm" the maker of two.

Numbers of doses and intervals are those of the primary series: the least that the makers' leaflets
and the Ministry of Health's guidance for the campaign of 2021 allow. They tell a typing error from
a schedule and are no medical advice.

Spec: Decision 5772/QĐ-BYT (one code for each licensed product); EU value sets 2.12.0, encoding
instructions; ICD-11, extension codes below XM68M6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.schema.vaccine_codes import ANY_KIND, ICD11_OF_PRODUCT, eu_product
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS


@record(shown=("name",))
class LocalProduct:
    """One vaccine, with its codes.

    Attributes:
        name: What it is called in Viet Nam: ``"Vero Cell"``.
        vaccine: ``vp``, its kind (SNOMED CT).
        product: ``mp`` of the EU's value sets.
        manufacturer: ``ma`` of the EU's value sets.
        icd11: ICD-11 code of its own (``des`` of a seal), or None where WHO gave it none; a seal
            then names its kind, or a vaccine against COVID-19 of whatever kind.
        primary_doses: Doses of the primary series, from 1.
        min_interval_days: Least days between two doses of that series, or None for a series of one.
        notes: What somebody who picks the code must know, in English.
    """

    name: str
    vaccine: str
    product: str
    manufacturer: str
    icd11: str | None
    primary_doses: int
    min_interval_days: int | None
    notes: tuple[str, ...] = ()


@record(shown=("name",))
class Ambiguous:
    """A name that more than one vaccine goes by.

    Attributes:
        name: The name, as it is usually written.
        candidates: The vaccines it may mean, two or more.
    """

    name: str
    candidates: tuple[LocalProduct, ...]


def _product(
    name: str,
    code: str,
    doses: int,
    interval: int | None,
    *notes: str,
) -> LocalProduct:
    listed = eu_product(code)
    if listed is None:
        raise ValueError(f"no product of the value sets: {code}")
    return LocalProduct(
        name=name,
        vaccine=listed.vaccines[0] if listed.vaccines else ANY_KIND,
        product=code,
        manufacturer=listed.manufacturer,
        icd11=ICD11_OF_PRODUCT.get(code),
        primary_doses=doses,
        min_interval_days=interval,
        notes=notes,
    )


_COMIRNATY: Final = _product("Comirnaty", "EU/1/20/1528", 2, 21)
_SPIKEVAX: Final = _product("Spikevax", "EU/1/20/1507", 2, 28)
_VAXZEVRIA: Final = _product(
    "AstraZeneca",
    "EU/1/21/1529",
    2,
    28,
    "AstraZeneca's vaccine has this code wherever it was filled; only the Serum Institute of "
    "India's, Covishield, has another.",
)
_COVISHIELD: Final = _product("Covishield", "Covishield", 2, 28)
_JANSSEN: Final = _product(
    "Janssen", "EU/1/20/1525", 1, None, "The primary series is a single dose."
)
_SPUTNIK_V: Final = _product("Sputnik V", "Sputnik-V", 2, 21, "The code has a hyphen.")
_SPUTNIK_LIGHT: Final = _product(
    "Sputnik Light", "Sputnik-Light", 1, None, "The primary series is a single dose."
)
_VERO_CELL: Final = _product(
    "Vero Cell",
    "BBIBP-CorV",
    2,
    21,
    "In Viet Nam this name means BBIBP-CorV, of the Beijing institute of Sinopharm (CNBG), the one "
    "that was licensed; the name itself is that of a cell line and no code.",
    "WIBP-CorV, of the Wuhan institute, is another vaccine with codes of its own.",
)
_WIBP_CORV: Final = _product(
    "WIBP-CorV",
    "WIBP-CorV",
    2,
    21,
    "Of the Wuhan institute of Sinopharm; not the Vero Cell of Viet Nam's campaign, which is "
    "BBIBP-CorV, of the Beijing institute.",
)
_HAYAT_VAX: Final = _product(
    "Hayat-Vax",
    "Hayat-Vax",
    2,
    21,
    "BBIBP-CorV of Beijing, filled in the United Arab Emirates; it has codes of its own.",
)
_ABDALA: Final = _product(
    "Abdala",
    "Abdala",
    3,
    14,
    "The value sets have no kind (vp) for it but the generic one for vaccines against COVID-19.",
    "ICD-11 has no code for it: a seal can say only that it is a vaccine against COVID-19.",
)
_COVAXIN: Final = _product("Covaxin", "Covaxin", 2, 28)

PRODUCTS: Final = (
    _COMIRNATY,
    _SPIKEVAX,
    _VAXZEVRIA,
    _COVISHIELD,
    _JANSSEN,
    _SPUTNIK_V,
    _SPUTNIK_LIGHT,
    _VERO_CELL,
    _WIBP_CORV,
    _HAYAT_VAX,
    _ABDALA,
    _COVAXIN,
)
"""Every vaccine that is known here: those licensed in Viet Nam, and the one of Wuhan, so that it
is told apart."""

_NAMES: Final[tuple[tuple[LocalProduct, tuple[str, ...]], ...]] = (
    (
        _COMIRNATY,
        (
            *("Pfizer", "Pfizer-BioNTech", "BioNTech", "BNT162b2", "Comirnaty Pfizer"),
            *("Pfizer Comirnaty", "Pfizer-BioNTech Comirnaty", "Comirnaty Pfizer-BioNTech"),
            "Tozinameran",
        ),
    ),
    (
        _SPIKEVAX,
        ("Moderna", "Spikevax Moderna", "Moderna Spikevax", "mRNA-1273", "Elasomeran"),
    ),
    (
        _VAXZEVRIA,
        (
            *("Vaxzevria", "AZ", "Astra Zeneca", "Astra", "AZD1222", "AstraZeneca AZD1222"),
            *("Vaxzevria AstraZeneca", "AstraZeneca Vaxzevria", "ChAdOx1-S", "ChAdOx1 nCoV-19"),
            "AstraZeneca AZ",
        ),
    ),
    (
        _COVISHIELD,
        ("Covishield AstraZeneca", "AstraZeneca Covishield", "Covishield Serum Institute"),
    ),
    (
        _JANSSEN,
        (
            *("Johnson", "Johnson & Johnson", "Johnson and Johnson", "J&J", "Jcovden"),
            *("Ad26.COV2.S", "Janssen Johnson & Johnson", "Janssen J&J"),
        ),
    ),
    (_SPUTNIK_V, ("Sputnik-V", "Gam-Covid-Vac", "Sputnik V Gam-Covid-Vac")),
    (_SPUTNIK_LIGHT, ("Sputnik-Light",)),
    (
        _VERO_CELL,
        (
            *("Verocell", "BBIBP-CorV", "Vero Cell Sinopharm", "Sinopharm Vero Cell"),
            *("Sinopharm Beijing", "Sinopharm Bắc Kinh", "Beijing Sinopharm", "Sinopharm BIBP"),
            *("Sinopharm BBIBP-CorV", "Vero Cell BBIBP-CorV", "Vero Cell Beijing"),
            *("Vero Cell Bắc Kinh", "Vero Cell BIBP", "Sinopharm CNBG Beijing"),
        ),
    ),
    (
        _WIBP_CORV,
        (
            *("Sinopharm Wuhan", "Sinopharm Vũ Hán", "Wuhan Sinopharm", "Sinopharm WIBP"),
            *("Sinopharm WIBP-CorV", "Vero Cell WIBP-CorV", "Vero Cell Wuhan", "Vero Cell Vũ Hán"),
            "Vero Cell WIBP",
        ),
    ),
    (_HAYAT_VAX, ("Hayat Vax", "Hayat-Vax Sinopharm", "Sinopharm Hayat-Vax")),
    (_ABDALA, ("Abdala CIGB-66", "CIGB-66")),
    (_COVAXIN, ("BBV152", "Covaxin Bharat Biotech", "Bharat Biotech Covaxin", "Bharat Biotech")),
)
"""What else they are called; the name and the code (``mp``) of each go without saying."""

_AMBIGUOUS: Final = (
    (
        ("Sinopharm", "CNBG", "Sinopharm CNBG", "China National Biotec Group"),
        (_VERO_CELL, _WIBP_CORV),
    ),
    (("Sputnik", "Gamaleya"), (_SPUTNIK_V, _SPUTNIK_LIGHT)),
)

_WITHOUT_CODE: Final = (
    (
        ("Nanocovax", "Nano Covax"),
        "Tried in Viet Nam only; neither the value sets nor ICD-11 have a code for it.",
    ),
    (
        ("Covivac", "Covivac IVAC", "IVAC"),
        "The Covivac of Viet Nam (IVAC, Nha Trang) was tried there only and has no code; the code "
        "CoviVac of the value sets is another vaccine, of Moscow.",
    ),
    (
        ("ARCT-154",),
        "Tried in Viet Nam only; neither the value sets nor ICD-11 have a code for it.",
    ),
)


def find_product(name: str) -> LocalProduct | Ambiguous | None:
    """Find the vaccine that goes by a name.

    Args:
        name: As it was entered: ``"Vero Cell"``, ``"vắc xin AZ"``, ``"EU/1/20/1528"``. Case, marks,
            spaces, punctuation, and words for "vaccine" and "COVID-19" make no difference.

    Returns:
        The vaccine; what it may be, where the name is that of several; None where it is not known
        or has no code, which `why_no_code` tells apart.

    Spec: Decision 5772/QĐ-BYT.
    """
    if len(name) > MAX_FIELD_CHARS:
        return None
    return _find(name)


def why_no_code(name: str) -> str | None:
    """Say why a vaccine that is known has no code, so that no certificate can name it.

    Args:
        name: As for `find_product`.

    Returns:
        One or two sentences in English, or None for a vaccine that has codes or is not known.
    """
    if len(name) > MAX_FIELD_CHARS:
        return None
    return _NO_CODE.get(_key(name))


# Records name a few vaccines over and over; making a key takes ten times as long as a look-up.
@lru_cache(maxsize=1024)
def _find(name: str) -> LocalProduct | Ambiguous | None:
    return _KNOWN.get(_key(name))


_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_SAYS_NOTHING: Final = re.compile(r"\b(?:vac ?xin|vaccine|phong|covid ?19|sars cov 2|ncov)\b")


def _key(name: str) -> str:
    """The letters and digits of a name, without marks and without what every vaccine is called."""
    plain = "".join(
        "d" if letter in "đĐ" else letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    words = _NO_WORD.sub(" ", plain.lower())
    return _SAYS_NOTHING.sub(" ", words).replace(" ", "") or words.replace(" ", "")


def _entries() -> Iterator[tuple[str, LocalProduct | Ambiguous]]:
    for product in PRODUCTS:
        yield product.name, product
        yield product.product, product
    for product, names in _NAMES:
        for name in names:
            yield name, product
    for names, candidates in _AMBIGUOUS:
        for name in names:
            yield name, Ambiguous(name=names[0], candidates=candidates)


_KNOWN: Final[Mapping[str, LocalProduct | Ambiguous]] = MappingProxyType(
    {_key(name): found for name, found in _entries()}
)
_NO_CODE: Final[Mapping[str, str]] = MappingProxyType(
    {_key(name): why for names, why in _WITHOUT_CODE for name in names}
)
