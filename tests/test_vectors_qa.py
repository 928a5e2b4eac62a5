"""The EU's dcc-quality-assurance: 147 codes that 21 issuers made for each other's verifiers.

`expected.json` beside the codes was made by another program. Viet Nam's own code has a section to
itself: this library has to read that one above all.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import jsonschema
import pytest

from foreign import shared_vectors
from vnvaxcert import (
    STRICT_POLICY,
    Examination,
    HealthCertificate,
    PartialDate,
    TrustList,
    VnvaxcertError,
    decode_unverified,
    examine,
    verify,
)
from vnvaxcert.codec import base45, cbor, deflate
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import InvalidSignatureError
from vnvaxcert.examine import Outcome
from vnvaxcert.render.picture import read_codes

SUITE: Final = shared_vectors("dcc-quality-assurance")
CODES: Final[dict[str, str]] = json.loads((SUITE / "codes.json").read_text(encoding="utf-8"))
EXPECTED: Final[dict[str, Any]] = json.loads((SUITE / "expected.json").read_text(encoding="utf-8"))
PICTURES: Final = sorted(path.name for path in (SUITE / "pictures").iterdir())
GROUPS: Final = {"v": "vaccinations", "t": "tests", "r": "recoveries"}

# What the table calls an oddity, by the warnings that must say so.
ODDITIES: Final = {
    "float": {"cwt.float_time", "schema.float_integer"},
    "null": {"schema.deviation"},
    "tag 0": {"schema.tagged_time"},
}
BROKEN_SCHEMA: Final = {
    "BG/1.0.0/specialcases/REC-NULL-DATETIME.png",
    "BG/1.0.0/specialcases/VAC-NULL-DATETIME.png",
    "IE/1.3.0/specialcases/TEST_IE.png",
}
OLDER_THAN_ITS_SIGNER: Final = "BG/1.0.0/specialcases/REC-VALID-BEFORE-DSC.png"

VIET_NAM: Final = "VN/1.3.0/VAC_VN.png"
VIET_NAM_TEXT: Final = CODES[VIET_NAM]
AT: Final = datetime(2022, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def trust() -> TrustList:
    """The keys of the EU's acceptance environment, as Germany published and signed them."""
    folder = shared_vectors("trustlists") / "de-2023"
    signing_key = folder / "acceptance.signing-key.pem"
    return TrustList.load(folder / "acceptance.dsc-list.json", signing_key=signing_key)


def code_of(text: str, **options: Any) -> str:
    """``accepted``, or the code of the refusal."""
    try:
        verify(text, **options)
    except VnvaxcertError as error:
        return error.code
    return "accepted"


def own_time(text: str) -> datetime:
    """The time at which a code was issued, by its own word."""
    issued_at = decode_unverified(text).issued_at
    assert issued_at is not None
    return issued_at


# --- what the codes say ---------------------------------------------------------------------------


def is_null_warning(seen: Examination) -> bool:
    return any("null" in warning.message for warning in seen.warnings)


@pytest.mark.parametrize("name", CODES)
def test_everything_that_another_program_read_is_read_the_same(name: str) -> None:
    expected = EXPECTED[name]
    seen = examine(CODES[name], at=own_time(CODES[name]))
    assert seen.error is None
    assert seen.unverified is not None
    assert seen.issued_at is not None
    assert seen.expires_at is not None
    assert seen.kid == b64decode(expected["kid"])
    assert seen.algorithm is Algorithm(expected["alg"])
    assert seen.is_kid_protected == (expected["kidIn"] == "protected")
    claims = expected["claims"]
    assert seen.issuer == claims["1"]
    # To the microsecond, which is what a datetime holds; Liechtenstein's go finer.
    assert seen.expires_at.timestamp() == pytest.approx(claims["4"], abs=1e-6, rel=0)
    assert seen.issued_at.timestamp() == pytest.approx(claims["6"], abs=1e-6, rel=0)
    certificate = seen.unverified.certificate
    assert isinstance(certificate, HealthCertificate)
    assert certificate.schema_version == expected["ver"]
    filled = [group for group, attribute in GROUPS.items() if getattr(certificate, attribute)]
    assert filled == expected["kinds"]
    assert [step.name for step in seen.steps if step.outcome is Outcome.SKIPPED] == [
        *("candidates", "signature", "signer", "usage", "revocation")
    ]


