"""Part of suite ``trust``: keys marked for PSS, bare keys of authorities, and what they vouch for.

Spec: spec/verification.md, sections 3 and 5.
"""

from __future__ import annotations

from typing import Final

from cryptography import x509

from vectors.book import Book, accept
from vectors.certificate_forms import content, elements
from vectors.certificates import Certified, certify, ecdsa_by, element
from vectors.hcert import Made, hcert
from vectors.keys import CSCA_AQ, CSCA_XA, Key, add, add_authority, add_signer
from vectors.private import ec_key, rsa_key
from vectors.trust_signatures import MGF1, OID_PSS, SHA256

MARKED, CHAIN = "RFC 4055 §1.2", "RFC 5280 §6.1.3"
KEY: Final = 6  # among the parts of what is signed

ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
SAME_MASK: Final = element(0x30, MGF1 + SHA256)


def build(book: Book) -> None:
    """Add the vectors."""
    _marked(book)
    _bare(book)
    _restricted(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    code: str | None = None,
    authorities: tuple[Key, ...] | None = None,
) -> None:
    book.verify(
        f"trust::{case}",
        made,
        spec=spec,
        comment=comment,
        accept=None if code else accept(made.signer),
        reject=code,
        authorities=authorities,
    )


def _marked(book: Book) -> None:
    """RSA keys whose certificate says that they are for RSASSA-PSS, and with which parameters."""
    salt_32 = element(0xA2, bytes((2, 1, 32)))
    both = element(0xA0, SHA256) + element(0xA1, SAME_MASK)
    rows: list[tuple[str, bytes | None, str]] = [
        ("no-parameters", None, "It is for PSS, with any parameters."),
        ("salt-32", both + salt_32, "The parameters are those of PS256."),
        ("salt-left-out", both, "The least salt is one of 20 bytes: 32 are enough."),
    ]
    for case, parameters, comment in rows:
        made = hcert(signer=_signer(f"dsc-aq-for-pss-{case}", parameters))
        _add(book, f"pss-key::{case}", MARKED, comment, made)


def _signer(name: str, parameters: bytes | None) -> Key:
    """A signer with an RSA key that is marked so."""
    private = rsa_key("dsc-aq-rsa2048")
    plain = certify(private, name, issuer=CSCA_AQ.certified)
    parts = elements(content(plain.parsed.tbs_certificate_bytes))
    stated = b"" if parameters is None else element(0x30, parameters)
    _, bits = elements(content(parts[KEY]))
    parts[KEY] = element(0x30, element(0x30, OID_PSS + stated) + bits)
    signed = element(0x30, b"".join(parts))
    signature = element(0x03, b"\0" + ecdsa_by(CSCA_AQ.certified)(signed))
    return add(name, private, Certified(private, element(0x30, signed + ECDSA_SHA256 + signature)))


def _bare(book: Book) -> None:
    bare = add("csca-aq-bare", CSCA_AQ.private, roles=("authority",))
    nobody = x509.AuthorityKeyIdentifier(bytes(20), None, None)
    name = "dsc-aq-of-nobodys-key"
    signer = add_signer(name, ec_key(name), CSCA_AQ, has_aki=False, extensions=[(nobody, False)])
    made = hcert(signer=signer)
    comment = "It names a key that nobody has, and a bare key has no name to be found by."
    _add(book, "chain::bare-key-not-named", CHAIN, comment, made, "signer.chain", (bare,))
    comment = "It names a key that nobody has: then its authority is found by name."
    _add(book, "chain::key-not-named", CHAIN, comment, made, None, (CSCA_AQ,))
    name = "dsc-aq-no-aki"
    made = hcert(signer=add_signer(name, ec_key(name), CSCA_AQ, has_aki=False))
    comment = "It names no key: every bare one is tried."
    _add(book, "chain::bare-key-no-key-named", CHAIN, comment, made, None, (bare,))


def _restricted(book: Book) -> None:
    abroad = x509.DirectoryName(CSCA_XA.certified.parsed.subject)
    names = x509.NameConstraints([abroad], excluded_subtrees=None)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"), b"\x05\0")
    for case, extension, comment in (
        ("name-constraints", names, "It is for names of another state, and trusted as given."),
        ("unknown-critical", unknown, "An authority is trusted whatever restricts it besides."),
    ):
        name = f"csca-aq-{case}"
        authority = add_authority(name, ec_key(name), extensions=[(extension, True)])
        made = hcert(signer=add_signer(f"dsc-aq-under-{case}", ec_key(f"dsc-{case}"), authority))
        _add(book, f"authority::{case}", CHAIN, comment, made, None, (authority,))
