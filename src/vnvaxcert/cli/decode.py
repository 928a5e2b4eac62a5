"""``vnvaxcert decode``: contents, unverified."""

from __future__ import annotations

from vnvaxcert.cli import as_json, as_text
from vnvaxcert.cli.arguments import SEVERAL, Parser, add_input, add_json
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.source import Code, read_codes
from vnvaxcert.errors import DecodeError
from vnvaxcert.results import UnverifiedCertificate
from vnvaxcert.verify import decode_unverified

DESCRIPTION = """\
Show what a certificate says, with nothing checked: not the signature, not the times. Never decide
about a person by it; use `vnvaxcert verify`.
"""
EPILOG = f"""\
The exit status is 0 when it could be read, and 1 when not.

{SEVERAL}
example:
  vnvaxcert decode certificate.png
"""


def run(arguments: list[str]) -> Outcome:
    """Decode what INPUT holds.

    Raises:
        CommandError: Wrong usage or unreadable input.
        HelpAsked: For ``--help``.
    """
    parser = Parser("decode", description=DESCRIPTION, epilog=EPILOG)
    add_input(parser)
    add_json(parser)
    values = parser.read(arguments)
    read = [(code, _decode(code.text)) for code in read_codes(values.input)]
    is_refused = any(isinstance(result, DecodeError) for _, result in read)
    status = REFUSED if is_refused else ACCEPTED
    if values.json:
        return Outcome(status, as_json.dump([_document(result) for _, result in read]))
    screen = Screen()
    for code, result in read:
        screen.heading(code.place)
        _show(screen, code, result)
    return Outcome(status, screen.text())


def _decode(text: str) -> UnverifiedCertificate | DecodeError:
    try:
        return decode_unverified(text)
    except DecodeError as error:
        return error


def _document(result: UnverifiedCertificate | DecodeError) -> as_json.Document:
    if isinstance(result, DecodeError):
        return as_json.undecodable(result)
    return as_json.decoded(result)


def _show(screen: Screen, code: Code, result: UnverifiedCertificate | DecodeError) -> None:
    if isinstance(result, DecodeError):
        screen.verdict("bad", "CANNOT BE READ", *as_text.explain(result, code.is_argument))
        return
    screen.verdict(
        "caution",
        f"UNVERIFIED {as_text.kind(result.certificate)}",
        "Nothing was checked: anybody can have written this.",
    )
    as_text.show_contents(screen, result.certificate)
    as_text.show_envelope(screen, result)
    as_text.show_warnings(screen, result.warnings)
    screen.verdict("caution", "UNVERIFIED", "To check it: vnvaxcert verify")
