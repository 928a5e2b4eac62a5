"""What an inspector is told: Circular 15/2025 asks for result, signer, time and integrity."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import seal_maker
import specimens
from test_vietnam_showing import HOSTILE, NAME, Seen, text_of
from vnvaxcert import Policy, RevocationList, TrustList, errors, examine, verify
from vnvaxcert.errors import (
    DecodeError,
    IssueError,
    TrustListError,
    VerificationError,
    VnvaxcertError,
)
from vnvaxcert.policy import ValidityModel
from vnvaxcert.vietnam.showing import Answer, Integrity, to_html_verdict, verdict
from vnvaxcert.vietnam.showing.inspection import ANSWERS, INTEGRITIES
from vnvaxcert.vietnam.showing.inspection_page import _SIGNS, _STYLE
from vnvaxcert.vietnam.showing.inspection_words import REASONS, WARNINGS
from vnvaxcert.vietnam.showing.words import Words

AT = specimens.AT
DSC = specimens.dsc()
TRUST = TrustList.from_certificates([DSC])
LATE = specimens.EXPIRES_AT + dt.timedelta(seconds=1)
# Letters of Vietnamese that plain English has not: an untranslated text has none.
VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")


def line_of(inspection: Any, label: str) -> Words:
    (value,) = (line.value for line in inspection.lines if line.label.en == label)
    assert isinstance(value, Words)
    return value


def outcome(text: str, at: dt.datetime = AT, **more: Any) -> Any:
    """What `verify` returns or raises."""
    try:
        return verify(text, trust=more.pop("trust", TRUST), at=at, **more)
    except VnvaxcertError as error:
        return error


# --- the tables ----------------------------------------------------------------------------------


def classes(*branches: type[VnvaxcertError]) -> set[str]:
    found = (item for _, item in inspect.getmembers(errors, inspect.isclass))
    return {item.code for item in found if issubclass(item, branches) and hasattr(item, "code")}


def test_every_code_that_a_verification_can_give_has_its_words() -> None:
    assert set(REASONS) == classes(DecodeError, VerificationError, TrustListError)


def test_every_warning_of_the_reference_has_its_words() -> None:
    page = Path(__file__).parents[1] / "docs" / "reference" / "errors.md"
    table = page.read_text(encoding="utf-8").partition("\n## Warnings\n")[2]
    codes = set(re.findall(r"^\| `([a-z_.0-9]+)` \|", table, flags=re.MULTILINE))
    assert len(codes) > 15
    assert set(WARNINGS) == codes


@pytest.mark.parametrize("table", [REASONS, WARNINGS], ids=["reasons", "warnings"])
def test_each_text_is_a_clause_in_its_language(table: Any) -> None:
    for code, words in table.items():
        assert VIETNAMESE.search(words.vi), code
        assert words.en.isascii(), code
        assert not words.vi.endswith("."), code
        assert not words.en.endswith("."), code
        assert unicodedata.is_normalized("NFC", words.vi), code
    assert len({words.vi for words in table.values()}) == len(table)
    assert len({words.en for words in table.values()}) == len(table)


@pytest.mark.parametrize("answer", list(Answer))
def test_each_answer_has_a_word_a_sign_and_a_colour_of_its_own(answer: Answer) -> None:
    others = set(Answer) - {answer}
    assert ANSWERS[answer] not in {ANSWERS[other] for other in others}
    outline = _SIGNS[answer].partition("/>")[0]
    assert outline not in {_SIGNS[other].partition("/>")[0] for other in others}
    assert f".{answer.value}{{background:#" in _STYLE


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_white_on_each_colour_has_a_contrast_of_at_least_5_to_1() -> None:
    colours = re.findall(r"\.(?:accepted|refused|unreadable|undecided)\{background:#(\w+)", _STYLE)
    assert len(colours) == 4
    assert all(1.05 / (luminance(colour) + 0.05) >= 5 for colour in colours)


# --- accepted ------------------------------------------------------------------------------------


def test_an_accepted_certificate_is_told_with_all_that_the_circular_asks_for() -> None:
    inspection = verdict(outcome(text_of()), at=AT)
    assert inspection.answer is Answer.ACCEPTED
    assert inspection.integrity is Integrity.INTACT
    assert (inspection.code, inspection.reason, inspection.warnings) == ("", None, ())
    assert line_of(inspection, "Result") == ("HỢP LỆ", "VALID")
    assert "CN=Specimen DSC" in line_of(inspection, "Signer").vi
    assert (
        line_of(inspection, "Signed at").vi
        == "15/04/2022 07:00:00 (giờ Việt Nam), theo khai báo của người ký"
    )
    assert line_of(inspection, "Checked at").vi == "01/06/2022 19:00:00 (giờ Việt Nam)"
    assert line_of(inspection, "Valid until").en == "2023-04-15 07:00:00 (UTC+7)"
    assert line_of(inspection, "Signer valid").en.startswith("2022-01-01")
    assert line_of(inspection, "Integrity").vi.startswith("Nguyên vẹn")
    assert "chưa kiểm tra" in line_of(inspection, "Chain of trust").vi
    assert line_of(inspection, "Revocation").vi.startswith("Chưa kiểm tra")
    assert inspection.items[0].value_vi == " ".join(NAME)


def test_an_examination_and_a_verification_are_told_alike() -> None:
    text = text_of(national={1: "JP"})
    by_verify = verdict(outcome(text), at=AT)
    assert verdict(examine(text, trust=TRUST, at=AT), at=AT) == by_verify
    assert by_verify.items[2].value_vi == "Nhật Bản"


def test_checks_that_were_made_are_said_to_have_been_made() -> None:
    authority = specimens.key("P-256", 2)
    dsc = specimens.dsc(authority=authority)
    text = specimens.certificate_text(signer=specimens.key(), kid=specimens.kid_of(dsc))
    given: dict[str, Any] = {
        "trust": TrustList.from_certificates([dsc]),
        "authorities": TrustList.from_certificates([specimens.csca(authority)]),
        "revocations": RevocationList.from_hashes([]),
    }
    verified = verify(text, at=AT, **given)
    inspection = verdict(verified, at=AT, is_chain_checked=True, is_revocation_checked=True)
    assert line_of(inspection, "Chain of trust").en.startswith("Checked up to")
    assert line_of(inspection, "Revocation").en == "On none of the lists"
    examined = verdict(examine(text, at=AT, **given), at=AT, is_chain_checked=True)
    assert line_of(examined, "Revocation").en == "On none of the lists"


def test_a_warning_is_told_once_and_with_its_code() -> None:
    contents = specimens.payload("v", entry={"mp": "Unknown", "ma": "Unknown"})
    inspection = verdict(outcome(specimens.certificate_text(contents)), at=AT)
    assert inspection.answer is Answer.ACCEPTED
    assert [words.en for words in inspection.warnings] == [
        "a code is in no value set: the code itself is shown (valueset.unknown)"
    ]
    assert "Lưu ý: Có mã không nằm trong danh mục" in inspection.to_text()


def test_a_malformed_national_claim_is_a_warning() -> None:
    inspection = verdict(outcome(text_of(national={1: 7})), at=AT)
    assert inspection.answer is Answer.ACCEPTED
    assert "sai định dạng" in inspection.warnings[-1].vi
    assert not inspection.items[2].is_present


@pytest.mark.parametrize("group", ["t", "r"])
def test_a_test_or_a_recovery_is_accepted_and_has_no_items(group: str) -> None:
    contents = specimens.payload(group)
    inspection = verdict(outcome(specimens.certificate_text(contents)), at=AT)
    assert inspection.answer is Answer.ACCEPTED
    assert inspection.items == ()


def test_a_bare_key_is_said_to_be_one() -> None:
    key = specimens.key().public_key()
    trust = TrustList.from_keys({specimens.kid_of(DSC): key})
    inspection = verdict(outcome(text_of(), trust=trust), at=AT)
    assert "không kèm chứng thư số" in line_of(inspection, "Signer").vi
    assert line_of(inspection, "Signer valid").en == "Not known"


def test_a_certificate_that_states_no_time_of_signing_is_said_not_to() -> None:
    text = specimens.text(specimens.message(specimens.claims(iat=specimens.REMOVED)))
    inspection = verdict(outcome(text), at=AT)
    assert inspection.answer is Answer.ACCEPTED
    assert line_of(inspection, "Signed at").en == "Not in the certificate"


def test_a_seal_states_neither_a_time_of_signing_nor_an_end() -> None:
    trust = TrustList.from_certificates([seal_maker.signer()])
    at = seal_maker.FROM + dt.timedelta(days=40)
    text = seal_maker.text()
    for result in (verify(text, trust=trust, at=at), examine(text, trust=trust, at=at)):
        inspection = verdict(result, at=at, is_chain_checked=True)
        assert inspection.answer is Answer.ACCEPTED
        assert line_of(inspection, "Valid until").en == "A seal states no end"
        assert line_of(inspection, "Signed at").en == "Not in the certificate"
        assert "or the authority over it" in line_of(inspection, "Chain of trust").en
        assert inspection.items == ()


# --- not accepted --------------------------------------------------------------------------------


def broken(text: str) -> str:
    """The same certificate with another signature."""
    return specimens.text(
        specimens.message(specimens.claims(), signature=b"\x01" * 64) if text else b""
    )


OTHER = TrustList.from_certificates([specimens.dsc(specimens.key("P-256", 5))])
REFUSALS = [
    ("hcert.prefix", "no certificate", {}, Answer.UNREADABLE, Integrity.UNKNOWN),
    ("base45.invalid", "HC1:é", {}, Answer.UNREADABLE, Integrity.UNKNOWN),
    ("trust.unknown_kid", None, {"trust": OTHER}, Answer.REFUSED, Integrity.UNKNOWN),
    ("signature.invalid", "broken", {}, Answer.REFUSED, Integrity.CHANGED),
    ("cwt.expired", None, {"at": LATE}, Answer.REFUSED, Integrity.INTACT),
    (
        "signer.expired",
        None,
        {"at": specimens.DSC_UNTIL + dt.timedelta(days=1)},
        Answer.REFUSED,
        Integrity.UNVOUCHED,
    ),
    ("signer.chain", None, {"authorities": OTHER}, Answer.REFUSED, Integrity.UNVOUCHED),
]


@pytest.mark.parametrize("by", ["verify", "examine"])
@pytest.mark.parametrize(
    ("code", "text", "given", "answer", "integrity"), REFUSALS, ids=[row[0] for row in REFUSALS]
)
def test_a_refusal_is_told_with_its_reason_and_shows_no_items(
    code: str, text: str | None, given: Any, answer: Answer, integrity: Integrity, by: str
) -> None:
    text = broken("x") if text == "broken" else text_of() if text is None else text
    given = {"at": AT, "trust": TRUST, **given}
    result = examine(text, **given) if by == "examine" else outcome(text, **given)
    inspection = verdict(result, at=given["at"], is_chain_checked="authorities" in given)
    assert inspection.code == code
    assert inspection.answer is answer
    if (code, by) != ("trust.unknown_kid", "examine"):  # which tries the other keys
        assert inspection.integrity is integrity
    assert inspection.items == ()
    assert inspection.reason == REASONS[code]
    assert line_of(inspection, "Reason").vi == f"{REASONS[code].vi} ({code})"
    assert line_of(inspection, "Result") == ANSWERS[answer]
    assert not any(name in inspection.to_text() for name in NAME)
    is_passed = integrity is Integrity.INTACT
    assert ("trust list" in line_of(inspection, "Chain of trust").en) is is_passed
    assert "Checked up to" not in line_of(inspection, "Chain of trust").en


def test_an_examination_names_signer_and_end_of_what_has_expired() -> None:
    inspection = verdict(examine(text_of(), trust=TRUST, at=LATE), at=LATE)
    assert line_of(inspection, "Signer").vi == "C=VN,CN=Specimen DSC"
    assert line_of(inspection, "Valid until").en == "2023-04-15 07:00:00 (UTC+7)"
    by_error = verdict(outcome(text_of(), LATE), at=LATE)
    assert line_of(by_error, "Signer").en == "Not known"
    assert line_of(by_error, "Valid until").en == "Not known"


def test_a_signature_under_a_key_that_is_not_named_is_nobodys() -> None:
    """`examine` finds the key all the same; whoever made it is not vouched for."""
    trust = TrustList.from_keys({b"\x01" * 8: specimens.key().public_key()})
    inspection = verdict(examine(text_of(), trust=trust, at=AT), at=AT, is_chain_checked=True)
    assert inspection.code == "trust.unknown_kid"
    assert inspection.integrity is Integrity.UNVOUCHED
    assert line_of(inspection, "Chain of trust").en == "Could not be checked"
    assert line_of(inspection, "Signer").en.endswith("(not accepted)")
    assert line_of(inspection, "Valid until").en == "Not known"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [({"exp": specimens.REMOVED}, "Not in the certificate"), ({"iat": "a text"}, "Not known")],
    ids=["missing", "unreadable"],
)
def test_times_that_are_missing_are_told_from_times_that_cannot_be_read(
    changes: Any, shown: str
) -> None:
    text = specimens.text(specimens.message(specimens.claims(**changes)))
    inspection = verdict(examine(text, trust=TRUST, at=AT), at=AT)
    assert inspection.code == "cwt.claims"
    assert inspection.integrity is Integrity.INTACT
    assert line_of(inspection, "Valid until").en == shown


def test_what_was_refused_before_the_lists_were_asked_is_not_said_to_be_on_none() -> None:
    error = outcome(text_of(), LATE)
    inspection = verdict(error, at=LATE, is_revocation_checked=True)
    assert line_of(inspection, "Revocation").en == "Could not be checked"


def test_without_a_trust_list_nothing_is_decided() -> None:
    inspection = verdict(examine(text_of(), at=AT), at=AT)
    assert inspection.answer is Answer.UNDECIDED
    assert inspection.integrity is Integrity.UNKNOWN
    assert inspection.code == ""
    assert "danh sách tin cậy" in line_of(inspection, "Reason").vi
    assert inspection.items == ()


def test_the_key_that_a_seal_brings_along_vouches_for_nothing() -> None:
    inspection = verdict(examine(seal_maker.text(), at=seal_maker.FROM), at=seal_maker.FROM)
    assert inspection.answer is Answer.UNDECIDED
    assert inspection.integrity is Integrity.UNVOUCHED
    assert line_of(inspection, "Signer").en.endswith("(not accepted)")
    assert line_of(inspection, "Chain of trust").en == "Could not be checked"


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_error_is_told_whatever_it_is(code: str) -> None:
    (made,) = (
        item
        for _, item in inspect.getmembers(errors, inspect.isclass)
        if getattr(item, "code", None) == code
    )
    error: Any = made.__new__(made)
    inspection = verdict(error, at=AT, is_chain_checked=True, is_revocation_checked=True)
    assert inspection.code == code
    assert inspection.answer is not Answer.ACCEPTED
    assert inspection.reason == REASONS[code]
    undecided = issubclass(made, TrustListError) or code in (
        "revoked.possible",
        "vdsnc.unsupported",
    )
    assert (inspection.answer is Answer.UNDECIDED) is undecided
    assert "On none" not in line_of(inspection, "Revocation").en
    assert "HỢP LỆ" not in inspection.to_text().splitlines()[0].replace("KHÔNG HỢP LỆ", "")
    if code in ("revoked", "revoked.possible", "signer.revoked"):
        assert line_of(inspection, "Revocation").en.lower() == REASONS[code].en


def test_claims_that_break_before_the_signer_was_judged_are_no_checked_chain() -> None:
    policy = Policy(validity_model=ValidityModel.AT_SIGNING)
    text = specimens.text(specimens.message(specimens.claims(iat=specimens.REMOVED)))
    error = outcome(text, policy=policy)
    inspection = verdict(error, at=AT, is_chain_checked=True)
    assert inspection.code == "cwt.claims"
    assert inspection.integrity is Integrity.INTACT
    assert line_of(inspection, "Chain of trust").en == "Could not be checked"


def test_an_error_of_another_making_is_refused_without_words_of_its_own() -> None:
    class OwnError(VerificationError):
        code = "own.code"

    inspection = verdict(OwnError(), at=AT)
    assert inspection.answer is Answer.REFUSED
    assert "own.code" in line_of(inspection, "Reason").vi


def test_what_no_verification_gives_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="IssueError"):
        verdict(errors.KeyMismatchError(), at=AT)
    assert issubclass(errors.KeyMismatchError, IssueError)
    wrong: Any = text_of()
    with pytest.raises(TypeError, match="str"):
        verdict(wrong, at=AT)
    with pytest.raises(ValueError, match="time zone"):
        verdict(outcome(text_of()), at=dt.datetime(2022, 6, 1))


# --- as text and as a page -----------------------------------------------------------------------


def test_the_text_is_in_the_language_asked_for_and_holds_no_personal_data() -> None:
    inspection = verdict(outcome(text_of()), at=AT)
    english = inspection.to_text("en")
    assert not VIETNAMESE.search(english)
    assert english.startswith("Result: VALID\n")
    assert "compare name and date of birth" in english
    vietnamese = inspection.to_text()
    assert vietnamese.startswith("Kết quả: HỢP LỆ\n")
    for secret in (*NAME, "1990", "SPECIMEN0001"):
        assert secret not in english + vietnamese + repr(inspection)
    with pytest.raises(ValueError, match="language"):
        inspection.to_text("fr")


def test_the_page_says_the_answer_in_words_and_needs_nothing_else() -> None:
    inspection = verdict(outcome(text_of(HOSTILE)), at=AT)
    html = to_html_verdict(inspection)
    seen = Seen(html)
    said = "".join(seen.texts)
    assert "HỢP LỆ" in said
    assert "VALID" in said
    assert " ".join(HOSTILE) in said
    assert inspection.caveat.vi in said
    assert not {"script", "img", "link"} & set(seen.elements)
    assert ("role", "status") in seen.attributes
    for line in inspection.lines:
        assert line.value.vi in said
        assert line.value.en in said


def test_the_page_of_a_refusal_shows_the_reason_and_the_warnings_and_no_items() -> None:
    contents = specimens.payload("v", entry={"mp": "Unknown", "ma": "Unknown"})
    examined = examine(specimens.certificate_text(contents), trust=TRUST, at=LATE)
    said = "".join(Seen(to_html_verdict(verdict(examined, at=LATE))).texts)
    assert "KHÔNG HỢP LỆ" in said
    assert REASONS["cwt.expired"].vi in said
    assert WARNINGS["valueset.unknown"].vi in said
    assert "Nội dung chứng nhận" not in said
    assert "SPECIMEN0001" not in said


def test_every_integrity_is_worded_in_both_languages() -> None:
    assert set(INTEGRITIES) == set(Integrity)
    assert len({words.vi for words in INTEGRITIES.values()}) == len(Integrity)
