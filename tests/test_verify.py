"""Verification, step by step: each certificate is bad in one way, and refused for that way.

The numbers of the steps are those of `vnvaxcert.verify`. `REFUSED` is also what `examine` is
tested by.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

import seal_maker
import specimens
from specimens import AT, ES256, ES384, EXPIRES_AT, ISSUED_AT, PS256, REMOVED
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    AlgorithmMismatchError,
    ChainError,
    ExpiredError,
    InvalidSignatureError,
    NotYetValidError,
    RevokedError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerUsageError,
    UnknownKeyError,
    VerificationError,
    VnvaxcertError,
)
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Check, Policy
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.trust.revocation import HashType, RevocationList, certificate_hashes
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.trust.usage import SEAL_USAGE
from vnvaxcert.verify import MAX_CANDIDATES, decode_unverified, verify

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def listed(*entries: tuple[bytes, bytes], role: str = "DSC") -> TrustList:
    """A list of certificates under key identifiers of our choice: the gateway's JSON."""
    rows = [
        {
            "kid": b64encode(kid).decode(),
            "rawData": b64encode(certificate).decode(),
            "country": "VN",
            "certificateType": role,
        }
        for kid, certificate in entries
    ]
    return TrustList.from_bytes(json.dumps(rows).encode())


def trusting(*certificates: bytes) -> TrustList:
    return TrustList.from_certificates(certificates or [specimens.dsc()])


def accept(text: str | None = None, **options: Any) -> VerifiedCertificate:
    """Verify with what is in order by default."""
    text = specimens.text() if text is None else text
    return verify(text, **{"trust": trusting(), "at": AT, **options})


def codes(certificate: VerifiedCertificate | UnverifiedCertificate) -> list[str]:
    return [warning.code for warning in certificate.warnings]


# --- certificates that must be refused, each bad in one way -------------------------------------


class Refused(NamedTuple):
    code: str
    step: int
    why: str
    text: Callable[[], str]
    options: Callable[[], dict[str, Any]] = dict

    def __str__(self) -> str:
        return f"{self.code}: {self.why}"


text, message, claims, payload = (
    specimens.text,
    specimens.message,
    specimens.claims,
    specimens.payload,
)
KID = specimens.kid_of(specimens.dsc())


def with_claims(**changes: Any) -> Callable[[], str]:
    return lambda: text(message(claims(**changes)))


def with_more_claims(more: dict[Any, Any]) -> Callable[[], str]:
    return lambda: text(message(claims() | more))


def with_payload(group: str = "v", **changes: Any) -> Callable[[], str]:
    return lambda: specimens.certificate_text(payload(group, **changes))


def with_message(**options: Any) -> Callable[[], str]:
    return lambda: text(message(**options))


def with_body(body: bytes) -> Callable[[], str]:
    return lambda: text(message(body))


def around(change: Callable[[bytes], bytes]) -> Callable[[], str]:
    """A good message, changed after it was signed."""
    return lambda: text(change(message()))


def in_base45(data: bytes) -> str:
    return "HC1:" + str(base45.b45encode(data).decode("ascii"))


def part_changed(place: int, change: Callable[[Any], Any]) -> Callable[[], str]:
    """A good message with one of its four parts changed after it was signed."""

    def make() -> str:
        parts = list(cbor2.loads(message()).value)
        parts[place] = change(parts[place])
        return text(b"\xd2" + cbor2.dumps(parts))

    return make


def key_options(kind: str, number: int = 1) -> dict[str, Any]:
    """Trust another key under the specimen's key identifier."""
    return {"trust": listed((KID, specimens.dsc(specimens.key(kind, number))))}


def signer_options(**options: Any) -> dict[str, Any]:
    """Trust the right key by a certificate that says something else."""
    return {"trust": listed((KID, specimens.dsc(**options)))}


def revoked_by(hash_type: HashType) -> dict[str, Any]:
    parsed = cbor2.loads(message()).value
    hashes_ = certificate_hashes(
        certificate_ids=[specimens.ENTRIES["v"]["ci"]],
        issuer="VN",
        countries=["VN"],
        signature=parsed[3],
        algorithm=Algorithm.ES256,
    )
    return {"revocations": RevocationList.from_hashes(h for h in hashes_ if h[0] is hash_type)}


