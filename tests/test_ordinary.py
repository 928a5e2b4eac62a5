"""The reader of ordinary certificates gives what the field-by-field reader gives, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specimens
from vnvaxcert.errors import SchemaError
from vnvaxcert.schema.deviations import EVERY_DEVIATION, NO_DEVIATION
from vnvaxcert.schema.ordinary import read_ordinary
from vnvaxcert.schema.reader import Reader
from vnvaxcert.schema.versions import RULES

ODD: list[Any] = [
    *(None, True, 0, -1, 9, 10, 2**70, 1.0, 2.5, float("nan"), "", " ", " x", "x ", "x" * 50),
    *("x" * 51, "x" * 80, "x" * 81, "A", "A<B", "Ä", "a", "\u0661", "2021-02-30", "2021-02-28\n"),
    *("2021-W01-1", "20210228", "1899-12-31", "2100-01-01", "2021-02-28T00:00:00", "1990"),
    *("VN", "UNHCR", "XX", "840539006", "J07BX03", b"bytes", [], ["x"], {}, {"x": 1}, (1,)),
]
MEMBERS = (
    *((key,) for key in ("ver", "nam", "dob", "v", "t", "extra", 1)),
    *(("nam", key) for key in ("fn", "gn", "fnt", "gnt", "extra")),
    *(("v", 0, key) for key in ("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci", "x")),
)


def ordinary(version: str) -> dict[str, Any]:
    payload: dict[str, Any] = specimens.fresh(specimens.payload("v"))
    payload["ver"] = version
    return payload


def agree(payload: dict[str, Any]) -> bool:
    """Whether it was ordinary; in that case both readers gave the same, under both readings."""
    found = read_ordinary(payload)
    if found is None:
        return False
    for tolerated in (EVERY_DEVIATION, NO_DEVIATION):
        assert (found, ()) == Reader(tolerated).read(payload)
    return True


@pytest.mark.parametrize("version", RULES)
def test_an_ordinary_certificate_is_read(version: str) -> None:
    assert agree(ordinary(version))


@pytest.mark.parametrize("version", RULES)
@pytest.mark.parametrize("path", MEMBERS, ids=str)
def test_an_odd_or_missing_member_is_never_read_otherwise_than_by_the_other_reader(
    version: str, path: tuple[Any, ...]
) -> None:
    for value in [*ODD, specimens.REMOVED]:
        payload = ordinary(version)
        parent: Any = payload
        for step in path[:-1]:
            parent = parent[step]
        if value is specimens.REMOVED:
            parent.pop(path[-1], None)
        else:
            parent[path[-1]] = value
        agree(payload)


@given(st.data())
def test_two_odd_members_are_no_different(data: st.DataObject) -> None:
    payload = ordinary(data.draw(st.sampled_from(sorted(RULES))))
    for _ in range(2):
        path = data.draw(st.sampled_from(MEMBERS[7:]))
        parent: Any = payload
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = data.draw(st.sampled_from(ODD))
    agree(payload)


@pytest.mark.parametrize("group", ["t", "r"])
def test_tests_and_recoveries_are_left_to_the_other_reader(group: str) -> None:
    assert read_ordinary(specimens.payload(group)) is None


def test_what_breaks_the_schema_is_never_read() -> None:
    payload = ordinary("1.3.0")
    payload["v"].append(payload["v"][0])
    assert read_ordinary(payload) is None
    with pytest.raises(SchemaError):
        Reader(EVERY_DEVIATION).read(payload)
