"""Mutates valid certificates and trust lists and counts how the library answers.

    python tools/fuzz.py [--count 20000] [--seed 1] [--layer NAME ...]

The same seed gives the same inputs. For each layer it prints how often each code came out, the
slowest input and the peak memory of the process; for every exception that is none of the
library's own, the exception and its input. Ends with status 1 when there was one, or when an
input took more than a second of processor time.

| layer | what is mutated | what reads it |
|---|---|---|
| text | the text of the code | `verify` and `examine` |
| zlib | the compressed bytes | the same, in Base45 again |
| cose | the COSE message | the same, compressed again |
| payload | the claims | the same, signed again, so that they reach the parsers |
| list | plain files of trusted keys, and one that is read in two ways | `TrustList.from_bytes` |
| signed lists | lists of every format with a signature | the same, checked or not; `convert` |
| other lists | lists of every other format | the same |
| revocation | revocation lists of every format | `RevocationList.from_bytes`, then asked |
| chain | certificates | `check_chain` |
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import math
import resource
import sys
import time
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

import cbor2

import fuzz_lists
from vnvaxcert import (
    HealthCertificate,
    Holder,
    PartialDate,
    Recovery,
    TestResult,
    TrustList,
    Vaccination,
    VnvaxcertError,
    decode_unverified,
    examine,
    issue,
    verify,
)
from vnvaxcert.codec import base45, deflate
from vnvaxcert.cose import sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import sign
from vnvaxcert.hcert import PREFIX
from vnvaxcert.schema.seal import Seal
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key

START = datetime(2022, 1, 1, tzinfo=UTC)
ISSUED = datetime(2022, 4, 15, tzinfo=UTC)
EXPIRES = datetime(2023, 4, 15, tzinfo=UTC)
AT = datetime(2022, 6, 1, tzinfo=UTC)
MARK = b"\xef\xbb\xbf"  # byte order mark of UTF-8
MAX_SECONDS = 1.0  # a certificate takes a ten-thousandth of this, the largest input a hundredth
HANG_SECONDS = 120
STANDARD_ERROR = 2  # its file descriptor: what a caller put in its place may have none

KEY = make_key(KeyType.P256, 20220415)
AUTHORITY = SpecimenAuthority(not_before=START, key=make_key(KeyType.P256, 5772), country="VN")
SPECIMEN = AUTHORITY.issue_signer(key=KEY)
TRUST = SPECIMEN.trust_list()

_HOLDER = Holder(
    family_name="Nguyễn Mẫu", given_name="Thị Thử", birth_date=PartialDate(1990, 2, 28)
)
CERTIFICATES = (
    HealthCertificate(
        holder=_HOLDER,
        vaccinations=(
            Vaccination(
                disease="840539006",
                vaccine="1119349007",
                product="EU/1/20/1528",
                manufacturer="ORG-100030215",
                dose_number=2,
                total_doses=2,
                date=date(2022, 3, 1),
                country="VN",
                issuer="Specimen Health Authority",
                certificate_id="URN:UVCI:01:VN:SPECIMEN0001",
            ),
        ),
    ),
    HealthCertificate(
        holder=_HOLDER,
        tests=(
            TestResult(
                disease="840539006",
                test_type="LP217198-3",
                device="1232",
                sample_collected_at=datetime(2022, 4, 14, 12, tzinfo=UTC),
                result="260415000",
                testing_centre="Specimen Centre",
                country="VN",
                issuer="Specimen Health Authority",
                certificate_id="URN:UVCI:01:VN:SPECIMEN0002",
            ),
        ),
    ),
    HealthCertificate(
        holder=_HOLDER,
        recoveries=(
            Recovery(
                disease="840539006",
                first_positive_date=date(2022, 1, 10),
                country="VN",
                issuer="Specimen Health Authority",
                valid_from=date(2022, 1, 21),
                valid_until=date(2022, 7, 9),
                certificate_id="URN:UVCI:01:VN:SPECIMEN0003",
            ),
        ),
    ),
)


# --- mutations ------------------------------------------------------------------------------------

# CBOR items and pieces of them that have broken decoders: lengths and integers at the edges,
# breaks, ends of nesting; then tags with a meaning, then floats that are no numbers.
_FRAGMENTS = """
00 17 18ff 1bffffffffffffffff 20 38ff 3bffffffffffffffff 40 41ff 5bffffffffffffffff 5f 60 61ff
63eda080 6100 7bffffffffffffffff 7f 80 8181 9bffffffffffffffff 9f a0 a10101 a2010101f6 a201010100
a2f500 bbffffffffffffffff bf f4 f5 f6 f7 f8ff ff ffff
c0 c06a323032322d30342d3134 c100 c1fb7ff8000000000000 c240 c249010000000000000000
c349010000000000000000 c4820103 c5820103 d2 d281 d83d d8628440a04080 d81c80 d81c81d81d00 d81d00
d81e820100 d82300 d9010280 d9d9f7
f90000 f97c00 f97e00 f9fc00 fa7f800000 fb41d98f2b80000000 fb7fefffffffffffff fb7ff0000000000000
fb7ff8000000000000
"""
FRAGMENTS = tuple(map(bytes.fromhex, _FRAGMENTS.split()))
INTERESTING = (0, 1, 0x0A, 0x17, 0x18, 0x1F, 0x22, 0x5C, 0x7B, 0x7F, 0x80, 0x9F, 0xC0, 0xFF)


# What a member may turn into. Texts first: dates, codes and names are texts.
VALUES: tuple[Any, ...] = (
    *("", " ", " x ", "x" * 51, "x" * 81, "\x00", "\u1ec5", "<", "1.3.0", "9.9.9", "VN", "vn"),
    *("2021-02-30", "2021-02-28", "2022-W01-1", "1983", "1983-00-00", "0000-00-00", "\u0661" * 10),
    *("2022-04-14T12:00:00", "2022-04-14T12:00:00+07", "2022-04-14T24:00:00Z", "2022-04-14t00:00z"),
    *(None, True, False, 0, 1, -1, 9, 10, 2**31, 2**63, 2**64 - 1, -(2**64), 2**64, -260),
    *(0.0, 1.0, 1.5, -0.0, 1e308, 1e-320, math.nan, math.inf, -math.inf, 253402300800.0),
    *(b"", b"\x00", b"VN", [], {}, [[]], [{}], [None], {"v": []}, {1: {}}, [1, "a", None]),
)


def mutate(data: bytes, random: Random) -> bytes:
    """Change something: mostly one place, sometimes up to five. Never gives the same bytes."""
    mutated = data
    while mutated == data:
        for _ in range(1 if random.random() < 0.7 else random.randint(2, 5)):
            mutated = _mutate_once(mutated, random)
    return mutated


def mutate_zlib(data: bytes, random: Random) -> bytes:
    """Change the bytes of a zlib stream, or write the same in an unusual way."""
    if random.random() < 0.7:
        return mutate(data, random)
    message = zlib.decompress(data)
    level, strategy = random.randrange(10), random.randrange(5)
    if random.random() < 0.1:
        stream = zlib.compressobj(level, strategy=strategy, zdict=b"URN:UVCI:01:VN:")
    else:
        window = random.choice((-15, 9, 15, 15, 15, 31))  # no header at all, zlib, gzip
        stream = zlib.compressobj(level, zlib.DEFLATED, window, 9, strategy)
    cut = random.randrange(len(message))
    flush = random.choice((zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH))
    again = stream.compress(message[:cut]) + stream.flush(flush)
    again += stream.compress(message[cut:]) + stream.flush()
    after = random.choice((b"", b"", b"", b"\0", again, message))
    return again[: random.randrange(len(again))] if random.random() < 0.1 else again + after


def mutate_cbor(data: bytes, random: Random) -> bytes:
    """Change the bytes of a CBOR item, or what it says: then it is well-formed still."""
    if random.random() < 0.3:
        return mutate(data, random)
    item = cbor2.loads(data)
    for _ in range(1 if random.random() < 0.7 else random.randint(2, 5)):
        item = _mutate_item(item, random, is_cbor=True)
    return cbor2.dumps(item, canonical=random.random() < 0.1)


def mutate_cose(data: bytes, random: Random) -> bytes:
    """Change the bytes of a COSE_Sign1 message, or the value of one of its parts or headers."""
    if random.random() < 0.6:
        return mutate(data, random)
    parts: Any = list(cbor2.loads(data).value)
    protected = cbor2.loads(parts[0])
    if random.random() < 0.5:
        parts[0] = cbor2.dumps(_mutate_item(protected, random, is_cbor=True))
    elif random.random() < 0.5:
        parts[1] = _mutate_item(random.choice((protected, {})), random, is_cbor=True)
    else:
        parts = _mutate_item(parts, random, is_cbor=True)
    message = cbor2.dumps(parts)
    return random.choice((b"", b"\xd2", b"\xd2", b"\xd8\x3d\xd2", b"\xd8\x62")) + message


def mutate_json(data: bytes, random: Random) -> bytes:
    """Change the bytes of a JSON text, or what it says; a line before it is left alone."""
    first, newline, text = data.rpartition(b"\n")
    if random.random() < 0.4 or text[:1] not in (b"{", b"["):
        return mutate(data, random)
    item = json.loads(text)
    for _ in range(1 if random.random() < 0.7 else random.randint(2, 5)):
        item = _mutate_item(item, random, is_cbor=False)
    return first + newline + json.dumps(item, default=repr, skipkeys=True).encode()


def _mutate_item(item: Any, random: Random, *, is_cbor: bool) -> Any:
    """Change one member somewhere in nested maps and arrays."""
    if not isinstance(item, dict | list) or not item or random.random() < 0.1:
        return _value(random, is_cbor=is_cbor)
    places = list(item) if isinstance(item, dict) else list(range(len(item)))
    place = random.choice(places)
    if isinstance(item[place], dict | list) and random.random() < 0.8:
        changed = _mutate_item(item[place], random, is_cbor=is_cbor)
        if isinstance(item, dict):
            return {**item, place: changed}
        return [*item[:place], changed, *item[place + 1 :]]
    if isinstance(item, list):
        return random.choice(([*item, *item], item[1:], [_value(random, is_cbor=is_cbor)]))
    match random.randrange(6):
        case 0:
            return {key: member for key, member in item.items() if key != place}
        case 1:
            return {**item, random.choice(("x", "v", "t", "r", "dr", 7, 1.5, "kid")): item[place]}
        case 2:
            return {**item, place: item[random.choice(places)]}
        case _:
            return {**item, place: _value(random, is_cbor=is_cbor)}


def _value(random: Random, *, is_cbor: bool) -> Any:
    value = random.choice(VALUES)
    if is_cbor and random.random() < 0.1:
        return cbor2.CBORTag(random.choice((0, 1, 2, 18, 24, 61, 100, 259)), value)
    return value


def _mutate_once(data: bytes, random: Random) -> bytes:
    place = random.randrange(len(data) + 1)
    end = min(len(data), place + random.choice((1, 1, 1, 2, 4, 8, 32)))
    before, hit, after = data[:place], data[place:end], data[end:]
    match random.randrange(9):
        case 0 if hit:
            return before + bytes([hit[0] ^ 1 << random.randrange(8)]) + hit[1:] + after
        case 1:
            return before + bytes([random.choice(INTERESTING)]) + data[place + 1 :]
        case 2:
            return before + random.randbytes(len(hit)) + after
        case 3:
            return before + after
        case 4:
            return before + hit + hit + after
        case 5:
            return before + random.choice(FRAGMENTS) + after
        case 6:
            return before + random.choice(FRAGMENTS) + data[place:]
        case 7:
            start = random.randrange(len(data) + 1)
            return before + data[start : start + random.randrange(64)] + after
        case _:
            return before if random.random() < 0.3 else before + hit[::-1] + after


def mutate_text(text: str, random: Random) -> str:
    """Change a text: with characters of Base45, and with some that never belong there."""
    foreign = "a\x00\n\u00df\u1ea1\ud800\U0001f489"
    original = text
    while text == original:
        text = _mutate_text_once(text, random, foreign)
    return text


def _mutate_text_once(text: str, random: Random, foreign: str) -> str:
    for _ in range(1 if random.random() < 0.7 else random.randint(2, 5)):
        place = random.randrange(len(text) + 1)
        other = random.choice(base45.ALPHABET if random.random() < 0.9 else foreign)
        match random.randrange(6):
            case 0 | 1:
                text = text[:place] + other + text[place + 1 :]
            case 2:
                text = text[:place] + other + text[place:]
            case 3:
                text = text[:place] + text[place + 1 :]
            case 4:
                text = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
            case _:
                text = text[:place] if random.random() < 0.3 else text + text[place:]
    return text


# --- layers ---------------------------------------------------------------------------------------


class DisagreementError(Exception):
    """`verify` and `examine` gave different answers."""


def judge(text: str, *, is_signed: bool = True) -> str:
    """The code of the refusal, or ``accepted``, by `verify` and by `examine` alike.

    Args:
        text: The text of a code.
        is_signed: Whether the signature in it is one that we made over other claims: then only
            what we signed may be accepted.
    """
    seen = examine(text, trust=TRUST, at=AT)
    found = "accepted" if seen.error is None else seen.error.code
    try:
        verified = verify(text, trust=TRUST, at=AT)
    except VnvaxcertError as error:
        if error.code != found or seen.verified is not None:
            raise DisagreementError(f"verify: {error.code}, examine: {found}") from error
        return error.code
    if found != "accepted" or seen.verified != verified:
        raise DisagreementError(f"verify: accepted, examine: {found}")
    if is_signed and verified.certificate not in signed_certificates():
        raise DisagreementError("what was never signed is accepted")
    return found


@cache
def signed_certificates() -> tuple[HealthCertificate | Seal, ...]:
    """What the specimen texts certify, as it is read."""
    return tuple(decode_unverified(text).certificate for text in specimen_texts())


def wrapped(message: bytes) -> str:
    """The text of a code for any bytes in the place of the COSE message."""
    return PREFIX + base45.encode(deflate.compress(message))


def resigned(payload: bytes) -> bytes:
    """A COSE message over any bytes in the place of the claims, with a trusted signature."""
    return sign1.sign(
        payload,
        algorithm=Algorithm.ES256,
        kid=SPECIMEN.kid,
        sign_bytes=lambda data: sign(Algorithm.ES256, KEY, data, deterministic=True),
    )


def specimen_texts() -> tuple[str, ...]:
    """Valid certificates of the three kinds."""
    return tuple(
        issue(certificate, signer=SPECIMEN.signer, issued_at=ISSUED, expires_at=EXPIRES)
        for certificate in CERTIFICATES
    )


def gateway_entry(certificate: bytes, kind: str) -> dict[str, str]:
    """A certificate as the gateway lists it."""
    return {
        "certificateType": kind,
        "country": "VN",
        "kid": b64encode(certificate_kid(certificate)).decode(),
        "rawData": b64encode(certificate).decode(),
        "signature": "MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCA",
        "thumbprint": sha256(certificate).hexdigest(),
        "timestamp": "2022-05-16T12:21:16+02:00",
    }


@cache
def signed_list() -> bytes:
    """The JSON of a list that is signed as Germany's is."""
    return json.dumps({"certificates": [gateway_entry(SPECIMEN.certificate, "DSC")]}).encode()


