"""The parsing machine: Lark's LALR tables, fed one token at a time, copied at any point to try another token.

    machine = Machine.start(tables, "rule")
    machine.viable("IF")                   # could this token come now?
    machine.take(Token("IF", "if", 0, 2))
    machine.finish()                       # the parse tree

Lark builds the tables from ``grammars/*.lark``; it is not needed to use them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

END = "$END"


class Token:
    """A word of the file with the terminal it was taken for and the characters it covers."""

    __slots__ = ("end", "start", "text", "type")

    def __init__(self, type_: str, text: str, start: int, end: int) -> None:
        self.type = type_
        self.text = text
        self.start = start
        self.end = end

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})"


class Node:
    """A node of the parse tree. ``depth`` is how far it reaches down; chains of ``or`` are flat."""

    __slots__ = ("children", "data", "depth", "end", "start")

    def __init__(self, data: str, children: list[Any], start: int, end: int, depth: int) -> None:
        self.data = data
        self.children = children
        self.start = start
        self.end = end
        self.depth = depth

    def __repr__(self) -> str:
        return f"{self.data}{self.children!r}"


class _Chain:
    """The repetitions of a ``(…)*`` read so far: what came before, and what came last. Never changed, so that copies of
    the machine may share it."""

    __slots__ = ("before", "depth", "end", "last", "start")

    def __init__(self, before: _Chain | None, last: list[Any], start: int, end: int, depth: int) -> None:
        self.before = before
        self.last = last
        self.start = start
        self.end = end
        self.depth = depth

    def items(self) -> list[Any]:
        parts: list[list[Any]] = []
        link: _Chain | None = self
        while link is not None:
            parts.append(link.last)
            link = link.before
        return [item for part in reversed(parts) for item in part]


@frozen
class Reduction:
    """What a grammar rule does with the ``size`` values it matches.

    ``kept`` are the positions of the values that stay (punctuation doesn't); ``name`` is the node they become, ``None``
    where one of the repetitions of a ``(…)*`` is collected. With ``passes``, a single value stays as it is.
    """

    size: int
    origin: str
    name: str | None
    kept: tuple[int, ...]
    passes: bool

    def build(self, values: Sequence[Any]) -> Any:
        """The value of the matched values."""
        kept = [values[index] for index in self.kept]
        if self.passes and len(kept) == 1:
            return kept[0]
        start, end = (values[0].start, values[-1].end) if values else (0, 0)
        depth = 0
        chained = False
        for each in kept:
            kind = type(each)
            if kind is not Token:
                chained = chained or kind is _Chain
                if each.depth > depth:
                    depth = each.depth
        if self.name is None:
            before = kept[0] if chained and type(kept[0]) is _Chain else None
            return _Chain(before, kept if before is None else kept[1:], start, end, depth)
        if chained:
            kept = [item for each in kept for item in (each.items() if type(each) is _Chain else (each,))]
        return Node(self.name, kept, start, end, depth + 1)


@frozen
class Tables:
    """The LALR tables: for each state what a terminal or a finished rule leads to.

    A number from 0 on is the next state; a negative one, inverted, the index of the reduction to make. ``starts`` has
    the first and the last state of each start symbol.
    """

    states: tuple[Mapping[str, int], ...]
    reductions: tuple[Reduction, ...]
    starts: Mapping[str, tuple[int, int]]
    _settled: dict[tuple[int, int, str], int] = field(factory=dict, eq=False, repr=False)

    def settled(self, below: int, state: int, terminal: str) -> int:
        """The state after the rules that a terminal finishes and that only pass on one value.

        Half of all reductions are such (an atom is a product is a sum is a comparison); their result is remembered.
        """
        key = (below, state, terminal)
        found = self._settled.get(key)
        if found is not None:
            return found
        while True:
            action = self.states[state].get(terminal, 0)
            if action >= 0:
                break
            rule = self.reductions[~action]
            if not rule.passes or rule.size != 1:
                break
            state = self.states[below][rule.origin]
        self._settled[key] = state
        return state

    def as_data(self) -> dict[str, Any]:
        """The tables as plain lists and mappings, to be written as JSON."""
        rules = [[each.size, each.origin, each.name, each.kept, each.passes] for each in self.reductions]
        return {"states": self.states, "reductions": rules, "starts": self.starts}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Tables:
        """The tables of :meth:`as_data`. Raises KeyError, TypeError or ValueError where the data is damaged."""
        reductions = tuple(
            Reduction(size, origin, name, tuple(kept), passes)
            for size, origin, name, kept, passes in data["reductions"]
        )
        starts = {name: (first, last) for name, (first, last) in data["starts"].items()}
        return cls(tuple(data["states"]), reductions, starts)


class Machine:
    """The state of parsing one statement: what was read and not yet finished."""

    __slots__ = ("last", "stack", "tables", "values")

    def __init__(self, tables: Tables, stack: list[int], values: list[Any], last: int) -> None:
        self.tables = tables
        self.stack = stack
        self.values = values
        self.last = last

    @classmethod
    def start(cls, tables: Tables, symbol: str) -> Machine:
        """A machine that is to read a start symbol. Raises KeyError if the grammar has none of that name."""
        first, last = tables.starts[symbol]
        return cls(tables, [first], [], last)

    def copy(self) -> Machine:
        """A machine in the same state, independent of this one."""
        return Machine(self.tables, self.stack[:], self.values[:], self.last)

    @property
    def row(self) -> Mapping[str, int]:
        """The terminals that may be viable: no other is."""
        return self.tables.states[self.stack[-1]]

    def viable(self, terminal: str) -> bool:
        """Whether this terminal could come now, seen through the rules it would finish."""
        tables, stack = self.tables, self.stack
        states, reductions = tables.states, tables.reductions
        top = stack[-1]
        if terminal not in states[top]:
            return False
        height = len(stack) - 1
        above: list[int] = []
        below = stack[height - 1]
        while True:
            # The stack is stack[:height], above, top; below is what stands under top.
            if height or above:
                top = tables.settled(below, top, terminal)
            if terminal == END and top == self.last and not above and height == 1:
                return True
            action = states[top].get(terminal)
            if action is None:
                return False
            if action >= 0:
                return True
            rule = reductions[~action]
            size = rule.size - 1
            if size < 0:
                above.append(top)
            elif size <= len(above):
                del above[len(above) - size :]
            else:
                height -= size - len(above)
                above.clear()
            below = above[-1] if above else stack[height - 1]
            top = states[below][rule.origin]

    def expected(self) -> tuple[str, ...]:
        """Every terminal that could come now."""
        return tuple(sorted(each for each in self.row if each[0] in _CAPITALS and self.viable(each)))

    def take(self, token: Token) -> int:
        """Read a token that is viable; returns the depth of the deepest node it finished."""
        tables, stack, values = self.tables, self.stack, self.values
        states, reductions = tables.states, tables.reductions
        name = token.type
        depth = 0
        top = stack[-1]
        while True:
            if len(stack) > 1:
                top = stack[-1] = tables.settled(stack[-2], top, name)
            action = states[top][name]
            if action >= 0:
                break
            rule = reductions[~action]
            start = len(values) - rule.size
            value = rule.build(values[start:])
            if value.depth > depth:
                depth = value.depth
            del stack[start + 1 :]
            values[start:] = (value,)
            top = states[stack[-1]][rule.origin]
            stack.append(top)
        stack.append(action)
        values.append(token)
        return depth

    def finish(self) -> Node:
        """The parse tree, when :data:`END` is viable."""
        states, stack, values = self.tables.states, self.stack, self.values
        while stack[-1] != self.last or len(stack) > 2:
            rule = self.tables.reductions[~states[stack[-1]][END]]
            start = len(values) - rule.size
            value = rule.build(values[start:])
            del stack[start + 1 :]
            values[start:] = (value,)
            stack.append(states[stack[-1]][rule.origin])
        result: Node = values[-1]
        return result


_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")


def tables_of(
    states: Mapping[int, Mapping[str, tuple[bool, Any]]], rules: Iterable[Any], starts: Mapping[str, tuple[int, int]]
) -> Tables:
    """Tables from those of Lark: ``states`` with (is it a shift?, state or rule) per symbol, and the rules."""
    reductions: list[Reduction] = []
    numbers: dict[Any, int] = {}
    for rule in rules:
        numbers[rule] = len(reductions)
        reductions.append(_reduction(rule))
    rows = []
    for number in sorted(states):
        rows.append({name: arg if shift else ~numbers[arg] for name, (shift, arg) in sorted(states[number].items())})
    return Tables(tuple(rows), tuple(reductions), dict(starts))


def _reduction(rule: Any) -> Reduction:
    """What a rule of Lark does: nodes are named by the alias, ``?rule`` with one value passes it on, ``__rule_star``
    collects."""
    origin = str(rule.origin.name)
    kept = tuple(i for i, each in enumerate(rule.expansion) if not (each.is_term and each.filter_out))
    collects = origin.startswith("_")
    name = None if collects else str(rule.alias or origin)
    passes = bool(rule.options.expand1) and not rule.alias and not collects
    return Reduction(len(rule.expansion), origin, name, kept, passes)
