"""A harness is driven whatever it does: spec/harness.md, sections 1 to 6."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from vnvaxcert.conformance import harness as module
from vnvaxcert.conformance import pipes
from vnvaxcert.conformance.harness import Answer, Harness, HarnessError, Outcome

# What every harness of these tests begins with; `act` is what it does with one question.
START: Final = """
import json, os, pathlib, subprocess, sys, time

def say(value):
    sys.stdout.write(json.dumps(value) + "\\n")
    sys.stdout.flush()

def answer(question, **members):
    say({"id": question["id"], **members})

HELLO = {"protocol": 1, "name": "fake", "version": "1.0", "ops": ["verify"]}
LIVES = pathlib.Path(__file__).with_suffix(".lives")
LIFE = len(LIVES.read_text()) if LIVES.exists() else 0
LIVES.write_text("x" * (LIFE + 1))

def greet():
    say({"hello": HELLO})

def act(question):
    answer(question, outcome="reject", code="cwt.expired")

"""
END: Final = """

for line in sys.stdin:
    question = json.loads(line)
    greet() if "hello" in question else act(question)
"""

Made = Callable[..., Harness]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every process that a harness started."""
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    return started


@pytest.fixture
def made(tmp_path: Path, processes: list[subprocess.Popen[bytes]]) -> Iterator[Made]:
    """Makes a harness that acts as some lines of Python say; afterwards nothing is left of it."""
    running: list[Harness] = []

    def make(act: str = "", *, timeout: float = 20.0, **options: Any) -> Harness:
        script = tmp_path / "fake.py"
        script.write_text(START + act + END, encoding="utf-8")
        command = [sys.executable, "-I", "-S", str(script)]
        running.append(Harness(command, timeout=timeout, **options))
        return running[-1]

    yield make
    for one in running:
        one.close()
    assert all(process.returncode is not None for process in processes), "a zombie"


def question(name: str = "one", *, size: int = 0) -> dict[str, Any]:
    return {"id": name, "op": "verify", "input": {"text": "x" * size}}


def lives(folder: Path) -> int:
    """How often the harness was started."""
    return len((folder / "fake.lives").read_text(encoding="ascii"))


# --- honest harnesses -----------------------------------------------------------------------------


def test_a_harness_says_who_it_is_and_answers(made: Made) -> None:
    harness = made()
    assert (harness.name, harness.version) == ("fake", "1.0")
    assert harness.operations == frozenset({"verify"})
    for name in ("one", "two", "three"):
        expected = Answer(outcome=Outcome.REJECT, code="cwt.expired")
        assert harness.ask(question(name)) == expected
    assert harness.restarts == 0


def test_the_greeting_of_the_runner_names_protocol_and_operations(
    made: Made, tmp_path: Path
) -> None:
    made(
        "seen = pathlib.Path(__file__).with_name('hello')\n"
        "def greet():\n"
        "    seen.write_text(line)\n"
        "    say({'hello': HELLO})\n",
        operations=("verify", "decode"),
    )
    hello = json.loads((tmp_path / "hello").read_text(encoding="utf-8"))
    assert hello == {"hello": {"protocol": 1, "ops": ["decode", "verify"]}}


def test_an_acceptance_carries_its_value(made: Made) -> None:
    answer = made("def act(q): answer(q, outcome='accept', value={'kid': 'aa'}, extra=1)").ask(
        question()
    )
    assert answer == Answer(outcome=Outcome.ACCEPT, value={"kid": "aa"})


def test_a_question_arrives_whole_and_nothing_of_the_answer_is_in_the_repr(made: Made) -> None:
    harness = made("def act(q): answer(q, outcome='accept', value=q['input'])")
    answer = harness.ask({"id": "one", "op": "verify", "input": {"text": "Nguyễn\n\x00\ud800"}})
    assert answer.value == {"text": "Nguyễn\n\x00\ud800"}
    assert "Nguy" not in repr(answer)


