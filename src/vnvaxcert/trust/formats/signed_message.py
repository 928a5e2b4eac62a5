"""Lists signed with CMS: the signature checked, and who made it."""

from __future__ import annotations

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust.cms import CmsError, SignedData, Signer, read_signed_data
from vnvaxcert.trust.entry import decode_base64
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.formats.publisher import authenticate


def read_message(data: bytes | str, context: Context, format_name: str, place: str) -> SignedData:
    """Read a message of CMS.

    Args:
        data: BER or DER; or, as text, Base64 of it.
        context: Whether its signature is to be checked.
        format_name: For the errors.
        place: Where in the file it stands, for the errors; empty for the whole of it.

    Raises:
        TrustListSignatureError: It cannot be read, and its signature was to be checked.
        TrustListFormatError: It cannot be read.
    """
    try:
        message = decode_base64(data) if isinstance(data, str) else data
        return read_signed_data(message, "signed data")
    except ValueError as error:
        kind = TrustListSignatureError if context.asks_for_a_signature else TrustListFormatError
        reason = str(error) if isinstance(error, CmsError) else "not Base64"
        raise kind(format_name, place, reason) from error


def authenticate_message(
    message: SignedData, content: bytes | None, context: Context, format_name: str
) -> tuple[Signer | None, bool]:
    """Check the signature of a list as far as the caller gave something to check it with.

    Args:
        message: The message with the signature.
        content: The content of a detached signature; None where the message has it inside.
        context: What the caller gave.
        format_name: For the errors.

    Returns:
        Who signed it, and whether that was checked. Unchecked, the first who says so; None where
        nobody does.

    Raises:
        TrustListSignatureError: It is not that of the key given, or of a certificate that chains
            to the authorities given; or it cannot be checked.
    """
    good: list[Signer] = []

    def check(key: PublicKey) -> None:
        try:
            good.append(message.verify(key, content))
        except CmsError as error:
            raise TrustListSignatureError(format_name, "signature", str(error)) from error

    is_authenticated = authenticate(context, format_name, check, certificates_of(message))
    return next(iter([*good, *message.signers]), None), is_authenticated


def certificates_of(message: SignedData) -> list[bytes]:
    """The certificates that came along, that of the first signer before the others.

    Empty where that one did not come along: the others vouch for nothing then.
    """
    first = message.signer_certificate() if message.signers else None
    if first is None:
        return []
    return [first, *(other for other in message.certificates if other != first)]
