"""``vnvaxcert vn``: Viet Nam's way from dose records to passports, step by step on files."""

from __future__ import annotations

from typing import Final

from vnvaxcert.cli.group import Group

COMMANDS: Final = {
    "specimen": "Write a fictional population with the faults that really occur, and keys for it.",
    "check": "Read, clean and check dose records; reject with reasons.",
    "match": "Compare each record with the population database's person.",
    "delegate": "Sign which unit may confirm records, for which province and period.",
    "attest": "Confirm the records that were found right, as the unit.",
    "issue": "Issue one passport for each person whose records are confirmed.",
    "show": "Show a passport in Vietnamese and English, as a page, a card or a PDF.",
    "correct": "Issue a corrected passport and revoke the old one.",
}

GROUP: Final = Group(
    "vn",
    "Viet Nam's way from dose records to vaccine passports, one step after another.",
    COMMANDS,
    noun="step",
)

run = GROUP.run
