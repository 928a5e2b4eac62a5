"""Exchange records from CSV and JSON Lines: what is read, what is refused, where it stood."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from vnvaxcert.errors import RecordsError, VnvaxcertError
from vnvaxcert.vietnam.exchange import FIELDS, MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.lines import MAX_LINE_BYTES
from vnvaxcert.vietnam.reading import (
    MAX_RECORD_LINES,
    Line,
    from_json,
    read_csv,
    read_json_lines,
    read_records,
    record_schema,
    to_json,
)
from vnvaxcert.vietnam.reasons import REASONS

RECORD = ExchangeRecord(
    record_id="R-1",
    full_name="Nguyễn Văn Mẫu",
    sex="M",
    birth_date="1990-01-01",
    nationality="VN",
    identity_type="cccd",
    identity_number="001090000001",
    disease="840539006",
    product="Vero Cell",
    lot="LO-1",
    dose_number="1",
    total_doses="2",
    vaccination_date="2021-08-01",
    country="VN",
    facility_code="01001",
    facility_name="Cơ sở tiêm chủng mẫu",
    province_code="01",
    signing_unit="01001",
)
HEADER = "record_id,full_name,birth_date\n"


def csv_lines(data: str | bytes) -> list[Line]:
    return list(read_csv(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def json_lines(data: str | bytes) -> list[Line]:
    return list(read_json_lines(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def read(line: Line) -> ExchangeRecord:
    assert line.record is not None, line.reasons
    return line.record


def detail(line: Line) -> str:
    """Why a line cannot be read."""
    assert line.record is None
    [reason] = line.reasons
    assert reason.code == "record.malformed"
    return reason.detail


def codes(line: Line) -> tuple[str, ...]:
    return tuple(reason.code for reason in line.reasons)


def written(records: list[ExchangeRecord], **form: Any) -> bytes:
    """The records as Python's own writer puts them into CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, **form)
    writer.writerow(FIELDS)
    writer.writerows([getattr(one, field) for field in FIELDS] for one in records)
    return text.getvalue().encode()


# --- CSV: what is read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"]
)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["bare", "quoted"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_a_csv_file_is_read_whatever_divides_its_cells(
    delimiter: str, quoting: int, mark: bytes
) -> None:
    data = mark + written([RECORD] * 2, delimiter=delimiter, quoting=quoting)
    assert csv_lines(data) == [Line(number=2, record=RECORD), Line(number=3, record=RECORD)]


def test_columns_come_in_any_order() -> None:
    [line] = csv_lines("birth_date,record_id,full_name\n1990,R-1,An\n")
    assert read(line) == ExchangeRecord(record_id="R-1", full_name="An", birth_date="1990")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Họ và tên", "full_name"),
        ("HỌ TÊN", "full_name"),
        ("Họ", "family_name"),
        ("Chữ đệm và tên", "given_name"),
        ("Giới tính", "sex"),
        ("Ngày, tháng, năm sinh", "birth_date"),
        ("Quốc tịch", "nationality"),
        ("Số CCCD/CMND", "identity_number"),
        ("Loại vắc-xin", "product"),
        ("Số lô", "lot"),
        ("Mũi tiêm", "dose_number"),
        ("Tổng số mũi", "total_doses"),
        ("Ngày tiêm", "vaccination_date"),
        ("Nước tiêm chủng", "country"),
        ("Mã cơ sở tiêm chủng", "facility_code"),
        ("Cơ sở tiêm chủng", "facility_name"),
        ("Mã tỉnh", "province_code"),
        ("Đơn vị ký xác nhận", "signing_unit"),
        ("Ho\u0323 va\u0300 te\u0302n", "full_name"),  # decomposed
        ("Identity Number", "identity_number"),
    ],
)
def test_columns_may_have_vietnamese_names(header: str, field: str) -> None:
    [line] = csv_lines(f'Mã bản ghi,"{header}"\nR-1,x\n')
    assert to_json(read(line)) == {"record_id": "R-1", field: "x"}


def test_a_column_of_the_header_may_have_a_line_break() -> None:
    [line] = csv_lines('record_id,"Họ\nvà tên"\nR-1,An\n')
    assert (line.number, read(line).full_name) == (3, "An")