@pytest.mark.parametrize("name", CODES)
def test_every_oddity_is_warned_of_and_no_other(name: str) -> None:
    seen = examine(CODES[name])
    codes = {warning.code for warning in seen.warnings}
    found = {oddity for oddity in ("float", "tag 0") if codes & ODDITIES[oddity]}
    if is_null_warning(seen):
        found.add("null")
    assert found == set(EXPECTED[name]["oddities"])


def test_the_two_tables_name_the_same_codes() -> None:
    assert CODES.keys() == EXPECTED.keys()
    assert len(CODES) == 147
    assert len({name.partition("/")[0] for name in CODES}) == 21
    oddities = Counter(oddity for row in EXPECTED.values() for oddity in row["oddities"])
    assert oddities == {"float": 6, "null": 3, "tag 0": 2}
    places = Counter(row["kidIn"] for row in EXPECTED.values())
    assert places.total() == 147
    assert places.keys() == {"protected", "unprotected"}
    assert Counter(row["alg"] for row in EXPECTED.values()) == {-7: 139, -37: 8}


# --- whether they verify --------------------------------------------------------------------------


def test_exactly_those_verify_whose_keys_are_on_the_list(trust: TrustList) -> None:
    outcomes = {name: code_of(text, trust=trust, at=own_time(text)) for name, text in CODES.items()}
    assert Counter(outcomes.values()) == {
        "accepted": 130,
        "trust.unknown_kid": 16,
        "signer.not_yet_valid": 1,
    }
    unknown = [name for name, outcome in outcomes.items() if outcome == "trust.unknown_kid"]
    assert Counter(name[:2] for name in unknown) == {"GB": 11, "SE": 5}
    assert outcomes[OLDER_THAN_ITS_SIGNER] == "signer.not_yet_valid"
    signatures = {name for name, row in EXPECTED.items() if row["signature"] == "verified"}
    assert signatures == {name for name in outcomes if name not in unknown}


def test_no_code_verifies_with_an_empty_list_or_without_its_signer(trust: TrustList) -> None:
    viet_nam = [key for key in trust if key.country == "VN"]
    assert viet_nam
    foreign = {key.kid: key.public_key for key in trust if key.country == "BG"}
    assert foreign
    for text in CODES.values():
        at = own_time(text)
        assert code_of(text, trust=TrustList(), at=at) == "trust.unknown_kid"
    strangers = TrustList.from_keys(foreign)
    outcomes = Counter(code_of(text, trust=strangers, at=own_time(text)) for text in CODES.values())
    bulgarian = sum(name.startswith("BG") for name in CODES)
    assert outcomes == {"accepted": bulgarian, "trust.unknown_kid": 147 - bulgarian}


