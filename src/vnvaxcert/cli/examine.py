"""``vnvaxcert examine``: every step with its result."""

from __future__ import annotations

from typing import Final

from vnvaxcert.cli import as_json, as_text, judging
from vnvaxcert.cli.arguments import SEVERAL, Parser, add_input, add_json, add_trust
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, Outcome
from vnvaxcert.cli.screen import Screen, Tone
from vnvaxcert.cli.source import read_codes
from vnvaxcert.examine import Examination, Step, StepName, examine
from vnvaxcert.results import Envelope

DESCRIPTION = """\
Run every step of a verification and show how each ended, going on past a failed step wherever
the data allow. For testers and support desks: a verdict is what `vnvaxcert verify` gives.
"""
EPILOG = f"""\
The exit status is 1 when a step failed. Without --trust the steps that need a key are left out,
so 0 then says that the code is well-formed and in time, not that it can be trusted.

{SEVERAL}
example:
  vnvaxcert examine certificate.png --trust dsc-list.json --at 2022-06-01
"""

_TITLES: Final = {
    StepName.SIZE: "no longer than a code holds",
    StepName.PREFIX: "begins with HC1:",
    StepName.BASE45: "Base45",
    StepName.ZLIB: "zlib",
    StepName.COSE: "COSE_Sign1 message",
    StepName.ALGORITHM: "signature algorithm",
    StepName.KID: "key identifier",
    StepName.SEAL: "JSON of a seal",
    StepName.CANDIDATES: "key on the trust list",
    StepName.SIGNATURE: "signature",
    StepName.SIGNER: "signer valid",
    StepName.CLAIMS: "claims",
    StepName.TIMES: "within its times",
    StepName.CONTENT: "content type",
    StepName.SCHEMA: "schema",
    StepName.USAGE: "signer may sign this kind",
    StepName.REVOCATION: "not revoked",
}
_TITLES_OF_A_SEAL: Final = {
    StepName.CANDIDATES: "certificate of the signer",
    StepName.SIGNER: "signer vouched for and valid",
}
_TONES: Final[dict[str, Tone]] = {"passed": "good", "failed": "bad", "skipped": "plain"}


def run(arguments: list[str]) -> Outcome:
    """Examine what INPUT holds.

    Raises:
        CommandError: Wrong usage, unreadable input or a list that cannot be used.
        HelpAsked: For ``--help``.
    """
    parser = Parser("examine", description=DESCRIPTION, epilog=EPILOG)
    add_input(parser)
    add_trust(parser, is_trust_required=False)
    add_json(parser)
    values = parser.read(arguments)
    codes = read_codes(values.input)
    basis = judging.load(values)
    found = [(code, examine(code.text, **basis._asdict())) for code in codes]
    status = ACCEPTED if all(one.error is None for _, one in found) else REFUSED
    if values.json:
        is_judged = basis.trust is not None
        lists = {"authenticated": judging.authenticated(basis)}
        documents = [as_json.examined(one, is_judged=is_judged) | lists for _, one in found]
        return Outcome(status, as_json.dump(documents))
    screen = Screen()
    for code, one in found:
        screen.heading(code.place)
        _show(screen, one)
    for words in judging.cautions(basis):
        screen.remark(words)
    return Outcome(status, screen.text())


def _show(screen: Screen, found: Examination) -> None:
    error = found.error
    if error is not None:
        screen.verdict("bad", "A STEP FAILED", f"{error} ({error.code})")
    elif found.verified is not None:
        screen.verdict("good", "EVERY STEP PASSED")
    else:
        screen.verdict("caution", "NO STEP FAILED, SOME WERE NOT RUN", "It is not verified.")
    titles = _TITLES
    if found.envelope is Envelope.VDS_NC:
        titles = titles | _TITLES_OF_A_SEAL
    screen.marks("Steps", [_mark(step, titles[step.name]) for step in found.steps])
    if found.unverified is not None:
        as_text.show_contents(screen, found.unverified.certificate)
    is_vouched_for = as_json.is_vouched_for(found)
    as_text.show_envelope(screen, found, found.signer, is_vouched_for=is_vouched_for)
    as_text.show_warnings(screen, found.warnings)
    if found.verified is None:
        screen.remark("Unverified: anybody can have written what is shown here.")


def _mark(step: Step, title: str) -> tuple[Tone, str, str]:
    words = f"{step.number} {title}"
    if step.error is None:
        return _TONES[step.outcome], words, step.outcome
    return _TONES[step.outcome], words, f"{step.outcome}: {step.error} ({step.code})"
