"""Reason codes: what is wrong with a record, what was repaired in it, how it differs.

A code is stable and names a field and a fault; its texts are for people, in Vietnamese and in
English, and repeat nothing that the record says.

Spec: Công văn 9438/BYT-CNTT and 9458/BYT-CNTT; Decision 5772/QĐ-BYT.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from vnvaxcert.record import record


class Effect(StrEnum):
    """What a reason does to its record."""

    REFUSES = "refuses"  # it goes no further until somebody has corrected it
    REPAIRED = "repaired"  # cleaning changed it, and says so
    NOTED = "noted"  # nothing: it is only said


class Texts(NamedTuple):
    """What a code means.

    Attributes:
        effect: What it does to the record.
        vi: In Vietnamese.
        en: In English.
    """

    effect: Effect
    vi: str
    en: str


@record()
class Reason:
    """One thing to say about one record.

    Attributes:
        code: A key of :data:`REASONS`.
        field: The field of the exchange record that it is about, or ``""`` for the whole.
        detail: What helps to find it and is no personal data: a position, a code point, a line
            number; ``""`` for nothing.
    """

    code: str
    field: str = ""
    detail: str = ""

    @property
    def effect(self) -> Effect:
        """What it does to the record."""
        return REASONS[self.code].effect

    def message(self, language: str = "en") -> str:
        """Say it in words.

        Args:
            language: ``"vi"`` or ``"en"``.

        Returns:
            One line without a full stop, the detail in brackets.

        Raises:
            ValueError: Another language.
        """
        if language not in ("vi", "en"):
            raise ValueError("language: expected 'vi' or 'en'")
        text = REASONS[self.code]
        words = text.vi if language == "vi" else text.en
        return f"{words} ({self.detail})" if self.detail else words


def _refuses(vi: str, en: str) -> Texts:
    return Texts(Effect.REFUSES, vi, en)


def _repaired(vi: str, en: str) -> Texts:
    return Texts(Effect.REPAIRED, vi, en)


def _noted(vi: str, en: str) -> Texts:
    return Texts(Effect.NOTED, vi, en)


REASONS: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        # Reading
        "record.malformed": _refuses(
            "Không đọc được dòng này", "this line cannot be read as a record"
        ),
        "record.encoding": _noted(
            "Dòng này không phải UTF-8, được đọc theo windows-1252",
            "this line is not UTF-8 and was read as windows-1252",
        ),
        "record.unknown_columns": _noted(
            "Tệp có cột không thuộc bản ghi, không được đọc",
            "the file has columns that no record has; they are not read",
        ),
        # Completeness: the person
        "record_id.missing": _refuses("Thiếu mã bản ghi", "the record has no identifier"),
        "full_name.missing": _refuses("Thiếu họ và tên", "the full name is missing"),
        "full_name.characters": _refuses(
            "Họ và tên có ký tự không hợp lệ", "the full name has a character that no name has"
        ),
        "full_name.doubtful": _refuses(
            "Họ và tên có thể bị lỗi bảng mã, không tự sửa được",
            "the full name may be wrongly encoded and was left as it is",
        ),
        "full_name.too_long": _refuses(
            "Họ và tên quá dài", "the full name is longer than a certificate can hold"
        ),
        "full_name.parts": _refuses(
            "Họ, chữ đệm và tên không khớp với họ và tên đầy đủ",
            "the family name and the given name do not make up the full name",
        ),
        "sex.missing": _refuses("Thiếu giới tính", "the sex is missing"),
        "sex.unknown": _refuses("Giới tính không hợp lệ", "the sex is neither male nor female"),
        "birth_date.missing": _refuses("Thiếu ngày sinh", "the date of birth is missing"),
        "birth_date.malformed": _refuses(
            "Ngày sinh không đúng định dạng", "the date of birth cannot be read as a date"
        ),
        "birth_date.impossible": _refuses(
            "Ngày sinh không thể có", "the date of birth cannot be right"
        ),
        "identity_number.missing": _refuses(
            "Thiếu số CCCD/CMND/hộ chiếu", "the identity number is missing"
        ),
        "identity_number.malformed": _refuses(
            "Số CCCD/CMND/hộ chiếu không đúng định dạng",
            "the identity number has not the form of its kind",
        ),
        "identity_number.sex": _refuses(
            "Số CCCD không khớp với giới tính", "the identity number says another sex"
        ),
        "identity_number.birth_year": _refuses(
            "Số CCCD không khớp với năm sinh", "the identity number says another year of birth"
        ),
        "identity_number.shared": _refuses(
            "Số CCCD/CMND/hộ chiếu trùng với người khác",
            "another person has the same identity number",
        ),
        "identity_number.province": _noted(
            "Mã tỉnh trong số CCCD không có trong danh mục",
            "the province of the identity number is not on the lists",
        ),
        "nationality.missing": _refuses("Thiếu quốc tịch", "the nationality is missing"),
        "nationality.unknown": _refuses(
            "Quốc tịch không hợp lệ", "the nationality is no country code"
        ),
        # Completeness: the dose
        "disease.missing": _refuses("Thiếu bệnh được tiêm phòng", "the disease is missing"),
        "disease.unknown": _refuses(
            "Mã bệnh không hợp lệ", "the disease is not one that is certified"
        ),
        "product.missing": _refuses("Thiếu tên vắc xin", "the vaccine is missing"),
        "product.unknown": _refuses("Không nhận ra vắc xin", "the vaccine is not known"),
        "product.ambiguous": _refuses(
            "Tên vắc xin có thể là nhiều loại khác nhau",
            "the vaccine's name can mean more than one product",
        ),
        "dose_number.missing": _refuses("Thiếu số thứ tự mũi tiêm", "the dose number is missing"),
        "dose_number.malformed": _refuses(
            "Số thứ tự mũi tiêm không hợp lệ", "the dose number is not a number from 1 up"
        ),
        "dose_number.over_schedule": _refuses(
            "Số mũi tiêm vượt quá phác đồ", "there are more doses than any schedule has"
        ),
        "total_doses.malformed": _refuses(
            "Tổng số mũi không hợp lệ", "the number of doses is not a number from 1 up"
        ),
        "total_doses.too_small": _refuses(
            "Tổng số mũi nhỏ hơn số thứ tự mũi tiêm",
            "the number of doses is less than the dose number",
        ),
        "vaccination_date.missing": _refuses("Thiếu ngày tiêm", "the date of the dose is missing"),
        "vaccination_date.malformed": _refuses(
            "Ngày tiêm không đúng định dạng", "the date of the dose cannot be read as a date"
        ),
        "vaccination_date.future": _refuses(
            "Ngày tiêm ở tương lai", "the dose is dated in the future"
        ),
        "vaccination_date.before_birth": _refuses(
            "Ngày tiêm trước ngày sinh", "the dose is dated before the birth"
        ),
        "vaccination_date.too_early": _refuses(
            "Ngày tiêm trước khi có vắc xin", "the dose is dated before there was a vaccine"
        ),
        "country.missing": _refuses("Thiếu nước tiêm chủng", "the country of the dose is missing"),
        "country.unknown": _refuses(
            "Mã nước tiêm chủng không hợp lệ", "the country of the dose is no country code"
        ),
        "facility_code.missing": _refuses("Thiếu mã cơ sở tiêm", "the facility's code is missing"),
        "facility_code.malformed": _refuses(
            "Mã cơ sở tiêm không đúng định dạng", "the facility's code is not five digits"
        ),
        "signing_unit.missing": _refuses(
            "Thiếu mã đơn vị ký xác nhận", "the unit that confirms the record is missing"
        ),
        # Completeness: the doses of one person together
        "doses.duplicate": _refuses(
            "Bản ghi trùng với bản ghi khác", "the same dose was entered before"
        ),
        "doses.same_number": _refuses(
            "Hai mũi tiêm khác nhau cùng số thứ tự", "two different doses have the same number"
        ),
        "doses.out_of_order": _refuses(
            "Thứ tự các mũi tiêm không khớp với ngày tiêm",
            "the doses are not in the order of their dates",
        ),
        "doses.interval": _refuses(
            "Khoảng cách giữa hai mũi tiêm quá ngắn",
            "the dose follows the one before it too soon",
        ),
        # Cleaning
        "clean.normal_form": _repaired(
            "Đã chuẩn hoá Unicode dựng sẵn (NFC)", "brought to Unicode normal form C"
        ),
        "clean.spaces": _repaired("Đã bỏ khoảng trắng thừa", "superfluous spaces were removed"),
        "clean.invisible": _repaired(
            "Đã bỏ ký tự không nhìn thấy", "invisible characters were removed"
        ),
        "clean.case": _repaired("Đã sửa chữ hoa, chữ thường", "capital and small letters were set"),
        "clean.lookalike": _repaired(
            "Đã thay ký tự trông giống chữ cái tiếng Việt",
            "letters that only look like Vietnamese ones were replaced",
        ),
        "clean.tone_placement": _repaired(
            "Đã đặt lại vị trí dấu thanh", "tone marks were moved to their usual place"
        ),
        "clean.tcvn3": _repaired("Đã chuyển từ bảng mã TCVN3 (ABC)", "converted from TCVN3 (ABC)"),
        "clean.vni": _repaired("Đã chuyển từ bảng mã VNI", "converted from VNI"),
        "clean.viqr": _repaired("Đã chuyển từ VIQR", "converted from VIQR"),
        "clean.windows1258": _repaired(
            "Đã chuyển từ bảng mã Windows-1258", "converted from Windows-1258"
        ),
        "clean.utf8": _repaired(
            "Đã đọc lại theo UTF-8 (trước đó bị đọc nhầm bảng mã)",
            "read as UTF-8, which another encoding had been taken for",
        ),
        "clean.capitals": _repaired(
            "Đã khôi phục chữ hoa bị mất của TCVN3", "capitals that TCVN3 lost were restored"
        ),
        "clean.format": _repaired(
            "Đã đưa về dạng chuẩn", "written in the standard form of its field"
        ),
        # Matching
        "match.not_sent": _refuses(
            "Chưa đủ thông tin để gửi xác thực", "it is not complete, so it was not sent"
        ),
        "match.pending": _refuses(
            "Chưa có kết quả xác thực dân cư", "the population database has not answered yet"
        ),
        "match.unknown_person": _refuses(
            "Không tìm thấy người này trong CSDL dân cư",
            "the population database has no such person",
        ),
        "match.full_name.same_after_cleaning": _refuses(
            "Họ và tên khớp sau khi làm sạch", "the full name is the same after cleaning"
        ),
        "match.full_name.tone_marks": _refuses(
            "Họ và tên chỉ khác dấu", "the full name differs in its marks alone"
        ),
        "match.full_name.swapped_order": _refuses(
            "Họ và tên bị đảo thứ tự", "the words of the full name are in another order"
        ),
        "match.full_name.typing_slip": _refuses(
            "Họ và tên khác một lỗi gõ", "the full name differs by one typing slip"
        ),
        "match.full_name.different": _refuses("Họ và tên khác", "the full name is another"),
        "match.birth_date.same_after_cleaning": _refuses(
            "Ngày sinh khớp sau khi làm sạch", "the date of birth is the same after cleaning"
        ),
        "match.birth_date.swapped_order": _refuses(
            "Ngày và tháng sinh bị đảo", "the day and the month of birth are swapped"
        ),
        "match.birth_date.typing_slip": _refuses(
            "Ngày sinh khác một lỗi gõ", "the date of birth differs by one typing slip"
        ),
        "match.birth_date.different": _refuses("Ngày sinh khác", "the date of birth is another"),
        "match.sex.same_after_cleaning": _refuses(
            "Giới tính khớp sau khi làm sạch", "the sex is the same after cleaning"
        ),
        "match.sex.different": _refuses("Giới tính khác", "the sex is another"),
        "match.identity_number.same_after_cleaning": _refuses(
            "Số giấy tờ khớp sau khi làm sạch", "the identity number is the same after cleaning"
        ),
        "match.identity_number.swapped_order": _refuses(
            "Số giấy tờ bị đảo hai chữ số", "two digits of the identity number are swapped"
        ),
        "match.identity_number.typing_slip": _refuses(
            "Số giấy tờ khác một lỗi gõ", "the identity number differs by one typing slip"
        ),
        "match.identity_number.different": _refuses(
            "Số giấy tờ khác", "the identity number is another"
        ),
    }
)
"""Every code with its effect and its texts. A code once published keeps its meaning."""
