"""The national claim of a certificate that is shown, and what to say where it cannot be read."""

from __future__ import annotations

from typing import Final

from vnvaxcert.errors import NationalClaimError
from vnvaxcert.results import UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.vietnam.passport.national_claim import NationalClaim, read_national_claim
from vnvaxcert.vietnam.showing.words import Words

MALFORMED: Final = Words(
    "Phần thông tin riêng của Việt Nam sai định dạng và đã được bỏ qua",
    "the national part of the certificate is malformed and was left out",
)


def national_claim_of(
    certificate: VerifiedCertificate | UnverifiedCertificate,
) -> tuple[NationalClaim | None, tuple[Words, ...]]:
    """Return the national claim, and a remark where there is one that cannot be read.

    The certificate is good without it, so it is shown all the same; the remark says so.

    Args:
        certificate: What was read.
    """
    try:
        return read_national_claim(certificate), ()
    except NationalClaimError:
        return None, (MALFORMED,)
