"""Formats of trust lists: one small module each, and the table of all, told apart by content."""

from __future__ import annotations

from typing import Final, NamedTuple

from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust.formats.content import (
    MAX_FILE_BYTES,
    Content,
    Context,
    Format,
    Reading,
)
from vnvaxcert.trust.formats.gateway import GATEWAY, KID_MAP
from vnvaxcert.trust.formats.germany import GERMAN_LIST
from vnvaxcert.trust.formats.pem import DER, PEM

# Asked in this order; no content is of two of them. JSON is parsed for the first that asks.
FORMATS: Final[tuple[Format, ...]] = (DER, GERMAN_LIST, PEM, GATEWAY, KID_MAP)


class Recognised(NamedTuple):
    """A reading, and the format it was read in."""

    format: Format
    reading: Reading


def read(data: bytes, context: Context) -> Recognised:
    """Read a trust list of any known format.

    Args:
        data: The whole file.
        context: What is known of it.

    Raises:
        TrustListFormatError: More than 64 MiB, in no known format, damaged, or empty: a list
            from which nothing at all was read is a mistake, not a list.
        TrustListSignatureError: The signature does not fit the key given; or a key was given
            and the format has no signature.
        TrustListStaleError: The list was not valid at the moment given.
    """
    if len(data) > MAX_FILE_BYTES:
        raise TrustListFormatError("unknown", "", f"more than {MAX_FILE_BYTES} bytes")
    content = Content(data)
    for known in FORMATS:
        if known.recognise(content):
            break
    else:
        raise TrustListFormatError("unknown", "", f"expected one of: {_names()}")
    if context.signing_key is not None and not known.is_signed:
        raise TrustListSignatureError(
            known.name, "", "a signing key was given, and this format carries no signature"
        )
    reading = known.read(content, context)
    if not reading.entries and not reading.set_aside:
        raise TrustListFormatError(known.name, "", "it is empty")
    return Recognised(known, reading)


def _names() -> str:
    return ", ".join(known.name for known in FORMATS)
