"""Exchange records from CSV and JSON Lines files, one at a time, each with its line number.

A line that cannot be read becomes a `Line` that says so, and reading goes on: one bad line of a
hundred thousand is a matter for whoever entered it. Only a file that cannot be read at all is an
error: one without a header, or a workbook. Memory does not grow with the file.

The text is UTF-8, or UTF-16 with its byte order mark. Where UTF-8 is broken, as in the exports of
programs that still write TCVN3 or VNI, the cell (in CSV) or the text (in JSON) with the other bytes
is read as windows-1252, and the five bytes that windows-1252 leaves open as Latin-1. No byte is
lost, the note ``record.encoding`` says so, and `cleaning` sees ``TiÕng ViÖt``, from which it can
tell the encoding.

Spec: RFC 4180 (CSV); RFC 8259, and https://jsonlines.org (JSON Lines).
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final

from vnvaxcert.codec.json_text import JsonError, parse
from vnvaxcert.errors import RecordsError
from vnvaxcert.record import record
from vnvaxcert.vietnam.columns import Columns, count_known, find_columns
from vnvaxcert.vietnam.exchange import FIELDS, MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.lines import (
    BYTE_ORDER_MARK,
    MAX_LINE_BYTES,
    UTF16_MARKS,
    Source,
    TooLong,
)
from vnvaxcert.vietnam.reasons import Reason

MAX_RECORD_LINES: Final = 20
"""Lines that one record of a CSV file takes at most, by line breaks between quotes."""

_DELIMITERS: Final = (",", ";", "\t", "|")
_KNOWN: Final = frozenset(FIELDS)
_MALFORMED: Final = "record.malformed"


@record(shown=("number",))
class Line:
    """One line of a file of records.

    Attributes:
        number: Of the line in the file, from 1; the first one, where a record takes several.
        record: What it says, or None where it cannot be read.
        reasons: Why it cannot be read, or what is to be noted about it.
    """

    number: int
    record: ExchangeRecord | None
    reasons: tuple[Reason, ...] = ()


def read_records(path: str | os.PathLike[str]) -> Iterator[Line]:
    """Read a file of records: JSON Lines where it starts with a brace, else CSV.

    Args:
        path: The file, which is opened when the first line is asked for. An empty one has no lines.

    Yields:
        Its lines, as `read_csv` and `read_json_lines` do.

    Raises:
        RecordsError: The file cannot be opened or read, or is neither of the two.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(open(path, "rb"))
        except (OSError, ValueError) as error:  # ValueError: a null character in the path
            raise _unreadable(error) from error
        try:
            start = file.peek(1024)
            if start.startswith(UTF16_MARKS):
                start = start.decode("utf-16", "ignore").encode()
            start = start.removeprefix(BYTE_ORDER_MARK).lstrip()
            is_json = start.startswith((b"{", b"[")) or not start
            yield from read_json_lines(file) if is_json else read_csv(file)
        except OSError as error:
            raise _unreadable(error) from error


def _unreadable(error: OSError | ValueError) -> RecordsError:
    reason = error.strerror if isinstance(error, OSError) else "not a path"
    return RecordsError(0, f"cannot read the file: {reason}")


# --- CSV -----------------------------------------------------------------------------------------


def read_csv(stream: IO[bytes]) -> Iterator[Line]:
    """Read records from CSV.

    The first line names the columns, by the keys of `ExchangeRecord` or in Vietnamese, in any
    order. Cells are divided by commas, semicolons, tabs or bars, whichever makes the most of the
    header; they may be in double quotes and then hold line breaks. A quote that is never closed
    costs its own line alone. Lines without any text are passed over.

    Args:
        stream: A binary stream, which stays open.

    Yields:
        One `Line` for each record. The first one also notes columns that are not known, by number.

    Raises:
        RecordsError: No header, a field in two columns, or no text.
        TypeError: The stream gives text.

    Spec: RFC 4180 §2.
    """
    source = Source(stream)
    columns, delimiter = _columns_of(source)
    notes = _unknown(columns)
    fields, places, width = columns.fields, columns.places, columns.width
    is_straight = places == tuple(range(width))
    while (raw := source.next()) is not None:
        number = source.number
        if isinstance(raw, TooLong):
            yield _malformed(number, f"more than {MAX_LINE_BYTES} bytes")
            continue
        cells, is_legacy = _cells(raw, delimiter, source, width)
        if cells is None:
            yield _malformed(number, "quotes")
            continue
        if not any(cells):
            continue
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            if not raw.isspace():
                yield _malformed(number, f"columns: {len(cells)}, expected: {width}")
            continue
        values = cells if is_straight else [cells[place] for place in places]
        if len(raw) > MAX_FIELD_CHARS and max(map(len, values)) > MAX_FIELD_CHARS:
            yield _too_long(number, dict(zip(fields, values, strict=False)))
            continue
        reasons = notes
        if is_legacy:
            reasons = (*notes, Reason(code="record.encoding"))
        notes = ()
        entered = ExchangeRecord(**dict(zip(fields, values, strict=False)))
        yield Line(number=number, record=entered, reasons=reasons)


