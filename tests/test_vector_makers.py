"""What our makers of lists, seals and attestations write, by second sources.

The sources: figures of the programs in use (spec/revocation.md, sections 5 and 6), the example of
spec/attestation.md, the words of RFC 9162, and packages that share no code with the makers.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

import cbor2
import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

import make_vectors
from vectors import attested, lists, seal
from vectors.keys import CSCA_AQ, P256
from vectors.uvci import luhn
from vectors.viet_nam import code_of, passport

Vector = dict[str, Any]

_FILES: Final = make_vectors.files("revocation", "vds-nc", "viet-nam")


def vectors(suite: str) -> list[Vector]:
    found: list[Vector] = json.loads(_FILES[f"{suite}.json"])["vectors"]
    return found


# --- filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elements", "k", "words"),
    [
        ([b"1"], 67, "7d4b789447afb5d31a36164c"),
        ([b"1", b"2"], 22, "7ef31c7c642b5ce8"),
        ([b"1", b"3"], 15, "04533f1a36ab40c0"),
    ],
)
def test_filters_have_the_words_of_the_program_in_use(
    elements: list[bytes], k: int, words: str
) -> None:
    made = lists.Bloom.of(elements, k=k, words=len(words) // 8)
    assert made.bits.hex() == words


def test_a_filter_is_the_file_of_the_program_in_use() -> None:
    made = lists.Bloom.of([b"1", b"2"], k=22, words=2)._replace(rate=1e-4)
    expected = "0001160038d1b7170000000200000002000000027ef31c7c642b5ce8"
    assert made.file().hex() == expected


def test_prefixes_ascend_as_signed_numbers() -> None:
    starts = ["00000001", "7fffffff", "80000000", "ff800000", "ffffffff"]
    made = lists.Prefixes.of([bytes.fromhex(one) + bytes(12) for one in starts])
    expected = "00012b8cbccc000000050480000000ff800000ffffffff000000017fffffff"
    assert made._replace(rate=1e-12).file().hex() == expected


def archives() -> Iterator[tuple[str, bytes]]:
    for vector in vectors("revocation"):
        given = vector["input"]
        for one in given.get("files", given.get("revocation", {}).get("files", [])):
            data = b64decode(one)
            if data[:2] == b"\x1f\x8b":
                yield vector["id"], data


def test_archives_are_read_by_tarfile_and_have_the_names_of_their_contents() -> None:
    found = list(archives())
    assert len(found) > 50
    for name, data in found:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
            members = archive.getmembers()
            assert members, name
            for member in members:
                file = archive.extractfile(member)
                assert file is not None, name
                *_, kid, partition, chunk, identifier = member.name.split("/")
                assert sha256(file.read()).hexdigest() == identifier, name
                assert len(urlsafe_b64decode(kid + "=")) == 8, name
                assert partition == "null" or len(partition) in (1, 2), name
                assert len(chunk) == 1, name


def test_a_list_of_revoked_certificates_names_the_one() -> None:
    assert P256.certificate is not None
    serial = x509.load_der_x509_certificate(P256.certificate).serial_number
    made = x509.load_der_x509_crl(lists.crl(CSCA_AQ, serial))
    entry = made.get_revoked_certificate_by_serial_number(serial)
    assert entry is not None
    assert entry.revocation_date_utc == lists.REVOKED_AT
    authority = CSCA_AQ.certified.parsed.public_key()
    assert isinstance(authority, ec.EllipticCurvePublicKey)
    assert made.is_signature_valid(authority)


# --- seals ---------------------------------------------------------------------------------------


def test_the_canonical_form_is_that_of_another_package() -> None:
    compared = 0
    for vector in vectors("vds-nc"):
        expected = vector.get("intermediates", {}).get("to_be_signed")
        if expected is None or vector["expect"] == {"reject": "vdsnc.malformed"}:
            continue
        text = vector["input"]["text"].strip("\ufeff \t\r\n")
        if text.startswith("HC1:"):
            continue
        document = json.loads(text)
        document = document[0] if isinstance(document, list) else document
        assert rfc8785.dumps(document["data"]).hex() == expected, vector["id"]
        compared += 1
    assert compared > 350


def test_what_is_written_by_hand_of_numbers_is_what_another_package_writes() -> None:
    compared = 0
    for vector in vectors("vds-nc"):
        if vector["id"].startswith("vds-nc::number::") and "accept" in vector["expect"]:
            data = json.loads(vector["input"]["text"])["data"]
            signed = vector["comment"].partition(" is signed as ")[2].removesuffix(".")
            if signed:
                assert rfc8785.dumps(data["other"]).decode() == signed, vector["id"]
                compared += 1
    assert compared == 10


def test_a_defect_of_a_seal_changes_one_thing() -> None:
    changed = seal.edit(seal.VACCINATED, "msg/ve/0/des", "XM0GQ8")
    assert changed["msg"]["ve"][0]["des"] == "XM0GQ8"
    assert seal.VACCINATED["msg"]["ve"][0]["des"] == "XM8NQ0"
    del changed["msg"]["ve"][0]["des"], changed["msg"]["ve"][0]["vd"]
    assert set(changed["msg"]["ve"][0]) == {"nam", "dis"}


# --- attestations and codes ----------------------------------------------------------------------


def test_a_leaf_is_that_of_the_example() -> None:
    record = {"full_name": "Nguyễn Văn Mẫu", "record_id": "specimen-1", "lot": ""}
    leaf = attested.encode_leaf(record, bytes(range(16)))
    assert leaf.hex() == (
        "840150000102030405060708090a0b0c0d0e0fa26966756c6c5f6e616d65734e677579e1bb"
        "856e2056c4836e204de1baab75697265636f72645f69646a73706563696d656e2d31657269676874"
    )
    expected = "f911792854a39b274951e9b6b397d2e89cd57da2c95f9b19731138da9ea535c5"
    assert attested.leaf_hash(leaf).hex() == expected


@pytest.mark.parametrize("count", range(1, 9))
def test_a_path_leads_to_the_root_in_the_words_of_the_standard(count: int) -> None:
    leaves = [sha256(bytes([number])).digest() for number in range(count)]
    for index in range(count):
        # RFC 9162 §2.1.3.2, step by step.
        fn, sn, r = index, count - 1, leaves[index]
        for p in attested.path_of(leaves, index):
            assert sn != 0
            if fn & 1 or fn == sn:
                r = attested.node(p, r)
                while not fn & 1 and fn != 0:
                    fn, sn = fn >> 1, sn >> 1
            else:
                r = attested.node(r, p)
            fn, sn = fn >> 1, sn >> 1
        assert sn == 0
        assert r == attested.root_of(leaves)


def test_messages_are_in_deterministic_cbor() -> None:
    entrusted = attested.ENTRUSTED
    tag = cbor2.loads(entrusted)
    assert tag.tag == 18
    protected, unprotected, payload, signature = tag.value
    assert unprotected == {}
    assert len(signature) == 64
    for part in (protected, payload):
        assert cbor2.dumps(cbor2.loads(part), canonical=True) == part
    assert cbor2.loads(payload)[3] == sha256(attested.UNIT.certificate or b"").digest()


def test_the_code_of_a_passport_has_its_check_character() -> None:
    text, _, character = code_of(passport()).partition("#")
    assert len(text) == len("URN:UVCI:01:VN:") + 32
    assert character == luhn(text)
    assert passport()["v"][0]["ci"] == f"{text}#{character}"
