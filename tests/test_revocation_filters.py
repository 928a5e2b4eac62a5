"""Bloom filters, variable hash lists and the slices they come in: layouts, sizes, hostile files.

The expectations for Bloom filters are the four vectors of the fact sheet; the other layouts are
written out here once more, from the sheet, in the plainest way there is. The vectors of variable
hash lists and archives are ours.
"""

from __future__ import annotations

import gzip
import io
import math
import random
import struct
import tarfile
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import (
    PossiblyRevokedError,
    RevokedError,
    TrustListFormatError,
    TrustListSignatureError,
)
from vnvaxcert.trust.revocation import (
    BloomFilter,
    HashType,
    Place,
    RevocationList,
    Slice,
    SliceKind,
    SliceMode,
    VariableHashList,
    archive,
    bloom,
    make_slices,
    read_slices,
    slice_place,
    variable_hash,
    write_slices,
)

KID = bytes.fromhex("66d25512539d5a6d")
TWO = bytes.fromhex("000116" + "00" + "38d1b717" + "00000002" * 3 + "7ef31c7c642b5ce8")


def hashes(count: int, seed: int = 1) -> list[bytes]:
    generator = random.Random(seed)
    return [generator.randbytes(16) for _ in range(count)]


# --- Bloom filters: the vectors of the fact sheet ------------------------------------------------


@pytest.mark.parametrize(
    ("capacity", "rate", "elements", "hash_functions", "words"),
    [
        (1, 1e-4, ["1"], 67, "7d4b7894 47afb5d3 1a36164c"),
        (2, 1e-4, ["1", "2"], 22, "7ef31c7c 642b5ce8"),
        (3, 1e-4, ["1", "3"], 15, "04533f1a 36ab40c0"),
    ],
)
def test_the_published_filters_come_out_bit_for_bit(
    capacity: int, rate: float, elements: list[str], hash_functions: int, words: str
) -> None:
    made = BloomFilter.from_elements(
        [element.encode() for element in elements], false_positive_rate=rate, capacity=capacity
    )
    assert made.hash_functions == hash_functions
    assert made.bits == bytes.fromhex(words)
    assert all(made.might_contain(element.encode()) for element in elements)


def test_the_published_size_of_a_large_filter_comes_out() -> None:
    made = BloomFilter.from_elements([b"1"], false_positive_rate=1e-5, capacity=10_000)
    assert 8 * len(made.bits) == 239_680
    assert made.hash_functions == 17


def test_the_whole_file_of_the_second_filter_comes_out_and_is_read() -> None:
    made = BloomFilter.from_elements([b"1", b"2"], false_positive_rate=1e-4)
    assert made.to_bytes() == TWO
    read = BloomFilter.from_bytes(TWO)
    assert (read.hash_functions, read.capacity, read.count) == (22, 2, 2)
    assert read.declared_rate == struct.unpack(">f", bytes.fromhex("38d1b717"))[0]
    assert read.to_bytes() == TWO
    assert read.might_contain(b"1")
    assert read.might_contain(b"2")
    assert not read.might_contain(b"3")
    assert "2 elements" in repr(read)


def plain_bloom(elements: list[bytes], hash_functions: int, words: int) -> list[int]:
    """Words of a filter as the sheet says it, with numbers instead of bytes."""
    filled = [0] * words
    for element in elements:
        for number in range(hash_functions):
            digest = int.from_bytes(sha256(element + bytes([number])).digest(), "big")
            if digest >= 1 << 255:
                digest -= 1 << 256
            index = digest % (32 * words)
            filled[index // 32] |= 1 << (31 - index % 32)
    return filled


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=20, unique=True))
def test_a_filter_is_what_a_plain_reading_of_the_layout_makes(elements: list[bytes]) -> None:
    made = BloomFilter.from_elements(elements, false_positive_rate=1e-6)
    words = len(made.bits) // 4
    assert struct.unpack(f">{words}I", made.bits) == tuple(
        plain_bloom(elements, made.hash_functions, words)
    )
    assert BloomFilter.from_bytes(made.to_bytes()).bits == made.bits
    assert all(made.might_contain(element) for element in elements)


