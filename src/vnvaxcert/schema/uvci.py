"""Unique vaccination certificate identifiers (UVCI), version 01: ``ci`` of a DCC.

Grammar: ``URN:UVCI:`` version ``:`` country ``:`` rest, and optionally ``#`` with one check
character. The rest is an opaque string, ``issuer/opaque`` or ``issuer/vaccine/opaque``. Letters
are compared without case.

Issuers wrote what they liked (``URN:UCI:01:..``, ``01DE/..``, ``URN/UVCI/01/..``, ``V1`` for the
version, check characters that do not match), so reading never refuses: what differs is noted.

Spec: request for registration of the URN namespace ``uvci`` 1.01; eHealth Network, guidelines on
vaccination proof, annex 2; CertLogic 1.3.3, ``extractFromUVCI``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:"
"""Characters that the check character is computed over and taken from, by their value."""

MAX_LENGTH: Final = 80
"""``maxLength`` of ``ci`` from schema 1.3.0 on (50 before); annex 2 aims at 27 to 30."""

PREFIX: Final = "URN:UVCI:"

# PREFIX first; the others were seen in certificates of several countries.
_PREFIXES: Final = (PREFIX, "URN/UVCI/", "URN:UCI:", "UVCI:", "DGCI:")
_VERSION: Final = "01"
_SEPARATORS: Final = ":/"
_CAPITALS: Final = ALPHABET[:26]
_PART: Final = ALPHABET[:36]
_MAX_COUNTRY: Final = 10  # characters: UNHCR is longer than two; the DCC schema counts to ten


@dataclass(frozen=True, slots=True, kw_only=True)
class Uvci:
    """A certificate identifier in parts, each as written but for the case of the country.

    Attributes:
        text: The whole identifier.
        prefix: What stands before the version: ``"URN:UVCI:"``, a variant of it, or ``""``.
        version: Two characters, normally ``"01"``; None where none can be made out.
        country: Country or organisation, in capitals; None where none can be made out.
        issuer: Issuing body within the country, or None.
        vaccine: The vaccine, in the form that names it, or None.
        opaque: What identifies the certificate; everything after the prefix where the text has
            no version.
        check_character: The character after ``#``, or None.
        notes: What differs from the grammar, each once: ``"prefix"``, ``"version"``,
            ``"separator"`` (one missing, or ``/`` for ``:``), ``"country"``, ``"structure"``
            (parts empty, too many, or wrongly divided), ``"characters"``, ``"check"`` (the check
            character does not match). A missing prefix or check character is allowed.
    """

    text: str = field(repr=False)
    prefix: str
    version: str | None
    country: str | None = field(repr=False)
    issuer: str | None = field(repr=False)
    vaccine: str | None = field(repr=False)
    opaque: str = field(repr=False)
    check_character: str | None = field(repr=False)
    notes: tuple[str, ...]


def parse(text: str) -> Uvci:
    """Take a certificate identifier apart, whatever its issuer made of the grammar.

    Args:
        text: ``ci`` as it stands in the certificate.

    Returns:
        The parts and notes; for a text without any structure all of it is ``opaque``.

    Spec: URN registration request 1.01, syntax; evidence for the variants: EU quality assurance.
    """
    notes: dict[str, None] = {}  # a set that keeps its order
    start = text[:9].upper()
    prefix = next((text[: len(one)] for one in _PREFIXES if start.startswith(one)), "")
    if prefix and prefix.upper() != PREFIX:
        notes["prefix"] = None
    rest = text[len(prefix) :]
    check: str | None = None
    if rest[-2:-1] == "#":
        rest, check = rest[:-2], rest[-1]
    if not text.isascii() or not set(text.upper()) <= set(ALPHABET + "#"):
        notes["characters"] = None

    version: str | None = rest[:2].upper()
    country: str | None = None
    if version == _VERSION or (len(rest) > 1 and rest[0] in "0Vv" and rest[1] in "0123456789"):
        if version != _VERSION:
            notes["version"] = None
        country, rest = _country(rest[2:], notes)
        parts = rest.split("/")
    else:
        version, parts = None, [rest]
        notes["version"] = notes["structure"] = None

    if len(parts) > 3:
        parts = [rest]
        notes["structure"] = None
    if not all(parts) or ":" in rest or "#" in rest:
        notes["structure"] = None
    if check is not None and not check_character_matches(text):
        notes["check"] = None
    return Uvci(
        text=text,
        prefix=prefix,
        version=version,
        country=country,
        issuer=parts[0] if len(parts) > 1 else None,
        vaccine=parts[1] if len(parts) > 2 else None,
        opaque=parts[-1],
        check_character=check,
        notes=tuple(notes),
    )


def _country(rest: str, notes: dict[str, None]) -> tuple[str | None, str]:
    """Split what follows the version into the country and the rest."""
    if rest[:1] != ":":
        notes["separator"] = None
    if rest[:1] in ("", *_SEPARATORS):
        rest = rest[1:]
        length = next((i for i, one in enumerate(rest) if one in _SEPARATORS), 0)
    else:
        length = 2  # "01DE/...", "01IT...": nothing but the length ends the country
    country = rest[:length].upper()
    if not 2 <= len(country) <= _MAX_COUNTRY or not set(country) <= set(_CAPITALS):
        notes["country"] = None
        return None, rest
    rest = rest[length:]
    if rest[:1] != ":":
        notes["separator"] = None
    return country, rest[1:] if rest[:1] in ("", *_SEPARATORS) else rest


def check_character(text: str) -> str:
    """Compute the check character of an identifier: Luhn's algorithm modulo 38.

    Args:
        text: The identifier up to its ``#``, **with** the prefix ``URN:UVCI:``, in any case.

    Returns:
        One character of :data:`ALPHABET`.

    Raises:
        ValueError: a character is not in :data:`ALPHABET`. Its value is not repeated.

    Spec: eHealth Network, guidelines on vaccination proof, annex 2 (checksum); eu-dcc-schema,
    ``examples/Luhn-Mod-N``.
    """
    total, factor = 0, 2
    for character in reversed(text):
        value = ALPHABET.find(character.upper()) if character.isascii() else -1
        if value < 0:
            raise ValueError("a certificate identifier has letters, digits, '/' and ':' only")
        total += sum(divmod(factor * value, len(ALPHABET)))
        factor = 3 - factor
    return ALPHABET[-total % len(ALPHABET)]


def check_character_matches(text: str) -> bool | None:
    """Tell whether the check character of an identifier is the right one.

    The prefix counts; it is supplied where the identifier was written without. Many issuers'
    check characters do not match, so False is no reason to refuse a certificate.

    Args:
        text: ``ci`` as it stands in the certificate.

    Returns:
        True or False; None where there is no check character (no ``#`` before the last one).
    """
    body, check = text[:-2], text[-1:]
    if text[-2:-1] != "#":
        return None
    if not body[:9].upper().startswith(_PREFIXES):
        body = PREFIX + body
    try:
        return check_character(body) == check.upper()
    except ValueError:
        return False


def make(
    country: str,
    opaque: str,
    *,
    issuer: str | None = None,
    vaccine: str | None = None,
    prefix: bool = True,
    check_character: bool = True,
) -> str:
    """Put a certificate identifier of version 01 together.

    Args:
        country: ISO 3166-1 alpha-2 code, or an organisation such as ``UNHCR``; 2 to 10 capitals.
        opaque: What identifies the certificate within its issuer or country: capitals and digits.
            It should say nothing about the holder.
        issuer: Issuing body within the country, capitals and digits.
        vaccine: The vaccine, capitals and digits; only together with ``issuer``.
        prefix: Whether to write ``URN:UVCI:``. The check character counts it in any case.
        check_character: Whether to add ``#`` and the check character.

    Returns:
        The identifier, at most :data:`MAX_LENGTH` characters.

    Raises:
        ValueError: a part is empty or has other characters, ``vaccine`` stands without
            ``issuer``, or the whole is too long. Values are not repeated.

    Spec: URN registration request 1.01, options 1 to 3.
    """
    if not 2 <= len(country) <= _MAX_COUNTRY or not set(country) <= set(_CAPITALS):
        raise ValueError(f"country: expected 2 to {_MAX_COUNTRY} letters A to Z")
    if vaccine is not None and issuer is None:
        raise ValueError("vaccine: an identifier that names the vaccine names the issuer, too")
    named = {"issuer": issuer, "vaccine": vaccine, "opaque": opaque}
    parts = {name: part for name, part in named.items() if part is not None}
    for name, part in parts.items():
        if not part or not set(part) <= set(_PART):
            raise ValueError(f"{name}: expected letters A to Z and digits, at least one")
    body = f"{_VERSION}:{country}:{'/'.join(parts.values())}"
    text = (PREFIX if prefix else "") + body
    if check_character:
        text += "#" + _luhn(PREFIX + body)
    if len(text) > MAX_LENGTH:
        raise ValueError(f"identifier: {len(text)} characters; the schema allows {MAX_LENGTH}")
    return text


_luhn = check_character  # under the name that a parameter of make() does not hide


def fragments(text: str) -> tuple[str, ...]:
    """Split an identifier as the rules of the EU gateway see it.

    Args:
        text: ``ci`` as it stands in the certificate.

    Returns:
        The text without a prefix ``URN:UVCI:`` (in capitals only), cut at every ``/``, ``#`` and
        ``:``; fragments may be empty, and there is always one.

    Spec: CertLogic 1.3.3, ``extractFromUVCI``.
    """
    return tuple(text.removeprefix(PREFIX).replace("#", "/").replace(":", "/").split("/"))