def order_minus(signature: bytes) -> bytes:
    """The twin of a P-256 signature with the other s, which is as valid."""
    order = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
    return signature[:32] + (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def other_context(signer: Any = None) -> Callable[[], str]:
    """Signed over another context than "Signature1"."""
    protected = cbor2.dumps({1: ES256, 4: KID})
    body = cbor2.dumps(claims())
    covered = cbor2.dumps(["Signature", protected, b"", body])
    return with_message(signature=specimens.raw_signature(specimens.key(), covered))


def der_signature() -> str:
    made = cbor2.dumps(["Signature1", cbor2.dumps({1: ES256, 4: KID}), b"", cbor2.dumps(claims())])
    signature = specimens.ec_key().sign(made, ec.ECDSA(hashes.SHA256()))
    return text(message(signature=signature))


STRICTLY: Final[Callable[[], dict[str, Any]]] = partial(dict, policy=STRICT_POLICY)

REFUSED: Final[tuple[Refused, ...]] = (
    # 1. Unwrap.
    Refused("input.too_long", 1, "4,297 characters", lambda: "HC1:" + "0" * 4293),
    Refused("input.too_long", 1, "a million characters", lambda: "x" * 1_000_000),
    Refused("hcert.prefix", 1, "nothing", lambda: ""),
    Refused("hcert.prefix", 1, "no colon", lambda: "HC1"),
    Refused("hcert.prefix", 1, "no prefix", lambda: text()[4:]),
    Refused("hcert.prefix", 1, "lower case", lambda: "hc1:" + text()[4:]),
    Refused("hcert.prefix", 1, "space before", lambda: " " + text()),
    Refused("hcert.prefix", 1, "byte order mark", lambda: "\ufeff" + text()),
    Refused("hcert.prefix", 1, "another version", lambda: "HC2:" + text()[4:]),
    Refused("hcert.prefix", 1, "another scheme", lambda: "NL2:" + text()[4:]),
    Refused("base45.invalid", 1, "lower case", lambda: "HC1:" + text()[4:].lower()),
    Refused("base45.invalid", 1, "a line feed after", lambda: text() + "\n"),
    Refused("base45.invalid", 1, "a group too large", lambda: "HC1::::" + text()[4:]),
    Refused("base45.invalid", 1, "Base64 instead", lambda: "HC1:" + b64encode(message()).decode()),
    Refused("base45.invalid", 1, "a character of Unicode", lambda: text() + "é"),
    Refused("zlib.invalid", 1, "nothing in it", lambda: "HC1:"),
    Refused("zlib.invalid", 1, "not compressed", lambda: in_base45(message())),
    Refused("zlib.invalid", 1, "gzip", lambda: in_base45(gzip.compress(message()))),
    Refused(
        "zlib.invalid", 1, "raw deflate", lambda: in_base45(zlib.compress(message(), wbits=-15))
    ),
    Refused("zlib.invalid", 1, "cut off", lambda: in_base45(zlib.compress(message())[:-1])),
    Refused("zlib.invalid", 1, "bytes after", lambda: in_base45(zlib.compress(message()) + b"\0")),
    Refused("zlib.too_large", 1, "64 KiB of zeros", with_message(unprotected={99: bytes(65536)})),
    Refused(
        "zlib.too_large",
        1,
        "the policy's bound",
        text,
        lambda: {"policy": Policy(max_inflated_bytes=len(message()) - 1)},
    ),
    # 2. COSE_Sign1 and its headers.
    Refused("cbor.malformed", 2, "no bytes", lambda: text(b"")),
    Refused("cbor.malformed", 2, "a byte after", around(lambda whole: whole + b"\0")),
    Refused("cbor.malformed", 2, "cut off", around(lambda whole: whole[:-1])),
    Refused("cbor.malformed", 2, "a label twice", with_message(protected=b"\xa2\x01\x26\x01\x26")),
    Refused("cbor.malformed", 2, "a byte after", with_message(protected=b"\xa1\x01\x26\x00")),
    Refused(
        "cbor.malformed",
        2,
        "too deep",
        with_message(unprotected={9: cbor2.loads(b"\x81" * 20 + b"\0")}),
    ),
    Refused(
        "cbor.malformed", 2, "a foreign tag", with_message(unprotected={9: cbor2.CBORTag(37, b"")})
    ),
    Refused("cose.structure", 2, "COSE_Sign", with_message(tag=b"\xd8\x62")),
    Refused("cose.structure", 2, "COSE_Mac0", with_message(tag=b"\xd1")),
    Refused("cose.structure", 2, "18 in 18", with_message(tag=b"\xd2\xd2")),
    Refused("cose.structure", 2, "18 in a longer 18", with_message(tag=b"\xd8\x12\xd2")),
    Refused("cose.structure", 2, "61 alone", with_message(tag=b"\xd8\x3d")),
    Refused("cose.structure", 2, "self-described", with_message(tag=b"\xd9\xd9\xf7\xd2")),
    Refused("cose.structure", 2, "three parts", lambda: text(b"\xd2\x83\x40\xa0\x40")),
    Refused("cose.structure", 2, "claims alone", lambda: text(cbor2.dumps(claims()))),
    Refused("cose.structure", 2, "detached payload", part_changed(2, lambda _: None)),
    Refused("cose.structure", 2, "a header that is no map", part_changed(1, lambda _: [])),
    Refused("cose.structure", 2, "protected not encoded", part_changed(0, cbor2.loads)),
    Refused("cose.structure", 2, "crit", with_message(protected={1: ES256, 2: [4], 4: KID})),
    Refused("cose.structure", 2, "crit, unprotected", with_message(unprotected={2: [4]})),
    Refused("cose.structure", 2, "a boolean label", with_message(unprotected={True: 1})),
    Refused("cose.structure", 2, "63 bytes", part_changed(3, lambda signature: signature[:-1])),
    Refused("cose.structure", 2, "65 bytes", part_changed(3, lambda signature: signature + b"\0")),
    Refused(
        "cose.structure", 2, "96 bytes", part_changed(3, lambda signature: signature + bytes(32))
    ),
    Refused("cose.structure", 2, "no signature", part_changed(3, lambda _: b"")),
    Refused("cose.structure", 2, "a DER signature", der_signature),
    Refused("cose.algorithm", 2, "missing", with_message(protected={4: KID})),
    Refused("cose.algorithm", 2, "EdDSA", with_message(protected={1: -8, 4: KID})),
    Refused("cose.algorithm", 2, "RS256", with_message(protected={1: -257, 4: KID})),
    Refused("cose.algorithm", 2, "a text", with_message(protected={1: "ES256", 4: KID})),
    Refused("cose.algorithm", 2, "a float", with_message(protected={1: -7.0, 4: KID})),
    Refused(
        "cose.algorithm",
        2,
        "null",
        with_message(protected={1: None, 4: KID}, unprotected={1: ES256}),
    ),
    Refused(
        "cose.algorithm",
        2,
        "unprotected, strictly",
        with_message(protected={4: KID}, unprotected={1: ES256}),
        STRICTLY,
    ),
    Refused("cose.kid", 2, "missing", with_message(protected={1: ES256})),
    Refused("cose.kid", 2, "empty", with_message(protected={1: ES256, 4: b""})),
    Refused("cose.kid", 2, "a text", with_message(protected={1: ES256, 4: "key"})),
    Refused("cose.kid", 2, "empty, another beside", with_message(kid=b"", unprotected={4: KID})),
    # 3. Candidates.
    Refused("trust.unknown_kid", 3, "another kid", with_message(kid=b"another.")),
    Refused("trust.unknown_kid", 3, "a shortened kid", with_message(kid=KID[:7])),
    Refused("trust.unknown_kid", 3, "a longer kid", with_message(kid=KID + b"\0")),
    Refused(
        "trust.unknown_kid", 3, "protected one wins", with_message(kid=b"x", unprotected={4: KID})
    ),
    Refused("trust.unknown_kid", 3, "nobody is trusted", text, lambda: {"trust": TrustList()}),
    Refused(
        "trust.unknown_kid",
        3,
        "an authority only",
        text,
        lambda: {"trust": listed((KID, specimens.dsc()), role="CSCA")},
    ),
    Refused("trust.algorithm_mismatch", 3, "P-384 for ES256", text, partial(key_options, "P-384")),
    Refused("trust.algorithm_mismatch", 3, "RSA for ES256", text, partial(key_options, "RSA-2048")),
    Refused("trust.unknown_kid", 3, "a key of no use", text, partial(key_options, "P-256K")),
    Refused(
        "trust.algorithm_mismatch",
        3,
        "P-256 for ES384",
        with_message(protected={1: ES384, 4: KID}, signature=bytes(96)),
    ),
    Refused(
        "trust.algorithm_mismatch", 3, "P-256 for PS256", with_message(protected={1: PS256, 4: KID})
    ),
    # 4. Signature.
    Refused("signature.invalid", 4, "another key", text, partial(key_options, "P-256", 2)),
    Refused("signature.invalid", 4, "another context", other_context()),
    Refused("signature.invalid", 4, "zeros", part_changed(3, lambda _: bytes(64))),
    Refused("signature.invalid", 4, "ones", part_changed(3, lambda _: b"\xff" * 64)),
    Refused("signature.invalid", 4, "r is zero", part_changed(3, lambda old: bytes(32) + old[32:])),
    Refused("signature.invalid", 4, "s then r", part_changed(3, lambda old: old[32:] + old[:32])),
    Refused("signature.invalid", 4, "a payload bit", part_changed(2, lambda old: old[:-1] + b"\0")),
    Refused(
        "signature.invalid", 4, "a payload byte after", part_changed(2, lambda old: old + b"\0")
    ),
    Refused(
        "signature.invalid",
        4,
        "headers encoded otherwise",
        part_changed(0, lambda _: cbor2.dumps({4: KID, 1: ES256})),
    ),
    Refused(
        "signature.invalid",
        4,
        "a payload that is no CBOR is not looked at",
        part_changed(2, lambda _: b"\xff"),
    ),
    # 5. Signer.
    Refused(
        "signer.expired",
        5,
        "a second ago",
        text,
        partial(signer_options, not_after=AT - SECOND),
    ),
    Refused(
        "signer.not_yet_valid",
        5,
        "in a second",
        text,
        partial(signer_options, not_before=AT + SECOND),
    ),
    Refused(
        "signer.chain",
        5,
        "another authority",
        text,
        lambda: {"authorities": authorities(specimens.key(number=9))},
    ),
    Refused("signer.chain", 5, "no authority at all", text, lambda: {"authorities": TrustList()}),
    # 6. Claims.
    Refused("cbor.malformed", 6, "no CBOR", with_body(b"\xff")),
    Refused("cbor.malformed", 6, "nothing", with_body(b"")),
    Refused("cbor.malformed", 6, "a byte after", with_body(cbor2.dumps(claims()) + b"\0")),
    Refused("cbor.malformed", 6, "a claim twice", with_body(b"\xa2\x04\x00\x18\x04\x00")),
    Refused("cbor.malformed", 6, "a big number", with_body(b"\xa1\x04\xc2\x41\x01")),
    Refused("cose.structure", 6, "a message inside", lambda: text(message(message()))),
    Refused("cose.structure", 6, "an untagged one", lambda: text(message(message(tag=b"")))),
    Refused("cwt.claims", 6, "no map", with_body(cbor2.dumps("claims"))),
    Refused("cwt.claims", 6, "a boolean key", with_body(cbor2.dumps({True: 1}))),
    Refused("cwt.claims", 6, "exp missing", with_claims(exp=REMOVED)),
    Refused("cwt.claims", 6, "exp null", with_claims(exp=None)),
    Refused("cwt.claims", 6, "exp a text", with_claims(exp="2023-04-15T00:00:00Z")),
    Refused("cwt.claims", 6, "exp not a number", with_claims(exp=float("nan"))),
    Refused("cwt.claims", 6, "exp without end", with_claims(exp=float("inf"))),
    Refused("cwt.claims", 6, "exp in milliseconds", with_claims(exp=1_681_516_800_000)),
    Refused("cwt.claims", 6, "exp of 64 bits", with_claims(exp=2**64 - 1)),
    Refused("cwt.claims", 6, "iat a text", with_claims(iat="yesterday")),
    Refused("cwt.claims", 6, "iat a boolean", with_claims(iat=True)),
    Refused("cwt.claims", 6, "iss a number", with_claims(iss=704)),
    Refused("cwt.expired", 6, "a second ago", with_claims(exp=specimens.seconds(AT) - 1)),
    Refused("cwt.expired", 6, "half a second ago", with_claims(exp=specimens.seconds(AT) - 0.5)),
    Refused("cwt.expired", 6, "in 1970", with_claims(exp=0)),
    Refused("cwt.expired", 6, "in the year 1", with_claims(exp=-62135596800)),
    Refused("cwt.not_yet_valid", 6, "in 301 seconds", with_claims(iat=specimens.seconds(AT) + 301)),
    Refused(
        "cwt.not_yet_valid",
        6,
        "in a second, strictly",
        with_claims(iat=specimens.seconds(AT) + 1),
        STRICTLY,
    ),
    Refused("cwt.not_yet_valid", 6, "in the year 9999", with_claims(iat=253402300799)),
    Refused("cwt.claims", 6, "nbf a text", with_more_claims({5: "now"})),
    Refused(
        "cwt.not_yet_valid",
        6,
        "nbf in 301 seconds",
        with_more_claims({5: specimens.seconds(AT) + 301}),
    ),
    # 7. Payload.
    Refused("hcert.content", 7, "no health claim", with_body(cbor2.dumps({4: 2**32}))),
    Refused("hcert.content", 7, "another type", with_body(cbor2.dumps({4: 2**32, -260: {5: []}}))),
    Refused("hcert.content", 7, "bytes", with_body(cbor2.dumps({4: 2**32, -260: {1: b"\xa0"}}))),
    Refused("schema.invalid", 7, "an empty map", lambda: specimens.certificate_text({})),
    Refused("schema.invalid", 7, "two groups", with_payload(more={"t": [specimens.ENTRIES["t"]]})),
    Refused(
        "schema.invalid", 7, "two entries", with_payload(more={"v": [specimens.ENTRIES["v"]] * 2})
    ),
    Refused("schema.invalid", 7, "no group", with_payload(v=REMOVED)),
    Refused("schema.invalid", 7, "a future version", with_payload(ver="2.0.0")),
    Refused("schema.invalid", 7, "a boolean dose", with_payload(entry={"dn": True})),
    Refused("schema.invalid", 7, "no date", with_payload(entry={"dt": "2022-02-30"})),
    Refused("schema.invalid", 7, "81 characters", with_payload(name={"fn": "x" * 81})),
    Refused("schema.invalid", 7, "null, strictly", with_payload(more={"t": None}), STRICTLY),
    Refused(
        "signer.usage", 7, "tests only", with_payload("v"), partial(signer_options, usages=["t"])
    ),
    Refused(
        "signer.usage",
        7,
        "the other two only",
        with_payload("r"),
        partial(signer_options, usages=["t", "v"]),
    ),
    Refused(
        "signer.usage",
        7,
        "vaccinations only, by the old arc",
        with_payload("t"),
        partial(signer_options, usages=["v"], arc=specimens.OLD_ARC),
    ),
    # 8. Revocation.
    *(
        Refused("revoked", 8, f"by {kind.value}", text, partial(revoked_by, kind))
        for kind in HashType
    ),
)


def authorities(*keys: Any) -> TrustList:
    return TrustList.from_certificates([specimens.csca(key) for key in keys])


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_certificate_bad_in_one_way_is_refused_for_that_way(case: Refused) -> None:
    with pytest.raises(VnvaxcertError) as caught:
        accept(case.text(), **case.options())
    assert caught.value.code == case.code


def test_every_step_has_a_refusal() -> None:
    assert {case.step for case in REFUSED} == set(range(1, 9))


# --- certificates that must be accepted ---------------------------------------------------------


def rewritten(encode: Callable[[bytes], bytes]) -> Callable[[], str]:
    """A certificate whose claims are encoded in another way, and signed so."""
    return lambda: text(message(encode(cbor2.dumps(claims()))))


def indefinitely() -> str:
    members = b"".join(cbor2.dumps(key) + cbor2.dumps(value) for key, value in claims().items())
    return text(message(b"\xbf" + members + b"\xff"))


ACCEPTED: Final[tuple[tuple[str, Callable[[], str], dict[str, Any], list[str]], ...]] = (
    ("as issued", text, {}, []),
    ("a test", with_payload("t"), {}, []),
    ("a recovery", with_payload("r"), {}, []),
    ("no tag", with_message(tag=b""), {}, []),
    ("61 around 18", with_message(tag=b"\xd8\x3d\xd2"), {}, []),
    ("a longer tag 18", with_message(tag=b"\xd9\x00\x12"), {}, []),
    ("stored blocks", lambda: in_base45(zlib.compress(message(), 0)), {}, []),
    ("kid unprotected", with_message(protected={1: ES256}, unprotected={4: KID}), {}, []),
    ("another kid beside", with_message(unprotected={4: b"another."}), {}, []),
    ("kid before alg", with_message(protected={4: KID, 1: ES256}), {}, []),
    ("content type", with_message(protected={1: ES256, 3: 61, 4: KID}), {}, []),
    (
        "both headers unprotected",
        with_message(protected=b"", unprotected={1: ES256, 4: KID}),
        {},
        ["cose.algorithm_unprotected"],
    ),
    (
        "an encoded empty map",
        with_message(protected=b"\xa0", unprotected={1: ES256, 4: KID}),
        {},
        ["cose.algorithm_unprotected"],
    ),
    ("high or low s", part_changed(3, order_minus), {}, []),
    ("unsorted keys", with_claims(iss="VN"), {}, []),
    ("indefinite lengths", indefinitely, {}, []),
    ("no iss", with_claims(iss=REMOVED), {}, []),
    ("no iat", with_claims(iat=REMOVED), {}, []),
    ("a float exp", with_claims(exp=1.7e9), {}, ["cwt.float_time"]),
    (
        "a tagged iat",
        with_claims(iat=cbor2.CBORTag(1, 0)),
        {},
        ["cwt.tagged_time", "cwt.predates_signer"],
    ),
    ("exp after the signer's", with_claims(exp=253402300799), {}, ["cwt.outlives_signer"]),
    ("iat before the signer's", with_claims(iat=1), {}, ["cwt.predates_signer"]),
    ("nbf now", with_more_claims({5: specimens.seconds(AT)}), {}, []),
    ("unknown claims", with_more_claims({2: "x", 7: b"x"}), {}, ["cwt.unknown_claim"] * 2),
    ("null for a group", with_payload(more={"t": None}), {}, ["schema.deviation"]),
    ("an unknown product", with_payload(entry={"mp": "X"}), {}, ["valueset.unknown"]),
)


@pytest.mark.parametrize(("why", "make", "options", "warnings"), ACCEPTED)
def test_a_certificate_in_order_is_accepted(
    why: str, make: Callable[[], str], options: dict[str, Any], warnings: list[str]
) -> None:
    certificate = accept(make(), **options)
    assert isinstance(certificate, VerifiedCertificate)
    assert sorted(codes(certificate)) == sorted(warnings)


def test_what_is_verified_is_what_was_signed() -> None:
    certificate = accept()
    assert certificate.certificate.holder == specimens.HOLDER
    assert certificate.certificate.vaccinations == (specimens.VACCINATION,)
    assert certificate.envelope is Envelope.HCERT
    assert certificate.issuer == "VN"
    assert (certificate.issued_at, certificate.expires_at) == (ISSUED_AT, EXPIRES_AT)
    assert (certificate.algorithm, certificate.kid) == (Algorithm.ES256, KID)
    assert certificate.signer.kid == KID
    assert certificate.signer.country == "VN"
    assert certificate.warnings == ()


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("P-256", Algorithm.ES256),
        ("P-384", Algorithm.ES384),
        ("P-521", Algorithm.ES512),
        ("RSA-1024", Algorithm.PS256),
        ("RSA-2048", Algorithm.PS256),
    ],
)
def test_every_kind_of_key_verifies(kind: str, algorithm: Algorithm) -> None:
    key = specimens.key(kind)
    certificate = accept(text(message(signer=key)), trust=trusting(specimens.dsc(key)))
    assert certificate.algorithm is algorithm