def test_a_filter_is_wrong_about_as_often_as_it_says() -> None:
    made = BloomFilter.from_elements(hashes(200), false_positive_rate=0.05)
    strangers = hashes(2000, seed=2)
    wrong = sum(map(made.might_contain, strangers)) / len(strangers)
    assert 0 < wrong < 0.1
    assert made.false_positive_rate == pytest.approx(0.05)


def test_an_overfilled_filter_tells_its_true_rate() -> None:
    made = BloomFilter.from_elements(hashes(200), false_positive_rate=0.01, capacity=20)
    read = BloomFilter.from_bytes(made.to_bytes())
    assert read.declared_rate == pytest.approx(0.01)
    assert read.false_positive_rate > 0.9
    strangers = hashes(300, seed=2)
    assert sum(map(read.might_contain, strangers)) / 300 > 0.9


@pytest.mark.parametrize(
    ("rate", "capacity"),
    [
        *((0, 1), (1, 1), (-0.1, 1), (2.0, 1), (math.nan, 1), (math.inf, 1), (1e-60, 1)),
        *((1 - 1e-12, 1), (0.1, 0), (0.1, -1), (1e-30, 1), (1e-12, 10**9)),
    ],
)
def test_a_filter_that_cannot_be_made_is_refused(rate: float, capacity: int) -> None:
    with pytest.raises(ValueError, match=r"rate|filter"):
        BloomFilter.from_elements([b"1"], false_positive_rate=rate, capacity=capacity)


def test_a_filter_of_nothing_has_no_size() -> None:
    with pytest.raises(ValueError, match="1 element"):
        BloomFilter.from_elements([])


@pytest.mark.parametrize(
    ("at", "value", "place"),
    [
        (0, "0002", "version"),
        (0, "0000", "version"),
        (2, "00", "number of hash functions"),
        (2, "80", "number of hash functions"),
        (3, "01", "hash function"),
        (4, "00000000", "false-positive rate"),
        (4, "b8d1b717", "false-positive rate"),
        (4, "3f800001", "false-positive rate"),
        (4, "7fc00000", "false-positive rate"),
        (4, "7f800000", "false-positive rate"),
        (8, "00000000", "declared elements"),
        (12, "00000000", "words"),
        (12, "00000001", "words"),
        (16, "00000000", "words"),
        (16, "00000001", "words"),
        (16, "00000003", "words"),
        (16, "ffffffff", "words"),
        (20, "0000000000000000", "words"),
    ],
)
def test_a_filter_that_contradicts_itself_is_refused_with_its_place(
    at: int, value: str, place: str
) -> None:
    changed = bytearray(TWO)
    changed[at : at + len(value) // 2] = bytes.fromhex(value)
    with pytest.raises(TrustListFormatError) as caught:
        BloomFilter.from_bytes(bytes(changed))
    assert caught.value.place == place
    assert caught.value.format == "revocation, Bloom filter"
    assert caught.value.reason


@pytest.mark.parametrize("size", [*range(28), 29, 40])
def test_a_filter_cut_short_or_too_long_is_refused(size: int) -> None:
    with pytest.raises(TrustListFormatError):
        BloomFilter.from_bytes(TWO.ljust(size, b"\1")[:size])


def test_a_filter_above_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bloom, "MAX_FILTER_BYTES", 27)
    with pytest.raises(TrustListFormatError, match="more than 27 bytes"):
        BloomFilter.from_bytes(TWO)
    with pytest.raises(ValueError, match="more than 27 bytes"):
        BloomFilter.from_elements([b"1", b"2"], false_positive_rate=1e-4)


# --- variable hash lists -------------------------------------------------------------------------


def plain_list(prefixes: list[bytes], rate: str = "2b8cbccc", count: int | None = None) -> bytes:
    """A file as the sheet says it; the prefixes as given."""
    announced = len(prefixes) if count is None else count
    head = b"\0\1" + bytes.fromhex(rate) + announced.to_bytes(4, "big")
    return head + bytes([len(prefixes[0])]) + b"".join(prefixes)


