"""Lists as other people published them: every file loads, and no change to one passes.

The counts are those of the suites' READMEs, or of a reading of the files by other means here.
"""

from __future__ import annotations

import json
import warnings
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509

from foreign import shared_vectors
from vnvaxcert import TrustList
from vnvaxcert.errors import TrustListError, TrustListSignatureError
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.specimen import make_key

LISTS: Final = shared_vectors("trustlists")
GDHCN: Final = shared_vectors("gdhcn")
SEALS: Final = shared_vectors("vds-nc")

GERMAN: Final = {
    "de/dsc-list.txt": "de/signing-key.pem",
    "de-2023/acceptance.dsc-list.json": "de-2023/acceptance.signing-key.pem",
    "de-2023/production.dsc-list.json": "de-2023/production.signing-key.pem",
}
SWISS: Final = ("ch/CH-20210715at1944-keylist.jwt", "ch/CH-20210715at1944-updates.jwt")
AUSTRIAN: Final = "at/list-v2.json"
NO_LISTS: Final = {  # by the README: papers, and the keys and specification that lists come with
    *("README.md", "se/dcs-trust-list-schema.json", "se/trust-list.md"),
    *("ec-archive/License.txt", "ec-archive/Readme.txt", "ec-archive/Version.txt"),
    *GERMAN.values(),
}


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def refused_by_the_backend(key: TrustedKey) -> bool:
    return key.facts is not None and key.certificate is None


def load_with_key(path: str) -> TrustList:
    return TrustList.load(LISTS / path, signing_key=LISTS / GERMAN[path])


# --- every file loads ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", [one for one in files(LISTS) if one not in NO_LISTS | set(SWISS)])
def test_every_list_and_certificate_loads(path: str) -> None:
    trust = TrustList.load(LISTS / path)
    assert len(trust) > 0
    assert trust.set_aside == ()
    assert not trust.authenticated


@pytest.mark.parametrize("path", [one for one in files(SEALS) if one.endswith(".der")])
def test_every_certificate_of_the_seals_loads(path: str) -> None:
    (key,) = TrustList.load(SEALS / path)
    assert key.role == ("authority" if path.startswith("csca/") else "signer")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_lists_of_the_who_load(version: str) -> None:
    path = GDHCN / f"sample-{version}.json"
    trust = TrustList.load(path)
    methods: list[Any] = json.loads(path.read_text(encoding="utf-8"))["verificationMethod"]
    assert len(trust) + len(trust.set_aside) >= len(methods)
    published = {one["id"].rpartition("#")[2] for one in methods if isinstance(one, dict)}
    assert {key.kid for key in trust} <= {b64decode(kid) for kid in published}
    assert len(trust) > 0


def test_the_swiss_pair_is_one_list() -> None:
    trust = TrustList.load(*(LISTS / path for path in SWISS))
    assert len(trust) == 131
    assert all(key.facts is None for key in trust)
    assert not trust.authenticated


@pytest.mark.parametrize(
    ("path", "total", "refused"),
    [
        ("de/dsc-list.txt", 122, {"FI": 2}),
        ("de-2023/acceptance.dsc-list.json", 610, {"FI": 6}),
        ("de-2023/production.dsc-list.json", 829, {"FI": 5, "ES": 1}),
    ],
    ids=["de", "acceptance", "production"],
)
def test_the_german_lists_have_as_many_keys_as_stated(
    path: str, total: int, refused: dict[str, int]
) -> None:
    trust = load_with_key(path)
    assert trust.authenticated
    assert (len(trust), trust.set_aside) == (total, ())
    strictly = {
        der: strictly_readable(b64decode(der)) for der in published_certificates(LISTS / path)
    }
    assert len(strictly) == total
    assert list(strictly.values()).count(False) == sum(refused.values())
    odd = [key for key in trust if refused_by_the_backend(key)]
    assert Counter(key.country for key in odd) == refused
    assert all(any("strict parser" in note for note in key.notes) for key in odd)


def published_certificates(path: Path) -> list[str]:
    _, _, below = path.read_text(encoding="utf-8").partition("\n")
    return [entry["rawData"] for entry in json.loads(below)["certificates"]]


def strictly_readable(der: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of serial numbers that are negative
        try:
            certificate = x509.load_der_x509_certificate(der)
            return certificate.extensions is not None and certificate.public_key() is not None
        except ValueError:
            return False


def test_the_archive_has_its_signers_and_authorities() -> None:
    signers = TrustList.load(LISTS / "ec-archive" / "DSC")
    authorities = TrustList.load(LISTS / "ec-archive" / "CSCA")
    assert (len(signers), len(authorities)) == (190, 10)
    assert (signers.set_aside, authorities.set_aside) == ((), ())


# --- Viet Nam -----------------------------------------------------------------------------------


def test_viet_nams_signers_are_read_with_their_subjects_intact() -> None:
    production = load_with_key("de-2023/production.dsc-list.json")
    (key,) = production.get(b64decode("ZtJVElOdWm0="))
    assert key.subject is not None
    for part in ("C=VN", "L=HÀ NỘI", "O=BỘ Y TẾ", "OU=CỤC Y TẾ DỰ PHÒNG"):
        assert part in key.subject
    assert "CN=CHỨNG NHẬN TIÊM CHỦNG - CỤC Y TẾ DỰ PHÒNG" in key.subject
    assert key.usages == frozenset()
    acceptance = load_with_key("de-2023/acceptance.dsc-list.json")
    (key,) = acceptance.get(b64decode("8w2kZxb3iC0="))
    assert key.subject is not None
    assert "CN=NEAC" in key.subject
    assert "O=MIC" in key.subject


# --- no change passes ---------------------------------------------------------------------------


def flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :]


def some(size: int, of: int = 40) -> Iterator[int]:
    """Places spread over so many bytes, the first and the last among them."""
    yield from sorted({round(number * (size - 1) / (of - 1)) for number in range(of)})


@pytest.mark.parametrize("path", list(GERMAN), ids=["de", "acceptance", "production"])
def test_no_changed_byte_of_a_german_list_passes(path: str) -> None:
    data = (LISTS / path).read_bytes()
    start = data.index(b"\n") + 1
    key = (LISTS / GERMAN[path]).read_bytes()
    for place in some(len(data.rstrip()) - start):
        with pytest.raises(TrustListSignatureError):
            TrustList.from_bytes(flipped(data, start + place, place % 8), signing_key=key)


def test_no_flipped_bit_of_a_german_signature_passes() -> None:
    from base64 import b64encode

    data = (LISTS / "de/dsc-list.txt").read_bytes()
    key = (LISTS / "de/signing-key.pem").read_bytes()
    line, _, below = data.partition(b"\n")
    signature = b64decode(line)
    assert TrustList.from_bytes(b64encode(signature) + b"\n" + below, signing_key=key).authenticated
    for bit in range(8 * len(signature)):
        changed = b64encode(flipped(signature, bit // 8, bit % 8))
        with pytest.raises(TrustListSignatureError):
            TrustList.from_bytes(changed + b"\n" + below, signing_key=key)


@pytest.mark.parametrize("path", [*GERMAN, AUSTRIAN])
def test_a_list_cut_short_or_of_another_key_is_refused(path: str) -> None:
    data = (LISTS / path).read_bytes()
    other = make_key().public_key()
    with pytest.raises(TrustListSignatureError):
        TrustList.from_bytes(data, signing_key=other)
    with pytest.raises(TrustListError):
        TrustList.from_bytes(data[: len(data) // 2])
