"""`make bench`: each speed of the design beside its bound, as ratios measured in one run.

A measure and what it is compared with are timed in turn, batch by batch, so that a machine whose
speed drifts slows both alike; the ratio is the median of the ratios batch by batch. The floor is
one verification (or signature) of the cryptographic backend over the same bytes.
"""

from __future__ import annotations

import base64
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from operator import or_
from pathlib import Path
from typing import NamedTuple

import base45 as base45_package
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

import vnvaxcert
from vnvaxcert import (
    HealthCertificate,
    Holder,
    LocalSigner,
    PartialDate,
    TrustList,
    Vaccination,
    cwt,
    decode_unverified,
    hcert,
    issue,
    vdsnc,
    verify,
)
from vnvaxcert.codec import base45, deflate
from vnvaxcert.cose import sign1
from vnvaxcert.cose.keys import algorithms_for
from vnvaxcert.policy import DEFAULT_POLICY
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.seal import Seal, SealDose, SealHolder, SealType, SealVaccination
from vnvaxcert.sealing import issue_seal
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.chain import check_chain
from vnvaxcert.trust.specimen import SpecimenAuthority, make_key
from vnvaxcert.trust.usage import Usage
from vnvaxcert.verify import check_signers, check_times, check_usage, find_candidates

KEYS = 5000
ISSUED = datetime(2026, 1, 5, tzinfo=UTC)
AT = ISSUED + timedelta(days=30)
VECTORS = Path(
    os.environ.get("VNVAXCERT_VECTORS", Path(__file__).parents[2].parent / "shared" / "vectors")
)
PRODUCTION_LIST = VECTORS / "trustlists" / "de-2023" / "production.dsc-list.json"
PRODUCTION_KEY = VECTORS / "trustlists" / "de-2023" / "production.signing-key.pem"

CERTIFICATE = HealthCertificate(
    holder=Holder(
        family_name="Nguyễn",
        given_name="Thị Mẫu",
        birth_date=PartialDate(1990, 1, 1),
    ),
    vaccinations=(
        Vaccination(
            disease="840539006",
            vaccine="1119349007",
            product="EU/1/20/1528",
            manufacturer="ORG-100030215",
            dose_number=2,
            total_doses=2,
            date=ISSUED.date() - timedelta(days=20),
            country="VN",
            issuer="Cơ sở tiêm chủng mẫu",
            certificate_id="URN:UVCI:01:VN:5F4A1D2B7C9E4D0AA1B2C3D4E5F60718#K",
        ),
    ),
)


class Row(NamedTuple):
    """One line of the table. ``bound`` is the most (or, with ``at_least``, the least)."""

    measure: str
    ratio: float
    bound: float | None
    at_least: bool = False
    remark: str = ""

    def line(self) -> str:
        if self.bound is None:
            verdict, bound = "", ""
        else:
            holds = self.ratio >= self.bound if self.at_least else self.ratio <= self.bound
            verdict = "ok" if holds else "MISSED"
            bound = f"{'>=' if self.at_least else '<='} {self.bound:.2f}"
        return f"{self.measure:<62} {self.ratio:>7.2f}  {bound:>8}  {verdict:<7} {self.remark}"


