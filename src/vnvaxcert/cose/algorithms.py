"""The signature algorithms of certificates (RFC 9053 §2.1, RFC 8230 §2), by COSE number."""

from __future__ import annotations

from enum import IntEnum


class Algorithm(IntEnum):
    """``alg`` values of the IANA registry "COSE Algorithms" that this library verifies.

    HCERT §3.3.2 names ES256 (primary) and PS256 (secondary); Viet Nam's own keys are RSA, so
    theirs are PS256. ES384 and ES512 are what VDS-NC seals may use besides.
    """

    ES256 = -7
    ES384 = -35
    ES512 = -36
    PS256 = -37

    __hash__ = int.__hash__  # an Enum's own is a Python function; tables are looked up often

    def __str__(self) -> str:
        return self.name


# Bytes of r || s (RFC 9053 §2.1). A PS256 signature is as long as the key's modulus.
ECDSA_SIGNATURE_BYTES = {Algorithm.ES256: 64, Algorithm.ES384: 96, Algorithm.ES512: 132}
