"""``vnvaxcert vn issue``: one passport for each person whose records are confirmed."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeAlias

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser, add_revocations, add_signer
from vnvaxcert.cli.judging import load_revocations
from vnvaxcert.cli.lists import Checks, load_together
from vnvaxcert.cli.outcome import CommandError, Outcome
from vnvaxcert.cli.signing import load_signer
from vnvaxcert.cli.source import read_file
from vnvaxcert.cli.vn.attest import BATCHES, batches_beside
from vnvaxcert.cli.vn.cases import Case, read_case, read_cases
from vnvaxcert.cli.vn.step import RESUMING, Step, add_step, read_plan, run_step
from vnvaxcert.cli.vn.words import pack, refusal
from vnvaxcert.cli.vn.work import MAX_OF_PERSON, Row, Tick, Work
from vnvaxcert.errors import (
    IssueError,
    NotAttestedError,
    NotCompleteError,
    NotMatchedError,
)
from vnvaxcert.vietnam.attestation import AttestationVerifier, Attested
from vnvaxcert.vietnam.passport import Passport, issue_passport
from vnvaxcert.vietnam.passport.issuing import ISSUER_NAME
from vnvaxcert.vietnam.reasons import Reason

ISSUED: Final = "issued.jsonl"
MAX_KEY_FILE_BYTES: Final = 4_096
MAX_BATCH_LINE_BYTES: Final = 1 << 20

NO_CHECKS: Final = Checks(signing_key=None, authorities=None, at=None, last_sequence=None)

Issue: TypeAlias = Callable[[list[Attested]], Passport]

DESCRIPTION = """\
Issue one vaccine passport for each person: of the latest dose, by Decision 5772/QĐ-BYT, valid for
12 months. A record that is not complete, not found right or not attested is rejected, and the
passport is made of the person's others.
"""
EPILOG = f"""\
Accepted lines stand together, by person, in {ISSUED}: the lines and identifiers of the records,
certificate_id, expires_at, and qr, the text of the code. The file of batches is looked for beside
CASES, where vn attest has put it.

Give with --revocation what was taken back since: records, batches, delegations. Without it nothing
is known to be.

The key of --identifier-key makes the certificate identifiers: the same for the same person and
contents, and telling nothing to those who do not have it. Keep it as long as passports are issued.

{RESUMING}
example:
  openssl rand -hex 32 > identifier.key
  vnvaxcert vn issue attested/attested.jsonl --authorities authority.pem --key ministry.key.pem \\
    --cert ministry.pem --identifier-key identifier.key --out issued
"""

_TOO_MANY: Final = Reason(
    code="dose_number.over_schedule",
    field="dose_number",
    detail=f"over {MAX_OF_PERSON} under one identity number",
)


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn issue", description=DESCRIPTION, epilog=EPILOG)
    add_step(made, records="CASES")
    add_authorities(made)
    add_revocations(made)
    add_signer(made, is_required=True)
    add_identifier_key(made)
    made.add_argument(
        "--dose",
        metavar="N",
        type=_dose,
        default="latest",
        help="which dose is certified: its number, or latest, when not given",
    )
    add_contents(made)
    return made


def add_authorities(made: Parser) -> None:
    """Add who may entrust units with confirming records."""
    made.add_argument(
        "--authorities",
        metavar="LIST",
        action="append",
        required=True,
        help="certificates of those who entrust units with confirming records; give it again to "
        "add another",
    )


def add_identifier_key(made: Parser) -> None:
    """Add the secret of the certificate identifiers."""
    made.add_argument(
        "--identifier-key",
        metavar="FILE",
        required=True,
        help="secret for certificate identifiers: 64 or more hexadecimal digits",
    )


def add_contents(made: Parser) -> None:
    """Add what decides about the contents of a passport."""
    made.add_argument(
        "--national-claim",
        action="store_true",
        help="put the nationality and the lot number into the code too",
    )
    made.add_argument(
        "--issuer-name",
        metavar="TEXT",
        type=_issuer_name,
        default=ISSUER_NAME,
        help=f"the issuer that a passport names; {ISSUER_NAME}, when not given",
    )


def run(arguments: list[str]) -> Outcome:
    """Issue passports.

    Raises:
        CommandError: Wrong usage, or a file that cannot be used.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    signer = load_signer(values.key, values.cert, values.password_file)
    identifier_key = read_identifier_key(values.identifier_key)
    authorities = load_together(values.authorities, NO_CHECKS)
    batches = batches_beside(Path(values.records))
    plan = read_plan(
        values,
        "issue",
        [
            (BATCHES, str(batches)),
            *(("--authorities", path) for path in values.authorities),
            *(("--revocation", path) for path in values.revocation),
            *(("--revocation-authorities", path) for path in values.revocation_authorities),
            *(("--revocation-key", path) for path in [values.revocation_key] if path),
        ],
        {
            "--cert": signer.certificate.hex(),
            "--identifier-key": sha256(b"vn issue" + identifier_key).hexdigest(),
            "--dose": values.dose,
            "--national-claim": values.national_claim,
            "--issuer-name": values.issuer_name,
        },
    )

    def make(at: datetime) -> Step[Case]:
        # Else every record would be rejected for what is wrong with none of them.
        if not signer.facts.not_before <= at < signer.facts.not_after:
            raise CommandError(f"{values.cert or values.key}: the certificate is not valid then")
        issue = partial(
            issue_passport,
            signer=signer,
            # One for all: it remembers the batches whose signatures it has checked.
            authorities=AttestationVerifier(
                authorities, at, revocations=load_revocations(values, at)
            ),
            identifier_key=identifier_key,
            at=at,
            dose=values.dose,
            has_national_claim=values.national_claim,
            issuer_name=values.issuer_name,
        )
        return Step(
            accepted=ISSUED,
            source=lambda: read_cases(plan.records),
            take=take,
            prepare=lambda opened: _keep_batches(opened, batches),
            settle=lambda opened, tick: _settle(opened, tick, issue),
        )

    return run_step(plan, make)


