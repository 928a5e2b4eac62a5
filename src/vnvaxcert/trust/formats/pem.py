"""Certificates in files: PEM with any number of blocks (RFC 7468 §5), and single DER."""

from __future__ import annotations

from typing import Final

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Published, SetAside, certificate_kid, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.json_text import looks_like_json
from vnvaxcert.trust.pem import BEGIN, CERTIFICATE_LABELS, read_blocks
from vnvaxcert.trust.reading import Reading


def read_pem(content: Content, context: Context) -> Reading:
    """Read every certificate of a PEM file; text between the blocks is passed over.

    A kid is not stated, so it is the one computed from the certificate. Blocks of other things
    are set aside. A public key is one of them: it has no kid, and where one lies beside
    certificates it is likelier the key that signs the list than one that signs certificates.

    Raises:
        TrustListFormatError: More than `MAX_ENTRIES` blocks.

    Spec: RFC 7468 §2, §5.
    """
    entries: list[Entry] = []
    aside: list[SetAside] = []
    published = Published(context.name)
    for number, block in enumerate(read_blocks(content.data), start=1):
        if number > MAX_ENTRIES:
            raise TrustListFormatError(PEM.name, "", f"more than {MAX_ENTRIES} blocks")
        place = f"block {number}"
        problem = block.problem
        if not problem and block.label not in CERTIFICATE_LABELS:
            label = ascii(block.label.decode("latin-1"))
            problem = f"a PEM block of another kind, {label}; expected 'CERTIFICATE'"
        if not problem:
            try:
                certificate = block.content()
            except ValueError:
                problem = "certificate: not Base64"
            else:
                kid = certificate_kid(certificate)
                entries.append(Entry(kid, certificate, published, place))
        if problem:
            aside.append(SetAside(b"", None, source(context.name, place), problem))
    return Reading(entries, aside)


def read_der(content: Content, context: Context) -> Reading:
    """Read a file that is one certificate in DER; its kid is computed.

    Spec: RFC 5280 §4.1.
    """
    certificate = content.data
    entry = Entry(certificate_kid(certificate), certificate, Published(context.name))
    return Reading([entry], [])


def _is_pem(content: Content) -> bool:
    return not looks_like_json(content.data) and BEGIN in content.data


def _is_der(content: Content) -> bool:
    # A SEQUENCE with a length of two bytes, as long as the file, or cut short, or with a tail;
    # which one it is the reader of certificates says better.
    return content.data[:2] == b"\x30\x82" and content.data[4:5] == b"\x30"


PEM: Final = Format("PEM", _is_pem, read_pem)
DER: Final = Format("DER", _is_der, read_der)
