"""Where this library disagrees with a suite on purpose, each with the reason.

A disagreement that is not listed fails a run, and so does a listed one that is no longer there or
comes out in another way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from vnvaxcert.record import record


@record()
class Divergence:
    """One known disagreement.

    Attributes:
        actual: What comes out here: ``accept``, ``reject CODE``.
        reason: Why that is right.
    """

    actual: str
    reason: str


def known_divergences() -> Mapping[str, Divergence]:
    """Those of ``divergences.json``, by the id of the case."""
    text = files("vnvaxcert.conformance").joinpath("divergences.json").read_text("utf-8")
    return {
        identifier: Divergence(actual=group["actual"], reason=group["reason"])
        for group in json.loads(text)["divergences"]
        for identifier in group["ids"]
    }
