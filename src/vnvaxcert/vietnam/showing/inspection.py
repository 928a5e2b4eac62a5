"""What an inspector is told: the result, who signed, when, and whether anything was changed.

It words what `vnvaxcert.verify` or `vnvaxcert.examine` found; it decides nothing of its own.

Spec: Circular 15/2025/TT-BKHCN (a verifier reports result, signer, time and integrity, in
Vietnamese).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from vnvaxcert.errors import DecodeError, IssueError, TrustListError, VnvaxcertError
from vnvaxcert.examine import Examination, Outcome, StepName
from vnvaxcert.record import record
from vnvaxcert.results import Envelope, VerifiedCertificate
from vnvaxcert.schema.records import CertificateWarning, HealthCertificate
from vnvaxcert.trust.trustlist import TrustedKey
from vnvaxcert.vietnam.showing.eleven import Item, items, visible
from vnvaxcert.vietnam.showing.inspection_words import REASONS, WARNINGS
from vnvaxcert.vietnam.showing.moments import say_moment
from vnvaxcert.vietnam.showing.national import national_claim_of
from vnvaxcert.vietnam.showing.words import Words


class Answer(StrEnum):
    """The result in one word. All but `ACCEPTED` mean: do not accept it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREADABLE = "unreadable"  # no certificate, or a damaged one
    UNDECIDED = "undecided"  # the inspector's lists or program cannot tell


class Integrity(StrEnum):
    """Whether what was read is what was signed."""

    INTACT = "intact"
    CHANGED = "changed"
    UNVOUCHED = "unvouched"  # fits a signature whose maker is not accepted
    UNKNOWN = "unknown"  # the check was not reached


ANSWERS: Final[dict[Answer, Words]] = {
    Answer.ACCEPTED: Words("HỢP LỆ", "VALID"),
    Answer.REFUSED: Words("KHÔNG HỢP LỆ", "NOT VALID"),
    Answer.UNREADABLE: Words("KHÔNG ĐỌC ĐƯỢC", "CANNOT BE READ"),
    Answer.UNDECIDED: Words("CHƯA KẾT LUẬN ĐƯỢC", "UNDECIDED: DO NOT ACCEPT"),
}
"""The result as it is shown."""

INTEGRITIES: Final[dict[Integrity, Words]] = {
    Integrity.INTACT: Words(
        "nguyên vẹn: nội dung không bị thay đổi từ khi ký",
        "intact: nothing was changed since it was signed",
    ),
    Integrity.CHANGED: Words(
        "không nguyên vẹn: nội dung không khớp với chữ ký",
        "not intact: the contents do not fit the signature",
    ),
    Integrity.UNVOUCHED: Words(
        "Nội dung khớp với chữ ký, nhưng người ký không được chấp nhận",
        "the contents fit the signature, whose signer is not accepted",
    ),
    Integrity.UNKNOWN: Words("Chưa kiểm tra được", "could not be checked"),
}
"""Integrity as it is shown."""

NO_PROOF_OF_IDENTITY: Final = Words(
    "Kết quả này không chứng minh người xuất trình là người có tên trong chứng nhận: hãy so họ tên "
    "và ngày sinh với thẻ căn cước hoặc hộ chiếu.",
    "This does not prove that whoever shows the certificate is the person it names: compare name "
    "and date of birth with the identity card or passport.",
)

_LISTS_MISSING: Final = Words(
    "Chưa kiểm tra chữ ký vì không có danh sách tin cậy",
    "the signature was not checked, for want of a trust list",
)
_UNDECIDED_CODES: Final = frozenset({"revoked.possible", "vdsnc.unsupported"})
# Raised by `verify` after the signer has been found good, and after the signature has.
_AFTER_THE_SIGNER: Final = frozenset(
    {
        *("cwt.expired", "cwt.not_yet_valid", "hcert.content", "schema.invalid"),
        *("signer.usage", "signer.revoked", "revoked", "revoked.possible"),
    }
)
# By a policy that looks at the moment of signing, claims are read before the signer is judged.
_AFTER_THE_SIGNATURE: Final = _AFTER_THE_SIGNER | {"cwt.claims"}


