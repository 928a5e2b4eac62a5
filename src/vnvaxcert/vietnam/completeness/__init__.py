"""Completeness: what a record must say before it is sent, confirmed and certified.

`check_record` looks at one record, `check_history` at those of one person, `read_dose` makes the
typed dose, `read_identity` reads an identity number alone. Each reason is one of
:mod:`vnvaxcert.vietnam.reasons`.

Spec: Công văn 9438/BYT-CNTT; Decision 5772/QĐ-BYT, annex.
"""

from vnvaxcert.vietnam.completeness.dates import EARLIEST_DOSES
from vnvaxcert.vietnam.completeness.dose import Dose, read_dose
from vnvaxcert.vietnam.completeness.history import check_history
from vnvaxcert.vietnam.completeness.identity import Identity, IdentityType, read_identity
from vnvaxcert.vietnam.completeness.provinces import PROVINCE_LISTS, ProvinceList, province_name
from vnvaxcert.vietnam.completeness.records import MAX_DOSES, check_record

__all__ = [
    "EARLIEST_DOSES",
    "MAX_DOSES",
    "PROVINCE_LISTS",
    "Dose",
    "Identity",
    "IdentityType",
    "ProvinceList",
    "check_history",
    "check_record",
    "province_name",
    "read_dose",
    "read_identity",
]
