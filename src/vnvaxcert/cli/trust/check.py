"""``vnvaxcert trust check``: which rules of the governance profile a list's certificates keep."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from vnvaxcert.cli import as_json, as_text
from vnvaxcert.cli.arguments import MAX_DAYS, Parser, add_authorities_key, days
from vnvaxcert.cli.lists import load_authorities, load_stale_too, read_checks
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen, Tone
from vnvaxcert.cli.trust import asking, words
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.profile import (
    RENEWAL_DAYS,
    Finding,
    Level,
    ProfileName,
    check_list,
    check_profile,
)
from vnvaxcert.trust.profile import Outcome as Found

MAX_DETAILED: Final = 5  # keys that are shown rule by rule without being asked to

DESCRIPTION = """\
Hold each certificate of a trust list to the rules of the governance profile: names, key usages,
algorithms, validity, chain, and what repeats across the list. Rules that a document demands
(must), those it recommends (should), and advice are told apart. A broken rule does not make a
key unusable: verifiers accept many that break some.
"""
EPILOG = f"""\
Of up to {MAX_DETAILED} keys every rule is shown; of more, each rule that is broken and by how many
keys. --kid, --country and --all show more. --json has the rules that are broken, with --all every
rule of every key.

{asking.PAIR}
The exit status is 0 when no rule that a document demands (must) is broken, 1 when one is, 2 for
wrong usage or a list that cannot be used.

examples:
  vnvaxcert trust check dsc-list.json --authorities csca.pem --at 2023-06-01
  vnvaxcert trust check dsc-list.json --kid ZtJVElOdWm0=
"""

_TONES: Final[dict[Level, Tone]] = {
    Level.MUST: "bad",
    Level.SHOULD: "caution",
    Level.ADVICE: "plain",
}
_PROFILES: Final = {
    "eu": "EU (certificate governance, HCERT)",
    "who": "WHO (certificate governance, GDHCN)",
}
_OUTCOMES: Final = {
    Found.MET: "met",
    Found.BROKEN: "BROKEN",
    Found.NOT_APPLICABLE: "does not apply",
    Found.NOT_CHECKED: "not checked",
}


class Result(NamedTuple):
    """What was found.

    Attributes:
        keys: Each key with its findings.
        across: Findings across the list.
    """

    keys: list[tuple[TrustedKey, tuple[Finding, ...]]]
    across: list[Finding]

    @property
    def all(self) -> list[Finding]:
        """Every finding there is."""
        return [*(finding for _, findings in self.keys for finding in findings), *self.across]

    @property
    def breaches(self) -> list[Finding]:
        """Those of rules that a document demands, and that are broken."""
        return [one for one in self.all if is_broken(one) and one.level is Level.MUST]


def is_broken(finding: Finding) -> bool:
    """Whether a rule is broken."""
    return finding.outcome is Found.BROKEN


def parser() -> Parser:
    """The arguments."""
    made = Parser("trust check", description=DESCRIPTION, epilog=EPILOG)
    asking.add_lists(made)
    made.add_argument(
        "--profile",
        metavar="NAME",
        type=_profile,
        default="eu",
        help="eu or who: by whose rules; eu, when not given",
    )
    made.add_argument(
        "--authorities",
        metavar="LIST",
        action="append",
        default=[],
        help="certificates of country authorities: each signer has to be under one of them; "
        "without them the chain is not checked",
    )
    add_authorities_key(made)
    made.add_argument(
        "--days",
        metavar="N",
        type=days,
        default=RENEWAL_DAYS,
        help=f"days before its end by which a certificate has to be renewed, 1 to {MAX_DAYS}; "
        f"{RENEWAL_DAYS}, when not given",
    )
    made.add_argument("--all", action="store_true", help="every rule of every key, kept ones too")
    asking.add_filters(made)
    asking.add_checks(made)
    return made


def run(arguments: list[str]) -> Outcome:
    """Check lists.

    Raises:
        CommandError: Wrong usage, a list that cannot be used, or no key is the one asked for.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    at = asking.moment(values)
    loaded = load_stale_too(values.lists, read_checks(values, at))
    if values.authorities_key is not None and not values.authorities:
        raise CommandError("--authorities-key is given, and no list to check with it")
    authorities = load_authorities(values.authorities, at=None, key=values.authorities_key)
    keys = asking.select(loaded.trust, values)
    if not keys:
        raise CommandError("there is no key to check, or none is the one asked for")
    across = check_list(loaded.trust, at=at, profile=values.profile)
    result = Result(
        [
            (
                key,
                check_profile(
                    key, at=at, authorities=authorities, profile=values.profile, days=values.days
                ),
            )
            for key in keys
        ],
        _concerning(across, keys) if asking.is_filtered(values) else list(across),
    )
    status = REFUSED if result.breaches else ACCEPTED
    if values.json:
        return Outcome(status, as_json.dump([_document(result, at, values.profile, values.all)]))
    screen = Screen()
    _show_verdict(screen, result, at, values.profile)
    is_whole = not asking.is_filtered(values)
    screen.section(loaded.name, words.list_rows(loaded, at, with_countries=is_whole))
    if values.all or len(keys) <= MAX_DETAILED:
        for key, findings in result.keys:
            _show_key(screen, key, findings)
        _show_across(screen, result.across)
    else:
        _show_rules(screen, result)
        screen.remark("Each rule of a key: --kid KID. Of every key: --all.")
    if not values.authorities and any(key.role == "signer" for key in keys):
        screen.remark("The chain was not checked: give country authorities with --authorities.")
    return Outcome(status, screen.text())


