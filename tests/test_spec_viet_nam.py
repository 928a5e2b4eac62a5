"""The written forms of Viet Nam's claim, batches and delegations are true to the vectors."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

import base45
import cbor2
from cddl_verifier import Validator

from spec_pages import Node, page, vectors

NATIONAL: Final = Validator(page("national-claim.cddl"))
ATTESTATION: Final = Validator(page("attestation.cddl"))

# What CDDL cannot say: what fits together (lots and doses, a key and its algorithm, facilities and
# provinces), what a certificate has to be, and the order of map keys in an item inside a string.
BEYOND_CDDL: Final = {
    *("viet-nam::claim::one-lot-of-two", "viet-nam::claim::too-many-lots"),
    *("viet-nam::batch-content::unordered", "viet-nam::batch::noise-as-certificate"),
    *("viet-nam::batch::other-algorithm", "viet-nam::batch::other-key"),
    *("viet-nam::batch::rsa1024", "viet-nam::batch::signature", "viet-nam::batch::63-bytes"),
    *("viet-nam::delegation::other-algorithm", "viet-nam::delegation::signature"),
    *("viet-nam::delegation::other-key", "viet-nam::delegation::by-the-unit"),
    *("viet-nam::delegation-content::other-unit", "viet-nam::delegation-content::unordered"),
    "viet-nam::delegation-content::ends-before-it-starts",
    *("viet-nam::delegation-bound::facility-of-no-province",),
    *("viet-nam::delegation-bound::facilities-twice",),
    *("viet-nam::delegation-bound::facilities-unordered",),
    *("viet-nam::delegation-bound::provinces-twice",),
    *("viet-nam::delegation-bound::provinces-unordered",),
    "viet-nam::delegation-bound::unprintable-id",
}
FORMS_OF_BATCHES: Final = ("viet-nam::batch::*", "viet-nam::batch-content::*")
FORMS_OF_DELEGATIONS: Final = ("viet-nam::delegation*::*", "viet-nam::role::*")


def of(operation: str) -> list[Node]:
    return [one for one in vectors("viet-nam") if one["op"] == operation]


def is_accepted(vector: Node) -> bool:
    return "accept" in vector["expect"]


def is_one_of(vector: Node, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(vector["id"], pattern) for pattern in patterns)


def claims() -> Iterator[tuple[Node, bytes]]:
    """The national claims, encoded; certificates without one left out."""
    for vector in of("national.read"):
        text = vector["input"]["text"]
        if text.startswith("HC1:"):
            message = cbor2.loads(zlib.decompress(base45.b45decode(text[4:])))
            members: dict[Any, Any] = cbor2.loads(message.value[2])
            if -65704 in members:
                yield vector, cbor2.dumps(members[-65704])


def test_the_cddl_of_the_claim_takes_what_is_read_and_refuses_what_is_malformed() -> None:
    found = list(claims())
    assert len(found) > 25
    for vector, claim in found:
        fits = bool(NATIONAL.validate(claim))
        assert fits is (is_accepted(vector) or vector["id"] in BEYOND_CDDL), vector["id"]


def fits_as(rule: str, data: bytes) -> bool:
    return bool(ATTESTATION.validate(data, rule, require_deterministic=True))


def test_the_cddl_of_batches_takes_those_that_hold_and_refuses_other_forms() -> None:
    refused = 0
    for vector in of("attestation.verify"):
        batch = bytes.fromhex(vector["input"]["batch"])
        if is_accepted(vector):
            assert fits_as("batch-message", batch), vector["id"]
        elif is_one_of(vector, FORMS_OF_BATCHES):
            assert fits_as("batch-message", batch) is (vector["id"] in BEYOND_CDDL), vector["id"]
            refused += 1
    assert refused > 35


def test_the_cddl_of_delegations_takes_those_that_hold_and_refuses_other_forms() -> None:
    refused = 0
    for vector in of("attestation.verify"):
        is_of_form = is_one_of(vector, FORMS_OF_DELEGATIONS)
        if not is_of_form or "withdrawn" in vector["id"]:
            continue
        message = cbor2.loads(bytes.fromhex(vector["input"]["batch"]))
        (delegation, *_) = cbor2.loads(message.value[2])[5]
        fits = fits_as("delegation-message", delegation)
        assert fits is (is_accepted(vector) or vector["id"] in BEYOND_CDDL), vector["id"]
        refused += not fits
    assert refused > 35
