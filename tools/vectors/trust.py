"""Suite ``trust``: whom to believe.

Key identifiers (HCERT §3.3.3), algorithms and keys (RFC 9053 §2.1), extended key usages (HCERT
A.4), and the chain to a country authority (RFC 5280 §6.1).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from vectors.book import Book, Warnings, accept
from vectors.certificates import (
    EARLY_RECOVERY,
    EARLY_TEST,
    EARLY_VACCINATION,
    ECDSA_SHA1,
    ECDSA_SHA256,
    ECDSA_SHA384,
    RECOVERY,
    TEST,
    VACCINATION,
    Certified,
    certify,
    ecdsa_by,
    element,
    signed_again,
)
from vectors.hcert import ALG, EXP, IAT, KID, Made, hcert, payload
from vectors.keys import (
    ABROAD,
    BARE,
    COSE_NUMBERS,
    CSCA_AQ,
    CSCA_XA,
    P256,
    P384,
    RSA2048,
    STRANGER,
    Key,
    add,
    add_authority,
    add_signer,
)
from vectors.private import ec_key, pss, rsa_key

IDENTIFIER, FIT, USAGE = "HCERT 1.0.8 §3.3.3", "RFC 9053 §2.1", "HCERT 1.0.8 A.4"
CHAIN, AUTHORITY = "RFC 5280 §6.1.3", "RFC 5280 §6.1.4"

KINDS: Final = {"v": "vaccination", "t": "test", "r": "recovery"}

# What states put into certificates of their signers besides.
CLIENT, EMAIL, ANY = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "2.5.29.37.0"
SEALS: Final = "2.23.136.1.1.14.2"


def build(book: Book) -> None:
    """Add the vectors."""
    _unknown(book)
    _collisions(book)
    _fit(book)
    _bare(book)
    _usages(book)
    _chain(book)
    _chain_signatures(book)
    _authorities(book)
    _authority_times(book)


# --- who is trusted ------------------------------------------------------------------------------


def _unknown(book: Book) -> None:
    made, code = hcert(), "trust.unknown_kid"
    comment = "An empty list trusts nobody."
    _add(book, "kid::empty-list", IDENTIFIER, comment, made, code, trust=())
    comment = "One of the others who are trusted signed it, under a kid that is none of theirs."
    others = (P384, RSA2048, ABROAD, BARE)
    borrowed = hcert(signed_with=ABROAD)
    _add(book, "kid::others-alone", IDENTIFIER, comment, borrowed, code, trust=others)
    comment = "One key among others is found by its kid."
    _add(book, "kid::among-others", IDENTIFIER, comment, made, trust=(*others, P256))
    comment = "The right key under another identifier is not asked for."
    other = add("dsc-aq-p256-elsewhere", P256.private, P256.certified, kid=b"\x01" * 8)
    _add(book, "kid::right-key-elsewhere", IDENTIFIER, comment, made, code, trust=(other,))
    comment = "An authority certifies signers; it signs no certificates of people itself."
    direct = hcert(signer=CSCA_AQ)
    _add(book, "kid::authority-signs", "HCERT 1.0.8 A.2", comment, direct, code)


def _collisions(book: Book) -> None:
    kid, made = P256.kid, hcert()
    twin = add("dsc-aq-twin", ec_key("dsc-aq-twin"), kid=kid)
    rsa_twin = add("dsc-aq-rsa-twin", RSA2048.private, RSA2048.certified, kid=kid)
    old = certify(
        P256.private,
        "dsc-aq-p256-old",
        issuer=CSCA_AQ.certified,
        not_after=datetime(2022, 5, 1, tzinfo=UTC),
    )
    expired = add("dsc-aq-p256-old", P256.private, old, kid=kid)
    tests_only = certify(P256.private, "dsc-aq-p256-tests", issuer=CSCA_AQ.certified, usages=[TEST])
    narrow = add("dsc-aq-p256-tests", P256.private, tests_only, kid=kid)
    comment = "Eight bytes collide: every key under the kid is tried, whatever their order."
    _add(book, "collision::right-one-second", IDENTIFIER, comment, made, trust=(twin, P256))
    _add(book, "collision::right-one-first", IDENTIFIER, comment, made, trust=(P256, twin))
    comment = "A key of another kind under the same kid is passed over."
    _add(book, "collision::of-another-kind", IDENTIFIER, comment, made, trust=(rsa_twin, P256))
    comment = "The kid is known, and none of its keys made the signature."
    code = "signature.invalid"
    _add(book, "collision::wrong-one-alone", IDENTIFIER, comment, made, code, trust=(twin,))
    comment = "The certificate was renewed over the same key: one of the two is valid."
    _add(book, "collision::one-expired", IDENTIFIER, comment, made, trust=(expired, P256))
    comment = "The key that signed has expired; that another one under the kid has not is no help."
    code = "signer.expired"
    _add(book, "collision::signer-expired", IDENTIFIER, comment, made, code, trust=(twin, expired))
    comment = "One certificate of the key is for tests alone, the other for all."
    _add(book, "collision::one-too-narrow", USAGE, comment, made, trust=(narrow, P256))
    code = "trust.algorithm_mismatch"
    comment = "The only key under the kid cannot have made a signature of ES256."
    _add(book, "collision::other-kind-alone", FIT, comment, made, code, trust=(rsa_twin,))


def _fit(book: Book) -> None:
    def mismatch(case: str, comment: str, made: Made, spec: str = FIT) -> None:
        _add(book, f"algorithm::{case}", spec, comment, made, "trust.algorithm_mismatch")

    def claimed(name: str, signer: Key, signature: bytes | None = None) -> Made:
        header = {ALG: COSE_NUMBERS[name], KID: signer.kid}
        return hcert(signer=signer, protected=header, signature=signature)

    made = claimed("ES256", RSA2048, P256.sign(b""))
    mismatch("es256-with-rsa", "An RSA key makes no signature of ES256.", made)
    comment = "A key on a curve makes no signature of PS256."
    mismatch("ps256-with-p-256", comment, claimed("PS256", P256), "RFC 8230 §2")
    made = claimed("ES256", P384, bytes(64))
    mismatch("es256-with-p-384", "ES256 is bound to P-256 here, as FIPS 186 pairs them.", made)
    made = claimed("ES384", P256, bytes(96))
    mismatch("es384-with-p-256", "ES384 is bound to P-384.", made)
    made = claimed("ES512", P384, bytes(132))
    mismatch("es512-with-p-384", "ES512 is bound to P-521.", made)
    for name, curve in (("secp256k1", ec.SECP256K1), ("brainpool", ec.BrainpoolP256R1)):
        key = ec_key(f"dsc-aq-{name}", curve)
        signer = add_signer(f"dsc-aq-{name}", key, CSCA_AQ)
        made = claimed("ES256", signer)
        comment = "The key is on a curve that no algorithm here uses: it is set aside when listed."
        _add(book, f"algorithm::{name}", FIT, comment, made, "trust.unknown_kid")


def _bare(book: Book) -> None:
    comment = "A key without a certificate may be trusted; that nothing ends it is reported."
    warnings = ("signer.no_validity",)
    _add(book, "bare::alone", IDENTIFIER, comment, hcert(signer=BARE), warnings=warnings)
    made = hcert(payload("t"), signer=BARE)
    comment = "Without a certificate there is no usage: it may sign all kinds."
    _add(book, "bare::test", USAGE, comment, made, warnings=warnings)
    made = hcert(signer=BARE)
    comment = "Where authorities are given, a bare key is certified by none of them."
    _add(book, "bare::with-authorities", CHAIN, comment, made, "signer.chain", (CSCA_AQ,))
    made = hcert(signer=BARE, signed_with=STRANGER)
    comment = "A forgery in the name of a bare key."
    _add(book, "bare::forged", IDENTIFIER, comment, made, "signature.invalid")


# --- usages --------------------------------------------------------------------------------------


def _usages(book: Book) -> None:
    of_kind = {"v": VACCINATION, "t": TEST, "r": RECOVERY}
    early = {"v": EARLY_VACCINATION, "t": EARLY_TEST, "r": EARLY_RECOVERY}

    def signer(name: str, *usages: str) -> Key:
        return add_signer(f"dsc-aq-{name}", ec_key(f"dsc-aq-{name}"), CSCA_AQ, usages=usages)

    for allowed, oid in of_kind.items():
        key = signer(f"{KINDS[allowed]}s", oid)
        for group, kind in KINDS.items():
            made = hcert(payload(group), signer=key)
            code = None if group == allowed else "signer.usage"
            comment = f"The signer is for {KINDS[allowed]}s, the certificate of a {kind}."
            _add(book, f"usage::{KINDS[allowed]}s-{kind}", USAGE, comment, made, code)
    for allowed, oid in early.items():
        key = signer(f"early-{KINDS[allowed]}s", oid)
        comment = "The early arc, with a 0 too many, means the same: certificates carry it still."
        made = hcert(payload(allowed), signer=key)
        _add(book, f"usage::early-arc-{KINDS[allowed]}", USAGE, comment, made)
        other = "t" if allowed == "v" else "v"
        comment = "The early arc restricts as the later one does."
        made = hcert(payload(other), signer=key)
        case = f"usage::early-arc-{KINDS[allowed]}s-{KINDS[other]}"
        _add(book, case, USAGE, comment, made, "signer.usage")
    two = signer("tests-and-recoveries", TEST, RECOVERY)
    made = hcert(payload("r"), signer=two)
    _add(book, "usage::second-of-two", USAGE, "The second usage counts as the first.", made)
    made = hcert(signer=two)
    _add(book, "usage::neither-of-two", USAGE, "Neither is vaccination.", made, "signer.usage")
    both = signer("vaccinations-of-both-arcs", CLIENT, EARLY_TEST, VACCINATION)
    comment = "Usages of both arcs and foreign ones stand side by side."
    _add(book, "usage::among-others", USAGE, comment, hcert(signer=both))
    foreign = signer("foreign-usages", CLIENT, EMAIL)
    comment = "Usages that name no kind of certificate restrict none: Viet Nam's signer is such."
    _add(book, "usage::foreign-alone", USAGE, comment, hcert(signer=foreign))
    anything = signer("any-usage", ANY)
    comment = "anyExtendedKeyUsage restricts nothing."
    _add(book, "usage::any", USAGE, comment, hcert(signer=anything))
    seals = signer("seals", SEALS)
    comment = "A signer of seals (VDS-NC) is for those alone."
    _add(book, "usage::seals", "Doc 9303-12 §7.1.3", comment, hcert(signer=seals), "signer.usage")
    made = hcert(payload("t"), signer=seals)
    case = "usage::seals-test"
    _add(book, case, "Doc 9303-12 §7.1.3", "No kind is for it.", made, "signer.usage")
    seals_too = signer("seals-and-vaccinations", SEALS, VACCINATION)
    comment = "It signs seals, and it says that it signs vaccinations."
    _add(book, "usage::seals-and-vaccinations", USAGE, comment, hcert(signer=seals_too))
    made = hcert(payload("r"), signer=RSA2048)
    comment = "A signer without extended key usages may sign all kinds."
    _add(book, "usage::none", USAGE, comment, made)


# --- the chain -----------------------------------------------------------------------------------


def _chain(book: Book) -> None:
    made, both = hcert(), (CSCA_XA, CSCA_AQ)
    comment = "The authority of the signer is among those given."
    _add(book, "chain::under-its-authority", CHAIN, comment, made, authorities=both)
    made = hcert(signer=ABROAD)
    comment = "The authority's key is on P-384; the signature over the signer is ECDSA-SHA256."
    _add(book, "chain::under-p-384", CHAIN, comment, made, authorities=both)
    made, code = hcert(), "signer.chain"
    comment = "The authorities given are another state's."
    _add(book, "chain::another-state", CHAIN, comment, made, code, (CSCA_XA,))
    comment = "None is given as an empty list: then nobody may vouch."
    _add(book, "chain::no-authority", CHAIN, comment, made, code, ())
    comment = "Without authorities the trust list alone decides."
    unknown = add_authority("csca-aq-unlisted", ec_key("csca-aq-unlisted"))
    signer = add_signer("dsc-aq-unlisted-authority", ec_key("dsc-aq-unlisted"), unknown)
    made = hcert(signer=signer)
    _add(book, "chain::not-asked-for", CHAIN, comment, made)
    comment = "It is signed by an authority that nobody gave."
    _add(book, "chain::unlisted-authority", CHAIN, comment, made, code, (CSCA_AQ,))
    alone = certify(ec_key("dsc-aq-alone"), "dsc-aq-alone")
    signer = add("dsc-aq-alone", alone.key, alone)
    comment = "Certified by itself, it is nobody's signer."
    _add(book, "chain::self-signed", CHAIN, comment, hcert(signer=signer), code, (CSCA_AQ,))
    no_aki = add_signer("dsc-aq-no-aki", ec_key("dsc-aq-no-aki"), CSCA_AQ, has_aki=False)
    comment = "Without an identifier of its authority's key the authority's name finds it."
    _add(book, "chain::by-name", CHAIN, comment, hcert(signer=no_aki), authorities=both)
    renewed_key = ec_key("csca-aq-renewed")
    renewed = certify(renewed_key, "csca-aq-renewed", is_authority=True, title="Throw-away csca-aq")
    second = add("csca-aq-renewed", renewed_key, renewed, roles=("authority",))
    comment = "The authority has had two keys under one name: the identifier tells which."
    made = hcert()
    _add(book, "chain::two-of-one-name", CHAIN, comment, made, authorities=(second, CSCA_AQ))
    made = hcert(signer=no_aki)
    comment = "Where nothing but the name is left, each key of that name is tried."
    _add(
        book, "chain::two-of-one-name-by-name", CHAIN, comment, made, authorities=(second, CSCA_AQ)
    )
    comment = "The authority's name is right, and its key another."
    _add(book, "chain::name-alone", CHAIN, comment, made, code, (second,))
    by_another = add_signer("dsc-aq-by-signer", ec_key("dsc-aq-by-signer"), P256)
    made = hcert(signer=by_another)
    comment = "It was certified by another signer, which is no authority by its own certificate."
    _add(book, "chain::certified-by-a-signer", AUTHORITY, comment, made, code, (P256,))
    comment = "The signer between is known as a signer, and vouches for nobody."
    trust = (by_another, P256)
    name = "chain::certified-by-a-trusted-signer"
    _add(book, name, AUTHORITY, comment, made, code, (CSCA_AQ,), trust=trust)


def _chain_signatures(book: Book) -> None:
    code, given = "signer.chain", (CSCA_AQ,)

    def signed(name: str, **changes: Any) -> Key:
        plain = certify(ec_key(f"dsc-aq-{name}"), f"dsc-aq-{name}", issuer=CSCA_AQ.certified)
        return _put(f"dsc-aq-{name}", signed_again(plain, **changes))

    forged = signed("forged", sign=ecdsa_by(STRANGER_AUTHORITY))
    comment = "It names the authority and its key; somebody else signed it."
    made = hcert(signer=forged)
    _add(book, "certificate::forged", CHAIN, comment, made, code, given)
    comment = "Listed as it is, and no authority given: the list's publisher has vouched for it."
    _add(book, "certificate::forged-and-not-asked-for", CHAIN, comment, made)
    plain = certify(ec_key("dsc-aq-changed"), "dsc-aq-changed", issuer=CSCA_AQ.certified)
    years = plain.certificate.replace(b"240101000000Z", b"290101000000Z")
    changed = _put("dsc-aq-changed", Certified(plain.key, years))
    comment = "Five years were added to its validity after it was signed."
    _add(book, "certificate::changed", CHAIN, comment, hcert(signer=changed), code, given)
    by_384 = signed(
        "sha-384", sign=ecdsa_by(CSCA_AQ.certified, hashes.SHA384()), inner=ECDSA_SHA384
    )
    comment = "Certificates may be signed over SHA-384, with any curve."
    made = hcert(signer=by_384)
    _add(book, "certificate::sha-384", "RFC 5758 §3.2", comment, made, authorities=given)
    by_sha1 = signed("sha-1", sign=ecdsa_by(CSCA_AQ.certified, hashes.SHA1()), inner=ECDSA_SHA1)
    made = hcert(signer=by_sha1)
    comment = "Over SHA-1 two certificates can be made with one signature; strictly it is refused."
    _add(book, "certificate::sha-1", "RFC 6194", comment, made, code, given)
    comment = "A few production signers are such; tolerance reads and reports them."
    warnings = ("signer.sha1",)
    name = "certificate::sha-1-tolerant"
    _add(book, name, "RFC 6194", comment, made, None, given, warnings=warnings, policy="tolerant")
    comment = "Where no chain is asked for, how the certificate was signed is not looked at."
    _add(book, "certificate::sha-1-not-asked-for", "RFC 6194", comment, made)
    mixed = signed("two-algorithms", sign=ecdsa_by(CSCA_AQ.certified), outer=ECDSA_SHA384)
    comment = "The algorithm beside the signature is not the one that was signed."
    made = hcert(signer=mixed)
    _add(book, "certificate::two-algorithms", "RFC 5280 §4.1.1.2", comment, made, code, given)
    lied = signed(
        "lied-hash", sign=ecdsa_by(CSCA_AQ.certified, hashes.SHA384()), inner=ECDSA_SHA256
    )
    comment = "It was hashed with another function than it names."
    _add(book, "certificate::other-hash", CHAIN, comment, hcert(signer=lied), code, given)

    authority = add_authority("csca-aq-rsa2048", rsa_key("csca-aq-rsa2048"))
    under_rsa = add_signer("dsc-aq-under-rsa", ec_key("dsc-aq-under-rsa"), authority)
    comment = "An authority with an RSA key, and PKCS #1 v1.5, as most have."
    made = hcert(signer=under_rsa)
    _add(book, "certificate::rsa", "RFC 4055 §5", comment, made, authorities=(authority,))
    for salt, is_good, comment in (
        (32, True, "RSASSA-PSS with the parameters that it names."),
        (20, False, "The salt has another length than its parameters name."),
    ):
        made = hcert(signer=_under_pss(authority, salt))
        name = f"certificate::rsa-pss-salt-of-{salt}"
        reject = None if is_good else code
        _add(book, name, "RFC 4055 §3.1", comment, made, reject, (authority,))


STRANGER_AUTHORITY: Final = certify(STRANGER.private, "stranger", is_authority=True)

_OID_PSS: Final = bytes.fromhex("06092a864886f70d01010a")
_RSA_SHA256: Final = bytes.fromhex("300d06092a864886f70d01010b0500")
_SHA256: Final = bytes.fromhex("300d06096086480165030402010500")
_MGF1: Final = element(0x30, bytes.fromhex("06092a864886f70d010108") + _SHA256)
_PSS_SHA256: Final = element(
    0x30,
    _OID_PSS
    + element(
        0x30,
        element(0xA0, _SHA256) + element(0xA1, _MGF1) + element(0xA2, bytes.fromhex("020120")),
    ),
)


def _under_pss(authority: Key, salt: int) -> Key:
    """A signer whose certificate names RSASSA-PSS with a salt of 32 bytes."""
    key = authority.private
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    name = f"dsc-aq-under-pss-{salt}"
    plain = certify(ec_key(name), name, issuer=authority.certified)
    made = signed_again(
        plain,
        sign=lambda tbs: pss(key, tbs, salt=bytes(salt)),
        was=_RSA_SHA256,
        inner=_PSS_SHA256,
    )
    return _put(name, made)


def _put(name: str, certified: Certified) -> Key:
    return add(name, certified.key, certified)


def _authorities(book: Book) -> None:
    """Authorities that must not vouch, by what their own certificates say."""
    rows: list[tuple[str, dict[str, Any], bool, str]] = [
        (
            "not-an-authority",
            {"ca": False, "path_length": None},
            False,
            "Its basic constraints say that it is none.",
        ),
        (
            "no-key-cert-sign",
            {"key_usage": ["digital_signature"]},
            False,
            "Its key usage leaves out the signing of certificates.",
        ),
        (
            "unbounded-path",
            {"path_length": None},
            True,
            "It names no path length; a signer right below it needs none.",
        ),
    ]
    for name, options, is_good, comment in rows:
        key = ec_key(f"csca-aq-{name}")
        certified = certify(key, f"csca-aq-{name}", **{"is_authority": True, **options})
        authority = add(f"csca-aq-{name}", key, certified, roles=("authority",))
        signer = add_signer(f"dsc-aq-under-{name}", ec_key(f"dsc-aq-under-{name}"), authority)
        code = None if is_good else "signer.chain"
        made = hcert(signer=signer)
        _add(book, f"authority::{name}", AUTHORITY, comment, made, code, (authority,))
    below = certify(
        ec_key("csca-aq-below"), "csca-aq-below", issuer=CSCA_AQ.certified, is_authority=True
    )
    middle = add("csca-aq-below", below.key, below, roles=("authority",))
    signer = add_signer("dsc-aq-under-below", ec_key("dsc-aq-under-below"), middle)
    made = hcert(signer=signer)
    comment = "An authority below another one is trusted as it is given: Viet Nam's is such."
    _add(book, "authority::intermediate", CHAIN, comment, made, authorities=(middle,))
    comment = "The authority above it is given, and not the one between, which nobody sent."
    _add(book, "authority::above-it", CHAIN, comment, made, "signer.chain", (CSCA_AQ,))
    bare = add("csca-aq-bare", CSCA_AQ.private, roles=("authority",))
    comment = "An authority given as a bare key has neither a name nor constraints: its key fits."
    _add(book, "authority::bare-key", CHAIN, comment, hcert(), authorities=(bare,))
    comment = "Another key as bare as that fits nothing."
    bare = add("csca-aq-bare-stranger", STRANGER.private, roles=("authority",))
    made = hcert()
    _add(book, "authority::bare-stranger", CHAIN, comment, made, "signer.chain", (bare,))


def _authority_times(book: Book) -> None:
    authority = add_authority(
        "csca-aq-short",
        ec_key("csca-aq-short"),
        not_before=datetime(2022, 5, 1, tzinfo=UTC),
        not_after=datetime(2022, 9, 1, tzinfo=UTC),
    )
    signer = add_signer("dsc-aq-under-short", ec_key("dsc-aq-under-short"), authority)
    made = hcert(signer=signer, claims={IAT: 1_650_000_000, EXP: 1_690_000_000})
    rows = [
        ("start", "2022-05-01T00:00:00Z", None, "notBefore is its first valid moment."),
        ("before-its-start", "2022-04-30T23:59:59Z", "signer.chain", "It was not yet valid."),
        ("end", "2022-09-01T00:00:00Z", None, "notAfter is its last valid moment."),
        (
            *("after-its-end", "2022-09-01T00:00:01Z", "signer.chain"),
            "By the shell model nothing outlives its authority.",
        ),
    ]
    for case, at, code, comment in rows:
        name, spec = f"authority-time::{case}", "RFC 5280 §6.1.3"
        _add(book, name, spec, comment, made, code, (authority,), at=at)
    comment = "Where no authority is given, its end is not looked at."
    at = "2022-09-01T00:00:01Z"
    _add(book, "authority-time::not-asked-for", CHAIN, comment, made, at=at)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    reject: str | None = None,
    authorities: tuple[Key, ...] | None = None,
    *,
    warnings: Warnings = (),
    **given: Any,
) -> None:
    book.verify(
        f"trust::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=reject,
        authorities=authorities,
        accept=None if reject else accept(made.signer, warnings=warnings),
        **given,
    )
