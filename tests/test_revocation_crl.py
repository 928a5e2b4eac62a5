"""Lists of revoked certificates (CRL): a real one, those of the backend and openssl, hostile ones.

What a list says is compared with what the strict parser of the backend says of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

import specimens
from vnvaxcert import TrustList
from vnvaxcert.errors import (
    SignerRevokedError,
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust import der
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.revocation import RevocationList, crl, read_crl

Vectors = Callable[[str], Path]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

FROM = datetime(2022, 6, 1, tzinfo=UTC)
UNTIL = datetime(2022, 9, 1, tzinfo=UTC)
AT = datetime(2022, 7, 1, tzinfo=UTC)
REVOKED_AT = datetime(2022, 5, 20, 12, 30, 15, tzinfo=UTC)
AUTHORITY = specimens.ec_key("P-384", 11)
NAME = "Specimen CSCA"


def name_of(common_name: str, country: str = "UT") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def entry(
    serial: int, *extensions: tuple[x509.ExtensionType, bool], at: datetime = REVOKED_AT
) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.build()


def list_of(
    entries: Iterable[x509.RevokedCertificate] = (),
    *extensions: tuple[x509.ExtensionType, bool],
    key: Key = AUTHORITY,
    name: str = NAME,
    number: int | None = 64,
    issued_at: datetime = FROM,
    expires_at: datetime = UNTIL,
    digest: Any = None,
    rsa_padding: Any = None,
) -> bytes:
    """A list in DER, by the backend's builder."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name_of(name))
        .last_update(issued_at)
        .next_update(expires_at)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    for one in entries:
        builder = builder.add_revoked_certificate(one)
    made = builder.sign(key, digest or hashes.SHA384(), rsa_padding=rsa_padding)
    return made.public_bytes(Encoding.DER)


