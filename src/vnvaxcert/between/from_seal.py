"""From a seal to a health certificate."""

from __future__ import annotations

from typing import Final, NamedTuple

from vnvaxcert.between.outcome import (
    CertificateConversion,
    Needs,
    NotCarried,
    check_entries,
    check_members,
)
from vnvaxcert.between.words import ANTIGEN, NUCLEIC_ACID_KINDS, RESULTS, SEPARATOR
from vnvaxcert.errors import IssueClaimsError, SchemaError
from vnvaxcert.icao import names
from vnvaxcert.icao.comparison import NameAgreement, compare_with_dcc
from vnvaxcert.icao.countries import alpha2
from vnvaxcert.icao.fields import SEAL_NAME_LENGTH
from vnvaxcert.schema import payload, vaccine_codes, valuesets
from vnvaxcert.schema.deviations import NO_DEVIATION
from vnvaxcert.schema.records import HealthCertificate, Holder, TestResult, Vaccination
from vnvaxcert.schema.seal import Seal, SealDose, SealHolder, SealTest, SealVaccination

_CODE_OF_RESULT: Final = {word: code for code, word in RESULTS.items()}


def from_vdsnc(
    seal: Seal,
    *,
    issuer: str | None = None,
    certificate_id: str | None = None,
    dose: int | None = None,
    total_doses: int | None = None,
    product: str | None = None,
    manufacturer: str | None = None,
    vaccine: str | None = None,
    disease: str | None = None,
    family_name: str | None = None,
    given_name: str | None = None,
    result: str | None = None,
) -> CertificateConversion:
    """Say as a health certificate what a seal of vaccinations or of a test says.

    A certificate holds one vaccination: of the doses of a seal the newest, or the one asked for.

    Args:
        seal: What is converted, as verified: `VerifiedCertificate.certificate` of a seal.
        issuer: ``is``: who issues the certificate, at most 80 characters.
        certificate_id: ``ci``: its identifier, a UVCI of at most 80 characters.
        dose: Number of the dose it is to be about (``seq``); the newest, when not given.
        total_doses: ``sd``: how many doses the course has.
        product: ``mp``: the EU's code of the product; needed where ICD-11 has none of its own.
        manufacturer: ``ma``; needed for products that the value sets do not hold.
        vaccine: ``vp``; needed where neither the product nor the seal's code says it.
        disease: ``tg``; of a test always needed, since a seal does not say what was tested for.
        family_name: The name as the holder writes it or in the letters of a passport; needed
            where the seal does not divide the name by two spaces. It has to agree with the seal.
        given_name: Likewise; None where there is none.
        result: ``tr``; needed for results of a test other than positive and negative.

    Returns:
        The certificate, by schema 1.3.3, and what it does not say. It fits `issue`, which
        derives the ICAO names.

    Raises:
        IssueClaimsError: Something is needed that neither the seal nor an argument says (each
            violation names the member of the certificate and the argument), or does not fit.
        TransliterationError: A name given cannot be written in the letters of a passport.
        TypeError: An argument of the wrong type.

    Spec: VDS-NC 1.1; DCC schema 1.3.3; EU value sets 2.12.0.
    """
    if not isinstance(seal, Seal):
        raise TypeError(f"expected a Seal, not {type(seal).__name__}")
    check_members(seal, holder=SealHolder, vaccinations=SealVaccination)
    if seal.test is not None and not isinstance(seal.test, SealTest):
        raise TypeError(f"test: expected a SealTest, not {type(seal.test).__name__}")
    if not isinstance(seal.holder.name, str):
        raise TypeError(f"name: expected a text, not {type(seal.holder.name).__name__}")
    for entry in seal.vaccinations:
        check_entries(entry, doses=SealDose)
    needs = Needs()
    losses: list[NotCarried] = []
    _lost_of_seal(seal, losses)
    holder = _dcc_holder(seal.holder, family_name, given_name, needs, losses)
    entry_path = "/v/0" if seal.test is None else "/t/0"
    issuer = needs.text(issuer, f"{entry_path}/is", "issuer", "who issues the certificate")
    certificate_id = needs.text(certificate_id, f"{entry_path}/ci", "certificate_id", "its UVCI")
    if seal.test is not None:
        test = _dcc_test(seal.test, issuer, certificate_id, disease, result, needs, losses)
        needs.refuse()
        made = HealthCertificate(holder=holder, tests=(test,))
    else:
        vaccination = _dcc_vaccination(
            seal,
            _chosen(seal, dose, needs),
            needs,
            losses,
            issuer=issuer,
            certificate_id=certificate_id,
            total_doses=total_doses,
            product=product,
            manufacturer=manufacturer,
            vaccine=vaccine,
            disease=disease,
        )
        needs.refuse()
        made = HealthCertificate(holder=holder, vaccinations=(vaccination,))
    _check(made)
    return CertificateConversion(made, tuple(losses))


