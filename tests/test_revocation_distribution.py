"""What the distribution service says of its slices. The vectors are ours, from the fact sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.revocation import (
    HashType,
    ListedKid,
    ListedSlice,
    Place,
    SliceKind,
    SliceMode,
    make_slices,
    read_kid_list,
    read_partitions,
    read_slices,
    write_slices,
)

KID = bytes.fromhex("66d25512539d5a6d")
KID_TEXT = "ZtJVElOdWm0="
ID = "0a" * 32
EXPIRY = "2023-04-15T00:00:00Z"
EXPIRES = datetime(2023, 4, 15, tzinfo=UTC)
REMOVED: Any = object()


def changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in {**members, **changes}.items() if one is not REMOVED}


def kid_entry(**changes: Any) -> dict[str, Any]:
    members = {
        "kid": KID_TEXT,
        "mode": "VECTOR",
        "hashTypes": ["SIGNATURE", "UCI"],
        "expires": EXPIRY,
        "lastUpdated": "2022-06-01T07:00:00+07:00",
    }
    return changed(members, changes)


def partition(**changes: Any) -> dict[str, Any]:
    slices = {EXPIRY: {"type": "BLOOMFILTER", "version": "1.0", "hash": ID}}
    members = {
        "kid": KID_TEXT,
        "id": "a",
        "x": "a",
        "y": None,
        "lastUpdated": EXPIRY,
        "expired": EXPIRY,
        "chunks": {"7": slices},
    }
    return changed(members, changes)


def text(content: Any) -> bytes:
    return json.dumps(content).encode()


def test_the_list_of_kids_says_how_their_hashes_are_cut_and_of_what_they_are() -> None:
    other = kid_entry(kid="UNKNOWN_KID", mode="POINT", hashTypes=["COUNTRYCODEUCI"])
    first, second = read_kid_list(text([kid_entry(), other]))
    assert first == ListedKid(
        kid=KID,
        mode=SliceMode.VECTOR,
        hash_types=frozenset({HashType.SIGNATURE, HashType.UCI}),
        updated_at=datetime(2022, 6, 1, tzinfo=UTC),
        expires_at=EXPIRES,
    )
    assert (second.kid, second.mode) == (None, SliceMode.POINT)
    assert read_kid_list(b"[]") == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kid": REMOVED}, "kid"),
        ({"kid": ""}, "kid"),
        ({"kid": "?"}, "kid"),
        ({"mode": REMOVED}, "mode"),
        ({"mode": "LINE"}, "mode"),
        ({"mode": ["POINT"]}, "mode"),
        ({"hashTypes": REMOVED}, "hashTypes"),
        ({"hashTypes": []}, "hashTypes"),
        ({"hashTypes": ["UCI", "OTHER"]}, "hashTypes"),
        ({"hashTypes": [["UCI"]]}, "hashTypes"),
        ({"hashTypes": "UCI"}, "hashTypes"),
        ({"expires": None}, "expires"),
        ({"expires": "2023-04-15"}, "expires"),
        ({"lastUpdated": 7}, "lastUpdated"),
    ],
)
def test_an_entry_of_another_shape_is_refused_with_its_place(
    changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        read_kid_list(text([kid_entry(), kid_entry(**changes)]))
    assert caught.value.place == f"entry 2, {place}"
    assert caught.value.format == "revocation, list of kids"


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [(None, ""), ("null", ""), ("", ""), ("a", "a"), ("ab", "ab"), (REMOVED, "")],
)
def test_a_partition_lists_its_slices(identifier: Any, expected: str) -> None:
    (one,) = read_partitions(text(partition(id=identifier)))
    assert one == ListedSlice(KID, Place(expected, "7"), EXPIRES, SliceKind.BLOOMFILTER, ID)


def test_several_partitions_chunks_and_expiries_are_all_listed() -> None:
    chunks = {
        chunk: {
            time: {"type": kind, "version": "1.0", "hash": ID.upper()}
            for time, kind in ((EXPIRY, "BLOOMFILTER"), ("2024-01-01T00:00:00Z", "VARHASHLIST"))
        }
        for chunk in "0f"
    }
    found = read_partitions(text([partition(chunks=chunks), partition(id="b", chunks={})]))
    assert [(one.place.chunk, one.kind.name) for one in found] == [
        ("0", "BLOOMFILTER"),
        ("0", "VARHASHLIST"),
        ("f", "BLOOMFILTER"),
        ("f", "VARHASHLIST"),
    ]
    assert {one.id for one in found} == {ID}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kid": REMOVED}, "kid"),
        ({"chunks": REMOVED}, "chunks"),
        ({"chunks": []}, "chunks"),
        ({"chunks": {"7": []}}, "chunks"),
        ({"chunks": {"77": {}}}, "chunks"),
        ({"chunks": {"": {}}}, "chunks"),
        ({"chunks": {"G": {}}}, "chunks"),
        ({"id": "abc"}, "chunks"),
        ({"id": 7}, "chunks"),
        ({"chunks": {"7": {EXPIRY: {"type": "OTHER", "hash": ID}}}}, "chunk 7, type"),
        ({"chunks": {"7": {EXPIRY: {"hash": ID}}}}, "chunk 7, type"),
        ({"chunks": {"7": {EXPIRY: 7}}}, "chunk 7, type"),
        ({"chunks": {"7": {EXPIRY: {"type": "BLOOMFILTER"}}}}, "chunk 7, hash"),
        ({"chunks": {"7": {EXPIRY: {"type": "BLOOMFILTER", "hash": ID[1:]}}}}, "chunk 7, hash"),
        ({"chunks": {"7": {EXPIRY: {"type": "BLOOMFILTER", "hash": "x" * 64}}}}, "chunk 7, hash"),
        ({"chunks": {"7": {"soon": {"type": "BLOOMFILTER", "hash": ID}}}}, "chunk 7"),
    ],
)
def test_a_partition_of_another_shape_is_refused_with_its_place(
    changes: dict[str, Any], place: str
) -> None:
    for content, number in ((partition(**changes), 1), ([partition(), partition(**changes)], 2)):
        with pytest.raises(TrustListFormatError) as caught:
            read_partitions(text(content))
        assert caught.value.place == f"partition {number}, {place}"
        assert caught.value.format == "revocation, partitions"


def test_what_was_not_fetched_is_known_by_its_id() -> None:
    made = make_slices([bytes([number]) * 16 for number in range(0, 256, 16)], kid=KID)
    chunks = {
        one.place.chunk: {EXPIRY: {"type": one.kind.value, "version": "1.0", "hash": one.id}}
        for one in made
    }
    listed = read_partitions(text(partition(id=None, chunks=chunks)))
    fetched = read_slices(write_slices(made[:-1]))
    missing = {one.id for one in listed} - {one.id for one in fetched}
    assert missing == {made[-1].id}


@pytest.mark.parametrize("read", [read_kid_list, read_partitions])
@pytest.mark.parametrize("data", [b"", b"7", b"[7]", b"[[]]", b"{", b'"a"', b"[" * 9999, b"\xff"])
def test_other_content_is_refused(read: Callable[[bytes], object], data: bytes) -> None:
    with pytest.raises(TrustListFormatError):
        read(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*kid_entry(), *partition()]), json_values))
def test_any_json_ends_in_a_list_or_an_error(changes: dict[str, Any]) -> None:
    reads: list[Callable[[bytes], tuple[object, ...]]] = [read_kid_list, read_partitions]
    for read, content in zip(reads, (kid_entry(**changes), partition(**changes)), strict=True):
        try:
            found = read(text([content]))
        except TrustListFormatError as error:
            found = (error.format, error.reason)
        assert all(found)
