"""What a vector is, the people in it, and what is expected of it: said here by hand.

An expectation is what the maker of the file put into it. None is taken from what the library
under test finds there; that is for the test to compare.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from cms_maker import Holder, PrivateKey
from trust_vectors.makers import (
    EARLY_RECOVERY,
    FROM,
    TEST,
    UNTIL,
    VACCINATION,
    certificate_pem,
    certify,
    ec_key,
    public_pem,
    rsa_key,
    spki,
    text,
)

Node = dict[str, Any]

# When the lists that state times were issued and end, and moments before, between and behind.
ISSUED: Final = datetime(2022, 5, 1, 7, tzinfo=UTC)
EXPIRES: Final = datetime(2022, 5, 3, 7, tzinfo=UTC)
BEFORE, DURING, AFTER = (datetime(2022, 5, day, tzinfo=UTC) for day in (1, 2, 4))
ISSUED_SECONDS: Final = 1_651_388_400  # of a list without a number, its number
EXPIRES_SECONDS: Final = ISSUED_SECONDS + 2 * 86_400


# --- who is in them -------------------------------------------------------------------------------
# UT is Utopia, ICAO's fictional state; XA, XB, ... are codes that ISO 3166 gives to nobody.

CSCA_UT: Final = certify(ec_key("CSCA UT"), "CSCA UT", is_authority=True)
CSCA_XA: Final = certify(ec_key("CSCA XA", ec.SECP384R1), "CSCA XA", "XA", is_authority=True)

ANY: Final = certify(ec_key("DSC 1"), "DSC 1", issuer=CSCA_UT)
TEST_OR_VACCINATION: Final = certify(
    ec_key("DSC 2"), "DSC 2", issuer=CSCA_UT, usages=(TEST, VACCINATION)
)
OF_RSA: Final = certify(rsa_key("RSA 1"), "DSC 3", issuer=CSCA_UT, usages=(EARLY_RECOVERY,))
ABROAD: Final = certify(ec_key("DSC 4"), "DSC 4", "XA", issuer=CSCA_XA)

BARE: Final = ec_key("bare 1")
SECOND_BARE: Final = ec_key("bare 2")
BRAINPOOL: Final = ec_key("brainpool", ec.BrainpoolP256R1)  # no algorithm of certificates uses it

LIST_ROOT: Final = certify(ec_key("list root"), "list root", is_authority=True)
PUBLISHER: Final = certify(ec_key("publisher"), "list publisher", issuer=LIST_ROOT)
DUTCH_PUBLISHER: Final = certify(rsa_key("RSA 2"), "list publisher 2", issuer=LIST_ROOT)
ANCHOR: Final = certify(ec_key("anchor"), "trust anchor", "XE", is_authority=True)
STRANGER: Final = ec_key("stranger")

_HOLDERS: Final = {
    "throw-away-csca-ut": CSCA_UT,
    "throw-away-csca-xa": CSCA_XA,
    "throw-away-list-root": LIST_ROOT,
    "throw-away-trust-anchor": ANCHOR,
}
_PUBLIC_KEYS: Final[dict[str, PrivateKey]] = {
    "throw-away-publisher": PUBLISHER.key,
    "throw-away-publisher-2": DUTCH_PUBLISHER.key,
    "throw-away-stranger": STRANGER,
}


def key_files() -> dict[str, bytes]:
    """The files that lists are checked with: certificates, and keys without one."""
    certificates = {f"keys/{name}.crt.pem": certificate_pem(one) for name, one in _HOLDERS.items()}
    keys = {f"keys/{name}.pub.pem": public_pem(key) for name, key in _PUBLIC_KEYS.items()}
    return certificates | keys


PUBLISHER_KEY, DUTCH_PUBLISHER_KEY, STRANGER_KEY = (
    f"keys/throw-away-{name}.pub.pem" for name in ("publisher", "publisher-2", "stranger")
)
CSCA_UT_FILE, CSCA_XA_FILE, LIST_ROOT_FILE, ANCHOR_FILE = (
    f"keys/throw-away-{name}.crt.pem"
    for name in ("csca-ut", "csca-xa", "list-root", "trust-anchor")
)


def kid_of(holder: Holder) -> bytes:
    """The key identifier that a certificate has by itself (HCERT A.1)."""
    return sha256(holder.certificate).digest()[:8]


def kid_text(holder: Holder) -> str:
    """The same in Base64."""
    return text(kid_of(holder))


# --- what is expected -----------------------------------------------------------------------------


def time(moment: datetime | None) -> str | None:
    """A time in the form of RFC 3339."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def usable(
    holder: Holder,
    country: str | None,
    usages: Iterable[str] = (),
    *,
    role: str = "signer",
    kid: bytes | None = None,
) -> Node:
    """A key with its certificate that can be used."""
    return _key(
        kid or kid_of(holder), holder.key, role, country, usages, certificate=holder.certificate
    )


