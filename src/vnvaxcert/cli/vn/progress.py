"""How far a step is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(words: str, total: int | None, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while something goes on, if that is a terminal.

    Args:
        words: What is going on.
        total: How much there is to do, or None when nobody knows.
        done: How much of it was done before.

    Yields:
        A function that is told how much more was done.
    """
    if not _is_terminal():
        yield _ignore
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=total, completed=done)
        yield lambda count: bar.advance(task, count)


def _ignore(count: int) -> None:
    """Show nothing."""


def _is_terminal() -> bool:
    stream = sys.stderr
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
