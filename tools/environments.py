"""Makes the virtual environments of this project and runs the tests in them.

    python tools/environments.py dev          .venv/: the project, editable, with every tool
    python tools/environments.py test-wheel   the fast tests against the built wheel
    python tools/environments.py test-all     the suite on each Python found here, newest and
                                              oldest dependencies

Standard library only, because ``dev`` runs before anything is installed. ``uv`` does the
installing when it is on the PATH, pip otherwise.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENVS = ROOT / ".venvs"
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
OLDEST_PIP_WITH_GROUPS = (25, 1)


def run(command: Sequence[str | Path], **variables: str) -> int:
    """Run a command in the project's root and return its exit status."""
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, check=False
    ).returncode


def must(command: Sequence[str | Path]) -> None:
    """Run a command in the project's root, and end this program if it fails."""
    status = run(command)
    if status:
        sys.exit(f"failed with status {status}: {' '.join(map(str, command))}")


def python_of(environment: Path) -> str:
    """Path of the interpreter of a virtual environment."""
    return str(environment / "bin" / "python")


def create(environment: Path, python: str) -> None:
    """Make an empty virtual environment, in place of what is there.

    Only ``.venv`` gets a pip, also from uv, which may be gone next time; the others use that one.
    """
    uv = shutil.which("uv")
    if uv:
        seed = ["--seed"] if environment == VENV else []
        must([uv, "venv", "--quiet", "--clear", *seed, "--python", python, environment])
    else:
        bare = [] if environment == VENV else ["--without-pip"]
        must([python, "-m", "venv", "--clear", *bare, environment])


def install(environment: Path, *arguments: str | Path) -> None:
    """Install into a virtual environment with the arguments that uv and pip share."""
    uv = shutil.which("uv")
    target = python_of(environment)
    if uv:
        must([uv, "pip", "install", "--quiet", "--python", target, *arguments])
        return
    must([python_of(VENV), "-m", "pip", "--python", target, "install", "-qq", *arguments])


def pip_version(environment: Path) -> tuple[int, ...]:
    """Version of the pip in a virtual environment, ``(0,)`` when there is none."""
    shown = subprocess.run(
        [python_of(environment), "-m", "pip", "--version"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    match = re.match(r"pip (\d+)\.(\d+)", shown)
    return tuple(int(part) for part in match.groups()) if match else (0,)


def make_dev() -> None:
    """Create ``.venv/``, or bring it up to date with ``pyproject.toml``."""
    same_python = [python_of(VENV), "-c", f"import sys; sys.exit(sys.version != {sys.version!r})"]
    if not Path(python_of(VENV)).exists() or run(same_python):
        create(VENV, sys.executable)
    if not shutil.which("uv") and pip_version(VENV) < OLDEST_PIP_WITH_GROUPS:
        must([python_of(VENV), "-m", "pip", "install", "-qq", "--upgrade", "pip"])
    install(VENV, "--editable", ".[cli,pdf]", "--group", "dev")


def build_wheel() -> Path:
    """Build the source distribution, the wheel from that, and return the wheel."""
    dist = VENVS / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    build = [python_of(VENV), "-m", "build", "--no-isolation", "--outdir", str(dist)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        sys.exit(f"the wheel cannot be built:\n{built.stdout}{built.stderr}")
    (wheel,) = dist.glob("*.whl")
    return wheel


def oldest_constraints(pyproject: str) -> str:
    """A constraints file that pins each dependency in a ``pyproject.toml`` to its lower bound."""
    project = tomllib.loads(pyproject)["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    pins = []
    for requirement in (requirement for group in groups for requirement in group):
        if requirement.startswith(f"{project['name']}["):
            continue
        name, bound, lowest = requirement.partition(">=")
        if not bound or "," in lowest:
            sys.exit(f"pyproject.toml: {requirement!r} is not of the form name>=version")
        pins.append(f"{name}=={lowest}\n")
    return "".join(sorted(pins))


def make_wheel_environment(name: str, python: str, wheel: Path, *arguments: str | Path) -> Path:
    """Make a fresh environment with the wheel and what its tests need, and nothing else."""
    environment = VENVS / name
    create(environment, python)
    install(environment, f"vnvaxcert[cli,pdf] @ {wheel.as_uri()}", "--group", "test", *arguments)
    return environment


def run_tests(environment: Path, *arguments: str) -> int:
    """Run the tests against what is installed there, and return pytest's exit status."""
    pytest = [python_of(environment), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"]
    return run(
        [*pytest, "--hypothesis-profile=ci", *arguments],
        VNVAXCERT_EXPECTED_IN=str(environment),
        PYTHONPATH="",
    )


def test_wheel() -> int:
    """Run the fast tests against the wheel in an environment of its own."""
    VENVS.mkdir(exist_ok=True)
    print("building the wheel and installing it in .venvs/wheel ...", flush=True)
    environment = make_wheel_environment("wheel", sys.executable, build_wheel())
    return run_tests(environment, "-m", "not slow")


def pythons() -> dict[str, str]:
    """The usable Pythons of this machine, minor version to path, oldest first."""
    listed = subprocess.run(
        ["sh", ROOT / "tools" / "find_python.sh"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(" ", 1) for line in listed.splitlines()]
    return {version.rpartition(".")[0]: path for version, path in reversed(rows)}


def test_all() -> int:
    """Run the suite on each Python found, and with the oldest dependencies on the oldest."""
    VENVS.mkdir(exist_ok=True)
    wheel = build_wheel()
    found = {minor: path for minor, path in pythons().items() if minor in SUPPORTED}
    oldest = next(iter(found))
    pins = VENVS / "oldest-constraints.txt"
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins.write_text(oldest_constraints(pyproject), encoding="utf-8")
    runs: list[tuple[str, str, tuple[str | Path, ...]]] = [
        (f"{oldest}-oldest", found[oldest], ("--constraint", pins)),
        *((f"{minor}-newest", path, ()) for minor, path in found.items()),
    ]
    outcomes = []
    for name, python, arguments in runs:
        print(f"\n=== Python {name.replace('-', ', ')} dependencies", flush=True)
        started = time.monotonic()
        status = run_tests(make_wheel_environment(name, python, wheel, *arguments))
        outcomes.append((name, status, time.monotonic() - started))
    print("\nPython, dependencies")
    for name, status, seconds in outcomes:
        print(
            f"  {name:<14} {'passed' if status == 0 else f'FAILED ({status})'} in {seconds:.0f} s"
        )
    for minor in SUPPORTED:
        if minor not in found:
            print(f"  {minor:<14} not run: no such Python on this machine")
    failed = sum(status != 0 for _, status, _ in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main() -> int:
    """Do what the one argument says and return the exit status."""
    match sys.argv[1:]:
        case ["dev"]:
            make_dev()
            return 0
        case ["test-wheel"]:
            return test_wheel()
        case ["test-all"]:
            return test_all()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
