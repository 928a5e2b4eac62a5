"""Public keys as certificates really carry them (RFC 5280 §4.1.2.7, RFC 5480, RFC 4055).

Two forms are rewritten to the ordinary one before the backend sees them: an elliptic curve that
is written out instead of named (65 of 284 passport authorities do so), and an RSA key marked as
one for RSASSA-PSS alone.
"""

from __future__ import annotations

from hashlib import sha1
from typing import Final, NamedTuple

from cryptography import x509

from vnvaxcert.cose.keys import PublicKey, load_spki
from vnvaxcert.trust import der
from vnvaxcert.trust.der import DerError

_EC: Final = bytes.fromhex("2a8648ce3d0201")  # 1.2.840.10045.2.1, RFC 5480 §2.1.1
_RSA_PSS: Final = bytes.fromhex("2a864886f70d01010a")  # 1.2.840.113549.1.1.10, RFC 4055 §1.2
_RSA: Final = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption with its NULL
_PRIME_FIELD: Final = bytes.fromhex("2a8648ce3d0101")  # 1.2.840.10045.1.1

# RFC 4055 §3.1 with the values of PS256: SHA-256, MGF1 with SHA-256, and the salt's length, at
# least the one stated. Hash identifiers come with a NULL or without.
_SHA256: Final = (
    bytes.fromhex("300d06096086480165030402010500"),
    bytes.fromhex("300b0609608648016503040201"),
)
_MGF1_SHA256: Final = tuple(
    der.encode(der.SEQUENCE, bytes.fromhex("06092a864886f70d010108"), digest) for digest in _SHA256
)
_PS256_SALT_BYTES: Final = 32


class Spki(NamedTuple):
    """A key that was loaded.

    Attributes:
        key: The key.
        allows_ps256: False for an RSA key whose own parameters ask for another hash or a longer
            salt than PS256 has; True for every other key.
    """

    key: PublicKey
    allows_ps256: bool


# The module of encodings takes as long to import as all of this library: only where it is needed.


def encode_certificate(certificate: x509.Certificate) -> bytes:
    """The DER of a certificate of `cryptography`."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def encode_spki(key: PublicKey) -> bytes:
    """A key as a SubjectPublicKeyInfo, DER; equal for equal keys."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_identifier(spki: bytes) -> bytes:
    """The identifier that is computed from a key: SHA-1 over its bits.

    Args:
        spki: DER of the whole SubjectPublicKeyInfo.

    Raises:
        DerError: Not a SubjectPublicKeyInfo.

    Spec: RFC 5280 §4.2.1.2 (1).
    """
    what = "public key"
    at, end = der.only(spki, 0, len(spki), der.SEQUENCE, what)
    _, at = der.expect(spki, at, end, der.SEQUENCE, what)
    start, end = der.only(spki, at, end, der.BIT_STRING, what)
    # Behind the count of unused bits. It names a key, nothing rests on it.
    return sha1(spki[start + 1 : end], usedforsecurity=False).digest()


def read_spki(spki: bytes) -> Spki:
    """Load a SubjectPublicKeyInfo, in the forms certificates have it.

    A curve written out is taken for the named one only if field, both coefficients, generator,
    order and cofactor are all its own: with another generator anyone can make a private key for
    a given public one (CVE-2020-0601).

    Args:
        spki: DER of the whole SubjectPublicKeyInfo.

    Raises:
        DerError: Not a SubjectPublicKeyInfo, a key of another kind, an unknown curve, a point
            off the curve, an RSA modulus outside 1024 to 8192 bits, an RSA exponent that is even or
            below 3.

    Spec: RFC 5480 §2.1.1, SEC 1 C.2 (explicit curves), RFC 4055 §1.2, §3.1.
    """
    what = "public key"
    at, end = der.only(spki, 0, len(spki), der.SEQUENCE, what)
    algorithm, algorithm_end = der.expect(spki, at, end, der.SEQUENCE, what)
    start, parameters = der.expect(spki, algorithm, algorithm_end, der.OBJECT_IDENTIFIER, what)
    oid = spki[start:parameters]
    allows_ps256 = True
    if oid == _EC and spki[parameters : parameters + 1] == b"\x30":
        curve = _named_curve(spki, parameters, algorithm_end)
        identifier = der.encode(der.SEQUENCE, der.encode(der.OBJECT_IDENTIFIER, oid), curve)
        spki = der.encode(der.SEQUENCE, identifier, spki[algorithm_end:end])
    elif oid == _RSA_PSS:
        allows_ps256 = _allows_ps256(spki[parameters:algorithm_end])
        spki = der.encode(der.SEQUENCE, _RSA, spki[algorithm_end:end])
    try:
        return Spki(load_spki(spki), allows_ps256)
    except ValueError as error:
        # The backend's own words may quote the key; ours say enough.
        raise DerError(f"{what}: {_reason(error)}") from error


def _reason(error: ValueError) -> str:
    text = str(error)
    return text if text.startswith(_WORDS_OF_LOAD_SPKI) else "not a usable EC or RSA key"


_WORDS_OF_LOAD_SPKI: Final = ("RSA key of", "neither an", "unsupported key type")


def _allows_ps256(parameters: bytes) -> bool:
    """Whether RSASSA-PSS-params of a key leave room for PS256; absent ones leave all."""
    if not parameters:
        return True
    what = "RSASSA-PSS parameters of the public key"
    at, end = der.only(parameters, 0, len(parameters), der.SEQUENCE, what)
    members = {tag: parameters[a:b] for tag, a, b in der.elements(parameters, at, end, what)}
    salt = 20  # the default, as SHA-1 is that of both hashes
    if 0xA2 in members:
        content = members[0xA2]
        salt = der.integer(
            content, *der.only(content, 0, len(content), der.INTEGER, what), what=what
        )
    return (
        members.get(0xA0) in _SHA256
        and members.get(0xA1) in _MGF1_SHA256
        and 0 <= salt <= _PS256_SALT_BYTES
        and members.keys() <= {0xA0, 0xA1, 0xA2}
    )


