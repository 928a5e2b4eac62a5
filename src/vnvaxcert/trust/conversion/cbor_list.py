"""This library's own list (``spec/trust-list.md``): it takes everything along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from vnvaxcert.codec import cbor
from vnvaxcert.cose import sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import verify
from vnvaxcert.errors import (
    AlgorithmError,
    InvalidSignatureError,
    KeyMismatchError,
    SignerKeyError,
    TrustListFormatError,
)
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.conversion.implied import (
    has_own_usages,
    implied_country,
    lose_parameters,
)
from vnvaxcert.trust.conversion.losses import Losses
from vnvaxcert.trust.conversion.request import (
    AUTHENTICITY,
    ISSUED_AT,
    SEQUENCE,
    Request,
    nothing_to_write,
)
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import TrustedKey, may_vouch
from vnvaxcert.trust.formats.cbor_list import (
    CONTENT_TYPE,
    NAME,
    ROLES,
    USAGE_BITS,
    VERSION,
    GroupKey,
    HeaderLabel,
    ListKey,
)
from vnvaxcert.trust.formats.members import read_country
from vnvaxcert.trust.spki import encode_spki

if TYPE_CHECKING:
    from vnvaxcert.trust.signer import Signer

_MAX_SEQUENCE: Final = 2**64 - 1  # what CBOR has as an integer without a tag


def write_cbor_list(request: Request, losses: Losses) -> bytes:
    """Write a list in this library's form: signed where there is a signer, else the payload alone.

    Members that say no more than the certificate does are left out.

    Raises:
        TrustListFormatError: There is no key in the list, or it ends before it begins.
        SignerKeyError: The signer's certificate is not one.
        KeyMismatchError: The signature made is not of the key in the signer's certificate.
        ValueError: A number or a time is out of range, or missing where the list is to be signed.

    Spec: ``spec/trust-list.md``; RFC 8949 §4.2.1; RFC 9052 §4.4.
    """
    groups = _groups(request.trust, losses)
    if not groups:
        raise nothing_to_write(NAME, "key")
    members: dict[ListKey, object] = {ListKey.VERSION: VERSION}
    members.update(_statements(request, losses))
    signer = request.signer
    if signer is None:
        if request.trust.authenticated:
            losses.of_list(AUTHENTICITY)
        return _encode({**members, ListKey.GROUPS: groups})
    from vnvaxcert.trust.signer import signer_facts

    facts = signer_facts(signer)
    country = read_country(implied_country(facts))
    if country is not None:
        members[ListKey.PUBLISHER] = country
    return _sign(_encode({**members, ListKey.GROUPS: groups}), signer, facts)


def _statements(request: Request, losses: Losses) -> dict[ListKey, object]:
    """Number and times: those asked for, else those of the list, where this form can state them."""
    trust = request.trust
    sequence, issued_at = request.sequence, request.issued_at
    expires_at = request.expires_at
    # What the caller gives and cannot be written is the caller's mistake, what a list says is not.
    if sequence is None and trust.sequence is not None:
        if 0 <= trust.sequence <= _MAX_SEQUENCE:
            sequence = trust.sequence
        else:
            losses.of_list(SEQUENCE)
    if issued_at is None and trust.issued_at is not None:
        if trust.issued_at >= _EPOCH:
            issued_at = trust.issued_at
        else:
            losses.of_list(ISSUED_AT)
    if expires_at is None and trust.expires_at is not None:
        if issued_at is not None and not request.issued_at and trust.expires_at < issued_at:
            raise TrustListFormatError(NAME, "", "the list to be written ends before it begins")
        expires_at = trust.expires_at
    if request.signer is not None:
        for name, value in (
            ("sequence", sequence),
            ("issued_at", issued_at),
            ("expires_at", expires_at),
        ):
            if value is None:
                raise ValueError(f"{name}: a signed list states it, and the list given has none")
    if sequence is not None and not 0 <= sequence <= _MAX_SEQUENCE:
        raise ValueError("sequence: expected 0 or more, of at most 64 bits")
    if issued_at is not None and expires_at is not None and expires_at < issued_at:
        raise ValueError("expires_at: it is before issued_at")
    stated = {
        ListKey.SEQUENCE: sequence,
        ListKey.ISSUED_AT: _seconds(issued_at, "issued_at"),
        ListKey.EXPIRES_AT: _seconds(expires_at, "expires_at"),
    }
    return {key: value for key, value in stated.items() if value is not None}


def _seconds(moment: datetime | None, name: str) -> int | None:
    if moment is None:
        return None
    seconds = (moment - _EPOCH).total_seconds() // 1
    if seconds < 0:
        raise ValueError(f"{name}: it is before 1970")
    return int(seconds)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _groups(keys: Iterable[TrustedKey], losses: Losses) -> list[dict[GroupKey, object]]:
    """Keys by what they have in common; groups and keys in the order in which they come."""
    found: dict[tuple[tuple[GroupKey, object], ...], list[bytes]] = {}
    for key in keys:
        pairs = found.setdefault(tuple(_common(key, losses)), [])
        spki_or_certificate = encode_spki(key.public_key) if key.facts is None else key.facts.der
        pairs += (key.kid, spki_or_certificate)
    groups = []
    for (form, _), *common in found:
        groups.append({form: found[(form, None), *common], **dict(common)})
    return groups


def _common(key: TrustedKey, losses: Losses) -> Iterator[tuple[GroupKey, object]]:
    """What a group says of its keys, in the order of the members; the keys first."""
    facts = key.facts
    yield (GroupKey.PUBLIC_KEYS if facts is None else GroupKey.CERTIFICATES), None
    lose_parameters(key, losses)
    if may_vouch(key) is not None:  # the list told the role
        yield GroupKey.ROLE, ROLES[key.role]
    if key.country != implied_country(facts):
        if read_country(key.country) is None:
            losses.of_key(key, f"its country, {key.country}: one has two or three letters")
        else:
            yield GroupKey.COUNTRY, key.country
    if has_own_usages(key):
        yield GroupKey.USAGES, sum(USAGE_BITS[usage] for usage in key.usages)


def _sign(payload: bytes, signer: Signer, facts: CertificateFacts | None) -> bytes:
    headers: dict[HeaderLabel, object] = {
        HeaderLabel.ALG: signer.algorithm.value,
        HeaderLabel.CONTENT_TYPE: CONTENT_TYPE,
        HeaderLabel.KID: signer.kid,
    }
    if facts is not None:
        headers[HeaderLabel.X5CHAIN] = facts.der
    protected = _encode(headers)
    to_be_signed = sign1.to_be_signed(protected, payload)
    signature = signer.sign(to_be_signed)
    if facts is not None:
        _check(signer.algorithm, facts, signature, to_be_signed)
    return cbor.encode(cbor.Tagged(cbor.TAG_COSE_SIGN1, [protected, {}, payload, signature]))


def _check(
    algorithm: Algorithm, facts: CertificateFacts, signature: bytes, to_be_signed: bytes
) -> None:
    """Hold a signature to the certificate: a list nobody can verify locks every verifier out."""
    try:
        verify(algorithm, facts.public_key, signature, to_be_signed)
    except DerError as error:
        raise SignerKeyError(str(error)) from error
    except (AlgorithmError, InvalidSignatureError) as error:
        raise KeyMismatchError from error


def _encode(members: Mapping[Any, object]) -> bytes:
    """Encode a map whose keys, and those of the maps in it, are in order already."""
    return cbor.encode_ordered(members)