def _check(certificate: HealthCertificate) -> None:
    """Refuse at once what `issue` would refuse later."""
    violations: tuple[tuple[str, str], ...] = ()
    try:
        payload.parse(payload.serialize(certificate), tolerated=NO_DEVIATION)
    except SchemaError as error:
        violations = error.violations
    if violations:
        raise IssueClaimsError(violations)


def _lost_of_seal(seal: Seal, losses: list[NotCarried]) -> None:
    """What no certificate can say, whichever dose it is about."""
    held = seal.holder
    own = "/msg/uvci" if seal.test is None else "/msg/utci"
    losses.append(NotCarried("/hdr/is", "a certificate names who issues it anew"))
    losses.append(NotCarried(own, "a certificate has an identifier of its own"))
    for path, value, lost in (
        ("/msg/pid/sex", held.sex, "a certificate does not say the sex"),
        (
            "/msg/pid/i" if seal.test is None else "/msg/pid/dn",
            held.document_number,
            "a certificate names no travel document",
        ),
        ("/msg/pid/dt", held.document_type, "a certificate names no travel document"),
        ("/msg/pid/ai", held.other_number, "a certificate has no other number"),
        ("/msg/opt", seal.optional, "a certificate has no place for it"),
    ):
        if value is not None:
            losses.append(NotCarried(path, lost))


def _dcc_holder(
    held: SealHolder,
    family_name: str | None,
    given_name: str | None,
    needs: Needs,
    losses: list[NotCarried],
) -> Holder:
    """The holder, by the name given or by the two spaces in that of the seal."""
    if held.birth_date is None:
        losses.append(NotCarried("/msg/pid", "no birth date: that of the certificate is empty"))
    if family_name is not None or given_name is not None:
        if not _agree(held.name, family_name, given_name):
            needs.ask("/nam", "expected a name that agrees with the seal's")
        return Holder(
            family_name=family_name,
            given_name=given_name,
            family_name_icao=names.to_icao(family_name) if family_name else None,
            given_name_icao=names.to_icao(given_name) if given_name else None,
            birth_date=held.birth_date,
        )
    surname, divided, rest = held.name.partition(SEPARATOR)
    if not divided:
        needs.ask(
            "/nam",
            "needed: family_name, and given_name where there is one, since the seal does not say "
            "where the family name ends",
        )
    if len(held.name) >= SEAL_NAME_LENGTH:
        losses.append(NotCarried("/msg/pid/n", "it fills its field, so it may have been cut"))
    return Holder(
        family_name_icao=names.to_icao(surname),
        given_name_icao=names.to_icao(rest) or None,
        birth_date=held.birth_date,
    )


def _agree(sealed: str, family_name: str | None, given_name: str | None) -> bool:
    """Whether a name is that of a seal, which may have cut it, and divides it as it likes."""
    if len(sealed) > SEAL_NAME_LENGTH:
        return False
    found = compare_with_dcc(
        sealed,
        names.transliterate(family_name or "") or None,
        names.transliterate(given_name or "") or None,
        family_name=family_name,
        given_name=given_name,
    )
    return found.agreement is not NameAgreement.NONE


class _Chosen(NamedTuple):
    """One dose of a seal, with its entry."""

    path: str
    vaccination: SealVaccination
    dose: SealDose


def _chosen(seal: Seal, number: int | None, needs: Needs) -> _Chosen:
    every = [
        _Chosen(f"/msg/ve/{outer}/vd/{inner}", vaccination, dose)
        for outer, vaccination in enumerate(seal.vaccinations)
        for inner, dose in enumerate(vaccination.doses)
    ]
    fitting = [one for one in every if number is None or one.dose.number == number]
    if not fitting:
        needs.ask("/v/0/dn", "expected a dose that the seal has")
        needs.refuse()
    newest = max(one.dose.date for one in fitting)
    fitting = [one for one in fitting if one.dose.date == newest]
    if len(fitting) > 1 and number is None:
        highest = max(one.dose.number for one in fitting)
        fitting = [one for one in fitting if one.dose.number == highest]
    if len(fitting) > 1:
        needs.ask("/v/0/dn", "expected a dose that can be told apart: two have its number and day")
        needs.refuse()
    return fitting[0]


