"""``vnvaxcert trust diff``: what changed from one list to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from vnvaxcert.cli import as_json, as_text
from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.lists import Loaded, load_stale_too, read_checks
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, Outcome
from vnvaxcert.cli.screen import Entry, Screen
from vnvaxcert.cli.trust import asking, words
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.profile.rule import key_words
from vnvaxcert.trust.spki import encode_spki
from vnvaxcert.trust.trustlist import TrustList

DESCRIPTION = """\
Compare two trust lists, in the same form or in different ones: which keys were added, which were
removed, and which stand under the same key identifier with another key, certificate, role,
country or usages.
"""
EPILOG = """\
A list that is published as two files is given as a directory that holds both. --last-sequence is
about NEW; --list-key and --list-authorities are about both. Whether the lists are stale does not
matter.

The exit status is 0 when both trust the same keys for the same, whatever their form, times and
numbers; 1 when not; 2 for wrong usage or a list that cannot be used.

example:
  vnvaxcert trust diff dsc-list.old.json dsc-list.json --list-key publisher.pem
"""


class Change(NamedTuple):
    """A key identifier that both lists have, with something else behind it.

    Attributes:
        old: What the old list has, one or more.
        new: What the new one has.
        what: What differs, in words: ``"usages"``.
    """

    old: tuple[TrustedKey, ...]
    new: tuple[TrustedKey, ...]
    what: tuple[str, ...]


class Difference(NamedTuple):
    """What changed.

    Attributes:
        added: Keys under identifiers that the old list has not, in the order of the new one.
        removed: Keys under identifiers that the new list has not, in the order of the old one.
        changed: Identifiers of both.
        same: How many identifiers stand for the same in both.
    """

    added: list[TrustedKey]
    removed: list[TrustedKey]
    changed: list[Change]
    same: int

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return not (self.added or self.removed or self.changed)


def parser() -> Parser:
    """The arguments."""
    made = Parser("trust diff", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("old", metavar="OLD", help="the list as it was: any form, or a directory")
    made.add_argument("new", metavar="NEW", help="the list as it is now")
    asking.add_checks(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Compare two lists.

    Raises:
        CommandError: Wrong usage, or a list that cannot be used.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    at = asking.moment(values)
    checks = read_checks(values, at)
    old = load_stale_too([values.old], checks._replace(last_sequence=None))
    new = load_stale_too([values.new], checks)
    found = compare(old.trust, new.trust)
    status = ACCEPTED if found.is_empty else REFUSED
    if values.json:
        document = {
            "same": found.is_empty,
            "old": words.list_document(old, at),
            "new": words.list_document(new, at),
            "unchanged": found.same,
            "added": [words.key_document(key) for key in found.added],
            "removed": [words.key_document(key) for key in found.removed],
            "changed": [_changed(change) for change in found.changed],
        }
        return Outcome(status, as_json.dump([document]))
    screen = Screen()
    _show(screen, old, new, found)
    return Outcome(status, screen.text())


def compare(old: TrustList, new: TrustList) -> Difference:
    """Find what changed, by key identifier."""
    before, after = _by_kid(old), _by_kid(new)
    changed = [
        Change(before[kid], keys, differing)
        for kid, keys in after.items()
        if kid in before and (differing := _differing(before[kid], keys))
    ]
    return Difference(
        added=[key for kid, keys in after.items() if kid not in before for key in keys],
        removed=[key for kid, keys in before.items() if kid not in after for key in keys],
        changed=changed,
        same=sum(kid in before for kid in after) - len(changed),
    )


def _by_kid(trust: TrustList) -> dict[bytes, tuple[TrustedKey, ...]]:
    return {key.kid: trust.get(key.kid) for key in trust}


def _differing(old: tuple[TrustedKey, ...], new: tuple[TrustedKey, ...]) -> tuple[str, ...]:
    """What is not the same, whatever the order; empty where all is."""
    if _same(old, new, _everything):
        return ()
    if len(old) != len(new):
        return ("number of keys",)
    aspects: dict[str, Callable[[TrustedKey], object]] = {
        "key": lambda key: encode_spki(key.public_key),
        "certificate": lambda key: None if key.facts is None else key.facts.der,
        "role": lambda key: key.role,
        "country": lambda key: key.country,
        "usages": lambda key: key.usages,
    }
    return tuple(name for name, aspect in aspects.items() if not _same(old, new, aspect)) or (
        "which belongs to which",
    )


def _everything(key: TrustedKey) -> object:
    certificate = None if key.facts is None else key.facts.der
    return encode_spki(key.public_key), certificate, key.role, key.country, key.usages


def _same(
    old: tuple[TrustedKey, ...],
    new: tuple[TrustedKey, ...],
    aspect: Callable[[TrustedKey], object],
) -> bool:
    return Counter(map(aspect, old)) == Counter(map(aspect, new))


# --- for people ---------------------------------------------------------------------------------


def _show(screen: Screen, old: Loaded, new: Loaded, found: Difference) -> None:
    counts = (
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed, "
        f"{found.same} the same"
    )
    if found.is_empty:
        screen.verdict("good", "THE SAME KEYS", counts)
    else:
        screen.verdict("caution", "DIFFERENT", counts)
    rows = [
        (name, f"{before}  ->  {after}" if before != after else before)
        for (name, before), (_, after) in zip(_rows(old), _rows(new), strict=True)
    ]
    screen.section(f"{old.name}  ->  {new.name}", rows)
    screen.entries("Added", [_entry(key) for key in found.added])
    screen.entries("Removed", [_entry(key) for key in found.removed])
    screen.entries(
        "Changed",
        [
            Entry(
                "caution",
                (change.new[0].kid.hex(), ", ".join(change.what)),
                (
                    *(f"was: {_one_line(key)}" for key in change.old),
                    *(f"is:  {_one_line(key)}" for key in change.new),
                ),
            )
            for change in found.changed
        ],
    )


def _rows(loaded: Loaded) -> list[tuple[str, str]]:
    trust = loaded.trust
    return [
        ("Format", trust.format),
        ("Signature", words.signature(trust)),
        ("Issued", as_text.moment(trust.issued_at) or "not stated"),
        ("Expires", as_text.moment(trust.expires_at) or "not stated"),
        ("Sequence", "not stated" if trust.sequence is None else str(trust.sequence)),
        ("Usable", str(len(trust))),
        ("Set aside", str(len(trust.set_aside))),
    ]


def _entry(key: TrustedKey) -> Entry:
    return Entry("plain", words.key_cells(key), (key.subject or "a bare key",))


def _one_line(key: TrustedKey) -> str:
    usages = ", ".join(sorted(key.usages)) or "all kinds"
    parts = (key.country or "no country", key.role, key_words(key.public_key), usages)
    return f"{', '.join(parts)}: {key.subject or 'a bare key'}"


# --- for programs -------------------------------------------------------------------------------


def _changed(change: Change) -> as_json.Document:
    return {
        "kid": change.new[0].kid.hex(),
        "what": list(change.what),
        "old": [words.key_document(key) for key in change.old],
        "new": [words.key_document(key) for key in change.new],
    }
