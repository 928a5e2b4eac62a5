"""``vnvaxcert name``: a name in each form that machines read."""

from __future__ import annotations

import unicodedata
from argparse import Namespace
from typing import Final, NamedTuple

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser, add_json
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen, Tone
from vnvaxcert.errors import TransliterationError
from vnvaxcert.icao.comparison import (
    NameAgreement,
    NameComparison,
    NameDifference,
    compare_with_dcc,
)
from vnvaxcert.icao.fields import (
    MRZ_NAME_LENGTH,
    SEAL_NAME_LENGTH,
    NameField,
    to_dcc_name,
    to_mrz_name,
    to_seal_name,
)
from vnvaxcert.icao.names import MAX_DCC_NAME, alternatives, transliterate

_MAX_CHARACTERS: Final = 1000  # of a name; nobody's is as long, and all of it is shown

DESCRIPTION = """\
Show how a name stands in a DCC (fnt, gnt), in a passport's machine-readable zone and in a VDS-NC
seal, by ICAO Doc 9303. What does not fit is cut, and that is said; a character that has no form
is refused, never left out.

A name in one piece is divided into family name and given names by the first of these that applies:
at <<, at two spaces, at a comma, after the first word. The last is a guess that fits most
Vietnamese names: where the family name has several words, use --family and --given.
"""
EPILOG = """\
The exit status is 1 when the name has no form, or when it does not match --passport.

examples:
  vnvaxcert name "Nguyễn Thị Đào"
  vnvaxcert name --family "Van der Mülen" --given "Anna Maria"
  vnvaxcert name "Nguyễn Thị Đào" --passport "NGUYEN<<THI<DAO<<<<<<<<<<<<<<<<<<<<<<<<"
"""

# Where the family name ends: in JSON, in words, the mark in the name.
_DIVISIONS: Final = {
    "options": "as given",
    "fillers": "at <<",
    "spaces": "at the two spaces",
    "comma": "at the comma",
    "first_word": "after the first word, a guess",
    "none": "not divided",
}
_MARKS: Final = {"fillers": "<<", "spaces": "  ", "comma": ","}

_VERDICTS: Final[dict[NameAgreement, tuple[Tone, str]]] = {
    NameAgreement.MATCH: ("good", "MATCH"),
    NameAgreement.ALTERNATIVE: ("caution", "ALTERNATIVE MATCH"),
    NameAgreement.TRUNCATED: ("caution", "TRUNCATED MATCH"),
    NameAgreement.NONE: ("bad", "NO MATCH"),
}
_DIFFERENCES: Final = {
    NameDifference.LETTERS: "A letter is written in another form that Doc 9303-3 allows.",
    NameDifference.DIVISION: "The family name ends at another word.",
    NameDifference.TRUNCATION: "The passport's field is full and shows less of the name.",
}


class _Name(NamedTuple):
    family: str
    given: str
    division: str
    texts: tuple[tuple[str, str], ...]  # as given, each after what to call it


class _Forms(NamedTuple):
    family: NameField
    given: NameField
    mrz: NameField
    seal: NameField


def run(arguments: list[str]) -> Outcome:
    """Show a name in each form.

    Raises:
        CommandError: Wrong usage.
        HelpAsked: For ``--help``.
    """
    values = _parser().read(arguments)
    name = _name(values)
    for label, text in name.texts:  # as given, for the place of a character in it
        try:
            transliterate(text)
        except TransliterationError as error:
            return _refusal(f"{label}{error}", _hint(error.character), is_json=values.json)
    forms = _forms(name)
    if not forms.seal.text:
        return _refusal("there is no letter in the name", (), is_json=values.json)
    found = None if values.passport is None else _compare(values.passport, name, forms)
    is_matched = found is None or found.agreement is not NameAgreement.NONE
    status = ACCEPTED if is_matched else REFUSED
    if values.json:
        return Outcome(status, as_json.dump([_document(name, forms, found)]))
    screen = Screen()
    _show(screen, name, forms, found)
    return Outcome(status, screen.text())


