"""``vnvaxcert issue``: sign a certificate."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import (
    MAX_DAYS,
    Parser,
    add_json,
    add_signer,
    days,
    parse_moment,
)
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.signing import load_signer
from vnvaxcert.cli.source import read_file
from vnvaxcert.errors import IssueClaimsError, IssueError, SchemaError
from vnvaxcert.icao.names import to_icao
from vnvaxcert.issue import issue
from vnvaxcert.results import Envelope
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.deviations import NO_DEVIATION
from vnvaxcert.schema.records import CertificateWarning, HealthCertificate
from vnvaxcert.trust.signer import LocalSigner

MAX_CLAIMS_BYTES: Final = 1 << 20
DEFAULT_DAYS: Final = 365

_UNKNOWN: Final = "a member the schema does not name"

Read: TypeAlias = tuple[HealthCertificate, tuple[CertificateWarning, ...]]


class Made(NamedTuple):
    """A text that was signed.

    Attributes:
        text: Of the QR code.
        issued_at: As it states it, or None: a seal does not.
        expires_at: Likewise.
        warnings: About what is in it.
    """

    text: str
    issued_at: datetime | None
    expires_at: datetime | None
    warnings: tuple[CertificateWarning, ...]


DESCRIPTION = """\
Sign a certificate and print the text of its QR code, and nothing else, on standard output.

CLAIMS.json (or - for standard input) is the payload of a DCC with its wire keys: ver, nam, dob,
and one of v, t and r. It must keep to the schema of its ver. The names as in a passport, fnt and
gnt, are derived where they are missing. The issuer (iss) is the country of the signer.

With --envelope vds-nc it is the data of a seal with its wire keys: hdr and msg. Names are there as
in a passport already (see: vnvaxcert name). A seal states no times: it ends with its signer.
"""
EPILOG = """\
The exit status is 1 when the certificate must not be made; whatever breaks the schema is then
named, with the members that it does not know. It is 2 when a file cannot be read.

example:
  vnvaxcert issue claims.json --key key.pem --cert dsc.pem --qr certificate.png
  vnvaxcert issue data.json --envelope vds-nc --key key.pem --cert bcsc.pem --qr seal.png
"""


def run(arguments: list[str]) -> Outcome:
    """Issue a certificate.

    Raises:
        CommandError: Wrong usage, or a file that cannot be read or written.
        HelpAsked: For ``--help``.
    """
    values = _parser().read(arguments)
    drawing = _drawing(values.qr)
    _check_target(values)
    is_seal = values.envelope is Envelope.VDS_NC
    if is_seal:
        _refuse_for_seals(values)
    document = _claims(values.claims)
    at = (values.at or datetime.now(UTC)).replace(microsecond=0)
    try:
        signer = load_signer(values.key, values.cert, values.password_file)
        if is_seal:
            made = _make_seal(document, signer, at)
        else:
            made = _make_certificate(document, signer, at, values)
        drawn = None if drawing is None else _draw(made.text, drawing)
    except IssueError as error:
        return _refusal(error, is_json=values.json)
    except OverflowError as error:
        raise CommandError("the certificate would expire after the year 9999") from error
    if drawn is not None:
        _write(values.qr, drawn)
    notes = tuple(f"warning: {one.message} ({one.path}, {one.code})" for one in made.warnings)
    if not values.json:
        return Outcome(ACCEPTED, f"{made.text}\n", notes)
    issued = {
        "issued": True,
        "code": None,
        "message": None,
        "text": made.text,
        "envelope": values.envelope,
        "algorithm": signer.algorithm.name,
        "kid": signer.kid.hex(),
        "issued_at": as_json.utc(made.issued_at),
        "expires_at": as_json.utc(made.expires_at),
        "violations": [],
        "warnings": [one._asdict() for one in made.warnings],
    }
    return Outcome(ACCEPTED, as_json.dump([issued]))


def _make_certificate(
    document: object, signer: LocalSigner, at: datetime, values: Namespace
) -> Made:
    expires_at = at + timedelta(days=values.days or DEFAULT_DAYS)
    certificate, warnings = read_claims(document)
    text = issue(
        certificate, signer=signer, issuer=values.issuer, issued_at=at, expires_at=expires_at
    )
    return Made(text, at, expires_at, warnings)


def _make_seal(document: object, signer: LocalSigner, at: datetime) -> Made:
    from vnvaxcert.cli.issue_seal import read_seal
    from vnvaxcert.sealing import issue_seal

    seal, warnings = read_seal(document)
    text = issue_seal(seal, signer=signer, issued_at=at)
    return Made(text, None, None, warnings)


def _refuse_for_seals(values: Namespace) -> None:
    """Refuse options that would have no effect on a seal."""
    if values.days is not None:
        raise CommandError("--days: a seal states no end, it ends with its signer")
    if values.issuer is not None:
        raise CommandError("--issuer: the issuer of a seal is hdr.is of CLAIMS.json")


def _parser() -> Parser:
    parser = Parser("issue", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("claims", metavar="CLAIMS.json", help="what is certified")
    parser.add_argument(
        "--envelope",
        metavar="NAME",
        type=_envelope,
        default=Envelope.HCERT,
        help="hcert, when not given, or vds-nc: a seal of ICAO's",
    )
    add_signer(parser, is_required=True)
    parser.add_argument(
        "--days",
        metavar="N",
        type=days,
        help=f"days until it expires, 1 to {MAX_DAYS}; {DEFAULT_DAYS}, when not given",
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="time of issue, as 2022-06-01T12:00:00Z; now, when not given. A seal does not state "
        "it; its signer has to be valid then",
    )
    parser.add_argument(
        "--issuer", metavar="CC", help="issuer (iss), if not the country of the signer"
    )
    parser.add_argument(
        "--qr", metavar="FILE", help="also draw the QR code into this file: .png or .svg"
    )
    add_json(parser)
    return parser


def _envelope(text: str) -> Envelope:
    """Read the name of an envelope."""
    try:
        return Envelope(text)
    except ValueError:  # that error quotes the text
        pass
    raise ArgumentTypeError(f"expected {' or '.join(Envelope)}")


def read_claims(document: object) -> Read:
    """Read a payload strictly, with the ICAO names it lacks.

    Args:
        document: The payload, as decoded from JSON.

    Returns:
        The certificate, and warnings about its codes.

    Raises:
        IssueClaimsError: It breaks its schema, or has a member that the schema does not name
            and that would silently be left out.
        TransliterationError: A name has no ICAO form.
    """
    completed = _with_icao_names(document)
    try:
        certificate, warnings = dcc.parse(completed, tolerated=NO_DEVIATION)
    except SchemaError as error:
        raise IssueClaimsError(_violations(completed, error)) from None
    unknown = [one for one in warnings if one.code == "schema.unknown_member"]
    if unknown:
        raise IssueClaimsError(tuple((one.path, one.message) for one in unknown))
    return certificate, warnings


def _with_icao_names(document: object) -> object:
    names = document.get("nam") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(names, dict):
        return document
    derived = {
        icao: to_icao(names[name])
        for name, icao in (("fn", "fnt"), ("gn", "gnt"))
        if icao not in names and isinstance(names.get(name), str) and names[name]
    }
    return {**document, "nam": {**names, **derived}}


def _violations(document: object, error: SchemaError) -> tuple[tuple[str, str], ...]:
    """Every violation: the JSON Schema finds them, the parser words what it found too."""
    from vnvaxcert.schema.documents import MAX_VIOLATIONS, VERSIONS, schema_document, violations

    version = document.get("ver") if isinstance(document, dict) else None
    if version not in VERSIONS:
        return error.violations
    worded = dict(error.violations)
    found = [(path, worded.get(path, rule)) for path, rule in violations(document, version)]
    schema = schema_document(version)
    unknown = islice(_unknown_members(document, schema, schema["$defs"]), MAX_VIOLATIONS)
    return (*(found or error.violations), *unknown)


def _unknown_members(
    value: object, schema: dict[str, Any], definitions: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, str]]:
    """Members that the schema does not name; the parser looks for them once all else is good."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list) and "items" in schema:
        for index, entry in enumerate(value):
            yield from _unknown_members(entry, schema["items"], definitions, f"{path}/{index}")
    elif isinstance(value, dict) and "properties" in schema:
        named = schema["properties"]
        for name, member in value.items():
            if name in named:
                yield from _unknown_members(member, named[name], definitions, f"{path}/{name}")
            else:
                # As the parser does: another name than a short plain one could be personal data.
                is_plain = name.isascii() and name.isalnum() and len(name) <= 16
                yield f"{path}/{name}" if is_plain else path, _UNKNOWN


