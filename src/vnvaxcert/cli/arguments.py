"""Arguments: the parser of one command, and what several commands share.

The parser is `argparse`: it costs a process two milliseconds, where the alternatives cost as much
as all the cryptography of a verification, or three times as much.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, NoReturn

from vnvaxcert.cli.outcome import CommandError, HelpAsked
from vnvaxcert.cli.source import is_code_text
from vnvaxcert.policy import ValidityModel

MAX_DAYS: Final = 36525  # a century
MAX_SEQUENCE_DIGITS: Final = 20  # of 64 bits
INPUT_HELP: Final = (
    "the text of a QR code in quotes, the path of a text file, PNG, JPEG or PDF, or - for "
    "standard input"
)
SEVERAL: Final = """\
INPUT may hold several certificates: a picture with several codes, or a text with one code on
each line that is not empty; the JSON of a seal may go over several lines. Each is reported, and
the exit status is 1 if any is refused; --json then prints an array. The end of a line is no part
of a code, spaces are. A QR text needs single quotes: it may hold spaces, and a seal holds double
quotes.
"""


class Parser(argparse.ArgumentParser):
    """A parser that reports by exceptions and never repeats an argument."""

    def __init__(self, command: str, *, description: str, epilog: str) -> None:
        """Make the parser of a command."""
        super().__init__(
            prog=f"vnvaxcert {command}",
            description=description,
            epilog=epilog,
            formatter_class=_formatter,
            allow_abbrev=False,
        )

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse the arguments.

        Raises:
            CommandError: They are not usable; the message does not quote them, because an
                argument may be somebody's certificate.
            HelpAsked: ``--help`` was among them.
        """
        values, rest = self.parse_known_args(arguments)
        if rest:
            name = next((one.partition("=")[0] for one in rest if one.startswith("-")), "")
            # Base45 has no small letters, and no word of a seal begins with two hyphens, so what
            # is repeated is no part of a certificate.
            is_option = name.startswith("--") or len(name) == 2
            bare = name.replace("-", "")
            if is_option and bare.islower() and bare.isalpha():
                self.error(f"there is no option {name[:30]}")
            self.error(
                "too many arguments; the text of a QR code may hold spaces: put it in quotes"
            )
        for name, value in vars(values).items():
            given = value if isinstance(value, list) else [value]
            if name != "input" and any(is_code_text(str(one)) for one in given):
                # What is said of a file that cannot be read would repeat it.
                self.error("the text of a QR code was given where something else is expected")
        return values

    def error(self, message: str) -> NoReturn:
        """Raise instead of ending the process.

        Where argparse quotes, it quotes an argument. Our options have no choices and words of
        their own about values, so that is left for a value where none is taken.
        """
        if "'" in message or '"' in message:
            message = f"{message.partition(':')[0]}: takes no value"
        raise CommandError(f"{message} (see: {self.prog} --help)")

    def options(self) -> list[str]:
        """The long names of its options, ``--help`` left out."""
        names = (name for action in self._actions for name in action.option_strings)
        return [name for name in names if name.startswith("--") and name != "--help"]

    def print_help(self, file: object = None) -> None:
        """Raise instead of printing; a command's words go out in one place."""
        raise HelpAsked(self.format_help())


def _formatter(prog: str) -> argparse.HelpFormatter:
    """The layout of ``--help``. Given no width, argparse would import the whole of `shutil`."""
    try:
        columns = os.get_terminal_size().columns
    except OSError:
        columns = 100
    width = max(40, min(columns, 100))
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=26, width=width)


def add_input(parser: Parser) -> None:
    """Add the positional INPUT."""
    parser.add_argument("input", metavar="INPUT", help=INPUT_HELP)


