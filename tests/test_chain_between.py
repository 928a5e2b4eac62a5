"""Chains by way of certificates that nobody trusts: intermediate ones, and link certificates."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from test_chain import ECDSA_SHA256, END, NOW, SHA1_ECDSA, START, anchors, der, made, name
from vnvaxcert.errors import ChainError
from vnvaxcert.trust import chain as chain_module
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.chain import MAX_BETWEEN, MAX_CANDIDATES, check_chain, find_authority
from vnvaxcert.trust.specimen import KeyType, make_key
from vnvaxcert.trust.trustlist import TrustList

Vectors = Callable[[str], Path]

OPENSSL = shutil.which("openssl")
# Of the signer, then of each authority above it. Which is the last one, a test says.
KEYS = [make_key(KeyType.P256, 100 + number) for number in range(MAX_BETWEEN + 4)]
STRANGER = make_key(KeyType.P256, 99)


def identifier(key: Any) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest


def certificate(number: int, **changes: Any) -> CertificateFacts:
    """Number 0 is a signer's, every other one an authority's; each is signed by the next."""
    parts: dict[str, Any] = {
        "key": KEYS[number],
        "by": KEYS[number + 1],
        "subject": f"Level {number}",
        "issuer": f"Level {number + 1}",
        "ca": True if number else None,
    }
    parts |= changes
    parts.setdefault("aki", identifier(parts["by"]))
    parts.setdefault("ski", identifier(parts["key"]))
    return read_certificate(made(**parts))


def root(number: int, **changes: Any) -> CertificateFacts:
    """A self-signed authority in the place of that number."""
    return certificate(
        number, **({"by": KEYS[number], "issuer": f"Level {number}", "aki": None} | changes)
    )


def chain(
    signer: CertificateFacts,
    between: Sequence[CertificateFacts],
    *authorities: CertificateFacts,
    at: datetime | None = NOW,
    **options: Any,
) -> CertificateFacts | None:
    listed = anchors(*(facts.der for facts in authorities))
    return find_authority(signer, listed, at, between=between, **options).facts


def reason(*arguments: Any, **options: Any) -> str:
    with pytest.raises(ChainError) as caught:
        chain(*arguments, **options)
    return caught.value.reason


# --- what holds --------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, MAX_BETWEEN])
def test_certificates_between_are_followed_in_any_order(length: int) -> None:
    signer, *between = (certificate(number) for number in range(length + 1))
    top = root(length + 1)
    for order in (between, between[::-1], [signer, top, *between, *between]):
        assert chain(signer, order, top) == top
    with pytest.raises(ChainError, match="no authority has"):
        chain(signer, [], top)


def test_an_authority_that_signed_the_signer_itself_needs_nothing_between() -> None:
    signer, between, top = certificate(0), certificate(1), root(2)
    intermediate = between
    assert chain(signer, [between], top, intermediate) == intermediate


def test_a_bare_key_may_stand_above_certificates_between() -> None:
    listed = TrustList.from_keys({b"old": KEYS[2].public_key()}, role="authority")
    found = check_chain(certificate(0), listed, NOW, between=[certificate(1)])
    assert found.facts is None


def test_names_lead_from_one_to_the_next_where_no_key_identifiers_are_stated() -> None:
    signer, between = certificate(0, aki=None), certificate(1, aki=None, ski=None)
    top = root(2, ski=None)
    assert chain(signer, [between], top) == top


def test_the_computed_identifier_leads_to_a_certificate_between_that_states_another() -> None:
    between = certificate(1, ski=b"of its own", subject="Renamed")
    assert chain(certificate(0), [between], root(2)) == root(2)


def test_an_impostor_of_the_same_name_does_not_hide_the_one_behind_it() -> None:
    signer, top = certificate(0, aki=None), root(2, ski=None)
    right = certificate(1, aki=None, ski=None)
    impostor = certificate(1, aki=None, ski=None, key=STRANGER)
    for between in ([impostor, right], [right, impostor]):
        assert chain(signer, between, top) == top
    with pytest.raises(ChainError):
        chain(signer, [impostor], top)


def test_without_a_moment_no_validity_counts() -> None:
    past = {"not_before": START, "not_after": START + timedelta(days=1)}
    signer, between, top = certificate(0), certificate(1, **past), root(2, **past)
    assert chain(signer, [between], top, at=None) == top
    assert "expired" in reason(signer, [between], top)


def test_the_first_and_last_moment_of_a_certificate_between_count() -> None:
    between = certificate(1, not_before=NOW, not_after=NOW)
    assert chain(certificate(0), [between], root(2)) == root(2)


def test_another_way_is_taken_where_one_is_closed() -> None:
    # Two certificates of one intermediate authority: the one expired, the other under a stranger.
    expired = certificate(1, not_after=NOW - timedelta(days=1))
    astray = certificate(1, by=STRANGER, issuer="Stranger")
    good = certificate(1)
    for order in ([expired, astray, good], [good, astray, expired]):
        assert chain(certificate(0), order, root(2)) == root(2)


def test_the_way_that_path_lengths_count_least_is_found() -> None:
    # Level 1 under the root itself, which allows one; and, listed first, by way of level 2.
    short = certificate(1, by=KEYS[3], issuer="Level 3")
    long = [certificate(1), certificate(2)]
    top = root(3, path_length=1)
    for order in ([*long, short], [short, *long]):
        assert chain(certificate(0), order, top) == top


# --- link certificates ---------------------------------------------------------------------------


def link(**changes: Any) -> CertificateFacts:
    """An authority's new key (1), signed with its old one (2), under the one name it has."""
    return certificate(1, **({"subject": "Level 2", "path_length": 0} | changes))


