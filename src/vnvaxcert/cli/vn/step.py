"""A step of the way: it takes a file of lines and leaves a folder, and may be killed meanwhile.

The folder holds the accepted lines, ``rejected.jsonl`` and ``summary.json``. Each line of the
input is in exactly one of the first two, and the summary counts them. Until the step has ended,
everything is in its work file alone; the others appear, whole, at the end.
"""

from __future__ import annotations

import hashlib
import json
import os
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser, add_json, parse_moment
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.vn import work
from vnvaxcert.cli.vn.progress import progress
from vnvaxcert.cli.vn.words import unpack
from vnvaxcert.cli.vn.work import Row, Tick, Work, open_work
from vnvaxcert.vietnam.reasons import REASONS

Item = TypeVar("Item")

REJECTED: Final = "rejected.jsonl"
SUMMARY: Final = "summary.json"

RESUMING: Final = f"""\
DIR holds the step's outputs once it has ended, and meanwhile its work file, {work.NAME}.
A step that was killed goes on when the same command is given again, and loses or doubles no line.
Another input or other options are then an error; --restart begins anew. The files hold personal
data and are made for their owner alone; {REJECTED} and {SUMMARY} hold none.

The exit status is 0 when every line was accepted, 1 when some were rejected, 2 when the step could
not run.
"""


class Plan(NamedTuple):
    """What was asked for.

    Attributes:
        name: Of the step, as its command is called.
        folder: Where it leaves its files.
        records: The file whose lines it takes.
        others: More files that decide about its result, each with what it is called.
        options: What else does, by name.
        at: The moment that was given, or None.
        is_restarted: Whether to begin anew.
        is_json: Whether to print the summary as JSON.
    """

    name: str
    folder: Path
    records: Path
    others: tuple[tuple[str, Path], ...]
    options: dict[str, str]
    at: datetime | None
    is_restarted: bool
    is_json: bool


class Step(NamedTuple, Generic[Item]):
    """How a step does it.

    Attributes:
        accepted: Name of the file of accepted lines.
        source: Reads the input, item by item.
        take: Makes a row of an item and its place, from 1.
        prepare: What is done before anything is read, each time the step goes on; None for nothing.
        settle: What is decided about groups of lines once all are read; None for nothing.
        kept: Name of a file for what was kept with `Work.keep`; ``""`` for none.
        counted: What the summary calls the counts of `Row.tags`.
        clear: What is done when all is written; it may be done twice. None for nothing.
    """

    accepted: str
    source: Callable[[], Iterable[Item]]
    take: Callable[[Item, int], Row]
    prepare: Callable[[Work], None] | None = None
    settle: Callable[[Work, Tick], None] | None = None
    kept: str = ""
    counted: str = "changes"
    clear: Callable[[], None] | None = None


# --- arguments -----------------------------------------------------------------------------------


def add_step(parser: Parser, *, records: str) -> None:
    """Add what every step takes: its input, DIR, ``--at``, ``--restart`` and ``--json``."""
    parser.add_argument("records", metavar=records, help="the lines to take")
    parser.add_argument(
        "--out",
        metavar="DIR",
        required=True,
        help="folder of this step alone, made when it does not exist",
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="do it as of this moment: 2022-06-01T12:00:00Z, or 2022-06-01 for its first second "
        "in UTC; when not given, the moment at which the step is begun",
    )
    parser.add_argument(
        "--restart", action="store_true", help="begin anew what was begun or done in DIR"
    )
    add_json(parser)


def read_plan(
    values: Namespace,
    name: str,
    others: Iterable[tuple[str, str]] = (),
    options: Mapping[str, object] = MappingProxyType({}),
) -> Plan:
    """Make the plan of a step from its arguments; see `Plan`."""
    return Plan(
        name=name,
        folder=Path(values.out),
        records=Path(values.records),
        others=tuple((called, Path(path)) for called, path in others),
        options={key: str(value) for key, value in options.items()},
        at=values.at,
        is_restarted=values.restart,
        is_json=values.json,
    )


# --- the step ------------------------------------------------------------------------------------


