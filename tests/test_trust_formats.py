"""Formats of trust lists: real ones counted, own ones damaged, hostile ones refused."""

from __future__ import annotations

import base64
import errno
import json
import os
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

import foreign
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListSignatureError,
)
from vnvaxcert.trust import files, formats, json_text
from vnvaxcert.trust.files import MAX_FILE_BYTES
from vnvaxcert.trust.formats import directory, gateway, pem
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context
from vnvaxcert.trust.formats.germany import GERMAN_LIST
from vnvaxcert.trust.formats.uniform import NotUniformError, uniform_objects
from vnvaxcert.trust.specimen import SpecimenAuthority
from vnvaxcert.trust.trustlist import TrustList

AUTHORITY = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC))
SIGNERS = [
    AUTHORITY.issue_signer(key=ec.derive_private_key(number, ec.SECP256R1()), name=f"DSC {number}")
    for number in range(201, 205)
]
DSC = SIGNERS[0].certificate
PUBLISHER = ec.derive_private_key(7, ec.SECP256R1())


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def entry(certificate: bytes = DSC, **changes: Any) -> dict[str, Any]:
    """One entry as the gateway writes it; a change of None takes the member away."""
    members = {
        "kid": base64_of(sha256(certificate).digest()[:8]),
        "timestamp": "2022-05-16T12:21:16+02:00",
        "country": "UT",
        "certificateType": "DSC",
        "thumbprint": sha256(certificate).hexdigest(),
        "signature": base64_of(bytes(90)),
        "rawData": base64_of(certificate),
    } | changes
    return {name: value for name, value in members.items() if value is not None}


def german(document: bytes, key: ec.EllipticCurvePrivateKey = PUBLISHER) -> bytes:
    """A list in the German form, signed by the backend itself."""
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(document.strip(), scheme))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return base64.b64encode(raw) + b"\n" + document


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()


def pem_of(data: bytes, label: str = "CERTIFICATE") -> bytes:
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()


