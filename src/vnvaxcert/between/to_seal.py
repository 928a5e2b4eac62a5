"""From a health certificate to a seal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from vnvaxcert.between.outcome import Needs, NotCarried, SealConversion, check_members
from vnvaxcert.between.words import ANTIGEN, NUCLEIC_ACID_KINDS, RESULTS
from vnvaxcert.icao import fields, names
from vnvaxcert.icao.countries import alpha3
from vnvaxcert.schema import seal_writer, vaccine_codes, valuesets
from vnvaxcert.schema.records import HealthCertificate, Holder, TestResult, Vaccination
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)

_Value = TypeVar("_Value")


def to_vdsnc(
    certificate: HealthCertificate,
    *,
    issuer: str,
    certificate_id: str | None = None,
    lots: Sequence[str] = (),
    facilities: Sequence[str] = (),
    codes: Sequence[str | None] = (),
    brands: Sequence[str | None] = (),
    sex: str | None = None,
    document_number: str | None = None,
    other_number: str | None = None,
    document_type: str | None = None,
    provider: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    address: str | None = None,
    reported_at: datetime | None = None,
    kind: str | None = None,
    method: str | None = None,
) -> SealConversion:
    """Say as a seal what a health certificate of vaccinations or of a test says.

    Args:
        certificate: What is converted; a certificate of recovery has no seal.
        issuer: ``hdr.is``: who issues the seal, a code of Doc 9303-3 such as ``"VNM"``.
        certificate_id: ``uvci`` or ``utci``, at most 12 characters; `seal_identifier` makes one.
        lots: ``lot``: the batch of each vaccination, in their order, at most 20 characters each.
        facilities: ``adm``: where each vaccination was given, in their order, likewise.
        codes: ``des``: ICD-11 codes of the vaccines, in their order, None where the table shall
            decide; needed for vaccines that are not in it.
        brands: ``nam``: what the vaccines are called, in their order; by default as the value
            sets have it, or the product's code itself.
        sex: ``sex``: ``"M"``, ``"F"`` or ``"X"``, of a certificate of vaccination.
        document_number: Number of the travel document; of a test it has to be there.
        other_number: ``ai``: any other number, of a certificate of vaccination.
        document_type: ``dt``: type of the travel document, of a test.
        provider: ``spn``: who tested, at most 20 characters; by default the testing centre.
        phone: ``cd.p``: the provider's telephone number, of a test.
        email: ``cd.e``: its e-mail address, of a test.
        address: ``cd.a``: its address, of a test.
        reported_at: ``ri``: when the result was reported, aware; by default what the certificate
            says, which only versions before 1.2.0 do.
        kind: ``tc``: for a nucleic acid test ``"molecular(PCR)"`` or ``"molecular(other)"``,
            which a DCC does not tell apart. A rapid antigen test is known as one.
        method: ``m``: where the sample was taken from, of a test.

    Returns:
        The seal and what it does not say. It fits `issue_seal`.

    Raises:
        IssueClaimsError: Something is needed that neither the certificate nor an argument says
            (each violation names the member of the seal and the argument), or does not fit into a
            seal.
        TransliterationError: A name cannot be written in the letters of a passport.
        TypeError: An argument of the wrong type.

    Spec: VDS-NC 1.1; ICAO Doc 9303-3 §4.6; DCC schema 1.3.3.
    """
    if not isinstance(certificate, HealthCertificate):
        raise TypeError(f"expected a HealthCertificate, not {type(certificate).__name__}")
    check_members(certificate, holder=Holder, vaccinations=Vaccination, tests=TestResult)
    needs = Needs()
    losses: list[NotCarried] = []
    is_test = bool(certificate.tests)
    if certificate.recoveries:
        needs.ask("/hdr/t", "expected vaccinations or a test: no seal is defined for a recovery")
        needs.refuse()
    if certificate.vaccinations and is_test:
        needs.ask("/hdr/t", "expected vaccinations or a test: a seal holds not both")
        needs.refuse()
    name = _seal_name(certificate.holder, needs, losses)
    birth_date = certificate.holder.birth_date
    holder = SealHolder(
        name=name,
        birth_date=birth_date,
        sex=sex,
        document_number=document_number,
        document_type=document_type,
        other_number=other_number,
    )
    identifier = needs.text(
        certificate_id,
        "/msg/utci" if is_test else "/msg/uvci",
        "certificate_id",
        "at most 12 characters; the certificate's own has no place in a seal",
    )
    vaccinations: tuple[SealVaccination, ...] = ()
    test: SealTest | None = None
    if is_test:
        if len(certificate.tests) > 1:
            needs.ask("/msg/tr", "expected one test: a seal holds no more")
        needs.text(document_number, "/msg/pid/dn", "document_number", "of the travel document")
        needs.text(document_type, "/msg/pid/dt", "document_type", "of the travel document")
        test = _seal_test(
            certificate.tests[0],
            needs,
            losses,
            provider=provider,
            phone=phone,
            email=email,
            address=address,
            reported_at=reported_at,
            kind=kind,
            method=method,
        )
    else:
        if birth_date is None and document_number is None:
            needs.ask("/msg/pid/i", "needed: document_number, since no birth date is known")
        vaccinations = _seal_vaccinations(
            certificate.vaccinations,
            needs,
            losses,
            lots=lots,
            facilities=facilities,
            codes=codes,
            brands=brands,
        )
    needs.refuse()
    seal = Seal(
        type=SealType.TEST if is_test else SealType.VACCINATION,
        issuer=issuer,
        certificate_id=identifier,
        holder=holder,
        vaccinations=vaccinations,
        test=test,
    )
    seal_writer.serialize(seal)
    return SealConversion(seal, tuple(losses))


def _seal_name(holder: Holder, needs: Needs, losses: list[NotCarried]) -> str:
    """The two names in one field of 39 letters and spaces."""
    parts = []
    for key, name, icao in (
        ("fn", holder.family_name, holder.family_name_icao),
        ("gn", holder.given_name, holder.given_name_icao),
    ):
        part = names.transliterate(icao or name or "")
        if name and name.upper().split() != part.split("<"):
            losses.append(NotCarried(f"/nam/{key}", "a seal writes names in the letters A to Z"))
        parts.append(part)
    field = fields.to_seal_name(*parts)
    if field.is_truncated:
        losses.append(
            NotCarried("/nam", f"a seal's name has {fields.SEAL_NAME_LENGTH} characters: it is cut")
        )
    if not field.text:
        needs.ask("/msg/pid/n", "expected a name with at least one letter")
    return field.text


def _seal_vaccinations(
    entries: tuple[Vaccination, ...],
    needs: Needs,
    losses: list[NotCarried],
    *,
    lots: Sequence[str],
    facilities: Sequence[str],
    codes: Sequence[str | None],
    brands: Sequence[str | None],
) -> tuple[SealVaccination, ...]:
    for argument, values in (
        ("lots", lots),
        ("facilities", facilities),
        ("codes", codes),
        ("brands", brands),
    ):
        if not isinstance(values, list | tuple) or len(values) > len(entries):
            raise TypeError(f"{argument}: expected one for each of the {len(entries)} vaccinations")
    made: list[SealVaccination] = []
    for index, entry in enumerate(entries):
        source = f"/v/{index}"
        code = _icd11(entry, source, f"/msg/ve/{len(made)}", _at(codes, index), needs, losses)
        product = _at(brands, index) or _brand(entry.product)
        disease = vaccine_codes.COVID_19_ICD11
        # Doses of one product share an entry, which saves 60 bytes of the QR code for each.
        shares = bool(made) and (made[-1].code, made[-1].product) == (code, product)
        before = made.pop().doses if shares else ()
        target = f"/msg/ve/{len(made)}"
        if entry.disease != vaccine_codes.COVID_19:
            needs.ask(f"{target}/dis", "expected COVID-19: no code is known for another disease")
        dose = _seal_dose(
            entry, f"{target}/vd/{len(before)}", needs, _at(lots, index), _at(facilities, index)
        )
        made.append(
            SealVaccination(code=code, product=product, disease=disease, doses=(*before, dose))
        )
        losses += [
            NotCarried(f"{source}/ma", "a seal names no manufacturer"),
            NotCarried(f"{source}/sd", "a seal does not say how many doses the course has"),
            NotCarried(f"{source}/is", "a seal names no issuer but its state"),
            NotCarried(f"{source}/ci", "a seal's own identifier has at most 12 characters"),
        ]
    return tuple(made)


def _at(values: Sequence[_Value], index: int) -> _Value | None:
    return values[index] if index < len(values) else None


def _seal_dose(
    entry: Vaccination, path: str, needs: Needs, lot: str | None, facility: str | None
) -> SealDose:
    country = alpha3(entry.country)
    if country is None:
        needs.ask(f"{path}/ctr", "expected a country that Doc 9303-3 has a code for")
    return SealDose(
        date=entry.date,
        number=entry.dose_number,
        country=country or "",
        facility=needs.text(
            facility,
            f"{path}/adm",
            "facilities",
            "where each vaccination was given, which a certificate does not say",
        ),
        lot=needs.text(
            lot,
            f"{path}/lot",
            "lots",
            "the batch of each vaccination, which a certificate does not say",
        ),
    )


def _icd11(
    entry: Vaccination,
    source: str,
    target: str,
    given: str | None,
    needs: Needs,
    losses: list[NotCarried],
) -> str:
    """ICD-11's code of a product, or that of its kind, which says less."""
    if given is not None:
        losses += [
            NotCarried(f"{source}/{key}", "the ICD-11 code that was given stands")
            for key in ("vp", "mp")
        ]
        return given
    code = vaccine_codes.ICD11_OF_PRODUCT.get(entry.product)
    if code is not None:
        product = vaccine_codes.eu_product(entry.product)
        if product is None or entry.vaccine not in product.vaccines:
            losses.append(NotCarried(f"{source}/vp", "the ICD-11 code of the product stands"))
        if len(vaccine_codes.products_of_icd11(code)) > 1:
            losses.append(NotCarried(f"{source}/mp", "its code in ICD-11 is another product's too"))
        return code
    code = vaccine_codes.ICD11_OF_KIND.get(entry.vaccine)
    if code is None:
        needs.ask(f"{target}/des", "needed: codes, since no ICD-11 code of the vaccine is known")
        return ""
    losses.append(
        NotCarried(f"{source}/mp", "ICD-11 has no code for the product; that of its kind stands")
    )
    return code


