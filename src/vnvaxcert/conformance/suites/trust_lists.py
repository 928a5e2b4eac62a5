"""Vectors of trust lists and revocation lists: ``test_vectors/trust-lists/expected.json``.

Each list is loaded in one or several ways, and refused in others; each way is a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import Case, Expected, SuiteError
from vnvaxcert.conformance.list_files import in_order
from vnvaxcert.conformance.suites.document import b64, is_object, read_bytes, read_json

SUITE: Final = "trust-lists"
FILE: Final = "expected.json"

_OPERATIONS: Final = {"trust list": "trustlist.load", "revocation list": "revocationlist.load"}


def is_folder(folder: Path, _: Any) -> bool:
    """Whether a folder has such vectors.

    Raises:
        SuiteError: There is a table, and it cannot be read: then nobody knows whose it is.
    """
    path = folder / FILE
    if not path.is_file():
        return False
    document = read_json(path)
    if document is None:
        raise SuiteError(f"{folder.name}/{FILE}: no JSON")
    return is_file(path, document)


def is_file(_: Path, document: Any) -> bool:
    """Whether a file is the table of such vectors."""
    if not is_object(document, "vectors") or "suite" in document:
        return False
    vectors = document["vectors"]
    if not isinstance(vectors, list):
        return False
    # One such vector is enough: the others, if they are of no form, break it.
    return not vectors or any(is_object(one, "kind", "loads") for one in vectors)


def read(folder: Path, _: Any) -> Iterator[Case]:
    """The cases of a folder."""
    path = folder / FILE
    return read_file(path, read_json(path))


def read_file(path: Path, document: Any) -> Iterator[Case]:
    """The cases of a table, with the files beside it.

    Raises:
        SuiteError: A file is missing, or a change does not fit it.
    """
    for vector in document["vectors"]:
        for load in vector["loads"]:
            expected = Expected(outcome="accept", value=_value(vector, load))
            yield _case(path.parent, vector, load, expected)
        for refusal in vector["refusals"]:
            expected = Expected(outcome="reject", code=refusal["reject"])
            yield _case(path.parent, vector, refusal, expected)


def _case(
    folder: Path, vector: Mapping[str, Any], given: Mapping[str, Any], expected: Expected
) -> Case:
    found: dict[str, Any] = {"files": _files(folder, vector, given)}
    if "signing_key" in given:
        found["signing_key"] = b64(_read(folder, given["signing_key"]))
    if "authorities" in given:
        found["authorities"] = [b64(_read(folder, given["authorities"]))]
    found |= {name: given[name] for name in ("at", "last_sequence") if name in given}
    if vector["kind"] == "revocation list":
        found["certificates"] = [
            {name: one[name] for name in ("kid", "hash_type", "hash")}
            for one in vector["certificates"]
        ]
        found["signers"] = [b64(_read(folder, one["certificate"])) for one in vector["signers"]]
    return Case(
        id=f"{SUITE}::{vector['id']}::{given['id']}",
        suite=SUITE,
        clause=vector["made_from"],
        op=_OPERATIONS[vector["kind"]],
        input=found,
        expected=expected,
    )


def _read(folder: Path, name: str) -> bytes:
    """A file of the folder, which is not led out of.

    Raises:
        SuiteError: It is not there, or not in the folder.
    """
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise SuiteError("a file outside the folder of the suite")
    return read_bytes(folder / name)


def _files(folder: Path, vector: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The files to be loaded, with the change of one byte that is asked for."""
    change = given.get("change")
    found = []
    for name in given.get("files", vector["files"]):
        data = bytearray(_read(folder, name))
        if change is not None and change["file"] == name:
            if data[change["offset"]] != int(change["from"], 16):
                raise SuiteError(f"{vector['id']}::{given['id']}: the change does not fit its file")
            data[change["offset"]] = int(change["to"], 16)
        found.append(b64(bytes(data)))
    return found


def _value(vector: Mapping[str, Any], load: Mapping[str, Any]) -> dict[str, Any]:
    value = {name: vector[name] for name in ("format", "issued_at", "expires_at", "sequence")}
    value["authenticated"] = load["authenticated"]
    if vector["kind"] == "trust list":
        value["usable_keys"] = in_order(vector["usable_keys"])
        value["entries_set_aside"] = in_order(
            [
                {name: one[name] for name in ("kid", "country")}
                for one in vector["entries_set_aside"]
            ]
        )
        return value
    value["entries"] = vector["entries"]
    value["certificates"] = [one["reject"] for one in vector["certificates"]]
    value["signers"] = [
        {name: one[name] for name in ("reject", "revoked_at")} for one in vector["signers"]
    ]
    return value
