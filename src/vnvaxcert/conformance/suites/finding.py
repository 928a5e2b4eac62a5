"""Finding suites: a folder is one, or holds some; a file is one, or is part of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from vnvaxcert.conformance.case import Case, SuiteError
from vnvaxcert.conformance.suites import (
    cose_examples,
    dgc_testdata,
    jcs_folders,
    own,
    quality_assurance,
    seal_samples,
    trust_lists,
    wycheproof,
)
from vnvaxcert.conformance.suites.document import MAX_FILE_BYTES, read_json

__all__ = ["FORMATS", "MAX_FILES", "MAX_FILE_BYTES", "Suite", "find"]

MAX_FILES: Final = 20_000
"""Files that are looked at in a folder; all published suites together have some thousands."""

Reader: TypeAlias = Callable[[Path, Any], Iterator[Case]]


class Suite(NamedTuple):
    """A suite that was found.

    Attributes:
        name: As reports call it.
        format: Of `FORMATS`.
        cases: All of them; none makes the run fail.
    """

    name: str
    format: str
    cases: tuple[Case, ...]


class _Format(NamedTuple):
    """A form of suite: of a folder as a whole, or of files of which each stands for itself.

    Attributes:
        is_one: Whether a folder, or a file with its JSON, is a suite of this form.
        read: Its cases.
    """

    is_one: Callable[[Path, Any], bool]
    read: Reader


# A folder is taken for the first of these that it is, and not looked into any further.
_FOLDERS: Final = {
    "trust-lists": _Format(trust_lists.is_folder, trust_lists.read),
    "dcc-quality-assurance": _Format(quality_assurance.is_folder, quality_assurance.read),
    "vds-nc": _Format(seal_samples.is_folder, seal_samples.read),
    "jcs": _Format(jcs_folders.is_folder, jcs_folders.read),
}
_FILES: Final = {
    "vnvaxcert": _Format(own.is_file, own.read),
    "trust-lists": _Format(trust_lists.is_file, trust_lists.read_file),
    "dgc-testdata": _Format(dgc_testdata.is_file, dgc_testdata.read),
    "wycheproof": _Format(wycheproof.is_file, wycheproof.read),
    "cose-wg": _Format(cose_examples.is_working_group, cose_examples.read_working_group),
    "gluecose": _Format(cose_examples.is_gluecose, cose_examples.read_gluecose),
}
FORMATS: Final = ("auto", *sorted({*_FOLDERS, *_FILES}))
"""Forms of suites by name; ``auto`` recognises them."""


def find(path: str | os.PathLike[str], *, format: str = "auto") -> list[Suite]:
    """Find the suites in a file or folder, and read them.

    Args:
        path: A file or folder; folders in it are looked into.
        format: One of `FORMATS`; another than ``auto`` passes over suites of other forms.

    Returns:
        At least one suite, in the order of their names. A suite may have no case.

    Raises:
        SuiteError: There is nothing at that path, nothing of a known form in it, or something of
            a known form that breaks it.
        ValueError: An unknown format.
    """
    if format not in FORMATS:
        raise ValueError(f"format: expected one of {', '.join(FORMATS)}")
    place = Path(path)
    if place.is_dir():
        found = list(_in_folder(place, format, [0]))
    elif place.is_file():
        found = list(_of_document(place, read_json(place), format))
    else:
        raise SuiteError(f"{place}: there is no such file or folder")
    if not found:
        wanted = "a known form" if format == "auto" else f"the form {format}"
        raise SuiteError(f"{place}: no suite of {wanted}")
    return _merged(found)


def _in_folder(folder: Path, format: str, looked_at: list[int]) -> Iterator[Suite]:
    for name, known in _chosen(_FOLDERS, format):
        if known.is_one(folder, None):
            yield _suite(name, known, folder, None)
            return
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise SuiteError(f"{folder.name}: cannot be read: {error.strerror}") from error
    suites: list[Suite] = []
    unread: list[str] = []
    for path in inside:
        looked_at[0] += 1
        if looked_at[0] > MAX_FILES:
            raise SuiteError(f"more than {MAX_FILES} files to look at")
        if path.is_symlink():
            continue  # it may lead anywhere, and round in circles
        if path.is_dir():
            yield from _in_folder(path, format, looked_at)
        elif path.suffix == ".json" and path.is_file():
            document = read_json(path)
            suites += _of_document(path, document, format)
            if document is None:
                unread.append(path.name)
    if suites and unread:
        # Half a file of vectors would be passed over, and the run would look as good as ever.
        raise SuiteError(f"{folder.name}/{unread[0]}: no JSON, and there are vectors beside it")
    yield from suites


def _of_document(path: Path, document: Any, format: str) -> Iterator[Suite]:
    for name, known in _chosen(_FILES, format):
        if known.is_one(path, document):
            yield _suite(name, known, path, document)
            return


def _chosen(known: dict[str, _Format], format: str) -> Sequence[tuple[str, _Format]]:
    return [(name, one) for name, one in known.items() if format in ("auto", name)]


def _suite(name: str, known: _Format, path: Path, document: Any) -> Suite:
    try:
        cases = tuple(map(_checked, known.read(path, document)))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # Its text may repeat what is in the file.
        raise SuiteError(f"{path.name}: breaks its form ({type(error).__name__})") from error
    return Suite(cases[0].suite if cases else f"{name} ({path.name})", name, cases)


def _checked(case: Case) -> Case:
    """A case whose names are texts, as all that reports it relies on.

    Raises:
        TypeError: They are not.
    """
    if all(isinstance(one, str) for one in (case.id, case.suite, case.clause, case.op)):
        return case
    raise TypeError


def _merged(found: list[Suite]) -> list[Suite]:
    """Files of one suite as one suite."""
    suites: dict[str, list[Suite]] = {}
    for one in found:
        suites.setdefault(one.name, []).append(one)
    return [
        Suite(name, parts[0].format, tuple(case for part in parts for case in part.cases))
        for name, parts in sorted(suites.items())
    ]