@pytest.mark.parametrize("size", [1, 7, 16, 100])
def test_a_kid_may_have_any_length(size: int) -> None:
    kid = bytes(range(1, size + 1))
    certificate = accept(text(message(kid=kid)), trust=listed((kid, specimens.dsc())))
    assert certificate.kid == kid


def test_iat_null_is_refused_and_its_absence_is_not() -> None:
    assert accept(with_claims(iat=REMOVED)()).issued_at is None
    with pytest.raises(VnvaxcertError) as caught:
        accept(with_claims(iat=None)())
    assert caught.value.code == "cwt.claims"


# --- 3. and 4.: several candidates --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA-2048", "P-256K"])
def test_of_two_keys_with_one_kid_the_right_one_is_found_in_any_order(kind: str) -> None:
    wrong = (KID, specimens.dsc(specimens.key(kind, 2)))
    right = (KID, specimens.dsc())
    for order in ([wrong, right], [right, wrong], [wrong, wrong, right]):
        signer = accept(trust=listed(*order)).signer
        assert signer.facts is not None
        assert signer.facts.der == right[1]


def test_one_key_in_two_entries_is_good_while_one_of_them_is() -> None:
    expired = (KID, specimens.dsc(not_after=AT - SECOND, serial=2))
    good = (KID, specimens.dsc())
    for order in ([expired, good], [good, expired]):
        assert accept(trust=listed(*order)).signer.not_after == specimens.DSC_UNTIL
    future = (KID, specimens.dsc(not_before=AT + SECOND, serial=3))
    with pytest.raises(SignerExpiredError):
        accept(trust=listed(expired, future))
    with pytest.raises(SignerNotYetValidError):
        accept(trust=listed(future, expired))


