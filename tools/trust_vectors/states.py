"""The vectors of lists of states, and of the EU's verifier service."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from cms_maker import Holder
from trust_vectors.book import (
    ABROAD,
    ANY,
    BARE,
    BRAINPOOL,
    CSCA_UT_FILE,
    DURING,
    DUTCH_PUBLISHER,
    DUTCH_PUBLISHER_KEY,
    EXPIRES,
    EXPIRES_SECONDS,
    ISSUED,
    ISSUED_SECONDS,
    LIST_ROOT_FILE,
    OF_RSA,
    PUBLISHER,
    PUBLISHER_KEY,
    SECOND_BARE,
    TEST_OR_VACCINATION,
    UNAUTHENTICATED,
    UNSIGNED_REFUSALS,
    Node,
    Vector,
    aside,
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
    RECOVERY,
    TEST,
    as_json,
    base64url,
    cms,
    jwk_of,
    jws_parts,
    spki,
    text,
)

_FACTS: Final = "fact sheet eu-dcc"
_NO_STATUS: Final = "no-list-of-valid-kids"


def vectors() -> Iterator[Vector]:
    """All of them."""
    yield eu_service()
    yield eu_service_lookup()
    yield italy()
    yield netherlands()
    yield france()
    yield united_kingdom()
    yield norway()
    yield poland()
    yield sweden()


# --- the EU's verifier service, and Italy's -------------------------------------------------------


def _responses(*served: tuple[bytes, bytes], line: str = "HTTP/1.1 200 OK") -> bytes:
    """Kids and bodies as ``curl -i`` leaves one answer behind the other; 204 ends them."""
    answers = []
    for token, (kid, body) in enumerate(served, start=412):
        headers = f"X-RESUME-TOKEN: {token}\r\nX-KID: {text(kid)}\r\n"
        answers.append(f"{line}\r\nContent-Type: text/plain\r\n{headers}\r\n{text(body)}")
    return "".join([*answers, "HTTP/1.1 204 No Content\r\n\r\n"]).encode("ascii")


def _served(holder: Holder) -> tuple[bytes, bytes]:
    return kid_of(holder), holder.certificate


def eu_service() -> Vector:
    """The certificates one by one, and the status: one was removed, one never came."""
    never_seen = bytes.fromhex("0102030405060708")
    stream = _responses(*map(_served, (ANY, TEST_OR_VACCINATION, ABROAD)))
    status = as_json([kid_text(ABROAD), kid_text(ANY), text(never_seen)])
    files = {"eu-service/update.http": stream, "eu-service/status.json": status}
    first, second = files
    return Vector(
        id="eu-service-stream",
        format="EU verifier service list",
        made_from=f"{_FACTS} 6.2",
        files=files,
        contents=keys(
            [usable(ANY, "UT"), usable(ABROAD, "XA")],
            [
                aside(
                    kid_of(TEST_OR_VACCINATION),
                    None,
                    "it stays in the stream and was removed from the status",
                    "not on the status",
                ),
                aside(never_seen, None, "the status names it and it never came", "missing"),
            ],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[
            refusal(_NO_STATUS, "trustlist.format", files=[first]),
            refusal("no-certificates", "trustlist.format", files=[second]),
            refusal("two-lists-of-valid-kids", "trustlist.format", files=[first, second, second]),
            *UNSIGNED_REFUSALS,
        ],
    )


def eu_service_lookup() -> Vector:
    """Certificates asked for by kid, the status, and a delta that takes one away again."""

    def found(holder: Holder) -> Node:
        return {"kid": kid_text(holder), "rawData": text(holder.certificate)}

    certificates = {"UT": [found(ANY), found(TEST_OR_VACCINATION)], "XA": [found(ABROAD)]}
    status = [kid_text(one) for one in (ANY, TEST_OR_VACCINATION, ABROAD)]
    files = {
        "eu-service-lookup/update.json": as_json(certificates),
        "eu-service-lookup/status.json": as_json(status),
        "eu-service-lookup/delta.json": as_json({"updated": [], "deleted": [kid_text(ABROAD)]}),
    }
    first = next(iter(files))
    return Vector(
        id="eu-service-lookup",
        format="EU verifier service list",
        made_from=f"{_FACTS} 6.2",
        files=files,
        contents=keys(
            [usable(ANY, "UT"), usable(TEST_OR_VACCINATION, "UT", ("test", "vaccination"))],
            [aside(kid_of(ABROAD), "XA", "the delta takes it off the status", "delta")],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[
            refusal(_NO_STATUS, "trustlist.format", files=[first]),
            *UNSIGNED_REFUSALS,
        ],
    )


def italy() -> Vector:
    """A body may be a bare key."""
    bare, removed = b"bare key", b"removed!"
    stream = _responses(
        (bare, spki(BARE)), _served(ANY), (removed, spki(SECOND_BARE)), line="HTTP/2 200 "
    )
    files = {
        "italy/update.http": stream,
        "italy/status.json": as_json([text(bare), kid_text(ANY)]),
    }
    return Vector(
        id="italy",
        format="EU verifier service list",
        made_from=f"{_FACTS} 6.2, 6.8",
        files=files,
        contents=keys(
            [usable_key(BARE, bare), usable(ANY, "UT")],
            [aside(removed, None, "a bare key that is not on the status", "not on the status")],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[
            refusal(_NO_STATUS, "trustlist.format", files=["italy/update.http"]),
            *UNSIGNED_REFUSALS,
        ],
    )


# --- other lists of states ------------------------------------------------------------------------


def netherlands() -> Vector:
    """Bare keys with letters, two of them under one kid; a domestic one; a detached signature."""
    first, second, third = (bytes([number]) * 8 for number in (1, 2, 3))

    def key(holder: ec.EllipticCurvePrivateKey | Holder, usages: str, country: str) -> Node:
        public = spki(holder.key if isinstance(holder, Holder) else holder)
        return {"subjectPk": text(public), "keyUsage": list(usages), "ian": country, "san": ""}

    payload = as_json(
        {
            "cl_keys": [],
            "nl_keys": {"VWS.TEST.1": {"public_key": "no key of health certificates"}},
            "eu_keys": {
                text(first): [key(BARE, "", "UT")],
                text(second): [key(SECOND_BARE, "tv", "XA"), key(OF_RSA, "r", "UT")],
                text(third): [key(ANY, "x", "UT")],
            },
        }
    )
    message = cms(payload, DUTCH_PUBLISHER, signed_at=ISSUED, detached=True, in_ber=True)
    data = as_json({"signature": text(message), "payload": text(payload)})
    name = "netherlands/public-keys.json"
    start_of_message = data.index(text(message).encode("ascii"))
    start_of_payload = data.index(text(payload).encode("ascii"))
    end_of_signature = len(message.rstrip(b"\0"))
    return Vector(
        id="netherlands",
        format="Dutch list",
        made_from=f"{_FACTS} 6.7",
        files={name: data},
        contents=keys(
            [
                usable_key(BARE, first, "UT"),
                usable_key(SECOND_BARE, second, "XA", ("test", "vaccination")),
                usable_key(OF_RSA.key, second, "UT", ("recovery",)),
            ],
            [
                aside(third, "UT", "a letter that means nothing allows nothing", "letters"),
                aside(b"", None, "a key of the domestic scheme", "domestic"),
            ],
            issued_at=ISSUED,
            sequence=ISSUED_SECONDS,
        ),
        loads=[
            UNAUTHENTICATED,
            load(
                "with-the-publisher's-key", key=DUTCH_PUBLISHER_KEY, at=DURING, authenticated=True
            ),
            load("under-an-authority", authorities=LIST_ROOT_FILE, at=DURING, authenticated=True),
            load("the-same-list-again", last_sequence=ISSUED_SECONDS),
        ],
        refusals=signed_refusals(
            DUTCH_PUBLISHER_KEY,
            content=flip_in_base64(name, data, start_of_payload, payload.index(b'"UT"') + 2),
            signature=flip_in_base64(name, data, start_of_message, end_of_signature - 100),
            authorities=CSCA_UT_FILE,
            is_ending=False,
        ),
    )


def france() -> Vector:
    """Certificates and keys in Base64 twice."""
    bare = b"bare key"

    def twice(data: bytes) -> str:
        return text(text(data).encode("ascii"))

    listed = {
        kid_text(ANY): twice(ANY.certificate),
        text(bare): twice(spki(BARE)),
        kid_text(ABROAD): "",
    }
    document = {"certificatesDCC": listed, "certificates2DDoc": {"FR01": "of another scheme"}}
    return Vector(
        id="france",
        format="French list",
        made_from=f"{_FACTS} 6.8",
        files={"france/certificates.json": as_json(document)},
        contents=keys(
            [usable(ANY, "UT"), usable_key(BARE, bare)],
            [aside(kid_of(ABROAD), None, "a kid without a certificate", "certificate")],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[*UNSIGNED_REFUSALS],
    )


def united_kingdom() -> Vector:
    """Kids that are short names in ASCII, in Base64 or as they are."""
    document = [
        {"kid": "S2V5MVBSTw==", "publicKey": text(spki(BARE))},
        {"kid": "Key2PRO", "publicKey": text(spki(SECOND_BARE))},
        {"kid": "S2V5M1BSTw==", "publicKey": ""},
    ]
    return Vector(
        id="united-kingdom",
        format="British or Norwegian list",
        made_from=f"{_FACTS} 6.8; fact sheet who-gdhcn 9",
        files={"united-kingdom/keys.json": as_json(document)},
        contents=keys(
            [usable_key(BARE, b"Key1PRO"), usable_key(SECOND_BARE, b"Key2PRO")],
            [aside(b"Key3PRO", None, "a kid without a key", "publicKey")],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[*UNSIGNED_REFUSALS],
    )


def norway() -> Vector:
    """The same form with kids of 8 bytes; one key is on a curve that nobody signs with."""
    document = [{"kid": kid_text(one), "publicKey": text(spki(one.key))} for one in (ANY, OF_RSA)]
    other = b"brainpol"
    document.append({"kid": text(other), "publicKey": text(spki(BRAINPOOL))})
    return Vector(
        id="norway",
        format="British or Norwegian list",
        made_from=f"{_FACTS} 6.8",
        files={"norway/keys.json": as_json(document)},
        contents=keys(
            [usable_key(one.key, kid_of(one)) for one in (ANY, OF_RSA)],
            [aside(other, None, "a key on brainpoolP256r1", "algorithm")],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[*UNSIGNED_REFUSALS],
    )


def poland() -> Vector:
    """Certificates with kid and SHA-256; one is cut short."""
    document = {
        "noweCertyfikaty": [
            {
                "identyfikator": sha256(one.certificate).hexdigest(),
                "identyfikatorKlucza": kid_text(one),
                "certyfikat": text(one.certificate[:-1] if one is ABROAD else one.certificate),
            }
            for one in (ANY, OF_RSA, ABROAD)
        ]
    }
    return Vector(
        id="poland",
        format="Polish list",
        made_from=f"{_FACTS} 6.8",
        files={"poland/certificates.json": as_json(document)},
        contents=keys(
            [usable(ANY, "UT"), usable(OF_RSA, "UT", ("recovery",))],
            [aside(kid_of(ABROAD), None, "its certificate lacks the last byte", "too early")],
        ),
        loads=[UNAUTHENTICATED],
        refusals=[*UNSIGNED_REFUSALS],
    )


def sweden() -> Vector:
    """By country, with what each key may sign beside it: both list and certificate decide."""

    def jwk(holder: Holder) -> Node:
        thumbprint = base64url(sha256(holder.certificate).digest())
        return jwk_of(holder, kid_text(holder), **{"x5t#S256": thumbprint})

    nobody = bytes.fromhex("0102030405060708")
    payload = {
        "iss": "https://trust-list.example",
        "iat": ISSUED_SECONDS,
        "exp": EXPIRES_SECONDS,
        "dsc_trust_list": {
            "UT": {
                "eku": {
                    kid_text(TEST_OR_VACCINATION): [TEST, RECOVERY],
                    kid_text(OF_RSA): [TEST],
                    text(nobody): [TEST],
                },
                "keys": [jwk(ANY), jwk(TEST_OR_VACCINATION), jwk(OF_RSA)],
            },
            "XA": {"eku": {}, "keys": [jwk(ABROAD)]},
        },
    }
    protected, body, signature = jws_parts(payload, PUBLISHER, {"typ": "JOSE"})
    data = f"{protected}.{body}.{signature}".encode("ascii")
    name = "sweden/trust-list.jwt"
    start_of_payload = len(protected) + 1
    start_of_signature = start_of_payload + len(body) + 1
    return Vector(
        id="sweden",
        format="Swedish list",
        made_from=f"DSC-TL 1.0.0; {_FACTS} 6.3",
        files={name: data},
        contents=keys(
            [
                usable(ANY, "UT"),
                usable(TEST_OR_VACCINATION, "UT", ("test",)),
                usable(ABROAD, "XA"),
            ],
            [
                aside(kid_of(OF_RSA), "UT", "list: tests, certificate: recoveries", "allow"),
                aside(nobody, "UT", "what a key may sign that is not there", "not there"),
            ],
            issued_at=ISSUED,
            expires_at=EXPIRES,
            sequence=ISSUED_SECONDS,
        ),
        loads=[
            UNAUTHENTICATED,
            load("with-the-publisher's-key", key=PUBLISHER_KEY, at=DURING, authenticated=True),
            load("under-an-authority", authorities=LIST_ROOT_FILE, at=DURING, authenticated=True),
        ],
        refusals=signed_refusals(
            PUBLISHER_KEY,
            content=flip_in_base64(name, data, start_of_payload, 20),
            signature=flip_in_base64(name, data, start_of_signature, 40),
            authorities=CSCA_UT_FILE,
        ),
    )
