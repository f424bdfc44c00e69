"""What a ruleset asks of an as-of date: whether it counts hours, a day on which it is valid."""

from __future__ import annotations

from datetime import date

from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.model.contents import expressions
from rulelang.model.expressions import And, Arithmetic, Comparison, Literal, Not, Now, Or, ThresholdRef
from rulelang.model.program import Model
from rulelang.model.requirements import unmet
from rulelang.model.scope import Scope
from rulelang.model.walking import distinct, parts
from rulelang.vocabulary.types import Length

_CONSTANT = (And, Arithmetic, Comparison, Literal, Not, Or, ThresholdRef)


def counts_hours(model: Model) -> bool:
    """Whether a rule counts hours or minutes to the as-of date."""
    return any(
        isinstance(part, Now) or (isinstance(part.type, Length) and part.type.unit == "minutes")
        for outermost in distinct(expressions(model))
        for part in parts(outermost)
    )


def require_validity(model: Model, as_of: date) -> None:
    """Raises RuleError where a ruleset isn't valid on a day, or thresholds break one of its requirements then."""
    header = model.header
    if (header.valid_from and as_of < header.valid_from) or (header.valid_until and as_of > header.valid_until):
        facts = {"as_of": as_of, "valid_from": header.valid_from, "valid_until": header.valid_until}
        raise RuleError((Diagnostic("outside-validity", facts=facts),))
    broken = broken_requirements(model, as_of)
    if broken:
        raise RuleError(broken)


def requirements_vary(model: Model) -> bool:
    """Whether a requirement that is met on one day may not be on another: where more is compared than thresholds that
    never change."""
    dated = {each.name for each in model.thresholds.values() if each.dated}
    return any(
        not isinstance(part, _CONSTANT) or (isinstance(part, ThresholdRef) and part.name in dated)
        for each in model.requirements
        for part in parts(each.condition)
    )


def broken_requirements(model: Model, as_of: date) -> tuple[Diagnostic, ...]:
    """The requirements that the thresholds in force on a day do not meet (``requirement-not-met``)."""
    scope = Scope(model, as_of, {}, {})
    broken = [(each, facts) for each in model.requirements if (facts := unmet(each, scope)) is not None]
    if not broken:
        return ()
    from rulelang.explain.requirements import requirement_broken  # words are needed only where one is

    return tuple(requirement_broken(each, facts, model, as_of) for each, facts in broken)
