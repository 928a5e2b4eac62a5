"""Master lists of ICAO: country signing authorities in a message of CMS (Doc 9303-12).

One state publishes the authorities (CSCA) of all that it knows, signed by a master list signer,
whom its own authority certified. Being on a list gives no trust by itself: that the publisher
is trusted does.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import der
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import Entry, Published, certificate_kid, decode_base64
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.reading import Reading

_NAME: Final = "ICAO master list"

_CONTENT_TYPE: Final = "2.23.136.1.1.2"  # id-icao-cscaMasterList
_SIGNER_USAGE: Final = "2.23.136.1.1.3"  # id-icao-cscaMasterListSigningKey
_VERSION: Final = b"\0"

_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")  # encoded; RFC 5652 §5.1
_LONGEST_HEADER: Final = 10  # of a SEQUENCE; its length has 8 bytes at most
_LONGEST_START: Final = 1024  # of white space, and then enough to tell
_BASE64_START: Final = b"MI"  # 0x30 and a length of 128 bytes or more, or an indefinite one
_WHITE_SPACE: Final = b" \t\r\n"


def read_master_list(content: Content, context: Context) -> Reading:
    """Read the certificates of a master list, each as an authority under its computed kid.

    With a key its signature is checked with that. With authorities, those of the publisher, its
    signer's certificate has to chain to one of them and to be one for signing master lists. The
    time of signing, where the signature states one, is that of issue.

    Raises:
        TrustListSignatureError: The signature is not that of the key, or there is none; the
            signer's certificate is not one for master lists; see also
            `vnvaxcert.trust.formats.publisher.authenticate`.
        TrustListFormatError: No signed data, or signed data of another type; not a version 0
            list of certificates; more than `MAX_ENTRIES`.

    Spec: ICAO Doc 9303-12 (CSCA master list); RFC 5652 §5.
    """
    # Imported by who reads such a list, not by who asks whether it is one.
    from vnvaxcert.trust.formats.signed_message import (
        authenticate_message,
        certificates_of,
        read_message,
    )

    text = content.data.strip(_WHITE_SPACE)  # directories (LDIF) hold it in Base64
    data = text.decode("latin-1") if text[:2] == _BASE64_START else content.data
    message = read_message(data, context, _NAME, "")
    if message.content_type != _CONTENT_TYPE:
        raise TrustListFormatError(
            _NAME, "", f"signed data of type {message.content_type}, expected {_CONTENT_TYPE}"
        )
    if message.content is None:
        raise TrustListFormatError(
            _NAME, "", "the list itself is missing, only a signature is there"
        )
    if context.authorities is not None:
        _check_usage(certificates_of(message))
    signer, is_authenticated = authenticate_message(message, None, context, _NAME)
    issued_at = signer.signing_time if signer else None
    return Reading(
        _entries(message.content, context.name),
        [],
        is_authenticated=is_authenticated,
        issued_at=issued_at,
        sequence=int(issued_at.timestamp()) if issued_at else None,
    )


def _check_usage(certificates: list[bytes]) -> None:
    """Refuse a signer that its authority certified for something else."""
    if not certificates:
        return  # refused for that by who looks for its authority
    place = "certificate of its signer"
    try:
        usages = read_certificate(certificates[0]).extended_key_usages
    except DerError as error:
        raise TrustListSignatureError(_NAME, place, str(error)) from error
    if _SIGNER_USAGE not in usages:
        raise TrustListSignatureError(
            _NAME, place, f"it is not one for signing master lists (usage {_SIGNER_USAGE})"
        )


def _entries(data: bytes, name: str) -> list[Entry]:
    """CscaMasterList: a version and a set of certificates, which are cut out and not looked at."""
    published = Published(name, role="authority")
    entries: list[Entry] = []
    try:
        at, end = der.only(data, 0, len(data), der.SEQUENCE, "list")
        start, at = der.expect(data, at, end, der.INTEGER, "version")
        if data[start:at] != _VERSION:
            raise DerError("version: expected 0")
        at, end = der.only(data, at, end, der.SET, "certificates")
        while at < end:
            number = len(entries) + 1
            _, _, stop = der.element(data, at, end, f"certificate {number}")
            if number > MAX_ENTRIES:
                raise DerError(f"more than {MAX_ENTRIES} certificates")
            certificate = data[at:stop]
            entries.append(Entry(certificate_kid(certificate), certificate, published, number))
            at = stop
    except DerError as error:
        raise TrustListFormatError(_NAME, "", str(error)) from error
    return entries


def _is_master_list(content: Content) -> bool:
    """Whether it is signed data, in BER or Base64: of what type, reading it tells."""
    start = content.data[:_LONGEST_START].lstrip(_WHITE_SPACE)
    if start[:2] == _BASE64_START:
        try:
            start = decode_base64(b"".join(start[:64].split())[:32])
        except ValueError:
            return False
    # A certificate has another SEQUENCE where this has the type of the message.
    return start[:1] == b"\x30" and 2 <= start.find(_SIGNED_DATA) <= _LONGEST_HEADER


MASTER_LIST: Final = Format(_NAME, _is_master_list, read_master_list, is_signed=True)
