"""Throw-away keys, certificates and signatures for our own vectors: always the same bytes.

Nothing here is of the library under test. Certificates are made by `cryptography`, messages of
CMS by the tests' ``cms_maker``; ECDSA is deterministic (RFC 6979) and RSA is PKCS#1 v1.5, so
nothing depends on chance. The private keys follow from names by a rule that the vectors' README
tells: whoever reads it can sign with them, and nobody should trust them.
"""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from math import ceil, log, log2
from typing import Any, Final

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

import cms_maker
from cms_maker import Holder, PrivateKey, integer, oid, tlv

FROM: Final = datetime(2022, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2024, 1, 1, tzinfo=UTC)

TEST, VACCINATION, RECOVERY = (f"1.3.6.1.4.1.1847.2021.1.{number}" for number in (1, 2, 3))
EARLY_RECOVERY: Final = "1.3.6.1.4.1.0.1847.2021.1.3"  # the arc with a 0 too many

_LABEL: Final = "vnvaxcert test vector, throw-away key: "


# --- text ----------------------------------------------------------------------------------------


def text(data: bytes) -> str:
    """Base64 with padding."""
    return b64encode(data).decode("ascii")


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def as_json(document: object, *, indent: int | None = None) -> bytes:
    """JSON: in one line without spaces, or in lines."""
    separators = (",", ":") if indent is None else None
    return json.dumps(document, indent=indent, separators=separators).encode("ascii")


# --- keys ----------------------------------------------------------------------------------------


@cache
def ec_key(name: str, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    """The key of a name: the scalar is the first 31 bytes of the SHA-256 of label and name."""
    scalar = int.from_bytes(sha256((_LABEL + name).encode()).digest()[:31], "big")
    return ec.derive_private_key(scalar, curve())


# How far the first prime lies behind each start. The backend refuses a number that is none.
_TO_THE_PRIME: Final = {"RSA 1": (500, 90), "RSA 2": (292, 1810)}


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """The RSA key of 2048 bits of a name: each factor is the first prime from its start on.

    The start is 128 bytes, four SHA-256 of label, name, ``p`` or ``q`` and a number from 0 on,
    the two highest bits and the lowest one set.
    """
    p, q = (
        rsa_start(name, letter) + offset
        for letter, offset in zip("pq", _TO_THE_PRIME[name], strict=True)
    )
    exponent = 65537
    d = pow(exponent, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public
    )
    return numbers.private_key()


def rsa_start(name: str, letter: str) -> int:
    """Where the search for a factor starts."""
    pieces = (sha256(f"{_LABEL}{name} {letter}{n}".encode()).digest() for n in range(4))
    return int.from_bytes(b"".join(pieces), "big") | 3 << 1022 | 1


def spki(key: PrivateKey) -> bytes:
    """SubjectPublicKeyInfo, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_pem(key: PrivateKey) -> bytes:
    """The public key, PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate_pem(holder: Holder) -> bytes:
    """The certificate, PEM."""
    return holder.parsed.public_bytes(Encoding.PEM)


def jwk_of(key: PrivateKey | Holder, kid: str, **others: object) -> dict[str, Any]:
    """The key as RFC 7518 has it, and its certificate where there is one."""
    public = (key.key if isinstance(key, Holder) else key).public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        point, size = public.public_numbers(), public.key_size // 8
        x, y = (base64url(one.to_bytes(size, "big")) for one in (point.x, point.y))
        made = {"kty": "EC", "crv": f"P-{public.key_size}", "x": x, "y": y}
    else:
        modulus = public.public_numbers().n
        made = {"kty": "RSA", "n": base64url(modulus.to_bytes(256, "big")), "e": "AQAB"}
    chain = {"x5c": [text(key.certificate)]} if isinstance(key, Holder) else {}
    return {**made, "kid": kid, **chain, **others}


# --- certificates --------------------------------------------------------------------------------


def certify(
    key: PrivateKey,
    name: str,
    country: str = "UT",
    *,
    issuer: Holder | None = None,
    usages: Iterable[str] = (),
    is_authority: bool = False,
) -> Holder:
    """Certify a key, by itself where there is no issuer. Its serial follows from its name."""
    parts = ((NameOID.COUNTRY_NAME, country), (NameOID.COMMON_NAME, f"Throw-away {name}"))
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
    public_key, authority = key.public_key(), issuer.key if issuer else key
    bits = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
            *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    allowed = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature",)
    usage = x509.KeyUsage(**bits | dict.fromkeys(allowed, True))
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer.parsed.subject if issuer else subject)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(serial_of(name))
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .add_extension(usage, critical=True)
    )
    if is_authority:
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        builder = builder.add_extension(constraints, critical=True)
    oids = [x509.ObjectIdentifier(one) for one in usages]
    if oids:
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    if isinstance(authority, rsa.RSAPrivateKey):
        made = builder.sign(authority, hashes.SHA256())
    else:
        made = builder.sign(authority, hashes.SHA256(), ecdsa_deterministic=True)
    return Holder(key, made.public_bytes(Encoding.DER))