def refused(data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(data, **options)
    assert str(caught.value)
    return caught.value


def set_aside(data: bytes) -> list[str]:
    """The reasons why nothing of a list can be used."""
    trust = TrustList.from_bytes(data)
    assert not len(trust)
    return [one.reason for one in trust.set_aside]


# --- real lists ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lists() -> Path:
    return foreign.shared_vectors("trustlists")


REAL = [
    ("de/dsc-list.txt", "de/signing-key.pem", 122, {"FI": 2}),
    ("de-2023/acceptance.dsc-list.json", "de-2023/acceptance.signing-key.pem", 610, {"FI": 6}),
    (
        "de-2023/production.dsc-list.json",
        "de-2023/production.signing-key.pem",
        829,
        {"FI": 5, "ES": 1},
    ),
]


@pytest.mark.parametrize(("path", "key", "count", "refused"), REAL)
def test_the_german_lists_load_whole_and_their_signatures_are_good(
    lists: Path, path: str, key: str, count: int, refused: dict[str, int]
) -> None:
    trust = TrustList.load(lists / path, signing_key=lists / key)
    assert trust.authenticated
    assert (trust.format, len(trust), trust.set_aside) == ("German list", count, ())
    by_strict_parser = [one for one in trust if one.certificate is None]
    assert Counter(one.country for one in by_strict_parser) == refused
    for one in by_strict_parser:
        assert one.algorithms
        assert one.not_after is not None
        assert any("strict parser" in note for note in one.notes)
    assert not TrustList.load(lists / path).authenticated


def test_viet_nams_production_key_is_on_the_list_of_2023(lists: Path) -> None:
    trust = TrustList.load(lists / "de-2023" / "production.dsc-list.json")
    (key,) = trust[base64.b64decode("ZtJVElOdWm0=")]
    assert (key.country, key.usages, key.role) == ("VN", frozenset(), "signer")
    assert isinstance(key.public_key, rsa.RSAPublicKey)
    assert key.source.startswith("production.dsc-list.json, entry ")
    assert key.subject is not None
    assert "BỘ Y TẾ" in key.subject


def test_what_the_german_list_says_is_what_its_json_says(lists: Path) -> None:
    """Second source: the standard JSON parser."""
    path = lists / "de-2023" / "acceptance.dsc-list.json"
    trust = TrustList.load(path)
    listed = json.loads(path.read_bytes().split(b"\n", 1)[1])["certificates"]
    assert {one["certificateType"] for one in listed} == {"DSC"}
    assert [(key.kid, key.country) for key in trust] == [
        (base64.b64decode(one["kid"]), one["country"]) for one in listed
    ]
    for key, one in zip(trust, listed, strict=True):
        assert key.facts is not None
        assert key.facts.der == base64.b64decode(one["rawData"])
        assert sha256(key.facts.der).hexdigest() == one["thumbprint"]


def test_any_changed_byte_of_a_real_list_is_refused(lists: Path) -> None:
    data = (lists / "de" / "dsc-list.txt").read_bytes()
    key = lists / "de" / "signing-key.pem"
    assert TrustList.from_bytes(data, signing_key=key).authenticated
    assert TrustList.from_bytes(data.rstrip() + b" \r\n", signing_key=key).authenticated
    end = len(data.rstrip())
    for offset in [89, 90, end - 1, *range(91, end, 40_009)]:
        for change in (0x01, 0x20):
            changed = bytearray(data)
            changed[offset] ^= change
            assert refused(bytes(changed), signing_key=key).code == "trustlist.signature", offset
    assert refused(data[: end - 1], signing_key=key).code == "trustlist.signature"
    assert refused(data[:end] + b"x", signing_key=key).code == "trustlist.signature"


def test_the_commissions_archive_has_190_signers_and_10_authorities(lists: Path) -> None:
    trust = TrustList.load(lists / "ec-archive")
    roles = Counter(key.role for key in trust)
    assert roles == {"signer": 190, "authority": 10}
    assert {key.source.split("/")[0] for key in trust if key.role == "authority"} == {"CSCA"}
    # Each file is named by its SHA-256, so the kid is the start of its name.
    for key in trust:
        assert Path(key.source.partition(",")[0]).stem.startswith(key.kid.hex())
    assert {one.source for one in trust.set_aside} == {"License.txt", "Readme.txt", "Version.txt"}


def test_the_map_of_the_quality_assurance_loads() -> None:
    path = foreign.shared_vectors("dcc-quality-assurance") / "trust.json"
    trust = TrustList.load(path)
    expected = json.loads(path.read_bytes())
    assert trust.format == "kid map"
    assert {base64_of(key.kid): key.country for key in trust} == {
        kid: one["country"] for kid, one in expected.items()
    }


def test_each_certificate_file_of_the_seals_loads() -> None:
    folder = foreign.shared_vectors("vds-nc")
    paths = sorted(folder.rglob("*.der"))
    assert len(paths) == 5
    for path in paths:
        trust = TrustList.load(path)
        assert (trust.format, len(trust)) == ("DER", 1)


def test_no_real_file_is_of_two_formats(lists: Path) -> None:
    found: Counter[str] = Counter()
    for path in sorted(lists.rglob("*")):
        if path.is_file():
            content = Content(path.read_bytes())
            names = [known.name for known in formats.FORMATS if known.recognise(content)]
            assert len(names) <= 1, path
            found.update(names)
    assert found["German list"] == 3
    assert found["PEM"] >= 204


# --- the German list -----------------------------------------------------------------------------

SMALL = german(as_json({"certificates": [entry()]}))
KEY = PUBLISHER.public_key()


def test_a_german_list_of_our_own_making_is_read() -> None:
    trust = TrustList.from_bytes(SMALL, signing_key=KEY)
    (key,) = trust
    assert trust.authenticated
    assert (key.kid, key.country, key.notes) == (SIGNERS[0].kid, "UT", ())


def test_every_byte_below_the_signature_is_signed() -> None:
    for offset in range(89, len(SMALL)):
        changed = bytearray(SMALL)
        changed[offset] ^= 0x02
        error = refused(bytes(changed), signing_key=KEY)
        assert isinstance(error, TrustListSignatureError)
        assert (error.code, error.format) == ("trustlist.signature", "German list")


def test_every_bit_of_the_signature_counts() -> None:
    line, _, document = SMALL.partition(b"\n")
    signature = base64.b64decode(line)
    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        data = base64.b64encode(changed) + b"\n" + document
        assert refused(data, signing_key=KEY).code == "trustlist.signature"


@pytest.mark.parametrize(
    "line",
    [
        base64.b64encode(bytes(63)),
        base64.b64encode(bytes(65)),
        base64.b64encode(bytes(64)),
        b"!" * 88,
        b"0",
        SMALL[:88] + b"=",
        SMALL[:87],
        b" x ",
    ],
    ids=["63", "65", "zeros", "marks", "short", "padded", "cut", "letter"],  # SMALL differs by run
)
def test_a_first_line_that_is_no_signature_is_refused_with_and_without_a_key(line: bytes) -> None:
    data = line + SMALL[88:]
    assert refused(data, signing_key=KEY).code == "trustlist.signature"
    if line != base64.b64encode(bytes(64)):
        assert refused(data).code == "trustlist.format"


def test_a_key_of_another_publisher_or_kind_is_refused() -> None:
    others = (
        ec.derive_private_key(8, ec.SECP256R1()),
        ec.derive_private_key(7, ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
    )
    for other in others:
        error = refused(SMALL, signing_key=other.public_key())
        assert isinstance(error, TrustListSignatureError)


def test_taking_the_signature_away_does_not_help() -> None:
    document = SMALL[89:]
    assert len(TrustList.from_bytes(document)) == 1
    assert refused(document, signing_key=KEY).code == "trustlist.signature"
    assert refused(b"\n" + document, signing_key=KEY).code == "trustlist.signature"


def test_authorities_are_no_help_with_a_german_list_and_are_not_ignored() -> None:
    for options in ({}, {"signing_key": KEY}):
        error = refused(SMALL, authorities=AUTHORITY.trust_list(), **options)
        assert isinstance(error, TrustListSignatureError)
        assert "no certificate of its signer came along" in error.reason
    error = refused(b"not one\n" + SMALL[89:], authorities=AUTHORITY.trust_list())
    assert isinstance(error, TrustListSignatureError)


@pytest.mark.parametrize("document", [b"{}", b'{"certificates": {}}', b'{"certificates": 5}', b"{"])
def test_a_signed_list_without_a_list_in_it_is_refused(document: bytes) -> None:
    error = refused(german(document), signing_key=KEY)
    assert isinstance(error, TrustListFormatError)
    assert refused(german(document)).code == "trustlist.format"


def test_an_empty_list_is_refused_even_when_signed() -> None:
    assert "empty" in refused(german(b'{"certificates": []}'), signing_key=KEY).reason


# --- the gateway's list --------------------------------------------------------------------------


def test_signers_and_authorities_are_told_apart_and_uploaders_set_aside() -> None:
    document = [
        entry(),
        entry(AUTHORITY.certificate, certificateType="CSCA", country="XA"),
        entry(SIGNERS[1].certificate, certificateType="UPLOAD"),
        entry(SIGNERS[2].certificate, certificateType="AUTHENTICATION"),
        entry(SIGNERS[3].certificate, certificateType="NEWTYPE"),
    ]
    trust = TrustList.from_bytes(as_json(document), name="list.json")
    assert [(key.role, key.country) for key in trust] == [("signer", "UT"), ("authority", "XA")]
    assert [(one.source, one.country, one.reason) for one in trust.set_aside] == [
        ("list.json, entry 3", "UT", "a certificate of type UPLOAD signs no certificates"),
        ("list.json, entry 4", "UT", "a certificate of type AUTHENTICATION signs no certificates"),
        ("list.json, entry 5", "UT", "certificateType: neither DSC nor CSCA"),
    ]
    assert trust.set_aside[0].kid == SIGNERS[1].kid


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kid": None}, "kid: missing"),
        ({"kid": ""}, "kid: missing"),
        ({"kid": "!!!!"}, "kid: missing"),
        ({"kid": "A"}, "kid: missing"),
        ({"kid": "\ud800"}, "kid: missing"),
        ({"kid": 5}, "kid: missing"),
        ({"kid": ["a"]}, "kid: missing"),
        ({"certificateType": None}, "certificateType"),
        ({"certificateType": "dsc"}, "certificateType"),
        ({"certificateType": {"DSC": 1}}, "certificateType"),
        ({"rawData": ""}, "rawData: missing"),
        ({"rawData": 5}, "rawData: missing"),
        ({"rawData": ["MII="]}, "rawData: missing"),
        ({"rawData": "MIIü"}, "certificate: neither DER nor Base64"),
        ({"rawData": "\ud800"}, "certificate: neither DER nor Base64"),
        ({"rawData": "AAAA"}, "certificate: unexpected type"),
        ({"rawData": base64_of(DSC + b"\0")}, "certificate: 1 bytes behind it"),
        ({"rawData": base64_of(DSC[:-1])}, "certificate: the encoding ends too early"),
        ({"rawData": "A" * 200_000}, "certificate: more than"),
    ],
)
def test_an_entry_that_is_bad_in_one_way_is_set_aside_for_it(
    changes: dict[str, Any], reason: str
) -> None:
    document = as_json([entry(**changes), entry(SIGNERS[1].certificate)])
    trust = TrustList.from_bytes(document)
    assert [key.kid for key in trust] == [SIGNERS[1].kid]
    (one,) = trust.set_aside
    assert one.reason.startswith(reason)
    assert one.source == "memory, entry 1"


