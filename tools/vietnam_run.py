"""Run Viet Nam's whole way on a large specimen, kill it on the way, and hold it to the truth.

    python tools/vietnam_run.py [--count 100000] [--small 20000] [--seed 1] [--kills 5] [--out DIR]

It makes two populations that do not exist, takes both through `vnvaxcert vn check`, `match`,
`attest` and `issue`, each step a process of its own, then takes the large one through again and
kills it with a signal that nothing can catch, at moments drawn at random. What must hold, and is
printed as a table with the figures:

- every fault that was put in is found under its reason code, and no clean record is flagged;
- every line of the input is in exactly one of issued and rejected, and every summary adds up;
- the killed run ends with the same lines and the same certificate identifiers;
- every passport verifies;
- memory does not grow with the input.

The exit status is 1 when any of it does not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from vnvaxcert import TrustList, VnvaxcertError, verify

STEPS: Final = ("check", "match", "attest", "issue")
ACCEPTED: Final = {
    "check": "checked.jsonl",
    "match": "matched.jsonl",
    "attest": "attested.jsonl",
    "issue": "issued.jsonl",
}
LEAST_OF_A_CODE: Final = 0.002  # of the lines, for each code: 200 of 100,000
STEADY: Final = 20_000  # lines from which on a process has all the memory it ever takes
GROWTH_ALLOWED: Final = 1.10  # of the peak memory, from the small population to the large one


class Cost(NamedTuple):
    """What a step took.

    Attributes:
        seconds: By the clock on the wall.
        cpu: Of processor time, of its last process.
        mib: Peak of the memory that was resident, likewise.
        kills: How often it was killed before.
    """

    seconds: float
    cpu: float
    mib: float
    kills: int


class Run(NamedTuple):
    """One way through all steps.

    Attributes:
        folder: Holds a folder for each step.
        costs: Of each step.
    """

    folder: Path
    costs: dict[str, Cost]


def main() -> int:
    """Run it all, print the table, and say whether all of it holds."""
    parser = argparse.ArgumentParser(description="Viet Nam's whole way on a specimen.")
    parser.add_argument("--count", type=int, default=100_000, help="lines of the large population")
    parser.add_argument("--small", type=int, default=20_000, help="lines of the small one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--out", type=Path, help="keep the files in this folder, made for it")
    values = parser.parse_args()
    folder = values.out or Path(tempfile.mkdtemp(prefix="vnvaxcert-run-"))
    try:
        is_good = run(folder, values)
    finally:
        if values.out is None:
            shutil.rmtree(folder)
    return 0 if is_good else 1


def run(folder: Path, values: argparse.Namespace) -> bool:
    """Make the populations, take them through, and compare."""
    at = datetime.now(UTC).replace(microsecond=0).isoformat()
    small, large = folder / "small", folder / "large"
    for population, count in ((small, values.small), (large, values.count)):
        arguments = ["--count", count, "--seed", values.seed, "--faults", values.faults]
        _command("specimen", *arguments, "--at", at, "--keys", "--out", population)
    rng = Random(values.seed)
    first = take_through(small, folder / "run-small", at, has_claim=False)
    second = take_through(large, folder / "run-large", at)
    killed = take_through(large, folder / "run-killed", at, second, values.kills, rng)
    lines = list(judge(values, large, first, second, killed))
    show_costs(values, first, second, killed)
    for is_good, words in lines:
        print(f"{'ok  ' if is_good else 'FAIL'}  {words}")
    return all(is_good for is_good, _ in lines)


# --- running -------------------------------------------------------------------------------------


def take_through(
    population: Path,
    folder: Path,
    at: str,
    before: Run | None = None,
    kills: int = 0,
    rng: Random | None = None,
    has_claim: bool = True,
) -> Run:
    """Take a population through all steps.

    Args:
        population: Its folder.
        folder: Where the steps leave theirs.
        at: The moment of all steps.
        before: A run that was not killed, whose durations tell where the kills may fall.
        kills: How often to kill it.
        rng: Draws when.
        has_claim: Whether passports carry the national claim.
    """
    keys = population / "keys"
    options: dict[str, list[object]] = {
        "check": [],
        "match": ["--reference", population / "reference.jsonl"],
        "attest": [
            *("--key", keys / "unit.key.pem", "--cert", keys / "unit.pem"),
            *("--delegation", keys / "unit.delegation"),
        ],
        "issue": [
            *("--key", keys / "ministry.key.pem", "--cert", keys / "ministry.pem"),
            *("--identifier-key", keys / "identifier.key"),
            *("--authorities", keys / "authority.pem"),
            *(["--national-claim"] if has_claim else []),
        ],
    }
    pending = _moments(before, kills, rng) if before and rng else {}
    costs: dict[str, Cost] = {}
    given = population / "records.jsonl"
    for step in STEPS:
        out = folder / step
        arguments = [step, given, *options[step], "--at", at, "--out", out, "--json"]
        costs[step] = _step(arguments, pending.get(step, []))
        given = out / ACCEPTED[step]
    return Run(folder, costs)


def _moments(before: Run, kills: int, rng: Random) -> dict[str, list[float]]:
    """For each step, after how many seconds to kill each of its processes, all drawn at random."""
    # Counted in processor time, which is never more than that on the wall: a process that is to
    # be killed has then not ended yet.
    total = sum(cost.cpu for cost in before.costs.values())
    drawn = sorted(rng.uniform(0, total) for _ in range(kills))
    moments: dict[str, list[float]] = {}
    start = 0.0
    for step, cost in before.costs.items():
        # Not in its last fifth: the next process may be the faster one, and end before.
        within = [
            min(one - start, 0.8 * cost.cpu) for one in drawn if start <= one < start + cost.cpu
        ]
        # A process that goes on begins where the one before was killed, less the last transaction.
        moments[step] = [max(later - earlier, 0.15) for earlier, later in pairwise([0.0, *within])]
        start += cost.cpu
    return moments


def _step(arguments: list[object], kills: list[float]) -> Cost:
    started = time.monotonic()
    count = 0
    for after in kills:
        process = _start(arguments)
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
        _, status, _ = os.wait4(process, 0)
        count += os.WIFSIGNALED(status)
    process = _start(arguments)
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"vn {arguments[0]} ended with status {status}")
    return Cost(
        seconds=time.monotonic() - started,
        cpu=used.ru_utime + used.ru_stime,
        mib=used.ru_maxrss / 1024,
        kills=count,
    )


def _start(arguments: list[object]) -> int:
    command = [sys.executable, "-m", "vnvaxcert", "vn", *map(str, arguments)]
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    return os.posix_spawn(sys.executable, command, os.environ, file_actions=quiet)


def _command(*arguments: object) -> None:
    _step(list(arguments), [])


# --- judging -------------------------------------------------------------------------------------


def judge(
    values: argparse.Namespace, population: Path, small: Run, large: Run, killed: Run
) -> Iterator[tuple[bool, str]]:
    """What must hold, one after another, each with its figures."""
    count: int = values.count
    yield from _judge_lines(count, large)
    yield from _judge_truth(count, population, large)
    yield from _judge_killed(values.kills, large, killed)
    yield _judge_passports(population / "keys", killed, "with the national claim")
    yield _judge_passports(small.folder.parent / "small" / "keys", small, "without it")
    for step in STEPS if values.small >= STEADY else ():
        before, after = small.costs[step].mib, large.costs[step].mib
        yield (
            after <= before * GROWTH_ALLOWED,
            f"memory of {step}: {before:.1f} MiB for {values.small} lines, {after:.1f} MiB for "
            f"{count}",
        )


def _judge_lines(count: int, run: Run) -> Iterator[tuple[bool, str]]:
    seen = Counter(line for one in _read(run, "issue", "issued.jsonl") for line in one["lines"])
    issued = seen.total()
    for step in STEPS:
        seen.update(one["line"] for one in _read(run, step, "rejected.jsonl"))
    is_good = seen.keys() == set(range(1, count + 1)) and seen.total() == count
    yield (
        is_good,
        f"each of {count} lines is in exactly one of issued ({issued}) and rejected "
        f"({seen.total() - issued})",
    )
    expected = count
    for step in STEPS:
        summary = json.loads((run.folder / step / "summary.json").read_text())
        accepted, rejected = summary["accepted"], summary["rejected"]
        is_good = summary["input"] == expected == accepted + rejected
        yield is_good, f"{step} adds up: {accepted} + {rejected} = {summary['input']}"
        expected = accepted


def _judge_truth(count: int, population: Path, run: Run) -> Iterator[tuple[bool, str]]:
    truth: dict[int, set[str]] = {}
    for one in _lines(population / "truth.jsonl"):
        truth[one["line"]] = {code for code, _ in one["faults"]}
    found = _found(run)
    injected = Counter(code for codes in truth.values() for code in codes)
    caught = Counter(
        code for line, codes in truth.items() for code in codes & found.get(line, set())
    )
    print(f"{'code':<44} {'put in':>7} {'found':>7} {'missed':>7}")
    for code in sorted(injected):
        missed = injected[code] - caught[code]
        print(f"{code:<44} {injected[code]:>7} {caught[code]:>7} {missed or '':>7}")
    missed = injected.total() - caught.total()
    yield missed == 0, f"{injected.total()} faults under {len(injected)} codes: {missed} missed"
    least = min(injected.values())
    yield least >= count * LEAST_OF_A_CODE, f"the rarest code was put in {least} times"
    flagged = Counter(code for line, codes in found.items() if line not in truth for code in codes)
    clean = count - len(truth)
    lines = sum(line not in truth for line in found)
    yield lines == 0, f"{clean} clean lines: {lines} flagged {dict(flagged) or ''}"
    # A repair may need another one, and a fault show in two ways: said, and not judged.
    besides: dict[str, Counter[str]] = {}
    for line, codes in truth.items():
        for code in codes:
            besides.setdefault(code, Counter()).update(found.get(line, set()) - codes)
    for code, counts in sorted(besides.items()):
        if counts:
            print(f"with {code}: {', '.join(f'{other} {n}' for other, n in counts.items())}")


def _found(run: Run) -> dict[int, set[str]]:
    """The codes of each line that has any, over all steps."""
    found: dict[int, set[str]] = {}
    for one in _read(run, "check", "checked.jsonl"):
        if "changes" in one:
            found.setdefault(one["line"], set()).update(one["changes"])
    for step in STEPS:
        for one in _read(run, step, "rejected.jsonl"):
            codes = found.setdefault(one["line"], set())
            codes.update(reason["code"] for reason in one["reasons"])
            codes.update(one.get("changes", ()))
    return found


def _judge_killed(kills: int, run: Run, killed: Run) -> Iterator[tuple[bool, str]]:
    happened = {step: cost.kills for step, cost in killed.costs.items() if cost.kills}
    yield sum(happened.values()) == kills, f"killed {sum(happened.values())} times: {happened}"
    for step in ("check", "match"):
        name = ACCEPTED[step]
        is_same = (run.folder / step / name).read_bytes() == (
            killed.folder / step / name
        ).read_bytes()
        yield is_same, f"{step} leaves the same accepted lines, byte for byte"
    for step in STEPS:
        old, new = (one.folder / step / "rejected.jsonl" for one in (run, killed))
        yield old.read_bytes() == new.read_bytes(), f"{step} rejects the same lines, byte for byte"
    before, after = (_identifiers(one) for one in (run, killed))
    yield (
        before == after and len(set(after)) == len(after),
        f"{len(after)} certificate identifiers, each once, the same as those of the run before",
    )


def _identifiers(run: Run) -> list[str]:
    return sorted(one["certificate_id"] for one in _read(run, "issue", "issued.jsonl"))


def _judge_passports(keys: Path, run: Run, words: str) -> tuple[bool, str]:
    trust = TrustList.load(keys / "ministry.pem")
    refused: Counter[str] = Counter()
    count = 0
    for one in _read(run, "issue", "issued.jsonl"):
        count += 1
        try:
            verify(one["qr"], trust=trust)
        except VnvaxcertError as error:
            refused[error.code] += 1
    return (
        not refused,
        f"{count} passports {words} verified, {refused.total()} refused {dict(refused) or ''}",
    )


def show_costs(values: argparse.Namespace, small: Run, large: Run, killed: Run) -> None:
    """What each step took, and how many records a second that is."""
    print(f"\n{'step':<8} {'lines':>8} {'seconds':>8} {'cpu s':>7} {'lines/s/core':>13} {'MiB':>7}")
    for run in (small, large):
        for step, cost in run.costs.items():
            summary = json.loads((run.folder / step / "summary.json").read_text())
            lines = summary["input"]
            print(
                f"{step:<8} {lines:>8} {cost.seconds:>8.1f} {cost.cpu:>7.1f} "
                f"{lines / cost.cpu:>13.0f} {cost.mib:>7.1f}"
            )
    total = sum(cost.cpu for cost in large.costs.values())
    print(f"{'all':<8} {values.count:>8} {'':>8} {total:>7.1f} {values.count / total:>13.0f}")
    print(f"killed run: {sum(cost.seconds for cost in killed.costs.values()):.1f} s\n")


def _read(run: Run, step: str, name: str) -> Iterable[dict[str, Any]]:
    return _lines(run.folder / step / name)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
