"""Suite ``payload``: each field of a DCC, absent, of another type, and at each of its bounds.

The fields and bounds are restated by hand in `vectors.payload_fields`, from the released schemas.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from vectors.book import Book, accept
from vectors.cbor import ARRAY, MAP, TEXT, UNDEFINED, Endless, Pairs, Raw, Tag
from vectors.hcert import (
    DOSE,
    ILLNESS,
    LEFT_OUT,
    NAME,
    SAMPLE,
    Node,
    changed,
    hcert,
    payload,
)
from vectors.keys import P256
from vectors.payload_fields import (
    CASES,
    DEVIATION,
    EARLY_LONGEST,
    FIELDS,
    NEWEST,
    TOLERATED,
    UNKNOWN,
    VERSIONS,
)

ENTRIES: Final = {"v": DOSE, "t": SAMPLE, "r": ILLNESS}
KINDS: Final = {"v": "vaccination", "t": "test", "r": "recovery"}
RAPID: Final = changed(SAMPLE, {"tt": "LP217198-3", "nm": LEFT_OUT, "ma": "1232"})


def content(place: str, value: Any, version: str = NEWEST) -> Node:
    """A payload in order but for one member, which is `LEFT_OUT` or as given."""
    top, _, key = place.partition(".")
    if not key:
        return payload(**{"ver": version, top: value})
    if top == "nam":
        return payload(ver=version, nam=changed(NAME, {key: value}))
    return payload(top, changed(ENTRIES[top], {key: value}), ver=version)


def clause(version: str) -> str:
    """The schema of a version, as the standard that a vector is after."""
    return f"DCC schema {version}"


class Maker:
    """Adds vectors of payloads to a book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def add(
        self,
        name: str,
        given: Any,
        comment: str,
        warnings: Iterable[str] | None = None,
        *,
        version: str = NEWEST,
        policy: str = "strict",
        code: str = "schema.invalid",
    ) -> None:
        """Add one: accepted with those warnings, or refused where they are None.

        Args:
            name: Subject and case, as in the id.
            given: The payload.
            comment: Why.
            warnings: Codes, or None.
            version: Whose rules decide.
            policy: The policy.
            code: Of the refusal.
        """
        self.book.verify(
            f"payload::{name}",
            hcert(given),
            spec=clause(version),
            comment=comment,
            policy=policy,
            accept=None if warnings is None else accept(P256, warnings=warnings),
            reject=code if warnings is None else None,
        )


def build(book: Book) -> None:
    """Add the vectors."""
    maker = Maker(book)
    _groups(maker)
    _fields(maker)
    for case in CASES:
        maker.add(
            f"{subject(case.place)}::{case.name}",
            content(case.place, case.value, case.version),
            case.comment,
            case.warnings,
            version=case.version,
        )
    _early(maker)
    _tolerated(maker)
    _encodings(maker)


def subject(place: str) -> str:
    """A place as it stands in an id."""
    return place.replace(".", "-")


def _fields(maker: Maker) -> None:
    for field in FIELDS:
        name = subject(field.place)
        absent = content(field.place, LEFT_OUT)
        if field.is_required:
            maker.add(f"{name}::missing", absent, f"{field.what} is not there, and has to be.")
        elif field.place != "t.ma":  # the specimen of a test has none
            # A nucleic acid test without its name is readable, and not plausible.
            warned = ("schema.plausibility",) if field.place == "t.nm" else ()
            maker.add(f"{name}::missing", absent, f"{field.what} may be left out.", warned)
        wrong = content(field.place, field.wrong)
        maker.add(f"{name}::wrong-type", wrong, f"{field.what} is not {field.called}.")
        if field.longest is not None:
            size = len(field.longest)
            right = content(field.place, field.longest)
            maker.add(f"{name}::longest", right, f"{field.what} may have {size} characters.", ())
            beyond = content(field.place, field.longest + field.longest[-1])
            maker.add(
                f"{name}::too-long", beyond, f"{field.what} has one character more than {size}."
            )


