"""The other implementation: python-cwt, `base45` and the standard library, none of our code.

Runs in `.venvs/interop`. Reads one JSON object on standard input, writes one on standard output:

    {"do": "verify", "text": "HC1:...", "certificate": PEM}
        -> {"claims": {...}}  or  {"error": "..."}
    {"do": "issue", "claims": {...}, "key": PEM, "kid": hex, "algorithm": "ES256", "form": FORM}
        -> {"text": "HC1:..."}

FORM says where the headers stand and which tags are around the message: "protected" (tag 18),
"unprotected" (kid there, tag 18), "tagged" (tags 61 and 18). In JSON, claim keys are texts.
"""

from __future__ import annotations

import json
import sys
import zlib
from importlib import import_module
from typing import Any

import base45
import cbor2

# By name: the type checker runs where python-cwt cannot be installed.
cwt: Any = import_module("cwt")


def integer_keys(value: Any) -> Any:
    """JSON knows only texts as keys: make those integers that look like them."""
    if not isinstance(value, dict):
        return value
    return {
        int(key) if key.lstrip("-").isdigit() else key: integer_keys(member)
        for key, member in value.items()
    }


def verify(text: str, certificate: str) -> dict[str, Any]:
    """Verify the text of a code with the one certificate given."""
    if not text.startswith("HC1:"):
        return {"error": "prefix"}
    message = zlib.decompress(base45.b45decode(text[4:]))
    try:
        claims = cwt.decode(message, keys=[cwt.load_pem_hcert_dsc(certificate)])
    except (cwt.VerifyError, cwt.DecodeError, ValueError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"claims": claims}


def issue(claims: dict[str, Any], key: str, kid: str, algorithm: str, form: str) -> dict[str, Any]:
    """Sign the claims and make the text of a code."""
    payload = cbor2.dumps(integer_keys(claims))
    signing_key = cwt.COSEKey.from_pem(key, alg=algorithm, kid=bytes.fromhex(kid))
    protected: dict[Any, Any] = {cwt.COSEHeaders.ALG: signing_key.alg}
    unprotected: dict[Any, Any] = {}
    place = unprotected if form == "unprotected" else protected
    place[cwt.COSEHeaders.KID] = bytes.fromhex(kid)
    message = cwt.COSE.new().encode_and_sign(payload, signing_key, protected, unprotected)
    if form == "tagged":
        message = b"\xd8\x3d" + message
    return {"text": "HC1:" + base45.b45encode(zlib.compress(message, 9)).decode()}


def main() -> None:
    """Answer the one request on standard input."""
    request = json.load(sys.stdin)
    is_verifying = request.pop("do") == "verify"
    json.dump(verify(**request) if is_verifying else issue(**request), sys.stdout)


if __name__ == "__main__":
    main()
