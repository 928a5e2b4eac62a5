"""Passports before others: an independent verifier, and the one official sample.

python-cwt reads what we issue, with and without the national claim (see test_interop). The sample's
facts are written down here; where the foreign suite is at hand, the sample itself is taken apart by
`cbor2` and the standard library. Each difference from it has a row in spec/viet-nam.md.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import base45
import cbor2
import pytest

import vietnam_maker as maker
from test_interop import ask_peer
from test_vietnam_passport import passport
from vietnam_maker import world
from vnvaxcert import verify
from vnvaxcert.codec import base45 as our_base45
from vnvaxcert.codec import deflate
from vnvaxcert.trust.specimen import KeyType, SpecimenSigner

SPEC: Final = Path(__file__).resolve().parents[1] / "spec" / "viet-nam.md"
# python-cwt compares exp with the real clock, so these are issued in a year to come.
ISSUED: Final = datetime(2089, 6, 1, 2, tzinfo=UTC)
EXPIRES: Final = datetime(2090, 6, 1, 2, tzinfo=UTC)
UNTIL: Final = datetime(2091, 1, 1, tzinfo=UTC)
KEY_TYPES: Final = (KeyType.P256, KeyType.RSA2048)

# The sample's facts: VN/1.3.0/VAC_VN.png of the EU's quality assurance. The names are its own.
SAMPLE: Final[dict[str, Any]] = {
    "ver": "1.3.0",
    "nam": {"fn": "Nguyễn", "gn": "Bảo Duy", "fnt": "NGUYEN", "gnt": "BAO<DUY"},
    "dob": "1983-10-10",
    "v": [
        {
            "tg": "840539006",
            "vp": "J07BX03",
            "mp": "EU/1/21/1529",
            "ma": "ORG-100030215",
            "dn": 2,
            "sd": 2,
            "dt": "2021-03-18",
            "co": "VN",
            "is": "Ban Co Yeu",
        }
    ],
}
SAMPLE_ISSUED: Final = datetime(2022, 4, 14, 15, 38, 7, tzinfo=UTC)
SAMPLE_EXPIRES: Final = datetime(2025, 1, 30, tzinfo=UTC)
RECORD: Final = replace(
    maker.RECORD,
    full_name="Nguyễn Bảo Duy",
    sex="M",
    birth_date="1983-10-10",
    identity_number="001083000001",
    product="AstraZeneca",
    dose_number="2",
    total_doses="2",
    vaccination_date="2021-03-18",
)


@pytest.fixture(scope="module", params=KEY_TYPES)
def ministry(request: pytest.FixtureRequest) -> SpecimenSigner:
    """A ministry with a key of each kind that HCERT names, valid until 2091."""
    return world().csca.issue_signer(not_after=UNTIL, name="Specimen", key=request.param)


# --- an independent verifier ---------------------------------------------------------------------


@pytest.mark.parametrize("has_claim", [False, True])
def test_python_cwt_accepts_passports_with_the_national_claim_on_and_off(
    ministry: SpecimenSigner, has_claim: bool
) -> None:
    made = passport(signer=ministry.signer, at=ISSUED, has_national_claim=has_claim)
    verified = verify(made.text, trust=ministry.trust_list(), at=ISSUED)
    assert verified.warnings == ()
    answer = ask_peer(do="verify", text=made.text, certificate=ministry.certificate_pem())
    claims = answer["claims"]
    national = {"-65704": {"1": "VN", "2": ["FK0002"]}}
    assert claims == {
        "1": "VN",
        "4": int(EXPIRES.timestamp()),
        "6": int(ISSUED.timestamp()),
        "-260": {"1": claims["-260"]["1"]},
        **(national if has_claim else {}),
    }
    assert claims["-260"]["1"]["v"][0]["ci"] == made.certificate_id
    assert claims["-260"]["1"]["nam"] == {
        "fn": "Nguyễn",
        "gn": "Thị Thử",
        "fnt": "NGUYEN",
        "gnt": "THI<THU",
    }


def test_python_cwt_refuses_a_national_claim_that_was_changed(ministry: SpecimenSigner) -> None:
    made = passport(signer=ministry.signer, at=ISSUED, has_national_claim=True)
    message = deflate.decompress(our_base45.decode(made.text[4:]))
    changed = message.replace(b"FK0002", b"FK0003")
    assert changed != message
    text = "HC1:" + our_base45.encode(deflate.compress(changed))
    answer = ask_peer(do="verify", text=text, certificate=ministry.certificate_pem())
    assert "VerifyError" in answer["error"]


# --- the official sample -------------------------------------------------------------------------


def taken_apart(text: str) -> tuple[bytes, dict[int, Any], bytes]:
    """The protected header, the claims and the signature, read without us."""
    assert text.startswith("HC1:")
    message = cbor2.loads(zlib.decompress(base45.b45decode(text[4:])))
    assert message.tag == 18
    protected, unprotected, payload, signature = message.value
    assert unprotected == {}
    claims: dict[int, Any] = cbor2.loads(payload)
    assert payload == cbor2.dumps(claims, canonical=True)
    return protected, claims, signature


def differences(one: dict[int, Any], other: dict[int, Any]) -> dict[str, tuple[Any, Any]]:
    """Where two sets of claims differ, by path. The time of issue and the random digits of ``ci``
    are always others; what is compared of them is the lifetime and the form."""
    found: dict[str, tuple[Any, Any]] = {}

    def walk(path: str, a: Any, b: Any) -> None:
        if isinstance(a, dict) and isinstance(b, dict):
            for key in dict.fromkeys([*a, *b]):
                walk(f"{path}/{key}", a.get(key), b.get(key))
        elif isinstance(a, list) and isinstance(b, list):
            for index, (left, right) in enumerate(zip(a, b, strict=True)):
                walk(f"{path}/{index}", left, right)
        elif a != b:
            found[path] = (a, b)

    walk("", one[-260][1], other[-260][1])
    if one[1] != other[1]:
        found["claims/1"] = (one[1], other[1])
    if one[4] - one[6] != other[4] - other[6]:
        found["claims/4"] = (one[4] - one[6], other[4] - other[6])
    return found


def listed() -> set[str]:
    """The differences that the specification lists, by path."""
    section = SPEC.read_text("utf-8").partition("\n## 9. ")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE))


def issued_like_the_sample() -> str:
    ministry = world().rsa_ministry()
    return passport(world().attest([RECORD]), signer=ministry.signer, at=SAMPLE_ISSUED).text


def test_our_issuing_writes_the_sample_but_for_the_differences_that_are_listed() -> None:
    protected, claims, signature = taken_apart(issued_like_the_sample())
    assert list(claims) == [1, 4, 6, -260]
    assert list(cbor2.loads(protected)) == [1, 4]
    assert cbor2.loads(protected)[1] == -37
    assert len(cbor2.loads(protected)[4]) == 8
    assert len(signature) == 256
    ours = claims[-260][1]
    assert ours["nam"] == SAMPLE["nam"]
    assert ours["dob"] == SAMPLE["dob"]
    digits = r"URN:UVCI:01:VN:[0-9A-F]{32}"
    assert re.fullmatch(digits + "#[A-Z0-9/:]", ours["v"][0]["ci"])
    theirs = json.loads(json.dumps(SAMPLE))
    theirs["v"][0]["ci"] = "URN:UVCI:01:VN:" + "0" * 32
    sample = {
        1: "VN",
        4: int(SAMPLE_EXPIRES.timestamp()),
        6: int(SAMPLE_ISSUED.timestamp()),
        -260: {1: theirs},
    }
    assert claims[6] == sample[6]
    found = differences(sample, claims)
    assert set(found) == listed()
    assert found["/v/0/vp"][1] == "29061000087103"
    assert found["/v/0/ma"][1] == "ORG-100001699"
    assert found["/v/0/is"][1] == "Cục Y tế dự phòng"
    assert found["/ver"][1] == "1.3.3"
    assert found["claims/4"] == (1021 * 86400 + 30113, 365 * 86400)


def test_the_sample_itself_has_these_facts_and_these_differences(
    shared_vectors: Callable[[str], Path],
) -> None:
    codes = json.loads((shared_vectors("dcc-quality-assurance") / "codes.json").read_text("utf-8"))
    text = codes["VN/1.3.0/VAC_VN.png"]
    protected, claims, signature = taken_apart(text)
    content = json.loads(json.dumps(claims[-260][1]))
    identifier = content["v"][0].pop("ci")
    assert content == SAMPLE
    assert re.fullmatch(r"URN:UVCI:01:VN:[0-9A-F]{32}", identifier)
    assert claims[4] == SAMPLE_EXPIRES.timestamp()
    assert claims[6] == SAMPLE_ISSUED.timestamp()
    ours = issued_like_the_sample()
    our_protected, our_claims, our_signature = taken_apart(ours)
    assert set(differences(claims, our_claims)) == listed()
    # The shape: the same headers, claims and members, in the same order.
    assert protected[:5] == our_protected[:5]
    assert len(protected) == len(our_protected)
    assert len(signature) == len(our_signature)
    assert list(claims) == list(our_claims)
    for mine, theirs in (
        (our_claims[-260][1], claims[-260][1]),
        (our_claims[-260][1]["nam"], claims[-260][1]["nam"]),
        (our_claims[-260][1]["v"][0], claims[-260][1]["v"][0]),
    ):
        assert list(mine) == list(theirs)
    assert base45.b45decode(ours[4:])[:2] == base45.b45decode(text[4:])[:2]  # zlib's header
    assert abs(len(ours) - len(text)) < 60
