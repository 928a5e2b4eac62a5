"""What ``vnvaxcert issue --envelope vds-nc`` makes of its CLAIMS.json: a seal."""

from __future__ import annotations

from typing import TypeAlias

from vnvaxcert.errors import IssueClaimsError, SchemaError
from vnvaxcert.schema import seal_reader
from vnvaxcert.schema.deviations import NO_DEVIATION
from vnvaxcert.schema.records import CertificateWarning
from vnvaxcert.schema.seal import Seal

Read: TypeAlias = tuple[Seal, tuple[CertificateWarning, ...]]


def read_seal(document: object) -> Read:
    """Read the ``data`` of a seal strictly.

    Args:
        document: ``data``, with ``hdr`` and ``msg``, as decoded from JSON.

    Returns:
        The seal, and warnings about it.

    Raises:
        IssueClaimsError: It breaks its schema, or has a member that no schema names and that
            would silently be left out.
    """
    try:
        seal, warnings = seal_reader.parse(document, tolerated=NO_DEVIATION)
    except SchemaError as error:
        raise IssueClaimsError(error.violations) from None
    unknown = [one for one in warnings if one.code == "schema.unknown_member"]
    if unknown:
        raise IssueClaimsError(tuple((one.path, one.message) for one in unknown))
    return seal, warnings
