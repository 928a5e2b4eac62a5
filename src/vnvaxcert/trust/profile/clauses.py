"""Where the rules come from. The EU's guide numbers its sections, WHO's page only names them."""

from __future__ import annotations

from typing import Final, NamedTuple

from vnvaxcert.trust.profile.finding import ProfileName


class Clause(NamedTuple):
    """The same demand in the documents of both networks."""

    eu: str
    who: str

    def of(self, profile: ProfileName) -> str:
        """Document and section, of one of them."""
        return self.eu if profile == "eu" else self.who


def _governance(section: str, title: str) -> Clause:
    return Clause(f"EU certificate governance {section}", f"WHO certificate governance, {title!r}")


def _same(text: str) -> Clause:
    return Clause(text, text)


SIGNER: Final = _governance("4.3", "Document Signer (DSC)")
SIGNER_KEYS: Final = _governance("4.1", "Requirements on the DSC")
AUTHORITY: Final = _governance("4.2", "SCA certificate")
AUTHORITY_KEYS: Final = _governance("4.1", "Requirements on TLS, Upload and SCA")
VALIDITY: Final = _governance("3.2", "Validity periods")
SHELL: Final = _governance("2.3", "Signing Certificate Authorities and Validation Model")
REVOCATION: Final = _governance("3.3", "Revocation of certificates")

TWO_LAYERS: Final = _same("HCERT 1.0.8 appendix A")
KID: Final = _same("HCERT 1.0.8 appendix A.1")
COLLISIONS: Final = _same("HCERT 1.0.8 3.3.3")
USAGES: Final = Clause("HCERT 1.0.8 appendix A.4", SIGNER.who)
THUMBPRINT: Final = Clause("DCC gateway, trust list", "GDHCN gateway, trust list")

CERTIFICATE: Final = _same("RFC 5280 4.1, 4.2")
SERIAL: Final = _same("RFC 5280 4.1.2.2")
NAMES: Final = _same("RFC 5280 4.1.2.4")
KEY_USAGE: Final = _same("RFC 5280 4.2.1.3")
BASIC_CONSTRAINTS: Final = _same("RFC 5280 4.2.1.9")
OURS: Final = _same("vnvaxcert")
