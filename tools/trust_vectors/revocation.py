"""The vectors of revocation lists: batches, filters and a list of revoked signers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from cms_maker import Holder
from trust_vectors.book import (
    ABROAD,
    AFTER,
    ANY,
    BEFORE,
    CSCA_UT,
    CSCA_UT_FILE,
    CSCA_XA_FILE,
    DURING,
    EXPIRES,
    ISSUED,
    LIST_ROOT_FILE,
    OF_RSA,
    PUBLISHER,
    PUBLISHER_KEY,
    STRANGER_KEY,
    TEST_OR_VACCINATION,
    UNAUTHENTICATED,
    Node,
    Vector,
    flip,
    flip_in_base64,
    kid_of,
    kid_text,
    load,
    refusal,
    time,
)
from trust_vectors.makers import (
    archive,
    as_json,
    base64url,
    bloom_filter,
    certificate_pem,
    cms,
    text,
    variable_hashes,
)

_REVOKED, _POSSIBLY, _SIGNER_REVOKED = "revoked", "revoked.possible", "signer.revoked"
_UNKNOWN_KID: Final = "UNKNOWN_KID"
_REVOKED_AT: Final = datetime(2022, 4, 30, 12, tzinfo=UTC)


def vectors() -> Iterator[Vector]:
    """All of them."""
    yield batches()
    yield bloom()
    yield prefixes()
    yield prefixes_as_deployed()
    yield crl()


def _uci(number: int, prefix: str = "") -> bytes:
    """A hash of a certificate that never was: of its identifier, after a country where given."""
    return sha256(f"{prefix}URN:UVCI:01:UT:SPECIMEN{number:04}".encode()).digest()[:16]


def _asked(kid: bytes | None, kind: str, value: bytes, code: str | None) -> Node:
    """A certificate, by its signer's kid and a hash of it, and what the list says of it."""
    shown = kid.hex() if kid is not None else None
    return {"kid": shown, "hash_type": kind, "hash": value.hex(), "reject": code}


def _revokes(
    entries: int,
    certificates: list[Node],
    signers: list[Node] | None = None,
    *,
    issued_at: datetime | None = None,
    expires_at: datetime | None = None,
    sequence: int | None = None,
) -> Node:
    return {
        "issued_at": time(issued_at),
        "expires_at": time(expires_at),
        "sequence": sequence,
        "entries": entries,
        "certificates": certificates,
        "signers": signers or [],
    }


def batches() -> Vector:
    """Two of the gateway, signed by an uploader: one of a signer, one of any, in Base64."""

    def batch(kid: str, kind: str, *revoked: bytes) -> bytes:
        document = {
            "country": "UT",
            "expires": "2023-04-15T00:00:00Z",
            "kid": kid,
            "hashType": kind,
            "entries": [{"hash": text(value)} for value in revoked],
        }
        return cms(as_json(document), PUBLISHER, signed_at=ISSUED, in_ber=True)

    signature = sha256(b"the first half of a signature").digest()[:16]
    first = batch(kid_text(ANY), "UCI", _uci(1), _uci(2))
    of_any = batch(_UNKNOWN_KID, "SIGNATURE", signature)
    second = text(of_any).encode("ascii")
    names = ("revocation/batch.cms", "revocation/batch-of-any-signer.txt")
    kid, other = kid_of(ANY), kid_of(OF_RSA)
    # The certificate that comes along is not signed: a bit of that would change nothing.
    in_content, in_signature = first.index(b'"hash"') + 9, len(first.rstrip(b"\0")) - 10
    refused = partial(refusal, code="trustlist.signature", key=PUBLISHER_KEY)
    return Vector(
        id="revocation-gateway-batches",
        kind="revocation list",
        format="revocation, signed gateway batch",
        made_from="fact sheet eu-dcc 7.1, 7.2",
        files=dict(zip(names, (first, second), strict=True)),
        contents=_revokes(
            3,
            [
                _asked(kid, "UCI", _uci(1), _REVOKED),
                _asked(kid, "UCI", _uci(2), _REVOKED),
                _asked(None, "UCI", _uci(2), _REVOKED),  # a kid that nobody signed
                _asked(other, "SIGNATURE", signature, _REVOKED),
                _asked(kid, "UCI", _uci(3), None),
                _asked(other, "UCI", _uci(1), None),
                _asked(kid, "COUNTRYCODEUCI", _uci(1), None),
            ],
        ),
        loads=[
            UNAUTHENTICATED,
            load("with-the-uploader's-key", key=PUBLISHER_KEY, at=DURING, authenticated=True),
            load("under-an-authority", authorities=LIST_ROOT_FILE, at=DURING, authenticated=True),
        ],
        refusals=[
            refused("one-bit-of-the-content", change=flip(names[0], first, in_content)),
            refused("one-bit-of-the-signature", change=flip(names[0], first, in_signature)),
            refused(
                "one-bit-of-the-content-in-base64",
                change=flip_in_base64(names[1], second, 0, of_any.index(b'"hash"') + 9),
            ),
            refusal("the-key-of-somebody-else", "trustlist.signature", key=STRANGER_KEY),
            refusal("another-authority", "trustlist.signature", authorities=CSCA_UT_FILE),
            refusal("no-number-to-compare", "trustlist.rollback", last_sequence=1),
        ],
    )


