"""What vectors of revocation have in common: a certificate against a list, and a list alone."""

from __future__ import annotations

from typing import Any, Final

from vectors.book import Book, accept
from vectors.certificates import serial_of
from vectors.hcert import DOSE, Made, hcert
from vectors.lists import digest, files

CI: Final = DOSE["ci"]
OF_CI: Final = digest(CI)
REVOKED, POSSIBLE, SIGNER, FORMAT = (
    *("revoked", "revoked.possible"),
    *("signer.revoked", "trustlist.format"),
)
OTHER_KID: Final = bytes.fromhex("0102030405060708")
SERIAL: Final = serial_of("dsc-aq-p256")


def verify(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    revocation: Any,
    code: str | None,
    made: Made | None = None,
    **others: Any,
) -> None:
    """A certificate, by default the usual one, against a list."""
    made = hcert() if made is None else made
    book.verify(
        f"revocation::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else accept(made.signer),
        revocation=revocation,
        **others,
    )


def load(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    data: bytes,
    *,
    asked: list[tuple[bytes, str, bytes, str | None]] | None = None,
) -> None:
    """A list, refused as a whole, or asked for hashes: kid, kind, hash, and what it says."""
    rows = asked or []
    certificates = [
        {"kid": kid.hex(), "hash_type": kind, "hash": value.hex()} for kid, kind, value, _ in rows
    ]
    given = files(data) | ({"certificates": certificates} if rows else {})
    book.add(
        f"revocation::{case}",
        spec=spec,
        comment=comment,
        op="revocationlist.load",
        input=given,
        accept={"certificates": [code for *_, code in rows]} if rows else None,
        reject=None if rows else FORMAT,
    )
