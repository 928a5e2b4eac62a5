"""What all objects have in common that never change once they are made."""

from __future__ import annotations

from typing import NoReturn, Self


class Immutable:
    """An object that never changes, and so is its own copy. Its makers use `set_once`."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: cannot set {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: cannot delete {name}")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle a {type(self).__name__}: read it again where it is needed")


def set_once(made: Immutable, **values: object) -> None:
    """Give a new object its attributes."""
    for name, value in values.items():
        object.__setattr__(made, name, value)
