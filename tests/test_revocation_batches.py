"""Batches of the EU gateway: plain and signed, single and by the folder, and hostile ones.

The vectors are ours, from the fact sheet; signatures are those of `cryptography` and of openssl,
which also checks ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes as algorithms
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from hypothesis import given
from hypothesis import strategies as st

import specimens
from vnvaxcert import TrustList
from vnvaxcert.errors import (
    RevokedError,
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
)
from vnvaxcert.trust import files
from vnvaxcert.trust.revocation import (
    Batch,
    HashType,
    RevocationList,
    formats,
    read_batch,
    read_batch_list,
    sign_batch,
    write_batches,
)
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority

KID = bytes.fromhex("66d25512539d5a6d")
KID_TEXT = "ZtJVElOdWm0="
EXPIRES = datetime(2023, 4, 15, tzinfo=UTC)
FROM = datetime(2022, 1, 1, tzinfo=UTC)
REMOVED: Any = object()


def document(**changes: Any) -> dict[str, Any]:
    """A batch in the form of the fact sheet, but for the changes asked for."""
    made: dict[str, Any] = {
        "country": "VN",
        "expires": "2023-04-15T00:00:00+00:00",
        "kid": KID_TEXT,
        "hashType": "UCI",
        "entries": [{"hash": b64encode(bytes([number]) * 16).decode()} for number in (1, 2)],
    }
    made |= changes
    return {name: value for name, value in made.items() if value is not REMOVED}


def text(content: Any) -> bytes:
    return json.dumps(content).encode()


def uploader(kind: KeyType = KeyType.P256) -> tuple[Any, x509.Certificate, TrustList]:
    """A key and certificate of an uploader, and the authority that certified it."""
    key = specimens.key("RSA-2048" if kind is KeyType.RSA2048 else "P-256", 5)
    authority = SpecimenAuthority(not_before=FROM, country="UT")
    made = authority.issue_signer(name="Specimen upload", key=key)
    return key, x509.load_der_x509_certificate(made.certificate), authority.trust_list()


def is_revoked(revocations: RevocationList, kid: bytes | None, number: int) -> bool:
    try:
        revocations.check(kid, [(HashType.UCI, bytes([number]) * 16)])
    except RevokedError:
        return True
    return False


# --- plain ---------------------------------------------------------------------------------------


def test_a_plain_batch_revokes_what_it_holds_of_its_signer() -> None:
    revocations = RevocationList.from_bytes(text(document()))
    assert (revocations.format, len(revocations)) == ("revocation, gateway batch", 2)
    assert not revocations.authenticated
    assert is_revoked(revocations, KID, 1)
    assert is_revoked(revocations, None, 2)
    assert not is_revoked(revocations, KID, 3)
    assert not is_revoked(revocations, KID[::-1], 1)
    revocations.check(KID, [(HashType.SIGNATURE, b"\1" * 16)])


@pytest.mark.parametrize("kid", ["UNKNOWN_KID", "unknown_kid", " Unknown_Kid\n"])
def test_a_batch_of_an_unknown_kid_is_of_any_signer(kid: str) -> None:
    revocations = RevocationList.from_bytes(text(document(kid=kid)))
    assert is_revoked(revocations, b"any", 1)
    assert is_revoked(revocations, None, 1)


def test_the_batches_of_an_array_are_one_list() -> None:
    other = document(kid="UNKNOWN_KID", entries=[{"hash": b64encode(b"\7" * 16).decode()}])
    revocations = RevocationList.from_bytes(text([document(), document(), other]))
    assert len(revocations) == 3
    assert [number for number in range(9) if is_revoked(revocations, KID, number)] == [1, 2, 7]


def test_several_files_and_a_folder_of_them_are_one_list(tmp_path: Path) -> None:
    folder = tmp_path / "batches"
    (folder / "deep").mkdir(parents=True)
    (folder / ".etag").write_text("passed over")
    (folder / "one").write_bytes(text(document()))
    (folder / "deep" / "two").write_bytes(text(document(kid="UNKNOWN_KID")))
    single = tmp_path / "three"
    single.write_bytes(text(document(hashType="SIGNATURE")))
    merged = RevocationList.load(folder, single)
    assert len(merged) == 6
    assert merged.format == "revocation, gateway batch"
    same = RevocationList.from_bytes(
        *(path.read_bytes() for path in (folder / "one", folder / "deep" / "two", single))
    )
    assert same._entries == merged._entries


def test_a_file_that_is_no_list_spoils_a_folder_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(text(document()))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "README").write_text("a text")
    with pytest.raises(TrustListFormatError) as caught:
        RevocationList.load(tmp_path)
    assert caught.value.place == "sub/README"
    (tmp_path / "sub" / "README").write_bytes(text(document(kid="")))
    with pytest.raises(TrustListFormatError) as caught:
        RevocationList.load(tmp_path)
    assert caught.value.place == "sub/README, kid"


def test_a_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden").write_bytes(text(document()))
    with pytest.raises(TrustListFormatError, match="no file in it"):
        RevocationList.load(tmp_path)


def test_a_folder_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(text(document()))
    with monkeypatch.context() as patch:
        patch.setattr(formats, "MAX_DIRECTORY_FILES", 2)
        with pytest.raises(TrustListFormatError, match="more than 2 files"):
            RevocationList.load(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(formats, "MAX_DIRECTORY_BYTES", 300)
        with pytest.raises(TrustListFormatError, match="more than 300 bytes in all"):
            RevocationList.load(tmp_path)
    deep = tmp_path / "1" / "2" / "3"
    deep.mkdir(parents=True)
    (deep / "d").write_bytes(text(document()))
    assert len(RevocationList.load(tmp_path)) == 2
    monkeypatch.setattr(files, "MAX_DEPTH", 2)
    with pytest.raises(TrustListFormatError, match="more than 2 directories deep") as caught:
        RevocationList.load(tmp_path)
    assert caught.value.place == "1/2/3"


def test_links_in_a_folder_are_refused_where_they_may_lead_round(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(text(document()))
    link = tmp_path / "b"
    link.symlink_to(tmp_path / "a")
    assert len(RevocationList.load(tmp_path)) == 2
    (tmp_path / "c").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(TrustListFormatError, match="link to a directory"):
        RevocationList.load(tmp_path)
    (tmp_path / "c").unlink()
    link.unlink()
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(TrustListFormatError, match="neither a file nor a directory") as caught:
        RevocationList.load(tmp_path)
    assert caught.value.place == "b"
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(TrustListFormatError, match="cannot be read"):
        RevocationList.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_a_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TrustListFormatError, match="neither a file nor a directory") as caught:
        RevocationList.load(tmp_path)
    assert caught.value.place == "pipe"


def test_an_entry_of_a_folder_that_cannot_be_looked_at_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed:
        name = "closed"

        def is_file(self) -> bool:
            raise PermissionError(13, "Permission denied")

    @contextmanager
    def listing(_: object) -> Iterator[list[Closed]]:
        yield [Closed()]

    monkeypatch.setattr(os, "scandir", listing)
    with pytest.raises(TrustListFormatError) as caught:
        RevocationList.load(tmp_path)
    assert (caught.value.place, caught.value.reason) == (
        "closed",
        "cannot be read: Permission denied",
    )


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listing(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", listing)
    with pytest.raises(TrustListFormatError, match="cannot be read: Permission denied"):
        RevocationList.load(tmp_path)


@pytest.mark.parametrize("path", ["absent", "null\0character"])
def test_a_path_to_nothing_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(TrustListFormatError, match="cannot be read"):
        RevocationList.load(f"{tmp_path}/{path}")


def test_a_batch_counts_after_its_time_and_a_note_says_so() -> None:
    data = text([document(), document(expires="2024-01-01T00:00:00+07:00")])
    late = RevocationList.from_bytes(data, at=datetime(2023, 6, 1, tzinfo=UTC))
    assert late.notes == ("batches that need not be kept any longer, and still count: 1",)
    assert is_revoked(late, KID, 1)
    assert late.expires_at is None
    in_time = RevocationList.from_bytes(data, at=datetime(2022, 6, 1, tzinfo=UTC))
    assert in_time.notes == ()
    assert RevocationList.from_bytes(data).notes == ()


def test_of_a_longer_hash_the_first_16_bytes_count_and_a_note_says_so() -> None:
    longer = document(entries=[{"hash": b64encode(b"\5" * 32).decode()}])
    single = RevocationList.from_bytes(text(longer))
    assert is_revoked(single, KID, 5)
    what = "hashes of more than 16 bytes, of which the first 16 count: 1"
    assert single.notes == (what,)
    assert RevocationList.from_bytes(text([document(), longer])).notes == (f"batch 2: {what}",)


def test_a_batch_is_read_as_a_record() -> None:
    read = read_batch(text(document(country="Vietnam")))
    assert read == Batch(KID, HashType.UCI, (b"\1" * 16, b"\2" * 16), None, EXPIRES)
    assert repr(read) == "Batch(kid=66d25512539d5a6d, UCI, 2 hashes, None)"
    assert "UNKNOWN_KID" in repr(read_batch(text(document(kid="UNKNOWN_KID"))))
    odd = read_batch(text(document(expires=REMOVED, country=REMOVED, entries=[])))
    assert (odd.expires_at, odd.country, odd.hashes) == (None, None, ())


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kid": REMOVED}, "kid"),
        ({"kid": ""}, "kid"),
        ({"kid": 7}, "kid"),
        ({"kid": "not base64!"}, "kid"),
        ({"kid": "\u0111\u0111\u0111\u0111"}, "kid"),
        ({"hashType": REMOVED}, "hashType"),
        ({"hashType": "uci"}, "hashType"),
        ({"hashType": ["UCI"]}, "hashType"),
        ({"entries": REMOVED}, "entries"),
        ({"entries": {}}, "entries"),
        ({"entries": ["AQEBAQEBAQEBAQEBAQEBAQ=="]}, "entry 1"),
        ({"entries": [{"hash": "AQEBAQEBAQEBAQEBAQEBAQ=="}, {}]}, "entry 2"),
        ({"entries": [{"hash": None}]}, "entry 1"),
        ({"entries": [{"hash": "AQEBAQEBAQEBAQEBAQEB"}]}, "entry 1"),  # 15 bytes
        ({"entries": [{"hash": "AQEBAQEBAQEBAQEBAQEBA!=="}]}, "entry 1"),
        ({"expires": "2023-04-15T00:00:00"}, "expires"),
        ({"expires": "soon"}, "expires"),
        ({"expires": 1681516800}, "expires"),
        ({"expires": "0001-01-01T00:00:00+10:00"}, "expires"),
        ({"expires": "2023-04-15T00:00:00+00:00" + " " * 40}, "expires"),
    ],
)
def test_a_batch_of_another_shape_is_refused_with_its_place(
    changes: dict[str, Any], place: str
) -> None:
    content = document(**changes)
    for data, expected in ((content, place), ([document(), content], f"batch 2, {place}")):
        with pytest.raises(TrustListFormatError) as caught:
            RevocationList.from_bytes(text(data))
        assert caught.value.place == expected
        assert caught.value.format == "revocation, gateway batch"
    with pytest.raises(TrustListFormatError):
        read_batch(text(content))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[7]", "an object"),
        (b"[[]]", "an object"),
        (b"{}", "UNKNOWN_KID"),
        (b'{"kid": "a", "kid": "b"}', "twice"),
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"kid": "\xff"}', "not UTF-8"),
        (text({"more": False, "batches": []}), "load the batches"),
        (b"MI!!", "neither DER nor Base64"),
    ],
)
def test_other_json_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        RevocationList.from_bytes(data)
    assert reason in caught.value.reason


def test_a_batch_that_nobody_signed_is_refused_with_a_key() -> None:
    key, _, authorities = uploader()
    for given_with in ({"signing_key": key.public_key()}, {"authorities": authorities}):
        with pytest.raises(TrustListSignatureError, match="this format has none that can be"):
            RevocationList.from_bytes(text(document()), **given_with)


def test_a_batch_says_nothing_of_its_age() -> None:
    with pytest.raises(TrustListRollbackError, match="no sequence"):
        RevocationList.from_bytes(text(document()), last_sequence=0)


# --- signed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KeyType.P256, KeyType.RSA2048])
def test_a_signed_batch_is_read_with_the_uploaders_key_or_authority(kind: KeyType) -> None:
    key, certificate, authorities = uploader(kind)
    data = sign_batch(text(document()), key=key, certificate=certificate)
    for message in (data, b64encode(data), b"\n" + b64encode(data) + b"\r\n"):
        unchecked = RevocationList.from_bytes(message)
        assert unchecked.format == "revocation, signed gateway batch"
        assert not unchecked.authenticated
        options: list[dict[str, Any]] = [
            {"signing_key": key.public_key()},
            {"signing_key": certificate},
            {"authorities": authorities},
            {"signing_key": certificate, "authorities": authorities},
        ]
        for given_with in options:
            checked = RevocationList.from_bytes(message, **given_with)
            assert checked.authenticated
            assert is_revoked(checked, KID, 1)
            assert len(checked) == 2


def test_a_signed_batch_is_read_from_pem() -> None:
    key, certificate, _ = uploader()
    body = b64encode(sign_batch(text(document()), key=key, certificate=certificate))
    for label in (b"CMS", b"PKCS7"):
        pem = b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (label, body, label)
        read = RevocationList.from_bytes(pem + pem, signing_key=certificate)
        assert read.authenticated
        assert len(read) == 2
    wrong = b"-----BEGIN X509 CRL-----\n%b\n-----END X509 CRL-----\n" % body
    with pytest.raises(TrustListFormatError, match="neither a CRL nor a signed batch"):
        RevocationList.from_bytes(wrong)


def test_a_signed_batch_of_another_is_refused() -> None:
    key, certificate, authorities = uploader()
    data = sign_batch(text(document()), key=key, certificate=certificate)
    stranger = specimens.key("P-256", 6).public_key()
    with pytest.raises(TrustListSignatureError, match="key given"):
        RevocationList.from_bytes(data, signing_key=stranger)
    other = SpecimenAuthority(not_before=FROM, country="UT", key=KeyType.P384).trust_list()
    with pytest.raises(TrustListSignatureError) as caught:
        RevocationList.from_bytes(data, authorities=other)
    assert caught.value.place == "certificate of its signer"
    with pytest.raises(TrustListSignatureError, match="expired"):
        RevocationList.from_bytes(
            data, authorities=authorities, at=datetime(2031, 1, 1, tzinfo=UTC)
        )


def test_a_change_of_any_byte_that_is_signed_is_refused() -> None:
    key, certificate, _ = uploader()
    batch = text(document())
    data = sign_batch(batch, key=key, certificate=certificate)
    start = data.index(batch)
    signature = data[-64:]
    places = [*range(start, start + len(batch)), *range(len(data) - len(signature), len(data))]
    for offset in places:
        changed = bytearray(data)
        changed[offset] ^= 1
        with pytest.raises(TrustListError):
            RevocationList.from_bytes(bytes(changed), signing_key=certificate)


@pytest.mark.parametrize("content", [b"", b"text", b"[]", b"{}", b"\xff\xfe", b"{" * 10])
def test_what_is_signed_has_to_be_a_batch(content: bytes) -> None:
    key, certificate, _ = uploader()
    data = sign_batch(content, key=key, certificate=certificate)
    with pytest.raises(TrustListFormatError):
        RevocationList.from_bytes(data, signing_key=certificate)


def test_a_detached_signature_is_no_batch() -> None:
    key, certificate, _ = uploader()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(text(document()))
    data = builder.add_signer(certificate, key, algorithms.SHA256()).sign(
        Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature]
    )
    with pytest.raises(TrustListFormatError, match="not in the message"):
        RevocationList.from_bytes(data)


def test_a_message_without_the_uploaders_certificate_needs_its_key() -> None:
    key, certificate, authorities = uploader()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(text(document()))
    data = builder.add_signer(certificate, key, algorithms.SHA256()).sign(
        Encoding.DER, [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCerts]
    )
    assert RevocationList.from_bytes(data, signing_key=certificate).authenticated
    with pytest.raises(TrustListSignatureError, match="no certificate"):
        RevocationList.from_bytes(data, authorities=authorities)


def test_a_key_that_is_not_of_the_certificate_signs_nothing() -> None:
    _, certificate, _ = uploader()
    with pytest.raises(ValueError, match="not that of the certificate"):
        sign_batch(b"{}", key=specimens.ec_key(number=6), certificate=certificate)


def test_a_message_over_sha1_is_refused_with_a_key() -> None:
    key, certificate, _ = uploader()
    data = sign_batch(text(document()), key=key, certificate=certificate)
    sha256, sha1 = bytes.fromhex("0609608648016503040201"), bytes.fromhex("06052b0e03021a")
    assert sha256 in data
    broken = data.replace(sha256[2:], sha1[2:].ljust(len(sha256) - 2, b"\1"))
    with pytest.raises(TrustListError):
        RevocationList.from_bytes(broken, signing_key=certificate)


# --- openssl as a second opinion -----------------------------------------------------------------

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *arguments], input=given, capture_output=True, check=True)
    return done.stdout


@needs_openssl
def test_openssl_accepts_a_batch_we_sign(tmp_path: Path) -> None:
    key, certificate, _ = uploader()
    batch = text(document())
    path = tmp_path / "uploader.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    shown = openssl(
        *("cms", "-verify", "-inform", "DER", "-binary", "-noverify", "-certfile", str(path)),
        given=sign_batch(batch, key=key, certificate=certificate),
    )
    assert shown == batch


@needs_openssl
@pytest.mark.parametrize("extra", [[], ["-stream"], ["-noattr"], ["-keyid"]], ids=" ".join)
def test_a_batch_that_openssl_signs_is_read(tmp_path: Path, extra: list[str]) -> None:
    key, certificate, authorities = uploader()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {"key.pem": private, "cert.pem": certificate.public_bytes(Encoding.PEM)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    data = openssl(
        *("cms", "-sign", "-nodetach", "-binary", "-outform", "DER", "-md", "sha256", *extra),
        *("-signer", str(tmp_path / "cert.pem"), "-inkey", str(tmp_path / "key.pem")),
        given=text(document()),
    )
    if extra == ["-stream"]:
        assert data.startswith(b"\x30\x80"), "BER, as the gateway's own"
    read = RevocationList.from_bytes(b64encode(data), signing_key=certificate)
    assert read.authenticated
    assert is_revoked(read, KID, 2)
    assert RevocationList.from_bytes(data, authorities=authorities).authenticated


# --- the list of batches -------------------------------------------------------------------------


def test_the_list_of_batches_says_which_to_fetch_and_which_to_drop() -> None:
    data = {
        "more": True,
        "batches": [
            {"batchId": "a-1", "country": "VN", "date": "2022-06-01T00:00:00Z", "deleted": False},
            {"batchId": "b-2", "country": "", "date": "2022-06-02T07:00:00+07:00", "deleted": True},
        ],
    }
    read = read_batch_list(text(data))
    assert read.has_more
    assert [(one.batch_id, one.country, one.is_deleted) for one in read.batches] == [
        ("a-1", "VN", False),
        ("b-2", None, True),
    ]
    assert read.batches[1].changed_at == datetime(2022, 6, 2, tzinfo=UTC)
    assert read.batches[1].changed_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], ""),
        ({"more": False}, ""),
        ({"more": 1, "batches": []}, ""),
        ({"more": False, "batches": [7]}, "batch 1"),
        ({"batches": [{"batchId": "", "date": "2022-06-01T00:00:00Z"}]}, "batch 1"),
        ({"batches": [{"batchId": "a", "date": "2022-06-01T00:00:00Z", "deleted": 1}]}, "batch 1"),
        ({"batches": [{"batchId": "a"}]}, "batch 1"),
        ({"batches": [{"batchId": "a", "date": "2022-06-01T00:00:00"}]}, "batch 1"),
    ],
)
def test_a_list_of_batches_of_another_shape_is_refused(data: Any, place: str) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        read_batch_list(text(data))
    assert caught.value.place == place
    assert caught.value.format == "revocation, list of gateway batches"


# --- writing -------------------------------------------------------------------------------------


def test_batches_are_of_one_type_and_of_1000_hashes_at_most() -> None:
    hashes = [(HashType.UCI, number.to_bytes(16, "big")) for number in range(2001)]
    hashes += [(HashType.SIGNATURE, bytes(16)), (HashType.SIGNATURE, bytes(16))]
    batches = write_batches(hashes, kid=KID, country="VN", expires_at=EXPIRES)
    read = [read_batch(batch) for batch in batches]
    assert [(one.hash_type, len(one.hashes)) for one in read] == [
        (HashType.SIGNATURE, 1),
        (HashType.UCI, 1000),
        (HashType.UCI, 1000),
        (HashType.UCI, 1),
    ]
    assert {(one.kid, one.country, one.expires_at) for one in read} == {(KID, "VN", EXPIRES)}
    assert len(RevocationList.from_bytes(*batches)) == 2002
    assert write_batches([], kid=KID, country="VN", expires_at=EXPIRES) == ()


def test_a_batch_is_written_in_the_form_of_the_gateway() -> None:
    hanoi = timezone(timedelta(hours=7))
    (batch,) = write_batches(
        [(HashType.UCI, b"\1" * 16)],
        kid=None,
        country="VN",
        expires_at=datetime(2023, 4, 15, 7, tzinfo=hanoi),
    )
    assert json.loads(batch) == {
        "country": "VN",
        "expires": "2023-04-15T00:00:00Z",
        "kid": "UNKNOWN_KID",
        "hashType": "UCI",
        "entries": [{"hash": "AQEBAQEBAQEBAQEBAQEBAQ=="}],
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"hashes": [(HashType.UCI, bytes(15))]}, ValueError),
        ({"hashes": [("OTHER", bytes(16))]}, ValueError),
        ({"hashes": [(HashType.UCI, "00" * 16)]}, TypeError),
        ({"kid": b""}, ValueError),
        ({"kid": "UNKNOWN_KID"}, TypeError),
        ({"country": "vn"}, ValueError),
        ({"country": "VNM"}, ValueError),
        ({"country": "ĐĐ"}, ValueError),
        ({"expires_at": datetime(2023, 4, 15)}, ValueError),
        ({"expires_at": "2023-04-15"}, TypeError),
    ],
)
def test_a_batch_that_must_not_be_made_is_refused(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    given_with: dict[str, Any] = {
        "hashes": [(HashType.UCI, bytes(16))],
        "kid": KID,
        "country": "VN",
        "expires_at": EXPIRES,
        **changes,
    }
    hashes = given_with.pop("hashes")
    with pytest.raises(error):
        write_batches(hashes, **given_with)


# --- hostile -------------------------------------------------------------------------------------


def outcome(data: bytes) -> RevocationList | TrustListError:
    try:
        return RevocationList.from_bytes(data)
    except TrustListError as error:
        return error


KEY, CERTIFICATE, _ = uploader()
SIGNED = sign_batch(text(document()), key=KEY, certificate=CERTIFICATE)


@given(st.integers(0, len(SIGNED) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_any_damage_to_a_message_ends_in_a_list_or_an_error(
    at: int, patch: bytes, removed: int
) -> None:
    data = SIGNED[:at] + patch + SIGNED[at + removed :]
    for given_data in (data, b64encode(data), data[: at or 1]):
        result = outcome(given_data)
        assert isinstance(result, RevocationList) or (result.format and result.reason)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(document())), json_values), st.booleans())
def test_any_json_ends_in_a_list_or_an_error(changes: dict[str, Any], is_array: bool) -> None:
    content = document(**changes)
    result = outcome(text([content] if is_array else content))
    assert isinstance(result, RevocationList) or (result.format and result.reason)


def test_an_rsa_key_is_no_ec_key() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    read: Callable[..., RevocationList] = RevocationList.from_bytes
    with pytest.raises(TrustListSignatureError):
        read(SIGNED, signing_key=other)


def test_an_array_without_a_batch_is_no_list_that_revokes_nothing() -> None:
    with pytest.raises(TrustListFormatError, match="an array without a batch"):
        RevocationList.from_bytes(b"[]")