def run_step(plan: Plan, make: Callable[[datetime], Step[Item]]) -> Outcome:
    """Run a step, from where it was left.

    Args:
        plan: What was asked for.
        make: Gives the step, as of the moment at which it was begun.

    Raises:
        CommandError: A file cannot be read or written, another process works in the folder, or
            the folder holds something else.
    """
    try:
        plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_inside(plan)
        with open_work(plan.folder) as opened:
            return _run(plan, make, opened)
    except OSError as error:
        name = error.filename or plan.folder
        raise CommandError(f"cannot use {name}: {error.strerror}") from error


def _run(plan: Plan, make: Callable[[datetime], Step[Item]], opened: Work) -> Outcome:
    asked, total = _asked(plan)
    is_own = opened.fact("step") in (None, plan.name)
    # A step that ended before it had read a line, of a mistyped path as a rule, was none.
    has_read = opened.fact("read") is not None or opened.last_place() > 0
    if is_own and (plan.is_restarted or not has_read):
        opened.begin_anew()
    _check_same(plan, opened, asked)
    if (summary := opened.fact("summary")) is not None:
        opened.empty()  # again: it may have been killed before it came to that
        return _report(plan, json.loads(summary), "done before; --restart does it anew")
    at = _moment(plan, opened)
    step = make(at)
    is_begun = opened.fact("step") is not None
    if not is_begun:
        _make_room(plan, step)
    opened.note(step=plan.name, asked=json.dumps(asked), at=at.isoformat())
    if step.prepare is not None:
        step.prepare(opened)
    _read(step, opened, total)
    _settle(step, opened)
    document = _write(plan, step, opened, at)
    if step.clear is not None:
        step.clear()
    # From here on it is done: the outputs are whole, and only the copy of the lines is left.
    opened.note(summary=json.dumps(document))
    opened.empty()
    return _report(plan, document, "went on where it was left" if is_begun else "")


def _read(step: Step[Item], opened: Work, total: int) -> None:
    if opened.fact("read") is not None:
        return
    place = opened.last_place()
    items = islice(step.source(), place, None)
    with progress("reading", total, place) as tick:
        while page := list(islice(items, work.PAGE)):
            rows = [step.take(item, number) for number, item in enumerate(page, place + 1)]
            with opened.transaction():
                opened.add(rows)
            place += len(rows)
            tick(len(rows))
    opened.note(read="yes")


def _settle(step: Step[Item], opened: Work) -> None:
    if step.settle is None or opened.fact("settled") is not None:
        return
    opened.sort()
    done, total = opened.count_settled(), opened.count_grouped()
    with progress("deciding", total, done) as tick:
        step.settle(opened, tick)
    opened.note(settled="yes")


def _write(plan: Plan, step: Step[Item], opened: Work, at: datetime) -> dict[str, Any]:
    """Write the outputs, each under another name until it is whole."""
    reasons: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    counts = [0, 0]
    total = opened.last_place()
    with (
        _new_file(plan.folder / step.accepted) as accepted,
        _new_file(plan.folder / REJECTED) as rejected,
        progress("writing", total) as tick,
    ):
        for row in opened.all():
            counts[bool(row.reasons)] += 1
            words = row.tags.split()
            tags.update(set(words))
            if row.reasons:
                listed = unpack(row.reasons)
                reasons.update({one["code"] for one in listed})
                rejected(_rejection(row, listed, step.counted))
            elif row.body:
                accepted(row.body)
            if row.place % work.PAGE == 0:
                tick(work.PAGE)
    if step.kept:
        with _new_file(plan.folder / step.kept) as kept:
            for text in opened.kept():
                kept(text)
    document = {
        "step": plan.name,
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "input": total,
        "accepted": counts[0],
        "rejected": counts[1],
        "reasons": dict(sorted(reasons.items())),
        step.counted: dict(sorted(tags.items())),
        "files": [name for name in (step.accepted, REJECTED, step.kept) if name],
    }
    with _new_file(plan.folder / SUMMARY) as summary:
        summary(json.dumps(document, indent=2))
    return document


def _rejection(row: Row, listed: list[dict[str, Any]], counted: str) -> str:
    document = {"line": row.line, "record_id": row.record_id, "reasons": listed}
    if row.tags:
        document[counted] = row.tags.split()
    return json.dumps(document, ensure_ascii=False)


