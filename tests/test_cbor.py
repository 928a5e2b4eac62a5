"""CBOR (RFC 8949): what is read and what is refused, and the one encoding that is written."""

from __future__ import annotations

import contextlib
import math
from enum import IntEnum
from typing import Any

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vnvaxcert.codec import cbor
from vnvaxcert.errors import CborError

INTEGERS = st.integers(-(2**64), 2**64 - 1)
SCALARS = st.none() | st.booleans() | INTEGERS | st.binary(max_size=30) | st.text(max_size=30)
KEYS = INTEGERS | st.text(max_size=30) | st.binary(max_size=5)
ITEMS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)


def decode(data: bytes | str, **options: Any) -> Any:
    return cbor.decode(
        bytes.fromhex(data) if isinstance(data, str) else data, where="test", **options
    )


# --- RFC 8949, appendix A -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoded", "item"),
    [
        ("00", 0),
        ("01", 1),
        ("0a", 10),
        ("17", 23),
        ("1818", 24),
        ("1819", 25),
        ("1864", 100),
        ("1903e8", 1000),
        ("1a000f4240", 1000000),
        ("1b000000e8d4a51000", 1000000000000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("3bffffffffffffffff", -18446744073709551616),
        ("20", -1),
        ("29", -10),
        ("3863", -100),
        ("3903e7", -1000),
        ("f4", False),
        ("f5", True),
        ("f6", None),
        ("40", b""),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("60", ""),
        ("6161", "a"),
        ("6449455446", "IETF"),
        ("62225c", '"\\'),
        ("62c3bc", "ü"),
        ("63e6b0b4", "水"),
        ("64f0908591", "𐅑"),
        ("80", []),
        ("83010203", [1, 2, 3]),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        (
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
            list(range(1, 26)),
        ),
        ("a0", {}),
        ("a201020304", {1: 2, 3: 4}),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("826161a161626163", ["a", {"b": "c"}]),
        (
            "a56161614161626142616361436164614461656145",
            {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"},
        ),
    ],
)
def test_the_deterministic_examples_of_the_standard_go_both_ways(
    encoded: str, item: object
) -> None:
    decoded = decode(encoded)
    assert decoded == item
    assert type(decoded) is type(item)
    assert cbor.encode(item).hex() == encoded


@pytest.mark.parametrize(
    ("encoded", "item"),
    [
        ("f90000", 0.0),
        ("f93c00", 1.0),
        ("fb3ff199999999999a", 1.1),
        ("f97bff", 65504.0),
        ("fa47c35000", 100000.0),
        ("fb7e37e43c8800759c", 1.0e300),
        ("f90001", 5.960464477539063e-8),
        ("f9c400", -4.0),
        ("f97c00", math.inf),
        ("f9fc00", -math.inf),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9fff", []),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("83018202039f0405ff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("bf6346756ef563416d7421ff", {"Fun": True, "Amt": -2}),
        # Longer forms than needed, which a decoder accepts (§5.1).
        ("1800", 0),
        ("1900ff", 255),
        ("1b0000000000000001", 1),
        ("5800", b""),
        ("7a0000000161", "a"),
        ("980101", [1]),
        ("b90001616101", {"a": 1}),
    ],
)
def test_the_other_forms_of_the_standard_are_read(encoded: str, item: object) -> None:
    decoded = decode(encoded)
    assert decoded == item
    assert type(decoded) is type(item)


def test_not_a_number_and_undefined_and_simple_values_are_read() -> None:
    assert math.isnan(decode("f97e00"))
    assert decode("f7") is cbor.UNDEFINED
    assert decode("f0") == cbor2.CBORSimpleValue(16)
    assert decode("f8ff") == cbor2.CBORSimpleValue(255)


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoded",
    [
        # RFC 8949, appendix F: not well-formed, one of each kind.
        *("", "18", "19", "1a", "1b", "1901", "1a0102", "1b01020304050607", "38", "58", "78"),
        *("98", "9a01ff00", "b8", "d8", "f8", "f900", "fa0000", "fb000000"),
        *("41", "61", "5affffffff00", "5bffffffffffffffff010203", "7affffffff00"),
        *("7b7fffffffffffffff010203", "81", "818181818181818181", "8200", "a1", "a20102", "a100"),
        *("a2000000", "c0", "5f4100", "7f6100", "9f", "9f0102", "bf", "bf01020102", "819f"),
        *("9f8000", "9f9f9f9f9fffffffff", "9f819f819f9fffffff"),
        *("1c", "1d", "1e", "3c", "5c", "7c", "9c", "bc", "dc", "fc", "fd", "fe"),
        *("f800", "f801", "f818", "f81f", "5f00ff", "5f21ff", "5f6100ff", "5f80ff", "5fa0ff"),
        *("5fc000ff", "5fe0ff", "7f4100ff", "5f5f4100ffff", "7f7f6100ffff", "ff", "81ff", "8200ff"),
        *("a1ff", "a1ff00", "a100ff", "a20000ff", "9f81ff", "9f829f819f9fffffffff", "bf00ff"),
        *("bf000000ff", "1f", "3f", "df"),
    ],
)
def test_what_is_not_well_formed_is_refused(encoded: str) -> None:
    with pytest.raises(CborError) as caught:
        decode(encoded)
    assert caught.value.code == "cbor.malformed"
    assert caught.value.where == "test"


