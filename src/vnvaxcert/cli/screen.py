"""What people read: blocks of text, drawn on a terminal or written as plain lines.

`rich` draws, and is imported only when there is a terminal to draw on. Colour never carries a
meaning alone: each verdict and mark is also a word. Every text passes through `neutral`.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from vnvaxcert.cli.stream import is_terminal, neutral

if TYPE_CHECKING:
    from rich.console import Console

Tone = Literal["good", "bad", "caution", "plain"]

MAX_SHOWN: Final = 400  # characters of one text; the schema allows 80 in those that matter
WIDEST_COLUMN: Final = 32  # a longer cell pushes its own line out, and no other

_STYLES: Final[dict[Tone, str]] = {
    "good": "bold green",
    "bad": "bold red",
    "caution": "bold yellow",
    "plain": "default",
}
_SYMBOLS: Final[dict[Tone, str]] = {"good": "✓", "bad": "✗", "caution": "!", "plain": "·"}


class Entry(NamedTuple):
    """One of many things of a kind.

    Attributes:
        tone: Of its mark.
        cells: Its columns.
        lines: What belongs to it, in lines of their own.
    """

    tone: Tone
    cells: tuple[str, ...]
    lines: tuple[str, ...] = ()


class Screen:
    """Collects blocks and gives them as one text."""

    def __init__(self, *, is_drawn: bool | None = None) -> None:
        """Start empty.

        Args:
            is_drawn: Whether a terminal shows it; found out when not given.
        """
        self._is_drawn = is_terminal() if is_drawn is None else is_drawn
        self._plain: list[str] = []
        self._drawn = StringIO()
        self._console: Console | None = None

    def verdict(self, tone: Tone, headline: str, *lines: str) -> None:
        """The answer, in one line to see from afar, and what belongs to it."""
        headline = f"{_SYMBOLS[tone]} {_clean(headline)}"
        cleaned = [_clean(line) for line in lines]
        if not self._is_drawn:
            self._plain += [headline, *(f"  {line}" for line in cleaned), ""]
            return
        from rich.panel import Panel
        from rich.text import Text

        text = Text(headline, style=_STYLES[tone])
        for line in cleaned:
            text.append(f"\n{line}", style="not bold default")
        self._draw(Panel(text, border_style=_STYLES[tone], padding=(0, 1)))

    def section(self, title: str, rows: Sequence[tuple[str, str | None]]) -> None:
        """Named values under a title; those that are None or empty are left out."""
        cleaned = [(name, _clean(value)) for name, value in rows if value]
        if not cleaned:
            return
        title = _clean(title)
        if not self._is_drawn:
            width = max(len(name) for name, _ in cleaned)
            lines = (f"  {name:<{width}}  {value}" for name, value in cleaned)
            self._plain += [title, *lines, ""]
            return
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in cleaned:
            grid.add_row(Text(f"  {name}"), Text(value))
        self._draw(Text(title, style="bold"), grid, Text())

    def marks(self, title: str, marks: Sequence[tuple[Tone, str, str]]) -> None:
        """A list under a title: each a tone, a few words and an explanation."""
        if not marks:
            return
        title = _clean(title)
        cleaned = [(tone, _clean(word), _clean(text)) for tone, word, text in marks]
        width = max(len(word) for _, word, _ in cleaned)
        if not self._is_drawn:
            lines = (
                f"  {_SYMBOLS[tone]} {word:<{width}}  {text}".rstrip()
                for tone, word, text in cleaned
            )
            self._plain += [title, *lines, ""]
            return
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for tone, word, text in cleaned:
            mark = Text(
                f"  {_SYMBOLS[tone]} {word}", style=_STYLES[tone] if tone != "plain" else "dim"
            )
            grid.add_row(mark, Text(text))
        self._draw(Text(title, style="bold"), grid, Text())

    def listing(self, title: str, tone: Tone, lines: Sequence[str]) -> None:
        """Sentences under a title, each marked."""
        if not lines:
            return
        title = _clean(title)
        cleaned = [_clean(line) for line in lines]
        if not self._is_drawn:
            self._plain += [title, *(f"  {_SYMBOLS[tone]} {line}" for line in cleaned), ""]
            return
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for line in cleaned:
            grid.add_row(Text(f"  {_SYMBOLS[tone]}", style=_STYLES[tone]), Text(line))
        self._draw(Text(title, style="bold"), grid, Text())

    def entries(self, title: str, entries: Sequence[Entry]) -> None:
        """Many things of one kind under a title: a line of columns each, and what belongs to it."""
        if not entries:
            return
        title = _clean(title)
        cleaned = [
            (one.tone, [_clean(cell) for cell in one.cells], [_clean(line) for line in one.lines])
            for one in entries
        ]
        count = max(len(cells) for _, cells, _ in cleaned)
        widths = [
            min(max(len(cells[at]) for _, cells, _ in cleaned if at < len(cells)), WIDEST_COLUMN)
            for at in range(count)
        ]
        heads = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False))
            for _, cells, _ in cleaned
        ]
        if not self._is_drawn:
            self._plain.append(title)
            for head, (tone, _, lines) in zip(heads, cleaned, strict=True):
                self._plain.append(f"{_SYMBOLS[tone]} {head}".rstrip())
                self._plain += [f"    {line}" for line in lines]
            self._plain.append("")
            return
        from rich.padding import Padding
        from rich.text import Text

        self._draw(Text(title, style="bold"))
        for head, (tone, _, lines) in zip(heads, cleaned, strict=True):
            style = _STYLES[tone] if tone != "plain" else "default"
            self._draw(Text(f"{_SYMBOLS[tone]} {head.rstrip()}", style=style))
            for line in lines:
                self._draw(Padding(Text(line, style="dim", overflow="fold"), (0, 0, 0, 4)))
        self._draw(Text())

    def remark(self, text: str) -> None:
        """A sentence that is less important than the rest."""
        if not self._is_drawn:
            self._plain.append(_clean(text))
            return
        from rich.text import Text

        self._draw(Text(_clean(text), style="dim"))

    def gap(self) -> None:
        """An empty line."""
        self.remark("")

    def heading(self, text: str) -> None:
        """The head of one of several reports; nothing for the only one, which has no name."""
        if not text:
            return
        if not self._is_drawn:
            gap = [""] if self._plain else []
            self._plain += [*gap, f"== {_clean(text)} ==", ""]
            return
        from rich.rule import Rule
        from rich.text import Text

        if self._console is not None:
            self._draw(Text())
        self._draw(Rule(Text(_clean(text))))

    def text(self) -> str:
        """Everything so far, with its last line end."""
        return self._drawn.getvalue() + "".join(f"{line}\n" for line in self._plain)

    def _draw(self, *parts: object) -> None:
        if self._console is None:
            from rich.console import Console

            # The buffer goes to the terminal, so colours are decided as for one (NO_COLOR too).
            self._console = Console(
                file=self._drawn, force_terminal=True, highlight=False, markup=False, emoji=False
            )
        for part in parts:
            self._console.print(part)


def _clean(text: str) -> str:
    shown = neutral(text[: MAX_SHOWN + 1])
    return shown if len(text) <= MAX_SHOWN else f"{neutral(text[:MAX_SHOWN])}…"
