"""Certificates of ours verified by others, and theirs by us.

python-cwt does the one side in an environment of its own (`tests/interop/`), the command
``openssl`` checks and makes raw signatures. Neither runs a line of this library.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from interop import environment
from vnvaxcert import (
    HealthCertificate,
    Holder,
    PartialDate,
    VerifiedCertificate,
    VnvaxcertError,
    examine,
    issue,
    verify,
)
from vnvaxcert.codec import base45, deflate
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    ExpiredError,
    InvalidSignatureError,
    NotYetValidError,
    SchemaError,
    UnknownKeyError,
)
from vnvaxcert.schema.records import Vaccination
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner

PEER: Final = Path(environment.__file__).with_name("peer.py")
START: Final = datetime(2022, 1, 1, tzinfo=UTC)
ISSUED: Final = datetime(2022, 4, 15, 8, 30, tzinfo=UTC)
EXPIRES: Final = datetime(2090, 1, 1, tzinfo=UTC)  # python-cwt compares exp with the real clock
AT: Final = datetime(2022, 6, 1, tzinfo=UTC)
ALGORITHMS: Final = {KeyType.P256: Algorithm.ES256, KeyType.RSA2048: Algorithm.PS256}
FORMS: Final = ("protected", "unprotected", "tagged")

CERTIFICATE: Final = HealthCertificate(
    holder=Holder(
        family_name="Nguyễn Mẫu",
        given_name="Thị Thử",
        birth_date=PartialDate(1990, 2),
    ),
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
)
# The same as `CERTIFICATE`, written down by hand.
PAYLOAD: Final = {
    "ver": "1.3.3",
    "nam": {"fn": "Nguyễn Mẫu", "gn": "Thị Thử", "fnt": "NGUYEN<MAU", "gnt": "THI<THU"},
    "dob": "1990-02",
    "v": [
        {
            "tg": "840539006",
            "vp": "1119349007",
            "mp": "EU/1/20/1528",
            "ma": "ORG-100030215",
            "dn": 2,
            "sd": 2,
            "dt": "2022-03-01",
            "co": "VN",
            "is": "Specimen Health Authority",
            "ci": "URN:UVCI:01:VN:SPECIMEN0001",
        }
    ],
}


@pytest.fixture(scope="module", params=ALGORITHMS)
def specimen(request: pytest.FixtureRequest) -> SpecimenSigner:
    """A signer with a key of each kind that HCERT names."""
    authority = SpecimenAuthority(not_before=START, not_after=EXPIRES, country="VN")
    return authority.issue_signer(not_after=EXPIRES, key=request.param)


@pytest.fixture(scope="module")
def text(specimen: SpecimenSigner) -> str:
    """A certificate that we issued."""
    return issue(CERTIFICATE, signer=specimen.signer, issued_at=ISSUED, expires_at=EXPIRES)


def ask_peer(**request: object) -> dict[str, Any]:
    """One answer of the other implementation."""
    interpreter = environment.python()
    if interpreter is None:
        pytest.skip("no environment for the other implementation: run tests/interop/environment.py")
    done = subprocess.run(
        [interpreter, "-I", "-W", "ignore", PEER],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def issued_by_peer(
    specimen: SpecimenSigner, form: str = "protected", changed: dict[str, object] | None = None
) -> str:
    """A certificate that the other implementation makes with the same key."""
    claims: dict[str, object] = {
        "1": "VN",
        "4": int(EXPIRES.timestamp()),
        "6": int(ISSUED.timestamp()),
        "-260": {"1": PAYLOAD},
    }
    answer = ask_peer(
        do="issue",
        claims=claims | (changed or {}),
        key=specimen.private_key_pem(),
        kid=specimen.kid.hex(),
        algorithm=specimen.signer.algorithm.name,
        form=form,
    )
    return str(answer["text"])


# --- ours, read by them ---------------------------------------------------------------------------


def test_python_cwt_accepts_what_we_issue_and_reads_the_same_claims(
    text: str, specimen: SpecimenSigner
) -> None:
    answer = ask_peer(do="verify", text=text, certificate=specimen.certificate_pem())
    assert answer["claims"] == {
        "1": "VN",
        "4": int(EXPIRES.timestamp()),
        "6": int(ISSUED.timestamp()),
        "-260": {"1": PAYLOAD},
    }


def test_python_cwt_refuses_what_we_issued_when_one_payload_bit_is_flipped(
    text: str, specimen: SpecimenSigner
) -> None:
    message = deflate.decompress(base45.decode(text[4:]))
    changed = message.replace(b"SPECIMEN0001", b"SPECIMEN0000")
    assert changed != message
    again = "HC1:" + base45.encode(deflate.compress(changed))
    answer = ask_peer(do="verify", text=again, certificate=specimen.certificate_pem())
    assert "VerifyError" in answer["error"]
    with pytest.raises(InvalidSignatureError):
        verify(again, trust=specimen.trust_list(), at=AT)


# --- theirs, read by us ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_we_accept_what_python_cwt_issues(specimen: SpecimenSigner, form: str) -> None:
    verified = verify(issued_by_peer(specimen, form), trust=specimen.trust_list(), at=AT)
    assert isinstance(verified, VerifiedCertificate)
    assert verified.algorithm is specimen.signer.algorithm
    assert isinstance(verified.certificate, HealthCertificate)
    assert verified.certificate.holder.family_name == "Nguyễn Mẫu"
    assert verified.certificate.holder.given_name_icao == "THI<THU"
    assert verified.certificate.vaccinations == CERTIFICATE.vaccinations
    assert (verified.issuer, verified.issued_at, verified.expires_at) == ("VN", ISSUED, EXPIRES)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"4": int((AT - timedelta(seconds=1)).timestamp())}, ExpiredError),
        ({"6": int((AT + timedelta(seconds=301)).timestamp())}, NotYetValidError),
        ({"-260": {"1": {**PAYLOAD, "dob": "1809-02-12"}}}, SchemaError),
    ],
)
def test_we_refuse_what_python_cwt_issues_with_bad_claims(
    specimen: SpecimenSigner, changed: dict[str, object], error: type[VnvaxcertError]
) -> None:
    text = issued_by_peer(specimen, changed=changed)
    with pytest.raises(error):
        verify(text, trust=specimen.trust_list(), at=AT)


def test_we_refuse_what_python_cwt_issues_under_a_key_that_is_not_trusted(
    specimen: SpecimenSigner,
) -> None:
    other = SpecimenAuthority(not_before=START, country="VN").issue_signer()
    with pytest.raises(UnknownKeyError):
        verify(issued_by_peer(specimen), trust=other.trust_list(), at=AT)


# --- openssl --------------------------------------------------------------------------------------


def openssl(folder: Path, *arguments: str | Path) -> bool:
    """Run a command of ``openssl`` in a folder; whether it ended with success."""
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("the command openssl is not installed")
    done = subprocess.run(
        [command, *arguments], cwd=folder, capture_output=True, timeout=60, check=False
    )
    return done.returncode == 0


def digest_options(algorithm: Algorithm) -> list[str]:
    """What ``openssl dgst`` must be told of an algorithm."""
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
    return ["dgst", "-sha256", *(pss if algorithm is Algorithm.PS256 else [])]


def test_openssl_verifies_the_signature_of_what_we_issue(
    text: str, specimen: SpecimenSigner, tmp_path: Path
) -> None:
    seen = examine(text, trust=specimen.trust_list(), at=AT)
    assert seen.error is None
    assert seen.message is not None
    assert seen.to_be_signed is not None
    signature = sign1.parse(seen.message).signature
    if specimen.signer.algorithm is Algorithm.ES256:
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        signature = encode_dss_signature(r, s)
    public = specimen.trust_list().get(specimen.kid)[0].public_key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(pem)
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "good").write_bytes(seen.to_be_signed)
    (tmp_path / "bad").write_bytes(seen.to_be_signed[:-1] + bytes([seen.to_be_signed[-1] ^ 1]))
    options = [*digest_options(specimen.signer.algorithm), "-verify", "public.pem"]
    assert openssl(tmp_path, *options, "-signature", "signature", "good")
    assert not openssl(tmp_path, *options, "-signature", "signature", "bad")


def test_we_verify_a_signature_that_openssl_makes(specimen: SpecimenSigner, tmp_path: Path) -> None:
    algorithm = specimen.signer.algorithm
    data = sign1.to_be_signed(b"\xa1\x01\x26", b"payload")
    (tmp_path / "key.pem").write_text(specimen.private_key_pem(), encoding="ascii")
    (tmp_path / "data").write_bytes(data)
    made = [*digest_options(algorithm), "-sign", "key.pem", "-out", "signature", "data"]
    assert openssl(tmp_path, *made)
    signature = (tmp_path / "signature").read_bytes()
    public = specimen.trust_list().get(specimen.kid)[0].public_key
    if isinstance(public, ec.EllipticCurvePublicKey):
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    keys.verify(algorithm, public, signature, data)
    with pytest.raises(InvalidSignatureError):
        keys.verify(algorithm, public, signature, data + b"\0")
