"""Error codes are unique and stable, and the table in the documents equals the code."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vnvaxcert import errors
from vnvaxcert.conformance.execute import supported
from vnvaxcert.errors import VnvaxcertError

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "errors.md"
BRANCHES = (errors.DecodeError, errors.VerificationError, errors.TrustListError, errors.IssueError)

ALL = [item for _, item in inspect.getmembers(errors, inspect.isclass)]
ERRORS = [item for item in ALL if issubclass(item, VnvaxcertError) and hasattr(item, "code")]


# How the code of a warning starts: no other text in the source has this form.
WARNING = re.compile(
    r"(cose|cwt|hcert|schema|signer|trust|valueset|vdsnc)\.(?!pem$)[a-z0-9_]+"
)  # no file name

# An argument of each type that an error is made with.
EXAMPLES: dict[str, object] = {
    "str": "a reason in words",
    "int": 7,
    "int | None": 2,
    "float": 1e-5,
    "bytes": b"\x00\xff" * 20,
    "datetime": datetime(2022, 6, 1, 12, 30, tzinfo=UTC),
    "tuple[str, ...]": ("test", "recovery"),
    "tuple[tuple[str, str], ...]": (("", "an object"), *((f"/v/{n}", "a date") for n in range(6))),
}


def example(error: type[VnvaxcertError]) -> VnvaxcertError:
    """An error of this class, made with one example argument for each parameter."""
    if error.__init__ is Exception.__init__:
        return error()
    parameters = inspect.signature(error.__init__).parameters.values()
    return error(*(EXAMPLES[p.annotation] for p in parameters if p.name != "self"))


def documented(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page, cells without their backquotes."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def codes_in_the_source() -> set[str]:
    """Every text in the library's source that has the form of a code."""
    return {
        node.value
        for path in (ROOT / "src" / "vnvaxcert").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WARNING.fullmatch(node.value)
    }


def branch_of(error: type[VnvaxcertError]) -> str:
    (branch,) = (branch for branch in BRANCHES if issubclass(error, branch))
    return branch.__name__


def test_every_class_is_the_root_a_branch_or_has_a_code() -> None:
    without = {item for item in ALL if issubclass(item, VnvaxcertError)} - set(ERRORS)
    assert without == {VnvaxcertError, *BRANCHES}


def test_no_two_classes_share_a_code() -> None:
    codes = [error.code for error in ERRORS]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_states_its_own_code_in_one_branch_and_says_what_it_means(
    error: type[VnvaxcertError],
) -> None:
    assert re.fullmatch(r"[a-z0-9]+(\.[a-z0-9_]+)?", error.code)
    assert "code" in vars(error)
    assert branch_of(error)
    assert error.__doc__


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_speaks_in_one_plain_line_and_keeps_its_facts(
    error: type[VnvaxcertError],
) -> None:
    made = example(error)
    assert len(str(made)) > 15
    assert str(made).isprintable()
    for other in (copy.copy(made), pickle.loads(pickle.dumps(made))):
        assert (type(other), str(other), vars(other)) == (error, str(made), vars(made))


def test_a_long_list_of_violations_is_cut_in_the_text_and_whole_in_the_error() -> None:
    error = example(errors.SchemaError)
    assert isinstance(error, errors.SchemaError)
    assert len(error.violations) == 7
    assert str(error).startswith("certificate breaks its schema: /: an object; /v/0: a date;")
    assert str(error).endswith("(+2 more)")


def test_a_trust_list_error_names_the_place_or_the_whole_file() -> None:
    assert "de, entry 12" in str(errors.TrustListFormatError("de", "entry 12", "no certificate"))
    assert "(de)" in str(errors.TrustListFormatError("de", "", "no certificate"))


def test_a_text_that_is_empty_is_told_from_one_with_another_prefix() -> None:
    assert "it is empty" in str(errors.PrefixError(""))
    assert "'HC2:'" in str(errors.PrefixError("HC2:"))


def test_the_table_in_the_documents_equals_the_code() -> None:
    table = {(code, name, branch) for code, name, branch, *_ in documented("Errors")}
    assert table == {(error.code, error.__name__, branch_of(error)) for error in ERRORS}


def test_the_table_names_each_code_once_and_leaves_no_cell_empty() -> None:
    rows = documented("Errors")
    assert len(rows) == len(ERRORS)
    assert all(len(row) == 6 and all(row) for row in rows)
    assert {row[3] for row in rows} <= {*"12345678", "-"}


def test_the_table_of_warnings_equals_the_code() -> None:
    rows = documented("Warnings")
    codes = [row[0] for row in rows]
    errors_ = {error.code for error in ERRORS}
    operations = {*supported()}  # of vectors: `cose.verify` is none of the codes
    assert sorted(codes) == sorted(codes_in_the_source() - errors_ - operations)
    assert all(len(row) == 4 and all(row) for row in rows)
    assert {row[1] for row in rows} <= {*"12345678"}
