"""``vnvaxcert vn match``: records against the persons of the population database."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import CommandError, Outcome
from vnvaxcert.cli.vn.cases import Case, read_cases
from vnvaxcert.cli.vn.progress import progress
from vnvaxcert.cli.vn.step import REJECTED, RESUMING, Plan, Step, add_step, read_plan, run_step
from vnvaxcert.cli.vn.words import pack
from vnvaxcert.cli.vn.work import Row, Tick, Work
from vnvaxcert.errors import RecordsError
from vnvaxcert.vietnam.matching import (
    ReferencePerson,
    StoredReferences,
    match_record,
    open_references,
    read_references,
    store_references,
)

MATCHED: Final = "matched.jsonl"
INDEX: Final = "references.sqlite3"

DESCRIPTION = """\
Compare each record with the person that the population database has under its number, item by
item: right only where the full name, date of birth, sex and number are exactly the same. A wrong
record is rejected with how each item differs; nothing is ever made right by itself.
"""
EPILOG = f"""\
REF is JSON Lines: one person each, with full_name, birth_date, sex, identity_number and, where the
database has not answered yet, "is_pending": true.

Accepted lines go to {MATCHED}, which vn attest takes. In {REJECTED} a line names under
verdicts what it was found to be.

{RESUMING}
example:
  vnvaxcert vn match checked/checked.jsonl --reference reference.jsonl --out matched
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn match", description=DESCRIPTION, epilog=EPILOG)
    add_step(made, records="CASES")
    made.add_argument(
        "--reference", metavar="REF", required=True, help="the persons to compare with"
    )
    return made


def run(arguments: list[str]) -> Outcome:
    """Match records.

    Raises:
        CommandError: Wrong usage, or a file that cannot be used.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    plan = read_plan(values, "match", [("--reference", values.reference)])
    matching = _Matching(plan)
    try:
        return run_step(plan, matching.step)
    except RecordsError as error:
        raise CommandError(f"{values.reference}: {error} ({error.code})") from error
    finally:
        matching.close()


class _Matching:
    """The step, with the file of persons that it looks up in."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._index: StoredReferences | None = None

    def step(self, at: datetime) -> Step[Case]:
        """What the step does; the moment decides nothing."""
        return Step(
            accepted=MATCHED,
            prepare=self._prepare,
            source=lambda: read_cases(self._plan.records),
            take=self._take,
            counted="verdicts",
            clear=self._clear,
        )

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._index is not None:
            self._index.close()

    def _prepare(self, opened: Work) -> None:
        path = self._plan.folder / INDEX
        # It may be gone although it was whole: when the step was killed after it had cleared up.
        if opened.fact("index") is None or not path.exists():
            self._clear()
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite's are for everybody
            [(_, reference)] = self._plan.others
            with (
                progress("reading the persons", None) as tick,
                open(reference, "rb") as file,
            ):
                store_references(_counted(read_references(file), tick), path)
            opened.note(index="whole")
        self._index = open_references(path)

    def _clear(self) -> None:
        self.close()
        for name in (INDEX, f"{INDEX}-journal"):  # SQLite's own, when it was killed over the first
            (self._plan.folder / name).unlink(missing_ok=True)

    def _take(self, case: Case, place: int) -> Row:
        assert self._index is not None  # a step is prepared before it takes anything
        found = match_record(case.record, self._index)
        return Row(
            place=place,
            line=case.line,
            record_id=case.record.record_id,
            key=None,
            body=case.text(verdict=found.verdict.value),
            reasons=pack(found.reasons),
            tags=found.verdict.value,
        )


def _counted(persons: Iterable[ReferencePerson], tick: Tick) -> Iterator[ReferencePerson]:
    for person in persons:
        tick(1)
        yield person