def serial_of(name: str) -> int:
    """The serial number of the certificate of that name: 8 bytes, positive."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 1 | 1


_ECDSA: Final = cms_maker.algorithm(cms_maker.ECDSA_WITH["sha256"])
_ECDSA_WITH_NULL: Final = cms_maker.algorithm(cms_maker.ECDSA_WITH["sha256"], tlv(0x05))


def with_null_parameters(holder: Holder) -> Holder:
    """The same self-signed certificate with NULL behind ECDSA, which RFC 5758 §3.2 forbids."""
    changed = _tbs(holder.certificate).replace(_ECDSA, _ECDSA_WITH_NULL)
    return _signed_again(holder.key, changed, _ECDSA_WITH_NULL)


def with_explicit_curve(holder: Holder) -> Holder:
    """The same self-signed certificate on P-256, the curve spelt out and not named (RFC 3279)."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    g = (
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    curve = tlv(0x30, tlv(0x04, (p - 3).to_bytes(32, "big")), tlv(0x04, b.to_bytes(32, "big")))
    field = tlv(0x30, oid("1.2.840.10045.1.1"), integer(p))
    parameters = tlv(
        0x30, integer(1), field, curve, tlv(0x04, bytes.fromhex(g)), integer(n), integer(1)
    )
    point = holder.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    algorithm = cms_maker.algorithm(cms_maker.EC_PUBLIC_KEY, parameters)
    explicit = tlv(0x30, algorithm, tlv(0x03, b"\0", point))
    changed = _tbs(holder.certificate).replace(spki(holder.key), explicit)
    return _signed_again(holder.key, changed, _ECDSA)


def _tbs(certificate: bytes) -> bytes:
    """What is inside the TBSCertificate."""
    tbs = x509.load_der_x509_certificate(certificate).tbs_certificate_bytes
    return tbs[4:]  # of 256 bytes or more: type, and a length in three bytes


def _signed_again(key: PrivateKey, inside: bytes, algorithm: bytes) -> Holder:
    tbs = tlv(0x30, inside)
    return Holder(key, tlv(0x30, tbs, algorithm, tlv(0x03, b"\0", der_signature(key, tbs))))


# --- signatures ----------------------------------------------------------------------------------


