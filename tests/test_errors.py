"""Errors: what each says, what it carries, and what it must never show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vnvaxcert import errors
from vnvaxcert.errors import (
    AlgorithmMismatchError,
    Base45Error,
    CborError,
    DecodeError,
    ExpiredError,
    InflatedTooLargeError,
    InputTooLongError,
    InvalidSignatureError,
    IssueClaimsError,
    IssueError,
    IssueUsageError,
    NotYetValidError,
    PrefixError,
    QrTooLargeError,
    RevokedError,
    SchemaError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerUsageError,
    TransliterationError,
    TrustListError,
    TrustListFormatError,
    UnknownKeyError,
    VerificationError,
    VnvaxcertError,
)

EARLY = datetime(2022, 4, 15, 1, 2, 3, tzinfo=UTC)
LATE = datetime(2023, 4, 15, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (InputTooLongError(5000, 4296), ["5000 characters", "4296"]),
        (InputTooLongError(5000, 2953, "bytes"), ["5000 bytes", "2953"]),
        (PrefixError("HC2:"), ["'HC1:'", "'HC2:'"]),
        (PrefixError(""), ["empty"]),
        (Base45Error("a reason", 7), ["offset 7", "a reason"]),
        (InflatedTooLargeError(65536), ["65536 bytes"]),
        (CborError("COSE message", "a reason"), ["COSE message", "a reason"]),
        (UnknownKeyError(b"\x01\xab"), ["01ab"]),
        (AlgorithmMismatchError(b"\x01", "ES256"), ["ES256"]),
        (InvalidSignatureError(), ["signature is not valid"]),
        (SignerExpiredError(EARLY, LATE), ["expired at 2022-04-15 01:02:03 UTC"]),
        (SignerNotYetValidError(LATE, EARLY), ["only from 2023-04-15 01:02:03 UTC"]),
        (ExpiredError(EARLY, LATE), ["expired at 2022-04-15 01:02:03 UTC"]),
        (NotYetValidError(LATE, EARLY), ["2023-04-15 01:02:03 UTC"]),
        (SignerUsageError("test", ("vaccination",)), ["for vaccination, not for test"]),
        (SignerUsageError("test", ("a", "b")), ["for a and b, not for test"]),
        (IssueUsageError("test", ("vaccination",)), ["for vaccination, not for test"]),
        (RevokedError("UCI"), ["revoked", "UCI"]),
        (TrustListFormatError("gateway JSON", "entry 3", "why"), ["gateway JSON, entry 3", "why"]),
        (TrustListFormatError("unknown", "", "why"), ["(unknown)", "why"]),
        (TransliterationError("☃", 4), ["U+2603", "offset 4"]),
        (QrTooLargeError(5000, 4296, "L"), ["5000 characters", "level L", "4296"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_says_what_it_carries(error: VnvaxcertError, parts: list[str]) -> None:
    shown = str(error)
    assert not [part for part in parts if part not in shown]
    assert "\n" not in shown
    assert shown[0].islower() or shown.startswith("CWT")


def test_the_four_branches_are_caught_by_their_root_and_apart() -> None:
    branches = [DecodeError, VerificationError, TrustListError, IssueError]
    for branch in branches:
        assert issubclass(branch, VnvaxcertError)
        assert not [
            other for other in branches if other is not branch and issubclass(branch, other)
        ]
    assert VnvaxcertError.__mro__[1] is Exception  # neither a ValueError nor a TypeError


@pytest.mark.parametrize("found", ["\x1b[2J", "\n\n\n\n", "é€😀\u202e", "'\"\\a", "\ud800abc"])
def test_what_a_code_starts_with_is_shown_in_plain_characters(found: str) -> None:
    shown = str(PrefixError(found))
    assert shown.isascii()
    assert shown.isprintable()


def test_a_long_key_identifier_is_cut_short() -> None:
    assert str(UnknownKeyError(bytes(32))).endswith("00" * 32)
    shown = str(UnknownKeyError(bytes(2000)))
    assert shown.endswith("...")
    assert len(shown) < 200


@pytest.mark.parametrize(
    ("count", "more"), [(1, ""), (5, ""), (6, "(+1 more)"), (50, "(+45 more)")]
)
def test_five_violations_are_shown_and_the_rest_counted(count: int, more: str) -> None:
    violations = tuple((f"/v/{number}", "expected a map") for number in range(count))
    error = SchemaError(violations)
    shown = str(error)
    assert shown.count("expected a map") == min(count, 5)
    assert shown.endswith(more)
    assert error.violations == violations


def test_a_violation_of_the_whole_is_shown_as_the_root() -> None:
    for error in (
        SchemaError((("", "expected a map"),)),
        IssueClaimsError((("", "expected a map"),)),
    ):
        assert "/: expected a map" in str(error)


def test_every_class_of_error_says_more_than_its_name() -> None:
    classes = [
        item
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, VnvaxcertError)
    ]
    assert len(classes) > 25
    assert all(item.__doc__ and len(item.__doc__) > 30 for item in classes)
