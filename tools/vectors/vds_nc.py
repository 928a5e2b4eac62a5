"""Suite ``vds-nc``: the text of seals and their signatures; then their signers, and contents.

Spec: spec/vds-nc.md, sections 1 and 2; RFC 8259, RFC 8785, RFC 4648 §5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from vectors.book import Book, accept
from vectors.hcert import LEFT_OUT, Change, Made, flip, hcert, sig_structure
from vectors.keys import CSCA_AQ, STRANGER
from vectors.private import ORDER_P256, der_ecdsa, ec_key, ecdsa_parts, other_half
from vectors.seal import (
    CSCA_DE,
    SEAL_P256,
    SEAL_P384,
    SEAL_P521,
    TESTED,
    VACCINATED,
    Node,
    base64url,
    canonical,
    compact,
    edit,
    seal,
    unlisted,
)
from vectors.vds_nc_fields import add_fields
from vectors.vds_nc_signers import add_signers

TEXT, SIGNATURE, STEPS = (f"VDS-NC 1.1, vds-nc.md §{number}" for number in (1, 2, 9))
JSON, CANONICAL, BASE64URL = "RFC 8259", "RFC 8785 §3.2", "RFC 4648 §5"
MALFORMED, UNSUPPORTED, INVALID = "vdsnc.malformed", "vdsnc.unsupported", "signature.invalid"
MEMBER: Final = "schema.unknown_member"
MOST_BYTES: Final = 2953


def build(book: Book) -> None:
    """Add the vectors."""
    _texts(book)
    _json(book)
    _parts(book)
    _base64(book)
    _algorithms(book)
    _canonical(book)
    _numbers(book)
    _signatures(book)
    _order(book)
    add_signers(book)
    add_fields(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    code: str | None = None,
    warnings: Iterable[str] = (),
    **others: Any,
) -> None:
    right = accept(made.signer, envelope="vds-nc", warnings=warnings)
    book.verify(
        f"vds-nc::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else right,
        **{"trust": (), "authorities": (CSCA_AQ,), **others},
    )


def _texts(book: Book) -> None:
    comment = "The usual seal, as most others here are but for one thing."
    _add(book, "text::usual", TEXT, comment, seal())
    _add(book, "text::of-a-test", TEXT, "A proof of test.", seal(TESTED))
    length = len(seal().text.encode())
    rows: list[tuple[str, Callable[[str], str], str | None, str]] = [
        ("array-of-one", lambda text: f"[{text}]", None, "As Japan hands its seals on."),
        ("space-around", lambda text: f" \t\r\n{text}\n ", None, "White space around is free."),
        ("byte-order-mark", lambda text: f"\ufeff{text}", None, "Some files start with a mark."),
        (
            *("mark-behind-a-space", lambda text: f" \ufeff{text}", MALFORMED),
            "A byte order mark is the very first character, or it is no JSON.",
        ),
        (
            *("longest", lambda text: text + " " * (MOST_BYTES - length), None),
            "2,953 bytes are the most that a code holds.",
        ),
        (
            *("too-long", lambda text: text + " " * (MOST_BYTES + 1 - length), "input.too_long"),
            "2,954 bytes are in no code.",
        ),
        (
            "array-of-two",
            lambda text: f"[{text},{text}]",
            MALFORMED,
            "Nothing says which of the two is meant.",
        ),
        ("array-in-array", lambda text: f"[[{text}]]", MALFORMED, "One array is the most."),
        ("empty-array", lambda _: "[]", MALFORMED, "There is no seal in it."),
        ("empty-object", lambda _: "{}", MALFORMED, "It has neither data nor a signature."),
        (
            "in-quotes",
            lambda text: "[" + compact(text) + "]",
            MALFORMED,
            "A text of a seal is none.",
        ),
        ("cut-off", lambda text: text[:-1], MALFORMED, "The last brace is missing."),
        ("something-behind", lambda text: text + "x", MALFORMED, "Something follows."),
        ("another-behind", lambda text: text + text, MALFORMED, "Another seal follows."),
    ]
    for case, change, code, comment in rows:
        _add(book, f"text::{case}", TEXT, comment, seal(text=change), code)
    # Fewer characters than the bound, and more bytes.
    name = edit(VACCINATED, "msg/ve/0/nam", "Ễ" * 700)
    comment = "Bytes count, and not characters: each of these letters takes three."
    _add(book, "text::too-long-in-bytes", TEXT, comment, seal(name), "input.too_long")
    comment = "What starts with a brace is a seal, whatever follows it."
    text = hcert().text
    made = Made("{" + text, {}, SEAL_P256)
    _add(book, "text::brace-and-health-certificate", TEXT, comment, made, MALFORMED)


def _json(book: Book) -> None:
    right = compact(VACCINATED)
    rows: list[tuple[str, str, str]] = [
        ("trailing-comma", right[:-1] + ",}", "A comma in front of a brace."),
        ("comment", "/**/" + right, "JSON has no comments."),
        ("single-quotes", right.replace('"t"', "'t'"), "Names stand in double quotes."),
        ("bare-name", right.replace('"t"', "t"), "Names stand in quotes."),
        ("leading-zero", right.replace('"v":1', '"v":01'), "No number starts with a zero."),
        ("plus-sign", right.replace('"v":1', '"v":+1'), "No number starts with a plus sign."),
        ("no-digit-before-point", right.replace('"v":1', '"v":.1'), "A digit is missing."),
        ("nan", right.replace('"v":1', '"v":NaN'), "JSON has no such number."),
        ("infinity", right.replace('"v":1', '"v":Infinity'), "JSON has no word for it."),
        ("beyond-double", right.replace('"v":1', '"v":1e999'), "No double is so large."),
        ("capital-literal", right.replace('"v":1', '"v":True'), "JSON has true alone."),
        (
            *("control-character", right.replace("Specimen Clinic", "Specimen\tClinic")),
            "Control characters are escaped in texts.",
        ),
        (
            *("half-surrogate", right.replace("Specimen Clinic", "\\ud800")),
            "Half of a pair is no character.",
        ),
        ("unknown-escape", right.replace("Specimen Clinic", "\\x41"), "JSON has no such escape."),
        (
            *("member-twice", right.replace('"v":1', '"v":1,"v":1')),
            "Given twice: one reader takes the first, another the last.",
        ),
        (
            *("member-twice-by-escape", right.replace('"v":1', '"v":1,"\\u0076":1')),
            "The same name written in another way.",
        ),
        (
            *("member-twice-deep", right.replace('"seq":1', '"seq":1,"seq":2')),
            "Two numbers of one dose.",
        ),
    ]
    for case, written, comment in rows:
        _add(book, f"json::{case}", JSON, comment, seal(data_text=written), MALFORMED)
    comment = "Two signatures of one seal."
    twice = seal(text=lambda text: text[:-1] + ',"sig":' + text.partition('"sig":')[2])
    _add(book, "json::sig-twice", JSON, comment, twice, MALFORMED)
    for levels, code in ((32, None), (33, MALFORMED)):
        value: Any = []
        for _ in range(levels - 3):  # the text, data and this
            value = [value]
        comment = f"{levels} levels of objects and arrays."
        made = seal({**VACCINATED, "other": value})
        warnings = () if code else (MEMBER,)
        _add(book, f"json::{levels}-levels", TEXT, comment, made, code, warnings)


_OF_THE_WHOLE: Final[dict[str, list[tuple[str, Any, str]]]] = {
    "data": [
        ("missing", LEFT_OUT, "Without data there is nothing that somebody has signed."),
        ("null", None, "Null for data says nothing that could be signed."),
        ("text", "{}", "data is an object, and not a text with one in it."),
        ("array", [], "data is an object: an array has no header."),
    ],
    "sig": [
        ("missing", LEFT_OUT, "Without sig nobody has signed the seal."),
        ("null", None, "Null for sig is no signature of anybody's."),
        ("text", "{}", "sig is an object, and not a text with one in it."),
        ("array", [], "sig is an object: an array has no algorithm."),
    ],
}
_OF_THE_SIGNATURE: Final[dict[str, list[tuple[str, Any, str]]]] = {
    "alg": [
        ("missing", LEFT_OUT, "Without alg nothing says how it was signed; keys are not asked."),
        ("null", None, "Null is the name of no algorithm."),
        ("number", -7, "Numbers of algorithms are of COSE; a seal has their names."),
    ],
    "sigvl": [
        ("missing", LEFT_OUT, "An algorithm and a certificate without r and s sign nothing."),
        ("null", None, "Null has neither r nor s."),
        ("number", -7, "r and s are written in Base64, which is a text."),
    ],
    "cer": [
        ("null", None, "Who sends no certificate leaves it out, and writes no null."),
        ("number", -7, "A certificate is written in Base64, which is a text."),
    ],
}


def _parts(book: Book) -> None:
    for name, rows in _OF_THE_WHOLE.items():
        for case, value, comment in rows:
            made = seal(outer={name: value})
            _add(book, f"{name}::{case}", TEXT, comment, made, MALFORMED)
    for name, rows in _OF_THE_SIGNATURE.items():
        for case, value, comment in rows:
            made = seal(sig={name: value})
            _add(book, f"{name}::{case}", SIGNATURE, comment, made, MALFORMED)
    comment = "Nobody signs what stands beside data, and it has no effect."
    made = seal(outer={"other": 1})
    _add(book, "outside::beside-data", TEXT, comment, made, None, [MEMBER])
    comment = "Nobody signs sig itself: a kid in it has no effect."
    made = seal(sig={"kid": "0102030405060708"})
    _add(book, "outside::in-sig", TEXT, comment, made, None, [MEMBER])


def _base64(book: Book) -> None:
    made = seal(padded=True)
    comment = "With the padding, as Australia writes it."
    _add(book, "base64::padded", BASE64URL, comment, made)
    right = SEAL_P256.sign(canonical(VACCINATED))
    text = base64url(right)
    rows: list[tuple[str, str, str]] = [
        ("half-padding", text + "=", "Two characters of padding, or none."),
        ("too-much-padding", text + "===", "Three are never right."),
        ("space", text[:40] + " " + text[40:], "White space is no part of Base64."),
        ("line-end", text + "\n", "A line end is none either."),
        ("point", text[:-1] + ".", "A point is not in the alphabet."),
        ("letter-beyond-ascii", text[:-1] + "é", "Nor is a letter with an accent."),
        ("bits-left-over", text[:-1] + chr(ord(text[-1]) + 1), "Its last bits are not zero."),
        ("one-character-less", text[:-1], "Behind the last four characters one is left over."),
        ("empty", "", "An empty text holds neither r nor s."),
        ("hexadecimal", right.hex(), "Read as Base64, these are 96 bytes."),
    ]
    for case, value, comment in rows:
        made = seal(sig={"sigvl": value})
        _add(book, f"base64::sigvl-{case}", BASE64URL, comment, made, MALFORMED)
    # Certificates hold some byte whose Base64 is of the other alphabet.
    certificate = SEAL_P256.certificate or b""
    ordinary = base64url(certificate).replace("-", "+").replace("_", "/")
    for case, value, comment in (
        ("ordinary-alphabet", ordinary, "Plus and slash are of another alphabet."),
        ("empty", "", "Without a certificate the member is left out."),
        ("one-character", "M", "One character holds no byte."),
    ):
        made = seal(sig={"cer": value})
        _add(book, f"base64::cer-{case}", BASE64URL, comment, made, MALFORMED)


def _algorithms(book: Book) -> None:
    for signer in (SEAL_P384, SEAL_P521):
        size = {"ES384": 96, "ES512": 132}[signer.algorithm or ""]
        comment = f"{signer.algorithm}: its own hash, and {size} bytes."
        case = f"alg::{signer.algorithm}".lower()
        _add(book, case, SIGNATURE, comment, seal(signer=signer))
        made = seal(signer=signer, signature=lambda right: right[:-1])
        comment = f"{size - 1} bytes: s lacks one."
        _add(book, f"{case}-one-byte-short", SIGNATURE, comment, made, MALFORMED)
    for case, value, comment in (
        ("ps256", "PS256", "RSA keys sign no seal."),
        ("rs256", "RS256", "Nor does an RSA key with the older padding."),
        ("hs256", "HS256", "Who checks a seal could make it."),
        ("none", "none", "Anybody could have made it."),
        ("small-letters", "es256", "Names of algorithms have capitals."),
        ("es256k", "ES256K", "Another curve than those of seals."),
        ("eddsa", "EdDSA", "Another kind of signature than those of seals."),
        ("empty", "", "An empty name is none of the three."),
    ):
        made = seal(sig={"alg": value})
        _add(book, f"alg::{case}", SIGNATURE, comment, made, UNSUPPORTED)
    lengths: list[tuple[str, Change | bytes, str]] = [
        ("63-bytes", lambda right: right[:-1], "s lacks its last byte."),
        ("65-bytes", lambda right: right + b"\0", "A byte follows s."),
        ("96-bytes", lambda right: right + right[:32], "As long as one of ES384."),
        ("r-alone", lambda right: right[:32], "s is missing."),
        ("der", _in_der, "DER is what X.509 has; a seal has r and s side by side."),
    ]
    for case, change, comment in lengths:
        made = seal(signature=change)
        _add(book, f"length::{case}", SIGNATURE, comment, made, MALFORMED)
    made = seal(signer=SEAL_P384, sig={"alg": "ES256"}, signature=lambda right: right[:64])
    comment = "The hash belongs to alg, and so does the curve: a key of P-384 is for ES384."
    code = "trust.algorithm_mismatch"
    _add(book, "alg::es256-and-p384", SIGNATURE, comment, made, code)
    made = seal(sig={"alg": "ES384"}, signature=lambda right: right + bytes(32))
    comment = "The key of P-256 is for ES256 alone."
    _add(book, "alg::es384-and-p256", SIGNATURE, comment, made, code)


def _in_der(raw: bytes) -> bytes:
    return encode_dss_signature(*ecdsa_parts(raw))


def _canonical(book: Book) -> None:
    def reverse(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: reverse(value[name]) for name in sorted(value, reverse=True)}
        return [reverse(one) for one in value] if isinstance(value, list) else value

    right = compact(VACCINATED)
    spaced = right.replace(",", " ,\n").replace(":", " : ").replace("RA01.0", "\\u0052A01.0")
    rows: list[tuple[str, str, str]] = [
        ("other-order", compact(reverse(VACCINATED)), "The order in the text is free."),
        ("white-space", right.replace(",", " ,\r\n\t"), "White space between parts is free."),
        ("escapes", right.replace("COMIRNATY", "\\u0043\\u004fMIRNATY"), "C and O, escaped."),
        ("all-of-these", spaced, "White space and an escape."),
        ("slash-escaped", right, "A slash may be escaped in the text, and is not when signed."),
    ]
    for case, written, comment in rows[:-1]:
        made = seal(data_text=written)
        _add(book, f"canonical::{case}", CANONICAL, comment, made)
    slashed = edit(VACCINATED, "msg/ve/0/nam", "A/B")
    made = seal(slashed, data_text=compact(slashed).replace("A/B", "A\\/B"))
    _add(book, "canonical::slash-escaped", CANONICAL, rows[-1][2], made)
    # U+FB33 is one unit of UTF-16 and U+1F600 two, the first of them smaller.
    odd = {**VACCINATED, "\ufb33": 1, "\U0001f600": 2}
    comment = "Names are sorted by units of UTF-16, in which a pair comes before U+FB33."
    _add(book, "canonical::units-of-utf16", CANONICAL, comment, seal(odd), None, [MEMBER])
    by_characters = canonical({**VACCINATED, "\ufb33": 3}).replace(
        '"\ufb33":3'.encode(), '"\ufb33":1,"\U0001f600":2'.encode()
    )
    made = seal(odd, to_be_signed=by_characters)
    comment = "Sorted by characters: no canonical form."
    _add(book, "canonical::characters", CANONICAL, comment, made, INVALID)
    composed = edit(VACCINATED, "msg/ve/0/nam", "e\u0301")
    comment = "Texts are not normalized: an e and an accent stay two characters."
    warnings = ["schema.characters"]
    made = seal(composed)
    _add(book, "canonical::no-normalization", CANONICAL, comment, made, None, warnings)
    cases: list[tuple[str, bytes, str]] = [
        ("as-written", right.encode(), "Signed as it stands in the text."),
        (
            *("indented", canonical(VACCINATED).replace(b",", b", ")),
            "Signed with white space.",
        ),
        ("with-a-line-end", canonical(VACCINATED) + b"\n", "Signed with a line end."),
        ("message-alone", canonical(VACCINATED["msg"]), "The header is not signed."),
        ("whole", canonical({"data": VACCINATED}), "Signed as a member of something."),
        (
            *("cose", sig_structure(b"\xa1\x01\x26", canonical(VACCINATED))),
            "Signed as COSE does.",
        ),
        ("nothing", b"", "A good signature, of nothing."),
    ]
    for case, signed, comment in cases:
        made = seal(to_be_signed=signed)
        _add(book, f"signed::{case}", SIGNATURE, comment, made, INVALID)
    as_number = canonical(VACCINATED)
    as_text = edit(VACCINATED, "msg/ve/0/vd/0/seq", "1")
    made = seal(as_text, to_be_signed=as_number)
    comment = 'Signed with 1 and written with "1": one dose, and two texts.'
    _add(book, "signed::number-for-text", SIGNATURE, comment, made, INVALID)
    without = {**VACCINATED, "other": 1}
    made = seal(without, to_be_signed=canonical(VACCINATED))
    comment = "What is signed is all of data, members that nobody knows included."
    _add(book, "signed::without-unknown-member", SIGNATURE, comment, made, INVALID)


def _numbers(book: Book) -> None:
    """Numbers in a member that nobody knows: they are signed in the form of ECMAScript."""
    base = {**VACCINATED, "other": 0}
    rows: list[tuple[str, str, str]] = [
        ("exponent", "1e2", "100"),
        ("point-and-zero", "2.50", "2.5"),
        ("negative-zero", "-0", "0"),
        ("negative-zero-point", "-0.0", "0"),
        ("smallest-plain", "0.000001", "0.000001"),
        ("first-with-exponent", "0.0000001", "1e-7"),
        ("largest-plain", "100000000000000000000.0", "100000000000000000000"),
        ("first-with-large-exponent", "1e21", "1e+21"),
        ("largest-integer", "9007199254740991", "9007199254740991"),
        ("least-integer", "-9007199254740991", "-9007199254740991"),
    ]
    for case, written, signed in rows:
        made = _with_number(base, written, signed)
        comment = f"{written} is signed as {signed}."
        spec = "RFC 8785 §3.2.2.3"
        _add(book, f"number::{case}", spec, comment, made, None, [MEMBER])
    bad: list[tuple[str, str, str]] = [
        ("integer-too-large", "9007199254740992", "Beyond 2^53 - 1 doubles have gaps."),
        ("integer-too-small", "-9007199254740992", "The same below zero."),
    ]
    for case, written, comment in bad:
        made = _with_number(base, written, written)
        _add(book, f"number::{case}", "RFC 8785 §3.2.2.3", comment, made, MALFORMED)
    for digits, code in ((32, None), (33, MALFORMED)):
        made = _with_number(base, "0." + "5" * (digits - 2), "0.5555555555555556")
        comment = f"A number of {digits} characters."
        warnings = () if code else (MEMBER,)
        _add(book, f"number::{digits}-characters", TEXT, comment, made, code, warnings)


def _with_number(base: Node, written: str, signed: str) -> Made:
    return seal(
        base,
        to_be_signed=canonical(base).replace(b'"other":0', f'"other":{signed}'.encode()),
        data_text=compact(base).replace('"other":0', f'"other":{written}'),
    )


def _signatures(book: Book) -> None:
    changes: list[tuple[str, Change | bytes, str]] = [
        ("bit-of-r", flip(0), "One bit of r is another."),
        ("bit-of-s", flip(-1), "One bit of s is another."),
        ("all-zeros", bytes(64), "r = s = 0 satisfies a careless equation for every message."),
        ("r-zero", lambda right: bytes(32) + right[32:], "r must not be 0."),
        ("s-zero", lambda right: right[:32] + bytes(32), "s must not be 0."),
        (
            *("s-order", lambda right: right[:32] + ORDER_P256.to_bytes(32, "big")),
            "s must be below the order of the curve.",
        ),
        ("s-and-r", lambda right: right[32:] + right[:32], "r comes first."),
        ("little-endian", lambda right: right[31::-1] + right[:31:-1], "Numbers are big-endian."),
    ]
    for case, change, comment in changes:
        made = seal(signature=change)
        _add(book, f"signature::{case}", SIGNATURE, comment, made, INVALID)
    usual = seal()
    right = SEAL_P256.sign(canonical(VACCINATED))
    is_low = ecdsa_parts(right)[1] <= ORDER_P256 // 2
    case = "high-s" if is_low else "low-s"
    comment = "s has two values, and both are good."
    _add(book, f"signature::{case}", SIGNATURE, comment, seal(signature=other_half))
    made = seal(signed_with=STRANGER)
    comment = "Made with another key than that of the certificate."
    _add(book, "signature::of-a-stranger", SIGNATURE, comment, made, INVALID)
    raw = decode_dss_signature(
        der_ecdsa(ec_key("seal-aq-p256"), canonical(VACCINATED), hashes.SHA384())
    )
    made = seal(signature=raw[0].to_bytes(32, "big") + raw[1].to_bytes(32, "big"))
    comment = "Over SHA-384, where ES256 is said: the hash belongs to alg."
    _add(book, "signature::another-hash", SIGNATURE, comment, made, INVALID)
    for case, old, new, comment in (
        ("name", "NGUYEN MAU", "NGUYEN MAI", "Another person."),
        ("birth-date", "1990-02-03", "1990-02-04", "Another day of birth."),
        ("lot", "SPECIMEN1", "SPECIMEN2", "Another lot."),
        ("member-added", '"sex":"F"', '"sex":"F","ai":"1"', "A number that nobody signed."),
        ("member-removed", ',"sex":"F"', "", "The sex was signed, and is gone."),
        ("space-in-name", "MAU  THI", "MAU THI", "One space for two is another name."),
    ):
        made = Made(usual.text.replace(old, new), {}, SEAL_P256)
        _add(book, f"changed::{case}", SIGNATURE, comment, made, INVALID)
    # Where the schema lets both pass, and the certificate is of the same state.
    text = usual.text.replace('"sex":"F"', '"sex":"F","other":null')
    comment = "A null that nobody signed: who drops nulls before the signature misses it."
    _add(book, "changed::null-added", SIGNATURE, comment, Made(text, {}, SEAL_P256), INVALID)
    german = unlisted("seal-de-changed", issuer=CSCA_DE, country="DE")
    signed = seal(edit(VACCINATED, "hdr/is", "D"), signer=german)
    made = Made(signed.text.replace('"is":"D"', '"is":"DEU"'), {}, german)
    comment = "Germany's other code for the one that was signed: one state, and two texts."
    _add(book, "changed::issuer", SIGNATURE, comment, made, INVALID, authorities=(CSCA_DE,))


def _order(book: Book) -> None:
    """Of two faults the one of the earlier step."""
    broken = edit(VACCINATED, "msg/ve/0/vd/0/seq", 0)
    made = seal(broken, signature=flip(3))
    comment = "Contents are looked at when the signature is known to be good."
    _add(book, "order::forged-and-broken", STEPS, comment, made, INVALID)
    comment = "Nobody's contents are of no interest."
    made = seal(broken)
    _add(book, "order::unknown-and-broken", STEPS, comment, made, "signer.chain", authorities=())
    made = seal(signature=flip(3))
    comment = "The signature comes before who vouches for its key."
    _add(book, "order::forged-and-unknown", STEPS, comment, made, INVALID, authorities=())
    made = seal(sig={"alg": "PS256", "sigvl": "!"})
    comment = "What cannot be read comes before what is not known."
    _add(book, "order::unreadable-and-unsupported", STEPS, comment, made, MALFORMED)
    made = seal(edit(VACCINATED, "hdr/is", LEFT_OUT), sig={"cer": LEFT_OUT})
    comment = "Whose key to try is asked before the contents: no certificate and no issuer say it."
    _add(
        *(book, "order::no-certificate-and-no-issuer", STEPS, comment, made, UNSUPPORTED),
        trust=(SEAL_P256,),
    )