def der_signature(key: PrivateKey, data: bytes) -> bytes:
    """As certificates and CMS have it: ECDSA in DER, or PKCS#1 v1.5."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def es256(key: PrivateKey, data: bytes) -> bytes:
    """As JOSE and COSE have it: r and s, 32 bytes each."""
    r, s = decode_dss_signature(der_signature(key, data))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def cms(
    content: bytes,
    signer: Holder,
    *,
    content_type: str = cms_maker.DATA,
    signed_at: datetime | None = None,
    detached: bool = False,
    in_ber: bool = False,
) -> bytes:
    """A signed message of CMS with the certificate of its signer (RFC 5652)."""
    attributes = cms_maker.attributes_for(content, content_type=content_type, signed_at=signed_at)
    signature = der_signature(signer.key, tlv(0x31, *attributes))
    info = cms_maker.signer_info(content, signer, attributes=attributes, signature=signature)
    return cms_maker.message(
        None if detached else content,
        [info],
        certificates=[signer.certificate],
        content_type=content_type,
        in_ber=in_ber,
    )


def jws_parts(document: object, signer: Holder, header: Mapping[str, Any]) -> tuple[str, str, str]:
    """Protected header, payload and signature of a JWS (RFC 7515), ES256, with ``x5c``."""
    protected = {"alg": "ES256", **header, "x5c": [text(signer.certificate)]}
    parts = [base64url(as_json(one)) for one in (protected, document)]
    signature = es256(signer.key, ".".join(parts).encode("ascii"))
    return parts[0], parts[1], base64url(signature)


def cose(payload: bytes, key: PrivateKey, protected: Mapping[int, Any]) -> bytes:
    """A COSE_Sign1 message, ES256, nothing unprotected (RFC 9052 §4.2, §4.4)."""
    headers = cbor2.dumps({1: -7, **protected}, canonical=True)
    signature = es256(key, cbor2.dumps(["Signature1", headers, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [headers, {}, payload, signature]))


# --- filters of revoked hashes -------------------------------------------------------------------


def bloom_filter(elements: Sequence[bytes], rate: float = 1e-12) -> bytes:
    """A Bloom filter, by the layout and the formulas of the programs in use."""
    (p,) = struct.unpack(">f", struct.pack(">f", rate))
    n = len(elements)
    size = ceil(n * log(p) / log(1 / 2 ** log(2))) // 8 + 1
    words = size // 4 + size % 4
    k = max(1, round(32 * words / n * log(2)))
    bits = 0
    for element in elements:
        for number in range(k):
            digest = sha256(element + bytes([number])).digest()
            index = int.from_bytes(digest, "big", signed=True) % (32 * words)
            bits |= 1 << (32 * words - 1 - index)  # counted from the most significant
    return struct.pack(">hBBfIII", 1, k, 0, p, n, n, words) + bits.to_bytes(4 * words, "big")


def variable_hashes(
    values: Sequence[bytes],
    *,
    coordinates: int,
    minimum: int = 4,
    rate: float = 1e-12,
    as_deployed: bool = False,
) -> bytes:
    """A list of prefixes, ascending as signed numbers.

    Args:
        values: Hashes.
        coordinates: How many digits the partition takes.
        minimum: Bytes per prefix at least.
        rate: Written down.
        as_deployed: Lose a leading FF where the writer in use does: it takes the fewest bytes of
            a signed number and fills them up with zeros.
    """
    (p,) = struct.unpack(">f", struct.pack(">f", rate))
    number = ceil(log2(len(values)))
    size = max(minimum, ceil(number / 8 + number % 8 - coordinates + p))
    ordered = sorted(int.from_bytes(one[:size], "big", signed=True) for one in values)
    written = b""
    for value in ordered:
        least = next(n for n in range(1, size + 1) if -(1 << 8 * n - 1) <= value < 1 << 8 * n - 1)
        lossy = value.to_bytes(least, "big", signed=True).rjust(size, b"\0")
        written += lossy if as_deployed else value.to_bytes(size, "big", signed=True)
    return struct.pack(">hfIB", 1, p, len(values), size) + written


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A gzipped tar archive; stored, so that no compressor's choices show."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as made:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    data = held.getvalue()
    stored = b""
    for at in range(0, len(data), 0xFFFF):
        block = data[at : at + 0xFFFF]
        is_last = at + len(block) == len(data)
        stored += struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # no name, no time, no system (RFC 1952 §2.3)
    return head + stored + struct.pack("<II", zlib.crc32(data), len(data))
