"""Our own vectors: made again byte for byte, in the form of their schema, and honestly told.

What stands on the way to each text is looked up with `base45`, `zlib`, `cbor2` and `cryptography`
alone; nothing here asks the library under test. Whether the library does as they say is asked by
the conformance runner.
"""

from __future__ import annotations

import ast
import json
import random
import re
import zlib
from base64 import b64decode, urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import base45
import cbor2
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jsonschema import Draft202012Validator

import make_vectors
from vectors import deflate, hcert
from vectors.book import TITLES, Book, accept
from vectors.cbor import Endless, Pairs, Raw, Tag, encode
from vectors.keys import KEYS, P256, RSA2048, add
from vectors.private import ec_key, pss, rsa_key

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "test_vectors"

Vector = dict[str, Any]


def document(name: str) -> Any:
    return json.loads((FOLDER / name).read_bytes())


SUITES: Final[dict[str, Any]] = {
    path.stem: document(path.name)
    for path in sorted(FOLDER.glob("*.json"))
    if "vectors" in json.loads(path.read_bytes()) and path.name != "judged.json"
}
VECTORS: Final[list[Vector]] = [one for suite in SUITES.values() for one in suite["vectors"]]
PUBLISHED: Final[dict[str, Any]] = document("keys.json")["keys"]


# --- the files -----------------------------------------------------------------------------------


def test_the_script_makes_every_file_again_byte_for_byte() -> None:
    made = make_vectors.files()
    assert set(made) == {f"{suite}.json" for suite in SUITES} | {"keys.json"}
    for name, content in made.items():
        assert (FOLDER / name).read_bytes() == content, name


def test_check_tells_a_changed_byte_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_vectors, "FOLDER", tmp_path)
    assert make_vectors.main(["--only", "times"]) == 0
    assert capsys.readouterr().out == "times.json written\n"
    path = tmp_path / "times.json"
    assert path.read_bytes() == (FOLDER / "times.json").read_bytes()
    assert make_vectors.main(["--check", "--only", "times"]) == 0
    assert capsys.readouterr().out == ""
    changed = path.read_bytes().replace(b"::exp::", b"::exq::", 1)
    path.write_bytes(changed)
    assert make_vectors.main(["--check", "--only", "times"]) == 1
    assert capsys.readouterr().out == "times.json would change\n"
    assert path.read_bytes() == changed


def test_the_makers_know_nothing_of_the_library() -> None:
    paths = [ROOT / "tools" / "make_vectors.py", *(ROOT / "tools" / "vectors").glob("*.py")]
    assert len(paths) > 10
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [one for one in names if one.partition(".")[0] == "vnvaxcert"], path.name


def validator(name: str) -> Any:
    schema = document(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_has_the_form_of_its_schema(suite: str) -> None:
    errors = validator(SUITES[suite]["$schema"]).iter_errors(SUITES[suite])
    assert [(list(error.absolute_path), error.message) for error in errors] == []
    assert SUITES[suite]["suite"] == suite
    assert {one["id"].partition("::")[0] for one in SUITES[suite]["vectors"]} == {suite}


def test_the_keys_have_the_form_of_their_schema() -> None:
    keys = document("keys.json")
    errors = validator(keys["$schema"]).iter_errors(keys)
    assert [(list(error.absolute_path), error.message) for error in errors] == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "times::one"),
        ("id", "Times::exp::one"),
        ("op", "trust"),
        ("comment", "without a full stop"),
        ("spec", ""),
        ("intermediates", {"cose": "D2"}),
        ("expect", {}),
        ("expect", {"accept": {}, "reject": "cwt.expired"}),
        ("expect", {"accept": {"envelope": "hcert"}}),
        ("expect", {"reject": "Expired"}),
        ("input", {"text": "HC1:", "trust": []}),
        ("input", {"text": "HC1:", "trust": [], "at": "2022-06-01T00:00:00+00:00"}),
        ("input", {"text": "HC1:", "trust": [], "at": "2022-06-01T00:00:00Z", "policy": "lax"}),
        ("another", 1),
    ],
)
def test_the_schema_refuses_another_form(member: str, value: object) -> None:
    suite = SUITES["times"]
    changed = {**suite, "vectors": [{**suite["vectors"][0], member: value}]}
    assert not validator("vectors.schema.json").is_valid(changed)


