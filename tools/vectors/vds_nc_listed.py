"""Part of suite ``vds-nc``: listed signers of other kids and countries, extensions that are known.

Spec: spec/vds-nc.md, section 9; spec/harness.md, section 7.
"""

from __future__ import annotations

from cryptography import x509

from vectors.book import Book, accept
from vectors.certificate_forms import SEQUENCE
from vectors.certificates import element
from vectors.hcert import LEFT_OUT, Made
from vectors.keys import CSCA_AQ, Key, add
from vectors.seal import SEAL_P256, seal, unlisted

SIGNER, COUNTRY = "VDS-NC 1.1, vds-nc.md §9", "harness.md §7"


def build(book: Book) -> None:
    """Add the vectors."""
    _kids(book)
    _countries(book)
    _critical(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    code: str | None = None,
    *,
    trust: tuple[Key, ...] = (),
    authorities: tuple[Key, ...] = (),
) -> None:
    book.verify(
        f"vds-nc::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else accept(made.signer, envelope="vds-nc"),
        trust=trust,
        authorities=authorities,
    )


def _kids(book: Book) -> None:
    elsewhere = add(
        "seal-aq-p256-elsewhere",
        SEAL_P256.private,
        SEAL_P256.certified,
        roles=SEAL_P256.roles,
        kid=b"\2" * 8,
    )
    comment = "Its certificate is listed under a kid that is not its own: it is not found there."
    made = seal()
    _add(book, "listed::another-kid", SIGNER, comment, made, "signer.chain", trust=(elsewhere,))
    comment = "Without a certificate in the seal the kid of the listed one does not matter."
    made = seal(sig={"cer": LEFT_OUT})
    _add(book, "no-certificate::another-kid", SIGNER, comment, made, trust=(elsewhere,))


def _countries(book: Book) -> None:
    named = unlisted("seal-aq-named-xa")
    named = add(named.name, named.private, named.certified, country="XA", roles=named.roles)
    comment = "The list says another country than the certificate, which counts."
    made = seal(signer=named)
    _add(book, "country::of-the-certificate", COUNTRY, comment, made, trust=(named,))


def _critical(book: Book) -> None:
    alternative = x509.IssuerAlternativeName([x509.DNSName("seals.example.org")])
    place = x509.DistributionPoint([x509.DNSName("seals.example.org")], None, None, None)
    policy = x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.32473.2"), None)
    period = element(SEQUENCE, element(0x80, b"20220101000000Z"))
    rows: list[tuple[str, x509.ExtensionType, str]] = [
        ("issuer-name", alternative, "Another name of its authority decides nothing."),
        ("places", x509.CRLDistributionPoints([place]), "Where lists are is known."),
        ("policies", x509.CertificatePolicies([policy]), "Policies are known, and have no force."),
        (
            *("period", x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.16"), period)),
            "How long the private key is in use is known.",
        ),
        (
            "change-of-name",
            x509.UnrecognizedExtension(x509.ObjectIdentifier("2.23.136.1.1.6.1"), b"\5\0"),
            "A state's change of name is known.",
        ),
    ]
    for case, extension, comment in rows:
        signer = unlisted(f"seal-aq-critical-{case}", extensions=[(extension, True)])
        made = seal(signer=signer)
        _add(book, f"certificate-critical::{case}", SIGNER, comment, made, authorities=(CSCA_AQ,))
    signer = unlisted("seal-aq-critical-constraints", ca=False)
    comment = "Basic constraints that say it is no authority are known."
    made = seal(signer=signer)
    _add(book, "certificate-critical::constraints", SIGNER, comment, made, authorities=(CSCA_AQ,))
    public = CSCA_AQ.private.public_key()
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(public)
    signer = unlisted("seal-aq-critical-authority", has_aki=False, extensions=[(identifier, True)])
    comment = "The identifier of its authority's key is known."
    made = seal(signer=signer)
    _add(book, "certificate-critical::authority", SIGNER, comment, made, authorities=(CSCA_AQ,))
    usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier("2.23.136.1.1.14.2")])
    signer = unlisted("seal-aq-critical-usage", usages=(), extensions=[(usage, True)])
    comment = "The usage that makes it a signer of seals may be critical."
    made = seal(signer=signer)
    _add(book, "certificate-critical::usage", SIGNER, comment, made, authorities=(CSCA_AQ,))
