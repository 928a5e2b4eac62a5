"""The documents are true: names, signatures, bounds, options, codes and links, held to the code."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import vnvaxcert
from test_architecture import THIRD_PARTY
from test_documents import Block, blocks_of
from vnvaxcert import errors
from vnvaxcert.cli import COMMANDS, main
from vnvaxcert.conformance.execute import supported
from vnvaxcert.examine import STEP_NUMBERS
from vnvaxcert.schema.deviations import Deviation

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(
            page
            for folder in ("docs", "spec", "test_vectors")
            for page in ROOT.glob(f"{folder}/**/*.md")
        ),
    ]
)
API = ROOT / "docs" / "reference" / "api.md"
COMMAND_LINE = ROOT / "docs" / "reference" / "command-line.md"
DESIGN = ROOT / "docs" / "explanation" / "design.md"

# Limits on what a caller asks for, not on what comes in: they protect nobody from anybody.
NO_SECURITY_BOUND = {
    "vnvaxcert.icao.names.MAX_DCC_NAME",
    "vnvaxcert.render.qr.MAX_DPI",
    "vnvaxcert.render.qr.MAX_SCALE",
    "vnvaxcert.schema.uvci.MAX_LENGTH",
}
# Import names of packages that are called otherwise.
PACKAGE_OF = {
    "PIL": "pillow",
    "font_roboto": "font-roboto",
    "fpdf": "fpdf2",
    "zlib_ng": "zlib-ng",
    "zxingcpp": "zxing-cpp",
}
CODE = re.compile(
    r"(base45|cbor|cose|cwt|hcert|input|issue|qr|schema|signature|signer|trust|trustlist|valueset"
    r"|zlib)\.(?!py\b|pem\b|json\b|txt\b)[a-z_]+"
)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading, to the next of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    _, found, rest = f"\n{page}".partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The rows of all tables in a text, without their heads; backquotes are taken off cells."""
    found = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and re.fullmatch(r"[|-]+", lines[number + 1])
        if line.startswith("|") and not is_head and not re.fullmatch(r"[|-]+", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.append([cell[1:-1] if re.fullmatch(r"`[^`]+`", cell) else cell for cell in cells])
    return found


def resolve(name: str) -> object:
    """What a dotted name means: a module, or a member of one."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, member = name.rpartition(".")
        found: object = getattr(importlib.import_module(module), member)
        return found


# --- Python names -----------------------------------------------------------------------------


def documented_names() -> list[str]:
    return re.findall(r"^### `(\w+)`$", text_of(API), flags=re.MULTILINE)


def signatures() -> Iterator[str]:
    for block in blocks_of(text_of(API)):
        if block.language == "text":
            yield from block.text.splitlines()


def test_the_page_has_every_public_name_once() -> None:
    assert sorted(documented_names()) == sorted(vnvaxcert.__all__)


def test_the_page_shows_signatures_at_all() -> None:
    assert {line.partition("(")[0] for line in signatures()} >= {"verify", "examine", "issue"}


@pytest.mark.parametrize("line", [*signatures()], ids=lambda line: line.partition("(")[0])
def test_a_signature_of_the_page_is_that_of_the_code(line: str) -> None:
    name, bracket, rest = line.partition("(")
    shown = ast.parse(f"def f{bracket}{rest}: ...").body[0]
    assert isinstance(shown, ast.FunctionDef)
    found: object = vnvaxcert
    for part in name.split("."):
        found = getattr(found, part)
    assert callable(found)
    real = inspect.signature(found)
    parameters = [p for p in real.parameters.values() if p.name != "self"]
    positional = [argument.arg for argument in shown.args.args]
    keyword = [argument.arg for argument in shown.args.kwonlyargs]
    assert [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD] == positional
    assert [p.name for p in parameters if p.kind is p.KEYWORD_ONLY] == keyword
    optional = len(shown.args.defaults) + sum(d is not None for d in shown.args.kw_defaults)
    assert optional == sum(p.default is not p.empty for p in parameters)
    assert shown.returns is not None
    assert ast.unparse(shown.returns) == real.return_annotation


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in vnvaxcert.__all__
        if inspect.isclass(found := getattr(vnvaxcert, n)) and is_dataclass(found)
    ],
)
def test_the_table_of_a_record_has_every_attribute_in_order(name: str) -> None:
    listed = [row[0] for row in rows(section(text_of(API), f"### `{name}`"))]
    names = [field.name for field in fields(getattr(vnvaxcert, name))]
    assert listed == [name for name in names if not name.startswith("_")]


@pytest.mark.parametrize("name", ["TrustList", "CertificateWarning"])
def test_the_table_of_another_class_lists_attributes_it_has(name: str) -> None:
    owner = getattr(vnvaxcert, name)
    known = {*dir(owner), *inspect.get_annotations(owner)}
    listed = [row[0] for row in rows(section(text_of(API), f"### `{name}`"))]
    assert listed
    assert set(listed) <= known


def test_every_name_in_a_module_exists() -> None:
    names = [row[0] for row in rows(section(text_of(API), "## Names in modules"))]
    assert len(names) > 10
    for name in names:
        assert isinstance(resolve(name), ModuleType) or callable(resolve(name))


def test_a_name_that_is_not_there_is_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve("vnvaxcert.errors.NoSuchError")


# --- tables -----------------------------------------------------------------------------------


def bounds_in_the_source() -> Iterator[str]:
    """Every public ``MAX_...`` and ``MIN_...`` of a module, the command line's left out."""
    for path in sorted((SOURCE / "vnvaxcert").rglob("*.py")):
        relative = path.relative_to(SOURCE).with_suffix("")
        parts = [part for part in relative.parts if part != "__init__"]
        if "cli" in parts:
            continue
        for node in ast.parse(text_of(path)).body:
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                for name in names:
                    if isinstance(name, ast.Name) and re.match("(MAX|MIN)_", name.id):
                        yield ".".join([*parts, name.id])


def test_the_table_of_bounds_equals_the_constants() -> None:
    table = rows(section(text_of(ROOT / "SECURITY.md"), "## Bounds"))
    assert len(table) > 10
    for name, value, *_ in table:
        assert resolve(name) == int(value.replace(",", "")), name


def test_every_bound_of_the_source_is_in_the_table() -> None:
    listed = {row[0] for row in rows(section(text_of(ROOT / "SECURITY.md"), "## Bounds"))}
    assert set(bounds_in_the_source()) - listed == NO_SECURITY_BOUND


def test_the_table_of_deviations_equals_the_code() -> None:
    page = text_of(ROOT / "docs" / "explanation" / "deviations.md").partition("\n## ")[0]
    assert {(row[0], row[1]) for row in rows(page)} == {
        (deviation.name, deviation.value) for deviation in Deviation
    }


def test_no_cell_about_a_deviation_is_empty() -> None:
    page = text_of(ROOT / "docs" / "explanation" / "deviations.md").partition("\n## ")[0]
    assert all(len(row) == 5 and all(row) for row in rows(page))


def lower_bounds() -> dict[str, str]:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    required = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        required += extra
    return dict(entry.split(">=") for entry in required if ">=" in entry)


def test_every_dependency_is_explained_with_the_bound_it_has_and_no_other_is() -> None:
    table = rows(text_of(ROOT / "docs" / "explanation" / "dependencies.md"))
    assert {name: bound for name, bound, *_ in table} == lower_bounds()


def test_every_package_that_is_imported_is_explained() -> None:
    table = rows(text_of(ROOT / "docs" / "explanation" / "dependencies.md"))
    imported = {
        alias.name.partition(".")[0]
        for path in (SOURCE / "vnvaxcert").rglob("*.py")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            [ast.alias(node.module or "")] if isinstance(node, ast.ImportFrom) else node.names
        )
    }
    packages = {PACKAGE_OF.get(name, name) for name in imported & set(THIRD_PARTY)}
    assert packages == {row[0] for row in table}


