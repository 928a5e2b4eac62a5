"""Our own vectors of trust lists and revocation: made again, loaded, and refused as they say.

The vectors are in ``test_vectors/trust-lists``, and its README says whose they are. What is
expected of them was written down by who made them, not by the library; see ``tools/trust_vectors``.
"""

from __future__ import annotations

import ast
import json
import random
import shutil
import subprocess
import tarfile
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cddl_verifier import Validator
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jsonschema import Draft202012Validator, FormatChecker

import make_trust_vectors
from trust_vectors.makers import bloom_filter, variable_hashes
from vnvaxcert import TrustList, VnvaxcertError
from vnvaxcert.errors import SignerRevokedError, TrustListError
from vnvaxcert.trust import formats
from vnvaxcert.trust.revocation import HashType, RevocationList, VariableHashList

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "test_vectors" / "trust-lists"
DOCUMENT: Any = json.loads((FOLDER / "expected.json").read_bytes())
VECTORS: list[dict[str, Any]] = DOCUMENT["vectors"]

BY_HAND = {"README.md", "expected.schema.json"}  # of the folder's files, those nobody generates


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [vector for vector in VECTORS if vector["kind"] == kind]


def named(kind: str, group: str) -> list[Any]:
    """The loads or refusals of all vectors of a kind, each with its vector, by name."""
    return [
        pytest.param(vector, one, id=f"{vector['id']}::{one['id']}")
        for vector in of_kind(kind)
        for one in vector[group]
    ]


def options(given: dict[str, Any]) -> dict[str, Any]:
    """What a list is checked with, as the loaders take it."""
    found: dict[str, Any] = {}
    if "signing_key" in given:
        found["signing_key"] = FOLDER / given["signing_key"]
    if "authorities" in given:
        found["authorities"] = TrustList.load(FOLDER / given["authorities"])
    if "at" in given:
        found["at"] = datetime.fromisoformat(given["at"])
    if "last_sequence" in given:
        found["last_sequence"] = given["last_sequence"]
    return found


def contents(vector: dict[str, Any], given: dict[str, Any]) -> list[bytes]:
    """The files to be loaded, with the change asked for."""
    found = []
    change = given.get("change")
    for name in given.get("files", vector["files"]):
        data = bytearray((FOLDER / name).read_bytes())
        if change and change["file"] == name:
            assert data[change["offset"]] == int(change["from"], 16)
            data[change["offset"]] = int(change["to"], 16)
        found.append(bytes(data))
    return found


def moment(value: datetime | None) -> str | None:
    return None if value is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"


def in_order(items: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


# --- the folder ----------------------------------------------------------------------------------


def test_making_them_again_changes_no_byte() -> None:
    made = make_trust_vectors.files()
    changed = [name for name, data in made.items() if (FOLDER / name).read_bytes() != data]
    assert changed == []


def test_the_folder_has_no_file_that_is_not_made_or_named() -> None:
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert there == {*make_trust_vectors.files(), *BY_HAND}


def test_every_file_is_part_of_a_vector() -> None:
    used = {"expected.json"}
    for vector in VECTORS:
        used.update(vector["files"], (one["certificate"] for one in vector.get("signers", [])))
        for one in vector["loads"] + vector["refusals"]:
            used.update(one.get("files", []))
            used.update(one[member] for member in ("signing_key", "authorities") if member in one)
            if "change" in one:
                assert one["change"]["file"] in vector["files"]
    assert used == set(make_trust_vectors.files())


def test_the_script_writes_what_it_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_trust_vectors, "FOLDER", tmp_path)
    make_trust_vectors.main()
    written = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert written == make_trust_vectors.files()


def test_the_makers_know_nothing_of_the_library() -> None:
    for path in [
        ROOT / "tests" / "cms_maker.py",
        ROOT / "tools" / "make_trust_vectors.py",
        *(ROOT / "tools" / "trust_vectors").glob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [name for name in names if name.partition(".")[0] == "vnvaxcert"], path.name


def test_they_are_small() -> None:
    assert sum(map(len, make_trust_vectors.files().values())) < 300_000


def test_what_is_expected_has_the_form_of_its_schema() -> None:
    schema = json.loads((FOLDER / DOCUMENT["$schema"]).read_bytes())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    assert "Published by no state" in DOCUMENT["source"]
    names = [vector["id"] for vector in VECTORS]
    assert len(set(names)) == len(names)
    for vector in of_kind("trust list"):
        assert vector["usable"] == len(vector["usable_keys"])
        assert vector["set_aside"] == len(vector["entries_set_aside"])


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("kind", "list"),
        ("files", []),
        ("issued_at", "2022-05-01"),
        ("refusals", []),
        ("usable_keys", [{"kid": "00"}]),
        ("another", 1),
    ],
)
def test_the_schema_refuses_another_form(member: str, value: object) -> None:
    schema = json.loads((FOLDER / DOCUMENT["$schema"]).read_bytes())
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    changed = {**DOCUMENT, "vectors": [{**VECTORS[0], member: value}]}
    assert not validator.is_valid(changed)