@record(shown=())
class Line:
    """One fact of an inspection, a label and a value in both languages.

    Attributes:
        label: What it is about.
        value: What was found.
    """

    label: Words
    value: Words


@record(shown=("answer", "code", "integrity", "checked_at"))
class Inspection:
    """What an inspector is told. ``repr`` shows nothing of the certificate.

    Attributes:
        answer: The result.
        code: Code of the error; ``""`` where it was accepted, and where no trust list was given.
        integrity: Whether anything was changed.
        checked_at: The moment for which the answer holds, aware.
        reason: Why it was not accepted; None where it was.
        lines: Result, reason, signer, chain, times, integrity, revocation, in this order.
        warnings: What the inspector should know besides, without doubles; of a refused
            certificate too, where an examination found them.
        caveat: What the result does not prove.
        items: The eleven items of an accepted certificate of vaccination; else empty, since what
            was not accepted is not to be read as if it had been.
    """

    answer: Answer
    code: str
    integrity: Integrity
    checked_at: datetime
    reason: Words | None
    lines: tuple[Line, ...]
    warnings: tuple[Words, ...]
    caveat: Words
    items: tuple[Item, ...]

    def to_text(self, language: str = "vi") -> str:
        """Return it as lines of text, for a terminal or a log of inspections without the items.

        Args:
            language: ``"vi"`` or ``"en"``.

        Raises:
            ValueError: Another language.
        """
        words = [
            f"{line.label.in_language(language)}: {line.value.in_language(language)}"
            for line in self.lines
        ]
        heading = Words("Lưu ý", "Note").in_language(language)
        words += [f"{heading}: {warning.in_language(language)}" for warning in self.warnings]
        words.append(self.caveat.in_language(language))
        return "\n".join(words) + "\n"


def verdict(
    result: VerifiedCertificate | Examination | VnvaxcertError,
    *,
    at: datetime,
    is_chain_checked: bool = False,
    is_revocation_checked: bool = False,
) -> Inspection:
    """Word the outcome of a verification for an inspector, in Vietnamese and in English.

    Args:
        result: What `vnvaxcert.verify` returned or raised, or what `vnvaxcert.examine` returned;
            the latter names the signer of a refused certificate too.
        at: The moment of the check, aware: the one that the verification was given.
        is_chain_checked: Whether country authorities were given.
        is_revocation_checked: Whether revocation lists were given. An examination knows.

    Returns:
        The inspection.

    Raises:
        TypeError: Not one of these.
        ValueError: ``at`` is naive; an `IssueError`, which no verification raises.

    Spec: Circular 15/2025/TT-BKHCN.
    """
    found = _found(result)
    checked = say_moment(at)
    code = "" if found.error is None else found.error.code
    answer, integrity = _answer(found), _integrity(result, found.error)
    reason = None
    if found.verified is None:
        reason = _LISTS_MISSING if found.error is None else _reason(code)
    if isinstance(result, Examination):
        is_revocation_checked = result.step(StepName.REVOCATION).outcome is not Outcome.SKIPPED
    contents, remarks = _contents(found.verified)

    lines = [_line(Words("Kết quả", "Result"), ANSWERS[answer])]
    if reason is not None:
        shown = Words(f"{reason.vi} ({code})", f"{reason.en} ({code})") if code else reason
        lines.append(_line(Words("Lý do", "Reason"), shown))
    is_accepted = found.verified is not None
    lines += [
        _line(Words("Người ký", "Signer"), _signer(found.signer, integrity)),
        _line(Words("Hạn chứng thư số", "Signer valid"), _period(found.signer)),
        _line(Words("Đường dẫn tin cậy", "Chain of trust"), _chain(result, code, is_chain_checked)),
        _line(Words("Thời điểm ký", "Signed at"), _signed(found, integrity)),
        _line(Words("Có giá trị đến", "Valid until"), _end(found, integrity)),
        _line(Words("Thời điểm kiểm tra", "Checked at"), checked),
        _line(Words("Tính toàn vẹn", "Integrity"), INTEGRITIES[integrity]),
        _line(
            Words("Thu hồi", "Revocation"), _revocation(code, is_accepted, is_revocation_checked)
        ),
    ]
    return Inspection(
        answer=answer,
        code=code,
        integrity=integrity,
        checked_at=at,
        reason=reason,
        lines=tuple(lines),
        warnings=tuple(dict.fromkeys(map(_warning, found.warnings))) + remarks,
        caveat=NO_PROOF_OF_IDENTITY,
        items=contents,
    )


