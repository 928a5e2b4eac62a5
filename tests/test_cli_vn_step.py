"""The runner of the steps: killed anywhere, it goes on and loses or doubles nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from vnvaxcert.cli.outcome import CommandError, Outcome
from vnvaxcert.cli.vn import work
from vnvaxcert.cli.vn.progress import progress
from vnvaxcert.cli.vn.step import REJECTED, SUMMARY, Plan, Step, run_step
from vnvaxcert.cli.vn.words import join, pack
from vnvaxcert.cli.vn.work import NAME, Row, Tick, Work, open_work
from vnvaxcert.vietnam.reasons import REASONS, Reason

pytest.importorskip("rich")

AT = datetime(2022, 6, 1, tzinfo=UTC)
MALFORMED = pack([Reason(code="record.malformed")])
DUPLICATE = pack([Reason(code="doses.duplicate", field="vaccination_date", detail="line 1")])
MANY = pack([Reason(code="dose_number.over_schedule")])


class Killed(BaseException):
    """Stands for the signal that nothing can catch."""


def make_input(folder: Path, count: int) -> Path:
    """Lines of a number and a key; every seventh cannot be read."""
    path = folder / "input.txt"
    path.write_text("".join(f"{n} key{n * 7919 % (count // 2)}\n" for n in range(1, count + 1)))
    return path


def take(text: str, place: int) -> Row:
    number, key = text.split()
    if int(number) % 7 == 0:
        return Row(place, int(number), f"R{number}", None, "", MALFORMED)
    tags = "even" if int(number) % 2 == 0 else ""
    return Row(place, int(number), f"R{number}", key, json.dumps({"line": int(number)}), "", tags)


def later_are_duplicates(group: list[Row]) -> list[Row]:
    return [row._replace(reasons=join(row.reasons, DUPLICATE)) for row in group[1:]]


def settle(opened: Work, tick: Tick) -> None:
    opened.settle_groups(later_are_duplicates, too_many=MANY, tick=tick)


def make_step(path: Path, **changes: Any) -> Step[str]:
    def source() -> Iterator[str]:
        with open(path) as file:
            yield from file

    return Step(accepted="good.jsonl", source=source, take=take, settle=settle)._replace(**changes)


def make_plan(path: Path, folder: Path, **changes: Any) -> Plan:
    return Plan(
        name="toy",
        folder=folder,
        records=path,
        others=(),
        options={"--dose": "latest"},
        at=None,
        is_restarted=False,
        is_json=True,
    )._replace(**changes)


def run_toy(path: Path, folder: Path, **changes: Any) -> Outcome:
    return run_step(make_plan(path, folder, **changes), lambda at: make_step(path))


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def expected(count: int) -> tuple[list[int], dict[int, list[str]]]:
    """By hand: the accepted lines, and of the rejected ones the codes."""
    good: list[int] = []
    bad: dict[int, list[str]] = {}
    seen: set[int] = set()
    for number in range(1, count + 1):
        key = number * 7919 % (count // 2)
        if number % 7 == 0:
            bad[number] = ["record.malformed"]
        elif key in seen:
            bad[number] = ["doses.duplicate"]
        else:
            good.append(number)
            seen.add(key)
    return good, bad


def check_outputs(folder: Path, count: int) -> None:
    good, bad = expected(count)
    assert [one["line"] for one in lines(folder / "good.jsonl")] == good
    rejected = lines(folder / REJECTED)
    assert {one["line"]: [r["code"] for r in one["reasons"]] for one in rejected} == bad
    assert len(rejected) == len(bad)
    summary = json.loads((folder / SUMMARY).read_text())
    assert (summary["input"], summary["accepted"], summary["rejected"]) == (
        count,
        len(good),
        len(bad),
    )
    assert sum(summary["reasons"].values()) == len(bad)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PAGE", 10)
    monkeypatch.setattr(work, "MAX_OF_PERSON", 5)


@pytest.mark.usefixtures("small_pages")
def test_every_line_is_accepted_or_rejected_and_counted(tmp_path: Path) -> None:
    done = run_toy(make_input(tmp_path, 95), tmp_path / "out")
    assert done.status == 1
    check_outputs(tmp_path / "out", 95)
    first = lines(tmp_path / "out" / REJECTED)[0]
    assert first == {
        "line": 7,
        "record_id": "R7",
        "reasons": [
            {
                "code": "record.malformed",
                "field": "",
                "vi": REASONS["record.malformed"].vi,
                "en": REASONS["record.malformed"].en,
            }
        ],
    }
    assert json.loads(done.output) == json.loads((tmp_path / "out" / SUMMARY).read_text())


@pytest.mark.usefixtures("small_pages")
def test_a_step_killed_at_any_moment_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in turn at each of the calls that change something, hundreds of them."""
    path = make_input(tmp_path, 35)
    left = 0
    originals: dict[str, Callable[..., Any]] = {
        "note": Work.note,
        "add": Work.add,
        "keep": Work._replace,
        "empty": Work.empty,
    }

    def breaking(original: Callable[..., Any], *, is_after: bool) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0 and not is_after:
                raise Killed
            done = original(*arguments, **named)
            if left == 0:
                raise Killed
            return done

        return call

    for is_after in (False, True):
        for name in ("note", "add", "_replace", "empty"):
            original = originals["keep" if name == "_replace" else name]
            monkeypatch.setattr(Work, name, breaking(original, is_after=is_after))
        monkeypatch.setattr(os, "replace", breaking(os.rename, is_after=is_after))
        for first in range(1, 200):
            folder = tmp_path / f"{is_after}{first}"
            kills = 0
            left = first
            while True:
                try:
                    run_toy(path, folder)
                    break
                except Killed:
                    kills += 1
                    left = first if kills < 3 else 10**9
            check_outputs(folder, 35)
            if kills == 0:
                break
        assert kills == 0, "it was killed at every call there is"
        assert first > 20


