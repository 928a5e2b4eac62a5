"""Issuing seals: the records of a VDS-NC seal to the text of its QR code (ICAO VDS-NC 1.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from vnvaxcert import vdsnc
from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.errors import (
    AlgorithmMismatchError,
    InvalidSignatureError,
    IssueClaimsError,
    IssueUsageError,
    OutlivesSignerError,
    QrTooLargeError,
    SealUnsupportedError,
    SignerKeyError,
    SignerUsageError,
)
from vnvaxcert.icao.countries import is_same_state
from vnvaxcert.schema import seal_writer
from vnvaxcert.schema.seal import Seal, SealHolder, SealTest, SealVaccination
from vnvaxcert.trust.moment import check_moment, utc_text

# Keys are read where they are used: who verifies never needs that.
if TYPE_CHECKING:
    from vnvaxcert.trust.certificate import CertificateFacts
    from vnvaxcert.trust.signer import Signer

# ISO/IEC 18004:2015, table 7: bytes that version 40 holds. Seals are printed at level M.
_CAPACITY: Final = {"L": 2953, "M": 2331, "Q": 1663, "H": 1273}


def issue_seal(
    seal: Seal,
    *,
    signer: Signer,
    issued_at: datetime | None = None,
    with_certificate: bool = True,
    level: str = "M",
) -> str:
    """Sign a seal and make the text of its QR code.

    A seal states neither when it was made nor until when it holds. The same seal and a
    deterministic signer give the same text.

    Args:
        seal: What is sealed. It must keep every limit, have every member that the strictest of
            the known readers asks for, and only characters of the seals' own set: write names
            with `icao.names` first.
        signer: Makes the signature; its certificate must be there, and be made for seals. It
            signs with ES256, ES384 or ES512: the RSA key of a health certificate's signer,
            such as Viet Nam's, cannot.
        issued_at: When it is signed, aware; now, when not given. It is compared with the
            validity of the signer's certificate, and not written.
        with_certificate: Put the signer's certificate into the seal (``cer``). Without it only
            those can verify who have the certificate already.
        level: Error correction of the QR code it must fit: ``"M"`` as seals are printed, or
            ``"L"``, ``"Q"``, ``"H"``. Nothing is left out to make it fit.

    Returns:
        JSON without white space, its members in the order of RFC 8785; in ASCII.

    Raises:
        IssueClaimsError: The seal breaks its limits, or its issuer is not the country of its
            signer.
        IssueUsageError: The signer's certificate does not allow this type of seal.
        OutlivesSignerError: The signer's certificate is not valid when it is signed.
        QrTooLargeError: The text does not fit a QR code of this level; ``length`` and ``limit``
            are bytes.
        SignerKeyError: The signer has no certificate or one that cannot be used for seals, its
            algorithm is none of seals, or its signature has the wrong length or does not fit its
            certificate.
        TypeError: An argument of the wrong type.
        ValueError: A time without a time zone, or no such level.

    Spec: ICAO VDS-NC 1.1; Doc 9303-13; RFC 8785; Doc 9303-12 §7.1.3.
    """
    _check_types(seal, signer, with_certificate)
    if level not in _CAPACITY:
        raise ValueError("the error correction level must be 'L', 'M', 'Q' or 'H'")
    if issued_at is None:
        issued_at = datetime.now(UTC)
    check_moment(issued_at, "issued_at")
    data = seal_writer.serialize(seal)
    certificate = _check_signer(signer, seal, issued_at)
    text = vdsnc.wrap(
        data,
        algorithm=signer.algorithm,
        signature=_signature(signer, certificate, vdsnc.to_be_signed(data)),
        certificate=certificate.der if with_certificate else None,
    )
    size = len(text.encode())
    if size > _CAPACITY[level]:
        raise QrTooLargeError(size, _CAPACITY[level], level, "bytes")
    return text


def _check_types(seal: Seal, signer: Signer, with_certificate: bool) -> None:
    if not isinstance(seal, Seal):
        raise TypeError(f"expected a Seal, not {type(seal).__name__}")
    if not isinstance(seal.holder, SealHolder):
        raise TypeError(f"holder: expected a SealHolder, not {type(seal.holder).__name__}")
    if type(seal.vaccinations) is not tuple or not all(
        type(entry) is SealVaccination for entry in seal.vaccinations
    ):
        raise TypeError("vaccinations: expected a tuple of SealVaccination")
    if seal.test is not None and not isinstance(seal.test, SealTest):
        raise TypeError(f"test: expected a SealTest, not {type(seal.test).__name__}")
    if not (hasattr(signer, "sign") and hasattr(signer, "algorithm")):
        raise TypeError(f"signer: expected a Signer, not {type(signer).__name__}")
    if not isinstance(with_certificate, bool):
        raise TypeError("with_certificate: expected True or False")


def _check_signer(signer: Signer, seal: Seal, issued_at: datetime) -> CertificateFacts:
    """Judge the signer as verifiers will, and give its certificate."""
    from vnvaxcert.trust.der import DerError
    from vnvaxcert.trust.extensions import DOCUMENT_TYPE_LIST
    from vnvaxcert.trust.seal_signer import check_usage, find_candidates
    from vnvaxcert.trust.signer import signer_facts

    if signer.algorithm not in ECDSA_SIGNATURE_BYTES:
        raise SignerKeyError(
            f"it signs with {Algorithm(signer.algorithm)}; a seal is signed with ES256, ES384 or "
            "ES512, so it needs an EC key and a certificate for it"
        )
    facts = signer_facts(signer)
    if facts is None:
        raise SignerKeyError("a seal needs its signer's certificate, and there is none")
    if facts.country is None or not is_same_state(seal.issuer, facts.country):
        named = "names no country" if facts.country is None else "is of another country"
        expected = f"expected the state of its signer, whose certificate {named}"
        raise IssueClaimsError((("/hdr/is", expected),))
    try:
        candidates = find_candidates(facts.der, seal.issuer, signer.algorithm, None)
        if facts.extension(DOCUMENT_TYPE_LIST) is None:
            raise SignerKeyError("its certificate states no types of document, so none of seals")
        check_usage(candidates, seal.type, seal.issuer)
    except SealUnsupportedError as error:
        raise SignerKeyError(error.reason) from error
    except DerError as error:
        raise SignerKeyError(f"its certificate cannot be used: {error}") from error
    except AlgorithmMismatchError as error:
        raise SignerKeyError(
            f"its certificate has a key that does not sign with {signer.algorithm.name}"
        ) from error
    except SignerUsageError as error:
        raise IssueUsageError(error.kind, error.allowed) from error
    if issued_at < facts.not_before:
        raise OutlivesSignerError(
            f"the seal would be issued at {utc_text(issued_at)}; its signer's certificate is valid "
            f"only from {utc_text(facts.not_before)}"
        )
    if issued_at > facts.not_after:
        raise OutlivesSignerError(
            f"the seal would be issued at {utc_text(issued_at)}; its signer's certificate expired "
            f"at {utc_text(facts.not_after)}"
        )
    return facts


def _signature(signer: Signer, certificate: CertificateFacts, to_be_signed: bytes) -> bytes:
    from vnvaxcert.cose import keys
    from vnvaxcert.trust.signer import LocalSigner

    signature: Any = signer.sign(to_be_signed)
    expected = ECDSA_SIGNATURE_BYTES[signer.algorithm]
    if type(signature) is not bytes or len(signature) != expected:
        raise SignerKeyError(
            f"an {signer.algorithm.name} signature has {expected} bytes: r and s, half of it each"
        )
    if not isinstance(signer, LocalSigner):  # of which key and certificate have been compared
        try:
            keys.verify(signer.algorithm, certificate.public_key, signature, to_be_signed)
        except InvalidSignatureError as error:
            raise SignerKeyError("its signature does not fit its certificate") from error
    return signature
