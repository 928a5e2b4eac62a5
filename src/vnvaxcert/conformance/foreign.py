"""Operations of suites that other people made: messages, bare signatures, step flags.

Spec: RFC 9052 §4.4; RFC 9053 §2.1; RFC 8230 §2; EU dgc-testdata, README of the test data.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from vnvaxcert.codec import cbor
from vnvaxcert.conformance.lists import RequestError, from_base64, from_hex, member
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import CborError, PictureError, SchemaError
from vnvaxcert.examine import Examination, Outcome, examine
from vnvaxcert.policy import Policy
from vnvaxcert.schema import payload as dcc
from vnvaxcert.trust.jwk import JwkError, read_jwk
from vnvaxcert.trust.trustlist import TrustList

Input = Mapping[str, Any]

# The collection has iat <= clock <= exp, so a clock of no skew at all.
_POLICY: Final = Policy(issue_skew=timedelta(0))
_HEALTH_CLAIM: Final = -260


def verify_message(given: Input) -> dict[str, Any]:
    """``cose.verify``: a COSE_Sign1 message ``hex``, a public ``jwk``, ``external`` data in hex.

    Returns:
        ``algorithm`` and ``to_be_signed``.

    Raises:
        CborError: As `sign1.parse`.
        CoseStructureError: As `sign1.parse`.
        AlgorithmError: Of another kind than the key's, or unknown.
        InvalidSignatureError: It does not hold.
        RequestError: The input is not as it has to be.
    """
    message = sign1.parse(from_hex(given, "hex"))
    try:
        key = keys.load_spki(read_jwk(member(given, "jwk", dict)))
    except (JwkError, ValueError) as error:
        raise RequestError("jwk: no public key that can be used") from error
    external = from_hex(given, "external") if "external" in given else b""
    message.verify(key, external)
    return {
        "algorithm": message.algorithm().name,
        "to_be_signed": message.to_be_signed(external).hex(),
    }


def verify_signature(given: Input) -> dict[str, Any]:
    """``signature.verify``: a raw ``signature`` of a COSE ``algorithm`` over ``message``, in hex.

    ``spki``: the public key, DER in Base64.

    Raises:
        AlgorithmError: The key is of another kind.
        InvalidSignatureError: It does not hold.
        RequestError: The input is not as it has to be.
    """
    name = member(given, "algorithm", str)
    if name not in Algorithm.__members__:
        raise RequestError("algorithm: expected the name of one that is supported")
    try:
        key = keys.load_spki(from_base64(given.get("spki"), "spki"))
    except ValueError as error:
        raise RequestError("spki: no public key that can be used") from error
    signature, message = from_hex(given, "signature"), from_hex(given, "message")
    keys.verify(Algorithm[name], key, signature, message)
    return {}


# --- dgc-testdata --------------------------------------------------------------------------------


def dgc_flag(given: Input) -> dict[str, Any]:
    """``dgc.flag``: whether the step of a ``flag`` succeeds for a ``vector`` of dgc-testdata.

    Returns:
        ``succeeds``.

    Raises:
        RequestError: An unknown flag, or a vector without what its flag is about.
    """
    flag, vector = member(given, "flag", str), member(given, "vector", dict)
    if flag not in FLAGS:
        raise RequestError("flag: expected one of dgc-testdata")
    try:
        return {"succeeds": FLAGS[flag](vector, _examined(vector))}
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(f"vector: without what {flag} is about") from error


_examinations: dict[int, tuple[object, Examination]] = {}  # of the vector asked about last


def _examined(vector: Input) -> Examination:
    """What the library says of the vector; kept, since a vector has up to 12 flags."""
    kept = _examinations.get(0)
    if kept is None or kept[0] is not vector:
        context = vector["TESTCTX"]
        trust = TrustList.from_certificates([b64decode(context["CERTIFICATE"])])
        at = datetime.fromisoformat(context["VALIDATIONCLOCK"])
        kept = vector, examine(vector["PREFIX"], trust=trust, at=at, policy=_POLICY)
        _examinations[0] = kept
    return kept[1]


def _plain(value: Any) -> Any:
    """The value without its CBOR tags, as JSON would have it."""
    if isinstance(value, cbor.Tagged):
        return _plain(value.value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _passed(seen: Examination, *steps: str) -> bool:
    return all(seen.step(step).outcome is Outcome.PASSED for step in steps)


def _stated_dcc(vector: Input) -> Any:
    """The certificate in the field CBOR, which may hold the whole claims around it."""
    decoded = _plain(cbor.decode(bytes.fromhex(vector["CBOR"]), where="field CBOR"))
    return decoded[_HEALTH_CLAIM][1] if _HEALTH_CLAIM in decoded else decoded


def _carried_dcc(seen: Examination) -> Any:
    """The certificate that the code carries, or None when it cannot be reached."""
    if not _passed(seen, "cose", "claims", "content") or seen.payload is None:
        return None
    return _plain(cbor.decode(seen.payload, where="payload"))[_HEALTH_CLAIM][1]


def _picture(vector: Input, _: Examination) -> bool:
    from vnvaxcert.render.picture import read_codes

    try:
        return read_codes(b64decode(vector["2DCODE"])) == (vector["PREFIX"],)
    except PictureError:
        return False


def _prefix(vector: Input, seen: Examination) -> bool:
    return _passed(seen, "prefix") and vector["PREFIX"][4:] == vector["BASE45"]


def _base45(vector: Input, seen: Examination) -> bool:
    return _passed(seen, "base45") and seen.compressed == bytes.fromhex(vector["COMPRESSED"])


def _compression(vector: Input, seen: Examination) -> bool:
    return _passed(seen, "zlib") and seen.message == bytes.fromhex(vector["COSE"])


def _signature(vector: Input, seen: Examination) -> bool:
    certificate = b64decode(vector["TESTCTX"]["CERTIFICATE"])
    right_kid = seen.kid == sha256(certificate).digest()[:8]
    return _passed(seen, "candidates", "signature") and right_kid


def _decoding(vector: Input, seen: Examination) -> bool:
    try:
        stated = _stated_dcc(vector)
    except CborError:
        return False
    return bool(stated == vector["JSON"] == _carried_dcc(seen))


def _valid_json(vector: Input, seen: Examination) -> bool:
    is_unwrapped = _passed(seen, "prefix", "base45", "zlib")
    return bool(is_unwrapped and _carried_dcc(seen) == vector["JSON"])


def _schema(_: Input, seen: Examination) -> bool:
    return _passed(seen, "schema")


def _valid_object(vector: Input, _: Examination) -> bool:
    try:
        dcc.parse(vector["JSON"])
    except SchemaError:
        return False
    return True


def _encoding(vector: Input, _: Examination) -> bool:
    encoded = cbor.encode(vector["JSON"])
    return bool(_plain(cbor.decode(encoded, where="encoded")) == _stated_dcc(vector))


def _times(_: Input, seen: Examination) -> bool:
    return _passed(seen, "times")


def _usage(_: Input, seen: Examination) -> bool:
    return _passed(seen, "usage")


FLAGS: Final[Mapping[str, Callable[[Input, Examination], bool]]] = {
    "PICTUREDECODE": _picture,
    "UNPREFIX": _prefix,
    "B45DECODE": _base45,
    "COMPRESSION": _compression,
    "VERIFY": _signature,
    "DECODE": _decoding,
    "VALIDJSON": _valid_json,
    "SCHEMAVALIDATION": _schema,
    "VALIDOBJECT": _valid_object,
    "ENCODE": _encoding,
    "EXPIRATIONCHECK": _times,
    "KEYUSAGE": _usage,
}
"""Whether the step of a flag succeeds, by its name without ``EXPECTED``."""
