"""Slices: the EU's distribution service cuts the hashes of one signer by their first digits.

How finely depends on how many there are. Hexadecimal digits x, y and z of a hash say in which
partition and chunk it is looked up; each chunk is a filter, and holds hashes of all types.

    mode          hashes of one kid       partition   chunk
    POINT         up to 100,000           null        x
    VECTOR        up to 1,600,000         x           y
    COORDINATE    more                    xy          z

The service hands slices out as a gzipped tar archive of files ``kid/partition/chunk/id``, the
id being the SHA-256 of the slice. The kind of filter is not in the names: it was asked for.
"""

from __future__ import annotations

import math
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.revocation import archive
from vnvaxcert.trust.revocation.bloom import BloomFilter, looks_like_bloom
from vnvaxcert.trust.revocation.hashes import HashType, check_hash, check_kid
from vnvaxcert.trust.revocation.members import UNKNOWN_KID, read_kid
from vnvaxcert.trust.revocation.variable_hash import VariableHashList

# Of one archive. Reading so many prefixes takes two seconds; no list with more hashes is known.
MAX_ARCHIVE_PREFIXES: Final = 4_000_000
# Slices of one signer in one place differ in when they may be dropped: one a day for two years.
# Each is asked for every hash of a certificate.
MAX_SLICES_OF_PLACE: Final = 1024

_FORMAT: Final = "revocation, slices"
_NO_PARTITION: Final = "null"
_POINT_UP_TO, _VECTOR_UP_TO = 100_000, 1_600_000


class SliceKind(StrEnum):
    """Kinds of filters, by the service's names (header ``X-SLICE-FILTER-TYPE``)."""

    BLOOMFILTER = "BLOOMFILTER"
    VARHASHLIST = "VARHASHLIST"


_BLOOM: Final = SliceKind.BLOOMFILTER


class SliceMode(StrEnum):
    """How finely the hashes of one kid are cut, by the service's names."""

    POINT = "POINT"
    VECTOR = "VECTOR"
    COORDINATE = "COORDINATE"

    @property
    def coordinates(self) -> int:
        """How many digits name the partition: 0, 1 or 2."""
        return _MODES.index(self)

    @classmethod
    def for_count(cls, hashes: int) -> SliceMode:
        """The mode the service chooses, by its defaults, for so many hashes of one kid."""
        if hashes <= _POINT_UP_TO:
            return cls.POINT
        return cls.VECTOR if hashes <= _VECTOR_UP_TO else cls.COORDINATE


_MODES: Final = tuple(SliceMode)


class Place(NamedTuple):
    """Where hashes that begin alike are looked up.

    Attributes:
        partition: Lower-case hexadecimal digits, none to two.
        chunk: One more.
    """

    partition: str
    chunk: str

    @property
    def mode(self) -> SliceMode:
        """How finely the hashes are cut."""
        return _MODES[len(self.partition)]

    @property
    def partition_id(self) -> str:
        """The partition as the service's addresses name it; of none ``"null"``."""
        return self.partition or _NO_PARTITION


def slice_place(mode: SliceMode, value: bytes) -> Place:
    """Where a hash is looked up: the partition and chunk to fetch.

    Raises:
        TypeError: The hash is no bytes.
        ValueError: It has not 16 bytes; no such mode.

    Spec: distribution service, "x", "y" and "z".
    """
    check_hash(value)
    return _place(SliceMode(mode).coordinates, value)


def _place(coordinates: int, value: bytes) -> Place:
    digits = value[:2].hex()
    return Place(digits[:coordinates], digits[coordinates])


def read_place(partition: object, chunk: str) -> Place | None:
    """A place as the service writes it, no partition as null or ``"null"``; None: it is none."""
    if partition is None or partition == _NO_PARTITION:
        partition = ""
    is_place = isinstance(partition, str) and _is_place(partition, chunk)
    return Place(str(partition), chunk) if is_place else None


