"""Packages of others: each is asked the one question that a vector turns on."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import base45
import cbor2
import rfc8785
from cryptography import x509
from jsonschema import Draft202012Validator, FormatChecker

from judging import issuing, seals
from judging.case import Case, TrustedKey

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "src" / "vnvaxcert" / "schema" / "json"

_ARC: Final = "1.3.6.1.4.1.{}1847.2021.1.{}"
_NUMBERS: Final = {"t": 1, "v": 2, "r": 3}


def by_base45(case: Case) -> bool:
    """The package `base45`."""
    if case.op == "base45.encode":
        made = base45.b45encode(bytes.fromhex(case.input["hex"])).decode()
        return bool(made == case.value.get("text"))
    if case.op == "base45.decode" or (case.is_health_certificate and case.code == "base45.invalid"):
        text = case.input["text"].removeprefix("HC1:" if case.op == "verify" else "")
        try:
            decoded = base45.b45decode(text)
        except ValueError:
            return case.code == "base45.invalid"
        return case.code is None and bool(decoded.hex() == case.value["hex"])
    return False


def by_zlib(case: Case) -> bool:
    """The standard library's `zlib`."""
    if case.op == "zlib.inflate":
        stream = bytes.fromhex(case.input["hex"])
    elif case.is_health_certificate and case.code in ("zlib.invalid", "zlib.too_large"):
        stream = base45.b45decode(case.input["text"][4:])
    else:
        return False
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(stream)
    except zlib.error:
        return case.code == "zlib.invalid"
    if not inflater.eof or inflater.unused_data:
        return case.code == "zlib.invalid"
    if case.code == "zlib.too_large":
        return len(data) > 64 * 1024
    return case.code is None and data.hex() == case.value["hex"]


def by_cbor2(case: Case) -> bool:
    """`cbor2`, told to refuse keys that are given twice."""
    if case.op == "cbor.check":
        is_good = _is_one_item(bytes.fromhex(case.input["hex"]))
        return is_good is (case.code is None)
    if not case.is_health_certificate or case.code != "cbor.malformed" or case.message is None:
        return False
    if not _is_one_item(case.message):
        return True
    parts = case.parts
    if parts is None:
        return True  # the protected header within is none
    return not _is_one_item(parts.payload)


def _is_one_item(data: bytes) -> bool:
    stream = BytesIO(data)
    try:
        decoder = cbor2.CBORDecoder(stream, allow_duplicate_keys=False)
        _look_inside(decoder.decode())
    except (cbor2.CBORError, ValueError, TypeError):
        return False
    return stream.tell() == len(data)


def _look_inside(item: Any) -> None:
    """Refuse a message whose protected header is not one item."""
    if isinstance(item, cbor2.CBORTag) and item.tag == 18 and item.value:
        protected = item.value[0]
        if isinstance(protected, bytes) and protected and not _is_one_item(protected):
            raise ValueError("the protected header")


def by_rfc8785(case: Case) -> bool:
    """`rfc8785`, and the standard library's `json` before it."""
    if case.op != "jcs.canonical":
        return False
    try:
        made = rfc8785.dumps(json.loads(case.input["json"]))
    except (ValueError, rfc8785.CanonicalizationError):
        return case.code is not None
    return case.code is None and made.hex() == case.value["hex"]


def by_hashlib(case: Case) -> bool:
    """`hashlib`, over what `cbor2` finds in the certificate."""
    if case.op != "revocation.hashes" or case.code is not None:
        return False
    message = zlib.decompress(base45.b45decode(case.input["text"][4:]))
    item = cbor2.loads(message)
    while isinstance(item, cbor2.CBORTag):
        item = item.value
    protected, unprotected, payload, signature = item
    header = {**unprotected, **(cbor2.loads(protected) if protected else {})}
    claims = cbor2.loads(payload)
    content = claims[-260][1]
    (entry,) = next(content[group] for group in "vtr" if group in content)
    signed = signature[: len(signature) // 2] if header[1] != -37 else signature
    found = {
        "UCI": entry["ci"].encode(),
        "COUNTRYCODEUCI": (claims.get(1, entry["co"]) + entry["ci"]).encode(),
        "SIGNATURE": signed,
    }
    return {kind: sha256(data).hexdigest()[:32] for kind, data in found.items()} == case.value


def by_x509(case: Case) -> bool:
    """The X.509 parser of `cryptography`: usages of a signer, and kinds of keys."""
    if not case.is_health_certificate or case.parts is None or not case.candidates:
        return False
    if case.code == "trust.algorithm_mismatch":
        number = case.parts.header.get(1)
        return all(number != _COSE.get(key.algorithm or "") for key in case.candidates)
    if case.code == "signer.usage":
        content = case.claims[-260][1]
        (group,) = [name for name in "vtr" if content.get(name)]
        allowed = {_ARC.format(arc, _NUMBERS[group]) for arc in ("", "0.")}
        named = [_usages(key) for key in case.candidates]
        return all(usages and not usages & allowed for usages in named)
    return False


_COSE: Final = {"ES256": -7, "ES384": -35, "ES512": -36, "PS256": -37}


def _usages(key: TrustedKey) -> set[str]:
    if key.certificate is None:
        return set()
    extensions = x509.load_der_x509_certificate(key.certificate).extensions
    try:
        found = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return set()
    return {usage.dotted_string for usage in found.value}


def by_jsonschema(case: Case) -> bool:
    """`jsonschema`, with the schema of the payload's version."""
    if case.code == "issue.claims":
        claims = {-260: {1: case.input["certificate"]}}
    elif case.is_health_certificate and case.code in (None, "schema.invalid"):
        claims = case.claims
    else:
        return False
    try:
        payload = claims[-260][1]
        version = payload.get("ver")
    except (KeyError, TypeError, AttributeError):
        return False
    path = SCHEMAS / f"dcc-{version}.json"
    if not isinstance(version, str) or "/" in version or not path.exists():
        return False
    schema = _after_ecma(json.loads(path.read_bytes()))
    checker = FormatChecker(formats=["date", "date-time"])
    is_valid = Draft202012Validator(schema, format_checker=checker).is_valid(payload)
    return bool(is_valid is (case.code is None))


def _after_ecma(node: Any) -> Any:
    """The schema with patterns that mean in Python what they mean in ECMA-262."""
    if isinstance(node, list):
        return [_after_ecma(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value.replace("$", r"\Z").replace(r"\d", "[0-9]")
        if key == "pattern" and isinstance(value, str)
        else _after_ecma(value)
        for key, value in node.items()
    }


JUDGES: Final[dict[str, Callable[[Case], bool]]] = {
    "base45": by_base45,
    "zlib": by_zlib,
    "cbor2": lambda case: by_cbor2(case) or issuing.by_cbor2(case),
    "rfc8785": by_rfc8785,
    "hashlib": by_hashlib,
    "cryptography": lambda case: (
        by_x509(case) or seals.by_cryptography(case) or issuing.by_cryptography(case)
    ),
    "json": seals.by_json,
    "jsonschema": lambda case: by_jsonschema(case) or seals.by_jsonschema(case),
}
