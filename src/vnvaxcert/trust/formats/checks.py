"""What a caller asks of any list, whatever its format: whose it is, that it is valid and no older.

Trust lists and revocation lists alike. How a signature is checked is for `publisher` and for the
formats; here is what all of them share.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vnvaxcert.errors import TrustListRollbackError, TrustListSignatureError, TrustListStaleError
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.moment import check_moment, utc_text
from vnvaxcert.trust.signing_key import SigningKey, load_signing_key

# Publishers' clocks differ from ours; the reference implementation of Austria's list allows this.
CLOCK_SKEW: Final = timedelta(minutes=5)


def make_context(
    signing_key: SigningKey | None,
    authorities: Authorities | None,
    at: datetime | None,
    last_sequence: int | None,
) -> Context:
    """What a caller gave to check lists with; the name of each is still to be put in.

    Raises:
        TrustListFormatError: The key is no usable public key.
        ValueError: ``at`` is naive.
        TypeError: ``authorities`` is no trust list, ``at`` no moment, ``last_sequence`` no number.
    """
    if at is not None:
        check_moment(at)
    if authorities is not None and not hasattr(type(authorities), "anchors"):
        raise TypeError(f"authorities: expected a TrustList, not {type(authorities).__name__}")
    if last_sequence is not None and type(last_sequence) is not int:
        raise TypeError(f"last_sequence: expected an int, not {type(last_sequence).__name__}")
    key = None if signing_key is None else load_signing_key(signing_key)
    return Context("", key, authorities, at, last_sequence)


def check_can_be_signed(format_name: str, is_signed: bool, context: Context) -> None:
    """Refuse something to check a signature with, where the format has none.

    Raises:
        TrustListSignatureError: So it is.
    """
    if context.asks_for_a_signature and not is_signed:
        raise TrustListSignatureError(
            format_name,
            "",
            "there is something to check a signature with, and this format has none that can be",
        )


def check_times(
    format_name: str, issued_at: datetime | None, expires_at: datetime | None, at: datetime | None
) -> None:
    """Refuse a list that is not valid at a moment, as far as it states times.

    Raises:
        TrustListStaleError: It is not valid any more, or not yet.
    """
    if at is None:
        return
    # Subtracted, not added to: near the years 1 and 9999 a sum would overflow.
    if expires_at is not None and at > expires_at and at - expires_at > CLOCK_SKEW:
        raise TrustListStaleError(format_name, "", f"it was valid until {utc_text(expires_at)}")
    if issued_at is not None and issued_at > at and issued_at - at > CLOCK_SKEW:
        raise TrustListStaleError(format_name, "", f"it is valid only from {utc_text(issued_at)}")


def check_sequence(format_name: str, sequence: int | None, last: int | None) -> None:
    """Refuse a list that is older than one seen before.

    Raises:
        TrustListRollbackError: It is, or has no number that would tell.
    """
    if last is None:
        return
    if sequence is None:
        raise TrustListRollbackError(
            format_name, "", f"it has no sequence number, and {last} was seen before"
        )
    if sequence < last:
        raise TrustListRollbackError(
            format_name, "", f"its sequence number is {sequence}, and {last} was seen before"
        )