def _groups(maker: Maker) -> None:
    for group, kind in KINDS.items():
        one = payload(group, ver=NEWEST)
        entry = ENTRIES[group]
        maker.add(f"{group}::one-entry", one, f"A certificate of one {kind} as it should be.", ())
        maker.add(f"{group}::empty", changed(one, {group: []}), "A group has an entry.")
        maker.add(
            f"{group}::two-entries",
            changed(one, {group: [entry, entry]}),
            "From 1.3.0 on a certificate is about one event.",
        )
        other = {"v": entry, "t": 1, "r": "x"}[group]
        maker.add(f"{group}::not-an-array", changed(one, {group: other}), "A group is an array.")
        maker.add(f"{group}::entry-not-a-map", changed(one, {group: ["x"]}), "An entry is a map.")
        maker.add(
            f"{group}::unknown-member",
            changed(one, {group: [{**entry, "zz": 1}]}),
            "The schema does not forbid other members; they have no effect.",
            UNKNOWN,
        )
    dose = payload(ver=NEWEST)
    maker.add("groups::none", changed(dose, {"v": LEFT_OUT}), "One group has to be there.")
    maker.add("groups::v-and-t", {**dose, "t": [SAMPLE]}, "Nothing says which group counts.")
    maker.add("groups::v-and-r", {**dose, "r": [ILLNESS]}, "Nothing says which group counts.")
    both = changed(dose, {"v": LEFT_OUT, "t": [SAMPLE], "r": [ILLNESS]})
    maker.add("groups::t-and-r", both, "Nothing says which group counts.")
    three = {**dose, "t": [SAMPLE], "r": [ILLNESS]}
    maker.add("groups::all-three", three, "Nothing says which group counts.")
    maker.add("groups::second-is-null", {**dose, "t": None}, "Null is not absence to the schema.")
    maker.add(
        "groups::second-is-empty", {**dose, "r": []}, "An empty group is there, and has no entry."
    )
    maker.add("root::unknown-member", {**dose, "zz": {}}, "Other members have no effect.", UNKNOWN)
    maker.add("root::capital-key", changed(dose, {"v": LEFT_OUT, "V": [DOSE]}), "Keys have a case.")
    maker.add(
        "nam::unknown-member",
        changed(dose, {"nam": {**NAME, "mn": "Đệm"}}),
        "Other members have no effect.",
        UNKNOWN,
    )
    neither = changed(NAME, {"fnt": LEFT_OUT, "gnt": LEFT_OUT})
    maker.add(
        "nam::neither-transliterated",
        changed(dose, {"nam": neither}),
        "One of fnt and gnt has to be there.",
    )
    maker.add("t::rapid-test", payload("t", RAPID, ver=NEWEST), "A rapid test as it should be.", ())
    maker.add(
        "t-ma::missing",
        payload("t", changed(RAPID, {"ma": LEFT_OUT}), ver=NEWEST),
        "A rapid test that names no device is readable, and not plausible.",
        ("schema.plausibility",),
    )


def _early(maker: Maker) -> None:
    for version in VERSIONS[:-1]:
        name = version.replace(".", "-")
        maker.add(
            f"ver::release-{name}",
            payload(ver=version),
            f"Certificates of release {version} are in use.",
            (),
            version=version,
        )
    last_50 = "1.2.1"
    for place, longest in EARLY_LONGEST:
        for case, value, warnings in (
            ("longest-before-1-3-0", longest, ()),
            ("too-long-before-1-3-0", longest + longest[-1], None),
        ):
            maker.add(
                f"{subject(place)}::{case}",
                content(place, value, last_50),
                f"Up to 1.2.1 there are at most {len(longest)} characters.",
                warnings,
                version=last_50,
            )
    for name, place, before, after in (
        ("t-tc::missing", "t.tc", "1.2.1", "1.3.0"),
        ("nam-fnt::missing", "nam.fnt", "1.3.1", "1.3.2"),
    ):
        field = next(one for one in FIELDS if one.place == place)
        maker.add(
            f"{name}-before-{after.replace('.', '-')}",
            content(place, LEFT_OUT, before),
            f"{field.what} has to be there up to {before}.",
            version=before,
        )
        maker.add(
            f"{name}-from-{after.replace('.', '-')}",
            content(place, LEFT_OUT, after),
            f"{field.what} may be left out from {after} on.",
            (),
            version=after,
        )
    two = payload(ver=last_50, v=[changed(DOSE, {"dn": 1, "dt": "2022-02-01"}), DOSE])
    maker.add(
        "v::two-entries-before-1-3-0",
        two,
        "Up to 1.2.1 a group may have several entries.",
        ("schema.several_entries",),
        version=last_50,
    )
    maker.add(
        "groups::v-and-r-before-1-3-0",
        {**payload(ver=last_50), "r": [ILLNESS]},
        "The early schemas let it pass, the texts beside them never did.",
        version=last_50,
    )
    maker.add(
        "groups::none-before-1-3-0",
        payload(ver=last_50, v=LEFT_OUT),
        "The early schemas let it pass, the texts beside them never did.",
        version=last_50,
    )


