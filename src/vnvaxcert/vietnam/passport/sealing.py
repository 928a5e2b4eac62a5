"""The VDS-NC seal of the same history, for states that read seals.

A health certificate of one dose cannot become a seal: it has no lot and no facility. The history
has them. The seal holds every dose of it, names in passport letters, and no identity number.

Spec: ICAO VDS-NC 1.1; spec/vds-nc.md; spec/viet-nam.md §7.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vnvaxcert.between import NotCarried, seal_identifier, to_vdsnc
from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.record import record
from vnvaxcert.schema.seal import Seal
from vnvaxcert.sealing import issue_seal
from vnvaxcert.vietnam.passport.history import Authorities, check_attested, to_certificate
from vnvaxcert.vietnam.passport.issuing import ISSUER_NAME

if TYPE_CHECKING:
    from vnvaxcert.trust.signer import Signer
    from vnvaxcert.vietnam.attestation import Attested

SEAL_ISSUER = "VNM"
"""``hdr.is``: Viet Nam, Doc 9303-3."""


@record(shown=("issued_at",))
class PassportSeal:
    """A seal and what it was made of. ``repr`` shows when.

    Attributes:
        text: Of its QR code: JSON.
        certificate_id: ``uvci``.
        issued_at: When it was signed, UTC; the seal itself does not say it.
        record_ids: Identifiers of the records it was made of, by number of the dose.
        seal: What it says.
        losses: What a health certificate of these doses says, and the seal does not.
    """

    text: str
    certificate_id: str
    issued_at: datetime
    record_ids: tuple[str, ...]
    seal: Seal
    losses: tuple[NotCarried, ...]


def passport_seal(
    history: Sequence[Attested],
    *,
    signer: Signer,
    authorities: Authorities,
    number: int,
    at: datetime,
    issuer: str = SEAL_ISSUER,
    document_number: str | None = None,
    level: str = "M",
) -> PassportSeal:
    """Make the seal of one person's doses.

    Args:
        history: As of `issue_passport`. Each record needs a lot number.
        signer: Signs with ES256, ES384 or ES512, and its certificate is one for seals. An RSA
            key, such as that of Viet Nam's health certificates, cannot sign seals.
        authorities: As of `issue_passport`.
        number: 0 to 999,999,999, another for each seal: ``uvci`` has 12 characters, too few for a
            computed identifier. `seal_identifier` makes it with the letters VN.
        at: When it is issued, aware.
        issuer: ``hdr.is``, the state of the signer.
        document_number: Of the passport, where the seal is to name it. Decision 5772 keeps such
            numbers out of codes, so by default it does not.
        level: Error correction that the code must fit.

    Returns:
        The seal.

    Raises:
        NotCompleteError: As `issue_passport`.
        NotMatchedError: As `issue_passport`.
        NotAttestedError: As `issue_passport`.
        IssueClaimsError: As `issue_passport`; a lot number is missing; or something does not fit.
        SignerKeyError: The signer cannot sign seals: an RSA key, or no certificate for them.
        IssueError: As `issue_seal`.
        TypeError: An argument of the wrong type.
        ValueError: A time without a time zone, or a number out of range.

    Spec: ICAO VDS-NC 1.1; spec/viet-nam.md §7.
    """
    identifier = seal_identifier("VN", number)
    doses = check_attested(history, authorities=authorities, at=at)
    missing = tuple(
        (f"/history/{index}", "expected a lot number, which a seal must have")
        for index, attested in enumerate(history)
        if not attested.record.lot.strip()
    )
    if missing:
        raise IssueClaimsError(missing)
    made = to_vdsnc(
        to_certificate(doses, issuer_name=ISSUER_NAME),
        issuer=issuer,
        certificate_id=identifier,
        lots=[dose.lot or "" for dose in doses],
        facilities=[dose.facility_code for dose in doses],
        sex=doses[0].sex,
        document_number=document_number,
    )
    return PassportSeal(
        text=issue_seal(made.seal, signer=signer, issued_at=at, level=level),
        certificate_id=identifier,
        issued_at=at,
        record_ids=tuple(dose.record_id for dose in doses),
        seal=made.seal,
        losses=made.losses,
    )
