"""Each certificate of our vectors that is refused is bad in one way, and its comment says in which.

All steps of a verification are run, those behind the refusal too: no other may fail. So whoever
checks in another order gives the same answer, and whoever leaves the check out accepts.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from vnvaxcert import examine
from vnvaxcert.conformance.lists import moment, revocation_list, trust_list
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY

Vector = dict[str, Any]

FOLDER: Final = Path(__file__).resolve().parents[1] / "test_vectors"
SUITES: Final = ("headers", "cose", "cwt", "times", "payload", "trust", "revocation", "vds-nc")
POLICIES: Final = {"strict": STRICT_POLICY, "tolerant": DEFAULT_POLICY}

# A claims set that is empty lacks the times and the certificate.
IN_TWO_WAYS: Final = {"cwt::set::empty"}


def document(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_bytes())


KEYS: Final = {
    name: {**key, "kid": b64encode(bytes.fromhex(key["kid"])).decode()}
    for name, key in document("keys")["keys"].items()
}


def vectors(suite: str) -> list[Vector]:
    found: list[Vector] = document(suite)["vectors"]
    return found


def failed(vector: Vector) -> list[str | None]:
    """The codes of the steps that fail."""
    given = vector["input"]
    keys = {
        role: [KEYS[name] for name in given[role]]
        for role in ("trust", "authorities")
        if role in given
    }
    found = examine(
        given["text"],
        trust=trust_list(keys),
        at=moment(given["at"]),
        authorities=(
            trust_list(keys, "authorities", role="authority") if "authorities" in keys else None
        ),
        revocations=revocation_list(given) if "revocation" in given else None,
        policy=POLICIES[given.get("policy", "strict")],
    )
    return [step.code for step in found.steps if step.error is not None]


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_refused_is_refused_by_one_step(suite: str) -> None:
    refused = [one for one in vectors(suite) if one["op"] == "verify" and "reject" in one["expect"]]
    assert len(refused) > 10
    for one in refused:
        codes = failed(one)
        # Those of the order have two faults, of which the first is told.
        is_double = "::order::" in one["id"] or one["id"] in IN_TWO_WAYS
        assert codes[:1] == [one["expect"]["reject"]], one["id"]
        assert len(codes) == 1 or is_double, (one["id"], codes)


def test_no_two_seals_are_explained_in_the_same_words() -> None:
    counted = Counter(one["comment"] for one in vectors("vds-nc"))
    assert [comment for comment, count in counted.items() if count > 1] == []