def _tolerated(maker: Maker) -> None:
    for name, place, value, version in TOLERATED:
        maker.add(
            f"{subject(place)}::{name}-tolerated",
            content(place, value, version),
            "Issuers wrote it so; the tolerant policy reads it and says so.",
            DEVIATION,
            version=version,
            policy="tolerant",
        )
    for place, text in (
        ("v.is", " Specimen Health Authority"),
        ("nam.fn", "Nguyễn Mẫu "),
        ("nam.gn", "\tThị Thử"),
        ("t.tc", " Specimen Test Centre "),
    ):
        maker.add(
            f"{subject(place)}::outer-space",
            content(place, text),
            "The schema has nothing against white space at the ends.",
            (),
        )
        maker.add(
            f"{subject(place)}::outer-space-tolerated",
            content(place, text),
            "The tolerant policy takes it off and says so.",
            DEVIATION,
            policy="tolerant",
        )
    for name, absent in (("null", None), ("undefined", UNDEFINED)):
        maker.add(
            f"groups::second-is-{name}-tolerated",
            {**payload(ver=NEWEST), "t": absent},
            f"Issuers wrote {name} for a group that is not there.",
            DEVIATION,
            policy="tolerant",
        )
    maker.add(
        "t-tc::undefined-tolerated",
        content("t.tc", UNDEFINED),
        "Undefined is read as null is: as absence.",
        DEVIATION,
        policy="tolerant",
    )
    maker.add(
        "v-dt::more-than-a-time-of-day",
        content("v.dt", "2022-03-01 or so"),
        "What follows a date is a time of day, or nothing, under each policy.",
        policy="tolerant",
    )
    maker.add(
        "nam::null-tolerated",
        content("nam", None),
        "A member that must be there is not tolerated as null.",
        policy="tolerant",
    )


def _encodings(maker: Maker) -> None:
    """What only CBOR can say: other forms of the same value, and values that JSON has not."""
    pieces = Endless(TEXT, ["Nguyễn ", "Mẫu"])
    maker.add(
        "nam-fn::in-pieces", content("nam.fn", pieces), "A text of indefinite length is a text.", ()
    )
    endless = Endless(MAP, [*payload(ver=NEWEST, v=Endless(ARRAY, [DOSE])).items()])
    maker.add("root::indefinite-length", endless, "So are a map and an array of such length.", ())
    maker.add(
        "nam-fn::bytes",
        content("nam.fn", "Mẫu".encode()),
        "A byte string is no text, UTF-8 or not.",
    )
    maker.add("t-tc::undefined", content("t.tc", UNDEFINED), "Undefined is not absence.")
    tagged = ("schema.tagged_time",)
    maker.add(
        "t-sc::tag-0",
        content("t.sc", Tag(0, "2022-04-14T10:00:00Z")),
        "Tag 0 says what the text is already: a date or time.",
        tagged,
    )
    maker.add(
        "v-dt::tag-0", content("v.dt", Tag(0, "2022-03-01")), "Issuers tagged dates, too.", tagged
    )
    maker.add(
        "t-sc::tag-1",
        content("t.sc", Tag(1, 1649930400)),
        "Tag 1 has a number inside, and the schema asks for a text.",
    )
    maker.add(
        "t-sc::tag-1-around-a-text",
        content("t.sc", Tag(1, "2022-04-14T10:00:00Z")),
        "Tag 1 has no text inside.",
    )
    maker.add(
        "nam-fn::tag-0", content("nam.fn", Tag(0, "Mẫu")), "A name is no time, so no tag is read."
    )
    maker.add(
        "v-dn::tag-2",
        content("v.dn", Tag(2, b"\x02")),
        "A big number stands in a tag that certificates have no use for.",
        code="cbor.malformed",
    )
    twice = Pairs([*payload(ver=NEWEST).items(), ("dob", "1990-02-04")])
    maker.add(
        "root::member-twice",
        twice,
        "Nothing says which of two birth dates counts.",
        code="cbor.malformed",
    )
    maker.add(
        "nam-gn::half-a-pair",
        content("nam.gn", Raw(b"\x63\xed\xa0\x80")),
        "UTF-8 has no code for half a surrogate pair.",
        code="cbor.malformed",
    )
    maker.add(
        "v-dn::longer-than-need-be",
        content("v.dn", Raw(b"\x1a\x00\x00\x00\x02")),
        "A reader takes a number in more bytes than it needs.",
        (),
    )
