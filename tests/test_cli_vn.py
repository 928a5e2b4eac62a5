"""The steps of Viet Nam's way as commands: the whole way on a specimen, and every refusal.

The truth about a specimen is what `vnvaxcert.vietnam.specimen` put in; what comes out is read with
`json`, and certificates with `verify`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from test_reference import rows, section
from vnvaxcert import (
    HealthCertificate,
    Holder,
    PartialDate,
    RevocationList,
    TrustList,
    VnvaxcertError,
    cli,
    issue,
    verify,
)
from vnvaxcert.cli.demo import SPECIMEN
from vnvaxcert.cli.vn import COMMANDS, GROUP, words, work
from vnvaxcert.cli.vn.cases import read_case
from vnvaxcert.cli.vn.work import MAX_OF_PERSON
from vnvaxcert.errors import IssueError, KeyMismatchError, NotCompleteError, VerificationError
from vnvaxcert.trust.specimen import SpecimenAuthority
from vnvaxcert.vietnam.correction import verify_correction
from vnvaxcert.vietnam.passport import read_national_claim
from vnvaxcert.vietnam.reasons import REASONS

pytest.importorskip("rich")

ROOT = Path(__file__).resolve().parents[1]
AT = "2022-09-01T03:00:00Z"
STEPS = ("check", "match", "attest", "issue")


class Done(NamedTuple):
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


def execute(capsys: pytest.CaptureFixture[str], *given: object) -> Done:
    capsys.readouterr()  # of the steps before
    status = cli.main(["vn", *(str(one) for one in given)])
    captured = capsys.readouterr()
    return Done(status, captured.out, captured.err)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("check", ...)``: `vnvaxcert vn check` in this process."""
    return lambda *given: execute(capsys, *given)


def options_of(step: str, keys: Path, reference: Path) -> list[object]:
    """What a step takes besides its input and folder."""
    return {
        "check": [],
        "match": ["--reference", reference],
        "attest": [
            *("--key", keys / "unit.key.pem", "--cert", keys / "unit.pem"),
            *("--delegation", keys / "unit.delegation"),
        ],
        "issue": [
            *("--key", keys / "ministry.key.pem", "--cert", keys / "ministry.pem"),
            *("--authorities", keys / "authority.pem"),
            *("--identifier-key", keys / "identifier.key"),
        ],
    }[step]


ACCEPTED = {
    "check": "checked.jsonl",
    "match": "matched.jsonl",
    "attest": "attested.jsonl",
    "issue": "issued.jsonl",
}


def go(folder: Path, records: Path, keys: Path, reference: Path, *, until: str = "issue") -> Path:
    """Take records through the steps, into ``folder``; the accepted lines of the last."""
    given = records
    for step in STEPS:
        out = folder / step
        options = options_of(step, keys, reference)
        status = cli.main(
            ["vn", step, *map(str, [given, *options, "--at", AT, "--out", out, "--json"])]
        )
        assert status in (0, 1), step
        given = out / ACCEPTED[step]
        if step == until:
            break
    return given


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A specimen of 600 lines, and every step's folder; not to be changed."""
    folder = tmp_path_factory.mktemp("way")
    specimen = folder / "specimen"
    arguments = ["--count", 600, "--seed", 3, "--faults", 0.3, "--at", AT, "--keys"]
    assert cli.main(["vn", "specimen", *map(str, [*arguments, "--out", specimen, "--json"])]) == 0
    go(folder, specimen / "records.jsonl", specimen / "keys", specimen / "reference.jsonl")
    return folder


@pytest.fixture
def keys(way: Path) -> Path:
    return way / "specimen" / "keys"


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def summary(way: Path, step: str) -> Any:
    return json.loads((way / step / "summary.json").read_text())


# --- the whole way -------------------------------------------------------------------------------


def test_every_line_is_in_exactly_one_of_issued_and_rejected(way: Path) -> None:
    seen = Counter(line for one in read(way / "issue" / "issued.jsonl") for line in one["lines"])
    for step in STEPS:
        seen.update(one["line"] for one in read(way / step / "rejected.jsonl"))
    assert seen == Counter(range(1, 601))


def test_the_summaries_add_up_from_step_to_step(way: Path) -> None:
    expected = 600
    for step in STEPS:
        found = summary(way, step)
        assert (found["step"], found["input"]) == (step, expected)
        assert found["accepted"] + found["rejected"] == expected
        expected = found["accepted"]
    assert summary(way, "match")["verdicts"]["right"] == summary(way, "match")["accepted"]
    assert sum(summary(way, "match")["verdicts"].values()) == summary(way, "match")["input"]


