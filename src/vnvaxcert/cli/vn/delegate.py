"""``vnvaxcert vn delegate``: an authority entrusts a unit with confirming records."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser, add_json, add_signer, days, parse_moment
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.signing import MAX_KEY_BYTES, load_signer
from vnvaxcert.cli.source import read_file
from vnvaxcert.errors import IssueError
from vnvaxcert.trust.pem import BEGIN, CERTIFICATE_LABELS, read_blocks
from vnvaxcert.vietnam.attestation import Role, delegate, read_unverified_delegation

DEFAULT_DAYS: Final = 365

DESCRIPTION = """\
Entrust a unit with confirming records: a facility with its own, a commune's People's Committee with
those of facilities, or a focal unit with those of whole provinces. The unit is named by its
certificate, and nobody else can use what is signed here.
"""
EPILOG = f"""\
The roles are {", ".join(Role)}. Without --facility it is all of the
provinces, which only a focal unit can be entrusted with.

The exit status is 1 when the delegation must not be made, 2 for wrong usage or a file that cannot
be used.

example:
  vnvaxcert vn delegate --unit unit.pem --role focal-unit --province 01 --id 12/UBND \\
    --key authority.key.pem --cert authority.pem --out unit.delegation
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn delegate", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument(
        "--unit", metavar="CERT", required=True, help="the unit's certificate, PEM or DER"
    )
    made.add_argument("--role", metavar="ROLE", required=True, help="as what it confirms records")
    made.add_argument(
        "--province",
        metavar="CODE",
        action="append",
        required=True,
        help="code of a province, two digits; give it again to add another",
    )
    made.add_argument(
        "--facility",
        metavar="CODE",
        action="append",
        help="code of a facility, five digits; give it again to add another",
    )
    made.add_argument(
        "--unit-code",
        metavar="CODE",
        default="",
        help="the unit's own code, five digits: records must then name it, or their facility, as "
        "the unit that confirms them",
    )
    made.add_argument(
        "--id", metavar="TEXT", required=True, help="what the authority calls it; unique to it"
    )
    made.add_argument(
        "--days",
        metavar="N",
        type=days,
        default=DEFAULT_DAYS,
        help=f"days for which it holds, from --at; {DEFAULT_DAYS}, when not given",
    )
    made.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="start of the period and time of signing, as 2022-06-01T12:00:00Z; now, when not "
        "given",
    )
    add_signer(made, is_required=True)
    made.add_argument("--out", metavar="FILE", required=True, help="file to write")
    add_json(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Sign a delegation.

    Raises:
        CommandError: Wrong usage, or a file that cannot be read or written.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    refuse_to_overwrite(values.out, (values.unit, values.key, values.cert, values.password_file))
    at = (values.at or datetime.now(UTC)).replace(microsecond=0)
    try:
        message = delegate(
            delegation_id=values.id,
            unit_certificate=read_certificate_file(values.unit),
            role=values.role,
            province_codes=values.province,
            facility_codes=values.facility,
            unit_code=values.unit_code,
            not_before=at,
            not_after=at + timedelta(days=values.days),
            signer=load_signer(values.key, values.cert, values.password_file),
            at=at,
        )
    except IssueError as error:
        return Outcome(REFUSED, messages=(f"not delegated: {error} ({error.code})",))
    except ValueError as error:
        raise CommandError(f"this cannot be delegated: {error}") from error
    except OverflowError as error:
        raise CommandError("the delegation would end after the year 9999") from error
    write_file(values.out, message)
    made = read_unverified_delegation(message)
    document = {
        "delegated": True,
        "id": made.delegation_id,
        "role": made.role.value,
        "provinces": sorted(made.province_codes),
        "facilities": sorted(made.facility_codes or ()),
        "not_before": as_json.utc(made.not_before),
        "not_after": as_json.utc(made.not_after),
        "file": values.out,
    }
    if values.json:
        return Outcome(ACCEPTED, as_json.dump([document]))
    screen = Screen()
    screen.verdict("good", "DELEGATED", f"{values.out}: {len(message)} bytes")
    rows = [(key, document[key]) for key in ("id", "role", "not_before", "not_after")]
    screen.section("Delegation", [(str(key), str(value)) for key, value in rows])
    return Outcome(ACCEPTED, screen.text())


def read_certificate_file(path: str) -> bytes:
    """The first certificate of a file, DER.

    Raises:
        CommandError: The file cannot be read, or is a PEM without a certificate.
    """
    content = read_file(path, limit=MAX_KEY_BYTES)
    if BEGIN not in content:
        return content
    for block in read_blocks(content):
        if block.label in CERTIFICATE_LABELS and not block.problem:
            try:
                return block.content()
            except ValueError as error:
                raise CommandError(f"{path}: {error}") from error
    raise CommandError(f"{path}: there is no certificate in it")


def write_file(path: str | Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file whole.

    Raises:
        CommandError: It cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


def refuse_to_overwrite(path: str, read: tuple[str | None, ...]) -> None:
    """Refuse to write over a file that the command reads: a key would be lost for good.

    Raises:
        CommandError: It is one of them.
    """
    there = [other for other in read if other is not None and os.path.exists(other)]
    if os.path.exists(path) and any(os.path.samefile(path, other) for other in there):
        raise CommandError("--out: names a file that the command reads")
