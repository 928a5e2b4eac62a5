"""This library, asked in the words of vectors: an operation and its input give an answer.

The runner judges these answers, and `vnvaxcert.conformance.serve` gives them to anybody over the
line protocol: both go through `execute`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from vnvaxcert import results
from vnvaxcert.codec import base45, cbor, deflate, jcs, json_text
from vnvaxcert.conformance import foreign, issuing, list_files, lists, national
from vnvaxcert.conformance.harness import Answer, Outcome
from vnvaxcert.conformance.lists import RequestError, from_hex, member, moment
from vnvaxcert.cose import sign1
from vnvaxcert.errors import VnvaxcertError
from vnvaxcert.hcert import unwrap
from vnvaxcert.icao import check_digit, fields
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Policy
from vnvaxcert.schema import uvci
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.trust.revocation import certificate_hashes
from vnvaxcert.verify import decode_unverified, verify

Value: TypeAlias = dict[str, Any]
Input: TypeAlias = Mapping[str, Any]

POLICIES: Final[Mapping[str, Policy]] = {"strict": STRICT_POLICY, "tolerant": DEFAULT_POLICY}

# Refusals for which the library has no error of its own: what a program must not pass is a
# ValueError there. These codes are of vectors alone.
REFUSALS: Final[Mapping[str, str]] = {
    "jcs.canonical": "json.invalid",
    "check-digit": "check-digit.invalid",
    "uvci.check": "uvci.invalid",
    "passport.identifier": "identifier.invalid",
}


def execute(op: str, given: Input) -> Answer:
    """Do what a vector asks for.

    Args:
        op: One of `vnvaxcert.conformance.operations.OPERATIONS`.
        given: The operation's input, as JSON has it.

    Returns:
        What the library says: accept with a value, or reject with a code; ``unsupported`` for an
        operation that there is not.

    Raises:
        RequestError: The input is not as the operation takes it.

    Spec: spec/harness.md.
    """
    run = _OPERATIONS.get(op)
    if run is None:
        return Answer(outcome=Outcome.UNSUPPORTED)
    try:
        return Answer(outcome=Outcome.ACCEPT, value=run(given))
    except VnvaxcertError as error:
        return Answer(outcome=Outcome.REJECT, code=error.code)
    except ValueError:
        if op not in REFUSALS:
            raise
        return Answer(outcome=Outcome.REJECT, code=REFUSALS[op])


def supported() -> tuple[str, ...]:
    """The operations that are answered here."""
    return tuple(_OPERATIONS)


# --- whole certificates --------------------------------------------------------------------------


def _verify(given: Input) -> Value:
    authorities = revocations = None
    if "authorities" in given:
        authorities = lists.trust_list(given, "authorities", role="authority")
    if "revocation" in given:
        revocations = lists.revocation_list(given)
    verified = verify(
        member(given, "text", str),
        trust=lists.trust_list(given),
        at=moment(given.get("at")),
        authorities=authorities,
        revocations=revocations,
        policy=_policy(given),
    )
    return {
        "envelope": verified.envelope.value,
        "algorithm": verified.algorithm.name,
        "kid": verified.kid.hex(),
        "warnings": sorted({warning.code for warning in verified.warnings}),
    }


def _policy(given: Input) -> Policy:
    name = member(given, "policy", str) if "policy" in given else "strict"
    if name not in POLICIES:
        raise RequestError("policy: expected strict or tolerant")
    return POLICIES[name]


def _decode(given: Input) -> Value:
    """What a text says, with nothing checked; times in seconds since 1970."""
    found = decode_unverified(member(given, "text", str))
    value: Value = {
        "envelope": found.envelope.value,
        "algorithm": None if found.algorithm is None else found.algorithm.name,
        "kid": None if found.kid is None else found.kid.hex(),
        "issuer": found.issuer,
        "issued_at": None if found.issued_at is None else found.issued_at.timestamp(),
        "expires_at": None if found.expires_at is None else found.expires_at.timestamp(),
        "warnings": sorted({warning.code for warning in found.warnings}),
    }
    certificate = found.certificate
    if isinstance(certificate, HealthCertificate):
        groups = {
            "v": certificate.vaccinations,
            "t": certificate.tests,
            "r": certificate.recoveries,
        }
        value["version"] = certificate.schema_version
        value["groups"] = [name for name, entries in groups.items() if entries]
    return value


def _revocation_hashes(given: Input) -> Value:
    """The hashes under which a certificate may stand on a list; of several the first."""
    text = member(given, "text", str)
    found = decode_unverified(text)
    certificate = found.certificate
    if found.envelope is not results.Envelope.HCERT or not isinstance(
        certificate, HealthCertificate
    ):
        raise RequestError("text: expected a health certificate")
    signed = sign1.parse(unwrap(text))
    hashes = certificate_hashes(
        certificate_ids=[entry.certificate_id for entry in certificate.entries],
        issuer=found.issuer,
        countries=[entry.country for entry in certificate.entries],
        signature=signed.signature,
        algorithm=signed.algorithm(),
    )
    value: Value = {}
    for kind, digest in hashes:
        value.setdefault(kind.value, digest.hex())
    return value


# --- codecs --------------------------------------------------------------------------------------


def _base45_decode(given: Input) -> Value:
    return {"hex": base45.decode(member(given, "text", str)).hex()}


def _base45_encode(given: Input) -> Value:
    return {"text": base45.encode(from_hex(given, "hex"))}


def _inflate(given: Input) -> Value:
    return {"hex": deflate.decompress(from_hex(given, "hex")).hex()}


def _cbor_check(given: Input) -> Value:
    cbor.decode(from_hex(given, "hex"), where="CBOR")
    return {}


def _canonical(given: Input) -> Value:
    """``json`` is a JSON text, so that what a program makes of numbers on its way cannot count."""
    document = json_text.parse(member(given, "json", str).encode("utf-8", "surrogatepass"))
    return {"hex": jcs.canonical(document).hex()}


# --- names and identifiers -----------------------------------------------------------------------


def _transliterate(given: Input) -> Value:
    return {"icao": fields.to_dcc_name(member(given, "name", str)).text}


def _names(given: Input) -> tuple[str, str]:
    given_name = member(given, "given_name", str) if "given_name" in given else ""
    return member(given, "family_name", str), given_name


def _mrz(given: Input) -> Value:
    return {"line": fields.to_mrz_name(*_names(given)).text}


def _seal_name(given: Input) -> Value:
    return {"n": fields.to_seal_name(*_names(given)).text}


def _check_digit(given: Input) -> Value:
    return {"digit": check_digit.check_digit(member(given, "field", str))}


def _uvci_check(given: Input) -> Value:
    return {"character": uvci.check_character(member(given, "text", str))}


def _uvci_parse(given: Input) -> Value:
    found = uvci.parse(member(given, "text", str))
    return {
        "version": found.version,
        "country": found.country,
        "issuer": found.issuer,
        "vaccine": found.vaccine,
        "opaque": found.opaque,
        "check": found.check_character,
        "notes": sorted(found.notes),
    }


_OPERATIONS: Final[Mapping[str, Callable[[Input], Value]]] = {
    "verify": _verify,
    "decode": _decode,
    "base45.decode": _base45_decode,
    "base45.encode": _base45_encode,
    "zlib.inflate": _inflate,
    "cbor.check": _cbor_check,
    "jcs.canonical": _canonical,
    "cose.verify": foreign.verify_message,
    "signature.verify": foreign.verify_signature,
    "name.transliterate": _transliterate,
    "name.mrz": _mrz,
    "name.seal": _seal_name,
    "check-digit": _check_digit,
    "uvci.check": _uvci_check,
    "uvci.parse": _uvci_parse,
    "revocation.hashes": _revocation_hashes,
    "trustlist.load": list_files.load_trust_list,
    "revocationlist.load": list_files.load_revocation_list,
    "national.read": national.read_claim,
    "passport.identifier": national.passport_identifier,
    "attestation.verify": national.verify_attestation,
    "correction.verify": national.verify_record,
    "issue": issuing.issue_certificate,
    "dgc.flag": foreign.dgc_flag,
}
