"""Trust lists and revocation lists of every format, made from specimen keys, for `fuzz`.

Each is signed where its format has a signature, and the same in every run. Mutations of them take
apart what they are wrapped in (Base64 in JSON, CBOR in CBOR, DER, archives), so that they reach the
parsers inside.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple, TypeAlias

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vnvaxcert import TrustList, VnvaxcertError
from vnvaxcert.cose import sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import sign
from vnvaxcert.trust import der
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.chain import check_chain
from vnvaxcert.trust.conversion import TARGETS, convert
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.jwk import encode_jwk
from vnvaxcert.trust.revocation import (
    HashType,
    RevocationList,
    SliceKind,
    make_slices,
    write_batches,
    write_slices,
)
from vnvaxcert.trust.revocation.archive import read_archive, write_archive
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key

Mutate: TypeAlias = Callable[[bytes, Random], bytes]

START = datetime(2022, 1, 1, tzinfo=UTC)
AT = datetime(2022, 6, 1, tzinfo=UTC)
NOW = int(AT.timestamp())

# The specimens' keys; `_publisher` signs lists.
_SCALARS = {"authority": 5772, "signer": 20220415, "publisher": 31}
_KEYS = {name: make_key(KeyType.P256, scalar) for name, scalar in _SCALARS.items()}
AUTHORITY = SpecimenAuthority(not_before=START, key=_KEYS["authority"], country="VN")
SIGNER = AUTHORITY.issue_signer(key=_KEYS["signer"])
PUBLISHER = AUTHORITY.issue_signer(key=_KEYS["publisher"], name="Specimen publisher")
AUTHORITIES = AUTHORITY.trust_list()
PUBLIC_KEY = _KEYS["publisher"].public_key()

# Between the files of one list. None of them holds it.
JOINT = b"\n\x00--8<--\x00\n"


class DisagreementError(Exception):
    """Something counts as authenticated that was never signed."""


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _spki(name: str) -> bytes:
    return _KEYS[name].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


_CERTIFICATE = SIGNER.certificate
_KID = _text(SIGNER.kid)


# --- signatures -----------------------------------------------------------------------------------


def _signature_of_cose(data: bytes) -> bytes:
    return sign(Algorithm.ES256, _KEYS["publisher"], data, deterministic=True)


def _signature_of_der(name: str, data: bytes) -> bytes:
    key = _KEYS[name]
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the specimens have EC keys")
    return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def jws(document: object) -> bytes:
    """A compact JWS with the publisher's certificate."""
    header = {"alg": "ES256", "x5c": [_text(PUBLISHER.certificate)]}
    signed = _base64url(_json(header)) + b"." + _base64url(_json(document))
    return signed + b"." + _base64url(_signature_of_cose(signed))


def cose(payload: bytes, protected: dict[int, Any]) -> bytes:
    """A COSE_Sign1 message of the publisher."""
    headers = cbor2.dumps(protected, canonical=True)
    signature = _signature_of_cose(sign1.to_be_signed(headers, payload))
    return cbor2.dumps(cbor2.CBORTag(18, [headers, {}, payload, signature]))


_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_SIGNED = bytes.fromhex("06092a864886f70d010702")
_OID_MASTER_LIST = bytes.fromhex("060667810801" + "0102")
_OID_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_OID_DIGEST = bytes.fromhex("06092a864886f70d010904")
_OID_SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
_SHA256 = bytes.fromhex("300b0609608648016503040201")
_ECDSA = bytes.fromhex("300a06082a8648ce3d040302")