def _named(kid: str, digits: int, value: bytes, content: bytes) -> tuple[str, bytes]:
    """A slice under its name: kid, partition, chunk, SHA-256; the digits are the partition's."""
    shown = value.hex()
    partition = shown[:digits] or "null"
    return f"{kid}/{partition}/{shown[digits]}/{sha256(content).hexdigest()}", content


_SLICES: Final = "revocation, slices"
_SLICE_REFUSALS: Final = (
    refusal("a-key-for-a-list-without-a-signature", "trustlist.signature", key=PUBLISHER_KEY),
    refusal("no-number-to-compare", "trustlist.rollback", last_sequence=1),
)


def _damaged(name: str, data: bytes, content: bytes) -> list[Node]:
    """A slice that has not the hash it is named by; the archive's own sum is of no use for it."""
    change = flip(name, data, data.index(content) + len(content) - 1)
    return [
        refusal("one-bit-of-a-slice", "trustlist.format", change=change),
        *_SLICE_REFUSALS,
    ]


def bloom() -> Vector:
    """Bloom filters of three signers, cut by none, one and two digits."""
    point, vector, coordinate = (kid_of(one) for one in (ANY, TEST_OR_VACCINATION, ABROAD))
    alike = [_uci(number) for number in _STARTING_WITH_9]
    filters = [
        _named(base64url(point), 0, alike[0], bloom_filter(alike)),
        _named(base64url(vector), 1, _uci(2), bloom_filter([_uci(2)])),
        _named(base64url(coordinate), 2, _uci(3, "UT"), bloom_filter([_uci(3, "UT")])),
    ]
    name = "revocation/bloom-filters.tar.gz"
    data = archive(filters)
    return Vector(
        id="revocation-bloom-filters",
        kind="revocation list",
        format=_SLICES,
        made_from="fact sheet eu-dcc 7.3, 7.4",
        files={name: data},
        contents=_revokes(
            len(alike) + 2,
            [
                *(_asked(point, "UCI", value, _POSSIBLY) for value in alike),
                _asked(vector, "UCI", _uci(2), _POSSIBLY),
                _asked(coordinate, "COUNTRYCODEUCI", _uci(3, "UT"), _POSSIBLY),
                _asked(None, "UCI", _uci(2), _POSSIBLY),
                _asked(point, "UCI", _uci(2), None),
                _asked(point, "UCI", _uci(5), None),
                _asked(vector, "UCI", alike[0], None),
            ],
        ),
        loads=[UNAUTHENTICATED],
        refusals=_damaged(name, data, filters[0][1]),
    )


# Identifiers whose hashes start with 9 and with ff, found by trying numbers.
_STARTING_WITH_9: Final = (1, 4)
_STARTING_WITH_FF: Final = 389


def prefixes() -> Vector:
    """Lists of prefixes of three signers; the third has whole hashes, and proves."""
    point, vector, exact = (kid_of(one) for one in (ANY, TEST_OR_VACCINATION, ABROAD))
    alike = [_uci(number) for number in _STARTING_WITH_9]
    lost = _uci(_STARTING_WITH_FF)
    lists = [
        _named(base64url(point), 0, alike[0], variable_hashes(alike, coordinates=0)),
        _named(base64url(point), 0, lost, variable_hashes([lost], coordinates=0)),
        _named(base64url(vector), 1, _uci(2), variable_hashes([_uci(2)], coordinates=1)),
        _named(base64url(exact), 2, _uci(3), variable_hashes([_uci(3)], coordinates=2, minimum=16)),
    ]
    name = "revocation/variable-hashes.tar.gz"
    data = archive(lists)
    same_start = alike[0][:4] + bytes(12)
    return Vector(
        id="revocation-variable-hashes",
        kind="revocation list",
        format=_SLICES,
        made_from="fact sheet eu-dcc 7.3, 7.5",
        files={name: data},
        contents=_revokes(
            len(alike) + 3,
            [
                *(_asked(point, "UCI", value, _POSSIBLY) for value in alike),
                _asked(point, "UCI", same_start, _POSSIBLY),
                _asked(point, "UCI", lost, _POSSIBLY),
                _asked(vector, "UCI", _uci(2), _POSSIBLY),
                _asked(exact, "UCI", _uci(3), _REVOKED),
                _asked(exact, "UCI", _uci(3)[:15] + b"\0", None),
                _asked(point, "UCI", _uci(2), None),
                _asked(vector, "UCI", _uci(3), None),
            ],
        ),
        loads=[UNAUTHENTICATED],
        refusals=_damaged(name, data, lists[0][1]),
    )


