"""The module map holds: who imports whom, who reads the clock, files, the network.

The rules are read from the source with ``ast``, so an import inside a function or under
``TYPE_CHECKING`` counts like any other.
"""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "vnvaxcert"
PACKAGE = "vnvaxcert"

# Highest row first. A module imports from rows below its own; within a row only WITHIN_A_ROW.
ROWS = (
    ("", "__main__"),  # the package itself: it gathers the public names
    ("cli",),
    ("conformance", "render", "vietnam"),
    ("issue", "sealing", "between", "verify", "verify_seal", "examine"),
    ("hcert", "vdsnc", "policy", "results"),
    ("trust",),
    ("cwt", "schema", "icao"),
    ("cose",),
    ("codec",),
    ("errors", "record"),
)
WITHIN_A_ROW = {
    ("__main__", ""),
    ("schema", "icao"),
    ("cwt", "schema"),
    ("examine", "verify"),
    ("examine", "verify_seal"),
    ("verify", "verify_seal"),
    ("verify", "examine"),
    ("hcert", "results"),
    ("vdsnc", "results"),
    ("results", "policy"),
    ("vietnam", "render"),
    ("conformance", "render"),
    ("conformance", "vietnam"),
}
ROW_OF = {unit: number for number, row in enumerate(ROWS) for unit in row}

# Every import that is not the standard library: the units that may have it.
THIRD_PARTY = {
    "cryptography": {"cose", "trust"},
    "cbor2": {"codec"},
    "zlib_ng": {"codec"},
    "rfc8785": {"codec"},
    "jsonschema": {"schema"},
    "segno": {"render"},
    "zxingcpp": {"render"},
    "pypdfium2": {"render"},
    "PIL": {"render"},
    "fpdf": {"vietnam"},
    "font_roboto": {"vietnam"},
    "rich": {"cli"},
}
# Imported inside a function only, for what it costs: a caller who never needs it never pays.
LAZY = {"jsonschema", "font_roboto"}

NETWORK = {
    *("socket", "socketserver", "ssl", "asyncio", "selectors", "http", "ftplib", "smtplib"),
    *("imaplib", "poplib", "xmlrpc", "telnetlib", "webbrowser", "wsgiref"),
    *("urllib.request", "urllib.error", "urllib.robotparser"),
}
MAY_START_PROCESSES = {"conformance", "cli", "render"}  # render: PDFs, under a memory limit
MAY_READ_THE_CLOCK = {"verify", "examine", "issue", "sealing", "cli"}
MAY_TOUCH_FILES = {"trust", "render", "cli", "conformance", "vietnam"}
MAY_READ_PACKAGE_DATA = {"schema", "icao", "vietnam", "conformance"}

CLOCK_METHODS = {"now", "utcnow", "today"}
CLOCK_FUNCTIONS = {"time", "time_ns", "localtime", "gmtime", "ctime"}
FILE_METHODS = {
    *("open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob"),
    *("mkdir", "makedirs", "unlink", "listdir", "scandir"),
}


class Import(NamedTuple):
    """One imported module, in full, and where."""

    module: str
    line: int
    at_module_level: bool


def unit_of(path: Path, source: Path = SOURCE) -> str:
    """The name on the map of a file: ``codec`` for ``codec/base45.py``, "" for the package."""
    first = path.relative_to(source).parts[0]
    return first.removesuffix(".py") if first != "__init__.py" else ""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imports_of(path: Path, source: Path = SOURCE) -> tuple[Import, ...]:
    """Every import of a file, relative ones resolved."""
    return tuple(_imports(parsed(path), path, source))


def _imports(tree: ast.Module, path: Path, source: Path) -> Iterator[Import]:
    in_functions = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    here = [PACKAGE, *path.relative_to(source).with_suffix("").parts]
    for node in ast.walk(tree):
        top = node not in in_functions
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, top)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == PACKAGE:  # from vnvaxcert import x: x may be a module
                for alias in node.names:
                    known = alias.name in ROW_OF
                    yield Import(f"{PACKAGE}.{alias.name}" if known else PACKAGE, node.lineno, top)
            else:
                for alias in node.names:
                    yield Import(f"{module}.{alias.name}", node.lineno, top)


