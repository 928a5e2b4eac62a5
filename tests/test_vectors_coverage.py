"""Our own vectors leave out no code of verification, and no warning."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
SUITES: Final[list[Any]] = [
    json.loads(path.read_bytes()) for path in sorted((ROOT / "test_vectors").glob("*.json"))
]
VECTORS: Final = [one for suite in SUITES for one in suite.get("vectors", ())]


def codes_of_verification() -> list[str]:
    """The codes of the table of errors that stand beside a step of verification."""
    table = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    errors = table.partition("## Warnings")[0]
    return re.findall(r"^\| `([a-z0-9_.]+)` \| `\w+` \| `\w+` \| [1-8] \|", errors, re.MULTILINE)


def test_each_code_of_verification_has_two_vectors() -> None:
    codes = codes_of_verification()
    assert len(codes) > 20
    found = Counter(one["expect"].get("reject") for one in VECTORS)
    assert {code: found[code] for code in codes if found[code] < 2} == {}


def test_each_warning_has_a_vector() -> None:
    table = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    codes = re.findall(r"^\| `([a-z0-9_.]+)` \|", table.partition("## Warnings")[2], re.MULTILINE)
    assert len(codes) > 15
    found = {
        code for one in VECTORS for code in one["expect"].get("accept", {}).get("warnings", ())
    }
    assert set(codes) - found == set()
