"""Results: frozen, apart from each other, and silent about people."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

import specimens
from specimens import AT
from test_verify import accept, trusting
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.verify import decode_unverified, verify


def test_only_the_signer_tells_the_two_apart() -> None:
    verified = {field.name for field in fields(VerifiedCertificate)}
    unverified = {field.name for field in fields(UnverifiedCertificate)}
    assert verified - unverified == {"signer"}
    assert unverified < verified


def test_a_verified_and_an_unverified_certificate_are_never_equal() -> None:
    verified: object = accept()
    unverified: object = decode_unverified(specimens.text())
    assert verified != unverified


def test_equal_texts_give_equal_results() -> None:
    trust = trusting()
    assert verify(specimens.text(), trust=trust, at=AT) == verify(
        specimens.text(), trust=trust, at=AT
    )
    assert decode_unverified(specimens.text()) == decode_unverified(specimens.text())
    other = specimens.certificate_text(specimens.payload("t"))
    assert decode_unverified(other) != decode_unverified(specimens.text())


@pytest.mark.parametrize("name", ["certificate", "warnings", "expires_at", "signer"])
def test_a_result_cannot_be_changed(name: str) -> None:
    result: Any = accept()
    with pytest.raises(FrozenInstanceError):
        setattr(result, name, None)


def test_a_result_has_no_other_attributes() -> None:
    result: Any = accept()
    with pytest.raises(FrozenInstanceError):
        result.is_valid = True
    assert not hasattr(result, "is_valid")


@pytest.mark.parametrize("group", specimens.GROUPS)
def test_a_result_shows_who_signed_and_not_who_is_certified(group: str) -> None:
    text = specimens.certificate_text(specimens.payload(group))
    for result in (accept(text), decode_unverified(text)):
        shown = repr(result) + str(result)
        held = [*specimens.NAME.values(), "1990"]
        held += [str(specimens.ENTRIES[group]["ci"]), "Specimen Ministry", "840539006"]
        assert not [value for value in held if value in shown]
        assert "VN" in shown
    assert specimens.kid_of(specimens.dsc()).hex() in repr(accept(text))


def test_the_envelope_is_a_text() -> None:
    assert accept().envelope is Envelope.HCERT
    assert f"{accept().envelope}" == "hcert"