def test_one_key_in_two_entries_may_sign_what_either_may() -> None:
    tests = (KID, specimens.dsc(usages=["t"], serial=2))
    vaccinations = (KID, specimens.dsc(usages=["v"]))
    signer = accept(trust=listed(tests, vaccinations)).signer
    assert signer.facts is not None
    assert signer.facts.der == vaccinations[1]
    with pytest.raises(SignerUsageError) as caught:
        accept(with_payload("r")(), trust=listed(tests, vaccinations))
    assert caught.value.kind == "recovery"


def test_an_expired_entry_does_not_lend_its_usage() -> None:
    expired = (KID, specimens.dsc(not_after=AT - SECOND, serial=2))  # might sign anything
    tests = (KID, specimens.dsc(usages=["t"]))
    with pytest.raises(SignerUsageError):
        accept(trust=listed(expired, tests))


def test_the_error_of_a_key_unknown_or_unfit_says_which() -> None:
    with pytest.raises(UnknownKeyError) as unknown:
        accept(text(message(kid=b"\x01\x02")))
    assert unknown.value.kid == b"\x01\x02"
    assert "0102" in str(unknown.value)
    with pytest.raises(AlgorithmMismatchError) as mismatch:
        accept(**key_options("P-384"))
    assert (mismatch.value.kid, mismatch.value.algorithm) == (KID, "ES256")


