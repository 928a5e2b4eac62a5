"""Every error this library raises on purpose: one root, four branches, stable codes.

``code`` is the contract: applications and test vectors compare it, it never changes meaning.
The facts are attributes; the text is for people and holds no personal data: no name, no birth
date, no certificate identifier, no payload.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


class VnvaxcertError(Exception):
    """Root of all errors of this library."""

    code: ClassVar[str]


class DecodeError(VnvaxcertError):
    """The input is not well-formed: it is no certificate, or a damaged one."""


class VerificationError(VnvaxcertError):
    """The certificate is well-formed and must not be trusted."""


class TrustListError(VnvaxcertError):
    """The operator's own data (trust list, revocation list, key) cannot be used.

    Attributes:
        format: Name of the format that was being read, or ``"unknown"``.
        place: Where in the file, in words (``"entry 12"``), or ``""`` for the whole file.
        reason: What was wrong and what was expected.
    """

    def __init__(self, format: str, place: str, reason: str) -> None:
        super().__init__(format, place, reason)
        self.format, self.place, self.reason = format, place, reason

    def __str__(self) -> str:
        where = f", {self.place}" if self.place else ""
        return f"trust list ({self.format}{where}): {self.reason}"


class IssueError(VnvaxcertError):
    """A certificate that must not be made."""


# --- DecodeError -------------------------------------------------------------------------------


class InputTooLongError(DecodeError):
    """The text is longer than any QR code can be."""

    code = "input.too_long"

    def __init__(self, length: int, limit: int, unit: str = "characters") -> None:
        super().__init__(length, limit, unit)
        self.length, self.limit, self.unit = length, limit, unit

    def __str__(self) -> str:
        return f"input has {self.length} {self.unit}; a QR code holds at most {self.limit}"


class PrefixError(DecodeError):
    """The text does not start with the context identifier ``HC1:`` (HCERT §4.2.2)."""

    code = "hcert.prefix"

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        start = f"it starts with {self.found!a}" if self.found else "it is empty"
        return (
            "not a health certificate code: expected the text to start with 'HC1:' (or, of a "
            f"VDS-NC seal, with '{{'), {start}"
        )


class Base45Error(DecodeError):
    """The text is not Base45 (RFC 9285 §4). ``offset`` is 0-based, in the text decoded."""

    code = "base45.invalid"

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason, offset)
        self.reason, self.offset = reason, offset

    def __str__(self) -> str:
        return f"invalid Base45 at offset {self.offset}: {self.reason}"


class CompressionError(DecodeError):
    """The bytes are not one whole zlib stream (RFC 1950)."""

    code = "zlib.invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"invalid zlib data: {self.reason}"


class InflatedTooLargeError(DecodeError):
    """The zlib stream inflates to more than the bound, in bytes; inflating stopped there."""

    code = "zlib.too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"zlib data inflates to more than {self.limit} bytes"


class CborError(DecodeError):
    """The bytes are not one CBOR item within the bounds (RFC 8949). ``where`` names them."""

    code = "cbor.malformed"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"malformed CBOR in the {self.where}: {self.reason}"


class CoseStructureError(DecodeError):
    """The message is no COSE_Sign1, or one whose headers must be refused (RFC 9052 §4.2)."""

    code = "cose.structure"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"not a usable COSE_Sign1 message: {self.reason}"


class ClaimsError(DecodeError):
    """A claim of the CWT is missing or has the wrong form (RFC 8392 §3, HCERT §3.3)."""

    code = "cwt.claims"

    def __init__(self, claim: str, reason: str) -> None:
        super().__init__(claim, reason)
        self.claim, self.reason = claim, reason

    def __str__(self) -> str:
        return f"CWT claim {self.claim}: {self.reason}"


class ContentError(DecodeError):
    """The health claim holds no content type this library knows (HCERT §3.3.1)."""

    code = "hcert.content"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"no known certificate in the health claim (-260): {self.reason}"


class SchemaError(DecodeError):
    """The payload breaks the schema of its ``ver``.

    Attributes:
        violations: Every violation found, each a pair of a path (``"/v/0/dn"``) and what was
            expected there. Never the offending value.
    """

    code = "schema.invalid"

    def __init__(self, violations: tuple[tuple[str, str], ...]) -> None:
        super().__init__(violations)
        self.violations = violations

    def __str__(self) -> str:
        shown = "; ".join(f"{path or '/'}: {rule}" for path, rule in self.violations[:5])
        more = len(self.violations) - 5
        return f"certificate breaks its schema: {shown}" + (f" (+{more} more)" if more > 0 else "")


class SealError(DecodeError):
    """The text is no VDS-NC seal, or a damaged one: its JSON, members or encodings."""

    code = "vdsnc.malformed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"not a usable VDS-NC seal: {self.reason}"


class PictureError(DecodeError):
    """No QR code could be read from a picture or document."""

    code = "qr.unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot read a QR code: {self.reason}"


class RecordsError(DecodeError):
    """A file of exchange records, or of a step's results, cannot be read at all.

    Attributes:
        line: 1-based number of the line, or 0 for the file, or the one record, as a whole.
        reason: What was wrong and what was expected.
    """

    code = "records.format"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line, self.reason = line, reason

    def __str__(self) -> str:
        return (
            f"records, line {self.line}: {self.reason}" if self.line else f"records: {self.reason}"
        )


class NationalClaimError(DecodeError):
    """The national claim of a certificate has not the form of its specification."""

    code = "national.malformed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"national claim: {self.reason}"


# --- VerificationError -------------------------------------------------------------------------


class AlgorithmError(VerificationError):
    """``alg`` is missing, unknown or in a place the policy refuses (HCERT §3.3.2)."""

    code = "cose.algorithm"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"signature algorithm: {self.reason}"


class KeyIdError(VerificationError):
    """``kid`` is missing, empty or no byte string (HCERT §3.3.3)."""

    code = "cose.kid"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"key identifier: {self.reason}"


class UnknownKeyError(VerificationError):
    """No key on the trust list has this ``kid``."""

    code = "trust.unknown_kid"

    def __init__(self, kid: bytes) -> None:
        super().__init__(kid)
        self.kid = kid

    def __str__(self) -> str:
        shown = self.kid[:32].hex() + ("..." if len(self.kid) > 32 else "")
        return f"no key on the trust list has the key identifier {shown}"


class AlgorithmMismatchError(VerificationError):
    """The keys with this ``kid`` cannot have made a signature of this ``alg``."""

    code = "trust.algorithm_mismatch"

    def __init__(self, kid: bytes, algorithm: str) -> None:
        super().__init__(kid, algorithm)
        self.kid, self.algorithm = kid, algorithm

    def __str__(self) -> str:
        return f"no trusted key with this key identifier fits the algorithm {self.algorithm}"


class InvalidSignatureError(VerificationError):
    """The signature does not fit the bytes under any candidate key."""

    code = "signature.invalid"

    def __str__(self) -> str:
        return "the signature is not valid: the certificate was changed or not made by this signer"


class SealUnsupportedError(VerificationError):
    """A seal whose algorithm, certificate or key this library cannot use; it may be good."""

    code = "vdsnc.unsupported"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"this seal cannot be checked: {self.reason}"


class SignerExpiredError(VerificationError):
    """The signer's certificate had expired at the moment of verification."""

    code = "signer.expired"

    def __init__(self, not_after: datetime, checked_at: datetime) -> None:
        super().__init__(not_after, checked_at)
        self.not_after, self.checked_at = not_after, checked_at

    def __str__(self) -> str:
        return f"the signer's certificate expired at {_utc(self.not_after)}"