# --- the whole -----------------------------------------------------------------------------------


def test_ids_are_unique_over_all_suites() -> None:
    twice = [name for name, count in Counter(one["id"] for one in VECTORS).items() if count > 1]
    assert twice == []


def test_no_vector_asks_what_another_asks() -> None:
    asked = Counter(
        json.dumps([one["op"], one["input"], one["expect"]], sort_keys=True) for one in VECTORS
    )
    assert [question for question, count in asked.items() if count > 1] == []


def test_there_are_400_and_half_of_them_are_refusals() -> None:
    refusals = [one for one in VECTORS if "reject" in one["expect"]]
    assert len(VECTORS) >= 400
    assert 2 * len(refusals) >= len(VECTORS)
    assert len(refusals) < len(VECTORS)


def test_each_code_that_a_vector_names_is_known() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| `([a-z0-9_.]+)` \|", page, re.MULTILINE))
    of_operations = {"json.invalid", "check-digit.invalid", "uvci.invalid", "identifier.invalid"}
    for one in VECTORS:
        expected = one["expect"]
        named = [expected["reject"]] if "reject" in expected else expected["accept"].get("warnings")
        assert set(named or ()) <= known | of_operations, one["id"]


# --- what stands on the way ----------------------------------------------------------------------

ON_THE_WAY: Final = [
    one
    for one in VECTORS
    if one["op"] == "verify" and {"zlib", "cose"} & set(one.get("intermediates", ()))
]


@pytest.mark.parametrize("suite", sorted({one["id"].partition("::")[0] for one in ON_THE_WAY}))
def test_intermediates_are_what_others_find_on_the_way(suite: str) -> None:
    for one in ON_THE_WAY:
        if not one["id"].startswith(f"{suite}::"):
            continue
        way = {name: bytes.fromhex(value) for name, value in one["intermediates"].items()}
        text = one["input"]["text"]
        assert text.startswith("HC1:"), one["id"]
        assert base45.b45decode(text[4:]) == way["zlib"], one["id"]
        if "cose" in way:
            assert zlib.decompress(way["zlib"]) == way["cose"], one["id"]
        if "claims" in way:
            protected, _, payload, _ = parts_of(way["cose"])
            assert payload == way["claims"], one["id"]
            assert sig_structure(protected, payload) == way["to_be_signed"], one["id"]


def parts_of(message: bytes) -> list[Any]:
    """The four parts of a message, without the tags around them."""
    item = cbor2.loads(message)
    while isinstance(item, cbor2.CBORTag):
        item = item.value
    assert isinstance(item, Sequence)
    return list(item)


