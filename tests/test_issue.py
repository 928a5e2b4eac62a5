"""Issuing: what is written, read back by other packages, and everything that must not be made."""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, cast

import base45
import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import seal_maker
import specimens
from specimens import AT, DSC_FROM, DSC_UNTIL, ISSUED_AT
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    IssueClaimsError,
    IssueUsageError,
    OutlivesSignerError,
    QrTooLargeError,
    SignerKeyError,
    TransliterationError,
    VnvaxcertError,
)
from vnvaxcert.hcert import MAX_QR_CHARS
from vnvaxcert.issue import DEFAULT_LIFETIME, issue
from vnvaxcert.schema import documents
from vnvaxcert.schema.records import HealthCertificate, Holder, PartialDate
from vnvaxcert.trust.signer import LocalSigner
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.verify import verify

KINDS = {"P-256": -7, "P-384": -35, "P-521": -36, "RSA-2048": -37}
SECOND = timedelta(seconds=1)


def signer(kind: str = "P-256", *, deterministic: bool = True, **options: Any) -> LocalSigner:
    key = specimens.key(kind)
    return LocalSigner.from_keys(
        key, specimens.dsc(key, **options), deterministic=deterministic and kind != "RSA-2048"
    )


def make(certificate: HealthCertificate | None = None, **options: Any) -> str:
    """Issue with what is in order by default."""
    certificate = specimens.certificate() if certificate is None else certificate
    return issue(certificate, **{"signer": signer(), "issued_at": ISSUED_AT, **options})


def message_of(text: str) -> Any:
    """The message in a text, by the `base45` package, the standard library and `cbor2`."""
    assert text.startswith("HC1:")
    return cbor2.loads(zlib.decompress(base45.b45decode(text[4:])))


def claims_of(text: str) -> Any:
    return cbor2.loads(message_of(text).value[2])


def payload_of(text: str) -> Any:
    return claims_of(text)[-260][1]


def with_holder(**changes: Any) -> HealthCertificate:
    return specimens.certificate(holder=replace(specimens.HOLDER, **changes))


def with_entry(**changes: Any) -> HealthCertificate:
    return HealthCertificate(
        holder=specimens.HOLDER, vaccinations=(replace(specimens.VACCINATION, **changes),)
    )


class RemoteSigner:
    """A signer of which `issue` sees only what the protocol names."""

    def __init__(
        self, *, kid: Any = b"remote..", certificate: Any = None, size: int | None = None
    ) -> None:
        self.algorithm = Algorithm.ES256
        self.kid: bytes = kid
        self.certificate: bytes | None = certificate
        self._size = size

    def sign(self, to_be_signed: bytes) -> bytes:
        made = specimens.raw_signature(specimens.key(), to_be_signed)
        return made if self._size is None else bytes(self._size)


# --- what is written ----------------------------------------------------------------------------


