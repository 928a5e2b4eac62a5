"""The book of all vectors: what each says, and the files that they become.

An expectation is what the maker of a vector states. None is taken from what the library under
test finds; that is for the runner to compare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from vectors.hcert import AT, Made
from vectors.keys import KEYS, Key

Node = dict[str, Any]

SOURCE: Final = "made by tools/make_vectors.py with throw-away keys"
LICENSE: Final = "Apache-2.0"
KEYS_FILE: Final = "keys.json"

TITLES: Final = {
    "codecs": "Base45, zlib, CBOR and canonical JSON",
    "cose": "COSE_Sign1: structure, algorithms and signatures",
    "cwt": "The claims of a health certificate",
    "payload": "The payload of a digital COVID certificate",
    "headers": "The two headers of a COSE_Sign1 message",
    "times": "Times of claims and signers against the moment",
    "trust": "Trusted keys, chains and usages",
    "revocation": "Revoked certificates",
    "names": "Names in the forms of ICAO Doc 9303",
    "uvci": "Unique vaccination certificate identifiers",
    "vds-nc": "VDS-NC seals",
    "viet-nam": "Viet Nam's profile and its national claim",
    "issuing": "Certificates to be made, and those that must not be",
    "corrections": "Records that one certificate stands in the place of another",
}

_ID: Final = re.compile(r"[a-z0-9-]+(::[a-z0-9-]+){2}")

# Warnings that most vectors' certificates do not have; a vector names those that it expects.
Warnings = Iterable[str]


def accept(
    signer: Key, *, warnings: Warnings = (), envelope: str = "hcert", has_kid: bool = True
) -> Node:
    """What is expected of a certificate that is to be accepted, signed by that key."""
    found: Node = {"envelope": envelope, "algorithm": signer.algorithm}
    if has_kid:
        found["kid"] = signer.kid.hex()
    return {**found, "warnings": sorted(warnings)}


class Book:
    """All vectors, by suite, in the order in which they were added."""

    def __init__(self) -> None:
        self.suites: dict[str, list[Node]] = {}
        self._ids: set[str] = set()

    def add(
        self,
        name: str,
        *,
        spec: str,
        comment: str,
        op: str,
        input: Mapping[str, Any],
        accept: Mapping[str, Any] | None = None,
        reject: str | None = None,
        intermediates: Mapping[str, str] | None = None,
    ) -> None:
        """Add a vector of any operation.

        Args:
            name: Its id: ``suite::subject::case``, small letters, digits and hyphens.
            spec: Standard and clause.
            comment: One plain sentence: why.
            op: The operation asked for.
            input: What it is given.
            accept: What it has to give.
            reject: The code with which it has to refuse; exactly one of the two.
            intermediates: Hex of what stands on the way.

        Raises:
            ValueError: The id is of another form or taken, a name of a key is unknown, or both
                expectations or none are given.
        """
        suite = name.partition("::")[0]
        if not _ID.fullmatch(name) or suite not in TITLES or name in self._ids:
            raise ValueError(f"{name}: another form, an unknown suite, or taken")
        if (accept is None) == (reject is None):
            raise ValueError(f"{name}: either accept or reject")
        for key in _keys_named(op, input):
            if key not in KEYS:
                raise ValueError(f"{name}: no key of the name {key}")
        self._ids.add(name)
        vector: Node = {"id": name, "spec": spec, "op": op, "comment": comment, "input": {**input}}
        if intermediates:
            vector["intermediates"] = {**intermediates}
        vector["expect"] = {"accept": {**accept}} if accept is not None else {"reject": reject}
        self.suites.setdefault(suite, []).append(vector)

    def verify(
        self,
        name: str,
        made: Made | str,
        *,
        spec: str,
        comment: str,
        accept: Mapping[str, Any] | None = None,
        reject: str | None = None,
        trust: Iterable[Key] | None = None,
        at: str = AT,
        policy: str = "strict",
        authorities: Iterable[Key] | None = None,
        revocation: Any = None,
    ) -> None:
        """Add a vector of the verification of a text.

        Args:
            name: As in `add`.
            made: The text, with what stood on the way.
            spec: As in `add`.
            comment: As in `add`.
            accept: As in `add`; see the function `accept`.
            reject: As in `add`.
            trust: Whose keys are trusted; by default the signer's alone.
            at: The moment, in UTC.
            policy: ``strict`` or ``tolerant``.
            authorities: Country authorities; None: none are given, and no chain is checked.
            revocation: Revocation data; None: none are given.
        """
        text = made if isinstance(made, str) else made.text
        if trust is None:
            if isinstance(made, str):
                raise ValueError(f"{name}: say whom to trust")
            trust = (made.signer,)
        given: Node = {"text": text, "trust": [key.name for key in trust], "at": at}
        if policy != "strict":
            given["policy"] = policy
        if authorities is not None:
            given["authorities"] = [key.name for key in authorities]
        if revocation is not None:
            given["revocation"] = revocation
        self.add(
            name,
            spec=spec,
            comment=comment,
            op="verify",
            input=given,
            accept=accept,
            reject=reject,
            intermediates=None if isinstance(made, str) else made.intermediates,
        )

    def files(self) -> dict[str, bytes]:
        """Every file, by its name: one for each suite, and the keys."""
        found = {}
        for suite, vectors in self.suites.items():
            found[f"{suite}.json"] = as_json(
                {
                    "$schema": "vectors.schema.json",
                    "suite": suite,
                    "title": TITLES[suite],
                    "source": SOURCE,
                    "license": LICENSE,
                    "vectors": vectors,
                }
            )
        keys = {name: KEYS[name].document() for name in sorted(KEYS)}
        found[KEYS_FILE] = as_json(
            {"$schema": "keys.schema.json", "source": SOURCE, "license": LICENSE, "keys": keys}
        )
        return found


def _keys_named(op: str, given: Mapping[str, Any]) -> list[str]:
    """The names of keys in the input of an operation."""
    named = [*given.get("trust", ()), *given.get("authorities", ()), *given.get("record_trust", ())]
    if op == "issue":
        named += [given[member] for member in ("signer", "certificate_of") if member in given]
    return named


def as_json(document: object) -> bytes:
    """JSON in lines, as it is published."""
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"