def test_a_kid_in_the_other_alphabet_or_without_padding_is_read() -> None:
    kid = b"\xfb\xef\xff\x00"
    for text in ("++//AA==", "--__AA==", "--__AA"):
        (key,) = TrustList.from_bytes(as_json([entry(kid=text)]))
        assert key.kid == kid


def test_entries_that_are_no_objects_are_set_aside() -> None:
    document = as_json([entry(), None, 5, "text", [], {}])
    trust = TrustList.from_bytes(document)
    assert (len(trust), len(trust.set_aside)) == (1, 5)


def test_usable_and_set_aside_are_together_what_was_read() -> None:
    document = [entry(one.certificate) for one in SIGNERS] + [entry(), entry(kid=""), 5]
    trust = TrustList.from_bytes(as_json(document))
    assert len(trust) + len(trust.set_aside) == len(document)
    assert len(trust) == 4


def test_more_entries_than_the_bound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(gateway)["MAX_ENTRIES"] == MAX_ENTRIES
    monkeypatch.setattr(gateway, "MAX_ENTRIES", 1000)
    data = b'[{"rawData":""}' + b",{}" * 1000 + b"]"
    assert "more than 1000 entries" in refused(data).reason


def test_a_map_of_kids_is_read_and_what_is_wrong_with_it_set_aside() -> None:
    document = {
        base64_of(SIGNERS[0].kid): {"certificate": base64_of(DSC), "country": "VN"},
        base64_of(b"x"): {"certificate": base64_of(SIGNERS[1].certificate)},
        "!!!": {"certificate": base64_of(DSC)},
        base64_of(b"y"): {"certificate": 5},
        base64_of(b"z"): None,
        base64_of(b"w"): {"certificate": "AAAA"},
    }
    trust = TrustList.from_bytes(as_json(document))
    assert [(key.kid, key.country) for key in trust] == [(SIGNERS[0].kid, "VN"), (b"x", "UT")]
    assert len(trust.set_aside) == 4
    assert refused(as_json({"a": {"certificate": ""}} | {str(n): 0 for n in range(MAX_ENTRIES)}))