def specimen_lists() -> tuple[bytes, ...]:
    """Valid trust lists: DER, PEM, the gateway's JSON, a signed list as Germany's, a map by kid."""
    signer, authority = SPECIMEN.certificate, AUTHORITY.certificate
    pem = SPECIMEN.certificate_pem() + AUTHORITY.certificate_pem()
    entry = gateway_entry(signer, "DSC")
    by_kid = {entry["kid"]: {"certificate": entry["rawData"], "country": "VN"}}
    signature = sign(Algorithm.ES256, KEY, signed_list(), deterministic=True)
    return (
        signer,
        pem.encode(),
        json.dumps([entry, gateway_entry(authority, "CSCA")]).encode(),
        b64encode(signature) + b"\n" + signed_list(),
        json.dumps(by_kid).encode(),
        large_list(),
    )


@cache
def large_list() -> bytes:
    """A gateway's list so long that it is read in another way than a short one."""
    signature = "MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEF" * 60
    signers = (AUTHORITY.issue_signer(key=KEY, name=f"Specimen {number}") for number in range(40))
    entries = [gateway_entry(signer.certificate, "DSC") for signer in signers]
    return json.dumps([{**entry, "signature": signature} for entry in entries]).encode()


def content_of(data: bytes) -> str | list[object]:
    """Everything that is read from a trust list, or the code of the refusal."""
    try:
        loaded = TrustList.from_bytes(data)
        keys = [
            (key.kid, key.country, key.role, key.usages, key.not_after, key.public_key)
            for key in loaded
        ]
        return [*keys, *((entry.kid, entry.country, entry.reason) for entry in loaded.set_aside)]
    except VnvaxcertError as error:
        return error.code