def cms(
    content: bytes, content_type: bytes = _OID_DATA, *, who: str = "publisher", inside: bool = True
) -> bytes:
    """A signed message of CMS, with the certificate of its signer."""
    certificate = PUBLISHER.certificate if who == "publisher" else AUTHORITY.certificate
    facts = read_certificate(certificate)
    stated = (
        (_OID_CONTENT_TYPE, content_type),
        (_OID_SIGNING_TIME, der.encode(der.UTC_TIME, b"220601000000Z")),
        (_OID_DIGEST, der.encode(der.OCTET_STRING, sha256(content).digest())),
    )
    attributes = sorted(der.encode(0x30, oid, der.encode(0x31, value)) for oid, value in stated)
    serial = facts.serial.to_bytes(facts.serial.bit_length() // 8 + 1, "big")
    signer = der.encode(
        0x30,
        b"\x02\x01\x01",
        der.encode(0x30, facts.issuer_der, der.encode(der.INTEGER, serial)),
        _SHA256,
        der.encode(0xA0, *attributes),
        _ECDSA,
        der.encode(der.OCTET_STRING, _signature_of_der(who, der.encode(0x31, *attributes))),
    )
    held = der.encode(0xA0, der.encode(der.OCTET_STRING, content)) if inside else b""
    message = der.encode(
        0x30,
        b"\x02\x01\x03",
        der.encode(0x31, _SHA256),
        der.encode(0x30, content_type, held),
        der.encode(0xA0, certificate),
        der.encode(0x31, signer),
    )
    return der.encode(0x30, _OID_SIGNED, der.encode(0xA0, message))


# --- trust lists ----------------------------------------------------------------------------------


def _gateway_entry(certificate: bytes, kind: str, signature: bytes) -> dict[str, str]:
    return {
        "certificateType": kind,
        "country": "VN",
        "kid": _text(certificate_kid(certificate)),
        "rawData": _text(certificate),
        "signature": _text(signature),
        "thumbprint": sha256(certificate).hexdigest(),
    }


def _gateway() -> bytes:
    """With the publisher as the trust anchor, and as the uploader that it has signed."""
    entries = (("DSC", _CERTIFICATE), ("UPLOAD", PUBLISHER.certificate))
    return _json(
        [
            _gateway_entry(certificate, kind, cms(certificate, inside=False))
            for kind, certificate in (*entries, ("CSCA", AUTHORITY.certificate))
        ]
    )


def _german() -> bytes:
    listed = _json({"certificates": [_gateway_entry(_CERTIFICATE, "DSC", b"\x30\x80")]})
    return b64encode(_signature_of_cose(listed)) + b"\n" + listed


def _swedish() -> bytes:
    key = {"kid": _KID, "kty": "EC", "x5c": [_text(_CERTIFICATE)]}
    usages = {_KID: ["1.3.6.1.4.1.1847.2021.1.2"]}
    listed = {"VN": {"keys": [key], "eku": usages}}
    return jws({"iat": NOW - 9, "exp": NOW + 9, "dsc_trust_list": listed})


def _swiss() -> bytes:
    key = encode_jwk(_KEYS["signer"].public_key())
    keys = jws({"certs": [{**key, "keyId": _KID, "alg": "ES256", "use": "sig"}]})
    return JOINT.join((keys, jws({"activeKeyIds": [_KID], "validDuration": 172800000})))


def _dutch() -> bytes:
    key = {"subjectPk": _text(_spki("signer")), "keyUsage": ["v", "t"], "ian": "VN"}
    listed = _json({"cl_keys": [], "eu_keys": {_KID: [key]}})
    return _json({"payload": _text(listed), "signature": _text(cms(listed, inside=False))})


def _austrian() -> tuple[bytes, bytes]:
    content = cbor2.dumps({"c": [{"i": SIGNER.kid, "c": _CERTIFICATE}]})
    claims = {2: sha256(content).digest(), 4: NOW + 9, 5: NOW - 9}
    return content, cose(cbor2.dumps(claims), {1: -7, 42: 2})


def _austrian_json() -> bytes:
    content, signature = _austrian()
    certificate = _text(PUBLISHER.certificate)
    members = {"content": content.hex(), "signature": signature.hex(), "certificate": certificate}
    return _json(members)


def _jwks() -> bytes:
    bare = {**encode_jwk(_KEYS["signer"].public_key()), "kid": _KID}
    return jws({"keys": [{**bare, "x5c": [_text(_CERTIFICATE)]}, bare]})


def _master_list() -> bytes:
    certificates = der.encode(0x31, AUTHORITY.certificate)
    return cms(der.encode(0x30, b"\x02\x01\x00", certificates), _OID_MASTER_LIST)


def _whole() -> TrustList:
    return TrustList.from_bytes(_CERTIFICATE) | AUTHORITIES


def _own() -> bytes:
    start, end = START, AT + timedelta(days=9)
    signer = PUBLISHER.signer
    made = convert(_whole(), "cbor", signer=signer, sequence=7, issued_at=start, expires_at=end)
    return made.data


def _service() -> bytes:
    head = b"HTTP/1.1 200\r\nX-KID: " + _KID.encode() + b"\r\nX-RESUME-TOKEN: 1\r\n\r\n"
    responses = head + b64encode(_CERTIFICATE) + b"\r\nHTTP/1.1 204\r\n\r\n"
    lookup = _json({"VN": [{"kid": _KID, "rawData": _text(PUBLISHER.certificate)}]})
    delta = _json({"updated": [], "deleted": []})
    return JOINT.join((responses, lookup, _json([_KID]), delta))


def _document(version: int) -> bytes:
    key = {**encode_jwk(_KEYS["signer"].public_key()), "kid": _KID, "x5c": [_text(_CERTIFICATE)]}
    method: dict[str, Any] = {"id": f"did:web:example:trustlist:VNM#{_KID}", "publicKeyJwk": key}
    if version == 2:
        codes = {"domain": "DCC", "participant": "VNM", "keyusage": "DSC"}
        method |= {name: {"code": f"#{code}"} for name, code in codes.items()}
    return _json({"id": "did:web:example", "verificationMethod": [method, "did:web:other#1"]})


def _polish_entry() -> dict[str, str]:
    return {
        "identyfikatorKlucza": _KID,
        "identyfikator": sha256(_CERTIFICATE).hexdigest(),
        "certyfikat": _text(_CERTIFICATE),
    }


@cache
def signed_lists() -> tuple[bytes, ...]:
    """A list in each format that has a signature, with those of `PUBLISHER`."""
    return (
        _gateway(),
        _german(),
        _swedish(),
        _swiss(),
        _dutch(),
        JOINT.join(_austrian()),
        _austrian_json(),
        _jwks(),
        _master_list(),
        b64encode(_master_list()),
        _own(),
    )


@cache
def other_lists() -> tuple[bytes, ...]:
    """A list in each format that has none, but for those that `fuzz` has already."""
    key = _text(_spki("signer"))
    return (
        _service(),
        _document(1),
        _document(2),
        _json({"certificatesDCC": {_KID: _text(_text(_CERTIFICATE).encode())}}),
        _json([{"kid": _KID, "publicKey": key}, {"kid": "Key1PRO", "publicKey": key}]),
        _json({"noweCertyfikaty": [_polish_entry()]}),
        convert(_whole(), "cbor").data,
        convert(_whole(), "did").data,
    )


def read_list(data: bytes) -> str:
    """Load a list with and without something to check its signature with; and convert it."""
    files = data.split(JOINT)
    outcome = _content(TrustList.from_bytes, files)
    for given in _GIVEN:
        try:
            checked = TrustList.from_bytes(*files, **given)
        except VnvaxcertError:
            continue
        if not checked.authenticated:
            raise DisagreementError("a list is loaded unchecked, with something to check it with")
        unknown = _keys_of(checked) - _signed_keys()
        if unknown:
            raise DisagreementError("a key that was never signed is authenticated")
    if isinstance(outcome, str):
        return outcome
    target = TARGETS[len(data) % len(TARGETS)]
    try:
        TrustList.from_bytes(convert(outcome, target).data)
    except VnvaxcertError as error:
        return f"loaded, {error.code} as {target}"
    return "loaded"


_GIVEN: tuple[dict[str, Any], ...] = (
    {"signing_key": PUBLIC_KEY},
    {"authorities": AUTHORITIES, "at": AT},
)


def _keys_of(trust: TrustList) -> set[tuple[object, ...]]:
    """Each key with what it may do; and with its certificate, where it has one."""
    return {
        (key.facts and key.facts.tbs, key.public_key.public_numbers(), key.role, key.usages)
        for key in trust
    }


@cache
def _signed_keys() -> frozenset[tuple[object, ...]]:
    lists = (TrustList.from_bytes(*data.split(JOINT)) for data in signed_lists())
    return frozenset().union(*map(_keys_of, lists))


def _content(load: Callable[..., TrustList], files: Sequence[bytes]) -> TrustList | str:
    """A list of which everything was looked at; or the code of the refusal."""
    try:
        trust = load(*files)
    except VnvaxcertError as error:
        return error.code
    shown = [(repr(key), key.notes, key.subject) for key in trust]
    if not shown and not trust.set_aside:
        raise DisagreementError("a list without anything in it is loaded")
    return trust


# --- revocation lists -----------------------------------------------------------------------------

_HASHES = tuple(sha256(bytes([number])).digest()[:16] for number in range(9))
_TYPED = tuple((HashType.UCI, value) for value in _HASHES)


def _batch() -> bytes:
    (batch,) = write_batches(_TYPED, kid=SIGNER.kid, country="VN", expires_at=AT)
    return batch


def _chunk() -> bytes:
    payload = {SIGNER.kid + b"\x0b": list(_HASHES), SIGNER.kid + b"\x0a": [_HASHES[0]]}
    return cose(cbor2.dumps(payload), {1: -7})


def _crl() -> bytes:
    issuer = x509.load_der_x509_certificate(AUTHORITY.certificate)
    key = _KEYS["authority"]
    made = x509.CertificateRevocationListBuilder(issuer.subject, AT, AT + timedelta(days=9))
    revoked = x509.RevokedCertificateBuilder().serial_number(read_certificate(_CERTIFICATE).serial)
    reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
    one = revoked.revocation_date(AT).add_extension(reason, critical=False).build()
    made = made.add_revoked_certificate(one).add_extension(x509.CRLNumber(7), critical=False)
    signed = made.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.DER)


