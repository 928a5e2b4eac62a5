"""The written form of seals is true: what is accepted fits it, and what is refused does not."""

from __future__ import annotations

import json
from typing import Any, Final

from spec_pages import Node, schema, vectors

SEAL: Final = schema("vds-nc.schema.json")

# What a schema cannot say, by its own comment; and a line end, which `re` lets pass for the end of
# a pattern, while ECMA-262 (and so JSON Schema) does not.
BEYOND_SCHEMA: Final = {
    *("vds-nc::json::half-surrogate", "vds-nc::json::33-levels", "vds-nc::json::sig-twice"),
    *("vds-nc::json::member-twice", "vds-nc::json::member-twice-by-escape"),
    *("vds-nc::json::member-twice-deep", "vds-nc::number::33-characters"),
    *("vds-nc::number::integer-too-large", "vds-nc::number::integer-too-small"),
    *("vds-nc::base64::sigvl-line-end", "vds-nc::beside::half-a-pair"),
    *("vds-nc::beside::number-of-33", "vds-nc::beside::fraction-of-33"),
    "vds-nc::beside::beyond-double",
}


def seals(code: str | None) -> list[Node]:
    """The seals, judged by the strict policy, that are refused with a code; None: accepted."""
    return [
        one
        for one in vectors("vds-nc")
        if one["op"] == "verify"
        and one["input"].get("policy", "strict") == "strict"
        and one["expect"].get("reject") == code
    ]


def document(vector: Node) -> Any:
    return json.loads(vector["input"]["text"].removeprefix("\ufeff"))


def is_json(vector: Node) -> bool:
    try:
        document(vector)
    except ValueError:
        return False
    return True


def test_the_schema_of_seals_accepts_every_seal_that_is_accepted() -> None:
    accepted = seals(None)
    assert len(accepted) > 60
    for vector in accepted:
        errors = [error.message for error in SEAL.iter_errors(document(vector))]
        assert errors == [], vector["id"]


def test_the_schema_of_seals_refuses_those_that_are_refused_for_their_contents() -> None:
    refused = seals("schema.invalid")
    assert len(refused) > 150
    for vector in refused:
        assert not SEAL.is_valid(document(vector)), vector["id"]


def test_the_schema_of_seals_refuses_those_that_are_malformed() -> None:
    malformed = [one for one in seals("vdsnc.malformed") if is_json(one)]
    assert len(malformed) > 40
    for vector in malformed:
        is_beyond = vector["id"] in BEYOND_SCHEMA
        assert SEAL.is_valid(document(vector)) is is_beyond, vector["id"]
