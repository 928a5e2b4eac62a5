"""INPUT of the command line: lines, seals over several lines, and what is no name of a file.

The expected splits are written by hand; that a seal over several lines is the same JSON is held
against the standard library's parser.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.cli import source
from vnvaxcert.cli.source import Code

SEAL = '{"data":{"n":"MAU {A"},"sig":{}}'
# One seal as tools that indent write it, with brackets and an escaped quote inside of texts.
INDENTED = json.dumps({"data": {"n": 'MAU "}', "l": [1, {"a": "["}]}, "sig": {}}, indent=1)


def read(folder: Path, content: str | bytes) -> tuple[Code, ...]:
    """What a text file holds."""
    path = folder / "codes.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return source.read_codes(str(path))


@pytest.mark.parametrize(
    "text",
    [
        "HC1:ABC",
        SEAL,
        f"[{SEAL}]",
        '{"',
        ' \n{\n "data"',
        '[ {\t"data":1}]',
        INDENTED,
    ],
)
def test_what_begins_as_a_code_does_is_no_name_of_a_file(text: str) -> None:
    assert source.is_code_text(text)
    assert source.read_codes(text) == (Code(text, is_argument=True),)


@pytest.mark.parametrize(
    "name", ["", "{}", "{data}.txt", "[1] code.png", "[{}]", "hc1:A", "{'", '\u00a0{"a']
)
def test_a_name_with_brackets_may_be_one_of_a_file(name: str) -> None:
    assert not source.is_code_text(name)


def test_a_file_whose_name_begins_with_a_bracket_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "[1] {a}.txt").write_text("HC1:A\n")
    assert source.read_codes("[1] {a}.txt") == (Code("HC1:A"),)
    assert source.read_codes("{a}.txt") == (Code("{a}.txt", is_argument=True),)


def test_what_no_file_can_be_called_is_a_text() -> None:
    for text in ("x" * 5000, "a/" * 3000, "{\ud800"):
        assert source.read_codes(text) == (Code(text, is_argument=True),)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n \n"])
def test_a_seal_may_go_over_several_lines(tmp_path: Path, end: str) -> None:
    (code,) = read(tmp_path, INDENTED + end)
    assert code == Code(INDENTED)
    assert json.loads(code.text) == json.loads(INDENTED)


def test_lines_of_other_systems_make_the_same_seal(tmp_path: Path) -> None:
    (code,) = read(tmp_path, INDENTED.replace("\n", "\r\n"))
    assert code.text == INDENTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_a_seal(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, INDENTED.encode(encoding)) == (Code(INDENTED),)


def test_the_start_of_a_pdf_inside_a_seal_makes_no_document_of_it(tmp_path: Path) -> None:
    text = SEAL.replace("MAU", "%PDF-1.4")
    assert read(tmp_path, f"\ufeff \n{text}\n") == (Code(f"{text}"),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"HC1:A\n\n{SEAL}\nHC1:B ", [(1, "HC1:A"), (3, SEAL), (4, "HC1:B ")]),
        (f"{INDENTED}\n{SEAL}\n{INDENTED}\n", [(1, INDENTED), (13, SEAL), (14, INDENTED)]),
        (f"{SEAL}\n [\n{SEAL}\n]", [(1, SEAL), (2, f" [\n{SEAL}\n]")]),
        (f"[\n {SEAL}\n]\n{SEAL}", [(1, f"[\n {SEAL}\n]"), (4, SEAL)]),
        (f"[{SEAL}]\n{SEAL}", [(1, f"[{SEAL}]"), (2, SEAL)]),
    ],
)
def test_codes_of_both_kinds_stand_in_one_text(
    tmp_path: Path, content: str, expected: list[tuple[int, str]]
) -> None:
    assert read(tmp_path, content) == tuple(Code(text, f"line {n}") for n, text in expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"data":\nHC1:A', [(1, '{"data":'), (2, "HC1:A")]),
        (f'{{"data":"MAU\n{SEAL}\n', [(1, '{"data":"MAU'), (2, SEAL)]),
        (f'{{"data":\n "x\n{SEAL}\nHC1:A', [(1, '{"data":\n "x'), (3, SEAL), (4, "HC1:A")]),
        (f"{{{{\n[{SEAL}]", [(1, "{{"), (2, f"[{SEAL}]")]),
        (f"{{}}}}\n{SEAL}", [(1, "{}}"), (2, SEAL)]),
        (f"{SEAL} x\n]\n{SEAL}", [(1, f"{SEAL} x"), (2, "]"), (3, SEAL)]),
    ],
)
def test_a_seal_that_never_ends_swallows_no_other_code(
    tmp_path: Path, content: str, expected: list[tuple[int, str]]
) -> None:
    assert read(tmp_path, content) == tuple(Code(text, f"line {n}") for n, text in expected)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.text(), JSON, min_size=1), min_size=2, max_size=4))
def test_any_objects_written_with_indents_are_told_apart(objects: list[dict[str, object]]) -> None:
    written = [json.dumps(one, indent=2, ensure_ascii=False) for one in objects]
    texts = [text for _, text in source._lines("\n".join(written))]
    assert [json.loads(text) for text in texts] == objects


@given(st.text(st.sampled_from('{}[]":,\\ \n\rH1aC')))
def test_no_line_with_anything_in_it_is_lost(content: str) -> None:
    kept = [line for _, text in source._lines(content) for line in text.split("\n")]
    given_lines = [line.removesuffix("\r") for line in content.split("\n")]
    assert [line for line in kept if line.strip()] == [line for line in given_lines if line.strip()]


def test_work_on_a_text_without_an_end_is_linear(tmp_path: Path) -> None:
    (code,) = read(tmp_path, '{"\\\n' * 50_000)
    assert len(code.text) == 4 * 50_000
