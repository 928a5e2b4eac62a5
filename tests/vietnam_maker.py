"""Attested histories for tests: plainly fictional people, keys of small known numbers.

A world has an authority that delegates, a facility that attests, and a ministry that signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Final

from vnvaxcert import TrustList
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner, make_key
from vnvaxcert.vietnam.attestation import Attested, Role, attest, delegate
from vnvaxcert.vietnam.exchange import ExchangeRecord

START: Final = datetime(2021, 1, 1, tzinfo=UTC)
END: Final = datetime(2031, 1, 1, tzinfo=UTC)
ATTESTED_AT: Final = datetime(2022, 4, 8, 2, tzinfo=UTC)
AT: Final = datetime(2022, 4, 15, 3, 30, tzinfo=UTC)  # the first day of the roll-out
IDENTIFIER_KEY: Final = b"specimen key for identifiers 001"

FACILITY: Final = "01001"
PROVINCE: Final = "01"

RECORD: Final = ExchangeRecord(
    record_id="specimen-1",
    full_name="Nguyễn Thị Thử",
    sex="F",
    birth_date="1990-05-17",
    nationality="VN",
    identity_type="cccd",
    identity_number="001190000001",
    disease="840539006",
    product="Pfizer",
    lot="FK0001",
    dose_number="1",
    vaccination_date="2021-09-10",
    country="VN",
    facility_code=FACILITY,
    facility_name="Trạm Y tế Mẫu",
    province_code=PROVINCE,
    signing_unit=FACILITY,
)
"""The first dose of a woman who does not exist."""


def records(**changes: str) -> list[ExchangeRecord]:
    """Her two doses; changes are made in both records."""
    second = replace(
        RECORD,
        record_id="specimen-2",
        lot="FK0002",
        dose_number="2",
        vaccination_date="2021-10-15",
    )
    return [replace(one, **changes) for one in (RECORD, second)]


class World:
    """Who delegates, who attests, who signs."""

    def __init__(self) -> None:
        """Make all keys; the RSA key of the ministry only when it is asked for."""
        self.csca = SpecimenAuthority(
            not_before=START,
            not_after=END,
            country="VN",
            name="Specimen CSCA",
            key=make_key(private_value=101),
        )
        self.committee = self._signer("Specimen Province", 102)
        self.facility = self._signer("Specimen Facility", 103)
        self.ministry = self._signer("Specimen Ministry", 104)
        self.authorities = TrustList.from_certificates([self.committee.certificate])
        self.trust = self.ministry.trust_list()
        self.delegation = self.delegate()

    def _signer(self, name: str, number: int) -> SpecimenSigner:
        return self.csca.issue_signer(name=name, not_after=END, key=make_key(private_value=number))

    def delegate(
        self, *, not_after: datetime = END, facility_codes: Sequence[str] = (FACILITY,)
    ) -> bytes:
        """The delegation of the facility, but for changes."""
        return delegate(
            delegation_id="specimen-delegation-1",
            unit_certificate=self.facility.certificate,
            role=Role.FACILITY,
            province_codes=[PROVINCE],
            facility_codes=facility_codes,
            not_before=START,
            not_after=not_after,
            signer=self.committee.signer,
            at=ATTESTED_AT,
        )

    def rsa_ministry(self) -> SpecimenSigner:
        """A ministry with a key like the real one's: RSA of 2048 bits."""
        return self.csca.issue_signer(name="Specimen Ministry", not_after=END, key=KeyType.RSA2048)

    def attest(self, history: Sequence[ExchangeRecord] | None = None) -> tuple[Attested, ...]:
        """Have the facility confirm records; all of them have to be confirmed."""
        history = records() if history is None else history
        batch = attest(
            [(one, "right") for one in history],
            signer=self.facility.signer,
            delegations=[self.delegation],
            at=ATTESTED_AT,
        )
        assert not batch.refused, [str(one.error) for one in batch.refused]
        return batch.attested


@cache
def world() -> World:
    """The one world of a test process."""
    return World()
