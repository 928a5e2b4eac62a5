"""The rules of ``conftest.py`` hold: no network, absent suites are named, empty ones fail."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import foreign

HERE = Path(__file__).resolve().parent


@pytest.fixture
def suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that stands for the shared vectors."""
    monkeypatch.setenv("VNVAXCERT_VECTORS", str(tmp_path))
    return tmp_path


def pytest_run(folder: Path, tests: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder of its own, under the same conftest."""
    for name in ("conftest.py", "foreign.py"):
        shutil.copy(HERE / name, folder)
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, "test_it.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_connection_is_refused() -> None:
    with pytest.raises(AssertionError, match="network"):
        socket.create_connection(("127.0.0.1", 9))
    with pytest.raises(AssertionError, match="network"):
        urllib.request.urlopen("http://127.0.0.1:9/")
    with socket.socket() as unconnected, pytest.raises(AssertionError, match="network"):
        unconnected.connect_ex(("127.0.0.1", 9))


def test_a_suite_that_is_there_is_handed_out(suites: Path) -> None:
    (suites / "some").mkdir()
    (suites / "some" / "vector.json").touch()
    assert foreign.shared_vectors("some") == suites / "some"


def test_a_suite_that_is_absent_skips_and_says_its_name(suites: Path) -> None:
    assert not (suites / "none").exists()
    with pytest.raises(pytest.skip.Exception, match="foreign suite not found: none"):
        foreign.shared_vectors("none")


def test_a_suite_that_is_empty_fails(suites: Path) -> None:
    (suites / "hollow" / "inner").mkdir(parents=True)
    with pytest.raises(pytest.fail.Exception, match="foreign suite is empty: hollow"):
        foreign.shared_vectors("hollow")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_run_ends_with_the_suites_that_were_not_found(suites: Path, workers: str) -> None:
    done = pytest_run(
        suites,
        "import foreign\n"
        "def test_one(shared_vectors): shared_vectors('second')\n"
        "def test_two(): foreign.shared_vectors('first')\n"
        "def test_three(): foreign.shared_vectors('first')\n"
        "def test_four(): pass\n",
        "-n",
        workers,
    )
    assert "foreign suites not found: first, second\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 passed, 3 skipped")
    assert done.returncode == 0


def test_a_module_may_ask_for_a_suite_while_it_is_collected(suites: Path) -> None:
    done = pytest_run(suites, "import foreign\nforeign.shared_vectors('third')\n")
    assert "foreign suites not found: third\n" in done.stdout


def test_a_run_without_tests_fails(suites: Path) -> None:
    assert pytest_run(suites, "").returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_another_copy_of_the_package_than_the_one_meant_is_not_tested(
    suites: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VNVAXCERT_EXPECTED_IN", str(suites))
    done = pytest_run(suites, "def test_one(): pass\n")
    assert done.returncode == 3
    assert f"not in {suites}" in done.stdout + done.stderr
