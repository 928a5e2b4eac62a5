"""Policies: their defaults, their bounds, and that strict is stricter."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta
from typing import Any

import pytest

import specimens
from specimens import AT, ES256
from test_verify import KID, trusting
from vnvaxcert.codec.deflate import MAX_INFLATED_BYTES
from vnvaxcert.errors import SchemaError, VnvaxcertError
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Check, Policy, ValidityModel
from vnvaxcert.schema.deviations import EVERY_DEVIATION, NO_DEVIATION, Deviation
from vnvaxcert.verify import verify


def test_the_default_policy_is_that_of_the_documents() -> None:
    assert Policy() == DEFAULT_POLICY
    assert DEFAULT_POLICY.expiry_skew == timedelta(0)
    assert DEFAULT_POLICY.issue_skew == timedelta(seconds=300)
    assert DEFAULT_POLICY.tolerated == EVERY_DEVIATION == set(Deviation)
    assert DEFAULT_POLICY.is_unprotected_algorithm_read
    assert DEFAULT_POLICY.max_inflated_bytes == MAX_INFLATED_BYTES == 65536
    assert DEFAULT_POLICY.validity_model is ValidityModel.AT_VERIFICATION
    assert DEFAULT_POLICY.is_sha1_accepted
    assert DEFAULT_POLICY.required_checks == frozenset()


def test_the_strict_policy_tolerates_nothing() -> None:
    assert STRICT_POLICY.expiry_skew == STRICT_POLICY.issue_skew == timedelta(0)
    assert STRICT_POLICY.tolerated == NO_DEVIATION == frozenset()
    assert not STRICT_POLICY.is_unprotected_algorithm_read
    assert not STRICT_POLICY.is_sha1_accepted
    assert STRICT_POLICY.validity_model is ValidityModel.AT_VERIFICATION


@pytest.mark.parametrize(
    "options",
    [
        {"expiry_skew": timedelta(microseconds=-1)},
        {"issue_skew": timedelta(days=-1)},
        {"max_inflated_bytes": 0},
        {"max_inflated_bytes": -1},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"negative|positive"):
        Policy(**options)


def test_a_policy_cannot_be_changed() -> None:
    policy: Any = DEFAULT_POLICY
    with pytest.raises(FrozenInstanceError):
        policy.expiry_skew = timedelta(days=1)


def test_one_deviation_can_be_tolerated_alone() -> None:
    text = specimens.certificate_text(specimens.payload(entry={"dn": 0}, name={"fnt": "Nguyen"}))
    both = frozenset({Deviation.DOSE_RANGE, Deviation.NAME_CHARACTERS})
    assert verify(text, trust=trusting(), at=AT, policy=Policy(tolerated=both))
    for one in both:
        with pytest.raises(SchemaError) as caught:
            verify(text, trust=trusting(), at=AT, policy=Policy(tolerated=frozenset({one})))
        assert len(caught.value.violations) == 1


def test_what_strict_accepts_the_default_accepts() -> None:
    unprotected = specimens.message(protected={4: KID}, unprotected={1: ES256})
    for text in (specimens.text(), specimens.text(unprotected)):
        default = verify(text, trust=trusting(), at=AT)
        try:
            strict = verify(text, trust=trusting(), at=AT, policy=STRICT_POLICY)
        except VnvaxcertError:
            assert default.warnings
        else:
            assert strict.certificate == default.certificate


def test_the_checks_are_named() -> None:
    assert [check.value for check in Check] == ["chain", "revocation"]


@pytest.mark.parametrize("name", ["Revocation", "revoked", ""])
def test_a_check_or_deviation_that_does_not_exist_is_refused(name: str) -> None:
    unknown: Any = frozenset({name})
    with pytest.raises(ValueError, match="not a valid"):
        Policy(required_checks=unknown)
    with pytest.raises(ValueError, match="not a valid"):
        Policy(tolerated=unknown)
    mutable: Any = {"chain"}
    with pytest.raises(TypeError, match="frozenset"):
        Policy(required_checks=mutable)


def test_a_bound_that_no_memory_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        Policy(max_inflated_bytes=2**63)
