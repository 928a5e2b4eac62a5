"""``vnvaxcert trust convert``: a list in another form, and what that form cannot carry."""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import MAX_DAYS, Parser, add_signer, days, sequence
from vnvaxcert.cli.lists import load_together, read_checks
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen
from vnvaxcert.cli.signing import load_signer
from vnvaxcert.cli.trust import asking, words
from vnvaxcert.errors import IssueError, TrustListFormatError
from vnvaxcert.trust.conversion import TARGETS, Conversion, Loss, convert
from vnvaxcert.trust.trustlist import TrustList

_OPTIONS: Final = {
    "signer": "--key",
    "sequence": "--sequence",
    "issued_at": "--at",
    "expires_at": "--days",
    "did": "--did",
}

DESCRIPTION = """\
Write trust lists as one list in another form. Only keys that can be used are written; whatever
the form cannot carry is said, entry by entry.

Forms: cbor, this library's own list, which can be signed and numbered; gateway, the JSON of the
EU's gateway; pem, certificates; did, a DID document as WHO's network has it.
"""
EPILOG = f"""\
{asking.PAIR}
Only the form cbor can be signed: with --key, it needs --sequence and --days. It is then issued at
the moment of --at. An input that is stale at that moment is refused.

The exit status is 0 when the file was written, whatever was lost; 1 when there is no key that the
form can carry; 2 for wrong usage, or a list, key or file that cannot be used. A file that the
command reads is never written over.

examples:
  vnvaxcert trust convert dsc-list.json --to pem --out dsc.pem
  vnvaxcert trust convert certificates/ --to cbor --out list.cbor \\
      --key list.key.pem --cert list.pem --sequence 42 --days 7
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("trust convert", description=DESCRIPTION, epilog=EPILOG)
    asking.add_lists(made)
    made.add_argument(
        "--to", metavar="FORM", type=_target, required=True, help=f"one of {', '.join(TARGETS)}"
    )
    made.add_argument("--out", metavar="FILE", required=True, help="file to write")
    add_signer(made, is_required=False)
    made.add_argument(
        "--sequence",
        metavar="N",
        type=sequence,
        help="number of the new list, higher than that of the one before",
    )
    made.add_argument(
        "--days",
        metavar="N",
        type=days,
        help=f"days for which the new list may be used, 1 to {MAX_DAYS}",
    )
    made.add_argument("--did", metavar="DID", help="identifier of a DID document")
    asking.add_checks(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Convert lists.

    Raises:
        CommandError: Wrong usage, or a list, key or file that cannot be used.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    _check_usage(values)
    _check_target(values)
    at = asking.moment(values).replace(microsecond=0)
    trust = load_together(values.lists, read_checks(values, at))
    try:
        made = convert(trust, values.to, **_statements(values, at))
    except TrustListFormatError as error:
        return _refusal(error, is_json=values.json)
    except IssueError as error:
        raise CommandError(f"{error} ({error.code})") from error
    except ValueError as error:  # what the form has no use for, or lacks
        raise CommandError(_as_option(str(error))) from error
    _write(values.out, made.data)
    if values.json:
        return Outcome(ACCEPTED, as_json.dump([_document(made, trust, values)]))
    return Outcome(ACCEPTED, _text(made, trust, values))


def _target(text: str) -> str:
    if text in TARGETS:
        return text
    raise argparse.ArgumentTypeError(f"expected one of {', '.join(TARGETS)}")


def _check_usage(values: Namespace) -> None:
    if values.key is None and (values.cert or values.password_file):
        raise CommandError("--cert and --password-file belong to --key, which is not given")


def _statements(values: Namespace, at: datetime) -> dict[str, Any]:
    """What the arguments say about the new list, as `convert` takes it."""
    given: dict[str, Any] = {"sequence": values.sequence}
    if values.key is not None:
        given["signer"] = load_signer(values.key, values.cert, values.password_file)
    if values.key is not None or values.days is not None:
        given["issued_at"] = at
    if values.days is not None:
        try:
            given["expires_at"] = at + timedelta(days=values.days)
        except OverflowError as error:
            raise CommandError("the list would expire after the year 9999") from error
    if values.did is not None:
        given["did"] = values.did
    return given


def _as_option(message: str) -> str:
    """A message about an argument of `convert`, as one about the option it came from."""
    name, separator, rest = message.partition(": ")
    return f"{_OPTIONS.get(name, name)}{separator}{rest}"


# --- files --------------------------------------------------------------------------------------


def _check_target(values: Namespace) -> None:
    """Refuse to write over what the command reads: a list, or a key, would be lost for good."""
    out = values.out
    if not os.path.exists(out):
        return
    read = [*values.lists, *values.list_authorities]
    read += filter(None, (values.list_key, values.key, values.cert, values.password_file))
    for path in read:
        if os.path.isdir(path) and _is_inside(out, path):
            raise CommandError("--out: names a file in a directory that the command reads")
        if os.path.exists(path) and os.path.samefile(out, path):
            raise CommandError("--out: names a file that the command reads")


def _is_inside(path: str, folder: str) -> bool:
    folder = os.path.realpath(folder)
    return os.path.realpath(path).startswith(os.path.join(folder, ""))


def _write(path: str, content: bytes) -> None:
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


# --- what is said -------------------------------------------------------------------------------


def _refusal(error: TrustListFormatError, *, is_json: bool) -> Outcome:
    if not is_json:
        return Outcome(REFUSED, messages=(f"not converted: {error} ({error.code})",))
    document = {"converted": False, "code": error.code, "message": str(error), "losses": []}
    return Outcome(REFUSED, as_json.dump([document]))


def _document(made: Conversion, trust: TrustList, values: Namespace) -> as_json.Document:
    return {
        "converted": True,
        "code": None,
        "message": None,
        "form": values.to,
        "file": values.out,
        "bytes": len(made.data),
        "read": len(trust) + len(trust.set_aside),
        "usable": len(trust),
        "authenticated": trust.authenticated,
        "signed": values.key is not None,
        "losses": [
            {"kid": one.kid.hex(), "source": one.source, "what": one.what} for one in made.losses
        ],
    }


def _text(made: Conversion, trust: TrustList, values: Namespace) -> str:
    screen = Screen()
    screen.verdict("good", "WRITTEN", f"{values.out}: {len(made.data)} bytes, {values.to}")
    screen.section(
        "From",
        [
            ("Format", trust.format),
            ("Signature", words.signature(trust)),
            ("Usable", words.number(len(trust), "key")),
        ],
    )
    screen.listing("Lost", "caution", _grouped(made.losses))
    if not made.losses:
        screen.remark("Nothing was lost.")
    return screen.text()


def _grouped(losses: Iterable[Loss]) -> list[str]:
    """The losses, those of the same kind together."""
    groups: dict[str, list[Loss]] = {}
    for one in losses:
        groups.setdefault(one.what, []).append(one)
    return [_loss(what, group) for what, group in groups.items()]


def _loss(what: str, group: Sequence[Loss]) -> str:
    if not group[0].source:
        return f"of the list: {what}"
    return f"{words.number(len(group), 'entry', 'entries')}: {what} ({_which(group)})"


def _which(group: Sequence[Loss]) -> str:
    if all(one.kid for one in group):
        return words.kids([one.kid for one in group])
    shown = "; ".join(one.source for one in group[:3])
    return f"{shown} and {len(group) - 3} more" if len(group) > 3 else shown
