"""Writing trust lists: one list in the form that another verifier reads, and what it lost.

No two forms carry the same. A conversion writes every usable key its target can hold, and says of
each key, and of the list, what the target could not take along; what it writes, this library
reads as the same keys again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from vnvaxcert.trust.conversion.losses import Conversion, Loss, Losses
from vnvaxcert.trust.conversion.request import Request
from vnvaxcert.trust.moment import check_moment

if TYPE_CHECKING:
    from vnvaxcert.trust.signer import Signer
    from vnvaxcert.trust.trustlist import TrustList

__all__ = ["TARGETS", "Conversion", "Loss", "convert"]

_DID: Final = "did:example:trust-list"  # of the method that is set apart for examples


def convert(
    trust: TrustList,
    target: str,
    *,
    signer: Signer | None = None,
    sequence: int | None = None,
    issued_at: datetime | None = None,
    expires_at: datetime | None = None,
    did: str = _DID,
) -> Conversion:
    """Write a trust list in another form.

    Only what is usable is written; what the list set aside is a loss. The same list and arguments
    give the same bytes, if the signer is deterministic.

    Args:
        trust: The list. All of it is parsed.
        target: ``"cbor"``, this library's own form (``spec/trust-list.md``); ``"gateway"``, the
            EU gateway's JSON; ``"pem"``, certificates; ``"did"``, a DID document as WHO's
            network has it.
        signer: Signs the result; only ``"cbor"`` carries a signature. Such a list has to state
            the next three.
        sequence: Number of this issue, 0 or more, higher than that of the one before; by default
            that of ``trust``. Only for ``"cbor"``, as the next two.
        issued_at: When it is published, aware; by default as in ``trust``. Whole seconds.
        expires_at: Until when it may be used, aware; by default as in ``trust``. Whole seconds.
        did: Identifier of the document, for ``"did"`` alone.

    Returns:
        The bytes of one file, and the losses.

    Raises:
        TrustListFormatError: The list has no key that the target can carry; its own times are
            reversed, and the target would state them.
        SignerKeyError: The signer's certificate is not one.
        ValueError: Another target; an argument that the target has no use for; a list to be
            signed without its number or times, or one that ends before it begins; a number or a
            time out of range, or without a time zone; ``did`` is no DID.
        TypeError: Something that is no list, number or moment.

    Spec: ``spec/trust-list.md``; DGCG trust list; RFC 7468 §5; WHO GDHCN trust list, version 2.
    """
    from vnvaxcert.trust.trustlist import TrustList

    if not isinstance(trust, TrustList):
        raise TypeError(f"trust: expected a TrustList, not {type(trust).__name__}")
    write = _WRITERS.get(target)
    if write is None:
        raise ValueError(f"target: expected one of {', '.join(TARGETS)}, not {target!r}")
    if sequence is not None and type(sequence) is not int:
        raise TypeError(f"sequence: expected an int, not {type(sequence).__name__}")
    for name, moment in (("issued_at", issued_at), ("expires_at", expires_at)):
        if moment is not None:
            check_moment(moment, name)
    losses = Losses()
    losses.set_aside(trust.set_aside)
    request = Request(trust, signer, sequence, issued_at, expires_at, did)
    return Conversion(write(request, losses), losses.found())


# Each writer is imported when it is asked for.


def _cbor(request: Request, losses: Losses) -> bytes:
    from vnvaxcert.trust.conversion.cbor_list import write_cbor_list

    return write_cbor_list(request, losses)


def _gateway(request: Request, losses: Losses) -> bytes:
    from vnvaxcert.trust.conversion.gateway import write_gateway

    return write_gateway(request, losses)


def _pem(request: Request, losses: Losses) -> bytes:
    from vnvaxcert.trust.conversion.pem import write_pem

    return write_pem(request, losses)


def _did(request: Request, losses: Losses) -> bytes:
    from vnvaxcert.trust.conversion.did import write_did

    return write_did(request, losses)


_WRITERS: Final[dict[str, Callable[[Request, Losses], bytes]]] = {
    "cbor": _cbor,
    "gateway": _gateway,
    "pem": _pem,
    "did": _did,
}
TARGETS: Final[tuple[str, ...]] = tuple(_WRITERS)