def certificate(
    serial: int = 7,
    *,
    issuer: str = NAME,
    subject: str = "Specimen signer",
    key: Key = AUTHORITY,
    holder: Any = None,
    usage: str | None = None,
    is_ca: bool | None = None,
    country: str = "UT",
) -> bytes:
    """A certificate in DER, by the backend's builder."""
    public = (holder or specimens.ec_key(number=12)).public_key()
    builder = (
        x509.CertificateBuilder()
        .issuer_name(name_of(issuer, country))
        .subject_name(name_of(subject, country))
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(datetime(2022, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2025, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    )
    if is_ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(is_ca, None), True)
    if usage is not None:
        names = (
            *("digital_signature", "content_commitment", "key_encipherment"),
            *("data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"),
            *("encipher_only", "decipher_only"),
        )
        bits = {one: one in usage.split() for one in names}
        builder = builder.add_extension(x509.KeyUsage(**bits), True)
    return builder.sign(key, hashes.SHA384()).public_bytes(Encoding.DER)


def authority(
    key: Key = AUTHORITY, name: str = NAME, usage: str = "key_cert_sign crl_sign"
) -> bytes:
    return certificate(1, issuer=name, subject=name, key=key, holder=key, usage=usage, is_ca=True)


AUTHORITIES = TrustList.from_certificates([authority()])


def signer(serial: int = 7, **options: Any) -> CertificateFacts:
    return read_certificate(certificate(serial, **options))


# --- the real one --------------------------------------------------------------------------------


def test_australias_list_is_read_as_it_is(shared_vectors: Vectors) -> None:
    folder = shared_vectors("vds-nc")
    at = datetime(2021, 10, 1, tzinfo=UTC)
    authorities = TrustList.load(folder / "csca")
    read = RevocationList.load(folder / "AUS.crl", authorities=authorities, at=at, last_sequence=64)
    assert read.authenticated
    assert (read.format, len(read), read.sequence) == ("revocation, CRL", 0, 0x40)
    assert read.issued_at == datetime(2021, 8, 19, 3, 56, 55, tzinfo=UTC)
    assert read.expires_at == datetime(2021, 11, 17, 3, 56, 55, tzinfo=UTC)
    (only,) = read.crls
    assert only.issuer == "CN=Passport Country Signing Authority,OU=APO,OU=DFAT,O=GOV,C=AU"
    assert only.authority_key_identifier is not None
    assert only.authority_key_identifier.hex().startswith("3617c1e7")
    read.check_signer(read_certificate((folder / "AUS-signer.der").read_bytes()))


@pytest.mark.parametrize("number", ["16f2", "16f5"])
def test_australias_list_is_signed_by_each_certificate_of_its_key(
    shared_vectors: Vectors, number: str
) -> None:
    folder = shared_vectors("vds-nc")
    path = folder / "csca" / f"3617c1e7-{number}.der"
    assert RevocationList.load(folder / "AUS.crl", signing_key=path).authenticated
    alone = TrustList.load(path)
    assert RevocationList.load(folder / "AUS.crl", authorities=alone).authenticated


def test_australias_list_is_refused_under_another_authority_or_time(
    shared_vectors: Vectors,
) -> None:
    folder = shared_vectors("vds-nc")
    path = folder / "AUS.crl"
    japan = TrustList.load(folder / "csca" / "6ab4f292-e3.der")
    with pytest.raises(TrustListSignatureError, match="no authority has the name"):
        RevocationList.load(path, authorities=japan)
    with pytest.raises(TrustListSignatureError, match="key given"):
        RevocationList.load(path, signing_key=folder / "csca" / "6ab4f292-e3.der")
    for at, words in (
        (datetime(2021, 11, 17, 4, 10, tzinfo=UTC), "was valid until 2021-11-17 03:56:55 UTC"),
        (datetime(2021, 8, 19, 3, 40, tzinfo=UTC), "valid only from 2021-08-19 03:56:55 UTC"),
    ):
        with pytest.raises(TrustListStaleError, match=words):
            RevocationList.load(path, at=at)
    with pytest.raises(TrustListRollbackError, match="is 64, and 65 was seen"):
        RevocationList.load(path, last_sequence=65)


def test_a_change_of_any_byte_of_australias_list_is_refused(shared_vectors: Vectors) -> None:
    folder = shared_vectors("vds-nc")
    data = (folder / "AUS.crl").read_bytes()
    key = read_certificate((folder / "csca" / "3617c1e7-16f2.der").read_bytes()).public_key
    for offset in range(len(data)):
        changed = bytearray(data)
        changed[offset] ^= 0x01
        with pytest.raises(TrustListError):
            RevocationList.from_bytes(bytes(changed), signing_key=key)


# --- what a list revokes -------------------------------------------------------------------------


def test_a_signer_on_the_list_is_refused_with_when() -> None:
    revocations = RevocationList.from_bytes(list_of([entry(7)]), authorities=AUTHORITIES, at=AT)
    assert revocations.authenticated
    with pytest.raises(SignerRevokedError) as caught:
        revocations.check_signer(signer(7))
    assert caught.value.revoked_at == REVOKED_AT
    assert caught.value.code == "signer.revoked"
    assert str(caught.value) == "the signer's certificate was revoked at 2022-05-20 12:30:15 UTC"
    revocations.check_signer(signer(8))


def test_a_list_speaks_of_the_certificates_of_its_issuer_alone() -> None:
    revocations = RevocationList.from_bytes(list_of([entry(7)]))
    revocations.check_signer(signer(7, issuer="Another CSCA"))
    revocations.check_signer(signer(7, country="AU"))


def test_a_list_speaks_of_certificates_under_an_older_key_of_its_issuer() -> None:
    # The name and the serial number identify a certificate; an authority keeps one list.
    revocations = RevocationList.from_bytes(list_of([entry(7)]))
    with pytest.raises(SignerRevokedError):
        revocations.check_signer(signer(7, key=specimens.ec_key("P-384", 13)))


def test_a_name_in_another_case_or_string_type_is_the_same_name() -> None:
    revocations = RevocationList.from_bytes(list_of([entry(7)], name=NAME.upper()))
    with pytest.raises(SignerRevokedError):
        revocations.check_signer(signer(7))


def test_a_list_without_lists_of_certificates_refuses_no_signer() -> None:
    RevocationList.from_hashes([]).check_signer(signer())


def test_of_several_lists_the_first_revocation_counts() -> None:
    early, late = REVOKED_AT - timedelta(days=9), REVOKED_AT + timedelta(days=9)
    lists = [list_of([entry(7, at=at)]) for at in (late, early, REVOKED_AT)]
    merged = RevocationList.from_bytes(*lists)
    assert len(merged.crls) == 3
    with pytest.raises(SignerRevokedError) as caught:
        merged.check_signer(signer())
    assert caught.value.revoked_at == early
    assert (merged.sequence, merged.issued_at, merged.expires_at) == (None, None, UNTIL)


def test_a_serial_number_given_twice_counts_from_the_earlier_time() -> None:
    early = REVOKED_AT - timedelta(days=9)
    data = list_of([entry(7), entry(7, at=early), entry(8)])
    read = read_crl(data)
    assert dict(read.revoked) == {7: early, 8: REVOKED_AT}
    assert read.notes == ("serial numbers given twice: 1",)
    assert "2 revoked" in repr(read)


def test_a_certificate_on_hold_counts_as_revoked() -> None:
    hold = (x509.CRLReason(x509.ReasonFlags.certificate_hold), False)
    revocations = RevocationList.from_bytes(list_of([entry(7, hold)]))
    assert revocations.notes == ("certificates on hold, which count as revoked: 1",)
    with pytest.raises(SignerRevokedError):
        revocations.check_signer(signer())


def test_a_revoked_certificate_cannot_be_taken_out_of_the_record() -> None:
    revoked: Any = read_crl(list_of([entry(7)])).revoked
    with pytest.raises(TypeError):
        del revoked[7]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 2**159 - 1),
            st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)),
            st.sampled_from([None, *x509.ReasonFlags]),
            st.booleans(),
        ),
        max_size=5,
        unique_by=lambda row: row[0],
    ),
    st.integers(1, 2**150),
)
def test_a_list_says_what_the_strict_parser_says(
    rows: list[tuple[int, datetime, x509.ReasonFlags | None, bool]], number: int
) -> None:
    entries = []
    for serial, at, reason, has_invalidity in rows:
        extensions: list[tuple[x509.ExtensionType, bool]] = []
        if reason not in (None, x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl):
            assert reason is not None
            extensions.append((x509.CRLReason(reason), False))
        if has_invalidity:
            extensions.append((x509.InvalidityDate(REVOKED_AT), False))
        entries.append(entry(serial, *extensions, at=at.replace(tzinfo=UTC)))
    data = list_of(entries, number=number)
    theirs = x509.load_der_x509_crl(data)
    ours = read_crl(data)
    assert dict(ours.revoked) == {one.serial_number: one.revocation_date_utc for one in theirs}
    assert ours.issued_at == theirs.last_update_utc
    assert ours.expires_at == theirs.next_update_utc
    assert ours.issuer == theirs.issuer.rfc4514_string()
    assert ours.number == theirs.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    stated = theirs.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert ours.authority_key_identifier == stated.key_identifier
    assert RevocationList.from_bytes(data, authorities=AUTHORITIES, at=AT).authenticated