class Slice(Immutable):
    """The filter of one chunk. Immutable.

    Attributes:
        kid: Key identifier of the signer; None: any signer.
        place: Partition and chunk.
        filter: Its hashes.
        hash_types: What of a certificate its hashes are of; the service states it for each kid.
    """

    __slots__ = ("filter", "hash_types", "kid", "place")

    kid: bytes | None
    place: Place
    filter: BloomFilter | VariableHashList
    hash_types: frozenset[HashType]

    def __init__(
        self,
        *,
        kid: bytes | None,
        place: Place,
        filter: BloomFilter | VariableHashList,
        hash_types: Iterable[HashType] = tuple(HashType),
    ) -> None:
        """Take what is known of a slice.

        Raises:
            TypeError: A kid that is no bytes.
            ValueError: An empty kid, an unknown hash type or none; a place that is none.
        """
        check_kid(kid)
        partition, chunk = place
        if not _is_place(partition, chunk):
            raise ValueError("a place is 0 to 2 and 1 lower-case hexadecimal digits")
        types = frozenset(map(HashType, hash_types))
        if not types:
            raise ValueError("no hash types")
        set_once(self, kid=kid, place=Place(partition, chunk), filter=filter, hash_types=types)

    @property
    def kind(self) -> SliceKind:
        """Which kind of filter it is."""
        is_bloom = isinstance(self.filter, BloomFilter)
        return SliceKind.BLOOMFILTER if is_bloom else SliceKind.VARHASHLIST

    @property
    def id(self) -> str:
        """Its name in the service: the SHA-256 of its bytes, hexadecimal."""
        return sha256(self.filter.to_bytes()).hexdigest()

    @property
    def false_positive_rate(self) -> float:
        """How often a hash that is not in it, but would be looked up in it, is found."""
        if isinstance(self.filter, BloomFilter):
            return self.filter.false_positive_rate
        # All that is looked up here has these digits, so fewer of its prefixes are possible.
        shared = len(self.place.partition) + len(self.place.chunk)
        return min(1.0, math.ldexp(self.filter.false_positive_rate, 4 * shared))

    @property
    def is_exact(self) -> bool:
        """Whether what is found in it is in it."""
        return isinstance(self.filter, VariableHashList) and self.filter.is_exact

    def might_contain(self, value: bytes) -> bool:
        """Whether a hash is in it, or looks as if it were."""
        return _place(len(self.place.partition), value) == self.place and (
            self.filter.might_contain(value)
        )

    def __repr__(self) -> str:
        kid = UNKNOWN_KID if self.kid is None else self.kid.hex()
        partition, chunk = self.place.partition_id, self.place.chunk
        return f"Slice(kid={kid}, {partition}/{chunk}, {self.filter!r})"


def make_slices(
    hashes: Iterable[bytes],
    *,
    kid: bytes | None,
    kind: SliceKind = SliceKind.BLOOMFILTER,
    mode: SliceMode | None = None,
    hash_types: Iterable[HashType] = tuple(HashType),
    false_positive_rate: float = 1e-12,
    min_prefix_bytes: int = 4,
) -> tuple[Slice, ...]:
    """Make the slices of one signer's revoked certificates, as the service would.

    Args:
        hashes: 16 bytes each; of several types, mixed, as `certificate_hashes` gives them.
        kid: Key identifier of the signer; None for any.
        kind: Which kind of filter.
        mode: How finely; by default as the service chooses for so many.
        hash_types: What the hashes are of.
        false_positive_rate: Of each filter; the default is the service's.
        min_prefix_bytes: Of a variable hash list; the default is the service's.

    Returns:
        One slice for each chunk that has hashes, in the order of their digits.

    Raises:
        TypeError: A hash or a kid that is no bytes.
        ValueError: A hash that has not 16 bytes; see `BloomFilter.from_elements` and
            `VariableHashList.from_hashes`.
    """
    types = tuple(hash_types)
    distinct = dict.fromkeys(hashes)
    for value in distinct:
        check_hash(value)
    chosen = SliceMode.for_count(len(distinct)) if mode is None else SliceMode(mode)
    cut: dict[Place, list[bytes]] = {}
    for value in distinct:
        cut.setdefault(_place(chosen.coordinates, value), []).append(value)
    made = []
    for place in sorted(cut):
        made_filter: BloomFilter | VariableHashList
        if SliceKind(kind) is _BLOOM:
            made_filter = BloomFilter.from_elements(
                cut[place], false_positive_rate=false_positive_rate
            )
        else:
            made_filter = VariableHashList.from_hashes(
                cut[place],
                coordinates=chosen.coordinates,
                min_prefix_bytes=min_prefix_bytes,
                false_positive_rate=false_positive_rate,
            )
        made.append(Slice(kid=kid, place=place, filter=made_filter, hash_types=types))
    return tuple(made)


