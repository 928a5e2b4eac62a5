"""The vectors of formats that are no state's: this library's own list, and JWK sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cbor2

from trust_vectors.book import (
    ANY,
    BARE,
    CSCA_UT,
    CSCA_UT_FILE,
    DURING,
    EXPIRES,
    EXPIRES_SECONDS,
    ISSUED,
    ISSUED_SECONDS,
    LIST_ROOT_FILE,
    OF_RSA,
    PUBLISHER,
    PUBLISHER_KEY,
    SECOND_BARE,
    UNAUTHENTICATED,
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
    base64url,
    cose,
    jwk_of,
    jws_parts,
    spki,
)


def vectors() -> Iterator[Vector]:
    """All of them."""
    yield own_signed()
    yield own_unsigned()
    yield jwk_set()


# --- our own list, and JWK sets -------------------------------------------------------------------

_CONTENT_TYPE: Final = "application/vnd.vnvaxcert.trust-list+cbor"


def own_signed() -> Vector:
    """With the publisher's certificate, a number, and both times."""
    groups = [
        {
            1: [kid_of(ANY), ANY.certificate, kid_of(OF_RSA), OF_RSA.certificate],
            3: 0,
            4: "UT",
        },
        {1: [kid_of(CSCA_UT), CSCA_UT.certificate]},
        {2: [b"\x01", spki(BARE), b"Key2PRO", spki(SECOND_BARE)], 4: "XA", 5: 1 | 2},
    ]
    members = {1: 1, 2: 41, 3: ISSUED_SECONDS, 4: EXPIRES_SECONDS, 5: "UT", 6: groups}
    payload = cbor2.dumps(members, canonical=True)
    headers = {3: _CONTENT_TYPE, 4: kid_of(PUBLISHER), 33: PUBLISHER.certificate}
    data = cose(payload, PUBLISHER.key, headers)
    name = "own/signed.cbor"
    both = ("test", "vaccination")
    return Vector(
        id="own-list-signed",
        format="CBOR list",
        made_from="spec/trust-list.md",
        files={name: data},
        contents=keys(
            [
                usable(ANY, "UT"),
                usable(OF_RSA, "UT", ("recovery",)),
                usable(CSCA_UT, "UT", role="authority"),
                usable_key(BARE, b"\x01", "XA", both),
                usable_key(SECOND_BARE, b"Key2PRO", "XA", both),
            ],
            issued_at=ISSUED,
            expires_at=EXPIRES,
            sequence=41,
        ),
        loads=[
            UNAUTHENTICATED,
            load(
                "with-the-publisher's-key",
                key=PUBLISHER_KEY,
                at=DURING,
                last_sequence=41,
                authenticated=True,
            ),
            load("under-an-authority", authorities=LIST_ROOT_FILE, at=DURING, authenticated=True),
        ],
        refusals=signed_refusals(
            PUBLISHER_KEY,
            content=flip(name, data, data.index(ANY.certificate) + 200),
            signature=flip(name, data, len(data) - 10),
            authorities=CSCA_UT_FILE,
            sequence=41,
        ),
    )


def own_unsigned() -> Vector:
    """The payload alone; of two groups it is not known what they mean."""
    odd_role, critical = b"role", b"critical"
    groups = [
        {1: [kid_of(ANY), ANY.certificate]},
        {2: [odd_role, spki(BARE)], 3: 7},
        {2: [critical, spki(SECOND_BARE)], -1: True},
    ]
    return Vector(
        id="own-list-unsigned",
        format="CBOR list",
        made_from="spec/trust-list.md",
        files={"own/unsigned.cbor": cbor2.dumps({1: 1, 2: 41, 6: groups}, canonical=True)},
        contents=keys(
            [usable(ANY, "UT")],
            [
                aside(odd_role, None, "a role of a later version", "role"),
                aside(critical, None, "a critical member of a later version", "critical"),
            ],
            sequence=41,
        ),
        loads=[UNAUTHENTICATED, load("the-same-list-again", last_sequence=41)],
        refusals=[
            refusal(
                "a-key-for-a-list-without-a-signature", "trustlist.signature", key=PUBLISHER_KEY
            ),
            refusal("an-older-list-than-the-last", "trustlist.rollback", last_sequence=42),
        ],
    )


def jwk_set() -> Vector:
    """In a JWS as JSON, its end in the header and critical, as the first test data had it."""
    bare, other = b"bare key", b"another!"
    document = {
        "keys": [
            jwk_of(BARE, base64url(bare)),
            jwk_of(ANY, base64url(kid_of(ANY))),
            jwk_of(OF_RSA, kid_text(OF_RSA), alg="RS256"),
            jwk_of(SECOND_BARE, base64url(other), use="enc"),
        ]
    }
    header = {"iat": ISSUED_SECONDS, "exp": EXPIRES_SECONDS, "crit": ["exp"]}

    def in_json(protected: str, payload: str, signature: str) -> bytes:
        one = {"protected": protected, "signature": signature}
        return as_json({"payload": payload, "signatures": [one]})

    protected, payload, signature = jws_parts(document, PUBLISHER, header)
    data = in_json(protected, payload, signature)
    private = {**jwk_of(BARE, base64url(bare)), "d": base64url(b"this is no number")}
    name, leak = "jwk-set/keys.json", "jwk-set/with-a-private-key.json"
    return Vector(
        id="jwk-set-signed",
        format="JWK set",
        made_from="RFC 7517; RFC 7515 §7.2; the header of hcert-testdata's signed set",
        files={name: data},
        others={leak: in_json(*jws_parts({"keys": [private]}, PUBLISHER, header))},
        contents=keys(
            [
                usable_key(BARE, bare),
                usable(ANY, "UT"),
                usable(OF_RSA, "UT", ("recovery",)),
            ],
            [aside(other, None, "a key for encryption", "use")],
            issued_at=ISSUED,
            expires_at=EXPIRES,
            sequence=ISSUED_SECONDS,
        ),
        loads=[
            UNAUTHENTICATED,
            load("with-the-publisher's-key", key=PUBLISHER_KEY, at=DURING, authenticated=True),
            load("under-an-authority", authorities=LIST_ROOT_FILE, at=DURING, authenticated=True),
        ],
        refusals=[
            *signed_refusals(
                PUBLISHER_KEY,
                content=flip_in_base64(name, data, data.index(payload.encode("ascii")), 50),
                signature=flip_in_base64(name, data, data.index(signature.encode("ascii")), 40),
                authorities=CSCA_UT_FILE,
            ),
            refusal("a-private-key", "trustlist.format", files=[leak], key=PUBLISHER_KEY),
        ],
    )
