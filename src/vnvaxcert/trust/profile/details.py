"""What a profile asks of a certificate beyond its facts (RFC 5280 §4.2).

Read from the DER, so that a certificate that a strict parser refuses is checked like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from vnvaxcert.trust import der
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.der import DerError

BASIC_CONSTRAINTS: Final = "2.5.29.19"
KEY_USAGE: Final = "2.5.29.15"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
_AUTHORITY_INFORMATION: Final = "1.3.6.1.5.5.7.1.1"
_OCSP: Final = bytes.fromhex("2b06010505073001")  # 1.3.6.1.5.5.7.48.1

_URI: Final = 0x86  # uniformResourceIdentifier of a GeneralName
_EXTENSIONS: Final = 0xA3


class Details(NamedTuple):
    """Extensions, as far as rules need them.

    Attributes:
        present: Dotted object identifiers of all extensions.
        critical: Those of them that are marked critical.
        crl_addresses: Where the issuer's revocation lists are; None where the extension is there
            and cannot be read.
        ocsp_addresses: Where its status service answers; None likewise.
    """

    present: frozenset[str]
    critical: frozenset[str]
    crl_addresses: tuple[str, ...] | None
    ocsp_addresses: tuple[str, ...] | None


def read_details(certificate: CertificateFacts) -> Details:
    """Read the extensions of a certificate.

    Args:
        certificate: Its facts; `read_certificate` has walked the same bytes before, so that
            their outer structure is known to be good.

    Spec: RFC 5280 §4.2.1.13, §4.2.2.1.
    """
    tbs = certificate.tbs
    what = "extensions"
    values: dict[str, tuple[int, int]] = {}
    critical = set()
    start, end = der.only(tbs, 0, len(tbs), der.SEQUENCE, what)
    tag, start, end = der.elements(tbs, start, end, what)[-1]
    if tag == _EXTENSIONS:
        start, end = der.only(tbs, start, end, der.SEQUENCE, what)
        for _, at, stop in der.elements(tbs, start, end, what):
            oid, *flag, value = der.elements(tbs, at, stop, what)
            name = _dotted(tbs[oid[1] : oid[2]])
            values[name] = value[1:]
            if flag and tbs[flag[0][1] : flag[0][2]] != b"\0":
                critical.add(name)
    return Details(
        frozenset(values),
        frozenset(critical),
        _addresses(tbs, values.get(_CRL_DISTRIBUTION_POINTS), _crl_addresses),
        _addresses(tbs, values.get(_AUTHORITY_INFORMATION), _ocsp_addresses),
    )


def _dotted(oid: bytes) -> str:
    try:
        return der.object_identifier(oid, "")
    except DerError:  # nobody has decoded it so far, and it is none that a rule asks for
        return f"#{oid.hex()}"


def _addresses(
    data: bytes,
    place: tuple[int, int] | None,
    read: Callable[[bytes, int, int], list[str]],
) -> tuple[str, ...] | None:
    if place is None:
        return ()
    try:
        return tuple(read(data, *der.only(data, *place, der.SEQUENCE, "addresses")))
    except DerError:
        return None


def _crl_addresses(data: bytes, at: int, end: int) -> list[str]:
    """DistributionPoint: [0] DistributionPointName: [0] fullName: URIs among the names."""
    what = "CRL distribution points"
    found = []
    for _, start, stop in der.elements(data, at, end, what):
        for tag, inner, inner_end in der.elements(data, start, stop, what):
            if tag != 0xA0:
                continue
            for form, names, names_end in der.elements(data, inner, inner_end, what):
                if form == 0xA0:
                    found += _uris(data, names, names_end, what)
    return found


def _ocsp_addresses(data: bytes, at: int, end: int) -> list[str]:
    """AccessDescription: method and place."""
    what = "authority information access"
    found = []
    for _, start, stop in der.elements(data, at, end, what):
        method, method_end = der.expect(data, start, stop, der.OBJECT_IDENTIFIER, what)
        if data[method:method_end] == _OCSP:
            found += _uris(data, method_end, stop, what) or ["an address of another kind"]
    return found


def _uris(data: bytes, at: int, end: int, what: str) -> list[str]:
    return [
        data[start:stop].decode("latin-1")
        for tag, start, stop in der.elements(data, at, end, what)
        if tag == _URI
    ]


def attributes(name: str) -> list[tuple[str, str]]:
    """Take a name of RFC 4514 apart: its attributes, types as written and values plain."""
    found: list[tuple[str, str]] = []
    kind, part, is_escaped = "", [""], False
    for character in f"{name},":
        if is_escaped:
            part.append(character)
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character in ",+":
            found.append((kind, "".join(part)))
            kind, part = "", []
        elif character == "=" and not kind:
            kind, part = "".join(part), []
        else:
            part.append(character)
    return found
