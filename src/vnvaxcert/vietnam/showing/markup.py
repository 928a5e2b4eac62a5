"""HTML that needs nothing but a browser: no script, no font, no picture from anywhere else.

Every value is escaped here and nowhere else, and a policy in the page itself forbids the browser
to load or run anything.

Spec: HTML Living Standard; CSP Level 3 §4.2; WCAG 2.2 (language of parts, contrast, use of colour).
"""

from __future__ import annotations

from html import escape
from typing import Final

from vnvaxcert.render.qr import QrCode
from vnvaxcert.vietnam.showing.words import Words

# Families that carry every Vietnamese letter come first, on whatever system the page is opened.
FONTS: Final = (
    "'Be Vietnam Pro','Noto Sans',Roboto,'Segoe UI',system-ui,-apple-system,'DejaVu Sans',Arial,"
    "sans-serif"
)

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)

_COMMON_STYLE: Final = f"""\
*{{box-sizing:border-box}}
html{{font-family:{FONTS};line-height:1.35;-webkit-text-size-adjust:100%}}
body{{margin:0}}
h1,h2,p,dl,dd,figure,ul{{margin:0;padding:0}}
[lang=en]{{display:block;font-weight:400}}
.value,.code{{overflow-wrap:anywhere}}
svg{{display:block}}
"""


def both(words: Words, *, tag: str = "span") -> str:
    """Return a text in Vietnamese and, marked as such, in English; once where they are the same."""
    if words.vi == words.en:
        return escape(words.vi)
    return f'{escape(words.vi)} <{tag} lang="en">{escape(words.en)}</{tag}>'


def inline_svg(code: QrCode, title: str, *, width_mm: float | None = None) -> str:
    """Return the drawing of a QR code as it may stand within HTML.

    Args:
        code: The code.
        title: Read aloud in its place.
        width_mm: Width of the symbol in mm, without quiet zone; None: as wide as its place.
    """
    svg = code.to_svg(width_mm=width_mm, title=title)
    return svg[svg.index("<svg") :].strip()  # an XML declaration has no place in HTML


def page(*, title: str, style: str, body: str) -> str:
    """Return a whole page.

    Args:
        title: Its title; names no person, since browsers show and keep it.
        style: CSS, besides what all pages have.
        body: HTML, escaped.
    """
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="robots" content="noindex">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_COMMON_STYLE}{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )
