"""Pages of docstrings, one for each part of ``docs/reference/api.md``, written for the site alone.

The names come from that page, which a test holds to the code, so that neither list is kept twice.
What they mean is looked up in the source: nothing of the library is imported.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

API: Final = Path("docs/reference/api.md")
MODULES: Final = "Names in modules"
TITLES: Final = {
    "cleaning": "Viet Nam: cleaning",
    "completeness": "Viet Nam: completeness",
    "correction": "Viet Nam: correction",
    "matching": "Viet Nam: matching",
    "attestation": "Viet Nam: attestation",
    "passport": "Viet Nam: passports",
    "showing": "Viet Nam: showing",
    "vietnam": "Viet Nam: records",
    "icao": "Names of people",
    "render": "QR codes",
    "schema": "Schema and codes",
    "trust": "Trust: modules",
    "conformance": "Conformance",
    "errors": "Errors by code",
}
"""Titles of pages of names in modules, by the package; a package without one is under "More"."""


def exports(source: Path) -> dict[str, str]:
    """Where each public name of the package is defined, by its full dotted name.

    Args:
        source: ``vnvaxcert/__init__.py``.
    """
    found = {}
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            for alias in node.names:
                found[alias.name] = f"{node.module}.{alias.name}"
    return found


def parts(api: str) -> dict[str, list[str]]:
    """Names of the page of Python names, by the heading they stand under.

    Args:
        api: The text of that page.
    """
    found: dict[str, list[str]] = {}
    heading = ""
    for line in api.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        entry = r"\| `([\w.]+)` \|" if heading == MODULES else r"### `(\w+)`"
        if match := re.match(entry, line):
            found.setdefault(heading, []).append(match[1])
    return found


def title_of(name: str) -> str:
    """Title of the page on which a name in a module stands."""
    _, *between = name.split(".")
    for package in reversed(between[:2]):
        if package in TITLES:
            return TITLES[package]
    return "More"


def pages(root: Path) -> dict[str, str]:
    """Every page of docstrings by its file name, ``verbs.md``.

    Args:
        root: Top of the repository.
    """
    listed = parts((root / API).read_text(encoding="utf-8"))
    known = exports(root / "src" / "vnvaxcert" / "__init__.py")
    grouped: dict[str, list[str]] = {}
    for heading, names in listed.items():
        for name in names if heading != MODULES else ():
            if known[name].rpartition(".")[0] not in listed[MODULES]:  # a module shown whole has it
                grouped.setdefault(heading, []).append(known[name])
    for name in listed[MODULES]:
        grouped.setdefault(title_of(name), []).append(name)
    return {file_name(title): page(title, names) for title, names in grouped.items()}


def file_name(title: str) -> str:
    """``viet-nam-passports.md`` for the title "Viet Nam: passports"."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())) + ".md"


def page(title: str, names: list[str]) -> str:
    """The text of a page: a heading, and a directive for each name."""
    head = f"# {title}\n\nFrom the docstrings; [all names on one page](../api.md).\n"
    return head + "".join(f"\n::: {name}\n" for name in names)
