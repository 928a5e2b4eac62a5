"""Taking back what was signed: entries of revocation lists for delegations, batches and records.

The hashes are those of certificates (spec/revocation.md), so that any list which carries those
carries these. Each stands under the key identifier of its signer.
"""

from __future__ import annotations

from typing import NamedTuple

from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.revocation.hashes import Hash, certificate_hashes
from vnvaxcert.vietnam.attestation.attesting import Attested
from vnvaxcert.vietnam.attestation.batch import open_batch
from vnvaxcert.vietnam.attestation.delegation import Delegation, open_delegation
from vnvaxcert.vietnam.attestation.envelope import Opened
from vnvaxcert.vietnam.attestation.leaf import leaf_of


class Withdrawal(NamedTuple):
    """An entry for a revocation list: ``RevocationList.from_hashes([hash], kid=kid)``.

    Attributes:
        kid: Key identifier of who signed.
        hash: Its type and 16 bytes.
    """

    kid: bytes
    hash: Hash


def withdraw_delegation(message: bytes) -> Withdrawal:
    """End a delegation before its time, and with it what was attested under it.

    Raises:
        DelegationError: The message is none.
        TypeError: Not bytes.
    """
    made, opened = open_delegation(message)
    return Withdrawal(made.kid, signature_hash(opened))


def withdraw_batch(message: bytes) -> Withdrawal:
    """Take a batch back, with all of its records.

    Raises:
        AttestationError: The message is none.
        TypeError: Not bytes.
    """
    statement, opened = open_batch(message)
    return Withdrawal(certificate_kid(statement.certificate), signature_hash(opened))


def withdraw_record(attested: Attested) -> Withdrawal:
    """Take one record back, as after a correction; the rest of its batch stays.

    What is taken back is this attestation. A record that the unit attested several times has a
    salt, and so an entry, for each; and one that it attests again afterwards is attested.

    Raises:
        AttestationError: Its batch is none.
        ValueError: The record cannot be encoded, or its salt is none, so it is in no batch.
        TypeError: The batch is not bytes.
    """
    statement, _ = open_batch(attested.batch)
    leaf = leaf_of(attested.record, attested.salt)
    return Withdrawal(certificate_kid(statement.certificate), record_hash(leaf))


def signature_hash(opened: Opened) -> Hash:
    """The hash of a message's signature, as of a certificate's."""
    (found,) = certificate_hashes(
        certificate_ids=(),
        issuer=None,
        countries=(),
        signature=opened.signed.signature,
        algorithm=opened.algorithm,
    )
    return found


def identifier_hash(delegation: Delegation) -> Hash:
    """The hash of a delegation's identifier; a list with it ends all that have it."""
    return _of_text(delegation.delegation_id)


def record_hash(leaf: bytes) -> Hash:
    """The hash of a record's leaf, which stands for it in hexadecimal."""
    return _of_text(leaf.hex())


def _of_text(text: str) -> Hash:
    (found,) = certificate_hashes(certificate_ids=(text,), issuer=None, countries=(None,))
    return found
