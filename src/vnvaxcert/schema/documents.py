"""DCC schema 1.0.0 to 1.3.3: our JSON Schema documents, and what breaks them.

The documents lie in ``schema/json/`` and restate the constraints of the released schemas (their
``$comment`` says where they differ). They explain refusals and check documents that people
write; on the accepting path the typed parser decides, which the tests hold equal to them.
So the validator is imported and built on first use only. Where the typed parser has words for a
violation, the words here are the same: a refusal may list both.

Regular expressions follow ECMA-262, as JSON Schema asks: ``\\d`` is an ASCII digit, ``$`` the
end of the text and not a line feed before it. Formats are asserted, after RFC 3339 §5.6.

Spec: eu-dcc-schema 1.0.0 to 1.3.3; JSON Schema 2020-12; RFC 3339; RFC 6901 (paths).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from vnvaxcert.schema.versions import RULES

VERSIONS: Final = tuple(RULES)
"""The released versions, oldest first."""

MAX_VIOLATIONS: Final = 50
"""Violations reported at most: a list of bad entries can make thousands."""


def schema_document(version: str) -> dict[str, Any]:
    """Return our JSON Schema document for one version of the DCC payload.

    Args:
        version: One of :data:`VERSIONS`.

    Returns:
        The document (JSON Schema 2020-12), a new copy each time.

    Raises:
        ValueError: ``version`` is not one of :data:`VERSIONS`.
    """
    if version not in VERSIONS:
        raise ValueError(f"no schema of that version; there are {', '.join(VERSIONS)}")
    import json
    from importlib import resources

    file = resources.files("vnvaxcert.schema") / "json" / f"dcc-{version}.json"
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def violations(payload: object, version: str) -> tuple[tuple[str, str], ...]:
    """List what breaks the schema in a payload, without repeating any of it.

    Args:
        payload: The DCC payload with its wire keys, as decoded from JSON or CBOR. Values that
            JSON does not know (bytes, tags, dates, ...) are violations where the schema names
            their member and ignored elsewhere, as every unknown member is.
        version: One of :data:`VERSIONS`; ``ver`` of the payload is not consulted.

    Returns:
        At most :data:`MAX_VIOLATIONS` pairs, in the order of the schema: the place as a JSON
        pointer (``"/v/0/dn"``, ``""`` for the whole) and what was expected there. A missing
        member has the path it would have. Empty when the payload keeps to the schema.

    Raises:
        ValueError: ``version`` is not one of :data:`VERSIONS`.

    Spec: eu-dcc-schema, ``DCC.combined-schema.json`` of that version.
    """
    errors = _validator(version).iter_errors(payload)
    return tuple(
        ("".join(f"/{step}" for step in error.absolute_path), error.message)
        for error in islice(errors, MAX_VIOLATIONS)
    )


@lru_cache(maxsize=len(VERSIONS))
def _validator(version: str) -> Any:
    """Build the validator of one version, once.

    `jsonschema` does the walking, the references and the paths. Every keyword our documents use
    is defined below, because its own messages quote the values.
    """
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def keyword(check: _Check) -> Callable[[Any, Any, Any, Any], Iterator[Any]]:
        def run(validator: Any, argument: Any, value: Any, _: object) -> Iterator[Any]:
            for message, *path in check(validator, argument, value):
                yield ValidationError(message, path=path)

        return run

    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "object", lambda _, value: isinstance(value, Mapping)
    )
    keywords = {name: keyword(check) for name, check in _KEYWORDS.items()}
    return extend(Draft202012Validator, keywords, type_checker=types)(schema_document(version))


# --- the keywords: each yields a message, and the step down to a member that is missing --------


def _type(validator: Any, expected: str, value: object) -> Iterator[tuple[str, ...]]:
    if not validator.is_type(value, expected):
        yield (f"expected {_TYPES[expected]}",)


def _required(validator: Any, names: list[str], value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "object"):
        for name in names:
            if name not in value:
                yield "expected to be there", name


def _one_of(validator: Any, choices: list[Any], value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "object"):
        fitting = sum(validator.evolve(schema=choice).is_valid(value) for choice in choices)
        if fitting != 1:
            yield (f"expected exactly one of {_members(choices, ', ')}; there are {fitting}",)


def _any_of(validator: Any, choices: list[Any], value: Any) -> Iterator[tuple[str, ...]]:
    if not any(validator.evolve(schema=choice).is_valid(value) for choice in choices):
        yield (f"expected {_members(choices, ' or ')} to be there",)


def _pattern(validator: Any, source: str, value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "string") and not _from_ecma(source).search(value):
        yield (f"expected a text matching {source}",)


def _format(validator: Any, name: str, value: Any) -> Iterator[tuple[str, ...]]:
    description, fits = _FORMATS[name]
    if validator.is_type(value, "string") and not fits(value):
        yield (f"expected {description}",)


def _max_length(validator: Any, limit: int, value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "string") and len(value) > limit:
        yield (f"expected at most {limit} characters",)


# Our documents know no other number of entries than one.


def _min_items(validator: Any, limit: int, value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "array") and len(value) < limit:
        yield ("expected at least one entry",)


def _max_items(validator: Any, limit: int, value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "array") and len(value) > limit:
        yield ("expected exactly one entry",)


# The bounds stand beside "integer" in our documents, and are asked of nothing else: comparing
# other numbers of Python (complex, a signalling NaN of decimal) can raise.


def _minimum(validator: Any, limit: int, value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "integer") and value < limit:
        yield (f"expected an integer from {limit}",)


def _maximum(validator: Any, limit: int, value: Any) -> Iterator[tuple[str, ...]]:
    if validator.is_type(value, "integer") and value > limit:
        yield (f"expected an integer up to {limit}",)


def _members(choices: list[dict[str, list[str]]], between: str) -> str:
    """Name the members that alternatives require: ``"v, t, r"``."""
    return between.join(choice["required"][0] for choice in choices)


@lru_cache(maxsize=16)
def _from_ecma(source: str) -> re.Pattern[str]:
    """Compile an ECMA-262 pattern of our documents for :mod:`re`.

    They use no escape but ``\\d``, and no ``$`` or dot inside brackets. The dot stops at four
    line terminators there (ECMA-262 §12.3), at one here.
    """
    python = source.replace(".", "[^\\n\\r\u2028\u2029]").replace("$", r"\Z")
    return re.compile(python, re.ASCII)


# --- the formats, RFC 3339 §5.6 ----------------------------------------------------------------


def _is_date(text: str) -> bool:
    """Tell whether a text is a ``full-date`` of the calendar, year 1 or later."""
    # ISO forms of other shapes and Unicode digits would pass fromisoformat or int.
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_date_time(text: str) -> bool:
    """Tell whether a text is a ``date-time``; a leap second is refused, as Python has none."""
    if not _is_date(text[:10]) or text[10:11] not in ("T", "t"):
        return False
    time = re.compile(
        "([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
    )
    return time.fullmatch(text, 11) is not None


_Check = Callable[[Any, Any, Any], Iterator[tuple[str, ...]]]
_KEYWORDS: Final[dict[str, _Check]] = {
    "type": _type,
    "required": _required,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "pattern": _pattern,
    "format": _format,
    "maxLength": _max_length,
    "minItems": _min_items,
    "maxItems": _max_items,
    "minimum": _minimum,
    "maximum": _maximum,
}
_TYPES: Final = {
    "array": "an array",
    "integer": "an integer",
    "object": "a map",
    "string": "a text",
}
_FORMATS: Final[dict[str, tuple[str, Callable[[str], bool]]]] = {
    "date": ("a date YYYY-MM-DD that exists", _is_date),
    "date-time": ("a time as in RFC 3339, with its zone", _is_date_time),
}