def as_deployed(prefixes: list[bytes]) -> bytes:
    """A file as the program in use writes it: fewest bytes of the signed number, zeros before."""
    size = len(prefixes[0])
    written = []
    for number in sorted(int.from_bytes(prefix, "big", signed=True) for prefix in prefixes):
        needed = max(
            1, next(n for n in range(1, 17) if -(1 << 8 * n - 1) <= number < 1 << 8 * n - 1)
        )
        written.append(number.to_bytes(needed, "big", signed=True).rjust(size, b"\0"))
    return plain_list(written)


def test_a_list_is_written_in_signed_order_with_each_prefix_as_it_is() -> None:
    values = [bytes.fromhex(start).ljust(16, b"\x55") for start in ("00000001", "7fffffff")]
    values += [
        bytes.fromhex(start).ljust(16, b"\x55") for start in ("80000000", "ff800000", "ffffffff")
    ]
    made = VariableHashList.from_hashes(values)
    assert made.to_bytes().hex() == (
        "00012b8cbccc000000050480000000ff800000ffffffff000000017fffffff"
    )
    assert made.count == 5
    assert repr(made) == "VariableHashList(5 prefixes of 4 bytes)"


@pytest.mark.parametrize(
    ("count", "coordinates", "expected"),
    [
        # ceil(num / 8 + num mod 8 - coordinates + p), num = ceil(log2 n), and 4 at least
        (1, 0, 4),  # num 0
        (2, 0, 4),  # num 1: 1.125
        (16, 0, 5),  # num 4: 4.5
        (17, 0, 6),  # num 5: 5.625
        (17, 1, 5),
        (17, 2, 4),
        (128, 0, 8),  # num 7: 7.875
        (129, 0, 4),  # num 8: 1
        (1024, 0, 4),  # num 10: 3.25
    ],
)
def test_prefixes_are_as_long_as_the_formula_has_it(
    count: int, coordinates: int, expected: int
) -> None:
    made = VariableHashList.from_hashes(hashes(count), coordinates=coordinates)
    assert made.prefix_bytes == expected


def test_the_least_length_of_a_prefix_can_be_chosen() -> None:
    made = VariableHashList.from_hashes(hashes(3), min_prefix_bytes=16)
    assert made.prefix_bytes == 16
    assert made.is_exact
    assert VariableHashList.from_hashes(hashes(3), min_prefix_bytes=1).prefix_bytes == 3


prefixes_of_two = st.binary(min_size=2, max_size=2)


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=60), st.data())
def test_a_look_up_is_membership_of_the_first_bytes(values: list[bytes], data: Any) -> None:
    made = VariableHashList.from_hashes(values, min_prefix_bytes=data.draw(st.integers(1, 16)))
    starts = {value[: made.prefix_bytes] for value in values}
    for value in [*values, data.draw(st.binary(min_size=16, max_size=16)), bytes(16)]:
        assert made.might_contain(value) == (value[: made.prefix_bytes] in starts)
    read = VariableHashList.from_bytes(made.to_bytes())
    assert read.prefixes == starts
    assert read.to_bytes() == made.to_bytes()
    # Read back, a prefix that the program in use could have changed counts in both meanings.
    assert all(prefix.startswith(b"\xff") for prefix in read.restored)


@given(st.sets(prefixes_of_two | st.binary(min_size=1, max_size=1).map(lambda b: b"\xff" + b)))
def test_nothing_the_program_in_use_wrote_is_lost(starts: set[bytes]) -> None:
    if not starts:
        return
    read = VariableHashList.from_bytes(as_deployed(sorted(starts)))
    for start in starts:
        assert read.might_contain(start.ljust(16, b"\0"))
    # What is found besides is what could have been there: a number with zeros in front of it.
    extra = (read.prefixes | read.restored) - starts
    assert all(start[0] in (0x00, 0xFF) for start in extra)


def test_the_lost_prefix_of_the_program_in_use_is_found_again() -> None:
    data = as_deployed([bytes.fromhex("ff80aabb"), bytes.fromhex("00000001")])
    assert data.hex().endswith("0080aabb00000001"), "as the sheet describes the mistake"
    read = VariableHashList.from_bytes(data)
    assert read.restored == {bytes.fromhex("ff80aabb")}
    assert read.might_contain(bytes.fromhex("ff80aabb").ljust(16, b"\1"))


