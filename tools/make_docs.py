"""Builds the documentation site, in ``site/html/``: `make docs`.

    python tools/make_docs.py            a warning ends it with status 1
    python tools/make_docs.py stage      only gather the pages, in ``site/pages/``

The pages lie in ``docs/``, ``spec/``, ``test_vectors/`` and at the top, and link to each other as a
code host shows them. So the site is made of a copy that keeps those places: a link that works there
works here. Pages of docstrings are added, one for each part of ``docs/reference/api.md``. What
builds it is installed in an environment of its own, `.venvs/docs`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import environments
from docs_site import docstrings

ROOT: Final = Path(__file__).resolve().parents[1]
SITE: Final = ROOT / "site"
PAGES: Final = SITE / "pages"
ENVIRONMENT: Final = ROOT / ".venvs" / "docs"
STAMP: Final = ENVIRONMENT / "made-of"  # the group of dependencies it was made of
FOLDERS: Final = ("docs", "spec", "test_vectors")
DOCSTRINGS: Final = Path("docs/reference/docstrings")
LINK: Final = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
BLOCK: Final = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


class LinkError(Exception):
    """A page links to what is not there, or to a folder, which a site cannot show."""


def pages() -> Iterator[Path]:
    """The Markdown pages of the project that are on the site, relative to its root."""
    for page in sorted(ROOT.glob("*.md")):
        yield page.relative_to(ROOT)
    for folder in FOLDERS:
        for page in sorted((ROOT / folder).rglob("*.md")):
            yield page.relative_to(ROOT)


def linked_files(page: Path, text: str) -> Iterator[Path]:
    """What a page links to inside the project, pages left out; relative to the root.

    Args:
        page: Where it lies, relative to the root.
        text: What it holds.

    Raises:
        LinkError: a link leads nowhere, out of the project, or to a folder.
    """
    for target in LINK.findall(BLOCK.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file = (ROOT / page.parent / target).resolve()
        if not file.is_file() or not file.is_relative_to(ROOT):
            raise LinkError(f"{page} links to {target}, which is no file of the project")
        if file.suffix != ".md":
            yield file.relative_to(ROOT)


def stage() -> None:
    """Gather pages and the files they link to in ``site/pages/``, and write those of docstrings."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for page in pages():
        text = (ROOT / page).read_text(encoding="utf-8")
        for file in (page, *linked_files(page, text)):
            (PAGES / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, PAGES / file)
    for name, text in docstrings.pages(ROOT).items():
        (PAGES / DOCSTRINGS).mkdir(parents=True, exist_ok=True)
        (PAGES / DOCSTRINGS / name).write_text(text, encoding="utf-8")
    style = Path(docstrings.__file__).with_name("site.css")
    shutil.copyfile(style, PAGES / style.name)


def group() -> list[str]:
    """The dependencies of the site, as ``pyproject.toml`` has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed: list[str] = project["dependency-groups"]["docs"]
    return needed


def make_environment() -> None:
    """Install what builds the site, unless that was done for the same dependencies."""
    needed = group()
    made_of = "\n".join(needed)
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == made_of:
        return
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    environments.create(ENVIRONMENT, sys.executable)
    environments.install(ENVIRONMENT, *needed)
    STAMP.write_text(made_of, encoding="utf-8")


def build() -> int:
    """Build the site of the pages gathered, and return the exit status; a warning is a failure.

    Not with ``--quiet``: MkDocs does not count warnings that it does not show.
    """
    done = subprocess.run(
        [ENVIRONMENT / "bin" / "mkdocs", "build", "--strict"],
        cwd=ROOT,
        # Its makers' notice about another program of theirs is no warning about these pages.
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    return done.returncode


def main() -> int:
    """Do what the argument says and return the exit status."""
    try:
        stage()
    except LinkError as error:
        print(error, file=sys.stderr)
        return 1
    if sys.argv[1:] == ["stage"]:
        return 0
    make_environment()
    status = build()
    if status == 0:
        print(f"open {(SITE / 'html' / 'index.html').relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
