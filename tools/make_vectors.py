"""Write our own vectors: ``python tools/make_vectors.py [--check] [--only SUITE]``.

They go to ``test_vectors/``, where a README says what they are. The same bytes come out each
time. ``--check`` writes nothing, and ends with status 1 when a byte would change.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from vectors.book import KEYS_FILE, TITLES, Book

MODULES: Final = {
    "codecs": ("codecs", "unwrapping"),
    "cwt": ("cwt", "decoding"),
    "revocation": ("revocation", "revocation_types", "revocation_given"),
    "trust": ("trust", "trust_signatures", "trust_further"),
    "vds-nc": ("vds_nc", "certificate_forms", "vds_nc_further", "vds_nc_listed"),
}
"""Of suites that are made by more than the module of their name."""

FOLDER: Final = Path(__file__).resolve().parents[1] / "test_vectors"


def book(*suites: str) -> Book:
    """The vectors of some suites, by default of all, in the order of `TITLES`."""
    made = Book()
    for suite in suites or TITLES:
        for module in MODULES.get(suite, (suite.replace("-", "_"),)):
            import_module(f"vectors.{module}").build(made)
    return made


def files(*suites: str) -> dict[str, bytes]:
    """Every file, by its name in the folder; of some suites alone, without the keys' file."""
    made = book(*suites).files()
    if suites:
        del made[KEYS_FILE]
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write every file, or compare them; gives the exit status."""
    parser = argparse.ArgumentParser(description="Write our own test vectors.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--only", metavar="SUITE", choices=TITLES, help="not even the keys")
    given = parser.parse_args(arguments)
    stale = []
    for name, content in files(*filter(None, [given.only])).items():
        path = FOLDER / name
        if path.exists() and path.read_bytes() == content:
            continue
        stale.append(name)
        if not given.check:
            path.write_bytes(content)
    for name in stale:
        print(name, "would change" if given.check else "written")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