def test_text_is_kept_as_it_was_entered() -> None:
    [line] = csv_lines(HEADER + "R-1,  NGUYỄN  văn\u00a0An ,01/02/1990\n")
    assert read(line).full_name == "  NGUYỄN  văn\u00a0An "
    assert read(line).birth_date == "01/02/1990"


def test_quoted_line_breaks_keep_the_line_numbers() -> None:
    lines = csv_lines(HEADER + 'R-1,"An\nBình\r\nCúc",1990\nR-2,Dũng,1991\n')
    assert [(line.number, read(line).full_name) for line in lines] == [
        (2, "An\nBình\r\nCúc"),
        (5, "Dũng"),
    ]


def test_lines_without_text_are_passed_over_and_counted() -> None:
    lines = csv_lines("\n" + HEADER + "\nR-1,An,1990\n,,\n  \nR-2,Bình,1991")
    assert [(line.number, read(line).record_id) for line in lines] == [(4, "R-1"), (7, "R-2")]


def test_a_hint_of_excel_before_the_header_is_passed_over() -> None:
    [line] = csv_lines("sep=;\r\nrecord_id;full_name\r\nR-1;An\r\n")
    assert (line.number, read(line).full_name) == (3, "An")


def test_empty_cells_behind_the_last_column_are_none() -> None:
    [line] = csv_lines("record_id,full_name,,\nR-1,An,,,\n")
    assert read(line).full_name == "An"
    assert line.reasons == ()


def test_columns_that_are_not_known_are_noted_once_and_not_by_name() -> None:
    first, second = csv_lines("STT,record_id,full_name,Ghi chú\n1,R-1,An,x\n2,R-2,Bình,y\n")
    [reason] = first.reasons
    assert (reason.code, reason.detail) == ("record.unknown_columns", "1, 4")
    assert read(first) == ExchangeRecord(record_id="R-1", full_name="An")
    assert second.reasons == ()


def test_a_long_list_of_unknown_columns_is_cut() -> None:
    header = ",".join(["record_id", "full_name", *(f"x{number}" for number in range(30))])
    [line] = csv_lines(header + "\nR-1,An" + ",y" * 30 + "\n")
    assert line.reasons[0].detail.startswith("3, 4, ")
    assert line.reasons[0].detail.endswith(", 22, ...")


def test_a_file_with_a_header_alone_has_no_lines() -> None:
    assert csv_lines(HEADER) == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_the_unicode_text_of_excel_is_read(encoding: str) -> None:
    data = ("\ufeff" + written([RECORD] * 300, delimiter="\t").decode()).encode(encoding)
    lines = csv_lines(data)
    assert [read(line) for line in lines] == [RECORD] * 300
    assert [line.number for line in lines] == list(range(2, 302))
    assert not any(line.reasons for line in lines)


def test_what_is_out_of_place_in_utf16_is_seen() -> None:
    data = b"\xff\xfe" + "record_id,full_name\nR-1,A".encode("utf-16-le") + b"\x00\xd8\x42"
    [line] = csv_lines(data)
    assert read(line).full_name == "A\ufffd"


def test_a_line_of_utf16_is_bounded_too() -> None:
    text = "\ufeff" + HEADER + "ễ" * MAX_LINE_BYTES + "\nR-2,An,1990\n"
    lines = csv_lines(text.encode("utf-16-le"))
    assert detail(lines[0]) == "more than 65536 bytes"
    assert (lines[1].number, read(lines[1]).record_id) == (3, "R-2")


# --- CSV: bytes that are not UTF-8 ---------------------------------------------------------------


def test_legacy_bytes_are_read_as_windows_1252_and_noted() -> None:
    # "Tiếng Việt" in TCVN3, as its bytes are.
    first, second = csv_lines(
        HEADER.encode() + b"R-1,Ti\xd5ng Vi\xd6t,1990\nR-2,B\xc3\xacnh,1991\n"
    )
    assert read(first).full_name == "TiÕng ViÖt"
    assert codes(first) == ("record.encoding",)
    assert read(second).full_name == "Bình"
    assert codes(second) == ()


def test_a_cell_in_utf8_beside_legacy_bytes_stays_what_it_is() -> None:
    [line] = csv_lines(b"record_id,full_name,lot\n" + b"B\xc3\xacnh,Ti\xd5ng,\x93L\x94\n")
    entered = read(line)
    assert (entered.record_id, entered.full_name, entered.lot) == ("Bình", "TiÕng", "“L”")


