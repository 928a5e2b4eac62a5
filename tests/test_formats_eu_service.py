"""The EU's verifier service and Italy's: responses one by one, and the status that counts.

No sample is shared: the vectors here are ours, made in the form of the fact sheet of throw-away
keys. Viet Nam's real certificate comes from the shared lists at run time.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
)
from vnvaxcert.trust.formats import FORMATS, eu_service
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context
from vnvaxcert.trust.formats.eu_service import EU_SERVICE
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key
from vnvaxcert.trust.trustlist import TrustList

AUTHORITY = SpecimenAuthority(
    not_before=datetime(2022, 1, 1, tzinfo=UTC), key=make_key(KeyType.P256, 499)
)
KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(401, 405)]
DSCS = [AUTHORITY.issue_signer(key=key, name="Specimen DSC").certificate for key in KEYS]
KIDS = [sha256(certificate).digest()[:8] for certificate in DSCS]
SPKI = KEYS[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

END = b"HTTP/2 204 \r\ndate: Mon, 16 May 2022 10:21:16 GMT\r\n\r\n"
NOT_ON_STATUS = "removed: not on the status"
NO_CERTIFICATE = "valid, says the status, but its certificate is missing"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def response(kid: bytes, body: bytes, token: int = 1, line: str = "HTTP/1.1 200 OK") -> bytes:
    """One response as ``curl -i`` leaves it: nothing behind the body."""
    headers = [line, "Content-Type: text/plain", f"X-RESUME-TOKEN: {token}", f"X-KID: {b64(kid)}"]
    return "\r\n".join([*headers, "", b64(body)]).encode()


def stream(numbers: Iterable[int] = range(4)) -> bytes:
    return b"".join(response(KIDS[n], DSCS[n], 400 + n) for n in numbers) + END


def status(numbers: Iterable[int] = range(4)) -> bytes:
    return as_json([b64(KIDS[n]) for n in numbers])


def delta(updated: Sequence[object] = (), deleted: Sequence[object] = ()) -> bytes:
    return as_json({"updated": list(updated), "deleted": list(deleted)})


def lookup(country: str = "UT", numbers: Iterable[int] = range(4)) -> bytes:
    return as_json({country: [{"kid": b64(KIDS[n]), "rawData": b64(DSCS[n])} for n in numbers]})


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()


def load(*files: bytes) -> TrustList:
    return TrustList.from_bytes(*files, name="list")


def refused(*files: bytes) -> TrustListError:
    with pytest.raises(TrustListFormatError) as caught:
        load(*files)
    assert caught.value.format == "EU verifier service list"
    return caught.value


def reasons(trust: TrustList) -> list[tuple[bytes, str]]:
    return [(one.kid, one.reason) for one in trust.set_aside]


# --- the stream and the status -------------------------------------------------------------------


@pytest.mark.parametrize("order", [0, 1], ids=["status last", "status first"])
def test_what_the_status_names_is_usable_in_either_order_of_the_files(order: int) -> None:
    files = [stream(), status()]
    trust = load(*(reversed(files) if order else files))
    assert (trust.format, len(trust), trust.set_aside) == ("EU verifier service list", 4, ())
    assert not trust.authenticated
    for kid, key, certificate in zip(KIDS, KEYS, DSCS, strict=True):
        (found,) = trust[kid]
        assert found.public_key == key.public_key()
        assert found.facts is not None
        assert found.facts.der == certificate
        assert (found.role, found.country, found.notes) == ("signer", AUTHORITY.country, ())


def test_files_of_the_service_load_as_one_list(tmp_path: Path) -> None:
    (tmp_path / "update.txt").write_bytes(stream())
    (tmp_path / "status.json").write_bytes(status([0, 1]))
    trust = TrustList.load(tmp_path / "update.txt", tmp_path / "status.json")
    assert (len(trust), len(trust.set_aside)) == (2, 2)
    assert trust[KIDS[1]][0].source == "update.txt + status.json, response 2"
    assert len(TrustList.load(tmp_path)) == 2


def test_a_certificate_that_the_status_does_not_name_was_removed() -> None:
    trust = load(stream(), status([0, 2]))
    assert [key.kid for key in trust] == [KIDS[0], KIDS[2]]
    assert reasons(trust) == [(KIDS[1], NOT_ON_STATUS), (KIDS[3], NOT_ON_STATUS)]


def test_a_valid_kid_without_its_certificate_is_reported() -> None:
    trust = load(stream([0, 1]), status())
    assert len(trust) == 2
    assert reasons(trust) == [(KIDS[2], NO_CERTIFICATE), (KIDS[3], NO_CERTIFICATE)]
    assert trust.set_aside[0].source.endswith("status, entry 3")


def test_the_body_may_be_a_bare_public_key_as_in_italy() -> None:
    trust = load(response(KIDS[0], SPKI) + END, status([0]))
    (key,) = trust[KIDS[0]]
    assert (key.facts, key.public_key) == (None, KEYS[0].public_key())


def test_one_kid_may_have_several_certificates() -> None:
    data = response(KIDS[0], DSCS[0]) + response(KIDS[0], DSCS[1]) + END
    assert [key.public_key for key in load(data, status([0]))[KIDS[0]]] == [
        KEYS[0].public_key(),
        KEYS[1].public_key(),
    ]


def test_the_names_of_headers_have_no_case_and_lines_may_end_in_a_line_feed() -> None:
    data = stream([0]).replace(b"X-KID", b"x-kid").replace(b"\r\n", b"\n")
    assert len(load(b"\n\n" + data, status([0]))) == 1


def test_the_stream_may_end_without_204_and_go_on_after_one() -> None:
    assert len(load(stream([0]) + stream([1, 2])[: -len(END)], status([0, 1, 2]))) == 3
    assert len(load(stream([0]) + b"\r\n", status([0]))) == 1
    assert len(load(stream([0]).rstrip(), status([0]))) == 1


def test_a_body_in_lines_is_read() -> None:
    head, _, body = response(KIDS[0], DSCS[0]).rpartition(b"\r\n\r\n")
    lines = base64.encodebytes(base64.b64decode(body))
    assert len(load(head + b"\r\n\r\n" + lines + END, status([0]))) == 1


def test_a_body_that_ends_like_the_start_of_a_status_line_is_cut_at_the_right_place() -> None:
    body = b"\x30" + base64.b64decode("AAHTTP/1")  # and no padding, so no character between
    data = b"HTTP/1.1 200 OK\r\nX-KID: AQ==\r\n\r\n" + base64.b64encode(body) + END
    (found,) = eu_service._responses(data[: -len(END)])
    assert base64.b64decode(found.body) == body
    first, second = eu_service._responses(data)
    assert (base64.b64decode(first.body), second.code) == (body, b"204")


def test_interim_responses_are_passed_over() -> None:
    data = b"HTTP/1.1 100 Continue\r\n\r\n" + stream([0])
    trust = load(data, status([0]))
    assert (len(trust), trust.set_aside) == (1, ())
    assert trust[KIDS[0]][0].source.endswith(", response 2")


def test_viet_nam_s_certificate_comes_through_the_service(
    shared_vectors: Callable[[str], Path],
) -> None:
    lines = (shared_vectors("trustlists") / "de-2023/production.dsc-list.json").read_text(
        encoding="utf-8"
    )
    entries = json.loads(lines.partition("\n")[2])["certificates"]
    data = b"".join(
        response(base64.b64decode(one["kid"]), base64.b64decode(one["rawData"])) for one in entries
    )
    valid = as_json([one["kid"] for one in entries if one["country"] != "FI"])
    trust = load(data + END, valid)
    finnish = sum(one["country"] == "FI" for one in entries)
    assert (len(trust), len(trust.set_aside)) == (len(entries) - finnish, finnish)
    (key,) = trust[bytes.fromhex("66d25512539d5a6d")]
    assert key.country == "VN"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b64(DSCS[0]).encode(), "X-KID: missing, empty or not Base64"),
        (b"HTTP/1.1 200 OK\r\nX-KID:\r\n\r\nMII=", "X-KID: missing, empty or not Base64"),
        (b"HTTP/1.1 200 OK\r\nX-KID: *\r\n\r\nMII=", "X-KID: missing, empty or not Base64"),
        (b"HTTP/1.1 200 OK\r\nX-KID: \xc3\xa4\r\n\r\nMII=", "X-KID: missing, empty or not Base64"),
        (b"HTTP/1.1 200 OK\r\nX-KID: AQ==\r\nX-KID: AQ==\r\n\r\nMI", "X-KID: there more than once"),
        (b"HTTP/1.1 200 OK\r\nX-KID: AQ==\r\n\r\n", "body: missing"),
        (b"HTTP/1.1 200 OK\r\nX-KID: AQ==", "body: missing"),
        (b"HTTP/1.1 200 Connection established\r\n\r\n", "X-KID: missing, empty or not Base64"),
        # Where a response was cut in its headers, the next one's are taken for its own.
        (
            b"HTTP/1.1 200 OK\r\nX-KID: AQ==\r\n" + response(b"2", b""),
            "X-KID: there more than once",
        ),
    ],
    ids=["none", "empty", "not base64", "not ascii", "twice", "no body", "cut", "proxy", "merged"],
)
def test_a_response_without_kid_or_body_is_set_aside(data: bytes, reason: str) -> None:
    trust = load(data, stream([1]), status([1]))
    assert len(trust) == 1
    assert [one.reason for one in trust.set_aside] == [reason]
    assert trust.set_aside[0].source.endswith("file 1, response 1")


def test_a_body_that_is_no_certificate_is_set_aside_when_it_is_looked_at() -> None:
    trust = load(response(KIDS[0], b"text") + response(KIDS[1], DSCS[1][:-1]), status([0, 1]))
    assert not len(trust)
    assert [kid for kid, _ in reasons(trust)] == KIDS[:2]


@pytest.mark.parametrize("line", ["HTTP/1.1 503 Service Unavailable", "HTTP/2 302 ", "HTTP/2 404 "])
def test_a_download_that_failed_is_refused(line: str) -> None:
    error = refused(response(KIDS[0], DSCS[0]) + line.encode() + b"\r\n\r\nsorry", status([0]))
    assert error.place.endswith("response 2")
    code = line.split()[1]
    assert error.reason == (f"HTTP status {code}; expected 200 with a certificate, or 204 without")


@pytest.mark.parametrize("code", ["204", "103"])
def test_a_response_that_has_no_body_is_refused_with_one(code: str) -> None:
    error = refused(response(KIDS[0], DSCS[0], line=f"HTTP/1.1 {code} X"), status([0]))
    assert error.reason.startswith(f"HTTP status {code};")


@pytest.mark.parametrize(
    "data", [b"HTTP/", b"HTTP/1.1", b"HTTP/1.1 20", b"HTTP/1.1 2000 OK\r\n\r\n"]
)
def test_a_file_that_starts_like_a_response_and_is_none_is_refused(data: bytes) -> None:
    assert refused(data + stream([0]), status([0])).reason == "no HTTP status line"


# --- files that are missing or too many ----------------------------------------------------------


@pytest.mark.parametrize("files", [[stream()], [lookup()], [stream(), lookup(), delta()]])
def test_certificates_without_a_status_are_refused(files: list[bytes]) -> None:
    assert refused(*files).reason == (
        "no list of valid kids; load the answer of signercertificateStatus with it"
    )


@pytest.mark.parametrize("files", [[status()], [delta()], [status(), delta()]])
def test_a_status_without_certificates_is_refused(files: list[bytes]) -> None:
    assert refused(*files).reason == (
        "no certificates; load the answers of signercertificateUpdate with it"
    )


def test_two_lists_of_valid_kids_are_refused() -> None:
    error = refused(status(), stream(), status())
    assert error.reason == "two lists of valid kids; give the newest alone"


def test_a_stream_of_nothing_leaves_every_valid_kid_without_certificate() -> None:
    assert reasons(load(END, status([1]))) == [(KIDS[1], NO_CERTIFICATE)]


def test_a_signing_key_is_refused_for_nothing_is_signed() -> None:
    with pytest.raises(TrustListSignatureError, match="this format has none that can be"):
        TrustList.from_bytes(stream(), status(), signing_key=KEYS[0].public_key())


def test_a_sequence_is_not_made_of_tokens_which_do_not_grow_with_removals() -> None:
    assert load(stream(), status()).sequence is None
    with pytest.raises(TrustListRollbackError):
        TrustList.from_bytes(stream(), status(), last_sequence=0)


def test_other_lists_beside_the_service_s_files_are_merged() -> None:
    pem = AUTHORITY.certificate_pem().encode()
    trust = load(stream([0]), pem, status([0]))
    assert trust.format == "EU verifier service list+PEM"
    assert len(trust) == 2


# --- certificates by kid, and deltas -------------------------------------------------------------


def test_certificates_asked_for_by_kid_say_their_country() -> None:
    trust = load(lookup("XY", [0, 1]), status([0]))
    (key,) = trust[KIDS[0]]
    assert (key.country, key.source.rpartition(", XY, ")[2]) == ("XY", "entry 1")
    (removed,) = trust.set_aside
    assert (removed.kid, removed.country, removed.reason) == (KIDS[1], "XY", NOT_ON_STATUS)


def test_several_files_of_certificates_are_one_list() -> None:
    trust = load(stream([0]), status(), lookup("UT", [1]), stream([2, 3]))
    assert (len(trust), trust.set_aside) == (4, ())
    assert trust[KIDS[1]][0].source.endswith("file 3, UT, entry 1")
    assert trust[KIDS[3]][0].source.endswith("file 4, response 2")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("text", "not an object"),
        (None, "not an object"),
        ({"rawData": b64(DSCS[0])}, "kid: missing, or not Base64"),
        ({"kid": 5, "rawData": b64(DSCS[0])}, "kid: missing, or not Base64"),
        ({"kid": b64(KIDS[0])}, "rawData: missing, or not text"),
        ({"kid": b64(KIDS[0]), "rawData": ""}, "rawData: missing, or not text"),
        ({"kid": b64(KIDS[0]), "rawData": ["text"]}, "rawData: missing, or not text"),
    ],
)
def test_what_is_no_certificate_by_kid_is_set_aside(entry: object, reason: str) -> None:
    good = {"kid": b64(KIDS[1]), "rawData": b64(DSCS[1])}
    trust = load(as_json({"UT": [entry, good]}), status([1]))
    assert [key.kid for key in trust] == [KIDS[1]]
    assert [one.reason for one in trust.set_aside] == [reason]


def test_a_country_without_an_array_is_set_aside() -> None:
    names = [chr(65 + n) + "A" for n in range(16)]
    document = {name: [] for name in names[1:]} | {"UT": json.loads(lookup())["UT"]}
    late = {**document, "VN": "text", "not a country": 5}
    trust = load(as_json({names[0]: json.loads(lookup())["UT"], **late}), status())
    assert len(trust) == 4 + 4  # of two countries each: they are different entries
    found = [(one.country, one.reason) for one in trust.set_aside]
    assert found == [("VN", "not an array of certificates"), (None, "not an array of certificates")]
    assert trust.set_aside[1].source.endswith(", member 19")


def test_a_delta_takes_away() -> None:
    trust = load(stream(), delta(deleted=[b64(KIDS[0])]), status([0, 1]))
    assert [key.kid for key in trust] == [KIDS[1]]
    assert reasons(trust)[0] == (KIDS[0], "removed, says a delta")


def test_a_delta_does_not_bring_back_what_the_status_has_not() -> None:
    trust = load(stream([0, 1]), status([0]), delta(updated=[b64(KIDS[1]), "no kid", 5]))
    assert [key.kid for key in trust] == [KIDS[0]]
    assert reasons(trust) == [(KIDS[1], NOT_ON_STATUS)]


def test_several_deltas_all_count() -> None:
    parts = [delta(deleted=[b64(kid)]) for kid in KIDS[:3]]
    assert [key.kid for key in load(stream(), *parts, status())] == [KIDS[3]]


@pytest.mark.parametrize("bad", ["*", "", 5, None, ["AQ=="]])
def test_a_delta_that_takes_away_what_cannot_be_read_is_refused(bad: object) -> None:
    error = refused(stream(), status(), delta(deleted=[b64(KIDS[0]), bad]))
    assert error.place.endswith("delta, deleted, entry 2")
    assert error.reason == "not a kid in Base64"


@pytest.mark.parametrize("bad", ["*", "", 5, None, {"kid": "AQ=="}])
def test_a_status_entry_that_is_no_kid_is_set_aside(bad: object) -> None:
    trust = load(stream([0]), as_json([b64(KIDS[0]), bad]))
    assert len(trust) == 1
    (one,) = trust.set_aside
    assert (one.kid, one.reason) == (b"", "not a kid in Base64")
    assert one.source.endswith("status, entry 2")


def test_a_kid_that_the_status_names_twice_is_reported_once() -> None:
    assert reasons(load(END, status([0, 0]))) == [(KIDS[0], NO_CERTIFICATE)]


# --- recognition and bounds ----------------------------------------------------------------------


@pytest.mark.parametrize("data", [stream(), END, status(), delta(), lookup(), b"\r\n" + stream()])
def test_each_file_of_the_service_is_recognised_as_that_alone(data: bytes) -> None:
    assert [known for known in FORMATS if known.recognise(Content(data))] == [EU_SERVICE]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        ["text", "of", "any kind"],
        [b64(DSCS[0])],  # certificates
        [sha256(DSCS[0]).hexdigest()],  # hashes
        [b64(sha256(b"").digest()[:16])],  # revocation hashes
        ["did:web:trust.example:v2:trustlist:DCC:VNM:DSC#ZtJVElOdWm0="],
        ["abcdefghijk*"],
        ["abcdefghijkl"],
        [b64(bytes(7)).rjust(12, "A"), 5, None],
        [{"kid": b64(KIDS[0])}],
        {"updated": [], "deleted": None},
        {"updated": []},
        {"updated": [], "deleted": [], "more": []},
        {"certificates": [{"rawData": ""}]},
        {"UT": []},
        {"UT": {"rawData": ""}},
        {"UT": ["rawData"]},
        {"UT": [{"kid": ""}]},
        {"UT": [{"rawData": ""}], "text": []},
        5,
        "HTTP/1.1 200 OK",
    ],
    ids=repr,
)
def test_other_json_is_no_file_of_the_service(document: object) -> None:
    assert not EU_SERVICE.recognise(Content(as_json(document)))


@pytest.mark.parametrize("data", [b"", b"HTT", b"xHTTP/1.1 200 OK", b"\x00HTTP/2 200 "])
def test_other_bytes_are_no_file_of_the_service(data: bytes) -> None:
    assert not EU_SERVICE.recognise(Content(data))


CONTEXT = Context("list")


def read(*files: bytes) -> object:
    return eu_service.join_service([Content(file) for file in files], CONTEXT)


def test_more_certificates_than_any_list_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(eu_service)["MAX_ENTRIES"] == MAX_ENTRIES
    monkeypatch.setattr(eu_service, "MAX_ENTRIES", 100)
    many = as_json({"UT": [{"rawData": 5}] * 101})
    with pytest.raises(TrustListFormatError, match="more than 100 certificates"):
        read(many, status())
    half = as_json({"UT": [{"rawData": 5}] * 51})
    with pytest.raises(TrustListFormatError, match="more than 100 certificates"):
        read(half, half, status())


def test_more_responses_than_any_list_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eu_service, "MAX_ENTRIES", 100)
    with pytest.raises(TrustListFormatError, match="too many responses"):
        read(END * 201, status())


@pytest.mark.parametrize("place", ["status", "delta, deleted"])
def test_more_kids_than_any_list_has_are_refused(place: str) -> None:
    kids = [b64(KIDS[0])] * (MAX_ENTRIES + 1)
    files = [as_json(kids), delta()] if place == "status" else [status(), delta(deleted=kids)]
    with pytest.raises(TrustListFormatError, match=f"more than {MAX_ENTRIES} kids") as caught:
        read(END, *files)
    assert caught.value.place == place


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK" + b"\n" * 4_000_000,
        b"HTTP/1.1 200 OK\r\n" + b"X-KID: AQ==\r\n" * 300_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"HTTP/" * 800_000,
        b"HTTP/1.1 200 " * 300_000,
        b"HTTP/1.1 200\r\n\r\n" * 90_000,
    ],
    ids=["empty lines", "headers", "starts", "one line", "responses"],
)
def test_hostile_streams_cost_time_in_proportion_to_their_size(data: bytes) -> None:
    start = time.process_time()
    read(data, status([0]))
    assert time.process_time() - start < 5  # some 0.2 s; quadratic time would be minutes


@given(
    st.lists(
        st.sampled_from(
            [
                *(b"HTTP/1.1 200 OK", b"HTTP/2 204 ", b"HTTP/", b"HTTP/1.1 500", b"X-KID: AQ=="),
                *(b"\r\n", b"\n", b"\r\n\r\n", b"x-kid:", b"MIIB", b" ", b"\x00", b"\xff"),
                response(KIDS[0], DSCS[0]),
            ]
        ),
        max_size=12,
    )
)
def test_any_stream_ends_in_a_list_or_in_an_error_of_lists(parts: list[bytes]) -> None:
    try:
        trust = load(b"HTTP/1.1 200" + b"".join(parts), status([0]))
    except TrustListError:
        return
    assert len(trust) + len(trust.set_aside)


@given(st.data())
def test_damage_to_any_file_ends_in_a_list_or_in_an_error_of_lists(data: st.DataObject) -> None:
    files = [bytearray(file) for file in (stream([0, 1]), status(), lookup(), delta())]
    for file in files:
        for _ in range(data.draw(st.integers(0, 2))):
            file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        trust = load(*map(bytes, files))
    except TrustListError:
        return
    assert len(trust) + len(trust.set_aside)


@given(
    st.sets(st.integers(0, 3)),
    st.sets(st.integers(0, 3), min_size=1),
    st.sets(st.integers(0, 3)),
)
def test_usable_is_what_is_there_and_valid_and_not_deleted(
    there: set[int], valid: set[int], gone: set[int]
) -> None:
    trust = load(stream(there), status(valid), delta(deleted=[b64(KIDS[n]) for n in gone]))
    assert {key.kid for key in trust} == {KIDS[n] for n in (there & valid) - gone}
    # Each certificate and each valid kid comes out once.
    assert len(trust) + len(trust.set_aside) == len(there | valid)
