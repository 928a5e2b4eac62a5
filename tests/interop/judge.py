"""python-cwt as a judge of vectors: what it says of each text, with the clock set to its moment.

Runs in `.venvs/interop`. One JSON object a line on standard input, one on standard output:

    {"id", "text", "at": seconds, "keys": [{"jwk", "kid": hex, "algorithm"}]}
        -> {"id", "accepts": true}  or  {"id", "accepts": false, "error": "..."}
"""

from __future__ import annotations

import json
import sys
import zlib
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from unittest import mock

import base45

# By name: the type checker runs where python-cwt cannot be installed.
cwt: Any = import_module("cwt")

# What it raises for a text that it does not take, its own slips among them.
_REFUSALS = (cwt.CWTError, zlib.error, ValueError, TypeError, KeyError)


def judge(text: str, at: float, keys: list[dict[str, Any]]) -> dict[str, Any]:
    """What it says of one text."""
    moment = datetime.fromtimestamp(at, UTC)
    try:
        message = zlib.decompress(base45.b45decode(text.removeprefix("HC1:")))
        trusted = [
            cwt.COSEKey.from_jwk({**key["jwk"], "kid": key["kid"], "alg": key["algorithm"]})
            for key in keys
        ]
        for one, key in zip(trusted, keys, strict=True):
            one._kid = bytes.fromhex(key["kid"])  # in a JWK it is a text
        with mock.patch("cwt.cwt.datetime") as clock:
            clock.now.return_value = moment
            reader = cwt.CWT.new()
            reader._leeway = 0  # its own bound is one second
            reader.decode(message, keys=trusted)
    except _REFUSALS as error:
        return {"accepts": False, "error": f"{type(error).__name__}: {error}"}
    return {"accepts": True}


def main() -> None:
    """Answer each line."""
    for line in sys.stdin:
        request = json.loads(line)
        name = request.pop("id")
        print(json.dumps({"id": name, **judge(**request)}))


if __name__ == "__main__":
    main()
