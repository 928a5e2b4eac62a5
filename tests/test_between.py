"""From a health certificate to a seal and back: what is carried, lost, asked for and refused."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert import decode_unverified, issue, verify
from vnvaxcert.between import NotCarried, from_vdsnc, seal_identifier, to_vdsnc
from vnvaxcert.errors import IssueClaimsError, TransliterationError
from vnvaxcert.schema import vaccine_codes, valuesets
from vnvaxcert.schema.records import (
    HealthCertificate,
    Holder,
    PartialDate,
    Recovery,
    TestResult,
    Vaccination,
)
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)
from vnvaxcert.sealing import issue_seal
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key

# Facts icao-vietnam.md A2: what Australia's issuer lets into a text.
SEAL_CHARACTERS: Final = {*string.ascii_letters, *string.digits, *" !@#$%&'*+/=?^_`{|}~.-"}
START: Final = datetime(2022, 1, 1, tzinfo=UTC)
AT: Final = datetime(2022, 6, 1, tzinfo=UTC)

VACCINATION: Final = Vaccination(
    disease="840539006",
    vaccine="1119349007",
    product="EU/1/20/1528",
    manufacturer="ORG-100030215",
    dose_number=2,
    total_doses=2,
    date=date(2022, 3, 1),
    country="VN",
    issuer="Specimen Health Authority",
    certificate_id="URN:UVCI:01:VN:SPECIMEN0001",
)
CERTIFICATE: Final = HealthCertificate(
    holder=Holder(
        family_name="Nguyễn Mẫu", given_name="Thị Thử", birth_date=PartialDate(1990, 2, 3)
    ),
    vaccinations=(VACCINATION,),
)
TESTED: Final = HealthCertificate(
    holder=CERTIFICATE.holder,
    tests=(
        TestResult(
            disease="840539006",
            test_type="LP6464-4",
            test_name="Specimen assay",
            sample_collected_at=datetime(2022, 5, 1, 8, tzinfo=UTC),
            result="260415000",
            testing_centre="Specimen Lab",
            country="VN",
            issuer="Specimen Health Authority",
            certificate_id="URN:UVCI:01:VN:SPECIMEN0002",
        ),
    ),
)
KNOWN: Final[dict[str, Any]] = {
    "issuer": "VNM",
    "certificate_id": "VN0000000013",
    "lots": ["FC9880"],
    "facilities": ["01001"],
}
KNOWN_OF_TEST: Final[dict[str, Any]] = {
    "issuer": "VNM",
    "certificate_id": "VN0000000026",
    "document_type": "P",
    "document_number": "C0000001",
    "phone": "+840000000000",
    "email": "specimen@example.org",
    "address": "1 Specimen Street",
    "reported_at": datetime(2022, 5, 2, 8, tzinfo=UTC),
    "kind": "molecular(PCR)",
}
BACK: Final[dict[str, Any]] = {
    "issuer": "Specimen Health Authority",
    "certificate_id": "URN:UVCI:01:VN:SPECIMEN0001",
    "total_doses": 2,
}


def vaccinated(**changes: Any) -> HealthCertificate:
    return replace(CERTIFICATE, vaccinations=(replace(VACCINATION, **changes),))


def replace_any(record: Any, **changes: Any) -> Any:
    """`replace` for what a type checker would refuse."""
    return replace(record, **changes)


def with_test(**changes: Any) -> HealthCertificate:
    return replace(TESTED, tests=(replace(TESTED.tests[0], **changes),))


def named(**changes: Any) -> HealthCertificate:
    return replace(CERTIFICATE, holder=replace(CERTIFICATE.holder, **changes))


def sealed(certificate: HealthCertificate = CERTIFICATE, **changes: Any) -> Seal:
    return to_vdsnc(certificate, **(KNOWN | changes)).seal


def restored(seal: Seal, **changes: Any) -> HealthCertificate:
    return from_vdsnc(seal, **(BACK | changes)).certificate


def asked(make: Callable[[], object]) -> dict[str, str]:
    """What a conversion asks for or refuses, by path; the message holds nothing else."""
    with pytest.raises(IssueClaimsError) as caught:
        make()
    assert caught.value.code == "issue.claims"
    for secret in ("Nguyễn", "NGUYEN", "SPECIMEN000", "1990", "C0000001"):
        assert secret not in str(caught.value)
    return dict(caught.value.violations)


def paths(losses: tuple[NotCarried, ...]) -> list[str]:
    return [loss.path for loss in losses]


# --- identifiers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["au-ios-valid", "au-ios-tampered"])
def test_an_identifier_is_made_as_australia_makes_it(
    name: str, shared_vectors: Callable[[str], Path]
) -> None:
    document = json.loads((shared_vectors("vds-nc") / f"{name}.json").read_text(encoding="utf-8"))
    theirs = document["data"]["msg"]["uvci"]
    assert seal_identifier(theirs[:2], int(theirs[2:11])) == theirs


@given(st.integers(0, 999_999_999))
def test_an_identifier_has_twelve_characters_and_no_two_numbers_share_one(number: int) -> None:
    made = seal_identifier("VN", number)
    assert len(made) == 12
    assert made[:2] == "VN"
    assert int(made[2:11]) == number
    # Doc 9303-3 §4.9, written out: A is 10, weights 7, 3, 1.
    values = [31, 23, *map(int, made[2:11])]
    assert int(made[11]) == sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10


@pytest.mark.parametrize(
    ("letters", "number"),
    [
        ("V", 1),
        ("VNM", 1),
        ("vn", 1),
        ("Vn", 1),
        ("V1", 1),
        ("ĐN", 1),
        ("VN", -1),
        ("VN", 10**9),
        ("VN", True),
        ("VN", 1.0),
    ],
)
def test_other_letters_and_numbers_make_no_identifier(letters: str, number: Any) -> None:
    with pytest.raises(ValueError, match=r"letters|number"):
        seal_identifier(letters, number)


# --- codes of vaccines ----------------------------------------------------------------------------


def test_the_codes_of_the_vaccines_licensed_in_viet_nam_are_those_of_the_fact_sheet() -> None:
    """Facts icao-vietnam.md A2 and D4."""
    assert {
        product: vaccine_codes.ICD11_OF_PRODUCT.get(product)
        for product in (
            *("EU/1/20/1528", "EU/1/20/1507", "EU/1/21/1529", "Covishield", "EU/1/20/1525"),
            *("Sputnik-V", "Sputnik-Light", "BBIBP-CorV", "Hayat-Vax", "Abdala", "Covaxin"),
        )
    } == {
        "EU/1/20/1528": "XM8NQ0",
        "EU/1/20/1507": "XM3DT5",
        "EU/1/21/1529": "XM4YL8",
        "Covishield": "XM97T2",
        "EU/1/20/1525": "XM6QV1",
        "Sputnik-V": "XM5ZJ4",
        "Sputnik-Light": "XM5QM6",
        "BBIBP-CorV": "XM8866",
        "Hayat-Vax": "XM9FQ7",
        "Abdala": None,
        "Covaxin": "XM1G90",
    }


def test_every_code_of_the_tables_is_one_of_the_value_sets_or_has_the_form_of_icd11() -> None:
    products = valuesets.VALUE_SETS[valuesets.PRODUCTS].entries
    kinds = valuesets.VALUE_SETS[valuesets.VACCINES].entries
    assert set(vaccine_codes.ICD11_OF_PRODUCT) <= set(products)
    assert set(vaccine_codes.ICD11_OF_KIND) == set(kinds)
    for code in (*vaccine_codes.ICD11_OF_PRODUCT.values(), *vaccine_codes.KIND_OF_ICD11):
        assert len(code) == 6
        assert code.startswith("XM")
        assert code.isalnum()
    assert not set(vaccine_codes.ICD11_OF_PRODUCT.values()) & set(vaccine_codes.KIND_OF_ICD11)


@pytest.mark.parametrize("product", sorted(valuesets.VALUE_SETS[valuesets.PRODUCTS].entries))
def test_every_product_of_the_value_sets_can_be_sealed_under_a_name_of_its_own(
    product: str,
) -> None:
    known = vaccine_codes.eu_product(product)
    assert known is not None
    kind = known.vaccines[0] if known.vaccines else "28531000087107"
    certificate = vaccinated(product=product, manufacturer=known.manufacturer, vaccine=kind)
    (entry,) = sealed(certificate).vaccinations
    assert entry.product
    assert set(entry.product) <= SEAL_CHARACTERS
    assert "deprecated" not in entry.product


@pytest.mark.parametrize("product", sorted(vaccine_codes.ICD11_OF_PRODUCT))
def test_a_product_comes_back_unless_its_code_is_shared_or_deprecated(product: str) -> None:
    known = vaccine_codes.eu_product(product)
    assert known is not None
    kind = known.vaccines[0] if known.vaccines else "28531000087107"
    certificate = vaccinated(product=product, manufacturer=known.manufacturer, vaccine=kind)
    seal = sealed(certificate)
    if seal.vaccinations[0].code == "XM9T65":  # of Novavax: Nuvaxovid, its old code, Covovax
        assert "EU/1/21/1618 or Covovax" in asked(lambda: restored(seal))["/v/0/mp"]
        again = restored(seal, product=product).vaccinations[0]
    else:
        again = restored(seal).vaccinations[0]
    entry = certificate.vaccinations[0]
    assert (again.product, again.manufacturer) == (entry.product, entry.manufacturer)
    assert again.vaccine == entry.vaccine


@pytest.mark.parametrize(
    ("code", "product", "fits"),
    [
        ("XM8NQ0", "EU/1/20/1528", True),
        ("XM8NQ0", "EU/1/20/1507", False),  # Moderna's is another code
        ("XM8NQ0", "Abdala", False),
        ("XM0GQ8", "EU/1/20/1507", True),  # both RNA
        ("XM0GQ8", "EU/1/21/1529", False),  # a vector is none
        ("XM0GQ8", "Abdala", True),  # of no stated kind
        ("XM68M6", "Abdala", True),
        ("XM68M6", "EU/1/20/1528", True),
        ("XM0000", "EU/1/20/1528", True),  # a code that is not known says nothing
        ("XM0GQ8", "Unknown", True),
    ],
)
def test_a_product_and_a_code_may_contradict_each_other(
    code: str, product: str, fits: bool
) -> None:
    assert vaccine_codes.may_be_product(code, product) is fits


@pytest.mark.parametrize(
    ("code", "vaccine", "disease"),
    [
        ("RA01.0", "XM68M6", "840539006"),
        ("RA01", "whatever", "840539006"),
        (None, "XM68M6", "840539006"),
        (None, "XM8NQ0", "840539006"),
        (None, "XM0000", None),
        ("RA01.1", "XM68M6", None),
        ("1E32", "XM68M6", None),
    ],
)
def test_the_disease_follows_from_its_code_or_the_vaccines(
    code: str | None, vaccine: str, disease: str | None
) -> None:
    assert vaccine_codes.disease_of_icd11(code, vaccine) == disease


# --- to a seal ------------------------------------------------------------------------------------


def test_a_vaccination_becomes_a_seal() -> None:
    made = to_vdsnc(CERTIFICATE, **KNOWN)
    assert made.seal == Seal(
        type=SealType.VACCINATION,
        issuer="VNM",
        certificate_id="VN0000000013",
        holder=SealHolder(name="NGUYEN MAU  THI THU", birth_date=PartialDate(1990, 2, 3)),
        vaccinations=(
            SealVaccination(
                code="XM8NQ0",
                product="Comirnaty",
                disease="RA01.0",
                doses=(
                    SealDose(
                        date=date(2022, 3, 1),
                        number=2,
                        country="VNM",
                        facility="01001",
                        lot="FC9880",
                    ),
                ),
            ),
        ),
    )
    assert paths(made.losses) == [
        *("/nam/fn", "/nam/gn"),
        *("/v/0/ma", "/v/0/sd", "/v/0/is", "/v/0/ci"),
    ]


def test_a_test_becomes_a_seal() -> None:
    made = to_vdsnc(TESTED, **KNOWN_OF_TEST, method="saliva")
    assert made.seal == Seal(
        type=SealType.TEST,
        issuer="VNM",
        certificate_id="VN0000000026",
        holder=SealHolder(
            name="NGUYEN MAU  THI THU",
            birth_date=PartialDate(1990, 2, 3),
            document_type="P",
            document_number="C0000001",
        ),
        test=SealTest(
            provider="Specimen Lab",
            country="VNM",
            phone="+840000000000",
            email="specimen@example.org",
            address="1 Specimen Street",
            sampled_at=datetime(2022, 5, 1, 8, tzinfo=UTC),
            reported_at=datetime(2022, 5, 2, 8, tzinfo=UTC),
            kind="molecular(PCR)",
            result="negative",
            method="saliva",
        ),
    )
    assert paths(made.losses) == [
        *("/nam/fn", "/nam/gn"),
        *("/t/0/tg", "/t/0/nm", "/t/0/is", "/t/0/ci"),
    ]


def test_whatever_a_seal_needs_and_a_vaccination_lacks_is_asked_for_at_once() -> None:
    needs = asked(lambda: to_vdsnc(named(birth_date=None), issuer="VNM"))
    assert {path: rule.partition(",")[0] for path, rule in needs.items()} == {
        "/msg/uvci": "needed: certificate_id",
        "/msg/pid/i": "needed: document_number",
        "/msg/ve/0/vd/0/lot": "needed: lots",
        "/msg/ve/0/vd/0/adm": "needed: facilities",
    }


def test_whatever_a_seal_needs_and_a_test_lacks_is_asked_for_at_once() -> None:
    needs = asked(lambda: to_vdsnc(with_test(testing_centre=None), issuer="VNM"))
    assert {path: rule.partition(",")[0] for path, rule in needs.items()} == {
        "/msg/utci": "needed: certificate_id",
        "/msg/pid/dn": "needed: document_number",
        "/msg/pid/dt": "needed: document_type",
        "/msg/dat/ri": "needed: reported_at",
        "/msg/tr/tc": "needed: kind",
        "/msg/sp/spn": "needed: provider",
        "/msg/sp/cd/p": "needed: phone",
        "/msg/sp/cd/e": "needed: email",
        "/msg/sp/cd/a": "needed: address",
    }


@pytest.mark.parametrize("missing", sorted(KNOWN_OF_TEST.keys() - {"issuer"}))
def test_each_thing_that_a_seal_of_a_test_needs_is_asked_for(missing: str) -> None:
    known = {name: value for name, value in KNOWN_OF_TEST.items() if name != missing}
    (rule,) = asked(lambda: to_vdsnc(TESTED, **known)).values()
    assert rule.startswith(f"needed: {missing},")


@pytest.mark.parametrize(
    ("certificate", "changes", "path"),
    [
        (vaccinated(disease="1"), {}, "/msg/ve/0/dis"),
        (vaccinated(country="UNHCR"), {}, "/msg/ve/0/vd/0/ctr"),
        (vaccinated(country="ZZ"), {}, "/msg/ve/0/vd/0/ctr"),
        (vaccinated(product="X", vaccine="1"), {}, "/msg/ve/0/des"),
        (vaccinated(dose_number=100), {}, "/msg/ve/0/vd/0/seq"),
        (vaccinated(product="Thuốc (mẫu)"), {}, "/msg/ve/0/nam"),
        (CERTIFICATE, {"lots": ["L" * 21]}, "/msg/ve/0/vd/0/lot"),
        (CERTIFICATE, {"lots": [""]}, "/msg/ve/0/vd/0/lot"),
        (CERTIFICATE, {"facilities": ["Trạm y tế"]}, "/msg/ve/0/vd/0/adm"),
        (CERTIFICATE, {"codes": ["XM68M60"]}, "/msg/ve/0/des"),
        (CERTIFICATE, {"certificate_id": "V" * 13}, "/msg/uvci"),
        (CERTIFICATE, {"issuer": "VN"}, "/hdr/is"),
        (CERTIFICATE, {"sex": "f"}, "/msg/pid/sex"),
        (CERTIFICATE, {"document_number": "C" * 12}, "/msg/pid/i"),
        (CERTIFICATE, {"document_type": "P"}, "/msg/pid/dt"),
        (named(family_name=None, given_name=None), {}, "/msg/pid/n"),
        (named(family_name="-", given_name="'"), {}, "/msg/pid/n"),
    ],
)
def test_what_does_not_fit_a_seal_is_refused(
    certificate: HealthCertificate, changes: dict[str, Any], path: str
) -> None:
    assert path in asked(lambda: to_vdsnc(certificate, **(KNOWN | changes)))


@pytest.mark.parametrize(
    ("certificate", "changes", "path"),
    [
        (with_test(result="1"), {}, "/msg/tr/r"),
        (with_test(country="UNHCR"), {}, "/msg/sp/ctr"),
        (with_test(test_type="LP217198-3"), {"kind": "molecular(PCR)"}, "/msg/tr/tc"),
        (TESTED, {"kind": "antigen"}, "/msg/tr/tc"),
        (with_test(test_type="1"), {"kind": None}, "/msg/tr/tc"),
        (with_test(testing_centre="C" * 21), {}, "/msg/sp/spn"),
        (replace(TESTED, holder=replace(TESTED.holder, birth_date=None)), {}, "/msg/pid/dob"),
        (replace(TESTED, tests=TESTED.tests * 2), {}, "/msg/tr"),
        (TESTED, {"sex": "F"}, "/msg/pid/sex"),
        (TESTED, {"method": "guess"}, "/msg/tr/m"),
    ],
)
def test_what_does_not_fit_a_seal_of_a_test_is_refused(
    certificate: HealthCertificate, changes: dict[str, Any], path: str
) -> None:
    assert path in asked(lambda: to_vdsnc(certificate, **(KNOWN_OF_TEST | changes)))


def test_the_provider_stands_where_no_testing_centre_is_named() -> None:
    made = to_vdsnc(with_test(testing_centre=None), **KNOWN_OF_TEST, provider="Another Lab")
    assert made.seal.test is not None
    assert made.seal.test.provider == "Another Lab"
    assert "/t/0/tc" not in paths(made.losses)


def test_a_certificate_of_nothing_makes_no_seal() -> None:
    nothing = replace(CERTIFICATE, vaccinations=())
    assert "/msg/ve" in asked(lambda: to_vdsnc(nothing, issuer="VNM", certificate_id="1"))


def test_a_certificate_of_two_kinds_makes_no_seal_that_would_leave_one_out() -> None:
    both = replace(CERTIFICATE, tests=TESTED.tests)
    refused = asked(lambda: to_vdsnc(both, **KNOWN_OF_TEST))
    assert refused == {"/hdr/t": "expected vaccinations or a test: a seal holds not both"}


def test_a_recovery_has_no_seal() -> None:
    recovery = Recovery(
        disease="840539006",
        first_positive_date=date(2022, 1, 1),
        country="VN",
        issuer="Specimen Health Authority",
        valid_from=date(2022, 1, 11),
        valid_until=date(2022, 7, 1),
        certificate_id="URN:UVCI:01:VN:SPECIMEN0003",
    )
    certificate = replace(CERTIFICATE, vaccinations=(), recoveries=(recovery,))
    assert "recovery" in asked(lambda: to_vdsnc(certificate, **KNOWN))["/hdr/t"]


def test_an_antigen_test_is_known_as_one_and_an_old_version_says_when_it_was_reported() -> None:
    reported = datetime(2022, 5, 1, 9, tzinfo=UTC)
    certificate = with_test(
        test_type="LP217198-3", test_name=None, device="1", result="260373001", result_at=reported
    )
    known = KNOWN_OF_TEST | {"kind": None, "reported_at": None, "provider": "Another Lab"}
    made = to_vdsnc(certificate, **known)
    assert made.seal.test is not None
    assert (made.seal.test.kind, made.seal.test.result) == ("antigen", "positive")
    assert made.seal.test.reported_at == reported
    assert made.seal.test.provider == "Another Lab"
    assert "/t/0/tc" in paths(made.losses)
    assert "/t/0/ma" in paths(made.losses)


def test_a_product_without_a_code_is_sealed_as_its_kind_and_that_is_said() -> None:
    """Abdala, facts icao-vietnam.md D4: one of nine vaccines licensed in Viet Nam."""
    made = to_vdsnc(
        vaccinated(product="Abdala", manufacturer="CIGB", vaccine="28531000087107"), **KNOWN
    )
    (entry,) = made.seal.vaccinations
    assert (entry.code, entry.product) == ("XM68M6", "Abdala")
    assert "/v/0/mp" in paths(made.losses)


def test_codes_and_names_that_are_given_stand() -> None:
    made = to_vdsnc(
        vaccinated(product="X", vaccine="1"), **KNOWN, codes=["XM97N6"], brands=["QazVac"]
    )
    (entry,) = made.seal.vaccinations
    assert (entry.code, entry.product) == ("XM97N6", "QazVac")
    assert {"/v/0/vp", "/v/0/mp"} <= set(paths(made.losses))


def test_the_deprecated_kind_that_viet_nams_sample_has_is_a_loss() -> None:
    made = to_vdsnc(
        vaccinated(product="EU/1/21/1529", manufacturer="ORG-100030215", vaccine="J07BX03"), **KNOWN
    )
    assert made.seal.vaccinations[0].code == "XM4YL8"
    assert "/v/0/vp" in paths(made.losses)


def test_doses_of_one_product_share_an_entry_and_paths_say_which_dose_lacks_something() -> None:
    first, second = replace(VACCINATION, dose_number=1), VACCINATION
    third = replace(VACCINATION, dose_number=3, product="EU/1/20/1507")
    certificate = replace(CERTIFICATE, vaccinations=(first, second, third), schema_version="1.0.0")
    known = KNOWN | {"lots": ["A", "B", "C"], "facilities": ["1", "2", "3"]}
    one, two = to_vdsnc(certificate, **known).seal.vaccinations
    assert [(dose.number, dose.lot, dose.facility) for dose in one.doses] == [
        (1, "A", "1"),
        (2, "B", "2"),
    ]
    assert [(dose.number, dose.lot) for dose in two.doses] == [(3, "C")]
    needs = asked(lambda: to_vdsnc(certificate, **(known | {"lots": ["A"]})))
    assert sorted(needs) == ["/msg/ve/0/vd/1/lot", "/msg/ve/1/vd/0/lot"]


def test_a_long_name_is_cut_and_a_name_in_capitals_loses_nothing() -> None:
    long = to_vdsnc(named(family_name="A" * 40, given_name="B"), **KNOWN)
    assert len(long.seal.holder.name) <= 39
    assert long.seal.holder.name.endswith("  B")
    assert "/nam" in paths(long.losses)
    plain = to_vdsnc(named(family_name="Smith", given_name="Ann Mary"), **KNOWN)
    assert plain.seal.holder.name == "SMITH  ANN MARY"
    assert not [path for path in paths(plain.losses) if path.startswith("/nam")]


def test_icao_names_stand_before_national_ones() -> None:
    holder = {"family_name_icao": "MUELLER<SPECIMEN", "given_name_icao": None}
    seal = sealed(named(family_name="Müller Specimen", given_name=None, **holder))
    assert seal.holder.name == "MUELLER SPECIMEN"


def test_a_name_of_another_script_is_refused() -> None:
    with pytest.raises(TransliterationError):
        sealed(named(family_name="Иванов"))


def test_a_partial_birth_date_is_carried() -> None:
    seal = sealed(named(birth_date=PartialDate(1990)))
    assert seal.holder.birth_date == PartialDate(1990)
    without = sealed(named(birth_date=None), document_number="C1")
    assert without.holder.birth_date is None


@pytest.mark.parametrize(
    "changes",
    [
        {"lots": "FC9880"},
        {"lots": ["A", "B"]},
        {"facilities": ["A", "B"]},
        {"codes": "XM8NQ0"},
        {"brands": ["A", "B"]},
        {"lots": [1]},
        {"certificate_id": 1},
    ],
    ids=str,
)
def test_arguments_of_another_type_or_number_are_type_errors(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="expected"):
        to_vdsnc(CERTIFICATE, **(KNOWN | changes))


def test_only_records_are_converted() -> None:
    wrong: Any = {}
    with pytest.raises(TypeError, match="HealthCertificate"):
        to_vdsnc(wrong, **KNOWN)
    with pytest.raises(TypeError, match="Seal"):
        from_vdsnc(wrong, **BACK)
    with pytest.raises(TypeError, match="total_doses"):
        restored(sealed(), total_doses="2")


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": None},
        {"vaccinations": None},
        {"vaccinations": list(CERTIFICATE.vaccinations)},
        {"vaccinations": TESTED.tests},
        {"tests": CERTIFICATE.vaccinations},
    ],
    ids=["holder", "none", "list", "tests", "vaccinations"],
)
def test_a_certificate_of_other_records_is_a_type_error(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="expected a"):
        to_vdsnc(replace(CERTIFICATE, **changes), **KNOWN)


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": CERTIFICATE.holder},
        {"vaccinations": []},
        {"vaccinations": CERTIFICATE.vaccinations},
        {"vaccinations": (replace_any(sealed().vaccinations[0], doses=None),)},
        {"vaccinations": (replace_any(sealed().vaccinations[0], doses=(VACCINATION,)),)},
        {"test": VACCINATION},
        {"holder": replace_any(sealed().holder, name=None)},
    ],
    ids=["holder", "list", "vaccinations", "no doses", "doses", "test", "name"],
)
def test_a_seal_of_other_records_is_a_type_error(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="expected a"):
        from_vdsnc(replace(sealed(), **changes), **BACK)


# --- from a seal ----------------------------------------------------------------------------------


def test_a_seal_becomes_a_vaccination_again() -> None:
    made = from_vdsnc(sealed(sex="F", document_number="C0000001", other_number="1"), **BACK)
    assert made.certificate.vaccinations == (VACCINATION,)
    assert made.certificate.holder == Holder(
        family_name_icao="NGUYEN<MAU",
        given_name_icao="THI<THU",
        birth_date=PartialDate(1990, 2, 3),
    )
    assert paths(made.losses) == [
        *("/hdr/is", "/msg/uvci", "/msg/pid/sex", "/msg/pid/i", "/msg/pid/ai"),
        *("/msg/ve/0/nam", "/msg/ve/0/vd/0/adm", "/msg/ve/0/vd/0/lot"),
    ]


def test_a_seal_becomes_a_test_again() -> None:
    seal = to_vdsnc(TESTED, **KNOWN_OF_TEST, method="saliva").seal
    back: dict[str, Any] = {
        "issuer": "Specimen Health Authority",
        "certificate_id": "URN:UVCI:01:VN:SPECIMEN0002",
        "disease": "840539006",
    }
    made = from_vdsnc(replace(seal, optional="X"), **back)
    assert made.certificate.tests == (replace(TESTED.tests[0], test_name=None),)
    assert paths(made.losses) == [
        *("/hdr/is", "/msg/utci", "/msg/pid/dn", "/msg/pid/dt", "/msg/opt", "/msg/tr/tc"),
        *("/msg/sp/cd/p", "/msg/sp/cd/e", "/msg/sp/cd/a", "/msg/dat/ri", "/msg/tr/m"),
    ]


def test_whatever_a_certificate_needs_and_a_seal_lacks_is_asked_for_at_once() -> None:
    seal = replace(sealed(), vaccinations=(kinds("XM0GQ8", disease="1E32"),))
    seal = replace(seal, holder=replace(seal.holder, name="NGUYEN MAU THI THU"))
    needs = asked(lambda: from_vdsnc(seal))
    assert {path: rule.partition(",")[0] for path, rule in needs.items()} == {
        "/nam": "needed: family_name",
        "/v/0/is": "needed: issuer",
        "/v/0/ci": "needed: certificate_id",
        "/v/0/mp": "needed: product",
        "/v/0/tg": "needed: disease",
        "/v/0/sd": "needed: total_doses",
    }


def kinds(code: str, **changes: Any) -> SealVaccination:
    return replace(sealed().vaccinations[0], code=code, **changes)


def test_what_was_asked_for_is_taken() -> None:
    seal = replace(sealed(), vaccinations=(kinds("XM0000", disease="1E32"),))
    given = {
        "product": "Specimen-Vax",
        "manufacturer": "Specimen-Maker",
        "vaccine": "1119349007",
        "disease": "840539006",
    }
    for missing in given:
        known = {name: value for name, value in given.items() if name != missing}
        (rule,) = asked(partial(restored, seal, **known)).values()
        assert rule.startswith(f"needed: {missing}")
    (entry,) = restored(seal, **given).vaccinations
    assert (entry.product, entry.manufacturer) == ("Specimen-Vax", "Specimen-Maker")
    assert (entry.vaccine, entry.disease) == ("1119349007", "840539006")


@pytest.mark.parametrize(
    ("code", "product", "vaccine"),
    [("XM68M6", "Abdala", "28531000087107"), ("XM0GQ8", "EU/1/20/1528", "1119349007")],
)
def test_the_kind_of_vaccine_follows_from_product_or_code(
    code: str, product: str, vaccine: str
) -> None:
    seal = replace(sealed(), vaccinations=(kinds(code),))
    assert restored(seal, product=product).vaccinations[0].vaccine == vaccine


@pytest.mark.parametrize(
    ("code", "product"), [("XM8NQ0", "EU/1/20/1507"), ("XM0GQ8", "EU/1/21/1529")]
)
def test_a_product_that_the_seal_contradicts_is_refused(code: str, product: str) -> None:
    seal = replace(sealed(), vaccinations=(kinds(code),))
    assert "agrees" in asked(lambda: restored(seal, product=product))["/v/0/mp"]


def with_doses(*doses: tuple[int, date]) -> Seal:
    (entry,) = sealed().vaccinations
    made = tuple(replace(entry.doses[0], number=number, date=day) for number, day in doses)
    return replace(sealed(), vaccinations=(replace(entry, doses=made),))


DAY: Final = date(2022, 3, 1)


def test_the_newest_dose_is_taken_or_the_one_asked_for_and_the_others_are_losses() -> None:
    seal = with_doses((1, DAY), (3, DAY + timedelta(days=60)), (2, DAY + timedelta(days=30)))
    made = from_vdsnc(seal, **BACK)
    assert made.certificate.vaccinations[0].dose_number == 3
    assert paths(made.losses)[-2:] == ["/msg/ve/0/vd/0", "/msg/ve/0/vd/2"]
    first = from_vdsnc(seal, **BACK, dose=1)
    assert first.certificate.vaccinations[0].date == DAY
    same_day = with_doses((1, DAY), (2, DAY))
    assert restored(same_day).vaccinations[0].dose_number == 2


@pytest.mark.parametrize(
    ("doses", "dose"),
    [
        (((1, DAY), (2, DAY)), 3),
        (((1, DAY), (1, DAY)), 1),
        (((2, DAY), (2, DAY)), None),
        ((), None),
    ],
    ids=["absent", "two alike", "two newest", "none"],
)
def test_a_dose_that_is_not_there_or_not_alone_is_refused(
    doses: tuple[tuple[int, date], ...], dose: int | None
) -> None:
    assert "expected a dose" in asked(lambda: restored(with_doses(*doses), dose=dose))["/v/0/dn"]


@pytest.mark.parametrize(
    ("sealed_as", "family_name", "given_name"),
    [
        ("NGUYEN MAU  THI THU", "Nguyễn Mẫu", "Thị Thử"),
        ("NGUYEN MAU THI THU", "Nguyễn Mẫu", "Thị Thử"),
        ("Nguyen Mau Thi Thu", "NGUYEN", "MAU THI THU"),
        ("MULLER  ANN", "Müller", "Ann"),  # another form that the table allows
        ("SPECIMEN", "Specimen", None),
        ("A" * 36 + "  B", "A" * 40, "Bé"),  # cut
    ],
)
def test_a_name_that_agrees_with_the_seal_is_taken(
    sealed_as: str, family_name: str, given_name: str | None
) -> None:
    seal = replace(sealed(), holder=replace(sealed().holder, name=sealed_as))
    holder = restored(seal, family_name=family_name, given_name=given_name).holder
    assert (holder.family_name, holder.given_name) == (family_name, given_name)
    assert holder.family_name_icao


@pytest.mark.parametrize(
    ("sealed_as", "family_name", "given_name"),
    [
        ("NGUYEN MAU  THI THU", "Trần Mẫu", "Thị Thử"),
        ("NGUYEN MAU  THI THU", "Nguyễn Mẫu", None),
        ("NGUYEN MAU  THI THU", "", None),
        ("N" * 50, "N" * 50, None),
    ],
)
def test_a_name_that_is_not_the_seals_is_refused(
    sealed_as: str, family_name: str, given_name: str | None
) -> None:
    seal = replace(sealed(), holder=replace(sealed().holder, name=sealed_as))
    needs = asked(lambda: restored(seal, family_name=family_name, given_name=given_name))
    assert "agrees" in needs["/nam"]


def test_a_name_that_fills_its_field_and_an_absent_birth_date_are_reported() -> None:
    holder = SealHolder(name="A" * 36 + "  B", document_number="C0000001")
    made = from_vdsnc(replace(sealed(), holder=holder), **BACK)
    assert {"/msg/pid", "/msg/pid/n"} <= set(paths(made.losses))
    assert made.certificate.holder.birth_date is None


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"certificate_id": "U" * 81}, "/v/0/ci"),
        ({"issuer": "I" * 81}, "/v/0/is"),
        ({"total_doses": 0}, "/v/0/sd"),
    ],
)
def test_what_does_not_fit_a_certificate_is_refused(changes: dict[str, Any], path: str) -> None:
    assert path in asked(lambda: restored(sealed(), **changes))


def test_a_country_without_two_letters_is_refused() -> None:
    (entry,) = sealed().vaccinations
    dose = replace(entry.doses[0], country="XXA")
    seal = replace(sealed(), vaccinations=(replace(entry, doses=(dose,)),))
    assert "/v/0/co" in asked(lambda: restored(seal))


@pytest.mark.parametrize(
    ("test", "changes", "path"),
    [
        ({"kind": "antibody"}, {}, "/t/0/tt"),
        ({"result": "abnormal"}, {}, "/t/0/tr"),
        ({}, {"result": "260373001"}, "/t/0/tr"),
        ({}, {"disease": None}, "/t/0/tg"),
        ({"country": "XXA"}, {}, "/t/0/co"),
        ({}, {"issuer": None}, "/t/0/is"),
    ],
    ids=["antibody", "abnormal", "contradiction", "disease", "country", "issuer"],
)
def test_what_no_certificate_of_a_test_can_say_is_refused(
    test: dict[str, Any], changes: dict[str, Any], path: str
) -> None:
    seal = to_vdsnc(TESTED, **KNOWN_OF_TEST).seal
    assert seal.test is not None
    seal = replace(seal, test=replace(seal.test, **test))
    assert path in asked(lambda: restored(seal, **({"disease": "840539006"} | changes)))


def test_an_antigen_test_and_a_result_that_is_given_come_back() -> None:
    seal = to_vdsnc(TESTED, **KNOWN_OF_TEST).seal
    assert seal.test is not None
    seal = replace(seal, test=replace(seal.test, kind="antigen", result="abnormal"))
    (entry,) = restored(seal, disease="840539006", result="260373001").tests
    assert (entry.test_type, entry.result) == ("LP217198-3", "260373001")


# --- seals and certificates of others -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        (
            "au-ios-valid",
            {"product": "EU/1/20/1528"},
            ("CITIZEN", "JANE<CATHERINE", "EU/1/20/1528", 2, date(2021, 7, 1), "AU"),
        ),
        (
            "kde-jpn-triple-vaccine",
            {"product": "EU/1/20/1528", "family_name": "MIYAKE", "given_name": "SHOTA"},
            ("MIYAKE", "SHOTA", "EU/1/20/1528", 3, date(2021, 12, 1), "JP"),
        ),
        (
            "kde-single-vaccine",
            {"product": "EU/1/20/1528", "family_name": "Smith", "given_name": "Bill"},
            ("SMITH", "BILL", "EU/1/20/1528", 1, date(2021, 3, 3), "AU"),
        ),
    ],
)
def test_the_seals_of_others_become_certificates(
    name: str,
    given: dict[str, Any],
    expected: tuple[object, ...],
    shared_vectors: Callable[[str], Path],
) -> None:
    text = (shared_vectors("vds-nc") / f"{name}.json").read_text(encoding="utf-8")
    seal = decode_unverified(text).certificate
    assert isinstance(seal, Seal)
    assert set(asked(lambda: restored(seal))) == {
        "/v/0/mp",
        *(("/nam",) if "family_name" in given else ()),
    }
    certificate = restored(seal, **given)
    (entry,) = certificate.vaccinations
    holder = certificate.holder
    assert (holder.family_name_icao, holder.given_name_icao) == expected[:2]
    assert (entry.product, entry.dose_number, entry.date, entry.country) == expected[2:]


def test_a_certificate_that_was_a_seal_and_a_certificate_again_is_signed_and_verified() -> None:
    authority = SpecimenAuthority(not_before=START, country="VN")
    signer = authority.issue_signer(key=make_key(KeyType.P256, 51))
    sealer = authority.issue_seal_signer(key=make_key(KeyType.P256, 52))
    text = issue_seal(sealed(), signer=sealer.signer, issued_at=AT)
    seal = verify(
        text, trust=sealer.trust_list(), authorities=authority.trust_list(), at=AT
    ).certificate
    assert isinstance(seal, Seal)
    again = issue(restored(seal), signer=signer.signer, issued_at=AT)
    verified = verify(again, trust=signer.trust_list(), at=AT)
    assert isinstance(verified.certificate, HealthCertificate)
    assert verified.certificate.vaccinations == (VACCINATION,)