def usable_key(
    key: PrivateKey, kid: bytes, country: str | None = None, usages: Iterable[str] = ()
) -> Node:
    """A bare key that can be used."""
    return _key(kid, key, "signer", country, usages)


def _key(
    kid: bytes,
    key: PrivateKey,
    role: str,
    country: str | None,
    usages: Iterable[str],
    *,
    certificate: bytes | None = None,
) -> Node:
    return {
        "kid": kid.hex(),
        "role": role,
        "country": country,
        "usages": sorted(usages),
        "public_key": sha256(spki(key)).hexdigest(),
        "certificate": sha256(certificate).hexdigest() if certificate else None,
        "not_before": time(FROM) if certificate else None,
        "not_after": time(UNTIL) if certificate else None,
    }


def aside(kid: bytes, country: str | None, why: str, mentions: str) -> Node:
    """What cannot be used: why in our words, and a word of the reason that the library gives."""
    return {"kid": kid.hex(), "country": country, "why": why, "mentions": mentions}


def load(name: str, *, authenticated: bool = False, **checks: Any) -> Node:
    """A way to load it that must be accepted; the checks are those of `_given`."""
    return {"id": name, **_given(**checks), "authenticated": authenticated}


def refusal(
    name: str,
    code: str,
    *,
    files: Iterable[str] = (),
    change: Node | None = None,
    place: str | None = None,
    **checks: Any,
) -> Node:
    """A way to load it that must be refused, with the code of the error.

    Args:
        name: What is wrong, in words with hyphens.
        code: Of the error.
        files: Other files than those of the vector.
        change: Of one byte of its files.
        place: The entry that is to blame, where the format can tell.
        checks: Those of `_given`.
    """
    members = {"files": list(files), "change": change, **_given(**checks), "place": place}
    return {"id": name, **{key: value for key, value in members.items() if value}, "reject": code}


def _given(
    *,
    key: str | None = None,
    authorities: str | None = None,
    at: datetime | None = None,
    last_sequence: int | None = None,
) -> Node:
    """What a list is checked with: a publisher's key, authorities, a moment, the last number."""
    members = {
        "signing_key": key,
        "authorities": authorities,
        "at": time(at),
        "last_sequence": last_sequence,
    }
    return {name: value for name, value in members.items() if value is not None}


UNSIGNED_REFUSALS: Final = (
    refusal("a-key-for-a-list-without-a-signature", "trustlist.signature", key=PUBLISHER_KEY),
    refusal("no-number-to-compare", "trustlist.rollback", last_sequence=1),
)
"""Of a list in a format that has neither a signature nor a number nor times."""


UNAUTHENTICATED: Final = load("without-a-key")