def _columns_of(source: Source) -> tuple[Columns, str]:
    """Read the header: the columns, and what divides them.

    Raises:
        RecordsError: There is none.
    """
    line = source.next()
    while isinstance(line, bytes) and (not line.strip() or line[:4].lower() == b"sep="):
        line = source.next()  # Excel reads and writes a hint "sep=;" before the header
    number = max(source.number, 1)
    if not isinstance(line, bytes):
        raise RecordsError(number, "no header; expected a line that names the columns")
    text = line.decode("utf-8", "replace").replace('"', "")
    delimiter = max(_DELIMITERS, key=lambda one: count_known(text.split(one)))
    cells, _ = _cells(line, delimiter, source, None)
    if cells is None:
        raise RecordsError(number, "the quotes of the header do not pair up")
    return find_columns(cells, number), delimiter


def _cells(
    line: bytes, delimiter: str, source: Source, width: int | None
) -> tuple[list[str] | None, bool]:
    """Divide a line into its cells; takes more lines where a quoted cell has line breaks.

    Args:
        line: The line with its end.
        delimiter: What divides the cells.
        source: Where the line came from and the next ones are.
        width: How many cells are expected, or None for the header.

    Returns:
        The cells, None where quotes or carriage returns are out of place; and whether some of the
        bytes were not UTF-8.
    """
    if b'"' in line or b"\r" in line.rstrip(b"\r\n"):
        return _quoted_cells(line, delimiter, source, width)
    # Without quotes there is nothing to CSV but its delimiters.
    try:
        return line.decode().rstrip("\r\n").split(delimiter), False
    except UnicodeDecodeError:
        return _decoded(line.decode("latin-1").rstrip("\r\n").split(delimiter))


def _quoted_cells(
    line: bytes, delimiter: str, source: Source, width: int | None
) -> tuple[list[str] | None, bool]:
    taken: list[bytes | TooLong] = []

    def lines() -> Iterator[str]:
        # Latin-1 keeps every byte as it is until the cells are apart.
        yield line.decode("latin-1")
        left = MAX_LINE_BYTES - len(line)
        while len(taken) < MAX_RECORD_LINES - 1 and (more := source.next()) is not None:
            taken.append(more)
            if isinstance(more, TooLong) or (left := left - len(more)) < 0:
                return
            yield more.decode("latin-1")

    try:
        cells = next(csv.reader(lines(), delimiter=delimiter, strict=True))
    except csv.Error:
        cells = None
    if taken and (cells is None or (width and _is_swallowed([line, *taken], delimiter, width))):
        source.put_back(taken)
        return None, False
    return (None, False) if cells is None else _decoded(cells)


def _is_swallowed(lines: list[bytes | TooLong], delimiter: str, width: int) -> bool:
    """Whether what stands between two quotes may be records, because the quotes are stray ones.

    Lines with too few delimiters for one record are no record, and those with enough for two are
    taken for two: better one line refused whose text is full of commas than a record lost in it.
    """
    sign = delimiter.encode()
    count = sum(line.count(sign) for line in lines if isinstance(line, bytes))
    return not width - 1 <= count < 2 * (width - 1)


def _decoded(cells: list[str]) -> tuple[list[str], bool]:
    """Cells whose bytes were taken for Latin-1, read as what they are."""
    is_legacy = False
    texts = []
    for cell in cells:
        text = cell
        if not cell.isascii():
            text, is_utf8 = _text_of(cell.encode("latin-1"))
            is_legacy |= not is_utf8
        texts.append(text)
    return texts, is_legacy


def _text_of(data: bytes) -> tuple[str, bool]:
    """Bytes as text, and whether they are UTF-8."""
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_WINDOWS_1252), False


