"""Write the JSON Schema documents of the DCC payload: ``python tools/make_schemas.py``.

Nine releases differ in a few places. They are stated once, here, by the release that changed
them, and the nine files in ``src/vnvaxcert/schema/json/`` are written from that. A test runs
this again and finds nothing changed.

Spec: DCC schema 1.0.0 to 1.3.3 (eu-dcc-schema), restated: constraints only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VERSIONS = ("1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1", "1.3.0", "1.3.1", "1.3.2", "1.3.3")
FOLDER = Path(__file__).resolve().parents[1] / "src" / "vnvaxcert" / "schema" / "json"

Node = dict[str, Any]

COMMENT = (
    "Restates the constraints of the released schema with two deliberate differences. "
    "1: exactly one of v, t and r must be present, whatever the version; releases before 1.3.0 "
    "allowed none or several. "
    "2: patterns are ECMA-262 regular expressions, as JSON Schema says: a digit is an ASCII "
    "digit, and $ matches at the very end only. "
    "The format keyword is meant to be asserted."
)

GROUPS = {"v": "vaccination", "t": "test", "r": "recovery"}


def text(title: str, **constraints: Any) -> Node:
    """A string member."""
    return {"title": title, "type": "string", **constraints}


def reference(name: str) -> Node:
    """A member whose rules several entries share."""
    return {"$ref": f"#/$defs/{name}"}


def date_of_birth(release: tuple[int, ...]) -> Node:
    """``dob``: a full date; from 1.1.0 on also a year or month; from 1.3.0 on also nothing."""
    if release < (1, 1):
        pattern, form = r"(19|20)\d{2}-\d{2}-\d{2}", "a whole date"
        return text(f"Birth date: {form}", pattern=pattern, format="date")
    if release < (1, 3):
        pattern, form = r"^(19|20)\d\d(-\d\d){0,2}$", "a date, a month or a year"
    else:
        pattern, form = r"^((19|20)\d\d(-\d\d){0,2}){0,1}$", "a date, a month, a year or empty"
    return text(f"Birth date: {form}", pattern=pattern)


def name(release: tuple[int, ...], length: int) -> Node:
    """``nam``: from 1.3.2 on one of the two standardised names is enough."""
    icao = r"^[A-Z<]*$"
    node: Node = {"title": "The holder's name", "type": "object"}
    if release < (1, 3, 2):
        node["required"] = ["fnt"]
    else:
        node["anyOf"] = [{"required": ["fnt"]}, {"required": ["gnt"]}]
    node["properties"] = {
        "fn": text("Family name", maxLength=length),
        "gn": text("Given names", maxLength=length),
        "fnt": text("Family name after ICAO Doc 9303-3", pattern=icao, maxLength=length),
        "gnt": text("Given names after ICAO Doc 9303-3", pattern=icao, maxLength=length),
    }
    return node


def entry(title: str, required: str, properties: Node) -> Node:
    """One entry of a group; ``required`` lists member names with spaces between."""
    return {
        "title": title,
        "type": "object",
        "required": required.split(),
        "properties": {"tg": reference("disease"), **properties}
        | {name: reference(target) for name, target in COMMON.items()},
    }


COMMON = {"co": "country", "is": "issuer", "ci": "identifier"}


def vaccination() -> Node:
    """An entry of ``v``."""
    return entry(
        "A vaccination",
        "tg vp mp ma dn sd dt co is ci",
        {
            "vp": text("Kind of vaccine (value set sct-vaccines-covid-19)"),
            "mp": text("Product (value set vaccines-covid-19-names)"),
            "ma": text("Holder or maker (value set vaccines-covid-19-auth-holders)"),
            "dn": reference("doses"),
            "sd": reference("doses"),
            "dt": text("Day of the dose", format="date"),
        },
    )


def test(release: tuple[int, ...], length: int) -> Node:
    """An entry of ``t``: ``tc`` is optional from 1.3.0 on; ``dr`` was dropped in 1.2.0."""
    centre = "" if release >= (1, 3) else "tc "
    longest = {"maxLength": length} if release >= (1, 3) else {}
    properties = {
        "tt": text("Type of test (value set covid-19-lab-test-type)"),
        "nm": text("Name of a NAA test", **longest),
        "ma": text("Device of a rapid test (list of the Joint Research Centre)"),
        "sc": text("When the sample was taken", format="date-time"),
        "dr": text("When the result was there", format="date-time"),
        "tr": text("Result (value set covid-19-lab-result)"),
        "tc": text("Where the test was made", maxLength=length),
    }
    if release >= (1, 2):
        del properties["dr"]
    return entry("A test", f"tg tt sc tr {centre}co is ci", properties)


def recovery() -> Node:
    """An entry of ``r``."""
    return entry(
        "A recovery",
        "tg fr co is df du ci",
        {
            "fr": text("Day of the first positive NAA test", format="date"),
            "df": text("First day the certificate holds", format="date"),
            "du": text("Last day the certificate holds", format="date"),
        },
    )


def document(version: str) -> Node:
    """The whole document of one release."""
    release = tuple(map(int, version.split(".")))
    length = 80 if release >= (1, 3) else 50
    entries = {"minItems": 1, "maxItems": 1} if release >= (1, 3) else {"minItems": 1}
    doses = {"minimum": 1} if release >= (1, 3) else {"minimum": 1, "maximum": 9}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:vnvaxcert:schema:dcc:{version}",
        "$comment": COMMENT,
        "title": f"DCC payload, version {version}",
        "type": "object",
        "required": ["ver", "nam", "dob"],
        "oneOf": [{"required": [group]} for group in GROUPS],
        "properties": {
            "ver": text("Version of the schema", pattern=r"^\d+.\d+.\d+$"),
            "nam": reference("name"),
            "dob": date_of_birth(release),
        }
        | {
            group: {"type": "array", **entries, "items": reference(GROUPS[group])}
            for group in GROUPS
        },
        "$defs": {
            "name": name(release, length),
            "vaccination": vaccination(),
            "test": test(release, length),
            "recovery": recovery(),
            "disease": text("Disease (value set disease-agent-targeted)"),
            "country": text("Country, ISO 3166-1 alpha-2 if it has one", pattern="[A-Z]{1,10}"),
            "issuer": text("Who issued the certificate", maxLength=length),
            "identifier": text("Identifier of the certificate (UVCI)", maxLength=length),
            "doses": {"title": "A number of doses", "type": "integer", **doses},
        },
    }


def rendered(version: str) -> str:
    """The text of one file."""
    return json.dumps(document(version), indent=2) + "\n"


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for version in VERSIONS:
        (FOLDER / f"dcc-{version}.json").write_text(rendered(version), encoding="utf-8")


if __name__ == "__main__":
    main()