@pytest.mark.parametrize("group", specimens.GROUPS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_under_each_algorithm_reads_back_by_other_packages(kind: str, group: str) -> None:
    text = make(specimens.certificate(group), signer=signer(kind))
    outer = message_of(text)
    protected, unprotected, body, signature = outer.value
    assert outer.tag == 18
    assert unprotected == {}
    der = specimens.dsc(specimens.key(kind))
    assert cbor2.loads(protected) == {1: KINDS[kind], 4: specimens.kid_of(der)}
    claims = cbor2.loads(body)
    assert claims == {
        1: "VN",
        4: specimens.seconds(ISSUED_AT + DEFAULT_LIFETIME),
        6: specimens.seconds(ISSUED_AT),
        -260: {1: specimens.payload(group)},
    }
    assert documents.violations(claims[-260][1], "1.3.0") == ()
    assert len(signature) == {"P-256": 64, "P-384": 96, "P-521": 132, "RSA-2048": 256}[kind]
    verified = verify(text, trust=TrustList.from_certificates([der]), at=AT)
    assert verified.certificate == specimens.certificate(group)
    assert verified.warnings == ()


def test_the_text_fits_the_alphanumeric_mode_of_qr_codes() -> None:
    text = make()
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(text) < 600


def test_maps_are_in_deterministic_order_at_every_level() -> None:
    def check(item: Any) -> None:
        if isinstance(item, dict):
            encoded = [cbor2.dumps(key) for key in item]
            assert encoded == sorted(encoded)
        for member in item.values() if isinstance(item, dict) else item:
            if isinstance(member, dict | list):
                check(member)

    for group in specimens.GROUPS:
        outer = message_of(make(specimens.certificate(group)))
        check(cbor2.loads(outer.value[0]))
        check(cbor2.loads(outer.value[2]))
        for part in (outer.value[0], outer.value[2]):  # shortest forms, definite lengths
            assert cbor2.dumps(cbor2.loads(part)) == part


def test_the_same_input_makes_the_same_text() -> None:
    assert make() == make()
    local = ISSUED_AT.astimezone(timezone(timedelta(hours=7)))
    assert make(issued_at=local + timedelta(microseconds=5)) == make()
    random = signer(deterministic=False)
    assert make(signer=random) != make(signer=random)


def test_texts_are_written_in_normal_form_c() -> None:
    decomposed = "Nguye\u0302\u0303n"
    assert payload_of(make(with_holder(family_name=decomposed)))["nam"]["fn"] == "Nguyễn"
    issuer = "Bo\u0323\u0302 Y te\u0302\u0301"
    assert payload_of(make(with_entry(issuer=issuer)))["v"][0]["is"] == "Bộ Y tế"
    assert claims_of(make(issuer=issuer))[1] == "Bộ Y tế"


def test_icao_names_are_derived_when_they_are_not_given() -> None:
    holder = Holder(family_name="Đặng", given_name="Thị Mẫu", birth_date=PartialDate(1990))
    names = payload_of(make(specimens.certificate(holder=holder)))["nam"]
    assert names == {"fn": "Đặng", "gn": "Thị Mẫu", "fnt": "DANG", "gnt": "THI<MAU"}


def test_icao_names_that_are_given_are_left_as_they_are() -> None:
    names = payload_of(make(with_holder(family_name_icao="NGUYENN", given_name_icao="")))["nam"]
    assert (names["fnt"], names["gnt"]) == ("NGUYENN", "")


def test_a_name_that_is_absent_has_no_icao_name() -> None:
    holder = Holder(family_name="Mẫu", birth_date=None)
    assert payload_of(make(specimens.certificate(holder=holder)))["nam"] == {
        "fn": "Mẫu",
        "fnt": "MAU",
    }


def test_the_version_written_is_the_latest_unless_said_otherwise() -> None:
    latest = HealthCertificate(holder=specimens.HOLDER, vaccinations=(specimens.VACCINATION,))
    assert payload_of(make(latest))["ver"] == "1.3.3"
    assert payload_of(make(replace(latest, schema_version="1.0.0")))["ver"] == "1.0.0"


def test_a_whole_float_is_written_as_an_integer() -> None:
    dose: Any = 3.0
    written = payload_of(make(with_entry(dose_number=dose)))["v"][0]["dn"]
    assert written == 3
    assert type(written) is int


def test_the_issuer_is_the_signers_country_unless_given() -> None:
    assert claims_of(make(signer=signer(country="UT")))[1] == "UT"
    assert claims_of(make(signer=signer(country=None), issuer="VN"))[1] == "VN"
    assert claims_of(make(issuer="CNAM"))[1] == "CNAM"


def test_times_are_written_in_whole_seconds_of_utc() -> None:
    zone = timezone(timedelta(hours=7))
    text = make(
        issued_at=datetime(2022, 4, 15, 7, 0, 0, 999999, tzinfo=zone),
        expires_at=datetime(2022, 10, 15, 7, 0, 0, 999999, tzinfo=zone),
    )
    claims = claims_of(text)
    assert claims[6] == specimens.seconds(ISSUED_AT)
    assert claims[4] == specimens.seconds(datetime(2022, 10, 15, tzinfo=UTC))
    assert type(claims[4]) is type(claims[6]) is int


def test_without_a_time_it_is_issued_now_for_a_year() -> None:
    now = datetime.now(UTC)
    local = signer(not_before=now - timedelta(days=1), not_after=now + timedelta(days=400))
    claims = claims_of(issue(specimens.certificate(), signer=local))
    assert abs(claims[6] - now.timestamp()) < 60
    assert claims[4] - claims[6] == 365 * 86400


def test_a_remote_signer_without_a_certificate_is_checked_for_nothing_but_its_issuer() -> None:
    text = make(signer=RemoteSigner(), issuer="VN", expires_at=DSC_UNTIL + timedelta(days=999))
    assert cbor2.loads(message_of(text).value[0]) == {1: -7, 4: b"remote.."}
    with pytest.raises(IssueClaimsError, match="claims/1"):
        make(signer=RemoteSigner())


def test_a_remote_signers_certificate_is_checked_like_a_local_one() -> None:
    remote = RemoteSigner(certificate=specimens.dsc(usages=["t"]))
    assert claims_of(make(specimens.certificate("t"), signer=remote))[1] == "VN"
    with pytest.raises(IssueUsageError):
        make(signer=remote)
    with pytest.raises(OutlivesSignerError):
        make(specimens.certificate("t"), signer=remote, expires_at=DSC_UNTIL + SECOND)


# --- what must not be made ----------------------------------------------------------------------


def test_a_certificate_may_live_as_long_as_its_signer_and_no_longer() -> None:
    assert make(issued_at=DSC_FROM, expires_at=DSC_UNTIL)
    with pytest.raises(OutlivesSignerError, match="expire") as outlives:
        make(expires_at=DSC_UNTIL + SECOND)
    assert outlives.value.code == "issue.outlives_signer"
    with pytest.raises(OutlivesSignerError, match="valid only from"):
        make(issued_at=DSC_FROM - SECOND)
    text = make(issued_at=DSC_FROM - SECOND, expires_at=DSC_UNTIL + SECOND, may_outlive_signer=True)
    assert claims_of(text)[4] == specimens.seconds(DSC_UNTIL) + 1


@pytest.mark.parametrize("arc", [specimens.ARC, specimens.OLD_ARC])
@pytest.mark.parametrize("usages", ["t", "v", "r", "tv", "vr", "tvr", ""])
@pytest.mark.parametrize("group", specimens.GROUPS)
def test_a_signer_makes_only_the_kinds_its_usage_names(group: str, usages: str, arc: str) -> None:
    restricted = signer(usages=list(usages), arc=arc)
    if group in usages or not usages:
        assert make(specimens.certificate(group), signer=restricted)
        return
    with pytest.raises(IssueUsageError) as caught:
        make(specimens.certificate(group), signer=restricted)
    assert caught.value.code == "issue.usage"
    assert caught.value.kind == specimens.certificate(group).kind
    assert len(caught.value.allowed) == len(usages)


def test_a_signer_of_seals_makes_no_health_certificate() -> None:
    key = seal_maker.SIGNER_KEY
    certificate = seal_maker.signer(key, not_before=DSC_FROM, not_after=DSC_UNTIL)
    seals = LocalSigner.from_keys(key, certificate)
    with pytest.raises(IssueUsageError, match="for seals, not for vaccination"):
        make(signer=seals)


@pytest.mark.parametrize(
    ("certificate", "path"),
    [
        (with_entry(dose_number=0), "/v/0/dn"),
        (with_entry(dose_number=True), "/v/0/dn"),
        (with_entry(dose_number=2.5), "/v/0/dn"),
        (with_entry(dose_number=2**70), "/v/0/dn"),
        (with_entry(country="vn"), "/v/0/co"),
        (with_entry(issuer="x" * 81), "/v/0/is"),
        (with_entry(certificate_id=None), "/v/0/ci"),
        (with_entry(product=7), "/v/0/mp"),
        (with_entry(issuer="\ud800"), "/v/0/is"),
        (with_holder(family_name="x" * 81, family_name_icao="X"), "/nam/fn"),
        (with_holder(family_name_icao="lower"), "/nam/fnt"),
        (with_holder(family_name="\udfff", family_name_icao="X"), "/nam/fn"),
        (with_holder(birth_date=PartialDate.from_digits(1990, 2, 30)), "/dob"),
        (with_holder(birth_date=PartialDate.from_digits(2100, 1, 1)), "/dob"),
        (HealthCertificate(holder=specimens.HOLDER), ""),
        (
            HealthCertificate(holder=specimens.HOLDER, vaccinations=(specimens.VACCINATION,) * 2),
            "/v",
        ),
        (replace(specimens.certificate("v"), tests=(specimens.TEST_RESULT,)), ""),
        (replace(specimens.certificate(), schema_version="1.4.0"), "/ver"),
        (
            specimens.certificate(
                holder=Holder(birth_date=PartialDate(1990)),
            ),
            "/nam",
        ),
        (
            replace(with_holder(birth_date=None), schema_version="1.2.1"),
            "/dob",
        ),
    ],
)
def test_claims_that_break_the_schema_are_refused_by_their_path(
    certificate: HealthCertificate, path: str
) -> None:
    with pytest.raises(IssueClaimsError) as caught:
        make(certificate)
    assert caught.value.code == "issue.claims"
    assert path in [place for place, _ in caught.value.violations]


def test_a_certificate_that_expires_before_it_is_issued_is_refused() -> None:
    for expires_at in (ISSUED_AT, ISSUED_AT - SECOND, ISSUED_AT + timedelta(microseconds=999999)):
        with pytest.raises(IssueClaimsError, match="claims/4"):
            make(expires_at=expires_at)
    assert make(expires_at=ISSUED_AT + SECOND)


@pytest.mark.parametrize("issuer", [None, ""])
def test_a_certificate_without_an_issuer_is_refused(issuer: str | None) -> None:
    with pytest.raises(IssueClaimsError, match="issuer"):
        make(signer=signer(country=None), issuer=issuer)


def test_an_issuer_that_utf_8_cannot_hold_is_refused() -> None:
    with pytest.raises(IssueClaimsError, match="claims/1"):
        make(issuer="\ud800")


@pytest.mark.parametrize("name", ["山田", "Иван☃", "Nguyễn🙂", "1"])
def test_a_name_without_a_transliteration_is_refused(name: str) -> None:
    with pytest.raises(TransliterationError) as caught:
        make(with_holder(family_name=name, family_name_icao=None))
    assert caught.value.code == "issue.name"
    assert make(with_holder(family_name=name, family_name_icao="GIVEN"))


def _random_text(length: int, seed: int) -> str:
    # A text that does not compress: digits of a power, in other characters.
    number = 7 ** (length * 4 + seed)
    return "".join(chr(0x4E00 + (number >> 14 * place) % 16384) for place in range(length))


def test_a_text_longer_than_any_qr_code_is_refused() -> None:
    # Only texts without a bound in the schema make it that long.
    with pytest.raises(QrTooLargeError) as caught:
        make(with_entry(product=_random_text(2000, 1)))
    error = caught.value
    assert error.code == "issue.too_large"
    assert error.length > error.limit == MAX_QR_CHARS == 4296
    fitting = make(with_entry(product=_random_text(700, 1)))
    assert 2000 < len(fitting) <= MAX_QR_CHARS


def test_the_bound_is_kept_to_the_character() -> None:
    lengths = set()
    for size in range(1200, 1400):
        try:
            lengths.add(len(make(with_entry(product=_random_text(size, 3)))))
        except QrTooLargeError as error:
            lengths.add(error.length)
            break
    assert max(lengths) > 4296
    assert max(length for length in lengths if length <= 4296) > 4280


@pytest.mark.parametrize("kid", [b"", "8 chars.", None, 5])
def test_a_signer_without_a_proper_kid_is_refused(kid: Any) -> None:
    with pytest.raises(SignerKeyError, match="key identifier"):
        make(signer=RemoteSigner(kid=kid), issuer="VN")


@pytest.mark.parametrize("size", [0, 63, 65, 71, 96])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(SignerKeyError, match=f"not {size}"):
        make(signer=RemoteSigner(size=size), issuer="VN")


@pytest.mark.parametrize("certificate", [b"", b"\x30\x00", "PEM"])
def test_a_signers_certificate_that_cannot_be_read_is_refused(certificate: Any) -> None:
    with pytest.raises(SignerKeyError):
        make(signer=RemoteSigner(certificate=certificate), issuer="VN")


# --- mistakes of the caller ---------------------------------------------------------------------


class _Nowhere(tzinfo):
    """A zone that tells no offset, so that its times are naive after all."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, moment: datetime | None) -> str:
        return "nowhere"


@pytest.mark.parametrize("name", ["issued_at", "expires_at"])
def test_a_time_without_a_zone_is_the_callers_mistake(name: str) -> None:
    for moment in (datetime(2022, 5, 1), datetime(2022, 5, 1, tzinfo=_Nowhere())):
        with pytest.raises(ValueError, match=f"{name}: .*time zone"):
            make(None, **{name: moment})


@pytest.mark.parametrize("value", ["2022-04-15", 1_650_000_000, date(2022, 4, 15)])
@pytest.mark.parametrize("name", ["issued_at", "expires_at"])
def test_a_time_of_another_type_is_the_callers_mistake(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=name):
        make(None, **{name: value})


@pytest.mark.parametrize("value", [None, {}, specimens.payload(), "certificate"])
def test_what_is_no_certificate_is_the_callers_mistake(value: Any) -> None:
    with pytest.raises(TypeError, match="HealthCertificate"):
        issue(value, signer=signer())


@pytest.mark.parametrize("issuer", [5, b"VN", ["VN"]])
def test_an_issuer_of_another_type_is_the_callers_mistake(issuer: Any) -> None:
    with pytest.raises(TypeError, match="issuer"):
        make(issuer=issuer)


@pytest.mark.parametrize(
    "certificate",
    [
        "certificate",
        with_entry(date=datetime(2022, 3, 18, tzinfo=UTC)),
        HealthCertificate(holder=cast(Any, None), vaccinations=(specimens.VACCINATION,)),
        HealthCertificate(holder=specimens.HOLDER, vaccinations=cast(Any, ("x",))),
        HealthCertificate(holder=specimens.HOLDER, vaccinations=cast(Any, specimens.VACCINATION)),
        HealthCertificate(holder=specimens.HOLDER, tests=cast(Any, (specimens.VACCINATION,))),
    ],
)
def test_a_certificate_of_other_types_is_the_callers_mistake(certificate: Any) -> None:
    with pytest.raises(TypeError, match="expected a"):
        make(certificate)


@pytest.mark.parametrize("signer", [None, object(), "signer"])
def test_what_is_no_signer_is_the_callers_mistake(signer: Any) -> None:
    with pytest.raises(TypeError, match="expected a Signer"):
        issue(specimens.certificate(), signer=signer)


def test_a_text_longer_than_any_code_is_not_even_composed() -> None:
    piled = "a" + "\u0301\u0323" * 500_000  # composing this takes minutes
    with pytest.raises(IssueClaimsError, match="4296"):
        make(with_entry(manufacturer=piled))
    with pytest.raises(IssueClaimsError, match="80"):
        make(issuer=piled)


def test_a_certificate_too_large_to_be_inflated_is_not_made() -> None:
    with pytest.raises(IssueClaimsError, match="65536 bytes"):
        make(with_entry(manufacturer="A" * 70_000))


@pytest.mark.parametrize("issuer", ["", "V" * 81])
def test_an_issuer_of_no_or_too_many_characters_is_refused(issuer: str) -> None:
    with pytest.raises(IssueClaimsError, match="claims/1: expected an issuer of 1 to 80"):
        make(issuer=issuer)


def test_a_time_in_a_record_without_a_zone_is_the_callers_mistake() -> None:
    naive = replace(specimens.TEST_RESULT, sample_collected_at=datetime(2022, 4, 13))
    with pytest.raises(ValueError, match="time zone"):
        make(HealthCertificate(holder=specimens.HOLDER, tests=(naive,)))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(9999, 12, 31, 23, tzinfo=UTC),
        datetime(9999, 6, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-23))),
    ],
)
def test_times_at_the_ends_of_the_calendar_end_in_a_text_or_a_clear_error(
    moment: datetime,
) -> None:
    for options in ({"issued_at": moment}, {"expires_at": moment}):
        with contextlib.suppress(VnvaxcertError, ValueError):
            claims = claims_of(make(None, may_outlive_signer=True, **options))
            assert claims[4] > claims[6]


# --- what shows, and whatever is issued ---------------------------------------------------------

MARKER = "Zyxwvut-Geheim-9"


def test_nothing_personal_shows_in_refusals() -> None:
    for certificate in (
        with_holder(family_name=MARKER * 9, given_name=MARKER * 9),
        with_holder(family_name_icao=MARKER),
        with_entry(issuer=MARKER * 9, certificate_id=MARKER * 9, country="zz"),
        with_entry(date=MARKER),
        with_holder(birth_date=MARKER),
        with_holder(family_name=MARKER + "☃", family_name_icao=None),
        replace(specimens.certificate(), schema_version=MARKER),
    ):
        with pytest.raises(VnvaxcertError) as caught:
            make(certificate)
        for shown in (str(caught.value), repr(caught.value)):
            assert "Geheim" not in shown


@given(
    st.text("abcễĐ -'☃\ud800", max_size=83),
    st.none() | st.text("ABC<", max_size=83) | st.text(max_size=5),
    st.text(max_size=83),
    st.integers(-1, 12) | st.integers(-5, 2**65),
    st.dates(),
    st.sampled_from(["VN", "DE", "UNHCR"]) | st.text(max_size=3),
)
def test_whatever_is_issued_verifies_as_it_was_and_all_else_is_refused(
    family_name: str, icao: str | None, issuer: str, dose: int, day: date, country: str
) -> None:
    certificate = HealthCertificate(
        holder=replace(specimens.HOLDER, family_name=family_name, family_name_icao=icao),
        vaccinations=(
            replace(
                specimens.VACCINATION, issuer=issuer, dose_number=dose, date=day, country=country
            ),
        ),
    )
    with contextlib.suppress(IssueClaimsError, TransliterationError, QrTooLargeError):
        text = make(certificate)
        assert len(text) <= MAX_QR_CHARS
        trust = TrustList.from_certificates([specimens.dsc()])
        accepted = verify(text, trust=trust, at=AT).certificate
        assert isinstance(accepted, HealthCertificate)
        (entry,) = accepted.vaccinations
        assert (entry.dose_number, entry.date) == (dose, day)