@pytest.mark.parametrize("text", ["61ff", "62c328", "63eda080", "7f61c361bcff"])
def test_text_that_is_not_utf_8_is_refused(text: str) -> None:
    with pytest.raises(CborError):
        decode(text)


@pytest.mark.parametrize(
    "encoded",
    [
        "a201000102",  # the same bytes twice
        "a20100180102",  # 1 in two lengths
        "a2010019000102",
        "a2616100616101",
        "a26161007f6161ff01",  # text, definite and indefinite
        "a2410100410101",  # byte strings
        "a24101005f4101ff01",
        "bf01000102ff",  # indefinite map
        "81a201000102",  # deeper down
        "a1a20100010200",  # in a map that is a key
        "a220002001",
        "a2f600f601",  # null
        "a2f500f501",  # true
        "a2f93c0000f93c0001",  # 1.0
        "a2810100810101",  # arrays
    ],
)
def test_a_map_key_given_twice_is_refused(encoded: str) -> None:
    with pytest.raises(CborError):
        decode(encoded)


@pytest.mark.parametrize("encoded", ["a2010020f6", "a201006161f6", "a2416100616101"])
def test_keys_of_different_types_are_not_the_same(encoded: str) -> None:
    assert len(decode(encoded)) == 2


def test_the_reason_for_a_repeated_key_says_so() -> None:
    with pytest.raises(CborError, match="given twice"):
        decode("a201000102")
    with pytest.raises(CborError, match="end early"):
        decode("8201")
    with pytest.raises(CborError, match="not UTF-8"):
        decode("61ff")


@pytest.mark.parametrize("tail", [b"\x00", b"\xf6", b"\xff", b"\x1c", b"\xa0", b"x" * 5000])
@pytest.mark.parametrize("item", ["00", "a10102", "9f01ff", "7f6161ff"])
def test_bytes_after_the_item_are_refused(item: str, tail: bytes) -> None:
    with pytest.raises(CborError, match="after the end"):
        decode(bytes.fromhex(item) + tail)


READ_TAGS = {0, 1, 18, 61}


@pytest.mark.parametrize(
    "tag",
    sorted(
        {*range(300), 1001, 1002, 1003, 1004, 1040, 43000, 55799, 15309736, 2**32, 2**64 - 1}
        - READ_TAGS
    ),
)
def test_every_other_tag_is_refused_whatever_it_holds(tag: int) -> None:
    for value in (0, b"\x01", "2021-01-01", [1, 2], {1: 2}, None):
        for encoded in (_tagged(tag, value), b"\x81" + _tagged(tag, value)):
            with pytest.raises(CborError, match="semantic tag"):
                decode(encoded)


def _tagged(tag: int, value: object) -> bytes:
    size = next(size for size in (1, 2, 4, 8) if tag < 256**size)
    head = bytes([{1: 0xD8, 2: 0xD9, 4: 0xDA, 8: 0xDB}[size]]) + tag.to_bytes(size, "big")
    return head + cbor2.dumps(value)


