"""Batches of the EU gateway (DGCG): up to 1,000 hashes of one type and one signer.

A batch is a JSON object, signed by its country's uploader as a CMS message; the message is DER,
or Base64 of it. Tools of issuers and distributors keep the JSON alone, or several in an array.

``expires`` says until when a batch has to be kept: then the certificates in it have expired
themselves. It does not make them good again, so a batch goes on revoking after it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from cryptography import x509

from vnvaxcert.cose.keys import PrivateKey, PublicKey
from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.cms import CmsError, read_signed_data
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.formats.members import read_base64
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.moment import check_moment
from vnvaxcert.trust.revocation.contents import Contents, joined
from vnvaxcert.trust.revocation.hashes import HASH_BYTES, Hash, HashType, check_hash, check_kid
from vnvaxcert.trust.revocation.members import (
    UNKNOWN_KID,
    read_country,
    read_kid,
    read_time,
)

BATCH_HASHES: Final = 1_000  # as many the gateway takes in one

BATCH_FORMAT: Final = "revocation, gateway batch"
SIGNED_BATCH_FORMAT: Final = "revocation, signed gateway batch"
BATCH_LIST_FORMAT: Final = "revocation, list of gateway batches"


class Batch(NamedTuple):
    """One batch.

    Attributes:
        kid: Key identifier of the signer whose certificates it revokes; None: of any.
        hash_type: What was hashed.
        hashes: 16 bytes each, in order.
        country: Of the uploader, two letters; None where it is missing.
        expires_at: Until when it has to be kept, aware, UTC; None where it is missing.
        notes: What is odd, in words.
    """

    kid: bytes | None
    hash_type: HashType
    hashes: tuple[bytes, ...]
    country: str | None
    expires_at: datetime | None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        kid = UNKNOWN_KID if self.kid is None else self.kid.hex()
        return f"Batch(kid={kid}, {self.hash_type}, {len(self.hashes)} hashes, {self.country})"


class ListedBatch(NamedTuple):
    """A line of the gateway's list of batches.

    Attributes:
        batch_id: Its name, to ask for it with.
        country: Whose it is, two letters; None where it is missing.
        changed_at: When it was uploaded or deleted, aware, UTC.
        is_deleted: Whether it was taken back: its certificates are no longer revoked.
    """

    batch_id: str
    country: str | None
    changed_at: datetime
    is_deleted: bool


class BatchList(NamedTuple):
    """The gateway's answer to what has changed since a moment.

    Attributes:
        batches: In order.
        has_more: Whether the answer was cut short: ask again from the last moment in it.
    """

    batches: tuple[ListedBatch, ...]
    has_more: bool


# --- reading -----------------------------------------------------------------------------------


def read_batches(document: object, context: Context) -> Contents:
    """Read a batch, or an array of batches, without a signature.

    Raises:
        TrustListFormatError: Not that; see `read_batch`.
    """
    if isinstance(document, dict) and "batches" in document:
        raise TrustListFormatError(
            BATCH_LIST_FORMAT, "", "it names batches and holds no hash; load the batches"
        )
    if document == []:
        raise TrustListFormatError(BATCH_FORMAT, "", "an array without a batch in it")
    if isinstance(document, list):
        batches = [_batch(one, f"batch {n}") for n, one in enumerate(document, start=1)]
    else:
        batches = [_batch(document, "")]
    return _contents(batches, context.at)


def read_signed_batch(data: bytes, context: Context) -> Contents:
    """Read a batch with its signature, and check that as far as something was given for it.

    Args:
        data: The CMS message, BER or DER.
        context: What the caller gave.

    Raises:
        TrustListFormatError: Not such a message, or what is signed is no batch.
        TrustListSignatureError: The signature does not fit the key or the authorities given.

    Spec: DGCG revocation API; RFC 5652.
    """
    try:
        message = read_signed_data(data, "message")
    except CmsError as error:
        raise TrustListFormatError(SIGNED_BATCH_FORMAT, "", str(error)) from error
    if message.content is None:
        raise TrustListFormatError(SIGNED_BATCH_FORMAT, "", "the batch is not in the message")

    def check(key: PublicKey) -> None:
        try:
            message.verify(key)
        except CmsError as error:
            raise TrustListSignatureError(SIGNED_BATCH_FORMAT, "", str(error)) from error

    certificate = message.signer_certificate() if message.signers else None
    came_along = () if certificate is None else (certificate, *message.certificates)
    is_authenticated = authenticate(context, SIGNED_BATCH_FORMAT, check, came_along)
    if not json_text.looks_like_json(message.content):
        raise TrustListFormatError(SIGNED_BATCH_FORMAT, "", "what is signed is not JSON")
    batch = _batch(json_text.parse(message.content), "")
    return _contents([batch], context.at)._replace(is_authenticated=is_authenticated)


def read_batch(data: bytes) -> Batch:
    """Read the JSON of one batch.

    Args:
        data: UTF-8.

    Raises:
        TrustListFormatError: Not JSON, or without kid, type or entries; an unknown type; a hash
            that is not Base64 of 16 bytes or more: whoever passed over it would accept what was
            revoked. Of a longer hash the first 16 bytes count, with a note.

    Spec: DGCG revocation API, ``RevocationBatchDto``.
    """
    return _batch(json_text.parse(data), "")


def read_batch_list(data: bytes) -> BatchList:
    """Read the gateway's list of batches, to know which to fetch and which to drop.

    Args:
        data: JSON, UTF-8.

    Raises:
        TrustListFormatError: Not such a list, or a batch in it without id or date.

    Spec: DGCG revocation API, GET /revocation-list.
    """
    document = json_text.parse(data)
    members = document if isinstance(document, dict) else {}
    batches, more = members.get("batches"), members.get("more", False)
    if not isinstance(batches, list) or not isinstance(more, bool):
        raise TrustListFormatError(
            BATCH_LIST_FORMAT, "", "expected an object with 'more' and an array 'batches'"
        )
    found = []
    for number, one in enumerate(batches, start=1):
        where = f"batch {number}"
        line = one if isinstance(one, dict) else {}
        batch_id, is_deleted = line.get("batchId"), line.get("deleted", False)
        if not isinstance(batch_id, str) or not batch_id or not isinstance(is_deleted, bool):
            raise TrustListFormatError(
                BATCH_LIST_FORMAT, where, "expected a text 'batchId' and a truth value 'deleted'"
            )
        changed_at = read_time(line.get("date"))
        if changed_at is None:
            raise TrustListFormatError(
                BATCH_LIST_FORMAT, where, "'date' is not a time with its offset from UTC"
            )
        found.append(ListedBatch(batch_id, read_country(line), changed_at, is_deleted))
    return BatchList(tuple(found), more)


def _batch(document: object, where: str) -> Batch:
    def wrong(reason: str, place: str = "") -> TrustListFormatError:
        return TrustListFormatError(BATCH_FORMAT, ", ".join(filter(None, (where, place))), reason)

    if not isinstance(document, dict):
        raise wrong("expected an object with kid, hashType and entries")
    kid = read_kid(document.get("kid"))
    if kid == b"":
        raise wrong(f"expected Base64 or {UNKNOWN_KID}", "kid")
    named = document.get("hashType")
    if not isinstance(named, str) or named not in HashType.__members__:
        raise wrong(f"expected one of {', '.join(HashType)}", "hashType")
    expires_at = None
    if document.get("expires") is not None:
        expires_at = read_time(document["expires"])
        if expires_at is None:
            raise wrong("not a time with its offset from UTC", "expires")
    entries = document.get("entries")
    if not isinstance(entries, list):
        raise wrong("expected an array", "entries")
    hashes = []
    longer = 0
    for number, entry in enumerate(entries, start=1):
        value = read_base64(entry.get("hash")) if isinstance(entry, dict) else b""
        if len(value) < HASH_BYTES:
            raise wrong(f"'hash' is not Base64 of {HASH_BYTES} bytes", f"entry {number}")
        longer += len(value) > HASH_BYTES
        hashes.append(value[:HASH_BYTES])
    notes: tuple[str, ...] = ()
    if longer:
        what = f"hashes of more than {HASH_BYTES} bytes, of which the first {HASH_BYTES} count"
        notes = (f"{where + ': ' if where else ''}{what}: {longer}",)
    return Batch(kid, HashType(named), tuple(hashes), read_country(document), expires_at, notes)


def _contents(batches: Sequence[Batch], at: datetime | None) -> Contents:
    notes = [note for batch in batches for note in batch.notes]
    if at is not None:
        ended = sum(batch.expires_at is not None and batch.expires_at < at for batch in batches)
        if ended:
            notes.append(f"batches that need not be kept any longer, and still count: {ended}")
    entries = joined({(one.kid, one.hash_type): frozenset(one.hashes)} for one in batches)
    return Contents(entries, notes=tuple(notes))


# --- writing -----------------------------------------------------------------------------------


def write_batches(
    hashes: Iterable[Hash], *, kid: bytes | None, country: str, expires_at: datetime
) -> tuple[bytes, ...]:
    """Make the batches of one signer's revoked certificates.

    Args:
        hashes: Pairs of type and hash, out of what `certificate_hashes` gives. One type of hash
            per certificate is enough: a verifier tries all.
        kid: Key identifier of the signer; None: certificates of any signer.
        country: Of the uploader, two capital letters.
        expires_at: Until when the batches have to be kept: the last ``exp`` of a certificate in
            them. Aware.

    Returns:
        The JSON of each batch, UTF-8: hashes of one type, 1 to 1,000 in order, each once.

    Raises:
        ValueError: A hash that has not 16 bytes, an unknown type; an empty kid; a country of
            another form; ``expires_at`` without a time zone.
        TypeError: A hash or kid that is no bytes, ``expires_at`` that is no moment.

    Spec: DGCG revocation API, ``RevocationBatchDto``.
    """
    import json

    check_kid(kid)
    check_moment(expires_at, "expires_at")
    if len(country) != 2 or not (country.isascii() and country.isalpha() and country.isupper()):
        raise ValueError("country: expected two capital letters")
    of_type: dict[HashType, set[bytes]] = {}
    for hash_type, value in hashes:
        check_hash(value)
        of_type.setdefault(HashType(hash_type), set()).add(value)
    kid_text = UNKNOWN_KID if kid is None else b64encode(kid).decode("ascii")
    expires = f"{expires_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    made = []
    for hash_type, values in sorted(of_type.items()):
        ordered = sorted(values)
        for at in range(0, len(ordered), BATCH_HASHES):
            entries = [
                {"hash": b64encode(value).decode("ascii")}
                for value in ordered[at : at + BATCH_HASHES]
            ]
            batch = {
                "country": country,
                "expires": expires,
                "kid": kid_text,
                "hashType": hash_type.value,
                "entries": entries,
            }
            made.append(json.dumps(batch, separators=(",", ":")).encode("ascii"))
    return tuple(made)


def sign_batch(batch: bytes, *, key: PrivateKey, certificate: x509.Certificate) -> bytes:
    """Sign a batch as an uploader does.

    Args:
        batch: One of what `write_batches` gives.
        key: The uploader's key.
        certificate: The uploader's certificate; it goes along.

    Returns:
        The CMS message with the batch in it, DER. The gateway takes it in Base64.

    Raises:
        ValueError: The key is not that of the certificate.

    Spec: RFC 5652 §5; SHA-256.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    if key.public_key() != certificate.public_key():
        raise ValueError("the key is not that of the certificate")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(batch)
    signed = builder.add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    return signed.sign(Encoding.DER, options)
