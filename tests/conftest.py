"""Rules for every test: fixed times, repeatable examples, no network, foreign suites by name."""

from __future__ import annotations

import importlib.util
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest

import foreign

NOT_RUN = "document block not run"  # name of a user property of a test's report

hypothesis.settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=100, database=None, print_blob=True
)
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.load_profile("local")


def installed_at() -> Path:
    """The folder that ``import vnvaxcert`` reads from, found without importing it."""
    spec = importlib.util.find_spec("vnvaxcert")
    if spec is None or not spec.submodule_search_locations:
        pytest.exit("vnvaxcert is not installed: run `make test`", returncode=3)
    return Path(spec.submodule_search_locations[0]).resolve()


def pytest_configure() -> None:
    """Refuse to test another copy of the package than the one asked for."""
    expected = os.environ.get("VNVAXCERT_EXPECTED_IN")
    if expected and not installed_at().is_relative_to(Path(expected).resolve()):
        pytest.exit(f"vnvaxcert is {installed_at()}, not in {expected}", returncode=3)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a test by its parameter and not by its bytes: signatures differ from run to run."""
    return argname if isinstance(val, bytes) and len(val) > 16 else None


def pytest_report_header() -> str:
    """Say which copy of the package is under test."""
    return f"vnvaxcert: {installed_at()}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """End the run with what was left out: absent suites, document blocks marked so."""
    skipped = (report.longrepr for report in terminalreporter.getreports("skipped"))
    reasons = (longrepr[2] for longrepr in skipped if isinstance(longrepr, tuple))
    # A property test shows its example before the reason, and lines of its own after it.
    absent = {reason.partition(foreign.NOT_FOUND)[2].partition("\n")[0] for reason in reasons} - {
        ""
    }
    if absent:
        terminalreporter.write_line(f"foreign suites not found: {', '.join(sorted(absent))}")
    blocks = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == NOT_RUN
    ]
    if blocks:
        terminalreporter.write_line(f"document blocks not run: {len(blocks)}")
        for block in sorted(blocks):
            terminalreporter.write_line(f"  {block}")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine, whatever the code under test does."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a test tried to use the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def shared_vectors() -> Callable[[str], Path]:
    """``shared_vectors("dgc-testdata")``: the folder of a foreign suite, or a skip."""
    return foreign.shared_vectors


@pytest.fixture
def fixed_now() -> datetime:
    """A moment at which the certificates of 2021 and 2022 were still valid."""
    return datetime(2022, 6, 1, tzinfo=UTC)
