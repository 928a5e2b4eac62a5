"""A vector as judges see it: taken apart by `base45`, `zlib` and `cbor2`."""

from __future__ import annotations

import zlib
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import base45
import cbor2


@dataclass(frozen=True)
class Parts:
    """A COSE_Sign1 message.

    Attributes:
        header: Both header maps, the protected one before the other.
        to_be_signed: What the signature covers.
        payload: The encoded claims.
        signature: The signature.
    """

    header: dict[Any, Any]
    to_be_signed: bytes
    payload: bytes
    signature: bytes


@dataclass(frozen=True)
class TrustedKey:
    """A key that a vector names."""

    name: str
    kid: str
    algorithm: str | None
    jwk: dict[str, str]
    certificate: bytes | None
    country: str | None


class Case:
    """One vector, and the keys that it names."""

    def __init__(self, vector: dict[str, Any], keys: dict[str, Any]) -> None:
        self.id: str = vector["id"]
        self.op: str = vector["op"]
        self.input: dict[str, Any] = vector["input"]
        self.code: str | None = vector["expect"].get("reject")
        self.value: dict[str, Any] = vector["expect"].get("accept", {})
        self.trust = [_key(name, keys[name]) for name in self.input.get("trust", ())]
        self.authorities = [_key(name, keys[name]) for name in self.input.get("authorities", ())]
        named = [self.input.get(member) for member in ("signer", "certificate_of")]
        self.signers = [_key(name, keys[name]) for name in named if name and self.op == "issue"]

    @property
    def is_health_certificate(self) -> bool:
        """Whether it asks for the verification of a text that is one, or should be one."""
        return self.op == "verify" and self.input["text"].startswith("HC1:")

    @property
    def at(self) -> float:
        """The moment, in seconds since 1970."""
        return datetime.fromisoformat(self.input["at"]).timestamp()

    @cached_property
    def message(self) -> bytes | None:
        """The encoded message; None where `base45` or `zlib` refuse the text."""
        try:
            return zlib.decompress(base45.b45decode(self.input["text"][4:]))
        except (ValueError, zlib.error):
            return None

    @cached_property
    def parts(self) -> Parts | None:
        """The message taken apart; None where it is none of four parts of the right kinds."""
        try:
            item = cbor2.loads(self.message or b"")
            while isinstance(item, cbor2.CBORTag):
                item = item.value
            protected, unprotected, payload, signature = item
            header = {**unprotected, **(cbor2.loads(protected) if protected else {})}
            covered = b"" if protected == b"\xa0" else protected
            signed = cbor2.dumps(["Signature1", covered, b"", payload])
        except (cbor2.CBORError, ValueError, TypeError):
            return None
        kinds = [type(one) for one in (protected, payload, signature)]
        return Parts(header, signed, payload, signature) if kinds == [bytes] * 3 else None

    @cached_property
    def claims(self) -> Any:
        """The claims; None where they cannot be read."""
        try:
            return cbor2.loads(self.parts.payload) if self.parts else None
        except (cbor2.CBORError, ValueError):
            return None

    @property
    def candidates(self) -> list[TrustedKey]:
        """The trusted keys with the key identifier of the message."""
        kid = self.parts.header.get(4) if self.parts else None
        return [key for key in self.trust if isinstance(kid, bytes) and key.kid == kid.hex()]


def _key(name: str, key: dict[str, Any]) -> TrustedKey:
    der = b64decode(key["certificate"]) if key["certificate"] else None
    return TrustedKey(name, key["kid"], key["algorithm"], key["jwk"], der, key["country"])