def units_imported(path: Path, source: Path = SOURCE) -> Iterator[tuple[str, int]]:
    """The units of the map that a file imports, each with the line."""
    for imported in imports_of(path, source):
        top, _, rest = imported.module.partition(".")
        if top == PACKAGE:
            yield rest.partition(".")[0], imported.line


def place(path: Path, line: int) -> str:
    """``codec/base45.py:12``, as a message shows it."""
    return f"{path.relative_to(SOURCE).as_posix()}:{line}"


def is_import(module: str, name: str) -> bool:
    """Whether importing ``module`` imports ``name`` or something inside it."""
    return module == name or module.startswith(f"{name}.")


FILES = sorted(SOURCE.rglob("*.py"))


def test_there_is_source_to_look_at() -> None:
    assert len(FILES) >= 10


def test_every_module_is_on_the_map() -> None:
    strangers = {path.name for path in FILES if unit_of(path) not in ROW_OF}
    assert not strangers, f"add to ROWS (and to the design) or move: {sorted(strangers)}"


def test_imports_point_downwards_only() -> None:
    wrong = [
        f"{place(path, line)} imports {target or PACKAGE}"
        for path in FILES
        for target, line in units_imported(path)
        if (unit := unit_of(path)) != target
        and (unit, target) not in WITHIN_A_ROW
        and ROW_OF[unit] >= ROW_OF.get(target, -1)
    ]
    assert not wrong


def test_issue_and_verify_do_not_import_each_other() -> None:
    assert ("issue", "verify") not in WITHIN_A_ROW
    assert ("verify", "issue") not in WITHIN_A_ROW
    assert ROW_OF["issue"] == ROW_OF["verify"] == ROW_OF["examine"]


def test_no_two_units_import_each_other() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        unit = unit_of(path)
        graph.setdefault(unit, set()).update(
            target for target, _ in units_imported(path) if target != unit
        )
    tuple(graphlib.TopologicalSorter(graph).static_order())  # CycleError names the cycle


def test_third_party_packages_stay_where_they_belong() -> None:
    wrong = [
        f"{place(path, imported.line)} imports {imported.module}"
        for path in FILES
        for imported in imports_of(path)
        if (top := imported.module.partition(".")[0]) != PACKAGE
        and top not in sys.stdlib_module_names
        and unit_of(path) not in THIRD_PARTY.get(top, set())
    ]
    assert not wrong


def test_the_standard_zlib_is_not_used_beside_zlib_ng() -> None:
    """But for ``render/``, which has to name the error that the picture library lets through."""
    wrong = [
        place(path, imported.line)
        for path in FILES
        for imported in imports_of(path)
        if is_import(imported.module, "zlib") and unit_of(path) != "render"
    ]
    assert not wrong


def test_costly_packages_are_imported_where_they_are_used() -> None:
    wrong = [
        f"{place(path, imported.line)} imports {imported.module}"
        for path in FILES
        for imported in imports_of(path)
        if imported.at_module_level and imported.module.partition(".")[0] in LAZY
    ]
    assert not wrong


def test_nothing_can_reach_the_network() -> None:
    wrong = [
        f"{place(path, imported.line)} imports {imported.module}"
        for path in FILES
        for imported in imports_of(path)
        if any(is_import(imported.module, name) for name in NETWORK)
    ]
    assert not wrong


def test_only_those_who_need_a_process_start_one() -> None:
    wrong = [
        place(path, imported.line)
        for path in FILES
        for imported in imports_of(path)
        if is_import(imported.module, "subprocess") and unit_of(path) not in MAY_START_PROCESSES
    ]
    assert not wrong


def clock_readings(tree: ast.AST) -> Iterator[int]:
    """Lines that read the time of day, called or only referred to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            from_time = isinstance(node.value, ast.Name) and node.value.id == "time"
            if node.attr in CLOCK_METHODS or (from_time and node.attr in CLOCK_FUNCTIONS):
                yield node.lineno
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and CLOCK_FUNCTIONS & {alias.name for alias in node.names}
        ):
            yield node.lineno


def file_accesses(tree: ast.AST) -> Iterator[int]:
    """Lines that open, list, write or remove a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id="open"):
                    yield node.lineno
                case ast.Attribute(attr=method) if method in FILE_METHODS:
                    yield node.lineno


