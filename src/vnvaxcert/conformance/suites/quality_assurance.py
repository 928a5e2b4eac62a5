"""The national samples that states made for each other: dcc-quality-assurance.

``codes.json`` has the texts, ``trust.json`` the keys, and ``expected.json`` what another program
read in each: those who gathered the samples state nothing of their own. Most have expired, so each
is verified at the moment of its own issue.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import ACCEPT, REJECT, Case, Expected
from vnvaxcert.conformance.suites.document import read_json

SUITE: Final = "dcc-quality-assurance"

_TABLES: Final = ("codes", "expected", "trust")
_ALGORITHMS: Final = {-7: "ES256", -35: "ES384", -36: "ES512", -37: "PS256"}


def is_folder(folder: Path, _: Any) -> bool:
    """Whether a folder holds the samples."""
    return all((folder / f"{name}.json").is_file() for name in _TABLES)


def read(folder: Path, _: Any) -> Iterator[Case]:
    """Two cases of each sample: what it says, and whether it can be trusted.

    Raises:
        SuiteError: A file cannot be read.
    """
    codes, expected, trust = (read_json(folder / f"{name}.json") for name in _TABLES)
    for name, text in codes.items():
        found = expected[name]
        yield Case(
            id=f"{SUITE}::{name}::decode",
            suite=SUITE,
            clause="HCERT 1.0.8 §3.3, §4.2; RFC 8392 §3.1",
            op="decode",
            input={"text": text},
            expected=Expected(outcome="accept", value=_contents(found)),
        )
        yield Case(
            id=f"{SUITE}::{name}::verify",
            suite=SUITE,
            clause="HCERT 1.0.8 §6.3 (the whole verification)",
            op="verify",
            input=_whole(text, found, trust),
            expected=_verdict(found, trust),
            unsuitable="" if "6" in found["claims"] else "it does not say when it was issued",
        )


def _verdict(found: Mapping[str, Any], trust: Mapping[str, Any]) -> Expected:
    if found["signature"] == "verified":
        return ACCEPT
    return REJECT if found["kid"] in trust else _UNKNOWN


_UNKNOWN: Final = Expected(outcome="reject", code="trust.unknown_kid")


def _contents(found: Mapping[str, Any]) -> dict[str, Any]:
    claims = found["claims"]
    return {
        "envelope": "hcert",
        "algorithm": _ALGORITHMS.get(found["alg"]),
        "kid": b64decode(found["kid"]).hex(),
        "issuer": claims.get("1"),
        "issued_at": _to_microseconds(claims.get("6")),
        "expires_at": _to_microseconds(claims.get("4")),
        "version": found["ver"],
        "groups": found["kinds"],
    }


def _to_microseconds(seconds: float | None) -> float | None:
    """As a moment holds it; some issuers' fractions go finer."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).timestamp()


def _whole(text: str, found: Mapping[str, Any], trust: Mapping[str, Any]) -> dict[str, Any]:
    key = trust.get(found["kid"])
    known = [] if key is None else [{"kid": found["kid"], "jwk": None, **key}]
    at = datetime.fromtimestamp(found["claims"].get("6", 0), UTC)
    return {"text": text, "trust": known, "at": at.isoformat(), "policy": "tolerant"}
