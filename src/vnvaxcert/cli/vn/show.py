"""``vnvaxcert vn show``: a passport in Vietnamese and English, and what an inspector is told."""

from __future__ import annotations

from argparse import Namespace
from typing import Final, NamedTuple

from vnvaxcert.cli import as_json, judging
from vnvaxcert.cli.arguments import INPUT_HELP, Parser, add_json, add_trust
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen, Tone
from vnvaxcert.cli.source import read_codes
from vnvaxcert.cli.vn.delegate import write_file
from vnvaxcert.errors import DecodeError, IssueError, NationalClaimError, VnvaxcertError
from vnvaxcert.examine import examine
from vnvaxcert.verify import decode_unverified
from vnvaxcert.vietnam.passport import read_national_claim
from vnvaxcert.vietnam.showing import (
    Answer,
    Inspection,
    Item,
    items,
    to_html_card,
    to_html_page,
    to_html_verdict,
    to_pdf,
    verdict,
)

DESCRIPTION = """\
Show the eleven items of a vaccine passport in Vietnamese and English, and what an inspector is told
about it. It can be drawn as a page to print, as a card for a phone, or as a PDF.
"""
EPILOG = """\
Without --trust nothing is checked, and the drawings are made all the same: an issuer knows what it
signed. With --trust, a passport that is not accepted is neither shown nor drawn.

The exit status is 0 when it was accepted, or shown unchecked; 1 when it was refused or cannot be
read; 2 for wrong usage or unreadable input.

examples:
  vnvaxcert vn show passport.txt --page passport.html --pdf passport.pdf
  vnvaxcert vn show passport.png --trust ministry.pem
"""

_TONES: Final[dict[Answer, Tone]] = {
    Answer.ACCEPTED: "good",
    Answer.REFUSED: "bad",
    Answer.UNREADABLE: "bad",
    Answer.UNDECIDED: "caution",
}


class Shown(NamedTuple):
    """What is shown of a code.

    Attributes:
        inspection: What an inspector is told; None where nothing was to be checked.
        items: The eleven items, or none.
        error: Why there are none, or None.
    """

    inspection: Inspection | None
    items: tuple[Item, ...]
    error: VnvaxcertError | None = None


def parser() -> Parser:
    """The arguments."""
    made = Parser("vn show", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("input", metavar="INPUT", help=INPUT_HELP)
    for option, what in (
        ("--page", "an A4 page to print, HTML"),
        ("--card", "a card for a phone, HTML"),
        ("--pdf", "a PDF, A4; needs the extra pdf"),
    ):
        made.add_argument(option, metavar="FILE", help=f"write {what}, into this file")
    made.add_argument(
        "--verdict",
        metavar="FILE",
        help="write what an inspector is told, HTML, into this file; needs --trust",
    )
    add_trust(made, is_trust_required=False)
    add_json(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Show a passport.

    Raises:
        CommandError: Wrong usage, unreadable input, or a file that cannot be written.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    if values.verdict is not None and not values.trust:
        raise CommandError("--verdict: nothing is checked without a list to check with: --trust")
    codes = read_codes(values.input)
    if len(codes) > 1:
        raise CommandError(f"INPUT holds {len(codes)} codes; expected one")
    text = codes[0].text
    basis = judging.load(values)
    shown = _unchecked(text) if basis.trust is None else _checked(text, basis)
    written = _write(text, values, shown)
    is_good = shown.error is None and (
        shown.inspection is None or shown.inspection.answer is Answer.ACCEPTED
    )
    missing = [path for path in _asked(values) if path is not None and path not in written]
    status = ACCEPTED if is_good and not missing else REFUSED
    messages = tuple(f"{path} was not drawn: there is no passport to draw" for path in missing)
    if values.json:
        return Outcome(status, as_json.dump([_document(shown, written)]), messages)
    return Outcome(status, _report(shown, written), messages)


def _unchecked(text: str) -> Shown:
    try:
        unverified = decode_unverified(text)
        national = read_national_claim(unverified)
        return Shown(None, items(unverified.certificate, national))
    except (DecodeError, NationalClaimError, IssueError) as error:
        return Shown(None, (), error)


def _checked(text: str, basis: judging.Basis) -> Shown:
    found = examine(text, **basis._asdict())
    if found.verified is None and found.signer is None and basis.trust is not None:
        judging.check_usable(basis.trust, is_for_seals=found.envelope == "vds-nc")
    inspection = verdict(
        found,
        at=basis.at,
        is_chain_checked=basis.authorities is not None,
        is_revocation_checked=basis.revocations is not None,
    )
    return Shown(inspection, inspection.items)


def _asked(values: Namespace) -> tuple[str | None, ...]:
    """The files of drawings that were asked for."""
    return values.page, values.card, values.pdf


def _write(text: str, values: Namespace, shown: Shown) -> list[str]:
    written: list[str] = []

    def write(path: str, content: str | bytes) -> None:
        write_file(path, content.encode() if isinstance(content, str) else content)
        written.append(path)

    if values.verdict is not None and shown.inspection is not None:
        write(values.verdict, to_html_verdict(shown.inspection))
    if not shown.items:
        return written
    try:
        if values.page is not None:
            write(values.page, to_html_page(text))
        if values.card is not None:
            write(values.card, to_html_card(text))
        if values.pdf is not None:
            write(values.pdf, to_pdf(text))
    except VnvaxcertError as error:
        raise CommandError(f"it cannot be drawn: {error} ({error.code})") from error
    return written


def _report(shown: Shown, written: list[str]) -> str:
    screen = Screen()
    inspection = shown.inspection
    if inspection is not None:
        answer = inspection.lines[0].value
        screen.verdict(_TONES[inspection.answer], f"{answer.vi} · {answer.en}")
    elif shown.error is not None:
        screen.verdict("bad", "CANNOT BE SHOWN", f"{shown.error} ({shown.error.code})")
    else:
        screen.verdict(
            "caution",
            "CHƯA KIỂM TRA · NOT CHECKED",
            "Nothing was checked: anybody can have written this. To check it: --trust",
        )
    screen.section(
        "Hộ chiếu vắc xin · Vaccine passport",
        [
            (f"{one.number:>2}. {one.label_vi} / {one.label_en}", _both(one.value_vi, one.value_en))
            for one in shown.items
        ],
    )
    if inspection is not None:
        lines = inspection.lines
        screen.section(
            "Kết quả kiểm tra · Inspection",
            [(_both(*one.label), _both(*one.value)) for one in lines],
        )
        screen.listing("Lưu ý · Note", "caution", [_both(*one) for one in inspection.warnings])
        screen.remark(_both(*inspection.caveat))
    for path in written:
        screen.remark(f"written: {path}")
    return screen.text()


def _both(vi: str, en: str) -> str:
    return vi if vi == en else f"{vi} / {en}"


def _document(shown: Shown, written: list[str]) -> as_json.Document:
    inspection = shown.inspection
    return {
        "answer": None if inspection is None else inspection.answer.value,
        "code": shown.error.code if shown.error else (inspection and inspection.code) or None,
        "message": None if shown.error is None else str(shown.error),
        "items": [vars(one) for one in shown.items],
        "inspection": None
        if inspection is None
        else [
            {
                "label_vi": one.label.vi,
                "label_en": one.label.en,
                "value_vi": one.value.vi,
                "value_en": one.value.en,
            }
            for one in inspection.lines
        ],
        "warnings": [{"vi": one.vi, "en": one.en} for one in inspection.warnings]
        if inspection
        else [],
        "files": written,
    }