def add_trust(parser: Parser, *, is_trust_required: bool) -> None:
    """Add what a verification needs: lists, moment, policy."""
    parser.add_argument(
        "--trust",
        metavar="LIST",
        action="append",
        default=[],
        required=is_trust_required,
        help="trust list in any known format, a certificate, or a directory of certificates; "
        "give it again to add another",
    )
    add_list_checks(parser)
    parser.add_argument(
        "--authorities",
        metavar="LIST",
        action="append",
        default=[],
        help="certificates of country authorities: the signer must be under one of them",
    )
    add_authorities_key(parser)
    add_revocations(parser)
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="verify as of this moment: 2022-06-01T12:00:00Z, or 2022-06-01 for its first "
        "second in UTC; now, when not given",
    )
    parser.add_argument(
        "--validity",
        metavar="MODEL",
        type=validity,
        help="verification or signing: the moment at which the signer has to be valid, that of "
        "verifying, when not given, or that at which the certificate says it was issued; a key "
        "that was stolen can date back",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse deviations from the specifications that issuers are known for",
    )


def add_revocations(parser: Parser) -> None:
    """Add revocation lists, and how their signatures are checked; `judging.load_revocations`."""
    parser.add_argument(
        "--revocation",
        metavar="LIST",
        action="append",
        default=[],
        help="revocation list, filter, or a directory of them; give it again to add another",
    )
    parser.add_argument(
        "--revocation-key",
        metavar="KEY",
        help="public key or certificate, PEM or DER: each revocation list must be signed with it; "
        "without it the lists' own signatures are not checked",
    )
    parser.add_argument(
        "--revocation-authorities",
        metavar="LIST",
        action="append",
        default=[],
        help="authorities that sign revocation lists, or whose signers do: each must be of one of "
        "them; give it again to add another",
    )


def add_authorities_key(parser: Parser) -> None:
    """Add the key that lists of authorities are signed with: a master list has a signature."""
    parser.add_argument(
        "--authorities-key",
        metavar="KEY",
        help="public key or certificate, PEM or DER: each list of --authorities must be signed "
        "with it; without it their own signatures are not checked",
    )


def add_list_checks(parser: Parser) -> None:
    """Add what a trust list's own signature and age are checked with."""
    parser.add_argument(
        "--list-key",
        metavar="KEY",
        help="public key or certificate, PEM or DER: each trust list must be signed with it; "
        "without it the lists' own signatures are not checked",
    )
    parser.add_argument(
        "--list-authorities",
        metavar="LIST",
        action="append",
        default=[],
        help="authorities for lists that come with the certificate of their signer: it must be "
        "under one of them; give it again to add another",
    )
    parser.add_argument(
        "--last-sequence",
        metavar="N",
        type=sequence,
        help="sequence number of the list seen last: an older list is refused",
    )


def add_signer(parser: Parser, *, is_required: bool) -> None:
    """Add with what something is signed."""
    parser.add_argument(
        "--key",
        metavar="KEY",
        required=is_required,
        help="private key that signs it: PEM, DER or PKCS#12",
    )
    parser.add_argument(
        "--cert", metavar="CERT", help="its certificate, PEM or DER; not needed when KEY holds it"
    )
    parser.add_argument(
        "--password-file", metavar="FILE", help="file whose first line is the password of KEY"
    )


def add_json(parser: Parser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def parse_moment(text: str) -> datetime:
    """Read a moment as ISO 8601: a date is its first second in UTC.

    Raises:
        argparse.ArgumentTypeError: No date or time, or a time without a zone.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            "expected a time as 2022-06-01T12:00:00Z or a date as 2022-06-01"
        ) from None
    raise argparse.ArgumentTypeError(
        "the time has no zone; add Z for UTC or an offset such as +07:00"
    )


def validity(text: str) -> ValidityModel:
    """Read the name of a validity model.

    Raises:
        argparse.ArgumentTypeError: Another text.
    """
    if text == "verification":
        return ValidityModel.AT_VERIFICATION
    if text == "signing":
        return ValidityModel.AT_SIGNING
    raise argparse.ArgumentTypeError("expected verification or signing")


def sequence(text: str) -> int:
    """Read a sequence number: 0 or more, in as many digits as 64 bits hold.

    Raises:
        argparse.ArgumentTypeError: Another text.
    """
    if text.isascii() and text.isdigit() and len(text) <= MAX_SEQUENCE_DIGITS:
        return int(text)
    raise argparse.ArgumentTypeError("expected a number, 0 or more")


def days(text: str) -> int:
    """Read a number of days, 1 to a hundred years.

    Raises:
        argparse.ArgumentTypeError: Another text.
    """
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MAX_DAYS:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number of days from 1 to {MAX_DAYS}")
