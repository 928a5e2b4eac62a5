"""Every code block of the documents runs.

The blocks of a page run in order, in one directory of their own that starts with the specimen
files of ``lay_specimens`` and the folder ``test_vectors``. What a page must keep to:

- ``python`` blocks share one namespace; ``sh`` blocks are scripts that must succeed.
- ``console`` blocks: each line ``$ command`` runs by itself, what follows it is the expected
  output, in which ``...`` stands for any text.
- ``<!-- output -->`` on the line before a ``text`` block: this is what the block above prints.
- ``<!-- not run: reason -->`` on the line before a block: left out, and listed when the run ends.
- Other languages (``json``, ``text``, ...) are not run, but a block must name its language.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RUNNABLE = ("python", "sh", "console")
NOT_RUN = re.compile(r"<!-- not run: (.+\S) -->")
OUTPUT = "<!-- output -->"
SECONDS = 60  # for one command; a command of a page that takes longer is no example

CLAIMS = {
    "ver": "1.3.0",
    "nam": {"fn": "Nguyễn", "fnt": "NGUYEN", "gn": "Văn Mẫu", "gnt": "VAN<MAU"},
    "dob": "1990-01-01",
    "v": [
        {
            "tg": "840539006",
            "vp": "1119349007",
            "mp": "EU/1/20/1528",
            "ma": "ORG-100030215",
            "dn": 2,
            "sd": 2,
            "dt": "2021-10-15",
            "co": "VN",
            "is": "Specimen Ministry",
            "ci": "URN:UVCI:01:VN:SPECIMEN0001",
        }
    ],
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text and the page's line on which the text starts."""

    language: str
    text: str
    line: int
    marker: str  # the comment on the line before the fence, or ""


def blocks_of(page: str) -> Iterator[Block]:
    """The fenced code blocks of a Markdown page, in order."""
    lines = page.splitlines()
    at = 0
    while at < len(lines):
        fence = re.match(r"( *)(```+|~~~+)([\w-]*)", lines[at])
        if fence is None:
            at += 1
            continue
        indent, ticks, language = fence.groups()
        start = at + 1
        end = start
        while end < len(lines) and lines[end].strip() != ticks:
            end += 1
        if end == len(lines):
            raise ValueError(f"the block that starts on line {start} is never closed")
        text = "".join(f"{line.removeprefix(indent)}\n" for line in lines[start:end])
        before = lines[at - 1].strip() if at else ""
        yield Block(language, text, start + 1, before if before.startswith("<!--") else "")
        at = end + 1


def lay_specimens(folder: Path) -> None:
    """Put the files that the pages may use into a folder. The person in them is invented.

    ``claims.json``, ``signer.key.pem`` and ``signer.pem`` (an ES256 signer, valid now),
    ``trust.pem`` (its certificate, as a trust list), ``certificate.txt`` (an issued QR text) and
    ``certificate.png`` (its picture).
    """
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Specimen signer"),
        ]
    )
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=730))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "claims.json").write_text(json.dumps(CLAIMS, ensure_ascii=False), encoding="utf-8")
    (folder / "signer.key.pem").write_bytes(private)
    (folder / "signer.pem").write_bytes(public)
    (folder / "trust.pem").write_bytes(public)
    shell(
        "vnvaxcert issue claims.json --key signer.key.pem --cert signer.pem"
        " --qr certificate.png > certificate.txt",
        folder,
    )


def shell(script: str, folder: Path) -> str:
    """Run a script with the shell and return what it printed on both streams; it must succeed."""
    here = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": here, "NO_COLOR": "1", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"status {done.returncode} of: {script}\n{done.stdout}"
    return done.stdout


def compare(expected: str, printed: str) -> None:
    """Hold output to what the page shows; ``...`` there stands for any text."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if not doctest.OutputChecker().check_output(expected, printed, flags):
        pytest.fail(f"the page shows:\n{expected}\nbut this was printed:\n{printed}", pytrace=False)


def commands_of(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a ``console`` block, each with the output shown after it."""
    command, *outputs = re.split(r"^\$ ", block, flags=re.MULTILINE)
    if command.strip() or not outputs:
        raise ValueError("a console block starts with a line '$ command'")
    for part in outputs:
        line, _, output = part.partition("\n")
        yield line, output


