"""What a correction changes: the names of the items, never what they say.

Spec: Decision 5772/QĐ-BYT, the 11 items; Công văn 9458/BYT-CNTT.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.schema.records import HealthCertificate, Holder
from vnvaxcert.vietnam.passport.national_claim import NationalClaim

IDENTITY_NUMBER: Final = "identity_number"
"""Stands in no certificate; it shows in the certificate identifier alone."""

CHANGEABLE: Final = (
    *("family_name", "given_name", "birth_date", "nationality", "disease", "vaccine", "product"),
    *("manufacturer", "dose_number", "total_doses", "vaccination_date", "country", "issuer"),
    *("lot", IDENTITY_NUMBER),
)
"""The names that a comparison may give, in this order."""


def compare(
    old: HealthCertificate,
    new: HealthCertificate,
    *,
    old_national: NationalClaim | None = None,
    new_national: NationalClaim | None = None,
) -> tuple[str, ...]:
    """Name the items in which two certificates of one vaccination differ.

    Identifier, times and the version of the schema are no items. A name counts with its ICAO
    form. A national claim that one of them lacks is compared as if it said nothing.

    Args:
        old: One certificate, of exactly one vaccination.
        new: Another.
        old_national: The national claim of the first, where it has one.
        new_national: That of the second.

    Returns:
        Names of `CHANGEABLE`, in its order, without `IDENTITY_NUMBER`; none if they say the same.

    Raises:
        ValueError: A certificate has not exactly one vaccination.
    """
    before, after = _items(old, old_national), _items(new, new_national)
    return tuple(name for name in CHANGEABLE if before.get(name) != after.get(name))


def _items(certificate: HealthCertificate, national: NationalClaim | None) -> dict[str, object]:
    if len(certificate.vaccinations) != 1:
        raise ValueError("expected certificates of one vaccination each")
    holder, entry = certificate.holder, certificate.vaccinations[0]
    return {
        "family_name": (holder.family_name, holder.family_name_icao),
        "given_name": (holder.given_name, holder.given_name_icao),
        "birth_date": holder.birth_date,
        "nationality": None if national is None else national.nationality,
        "disease": entry.disease,
        "vaccine": entry.vaccine,
        "product": entry.product,
        "manufacturer": entry.manufacturer,
        "dose_number": entry.dose_number,
        "total_doses": entry.total_doses,
        "vaccination_date": entry.date,
        "country": entry.country,
        "issuer": entry.issuer,
        "lot": None if national is None else national.lots[0],
    }


def is_same_name(one: Holder, other: Holder) -> bool:
    """Whether two names are the same words in passport letters, in whatever order.

    So tone marks that were corrected, or a family name that stood last, make no other person.
    """
    return _words(one) == _words(other)


def _words(holder: Holder) -> list[str]:
    joined = f"{holder.family_name_icao or ''}<{holder.given_name_icao or ''}"
    return sorted(word for word in joined.split("<") if word)
