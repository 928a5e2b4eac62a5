"""A card for a phone: the code first and large, then the items.

Spec: Decision 5772/QĐ-BYT, annex, section 1.1; HCERT 1.0.8 §4.2.2.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.vietnam.showing.document import NOTES, QR_TITLE, TITLE, read_document
from vnvaxcert.vietnam.showing.eleven import LABELS, Item
from vnvaxcert.vietnam.showing.markup import both, inline_svg, page
from vnvaxcert.vietnam.showing.words import Words

# The code stays dark on white with its quiet zone in a dark theme too: many readers take no other.
_STYLE: Final = """\
:root{color-scheme:light dark;--ground:#f3f3f1;--card:#fff;--ink:#111;--soft:#444;--line:#ccc;
--head:#8f0e17}
@media (prefers-color-scheme:dark){:root{--ground:#111;--card:#1e1e1e;--ink:#f2f2f2;--soft:#c4c4c4;
--line:#4a4a4a;--head:#ffb4ae}}
body{background:var(--ground);color:var(--ink)}
main{width:360px;max-width:100%;margin:0 auto;background:var(--card);padding:14px 12px 18px}
h1{font-size:21px;color:var(--head);line-height:1.2}
h1 [lang=en]{font-size:14px;color:var(--soft)}
figure{margin:10px 0;background:#fff}
figure svg{width:100%;height:auto}
.holder{font-size:19px;font-weight:700}
.holder [lang=en]{font-size:13px;color:var(--soft)}
dl{margin-top:8px}
.item{border-top:1px solid var(--line);padding:6px 0}
dt{font-size:12px;color:var(--soft)}
dt [lang=en]{display:inline}
dt [lang=en]::before{content:"· "}
dd{font-size:15px;font-weight:600;overflow-wrap:anywhere}
dd [lang=en]{font-size:12.5px;color:var(--soft)}
.code{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:12.5px}
footer{margin-top:10px;font-size:12px;color:var(--soft)}
footer p{margin-top:6px}
@media print{main{width:86mm}}
"""


def to_html_card(text: str, *, level: str | None = None) -> str:
    """Return a vaccine passport as a card 360 pixels wide: one HTML file that needs nothing else.

    What it shows is read from the text, its national claim included; the
    signature is not checked. The same text gives the
    same card, to the byte.

    Args:
        text: The text of the QR code, ``"HC1:..."``.
        level: Error correction of the code; None: ``"Q"``, as HCERT recommends. ``"L"`` makes its
            modules larger, which helps on a small screen.

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
    svg = inline_svg(document.qr(level), " / ".join(QR_TITLE))
    name, *others = document.items
    rows = "\n".join(_item(item) for item in others)
    facts = "".join(
        f'<div class="item"><dt>{both(label)}</dt><dd>{both(value)}</dd></div>'
        for label, value in document.facts
    )
    notes = "".join(f"<p>{both(words)}</p>" for words in (*document.remarks, *NOTES))
    body = (
        f"<main>\n<h1>{both(TITLE)}</h1>\n<figure>{svg}</figure>\n"
        f"<dl>\n{_item(name, 'holder')}\n{rows}\n{facts}\n</dl>\n<footer>{notes}</footer>\n</main>"
    )
    return page(title=" · ".join(TITLE), style=_STYLE, body=body)


def _item(item: Item, kind: str = "") -> str:
    label = both(Words(f"{item.number}. {item.label_vi}", item.label_en))
    value = both(Words(item.value_vi, item.value_en))
    kind = kind or ("code" if item.number == len(LABELS) else "value")
    return f'<div class="item"><dt>{label}</dt><dd class="{kind}">{value}</dd></div>'
