"""The vectors of lists that many states share: the EU gateway's, ICAO's, WHO's."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec

import cms_maker
from cms_maker import Holder, tlv
from trust_vectors.book import (
    ABROAD,
    ANCHOR,
    ANCHOR_FILE,
    ANY,
    BRAINPOOL,
    CSCA_UT,
    CSCA_UT_FILE,
    CSCA_XA,
    CSCA_XA_FILE,
    DURING,
    ISSUED,
    ISSUED_SECONDS,
    OF_RSA,
    PUBLISHER_KEY,
    STRANGER_KEY,
    TEST_OR_VACCINATION,
    UNAUTHENTICATED,
    UNSIGNED_REFUSALS,
    Node,
    Vector,
    aside,
    flip,
    flip_in_base64,
    keys,
    kid_of,
    kid_text,
    load,
    refusal,
    signed_refusals,
    usable,
    usable_key,
)
from trust_vectors.makers import (
    as_json,
    certify,
    cms,
    ec_key,
    rsa_key,
    text,
    with_explicit_curve,
    with_null_parameters,
)

_FACTS: Final = "fact sheet eu-dcc"


def vectors() -> Iterator[Vector]:
    """All of them."""
    yield gateway()
    yield master_list()
    yield gdhcn_1()
    yield gdhcn_2()


# --- the gateway ----------------------------------------------------------------------------------


def gateway() -> Vector:
    """Each entry is signed: by the trust anchor, or by an uploader of its country."""
    uploader = certify(ec_key("uploader UT"), "uploader UT")
    uploader_abroad = certify(ec_key("uploader XA"), "uploader XA", "XA")
    connection = certify(ec_key("connection UT"), "connection UT")

    def entry(kind: str, holder: Holder, by: Holder, country: str = "UT") -> Node:
        # As they are there: detached, in BER, the signer's certificate along.
        signature = cms(holder.certificate, by, signed_at=ISSUED, detached=True, in_ber=True)
        return {
            "kid": kid_text(holder),
            "timestamp": "2022-05-16T12:21:16+02:00",
            "country": country,
            "certificateType": kind,
            "thumbprint": sha256(holder.certificate).hexdigest(),
            "signature": text(signature),
            "rawData": text(holder.certificate),
        }

    entries = [
        entry("DSC", ANY, uploader),
        entry("AUTHENTICATION", connection, ANCHOR),
        entry("UPLOAD", uploader, ANCHOR),
        entry("UPLOAD", uploader_abroad, ANCHOR, "XA"),
        entry("CSCA", CSCA_UT, ANCHOR),
        entry("DSC", TEST_OR_VACCINATION, uploader),
        entry("DSC", ABROAD, uploader_abroad, "XA"),
    ]
    smuggled = [*entries[2:4], entry("DSC", OF_RSA, uploader_abroad)]
    unsigned_authority = [entries[3], entry("CSCA", CSCA_XA, uploader_abroad, "XA")]
    name = "gateway/trust-list.json"
    data = as_json(entries)
    key = ANCHOR_FILE

    def in_entry(number: int, member: str, byte: int) -> Node:
        start = data.index(str(entries[number - 1][member]).encode("ascii"))
        return flip_in_base64(name, data, start, byte)

    def end_of_signature(number: int) -> int:
        return len(base64.b64decode(entries[number - 1]["signature"]).rstrip(b"\0"))

    refused = partial(refusal, code="trustlist.signature", key=key)
    changed = {
        "gateway/uploaded-by-another-state.json": as_json(smuggled),
        "gateway/authority-not-signed-by-the-anchor.json": as_json(unsigned_authority),
        "gateway/uploaders-left-out.json": as_json([entries[4], entries[0]]),
    }
    by_another_state, not_by_the_anchor, without_uploaders = changed
    return Vector(
        id="gateway",
        format="EU gateway list",
        made_from=f"{_FACTS} 5.5, 6.1",
        files={name: data},
        others=changed,
        contents=keys(
            [
                usable(ANY, "UT"),
                usable(CSCA_UT, "UT", role="authority"),
                usable(TEST_OR_VACCINATION, "UT", ("test", "vaccination")),
                usable(ABROAD, "XA"),
            ],
            [
                aside(kid_of(connection), "UT", "a state's connection", "AUTHENTICATION"),
                aside(kid_of(uploader), "UT", "an uploader", "UPLOAD"),
                aside(kid_of(uploader_abroad), "XA", "an uploader", "UPLOAD"),
            ],
        ),
        loads=[UNAUTHENTICATED, load("with-the-trust-anchor", key=key, authenticated=True)],
        refusals=[
            refused(
                "one-bit-of-the-signature-of-a-signer",
                change=in_entry(1, "signature", end_of_signature(1) - 20),
                place="entry 1",
            ),
            refused(
                "one-bit-of-the-certificate-of-a-signer",
                change=in_entry(1, "rawData", 150),
                place="entry 1",
            ),
            refused(
                "one-bit-of-the-signature-of-an-authority",
                change=in_entry(5, "signature", end_of_signature(5) - 20),
                place="entry 5",
            ),
            refused("uploaded-by-another-state", files=[by_another_state], place="entry 3"),
            refused(
                "authority-not-signed-by-the-anchor", files=[not_by_the_anchor], place="entry 2"
            ),
            refused("uploaders-left-out", files=[without_uploaders], place="entry 2"),
            refusal("the-key-of-somebody-else", "trustlist.signature", key=STRANGER_KEY),
            refusal("no-number-to-compare", "trustlist.rollback", key=key, last_sequence=1),
        ],
    )


# --- ICAO -----------------------------------------------------------------------------------------


def master_list() -> Vector:
    """Authorities, two of which a strict parser does not like; signed by one certified for it."""
    usage = (cms_maker.MASTER_LIST_SIGNER,)
    signer = certify(ec_key("publisher"), "master list signer", issuer=CSCA_UT, usages=usage)
    unfit = certify(ec_key("publisher"), "no master list signer", issuer=CSCA_UT)
    of_rsa = certify(rsa_key("RSA 1"), "CSCA XB", "XB", is_authority=True)
    with_null = with_null_parameters(certify(ec_key("CSCA XC"), "CSCA XC", "XC", is_authority=True))
    explicit = with_explicit_curve(certify(ec_key("CSCA XD"), "CSCA XD", "XD", is_authority=True))
    broken = tlv(0x30, b"\x05\x00")
    certificates = [one.certificate for one in (CSCA_UT, CSCA_XA, of_rsa, with_null, explicit)]
    content = tlv(0x30, b"\x02\x01\x00", tlv(0x31, *certificates, broken))
    sign = partial(cms, content, content_type=cms_maker.MASTER_LIST, signed_at=ISSUED)
    name, other = "icao/master-list.ml", "icao/signer-not-certified-for-it.ml"
    data = sign(signer)
    authority = partial(usable, role="authority")
    return Vector(
        id="icao-master-list",
        format="ICAO master list",
        made_from="ICAO Doc 9303-12; fact sheet icao-vietnam C",
        files={name: data},
        others={other: sign(unfit)},
        contents=keys(
            [
                authority(CSCA_UT, "UT"),
                authority(CSCA_XA, "XA"),
                authority(of_rsa, "XB"),
                authority(with_null, "XC"),
                authority(explicit, "XD"),
            ],
            [aside(sha256(broken).digest()[:8], None, "no certificate at all", "certificate")],
            issued_at=ISSUED,
            sequence=ISSUED_SECONDS,
        ),
        loads=[
            UNAUTHENTICATED,
            load("with-the-publisher's-key", key=PUBLISHER_KEY, at=DURING, authenticated=True),
            load("under-an-authority", authorities=CSCA_UT_FILE, at=DURING, authenticated=True),
        ],
        refusals=[
            *signed_refusals(
                PUBLISHER_KEY,
                content=flip(name, data, data.index(of_rsa.certificate) + 200),
                signature=flip(name, data, len(data) - 10),
                authorities=CSCA_XA_FILE,
                is_ending=False,
            ),
            refusal(
                "signer-not-certified-for-it",
                "trustlist.signature",
                files=[other],
                authorities=CSCA_UT_FILE,
            ),
        ],
    )


# --- WHO's network --------------------------------------------------------------------------------

_DID: Final = "did:web:trust-list.example:v2:trustlist"
_DID_1: Final = "did:web:trust-list.example:trustlist"
_UNKNOWN_CURVE: Final = "UNKNOWN CURVE"

# Found by trying numbers: the publisher's software writes 33 bytes for the x of both, and 31 for
# the y of the second.
_LONG_X: Final = certify(ec_key("GDHCN DSC 14"), "GDHCN DSC 14", issuer=CSCA_UT)
_SHORT_Y: Final = certify(
    ec_key("GDHCN DSC 1345"),
    "GDHCN DSC 1345",
    issuer=CSCA_UT,
    usages=("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"),  # of TLS clients and e-mail: no restriction
)


def _number(value: int) -> str:
    """As Java writes a BigInteger: with a zero byte in front, or without those it could have."""
    data = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return base64.urlsafe_b64encode(data).decode("ascii")


def _numbers(key: cms_maker.PrivateKey) -> Node:
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_numbers()
        crv = "P-256" if isinstance(public.curve, ec.SECP256R1) else _UNKNOWN_CURVE
        return {"kty": "EC", "crv": crv, "x": _number(point.x), "y": _number(point.y)}
    return {"kty": "RSA", "n": _number(public.public_numbers().n), "e": "AQAB"}


def _method(
    holder: Holder,
    *chain: Holder,
    usage: str = "DSC",
    code: str | None = None,
    domain: str = "DCC",
    participant: str = "UTO",
    is_quoted: bool = False,
) -> Node:
    """A verification method of version 2."""
    kid = kid_text(holder)
    parent = f"{_DID}:{domain}:{participant}:{usage}"
    certificates = {"x5c": [text(one.certificate) for one in (holder, *chain)]} if chain else {}
    return {
        "id": f"{parent}#{quote(kid, safe='') if is_quoted else kid}",
        "type": "JsonWebKey2020",
        "controller": parent,
        "publicKeyJwk": {**_numbers(holder.key), "kid": kid, **certificates},
        "domain": {"code": f"#{domain}"},
        "participant": {"code": f"#{participant}"},
        "keyusage": {"code": f"#{code or usage}"},
    }


def _method_1(kid: str, holder: Holder, *chain: Holder, participant: str = "uto") -> Node:
    """A verification method of version 1: the JWK has no kid."""
    parent = f"{_DID_1}:{participant}"
    certificates = {"x5c": [text(one.certificate) for one in (holder, *chain)]} if chain else {}
    return {
        "id": f"{parent}#{kid}",
        "type": "JsonWebKey2020",
        "controller": parent,
        "publicKeyJwk": {**_numbers(holder.key), **certificates},
    }


def _did_document(did: str, methods: Sequence[object]) -> bytes:
    return as_json(
        {
            "@context": [
                "https://www.w3.org/ns/did/v1",
                "https://w3id.org/security/suites/jws-2020/v1",
            ],
            "id": did,
            "controller": did,
            "verificationMethod": list(methods),
            "proof": {
                "type": "JsonWebSignature2020",
                "created": "2022-05-01T07:00:00Z",
                "nonce": "0123456789abcdef0123456789abcdef",
                "proofPurpose": "assertionMethod",
                "verificationMethod": f"{did}#nobody",
                "jws": "filler..of-no-key",
            },
        }
    )


def gdhcn_1() -> Vector:
    """Version 1: the participant stands in the id, the kid too, percent-encoded or not."""
    # The kid of a fixture of the development list: 8 characters, of 6 bytes.
    made_up = base64.b64decode("ABCDEFGH")
    methods = [
        _method_1(kid_text(_LONG_X), _LONG_X, CSCA_UT),
        _method_1(quote(kid_text(ABROAD), safe=""), ABROAD, CSCA_XA, participant="xxa"),
        "did:web:other-list.example:trustlist",
        _method_1("ABCDEFGH", ANY, CSCA_UT),
        _method_1(kid_text(CSCA_XA), CSCA_XA, participant="xxa"),
    ]
    return Vector(
        id="gdhcn-version-1",
        format="GDHCN DID document",
        made_from="fact sheet who-gdhcn 4.1, 4.2",
        files={"gdhcn/version-1.did.json": _did_document(_DID_1, methods)},
        contents=keys(
            [
                usable(_LONG_X, "UTO"),
                usable(ABROAD, "XXA"),
                usable(ANY, "UTO", kid=made_up),
            ],
            [
                aside(b"", None, "a reference as text", "reference"),
                aside(kid_of(CSCA_XA), "XXA", "P-384 as UNKNOWN CURVE, no certificate", "crv"),
            ],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[*UNSIGNED_REFUSALS],
    )


def gdhcn_2() -> Vector:
    """Version 2: domains, participants and usages; numbers as the publisher's software writes."""
    data_exchange = certify(ec_key("DECA"), "DECA", is_authority=True)
    of_data_exchange = certify(ec_key("DESC"), "DESC", issuer=data_exchange)
    on_brainpool = certify(BRAINPOOL, "DSC on brainpool", issuer=CSCA_UT)
    methods = [
        _method(_LONG_X, CSCA_UT),
        _method(_SHORT_Y, CSCA_UT, is_quoted=True),
        _method(OF_RSA, CSCA_UT),
        _method(ABROAD, CSCA_XA, participant="XXA"),
        _method(TEST_OR_VACCINATION),
        _method(CSCA_UT, CSCA_UT, usage="SCA", code="CSCA"),
        _method(CSCA_XA, CSCA_XA, usage="SCA", participant="XXA"),
        _method(CSCA_UT, CSCA_UT),
        _method(_LONG_X, CSCA_UT, domain="PH4H"),
        _method(data_exchange, data_exchange, usage="DECA"),
        _method(of_data_exchange, data_exchange, usage="DESC"),
        _method(on_brainpool, CSCA_UT),
        _method(Holder(ec_key("P-384", ec.SECP384R1), b"no certificate")),
        "did:web:other-list.example:v2:trustlist",
    ]
    nameless = sha256(b"no certificate").digest()[:8]
    return Vector(
        id="gdhcn-version-2",
        format="GDHCN DID document",
        made_from="fact sheet who-gdhcn 4.1, 4.2, 4.4",
        files={"gdhcn/version-2.did.json": _did_document(_DID, methods)},
        contents=keys(
            [
                usable(_LONG_X, "UTO"),
                usable(_SHORT_Y, "UTO"),
                usable(OF_RSA, "UTO", ("recovery",)),
                usable(ABROAD, "XXA"),
                usable_key(TEST_OR_VACCINATION.key, kid_of(TEST_OR_VACCINATION), "UTO"),
                usable(CSCA_UT, "UTO", role="authority"),
                usable(CSCA_XA, "XXA", role="authority"),
                usable(CSCA_UT, "UTO", role="signer"),
            ],
            [
                aside(kid_of(_LONG_X), "UTO", "for another domain too", "PH4H"),
                aside(kid_of(data_exchange), "UTO", "an authority of data exchange", "DECA"),
                aside(kid_of(of_data_exchange), "UTO", "a key of data exchange", "DESC"),
                aside(kid_of(on_brainpool), "UTO", "a signer on brainpoolP256r1", "algorithm"),
                aside(nameless, "UTO", "P-384 as UNKNOWN CURVE, no certificate", "crv"),
                aside(b"", None, "a reference as text", "reference"),
            ],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[*UNSIGNED_REFUSALS],
    )
