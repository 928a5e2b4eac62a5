"""gzip: one member, within its bound, held against the standard library's."""

from __future__ import annotations

import gzip as standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.codec import gzip
from vnvaxcert.errors import CompressionError, InflatedTooLargeError


@given(st.binary(max_size=2000))
def test_it_agrees_with_the_standard_library_both_ways(data: bytes) -> None:
    assert gzip.decompress(gzip.compress(data), max_bytes=2000) == data
    assert standard.decompress(gzip.compress(data)) == data
    assert gzip.decompress(standard.compress(data), max_bytes=2000) == data


def test_the_same_data_give_the_same_bytes_without_a_time() -> None:
    assert gzip.compress(b"x") == gzip.compress(b"x")
    assert gzip.compress(b"x")[4:8] == bytes(4)


def test_inflating_stops_at_the_bound() -> None:
    bomb = standard.compress(bytes(10_000_000))
    with pytest.raises(InflatedTooLargeError) as caught:
        gzip.decompress(bomb, max_bytes=1000)
    assert caught.value.limit == 1000
    assert gzip.decompress(standard.compress(bytes(1000)), max_bytes=1000) == bytes(1000)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "end early"),
        (b"\x1f\x8b", "end early"),
        (b"x\x9c", "do not start as gzip"),
        (b"\x1f\x8b\x07" + bytes(20), "damaged"),
        (standard.compress(b"text")[:-1], "end early"),
        (standard.compress(b"text")[:-1] + b"\xff", "damaged"),
        (standard.compress(b"text") + b"\0", "bytes after the end"),
        (standard.compress(b"text") * 2, "bytes after the end"),
    ],
)
def test_what_is_not_one_whole_member_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CompressionError) as caught:
        gzip.decompress(data, max_bytes=1000)
    assert reason in caught.value.reason


@given(st.binary(max_size=60))
def test_any_bytes_end_in_bytes_or_a_refusal(data: bytes) -> None:
    for given_data in (data, b"\x1f\x8b\x08" + data, standard.compress(data, mtime=0)[:-1]):
        try:
            inflated = gzip.decompress(given_data, max_bytes=1000)
        except (CompressionError, InflatedTooLargeError) as error:
            inflated = str(error).encode()
        assert len(inflated) <= 1000