def take(case: Case, place: int) -> Row:
    """Keep a case for its person."""
    key = case.record.identity_number or f"line {case.line}"  # refused there: it is not complete
    return Row(place, case.line, case.record.record_id, key, case.text(), "")


def _settle(opened: Work, tick: Tick, issue: Issue) -> None:
    @lru_cache(maxsize=64)
    def batch(name: str) -> bytes:
        return b64decode(opened.look_up(name) or "")

    opened.settle_groups(
        partial(decide, batch=batch, issue=issue), too_many=pack([_TOO_MANY]), tick=tick
    )


def decide(group: list[Row], *, batch: Callable[[str], bytes], issue: Issue) -> Iterable[Row]:
    """Issue the passport of one person, of the records that hold."""
    decided: list[Row] = []
    held: list[tuple[Row, Attested]] = []
    for row in group:
        try:
            held.append((row, read_attested(read_case(row.body), batch)))
        except IssueError as error:
            decided.append(row._replace(body="", reasons=refusal(error)))
    while held:
        try:
            passport = issue([attested for _, attested in held])
        except (NotCompleteError, NotMatchedError, NotAttestedError) as error:
            # Of one record: the others may still make a passport.
            row, _ = held.pop((error.number or 1) - 1)
            decided.append(row._replace(body="", reasons=refusal(error)))
        except IssueError as error:
            decided += [row._replace(body="", reasons=refusal(error)) for row, _ in held]
            break
        else:
            rows = [row for row, _ in held]
            decided.append(rows[0]._replace(body=_line(rows, passport)))
            decided += [row._replace(body="") for row in rows[1:]]
            break
    return decided


def _line(rows: list[Row], passport: Passport) -> str:
    document: dict[str, Any] = {
        "lines": [row.line for row in rows],
        "record_ids": [row.record_id for row in rows],
        "certificate_id": passport.certificate_id,
        "issued_at": as_json.utc(passport.issued_at),
        "expires_at": as_json.utc(passport.expires_at),
        "qr": passport.text,
    }
    if passport.is_shortened:
        document["shortened"] = True
    return json.dumps(document, ensure_ascii=False)


# --- files ---------------------------------------------------------------------------------------


def read_attested(case: Case, batch: Callable[[str], bytes]) -> Attested:
    """The attestation of a case.

    Args:
        case: As `vn attest` wrote it.
        batch: Gives a batch by its name, empty where there is none.

    Raises:
        NotAttestedError: It has none, or one of another form.
    """
    name, index, path = (case.members.get(key) for key in ("batch", "index", "path"))
    message = batch(name) if isinstance(name, str) else b""
    if not message or type(index) is not int or not isinstance(path, list):
        raise NotAttestedError("it has no place in a batch")
    try:
        hashes = tuple(b64decode(one, validate=True) for one in path)
    except (TypeError, ValueError, Base64Error):
        raise NotAttestedError("its proof is not Base64") from None
    salt = _salt(case.members.get("salt"))
    verdict = case.members.get("verdict")
    return Attested(
        record=case.record,
        verdict=verdict if isinstance(verdict, str) else "not_sent",
        salt=salt,
        batch=message,
        index=index,
        path=hashes,
    )


def _salt(digits: object) -> bytes:
    """The salt of a case's leaf; that it has 16 bytes is for the verifier to check."""
    try:
        salt = bytes.fromhex(digits) if isinstance(digits, str) else b""
    except ValueError:
        salt = b""
    if not salt or salt.hex() != digits:
        raise NotAttestedError("its salt is not hexadecimal, in lower case")
    return salt


def read_batches(path: Path) -> Iterable[tuple[str, str]]:
    """The names of the batches of a file, and the batches, Base64.

    Raises:
        CommandError: A line is no batch.
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:
        number = 0
        while text := file.readline(MAX_BATCH_LINE_BYTES):
            number += 1
            try:
                document = json.loads(text)
                name, message = document["batch"], document["message"]
                b64decode(message, validate=True)
                name.encode()
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                raise CommandError(
                    f"{path}, line {number}: expected a batch, as vn attest writes it"
                ) from None
            yield name, message


def _keep_batches(opened: Work, path: Path) -> None:
    with opened.transaction():
        for name, message in read_batches(path):
            opened.keep(name, message)


def read_identifier_key(path: str) -> bytes:
    """The secret of the certificate identifiers.

    Raises:
        CommandError: The file cannot be read, or holds something else.
    """
    text = read_file(path, limit=MAX_KEY_FILE_BYTES).strip()
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) < 32:
        raise CommandError(
            f"{path}: expected 64 or more hexadecimal digits; make them with: openssl rand -hex 32"
        )
    return key


def _dose(text: str) -> int | str:
    if text == "latest":
        return text
    if text.isascii() and text.isdigit() and 1 <= len(text) <= 2 and int(text) > 0:
        return int(text)
    raise ArgumentTypeError("expected the number of a dose, or latest")


def _issuer_name(text: str) -> str:
    if 1 <= len(text) <= 80 and text.isprintable() and text.strip():
        return text
    raise ArgumentTypeError("expected 1 to 80 characters")
