"""What would let a passport out that must not be, or let personal data or a traceback out.

Each test was a way in once.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from vietnam_maker import AT, ATTESTED_AT, IDENTIFIER_KEY, RECORD, world
from vnvaxcert import RevocationList, cli
from vnvaxcert.errors import AttestationError, DelegationError, NotAttestedError
from vnvaxcert.trust.revocation import write_batches
from vnvaxcert.vietnam.attestation import (
    AttestationVerifier,
    Attested,
    attest,
    verify_attestation,
    withdraw_batch,
    withdraw_delegation,
    withdraw_record,
)
from vnvaxcert.vietnam.attestation.batch import sign_batch
from vnvaxcert.vietnam.attestation.leaf import leaf_of
from vnvaxcert.vietnam.attestation.merkle import Tree
from vnvaxcert.vietnam.passport import issue_passport
from vnvaxcert.vietnam.reading import to_json

SALT = b"specimen salt 01"


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [
        ("2022-04-09", True),
        ("2022-04-08", False),  # confirmed at 9 in the morning in Viet Nam
        ("2021-09-10", False),
    ],
)
def test_a_dose_that_was_confirmed_before_it_was_given_makes_no_passport(
    day: str, is_refused: bool
) -> None:
    made = world()
    record = replace(RECORD, vaccination_date=day)
    tree = Tree([leaf_of(record, SALT)])
    message = sign_batch(
        count=1,
        root=tree.root,
        attested_at=ATTESTED_AT,
        delegations=[made.delegation],
        signer=made.facility.signer,
    )
    attested = Attested(
        record=record, verdict="right", salt=SALT, batch=message, index=0, path=tree.path(0)
    )

    def issue() -> object:
        return issue_passport(
            [attested],
            signer=made.ministry.signer,
            authorities=made.authorities,
            identifier_key=IDENTIFIER_KEY,
            at=AT,
        )

    if is_refused:
        with pytest.raises(NotAttestedError, match="before the day of the dose"):
            issue()
    else:
        issue()


LAST = datetime.max.replace(tzinfo=UTC)


def test_the_last_moment_of_all_is_judged_like_any_other() -> None:
    made = world()
    (attested,) = made.attest([RECORD])
    assert verify_attestation(attested, authorities=made.authorities, at=LAST).count == 1
    with pytest.raises(DelegationError, match="does not hold at 9999-12-31"):
        AttestationVerifier(made.authorities, LAST).verify_delegation(made.delegation)
    with pytest.raises(AttestationError, match="in the future"):
        verify_attestation(
            attested, authorities=made.authorities, at=datetime.min.replace(tzinfo=UTC)
        )


@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=7))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-7))),
    ],
    ids=["before the first", "after the last"],
)
def test_a_moment_that_has_no_place_in_utc_is_misuse_in_plain_words(moment: datetime) -> None:
    made = world()
    with pytest.raises(ValueError, match="outside the years 1 to 9999 in UTC"):
        AttestationVerifier(made.authorities, moment)
    with pytest.raises(ValueError, match="outside the years 1 to 9999 in UTC"):
        attest(
            [(RECORD, "right")],
            signer=made.facility.signer,
            delegations=[made.delegation],
            at=moment,
        )
    with pytest.raises(ValueError, match="outside the years 1 to 9999 in UTC"):
        made.delegate(not_after=moment)


def test_checking_in_the_last_hours_of_9999_is_one_plain_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps(to_json(RECORD)))
    out = str(tmp_path / "out")
    given = ["vn", "check", str(path), "--at", "9999-12-31T23:59:59Z", "--out", out]
    assert cli.main(given) == 2
    assert capsys.readouterr().err == "vnvaxcert: --at: after the year 9999 in Viet Nam\n"


# --- what was taken back, on the command line ----------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Attested]:
    """An attested case with all that `vn issue` needs, and the attestation."""
    made = world()
    (attested,) = made.attest([RECORD])
    case = {
        "line": 1,
        "record": to_json(RECORD),
        "verdict": "right",
        "batch": "1",
        "index": 0,
        "path": [],
        "salt": attested.salt.hex(),
    }
    message = b64encode(attested.batch).decode("ascii")
    (tmp_path / "attested.jsonl").write_text(json.dumps(case) + "\n")
    (tmp_path / "batches.jsonl").write_text(json.dumps({"batch": "1", "message": message}) + "\n")
    (tmp_path / "ministry.key.pem").write_text(made.ministry.private_key_pem())
    (tmp_path / "ministry.pem").write_text(made.ministry.certificate_pem())
    (tmp_path / "authority.pem").write_text(made.committee.certificate_pem())
    (tmp_path / "identifier.key").write_text(IDENTIFIER_KEY.hex())
    return tmp_path, attested


def issue_with(folder: Path, *more: object) -> int:
    given = ["vn", "issue", folder / "attested.jsonl", "--authorities", folder / "authority.pem"]
    given += ["--key", folder / "ministry.key.pem", "--cert", folder / "ministry.pem"]
    given += ["--identifier-key", folder / "identifier.key", "--out", folder / "out"]
    given += ["--at", f"{AT:%Y-%m-%dT%H:%M:%SZ}", *more]
    return cli.main([str(one) for one in given])


@pytest.mark.parametrize("what", ["record", "batch", "delegation"])
def test_what_was_taken_back_makes_no_passport_on_the_command_line(
    what: str, files: tuple[Path, Attested], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, attested = files
    entry = {
        "record": lambda: withdraw_record(attested),
        "batch": lambda: withdraw_batch(attested.batch),
        "delegation": lambda: withdraw_delegation(world().delegation),
    }[what]()
    (batch,) = write_batches(
        [entry.hash], kid=entry.kid, country="VN", expires_at=AT + timedelta(days=30)
    )
    (folder / "withdrawn.json").write_bytes(batch)
    assert RevocationList.load(folder / "withdrawn.json")
    assert issue_with(folder) == 0
    # Another list is another question: what was issued before it is not passed off as the answer.
    assert issue_with(folder, "--revocation", folder / "withdrawn.json") == 2
    assert "--revocation" in capsys.readouterr().err
    assert issue_with(folder, "--revocation", folder / "withdrawn.json", "--restart") == 1
    assert (folder / "out" / "issued.jsonl").read_text() == ""
    (rejected,) = (folder / "out" / "rejected.jsonl").read_text().splitlines()
    assert "issue.not_attested" in rejected
    assert "taken back" in rejected


def test_a_key_for_lists_without_a_list_is_wrong_usage(
    files: tuple[Path, Attested], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = files
    assert issue_with(folder, "--revocation-key", folder / "authority.pem") == 2
    assert "--revocation-key is given, and no list" in capsys.readouterr().err