SCRIPT = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_cli_vn_step as toy
from vnvaxcert.cli.vn import work
work.PAGE = 50
left = int(sys.argv[4])
def killing(original):
    def call(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)
    return call
for name in ("note", "add", "_replace", "_move"):
    setattr(work.Work, name, killing(getattr(work.Work, name)))
toy.run_toy(Path(sys.argv[2]), Path(sys.argv[3]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_process_that_is_killed_for_real_goes_on(tmp_path: Path) -> None:
    count = 1_000
    path, folder = make_input(tmp_path, count), tmp_path / "out"
    command = [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), str(path), str(folder)]
    for calls in (5, 11, 6, 14, 2):
        done = subprocess.run([*command, str(calls)], check=False)
        assert done.returncode == -signal.SIGKILL
        assert not (folder / SUMMARY).exists()
    assert subprocess.run([*command, "0"], check=False).returncode == 0
    check_outputs(folder, count)


def test_a_step_that_is_done_says_so_and_changes_nothing(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    run_toy(path, folder)
    before = {file.name: file.stat().st_mtime_ns for file in folder.glob("*.json*")}
    again = run_toy(path, folder, is_json=False)
    assert "done before" in again.output
    assert again.status == 1
    assert {file.name: file.stat().st_mtime_ns for file in folder.glob("*.json*")} == before


def test_nothing_of_the_lines_is_left_in_the_work_file(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 500), tmp_path / "out"
    run_toy(path, folder)
    left = b"".join(file.read_bytes() for file in folder.glob(f"{NAME}*"))
    assert b"key" not in left.replace(b"keys", b"").replace(b"_key", b"")  # nor that of a group
    assert b"R499" not in left
    assert {file.name for file in folder.iterdir()} == {"good.jsonl", REJECTED, SUMMARY, NAME}


def test_what_lies_in_the_place_of_a_file_is_replaced_and_never_written_into(
    tmp_path: Path,
) -> None:
    if os.name != "posix":
        pytest.skip("files have other rights here")
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_text("of somebody else")
    (folder / "good.jsonl.part").symlink_to(elsewhere)
    readable = folder / f"{REJECTED}.part"
    readable.write_text("left over")
    readable.chmod(0o644)
    assert run_toy(make_input(tmp_path, 30), folder).status == 1
    assert elsewhere.read_text() == "of somebody else"
    assert not (folder / "good.jsonl").is_symlink()
    assert stat.S_IMODE((folder / REJECTED).stat().st_mode) == 0o600


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("files have other rights here")
    folder = tmp_path / "out"
    run_toy(make_input(tmp_path, 30), folder)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"options": {"--dose": "2"}}, "--dose"),
        ({"at": AT}, "--at"),
        ({"options": {}}, "--dose"),
        ({"name": "other"}, "the folder of vn toy"),
    ],
    ids=["option", "moment", "option gone", "step"],
)
def test_another_question_is_not_answered_with_what_was_begun(
    changes: dict[str, Any], named: str, tmp_path: Path
) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    run_toy(path, folder)
    with pytest.raises(CommandError, match=named):
        run_toy(path, folder, **changes)