def test_the_steps_of_the_design_are_those_of_the_code() -> None:
    tables = section(text_of(DESIGN), "## Verification, step by step")
    named = {
        (int(number), name)
        for number, names, *more in rows(tables)
        if not more
        for name in re.findall(r"\w+", names)
    }
    assert named == {(number, name.value) for name, number in STEP_NUMBERS.items()}


def test_the_codes_of_each_step_are_those_of_the_table_of_errors() -> None:
    tables = section(text_of(DESIGN), "## Verification, step by step")
    shown = {
        (number, code)
        for number, _, *codes in rows(tables)
        for code in re.findall(r"[a-z0-9_.]+", "".join(codes))
    }
    page = section(text_of(ROOT / "docs" / "reference" / "errors.md"), "## Errors")
    assert shown == {(row[3], row[0]) for row in rows(page) if row[3] != "-"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_code_that_a_page_names_exists(page: Path) -> None:
    reference = text_of(ROOT / "docs" / "reference" / "errors.md")
    known = {
        row[0]
        for heading in ("## Errors", "## Warnings")
        for row in rows(section(reference, heading))
    }
    named = {
        whole
        for whole in re.findall(r"`([a-z0-9]+(?:\.[a-z_]+)?)`", text_of(page))
        if CODE.fullmatch(whole)
    }
    assert named <= known | {*supported()}  # operations of vectors have names of that form


def test_the_table_of_errors_names_classes_that_exist() -> None:
    reference = text_of(ROOT / "docs" / "reference" / "errors.md")
    for row in rows(section(reference, "## Errors")):
        assert getattr(errors, row[1]).code == row[0]


# --- the command line -------------------------------------------------------------------------


def test_the_page_has_every_command() -> None:
    headings = re.findall(r"^## (\w+)$", text_of(COMMAND_LINE), flags=re.MULTILINE)
    assert set(COMMANDS) <= set(headings)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_table_of_a_command_has_its_options(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    usage = capsys.readouterr().out
    options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", usage, flags=re.MULTILINE)) - {"--help"}
    listed = rows(section(text_of(COMMAND_LINE), f"## {command}"))
    shown = {row[0].partition(" ")[0] for row in listed if row[0].startswith("--")}
    assert shown == options
    assert options


# --- the start page ---------------------------------------------------------------------------


def readme_examples() -> list[Block]:
    return [b for b in blocks_of(text_of(ROOT / "README.md")) if b.language == "python"]


def test_the_start_page_verifies_and_issues_in_about_ten_lines_each() -> None:
    lengths = [len([line for line in b.text.splitlines() if line]) for b in readme_examples()]
    assert len(lengths) == 2
    assert max(lengths) <= 11


def test_the_verification_on_the_start_page_is_within_one_screen() -> None:
    first = readme_examples()[0]
    assert "verify(" in first.text
    assert first.line + first.text.count("\n") <= 30


@pytest.mark.parametrize("block", readme_examples(), ids=["verify", "issue"])
def test_an_example_of_the_start_page_imports_all_it_uses(block: Block) -> None:
    tree = ast.parse(block.text)
    bound: set[str | None] = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)}
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    assert used - bound <= set(dir(builtins))