def _refusal(error: IssueError, *, is_json: bool) -> Outcome:
    message = f"not issued: {error} ({error.code})"
    if not is_json:
        return Outcome(REFUSED, messages=(message,))
    violations = error.violations if isinstance(error, IssueClaimsError) else ()
    refused = {
        "issued": False,
        "code": error.code,
        "message": str(error),
        "text": None,
        "envelope": None,
        "algorithm": None,
        "kid": None,
        "issued_at": None,
        "expires_at": None,
        "violations": [{"path": path, "message": rule} for path, rule in violations],
        "warnings": [],
    }
    return Outcome(REFUSED, as_json.dump([refused]))


# --- files -----------------------------------------------------------------------------------


def _claims(path: str) -> Any:
    import json

    content = read_file(path, limit=MAX_CLAIMS_BYTES)
    try:
        text = content.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode()
        return document
    except json.JSONDecodeError as error:
        reason = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except UnicodeEncodeError:  # its own text would quote the character
        reason = "a text holds half of a surrogate pair"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        # Of ours below, and of the interpreter for a number of thousands of digits.
        reason = str(error)
    raise CommandError(f"{path} is not usable JSON: {reason}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has a member twice")
    return members


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number of JSON")


# --- the drawing -----------------------------------------------------------------------------


def _check_target(values: Namespace) -> None:
    """Refuse to draw over a file that the command reads: a key would be lost for good."""
    if values.qr is None or not os.path.exists(values.qr):
        return
    for path in (values.claims, values.key, values.cert, values.password_file):
        if path is not None and os.path.exists(path) and os.path.samefile(values.qr, path):
            raise CommandError("--qr: names a file that the command reads")


def _drawing(path: str | None) -> str | None:
    """The kind of drawing that a file's name asks for."""
    if path is None:
        return None
    kind = path.lower().rpartition(".")[2]
    if kind not in ("png", "svg"):
        raise CommandError("--qr: expected a file name that ends in .png or .svg")
    return kind


def _draw(text: str, kind: str) -> bytes:
    from vnvaxcert.render.qr import make_qr

    code = make_qr(text)
    return code.to_svg().encode() if kind == "svg" else code.to_png()


def _write(path: str, content: bytes) -> None:
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
