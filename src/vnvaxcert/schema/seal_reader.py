"""The field-by-field reader of a VDS-NC seal's ``data`` (ICAO VDS-NC 1.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from vnvaxcert.errors import SchemaError
from vnvaxcert.icao import countries
from vnvaxcert.schema import seal_fields as fields
from vnvaxcert.schema.deviations import EVERY_DEVIATION, Deviation
from vnvaxcert.schema.reader import to_utc
from vnvaxcert.schema.records import CertificateWarning, PartialDate
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)
from vnvaxcert.schema.seal_fields import CHARACTERS, MOST_DOSE_NUMBER, VERSION, Field, Kind, Shape

# Emitted by an early release of Tamanu, and in the model of the WHO's Kotlin verifier.
_MISSPELT_IDENTIFIERS: Final = ("utvi", "ucvi", "ucti")

_MAX_VIOLATIONS: Final = 50  # more explain nothing; a hostile seal can hold hundreds
_MAX_UNKNOWN: Final = 20
_EXPECTED_THERE: Final = "expected to be there"
_TYPES: Final = {str(known): known for known in SealType}
_MOMENT: Final = "a time as in RFC 3339, with its zone"


def parse(
    data: object, *, tolerated: frozenset[Deviation] = EVERY_DEVIATION
) -> tuple[Seal, tuple[CertificateWarning, ...]]:
    """Parse the ``data`` of a seal.

    Args:
        data: ``data`` of the seal's JSON: a dict with ``hdr`` and ``msg``.
        tolerated: Of the deviations of health certificates these are known for seals as well, and
            are read with a warning: `Deviation.NULL_MEMBER` where a member may be absent,
            `Deviation.ZONE_MISSING` and `Deviation.ZONE_SHORT`. A misspelt name of the identifier
            (``utvi``, ``ucvi``, ``ucti``) is read unless nothing is tolerated.

    Returns:
        The seal, and warnings in the order they were met. What the sources disagree about is
        read under every policy, a dose number written as a text with a warning. Codes that are
        in no list are warnings too.

    Raises:
        SchemaError: A member is missing, of the wrong type, too long or out of range; all
            violations are listed, up to 50, with paths into ``data`` (``"/msg/pid/n"``).

    Spec: ICAO VDS-NC 1.1; the WHO's data model for ``icao.vacc``, CAPSCA's for ``icao.test``.
    """
    return _Reader(tolerated).read(data)


class _Reader:
    """Reads one seal; gathers violations and warnings on the way."""

    __slots__ = ("_path", "_tolerated", "_violations", "_warnings")

    def __init__(self, tolerated: frozenset[Deviation]) -> None:
        self._tolerated = tolerated
        self._violations: list[tuple[str, str]] = []
        self._warnings: list[CertificateWarning] = []
        self._path = ""

    def read(self, data: object) -> tuple[Seal, tuple[CertificateWarning, ...]]:
        if not isinstance(data, dict):
            raise SchemaError((("", "expected an object"),))
        if not data.keys() <= _ROOT_KEYS:
            self._note_unknown(data, "", _ROOT_KEYS)
        values = self._inner(data, "", "hdr", fields.HEADER)
        message = self._object(data, "", "msg")
        # What the members mean depends on the type.
        kind = values.get("type")
        if kind is SealType.VACCINATION and message:
            values |= self._vaccination_message(message)
        elif kind is SealType.TEST and message:
            values |= self._test_message(message)
        if self._violations:
            raise SchemaError(tuple(self._violations))
        return Seal(**values), tuple(self._warnings)

    # --- the parts -----------------------------------------------------------------------------

    def _vaccination_message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        values = self._message(message, fields.VACCINATION_MESSAGE)
        found = len(self._violations)
        holder = self._inner(message, "/msg", "pid", fields.VACCINATED)
        is_someone = holder.get("birth_date") or holder.get("document_number")
        if not is_someone and len(self._violations) == found:
            self._refuse("/msg/pid", "expected dob or i to be there")
        vaccinations = []
        for path, event in self._entries(message, "/msg", "ve"):
            product = self._members(event, path, fields.VACCINATION)
            doses = [
                self._members(dose, inner, fields.DOSE)
                for inner, dose in self._entries(event, path, "vd")
            ]
            if not self._violations:
                given = tuple([SealDose(**dose) for dose in doses])
                vaccinations.append(SealVaccination(**product, doses=given))
        if not self._violations:
            values["holder"] = SealHolder(**holder)
            values["vaccinations"] = tuple(vaccinations)
        return values

    def _test_message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        values = self._message(message, fields.TEST_MESSAGE)
        holder = self._inner(message, "/msg", "pid", fields.TESTED)
        test = self._inner(message, "/msg", "sp", fields.PROVIDER)
        if test:
            test |= self._inner(message["sp"], "/msg/sp", "cd", fields.CONTACT)
        test |= self._inner(message, "/msg", "dat", fields.TIMES)
        test |= self._inner(message, "/msg", "tr", fields.RESULT)
        if not self._violations:
            values["holder"] = SealHolder(**holder)
            values["test"] = SealTest(**test)
        return values

    def _message(self, message: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
        """The members of ``msg`` itself, the first of them its identifier, perhaps misspelt."""
        identifier = shape.fields[0]
        if identifier.key not in message and self._tolerated:
            for name in _MISSPELT_IDENTIFIERS:
                if name in message:
                    meant = f"{identifier.key} is meant"
                    self._warn("schema.misspelt_member", f"/msg/{name}", meant)
                    misspelt = identifier._replace(key=name)
                    shape = Shape((misspelt, *shape.fields[1:]), shape.keys | {name})
                    break
        return self._members(message, "/msg", shape)

    # --- objects, arrays, members ----------------------------------------------------------------

    def _object(self, parent: Mapping[str, Any], path: str, name: str) -> Mapping[str, Any]:
        """The object of this name; an empty one, where it is refused."""
        value = parent.get(name)
        if isinstance(value, dict) and value:
            return value
        expected = "expected an object with members" if name in parent else _EXPECTED_THERE
        self._refuse(f"{path}/{name}", expected)
        return _NOTHING

    def _inner(
        self, parent: Mapping[str, Any], path: str, name: str, shape: Shape
    ) -> dict[str, Any]:
        """What the members of an object in another say; nothing, where there is no such object."""
        entry = self._object(parent, path, name)
        return self._members(entry, f"{path}/{name}", shape) if entry else {}

    def _entries(
        self, parent: Mapping[str, Any], path: str, name: str
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The objects of an array, each with its path."""
        entries = parent.get(name)
        path = f"{path}/{name}"
        if not isinstance(entries, list) or not entries:
            there = name in parent
            self._refuse(path, "expected an array with entries" if there else _EXPECTED_THERE)
            return
        for index, entry in enumerate(entries):
            if len(self._violations) >= _MAX_VIOLATIONS:
                return
            if isinstance(entry, dict):
                yield f"{path}/{index}", entry
            else:
                self._refuse(f"{path}/{index}", "expected an object")

    def _members(self, entry: Mapping[str, Any], path: str, shape: Shape) -> dict[str, Any]:
        """What the members of an object say; None for those that are absent or refused."""
        if not entry.keys() <= shape.keys:
            self._note_unknown(entry, path, shape.keys)
        self._path = path
        values: dict[str, Any] = {}
        for field in shape.fields:
            key, attribute, kind = field[:3]
            value = entry.get(key)
            if value is None:
                values[attribute] = None
                self._absent(entry, field)
            else:
                values[attribute] = _READ[kind](self, value, field)
        return values

    def _absent(self, entry: Mapping[str, Any], field: Field) -> None:
        if field.key not in entry:
            if not field.may_be_absent:
                self._expected(field, "to be there")
        elif field.may_be_absent and Deviation.NULL_MEMBER in self._tolerated:
            self._note(field, "schema.deviation", Deviation.NULL_MEMBER)
        else:
            self._expected(field, "a value, not null")

    # --- the kinds of value: each takes one that is not null -------------------------------------

    def text(self, value: object, field: Field) -> str | None:
        """A text of at most the field's length."""
        if type(value) is not str or not value:
            self._expected(field, "a text that is not empty")
            return None
        most, codes = field.most, field.codes
        if most and len(value) > most:
            self._expected(field, f"at most {most} characters")
            return None
        if codes:
            if value not in codes:
                self._note(field, "valueset.unknown", "the code is in no list we know")
        elif not CHARACTERS.issuperset(value):
            message = "a text has characters outside the set of seals"
            self._note(field, "schema.characters", message)
        return value

    def seal_type(self, value: object, field: Field) -> SealType | None:
        """The type of the seal."""
        known = _TYPES.get(value) if type(value) is str else None
        if known is None:
            self._expected(field, " or ".join(_TYPES))
        return known

    def version(self, value: object, field: Field) -> int | None:
        """The version of the type."""
        number = self._integer(value, field)
        if number is not None and number != VERSION:
            self._expected(field, f"{VERSION}")
            return None
        return number

    def number(self, value: object, field: Field) -> int | None:
        """The number of a dose, which some sources make a text."""
        if type(value) is str and len(value) <= 2 and value.isascii() and value.isdigit():
            self._note(field, "schema.text_integer", "an integer is written as a text")
            value = int(value)
        number = self._integer(value, field)
        if number is not None and not 1 <= number <= MOST_DOSE_NUMBER:
            self._expected(field, f"an integer from 1 to {MOST_DOSE_NUMBER}")
            return None
        return number

    def _integer(self, value: object, field: Field) -> int | None:
        if type(value) is float and value.is_integer():
            self._note(field, "schema.float_integer", "an integer is written as a float")
            value = int(value)
        if type(value) is not int:
            self._expected(field, "an integer")
            return None
        return value

    def country(self, value: object, field: Field) -> str | None:
        """A code of Doc 9303-3: three capitals, or ``D`` for Germany."""
        if type(value) is str:
            if countries.alpha2(value) is not None:
                return value
            if len(value) == 3 and value.isascii() and value.isalpha() and value.isupper():
                self._note(field, "valueset.unknown", "the country is in no list we know")
                return value
        self._expected(field, "a code of Doc 9303-3: three capitals, or D for Germany")
        return None

    def sex(self, value: object, field: Field) -> str | None:
        """``M``, ``F`` or ``X``."""
        if type(value) is not str or value not in field.codes:
            self._expected(field, "M, F or X")
            return None
        return value

    def day(self, value: object, field: Field) -> date | None:
        """A calendar date."""
        if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
            try:  # at that length and with those dashes it reads YYYY-MM-DD and nothing else
                return date.fromisoformat(value)
            except ValueError:
                pass
        self._expected(field, "a date YYYY-MM-DD that exists")
        return None

    def birth_date(self, value: object, field: Field) -> PartialDate | None:
        """A date that may lack its day, or month and day; X may stand for what is not known."""
        if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
            try:
                whole = date.fromisoformat(value)
            except ValueError:
                pass
            else:
                if 1900 <= whole.year <= 2099:
                    return PartialDate.from_digits(whole.year, whole.month, whole.day)
        if type(value) is str and len(value) <= 10:
            match = _birth_date_pattern().fullmatch(value)
            if match is not None:
                year, month, day = (None if part is None else int(part) for part in match.groups())
                try:
                    return PartialDate(year or 0, month, day)
                except ValueError:
                    pass
        forms = "YYYY-MM-DD, YYYY-MM or YYYY"
        self._expected(field, f"a date {forms} that exists, from 1900 to 2099")
        return None

    def moment(self, value: object, field: Field) -> datetime | None:
        """A moment (RFC 3339 date-time)."""
        match = _moment_pattern().fullmatch(value) if type(value) is str else None
        if match is None:
            self._expected(field, _MOMENT)
            return None
        day, time, fraction, zone = match.groups()
        deviation = None
        if zone is None:
            deviation, zone = Deviation.ZONE_MISSING, "Z"
        elif len(zone) in (3, 5):
            deviation, zone = Deviation.ZONE_SHORT, f"{zone[:3]}:{zone[3:] or '00'}"
        if deviation is not None:
            if deviation not in self._tolerated:
                self._expected(field, _MOMENT)
                return None
            self._note(field, "schema.deviation", deviation)
        # What is finer than a microsecond is dropped: no instant in a seal needs it.
        try:
            local = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{zone.upper()}")
        except ValueError:
            self._expected(field, _MOMENT)
            return None
        return to_utc(local)

    # --- what was found --------------------------------------------------------------------------

    def _expected(self, field: Field, what: str) -> None:
        self._refuse(f"{self._path}/{field.key}", f"expected {what}")

    def _note(self, field: Field, code: str, message: str) -> None:
        self._warn(code, f"{self._path}/{field.key}", message)

    def _refuse(self, path: str, expected: str) -> None:
        if len(self._violations) < _MAX_VIOLATIONS:
            self._violations.append((path, expected))

    def _warn(self, code: str, path: str, message: str) -> None:
        self._warnings.append(CertificateWarning(code, path, str(message)))

    def _note_unknown(self, entry: Mapping[str, Any], path: str, known: Set[str]) -> None:
        unknown = [key for key in entry if key not in known]
        for key in unknown[:_MAX_UNKNOWN]:
            # Only a short plain name is shown: anything else could hold somebody's data.
            is_plain = key.isascii() and key.isalnum() and len(key) <= 16
            where = f"{path}/{key}" if is_plain else path
            self._warn("schema.unknown_member", where, "a member the standard does not name")


# Compiled on first use: whoever meets no seal needs none of them.


@cache
def _birth_date_pattern() -> re.Pattern[str]:
    # 1970-XX-XX is how Australia's issuer writes that only the year is known.
    return re.compile(r"((?:19|20)\d\d)(?:-(?:XX-XX|(\d\d)(?:-(?:XX|(\d\d)))?))?", re.ASCII)


@cache
def _moment_pattern() -> re.Pattern[str]:
    return re.compile(
        r"(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d+)?"
        r"([Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?",
        re.ASCII,
    )


_NOTHING: Final[Mapping[str, Any]] = {}
_ROOT_KEYS: Final = frozenset({"hdr", "msg"})
_READ: Final[dict[Kind, Callable[[_Reader, object, Field], object]]] = {
    Kind.TYPE: _Reader.seal_type,
    Kind.VERSION: _Reader.version,
    Kind.COUNTRY: _Reader.country,
    Kind.TEXT: _Reader.text,
    Kind.CODE: _Reader.text,
    Kind.SEX: _Reader.sex,
    Kind.BIRTH_DATE: _Reader.birth_date,
    Kind.DAY: _Reader.day,
    Kind.NUMBER: _Reader.number,
    Kind.MOMENT: _Reader.moment,
}
