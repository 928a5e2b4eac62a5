"""What an answer is worth beside what a vector expects: spec/harness.md, section 5."""

from __future__ import annotations

from typing import Any

import pytest

from vnvaxcert.conformance.case import ACCEPT, EITHER, REJECT, Case, Expected
from vnvaxcert.conformance.harness import Answer, Outcome
from vnvaxcert.conformance.judging import PASSING, Kind, judge

EXPIRED = Expected(outcome="reject", code="cwt.expired")


def judged(expected: Expected, answer: Answer, op: str = "verify") -> Kind:
    """The kind of one answer to a case of this expectation."""
    case = Case(id="a::b::c", suite="a", clause="-", op=op, input={}, expected=expected)
    return judge(case, answer)


def accepting(**value: Any) -> Answer:
    return Answer(outcome=Outcome.ACCEPT, value=value or None)


def refusing(code: str | None = None) -> Answer:
    return Answer(outcome=Outcome.REJECT, code=code)


def expecting(**value: Any) -> Expected:
    return Expected(outcome="accept", value=value)


@pytest.mark.parametrize(
    ("expected", "answer", "kind"),
    [
        (EXPIRED, refusing("cwt.expired"), Kind.AGREES),
        (EXPIRED, refusing("cwt.claims"), Kind.OTHER_REASON),
        (EXPIRED, refusing(), Kind.UNTOLD),
        (EXPIRED, accepting(), Kind.ACCEPTS_INVALID),
        (REJECT, refusing("cwt.claims"), Kind.AGREES),
        (REJECT, refusing(), Kind.AGREES),
        (REJECT, accepting(), Kind.ACCEPTS_INVALID),
        (ACCEPT, accepting(), Kind.AGREES),
        (ACCEPT, accepting(kid="aa"), Kind.AGREES),
        (ACCEPT, refusing("cwt.expired"), Kind.REFUSES_VALID),
        (ACCEPT, refusing(), Kind.REFUSES_VALID),
        (EITHER, refusing("cwt.expired"), Kind.AGREES),
        (EITHER, accepting(), Kind.AGREES),
    ],
)
def test_an_outcome_is_held_to_the_one_expected(
    expected: Expected, answer: Answer, kind: Kind
) -> None:
    assert judged(expected, answer) is kind


@pytest.mark.parametrize("expected", [EXPIRED, REJECT, ACCEPT, EITHER])
@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.UNSUPPORTED, Kind.UNSUPPORTED),
        (Outcome.CRASH, Kind.CRASH),
        (Outcome.TIME_OUT, Kind.TIME_OUT),
        (Outcome.GARBLED, Kind.GARBLED),
    ],
)
def test_no_answer_is_never_the_one_expected(
    expected: Expected, outcome: Outcome, kind: Kind
) -> None:
    assert judged(expected, Answer(outcome=outcome)) is kind
    assert kind not in PASSING


def test_only_agreement_and_refusals_without_a_reason_pass() -> None:
    assert {Kind.AGREES, Kind.UNTOLD} == PASSING


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (accepting(hex="00ff"), Kind.AGREES),
        (accepting(hex="00ff", more=1), Kind.AGREES),
        (accepting(hex="00FF"), Kind.OTHER_VALUE),
        (accepting(more=1), Kind.OTHER_VALUE),
        (accepting(), Kind.OTHER_VALUE),
    ],
)
def test_a_codec_has_to_give_what_it_read(answer: Answer, kind: Kind) -> None:
    assert judged(expecting(hex="00ff"), answer, op="base45.decode") is kind


@pytest.mark.parametrize("op", ["verify", "attestation.verify", "trustlist.load"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (accepting(), Kind.AGREES),
        (accepting(kid="aa"), Kind.AGREES),
        (accepting(kid="bb"), Kind.OTHER_VALUE),
        (accepting(kid=None), Kind.OTHER_VALUE),
        (accepting(kid="aa", envelope="vds-nc"), Kind.OTHER_VALUE),
    ],
)
def test_a_verdict_is_an_answer_and_what_is_told_beside_it_has_to_be_right(
    op: str, answer: Answer, kind: Kind
) -> None:
    assert judged(expecting(kid="aa", envelope="hcert"), answer, op=op) is kind


@pytest.mark.parametrize("name", ["warnings", "notes"])
def test_sets_of_codes_have_no_order_and_lists_have_one(name: str) -> None:
    turned = accepting(**{name: ["b", "a"]})
    assert judged(expecting(**{name: ["a", "b"]}), turned) is Kind.AGREES
    assert judged(expecting(**{name: ["a"]}), turned) is Kind.OTHER_VALUE
    assert judged(expecting(lots=["a", "b"]), accepting(lots=["b", "a"])) is Kind.OTHER_VALUE
    assert judged(expecting(**{name: ["a"]}), accepting(**{name: "a"})) is Kind.OTHER_VALUE


@pytest.mark.parametrize("name", ["usable_keys", "entries_set_aside"])
def test_what_a_list_holds_has_no_order(name: str) -> None:
    one, other = {"kid": "0a", "country": None}, {"country": "AQ", "kid": "02"}
    wanted = expecting(**{name: [one, other]})
    assert judged(wanted, accepting(**{name: [other, one]})) is Kind.AGREES
    assert judged(wanted, accepting(**{name: [other, other]})) is Kind.OTHER_VALUE
    assert judged(wanted, accepting(**{name: [one]})) is Kind.OTHER_VALUE


@pytest.mark.parametrize("given", [True, 1.5, "1", None, [1]])
def test_values_are_compared_as_json_has_them(given: object) -> None:
    assert judged(expecting(digit=1), accepting(digit=given), op="check-digit") is Kind.OTHER_VALUE
    assert judged(expecting(digit=1), accepting(digit=1), op="check-digit") is Kind.AGREES


@pytest.mark.parametrize(("wanted", "given"), [(1650000000.0, 1650000000), (1, 1.0)])
def test_a_whole_number_may_be_written_with_a_fraction_or_without(
    wanted: float, given: float
) -> None:
    """JavaScript cannot tell them apart, so its harness writes moments without."""
    answer = accepting(issued_at=given)
    assert judged(expecting(issued_at=wanted), answer, op="decode") is Kind.AGREES


def test_members_of_objects_have_no_order() -> None:
    wanted, given = {"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}
    assert judged(expecting(x=wanted), accepting(x=given), op="decode") is Kind.AGREES
