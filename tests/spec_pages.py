"""The pages of the specification and the vectors, as the tests of the specification read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

ROOT: Final = Path(__file__).resolve().parents[1]
SPEC: Final = ROOT / "spec"
SOURCE: Final = ROOT / "src" / "vnvaxcert"
VECTORS: Final = ROOT / "test_vectors"

EXAMPLE: Final = "headers::kid-place::protected"
"""The vector that hcert.md takes apart."""

Node = dict[str, Any]


def page(name: str) -> str:
    return (SPEC / name).read_text(encoding="utf-8")


@cache
def suites() -> dict[str, list[Node]]:
    """Every suite of our own, by its name."""
    documents = [json.loads(file.read_bytes()) for file in sorted(VECTORS.glob("*.json"))]
    return {one["suite"]: one["vectors"] for one in documents if "suite" in one}


def vectors(suite: str | None = None) -> list[Node]:
    """The vectors of one suite, or of all."""
    return [one for name, all_of in suites().items() if suite in (None, name) for one in all_of]


def lists() -> list[Node]:
    """The vectors of trust lists and revocation lists."""
    found: list[Node] = json.loads((VECTORS / "trust-lists" / "expected.json").read_bytes())[
        "vectors"
    ]
    return found


def table_rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of each table, without heads and rules."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_head = lines[number + 1 : number + 2] and lines[number + 1].startswith("|---")
        if line.startswith("|") and not line.startswith("|---") and not is_head:
            yield [cell.strip() for cell in line.strip("|").split("|")]


def section(text: str, heading: str) -> str:
    """From a heading to the next of its level."""
    _, _, rest = text.partition(f"\n{heading}")
    assert rest, heading
    return re.split(r"\n## ", rest)[0]


def blocks(text: str) -> list[str]:
    return re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL)


def from_hex(block: str) -> bytes:
    """Annotated bytes: comments and white space taken off."""
    return bytes.fromhex("".join(line.partition("#")[0] for line in block.splitlines()))


def schema(name: str) -> Draft202012Validator:
    """A JSON Schema of the specification, formats asserted."""
    document = json.loads(page(name))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document, format_checker=FormatChecker(["date", "date-time"]))
