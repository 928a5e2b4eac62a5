"""The ordinary vaccination certificate, read in one go.

Nearly all certificates are alike: one vaccination, every member there and none else, active
codes that go together, nothing to warn of. Those are read here, in a third of the time the
field-by-field reader of `payload` takes; whatever is different in any way is left to that reader.
So this decides nothing of its own: the tests hold it to giving what that reader gives, or nothing.
"""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any, Final

from vnvaxcert.schema import valuesets
from vnvaxcert.schema.records import HealthCertificate, Holder, PartialDate, Vaccination
from vnvaxcert.schema.versions import RULES

ICAO_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")

_LENGTHS: Final = {version: rules.max_length for version, rules in RULES.items()}
_ROOT: Final = itemgetter("ver", "nam", "dob", "v")
_NAMES: Final = itemgetter("fn", "gn", "fnt", "gnt")
_ENTRY: Final = itemgetter("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci")
_MAX_DOSE: Final = 9  # of the oldest versions; more is left to the other reader


def read_ordinary(payload: dict[Any, Any]) -> HealthCertificate | None:
    """Read an ordinary vaccination certificate.

    Args:
        payload: The decoded DCC payload.

    Returns:
        What `vnvaxcert.schema.payload.parse` gives for it, without warnings under any reading;
        or None if there is anything out of the ordinary, right or wrong.
    """
    if len(payload) != 4:
        return None
    try:
        version, names, born, (entry,) = _ROOT(payload)
        if type(payload["v"]) is not list or len(names) != 4 or len(entry) != 10:
            return None
        family, given, family_icao, given_icao = _NAMES(names)
        disease, vaccine, product, holder, dose, doses, day, country, issuer, identifier = _ENTRY(
            entry
        )
        if not (
            type(version) is type(disease) is type(vaccine) is type(product) is str
            and type(holder) is type(country) is type(day) is type(born) is str
        ):
            return None
        longest = _LENGTHS[version]
        if (
            not valuesets.are_ordinary(disease, vaccine, product, holder, country)
            or type(dose) is not int
            or type(doses) is not int
            or not 1 <= dose <= _MAX_DOSE
            or not 1 <= doses <= _MAX_DOSE
            or day[7] != "-"
            or born[7] != "-"
            or len(day) != 10
            or len(born) != 10
        ):
            return None
        given_on, born_on = date.fromisoformat(day), date.fromisoformat(born)
    except (KeyError, TypeError, ValueError, IndexError):  # missing, or of another type or form
        return None
    if not (
        type(family) is type(given) is type(issuer) is type(identifier) is str
        and type(family_icao) is type(given_icao) is str
        and len(family) <= longest
        and len(given) <= longest
        and len(issuer) <= longest
        and len(identifier) <= longest
        and len(family_icao) <= longest
        and len(given_icao) <= longest
        and family.strip() == family
        and given.strip() == given
        and issuer.strip() == issuer
        and ICAO_CHARACTERS.issuperset(family_icao)
        and ICAO_CHARACTERS.issuperset(given_icao)
        and 1900 <= born_on.year <= 2099
    ):
        return None
    return HealthCertificate(
        holder=Holder(
            family_name=family,
            given_name=given,
            family_name_icao=family_icao,
            given_name_icao=given_icao,
            birth_date=PartialDate.from_digits(born_on.year, born_on.month, born_on.day),
        ),
        vaccinations=(
            Vaccination(
                disease=disease,
                vaccine=vaccine,
                product=product,
                manufacturer=holder,
                dose_number=dose,
                total_doses=doses,
                date=given_on,
                country=country,
                issuer=issuer,
                certificate_id=identifier,
            ),
        ),
        schema_version=version,
    )
