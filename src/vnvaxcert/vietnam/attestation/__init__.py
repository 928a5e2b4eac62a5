"""Attestation: a facility, or a unit acting for it, signs records that were found right.

One signature covers a batch of records by the root of a Merkle tree, and any one record proves by
itself that it was in it. By what right the unit signs stands in a delegation, signed by an
authority, which the batch brings along.

Spec: spec/attestation.md; 9438/BYT-CNTT and 1908/BYT-CNTT (who signs); RFC 9052 (COSE_Sign1);
RFC 9162 §2.1 (Merkle trees).
"""

from vnvaxcert.vietnam.attestation.attesting import Attested, Batch, Refused, attest
from vnvaxcert.vietnam.attestation.batch import MAX_BATCH
from vnvaxcert.vietnam.attestation.delegation import (
    Delegation,
    Role,
    delegate,
    read_unverified_delegation,
)
from vnvaxcert.vietnam.attestation.verification import (
    Attestation,
    AttestationVerifier,
    verify_attestation,
)
from vnvaxcert.vietnam.attestation.withdrawal import (
    Withdrawal,
    withdraw_batch,
    withdraw_delegation,
    withdraw_record,
)

__all__ = [
    "MAX_BATCH",
    "Attestation",
    "AttestationVerifier",
    "Attested",
    "Batch",
    "Delegation",
    "Refused",
    "Role",
    "Withdrawal",
    "attest",
    "delegate",
    "read_unverified_delegation",
    "verify_attestation",
    "withdraw_batch",
    "withdraw_delegation",
    "withdraw_record",
]