class SignerNotYetValidError(VerificationError):
    """The signer's certificate was not yet valid at the moment of verification."""

    code = "signer.not_yet_valid"

    def __init__(self, not_before: datetime, checked_at: datetime) -> None:
        super().__init__(not_before, checked_at)
        self.not_before, self.checked_at = not_before, checked_at

    def __str__(self) -> str:
        return f"the signer's certificate is valid only from {_utc(self.not_before)}"


class ChainError(VerificationError):
    """The signer's certificate does not chain to a given country authority."""

    code = "signer.chain"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the signer does not chain to a trusted country authority: {self.reason}"


class SignerUsageError(VerificationError):
    """The signer's extended key usage does not allow this kind of certificate (HCERT A.4)."""

    code = "signer.usage"

    def __init__(self, kind: str, allowed: tuple[str, ...]) -> None:
        super().__init__(kind, allowed)
        self.kind, self.allowed = kind, allowed

    def __str__(self) -> str:
        return f"the signer's certificate is for {' and '.join(self.allowed)}, not for {self.kind}"


class ExpiredError(VerificationError):
    """``exp`` (CWT claim 4) is before the moment of verification."""

    code = "cwt.expired"

    def __init__(self, expires_at: datetime, checked_at: datetime) -> None:
        super().__init__(expires_at, checked_at)
        self.expires_at, self.checked_at = expires_at, checked_at

    def __str__(self) -> str:
        return f"the certificate expired at {_utc(self.expires_at)}"