@pytest.mark.parametrize("quote", ["", '"'], ids=["bare", "quoted"])
def test_no_byte_is_lost(quote: str) -> None:
    """Each legacy byte comes out as one character of its own, by Python's own tables."""
    every = [bytes([byte]) for byte in range(0x80, 0x100)]
    rows = b"".join(b"R," + quote.encode() + b"A" + one + quote.encode() + b"\n" for one in every)
    lines = csv_lines(b"record_id,full_name\n" + rows)
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    expected = ["A" + one.decode("latin-1" if one[0] in undefined else "cp1252") for one in every]
    assert [read(line).full_name for line in lines] == expected
    assert len(set(expected)) == 128


# --- CSV: what is refused ------------------------------------------------------------------------


def test_a_bad_line_does_not_stop_the_file() -> None:
    lines = csv_lines(HEADER + "R-1,An,1990\nR-2,Bình\nR-3,Cúc,Dũng,1991\nR-4,Em,1992\n")
    assert [line.number for line in lines] == [2, 3, 4, 5]
    assert [line.record is not None for line in lines] == [True, False, False, True]
    assert detail(lines[1]) == "columns: 2, expected: 3"
    assert detail(lines[2]) == "columns: 4, expected: 3"


def test_a_quote_that_is_never_closed_costs_its_own_line_alone() -> None:
    rows = "".join(f"R-{number},An,1990\n" for number in range(3, 100))
    lines = csv_lines(HEADER + 'R-2,"An,1990\n' + rows)
    assert detail(lines[0]) == "quotes"
    assert [read(line).record_id for line in lines[1:]] == [f"R-{n}" for n in range(3, 100)]
    assert [line.number for line in lines] == list(range(2, 100))


def test_a_quote_that_another_line_closes_does_not_join_them() -> None:
    lines = csv_lines(HEADER + 'R-1,"An,1990\nR-2,"Bình,1991\nR-3,Cúc,1992\n')
    assert [line.number for line in lines] == [2, 3, 4]
    assert [line.record is None for line in lines] == [True, True, False]


@pytest.mark.parametrize("between", [0, 1, 5])
def test_two_stray_quotes_do_not_swallow_the_records_between_them(between: int) -> None:
    """As many cells come out as there should be, and the text between the quotes is records."""
    row = to_json(RECORD)
    plain = ",".join(row.values())
    first = plain.replace("Nguyễn", '"Nguyễn')
    last = plain.replace("Mẫu", 'Mẫu"')
    rows = [first, *[plain] * between, last, plain]
    lines = csv_lines(",".join(row) + "\n" + "\n".join(rows) + "\n")
    assert [line.number for line in lines] == list(range(2, between + 5))
    assert detail(lines[0]) == "quotes"
    assert read(lines[-2]).full_name == 'Nguyễn Văn Mẫu"'
    assert [read(line) for line in (*lines[1:-2], lines[-1])] == [RECORD] * (between + 1)


def test_a_line_break_may_stand_in_any_cell() -> None:
    for place in range(3):
        cells = ["R-1", "An", "1990"]
        cells[place] = f'"{cells[place]}\n(x)"'
        first, second = csv_lines(HEADER + ",".join(cells) + ",\nR-2,Bình,1991\n")
        assert list(to_json(read(first)).values())[place].endswith("\n(x)")
        assert (second.number, read(second).record_id) == (4, "R-2")


def test_text_behind_a_closing_quote_is_refused() -> None:
    [line] = csv_lines(HEADER + 'R-1,"An" Bình,1990\n')
    assert detail(line) == "quotes"


def test_a_quote_inside_a_bare_cell_is_text() -> None:
    [line] = csv_lines(HEADER + 'R-1,An "Tý" Bình,1990\n')
    assert read(line).full_name == 'An "Tý" Bình'


def test_a_carriage_return_inside_a_bare_cell_is_refused() -> None:
    bad, good, last = csv_lines(HEADER + "R-1,A\rn,1990\nR-2,An,1990\r\nR-3,An,1\r9")
    assert detail(bad) == detail(last) == "quotes"
    assert read(good).birth_date == "1990"


