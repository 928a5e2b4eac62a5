"""The field-by-field reader of a DCC payload (DCC schema 1.0.0 to 1.3.3), and its tables.

Every rule of the schema and every tolerated deviation is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar

from vnvaxcert.codec.cbor import TAG_DATE_TIME, UNDEFINED, Tagged
from vnvaxcert.errors import SchemaError
from vnvaxcert.schema import valuesets
from vnvaxcert.schema.deviations import Deviation
from vnvaxcert.schema.ordinary import ICAO_CHARACTERS
from vnvaxcert.schema.records import (
    CertificateWarning,
    HealthCertificate,
    Holder,
    PartialDate,
    Recovery,
    TestResult,
    Vaccination,
)
from vnvaxcert.schema.versions import RULES, Rules

_Record = TypeVar("_Record", Vaccination, TestResult, Recovery)
_MAX_VIOLATIONS: Final = 50  # more explain nothing; a hostile payload can hold thousands


class Reader:
    """Reads one payload; gathers violations and warnings on the way.

    The reading methods take the ordinary case first and leave all else to `_odd_text` and its
    like: a certificate without oddities never gets there.
    """

    __slots__ = ("_path", "_rules", "_tolerated", "_violations", "_warnings")

    def __init__(self, tolerated: frozenset[Deviation]) -> None:
        self._tolerated = tolerated
        self._violations: list[tuple[str, str]] = []
        self._warnings: list[CertificateWarning] = []
        self._path = ""
        self._rules: Rules

    def read(self, payload: object) -> tuple[HealthCertificate, tuple[CertificateWarning, ...]]:
        if not isinstance(payload, dict):
            raise SchemaError((("", "expected a map"),))
        version = payload.get("ver")
        rules = RULES.get(version) if isinstance(version, str) else None
        if rules is None or not isinstance(version, str):
            raise SchemaError((("/ver", f"expected one of {', '.join(RULES)}"),))
        self._rules = rules
        certificate = HealthCertificate(
            holder=self._holder(payload),
            vaccinations=self._group(payload, "v", VACCINATION_FIELDS, Vaccination),
            tests=self._group(payload, "t", TEST_FIELDS, TestResult),
            recoveries=self._group(payload, "r", RECOVERY_FIELDS, Recovery),
            schema_version=version,
        )
        if ("v" in payload) + ("t" in payload) + ("r" in payload) != 1 or not certificate.entries:
            self._check_groups(payload)
        if self._violations:
            raise SchemaError(tuple(self._violations))
        if len(payload) > 4:
            self._note_unknown_members("", payload, _ROOT_KEYS)
        return certificate, tuple(self._warnings)

    # --- the parts -----------------------------------------------------------------------------

    def _holder(self, payload: Mapping[str, Any]) -> Holder:
        self._path = ""
        birth_date = self._birth_date(payload)
        names = payload.get("nam")
        if not isinstance(names, dict):
            self._refuse("/nam", "expected a map" if "nam" in payload else _EXPECTED_THERE)
            return Holder(birth_date=birth_date)
        self._path = "/nam"
        values = {name: read(self, names, key) for key, name, read in HOLDER_FIELDS}
        if values["family_name_icao"] is None and not self._has(names, "fnt"):
            if not self._rules.may_fnt_be_missing:
                self._refuse("/nam", "expected fnt to be there")
            elif not self._has(names, "gnt"):
                self._refuse("/nam", "expected fnt or gnt to be there")
        if not names.keys() <= _NAME_KEYS:
            self._note_unknown_members("/nam", names, _NAME_KEYS)
        return Holder(birth_date=birth_date, **values)

    def _group(
        self,
        payload: Mapping[str, Any],
        group: str,
        fields: Fields,
        record: Callable[..., _Record],
    ) -> tuple[_Record, ...]:
        entries = payload.get(group)
        if entries is None and (group not in payload or self._null(f"/{group}")):
            return ()
        if entries is UNDEFINED and self._null(f"/{group}"):
            return ()
        if not isinstance(entries, list):
            self._refuse(f"/{group}", "expected an array")
            return ()
        if not entries:
            self._refuse(f"/{group}", "expected at least one entry")
            return ()
        if len(entries) > 1:
            most = self._rules.max_entries
            if most is not None:
                self._refuse(f"/{group}", "expected exactly one entry")
                return ()
            self._warn("schema.several_entries", f"/{group}", "there is more than one entry")
        records = []
        for index, entry in enumerate(entries):
            self._path = path = f"/{group}/{index}"
            if not isinstance(entry, dict):
                self._refuse(path, "expected a map")
                continue
            values = {name: read(self, entry, key) for key, name, read in fields}
            if len(self._violations) > _MAX_VIOLATIONS:
                break
            if self._violations:
                continue
            if not entry.keys() <= _ENTRY_KEYS[group]:
                self._note_unknown_members(path, entry, _ENTRY_KEYS[group])
            records.append(record(**values))
            self._check_codes(path, records[-1])
        return tuple(records)

    def _check_groups(self, payload: Mapping[str, Any]) -> None:
        groups = [key for key in ("v", "t", "r") if self._has(payload, key)]
        if len(groups) != 1:
            self._refuse("", f"expected exactly one of v, t, r; there are {len(groups)}")

    def _check_codes(self, path: str, record: Vaccination | TestResult | Recovery) -> None:
        if isinstance(record, Vaccination):
            found = valuesets.check_vaccination_codes(
                record.disease, record.vaccine, record.product, record.manufacturer, record.country
            )
        elif isinstance(record, TestResult):
            found = valuesets.check_test_codes(
                record.disease, record.test_type, record.result, record.country
            )
            if record.test_type == valuesets.NUCLEIC_ACID_TEST and not record.test_name:
                self._warn("schema.plausibility", f"{path}/nm", "a nucleic acid test has no name")
            elif record.test_type == valuesets.RAPID_TEST and not record.device:
                self._warn("schema.plausibility", f"{path}/ma", "a rapid test names no device")
        else:
            found = valuesets.check_recovery_codes(record.disease, record.country)
        for code, key, message in found:
            self._warn(code, f"{path}/{key}", message)

    # --- the fields: each takes the map it stands in and its wire key -----------------------------

    def text(self, entry: Mapping[str, Any], key: str) -> str:
        """A text of any length."""
        value = entry.get(key)
        if type(value) is str and value.strip() == value:
            return value
        return self._odd_text(entry, key, None) or ""

    def bounded_text(self, entry: Mapping[str, Any], key: str) -> str:
        """A text of at most the version's length."""
        value = entry.get(key)
        if type(value) is str and len(value) <= self._rules.max_length and value.strip() == value:
            return value
        return self._odd_text(entry, key, self._rules.max_length) or ""

    def identifier(self, entry: Mapping[str, Any], key: str) -> str:
        """A text of at most the version's length, kept with the white space around it.

        A revocation list holds the hash of the identifier exactly as it was issued.
        """
        value = entry.get(key)
        if type(value) is str and len(value) <= self._rules.max_length:
            return value
        accepted = self._odd_text(entry, key, self._rules.max_length)
        return "" if accepted is None else entry[key]

    def country(self, entry: Mapping[str, Any], key: str) -> str:
        """A text with a capital letter in it: the schema's pattern is not anchored."""
        value = self.text(entry, key)
        if not value.isupper() or not value.isascii():
            is_text = type(entry.get(key)) is str
            if is_text and not any("A" <= character <= "Z" for character in value):
                self._refuse(f"{self._path}/{key}", "expected a country code in capital letters")
        return value

    def dose(self, entry: Mapping[str, Any], key: str) -> int:
        """An integer from 1, also written as a float without fraction (JSON Schema §4.2.3)."""
        value = entry.get(key)
        if type(value) is float and value.is_integer():
            path = f"{self._path}/{key}"
            self._warn("schema.float_integer", path, "an integer is written as a float")
            value = int(value)
        if type(value) is not int:
            self._refuse_type(entry, key, "an integer")
            return 0
        most = self._rules.max_dose
        if value < 1 or (most is not None and value > most):
            expected = "an integer from 1" + (f" to {most}" if most else "")
            self._deviate(Deviation.DOSE_RANGE, f"{self._path}/{key}", f"expected {expected}")
        return value

    def day(self, entry: Mapping[str, Any], key: str) -> date:
        """A calendar date (RFC 3339 full-date)."""
        value = entry.get(key)
        if type(value) is str and len(value) == 10 and value[7] == "-":
            try:  # at that length and with that dash it reads YYYY-MM-DD and nothing else
                return date.fromisoformat(value)
            except ValueError:
                pass
        text = self._odd_date(entry, key)
        if text is not None:
            try:
                return date.fromisoformat(text)
            except ValueError:
                self._refuse(f"{self._path}/{key}", "expected a date YYYY-MM-DD that exists")
        return date.min

    def moment(self, entry: Mapping[str, Any], key: str) -> datetime:
        """A moment (RFC 3339 date-time)."""
        text = self._odd_text(entry, key, None, is_time=True)
        if text is None:
            return _NO_MOMENT
        match = _moment_pattern().fullmatch(text)
        if match is None:
            self._refuse(f"{self._path}/{key}", _EXPECTED_MOMENT)
            return _NO_MOMENT
        day, time, fraction, zone = match.groups()
        if zone is None:
            self._deviate(Deviation.ZONE_MISSING, f"{self._path}/{key}", _EXPECTED_MOMENT)
            zone = "Z"
        elif len(zone) in (3, 5):
            self._deviate(Deviation.ZONE_SHORT, f"{self._path}/{key}", _EXPECTED_MOMENT)
            zone = f"{zone[:3]}:{zone[3:] or '00'}"
        # What is finer than a microsecond is dropped: no instant in a certificate needs it.
        try:
            local = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{zone.upper()}")
        except ValueError:
            self._refuse(f"{self._path}/{key}", _EXPECTED_MOMENT)
            return _NO_MOMENT
        return to_utc(local)

    def name(self, entry: Mapping[str, Any], key: str) -> str | None:
        """A name as written, of at most the version's length; may be absent."""
        value = entry.get(key)
        if type(value) is str and len(value) <= self._rules.max_length and value.strip() == value:
            return value
        return None if self._is_absent(entry, key) else self.bounded_text(entry, key)

    def icao_name(self, entry: Mapping[str, Any], key: str) -> str | None:
        """A name in machine-readable letters, of at most the version's length; may be absent."""
        value = self.name(entry, key)
        if value is not None and not ICAO_CHARACTERS.issuperset(value):
            expected = "expected only the letters A to Z and <"
            self._deviate(Deviation.NAME_CHARACTERS, f"{self._path}/{key}", expected)
        return value

    def optional_text(self, entry: Mapping[str, Any], key: str) -> str | None:
        """A text of any length; may be absent."""
        return None if self._is_absent(entry, key) else self.text(entry, key)

    def test_name(self, entry: Mapping[str, Any], key: str) -> str | None:
        """The name of a nucleic acid test, whose length is bounded from 1.3.0 on."""
        if self._is_absent(entry, key):
            return None
        return self._odd_text(entry, key, self._rules.max_test_name)

    def testing_centre(self, entry: Mapping[str, Any], key: str) -> str | None:
        """The testing centre, optional from 1.3.0 on."""
        if not self._rules.is_tc_required and self._is_absent(entry, key):
            return None
        return self.bounded_text(entry, key)

    def result_time(self, entry: Mapping[str, Any], key: str) -> datetime | None:
        """The time of the test result, a member of the schema before 1.2.0 only."""
        if not self._rules.has_dr:
            if key in entry:
                self._note_unknown_members(self._path, {key: None}, frozenset())
            return None
        return None if self._is_absent(entry, key) else self.moment(entry, key)

    def _birth_date(self, payload: Mapping[str, Any]) -> PartialDate | None:
        value = payload.get("dob")
        if type(value) is str and len(value) == 10 and value[7] == "-":
            try:
                whole = date.fromisoformat(value)
            except ValueError:
                pass
            else:
                if 1900 <= whole.year <= 2099:
                    return PartialDate.from_digits(whole.year, whole.month, whole.day)
        text = self._odd_date(payload, "dob")
        if text is None:
            return None
        if not text:
            if not self._rules.may_dob_be_empty:
                self._deviate(Deviation.DOB_EMPTY, "/dob", "expected a date")
            return None
        match = _birth_date_pattern().fullmatch(text)
        if match is None or (self._rules.is_dob_whole and len(text) != 10):
            whole_only = self._rules.is_dob_whole
            expected = "YYYY-MM-DD" if whole_only else "YYYY, YYYY-MM or YYYY-MM-DD"
            self._refuse("/dob", f"expected a date {expected} from 1900 to 2099")
            return None
        year, month, day = (None if part is None else int(part) for part in match.groups())
        birth_date = PartialDate.from_digits(year or 0, month, day)
        if not birth_date.exists:
            if self._rules.is_dob_whole:
                self._refuse("/dob", "expected a date that exists")
            else:
                self._warn("schema.impossible_date", "/dob", "the calendar has no such date")
        return birth_date

    # --- what is out of the ordinary -------------------------------------------------------------

    def _has(self, entry: Mapping[str, Any], key: str) -> bool:
        value = entry.get(key, UNDEFINED)
        if value is None or value is UNDEFINED:
            return key in entry and Deviation.NULL_MEMBER not in self._tolerated
        return True

    def _is_absent(self, entry: Mapping[str, Any], key: str) -> bool:
        value = entry.get(key)
        if value is None or value is UNDEFINED:
            return key not in entry or self._null(f"{self._path}/{key}")
        return False

    def _null(self, path: str) -> bool:
        """Whether null may be read as absence, which is noted."""
        if Deviation.NULL_MEMBER not in self._tolerated:
            return False
        self._warn("schema.deviation", path, Deviation.NULL_MEMBER)
        return True

    def _odd_text(
        self, entry: Mapping[str, Any], key: str, limit: int | None, *, is_time: bool = False
    ) -> str | None:
        """A text that is not the ordinary case; None when it is refused."""
        value = entry.get(key)
        path = f"{self._path}/{key}"
        if is_time and type(value) is Tagged and value.tag == TAG_DATE_TIME:
            value = value.value
            if type(value) is str:
                self._warn("schema.tagged_time", path, "a date or time carries CBOR tag 0")
        if type(value) is not str:
            self._refuse_type(entry, key, "a text")
            return None
        if value.strip() != value and Deviation.OUTER_SPACE in self._tolerated:
            self._warn("schema.deviation", path, Deviation.OUTER_SPACE)
            value = value.strip()
        if limit is not None and len(value) > limit:
            self._refuse(path, f"expected at most {limit} characters")
            return None
        return value

    def _odd_date(self, entry: Mapping[str, Any], key: str) -> str | None:
        """The text of a date, without the time of day some issuers add; None when refused."""
        text = self._odd_text(entry, key, None, is_time=True)
        if text is None:
            return None
        if len(text) > 10 and _time_of_day_pattern().fullmatch(text, 10):
            expected = "expected a date without a time of day"
            if not self._deviate(Deviation.TIME_IN_DATE, f"{self._path}/{key}", expected):
                return None
            text = text[:10]
        if key != "dob" and not _date_pattern().fullmatch(text):
            self._refuse(f"{self._path}/{key}", "expected a date YYYY-MM-DD")
            return None
        return text

    def _deviate(self, deviation: Deviation, path: str, expected: str) -> bool:
        """Note a deviation if it is tolerated, else refuse it."""
        if deviation not in self._tolerated:
            self._refuse(path, expected)
            return False
        self._warn("schema.deviation", path, deviation)
        return True

    def _refuse_type(self, entry: Mapping[str, Any], key: str, expected: str) -> None:
        absent = entry.get(key) is None and (
            key not in entry or Deviation.NULL_MEMBER in self._tolerated
        )
        self._refuse(f"{self._path}/{key}", _EXPECTED_THERE if absent else f"expected {expected}")

    def _refuse(self, path: str, expected: str) -> None:
        if len(self._violations) <= _MAX_VIOLATIONS:
            self._violations.append((path, expected))

    def _warn(self, code: str, path: str, message: str) -> None:
        self._warnings.append(CertificateWarning(code, path, str(message)))

    def _note_unknown_members(
        self, path: str, entry: Mapping[Any, Any], known: frozenset[str]
    ) -> None:
        unknown = [key for key in entry if key not in known]
        for key in unknown[:_MAX_UNKNOWN]:
            # Only a short plain name is shown: anything else could hold somebody's data.
            is_plain = type(key) is str and key.isascii() and key.isalnum() and len(key) <= 16
            where = f"{path}/{key}" if is_plain else path
            self._warn("schema.unknown_member", where, "a member the schema does not name")


