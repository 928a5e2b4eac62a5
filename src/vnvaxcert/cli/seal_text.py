"""A VDS-NC seal in words for people: its holder, its vaccinations dose by dose, its test."""

from __future__ import annotations

from typing import Final

from vnvaxcert.cli.as_text import Rows, moment
from vnvaxcert.cli.screen import Screen
from vnvaxcert.icao.countries import alpha2
from vnvaxcert.schema import valuesets
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)
from vnvaxcert.schema.vaccine_codes import KIND_OF_ICD11, disease_of_icd11, products_of_icd11

KINDS: Final = {
    SealType.VACCINATION: "proof of vaccination",
    SealType.TEST: "proof of test",
}

_SEXES: Final = {"M": "male", "F": "female", "X": "unspecified"}  # Doc 9303-4, §4.1.1
_DOCUMENTS: Final = {
    "P": "passport",
    "A": "identity card",
    "C": "identity card",
    "I": "identity card",
    "AC": "crew member certificate",
    "V": "visa",
    "D": "driving licence",
}


def show_seal(screen: Screen, seal: Seal) -> None:
    """The holder, and each vaccination with its doses, or the test."""
    screen.section("Holder", _holder(seal.holder))
    for vaccination in seal.vaccinations:
        screen.section("Vaccination", _vaccination(vaccination))
        for dose in vaccination.doses:
            screen.section(f"Dose {dose.number}", _dose(dose))
    if seal.test is not None:
        screen.section("Test", _test(seal.test))
    screen.section(
        KINDS[seal.type].capitalize(),
        (("Number of this proof", seal.certificate_id), ("Issuer's own data", seal.optional)),
    )


def country(code: str) -> str:
    """The name of a state beside its code of Doc 9303-3: ``"Japan (JPN)"``."""
    two = alpha2(code)
    name = None if two is None else valuesets.display(valuesets.COUNTRIES, two)
    return code if name is None else f"{name} ({code})"


def _holder(holder: SealHolder) -> Rows:
    kind = None if holder.document_type is None else _named(_DOCUMENTS, holder.document_type)
    return (
        ("Name, as in a passport", holder.name),
        ("Born", "not stated" if holder.birth_date is None else str(holder.birth_date)),
        ("Sex", None if holder.sex is None else _named(_SEXES, holder.sex)),
        ("Kind of document", kind),
        ("Number of document", holder.document_number),
        ("Other number", holder.other_number),
    )


def _vaccination(entry: SealVaccination) -> Rows:
    return (
        ("Against", None if entry.disease is None else _disease(entry)),
        ("Vaccine", entry.product),
        ("Coded as", f"{_vaccine(entry.code) or 'ICD-11'} ({entry.code})"),
    )


def _disease(entry: SealVaccination) -> str:
    known = disease_of_icd11(entry.disease, entry.code)
    name = None if known is None else valuesets.display(valuesets.DISEASES, known)
    return f"{name or 'ICD-11'} ({entry.disease})"


def _vaccine(code: str) -> str | None:
    """What an ICD-11 code stands for: products, or a kind of vaccine."""
    names = [valuesets.display(valuesets.PRODUCTS, one) for one in products_of_icd11(code)]
    if not names and code in KIND_OF_ICD11:
        names = [valuesets.display(valuesets.VACCINES, KIND_OF_ICD11[code])]
    return " or ".join(name for name in names if name is not None) or None


def _dose(dose: SealDose) -> Rows:
    return (
        ("Date", str(dose.date)),
        ("Country", country(dose.country)),
        ("Given at", dose.facility),
        ("Lot", dose.lot),
        ("Next dose due", None if dose.next_date is None else str(dose.next_date)),
    )


def _test(test: SealTest) -> Rows:
    return (
        ("Result", test.result),
        ("Kind of test", test.kind),
        ("Sample from", test.method),
        ("Sample taken", moment(test.sampled_at)),
        ("Result reported", moment(test.reported_at)),
        ("Testing centre", test.provider),
        ("Country", country(test.country)),
        ("Telephone", test.phone),
        ("E-mail", test.email),
        ("Address", test.address),
    )


def _named(names: dict[str, str], code: str) -> str:
    name = names.get(code)
    return code if name is None else f"{name} ({code})"