def test_a_large_question_arrives(made: Made) -> None:
    harness = made("def act(q): answer(q, outcome='accept', value={'n': len(q['input']['text'])})")
    assert harness.ask(question(size=3_000_000)).value == {"n": 3_000_000}


def test_a_slow_answer_within_its_time_counts(made: Made) -> None:
    harness = made("def act(q): time.sleep(0.4); answer(q, outcome='accept')")
    assert harness.ask(question()).outcome is Outcome.ACCEPT


def test_the_harness_may_say_that_it_cannot(made: Made) -> None:
    harness = made("def act(q): answer(q, outcome='unsupported')")
    assert harness.ask(question()).outcome is Outcome.UNSUPPORTED


def test_an_operation_that_it_does_not_have_is_not_asked(made: Made, tmp_path: Path) -> None:
    harness = made("def act(q): os._exit(1)")
    asked = {**question(), "op": "uvci.parse"}
    assert harness.ask(asked).outcome is Outcome.UNSUPPORTED
    assert (harness.restarts, lives(tmp_path)) == (0, 1)


def test_a_question_that_is_no_json_is_a_mistake_of_the_runner(made: Made) -> None:
    with pytest.raises(ValueError, match="JSON"):
        made().ask({"id": "one", "op": "verify", "input": {"at": float("nan")}})


def test_a_command_is_split_as_a_shell_splits_it(tmp_path: Path) -> None:
    folder = tmp_path / "with space; and 'quote'"
    folder.mkdir()
    script = folder / "fake one.py"
    script.write_text(START + "HELLO['name'] = sys.argv[1]" + END, encoding="utf-8")
    quoted = str(script).replace("'", "'\\''")
    command = f'"{sys.executable}" -I -S \'{quoted}\' "two words; exit 1"'
    with Harness(command) as harness:
        assert harness.name == "two words; exit 1"
        assert harness.ask(question()).outcome is Outcome.REJECT


# --- crashes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "detail"),
    [
        ("os._exit(3)", "ended with status 3"),
        ("sys.exit(0)", "ended with status 0"),
        ("raise KeyError('text')", "ended with status 1"),
        ("os.kill(os.getpid(), 11)", "ended by signal 11"),
        ("sys.stdout.write('{\"id\": '); sys.stdout.flush(); os._exit(4)", "ended with status 4"),
        ("answer(q, outcome='accept') if 0 else os._exit(5)", "ended with status 5"),
    ],
)
def test_a_crash_is_an_answer_and_the_next_question_meets_a_fresh_process(
    act: str, detail: str, made: Made, tmp_path: Path
) -> None:
    harness = made(
        f"def act(q):\n    if q['id'] != 'crash': answer(q, outcome='accept')\n    else: {act}\n"
    )
    outcomes = [harness.ask(question(name)) for name in ("one", "crash", "two", "crash", "three")]
    crash, fine = Answer(outcome=Outcome.CRASH, detail=detail), Answer(outcome=Outcome.ACCEPT)
    assert outcomes == [fine, crash, fine, crash, fine]
    assert (harness.restarts, lives(tmp_path)) == (2, 3)


def test_a_harness_that_answers_and_then_ends_has_answered(made: Made) -> None:
    harness = made("def act(q): answer(q, outcome='accept'); os._exit(1)")
    assert harness.ask(question()).outcome is Outcome.ACCEPT
    assert harness.ask(question()).outcome is Outcome.CRASH
    assert harness.ask(question()).outcome is Outcome.ACCEPT


def test_after_so_many_restarts_the_command_is_given_up(made: Made, tmp_path: Path) -> None:
    harness = made("def act(q): os._exit(1)", max_restarts=2)
    answers = [harness.ask(question()) for _ in range(6)]
    assert {answer.outcome for answer in answers} == {Outcome.CRASH}
    assert [answer.detail for answer in answers] == [
        *["ended with status 1"] * 3,
        *["given up after 2 restarts"] * 3,
    ]
    assert (harness.restarts, lives(tmp_path)) == (2, 3)