class NotYetValidError(VerificationError):
    """``iat`` (CWT claim 6), or ``nbf`` (claim 5), is after the moment of verification."""

    code = "cwt.not_yet_valid"

    def __init__(self, valid_from: datetime, checked_at: datetime) -> None:
        super().__init__(valid_from, checked_at)
        self.valid_from, self.checked_at = valid_from, checked_at

    def __str__(self) -> str:
        return f"the certificate is valid only from {_utc(self.valid_from)}"


class RevokedError(VerificationError):
    """The certificate is on a revocation list. ``hash_type`` says by which of its hashes."""

    code = "revoked"

    def __init__(self, hash_type: str) -> None:
        super().__init__(hash_type)
        self.hash_type = hash_type

    def __str__(self) -> str:
        return f"the certificate was revoked (by its {self.hash_type} hash)"


class PossiblyRevokedError(VerificationError):
    """A probabilistic revocation list holds the certificate, or one that looks the same to it.

    Attributes:
        hash_type: Which of its hashes was found.
        false_positive_rate: How often the list is wrong by its own account, 0 to 1.
    """

    code = "revoked.possible"

    def __init__(self, hash_type: str, false_positive_rate: float) -> None:
        super().__init__(hash_type, false_positive_rate)
        self.hash_type, self.false_positive_rate = hash_type, false_positive_rate

    def __str__(self) -> str:
        return (
            f"the certificate may be revoked: a filter holds its {self.hash_type} hash, and is "
            f"wrong in {self.false_positive_rate:.2g} of cases"
        )


class SignerRevokedError(VerificationError):
    """The signer's certificate is on its authority's revocation list (RFC 5280 §5.3)."""

    code = "signer.revoked"

    def __init__(self, revoked_at: datetime) -> None:
        super().__init__(revoked_at)
        self.revoked_at = revoked_at

    def __str__(self) -> str:
        return f"the signer's certificate was revoked at {_utc(self.revoked_at)}"


class AttestationError(VerificationError):
    """A record's attestation does not hold: its signature, or its place in the batch."""

    code = "attestation.invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"attestation: {self.reason}"


class DelegationError(VerificationError):
    """The unit that signed was not entitled to: role, province, facility or period."""

    code = "attestation.delegation"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"delegation: {self.reason}"


class CorrectionRecordError(VerificationError):
    """A correction record does not hold, or its parts do not belong together."""

    code = "correction.invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"correction record: {self.reason}"


# --- TrustListError ----------------------------------------------------------------------------


class TrustListFormatError(TrustListError):
    """The file is in no known format, or breaks the format it claims."""

    code = "trustlist.format"


class TrustListSignatureError(TrustListError):
    """The list's own signature does not fit the key that was given."""

    code = "trustlist.signature"


class TrustListStaleError(TrustListError):
    """The list was not valid at the given moment."""

    code = "trustlist.stale"


class TrustListRollbackError(TrustListError):
    """The list is older than one that was seen before, or does not say how old it is."""

    code = "trustlist.rollback"


# --- IssueError --------------------------------------------------------------------------------


class SignerKeyError(IssueError):
    """A private key or certificate for signing cannot be read or used."""

    code = "issue.key"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"signing key: {self.reason}"


class KeyMismatchError(IssueError):
    """The private key does not belong to the certificate."""

    code = "issue.key_mismatch"

    def __str__(self) -> str:
        return "the private key does not belong to the signer's certificate"


