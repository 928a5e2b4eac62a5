"""``vnvaxcert demo``: the whole way on a specimen, with throw-away keys.

Nobody is meant by the specimen: its holder is called "specimen" in two languages, its number
says so too, and its signer is trusted by nobody but the file written beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from vnvaxcert import hcert
from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.judging import Basis
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Screen, Tone
from vnvaxcert.cli.verify import Refusal, judge, show_acceptance
from vnvaxcert.cose import sign1
from vnvaxcert.errors import InvalidSignatureError
from vnvaxcert.issue import issue
from vnvaxcert.policy import STRICT_POLICY
from vnvaxcert.render.picture import read_codes
from vnvaxcert.render.qr import make_qr
from vnvaxcert.results import VerifiedCertificate
from vnvaxcert.schema.records import HealthCertificate, Holder, PartialDate, Vaccination
from vnvaxcert.trust.specimen import SpecimenAuthority
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.trust.usage import Usage

WIDTH_MM: Final = 35.0  # of the symbol: its diagonal is then within what HCERT §4.2.2 recommends
SCALE: Final = 8  # pixels per module, so that the picture is sharp on a screen too

SPECIMEN: Final = HealthCertificate(
    holder=Holder(family_name="Nguyễn", given_name="Thị Mẫu", birth_date=PartialDate(1990, 2, 28)),
    vaccinations=(
        Vaccination(
            disease="840539006",
            vaccine="1119349007",
            product="EU/1/20/1528",
            manufacturer="ORG-100030215",
            dose_number=2,
            total_doses=2,
            date=date(2022, 1, 15),
            country="VN",
            issuer="Specimen Health Authority",
            certificate_id="URN:UVCI:01:VN:SPECIMEN/MAU",
        ),
    ),
)

DESCRIPTION = """\
Show the whole way on a specimen: issue a certificate with throw-away keys, draw its QR code, read
it back from the picture, verify it, then change one bit and see it refused. Nothing is written
outside DIR.
"""
EPILOG = """\
DIR then holds certificate.png, certificate.txt, tampered.txt and trust.pem, so that you can
go on:
  vnvaxcert verify DIR/certificate.png --trust DIR/trust.pem
  vnvaxcert verify DIR/tampered.txt --trust DIR/trust.pem

The exit status is 0 only when every step went as it should.
"""


def run(arguments: list[str]) -> Outcome:
    """Run the demonstration.

    Raises:
        CommandError: Wrong usage, or a file that cannot be written.
        HelpAsked: For ``--help``.
    """
    parser = Parser("demo", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="vnvaxcert-demo",
        help="folder to write into, made when it does not exist; vnvaxcert-demo, when not given",
    )
    folder = Path(parser.read(arguments).out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return demonstrate(folder, datetime.now(UTC).replace(microsecond=0))
    except OSError as error:
        raise CommandError(f"cannot write into {folder}: {error.strerror}") from error


def demonstrate(folder: Path, at: datetime) -> Outcome:
    """Issue, draw, read back, verify and tamper.

    Args:
        folder: Where the files go; it exists.
        at: The time of issue and verification.

    Raises:
        OSError: A file cannot be written.
    """
    steps: list[tuple[Tone, str, str]] = []

    def note(word: str, text: str, *, is_good: bool = True) -> None:
        steps.append(("good" if is_good else "bad", word, text))

    authority = SpecimenAuthority(not_before=at - timedelta(days=1), country="VN")
    signer = authority.issue_signer(usages=(Usage.VACCINATION,))
    trust_file = folder / "trust.pem"
    trust_file.write_text(signer.certificate_pem(), encoding="ascii")

    text = issue(SPECIMEN, signer=signer.signer, issued_at=at)
    (folder / "certificate.txt").write_text(f"{text}\n", encoding="ascii")
    note("issued", f"{len(text)} characters, beginning with {text[:12]}")

    code = make_qr(text)
    dpi = round(code.size_mm(scale=SCALE, dpi=1) / WIDTH_MM)
    width = code.size_mm(scale=SCALE, dpi=dpi)
    picture = folder / "certificate.png"
    picture.write_bytes(code.to_png(scale=SCALE, dpi=dpi))
    note("drawn", f"{code.modules} x {code.modules} modules, {width:.0f} mm wide in print")

    found = read_codes(picture.read_bytes())
    note("read back", "the same text, from the picture", is_good=found == (text,))

    basis = Basis(
        trust=TrustList.load(trust_file),
        at=at,
        authorities=authority.trust_list(),
        revocations=None,
        policy=STRICT_POLICY,
    )
    verdict = judge(found[0], basis)
    is_valid = isinstance(verdict, VerifiedCertificate)
    words = "accepted under the strict policy" if is_valid else "refused"
    note("verified", words, is_good=is_valid)

    tampered = flip_payload_bit(text)
    (folder / "tampered.txt").write_text(f"{tampered}\n", encoding="ascii")
    refusal = judge(tampered, basis)
    ended = refusal.error.code if isinstance(refusal, Refusal) else "accepted"
    is_good = ended == InvalidSignatureError.code
    note("tampered", f"one bit of the contents changed: {ended}", is_good=is_good)

    is_good = all(tone == "good" for tone, *_ in steps)
    screen = Screen()
    screen.marks("The way of a certificate", steps)
    if isinstance(verdict, VerifiedCertificate):
        show_acceptance(screen, verdict, basis.at)
    screen.remark(f"A specimen: nobody of this name is meant. The files are in {folder}.")
    return Outcome(ACCEPTED if is_good else REFUSED, screen.text())


def flip_payload_bit(text: str) -> str:
    """Change one bit in the middle of the signed claims and wrap the message again."""
    message = bytearray(hcert.unwrap(text))
    payload = sign1.parse(bytes(message)).payload
    message[message.index(payload) + len(payload) // 2] ^= 1
    return hcert.wrap(bytes(message))
