"""Passports: issued from an attested history, renewed, and sealed (Decision 5772/QĐ-BYT).

`issuing` makes one, `renewal` makes its code anew, `sealing` makes the VDS-NC seal of the same
history; `national_claim` is what the EU's schema cannot carry. Corrections are a step of their own
(`vnvaxcert.vietnam.correction`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnvaxcert.vietnam.passport.national_claim import NationalClaim, read_national_claim

if TYPE_CHECKING:
    from vnvaxcert.vietnam.passport.expiry import twelve_months_after
    from vnvaxcert.vietnam.passport.identifier import certificate_id
    from vnvaxcert.vietnam.passport.issuing import Passport, issue_passport
    from vnvaxcert.vietnam.passport.renewal import renew
    from vnvaxcert.vietnam.passport.sealing import PassportSeal, passport_seal

__all__ = [
    "NationalClaim",
    "Passport",
    "PassportSeal",
    "certificate_id",
    "issue_passport",
    "passport_seal",
    "read_national_claim",
    "renew",
    "twelve_months_after",
]

# Loaded when first asked for: who shows a certificate reads its national claim and issues none.
_MODULE_OF = {
    "Passport": "issuing",
    "PassportSeal": "sealing",
    "certificate_id": "identifier",
    "issue_passport": "issuing",
    "passport_seal": "sealing",
    "renew": "renewal",
    "twelve_months_after": "expiry",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
