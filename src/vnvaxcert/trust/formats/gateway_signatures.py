"""Who signed what on the gateway's list: its trust anchor, and each country's uploader.

The anchor, a key kept offline, signs what lets a country take part: the certificates of its
authorities (CSCA), of its uploaders (UPLOAD) and of its connection (AUTHENTICATION). A country
signs its own signers (DSC) with an uploader's key. Each signature is one of CMS over the
certificate of its entry, kept beside it.

Nothing signs the list as a whole, or what an entry says besides its certificate: who keeps back
entries, or an old list, is not found out by this. What the anchor signed as an uploader's must not
come back as an authority's: that is told by the certificate itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import InvalidSignatureError, TrustListSignatureError
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.cms import CmsError, SignedData, read_signed_data
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import decode_base64
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.formats.signed_message import certificates_of

_BY_ANCHOR: Final = ("UPLOAD", "CSCA", "AUTHENTICATION")
_BY_UPLOADER: Final = "DSC"

# One signs as a rule, here always. Any number of bad signatures can be put before a good one of an
# entry, for each of 20,000 entries.
MAX_ENTRY_SIGNERS: Final = 2

_AUTHORITY: Final = "CSCA"
_NO_AUTHORITY: Final = "its certificate is not that of an authority, whatever the list calls it"
_SHA1: Final = "its signature is made over SHA-1, which is not accepted"


class SignedEntry(NamedTuple):
    """What of an entry has to do with its signature.

    Attributes:
        kind: ``certificateType``, None where it is no text.
        country: As published.
        certificate: ``rawData``, Base64.
        signature: Base64 of the signature of CMS.
    """

    kind: str | None
    country: str | None
    certificate: str | bytes | None
    signature: str | bytes | None


class Outcome(NamedTuple):
    """What became of an entry.

    Attributes:
        certificate: The certificate whose signature was checked, DER; empty for an entry of a
            type that nobody signs or uses.
        refusal: Why it must not be used all the same, in words; empty where it may.
    """

    certificate: bytes = b""
    refusal: str = ""


class _Signed(NamedTuple):
    """An entry that has to be signed."""

    number: int
    kind: str
    country: str | None
    certificate: bytes
    message: SignedData


def check_signatures(
    entries: Sequence[SignedEntry], context: Context, format_name: str
) -> list[Outcome]:
    """Check who signed each entry.

    A signer's (DSC) has to be signed by an uploader of its country that is on the list too; the
    country of an uploader is the one in its certificate, which the anchor signed, and not the one
    published beside it. An uploader that has expired counts: what it signed, it signed before.
    (The gateway's own client library notices a signature that is wrong, and goes on.)

    Args:
        entries: All of the list.
        context: With the trust anchor's key, or authorities that certified its certificate.
        format_name: For the errors.

    Returns:
        One for each entry. Good signatures over SHA-1 are refused; those of Norway were. So is an
        authority (CSCA) whose certificate does not say that it is one.

    Raises:
        TrustListSignatureError: The signature of an entry, which is named, is missing, no
            signature of CMS, of more than `MAX_ENTRY_SIGNERS`, or wrong; its certificate is missing
            or not Base64; there is no uploader of its country. No entry is signed by the anchor, so
            that nothing shows whose uploads these are.
    """
    read = [
        _signed(entry, number, format_name)
        for number, entry in enumerate(entries, start=1)
        if entry.kind in _BY_ANCHOR or entry.kind == _BY_UPLOADER
    ]
    outcomes = [Outcome()] * len(entries)
    by_anchor = [one for one in read if one.kind in _BY_ANCHOR]
    if not by_anchor:
        raise TrustListSignatureError(
            format_name,
            "",
            "no entry is signed by the trust anchor: signers (DSC) can be checked only together "
            "with the UPLOAD certificates of their countries",
        )

    def check(key: PublicKey) -> None:
        for one in by_anchor:
            refusal = _refusal(one, [key], "the trust anchor", format_name)
            if one.kind == _AUTHORITY and not refusal:
                refusal = _refusal_of_authority(one.certificate)
            outcomes[one.number - 1] = Outcome(one.certificate, refusal)

    authenticate(context, format_name, check, certificates_of(by_anchor[0].message))
    uploaders = _uploaders([one for one in by_anchor if not outcomes[one.number - 1].refusal])
    for one in read:
        if one.kind == _BY_UPLOADER:
            keys = _keys_for(one, uploaders, format_name)
            refusal = _refusal(one, keys, "an uploader of its country", format_name)
            outcomes[one.number - 1] = Outcome(one.certificate, refusal)
    return outcomes


def _signed(entry: SignedEntry, number: int, format_name: str) -> _Signed:
    place = f"entry {number}"
    try:
        certificate = decode_base64(entry.certificate or b"")
        if certificate[:1] != b"\x30":
            raise ValueError("no certificate")
    except ValueError as error:
        raise TrustListSignatureError(
            format_name, place, "rawData: expected a certificate in Base64"
        ) from error
    if not entry.signature:
        raise TrustListSignatureError(format_name, place, "signature: missing")
    try:
        message = read_signed_data(decode_base64(entry.signature), "signature")
    except CmsError as error:
        raise TrustListSignatureError(format_name, place, str(error)) from error
    except ValueError as error:
        raise TrustListSignatureError(
            format_name, place, "signature: expected a signature of CMS in Base64"
        ) from error
    if len(message.signers) > MAX_ENTRY_SIGNERS:
        raise TrustListSignatureError(
            format_name, place, f"signature: more than {MAX_ENTRY_SIGNERS} signers"
        )
    return _Signed(number, str(entry.kind), entry.country, certificate, message)


def _refusal(one: _Signed, keys: Sequence[PublicKey], whose: str, format_name: str) -> str:
    """Check the signature; gives why a good one is not accepted.

    Raises:
        TrustListSignatureError: It is that of none of the keys.
    """
    reason = f"the signature is not that of {whose} over this certificate"
    for refusal in ("", _SHA1):
        for key in keys:
            try:
                one.message.verify(key, one.certificate, accept_sha1=bool(refusal))
            except InvalidSignatureError:
                continue
            except CmsError as error:
                if refusal:
                    reason = f"the signature cannot be checked: {error}"
                continue
            return refusal
    raise TrustListSignatureError(format_name, f"entry {one.number}", reason)


def _refusal_of_authority(certificate: bytes) -> str:
    """Why a certificate must not count as an authority's; empty where it may.

    The anchor's signature does not cover the type of an entry.
    """
    try:
        return "" if read_certificate(certificate).is_ca else _NO_AUTHORITY
    except DerError:
        return ""  # set aside for what is wrong with it


def _uploaders(entries: Sequence[_Signed]) -> dict[str, list[CertificateFacts]]:
    """The uploaders' certificates that the anchor signed, by country, each once."""
    found: dict[bytes, CertificateFacts] = {}
    for one in entries:
        if one.kind == "UPLOAD":
            try:
                found[one.certificate] = read_certificate(one.certificate)
            except DerError:
                continue  # set aside as a type that signs nothing, in any case
    by_country: dict[str, list[CertificateFacts]] = {}
    for facts in found.values():
        by_country.setdefault((facts.country or "").upper(), []).append(facts)
    return by_country


def _keys_for(
    one: _Signed, uploaders: dict[str, list[CertificateFacts]], format_name: str
) -> list[PublicKey]:
    """The keys of the uploaders that a signer's signature names or brings along."""
    place = f"entry {one.number}"
    of_country = uploaders.get((one.country or "").upper())
    if not one.country or not of_country:
        raise TrustListSignatureError(
            format_name, place, "there is no usable UPLOAD certificate of its country on the list"
        )
    keys = []
    for facts in of_country:
        if facts.der in one.message.certificates or any(
            signer.is_of(facts) for signer in one.message.signers
        ):
            try:
                keys.append(facts.public_key)
            except DerError:
                continue
    if not keys:
        raise TrustListSignatureError(
            format_name, place, "signed by none of the UPLOAD certificates of its country"
        )
    return keys
