"""The field-by-field reader of a VDS-NC seal's ``data`` (ICAO VDS-NC 1.1), and its tables.

No text of the standard is at hand that settles every field, and the models of the WHO, of
Australia's issuer and of open readers differ. So what one of them allows is read, and `seal_writer`
writes what all of them allow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

from vnvaxcert.errors import SchemaError
from vnvaxcert.icao import countries
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

VERSION: Final = 1
COUNTRY_LENGTH: Final = 3
MOST_DOSE_NUMBER: Final = 99  # two digits

# What Australia's issuer allows in a text: it is the only list there is. Colon, comma, quotes,
# backslash, round and angle brackets are not in it, and nothing outside ASCII.
CHARACTERS: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !@#$%&'*+/=?^_`{|}~.-"
)

SEXES: Final = frozenset({"M", "F", "X"})  # Doc 9303-4, visual inspection zone
DOCUMENT_TYPES: Final = frozenset({"P", "A", "C", "I", "AC", "V", "D"})
TEST_KINDS: Final = frozenset({"molecular(PCR)", "molecular(other)", "antigen", "antibody"})
TEST_RESULTS: Final = frozenset({"normal", "abnormal", "positive", "negative"})
TEST_METHODS: Final = frozenset({"nasopharyngeal", "oropharyngeal", "saliva", "blood", "other"})

# Emitted by an early release of Tamanu, and in the model of the WHO's Kotlin verifier.
_MISSPELT_IDENTIFIERS: Final = ("utvi", "ucvi", "ucti")

_MAX_VIOLATIONS: Final = 50  # more explain nothing; a hostile seal can hold hundreds
_MAX_UNKNOWN: Final = 20
_EXPECTED_THERE: Final = "expected to be there"
EXPECTED_COUNTRY: Final = "expected a code of Doc 9303-3: three capitals, or D for Germany"


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
    return Reader(tolerated).read(data)


class Reader:
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
        self._note_unknown(data, "", _ROOT_KEYS)
        values = self._inner(data, "", "hdr", HEADER_FIELDS)
        message = self._object(data, "", "msg")
        # What the members mean depends on the type.
        if values.get("type") is SealType.VACCINATION and message:
            values |= self._vaccination_message(message)
        elif values.get("type") is SealType.TEST and message:
            values |= self._test_message(message)
        if self._violations:
            raise SchemaError(tuple(self._violations))
        return Seal(**values), tuple(self._warnings)

    # --- the parts -----------------------------------------------------------------------------

    def _vaccination_message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        name = self._name_of_identifier(message, UVCI.key)
        self._note_unknown(message, "/msg", _VACCINATION_MESSAGE_KEYS | {name})
        values = self._fields(message, "/msg", (UVCI._replace(key=name),))
        found = len(self._violations)
        holder = self._inner(message, "/msg", "pid", VACCINATED_FIELDS)
        is_someone = holder.get("birth_date") or holder.get("document_number")
        if not is_someone and len(self._violations) == found:
            self._refuse("/msg/pid", "expected dob or i to be there")
        vaccinations = []
        for path, event in self._entries(message, "/msg", "ve"):
            self._note_unknown(event, path, _VACCINATION_KEYS)
            product = self._fields(event, path, VACCINATION_FIELDS)
            doses = []
            for inner_path, dose in self._entries(event, path, "vd"):
                self._note_unknown(dose, inner_path, _DOSE_KEYS)
                doses.append(self._fields(dose, inner_path, DOSE_FIELDS))
            if not self._violations:
                given = tuple(SealDose(**dose) for dose in doses)
                vaccinations.append(SealVaccination(**product, doses=given))
        if not self._violations:
            values |= {"holder": SealHolder(**holder), "vaccinations": tuple(vaccinations)}
        return values

    def _test_message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        name = self._name_of_identifier(message, UTCI.key)
        self._note_unknown(message, "/msg", _TEST_MESSAGE_KEYS | {name})
        values = self._fields(message, "/msg", (UTCI._replace(key=name), OPTIONAL))
        holder = self._inner(message, "/msg", "pid", TESTED_FIELDS)
        test = self._inner(message, "/msg", "sp", PROVIDER_FIELDS, "cd")
        provider = message.get("sp")
        if isinstance(provider, dict):
            test |= self._inner(provider, "/msg/sp", "cd", CONTACT_FIELDS)
        test |= self._inner(message, "/msg", "dat", TIME_FIELDS)
        test |= self._inner(message, "/msg", "tr", RESULT_FIELDS)
        if not self._violations:
            values |= {"holder": SealHolder(**holder), "test": SealTest(**test)}
        return values

    def _name_of_identifier(self, message: Mapping[str, Any], name: str) -> str:
        if name not in message and self._tolerated:
            for misspelt in _MISSPELT_IDENTIFIERS:
                if misspelt in message:
                    self._warn("schema.misspelt_member", f"/msg/{misspelt}", f"{name} is meant")
                    return misspelt
        return name

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
        self, parent: Mapping[str, Any], path: str, name: str, fields: Fields, besides: str = ""
    ) -> dict[str, Any]:
        """The members of an object in another; none, where there is no such object."""
        entry = self._object(parent, path, name)
        if not entry:
            return {}
        known = {field.key for field in fields}
        self._note_unknown(entry, f"{path}/{name}", known | {besides})
        return self._fields(entry, f"{path}/{name}", fields)

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

    def _fields(self, entry: Mapping[str, Any], path: str, fields: Fields) -> dict[str, Any]:
        """What the members of an object say; None for those that are absent or refused."""
        values: dict[str, Any] = {}
        for field in fields:
            value = entry.get(field.key)
            if value is not None:
                self._path = path
                values[field.attribute] = field.read(self, value, field)
                continue
            values[field.attribute] = None
            if field.key not in entry:
                if not field.is_optional:
                    self._refuse(f"{path}/{field.key}", _EXPECTED_THERE)
            elif field.is_optional and Deviation.NULL_MEMBER in self._tolerated:
                self._warn("schema.deviation", f"{path}/{field.key}", Deviation.NULL_MEMBER)
            else:
                self._refuse(f"{path}/{field.key}", "expected a value, not null")
        return values

    # --- the kinds of value: each takes one that is not null -------------------------------------

    def text(self, value: object, field: Field) -> str | None:
        """A text of at most the field's length."""
        if type(value) is not str:
            self._refuse_value(field, "expected a text")
            return None
        if not value:
            self._refuse_value(field, "expected a text that is not empty")
            return None
        if field.most and len(value) > field.most:
            self._refuse_value(field, f"expected at most {field.most} characters")
            return None
        if not CHARACTERS.issuperset(value):
            message = "a text has characters that seals do not use"
            self._warn("schema.characters", f"{self._path}/{field.key}", message)
        return value

    def code(self, value: object, field: Field) -> str | None:
        """A text that should be one of the field's codes."""
        if type(value) is not str or not value:
            self._refuse_value(field, "expected a text that is not empty")
            return None
        if field.most and len(value) > field.most:
            self._refuse_value(field, f"expected at most {field.most} characters")
            return None
        if value not in field.allowed:
            self._warn("valueset.unknown", f"{self._path}/{field.key}", "an unknown code")
        return value

    def kind(self, value: object, field: Field) -> SealType | None:
        """The type of the seal."""
        for known in SealType:
            if value == known.value:
                return known
        self._refuse_value(field, f"expected {' or '.join(SealType)}")
        return None

    def version(self, value: object, field: Field) -> int | None:
        """The version of the type."""
        number = self._integer(value, field)
        if number is not None and number != VERSION:
            self._refuse_value(field, f"expected {VERSION}")
            return None
        return number

    def number(self, value: object, field: Field) -> int | None:
        """The number of a dose, which some sources make a text."""
        if type(value) is str and len(value) <= 2 and value.isascii() and value.isdigit():
            message = "an integer is written as a text"
            self._warn("schema.text_integer", f"{self._path}/{field.key}", message)
            value = int(value)
        number = self._integer(value, field)
        if number is not None and not 1 <= number <= MOST_DOSE_NUMBER:
            self._refuse_value(field, f"expected an integer from 1 to {MOST_DOSE_NUMBER}")
            return None
        return number

    def _integer(self, value: object, field: Field) -> int | None:
        if type(value) is float and value.is_integer():
            message = "an integer is written as a float"
            self._warn("schema.float_integer", f"{self._path}/{field.key}", message)
            value = int(value)
        if type(value) is not int:
            self._refuse_value(field, "expected an integer")
            return None
        return value

    def country(self, value: object, field: Field) -> str | None:
        """A code of Doc 9303-3: three capitals, or ``D`` for Germany."""
        if type(value) is not str or not is_country_code(value):
            self._refuse_value(field, EXPECTED_COUNTRY)
            return None
        if countries.alpha2(value) is None:
            self._warn("valueset.unknown", f"{self._path}/{field.key}", "an unknown country")
        return value

    def sex(self, value: object, field: Field) -> str | None:
        """``M``, ``F`` or ``X``."""
        if type(value) is not str or value not in field.allowed:
            self._refuse_value(field, "expected M, F or X")
            return None
        return value

    def day(self, value: object, field: Field) -> date | None:
        """A calendar date."""
        if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
            try:  # at that length and with those dashes it reads YYYY-MM-DD and nothing else
                return date.fromisoformat(value)
            except ValueError:
                pass
        self._refuse_value(field, "expected a date YYYY-MM-DD that exists")
        return None

    def birth_date(self, value: object, field: Field) -> PartialDate | None:
        """A date that may lack its day, or month and day; X may stand for what is not known."""
        if type(value) is str and len(value) <= 10:
            match = _birth_date_pattern().fullmatch(value)
            if match is not None:
                year, month, day = (None if part is None else int(part) for part in match.groups())
                try:
                    return PartialDate(year or 0, month, day)
                except ValueError:
                    pass
        expected = "expected a date YYYY-MM-DD, YYYY-MM or YYYY that exists, from 1900 to 2099"
        self._refuse_value(field, expected)
        return None

    def moment(self, value: object, field: Field) -> datetime | None:
        """A moment (RFC 3339 date-time)."""
        expected = "expected a time as in RFC 3339, with its zone"
        match = _moment_pattern().fullmatch(value) if type(value) is str else None
        if match is None:
            self._refuse_value(field, expected)
            return None
        day, time, fraction, zone = match.groups()
        deviation = None
        if zone is None:
            deviation, zone = Deviation.ZONE_MISSING, "Z"
        elif len(zone) in (3, 5):
            deviation, zone = Deviation.ZONE_SHORT, f"{zone[:3]}:{zone[3:] or '00'}"
        if deviation is not None:
            if deviation not in self._tolerated:
                self._refuse_value(field, expected)
                return None
            self._warn("schema.deviation", f"{self._path}/{field.key}", deviation)
        # What is finer than a microsecond is dropped: no instant in a seal needs it.
        try:
            local = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{zone.upper()}")
        except ValueError:
            self._refuse_value(field, expected)
            return None
        return to_utc(local)

    # --- what was found --------------------------------------------------------------------------

    def _refuse_value(self, field: Field, expected: str) -> None:
        self._refuse(f"{self._path}/{field.key}", expected)

    def _refuse(self, path: str, expected: str) -> None:
        if len(self._violations) < _MAX_VIOLATIONS:
            self._violations.append((path, expected))

    def _warn(self, code: str, path: str, message: str) -> None:
        self._warnings.append(CertificateWarning(code, path, str(message)))

    def _note_unknown(self, entry: Mapping[str, Any], path: str, known: Set[str]) -> None:
        if entry.keys() <= known:
            return
        unknown = [key for key in entry if key not in known]
        for key in unknown[:_MAX_UNKNOWN]:
            # Only a short plain name is shown: anything else could hold somebody's data.
            is_plain = key.isascii() and key.isalnum() and len(key) <= 16
            where = f"{path}/{key}" if is_plain else path
            self._warn("schema.unknown_member", where, "a member the standard does not name")


