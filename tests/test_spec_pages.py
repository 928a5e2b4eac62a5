"""The pages of the specification repeat what the code knows, and their examples come out."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterator
from hashlib import sha256

import base45
import cbor2
import rfc8785

from spec_pages import EXAMPLE, VECTORS, blocks, from_hex, page, section, table_rows, vectors
from vnvaxcert.icao import countries
from vnvaxcert.icao.check_digit import check_digit
from vnvaxcert.icao.fields import to_mrz_name
from vnvaxcert.icao.names import transliterate
from vnvaxcert.icao.table import TABLE_6A
from vnvaxcert.schema import uvci, valuesets
from vnvaxcert.schema.payload import parse
from vnvaxcert.schema.versions import RULES
from vnvaxcert.vietnam.passport.identifier import certificate_id

# --- tables that repeat what the code knows ------------------------------------------------------


def test_the_page_of_value_sets_has_every_code_and_no_other() -> None:
    text = page("value-sets.md")
    for name, value_set in valuesets.VALUE_SETS.items():
        number = next(n for n in range(1, 8) if f"## {n}. `{name}` of {value_set.date}" in text)
        part = section(text, f"## {number}. ")
        if name == valuesets.COUNTRIES:
            (block,) = re.findall(r"```text\n(.*?)```", part, flags=re.DOTALL)
            assert set(block.split()) == set(value_set.entries)
            continue
        rows = {row[0].strip("`"): row[2] == "deprecated" for row in table_rows(part)}
        assert rows == {code: not entry.active for code, entry in value_set.entries.items()}


def test_the_page_of_value_sets_says_what_goes_together() -> None:
    for product, holder, kinds in table_rows(section(page("value-sets.md"), "## 8. ")):
        mp, ma = product.strip("`"), holder.strip("`")
        fitting = set(re.findall(r"`([^`]+)`", kinds)) | valuesets.GENERIC_VACCINES
        for vp in valuesets.VALUE_SETS[valuesets.VACCINES].entries:
            found = valuesets.check_vaccination_codes("840539006", vp, mp, ma, "VN")
            assert (("valueset.mismatch", "vp") in [one[:2] for one in found]) is (
                vp not in fitting
            )
        assert not [one for one in found if one[:2] == ("valueset.mismatch", "ma")]


def test_the_table_of_letters_is_that_of_the_standard() -> None:
    found: dict[int, tuple[str, ...]] = {}
    for form, others, _, points in table_rows(section(page("names.md"), "## 2. ")):
        forms = (form.strip("`"), *re.findall(r"`([^`]+)`", others))
        found |= {int(point, 16): forms for point in points.split()}
    assert found == TABLE_6A


def test_the_table_of_countries_is_the_one_that_seals_are_compared_by() -> None:
    part = section(page("vds-nc.md"), "## 11. ")
    (block,) = re.findall(r"```text\n(.*?)```", part, flags=re.DOTALL)
    pairs = {pair[2:]: pair[:2] for pair in block.split()}
    assert len(pairs) == 249
    pairs |= {row[0].strip("`"): row[1].strip("`") for row in table_rows(part)}
    for code3, code2 in pairs.items():
        assert countries.is_same_state(code3, code2), code3
    assert set(pairs) == {"".join(code) for code in _codes() if countries.alpha2("".join(code))}


def _codes() -> Iterator[tuple[str, ...]]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield ("D",)
    yield from ((a, b, c) for a in letters for b in letters for c in letters)


def test_the_table_of_versions_is_the_one_that_payloads_are_read_by() -> None:
    lines = section(page("dcc-payload.md"), "## 1. ").splitlines()
    (head,) = [line for line in lines if line.startswith("| | 1.0.0")]
    columns = [cell.strip().split(", ") for cell in head.strip("|").split("|")[1:]]
    rows = [row for row in table_rows("\n".join(lines)) if len(row) == 6]
    assert [version for column in columns for version in column] == list(RULES)
    for at, column in enumerate(columns, start=1):
        for version in column:
            rules = RULES[version]
            cells = [row[at] for row in rows]
            assert cells == [
                str(rules.max_length),
                str(rules.max_test_name or "any"),
                str(rules.max_dose or "any"),
                "whole, exists"
                if rules.is_dob_whole
                else "partial or empty"
                if rules.may_dob_be_empty
                else "may be partial",
                "`fnt` or `gnt`" if rules.may_fnt_be_missing else "`fnt`",
                "required" if rules.is_tc_required else "",
                "may be there" if rules.has_dr else "",
                str(rules.max_entries or "1 or more"),
            ]


# --- examples ------------------------------------------------------------------------------------


def test_the_examples_of_base45_are_those_of_another_codec() -> None:
    rows = {row[0]: row[1].strip("`") for row in table_rows(section(page("hcert.md"), "## 3. "))}
    assert base45.b45encode(b"AB").decode() == rows["`41 42` (`AB`)"]
    for text in ("Hello!!", "base-45", "ietf!"):
        assert base45.b45encode(text.encode()).decode() == rows[f"`{text}`"]
    several = rows["`00 00`, `ff ff`, `ff`"].replace("`", "").split(", ")
    assert [base45.b45decode(one) for one in several] == [b"\0\0", b"\xff\xff", b"\xff"]


def test_the_examples_of_names_and_check_digits_come_out() -> None:
    text = page("names.md")
    for primary, secondary, field in table_rows(section(text, "## 3. ")):
        made = to_mrz_name(primary.strip("`"), secondary.strip("`"))
        assert made.text == field.strip("`")
        assert made.is_truncated
    for field, digit in table_rows(section(text, "## 5. ")):
        assert check_digit(field.strip("`")) == int(digit)
    assert transliterate("Đặng Thị Hường") == "DANG<THI<HUONG"
    assert "`Đặng Thị Hường` gives `DANG<THI<HUONG`" in text
    assert to_mrz_name("Nguyễn", "Thị Đào").text in text


def test_the_examples_of_identifiers_come_out() -> None:
    text = page("uvci.md")
    examples = list(table_rows(section(text, "## 2. ")))
    assert len(examples) == 3
    for identifier, character in examples:
        assert uvci.check_character(identifier.strip("`")) == character.strip("`")
    read = uvci.parse("01DE/84503/1119349007/DXSGWLWL40SU8ZFKIYIBK39A3")
    assert (read.country, read.issuer, read.vaccine) == ("DE", "84503", "1119349007")
    assert read.notes == ("separator",)


def test_the_examples_of_hashes_come_out() -> None:
    rows = list(table_rows(section(page("revocation.md"), "## 1. ")))
    examples = [row for row in rows if re.fullmatch(r"`[0-9a-f]{32}`", row[-1])]
    assert len(examples) == 2
    for _, text, expected in examples:
        assert sha256(text.strip("`").encode()).hexdigest()[:32] == expected.strip("`")


def test_the_example_of_a_passport_identifier_comes_out() -> None:
    part = section(page("viet-nam.md"), "## 4. ")
    _, content, identifier = blocks(part)
    digest = hmac.digest(bytes(range(32)), from_hex(content), "sha256")
    body = "URN:UVCI:01:VN:" + digest[:16].hex().upper()
    assert identifier.strip() == f"{body}#{uvci.check_character(body)}"
    number, payload = cbor2.loads(from_hex(content))
    assert f"`{number}`" in part
    record, _ = parse({**payload, "ver": "1.3.3", "v": [{**payload["v"][0], "ci": ""}]})
    assert certificate_id(number, record, key=bytes(range(32))) == identifier.strip()


def test_the_example_of_a_certificate_is_a_vector_layer_by_layer() -> None:
    vector = next(one for one in vectors("headers") if one["id"] == EXAMPLE)
    part = section(page("hcert.md"), "## 11. ")
    key, text, stream, message, digest = blocks(part)
    assert f"`{EXAMPLE}`" in part
    assert text.replace("|\n", "") == vector["input"]["text"]
    layers = vector["intermediates"]
    assert from_hex(stream).hex() == layers["zlib"]
    assert from_hex(message).hex() == layers["cose"]
    signed = bytes.fromhex(layers["to_be_signed"])
    assert digest.strip() == sha256(signed).hexdigest()
    assert f"{len(signed)} bytes" in part
    keys = json.loads((VECTORS / "keys.json").read_bytes())["keys"]
    jwk = keys[vector["input"]["trust"][0]]["jwk"]
    assert dict(line.split(" = ") for line in key.splitlines()) == {"x": jwk["x"], "y": jwk["y"]}


def test_the_example_of_a_certificate_has_the_hashes_that_are_written_there() -> None:
    vector = next(one for one in vectors("headers") if one["id"] == EXAMPLE)
    _, _, raw, signature = cbor2.loads(bytes.fromhex(vector["intermediates"]["cose"])).value
    claims = cbor2.loads(raw)
    identifier = claims[-260][1]["v"][0]["ci"]
    wanted = {
        "UCI": identifier.encode(),
        "COUNTRYCODEUCI": (claims[1] + identifier).encode(),
        "SIGNATURE": signature[:32],
    }
    rows = {
        row[0].strip("`"): row[1].strip("`")
        for row in table_rows(section(page("hcert.md"), "## 11. "))
    }
    assert rows == {name: sha256(data).hexdigest()[:32] for name, data in wanted.items()}


def test_the_example_of_a_seal_is_a_vector() -> None:
    part = section(page("vds-nc.md"), "## 12. ")
    text, signed, digest = (block.replace("|\n", "") for block in blocks(part))
    (name,) = re.findall(r"The vector `([^`]+)`", part)
    vector = next(one for one in vectors("vds-nc") if one["id"] == name)
    assert text == vector["input"]["text"]
    data = json.loads(text)["data"]
    assert signed.encode() == rfc8785.dumps(data)
    assert digest.strip() == sha256(signed.encode()).hexdigest()
    assert f"`{vector['expect']['accept']['kid']}`" in part
    certificate = base64.urlsafe_b64decode(json.loads(text)["sig"]["cer"] + "==")
    assert sha256(certificate).hexdigest().startswith(vector["expect"]["accept"]["kid"])