def under_new_key(**changes: Any) -> CertificateFacts:
    return certificate(0, **({"issuer": "Level 2"} | changes))


def test_a_link_certificate_leads_from_the_new_key_to_the_old_authority() -> None:
    old = root(2, path_length=0)
    assert chain(under_new_key(), [link()], old) == old
    assert "not signed with the key of the authority" in reason(under_new_key(), [], old)


def test_a_link_certificate_given_as_an_authority_is_one() -> None:
    assert chain(under_new_key(), [], link()) == link()
    both = [link(), root(1, subject="Level 2", issuer="Level 2", path_length=0)]
    for listed in (both, both[::-1]):
        assert chain(under_new_key(), [], *listed) == listed[0]


def test_a_link_certificate_to_a_new_name_leads_to_the_old_one() -> None:
    # Not self-issued, and the old authority allows nothing below: ICAO's extension tells.
    old = root(2, path_length=0)
    renamed = certificate(1, path_length=0, name_change=True)
    assert renamed.is_name_change
    assert chain(certificate(0), [renamed], old) == old
    plain = certificate(1, path_length=0)
    assert not plain.is_name_change
    assert "more authorities below its authority than" in reason(certificate(0), [plain], old)


def test_two_changes_of_key_one_after_the_other_are_followed() -> None:
    name = {"subject": "CSCA", "issuer": "CSCA", "path_length": 0}
    links = [certificate(1, **name), certificate(2, **name)]
    old = root(3, **name)
    signer = certificate(0, issuer="CSCA")
    assert chain(signer, links, old) == old
    assert "not signed with the key of the authority" in reason(signer, links[:1], old)


def test_real_link_certificates_have_the_key_identifier_of_the_roots_beside_them(
    shared_vectors: Vectors,
) -> None:
    folder = shared_vectors("vds-nc") / "csca"
    for root_name, link_name in (
        ("3617c1e7-16f2", "3617c1e7-16f5"),
        ("6ab4f292-e3", "6ab4f292-e5"),
    ):
        own, linked = (
            read_certificate((folder / f"{file}.der").read_bytes())
            for file in (root_name, link_name)
        )
        assert own.ski == linked.ski
        assert own.spki == linked.spki or own.public_key == linked.public_key
        assert own.subject == linked.issuer
        assert linked.aki not in (None, own.ski), "of the key before this one"