# --- who signed it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "options"),
    [
        (specimens.ec_key("P-256", 21), {"digest": hashes.SHA256()}),
        (specimens.ec_key("P-521", 22), {"digest": hashes.SHA512()}),
        (specimens.rsa_key(), {"digest": hashes.SHA256()}),
        (
            specimens.rsa_key(),
            {
                "digest": hashes.SHA256(),
                "rsa_padding": padding.PSS(padding.MGF1(hashes.SHA256()), 32),
            },
        ),
    ],
    ids=["P-256", "P-521", "PKCS#1", "PSS"],
)
def test_each_way_of_signing_is_checked(key: Key, options: dict[str, Any]) -> None:
    data = list_of([entry(7)], key=key, **options)
    assert RevocationList.from_bytes(data, signing_key=key.public_key()).authenticated
    trusted = TrustList.from_certificates([authority(key)])
    assert RevocationList.from_bytes(data, authorities=trusted, at=AT).authenticated
    for other in (AUTHORITY.public_key(), specimens.rsa_key("RSA-2048", 2).public_key()):
        with pytest.raises(TrustListSignatureError):
            RevocationList.from_bytes(data, signing_key=other)


def test_a_list_may_be_signed_with_another_key_of_the_authority() -> None:
    newer = specimens.ec_key("P-384", 13)
    both = TrustList.from_certificates([authority(), authority(newer)])
    for key in (AUTHORITY, newer):
        assert RevocationList.from_bytes(list_of(key=key), authorities=both).authenticated