def test_a_harness_that_starts_only_once_makes_the_rest_crashes(made: Made) -> None:
    harness = made("def greet(): say({'hello': HELLO}) if LIFE < 1 else os._exit(9)\n"
                   "def act(q): os._exit(1)")  # fmt: skip
    details = [harness.ask(question()).detail for _ in range(2)]
    assert details == [
        "ended with status 1",
        "the harness gave no greeting: ended with status 9",
    ]


def test_another_greeting_than_before_is_not_taken(made: Made) -> None:
    harness = made("HELLO['version'] = str(LIFE // 2)\ndef act(q): os._exit(1)")
    answers = [harness.ask(question()) for _ in range(4)]
    crash = Answer(outcome=Outcome.CRASH, detail="ended with status 1")
    garbled = Answer(outcome=Outcome.GARBLED, detail="another greeting than before")
    assert answers == [crash, crash, garbled, garbled]
    assert harness.version == "0"


# --- hangs ----------------------------------------------------------------------------------------


def test_a_hang_is_a_time_out_and_the_next_question_meets_a_fresh_process(made: Made) -> None:
    harness = made(
        "def act(q): time.sleep(60) if q['id'] == 'hang' else answer(q, outcome='accept')",
        timeout=1.5,
    )
    before = time.monotonic()
    answers = [harness.ask(question(name)) for name in ("one", "hang", "two")]
    assert time.monotonic() - before < 15
    assert answers == [
        Answer(outcome=Outcome.ACCEPT),
        Answer(outcome=Outcome.TIME_OUT, detail="no answer within 1.5 s"),
        Answer(outcome=Outcome.ACCEPT),
    ]


def test_what_a_harness_started_is_killed_with_it(made: Made, tmp_path: Path) -> None:
    child = "import time\nwhile True: print(end='.', flush=True); time.sleep(0.05)"
    harness = made(
        "def act(q):\n"
        "    out = open(pathlib.Path(__file__).with_name('beats'), 'w')\n"
        f"    subprocess.Popen([sys.executable, '-I', '-S', '-c', {child!r}], stdout=out)\n"
        "    while not out.seek(0, 2): time.sleep(0.01)\n"
        "    print('rubbish', flush=True); time.sleep(60)\n"
    )
    assert harness.ask(question()).outcome is Outcome.GARBLED
    beats = (tmp_path / "beats").stat().st_size
    time.sleep(0.25)
    assert beats > 0
    assert (tmp_path / "beats").stat().st_size == beats


def test_a_harness_that_does_not_read_keeps_nobody_waiting(made: Made) -> None:
    harness = made("greet(); sys.stdin.close(); time.sleep(60)", timeout=0.5)
    assert harness.ask(question(size=1_000_000)).outcome is Outcome.TIME_OUT


def test_a_harness_that_closes_its_input_pipe_is_judged_by_its_silence(made: Made) -> None:
    harness = made("sys.stdin.readline(); greet(); os.close(0); time.sleep(60)", timeout=0.5)
    assert harness.ask(question(size=1_000_000)).outcome is Outcome.TIME_OUT


def test_a_harness_that_closes_its_output_and_stays_has_crashed(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "END_SECONDS", 0.2)
    harness = made("def act(q): os.close(1); time.sleep(60)")
    expected = Answer(outcome=Outcome.CRASH, detail="closed its output and stayed")
    assert harness.ask(question()) == expected


