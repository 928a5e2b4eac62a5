"""Frozen records: dataclasses in all that their users see, at a fraction of the cost.

Importing `dataclasses` brings `inspect`, `ast` and `dis` along, and making a frozen dataclass
with slots takes half a millisecond: together nearly half of what importing the verifier may take.
Creating one sets every field by a call of its own, which five records per certificate make 4 % of
a signature check. A record here has an ``__init__`` that stores all fields at once;
``dataclasses.replace``, ``fields`` and ``is_dataclass`` work on it, and only then load that module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(
    *, shown: tuple[str, ...] | None = None, kw_only: bool = True
) -> Callable[[_Class], _Class]:
    """Make a class with annotated attributes a frozen record.

    Args:
        shown: The attributes that ``repr`` shows; all of them, when not given. Personal data are
            not among them.
        kw_only: Whether the attributes are given by keyword only.

    Returns:
        A decorator. The class gets ``__init__``, ``__repr__``, ``__eq__`` and ``__hash__`` over
        its attributes, and refuses to have them set or deleted. A method ``__post_init__`` is
        called at the end of ``__init__``.
    """

    def make(cls: _Class) -> _Class:
        names = tuple(cls.__annotations__)
        visible = names if shown is None else shown
        members: dict[str, Any] = {
            "__init__": _init_of(cls, names, kw_only),
            "__repr__": _repr_of(visible),
            "__eq__": _equal,
            "__hash__": _hash,
            "__setattr__": _refuse,
            "__delattr__": _refuse,
            "__dataclass_fields__": _Fields(names, visible, kw_only),
            "__match_args__": () if kw_only else names,
            "__replace__": _replace,
            "__signature__": _Signature(names, kw_only),
        }
        for name, member in members.items():
            setattr(cls, name, member)
        return cls

    return make


def _init_of(cls: type, names: tuple[str, ...], kw_only: bool) -> Callable[..., None]:
    """An ``__init__`` that is compiled when the first record of the class is made."""

    def __init__(self: object, *positional: object, **named: object) -> None:
        defaults = {name: vars(cls)[name] for name in names if name in vars(cls)}
        parameters = ", ".join(
            f"{name}=defaults[{name!r}]" if name in defaults else name for name in names
        )
        values = ", ".join(f"{name!r}: {name}" for name in names)
        source = (
            f"def __init__(self, {'*, ' if kw_only else ''}{parameters}):\n"
            f" store(self, {{{values}}})\n"
        )
        if "__post_init__" in vars(cls):
            source += " self.__post_init__()\n"
        namespace: dict[str, Any] = {"store": _store(cls), "defaults": defaults}
        exec(source, namespace)  # the names come from the class body, nowhere else
        type.__setattr__(cls, "__init__", namespace["__init__"])
        namespace["__init__"](self, *positional, **named)

    return __init__


def _store(cls: type) -> Callable[[object, dict[str, Any]], None]:
    """What sets all attributes of an instance at once, past the refusal to set any."""
    setter: Callable[[object, dict[str, Any]], None] = cls.__dict__["__dict__"].__set__
    return setter


def _repr_of(visible: tuple[str, ...]) -> Callable[[object], str]:
    def __repr__(self: object) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in visible)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _equal(self: object, other: object) -> object:
    if type(other) is type(self):
        return vars(self) == vars(other)
    return NotImplemented


def _hash(self: object) -> int:
    return hash(tuple(vars(self).values()))


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__name__} is immutable: cannot change {name}")


def _replace(self: Any, /, **changes: object) -> object:
    return type(self)(**{**vars(self), **changes})


class _Signature:
    """``__signature__``, made when `inspect` asks for it."""

    def __init__(self, names: tuple[str, ...], kw_only: bool) -> None:
        self._names, self._kw_only = names, kw_only

    def __get__(self, _: object, owner: type) -> object:
        from inspect import Parameter, Signature

        kind = Parameter.KEYWORD_ONLY if self._kw_only else Parameter.POSITIONAL_OR_KEYWORD
        return Signature(
            [
                Parameter(
                    name,
                    kind,
                    default=vars(owner).get(name, Parameter.empty),
                    annotation=owner.__annotations__[name],
                )
                for name in self._names
            ]
        )


class _Fields:
    """``__dataclass_fields__``, made when `dataclasses` or somebody else asks for it."""

    def __init__(self, names: tuple[str, ...], visible: tuple[str, ...], kw_only: bool) -> None:
        self._names, self._visible, self._kw_only = names, visible, kw_only

    def __get__(self, _: object, owner: type) -> dict[str, Any]:
        from dataclasses import MISSING, field, make_dataclass

        described = make_dataclass(
            owner.__name__,
            [
                (
                    name,
                    owner.__annotations__[name],
                    field(default=owner.__dict__.get(name, MISSING), repr=name in self._visible),
                )
                for name in self._names
            ],
            kw_only=self._kw_only,
        )
        fields: dict[str, Any] = vars(described)["__dataclass_fields__"]
        type.__setattr__(owner, "__dataclass_fields__", fields)  # from now on, without us
        return fields
