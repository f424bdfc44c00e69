"""A ruleset on one as-of date: what deciding a customer needs, made once and kept by the ruleset."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from typing import Any, Protocol

    from rulelang.backends.python.bound import Bound
    from rulelang.engine.deciding.population import Cuts, MeasuredReader
    from rulelang.explain.findings import Spellings
    from rulelang.model.program import Model

    class Keeper(Protocol):
        """What a situation knows of its ruleset."""

        @property
        def model(self) -> Model: ...

        @property
        def declarations(self) -> Model: ...

        @property
        def fingerprint(self) -> str: ...

        @property
        def spellings(self) -> Mapping[str, Spellings]: ...

        @property
        def cuts(self) -> Cuts | None: ...

        @property
        def measured(self) -> MeasuredReader: ...

        def translator(self, lang: str) -> Callable[[str], str]: ...

        def situation(self, as_of: date | None = None) -> Situation: ...


class Situation:
    """A ruleset and an as-of date, with the functions generated for them.

    ``quick`` and ``many`` are the generated functions from rows to decisions; None with cut points, with which some
    values come from elsewhere. ``places`` are those of the answers in what a decision has found, after the ``read``
    values. ``roads`` tells by a class's identity how its objects are decided, ``explained`` what explanations have
    found for kinds of customers. Two are equal that have the same ruleset and date.
    """

    # Written out, since attrs takes longer to import than a decision of a kept ruleset to be made.

    __slots__ = ("as_of", "bound", "explained", "many", "places", "quick", "read", "roads", "ruleset")

    def __init__(self, ruleset: Keeper, as_of: date, bound: Bound) -> None:
        self.ruleset, self.as_of, self.bound = ruleset, as_of, bound
        self.explained: dict[Any, tuple[Any, ...]] = {}
        self.quick, self.many = (bound.quick, bound.many) if ruleset.cuts is None else (None, None)
        self.roads: dict[int, Any] = {}
        self.read = len(bound.program.fields)
        self.places = {name: place for place, name in enumerate(bound.program.outcomes, self.read)}

    @property
    def model(self) -> Model:
        return self.ruleset.model

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Situation):
            return NotImplemented
        return (self.ruleset, self.as_of) == (other.ruleset, other.as_of)

    def __hash__(self) -> int:
        return hash((self.ruleset, self.as_of))

    def __reduce__(self) -> tuple[Any, ...]:
        """Generated functions don't pickle: they are made again where the situation arrives."""
        return type(self).of, (self.ruleset, self.as_of)

    @staticmethod
    def of(ruleset: Keeper, as_of: date) -> Situation:
        """The situation as the ruleset keeps it."""
        return ruleset.situation(as_of)
