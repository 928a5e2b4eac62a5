"""JSON as lists come in it (RFC 8259), read within bounds and without its ambiguities."""

from __future__ import annotations

import json
from typing import Final, NoReturn

from vnvaxcert.errors import TrustListFormatError

# A list of 5,000 keys has 45,000 values. Each value costs up to 100 bytes when read, so a file
# of 64 MiB full of empty objects would take gigabytes.
MAX_VALUES: Final = 1_000_000
_MAX_NUMBER_CHARACTERS: Final = 32  # times and sequence numbers; longer ones cost quadratic time

_FORMAT: Final = "JSON"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_WHITE_SPACE: Final = b" \t\r\n"


def looks_like_json(data: bytes) -> bool:
    """Whether the first character is that of a JSON object or array."""
    head = data[:4096].removeprefix(_BYTE_ORDER_MARK).lstrip(_WHITE_SPACE)
    return head[:1] in (b"{", b"[")


def parse(data: bytes, *, keep_signatures: bool = False) -> object:
    """Parse one JSON text: dictionaries, lists, text, numbers, truth values and None.

    Args:
        data: UTF-8, with a byte order mark or without.
        keep_signatures: Keep the member ``signature`` of entries in the gateway's form. It is
            larger than the certificate, and of no use to who does not check it.

    Raises:
        TrustListFormatError: Not JSON, not UTF-8; a member given twice; NaN or infinity, or a
            number of more than 32 characters; more than 1,000,000 values; nested too deeply.

    Spec: RFC 8259; RFC 7493 §2.3 (members given twice).
    """
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise TrustListFormatError(_FORMAT, "", f"more than {MAX_VALUES} values")
    try:
        text = data.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
        document: object = json.loads(
            text,
            object_pairs_hook=_members if keep_signatures else _without_signature,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise TrustListFormatError(_FORMAT, f"byte {error.start}", "not UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise TrustListFormatError(_FORMAT, place, "not valid JSON") from error
    except RecursionError as error:
        raise TrustListFormatError(_FORMAT, "", "nested too deeply") from error
    return document


def parse_payload(payload: bytes, format_name: str) -> object:
    """Parse the JSON that a signature is over, inside a list of another form; as `parse`.

    Raises:
        TrustListFormatError: See `parse`; it names the list's format, and the payload as place.
    """
    try:
        return parse(payload)
    except TrustListFormatError as error:
        place = f"payload, {error.place}" if error.place else "payload"
        raise TrustListFormatError(format_name, place, error.reason) from error


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TrustListFormatError(_FORMAT, "", "an object with a member given twice")
    return members


def _without_signature(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = _members(pairs)
    if "rawData" in members:
        members.pop("signature", None)
    return members


def _integer(digits: str) -> int:
    return int(_bounded(digits))


def _fraction(digits: str) -> float:
    return float(_bounded(digits))


def _bounded(digits: str) -> str:
    if len(digits) > _MAX_NUMBER_CHARACTERS:
        raise TrustListFormatError(_FORMAT, "", "a number of more than 32 characters")
    return digits


def _constant(_: str) -> NoReturn:
    raise TrustListFormatError(_FORMAT, "", "a number that is infinite or none at all")