# --- links ------------------------------------------------------------------------------------


def prose_of(page: Path) -> str:
    """A page without its code blocks, in which a bracket is no link."""
    text = text_of(page)
    for block in blocks_of(text):
        text = text.replace(block.text, "")
    return text


def anchors_of(page: Path) -> set[str]:
    """The anchors that the usual renderers make of the headings."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(page: Path) -> list[tuple[str, str]]:
    """Each link of a page to another file or place: its path and its anchor."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose_of(page))
    split = [target.partition("#") for target in targets if not re.match(r"[a-z]+:", target)]
    return [(path, anchor) for path, _, anchor in split]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_page_and_to_a_heading_in_it(page: Path) -> None:
    for path, anchor in links_of(page):
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), path
        assert target.exists(), path
        if anchor:
            assert anchor in anchors_of(target), f"{path}#{anchor}"


def test_every_page_of_the_documents_is_reached_from_their_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / path).resolve() for path, _ in links_of(index)}
    assert {page for page in ROOT.glob("docs/**/*.md") if page != index} <= linked


def test_a_heading_becomes_the_anchor_that_renderers_make(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# What `verify` does, step by step\n\n```text\n# none\n```\n", encoding="utf-8"
    )
    assert anchors_of(page) == {"what-verify-does-step-by-step"}
