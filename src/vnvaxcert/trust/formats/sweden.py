"""Sweden's list, DSC-TL 1.0.0: JSON Web Keys with certificates by country, in a JWS.

The certificates are normative. Beside the keys stands what each may sign, for readers who take
no certificates apart; a usage has to be allowed by both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Published, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.jwks import read_key
from vnvaxcert.trust.formats.members import read_country, read_kid
from vnvaxcert.trust.formats.signed_json import payload_start, read_signed_json, read_time
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.usage import Usage, usages_from_oids

_NAME: Final = "Swedish list"
_LIST: Final = "dsc_trust_list"


def read_swedish_list(content: Content, context: Context) -> Reading:
    """Read the list; its time of issue is its sequence.

    A key whose country, kid, restrictions or numbers cannot be read is set aside; a certificate
    is not parsed before it is looked up. A restriction on a key that is not there is set aside
    too: it may have been meant for one that is.

    Args:
        content: The JWS.
        context: What is known of the list.

    Raises:
        TrustListFormatError: Not a JWS of a JSON object with countries, ``iat`` and ``exp``, or
            more than `MAX_ENTRIES` keys.
        TrustListSignatureError: See `read_signed_json`.

    Spec: DSC-TL 1.0.0 §2; RFC 7517 §4.
    """
    signed = read_signed_json(content, context, _NAME)
    countries = signed.members.get(_LIST)
    if not isinstance(countries, dict):
        raise TrustListFormatError(_NAME, _LIST, "expected an object of countries")
    issued_at = read_time(signed.members, "iat", _NAME)
    expires_at = read_time(signed.members, "exp", _NAME)
    reading = Reading(
        [], [], signed.is_authenticated, issued_at, expires_at, int(issued_at.timestamp())
    )
    for number, (code, value) in enumerate(countries.items(), start=1):
        country = _Country(context.name, number, code, value if isinstance(value, dict) else {})
        for found in country.entries():
            if len(reading.entries) + len(reading.set_aside) == MAX_ENTRIES:
                raise TrustListFormatError(_NAME, _LIST, f"more than {MAX_ENTRIES} entries")
            reading.add(found)
    return reading


class _Country(NamedTuple):
    """What the list has for one country."""

    origin: str
    number: int
    code: str
    members: dict[str, object]

    def entries(self) -> Iterator[Entry | SetAside]:
        """Its keys in order, then restrictions of none of them."""
        country = read_country(self.code)
        place = f"country {country or self.number}"
        keys = self.members.get("keys")
        if not isinstance(keys, list):
            reason = "keys: expected an array"
            yield SetAside(b"", country, source(self.origin, place), reason)
            keys = []
        restrictions = self.restrictions()
        seen = set()
        for number, jwk in enumerate(keys, start=1):
            members = jwk if isinstance(jwk, dict) else {}
            kid = read_kid(members.get("kid"))
            seen.add(kid)
            where = f"{place}, key {number}"
            usages = restrictions if isinstance(restrictions, str) else restrictions.get(kid)
            if country is None:
                usages = "country: expected a code of two letters"
            if isinstance(usages, str):
                yield SetAside(kid, country, source(self.origin, where), usages)
                continue
            published = Published(self.origin, role="signer", country=country, usages=usages)
            yield read_key(members, kid, published, where)
        if not isinstance(restrictions, str):
            for kid in restrictions:
                if not kid or kid not in seen:
                    reason = "eku: of a key that is not there"
                    yield SetAside(kid, country, source(self.origin, place), reason)

    def restrictions(self) -> dict[bytes, frozenset[Usage] | str] | str:
        """What each key may sign, by kid; in the place of either, why that cannot be told."""
        eku = self.members.get("eku", {})
        if not isinstance(eku, dict):
            return "eku: what the keys of its country may sign cannot be read"
        found: dict[bytes, frozenset[Usage] | str] = {}
        for text, oids in eku.items():
            kid = read_kid(text)
            if kid in found:
                found[kid] = "eku: there more than once for this key"
            elif isinstance(oids, list) and all(isinstance(oid, str) for oid in oids):
                found[kid] = usages_from_oids(oids)
            else:
                found[kid] = "eku: expected an array of object identifiers"
        return found


def _is_swedish_list(content: Content) -> bool:
    return b'"dsc_trust_list"' in payload_start(content)


SWEDISH_LIST: Final = Format(_NAME, _is_swedish_list, read_swedish_list, is_signed=True)