_EXPECTED_THERE: Final = "expected to be there"
_EXPECTED_MOMENT: Final = "expected a time as in RFC 3339, with its zone"
_NO_MOMENT: Final = datetime.min.replace(tzinfo=UTC)
_MAX_UNKNOWN: Final = 20

# Compiled on first use: most certificates need none of them. A time of day that stands where it
# does not belong is dropped, so whether there is such a time does not matter.


@cache
def _moment_pattern() -> re.Pattern[str]:
    return re.compile(
        r"(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d+)?"
        r"([Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?",
        re.ASCII,
    )


@cache
def _time_of_day_pattern() -> re.Pattern[str]:
    return re.compile(r"[Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII)


@cache
def _date_pattern() -> re.Pattern[str]:
    return re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@cache
def _birth_date_pattern() -> re.Pattern[str]:
    return re.compile(r"((?:19|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


Field: TypeAlias = tuple[str, str, Callable[[Reader, Mapping[str, Any], str], Any]]
Fields: TypeAlias = tuple[Field, ...]

# Wire key, attribute, how it is read. These tables are the one place that pairs them; they are in
# the order that deterministic CBOR wants, shorter keys first.
HOLDER_FIELDS: Final[Fields] = (
    ("fn", "family_name", Reader.name),
    ("gn", "given_name", Reader.name),
    ("fnt", "family_name_icao", Reader.icao_name),
    ("gnt", "given_name_icao", Reader.icao_name),
)
VACCINATION_FIELDS: Final[Fields] = (
    ("ci", "certificate_id", Reader.identifier),
    ("co", "country", Reader.country),
    ("dn", "dose_number", Reader.dose),
    ("dt", "date", Reader.day),
    ("is", "issuer", Reader.bounded_text),
    ("ma", "manufacturer", Reader.text),
    ("mp", "product", Reader.text),
    ("sd", "total_doses", Reader.dose),
    ("tg", "disease", Reader.text),
    ("vp", "vaccine", Reader.text),
)
TEST_FIELDS: Final[Fields] = (
    ("ci", "certificate_id", Reader.identifier),
    ("co", "country", Reader.country),
    ("dr", "result_at", Reader.result_time),
    ("is", "issuer", Reader.bounded_text),
    ("ma", "device", Reader.optional_text),
    ("nm", "test_name", Reader.test_name),
    ("sc", "sample_collected_at", Reader.moment),
    ("tc", "testing_centre", Reader.testing_centre),
    ("tg", "disease", Reader.text),
    ("tr", "result", Reader.text),
    ("tt", "test_type", Reader.text),
)
RECOVERY_FIELDS: Final[Fields] = (
    ("ci", "certificate_id", Reader.identifier),
    ("co", "country", Reader.country),
    ("df", "valid_from", Reader.day),
    ("du", "valid_until", Reader.day),
    ("fr", "first_positive_date", Reader.day),
    ("is", "issuer", Reader.bounded_text),
    ("tg", "disease", Reader.text),
)
_ROOT_KEYS: Final = frozenset({"ver", "nam", "dob", "v", "t", "r"})
_NAME_KEYS: Final = frozenset(key for key, _, _ in HOLDER_FIELDS)
_ENTRY_KEYS: Final = {
    "v": frozenset(key for key, _, _ in VACCINATION_FIELDS),
    "t": frozenset(key for key, _, _ in TEST_FIELDS),
    "r": frozenset(key for key, _, _ in RECOVERY_FIELDS),
}


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC, where a `datetime` can hold that."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # within a day of year 1 or 9999: it stays in its own zone
        return moment
