"""``vnvaxcert name``: what it shows, what it refuses, and what it never does silently."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vnvaxcert import cli

pytest.importorskip("rich")


class Done(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``run(...)``: the command in this process."""

    def execute(*arguments: str) -> Done:
        status = cli.main(["name", *arguments])
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return execute


def test_each_form_is_shown(run: Run) -> None:
    done = run("Nguyễn Thị Đào")
    assert (done.status, done.err) == (0, "")
    lines = [line.strip() for line in done.out.splitlines()]
    assert "fnt  NGUYEN" in lines
    assert "gnt  THI<DAO" in lines
    assert "MRZ  NGUYEN<<THI<DAO" + "<" * 24 in lines
    assert "n  NGUYEN  THI DAO" in lines
    assert "divided      after the first word, a guess" in lines
    assert "cut" not in done.out


def test_programs_get_each_form_as_a_document(run: Run) -> None:
    assert run("Nguyễn Thị Đào", "--json").document == {
        "code": None,
        "message": None,
        "family_name": "Nguyễn",
        "given_name": "Thị Đào",
        "division": "first_word",
        "dcc": {"fnt": "NGUYEN", "gnt": "THI<DAO", "is_truncated": False},
        "mrz": {"name": "NGUYEN<<THI<DAO" + "<" * 24, "is_truncated": False},
        "vds_nc": {"n": "NGUYEN  THI DAO", "is_truncated": False},
        "alternatives": [],
        "comparison": None,
    }


@pytest.mark.parametrize(
    ("arguments", "division", "family_name", "given_name"),
    [
        (["Nguyễn Thị Đào"], "first_word", "NGUYEN", "THI<DAO"),
        (["Nguyễn", "Thị", "Đào"], "first_word", "NGUYEN", "THI<DAO"),
        (["  Nguyễn Thị Đào "], "first_word", "NGUYEN", "THI<DAO"),
        (["Van der Muellen, Martin"], "comma", "VAN<DER<MUELLEN", "MARTIN"),
        (["VAN<DER<MUELLEN<<MARTIN<<<<"], "fillers", "VAN<DER<MUELLEN", "MARTIN"),
        (["VAN DER MUELLEN  MARTIN"], "spaces", "VAN<DER<MUELLEN", "MARTIN"),
        (["Arkfreith"], "none", "ARKFREITH", ""),
        (["ARKFREITH<<<<<"], "none", "ARKFREITH", ""),
        (["Arkfreith,"], "none", "ARKFREITH", ""),
        (["--family", "Lê Thị", "--given", "Đào"], "options", "LE<THI", "DAO"),
        (["--family", "Satriya Sudarpa"], "options", "SATRIYA<SUDARPA", ""),
        (["--given", "Arkfreith"], "options", "", "ARKFREITH"),
    ],
)
def test_a_name_is_divided_by_a_rule_that_is_told(
    run: Run, arguments: list[str], division: str, family_name: str, given_name: str
) -> None:
    done = run(*arguments, "--json")
    assert done.status == 0
    assert done.document["division"] == division
    assert done.document["dcc"] == {
        "fnt": family_name,
        "gnt": given_name,
        "is_truncated": False,
    }


def test_what_was_cut_is_told_for_each_form(run: Run) -> None:
    given_ = "Anna Maria Annegret Wilhelmine Luise"
    done = run("--family", "Van der Muellen", "--given", given_)
    assert done.status == 0
    assert "the passport's name does not fit in 39 characters and was cut" in done.out
    assert "the seal's name does not fit in 39 characters and was cut" in done.out
    assert "fnt does not" not in done.out
    done = run("--family", "A" * 81, "--given", "B" * 81)
    assert "fnt does not fit in 80 characters and was cut" in done.out
    assert "gnt does not fit in 80 characters and was cut" in done.out
    done = run("--family", "A" * 81, "--given", "B", "--json")
    assert [done.document[form]["is_truncated"] for form in ("dcc", "mrz", "vds_nc")] == [True] * 3


def test_the_choices_of_the_table_are_shown(run: Run) -> None:
    done = run("Müller, Jo\u0308rg")
    assert "ü  UE (taken), UXX, U" in done.out
    assert "ö  OE (taken), O" in done.out
    assert run("Müller", "--json").document["alternatives"] == [
        {"character": "ü", "forms": ["UE", "UXX", "U"]}
    ]


