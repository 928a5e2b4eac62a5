"""Frozen records are dataclasses to everybody who looks, and frozen."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import typing
from typing import Any

import pytest

from vnvaxcert.record import record


@record()
class Pair:
    """Two attributes, one with a default."""

    left: int
    right: str = "right"


@record(shown=("left",))
class Discreet:
    """Shows one attribute only."""

    left: int
    secret: str


@record(kw_only=False)
class Checked:
    """Refuses negative numbers."""

    number: int

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("negative")


def test_attributes_are_given_by_keyword_and_defaults_hold() -> None:
    assert (Pair(left=1).left, Pair(left=1).right, Pair(left=1, right="r").right) == (
        1,
        "right",
        "r",
    )
    make: Any = Pair
    for arguments, keywords in (((1,), {}), ((), {}), ((), {"left": 1, "middle": 2})):
        with pytest.raises(TypeError):
            make(*arguments, **keywords)


def test_positions_are_allowed_where_asked_for_and_the_check_runs() -> None:
    assert Checked(3).number == Checked(number=3).number == 3
    with pytest.raises(ValueError, match="negative"):
        Checked(-1)


def test_no_attribute_can_be_set_or_deleted() -> None:
    pair = Pair(left=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.__setattr__("left", 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.__delattr__("right")
    with pytest.raises(AttributeError):
        pair.__setattr__("other", 2)
    assert pair == Pair(left=1)


def test_equality_and_hash_go_by_class_and_attributes() -> None:
    assert Pair(left=1) == Pair(left=1, right="right")
    assert Pair(left=1) != Pair(left=2)
    others: list[object] = [Discreet(left=1, secret="right"), (1, "right")]
    assert Pair(left=1) not in others
    assert len({Pair(left=1), Pair(left=1), Pair(left=2)}) == 2


def test_repr_shows_what_it_may() -> None:
    assert repr(Pair(left=1)) == "Pair(left=1, right='right')"
    assert repr(Discreet(left=1, secret="hidden")) == "Discreet(left=1)"


def test_dataclasses_takes_a_record_for_one_of_its_own() -> None:
    pair: Any = Pair(left=1)
    discreet: Any = Discreet
    replace: Any = vars(dataclasses)["replace"]
    copied = replace(pair, left=5)
    assert copied == Pair(left=5)
    assert dataclasses.asdict(pair) == {"left": 1, "right": "right"}
    shown = [(each.name, each.repr, each.kw_only) for each in dataclasses.fields(discreet)]
    assert shown == [("left", True, True), ("secret", False, True)]
    assert dataclasses.fields(pair)[1].default == "right"
    assert dataclasses.fields(pair)[0].default is dataclasses.MISSING
    assert dataclasses.is_dataclass(Pair)


@pytest.mark.parametrize("item", [Pair(left=1), Discreet(left=1, secret="s"), Checked(3)])
def test_copies_and_pickles_are_equal(item: object) -> None:
    assert copy.copy(item) == copy.deepcopy(item) == pickle.loads(pickle.dumps(item)) == item


def test_type_hints_can_be_resolved() -> None:
    assert typing.get_type_hints(Pair) == {"left": int, "right": str}


def test_importing_the_library_loads_neither_dataclasses_nor_inspect() -> None:
    program = (
        "import sys, cryptography.x509, cbor2; before = set(sys.modules); import vnvaxcert;"
        "print(sorted({'dataclasses', 'inspect'} & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_pattern_matching_replacing_and_signatures_work_as_with_dataclasses() -> None:
    match Checked(3):
        case Checked(number):
            assert number == 3
    checked: Any = Checked(3)
    assert checked.__replace__(number=4) == Checked(4)  # what copy.replace calls from 3.13 on
    with pytest.raises(ValueError, match="negative"):
        checked.__replace__(number=-1)
    assert str(inspect.signature(Pair)) == "(*, left: 'int', right: 'str' = 'right')"
    assert str(inspect.signature(Checked)) == "(number: 'int')"
