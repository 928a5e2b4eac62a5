"""Issuers, found by what a certificate says of its issuer (RFC 5280 §4.2.1.1, §4.1.2.4)."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Iterable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import TrustedKey, may_vouch
from vnvaxcert.trust.spki import encode_spki, key_identifier

# Signatures of authorities that are not checked again. 77 countries had 832 signers in
# production; each one remembered costs some 200 bytes besides its certificate.
MAX_REMEMBERED: Final = 4096

# Longer certificates are checked each time: real ones have 400 to 3,000 bytes, and whoever gets an
# authority's signature must not fill the memory with it.
MAX_REMEMBERED_BYTES: Final = 8192

_Issuer = TypeVar("_Issuer")


class Issuers(Generic[_Issuer]):
    """Certificates and bare keys by key identifier, stated and computed, and by name.

    Two certificates of one authority have one identifier (Japan's and Australia's link
    certificates do), and anybody may state any: an identifier leads to all that have it.
    """

    def __init__(
        self, given: Iterable[tuple[_Issuer, CertificateFacts | None, bytes | None]]
    ) -> None:
        """Index issuers.

        Args:
            given: Each with its certificate, None for a bare key, and the identifier computed
                from its key, None where it has no readable one.
        """
        self._identified: dict[bytes, list[_Issuer]] = {}
        self._computed: dict[bytes, list[_Issuer]] = {}
        self._named: dict[str, list[_Issuer]] = {}
        self._nameless: list[_Issuer] = []
        for issuer, facts, computed in given:
            stated = None if facts is None else facts.ski
            identifier = computed if stated is None else stated
            if identifier is not None:
                self._identified.setdefault(identifier, []).append(issuer)
            if computed is not None:
                self._computed.setdefault(computed, []).append(issuer)
            if facts is None:
                self._nameless.append(issuer)
            else:
                self._named.setdefault(facts.subject.casefold(), []).append(issuer)

    def of(self, certificate: CertificateFacts) -> Sequence[_Issuer]:
        """Who may have signed a certificate, in the order given.

        All with the key identifier that it names; where it names none, or nobody has it, all
        with the name of its issuer. A bare key has no name: it is proposed to whoever names no
        key either. This only proposes, the signature decides.
        """
        wanted = certificate.aki
        if wanted is not None:
            # Some authorities state an identifier of their own, and write the computed one into
            # what they sign.
            found = self._identified.get(wanted) or self._computed.get(wanted)
            if found:
                return found
        # Authorities write one name as PrintableString here and UTF8String there, so compared as
        # text.
        named = self._named.get(certificate.issuer.casefold(), [])
        return named if wanted is not None else [*named, *self._nameless]


def issuers_among(certificates: Iterable[CertificateFacts]) -> Issuers[CertificateFacts]:
    """Index certificates, none of them trusted."""
    return Issuers((facts, facts, _computed(facts.spki)) for facts in certificates)


class Anchors:
    """Keys that may vouch for others, indexed once.

    What a list published as a signer is left out, also where it came in another list besides
    that does not tell; where another one published it as an authority, it is that.

    Attributes:
        keys: All of them, in the order given.
    """

    def __init__(self, given: Iterable[TrustedKey]) -> None:
        """Take the keys of a list, whatever they are."""
        listed = tuple(given)
        signers = {key.facts for key in listed if key.facts and may_vouch(key) is False}
        self.keys: tuple[TrustedKey, ...] = tuple(
            key
            for key in listed
            if may_vouch(key) or (may_vouch(key) is None and key.facts not in signers)
        )
        self._listed = listed
        self._in_name: list[Anchors] = []  # filled when asked for
        self._signers: dict[str, tuple[TrustedKey, ...]] = {}  # likewise
        self._issuers = Issuers((key, key.facts, _computed(_spki(key))) for key in self.keys)
        self._signed: dict[tuple[bytes, TrustedKey], None] = {}
        self._vouching: dict[tuple[bytes, bool], TrustedKey] = {}
        self._writing = allocate_lock()

    @property
    def in_name(self) -> Anchors:
        """Those of them that are authorities by what their list or their certificate says.

        For a list that was given for its signers: where it does not tell signers and authorities
        apart, a signer's certificate that says nothing of itself must not vouch for another.
        """
        if not self._in_name:
            self._in_name.append(Anchors(key for key in self.keys if key.role == "authority"))
        return self._in_name[0]

    def signers_for(self, usage: str) -> tuple[TrustedKey, ...]:
        """The signers that the list holds besides, and whose certificates name a usage.

        Args:
            usage: Dotted object identifier of an extended key usage.
        """
        found = self._signers.get(usage)
        if found is None:
            found = tuple(
                key
                for key in self._listed
                if key.role == "signer" and key.facts and usage in key.facts.extended_key_usages
            )
            self._signers[usage] = found
        return found

    def over(self, certificate: CertificateFacts) -> Sequence[TrustedKey]:
        """Who may have signed a certificate; first those that are known to have."""
        found = self._issuers.of(certificate)
        if len(found) < 2:
            return found
        return sorted(found, key=lambda key: not self.has_signed(key, certificate))

    def has_signed(self, key: TrustedKey, certificate: CertificateFacts) -> bool:
        """Whether it is known that a certificate's signature is of this key.

        Only that: not whether either was valid, or may do what it did.
        """
        return (certificate.der, key) in self._signed

    def remember(self, key: TrustedKey, certificate: CertificateFacts) -> None:
        """Keep that a certificate's signature was checked and is of this key.

        The whole certificate stands for it, byte for byte; the oldest of `MAX_REMEMBERED` is
        forgotten, and none is kept that is longer than `MAX_REMEMBERED_BYTES`. Safe to call from
        several threads.
        """
        if len(certificate.der) > MAX_REMEMBERED_BYTES:
            return
        with self._writing:
            while len(self._signed) >= MAX_REMEMBERED:
                del self._signed[next(iter(self._signed))]
            self._signed[certificate.der, key] = None

    def vouching_for(self, certificate: CertificateFacts, accept_sha1: bool) -> TrustedKey | None:
        """The authority that was found over a certificate, whatever the moment; None: look again.

        Args:
            certificate: A signer's.
            accept_sha1: Whether it may be signed over SHA-1; what was found under one answer is
                not found under the other.
        """
        return self._vouching.get((certificate.der, accept_sha1))

    def remember_vouching(
        self, certificate: CertificateFacts, accept_sha1: bool, key: TrustedKey
    ) -> None:
        """Keep which authority was found over a certificate, within the bounds of `remember`."""
        if len(certificate.der) > MAX_REMEMBERED_BYTES:
            return
        with self._writing:
            while len(self._vouching) >= MAX_REMEMBERED:
                del self._vouching[next(iter(self._vouching))]
            self._vouching[certificate.der, accept_sha1] = key


class Authorities(Protocol):
    """What has anchors: a `TrustList` that was loaded for its authorities."""

    @property
    def anchors(self) -> Anchors:
        """Them, made once."""
        ...


def _spki(key: TrustedKey) -> bytes:
    return encode_spki(key.public_key) if key.facts is None else key.facts.spki


def _computed(spki: bytes) -> bytes | None:
    try:
        return key_identifier(spki)
    except DerError:
        return None