@pytest.mark.parametrize("tag", sorted(READ_TAGS))
@pytest.mark.parametrize("value", [0, 1.5, "2021-01-01T00:00:00Z", "not a date", b"x", [1], {}])
def test_the_four_tags_that_are_read_keep_their_value_as_it_was(tag: int, value: object) -> None:
    item = decode(_tagged(tag, value))
    assert type(item) is cbor.Tagged
    assert (item.tag, item.value) == (tag, value)


# --- map keys in large data ---------------------------------------------------------------------

# Python hashes -1 and -2 alike: arrays of them as keys could make a map that takes n * n
# comparisons. In data of more than 1,024 bytes no key may be an array, a map or a tag.


@pytest.mark.parametrize("key", ["80", "8120", "9fff", "a0", "a10001", "bfff", "d200", "c000"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a1", "00"),
        ("a20001", "00"),
        ("bf", "00ff"),
        ("bf0001", "00ff"),
        ("8300a1", "0000"),
        ("9f00a1", "00ff"),
        ("a100a1", "00"),
        ("a100bf008101", "00ff"),
        ("d2a1", "00"),
        ("82a0a1", "00"),
        ("8280a1", "00"),
        ("825f4161ffa1", "00"),
        ("82fb3ff0000000000000a1", "00"),
    ],
)
def test_a_compound_key_is_read_in_small_data_and_refused_in_large(
    key: str, before: str, after: str
) -> None:
    small = bytes.fromhex(before + key + after)
    padding = b"\x59\x04\x00" + bytes(1024)  # a byte string beside it
    decode(b"\x82" + b"\x40" + small)
    for large in (b"\x82" + padding + small, b"\x82" + small + padding):
        with pytest.raises(CborError, match="map key"):
            decode(large)


def test_maps_of_thousands_of_colliding_keys_are_refused_without_trying_them() -> None:
    keys = [bytes(0x20 | (number >> bit & 1) for bit in range(13)) for number in range(4000)]
    body = b"".join(b"\x8d" + key + b"\x00" for key in keys)
    with pytest.raises(CborError, match="map key"):
        decode(b"\xb9" + len(keys).to_bytes(2, "big") + body)


@given(st.lists(ITEMS, max_size=8), st.integers(0, 3))
def test_large_data_with_plain_keys_are_read_as_small_ones_are(
    items: list[object], more: int
) -> None:
    padded = [*items, bytes(1024), {"a": [{}, {1: [[]]}]}, *items[:more]]
    assert decode(cbor2.dumps(padded)) == padded
    # The same with indefinite lengths.
    indefinite = b"\x9f" + b"".join(cbor2.dumps(item) for item in padded) + b"\xff"
    assert decode(indefinite) == padded


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_large_data_end_in_an_item_or_a_cbor_error(before: bytes, after: bytes) -> None:
    with contextlib.suppress(CborError):
        decode(before + b"\x59\x04\x00" + bytes(1024) + after)


# --- depth --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "core"),
    [(b"\x81", b"\x00"), (b"\x9f", b""), (b"\xa1\x00", b"\x00"), (b"\xd2", b"\x00")],
)
def test_sixteen_levels_are_read_and_seventeen_are_not(head: bytes, core: bytes) -> None:
    def nested(levels: int) -> bytes:
        closing = b"\xff" * levels if head == b"\x9f" else b""
        return head * levels + core + closing

    decode(nested(16))
    with pytest.raises(CborError, match="nested too deeply"):
        decode(nested(17))


def test_the_depth_can_be_bounded_lower() -> None:
    assert decode("8100", max_depth=1) == [0]
    with pytest.raises(CborError, match="nested too deeply"):
        decode("818100", max_depth=1)


@pytest.mark.parametrize("head", [b"\x81", b"\x9f", b"\xa1\x00", b"\xa1", b"\xd2", b"\xd8\x3d"])
def test_bottomless_nesting_is_refused_without_recursion(head: bytes) -> None:
    with pytest.raises(CborError):
        decode(head * 60_000)


@pytest.mark.parametrize("head", ["9bffffffffffffffff", "bb00ffffffffffffff", "5b00ffffffffffffff"])
def test_an_announced_length_reserves_no_memory(head: str) -> None:
    with pytest.raises(CborError):
        decode(head)


