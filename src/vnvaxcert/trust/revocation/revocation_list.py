"""A list of what was revoked: hashes of certificates, filters of them, certificates of signers.

A revoked certificate is published as a hash, so that the list tells little about people. There
are three ways to make that hash, and an issuer picks one; a verifier has to try all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from vnvaxcert.errors import PossiblyRevokedError, RevokedError, SignerRevokedError, TrustListError
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.entry import placed
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.revocation.contents import Contents, Entries, joined
from vnvaxcert.trust.revocation.hashes import Hash, HashType, check_hash, check_kid

if TYPE_CHECKING:
    from vnvaxcert.trust.certificate import CertificateFacts
    from vnvaxcert.trust.formats.content import Context
    from vnvaxcert.trust.revocation.crl import CertificateRevocationList
    from vnvaxcert.trust.revocation.formats import Read
    from vnvaxcert.trust.revocation.slices import Slice
    from vnvaxcert.trust.signing_key import SigningKey

_MEMORY: Final = "hashes"
_SLICES: Final = "slices"
_JOINT: Final = "+"
_DIGITS: Final = 3  # of a hash that a slice is found by, at most


class RevocationList(Immutable):
    """What was revoked. Immutable, safe to use from several threads; ``a | b`` holds what both do.

    Attributes:
        format: Where it came from; of a merged list all of its parts, with ``+``.
        authenticated: Whether the list's own signature was checked. Of a merged list: of all
            its parts.
        notes: What is odd about what was read, in words, with how many.
        issued_at: When it was published, aware, UTC; None where it does not say, and of a merged
            list.
        expires_at: Until when it may be used; None where it does not say. Of a merged list: of
            the part that ends first.
        sequence: A number that grows with each list of its publisher: a CRL's. None where it has
            none, and of a merged list. Keep it, and give it as ``last_sequence`` to load the
            next one.
        slices: Its filters.
        crls: Its lists of revoked certificates of signers.
    """

    __slots__ = (
        "_any_signer",
        "_entries",
        "_places",
        "authenticated",
        "crls",
        "expires_at",
        "format",
        "issued_at",
        "notes",
        "sequence",
        "slices",
    )

    format: str
    authenticated: bool
    notes: tuple[str, ...]
    issued_at: datetime | None
    expires_at: datetime | None
    sequence: int | None
    slices: tuple[Slice, ...]
    crls: tuple[CertificateRevocationList, ...]
    _entries: dict[tuple[bytes | None, HashType], frozenset[bytes]]
    _any_signer: dict[HashType, frozenset[bytes]]  # filled when asked for
    _places: dict[str, dict[bytes | None, list[Slice]]]  # by the digits, then by kid

    def __init__(
        self,
        entries: Entries,
        *,
        format: str,
        slices: tuple[Slice, ...] = (),
        crls: tuple[CertificateRevocationList, ...] = (),
        authenticated: bool = False,
        notes: tuple[str, ...] = (),
        issued_at: datetime | None = None,
        expires_at: datetime | None = None,
        sequence: int | None = None,
    ) -> None:
        """Take what was read; callers use `load`, `from_bytes`, `from_hashes` or `from_slices`."""
        places: dict[str, dict[bytes | None, list[Slice]]] = {}
        for one in slices:
            places.setdefault("".join(one.place), {}).setdefault(one.kid, []).append(one)
        set_once(
            self,
            _entries=dict(entries),
            _any_signer={},
            _places=places,
            slices=slices,
            crls=crls,
            format=format,
            authenticated=authenticated,
            notes=notes,
            issued_at=issued_at,
            expires_at=expires_at,
            sequence=sequence,
        )

    # --- making one ----------------------------------------------------------------------------

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *more: str | os.PathLike[str],
        signing_key: SigningKey | None = None,
        authorities: Authorities | None = None,
        at: datetime | None = None,
        last_sequence: int | None = None,
    ) -> RevocationList:
        """Load files of any known format, recognised by their content, or directories of files.

        Formats: the gateway's batches (CMS or plain JSON), the German chunk list, gzipped
        archives of slices, CRLs (DER or PEM). What several files hold is merged. Unlike a trust
        list's, a file that cannot be read is always an error: who passes over it accepts what it
        revokes.

        Args:
            path: File, of at most 64 MiB, or directory.
            more: Others of either.
            signing_key: The publisher's key, in the forms `TrustList.load` takes. The signature
                of each list is then checked, and a list that has none is refused. Without it a
                signed list is read too, and is not authenticated.
            authorities: Those who issue CRLs, or certify the uploaders of batches: the list has
                to be signed by one of them, or by whom they certified.
            at: Moment, aware, at which lists have to be valid where they state times (CRLs); a
                difference of clocks of 5 minutes is allowed. Batches whose time is over still
                count, with a note.
            last_sequence: `sequence` of the last list seen of this publisher. An older one is
                refused, and one without a number.

        Raises:
            TrustListFormatError: A file cannot be read, is too large, in no known format, or
                breaks its format; the key is no usable public key.
            TrustListSignatureError: A signature is not of that key or authority, or there is
                none.
            TrustListStaleError: A list was not valid at that moment.
            TrustListRollbackError: A list has a lower sequence than the last one, or none.
            ValueError: ``at`` is naive.
            TypeError: Something that is no path, no moment or no number.
        """
        # The formats, and the JSON parser, are imported by those who read lists.
        from vnvaxcert.trust.formats.checks import make_context
        from vnvaxcert.trust.revocation.formats import read_path

        places = [os.fspath(one) for one in (path, *more)]  # a number would be an open file
        context = make_context(signing_key, authorities, at, last_sequence)
        are_many = len(places) > 1 or os.path.isdir(places[0])
        files = (file for place in places for file in read_path(place))
        return _merged(cls, _read(files, context, are_named=are_many))

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *more: bytes,
        signing_key: SigningKey | None = None,
        authorities: Authorities | None = None,
        at: datetime | None = None,
        last_sequence: int | None = None,
    ) -> RevocationList:
        """Read lists from bytes; as `load`.

        Args:
            data: The content of a file.
            more: Those of others.
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
        from vnvaxcert.trust.formats.checks import make_context

        context = make_context(signing_key, authorities, at, last_sequence)
        files = []
        for number, given in enumerate((data, *more), start=1):
            if not isinstance(given, bytes | bytearray | memoryview):
                raise TypeError(f"data: expected bytes, not {type(given).__name__}")
            files.append((f"part {number}", bytes(given)))
        return _merged(cls, _read(files, context, are_named=bool(more)))

    @classmethod
    def from_hashes(cls, hashes: Iterable[Hash], *, kid: bytes | None = None) -> RevocationList:
        """Make a list of hashes the caller has.

        Args:
            hashes: Pairs of type and hash, 16 bytes each.
            kid: Key identifier of the signer whose certificates they are; by default of any.

        Raises:
            ValueError: A hash of another length, an unknown type, or an empty kid.
            TypeError: A hash or a kid that is no bytes.
        """
        check_kid(kid)
        collected: dict[tuple[bytes | None, HashType], set[bytes]] = {}
        for hash_type, value in hashes:
            check_hash(value)
            collected.setdefault((kid, HashType(hash_type)), set()).add(value)
        entries = {key: frozenset(values) for key, values in collected.items()}
        return cls(entries, format=_MEMORY)

    @classmethod
    def from_slices(cls, slices: Iterable[Slice]) -> RevocationList:
        """Make a list of filters: of `read_slices`, or of `make_slices`.

        Of the distribution service it is enough to have those that `slice_place` names for the
        certificates in question.

        Args:
            slices: Slices of any signers.

        Raises:
            TypeError: Something else; bytes are for `read_slices`.
        """
        from vnvaxcert.trust.revocation.slices import Slice

        made = tuple(slices)
        for one in made:
            if not isinstance(one, Slice):
                raise TypeError(f"slices: expected slices, not {type(one).__name__}")
        return cls({}, format=_SLICES, slices=made)

    # --- asking it -----------------------------------------------------------------------------

    def check(self, kid: bytes | None, hashes: Iterable[Hash]) -> None:
        """Refuse a certificate that is on the list, or may be.

        All exact hashes are tried before any filter: a hit in one proves that the certificate
        was revoked, whatever a filter says.

        Args:
            kid: Key identifier of its signer; None where that is not certain, and the hashes of
                every signer count: anybody can write another kid outside the signature.
            hashes: From `certificate_hashes`.

        Raises:
            RevokedError: It is; ``hash_type`` says by which of its hashes.
            PossiblyRevokedError: A filter holds one of its hashes, or another that looks the
                same to it; with the rate of the filter that is wrong least often.
            TypeError: A kid that is no bytes.
            ValueError: An empty kid.
        """
        check_kid(kid)
        kids = None if kid is None else (kid, None)
        hashes = tuple(hashes)
        for hash_type, value in hashes:
            if kids is None:
                is_revoked = value in self._of_any_signer(hash_type)
            else:
                is_revoked = any(
                    value in self._entries.get((scope, hash_type), ()) for scope in kids
                )
            if is_revoked:
                raise RevokedError(hash_type.value)
        if not self._places:
            return
        possible: tuple[float, HashType] | None = None
        for hash_type, value in hashes:
            for one in self._slices_for(kids, value):
                if hash_type not in one.hash_types or not one.filter.might_contain(value):
                    continue
                if one.is_exact:
                    raise RevokedError(hash_type.value)
                rate = one.false_positive_rate
                if possible is None or rate < possible[0]:
                    possible = rate, hash_type
        if possible is not None:
            raise PossiblyRevokedError(possible[1].value, possible[0])

    def check_signer(self, certificate: CertificateFacts) -> None:
        """Refuse a signer whose certificate is on a CRL of the authority that issued it.

        Args:
            certificate: The signer's.

        Raises:
            SignerRevokedError: It is; with when, of several the first time.
        """
        found = [
            crl.revoked[certificate.serial] for crl in self.crls if crl.is_revoked(certificate)
        ]
        if found:
            raise SignerRevokedError(min(found))

    def _of_any_signer(self, hash_type: HashType) -> frozenset[bytes]:
        """All hashes of one type, gathered when first asked for."""
        found = self._any_signer.get(hash_type)
        if found is None:
            each = [values for (_, other), values in self._entries.items() if other is hash_type]
            found = each[0] if len(each) == 1 else frozenset().union(*each)
            self._any_signer[hash_type] = found
        return found

    def _slices_for(self, kids: tuple[bytes | None, ...] | None, value: bytes) -> Iterator[Slice]:
        """The slices in which a hash is looked up, of some signers or of all."""
        digits = value[:2].hex()
        for size in range(1, _DIGITS + 1):
            of_kid = self._places.get(digits[:size], {})
            for scope in of_kid if kids is None else kids:
                yield from of_kid.get(scope, ())

    def __len__(self) -> int:
        """How many entries there are: hashes by kid and type, those in filters, certificates."""
        return (
            sum(map(len, self._entries.values()))
            + sum(one.filter.count for one in self.slices)
            + sum(len(crl.revoked) for crl in self.crls)
        )

    def __bool__(self) -> bool:
        """A list is a list, also when it is empty: ``if revocations:`` must not skip a check."""
        return True

    def __or__(self, other: RevocationList) -> RevocationList:
        """Merge two lists: what either revokes is revoked."""
        if not isinstance(other, RevocationList):
            return NotImplemented
        return _merged(RevocationList, ((one.format, one._contents()) for one in (self, other)))

    def _contents(self) -> Contents:
        return Contents(
            entries=self._entries,
            slices=self.slices,
            crls=self.crls,
            notes=self.notes,
            is_authenticated=self.authenticated,
            issued_at=self.issued_at,
            expires_at=self.expires_at,
            sequence=self.sequence,
        )

    def __repr__(self) -> str:
        state = "authenticated" if self.authenticated else "not authenticated"
        return f"RevocationList({self.format}, {len(self)} entries, {state})"


