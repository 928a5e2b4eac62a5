"""The header of a CSV file of exchange records: which column is which field.

Columns go by the keys of the exchange record, by their Vietnamese names, or by common English ones,
in any order; case, marks, spaces and punctuation make no difference.

Spec: Decision 5772/QĐ-BYT and Công văn 9438/BYT-CNTT, whose words for the items these are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from vnvaxcert.errors import RecordsError
from vnvaxcert.record import record
from vnvaxcert.vietnam.exchange import FIELDS

# "ID" is left out: it may be the record's or the person's, and a record's is no secret. So are
# "first name" and "last name", which in Viet Nam may mean either.
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "record_id": ("mã bản ghi", "mã mũi tiêm"),
    "full_name": ("họ và tên", "họ tên", "họ tên đầy đủ", "họ, chữ đệm và tên", "name"),
    "family_name": ("họ", "surname"),
    "given_name": (
        *("chữ đệm và tên", "tên đệm và tên", "tên", "given names"),
        "họ đệm và tên",
    ),
    "sex": ("giới tính", "giới", "gender"),
    "birth_date": (
        *("ngày sinh", "năm sinh", "ngày tháng năm sinh", "ngày, tháng, năm sinh"),
        *("date of birth", "dob"),
    ),
    "nationality": ("quốc tịch",),
    "identity_type": ("loại giấy tờ", "loại giấy tờ tùy thân"),
    "identity_number": (
        *("số CCCD", "CCCD", "số CMND", "CMND", "số CMT", "CMT", "CCCD/CMND", "số CCCD/CMND"),
        *("CMND/CCCD", "số CMND/CCCD", "số CCCD/CMT", "số CCCD/CMND/hộ chiếu"),
        *("số CMND/CCCD/hộ chiếu", "CMND/CCCD/hộ chiếu", "số căn cước công dân"),
        *("số định danh", "mã định danh", "số định danh cá nhân", "số giấy tờ", "số căn cước"),
    ),
    "disease": ("bệnh", "bệnh được tiêm phòng", "tên bệnh"),
    "product": ("vắc xin", "vaccine", "tên vắc xin", "loại vắc xin", "tên vaccine", "loại vaccine"),
    "lot": ("số lô", "lô", "số lô vắc xin", "lô vắc xin", "số lô vaccine", "lot number", "batch"),
    "dose_number": ("mũi tiêm", "mũi số", "mũi tiêm số", "mũi", "số thứ tự mũi tiêm", "dose"),
    "total_doses": ("tổng số mũi", "tổng số mũi tiêm"),
    "vaccination_date": ("ngày tiêm", "ngày tiêm chủng", "date of vaccination"),
    "country": ("nước tiêm", "nước tiêm chủng", "quốc gia tiêm", "quốc gia tiêm chủng"),
    "facility_code": ("mã cơ sở", "mã cơ sở tiêm", "mã cơ sở tiêm chủng", "mã CSKCB"),
    "facility_name": (
        *("cơ sở tiêm", "cơ sở tiêm chủng", "tên cơ sở", "tên cơ sở tiêm", "điểm tiêm"),
        *("tên cơ sở tiêm chủng", "đơn vị tiêm", "nơi tiêm", "facility"),
    ),
    "province_code": ("mã tỉnh", "mã tỉnh/thành phố"),
    "signing_unit": ("đơn vị ký", "mã đơn vị ký", "đơn vị ký xác nhận", "mã đơn vị ký xác nhận"),
}

_MAX_NAME: Final = 200  # characters; no column has a longer name


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("đ", "d")
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


_FIELD_OF: Final[Mapping[str, str]] = MappingProxyType(
    {_key(name): field for field in FIELDS for name in (field, *_ALIASES[field])}
)


@record()
class Columns:
    """What the columns of a file are.

    Attributes:
        fields: The field of each known column, in the order of the columns.
        places: The 0-based place of each of them.
        width: How many columns there are, known or not.
        unknown: The 1-based numbers of the columns that are not known. What they are called may
            be anything, so it is not repeated.
    """

    fields: tuple[str, ...]
    places: tuple[int, ...]
    width: int
    unknown: tuple[int, ...]


def count_known(names: Sequence[str]) -> int:
    """How many of the names are columns of an exchange record."""
    return sum(_key(name[:_MAX_NAME]) in _FIELD_OF for name in names)


def find_columns(names: Sequence[str], line: int) -> Columns:
    """Find out what the columns of a file are.

    Args:
        names: The cells of the header. Empty ones at its end, which spreadsheets leave, are none.
        line: Its number, 1 in most files.

    Raises:
        RecordsError: Fewer than two columns are known, as where there is no header at all; or
            two columns are the same field.
    """
    last = max((place for place, name in enumerate(names, 1) if name.strip()), default=0)
    found: dict[str, int] = {}
    unknown = []
    for place, name in enumerate(names[:last]):
        field = _FIELD_OF.get(_key(name[:_MAX_NAME]))
        if field is None:
            unknown.append(place + 1)
        elif field in found:
            raise RecordsError(
                line,
                f"columns {found[field] + 1} and {place + 1} are both {field}; "
                "leave one, or rename it",
            )
        else:
            found[field] = place
    if len(found) < 2:
        raise RecordsError(
            line,
            "no header; expected a line that names the columns, such as "
            "record_id,full_name,birth_date,identity_number",
        )
    return Columns(
        fields=tuple(found),
        places=tuple(found.values()),
        width=last,
        unknown=tuple(unknown),
    )
