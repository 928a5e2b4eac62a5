"""Signers: what `issue()` signs with (HCERT 1.0.8 §3.3.2-§3.3.6, appendix A.1).

`Signer` is a protocol, so that a key may stay in a hardware module or behind a service; whatever
has its four members is one. `LocalSigner` holds a key and its certificate in memory. What a
signer is allowed to do (country, validity, usages) is never stated by the signer itself: it is
read from its certificate by `signer_facts`, for local and remote signers alike.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn, Protocol, TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import MAX_RSA_BITS, PrivateKey, PublicKey, algorithms_for, sign
from vnvaxcert.errors import KeyMismatchError, SignerKeyError
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.pem import CERTIFICATE_LABELS, read_blocks
from vnvaxcert.trust.spki import encode_certificate, encode_spki

MIN_RSA_BITS = 2048  # to sign with; certificate governance §5.1. Weaker keys only verify.
MAX_KEY_FILE_BYTES = 1 << 20  # a key with its whole chain has a few KiB

# cryptography.hazmat.primitives.serialization takes 10 ms to import, a fifth of all that this
# library may; it is imported where keys are read, which a verifier never does.

KeyMaterial: TypeAlias = bytes | str | os.PathLike[str]


class Signer(Protocol):
    """What `issue()` needs of a signer; matched by its members, nothing has to be inherited.

    Attributes:
        algorithm: The COSE algorithm of the signatures.
        kid: Key identifier for the protected header, usually the first 8 bytes of SHA-256 over
            the certificate (HCERT A.1).
        certificate: The signer's certificate, DER. With ``None`` nothing is known of the
            signer: `issue()` then wants its ``issuer`` argument, and can compare neither
            times nor usages with the signer's.
    """

    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def kid(self) -> bytes: ...
    @property
    def certificate(self) -> bytes | None: ...

    def sign(self, to_be_signed: bytes) -> bytes:
        """Sign the bytes of a ``Sig_structure``.

        Args:
            to_be_signed: The whole message, not its hash.

        Returns:
            The raw signature: r then s, each as long as the curve's order (ES256: 64 bytes), or
            the RSA-PSS signature as long as the modulus (RFC 9053 §2.1, RFC 8230 §2).
        """
        ...


class LocalSigner:
    """A private key in memory, with the certificate that publishes its public half.

    Immutable. `repr` shows kid, algorithm and subject. The key cannot be read back, pickled or
    copied.

    Attributes:
        algorithm: By the type of key: P-256 ES256, P-384 ES384, P-521 ES512, RSA PS256.
        kid: First 8 bytes of SHA-256 over the certificate, unless another was given.
        certificate: The certificate, DER.
        facts: What the certificate says: subject, country, validity, usages.
    """

    __slots__ = ("_deterministic", "_key", "algorithm", "certificate", "facts", "kid")

    algorithm: Algorithm
    kid: bytes
    certificate: bytes
    facts: CertificateFacts
    _key: PrivateKey
    _deterministic: bool

    def __init__(self) -> None:
        raise TypeError("use LocalSigner.from_pem, from_der, from_pkcs12 or from_keys")

    @classmethod
    def from_pem(
        cls,
        key: KeyMaterial,
        certificate: KeyMaterial,
        password: str | bytes | None = None,
        *,
        algorithm: Algorithm | None = None,
        kid: bytes | None = None,
        deterministic: bool = False,
    ) -> LocalSigner:
        """Read a key and a certificate from PEM.

        Args:
            key: PEM as text or bytes, or the path of a file as a `pathlib.Path`: PKCS#8, SEC 1
                (EC) or PKCS#1 (RSA). Other blocks in it are passed over.
            certificate: As ``key``. Of several certificates the one with the key's public half
                is taken. May be the same file as ``key``.
            password: Of the key, where it is encrypted; text is taken as UTF-8.
            algorithm: What the caller expects; refused when the key cannot make it.
            kid: Used instead of the one computed, 1 byte or longer.
            deterministic: Make ECDSA signatures by RFC 6979, the same for the same bytes.

        Raises:
            SignerKeyError: A file, the key or the certificate cannot be read; the password is
                wrong, missing or not wanted; a type of key that HCERT does not know, RSA below
                2048 bits; ``algorithm`` or ``deterministic`` does not fit the key; several
                certificates, none or more than one of them with this key.
            KeyMismatchError: The one certificate given has another key.
            ValueError: ``kid`` is empty.

        Spec: RFC 7468 §5, §10, §11; HCERT 1.0.8 §3.3.2, A.1; RFC 6979.
        """
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        blocks = _private_key_blocks(_pem(key, "private key"))
        if not blocks:
            raise SignerKeyError(f"there is no private key in the PEM; {_expected(key)}")
        if len(blocks) > 1:
            raise SignerKeyError("the PEM holds several private keys; expected one")
        private_key = _load_key(load_pem_private_key, blocks[0], password)
        certificates = _certificates(certificate)
        if not certificates:
            raise SignerKeyError(f"there is no certificate in the PEM; {_expected(certificate)}")
        return _make(cls, private_key, certificates, algorithm, kid, deterministic)

    @classmethod
    def from_der(
        cls,
        key: bytes | os.PathLike[str],
        certificate: bytes | os.PathLike[str],
        password: str | bytes | None = None,
        *,
        algorithm: Algorithm | None = None,
        kid: bytes | None = None,
        deterministic: bool = False,
    ) -> LocalSigner:
        """Read a key and a certificate from DER.

        Args:
            key: DER of PKCS#8 (plain or encrypted), SEC 1 or PKCS#1; or the path of a file.
            certificate: DER of one X.509 certificate, or the path of a file.
            password: As in `from_pem`, and so are the other arguments.
            algorithm: See `from_pem`.
            kid: See `from_pem`.
            deterministic: See `from_pem`.

        Raises:
            SignerKeyError: As in `from_pem`.
            KeyMismatchError: The certificate has another key.
            ValueError: ``kid`` is empty.

        Spec: RFC 5958; RFC 5915; RFC 8017 A.1.2; RFC 5280 §4.1.
        """
        from cryptography.hazmat.primitives.serialization import load_der_private_key

        private_key = _load_key(load_der_private_key, _read(key, "private key"), password)
        certificates = [_read(certificate, "certificate")]
        return _make(cls, private_key, certificates, algorithm, kid, deterministic)

    @classmethod
    def from_pkcs12(
        cls,
        data: bytes | os.PathLike[str],
        password: str | bytes | None,
        *,
        certificate: KeyMaterial | None = None,
        algorithm: Algorithm | None = None,
        kid: bytes | None = None,
        deterministic: bool = False,
    ) -> LocalSigner:
        """Read a key and its certificate from a PKCS#12 file.

        Args:
            data: The bytes of the file, or its path.
            password: Of the file; ``None`` where it has none. Text is taken as UTF-8.
            certificate: PEM or a path to PEM, where the file holds the key alone.
            algorithm: See `from_pem`.
            kid: See `from_pem`.
            deterministic: See `from_pem`.

        Raises:
            SignerKeyError: As in `from_pem`; a wrong password and a damaged file cannot be told
                apart. A file with RC2 or another cipher the backend has dropped.
            KeyMismatchError: The one certificate found has another key.
            ValueError: ``kid`` is empty.

        Spec: RFC 7292.
        """
        from cryptography.hazmat.primitives.serialization import pkcs12

        content, secret = _read(data, "PKCS#12 file"), _password(password)
        try:
            bundle = pkcs12.load_pkcs12(content, secret)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SignerKeyError(
                "the PKCS#12 file cannot be read: wrong password, damaged, or in an old cipher"
            ) from error
        if bundle.key is None:
            raise SignerKeyError("the PKCS#12 file holds no private key")
        if certificate is None:
            found = [bundle.cert] if bundle.cert else list(bundle.additional_certs)
            certificates = [encode_certificate(entry.certificate) for entry in found]
        else:
            certificates = _certificates(certificate)
        if not certificates:
            raise SignerKeyError("no certificate was found for the private key")
        return _make(cls, _known_type(bundle.key), certificates, algorithm, kid, deterministic)

    @classmethod
    def from_keys(
        cls,
        private_key: PrivateKey,
        certificate: x509.Certificate | bytes,
        *,
        algorithm: Algorithm | None = None,
        kid: bytes | None = None,
        deterministic: bool = False,
    ) -> LocalSigner:
        """Take a key and a certificate that are already in memory.

        Args:
            private_key: A private key of `cryptography`, EC (P-256, P-384, P-521) or RSA.
            certificate: A certificate of `cryptography`, or DER.
            algorithm: See `from_pem`.
            kid: See `from_pem`.
            deterministic: See `from_pem`.

        Raises:
            SignerKeyError: The certificate cannot be read, or the key cannot be used.
            KeyMismatchError: The certificate has another key.
            ValueError: ``kid`` is empty.

        Spec: HCERT 1.0.8 §3.3.2, A.1.
        """
        if isinstance(certificate, x509.Certificate):
            certificate = encode_certificate(certificate)
        return _make(cls, _known_type(private_key), [certificate], algorithm, kid, deterministic)

    def sign(self, to_be_signed: bytes) -> bytes:
        """Sign; see `Signer.sign`."""
        return sign(self.algorithm, self._key, to_be_signed, deterministic=self._deterministic)

    def __repr__(self) -> str:
        return (
            f"LocalSigner(kid={self.kid.hex()}, algorithm={self.algorithm.name}, "
            f"subject={self.facts.subject!r})"
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"LocalSigner is immutable: cannot set {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"LocalSigner is immutable: cannot delete {name}")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a signer holds a private key: it is neither pickled nor copied")


def signer_facts(signer: Signer) -> CertificateFacts | None:
    """What a signer's certificate says of it; ``None`` for a signer without one.

    `issue()` takes the country, the validity and the usages from here. The facts of a remote
    signer's certificate are parsed once and kept.

    Args:
        signer: Any signer; ``certificate`` may be absent, ``None`` or DER.

    Raises:
        SignerKeyError: The certificate is not one.
    """
    if isinstance(signer, LocalSigner):
        return signer.facts
    certificate = getattr(signer, "certificate", None)
    if certificate is None:
        return None
    if not isinstance(certificate, bytes):
        raise SignerKeyError("the signer's certificate is not DER bytes")
    return _remote_facts(certificate)


def _facts(certificate: bytes) -> CertificateFacts:
    try:
        return read_certificate(certificate)
    except ValueError as error:
        raise SignerKeyError(f"the certificate cannot be read: {error}") from error


_remote_facts = lru_cache(maxsize=32)(_facts)


def _make(
    cls: type[LocalSigner],
    key: PrivateKey,
    certificates: list[bytes],
    algorithm: Algorithm | None,
    kid: bytes | None,
    deterministic: bool,
) -> LocalSigner:
    fitting = algorithms_for(key.public_key())
    if not fitting or (
        isinstance(key, RSAPrivateKey) and not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS
    ):
        raise SignerKeyError(f"cannot sign with {_describe(key)}; expected {_WANTED}")
    if algorithm is None:
        (algorithm,) = fitting
    elif algorithm not in fitting:
        raise SignerKeyError(f"{_describe(key)} does not make {Algorithm(algorithm).name}")
    if deterministic and isinstance(key, RSAPrivateKey):
        raise SignerKeyError("RSA-PSS signatures are never deterministic; ECDSA ones can be")
    if kid is not None and not isinstance(kid, bytes):
        raise TypeError(f"kid: expected bytes, not {type(kid).__name__}")
    if kid == b"":
        raise ValueError("kid is empty")
    facts = _matching(key.public_key(), certificates)
    signer = cls.__new__(cls)
    for name, value in (
        ("_key", key),
        ("_deterministic", deterministic),
        ("algorithm", algorithm),
        ("certificate", facts.der),
        ("facts", facts),
        ("kid", certificate_kid(facts.der) if kid is None else kid),
    ):
        object.__setattr__(signer, name, value)
    return signer


def _matching(key: PublicKey, certificates: list[bytes]) -> CertificateFacts:
    distinct = list(dict.fromkeys(certificates))
    wanted = encode_spki(key)
    read = [_facts(certificate) for certificate in distinct]
    matching = [facts for facts in read if _has_key(facts, wanted)]
    if len(matching) == 1:
        return matching[0]
    if len(matching) > 1:
        raise SignerKeyError(
            f"{len(matching)} of the certificates belong to the private key; give the one to use"
        )
    if len(read) == 1:
        raise KeyMismatchError
    raise SignerKeyError(f"none of the {len(read)} certificates belongs to the private key")


def _has_key(facts: CertificateFacts, wanted: bytes) -> bool:
    try:
        return encode_spki(facts.public_key) == wanted
    except ValueError:
        return False  # a key of another kind, so not this one


# --- reading keys ------------------------------------------------------------------------------

_WANTED = "EC P-256, P-384 or P-521, or RSA of 2048 to 8192 bits"


def _describe(key: PrivateKey) -> str:
    if isinstance(key, RSAPrivateKey):
        return f"an RSA key of {key.key_size} bits"
    return f"an EC key on the curve {key.curve.name}"


def _known_type(key: object) -> PrivateKey:
    if isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        return key
    raise SignerKeyError(f"cannot sign with this type of key; expected {_WANTED}")


def _password(password: str | bytes | None) -> bytes | None:
    if password is None or isinstance(password, bytes):
        return password
    if not isinstance(password, str):
        raise TypeError(f"password: expected text, bytes or None, not {type(password).__name__}")
    try:
        # Arguments and variables of the environment that are not UTF-8 reach Python this way.
        return password.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        pass  # it carries the password: the error raised below must not have it as its context
    raise SignerKeyError("the password is not text that UTF-8 can express")


def _load_key(
    load: Callable[[bytes, bytes | None], object], data: bytes, password: str | bytes | None
) -> PrivateKey:
    secret = _password(password) or None  # an empty password is none: files with one are odd
    try:
        key = load(data, secret)
    except TypeError as error:  # the backend's word for the two mistakes with a password
        if secret is None:
            raise SignerKeyError("the private key is encrypted; give its password") from error
        raise SignerKeyError("a password was given, but the key is not encrypted") from error
    except UnsupportedAlgorithm as error:
        raise SignerKeyError(f"cannot sign with this type of key; expected {_WANTED}") from error
    except ValueError as error:
        because = "it is damaged" if secret is None else "wrong password, or it is damaged"
        raise SignerKeyError(f"the private key cannot be read: {because}") from error
    return _known_type(key)


def _read(source: bytes | os.PathLike[str], what: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if not isinstance(source, os.PathLike):
        raise TypeError(f"{what}: expected bytes or a path, not {type(source).__name__}")
    try:
        with open(source, "rb") as file:
            content = file.read(MAX_KEY_FILE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise SignerKeyError(f"the {what} cannot be read from its file: {reason}") from error
    if len(content) > MAX_KEY_FILE_BYTES:
        raise SignerKeyError(f"the file of the {what} has more than {MAX_KEY_FILE_BYTES} bytes")
    return content


def _pem(source: KeyMaterial, what: str) -> bytes:
    return source.encode("utf-8", "replace") if isinstance(source, str) else _read(source, what)


def _expected(source: KeyMaterial) -> str:
    hint = " (a path is given as a pathlib.Path)" if isinstance(source, str) else ""
    return f"expected a block between BEGIN and END lines{hint}"


def _private_key_blocks(pem: bytes) -> list[bytes]:
    """The closed blocks of private keys, of any kind, with their BEGIN and END lines."""
    return [
        block.text + b"\n"
        for block in read_blocks(pem)
        if block.label.endswith(b"PRIVATE KEY") and not block.problem
    ]


def _certificates(source: KeyMaterial) -> list[bytes]:
    """The certificates in the closed blocks of a PEM text, DER."""
    blocks = read_blocks(_pem(source, "certificate"))
    try:
        return [
            block.content()
            for block in blocks
            if block.label in CERTIFICATE_LABELS and not block.problem
        ]
    except ValueError as error:
        raise SignerKeyError("a certificate's PEM block is not Base64") from error
