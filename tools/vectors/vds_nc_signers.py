"""Suite ``vds-nc``, third part: the certificate in a seal, who vouches for it, what it may sign.

Spec: spec/vds-nc.md, sections 8 and 9; ICAO Doc 9303-12 §7.1; RFC 5280.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vectors.book import Book, accept
from vectors.certificates import (
    ECDSA_SHA1,
    TEST,
    VACCINATION,
    Certified,
    ecdsa_by,
    serial_of,
    signed_again,
)
from vectors.hcert import LEFT_OUT, Made, flip, hcert
from vectors.keys import CSCA_AQ, CSCA_XA, Key, add, add_authority
from vectors.lists import UCI, crl, digest, files, listed
from vectors.private import ec_key, rsa_key
from vectors.seal import (
    CSCA_DE,
    DOCUMENT_TYPES,
    SEAL_P256,
    SEAL_USAGE,
    TESTED,
    VACCINATED,
    base64url,
    document_types,
    edit,
    seal,
    unlisted,
    with_certificate,
)

SIGNER, STEPS = "VDS-NC 1.1, vds-nc.md §8", "VDS-NC 1.1, vds-nc.md §9"
DOC_9303, VALIDITY = "ICAO Doc 9303-12 §7.1", "RFC 5280 §4.1.2.5"
UNSUPPORTED, CHAIN, USAGE = "vdsnc.unsupported", "signer.chain", "signer.usage"

_END: Final = datetime(2022, 9, 1, tzinfo=UTC)
_LATER: Final = datetime(2023, 9, 1, tzinfo=UTC)


def add_signers(book: Book) -> None:
    """Add these vectors."""
    _certificates(book)
    _without_certificate(book)
    _listed(book)
    _authorities(book)
    _validity(book)
    _usages(book)
    _countries(book)
    _revoked(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    code: str | None = None,
    warnings: Iterable[str] = (),
    **others: Any,
) -> None:
    book.verify(
        f"vds-nc::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else accept(made.signer, envelope="vds-nc", warnings=warnings),
        **{"trust": (), "authorities": (CSCA_AQ,), **others},
    )


def _certificates(book: Book) -> None:
    certificate = SEAL_P256.certificate or b""
    public = SEAL_P256.private.public_key()
    rows: list[tuple[str, bytes, str]] = [
        ("noise", bytes(range(200)), "No certificate at all."),
        ("cut-off", certificate[:-20], "Its end is missing."),
        ("byte-behind", certificate + b"\0", "A byte follows it."),
        ("pem", b"-----BEGIN CERTIFICATE-----\n" + certificate, "DER is asked for."),
        (
            *("public-key", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
            "A public key is no certificate: nobody vouches for it.",
        ),
    ]
    for case, data, comment in rows:
        made = seal(sig={"cer": base64url(data)})
        _add(book, f"certificate::{case}", SIGNER, comment, made, UNSUPPORTED)
    curve = ec_key("seal-aq-secp256k1", ec.SECP256K1)
    other = unlisted("seal-aq-secp256k1", private=curve)
    comment = "A curve that is none of the three: it may be good, and cannot be checked."
    made = _seal_of(other, algorithm="ES256")
    _add(book, "certificate::unknown-curve", SIGNER, comment, made, UNSUPPORTED)
    rsa = unlisted("dsc-aq-rsa2048", private=rsa_key("dsc-aq-rsa2048"))
    comment = "An RSA key signs no seal, whatever alg says."
    made = _seal_of(rsa, algorithm="ES256")
    _add(book, "certificate::rsa", SIGNER, comment, made, "trust.algorithm_mismatch")
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"), b"\x05\0")
    strange = unlisted("seal-aq-critical", extensions=[(unknown, True)])
    comment = "What a critical extension says, and nobody here knows, may change everything."
    _add(
        book, "certificate::unknown-critical", DOC_9303, comment, seal(signer=strange), UNSUPPORTED
    )
    names = x509.NameConstraints(
        [x509.DirectoryName(CSCA_AQ.certified.parsed.subject)], excluded_subtrees=None
    )
    constrained = unlisted("seal-aq-constrained", extensions=[(names, False)])
    made = seal(signer=constrained)
    comment = "Name constraints are not supported, critical or not."
    _add(book, "certificate::name-constraints", DOC_9303, comment, made, UNSUPPORTED)
    harmless = unlisted("seal-aq-harmless", extensions=[(unknown, False)])
    comment = "An extension that nobody knows, and that is not critical, is passed over."
    _add(book, "certificate::unknown-extension", DOC_9303, comment, seal(signer=harmless))
    alternative = x509.SubjectAlternativeName([x509.DNSName("seals.example.org")])
    named = unlisted("seal-aq-named", extensions=[(alternative, True)])
    comment = "The profile forbids an alternative name, and Japan's signer has one."
    _add(book, "certificate::alternative-name", SIGNER, comment, seal(signer=named))


def _seal_of(signer: Key, *, algorithm: str) -> Made:
    """A seal that names an algorithm of which its certificate's key is not; signed by another."""
    made = seal(signed_with=SEAL_P256, sig={"cer": base64url(signer.certificate or b"")})
    return Made(made.text.replace('"ES256"', f'"{algorithm}"'), made.intermediates, signer)


