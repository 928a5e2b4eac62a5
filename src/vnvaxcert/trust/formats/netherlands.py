"""The Dutch list: JSON in Base64 beside a detached signature of CMS over it.

Its keys come bare, with the letters of what they may sign. Those for the domestic codes of the
Netherlands (``nl_keys``, before that ``cl_keys``) are on it too; they are of another scheme, and
no such key can sign a health certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.entry import Entry, Published, SetAside, decode_base64, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_country, read_kid
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.usage import Usage

_NAME: Final = "Dutch list"

_EUROPEAN: Final = "eu_keys"
_DOMESTIC: Final = ("nl_keys", "cl_keys")
_USAGES: Final = {"t": Usage.TEST, "v": Usage.VACCINATION, "r": Usage.RECOVERY}


def read_dutch_list(content: Content, context: Context) -> Reading:
    """Read the list; with a key or authorities, check its signature before anything else.

    The time of signing, where the signature states one, is that of issue.

    Raises:
        TrustListSignatureError: The signature is none, or is not that of the key over this list.
        TrustListFormatError: Not an object with both members; inside is no JSON, or no keys;
            more than `MAX_ENTRIES`.

    Spec: minvws nl-covid19-coronacheck-hcert (list); RFC 5652 §5 (signature).
    """
    # Imported by who reads such a list, not by who asks whether it is one.
    from vnvaxcert.trust.formats.signed_message import authenticate_message, read_message

    document = content.document
    members = document if isinstance(document, dict) else {}
    signature, payload = members.get("signature"), members.get("payload")
    if not isinstance(signature, str) or not isinstance(payload, str):
        raise TrustListFormatError(_NAME, "", "expected the members signature and payload, as text")
    try:
        signed = decode_base64(payload)
    except ValueError as error:
        raise TrustListFormatError(_NAME, "payload", "not Base64") from error
    message = read_message(signature, context, _NAME, "signature")
    signer, is_authenticated = authenticate_message(message, signed, context, _NAME)
    inside = json_text.parse_payload(signed, _NAME)
    if not isinstance(inside, dict) or not isinstance(inside.get(_EUROPEAN), dict):
        raise TrustListFormatError(_NAME, "payload", f"expected an object with {_EUROPEAN}")
    issued_at = signer.signing_time if signer else None
    reading = _read_keys(inside, context.name)
    return reading._replace(
        is_authenticated=is_authenticated,
        issued_at=issued_at,
        sequence=int(issued_at.timestamp()) if issued_at else None,
    )


class _Published(NamedTuple):
    """A key as it stands on the list.

    Attributes:
        section: Member of the list that it is in.
        kid: What it is under; empty where that is not Base64.
        members: Its own; empty where it is no object.
    """

    section: str
    kid: bytes
    members: dict[str, object]


def _keys(lists: dict[str, object]) -> Iterator[_Published]:
    """All keys, of either scheme: under a kid each an object or an array of them, or an array."""
    for section in (_EUROPEAN, *_DOMESTIC):
        found = lists.get(section)
        if found is None or found == []:
            continue
        by_kid = found.items() if isinstance(found, dict) else [("", found)]
        for kid, values in by_kid:
            for value in values if isinstance(values, list) and values else [values]:
                members = value if isinstance(value, dict) else {}
                yield _Published(section, read_kid(kid), members)


def _read_keys(lists: dict[str, object], name: str) -> Reading:
    entries: list[Entry] = []
    aside: list[SetAside] = []
    for number, (section, kid, members) in enumerate(_keys(lists), start=1):
        if number > MAX_ENTRIES:
            raise TrustListFormatError(_NAME, "payload", f"more than {MAX_ENTRIES} keys")
        country = read_country(members.get("ian"))
        key, letters = members.get("subjectPk"), members.get("keyUsage")
        if section in _DOMESTIC:
            reason = f"a key of the domestic scheme ({section}) signs no health certificates"
        elif not kid:
            reason = "kid: empty or not Base64"
        elif not isinstance(key, str):
            reason = "subjectPk: missing, or not text"
        elif not isinstance(letters, list):
            reason = "keyUsage: missing, or no array"
        elif (usages := _usages(letters)) is None:
            reason = "keyUsage: none of the letters t, v, r"
        else:
            published = Published(name, "key", "signer", country, usages)
            entries.append(Entry(kid, key, published, number))
            continue
        aside.append(SetAside(kid, country, source(name, number), reason))
    return Reading(entries, aside)


def _usages(letters: list[object]) -> frozenset[Usage] | None:
    """What the letters allow; no letter allows all, letters unknown to us allow nothing."""
    known = frozenset(_USAGES[one] for one in letters if isinstance(one, str) and one in _USAGES)
    return known if known or not letters else None


def _is_dutch_list(content: Content) -> bool:
    document = content.document
    if not isinstance(document, dict) or "protected" in document or "signatures" in document:
        return False  # of the latter two, JWS in JSON has one
    return "payload" in document and "signature" in document


DUTCH_LIST: Final = Format(_NAME, _is_dutch_list, read_dutch_list, is_signed=True)
