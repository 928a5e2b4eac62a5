"""The lists of the United Kingdom and of Norway: kids and bare public keys, in one form.

British kids are no hashes of certificates: in Base64 as all others, they decode to short names
in ASCII (``Key1PRO``, 7 bytes), and those bytes are the kid in a certificate's header.
"""

from __future__ import annotations

from binascii import a2b_base64
from typing import Final

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Published, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.reading import Reading

_NAME: Final = "British or Norwegian list"
_LOOKED_AT: Final = 16  # entries, to recognise the list when the first is damaged


def read_key_list(content: Content, context: Context) -> Reading:
    """Read an array of ``{kid, publicKey}``: SubjectPublicKeyInfo in Base64.

    A kid that is not Base64 as RFC 4648 §4 has it, with its padding, is taken for such a name
    itself: ``Key1PRO`` is not, and guessing at its padding would make it 5 other bytes.

    Raises:
        TrustListFormatError: Not an array, or more than `MAX_ENTRIES` entries.

    Spec: none published; the lists as their apps read them. RFC 4648 §4; RFC 5280 §4.1.2.7.
    """
    document = content.document
    if not isinstance(document, list):
        raise TrustListFormatError(_NAME, "", "expected an array of entries")
    if len(document) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, "", f"more than {MAX_ENTRIES} entries")
    published = Published(context.name, "key", "signer")
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for number, entry in enumerate(document, start=1):
        members = entry if isinstance(entry, dict) else {}
        kid, key = _kid(members.get("kid")), members.get("publicKey")
        if kid and isinstance(key, str) and key:
            usable.append(Entry(kid, key, published, number))
            continue
        if not isinstance(entry, dict):
            problem = "not an object"
        else:
            problem = "publicKey: missing, or not text" if kid else "kid: missing, or not ASCII"
        aside.append(SetAside(kid, None, source(context.name, number), problem))
    return Reading(usable, aside)


def _kid(value: object) -> bytes:
    """The bytes of a kid; empty where there is none to be had."""
    if not isinstance(value, str) or not value.isascii():
        return b""
    try:
        return a2b_base64(value, strict_mode=True)
    except ValueError:
        return value.encode("ascii")


def _is_key_list(content: Content) -> bool:
    document = content.document
    return isinstance(document, list) and any(
        isinstance(entry, dict) and "publicKey" in entry for entry in document[:_LOOKED_AT]
    )


KEY_LIST: Final = Format(_NAME, _is_key_list, read_key_list)
