"""The keys that vectors name: who they belong to, and the certificates over them.

AQ is Antarctica, a code of the value sets and no state; XA, XB, ... are codes that ISO 3166 gives
to nobody. A suite that needs more of them adds them with `add`.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from vectors.certificates import Certified, certify
from vectors.private import PrivateKey, ec_key, jwk, raw_signature, rsa_key

_ALGORITHMS: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

COSE_NUMBERS: Final = {"ES256": -7, "ES384": -35, "ES512": -36, "PS256": -37}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One entry of ``keys.json``.

    Attributes:
        name: What vectors call it.
        private: Made for tests, and published with them.
        kid: The one under which it stands in a trust list.
        country: Of its owner.
        roles: What for: ``signer``, ``authority``, ``seal-signer``, ...
        certificate: DER; None for a bare key.
    """

    name: str
    private: PrivateKey
    kid: bytes
    country: str
    roles: tuple[str, ...]
    certificate: bytes | None = None

    @property
    def algorithm(self) -> str | None:
        """The COSE algorithm of its signatures; None for a curve that has none here."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return "PS256"
        return _ALGORITHMS.get(self.private.curve.name)

    @property
    def certified(self) -> Certified:
        """The key with its certificate, to sign other certificates with.

        Raises:
            ValueError: It is a bare key.
        """
        if self.certificate is None:
            raise ValueError(f"{self.name} has no certificate")
        return Certified(self.private, self.certificate)

    def sign(self, data: bytes) -> bytes:
        """A signature as COSE has it."""
        return raw_signature(self.private, data)

    def document(self) -> dict[str, Any]:
        """As it stands in ``keys.json``."""
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "kid": self.kid.hex(),
            "country": self.country,
            "algorithm": self.algorithm,
            "roles": list(self.roles),
            "certificate": b64encode(self.certificate).decode() if self.certificate else None,
            "jwk": jwk(self.private),
            "private_key_made_for_tests": pem.decode("ascii"),
        }


KEYS: Final[dict[str, Key]] = {}


def add(
    name: str,
    private: PrivateKey,
    certified: Certified | None = None,
    *,
    country: str = "AQ",
    roles: tuple[str, ...] = ("signer",),
    kid: bytes | None = None,
) -> Key:
    """Add a key under a new name.

    Args:
        name: Small letters, digits and hyphens; ``dsc-...`` for signers, ``csca-...`` for
            authorities.
        private: Its private key.
        certified: Its certificate.
        country: Of its owner.
        roles: What for.
        kid: By default the first 8 bytes of the SHA-256 of its certificate (HCERT A.1), or, of a
            bare key, of its name.

    Raises:
        ValueError: Another key has the name. The same may be added again: a book made twice in
            one process does.
    """
    certificate = certified.certificate if certified else None
    digest = sha256(certificate or name.encode()).digest()
    key = Key(
        name=name,
        private=private,
        kid=kid or digest[:8],
        country=country,
        roles=roles,
        certificate=certificate,
    )
    if KEYS.setdefault(name, key).document() != key.document():
        raise ValueError(f"two keys of the name {name}")
    return KEYS[name]


def add_authority(name: str, private: PrivateKey, country: str = "AQ", **options: Any) -> Key:
    """Add a country authority that certified itself; options are those of `certify`."""
    certified = certify(private, name, country, is_authority=True, **options)
    return add(name, private, certified, country=country, roles=("authority",))


def add_signer(
    name: str, private: PrivateKey, issuer: Key, country: str = "AQ", **options: Any
) -> Key:
    """Add a signer certified by an authority; options are those of `certify`."""
    certified = certify(private, name, country, issuer=issuer.certified, **options)
    return add(name, private, certified, country=country)


# --- those that most vectors use -----------------------------------------------------------------

CSCA_AQ: Final = add_authority("csca-aq", ec_key("csca-aq"))
CSCA_XA: Final = add_authority("csca-xa", ec_key("csca-xa", ec.SECP384R1), "XA")

P256: Final = add_signer("dsc-aq-p256", ec_key("dsc-aq-p256"), CSCA_AQ)
P384: Final = add_signer("dsc-aq-p384", ec_key("dsc-aq-p384", ec.SECP384R1), CSCA_AQ)
P521: Final = add_signer("dsc-aq-p521", ec_key("dsc-aq-p521", ec.SECP521R1), CSCA_AQ)
RSA2048: Final = add_signer("dsc-aq-rsa2048", rsa_key("dsc-aq-rsa2048"), CSCA_AQ)
RSA3072: Final = add_signer("dsc-aq-rsa3072", rsa_key("dsc-aq-rsa3072"), CSCA_AQ)
RSA1024: Final = add_signer("dsc-aq-rsa1024", rsa_key("dsc-aq-rsa1024"), CSCA_AQ)
ABROAD: Final = add_signer("dsc-xa-p256", ec_key("dsc-xa-p256"), CSCA_XA, "XA")
BARE: Final = add("dsc-aq-bare", ec_key("dsc-aq-bare"))

# Nobody trusts it: it signs what others are said to have signed.
STRANGER: Final = add("stranger-p256", ec_key("stranger-p256"), roles=("stranger",))