def test_where_the_order_tells_no_prefix_counts_twice() -> None:
    # 00000001 stands before 0080aabb: it can only be itself.
    data = plain_list([bytes.fromhex("00000001"), bytes.fromhex("0080aabb")])
    assert VariableHashList.from_bytes(data).restored == frozenset()
    # -32773 and -1 are written as 00ff7ffb and 000000ff, which descends: only as what they were.
    data = as_deployed([bytes.fromhex(start) for start in ("ffff7ffb", "ffffffff", "00000001")])
    assert data.hex().endswith("00ff7ffb000000ff00000001")
    found = VariableHashList.from_bytes(data)
    assert found.restored == {bytes.fromhex("ffff7ffb"), bytes.fromhex("ffffffff")}


def test_the_rate_of_a_list_is_the_share_of_all_prefixes_it_holds() -> None:
    read = VariableHashList.from_bytes(plain_list([b"\x80", b"\xf0", b"\x00", b"\x10"]))
    assert read.false_positive_rate == 4 / 256
    assert read.declared_rate == pytest.approx(1e-12)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "header"),
        (plain_list([b"\1\2"])[:10], "header"),
        (b"\0\2" + plain_list([b"\1\2"])[2:], "version"),
        (plain_list([b"\1\2"], rate="00000000"), "false-positive rate"),
        (plain_list([b"\1\2"], rate="bf000000"), "false-positive rate"),
        (plain_list([b"\1\2"], rate="7fc00000"), "false-positive rate"),
        (plain_list([b"\1\2"], rate="3f800001"), "false-positive rate"),
        (plain_list([b""], count=1), "bytes per prefix"),
        (plain_list([bytes(17)]), "bytes per prefix"),
        (plain_list([b"\1\2"], count=0), "elements"),
        (plain_list([b"\1\2"], count=2), "elements"),
        (plain_list([b"\1\2"], count=0xFFFFFFFF), "elements"),
        (plain_list([b"\1\2", b"\1"]), "elements"),
        (plain_list([b"\1\2", b"\1\1"]), "prefix 2"),
        (plain_list([b"\x7f\xff", b"\x80\0"]), "prefix 2"),
        (plain_list([b"\0\1", b"\0\x80", b"\0\2"]), "prefix 3"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_with_its_place(data: bytes, place: str) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        VariableHashList.from_bytes(data)
    assert caught.value.place == place
    assert caught.value.format == "revocation, variable hash list"


def test_a_list_that_was_added_to_is_read() -> None:
    read = VariableHashList.from_bytes(plain_list([b"\1\2", b"\1\3"], count=1))
    assert read.count == 2


def test_a_list_above_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variable_hash, "MAX_PREFIXES", 2)
    with pytest.raises(TrustListFormatError, match="more than 2 prefixes"):
        VariableHashList.from_bytes(plain_list([b"\1", b"\2", b"\3"]))
    with pytest.raises(ValueError, match="1 to 2 hashes"):
        VariableHashList.from_hashes(hashes(3))


@pytest.mark.parametrize(
    "arguments",
    [
        {"hashes": []},
        {"hashes": [bytes(15)]},
        {"hashes": [bytes(17)]},
        {"min_prefix_bytes": 0},
        {"min_prefix_bytes": 17},
        {"coordinates": 3},
        {"coordinates": -1},
        {"false_positive_rate": 0},
        {"false_positive_rate": 1},
        {"false_positive_rate": math.nan},
        {"false_positive_rate": 1e-60},
    ],
)
def test_a_list_that_cannot_be_made_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hash|prefixes|rate"):
        VariableHashList.from_hashes(**{"hashes": [bytes(16)], **arguments})


# --- slices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (SliceMode.POINT, ("", "a")),
        (SliceMode.VECTOR, ("a", "b")),
        (SliceMode.COORDINATE, ("ab", "c")),
    ],
)
def test_a_hash_is_looked_up_by_its_first_digits(mode: SliceMode, expected: Place) -> None:
    place = slice_place(mode, bytes.fromhex("abcdef").ljust(16, b"\0"))
    assert place == expected
    assert place.mode is mode
    assert place.partition_id == (expected[0] or "null")


