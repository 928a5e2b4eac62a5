"""Canonical JSON (RFC 8785) and the strict reading of JSON that goes before it (RFC 8259)."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.codec import jcs, json_text
from vnvaxcert.codec.jcs import JcsError, canonical
from vnvaxcert.codec.json_text import JsonError


@pytest.fixture(scope="module")
def suite(shared_vectors: Callable[[str], Path]) -> Path:
    return shared_vectors("jcs")


# --- the scheme's own vectors ------------------------------------------------------------------


def test_every_vector_comes_out_as_published(suite: Path) -> None:
    inputs = sorted((suite / "input").glob("*.json"))
    assert len(inputs) >= 4
    for path in inputs:
        made = canonical(json_text.parse(path.read_bytes()))
        assert made == (suite / "output" / path.name).read_bytes(), path.name
        in_hex = (suite / "outhex" / path.with_suffix(".txt").name).read_text(encoding="ascii")
        assert made == bytes.fromhex(in_hex), path.name


def test_what_is_canonical_stays_as_it_is(suite: Path) -> None:
    outputs = sorted((suite / "output").glob("*.json"))
    assert outputs
    for path in outputs:
        assert canonical(json_text.parse(path.read_bytes())) == path.read_bytes(), path.name


# RFC 8785, appendix B: the bits of a double and how it is written.
NUMBERS = (
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
)


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_a_number_is_written_as_ecmascript_writes_it(bits: str, written: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number) == written.encode()


def test_names_are_sorted_by_utf16_units_and_not_by_code_points() -> None:
    # The example of RFC 8785 §3.2.3: U+1F600 is a pair, which sorts before U+FB33.
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert sorted(ordered) != ordered
    made = canonical(dict.fromkeys(reversed(ordered), 0))
    assert list(json.loads(made)) == ordered


def test_only_what_has_to_be_is_escaped() -> None:
    text = "".join(map(chr, range(0x21))) + '"\\/\x7f\u2028'
    written = (
        r"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"
        r"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c"
        r"\u001d\u001e\u001f "
        '\\"\\\\/\x7f\u2028'
    )
    assert canonical(text) == f'"{written}"'.encode()
    assert canonical([text, 0.5]) == f'["{written}",0.5]'.encode()


SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(
    SCALARS | st.floats(-(2**53) + 1, 2**53 - 1),  # beyond, a whole one is read as too large
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
ORDINARY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
    max_leaves=20,
)


@given(ORDINARY | VALUES)
def test_the_package_of_the_scheme_agrees(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_the_canonical_form_is_read_back_and_stays(value: Any) -> None:
    made = canonical(value)
    assert canonical(json_text.parse(made)) == made


def nested(levels: int) -> object:
    value: object = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def test_the_deepest_nesting_that_is_allowed_is_written() -> None:
    depth = jcs.MAX_DEPTH
    assert canonical(nested(depth)).count(b"[") == depth // 2
    with pytest.raises(JcsError, match="nested too deeply"):
        canonical(nested(depth + 1))


@pytest.mark.parametrize("levels", [1_000, 100_000])
def test_nesting_without_end_is_refused_and_not_walked(levels: int) -> None:
    with pytest.raises(JcsError, match="nested too deeply"):
        canonical(nested(levels))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (2**53, "53 bits"),
        (-(2**53), "53 bits"),
        ([{"a": 10**400}], "53 bits"),
        (math.nan, "infinite or none"),
        (math.inf, "infinite or none"),
        ([-math.inf], "infinite or none"),
        ("\ud800", "surrogate"),
        ({"\udfff": 0}, "surrogate"),
        ({"\udfff": 0, "b": 0.5}, "surrogate"),
        ({"a": "\ud800", "b": 0.5}, "surrogate"),
    ],
)
def test_a_value_without_a_canonical_form_is_refused(value: object, reason: str) -> None:
    with pytest.raises(JcsError, match=reason) as caught:
        canonical(value)
    assert caught.value.__context__ is None  # that of the encoder holds the text


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize("value", [b"", {1: 0}, {"a": {b"k"}}, [Colour.RED], ("a",), 1j])
def test_what_is_no_json_is_a_mistake_of_the_program(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_the_package_is_imported_only_for_what_needs_it() -> None:
    source = (
        "import sys, vnvaxcert.vdsnc as v\n"
        "v.to_be_signed({'a': [1, 'ä']})\n"
        "assert 'rfc8785' not in sys.modules\n"
        "v.to_be_signed({'a': 0.5})\n"
        "assert 'rfc8785' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", source], check=True)


# --- reading JSON ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['{"a":[1,-2,0.5,1e3,true,false,null,"ä\\n\\ud83d\\ude00"]}', " [ ] ", "5", '""']
)
def test_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert json_text.parse(text.encode(), max_depth=2, max_values=20) == json.loads(text)
    assert json_text.parse(b"\xef\xbb\xbf" + text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"", "line 1, column 1", "not valid JSON"),
        (b"{", "line 1, column 2", "not valid JSON"),
        (b'{"a":1,}', "line 1, column", "not valid JSON"),
        (b"[1] x", "line 1, column 5", "not valid JSON"),
        (b"[1]\n\n[2]", "line 3, column 1", "not valid JSON"),
        (b"{'a':1}", "line 1, column 2", "not valid JSON"),
        (b'"a\nb"', "line 1, column 3", "not valid JSON"),
        (b"[01]", "line 1, column 3", "not valid JSON"),
        (b'["\xff"]', "byte 2", "not UTF-8"),
        (b'["\xed\xa0\x80"]', "byte 2", "not UTF-8"),  # half a pair in the manner of UTF-8
        ('["a"]'.encode("utf-16"), "byte 0", "not UTF-8"),
        (b'{"a":1,"a":1}', "", "an object with a member given twice"),
        (b'[{"b":{"a":1,"\\u0061":2}}]', "", "an object with a member given twice"),
        (b"[NaN]", "", "infinite or none at all"),
        (b"[-Infinity]", "", "infinite or none at all"),
        (b"[1e999]", "", "too large"),
        (b"[-1e999]", "", "too large"),
        (b"1" * 33, "", "more than 32 characters"),
        (b"0." + b"1" * 33, "", "more than 32 characters"),
        (b"9" * 100_000, "", "more than 32 characters"),
        (b'["\\ud800"]', "", "half a surrogate pair"),
        (b'[{"\\uDC00":1}]', "", "half a surrogate pair"),
        (b'["\\ude00\\ud83d"]', "", "half a surrogate pair"),
        (b"[" * 9 + b"]" * 9, "", "nested too deeply"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "", "nested too deeply"),
        (b"[" * 1_000_000, "", ""),
        (b"[[1,2,3],[4,5,6]]" + b" " * 10 + b"," * 100, "", "more than 100 values"),
    ],
)
def test_what_is_no_json_or_ambiguous_is_refused(data: bytes, place: str, reason: str) -> None:
    with pytest.raises(JsonError) as caught:
        json_text.parse(data, max_depth=8, max_values=2_000_000 if b"," * 9 not in data else 100)
    assert caught.value.place.startswith(place)
    assert reason in caught.value.reason
    assert caught.value.__context__ is None  # the parser's own error holds the whole text


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert json_text.parse(b'["[[[[{{{{"]', max_depth=1) == ["[[[[{{{{"]
    assert json_text.parse(b"[[[1]]]", max_depth=3) == [[[1]]]
    with pytest.raises(JsonError, match="nested too deeply"):
        json_text.parse(b"[[[[]]]]", max_depth=3)


def test_a_depth_beyond_the_interpreter_is_refused_without_a_bound_too() -> None:
    with pytest.raises(JsonError):
        json_text.parse(b"[" * 1_000_000 + b"]" * 1_000_000)


def test_half_a_pair_is_kept_for_who_asks_for_it() -> None:
    assert json_text.parse(b'["\\ud800"]', are_halves_refused=False) == ["\ud800"]


def test_members_are_handed_over_in_their_order() -> None:
    assert json_text.parse(b'{"b":1,"a":{"c":2}}', make_object=in_order) == {
        "b": 1,
        "a": {"c": 2, "order": "c"},
        "order": "b a",
    }


def in_order(pairs: json_text.Members) -> dict[str, object]:
    return {**dict(pairs), "order": " ".join(name for name, _ in pairs)}


def test_a_message_says_where_and_never_what() -> None:
    with pytest.raises(JsonError) as caught:
        json_text.parse(b'{"n": Nguyen}')
    assert str(caught.value) == "not valid JSON (line 1, column 7)"


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = json_text.parse(data, max_depth=4)
    except JsonError:
        return
    assert json.loads(data.decode("utf-8-sig")) == value


@given(VALUES)
def test_any_value_is_read_back(value: Any) -> None:
    assert json_text.parse(json.dumps(value).encode()) == value
