"""The certificate code (item 11, ``ci``): the same at each renewal, another after a correction.

It is computed from what is certified and whose it is, under a key of the issuer's. So no register
is needed to find it again; a program that was stopped and starts anew gives the same; and without
the key it tells nothing, not even whether a certain person's certificate has it.

Spec: Decision 5772/QĐ-BYT, item 11; UVCI 1.01; RFC 2104; spec/viet-nam.md §4.
"""

from __future__ import annotations

import hmac
from typing import Final

from vnvaxcert.codec import cbor
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema import uvci
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.vietnam.passport.national_claim import NationalClaim, to_claim

MIN_IDENTIFIER_KEY_BYTES: Final = 32
"""Bytes of the issuer's key, as many as SHA-256 gives (RFC 2104 §3). It is random and secret."""

_HEX_DIGITS: Final = 32  # 128 bits, as the official sample has it


def certificate_id(
    identity_number: str,
    certificate: HealthCertificate,
    *,
    key: bytes,
    country: str = "VN",
    national: NationalClaim | None = None,
) -> str:
    """Compute the identifier of a certificate.

    Args:
        identity_number: Of the holder, without spaces: CCCD, CMND or passport.
        certificate: What is certified, ICAO names included, vaccinations at any rate. ``ci`` and
            the schema version do not count.
        key: The issuer's secret, at least `MIN_IDENTIFIER_KEY_BYTES` bytes. With another key all
            identifiers are others.
        country: Issuing state, two capitals.
        national: The national claim that goes with it, where one does.

    Returns:
        ``URN:UVCI:01:VN:``, 32 hexadecimal digits in capitals, ``#`` and the check character.

    Raises:
        TypeError: The key is no bytes.
        ValueError: It is too short; another country; or a certificate without vaccinations.

    Spec: spec/viet-nam.md §4; RFC 8949 §4.2.1.
    """
    return uvci.make(country, opaque_part(identity_number, certificate, key=key, national=national))


def opaque_part(
    identity_number: str,
    certificate: HealthCertificate,
    *,
    key: bytes,
    national: NationalClaim | None = None,
) -> str:
    """The 32 digits of `certificate_id`; its arguments and errors."""
    check_identifier_key(key)
    content = dcc.serialize(certificate)
    if "v" not in content:
        raise ValueError("certificate: expected one of vaccinations")
    del content["ver"]  # a newer version of the schema is no other certificate
    content["v"] = [
        {name: value for name, value in entry.items() if name != "ci"} for entry in content["v"]
    ]
    parts: list[object] = [identity_number, content]
    if national is not None:
        parts.append(to_claim(national))
    digest = hmac.digest(key, cbor.encode(parts), "sha256")
    return digest.hex().upper()[:_HEX_DIGITS]


def check_identifier_key(key: bytes) -> None:
    """Refuse what is no key for identifiers.

    Raises:
        TypeError: It is no bytes.
        ValueError: It is too short.
    """
    if not isinstance(key, bytes):
        raise TypeError(f"identifier_key: expected bytes, not {type(key).__name__}")
    if len(key) < MIN_IDENTIFIER_KEY_BYTES:
        raise ValueError(f"identifier_key: expected at least {MIN_IDENTIFIER_KEY_BYTES} bytes")
