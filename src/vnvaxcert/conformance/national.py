"""Operations of Viet Nam's own steps: the national claim, identifiers, attestations.

Spec: spec/viet-nam.md, spec/attestation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vnvaxcert.conformance.lists import member
from vnvaxcert.verify import decode_unverified
from vnvaxcert.vietnam.passport.national_claim import read_national_claim

Input = Mapping[str, Any]


def read_claim(given: Input) -> dict[str, Any]:
    """``national.read``: the national claim of a ``text``, or ``claim`` null.

    Raises:
        DecodeError: The text is no certificate.
        NationalClaimError: The claim has another form.
    """
    found = read_national_claim(decode_unverified(member(given, "text", str)))
    if found is None:
        return {"claim": None}
    return {"nationality": found.nationality, "lots": list(found.lots)}
