"""Authorities indexed: whom looking at each finds; and signatures that need no second check."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from test_chain import (
    DSC_KEY,
    EC_KEY,
    NOW,
    OTHER_KEY,
    P384_KEY,
    RSA_KEY,
    anchors,
    authority,
    made,
    signer,
)
from vnvaxcert.errors import ChainError
from vnvaxcert.trust import anchors as anchors_module
from vnvaxcert.trust import chain as chain_module
from vnvaxcert.trust.anchors import MAX_REMEMBERED, MAX_REMEMBERED_BYTES, issuers_among
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.chain import check_chain
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.specimen import KeyType, make_key
from vnvaxcert.trust.spki import key_identifier
from vnvaxcert.trust.trustlist import TrustList


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one with each signature of a certificate that is checked."""
    made: list[object] = []
    real = chain_module._has_signed

    def counting(*arguments: Any) -> bool:
        made.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(chain_module, "_has_signed", counting)
    return made


def identifier(key: Any) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest


# --- who is proposed -----------------------------------------------------------------------------

IDENTIFIERS = [None, b"anchor", b"another", identifier(EC_KEY), identifier(OTHER_KEY)]
NAMES = ["Specimen CSCA", "specimen csca", "Other CSCA"]
LISTED = [
    authority(key, ski=ski, subject=name)
    for key, ski, name in product([EC_KEY, OTHER_KEY], IDENTIFIERS[:4], NAMES)
]


def looked_through(keys: Iterable[TrustedKey], certificate: CertificateFacts) -> set[TrustedKey]:
    """Who may have signed, by looking at each: the rule in plain words."""

    def computed(key: TrustedKey) -> bytes:
        return x509.SubjectKeyIdentifier.from_public_key(key.public_key).digest

    def stated(key: TrustedKey) -> bytes:
        own = None if key.facts is None else key.facts.ski
        return computed(key) if own is None else own

    keys = list(keys)
    if certificate.aki is not None:
        for identifies in (stated, computed):
            found = {key for key in keys if identifies(key) == certificate.aki}
            if found:
                return found
    named = {
        key
        for key in keys
        if key.facts and key.facts.subject.casefold() == certificate.issuer.casefold()
    }
    bare = {key for key in keys if key.facts is None and certificate.aki is None}
    return named | bare


@pytest.mark.parametrize("has_bare_keys", [False, True])
@pytest.mark.parametrize("issuer", [*NAMES, "Nobody"])
@pytest.mark.parametrize("aki", IDENTIFIERS, ids=range(len(IDENTIFIERS)))
def test_the_index_finds_whom_looking_at_each_finds(
    aki: bytes | None, issuer: str, has_bare_keys: bool
) -> None:
    listed = anchors(*LISTED)
    if has_bare_keys:
        keys = {b"1": EC_KEY.public_key(), b"2": P384_KEY.public_key(), b"3": RSA_KEY.public_key()}
        listed |= TrustList.from_keys(keys, role="authority")
    facts = signer(aki=aki, issuer=issuer)
    found = listed.anchors.over(facts)
    assert len(found) == len(set(found))
    assert set(found) == looked_through(listed, facts)


@pytest.mark.parametrize("key", [EC_KEY, P384_KEY, RSA_KEY], ids=["P-256", "P-384", "RSA"])
def test_the_computed_identifier_is_that_of_another_implementation(key: Any) -> None:
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key_identifier(spki) == identifier(key)


@pytest.mark.parametrize("wrong", ["", "30", "3000", "30023000", "300430000300ff", "0300"])
def test_what_is_no_key_has_no_identifier(wrong: str) -> None:
    with pytest.raises(DerError, match="public key"):
        key_identifier(bytes.fromhex(wrong))


def test_a_certificate_that_came_along_without_a_readable_key_is_found_by_name_alone() -> None:
    good = read_certificate(authority(ski=None))
    spki = good.spki
    # The key's bits become an octet string of the same length: no SubjectPublicKeyInfo any more.
    at = spki.index(b"\x03\x42\x00\x04")
    broken = good.der.replace(spki, spki[:at] + b"\x04" + spki[at + 1 :])
    facts = read_certificate(broken)
    index = issuers_among([facts])
    assert list(index.of(signer(aki=None))) == [facts]
    assert list(index.of(signer(aki=identifier(EC_KEY)))) == [facts], "by name, as none has it"
    assert list(index.of(signer(aki=None, issuer="Nobody"))) == []


# --- what is remembered --------------------------------------------------------------------------