@given(st.binary(max_size=60))
@example(bytes.fromhex("a1f97e0000"))  # NaN as a key
@example(bytes.fromhex("a2f97e0000f97e0000"))
@example(bytes.fromhex("a1a0f6"))
@example(bytes.fromhex("a181a001"))
@example(bytes.fromhex("a1d212a0"))
@example(bytes.fromhex("c1fb7ff8000000000000"))
@example(bytes.fromhex("d81c80d81d00"))  # shared references
@example(bytes.fromhex("d9010281d81d00"))
def test_any_bytes_end_in_an_item_or_a_cbor_error(data: bytes) -> None:
    with contextlib.suppress(CborError):
        decode(data)


@given(st.text(min_size=4, max_size=12).filter(lambda text: text.isprintable() and text.strip()))
def test_an_error_never_quotes_the_data(secret: str) -> None:
    once = cbor2.dumps(secret)
    for data in (b"\xa2" + once + b"\x00" + once + b"\x01", once + b"\x00", b"\xc4" + once):
        with pytest.raises(CborError) as caught:
            decode(data)
        reasons = ("given twice", "after the end", "semantic tag")
        assert any(reason in str(caught.value) for reason in reasons)
        assert caught.value.reason in (
            "a map key is given twice",
            "there are bytes after the end of the item",
            "a semantic tag that is not read here",
        )


# --- tags in front ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoded", "tags", "rest"),
    [
        ("", (), ""),
        ("00", (), "00"),
        ("d284", (18,), "84"),
        ("d81284", (18,), "84"),
        ("d9001284", (18,), "84"),
        ("da0000001284", (18,), "84"),
        ("db000000000000001284", (18,), "84"),
        ("d83dd284", (61, 18), "84"),
        ("d2d284", (18, 18), "84"),
        ("dbffffffffffffffff00", (2**64 - 1,), "00"),
        ("c0c1c2c300", (0, 1, 2, 3), "00"),
        ("d2", (18,), ""),
    ],
)
def test_tags_are_split_from_the_item_in_any_length(
    encoded: str, tags: tuple[int, ...], rest: str
) -> None:
    assert cbor.split_tags(bytes.fromhex(encoded)) == (tags, bytes.fromhex(rest))


@pytest.mark.parametrize(
    "encoded", ["d8", "d900", "da000000", "db00000000000000", "dc", "dd", "de", "df", "d2d8"]
)
def test_a_tag_head_that_is_cut_off_or_reserved_is_refused(encoded: str) -> None:
    with pytest.raises(CborError, match="not well-formed"):
        cbor.split_tags(bytes.fromhex(encoded))


@pytest.mark.parametrize("count", [5, 6, 60_000])
def test_more_than_four_tags_are_refused(count: int) -> None:
    with pytest.raises(CborError, match="nested too deeply"):
        cbor.split_tags(b"\xd2" * count + b"\x80")


@given(st.binary(max_size=20))
def test_split_tags_agrees_with_the_other_decoder_on_any_bytes(data: bytes) -> None:
    try:
        tags, rest = cbor.split_tags(data)
    except CborError:
        return
    assert data.endswith(rest)
    assert not rest or rest[0] >> 5 != 6
    assert len(tags) <= 4
    item = cbor2.loads(data[: len(data) - len(rest)] + b"\x80", semantic_decoders=_RAW_TAGS)
    for tag in tags:
        assert item.tag == tag
        item = item.value
    assert list(item) == []


def _raw(tag: int) -> Any:
    return lambda value, immutable: cbor2.CBORTag(tag, value)


_RAW_TAGS: dict[int, Any] = {tag: _raw(tag) for tag in (*range(300), 1004, 43000, 55799)}


# --- writing ------------------------------------------------------------------------------------


@given(ITEMS)
def test_what_is_written_is_read_as_it_was(item: object) -> None:
    encoded = cbor.encode(item)
    assert decode(encoded) == item
    assert cbor.encode(decode(encoded)) == encoded


@given(st.dictionaries(KEYS, SCALARS, max_size=8))
def test_map_keys_are_sorted_by_their_bytes(item: dict[Any, Any]) -> None:
    # RFC 8949 §4.2.1, checked on the wire: by an encoder of our own for single keys.
    expected = b"".join(
        key + value
        for key, value in sorted(
            (cbor2.dumps(key), cbor2.dumps(value)) for key, value in item.items()
        )
    )
    head = bytes([0xA0 + len(item)])
    assert cbor.encode(item) == head + expected
    shuffled = dict(reversed(item.items()))
    assert cbor.encode(shuffled) == head + expected


