"""Base45 (RFC 9285): the examples of the standard, the `base45` package, and strictness."""

from __future__ import annotations

import base45 as oracle
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vnvaxcert.codec import base45
from vnvaxcert.errors import Base45Error

IN_ALPHABET = st.text(alphabet=base45.ALPHABET, max_size=60)
NEARLY_BASE45 = st.text(alphabet=base45.ALPHABET + "az_\n\x00éＡ€😀", max_size=20)


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (b"AB", "BB8"),  # RFC 9285 §4.3, example 1
        (b"Hello!!", "%69 VD92EX0"),  # example 2
        (b"base-45", "UJCLQE7W581"),  # example 3
        (b"ietf!", "QED8WEX0"),  # §4.4
        (b"", ""),
    ],
)
def test_the_examples_of_the_standard_go_both_ways(plain: bytes, text: str) -> None:
    assert base45.encode(plain) == text
    assert base45.decode(text) == plain


@given(st.binary(max_size=600))
@example(b"\x00")
@example(b"\xff\xff\xff")
def test_any_bytes_come_out_as_the_other_package_says(data: bytes) -> None:
    text = base45.encode(data)
    assert text == oracle.b45encode(data).decode("ascii")
    assert base45.decode(text) == data == oracle.b45decode(text)
    assert len(text) == (len(data) * 3 + 1) // 2


def test_every_pair_of_bytes_goes_both_ways() -> None:
    # One text of all 65,536 groups: each lane holds another number.
    data = b"".join(number.to_bytes(2, "big") for number in range(0x10000))
    text = base45.encode(data)
    assert text == oracle.b45encode(data).decode("ascii")
    assert base45.decode(text) == data


def test_every_group_alone_is_the_number_the_standard_gives() -> None:
    for number in range(0x10000):
        rest, e = divmod(number, 45 * 45)[::-1]
        d, c = divmod(rest, 45)
        group = base45.ALPHABET[c] + base45.ALPHABET[d] + base45.ALPHABET[e]
        if base45.decode(group) != number.to_bytes(2, "big"):  # a bare assert: 65,536 reports
            pytest.fail(f"group {group!r} is not {number}")


def test_every_single_byte_goes_both_ways() -> None:
    for number in range(0x100):
        text = base45.encode(bytes([number]))
        assert text == oracle.b45encode(bytes([number])).decode("ascii")
        assert base45.decode(text) == bytes([number])


def test_the_reciprocal_divides_every_16_bit_number_by_45() -> None:
    reciprocal, shift = base45._RECIPROCAL, base45._SHIFT
    assert all(n * reciprocal >> shift == n // 45 for n in range(0x10000))
    assert 0xFFFF * reciprocal < 2**32  # no lane runs over into the next


@given(NEARLY_BASE45 | IN_ALPHABET | st.text(max_size=20))
@example("::::::")
@example("GGW")  # 65,536 in groups of the alphabet's order
@example("A")
@example("::")
def test_an_accepted_text_encodes_to_itself_and_any_other_is_refused(text: str) -> None:
    if _is_text_of_some_bytes(text):
        assert base45.decode(text) == oracle.b45decode(text)
        assert base45.encode(base45.decode(text)) == text
    else:
        with pytest.raises(Base45Error) as caught:
            base45.decode(text)
        assert 0 <= caught.value.offset < len(text)


def _is_text_of_some_bytes(text: str) -> bool:
    """Whether the other package makes this text; its decoder alone is too lax to tell."""
    try:
        data = oracle.b45decode(text)
    except (ValueError, OverflowError):
        return False
    return bool(oracle.b45encode(data).decode("ascii") == text)


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        ("a", 0, "character"),  # lower case
        ("BB8\n", 3, "character"),
        ("BB8%69_VD92EX0", 6, "character"),
        ("BB8é", 3, "character"),
        ("BB8BB€", 5, "character"),
        ("€", 0, "character"),
        ("BB８", 2, "character"),  # a full-width digit
        ("BB8\ud800", 3, "character"),  # half a surrogate pair
        ("B", 0, "left over"),
        ("BB8B", 3, "left over"),
        (":::", 0, "65535"),
        ("GGW", 0, "65535"),  # 65,536: one more than fits
        ("BB8:::BB8:::", 3, "65535"),
        ("BB8BB8GGW", 6, "65535"),
        ("::", 0, "255"),
        ("BB8V5", 3, "255"),  # 256: one more than fits
    ],
)
def test_an_error_names_the_place_and_the_reason(text: str, offset: int, reason: str) -> None:
    with pytest.raises(Base45Error, match=reason) as caught:
        base45.decode(text)
    assert caught.value.offset == offset
    assert caught.value.code == "base45.invalid"


def test_the_largest_groups_are_accepted() -> None:
    assert base45.decode("FGW") == b"\xff\xff"
    assert base45.decode("U5") == b"\xff"


def test_a_space_is_a_digit_except_at_the_end_where_none_can_stand() -> None:
    # The last character of a group is at most W (32), of a last pair 5: a space is 36.
    assert base45.decode(" 00") == b"\x00\x24"
    assert base45.decode("0 0") == (36 * 45).to_bytes(2, "big")
    for text in ("00 ", "0 ", "BB8 ", "BB80 "):
        with pytest.raises(Base45Error):
            base45.decode(text)


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_one_wrong_character_in_a_long_text_is_found(place: int) -> None:
    text = base45.encode(bytes(range(40)))
    with pytest.raises(Base45Error) as caught:
        base45.decode(text[:place] + "!" + text[place + 1 :])
    assert caught.value.offset == place


def test_the_alphabet_is_the_45_characters_of_qr_codes() -> None:
    assert len(set(base45.ALPHABET)) == 45
    assert base45.ALPHABET.isascii()
    assert not any(map(str.islower, base45.ALPHABET))


def test_a_long_text_is_decoded_in_one_go() -> None:
    # No limit of its own: the caller bounds the length, and nothing here is quadratic.
    data = bytes(range(256)) * 256
    assert base45.decode(base45.encode(data)) == data


def test_the_error_for_a_foreign_character_does_not_carry_the_text() -> None:
    with pytest.raises(Base45Error) as caught:
        base45.decode("NGUY\u1ec4N")
    assert caught.value.offset == 4
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
