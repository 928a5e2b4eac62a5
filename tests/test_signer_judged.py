"""What a policy asks of a signer: when it has to be valid, and how its certificate is signed.

Each case goes through `verify` and through `examine`, which must say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

import specimens
from specimens import AT, DSC_FROM, DSC_UNTIL, ISSUED_AT, REMOVED
from test_chain import ECDSA_SHA256, SHA1_ECDSA, der
from test_verify import KID, listed
from vnvaxcert.errors import (
    ClaimsError,
    PossiblyRevokedError,
    RevokedError,
    SignerRevokedError,
    VnvaxcertError,
)
from vnvaxcert.examine import Outcome, StepName, examine
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Policy, ValidityModel
from vnvaxcert.results import VerifiedCertificate
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.immutable import set_once
from vnvaxcert.trust.revocation import Hash, RevocationList
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.verify import verify

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
AUTHORITY = specimens.key(number=9)
AT_SIGNING = Policy(validity_model=ValidityModel.AT_SIGNING)


def judged(text: str, **options: Any) -> VerifiedCertificate:
    """What `verify` gives, after `examine` gave the same."""
    options = {"at": AT, **options}
    examination = examine(text, **options)
    refusal: VnvaxcertError | None = None
    try:
        verified = verify(text, **options)
    except VnvaxcertError as error:
        refusal = error
    assert type(examination.error) is type(refusal)
    assert str(examination.error) == str(refusal)
    if refusal is not None:
        assert examination.verified is None
        raise refusal
    assert examination.verified == verified
    assert examination.warnings == verified.warnings
    return verified


def code(text: str, **options: Any) -> str:
    with pytest.raises(VnvaxcertError) as caught:
        judged(text, **options)
    return caught.value.code


def signed(certificate: bytes, **claims: Any) -> tuple[str, TrustList]:
    """A text of the signer with this certificate, and the list that holds it."""
    body = specimens.claims(**claims)
    text = specimens.text(specimens.message(body, kid=specimens.kid_of(certificate)))
    return text, TrustList.from_certificates([certificate])


def warned(verified: VerifiedCertificate) -> list[str]:
    return [warning.code for warning in verified.warnings]


# --- at signing ----------------------------------------------------------------------------------


def test_at_signing_a_signer_that_has_ended_since_is_good() -> None:
    text, trust = signed(specimens.dsc(not_after=ISSUED_AT + DAY))
    assert code(text, trust=trust) == "signer.expired"
    assert warned(judged(text, trust=trust, policy=AT_SIGNING)) == ["cwt.outlives_signer"]


def test_at_signing_a_signer_that_had_ended_before_is_refused() -> None:
    text, trust = signed(specimens.dsc(not_after=ISSUED_AT - SECOND))
    assert code(text, trust=trust, policy=AT_SIGNING) == "signer.expired"
    text, trust = signed(specimens.dsc(not_after=ISSUED_AT))
    assert judged(text, trust=trust, policy=AT_SIGNING)


def test_at_signing_a_signer_that_was_not_yet_valid_is_refused() -> None:
    text, trust = signed(specimens.dsc(not_before=ISSUED_AT + SECOND))
    assert warned(judged(text, trust=trust)) == ["cwt.predates_signer"]
    assert code(text, trust=trust, policy=AT_SIGNING) == "signer.not_yet_valid"
    text, trust = signed(specimens.dsc(not_before=ISSUED_AT))
    assert judged(text, trust=trust, policy=AT_SIGNING)


@pytest.mark.parametrize(
    ("changes", "default", "at_signing"),
    [
        ({}, None, None),
        ({"not_after": ISSUED_AT + DAY}, "signer.chain", None),
        ({"not_after": ISSUED_AT - SECOND}, "signer.chain", "signer.chain"),
        ({"not_before": ISSUED_AT + SECOND}, None, "signer.chain"),
    ],
)
def test_at_signing_the_authority_has_to_be_valid_then_too(
    changes: dict[str, Any], default: str | None, at_signing: str | None
) -> None:
    text, trust = signed(specimens.dsc(authority=AUTHORITY))
    authorities = TrustList.from_certificates([specimens.csca(AUTHORITY, **changes)])
    for policy, expected in ((DEFAULT_POLICY, default), (AT_SIGNING, at_signing)):
        options = {"trust": trust, "authorities": authorities, "policy": policy}
        if expected is None:
            assert judged(text, **options)
        else:
            assert code(text, **options) == expected


def test_at_signing_a_certificate_without_time_of_issue_is_refused() -> None:
    text, trust = signed(specimens.dsc(), iat=REMOVED)
    assert judged(text, trust=trust).issued_at is None
    with pytest.raises(ClaimsError, match=r"CWT claim 6 \(iat\): expected to be there"):
        judged(text, trust=trust, policy=AT_SIGNING)
    bare = TrustList.from_keys({specimens.kid_of(specimens.dsc()): specimens.ec_key().public_key()})
    assert code(text, trust=bare, policy=AT_SIGNING) == "cwt.claims"


@pytest.mark.parametrize("iat", ["yesterday", True, None, float("nan"), 10**12])
def test_at_signing_a_time_of_issue_that_is_none_is_refused(iat: Any) -> None:
    text, trust = signed(specimens.dsc(), iat=iat)
    assert code(text, trust=trust, policy=AT_SIGNING) == "cwt.claims"


def test_at_signing_a_time_of_issue_in_the_future_is_refused_all_the_same() -> None:
    # The signer will be valid then; it is not yet then.
    text, trust = signed(specimens.dsc(), iat=specimens.seconds(AT) + 301)
    assert DSC_FROM < AT + timedelta(seconds=301) < DSC_UNTIL
    assert code(text, trust=trust, policy=AT_SIGNING) == "cwt.not_yet_valid"
    text, trust = signed(specimens.dsc(not_after=AT), iat=specimens.seconds(AT) + 301)
    assert code(text, trust=trust, policy=AT_SIGNING) == "signer.expired"


def test_at_signing_an_expired_certificate_is_refused_all_the_same() -> None:
    text, trust = signed(specimens.dsc(), exp=specimens.seconds(AT) - 1)
    assert code(text, trust=trust, policy=AT_SIGNING) == "cwt.expired"


def test_at_signing_the_signature_is_checked_before_the_claims_are_read() -> None:
    certificate = specimens.dsc()
    encoded = specimens.message(b"\xff", kid=specimens.kid_of(certificate), signature=bytes(64))
    trust = TrustList.from_certificates([certificate])
    assert code(specimens.text(encoded), trust=trust, policy=AT_SIGNING) == "signature.invalid"
    encoded = specimens.message(b"\xff", kid=specimens.kid_of(certificate))
    examination = examine(specimens.text(encoded), trust=trust, at=AT, policy=AT_SIGNING)
    failed = [step.name for step in examination.steps if step.outcome is Outcome.FAILED]
    assert failed == [StepName.SIGNER, StepName.CLAIMS]
    assert code(specimens.text(encoded), trust=trust, policy=AT_SIGNING) == "cbor.malformed"


def test_a_bare_key_is_good_at_any_moment_by_either_model() -> None:
    bare = TrustList.from_keys({KID: specimens.ec_key().public_key()})
    for policy in (DEFAULT_POLICY, AT_SIGNING):
        assert warned(judged(specimens.text(), trust=bare, policy=policy)) == ["signer.no_validity"]


def test_the_model_is_named_by_its_member_alone() -> None:
    assert [model.value for model in ValidityModel] == ["at verification", "at signing"]
    assert DEFAULT_POLICY.validity_model is STRICT_POLICY.validity_model
    assert DEFAULT_POLICY.validity_model is ValidityModel.AT_VERIFICATION
    for wrong in ("at signing", None, True):
        model: Any = wrong
        with pytest.raises(TypeError, match="validity_model: expected a ValidityModel"):
            Policy(validity_model=model)


# --- SHA-1 ---------------------------------------------------------------------------------------


def sha1_signer() -> bytes:
    """A signer's certificate, signed over SHA-1 by the authority."""
    content = read_certificate(specimens.dsc(authority=AUTHORITY)).tbs
    inside = content[4:] if content[1] == 0x82 else content[3:]
    tbs = der(0x30, inside.replace(ECDSA_SHA256, SHA1_ECDSA))
    key: Any = AUTHORITY
    signature = key.sign(tbs, ec.ECDSA(hashes.SHA1()))
    return der(0x30, tbs + SHA1_ECDSA + der(0x03, b"\0" + signature))