@given(st.dictionaries(st.text(alphabet="abcz", min_size=3, max_size=3), ITEMS, max_size=6))
def test_where_all_keys_have_one_length_the_other_package_sorts_alike(
    item: dict[str, Any],
) -> None:
    # cbor2's canonical form is that of RFC 7049: shorter keys first. With equal lengths, alike.
    if _keys_of_one_length(item):
        assert cbor.encode(item) == cbor2.dumps(item, canonical=True)


def _keys_of_one_length(item: object) -> bool:
    if isinstance(item, dict):
        lengths = {len(cbor2.dumps(key)) for key in item}
        return len(lengths) <= 1 and all(map(_keys_of_one_length, item.values()))
    return not isinstance(item, list) or all(map(_keys_of_one_length, item))


def test_the_order_is_bytewise_and_not_the_shorter_key_first() -> None:
    # The example of RFC 8949 §4.2.1: 10, 100, -1, "z", "aa", [100], [-1], false.
    item: dict[Any, int] = {"aa": 0, "z": 0, -1: 0, 100: 0, 10: 0, False: 0, (-1,): 0, (100,): 0}
    expected = "a80a001864002000617a006261610081186400812000f400"
    assert cbor.encode(item).hex() == expected
    assert cbor.encode({-1: 0, 100: 0}).hex() == "a21864002000"
    assert cbor2.dumps({-1: 0, 100: 0}, canonical=True).hex() == "a22000186400"  # length first


def test_long_and_foreign_keys_are_sorted_by_their_bytes_too() -> None:
    keys = ["a" * 7, "a" * 8, "a" * 24, "b", "é", "zz", "ü" * 3]
    encoded = cbor.encode(dict.fromkeys(keys, 0))
    assert list(decode(encoded)) == sorted(keys, key=cbor2.dumps)


@pytest.mark.parametrize(
    "item",
    [1.0, math.nan, float("inf"), object(), {1, 2}, 1 + 2j, bytearray(b"x"), range(3), Exception],
)
def test_a_value_of_another_type_is_the_programmers_mistake(item: object) -> None:
    for value in (item, [item], {"a": item}, cbor.Tagged(0, item)):
        with pytest.raises(TypeError, match="cannot encode"):
            cbor.encode(value)


def test_a_key_of_another_type_is_the_programmers_mistake() -> None:
    for key in (1.0, object(), frozenset()):
        with pytest.raises(TypeError, match="cannot encode"):
            cbor.encode({key: 0})


@pytest.mark.parametrize("number", [2**64, -(2**64) - 1, 2**200])
def test_an_integer_of_more_than_64_bits_is_refused(number: int) -> None:
    for value in (number, [number], {"a": number}, {number: 0}):
        with pytest.raises(ValueError, match="64 bits"):
            cbor.encode(value)


def test_tags_and_members_of_enumerations_are_written_as_what_they_are() -> None:
    class Number(IntEnum):
        ONE = 1

    assert cbor.encode(cbor.Tagged(18, [1, b"x"])) == bytes.fromhex("d282014178")
    assert cbor.encode((1, (2,))) == bytes.fromhex("82018102")
    assert cbor.encode(Number.ONE) == b"\x01"
    assert cbor.encode({Number.ONE: Number.ONE}) == b"\xa1\x01\x01"


def test_more_items_than_allowed_are_refused_in_large_data() -> None:
    many = b"\x99\x10\x00" + b"\x00" * 4096
    assert len(cbor.decode(many, where="test", max_items=4097)) == 4096
    with pytest.raises(CborError, match="more than 4096 items"):
        cbor.decode(many, where="test", max_items=4096)


def test_no_error_carries_the_data_in_its_context() -> None:
    name = b"NGUYENTHIMAU"
    for data in (b"\xa2" + (b"\x6c" + name + b"\x01") * 2, b"\x6d" + name + b"\xff"):
        with pytest.raises(CborError) as caught:
            cbor.decode(data, where="test")
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
