"""The command ``openssl``: signatures, validity and chains of certificates."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import tempfile
from base64 import urlsafe_b64decode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from judging.case import Case, TrustedKey

NAME = "openssl"

_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_DIGESTS = {"ES256": "-sha256", "ES384": "-sha384", "ES512": "-sha512", "PS256": "-sha256"}
_PSS = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
_TIME_REFUSALS = {
    "signer.expired": b"certificate has expired",
    "signer.not_yet_valid": b"certificate is not yet valid",
}


def is_there() -> bool:
    """Whether the command is installed."""
    return shutil.which(NAME) is not None


def agrees(case: Case) -> bool:
    """Whether it says of a health certificate what the vector does; False where it cannot tell."""
    if not case.is_health_certificate or case.parts is None:
        return False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        signers = [key for key in case.candidates if _is_signed(folder, case, key)]
        if case.code == "signature.invalid":
            return bool(case.candidates) and not signers
        if not signers:
            return False
        if case.code in _TIME_REFUSALS:
            reason = _TIME_REFUSALS[case.code]
            return all(reason in _trusted(folder, case, key, [key]) for key in signers)
        if case.code == "signer.chain":
            certified = [key for key in case.authorities if key.certificate]
            return bool(certified) and all(
                key.certificate is not None and b"error" in _trusted(folder, case, key, certified)
                for key in signers
            )
        if case.code is not None:
            return False
        return any(_may_be_trusted(folder, case, key) for key in signers)


def _may_be_trusted(folder: Path, case: Case, signer: TrustedKey) -> bool:
    """Whether a signer is valid at the moment, and under an authority where these are given."""
    if signer.certificate is None:
        return "authorities" not in case.input  # a bare key ends never
    anchors = [key for key in case.authorities if key.certificate]
    if "authorities" not in case.input:
        anchors = [signer]
    return bool(anchors) and b": OK" in _trusted(folder, case, signer, anchors)


def _is_signed(folder: Path, case: Case, key: TrustedKey) -> bool:
    """Whether the message is signed with a key, by the algorithm of that key."""
    if key.algorithm is None or case.parts is None:
        return False
    signature = case.parts.signature
    options: tuple[str, ...] = _PSS
    if key.algorithm != "PS256":
        options, half = (), len(signature) // 2
        r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        signature = encode_dss_signature(r, s)
    (folder / "key.pem").write_bytes(_pem(key))
    (folder / "signature").write_bytes(signature)
    (folder / "data").write_bytes(case.parts.to_be_signed)
    verify = ("-verify", "key.pem", "-signature", "signature", "data")
    return b"Verified OK" in _run(folder, "dgst", _DIGESTS[key.algorithm], *options, *verify)


def _pem(key: TrustedKey) -> bytes:
    numbers = {
        name: int.from_bytes(urlsafe_b64decode(value + "=="), "big")
        for name, value in key.jwk.items()
        if name in ("x", "y", "n", "e")
    }
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    if key.jwk["kty"] == "RSA":
        public = rsa.RSAPublicNumbers(numbers["e"], numbers["n"]).public_key()
    else:
        curve = _CURVES[key.jwk["crv"]]
        public = ec.EllipticCurvePublicNumbers(numbers["x"], numbers["y"], curve).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _trusted(folder: Path, case: Case, signer: TrustedKey, anchors: list[TrustedKey]) -> bytes:
    """What it says of a signer's certificate at the moment, under certificates trusted as such."""
    if signer.certificate is None:
        return b""
    (folder / "signer.pem").write_bytes(_certificate_pem(signer))
    (folder / "anchors.pem").write_bytes(b"".join(map(_certificate_pem, anchors)))
    moment = ("-attime", str(int(case.at + 0.999)))  # it takes whole seconds
    trusted = ("-partial_chain", "-trusted", "anchors.pem")
    return _run(folder, "verify", *moment, *trusted, "signer.pem")


def _certificate_pem(key: TrustedKey) -> bytes:
    if key.certificate is None:
        raise ValueError(f"{key.name} has no certificate")
    # Wrapped as it is: a certificate with a defect is for the command to read, and for nobody else.
    return ssl.DER_cert_to_PEM_cert(key.certificate).encode("ascii")


def _run(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(
        [NAME, *arguments], cwd=folder, capture_output=True, timeout=60, check=False
    )
    return done.stdout + done.stderr