def test_what_was_put_in_is_found_under_its_code(way: Path) -> None:
    found: dict[int, set[str]] = {}
    for one in read(way / "check" / "checked.jsonl"):
        found.setdefault(one["line"], set()).update(one.get("changes", ()))
    for step in STEPS:
        for one in read(way / step / "rejected.jsonl"):
            codes = found.setdefault(one["line"], set())
            codes.update(reason["code"] for reason in one["reasons"])
            codes.update(one.get("changes", ()))
    truth = read(way / "specimen" / "truth.jsonl")
    assert len(truth) > 100
    missed = [one for one in truth if not {code for code, _ in one["faults"]} <= found[one["line"]]]
    assert not missed
    faulty = {one["line"] for one in truth}
    assert {line for line, codes in found.items() if codes} <= faulty


def test_every_passport_verifies_and_names_the_same_person_once(way: Path, keys: Path) -> None:
    trust = TrustList.load(keys / "ministry.pem")
    issued = read(way / "issue" / "issued.jsonl")
    assert len(issued) > 100
    for one in issued:
        verified = verify(one["qr"], trust=trust, at=datetime.fromisoformat(AT))
        contents = verified.certificate
        assert isinstance(contents, HealthCertificate)
        assert contents.vaccinations[0].certificate_id == one["certificate_id"]
        assert len(one["lines"]) == len(one["record_ids"])
        assert read_national_claim(verified) is None
        assert one["expires_at"] == "2023-09-01T03:00:00Z"
    assert len({one["certificate_id"] for one in issued}) == len(issued)


def test_a_file_of_rejected_lines_and_a_summary_name_nobody(way: Path) -> None:
    people = read(way / "specimen" / "reference.jsonl")
    entered = [
        json.loads(line)
        for line in (way / "specimen" / "records.jsonl").read_text(encoding="utf-8").splitlines()
        if line.endswith("}")
    ]
    personal = {person[key] for person in people for key in ("full_name", "identity_number")}
    personal |= {one.get(key, "") for one in entered for key in ("full_name", "identity_number")}
    personal = {text for text in personal if len(text) > 6}
    for step in STEPS:
        for name in ("rejected.jsonl", "summary.json"):
            text = (way / step / name).read_text(encoding="utf-8")
            assert not [one for one in personal if one in text]


def test_a_rejected_line_says_why_in_both_languages(way: Path) -> None:
    for step in ("check", "match"):
        rejected = read(way / step / "rejected.jsonl")
        assert rejected
        for one in rejected:
            assert one["reasons"]
            for reason in one["reasons"]:
                assert reason["vi"].startswith(REASONS[reason["code"]].vi)
                assert reason["en"].startswith(REASONS[reason["code"]].en)


def test_csv_gives_the_same_passports(way: Path, keys: Path, tmp_path: Path) -> None:
    arguments = ["--count", 600, "--seed", 3, "--faults", 0.3, "--at", AT, "--format", "csv"]
    specimen = tmp_path / "specimen"
    assert cli.main(["vn", "specimen", *map(str, [*arguments, "--out", specimen])]) == 0
    issued = go(tmp_path, specimen / "records.csv", keys, specimen / "reference.jsonl")
    before = read(way / "issue" / "issued.jsonl")
    assert [one["record_ids"] for one in read(issued)] == [one["record_ids"] for one in before]
    assert {one["certificate_id"] for one in read(issued)} == {
        one["certificate_id"] for one in before
    }


# --- each step -----------------------------------------------------------------------------------


RECORD = {
    "record_id": "MAU-1",
    "full_name": "Nguyễn Thị Mẫu",
    "sex": "F",
    "birth_date": "1990-02-28",
    "nationality": "VN",
    "identity_number": "001190900001",
    "disease": "840539006",
    "product": "Pfizer",
    "dose_number": "1",
    "vaccination_date": "2021-09-01",
    "country": "VN",
    "facility_code": "01901",
    "facility_name": "Cơ sở tiêm chủng mẫu",
    "province_code": "01",
    "signing_unit": "01901",
}
PERSON = {key: RECORD[key] for key in ("full_name", "birth_date", "sex", "identity_number")}
SECOND = {"record_id": "MAU-2", "dose_number": "2", "vaccination_date": "2021-11-01"}


def write(path: Path, *documents: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents), encoding="utf-8"
    )
    return path


@pytest.fixture
def short(tmp_path: Path, keys: Path) -> Callable[..., Path]:
    """``short(record, ..., until="attest")``: a few records taken through the steps."""

    def take(*records: dict[str, Any], until: str = "issue") -> Path:
        given = write(tmp_path / "in" / "records.jsonl", *records)
        reference = write(tmp_path / "in" / "reference.jsonl", PERSON)
        return go(tmp_path / "way", given, keys, reference, until=until)

    return take


