"""The ``data`` of a VDS-NC seal from its records (ICAO VDS-NC 1.1).

What is written keeps the narrowest of the limits that any known reader sets: `seal_fields` has the
tables, and says who differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.icao import countries
from vnvaxcert.schema import seal_fields as fields
from vnvaxcert.schema.records import PartialDate
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)
from vnvaxcert.schema.seal_fields import CHARACTERS, MOST_DOSE_NUMBER, VERSION, Field, Kind, Shape

_Entry = TypeVar("_Entry", SealVaccination, SealDose)
_MINUTE: Final = timedelta(minutes=1)

_MAX_VIOLATIONS: Final = 50

_KINDS: Final = {
    SealType.VACCINATION: "a proof of vaccination",
    SealType.TEST: "a proof of test",
}


def serialize(seal: Seal) -> dict[str, Any]:
    """Make the ``data`` of a seal, with its wire keys.

    Args:
        seal: What is to be sealed. Nothing is shortened, transliterated or left out. A birth date
            without day or month is written as Australia does (``1970-XX-XX``).

    Returns:
        A new dict of text, integers, dicts and lists, ready for `vdsnc.wrap`; `seal_reader.parse`
        gives an equal seal for it, and no warnings but for times, which it gives in UTC. What is
        None is left out.

    Raises:
        IssueClaimsError: A value is of the wrong type, too long, out of range, or of characters
            that seals do not use; one is missing that some known reader requires, or there is
            one that this type of seal has no member for. All violations are listed, up to 50,
            with paths as in `SchemaError` (``"/msg/pid/n"``), and hold no values.

    Spec: ICAO VDS-NC 1.1; the WHO's data model for ``icao.vacc``, CAPSCA's for ``icao.test``.
    """
    return _Writer().write(seal)


class _Writer:
    """Writes one seal; gathers violations on the way."""

    __slots__ = ("_path", "_violations")

    def __init__(self) -> None:
        self._violations: list[tuple[str, str]] = []
        self._path = ""

    def write(self, seal: Seal) -> dict[str, Any]:
        if not isinstance(seal.type, SealType):
            raise IssueClaimsError((("/hdr/t", f"expected {' or '.join(SealType)}"),))
        header = self._members(seal, "/hdr", fields.HEADER)
        if seal.type is SealType.VACCINATION:
            message = self._vaccination_message(seal)
        else:
            message = self._test_message(seal)
        if self._violations:
            raise IssueClaimsError(tuple(self._violations))
        return {"hdr": header, "msg": message}

    def _vaccination_message(self, seal: Seal) -> dict[str, Any]:
        kind = _KINDS[SealType.VACCINATION]
        if seal.test is not None:
            self._refuse("/msg/tr", f"expected no test in {kind}")
        if seal.optional is not None:
            self._refuse("/msg/opt", f"expected none in {kind}")
        message = self._members(seal, "/msg", fields.VACCINATION_MESSAGE)
        message["pid"] = self._holder(seal.holder, fields.VACCINATED, kind)
        if message["pid"] and not message["pid"].keys() & {"dob", "i"}:
            self._refuse("/msg/pid", "expected dob or i to be there")
        message["ve"] = []
        for path, event in self._entries(seal.vaccinations, "/msg/ve", SealVaccination):
            written = self._members(event, path, fields.VACCINATION)
            written["vd"] = [
                self._members(dose, inner, fields.DOSE)
                for inner, dose in self._entries(event.doses, f"{path}/vd", SealDose)
            ]
            message["ve"].append(written)
        return message

    def _test_message(self, seal: Seal) -> dict[str, Any]:
        kind = _KINDS[SealType.TEST]
        if seal.vaccinations:
            self._refuse("/msg/ve", f"expected no vaccinations in {kind}")
        message = self._members(seal, "/msg", fields.TEST_MESSAGE)
        message["pid"] = self._holder(seal.holder, fields.TESTED, kind)
        test = seal.test
        if not isinstance(test, SealTest):
            self._refuse("/msg/tr", f"expected a test in {kind}")
            return message
        message["sp"] = self._members(test, "/msg/sp", fields.PROVIDER)
        message["sp"]["cd"] = self._members(test, "/msg/sp/cd", fields.CONTACT)
        message["dat"] = self._members(test, "/msg/dat", fields.TIMES)
        message["tr"] = self._members(test, "/msg/tr", fields.RESULT)
        return message

    def _holder(self, holder: object, shape: Shape, kind: str) -> dict[str, Any]:
        if not isinstance(holder, SealHolder):
            self._refuse("/msg/pid", "expected a SealHolder")
            return {}
        written = self._members(holder, "/msg/pid", shape)
        attributes = {field.attribute for field in shape.fields}
        for field in (*fields.VACCINATED.fields, *fields.TESTED.fields):
            if field.attribute not in attributes and getattr(holder, field.attribute) is not None:
                self._refuse(f"/msg/pid/{field.key}", f"expected none in {kind}")
        return written

    def _entries(
        self, entries: tuple[_Entry, ...], path: str, kind: type[_Entry]
    ) -> Iterator[tuple[str, _Entry]]:
        """The records of a tuple, each with its path."""
        if not isinstance(entries, tuple) or not entries:
            self._refuse(path, f"expected a tuple with a {kind.__name__} in it")
            return
        for index, entry in enumerate(entries):
            if len(self._violations) >= _MAX_VIOLATIONS:
                return
            if isinstance(entry, kind):
                yield f"{path}/{index}", entry
            else:
                self._refuse(f"{path}/{index}", f"expected a {kind.__name__}")

    def _members(self, record: object, path: str, shape: Shape) -> dict[str, Any]:
        """The members that the attributes of a record make; None makes none."""
        written: dict[str, Any] = {}
        for field in shape.fields:
            value = getattr(record, field.attribute)
            if value is not None:
                self._path = f"{path}/{field.key}"
                written[field.key] = _WRITE[field.kind](self, value, field)
            elif field.must_be_written:
                self._refuse(f"{path}/{field.key}", "expected to be there")
        return written

    # --- the kinds of value ----------------------------------------------------------------------

    def text(self, value: object, field: Field) -> object:
        if type(value) is not str or not value:
            self._expected("a text that is not empty")
            return None
        if field.most and len(value) > field.most:
            self._expected(f"at most {field.most} characters")
            return None
        if not CHARACTERS.issuperset(value):
            self._expected("only letters A to Z, digits, spaces and !@#$%&'*+/=?^_`{|}~.-")
            return None
        return value

    def code(self, value: object, field: Field) -> object:
        if type(value) is not str or value not in field.codes:
            self._expected(f"one of {', '.join(sorted(field.codes))}")
            return None
        return value

    def seal_type(self, value: object, _: Field) -> object:
        return str(value)  # `write` has seen that it is one

    def version(self, value: object, _: Field) -> object:
        if type(value) is not int or value != VERSION:
            self._expected(str(VERSION))
        return value

    def number(self, value: object, _: Field) -> object:
        if type(value) is not int or not 1 <= value <= MOST_DOSE_NUMBER:
            self._expected(f"an integer from 1 to {MOST_DOSE_NUMBER}")
            return None
        return value

    def country(self, value: object, _: Field) -> object:
        if type(value) is not str or countries.alpha2(value) is None:
            self._expected("a code of Doc 9303-3 (VNM)")
            return None
        return value

    def day(self, value: object, _: Field) -> object:
        if type(value) is not date:
            self._expected("a date")
            return None
        return value.isoformat()

    def birth_date(self, value: object, _: Field) -> object:
        if not isinstance(value, PartialDate) or not value.exists:
            self._expected("a PartialDate that the calendar has")
            return None
        return f"{value}-XX-XX"[:10] if value.month is None else f"{value}-XX"[:10]

    def moment(self, value: object, _: Field) -> object:
        offset = value.utcoffset() if isinstance(value, datetime) else None
        # RFC 3339 §4.2: the zone is written in hours and minutes.
        if not isinstance(value, datetime) or offset is None or offset % _MINUTE:
            self._expected("a datetime with a time zone of whole minutes")
            return None
        return value.isoformat()

    # --- what was found --------------------------------------------------------------------------

    def _expected(self, what: str) -> None:
        self._refuse(self._path, f"expected {what}")

    def _refuse(self, path: str, expected: str) -> None:
        if len(self._violations) < _MAX_VIOLATIONS:
            self._violations.append((path, expected))


_WRITE: Final[dict[Kind, Callable[[_Writer, object, Field], object]]] = {
    Kind.TYPE: _Writer.seal_type,
    Kind.VERSION: _Writer.version,
    Kind.COUNTRY: _Writer.country,
    Kind.TEXT: _Writer.text,
    Kind.CODE: _Writer.code,
    Kind.SEX: _Writer.code,
    Kind.BIRTH_DATE: _Writer.birth_date,
    Kind.DAY: _Writer.day,
    Kind.NUMBER: _Writer.number,
    Kind.MOMENT: _Writer.moment,
}