def test_a_bare_key_of_an_authority_is_tried() -> None:
    bare = TrustList.from_keys({b"any": AUTHORITY.public_key()}, role="authority")
    assert RevocationList.from_bytes(list_of(), authorities=bare).authenticated
    other = TrustList.from_keys(
        {b"any": specimens.ec_key("P-384", 13).public_key()}, role="authority"
    )
    with pytest.raises(TrustListSignatureError, match="not signed with the key"):
        RevocationList.from_bytes(list_of(), authorities=other)


@pytest.mark.parametrize(
    ("trusted", "reason"),
    [
        ([], "no authority has the name"),
        ([authority(name="Another CSCA")], "no authority has the name"),
        ([authority(specimens.ec_key("P-384", 13))], "not signed with the key"),
        ([authority(usage="key_cert_sign")], "leaves out signing such lists"),
        ([authority(usage="digital_signature")], "leaves out signing such lists"),
    ],
)
def test_a_list_of_who_may_not_sign_it_is_refused(trusted: list[bytes], reason: str) -> None:
    authorities = TrustList.from_certificates(trusted)
    with pytest.raises(TrustListSignatureError, match=reason):
        RevocationList.from_bytes(list_of(), authorities=authorities, at=AT)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(2021, 6, 1, tzinfo=UTC), "only from"),
        (datetime(2026, 6, 1, tzinfo=UTC), "expired"),
    ],
)
def test_the_authority_has_to_be_valid_at_the_moment(at: datetime, reason: str) -> None:
    data = list_of(issued_at=at - timedelta(days=1), expires_at=at + timedelta(days=1))
    assert RevocationList.from_bytes(data, authorities=AUTHORITIES).authenticated
    with pytest.raises(TrustListSignatureError, match=reason):
        RevocationList.from_bytes(data, authorities=AUTHORITIES, at=at)


def test_what_a_list_published_as_a_signer_signs_no_list() -> None:
    rows = [
        {
            "kid": "AAAAAAAAAAE=",
            "country": "UT",
            "certificateType": "DSC",
            "rawData": b64encode(authority()).decode(),
        }
    ]
    published = TrustList.from_bytes(json.dumps(rows).encode())
    with pytest.raises(TrustListSignatureError, match="no authority"):
        RevocationList.from_bytes(list_of(), authorities=published)


def test_only_so_many_authorities_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    data = list_of()
    wrong = [authority(specimens.ec_key("P-384", number)) for number in range(30, 34)]
    trusted = TrustList.from_certificates([*wrong, authority()])
    bare = TrustList.from_keys({b"any": AUTHORITY.public_key()}, role="authority")
    monkeypatch.setattr(crl, "MAX_AUTHORITIES", 4)
    # The one whose key identifier the list states is tried first, a bare key last.
    assert RevocationList.from_bytes(data, authorities=trusted).authenticated
    unnamed = TrustList.from_certificates(wrong) | bare
    with pytest.raises(TrustListSignatureError, match="not signed with the key"):
        RevocationList.from_bytes(data, authorities=unnamed)
    monkeypatch.setattr(crl, "MAX_AUTHORITIES", 5)
    assert RevocationList.from_bytes(data, authorities=unnamed).authenticated


def test_a_list_over_sha1_or_an_unknown_algorithm_is_refused_with_a_key() -> None:
    data = list_of()
    name = bytes.fromhex("06082a8648ce3d040303")  # ecdsa-with-SHA384
    assert data.count(name) == 2
    for other in ("06082a8648ce3d040309", "06082a8648ce3d0403ff"):
        with pytest.raises(TrustListError):
            RevocationList.from_bytes(
                data.replace(name, bytes.fromhex(other)), signing_key=AUTHORITY.public_key()
            )
    sha1 = bytes.fromhex("06072a8648ce3d0401")
    made = rebuilt(data, algorithm=der.encode(der.SEQUENCE, sha1))
    assert len(RevocationList.from_bytes(made)) == 0
    with pytest.raises(TrustListSignatureError, match="SHA-1"):
        RevocationList.from_bytes(made, signing_key=AUTHORITY.public_key())
    unknown = rebuilt(data, algorithm=der.encode(der.SEQUENCE, bytes.fromhex("06022a03")))
    with pytest.raises(TrustListSignatureError, match="unknown algorithm"):
        RevocationList.from_bytes(unknown, signing_key=AUTHORITY.public_key())


