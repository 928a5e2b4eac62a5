"""Trust lists: which keys are trusted to sign certificates, found by kid (HCERT §3.3.3).

A kid of 8 bytes may collide and lists are merged, so a kid leads to all keys published under it.
Nothing is parsed before it is needed: a list of thousands loads in milliseconds, and a key is
built from its entry when its kid is first looked up.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, TypeAlias, get_args

from cryptography import x509

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import TrustListRollbackError, TrustListSignatureError
from vnvaxcert.trust.entry import (
    Entry,
    Published,
    Role,
    SetAside,
    TrustedKey,
    certificate_kid,
)
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.signing_key import SigningKey
from vnvaxcert.trust.spki import encode_certificate, encode_spki
from vnvaxcert.trust.usage import Usage

if TYPE_CHECKING:
    from vnvaxcert.trust.anchors import Anchors
    from vnvaxcert.trust.formats import File
    from vnvaxcert.trust.formats.content import Context

__all__ = ["SetAside", "SigningKey", "TrustList", "TrustedKey"]

_EMPTY: Final = "none"
_MEMORY: Final = "memory"


# What a list holds: entries by kid, and what was set aside while reading.
_Contents: TypeAlias = tuple[dict[bytes, list[Entry]], list[SetAside]]


class TrustList(Immutable):
    """Keys by kid. Immutable, and safe to use from several threads.

    ``len()`` and iteration are of the usable keys, and parse whatever has not been parsed yet;
    looking up a kid takes constant time and parses the entries of that kid only.

    Attributes:
        authenticated: Whether the list's own signature was checked. Of a merged list: of all
            its parts.
        format: Name of the format it was read in; ``"none"`` of the empty list, ``"memory"`` of
            one made from certificates or keys; of a merged list all of its parts, with ``+``.
        issued_at: When it was published, aware, UTC; None where it does not say, and of a merged
            list.
        expires_at: Until when it may be used; None where it does not say. Of a merged list: of
            the part that ends first.
        sequence: A number that grows with each list of its publisher; where a list states none
            but a time of issue, that time in seconds since 1970. None where it says neither, and
            of a merged list. Keep it, and give it as ``last_sequence`` to load the next one.
    """

    __slots__ = (
        "_anchors",
        "_contents",
        "_parts",
        "_resolved",
        "authenticated",
        "expires_at",
        "format",
        "issued_at",
        "sequence",
    )

    authenticated: bool
    format: str
    issued_at: datetime | None
    expires_at: datetime | None
    sequence: int | None
    _anchors: list[Anchors]
    _contents: _Contents | None  # None: still to be gathered from the parts
    _parts: tuple[TrustList, ...]
    _resolved: dict[bytes, tuple[TrustedKey, ...]]

    def __init__(self) -> None:
        """Make the empty list: nobody is trusted."""
        _fill(self, ({}, []), _EMPTY)

    # --- making one ----------------------------------------------------------------------------

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *more: str | os.PathLike[str],
        signing_key: SigningKey | None = None,
        authorities: TrustList | None = None,
        at: datetime | None = None,
        last_sequence: int | None = None,
    ) -> TrustList:
        """Load files in any known format, recognised by their content, or directories of files.

        Several files that are parts of one list (the two Swiss ones, Austria's list and its
        signature) are read as one; all else that is given is merged. Files have at most 64 MiB; a
        directory in all.

        Args:
            path: File or directory.
            more: Others of either.
            signing_key: The publisher's key; the lists' signatures are then checked, and a list
                that has none is refused. Without it a signed list is read too, unauthenticated.
            authorities: Authorities for lists that come with the certificate of their signer: it
                has to chain to one of them, and the signature to be of its key. Whoever they
                certified may publish: the publisher's own certificate as ``signing_key`` is
                safer, where it is known.
            at: Moment, aware, at which the lists have to be valid, where they state times; a
                difference of clocks of 5 minutes is allowed. Also for the certificate of the
                signer under ``authorities``.
            last_sequence: `TrustList.sequence` of the last list seen of this publisher. An older
                one is refused, and one that says nothing of its age.

        Raises:
            TrustListFormatError: A file cannot be read, is in no known format, damaged, or
                empty, or a part of a list is missing; the key is no usable public key.
            TrustListSignatureError: The list's signature is not of that key or chain, or it has
                none.
            TrustListStaleError: The list was not valid at that moment.
            TrustListRollbackError: Its sequence is lower than the last one, or it has none.
            ValueError: ``at`` is naive.
            TypeError: Something that is no path, no moment or no number.

        Spec: HCERT §3.3.3, A.1; the formats name their own.
        """
        # The formats, and the JSON parser, are imported by those who read lists.
        from vnvaxcert.trust.files import read_file
        from vnvaxcert.trust.formats import File
        from vnvaxcert.trust.formats.checks import make_context
        from vnvaxcert.trust.formats.directory import NAME, read_directory

        context = make_context(signing_key, authorities, at, last_sequence)
        files, lists = [], []
        for given in (path, *more):
            place = os.fspath(given)
            if not os.path.isdir(place):
                files.append(File(os.path.basename(place), read_file(place)))
                continue
            if context.asks_for_a_signature:
                raise TrustListSignatureError(NAME, "", "a directory carries no signature")
            if last_sequence is not None:
                raise TrustListRollbackError(NAME, "", "a directory states no sequence")
            lists.append(_made(cls, read_directory(place, context), NAME))
        return reduce(or_, _read(cls, files, context) + lists)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *more: bytes,
        name: str = _MEMORY,
        signing_key: SigningKey | None = None,
        authorities: TrustList | None = None,
        at: datetime | None = None,
        last_sequence: int | None = None,
    ) -> TrustList:
        """Read lists of any known format; see `load`.

        Args:
            data: The content of a file.
            more: Those of others: parts of the same list, or other lists to merge.
            name: What `TrustedKey.source` is to call it; of several, with their number.
            signing_key: See `load`.
            authorities: See `load`.
            at: See `load`.
            last_sequence: See `load`.

        Raises:
            TrustListFormatError: See `load`.
            TrustListSignatureError: See `load`.
            TrustListStaleError: See `load`.
            TrustListRollbackError: See `load`.
            ValueError: ``at`` is naive.
            TypeError: The data are no bytes, ``at`` is no moment, ``last_sequence`` no number.
        """
        from vnvaxcert.trust.formats import File
        from vnvaxcert.trust.formats.checks import make_context

        context = make_context(signing_key, authorities, at, last_sequence)
        files = []
        for number, given in enumerate((data, *more), start=1):
            if not isinstance(given, bytes | bytearray | memoryview):
                raise TypeError(f"data: expected bytes, not {type(given).__name__}")
            files.append(File(f"{name}, part {number}" if more else name, bytes(given)))
        return reduce(or_, _read(cls, files, context))

    @classmethod
    def from_certificates(
        cls,
        certificates: Iterable[x509.Certificate | bytes | str],
        *,
        name: str = _MEMORY,
    ) -> TrustList:
        """Make a list of certificates, each under the kid computed from it.

        Args:
            certificates: Certificates of `cryptography`, DER, or PEM with one or more each.
                DER that cannot be read is set aside, as it would be in a file.
            name: What `TrustedKey.source` is to call them.

        Raises:
            TrustListFormatError: PEM with no certificate in it.
            TypeError: Something else, or one certificate instead of several.

        Spec: HCERT A.1 (kid).
        """
        if isinstance(certificates, bytes | str | x509.Certificate):
            raise TypeError("certificates: expected several, in a list for instance")
        entries: list[Entry] = []
        aside: list[SetAside] = []
        for number, certificate in enumerate(certificates, start=1):
            if isinstance(certificate, x509.Certificate):
                certificate = encode_certificate(certificate)
            elif isinstance(certificate, str):
                certificate = certificate.encode("utf-8", "replace")
            elif not isinstance(certificate, bytes):
                raise TypeError(f"certificate {number}: {type(certificate).__name__}")
            if b"-----BEGIN " in certificate:
                part = cls.from_bytes(certificate, name=f"{name}, certificate {number}")
                entries += (entry for found in part._index.values() for entry in found)
                aside += part._gathered()[1]
            else:
                kid = certificate_kid(certificate)
                place = f"certificate {number}"
                entries.append(Entry(kid, certificate, Published(name), place))
        return _made(cls, Reading(entries, aside), _MEMORY)

    @classmethod
    def from_keys(
        cls,
        keys: Mapping[bytes, PublicKey | Iterable[PublicKey]],
        *,
        usages: Iterable[Usage] = (),
        country: str | None = None,
        role: Role = "signer",
        name: str = _MEMORY,
    ) -> TrustList:
        """Make a list of bare keys. Nothing is known of their validity.

        Args:
            keys: One public key, or several, by kid of 1 byte or more.
            usages: The kinds of certificate they may sign; none: all.
            country: Whose keys they are, two letters.
            role: ``"signer"``, or ``"authority"`` for keys of country authorities.
            name: What `TrustedKey.source` is to call them.

        Raises:
            ValueError: An empty kid; another role, or a kind of certificate that there is not.
            TypeError: A kid that is no bytes, or a key of another kind.

        Spec: HCERT §3.3.3.
        """
        if role not in get_args(Role):
            raise ValueError(f"role: expected 'signer' or 'authority', not {role!r}")
        published = Published(name, "key", role, country, frozenset(map(Usage, usages)))
        entries = []
        for kid, given in keys.items():
            if not isinstance(kid, bytes):
                raise TypeError(f"kid: expected bytes, not {type(kid).__name__}")
            if not kid:
                raise ValueError("an empty kid")
            for key in (given,) if isinstance(given, PublicKey) else given:
                if not isinstance(key, PublicKey):
                    raise TypeError(f"expected a public EC or RSA key, not {type(key).__name__}")
                entries.append(Entry(kid, encode_spki(key), published))
        return _made(cls, Reading(entries, []), _MEMORY)

    def __or__(self, other: TrustList) -> TrustList:
        """Merge two lists: all keys of both, those of the left first; parses nothing.

        Entries that say the same under one kid are kept once. Merging takes constant time,
        whatever the lists hold: their entries are gathered when the first is looked up.
        """
        if not isinstance(other, TrustList):
            return NotImplemented
        formats = dict.fromkeys(f"{self.format}+{other.format}".split("+"))
        formats.pop(_EMPTY, None)
        merged = [part for part in (self, other) if part.format != _EMPTY]
        made = object.__new__(TrustList)
        only = merged[0] if len(merged) == 1 else TrustList()
        _fill(
            made,
            None,
            "+".join(formats) or _EMPTY,
            authenticated=bool(merged) and all(part.authenticated for part in merged),
            issued_at=only.issued_at,
            expires_at=min(filter(None, (part.expires_at for part in merged)), default=None),
            sequence=only.sequence,
            parts=(self, other),
        )
        return made

    # --- reading it ----------------------------------------------------------------------------

    def get(self, kid: bytes) -> tuple[TrustedKey, ...]:
        """The usable keys with this kid, in the order of the list; ``()`` when there are none.

        Raises:
            TypeError: The kid is no bytes; text, hexadecimal for one, names no key.
        """
        found = self._resolved.get(kid)
        return self._resolve(kid) if found is None else found

    def __getitem__(self, kid: bytes) -> tuple[TrustedKey, ...]:
        """The usable keys with this kid; `KeyError` when there are none."""
        found = self.get(kid)
        if not found:
            raise KeyError(kid)
        return found

    def __contains__(self, kid: object) -> bool:
        """Whether there is a usable key with this kid."""
        return isinstance(kid, bytes) and bool(self.get(kid))

    def __iter__(self) -> Iterator[TrustedKey]:
        """All usable keys, in the order in which their kids appear."""
        for kid in self._index:
            yield from self.get(kid)

    def __len__(self) -> int:
        """How many usable keys there are."""
        return sum(len(self.get(kid)) for kid in self._index)

    def __bool__(self) -> bool:
        """Whether there is any usable key; parses up to the first."""
        return any(map(self.get, self._index))

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """What was read and cannot be used: seen while reading first, then found by parsing."""
        outcomes = (entry.outcome() for entries in self._index.values() for entry in entries)
        return (*self._gathered()[1], *(one for one in outcomes if isinstance(one, SetAside)))

    @property
    def anchors(self) -> Anchors:
        """Its keys that may vouch for others, by the identifiers that signers name; made once."""
        if not self._anchors:
            from vnvaxcert.trust.anchors import Anchors  # chains are for those who ask

            self._anchors.append(Anchors(self))
        return self._anchors[0]

    def __repr__(self) -> str:
        return (
            f"TrustList(format={self.format!r}, authenticated={self.authenticated}, "
            f"kids={len(self._index)})"
        )

    @property
    def _index(self) -> dict[bytes, list[Entry]]:
        return self._gathered()[0]

    def _gathered(self) -> _Contents:
        parts = self._parts  # read before the contents: they are dropped after those are set
        contents = self._contents
        if contents is None:
            contents = _gather(parts)
            set_once(self, _contents=contents)
            set_once(self, _parts=())
        return contents

    def _resolve(self, kid: bytes) -> tuple[TrustedKey, ...]:
        entries = self._index.get(kid)
        if entries is None:
            if not isinstance(kid, bytes):
                raise TypeError(f"kid: expected bytes, not {type(kid).__name__}")
            return ()
        outcomes = [entry.outcome() for entry in entries]
        keys = tuple(one for one in outcomes if isinstance(one, TrustedKey))
        return self._resolved.setdefault(kid, keys)


def _read(cls: type[TrustList], files: Sequence[File], context: Context) -> list[TrustList]:
    from vnvaxcert.trust.formats import read

    return [_made(cls, reading, known.name) for known, reading in read(files, context)]


def _made(cls: type[TrustList], reading: Reading, format_name: str) -> TrustList:
    """Index entries by kid; those that repeat another are set aside."""
    index: dict[bytes, list[Entry]] = {}
    crowded: dict[bytes, None] = {}
    for entry in reading.entries:
        found = index.get(entry.kid)
        if found is None:
            index[entry.kid] = [entry]
        else:
            found.append(entry)
            crowded[entry.kid] = None
    aside = list(reading.set_aside)
    for kid in crowded:
        index[kid], repeated = _distinct(index[kid])
        aside += (
            SetAside(kid, entry.published.country, entry.source, "repeats an earlier entry")
            for entry in repeated
        )
    made = object.__new__(cls)
    _fill(
        made,
        (index, aside),
        format_name,
        authenticated=reading.is_authenticated,
        issued_at=reading.issued_at,
        expires_at=reading.expires_at,
        sequence=reading.sequence,
    )
    return made


def _fill(
    made: TrustList,
    contents: _Contents | None,
    format_name: str,
    *,
    authenticated: bool = False,
    issued_at: datetime | None = None,
    expires_at: datetime | None = None,
    sequence: int | None = None,
    parts: tuple[TrustList, ...] = (),
) -> None:
    set_once(
        made,
        _anchors=[],
        _contents=contents,
        _parts=parts,
        _resolved={},
        authenticated=authenticated,
        expires_at=expires_at,
        format=format_name,
        issued_at=issued_at,
        sequence=sequence,
    )


def _gather(parts: tuple[TrustList, ...]) -> _Contents:
    """The contents of all lists that were merged into one, those on the left first.

    At once, so that many lists merged one after the other cost what they hold, and not the first
    of them once for each of the others.
    """
    index: dict[bytes, list[Entry]] = {}
    aside: list[SetAside] = []
    crowded: dict[bytes, list[Entry]] = {}
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        inner = part._parts  # before its contents, as above
        contents = part._contents
        if contents is None:
            waiting += reversed(inner)
            continue
        by_kid, set_aside = contents
        aside += set_aside
        for kid, entries in by_kid.items():
            if index.setdefault(kid, entries) is entries:
                continue
            found = crowded.get(kid)
            if found is None:
                crowded[kid] = found = [*index[kid]]
            found += entries
    for kid, entries in crowded.items():
        index[kid] = _distinct(entries)[0]
    return index, aside


def _distinct(entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Entries of one kid without repetitions, in order; and the repetitions."""
    kept: dict[tuple[object, ...], Entry] = {}
    repeated = [entry for entry in entries if kept.setdefault(entry.identity(), entry) is not entry]
    return list(kept.values()), repeated
