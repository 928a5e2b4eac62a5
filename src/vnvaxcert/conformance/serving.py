"""This library as a harness: requests on one stream, answers on another (spec/harness.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, TextIO

from vnvaxcert.conformance.execute import execute, supported
from vnvaxcert.conformance.harness import PROTOCOL
from vnvaxcert.conformance.lists import RequestError

NAME: Final = "vnvaxcert"


def serve(requests: Iterable[str], answers: TextIO) -> None:
    """Answer requests until they end, each with one line, at once.

    Args:
        requests: Lines. What is no request of the protocol is answered ``unsupported``.
        answers: Where to write.

    Raises:
        OSError: Nobody reads the answers any more.
    """
    for line in requests:
        if not line.strip():
            continue
        answers.write(json.dumps(_answer(_parsed(line))) + "\n")
        answers.flush()


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    if "hello" in request:
        return {
            "hello": {
                "protocol": PROTOCOL,
                "name": NAME,
                "version": release(),
                "ops": sorted(supported()),
            }
        }
    identifier, op, given = (request.get(name) for name in ("id", "op", "input"))
    found: dict[str, Any] = {"id": identifier, "outcome": "unsupported"}
    if not isinstance(op, str) or not isinstance(given, dict):
        return found
    try:
        answer = execute(op, given)
    except RequestError:
        return found
    found["outcome"] = answer.outcome.value
    if answer.code is not None:
        found["code"] = answer.code
    if answer.value is not None:
        found["value"] = dict(answer.value)
    return found


def release() -> str:
    """The installed release of the library, or that it is not installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "not installed"