@cache
def revocation_lists() -> tuple[bytes, ...]:
    """A list in each format: JSON, CMS, COSE, CRL, PEM, archives of both kinds of filter."""
    slices = (make_slices(_HASHES, kid=SIGNER.kid, kind=kind) for kind in SliceKind)
    pem = b"-----BEGIN X509 CRL-----\n" + b64encode(_crl()) + b"\n-----END X509 CRL-----\n"
    return (
        _batch(),
        _json([json.loads(_batch())]),
        cms(_batch()),
        b64encode(cms(_batch())),
        _chunk(),
        _crl(),
        pem,
        *map(write_slices, slices),
    )


def read_revocations(data: bytes) -> str:
    """Load a revocation list with and without something to check its signature with; ask it."""
    given: tuple[dict[str, Any], ...] = (
        {"signing_key": PUBLIC_KEY},
        {"authorities": AUTHORITIES, "at": AT},
    )
    for one in given:
        try:
            checked = RevocationList.from_bytes(data, **one)
        except VnvaxcertError:
            continue
        if not checked.authenticated or _answers(checked) not in _signed_answers():
            raise DisagreementError("a revocation list that was never signed is authenticated")
    try:
        loaded = RevocationList.from_bytes(data)
    except VnvaxcertError as error:
        return error.code
    return f"loaded, {'revokes' if set(_answers(loaded)) - {''} else 'revokes nothing of ours'}"


