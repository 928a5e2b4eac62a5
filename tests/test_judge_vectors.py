"""What others say of our vectors: programs and packages that share no code with the library.

``test_vectors/judged.json`` records who agrees with which vector, and which nobody else can judge,
with the reason. Here all are asked again.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

import judge_vectors
from interop import environment
from judging import openssl, packages, peer
from judging.case import Case

FOLDER: Final = Path(__file__).resolve().parents[1] / "test_vectors"
DOCUMENT: Final[Any] = json.loads((FOLDER / "judged.json").read_bytes())
JUDGED: Final[dict[str, list[str]]] = DOCUMENT["judged"]
CASES: Final = judge_vectors.cases()
BY_ID: Final = {case.id: case for case in CASES}

# A vector of each kind of question, to ask openssl without starting it a thousand times.
SAMPLE: Final = [
    case
    for number, case in enumerate(CASES)
    if number % 12 == 0 or case.id.startswith(("trust::chain", "trust::certificate"))
]


def test_the_record_has_the_form_of_its_schema() -> None:
    schema = json.loads((FOLDER / DOCUMENT["$schema"]).read_bytes())
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(DOCUMENT)] == []
    assert {name for judges in JUDGED.values() for name in judges} == set(DOCUMENT["judges"])


def test_each_vector_is_judged_or_has_a_reason() -> None:
    left = [name for group in DOCUMENT["not_judged"] for name in group["vectors"]]
    found = Counter([*JUDGED, *left])
    assert found == Counter(case.id for case in CASES)
    for group in DOCUMENT["not_judged"]:
        for name in group["vectors"]:
            assert judge_vectors.reason(BY_ID[name]) == group["reason"], name


def test_packages_say_again_what_is_recorded() -> None:
    for case in CASES:
        judges = {name for name, agrees in packages.JUDGES.items() if agrees(case)}
        recorded = set(JUDGED.get(case.id, ())) & set(packages.JUDGES)
        # An acceptance counts only with the signature, which packages are not asked about.
        assert recorded == judges or (not recorded and case.code is None), case.id


def test_python_cwt_says_again_what_is_recorded() -> None:
    interpreter = environment.python()
    if interpreter is None:
        pytest.skip("no environment for the other implementation: run tests/interop/environment.py")
    answers = peer.answers(CASES, interpreter)
    assert len(answers) > 500
    for case in CASES:
        agrees = case.id in answers and peer.agrees(case, answers[case.id])
        is_asked = case.code is not None or "revocation" not in case.input
        assert (peer.NAME in JUDGED.get(case.id, ())) is (agrees and is_asked), case.id


def test_python_cwt_accepts_no_forgery() -> None:
    interpreter = environment.python()
    if interpreter is None:
        pytest.skip("no environment for the other implementation: run tests/interop/environment.py")
    codes = ("signature.invalid", "trust.unknown_kid")
    forged = [case for case in CASES if case.code in codes and case.is_health_certificate]
    answers = peer.answers(forged, interpreter)
    accepted = [case.id for case in forged if answers[case.id]["accepts"]]
    # Here the key is trusted, but as that of an authority: python-cwt knows no such roles.
    assert accepted == ["trust::kid::authority-signs"]


@pytest.mark.skipif(not openssl.is_there(), reason="openssl is not installed")
def test_openssl_says_again_what_is_recorded() -> None:
    assert len(SAMPLE) > 100
    for case in SAMPLE:
        is_asked = case.code is not None or "revocation" not in case.input
        agrees = openssl.agrees(case) and is_asked
        assert (openssl.NAME in JUDGED.get(case.id, ())) is agrees, case.id


def test_every_invalid_signature_and_every_plain_acceptance_is_judged() -> None:
    for case in CASES:
        if not case.is_health_certificate or "revocation" in case.input:
            continue
        if case.code == "signature.invalid":
            assert {openssl.NAME, peer.NAME} & set(JUDGED[case.id]), case.id
        if case.code is None and "authorities" not in case.input:
            assert case.id in JUDGED or case.id == "times::signer::end", case.id


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("times::exp::one-second-after", {"at": "2023-04-15T08:30:00Z"}),
        ("cose::signed::by-a-stranger", {"trust": ["stranger-p256"]}),
        ("trust::kid::empty-list", {"trust": ["dsc-aq-p256"]}),
    ],
)
def test_judges_disagree_with_a_vector_that_is_wrong(name: str, changed: dict[str, Any]) -> None:
    keys = json.loads((FOLDER / "keys.json").read_bytes())["keys"]
    case = BY_ID[name]
    wrong = Case(
        {
            "id": name,
            "op": "verify",
            "input": {**case.input, **changed},
            "expect": {"reject": case.code},
        },
        keys,
    )
    assert not any(agrees(wrong) for agrees in packages.JUDGES.values())
    if openssl.is_there():
        assert not openssl.agrees(wrong)
    interpreter = environment.python()
    if interpreter is not None and name != "cose::signed::by-a-stranger":
        assert not peer.agrees(wrong, peer.answers([wrong], interpreter)[name])


def test_the_script_checks_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judge_vectors, "interpreter", lambda: None)
    assert judge_vectors.main(["--check"]) == 2
    assert "it takes openssl" in capsys.readouterr().err
    monkeypatch.setattr(judge_vectors, "interpreter", lambda: tmp_path)
    monkeypatch.setattr(openssl, "is_there", lambda: True)
    monkeypatch.setattr(judge_vectors, "cases", lambda: CASES[:3])
    monkeypatch.setattr(peer, "answers", lambda cases, python: {})
    monkeypatch.setattr(
        judge_vectors, "agreeing", lambda every, answers: {c.id: ["x"] for c in every}
    )
    monkeypatch.setattr(judge_vectors, "FOLDER", tmp_path)
    assert judge_vectors.main(["--check"]) == 1
    assert not (tmp_path / "judged.json").exists()
    assert judge_vectors.main([]) == 0
    assert judge_vectors.main(["--check"]) == 0
    assert "3 vectors judged by others, 0 by nobody else" in capsys.readouterr().out
