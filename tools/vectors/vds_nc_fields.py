"""Suite ``vds-nc``, second part: each member of ``data``, and each bound from both sides.

Spec: spec/vds-nc.md, sections 3 to 7.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from vectors.book import Book, accept
from vectors.hcert import LEFT_OUT
from vectors.keys import CSCA_AQ
from vectors.seal import SEAL_P256, TESTED, VACCINATED, Node, edit, seal
from vectors.vds_nc_members import (
    HOLDERS_OF_TEST,
    HOLDERS_OF_VACCINATION,
    OF_TEST,
    OF_VACCINATION,
    UNKNOWN,
    Text,
)

HEADER, VACCINATION, TEST, READING = (f"VDS-NC 1.1, vds-nc.md §{number}" for number in (3, 4, 5, 6))
SCHEMA: Final = "schema.invalid"
CHARACTERS, MEMBER = "schema.characters", "schema.unknown_member"


Row = tuple[str, Any, str | None, str, str]
"""Case, value, code of the refusal, warnings by spaces, comment."""


def add_fields(book: Book) -> None:
    """Add these vectors."""
    _header(book)
    for base, texts, spec in ((VACCINATED, OF_VACCINATION, VACCINATION), (TESTED, OF_TEST, TEST)):
        for text in texts:
            _text(book, base, text, spec)
    _objects(book)
    _days(book)
    _numbers(book)
    _codes(book)
    _moments(book)
    _as_shipped(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    data: Node,
    code: str | None = None,
    warnings: Iterable[str] = (),
    policy: str = "strict",
) -> None:
    book.verify(
        f"vds-nc::{case}",
        seal(data),
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else accept(SEAL_P256, envelope="vds-nc", warnings=warnings),
        trust=(),
        authorities=(CSCA_AQ,),
        policy=policy,
    )


def _rows(book: Book, spec: str, base: Node, path: str, rows: Iterable[Row]) -> None:
    """Vectors of one member: named by its path, and each with its value there."""
    subject = path.removeprefix("msg/").replace("/0", "").replace("/", "-").lower()
    if base is TESTED:
        subject = f"test-{subject}"
    for case, value, code, warnings, comment in rows:
        data = edit(base, path, value)
        _add(book, f"{subject}::{case}", spec, comment, data, code, warnings.split())


def _header(book: Book) -> None:
    rows: list[Row] = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says what it proves."),
        ("unknown", "icao.other", SCHEMA, "", "There are two types."),
        ("capitals", "ICAO.VACC", SCHEMA, "", "Types have small letters."),
        ("number", 1, SCHEMA, "", "A type is a text."),
        ("of-a-test", "icao.test", SCHEMA, "", "The message is that of a vaccination."),
    ]
    _rows(book, HEADER, VACCINATED, "hdr/t", rows)
    rows = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says of which version it is."),
        ("0", 0, SCHEMA, "", "Versions start with 1."),
        ("2", 2, SCHEMA, "", "Version 1 is the only one."),
        ("text", "1", SCHEMA, "", "A version is a number."),
        ("true", True, SCHEMA, "", "True is no version, though some languages count it as 1."),
        ("float", 1.0, None, "schema.float_integer", "1.0 has the canonical form of 1."),
        ("fraction", 1.5, SCHEMA, "", "A version is a whole number."),
    ]
    _rows(book, HEADER, VACCINATED, "hdr/v", rows)
    rows = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says who issued it."),
        ("two-letters", "AQ", SCHEMA, "", "Two letters are of certificates; a seal has three."),
        ("four-letters", "ATAA", SCHEMA, "", "Codes have three letters, but for Germany's."),
        ("small-letters", "ata", SCHEMA, "", "The code of an issuer has capitals."),
        ("digits", "010", SCHEMA, "", "The numbers of ISO 3166-1 are another code."),
        ("number", 10, SCHEMA, "", "A code is a text."),
        ("empty", "", SCHEMA, "", "An empty text is no code."),
    ]
    _rows(book, HEADER, VACCINATED, "hdr/is", rows)


def _text(book: Book, base: Node, text: Text, spec: str) -> None:
    rows: list[Row] = []
    if text.missing:
        code = SCHEMA if text.is_needed else None
        rows.append(("missing", LEFT_OUT, code, "", text.missing))
    rows += [
        ("empty", "", SCHEMA, "", text.empty),
        ("number", 12, SCHEMA, "", text.number),
    ]
    if not text.is_needed:
        comment = f"{text.what} may be left out, and null is not leaving it out."
        rows.append(("null", None, SCHEMA, "", comment))
    if text.most:
        longest = f"{text.what} may have {text.most} characters."
        too_long = f"{text.what} has one character more than {text.most}."
        rows += [
            ("longest", "A" * text.most, None, text.warning, longest),
            ("too-long", "A" * (text.most + 1), SCHEMA, "", too_long),
        ]
    _rows(book, spec, base, f"msg/{text.path}", rows)


def _objects(book: Book) -> None:
    for base, holders in ((VACCINATED, HOLDERS_OF_VACCINATION), (TESTED, HOLDERS_OF_TEST)):
        spec = VACCINATION if base is VACCINATED else TEST
        for holder in holders:
            empty: Any = [] if holder.is_array else {}
            other: Any = {"0": {}} if holder.is_array else []
            rows: list[Row] = [
                ("missing", LEFT_OUT, SCHEMA, "", holder.missing),
                ("empty", empty, SCHEMA, "", holder.empty),
                ("of-another-kind", other, SCHEMA, "", holder.other),
            ]
            _rows(book, spec, base, holder.path, rows)
    rows = [("entry-text", ["XM8NQ0"], SCHEMA, "", "An entry is an object.")]
    _rows(book, VACCINATION, VACCINATED, "msg/ve", rows)
    dose = VACCINATED["msg"]["ve"][0]["vd"][0]
    event = VACCINATED["msg"]["ve"][0]
    second = {**dose, "seq": 2, "dvc": "2022-03-29"}
    rows = [
        ("entry-text", ["2022-03-01"], SCHEMA, "", "A dose is an object."),
        ("two", [dose, second], None, "", "Australia puts all doses of a product together."),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/ve/0/vd", rows)
    rows = [
        (
            *("one-each", [event, {**event, "vd": [second]}], None, ""),
            "Japan gives each dose an event of its own.",
        ),
        (
            *("second-broken", [event, {**event, "vd": [{**second, "seq": 0}]}], SCHEMA, ""),
            "Every event is read, and not the first alone.",
        ),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/ve", rows)
    person = VACCINATED["msg"]["pid"]
    no_birth = {name: value for name, value in person.items() if name != "dob"}
    no_number = {name: value for name, value in person.items() if name != "i"}
    neither = {name: value for name, value in no_birth.items() if name != "i"}
    rows = [
        ("number-alone", no_birth, None, "", "Whose number is known needs no birth date."),
        ("birth-date-alone", no_number, None, "", "Whose birth date is known needs no number."),
        ("neither", neither, SCHEMA, "", "A name alone is nobody in particular."),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/pid", rows)
    rows = [("missing", LEFT_OUT, None, "", "One of the sources asks for no birth date.")]
    _rows(book, TEST, TESTED, "msg/pid/dob", rows)


def _days(book: Book) -> None:
    rows: list[Row] = [
        ("day-unknown", "1970-05-XX", None, "", "As Australia writes that the day is not known."),
        ("month-unknown", "1970-XX-XX", None, "", "As it writes that the year alone is known."),
        ("year-and-month", "1970-05", None, "", "The day is left out."),
        ("year", "1970", None, "", "The year alone."),
        ("day-without-month", "1970-XX-03", SCHEMA, "", "Of an unknown month no day is known."),
        ("small-x", "1970-xx-xx", SCHEMA, "", "X stands for what is not known, and x for nothing."),
        ("1900", "1900-01-01", None, "", "The earliest."),
        ("1899", "1899-12-31", SCHEMA, "", "Nobody who was vaccinated was born so early."),
        ("2099", "2099-12-31", None, "", "The latest."),
        ("2100", "2100-01-01", SCHEMA, "", "Beyond the years that a birth date has."),
        ("no-such-day", "1990-02-30", SCHEMA, "", "February has no such day."),
        ("month-13", "1990-13", SCHEMA, "", "A year has 12 months."),
        ("month-0", "1990-00", SCHEMA, "", "The first month is 01."),
        ("one-digit", "1990-2-3", SCHEMA, "", "Months and days have two digits."),
        ("with-time", "1990-02-03T00:00:00Z", SCHEMA, "", "A day of birth has no time."),
        ("number", 1990, SCHEMA, "", "A birth date is a text, even where the year alone is known."),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/pid/dob", rows)
    of_dose = "msg/ve/0/vd/0"
    rows = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says when the dose was given."),
        ("leap-day", "2020-02-29", None, "", "2020 was a leap year."),
        ("no-leap-day", "2022-02-29", SCHEMA, "", "2022 was none."),
        ("year-alone", "2022", SCHEMA, "", "The day of a dose is known."),
        ("without-dashes", "20220301", SCHEMA, "", "Eight digits are another form."),
        ("week", "2022-W09-2", SCHEMA, "", "The week is another form of ISO 8601."),
        ("with-time", "2022-03-01T08:00", SCHEMA, "", "The day of a dose has no time."),
        ("number", 20220301, SCHEMA, "", "The day of a dose is a text, with its hyphens."),
    ]
    _rows(book, VACCINATION, VACCINATED, f"{of_dose}/dvc", rows)
    rows = [
        ("missing", LEFT_OUT, None, "", "Not every dose is followed by another."),
        ("no-such-day", "2022-06-31", SCHEMA, "", "June has no such day."),
        ("null", None, SCHEMA, "", "Who has no next dose leaves its day out."),
    ]
    _rows(book, VACCINATION, VACCINATED, f"{of_dose}/dvn", rows)


def _numbers(book: Book) -> None:
    rows: list[Row] = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says which dose it was."),
        ("0", 0, SCHEMA, "", "The first dose is 1."),
        ("99", 99, None, "", "Two digits are the most."),
        ("100", 100, SCHEMA, "", "Three digits."),
        ("negative", -1, SCHEMA, "", "No dose comes before the first."),
        ("float", 2.0, None, "schema.float_integer", "2.0 has the canonical form of 2."),
        ("fraction", 1.5, SCHEMA, "", "Doses are counted in whole numbers."),
        ("true", True, SCHEMA, "", "True is no dose, though some languages count it as the first."),
        ("text", "1", None, "schema.text_integer", "One published schema says so."),
        ("text-99", "99", None, "schema.text_integer", "The greatest, as a text."),
        ("text-0", "0", SCHEMA, "", "The first dose is 1, as a text too."),
        ("text-100", "100", SCHEMA, "", "Three digits, as a text."),
        ("text-with-space", " 1", SCHEMA, "", "A space is no digit."),
        ("text-of-other-digits", "\u0661", SCHEMA, "", "Digits are those of ASCII."),
        ("text-with-sign", "+1", SCHEMA, "", "A sign is no digit."),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/ve/0/vd/0/seq", rows)


def _codes(book: Book) -> None:
    rows: list[Row] = [
        ("missing", LEFT_OUT, None, "", "One of the sources asks for no sex."),
        ("m", "M", None, "", "M is one of the three sexes of travel documents."),
        ("x", "X", None, "", "X is the one that says neither."),
        ("u", "U", SCHEMA, "", "There are three, and this is none."),
        ("small-letter", "f", SCHEMA, "", "They are capitals."),
        ("machine-readable", "<", SCHEMA, "", "The filler stands on passports, and not here."),
        ("null", None, SCHEMA, "", "Null is no sex."),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/pid/sex", rows)
    rows = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says where the dose was given."),
        ("of-germany", "D", None, "", "The code of one letter."),
        ("of-a-specimen", "UTO", None, "", "Utopia."),
        ("unknown", "QQQ", None, UNKNOWN, "Three capitals that are nobody's, so far."),
        ("two-letters", "AQ", SCHEMA, "", "AQ is of certificates; a dose has three letters."),
        ("small-letters", "ata", SCHEMA, "", "The code of the country of a dose has capitals."),
    ]
    _rows(book, VACCINATION, VACCINATED, "msg/ve/0/vd/0/ctr", rows)
    rows = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says where the test was made."),
        ("two-letters", "AQ", SCHEMA, "", "AQ is of certificates; a test has three letters."),
    ]
    _rows(book, TEST, TESTED, "msg/sp/ctr", rows)
    for path, code, comment in (
        ("pid/dt", "D", "D is a driving licence, which proves who somebody is in some states."),
        ("tr/tc", "antibody", "A test for antibodies is of another kind, and has its code."),
        ("tr/r", "positive", "A positive result is as good a proof as a negative one."),
        ("tr/m", "other", "What none of the words names is taken from elsewhere: other."),
    ):
        data = edit(TESTED, f"msg/{path}", code)
        _add(book, f"test-{path.replace('/', '-')}::known", TEST, comment, data)
    rows = [("small-letter", "p", None, UNKNOWN, "Codes are capitals: this is another.")]
    _rows(book, TEST, TESTED, "msg/pid/dt", rows)
    rows = [("capitals", "NEGATIVE", None, UNKNOWN, "It has small letters: this is another.")]
    _rows(book, TEST, TESTED, "msg/tr/r", rows)


def _moments(book: Book) -> None:
    rows: list[Row] = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says when the sample was taken."),
        ("offset", "2022-05-30T15:30:00+07:00", None, "", "With the offset of Viet Nam."),
        ("negative-offset", "2022-05-30T03:30:00-05:00", None, "", "West of Greenwich."),
        ("fraction", "2022-05-30T08:30:00.123456789Z", None, "", "However fine."),
        ("small-letters", "2022-05-30t08:30:00z", None, "", "RFC 3339 §5.6 allows small letters."),
        ("no-zone", "2022-05-30T08:30:00", SCHEMA, "", "Nobody knows which moment it was."),
        ("short-zone", "2022-05-30T15:30:00+07", SCHEMA, "", "An offset has its minutes."),
        ("day-alone", "2022-05-30", SCHEMA, "", "A sample is hours old; a day does not say."),
        ("no-seconds", "2022-05-30T08:30Z", SCHEMA, "", "A time has its seconds."),
        ("hour-24", "2022-05-30T24:00:00Z", SCHEMA, "", "The last hour is 23."),
        ("minute-60", "2022-05-30T08:60:00Z", SCHEMA, "", "The last minute is 59."),
        ("offset-24", "2022-05-30T08:30:00+24:00", SCHEMA, "", "No zone is a day away."),
        ("no-such-day", "2022-05-32T08:30:00Z", SCHEMA, "", "May has no such day."),
        ("number", 1_653_899_400, SCHEMA, "", "A moment is a text."),
    ]
    _rows(book, TEST, TESTED, "msg/dat/sc", rows)
    rows = [
        ("missing", LEFT_OUT, SCHEMA, "", "Nothing says when the result was reported."),
        ("day-alone", "2022-05-30", SCHEMA, "", "The report has a moment, as the sample has."),
    ]
    _rows(book, TEST, TESTED, "msg/dat/ri", rows)


def _as_shipped(book: Book) -> None:
    """What issuers' programs have written, and what nobody has named."""
    for base, right, wrong in (
        (VACCINATED, "uvci", "utvi"),
        (VACCINATED, "uvci", "ucvi"),
        (TESTED, "utci", "ucti"),
    ):
        message = {wrong if k == right else k: value for k, value in base["msg"].items()}
        data = {**base, "msg": message}
        comment = f"A program in use writes {wrong} for {right}."
        _add(book, f"misspelt::{wrong}", READING, comment, data, SCHEMA)
        warnings = ["schema.misspelt_member"]
        comment = f"{wrong} for {right} is read by who tolerates it, and reported."
        case = f"misspelt::{wrong}-tolerant"
        _add(book, case, READING, comment, data, None, warnings, "tolerant")
    rows: list[tuple[str, Node, str, str | None, list[str]]] = [
        (
            *("null", edit(VACCINATED, "msg/pid/sex", None)),
            *("Null where a member may be absent.", None, ["schema.deviation"]),
        ),
        (
            *("null-where-needed", edit(VACCINATED, "msg/uvci", None)),
            *("Null where a member has to be there.", SCHEMA, []),
        ),
        (
            *("no-zone", edit(TESTED, "msg/dat/sc", "2022-05-30T08:30:00")),
            *("A time without a zone.", None, ["schema.deviation"]),
        ),
        (
            *("short-zone", edit(TESTED, "msg/dat/sc", "2022-05-30T15:30:00+07")),
            *("A zone without its minutes.", None, ["schema.deviation"]),
        ),
    ]
    for case, data, comment, code, warnings in rows:
        name = f"deviation::{case}-tolerant"
        _add(book, name, READING, comment, data, code, warnings, "tolerant")
    for case, path, where in (
        ("beside-header", "other", "beside header and message"),
        ("in-header", "hdr/other", "in the header"),
        ("in-message", "msg/other", "in the message"),
        ("in-person", "msg/pid/other", "of the person"),
        ("in-dose", "msg/ve/0/vd/0/other", "of a dose"),
    ):
        data = edit(VACCINATED, path, {"what": ["ever", 1, None]})
        comment = f"A member {where} that nobody has named is signed, and means nothing."
        _add(book, f"unknown-member::{case}", READING, comment, data, None, [MEMBER])
    for case, path, value, comment in (
        ("comma", "msg/ve/0/vd/0/adm", "Clinic, first floor", "Australia's set has no comma."),
        ("letters-beyond-ascii", "msg/pid/n", "NGUYỄN  THỊ", "Letters with marks are shown."),
        ("quotation-mark", "msg/ve/0/nam", 'the "new" one', "Escaped in every form of JSON."),
        ("control", "msg/ve/0/vd/0/lot", "A\x1f\b\n", "Escaped in the canonical form, too."),
        ("beyond-16-bits", "msg/pid/n", "\U0001d400" * 39, "Characters are counted, not units."),
    ):
        data = edit(VACCINATED, path, value)
        spec = "VDS-NC 1.1, vds-nc.md §7"
        _add(book, f"characters::{case}", spec, comment, data, None, [CHARACTERS])
    every = "Aa0 !@#$%&'*+/=?^_`{|}~.-"
    data = edit(VACCINATED, "msg/ve/0/nam", every)
    comment = "Every sign of Australia's set."
    _add(book, "characters::whole-set", "VDS-NC 1.1, vds-nc.md §7", comment, data)
