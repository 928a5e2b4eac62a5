"""``vnvaxcert vn attest``: a unit confirms the records that were found right."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from vnvaxcert.cli.arguments import Parser, add_signer
from vnvaxcert.cli.outcome import CommandError, Outcome
from vnvaxcert.cli.signing import load_signer
from vnvaxcert.cli.source import read_file
from vnvaxcert.cli.vn.cases import Case, read_case, read_cases
from vnvaxcert.cli.vn.step import RESUMING, Plan, Step, add_step, read_plan, run_step
from vnvaxcert.cli.vn.words import refusal
from vnvaxcert.cli.vn.work import Row, Tick, Work
from vnvaxcert.errors import VnvaxcertError
from vnvaxcert.trust.signer import Signer
from vnvaxcert.vietnam.attestation import Batch, Refused, attest
from vnvaxcert.vietnam.matching import Verdict

ATTESTED: Final = "attested.jsonl"
BATCHES: Final = "batches.jsonl"
BATCH_SIZE: Final = 4_096  # records under one signature; each then needs 12 hashes to prove itself
MAX_DELEGATION_FILE_BYTES: Final = 1 << 20

DESCRIPTION = """\
Confirm records as a vaccination facility, or as the unit that acts for facilities. One signature
stands for a batch of records, and each record gets the proof that it is in it. A record that is not
complete, was not found right, or that no delegation covers is rejected.
"""
EPILOG = f"""\
Accepted lines go to {ATTESTED}, each with its place in a batch, and the batches to
{BATCHES}: vn issue takes both, and looks for the second beside the first.

{RESUMING}
example:
  vnvaxcert vn attest matched/matched.jsonl --key unit.key.pem --cert unit.pem \\
    --delegation unit.delegation --out attested
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn attest", description=DESCRIPTION, epilog=EPILOG)
    add_step(made, records="CASES")
    add_signer(made, is_required=True)
    made.add_argument(
        "--delegation",
        metavar="FILE",
        action="append",
        required=True,
        help="what entrusts the unit with it, of vn delegate; give it again to add another",
    )
    return made


def run(arguments: list[str]) -> Outcome:
    """Attest records.

    Raises:
        CommandError: Wrong usage, a file that cannot be used, or a delegation of another unit or
            period.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    signer = load_signer(values.key, values.cert, values.password_file)
    delegations = [read_file(path, limit=MAX_DELEGATION_FILE_BYTES) for path in values.delegation]
    plan = read_plan(
        values,
        "attest",
        [("--delegation", path) for path in values.delegation],
        {"--cert": signer.certificate.hex()},
    )
    try:
        return run_step(plan, partial(_step, plan, signer, delegations))
    except VnvaxcertError as error:  # of all records: the unit may not attest at all
        raise CommandError(f"nothing can be attested: {error} ({error.code})") from error


def _step(plan: Plan, signer: Signer, delegations: list[bytes], at: datetime) -> Step[Case]:
    # Found out before a long input is read: a delegation that does not hold.
    attest([], signer=signer, delegations=delegations, at=at)
    confirm = partial(attest, signer=signer, delegations=delegations, at=at)
    return Step(
        accepted=ATTESTED,
        source=lambda: read_cases(plan.records),
        take=take,
        settle=lambda opened, tick: _settle(opened, tick, confirm),
        kept=BATCHES,
    )


def take(case: Case, place: int) -> Row:
    """Keep a case for its batch."""
    return Row(place, case.line, case.record.record_id, "unit", case.text(), "")


def _settle(opened: Work, tick: Tick, confirm: partial[Batch]) -> None:
    def decide(chunk: list[Row]) -> Iterable[Row]:
        # Names of batches follow from the input alone, so they are the same however it was killed.
        name = f"{chunk[0].place:012}"
        cases = [read_case(row.body) for row in chunk]
        verdicts = [_verdict(case) for case in cases]
        batch = confirm([(case.record, said) for case, said in zip(cases, verdicts, strict=True)])
        if batch.message is not None:
            message = b64encode(batch.message).decode("ascii")
            opened.keep(name, json.dumps({"batch": name, "message": message}))
        for row, case, outcome in zip(chunk, cases, batch.outcomes, strict=True):
            if isinstance(outcome, Refused):
                yield row._replace(reasons=refusal(outcome.error))
            else:
                path = [b64encode(one).decode("ascii") for one in outcome.path]
                place = {"batch": name, "index": outcome.index, "path": path}
                yield row._replace(body=case.text(**place, salt=outcome.salt.hex()))

    opened.settle_chunks(decide, size=BATCH_SIZE, tick=tick)


def _verdict(case: Case) -> Verdict:
    """What matching said of a case; what says nothing of the kind was not sent."""
    said = case.members.get("verdict")
    return Verdict(said) if said in list(Verdict) else Verdict.NOT_SENT


def batches_beside(cases: Path) -> Path:
    """Where the batches of a file of attested cases are."""
    return cases.with_name(BATCHES)
