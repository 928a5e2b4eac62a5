"""What a verifier tolerates and what it insists on."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from vnvaxcert.codec.deflate import MAX_INFLATED_BYTES
from vnvaxcert.record import record
from vnvaxcert.schema.deviations import EVERY_DEVIATION, NO_DEVIATION, Deviation


class Check(StrEnum):
    """Checks that are made when their data are given, and can be made compulsory."""

    CHAIN = "chain"
    REVOCATION = "revocation"


class ValidityModel(StrEnum):
    """The moment at which a signer, and the authority over it, have to be valid."""

    AT_VERIFICATION = "at verification"
    """The moment of verification: the shell model of the EU's and the WHO's governance."""

    AT_SIGNING = "at signing"
    """The moment at which the certificate says it was issued (``iat``).

    What is old stays good when its signer ends. But whoever signs writes ``iat``: a key that is
    stolen after its end can date back, and this model cannot tell. Only with revocation lists,
    and for signers whose loss you would hear of.

    A seal does not say when it was issued. For it, it is the earliest moment at which its signer
    may have made it: the start of the latest day that it tells of, but not before its signer's
    certificate began.
    """


_MOST_INFLATED_BYTES = 1 << 30


@record()
class Policy:
    """How a certificate is read and judged.

    Attributes:
        expiry_skew: How long after ``exp`` a certificate is still accepted.
        issue_skew: How far ``iat`` may lie in the future: issuers' clocks differ.
        tolerated: Deviations from the DCC schema that are read, with a warning.
        is_unprotected_algorithm_read: Whether ``alg`` may stand in the unprotected header alone,
            where the signature does not cover it.
        max_inflated_bytes: Upper bound on the inflated message, in bytes.
        validity_model: When the signer, and its authority, have to be valid. By the model
            `ValidityModel.AT_SIGNING` a certificate without ``iat`` is refused (``cwt.claims``).
            A stolen key can date back: see there.
        is_sha1_accepted: Whether the signer's certificate may be signed over SHA-1 where its
            chain is checked. Accepted, it gives the warning ``signer.sha1``; else it is refused
            (``signer.chain``).
        required_checks: Checks that must not be left out: `verify` refuses to run without the
            authorities or revocation lists they need.

    Raises:
        ValueError: A negative skew, a bound below 1, or an unknown check or deviation.
        TypeError: A value of another type; a validity model by its name.
    """

    expiry_skew: timedelta = timedelta(0)
    issue_skew: timedelta = timedelta(minutes=5)
    tolerated: frozenset[Deviation] = EVERY_DEVIATION
    is_unprotected_algorithm_read: bool = True
    max_inflated_bytes: int = MAX_INFLATED_BYTES
    validity_model: ValidityModel = ValidityModel.AT_VERIFICATION
    is_sha1_accepted: bool = True
    required_checks: frozenset[Check] = frozenset()

    def __post_init__(self) -> None:
        if self.expiry_skew < timedelta(0) or self.issue_skew < timedelta(0):
            raise ValueError("a skew is not negative")
        if not 1 <= self.max_inflated_bytes <= _MOST_INFLATED_BYTES:
            raise ValueError(f"max_inflated_bytes is positive, at most {_MOST_INFLATED_BYTES}")
        # Compared by identity later: a text that equals a member must not pass for it.
        if type(self.validity_model) is not ValidityModel:
            model = type(self.validity_model).__name__
            raise TypeError(f"validity_model: expected a ValidityModel, not {model}")
        # A name that is none would silently ask for nothing.
        for given, known in ((self.required_checks, Check), (self.tolerated, Deviation)):
            if not isinstance(given, frozenset):
                raise TypeError(f"expected a frozenset, not {type(given).__name__}")
            for member in given:
                known(member)


DEFAULT_POLICY = Policy()
STRICT_POLICY = Policy(
    issue_skew=timedelta(0),
    tolerated=NO_DEVIATION,
    is_unprotected_algorithm_read=False,
    is_sha1_accepted=False,
)