# --- rubbish --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "detail"),
    [
        ("print('not json', flush=True)", "a line that is no JSON"),
        ("sys.stdout.buffer.write(b'{\"id\": \"\\xff\"}\\n'); sys.stdout.flush()",
         "a line that is no JSON"),
        ("print('[' * 500_000, flush=True)", "a line that is no JSON"),
        ("print('9' * 500_000, flush=True)", "a line that is no JSON"),
        ("print(flush=True)", "a line that is no JSON"),
        ("say([])", "a line that is no JSON object"),
        ("say(None)", "a line that is no JSON object"),
        ("say({'outcome': 'accept'})", "an answer to another request, or without an id"),
        ("say({'id': 'two', 'outcome': 'accept'})",
         "an answer to another request, or without an id"),
        ("answer(q)", "an outcome that the protocol does not have"),
        ("answer(q, outcome='crash')", "an outcome that the protocol does not have"),
        ("answer(q, outcome=['accept'])", "an outcome that the protocol does not have"),
        ("answer(q, outcome='accept', code='cwt.expired')",
         "an outcome that the protocol does not have"),
        ("answer(q, outcome='reject', code=1)", "a code that has not the form of one"),
        ("answer(q, outcome='reject', code='Nguyen Van A')", "a code that has not the form of one"),
        ("answer(q, outcome='reject', code='x' * 65)", "a code that has not the form of one"),
        ("answer(q, outcome='accept', value=[])", "a value that is no object"),
    ],
)  # fmt: skip
def test_rubbish_is_no_answer_and_the_harness_goes_on(act: str, detail: str, made: Made) -> None:
    harness = made(f"def act(q):\n    if LIFE: answer(q, outcome='accept')\n    else: {act}\n")
    assert harness.ask(question()) == Answer(outcome=Outcome.GARBLED, detail=detail)
    assert harness.ask(question()) == Answer(outcome=Outcome.ACCEPT)


def test_a_line_without_end_is_stopped(made: Made) -> None:
    harness = made("def act(q):\n    while True: sys.stdout.write('x' * 65536)\n")
    expected = Answer(outcome=Outcome.GARBLED, detail="a line of more than 1048576 bytes")
    assert harness.ask(question()) == expected


def test_a_line_that_is_only_just_too_long_is_too_long(made: Made) -> None:
    size = module.MAX_ANSWER_BYTES
    act = "def act(q):\n    line = json.dumps({{'id': q['id'], 'outcome': 'accept'}})\n"
    act += "    sys.stdout.write(line + ' ' * ({} - len(line)) + '\\n'); sys.stdout.flush()"
    assert made(act.format(size)).ask(question()).outcome is Outcome.ACCEPT
    assert made(act.format(size + 1)).ask(question()).outcome is Outcome.GARBLED


def test_lines_without_end_fill_no_memory_and_are_answers_to_nothing(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "END_SECONDS", 0.2)
    harness = made("def act(q):\n    while True: answer(q, outcome='accept')\n")
    assert harness.ask(question("one")).outcome is Outcome.ACCEPT
    assert harness.ask(question("two")).outcome is Outcome.GARBLED
    assert harness.ask(question("three")).outcome is Outcome.ACCEPT


def test_an_answer_to_the_question_before_is_no_answer(made: Made) -> None:
    harness = made(
        "before = 'none'\n"
        "def act(q):\n"
        "    global before\n"
        "    say({'id': before, 'outcome': 'accept'}); before = q['id']\n"
    )
    outcomes = {harness.ask(question(name)).outcome for name in ("one", "two", "three")}
    assert outcomes == {Outcome.GARBLED}


# --- greetings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greeting", "message"),
    [
        ("os._exit(7)", r"no greeting: ended with status 7$"),
        (
            "sys.exit('no such\\x1b module')",
            r"no greeting: ended with status 1 \(no such module\)$",
        ),
        ("print('hello', flush=True)", "no greeting: a line that is no JSON"),
        ("time.sleep(60)", "no greeting: no answer within 0.3 s"),
        ("say({})", "no greeting of this protocol"),
        ("say({'hello': 'fake'})", "no greeting of this protocol"),
        ("say({'hello': {**HELLO, 'name': None}})", "no greeting of this protocol"),
        ("say({'hello': {**HELLO, 'ops': 'verify'}})", "no greeting of this protocol"),
        ("say({'hello': {**HELLO, 'ops': [1]}})", "no greeting of this protocol"),
        ("say({'hello': {**HELLO, 'protocol': 2}})", "speaks protocol 2, this runner 1"),
        ("HELLO.pop('protocol'); say({'hello': HELLO})", "no greeting of this protocol"),
    ],
)
def test_a_command_that_does_not_greet_is_the_operators_mistake(
    greeting: str, message: str, made: Made
) -> None:
    with pytest.raises(HarnessError, match=message):
        made(
            f"def greet(): {greeting}",
            start_timeout=0.3 if "sleep" in greeting else 20,
        )


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "empty"),
        ([], "empty"),
        ("'not closed", "cannot be split"),
        ("/nonexistent/program --flag", "cannot start '/nonexistent/program': No such file"),
        (["a\0b"], "cannot start"),
    ],
)
def test_a_command_that_cannot_be_started_is_the_operators_mistake(
    command: str | list[str], message: str
) -> None:
    with pytest.raises(HarnessError, match=message):
        Harness(command)


