"""Why a line is rejected, in a work file and in a file of rejected lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from vnvaxcert.errors import NotCompleteError, VnvaxcertError
from vnvaxcert.vietnam.reasons import REASONS, Reason

# What a step refuses by an error of the library and not by a reason of a record, in Vietnamese.
ERRORS: Final = {
    "attestation.invalid": "Xác nhận của đơn vị không hợp lệ",
    "attestation.delegation": "Uỷ quyền ký xác nhận không hợp lệ",
    "issue.not_complete": "Bản ghi chưa đầy đủ",
    "issue.not_matched": "Bản ghi chưa được xác thực dân cư",
    "issue.not_attested": "Bản ghi chưa được đơn vị có thẩm quyền ký xác nhận",
    "issue.outlives_signer": "Chứng thư của đơn vị cấp không còn hiệu lực đến khi hết hạn",
    "issue.claims": "Nội dung không lập được thành chứng nhận hợp lệ",
    "issue.name": "Họ tên có ký tự không chuyển tự được sang chữ La-tinh của hộ chiếu",
    "issue.too_large": "Nội dung quá dài cho một mã QR",
}
OTHER: Final = "Không cấp được chứng nhận"


def pack(reasons: Iterable[Reason]) -> str:
    """Write what refuses a record as `Row.reasons`; ``""`` when nothing does."""
    refusals = [[one.code, one.field, one.detail] for one in reasons if one.effect == "refuses"]
    return json.dumps(refusals, ensure_ascii=False) if refusals else ""


def refusal(error: VnvaxcertError) -> str:
    """Write an error that refuses a record as `Row.reasons`, and the reasons behind it."""
    found = [[error.code, "", str(error)]]
    if isinstance(error, NotCompleteError):
        found += [[code, "", ""] for code in error.reasons if code in REASONS]
    return json.dumps(found, ensure_ascii=False)


def join(one: str, other: str) -> str:
    """Put two `Row.reasons` together."""
    if not (one and other):
        return one or other
    return json.dumps([*json.loads(one), *json.loads(other)], ensure_ascii=False)


def unpack(reasons: str) -> list[dict[str, Any]]:
    """The reasons as the file of rejected lines has them: code, field, and both messages."""
    return [_document(code, field, detail) for code, field, detail in json.loads(reasons)]


@lru_cache(maxsize=1024)
def _messages(code: str, field: str, detail: str) -> tuple[str, str]:
    if code in REASONS:
        reason = Reason(code=code, field=field, detail=detail)
        return reason.message("vi"), reason.message("en")
    return ERRORS.get(code, OTHER), detail


def _document(code: str, field: str, detail: str) -> dict[str, Any]:
    vi, en = _messages(code, field, detail)
    return {"code": code, "field": field, "vi": vi, "en": en}
