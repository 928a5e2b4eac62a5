"""The line protocol as written down is the one that is spoken: spec/harness.md and its schema."""

from __future__ import annotations

import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from vnvaxcert.conformance import serve
from vnvaxcert.conformance.case import Case
from vnvaxcert.conformance.execute import supported
from vnvaxcert.conformance.harness import (
    ANSWER_SECONDS,
    CODE,
    MAX_ANSWER_BYTES,
    MAX_RESTARTS,
    PROTOCOL,
    START_SECONDS,
)
from vnvaxcert.conformance.judging import JUDGED_BY_OUTCOME, PASSING, Kind
from vnvaxcert.conformance.suites import find

ROOT: Final = Path(__file__).resolve().parents[1]
OPERATIONS: Final = supported()
PAGE: Final = (ROOT / "spec" / "harness.md").read_text(encoding="utf-8")
SCHEMA: Final = json.loads((ROOT / "spec" / "harness.schema.json").read_text(encoding="utf-8"))

KEY: Final = {"kid": "yoWoLTlzF1I=", "certificate": "MIIB", "jwk": {"kty": "EC"}, "country": "UT"}
QUESTION: Final = {"id": "a::b::c", "op": "verify", "input": {"text": "HC1:", "trust": [KEY]}}
HELLO: Final = {"protocol": 1, "name": "a", "version": "1", "ops": ["verify"]}


def is_a(part: str, line: object) -> bool:
    """Whether a line is what a part of the schema describes."""
    schema = {**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{part}"}]}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(line))


def is_a_line(line: object) -> bool:
    """Whether a line is exactly one of the four that there are."""
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(line))


@cache
def own_cases() -> tuple[Case, ...]:
    """The cases of our own suites."""
    suites = find(ROOT / "test_vectors", format="vnvaxcert")
    return tuple(case for suite in suites for case in suite.cases)


def questions() -> list[dict[str, Any]]:
    return [{"id": case.id, "op": case.op, "input": dict(case.input)} for case in own_cases()]


# --- the schema -----------------------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_example_of_the_page_is_a_line() -> None:
    examples = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 4
    parts = ("runner_greeting", "harness_greeting", "question", "answer")
    for part, example in zip(parts, examples, strict=True):
        assert is_a(part, json.loads(example))
        assert is_a_line(json.loads(example))


def test_every_question_about_our_vectors_is_one() -> None:
    asked = questions()
    assert len(asked) > 100
    assert [line["id"] for line in asked if not is_a_line(line)] == []


def test_what_we_answer_follows_the_schema() -> None:
    asked = questions()[::7]
    said = io.StringIO()
    lines = [{"hello": {"protocol": 1, "ops": []}}, *asked, {"id": "x", "op": "none", "input": {}}]
    serve([json.dumps(line) for line in lines], said)
    greeting, *answers = [json.loads(line) for line in said.getvalue().splitlines()]
    assert is_a("harness_greeting", greeting)
    assert len(answers) == len(asked) + 1
    assert all(is_a("answer", answer) for answer in answers)
    assert {answer["outcome"] for answer in answers} == {"accept", "reject", "unsupported"}


@pytest.mark.parametrize(
    "line",
    [
        {},
        [],
        {"hello": {}},
        {"hello": {**HELLO, "protocol": 2}},
        {"hello": {**HELLO, "name": None}},
        {"hello": {**HELLO, "ops": "verify"}},
        {"hello": {**HELLO, "ops": ["verify", "verify"]}},
        {"id": "a"},
        {"id": 1, "outcome": "accept"},
        {"id": "a", "outcome": "crash"},
        {"id": "a", "outcome": "accept", "code": "cwt.expired"},
        {"id": "a", "outcome": "reject", "code": "Expired, sorry"},
        {"id": "a", "outcome": "reject", "code": ""},
        {"id": "a", "outcome": "reject", "code": "x" * 65},
        {"id": "a", "outcome": "accept", "value": []},
        {"op": "verify", "input": {}},
        {**QUESTION, "input": []},
        {**QUESTION, "input": {"trust": ["dsc-ut-p256"]}},
        {**QUESTION, "input": {"authorities": ["csca-ut"]}},
        {**QUESTION, "input": {"trust": [{**KEY, "certificate": None, "jwk": None}]}},
        {**QUESTION, "input": {"trust": [{"kid": "yoWoLTlzF1I="}]}},
    ],
)
def test_what_is_no_line_of_the_protocol_is_refused(line: object) -> None:
    assert not is_a_line(line)


@pytest.mark.parametrize(
    "line",
    [
        {"hello": HELLO},
        {"hello": {"protocol": 1, "ops": [], "later": 1}},
        QUESTION,
        {**QUESTION, "input": {"trust": [{**KEY, "certificate": None}]}},
        {**QUESTION, "input": {"trust": [{**KEY, "jwk": None}]}},
        {**QUESTION, "op": "trustlist.load", "input": {"files": [], "authorities": ["MIIB"]}},
        {"id": "a", "outcome": "accept"},
        {"id": "a", "outcome": "accept", "code": None, "value": {"kid": "aa"}, "more": 1},
        {"id": "a", "outcome": "reject", "code": "cwt.expired"},
        {"id": "a", "outcome": "reject", "code": None, "value": None},
        {"id": "a", "outcome": "unsupported"},
    ],
)
def test_what_is_a_line_of_the_protocol_is_taken(line: object) -> None:
    assert is_a_line(line)


# --- the page -------------------------------------------------------------------------------------


def test_the_page_names_every_operation() -> None:
    section = PAGE.partition("## 7. ")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z0-9-]+(?:\.[a-z]+)?)`", section))
    assert set(OPERATIONS) <= named
    first_cells = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    assert {name for cell in first_cells for name in re.findall(r"`(.+?)`", cell)} <= set(
        OPERATIONS
    )


def test_the_page_names_every_kind_and_says_rightly_whether_it_passes() -> None:
    section = PAGE.partition("## 5. ")[2].partition("## 6. ")[0]
    rows = dict(re.findall(r"^\| ([^|]+?) \| .+ \| (\w+)[^|]* \|$", section, re.MULTILINE))
    del rows["kind"]
    assert set(rows) == {kind.value for kind in Kind}
    passing = {kind for kind, counts_as in rows.items() if counts_as == "passed"}
    assert passing == {kind.value for kind in PASSING}
    assert [kind for kind, counts_as in rows.items() if counts_as == "skipped"] == ["unsupported"]
    assert all(f"`{operation}`" in section for operation in JUDGED_BY_OUTCOME)


def test_the_page_has_the_numbers_of_the_code() -> None:
    assert f"This is protocol {PROTOCOL}." in PAGE
    assert f"longer than {MAX_ANSWER_BYTES >> 20} MiB" in PAGE
    assert f"After {MAX_RESTARTS} restarts" in PAGE
    assert f"within {START_SECONDS:g} seconds" in PAGE
    assert f"by default {ANSWER_SECONDS:g} seconds" in PAGE
    assert f"`{CODE.pattern}`" in PAGE
    assert SCHEMA["$defs"]["answer"]["properties"]["code"]["pattern"] == f"^{CODE.pattern}$"