def load(data: bytes) -> str:
    """Load a trust list and use everything in it: ``loaded`` with the number of usable keys."""
    content = content_of(data)
    # A byte order mark keeps a long list from being read by its pattern; control characters in
    # texts are the one thing that only the JSON parser refuses.
    if len(data) > 100_000 and min(data) >= ord(" ") and content != content_of(MARK + data):
        raise DisagreementError("a list is read in two ways, with different answers")
    if isinstance(content, str):
        return content
    if not content:
        raise DisagreementError("a list without anything in it is loaded")
    usable = len(TrustList.from_bytes(data))
    try:
        signed = TrustList.from_bytes(data, signing_key=KEY.public_key())
    except VnvaxcertError:
        pass
    else:
        if not signed.authenticated or signed_list() not in data:
            raise DisagreementError("a list that was never signed is authenticated")
    return f"loaded {min(usable, 3)}{' or more' if usable > 2 else ''}"


class Layer(NamedTuple):
    """What is mutated, how, and what then reads it."""

    seeds: Sequence[bytes]
    mutate: Callable[[bytes, Random], bytes]
    read: Callable[[bytes], str]


def layers() -> dict[str, Layer]:
    """All layers, by name."""
    texts = specimen_texts()
    compressed = tuple(base45.decode(text[len(PREFIX) :]) for text in texts)
    messages = tuple(map(deflate.decompress, compressed))
    payloads = tuple(sign1.parse(message).payload for message in messages)
    mutate_file = fuzz_lists.mutator(
        fuzz_lists.Mutators(mutate, mutate_json, mutate_cbor, mutate_cose)
    )
    return {
        "text": Layer(
            tuple(map(_to_bytes, texts)),
            lambda data, random: _to_bytes(mutate_text(_to_text(data), random)),
            lambda data: judge(_to_text(data)),
        ),
        "zlib": Layer(compressed, mutate_zlib, lambda data: judge(PREFIX + base45.encode(data))),
        "cose": Layer(messages, mutate_cose, lambda data: judge(wrapped(data))),
        "payload": Layer(
            payloads, mutate_cbor, lambda data: judge(wrapped(resigned(data)), is_signed=False)
        ),
        "list": Layer(specimen_lists(), mutate_json, load),
        "signed lists": Layer(fuzz_lists.signed_lists(), mutate_file, fuzz_lists.read_list),
        "other lists": Layer(fuzz_lists.other_lists(), mutate_file, fuzz_lists.read_list),
        "revocation": Layer(
            fuzz_lists.revocation_lists(), mutate_file, fuzz_lists.read_revocations
        ),
        "chain": Layer(fuzz_lists.certificates(), mutate_file, fuzz_lists.read_chain),
    }


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