def test_a_record_of_too_many_lines_is_refused() -> None:
    most = HEADER + 'R-1,"' + "\n" * (MAX_RECORD_LINES - 1) + '",1990\n'
    more = HEADER + 'R-1,"' + "x\n" * MAX_RECORD_LINES + '",1990\n'
    assert [line.record is None for line in csv_lines(most)] == [False]
    assert detail(csv_lines(more)[0]) == "quotes"


def test_a_field_that_is_too_long_is_refused_by_name() -> None:
    longest, longer = csv_lines(
        HEADER + f"R-1,{'ữ' * MAX_FIELD_CHARS},1990\nR-2,{'a' * (MAX_FIELD_CHARS + 1)},1990\n"
    )
    assert len(read(longest).full_name) == MAX_FIELD_CHARS
    assert detail(longer) == "full_name: more than 500 characters"
    assert longer.reasons[0].field == "full_name"


def test_a_line_that_is_too_long_is_passed_over_to_its_end() -> None:
    lines = csv_lines(HEADER + "R-1," + "x," * MAX_LINE_BYTES * 2 + "\nR-2,An,1990\n")
    assert detail(lines[0]) == "more than 65536 bytes"
    assert (lines[1].number, read(lines[1]).record_id) == (3, "R-2")


def test_a_quoted_record_does_not_grow_beyond_the_bound_of_a_line() -> None:
    part = "x" * (MAX_LINE_BYTES // 3)
    lines = csv_lines(HEADER + f'R-1,"{part}\n{part}\n{part}\n{part}",1990\nR-2,An,1990\n')
    assert detail(lines[0]) == "quotes"
    assert read(lines[-1]).record_id == "R-2"
    lines = csv_lines(HEADER + f'R-1,"\n{"x" * MAX_LINE_BYTES}y",1990\nR-2,An,1990\n')
    assert [line.number for line in lines] == [2, 3, 4]
    assert read(lines[-1]).record_id == "R-2"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "no header"),
        (b"\n\n", 2, "no header"),
        (b"R-1,Nguyen Van Mau,1990-01-01\n", 1, "no header"),
        (b"full_name\nAn\n", 1, "no header"),
        (b"x" * (MAX_LINE_BYTES + 1), 1, "no header"),
        (b'record_id,"full_name\n', 1, "quotes"),
        ("Họ tên,record_id,Họ và tên\n".encode(), 1, "columns 1 and 3 are both full_name"),
        ("record_id,full_name\n".encode("utf-16-le"), 1, "UTF-16"),
        ("record_id,full_name\n".encode("utf-16-be"), 1, "UTF-16"),
        (b"PK\x03\x04\x14\x00", 1, "workbook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_csv_of_records_is_refused(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(RecordsError, match=reason) as refused:
        csv_lines(data)
    assert refused.value.line == line
    assert "Mau" not in str(refused.value)


def test_a_stream_of_text_is_refused() -> None:
    for reader in (read_csv, read_json_lines):
        stream: Any = io.StringIO(HEADER)
        with pytest.raises(TypeError, match="binary"):
            list(reader(stream))


# --- JSON Lines ----------------------------------------------------------------------------------


def test_json_lines_are_read() -> None:
    data = json.dumps(to_json(RECORD)) + "\n\n" + json.dumps(to_json(RECORD), ensure_ascii=False)
    assert json_lines("\ufeff" + data) == [
        Line(number=1, record=RECORD),
        Line(number=3, record=RECORD),
    ]


def test_whole_numbers_are_their_digits_and_null_is_nothing() -> None:
    [line] = json_lines('{"record_id": "R-1", "dose_number": 2, "lot": null}')
    assert read(line) == ExchangeRecord(record_id="R-1", dose_number="2")


def test_members_that_are_not_known_are_noted_once() -> None:
    first, second, third = json_lines(
        '{"record_id": "R-1"}\n{"record_id": "R-2", "x": []}\n{"record_id": "R-3", "y": 1}\n'
    )
    assert (codes(first), codes(second), codes(third)) == ((), ("record.unknown_columns",), ())
    assert read(second).record_id == "R-2"


def test_legacy_bytes_in_json_are_read_as_windows_1252_and_noted() -> None:
    [line] = json_lines(
        b'{"full_name": "Ti\xd5ng", "record_id": "B\xc3\xacnh", "lot": "\\u1ec5", "dose_number": 1,'
        b' "facility_name": null}'
    )
    assert codes(line) == ("record.encoding",)
    entered = read(line)
    assert (entered.full_name, entered.record_id, entered.lot) == ("TiÕng", "Bình", "ễ")
    assert entered.dose_number == "1"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not valid JSON, column 2"),
        ('{"sex": "M" x', "not valid JSON, column 13"),
        ("nothing", "not valid JSON, column 1"),
        ('"text"', "not an object"),
        ("[]", "not an object"),
        ("12", "not an object"),
        ('{"record_id": "a", "record_id": "b"}', "twice"),
        ('{"sex": true}', "not a text"),
        ('{"sex": 1.0}', "not a text"),
        ('{"sex": ["M"]}', "not a text"),
        ('{"sex": {}}', "not a text"),
        ('{"full_name": "\\ud800"}', "surrogate"),
        ('{"lot": ' + "1" * 33 + "}", "32 characters"),
        ('{"sex": NaN}', "infinite"),
        ("[" * 30_000, "nested"),
        ('{"lot": "' + "x" * (MAX_FIELD_CHARS + 1) + '"}', "lot: more than 500"),
        ('{"lot": "' + "x" * MAX_LINE_BYTES + '"}', "more than 65536 bytes"),
    ],
    ids=lambda value: "" if "{" in value or "[" in value else value,
)
def test_a_bad_line_of_json_does_not_stop_the_file(bad: str, reason: str) -> None:
    before, line, after = json_lines('{"record_id": "R-1"}\n' + bad + '\n{"record_id": "R-3"}\n')
    assert reason in detail(line)
    assert (before.number, line.number, after.number) == (1, 2, 3)
    assert read(after).record_id == "R-3"


