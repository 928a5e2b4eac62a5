"""The vectors of codecs, names and identifiers, judged by others than the library.

Base45 by the `base45` package, zlib by the standard library, CBOR by appendix C of RFC 8949,
canonical JSON by the standard library's parser and `rfc8785`, letters by their names in Unicode,
check digits by the rule in one line.
"""

from __future__ import annotations

import json
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import base45
import pytest
import rfc8785

FOLDER: Final = Path(__file__).resolve().parents[1] / "test_vectors"
Vector = dict[str, Any]


def vectors(suite: str, op: str) -> Iterator[Vector]:
    found = json.loads((FOLDER / f"{suite}.json").read_text(encoding="utf-8"))["vectors"]
    chosen = [one for one in found if one["op"] == op]
    assert len(chosen) > 4
    yield from chosen


def compare(suite: str, op: str, judge: Callable[[Vector], Any], *, but: set[str]) -> None:
    """Let a judge accept, or refuse by ValueError; ``but`` are those it judges otherwise."""
    otherwise = set()
    for vector in vectors(suite, op):
        expected = vector["expect"].get("accept")
        try:
            found = judge(vector["input"])
        except ValueError:
            found = None
        if found != expected:
            otherwise.add(vector["id"])
    assert otherwise == but


# --- codecs ---------------------------------------------------------------------------------------

LAX_IN_BASE45: Final = {"codecs::base45-decode::line-feed"}
"""What that package reads although the standard does not allow it: it takes line feeds off."""


def test_the_base45_package_judges_alike() -> None:
    compare(
        "codecs",
        "base45.decode",
        lambda given: {"hex": base45.b45decode(given["text"]).hex()},
        but=LAX_IN_BASE45,
    )
    compare(
        "codecs",
        "base45.encode",
        lambda given: {"text": base45.b45encode(bytes.fromhex(given["hex"])).decode()},
        but=set(),
    )


def inflate(given: dict[str, str]) -> dict[str, str] | str:
    inflater = zlib.decompressobj()
    try:
        made = inflater.decompress(bytes.fromhex(given["hex"]), 65537)
    except zlib.error as error:
        raise ValueError from error
    if len(made) > 65536:
        return "too large"
    if not inflater.eof or inflater.unused_data:
        raise ValueError
    return {"hex": made.hex()}


def test_the_standard_library_inflates_alike() -> None:
    too_large = {
        one["id"]
        for one in vectors("codecs", "zlib.inflate")
        if one["expect"] == {"reject": "zlib.too_large"}
    }
    assert len(too_large) == 3
    compare("codecs", "zlib.inflate", inflate, but=too_large)
    for one in vectors("codecs", "zlib.inflate"):
        if one["id"] in too_large:
            assert inflate(one["input"]) == "too large"


class WellFormed:
    """Appendix C of RFC 8949, with UTF-8, keys given twice, depth and tags looked at, too."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise ValueError
        self.at += count
        return self.data[self.at - count : self.at]

    def check(self) -> None:
        self.item(0)
        if self.at != len(self.data):
            raise ValueError

    def item(self, depth: int, *, piece_of: int | None = None, breakable: bool = False) -> Any:
        """Gives the item's value as a key, or "break"."""
        if depth > 16:
            raise ValueError
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        value = info
        if 24 <= info <= 27:
            value = int.from_bytes(self.take(1 << info - 24), "big")
        elif 28 <= info <= 30 or (info == 31 and major in (0, 1, 6)):
            raise ValueError
        if info == 31:
            return self.endless(major, depth, piece_of, breakable)
        if piece_of not in (None, major):
            raise ValueError
        if major in (2, 3):
            data = self.take(value)
            return (major, data.decode() if major == 3 else data)
        if major == 4:
            return (major, tuple(self.item(depth + 1) for _ in bounded(value, self)))
        if major == 5:
            keys = []
            for _ in bounded(value, self):
                keys.append(self.item(depth + 1))
                self.item(depth + 1)
            return (major, distinct(keys))
        if major == 6:
            if value not in (0, 1, 18, 61):
                raise ValueError
            return (major, value, self.item(depth + 1))
        if major == 7 and info == 24 and value < 32:
            raise ValueError
        return (major, info if major == 7 else 0, value)

    def endless(self, major: int, depth: int, piece_of: int | None, breakable: bool) -> Any:
        if major == 7:
            if not breakable:
                raise ValueError
            return "break"
        if piece_of is not None:
            raise ValueError
        found = []
        inner = major if major in (2, 3) else None
        inside = depth if inner else depth + 1
        while (one := self.item(inside, piece_of=inner, breakable=True)) != "break":
            found.append(one)
            if major == 5:
                self.item(inside)
        if inner:
            empty = b"" if major == 2 else ""
            return (major, empty.join(text for _, text in found))
        return (major, distinct(found) if major == 5 else tuple(found))


