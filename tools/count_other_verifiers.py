"""Count how the verifiers of other authors do on our vectors, for the page that says so.

    python tools/count_other_verifiers.py            write docs/reference/other-verifiers.md
    python tools/count_other_verifiers.py --check    exit 1 when the page has other counts

Needs what ``make harnesses`` installs. The page has counts by kind and by suite, and names no
vector: what can be exploited is for the maintainers of a verifier first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harnesses import environment
from vnvaxcert.conformance import Harness, Report, Result, run
from vnvaxcert.conformance.judging import PASSING, Kind

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "other-verifiers.md"
VECTORS: Final = ROOT / "test_vectors"

START: Final = "<!-- counts, written by tools/count_other_verifiers.py -->"
END: Final = "<!-- end of the counts -->"
DATE: Final = re.compile(r"Counted on \d{4}-\d\d-\d\d")


def report_of(name: str) -> Report:
    """Run our vectors against the verifier of a package."""
    with Harness([str(word) for word in environment.COMMANDS[name]]) as harness:
        return run(VECTORS, harness=harness)


def counts(reports: Sequence[Report]) -> str:
    """The counts of some verifiers, in Markdown: by kind, then by suite."""
    titles = [
        f"{report.subject.name} {report.subject.version}" for report in reports if report.subject
    ]
    total = len(reports[0].results)
    by_kind = (
        [kind.value, *(str(report.kinds.get(kind, 0)) for report in reports)] for kind in Kind
    )
    suites = dict.fromkeys(result.suite for result in reports[0].results if was_asked(result))
    by_suite = (
        [f"`{suite}`", *(passed_of_asked(report.results, suite) for report in reports)]
        for suite in suites
    )
    return "\n\n".join(
        [
            f"Counted on {datetime.now(UTC):%Y-%m-%d}, over {total} vectors.",
            table(["kind", *titles], by_kind),
            "By suite, those that passed (agreed, or refused without a reason) of those asked:",
            table(["suite", *titles], by_suite),
        ]
    )


def was_asked(result: Result) -> bool:
    """Whether the verifier was asked, and did not answer that it cannot."""
    return result.kind not in (None, Kind.UNSUPPORTED)


def passed_of_asked(results: Iterable[Result], suite: str) -> str:
    """Such as ``12 of 15``."""
    asked = [result for result in results if result.suite == suite and was_asked(result)]
    return f"{sum(result.kind in PASSING for result in asked)} of {len(asked)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_counts(page: str, found: str) -> str:
    """The page with these counts in the place of those that it has."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n\n{found}\n\n{END}{after}"


def undated(page: str) -> str:
    """The page without the day of the counting: a day that passes changes no count."""
    return DATE.sub("Counted", page)


def main(arguments: Sequence[str]) -> int:
    """Write the page, or say whether it is as it would be written."""
    missing = [name for name in environment.COMMANDS if not environment.is_ready(name)]
    if missing:
        print(f"run make harnesses first: {', '.join(missing)} not installed", file=sys.stderr)
        return 2
    page = PAGE.read_text(encoding="utf-8")
    made = with_counts(page, counts([report_of(name) for name in environment.COMMANDS]))
    if undated(made) == undated(page):
        return 0
    if "--check" in arguments:
        print(f"{PAGE.name} has other counts: run tools/count_other_verifiers.py", file=sys.stderr)
        return 1
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
