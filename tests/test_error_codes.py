"""Error codes are unique and stable, and the table in the documents equals the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from vnvaxcert import errors
from vnvaxcert.errors import VnvaxcertError

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "errors.md"
BRANCHES = (errors.DecodeError, errors.VerificationError, errors.TrustListError, errors.IssueError)

ALL = [item for _, item in inspect.getmembers(errors, inspect.isclass)]
ERRORS = [item for item in ALL if issubclass(item, VnvaxcertError) and hasattr(item, "code")]


def documented(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page, cells without their backquotes."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


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


def test_the_table_in_the_documents_equals_the_code() -> None:
    table = {(code, name, branch) for code, name, branch, *_ in documented("Errors")}
    assert table == {(error.code, error.__name__, branch_of(error)) for error in ERRORS}


def test_the_table_names_each_code_once_and_leaves_no_cell_empty() -> None:
    rows = documented("Errors")
    assert len(rows) == len(ERRORS)
    assert all(len(row) == 6 and all(row) for row in rows)
    assert {row[3] for row in rows} <= {*"12345678", "-"}