@cache
def schema_of(version: str) -> jsonschema.Draft202012Validator:
    """The released schema of a version, with formats asserted."""
    (path,) = (shared_vectors("eu-dcc-schema") / version).glob("*.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def plain(value: Any) -> Any:
    """The value without its CBOR tags, as JSON would have it."""
    if isinstance(value, cbor.Tagged):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value


@pytest.mark.parametrize("name", CODES)
def test_the_strict_policy_refuses_exactly_what_the_released_schema_refuses(name: str) -> None:
    text = CODES[name]
    seen = examine(text, policy=STRICT_POLICY)
    assert seen.payload is not None
    payload = plain(cbor.decode(seen.payload, where="payload"))[-260][1]
    violations = list(schema_of(payload["ver"]).iter_errors(payload))
    assert (seen.step("schema").code == "schema.invalid") == bool(violations)
    if name in BROKEN_SCHEMA:
        assert violations


def test_the_strict_policy_refuses_dates_with_a_time_of_day_and_what_breaks_the_schema(
    trust: TrustList,
) -> None:
    broken = {name for name, row in EXPECTED.items() if row["schemaErrors"]}
    assert broken == BROKEN_SCHEMA
    refused: dict[str, str] = {}
    for name, text in CODES.items():
        outcome = code_of(text, trust=trust, at=own_time(text), policy=STRICT_POLICY)
        if outcome not in ("accepted", "trust.unknown_kid", "signer.not_yet_valid"):
            refused[name] = outcome
    assert set(refused.values()) == {"schema.invalid"}
    # Beside the three: dates with a time of day. `expected.json` was made without asserting
    # formats; the strict policy asserts them.
    with_time = {
        name
        for name in CODES
        if any("time of day" in warning.message for warning in examine(CODES[name]).warnings)
    }
    assert refused.keys() == BROKEN_SCHEMA | with_time
    assert len(with_time - BROKEN_SCHEMA) == 9


# --- the pictures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_the_code_is_read_from_its_picture(name: str) -> None:
    country, version, rest = name.split("_", 2)
    (listed,) = [path for path in CODES if path.replace("/", "_") == f"{country}_{version}_{rest}"]
    assert read_codes((SUITE / "pictures" / name).read_bytes()) == (CODES[listed],)


def test_all_pictures_are_there() -> None:
    assert len(PICTURES) == 31


# --- Viet Nam -------------------------------------------------------------------------------------


def test_viet_nams_certificate_is_accepted_with_its_three_warnings(trust: TrustList) -> None:
    verified = verify(VIET_NAM_TEXT, trust=trust, at=AT)
    assert verified.algorithm is Algorithm.PS256
    assert verified.kid.hex() == "f30da46716f7882d"
    assert verified.issuer == "VN"
    assert verified.expires_at == datetime(2025, 1, 30, tzinfo=UTC)
    assert verified.signer.country == "VN"
    assert isinstance(verified.certificate, HealthCertificate)
    holder, (dose,) = verified.certificate.holder, verified.certificate.vaccinations
    assert (holder.family_name, holder.given_name) == ("Nguyễn", "Bảo Duy")
    assert (holder.family_name_icao, holder.given_name_icao) == ("NGUYEN", "BAO<DUY")
    assert holder.birth_date == PartialDate(1983, 10, 10)
    assert (dose.product, dose.dose_number, dose.total_doses) == ("EU/1/21/1529", 2, 2)
    assert (dose.country, dose.issuer) == ("VN", "Ban Co Yeu")
    assert sorted((warning.code, warning.path) for warning in verified.warnings) == [
        ("cwt.outlives_signer", "claims/4"),
        ("valueset.deprecated", "/v/0/vp"),
        ("valueset.mismatch", "/v/0/ma"),
    ]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (datetime(2022, 4, 13, tzinfo=UTC), "signer.not_yet_valid"),
        (datetime(2022, 4, 14, tzinfo=UTC), "cwt.not_yet_valid"),
        (datetime(2024, 4, 13, tzinfo=UTC), "signer.expired"),
        (datetime(2026, 11, 22, tzinfo=UTC), "signer.expired"),
    ],
)
def test_viet_nams_certificate_is_refused_outside_its_time(
    trust: TrustList, at: datetime, code: str
) -> None:
    assert code_of(VIET_NAM_TEXT, trust=trust, at=at) == code


def test_viet_nams_certificate_is_unknown_to_the_production_list(trust: TrustList) -> None:
    folder = shared_vectors("trustlists") / "de-2023"
    production = TrustList.load(folder / "production.dsc-list.json")
    assert code_of(VIET_NAM_TEXT, trust=production, at=AT) == "trust.unknown_kid"


def rewrapped(message: bytes) -> str:
    return "HC1:" + base45.encode(deflate.compress(message))


def test_every_bit_flipped_in_the_payload_and_wrapped_again_is_an_invalid_signature(
    trust: TrustList,
) -> None:
    message = deflate.decompress(base45.decode(VIET_NAM_TEXT[4:]))
    payload = examine(VIET_NAM_TEXT).payload
    assert payload is not None
    start = message.index(payload)
    assert code_of(rewrapped(message), trust=trust, at=AT) == "accepted"
    for bit in range(0, len(payload) * 8, 7):
        changed = bytearray(message)
        changed[start + bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidSignatureError):
            verify(rewrapped(bytes(changed)), trust=trust, at=AT)


def test_every_changed_character_is_refused(trust: TrustList) -> None:
    text = VIET_NAM_TEXT
    outcomes = Counter(
        code_of(text[:place] + other + text[place + 1 :], trust=trust, at=AT)
        for place, character in enumerate(text)
        for other in base45.ALPHABET
        if other != character
    )
    assert outcomes.total() == 825 * 44
    assert outcomes.keys() <= {
        *("hcert.prefix", "base45.invalid", "zlib.invalid", "zlib.too_large"),
        *("cbor.malformed", "cose.structure", "signature.invalid"),
    }


def test_characters_left_out_added_or_swapped_are_refused(trust: TrustList) -> None:
    text = VIET_NAM_TEXT
    for place in range(0, len(text) - 1, 5):
        without = text[:place] + text[place + 1 :]
        doubled = text[:place] + text[place] + text[place:]
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        for changed in (without, doubled, *((swapped,) if swapped != text else ())):
            assert code_of(changed, trust=trust, at=AT) != "accepted"
