"""ICAO Doc 9303-3, section 5: codes of states, two letters against three."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from vnvaxcert.icao.countries import alpha2, alpha3, is_same_state

SYSTEM_LIST = Path("/usr/share/iso-codes/json/iso_3166-1.json")  # of Debian's package iso-codes


def european_codes(folder: Path) -> set[str]:
    document = json.loads((folder / "country-2-codes.json").read_text(encoding="utf-8"))
    return set(document["valueSetValues"])


def test_every_country_of_the_european_value_set_has_a_code(
    shared_vectors: Callable[[str], Path],
) -> None:
    codes = european_codes(shared_vectors("eu-dcc-valuesets"))
    assert len(codes) >= 249
    for code in codes:
        longer = alpha3(code)
        assert longer is not None, code
        assert alpha2(longer) == code


def test_the_codes_are_those_of_a_list_of_somebody_else() -> None:
    if not SYSTEM_LIST.is_file():
        pytest.skip("the system has no iso-codes")
    countries = json.loads(SYSTEM_LIST.read_text(encoding="utf-8"))["3166-1"]
    assert len(countries) >= 249
    for country in countries:
        assert alpha2(country["alpha_3"]) == country["alpha_2"]
        if country["alpha_2"] != "DE":
            assert alpha3(country["alpha_2"]) == country["alpha_3"]


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ("VN", "VNM"),
        ("AU", "AUS"),
        ("JP", "JPN"),
        ("GB", "GBR"),
        ("DE", "D"),
        ("EU", "EUE"),
        ("UN", "UNO"),
        ("XK", "RKS"),
        ("XO", "XOM"),
        ("UT", "UTO"),
    ],
)
def test_a_code_is_found_both_ways(shorter: str, longer: str) -> None:
    assert alpha3(shorter) == longer
    assert alpha2(longer) == shorter
    assert is_same_state(longer, shorter)


@pytest.mark.parametrize("code", ["GBD", "GBN", "GBO", "GBP", "GBS"])
def test_codes_for_other_britons_belong_to_the_united_kingdom(code: str) -> None:
    assert alpha2(code) == "GB"


def test_germany_is_understood_by_its_iso_code_too() -> None:
    assert alpha2("DEU") == "DE"
    assert is_same_state("DEU", "DE")
    assert is_same_state("D", "de")


def test_kosovo_is_the_same_by_either_of_its_two_letter_codes() -> None:
    assert alpha3("KS") == "RKS"
    assert is_same_state("RKS", "KS")
    assert is_same_state("RKS", "XK")
    assert not is_same_state("RKS", "RS")


@pytest.mark.parametrize("code", ["", "V", "vn", "VNM", "XX", "ZZ", "AA", "V ", "\ud800", "Vñ"])
def test_an_unknown_code_of_two_letters_has_no_longer_one(code: str) -> None:
    assert alpha3(code) is None


@pytest.mark.parametrize("code", ["", "VN", "vnm", "D<<", "XXA", "XXX", "XBA", "ZZZ", "VNMVNM"])
def test_an_unknown_code_of_three_letters_has_no_shorter_one(code: str) -> None:
    assert alpha2(code) is None
    assert not is_same_state(code, code)
    assert not is_same_state(code, "VN")


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [("VNM", "VU"), ("VNM", "VNM"), ("VNM", ""), ("AUT", "AU"), ("GBR", "GBR"), ("FIN", "Fı")],
)
def test_different_states_are_told_apart(longer: str, shorter: str) -> None:
    assert not is_same_state(longer, shorter)
