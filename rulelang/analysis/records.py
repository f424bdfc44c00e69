"""What the proofs make of the records of a list: whether there are any, and whether one of them leaves something open.

Neither is looked into further. An aggregate leaves out records that it can't judge (S3): its value is known then, and
what rests on it is in doubt all the same.
"""

from __future__ import annotations

from rulelang.lowering.needs import expressions_of
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Branch, Model
from rulelang.model.walking import parts
from rulelang.vocabulary.types import YesNo

_UNJUDGED = "\0unjudged"


def lists_read(branch: Branch) -> tuple[str, ...]:
    """The lists that a branch rests on, in its condition and in what it gives."""
    found = (each for expression in expressions_of(branch) for each in parts(expression))
    return tuple(dict.fromkeys(each.list for each in found if isinstance(each, e.Aggregated)))


def any_record(name: str) -> Expression:
    """That a list has a record."""
    return e.Quantified("any", name, e.Literal(True, YesNo()), None)


def unjudged(name: str) -> Expression:
    """That a record of a list can't be judged by something that is asked of it; nothing tells that."""
    return e.Quantified("any", name, e.ElementRef(name, _UNJUDGED, YesNo(), outcome=_UNJUDGED), None)


def is_unjudged(expression: Expression | None) -> bool:
    """Whether an expression is that a record can't be judged."""
    match expression:
        case e.Quantified(condition=e.ElementRef(outcome=outcome)):
            return outcome == _UNJUDGED
    return False


def aggregates_of(model: Model, name: str) -> tuple[Expression, ...]:
    """Everything that rules ask of the records of a list."""
    asked = (each for rule in model.rules for branch in rule.branches for each in expressions_of(branch))
    found = (each for expression in asked for each in parts(expression))
    return tuple(dict.fromkeys(each for each in found if isinstance(each, e.Aggregated) and each.list == name))
