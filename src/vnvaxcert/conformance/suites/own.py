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
_NAMING_KEYS: Final = ("trust", "authorities", "unit_authorities", "record_trust")
_SIGNING: Final = "issue"  # the one operation that is given a private key
_PEM_LINE: Final = "-----"


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
    """Keys by name as in their file, but for bytes, which are in Base64 as requests have them."""
    document = read_json(path) if path.is_file() else {"keys": {}}
    found = {}
    for name, key in document["keys"].items():
        kid = bytes.fromhex(key["kid"])
        found[name] = {
            "kid": b64(kid),
            "certificate": key["certificate"],
            "jwk": key["jwk"],
            "country": key["country"],
            "private_key": _der(key.get("private_key_made_for_tests", "")),
        }
    return found


def _der(pem: str) -> str:
    """A private key in PEM, without its lines of BEGIN and END: DER in Base64."""
    return "".join(line for line in pem.splitlines() if not line.startswith(_PEM_LINE))


def _resolved(vector: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(vector["input"])
    for name in _NAMING_KEYS:
        if name in found:
            missing = [key for key in found[name] if key not in keys]
            if missing:
                raise SuiteError(f"{vector['id']}: no key of the name {missing[0]}")
            found[name] = [_public(keys[key]) for key in found[name]]
    if vector["op"] == _SIGNING:
        found |= _signer(vector, keys)
    return found


def _signer(vector: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Who signs, private key and all, and whose certificate it shows where not its own."""
    found = {}
    for name in ("signer", "certificate_of"):
        key = vector["input"].get(name)
        if key is not None:
            if key not in keys:
                raise SuiteError(f"{vector['id']}: no key of the name {key}")
            found[name] = keys[key] if name == "signer" else _public(keys[key])
    return found


def _public(key: Mapping[str, Any]) -> dict[str, Any]:
    """A key as everybody has it."""
    return {name: value for name, value in key.items() if name != "private_key"}


def _expected(vector: Mapping[str, Any]) -> Expected:
    match vector["expect"]:
        case {"accept": dict(value), **rest} if not rest:
            return Expected(outcome="accept", value=value)
        case {"reject": str(code), **rest} if not rest:
            return Expected(outcome="reject", code=code)
    raise SuiteError(f"{vector['id']}: expects neither accept nor reject")