@given(st.integers(0, 10_000))
@example(0)
def test_flipping_any_bit_of_the_message_is_refused(number: int) -> None:
    whole = bytearray(message())
    place = number % (len(whole) * 8)
    whole[place // 8] ^= 1 << place % 8
    with pytest.raises(VnvaxcertError):
        accept(text(bytes(whole)))


# --- 5. the signer ------------------------------------------------------------------------------


def test_the_signer_is_valid_from_its_first_second_to_its_last() -> None:
    at = {"exp": 253402300799, "iat": REMOVED}
    certificate = with_claims(**at)()
    for moment in (specimens.DSC_FROM, specimens.DSC_UNTIL):
        assert accept(certificate, at=moment).signer.kid == KID
    with pytest.raises(SignerNotYetValidError) as early:
        accept(certificate, at=specimens.DSC_FROM - MICROSECOND)
    assert early.value.not_before == specimens.DSC_FROM
    with pytest.raises(SignerExpiredError) as late:
        accept(certificate, at=specimens.DSC_UNTIL + SECOND)
    assert late.value.not_after == specimens.DSC_UNTIL
    assert late.value.checked_at == specimens.DSC_UNTIL + SECOND


def test_a_bare_key_is_trusted_at_any_time_with_a_warning() -> None:
    bare = TrustList.from_keys({KID: specimens.ec_key().public_key()})
    certificate = accept(trust=bare)
    assert codes(certificate) == ["signer.no_validity"]
    assert certificate.signer.not_after is None
    late = with_claims(exp=253402300799, iat=REMOVED)()
    assert codes(accept(late, trust=bare, at=datetime(3000, 1, 1, tzinfo=UTC))) == [
        "signer.no_validity"
    ]


def test_a_bare_key_does_not_chain() -> None:
    bare = TrustList.from_keys({KID: specimens.ec_key().public_key()})
    with pytest.raises(ChainError):
        accept(trust=bare, authorities=authorities(specimens.key(number=9)))


def test_a_signer_under_a_given_authority_is_accepted() -> None:
    authority = specimens.key(number=9)
    der = specimens.dsc(authority=authority)
    certificate = text(message(kid=specimens.kid_of(der)))
    for keys in ([authority], [specimens.key(number=8), authority]):
        assert accept(certificate, trust=trusting(der), authorities=authorities(*keys))
    with pytest.raises(ChainError):
        accept(certificate, trust=trusting(der), authorities=authorities(specimens.key(number=8)))


def test_an_authority_must_be_valid_too() -> None:
    authority = specimens.key(number=9)
    der = specimens.dsc(authority=authority)
    certificate = text(message(kid=specimens.kid_of(der)))
    old = specimens.csca(authority, not_after=AT - SECOND)
    with pytest.raises(ChainError, match="expired"):
        accept(
            certificate,
            trust=trusting(der),
            authorities=TrustList.from_certificates([old]),
        )


def test_without_authorities_nobody_asks_for_a_chain() -> None:
    der = specimens.dsc(authority=specimens.key(number=9))
    assert accept(text(message(kid=specimens.kid_of(der))), trust=trusting(der))


# --- 6. times -----------------------------------------------------------------------------------


def test_exp_is_good_to_its_second_and_the_skew_beyond() -> None:
    certificate = text()
    assert accept(certificate, at=EXPIRES_AT)
    with pytest.raises(ExpiredError) as caught:
        accept(certificate, at=EXPIRES_AT + MICROSECOND)
    assert caught.value.expires_at == EXPIRES_AT
    assert caught.value.checked_at == EXPIRES_AT + MICROSECOND
    lenient = Policy(expiry_skew=timedelta(minutes=2))
    assert accept(certificate, at=EXPIRES_AT + timedelta(minutes=2), policy=lenient)
    with pytest.raises(ExpiredError):
        accept(certificate, at=EXPIRES_AT + timedelta(minutes=2) + MICROSECOND, policy=lenient)


def test_iat_may_lie_in_the_future_by_the_skew() -> None:
    certificate = text()
    five_minutes = timedelta(minutes=5)
    assert accept(certificate, at=ISSUED_AT)
    assert accept(certificate, at=ISSUED_AT - five_minutes)
    with pytest.raises(NotYetValidError) as caught:
        accept(certificate, at=ISSUED_AT - five_minutes - MICROSECOND)
    assert caught.value.valid_from == ISSUED_AT
    assert accept(certificate, at=ISSUED_AT, policy=STRICT_POLICY)
    with pytest.raises(NotYetValidError):
        accept(certificate, at=ISSUED_AT - MICROSECOND, policy=STRICT_POLICY)


def test_both_times_are_compared_as_instants_whatever_the_zone_of_at() -> None:
    for hours in (-23, -7, 0, 7, 23):
        zone = timezone(timedelta(hours=hours))
        assert accept(at=EXPIRES_AT.astimezone(zone))
        with pytest.raises(ExpiredError):
            accept(at=(EXPIRES_AT + SECOND).astimezone(zone))


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-23))),
    ],
)
def test_moments_at_the_ends_of_time_end_in_a_refusal(at: datetime) -> None:
    bare = TrustList.from_keys({KID: specimens.ec_key().public_key()})
    lenient = Policy(expiry_skew=timedelta(days=365), issue_skew=timedelta(days=365))
    for trust in (trusting(), bare):
        for policy in (DEFAULT_POLICY, lenient):
            with pytest.raises(VerificationError) as caught:
                accept(trust=trust, at=at, policy=policy)
            assert str(caught.value)


