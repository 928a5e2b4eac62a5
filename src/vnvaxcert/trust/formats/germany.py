"""The German list: a signature in the first line, the gateway's entries as JSON below it.

The signature is ECDSA on P-256 with SHA-256, r and s of 32 bytes each in Base64, over the JSON
as it stands without white space at its ends.
"""

from __future__ import annotations

from binascii import a2b_base64
from typing import Final

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import PublicKey, verify
from vnvaxcert.errors import AlgorithmError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.formats.content import Content, Context, Format
from vnvaxcert.trust.reading import Reading

_NAME: Final = "German list"
_SIGNATURE_BYTES: Final = 64
_LONGEST_SIGNATURE_LINE: Final = 128  # 88 characters, and room for damage
_WHITE_SPACE: Final = b" \t\r\n"


def read_german_list(content: Content, context: Context) -> Reading:
    """Read the list; with the publisher's key, check its signature before anything else.

    Raises:
        TrustListSignatureError: The signature is not one, is not of this key over these bytes,
            or the key is not on P-256. Authorities were given: no certificate comes along that
            one of them could have signed.
        TrustListFormatError: Without a key: the first line is no signature. Below it is no JSON
            with an array of entries, or too long a one.

    Spec: German "DSC list" as its apps read it; RFC 9053 §2.1 (form of the signature).
    """
    # Imported by who reads such a list: every other one is asked first whether it is one.
    from vnvaxcert.trust.formats.gateway import read_entries
    from vnvaxcert.trust.formats.publisher import authenticate

    line, _, rest = content.data.partition(b"\n")
    signed = rest.strip(_WHITE_SPACE)
    signature = _signature(line)
    if signature is None:
        kind = TrustListSignatureError if context.asks_for_a_signature else TrustListFormatError
        raise kind(_NAME, "line 1", "expected 64 bytes in Base64")

    def check(key: PublicKey) -> None:
        try:
            verify(Algorithm.ES256, key, signature, signed)
        except AlgorithmError as error:
            raise TrustListSignatureError(
                _NAME, "", "it is signed with ECDSA on P-256; the key given is another kind"
            ) from error

    is_authenticated = authenticate(context, _NAME, check)
    reading = read_entries(Content(signed), context, _NAME)
    return reading._replace(is_authenticated=is_authenticated)


def _signature(line: bytes) -> bytes | None:
    try:
        signature = a2b_base64(line.strip(_WHITE_SPACE), strict_mode=True)
    except ValueError:
        return None
    return signature if len(signature) == _SIGNATURE_BYTES else None


def _is_german_list(content: Content) -> bool:
    """A signature and anything below it, or anything short and JSON below it."""
    line, separator, _ = content.data[: _LONGEST_SIGNATURE_LINE + 1].partition(b"\n")
    # Binary forms may hold a line feed and a brace by chance, and none begins as text does.
    if not separator or not line.isascii() or json_text.looks_like_json(line):
        return False
    below = content.data[len(line) + 1 : len(line) + 65].lstrip(_WHITE_SPACE)
    return _signature(line) is not None or (bool(line.strip()) and below.startswith(b"{"))


GERMAN_LIST: Final = Format(_NAME, _is_german_list, read_german_list, is_signed=True)