# --- lists put together by hand ------------------------------------------------------------------


def rebuilt(
    data: bytes,
    *,
    algorithm: bytes | None = None,
    inner: bytes | None = None,
    version: bytes | None = None,
    issuer: bytes | None = None,
    times: bytes | None = None,
    entries: bytes | None = None,
    extensions: bytes | None = None,
) -> bytes:
    """A list with parts replaced, and the signature it had."""
    at, end = der.only(data, 0, len(data), der.SEQUENCE, "list")
    tbs, tbs_end = der.expect(data, at, end, der.SEQUENCE, "list")
    spans = der.elements(data, tbs, tbs_end, "tbs")
    starts = [tbs, *(span[2] for span in spans)]
    parts = [data[start : span[2]] for start, span in zip(starts, spans, strict=False)]
    if algorithm is not None:
        parts[1] = algorithm
    outer = data[tbs_end : der.element(data, tbs_end, end, "algorithm")[2]]
    signature = data[tbs_end + len(outer) : end]
    parts[1] = inner if inner is not None else parts[1]
    parts[0] = version if version is not None else parts[0]
    parts[2] = issuer if issuer is not None else parts[2]
    if times is not None:
        parts[3:5] = [times]
    has_entries = len(parts) > 5 and parts[-2][:1] == b"\x30"
    if entries is not None:
        parts[-2:-1] = [entries] if has_entries else [parts[-2], entries]
    if extensions is not None:
        parts[-1] = extensions
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, *parts), algorithm or outer, signature)


def utc(text: bytes) -> bytes:
    return der.encode(der.UTC_TIME, text)


def extension(oid: str, value: bytes, *, critical: bytes = b"") -> bytes:
    content = der.encode(der.OCTET_STRING, value)
    return der.encode(der.SEQUENCE, bytes.fromhex(oid), critical, content)


def all_extensions(*parts: bytes) -> bytes:
    return der.encode(0xA0, der.encode(der.SEQUENCE, *parts))


CRITICAL = b"\x01\x01\xff"
NUMBER = "0603551d14"
ISSUED = utc(b"220601000000Z")
ENTRY = der.encode(der.INTEGER, b"\7") + utc(b"220520123015Z")


def row(*parts: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, *parts))


def test_a_list_of_the_first_version_has_no_extensions() -> None:
    data = rebuilt(list_of([entry(7)]), version=b"", extensions=b"")
    read = read_crl(data)
    assert (list(read.revoked), read.number, read.authority_key_identifier) == ([7], None, None)
    with pytest.raises(TrustListRollbackError, match="no sequence"):
        RevocationList.from_bytes(data, last_sequence=0)


def test_a_list_that_does_not_say_until_when_is_read_with_a_note() -> None:
    data = rebuilt(list_of([entry(7)]), times=ISSUED)
    read = RevocationList.from_bytes(data, at=datetime(2030, 1, 1, tzinfo=UTC))
    assert read.expires_at is None
    assert len(read) == 1
    assert read.notes == ("it does not say until when it holds (RFC 5280 §5.1.2.5)",)


def test_a_negative_and_an_overlong_serial_number_are_read() -> None:
    # Certificates that exist have them.
    for content, serial in ((b"\xf7", -9), (b"\1" + bytes(29), 1 << 232)):
        data = rebuilt(
            list_of([entry(7)]),
            entries=row(der.encode(der.INTEGER, content), utc(b"220520123015Z")),
        )
        assert list(read_crl(data).revoked) == [serial]


