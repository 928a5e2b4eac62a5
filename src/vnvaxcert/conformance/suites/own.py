"""The suites of this project: ``test_vectors/*.json``, form in ``vectors.schema.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import Case, Expected, SuiteError
from vnvaxcert.conformance.suites.document import b64, is_object, read_json

KEYS_FILE: Final = "keys.json"
"""Beside the suites: the keys that they name."""

_SCHEMA: Final = "vectors.schema.json"
_NAMING_KEYS: Final = ("trust", "authorities", "unit_authorities")


def is_file(_: Path, document: Any) -> bool:
    """Whether a file is a suite of this project: one that breaks its form is one, too."""
    if not is_object(document, "suite"):
        return False
    return "vectors" in document or document.get("$schema") == _SCHEMA


def read(path: Path, document: Any) -> Iterator[Case]:
    """The vectors of a suite, with the keys that they name.

    Raises:
        SuiteError: A key is not in `KEYS_FILE`, or an expectation has neither form.
    """
    keys = _keys(path.parent / KEYS_FILE)
    for vector in document["vectors"]:
        yield Case(
            id=vector["id"],
            suite=document["suite"],
            clause=vector["spec"],
            op=vector["op"],
            input=_resolved(vector, keys),
            expected=_expected(vector),
        )


def _keys(path: Path) -> Mapping[str, Any]:
    """Keys by name as a request carries them: nothing private, bytes in Base64."""
    document = read_json(path) if path.is_file() else {"keys": {}}
    found = {}
    for name, key in document["keys"].items():
        kid = bytes.fromhex(key["kid"])
        found[name] = {
            "kid": b64(kid),
            "certificate": key["certificate"],
            "jwk": key["jwk"],
            "country": key["country"],
        }
    return found


def _resolved(vector: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(vector["input"])
    for name in _NAMING_KEYS:
        if name in found:
            missing = [key for key in found[name] if key not in keys]
            if missing:
                raise SuiteError(f"{vector['id']}: no key of the name {missing[0]}")
            found[name] = [keys[key] for key in found[name]]
    return found


def _expected(vector: Mapping[str, Any]) -> Expected:
    match vector["expect"]:
        case {"accept": dict(value), **rest} if not rest:
            return Expected(outcome="accept", value=value)
        case {"reject": str(code), **rest} if not rest:
            return Expected(outcome="reject", code=code)
    raise SuiteError(f"{vector['id']}: expects neither accept nor reject")