def test_a_name_is_shown_printable_and_not_for_ever(made: Made) -> None:
    harness = made("HELLO.update(name='a\\x1b[2J\\n' + 'b' * 500, version='\\u202e1')")
    assert harness.name == "a[2J" + "b" * (module.MAX_TEXT_CHARS - 4)
    assert harness.version == "1"


# --- standard error, and the end ------------------------------------------------------------------


def test_the_end_of_standard_error_is_kept(made: Made) -> None:
    harness = made(
        "def act(q):\n"
        "    sys.stderr.write('x' * 1_000_000 + 'the last words'); sys.stderr.flush()\n"
        "    answer(q, outcome='accept')\n"
    )
    assert harness.ask(question()).outcome is Outcome.ACCEPT
    harness.close()
    assert len(harness.stderr_tail) == pipes.MAX_STDERR_BYTES
    assert harness.stderr_tail.endswith("the last words")


def test_the_end_of_standard_error_can_be_read_while_it_runs(made: Made) -> None:
    harness = made("print('ready', file=sys.stderr, flush=True)")
    deadline = time.monotonic() + 10
    while harness.stderr_tail != "ready\n" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert harness.stderr_tail == "ready\n"


def test_a_harness_whose_input_ends_may_end_by_itself(made: Made, tmp_path: Path) -> None:
    script = "import atexit\natexit.register(lambda: LIVES.with_name('ended').touch())"
    made(script).close()
    assert (tmp_path / "ended").exists()


def test_a_harness_that_stays_when_its_input_ends_is_killed(
    made: Made, monkeypatch: pytest.MonkeyPatch, processes: list[subprocess.Popen[bytes]]
) -> None:
    monkeypatch.setattr(module, "END_SECONDS", 0.2)
    with made("import atexit\natexit.register(time.sleep, 60)"):
        pass
    assert processes[0].returncode == -9


def test_a_closed_harness_leaves_no_thread_and_may_be_closed_again(made: Made) -> None:
    before = threading.active_count()
    harness = made()
    harness.ask(question())
    assert threading.active_count() == before + 3
    harness.close()
    harness.close()
    assert threading.active_count() == before


def test_without_process_groups_the_process_itself_is_killed(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "killpg")
    harness = made("def act(q): time.sleep(60)", timeout=0.3)
    assert harness.ask(question()).outcome is Outcome.TIME_OUT


def test_a_descendant_that_escapes_with_a_pipe_is_left_alone(made: Made, tmp_path: Path) -> None:
    """It left the process group, and holds standard error open: nobody waits for it."""
    harness = made(
        "def act(q):\n"
        "    child = subprocess.Popen(['sleep', '60'], start_new_session=True,\n"
        "                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)\n"
        "    pathlib.Path(__file__).with_name('child').write_text(str(child.pid))\n"
        "    os._exit(0)\n"
    )
    threads = threading.active_count()
    assert harness.ask(question()).outcome is Outcome.CRASH
    assert threading.active_count() == threads - 2
    os.kill(int((tmp_path / "child").read_text(encoding="ascii")), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while threading.active_count() > threads - 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() == threads - 3  # its thread ends with it
