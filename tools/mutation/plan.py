"""Which modules are mutated, which tests know them, and which survivors are explained."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

EXPLAINED: Final = Path(__file__).with_name("explained.json")

# From the text of a code to the verdict: what `verify` runs, for health certificates and seals.
CHECKS: Final = (
    "verify.py",
    "verify_seal.py",
    "hcert.py",
    "vdsnc.py",
    "cwt.py",
    "cose/sign1.py",
    "cose/headers.py",
    "cose/keys.py",
    "codec/base45.py",
    "codec/deflate.py",
    "codec/cbor.py",
    "codec/json_text.py",
    "codec/jcs.py",
    "schema/payload.py",
    "schema/reader.py",
    "schema/ordinary.py",
    "schema/versions.py",
    "schema/seal.py",
    "schema/seal_fields.py",
    "schema/seal_reader.py",
    "trust/usage.py",
    "trust/chain.py",
    "trust/certificate.py",
    "trust/extensions.py",
    "trust/name.py",
    "trust/der.py",
    "trust/spki.py",
    "trust/signature_scheme.py",
    "trust/signing_key.py",
    "trust/entry.py",
    "trust/trustlist.py",
    "trust/anchors.py",
    "trust/seal_signer.py",
    "trust/revocation/hashes.py",
    "trust/revocation/revocation_list.py",
)

# What every change is tried on, with the tests that know the module: the quick ones first.
TESTS: Final[Mapping[str, Sequence[str]]] = {
    "verify.py": (
        *("test_policy.py", "test_verify.py", "test_between.py", "test_revocation.py"),
        "test_signer_judged.py",
    ),
    "verify_seal.py": ("test_mutants_edges.py", "test_verify_seal.py"),
    "hcert.py": ("test_verify.py", "test_issue.py"),
    "cwt.py": (
        *(
            "test_mutants_edges.py",
            "test_cwt.py",
            "test_verify.py",
            "test_vietnam_national_claim.py",
            "test_issue.py",
        ),
    ),
    "cose/algorithms.py": ("test_cose.py",),
    "cose/headers.py": ("test_cose.py",),
    "cose/keys.py": ("test_mutants_edges.py", "test_cose.py", "test_jwk.py", "test_signer.py"),
    "cose/sign1.py": ("test_cose.py", "test_issue.py"),
    "trust/usage.py": ("test_verify.py", "test_issue.py"),
    "trust/chain.py": (
        *("test_mutants_edges.py", "test_chain.py", "test_chain_between.py", "test_verify.py"),
    ),
    "trust/trustlist.py": (
        *("test_mutants_edges.py", "test_trustlist.py", "test_trust_formats.py", "test_jwk.py"),
    ),
    "trust/entry.py": (
        "test_mutants_edges.py",
        *("test_trustlist.py", "test_jwk.py", "test_trust_formats.py", "test_anchors.py"),
    ),
    "trust/certificate.py": ("test_certificate.py", "test_chain_between.py", "test_signer.py"),
    "trust/extensions.py": ("test_certificate.py", "test_chain.py"),
    "trust/signature_scheme.py": ("test_mutants_edges.py", "test_certificate.py", "test_chain.py"),
    "trust/seal_signer.py": ("test_verify_seal.py", "test_issue_seal.py"),
    "trust/revocation/hashes.py": ("test_revocation.py",),
    "trust/revocation/revocation_list.py": (
        *("test_revocation.py", "test_revocation_batches.py", "test_revocation_filters.py"),
    ),
}


def chosen(only: Sequence[str], *, all_changes: bool) -> list[str]:
    """The modules of the plan that are asked for by path or folder; all, when none is."""
    planned = TESTS if all_changes else CHECKS
    folders = tuple(f"{one.rstrip('/')}/" for one in only)
    return [one for one in planned if not only or one in only or one.startswith(folders)]


def tests_of(module: str) -> Sequence[str]:
    """The test files that know a module."""
    return TESTS[module]


def explained(run: str, modules: Sequence[str]) -> Mapping[str, str]:
    """The survivors that are known, with the reason; of some modules.

    Args:
        run: ``"checks"`` or ``"all"``. What survives the first is looked for in the second, too.
        modules: Paths below the package.
    """
    document = json.loads(EXPLAINED.read_text("utf-8"))
    return {
        mutant: group["reason"]
        for group in document[run]
        for mutant in group["mutants"]
        if mutant.partition(": ")[0] in modules
    }