def test_there_is_one_of_every_format_without_a_shared_sample() -> None:
    # The shared suites have samples of these; of all others there is none.
    shared = {"DER", "PEM", "kid map", "German list", "Swiss list"}
    shared |= {"Austrian list", "Austrian list in JSON"}
    ours = {vector["format"] for vector in of_kind("trust list")}
    assert ours == {known.name for known in formats.FORMATS} - shared
    assert {vector["format"] for vector in of_kind("revocation list")} == {
        "revocation, signed gateway batch",
        "revocation, slices",
        "revocation, CRL",
    }


def test_all_signed_formats_are_refused_for_a_bit_of_content_and_of_signature() -> None:
    signed = [vector for vector in VECTORS if any(one["authenticated"] for one in vector["loads"])]
    assert len(signed) == 8
    for vector in signed:
        changes = [one for one in vector["refusals"] if "change" in one]
        assert len(changes) >= 2, vector["id"]
        assert {one["reject"] for one in changes} == {"trustlist.signature"}


def test_each_change_is_of_one_bit() -> None:
    changes = [one["change"] for vector in VECTORS for one in vector["refusals"] if "change" in one]
    assert len(changes) == 21
    for change in changes:
        was, becomes = (bytes.fromhex(change[name]) for name in ("from", "to"))
        if change["file"].endswith((".json", ".jwt", ".txt")):  # there it is Base64, 6 bits each
            was, becomes = (urlsafe_b64decode(b"AAA" + one)[2:] for one in (was, becomes))
        assert (was[0] ^ becomes[0]).bit_count() == 1


# --- trust lists ---------------------------------------------------------------------------------


def key_of(trusted: Any) -> dict[str, Any]:
    """A key of the library in the form in which one is expected."""
    spki = trusted.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "kid": trusted.kid.hex(),
        "role": trusted.role,
        "country": trusted.country,
        "usages": sorted(trusted.usages),
        "public_key": sha256(spki).hexdigest(),
        "certificate": sha256(trusted.facts.der).hexdigest() if trusted.facts else None,
        "not_before": moment(trusted.not_before),
        "not_after": moment(trusted.not_after),
    }


@pytest.mark.parametrize(("vector", "given"), named("trust list", "loads"))
def test_a_trust_list_loads_as_expected(vector: dict[str, Any], given: dict[str, Any]) -> None:
    trust = TrustList.load(*(FOLDER / name for name in vector["files"]), **options(given))
    assert (trust.format, trust.authenticated) == (vector["format"], given["authenticated"])
    assert (moment(trust.issued_at), moment(trust.expires_at), trust.sequence) == (
        vector["issued_at"],
        vector["expires_at"],
        vector["sequence"],
    )
    assert in_order(map(key_of, trust)) == in_order(vector["usable_keys"])
    expected = sorted(vector["entries_set_aside"], key=lambda one: (one["kid"], one["mentions"]))
    found = sorted(trust.set_aside, key=lambda one: (one.kid.hex(), one.reason))
    assert [(one.kid.hex(), one.country) for one in found] == [
        (one["kid"], one["country"]) for one in expected
    ]
    for one, wanted in zip(found, expected, strict=True):
        assert wanted["mentions"] in one.reason


@pytest.mark.parametrize(("vector", "given"), named("trust list", "refusals"))
def test_a_trust_list_is_refused_as_expected(vector: dict[str, Any], given: dict[str, Any]) -> None:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(*contents(vector, given), **options(given))
    assert (caught.value.code, caught.value.format) == (given["reject"], vector["format"])
    assert caught.value.reason
    if "place" in given:
        assert caught.value.place == given["place"]


@pytest.mark.parametrize("vector", of_kind("trust list"), ids=lambda vector: vector["id"])
def test_files_of_a_list_may_come_in_any_order(vector: dict[str, Any]) -> None:
    trust = TrustList.load(*(FOLDER / name for name in reversed(vector["files"])))
    assert in_order(map(key_of, trust)) == in_order(vector["usable_keys"])