def _without_certificate(book: Book) -> None:
    without = seal(sig={"cer": LEFT_OUT})
    comment = "Its issuer's listed signer is found without it."
    _add(book, "no-certificate::listed", STEPS, comment, without, trust=(SEAL_P256,))
    comment = "Nobody is listed who could have signed it."
    _add(book, "no-certificate::nobody-listed", STEPS, comment, without, UNSUPPORTED)
    german = _register("seal-de-p256", CSCA_DE, "DE")
    comment = "A signer of another country is no candidate."
    made = without
    _add(book, "no-certificate::listed-abroad", STEPS, comment, made, UNSUPPORTED, trust=(german,))
    others = (_register("seal-aq-other", CSCA_AQ, "AQ"), SEAL_P256)
    comment = "All listed signers of the issuer are tried."
    _add(book, "no-certificate::several-listed", STEPS, comment, without, trust=others)
    comment = "None of the issuer's listed signers has made it."
    code = "signature.invalid"
    _add(
        *(book, "no-certificate::other-listed", STEPS, comment, without, code),
        trust=others[:1],
    )
    comment = "A signer of health certificates is none of seals."
    dsc = _register("seal-aq-no-usage", CSCA_AQ, "AQ", usages=())
    made = seal(signer=dsc, sig={"cer": LEFT_OUT})
    _add(book, "no-certificate::no-seal-signer", STEPS, comment, made, UNSUPPORTED, trust=(dsc,))


def _register(name: str, issuer: Key, country: str, **options: Any) -> Key:
    """A signer of seals that stands in lists."""
    made = unlisted(name, issuer=issuer, country=country, **options)
    return add(name, made.private, made.certified, country=country, roles=("seal-signer",))


def _listed(book: Book) -> None:
    usual = seal()
    comment = "Who is listed itself needs no authority."
    _add(book, "listed::no-authorities", SIGNER, comment, usual, trust=(SEAL_P256,), authorities=())
    comment = "Not even where authorities are given, and none of them is its own."
    _add(
        *(book, "listed::other-authority", SIGNER, comment, usual),
        trust=(SEAL_P256,),
        authorities=(CSCA_XA,),
    )
    comment = "The list is asked first; then its authority."
    other = _register("seal-aq-another", CSCA_AQ, "AQ")
    _add(book, "listed::somebody-else", SIGNER, comment, usual, trust=(other,))
    comment = "Neither listed nor under an authority that is given."
    _add(
        *(book, "listed::neither", SIGNER, comment, usual, CHAIN),
        trust=(other,),
        authorities=(),
    )
    comment = "Where no authorities are given, those of the list vouch."
    _add(book, "listed::its-authority", SIGNER, comment, usual, trust=(CSCA_AQ,), authorities=None)
    comment = "No list has it, and no authority of a list."
    _add(
        book,
        "listed::another-authority",
        SIGNER,
        comment,
        usual,
        CHAIN,
        trust=(CSCA_XA,),
        authorities=None,
    )
    self_made = unlisted("seal-aq-self-made", issuer=None)
    comment = "Anybody can make a certificate for himself."
    _add(book, "listed::self-made", SIGNER, comment, seal(signer=self_made), CHAIN)
    twin = unlisted("seal-aq-twin", private=SEAL_P256.private)
    comment = "The key is listed, and this certificate over it is another; its authority vouches."
    made = seal(signer=twin)
    _add(book, "listed::same-key", SIGNER, comment, made, trust=(SEAL_P256,))
    comment = "The key alone is not enough: nobody vouches for this certificate."
    _add(
        *(book, "listed::same-key-alone", SIGNER, comment, made, CHAIN),
        trust=(SEAL_P256,),
        authorities=(),
    )


