"""Merkle trees: one hash that stands for many records, and a proof for each (RFC 9162 §2.1).

The tree is the one of Certificate Transparency, over leaves that are hashed already. Leaves and
nodes are hashed with different first bytes, so that no node can be shown as a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry: SHA-256 over a zero byte and the entry.

    Returns:
        32 bytes.

    Spec: RFC 9162 §2.1.1.
    """
    return sha256(_LEAF + entry).digest()


class Tree:
    """A tree over leaves, all of its nodes kept: twice as many hashes as leaves.

    Attributes:
        count: Number of leaves, 1 or more.
        root: The hash that stands for all of them, 32 bytes.
    """

    def __init__(self, leaves: Iterable[bytes]) -> None:
        """Build the tree.

        Args:
            leaves: From `leaf_hash`, 32 bytes each, in order.

        Raises:
            ValueError: There is none: the root of nothing would attest nothing.

        Spec: RFC 9162 §2.1.1. Pairing level by level, a last one without a partner going up as it
        is, gives the same tree as splitting at the greatest power of two.
        """
        level = list(leaves)
        if not level:
            raise ValueError("leaves: expected one at least")
        self.count = len(level)
        self._levels = [level]
        while len(level) > 1:
            above = [
                sha256(_NODE + level[at] + level[at + 1]).digest()
                for at in range(0, len(level) - 1, 2)
            ]
            if len(level) % 2:
                above.append(level[-1])
            level = above
            self._levels.append(level)
        self.root = level[0]

    def path(self, index: int) -> tuple[bytes, ...]:
        """The inclusion proof of a leaf.

        Args:
            index: Place of the leaf, from 0.

        Returns:
            The hashes beside the way from the leaf to the root, from below: at most as many as
            ``count - 1`` has binary digits.

        Raises:
            IndexError: There is no such leaf.

        Spec: RFC 9162 §2.1.3.1.
        """
        if not 0 <= index < self.count:
            raise IndexError("there is no leaf at this index")
        path = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                path.append(level[beside])
            index >>= 1
        return tuple(path)


def root_of_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root to which a proof leads.

    Args:
        leaf: Hash of the leaf.
        index: Its place, from 0.
        count: Leaves of the tree.
        path: The proof.

    Returns:
        The root, 32 bytes: the right one only if leaf, place, count and path are all right.

    Raises:
        ValueError: There is no such place, or the path is longer or shorter than it has to be.

    Spec: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < count:
        raise ValueError("there is no record at this place of the batch")
    place, last = index, count - 1
    found = leaf
    for beside in path:
        if last == 0:
            raise ValueError("the path is too long for a batch of this size")
        if place & 1 or place == last:
            found = sha256(_NODE + beside + found).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(_NODE + found + beside).digest()
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the path is too short for a batch of this size")
    return found
