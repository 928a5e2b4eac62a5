"""``vnvaxcert trust show``: what a list is and what it holds."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime

from vnvaxcert.cli import as_json
from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.lists import Loaded, load_each, read_checks
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, Outcome
from vnvaxcert.cli.screen import Entry, Screen
from vnvaxcert.cli.trust import asking, words
from vnvaxcert.trust.entry import SetAside, TrustedKey

DESCRIPTION = """\
Show trust lists: where they are from, whether their own signature was checked, from when until
when they may be used, how many entries they hold; and each key on a line or two.
"""
EPILOG = f"""\
{asking.PAIR}
The exit status is 0 when something was shown, 1 when no entry is the one asked for (by --kid,
--country or --set-aside), 2 for wrong usage or a list that cannot be used. A list that is stale
at the moment is shown, and said to be.

examples:
  vnvaxcert trust show dsc-list.json --list-key publisher.pem
  vnvaxcert trust show dsc-list.json --country VN
  vnvaxcert trust show updates.jwt keylist.jwt --list-authorities root.pem
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("trust show", description=DESCRIPTION, epilog=EPILOG)
    asking.add_lists(made)
    asking.add_filters(made)
    made.add_argument(
        "--set-aside", action="store_true", help="only what was read and cannot be used, and why"
    )
    asking.add_checks(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Show lists.

    Raises:
        CommandError: Wrong usage, or a list that cannot be used.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    at = asking.moment(values)
    found = [
        (loaded, *_selected(loaded, values))
        for loaded in load_each(values.lists, read_checks(values, at))
    ]
    is_asked = asking.is_filtered(values) or values.set_aside
    is_anything = any(keys or aside for _, keys, aside in found)
    status = REFUSED if is_asked and not is_anything else ACCEPTED
    if values.json:
        return Outcome(status, as_json.dump([_document(*one, at) for one in found]))
    screen = Screen()
    for loaded, keys, aside in found:
        rows = words.list_rows(loaded, at, with_countries=not asking.is_filtered(values))
        screen.section(loaded.name, rows)
        _show(screen, keys, aside, at)
    if not is_anything and is_asked:
        screen.remark("No entry is the one asked for.")
    return Outcome(status, screen.text())


def _selected(loaded: Loaded, values: Namespace) -> tuple[list[TrustedKey], list[SetAside]]:
    keys = [] if values.set_aside else asking.select(loaded.trust, values)
    return keys, asking.select(loaded.trust.set_aside, values)


def _show(screen: Screen, keys: list[TrustedKey], aside: list[SetAside], at: datetime) -> None:
    entries = [
        Entry("caution" if key.notes else "plain", words.key_cells(key), words.key_lines(key, at))
        for key in keys
    ]
    screen.entries("Keys", entries)
    if any(key.role == "signer" for key in keys):
        screen.remark(words.LEGEND)
        screen.gap()
    screen.listing("Set aside", "caution", [words.aside_line(one) for one in aside])


def _document(
    loaded: Loaded, keys: list[TrustedKey], aside: list[SetAside], at: datetime
) -> as_json.Document:
    return {
        **words.list_document(loaded, at),
        "keys": [words.key_document(key) for key in keys],
        "entries_set_aside": [words.aside_document(one) for one in aside],
    }
