"""Formats of revocation lists, told apart by content, and what is checked of all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from vnvaxcert.errors import TrustListError, TrustListFormatError
from vnvaxcert.trust import der, json_text
from vnvaxcert.trust.cms import SIGNED_DATA_OID
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import decode_base64, placed
from vnvaxcert.trust.files import MAX_FILE_BYTES, read_file, walk
from vnvaxcert.trust.formats.checks import check_can_be_signed, check_sequence, check_times
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.pem import BEGIN, read_blocks
from vnvaxcert.trust.revocation.contents import Contents
from vnvaxcert.trust.revocation.crl import CRL_FORMAT, read_crl
from vnvaxcert.trust.revocation.gateway import (
    BATCH_FORMAT,
    SIGNED_BATCH_FORMAT,
    read_batches,
    read_signed_batch,
)
from vnvaxcert.trust.revocation.germany import GERMAN_FORMAT, is_german_chunk, read_german_chunk
from vnvaxcert.trust.revocation.slices import read_slices

UNKNOWN_FORMAT: Final = "revocation, unknown"
SLICES_FORMAT: Final = "revocation, slices"

# A batch of 1,000 hashes has 70 kB: 3.8 million hashes, which take 0.5 GB.
MAX_DIRECTORY_BYTES: Final = 256 << 20
MAX_DIRECTORY_FILES: Final = 100_000

_GZIP: Final = b"\x1f\x8b"
_CMS_LABELS: Final = (b"CMS", b"PKCS7")  # RFC 7468 §9, §8
_CRL_LABELS: Final = (b"X509 CRL", b"CRL")  # RFC 7468 §6; the other of older tools
_INDEFINITE: Final = 0x80


class _Known(NamedTuple):
    """One format: its name, whether data are in it, how it is read, whether it is signed."""

    name: str
    recognise: Callable[[bytes], bool]
    read: Callable[[bytes, Context], Contents]
    is_signed: bool


class Read(NamedTuple):
    """What was read, and in which format."""

    format: str
    contents: Contents


def read_data(data: bytes, context: Context) -> list[Read]:
    """Read one file of any known format.

    Args:
        data: All of its bytes.
        context: What is known of it.

    Returns:
        The lists in it: one, but for a PEM file with several blocks.

    Raises:
        TrustListFormatError: In no known format, more than 64 MiB, or damaged.
        TrustListSignatureError: The signature does not fit what was given to check it with; or
            something was given and the format has no signature.
        TrustListStaleError: It states times, and was not valid at the moment given.
        TrustListRollbackError: It is older than the last one seen, or says nothing of it.
    """
    if len(data) > MAX_FILE_BYTES:
        raise TrustListFormatError(UNKNOWN_FORMAT, "", f"it has more than {MAX_FILE_BYTES} bytes")
    if BEGIN in data and not any(known.recognise(data) for known in _FORMATS):
        return [_read_block(number, *block, context) for number, block in _blocks(data)]
    return [_read_one(_without_base64(data), context)]


def read_path(path: str) -> Iterator[tuple[str, bytes]]:
    """A file, or the files of a directory and of those in it, in the order of their names.

    Names with a leading dot are passed over, and nothing else: a list that is not read revokes
    nothing, so that whatever is no file, cannot be read or links to a directory is an error.

    Returns:
        Name, of a file in a directory its path in it, with slashes; and content.

    Raises:
        TrustListFormatError: Something cannot be read; more than `MAX_DIRECTORY_FILES` or
            `MAX_DIRECTORY_BYTES`; a directory without a file.
    """
    if not os.path.isdir(path):
        yield os.path.basename(path), _file(path)
        return
    size = number = 0
    for number, (name, problem) in enumerate(walk(path), start=1):
        if problem:
            raise TrustListFormatError(UNKNOWN_FORMAT, name, problem)
        if number > MAX_DIRECTORY_FILES:
            raise TrustListFormatError(UNKNOWN_FORMAT, "", f"more than {MAX_DIRECTORY_FILES} files")
        try:
            data = _file(os.path.join(path, name))
        except TrustListFormatError as error:
            raise TrustListFormatError(UNKNOWN_FORMAT, name, error.reason) from error
        size += len(data)
        if size > MAX_DIRECTORY_BYTES:
            raise TrustListFormatError(
                UNKNOWN_FORMAT, "", f"more than {MAX_DIRECTORY_BYTES} bytes in all"
            )
        yield name, data
    if not number:
        raise TrustListFormatError(UNKNOWN_FORMAT, "", "a directory with no file in it")


# --- one list ----------------------------------------------------------------------------------


def _read_one(data: bytes, context: Context) -> Read:
    for known in _FORMATS:
        if known.recognise(data):
            return _read_known(known, data, context)
    names = ", ".join(known.name.removeprefix("revocation, ") for known in _FORMATS)
    raise TrustListFormatError(
        UNKNOWN_FORMAT, "", f"no known revocation list; expected one of: {names}"
    )


def _read_known(known: _Known, data: bytes, context: Context) -> Read:
    check_can_be_signed(known.name, known.is_signed, context)
    contents = known.read(data, context)
    check_times(known.name, contents.issued_at, contents.expires_at, context.at)
    check_sequence(known.name, contents.sequence, context.last_sequence)
    return Read(known.name, contents)


# --- what a file is wrapped in -----------------------------------------------------------------


def _blocks(data: bytes) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """The blocks of a PEM file: number, label and content of each."""
    for number, block in enumerate(read_blocks(data), start=1):
        try:
            yield number, (block.label, block.content())
        except ValueError as error:
            reason = block.problem or "not Base64"
            raise TrustListFormatError(UNKNOWN_FORMAT, f"PEM block {number}", reason) from error


def _read_block(number: int, label: bytes, content: bytes, context: Context) -> Read:
    known = next((one for labels, one in _BY_LABEL if label in labels), None)
    if known is None or not known.recognise(content):
        raise TrustListFormatError(
            UNKNOWN_FORMAT, f"PEM block {number}", "neither a CRL nor a signed batch"
        )
    try:
        return _read_known(known, content, context)
    except TrustListError as error:
        raise placed(error, f"PEM block {number}") from error


def _without_base64(data: bytes) -> bytes:
    """The gateway hands its messages out in Base64: "MI" is how a SEQUENCE starts there."""
    if data.lstrip()[:2] != b"MI":
        return data
    try:
        return decode_base64(data.strip())
    except ValueError as error:
        raise TrustListFormatError(UNKNOWN_FORMAT, "", "neither DER nor Base64") from error


def _inner(data: bytes) -> tuple[int, bytes]:
    """The first element inside a SEQUENCE: its type and content; of anything else 0."""
    try:
        if data[:2] == bytes((der.SEQUENCE, _INDEFINITE)):
            at = 2
        else:
            at, _ = der.expect(data, 0, len(data), der.SEQUENCE, "message")
        tag, start, stop = der.element(data, at, len(data), "message")
    except DerError:
        return 0, b""
    return tag, data[start:stop] if tag == der.OBJECT_IDENTIFIER else b""


def _is_signed_data(data: bytes) -> bool:
    return _inner(data) == (der.OBJECT_IDENTIFIER, SIGNED_DATA_OID)


def _is_crl(data: bytes) -> bool:
    """Whether data are a SEQUENCE and no CMS message: nothing else here is one."""
    return data[:1] == bytes((der.SEQUENCE,)) and _inner(data)[0] != der.OBJECT_IDENTIFIER


def _read_crl(data: bytes, context: Context) -> Contents:
    crl = read_crl(data)
    is_authenticated = crl.check_signature(
        signing_key=context.signing_key, authorities=context.authorities, at=context.at
    )
    return Contents(
        crls=(crl,),
        notes=crl.notes,
        is_authenticated=is_authenticated,
        issued_at=crl.issued_at,
        expires_at=crl.expires_at,
        sequence=crl.number,
    )


def _read_json(data: bytes, context: Context) -> Contents:
    return read_batches(json_text.parse(data), context)


def _read_archive(data: bytes, context: Context) -> Contents:
    return Contents(slices=read_slices(data))


_SIGNED_BATCH: Final = _Known(SIGNED_BATCH_FORMAT, _is_signed_data, read_signed_batch, True)
_CRL: Final = _Known(CRL_FORMAT, _is_crl, _read_crl, True)
_FORMATS: Final = (
    _Known(GERMAN_FORMAT, is_german_chunk, read_german_chunk, True),
    _SIGNED_BATCH,
    _CRL,
    _Known(SLICES_FORMAT, lambda data: data.startswith(_GZIP), _read_archive, False),
    _Known(BATCH_FORMAT, json_text.looks_like_json, _read_json, False),
)
_BY_LABEL: Final = ((_CMS_LABELS, _SIGNED_BATCH), (_CRL_LABELS, _CRL))


# --- files -------------------------------------------------------------------------------------


def _file(path: str) -> bytes:
    try:
        return read_file(path)
    except TrustListFormatError as error:
        raise TrustListFormatError(UNKNOWN_FORMAT, "", f"the file {error.reason}") from error
