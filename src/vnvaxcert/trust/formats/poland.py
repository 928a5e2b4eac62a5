"""The Polish list: ``noweCertyfikaty``, "new certificates", with kid and SHA-256."""

from __future__ import annotations

from typing import Final

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Published, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_kid
from vnvaxcert.trust.reading import Reading

_NAME: Final = "Polish list"
_ENTRIES: Final = "noweCertyfikaty"
_KID: Final = "identyfikatorKlucza"
_THUMBPRINT: Final = "identyfikator"
_CERTIFICATE: Final = "certyfikat"
_LONGEST_NAME: Final = 32  # of a member that is shown in a message


def read_polish_list(content: Content, context: Context) -> Reading:
    """Read the array of certificates.

    ``identyfikator`` is the SHA-256 of the certificate in hexadecimal; one that is another's is a
    note on the key (`TrustedKey.notes`), as it is in the gateway's list. Where the answer holds
    other arrays or objects, each is set aside as a whole: it might name what was withdrawn.

    Raises:
        TrustListFormatError: No such array, or more than `MAX_ENTRIES` entries.

    Spec: none published; the list as its apps read it. RFC 4648 §4 (Base64).
    """
    document = content.document
    entries = document.get(_ENTRIES) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(entries, list):
        raise TrustListFormatError(_NAME, _ENTRIES, "expected an array of entries")
    if len(entries) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, _ENTRIES, f"more than {MAX_ENTRIES} entries")
    published = Published(context.name, role="signer")
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for number, entry in enumerate(entries, start=1):
        members = entry if isinstance(entry, dict) else {}
        kid, thumbprint = read_kid(members.get(_KID)), members.get(_THUMBPRINT)
        certificate = members.get(_CERTIFICATE)
        if not isinstance(entry, dict):
            problem = "not an object"
        elif not kid:
            problem = f"{_KID}: missing, empty or not Base64"
        elif not isinstance(certificate, str) or not certificate:
            problem = f"{_CERTIFICATE}: missing, or not text"
        elif thumbprint is not None and not isinstance(thumbprint, str):
            problem = f"{_THUMBPRINT}: not text"
        else:
            usable.append(Entry(kid, certificate, published, number, thumbprint))
            continue
        aside.append(SetAside(kid, None, source(context.name, number), problem))
    for name, value in document.items():
        if name != _ENTRIES and value and isinstance(value, list | dict):
            shown = ascii(name[:_LONGEST_NAME])
            place = source(context.name, f"member {shown}")
            aside.append(SetAside(b"", None, place, "it is not known what this member holds"))
    return Reading(usable, aside)


def _is_polish_list(content: Content) -> bool:
    document = content.document
    return isinstance(document, dict) and _ENTRIES in document


POLISH_LIST: Final = Format(_NAME, _is_polish_list, read_polish_list)
