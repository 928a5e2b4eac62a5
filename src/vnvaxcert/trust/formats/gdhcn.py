"""The lists of WHO's network (GDHCN): DID documents, versions 1 and 2.

Each verification method is a certificate (``x5c``) with the same key in numbers beside it, or the
numbers alone. The certificate is what counts: the numbers come from software that adds or loses
zero bytes and has no name for curves other than P-256; but they may not contradict it.

Version 2 says for which domain, of which participant and for what a key is, and holds signers
(``DSC``), authorities (``SCA``) and keys that sign neither. Version 1 holds signers, and names
the participant in the id.

The certificates behind the first of an ``x5c`` are no entries: they show who issued the first,
and do not say that the network has admitted them. Version 2 lists the authorities it admits.

The ``proof`` of a document is not checked. It is over the document's RDF in canonical order
(URDNA2015), for which JSON-LD has to be expanded with contexts that are no part of the document;
and where the production list says its key is, none was to be found in August 2026. So a key to
check it with is refused, and ``created``, which the proof alone would vouch for, is not believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import (
    Entry,
    Published,
    Role,
    SetAside,
    TrustedKey,
    decode_base64,
    source,
)
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_country, read_kid
from vnvaxcert.trust.jwk import JwkError, read_jwk
from vnvaxcert.trust.reading import Reading

_NAME: Final = "GDHCN DID document"
_METHODS: Final = "verificationMethod"
_DOMAIN: Final = "DCC"  # of what this library verifies; "-" in a path means all domains
_ALL: Final = "-"
_ROLES: Final[dict[str, Role]] = {"DSC": "signer", "SCA": "authority", "CSCA": "authority"}
_OF_VERSION_2: Final = ("domain", "participant", "keyusage")
_LONGEST_CODE: Final = 32  # that is shown in a message

# Version 1 has ids that end in this, the participant, "#" and the kid.
_LIST: Final = ":trustlist:"

_P256: Final = "P-256"
_CURVES: Final = {"secp256r1": _P256, "secp384r1": "P-384", "secp521r1": "P-521"}

_LONGEST_NUMBER: Final = 4096  # characters; an RSA modulus of 8192 bits has 1,366


class _Unusable(ValueError):
    """A verification method cannot be used; the text says why."""


def read_document(content: Content, context: Context) -> Reading:
    """Read the verification methods of a DID document.

    Usable are signers and authorities of the domain DCC, or of all. Whatever is for another
    domain or use, names its kid in two ways that differ, or is a mere reference to another
    document, is set aside. References are never followed: the production list leads to test keys.

    Args:
        content: The JSON.
        context: What is known of the list.

    Raises:
        TrustListFormatError: No such array, or more than `MAX_ENTRIES` methods.

    Spec: W3C DID 1.0 §5.2; RFC 7517 §4.7 (x5c); WHO Smart Trust, trust lists versions 1 and 2.
    """
    document = content.document
    methods = document.get(_METHODS) if isinstance(document, dict) else None
    if not isinstance(methods, list):
        raise TrustListFormatError(_NAME, _METHODS, "expected an array")
    if len(methods) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, _METHODS, f"more than {MAX_ENTRIES} methods")
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for number, method in enumerate(methods, start=1):
        kid, country = b"", None
        try:
            if isinstance(method, str):
                raise _Unusable("a reference to another document, which is not followed")
            if not isinstance(method, dict):
                raise _Unusable("not an object")
            kid, country = _kid_in_id(method), _participant(method)
            usable.append(_entry(method, kid, country, context.name, number))
        except _Unusable as problem:
            aside.append(SetAside(kid, country, source(context.name, number), str(problem)))
    return Reading(usable, aside)


def _entry(
    method: Mapping[str, object], kid: bytes, country: str | None, origin: str, number: int
) -> Entry:
    role = _role(method, country)
    jwk = method.get("publicKeyJwk")
    if not isinstance(jwk, dict):
        raise _Unusable("publicKeyJwk: missing, or not an object")
    if "d" in jwk:  # every private key has it (RFC 7518 §6.2.2, §6.3.2)
        raise _Unusable("publicKeyJwk: a private key")
    if jwk.get("kid") is not None:
        kid_of_key = read_kid(jwk["kid"])
        if kid and kid != kid_of_key:
            raise _Unusable("the kid of its id and that of its JWK differ")
        kid = kid_of_key
    if not kid:
        raise _Unusable("kid: missing, empty or not Base64")
    numbers = {name: value for name, value in jwk.items() if name != "x5c"}
    chain = jwk.get("x5c")
    if chain is None:
        return _Method(kid, b"", Published(origin, "key", role, country), number, numbers)
    if not (isinstance(chain, list) and chain and isinstance(chain[0], str) and chain[0]):
        raise _Unusable("x5c: not an array of certificates")
    published = Published(origin, "certificate", role, country)
    return _Method(kid, chain[0], published, number, numbers)


def _role(method: Mapping[str, object], country: str | None) -> Role:
    """Signer or authority, if it is of this domain and either.

    Raises:
        _Unusable: It is not.
    """
    if not any(name in method for name in _OF_VERSION_2):
        if country is None:
            raise _Unusable("neither a keyusage nor an id of version 1 of the lists")
        return "signer"
    if "domain" in method and (domain := _code(method, "domain")) not in (_DOMAIN, _ALL):
        raise _Unusable(f"for another domain: {domain[:_LONGEST_CODE]!a}")
    usage = _code(method, "keyusage")
    if usage not in _ROLES:
        raise _Unusable(f"neither signer nor authority: keyusage {usage[:_LONGEST_CODE]!a}")
    return _ROLES[usage]


def _participant(method: Mapping[str, object]) -> str | None:
    """Three letters, upper case; None where there are none."""
    if "participant" in method:
        return read_country(_code(method, "participant"))
    return read_country(_before(method).rpartition(_LIST)[2].upper())


def _code(method: Mapping[str, object], name: str) -> str:
    """The code of a member such as ``{"code": "#DCC"}``, upper case; empty without one."""
    member = method.get(name)
    code = member.get("code") if isinstance(member, dict) else None
    return code.rpartition("#")[2].upper() if isinstance(code, str) else ""


def _before(method: Mapping[str, object]) -> str:
    """The id without its fragment."""
    name = method.get("id")
    return name.partition("#")[0] if isinstance(name, str) else ""


def _kid_in_id(method: Mapping[str, object]) -> bytes:
    """The kid in the fragment of the id, percent-encoded or not; empty where there is none."""
    name = method.get("id")
    fragment = name.partition("#")[2] if isinstance(name, str) else ""
    if "%" in fragment:
        from urllib.parse import unquote  # takes a millisecond to import; older lists only

        fragment = unquote(fragment)
    return read_kid(fragment)


class _Method(Entry):
    """An entry with the numbers of its key, which are looked at when the key is looked up."""

    __slots__ = ("_jwk",)

    def __init__(
        self,
        kid: bytes,
        material: bytes | str,
        published: Published,
        place: str | int,
        jwk: Mapping[str, object],
    ) -> None:
        super().__init__(kid, material, published, place)
        self._jwk = jwk

    def identity(self) -> tuple[object, ...]:
        # Else a method would be dropped for repeating one whose numbers contradict it.
        return (*super().identity(), *sorted(_claims(self._jwk).items()))

    def _der(self) -> bytes:
        if self.published.form == "certificate":
            return super()._der()
        try:
            return read_jwk(self._jwk)
        except JwkError as error:
            raise DerError(f"publicKeyJwk: {error}") from error

    def _parsed(self) -> TrustedKey | SetAside:
        outcome = super()._parsed()
        if isinstance(outcome, TrustedKey) and outcome.facts is not None:
            differing = _differences(_claims(self._jwk), outcome.public_key)
            if differing:
                reason = f"its JWK contradicts its certificate: {', '.join(differing)}"
                return SetAside(self.kid, outcome.country, self.source, reason)
        return outcome


def _claims(jwk: Mapping[str, object]) -> dict[str, str]:
    """What a JWK says of its key, numbers in hexadecimal; "?" for what cannot be read."""
    claims = {}
    for name in ("kty", "crv", "x", "y", "n", "e"):
        value = jwk.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
            claims[name] = "?"
        elif name in ("kty", "crv"):
            claims[name] = value
        else:
            try:
                claims[name] = f"{int.from_bytes(decode_base64(value), 'big'):x}"
            except ValueError:
                claims[name] = "?"
    return claims


def _differences(claims: Mapping[str, str], key: PublicKey) -> list[str]:
    """The members of a JWK that are not of this key. What it does not say contradicts nothing."""
    if isinstance(key, EllipticCurvePublicKey):
        point, curve = key.public_numbers(), _CURVES.get(key.curve.name, "")
        own = {"kty": "EC", "crv": curve, "x": f"{point.x:x}", "y": f"{point.y:x}"}
        named = claims.get("crv", "")
        if curve != _P256 and named not in _CURVES.values():
            # The publisher's software knows the name of P-256 alone, and writes "UNKNOWN CURVE"
            # for all others. Beside a certificate on P-256 that is a contradiction.
            own["crv"] = named
    else:
        numbers = key.public_numbers()
        own = {"kty": "RSA", "n": f"{numbers.n:x}", "e": f"{numbers.e:x}"}
    return [name for name, value in claims.items() if own.get(name) != value]


def _is_did_document(content: Content) -> bool:
    document = content.document
    return isinstance(document, dict) and _METHODS in document


GDHCN: Final = Format(_NAME, _is_did_document, read_document)