def test_readers_refuse_json_of_another_shape() -> None:
    for read in (gateway.read_gateway, gateway.read_kid_map):
        for data in (b"5", b"", b"[[]]", b"words"):
            if read is gateway.read_gateway and data == b"[[]]":
                continue
            with pytest.raises(TrustListFormatError):
                read(Content(data), Context("list"))


# --- JSON ----------------------------------------------------------------------------------------

HOSTILE_JSON = {
    "nested too deeply": b'[{"rawData":' + b"[" * 100_000,
    "nested objects": b'{"certificates":' + b'{"a":' * 100_000,
    "a member twice": b'[{"rawData": "", "kid": "", "kid": ""}]',
    "not a number": b'[{"rawData": NaN}]',
    "infinity": b'[{"rawData": -Infinity}]',
    "a huge number": b'[{"rawData": ' + b"9" * 100_000 + b"}]",
    "a long fraction": b'[{"rawData": 0.' + b"9" * 100_000 + b"}]",
    "cut short": b'[{"rawData": "MII',
    "a tail": b'[{"rawData": ""}] []',
    "control character": b'[{"rawData": "\x00"}]',
    "not UTF-8": b'[{"rawData": "\xff"}]',
    "surrogates in UTF-8": b'[{"rawData": "\xed\xa0\x80"}]',
    "UTF-16": '[{"rawData": ""}]'.encode("utf-16"),
    "single quotes": b"[{'rawData': \"rawData\"}]",
    "a comma too many": b'[{"rawData": ""},]',
    "too many values": b'[{"rawData": ""}' + b",0" * 1_000_000 + b"]",
    "too many arrays": b'[{"rawData": ""},' + b"[]," * 600_000 + b"0]",
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json_is_refused_with_format_place_and_reason(name: str) -> None:
    error = refused(HOSTILE_JSON[name])
    assert isinstance(error, TrustListFormatError)
    assert error.code == "trustlist.format"
    assert error.format
    assert error.reason
    if HOSTILE_JSON[name].startswith(b"["):
        signed = german(b'{"certificates": ' + HOSTILE_JSON[name] + b"}")
        assert refused(signed, signing_key=KEY).code == "trustlist.format"


def test_json_errors_say_where() -> None:
    error = refused(b'[{"rawData": ""},\n\n {"kid" 5}]')
    assert (error.format, error.place) == ("JSON", "line 3, column 9")
    assert refused(b'[{"rawData": "\xff"}]').place == "byte 14"


def test_a_byte_order_mark_white_space_and_short_numbers_are_harmless() -> None:
    plain = as_json([entry(extra=1.5, more=-7, much=1e300)])
    for data in (plain, b"\xef\xbb\xbf" + plain, b" \r\n\t" + plain + b"\n"):
        assert len(TrustList.from_bytes(data)) == 1


def test_the_signatures_of_entries_are_dropped_and_others_are_kept() -> None:
    parsed = json_text.parse(b'[{"rawData": "", "signature": "x"}, {"signature": "y"}]')
    assert parsed == [{"rawData": ""}, {"signature": "y"}]


# --- large lists that a machine wrote ------------------------------------------------------------

TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\'))
NAMES = st.permutations(["kid", "certificateType", "country", "rawData", "thumbprint", "more", "x"])
MEMBERS = ("kid", "country")


def by_json(data: bytes, members: tuple[str, ...] = MEMBERS) -> list[tuple[bytes, ...]]:
    document = json.loads(data)
    if isinstance(document, dict):
        document = document["certificates"]
    return [tuple(one[member].encode() for member in members) for one in document]


@given(
    names=NAMES,
    first=st.lists(TEXT.filter(lambda text: "}" not in text), min_size=7, max_size=7),
    rows=st.lists(st.lists(TEXT, min_size=7, max_size=7), max_size=4),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (",\n", " : ")]),
    indent=st.sampled_from([None, 1, 2]),
    member=st.booleans(),
)
def test_uniform_objects_are_read_as_json_reads_them(
    names: list[str],
    first: list[str],
    rows: list[list[str]],
    separators: tuple[str, str],
    indent: int | None,
    member: bool,
) -> None:
    array = [dict(zip(names, row, strict=True)) for row in [first, *rows]]
    document: object = {"certificates": array} if member else array
    data = json.dumps(document, separators=separators, indent=indent).encode()
    assert list(uniform_objects(data, MEMBERS)) == by_json(data)


