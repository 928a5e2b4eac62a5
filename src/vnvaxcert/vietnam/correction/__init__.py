"""Corrections: what changed, the new passport, the revocation of the old one, the signed record.

`comparison` names what differs without saying how, `correcting` issues and revokes, `signed` is the
record that links the two, `verifying` checks the whole chain.

Spec: Công văn 9458/BYT-CNTT; spec/viet-nam.md §8.
"""

from __future__ import annotations

from vnvaxcert.vietnam.correction.comparison import CHANGEABLE, compare
from vnvaxcert.vietnam.correction.correcting import Correction, correct
from vnvaxcert.vietnam.correction.signed import CorrectionReason
from vnvaxcert.vietnam.correction.verifying import VerifiedCorrection, verify_correction

__all__ = [
    "CHANGEABLE",
    "Correction",
    "CorrectionReason",
    "VerifiedCorrection",
    "compare",
    "correct",
    "verify_correction",
]
