"""Makes `.venvs/interop`, the environment of the other implementation.

    python tests/interop/environment.py     made anew when requirements.txt has changed

`make test` runs this before the tests; without it the tests that need it are skipped by name.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
ENVIRONMENT = ROOT / ".venvs" / "interop"
STAMP = ENVIRONMENT / "requirements.txt"  # what it was made from


def python() -> Path | None:
    """The interpreter of the environment, or None when it is absent or out of date."""
    interpreter = ENVIRONMENT / "bin" / "python"
    if not interpreter.exists() or not STAMP.exists():
        return None
    return interpreter if STAMP.read_bytes() == REQUIREMENTS.read_bytes() else None


def make() -> None:
    """Make the environment, unless it is there and up to date."""
    if python() is not None:
        return
    sys.path.insert(0, str(ROOT / "tools"))
    import environments

    ENVIRONMENT.parent.mkdir(exist_ok=True)
    environments.create(ENVIRONMENT, sys.executable)
    environments.install(ENVIRONMENT, "--requirement", REQUIREMENTS)
    STAMP.write_bytes(REQUIREMENTS.read_bytes())


if __name__ == "__main__":
    make()
