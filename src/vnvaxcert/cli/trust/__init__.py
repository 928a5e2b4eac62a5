"""``vnvaxcert trust``: what operators of trust lists need."""

from __future__ import annotations

from typing import Final

from vnvaxcert.cli.group import Group

COMMANDS: Final = {
    "show": "Show a list: where it is from, what it holds, each key.",
    "check": "Hold each certificate of a list to the rules of the governance profile.",
    "diff": "Show what changed from one list to another.",
    "convert": "Write a list in another form, and say what that form cannot carry.",
}

GROUP: Final = Group(
    "trust", "What operators of trust lists need.", COMMANDS, scope=" for trust lists"
)

run = GROUP.run