def _brand(product: str) -> str:
    """What a product is called, in words that a seal may hold."""
    entry = valuesets.VALUE_SETS[valuesets.PRODUCTS].entries.get(product)
    if entry is None:
        return product
    shown = entry.display.removesuffix(" (deprecated)")
    return shown.replace("(", "").replace(")", "")


def _seal_test(
    entry: TestResult,
    needs: Needs,
    losses: list[NotCarried],
    *,
    provider: str | None,
    phone: str | None,
    email: str | None,
    address: str | None,
    reported_at: datetime | None,
    kind: str | None,
    method: str | None,
) -> SealTest:
    path = "/msg"
    country = alpha3(entry.country)
    if country is None:
        needs.ask(f"{path}/sp/ctr", "expected a country that Doc 9303-3 has a code for")
    if provider is None:
        provider = entry.testing_centre
    elif entry.testing_centre is not None:
        losses.append(NotCarried("/t/0/tc", "the provider given stands in its place"))
    reported_at = entry.result_at if reported_at is None else reported_at
    if reported_at is None:
        needs.ask(f"{path}/dat/ri", "needed: reported_at, when the result was reported")
    result = RESULTS.get(entry.result)
    if result is None:
        needs.ask(f"{path}/tr/r", "expected a result that is detected or not detected")
    if entry.test_type == valuesets.RAPID_TEST:
        if kind not in (None, ANTIGEN):
            needs.ask(f"{path}/tr/tc", "expected antigen, as the certificate says")
        kind = ANTIGEN
    elif entry.test_type == valuesets.NUCLEIC_ACID_TEST:
        if kind not in NUCLEIC_ACID_KINDS:
            words = " or ".join(NUCLEIC_ACID_KINDS)
            needs.ask(f"{path}/tr/tc", f"needed: kind, {words}; a certificate does not say which")
    else:
        needs.text(kind, f"{path}/tr/tc", "kind", "since the type of test is not known")
    for key, value, lost in (
        ("tg", entry.disease, "a seal does not say what was tested for"),
        ("nm", entry.test_name, "a seal does not name the test"),
        ("ma", entry.device, "a seal does not name the device"),
        ("is", entry.issuer, "a seal names no issuer but its state"),
        ("ci", entry.certificate_id, "a seal's own identifier has at most 12 characters"),
    ):
        if value is not None:
            losses.append(NotCarried(f"/t/0/{key}", lost))
    return SealTest(
        provider=needs.text(provider, f"{path}/sp/spn", "provider", "who tested"),
        country=country or "",
        phone=needs.text(phone, f"{path}/sp/cd/p", "phone", "the provider's telephone number"),
        email=needs.text(email, f"{path}/sp/cd/e", "email", "the provider's e-mail address"),
        address=needs.text(address, f"{path}/sp/cd/a", "address", "the provider's address"),
        sampled_at=entry.sample_collected_at,
        reported_at=entry.sample_collected_at if reported_at is None else reported_at,
        kind=kind or "",
        result=result or "",
        method=method,
    )
