"""A population on disk: the records, the population database, and the truth beside them."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, TextIO

from vnvaxcert.record import record
from vnvaxcert.vietnam.exchange import FIELDS
from vnvaxcert.vietnam.specimen.population import SpecimenLine, walk

FORMATS: Final = ("jsonl", "csv")
"""File formats of the records, by the ending of the file's name."""
_MALFORMED: Final = "record.malformed"


@record()
class Population:
    """What was written.

    Attributes:
        records: The file of the records: ``records.jsonl`` or ``records.csv``.
        references: ``reference.jsonl``: a person a line, as the population database has them.
        truth: ``truth.jsonl``: a faulty record a line, with its line in the file of the records
            (1 for the first, the head of a CSV file counts), its record id and its faults.
        count: Records.
        people: People in the population database.
        faulty: Records with a fault.
        codes: Reason code to the number of records that have it.
    """

    records: Path
    references: Path
    truth: Path
    count: int
    people: int
    faulty: int
    codes: Mapping[str, int]


def write_population(
    folder: Path,
    *,
    count: int,
    seed: int,
    faults: float,
    at: date,
    file_format: str = "jsonl",
    progress: Callable[[int], object] | None = None,
) -> Population:
    """Write a fictional population into a folder, in one pass and without growing memory.

    Files of the same names are written over.

    Args:
        folder: Made where it is not there.
        count: As in :func:`~vnvaxcert.vietnam.specimen.make_population`.
        seed: As there; the same arguments give the same bytes.
        faults: As there.
        at: As there.
        file_format: Of the records: one of :data:`FORMATS`.
        progress: Called after each record with the number of records so far.

    Returns:
        The paths and the counts.

    Raises:
        TypeError: The count or the seed is no whole number.
        ValueError: An argument is out of range.
        OSError: A file cannot be written.
    """
    if file_format not in FORMATS:
        raise ValueError(f"file_format: expected one of {', '.join(FORMATS)}")
    made = walk(count=count, seed=seed, faults=faults, at=at)
    write, head = (_csv_line, _csv(FIELDS)) if file_format == "csv" else (_json_line, "")
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"records.{file_format}", folder / "reference.jsonl", folder / "truth.jsonl"]
    codes: Counter[str] = Counter()
    people = faulty = 0
    with _new(paths[0]) as records, _new(paths[1]) as references, _new(paths[2]) as truth:
        records.write(head)
        for entry in made:
            if not isinstance(entry, SpecimenLine):
                people += 1
                references.write(_json(vars(entry)))
                continue
            records.write(write(entry))
            if entry.faults:
                faulty += 1
                codes.update(code for code, _ in entry.faults)
                truth.write(
                    _json(
                        {
                            "line": entry.number + bool(head),
                            "record_id": entry.record.record_id,
                            "faults": entry.faults,
                        }
                    )
                )
            if progress is not None:
                progress(entry.number)
    return Population(
        records=paths[0],
        references=paths[1],
        truth=paths[2],
        count=count,
        people=people,
        faulty=faulty,
        codes=MappingProxyType(dict(sorted(codes.items()))),
    )


def _new(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _csv(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _members(entry: SpecimenLine) -> dict[str, str]:
    return {field: text for field, text in vars(entry.record).items() if text}


def _json_line(entry: SpecimenLine) -> str:
    if not _is_malformed(entry):
        return _json(_members(entry))
    # The transfer broke off, a list for an object, a list for a text: in turn.
    members = _members(entry)
    return (
        _json(members)[:-10] + "\n",
        _json(list(members.values())),
        _json({**members, "dose_number": [members["dose_number"]]}),
    )[entry.number % 3]


def _csv_line(entry: SpecimenLine) -> str:
    cells = [getattr(entry.record, field) for field in FIELDS]
    if not _is_malformed(entry):
        return _csv(cells)
    # The transfer broke off, or a comma too many.
    return _csv(cells[: len(cells) // 2] if entry.number % 2 else [*cells[:3], "", *cells[3:]])


def _is_malformed(entry: SpecimenLine) -> bool:
    return any(code == _MALFORMED for code, _ in entry.faults)
