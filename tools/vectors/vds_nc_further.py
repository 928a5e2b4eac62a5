"""Part of suite ``vds-nc``: what is amiss outside of what is signed, and signers without a word.

`data` passes two readers, of JSON and of its canonical form; what stands beside it only the first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from vectors.book import Book, accept
from vectors.hcert import LEFT_OUT
from vectors.keys import CSCA_AQ, Key, add
from vectors.seal import SEAL_P256, SEAL_P384, seal, unlisted

JSON, STEPS = "RFC 8259", "VDS-NC 1.1, vds-nc.md §9"
MALFORMED, UNSUPPORTED = "vdsnc.malformed", "vdsnc.unsupported"
HELD: Final = "%%"


def build(book: Book) -> None:
    """Add the vectors."""
    _beside(book)
    _without_certificate(book)
    _nobody_and_ended(book)


def _beside(book: Book) -> None:
    rows: list[tuple[str, str, str | None, str, str]] = [
        (
            *("half-a-pair", '"\\ud800"', MALFORMED, "RFC 7493 §2.1"),
            "An escape writes half a surrogate pair: no text has it.",
        ),
        (
            *("whole-pair", '"\\ud83d\\ude00"', None, "RFC 7493 §2.1"),
            "Two escapes write one character beyond the first plane.",
        ),
        (
            *("number-of-33", "1" * 33, MALFORMED, "RFC 7493 §2.2"),
            "A number of 33 digits: nobody needs it, and some take long to read it.",
        ),
        (
            *("number-of-32", "1" * 32, None, "RFC 7493 §2.2"),
            "A number of 32 digits is read; the member as such is nothing but reported.",
        ),
        (
            *("beyond-double", "1e999", MALFORMED, "RFC 7493 §2.2"),
            "No double is so large, wherever it stands.",
        ),
        (
            *("fraction-of-33", "0." + "1" * 31, MALFORMED, "RFC 7493 §2.2"),
            "A fraction of 33 characters is as long.",
        ),
    ]
    for case, value, code, spec, comment in rows:
        made = seal(sig={"note": HELD}, text=_holding(value))
        right = accept(made.signer, envelope="vds-nc", warnings=("schema.unknown_member",))
        book.verify(
            f"vds-nc::beside::{case}",
            made,
            spec=spec,
            comment=comment,
            reject=code,
            accept=None if code else right,
            trust=(),
            authorities=(CSCA_AQ,),
        )


def _holding(value: str) -> Callable[[str], str]:
    """What puts a value in the place that is held for it."""
    return lambda text: text.replace(f'"{HELD}"', value)


def _without_certificate(book: Book) -> None:
    def nobody(case: str, comment: str, trust: tuple[Key, ...]) -> None:
        made = seal(sig={"cer": LEFT_OUT})
        book.verify(
            f"vds-nc::no-certificate::{case}",
            made,
            spec=STEPS,
            comment=comment,
            reject=UNSUPPORTED,
            trust=trust,
            authorities=(CSCA_AQ,),
        )

    listed = add("seal-aq-p384", SEAL_P384.private, SEAL_P384.certified, roles=("seal-signer",))
    comment = "The issuer's listed signer has a key of another curve: it is no candidate."
    nobody("listed-of-another-curve", comment, (listed,))
    made = seal(sig={"cer": LEFT_OUT})
    book.verify(
        "vds-nc::no-certificate::listed-behind-another-curve",
        made,
        spec=STEPS,
        comment="The first of the issuer's listed signers is no candidate, and the second is.",
        accept=accept(made.signer, envelope="vds-nc"),
        trust=(listed, SEAL_P256),
        authorities=(CSCA_AQ,),
    )
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"), b"\x05\0")
    plain = unlisted("seal-aq-restricted", private=SEAL_P256.private, extensions=[(unknown, True)])
    listed = add("seal-aq-restricted", plain.private, plain.certified, roles=("seal-signer",))
    comment = "The listed signer's certificate has a critical extension that nobody here knows."
    nobody("listed-with-unknown-critical", comment, (listed,))


def _nobody_and_ended(book: Book) -> None:
    stranger = unlisted(
        "seal-aq-ended-of-nobody", issuer=None, not_after=datetime(2022, 5, 1, tzinfo=UTC)
    )
    book.verify(
        "vds-nc::chain::nobody-and-ended",
        seal(signer=stranger),
        spec="Doc 9303-12 §7.1",
        comment="Nobody vouches for it, so its dates mean nothing: that it ended says no more.",
        reject="signer.chain",
        trust=(),
        authorities=(CSCA_AQ,),
    )
