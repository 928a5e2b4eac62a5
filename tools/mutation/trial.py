"""Trials: the library with one change, in a process of its own, asked whether anything notices.

A process is forked that has imported all but the library. In it one module is compiled from a
changed tree, held in memory: no file is written, and what one trial does is gone with it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

from mutation.sites import Site

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src"
PACKAGE: Final = "vnvaxcert"

TRIAL_SECONDS: Final = 60  # the slowest tests of one module take 10, on a busy machine 30
TRIAL_BYTES: Final = 4 << 30  # a bound that is taken out may not take the machine along


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A change of a module.

    Attributes:
        module: Path below the package, ``trust/chain.py``.
        tree: The module, shared by its mutants; changed only in the process of a trial.
        site: What is changed.
    """

    module: str
    tree: ast.Module
    site: Site

    @property
    def key(self) -> str:
        """Its name, free of line numbers."""
        return f"{self.module}: {self.site.key}"

    @property
    def module_name(self) -> str:
        """The module as Python names it."""
        return module_name(self.module)


def module_name(path: str) -> str:
    """``trust/chain.py`` as Python names it."""
    parts = path.removesuffix(".py").split("/")
    return ".".join([PACKAGE, *(part for part in parts if part != "__init__")])


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a trial.

    Attributes:
        killed_by: The vector or test that noticed, or how the process ended; None of a survivor.
    """

    killed_by: str | None


Judge = Callable[[str], str | None]
"""Asked with the module's path; says what noticed, or None."""


def run(
    trials: Iterable[tuple[str, Mutant | None]], judge: Judge, *, jobs: int
) -> Iterator[tuple[str, Mutant | None, Outcome]]:
    """Try mutants, several at a time; None stands for the library as it is.

    Args:
        trials: Module path and mutant.
        judge: What is asked, in the process of the trial.
        jobs: Processes at a time.

    Yields:
        As they end.
    """
    waiting = iter(trials)
    running: dict[int, tuple[int, str, Mutant | None]] = {}  # by the end of the pipe that is read
    while True:
        while len(running) < jobs and (trial := next(waiting, None)) is not None:
            module, mutant = trial
            process, pipe = _start(module, mutant, judge)
            running[pipe] = (process, module, mutant)
        if not running:
            return
        for pipe in select.select(list(running), [], [])[0]:
            process, module, mutant = running.pop(pipe)
            with open(pipe, "rb") as answer:
                said = answer.read()
            _, status = os.waitpid(process, 0)
            yield module, mutant, Outcome(killed_by=_verdict(status, said))


def _verdict(status: int, said: bytes) -> str | None:
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return "no end" if name == "SIGALRM" else f"the process ended with {name}"
    if not said:
        return f"the process ended with status {os.WEXITSTATUS(status)}"
    answer: str | None = json.loads(said)
    return answer


def _start(module: str, mutant: Mutant | None, judge: Judge) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        _trial(module, mutant, judge, writing)
    os.close(writing)
    return process, reading


def _trial(module: str, mutant: Mutant | None, judge: Judge, pipe: int) -> NoReturn:
    """The process of a trial: ends without going back."""
    signal.alarm(TRIAL_SECONDS)
    resource.setrlimit(resource.RLIMIT_DATA, (TRIAL_BYTES, TRIAL_BYTES))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        if mutant is not None:
            mutant.site.apply()
            sys.meta_path.insert(0, _Finder(mutant.module_name, mutant.tree))
        said = judge(module)
    except BaseException as error:  # a mutant may raise anything: it is noticed by that
        said = f"{type(error).__name__} outside of vectors and tests"
    os.write(pipe, json.dumps(said).encode())
    os._exit(0)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and makes it of a tree."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of that one module."""
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        try:
            found = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if found is None:
            raise ModuleNotFoundError(name)
        self.origin = found.origin or ""
        found.loader = self
        return found

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        code = compile(ast.fix_missing_locations(self.tree), self.origin, "exec")
        exec(code, vars(module))


def forget_library() -> None:
    """Leave out of this process what was imported of the library, so that trials import it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


# --- what is asked -------------------------------------------------------------------------------


def by_vectors(cases: Sequence[Any]) -> Judge:
    """Ask our own vectors; the first that does not come out as it says is what noticed.

    Args:
        cases: `vnvaxcert.conformance.Case` of all suites, read by the library as it is.
    """

    def judge(_: str) -> str | None:
        from vnvaxcert.conformance import judging, runner
        from vnvaxcert.conformance.execute import execute

        for case in cases:
            try:
                answer = execute(case.op, case.input)
            except Exception as error:  # none of the library's own: a vector notices any
                return f"{case.id}: {type(error).__name__}"
            kind = runner.judge(case, answer, is_own=True)
            if kind not in judging.PASSING:
                return f"{case.id}: {kind.value}"
        return None

    return judge


def by_tests(files_of: Callable[[str], Sequence[str]]) -> Judge:
    """Ask the tests of a module; the first that fails is what noticed.

    Args:
        files_of: The test files of a module's path.
    """

    def judge(module: str) -> str | None:
        import pytest

        class Failures:
            first = ""

            def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
                if report.failed and not self.first:
                    self.first = report.nodeid

        failures = Failures()
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"]
        # A plugin is imported before its asserts can be rewritten: in the parent, for speed.
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        files = [str(ROOT / "tests" / name) for name in files_of(module)]
        profile = "--hypothesis-profile=ci"
        os.chdir(ROOT)
        with contextlib.redirect_stdout(sys.__stderr__):
            status = pytest.main([*options, profile, *files], plugins=[failures])
        if status == pytest.ExitCode.OK:
            return None
        return failures.first or f"pytest ended with {pytest.ExitCode(status).name}"

    return judge


def in_order(*judges: Judge) -> Judge:
    """Ask several, one after the other, until one has noticed."""

    def judge(module: str) -> str | None:
        return next((said for one in judges if (said := one(module)) is not None), None)

    return judge