def _line(label: Words, value: Words) -> Line:
    """A line whose value starts with a capital: values are clauses, some made of others."""
    vi, en = (text[:1].upper() + text[1:] for text in value)
    return Line(label=label, value=Words(vi, en))


@record(shown=())
class _Found:
    """The outcome of a verification, from whatever told it."""

    source: VerifiedCertificate | Examination | None
    verified: VerifiedCertificate | None
    error: VnvaxcertError | None
    signer: TrustedKey | None
    warnings: tuple[CertificateWarning, ...]


def _found(result: VerifiedCertificate | Examination | VnvaxcertError) -> _Found:
    if isinstance(result, VerifiedCertificate):
        return _Found(
            source=result,
            verified=result,
            error=None,
            signer=result.signer,
            warnings=result.warnings,
        )
    if isinstance(result, Examination):
        return _Found(
            source=result,
            verified=result.verified,
            error=result.error,
            signer=result.signer,
            warnings=result.warnings,
        )
    if isinstance(result, IssueError):
        raise ValueError("an IssueError comes from issuing, not from a verification")
    if isinstance(result, VnvaxcertError):
        return _Found(source=None, verified=None, error=result, signer=None, warnings=())
    raise TypeError(
        "expected a VerifiedCertificate, an Examination or a VnvaxcertError, "
        f"not {type(result).__name__}"
    )


def _answer(found: _Found) -> Answer:
    if found.verified is not None:
        return Answer.ACCEPTED
    error = found.error
    if error is None or isinstance(error, TrustListError) or error.code in _UNDECIDED_CODES:
        return Answer.UNDECIDED
    return Answer.UNREADABLE if isinstance(error, DecodeError) else Answer.REFUSED


def _integrity(result: object, error: VnvaxcertError | None) -> Integrity:
    if isinstance(result, VerifiedCertificate):
        return Integrity.INTACT
    code = "" if error is None else error.code
    if isinstance(result, Examination):
        outcome = result.step(StepName.SIGNATURE).outcome
        if outcome is Outcome.SKIPPED:
            return Integrity.UNKNOWN
        if outcome is Outcome.FAILED:
            return Integrity.CHANGED
        # Under a key that the certificate does not name, whose owner is not accepted, or that came
        # along in a seal and was held to no list.
        is_vouched = result.step(StepName.SIGNER).outcome is Outcome.PASSED
        is_vouched = is_vouched and code != "trust.unknown_kid" and not code.startswith("signer.")
        return Integrity.INTACT if is_vouched else Integrity.UNVOUCHED
    if code == "signature.invalid":
        return Integrity.CHANGED
    if code.startswith("signer."):
        return Integrity.UNVOUCHED
    return Integrity.INTACT if code in _AFTER_THE_SIGNATURE else Integrity.UNKNOWN


def _reason(code: str) -> Words:
    # A code of a class that is not this library's own still has to be told.
    return REASONS.get(code, Words("Không được chấp nhận", "not accepted"))


_NOT_STATED: Final = Words("không có trong chứng nhận", "not in the certificate")
_NOT_KNOWN: Final = Words("không rõ", "not known")
_NOT_REACHED: Final = Words("chưa kiểm tra được", "could not be checked")
_BARE_KEY: Final = Words(
    "một khóa trong danh sách tin cậy, không kèm chứng thư số",
    "a key of the trust list, without a certificate",
)
_CHAINED: Final = Words(
    "đã kiểm tra tới cơ quan chứng thực quốc gia được tin cậy",
    "checked up to a trusted country authority",
)
_LISTED: Final = Words(
    "khóa nằm trong danh sách tin cậy; chưa kiểm tra tới cơ quan chứng thực quốc gia",
    "the key is on the trust list; not checked up to a country authority",
)
_SEAL_LISTED: Final = Words(
    "chứng thư số, hoặc cơ quan cấp chứng thư số, nằm trong danh sách tin cậy",
    "the signer's certificate, or the authority over it, is on the trust list",
)