def _read(
    files: Iterable[tuple[str, bytes]], context: Context, *, are_named: bool
) -> Iterator[Read]:
    from vnvaxcert.trust.revocation.formats import read_data

    for name, data in files:
        try:
            yield from read_data(data, context)
        except TrustListError as error:
            if not are_named:
                raise
            raise placed(error, name) from error


def _merged(kind: type[RevocationList], parts: Iterable[tuple[str, Contents]]) -> RevocationList:
    """One list of several; the work is linear in their number."""
    formats: dict[str, None] = {}
    contents = []
    for name, one in parts:
        formats |= dict.fromkeys(name.split(_JOINT))
        contents.append(one)
    single = contents[0] if len(contents) == 1 else None
    return kind(
        joined(one.entries for one in contents),
        format=_JOINT.join(formats),
        slices=tuple(dict.fromkeys(one for part in contents for one in part.slices)),
        crls=tuple(dict.fromkeys(crl for part in contents for crl in part.crls)),
        authenticated=all(part.is_authenticated for part in contents),
        notes=tuple(dict.fromkeys(note for part in contents for note in part.notes)),
        issued_at=None if single is None else single.issued_at,
        expires_at=min((part.expires_at for part in contents if part.expires_at), default=None),
        sequence=None if single is None else single.sequence,
    )
