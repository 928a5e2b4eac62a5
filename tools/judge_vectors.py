"""Have our vectors judged by others: ``python tools/judge_vectors.py [--check]``.

Each vector is put to programs and packages that share no code with the library. Who agrees with
it, and which vectors nobody else can judge, with the reason, is written to
``test_vectors/judged.json``. It takes the command ``openssl`` and the environment of
``tests/interop``; ``--check`` writes nothing, and ends with status 1 when something would change.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from judging import openssl, packages, peer
from judging.case import Case

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "test_vectors"
FILE: Final = "judged.json"

JUDGES: Final = {
    peer.NAME: "structure, signature, exp and nbf of health certificates",
    openssl.NAME: "the command: signatures; validity and chain of signers",
    "base45": "the package",
    "zlib": "of the standard library",
    "cbor2": "well-formed or not, with keys given twice refused; the claims of what is issued",
    "rfc8785": "the package",
    "hashlib": "of the standard library, over what cbor2 finds",
    "cryptography": "usages of signers, kinds of keys; signatures of seals, and their signers",
    "json": "of the standard library",
    "jsonschema": "with the schema of the payload's version, or of seals",
}

_LENIENT: Final = "The package base45 trims line feeds."

# Why nobody else at hand can judge what is left, by operation and code.
_BY_CODE: Final = {
    "cose.algorithm": "python-cwt goes by the key's algorithm and does not look at alg.",
    "cose.kid": "python-cwt tries every key where kid is empty.",
    "cose.structure": "python-cwt reads on where HCERT or this profile refuses.",
    "cbor.malformed": "cbor2 reads tags and forms that are not read here.",
    "cwt.claims": "python-cwt looks at no claim but exp and nbf, and at their types alone.",
    "cwt.expired": "python-cwt counts whole seconds, and takes no tagged time.",
    "cwt.not_yet_valid": "python-cwt does not look at iat.",
    "hcert.content": "No other reader of the health claim is at hand.",
    "schema.invalid": "No JSON Schema says it: a version never released, or a form of CBOR alone.",
    "signer.chain": "Nothing is there for openssl to refuse: no certificate, or no authority.",
    "signer.usage": "The signer is for seals; no other program knows that usage.",
    "trust.unknown_kid": "A matter of what a list holds, and of no program.",
    "input.too_long": "A bound of this profile.",
    "hcert.prefix": "No other reader of the prefix is at hand.",
    "base45.invalid": _LENIENT,
    "zlib.too_large": "A bound of this profile.",
}
_BY_OPERATION: Final = {
    "cbor.check": "A bound or a tag of this profile; cbor2 reads it.",
    "zlib.inflate": "A bound of this profile.",
    "jcs.canonical": "The parsers of the standard library read what JCS forbids.",
    "decode": "What is told of a text unverified is specified here; nobody else tells it.",
    "base45.decode": _LENIENT,
    "name.transliterate": "No other implementation of Doc 9303-3 for names is at hand.",
    "name.mrz": "No other implementation of these truncations is at hand.",
    "name.seal": "No other implementation of the names of seals is at hand.",
    "check-digit": "No other implementation is at hand; the examples are those of Doc 9303.",
    "uvci.check": "No other implementation is at hand; the examples are published ones.",
    "uvci.parse": "No other implementation is at hand.",
    "revocationlist.load": "No other reader of these lists is at hand.",
    "trustlist.load": "No other reader of these lists is at hand.",
    "revocation.hashes": "No other implementation is at hand.",
    "national.read": "Viet Nam's claim is specified here; nobody else reads it.",
    "passport.identifier": "Viet Nam's identifier is specified here; nobody else makes it.",
    "attestation.verify": "Attestations are specified here; nobody else reads them.",
    "correction.verify": "Records of corrections are specified here; nobody else reads them.",
    "issue": "No other issuer is at hand; no schema and no certificate says what this turns on.",
}
_NOT_AFTER: Final = "openssl ends a certificate at its notAfter; RFC 5280 includes it."
_AS_GIVEN: Final = "openssl heeds what restricts an authority, though trusted as given."
_BY_ID: Final = {
    "times::signer::end": _NOT_AFTER,
    "trust::authority-time::end": _NOT_AFTER,
    "trust::chain::two-of-one-name-by-name": "openssl tries the first authority of a name alone.",
    "trust::certificate::sha-1": "openssl checks a chain over SHA-1 unless told otherwise.",
    "trust::chain::key-not-named": "openssl takes no authority that has not the key named.",
    "trust::authority::name-constraints": _AS_GIVEN,
    "trust::authority::unknown-critical": _AS_GIVEN,
    "trust::kid::authority-signs": "python-cwt does not tell signers from authorities.",
}
_ACCEPTED: Final = "openssl takes no bare key for an authority."
_REVOKED: Final = "No other reader of these revocation lists is at hand."
_SEAL: Final = "No other verifier of seals is at hand that looks at what this turns on."


def cases() -> list[Case]:
    """Every vector of every suite."""
    keys = json.loads((FOLDER / "keys.json").read_bytes())["keys"]
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        suite = json.loads(path.read_bytes())
        if "suite" in suite:
            found += [Case(vector, keys) for vector in suite["vectors"]]
    return found


def agreeing(every: Iterable[Case], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Who agrees with each vector, by its id.

    Args:
        every: The vectors.
        answers: Those of python-cwt.
    """
    found: dict[str, list[str]] = {}
    for case in every:
        if case.code is None and "revocation" in case.input:
            found[case.id] = []  # nobody is asked what it turns on
            continue
        judges = [name for name, agrees in packages.JUDGES.items() if agrees(case)]
        if openssl.agrees(case):
            judges.append(openssl.NAME)
        if case.id in answers and peer.agrees(case, answers[case.id]):
            judges.append(peer.NAME)
        is_accepted = case.is_health_certificate and case.code is None
        if is_accepted and not {openssl.NAME, peer.NAME} & {*judges}:
            judges = []  # who has not seen the signature has not accepted
        found[case.id] = sorted(judges)
    return found


