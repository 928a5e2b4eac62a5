"""Cases: what one step hands to the next, one line of JSON for each dose record.

``{"line": 7, "record": {...}, "changes": ["clean.case"], "verdict": "right", "batch": "...",
"index": 3, "path": ["..."], "salt": "..."}``: the number of the line in the very first file, the
cleaned record, and what the steps found out about it. Members that a step has nothing to say about
are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from vnvaxcert.cli.outcome import CommandError
from vnvaxcert.errors import RecordsError
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.reading import from_json, to_json

MAX_LINE_BYTES: Final = 1 << 17  # a record of 20 fields of 500 characters, escaped, and its proof
MAX_NUMBER: Final = 2**63 - 1  # what SQLite can hold
_write: Final = json.JSONEncoder(ensure_ascii=False).encode


class Case(NamedTuple):
    """One dose record on its way.

    Attributes:
        line: Its line in the very first file.
        record: Cleaned.
        members: The other members.
    """

    line: int
    record: ExchangeRecord
    members: dict[str, Any]

    def text(self, **members: object) -> str:
        """The line of JSON, with more members."""
        document = {"line": self.line, "record": to_json(self.record), **self.members, **members}
        return _write(document)


def read_case(text: str) -> Case:
    """Read one line.

    Raises:
        ValueError: It is no case.
        RecordsError: Its record is none.
    """
    document = json.loads(text)
    if "\\u" in text:
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    if not isinstance(document, dict):
        raise ValueError("no object")
    line, record = document.pop("line", None), document.pop("record", None)
    if type(line) is not int or not 1 <= line <= MAX_NUMBER:
        raise ValueError("no line number")
    return Case(line, from_json(record), document)


def read_cases(path: Path) -> Iterator[Case]:
    """Read a file of cases, line by line.

    Raises:
        CommandError: A line is no case. The file is one that a step wrote, so it was cut off or
            changed: there is no going on.
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:
        number = 0
        while text := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            try:
                if len(text) > MAX_LINE_BYTES:
                    raise ValueError("too long")
                case = read_case(text.decode())
            except (ValueError, RecursionError, RecordsError):
                raise CommandError(
                    f"{path}, line {number}: expected a case, as the step before writes it"
                ) from None
            yield case