def _authorities(book: Book) -> None:
    def chained(case: str, comment: str, signer: Key, code: str | None, **others: Any) -> None:
        _add(book, f"chain::{case}", "RFC 5280 §6.1", comment, seal(signer=signer), code, **others)

    chained(
        "unknown",
        "Another country's authority did not sign it.",
        SEAL_P256,
        CHAIN,
        authorities=(CSCA_XA,),
    )
    impostor = Key(
        name="csca-impostor",
        private=ec_key("csca-impostor"),
        kid=CSCA_AQ.kid,
        country="AQ",
        roles=("authority",),
        certificate=CSCA_AQ.certificate,
    )
    forged = unlisted("seal-aq-forged", issuer=impostor)
    comment = "It names the authority, and another key has signed it."
    chained("forged", comment, forged, CHAIN)
    made = with_certificate("seal-aq-p256", _damaged(SEAL_P256.certified))
    chained("damaged", "One bit of its authority's signature is another.", made, CHAIN)
    under_signer = unlisted("seal-aq-under-signer", issuer=SEAL_P256)
    comment = "A signer is no authority: it vouches for nobody."
    chained("under-a-signer", comment, under_signer, CHAIN, trust=(SEAL_P256,))
    no_ca = add_authority(
        "csca-aq-seals-no-ca", ec_key("csca-aq-seals-no-ca"), ca=False, path_length=None
    )
    signer = unlisted("seal-aq-no-ca", issuer=no_ca)
    comment = "Its basic constraints say that it is no authority."
    chained("no-authority", comment, signer, CHAIN, authorities=(no_ca,))
    crl_only = add_authority(
        "csca-aq-seals-crl-only", ec_key("csca-aq-seals-crl-only"), key_usage=("crl_sign",)
    )
    signer = unlisted("seal-aq-crl-only", issuer=crl_only)
    comment = "Its key usage allows it lists, and no certificates."
    chained("key-usage", comment, signer, CHAIN, authorities=(crl_only,))
    ended = add_authority("csca-aq-seals-ended", ec_key("csca-aq-seals-ended"), not_after=_END)
    signer = unlisted("seal-aq-of-ended", issuer=ended)
    comment = "The last second of the authority."
    at = {"at": "2022-09-01T00:00:00Z", "authorities": (ended,)}
    chained("authority-at-its-end", comment, signer, None, **at)
    comment = "The authority has ended, and its signer has not."
    at = {"at": "2022-09-01T00:00:01Z", "authorities": (ended,)}
    chained("authority-ended", comment, signer, CHAIN, **at)
    both = unlisted("seal-aq-ended-with-it", issuer=ended, not_after=_END)
    comment = "Both have ended: of the two the signer says more."
    chained("both-ended", comment, both, "signer.expired", **at)
    # A country renews its authority's certificate over the same key: two under one identifier.
    renewed = add_authority(
        "csca-aq-seals-renewed", ended.private, title="Throw-away csca-aq-seals-ended"
    )
    comment = "Two certificates over one key: one has ended, the other vouches."
    at = {"at": "2022-09-01T00:00:01Z", "authorities": (ended, renewed)}
    chained("renewed-authority", comment, signer, None, **at)
    without = unlisted("seal-aq-no-aki", has_aki=False)
    comment = "Without the authority's key identifier its name is enough."
    chained("no-key-identifier", comment, without, None)
    old = signed_again(
        unlisted("seal-aq-sha1").certified,
        sign=ecdsa_by(CSCA_AQ.certified, hashes.SHA1()),
        inner=ECDSA_SHA1,
    )
    sha1 = with_certificate("seal-aq-sha1", old)
    chained("sha1", "SHA-1 can be forged.", sha1, CHAIN)
    comment = "Tolerated, it is reported."
    chained("sha1-tolerant", comment, sha1, None, policy="tolerant", warnings=["signer.sha1"])


def _damaged(made: Certified) -> Certified:
    return Certified(made.key, flip(-1)(made.certificate))


def _validity(book: Book) -> None:
    ended = unlisted("seal-aq-short", not_before=datetime(2022, 5, 1, tzinfo=UTC), not_after=_END)
    rows: list[tuple[str, str, str | None, str]] = [
        ("start", "2022-05-01T00:00:00Z", None, "notBefore is the first valid moment."),
        ("before", "2022-04-30T23:59:59Z", "signer.not_yet_valid", "One second too early."),
        ("end", "2022-09-01T00:00:00Z", None, "notAfter is the last valid moment."),
        ("after", "2022-09-01T00:00:01Z", "signer.expired", "A seal ends with its signer."),
    ]
    for case, at, code, comment in rows:
        made = seal(signer=ended)
        _add(book, f"validity::{case}", VALIDITY, comment, made, code, at=at)
    made = seal(edit(VACCINATED, "msg/ve/0/vd/0/dvc", "2021-06-01"))
    comment = "A dose from before the signer's certificate: seals were made later than doses."
    _add(book, "validity::older-dose", STEPS, comment, made)


