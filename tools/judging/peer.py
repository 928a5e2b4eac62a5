"""python-cwt, in an environment of its own (``tests/interop``), with the clock set to a moment."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from judging.case import Case

NAME: Final = "python-cwt"
SCRIPT: Final = Path(__file__).resolve().parents[2] / "tests" / "interop" / "judge.py"

# What its words mean in ours. It says less: of several codes it cannot tell which.
_MEANINGS: Final = {
    r"key is not found|kid should be specified": {"trust.unknown_kid", "cose.kid"},
    r"Failed to verify": {"signature.invalid"},
    r"Invalid signature": {"signature.invalid", "cose.structure"},
    r"has expired": {"cwt.expired"},
    r"not yet valid": {"cwt.not_yet_valid"},
    r"(exp|nbf) should be": {"cwt.claims"},
    r"Failed to decode": {"cbor.malformed", "cose.structure", "cwt.claims"},
    r"Invalid (Signature1|protected|COSE)|unknown CBOR tag|detached_payload|should be dict": {
        "cose.structure"
    },
}


def answers(cases: Iterable[Case], interpreter: Path) -> dict[str, dict[str, Any]]:
    """What it says of each health certificate, by the vector's id.

    Args:
        cases: Vectors; others than of health certificates are not asked.
        interpreter: The Python of its environment.
    """
    questions = [
        {
            "id": case.id,
            "text": case.input["text"],
            "at": case.at,
            "keys": [
                {"jwk": key.jwk, "kid": key.kid, "algorithm": key.algorithm}
                for key in case.trust
                if key.algorithm
            ],
        }
        for case in cases
        if case.is_health_certificate
    ]
    done = subprocess.run(
        [interpreter, "-I", "-W", "ignore", SCRIPT],
        input="".join(json.dumps(question) + "\n" for question in questions),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = (json.loads(line) for line in done.stdout.splitlines())
    return {answer["id"]: answer for answer in found}


def agrees(case: Case, answer: dict[str, Any]) -> bool:
    """Whether it says what the vector does; it is not asked for chains."""
    if answer["accepts"]:
        return case.code is None and "authorities" not in case.input
    meant = (codes for words, codes in _MEANINGS.items() if re.search(words, answer["error"]))
    return any(case.code in codes for codes in meant)
