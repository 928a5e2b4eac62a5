"""A page of A4 to print.

Spec: Decision 5772/QĐ-BYT, annex, section 1.1; HCERT 1.0.8 §4.2.2 (size of the code).
"""

from __future__ import annotations

from html import escape
from typing import Final

from vnvaxcert.render.qr import DIAGONAL_MM, QrCode
from vnvaxcert.vietnam.showing.document import (
    NOTES,
    QR_TITLE,
    SUBTITLE,
    TITLE,
    Document,
    read_document,
)
from vnvaxcert.vietnam.showing.eleven import LABELS, Item
from vnvaxcert.vietnam.showing.markup import both, inline_svg, page
from vnvaxcert.vietnam.showing.words import Words

# Below this, office printers and the cameras of cheap phones lose modules.
_MODULE_MM: Final = 0.35

_STYLE: Final = """\
@page{size:A4;margin:14mm 15mm}
body{color:#111;background:#fff}
main{width:180mm;max-width:100%;margin:0 auto;padding:6mm 0}
header{display:flex;justify-content:space-between;align-items:flex-end;gap:8mm;
border-bottom:1.2mm solid #b3121d;padding-bottom:3mm;margin-bottom:5mm}
h1{font-size:22pt;line-height:1.15;color:#8f0e17}
h1 [lang=en]{font-size:14pt;color:#333}
.subtitle{font-size:10pt;text-align:right}
.top{display:flex;gap:8mm;align-items:flex-start;margin-bottom:5mm}
figure{flex:none;background:#fff}
figcaption{font-size:7.5pt;text-align:center}
dl{flex:1;font-size:10pt}
dt{font-size:8.5pt;color:#333;margin-top:2mm}
dt [lang=en]{display:inline}
dt [lang=en]::before{content:"· "}
dd{font-weight:600}
dd [lang=en]{font-size:9pt}
table{width:100%;border-collapse:collapse;font-size:10.5pt}
caption{text-align:left;font-size:9pt;padding-bottom:1mm}
td,th{border-top:.25mm solid #999;padding:1.3mm 2mm 1.3mm 0;vertical-align:top;text-align:left}
tr:last-child td,tr:last-child th{border-bottom:.25mm solid #999}
.number{width:8mm;text-align:right;padding-right:3mm;color:#333}
th[scope=row]{width:62mm;font-weight:400}
th [lang=en],td [lang=en]{font-size:8.5pt;color:#333}
.value{font-weight:600}
.code{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:9.5pt}
footer{margin-top:5mm;font-size:8.5pt}
footer p{margin-top:1.5mm}
tr,figure,footer p{break-inside:avoid}
@media print{main{padding:0}}
@media screen and (max-width:700px){main{padding:4mm}.top,header{flex-direction:column;
align-items:flex-start}.subtitle{text-align:left}th[scope=row]{width:auto}}
"""


def qr_width_mm(code: QrCode) -> float:
    """The width at which a code is printed, in mm, without its quiet zone.

    The largest that HCERT recommends; beyond that only where its modules would be too small.
    """
    recommended = DIAGONAL_MM[1] / 2**0.5
    return max(recommended, code.modules * _MODULE_MM)


def to_html_page(text: str, *, level: str | None = None) -> str:
    """Return a printable A4 page of a vaccine passport: one HTML file that needs nothing else.

    What it shows is read from the text, its national claim included; the
    signature is not checked. The same text gives the
    same page, to the byte.

    Args:
        text: The text of the QR code, ``"HC1:..."``.
        level: Error correction of the code; None: ``"Q"``, as HCERT recommends.

    Returns:
        HTML, to be written as UTF-8.

    Raises:
        DecodeError: The text is no certificate, or a damaged one.
        IssueClaimsError: It holds no vaccination, or is a seal.
        QrTooLargeError: The text is too long for this level.
        TypeError: Not a text.
        ValueError: No such level.
        ModuleNotFoundError: The extra ``qr`` is not installed.

    Spec: Decision 5772/QĐ-BYT, annex, section 1.1; HCERT 1.0.8 §4.2.2.
    """
    document = read_document(text)
    code = document.qr(level)
    svg = inline_svg(code, " / ".join(QR_TITLE), width_mm=qr_width_mm(code))
    rows = "\n".join(_row(item) for item in document.items)
    body = (
        f'<main>\n<header><h1>{both(TITLE)}</h1><p class="subtitle">{both(SUBTITLE)}</p></header>\n'
        f'<div class="top"><figure>{svg}<figcaption>{both(QR_TITLE)}</figcaption></figure>\n'
        f"<dl>{_facts(document)}</dl></div>\n"
        f"<table><caption>{escape(CAPTION.vi)} "
        f'<span lang="en">{escape(CAPTION.en)}</span></caption>\n{rows}\n</table>\n'
        f"<footer>{_notes(document)}</footer>\n</main>"
    )
    return page(title=" · ".join(TITLE), style=_STYLE, body=body)


CAPTION: Final = Words(
    "Các trường thông tin theo Quyết định 5772/QĐ-BYT",
    "The items of Decision 5772/QĐ-BYT of the Ministry of Health",
)


def _facts(document: Document) -> str:
    return "".join(
        f"<dt>{both(label)}</dt><dd>{both(value)}</dd>" for label, value in document.facts
    )


def _notes(document: Document) -> str:
    return "".join(f"<p>{both(words)}</p>" for words in (*document.remarks, *NOTES))


def _row(item: Item) -> str:
    label = both(Words(item.label_vi, item.label_en))
    value = both(Words(item.value_vi, item.value_en))
    # The last item is the certificate's code: letters that nobody reads as words.
    kind = "value code" if item.number == len(LABELS) else "value"
    return (
        f'<tr><td class="number">{item.number}</td><th scope="row">{label}</th>'
        f'<td class="{kind}">{value}</td></tr>'
    )