UNIFORM = as_json([{"kid": "k1", "x": "1", "country": "a"}, {"kid": "k2", "x": "", "country": "b"}])


@given(st.integers(0, len(UNIFORM)), st.binary(max_size=6), st.integers(0, 3))
@example(0, b'{"certificates":', 0)
@example(len(UNIFORM), b"}", 0)
@example(len(UNIFORM) - 1, b",", 0)
@example(UNIFORM.index(b"{"), b"{},", 0)
@example(UNIFORM.index(b"{"), b"null,", 0)
@example(UNIFORM.index(b"}") + 1, b", null", 0)
@example(UNIFORM.index(b"a"), b'"', 0)
@example(UNIFORM.index(b"a"), b"}", 0)
@example(UNIFORM.index(b"k2"), b"},{", 0)
@example(UNIFORM.index(b"k2"), b"\\u0041", 0)
@example(UNIFORM.index(b"k2") - 1, b"5", 0)
@example(UNIFORM.index(b"k2") - 1, b"[]", 4)
def test_damaged_uniform_objects_are_read_as_json_reads_them_or_not_at_all(
    offset: int, inserted: bytes, removed: int
) -> None:
    """But for control characters in a text, which make no difference to what is read."""
    data = UNIFORM[:offset] + inserted + UNIFORM[offset + removed :]
    try:
        found = list(uniform_objects(data, MEMBERS))
    except NotUniformError:
        return
    assert found == [
        tuple(value.encode() for value in row)
        for row in (
            tuple(one[member] for member in MEMBERS)
            for one in _certificates(json.loads(data, strict=False))
        )
    ]


def _certificates(document: Any) -> list[dict[str, str]]:
    found = document["certificates"] if isinstance(document, dict) else document
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"[{}]",
        b'[{"kid": "a", "country": "b"}]',  # nothing that nobody wants
        b'[{"kid": "a", "x": "y"}]',
        b'[{"kid": "a", "country": 5, "x": "y"}]',
        b'[{"kid": "a", "kid": "b", "country": "c", "x": "y"}]',
        b'[{"kid": "a", "country": "b", "x": {"y": ""}}]',
        b'[{"kid": "a", "country": "b", "x": [' + b"[" * 30_000 + b"}]",
        b'[{"kid": "a", "country": "\\"", "x": "y"}]',
        '[{"kid": "a", "country": "ü", "x": "y"}]'.encode(),
        b'{"other": [{"kid": "a", "country": "b", "x": "y"}]}',
        b'{"certificates": [{"kid": "a", "country": "b", "x": "y"}]',
        b'{"cert ificates": [{"kid": "a", "country": "b", "x": "y"}]}',
        b'{"certificates": [{"kid": "a", "country": "b", "x": "y"}], "more": 1}',
        b'[{"kid": "a", "country": "b", "x": "y"}',
        b'[{"kid": "a", "country": "b", "x": "y"},]',
        b'[{"kid": "a", "country": "b", "x": "y"}]]',
        b'[\x0b{"kid": "a", "country": "b", "x": "y"}]',
    ],
)
def test_what_is_not_uniform_is_left_to_the_json_parser(data: bytes) -> None:
    with pytest.raises(NotUniformError):
        list(uniform_objects(data, MEMBERS))


