"""The fields of a DCC payload, restated by hand from the released schemas (1.0.0 to 1.3.3).

``place`` says where a field stands: ``dob`` in the payload, ``nam.fn`` in the name, ``v.ci`` in
the one entry of a group.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Field(NamedTuple):
    """A field that each payload of its group may have.

    Attributes:
        place: Where it stands.
        what: What it is, as the first words of a sentence.
        wrong: A value of another type than its own.
        called: The type it has, in words.
        is_required: Whether it must be there (1.3.3).
        longest: A value of as many characters as it may have (1.3.3), or None.
    """

    place: str
    what: str
    wrong: Any
    called: str = "a text"
    is_required: bool = True
    longest: str | None = None


NEWEST: Final = "1.3.3"
VERSIONS: Final = (
    *("1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1"),
    *("1.3.0", "1.3.1", "1.3.2", "1.3.3"),
)

LENGTH, EARLY_LENGTH = 80, 50  # characters, from 1.3.0 on and before


def _common(group: str, kind: str) -> tuple[Field, ...]:
    return (
        Field(f"{group}.tg", f"The disease of a {kind}", 840539006),
        Field(f"{group}.co", f"The country of a {kind}", 10),
        Field(f"{group}.is", f"The issuer of a {kind}", ["S"], longest="S" * LENGTH),
        Field(
            f"{group}.ci",
            f"The identifier of a {kind}",
            b"URN:UVCI:01:AQ:SPECIMEN0009",
            longest="URN:UVCI:01:AQ:".ljust(LENGTH, "9"),
        ),
    )


FIELDS: Final = (
    Field("ver", "The version", 1.3),
    Field("nam", "The name", "Nguyễn Mẫu", "a map"),
    Field("dob", "The birth date", 1990),
    Field("nam.fn", "The family name", ["Mẫu"], is_required=False, longest="M" * LENGTH),
    Field("nam.gn", "The given name", False, is_required=False, longest="T" * LENGTH),
    Field("nam.fnt", "The transliterated family name", 7, is_required=False, longest="M" * LENGTH),
    Field(
        "nam.gnt", "The transliterated given name", {}, is_required=False, longest="T<" * 39 + "TH"
    ),
    *_common("v", "vaccination"),
    Field("v.vp", "The kind of vaccine", 1119349007),
    Field("v.mp", "The product", 1528),
    Field("v.ma", "The maker", 100030215),
    Field("v.dn", "The number of the dose", "2", "a whole number"),
    Field("v.sd", "The number of doses", [2], "a whole number"),
    Field("v.dt", "The day of the dose", 20220301),
    *_common("t", "test"),
    Field("t.tt", "The type of test", 6464),
    Field("t.nm", "The name of the test", 1, is_required=False, longest="N" * LENGTH),
    Field("t.ma", "The device of the test", 1232, is_required=False),
    Field("t.sc", "The time of the sample", 1649930400),
    Field("t.tr", "The result", 260415000),
    Field("t.tc", "The testing centre", ["C"], is_required=False, longest="C" * LENGTH),
    *_common("r", "recovery"),
    Field("r.fr", "The day of the first positive test", 20220110),
    Field("r.df", "The first day that the certificate holds", 20220121),
    Field("r.du", "The last day that the certificate holds", 20220709),
)


class Case(NamedTuple):
    """One payload with one member as it says.

    Attributes:
        name: The last part of the vector's id.
        place: The member that is changed.
        value: To this.
        comment: Why.
        warnings: Expected with an acceptance; None: it is to be refused.
        version: Of the schema.
    """

    name: str
    place: str
    value: Any
    comment: str
    warnings: tuple[str, ...] | None = None
    version: str = NEWEST


DEVIATION = ("schema.deviation",)
UNKNOWN = ("schema.unknown_member",)
IMPOSSIBLE = ("schema.impossible_date",)
UNKNOWN_CODE = ("valueset.unknown",)
MISMATCH = ("valueset.mismatch",)

_NOT_ANCHORED = "The pattern of a country asks for one capital anywhere, and no more than that"

CASES: Final = (
    # --- version -----------------------------------------------------------------------------
    Case("never-released", "ver", "1.4.0", "There is no release 1.4.0 whose rules could be met."),
    Case("two-numbers", "ver", "1.3", "A version has three numbers."),
    Case("letters-for-points", "ver", "1x3x3", "The pattern's dots match it; no release has it."),
    Case("empty", "ver", "", "An empty version is none."),
    Case("line-feed-after-it", "ver", "1.3.3\n", "$ is the very end in ECMA-262, as is meant."),
    # --- birth date --------------------------------------------------------------------------
    Case("year-alone", "dob", "1990", "Only the year may be known.", ()),
    Case("year-and-month", "dob", "1990-02", "Day unknown: year and month suffice.", ()),
    Case("empty", "dob", "", "An unknown birth date may be the empty text.", ()),
    Case("first-year", "dob", "1900-01-01", "The first year of the pattern is 1900.", ()),
    Case("before-the-first-year", "dob", "1899-12-31", "The pattern begins with 19 or 20."),
    Case("last-year", "dob", "2099-12-31", "The last year of the pattern is 2099.", ()),
    Case("after-the-last-year", "dob", "2100-01-01", "The pattern begins with 19 or 20."),
    Case(
        "no-such-day",
        "dob",
        "1990-02-30",
        "The schema asks for digits alone, since days are unknown in some registers.",
        IMPOSSIBLE,
    ),
    Case("month-99", "dob", "1990-99", "The same of a month.", IMPOSSIBLE),
    Case("no-zeros", "dob", "1990-2-3", "Month and day have two digits each."),
    Case("no-hyphens", "dob", "19900203", "The basic form of ISO 8601 is not in the pattern."),
    Case("week-date", "dob", "1990-W06-6", "No weeks; this has ten characters and a date."),
    Case("hyphen-at-the-end", "dob", "1990-02-", "A hyphen is followed by two digits."),
    Case("four-parts", "dob", "1990-02-03-04", "There are at most a month and a day."),
    Case("day-first", "dob", "03-02-1990", "The year stands first."),
    Case("space", "dob", " ", "A space is not the empty text."),
    Case("time-of-day", "dob", "1990-02-03T00:00:00", "A birth date has no time of day."),
    Case("letters-for-unknown", "dob", "1990-XX-XX", "What is unknown is left out."),
    Case("arabic-digits", "dob", "١٩٩٠", "A digit of a pattern is an ASCII digit (ECMA-262)."),
    Case("line-feed-after-it", "dob", "1990-02-03\n", "$ is the very end in ECMA-262."),
    # --- name --------------------------------------------------------------------------------
    Case("empty", "nam.fnt", "", "The pattern allows no characters at all.", ()),
    Case("filler-alone", "nam.fnt", "<", "The pattern does not ask for a letter.", ()),
    Case("small-letters", "nam.fnt", "Nguyen", "Only capitals stand in a machine-readable zone."),
    Case("space", "nam.gnt", "THI THU", "Parts are divided by the filler, not by a space."),
    Case("digit", "nam.gnt", "THU2", "A machine-readable name has no digits."),
    Case("vietnamese-letter", "nam.fnt", "ĐẶNG", "A letter outside A to Z is not transliterated."),
    Case("line-feed-after-it", "nam.fnt", "NGUYEN\n", "$ is the very end in ECMA-262."),
    Case("empty", "nam.fn", "", "The schema gives names no least length.", ()),
    Case(
        "longest-in-vietnamese",
        "nam.fn",
        "ễ" * LENGTH,
        "Characters are counted, not bytes: these 80 take 240 bytes in UTF-8.",
        (),
    ),
    Case(
        "longest-beyond-16-bits",
        "nam.gn",
        "\U00020000" * LENGTH,
        "Characters are counted, not units of UTF-16: these 80 take 160.",
        (),
    ),
    Case("null", "nam.fn", None, "Null is not absence to the schema."),
    # --- country -----------------------------------------------------------------------------
    Case("organisation", "v.co", "UNHCR", "An organisation has no code of two letters.", ()),
    Case("empty", "v.co", "", "The pattern asks for a capital."),
    Case("small-letters", "v.co", "aq", "The pattern asks for capitals."),
    Case("digits", "t.co", "010", "The number of ISO 3166-1 has no capital."),
    Case("one-capital", "t.co", "A", f"{_NOT_ANCHORED}.", UNKNOWN_CODE),
    Case("capital-among-others", "r.co", "-A-", f"{_NOT_ANCHORED}.", UNKNOWN_CODE),
    Case("capital-and-small", "v.co", "Aq", f"{_NOT_ANCHORED}.", UNKNOWN_CODE),
    Case("small-and-capital", "t.co", "qZ", f"{_NOT_ANCHORED}.", UNKNOWN_CODE),
    Case("eleven-capitals", "v.co", "A" * 11, f"{_NOT_ANCHORED}, so 11 match.", UNKNOWN_CODE),
    Case("capital-beyond-ascii", "r.co", "Đ", "The pattern's capitals are A to Z."),
    # --- numbers of doses --------------------------------------------------------------------
    Case("smallest", "v.dn", 1, "The first dose of two.", ()),
    Case("zero", "v.dn", 0, "The first dose is number 1."),
    Case("smallest", "v.sd", 1, "A third dose of one: boosters were written so.", ()),
    Case("zero", "v.sd", 0, "A course has a dose or more."),
    Case("negative", "v.dn", -1, "A dose has no negative number."),
    Case("greater-than-nine", "v.dn", 10, "The bound of 9 went with 1.3.0.", ()),
    Case("fraction", "v.dn", 1.5, "A dose number is whole."),
    Case(
        "whole-float",
        "v.dn",
        2.0,
        "To JSON Schema a number without a fraction is an integer, and issuers wrote floats.",
        ("schema.float_integer",),
    ),
    Case("true", "v.sd", True, "True is no number, though some languages count with it."),
    Case("null", "v.dn", None, "Null is no number."),
    # --- days --------------------------------------------------------------------------------
    Case("leap-day", "v.dt", "2020-02-29", "2020 was a leap year.", ()),
    Case("no-such-day", "v.dt", "2021-02-29", "2021 was no leap year."),
    Case("month-13", "r.fr", "2021-13-01", "A year has twelve months."),
    Case("month-0", "r.df", "2021-00-10", "Months count from 1."),
    Case("day-0", "r.du", "2021-10-00", "Days count from 1."),
    Case("no-zeros", "v.dt", "2022-3-1", "Month and day have two digits each (RFC 3339)."),
    Case("no-hyphens", "v.dt", "20220301", "RFC 3339 knows the extended form alone."),
    Case("week-date", "v.dt", "2022-W09-2", "RFC 3339 has no weeks; this has ten characters."),
    Case("month-alone", "v.dt", "2022-03", "A full date is asked for."),
    Case("empty", "r.fr", "", "An empty text is no date."),
    Case("time-of-day", "v.dt", "2022-03-01T00:00:00Z", "A date has no time of day."),
    Case("time-of-day", "r.du", "2022-07-09T00:00:00Z", "A date has no time of day."),
    Case("space-before-it", "r.df", " 2022-01-21", "A date has no space before it."),
    Case("line-feed-after-it", "v.dt", "2022-03-01\n", "A date has ten characters."),
    Case("fullwidth-digits", "v.dt", "２０２２-03-01", "The digits of RFC 3339 are ASCII."),
    # --- times -------------------------------------------------------------------------------
    Case("offset", "t.sc", "2022-04-14T17:00:00+07:00", "The zone may be an offset.", ()),
    Case("offset-of-half-an-hour", "t.sc", "2022-04-14T15:30:00+05:30", "Minutes count.", ()),
    Case("fraction", "t.sc", "2022-04-14T10:00:00.123456789Z", "Any number of digits.", ()),
    Case("small-letters", "t.sc", "2022-04-14t10:00:00z", "T and Z may be small (§5.6).", ()),
    Case("last-second", "t.sc", "2022-04-14T23:59:59Z", "The last second of a day.", ()),
    Case("hour-24", "t.sc", "2022-04-14T24:00:00Z", "Hours end with 23 (RFC 3339 §5.7)."),
    Case("minute-60", "t.sc", "2022-04-14T10:60:00Z", "Minutes end with 59."),
    Case("second-61", "t.sc", "2022-04-14T10:00:61Z", "Not even a leap second is number 61."),
    Case("no-such-day", "t.sc", "2022-02-29T10:00:00Z", "2022 was no leap year."),
    Case("no-zone", "t.sc", "2022-04-14T10:00:00", "Without its zone a time is no moment."),
    Case("offset-without-colon", "t.sc", "2022-04-14T17:00:00+0700", "RFC 3339 has +07:00."),
    Case("offset-of-hours", "t.sc", "2022-04-14T17:00:00+07", "RFC 3339 has +07:00."),
    Case("offset-of-24-hours", "t.sc", "2022-04-14T17:00:00+24:00", "Its hours end with 23."),
    Case("no-seconds", "t.sc", "2022-04-14T10:00Z", "Seconds are not optional in RFC 3339."),
    Case("comma", "t.sc", "2022-04-14T10:00:00,5Z", "A fraction follows a point."),
    Case("point-alone", "t.sc", "2022-04-14T10:00:00.Z", "A point is followed by digits."),
    Case("date-alone", "t.sc", "2022-04-14", "A time is asked for."),
    # --- the other texts ---------------------------------------------------------------------
    Case("empty", "v.is", "", "The schema gives an issuer no least length.", ()),
    Case("empty", "v.ci", "", "The schema gives an identifier no least length.", ()),
    Case("null", "t.nm", None, "Null is not absence to the schema."),
    # --- codes outside of their value sets: no question of the schema ---------------------------
    Case("unknown-code", "v.tg", "99999999", "Codes are no part of the schema.", UNKNOWN_CODE),
    Case("unknown-code", "v.vp", "99999999", "Codes are no part of the schema.", UNKNOWN_CODE),
    Case("unknown-code", "v.mp", "EU/1/99/9999", "New products come out.", UNKNOWN_CODE),
    Case("unknown-code", "v.ma", "ORG-999999999", "New makers come up.", UNKNOWN_CODE),
    Case("unknown-code", "t.tt", "LP0000-0", "Codes are no part of the schema.", UNKNOWN_CODE),
    Case("unknown-code", "t.tr", "99999999", "Codes are no part of the schema.", UNKNOWN_CODE),
    Case(
        "deprecated-code",
        "v.vp",
        "J07BX03",
        "The code of ATC was taken out for new certificates, and old ones outlive it.",
        ("valueset.deprecated",),
    ),
    Case("of-another-kind", "v.vp", "1157024006", "Comirnaty is not inactivated.", MISMATCH),
    Case("of-another-product", "v.ma", "ORG-100001699", "AstraZeneca holds another.", MISMATCH),
    # --- older schemas, each at the edge to the next ----------------------------------------------
    Case("month-alone-before-1-1-0", "dob", "1990-02", "1.0.1 wants a whole date.", None, "1.0.1"),
    Case("month-alone-from-1-1-0", "dob", "1990-02", "1.1.0 reads parts.", (), "1.1.0"),
    Case("no-such-day-before-1-1-0", "dob", "1990-02-30", "Format date.", None, "1.0.1"),
    Case("year-1899-before-1-1-0", "dob", "1899-12-31", "From 1900 on.", None, "1.0.1"),
    Case("year-1900-before-1-1-0", "dob", "1900-01-01", "From 1900 on.", (), "1.0.1"),
    Case("empty-before-1-3-0", "dob", "", "1.2.1 wants a year at least.", None, "1.2.1"),
    Case("empty-from-1-3-0", "dob", "", "1.3.0 reads an empty date.", (), "1.3.0"),
    Case("year-alone-before-1-3-0", "dob", "1990", "1.2.1 reads a year.", (), "1.2.1"),
    Case("nine-before-1-3-0", "v.dn", 9, "Up to 1.2.1 doses count to 9.", (), "1.2.1"),
    Case(
        "nine-as-a-float-before-1-3-0",
        "v.sd",
        9.0,
        "The bound is of the number, however it is written.",
        ("schema.float_integer",),
        "1.2.1",
    ),
    Case("ten-before-1-3-0", "v.dn", 10, "Up to 1.2.1 doses count to 9.", None, "1.2.1"),
    Case("ten-from-1-3-0", "v.dn", 10, "1.3.0 has no bound.", (), "1.3.0"),
    Case("name-of-81-before-1-3-0", "t.nm", "N" * 81, "1.2.1 has no bound.", (), "1.2.1"),
    Case("name-of-81-from-1-3-0", "t.nm", "N" * 81, "1.3.0 allows 80.", None, "1.3.0"),
    Case("name-of-51-from-1-3-0", "nam.fn", "M" * 51, "1.3.0 allows 80.", (), "1.3.0"),
    Case("right-before-1-2-0", "t.dr", "2022-04-14T15:00:00Z", "A member of 1.1.0.", (), "1.1.0"),
    Case("no-time-before-1-2-0", "t.dr", "tomorrow", "A time in 1.1.0.", None, "1.1.0"),
    Case("number-before-1-2-0", "t.dr", 1649948400, "A text in 1.1.0.", None, "1.1.0"),
    Case("no-time-from-1-2-0", "t.dr", "tomorrow", "1.2.0 does not know it.", UNKNOWN, "1.2.0"),
)

# Up to 1.2.1 all of these had 50 characters; one field for each place of the schema where that
# is said.
EARLY_LONGEST: Final = (
    ("nam.fn", "M" * EARLY_LENGTH),
    ("nam.gn", "T" * EARLY_LENGTH),
    ("nam.fnt", "M" * EARLY_LENGTH),
    ("nam.gnt", "T" * EARLY_LENGTH),
    ("v.is", "S" * EARLY_LENGTH),
    ("r.ci", "URN:UVCI:01:AQ:".ljust(EARLY_LENGTH, "9")),
    ("t.tc", "C" * EARLY_LENGTH),
)

# What issuers wrote against the schema, and a tolerant reader takes: (name, place, value, version).
TOLERATED: Final = (
    ("null", "nam.fn", None, NEWEST),
    ("time-of-day", "v.dt", "2022-03-01T00:00:00Z", NEWEST),
    ("time-of-day", "dob", "1990-02-03T00:00:00", NEWEST),
    ("no-zone", "t.sc", "2022-04-14T10:00:00", NEWEST),
    ("offset-without-colon", "t.sc", "2022-04-14T17:00:00+0700", NEWEST),
    ("offset-of-hours", "t.sc", "2022-04-14T17:00:00+07", NEWEST),
    ("zero", "v.dn", 0, NEWEST),
    ("space", "nam.gnt", "THI THU", NEWEST),
    ("empty-before-1-3-0", "dob", "", "1.2.1"),
)
