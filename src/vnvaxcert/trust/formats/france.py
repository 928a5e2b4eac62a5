"""The French list (TousAntiCovid Verif): an object of kids, each certificate in Base64 twice.

The same answer holds keys of the older French 2D-Doc codes (``certificates2DDoc``) and settings
of the app; they are not of certificates of this kind, and are passed over.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Published, SetAside, decode_base64, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_kid
from vnvaxcert.trust.reading import Reading

_NAME: Final = "French list"
_ENTRIES: Final = "certificatesDCC"


def read_french_list(content: Content, context: Context) -> Reading:
    """Read ``certificatesDCC``: kid in Base64 to certificate or public key, in Base64 of Base64.

    Which of the two it is shows when the key is looked up. A kid without either is set aside.

    Raises:
        TrustListFormatError: No such object, or more than `MAX_ENTRIES` members.

    Spec: none published; the list as its apps read it. RFC 4648 §4 (Base64).
    """
    document = content.document
    members = document.get(_ENTRIES) if isinstance(document, dict) else None
    if not isinstance(members, dict):
        raise TrustListFormatError(_NAME, _ENTRIES, "expected an object of kids")
    if len(members) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, _ENTRIES, f"more than {MAX_ENTRIES} entries")
    published = Published(context.name, "either", "signer")
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for number, (key, value) in enumerate(members.items(), start=1):
        kid = read_kid(key)
        if not kid:
            problem = "kid: empty or not Base64"
        elif not isinstance(value, str) or not value:
            problem = "certificate: missing, or not text"
        else:
            try:
                once_decoded = decode_base64(value)
            except ValueError:
                problem = "certificate: not Base64"
            else:
                usable.append(Entry(kid, once_decoded, published, number))
                continue
        aside.append(SetAside(kid, None, source(context.name, number), problem))
    return Reading(usable, aside)


def _is_french_list(content: Content) -> bool:
    document = content.document
    return isinstance(document, dict) and _ENTRIES in document


FRENCH_LIST: Final = Format(_NAME, _is_french_list, read_french_list)
