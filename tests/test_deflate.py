"""ZLIB (RFC 1950): the standard library as the oracle, bounds to the byte, every kind of damage."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.codec import deflate
from vnvaxcert.errors import CompressionError, InflatedTooLargeError

PLAIN = b"a specimen of some length, with a specimen of some length inside; " * 5
STREAM = zlib.compress(PLAIN, 9)


def squeeze(data: bytes, level: int = 9, window: int = 15, strategy: int = 0) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, window, 9, strategy)
    return compressor.compress(data) + compressor.flush()


@given(st.binary(max_size=3000), st.integers(0, 9), st.integers(9, 15), st.sampled_from([0, 2, 4]))
def test_what_the_standard_library_compresses_is_inflated(
    data: bytes, level: int, window: int, strategy: int
) -> None:
    # Level 0: stored blocks. Strategy 2: Huffman codes alone. 4: fixed codes.
    assert deflate.decompress(squeeze(data, level, window, strategy)) == data


@given(st.binary(max_size=3000))
def test_what_is_compressed_here_the_standard_library_inflates(data: bytes) -> None:
    stream = deflate.compress(data)
    assert zlib.decompress(stream) == data
    assert deflate.decompress(stream) == data
    assert stream[:2] == b"\x78\xda"
    assert deflate.compress(data) == stream


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: STREAM[:40] + tail))
def test_any_bytes_inflate_as_the_standard_library_says_or_are_refused(data: bytes) -> None:
    inflater = zlib.decompressobj()
    try:
        expected = inflater.decompress(data)
        is_whole = inflater.eof and not inflater.unused_data
    except zlib.error:
        is_whole = False
    if is_whole:
        assert deflate.decompress(data) == expected
    else:
        with pytest.raises(CompressionError):
            deflate.decompress(data)


@pytest.mark.parametrize("at", range(len(STREAM)))
def test_a_stream_cut_off_anywhere_is_refused(at: int) -> None:
    with pytest.raises(CompressionError) as caught:
        deflate.decompress(STREAM[:at])
    assert caught.value.code == "zlib.invalid"
    assert "ends early" in caught.value.reason


@pytest.mark.parametrize("at", range(len(STREAM)))
def test_a_stream_with_any_byte_inverted_never_inflates_to_the_same(at: int) -> None:
    damaged = STREAM[:at] + bytes([STREAM[at] ^ 0xFF]) + STREAM[at + 1 :]
    with pytest.raises(CompressionError):
        deflate.decompress(damaged)


@pytest.mark.parametrize("tail", [b"\x00", b"\n", b" ", STREAM, b"\x78\xda"])
def test_bytes_after_the_stream_are_refused(tail: bytes) -> None:
    with pytest.raises(CompressionError, match="after the end of the stream"):
        deflate.decompress(STREAM + tail)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ends early"),
        (b"\x78", "ends early"),
        (PLAIN, "zlib header"),
        (gzip.compress(PLAIN, mtime=0), "zlib header"),
        (zlib.compress(PLAIN, wbits=-15), "zlib header"),  # raw deflate
        (b"\x78\xdb" + STREAM[2:], "zlib header"),  # header check bits
        (b"\x79\xda" + STREAM[2:], "zlib header"),  # method 9
        (b"\x88\x1c" + STREAM[2:], "damaged"),  # window of 64 KiB: CINFO 8 is not allowed
        (STREAM[:-1] + bytes([STREAM[-1] ^ 1]), "damaged"),  # Adler-32
        (STREAM[:2] + b"\x07", "damaged"),  # block type 3
    ],
)
def test_what_is_no_zlib_stream_is_refused_for_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(CompressionError, match=reason):
        deflate.decompress(data)


def test_a_preset_dictionary_is_refused() -> None:
    compressor = zlib.compressobj(zdict=b"a specimen of some length")
    stream = compressor.compress(PLAIN) + compressor.flush()
    with pytest.raises(CompressionError, match="preset dictionary"):
        deflate.decompress(stream)


def _one_block(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def _stored(data: bytes) -> bytes:
    return zlib.compress(data, 0)


def _many_blocks(data: bytes) -> bytes:
    compressor = zlib.compressobj()
    parts = [
        compressor.compress(data[at : at + 7]) + compressor.flush(zlib.Z_FULL_FLUSH)
        for at in range(0, len(data), 7)
    ]
    return b"".join(parts) + compressor.flush()


@pytest.mark.parametrize("make", [_one_block, _stored, _many_blocks])
@pytest.mark.parametrize("bound", [1, 2, 64, 330])
def test_the_bound_is_kept_to_the_byte(make: Callable[[bytes], bytes], bound: int) -> None:
    fitting = PLAIN[:bound]
    assert deflate.decompress(make(fitting), max_bytes=bound) == fitting
    with pytest.raises(InflatedTooLargeError) as caught:
        deflate.decompress(make((PLAIN + PLAIN)[: bound + 1]), max_bytes=bound)
    assert caught.value.limit == bound
    assert caught.value.code == "zlib.too_large"


def test_the_bound_by_default_is_64_kib() -> None:
    assert len(deflate.decompress(zlib.compress(bytes(65536)))) == 65536
    with pytest.raises(InflatedTooLargeError):
        deflate.decompress(zlib.compress(bytes(65537)))


@pytest.mark.parametrize("damage", [b"", b"\x00\x00\x00\x00", b"trailing"])
def test_a_bomb_is_stopped_at_the_bound_whatever_follows_it(damage: bytes) -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    with pytest.raises(InflatedTooLargeError):
        deflate.decompress(bomb[:-4] + damage)


def test_a_bomb_of_empty_blocks_is_refused() -> None:
    # Nothing comes out however long it goes on, so the bound on what comes out never stops it:
    # work is linear in what goes in.
    with pytest.raises(CompressionError, match="ends early"):
        deflate.decompress(b"\x78\xda" + b"\x00\x00\x00\xff\xff" * 1000)


def test_a_stream_at_the_bound_that_is_not_finished_is_refused() -> None:
    compressor = zlib.compressobj()
    unfinished = compressor.compress(PLAIN) + compressor.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(CompressionError, match="ends early"):
        deflate.decompress(unfinished, max_bytes=len(PLAIN))


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_bounded_result_or_one_of_two_errors(data: bytes) -> None:
    for stream in (data, b"\x78\xda" + data):
        with contextlib.suppress(CompressionError, InflatedTooLargeError):
            assert len(deflate.decompress(stream, max_bytes=100)) <= 100
