"""The EU's dgc-testdata: every flag of every vector, through `examine`.

A vector states step by step whether it must succeed. What the collection itself gets wrong stands
in `WRONG_IN_THE_SOURCE`, with the reason; a flag listed there that comes out as stated after all
fails, as does one that is not listed and does not.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import cbor2
import pytest
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from foreign import shared_vectors
from vnvaxcert import Examination, Policy, TrustList, examine
from vnvaxcert.codec import cbor
from vnvaxcert.errors import CborError, PictureError, SchemaError
from vnvaxcert.examine import Outcome
from vnvaxcert.render.picture import read_codes
from vnvaxcert.schema import payload as dcc

SUITE: Final = shared_vectors("dgc-testdata")
VECTORS: Final = {
    path.relative_to(SUITE).with_suffix("").as_posix().replace("2DCode/raw/", ""): path
    for path in sorted(SUITE.rglob("*.json"))
}
# The README of the collection has iat <= clock <= exp, so a clock of no skew at all.
POLICY: Final = Policy(issue_skew=timedelta(0))

OTHER_TIMES = "JSON has other times than CBOR"
OTHER_PERSON = "JSON holds another person than CBOR and COSE"
VALUE_SETS = "false only where value sets are enforced; the schema alone accepts it"
POLISH_VERSIONS: Final = ("1.0.0", "1.2.1", "1.3.0")
WRONG_IN_THE_SOURCE: Final = {
    **{("FR/test_pcr_ok", flag): OTHER_TIMES for flag in ("DECODE", "VALIDJSON")},
    **{
        (f"PL/1.3.0/{number}", flag): OTHER_PERSON
        for number in (1, 5)
        for flag in ("DECODE", "VALIDJSON")
    },
    **{
        (f"PL/{version}/{number}", "SCHEMAVALIDATION"): VALUE_SETS
        for version in POLISH_VERSIONS
        for number in (7, 8, 9)
    },
}


class Vector:
    """One vector and what `examine` says about it."""

    def __init__(self, name: str) -> None:
        fields = json.loads(VECTORS[name].read_text(encoding="utf-8-sig"))
        context = fields["TESTCTX"]
        self.name = name
        self.fields: dict[str, Any] = fields
        self.text: str = fields["PREFIX"]
        self.certificate = b64decode(context["CERTIFICATE"])
        self.trust = TrustList.from_certificates([self.certificate])
        self.at = datetime.fromisoformat(context["VALIDATIONCLOCK"])
        self.flags: dict[str, bool] = {
            flag.removeprefix("EXPECTED"): value
            for flag, value in fields["EXPECTEDRESULTS"].items()
        }

    def examine(self) -> Examination:
        """Examine the text of the code, with the one signer that the vector names."""
        return examine(self.text, trust=self.trust, at=self.at, policy=POLICY)

    def stated(self, field: str) -> bytes:
        """A field that the vector gives in hex."""
        return bytes.fromhex(self.fields[field])

    def stated_dcc(self) -> Any:
        """The certificate in the field CBOR, which may hold the whole claims around it."""
        decoded = plain(cbor.decode(self.stated("CBOR"), where="field CBOR"))
        return decoded[-260][1] if -260 in decoded else decoded


def plain(value: Any) -> Any:
    """The value without its CBOR tags, as JSON would have it."""
    if isinstance(value, cbor.Tagged):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value


def has_passed(seen: Examination, *steps: str) -> bool:
    return all(seen.step(step).outcome is Outcome.PASSED for step in steps)


def carried_dcc(seen: Examination) -> Any:
    """The certificate that the code carries, or None when it cannot be reached."""
    if not has_passed(seen, "cose", "claims", "content"):
        return None
    assert seen.payload is not None
    return plain(cbor.decode(seen.payload, where="payload"))[-260][1]


# --- one function per flag: whether the step succeeds, or None where the vector lacks the data ----


def picture_decode(vector: Vector, _: Examination) -> bool | None:
    if "2DCODE" not in vector.fields:
        return None
    try:
        return read_codes(b64decode(vector.fields["2DCODE"])) == (vector.text,)
    except PictureError:
        return False


def unprefix(vector: Vector, seen: Examination) -> bool:
    return has_passed(seen, "prefix") and vector.text[4:] == vector.fields["BASE45"]


def base45_decode(vector: Vector, seen: Examination) -> bool:
    return has_passed(seen, "base45") and seen.compressed == vector.stated("COMPRESSED")


def compression(vector: Vector, seen: Examination) -> bool:
    return has_passed(seen, "zlib") and seen.message == vector.stated("COSE")


def verification(vector: Vector, seen: Examination) -> bool:
    if not has_passed(seen, "candidates", "signature"):
        return False
    digest = Hash(SHA256())
    digest.update(vector.certificate)
    return seen.kid == digest.finalize()[:8]


def decode(vector: Vector, seen: Examination) -> bool:
    try:
        stated = vector.stated_dcc()
    except CborError:
        return False
    return bool(stated == vector.fields["JSON"] == carried_dcc(seen))


def valid_json(vector: Vector, seen: Examination) -> bool:
    if not has_passed(seen, "prefix", "base45", "zlib"):
        return False
    return bool(carried_dcc(seen) == vector.fields["JSON"])


def schema_validation(_: Vector, seen: Examination) -> bool:
    return has_passed(seen, "schema")


def valid_object(vector: Vector, _: Examination) -> bool:
    try:
        dcc.parse(vector.fields["JSON"])
    except SchemaError:
        return False
    return True


def encode(vector: Vector, _: Examination) -> bool:
    return bool(cbor2.loads(cbor.encode(vector.fields["JSON"])) == vector.stated_dcc())


def expiration_check(_: Vector, seen: Examination) -> bool:
    return has_passed(seen, "times")


def key_usage(_: Vector, seen: Examination) -> bool:
    return has_passed(seen, "usage")


FLAGS: Final[dict[str, Callable[[Vector, Examination], bool | None]]] = {
    "PICTUREDECODE": picture_decode,
    "UNPREFIX": unprefix,
    "B45DECODE": base45_decode,
    "COMPRESSION": compression,
    "VERIFY": verification,
    "DECODE": decode,
    "VALIDJSON": valid_json,
    "SCHEMAVALIDATION": schema_validation,
    "VALIDOBJECT": valid_object,
    "ENCODE": encode,
    "EXPIRATIONCHECK": expiration_check,
    "KEYUSAGE": key_usage,
}
# Flags of the 136 vectors: how many are true, how many are false.
TOTALS: Final = {
    "PICTUREDECODE": (100, 1),
    "UNPREFIX": (103, 3),
    "B45DECODE": (102, 1),
    "COMPRESSION": (102, 2),
    "VERIFY": (103, 7),
    "DECODE": (102, 1),
    "VALIDJSON": (102, 0),
    "SCHEMAVALIDATION": (94, 11),
    "VALIDOBJECT": (29, 0),
    "ENCODE": (22, 0),
    "EXPIRATIONCHECK": (89, 5),
    "KEYUSAGE": (31, 6),
}
WITHOUT_PICTURE: Final = 22  # the flag is there, the picture is not: 21 of FR, common/B1


@pytest.mark.parametrize("name", VECTORS)
def test_every_flag_comes_out_as_stated(name: str) -> None:
    vector = Vector(name)
    seen = vector.examine()
    differing = {
        flag: not stated
        for flag, stated in vector.flags.items()
        if FLAGS[flag](vector, seen) not in (stated, None)
    }
    expected = {
        flag: not vector.flags[flag] for listed, flag in WRONG_IN_THE_SOURCE if listed == name
    }
    assert differing == expected


@pytest.mark.parametrize("name", VECTORS)
def test_what_the_code_carries_is_what_the_vector_holds(name: str) -> None:
    vector = Vector(name)
    seen = vector.examine()
    checked = 0
    if "COSE" in vector.fields and seen.message is not None:
        assert seen.message == vector.stated("COSE")
        checked += 1
    if "CBOR" in vector.fields and carried_dcc(seen) is not None:
        if name != "common/CBO1":
            assert carried_dcc(seen) == vector.stated_dcc()
        checked += 1
    assert checked or name.rpartition("/")[2] in {"B1", "H1", "H2", "H3", "Q1", "Z1", "Z2", "CBO1"}


@pytest.mark.parametrize("name", VECTORS)
def test_the_typed_certificate_is_the_one_that_json_states(name: str) -> None:
    vector = Vector(name)
    seen = vector.examine()
    if vector.flags.get("SCHEMAVALIDATION") is not True or "JSON" not in vector.fields:
        assert (name, "SCHEMAVALIDATION") in WRONG_IN_THE_SOURCE or (
            vector.flags.get("SCHEMAVALIDATION") is not True
        )
        return
    stated, _ = dcc.parse(vector.fields["JSON"])
    assert seen.unverified is not None
    is_same = seen.unverified.certificate == stated
    assert is_same == ((name, "DECODE") not in WRONG_IN_THE_SOURCE)


def test_no_vector_and_no_flag_is_left_out() -> None:
    assert len(VECTORS) == 136
    stated: Counter[tuple[str, bool]] = Counter()
    without_picture = 0
    for name in VECTORS:
        vector = Vector(name)
        stated.update(vector.flags.items())
        without_picture += "PICTUREDECODE" in vector.flags and "2DCODE" not in vector.fields
    expected = {
        (flag, value): count
        for flag, counts in TOTALS.items()
        for value, count in zip((True, False), counts, strict=True)
        if count
    }
    assert stated == expected
    assert without_picture == WITHOUT_PICTURE
    assert {name for name, _ in WRONG_IN_THE_SOURCE} <= VECTORS.keys()


# --- the vectors that decide a question, by name --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("common/H1", "hcert.prefix"),
        ("common/H2", "hcert.prefix"),
        ("common/H3", "hcert.prefix"),
        ("common/B1", "base45.invalid"),
        ("common/Z1", "zlib.invalid"),
        ("common/Z2", "zlib.invalid"),
        ("common/CBO1", "hcert.content"),  # a byte string in the place of the certificate
        ("common/CBO2", "cbor.malformed"),
        ("common/CO5", "cose.structure"),  # an ES256 signature of 3 bytes
        ("common/CO6", "signer.usage"),
        ("common/CO11", "signer.usage"),  # described as valid, flagged false: the flag is right
        ("common/CO16", "cwt.not_yet_valid"),
        ("common/CO17", "cwt.expired"),
        ("common/CO22", "trust.unknown_kid"),  # the protected kid wins over the right one
        ("common/CO23", "trust.unknown_kid"),
        ("common/DGC1", "schema.invalid"),
        ("common/DGC2", "schema.invalid"),
    ],
)
def test_a_refused_vector_is_refused_for_its_reason(name: str, code: str) -> None:
    codes = {step.code for step in Vector(name).examine().steps} - {None}
    assert code in codes


@pytest.mark.parametrize("number", [18, 19, 20, 21])
def test_the_kid_is_read_in_either_header(number: int) -> None:
    seen = Vector(f"common/CO{number}").examine()
    assert has_passed(seen, "cose", "algorithm", "kid", "candidates", "signature")
    assert seen.is_kid_protected == (number in (18, 21))
    unprotected = "cose.algorithm_unprotected" in {warning.code for warning in seen.warnings}
    assert unprotected == (number == 20)


def test_a_message_in_two_tags_passes_every_step_that_it_can() -> None:
    seen = Vector("common/CO28").examine()
    assert seen.message is not None
    assert seen.message[:3] == b"\xd8\x3d\xd2"
    assert has_passed(seen, "cose", "candidates", "signature", "claims", "times", "schema")


@pytest.mark.parametrize("number", [3, 4, 5, 6])
def test_vectors_described_as_invalid_are_valid_as_their_flags_say(number: int) -> None:
    vector = Vector(f"common/DGC{number}")
    assert "INVALID" in vector.fields["TESTCTX"]["DESCRIPTION"]
    assert dcc.parse(vector.stated_dcc())[0].schema_version == "1.2.1"


def test_an_empty_extended_key_usage_lets_sign_all_kinds() -> None:
    vector = Vector("common/CO15")
    (key,) = vector.trust
    assert key.usages == frozenset()
    assert key.certificate is None
    assert has_passed(vector.examine(), "usage")
