"""Certificate identifiers (UVCI): parts, check characters and what issuers really wrote."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import foreign
from vnvaxcert.schema.uvci import (
    ALPHABET,
    MAX_LENGTH,
    Uvci,
    check_character,
    check_character_matches,
    fragments,
    make,
    parse,
)

PARTS = st.text(alphabet="ABCXYZ019", min_size=1, max_size=10)
COUNTRIES = st.sampled_from(["VN", "NL", "UNHCR"])


# --- check characters ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("URN:UVCI:01:NL:187/37512422923", "Z"),  # the schema's own example
        ("URN:UVCI:01:NL:DADFCC47C7334E45A906DB12FD859FB7", "1"),
        ("01:NL:187/37512422923", "T"),
        ("urn:uvci:01:nl:187/37512422923", "Z"),
        ("", "A"),  # worked by hand: nothing adds up to 0
        ("A", "A"),
        ("B", "/"),  # 2 x 1 = 2; 38 - 2 = 36
        (":", "B"),  # 2 x 37 = 74 = 1 x 38 + 36, digits 1 + 36; 38 - 37 = 1
        ("B:", "A"),  # and 1 x 1 more
    ],
)
def test_check_characters_are_luhn_modulo_38(text: str, expected: str) -> None:
    assert check_character(text) == expected


@pytest.mark.parametrize("text", ["01:NL:1#2", "01:NL:1-2", "01 NL", "01:NL:ß", "ı", "٣", "\ud800"])
def test_other_characters_have_no_check_character(text: str) -> None:
    with pytest.raises(ValueError, match=r"letters, digits, '/' and ':' only") as caught:
        check_character(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("URN:UVCI:01:NL:187/37512422923#Z", True),
        ("urn:uvci:01:nl:187/37512422923#z", True),
        ("01:NL:187/37512422923#Z", True),  # the prefix counts though it is not written
        ("01:NL:187/37512422923#T", False),
        ("URN:UVCI:01:NL:187/37512422923#Y", False),
        ("URN:UVCI:01:NL:DADFCC47C7334E45A906DB12FD859FB7#1", True),
        ("URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B", True),
        ("URN:UVCI:01:FR:P4LU2647E8HN#/", True),
        ("URN:UVCI:01:FR:Y4996KBJ4Q3Q#:", True),
        ("URN:UVCI:01:NL:187/37512422923#", None),
        ("URN:UVCI:01:NL:1#7/37512422923#Z", False),
        ("URN:UVCI:01:NL:187/37512422923#ß", False),
        ("#A", False),
        ("URN:UVCI:01:NL:187/37512422923", None),
        ("URN:UVCI:01:NL:187#37512422923", None),
        ("URN:UVCI:01:NL:187/3751242292Z", None),
        ("", None),
        ("Z", None),
    ],
)
def test_check_characters_are_compared(text: str, expected: bool | None) -> None:
    assert check_character_matches(text) is expected


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=40), st.data())
def test_one_wrong_character_is_always_noticed(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(text[place], "")))
    changed = text[:place] + wrong + text[place + 1 :]
    assert check_character(changed) != check_character(text)


def test_most_foreign_check_characters_match_and_many_do_not() -> None:
    found = Counter(check_character_matches(text) for text in foreign_identifiers())
    assert found[True] >= 20
    assert found[False] >= 10
    assert found[None] >= 20


# --- reading ------------------------------------------------------------------------------------


def foreign_identifiers() -> list[str]:
    folder = foreign.shared_vectors("eu-dcc-schema").parent
    found: set[str] = set()
    for suite in ("eu-dcc-schema", "dgc-testdata"):
        for path in (folder / suite).rglob("*.json"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r'"ci"\s*:\s*"([^"\\]+)"', text))
    assert len(found) > 50
    return sorted(found)


def parts(uvci: Uvci) -> tuple[str | None, ...]:
    return (uvci.country, uvci.issuer, uvci.vaccine, uvci.opaque, uvci.check_character)


@pytest.mark.parametrize(
    ("text", "expected", "notes"),
    [
        ("URN:UVCI:01:VN:0A1B", ("VN", None, None, "0A1B", None), ""),
        ("URN:UVCI:01:NL:187/37512422923#Z", ("NL", "187", None, "37512422923", "Z"), ""),
        ("01:NL:187/37512422923#Z", ("NL", "187", None, "37512422923", "Z"), ""),
        ("urn:uvci:01:nl:187/37512422923#z", ("NL", "187", None, "37512422923", "z"), ""),
        ("URN:UVCI:01:BE:A/B/C", ("BE", "A", "B", "C", None), ""),
        ("01:NL:1312D00", ("NL", None, None, "1312D00", None), ""),
        ("01:UNHCR:X1", ("UNHCR", None, None, "X1", None), ""),
        ("URN:UVCI:01:FR:Y4996KBJ4Q3Q#:", ("FR", None, None, "Y4996KBJ4Q3Q", ":"), ""),
        ("URN:UVCI:01:FR:P4LU2647E8HN#/", ("FR", None, None, "P4LU2647E8HN", "/"), ""),
        # what issuers wrote, and worse
        ("URN:UVCI:V1:DE:X1", ("DE", None, None, "X1", None), "version"),
        ("URN:UVCI:02:DE:X1", ("DE", None, None, "X1", None), "version"),
        ("URN:UVCI:01DE/IZ1/5CWL", ("DE", "IZ1", None, "5CWL", None), "separator"),
        ("01IT053059F7", ("IT", None, None, "053059F7", None), "separator"),
        ("01ITABCDEF", ("IT", None, None, "ABCDEF", None), "separator"),
        ("URN:UCI:01:EE:X1", ("EE", None, None, "X1", None), "prefix"),
        ("UVCI:01:EE:X1", ("EE", None, None, "X1", None), "prefix"),
        ("URN/UVCI/01/NL/DADF", ("NL", None, None, "DADF", None), "prefix separator"),
        ("URN:UVCI:01/EE/X1", ("EE", None, None, "X1", None), "separator"),
        ("dgci:V1:FR:C51A:70", ("FR", None, None, "C51A:70", None), "prefix version structure"),
        ("URN:UVCI:V1:FR:P50E:", ("FR", None, None, "P50E:", None), "version structure"),
        ("URN:UVCI:01:XX:AB#CD", ("XX", None, None, "AB#CD", None), "structure"),
        ("URN:UVCI:01:XX:A/B/C/D", ("XX", None, None, "A/B/C/D", None), "structure"),
        ("URN:UVCI:01:XX:A//C", ("XX", "A", "", "C", None), "structure"),
        ("URN:UVCI:01:XX:", ("XX", None, None, "", None), "structure"),
        ("URN:UVCI:01:1312:AB", (None, None, None, "1312:AB", None), "country structure"),
        ("URN:UVCI:01:X:AB", (None, None, None, "X:AB", None), "country structure"),
        ("01:NL", (None, None, None, "NL", None), "country"),
        ("01", (None, None, None, "", None), "separator country structure"),
        ("011X", (None, None, None, "1X", None), "separator country"),
        ("01:ABCDEFGHIJK:X", (None, None, None, "ABCDEFGHIJK:X", None), "country structure"),
        ("URN:UVCI:01:ÉÉ:X", (None, None, None, "ÉÉ:X", None), "characters country structure"),
        ("URN:UVCI:01:SE:A-B", ("SE", None, None, "A-B", None), "characters"),
        ("URN:UVCI:01:NL:X#T", ("NL", None, None, "X", "T"), "check"),
        ("URN:UVCI:01:NL:X#ß", ("NL", None, None, "X", "ß"), "characters check"),
        ("hello", (None, None, None, "hello", None), "version structure"),
        ("HELLO", (None, None, None, "HELLO", None), "version structure"),
        ("0", (None, None, None, "0", None), "version structure"),
        ("0٣:NL:X", (None, None, None, "0٣:NL:X", None), "characters version structure"),
        ("#", (None, None, None, "#", None), "version structure"),
        ("", (None, None, None, "", None), "version structure"),
    ],
)
def test_identifiers_are_taken_apart(
    text: str, expected: tuple[str | None, ...], notes: str
) -> None:
    uvci = parse(text)
    assert parts(uvci) == expected
    assert set(uvci.notes) == set(notes.split())
    assert uvci.text == text


def test_every_foreign_identifier_but_the_worst_has_a_country() -> None:
    without = [text for text in foreign_identifiers() if parse(text).country is None]
    assert without == []


@given(st.text(max_size=30) | st.text(alphabet="URNVCI01:/#aN", max_size=30))
@example("URN:UVCI:")
@example("uvcı:01:NL:X")
@example("\ud800#\ud800")
def test_no_text_is_refused_and_nothing_is_lost(text: str) -> None:
    uvci = parse(text)
    kept = uvci.opaque + (uvci.issuer or "") + (uvci.vaccine or "") + (uvci.check_character or "")
    before = uvci.prefix + (uvci.version or "") + (uvci.country or "")
    left = Counter(text.upper()) - Counter((before + kept).upper())
    assert left.keys() <= set(":/#")
    assert len(uvci.notes) == len(set(uvci.notes))


def test_the_identifier_is_not_in_the_repr_and_cannot_be_changed() -> None:
    uvci: Any = parse("URN:UVCI:01:VN:CTYTE/SECRET#A")
    assert repr(uvci) == "Uvci(prefix='URN:UVCI:', version='01', notes=('check',))"
    with pytest.raises(FrozenInstanceError):
        uvci.opaque = "OTHER"


# --- making -------------------------------------------------------------------------------------


def test_identifiers_are_made_as_in_the_examples() -> None:
    assert make("NL", "37512422923", issuer="187") == "URN:UVCI:01:NL:187/37512422923#Z"
    assert make("NL", "37512422923", issuer="187", prefix=False) == "01:NL:187/37512422923#Z"
    assert make("VN", "0A1B", check_character=False) == "URN:UVCI:01:VN:0A1B"
    assert make("VN", "X", issuer="A", vaccine="B", check_character=False).endswith(":A/B/X")


@pytest.mark.parametrize(
    ("country", "opaque", "options", "message"),
    [
        ("vn", "X", {}, "country"),
        ("V", "X", {}, "country"),
        ("", "X", {}, "country"),
        ("V1", "X", {}, "country"),
        ("ABCDEFGHIJK", "X", {}, "country"),
        ("ĐĐ", "X", {}, "country"),
        ("VN", "", {}, "opaque"),
        ("VN", "secret", {}, "opaque"),
        ("VN", "SE-CRET", {}, "opaque"),
        ("VN", "SE/CRET", {}, "opaque"),
        ("VN", "SE#CRET", {}, "opaque"),
        ("VN", "SECRET\n", {}, "opaque"),
        ("VN", "X", {"issuer": ""}, "issuer"),
        ("VN", "X", {"issuer": "SE:CRET"}, "issuer"),
        ("VN", "X", {"issuer": "A", "vaccine": "secret"}, "vaccine"),
        ("VN", "X", {"vaccine": "A"}, "vaccine"),
        ("VN", "X" * 66, {"check_character": False}, "81 characters"),
        ("VN", "X" * 64, {}, "81 characters"),
    ],
)
def test_bad_parts_are_refused(
    country: str, opaque: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make(country, opaque, **options)
    assert "secret" not in str(caught.value).lower()


def test_the_longest_identifier_fills_the_field() -> None:
    assert len(make("VN", "X" * 63)) == MAX_LENGTH == 80


@given(
    country=COUNTRIES,
    opaque=PARTS,
    issuer=PARTS | st.none(),
    vaccine=PARTS | st.none(),
    prefix=st.booleans(),
    check=st.booleans(),
)
def test_what_is_made_is_read_back_without_a_note(
    country: str, opaque: str, issuer: str | None, vaccine: str | None, prefix: bool, check: bool
) -> None:
    if issuer is None:
        vaccine = None
    text = make(
        country, opaque, issuer=issuer, vaccine=vaccine, prefix=prefix, check_character=check
    )
    uvci = parse(text)
    assert parts(uvci)[:4] == (country, issuer, vaccine, opaque)
    assert uvci.notes == ()
    assert check_character_matches(text) is (True if check else None)


# --- fragments ----------------------------------------------------------------------------------


def test_fragments_are_those_of_the_certlogic_suite() -> None:
    path = foreign.shared_vectors("certlogic") / "testSuite" / "extractFromUCVI.json"
    count = 0
    for case in json.loads(path.read_bytes())["cases"]:
        _, index = case["certLogicExpression"]["extractFromUVCI"]
        for assertion in case["assertions"]:
            if assertion["data"] is None:
                continue
            found = fragments(assertion["data"])
            fragment = found[index] if 0 <= index < len(found) else None
            assert fragment == assertion["expected"]
            count += 1
    assert count >= 15


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("",)),
        ("URN:UVCI:01:NL:187/3#Z", ("01", "NL", "187", "3", "Z")),
        ("urn:uvci:01:NL", ("urn", "uvci", "01", "NL")),
        ("a::c/#/f", ("a", "", "c", "", "", "f")),
    ],
)
def test_fragments_lie_between_separators(text: str, expected: tuple[str, ...]) -> None:
    assert fragments(text) == expected
