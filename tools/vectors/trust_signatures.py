"""Part of suite ``trust``: signatures of authorities whose algorithm cannot be read (RFC 4055)."""

from __future__ import annotations

from typing import Final

from vectors.book import Book, accept
from vectors.certificates import ECDSA_SHA256, certify, element, signed_again
from vectors.hcert import hcert
from vectors.keys import CSCA_AQ, Key, add, add_authority
from vectors.private import ec_key, pss, rsa_key

OID_PSS: Final = bytes.fromhex("06092a864886f70d01010a")
SHA256: Final = bytes.fromhex("300d06096086480165030402010500")
MGF1: Final = bytes.fromhex("06092a864886f70d010108")
PSS, PARAMETERS = "RFC 4055 §3.1", "RFC 5280 §6.1.3"


def build(book: Book) -> None:
    """Add the vectors."""
    authority = add_authority("csca-aq-rsa2048", rsa_key("csca-aq-rsa2048"))
    for case, algorithm, is_good, comment in (
        ("trailer-named", _pss(trailer=1), True, "The one trailer there is may be written out."),
        ("trailer-2", _pss(trailer=2), False, "There is one trailer field, of the number 1."),
        (
            *("other-mask", _pss(mask=MGF1[:-1] + b"\x09"), False),
            "The mask is made in a way that nobody knows.",
        ),
        ("salt-negative", _pss(salt=b"\xff"), False, "No salt is shorter than none."),
        (
            *("unknown-hash", _pss(hashed=SHA256[:-3] + b"\x7f\x05\0"), False),
            "A hash that nobody knows.",
        ),
        (
            "no-sequence",
            element(0x30, OID_PSS + b"\x05\0"),
            False,
            "NULL stands where parameters belong.",
        ),
        ("unknown", element(0x30, OID_PSS[:-1] + b"\x7f"), False, "An algorithm nobody knows."),
    ):
        signer = _under(f"dsc-aq-pss-{case}", authority, algorithm)
        _add(book, f"rsa-{case}", PSS, comment, signer, authority, is_good)
    signer = _under("dsc-aq-ecdsa-by-rsa", authority, ECDSA_SHA256)
    comment = "It says ECDSA, and its authority has an RSA key."
    _add(book, "ecdsa-by-rsa", PARAMETERS, comment, signer, authority, False)
    plain = certify(ec_key("dsc-aq-rsa-by-ecdsa"), "dsc-aq-rsa-by-ecdsa", issuer=CSCA_AQ.certified)
    made = signed_again(plain, sign=lambda _: bytes(256), inner=_pss())
    signer = add("dsc-aq-rsa-by-ecdsa", plain.key, made)
    comment = "It says RSA, and its authority has a key on a curve."
    _add(book, "rsa-by-ecdsa", PARAMETERS, comment, signer, CSCA_AQ, False)


def _add(
    book: Book, case: str, spec: str, comment: str, signer: Key, authority: Key, is_good: bool
) -> None:
    book.verify(
        f"trust::certificate-signature::{case}",
        hcert(signer=signer),
        spec=spec,
        comment=comment,
        accept=accept(signer) if is_good else None,
        reject=None if is_good else "signer.chain",
        authorities=(authority,),
    )


def _pss(
    *, hashed: bytes = SHA256, mask: bytes = MGF1, salt: bytes = b"\x20", trailer: int | None = None
) -> bytes:
    """RSASSA-PSS with its parameters; each may be amiss."""
    members = [hashed, element(0x30, mask + SHA256), element(0x02, salt)]
    if trailer is not None:
        members.append(element(0x02, bytes((trailer,))))
    parameters = b"".join(element(0xA0 + at, one) for at, one in enumerate(members))
    return element(0x30, OID_PSS + element(0x30, parameters))


def _under(name: str, authority: Key, algorithm: bytes) -> Key:
    """A signer signed by RSASSA-PSS as it should be, under another name of the algorithm."""
    key = rsa_key(authority.name)
    plain = certify(ec_key(name), name, issuer=authority.certified)
    was = bytes.fromhex("300d06092a864886f70d01010b0500")  # sha256WithRSAEncryption
    made = signed_again(plain, sign=lambda tbs: pss(key, tbs), was=was, inner=algorithm)
    return add(name, plain.key, made)
