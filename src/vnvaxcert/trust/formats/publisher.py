"""Who published a list: its own signature, checked with what the caller gave for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import ChainError, InvalidSignatureError, TrustListSignatureError
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.chain import find_authority
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.formats.content import Context

_SIGNER: Final = "certificate of its signer"


def authenticate(
    context: Context,
    format_name: str,
    check: Callable[[PublicKey], None],
    certificates: Sequence[bytes] = (),
) -> bool:
    """Check a list's own signature as far as the caller gave something to check it with.

    With a signing key the signature has to be of that key, whatever certificates came along. With
    authorities, the first certificate that came along has to chain to one of them, by way of the
    others if need be, and the signature has to be of its key; where a moment is given, it has to
    be valid then. With both, both.

    Args:
        context: What the caller gave.
        format_name: For the errors.
        check: Checks the signature with a key; raises `InvalidSignatureError`, or
            `TrustListSignatureError` to say it better: a key of another kind for one.
        certificates: What the list brings along, DER: its signer's, then any between that one
            and an authority.

    Returns:
        Whether anything was checked; False when the caller gave nothing.

    Raises:
        TrustListSignatureError: The signature is not that of the key; there are authorities and
            no certificate came along, it cannot be read, was not valid, or chains to none of
            them.
    """
    if context.signing_key is not None:
        _check(format_name, check, context.signing_key, "the key given")
    if context.authorities is not None:
        if not certificates:
            raise TrustListSignatureError(
                format_name, "", "no certificate of its signer came along; give a signing key"
            )
        try:
            signer, *between = map(read_certificate, certificates)
            _check_validity(signer, context.at, format_name)
            find_authority(signer, context.authorities, context.at, between=between)
            key = signer.public_key
        except (DerError, ChainError) as error:
            reason = error.reason if isinstance(error, ChainError) else str(error)
            raise TrustListSignatureError(format_name, _SIGNER, reason) from error
        _check(format_name, check, key, "the certificate that came along")
    return context.asks_for_a_signature


def _check_validity(signer: CertificateFacts, at: datetime | None, format_name: str) -> None:
    """Refuse a signer that was not valid; a key given by itself is the caller's to judge."""
    if at is None:
        return
    if at > signer.not_after:
        reason = f"it expired on {signer.not_after:%Y-%m-%d}"
    elif at < signer.not_before:
        reason = f"it is valid only from {signer.not_before:%Y-%m-%d} on"
    else:
        return
    raise TrustListSignatureError(format_name, _SIGNER, reason)


def _check(
    format_name: str, check: Callable[[PublicKey], None], key: PublicKey, whose: str
) -> None:
    try:
        check(key)
    except InvalidSignatureError as error:
        raise TrustListSignatureError(
            format_name, "", f"the signature is not that of {whose} over this list"
        ) from error
