"""The EU's value sets, held against the released files, and the warnings about codes."""

from __future__ import annotations

import ast
import json
import runpy
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import foreign
from vnvaxcert.schema import valuesets
from vnvaxcert.schema.valuesets import (
    VALUE_SETS,
    ValueSetEntry,
    check_recovery_codes,
    check_test_codes,
    check_vaccination_codes,
    display,
)

ROOT = Path(__file__).resolve().parents[1]
COVID = "840539006"
MRNA, VECTOR, GENERIC, ATC = "1119349007", "29061000087103", "28531000087107", "J07BX03"
COMIRNATY, VAXZEVRIA, ABDALA = "EU/1/20/1528", "EU/1/21/1529", "Abdala"
BIONTECH, ASTRAZENECA, CIGB = "ORG-100030215", "ORG-100001699", "CIGB"
NAAT, RAPID, DETECTED, NOT_DETECTED = "LP6464-4", "LP217198-3", "260373001", "260415000"


def released_files() -> list[dict[str, Any]]:
    folder = foreign.shared_vectors("eu-dcc-valuesets")
    return [json.loads(path.read_bytes()) for path in folder.glob("*.json")]


def instructions() -> list[dict[str, Any]]:
    (found,) = (f for f in released_files() if f["valueSetId"].endswith("encoding-instructions"))
    return list(found["valueSetValues"].values())


def found(*codes: str) -> list[tuple[str, str]]:
    return [(code, key) for code, key, _ in check_vaccination_codes(*codes)]


# --- the data -----------------------------------------------------------------------------------


def test_every_released_value_set_is_here_whole() -> None:
    released = {file["valueSetId"]: file for file in released_files()}
    assert released.keys() - VALUE_SETS.keys() == {
        "vaccines-covid-19-encoding-instructions",  # compared below
        "covid-19-lab-test-manufacturer-and-name",  # an example of a list that changes weekly
    }
    for set_id, value_set in VALUE_SETS.items():
        assert value_set.id == released[set_id]["valueSetId"]
        assert value_set.date == released[set_id]["valueSetDate"]
        expected = released[set_id]["valueSetValues"]
        assert {entry.pop("lang") for entry in expected.values()} == {"en"}
        assert {code: entry._asdict() for code, entry in value_set.entries.items()} == expected


def test_the_module_is_what_the_tool_writes() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "make_valuesets.py"))
    written = tool["rendered"](foreign.shared_vectors("eu-dcc-valuesets"))
    kept = tool["TARGET"].read_text(encoding="utf-8")
    assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(kept))


def test_the_sets_are_seven_and_read_only() -> None:
    assert len(VALUE_SETS) == len(list(VALUE_SETS)) == 7
    assert VALUE_SETS["country-2-codes"] is VALUE_SETS["country-2-codes"]
    assert isinstance(VALUE_SETS["country-2-codes"].entries["VN"], ValueSetEntry)
    entries: Any = VALUE_SETS["country-2-codes"].entries
    with pytest.raises(TypeError, match="does not support item assignment"):
        entries["VN"] = None
    with pytest.raises(KeyError):
        VALUE_SETS["devices"]


def test_display_names_a_code_or_says_nothing() -> None:
    assert display("vaccines-covid-19-names", COMIRNATY) == "Comirnaty"
    assert display("country-2-codes", "VN") == "Viet Nam"
    assert display("sct-vaccines-covid-19", ATC) == "covid-19 vaccines (deprecated)"
    assert display("vaccines-covid-19-names", "EU/1/20/9999") is None
    assert display("no-such-set", COMIRNATY) is None


# --- vaccinations -------------------------------------------------------------------------------


def test_every_combination_of_the_encoding_instructions_gives_no_mismatch() -> None:
    entries = instructions()
    assert len(entries) == 39
    for entry in entries:
        code, holder = entry["vaccine-code"], entry["vaccine-manufacturer"]
        deprecated = code.endswith(" (deprecated)")
        code = code.removesuffix(" (deprecated)")
        # One product is deprecated in its set alone; its instruction still stands.
        deprecated |= code == "Inactivated-SARS-CoV-2-Vero-Cell"
        for vaccine in entry["sct-codes"]:
            expected = [("valueset.deprecated", "mp")] if deprecated else []
            assert found(COVID, vaccine, code, holder, "VN") == expected, (code, vaccine)


