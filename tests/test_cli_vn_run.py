"""The run over a large specimen, on a small one: it holds, and it notices when it does not."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

import vietnam_run

pytest.importorskip("rich")
pytestmark = pytest.mark.slow

VALUES = argparse.Namespace(count=240, small=120, seed=2, faults=0.3, kills=1)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    folder = tmp_path_factory.mktemp("run")
    return folder, vietnam_run.run(folder, VALUES)


def judged(folder: Path) -> dict[str, bool]:
    runs = [
        vietnam_run.Run(
            folder / name, dict.fromkeys(vietnam_run.STEPS, vietnam_run.Cost(1, 1, 1, 0))
        )
        for name in ("run-small", "run-large", "run-killed")
    ]
    found = vietnam_run.judge(VALUES, folder / "large", *runs)
    return {words: is_good for is_good, words in found}


def test_a_small_run_holds(ran: tuple[Path, bool]) -> None:
    assert ran[1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("run-large/check/rejected.jsonl", "exactly one"),
        ("run-large/match/rejected.jsonl", "missed"),
        ("run-killed/issue/issued.jsonl", "the same as those"),
        ("run-killed/check/checked.jsonl", "byte for byte"),
    ],
)
def test_a_lost_line_is_noticed(name: str, words: str, ran: tuple[Path, bool]) -> None:
    path = ran[0] / name
    before = path.read_text(encoding="utf-8")
    path.write_text(before.partition("\n")[2], encoding="utf-8")
    try:
        wrong = [said for said, is_good in judged(ran[0]).items() if not is_good]
    finally:
        path.write_text(before, encoding="utf-8")
    assert any(words in said for said in wrong)


def test_a_forged_passport_and_a_flagged_clean_line_are_noticed(ran: tuple[Path, bool]) -> None:
    folder = ran[0]
    truth = folder / "large" / "truth.jsonl"
    issued = folder / "run-small" / "issue" / "issued.jsonl"
    before = truth.read_text(), issued.read_text()
    lines = before[1].splitlines()
    first, second = json.loads(lines[0]), json.loads(lines[1])
    truth.write_text(before[0].partition("\n")[2])
    issued.write_text("\n".join([json.dumps({**first, "qr": second["qr"][:-1]}), *lines[1:]]))
    try:
        found = judged(folder)
    finally:
        truth.write_text(before[0])
        issued.write_text(before[1])
    assert [said for said, good in found.items() if "without it" in said and not good]
    assert [said for said, good in found.items() if "flagged" in said and not good]