def read_slices(
    data: bytes,
    *,
    kind: SliceKind | None = None,
    hash_types: Iterable[HashType] = tuple(HashType),
) -> tuple[Slice, ...]:
    """Read slices as the service hands them out.

    Args:
        data: The gzipped tar archive.
        kind: Which kind of filter was asked for; by default each is told by its layout.
        hash_types: What the hashes are of, from the service's list of kids; all by default,
            which finds no less.

    Raises:
        TrustListFormatError: Not such an archive, beyond the bounds of one, or empty; a file in
            it whose name is not ``kid/partition/chunk/id``, whose content does not have that
            id, or is no such filter; more than `MAX_SLICES_OF_PLACE` of one signer in one place,
            or `MAX_ARCHIVE_PREFIXES` in all variable hash lists.
        ValueError: An unknown kind or hash type, or no hash type.
    """
    wanted = None if kind is None else SliceKind(kind)
    types = tuple(map(HashType, hash_types))
    found = []
    prefixes = 0
    in_place: Counter[tuple[bytes | None, Place]] = Counter()
    for number, (name, content) in enumerate(archive.read_archive(data, _FORMAT), start=1):
        where = f"slice {number}"
        parts = name.rsplit("/", 3)  # the kid itself may have a slash
        if len(parts) != 4:
            raise TrustListFormatError(_FORMAT, where, "its name is not kid/partition/chunk/id")
        kid_text, partition, chunk, identifier = parts
        place = read_place(partition, chunk)
        if place is None:
            raise TrustListFormatError(
                _FORMAT, where, "partition or chunk: expected 0 to 2 and 1 hexadecimal digits"
            )
        if identifier.lower() != sha256(content).hexdigest():
            raise TrustListFormatError(_FORMAT, where, "its id is not the SHA-256 of its content")
        is_bloom = looks_like_bloom(content) if wanted is None else wanted is _BLOOM
        try:
            made_filter = (BloomFilter if is_bloom else VariableHashList).from_bytes(content)
        except TrustListFormatError as error:
            inside = f"{where}, {error.place}" if error.place else where
            raise TrustListFormatError(error.format, inside, error.reason) from error
        if isinstance(made_filter, VariableHashList):
            prefixes += made_filter.count
            if prefixes > MAX_ARCHIVE_PREFIXES:
                raise TrustListFormatError(
                    _FORMAT, where, f"more than {MAX_ARCHIVE_PREFIXES} prefixes in all"
                )
        kid = _kid(kid_text, where)
        in_place[kid, place] += 1
        if in_place[kid, place] > MAX_SLICES_OF_PLACE:
            raise TrustListFormatError(
                _FORMAT, where, f"more than {MAX_SLICES_OF_PLACE} slices of one place"
            )
        found.append(Slice(kid=kid, place=place, filter=made_filter, hash_types=types))
    if not found:
        raise TrustListFormatError(_FORMAT, "", "the archive holds no slice")
    return tuple(found)


def write_slices(slices: Iterable[Slice]) -> bytes:
    """Write slices as the service hands them out: a gzipped tar archive.

    Kids are written in the alphabet without a slash (RFC 4648 §5), and without padding.

    Raises:
        ValueError: More files or bytes than an archive may have.
    """
    files = []
    for one in slices:
        kid = UNKNOWN_KID if one.kid is None else _kid_text(one.kid)
        name = f"{kid}/{one.place.partition_id}/{one.place.chunk}/{one.id}"
        files.append((name, one.filter.to_bytes()))
    return archive.write_archive(files)


def _kid_text(kid: bytes) -> str:
    return urlsafe_b64encode(kid).rstrip(b"=").decode("ascii")


def _is_place(partition: str, chunk: str) -> bool:
    return len(partition) <= 2 and len(chunk) == 1 and set(partition + chunk) <= _DIGITS


_DIGITS: Final = frozenset("0123456789abcdef")
_KID_CHARACTERS: Final = 12


def _kid(text: str, where: str) -> bytes | None:
    if text.endswith("="):
        # The service writes kids, of 8 bytes, in the alphabet that has a slash, as the start of a
        # path; there slashes in front are dropped.
        text = text.rjust(_KID_CHARACTERS, "/")
    kid = read_kid(text)
    if kid == b"":
        raise TrustListFormatError(_FORMAT, where, "kid: empty or not Base64")
    return kid
