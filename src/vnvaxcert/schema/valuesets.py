"""EU value sets, release 2.12.0 (guidelines on value sets, version 1.15): what codes mean.

The code lists are no part of the schema: a code outside them is a warning, never a refusal.
Warnings are about what the release says, not about what it said when a certificate was made.

The list of antigen test devices (``ma`` of a test) is not here and device codes are **not
checked**: it was kept by the Joint Research Centre, changed weekly, and the release carries an
excerpt as an example only. Judging by that would call good devices unknown.

Spec: eHealth Network, value sets for the DCC, §2 and annex A (encoding instructions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from vnvaxcert.schema import valueset_data as _data

DISEASES: Final = "disease-agent-targeted"
"""Identifier of the value set of ``tg``."""
VACCINES: Final = "sct-vaccines-covid-19"
"""Identifier of the value set of ``vp``."""
PRODUCTS: Final = "vaccines-covid-19-names"
"""Identifier of the value set of ``mp``."""
HOLDERS: Final = "vaccines-covid-19-auth-holders"
"""Identifier of the value set of ``ma`` (vaccination)."""
TEST_TYPES: Final = "covid-19-lab-test-type"
"""Identifier of the value set of ``tt``."""
TEST_RESULTS: Final = "covid-19-lab-result"
"""Identifier of the value set of ``tr``."""
COUNTRIES: Final = "country-2-codes"
"""Identifier of the value set of ``co``."""

GENERIC_VACCINES: Final = frozenset({"28531000087107", "J07BX03"})
"""``vp`` codes that fit every product: "COVID-19 vaccine", and the deprecated code before it."""

ORGANISATIONS: Final = frozenset({"UNHCR"})
"""Values of ``co`` that are no country and yet right: the schema's FAQ names this one."""

NUCLEIC_ACID_TEST: Final = "LP6464-4"
"""``tt`` of a nucleic acid amplification test (NAAT)."""
RAPID_TEST: Final = "LP217198-3"
"""``tt`` of a rapid immunoassay (RAT)."""

Warnings = tuple[tuple[str, str, str], ...]


class ValueSetEntry(NamedTuple):
    """What a value set says about one code.

    Attributes:
        display: Name to show, in English; it may end in `` (deprecated)``.
        active: Whether new certificates may use the code.
        version: Version of the code system, or of the guidelines; may be empty.
        system: URI of the code system.
    """

    display: str
    active: bool
    version: str
    system: str


class ValueSet(NamedTuple):
    """One value set.

    Attributes:
        id: Identifier, such as ``"vaccines-covid-19-names"``.
        date: Day of its last change, ``YYYY-MM-DD``.
        entries: Code to entry; read-only.
    """

    id: str
    date: str
    entries: Mapping[str, ValueSetEntry]


class _ValueSets(Mapping[str, ValueSet]):
    """The value sets by identifier, each built when first asked for."""

    def __init__(self) -> None:
        self._raw = {identifier: (date, groups) for identifier, date, groups in _data.VALUE_SETS}
        self._built: dict[str, ValueSet] = {}

    def __getitem__(self, set_id: str) -> ValueSet:
        built = self._built.get(set_id)
        if built is None:
            date, groups = self._raw[set_id]
            entries = {
                code: ValueSetEntry(shown, active, version, system)
                for active, version, system, codes in groups
                for code, shown in codes
            }
            built = self._built[set_id] = ValueSet(set_id, date, MappingProxyType(entries))
        return built

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


VALUE_SETS: Final[Mapping[str, ValueSet]] = _ValueSets()
"""Every value set of the release but the test devices, by identifier."""


def display(set_id: str, code: str) -> str | None:
    """Return the English name of a code.

    Args:
        set_id: Identifier of a value set, a key of :data:`VALUE_SETS`.
        code: The code as it stands in a certificate.

    Returns:
        The name, or None for a code (or a set) that is not known.
    """
    value_set = VALUE_SETS.get(set_id)
    entry = value_set.entries.get(code) if value_set else None
    return entry.display if entry else None


def _active(set_id: str) -> frozenset[str]:
    (groups,) = (groups for identifier, _, groups in _data.VALUE_SETS if identifier == set_id)
    return frozenset(code for active, *_, codes in groups if active for code, _ in codes)


# What gives no warning, so that an ordinary certificate costs two look-ups.
_GOOD_DISEASES: Final = _active(DISEASES)
_GOOD_COUNTRIES: Final = _active(COUNTRIES) | ORGANISATIONS
_HOLDER_OF: Final = {product: holder for product, holder, _ in _data.PRODUCTS}
_VACCINES_OF: Final = {product: frozenset(vaccines) for product, _, vaccines in _data.PRODUCTS}
_GOOD_VACCINATIONS: Final = frozenset(
    (disease, vaccine, product, _HOLDER_OF[product])
    for disease in _GOOD_DISEASES
    for product in _HOLDER_OF.keys() & _active(PRODUCTS)
    for vaccine in (_VACCINES_OF[product] | GENERIC_VACCINES) & _active(VACCINES)
)
_GOOD_TESTS: Final = frozenset(
    (disease, test_type, result)
    for disease in _GOOD_DISEASES
    for test_type in _active(TEST_TYPES)
    for result in _active(TEST_RESULTS)
)


