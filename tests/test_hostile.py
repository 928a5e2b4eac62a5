"""Hostile input: whatever the bytes, the answer is a result or a `VnvaxcertError`, soon.

What is fed in reaches each layer: text, zlib stream, COSE message, and, signed again with a key
that is trusted here, the claims. Mutations of valid certificates come from ``tools/fuzz.py``,
which runs many more of them.
"""

from __future__ import annotations

import contextlib
import gc
import math
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from random import Random
from typing import Any, Final

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fuzz
import fuzz_lists
from vnvaxcert import (
    HealthCertificate,
    TrustList,
    VnvaxcertError,
    cwt,
    decode_unverified,
    examine,
    verify,
)
from vnvaxcert.codec import base45, cbor, deflate
from vnvaxcert.codec.deflate import MAX_INFLATED_BYTES
from vnvaxcert.cose import sign1
from vnvaxcert.errors import CborError, InflatedTooLargeError
from vnvaxcert.examine import STEPS_OF_A_CERTIFICATE
from vnvaxcert.hcert import MAX_QR_CHARS, PREFIX
from vnvaxcert.trust.formats import FORMATS
from vnvaxcert.trust.revocation import RevocationList

LAYERS: Final = fuzz.layers()
VALID_TEXT: Final = fuzz.specimen_texts()[0]
VALID_MESSAGE: Final = deflate.decompress(base45.decode(VALID_TEXT[4:]))
DCC: Final[dict[str, Any]] = cbor2.loads(cbor2.loads(VALID_MESSAGE).value[2])[-260][1]
KID: Final = fuzz.SPECIMEN.kid


def head(major: int, argument: int) -> bytes:
    """The head of a CBOR item in its shortest form (RFC 8949 §3)."""
    if argument < 24:
        return bytes([major << 5 | argument])
    size = next(size for size in (1, 2, 4, 8) if argument < 256**size)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + argument.to_bytes(size, "big")


def text_of(encoded: bytes) -> str:
    """The text of a code for any bytes in the place of the zlib stream."""
    return PREFIX + base45.encode(encoded)


def judge_payload(payload: bytes) -> str:
    """The answer to claims that a trusted key signed."""
    return fuzz.judge(fuzz.wrapped(fuzz.resigned(payload)), is_signed=False)


def judge_claims(claims: object) -> str:
    return judge_payload(cbor2.dumps(claims))


def claims(**changed: Any) -> dict[Any, Any]:
    """Valid claims, with the given ones changed; their keys are ``iss``, ``exp``, ``iat``, ..."""
    numbers = {"iss": 1, "exp": 4, "iat": 6, "hcert": -260}
    valid: dict[Any, Any] = {
        1: "VN",
        4: int(fuzz.EXPIRES.timestamp()),
        6: int(fuzz.ISSUED.timestamp()),
        -260: {1: DCC},
    }
    valid.update({numbers[name]: value for name, value in changed.items()})
    return {number: value for number, value in valid.items() if value is not ...}


def message(
    protected: bytes | None = None,
    unprotected: bytes = b"\xa0",
    payload: bytes = b"\xa0",
    signature: bytes = bytes(64),
) -> bytes:
    """A COSE_Sign1 message of encoded parts, by default well-formed and signed by nobody."""
    if protected is None:
        protected = cbor2.dumps({1: -7, 4: KID})
    parts = (head(2, len(protected)) + protected, unprotected, head(2, len(payload)) + payload)
    return b"\xd2\x84" + b"".join(parts) + head(2, len(signature)) + signature


def test_the_untouched_specimens_are_accepted() -> None:
    assert [fuzz.judge(text) for text in fuzz.specimen_texts()] == ["accepted"] * 3
    assert judge_claims(claims()) == "accepted"
    assert fuzz.judge(fuzz.wrapped(message())) == "signature.invalid"


# --- anything at all, at every layer --------------------------------------------------------------


@given(st.text())
@example("")
@example("HC1:")
@example("HC1")
@example("HC1: ")
@example("HC1:\ud800")
@example("HC1:\x00\x00\x00")
@example("HC1:" + "\U0001f489" * 100)
def test_any_text_is_refused(text: str) -> None:
    assert fuzz.judge(text) != "accepted"
    assert fuzz.judge(PREFIX + text) != "accepted"


