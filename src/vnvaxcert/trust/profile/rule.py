"""What a rule is: a name, a clause, and a function that looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust.profile.case import Case, Verdict
from vnvaxcert.trust.profile.clauses import Clause
from vnvaxcert.trust.profile.finding import Level


class Rule(NamedTuple):
    """A rule about a certificate."""

    name: str
    level: Level
    clause: Clause
    look: Callable[[Case], Verdict]
    expected: str


class KeyRule(NamedTuple):
    """A rule about a public key, which a bare key has too."""

    name: str
    level: Level
    clause: Clause
    look: Callable[[PublicKey], Verdict]
    expected: str


_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def key_words(key: PublicKey) -> str:
    """A key in a word, as people write it: ``"P-256"``, ``"RSA-2048"``."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, key.curve.name)
    return f"RSA-{key.key_size}"
