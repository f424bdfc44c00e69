"""A ruleset on one as-of date: what deciding a customer needs, made once and kept by the ruleset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from rulelang.backends.python.program import Bound
from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.engine.reading.population import Cuts, MeasuredReader
from rulelang.model.contents import expressions
from rulelang.model.expressions import Now
from rulelang.model.program import Model
from rulelang.model.requirements import unmet
from rulelang.model.scope import Scope
from rulelang.model.walking import parts
from rulelang.values.moments import Moment, plain_day
from rulelang.vocabulary.types import Length

if TYPE_CHECKING:
    from rulelang.explain.findings import Spellings

Quick = Callable[[Mapping[str, Any]], tuple[tuple[Any, ...], dict[str, Any]] | None]


class Keeper(Protocol):
    """What a situation knows of its ruleset."""

    @property
    def model(self) -> Model: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def spellings(self) -> Mapping[str, Spellings]: ...

    @property
    def cuts(self) -> Cuts | None: ...

    @property
    def measured(self) -> MeasuredReader: ...

    def situation(self, as_of: date | None = None) -> Situation: ...


@frozen
class Situation:
    """A ruleset and an as-of date, with the functions generated for them."""

    ruleset: Keeper
    as_of: date
    bound: Bound = field(eq=False, repr=False)
    quick: Quick | None = field(init=False, eq=False, repr=False)

    @quick.default
    def _short_way(self) -> Quick | None:
        """From a row to its values and answers; with cut points some values come from elsewhere."""
        return self.bound.quick if self.ruleset.cuts is None else None

    @property
    def model(self) -> Model:
        return self.ruleset.model

    def __reduce__(self) -> tuple[Any, ...]:
        """Generated functions don't pickle: they are made again where the situation arrives."""
        return type(self).of, (self.ruleset, self.as_of)

    @staticmethod
    def of(ruleset: Keeper, as_of: date) -> Situation:
        """The situation as the ruleset keeps it."""
        return ruleset.situation(as_of)


def as_of_for(model: Model, given: date | None) -> date:
    """The as-of date of a decision: the one given, else today; with its time of day where the rules count hours.

    Raises RuleError (``as-of-needs-time``) where they do and the date given has no time.
    """
    if not counts_hours(model):
        return date.today() if given is None else plain_day(given)
    if given is None:
        return Moment.of(datetime.now().replace(microsecond=0))
    if isinstance(given, datetime):
        return Moment.of(given)
    if not isinstance(given, Moment):
        raise RuleError((Diagnostic("as-of-needs-time", facts={"as_of": given}),))
    return given


def counts_hours(model: Model) -> bool:
    """Whether a rule counts hours or minutes to the as-of date."""
    return any(
        isinstance(part, Now) or (isinstance(part.type, Length) and part.type.unit == "minutes")
        for outermost in expressions(model)
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


def broken_requirements(model: Model, as_of: date) -> tuple[Diagnostic, ...]:
    """The requirements that the thresholds in force on a day do not meet (``requirement-not-met``)."""
    scope = Scope(model, as_of, {}, {})
    return tuple(
        Diagnostic("requirement-not-met", each.span, {**facts, "as_of": as_of})
        for each in model.requirements
        if (facts := unmet(each, scope)) is not None
    )
