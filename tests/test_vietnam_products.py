"""Local names of vaccines, and the codes behind them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.schema.vaccine_codes import ANY_KIND, ICD11_OF_PRODUCT, eu_product
from vnvaxcert.schema.valuesets import HOLDERS, PRODUCTS, VACCINES, VALUE_SETS
from vnvaxcert.vietnam import products
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS
from vnvaxcert.vietnam.products import Ambiguous, LocalProduct, find_product, why_no_code

# The vaccines licensed in Viet Nam as the facts list them: mp, ma, vp, and their ICD-11 codes.
LICENSED = {
    "Comirnaty": ("EU/1/20/1528", "ORG-100030215", "1119349007", "XM8NQ0"),
    "Spikevax": ("EU/1/20/1507", "ORG-100031184", "1119349007", "XM3DT5"),
    "AstraZeneca": ("EU/1/21/1529", "ORG-100001699", "29061000087103", "XM4YL8"),
    "Covishield": ("Covishield", "ORG-100001981", "29061000087103", "XM97T2"),
    "Janssen": ("EU/1/20/1525", "ORG-100001417", "29061000087103", "XM6QV1"),
    "Sputnik V": ("Sputnik-V", "Gamaleya-Research-Institute", "29061000087103", "XM5ZJ4"),
    "Sputnik Light": ("Sputnik-Light", "Gamaleya-Research-Institute", "29061000087103", "XM5QM6"),
    "Vero Cell": ("BBIBP-CorV", "ORG-100020693", "1157024006", "XM8866"),
    "Hayat-Vax": ("Hayat-Vax", "ORG-100023050", "1157024006", "XM9FQ7"),
    "Abdala": ("Abdala", "CIGB", "28531000087107", None),
    "Covaxin": ("Covaxin", "Bharat-Biotech", "1157024006", "XM1G90"),
}


def found(name: str) -> LocalProduct:
    product = find_product(name)
    assert isinstance(product, LocalProduct)
    return product


@pytest.mark.parametrize("name", LICENSED)
def test_each_licensed_vaccine_has_the_codes_of_the_facts(name: str) -> None:
    product = found(name)
    assert (product.product, product.manufacturer, product.vaccine, product.icd11) == LICENSED[name]


@pytest.mark.parametrize("product", products.PRODUCTS, ids=lambda one: one.product)
def test_the_codes_agree_with_the_value_sets(product: LocalProduct) -> None:
    listed = eu_product(product.product)
    assert listed is not None
    assert product.manufacturer == listed.manufacturer
    assert product.vaccine in listed.vaccines or (not listed.vaccines)
    assert product.icd11 == ICD11_OF_PRODUCT.get(product.product)
    for value_set, code in (
        (PRODUCTS, product.product),
        (HOLDERS, product.manufacturer),
        (VACCINES, product.vaccine),
    ):
        assert VALUE_SETS[value_set].entries[code].active


def test_the_codes_agree_with_the_released_value_sets(
    shared_vectors: Callable[[str], Path],
) -> None:
    """Read from the release itself, not from the tables that this library makes of it."""
    folder = shared_vectors("eu-dcc-valuesets")
    instructions = folder / "vaccine-encoding-instructions.json"
    triples = {
        (entry["vaccine-code"], entry["vaccine-manufacturer"], kind)
        for entry in json.loads(instructions.read_text(encoding="utf-8"))["valueSetValues"].values()
        for kind in entry["sct-codes"]
    }
    ours = {(one.product, one.manufacturer, one.vaccine) for one in products.PRODUCTS}
    assert ours <= triples
    for file, codes in (
        ("vaccine-medicinal-product.json", {one.product for one in products.PRODUCTS}),
        ("vaccine-mah-manf.json", {one.manufacturer for one in products.PRODUCTS}),
        ("vaccine-prophylaxis.json", {one.vaccine for one in products.PRODUCTS}),
    ):
        released = json.loads((folder / file).read_text(encoding="utf-8"))["valueSetValues"]
        assert codes <= {code for code, entry in released.items() if entry["active"]}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Pfizer", "EU/1/20/1528"),
        ("Pfizer-BioNTech", "EU/1/20/1528"),
        ("PFIZER / BIONTECH", "EU/1/20/1528"),
        ("comirnaty (Pfizer)", "EU/1/20/1528"),
        ("Moderna", "EU/1/20/1507"),
        ("Spikevax (Moderna)", "EU/1/20/1507"),
        ("Astra Zeneca", "EU/1/21/1529"),
        ("AZ", "EU/1/21/1529"),
        ("az", "EU/1/21/1529"),
        ("Vaxzevria", "EU/1/21/1529"),
        ("Vắc xin AstraZeneca", "EU/1/21/1529"),
        ("COVID-19 Vaccine AstraZeneca", "EU/1/21/1529"),
        ("Covishield", "Covishield"),
        ("Verocell", "BBIBP-CorV"),
        ("VERO  CELL", "BBIBP-CorV"),
        ("Vắc-xin phòng COVID-19 Vero Cell", "BBIBP-CorV"),
        ("Vero Cell (Sinopharm)", "BBIBP-CorV"),
        ("Sinopharm Beijing", "BBIBP-CorV"),
        ("Sinopharm (Bắc Kinh)", "BBIBP-CorV"),
        ("Sinopharm Wuhan", "WIBP-CorV"),
        ("Sinopharm - Vũ Hán", "WIBP-CorV"),
        ("Hayat Vax", "Hayat-Vax"),
        ("SputnikV", "Sputnik-V"),
        ("Sputnik-V", "Sputnik-V"),
        ("Sputnik Light", "Sputnik-Light"),
        ("Gam-COVID-Vac", "Sputnik-V"),
        ("ABDALA", "Abdala"),
        ("Janssen", "EU/1/20/1525"),
        ("Johnson", "EU/1/20/1525"),
        ("Johnson & Johnson", "EU/1/20/1525"),
        ("Covaxin", "Covaxin"),
        ("EU/1/21/1529", "EU/1/21/1529"),
    ],
)
def test_common_spellings_are_found(name: str, code: str) -> None:
    assert found(name).product == code
    assert found(unicodedata.normalize("NFD", name)).product == code


def test_vero_cell_is_beijing_and_says_so() -> None:
    vero_cell = found("Vero Cell")
    assert vero_cell.product == "BBIBP-CorV"
    assert "Beijing" in " ".join(vero_cell.notes)
    assert "Wuhan" in " ".join(vero_cell.notes)


def test_wuhan_is_another_vaccine_with_codes_of_its_own() -> None:
    beijing, wuhan = found("Sinopharm Beijing"), found("Sinopharm Wuhan")
    assert (wuhan.product, wuhan.manufacturer, wuhan.icd11) == (
        "WIBP-CorV",
        "Sinopharm-WIBP",
        "XM1AU2",
    )
    assert {beijing.product, beijing.manufacturer, beijing.icd11}.isdisjoint(
        {wuhan.product, wuhan.manufacturer, wuhan.icd11}
    )


@pytest.mark.parametrize(
    ("name", "codes"),
    [("Sinopharm", {"BBIBP-CorV", "WIBP-CorV"}), ("sputnik", {"Sputnik-V", "Sputnik-Light"})],
)
def test_a_name_of_several_vaccines_is_not_decided(name: str, codes: set[str]) -> None:
    ambiguous = find_product(name)
    assert isinstance(ambiguous, Ambiguous)
    assert {candidate.product for candidate in ambiguous.candidates} == codes


def test_abdala_says_that_it_has_no_code_of_its_own_kind() -> None:
    abdala = found("Abdala")
    assert abdala.vaccine == ANY_KIND
    assert abdala.icd11 is None
    assert abdala.primary_doses == 3
    assert "generic" in abdala.notes[0]
    assert "ICD-11" in abdala.notes[1]


@pytest.mark.parametrize("name", ["Janssen", "Sputnik Light"])
def test_a_series_of_one_dose_has_no_interval(name: str) -> None:
    assert found(name).primary_doses == 1
    assert found(name).min_interval_days is None


def test_a_series_of_several_doses_has_an_interval() -> None:
    several = [product for product in products.PRODUCTS if product.primary_doses > 1]
    assert len(several) == len(products.PRODUCTS) - 2
    assert all(14 <= (product.min_interval_days or 0) <= 28 for product in several)


@pytest.mark.parametrize("name", ["Nanocovax", "NANO COVAX", "Covivac", "ARCT-154"])
def test_a_vaccine_without_a_code_is_not_found_and_says_why(name: str) -> None:
    assert find_product(name) is None
    assert "code" in (why_no_code(name) or "")


def test_the_covivac_of_viet_nam_is_not_taken_for_the_one_of_moscow() -> None:
    assert eu_product("CoviVac") is not None
    assert find_product("CoviVac") is None
    assert "Moscow" in (why_no_code("CoviVac") or "")


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "?", "vắc xin", "COVID-19", "Vero", "Cell", "Beijing", "AstraZeneka"),
        *("Pfizer Moderna", "AZ + Pfizer", "Sinopharm Sputnik", "CoronaVac Beijing", "mRNA"),
        "AstraZeneca " * 60,
    ],
)
def test_another_name_is_not_guessed(name: str) -> None:
    assert find_product(name) is None
    assert why_no_code(name) is None


def test_no_name_stands_for_two_vaccines_in_the_tables() -> None:
    """A name in two tables would silently be the one of the second."""
    seen: dict[str, object] = {}
    for name, product in products._entries():
        assert seen.setdefault(products._key(name), product) == product, name
    assert not seen.keys() & products._NO_CODE.keys()


@given(st.text(max_size=MAX_FIELD_CHARS + 2))
def test_any_text_has_an_answer(name: str) -> None:
    assert isinstance(find_product(name), LocalProduct | Ambiguous | None)
    assert isinstance(why_no_code(name), str | None)