def seconds(run: Callable[[], object], times: int) -> float:
    """Time ``times`` runs, in seconds each."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def ratio(
    measured: Callable[[], object],
    floor: Callable[[], object],
    *,
    times: int = 200,
    rounds: int = 101,
) -> tuple[float, float]:
    """The median ratio of paired batches, and the median time of the floor in seconds."""
    pairs = []
    seconds(measured, times), seconds(floor, times)
    for _ in range(rounds):
        pairs.append((seconds(measured, times), seconds(floor, times)))
    return statistics.median(m / f for m, f in pairs), statistics.median(f for _, f in pairs)


def make_authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Name]:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "UT"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Benchmark CSCA"),
        ]
    )
    return ec.generate_private_key(ec.SECP256R1()), name


def make_certificates(count: int) -> tuple[list[bytes], ec.EllipticCurvePrivateKey]:
    """``count`` signer certificates with extensions, and the key of the last."""
    authority, issuer = make_authority()
    certificates = []
    for number in range(count):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "UT"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"Benchmark DSC {number}"),
            ]
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(number + 1)
            .not_valid_before(ISSUED - timedelta(days=10))
            .not_valid_after(ISSUED + timedelta(days=720))
            .add_extension(
                x509.KeyUsage(True, False, False, False, False, False, False, False, False), True
            )
            .add_extension(
                x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.4.1.1847.2021.1.2")]), False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False
            )
            .sign(authority, hashes.SHA256())
        )
        certificates.append(certificate.public_bytes(Encoding.DER))
    return certificates, key


def gateway_json(certificates: list[bytes]) -> bytes:
    """A list in the gateway's form, each entry with a signature as long as real ones."""
    return json.dumps(
        [
            {
                "kid": base64.b64encode(hashes_sha256(der)[:8]).decode(),
                "timestamp": "2026-01-01T00:00:00+00:00",
                "country": "UT",
                "certificateType": "DSC",
                "thumbprint": hashes_sha256(der).hex(),
                "signature": base64.b64encode(bytes(1600)).decode(),
                "rawData": base64.b64encode(der).decode(),
            }
            for der in certificates
        ]
    ).encode()


def hashes_sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def processes(command: list[str], floor: list[str], rounds: int = 25) -> float:
    """The median ratio of the time of two processes, start to end, run in turn."""

    def run(arguments: list[str]) -> float:
        start = time.perf_counter()
        # The exit status is the caller's to check once; here only the time counts.
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    run(command), run(floor)
    return statistics.median(run(command) / run(floor) for _ in range(rounds))


def threads(run: Callable[[], object], times: int = 1500, rounds: int = 9) -> float:
    """How many times as much two threads do as one, in the same time."""

    def work() -> None:
        for _ in range(times):
            run()

    def timed(count: int) -> float:
        workers = [threading.Thread(target=work) for _ in range(count)]
        start = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return time.perf_counter() - start

    timed(1)
    return statistics.median(2 * timed(1) / timed(2) for _ in range(rounds))


# Run in a process of its own: what was freed there before would hide what is taken.
_MEMORY = """
import gc, sys
from vnvaxcert import TrustList

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])

data = open(sys.argv[1], "rb").read()
len(TrustList.from_bytes(open(sys.argv[2], "rb").read()))  # what is imported when first needed
start = resident()
trust = TrustList.from_bytes(data)
loaded = resident()
if len(trust) != int(sys.argv[3]):
    raise SystemExit("some of the list could not be used")
for key in trust:
    key.public_key, key.facts.subject
print(loaded - start, resident() - start)
"""


def memory(listed: bytes, few: bytes, count: int) -> tuple[float, float] | None:
    """What a list takes, loaded and then with each certificate parsed, in MB; None off Linux."""
    if not Path("/proc/self/statm").exists():
        return None
    page = os.sysconf("SC_PAGE_SIZE")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("listed", listed), ("few", few)):
            (Path(folder) / name).write_bytes(content)
        arguments = [str(Path(folder) / "listed"), str(Path(folder) / "few"), str(count)]
        shown = subprocess.run(
            [sys.executable, "-c", _MEMORY, *arguments], check=True, capture_output=True, text=True
        ).stdout
    loaded, parsed = (int(pages) * page / (1 << 20) for pages in shown.split())
    return loaded, parsed


