"""The specification is whole: each clause has vectors, each code a place, each link an end."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Final

import pytest

import vnvaxcert.errors
from spec_pages import ROOT, SOURCE, SPEC, Node, lists, page, section, table_rows, vectors
from vnvaxcert.errors import VnvaxcertError

# --- the table of clauses ------------------------------------------------------------------------

CLAUSES: Final = list(table_rows(page("clauses.md")))


def named(pattern: str) -> list[str]:
    ids = [one["id"] for one in [*vectors(), *lists()]]
    return [one for one in ids if fnmatchcase(one, pattern)]


def patterns(cell: str) -> list[str]:
    """What a cell names; of a clause without vectors only the ids of refusals, not codes."""
    quoted = re.findall(r"`([^`]+)`", cell)
    return [one for one in quoted if "::" in one] if cell.startswith("none: ") else quoted


def test_the_table_has_a_row_for_every_standard() -> None:
    headings = re.findall(r"^## (.+)$", page("clauses.md"), flags=re.MULTILINE)
    for standard in (
        *("HCERT 1.0.8", "DCC schema", "RFC 8392", "RFC 9052", "RFC 9285", "RFC 1950", "RFC 8785"),
        *("Doc 9303-3", "VDS-NC", "UVCI", "Decision 5772"),
    ):
        assert any(standard in heading for heading in headings), standard
    assert len(CLAUSES) > 60


@pytest.mark.parametrize("row", CLAUSES, ids=[" ".join(row[:2]) for row in CLAUSES])
def test_each_clause_has_a_module_and_vectors_or_a_reason(row: list[str]) -> None:
    _, _, modules, held_by = row
    for module in re.findall(r"`([^`]+)`", modules):
        assert (SOURCE / module).is_file(), module
    if held_by.startswith("none: "):
        assert len(held_by) > len("none: ") + 20, "say why"
    else:
        assert modules
        assert patterns(held_by)
    for pattern in patterns(held_by):
        assert named(pattern), f"no vector is called {pattern}"


def test_every_vector_is_named_by_a_clause() -> None:
    all_patterns = [one for row in CLAUSES for one in patterns(row[3])]
    assert len(vectors()) > 300
    nameless = [
        one["id"]
        for one in [*vectors(), *lists()]
        if not any(fnmatchcase(one["id"], pattern) for pattern in all_patterns)
    ]
    assert nameless == []


# --- the codes -----------------------------------------------------------------------------------


def codes_of_errors() -> set[str]:
    classes = [one for one in vars(vnvaxcert.errors).values() if isinstance(one, type)]
    errors = [one for one in classes if issubclass(one, VnvaxcertError)]
    return {one.code for one in errors if hasattr(one, "code")}


def codes_of_warnings() -> set[str]:
    """From the reference, which a test of its own holds to the code."""
    reference = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    return {row[0].strip("`") for row in table_rows(section(reference, "## Warnings"))}


def test_every_code_of_errors_and_warnings_is_in_the_order_of_verification() -> None:
    text = page("verification.md")
    for code in sorted(codes_of_errors() | codes_of_warnings()):
        assert f"`{code}`" in text, code
    rows = {row[0].strip("`") for row in table_rows(section(text, "## 10. Warnings"))}
    assert rows == codes_of_warnings()


def test_every_code_of_a_page_and_of_a_vector_is_one_that_there_is() -> None:
    known = codes_of_errors() | codes_of_warnings() | OF_OPERATIONS
    table = section(page("harness.md"), "## 7. ")
    operations = set(re.findall(r"`([a-z0-9-]+\.[a-z]+)`", table)) - OF_OPERATIONS
    families = {code.partition(".")[0] for code in known}
    for file in SPEC.glob("*.md"):
        for code in re.findall(r"`([a-z][a-z0-9-]*\.[a-z0-9_]+)`", file.read_text("utf-8")):
            family, _, rest = code.partition(".")
            if family in families and rest not in FILES and code not in operations:
                assert code in known, f"{file.name}: {code}"
    for vector in vectors():
        expected = vector["expect"]
        found = [expected["reject"]] if "reject" in expected else warnings_of(vector)
        assert set(found) <= known, vector["id"]


FILES: Final = {"cddl", "py", "md", "json"}

# What operations other than verification refuse with (spec/harness.md, section 7).
OF_OPERATIONS: Final = {
    *("json.invalid", "check-digit.invalid", "uvci.invalid", "identifier.invalid"),
}


def warnings_of(vector: Node) -> list[str]:
    found: list[str] = vector["expect"]["accept"].get("warnings", [])
    return found


# --- the folder ----------------------------------------------------------------------------------


def test_the_index_names_every_file_and_every_link_leads_somewhere() -> None:
    index = page("README.md")
    for file in SPEC.iterdir():
        if file.name != "README.md":
            assert f"({file.name})" in index, file.name
    for file in SPEC.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text("utf-8")):
            assert (SPEC / target).exists(), f"{file.name}: {target}"