@pytest.mark.parametrize(
    ("name", "code_point", "offset", "hint"),
    [
        ("Иван Иванов", "U+0418", 0, "another script (cyrillic)"),
        ("محمد علي", "U+0645", 0, "another script (arabic)"),
        ("Nguyễn, Дào", "U+0414", 8, "another script (cyrillic)"),
        ("Nguye\u0302\u0303n Αnna", "U+0391", 7, "another script (greek)"),
        ("Nguyễn Thị 2", "U+0032", 11, "No numeral"),
        ("Nguyễn Ⅷ", "U+2167", 7, "No numeral"),
        ("Nguyễn\u200bThị", "U+200B", 6, ""),
        ("Əliyev", "U+018F", 0, ""),
        ("Lê \U0003ffff", "U+3FFFF", 3, ""),
        ("Lê\tAn", "U+0009", 2, ""),
    ],
)
def test_a_name_without_a_form_is_refused_with_the_place_in_what_was_given(
    run: Run, name: str, code_point: str, offset: int, hint: str
) -> None:
    done = run(name)
    assert (done.status, done.err) == (1, "")
    assert f"the character {code_point} at offset {offset} of a name" in done.out
    assert hint in done.out
    assert ("another script" in done.out) == ("another script" in hint)
    assert "Nguy" not in done.out
    document = run(name, "--json").document
    assert document["code"] == "issue.name"
    assert f"{code_point} at offset {offset}" in document["message"]
    assert document["mrz"] is None


def test_a_refusal_tells_which_of_the_two_parts_it_is(run: Run) -> None:
    assert "--given: the character U+9673" in run("--family", "Trần", "--given", "陳").out
    assert "--family: the character U+9673" in run("--family", "陳", "--given", "Anh").out


@pytest.mark.parametrize("name", ["...", "- '", "<<<<", ","])
def test_a_name_without_a_letter_is_refused(run: Run, name: str) -> None:
    done = run("--family", name)
    assert done.status == 1
    assert "there is no letter in the name" in done.out
    assert run("--family", name, "--json").document["code"] == "issue.name"


@pytest.mark.parametrize(
    ("name", "passport", "status", "headline", "agreement"),
    [
        ("Nguyễn Thị Đào", "NGUYEN<<THI<DAO", 0, "✓ MATCH", "match"),
        (
            "Nguyễn Thị Đào",
            "P<VNMNGUYEN<<THI<DAO<<<<<<<<<<<<<<<<<<<<<<<<",
            0,
            "✓ MATCH",
            "match",
        ),
        ("Nguyễn Thị Đào", "NGUYEN<THI<DAO", 0, "! ALTERNATIVE MATCH", "alternative match"),
        ("Müller, Jörg", "MULLER<<JOERG", 0, "! ALTERNATIVE MATCH", "alternative match"),
        ("Mueller, Jörg", "MULLER<<JOERG", 1, "✗ NO MATCH", "no match"),
        ("MUELLER<<JOERG", "MULLER<<JOERG", 0, "! ALTERNATIVE MATCH", "alternative match"),
        ("Nguyễn Thị Đào", "NGUYN<<TH<O", 1, "✗ NO MATCH", "no match"),
        (
            "Nilavadhanananda, Chayapa Dejthamrong Krasuang",
            "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
            0,
            "! TRUNCATED MATCH",
            "truncated match",
        ),
    ],
)
def test_a_passport_is_compared(
    run: Run, name: str, passport: str, status: int, headline: str, agreement: str
) -> None:
    done = run(name, "--passport", passport)
    assert (done.status, done.err) == (status, "")
    assert done.out.startswith(f"{headline}\n")
    done = run(name, "--passport", passport, "--json")
    assert done.status == status
    assert done.document["comparison"]["agreement"] == agreement


def test_a_match_says_what_had_to_be_allowed_for(run: Run) -> None:
    done = run("Müller Thị Đào", "--passport", "MULLER<THI<<DAO")
    assert "in another form" in done.out
    assert "ends at another word" in done.out
    assert "less of the name" not in done.out
    full = run(
        "Papandropoulous, Jonathon Warren Trevor",
        "--passport",
        "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR",
    )
    assert full.out.startswith("✓ MATCH\n")
    assert "its name may go on" in full.out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "give a name"),
        ([""], "give a name"),
        (["--json"], "give a name"),
        (["Lê An", "--family", "Lê"], "not both"),
        (["Lê", "--given", ""], "not both"),
        (["A" * 1001], "longer than 1000 characters"),
        (["--family", "A" * 600, "--given", "B" * 600], "longer than 1000 characters"),
        (["Lê An", "--passport", "LE<<AN1"], "--passport: a character at offset 6 cannot stand"),
        (["Lê An", "--passport", "A" * 40], "expected a name field of 39 characters"),
        (["Lê An", "--card", "1"], "there is no option --card"),
        (["HC1:NGUYEN"], "the text of a QR code was given"),
    ],
)
def test_wrong_usage_is_told_without_repeating_a_name(
    run: Run, arguments: list[str], reason: str
) -> None:
    done = run(*arguments)
    assert "NGUYEN" not in done.out + done.err
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("vnvaxcert: ")
    assert reason in done.err


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_name_ends_in_forms_or_a_refusal(run: Run, name: str, passport: str) -> None:
    done = run("--json", f"--passport={passport}", "--", name)
    assert done.status in (0, 1, 2)
    assert (done.out == "") == (done.status == 2)
    if done.status == 0 or (done.out and done.document["code"] is None):
        assert len(done.document["mrz"]["name"]) == 39