@pytest.mark.parametrize(
    ("count", "mode"),
    [
        (0, SliceMode.POINT),
        (100_000, SliceMode.POINT),
        (100_001, SliceMode.VECTOR),
        (1_600_000, SliceMode.VECTOR),
        (1_600_001, SliceMode.COORDINATE),
    ],
)
def test_the_mode_is_chosen_by_the_number_of_hashes(count: int, mode: SliceMode) -> None:
    assert SliceMode.for_count(count) is mode


@pytest.mark.parametrize("kind", SliceKind)
@pytest.mark.parametrize("mode", SliceMode)
def test_slices_go_round_through_an_archive(kind: SliceKind, mode: SliceMode) -> None:
    values = hashes(60)
    made = make_slices(values, kid=KID, kind=kind, mode=mode)
    assert sum(one.filter.count for one in made) == 60
    assert all(one.place.mode is mode and one.kind is kind for one in made)
    data = write_slices(made)
    for given_kind in (kind, None):
        read = read_slices(data, kind=given_kind)
        assert [(one.kid, one.place, one.kind, one.id) for one in read] == [
            (one.kid, one.place, one.kind, one.id) for one in made
        ]
    revocations = RevocationList.from_slices(read_slices(data))
    assert len(revocations) == 60
    for value in values:
        with pytest.raises(PossiblyRevokedError):
            revocations.check(KID, [(HashType.UCI, value)])
        revocations.check(KID[::-1], [(HashType.UCI, value)])
    for value in hashes(60, seed=2):
        revocations.check(KID, [(HashType.UCI, value)])


@pytest.mark.parametrize("kind", SliceKind)
def test_an_archive_is_one_that_python_reads(kind: SliceKind) -> None:
    made = make_slices(hashes(5), kid=KID, kind=kind)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(write_slices(made)))) as tar:
        for one, member in zip(made, tar.getmembers(), strict=True):
            kid, partition, chunk, identifier = member.name.split("/")
            assert (kid, partition, chunk) == ("ZtJVElOdWm0", "null", one.place.chunk)
            content = tar.extractfile(member)
            assert content is not None
            assert sha256(content.read()).hexdigest() == identifier