def test_sha_1_in_a_chain_is_accepted_with_a_warning_and_refused_strictly() -> None:
    text, trust = signed(sha1_signer())
    options = {
        "trust": trust,
        "authorities": TrustList.from_certificates([specimens.csca(AUTHORITY)]),
    }
    verified = judged(text, **options)
    assert warned(verified) == ["signer.sha1"]
    assert verified.warnings[0].path == ""
    strict = Policy(is_sha1_accepted=False)
    assert code(text, **options, policy=strict) == "signer.chain"
    assert code(text, **options, policy=STRICT_POLICY) == "signer.chain"
    # Also once the signature is known to be the authority's: only that is remembered.
    assert warned(judged(text, **options)) == ["signer.sha1"]
    assert code(text, **options, policy=strict) == "signer.chain"


def test_sha_1_matters_only_where_a_chain_is_checked() -> None:
    text, trust = signed(sha1_signer())
    for policy in (DEFAULT_POLICY, STRICT_POLICY):
        assert warned(judged(text, trust=trust, policy=policy)) == []


def test_a_signer_signed_over_sha_256_gives_no_warning() -> None:
    text, trust = signed(specimens.dsc(authority=AUTHORITY))
    authorities = TrustList.from_certificates([specimens.csca(AUTHORITY)])
    for policy in (DEFAULT_POLICY, STRICT_POLICY):
        assert warned(judged(text, trust=trust, authorities=authorities, policy=policy)) == []


