"""The eleven items that a vaccine passport shows, in Vietnamese and in English.

Spec: Decision 5772/QĐ-BYT, annex, section 1.1.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.record import record
from vnvaxcert.schema import valuesets
from vnvaxcert.schema.records import HealthCertificate, Holder, PartialDate, Vaccination
from vnvaxcert.vietnam.passport.national_claim import NationalClaim
from vnvaxcert.vietnam.showing.names import name_of

if TYPE_CHECKING:
    from vnvaxcert.schema.seal import Seal

MISSING_VI: Final = "không có trong chứng nhận"
MISSING_EN: Final = "not in the certificate"

LABELS: Final[tuple[tuple[str, str], ...]] = (
    ("Họ và tên", "Full name"),
    ("Ngày tháng năm sinh", "Date of birth"),
    ("Quốc tịch", "Nationality"),
    ("Bệnh dịch mà chứng nhận nhắm tới", "Targeted disease"),
    ("Số mũi tiêm đã nhận", "Number of doses received"),
    ("Ngày tiêm", "Date of vaccination"),
    ("Liều số", "Dose number"),
    ("Vắc xin", "Vaccine"),
    ("Sản phẩm vắc xin", "Vaccine product"),
    ("Nhà cung cấp hoặc sản xuất vắc xin", "Vaccine supplier or manufacturer"),
    ("Mã số của chứng nhận", "Certificate code"),
)
"""What the items are called, Vietnamese and English, in the order of the Decision."""

# Characters that draw nothing, or move what stands beside them: a name could pretend to be another.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@record(shown=("number", "label_en", "is_present"))
class Item:
    """One of the eleven items. ``repr`` shows no value.

    Attributes:
        number: 1 to 11, the Decision's.
        label_vi: What it is called, in Vietnamese.
        label_en: In English.
        value_vi: What the certificate says, for readers of Vietnamese. Never empty.
        value_en: For readers of English; the full name as a passport has it. Never empty.
        is_present: Whether the certificate says it at all; else both values say that it does not.
    """

    number: int
    label_vi: str
    label_en: str
    value_vi: str
    value_en: str
    is_present: bool = True


def items(
    certificate: HealthCertificate | Seal,
    national: NationalClaim | str | None = None,
    *,
    entry: int | None = None,
) -> tuple[Item, ...]:
    """Return the eleven items of a certificate of vaccination.

    The nationality is never guessed: the EU's schema cannot carry it, so without a national claim
    the item says that it is not in the certificate. Codes become names; a code of no value set is
    shown as it is. The doses received are those up to this one, since a certificate counts no
    others: its ``dn``. Characters that cannot be seen are named by their code points.

    Args:
        certificate: What a health certificate says.
        national: Its national claim, or the nationality as an ISO 3166-1 alpha-2 code.
        entry: Which of its vaccinations, from 0; None: the latest by its date. Only certificates
            of early schemas have more than one.

    Returns:
        Eleven items in the order of the Decision.

    Raises:
        IssueClaimsError: The certificate holds no vaccination, or is a seal.
        ValueError: It has no such entry.

    Spec: Decision 5772/QĐ-BYT, annex, section 1.1.
    """
    if not isinstance(certificate, HealthCertificate):
        raise IssueClaimsError((("", "expected a health certificate (HC1:), this is a seal"),))
    vaccination = _vaccination(certificate.vaccinations, entry)
    dose, total = vaccination.dose_number, vaccination.total_doses
    values = (
        _full_name(certificate.holder),
        _birth_date(certificate.holder.birth_date),
        _nationality(national),
        _coded(valuesets.DISEASES, vaccination.disease),
        (str(dose), str(dose)),
        (f"{vaccination.date:%d/%m/%Y}", vaccination.date.isoformat()),
        (f"{dose} (số liều của phác đồ: {total})", f"{dose} (doses of the schedule: {total})"),
        _coded(valuesets.VACCINES, vaccination.vaccine),
        _coded(valuesets.PRODUCTS, vaccination.product),
        _coded(valuesets.HOLDERS, vaccination.manufacturer),
        _same(vaccination.certificate_id),
    )
    return tuple(
        Item(
            number=number,
            label_vi=label_vi,
            label_en=label_en,
            value_vi=MISSING_VI if value is None else visible(value[0]),
            value_en=MISSING_EN if value is None else visible(value[1]),
            is_present=value is not None,
        )
        for number, ((label_vi, label_en), value) in enumerate(
            zip(LABELS, values, strict=True), start=1
        )
    )


def visible(text: str) -> str:
    """Return a text in normal form C, with what cannot be seen named by its code point.

    A line feed in a name, or a mark that reverses what follows it, would let one name look like
    another: they become ``‹U+202E›``.

    Args:
        text: Any text.
    """
    return "".join(
        f"‹U+{ord(c):04X}›" if unicodedata.category(c) in _INVISIBLE else c
        for c in unicodedata.normalize("NFC", text)
    )


def _vaccination(vaccinations: tuple[Vaccination, ...], entry: int | None) -> Vaccination:
    if not vaccinations:
        rule = "expected a vaccination: a vaccine passport shows nothing else"
        raise IssueClaimsError((("/v", rule),))
    if entry is None:
        return max(vaccinations, key=lambda each: (each.date, each.dose_number))
    if not 0 <= entry < len(vaccinations):
        raise ValueError(f"entry: expected 0 to {len(vaccinations) - 1}")
    return vaccinations[entry]


_Value = tuple[str, str] | None


def _same(text: str) -> _Value:
    return (text, text) if text.strip() else None


def _full_name(holder: Holder) -> _Value:
    """As it is written, and as a passport has it; one stands for the other where it is missing."""
    written = _joined(holder.family_name, holder.given_name)
    passport = _joined(holder.family_name_icao, holder.given_name_icao).replace("<", " ")
    passport = " ".join(passport.split())
    if not (written or passport):
        return None
    return written or passport, passport or written


def _joined(*parts: str | None) -> str:
    """What there is of a name. Only spaces are taken off: what else is there is to be seen."""
    return " ".join(part.strip(" ") for part in parts if part and part.strip())


def _birth_date(date: PartialDate | None) -> _Value:
    if date is None:
        return None
    parts = [f"{date.year:04d}"]
    parts += [f"{part:02d}" for part in (date.month, date.day) if part is not None]
    vietnamese, english = "/".join(reversed(parts)), "-".join(parts)
    if not date.exists:
        return f"{vietnamese} (ngày không có trong lịch)", f"{english} (no day of the calendar)"
    return vietnamese, english


def _nationality(national: NationalClaim | str | None) -> _Value:
    code = national if national is None or isinstance(national, str) else national.nationality
    return None if not code else _coded(valuesets.COUNTRIES, code)


def _coded(set_id: str, code: str) -> _Value:
    if not code.strip():
        return None
    name = name_of(set_id, code)
    return name.vi, name.en