def _dcc_vaccination(
    seal: Seal,
    chosen: _Chosen,
    needs: Needs,
    losses: list[NotCarried],
    *,
    issuer: str,
    certificate_id: str,
    total_doses: int | None,
    product: str | None,
    manufacturer: str | None,
    vaccine: str | None,
    disease: str | None,
) -> Vaccination:
    vaccination, dose = chosen.vaccination, chosen.dose
    code = vaccination.code
    if product is None:
        known = vaccine_codes.products_of_icd11(code)
        if len(known) == 1:
            product = known[0]
        elif known:
            needs.ask("/v/0/mp", f"needed: product, {' or '.join(known)}: ICD-11 has one code")
        else:
            needs.ask("/v/0/mp", "needed: product, since its ICD-11 code is not that of a product")
    elif not vaccine_codes.may_be_product(code, product):
        needs.ask("/v/0/mp", "expected a product that agrees with the seal's ICD-11 code")
    listed = vaccine_codes.eu_product(product) if product is not None else None
    if vaccine is None and listed is not None and len(listed.vaccines) == 1:
        vaccine = listed.vaccines[0]
    vaccine = vaccine_codes.KIND_OF_ICD11.get(code) if vaccine is None else vaccine
    if vaccine is None and listed is not None and not listed.vaccines:
        vaccine = vaccine_codes.ANY_KIND
    if manufacturer is None and listed is not None:
        manufacturer = listed.manufacturer
    if product is not None:  # what follows from a product is asked for once that is known
        vaccine = needs.text(vaccine, "/v/0/vp", "vaccine", "the kind of vaccine, by SNOMED CT")
        manufacturer = needs.text(
            manufacturer, "/v/0/ma", "manufacturer", "since the value sets do not know the product"
        )
    if disease is None:
        disease = vaccine_codes.disease_of_icd11(vaccination.disease, code)
    disease = needs.text(disease, "/v/0/tg", "disease", "since the seal's code is not known")
    if total_doses is not None and type(total_doses) is not int:
        raise TypeError(f"total_doses: expected an integer, not {type(total_doses).__name__}")
    if total_doses is None:
        needs.ask("/v/0/sd", "needed: total_doses, which a seal does not say")
    country = _alpha2(dose.country, "/v/0/co", needs)
    losses.append(
        NotCarried(f"{chosen.path.partition('/vd/')[0]}/nam", "the product's code stands")
    )
    for key, value, lost in (
        ("adm", dose.facility, "a certificate does not say where the dose was given"),
        ("lot", dose.lot, "a certificate does not say the batch"),
        ("dvn", dose.next_date, "a certificate does not say when the next dose is due"),
    ):
        if value is not None:
            losses.append(NotCarried(f"{chosen.path}/{key}", lost))
    losses += [
        NotCarried(path, "a certificate holds one dose")
        for outer, one in enumerate(seal.vaccinations)
        for inner in range(len(one.doses))
        if (path := f"/msg/ve/{outer}/vd/{inner}") != chosen.path
    ]
    return Vaccination(
        disease=disease,
        vaccine=vaccine or "",
        product=product or "",
        manufacturer=manufacturer or "",
        dose_number=dose.number,
        total_doses=total_doses or 0,
        date=dose.date,
        country=country,
        issuer=issuer,
        certificate_id=certificate_id,
    )


def _dcc_test(
    test: SealTest,
    issuer: str,
    certificate_id: str,
    disease: str | None,
    result: str | None,
    needs: Needs,
    losses: list[NotCarried],
) -> TestResult:
    if test.kind in NUCLEIC_ACID_KINDS:
        test_type = valuesets.NUCLEIC_ACID_TEST
        losses.append(NotCarried("/msg/tr/tc", "a certificate does not tell PCR from others"))
    elif test.kind == ANTIGEN:
        test_type = valuesets.RAPID_TEST
    else:
        test_type = ""
        needs.ask("/t/0/tt", "expected a nucleic acid or antigen test: no certificate is defined")
    if result is None:
        result = _CODE_OF_RESULT.get(test.result)
    elif test.result in _CODE_OF_RESULT and _CODE_OF_RESULT[test.result] != result:
        needs.ask("/t/0/tr", "expected the result that the seal states")
    for path, value, lost in (
        ("/msg/sp/cd/p", test.phone, "a certificate does not say how to reach the provider"),
        ("/msg/sp/cd/e", test.email, "a certificate does not say how to reach the provider"),
        ("/msg/sp/cd/a", test.address, "a certificate does not say how to reach the provider"),
        ("/msg/dat/ri", test.reported_at, "a certificate says when the sample was taken, no more"),
        ("/msg/tr/m", test.method, "a certificate does not say where the sample was taken from"),
    ):
        if value is not None:
            losses.append(NotCarried(path, lost))
    return TestResult(
        disease=needs.text(disease, "/t/0/tg", "disease", "what was tested for"),
        test_type=test_type,
        sample_collected_at=test.sampled_at,
        result=needs.text(result, "/t/0/tr", "result", "by SNOMED CT: the seal's is another word"),
        testing_centre=test.provider,
        country=_alpha2(test.country, "/t/0/co", needs),
        issuer=issuer,
        certificate_id=certificate_id,
    )


def _alpha2(country: str, path: str, needs: Needs) -> str:
    code = alpha2(country)
    if code is None:
        needs.ask(path, "expected a country that has two letters in ISO 3166-1")
    return code or ""
