"""The mutation tool: it changes what it says, and tells what is noticed from what is not."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mutate
from mutation import plan, sites, trial


def keys(text: str, *, only_checks: bool = False) -> list[str]:
    """The names of the changes of a source text."""
    return [site.key for site in sites.find(ast.parse(text), only_checks=only_checks)]


def changed(text: str, key: str) -> str:
    """The source text after one change."""
    tree = ast.parse(text)
    (site,) = [one for one in sites.find(tree, only_checks=False) if one.key == key]
    site.apply()
    return ast.unparse(tree)


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("if a:\n    raise B", "<module>: never: if a: raise B", "if False:\n    raise B"),
        (
            "if a or b:\n    raise C",
            "<module>: without a in: if a or b: raise C",
            "if b:\n    raise C",
        ),
        ("a()\nraise B", "<module>: without: raise B", "a()\npass"),
        ("check(a)", "<module>: without: check(a)", "pass"),
        (
            "x = [a for a in b if c and d]",
            "<module>: without d in: for a in b if c and d",
            "x = [a for a in b if c]",
        ),
        (
            "for a in b:\n    if c:\n        continue",
            "<module>: never: if c: continue",
            "for a in b:\n    if False:\n        continue",
        ),
    ],
)
def test_a_check_is_taken_out(text: str, key: str, after: str) -> None:
    assert key in keys(text, only_checks=True)
    assert changed(text, key) == after


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("x = a < b", "<module>: a < b -> a <= b", "x = a <= b"),
        ("x = a < b", "<module>: a < b -> a >= b", "x = a >= b"),
        ("x = a in b", "<module>: a in b -> a not in b", "x = a not in b"),
        ("x = a and b", "<module>: a and b -> a or b", "x = a or b"),
        ("x = not a", "<module>: not a -> a", "x = a"),
        ("x = 7", "<module>: 7 -> 8", "x = 8"),
        ("x = True", "<module>: True -> False", "x = False"),
        ("x = a + b", "<module>: a + b -> a - b", "x = a - b"),
        ("if a:\n    b = c", "<module>: negate: if a", "if not a:\n    b = c"),
        ("def f():\n    return a", "f: return a -> return None", "def f():\n    return None"),
    ],
)
def test_a_small_change_is_made_and_is_no_check(text: str, key: str, after: str) -> None:
    assert changed(text, key) == after
    assert key not in keys(text, only_checks=True)


@pytest.mark.parametrize(
    "text",
    [
        '"""Words."""',
        "__all__ = ['a']",
        "from __future__ import annotations",
        "if TYPE_CHECKING:\n    import a",
        "x: Literal['a']",
        "def __repr__(self):\n    return 'a'",
    ],
)
def test_what_decides_nothing_is_left_alone(text: str) -> None:
    assert keys(text) == []


def test_the_words_of_a_message_are_left_alone() -> None:
    assert keys("raise A('b')") == ["<module>: without: raise A('b')"]


def test_filling_a_list_is_no_check() -> None:
    assert keys("a.append(b)", only_checks=True) == []
    assert keys("a.append(b)") == ["<module>: without: a.append(b)"]


def test_changes_of_the_same_words_are_told_apart_without_line_numbers() -> None:
    text = "def f():\n    if a:\n        raise B\n    if a:\n        raise B"
    name = "f: never: if a: raise B"
    assert keys(text, only_checks=True) == [name, f"{name} (2)"]


def test_every_module_of_the_plan_is_there_with_its_tests() -> None:
    for module in {*plan.CHECKS, *plan.TESTS}:
        assert (trial.SOURCE / trial.PACKAGE / module).is_file(), module
    for files in plan.TESTS.values():
        assert files
        for name in files:
            assert (trial.ROOT / "tests" / name).is_file(), name


def test_what_is_asked_for_is_taken_from_the_plan() -> None:
    assert plan.chosen(["cose"], all_changes=False) == [
        "cose/sign1.py",
        "cose/headers.py",
        "cose/keys.py",
    ]
    assert plan.chosen(["hcert.py"], all_changes=True) == ["hcert.py"]
    assert plan.chosen([], all_changes=False) == list(plan.CHECKS)
    assert plan.chosen(["cli"], all_changes=True) == []


def test_every_explained_survivor_is_a_mutant_that_there_is() -> None:
    document = json.loads(plan.EXPLAINED.read_bytes())
    for run, planned in (("checks", plan.CHECKS), ("all", tuple(plan.TESTS))):
        there = {one.key for module in planned for one in mutate.mutants_of(module, run == "all")}
        named = [mutant for group in document[run] for mutant in group["mutants"]]
        assert len(named) == len(set(named))
        assert set(named) - there == set()
        assert all(group["reason"].endswith(".") for group in document[run])


def test_a_trial_changes_the_library_in_its_own_process_alone() -> None:
    before = (trial.SOURCE / trial.PACKAGE / "hcert.py").read_bytes()
    done = subprocess.run(
        [sys.executable, str(trial.ROOT / "tools" / "mutate.py"), "hcert.py", "--show"],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert any(line.startswith("noticed by codecs::prefix::") for line in lines), done
    assert re.fullmatch(r"3 mutants, \d noticed, .* \d+ s", lines[-1])
    assert (trial.SOURCE / trial.PACKAGE / "hcert.py").read_bytes() == before


# In a process without threads: forking beside them is warned about.
TRIALS = """
import os, signal, sys
sys.path[:0] = [{tools!r}]
from mutation import trial

def breaks(_):
    raise RuntimeError

def ends(_):
    os.kill(os.getpid(), signal.SIGTERM)

def notices_nothing(_):
    print("not to be seen")

for judge in breaks, ends, notices_nothing:
    for _, _, outcome in trial.run([("hcert.py", None)] * 2, judge, jobs=2):
        print(outcome.killed_by, flush=True)
"""


def test_a_trial_that_ends_with_an_error_or_a_signal_has_noticed() -> None:
    tools = str(trial.ROOT / "tools")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TRIALS.format(tools=tools)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        *["RuntimeError outside of vectors and tests"] * 2,
        *["the process ended with SIGTERM"] * 2,
        *["None"] * 2,
    ]


def test_several_are_asked_until_one_has_noticed() -> None:
    asked = []

    def first(module: str) -> str | None:
        asked.append(module)
        return None

    assert trial.in_order(first, lambda module: f"{module}!")("a") == "a!"
    assert trial.in_order(lambda _: "noticed", first)("b") == "noticed"
    assert asked == ["a"]


def test_a_module_that_is_not_in_the_plan_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        mutate.main(["no/such.py", "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
