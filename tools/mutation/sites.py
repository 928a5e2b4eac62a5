"""Places of a module where one small change can be made, and the changes.

Two sets. `checks`: each way to take one check out, and nothing else. `all`: those, and the usual
small changes of comparisons, constants, operators, conditions and results.

Left alone: annotations, docstrings, what is imported for types alone, the words of messages and
``__all__``: none of them decides anything.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

# Statements that are calls and no checks: they put something somewhere.
_FILLING: Final = frozenset({"add", "append", "extend", "insert", "setdefault", "update", "pop"})
_SHOWN_CHARS: Final = 90

_BESIDE: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OTHER_OPERATOR: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """One change of a parsed module.

    Attributes:
        function: Qualified name of the function it is in; ``<module>`` outside of all.
        line: Line in the source, from 1.
        what: The change in words, with the code before and after.
        is_check: Whether it takes a check out.
        parent: The node that is changed.
        field: Its field.
        index: Position in the field, where that is a list.
        new: What is put there.
        number: Position among changes of the same words in the function, from 1.
    """

    function: str
    line: int
    what: str
    is_check: bool
    parent: ast.AST
    field: str
    index: int | None
    new: Any
    number: int = 1

    @property
    def key(self) -> str:
        """Its name in a module, free of line numbers."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.function}: {self.what}{again}"

    def apply(self) -> None:
        """Make the change in the tree, for good."""
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.index] = self.new


def find(tree: ast.Module, *, only_checks: bool) -> list[Site]:
    """The changes of a module, in the order of its source, each with a key of its own.

    Args:
        tree: The parsed module; stays as it is.
        only_checks: Only those that take a check out.
    """
    seen: Counter[str] = Counter()
    found = []
    for site in sorted(_Finder().find(tree), key=lambda one: one.line):
        if only_checks and not site.is_check:
            continue
        seen[site.key] += 1
        found.append(
            Site(**{**vars(site), "number": seen[site.key]}) if seen[site.key] > 1 else site
        )
    return found


class _Finder:
    """Walks a tree, knowing in which function it is."""

    def __init__(self) -> None:
        self.function: tuple[str, ...] = ()

    def find(self, tree: ast.Module) -> Iterator[Site]:
        """All sites below the module."""
        yield from self._children(tree)

    def _children(self, node: ast.AST) -> Iterator[Site]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_comment"):
                continue
            if isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield from self._node(item, node, name, index)
            elif isinstance(value, ast.AST):
                yield from self._node(value, node, name, None)

    def _node(
        self, node: ast.AST, parent: ast.AST, field: str, index: int | None
    ) -> Iterator[Site]:
        if _is_left_alone(node):
            return
        is_seen = isinstance(node, ast.Raise) and _is_whole_refusal(parent, field)
        for new, what, is_check in () if is_seen else _changes(node):
            yield Site(
                function=".".join(self.function) or "<module>",
                line=getattr(node, "lineno", getattr(parent, "lineno", 0)),
                what=what,
                is_check=is_check,
                parent=parent,
                field=field,
                index=index,
                new=new,
            )
        if isinstance(node, ast.Raise):
            return  # the words of messages
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            outside, self.function = self.function, (*self.function, node.name)
            yield from self._children(node)
            self.function = outside
        else:
            yield from self._children(node)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.AnnAssign(value=None):
            return True
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.FunctionDef(name="__repr__" | "__str__"):
            return True
    return False


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, str, bool]]:
    """What can be put in the place of a node: the new one, in words, whether a check goes."""
    match node:
        case ast.If() | ast.Raise() | ast.Expr(value=ast.Call()) | ast.comprehension():
            yield from _without_check(node)
    match node:
        case ast.If(test=test) if not _refuses(node):
            yield _with(node, test=_negated(test)), f"negate: if {_short(test)}", False
        case ast.While(test=test) | ast.IfExp(test=test):
            yield _with(node, test=_negated(test)), f"negate: {_short(test)}", False
        case ast.Compare(ops=[operator]):
            for other in _BESIDE[type(operator)]:
                new = _with(node, ops=[other()])
                yield new, f"{_short(node)} -> {_short(new)}", False
        case ast.BoolOp(op=joint):
            new = _with(node, op=ast.Or() if isinstance(joint, ast.And) else ast.And())
            yield new, f"{_short(node)} -> {_short(new)}", False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand, f"{_short(node)} -> {_short(operand)}", False
        case ast.BinOp(op=sign) if type(sign) in _OTHER_OPERATOR:
            new = _with(node, op=_OTHER_OPERATOR[type(sign)]())
            yield new, f"{_short(node)} -> {_short(new)}", False
        case ast.Constant(value=value) if (changed := _other_constant(value)) is not None:
            new = ast.copy_location(ast.Constant(changed), node)
            yield new, f"{_short(node)} -> {_short(new)}", False
        case ast.Return(value=value) if value is not None and not _is_none(value):
            new = _with(node, value=ast.Constant(None))
            yield new, f"{_short(node)} -> return None", False
        case ast.Continue():
            yield ast.copy_location(ast.Break(), node), "continue -> break", False


def _without_check(node: ast.AST) -> Iterator[tuple[ast.AST, str, bool]]:
    match node:
        case ast.If(test=test, body=body) if _refuses(node):
            words = f"if {_short(test)}: {_short(body[-1])}"
            yield _with(node, test=ast.Constant(False)), f"never: {words}", True
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
                for part, rest in _one_less(test):
                    yield _with(node, test=rest), f"without {_short(part)} in: {words}", True
        case ast.Raise():
            yield ast.copy_location(ast.Pass(), node), f"without: {_short(node)}", True
        case ast.Expr(value=ast.Call(func=called)):
            name = called.attr if isinstance(called, ast.Attribute) else _short(called)
            is_check = name not in _FILLING
            yield ast.copy_location(ast.Pass(), node), f"without: {_short(node)}", is_check
        case ast.comprehension(ifs=[test]):
            words = f"for {_short(node.target)} in {_short(node.iter)} if {_short(test)}"
            parts = [test]
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
                for part, rest in _one_less(test):
                    yield _with(node, ifs=[rest]), f"without {_short(part)} in: {words}", True
            else:
                yield _with(node, ifs=[]), f"without {_short(parts[0])} in: {words}", True


def _refuses(node: ast.If) -> bool:
    """Whether a branch ends in a refusal, or in leaving a candidate out."""
    return isinstance(node.body[-1], ast.Raise | ast.Continue)


def _is_whole_refusal(parent: ast.AST, field: str) -> bool:
    """Whether a branch has this one statement, and goes with its condition."""
    return isinstance(parent, ast.If) and field == "body" and len(parent.body) == 1


def _one_less(test: ast.BoolOp) -> Iterator[tuple[ast.expr, ast.expr]]:
    for index, part in enumerate(test.values):
        rest = test.values[:index] + test.values[index + 1 :]
        whole = rest[0] if len(rest) == 1 else ast.BoolOp(op=test.op, values=rest)
        yield part, ast.copy_location(whole, test)


def _negated(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=test), test)


def _other_constant(value: object) -> bool | int | float | str | bytes | None:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}?"
        case bytes():
            return value + b"?"
    return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: Any, **fields: Any) -> Any:
    """A shallow copy of a node with other fields."""
    values = {name: getattr(node, name) for name in node._fields if hasattr(node, name)}
    return ast.copy_location(type(node)(**{**values, **fields}), node)


def _short(node: ast.AST) -> str:
    # Which quotes `unparse` takes for an f-string depends on the Python.
    text = " ".join(ast.unparse(node).split()).replace('"', "'")
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 3]}..."