def large(*, escaped: bool = False) -> bytes:
    """More than 128 KiB in the gateway's form; with an escape the other reader takes it."""
    rows = [
        entry(SIGNERS[n % 4].certificate, kid=base64_of(n.to_bytes(4, "big"))) for n in range(9)
    ]
    rows[0]["signature"] = base64_of(bytes(120_000))
    rows[3]["certificateType"] = "UPLOAD"
    rows[4]["rawData"] = "AAAA"
    rows[5]["kid"] = ""
    rows[6]["country"] = "somewhere"
    if escaped:
        rows[8]["timestamp"] = "\u00e9"
    return as_json(rows)


def test_a_large_list_says_the_same_by_either_reader() -> None:
    def told(data: bytes) -> list[object]:
        trust = TrustList.from_bytes(data)
        keys = [(k.kid, k.country, k.role, k.source, k.subject, k.notes) for k in trust]
        return [*keys, *trust.set_aside]

    assert b"\\u00e9" in large(escaped=True)
    assert told(large()) == told(large(escaped=True))
    assert len(told(large())) == 9
    signed = german(b'{"certificates": ' + large() + b"}")
    assert told(signed) == told(large())


def test_a_large_list_of_another_shape_is_still_refused_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert refused(as_json({"certificates": "x" * 140_000, "rawData": ""})).code
    data = b'[{"kid": "", "x": "' + b"x" * 140_000 + b'", "rawData": ""}' + b",{}" * 1000
    monkeypatch.setattr(gateway, "MAX_ENTRIES", 1000)
    assert "more than 1000 entries" in refused(data + b"]").reason


def test_five_thousand_certificates_take_less_than_25_mb_and_are_parsed_later() -> None:
    count = 5000
    rows = [
        entry(DSC, kid=base64_of(n.to_bytes(8, "big")), signature="A" * 3200) for n in range(count)
    ]
    data = as_json(rows)
    del rows
    tracemalloc.start()
    trust = TrustList.from_bytes(data)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 25_000_000 - 2 * count * len(DSC)
    assert len(data) > 20_000_000
    (key,) = trust[(count - 1).to_bytes(8, "big")]
    assert key.source == f"memory, entry {count}"


# --- PEM and DER ---------------------------------------------------------------------------------


def test_all_certificates_of_a_pem_file_are_read_with_words_between_them() -> None:
    data = b"subject=...\n" + b"\r\nwords\r\n".join(pem_of(one.certificate) for one in SIGNERS)
    for variant in (data, b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n")):
        trust = TrustList.from_bytes(variant, name="all.pem")
        assert trust.format == "PEM"
        assert [key.kid for key in trust] == [one.kid for one in SIGNERS]
        assert [key.source for key in trust][:2] == ["all.pem, block 1", "all.pem, block 2"]


def test_other_labels_for_certificates_are_known_and_other_things_set_aside() -> None:
    for label in ("CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"):
        assert len(TrustList.from_bytes(pem_of(DSC, label))) == 1
    for label in ("PUBLIC KEY", "EC PRIVATE KEY", "TRUSTED CERTIFICATE", "X509 CRL", "", "\x1b[1m"):
        (reason,) = set_aside(pem_of(DSC, label))
        assert "another kind" in reason
        assert reason.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN ",
        b"-----BEGIN CERTIFICATE",
        b"-----BEGIN " + b"A" * 100 + b"-----",
        pem_of(DSC)[:-30],
        pem_of(DSC).replace(b"END CERTIFICATE", b"END OTHER"),
        pem_of(DSC).replace(b"M", b"!", 1),
        b"-----BEGIN CERTIFICATE-----\nProc-Type: 4\n\nMIIB\n-----END CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        pem_of(DSC + b"\0"),
    ],
)
def test_a_damaged_block_is_set_aside_and_the_next_one_is_read(data: bytes) -> None:
    assert len(set_aside(data)) == 1
    trust = TrustList.from_bytes(data + b"\n" + pem_of(SIGNERS[1].certificate))
    assert [key.kid for key in trust] == [SIGNERS[1].kid]
    assert len(trust.set_aside) == 1