def sig_structure(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052 §4.4: an encoded empty map counts as no bytes."""
    header = b"" if protected == b"\xa0" else protected
    return cbor2.dumps(["Signature1", header, b"", payload])


def accepted() -> Iterator[Vector]:
    for one in VECTORS:
        expected = one["expect"].get("accept", {})
        if one["op"] == "verify" and expected.get("envelope") == "hcert":
            yield one


def test_each_acceptance_is_signed_by_a_trusted_key() -> None:
    count = 0
    for one in accepted():
        message = zlib.decompress(base45.b45decode(one["input"]["text"][4:]))
        protected, unprotected, payload, signature = parts_of(message)
        header = cbor2.loads(protected) if protected else {}
        kid = header.get(4, unprotected.get(4))
        assert kid.hex() == one["expect"]["accept"]["kid"], one["id"]
        signed = sig_structure(protected, payload)
        good = [
            name
            for name in one["input"]["trust"]
            if PUBLISHED[name]["kid"] == kid.hex()
            and PUBLISHED[name]["algorithm"] == one["expect"]["accept"]["algorithm"]
            and is_good(public_key(PUBLISHED[name]["jwk"]), signature, signed)
        ]
        assert good, one["id"]
        count += 1
    assert count > 100


def test_each_invalid_signature_fits_no_trusted_key() -> None:
    count = 0
    for one in VECTORS:
        if one["expect"].get("reject") != "signature.invalid" or "text" not in one["input"]:
            continue
        text = one["input"]["text"]
        if not text.startswith("HC1:"):
            continue
        protected, _, payload, signature = parts_of(zlib.decompress(base45.b45decode(text[4:])))
        signed = sig_structure(protected, payload)
        for name in one["input"]["trust"]:
            key = public_key(PUBLISHED[name]["jwk"])
            assert not is_good(key, signature, signed), one["id"]
        count += 1
    assert count > 40


def public_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """A public key from RFC 7518 §6."""
    numbers = {
        name: int.from_bytes(urlsafe_b64decode(jwk[name] + "=="), "big")
        for name in ("x", "y", "n", "e")
        if name in jwk
    }
    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(numbers["e"], numbers["n"]).public_key()
    curves: dict[str, ec.EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
        "secp256k1": ec.SECP256K1(),
        "BP-256": ec.BrainpoolP256R1(),
    }
    curve = curves[jwk["crv"]]
    return ec.EllipticCurvePublicNumbers(numbers["x"], numbers["y"], curve).public_key()


def is_good(
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, signature: bytes, signed: bytes
) -> bool:
    """Whether a raw signature is good, by `cryptography`."""
    sha256_pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, sha256_pss, hashes.SHA256())
        else:
            of_size: dict[int, hashes.HashAlgorithm] = {384: hashes.SHA384(), 521: hashes.SHA512()}
            hashed = of_size.get(key.key_size, hashes.SHA256())
            half = len(signature) // 2
            r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashed))
    except InvalidSignature:
        return False
    return True


# --- the keys ------------------------------------------------------------------------------------

# Their key identifiers are not the start of their certificates' SHA-256: that is what they are for.
OF_ANOTHER_KID: Final = {
    "dsc-aq-p256-elsewhere",
    "dsc-aq-p256-old",
    "dsc-aq-p256-renamed",
    "dsc-aq-p256-tests",
    "dsc-aq-rsa-twin",
    "seal-aq-p256-elsewhere",
}

# Its list says another country than its certificate.
OF_ANOTHER_COUNTRY: Final = {"seal-aq-named-xa"}

# Their authorities' signatures name an algorithm that a strict parser does not get past.
OF_NO_STRICT_PARSER: Final = {"dsc-aq-pss-no-sequence", "dsc-aq-pss-salt-negative"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_key_is_one_key_in_all_its_forms(name: str) -> None:
    key = PUBLISHED[name]
    private = load_pem_private_key(key["private_key_made_for_tests"].encode(), None)
    public = public_key(key["jwk"])
    assert isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    assert private.public_key() == public
    if key["certificate"] is None:
        return
    der = b64decode(key["certificate"])
    if name in OF_NO_STRICT_PARSER:
        with pytest.raises(ValueError, match="signature_alg"):
            x509.load_der_x509_certificate(der)
        return
    certificate = x509.load_der_x509_certificate(der)
    assert certificate.public_key() == public
    is_of_certificate = key["kid"] == sha256(der).hexdigest()[:16]
    assert is_of_certificate is (name not in OF_ANOTHER_KID)
    (country,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COUNTRY_NAME)
    assert (country.value == key["country"]) is (name not in OF_ANOTHER_COUNTRY)
    (title,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert str(title.value).startswith("Throw-away ")


# They sign for others, and nobody trusts them.
BEHIND: Final = {"stranger-p256", "csca-aq-unlisted"}


def test_every_key_is_named_by_a_vector() -> None:
    named = {
        name
        for one in VECTORS
        for member in ("trust", "authorities", "record_trust")
        for name in one["input"].get(member, ())
    }
    assert {name for name in PUBLISHED if name not in named and name not in BEHIND} == set()


# --- the makers ----------------------------------------------------------------------------------


def test_a_suite_without_its_module_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TITLES, "of-nobody", "A suite that nobody makes")
    with pytest.raises(ModuleNotFoundError, match="of_nobody"):
        make_vectors.files()


def test_our_zlib_streams_inflate_elsewhere() -> None:
    generator = random.Random(7)
    samples = [b"", b"a", b"ab" * 300, bytes(70_000), generator.randbytes(33_000) * 2]
    samples += [
        bytes(generator.randrange(letters) for _ in range(size))
        for letters in (1, 2, 5, 256)
        for size in (*range(1, 24), 300, 2000)
    ]
    for data in samples:
        assert zlib.decompress(deflate.compress(data)) == data


def test_our_cbor_is_read_elsewhere() -> None:
    item = {
        1: [0, 23, 24, 255, 256, 65_536, 1 << 32, (1 << 64) - 1, -1, -24, -25, -(1 << 64)],
        "text": ["", "Nguyễn", b"", b"\0" * 300, 1.5, True, False, None],
        -260: {"in": {}},
    }
    assert cbor2.loads(encode(item)) == item
    assert cbor2.loads(encode(Tag(18, b"1"))) == cbor2.CBORTag(18, b"1")
    assert cbor2.loads(encode(Endless(2, [b"a", b"b"]))) == b"ab"
    assert cbor2.loads(encode(Endless(5, [(1, 2)]))) == {1: 2}
    assert encode(Pairs([(1, 2), (1, 3)])) == bytes.fromhex("a201020103")
    assert encode([Raw(b"\xff")]) == b"\x81\xff"
    with pytest.raises(TypeError, match="no form of CBOR"):
        encode(object())


def test_our_base45_is_read_elsewhere() -> None:
    generator = random.Random(8)
    for size in (*range(12), 255):
        data = generator.randbytes(size)
        assert base45.b45decode(hcert.base45(data)) == data


@pytest.mark.parametrize("name", ["dsc-aq-rsa1024", "dsc-aq-rsa2048", "dsc-aq-rsa3072"])
def test_our_pss_is_good_elsewhere(name: str) -> None:
    key = rsa_key(name)
    assert is_good(key.public_key(), pss(key, b"data"), b"data")
    assert not is_good(key.public_key(), pss(key, b"data"), b"date")
    assert not is_good(key.public_key(), pss(key, b"data", salt=bytes(31)), b"data")


@pytest.mark.parametrize("name", ["times::exp", "Times::exp::a", "other::exp::a", "times::a::a::a"])
def test_a_book_takes_no_id_of_another_form(name: str) -> None:
    with pytest.raises(ValueError, match="another form"):
        Book().add(name, spec="x", comment="x.", op="verify", input={}, reject="cwt.expired")


def test_a_book_takes_no_vector_that_says_nothing_or_too_much() -> None:
    book = Book()
    made = hcert.hcert()
    said: dict[str, Any] = {"spec": "x", "comment": "x."}
    given = {"text": "", "trust": ["nobody"]}
    with pytest.raises(ValueError, match="either accept or reject"):
        book.verify("times::a::a", made, **said)
    with pytest.raises(ValueError, match="either accept or reject"):
        book.verify("times::a::a", made, **said, accept=accept(P256), reject="cwt.expired")
    with pytest.raises(ValueError, match="say whom to trust"):
        book.verify("times::a::a", "HC1:", **said, reject="cwt.expired")
    with pytest.raises(ValueError, match="no key of the name"):
        book.add("times::a::a", **said, op="verify", input=given, reject="cwt.expired")
    for member in ("signer", "certificate_of"):
        with pytest.raises(ValueError, match="no key of the name"):
            book.add(
                "issuing::a::a", **said, op="issue", input={member: "nobody"}, reject="issue.key"
            )
    book.verify("times::a::a", made, **said, reject="cwt.expired")
    with pytest.raises(ValueError, match="taken"):
        book.verify("times::a::a", made, **said, reject="cwt.expired")


def test_a_name_is_of_one_key() -> None:
    assert add(P256.name, P256.private, P256.certified).kid == P256.kid
    with pytest.raises(ValueError, match="two keys"):
        add(P256.name, ec_key("another"))
    with pytest.raises(ValueError, match="has no certificate"):
        _ = KEYS["dsc-aq-bare"].certified
    assert RSA2048.algorithm == "PS256"
