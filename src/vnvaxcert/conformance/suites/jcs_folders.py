"""Folders of canonical JSON: ``input/X.json`` and ``output/X.json`` (RFC 8785's own test data)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import Case, Expected, SuiteError
from vnvaxcert.conformance.suites.document import read_bytes

SUITE: Final = "jcs"


def is_folder(folder: Path, _: Any) -> bool:
    """Whether a folder has both."""
    return all((folder / name).is_dir() for name in ("input", "output"))


def read(folder: Path, _: Any) -> Iterator[Case]:
    """Two cases of each pair: what comes of the input, and that the output stays as it is.

    Raises:
        SuiteError: A file is missing.
    """
    inputs = sorted((folder / "input").glob("*.json"))
    alone = {one.name for one in (folder / "output").glob("*.json")} - {one.name for one in inputs}
    if alone:
        raise SuiteError(f"output/{min(alone)}: without its input")
    for path in inputs:
        output = read_bytes(folder / "output" / path.name)
        expected = Expected(outcome="accept", value={"hex": output.hex()})
        for name, text in (("input", read_bytes(path)), ("output", output)):
            yield Case(
                id=f"{SUITE}::{path.stem}::{name}",
                suite=SUITE,
                clause="RFC 8785 §3.2",
                op="jcs.canonical",
                input={"json": text.decode("utf-8")},
                expected=expected,
            )
