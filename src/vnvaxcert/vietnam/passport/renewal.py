"""Renewing a passport whose code has expired, or soon will: the same certificate, new times.

Spec: Decision 5772/QĐ-BYT: on expiry the system makes a new code by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vnvaxcert.errors import ClaimsError, ContentError, IssueClaimsError
from vnvaxcert.record import record
from vnvaxcert.results import VerifiedCertificate
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.verify import decode_unverified, verify
from vnvaxcert.vietnam.passport.history import Authorities
from vnvaxcert.vietnam.passport.issuing import Passport, make_draft, sign_draft
from vnvaxcert.vietnam.passport.national_claim import NationalClaim, read_national_claim

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation import RevocationList
    from vnvaxcert.trust.signer import Signer
    from vnvaxcert.trust.trustlist import TrustList
    from vnvaxcert.vietnam.attestation import Attested


def renew(
    text: str,
    history: Sequence[Attested],
    *,
    signer: Signer,
    authorities: Authorities,
    trust: TrustList,
    identifier_key: bytes,
    at: datetime,
    revocations: RevocationList | None = None,
    expires_at: datetime | None = None,
) -> Passport:
    """Make the code of a passport anew: the same contents and ``ci``, other times.

    The old code may have expired. Its contents are made again from the history, and have to come
    out the same: what changed is a correction, which gets another ``ci``.

    Args:
        text: Of the old code.
        history: As of `issue_passport`, which made the old one; more doses may have been added.
        signer: As of `issue_passport`.
        authorities: As of `issue_passport`.
        trust: Who signed certificates when the old one was made.
        identifier_key: The one that the old one was made with.
        at: When it is issued, aware.
        revocations: Revoked certificates; one that is revoked is not renewed.
        expires_at: As of `issue_passport`.

    Returns:
        The passport, with a national claim if the old one had it.

    Raises:
        IssueClaimsError: The history says another thing than the old certificate (each violation
            names the member), or gives another ``ci``: of another identity number or key.
        VerificationError: The old certificate was not signed by a trusted key, or is revoked.
        DecodeError: It is none, is a seal, or cannot be read.
        IssueError: As `issue_passport`.
        TypeError: An argument of the wrong type.
        ValueError: A time without a time zone, or a key that is too short.

    Spec: Decision 5772/QĐ-BYT; spec/viet-nam.md §6.
    """
    old = read_passport(text, trust=trust, revocations=revocations)
    entry = old.contents.vaccinations[0]
    draft = make_draft(
        history,
        signer=signer,
        authorities=authorities,
        identifier_key=identifier_key,
        at=at,
        dose=entry.dose_number,
        has_national_claim=old.national is not None,
        issuer_name=entry.issuer,
    )
    refuse_other_contents(old, draft.certificate, draft.national)
    return sign_draft(draft, signer=signer, at=at, expires_at=expires_at)


@record(shown=("verified",))
class OldPassport:
    """A passport that was issued: its signature was checked, its expiry was not.

    Attributes:
        verified: It, as it was when it was issued.
        contents: What it says of the one vaccination.
        national: Its national claim, or None.
    """

    verified: VerifiedCertificate
    contents: HealthCertificate
    national: NationalClaim | None


def read_passport(
    text: str, *, trust: TrustList, revocations: RevocationList | None = None
) -> OldPassport:
    """Verify a passport at the moment of its issue.

    Raises:
        VerificationError: As `verify`.
        DecodeError: As `verify`; or a seal, or not one vaccination; or a national claim of
            another form.
    """
    issued_at = decode_unverified(text).issued_at
    if issued_at is None:
        raise ClaimsError("6 (iat)", "expected to be there")
    verified = verify(text, trust=trust, at=issued_at, revocations=revocations)
    contents = verified.certificate
    if not isinstance(contents, HealthCertificate) or len(contents.vaccinations) != 1:
        raise ContentError("expected the certificate of one vaccination")
    return OldPassport(verified=verified, contents=contents, national=read_national_claim(verified))


def refuse_other_contents(
    old: OldPassport, certificate: HealthCertificate, national: NationalClaim | None
) -> None:
    """Refuse what is not a renewal: anything but the times and the schema's version differs."""
    before, after = dcc.serialize(old.contents), dcc.serialize(certificate)
    paths = [
        ("/dob", before["dob"], after["dob"]),
        *_members("/nam", before["nam"], after["nam"]),
        *_members("/v/0", before["v"][0], after["v"][0]),
        ("claims/-65704", old.national, national),
    ]
    differing = [path for path, one, other in paths if one != other]
    if differing == ["/v/0/ci"]:
        expected = (
            "expected the identifier of the certificate to be renewed: it comes of another "
            "identity number, or of another key"
        )
        raise IssueClaimsError((("/v/0/ci", expected),))
    if differing:
        expected = "expected what the certificate to be renewed says: this is a correction"
        raise IssueClaimsError(tuple((path, expected) for path in differing if path != "/v/0/ci"))


def _members(
    path: str, before: dict[str, object], after: dict[str, object]
) -> list[tuple[str, object, object]]:
    names = dict.fromkeys([*before, *after])
    return [(f"{path}/{name}", before.get(name), after.get(name)) for name in names]