def test_too_many_blocks_are_refused() -> None:
    assert str(MAX_ENTRIES) in refused(b"-----BEGIN " * (MAX_ENTRIES + 1)).reason


def test_one_certificate_in_der_is_read_and_a_damaged_one_set_aside() -> None:
    assert only_source(TrustList.from_bytes(DSC, name="dsc.der")) == "dsc.der"
    for data in (DSC + b"\0", DSC[:-1], DSC[:100]):
        assert len(set_aside(data)) == 1


def only_source(trust: TrustList) -> str:
    (key,) = trust
    return key.source


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\n", b"words", b"HC1:ABC", b"\x30\x03\x02\x01\x01", b"\x89PNG\r\n\x1a\n"),
        *(b"[]", b"{}", b'{"a": 5}', b"[1, 2]", b'[{"kid": "x"}]', b"{}\n{}", b"5", b'"text"'),
        b"\x00" * 100,
    ],
)
def test_what_is_in_no_known_format_is_refused(data: bytes) -> None:
    error = refused(data)
    assert isinstance(error, TrustListFormatError)
    assert "PEM" in error.reason or error.format == "JSON"


def test_a_file_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_FILE_BYTES == 64 * 2**20
    monkeypatch.setattr(formats, "MAX_FILE_BYTES", len(DSC) - 1)
    assert "more than" in refused(DSC).reason


# --- files and directories -----------------------------------------------------------------------


def test_a_file_is_read_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    for content, name in ((DSC, "DER"), (pem_of(DSC), "PEM"), (SMALL, "German list")):
        path.write_bytes(content)
        for named in (path, str(path)):
            trust = TrustList.load(named)
            assert (trust.format, len(trust)) == (name, 1)
    assert only_source(trust) == "list.txt, entry 1"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (str(tmp_path / "absent"), "a\0b"):
        with pytest.raises(TrustListFormatError, match="cannot be read"):
            TrustList.load(path)


def test_binary_with_a_line_feed_and_a_brace_is_no_german_list() -> None:
    for start in (b"\xd2\x84", b"\x84", b"\xa3\x01", b"\xbf\x61c"):
        assert not GERMAN_LIST.recognise(Content(start + b"\n{" + bytes(80)))
    assert GERMAN_LIST.recognise(Content(b"damaged\n{" + bytes(80)))


def test_a_directory_is_read_in_order_with_all_below_it(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "a").mkdir()
    (tmp_path / "z.pem").write_bytes(pem_of(SIGNERS[0].certificate))
    (tmp_path / "b" / "c" / "1.der").write_bytes(SIGNERS[1].certificate)
    (tmp_path / "b" / "list.json").write_bytes(as_json([entry(SIGNERS[2].certificate)]))
    (tmp_path / "a" / "signed").write_bytes(
        german(as_json({"certificates": [entry(SIGNERS[3].certificate), 5]}))
    )
    (tmp_path / "a" / "README").write_bytes(b"words")
    (tmp_path / "a" / "empty").write_bytes(b"")
    (tmp_path / "a" / "bad.json").write_bytes(b'[\n{"rawData" 5}]')
    (tmp_path / "a" / ".hidden").write_bytes(b"words")
    trust = TrustList.load(tmp_path)
    assert (trust.format, trust.authenticated) == ("directory", False)
    assert [key.source for key in trust] == [
        "z.pem, block 1",
        "a/signed, entry 1",
        "b/list.json, entry 1",
        "b/c/1.der",
    ]
    assert [one.source for one in trust.set_aside] == [
        "a/README",
        "a/bad.json, line 2, column 12",
        "a/empty",
        "a/signed, entry 2",
    ]
    assert trust.set_aside[0].reason == "no known trust list"


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / ".hidden").write_bytes(DSC)
    with pytest.raises(TrustListFormatError, match="empty"):
        TrustList.load(tmp_path)


