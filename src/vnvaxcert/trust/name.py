"""Distinguished names as text (RFC 5280 §4.1.2.4, RFC 4514 §2).

Names are shown and compared, never trusted. They stay as they were issued: Vietnamese with its
diacritics, and the UTF-8 that an authority encoded twice as the odd letters it became.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vnvaxcert.trust import der

_SHORT_NAMES: Final = {  # RFC 4514 §3, by the content of the object identifier
    bytes.fromhex("550403"): "CN",
    bytes.fromhex("550407"): "L",
    bytes.fromhex("550408"): "ST",
    bytes.fromhex("55040a"): "O",
    bytes.fromhex("55040b"): "OU",
    bytes.fromhex("550406"): "C",
    bytes.fromhex("550409"): "STREET",
    bytes.fromhex("0992268993f22c640119"): "DC",
    bytes.fromhex("0992268993f22c640101"): "UID",
}

# String types (X.690 §8.23) and what their bytes are. Issuers put UTF-8 and Latin-1 into types
# that allow neither, so all but the two wide ones are tried as UTF-8 first.
_NARROW: Final = frozenset({0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A})
_WIDE: Final = {0x1C: "utf-32-be", 0x1E: "utf-16-be"}

# RFC 4514 §2.4. Other control characters stay, as the RFC has it: whoever prints a name on a
# terminal has to deal with them.
_ESCAPED: Final = str.maketrans(
    {character: f"\\{character}" for character in '\\"+,;<>'} | {"\0": "\\00"}
)
_SPECIAL: Final = frozenset(map(chr, _ESCAPED))


class Name(NamedTuple):
    """A distinguished name.

    Attributes:
        text: Its attributes, the most specific first: ``"CN=Specimen DSC,C=UT"``.
        country: Its first ``C``, as written; None without one.
    """

    text: str
    country: str | None


def read_name(data: bytes, at: int, end: int, what: str) -> Name:
    """Read the content of a Name from ``at`` to ``end``.

    Raises:
        DerError: Not a sequence of sets of attributes.

    Spec: RFC 4514 §2.1 to §2.4; what has no text there is shown as ``#`` and hex.
    """
    parts = []
    country = None
    for relative in der.elements(data, at, end, what):
        pairs = []
        for attribute in der.elements(data, relative[1], relative[2], what):
            members = der.elements(data, attribute[1], attribute[2], what)
            tags = (relative[0], attribute[0], members[0][0] if members else 0, len(members))
            if tags != (der.SET, der.SEQUENCE, der.OBJECT_IDENTIFIER, 2):
                raise der.DerError(f"{what}: malformed attribute")
            (_, start, stop), value = members
            identifier = data[start:stop]
            label = _SHORT_NAMES.get(identifier) or der.object_identifier(identifier, what)
            text = _decoded(value[0], data[value[1] : value[2]])
            if text is None:
                pairs.append(f"{label}=#{data[stop : value[2]].hex()}")
                continue
            if label == "C" and country is None:
                country = text
            pairs.append(f"{label}={_escaped(text)}")
        parts.append("+".join(pairs))
    return Name(",".join(reversed(parts)), country)


def _decoded(tag: int, content: bytes) -> str | None:
    try:
        if tag in _NARROW:
            return content.decode("utf-8")
        if tag in _WIDE:
            return content.decode(_WIDE[tag])
    except UnicodeDecodeError:
        if tag in _NARROW:
            return content.decode("latin-1")
    return None


def _escaped(text: str) -> str:
    if not _SPECIAL.isdisjoint(text):
        text = text.translate(_ESCAPED)
    if text.endswith(" ") and text != " ":
        text = f"{text[:-1]}\\ "
    if text.startswith(("#", " ")):
        text = f"\\{text}"
    return text