def certificates_of(signed_list: bytes, count: int) -> list[bytes]:
    """``count`` different certificates, as long and as varied as those of a real list."""
    listed = json.loads(signed_list.split(b"\n", 1)[1])["certificates"]
    real = [base64.b64decode(entry["rawData"]) for entry in listed]
    found = []
    for number in range(count):
        # The end of its signature, which reading a list does not check, tells copies apart.
        der = real[number % len(real)]
        found.append(der[:-2] + (number // len(real)).to_bytes(2, "big"))
    return found


def list_of_keys(count: int, first: int = 0) -> TrustList:
    """A list of ``count`` bare keys, each under a kid of its own."""
    key = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    return TrustList.from_keys(
        {number.to_bytes(8, "big"): key for number in range(first, first + count)}
    )


def trust_rows() -> Iterator[Row]:
    """Growth: looking up and merging, from few entries to many."""
    few, many = 1_000, 100_000
    for row, run in (("look-up of a kid", look_up), ("merging two lists, per entry", merge)):
        value, floor = ratio(run(many), run(few), times=1, rounds=15)
        per_entry = value * few / many if run is merge else value
        yield Row(
            f"{row}: {many:,} entries / {few:,}",
            per_entry,
            2.0,
            remark=f"{floor / few * 1e9:.0f} ns each of {few:,}",
        )
    few, many = 1_000, 8_000
    value, floor = ratio(merge_one_by_one(many), merge_one_by_one(few), times=1, rounds=9)
    yield Row(
        f"merging lists of one, per list: {many:,} lists / {few:,}",
        value * few / many,
        2.0,
        remark=f"{few:,} lists {floor * 1e3:.1f} ms",
    )


def look_up(count: int) -> Callable[[], object]:
    trust = list_of_keys(count)
    kids = [(number * 7919 % count).to_bytes(8, "big") for number in range(1_000)]
    return lambda: [trust.get(kid) for kid in kids]


def merge(count: int) -> Callable[[], object]:
    left, right = list_of_keys(count), list_of_keys(count, count)
    return lambda: (left | right).get(b"nobody's")


def merge_one_by_one(count: int) -> Callable[[], object]:
    lists = [list_of_keys(1, number) for number in range(count)]
    return lambda: reduce(or_, lists).get(b"nobody's")


def chain_row(raw_verify: Callable[[], object]) -> Row:
    """What a seal pays each time besides its own signature: its signer comes along."""
    start = ISSUED - timedelta(days=10)
    makers = [
        SpecimenAuthority(
            not_before=start, name=f"CSCA {number}", key=make_key(private_value=number)
        )
        for number in range(1, 302)
    ]
    signer = makers[150].issue_signer(key=make_key(private_value=1_000)).certificate
    authorities = TrustList.from_certificates([maker.certificate for maker in makers])

    def run() -> None:
        facts = read_certificate(bytes(bytearray(signer)))  # new bytes, as from each seal
        check_chain(facts, authorities, AT)
        algorithms_for(facts.public_key)

    known = read_certificate(signer)
    value, _ = ratio(run, raw_verify)
    only, _ = ratio(lambda: check_chain(known, authorities, AT), raw_verify)
    return Row(
        "a signer read and its chain checked, 301 authorities / raw verify",
        value,
        1.2,
        remark=f"the chain alone {only:.2f}",
    )


def seal_of(doses: int) -> Seal:
    """A proof of vaccination with so many doses of one product."""
    return Seal(
        type=SealType.VACCINATION,
        issuer="UTO",
        certificate_id="UT0000000019",
        holder=SealHolder(
            name="NGUYEN  THI MAU",
            birth_date=PartialDate(1990, 1, 1),
            sex="F",
            document_number="C0000000",
        ),
        vaccinations=(
            SealVaccination(
                code="XM68M6",
                product="COMIRNATY",
                disease="RA01.0",
                doses=tuple(
                    SealDose(
                        date=ISSUED.date() - timedelta(days=20 + number),
                        number=doses - number,
                        country="UTO",
                        facility="Specimen Centre",
                        lot=f"SPECIMEN{number}",
                    )
                    for number in reversed(range(doses))
                ),
            ),
        ),
    )


def seal_rows() -> Iterator[Row]:
    """A seal, its signer's certificate in it, under authorities that are known already."""
    start = ISSUED - timedelta(days=10)
    makers = [
        SpecimenAuthority(
            not_before=start, name=f"CSCA {number}", key=make_key(private_value=number)
        )
        for number in range(1, 302)
    ]
    signer = makers[150].issue_seal_signer(key=make_key(private_value=1_000)).signer
    authorities = TrustList.from_certificates([maker.certificate for maker in makers])
    nobody = TrustList()
    for doses, bound in ((1, 2.5), (2, 2.5), (3, None)):
        text = issue_seal(seal_of(doses), signer=signer, issued_at=ISSUED)
        parts = vdsnc.unwrap(text)
        run = partial(verify, text, trust=nobody, authorities=authorities, at=AT)
        key = run().signer.public_key
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise SystemExit("the benchmark's signer is meant to have an elliptic curve key")
        half = len(parts.signature) // 2
        r, s = (
            int.from_bytes(part, "big") for part in (parts.signature[:half], parts.signature[half:])
        )
        raw = partial(
            key.verify, encode_dss_signature(r, s), parts.to_be_signed, ec.ECDSA(hashes.SHA256())
        )
        value, floor = ratio(run, raw)
        read, _ = ratio(partial(decode_unverified, text), raw, rounds=31)
        yield Row(
            f"verify() of a seal, doses: {doses}, 301 authorities / raw verify",
            value,
            bound,
            remark=f"raw {floor * 1e6:.0f} µs; decode_unverified() {read:.2f}",
        )


def main() -> None:
    # What an installed package has: an interpreter told not to write bytecode would compile the
    # sources anew in each process below.
    compileall.compile_dir(Path(vnvaxcert.__file__).parent, quiet=1)
    certificates, key = make_certificates(KEYS)
    listed = gateway_json(certificates)
    signer = LocalSigner.from_keys(key, certificates[-1])
    text = issue(CERTIFICATE, signer=signer, issued_at=ISSUED)
    trust = TrustList.from_bytes(listed)
    if verify(text, trust=trust, at=AT).warnings:
        raise SystemExit("the benchmark's certificate is meant to be ordinary")

    signed = sign1.parse(hcert.unwrap(text))
    to_be_signed = signed.to_be_signed()
    public_key, scheme = key.public_key(), ec.ECDSA(hashes.SHA256())
    r, s = signed.signature[:32], signed.signature[32:]
    signature = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))

    def raw_verify() -> None:
        public_key.verify(signature, to_be_signed, scheme)

    def raw_sign() -> bytes:
        return key.sign(to_be_signed, scheme)

    def run_verify() -> object:
        return verify(text, trust=trust, at=AT)

    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append(row)
        print(row.line(), flush=True)

    print(f"{'measure':<62} {'ratio':>7}  {'bound':>8}")
    value, floor = ratio(run_verify, raw_verify)
    add(
        Row(
            "verify() of a P-256 DCC, 5,000 keys / raw verify",
            value,
            1.40,
            remark=f"raw verify {floor * 1e6:.1f} µs",
        )
    )
    value, _ = ratio(lambda: decode_unverified(text), raw_verify)
    add(Row("decode_unverified() / raw verify", value, 0.35))
    value, floor = ratio(lambda: issue(CERTIFICATE, signer=signer, issued_at=ISSUED), raw_sign)
    add(Row("issue() ES256 / raw sign", value, 2.2, remark=f"raw sign {floor * 1e6:.1f} µs"))

    data = os.urandom(360)
    encoded = base45.encode(data)
    value, _ = ratio(lambda: base45_package.b45decode(encoded), lambda: base45.decode(encoded))
    add(Row("Base45 decoding, 540 characters: package / ours", value, 6, at_least=True))
    value, _ = ratio(lambda: base45_package.b45encode(data), lambda: base45.encode(data))
    add(Row("Base45 encoding, 540 characters: package / ours", value, 6, at_least=True))

    kid = signer.kid

    def load_lazily() -> None:
        if not TrustList.from_bytes(listed).get(kid):
            raise SystemExit("the list lacks its last key")

    def parse_each() -> None:
        for der in certificates:
            parsed = x509.load_der_x509_certificate(der)
            parsed.public_key(), parsed.extensions

    value, floor = ratio(load_lazily, parse_each, times=1, rounds=11)
    add(
        Row(
            "load gateway JSON of 5,000 until a look-up / parsing each",
            value,
            0.3,
            remark=f"parsing each {floor * 1e3:.0f} ms",
        )
    )
    if PRODUCTION_LIST.exists():
        signed_list, signing_key = PRODUCTION_LIST.read_bytes(), PRODUCTION_KEY.read_bytes()
        value, floor = ratio(
            lambda: TrustList.from_bytes(signed_list, signing_key=signing_key),
            lambda: TrustList.from_bytes(signed_list),
            times=1,
            rounds=21,
        )
        add(
            Row(
                "load the German list of 829, signature checked / not checked",
                value,
                None,
                remark=f"not checked {floor * 1e3:.1f} ms",
            )
        )

    floor_command = [sys.executable, "-c", "import cryptography.x509, cbor2"]
    value = processes([sys.executable, "-c", "import vnvaxcert"], floor_command)
    bare = processes([sys.executable, "-c", "pass"], floor_command)
    # Both processes start an interpreter first, which is no part of either import.
    add(
        Row(
            "import vnvaxcert / import cryptography.x509 and cbor2",
            (value - bare) / (1 - bare),
            1.3,
            remark=f"interpreter's start taken off; with it {value:.2f}",
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.json"
        small.write_bytes(gateway_json(certificates[-50:]))
        command = [str(Path(sys.executable).with_name("vnvaxcert")), "verify", text]
        moment = ["--at", f"{AT:%Y-%m-%dT%H:%M:%SZ}"]
        value = processes([*command, "--trust", str(small), *moment], floor_command)
        add(Row("vnvaxcert verify TEXT, 50 certificates / import process", value, 2.0))
        if PRODUCTION_LIST.exists():
            both = ["--trust", str(small), "--trust", str(PRODUCTION_LIST)]
            value = processes([*command, *both, *moment], floor_command)
            add(Row("vnvaxcert verify TEXT, the German list of 829 besides", value, None))
    real = certificates_of(PRODUCTION_LIST.read_bytes(), KEYS) if PRODUCTION_LIST.exists() else []
    for kind, own in (("made here", certificates), ("as long as real ones", real)):
        taken = memory(gateway_json(own), gateway_json(own[:50]), len(own)) if own else None
        if taken is not None:
            loaded, parsed = taken
            remark = f"{sum(map(len, own)) // len(own)} bytes each; loaded only {loaded:.1f} MB"
            add(Row(f"MB of memory, 5,000 certificates {kind}, parsed", parsed, 25, remark=remark))
    for row in trust_rows():
        add(row)
    add(chain_row(raw_verify))
    for row in seal_rows():
        add(row)
    value = threads(run_verify)
    add(Row("verify() in 2 threads on 2 cores / one thread", value, 1.7, at_least=True))

    print_profile(text, trust, raw_verify)
    missed = sum("MISSED" in row.line() for row in rows)
    print(f"\n{len(rows)} rows, {missed} bounds missed")


def print_profile(text: str, trust: TrustList, raw_verify: Callable[[], None]) -> None:
    """Where the time of one `verify` goes, step by step."""
    body = hcert.strip_prefix(text)
    compressed = base45.decode(body)
    message = deflate.decompress(compressed)
    signed = sign1.parse(message)
    algorithm, kid = signed.algorithm(), signed.kid()
    keys = find_candidates(trust, kid, algorithm)
    claims = cwt.parse(signed.payload)
    content = claims.dcc()
    certificate, _ = dcc.parse(content)
    if Usage.VACCINATION not in keys[0].usages:
        raise SystemExit("the benchmark's signer is meant to have a usage")
    steps: list[tuple[str, Callable[[], object]]] = [
        ("1 prefix", lambda: hcert.strip_prefix(text)),
        ("1 Base45", lambda: base45.decode(body)),
        ("1 inflate", lambda: deflate.decompress(compressed)),
        ("2 COSE_Sign1", lambda: sign1.parse(message)),
        ("2 alg and kid", lambda: (signed.algorithm(), signed.kid())),
        ("3 candidates", lambda: find_candidates(trust, kid, algorithm)),
        ("4 Sig_structure", signed.to_be_signed),
        ("4 raw verify", raw_verify),
        ("5 signer", lambda: check_signers(keys, AT, None)),
        ("6 claims, times", lambda: check_times(cwt.parse(signed.payload), AT, DEFAULT_POLICY)),
        ("7 content, schema, value sets", lambda: dcc.parse(claims.dcc())),
        ("7 usage", lambda: check_usage(keys, certificate)),
    ]
    whole, _ = ratio(lambda: verify(text, trust=trust, at=AT), raw_verify, rounds=31)
    print(f"\n{'step of verify()':<32} {'µs':>7}  {'of raw verify':>13}")
    for name, run in steps:
        share, floor = ratio(run, raw_verify, rounds=31)
        print(f"{name:<32} {share * floor * 1e6:>7.2f}  {share:>13.3f}")
    print(f"{'all of it, as called':<32} {whole * floor * 1e6:>7.2f}  {whole:>13.3f}")


if __name__ == "__main__":
    main()
