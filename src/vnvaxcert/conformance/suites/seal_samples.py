"""Samples of VDS-NC seals with country signing certificates: ``*.json`` and ``csca/*.der``.

Their README says in words what each has to come out as, and is read for it: a row for each sample,
whose last column says "verifies", "no trusted CSCA" or "must fail".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import ACCEPT, EITHER, REJECT, Case, Expected
from vnvaxcert.conformance.suites.document import b64, is_object, read_bytes, read_json

SUITE: Final = "vds-nc-samples"
AT: Final = "2022-06-01T00:00:00Z"
"""When seals were in use: the samples state no moment."""

_NAME: Final = re.compile(r"`([^`]+)`")
_STRANGER: Final = Expected(outcome="reject", code="signer.chain")


def is_folder(folder: Path, _: Any) -> bool:
    """Whether a folder holds seals and authorities."""
    authorities = folder / "csca"
    return (
        authorities.is_dir()
        and any(authorities.glob("*.der"))
        and any(_is_seal(path) for path in folder.glob("*.json"))
    )


def _is_seal(path: Path) -> bool:
    document = read_json(path)
    return is_object(document, "data", "sig")


def read(folder: Path, _: Any) -> Iterator[Case]:
    """A case of each seal, verified under all authorities of the folder.

    Raises:
        SuiteError: A file cannot be read.
    """
    authorities = [
        {"kid": b64(bytes(8)), "certificate": b64(read_bytes(path)), "jwk": None, "country": None}
        for path in sorted((folder / "csca").glob("*.der"))
    ]
    stated = _stated(folder / "README.md")
    for path in sorted(folder.glob("*.json")):
        if not _is_seal(path):
            continue
        expected = stated.get(path.stem)
        yield Case(
            id=f"{SUITE}::{path.stem}::verify",
            suite=SUITE,
            clause="ICAO VDS-NC 1.1",
            op="verify",
            input={
                "text": read_bytes(path).decode("utf-8"),
                "trust": [],
                "authorities": authorities,
                "at": AT,
                "policy": "tolerant",
            },
            expected=expected or EITHER,
            unsuitable="" if expected else "the README does not say what it has to come out as",
        )


def _stated(readme: Path) -> dict[str, Expected]:
    """What the README expects of each sample that it names."""
    if not readme.is_file():
        return {}
    found: dict[str, Expected] = {}
    for line in read_bytes(readme).decode("utf-8", "replace").splitlines():
        columns = [column.strip() for column in line.strip().strip("|").split("|")]
        if len(columns) < 2 or not line.startswith("|"):
            continue
        expected = _outcome(columns[-1])
        if expected is not None:
            found |= dict.fromkeys(_NAME.findall(columns[0]), expected)
    return found


def _outcome(words: str) -> Expected | None:
    if "must fail" in words:
        return REJECT
    if "no trusted" in words:
        return _STRANGER
    return ACCEPT if words.startswith("verifies") else None
