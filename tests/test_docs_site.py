"""The site of the documents: what is on it, how it is gathered, and that a warning fails it.

Building it takes an environment of its own, so `make docs` does that and not these tests.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import environments
import make_docs
import vnvaxcert
from docs_site import docstrings

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
SETTINGS, NAVIGATION = CONFIGURATION.split("\nnav:\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in the place of this one."""
    monkeypatch.setattr(make_docs, "ROOT", tmp_path)
    return tmp_path


def navigation() -> list[str]:
    """The pages that the navigation names, in order."""
    return re.findall(r"^ +- (?:[^:\n]+: )?(\S+\.md)$", NAVIGATION, flags=re.MULTILINE)


def generated() -> dict[str, str]:
    """The pages of docstrings, by their path on the site."""
    folder = make_docs.DOCSTRINGS.as_posix()
    return {f"{folder}/{name}": text for name, text in docstrings.pages(ROOT).items()}


# --- what is on it ----------------------------------------------------------------------------


def test_the_navigation_has_each_page_once_and_no_other() -> None:
    pages = [page.as_posix() for page in make_docs.pages()]
    assert sorted(navigation()) == sorted([*pages, *generated()])


@pytest.mark.parametrize("folder", ["docs", "spec", "test_vectors"])
def test_the_pages_of_each_folder_are_on_the_site(folder: str) -> None:
    found = {page.as_posix() for page in make_docs.pages()}
    here = {page.relative_to(ROOT).as_posix() for page in (ROOT / folder).rglob("*.md")}
    assert here
    assert here <= found


def test_each_public_name_is_on_one_page_of_docstrings_by_itself_or_in_its_module() -> None:
    known = docstrings.exports(ROOT / "src" / "vnvaxcert" / "__init__.py")
    shown = Counter(
        name for text in generated().values() for name in re.findall(r"^::: (\S+)$", text, re.M)
    )
    for name in vnvaxcert.__all__:
        module, _, _ = known[name].rpartition(".")
        assert shown[known[name]] + shown[module] == 1, name


def test_each_name_in_a_module_is_on_one_page_of_docstrings() -> None:
    api = (ROOT / docstrings.API).read_text(encoding="utf-8")
    shown = Counter(
        name for text in generated().values() for name in re.findall(r"^::: (\S+)$", text, re.M)
    )
    names = docstrings.parts(api)[docstrings.MODULES]
    assert len(names) > 50
    assert {shown[name] for name in names} == {1}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("vnvaxcert.vietnam.cleaning.detect", "Viet Nam: cleaning"),
        ("vnvaxcert.vietnam.reading.read_csv", "Viet Nam: records"),
        ("vnvaxcert.errors", "Errors by code"),
        ("vnvaxcert.results.Envelope", "More"),
    ],
)
def test_a_name_in_a_module_is_on_the_page_of_its_package(name: str, title: str) -> None:
    assert docstrings.title_of(name) == title


def test_titles_become_file_names() -> None:
    assert docstrings.file_name("Viet Nam: passports") == "viet-nam-passports.md"


# --- what fails it ----------------------------------------------------------------------------


def test_whatever_does_not_lead_somewhere_is_a_warning_and_a_warning_fails() -> None:
    rules = SETTINGS.split("\nvalidation:\n")[1].split("\n\n")[0]
    kinds = re.findall(r"^    (\w+): (\w+)$", rules, flags=re.MULTILINE)
    assert {kind for kind, _ in kinds} >= {
        *("omitted_files", "not_found", "absolute_links", "anchors", "unrecognized_links"),
    }
    assert {level for _, level in kinds} == {"warn"}
    assert "\nstrict: true\n" in SETTINGS


def test_nothing_is_fetched_from_elsewhere_when_a_page_is_read() -> None:
    assert "\n  font: false" in SETTINGS
    assert "://" not in SETTINGS