def _signer(signer: TrustedKey | None, integrity: Integrity) -> Words:
    if signer is None:
        return _NOT_KNOWN
    name = _BARE_KEY
    if signer.subject is not None:
        subject = visible(signer.subject)
        name = Words(subject, subject)
    if integrity is Integrity.INTACT:
        return name
    return Words(f"{name.vi} (không được chấp nhận)", f"{name.en} (not accepted)")


def _period(signer: TrustedKey | None) -> Words:
    if signer is None or signer.not_before is None or signer.not_after is None:
        return _NOT_KNOWN
    start, end = say_moment(signer.not_before), say_moment(signer.not_after)
    return Words(f"{start.vi} – {end.vi}", f"{start.en} – {end.en}")


def _chain(result: object, code: str, is_checked: bool) -> Words:
    if code == "signer.chain":
        return _reason(code)
    if isinstance(result, Examination):
        # By a key that the certificate does not name, the chain would be that of somebody else.
        is_reached = result.step(StepName.SIGNER).outcome is Outcome.PASSED
        is_reached = is_reached and code != "trust.unknown_kid"
    else:
        is_reached = not code or code in _AFTER_THE_SIGNER
    if not is_reached:
        return _NOT_REACHED
    if getattr(result, "envelope", None) is Envelope.VDS_NC:
        return _SEAL_LISTED  # the authorities are asked only where the signer is not listed
    return _CHAINED if is_checked else _LISTED


def _signed(found: _Found, integrity: Integrity) -> Words:
    if found.source is None or not _are_times_read(found.source, integrity):
        return _NOT_KNOWN
    moment = found.source.issued_at
    if moment is None:
        return _NOT_STATED
    said = say_moment(moment)
    return Words(f"{said.vi}, theo khai báo của người ký", f"{said.en}, as the signer states")


def _are_times_read(source: VerifiedCertificate | Examination, integrity: Integrity) -> bool:
    """Whether the times are signed, and could be read: a seal states none."""
    if integrity is not Integrity.INTACT:
        return False
    if isinstance(source, VerifiedCertificate) or source.envelope is Envelope.VDS_NC:
        return True
    return source.step(StepName.CLAIMS).outcome is Outcome.PASSED


def _end(found: _Found, integrity: Integrity) -> Words:
    if found.source is None or not _are_times_read(found.source, integrity):
        return _NOT_KNOWN
    moment = found.source.expires_at
    if moment is not None:
        return say_moment(moment)
    if found.source.envelope is Envelope.VDS_NC:
        return Words("con dấu số không ghi thời hạn", "a seal states no end")
    return _NOT_STATED


def _revocation(code: str, is_accepted: bool, is_checked: bool) -> Words:
    if code in ("revoked", "revoked.possible", "signer.revoked"):
        return _reason(code)
    if not is_checked:
        return Words(
            "chưa kiểm tra: không có danh sách thu hồi", "not checked: no lists were given"
        )
    if is_accepted:
        return Words("không có trong danh sách thu hồi", "on none of the lists")
    return _NOT_REACHED


def _warning(warning: CertificateWarning) -> Words:
    words = WARNINGS.get(warning.code, Words("Có điểm cần lưu ý", "something is unusual"))
    return Words(f"{words.vi} ({warning.code})", f"{words.en} ({warning.code})")


def _contents(verified: VerifiedCertificate | None) -> tuple[tuple[Item, ...], tuple[Words, ...]]:
    """The items of what was accepted, and a remark where its national claim cannot be read."""
    if verified is None or not isinstance(verified.certificate, HealthCertificate):
        return (), ()
    national, remarks = national_claim_of(verified)
    has_items = bool(verified.certificate.vaccinations)
    return (items(verified.certificate, national) if has_items else ()), remarks