def tar_of(files: list[tuple[str, bytes]], *, is_closed: bool = True, form: int = 0) -> bytes:
    """An archive as Python makes it, or as the service does, which never closes it."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    size = len(stream.getvalue().rstrip(b"\0")) if is_closed is False else None
    content = stream.getvalue()
    if size is not None:
        content = content[: -(-size // 512) * 512]
    return gzip.compress(content, mtime=0)


def named(content: bytes, *, kid: str = "ZtJVElOdWm0=", place: str = "null/7") -> tuple[str, bytes]:
    return f"{kid}/{place}/{sha256(content).hexdigest()}", content


@pytest.mark.parametrize("is_closed", [True, False])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_an_archive_of_another_maker_is_read(is_closed: bool, form: int) -> None:
    data = tar_of([named(TWO), named(TWO, place="7/f")], is_closed=is_closed, form=form)
    read = read_slices(data)
    assert [one.kid for one in read] == [KID, KID]
    assert [one.place for one in read] == [("", "7"), ("7", "f")]
    assert len(RevocationList.from_bytes(data)) == 4


@pytest.mark.parametrize(
    "kid",
    [bytes([0xFC]) + bytes(7), bytes([0xFF] * 3) + bytes(5), bytes([0xFB] * 8), bytes(8)],
)
def test_a_kid_with_slashes_survives_the_archive_of_the_service(kid: bytes) -> None:
    text = b64encode(kid).decode()
    for written in (text, text.lstrip("/")):  # the service drops slashes in front
        (read,) = read_slices(tar_of([named(TWO, kid=written)]))
        assert read.kid == kid
    (ours,) = read_slices(write_slices(make_slices([bytes(16)], kid=kid)))
    assert ours.kid == kid


def test_slices_of_any_signer_are_asked_for_every_one() -> None:
    made = make_slices([bytes(16)], kid=None)
    revocations = RevocationList.from_slices(read_slices(write_slices(made)))
    assert revocations.slices[0].kid is None
    assert "UNKNOWN_KID" in repr(revocations.slices[0])
    with pytest.raises(PossiblyRevokedError):
        revocations.check(KID, [(HashType.UCI, bytes(16))])


def test_without_a_kid_the_slices_of_every_signer_count() -> None:
    revocations = RevocationList.from_slices(make_slices([bytes(16)], kid=KID))
    with pytest.raises(PossiblyRevokedError):
        revocations.check(None, [(HashType.UCI, bytes(16))])
    revocations.check(None, [(HashType.UCI, b"\x01" * 16)])


def test_a_slice_speaks_of_its_hash_types_only() -> None:
    made = make_slices([bytes(16)], kid=KID, hash_types=[HashType.UCI])
    for slices in (made, read_slices(write_slices(made), hash_types=[HashType.UCI])):
        revocations = RevocationList.from_slices(slices)
        revocations.check(KID, [(HashType.SIGNATURE, bytes(16))])
        with pytest.raises(PossiblyRevokedError) as caught:
            revocations.check(KID, [(HashType.SIGNATURE, bytes(16)), (HashType.UCI, bytes(16))])
        assert caught.value.hash_type == "UCI"
        assert caught.value.code == "revoked.possible"


def test_an_exact_hit_wins_over_any_filter() -> None:
    exact = RevocationList.from_hashes([(HashType.UCI, b"\x02" * 16)])
    filters = RevocationList.from_slices(make_slices([b"\x01" * 16], kid=KID))
    asked = [(HashType.SIGNATURE, b"\x01" * 16), (HashType.UCI, b"\x02" * 16)]
    for merged in (exact | filters, filters | exact):
        with pytest.raises(RevokedError):
            merged.check(KID, asked)
        with pytest.raises(PossiblyRevokedError):
            merged.check(KID, asked[:1])


def test_whole_hashes_in_a_variable_list_are_exact() -> None:
    kind = SliceKind.VARHASHLIST
    exact = make_slices([b"\x02" * 16], kid=KID, kind=kind, min_prefix_bytes=16)
    possible = make_slices([b"\x01" * 16], kid=KID)
    revocations = RevocationList.from_slices([*possible, *exact])
    with pytest.raises(RevokedError):
        revocations.check(KID, [(HashType.UCI, b"\x01" * 16), (HashType.UCI, b"\x02" * 16)])


def test_the_rate_of_the_surest_filter_is_told() -> None:
    values = [b"\x01" * 16]
    unsure = make_slices(values, kid=KID, false_positive_rate=0.1)
    surer = make_slices(values, kid=KID, false_positive_rate=0.001)
    for slices in ([*unsure, *surer], [*surer, *unsure]):
        with pytest.raises(PossiblyRevokedError) as caught:
            RevocationList.from_slices(slices).check(KID, [(HashType.UCI, values[0])])
        assert caught.value.false_positive_rate == pytest.approx(0.001)


def test_the_rate_of_a_slice_of_prefixes_counts_the_digits_they_share() -> None:
    (point,) = make_slices([bytes(16)], kid=KID, kind=SliceKind.VARHASHLIST)
    assert point.false_positive_rate == 16 / 256**4
    (coordinate,) = make_slices(
        [bytes(16)],
        kid=KID,
        kind=SliceKind.VARHASHLIST,
        mode=SliceMode.COORDINATE,
        min_prefix_bytes=1,
    )
    assert coordinate.false_positive_rate == 1.0


def test_a_slice_holds_no_hash_of_another_place() -> None:
    (one,) = make_slices([bytes(16)], kid=KID)
    assert one.might_contain(bytes(16))
    everything = BloomFilter.from_bytes(TWO[:12] + bytes.fromhex("0000010000000002") + b"\xff" * 8)
    full = Slice(kid=KID, place=Place("", "7"), filter=everything)
    assert full.might_contain(b"\x70" + bytes(15))
    assert not full.might_contain(b"\x80" + bytes(15))
    assert full.false_positive_rate == 1.0


@pytest.mark.parametrize(
    ("files", "place", "reason"),
    [
        ([], "", "no slice"),
        ([("one", TWO)], "slice 1", "kid/partition/chunk/id"),
        ([("a/b/c", TWO)], "slice 1", "kid/partition/chunk/id"),
        ([named(TWO, place="xyz/7")], "slice 1", "digits"),
        ([named(TWO, place="g/7")], "slice 1", "digits"),
        ([named(TWO, place="null/77")], "slice 1", "digits"),
        ([named(TWO, place="null/A")], "slice 1", "digits"),
        ([named(TWO, place="null/")], "slice 1", "digits"),
        ([named(TWO), (named(TWO)[0], TWO[:-1] + b"\0")], "slice 2", "SHA-256"),
        ([("ZtJVElOdWm0=/null/7/" + "0" * 64, TWO)], "slice 1", "SHA-256"),
        ([named(TWO, kid="")], "slice 1", "kid"),
        ([named(TWO, kid="not base64!")], "slice 1", "kid"),
        ([named(TWO[:-1])], "slice 1, version", "1"),
        ([named(b"")], "slice 1, header", "0 bytes"),
    ],
)
def test_an_archive_of_something_else_is_refused_with_its_place(
    files: list[tuple[str, bytes]], place: str, reason: str
) -> None:
    if place == "slice 1, version":
        files = [named(b"\0\2" + TWO[2:])]
    with pytest.raises(TrustListFormatError) as caught:
        read_slices(tar_of(files))
    assert caught.value.place == place
    assert reason in caught.value.reason


def test_a_filter_of_another_kind_than_asked_for_is_refused() -> None:
    data = tar_of([named(TWO)])
    with pytest.raises(TrustListFormatError, match="variable hash list"):
        read_slices(data, kind=SliceKind.VARHASHLIST)
    other = make_slices(hashes(20), kid=KID, kind=SliceKind.VARHASHLIST)
    with pytest.raises(TrustListFormatError, match="Bloom filter"):
        read_slices(write_slices(other), kind=SliceKind.BLOOMFILTER)


def test_small_files_that_take_long_to_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # 100 kB of gzip can hold 64 million prefixes of one byte.
    lists = [plain_list([bytes((digit,))] * 3, count=number) for number, digit in ((1, 7), (2, 8))]
    data = tar_of([named(content) for content in lists])
    assert len(read_slices(data)) == 2
    monkeypatch.setattr(f"{read_slices.__module__}.MAX_ARCHIVE_PREFIXES", 5)
    with pytest.raises(TrustListFormatError, match="more than 5 prefixes in all") as caught:
        read_slices(data)
    assert caught.value.place == "slice 2"
    monkeypatch.setattr(f"{read_slices.__module__}.MAX_ARCHIVE_PREFIXES", 6)
    assert len(read_slices(data)) == 2


def test_one_hash_is_not_looked_up_in_any_number_of_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [named(TWO), named(TWO, kid="AAECAwQFBgc="), named(TWO, place="null/8")]
    monkeypatch.setattr(f"{read_slices.__module__}.MAX_SLICES_OF_PLACE", 1)
    assert len(read_slices(tar_of(files))) == 3
    with pytest.raises(TrustListFormatError, match="more than 1 slices of one place") as caught:
        read_slices(tar_of([*files, named(TWO)]))
    assert caught.value.place == "slice 4"


def test_a_tar_archive_is_refused_where_it_is_damaged() -> None:
    whole = gzip.decompress(tar_of([named(TWO), named(TWO, place="7/f")]))
    for offset in range(0, 512, 7):
        changed = bytearray(whole)
        changed[offset] ^= 0x01
        with pytest.raises(TrustListFormatError):
            read_slices(gzip.compress(bytes(changed)))
    for size in (1, 100, 511, 513, 520, 1500):
        with pytest.raises(TrustListFormatError):
            read_slices(gzip.compress(whole[:size]))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_only_files_are_taken_from_an_archive(kind: bytes) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        folder = tarfile.TarInfo("ZtJVElOdWm0=")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        member = tarfile.TarInfo(named(TWO)[0])
        member.type, member.linkname = kind, "elsewhere"
        tar.addfile(member)
    with pytest.raises(TrustListFormatError) as caught:
        read_slices(gzip.compress(stream.getvalue()))
    assert caught.value.place == "archive, file 2"
    assert "not a regular file" in caught.value.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "gzip"),
        (b"\x1f\x8b", "gzip"),
        (gzip.compress(b"x" * 600)[:-9], "gzip"),
        (gzip.compress(b"x" * 600), "tar header"),
        (gzip.compress(b"") + b"\0", "gzip"),
        (gzip.compress(b""), "no slice"),
        (gzip.compress(bytes(1024)), "no slice"),
    ],
)
def test_what_is_no_archive_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        read_slices(data)
    assert reason in f"{caught.value.place} {caught.value.reason}"


def test_an_archive_that_inflates_beyond_the_bound_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 10_000)
    with pytest.raises(TrustListFormatError, match="inflates to more than 10000 bytes"):
        read_slices(gzip.compress(bytes(1_000_000)))
    with pytest.raises(ValueError, match="10000 bytes"):
        write_slices(make_slices(hashes(60), kid=KID))


def test_an_archive_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_slices(make_slices(hashes(60), kid=KID))
    monkeypatch.setattr(archive, "MAX_ARCHIVE_FILES", 3)
    with pytest.raises(TrustListFormatError, match="more than 3 files"):
        read_slices(data)
    with pytest.raises(ValueError, match="too many files"):
        write_slices(make_slices(hashes(60), kid=KID))


def test_a_name_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(TrustListFormatError, match="ASCII"):
        read_slices(tar_of([named(TWO, kid="\u0111")], form=tarfile.GNU_FORMAT))


def test_an_archive_is_loaded_as_a_list_and_carries_no_signature(tmp_path: Path) -> None:
    path = tmp_path / "slices.tar.gz"
    path.write_bytes(write_slices(make_slices(hashes(4), kid=KID)))
    revocations = RevocationList.load(path)
    assert (revocations.format, len(revocations)) == ("revocation, slices", 4)
    assert not revocations.authenticated
    key = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    with pytest.raises(TrustListSignatureError, match="this format has none that can be"):
        RevocationList.load(path, signing_key=key)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Slice(kid=b"", place=Place("", "7"), filter=BloomFilter.from_bytes(TWO)),
        lambda: Slice(kid=KID, place=Place("abc", "7"), filter=BloomFilter.from_bytes(TWO)),
        lambda: Slice(kid=KID, place=Place("", ""), filter=BloomFilter.from_bytes(TWO)),
        lambda: Slice(
            kid=KID, place=Place("", "7"), filter=BloomFilter.from_bytes(TWO), hash_types=[]
        ),
        lambda: make_slices([bytes(15)], kid=KID),
        lambda: slice_place(SliceMode.POINT, bytes(15)),
    ],
)
def test_a_slice_of_nothing_in_particular_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match=r"kid|place|types|bytes"):
        call()


def test_wrong_types_are_named() -> None:
    text: Any = "66d25512539d5a6d"
    for call in (
        lambda: make_slices([text], kid=KID),
        lambda: make_slices([bytes(16)], kid=text),
        lambda: slice_place(SliceMode.POINT, text),
        lambda: VariableHashList.from_hashes([text]),
    ):
        with pytest.raises(TypeError, match="expected bytes"):
            call()
    data: Any = write_slices([])
    with pytest.raises(TypeError, match="expected slices, not int"):
        RevocationList.from_slices(data)


def outcome(read: Callable[[bytes], Any], data: bytes) -> Any:
    try:
        return read(data)
    except TrustListFormatError as error:
        return error


@given(st.binary(max_size=200), st.sampled_from([BloomFilter, VariableHashList]))
def test_any_bytes_end_in_a_filter_or_an_error(data: bytes, kind: Any) -> None:
    for start in (b"", TWO[:12], TWO[:20], plain_list([b"\1\2"])[:11]):
        result = outcome(kind.from_bytes, start + data)
        if isinstance(result, TrustListFormatError):
            assert result.format
            assert result.reason
        else:
            assert 0 < result.false_positive_rate <= 1
            assert outcome(kind.from_bytes, result.to_bytes()).to_bytes() == result.to_bytes()


@given(st.binary(max_size=700), st.integers(0, 1600))
def test_any_archive_ends_in_slices_or_an_error(data: bytes, at: int) -> None:
    whole = gzip.decompress(tar_of([named(TWO)]))
    for content in (data, whole[:at] + data + whole[at + len(data) :]):
        result = outcome(read_slices, gzip.compress(content, 1))
        if isinstance(result, TrustListFormatError):
            assert result.format
            assert result.reason
        else:
            assert len(result) == 1
