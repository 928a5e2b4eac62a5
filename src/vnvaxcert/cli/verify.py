"""``vnvaxcert verify``: a verdict."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, TypeAlias

from vnvaxcert.cli import as_json, as_text
from vnvaxcert.cli.arguments import SEVERAL, Parser, add_input, add_json, add_trust
from vnvaxcert.cli.judging import Basis, authenticated, cautions, check_usable, load
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.source import read_codes
from vnvaxcert.errors import (
    ChainError,
    DecodeError,
    PossiblyRevokedError,
    SchemaError,
    UnknownKeyError,
    VerificationError,
)
from vnvaxcert.examine import Examination, examine
from vnvaxcert.results import Envelope, VerifiedCertificate
from vnvaxcert.verify import verify


class Refusal(NamedTuple):
    """Why a certificate was refused, and what could be found out about it."""

    error: DecodeError | VerificationError
    found: Examination


Verdict: TypeAlias = VerifiedCertificate | Refusal

DESCRIPTION = """\
Verify a certificate: its form, signature, signer, times and contents. The exit status is 0 when
it is accepted and 1 when it is refused; 2 means that there was nothing to judge, or nothing to
judge it by.
"""
EPILOG = f"""\
{SEVERAL}
example:
  vnvaxcert verify certificate.png --trust dsc-list.json --list-key publisher.pem
"""


def run(arguments: list[str]) -> Outcome:
    """Verify what INPUT holds.

    Raises:
        CommandError: Wrong usage, unreadable input or a list that cannot be used.
        HelpAsked: For ``--help``.
    """
    parser = Parser("verify", description=DESCRIPTION, epilog=EPILOG)
    add_input(parser)
    add_trust(parser, is_trust_required=True)
    add_json(parser)
    values = parser.read(arguments)
    codes = read_codes(values.input)
    basis = load(values)
    verdicts = [(code, judge(code.text, basis)) for code in codes]
    refused = sum(isinstance(verdict, Refusal) for _, verdict in verdicts)
    status = REFUSED if refused else ACCEPTED
    if values.json:
        return Outcome(status, as_json.dump([_document(one, basis) for _, one in verdicts]))
    screen = Screen()
    for code, verdict in verdicts:
        screen.heading(code.place)
        if isinstance(verdict, Refusal):
            show_refusal(screen, verdict, code.is_argument)
        else:
            show_acceptance(screen, verdict, basis.at)
    if refused < len(codes):
        for words in cautions(basis):
            screen.remark(words)
    if len(codes) > 1:
        screen.remark(f"{len(codes)} codes: {len(codes) - refused} accepted, {refused} refused.")
    return Outcome(status, screen.text())


def judge(text: str, basis: Basis) -> Verdict:
    """Verify one text; a refusal comes with all that could be found out.

    Raises:
        CommandError: It would be refused for want of its signer on a list without any.
    """
    arguments = basis._asdict()
    try:
        return verify(text, **arguments)
    except (DecodeError, VerificationError) as error:
        found = examine(text, **arguments)
        is_seal = found.envelope is Envelope.VDS_NC
        is_stranger = isinstance(error, ChainError) and is_seal and basis.authorities is None
        if (is_stranger or isinstance(error, UnknownKeyError)) and basis.trust is not None:
            check_usable(basis.trust, is_for_seals=is_seal)
        return Refusal(error, found)


def _document(verdict: Verdict, basis: Basis) -> as_json.Document:
    if isinstance(verdict, Refusal):
        document = as_json.refused(*verdict)
    else:
        document = as_json.accepted(verdict)
    return document | {"authenticated": authenticated(basis)}


def show_acceptance(screen: Screen, result: VerifiedCertificate, at: datetime) -> None:
    """Show an accepted certificate."""
    screen.verdict(
        "good",
        f"VALID {as_text.kind(result.certificate)}",
        f"at {as_text.moment(at)}",
    )
    as_text.show_contents(screen, result.certificate)
    as_text.show_envelope(screen, result, result.signer)
    as_text.show_warnings(screen, result.warnings)
    screen.remark(as_text.no_proof_of_identity(result.certificate))


def show_refusal(screen: Screen, refusal: Refusal, is_argument: bool = False) -> None:
    """Show a refusal, with the contents if their signature is good."""
    error, found = refusal
    is_possible = isinstance(error, PossiblyRevokedError)
    headline = "REFUSED: IT MAY BE REVOKED" if is_possible else "REFUSED"
    screen.verdict("bad", headline, *as_text.explain(error, is_argument))
    if isinstance(error, SchemaError):
        violations = [f"{path or '/'}: {rule}" for path, rule in error.violations]
        screen.listing("What breaks the schema", "bad", violations)
    if not as_json.is_vouched_for(found):
        if found.unverified is not None:
            screen.remark("What it says proves nothing; `vnvaxcert decode` shows it all the same.")
        return
    if found.unverified is not None:
        screen.remark("It was signed as follows, and is refused all the same:")
        screen.gap()
        as_text.show_contents(screen, found.unverified.certificate)
    as_text.show_envelope(screen, found, found.signer)
    as_text.show_warnings(screen, found.warnings)
