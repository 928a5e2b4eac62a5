"""Write our own vectors of trust lists and revocation: ``python tools/make_trust_vectors.py``.

They go to ``test_vectors/trust-lists/``, where a README says what they are. The same bytes come
out each time; a test runs this again and finds nothing changed. What is in which list, and what
is expected of it, is in ``trust_vectors/``; nothing there is of the library under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trust_vectors import key_sets, networks, revocation, states
from trust_vectors.book import Vector, key_files
from trust_vectors.makers import as_json

FOLDER = Path(__file__).resolve().parents[1] / "test_vectors" / "trust-lists"
EXPECTED = "expected.json"

SOURCE = (
    "Made by vnvaxcert's tools/make_trust_vectors.py with throw-away keys, from descriptions of "
    "the formats. Published by no state and by nobody else."
)


def vectors() -> Iterator[Vector]:
    """All of them, in the order of ``expected.json``."""
    for module in (states, networks, key_sets, revocation):
        yield from module.vectors()


def files() -> dict[str, bytes]:
    """Every file, by its path in the folder."""
    made = key_files()
    documents = []
    for vector in vectors():
        made |= {**vector.files, **vector.others}
        documents.append(vector.document())
    expected = {
        "$schema": "expected.schema.json",
        "source": SOURCE,
        "license": "Apache-2.0",
        "vectors": documents,
    }
    return made | {EXPECTED: as_json(expected, indent=1) + b"\n"}


def main() -> None:
    """Write every file."""
    for name, content in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