def test_unknown_extensions_that_are_not_critical_are_passed_over() -> None:
    unknown = extension("06032a0304", b"\5\0")
    not_critical = extension("06032a0305", b"", critical=b"\x01\x01\x00")
    data = rebuilt(
        list_of([entry(7)]),
        entries=row(ENTRY, der.encode(der.SEQUENCE, unknown)),
        extensions=all_extensions(unknown, not_critical, extension(NUMBER, b"\2\1\5")),
    )
    read = read_crl(data)
    assert (list(read.revoked), read.number) == ([7], 5)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": b"\2\1\2"}, "version: 3"),
        ({"version": b"\2\1\0"}, "version: 1"),
        ({"version": b"\2\x0a" + b"\x7f" * 10}, "version: out of range"),
        ({"version": b"\2\0"}, "version: an integer of no bytes"),
        ({"inner": der.encode(der.SEQUENCE, bytes.fromhex("06022a03"))}, "differ"),
        ({"times": utc(b"2206010000Z")}, "thisUpdate"),
        ({"times": utc(b"220631000000Z")}, "thisUpdate: no such day"),
        ({"times": utc(b"220601000000+")}, "thisUpdate: not a time in UTC"),
        ({"times": ISSUED + utc(b"2209010000000")}, "nextUpdate"),
        ({"times": ISSUED + der.encode(der.GENERALIZED_TIME, b"220901000000Z")}, "nextUpdate"),
        ({"times": ISSUED + ISSUED + ISSUED}, "extensions: unexpected type"),
        ({"entries": row()}, "entry 1"),
        ({"entries": row(b"\2\0", utc(b"220520123015Z"))}, "entry 1"),
        ({"entries": row(b"\2\1\7")}, "entry 1"),
        ({"entries": der.encode(der.SEQUENCE, b"\2\1\7")}, "entry 1: unexpected type"),
        ({"entries": row(b"\2\x41" + b"\1" * 65, utc(b"220520123015Z"))}, "64 bytes"),
        ({"entries": row(ENTRY, b"\5\0")}, "entry 1"),
        ({"entries": row(ENTRY, der.encode(der.SEQUENCE, b"\5\0"))}, "malformed extension"),
        (
            {
                "entries": row(
                    ENTRY, der.encode(der.SEQUENCE, extension("0603551d15", b"\x0a\1\x08"))
                )
            },
            "removeFromCRL",
        ),
        (
            {"entries": row(ENTRY, der.encode(der.SEQUENCE, extension("0603551d15", b"\x0a\0")))},
            "malformed reason",
        ),
        (
            {"entries": row(ENTRY, der.encode(der.SEQUENCE, extension("0603551d1d", b"\x30\0")))},
            "another authority",
        ),
        (
            {
                "entries": row(
                    ENTRY,
                    der.encode(der.SEQUENCE, extension("06032a0304", b"", critical=CRITICAL)),
                )
            },
            "unknown critical extension 1.2.3.4",
        ),
        ({"extensions": all_extensions(extension("0603551d1b", b"\2\1\1"))}, "delta"),
        (
            {"extensions": all_extensions(extension("0603551d1b", b"\2\1\1", critical=CRITICAL))},
            "delta",
        ),
        ({"extensions": all_extensions(extension("0603551d1c", b"\x30\0"))}, "distribution point"),
        (
            {"extensions": all_extensions(extension("06032a0304", b"", critical=CRITICAL))},
            "unknown critical extension 1.2.3.4",
        ),
        (
            {"extensions": all_extensions(extension("06032a0304", b"", critical=b"\1\1\1"))},
            "unknown critical extension 1.2.3.4",
        ),
        ({"extensions": all_extensions(*[extension(NUMBER, b"\2\1\5")] * 2)}, "given twice"),
        ({"extensions": all_extensions(extension(NUMBER, b"\2\1\xff"))}, "negative"),
        ({"extensions": all_extensions(extension(NUMBER, b"\2\x41" + b"\1" * 65))}, "64 bytes"),
        ({"extensions": all_extensions(extension(NUMBER, b"\4\1\5"))}, "CRL number"),
        ({"extensions": all_extensions(extension("0603551d23", b"\4\0"))}, "authority key"),
        ({"extensions": all_extensions() + b"\5\0"}, "extensions"),
        ({"extensions": b"\x30\0"}, "extensions"),
        ({"extensions": all_extensions(b"\5\0" * 40_000)}, "extensions: more than 65536 bytes"),
        ({"issuer": der.encode(der.SEQUENCE, b"\5\0" * 40_000)}, "issuer: more than 65536"),
    ],
)
def test_a_list_of_another_meaning_is_refused_for_what_it_is(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        read_crl(rebuilt(list_of([entry(7)]), **changes))
    assert reason in caught.value.reason
    assert caught.value.format == "revocation, CRL"


def test_a_key_identifier_may_be_left_out_of_its_extension() -> None:
    data = rebuilt(list_of(), extensions=all_extensions(extension("0603551d23", b"\x30\3\x82\1\5")))
    assert read_crl(data).authority_key_identifier is None


def test_a_list_that_adds_to_another_of_the_backends_making_is_refused() -> None:
    for one in (
        x509.DeltaCRLIndicator(3),
        x509.IssuingDistributionPoint(None, None, True, False, None, False, False),
    ):
        with pytest.raises(TrustListFormatError, match="not supported"):
            read_crl(list_of([], (one, True)))
    foreign = (x509.CertificateIssuer([x509.DirectoryName(name_of("Other"))]), True)
    with pytest.raises(TrustListFormatError, match="another authority"):
        read_crl(list_of([entry(7, foreign)]))


def test_a_list_above_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crl, "MAX_REVOKED", 2)
    assert len(read_crl(list_of([entry(1), entry(2)])).revoked) == 2
    with pytest.raises(TrustListFormatError, match="more than 2 entries"):
        read_crl(list_of([entry(1), entry(2), entry(3)]))