def test_sha_1_of_a_forged_certificate_is_no_excuse() -> None:
    genuine = sha1_signer()
    forged = bytearray(genuine)
    forged[-1] ^= 1
    text, trust = signed(bytes(forged))
    authorities = TrustList.from_certificates([specimens.csca(AUTHORITY)])
    judged(signed(genuine)[0], trust=signed(genuine)[1], authorities=authorities)
    assert code(text, trust=trust, authorities=authorities) == "signer.chain"


# --- revocation: exact and possible answers ------------------------------------------------------


class Answering(RevocationList):
    """A list that gives an answer of its own for each key identifier; a filter may give two."""

    __slots__ = ("answers", "asked", "of_signer")
    answers: dict[bytes | None, VnvaxcertError]
    asked: list[object]
    of_signer: VnvaxcertError | None

    def __init__(
        self,
        answers: dict[bytes | None, VnvaxcertError],
        of_signer: VnvaxcertError | None = None,
    ) -> None:
        super().__init__({}, format="ours")
        set_once(self, answers=answers, asked=[], of_signer=of_signer)

    def check(self, kid: bytes | None, hashes: Iterable[Hash]) -> None:
        self.asked.append(kid)
        if kid in self.answers:
            raise self.answers[kid]

    def check_signer(self, certificate: CertificateFacts) -> None:
        self.asked.append(certificate)
        if self.of_signer is not None:
            raise self.of_signer


POSSIBLY = PossiblyRevokedError("SIGNATURE", 1e-7)
LIKELIER = PossiblyRevokedError("UCI", 1e-9)
EXACTLY = RevokedError("UCI")
SIGNER = SignerRevokedError(ISSUED_AT)
OTHER_KID = b"elsewhere"


def under_two_kids(
    answers: dict[bytes | None, VnvaxcertError], of_signer: VnvaxcertError | None = None
) -> tuple[str, dict[str, Any]]:
    """A certificate under a kid that is not its signer's own: both are asked for."""
    certificate = specimens.dsc()
    text = specimens.text(specimens.message(kid=OTHER_KID))
    revocations = Answering(answers, of_signer)
    return text, {"trust": listed((OTHER_KID, certificate)), "revocations": revocations}


def test_a_filters_answer_is_passed_on_as_what_it_is() -> None:
    own = specimens.kid_of(specimens.dsc())
    for kid in (own, OTHER_KID):
        text, options = under_two_kids({kid: POSSIBLY})
        with pytest.raises(PossiblyRevokedError, match="wrong in 1e-07 of cases"):
            judged(text, **options)
        facts = read_certificate(specimens.dsc())
        assert set(options["revocations"].asked) == {own, OTHER_KID, facts}
    text, options = under_two_kids({})
    assert judged(text, **options)


def test_of_two_filters_the_one_that_is_wrong_least_often_answers() -> None:
    own = specimens.kid_of(specimens.dsc())
    for first, second in ((POSSIBLY, LIKELIER), (LIKELIER, POSSIBLY)):
        text, options = under_two_kids({own: first, OTHER_KID: second})
        with pytest.raises(PossiblyRevokedError, match="wrong in 1e-09 of cases"):
            judged(text, **options)


def test_an_exact_answer_goes_before_a_possible_one() -> None:
    own = specimens.kid_of(specimens.dsc())
    for exactly, possibly in ((own, OTHER_KID), (OTHER_KID, own)):
        text, options = under_two_kids({exactly: EXACTLY, possibly: POSSIBLY})
        assert code(text, **options) == "revoked"
    text, options = under_two_kids({own: POSSIBLY}, SIGNER)
    assert code(text, **options) == "signer.revoked"
    text, options = under_two_kids({own: EXACTLY}, SIGNER)
    assert code(text, **options) == "revoked"


def crl(*serials: int) -> RevocationList:
    """A revocation list of the authority, as it publishes them."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Specimen CSCA")]))
        .last_update(ISSUED_AT)
        .next_update(ISSUED_AT + 365 * DAY)
    )
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial)
        builder = builder.add_revoked_certificate(revoked.revocation_date(ISSUED_AT).build())
    signed = builder.sign(specimens.ec_key(number=9), hashes.SHA256())
    return RevocationList.from_bytes(signed.public_bytes(Encoding.DER))


def test_a_signer_on_its_authoritys_list_signs_nothing_any_more() -> None:
    text, trust = signed(specimens.dsc(authority=AUTHORITY, serial=4711))
    assert code(text, trust=trust, revocations=crl(4711)) == "signer.revoked"
    assert code(text, trust=trust, revocations=crl(4712, 4711)) == "signer.revoked"
    for others in (crl(), crl(4710, 4712)):
        assert judged(text, trust=trust, revocations=others)
    # A bare key has no serial number that a list could name.
    bare = TrustList.from_keys({KID: specimens.ec_key().public_key()})
    assert judged(specimens.text(), trust=bare, revocations=crl(4711, 1))