def reason(case: Case) -> str:
    """Why nobody else can judge it."""
    if case.id in _BY_ID:
        return _BY_ID[case.id]
    if case.op != "verify":
        return _BY_OPERATION[case.op]
    if not case.is_health_certificate and case.code not in ("hcert.prefix", "input.too_long"):
        return _SEAL
    if "revocation" in case.input:
        return _REVOKED
    return _ACCEPTED if case.code is None else _BY_CODE[case.code]


def document(every: Iterable[Case], judged: Mapping[str, list[str]]) -> dict[str, Any]:
    """What is written."""
    left: dict[str, list[str]] = {}
    for case in every:
        if not judged[case.id]:
            left.setdefault(reason(case), []).append(case.id)
    return {
        "$schema": "judged.schema.json",
        "source": "made by tools/judge_vectors.py",
        "license": "Apache-2.0",
        "judges": JUDGES,
        "judged": {name: judges for name, judges in judged.items() if judges},
        "not_judged": [{"reason": why, "vectors": left[why]} for why in sorted(left)],
    }


def interpreter() -> Path | None:
    """The Python of the environment of ``tests/interop``; None where it is not made."""
    sys.path.insert(0, str(ROOT / "tests"))
    from interop import environment

    return environment.python()


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare it; gives the exit status."""
    parser = argparse.ArgumentParser(description="Have our vectors judged by others.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    given = parser.parse_args(arguments)
    python = interpreter()
    if python is None or not openssl.is_there():
        print("it takes openssl and the environment of tests/interop", file=sys.stderr)
        return 2
    every = cases()
    made = document(every, agreeing(every, peer.answers(every, python)))
    content = json.dumps(made, indent=1, ensure_ascii=False).encode() + b"\n"
    path = FOLDER / FILE
    is_same = path.exists() and path.read_bytes() == content
    if not given.check and not is_same:
        path.write_bytes(content)
    judged, left = len(made["judged"]), sum(len(one["vectors"]) for one in made["not_judged"])
    print(f"{judged} vectors judged by others, {left} by nobody else")
    return 1 if given.check and not is_same else 0


if __name__ == "__main__":
    sys.exit(main())