def test_the_others_go_on_when_one_dose_of_a_person_is_rejected(
    short: Callable[..., Path], tmp_path: Path
) -> None:
    third = {"record_id": "MAU-3", "dose_number": "3", "vaccination_date": "2022-08-01"}
    (issued,) = read(
        short(RECORD, {**RECORD, **SECOND}, {**RECORD, **third, "product": "Sinopharm"})
    )
    assert issued["lines"] == [1, 2]
    assert issued["record_ids"] == ["MAU-1", "MAU-2"]
    (rejected,) = read(tmp_path / "way" / "check" / "rejected.jsonl")
    assert [one["code"] for one in rejected["reasons"]] == ["product.ambiguous"]


def test_a_number_of_very_many_lines_is_rejected_whole(
    short: Callable[..., Path], tmp_path: Path
) -> None:
    many = [{**RECORD, "record_id": f"MAU-{n}"} for n in range(MAX_OF_PERSON + 1)]
    assert read(short(*many, until="check")) == []
    rejected = read(tmp_path / "way" / "check" / "rejected.jsonl")
    assert len(rejected) == MAX_OF_PERSON + 1
    assert {one["reasons"][0]["code"] for one in rejected} == {"dose_number.over_schedule"}


def test_lines_without_a_usable_number_are_nobodys_doses(
    short: Callable[..., Path], tmp_path: Path
) -> None:
    unusable = {**RECORD, "identity_number": "0"}
    short(unusable, {**unusable, **SECOND, "full_name": "Trần Văn Khác"}, until="check")
    for one in read(tmp_path / "way" / "check" / "rejected.jsonl"):
        assert [reason["code"] for reason in one["reasons"]] == ["identity_number.malformed"]