def test_links_to_files_are_followed_and_links_to_directories_set_aside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dsc.der").write_bytes(DSC)
    (tmp_path / "in" / "round").symlink_to(tmp_path)
    (tmp_path / "link.der").symlink_to(tmp_path / "in" / "dsc.der")
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    (tmp_path / "loop").symlink_to("loop")
    trust = TrustList.load(tmp_path)
    assert [key.source for key in trust] == ["link.der"]
    assert {one.source: one.reason for one in trust.set_aside} == {
        "in/dsc.der": "repeats an earlier entry",
        "in/round": "a link to a directory is not followed",
        "loop": f"cannot be read: {os.strerror(errno.ELOOP)}",
        "nowhere": "neither a file nor a directory",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_a_directory_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dsc.der").write_bytes(DSC)
    (one,) = TrustList.load(tmp_path).set_aside
    assert one.source == "pipe"


def test_a_directory_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, signer in enumerate(SIGNERS):
        (tmp_path / f"{number}.der").write_bytes(signer.certificate)
    deep = tmp_path.joinpath(*["d"] * (files.MAX_DEPTH + 2))
    deep.mkdir(parents=True)
    (deep / "dsc.der").write_bytes(AUTHORITY.certificate)
    trust = TrustList.load(tmp_path)
    assert len(trust) == 4
    assert "directories deep" in trust.set_aside[0].reason
    with monkeypatch.context() as patched:
        patched.setattr(directory, "MAX_FILE_BYTES", 2 * len(DSC))
        with pytest.raises(TrustListFormatError, match="in all"):
            TrustList.load(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(directory, "MAX_ENTRIES", 3)
        with pytest.raises(TrustListFormatError, match="3 files"):
            TrustList.load(tmp_path)


def test_a_directory_that_cannot_be_listed_is_refused_or_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "dsc.der").write_bytes(DSC)
    listing = os.scandir

    def scandir(path: str) -> Any:
        if path.rstrip("/").endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (one,) = TrustList.load(tmp_path).set_aside
    assert (one.source, one.reason) == ("closed", "cannot be read: Permission denied")
    with pytest.raises(TrustListFormatError, match="cannot be read"):
        directory.read_directory(str(tmp_path / "closed"), Context("closed"))


# --- anything at all -----------------------------------------------------------------------------

SPECIMENS = [
    DSC,
    pem_of(DSC) + pem_of(AUTHORITY.certificate),
    SMALL,
    as_json([entry(), entry(AUTHORITY.certificate, certificateType="CSCA")]),
    as_json({base64_of(b"kid"): {"certificate": base64_of(DSC), "country": "UT"}}),
]


def examine_whole(data: bytes, **options: Any) -> None:
    """Load, and look at all there is: a list or a `TrustListError`, nothing else."""
    try:
        trust = TrustList.from_bytes(data, **options)
    except TrustListError as error:
        trust, problem = None, error
    if trust is None:
        assert problem.format
        assert problem.reason
        return
    keys, aside = list(trust), trust.set_aside
    assert len(keys) == len(trust)
    assert len(keys) + len(aside) > 0
    assert all(isinstance(one.reason, str) and one.reason for one in aside)
    assert all(key.public_key and key.kid and repr(key) and key.notes is not None for key in keys)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_list_or_a_trust_list_error(data: bytes) -> None:
    for prefix in (b"", b"[", b"{", b"\x30\x82", b"-----BEGIN ", SMALL[:89], b'[{"rawData":'):
        examine_whole(prefix + data)
        examine_whole(prefix + data, signing_key=KEY)


@given(
    st.sampled_from(SPECIMENS),
    st.integers(0, 10_000),
    st.binary(max_size=3),
    st.integers(0, 3),
)
def test_a_damaged_list_ends_in_a_list_or_a_trust_list_error(
    specimen: bytes, offset: int, inserted: bytes, removed: int
) -> None:
    offset %= len(specimen)
    examine_whole(specimen[:offset] + inserted + specimen[offset + removed :])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kid", "rawData", "certificates", "certificate", "country"]), inner
        )
    ),
)


@given(JSON)
def test_any_json_ends_in_a_list_or_a_trust_list_error(document: object) -> None:
    for whole in (document, [document], {"certificates": [document]}, {"AAEC": document}):
        examine_whole(as_json(whole))


def test_the_table_names_each_format_once_and_only_signed_ones_take_a_key() -> None:
    names = [known.name for known in formats.FORMATS]
    assert len(set(names)) == len(names)
    assert {known.name for known in formats.FORMATS if not known.is_signed} == {
        *("DER", "PEM", "kid map", "EU verifier service list"),
        *("French list", "British or Norwegian list", "Polish list", "GDHCN DID document"),
    }
    assert pem.PEM in formats.FORMATS
    for specimen in SPECIMENS:
        content = Content(specimen)
        assert sum(known.recognise(content) for known in formats.FORMATS) == 1
