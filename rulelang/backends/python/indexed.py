"""Prints how the branch that is taken is found among many: through an index instead of one `if` after the other.

    k = X0.first((f0, f1), Y0)  # of 10,000 by segment, amount
    o0 = V0[k]

Where all branches that are taken count, it is a loop: `for k in X0.every((f0, f1), Y0)`.

Values are looked up by the branch's position; the last one, at -1, is what no branch gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, field, frozen

from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.names import Lines, Names, joined
from rulelang.lowering.columns import Shape, shape_of
from rulelang.lowering.plan import Aggregated, All, Answer, AtLeast, Input, Judged, Operand, Some, Test
from rulelang.lowering.planned import PlannedBranch
from rulelang.lowering.reading import nodes

FEW_IN_A_TABLE = 40  # below so many branches that all look at one column, one after the other is faster
FEW = 150  # the same for branches that look here and there
FEW_TO_ADD_UP = 200  # the same where all that are taken count


@frozen
class Indexing:
    """Prints for one function of the generated code; what branches ask beyond their columns becomes ``helpers``.

    ``off``: branches are tried one after the other, as those about one record are.
    """

    names: Names
    printer: Printer
    function: str
    off: bool = False
    helpers: Lines = field(factory=Lines)
    _known: dict[tuple[int, ...], str | None] = field(factory=dict)

    def first(self, branches: Sequence[PlannedBranch]) -> str | None:
        """The expression for the position of the first branch that is taken, -1 for none.

        None where trying one after the other is as good.
        """
        if self.off:
            return None
        key = tuple(each.index for each in branches)
        if key not in self._known:
            self._known[key] = self._printed(key, branches)
        return self._known[key]

    def every(self, branches: Sequence[PlannedBranch]) -> str | None:
        """The same for the positions of all branches that are taken, in order."""
        found = self.first(branches) if len(branches) >= FEW_TO_ADD_UP else None
        return None if found is None else found.replace(".first(", ".every(", 1)

    def _printed(self, key: tuple[int, ...], branches: Sequence[PlannedBranch]) -> str | None:
        if len(branches) < FEW_IN_A_TABLE:
            return None
        name, shape = index_over(branches, self.names)
        if not is_worth_it(shape):
            return None
        reads = [*shape.columns, *_others(shape)]
        parameters = [self.printer.variable(each) for each in reads]
        rests = "NO_RESTS"
        if shape.rests:
            rests = name.replace("X", f"Y_{self.function}_")
            for position in shape.rests:
                self._rest(f"{rests}_{position}", parameters, shape.rows[position].rest)
            pairs = ", ".join(f"{position}: {rests}_{position}" for position in shape.rests)
            self.helpers.add("")
            self.helpers.add(f"{rests} = {{{pairs}}}")
        return f"{name}.first({joined(parameters)}, {rests})"

    def _rest(self, name: str, parameters: Sequence[str], test: Test) -> None:
        self.helpers.add("")
        self.helpers.add(f"def {name}({', '.join(parameters)}):")
        self.helpers.indent()
        self.helpers.add(f"return {evolve(self.printer, lines=self.helpers).test(test)}")
        self.helpers.indent(-1)


def index_over(branches: Sequence[PlannedBranch], names: Names) -> tuple[str, Shape]:
    """The name of the index over branches in this order, and the shape it is made from."""
    key = tuple(each.index for each in branches)
    return names.index(key, lambda: shape_of(plain(each.true) for each in branches))


def is_worth_it(shape: Shape) -> bool:
    """Whether an index beats trying the rows one after the other."""
    size = len(shape.rows)
    if size >= FEW:
        return shape.constrained * 2 >= size
    looks = [0] * len(shape.columns)
    for row in shape.rows:
        for column, _ in row.tests:
            looks[column] += 1
    return not shape.rests and max(looks, default=0) * 10 >= size * 8


def described(shape: Shape) -> str:
    """How many branches there are and by what they are found, for a reader of the generated code."""
    names = (each.name for each in shape.columns if isinstance(each, Input | Answer))
    return f"of {len(shape.rows):,} by {', '.join(names)}"


def plain(test: Test) -> Test:
    """A test where every outcome it reads is known for certain: conditions on them are judged like any other."""
    match test:
        case Judged(atom=atom, false=false):
            return plain(atom.false if false else atom.true)
        case All(items=items) | Some(items=items):
            found: list[Test] = []
            for each in map(plain, items):
                found += each.items if isinstance(each, type(test)) else (each,)
            return evolve(test, items=tuple(found))
        case AtLeast(items=items):
            return evolve(test, items=tuple(map(plain, items)))
    return test


def _others(shape: Shape) -> Iterable[Input | Answer | Aggregated]:
    """What only the rests of rows read."""
    found: dict[Operand, None] = {}
    for row in shape.rows:
        for each in nodes(row.rest):
            if isinstance(each, Input | Answer | Aggregated):
                bare = evolve(each, whole=False)
                if isinstance(bare, Aggregated):
                    bare = evolve(bare, part="")
                if bare not in shape.columns:
                    found[bare] = None
    return found  # type: ignore[return-value]  # only what is read is put in