def test_a_signature_that_is_no_whole_number_of_bytes_is_refused() -> None:
    data = list_of()
    at, end = der.only(data, 0, len(data), der.SEQUENCE, "list")
    _, at = der.expect(data, at, end, der.SEQUENCE, "list")
    _, at = der.expect(data, at, end, der.SEQUENCE, "list")
    start, _ = der.only(data, at, end, der.BIT_STRING, "list")
    changed = bytearray(data)
    changed[start] = 1
    with pytest.raises(TrustListFormatError, match="whole number of bytes"):
        read_crl(bytes(changed))


# --- files, PEM, openssl -------------------------------------------------------------------------


def test_a_list_in_pem_is_read_and_several_are_merged() -> None:
    def pem(data: bytes, label: str = "X509 CRL") -> bytes:
        body = b64encode(data).decode()
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n".encode()

    one, two = list_of([entry(7)]), list_of([entry(8)], number=65)
    read = RevocationList.from_bytes(pem(one), authorities=AUTHORITIES, last_sequence=64)
    assert (read.sequence, len(read), read.authenticated) == (64, 1, True)
    both = RevocationList.from_bytes(b"text of openssl before\n" * 999 + pem(one) + pem(two, "CRL"))
    assert (both.format, len(both.crls), len(both)) == ("revocation, CRL", 2, 2)
    with pytest.raises(TrustListRollbackError) as caught:
        RevocationList.from_bytes(pem(two) + pem(one), last_sequence=65)
    assert caught.value.place == "PEM block 2"
    for wrong in (
        pem(certificate(), "CERTIFICATE"),
        pem(one, "CMS"),
        pem(one).replace(b"-----END", b"-----ENDE"),
        pem(one).replace(b"\nMII", b"\n!!!"),
    ):
        with pytest.raises(TrustListFormatError) as refused:
            RevocationList.from_bytes(wrong)
        assert refused.value.place == "PEM block 1"


def test_a_certificate_is_no_list() -> None:
    with pytest.raises(TrustListFormatError):
        RevocationList.from_bytes(certificate())


def test_a_moment_sequence_or_authority_of_another_kind_is_a_mistake() -> None:
    data = list_of()
    text: Any = "2022-07-01"
    with pytest.raises(TypeError, match="datetime"):
        RevocationList.from_bytes(data, at=text)
    with pytest.raises(ValueError, match="aware"):
        RevocationList.from_bytes(data, at=datetime(2022, 7, 1))
    for wrong in (True, text):
        with pytest.raises(TypeError, match="last_sequence"):
            RevocationList.from_bytes(data, last_sequence=wrong)
    with pytest.raises(TypeError, match="authorities: expected a TrustList"):
        RevocationList.from_bytes(data, authorities=text)


