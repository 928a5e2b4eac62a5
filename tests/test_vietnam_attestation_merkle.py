"""Merkle trees: known answers of Certificate Transparency, and the definition beside them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.vietnam.attestation.merkle import Tree, leaf_hash, root_of_path

# The eight entries with which implementations of RFC 6962 and RFC 9162 are compared, the roots over
# the first of them, and three inclusion proofs.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PROOFS = (  # index, count, path
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
)


def by_definition(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, as it is written there: split at the greatest power of two."""
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(
        b"\x01" + by_definition(entries[:split]) + by_definition(entries[split:])
    ).digest()


def path_by_definition(index: int, entries: Sequence[bytes]) -> tuple[bytes, ...]:
    """PATH of RFC 9162 §2.1.3.1, likewise."""
    if len(entries) == 1:
        return ()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    if index < split:
        return (*path_by_definition(index, entries[:split]), by_definition(entries[split:]))
    return (*path_by_definition(index - split, entries[split:]), by_definition(entries[:split]))


def tree_of(entries: Sequence[bytes]) -> Tree:
    return Tree(map(leaf_hash, entries))


@pytest.mark.parametrize("count", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(count: int) -> None:
    assert tree_of(ENTRIES[:count]).root.hex() == ROOTS[count - 1]


@pytest.mark.parametrize(("index", "count", "path"), PROOFS, ids=["0of8", "5of8", "2of3"])
def test_the_proofs_are_those_of_certificate_transparency(
    index: int, count: int, path: tuple[str, ...]
) -> None:
    known = tuple(map(bytes.fromhex, path))
    assert tree_of(ENTRIES[:count]).path(index) == known
    found = root_of_path(leaf_hash(ENTRIES[index]), index, count, known)
    assert found.hex() == ROOTS[count - 1]


@pytest.mark.parametrize("count", [*range(1, 34), 63, 64, 65, 127, 128, 129])
def test_every_proof_is_the_one_of_the_definition(count: int) -> None:
    entries = [number.to_bytes(2, "big") for number in range(count)]
    tree = tree_of(entries)
    assert (tree.count, tree.root) == (count, by_definition(entries))
    for index in range(count):
        path = tree.path(index)
        assert path == path_by_definition(index, entries)
        assert root_of_path(leaf_hash(entries[index]), index, count, path) == tree.root


@pytest.mark.parametrize("count", range(1, 18))
def test_a_proof_is_of_one_place_only(count: int) -> None:
    entries = [bytes([number]) for number in range(count)]
    tree = tree_of(entries)
    for index in range(count):
        for other in range(count):
            leaf, path = leaf_hash(entries[index]), tree.path(index)
            try:
                found = root_of_path(leaf, other, count, path)
            except ValueError:
                continue
            assert (found == tree.root) == (other == index)


def test_a_node_is_no_leaf() -> None:
    """Without the first bytes, the two hashes below a node would be an entry with its hash."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert Tree([left, right]).root != leaf_hash(left + right)


@pytest.mark.parametrize("index", [-1, 3, 2**70])
def test_a_leaf_that_is_not_there_has_no_path(index: int) -> None:
    with pytest.raises(IndexError):
        tree_of(ENTRIES[:3]).path(index)


@pytest.mark.parametrize("index", [-1, 3, 2**70])
def test_a_place_that_is_not_there_leads_to_no_root(index: int) -> None:
    with pytest.raises(ValueError, match="no record at this place"):
        root_of_path(bytes(32), index, 3, ())


def test_a_tree_of_nothing_is_not_made() -> None:
    with pytest.raises(ValueError, match="one at least"):
        Tree([])


@given(
    st.integers(1, 300).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))),
    st.data(),
)
def test_a_path_of_another_length_or_with_another_bit_is_refused(
    place: tuple[int, int], data: st.DataObject
) -> None:
    count, index = place
    entries = [number.to_bytes(2, "big") for number in range(count)]
    tree = tree_of(entries)
    leaf, path = leaf_hash(entries[index]), tree.path(index)
    with pytest.raises(ValueError, match="too long"):
        root_of_path(leaf, index, count, (*path, bytes(32)))
    if path:
        with pytest.raises(ValueError, match="too short"):
            root_of_path(leaf, index, count, path[:-1])
        at = data.draw(st.integers(0, len(path) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(path[at], "big") ^ 1 << bit).to_bytes(32, "big")
        changed = (*path[:at], flipped, *path[at + 1 :])
        assert root_of_path(leaf, index, count, changed) != tree.root
