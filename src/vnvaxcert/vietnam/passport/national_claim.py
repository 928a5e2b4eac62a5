"""The national claim: what Decision 5772 wants shown and the EU's schema cannot carry.

Item 3 of the 11, the nationality, has no field in a DCC, and a seal needs lot numbers. Both travel
in a claim of the CWT beside the health claim, under a key for private use: verifiers that do not
know it pass it over. Off by default: it says more about a person than a DCC does.

Spec: spec/viet-nam.md §5 and spec/national-claim.cddl; RFC 8392 §9.1.
"""

from __future__ import annotations

from typing import Any, Final

from vnvaxcert.cwt import NATIONAL_CLAIM
from vnvaxcert.errors import NationalClaimError
from vnvaxcert.record import record
from vnvaxcert.results import UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema.records import HealthCertificate

MAX_LOT_CHARS: Final = 20
"""Characters of a lot number: what a seal has room for (VDS-NC 1.1, ``lot``)."""

_NATIONALITY: Final = 1
_LOTS: Final = 2


@record(shown=())
class NationalClaim:
    """What the national claim of one certificate says. ``repr`` shows nothing of it.

    Attributes:
        nationality: Of the holder, ISO 3166-1 alpha-2, or None where it is not known.
        lots: Lot number of each vaccination, in their order, each None where it is not known: 1
            to `MAX_LOT_CHARS` characters of printable ASCII.

    Raises:
        ValueError: A value of another form. It is not repeated.
        TypeError: A value of another type.
    """

    nationality: str | None
    lots: tuple[str | None, ...]

    def __post_init__(self) -> None:
        if type(self.lots) is not tuple:
            raise TypeError(f"lots: expected a tuple, not {type(self.lots).__name__}")
        for name, value in (("nationality", self.nationality), *(("lots", x) for x in self.lots)):
            if value is not None and not isinstance(value, str):
                raise TypeError(f"{name}: expected a text or None, not {type(value).__name__}")
        if self.nationality is not None and not _is_country(self.nationality):
            raise ValueError("nationality: expected two letters A to Z")
        if not all(lot is None or _is_lot(lot) for lot in self.lots):
            raise ValueError(f"lots: expected 1 to {MAX_LOT_CHARS} printable ASCII characters each")


def to_claim(claim: NationalClaim) -> dict[int, Any]:
    """The value of the claim, ready for CBOR. What is not known is left out.

    Spec: spec/national-claim.cddl.
    """
    value: dict[int, Any] = {}
    if claim.nationality is not None:
        value[_NATIONALITY] = claim.nationality
    if any(lot is not None for lot in claim.lots):
        value[_LOTS] = list(claim.lots)
    return value


def read_national_claim(
    certificate: VerifiedCertificate | UnverifiedCertificate,
) -> NationalClaim | None:
    """Read the national claim of a certificate, where it has one.

    It is worth what the certificate is worth: of an `UnverifiedCertificate`, nothing. Members of
    the claim that this version does not know are passed over.

    Returns:
        The claim, or None: most certificates have none, and no seal has one.

    Raises:
        NationalClaimError: The claim is there and has another form, or as many lots as there are
            vaccinations are not in it.
        TypeError: Another argument.

    Spec: spec/national-claim.cddl.
    """
    if not isinstance(certificate, VerifiedCertificate | UnverifiedCertificate):
        raise TypeError(f"expected a certificate that was read, not {type(certificate).__name__}")
    contents = certificate.certificate
    if NATIONAL_CLAIM not in certificate.private_claims or not isinstance(
        contents, HealthCertificate
    ):
        return None
    value = certificate.private_claims[NATIONAL_CLAIM]
    if type(value) is not dict:
        raise NationalClaimError("expected a map")
    # By type too: in Python True and 1.0 are 1.
    members = {key: member for key, member in value.items() if type(key) is int}
    nationality = members.get(_NATIONALITY)
    if _NATIONALITY in members and (type(nationality) is not str or not _is_country(nationality)):
        raise NationalClaimError("nationality (1): expected two letters A to Z")
    count = len(contents.entries)
    lots = members.get(_LOTS, [None] * count)
    if type(lots) is not list or len(lots) != count:
        raise NationalClaimError(f"lots (2): expected an array of {count}, one a vaccination")
    if not all(lot is None or (type(lot) is str and _is_lot(lot)) for lot in lots):
        raise NationalClaimError(
            f"lots (2): expected 1 to {MAX_LOT_CHARS} printable ASCII characters each, or null"
        )
    return NationalClaim(nationality=nationality, lots=tuple(lots))


def _is_country(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()


def _is_lot(text: str) -> bool:
    return 1 <= len(text) <= MAX_LOT_CHARS and text.isascii() and text.isprintable()
