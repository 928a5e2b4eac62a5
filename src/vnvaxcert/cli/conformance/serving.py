"""``vnvaxcert conformance serve``: this library as a harness."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import ACCEPTED, Outcome
from vnvaxcert.conformance.serving import serve

DESCRIPTION = """\
Answer questions on standard input, one JSON object a line, until it ends: the other side of
vnvaxcert conformance run --harness. Other runners can test this library with it.
"""
EPILOG = """\
The protocol is described in spec/harness.md. The exit status is 0 when the input has ended.

example:
  vnvaxcert conformance run test_vectors --harness 'vnvaxcert conformance serve'
"""


def parser() -> Parser:
    """The arguments: none."""
    return Parser("conformance serve", description=DESCRIPTION, epilog=EPILOG)


def run(arguments: list[str]) -> Outcome:
    """Answer until the input ends, or nobody reads the answers.

    Raises:
        CommandError: Wrong usage.
        HelpAsked: For ``--help``.
        BrokenPipeError: Nobody reads any more.
    """
    parser().read(arguments)
    serve(_lines(), sys.stdout)
    return Outcome(ACCEPTED)


def _lines() -> Iterator[str]:
    """Lines of standard input, as they come."""
    while line := sys.stdin.buffer.readline():
        yield line.decode("utf-8", "replace")
