"""``vnvaxcert vn specimen``: a fictional population, and throw-away keys for all of its steps."""

from __future__ import annotations

import argparse
import os
import secrets
from argparse import Namespace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser, add_json, parse_moment
from vnvaxcert.cli.outcome import ACCEPTED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.vn.delegate import write_file
from vnvaxcert.cli.vn.progress import progress
from vnvaxcert.trust.specimen import SpecimenAuthority, SpecimenSigner
from vnvaxcert.trust.usage import Usage
from vnvaxcert.vietnam.attestation import Role, delegate
from vnvaxcert.vietnam.reasons import REASONS
from vnvaxcert.vietnam.specimen import (
    COUNT_AT_MOST,
    FAULTS_AT_MOST,
    FORMATS,
    Population,
    write_population,
)

DESCRIPTION = """\
Write the dose records of a fictional population into DIR, with the faults that really occur, the
persons that the population database has, and the truth about every fault. Nobody in them exists.
The same --seed and --at give the same files.
"""
EPILOG = """\
DIR then holds records.jsonl (or .csv), reference.jsonl and truth.jsonl. With --keys also keys/: a
ministry that signs passports, an authority that entrusts a unit with confirming records, the unit,
its delegation for all provinces, and a secret for identifiers. They are made anew each time, are
for trying things out, and protect nothing.

The exit status is 0 when all was written, else 2.

example:
  vnvaxcert vn specimen --count 1000 --seed 1 --faults 0.2 --out specimen --keys
"""

_VIET_NAM: Final = timezone(timedelta(hours=7))
_KEY_DAYS: Final = 730


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn specimen", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("--count", metavar="N", type=_count, required=True, help="lines to write")
    made.add_argument(
        "--seed", metavar="N", type=_seed, default=0, help="another seed, another population; 0"
    )
    made.add_argument(
        "--faults",
        metavar="SHARE",
        type=_share,
        default=0.2,
        help=f"share of faulty lines, 0 to {FAULTS_AT_MOST}; 0.2, when not given",
    )
    made.add_argument(
        "--format",
        metavar="FORM",
        type=_format,
        default=FORMATS[0],
        help=f"{' or '.join(FORMATS)}: of the records; {FORMATS[0]}, when not given",
    )
    made.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="the moment at which the records are to be checked, and from which the keys are "
        "valid; now, when not given",
    )
    made.add_argument("--keys", action="store_true", help="make keys too")
    made.add_argument(
        "--out", metavar="DIR", required=True, help="folder to write into: empty, or not there yet"
    )
    add_json(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Write a population.

    Raises:
        CommandError: Wrong usage, or DIR cannot be written or is not empty.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    at = (values.at or datetime.now(UTC)).replace(microsecond=0)
    folder = Path(values.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty; give another with --out")
        written = _write(values, folder, at)
        keys = _write_keys(folder / "keys", at) if values.keys else []
    except OSError as error:
        raise CommandError(f"cannot write into {folder}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    except OverflowError as error:
        raise CommandError("--at: the keys would end after the year 9999") from error
    return _report(values, written, keys)


def _write(values: Namespace, folder: Path, at: datetime) -> Population:
    with progress("writing", values.count) as tick:
        return write_population(
            folder,
            count=values.count,
            seed=values.seed,
            faults=values.faults,
            at=at.astimezone(_VIET_NAM).date(),
            file_format=values.format,
            progress=lambda _: tick(1),
        )


def _write_keys(folder: Path, at: datetime) -> list[str]:
    """Make the keys, each file readable by its owner alone."""
    folder.mkdir(mode=0o700)
    start, end = at - timedelta(days=1), at + timedelta(days=_KEY_DAYS)
    root = SpecimenAuthority(not_before=start, not_after=end, country="VN")

    def signer(name: str, *usages: Usage) -> SpecimenSigner:
        return root.issue_signer(name=name, not_after=end, usages=usages)

    signers = {
        "ministry": signer("Specimen ministry", Usage.VACCINATION),
        "authority": signer("Specimen People's Committee"),
        "unit": signer("Specimen focal unit"),
    }
    files = {"identifier.key": f"{secrets.token_hex(32)}\n".encode()}
    for name, made in signers.items():
        files[f"{name}.pem"] = made.certificate_pem().encode()
        files[f"{name}.key.pem"] = made.private_key_pem().encode()
    files["unit.delegation"] = delegate(
        delegation_id="SPECIMEN-1",
        unit_certificate=signers["unit"].certificate,
        role=Role.FOCAL_UNIT,
        province_codes=[f"{number:02}" for number in range(1, 97)],
        not_before=start,
        not_after=end,
        signer=signers["authority"].signer,
        at=at,
    )
    for name, content in files.items():
        write_file(folder / name, content, mode=0o600)
    return [f"keys{os.sep}{name}" for name in sorted(files)]


def _report(values: Namespace, written: Population, keys: list[str]) -> Outcome:
    paths = (written.records, written.references, written.truth)
    files = [*(path.name for path in paths), *keys]
    document = {
        "count": written.count,
        "people": written.people,
        "faulty": written.faulty,
        "codes": dict(written.codes),
        "files": files,
    }
    if values.json:
        return Outcome(ACCEPTED, as_json.dump([document]))
    screen = Screen()
    screen.verdict(
        "good",
        f"WRITTEN: {written.count} LINES, {written.faulty} OF THEM FAULTY",
        f"in {values.out}: {', '.join(files)}",
        "Nobody in them exists.",
    )
    rows = [(code, f"{count:>9}  {REASONS[code].en}") for code, count in written.codes.items()]
    screen.section("Faults", rows)
    return Outcome(ACCEPTED, screen.text())


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 8 and 1 <= int(text) <= COUNT_AT_MOST:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number of lines from 1 to {COUNT_AT_MOST}")


def _seed(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    raise argparse.ArgumentTypeError("expected a number, 0 or more")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if 0 <= share <= FAULTS_AT_MOST:
        return share
    raise argparse.ArgumentTypeError(f"expected a share from 0 to {FAULTS_AT_MOST}, such as 0.2")


def _format(text: str) -> str:
    if text in FORMATS:
        return text
    raise argparse.ArgumentTypeError(f"expected {' or '.join(FORMATS)}")