def test_without_a_moment_it_is_now() -> None:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    trust = listed((KID, specimens.dsc(not_before=now - day, not_after=now + day)))
    seconds = specimens.seconds(now)
    certificate = with_claims(iat=seconds - 60, exp=seconds + 3600)()
    assert verify(certificate, trust=trust).kid == KID
    with pytest.raises(ExpiredError):
        verify(with_claims(iat=seconds - 60, exp=seconds - 30)(), trust=trust)


# --- 7. usage -----------------------------------------------------------------------------------


@pytest.mark.parametrize("arc", [specimens.ARC, specimens.OLD_ARC])
@pytest.mark.parametrize("usages", [["t"], ["v"], ["r"], ["t", "v"], ["t", "v", "r"], []])
@pytest.mark.parametrize("group", specimens.GROUPS)
def test_a_signer_signs_the_kinds_its_usage_names_and_all_without_one(
    arc: str, usages: list[str], group: str
) -> None:
    options = signer_options(usages=usages, arc=arc)
    certificate = with_payload(group)()
    if group in usages or not usages:
        accepted = accept(certificate, **options).certificate
        assert isinstance(accepted, HealthCertificate)
        assert accepted.entries
        return
    with pytest.raises(SignerUsageError) as caught:
        accept(certificate, **options)
    names = {"t": "test", "v": "vaccination", "r": "recovery"}
    assert caught.value.kind == names[group]
    assert set(caught.value.allowed) == {names[usage] for usage in usages}


def test_a_signer_of_seals_signs_no_health_certificate_unless_it_says_so() -> None:
    key, dates = seal_maker.SIGNER_KEY, (specimens.DSC_FROM, specimens.DSC_UNTIL)
    seals, vaccinations = SEAL_USAGE, f"{specimens.ARC}2"
    for usages, is_accepted in (((seals,), False), ((seals, vaccinations), True), ((), True)):
        certificate = seal_maker.signer(key, usages=usages, not_before=dates[0], not_after=dates[1])
        kid = specimens.kid_of(certificate)
        options: dict[str, Any] = {"signer": key, "kid": kid}
        text = specimens.certificate_text(**options)
        if is_accepted:
            assert accept(text, trust=listed((kid, certificate))).kid == kid
            continue
        with pytest.raises(SignerUsageError) as caught:
            accept(text, trust=listed((kid, certificate)))
        assert str(caught.value) == "the signer's certificate is for seals, not for vaccination"


