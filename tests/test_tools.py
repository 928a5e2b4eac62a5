"""The scripts of the Makefile: which Python is taken, which oldest dependencies are pinned."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import environments

FIND = environments.ROOT / "tools" / "find_python.sh"


def found_with(path: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the search with a PATH and a home directory of its own."""
    shell = shutil.which("sh")
    assert shell
    return subprocess.run(
        [shell, str(FIND)],
        env={"PATH": path, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A directory with the commands that the search needs, and no Python."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for name in ("sort", "awk"):
        command = shutil.which(name)
        assert command
        (folder / name).symlink_to(command)
    return folder


def fake_python(path: Path, script: str) -> None:
    """Put an executable shell script where a Python would be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_python_that_runs_these_tests_would_be_found() -> None:
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in environments.pythons()


def test_a_shim_that_fails_is_passed_over_for_a_python_that_runs(
    commands: Path, tmp_path: Path
) -> None:
    fake_python(tmp_path / "shims" / "python3", "echo not activated >&2; exit 127")
    fake_python(tmp_path / "real" / "python3", f'exec "{sys.executable}" "$@"')
    path = os.pathsep.join([f"{tmp_path}/shims", f"{tmp_path}/real", str(commands)])
    done = found_with(path, tmp_path)
    version = ".".join(map(str, sys.version_info[:3]))
    assert done.stdout == f"{version} {sys.executable}\n"
    assert done.returncode == 0


def test_the_newest_of_each_minor_version_comes_first(commands: Path, tmp_path: Path) -> None:
    versions = tmp_path / ".pyenv" / "versions"
    for version in ("3.9.18", "3.11.9", "3.11.10", "3.13.0"):
        usable = version != "3.9.18"
        fake_python(
            versions / version / "bin" / "python3", f"echo {version} /{version}" if usable else ":"
        )
    done = found_with(str(commands), tmp_path)
    assert done.stdout == "3.13.0 /3.13.0\n3.11.10 /3.11.10\n"


def test_a_machine_without_a_usable_python_is_told_so(commands: Path, tmp_path: Path) -> None:
    done = found_with(str(commands), tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no Python 3.11 or newer" in done.stderr


def test_each_dependency_is_pinned_to_its_lower_bound() -> None:
    pins = environments.oldest_constraints(
        '[project]\nname = "p"\ndependencies = ["b>=2.0"]\n'
        '[project.optional-dependencies]\nx = ["a>=1.5"]\ny = ["p[x]", "c>=3"]\n'
    )
    assert pins == "a==1.5\nb==2.0\nc==3\n"


@pytest.mark.parametrize("requirement", ["b", "b==2.0", "b>=2.0,<3", "b~=2.0"])
def test_a_dependency_without_a_plain_lower_bound_is_refused(requirement: str) -> None:
    with pytest.raises(SystemExit, match="not of the form"):
        environments.oldest_constraints(
            f'[project]\nname = "p"\ndependencies = ["{requirement}"]\n'
            "[project.optional-dependencies]\n"
        )


def test_an_unknown_command_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["environments.py", "test-none"])
    assert environments.main() == 2
    assert "test-wheel" in capsys.readouterr().err
