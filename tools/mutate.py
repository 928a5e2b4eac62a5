"""Takes checks out of the verification path, one at a time, and asks whether anything notices.

    python tools/mutate.py                      # each check taken out, against our vectors
    python tools/mutate.py --all                # each small change, against vectors and tests
    python tools/mutate.py --all trust/chain.py # of one module, or of a folder

Nothing is written to the sources: a changed module exists in the memory of one process. A mutant
that nothing notices is a survivor. Survivors that change nothing anybody can see are listed with
the reason in ``tools/mutation/explained.json``; one that is not listed there ends the run with
status 1, and so does a listed one that is noticed after all or is no more.

``--jobs N`` runs N trials at a time, ``--show`` names each mutant with what noticed it, ``--out
FILE`` writes them as JSON lines. What the figures mean: docs/explanation/testing.md.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from mutation import plan, sites, trial
from mutation.trial import Mutant, Outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 when every survivor is explained and every explanation is needed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("only", nargs="*", help="module or folder below the package")
    parser.add_argument("--all", action="store_true", help="every small change, not checks alone")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="name those that were noticed, too")
    parser.add_argument("--out", type=Path, help="file for what became of each")
    parser.add_argument("--count", action="store_true", help="count the mutants and try none")
    options = parser.parse_args(arguments)
    modules = plan.chosen(options.only, all_changes=options.all)
    if not modules:
        parser.error("no module of the plan is called so")
    mutants = [one for module in modules for one in mutants_of(module, options.all)]
    if options.count:
        for module, number in Counter(one.module for one in mutants).items():
            print(f"{number:6} {module}")
        return 0
    start = time.monotonic()
    found = tried(modules, mutants, options)
    explained = plan.explained("all" if options.all else "checks", modules)
    survivors = [one for one, outcome in found.items() if outcome.killed_by is None]
    unexplained = [one for one in survivors if one.key not in explained]
    stale = explained.keys() - {one.key for one in survivors}
    for one in unexplained:
        print(f"survives: src/{trial.PACKAGE}/{one.module}:{one.site.line}: {one.key}")
    for key in sorted(stale):
        print(f"explained and not needed: {key}")
    print(
        f"{len(found)} mutants, {len(found) - len(survivors)} noticed, {len(survivors)} survive, "
        f"{len(survivors) - len(unexplained)} of these explained; "
        f"{time.monotonic() - start:.0f} s"
    )
    return 1 if unexplained or stale else 0


def mutants_of(module: str, all_changes: bool) -> list[Mutant]:
    """The mutants of a module, in the order of its source."""
    text = (trial.SOURCE / trial.PACKAGE / module).read_text("utf-8")
    tree = ast.parse(text)
    return [
        Mutant(module=module, tree=tree, site=site)
        for site in sites.find(tree, only_checks=not all_changes)
    ]


def tried(
    modules: Sequence[str], mutants: Sequence[Mutant], options: argparse.Namespace
) -> Mapping[Mutant, Outcome]:
    """What became of each mutant; ends the run where the unchanged library does not pass."""
    sys.path.insert(0, str(trial.SOURCE))
    from vnvaxcert.conformance.suites import find

    suites = find(trial.ROOT / "test_vectors")
    judge = trial.by_vectors([case for suite in suites for case in suite.cases])
    if options.all:
        judge = trial.in_order(judge, trial.by_tests(plan.tests_of))
        importlib.import_module("pytest")
        importlib.import_module("hypothesis")
    trial.forget_library()
    unchanged = modules if options.all else modules[:1]
    for module, _, outcome in trial.run(((m, None) for m in unchanged), judge, jobs=options.jobs):
        if outcome.killed_by is not None:
            sys.exit(f"{module}: fails unchanged: {outcome.killed_by}")
    found: dict[Mutant, Outcome] = {}
    trials = ((one.module, one) for one in mutants)
    for _, mutant, outcome in trial.run(trials, judge, jobs=options.jobs):
        if mutant is None:
            continue
        found[mutant] = outcome
        if options.show and outcome.killed_by is not None:
            print(f"noticed by {outcome.killed_by}: {mutant.key}")
        if options.out is not None:
            line = {"mutant": mutant.key, "line": mutant.site.line, "by": outcome.killed_by}
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return {one: found[one] for one in mutants}


if __name__ == "__main__":
    sys.exit(main())
