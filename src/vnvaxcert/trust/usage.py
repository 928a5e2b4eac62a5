"""What a signer may sign (HCERT 1.0.8 appendix A.4): the extended key usages of a DSC."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from vnvaxcert.schema.records import Kind


class Usage(StrEnum):
    """What a signer may sign: the kinds of certificate, and one that is none of them.

    Each but the last equals the `Kind` of its name.
    """

    VACCINATION = "vaccination"
    TEST = "test"
    RECOVERY = "recovery"
    LIGHT = "light"  # Switzerland's certificate for use at home: without health data, and no DCC


USAGE_OF_KIND: dict[Kind, Usage] = {kind: Usage(kind.value) for kind in Kind}

# Two arcs are in use: the registered one, and one with an extra 0 that an early text had and
# that production certificates carry to this day. Verifiers take both.
USAGE_OF_OID: dict[str, Usage] = {
    "1.3.6.1.4.1.1847.2021.1.1": Usage.TEST,
    "1.3.6.1.4.1.1847.2021.1.2": Usage.VACCINATION,
    "1.3.6.1.4.1.1847.2021.1.3": Usage.RECOVERY,
    "1.3.6.1.4.1.0.1847.2021.1.1": Usage.TEST,
    "1.3.6.1.4.1.0.1847.2021.1.2": Usage.VACCINATION,
    "1.3.6.1.4.1.0.1847.2021.1.3": Usage.RECOVERY,
}

# Of who signs VDS-NC seals, and critical by the profile (Doc 9303-12 §7.1.3): a certificate with it
# that names no kind above is for seals alone, and not unrestricted.
SEAL_USAGE = "2.23.136.1.1.14.2"

UNRESTRICTED: frozenset[Usage] = frozenset()


def usages_from_oids(oids: Iterable[str]) -> frozenset[Usage]:
    """Translate object identifiers of an extended key usage to the kinds they allow.

    Args:
        oids: Dotted object identifiers, in any order; others than the six are passed over.

    Returns:
        The kinds named. Empty means unrestricted: no extended key usage, an empty one, or one
        that names none of the kinds (Viet Nam's production signer has TLS client, e-mail and
        smart card only, and signs all kinds).

    Spec: HCERT 1.0.8 appendix A.4; RFC 5280 §4.2.1.12.
    """
    return frozenset(USAGE_OF_OID[oid] for oid in oids if oid in USAGE_OF_OID)
