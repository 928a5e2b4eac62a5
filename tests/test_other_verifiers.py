"""The harnesses of other verifiers ask them honestly, and the page about them is true."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import count_other_verifiers as counting
from harnesses import environment
from vnvaxcert.codec import base45, deflate
from vnvaxcert.conformance import Answer, Harness, Outcome

ROOT: Final = Path(__file__).resolve().parents[1]
VECTORS: Final = ROOT / "test_vectors"
REQUIREMENTS: Final = ROOT / "tests" / "interop" / "requirements.txt"
NAMES: Final = tuple(environment.COMMANDS)


def vector(identifier: str) -> dict[str, Any]:
    """The input of one of our vectors."""
    suite = identifier.partition("::")[0]
    document = json.loads((VECTORS / f"{suite}.json").read_text(encoding="utf-8"))
    (found,) = (one for one in document["vectors"] if one["id"] == identifier)
    given: dict[str, Any] = found["input"]
    return given


def trusted(name: str) -> dict[str, Any]:
    """A key of our vectors, as a question carries it."""
    key = json.loads((VECTORS / "keys.json").read_text(encoding="utf-8"))["keys"][name]
    kid = b64encode(bytes.fromhex(key["kid"])).decode()
    return {"kid": kid, **{member: key[member] for member in ("certificate", "jwk", "country")}}


@cache
def good() -> dict[str, Any]:
    """The input of a good certificate, as a question carries it."""
    given = vector("times::exp::at-the-second")
    return {**given, "trust": [trusted(name) for name in given["trust"]]}


@pytest.fixture(scope="module", params=NAMES)
def harness(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """The harness of each package that is installed."""
    if not environment.is_ready(request.param):
        pytest.skip(f"{request.param} is not installed: make harnesses")
    command = [str(word) for word in environment.COMMANDS[request.param]]
    with Harness(command, timeout=30) as running:
        yield running


def asked(harness: Harness, **changed: object) -> Answer:
    """The answer about the good certificate with a part of the question changed."""
    return harness.ask({"id": "x", "op": "verify", "input": {**good(), **changed}})


def test_the_harness_names_the_package_and_its_pinned_version(harness: Harness) -> None:
    pinned = json.loads((environment.SOURCES / "package.json").read_text(encoding="utf-8"))
    cwt = re.search(r"^cwt==(\S+)$", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert cwt
    versions = {**pinned["dependencies"], "python-cwt": cwt[1]}
    assert versions[harness.name] == harness.version


def test_a_good_certificate_is_accepted(harness: Harness) -> None:
    assert asked(harness).outcome is Outcome.ACCEPT


def test_a_changed_certificate_is_refused_for_its_signature(harness: Harness) -> None:
    message = deflate.decompress(base45.decode(good()["text"][4:]))
    changed = message.replace(b"SPECIMEN", b"SPECIMEM")
    assert changed != message
    text = "HC1:" + base45.encode(deflate.compress(changed))
    expected = Answer(outcome=Outcome.REJECT, code="signature.invalid")
    assert asked(harness, text=text) == expected


def test_no_key_of_the_question_before_is_trusted(harness: Harness) -> None:
    assert asked(harness).outcome is Outcome.ACCEPT
    expected = Answer(outcome=Outcome.REJECT, code="trust.unknown_kid")
    assert asked(harness, trust=[]) == expected
    assert asked(harness).outcome is Outcome.ACCEPT


def test_a_bare_key_serves_as_well(harness: Harness) -> None:
    (key,) = good()["trust"]
    assert asked(harness, trust=[{**key, "certificate": None}]).outcome is Outcome.ACCEPT


def test_another_key_under_the_kid_does_not_serve(harness: Harness) -> None:
    (key,) = good()["trust"]
    other = {**trusted("stranger-p256"), "kid": key["kid"]}
    expected = Answer(outcome=Outcome.REJECT, code="signature.invalid")
    assert asked(harness, trust=[other]) == expected


@pytest.mark.parametrize(
    "changed",
    [{"policy": "tolerant"}, {"authorities": []}, {"revocation": {}}, {"text": '{"data": {}}'}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_the_package_cannot_be_asked_is_unsupported(
    changed: dict[str, object], harness: Harness
) -> None:
    assert asked(harness, **changed).outcome is Outcome.UNSUPPORTED


def test_python_cwt_sees_the_moment_of_the_question() -> None:
    if not environment.is_ready("python-cwt"):
        pytest.skip("python-cwt is not installed: python tests/interop/environment.py")
    command = [str(word) for word in environment.COMMANDS["python-cwt"]]
    with Harness(command, timeout=30) as harness:
        expected = Answer(outcome=Outcome.REJECT, code="cwt.expired")
        assert asked(harness, at="2090-01-01T00:00:00Z") == expected
        assert asked(harness).outcome is Outcome.ACCEPT


# --- what is installed ----------------------------------------------------------------------------


def test_every_javascript_package_is_pinned_and_no_registry_is_named() -> None:
    text = (environment.SOURCES / "package-lock.json").read_text(encoding="utf-8")
    lock = json.loads(text)
    given = json.loads((environment.SOURCES / "package.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == given["dependencies"]
    for version in (*given["dependencies"].values(), *given["overrides"].values()):
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert all(package.keys() >= {"version", "integrity"} for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
    assert "registry" not in text


def test_no_script_of_a_package_runs() -> None:
    settings = (environment.SOURCES / ".npmrc").read_text(encoding="utf-8").splitlines()
    assert "ignore-scripts=true" in settings


# --- the page -------------------------------------------------------------------------------------


def rows() -> list[list[str]]:
    """The cells of the table of kinds on the page, its head included."""
    page = counting.PAGE.read_text(encoding="utf-8")
    block = page.split(counting.START)[1].split("By suite")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in block.splitlines()
        if line.startswith("|") and not line.startswith("| ---")
    ]


def test_the_counts_of_the_page_add_up() -> None:
    total = re.search(r"over (\d+) vectors", counting.PAGE.read_text(encoding="utf-8"))
    assert total
    head, *kinds = rows()
    assert [name.rpartition(" ")[0] for name in head[1:]] == list(NAMES)
    for column in range(1, len(head)):
        assert sum(int(row[column]) for row in kinds) == int(total[1])


def test_the_page_names_no_vector() -> None:
    assert "::" not in counting.PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_counts_of_the_page_are_those_that_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    missing = [name for name in NAMES if not environment.is_ready(name)]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: make harnesses")
    assert counting.main(["--check"]) == 0, capsys.readouterr().err


def test_other_counts_are_noticed_and_another_day_is_not() -> None:
    page = f"a\n{counting.START}\nCounted on 2026-01-01, over 3 vectors.\n{counting.END}\nb\n"
    same = counting.with_counts(page, "Counted on 2027-02-02, over 3 vectors.")
    assert same == page.replace("2026-01-01", "2027-02-02").replace("-->\nCounted", "-->\n\nCounted"
    ).replace("vectors.\n<", "vectors.\n\n<")  # fmt: skip
    again = counting.with_counts(same, "Counted on 2028-03-03, over 3 vectors.")
    assert counting.undated(again) == counting.undated(same)
    other = counting.with_counts(same, "Counted on 2027-02-02, over 4 vectors.")
    assert counting.undated(other) != counting.undated(same)


def test_without_the_packages_nothing_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "is_ready", lambda name: name == "dcc-utils")
    assert counting.main([]) == 2
    assert "python-cwt, @pathcheck/dcc-sdk not installed" in capsys.readouterr().err
