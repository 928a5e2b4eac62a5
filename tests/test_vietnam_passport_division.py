"""One person's name, kept apart in one record and in one piece in the next, is one name.

The names are of minorities and of a foreigner, whose first word is not the family name.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from vietnam_maker import AT, IDENTIFIER_KEY, records, world
from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.vietnam.passport import Passport, issue_passport

WHOLE = {"full_name": "Y Nguê Niê"}
APART = {**WHOLE, "family_name": "Y Nguê", "given_name": "Niê"}
UNDIVIDED = {**WHOLE, "family_name": "Y Nguê Niê"}


def passport(*names: dict[str, str], dose: int) -> Passport:
    history = [replace(one, **name) for one, name in zip(records(), names, strict=True)]
    return issue_passport(
        world().attest(history),
        signer=world().ministry.signer,
        authorities=world().authorities,
        identifier_key=IDENTIFIER_KEY,
        at=AT,
        dose=dose,
    )


@pytest.mark.parametrize("dose", [1, 2])
@pytest.mark.parametrize("names", [(APART, WHOLE), (WHOLE, APART), (APART, APART)])
def test_the_record_that_keeps_a_name_apart_divides_it_for_all(
    names: tuple[dict[str, str], dict[str, str]], dose: int
) -> None:
    holder = passport(*names, dose=dose).certificate.holder
    assert (holder.family_name, holder.given_name) == ("Y Nguê", "Niê")
    assert (holder.family_name_icao, holder.given_name_icao) == ("Y<NGUE", "NIE")


def test_of_two_divisions_that_of_the_later_dose_counts() -> None:
    holder = passport(APART, UNDIVIDED, dose=1).certificate.holder
    assert (holder.family_name, holder.given_name) == ("Y Nguê Niê", None)
    holder = passport(UNDIVIDED, APART, dose=1).certificate.holder
    assert (holder.family_name, holder.given_name) == ("Y Nguê", "Niê")


def test_a_name_that_no_record_keeps_apart_is_divided_after_its_first_word() -> None:
    holder = passport(WHOLE, WHOLE, dose=2).certificate.holder
    assert (holder.family_name, holder.given_name) == ("Y", "Nguê Niê")


@pytest.mark.parametrize("other", ["Y Nguê Niê Kdăm", "Y Nguê", "YNguê Niê", "Y Ngue Niê"])
def test_another_whole_name_is_another_person(other: str) -> None:
    with pytest.raises(IssueClaimsError) as caught:
        passport(APART, {"full_name": other}, dose=2)
    assert caught.value.violations[0][0] == "/history/1"