def test_australias_signer_chains_to_its_root_and_to_its_link_certificate(
    shared_vectors: Vectors,
) -> None:
    folder = shared_vectors("vds-nc")
    signer = read_certificate((folder / "AUS-signer.der").read_bytes())
    own, linked = (
        read_certificate((folder / "csca" / f"3617c1e7-{file}.der").read_bytes())
        for file in ("16f2", "16f5")
    )
    for listed in ([own], [linked], [own, linked], [linked, own]):
        assert chain(signer, [], *listed) == listed[0]
    # After the link certificate's end the root still vouches, whichever stands first.
    late = linked.not_after + timedelta(days=1)
    for listed in ([own, linked], [linked, own]):
        assert chain(signer, [], *listed, at=late) == own
    # The old key is not among the vectors: by way of the link, the search ends there.
    japan = read_certificate((folder / "csca" / "6ab4f292-e3.der").read_bytes())
    assert "came along leads to an authority" in reason(signer, [linked], japan)
    # And the root that came along vouches for nobody.
    assert "came along leads to an authority" in reason(signer, [linked, own], japan)


def test_japans_signer_chains_to_its_root_and_to_its_link_certificate(
    shared_vectors: Vectors,
) -> None:
    # Strict parsers of today refuse the signer (NULL parameters); the root writes its curve out.
    folder = shared_vectors("vds-nc")
    seal = json.loads((folder / "kde-jpn-triple-vaccine.json").read_bytes())
    signer = read_certificate(urlsafe_b64decode(seal["sig"]["cer"]))
    own, linked = (
        read_certificate((folder / "csca" / f"6ab4f292-{file}.der").read_bytes())
        for file in ("e3", "e5")
    )
    for listed in ([own], [linked], [own, linked], [linked, own]):
        assert chain(signer, [], *listed) == listed[0]
    australia = read_certificate((folder / "csca" / "3617c1e7-16f2.der").read_bytes())
    assert "no authority has" in reason(signer, [], australia)
    changed = bytearray(signer.der)
    changed[-1] ^= 1
    assert "not signed" in reason(read_certificate(bytes(changed)), [], own, linked)


# --- what does not -------------------------------------------------------------------------------


def test_a_certificate_between_that_nobody_trusted_signed_leads_nowhere() -> None:
    signer, between = certificate(0), root(1)
    assert "none of the certificates that came along" in reason(signer, [between], root(2))
    forged = certificate(1, by=STRANGER, aki=identifier(KEYS[2]))
    assert "between it and an authority is not signed with" in reason(signer, [forged], root(2))


def test_a_certificate_between_of_another_key_leads_nowhere() -> None:
    other = certificate(1, key=STRANGER, ski=identifier(KEYS[1]))
    assert reason(certificate(0), [other], root(2)) == (
        "its certificate is not signed with the key of the certificate above it"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ca": None}, "not that of an authority"),
        ({"ca": False}, "not that of an authority"),
        ({"cert_sign": False}, "not that of an authority"),
        ({"not_after": NOW - timedelta(seconds=1)}, "expired at 2022-05-31 23:59:59 UTC"),
        ({"not_before": NOW + timedelta(seconds=1)}, "valid only from 2022-06-01 00:00:01 UTC"),
    ],
)
def test_a_certificate_between_that_may_not_sign_others_is_not_followed(
    changes: dict[str, Any], expected: str
) -> None:
    got = reason(certificate(0), [certificate(1, **changes)], root(2))
    assert got.startswith("a certificate between it and an authority ")
    assert expected in got


ELSEWHERE = x509.NameConstraints([x509.DirectoryName(name("Elsewhere"))], None)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
POLICY = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)]
)


@pytest.mark.parametrize(
    ("extension", "critical", "is_followed"),
    [
        (ELSEWHERE, True, False),
        (ELSEWHERE, False, False),
        (UNKNOWN, True, False),
        (UNKNOWN, False, True),
        (POLICY, True, True),
        (x509.PolicyConstraints(0, None), True, False),
    ],
    ids=["names", "names, not critical", "unknown", "unknown, not critical", "policy", "policies"],
)
def test_constraints_that_are_not_read_are_not_overlooked(
    extension: x509.ExtensionType, critical: bool, is_followed: bool
) -> None:
    between = certificate(1, more=[(extension, critical)])
    assert between.is_restricted is not is_followed
    if is_followed:
        assert chain(certificate(0), [between], root(2)) == root(2)
    else:
        assert reason(certificate(0), [between], root(2)) == (
            "a certificate between it and an authority has constraints that are not supported"
        )
    # Who is given as an authority is trusted as it is.
    assert chain(certificate(0), [], between) == between