def _profile(text: str) -> ProfileName:
    if text == "eu":
        return "eu"
    if text == "who":
        return "who"
    raise argparse.ArgumentTypeError("expected eu or who")


def _concerning(across: Iterable[Finding], keys: Sequence[TrustedKey]) -> list[Finding]:
    """Of what was found across the list, what is about these keys."""
    kids = {key.kid for key in keys}
    return [one for one in across if kids.intersection(one.kids)]


# --- for people ---------------------------------------------------------------------------------


def _show_verdict(screen: Screen, result: Result, at: datetime, profile: ProfileName) -> None:
    count = len(result.keys)
    wrong = sum(_breaks_must(findings) for _, findings in result.keys)
    lines = [f"by the profile of {_PROFILES[profile]}, at {as_text.moment(at)}"]
    if not result.breaches:
        screen.verdict("good", f"NO REQUIRED RULE IS BROKEN: {words.number(count, 'key')}", *lines)
        return
    rules = len({one.rule for one in result.breaches})
    required = words.number(rules, "REQUIRED RULE", "REQUIRED RULES")
    headline = f"{required} BROKEN, BY {wrong} OF {words.number(count, 'KEY', 'KEYS')}"
    screen.verdict("bad", headline, *lines)


def _breaks_must(findings: Iterable[Finding]) -> bool:
    return any(is_broken(one) and one.level is Level.MUST for one in findings)


def _show_key(screen: Screen, key: TrustedKey, findings: Sequence[Finding]) -> None:
    title = f"{key.kid.hex()}  {key.subject or 'a bare key'}  ({key.source})"
    screen.marks(title, [_mark(one) for one in findings])


def _mark(finding: Finding) -> tuple[Tone, str, str]:
    outcome = _OUTCOMES[finding.outcome]
    if not is_broken(finding):
        tone: Tone = "good" if finding.outcome is Found.MET else "plain"
        return tone, finding.rule, f"{outcome}: {finding.found} [{finding.clause}]"
    return (
        _TONES[finding.level],
        finding.rule,
        f"{outcome} ({finding.level}): {finding.found}; expected {finding.expected} "
        f"[{finding.clause}]",
    )


def _show_across(screen: Screen, across: Sequence[Finding]) -> None:
    screen.marks("Across the list", [_mark(one) for one in across])


def _show_rules(screen: Screen, result: Result) -> None:
    """Each rule that is broken, the required ones first, and by whom."""
    for level, title in (
        (Level.MUST, "Required"),
        (Level.SHOULD, "Recommended"),
        (Level.ADVICE, "Advice"),
    ):
        marks: list[tuple[Tone, str, str]] = []
        for rule, findings in _by_rule(result).items():
            first = findings[0]
            if first.level is level:
                kids = [kid for one in findings for kid in one.kids]
                unit = "time" if rule.startswith("list.") else "key"
                count = words.number(len(findings), unit)
                text = f"{count}: expected {first.expected} [{first.clause}]; {words.kids(kids)}"
                marks.append((_TONES[level], rule, text))
        screen.marks(f"{title}, and broken", marks)


def _by_rule(result: Result) -> dict[str, list[Finding]]:
    """The broken rules, each with its breaches, which then name their keys."""
    found: dict[str, list[Finding]] = {}
    for key, findings in result.keys:
        for one in filter(is_broken, findings):
            found.setdefault(one.rule, []).append(one._replace(kids=(key.kid,)))
    for one in filter(is_broken, result.across):
        found.setdefault(one.rule, []).append(one)
    return found


# --- for programs -------------------------------------------------------------------------------


def _document(result: Result, at: datetime, profile: ProfileName, is_all: bool) -> as_json.Document:
    return {
        "profile": profile,
        "at": as_json.utc(at),
        "passed": not result.breaches,
        "keys_checked": len(result.keys),
        "rules": _summary(result.all),
        "keys": [
            {**words.key_document(key), "findings": _findings(findings, is_all)}
            for key, findings in result.keys
            if is_all or any(map(is_broken, findings))
        ],
        "list": _findings(result.across, is_all),
    }


def _findings(findings: Iterable[Finding], is_all: bool) -> list[as_json.Document]:
    return [
        {**one._asdict(), "kids": [kid.hex() for kid in one.kids]}
        for one in findings
        if is_all or is_broken(one)
    ]


def _summary(findings: Iterable[Finding]) -> list[as_json.Document]:
    """How often each rule ended how."""
    found: dict[str, as_json.Document] = {}
    for one in findings:
        row = found.setdefault(
            one.rule,
            {
                "rule": one.rule,
                "level": one.level,
                "clause": one.clause,
                "expected": one.expected,
                **dict.fromkeys((outcome.value for outcome in Found), 0),
            },
        )
        row[one.outcome.value] += 1
    return list(found.values())
