"""``vnvaxcert vn check``: read, clean and check dose records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Final

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import CommandError, Outcome
from vnvaxcert.cli.vn.cases import Case, read_case
from vnvaxcert.cli.vn.step import RESUMING, Plan, Step, add_step, read_plan, run_step
from vnvaxcert.cli.vn.words import join, pack
from vnvaxcert.cli.vn.work import MAX_OF_PERSON, Row, Tick, Work
from vnvaxcert.errors import RecordsError
from vnvaxcert.vietnam.cleaning import clean_record
from vnvaxcert.vietnam.completeness import check_history, check_record
from vnvaxcert.vietnam.reading import Line, read_records
from vnvaxcert.vietnam.reasons import Effect, Reason

CHECKED: Final = "checked.jsonl"

DESCRIPTION = """\
Read dose records (CSV or JSON Lines), clean them, and check each by itself and together with the
other doses under its identity number. What was repaired is counted and listed with the record; what
cannot be repaired is rejected with its reasons, in Vietnamese and English.
"""
EPILOG = f"""\
Accepted lines go to {CHECKED}: each a case, which vn match takes. When one dose of a person is
rejected, the others go on.

{RESUMING}
example:
  vnvaxcert vn check records.csv --out checked
"""

_VIET_NAM: Final = timezone(timedelta(hours=7))
_TOO_MANY: Final = Reason(
    code="dose_number.over_schedule",
    field="dose_number",
    detail=f"over {MAX_OF_PERSON} under one identity number",
)
# With one of these the number stands for nobody: its lines are no person's doses.
_NO_NUMBER: Final = {"identity_number.missing", "identity_number.malformed"}


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn check", description=DESCRIPTION, epilog=EPILOG)
    add_step(made, records="RECORDS")
    return made


def run(arguments: list[str]) -> Outcome:
    """Check records.

    Raises:
        CommandError: Wrong usage, or a file that cannot be used.
        HelpAsked: For ``--help``.
    """
    plan = read_plan(parser().read(arguments), "check")
    try:
        return run_step(plan, partial(_step, plan))
    except RecordsError as error:
        raise CommandError(f"{plan.records}: {error} ({error.code})") from error


def _step(plan: Plan, at: datetime) -> Step[Line]:
    try:
        today = at.astimezone(_VIET_NAM).date()
    except OverflowError as error:
        raise CommandError("--at: after the year 9999 in Viet Nam") from error
    return Step(
        accepted=CHECKED,
        source=lambda: read_records(plan.records),
        take=partial(take, at=today),
        settle=partial(_settle, at=today),
    )


def take(line: Line, place: int, *, at: date) -> Row:
    """Clean and check one line."""
    if line.record is None:
        return Row(place, line.number, "", None, "", pack(line.reasons))
    cleaned = clean_record(line.record)
    record = cleaned.record
    found = (*line.reasons, *check_record(record, at=at, doubts=cleaned.doubts))
    said = dict.fromkeys(one.code for one in (*cleaned.changes, *found) if not _refuses(one))
    key = record.identity_number
    if _NO_NUMBER.intersection(one.code for one in found):
        key = ""
    case = Case(line.number, record, {"changes": list(said)} if said else {})
    return Row(
        place=place,
        line=line.number,
        record_id=record.record_id,
        key=key or None,
        body=case.text(),
        reasons=pack(found),
        tags=" ".join(said),
    )


def _settle(opened: Work, tick: Tick, *, at: date) -> None:
    opened.settle_groups(partial(decide, at=at), too_many=pack([_TOO_MANY]), tick=tick)


def decide(group: list[Row], *, at: date) -> Iterable[Row]:
    """Check the doses under one identity number together."""
    if len(group) == 1:
        return []
    records = [read_case(row.body).record for row in group]
    found = check_history(records, at=at)
    return [
        row._replace(reasons=join(row.reasons, pack(reasons)))
        for row, reasons in zip(group, found, strict=True)
        if reasons
    ]


def _refuses(reason: Reason) -> bool:
    return reason.effect is Effect.REFUSES