def test_a_signer_makes_no_signers() -> None:
    # What a thief of a signer's key would try: a certificate signed with it.
    thief, stolen = certificate(0), certificate(1, ca=None, cert_sign=False)
    assert "not that of an authority" in reason(thief, [stolen], root(2))
    silent = certificate(1, ca=None)
    assert "not that of an authority" in reason(thief, [silent], root(2))


def test_path_lengths_are_kept_at_each_level() -> None:
    signer, first, second = certificate(0), certificate(1), certificate(2)
    assert chain(signer, [first, second], root(3, path_length=2)) == root(3, path_length=2)
    assert "than that one allows" in reason(signer, [first, second], root(3, path_length=1))
    tight = certificate(2, path_length=0)
    assert "allows fewer authorities below it" in reason(signer, [first, tight], root(3))
    fitting = [certificate(1, path_length=0), certificate(2, path_length=1)]
    assert chain(signer, fitting, root(3, path_length=2)) is not None


def test_an_authority_that_is_out_of_order_is_named_above_certificates_between() -> None:
    expired = root(2, not_after=NOW - timedelta(seconds=1))
    signer, between = certificate(0), certificate(1)
    assert reason(signer, [between], expired) == "its authority expired at 2022-05-31 23:59:59 UTC"
    assert "not that of an authority" in reason(signer, [between], root(2, ca=False))


def test_what_a_list_published_as_a_signer_is_no_anchor_above_others_either() -> None:
    listed = TrustList.from_keys({b"key": KEYS[2].public_key()}, role="signer")
    with pytest.raises(ChainError, match="leads to an authority"):
        check_chain(certificate(0), listed, NOW, between=[certificate(1)])


def test_one_more_certificate_than_there_ever_are_is_too_many() -> None:
    between = [certificate(number) for number in range(1, MAX_BETWEEN + 2)]
    got = reason(certificate(0), between, root(MAX_BETWEEN + 2))
    assert got == f"more than {MAX_BETWEEN} certificates lie between it and an authority"


def test_a_circle_has_an_end() -> None:
    signer = certificate(0)
    circle = [certificate(1), certificate(2, by=KEYS[1], issuer="Level 1")]
    assert "leads to an authority" in reason(signer, circle, root(3))
    own = root(1)
    assert "leads to an authority" in reason(signer, [own, own], root(3))


def test_a_signer_that_came_along_is_not_above_itself() -> None:
    itself = root(0)
    assert "no authority has" in reason(itself, [itself], root(3))


def test_a_certificate_between_whose_key_cannot_be_used_is_passed_over() -> None:
    good = certificate(1)
    at = good.der.index(good.spki)
    broken = bytearray(good.der)
    broken[at + len(good.spki) - 1] ^= 1  # a point off its curve; nobody checks its signature
    facts = read_certificate(bytes(broken))
    with pytest.raises(ValueError, match="public key"):
        _ = facts.public_key
    assert "above it" in reason(certificate(0), [facts], root(2))
    assert chain(certificate(0), [facts, good], root(2)) == root(2)


def test_sha_1_between_is_refused_unless_accepted() -> None:
    good = certificate(1)
    content = good.tbs[4:] if good.tbs[1] == 0x82 else good.tbs[3:]
    tbs = der(0x30, content.replace(ECDSA_SHA256, SHA1_ECDSA))
    key: Any = KEYS[2]
    signature = key.sign(tbs, ec.ECDSA(hashes.SHA1()))
    between = read_certificate(der(0x30, tbs + SHA1_ECDSA + der(0x03, b"\0" + signature)))
    top = root(2)
    assert "between it and an authority is signed over SHA-1" in reason(
        certificate(0), [between], top
    )
    assert chain(certificate(0), [between], top, accept_sha1=True) == top


def test_a_certificate_between_that_is_signed_in_an_unknown_way_is_refused() -> None:
    good = certificate(1)
    unknown = bytes.fromhex("300a06082a8648ce3d040309")
    facts = read_certificate(good.der.replace(ECDSA_SHA256, unknown))
    assert reason(certificate(0), [facts], root(2)) == (
        "the signature of a certificate between it and an authority: "
        "unknown algorithm 1.2.840.10045.4.3.9"
    )