@given(st.text(alphabet=base45.ALPHABET, max_size=200))
def test_any_text_in_the_alphabet_is_refused(text: str) -> None:
    assert fuzz.judge(PREFIX + text) != "accepted"


@given(st.binary(max_size=2000))
@example(b"")
@example(b"\x78\xda")
@example(zlib.compress(b""))
def test_any_bytes_in_the_place_of_the_zlib_stream_are_refused(encoded: bytes) -> None:
    assert fuzz.judge(text_of(encoded)) in {"zlib.invalid", "zlib.too_large", "cbor.malformed"}


@given(st.binary(max_size=2000))
@example(b"")
@example(b"\xd2")
@example(b"\x80")
@example(b"\x84\x40\xa0\x40\x40")
def test_any_bytes_in_the_place_of_the_message_are_refused(encoded: bytes) -> None:
    assert fuzz.judge(fuzz.wrapped(encoded)) in {
        *("cbor.malformed", "cose.structure", "cose.algorithm", "cose.kid", "trust.unknown_kid"),
        "signature.invalid",
    }


@given(st.binary(max_size=2000))
@example(b"")
@example(b"\xa0")
def test_any_bytes_in_the_place_of_the_claims_are_refused(payload: bytes) -> None:
    assert judge_payload(payload) in {"cbor.malformed", "cose.structure", "cwt.claims"}


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_in_the_place_of_the_headers_are_refused(
    protected: bytes, unprotected: bytes
) -> None:
    assert fuzz.judge(fuzz.wrapped(message(protected=protected))) != "accepted"
    assert fuzz.judge(fuzz.wrapped(message(unprotected=unprotected))) != "accepted"


SCALARS: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64 - 1),
    st.integers(-(2**200), 2**200),  # big numbers, in tags 2 and 3
    st.floats(),
    st.text(max_size=12),
    st.binary(max_size=12),
    st.sampled_from(fuzz.VALUES),
)
KEYS: Final = st.one_of(
    st.sampled_from([1, 4, 6, -260, *DCC, *DCC["v"][0], *DCC["nam"], "t", "r", "dr"]),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.booleans(),
    st.none(),
)