def _answers(revocations: RevocationList) -> tuple[str, ...]:
    """What a list says of our hashes and of our signer; and how much else it holds."""
    answers = [str(len(revocations)), repr(revocations)]
    for kid in (SIGNER.kid, PUBLISHER.kid, None):
        answers += (_code(revocations.check, kid, [one]) for one in _TYPED)
    answers.append(_code(revocations.check_signer, read_certificate(_CERTIFICATE)))
    return tuple(answers)


def _code(ask: Callable[..., None], *given: object) -> str:
    try:
        ask(*given)
    except VnvaxcertError as error:
        return error.code
    return ""


@cache
def _signed_answers() -> frozenset[tuple[str, ...]]:
    found = set()
    for data in revocation_lists():
        for given in ({"signing_key": PUBLIC_KEY}, {"authorities": AUTHORITIES}):
            try:
                found.add(_answers(RevocationList.from_bytes(data, **given)))
            except VnvaxcertError:
                continue
    return frozenset(found)


# --- chains ---------------------------------------------------------------------------------------


def read_chain(data: bytes) -> str:
    """Ask for the authority over a certificate: only what it signed may have one."""
    try:
        facts = read_certificate(data)
        check_chain(facts, _anchors(), AT, between=[read_certificate(PUBLISHER.certificate)])
    except DerError:
        return "unreadable"
    except VnvaxcertError as error:
        return error.code
    if facts.tbs not in {read_certificate(one).tbs for one in certificates()}:
        raise DisagreementError("a certificate that no authority signed has one")
    return "chains"


def _anchors() -> Authorities:
    return AUTHORITIES


def certificates() -> tuple[bytes, ...]:
    """Certificates under the authority, and its own."""
    return _CERTIFICATE, PUBLISHER.certificate, AUTHORITY.certificate


# --- mutations ------------------------------------------------------------------------------------


class Mutators(NamedTuple):
    """Those of `fuzz`, for bytes, JSON, CBOR and COSE."""

    data: Mutate
    json: Mutate
    cbor: Mutate
    cose: Mutate


def mutator(known: Mutators) -> Mutate:
    """What changes one file of a list, somewhere in what it is wrapped in."""

    def mutate(data: bytes, random: Random) -> bytes:
        mutated = data
        while mutated == data:
            mutated = once(data, random)
        return mutated

    def once(data: bytes, random: Random) -> bytes:
        files = data.split(JOINT)
        place = random.randrange(len(files))
        if len(files) > 1 and random.random() < 0.05:
            return JOINT.join(random.choice((files[:place] + files[place + 1 :], files + files)))
        files[place] = _file(files[place], random, known)
        return JOINT.join(files)

    return mutate


