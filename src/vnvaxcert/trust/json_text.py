"""JSON as lists come in it (RFC 8259), read within bounds and without its ambiguities."""

from __future__ import annotations

from typing import Final

from vnvaxcert.codec import json_text
from vnvaxcert.errors import TrustListFormatError

# A list of 5,000 keys has 45,000 values. Each value costs up to 100 bytes when read, so a file
# of 64 MiB full of empty objects would take gigabytes.
MAX_VALUES: Final = 1_000_000

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
            number beyond the range of float or of more than 32 characters; more than 1,000,000
            values; nested too deeply.

    Spec: RFC 8259; RFC 7493 §2.3 (members given twice).
    """
    make_object = json_text.members if keep_signatures else _without_signature
    try:
        return json_text.parse(
            data, max_values=MAX_VALUES, are_halves_refused=False, make_object=make_object
        )
    except json_text.JsonError as error:
        raise TrustListFormatError(_FORMAT, error.place, error.reason) from error


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


def _without_signature(pairs: json_text.Members) -> dict[str, object]:
    members = json_text.members(pairs)
    if "rawData" in members:
        members.pop("signature", None)
    return members