@contextmanager
def _new_file(path: Path) -> Iterator[Callable[[str], object]]:
    """A file that takes its place when it is whole; the function it gives writes a line."""
    part = path.with_name(f"{path.name}.part")
    opener = partial(os.open, mode=0o600)
    # One that lies there may be readable by all, or lead elsewhere: it is not written into.
    part.unlink(missing_ok=True)
    with open(part, "x", encoding="utf-8", newline="\n", opener=opener) as file:
        yield lambda line: file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


# --- whether it is the same step -----------------------------------------------------------------


def _asked(plan: Plan) -> tuple[dict[str, str], int]:
    """All that decides about the result, by name; and about how many lines the input has."""
    with progress("looking at the input", None):
        records, lines = _digest(plan.records)
        others: dict[str, str] = {}
        for called, path in plan.others:  # of one option, which may be given several times
            others[called] = f"{others.get(called, '')} {_digest(path)[0]}".strip()
    moment = "" if plan.at is None else plan.at.isoformat()
    return {"input": records, **others, **plan.options, "--at": moment}, lines


def _digest(path: Path) -> tuple[str, int]:
    """SHA-256 of a file, or of the files of a folder, and how many line ends it has."""
    if path.is_dir():
        parts = [_digest(inner)[0] for inner in sorted(path.rglob("*")) if inner.is_file()]
        return hashlib.sha256("".join(parts).encode()).hexdigest(), 0
    if path.exists() and not path.is_file():
        raise CommandError(f"{path}: expected a file, since a step may have to read it again")
    digest, lines = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines


def _check_same(plan: Plan, opened: Work, asked: dict[str, str]) -> None:
    name = opened.fact("step")
    if name is None:
        return
    if name != plan.name:
        raise CommandError(f"{plan.folder} is the folder of vn {name}; give another with --out")
    before = json.loads(opened.fact("asked") or "{}")
    changed = [key for key in {**before, **asked} if before.get(key) != asked.get(key)]
    if changed:
        raise CommandError(
            f"{plan.folder} was begun with something else, now changed: {', '.join(changed)}; "
            "give another folder with --out, or --restart"
        )


def _moment(plan: Plan, opened: Work) -> datetime:
    """When it is done: once begun, the moment stays, however often it is killed."""
    before = opened.fact("at")
    if before is not None:
        return datetime.fromisoformat(before)
    return plan.at or datetime.now(UTC).replace(microsecond=0)


def _refuse_inside(plan: Plan) -> None:
    """Refuse to write where something is read: the folder of the step before, in most cases."""
    for path in (plan.records, *(path for _, path in plan.others)):
        if path.parent.resolve() == plan.folder.resolve():
            raise CommandError("--out: names the folder of a file that the step reads")


def _make_room(plan: Plan, step: Step[Item]) -> None:
    """Refuse to replace files, or remove them, so that none of before are taken for the new ones.

    Raises:
        CommandError: There are such files, and nobody asked to begin anew.
    """
    for name in filter(None, (step.accepted, step.kept, REJECTED, SUMMARY)):
        path = plan.folder / name
        if plan.is_restarted:
            path.unlink(missing_ok=True)
        elif path.exists():
            raise CommandError(
                f"{plan.folder} holds a file {name} already; give another folder with --out, "
                "or --restart to replace it"
            )


# --- the report ----------------------------------------------------------------------------------


def _report(plan: Plan, document: dict[str, Any], remark: str) -> Outcome:
    status = REFUSED if document["rejected"] else ACCEPTED
    if plan.is_json:
        return Outcome(status, as_json.dump([document]))
    screen = Screen()
    accepted, rejected, total = (document[key] for key in ("accepted", "rejected", "input"))
    screen.verdict(
        "caution" if rejected else "good",
        f"{plan.name.upper()}: {accepted} ACCEPTED + {rejected} REJECTED = {total} LINES",
        *([remark] if remark else []),
        f"in {plan.folder}: {', '.join(document['files'])}",
    )
    screen.section("Rejected for", [_count(item) for item in document["reasons"].items()])
    for title, counts in document.items():
        if title != "reasons" and isinstance(counts, dict):
            screen.section(title.capitalize(), [_count(item) for item in counts.items()])
    return Outcome(status, screen.text())


def _count(item: tuple[str, int]) -> tuple[str, str]:
    code, count = item
    words = REASONS[code].en if code in REASONS else ""
    return code, f"{count:>9}  {words}".rstrip()
