"""Lists that are JSON in a JWS: recognised, taken apart, and their publisher checked.

What they hold is for the modules of the formats to read.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import AlgorithmError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.formats.content import Content, Context
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.moment import LAST_SECOND

if TYPE_CHECKING:
    from vnvaxcert.trust.jws import Jws

_START: Final = 65_536  # characters in which a payload shows what it is; a multiple of four
_COMPACT: Final = (b"eyJ", b"eyA", b"ewo", b"ew0")  # of a header: {", {space, {line feed, {return
_WHITE_SPACE: Final = b" \t\r\n"

# Base64 of what is nearly Base64url: a damaged list is still recognised, and refused for what
# is damaged. The values of the characters in order; everything else counts as the first.
_CHARACTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_BASE64: Final = bytes(
    byte if byte in _CHARACTERS[:62] else {0x2D: 0x2B, 0x5F: 0x2F}.get(byte, 0x41)
    for byte in range(256)
)


class SignedJson(NamedTuple):
    """A list, out of its JWS.

    Attributes:
        members: Of the JSON object that is the payload.
        jws: The JWS it came in.
        is_authenticated: Whether its signature was checked, and is good.
    """

    members: dict[str, object]
    jws: Jws
    is_authenticated: bool


def payload_start(content: Content) -> bytes:
    """The first bytes of what may be the payload of a JWS, to tell its format; else nothing.

    Raises:
        TrustListFormatError: It looks like JSON and is not.
    """
    data = content.data
    if data[:256].lstrip(_WHITE_SPACE).startswith(_COMPACT):
        start = data.find(b".") + 1
        text = data[start : start + _START].partition(b".")[0] if start else b""
    else:
        document = content.document
        # With neither of these it is another thing with a payload: the Dutch list has one.
        if not isinstance(document, dict) or not document.keys() & {"protected", "signatures"}:
            return b""
        payload = document.get("payload")
        text = payload[:_START].encode("ascii", "replace") if isinstance(payload, str) else b""
    return a2b_base64(text[: len(text) // 4 * 4].translate(_TO_BASE64))


def read_signed_json(
    content: Content,
    context: Context,
    format_name: str,
    *,
    understood: frozenset[str] = frozenset(),
) -> SignedJson:
    """Take a list out of its JWS; with anything to check it with, check the signature first.

    Args:
        content: The JWS.
        context: What is known of the list.
        format_name: For the errors.
        understood: See `read_jws`.

    Raises:
        TrustListFormatError: Not a JWS, or its payload no JSON object.
        TrustListSignatureError: See `authenticate`; the key is of another kind.

    Spec: RFC 7515 §5.2.
    """
    # Imported here: who reads lists of other formats does not need it.
    from vnvaxcert.trust.jws import JwsError, read_jws

    try:
        jws = read_jws(content.data, understood=understood)
    except JwsError as error:
        raise TrustListFormatError(format_name, "JWS", str(error)) from error

    def check(key: PublicKey) -> None:
        try:
            jws.verify(key)
        except AlgorithmError as error:
            raise TrustListSignatureError(
                format_name, "", f"{error.reason}, and the key is of another kind"
            ) from error

    is_authenticated = authenticate(context, format_name, check, jws.certificates)
    members = json_text.parse_payload(jws.payload, format_name)
    if not isinstance(members, dict):
        raise TrustListFormatError(format_name, "payload", "expected a JSON object")
    return SignedJson(members, jws, is_authenticated)


def read_time(members: Mapping[str, object], name: str, format_name: str) -> datetime:
    """A NumericDate: seconds since 1970, fractions dropped; aware, UTC.

    Args:
        members: Of the payload or of the header.
        name: Of the member.
        format_name: For the errors.

    Raises:
        TrustListFormatError: Missing, no number, or outside the years 1970 to 9999.

    Spec: RFC 7519 §2.
    """
    value = members.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LAST_SECOND:
        return datetime.fromtimestamp(int(value), UTC)
    raise TrustListFormatError(format_name, name, "expected a time in seconds since 1970")
