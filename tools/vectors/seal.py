"""VDS-NC seals made step by step, with a place for a defect in each, and who signs them.

data -> canonical form (RFC 8785) -> signature -> JSON text
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from vectors.certificates import Certified, certify
from vectors.hcert import LEFT_OUT, Change, Made, changed
from vectors.keys import CSCA_AQ, Key, add, add_authority
from vectors.private import PrivateKey, ec_key

Node = dict[str, Any]

SEAL_USAGE: Final = "2.23.136.1.1.14.2"
DOCUMENT_TYPES: Final = x509.ObjectIdentifier("2.23.136.1.1.6.2")

VACCINATED: Final[Node] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "ATA"},
    "msg": {
        "uvci": "AQ0000000011",
        "pid": {"n": "NGUYEN MAU  THI THU", "dob": "1990-02-03", "sex": "F", "i": "X0000001"},
        "ve": [
            {
                "des": "XM8NQ0",
                "nam": "COMIRNATY",
                "dis": "RA01.0",
                "vd": [
                    {
                        "dvc": "2022-03-01",
                        "seq": 1,
                        "ctr": "ATA",
                        "adm": "Specimen Clinic",
                        "lot": "SPECIMEN1",
                        "dvn": "2022-03-29",
                    }
                ],
            }
        ],
    },
}
TESTED: Final[Node] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "ATA"},
    "msg": {
        "utci": "AQ0000000028",
        "pid": {"n": "NGUYEN MAU  THI THU", "dob": "1990-02-03", "dt": "P", "dn": "X0000001"},
        "sp": {
            "spn": "Specimen Laboratory",
            "ctr": "ATA",
            "cd": {"p": "+00068765432", "e": "lab@example.org", "a": "1 Specimen Street"},
        },
        "dat": {"sc": "2022-05-30T08:30:00Z", "ri": "2022-05-30T15:00:00+07:00"},
        "tr": {"tc": "molecular(PCR)", "r": "negative", "m": "nasopharyngeal"},
        "opt": "SPECIMEN",
    },
}


def document_types(*types: str) -> tuple[x509.ExtensionType, bool]:
    """The extension that says of which types of document a certificate is, not critical."""
    listed = b"".join(bytes((0x13, len(one))) + one.encode() for one in sorted(types))
    content = b"\x02\x01\x00\x31" + bytes((len(listed),)) + listed
    value = b"\x30" + bytes((len(content),)) + content
    return x509.UnrecognizedExtension(DOCUMENT_TYPES, value), False


def unlisted(
    name: str,
    *,
    issuer: Key | None = CSCA_AQ,
    country: str = "AQ",
    private: PrivateKey | None = None,
    usages: Iterable[str] = (SEAL_USAGE,),
    **options: Any,
) -> Key:
    """A signer of seals that stands in no list: its certificate is in its seals.

    Args:
        name: Its private key and serial number follow from it.
        issuer: Who certified it; None: itself.
        country: Of the certificate.
        private: Its key; by default one of P-256.
        usages: Extended key usages.
        options: As `certify` has them.
    """
    key = private or ec_key(name)
    authority = issuer.certified if issuer else None
    made = certify(key, name, country, issuer=authority, usages=usages, **options)
    return with_certificate(name, made, country)


def with_certificate(name: str, made: Certified, country: str = "AQ") -> Key:
    """A signer that stands in no list, by its certificate."""
    kid = x509_kid(made.certificate)
    return Key(
        name=name,
        private=made.key,
        kid=kid,
        country=country,
        roles=("seal-signer",),
        certificate=made.certificate,
    )


def x509_kid(certificate: bytes) -> bytes:
    """The key identifier of a certificate: the start of its SHA-256 (HCERT A.1)."""
    return sha256(certificate).digest()[:8]


_P256: Final = unlisted("seal-aq-p256")

SEAL_P256: Final = add("seal-aq-p256", _P256.private, _P256.certified, roles=_P256.roles)
SEAL_P384: Final = unlisted("seal-aq-p384", private=ec_key("seal-aq-p384", ec.SECP384R1))
SEAL_P521: Final = unlisted("seal-aq-p521", private=ec_key("seal-aq-p521", ec.SECP521R1))

CSCA_DE: Final = add_authority("csca-de", ec_key("csca-de"), "DE")


# --- data ----------------------------------------------------------------------------------------


def edit(data: Node, path: str, value: Any) -> Node:
    """A copy of data with another value at a path such as ``msg/ve/0/des``, or without it."""
    made = deepcopy(data)
    *way, last = path.split("/")
    at: Any = made
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    if value is LEFT_OUT:
        del at[last]
    else:
        at[int(last) if isinstance(at, list) else last] = value
    return made


def canonical(value: Any) -> bytes:
    """The canonical form of JSON (RFC 8785), of floating-point numbers that are whole or short."""
    return _canonical(value).encode()


def _canonical(value: Any) -> str:
    match value:
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            members = (f"{_canonical(name)}:{_canonical(value[name])}" for name in names)
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(map(_canonical, value)) + "]"
        case float() if value.is_integer():
            return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def compact(value: Any) -> str:
    """JSON without white space, members in the order in which they are given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- the text ------------------------------------------------------------------------------------


def base64url(data: bytes, *, padded: bool = False) -> str:
    """Base64url (RFC 4648 §5)."""
    text = urlsafe_b64encode(data).decode("ascii")
    return text if padded else text.rstrip("=")


def seal(
    data: Node | None = None,
    *,
    signer: Key = SEAL_P256,
    signed_with: Key | None = None,
    to_be_signed: bytes | None = None,
    signature: Change | bytes | None = None,
    padded: bool = False,
    sig: Mapping[str, Any] | None = None,
    outer: Mapping[str, Any] | None = None,
    data_text: str | None = None,
    text: Callable[[str], str] | None = None,
) -> Made:
    """Make a seal. Whatever is not said is right.

    Args:
        data: ``hdr`` and ``msg``; by default of a vaccination.
        signer: Whose certificate is in it.
        signed_with: Whose key signs in truth.
        to_be_signed: What is signed instead of the canonical form.
        signature: r and s, or what is made of the right ones.
        padded: Whether the Base64 has its padding.
        sig: Members of ``sig`` to change, to add or to leave out (`LEFT_OUT`).
        outer: Those of the whole.
        data_text: The JSON of ``data`` in the text.
        text: Makes the text of what would be right.
    """
    content = VACCINATED if data is None else data
    signed = canonical(content) if to_be_signed is None else to_be_signed
    made = (signed_with or signer).sign(signed)
    if signature is not None:
        made = signature if isinstance(signature, bytes) else signature(made)
    envelope = {
        "alg": signer.algorithm,
        "sigvl": base64url(made, padded=padded),
        "cer": base64url(signer.certificate or b"", padded=padded),
    }
    whole = changed({"data": content, "sig": changed(envelope, sig or {})}, outer or {})
    if data_text is None:
        written = compact(whole)
    else:
        written = '{"data":' + data_text + ',"sig":' + compact(whole["sig"]) + "}"
    is_found = "data" in whole and to_be_signed is None
    return Made(
        written if text is None else text(written),
        {"to_be_signed": signed.hex()} if is_found else {},
        signer,
    )