def prefixes_as_deployed() -> Vector:
    """The same hash as the writer in use loses it: what it was can be told from the order."""
    kid, lost = kid_of(ANY), _uci(_STARTING_WITH_FF)
    written = variable_hashes([lost], coordinates=0, as_deployed=True)
    name = "revocation/variable-hashes-as-deployed.tar.gz"
    data = archive([_named(base64url(kid), 0, lost, written)])
    return Vector(
        id="revocation-variable-hashes-as-deployed",
        kind="revocation list",
        format=_SLICES,
        made_from="fact sheet eu-dcc 7.5, the writer's bug",
        files={name: data},
        contents=_revokes(
            1, [_asked(kid, "UCI", lost, _POSSIBLY), _asked(kid, "UCI", _uci(2), None)]
        ),
        loads=[UNAUTHENTICATED],
        refusals=_damaged(name, data, written),
    )


def crl() -> Vector:
    """An authority revokes one of its signers."""

    def extended(
        builder: x509.CertificateRevocationListBuilder,
    ) -> x509.CertificateRevocationListBuilder:
        key = CSCA_UT.key.public_key()
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key)
        return builder.add_extension(identifier, critical=False).add_extension(
            x509.CRLNumber(7), critical=False
        )

    def serial(holder: Holder) -> int:
        return holder.parsed.serial_number

    revoked = x509.RevokedCertificateBuilder(serial(OF_RSA), _REVOKED_AT).build()
    builder = x509.CertificateRevocationListBuilder(
        CSCA_UT.parsed.subject, ISSUED, EXPIRES, revoked_certificates=[revoked]
    )
    made = extended(builder).sign(CSCA_UT.key, hashes.SHA256(), ecdsa_deterministic=True)
    data = made.public_bytes(Encoding.DER)
    name = "revocation/signers.crl"
    signers = {"revocation/signer-revoked.crt.pem": OF_RSA, "revocation/signer-good.crt.pem": ANY}
    revoked_file, good_file = signers
    serial_in_list = serial(OF_RSA).to_bytes(8, "big")
    refused = partial(refusal, authorities=CSCA_UT_FILE)
    return Vector(
        id="revocation-of-a-signer",
        kind="revocation list",
        format="revocation, CRL",
        made_from="RFC 5280 §5; fact sheet icao-vietnam C",
        files={name: data},
        others={file: certificate_pem(holder) for file, holder in signers.items()},
        contents=_revokes(
            1,
            [],
            [
                {
                    "certificate": revoked_file,
                    "reject": _SIGNER_REVOKED,
                    "revoked_at": time(_REVOKED_AT),
                },
                {"certificate": good_file, "reject": None, "revoked_at": None},
            ],
            issued_at=ISSUED,
            expires_at=EXPIRES,
            sequence=7,
        ),
        loads=[
            UNAUTHENTICATED,
            load("with-the-authority's-key", key=CSCA_UT_FILE, at=DURING, authenticated=True),
            load(
                "under-the-authority",
                authorities=CSCA_UT_FILE,
                at=DURING,
                last_sequence=7,
                authenticated=True,
            ),
        ],
        refusals=[
            refused(
                "one-bit-of-the-content",
                "trustlist.signature",
                change=flip(name, data, data.index(serial_in_list) + 7),
            ),
            refused(
                "one-bit-of-the-signature",
                "trustlist.signature",
                change=flip(name, data, len(data) - 10),
            ),
            refusal("the-key-of-somebody-else", "trustlist.signature", key=STRANGER_KEY),
            refusal("another-authority", "trustlist.signature", authorities=CSCA_XA_FILE),
            refused("before-it-was-issued", "trustlist.stale", at=BEFORE),
            refused("after-its-end", "trustlist.stale", at=AFTER),
            refused("an-older-list-than-the-last", "trustlist.rollback", last_sequence=8),
        ],
    )
