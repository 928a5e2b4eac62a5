"""Installs the verifiers that the harnesses of this folder drive, and prints how to run them.

    python tools/harnesses/environment.py        .venvs/interop/ (Python), .venvs/javascript/ (npm)

Made anew when a file of requirements has changed. Nothing else of the project needs them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]

PYTHON: Final = ROOT / ".venvs" / "interop" / "bin" / "python"  # made by tests/interop
JAVASCRIPT: Final = ROOT / ".venvs" / "javascript"
SOURCES: Final = HERE / "javascript"
GIVEN: Final = ("package.json", "package-lock.json", ".npmrc")
STAMP: Final = JAVASCRIPT / ".ready"  # of what it was made

COMMANDS: Final[dict[str, list[str | Path]]] = {
    "python-cwt": [PYTHON, HERE / "python_cwt.py"],
    "dcc-utils": ["node", SOURCES / "dcc-utils.js"],
    "@pathcheck/dcc-sdk": ["node", SOURCES / "dcc-sdk.js"],
}
"""The command of each harness, by the name of the package that it drives."""


def given() -> bytes:
    """What the JavaScript packages are installed by."""
    return b"\0".join((SOURCES / name).read_bytes() for name in GIVEN)


def is_ready(name: str) -> bool:
    """Whether the verifier of a harness is installed, as the files here want it."""
    if name == "python-cwt":
        sys.path.insert(0, str(ROOT / "tests"))
        from interop import environment

        return environment.python() is not None
    return shutil.which("node") is not None and STAMP.exists() and STAMP.read_bytes() == given()


def make_javascript() -> None:
    """Install the npm packages as the lock file has them; no script of theirs runs."""
    if STAMP.exists() and STAMP.read_bytes() == given():
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("the JavaScript harnesses need node 18 or newer, and npm")
    shutil.rmtree(JAVASCRIPT, ignore_errors=True)
    JAVASCRIPT.mkdir(parents=True)
    for name in GIVEN:
        shutil.copy(SOURCES / name, JAVASCRIPT)
    subprocess.run([npm, "ci", "--loglevel=error"], cwd=JAVASCRIPT, check=True)
    STAMP.write_bytes(given())


def main() -> None:
    """Install everything and print the commands."""
    subprocess.run([sys.executable, ROOT / "tests" / "interop" / "environment.py"], check=True)
    make_javascript()
    print("vnvaxcert conformance run test_vectors --harness COMMAND, where COMMAND is one of")
    for words in COMMANDS.values():
        relative = [str(word).replace(f"{ROOT}/", "") for word in words]
        print(f"  '{' '.join(relative)}'")


if __name__ == "__main__":
    main()
