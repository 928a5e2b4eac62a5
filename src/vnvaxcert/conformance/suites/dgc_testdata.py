"""The EU's dgc-testdata: codes with a flag for each step, true where it must succeed.

Each flag is a case. Other implementations cannot be asked about single steps, so each code whose
flags decide it is one more case, of the whole verification.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import ACCEPT, REJECT, Case, Expected
from vnvaxcert.conformance.foreign import FLAGS
from vnvaxcert.conformance.suites.document import b64, is_object

SUITE: Final = "dgc-testdata"
CLAUSES: Final = {
    "PICTUREDECODE": "HCERT 1.0.8 §4.2.2 (QR code)",
    "UNPREFIX": "HCERT 1.0.8 §4.2.2 (prefix)",
    "B45DECODE": "RFC 9285 §4",
    "COMPRESSION": "RFC 1950",
    "VERIFY": "HCERT 1.0.8 §3.3.2, §3.3.3",
    "DECODE": "RFC 8949",
    "VALIDJSON": "HCERT 1.0.8 §3.1",
    "SCHEMAVALIDATION": "DCC schema",
    "VALIDOBJECT": "DCC schema",
    "ENCODE": "RFC 8949",
    "EXPIRATIONCHECK": "HCERT 1.0.8 §3.3.5, §3.3.6",
    "KEYUSAGE": "HCERT 1.0.8 A.1 (extended key usage)",
}
# The fields that each flag is about: a vector may lack them, and then the flag cannot be tried.
_NEEDED: Final = {
    "PICTUREDECODE": ("2DCODE",),
    "UNPREFIX": ("BASE45",),
    "B45DECODE": ("COMPRESSED",),
    "COMPRESSION": ("COSE",),
    "DECODE": ("CBOR", "JSON"),
    "VALIDJSON": ("JSON",),
    "VALIDOBJECT": ("JSON",),
    "ENCODE": ("CBOR", "JSON"),
}
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+")  # of the schema: a folder within an issuer's
# What a verifier does: any of these that fails makes a refusal.
_DECIDING: Final = frozenset(CLAUSES) - {"PICTUREDECODE", "DECODE", "VALIDOBJECT", "ENCODE"}


def is_file(_: Path, document: Any) -> bool:
    """Whether a file is one of its vectors."""
    return is_object(document, "TESTCTX", "EXPECTEDRESULTS")


def read(path: Path, document: Any) -> Iterator[Case]:
    """The cases of a vector, each under its place: ``dgc-testdata::common/CO1::VERIFY``."""
    name = vector_name(path)
    flags = {
        flag.removeprefix("EXPECTED"): succeeds
        for flag, succeeds in document["EXPECTEDRESULTS"].items()
        if succeeds is not None
    }
    for flag, succeeds in flags.items():
        missing = _missing(document, flag)
        unsuitable = f"the vector has no {missing}" if missing else ""
        if flag not in FLAGS:
            unsuitable = "an unknown flag"
        yield Case(
            id=f"{SUITE}::{name}::{flag}",
            suite=SUITE,
            clause=CLAUSES.get(flag, "unknown"),
            op="dgc.flag",
            input={"flag": flag, "vector": document},
            expected=Expected(outcome="accept", value={"succeeds": succeeds}),
            unsuitable=unsuitable,
        )
    verdict = _verdict(flags)
    if verdict is not None and not _missing(document, "VERIFY"):
        yield Case(
            id=f"{SUITE}::{name}::verify",
            suite=SUITE,
            clause="HCERT 1.0.8 §6.3 (the whole verification)",
            op="verify",
            input=_whole(document),
            expected=verdict,
        )


def _missing(document: Mapping[str, Any], flag: str) -> str:
    """What a vector lacks of what a flag is about; empty when it lacks nothing."""
    context = document["TESTCTX"]
    for name in ("PREFIX", *_NEEDED.get(flag, ())):
        if document.get(name) is None:
            return name
    for name in ("CERTIFICATE", "VALIDATIONCLOCK"):
        if not isinstance(context.get(name), str):
            return name
    return ""


def vector_name(path: Path) -> str:
    """``PL/1.3.0/1`` of ``.../PL/1.3.0/2DCode/raw/1.json``; elsewhere folder and name."""
    parts = path.absolute().with_suffix("").parts[1:]
    at = next((at for at, part in enumerate(parts) if at and part.lower() == "2dcode"), 0)
    if not at:
        return "/".join(parts[-2:])
    start = at - 2 if at > 1 and _VERSION.fullmatch(parts[at - 1]) else at - 1
    kept = (part for part in parts[start:] if part.lower() not in ("2dcode", "raw"))
    return "/".join(kept)


def _verdict(flags: Mapping[str, bool]) -> Expected | None:
    """Accept or refuse, where the flags decide it: a flag that is not there was not tested."""
    if any(flags.get(flag) is False for flag in _DECIDING):
        return REJECT
    if all(flags.get(flag) for flag in ("VERIFY", "EXPIRATIONCHECK", "SCHEMAVALIDATION")):
        return ACCEPT
    return None


def _whole(document: Mapping[str, Any]) -> dict[str, Any]:
    context = document["TESTCTX"]
    kid = sha256(b64decode(context["CERTIFICATE"])).digest()[:8]
    key = {"kid": b64(kid), "certificate": context["CERTIFICATE"], "jwk": None, "country": None}
    return {
        "text": document["PREFIX"],
        "trust": [key],
        "at": context["VALIDATIONCLOCK"],
        "policy": "tolerant",
    }
