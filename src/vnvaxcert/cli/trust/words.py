"""Keys and lists in words for people, and in JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from vnvaxcert.cli import as_text
from vnvaxcert.cli.as_json import Document, utc
from vnvaxcert.cli.lists import Loaded, has_signature
from vnvaxcert.trust.entry import SetAside, TrustedKey
from vnvaxcert.trust.profile.rule import key_words
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.trust.usage import Usage

LEGEND: Final = (
    "Signs: v vaccination, t test, r recovery certificates, l Swiss light ones; all: every kind."
)

_LETTERS: Final = {
    Usage.VACCINATION: "v",
    Usage.TEST: "t",
    Usage.RECOVERY: "r",
    Usage.LIGHT: "l",
}
_SOMEWHERE: Final = "--"  # where a country would stand
_PER_LINE: Final = 8  # countries, so that a line has some 60 characters


def number(count: int, word: str, plural: str = "") -> str:
    """A number of things: ``"1 key"``, ``"829 keys"``."""
    return f"{count} {word if count == 1 else plural or f'{word}s'}"


# --- a list -------------------------------------------------------------------------------------


def list_rows(
    loaded: Loaded, at: datetime, *, with_countries: bool
) -> list[tuple[str, str | None]]:
    """What is known of a list as a whole."""
    trust = loaded.trust
    usable, aside = len(trust), len(trust.set_aside)
    return [
        ("Format", trust.format),
        ("Signature", signature(trust)),
        ("Issued", as_text.moment(trust.issued_at)),
        ("Expires", _expiry(loaded, at)),
        ("Sequence", None if trust.sequence is None else str(trust.sequence)),
        ("Entries", f"{usable + aside} read = {usable} usable + {aside} set aside"),
        ("Roles", _roles(trust)),
        *(_countries(trust) if with_countries else ()),
    ]


def signature(trust: TrustList) -> str:
    """What is known of a list's own signature."""
    if trust.authenticated:
        return "checked, and good"
    if has_signature(trust):
        return "NOT CHECKED (see --list-key and --list-authorities)"
    return "none: a list of this kind is as good as the way it came"


def _expiry(loaded: Loaded, at: datetime) -> str | None:
    expires_at = loaded.trust.expires_at
    if not loaded.is_stale:
        return as_text.moment(expires_at)
    asked = f"not valid at {as_text.moment(at)}"
    return f"STALE: {asked}" if expires_at is None else f"{as_text.moment(expires_at)}: STALE"


def _roles(trust: TrustList) -> str:
    roles = Counter(key.role for key in trust)
    signers = number(roles["signer"], "signer")
    authorities = number(roles["authority"], "authority", "authorities")
    return f"{signers}, {authorities}" if roles["authority"] else signers


def _countries(trust: TrustList) -> list[tuple[str, str | None]]:
    """Entries by country, some to a line: all of them would be too long for one."""
    counts = sorted(Counter(key.country or _SOMEWHERE for key in trust).items())
    lines = [
        ", ".join(f"{country} {count}" for country, count in counts[start : start + _PER_LINE])
        for start in range(0, len(counts), _PER_LINE)
    ]
    return [("" if row else "Countries", line) for row, line in enumerate(lines)]


def list_document(loaded: Loaded, at: datetime) -> Document:
    """The same for programs."""
    trust = loaded.trust
    usable, aside = len(trust), len(trust.set_aside)
    countries: dict[str, Counter[str]] = {}
    for key in trust:
        countries.setdefault(key.country or "", Counter())[key.role] += 1
    return {
        "list": loaded.name,
        "format": trust.format,
        "authenticated": trust.authenticated,
        "issued_at": utc(trust.issued_at),
        "expires_at": utc(trust.expires_at),
        "at": utc(at),
        "stale": loaded.is_stale,
        "sequence": trust.sequence,
        "read": usable + aside,
        "usable": usable,
        "set_aside": aside,
        "countries": {country: dict(counts) for country, counts in sorted(countries.items())},
    }


# --- an entry -----------------------------------------------------------------------------------


def key_cells(key: TrustedKey) -> tuple[str, ...]:
    """A key in columns."""
    return (
        key.kid.hex(),
        key.country or _SOMEWHERE,
        key.role,
        key_words(key.public_key),
        _usages(key),
        _validity(key),
    )


def key_lines(key: TrustedKey, at: datetime) -> tuple[str, ...]:
    """What belongs to a key beside its columns."""
    subject = "a bare key, of which nothing else is known" if key.subject is None else key.subject
    state = _state(key, at)
    return (
        f"{state}: {subject}" if state else subject or "an empty subject",
        *(f"note: {note}" for note in key.notes),
    )


def _usages(key: TrustedKey) -> str:
    if key.role == "authority":
        return ""
    return " ".join(letter for kind, letter in _LETTERS.items() if kind in key.usages) or "all"


def _validity(key: TrustedKey) -> str:
    if key.not_before is None or key.not_after is None:
        return "no validity"
    return f"{key.not_before:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"


def _state(key: TrustedKey, at: datetime) -> str:
    if key.not_after is not None and at > key.not_after:
        return "EXPIRED"
    if key.not_before is not None and at < key.not_before:
        return "NOT YET VALID"
    return ""


def key_document(key: TrustedKey) -> Document:
    """A key for programs."""
    facts = key.facts
    return {
        "kid": key.kid.hex(),
        "country": key.country,
        "role": key.role,
        "key": key_words(key.public_key),
        "algorithms": sorted(algorithm.name for algorithm in key.algorithms),
        "usages": sorted(key.usages),
        "not_before": utc(key.not_before),
        "not_after": utc(key.not_after),
        "subject": key.subject,
        "issuer": None if facts is None else facts.issuer,
        "serial": None if facts is None else f"{facts.serial:x}",
        "source": key.source,
        "notes": list(key.notes),
    }


def aside_line(entry: SetAside) -> str:
    """An entry that cannot be used, and why."""
    named = [entry.kid.hex(), entry.country or ""]
    who = ", ".join(filter(None, named))
    return f"{entry.source}{f' ({who})' if who else ''}: {entry.reason}"


def aside_document(entry: SetAside) -> Document:
    """The same for programs."""
    return {
        "kid": entry.kid.hex(),
        "country": entry.country,
        "source": entry.source,
        "reason": entry.reason,
    }


def kids(found: Sequence[bytes], shown: int = 3) -> str:
    """Some key identifiers, and how many more there are."""
    more = len(found) - shown
    words = ", ".join(kid.hex() or "no kid" for kid in found[:shown])
    return f"{words} and {more} more" if more > 0 else words