@pytest.mark.parametrize("bad", [b'{"sex": "\xd5"', b'"\xd5"', b'{"sex": ["\xd5"]}'])
def test_legacy_bytes_do_not_make_good_json_of_bad(bad: bytes) -> None:
    [line] = json_lines(bad)
    assert line.record is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b'[{"record_id": "R-1"}]', "array"), ('{"sex": "M"}'.encode("utf-16-le"), "UTF-16")],
)
def test_a_file_that_is_no_json_lines_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RecordsError, match=reason):
        json_lines(data)


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_a_file_is_read_by_its_content(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "records"
    path.write_bytes(mark + written([RECORD]))
    assert [read(line) for line in read_records(path)] == [RECORD]
    path.write_bytes(mark + b"\n " + json.dumps(to_json(RECORD)).encode())
    assert [read(line) for line in read_records(str(path))] == [RECORD]
    path.write_bytes(json.dumps(to_json(RECORD)).encode("utf-16"))
    assert [read(line) for line in read_records(path)] == [RECORD]


def test_a_file_whose_reading_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RecordsError, match="cannot read the file: Is a directory"):
        list(read_records(tmp_path))

    def fail(_: object) -> Iterator[Line]:
        raise OSError(5, "Input/output error")

    (tmp_path / "records").write_bytes(b"{}")
    monkeypatch.setattr("vnvaxcert.vietnam.reading.read_json_lines", fail)
    with pytest.raises(RecordsError, match="cannot read the file: Input/output error"):
        list(read_records(tmp_path / "records"))


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "records"
    for content in (b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe"):
        path.write_bytes(content)
        assert list(read_records(path)) == []


@pytest.mark.parametrize("name", ["absent", "", "a\0b"])
def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordsError, match="records: cannot read the file") as refused:
        list(read_records(tmp_path / name))
    assert refused.value.line == 0


# --- One record ----------------------------------------------------------------------------------


def test_a_record_survives_json() -> None:
    assert from_json(to_json(RECORD)) == RECORD
    assert to_json(ExchangeRecord()) == {}
    assert list(to_json(RECORD)) == [field for field in FIELDS if getattr(RECORD, field)]


BAD_OBJECTS: list[object] = [
    *(None, [], "text", 1),
    *({"x": "y"}, {1: "y"}, {"sex": None}, {"sex": 1}, {"sex": True}, {"lot": ["x"]}),
    {"lot": "x" * (MAX_FIELD_CHARS + 1)},
]


@pytest.mark.parametrize("value", BAD_OBJECTS, ids=range(len(BAD_OBJECTS)))
def test_an_object_that_is_no_record_is_refused(value: object) -> None:
    with pytest.raises(RecordsError) as refused:
        from_json(value)
    assert refused.value.line == 0
    assert "y" not in str(refused.value).split()