# --- bounds --------------------------------------------------------------------------------------


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one with each signature that is checked."""
    made: list[object] = []
    real = chain_module._has_signed

    def counting(*arguments: Any) -> bool:
        made.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(chain_module, "_has_signed", counting)
    return made


def test_look_alikes_buy_no_more_checks_than_there_are_for_one_chain(
    checks: list[object],
) -> None:
    signer, top = certificate(0), root(2)
    # Each says to be the issuer of the signer and of all others, and has another's key.
    crowd = [
        certificate(
            1,
            key=STRANGER,
            ski=identifier(KEYS[1]),
            by=KEYS[1],
            not_after=END + timedelta(days=number),
        )
        for number in range(3 * MAX_CANDIDATES)
    ]
    assert "above it" in reason(signer, [*crowd, certificate(1)], top)
    assert len(checks) == MAX_CANDIDATES
    assert chain(signer, [certificate(1), *crowd], top) == top


def test_true_issuers_without_end_are_followed_only_so_far(checks: list[object]) -> None:
    # One key, many certificates of it, each signed by it: a maze in which every step is genuine.
    maze = [root(1, not_after=END + timedelta(days=number)) for number in range(200)]
    assert "leads to an authority" in reason(certificate(0), maze, root(3))
    assert len(checks) == MAX_CANDIDATES


# --- another implementation ----------------------------------------------------------------------


def pem(*certificates: CertificateFacts) -> str:
    parsed = (x509.load_der_x509_certificate(facts.der) for facts in certificates)
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in parsed)


NAMED = {"subject": "CSCA", "issuer": "CSCA"}
CASES: dict[str, tuple[list[CertificateFacts], CertificateFacts]] = {
    "two between": ([certificate(1), certificate(2)], root(3)),
    "the anchor is itself intermediate": ([certificate(1)], certificate(2)),
    "one missing": ([certificate(2)], root(3)),
    "expired": ([certificate(1, not_after=NOW - timedelta(seconds=1)), certificate(2)], root(3)),
    "not yet valid": ([certificate(1), certificate(2, not_before=NOW + timedelta(1))], root(3)),
    "the anchor has expired": ([certificate(1)], root(2, not_after=NOW - timedelta(seconds=1))),
    "no authority": ([certificate(1, ca=False)], root(2)),
    "no certificates signed": ([certificate(1, cert_sign=False)], root(2)),
    "signs certificates": ([certificate(1, cert_sign=True)], root(2)),
    "another's signature": ([certificate(1, by=STRANGER, aki=identifier(KEYS[2]))], root(2)),
    "path lengths kept": ([certificate(1, path_length=0), certificate(2)], root(3, path_length=2)),
    "path length of a level": ([certificate(1), certificate(2, path_length=0)], root(3)),
    "path length of the anchor": ([certificate(1)], root(2, path_length=0)),
    "other names only": ([certificate(1, more=[(ELSEWHERE, True)])], root(2)),
    "an unknown restriction": ([certificate(1, more=[(UNKNOWN, True)])], root(2)),
    "an unknown remark": ([certificate(1, more=[(UNKNOWN, False)])], root(2)),
    "a policy": ([certificate(1, more=[(POLICY, True)])], root(2)),
    "self-issued, not counted": (
        [certificate(1, **NAMED, path_length=0)],
        root(2, **NAMED, path_length=0),
    ),
    "self-issued twice": (
        [certificate(1, **NAMED, path_length=0), certificate(2, **NAMED, path_length=0)],
        root(3, **NAMED, path_length=0),
    ),
}


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("case", CASES)
def test_openssl_gives_the_same_answer(case: str, tmp_path: Path) -> None:
    between, top = CASES[case]
    signer = certificate(0, issuer=between[0].subject.split(",")[0].removeprefix("CN="))
    files = {"signer": [signer], "between": between, "top": [top]}
    for file, content in files.items():
        (tmp_path / file).write_text(pem(*content))
    arguments = [OPENSSL, "verify", "-partial_chain", "-attime", str(int(NOW.timestamp()))]
    arguments += ["-trusted", "top", "-untrusted", "between", "signer"]
    done = subprocess.run(
        [str(argument) for argument in arguments], cwd=tmp_path, capture_output=True, check=False
    )
    listed = anchors(top.der)
    if done.returncode:
        with pytest.raises(ChainError):
            check_chain(signer, listed, NOW, between=between)
    else:
        assert check_chain(signer, listed, NOW, between=between).facts == top
