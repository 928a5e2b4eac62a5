"""python-cwt behind the line protocol of ``spec/harness.md``; none of this library runs here.

Runs in the environment that ``make harnesses`` makes. The package checks signature, ``exp`` and
``nbf``; texts are unwrapped by the package ``base45`` and the standard library, as its own examples
do it. It leaves contents to the application.
"""

from __future__ import annotations

import json
import sys
import zlib
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final

import base45
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# By name: the type checker runs where python-cwt cannot be installed.
cwt: Any = import_module("cwt")
clock: Any = import_module("cwt.cwt")

PROTOCOL: Final = 1
CURVES: Final = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
UNSUPPORTED: Final[dict[str, object]] = {"outcome": "unsupported"}

# The least leeway that the package takes, in seconds.
VERIFIER: Final = cwt.CWT.new(leeway=1)

# What the package says, which has one class of error for many reasons: our code for it. Left out is
# "Failed to decode.", which may be said of CBOR, of the message and of the claims.
REASONS: Final = {
    "The token has expired.": "cwt.expired",
    "The token is not yet valid.": "cwt.not_yet_valid",
    "exp should be int or float.": "cwt.claims",
    "nbf should be int or float.": "cwt.claims",
    "Failed to verify.": "signature.invalid",
    "Invalid signature.": "signature.invalid",
    "Invalid base45 string": "base45.invalid",
    "key is not found.": "trust.unknown_kid",
    "kid should be specified.": "cose.kid",
    "Invalid Signature1 format.": "cose.structure",
    "Invalid Signature format.": "cose.structure",
    "Invalid protected header.": "cose.structure",
    "unprotected header should be dict.": "cose.structure",
    "Unsupported or unknown CBOR tag(": "cose.structure",
}


def stop_the_clock(at: str) -> None:
    """Have the package take a moment for now; it takes no argument for it."""
    moment = datetime.fromisoformat(at)

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Stopped:
            return cls.fromtimestamp(moment.timestamp(), tz)

    clock.datetime = Stopped


def public_key(key: dict[str, Any]) -> Any:
    """The public key of a trusted key, whichever way it was given."""
    if key["certificate"] is None:
        return from_jwk(key["jwk"])
    return x509.load_der_x509_certificate(b64decode(key["certificate"])).public_key()


def from_jwk(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """The public key that a JWK holds."""

    def number(name: str) -> int:
        return int.from_bytes(urlsafe_b64decode(jwk[name] + "=="), "big")

    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
    curve = CURVES[jwk["crv"]]
    return ec.EllipticCurvePublicNumbers(number("x"), number("y"), curve).public_key()


def trusted(keys: list[dict[str, Any]]) -> list[Any]:
    """The trusted keys as the package has them, those that it cannot use left out.

    RSA keys are for PS256, as HCERT says.
    """
    found = []
    for key in keys:
        with suppress(ValueError):  # a curve that it does not have
            public = public_key(key)
            pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            algorithm = "PS256" if isinstance(public, rsa.RSAPublicKey) else ""
            found.append(cwt.COSEKey.from_pem(pem, alg=algorithm, kid=b64decode(key["kid"])))
    return found


def verify(given: dict[str, Any]) -> dict[str, object]:
    """Verify the text of a code with the keys given, at the moment given."""
    text: str = given["text"]
    if (
        text.lstrip().startswith(("{", "["))  # a seal, which is JSON, is another envelope
        or given.get("policy", "strict") != "strict"
        or "authorities" in given
        or "revocation" in given
    ):
        return UNSUPPORTED
    if not text.startswith("HC1:"):
        return reject("hcert.prefix")
    stop_the_clock(given["at"])
    try:
        message = zlib.decompress(base45.b45decode(text[4:]))
        VERIFIER.decode(message, trusted(given["trust"]))
    except zlib.error:
        return reject("zlib.invalid")
    except (cwt.CWTError, ValueError) as error:  # what it documents; anything else is a crash
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return reject(reason(str(error)))
    return {"outcome": "accept", "value": {"envelope": "hcert"}}


def reason(text: str) -> str | None:
    """The code that an error's text stands for."""
    return next((code for start, code in REASONS.items() if text.startswith(start)), None)


def reject(code: str | None) -> dict[str, object]:
    """A refusal, with the code that stands for its reason where there is one."""
    return {"outcome": "reject", "code": code}


def main() -> None:
    """Answer every request on standard input, one after another."""
    operations: dict[str, Callable[[dict[str, Any]], dict[str, object]]] = {"verify": verify}
    for line in sys.stdin:
        request = json.loads(line)
        if "hello" in request:
            about = {"protocol": PROTOCOL, "name": "python-cwt", "version": version("cwt")}
            answer: dict[str, object] = {"hello": {**about, "ops": [*operations]}}
        else:
            answer = {"id": request["id"], **operations[request["op"]](request["input"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