def test_only_the_verbs_and_the_command_line_read_the_clock() -> None:
    wrong = [
        place(path, line)
        for path in FILES
        if unit_of(path) not in MAY_READ_THE_CLOCK
        for line in clock_readings(parsed(path))
    ]
    assert not wrong


def test_only_loaders_touch_files() -> None:
    wrong = [
        place(path, line)
        for path in FILES
        if unit_of(path) not in MAY_TOUCH_FILES | MAY_READ_PACKAGE_DATA
        for line in file_accesses(parsed(path))
    ]
    assert not wrong


def test_the_data_of_the_package_is_read_as_package_data() -> None:
    """``schema/`` and ``icao/`` read their own JSON through the loader, never a path.

    ``vietnam/`` has both: data of its own, and files that people hand to it.
    """
    wrong = [
        place(path, imported.line)
        for path in FILES
        if unit_of(path) in MAY_READ_PACKAGE_DATA - MAY_TOUCH_FILES
        for imported in imports_of(path)
        if any(is_import(imported.module, name) for name in ("os", "pathlib", "io", "glob"))
    ]
    assert not wrong


def test_importing_the_library_pulls_in_nothing_heavy() -> None:
    """Judged by what our own import adds to that of the two packages it cannot do without."""
    heavy = {
        *("jsonschema", "segno", "zxingcpp", "pypdfium2", "PIL", "rich"),
        *("asyncio", "subprocess", "argparse", "socket", "http", "unittest", "multiprocessing"),
        *("importlib.resources", "importlib.metadata", "email", "logging", "tempfile", "zipfile"),
    }
    script = textwrap.dedent(
        """
        import sys, cryptography.x509, cbor2
        before = set(sys.modules)
        import vnvaxcert
        print(*(set(sys.modules) - before))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert heavy & set(done.stdout.split()) == set()


# --- the rules themselves can fail ---------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "clock = time.time",
        "from time import time_ns",
        "f = field(default_factory=datetime.now)",
    ],
)
def test_a_reading_of_the_clock_is_noticed(line: str) -> None:
    assert list(clock_readings(ast.parse(line))) == [1]


@pytest.mark.parametrize("line", ["time.monotonic()", "at.time()", "from time import sleep"])
def test_a_stopwatch_or_a_given_time_is_no_reading_of_the_clock(line: str) -> None:
    assert list(clock_readings(ast.parse(line))) == []


@pytest.mark.parametrize(
    "line", ["open(name)", "path.open()", "Path(name).read_bytes()", "os.listdir(name)"]
)
def test_an_access_to_a_file_is_noticed(line: str) -> None:
    assert list(file_accesses(ast.parse(line))) == [1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import vnvaxcert.codec.cbor", {"codec"}),
        ("from vnvaxcert import errors, codec", {"errors", "codec"}),
        ("from vnvaxcert import verify_all", {""}),
        ("from vnvaxcert.trust.keys import load", {"trust"}),
        ("from . import sibling", {"cose"}),
        ("from ..codec import cbor", {"codec"}),
        ("from .. import errors", {"errors"}),
        ("def f():\n    from ..issue import issue", {"issue"}),
        ("if TYPE_CHECKING:\n    from ..trust import TrustList", {"trust"}),
        ("import cbor2", set()),
    ],
)
def test_an_import_is_resolved_to_its_place_on_the_map(
    line: str, expected: set[str], tmp_path: Path
) -> None:
    module = tmp_path / "cose" / "sign1.py"
    module.parent.mkdir()
    module.write_text(line, encoding="utf-8")
    assert unit_of(module, tmp_path) == "cose"
    assert {unit for unit, _ in units_imported(module, tmp_path)} == expected


def test_an_import_inside_a_function_is_told_from_one_at_the_top(tmp_path: Path) -> None:
    module = tmp_path / "errors.py"
    module.write_text("import a\ndef f():\n    import b\n", encoding="utf-8")
    assert [(name, top) for name, _, top in imports_of(module, tmp_path)] == [
        ("a", True),
        ("b", False),
    ]


def test_no_public_name_that_is_loaded_later_is_also_a_module() -> None:
    """Importing such a module would put it in the place of the function."""
    import vnvaxcert

    modules = {path.stem for path in SOURCE.iterdir()}
    assert not modules & vnvaxcert._LATER.keys()