def program(environment: Path, script: str) -> None:
    """Put a shell script where MkDocs would be."""
    path = environment / "bin" / "mkdocs"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_build_counts_warnings_and_shows_them_when_it_fails(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_docs, "ENVIRONMENT", project / "environment")
    program(project / "environment", 'echo "$@" > arguments; echo WARNING of a link; exit 3')
    assert make_docs.build() == 3
    assert "WARNING of a link" in capsys.readouterr().err
    # With --quiet MkDocs does not count warnings, and --strict has nothing to fail for.
    assert (project / "arguments").read_text().split() == ["build", "--strict"]


def test_a_build_without_warnings_is_silent(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_docs, "ENVIRONMENT", project / "environment")
    program(project / "environment", "echo INFO building")
    assert make_docs.build() == 0
    assert capfd.readouterr() == ("", "")


# --- how it is gathered -----------------------------------------------------------------------


def test_every_link_of_a_page_holds_in_the_copy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_docs, "PAGES", tmp_path / "pages")
    make_docs.stage()
    followed = 0
    for page in sorted((tmp_path / "pages").rglob("*.md")):
        text = make_docs.BLOCK.sub("", page.read_text(encoding="utf-8"))
        for target in make_docs.LINK.findall(text):
            if not re.match(r"[a-z]+:", target):
                followed += 1
                assert (page.parent / target).is_file(), f"{page.name}: {target}"
    assert followed > 200


def test_the_copy_has_the_pages_of_docstrings_and_none_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_docs, "PAGES", tmp_path / "pages")
    old = tmp_path / "pages" / "docs" / "gone.md"
    old.parent.mkdir(parents=True)
    old.write_text("# Of before\n")
    make_docs.stage()
    assert not old.exists()
    assert "::: vnvaxcert.verify.verify\n" in (
        tmp_path / "pages" / make_docs.DOCSTRINGS / "the-verbs.md"
    ).read_text(encoding="utf-8")


def test_a_file_that_a_page_links_to_comes_along(project: Path) -> None:
    (project / "spec").mkdir()
    (project / "spec" / "form.cddl").write_text("form = int\n")
    page = "[form](../spec/form.cddl), [other](other.md), [site](https://example.org/x)"
    (project / "docs").mkdir()
    (project / "docs" / "other.md").write_text("# Other\n")
    found = list(make_docs.linked_files(Path("docs/page.md"), page))
    assert found == [Path("spec/form.cddl")]


def test_what_looks_like_a_link_in_a_block_is_none(project: Path) -> None:
    page = "```python\nprint(a[0](nothing.json))\n```\n"
    assert list(make_docs.linked_files(Path("page.md"), page)) == []


@pytest.mark.parametrize("target", ["nowhere.json", "folder", "../outside.json"])
def test_a_link_to_what_a_site_cannot_show_ends_the_gathering(project: Path, target: str) -> None:
    (project / "folder").mkdir()
    (project.parent / "outside.json").write_text("{}")
    with pytest.raises(make_docs.LinkError, match=re.escape(target)):
        list(make_docs.linked_files(Path("page.md"), f"[here]({target})"))


def test_a_dead_link_is_reported_in_one_line_and_the_status_is_1(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_docs, "PAGES", project / "pages")
    (project / "README.md").write_text("[gone](gone.json)\n")
    assert make_docs.main() == 1
    assert capsys.readouterr().err == (
        "README.md links to gone.json, which is no file of the project\n"
    )


def test_the_environment_is_made_anew_only_when_its_dependencies_have_changed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(make_docs, "ENVIRONMENT", project / "environments" / "docs")
    monkeypatch.setattr(make_docs, "STAMP", project / "environments" / "docs" / "made-of")
    monkeypatch.setattr(environments, "create", lambda path, _: path.mkdir(exist_ok=True))
    monkeypatch.setattr(environments, "install", lambda _, *names: made.append(names))
    toml = project / "pyproject.toml"
    for names in (["one"], ["one"], ["one", "two"]):
        toml.write_text(f"[dependency-groups]\ndocs = {names}\n")
        make_docs.make_environment()
    assert made == [("one",), ("one", "two")]


def test_the_site_has_a_group_of_dependencies_with_bounds() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    group = needed["dependency-groups"]["docs"]
    assert group == make_docs.group()
    assert all(">=" in entry for entry in group)
    assert "mkdocs>=1.6.1,<2" in group