def _file(data: bytes, random: Random, known: Mutators) -> bytes:
    if not data or random.random() < 0.2:
        return known.data(data, random)
    try:
        if data.startswith(b"\x1f\x8b"):
            return _archive(data, random, known)
        if data.startswith(b"\x30"):
            return _der(data, random, known)
        if data.startswith(b"\xd2"):
            return _cose(data, random, known)
        if data[0] >> 5 == 5:
            return known.cbor(data, random)
        if data.startswith(b"eyJ"):
            return _jws(data, random, known)
        if data.startswith((b"{", b"[")):
            return _in_json(data, random, known)
        if data.startswith(b"MI"):
            return b64encode(_der(b64decode(data), random, known))
    except (ValueError, LookupError, TypeError, OverflowError, cbor2.CBORError, VnvaxcertError):
        pass  # not what it looks like
    return known.data(data, random)


def _jws(data: bytes, random: Random, known: Mutators) -> bytes:
    parts = data.split(b".")
    place = random.randrange(3)
    content = b64decode(parts[place] + b"==", altchars=b"-_")
    change = known.data if place == 2 else known.json
    parts[place] = _base64url(change(content, random))
    if place == 1 and random.random() < 0.3:  # a form of another kind around the same content
        names = ("protected", "payload", "signature")
        return _json(dict(zip(names, (part.decode() for part in parts), strict=True)))
    return b".".join(parts)


def _cose(data: bytes, random: Random, known: Mutators) -> bytes:
    if random.random() < 0.5:
        return known.cose(data, random)
    parts = list(cbor2.loads(data).value)
    parts[2] = known.cbor(parts[2], random)
    return cbor2.dumps(cbor2.CBORTag(18, parts))


def _in_json(data: bytes, random: Random, known: Mutators) -> bytes:
    """The JSON, or what one of its texts holds in Base64 or hexadecimal."""
    texts = [text for text in data.split(b'"') if len(text) > 40]
    if not texts or random.random() < 0.5:
        return known.json(data, random)
    text = random.choice(texts)
    try:
        changed = _file(bytes.fromhex(text.decode()), random, known).hex().encode()
    except ValueError:
        try:
            changed = b64encode(_file(b64decode(text, validate=True), random, known))
        except Base64Error:
            return known.json(data, random)
    return data.replace(text, changed, 1)


def _archive(data: bytes, random: Random, known: Mutators) -> bytes:
    files = list(read_archive(data, "archive"))
    place = random.randrange(len(files))
    name, content = files[place]
    match random.randrange(4):
        case 0:
            name = known.data(name.encode("ascii"), random).decode("ascii", "replace")
            name = name.encode("ascii", "replace").decode("ascii")
        case 1:
            files.append(files[place])
        case _:
            content = known.data(content, random)
            name = name.rpartition("/")[0] + "/" + sha256(content).hexdigest()
    files[place] = name, content
    return write_archive(files)


def _der(data: bytes, random: Random, known: Mutators) -> bytes:
    """Change one element, with the lengths of those around it put right: it stays DER."""
    return _element(data, random, known, 0)


def _element(data: bytes, random: Random, known: Mutators, depth: int) -> bytes:
    tag, start, stop = der.element(data, 0, len(data), "element")
    if tag & 0x20 and stop > start and depth < 16 and random.random() < 0.95:
        inside = _parts(data, start, stop)
        place = random.randrange(len(inside))
        match random.randrange(12):
            case 0:
                del inside[place]
            case 1:
                inside.insert(place, inside[place])
            case 2:
                inside[place] = random.choice(inside)
            case 3:
                random.shuffle(inside)
            case _:
                inside[place] = _element(inside[place], random, known, depth + 1)
        return der.encode(tag, *inside)
    content = data[start:stop]
    match random.randrange(6):
        case 0:
            return der.encode(random.choice(_TAGS), content)
        case 1:
            return der.encode(tag, b"")
        case 2:
            return der.encode(tag, content * random.choice((2, 9, 99)))
        case _:
            return der.encode(tag, known.data(content, random))


_TAGS = (1, 2, 3, 4, 5, 6, 0x0A, 0x0C, 0x13, 0x17, 0x18, 0x24, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0xA3)


def _parts(data: bytes, start: int, stop: int) -> list[bytes]:
    ends: Iterable[der.Element] = der.elements(data, start, stop, "element")
    parts = []
    for _, _, end in ends:
        parts.append(data[start:end])
        start = end
    return parts