def test_a_difference_of_clocks_of_five_minutes_is_allowed() -> None:
    data = list_of()
    for at in (FROM - timedelta(minutes=5), FROM, UNTIL, UNTIL + timedelta(minutes=5)):
        assert RevocationList.from_bytes(data, at=at).issued_at == FROM
    for at in (FROM - timedelta(minutes=6), UNTIL + timedelta(minutes=6)):
        with pytest.raises(TrustListStaleError):
            RevocationList.from_bytes(data, at=at)


OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


def openssl(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    assert OPENSSL is not None
    return subprocess.run([OPENSSL, *arguments], input=given, capture_output=True, check=False)


@needs_openssl
def test_openssl_and_we_agree_on_who_signed_a_list(tmp_path: Path) -> None:
    path = tmp_path / "authority.pem"
    data = list_of([entry(7)])
    for key in (AUTHORITY, specimens.ec_key("P-384", 13)):
        der_form = authority(key)
        pem = x509.load_der_x509_certificate(der_form).public_bytes(Encoding.PEM)
        path.write_bytes(pem)
        said = openssl("crl", "-inform", "DER", "-noout", "-CAfile", str(path), given=data)
        accepted = b"verify OK" in said.stderr
        assert accepted == (key is AUTHORITY)
        trusted = TrustList.from_certificates([der_form])
        if accepted:
            assert RevocationList.from_bytes(data, authorities=trusted).authenticated
        else:
            with pytest.raises(TrustListSignatureError):
                RevocationList.from_bytes(data, authorities=trusted)


@needs_openssl
def test_a_list_that_openssl_makes_is_read(tmp_path: Path) -> None:
    key = AUTHORITY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    made = x509.load_der_x509_certificate(authority()).public_bytes(Encoding.PEM)
    (tmp_path / "authority.pem").write_bytes(made)
    row = "R\t250101000000Z\t220520123015Z,keyCompromise\t07\tunknown\t/C=UT/CN=Specimen signer\n"
    (tmp_path / "index.txt").write_text(row)
    (tmp_path / "number").write_text("40\n")
    (tmp_path / "ca.cnf").write_text(
        "[ca]\ndefault_ca=x\n[x]\n"
        f"database={tmp_path}/index.txt\ncrlnumber={tmp_path}/number\n"
        "default_md=sha384\ndefault_crl_days=30\ncrl_extensions=e\n"
        "[e]\nauthorityKeyIdentifier=keyid\n"
    )
    done = openssl(
        *("ca", "-config", str(tmp_path / "ca.cnf"), "-gencrl"),
        *("-keyfile", str(tmp_path / "key.pem"), "-cert", str(tmp_path / "authority.pem")),
    )
    assert done.returncode == 0, done.stderr
    revocations = RevocationList.from_bytes(done.stdout, authorities=AUTHORITIES)
    assert (revocations.sequence, revocations.authenticated) == (0x40, True)
    with pytest.raises(SignerRevokedError) as caught:
        revocations.check_signer(signer(7))
    assert caught.value.revoked_at == REVOKED_AT


# --- hostile -------------------------------------------------------------------------------------

HOSTILE = list_of([entry(7, (x509.CRLReason(x509.ReasonFlags.superseded), False)), entry(8)])


def outcome(data: bytes) -> RevocationList | TrustListError:
    try:
        return RevocationList.from_bytes(data)
    except TrustListError as error:
        return error


@given(st.integers(0, len(HOSTILE) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_any_damage_ends_in_a_list_or_an_error(at: int, patch: bytes, removed: int) -> None:
    for data in (HOSTILE[:at] + patch + HOSTILE[at + removed :], HOSTILE[:at]):
        result = outcome(data)
        assert isinstance(result, RevocationList) or (result.format and result.reason)


@given(st.binary(max_size=80))
def test_any_bytes_in_a_sequence_end_in_a_list_or_an_error(data: bytes) -> None:
    for content in (data, der.encode(der.SEQUENCE, data), der.encode(der.INTEGER, b"\1") + data):
        result = outcome(der.encode(der.SEQUENCE, content))
        assert isinstance(result, RevocationList) or (result.format and result.reason)