# --- 8. revocation ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", HashType)
def test_a_revoked_certificate_says_by_which_hash(kind: HashType) -> None:
    with pytest.raises(RevokedError) as caught:
        accept(**revoked_by(kind))
    assert caught.value.hash_type == kind.value


def test_both_values_of_s_are_revoked_by_one_signature_hash() -> None:
    twin = part_changed(3, order_minus)()
    with pytest.raises(RevokedError):
        accept(twin, **revoked_by(HashType.SIGNATURE))


def test_a_list_without_the_certificate_revokes_nothing() -> None:
    for revocations in (
        RevocationList.from_hashes([]),
        RevocationList.from_hashes([(HashType.UCI, bytes(16))]),
        RevocationList.from_hashes(revoked_hashes(), kid=b"another."),
    ):
        assert accept(revocations=revocations)
    with pytest.raises(RevokedError):
        accept(revocations=RevocationList.from_hashes(revoked_hashes(), kid=KID))


def test_an_identifier_with_outer_space_is_revoked_as_it_was_issued() -> None:
    for spaced in (f" {specimens.ENTRIES['v']['ci']} ", "X" * 80 + " "):
        contents = specimens.payload("v", entry={"ci": spaced})
        certificate = specimens.certificate_text(contents)
        assert accept(certificate)
        for listed_as in (spaced, spaced.strip()):
            hashes_ = [(HashType.UCI, sha256(listed_as.encode()).digest()[:16])]
            with pytest.raises(RevokedError):
                accept(certificate, revocations=RevocationList.from_hashes(hashes_))


def test_a_key_identifier_that_is_not_signed_does_not_choose_where_revocation_looks() -> None:
    der = specimens.dsc()
    other = b"other-id"
    trust = listed((KID, der)) | listed((other, der))
    revocations = RevocationList.from_hashes(
        [(HashType.UCI, sha256(specimens.ENTRIES["v"]["ci"].encode()).digest()[:16])], kid=KID
    )
    for kid in (KID, other):
        forged = specimens.certificate_text(
            specimens.payload("v"), protected={1: -7}, unprotected={4: kid}
        )
        assert accept(forged, trust=trust)
        with pytest.raises(RevokedError):
            accept(forged, trust=trust, revocations=revocations)


def test_no_more_candidates_are_tried_than_the_bound() -> None:
    foreign = TrustList()
    for number in range(2, 2 + MAX_CANDIDATES):
        foreign |= TrustList.from_keys({KID: specimens.ec_key("P-256", number).public_key()})
    own = TrustList.from_keys({KID: specimens.ec_key().public_key()})
    assert accept(trust=own | foreign)
    with pytest.raises(InvalidSignatureError):
        accept(trust=foreign | own)


@pytest.mark.parametrize("name", ["trust", "policy"])
def test_what_cannot_be_left_out_is_not_none(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        accept(**{name: None})


def revoked_hashes() -> list[tuple[HashType, bytes]]:
    return [
        (kind, value)
        for kind, value in certificate_hashes(
            certificate_ids=[specimens.ENTRIES["v"]["ci"]],
            issuer=None,
            countries=[None],
            signature=bytes(64),
            algorithm=Algorithm.ES256,
        )
        if kind is HashType.UCI
    ]


# --- arguments and policies ---------------------------------------------------------------------


@pytest.mark.parametrize("not_text", [None, b"HC1:", 1, ["HC1:"]])
def test_what_is_no_text_is_the_callers_mistake(not_text: Any) -> None:
    for function in (decode_unverified, partial(verify, trust=TrustList(), at=AT)):
        with pytest.raises(TypeError, match="text of a QR code"):
            function(not_text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trust", [specimens.dsc()]),
        ("trust", {}),
        ("authorities", [b""]),
        ("revocations", [b""]),
        ("revocations", set()),
        ("at", 1_650_000_000),
        ("at", "2022-06-01"),
    ],
)
def test_an_argument_of_another_type_is_the_callers_mistake(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=name):
        accept(**{name: value})


def test_a_moment_without_a_zone_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        accept(at=datetime(2022, 6, 1))


def test_a_moment_whose_zone_tells_no_offset_never_passes() -> None:
    class Nowhere(tzinfo):
        def utcoffset(self, moment: datetime | None) -> None:
            return None

        dst = utcoffset

        def tzname(self, moment: datetime | None) -> str:
            return "nowhere"

    with pytest.raises(ValueError, match="time zone"):
        accept(at=datetime(2022, 6, 1, tzinfo=Nowhere()))


def test_a_required_check_without_its_data_is_the_callers_mistake() -> None:
    chain = Policy(required_checks=frozenset({Check.CHAIN}))
    revocation = Policy(required_checks=frozenset({Check.REVOCATION}))
    both = Policy(required_checks=frozenset(Check))
    given_both: dict[str, Any] = {
        "authorities": authorities(specimens.key(number=9)),
        "revocations": RevocationList.from_hashes([]),
    }
    for policy, missing in ((chain, "authorities"), (revocation, "revocation")):
        with pytest.raises(ValueError, match=f"give {missing}"):
            accept(policy=policy)
    der = specimens.dsc(authority=specimens.key(number=9))
    certificate = text(message(kid=specimens.kid_of(der)))
    assert accept(certificate, trust=trusting(der), policy=both, **given_both)
    for name in given_both:
        with pytest.raises(ValueError, match="give"):
            accept(policy=both, **{name: given_both[name]})


def test_the_strict_policy_accepts_what_keeps_every_rule() -> None:
    for group in specimens.GROUPS:
        assert accept(with_payload(group)(), policy=STRICT_POLICY).warnings == ()


# --- what shows ---------------------------------------------------------------------------------

MARKER = "Zyxwvut-Geheim-9"