def bounded(count: int, reader: WellFormed) -> range:
    """As many turns as are said, if that many bytes are left."""
    if count > len(reader.data) - reader.at:
        raise ValueError
    return range(count)


def distinct(keys: list[Any]) -> tuple[Any, ...]:
    if len(set(keys)) != len(keys):
        raise ValueError
    return tuple(keys)


def test_appendix_c_of_the_standard_judges_alike() -> None:
    def judge(given: dict[str, str]) -> dict[str, str]:
        WellFormed(bytes.fromhex(given["hex"])).check()
        return {}

    # Well-formed, and refused in large items for the time that comparing such keys takes.
    costly = {
        f"codecs::cbor::{one}-as-a-key{form}"
        for one in ("array", "map", "tag")
        for form in ("", "-of-an-endless-map")
    }
    compare("codecs", "cbor.check", judge, but=costly)


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def no_number(_: str) -> NoReturn:
    raise ValueError


def test_the_rfc8785_package_judges_alike() -> None:
    def judge(given: dict[str, str]) -> dict[str, str]:
        document = json.loads(given["json"], object_pairs_hook=members, parse_constant=no_number)
        return {"hex": rfc8785.dumps(document).hex()}

    compare("codecs", "jcs.canonical", judge, but=set())


# --- names and identifiers ------------------------------------------------------------------------

LETTERS_BY_ANOTHER_NAME: Final = {"ETH": "D", "ENG": "N"}


def test_letters_are_those_of_their_names_in_unicode() -> None:
    judged = 0
    for vector in vectors("names", "name.transliterate"):
        case = vector["id"].rpartition("::")[2]
        group, _, letter = case.rpartition("-")
        if group not in ("table", "vietnamese") or len(letter) != 1:
            continue
        for one in vector["input"]["name"]:
            called = unicodedata.name(one).split()[3]
            assert LETTERS_BY_ANOTHER_NAME.get(called, called) == letter.upper()
            judged += 1
        assert vector["expect"]["accept"]["icao"] == letter.upper() * len(vector["input"]["name"])
    assert judged == 83 + 67


def test_every_vietnamese_letter_is_in_a_vector() -> None:
    marks = "\u0300\u0301\u0303\u0309\u0323"
    with_tones = {
        unicodedata.normalize("NFC", vowel + mark) for vowel in "aăâeêioôơuưy" for mark in marks
    }
    found = "".join(
        one["input"]["name"]
        for one in vectors("names", "name.transliterate")
        if "::vietnamese-" in one["id"]
    )
    assert set(found) == with_tones | set("ăâđêôơư")
    assert len(found) == 67


def test_a_seal_has_the_name_of_the_line() -> None:
    lines = {
        (one["input"]["family_name"], one["input"]["given_name"]): one["expect"]
        for one in vectors("names", "name.mrz")
    }
    for vector in vectors("names", "name.seal"):
        line = lines[vector["input"]["family_name"], vector["input"]["given_name"]]
        if "accept" in line:
            text = line["accept"]["line"].rstrip("<").replace("<", " ")
            assert vector["expect"] == {"accept": {"n": text}}
        else:
            assert vector["expect"] == line


@pytest.mark.parametrize("op", ["name.mrz", "name.transliterate"])
def test_what_is_accepted_has_the_letters_of_a_machine_readable_zone(op: str) -> None:
    for vector in vectors("names", op):
        for text in vector["expect"].get("accept", {}).values():
            assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
            assert len(text) == 39 if op == "name.mrz" else len(text) <= 80


def test_check_digits_follow_the_rule() -> None:
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def judge(given: dict[str, str]) -> dict[str, int]:
        field = given["field"].replace("<", "0")
        return {
            "digit": sum(values.index(one) * (7, 3, 1)[i % 3] for i, one in enumerate(field)) % 10
        }

    compare("names", "check-digit", judge, but=set())
