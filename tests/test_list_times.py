"""What holds for lists of every format: parts, times, sequence, and who has to have signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vnvaxcert import TrustList
from vnvaxcert.errors import (
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust import formats
from vnvaxcert.trust.entry import Entry, Published, SetAside
from vnvaxcert.trust.formats.checks import CLOCK_SKEW
from vnvaxcert.trust.formats.content import Content, Context, Format
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.specimen import SpecimenAuthority

START = datetime(2022, 5, 1, tzinfo=UTC)
END = START + timedelta(hours=48)
SECOND = timedelta(seconds=1)
AUTHORITY = SpecimenAuthority(not_before=START)
SIGNER = AUTHORITY.issue_signer()


def reading_of(contents: Sequence[Content], context: Context) -> Reading:
    """What the stand-in formats find: one signer, and the lines of their files as set aside."""
    lines = [line for content in contents for line in content.data.decode().splitlines()[1:]]
    return Reading(
        [Entry(SIGNER.kid, SIGNER.certificate, Published(context.name))],
        [SetAside(b"", None, context.name, line) for line in lines],
        issued_at=START,
        expires_at=END,
        sequence=7,
    )


def alone(content: Content, context: Context) -> Reading:
    raise TrustListFormatError("in parts", "", "the other part is missing")


IN_PARTS = Format("in parts", lambda c: c.data.startswith(b"PART"), alone, join=reading_of)
DATED = Format(
    "dated", lambda c: c.data.startswith(b"DATED"), lambda c, context: reading_of([c], context)
)


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "FORMATS", (IN_PARTS, DATED, *formats.FORMATS))


def test_the_times_and_the_sequence_of_a_list_are_shown() -> None:
    trust = TrustList.from_bytes(b"DATED")
    assert (trust.issued_at, trust.expires_at, trust.sequence) == (START, END, 7)
    assert not trust.authenticated


@pytest.mark.parametrize(
    "at",
    [START - CLOCK_SKEW, START, END, END + CLOCK_SKEW],
    ids=["early by the skew", "first", "last", "late by the skew"],
)
def test_a_list_is_read_within_its_times(at: datetime) -> None:
    assert len(TrustList.from_bytes(b"DATED", at=at)) == 1


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (START - CLOCK_SKEW - SECOND, "valid only from 2022-05-01 00:00:00 UTC"),
        (END + CLOCK_SKEW + SECOND, "valid until 2022-05-03 00:00:00 UTC"),
        (datetime.min.replace(tzinfo=UTC), "only from"),
        (datetime.max.replace(tzinfo=UTC), "until"),
    ],
    ids=["early", "late", "the first moment there is", "the last"],
)
def test_a_list_is_refused_outside_its_times(at: datetime, words: str) -> None:
    with pytest.raises(TrustListStaleError, match=words) as caught:
        TrustList.from_bytes(b"DATED", at=at)
    assert (caught.value.format, caught.value.code) == ("dated", "trustlist.stale")


def test_without_a_moment_an_old_list_is_read() -> None:
    assert len(TrustList.from_bytes(b"DATED")) == 1


@pytest.mark.parametrize("last", [0, 6, 7])
def test_a_list_is_as_new_as_the_last_one_or_newer(last: int) -> None:
    assert TrustList.from_bytes(b"DATED", last_sequence=last).sequence == 7


def test_an_older_list_than_the_last_one_is_refused() -> None:
    with pytest.raises(TrustListRollbackError, match="is 7, and 8 was seen before") as caught:
        TrustList.from_bytes(b"DATED", last_sequence=8)
    assert caught.value.code == "trustlist.rollback"


def test_a_list_without_a_sequence_is_refused_where_one_was_seen() -> None:
    with pytest.raises(TrustListRollbackError, match="it has no sequence number, and 0 was seen"):
        TrustList.from_bytes(SIGNER.certificate, last_sequence=0)


@pytest.mark.parametrize("last", ["7", 7.0, True])
def test_a_last_sequence_that_is_no_number_is_a_mistake(last: Any) -> None:
    with pytest.raises(TypeError, match="last_sequence"):
        TrustList.from_bytes(b"DATED", last_sequence=last)


def test_parts_are_read_as_one_list_in_either_order() -> None:
    for first, second in ((b"PART\na", b"PART\nb"), (b"PART\nb", b"PART\na")):
        trust = TrustList.from_bytes(first, second)
        assert (len(trust), trust.format) == (1, "in parts")
        assert sorted(one.reason for one in trust.set_aside) == ["a", "b"]


def test_a_part_alone_is_refused() -> None:
    with pytest.raises(TrustListFormatError, match="other part is missing"):
        TrustList.from_bytes(b"PART\na")


def test_parts_beside_other_lists_find_each_other(tmp_path: Path) -> None:
    other = AUTHORITY.issue_signer()
    for name, data in (("1", b"PART\na"), ("2", other.certificate), ("3", b"PART\nb")):
        (tmp_path / name).write_bytes(data)
    merged = TrustList.load(tmp_path / "1", tmp_path / "2", tmp_path / "3")
    assert (len(merged), merged.format) == (2, "in parts+DER")
    assert (merged.sequence, merged.issued_at, merged.expires_at) == (None, None, END)
    assert {key.source for key in merged} == {"1 + 3", "2"}
    folder = TrustList.load(tmp_path)
    assert (len(folder), folder.format) == (2, "directory")


def test_a_part_alone_in_a_folder_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"PART\na")
    (tmp_path / "2").write_bytes(SIGNER.certificate)
    trust = TrustList.load(tmp_path)
    assert [(one.source, one.reason) for one in trust.set_aside] == [
        ("1", "in parts: the other part is missing")
    ]
    assert len(trust) == 1


def test_a_stale_list_in_a_folder_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"DATED")
    trust = TrustList.load(tmp_path, at=END + timedelta(days=1))
    assert [one.reason for one in trust.set_aside] == [
        "dated: it was valid until 2022-05-03 00:00:00 UTC"
    ]
    assert not trust


def test_folders_and_files_are_merged(tmp_path: Path) -> None:
    other = AUTHORITY.issue_signer()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "1").write_bytes(SIGNER.certificate)
    (tmp_path / "2").write_bytes(other.certificate)
    merged = TrustList.load(tmp_path / "folder", tmp_path / "2")
    assert {key.kid for key in merged} == {SIGNER.kid, other.kid}


def test_an_error_among_several_files_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(SIGNER.certificate)
    (tmp_path / "bad").write_bytes(b"words")
    with pytest.raises(TrustListFormatError) as caught:
        TrustList.load(tmp_path / "good", tmp_path / "bad")
    assert caught.value.place == "bad"
    (tmp_path / "bad").write_bytes(b"DATED")
    with pytest.raises(TrustListStaleError) as stale:
        TrustList.load(tmp_path / "bad", tmp_path / "good", at=END + timedelta(days=1))
    assert stale.value.place == "bad"


def test_a_folder_is_refused_where_a_signature_or_a_sequence_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(SIGNER.certificate)
    with pytest.raises(TrustListSignatureError, match="a directory carries no signature"):
        TrustList.load(tmp_path, signing_key=SIGNER.certificate)
    with pytest.raises(TrustListSignatureError, match="a directory carries no signature"):
        TrustList.load(tmp_path, authorities=AUTHORITY.trust_list())
    with pytest.raises(TrustListRollbackError, match="a directory states no sequence"):
        TrustList.load(tmp_path, last_sequence=1)


def test_a_list_without_a_signature_is_refused_where_authorities_are_given() -> None:
    with pytest.raises(TrustListSignatureError, match="this format has none that can be"):
        TrustList.from_bytes(b"DATED", authorities=AUTHORITY.trust_list())


def test_authorities_that_are_no_list_are_a_mistake() -> None:
    wrong: Any = [SIGNER.certificate]
    with pytest.raises(TypeError, match="authorities: expected a TrustList"):
        TrustList.from_bytes(b"DATED", authorities=wrong)