class OutlivesSignerError(IssueError):
    """The certificate would be valid at a time when its signer's is not (HCERT §3.3.5-6)."""

    code = "issue.outlives_signer"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class IssueUsageError(IssueError):
    """The signer's extended key usage does not allow this kind of certificate (HCERT A.4)."""

    code = "issue.usage"

    def __init__(self, kind: str, allowed: tuple[str, ...]) -> None:
        super().__init__(kind, allowed)
        self.kind, self.allowed = kind, allowed

    def __str__(self) -> str:
        return f"the signer's certificate is for {' and '.join(self.allowed)}, not for {self.kind}"


class IssueClaimsError(IssueError):
    """The claims do not make a valid certificate.

    Attributes:
        violations: Pairs of a path (``"/v/0/dn"``) and what was expected there.
    """

    code = "issue.claims"

    def __init__(self, violations: tuple[tuple[str, str], ...]) -> None:
        super().__init__(violations)
        self.violations = violations

    def __str__(self) -> str:
        listed = "; ".join(f"{path or '/'}: {rule}" for path, rule in self.violations)
        return f"the claims make no valid certificate: {listed}"


class TransliterationError(IssueError):
    """A name has a character without a form: no Latin letter, or one that Doc 9303-3 leaves out.

    Attributes:
        character: The character, NFC.
        offset: Its 0-based place in the NFC form of the name.
    """

    code = "issue.name"

    def __init__(self, character: str, offset: int) -> None:
        super().__init__(character, offset)
        self.character, self.offset = character, offset

    def __str__(self) -> str:
        return (
            f"the character U+{ord(self.character[0]):04X} at offset {self.offset} of a name has "
            "no form here: Latin letters alone are transliterated (ICAO Doc 9303-3); give the name "
            "as the holder's passport has it"
        )


class QrTooLargeError(IssueError):
    """The text does not fit in a QR code at this error correction level."""

    code = "issue.too_large"

    def __init__(self, length: int, limit: int, level: str, unit: str = "characters") -> None:
        super().__init__(length, limit, level, unit)
        self.length, self.limit, self.level, self.unit = length, limit, level, unit

    def __str__(self) -> str:
        return (
            f"the text has {self.length} {self.unit}; "
            f"a QR code of level {self.level} holds at most {self.limit}"
        )


class FontError(IssueError):
    """A font lacks a letter of a document, which would be missing in it.

    Attributes:
        character: The character.
    """

    code = "issue.font"

    def __init__(self, character: str) -> None:
        super().__init__(character)
        self.character = character

    def __str__(self) -> str:
        return (
            f"the font has no U+{ord(self.character[0]):04X}, which the document needs: give one "
            "that has it"
        )


class NotCompleteError(IssueError):
    """A dose record is not complete, so no certificate is made of it.

    Attributes:
        reasons: Reason codes, as in ``vnvaxcert.vietnam.reasons``.
        number: Which record of a history, from 1; None where there is but one.
    """

    code = "issue.not_complete"

    def __init__(self, reasons: tuple[str, ...], number: int | None = None) -> None:
        super().__init__(reasons, number)
        self.reasons, self.number = reasons, number

    def __str__(self) -> str:
        return f"{_record(self.number)} is not complete: {', '.join(self.reasons)}"


class NotMatchedError(IssueError):
    """A dose record was not found right by the population database.

    Attributes:
        verdict: ``wrong``, ``pending`` or ``not_sent``.
        number: Which record of a history, from 1; None where there is but one.
    """

    code = "issue.not_matched"

    def __init__(self, verdict: str, number: int | None = None) -> None:
        super().__init__(verdict, number)
        self.verdict, self.number = verdict, number

    def __str__(self) -> str:
        return (
            f"{_record(self.number)} was not matched: expected the verdict 'right', "
            f"it is {self.verdict!r}"
        )


class NotAttestedError(IssueError):
    """A dose record is not confirmed by a unit that may confirm it.

    Attributes:
        reason: Why its confirmation does not hold.
        number: Which record of a history, from 1; None where there is but one.
    """

    code = "issue.not_attested"

    def __init__(self, reason: str, number: int | None = None) -> None:
        super().__init__(reason, number)
        self.reason, self.number = reason, number

    def __str__(self) -> str:
        return f"{_record(self.number)} is not attested: {self.reason}"


def _record(number: int | None) -> str:
    return "the record" if number is None else f"record {number} of the history"


class CorrectionError(IssueError):
    """A correction that must not be made: nothing changed, or another person."""

    code = "issue.correction"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"correction: {self.reason}"
