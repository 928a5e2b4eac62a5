"""Write ``schema/valueset_data.py``: ``python tools/make_valuesets.py FOLDER``, then format it.

FOLDER holds the files of a release of eu-dcc-valuesets. Only codes and what belongs to them
are carried over; the list of test devices is left out (see ``schema/valuesets.py``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "src" / "vnvaxcert" / "schema" / "valueset_data.py"

FILES = (
    "disease-agent-targeted.json",
    "vaccine-prophylaxis.json",
    "vaccine-medicinal-product.json",
    "vaccine-mah-manf.json",
    "test-type.json",
    "test-result.json",
    "country-2-codes.json",
)
INSTRUCTIONS = "vaccine-encoding-instructions.json"
GENERIC_VACCINE = "28531000087107"

TEMPLATE = '''\
"""Codes of the EU's value sets, release 2.12.0 (by ``tools/make_valuesets.py``).

Tuples of constants and nothing else, which Python reads from its bytecode in one go.
"""

from __future__ import annotations

from typing import Final

_Codes = tuple[tuple[str, str], ...]
_Group = tuple[bool, str, str, _Codes]

VALUE_SETS: Final[tuple[tuple[str, str, tuple[_Group, ...]], ...]] = {sets}
"""Each set: identifier, date, and its codes in groups of one status, version and code system.

A group: whether its codes are active, their version, their system, pairs of code and display.
"""

PRODUCTS_DATE: Final = {date}
"""Date of the encoding instructions (annex A of the value-set guidelines)."""

PRODUCTS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = {products}
"""What goes together: product (``mp``), holder (``ma``), specific vaccines (``vp``)."""
'''


def literal(value: object) -> str:
    """Write tuples of strings and truth values, long strings in pieces."""
    if isinstance(value, tuple):
        # A comma after the last of several would make the formatter give each its own line.
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, str) and len(value) > 70:
        cut = value.rindex(" ", 0, 70) + 1
        return f"({literal(value[:cut])}\n{literal(value[cut:])})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def read(folder: Path, name: str) -> tuple[str, str, dict[str, Any]]:
    """Read one file: its identifier, its date and its values."""
    file = json.loads((folder / name).read_bytes())
    return file["valueSetId"], file["valueSetDate"], file["valueSetValues"]


def value_set(folder: Path, name: str) -> tuple[object, ...]:
    """One value set as tuples."""
    identifier, date, values = read(folder, name)
    groups: dict[tuple[bool, str, str], list[tuple[str, str]]] = {}
    for code, entry in values.items():
        if entry.keys() != {"display", "lang", "active", "version", "system"}:
            raise SystemExit(f"{name}: the entry {code} has other members than expected")
        if entry["lang"] != "en":
            raise SystemExit(f"{name}: the entry {code} is not in English")
        group = entry["active"], entry["version"], entry["system"]
        groups.setdefault(group, []).append((code, entry["display"]))
    return identifier, date, tuple((*group, tuple(codes)) for group, codes in groups.items())


def products(folder: Path) -> tuple[object, ...]:
    """What goes together: product, holder, specific vaccines.

    A few product codes carry the remark " (deprecated)" here, which is no part of the code.
    """
    rows = []
    for entry in read(folder, INSTRUCTIONS)[2].values():
        vaccines = set(entry["sct-codes"])
        vaccines.remove(GENERIC_VACCINE)  # every product has it
        product = entry["vaccine-code"].removesuffix(" (deprecated)")
        rows.append((product, entry["vaccine-manufacturer"], tuple(sorted(vaccines))))
    return tuple(rows)


def rendered(folder: Path) -> str:
    """The module's text, right but for its layout."""
    return TEMPLATE.format(
        sets=literal(tuple(value_set(folder, name) for name in FILES)),
        date=literal(read(folder, INSTRUCTIONS)[1]),
        products=literal(products(folder)),
    )


def main() -> None:
    """Write the module."""
    TARGET.write_text(rendered(Path(sys.argv[1])), encoding="utf-8")


if __name__ == "__main__":
    main()