def _usages(book: Book) -> None:
    def using(
        case: str, comment: str, code: str | None, *, test: bool = False, **options: Any
    ) -> None:
        signer = unlisted(f"seal-aq-usage-{case}", **options)
        made = seal(TESTED if test else VACCINATED, signer=signer)
        _add(book, f"usage::{case}", DOC_9303, comment, made, code)

    using("none", "Absence is not enough: passports' signers have none.", USAGE, usages=())
    comment = "A signer of health certificates of the EU signs no seals."
    using("of-health-certificates", comment, USAGE, usages=[VACCINATION, TEST])
    using("any", "Any usage is not that usage.", USAGE, usages=["2.5.29.37.0"])
    comment = "One digit beside it."
    using("near-miss", comment, USAGE, usages=["2.23.136.1.1.14.1"])
    using("among-others", "One of its usages is enough.", None, usages=[VACCINATION, SEAL_USAGE])
    comment = "A key to agree on others signs nothing."
    using("key-agreement", comment, USAGE, key_usage=["key_agreement"])
    comment = "A key to sign certificates with signs no seals."
    using("certificates-alone", comment, USAGE, key_usage=["key_cert_sign"])
    using("non-repudiation", "Commitment is signing, too.", None, key_usage=["content_commitment"])
    for case, types, test, code, comment in (
        ("nv", ["NV"], False, None, "For vaccinations."),
        ("nv-and-test", ["NV"], True, USAGE, "For vaccinations, and it is a test."),
        ("nt-and-test", ["NT"], True, None, "For tests."),
        ("nt", ["NT"], False, USAGE, "For tests, and it is a vaccination."),
        ("both", ["NT", "NV"], True, None, "For both."),
        ("passports", ["P"], False, USAGE, "For passports."),
        ("no-types", [], False, USAGE, "A list of no type allows none."),
    ):
        extensions = [document_types(*types)]
        using(f"types-{case}", comment, code, test=test, extensions=extensions)
    broken = x509.UnrecognizedExtension(DOCUMENT_TYPES, b"\x30\x03\x02\x01\x00")
    comment = "A restriction that cannot be read is not none."
    using("types-unreadable", comment, USAGE, extensions=[(broken, False)])
    comment = "Critical or not, a list of types is read."
    critical = (document_types("NV")[0], True)
    using("types-critical", comment, None, extensions=[critical])
    # The other way round: a signer of seals and a health certificate.
    made = hcert(signer=SEAL_P256)
    comment = "A signer for seals alone signs no health certificates."
    book.verify(
        "vds-nc::usage::health-certificate",
        made,
        spec="HCERT 1.0.8 A.4",
        comment=comment,
        reject=USAGE,
    )


def _countries(book: Book) -> None:
    abroad = unlisted("seal-de-of-csca", issuer=CSCA_DE, country="DE")
    of_germany = edit(VACCINATED, "hdr/is", "D")
    given: dict[str, Any] = {"authorities": (CSCA_AQ, CSCA_DE)}
    comment = "Germany's code of one letter, and the two letters of its certificate."
    made = seal(of_germany, signer=abroad)
    _add(book, "country::germany", SIGNER, comment, made, **given)
    comment = "A good seal of Germany's signer that says it is of another state."
    _add(book, "country::another-issuer", SIGNER, comment, seal(signer=abroad), USAGE, **given)
    unknown = edit(VACCINATED, "hdr/is", "QQQ")
    comment = "No certificate's country is that of a code that nobody has."
    _add(book, "country::unknown-issuer", SIGNER, comment, seal(unknown), USAGE)
    foreign = unlisted("seal-aq-of-de", issuer=CSCA_DE)
    comment = "An authority vouches for signers of its own country alone."
    made = seal(signer=foreign)
    _add(book, "country::another-authority", DOC_9303, comment, made, CHAIN, **given)
    small = unlisted("seal-aq-small-letters", country="aq")
    comment = "The letters of a certificate's country are compared without case."
    _add(book, "country::small-letters", DOC_9303, comment, seal(signer=small))


def _revoked(book: Book) -> None:
    serial = serial_of("seal-aq-p256")
    rows: list[tuple[str, Any, str | None, str]] = [
        ("listed", files(crl(CSCA_AQ, serial)), "signer.revoked", "Its authority took it back."),
        ("other-number", files(crl(CSCA_AQ, serial + 2)), None, "Another certificate's number."),
        (
            *("other-authority", files(crl(CSCA_XA, serial)), None),
            "The same number of another authority's.",
        ),
        (
            *("hash-of-its-identifier", listed(UCI, digest(VACCINATED["msg"]["uvci"]), None)),
            *(None, "Lists of hashes are of health certificates."),
        ),
    ]
    for case, given, code, comment in rows:
        _add(book, f"revoked::{case}", STEPS, comment, seal(), code, revocation=given)
    comment = "Who is listed can be taken back as well."
    _add(
        *(book, "revoked::listed-signer", STEPS, comment, seal(), "signer.revoked"),
        trust=(SEAL_P256,),
        authorities=(),
        revocation=files(crl(CSCA_AQ, serial)),
    )