# --- revocation lists ----------------------------------------------------------------------------


@pytest.mark.parametrize(("vector", "given"), named("revocation list", "loads"))
def test_a_revocation_list_revokes_what_is_expected(
    vector: dict[str, Any], given: dict[str, Any]
) -> None:
    paths = [FOLDER / name for name in vector["files"]]
    revocations = RevocationList.load(*paths, **options(given))
    assert revocations.format == vector["format"]
    assert revocations.authenticated == given["authenticated"]
    times = moment(revocations.issued_at), moment(revocations.expires_at)
    assert (*times, revocations.sequence) == tuple(
        vector[name] for name in ("issued_at", "expires_at", "sequence")
    )
    assert len(revocations) == vector["entries"]
    for one in vector["certificates"]:
        kid = None if one["kid"] is None else bytes.fromhex(one["kid"])
        hashes = [(HashType(one["hash_type"]), bytes.fromhex(one["hash"]))]
        if one["reject"] is None:
            revocations.check(kid, hashes)
            continue
        with pytest.raises(VnvaxcertError) as refused:
            revocations.check(kid, hashes)
        assert refused.value.code == one["reject"]
    for one in vector["signers"]:
        (key,) = TrustList.load(FOLDER / one["certificate"])
        assert key.facts is not None
        if one["reject"] is None:
            assert one["revoked_at"] is None
            revocations.check_signer(key.facts)
            continue
        with pytest.raises(SignerRevokedError) as caught:
            revocations.check_signer(key.facts)
        assert caught.value.code == one["reject"]
        assert moment(caught.value.revoked_at) == one["revoked_at"]


@pytest.mark.parametrize(("vector", "given"), named("revocation list", "refusals"))
def test_a_revocation_list_is_refused_as_expected(
    vector: dict[str, Any], given: dict[str, Any]
) -> None:
    with pytest.raises(TrustListError) as caught:
        RevocationList.from_bytes(*contents(vector, given), **options(given))
    assert (caught.value.code, caught.value.format) == (given["reject"], vector["format"])
    assert caught.value.reason


# --- held to something else than the library -----------------------------------------------------


def test_the_signed_list_of_our_own_has_the_form_of_its_specification() -> None:
    cddl = Validator((ROOT / "spec" / "trust-list.cddl").read_text(encoding="utf-8"))
    data = (FOLDER / "own" / "signed.cbor").read_bytes()
    assert cddl.validate(data, require_deterministic=True)


def test_archives_are_such_to_the_standard_library() -> None:
    for path in (FOLDER / "revocation").glob("*.tar.gz"):
        with tarfile.open(path) as held:
            for member in held.getmembers():
                content = held.extractfile(member)
                assert content is not None
                assert sha256(content.read()).hexdigest() == member.name.rpartition("/")[2]


def test_the_maker_of_filters_makes_the_one_of_the_fact_sheet() -> None:
    published = "0001160038d1b7170000000200000002000000027ef31c7c642b5ce8"
    assert bloom_filter([b"1", b"2"], 1e-4).hex() == published


def test_the_other_maker_of_prefix_lists_makes_the_same() -> None:
    generator = random.Random(3)
    values = [generator.randbytes(16) for _ in range(40)]
    for coordinates in (0, 1, 2):
        made = VariableHashList.from_hashes(values, coordinates=coordinates).to_bytes()
        assert variable_hashes(values, coordinates=coordinates) == made


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(
    "command",
    [
        "cms -verify -inform DER -noverify -in icao/master-list.ml",
        "cms -verify -inform DER -noverify -in revocation/batch.cms",
        "cms -verify -inform DER -CAfile keys/throw-away-list-root.crt.pem -purpose any"
        " -attime 1651388400 -in revocation/batch.cms",
        "crl -inform DER -noout -CAfile keys/throw-away-csca-ut.crt.pem -in revocation/signers.crl",
        "verify -attime 1651388400 -CAfile keys/throw-away-csca-ut.crt.pem"
        " revocation/signer-good.crt.pem",
    ],
    ids=["master list", "batch", "batch under its root", "CRL", "signer under its authority"],
)
def test_openssl_finds_the_signatures_good_too(command: str) -> None:
    done = subprocess.run(
        ["openssl", *command.split()], cwd=FOLDER, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"fail" not in (done.stdout + done.stderr).lower()