def test_a_signature_is_checked_once_and_everything_else_each_time(checks: list[object]) -> None:
    end = NOW + timedelta(days=1)
    listed = anchors(authority(not_after=end))
    facts = signer()
    for at in (NOW, NOW, end):
        assert check_chain(facts, listed, at)
    with pytest.raises(ChainError, match="its authority expired"):
        check_chain(facts, listed, end + timedelta(seconds=1))
    assert len(checks) == 1
    # The same bytes in another object are the same certificate; another list knows nothing of it.
    assert check_chain(signer(), listed, NOW)
    assert len(checks) == 1
    assert check_chain(facts, anchors(authority(not_after=end)), NOW)
    assert len(checks) == 2


def test_also_of_an_authority_that_may_not_vouch_the_signature_is_checked_once(
    checks: list[object],
) -> None:
    listed = anchors(authority(ca=False))
    for _ in range(3):
        with pytest.raises(ChainError, match="not that of an authority"):
            check_chain(signer(), listed, NOW)
    assert len(checks) == 1


def test_a_signature_that_was_not_good_is_checked_again(checks: list[object]) -> None:
    listed = anchors(authority(OTHER_KEY))
    for count in (1, 2, 3):
        with pytest.raises(ChainError, match="not signed"):
            check_chain(signer(), listed, NOW)
        assert len(checks) == count
    assert not listed.anchors._signed


def test_a_certificate_with_another_byte_is_another_certificate(checks: list[object]) -> None:
    listed = anchors(authority())
    facts = signer()
    assert check_chain(facts, listed, NOW)
    changed = bytearray(facts.der)
    changed[-1] ^= 1
    with pytest.raises(ChainError, match="not signed"):
        check_chain(read_certificate(bytes(changed)), listed, NOW)
    assert len(checks) == 2


def test_the_authority_that_is_known_to_have_signed_is_asked_first(checks: list[object]) -> None:
    right, wrong = authority(), authority(OTHER_KEY)
    listed = anchors(wrong, right)
    for _ in range(3):
        found = check_chain(signer(), listed, NOW).facts
        assert found is not None
        assert found.der == right
    assert len(checks) == 2, "the wrong one once, the right one once"


def test_of_two_certificates_of_one_authority_the_valid_one_is_found_again(
    checks: list[object],
) -> None:
    old, new = authority(not_after=NOW - timedelta(days=1)), authority()
    listed = anchors(old, new)
    for _ in range(3):
        found = check_chain(signer(), listed, NOW).facts
        assert found is not None
        assert found.der == new
    assert len(checks) == 2


def test_no_more_is_remembered_than_the_bound_and_the_oldest_is_forgotten(
    checks: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_REMEMBERED == 4096
    monkeypatch.setattr(anchors_module, "MAX_REMEMBERED", 3)
    listed = anchors(authority())
    signers = [
        signer(key=make_key(KeyType.P256, number), subject=f"Number {number}")
        for number in range(1, 6)
    ]
    for facts in signers:
        check_chain(facts, listed, NOW)
    assert [der for der, _ in listed.anchors._signed] == [facts.der for facts in signers[2:]]
    check_chain(signers[-1], listed, NOW)
    assert len(checks) == 5
    check_chain(signers[0], listed, NOW)
    assert len(checks) == 6
    assert len(listed.anchors._signed) == 3


def test_a_certificate_of_unheard_of_length_is_not_kept(checks: list[object]) -> None:
    listed = anchors(authority())
    for filling, is_kept in ((7_000, True), (9_000, False)):
        remark = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), bytes(filling))
        facts = signer(more=[(remark, False)])
        for _ in range(2):
            assert check_chain(facts, listed, NOW)
        assert (len(facts.der) <= MAX_REMEMBERED_BYTES) is is_kept
        assert listed.anchors.has_signed(listed.anchors.keys[0], facts) is is_kept
    assert len(checks) == 3


def test_threads_may_remember_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors_module, "MAX_REMEMBERED", 2)
    listed = anchors(authority(), authority(OTHER_KEY))
    signers = [signer(key=DSC_KEY, subject=f"Number {number}") for number in range(8)]

    def work(number: int) -> int:
        return sum(
            check_chain(signers[(number + turn) % 8], listed, NOW).facts is not None
            for turn in range(40)
        )

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(work, range(12))) == [40] * 12
    assert len(listed.anchors._signed) == 2


def test_whose_signature_is_remembered_says_nothing_of_the_moment_or_the_policy() -> None:
    maker = made(key=DSC_KEY, by=EC_KEY, aki=b"anchor")
    listed = anchors(authority())
    facts = read_certificate(maker)
    key = listed.anchors.keys[0]
    assert not listed.anchors.has_signed(key, facts)
    check_chain(facts, listed, NOW)
    assert listed.anchors.has_signed(key, facts)
    with pytest.raises(ChainError, match="valid only from"):
        check_chain(facts, listed, NOW - timedelta(days=365))