# --- the run --------------------------------------------------------------------------------------


def run(name: str, layer: Layer, count: int, seed: int) -> bool:
    """Run one layer, print what came out, and return whether all of it was as it must be."""
    random = Random(f"{seed}/{name}")
    outcomes: Counter[str] = Counter()
    foreign: dict[str, bytes] = {}
    slowest, slowest_input = 0.0, b""
    for number in range(count):
        mutated = layer.mutate(layer.seeds[number % len(layer.seeds)], random)
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True, file=STANDARD_ERROR)
        started = time.process_time()
        try:
            outcomes[layer.read(mutated)] += 1
        except Exception as error:  # whatever it is: finding it is what this program is for
            outcomes[f"FOREIGN {type(error).__name__}"] += 1
            foreign.setdefault(f"{type(error).__name__}: {error}", mutated)
        taken = time.process_time() - started
        if taken > slowest:
            slowest, slowest_input = taken, mutated
    faulthandler.cancel_dump_traceback_later()
    print(f"\n{name}: {count} mutations")
    for code, found in outcomes.most_common():
        print(f"  {found:>7}  {code}")
    print(f"  slowest {slowest * 1000:.1f} ms, peak {peak_memory():.0f} MiB")
    if slowest > MAX_SECONDS:
        print(f"  TOO SLOW: {slowest_input!a}")
    for message, mutated in foreign.items():
        print(f"  {message}\n    {mutated!a}")
    return not foreign and slowest <= MAX_SECONDS


def peak_memory() -> float:
    """The most memory this process has had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the layers asked for and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    every = layers()
    parser.add_argument("--count", type=int, default=20000, help="mutations of each layer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layer", action="append", choices=list(every), help="only this one")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}, peak before {peak_memory():.0f} MiB")
    wanted = options.layer or list(every)
    outcomes = [run(name, every[name], options.count, options.seed) for name in wanted]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
