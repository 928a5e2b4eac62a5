"""What a conversion between the envelopes gives, loses and asks for."""

from __future__ import annotations

from typing import NamedTuple

from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.schema.seal import Seal


class NotCarried(NamedTuple):
    """One thing that the source says and the result does not.

    Attributes:
        path: Where it stands in the source, as a JSON pointer (``/v/0/sd``, ``/msg/pid/sex``).
        reason: Why it is lost, in words; without the value.
    """

    path: str
    reason: str


class SealConversion(NamedTuple):
    """A seal made from a health certificate.

    Attributes:
        seal: It; not signed.
        losses: What it does not say, in the order of the certificate.
    """

    seal: Seal
    losses: tuple[NotCarried, ...]


class CertificateConversion(NamedTuple):
    """A health certificate made from a seal.

    Attributes:
        certificate: It; not signed.
        losses: What it does not say, in the order of the seal.
    """

    certificate: HealthCertificate
    losses: tuple[NotCarried, ...]


class Needs:
    """What the target has to say and nobody said, collected so that all is asked for at once."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def ask(self, path: str, what: str) -> None:
        self.found.append((path, what))

    def text(self, value: str | None, path: str, argument: str, what: str) -> str:
        """A text that only the caller can know."""
        if value is None:
            self.ask(path, f"needed: {argument}, {what}")
            return ""
        if not isinstance(value, str):
            raise TypeError(f"{argument}: expected a text, not {type(value).__name__}")
        return value

    def refuse(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise IssueClaimsError(tuple(self.found))


def check_members(source: object, *, holder: type, **entries: type) -> None:
    """Refuse a source that was put together of other records than it says.

    Raises:
        TypeError: The holder, or an entry of one of the tuples, is no such record.
    """
    held = getattr(source, "holder", None)
    if not isinstance(held, holder):
        raise TypeError(f"holder: expected a {holder.__name__}, not {type(held).__name__}")
    check_entries(source, **entries)


def check_entries(source: object, **entries: type) -> None:
    """Refuse tuples of other records than they are said to hold.

    Raises:
        TypeError: No tuple, or an entry of one is no such record.
    """
    for name, kind in entries.items():
        found = getattr(source, name)
        if type(found) is not tuple or not all(isinstance(one, kind) for one in found):
            raise TypeError(f"{name}: expected a tuple of {kind.__name__}")