class _Curve(NamedTuple):
    """Domain parameters over a prime field (SEC 1 §3.1.1.1); the cofactor of all is 1."""

    oid: str  # content of the object identifier, hex
    p: str
    a: str
    b: str
    x: str
    y: str
    n: str


# SP 800-186 §3.2.1 and RFC 5639 §3: the curves of COSE, and those of passport authorities.
_CURVES: Final = (
    _Curve(
        oid="2a8648ce3d030107",  # P-256
        p="ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        a="ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        b="5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        x="6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        y="4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        n="ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    ),
    _Curve(
        oid="2b81040022",  # P-384
        p="fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
        "ffffffff0000000000000000ffffffff",
        a="fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
        "ffffffff0000000000000000fffffffc",
        b="b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
        "c656398d8a2ed19d2a85c8edd3ec2aef",
        x="aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38"
        "5502f25dbf55296c3a545e3872760ab7",
        y="3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0"
        "0a60b1ce1d7e819d7a431d7c90ea0e5f",
        n="ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
        "581a0db248b0a77aecec196accc52973",
    ),
    _Curve(
        oid="2b81040023",  # P-521
        p="01ff" + "f" * 128,
        a="01ff" + "f" * 127 + "c",
        b="0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1"
        "09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b50"
        "3f00",
        x="00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d"
        "3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5"
        "bd66",
        y="011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e"
        "662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd1"
        "6650",
        n="01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138"
        "6409",
    ),
    _Curve(
        oid="2b2403030208010107",  # brainpoolP256r1
        p="a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
        a="7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
        b="26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
        x="8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
        y="547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        n="a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
    ),
    _Curve(
        oid="2b240303020801010b",  # brainpoolP384r1
        p="8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123"
        "acd3a729901d1a71874700133107ec53",
        a="7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f"
        "8aa5814a503ad4eb04a8c7dd22ce2826",
        b="04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d5"
        "7cb4390295dbc9943ab78696fa504c11",
        x="1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8"
        "e826e03436d646aaef87b2e247d4af1e",
        y="8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff9912928"
        "0e4646217791811142820341263c5315",
        n="8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7"
        "cf3ab6af6b7fc3103b883202e9046565",
    ),
    _Curve(
        oid="2b240303020801010d",  # brainpoolP512r1
        p="aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330871"
        "7d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
        a="7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc"
        "2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
        b="3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a7"
        "2bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
        x="81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098e"
        "ff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
        y="7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111"
        "b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
        n="aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870"
        "553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
    ),
)


def _named_curve(data: bytes, at: int, end: int) -> bytes:
    """The encoded name of the curve that is written out (SEC 1 C.2, ECParameters)."""
    what = "explicit curve of the public key"
    at, end = der.only(data, at, end, der.SEQUENCE, what)
    members = der.elements(data, at, end, what)
    tags = [tag for tag, _, _ in members]
    expected = [der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.OCTET_STRING, der.INTEGER]
    if tags not in (expected, [*expected, der.INTEGER]):
        raise DerError(f"{what}: malformed parameters")
    _, field, coefficients, generator, order, *cofactor = members
    p = _prime(data, field, what)
    a, b = _coefficients(data, coefficients, what)
    point = data[generator[1] : generator[2]]
    n = der.integer(data, order[1], order[2], what)
    h = der.integer(data, cofactor[0][1], cofactor[0][2], what) if cofactor else 1
    for curve in _CURVES:
        if (
            (p, a, b, n, h)
            == (int(curve.p, 16), int(curve.a, 16), int(curve.b, 16), int(curve.n, 16), 1)
        ) and _is_generator(point, curve):
            return der.encode(der.OBJECT_IDENTIFIER, bytes.fromhex(curve.oid))
    raise DerError(f"{what}: its parameters are those of no known curve")


def _prime(data: bytes, field: der.Element, what: str) -> int:
    """FieldID of a prime field: its identifier, and p."""
    members = der.elements(data, field[1], field[2], what)
    if [tag for tag, _, _ in members] == [der.OBJECT_IDENTIFIER, der.INTEGER]:
        kind, prime = members
        if data[kind[1] : kind[2]] == _PRIME_FIELD:
            return der.integer(data, prime[1], prime[2], what)
    raise DerError(f"{what}: not over a prime field")


def _coefficients(data: bytes, curve: der.Element, what: str) -> tuple[int, int]:
    """Curve: a, b, and a seed that says where they come from and changes nothing."""
    members = der.elements(data, curve[1], curve[2], what)
    tags = [tag for tag, _, _ in members]
    if tags not in ([der.OCTET_STRING] * 2, [der.OCTET_STRING, der.OCTET_STRING, der.BIT_STRING]):
        raise DerError(f"{what}: malformed coefficients")
    (_, *a), (_, *b), *_ = members
    return int.from_bytes(data[slice(*a)], "big"), int.from_bytes(data[slice(*b)], "big")


def _is_generator(point: bytes, curve: _Curve) -> bool:
    """Whether an encoded point, compressed or not, is the curve's generator (SEC 1 §2.3.3)."""
    x, y = bytes.fromhex(curve.x), bytes.fromhex(curve.y)
    return point in (b"\x04" + x + y, bytes((2 + (y[-1] & 1),)) + x)