def test_all_other_combinations_of_known_codes_are_mismatches() -> None:
    right = {
        (
            vaccine,
            entry["vaccine-code"].removesuffix(" (deprecated)"),
            entry["vaccine-manufacturer"],
        )
        for entry in instructions()
        for vaccine in [*entry["sct-codes"], ATC]
    }
    sets = ("sct-vaccines-covid-19", "vaccines-covid-19-names", "vaccines-covid-19-auth-holders")
    every = set(product(*(VALUE_SETS[set_id].entries for set_id in sets)))
    assert right < every
    mismatched = {
        codes
        for codes in every
        if any(code == "valueset.mismatch" for code, _ in found(COVID, *codes, "VN"))
    }
    assert mismatched == every - right


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((COVID, MRNA, COMIRNATY, BIONTECH, "VN"), []),
        ((COVID, GENERIC, COMIRNATY, BIONTECH, "UNHCR"), []),
        ((COVID, GENERIC, ABDALA, CIGB, "VN"), []),
        # Viet Nam's own sample: product of one maker, another maker, and the old generic code.
        (
            (COVID, ATC, VAXZEVRIA, BIONTECH, "VN"),
            [("valueset.deprecated", "vp"), ("valueset.mismatch", "ma")],
        ),
        ((COVID, ATC, COMIRNATY, BIONTECH, "VN"), [("valueset.deprecated", "vp")]),
        ((COVID, VECTOR, COMIRNATY, BIONTECH, "VN"), [("valueset.mismatch", "vp")]),
        ((COVID, MRNA, ABDALA, CIGB, "VN"), [("valueset.mismatch", "vp")]),
        (
            (COVID, MRNA, VAXZEVRIA, BIONTECH, "VN"),
            [("valueset.mismatch", "ma"), ("valueset.mismatch", "vp")],
        ),
        # Indonesia's slip; with the maker unknown nothing is compared with the product.
        ((COVID, MRNA, "CoronaVac", "Sinovac- Biontech", "ID"), [("valueset.unknown", "ma")]),
        ((COVID, "1", COMIRNATY, BIONTECH, "VN"), [("valueset.unknown", "vp")]),
        ((COVID, MRNA, "Nanocovax", BIONTECH, "VN"), [("valueset.unknown", "mp")]),
        ((COVID, MRNA, "Vidprevtyn (deprecated)", BIONTECH, "VN"), [("valueset.unknown", "mp")]),
        (("1", MRNA, COMIRNATY, BIONTECH, "VN"), [("valueset.unknown", "tg")]),
        ((COVID, MRNA, COMIRNATY, BIONTECH, "EL"), [("valueset.unknown", "co")]),
        ((COVID, MRNA, COMIRNATY, BIONTECH, "vn"), [("valueset.unknown", "co")]),
        ((COVID, MRNA, " EU/1/20/1528", BIONTECH, "VN"), [("valueset.unknown", "mp")]),
        (
            ("", "", "", "", ""),
            [("valueset.unknown", key) for key in ("tg", "vp", "mp", "ma", "co")],
        ),
    ],
)
def test_vaccination_codes(codes: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert found(*codes) == expected


def test_kosovo_is_a_country_of_the_set() -> None:
    assert found(COVID, MRNA, COMIRNATY, BIONTECH, "XK") == []


# --- tests and recoveries -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((COVID, NAAT, DETECTED, "VN"), []),
        ((COVID, RAPID, NOT_DETECTED, "UNHCR"), []),
        ((COVID, "LP6464", NOT_DETECTED, "VN"), [("valueset.unknown", "tt")]),
        ((COVID, RAPID, "positive", "VN"), [("valueset.unknown", "tr")]),
        ((COVID, RAPID, DETECTED, "UN"), [("valueset.unknown", "co")]),
        (("", NAAT, "", "VN"), [("valueset.unknown", "tg"), ("valueset.unknown", "tr")]),
    ],
)
def test_test_codes(codes: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert [(code, key) for code, key, _ in check_test_codes(*codes)] == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((COVID, "VN"), []),
        ((COVID, "UNHCR"), []),
        ((COVID, "VNM"), [("valueset.unknown", "co")]),
        (("U07.1", "VN"), [("valueset.unknown", "tg")]),
        (("", ""), [("valueset.unknown", "tg"), ("valueset.unknown", "co")]),
    ],
)
def test_recovery_codes(codes: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert [(code, key) for code, key, _ in check_recovery_codes(*codes)] == expected


def test_the_kinds_of_test_have_names_in_the_code() -> None:
    assert VALUE_SETS[valuesets.TEST_TYPES].entries.keys() == {
        valuesets.NUCLEIC_ACID_TEST,
        valuesets.RAPID_TEST,
    }
    assert display(valuesets.TEST_TYPES, valuesets.RAPID_TEST) == "Rapid immunoassay"


# --- what messages say --------------------------------------------------------------------------


def test_messages_name_the_field_and_the_set() -> None:
    messages = [text for *_, text in check_vaccination_codes(COVID, ATC, "x", "y", "VN")]
    assert messages == [
        "vp is a code that the value set sct-vaccines-covid-19 marks as deprecated",
        "mp is no code of the value set vaccines-covid-19-names of 2022-11-30",
        "ma is no code of the value set vaccines-covid-19-auth-holders of 2022-01-26",
    ]
    ((_, _, message),) = check_vaccination_codes(COVID, MRNA, COMIRNATY, ASTRAZENECA, "VN")
    assert message.startswith("ma and mp do not go together: ")
    assert "2023-05-05" in message


@given(st.tuples(*[st.text(alphabet="ßqµ§", min_size=4)] * 5))
@example(("\ud800" * 4,) * 5)
def test_messages_never_repeat_a_code(codes: tuple[str, str, str, str, str]) -> None:
    disease, vaccine, _, _, country = codes
    reported = check_vaccination_codes(*codes)
    reported += check_test_codes(disease, vaccine, vaccine, country)
    reported += check_recovery_codes(disease, country)
    assert len(reported) == 11
    assert {code for code, _, _ in reported} == {"valueset.unknown"}
    assert not any(value in text for _, _, text in reported for value in codes)
