"""The released versions of the DCC schema (1.0.0 to 1.3.3) and what differs between them."""

from __future__ import annotations

from typing import NamedTuple


class Rules(NamedTuple):
    """The constraints of one ``ver`` that other versions do not share.

    Attributes:
        max_length: Characters of a name, an issuer, a certificate identifier or a testing centre.
        max_test_name: Characters of ``nm`` (test), or None for no limit.
        max_dose: Highest ``dn`` and ``sd``, or None for no limit.
        is_dob_whole: ``dob`` must be a whole date that exists; otherwise it may be partial.
        may_dob_be_empty: ``dob`` may be the empty text.
        may_fnt_be_missing: ``gnt`` alone suffices (Implementing Decision (EU) 2022/483).
        is_tc_required: ``tc`` must be there.
        has_dr: ``dr``, the time of the test result, is a member of the schema.
        max_entries: Entries of the one group, or None for no limit.
    """

    max_length: int
    max_test_name: int | None
    max_dose: int | None
    is_dob_whole: bool
    may_dob_be_empty: bool
    may_fnt_be_missing: bool
    is_tc_required: bool
    has_dr: bool
    max_entries: int | None


_V1_0_0 = Rules(
    max_length=50,
    max_test_name=None,
    max_dose=9,
    is_dob_whole=True,
    may_dob_be_empty=False,
    may_fnt_be_missing=False,
    is_tc_required=True,
    has_dr=True,
    max_entries=None,
)
_V1_1_0 = _V1_0_0._replace(is_dob_whole=False)
_V1_2_0 = _V1_1_0._replace(has_dr=False)
_V1_3_0 = _V1_2_0._replace(
    max_length=80,
    max_test_name=80,
    max_dose=None,
    may_dob_be_empty=True,
    is_tc_required=False,
    max_entries=1,
)
_V1_3_2 = _V1_3_0._replace(may_fnt_be_missing=True)

RULES = {
    "1.0.0": _V1_0_0,
    "1.0.1": _V1_0_0,
    "1.1.0": _V1_1_0,
    "1.2.0": _V1_2_0,
    "1.2.1": _V1_2_0,
    "1.3.0": _V1_3_0,
    "1.3.1": _V1_3_0,
    "1.3.2": _V1_3_2,
    "1.3.3": _V1_3_2,
}