def test_a_dose_that_was_asked_for_is_certified(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    attested = short(RECORD, {**RECORD, **SECOND}, until="attest")
    options = options_of("issue", keys, tmp_path)
    out = tmp_path / "first"
    done = run(
        "issue", attested, *options, "--at", AT, "--dose", 1, "--national-claim", "--out", out
    )
    assert done.status == 0
    (issued,) = read(out / "issued.jsonl")
    trust = TrustList.load(keys / "ministry.pem")
    verified = verify(issued["qr"], trust=trust, at=datetime.fromisoformat(AT))
    assert isinstance(verified.certificate, HealthCertificate)
    assert verified.certificate.vaccinations[0].dose_number == 1
    claim = read_national_claim(verified)
    assert claim is not None
    assert claim.nationality == "VN"
    missing = run("issue", attested, *options, "--at", AT, "--dose", 3, "--out", tmp_path / "third")
    assert missing.status == 1
    assert [one["line"] for one in read(tmp_path / "third" / "rejected.jsonl")] == [1, 2]


def test_a_passport_that_ends_with_its_signer_says_so(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    attested = short(RECORD, until="attest")
    options = options_of("issue", keys, tmp_path)
    done = run("issue", attested, *options, "--at", "2024-06-01", "--out", tmp_path / "out")
    assert done.status == 0
    (issued,) = read(tmp_path / "out" / "issued.jsonl")
    assert issued["shortened"] is True
    assert issued["expires_at"] == "2024-08-31T03:00:00Z"  # two years after AT


def test_matching_goes_on_when_it_was_killed_after_it_had_cleared_up(
    short: Callable[..., Path],
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked = short(RECORD, until="check")
    reference = tmp_path / "in" / "reference.jsonl"
    arguments = ["match", checked, "--reference", reference, "--out", tmp_path / "out"]
    original = work.Work.note

    class Killed(BaseException):
        pass

    deadly: set[str] = set()

    def note(self: work.Work, **facts: str) -> None:
        if deadly & facts.keys():
            raise Killed
        original(self, **facts)

    monkeypatch.setattr(work.Work, "note", note)
    for fact in ("index", "read", "summary"):
        deadly.add(fact)
        with pytest.raises(Killed):
            run(*arguments)
        deadly.clear()
    done = run(*arguments)
    assert done.status == 0
    assert "went on where it was left" in done.out
    assert len(read(tmp_path / "out" / "matched.jsonl")) == 1
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"matched.jsonl", "rejected.jsonl", "summary.json", work.NAME}


def test_a_unit_confirms_nothing_outside_its_delegation(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    matched = short(RECORD, until="match")
    made = run(
        *("delegate", "--unit", keys / "unit.pem", "--role", "focal-unit", "--province", "02"),
        *("--id", "SPECIMEN-2", "--key", keys / "authority.key.pem"),
        *("--cert", keys / "authority.pem", "--at", AT, "--days", 30, "--json"),
        *("--out", tmp_path / "other.delegation"),
    )
    assert made.status == 0
    assert made.document["provinces"] == ["02"]
    assert made.document["not_after"] == "2022-10-01T03:00:00Z"
    done = run(
        *("attest", matched, "--key", keys / "unit.key.pem", "--cert", keys / "unit.pem"),
        *("--delegation", tmp_path / "other.delegation", "--at", AT, "--out", tmp_path / "out"),
    )
    assert done.status == 1
    (rejected,) = read(tmp_path / "out" / "rejected.jsonl")
    assert [one["code"] for one in rejected["reasons"]] == ["issue.not_attested"]
    assert "another province" in rejected["reasons"][0]["en"]
    assert rejected["reasons"][0]["vi"] == words.ERRORS["issue.not_attested"]
    assert (tmp_path / "out" / "batches.jsonl").read_text() == ""


def test_a_case_that_was_never_matched_is_not_attested(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    checked = short(RECORD, until="check")
    odd = write(tmp_path / "odd" / "odd.jsonl", {**read(checked)[0], "verdict": ["right"]})
    for number, cases in enumerate((checked, odd)):
        out = tmp_path / f"out{number}"
        options = options_of("attest", keys, tmp_path)
        assert run("attest", cases, *options, "--at", AT, "--out", out).status == 1
        (rejected,) = read(out / "rejected.jsonl")
        assert rejected["reasons"][0]["code"] == "issue.not_matched"


def test_a_case_that_is_not_complete_is_not_attested_and_says_what_is_missing(
    run: Run, keys: Path, tmp_path: Path
) -> None:
    case = {"line": 1, "record": {**RECORD, "product": "Unheard-of"}, "verdict": "right"}
    cases = write(tmp_path / "in" / "cases.jsonl", case)
    options = options_of("attest", keys, tmp_path)
    assert run("attest", cases, *options, "--at", AT, "--out", tmp_path / "out").status == 1
    (rejected,) = read(tmp_path / "out" / "rejected.jsonl")
    codes = [one["code"] for one in rejected["reasons"]]
    assert codes == ["issue.not_complete", "product.unknown"]
    assert rejected["reasons"][1]["vi"] == REASONS["product.unknown"].vi


@pytest.mark.parametrize(
    "change",
    [
        lambda case: case.pop("batch"),
        lambda case: case.update(batch="elsewhere"),
        lambda case: case.update(batch=7),
        lambda case: case.pop("path"),
        lambda case: case.update(path=["no Base64!"]),
        lambda case: case.update(path=[7]),
        lambda case: case.update(index="0"),
        lambda case: case.update(index=-1),
        lambda case: case.update(index=10**30),
        lambda case: case.pop("salt"),
        lambda case: case.update(salt="zz"),
        lambda case: case.update(salt="00" * 16),
        lambda case: case["record"].update(full_name="Nguyễn Thị Khác"),
        lambda case: case["record"].update(dose_number="1"),
        lambda case: case.update(verdict="wrong"),
        lambda case: case.update(verdict=None),
    ],
    ids=[
        *(
            "no batch",
            "unknown batch",
            "batch no text",
            "no path",
            "path no Base64",
            "path no text",
        ),
        *(
            "index text",
            "index negative",
            "index huge",
            "no salt",
            "salt no text",
            "another salt",
            "another name",
            "another dose",
            "wrong",
        ),
        "no verdict",
    ],
)
def test_a_record_that_was_changed_after_it_was_attested_is_rejected_alone(
    change: Callable[[Any], object],
    short: Callable[..., Path],
    run: Run,
    keys: Path,
    tmp_path: Path,
) -> None:
    attested = short(RECORD, {**RECORD, **SECOND}, until="attest")
    first, second = read(attested)
    change(second)
    write(attested, first, second)
    options = options_of("issue", keys, tmp_path)
    done = run("issue", attested, *options, "--at", AT, "--out", tmp_path / "out", "--json")
    assert (done.status, done.document["accepted"], done.document["rejected"]) == (1, 1, 1)
    (issued,) = read(tmp_path / "out" / "issued.jsonl")
    assert issued["lines"] == [1]
    (rejected,) = read(tmp_path / "out" / "rejected.jsonl")
    assert rejected["line"] == 2
    assert rejected["reasons"][0]["code"] in (
        *("issue.not_attested", "issue.not_matched", "issue.not_complete"),
    )


def test_batches_that_are_missing_are_one_plain_sentence(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    attested = short(RECORD, until="attest")
    alone = tmp_path / "alone" / "attested.jsonl"
    alone.parent.mkdir()
    shutil.copy(attested, alone)
    options = options_of("issue", keys, tmp_path)
    done = run("issue", alone, *options, "--at", AT, "--out", tmp_path / "out")
    assert done.status == 2
    assert "batches.jsonl" in done.err
    for line in (
        *('{"batch": "x"}', '{"batch": 7, "message": ""}', '{"batch": "x", "message": "?"}', "[]"),
        *("{", '{"batch": "x", "message": 7}', '{"batch": "\\ud800", "message": ""}'),
    ):
        (alone.parent / "batches.jsonl").write_text(f"{line}\n")
        arguments = [alone, *options, "--at", AT, "--out", tmp_path / "out", "--restart"]
        done = run("issue", *arguments)
        assert done.status == 2
        assert "line 1: expected a batch" in done.err


def test_nobody_is_certified_by_an_authority_that_is_not_trusted(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    attested = short(RECORD, until="attest")
    options = [str(one) for one in options_of("issue", keys, tmp_path)]
    options[options.index(str(keys / "authority.pem"))] = str(keys / "ministry.pem")
    done = run("issue", attested, *options, "--at", AT, "--out", tmp_path / "out")
    assert done.status == 1
    (rejected,) = read(tmp_path / "out" / "rejected.jsonl")
    assert rejected["reasons"][0]["code"] == "issue.not_attested"


# --- correcting ----------------------------------------------------------------------------------


def correct_options(keys: Path) -> list[object]:
    return [*options_of("issue", keys, keys), "--trust", keys / "ministry.pem", "--at", AT]


def test_a_correction_replaces_the_passport_and_revokes_the_old_one(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    (old,) = read(short({**RECORD, "vaccination_date": "2021-10-01"}))
    shutil.rmtree(tmp_path / "way")
    (tmp_path / "old.txt").write_text(old["qr"])
    corrected = short(RECORD, until="attest")
    out = tmp_path / "out"
    arguments = [tmp_path / "old.txt", corrected, *correct_options(keys)]
    done = run("correct", *arguments, "--reason", "facility", "--out", out, "--json")
    assert done.status == 0, done.err
    assert done.document == json.loads((out / "summary.json").read_text())
    assert done.document["changed"] == ["vaccination_date"]
    assert "2021" not in json.dumps({**done.document, "at": "", "expires_at": ""})
    trust = TrustList.load(keys / "ministry.pem")
    at = datetime.fromisoformat(AT)
    new = (out / "passport.txt").read_text().strip()
    revocations = RevocationList.load(*sorted(out.glob("revocation-*.json")))
    verify(new, trust=trust, at=at, revocations=revocations)
    with pytest.raises(VerificationError) as caught:
        verify(old["qr"], trust=trust, at=at, revocations=revocations)
    assert caught.value.code == "revoked"
    verified = verify_correction(
        (out / "correction.cose").read_bytes(),
        old=old["qr"],
        new=new,
        trust=trust,
        revocations=revocations,
        at=at,
    )
    assert verified.reason == "facility"


def test_a_correction_is_reported_to_people_without_saying_how(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    (old,) = read(short({**RECORD, "vaccination_date": "2021-10-01"}))
    shutil.rmtree(tmp_path / "way")
    (tmp_path / "old.txt").write_text(old["qr"])
    arguments = [tmp_path / "old.txt", short(RECORD, until="attest"), *correct_options(keys)]
    done = run("correct", *arguments, "--line", 1, "--out", tmp_path / "out")
    assert done.out.startswith("✓ CORRECTED\n")
    assert "vaccination_date" in done.out
    assert "2021-" not in done.out


@pytest.mark.parametrize("is_json", [False, True])
def test_a_correction_of_nothing_is_refused(
    is_json: bool, short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    issued = short(RECORD)
    (tmp_path / "old.txt").write_text(read(issued)[0]["qr"])
    attested = tmp_path / "way" / "attest" / "attested.jsonl"
    arguments = [tmp_path / "old.txt", attested, "--line", 1, *correct_options(keys)]
    done = run("correct", *arguments, "--out", tmp_path / "out", *(["--json"] * is_json))
    assert done.status == 1
    if is_json:
        assert done.document["code"] == "issue.correction"
        assert not done.document["corrected"]
    else:
        assert done.err.startswith("vnvaxcert: not corrected: ")
        assert done.err.count("\n") == 1


def test_a_correction_needs_to_know_whose_records_are_meant(
    way: Path, run: Run, keys: Path, tmp_path: Path
) -> None:
    issued = read(way / "issue" / "issued.jsonl")
    (tmp_path / "old.txt").write_text(issued[0]["qr"])
    arguments = [tmp_path / "old.txt", way / "attest" / "attested.jsonl", *correct_options(keys)]
    done = run("correct", *arguments, "--out", tmp_path / "a")
    assert (done.status, "choose with --line" in done.err) == (2, True)
    done = run("correct", *arguments, "--line", 10**9, "--out", tmp_path / "b")
    assert (done.status, "no such line" in done.err) == (2, True)
    (tmp_path / "two.txt").write_text(f"{issued[0]['qr']}\n{issued[1]['qr']}\n")
    done = run("correct", tmp_path / "two.txt", *arguments[1:], "--out", tmp_path / "c")
    assert (done.status, "expected one" in done.err) == (2, True)
    done = run("correct", *arguments, "--out", way)
    assert (done.status, "not empty" in done.err) == (2, True)


# --- showing -------------------------------------------------------------------------------------


@pytest.fixture
def passport(way: Path, tmp_path: Path) -> Path:
    path = tmp_path / "passport.txt"
    path.write_text(read(way / "issue" / "issued.jsonl")[0]["qr"])
    return path


def test_a_passport_is_shown_and_drawn(
    passport: Path, run: Run, keys: Path, tmp_path: Path
) -> None:
    files = {name: tmp_path / f"{name}.html" for name in ("page", "card", "verdict")}
    given = [part for name, path in files.items() for part in (f"--{name}", path)]
    trust = ["--trust", keys / "ministry.pem", "--at", AT]
    done = run("show", passport, *trust, *given)
    assert done.status == 0
    assert done.out.startswith("✓ HỢP LỆ · VALID\n")
    assert " 1. Họ và tên / Full name" in done.out
    for path in files.values():
        assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    document = run("show", passport, *trust, "--json").document
    assert document["answer"] == "accepted"
    assert [one["number"] for one in document["items"]] == list(range(1, 12))
    assert document["inspection"][0]["value_en"] == "VALID"
    assert document["files"] == []


def test_a_passport_is_drawn_as_a_pdf(passport: Path, run: Run, tmp_path: Path) -> None:
    pytest.importorskip("fpdf")
    done = run("show", passport, "--pdf", tmp_path / "a.pdf")
    assert done.status == 0
    assert "NOT CHECKED" in done.out
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_a_passport_that_is_refused_is_neither_shown_nor_drawn(
    passport: Path, run: Run, keys: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    for options in (
        ["--trust", keys / "unit.pem", "--at", AT],
        ["--trust", keys / "ministry.pem", "--at", "2022-01-01"],
    ):
        done = run("show", passport, *options, "--page", page)
        assert done.status == 1
        assert "1. Họ và tên" not in done.out
        assert not page.exists()
        assert f"{page} was not drawn" in done.err


def test_what_cannot_be_drawn_whole_is_not_drawn(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("fpdf")
    moment = datetime.fromisoformat(AT)
    holder = Holder(
        family_name="王", family_name_icao="WANG", given_name=None, birth_date=PartialDate(1990)
    )
    signer = SpecimenAuthority(not_before=moment, country="VN").issue_signer()
    text = issue(replace(SPECIMEN, holder=holder), signer=signer.signer, issued_at=moment)
    (tmp_path / "a.txt").write_text(text)
    done = run("show", tmp_path / "a.txt", "--pdf", tmp_path / "a.pdf")
    assert done.status == 2
    assert "cannot be drawn" in done.err
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [("HC1:", "zlib.invalid"), ("HC1:ab", "base45.invalid"), ("no", "hcert.prefix")],
)
def test_what_is_no_passport_is_not_shown(text: str, code: str, run: Run) -> None:
    document = run("show", text, "--json").document
    assert document["answer"] is None
    assert document["items"] == []
    assert document["message"]
    assert code.partition(".")[0] in document["code"]
    assert "CANNOT BE SHOWN" in run("show", text).out


def test_showing_is_used_wrongly_in_one_plain_sentence(
    passport: Path, run: Run, way: Path, tmp_path: Path
) -> None:
    done = run("show", passport, "--verdict", tmp_path / "v.html")
    assert (done.status, "--trust" in done.err) == (2, True)
    done = run("show", passport, "--page", tmp_path / "absent" / "v.html")
    assert (done.status, "cannot write" in done.err) == (2, True)
    several = tmp_path / "several.txt"
    several.write_text("\n".join(one["qr"] for one in read(way / "issue" / "issued.jsonl")[:2]))
    done = run("show", several)
    assert (done.status, "holds 2 codes" in done.err) == (2, True)


# --- wrong usage ---------------------------------------------------------------------------------


ISSUE = ["issue", "a.jsonl", "--authorities", "a", "--key", "k", "--identifier-key", "i"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["specimen", "--count", "0"], "1 to 5000000"),
        (["specimen", "--count", "ten"], "number of lines"),
        (["specimen", "--count", "9", "--seed", "-1"], "0 or more"),
        (["specimen", "--count", "9", "--faults", "0.9"], "share"),
        (["specimen", "--count", "9", "--faults", "nan"], "share"),
        (["specimen", "--count", "9", "--faults", "much"], "share"),
        (["specimen", "--count", "9", "--format", "xml"], "jsonl or csv"),
        (["specimen", "--count", "9", "--at", "2019-01-01"], "2022-01-01"),
        (["specimen", "--count", "9", "--keys", "--at", "9999-06-01"], "9999"),
        (["check", "absent.jsonl"], "absent.jsonl"),
        (["check", "."], "cannot read|expected"),
        (["match", "absent.jsonl", "--reference", "absent.jsonl"], "absent.jsonl"),
        (["attest", "absent.jsonl", "--key", "absent.pem", "--delegation", "x"], "absent.pem"),
        ([*ISSUE], "read k"),
        ([*ISSUE, "--dose", "0"], "latest"),
        ([*ISSUE, "--dose", "second"], "latest"),
        ([*ISSUE, "--issuer-name", "x" * 81], "80 characters"),
        ([*ISSUE, "--issuer-name", " "], "80 characters"),
        (["correct", "HC1:", *ISSUE[1:], "--trust", "t", "--line", "0"], "number of a line"),
        (["correct", "HC1:", *ISSUE[1:], "--trust", "t", "--reason", "why"], "citizen_request"),
        (["correct", "HC1:", *ISSUE[1:], "--trust", "t"], "cannot use a.jsonl"),
    ],
)
def test_wrong_usage_is_one_plain_sentence(
    arguments: list[str], words: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments, "--out", "out")
    assert done.status == 2
    assert re.search(words, done.err)
    assert done.err.count("\n") == 1


def test_a_specimen_is_not_written_over_another(run: Run, tmp_path: Path) -> None:
    assert run("specimen", "--count", 5, "--out", tmp_path / "a").status == 0
    done = run("specimen", "--count", 5, "--out", tmp_path / "a")
    assert (done.status, "not empty" in done.err) == (2, True)
    (tmp_path / "file").touch()
    done = run("specimen", "--count", 5, "--out", tmp_path / "file")
    assert (done.status, "cannot write" in done.err) == (2, True)


def test_an_unusable_file_of_records_is_one_plain_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(b"PK\x03\x04 a workbook")
    done = run("check", path, "--out", tmp_path / "out")
    assert done.status == 2
    assert "records.format" in done.err


def test_a_reference_that_breaks_its_form_is_one_plain_sentence(
    short: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    checked = short(RECORD, until="check")
    reference = write(tmp_path / "ref" / "reference.jsonl", PERSON, {"full_name": "Nguyễn"})
    out = tmp_path / "out"
    done = run("match", checked, "--reference", reference, "--out", out)
    assert done.status == 2
    assert "records.format" in done.err
    assert "Nguyễn" not in done.err
    write(reference, PERSON)
    done = run("match", checked, "--reference", reference, "--out", out)
    assert done.status == 0
    assert not (out / "references.sqlite3").exists()


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "7",
        "{}",
        '{"line": 0, "record": {}}',
        '{"line": true, "record": {}}',
        '{"line": 1, "record": []}',
        '{"line": 9223372036854775808, "record": {}}',
        '{"line": 1, "record": {"stranger": "x"}}',
        '{"line": 1, "record": {"full_name": "\\ud800"}}',
        '{"line": 1, "record": {}, "x": "' + "x" * 200_000 + '"}',
        "[" * 100_000,
        '{"line": 1',
    ],
    ids=str.__len__,
)
def test_a_line_that_is_no_case_ends_the_step_with_its_number(
    line: str, run: Run, keys: Path, tmp_path: Path
) -> None:
    good = {"line": 1, "record": RECORD, "verdict": "right"}
    path = write(tmp_path / "in" / "cases.jsonl", good)
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    options = options_of("attest", keys, tmp_path)
    done = run("attest", path, *options, "--at", AT, "--out", tmp_path / "out")
    assert done.status == 2
    assert "line 2: expected a case" in done.err


def test_odd_texts_are_no_trouble(short: Callable[..., Path], tmp_path: Path) -> None:
    odd = [
        {**RECORD, "record_id": "\u0000", "identity_number": "\u0000\u0000"},
        {**RECORD, "record_id": "x" * 500, "full_name": "\u202e" * 400},
        {**RECORD, "record_id": "'; DROP TABLE lines; --", "identity_number": "' OR 1=1"},
        {**RECORD, "record_id": "\u2028\n\r", "full_name": "\n" * 100},
    ]
    short(*odd, until="check")
    lines = [one["line"] for one in read(tmp_path / "way" / "check" / "rejected.jsonl")]
    assert lines == [1, 2, 3, 4]


def test_half_a_surrogate_pair_is_a_line_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"record_id": "\\ud800", "full_name": "x"}\n')
    done = run("check", path, "--out", tmp_path / "out", "--json")
    assert done.status == 1
    assert done.document["reasons"] == {"record.malformed": 1}


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "é" * 64, "ab" * 5000])
def test_a_secret_of_another_form_is_refused(
    content: str, short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(content, encoding="utf-8")
    options = [str(one) for one in options_of("issue", keys, tmp_path)]
    options[options.index(str(keys / "identifier.key"))] = str(secret)
    done = run("issue", short(RECORD, until="attest"), *options, "--out", tmp_path / "out")
    assert done.status == 2
    assert str(secret) in done.err


def test_a_signer_that_is_not_valid_then_issues_nothing(
    short: Callable[..., Path], run: Run, keys: Path, tmp_path: Path
) -> None:
    attested = short(RECORD, until="attest")
    options = options_of("issue", keys, tmp_path)
    done = run("issue", attested, *options, "--at", "2031-01-01", "--out", tmp_path / "out")
    assert done.status == 2
    assert "not valid then" in done.err
    matched = tmp_path / "way" / "match" / "matched.jsonl"
    options = options_of("attest", keys, tmp_path)
    done = run("attest", matched, *options, "--at", "2031-01-01", "--out", tmp_path / "out2")
    assert done.status == 2
    assert "nothing can be attested" in done.err


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"--role": "king"}, 2, "cannot be delegated"),
        ({"--role": "facility"}, 2, "whole province"),
        ({"--province": "1"}, 2, "two digits|2 digits"),
        ({"--facility": "02001"}, 2, "province"),
        ({"--unit-code": "x"}, 2, "five digits"),
        ({"--id": "x" * 81}, 2, "80 characters"),
        ({"--unit": "{keys}/identifier.key"}, 1, "certificate"),
        ({"--unit": "{keys}/unit.key.pem"}, 2, "no certificate"),
        ({"--unit": "{keys}/../../broken.pem"}, 2, "broken.pem"),
        ({"--at": "2031-01-01"}, 1, "not valid"),
        ({"--at": "9999-12-01", "--days": "365"}, 2, "9999"),
        ({"--out": "{keys}/unit.key.pem", "--unit": "{keys}/unit.key.pem"}, 2, "--out"),
        ({"--out": "/absent/file"}, 2, "cannot write"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else str(value),
)
def test_a_delegation_that_must_not_be_is_refused(
    changes: dict[str, str], status: int, words: str, run: Run, keys: Path, tmp_path: Path
) -> None:
    broken = "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"
    (keys.parent.parent / "broken.pem").write_text(broken)
    given = {
        "--unit": keys / "unit.pem",
        "--role": "focal-unit",
        "--province": "01",
        "--id": "SPECIMEN-3",
        "--key": keys / "authority.key.pem",
        "--cert": keys / "authority.pem",
        "--at": AT,
        "--out": tmp_path / "out.delegation",
        **{option: value.replace("{keys}", str(keys)) for option, value in changes.items()},
    }
    done = run("delegate", *(part for pair in given.items() for part in pair))
    assert done.status == status
    assert re.search(words, done.err)


def test_a_delegation_is_reported_to_people(run: Run, keys: Path, tmp_path: Path) -> None:
    done = run(
        *("delegate", "--unit", keys / "unit.pem", "--role", "facility", "--province", "01"),
        *("--facility", "01901", "--id", "SPECIMEN-4", "--key", keys / "authority.key.pem"),
        *("--cert", keys / "authority.pem", "--at", AT, "--out", tmp_path / "d"),
    )
    assert done.out.startswith("✓ DELEGATED\n")
    assert "SPECIMEN-4" in done.out


# --- help and documents --------------------------------------------------------------------------


def test_the_overview_names_every_step_and_option(run: Run) -> None:
    done = run("--help")
    assert done.out == GROUP.overview()
    assert all(f"\n  {name} " in done.out for name in COMMANDS)
    assert run().status == 2
    unknown = run("inspect")
    assert (unknown.status, "no step 'inspect'" in unknown.err) == (2, True)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_table_of_a_step_has_its_options(command: str, run: Run) -> None:
    usage = run(command, "--help").out
    options = set(re.findall(r"^  (--[a-z-]+)", usage, flags=re.MULTILINE))
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    listed = rows(section(page, f"### vn {command}"))
    shown = [row[0].partition(" ")[0] for row in listed if row[0].startswith("--")]
    assert set(shown) == options
    assert len(shown) == len(options)


@pytest.mark.parametrize("code", words.ERRORS)
def test_an_error_that_rejects_a_line_exists(code: str) -> None:
    def below(kind: type[VnvaxcertError]) -> set[str]:
        return {getattr(kind, "code", "")}.union(*map(below, kind.__subclasses__()))

    assert code in below(IssueError) | below(VerificationError)


def test_an_error_without_words_of_its_own_still_has_some() -> None:
    (found,) = words.unpack(words.refusal(KeyMismatchError()))
    assert found["vi"] == words.OTHER
    assert found["en"] == str(KeyMismatchError())


def test_reasons_of_an_error_that_are_no_codes_are_left_out() -> None:
    found = words.unpack(words.refusal(NotCompleteError(("sex.missing", "no.such.code"))))
    assert [one["code"] for one in found] == ["issue.not_complete", "sex.missing"]


def test_a_case_reads_as_it_was_written() -> None:
    text = read_case(json.dumps({"line": 7, "record": RECORD, "verdict": "right"})).text(index=1)
    assert json.loads(text) == {"line": 7, "record": RECORD, "verdict": "right", "index": 1}


@pytest.mark.skipif(os.name != "posix", reason="there are no such files here")
def test_what_cannot_be_read_twice_is_no_input(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run("check", pipe, "--out", tmp_path / "out")
    assert done.status == 2
    assert "may have to read it again" in done.err
