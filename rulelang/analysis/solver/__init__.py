"""The second prover, z3: asked where boxes only say "possible", if it is installed (``pip install "rulelang[prove]"``).

    prover = prover_of(solver, programs, answers)       # None: not installed
    prover.find(wanted, within, steps)                  # a customer, or None: proved that there is none
    prover.never(wanted, within, steps)

It is loaded with the first question.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rulelang.analysis.normal import is_told
from rulelang.analysis.points import Answers
from rulelang.analysis.solve import Solver
from rulelang.analysis.solver.prover import Prover
from rulelang.analysis.space import EXPRESSION, OUTCOME

if TYPE_CHECKING:
    from rulelang.analysis.program import Program


def is_installed() -> bool:
    """Whether there is a second prover."""
    return importlib.util.find_spec("z3") is not None


def prover_of(solver: Solver, programs: Sequence[Program], answers: Mapping[str, Answers]) -> Prover | None:
    """The second prover for a space, None where it isn't installed."""
    if not is_installed():
        return None
    from rulelang.analysis.solver.question import Questions

    return Questions(solver, programs, answers)


def may_tell(solver: Solver, box: Sequence[int]) -> bool:
    """Whether the second prover may know more of a box than that it is possible: it reckons with several fields."""
    for variable in solver.space.variables:
        mask = box[variable.number]
        if mask == variable.cells.full:
            continue
        if variable.kind == EXPRESSION and variable.expression is not None and is_told(variable.expression):
            return True
        if variable.kind == OUTCOME and variable.cells.ordered:
            decision = solver.definition(variable)
            if decision is not None and decision.possible(list(box)) & ~mask:
                return True
    return False
