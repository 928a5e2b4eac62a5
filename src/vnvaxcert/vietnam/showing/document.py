"""What a page, a card and a PDF have in common: all of it read from the QR text itself.

A document that took its items from anywhere else could say something that its code does not.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.render.qr import QrCode, make_qr
from vnvaxcert.schema import valuesets
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.verify import decode_unverified
from vnvaxcert.vietnam.showing.eleven import Item, items, visible
from vnvaxcert.vietnam.showing.moments import say_moment
from vnvaxcert.vietnam.showing.names import name_of
from vnvaxcert.vietnam.showing.national import national_claim_of
from vnvaxcert.vietnam.showing.words import Words

TITLE: Final = Words("Hộ chiếu vắc xin", "Vaccine passport")
SUBTITLE: Final = Words("Chứng nhận tiêm chủng", "Certificate of vaccination")
QR_TITLE: Final = Words("Mã QR của chứng nhận", "QR code of the certificate")

IDENTITY: Final = Words(
    "Xuất trình cùng thẻ căn cước, căn cước công dân hoặc hộ chiếu: số giấy tờ không có trong "
    "chứng nhận.",
    "Show it with an identity card or a passport: the number of that document is not in the "
    "certificate.",
)
VALIDITY: Final = Words(
    "Thời hạn của mã QR là biện pháp kỹ thuật để bảo mật, không phải thời gian miễn dịch.",
    "The code expires for reasons of security; that is not how long immunity lasts.",
)
ONLY_THE_CODE: Final = Words(
    "Chỉ chữ ký số trong mã QR có giá trị: hãy quét mã để kiểm tra.",
    "Only the digital signature in the code counts: scan it to check.",
)
NOTES: Final = (ONLY_THE_CODE, IDENTITY, VALIDITY)

_NO_MOMENT: Final = Words("không có trong chứng nhận", "not in the certificate")


@record(shown=("issuer", "issued_at", "expires_at"))
class Document:
    """A certificate as it is shown on paper or on a phone. ``repr`` shows no personal data.

    Attributes:
        text: The text of its QR code.
        items: Its eleven items.
        issuer: ``iss``, the country that issued it, as a code; None where it is not said.
        issued_at: ``iat``, aware UTC, or None.
        expires_at: ``exp``, aware UTC, or None.
        remarks: What a reader has to know of this certificate besides; mostly nothing.
    """

    text: str
    items: tuple[Item, ...]
    issuer: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    remarks: tuple[Words, ...]

    @property
    def facts(self) -> tuple[tuple[Words, Words], ...]:
        """Issuer and times, each a label and a value."""
        issuer = _NO_MOMENT
        if self.issuer is not None:
            name = name_of(valuesets.COUNTRIES, self.issuer)
            issuer = Words(visible(name.vi), visible(name.en))
        return (
            (Words("Nước cấp", "Issued by"), issuer),
            (Words("Ngày cấp", "Issued at"), _moment(self.issued_at)),
            (Words("Mã QR có giá trị đến", "Code valid until"), _moment(self.expires_at)),
        )

    def qr(self, level: str | None = None) -> QrCode:
        """Return the QR code.

        Args:
            level: Error correction, ``"L"`` to ``"H"``; None: what HCERT recommends.

        Raises:
            QrTooLargeError: The text is too long for this level.
            ModuleNotFoundError: The extra ``qr`` is not installed.
        """
        return make_qr(self.text, level=level)


def read_document(text: str) -> Document:
    """Read what is to be shown from the text of a QR code. The signature is not checked.

    Args:
        text: The text of the code, ``"HC1:..."``.

    Raises:
        DecodeError: The text is no certificate, or a damaged one.
        IssueClaimsError: It holds no vaccination, or is a seal.
        TypeError: Not a text.
    """
    read = decode_unverified(text)
    national, remarks = national_claim_of(read)
    shown = items(read.certificate, national)
    if isinstance(read.certificate, HealthCertificate) and len(read.certificate.entries) > 1:
        count = len(read.certificate.entries)
        remarks += (
            Words(
                f"Chứng nhận có {count} mũi tiêm; trên đây là mũi gần nhất.",
                f"The certificate holds {count} doses; the latest is shown.",
            ),
        )
    return Document(
        text=text,
        items=shown,
        issuer=read.issuer,
        issued_at=read.issued_at,
        expires_at=read.expires_at,
        remarks=remarks,
    )


def _moment(moment: datetime | None) -> Words:
    return _NO_MOMENT if moment is None else say_moment(moment)