def containers(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    tags = st.sampled_from([0, 1, 2, 18, 28, 29, 61, 258, 1001])
    return st.one_of(
        st.lists(children, max_size=4),
        st.dictionaries(KEYS, children, max_size=4),
        st.builds(cbor2.CBORTag, tags, children),
    )


ITEMS: Final = st.recursive(SCALARS, containers, max_leaves=12)


@given(ITEMS)
def test_any_item_in_the_place_of_the_claims_has_an_answer(item: Any) -> None:
    judge_claims(item)


@given(st.sampled_from(["iss", "exp", "iat", "hcert"]), ITEMS)
def test_any_item_in_the_place_of_a_claim_has_an_answer(name: str, item: Any) -> None:
    judge_claims(claims(**{name: item}))


@given(st.sampled_from([*DCC, "t", "r", "x"]), ITEMS)
def test_any_item_in_the_place_of_a_member_of_the_certificate_has_an_answer(
    name: str, item: Any
) -> None:
    judge_claims(claims(hcert={1: {**DCC, name: item}}))


@given(st.sampled_from([*DCC["v"][0], "x"]), ITEMS)
def test_any_item_in_the_place_of_a_member_of_an_entry_has_an_answer(name: str, item: Any) -> None:
    entry = {**DCC["v"][0], name: item}
    judge_claims(claims(hcert={1: {**DCC, "v": [entry]}}))


@given(ITEMS)
def test_any_item_as_header_or_message_is_refused(item: Any) -> None:
    encoded = cbor2.dumps(item)
    for hostile in (encoded, message(protected=encoded), message(unprotected=encoded)):
        assert fuzz.judge(fuzz.wrapped(hostile)) != "accepted"


# --- mutations ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
@given(random=st.randoms(use_true_random=False))
def test_any_mutation_ends_in_a_result_or_an_error_of_ours(name: str, random: Random) -> None:
    layer = LAYERS[name]
    outcome = layer.read(layer.mutate(random.choice(layer.seeds), random))
    assert outcome
    if name == "text":
        assert outcome in {"base45.invalid", "zlib.invalid", "hcert.prefix", "input.too_long"}


@given(random=st.randoms(use_true_random=False))
def test_reading_without_verifying_gives_what_examine_reads(random: Random) -> None:
    text = fuzz.wrapped(fuzz.resigned(fuzz.mutate_cbor(LAYERS["payload"].seeds[0], random)))
    seen = examine(text, at=fuzz.AT)
    try:
        read = decode_unverified(text)
    except VnvaxcertError:
        assert seen.unverified is None
    else:
        assert seen.unverified == read


def test_every_bit_flipped_of_what_is_signed_is_refused() -> None:
    parts = cbor2.loads(VALID_MESSAGE).value
    for part in (parts[0], parts[2], parts[3]):
        start = VALID_MESSAGE.index(part)
        for bit in range(len(part) * 8):
            changed = bytearray(VALID_MESSAGE)
            changed[start + bit // 8] ^= 1 << bit % 8
            assert fuzz.judge(fuzz.wrapped(bytes(changed))) != "accepted"


def test_errors_and_reprs_never_quote_the_person() -> None:
    secrets = ("Nguy", "NGUYEN", "THI<THU", "1990", "SPECIMEN0001", "Specimen Health")
    random = Random(5772)
    for _ in range(500):
        payload = fuzz.mutate_cbor(LAYERS["payload"].seeds[0], random)
        seen = examine(fuzz.wrapped(fuzz.resigned(payload)), trust=fuzz.TRUST, at=fuzz.AT)
        said = [str(seen.error), repr(seen.error), *(str(warning) for warning in seen.warnings)]
        shown = "\n".join([*said, repr(seen.verified), repr(seen.unverified)])
        shown = shown.replace(repr(fuzz.SPECIMEN.signer), "")
        assert not [secret for secret in secrets if secret in shown]


# --- bounds ---------------------------------------------------------------------------------------


def peak_bytes(function: Callable[[], object]) -> int:
    """The most memory that Python objects took during a call."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def zero_bomb(size: int) -> bytes:
    """A zlib stream of zeros, put together from one flushed piece of 1 MiB."""
    stream = zlib.compressobj(9)
    first = stream.compress(bytes(1 << 20)) + stream.flush(zlib.Z_FULL_FLUSH)
    piece = stream.compress(bytes(1 << 20)) + stream.flush(zlib.Z_FULL_FLUSH)
    return first + piece * ((size >> 20) - 1)


def test_a_bomb_of_a_gibibyte_is_stopped_at_the_bound() -> None:
    bomb = zero_bomb(1 << 30)
    assert len(bomb) < 1 << 21

    def inflate() -> None:
        with pytest.raises(InflatedTooLargeError):
            deflate.decompress(bomb)

    # Twice the bound for what comes out, and once the stream, of which the rest is kept.
    assert peak_bytes(inflate) < 2 * MAX_INFLATED_BYTES + len(bomb)
    assert fuzz.judge(text_of(bomb)) == "input.too_long"


def test_a_bomb_that_fits_in_a_code_is_stopped_at_the_bound() -> None:
    stream = zlib.compress(bytes(2_500_000), 9)
    text = text_of(stream)
    assert len(text) <= MAX_QR_CHARS
    assert fuzz.judge(text) == "zlib.too_large"
    assert peak_bytes(lambda: fuzz.judge(text)) < 1024 * 1024


def test_the_bound_on_inflated_bytes_is_exact() -> None:
    assert fuzz.judge(fuzz.wrapped(bytes(MAX_INFLATED_BYTES))) == "cbor.malformed"
    assert fuzz.judge(fuzz.wrapped(bytes(MAX_INFLATED_BYTES + 1))) == "zlib.too_large"


def test_a_text_of_ten_megabytes_is_refused_for_its_length_at_once() -> None:
    text = PREFIX + "0" * 10_000_000
    assert fuzz.judge(text) == "input.too_long"
    assert peak_bytes(lambda: fuzz.judge(text)) < 256 * 1024
    assert fuzz.judge("X" * 10_000_000) == "input.too_long"


@pytest.mark.parametrize("value", [b"HC1:", None, 1, ["HC1:"], bytearray(b"HC1:")])
def test_what_is_no_text_is_a_mistake_of_the_program(value: Any) -> None:
    for read in (decode_unverified, lambda text: verify(text, trust=TrustList())):
        with pytest.raises(TypeError):
            read(value)
    with pytest.raises(TypeError):
        examine(value)


NESTED: Final = {
    "arrays": b"\x81",
    "arrays of unknown length": b"\x9f",
    "maps": b"\xa1\x00",
    "maps of unknown length": b"\xbf\x00",
    "maps as keys": b"\xa1",
    "tags": b"\xc1",
    "tags 18": b"\xd2",
    "tags 61": b"\xd8\x3d",
}


@pytest.mark.parametrize("start", NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("depth", [17, 100, 20_000])
def test_deep_nesting_is_refused_everywhere(start: bytes, depth: int) -> None:
    deep = start * depth + b"\x00"
    for hostile in (deep, message(protected=deep), message(unprotected=deep)):
        assert fuzz.judge(fuzz.wrapped(hostile)) in {"cbor.malformed", "cose.structure"}
    assert judge_payload(deep) in {"cbor.malformed", "cose.structure"}
    in_claim = b"\xa2\x04\x1a\x64\x39\xf5\x80\x39\x01\x03" + deep
    assert judge_payload(in_claim) == "cbor.malformed"


LENGTHS: Final = [2**16, 2**31, 2**32 - 1, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("major", [2, 3, 4, 5])
def test_a_huge_declared_length_costs_no_memory(major: int, length: int) -> None:
    huge = head(major, length)
    texts = [
        fuzz.wrapped(hostile)
        for hostile in (
            huge,
            b"\xd2" + huge,
            b"\xd2\x84" + huge,
            b"\xd2\x84\x5f" + huge,
            message(protected=huge),
            message(unprotected=huge),
            fuzz.resigned(huge),
            fuzz.resigned(b"\xa1\x04" + huge),
            fuzz.resigned(b"\xa1\x39\x01\x03\xa1\x01" + huge),
        )
    ]
    codes: set[str] = set()
    peak = peak_bytes(lambda: codes.update(map(fuzz.judge, texts)))
    assert codes <= {"cbor.malformed", "cose.structure"}
    assert peak < 1024 * 1024


def test_many_hostile_certificates_leave_no_memory_behind() -> None:
    layer, random = LAYERS["cose"], Random(18)

    def some() -> None:
        for _ in range(600):
            layer.read(layer.mutate(random.choice(layer.seeds), random))

    some()  # caches fill
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        some()
        gc.collect()  # errors and their tracebacks refer to each other
        assert tracemalloc.get_traced_memory()[0] - before < 200 * 1024
    finally:
        tracemalloc.stop()


# --- work is linear -------------------------------------------------------------------------------


def colliding_keys(size: int) -> bytes:
    """A map whose keys are arrays of -1 and -2: all of them have the same hash in CPython."""
    count = 1 << size.bit_length() - 7  # so that keys and padding grow evenly with the size
    padding = size // count - 18
    keys = (
        head(4, padding + 16)
        + b"\xa0" * padding
        + bytes(0x20 | number >> bit & 1 for bit in range(16))
        for number in range(count)
    )
    return head(5, count) + b"".join(key + b"\xf6" for key in keys)


def members(size: int, encode: Callable[[int], bytes]) -> bytes:
    """A map of about ``size`` bytes with the keys that ``encode`` makes, all with the value 0."""
    count = size // (len(encode(2**20)) + 1)
    return head(5, count) + b"".join(encode(number) + b"\0" for number in range(count))


SHAPES: Final[dict[str, Callable[[int], bytes]]] = {
    "a long byte string": lambda size: head(2, size) + bytes(size),
    "an array of zeros": lambda size: head(4, size) + bytes(size),
    "an array of empty maps": lambda size: head(4, size) + b"\xa0" * size,
    "a byte string in pieces": lambda size: b"\x5f" + b"\x41\0" * (size // 2) + b"\xff",
    "a text in pieces": lambda size: b"\x7f" + b"\x61a" * (size // 2) + b"\xff",
    "a map of integers": lambda size: members(size, lambda n: head(0, n)),
    "integers with the same low bits": lambda size: members(size, lambda n: head(0, n << 40)),
    "a map of texts": lambda size: members(size, lambda n: b"\x6a%010d" % (n % 10**10)),
    "a map of floats": lambda size: members(size, lambda n: b"\xfb" + struct.pack(">d", n * 1.5)),
    "keys made to collide": colliding_keys,
}


READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "protected header": lambda item: sign1.parse(message(protected=item)),
    "unprotected header": lambda item: sign1.parse(message(unprotected=item)),
    "claims": cwt.parse,
    "certificate": lambda item: cwt.parse(b"\xa1\x39\x01\x03\xa1\x01" + item),
}


def seconds(read: Callable[[bytes], object], item: bytes) -> float:
    """Processor time of reading an item, the least of some tries."""
    best = math.inf
    for _ in range(5):
        started = time.process_time()
        with contextlib.suppress(VnvaxcertError):
            read(item)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_four_times_the_input_takes_about_four_times_the_work(
    shape: Callable[[int], bytes], reader: Callable[[bytes], object]
) -> None:
    small, large = shape(8_000), shape(32_000)
    assert 3.5 < len(large) / len(small) < 4.5
    # Quadratic work would be sixteenfold; two milliseconds are for what does not grow.
    assert seconds(reader, large) < 9 * seconds(reader, small) + 0.002


def test_keys_made_to_collide_do_not_slow_the_decoder() -> None:
    text = fuzz.wrapped(message(unprotected=colliding_keys(60_000)))
    started = time.process_time()
    # Compared with each other, so many keys would take seconds, without any key of ours.
    assert fuzz.judge(text) == "cbor.malformed"
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("key", [b"\x80", b"\x81\x20", b"\xa0", b"\xa1\x20\x20", b"\xc1\x20"])
def test_a_compound_map_key_is_refused_in_large_input(key: bytes) -> None:
    padding = b"\x61p" + head(2, 2000) + bytes(2000)
    for item in (
        b"\xa2" + padding + key + b"\x00",
        b"\xbf" + padding + key + b"\x00\xff",
        b"\xa2" + padding + b"\x61q\x82\xa1" + key + b"\x00\x00",
        b"\xa2" + padding + b"\x7f\x61q\xff\xbf\x00\x01" + key + b"\x00\xff",
        b"\xa3" + padding + b"\x61q\xc1\x00" + key + b"\x00",
    ):
        for read in READERS.values():
            with pytest.raises(CborError):
                read(item)


# --- values that have broken others ---------------------------------------------------------------


@pytest.mark.parametrize(
    "pairs",
    [
        b"\x01\x62VN\x01\x62VN",
        b"\x01\x62VN\xf9\x3c\x00\x62VN",  # 1.0
        b"\x01\x62VN\xf5\x62VN",  # True
        b"\x01\x62VN\x18\x01\x62VN",  # 1, not in its shortest form
        b"\x04\x1a\x64\x39\xf5\x80\x04\x1a\x64\x39\xf5\x80",
        b"\x61a\x00\x61a\x00",
        b"\x61a\x00\x7f\x61a\xff\x00",
        b"\x41a\x00\x41a\x00",
        b"\xf6\x00\xf6\x00",
        b"\x80\x00\x80\x00",
        b"\xf9\x7e\x00\x00\xf9\x7e\x00\x00",  # NaN is not even equal to itself
    ],
)
def test_a_map_key_given_twice_is_refused_everywhere(pairs: bytes) -> None:
    twice = b"\xa2" + pairs
    refusals = {"cbor.malformed", "cose.structure", "cwt.claims"}
    for hostile in (message(protected=twice), message(unprotected=twice)):
        assert fuzz.judge(fuzz.wrapped(hostile)) in refusals
    assert judge_payload(twice) in refusals
    valid = cbor2.dumps(claims())
    assert judge_payload(b"\xa6" + valid[1:] + pairs) in refusals
    inner = b"\xa1\x39\x01\x03\xa1\x01" + twice
    assert judge_payload(inner) in {"cbor.malformed", "schema.invalid", "cwt.claims"}


@pytest.mark.parametrize("key", [1.0, 4.0, True, None, b"1", cbor2.CBORTag(1, 1)])
def test_a_key_that_only_equals_a_claim_is_no_claim(key: Any) -> None:
    assert judge_claims({key: "VN", **claims(iss=...)}) == "cwt.claims"


@pytest.mark.parametrize("claim", ["exp", "iat"])
@pytest.mark.parametrize(
    "value",
    [
        *(math.nan, math.inf, -math.inf, 1e300, -1e300, 253402300800, 253402300800.0),
        *(2**63, 2**64 - 1, -(2**63), -(2**64), 2**64, 2**200, -(2**200), -62135596801),
        *(True, False, None, "1681516800", b"1681516800", [1681516800], {}, cbor2.undefined),
        *(cbor2.CBORTag(1, math.nan), cbor2.CBORTag(1, "0"), cbor2.CBORTag(0, 1681516800)),
        cbor2.CBORTag(1, cbor2.CBORTag(1, 1681516800)),
    ],
    ids=repr,
)
def test_a_time_that_is_no_time_is_refused(claim: str, value: Any) -> None:
    assert judge_claims(claims(**{claim: value})) in {"cwt.claims", "cbor.malformed"}


@pytest.mark.parametrize("value", [253402300799, 253402300799.5])
def test_the_last_second_of_the_year_9999_can_be_read(value: float) -> None:
    assert judge_claims(claims(exp=value)) == "accepted"
    assert judge_claims(claims(iat=value)) == "cwt.not_yet_valid"
    assert judge_claims(claims(exp=-62135596800)) == "cwt.expired"
    assert judge_claims(claims(iat=-62135596800)) == "accepted"


def test_a_missing_or_null_expiry_is_refused() -> None:
    assert judge_claims(claims(exp=...)) == "cwt.claims"
    assert judge_claims(claims(exp=None)) == "cwt.claims"
    assert judge_claims(claims(iat=...)) == "accepted"


@pytest.mark.parametrize(
    ("kid", "code"),
    [
        (b"", "cose.kid"),
        ("", "cose.kid"),
        (KID.hex(), "cose.kid"),
        (None, "cose.kid"),
        (int.from_bytes(KID, "big"), "cose.kid"),
        ([KID], "cose.kid"),
        (cbor2.CBORTag(61, KID), "cose.kid"),
        (KID[:-1], "trust.unknown_kid"),
        (KID + b"\0", "trust.unknown_kid"),
        (bytes(40_000), "trust.unknown_kid"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_kid_of_another_form_is_refused_in_either_place(kid: Any, code: str) -> None:
    protected = cbor2.dumps({1: -7, 4: kid})
    assert fuzz.judge(fuzz.wrapped(message(protected=protected))) == code
    alone = message(protected=cbor2.dumps({1: -7}), unprotected=cbor2.dumps({4: kid}))
    assert fuzz.judge(fuzz.wrapped(alone)) == code


def test_everything_empty_is_refused_at_its_step() -> None:
    empty_map = cbor2.dumps({})
    cases = {
        "": "hcert.prefix",
        "HC1:": "zlib.invalid",
        fuzz.wrapped(b""): "cbor.malformed",
        fuzz.wrapped(b"\xd2"): "cbor.malformed",
        fuzz.wrapped(b"\xd2\x80"): "cose.structure",
        fuzz.wrapped(b"\xd2\xa0"): "cose.structure",
        fuzz.wrapped(b"\xd2\x84\x40\xa0\x40\x40"): "cose.algorithm",
        fuzz.wrapped(b"\xd2\x84\x40\xa0\xf6\x40"): "cose.structure",
        fuzz.wrapped(message(protected=cbor2.dumps({1: -7}))): "cose.kid",
        fuzz.wrapped(message(signature=b"")): "cose.structure",
        fuzz.wrapped(message(signature=bytes(64))): "signature.invalid",
    }
    assert {text: fuzz.judge(text) for text in cases} == cases
    assert judge_payload(b"") == "cbor.malformed"
    assert judge_payload(empty_map) == "cwt.claims"
    assert judge_claims(claims(hcert=...)) == "hcert.content"
    assert judge_claims(claims(hcert={})) == "hcert.content"
    assert judge_claims(claims(hcert={1: {}})) == "schema.invalid"
    groups: list[object] = [[], [{}], [[]], [None], {}, "", None]
    for group in groups:
        assert judge_claims(claims(hcert={1: {**DCC, "v": group}})) == "schema.invalid"


@pytest.mark.parametrize(
    "item",
    [
        *(b"\xc2\x40", b"\xc2\x49\x01" + bytes(8), b"\xc3\x49\x01" + bytes(8), b"\xc2\x00"),
        *(b"\xd8\x1c\x80", b"\xd8\x1c\x81\xd8\x1d\x00", b"\xd8\x1d\x00", b"\xd8\x1d\x18\xff"),
        *(b"\xd9\x01\x00\x80", b"\xd8\x19\x00", b"\xd9\x01\x02\x80", b"\xd8\x23\x62(a"),
        *(
            b"\xd8\x1e\x82\x01\x00",
            b"\xc4\x82\x1b" + b"\x7f" * 8 + b"\x01",
            b"\xd8\x25\x50" + KID * 2,
        ),
        *(b"\xd8\x34\x41\x00", b"\xd9\xd9\xf7\x00", b"\xdb" + b"\xff" * 8 + b"\x00"),
    ],
    ids=bytes.hex,
)
def test_tags_that_make_other_objects_are_refused_everywhere(item: bytes) -> None:
    for place in (b"\x01", b"\x04", b"\x06", b"\x07", b"\x61x", b"\x39\x01\x03"):
        assert judge_payload(b"\xa1" + place + item) == "cbor.malformed"
    inner = b"\xa2\x04\x1a\x64\x39\xf5\x80\x39\x01\x03\xa1\x01\xa1\x61v"
    assert judge_payload(inner + item) == "cbor.malformed"
    header = b"\xa2\x04\x48" + KID + b"\x05" + item
    assert fuzz.judge(fuzz.wrapped(message(protected=header))) == "cbor.malformed"
    assert fuzz.judge(fuzz.wrapped(message(unprotected=header))) == "cbor.malformed"


@pytest.mark.parametrize("encoded", [b"\xed\xa0\x80", b"\xff", b"\xc0\x80", b"\xf4\x90\x80\x80"])
def test_texts_that_are_not_utf_8_are_refused(encoded: bytes) -> None:
    wrong = head(3, len(encoded)) + encoded
    assert judge_payload(b"\xa1\x01" + wrong) == "cbor.malformed"
    assert judge_payload(b"\xa1" + wrong + b"\x00") == "cbor.malformed"


@pytest.mark.parametrize(
    "name", ["\x00", "a\x00b", "\u202e", "\ufdfa" * 80, "\U0010ffff", "\ufeff"]
)
def test_names_of_strange_characters_are_kept_as_they_are(name: str) -> None:
    hostile = {**DCC, "nam": {**DCC["nam"], "fn": name}}
    text = fuzz.wrapped(fuzz.resigned(cbor2.dumps(claims(hcert={1: hostile}))))
    verified = verify(text, trust=fuzz.TRUST, at=fuzz.AT)
    assert isinstance(verified.certificate, HealthCertificate)
    assert verified.certificate.holder.family_name == name
    assert repr(name)[1:-1] not in repr(verified).replace(repr(verified.signer), "")


WRAPPERS: Final[dict[str, Callable[[bytes], str]]] = {
    "text": lambda data: data.decode("utf-8", "surrogatepass"),
    "zlib": text_of,
    "cose": fuzz.wrapped,
    "payload": lambda data: fuzz.wrapped(fuzz.resigned(data)),
}


@pytest.mark.parametrize("name", WRAPPERS)
def test_examine_reports_every_step_whatever_the_input(name: str) -> None:
    random = Random(61)
    layer, wrap = LAYERS[name], WRAPPERS[name]
    for _ in range(100):
        text = wrap(layer.mutate(layer.seeds[0], random))
        seen = examine(text, trust=fuzz.TRUST, at=fuzz.AT)
        assert tuple(step.name for step in seen.steps) == STEPS_OF_A_CERTIFICATE
        assert (seen.verified is None) == (seen.error is not None)


def test_the_decoder_alone_keeps_its_bounds() -> None:
    for data in (b"\x81" * 17 + b"\x00", b"\xa1\x80\x00\x00", b"\xff", b"\x1c", b"\xfc"):
        with pytest.raises(VnvaxcertError):
            cbor.decode(data, where="test")


# --- the fuzzer itself ----------------------------------------------------------------------------


def test_the_fuzzer_counts_every_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--count", "60", "--layer", "zlib", "--layer", "list"]) == 0
    printed = capsys.readouterr().out
    assert printed.count(": 60 mutations") == 2
    counts = [int(line.split()[0]) for line in printed.splitlines() if line[:9].strip().isdigit()]
    assert sum(counts) == 120
    assert "FOREIGN" not in printed


def test_the_fuzzer_has_a_valid_list_of_each_format() -> None:
    found = set()
    for seed in fuzz_lists.signed_lists():
        files = seed.split(fuzz_lists.JOINT)
        found.add(TrustList.from_bytes(*files).format)
        assert TrustList.from_bytes(*files, signing_key=fuzz_lists.PUBLIC_KEY).authenticated
    assert found == {known.name for known in FORMATS if known.is_signed}
    for seed in (*fuzz_lists.other_lists(), *LAYERS["list"].seeds):
        trust = TrustList.from_bytes(*seed.split(fuzz_lists.JOINT))
        assert trust
        found.add(trust.format)
    assert found == {known.name for known in FORMATS}
    lists = [RevocationList.from_bytes(seed) for seed in fuzz_lists.revocation_lists()]
    assert all(map(len, lists))
    assert len({revocations.format for revocations in lists}) == 5
    assert set(map(fuzz_lists.read_chain, LAYERS["chain"].seeds)) == {"chains"}


def test_the_fuzzer_notices_what_was_never_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    good, revoking = fuzz_lists.signed_lists()[1], fuzz_lists.revocation_lists()[2]
    assert fuzz_lists.read_list(good).startswith("loaded")
    assert fuzz_lists.read_revocations(revoking).startswith("loaded")
    assert "chains" in LAYERS["chain"].read(fuzz_lists.SIGNER.certificate)
    monkeypatch.setattr(fuzz_lists, "_signed_keys", frozenset)
    monkeypatch.setattr(fuzz_lists, "_signed_answers", frozenset)
    monkeypatch.setattr(fuzz_lists, "certificates", tuple)
    for read, data in (
        (fuzz_lists.read_list, good),
        (fuzz_lists.read_revocations, revoking),
        (fuzz_lists.read_chain, fuzz_lists.SIGNER.certificate),
    ):
        with pytest.raises(fuzz_lists.DisagreementError):
            read(data)


def test_the_fuzzer_shows_what_it_finds(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(data: bytes) -> str:
        if data[0] % 2:
            raise KeyError("found")
        return "read"

    layer = fuzz.Layer((b"seed",), lambda data, random: random.randbytes(4), fail)
    assert not fuzz.run("broken", layer, 50, 1)
    printed = capsys.readouterr().out
    assert "FOREIGN KeyError" in printed
    assert "KeyError: 'found'\n    b'" in printed


def test_the_fuzzer_gives_the_same_inputs_for_the_same_seed() -> None:
    for layer in LAYERS.values():
        for seed in layer.seeds:
            made = [layer.mutate(seed, Random(f"{number}")) for number in range(20)]
            again = [layer.mutate(seed, Random(f"{number}")) for number in range(20)]
            assert made == again
            assert len(set(made)) > 10
