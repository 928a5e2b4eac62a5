"""Arguments that the commands for trust lists share, and which entries they ask for."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from vnvaxcert.cli.arguments import Parser, add_json, add_list_checks, parse_moment
from vnvaxcert.trust.entry import SetAside, TrustedKey, decode_base64

_Item = TypeVar("_Item", TrustedKey, SetAside)

LISTS_HELP = (
    "trust list in any known format, a certificate, or a directory of certificates; the files of "
    "one list are given together"
)
PAIR = """\
A list that is published as two files (Switzerland's, Austria's with its signature) is given as
both. Others that are given are merged, or shown one after the other.
"""


def add_lists(parser: Parser) -> None:
    """Add the positional LIST, one or more."""
    parser.add_argument("lists", metavar="LIST", nargs="+", help=LISTS_HELP)


def add_checks(parser: Parser) -> None:
    """Add what lists are checked with, the moment, and ``--json``."""
    add_list_checks(parser)
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=parse_moment,
        help="the moment asked about, as 2022-06-01T12:00:00Z or 2022-06-01; now, when not given",
    )
    add_json(parser)


def add_filters(parser: Parser) -> None:
    """Add ``--country`` and ``--kid``."""
    parser.add_argument(
        "--country",
        metavar="CC",
        action="append",
        default=[],
        help="only entries of this country; give it again to add another",
    )
    parser.add_argument(
        "--kid",
        metavar="KID",
        type=_kid,
        action="append",
        default=[],
        help="only entries with this key identifier, hexadecimal or Base64; give it again to add "
        "another",
    )


def moment(values: Namespace) -> datetime:
    """The moment asked about."""
    given: datetime | None = values.at
    return given or datetime.now(UTC)


def is_filtered(values: Namespace) -> bool:
    """Whether only some entries are asked for."""
    return bool(values.country or values.kid)


def select(entries: Iterable[_Item], values: Namespace) -> list[_Item]:
    """The entries asked for, in their order."""
    countries = {country.upper() for country in values.country}
    kids = frozenset[bytes]().union(*values.kid)
    return [
        one
        for one in entries
        if (not countries or countries.intersection(_countries(one)))
        and (not kids or one.kid in kids)
    ]


def _countries(entry: TrustedKey | SetAside) -> set[str]:
    """The list's word, which may be of three letters, and the certificate's."""
    facts = entry.facts if isinstance(entry, TrustedKey) else None
    own = None if facts is None else facts.country
    return {country.upper() for country in (entry.country, own) if country}


def _kid(text: str) -> frozenset[bytes]:
    """What a text can mean as a key identifier: hexadecimal digits may be Base64 too.

    Raises:
        argparse.ArgumentTypeError: It is neither.
    """
    found = set()
    for decode in (bytes.fromhex, decode_base64):
        with suppress(ValueError):
            found.add(decode(text))
    found.discard(b"")
    if not found:
        raise argparse.ArgumentTypeError("expected a key identifier, hexadecimal or Base64")
    return frozenset(found)