def signed_refusals(
    key: str,
    *,
    content: Node,
    signature: Node,
    authorities: str | None = None,
    is_issued: bool = True,
    is_ending: bool = True,
    sequence: int | None = ISSUED_SECONDS,
) -> list[Node]:
    """What any signed list must be refused for, as far as it states times and a number.

    Args:
        key: File of the right key.
        content: A change of what is signed.
        signature: A change of the signature's value.
        authorities: File of an authority that has not certified the publisher, where the list
            brings along a certificate.
        is_issued: It states when it was issued.
        is_ending: It states when it ends.
        sequence: Its number.
    """
    code = "trustlist.signature"
    found = [
        refusal("one-bit-of-the-content", code, key=key, change=content),
        refusal("one-bit-of-the-signature", code, key=key, change=signature),
        refusal("the-key-of-somebody-else", code, key=STRANGER_KEY),
    ]
    if authorities:
        found.append(refusal("another-authority", code, authorities=authorities))
    if is_issued:
        found.append(refusal("before-it-was-issued", "trustlist.stale", key=key, at=BEFORE))
    if is_ending:
        found.append(refusal("after-its-end", "trustlist.stale", key=key, at=AFTER))
    last = 1 if sequence is None else sequence + 1
    name = "no-number-to-compare" if sequence is None else "an-older-list-than-the-last"
    return [*found, refusal(name, "trustlist.rollback", key=key, last_sequence=last)]


@dataclass(kw_only=True)
class Vector:
    """One list: its files, and what is expected of them.

    Attributes:
        id: Words with hyphens.
        kind: Trust list or revocation list.
        format: The library's name of the format.
        made_from: Where the form of it is taken from.
        files: Path in the folder, content.
        others: Files that are no part of it, and stand in a refusal.
        contents: What is in it; of a trust list the keys, of a revocation list what it revokes.
        loads: Ways to load it.
        refusals: Ways in which it must be refused.
    """

    id: str
    format: str
    made_from: str
    files: Mapping[str, bytes]
    contents: Node
    loads: list[Node]
    refusals: list[Node]
    kind: str = "trust list"
    others: Mapping[str, bytes] = field(default_factory=dict)

    def document(self) -> Node:
        """As it stands in ``expected.json``."""
        return {
            "id": self.id,
            "kind": self.kind,
            "format": self.format,
            "made_from": self.made_from,
            "files": list(self.files),
            **self.contents,
            "loads": self.loads,
            "refusals": self.refusals,
        }


def keys(
    found: Iterable[Node],
    set_aside: Iterable[Node] = (),
    *,
    issued_at: datetime | None = None,
    expires_at: datetime | None = None,
    sequence: int | None = None,
) -> Node:
    """The contents of a trust list."""
    usable_keys, others = list(found), list(set_aside)
    return {
        "issued_at": time(issued_at),
        "expires_at": time(expires_at),
        "sequence": sequence,
        "usable": len(usable_keys),
        "set_aside": len(others),
        "usable_keys": usable_keys,
        "entries_set_aside": others,
    }


# --- one bit changed ------------------------------------------------------------------------------

_LETTERS_AND_DIGITS: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits
_OTHER_OF = {"+": "/", "/": "+", "-": "_", "_": "-"} | {
    one: _LETTERS_AND_DIGITS[number ^ 1] for number, one in enumerate(_LETTERS_AND_DIGITS)
}


def flip(file: str, data: bytes, offset: int) -> Node:
    """The lowest bit of a byte."""
    return _change(file, data, offset, data[offset] ^ 1)


def flip_in_base64(file: str, data: bytes, start: int, byte: int) -> Node:
    """A bit of a byte, or of the one behind it, in what stands there in Base64.

    Args:
        file: Its path.
        data: Its content.
        start: Where the Base64 starts, of either alphabet and without line breaks.
        byte: Position of the byte in what it encodes.
    """
    offset = start + (8 * byte + 5) // 6  # the first character that starts in the byte
    return _change(file, data, offset, ord(_OTHER_OF[chr(data[offset])]))


def _change(file: str, data: bytes, offset: int, value: int) -> Node:
    return {
        "file": file,
        "offset": offset,
        "from": data[offset : offset + 1].hex(),
        "to": bytes([value]).hex(),
    }
