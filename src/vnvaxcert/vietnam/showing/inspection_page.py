"""The verdict for an inspector as a page: a word, a sign of its own shape, and a colour.

Spec: Circular 15/2025/TT-BKHCN; WCAG 2.2 §1.4.1 (colour is never the only carrier), §1.4.3.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.vietnam.showing.inspection import ANSWERS, Answer, Inspection
from vnvaxcert.vietnam.showing.markup import both, page
from vnvaxcert.vietnam.showing.words import Words

_TITLE: Final = Words("Kết quả kiểm tra chứng nhận", "Result of the check")
_ITEMS: Final = Words("Nội dung chứng nhận", "What the certificate says")
_WARNINGS: Final = Words("Lưu ý", "Note")

# Each sign has an outline of its own: circle, octagon, square, triangle.
_SIGNS: Final[dict[Answer, str]] = {
    Answer.ACCEPTED: (
        '<circle cx="24" cy="24" r="21"/><path d="M13 25l8 8 15-17" class="stroke"/>'
    ),
    Answer.REFUSED: (
        '<path d="M15 3h18l12 12v18L33 45H15L3 33V15z"/>'
        '<path d="M16 16l16 16M32 16L16 32" class="stroke"/>'
    ),
    Answer.UNREADABLE: (
        '<path d="M4 4h40v40H4z"/><path d="M17 18a7 7 0 1 1 7 8v4M24 36v1" class="stroke"/>'
    ),
    Answer.UNDECIDED: '<path d="M24 3l22 41H2z"/><path d="M24 18v13M24 37v1" class="stroke"/>',
}

# White on each of these has a contrast of at least 5 to 1.
_STYLE: Final = """\
body{background:#fff;color:#111}
main{max-width:640px;margin:0 auto;padding:14px}
.answer{display:flex;align-items:center;gap:14px;color:#fff;padding:14px;border-radius:6px;
print-color-adjust:exact;-webkit-print-color-adjust:exact}
.answer svg{width:56px;height:56px;flex:none;fill:none;stroke:#fff;stroke-width:3}
.answer .stroke{stroke-width:5;stroke-linecap:round;stroke-linejoin:round}
.answer p{font-size:24px;font-weight:700;line-height:1.15}
.answer [lang=en]{font-size:16px;font-weight:600}
.accepted{background:#17692f}.refused{background:#a3141f}
.unreadable{background:#4a4a4a}.undecided{background:#8a4b00}
h1{font-size:17px;margin-bottom:10px}
h2{font-size:16px;margin:16px 0 4px}
h1 [lang=en],h2 [lang=en]{font-size:13px;color:#444}
.line{border-top:1px solid #bbb;padding:5px 0}
dt{font-size:13px;color:#444}
dt [lang=en]{display:inline}
dt [lang=en]::before{content:"· "}
dd{font-weight:600;overflow-wrap:anywhere}
dd [lang=en],li [lang=en],.caveat [lang=en]{font-size:13.5px;color:#444}
ul{padding-left:20px}
.caveat{margin-top:14px;border:2px solid #111;padding:8px}
@media print{@page{size:A4;margin:14mm}}
"""


def to_html_verdict(inspection: Inspection) -> str:
    """Return an inspection as one HTML file that needs nothing else, for a screen or paper.

    The answer is carried by a word in both languages and by the shape of a sign, and only
    besides by a colour.

    Args:
        inspection: What `vnvaxcert.vietnam.showing.verdict` gave.

    Returns:
        HTML, to be written as UTF-8.

    Spec: Circular 15/2025/TT-BKHCN.
    """
    answer = inspection.answer
    title = f"{ANSWERS[answer].vi} · {ANSWERS[answer].en}"
    body = (
        f"<main>\n<h1>{both(_TITLE)}</h1>\n"
        f'<div class="answer {answer.value}" role="status">'
        f'<svg viewBox="0 0 48 48" aria-hidden="true">{_SIGNS[answer]}</svg>'
        f"<p>{both(ANSWERS[answer])}</p></div>\n"
        f"{_list([(line.label, line.value) for line in inspection.lines[1:]])}"
        f"{_warnings(inspection)}{_items(inspection)}"
        f'<p class="caveat">{both(inspection.caveat)}</p>\n</main>'
    )
    return page(title=title, style=_STYLE, body=body)


def _list(lines: list[tuple[Words, Words]]) -> str:
    rows = "\n".join(
        f'<div class="line"><dt>{both(label)}</dt><dd>{both(value)}</dd></div>'
        for label, value in lines
    )
    return f"<dl>\n{rows}\n</dl>\n"


def _warnings(inspection: Inspection) -> str:
    if not inspection.warnings:
        return ""
    listed = "".join(f"<li>{both(words)}</li>" for words in inspection.warnings)
    return f"<h2>{both(_WARNINGS)}</h2>\n<ul>{listed}</ul>\n"


def _items(inspection: Inspection) -> str:
    if not inspection.items:
        return ""
    rows = [
        (
            Words(f"{item.number}. {item.label_vi}", item.label_en),
            Words(item.value_vi, item.value_en),
        )
        for item in inspection.items
    ]
    return f"<h2>{both(_ITEMS)}</h2>\n{_list(rows)}"