def _parser() -> Parser:
    parser = Parser("name", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument(
        "name", metavar="NAME", nargs="*", help="the whole name; not with --family and --given"
    )
    parser.add_argument("--family", metavar="NAME", help="family name (primary identifier)")
    parser.add_argument("--given", metavar="NAME", help="given names (secondary identifier)")
    parser.add_argument(
        "--passport",
        metavar="MRZ",
        help="the 39 characters of the name in a passport, or its whole first line of 44: say "
        "whether the two names agree",
    )
    add_json(parser)
    return parser


def _name(values: Namespace) -> _Name:
    """The name and where it is divided.

    Raises:
        CommandError: None was given, or in two ways, or one that is too long.
    """
    whole = " ".join(values.name)
    has_parts = values.family is not None or values.given is not None
    if whole and has_parts:
        raise CommandError("give the name in one piece, or by --family and --given, not both")
    if not whole and not has_parts:
        raise CommandError("give a name (see: vnvaxcert name --help)")
    if has_parts:
        family, given = values.family or "", values.given or ""
        texts = (("--family: ", family), ("--given: ", given))
        name = _Name(family, given, "options", texts)
    else:
        name = _Name(*_divide(whole), (("", whole),))
    if sum(len(text) for _, text in name.texts) > _MAX_CHARACTERS:
        raise CommandError(f"the name is longer than {_MAX_CHARACTERS} characters")
    return name


def _divide(whole: str) -> tuple[str, str, str]:
    """The family name, the given names, and where one ends and the others begin."""
    for division, mark in _MARKS.items():
        family, found, given = whole.strip().partition(mark)
        if found and family and given.strip("< ,"):
            return family, given, division
    family, _, given = whole.strip().partition(" ")
    return family, given, "first_word" if given else "none"


def _forms(name: _Name) -> _Forms:
    return _Forms(
        to_dcc_name(name.family),
        to_dcc_name(name.given),
        to_mrz_name(name.family, name.given),
        to_seal_name(name.family, name.given),
    )


def _compare(passport: str, name: _Name, forms: _Forms) -> NameComparison:
    # With fillers in it, the name was transliterated by somebody and national letters are lost.
    is_national = "<" not in name.family + name.given and name.division != "fillers"
    try:
        return compare_with_dcc(
            passport,
            forms.family.text,
            forms.given.text,
            family_name=name.family if is_national else None,
            given_name=name.given if is_national else None,
        )
    except TransliterationError as error:
        raise CommandError(
            f"argument --passport: a character at offset {error.offset} cannot stand in the "
            "machine-readable zone of a passport"
        ) from error
    except ValueError as error:
        raise CommandError(
            f"argument --passport: expected a name field of {MRZ_NAME_LENGTH} characters, or the "
            "first line of 44"
        ) from error


def _hint(character: str) -> tuple[str, ...]:
    """What to do about a character that has no form."""
    if character.isnumeric():
        return (
            "No numeral can stand in a name (Doc 9303-3, section 4.6): write the number in words.",
        )
    if not character.isalpha():
        return ()
    script = unicodedata.name(character, "").partition(" ")[0]
    if script == "LATIN":
        return ()
    written = f"It is a letter of another script ({script.lower()}). " if script else ""
    return (f"{written}Give the name in Latin letters, as its holder's passport has it.",)


def _refusal(message: str, hints: tuple[str, ...], *, is_json: bool) -> Outcome:
    if is_json:
        refused = {"code": TransliterationError.code, "message": message}
        return Outcome(REFUSED, as_json.dump([_EMPTY | refused]))
    screen = Screen()
    screen.verdict("bad", "REFUSED", f"{message} ({TransliterationError.code})", *hints)
    return Outcome(REFUSED, screen.text())


_EMPTY: Final[as_json.Document] = {
    "code": None,
    "message": None,
    "family_name": None,
    "given_name": None,
    "division": None,
    "dcc": None,
    "mrz": None,
    "vds_nc": None,
    "alternatives": None,
    "comparison": None,
}


def _document(name: _Name, forms: _Forms, found: NameComparison | None) -> as_json.Document:
    return _EMPTY | {
        "family_name": name.family,
        "given_name": name.given,
        "division": name.division,
        "dcc": {
            "fnt": forms.family.text,
            "gnt": forms.given.text,
            "is_truncated": forms.family.is_truncated or forms.given.is_truncated,
        },
        "mrz": {"name": forms.mrz.text, "is_truncated": forms.mrz.is_truncated},
        "vds_nc": {"n": forms.seal.text, "is_truncated": forms.seal.is_truncated},
        "alternatives": [
            {"character": character, "forms": list(others)}
            for character, others in _choices(name).items()
        ],
        "comparison": None
        if found is None
        else {
            "agreement": found.agreement,
            "differences": sorted(found.differences),
            "is_field_full": found.is_field_full,
        },
    }


def _choices(name: _Name) -> dict[str, tuple[str, ...]]:
    """The letters of a name for which Doc 9303-3 has several forms."""
    composed = unicodedata.normalize("NFC", name.family + name.given)
    forms = {character: alternatives(character) for character in composed}
    return {character: several for character, several in forms.items() if len(several) > 1}


def _show(screen: Screen, name: _Name, forms: _Forms, found: NameComparison | None) -> None:
    if found is not None:
        tone, headline = _VERDICTS[found.agreement]
        lines = [
            text for difference, text in _DIFFERENCES.items() if difference in found.differences
        ]
        if found.is_field_full and not found.differences and tone != "bad":
            lines.append("The passport's field is full: its name may go on.")
        screen.verdict(tone, headline, *lines)
    screen.section(
        "Name",
        [
            ("family name", name.family.strip()),
            ("given names", name.given.strip()),
            ("divided", _DIVISIONS[name.division]),
        ],
    )
    screen.section("DCC", [("fnt", forms.family.text), ("gnt", forms.given.text)])
    screen.section("Passport", [("MRZ", forms.mrz.text)])
    screen.section("VDS-NC seal", [("n", forms.seal.text)])
    screen.listing("Truncated", "caution", _truncated(forms))
    screen.marks(
        "Other forms that Doc 9303-3 allows",
        [
            ("plain", character, f"{several[0]} (taken), {', '.join(several[1:])}")
            for character, several in _choices(name).items()
        ],
    )


def _truncated(forms: _Forms) -> list[str]:
    fields = (
        ("fnt", forms.family, MAX_DCC_NAME),
        ("gnt", forms.given, MAX_DCC_NAME),
        ("the passport's name", forms.mrz, MRZ_NAME_LENGTH),
        ("the seal's name", forms.seal, SEAL_NAME_LENGTH),
    )
    return [
        f"{name} does not fit in {length} characters and was cut"
        for name, field, length in fields
        if field.is_truncated
    ]