def marked() -> tuple[str, ...]:
    """Certificates with a marker in every text that may be about a person."""
    name = dict.fromkeys(("fn", "gn"), MARKER)
    entry = dict.fromkeys(("tg", "vp", "mp", "ma", "co", "is", "ci"), MARKER)
    good = payload(name=name, entry=entry, more={"extra": MARKER})
    bad = payload(name={"fnt": MARKER * 9, "fn": [MARKER]}, entry={"dt": MARKER}, dob=MARKER)
    return (
        specimens.certificate_text(good),
        specimens.certificate_text(bad),
        text(message(claims(good, iss=MARKER, exp=MARKER))),
        text(message(claims(good, iat=MARKER))),
        text(message(claims({MARKER: MARKER}))),
        text(message(claims(MARKER))),
        text(message(cbor2.dumps(MARKER))),
        text(message(cbor2.dumps([MARKER]))),
        text(message({MARKER: MARKER})),
        text(message(protected={1: MARKER, 4: MARKER})),
        text(message(unprotected={MARKER: MARKER, 2: MARKER})),
        text(cbor2.dumps(MARKER)),
        text(MARKER.encode()),
        "HC1:" + MARKER,
        text() + MARKER,
    )


@pytest.mark.parametrize("certificate", marked(), ids=range(len(marked())))
def test_nothing_personal_shows_in_results_and_errors(certificate: str) -> None:
    for function in (decode_unverified, partial(verify, trust=trusting(), at=AT)):
        shown = []
        try:
            result = function(certificate)
        except VnvaxcertError as error:
            chain: BaseException | None = error
            while chain is not None:  # whatever a logged traceback would show
                shown += [str(chain), repr(chain)]
                chain = chain.__cause__ or (
                    None if chain.__suppress_context__ else chain.__context__
                )
        else:
            shown += [str(result), repr(result), repr(result.certificate), repr(result.warnings)]
        assert shown
        assert not [line for line in shown if "Geheim" in line or MARKER.encode().hex() in line]


# --- decode_unverified --------------------------------------------------------------------------


def test_an_unverified_certificate_is_another_type() -> None:
    unverified: object = decode_unverified(text())
    assert type(unverified) is UnverifiedCertificate
    assert not hasattr(unverified, "signer")
    bases = set(UnverifiedCertificate.__mro__) & set(VerifiedCertificate.__mro__)
    assert bases == {object}


def test_an_unverified_certificate_says_what_a_verified_one_does() -> None:
    unverified, verified = decode_unverified(text()), accept()
    for name in (
        "certificate",
        "envelope",
        "issuer",
        "issued_at",
        "expires_at",
        "algorithm",
        "kid",
    ):
        assert getattr(unverified, name) == getattr(verified, name)
    assert unverified.warnings == ()


def test_decoding_checks_no_signature_and_no_time() -> None:
    forged = part_changed(3, lambda _: bytes(64))()
    assert decode_unverified(forged).certificate.holder == specimens.HOLDER
    old = decode_unverified(with_claims(exp=REMOVED, iat=2**33, iss=REMOVED)())
    assert (old.expires_at, old.issuer) == (None, None)


@pytest.mark.parametrize(
    ("options", "algorithm", "kid"),
    [
        ({"protected": b""}, None, None),
        ({"protected": {1: -8, 4: KID}}, None, KID),
        ({"protected": {1: ES256}}, Algorithm.ES256, None),
        ({"protected": {1: ES256, 4: "text"}}, Algorithm.ES256, None),
        ({"signature": b"short"}, None, KID),
    ],
)
def test_headers_that_cannot_be_used_read_as_none(
    options: dict[str, Any], algorithm: Algorithm | None, kid: bytes | None
) -> None:
    unverified = decode_unverified(text(message(**options)))
    assert (unverified.algorithm, unverified.kid) == (algorithm, kid)


def test_decoding_refuses_what_is_no_certificate() -> None:
    for case in REFUSED:
        if case.code.split(".")[0] in ("input", "hcert", "base45", "zlib", "schema", "cbor"):
            if case.options() or "strictly" in case.why or "not looked at" in case.why:
                continue
            with pytest.raises(VnvaxcertError) as caught:
                decode_unverified(case.text())
            assert caught.value.code == case.code


# --- hostile input ------------------------------------------------------------------------------


@given(st.text(max_size=200) | st.text(alphabet="HC1:0ABZ ", max_size=200))
def test_any_text_ends_in_a_certificate_or_an_error_of_this_library(given_text: str) -> None:
    for shown in (given_text, "HC1:" + given_text):
        with pytest.raises(VnvaxcertError):
            accept(shown)
        with pytest.raises(VnvaxcertError):
            decode_unverified(shown)


@given(st.binary(max_size=200))
def test_any_message_ends_in_an_error_of_this_library(data: bytes) -> None:
    for whole in (data, b"\xd2" + data, b"\xd2\x84" + data):
        with pytest.raises(VnvaxcertError):
            accept(text(whole))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats()
    | st.text(max_size=10)
    | st.binary(max_size=10)
    | st.just(cbor2.undefined),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([1, 4, 6, -260, "v", "t", "r", "nam", "dob", "ver", "dn"]), inner
        )
    ),
    max_leaves=15,
)


@given(
    st.dictionaries(st.sampled_from([1, 4, 6, -260, 5]), ANYTHING),
    ANYTHING,
    st.dictionaries(st.sampled_from(["v", "t", "r", "nam", "dob", "ver"]), ANYTHING, max_size=2),
    st.dictionaries(st.sampled_from([*specimens.ENTRIES["v"]]), ANYTHING, max_size=2),
)
def test_signed_nonsense_ends_in_a_certificate_or_an_error_of_this_library(
    more: dict[Any, Any], dcc: Any, members: dict[str, Any], entry: dict[str, Any]
) -> None:
    contents = payload(entry=entry, more=members)
    for body in (claims() | more, claims(dcc), claims(contents), dcc):
        certificate = text(message(cbor2.dumps(body)))
        try:
            result = accept(certificate)
        except VnvaxcertError as error:
            shown = str(error)
        else:
            shown = repr(result)
        assert shown
