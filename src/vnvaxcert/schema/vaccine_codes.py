"""Vaccines and diseases in the two code systems: the EU's value sets and ICD-11.

A DCC names a vaccine by three codes: the product (``mp``), its manufacturer (``ma``) and its kind
(``vp``, SNOMED CT). A seal has one (``des``, an extension code of ICD-11 below XM68M6), which
stands for a product where WHO coded that product and for a kind of vaccine otherwise, and a brand
in free words (``nam``).

Spec: WHO ICD-11, extension codes below XM68M6, as listed by WHO's digital documentation of
COVID-19 certificates (DDCC); EU value sets 2.12.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from vnvaxcert.schema import valueset_data
from vnvaxcert.schema.valuesets import PRODUCTS, VALUE_SETS

ICD11_OF_PRODUCT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "EU/1/20/1528": "XM8NQ0",  # Comirnaty
        "EU/1/20/1507": "XM3DT5",  # Spikevax; ICD-11 has it as Moderna
        "EU/1/21/1529": "XM4YL8",  # Vaxzevria; as AstraZeneca
        "Covishield": "XM97T2",
        "EU/1/20/1525": "XM6QV1",  # Jcovden; as Janssen
        "Convidecia": "XM1AG7",
        "Sputnik-V": "XM5ZJ4",  # as Gam-Covid-Vac
        "Sputnik-Light": "XM5QM6",
        "CoronaVac": "XM7HT3",
        "BBIBP-CorV": "XM8866",
        "WIBP-CorV": "XM1AU2",
        "Hayat-Vax": "XM9FQ7",
        "Covaxin": "XM1G90",
        "CoviVac": "XM85P5",
        "EU/1/21/1618": "XM9T65",  # Nuvaxovid and Covovax share the code of Novavax
        "NVX-CoV2373": "XM9T65",  # the deprecated code of Nuvaxovid
        "Covovax": "XM9T65",
        "MVC-COV1901": "XM4EC8",
        "EpiVacCorona": "XM6SZ8",
        "EpiVacCorona-N": "XM3SK8",
        "Soberana-02": "XM3PG0",
        "Soberana-Plus": "XM0RV9",
    }
)
"""ICD-11 code (``des``) of each EU product (``mp``) that has one of its own."""

ANY_KIND: Final = "28531000087107"
"""``vp`` of a vaccine against COVID-19 of whatever kind; the EU's for products of no other."""

ICD11_OF_KIND: Final[Mapping[str, str]] = MappingProxyType(
    {
        ANY_KIND: "XM68M6",
        "J07BX03": "XM68M6",  # the deprecated code for the same
        "1119305005": "XM68M6",  # antigen vaccine: ICD-11 knows only what is below it
        "1119349007": "XM0GQ8",  # RNA
        "1187593009": "XM6AT1",  # DNA
        "1157024006": "XM1NL1",  # inactivated
        "29061000087103": "XM9QW8",  # vector that does not replicate
        "1162643001": "XM5JC5",  # protein subunit
        "30141000087107": "XM1J92",  # virus-like particle
    }
)
"""ICD-11 code (``des``) of each kind of vaccine (``vp``)."""

KIND_OF_ICD11: Final[Mapping[str, str]] = MappingProxyType(
    {icd11: kind for kind, icd11 in ICD11_OF_KIND.items() if icd11 != "XM68M6"}
    | {"XM68M6": ANY_KIND}
)
"""The other way: ``vp`` of an ICD-11 code that stands for a kind."""

COVID_19: Final = "840539006"
"""``tg`` of COVID-19, SNOMED CT."""
COVID_19_ICD11: Final = "RA01.0"
"""``dis`` of COVID-19 as issuers write it; in ICD-11 the code of an identified virus."""
_COVID_19_CODES: Final = frozenset({"RA01.0", "RA01"})


class Product(NamedTuple):
    """What the EU's encoding instructions say of a product.

    Attributes:
        manufacturer: ``ma``.
        vaccines: The ``vp`` that fit it, but for the generic ones, which fit every product.
    """

    manufacturer: str
    vaccines: tuple[str, ...]


def eu_product(code: str) -> Product | None:
    """Give what goes with a product (``mp``), or None for one that is not known."""
    for product, manufacturer, vaccines in valueset_data.PRODUCTS:
        if product == code:
            return Product(manufacturer, vaccines)
    return None


def products_of_icd11(code: str) -> tuple[str, ...]:
    """Give the active EU products (``mp``) that share an ICD-11 code (``des``).

    Args:
        code: Six characters, such as ``"XM8NQ0"``.

    Returns:
        One in most cases, two for the code of Novavax; none for a code that stands for a kind of
        vaccine, or that is not known.
    """
    entries = VALUE_SETS[PRODUCTS].entries
    return tuple(
        product
        for product, icd11 in ICD11_OF_PRODUCT.items()
        if icd11 == code and product in entries and entries[product].active
    )


def may_be_product(code: str, product: str) -> bool:
    """Whether an ICD-11 code (``des``) can stand for a product (``mp``).

    False where both are known and say different things: another product's code, or that of
    another kind of vaccine.
    """
    own = ICD11_OF_PRODUCT.get(product)
    if own == code or code == "XM68M6":
        return True
    if code in ICD11_OF_PRODUCT.values():
        return False
    listed = eu_product(product)
    if code not in KIND_OF_ICD11 or listed is None or not listed.vaccines:
        return True
    return KIND_OF_ICD11[code] in listed.vaccines


def disease_of_icd11(code: str | None, vaccine_code: str) -> str | None:
    """Give the EU's code (``tg``) of the disease that an entry of a seal is about.

    Args:
        code: ``dis``, which may be absent.
        vaccine_code: ``des`` of the same entry; says it where ``dis`` is absent.

    Returns:
        The SNOMED CT code, or None for a disease that is not known.
    """
    if code is None:
        is_known = vaccine_code in KIND_OF_ICD11 or vaccine_code in ICD11_OF_PRODUCT.values()
        return COVID_19 if is_known else None
    return COVID_19 if code in _COVID_19_CODES else None
