"""The members of a VDS-NC seal's ``data``: their limits, code lists and records (VDS-NC 1.1).

No text of the standard is at hand that settles every member, and the models of the WHO, of CAPSCA,
of paper-cred and of Australia's issuer differ. So what one of them allows is read (`seal_reader`),
and what is written keeps to what all of them allow (`seal_writer`).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

VERSION: Final = 1
MOST_DOSE_NUMBER: Final = 99  # two digits

# What Australia's issuer allows in a text: there is no other list. Colon, comma, quotes, backslash,
# round and angle brackets are not in it, and nothing outside ASCII.
CHARACTERS: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !@#$%&'*+/=?^_`{|}~.-"
)

_SEXES: Final = frozenset({"M", "F", "X"})  # Doc 9303-4, visual inspection zone
_DOCUMENT_TYPES: Final = frozenset({"P", "A", "C", "I", "AC", "V", "D"})
# The WHO's code systems for tests.
_TEST_KINDS: Final = frozenset({"molecular(PCR)", "molecular(other)", "antigen", "antibody"})
_TEST_RESULTS: Final = frozenset({"normal", "abnormal", "positive", "negative"})
_TEST_METHODS: Final = frozenset({"nasopharyngeal", "oropharyngeal", "saliva", "blood", "other"})


class Kind(IntEnum):
    """What the value of a member is; reader and writer have a method for each."""

    TYPE = 0
    VERSION = 1
    COUNTRY = 2
    TEXT = 3
    CODE = 4
    SEX = 5
    BIRTH_DATE = 6
    DAY = 7
    NUMBER = 8
    MOMENT = 9

    __hash__ = int.__hash__  # an Enum's own is a Python function; tables are looked up often


class Field(NamedTuple):
    """A member of an object.

    Attributes:
        key: Its name on the wire.
        attribute: Its name in the record.
        kind: What its value is.
        most: Characters of a text or code at most; 0 where no source has a limit.
        codes: Those that are known, for a code.
        may_be_absent: When read: one source at least says so.
        must_be_written: One source at least says so.
    """

    key: str
    attribute: str
    kind: Kind
    most: int = 0
    codes: frozenset[str] = frozenset()
    may_be_absent: bool = False
    must_be_written: bool = True


class Shape(NamedTuple):
    """The members of an object: those with a value, and the names of all there may be."""

    fields: tuple[Field, ...]
    keys: frozenset[str]


def _text(key: str, attribute: str, most: int = 0) -> Field:
    return Field(key, attribute, Kind.TEXT, most)


def _optional(field: Field) -> Field:
    return field._replace(may_be_absent=True, must_be_written=False)


def _disputed(field: Field) -> Field:
    """A member that some sources require and others do not."""
    return field._replace(may_be_absent=True)


def _shape(*fields: Field, inner: tuple[str, ...] = ()) -> Shape:
    return Shape(fields, frozenset({*(field.key for field in fields), *inner}))


# Each table pairs members and attributes, and is the one place that does.
HEADER: Final = _shape(
    Field("t", "type", Kind.TYPE),
    Field("v", "version", Kind.VERSION),
    Field("is", "issuer", Kind.COUNTRY),
)

# --- icao.vacc ---------------------------------------------------------------------------------

# The identifier comes first: its name is misspelt by some.
VACCINATION_MESSAGE: Final = _shape(
    _text("uvci", "certificate_id", 12),
    inner=("pid", "ve"),
)
VACCINATED: Final = _shape(
    _text("n", "name", 39),
    _optional(Field("dob", "birth_date", Kind.BIRTH_DATE)),  # it or i must be there
    _optional(Field("sex", "sex", Kind.SEX, 1, _SEXES)),
    _optional(_text("i", "document_number", 11)),
    _optional(_text("ai", "other_number", 24)),
)
VACCINATION: Final = _shape(
    _text("des", "code", 6),
    _text("nam", "product"),
    _disputed(_text("dis", "disease", 6)),  # required by Australia alone
    inner=("vd",),
)
DOSE: Final = _shape(
    Field("dvc", "date", Kind.DAY),
    Field("seq", "number", Kind.NUMBER),
    Field("ctr", "country", Kind.COUNTRY),
    _disputed(_text("adm", "facility", 20)),  # not required by paper-cred
    _text("lot", "lot", 20),
    _optional(Field("dvn", "next_date", Kind.DAY)),
)

# --- icao.test ---------------------------------------------------------------------------------

TEST_MESSAGE: Final = _shape(
    _text("utci", "certificate_id", 12),
    _optional(_text("opt", "optional", 20)),
    inner=("pid", "sp", "dat", "tr"),
)
TESTED: Final = _shape(
    _text("n", "name", 39),
    _disputed(Field("dob", "birth_date", Kind.BIRTH_DATE)),  # not required by paper-cred
    Field("dt", "document_type", Kind.CODE, 2, _DOCUMENT_TYPES),
    _text("dn", "document_number", 24),
)
PROVIDER: Final = _shape(
    _text("spn", "provider", 20),
    Field("ctr", "country", Kind.COUNTRY),
    inner=("cd",),
)
CONTACT: Final = _shape(
    _text("p", "phone", 19),
    _disputed(_text("e", "email")),  # both required by the WHO's model
    _disputed(_text("a", "address")),
)
TIMES: Final = _shape(
    Field("sc", "sampled_at", Kind.MOMENT),
    Field("ri", "reported_at", Kind.MOMENT),
)
RESULT: Final = _shape(
    Field("tc", "kind", Kind.CODE, codes=_TEST_KINDS),
    Field("r", "result", Kind.CODE, codes=_TEST_RESULTS),
    _optional(Field("m", "method", Kind.CODE, codes=_TEST_METHODS)),
)