def is_country_code(text: str) -> bool:
    """Whether a text has the form of a code of Doc 9303-3."""
    is_capital = text.isascii() and text.isalpha() and text.isupper()
    return is_capital and (len(text) == COUNTRY_LENGTH or text == "D")


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


class Field(NamedTuple):
    """A member of an object.

    Attributes:
        key: Its name on the wire.
        attribute: Its name in the record.
        read: How its value is read.
        most: Characters it may have at most; 0 where no source has a limit.
        allowed: The codes it may be, where there is a list.
        is_optional: Whether it may be absent when read: one source at least says so.
        must_be_written: Whether it has to be there when written: one source at least says so.
    """

    key: str
    attribute: str
    read: Callable[[Reader, object, Field], object]
    most: int = 0
    allowed: frozenset[str] = frozenset()
    is_optional: bool = False
    must_be_written: bool = True


Fields: TypeAlias = tuple[Field, ...]


def _optional(
    key: str,
    attribute: str,
    read: Callable[[Reader, Any, Field], object],
    most: int = 0,
    allowed: frozenset[str] = frozenset(),
    *,
    must_be_written: bool = False,
) -> Field:
    return Field(key, attribute, read, most, allowed, True, must_be_written)


# These tables are the one place that pairs members and attributes.
HEADER_FIELDS: Final[Fields] = (
    Field("is", "issuer", Reader.country),
    Field("t", "type", Reader.kind),
    Field("v", "version", Reader.version),
)
UVCI: Final = Field("uvci", "certificate_id", Reader.text, 12)
UTCI: Final = Field("utci", "certificate_id", Reader.text, 12)
OPTIONAL: Final = _optional("opt", "optional", Reader.text, 20)
VACCINATED_FIELDS: Final[Fields] = (
    _optional("ai", "other_number", Reader.text, 24),
    _optional("dob", "birth_date", Reader.birth_date),  # or i
    _optional("i", "document_number", Reader.text, 11),
    Field("n", "name", Reader.text, 39),
    _optional("sex", "sex", Reader.sex, 1, SEXES),
)
TESTED_FIELDS: Final[Fields] = (
    Field("dn", "document_number", Reader.text, 24),
    # Required in the WHO's model, not in paper-cred's.
    _optional("dob", "birth_date", Reader.birth_date, must_be_written=True),
    Field("dt", "document_type", Reader.code, 2, DOCUMENT_TYPES),
    Field("n", "name", Reader.text, 39),
)
VACCINATION_FIELDS: Final[Fields] = (
    Field("des", "code", Reader.text, 6),
    # Required by Australia, not by paper-cred and the WHO.
    _optional("dis", "disease", Reader.text, 6, must_be_written=True),
    Field("nam", "product", Reader.text),
)
DOSE_FIELDS: Final[Fields] = (
    # Required by Australia and the WHO, not by paper-cred.
    _optional("adm", "facility", Reader.text, 20, must_be_written=True),
    Field("ctr", "country", Reader.country),
    Field("dvc", "date", Reader.day),
    _optional("dvn", "next_date", Reader.day),
    Field("lot", "lot", Reader.text, 20),
    Field("seq", "number", Reader.number),
)
PROVIDER_FIELDS: Final[Fields] = (
    Field("ctr", "country", Reader.country),
    Field("spn", "provider", Reader.text, 20),
)
CONTACT_FIELDS: Final[Fields] = (
    # Address and e-mail are required in the WHO's model alone.
    _optional("a", "address", Reader.text, must_be_written=True),
    _optional("e", "email", Reader.text, must_be_written=True),
    Field("p", "phone", Reader.text, 19),
)
TIME_FIELDS: Final[Fields] = (
    Field("ri", "reported_at", Reader.moment),
    Field("sc", "sampled_at", Reader.moment),
)
RESULT_FIELDS: Final[Fields] = (
    _optional("m", "method", Reader.code, 0, TEST_METHODS),
    Field("r", "result", Reader.code, 0, TEST_RESULTS),
    Field("tc", "kind", Reader.code, 0, TEST_KINDS),
)


def _keys(fields: Fields, *besides: str) -> frozenset[str]:
    return frozenset({field.key for field in fields} | {*besides})


_NOTHING: Final[Mapping[str, Any]] = {}
_ROOT_KEYS: Final = frozenset({"hdr", "msg"})
_VACCINATION_MESSAGE_KEYS: Final = frozenset({"pid", "ve"})
_TEST_MESSAGE_KEYS: Final = frozenset({"pid", "sp", "dat", "tr", "opt"})
_VACCINATION_KEYS: Final = _keys(VACCINATION_FIELDS, "vd")
_DOSE_KEYS: Final = _keys(DOSE_FIELDS)