VALIDATOR = Draft202012Validator(record_schema())
SOME_OBJECTS = st.dictionaries(
    st.sampled_from([*FIELDS, "x"]),
    st.one_of(st.text(max_size=3), st.none(), st.integers(), st.just("ễ" * MAX_FIELD_CHARS)),
    max_size=4,
)


@given(SOME_OBJECTS)
def test_the_schema_and_the_reader_agree(value: dict[str, object]) -> None:
    try:
        made = from_json(value)
    except RecordsError:
        assert not VALIDATOR.is_valid(value)
    else:
        assert VALIDATOR.is_valid(value)
        assert VALIDATOR.is_valid(to_json(made))


@pytest.mark.parametrize("value", BAD_OBJECTS[:4] + BAD_OBJECTS[6:])
def test_the_schema_refuses_what_the_reader_refuses(value: object) -> None:
    assert not VALIDATOR.is_valid(value)


def test_the_schema_is_one_and_names_every_field() -> None:
    schema = record_schema()
    Draft202012Validator.check_schema(schema)
    assert tuple(schema["properties"]) == FIELDS
    schema.clear()
    assert record_schema()["properties"]


# --- Over all ------------------------------------------------------------------------------------


def test_a_line_shows_its_number_alone() -> None:
    assert repr(Line(number=7, record=RECORD)) == "Line(number=7)"


def test_every_reason_has_its_texts() -> None:
    lines = csv_lines("record_id,full_name,x\nR-1,\xd5,1\nbad\n".encode("latin-1"))
    given_codes = {code for line in lines for code in codes(line)}
    assert given_codes == {"record.unknown_columns", "record.encoding", "record.malformed"}
    assert given_codes <= REASONS.keys()


def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.RawIOBase):
        """A file of many lines that nobody has to hold."""

        def __init__(self, row: bytes) -> None:
            self.left, self.row, self.is_header = 5_000, row, True

        def readline(self, limit: int | None = -1, /) -> bytes:
            if self.is_header:
                self.is_header = False
                return HEADER.encode()
            self.left -= 1
            return self.row if self.left > 0 else b""

    stream: Any = Endless(b"R-1,An,1990\n")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_csv(stream))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 4_999
    assert peak < 300_000


ROWS = st.lists(
    st.lists(st.text(st.sampled_from('ab"\n\r,;é ễ'), max_size=6), min_size=3, max_size=3),
    max_size=6,
)


@given(ROWS, st.sampled_from([",", ";", "\t"]), st.booleans())
def test_what_python_writes_is_read_back(
    rows: list[list[str]], delimiter: str, is_quoted: bool
) -> None:
    records = [ExchangeRecord(**dict(zip(FIELDS, row, strict=False))) for row in rows]
    quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    found = csv_lines(written(records, delimiter=delimiter, quoting=quoting))
    assert [read(line) for line in found] == [one for one in records if to_json(one)]


def pieces() -> Iterator[bytes]:
    yield from (b'"', b",", b"\n", b"\r", b";", b"\xd5", b"\0", b"{", b"}", b"[", b":", b"\\u")
    yield from (b'"sex"', b"R-1", b"record_id", b"full_name", "ễ".encode(), b"\xef\xbb\xbf")
    yield from (b"\xff\xfe", b"\x00", b"\n\x00")


@given(st.lists(st.sampled_from(list(pieces())), max_size=40), st.booleans())
def test_any_bytes_end_in_lines_or_in_a_refusal(parts: list[bytes], has_header: bool) -> None:
    data = (HEADER.encode() if has_header else b"") + b"".join(parts)
    for reader in (read_csv, read_json_lines):
        try:
            lines = list(reader(io.BytesIO(data)))
        except VnvaxcertError:
            continue
        numbers = [line.number for line in lines]
        assert numbers == sorted(set(numbers))
        assert all(0 < number <= data.count(b"\n") + 1 for number in numbers)  # in UTF-16 too
        for line in lines:
            assert (line.record is None) == ("record.malformed" in codes(line))
            if line.record is not None:
                assert from_json(to_json(line.record)) == line.record


def test_a_record_that_is_replaced_is_written_like_any_other() -> None:
    assert to_json(replace(RECORD, lot=""))["record_id"] == "R-1"
    assert "lot" not in to_json(replace(RECORD, lot=""))