class Page:
    """Runs the blocks of one page in one directory and one namespace."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.printed: str | None = None  # by the last block that ran

    def run(self, block: Block) -> str | None:
        """Run a block. Returns why it was left out, or None."""
        if not block.language:
            raise ValueError(f"{self.name}:{block.line}: the block does not name its language")
        if block.marker == OUTPUT:
            assert self.printed is not None, f"{self.name}:{block.line}: output of no block"
            compare(block.text, self.printed)
        if block.language not in RUNNABLE:
            return None
        if left_out := NOT_RUN.fullmatch(block.marker):
            return left_out[1]
        runners: dict[str, Callable[[Block], str]] = {
            "python": self._python,
            "sh": lambda block: shell(block.text, self.folder),
            "console": self._console,
        }
        self.printed = runners[block.language](block)
        return None

    def _python(self, block: Block) -> str:
        padding = "\n" * (block.line - 1)  # so that a traceback names the page's own line
        code = compile(padding + block.text, self.name, "exec", dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, self.names)
        return printed.getvalue()

    def _console(self, block: Block) -> str:
        printed = ""
        for command, expected in commands_of(block.text):
            printed = shell(command, self.folder)
            compare(expected, printed)
        return printed


@pytest.fixture(scope="session")
def specimens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("specimens")
    lay_specimens(folder)
    return folder


def runs_something(page: Path) -> bool:
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    return any(block.language in RUNNABLE for block in blocks)


@pytest.mark.parametrize(
    "path",
    [page for page in PAGES if runs_something(page)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_blocks_of_the_page_run(
    path: Path,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    name = path.relative_to(ROOT).as_posix()
    blocks = list(blocks_of(path.read_text(encoding="utf-8")))
    if any(b.language in RUNNABLE and not NOT_RUN.fullmatch(b.marker) for b in blocks):
        for file in request.getfixturevalue("specimens").iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / "test_vectors").symlink_to(ROOT / "test_vectors")
    monkeypatch.chdir(tmp_path)
    page = Page(name, tmp_path)
    for block in blocks:
        if reason := page.run(block):
            record_property("document block not run", f"{name}:{block.line}: {reason}")


def test_the_readme_shows_code_that_runs() -> None:
    assert ROOT / "README.md" in PAGES
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    run = [b for b in blocks_of(readme) if not NOT_RUN.fullmatch(b.marker)]
    assert {"python"} <= {block.language for block in run}


def test_the_readme_is_the_description_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project.get("readme") == "README.md"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_links_of_the_page_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for block in blocks_of(text):
        text = text.replace(block.text, "")
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    broken = [
        target
        for target in targets
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    ]
    assert not broken


# --- the runner itself can fail -------------------------------------------------------------------


def run_page(text: str, folder: Path) -> list[str]:
    page = Page("page.md", folder)
    return [reason for block in blocks_of(text) if (reason := page.run(block))]


def test_python_blocks_share_their_names_and_leave_files_for_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    run_page(
        f"```python\nimport pathlib\nfile = pathlib.Path({str(path)!r})\n```\n"
        "text\n\n```python\nfile.write_text('seen')\n```\n```console\n$ cat a.txt\nseen\n```\n",
        tmp_path,
    )


def test_an_error_in_a_python_block_names_the_line_of_the_page(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_page("# Title\n\n```python\nx = 1\nx / 0\n```\n", tmp_path)
    last = caught.traceback[-1]
    assert (str(last.path), last.lineno + 1) == ("page.md", 5)


@pytest.mark.parametrize(
    "page",
    [
        "```sh\nfalse\ntrue\n```\n",
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ false\n```\n",
        "```python\nprint('one')\n```\n<!-- output -->\n```text\ntwo\n```\n",
        "<!-- output -->\n```text\nof nothing\n```\n",
    ],
)
def test_a_failing_command_or_another_output_fails_the_page(page: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_page(page, tmp_path)


@pytest.mark.parametrize(
    "page",
    ["```\nx = 1\n```\n", "```python\nx = 1\n", "```console\nno command\n```\n"],
    ids=["no language", "not closed", "no command"],
)
def test_a_block_that_cannot_be_understood_fails_the_page(page: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="block"):
        run_page(page, tmp_path)


def test_output_is_compared_with_gaps(tmp_path: Path) -> None:
    run_page(
        "```python\nprint('valid until', 2026)\n```\n\n<!-- output -->\n```text\nvalid ...\n```\n"
        "```console\n$ echo a; echo b >&2\na\nb\n$ true\n```\n",
        tmp_path,
    )


def test_a_marked_block_is_left_out_and_its_reason_reported(tmp_path: Path) -> None:
    reasons = run_page("<!-- not run: needs a printer -->\n```sh\nfalse\n```\n", tmp_path)
    assert reasons == ["needs a printer"]


def test_the_command_of_this_environment_comes_first(tmp_path: Path) -> None:
    assert Path(shell("command -v python", tmp_path).strip()).parent == Path(sys.prefix) / "bin"
