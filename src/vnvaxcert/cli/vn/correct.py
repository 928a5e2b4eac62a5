"""``vnvaxcert vn correct``: a corrected passport, and the revocation of the old one."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError, Namespace
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser, add_json, add_revocations, add_signer, parse_moment
from vnvaxcert.cli.judging import load_revocations
from vnvaxcert.cli.lists import load_together
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.signing import load_signer
from vnvaxcert.cli.source import read_codes
from vnvaxcert.cli.vn.attest import batches_beside
from vnvaxcert.cli.vn.cases import read_cases
from vnvaxcert.cli.vn.delegate import write_file
from vnvaxcert.cli.vn.issue import (
    NO_CHECKS,
    add_authorities,
    add_identifier_key,
    read_attested,
    read_batches,
    read_identifier_key,
)
from vnvaxcert.cli.vn.work import MAX_OF_PERSON
from vnvaxcert.errors import VnvaxcertError
from vnvaxcert.trust.revocation import write_batches
from vnvaxcert.verify import decode_unverified
from vnvaxcert.vietnam.attestation import AttestationVerifier, Attested
from vnvaxcert.vietnam.correction import Correction, CorrectionReason, correct

DESCRIPTION = """\
Issue a corrected passport in the place of OLD, from the person's corrected records, attested anew.
What is to be published so that OLD is refused, and a signed record that links the two, come with
it. What changed is named, and never shown.
"""
EPILOG = f"""\
CASES is of vn attest, with the file of batches beside it; with --line only the lines of one person
are taken out of it. The reasons are {", ".join(CorrectionReason)}.

Give with --revocation what was revoked and taken back since: an OLD that was revoked is not
corrected again, and records that were taken back are not used.

DIR then holds passport.txt (the new code), revocation-1.json and so on (the hashes of OLD, as
batches of the gateway's form), correction.cose (the signed record) and summary.json. Publish the
hashes first.

The exit status is 1 when nothing is to be corrected or it must not be, 2 for wrong usage or a file
that cannot be used.

example:
  vnvaxcert vn correct old.txt attested/attested.jsonl --line 7 --trust ministry.pem \\
    --authorities authority.pem --key ministry.key.pem --cert ministry.pem \\
    --identifier-key identifier.key --out corrected
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn correct", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument(
        "input", metavar="OLD", help="the passport to correct: text, picture, or a file of either"
    )
    made.add_argument("cases", metavar="CASES", help="the corrected records, of vn attest")
    made.add_argument(
        "--line",
        metavar="N",
        type=_line,
        action="append",
        help="take this line of the first file alone; give it again to add another dose",
    )
    made.add_argument(
        "--trust",
        metavar="LIST",
        action="append",
        required=True,
        help="trust list, or certificate, of those who signed OLD; give it again to add another",
    )
    add_authorities(made)
    add_revocations(made)
    add_signer(made, is_required=True)
    add_identifier_key(made)
    made.add_argument(
        "--reason",
        metavar="REASON",
        type=_reason,
        default=CorrectionReason.CITIZEN_REQUEST,
        help=f"on whose word; {CorrectionReason.CITIZEN_REQUEST}, when not given",
    )
    made.add_argument(
        "--person-confirmed",
        action="store_true",
        help="both are one person, as somebody has seen in the register: an identity number that "
        "is quite another leaves the name or the birth date free",
    )
    made.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="time of the correction, as 2022-06-01T12:00:00Z; now, when not given",
    )
    made.add_argument(
        "--out", metavar="DIR", required=True, help="folder to write into: empty, or not there yet"
    )
    add_json(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Correct a passport.

    Raises:
        CommandError: Wrong usage, or a file that cannot be used.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    folder = Path(values.out)
    codes = read_codes(values.input)
    if len(codes) > 1:
        raise CommandError(f"OLD holds {len(codes)} codes; expected one")
    at = (values.at or datetime.now(UTC)).replace(microsecond=0)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty; give another with --out")
        history = _history(Path(values.cases), values.line)
        made = _correct(values, codes[0].text, history, at)
    except OSError as error:
        raise CommandError(f"cannot use {error.filename or folder}: {error.strerror}") from error
    except VnvaxcertError as error:
        message = f"not corrected: {error} ({error.code})"
        if not values.json:
            return Outcome(REFUSED, messages=(message,))
        refused = {"corrected": False, "code": error.code, "message": str(error)}
        return Outcome(REFUSED, as_json.dump([refused]))
    return _write(values, folder, codes[0].text, made)


def _correct(values: Namespace, text: str, history: list[Attested], at: datetime) -> Correction:
    revocations = load_revocations(values, at)
    authorities = load_together(values.authorities, NO_CHECKS)
    return correct(
        text,
        history,
        signer=load_signer(values.key, values.cert, values.password_file),
        authorities=AttestationVerifier(authorities, at, revocations=revocations),
        revocations=revocations,
        trust=load_together(values.trust, NO_CHECKS),
        identifier_key=read_identifier_key(values.identifier_key),
        at=at,
        reason=values.reason,
        is_person_confirmed=values.person_confirmed,
    )


def _write(values: Namespace, folder: Path, text: str, made: Correction) -> Outcome:
    passport = made.passport
    old = decode_unverified(text)  # it was verified, or nothing would have been made
    # Those of its identifier are for codes renewed later than this one, too.
    expires_at = max(old.expires_at or passport.expires_at, passport.expires_at)
    batches = write_batches(
        made.revoked, kid=made.kid, country=str(old.issuer), expires_at=expires_at
    )
    files = {
        "passport.txt": f"{passport.text}\n".encode("ascii"),
        **{f"revocation-{number}.json": one for number, one in enumerate(batches, 1)},
        "correction.cose": made.record,
    }
    document = {
        "corrected": True,
        "code": None,
        "message": None,
        "at": as_json.utc(made.corrected_at),
        "reason": made.reason.value,
        "changed": list(made.changed),
        "revoked": len(made.revoked),
        "expires_at": as_json.utc(passport.expires_at),
        "files": [*files, "summary.json"],
    }
    files["summary.json"] = f"{json.dumps(document, indent=2)}\n".encode()
    for name, content in files.items():
        write_file(folder / name, content, mode=0o600)
    if values.json:
        return Outcome(ACCEPTED, as_json.dump([document]))
    screen = Screen()
    screen.verdict(
        "good", "CORRECTED", f"in {folder}: {', '.join(files)}", "Publish the hashes first."
    )
    screen.section("Correction", [("changed", ", ".join(made.changed)), ("reason", made.reason)])
    return Outcome(ACCEPTED, screen.text())


def _history(path: Path, wanted: list[int] | None) -> list[Attested]:
    """The attested records of one person.

    Raises:
        CommandError: There are none, or more than a person has.
        OSError: A file cannot be read.
        NotAttestedError: One is not attested.
    """
    cases = []
    for case in read_cases(path):
        if wanted is None or case.line in wanted:
            cases.append(case)
            if len(cases) > MAX_OF_PERSON:
                raise CommandError(
                    f"{path} holds more than one person's records; choose with --line"
                )
    if not cases:
        raise CommandError(f"{path} holds no such line")
    names = {case.members.get("batch") for case in cases}
    batches = {
        name: b64decode(text) for name, text in read_batches(batches_beside(path)) if name in names
    }
    return [read_attested(case, lambda name: batches.get(name, b"")) for case in cases]


def _line(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 18 and int(text) > 0:
        return int(text)
    raise ArgumentTypeError("expected the number of a line")


def _reason(text: str) -> CorrectionReason:
    try:
        return CorrectionReason(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"expected {', '.join(CorrectionReason)}")