_WINDOWS_1252: Final[Mapping[int, str]] = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""What windows-1252 has where Latin-1 has control characters; five bytes it leaves open."""


# --- JSON Lines ----------------------------------------------------------------------------------


def read_json_lines(stream: IO[bytes]) -> Iterator[Line]:
    """Read records from JSON Lines: one object a line, with the keys of `ExchangeRecord`.

    Whole numbers are taken as their digits and null as nothing entered. Lines without any text
    are passed over.

    Args:
        stream: A binary stream, which stays open.

    Yields:
        One `Line` for each object. The first one with a member that is not known notes it.

    Raises:
        RecordsError: One JSON array, or no text.
        TypeError: The stream gives text.

    Spec: RFC 8259; RFC 7493 §2.3 (no member twice).
    """
    source = Source(stream)
    was_unknown_noted = False
    while (raw := source.next()) is not None:
        number = source.number
        if isinstance(raw, TooLong):
            yield _malformed(number, f"more than {MAX_LINE_BYTES} bytes")
            continue
        if not raw.strip():
            continue
        if number == 1 and raw.lstrip().startswith(b"["):
            raise RecordsError(1, "a JSON array; expected one object a line")
        is_legacy = False
        try:
            try:
                document = parse(raw.rstrip())
            except JsonError:
                document = _parse_legacy(raw)
                is_legacy = True
        except JsonError as error:
            where = error.place.removeprefix("line 1, ")
            yield _malformed(number, f"{error.reason}, {where}" if where else error.reason)
            continue
        values, is_unknown = _texts_of(document)
        if isinstance(values, Reason):
            yield Line(number=number, record=None, reasons=(values,))
            continue
        if (
            len(raw) > MAX_FIELD_CHARS
            and max(map(len, values.values()), default=0) > MAX_FIELD_CHARS
        ):
            yield _too_long(number, values)
            continue
        reasons: tuple[Reason, ...] = ()
        if is_unknown and not was_unknown_noted:
            was_unknown_noted = True
            reasons = (Reason(code="record.unknown_columns"),)
        if is_legacy:
            reasons = (*reasons, Reason(code="record.encoding"))
        yield Line(number=number, record=ExchangeRecord(**values), reasons=reasons)


def _parse_legacy(raw: bytes) -> object:
    """Parse a line of JSON that is not UTF-8: its texts as `_text_of` reads them.

    Raises:
        JsonError: It is no JSON either way, or its fault is another than the encoding.
    """
    try:
        raw.decode()
    except UnicodeDecodeError:
        document = parse(raw.rstrip().decode("latin-1").encode())
    else:
        return parse(raw.rstrip())  # the same error again
    if not isinstance(document, dict):
        return document
    return {
        key: _text_of(value.encode("latin-1"))[0] if _is_latin1(value) else value
        for key, value in document.items()
    }


def _is_latin1(value: object) -> bool:
    """Whether a value is a text without a character that only an escape can have written."""
    return isinstance(value, str) and (value.isascii() or max(value) <= "\xff")


def _texts_of(document: object) -> tuple[dict[str, str] | Reason, bool]:
    """The texts of an object's known members, or what is wrong; and whether others are there."""
    if not isinstance(document, dict):
        return Reason(code=_MALFORMED, detail="not an object"), False
    is_unknown = not document.keys() <= _KNOWN
    texts: dict[str, str] = {}
    for key, value in document.items():
        if key not in _KNOWN or value is None:
            continue
        if type(value) is int:
            texts[key] = str(value)
        elif type(value) is str:
            texts[key] = value
        else:
            return Reason(code=_MALFORMED, field=key, detail="not a text"), is_unknown
    return texts, is_unknown


# --- One record ----------------------------------------------------------------------------------


def to_json(record: ExchangeRecord) -> dict[str, str]:
    """Give a record as the members of a JSON object.

    Args:
        record: Any record.

    Returns:
        Its fields in their order, those without text left out; fits `record_schema`.
    """
    return {field: text for field, text in vars(record).items() if text}


def from_json(value: object) -> ExchangeRecord:
    """Make a record of a JSON object that keeps to the schema: what `to_json` gave.

    Args:
        value: The object, parsed. Files of other people are for `read_json_lines`, which is more
            generous.

    Returns:
        The record.

    Raises:
        RecordsError: No object, a member that is not known or no text, or one that is too long;
            ``line`` is 0.
    """
    if not isinstance(value, dict):
        raise RecordsError(0, "expected an object")
    if not value.keys() <= _KNOWN:
        raise RecordsError(0, "a member that no record has")
    for field, text in value.items():
        if type(text) is not str:
            raise RecordsError(0, f"{field}: expected a text")
        if len(text) > MAX_FIELD_CHARS:
            raise RecordsError(0, f"{field}: expected at most {MAX_FIELD_CHARS} characters")
    return ExchangeRecord(**value)


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an exchange record, a new copy each time."""
    import json
    from importlib import resources

    file = resources.files("vnvaxcert.vietnam") / "json" / "exchange-record.schema.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


# --- What is said about a line -------------------------------------------------------------------


def _malformed(number: int, detail: str) -> Line:
    return Line(number=number, record=None, reasons=(Reason(code=_MALFORMED, detail=detail),))


def _too_long(number: int, values: Mapping[str, str]) -> Line:
    field = next(name for name, text in values.items() if len(text) > MAX_FIELD_CHARS)
    reason = Reason(
        code=_MALFORMED, field=field, detail=f"{field}: more than {MAX_FIELD_CHARS} characters"
    )
    return Line(number=number, record=None, reasons=(reason,))


def _unknown(columns: Columns) -> tuple[Reason, ...]:
    if not columns.unknown:
        return ()
    shown = ", ".join(map(str, columns.unknown[:20]))
    more = ", ..." if len(columns.unknown) > 20 else ""
    return (Reason(code="record.unknown_columns", detail=f"{shown}{more}"),)