def are_ordinary(disease: str, vaccine: str, product: str, manufacturer: str, country: str) -> bool:
    """Whether `check_vaccination_codes` finds nothing to say about these codes.

    Args:
        disease: ``tg``.
        vaccine: ``vp``.
        product: ``mp``.
        manufacturer: ``ma``.
        country: ``co``.
    """
    return (disease, vaccine, product, manufacturer) in _GOOD_VACCINATIONS and (
        country in _GOOD_COUNTRIES
    )


def check_vaccination_codes(
    disease: str, vaccine: str, product: str, manufacturer: str, country: str
) -> Warnings:
    """Compare the codes of a vaccination with the value sets and with each other.

    A product goes with one holder, and with the vaccines the encoding instructions name for it;
    the codes of :data:`GENERIC_VACCINES` go with every product. Codes are compared with each
    other only where both product and manufacturer are known.

    Args:
        disease: ``tg``.
        vaccine: ``vp``.
        product: ``mp``.
        manufacturer: ``ma``.
        country: ``co``; members of :data:`ORGANISATIONS` count as known.

    Returns:
        Nothing in the ordinary case, else triples of a code (``valueset.unknown``,
        ``valueset.deprecated`` or ``valueset.mismatch``), the wire key it is about, and a message
        that names the key and the value set and not the value.

    Spec: eHealth Network, value sets for the DCC, §2.1 to §2.4, §2.6, annex A.
    """
    if are_ordinary(disease, vaccine, product, manufacturer, country):
        return ()
    found = _listed(
        ("tg", disease, DISEASES),
        ("vp", vaccine, VACCINES),
        ("mp", product, PRODUCTS),
        ("ma", manufacturer, HOLDERS),
    )
    if product in _HOLDER_OF and display(HOLDERS, manufacturer) is not None:
        if manufacturer != _HOLDER_OF[product]:
            found += (_mismatch("ma", "the manufacturer"),)
        fitting = _VACCINES_OF[product] | GENERIC_VACCINES
        if vaccine not in fitting and display(VACCINES, vaccine) is not None:
            found += (_mismatch("vp", "the kind of vaccine"),)
    return found + _country(country)


def check_test_codes(disease: str, test_type: str, result: str, country: str) -> Warnings:
    """Compare the codes of a test with the value sets. The device (``ma``) is not checked.

    Args:
        disease: ``tg``.
        test_type: ``tt``.
        result: ``tr``.
        country: ``co``; members of :data:`ORGANISATIONS` count as known.

    Returns:
        As :func:`check_vaccination_codes`; there is nothing to mismatch.

    Spec: eHealth Network, value sets for the DCC, §2.1, §2.6, §2.7, §2.9.
    """
    if (disease, test_type, result) in _GOOD_TESTS and country in _GOOD_COUNTRIES:
        return ()
    found = _listed(
        ("tg", disease, DISEASES), ("tt", test_type, TEST_TYPES), ("tr", result, TEST_RESULTS)
    )
    return found + _country(country)


def check_recovery_codes(disease: str, country: str) -> Warnings:
    """Compare the codes of a recovery with the value sets.

    Args:
        disease: ``tg``.
        country: ``co``; members of :data:`ORGANISATIONS` count as known.

    Returns:
        As :func:`check_vaccination_codes`; there is nothing to mismatch.

    Spec: eHealth Network, value sets for the DCC, §2.1, §2.6.
    """
    if disease in _GOOD_DISEASES and country in _GOOD_COUNTRIES:
        return ()
    return _listed(("tg", disease, DISEASES)) + _country(country)


def _country(country: str) -> Warnings:
    return () if country in ORGANISATIONS else _listed(("co", country, COUNTRIES))


def _listed(*fields: tuple[str, str, str]) -> Warnings:
    """Look each field's code up in its set; a field is its wire key, its code, the set."""
    found = []
    for key, code, set_id in fields:
        value_set = VALUE_SETS[set_id]
        entry = value_set.entries.get(code)
        if entry is None:
            message = f"{key} is no code of the value set {set_id} of {value_set.date}"
            found.append(("valueset.unknown", key, message))
        elif not entry.active:
            message = f"{key} is a code that the value set {set_id} marks as deprecated"
            found.append(("valueset.deprecated", key, message))
    return tuple(found)


def _mismatch(key: str, what: str) -> tuple[str, str, str]:
    message = (
        f"{key} and mp do not go together: {what} is not the one that the EU's encoding "
        f"instructions of {_data.PRODUCTS_DATE} give for the product"
    )
    return "valueset.mismatch", key, message
