"""Suites as they are published: each is recognised, read whole, and comes out as it states."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from foreign import shared_vectors
from vnvaxcert.conformance import Report, Verdict, run
from vnvaxcert.conformance.divergences import known_divergences
from vnvaxcert.conformance.execute import supported
from vnvaxcert.conformance.suites import find

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "test_vectors"

# Name of the folder: its suites, each with cases, how many are skipped, how many diverge. Counts of
# flags, codes and tests are those of the collections' own READMEs.
FOREIGN = {
    "dgc-testdata": ({"dgc-testdata": 1128}, 22, 24),
    "dcc-quality-assurance": ({"dcc-quality-assurance": 2 * 147}, 0, 1),
    "vds-nc": ({"vds-nc-samples": 5}, 0, 0),
    "wycheproof": ({"wycheproof": 484 + 108 + 108}, 484 - 249, 0),
    "cose": ({"cose-wg": 12, "gluecose": 3}, 1, 0),
    "jcs": ({"jcs": 8}, 0, 0),
}
SKIPPED_BECAUSE = {
    "dgc-testdata": {"the vector has no 2DCODE"},
    "wycheproof": {"its signature cannot be written as r || s"},
    "cose": {"no COSE_Sign1"},
}


def failures(report: Report) -> list[tuple[str, str, str, str]]:
    return [
        (one.id, one.expected, one.actual, one.reason)
        for one in report.results
        if one.verdict is Verdict.FAIL
    ]


# --- our own --------------------------------------------------------------------------------------


def test_every_vector_of_this_project_comes_out_as_it_states() -> None:
    report = run(OWN)
    assert failures(report) == []
    assert report.skipped == 0
    assert report.diverging == 0
    assert report.is_as_expected


def test_every_file_of_vectors_is_a_suite_and_none_loses_a_vector() -> None:
    found = {suite.name: len(suite.cases) for suite in find(OWN)}
    stated = {}
    for path in OWN.glob("*.json"):
        document = json.loads(path.read_bytes())
        if "suite" in document:
            assert path.stem == document["suite"]
            stated[document["suite"]] = len(document["vectors"])
    lists = json.loads((OWN / "trust-lists" / "expected.json").read_bytes())["vectors"]
    stated["trust-lists"] = sum(len(one["loads"]) + len(one["refusals"]) for one in lists)
    assert found == stated
    assert all(found.values())


def test_no_operation_of_our_vectors_is_unknown_here() -> None:
    asked = {case.op for suite in find(OWN) for case in suite.cases}
    assert asked <= {*supported()}


def test_only_a_signer_comes_with_a_private_key() -> None:
    names = {"private_key", '"d"'}
    for suite in find(OWN):
        for case in suite.cases:
            given = dict(case.input)
            if case.op == "issue":
                private = b64decode(given.pop("signer")["private_key"], validate=True)
                assert load_der_private_key(private, None), case.id
            text = json.dumps(given)
            assert not any(name in text for name in names), case.id


# --- those of others ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOREIGN)
def test_a_suite_of_others_is_recognised_and_read_whole(name: str) -> None:
    sizes, skipped, diverging = FOREIGN[name]
    report = run(shared_vectors(name))
    assert failures(report) == []
    assert {suite.name: suite.total for suite in report.suites} == sizes
    assert (report.skipped, report.diverging) == (skipped, diverging)
    assert report.is_as_expected
    reasons = {one.reason for one in report.results if one.verdict is Verdict.SKIP}
    assert reasons == SKIPPED_BECAUSE.get(name, set())


@pytest.mark.parametrize("name", FOREIGN)
def test_a_suite_of_others_has_both_acceptances_and_refusals(name: str) -> None:
    report = run(shared_vectors(name), divergences={})
    expected = Counter(one.expected.partition(" ")[0] for one in report.results)
    if name == "jcs":
        assert expected == {"accept": 8}
    else:
        assert expected["accept"] > 1
        assert expected["reject"] >= 3 or name == "vds-nc"


def test_every_listed_disagreement_is_there_and_has_a_reason() -> None:
    known = known_divergences()
    seen: Counter[str] = Counter()
    for name in FOREIGN:
        report = run(shared_vectors(name), divergences={})
        seen.update(one.id for one in report.results if one.verdict is Verdict.FAIL)
    assert {*seen} == known.keys()
    for divergence in known.values():
        assert divergence.actual
        assert len(divergence.reason.split()) > 5


def test_all_suites_lie_in_one_folder_and_run_together() -> None:
    folder = shared_vectors("dgc-testdata").parent
    names = {suite.name for suite in find(folder)}
    assert names >= {name for sizes, *_ in FOREIGN.values() for name in sizes}


@pytest.mark.parametrize(
    ("path", "format", "count"),
    [
        ("cose/sign1-tests/sign-pass-01.json", "cose-wg", 1),
        ("cose/gluecose/sign1-verify-0000.json", "gluecose", 1),
        ("wycheproof/rsa_pss_2048_sha256_mgf1_32_test.json", "wycheproof", 108),
    ],
)
def test_one_file_of_a_suite_runs_alone(path: str, format: str, count: int) -> None:
    folder, _, rest = path.partition("/")
    report = run(shared_vectors(folder) / rest, format=format)
    assert (len(report.results), report.failed) == (count, 0)


def test_a_vector_of_the_eu_has_the_same_id_however_it_is_reached() -> None:
    suite = shared_vectors("dgc-testdata")
    everything = {case.id for found in find(suite) for case in found.cases}
    for place in ("common", "PL", "FR"):
        part = {case.id for found in find(suite / place) for case in found.cases}
        assert part
        assert part < everything
        assert {name.split("::")[1].partition("/")[0] for name in part} == {place}


def test_a_report_says_nothing_of_the_people_in_the_certificates() -> None:
    from vnvaxcert import decode_unverified
    from vnvaxcert.schema.records import HealthCertificate

    folder = shared_vectors("dcc-quality-assurance")
    report = run(folder)
    shown = repr(report.results)
    words = " ".join(f"{one.expected} {one.actual} {one.reason}" for one in report.results)
    for text in json.loads((folder / "codes.json").read_bytes()).values():
        certificate = decode_unverified(text).certificate
        assert isinstance(certificate, HealthCertificate)
        assert text not in shown
        for entry in certificate.entries:
            assert entry.certificate_id not in shown
        for name in (certificate.holder.family_name, certificate.holder.given_name):
            assert name is None or len(name) < 5 or name not in words  # ids have such too