def test_a_changed_input_is_noticed_and_taken_anew_on_demand(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    run_toy(path, folder)
    make_input(tmp_path, 40)
    with pytest.raises(CommandError, match=r"now changed: input; .*--restart"):
        run_toy(path, folder)
    run_toy(path, folder, is_restarted=True)
    check_outputs(folder, 40)


def test_nothing_of_before_is_left_when_a_step_begins_anew(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    run_toy(path, folder)

    def kill(text: str, place: int) -> Row:
        raise Killed

    step = make_step(path, take=kill)
    with pytest.raises(Killed):
        run_step(make_plan(path, folder, is_restarted=True), lambda at: step)
    assert {file.name for file in folder.iterdir()} == {NAME}
    run_toy(path, folder)
    check_outputs(folder, 30)


def test_facts_are_noted_together_or_not_at_all(tmp_path: Path) -> None:
    with open_work(tmp_path) as opened:
        facts: dict[str, Any] = {"step": "toy", "asked": None}  # which the table does not take
        with pytest.raises(sqlite3.IntegrityError):
            opened.note(**facts)
        assert opened.fact("step") is None


def test_a_step_that_never_read_a_line_keeps_nobody_from_another(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"

    def source() -> Iterator[str]:
        raise CommandError("it is no such file")

    step = make_step(path, source=source)
    with pytest.raises(CommandError, match="no such file"):
        run_step(make_plan(path, folder), lambda at: step)
    run_toy(make_input(tmp_path, 40), folder, at=AT)
    check_outputs(folder, 40)


def test_a_changed_other_file_is_noticed(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    (tmp_path / "lists").mkdir()
    other = tmp_path / "lists" / "list.pem"
    other.write_text("one")
    others = (("--authorities", other.parent), ("--authorities", other))
    run_toy(path, folder, others=others)
    other.write_text("two")
    with pytest.raises(CommandError, match="now changed: --authorities;"):
        run_toy(path, folder, others=others)


def test_restarting_never_takes_the_folder_of_another_step(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    run_toy(path, folder)
    with pytest.raises(CommandError, match="folder of vn toy"):
        run_toy(path, folder, name="other", is_restarted=True)
    check_outputs(folder, 30)


def test_the_folder_of_the_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--out"):
        run_toy(make_input(tmp_path, 30), tmp_path)


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    folder.mkdir()
    (folder / "good.jsonl").write_text("mine")
    with pytest.raises(CommandError, match=r"holds a file good\.jsonl already"):
        run_toy(path, folder)
    assert (folder / "good.jsonl").read_text() == "mine"


def test_two_processes_do_not_work_in_one_folder(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    folder.mkdir()
    with open_work(folder), pytest.raises(CommandError, match="another process is at work"):
        run_toy(path, folder)


def test_an_input_that_is_not_there_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot use .*absent: No such file"):
        run_toy(tmp_path / "absent", tmp_path / "out")


def test_a_work_file_that_cannot_be_made_is_one_plain_sentence(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    (folder / NAME).mkdir(parents=True)
    with pytest.raises(CommandError, match="directory"):
        run_toy(path, folder)


def test_a_damaged_work_file_is_one_plain_sentence(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    folder.mkdir()
    (folder / NAME).write_bytes(b"no database at all, " * 100)
    with pytest.raises(CommandError, match="remove it to begin anew"):
        run_toy(path, folder)


def test_the_moment_stays_the_one_of_the_beginning(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 30), tmp_path / "out"
    moments: list[datetime] = []

    def make(at: datetime) -> Step[str]:
        moments.append(at)
        if len(moments) == 1:
            return make_step(path, settle=kill)
        return make_step(path)

    def kill(opened: Work, tick: Tick) -> None:
        raise Killed

    with pytest.raises(Killed):
        run_step(make_plan(path, folder), make)
    with open_work(folder) as opened:
        assert opened.fact("at") == moments[0].isoformat()
        opened.note(at=AT.isoformat())
    run_step(make_plan(path, folder), make)
    assert moments[1] == AT


@pytest.mark.usefixtures("small_pages")
def test_a_group_that_is_too_large_is_rejected_whole_and_never_read(tmp_path: Path) -> None:
    path, folder = tmp_path / "input.txt", tmp_path / "out"
    keys = ["a"] * 5 + ["b"] * 6 + ["c"] * 37 + ["d"] * 2
    Random(1).shuffle(keys)
    numbers = [n for n in range(1, 400) if n % 7][: len(keys)]
    path.write_text("".join(f"{n} {key}\n" for n, key in zip(numbers, keys, strict=True)))
    sizes: list[int] = []

    def decide(group: list[Row]) -> list[Row]:
        sizes.append(len(group))
        return []

    step = make_step(path)._replace(
        settle=lambda opened, tick: opened.settle_groups(decide, too_many=MANY, tick=tick)
    )
    run_step(make_plan(path, folder), lambda at: step)
    assert sizes == [5, 2]
    assert len(lines(folder / "good.jsonl")) == 7
    codes = [one["reasons"][0]["code"] for one in lines(folder / REJECTED)]
    assert codes == ["dose_number.over_schedule"] * 43


@pytest.mark.usefixtures("small_pages")
def test_lines_are_settled_in_chunks_of_one_group(tmp_path: Path) -> None:
    path, folder = make_input(tmp_path, 60), tmp_path / "out"
    chunks: list[list[str]] = []

    def settle_chunks(opened: Work, tick: Tick) -> None:
        def decide(chunk: list[Row]) -> list[Row]:
            chunks.append([str(row.key) for row in chunk])
            opened.keep(f"{len(chunks):03}", f"chunk {len(chunks)}")
            return [row._replace(body="") for row in chunk[1:]]

        opened.settle_chunks(decide, size=3, tick=tick)

    step = make_step(path, settle=settle_chunks, kept="kept.jsonl")
    done = run_step(make_plan(path, folder), lambda at: step)
    assert all(len(set(chunk)) == 1 and len(chunk) <= 3 for chunk in chunks)
    assert sum(map(len, chunks)) == json.loads(done.output)["accepted"]
    assert (folder / "kept.jsonl").read_text().splitlines()[-1] == f"chunk {len(chunks)}"
    assert len(lines(folder / "good.jsonl")) == len(chunks)


def test_the_report_for_people_names_the_codes_and_their_meaning(tmp_path: Path) -> None:
    done = run_toy(make_input(tmp_path, 30), tmp_path / "out", is_json=False)
    assert "TOY: " in done.output
    assert " = 30 LINES" in done.output
    assert REASONS["record.malformed"].en in done.output


def test_an_input_without_lines_is_done_at_once(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    assert run_toy(path, tmp_path / "out").status == 0
    assert json.loads((tmp_path / "out" / SUMMARY).read_text())["input"] == 0


def test_a_bar_is_shown_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress("reading", 10) as tick:
        tick(5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress("reading", 10) as tick:
        tick(5)
    assert "reading" in capsys.readouterr().err


def test_a_full_disk_is_one_plain_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Work.add

    def fill(self: Work, rows: list[Row]) -> None:
        self._connection.execute("PRAGMA max_page_count = 8")
        original(self, rows)

    monkeypatch.setattr(Work, "add", fill)
    with pytest.raises(CommandError, match=r"disk is full$"):
        run_toy(make_input(tmp_path, 3_000), tmp_path / "out")
