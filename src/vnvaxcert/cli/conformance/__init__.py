"""``vnvaxcert conformance``: suites of vectors, for this library and for others."""

from __future__ import annotations

from typing import Final

from vnvaxcert.cli.group import Group

COMMANDS: Final = {
    "run": "Run suites of vectors against this library, or against another implementation.",
    "serve": "Answer the runner's questions on standard input, as a harness does.",
}

# Not called as their commands are: a module would take the place of the function `run`.
_MODULES: Final = {"run": "running", "serve": "serving"}

GROUP: Final = Group(
    "conformance",
    "Find out what an implementation accepts, what it refuses, and for which reason.",
    COMMANDS,
    modules=_MODULES,
    scope=" for conformance",
)

run = GROUP.run
