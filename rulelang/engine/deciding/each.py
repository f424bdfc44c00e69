"""What was decided for one record of a customer's list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rulelang.engine.deciding.decided import Decided
from rulelang.engine.deciding.results import certain
from rulelang.engine.deciding.situation import Situation
from rulelang.model.contributions import Result
from rulelang.vocabulary.declarations import Outcome

if TYPE_CHECKING:
    from rulelang.explain.evaluate import Evaluation


@frozen(eq=False, repr=False)
class ElementDecision(Decided):
    """The answers for one record: ``element["alert"]``; ``index`` is its place in the list, from 0.

    ``values`` are the record's fields as the rules saw them, None where missing. Everything else is asked as of a
    `Decision`; a field of the record that would settle an outcome is named with it (``order.amount``).
    """

    list: str
    index: int
    values: Mapping[str, Any]
    _situation: Situation
    _customer: Decided
    _results: Mapping[str, Result]

    @property
    def outcomes(self) -> Mapping[str, Any]:
        """The answers by outcome, None where there is none."""
        return {name: result.answer for name, result in self._results.items()}

    @property
    def seen(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The record as rules read it, its outcomes beside its fields; and how these stand, by their keys."""
        model = self._situation.model
        record = {**self.values, **{name: result.present for name, result in self._results.items()}}
        return record, {each.name: self.standing(each.part) for each in model.outcomes_of(self.list)}

    def __repr__(self) -> str:
        answers = ", ".join(f"{name}={answer!r}" for name, answer in self.outcomes.items())
        return f"ElementDecision({self.list}[{self.index}]: {answers})"

    def _declared(self) -> Mapping[str, Outcome]:
        return {each.part: each for each in self._situation.model.outcomes_of(self.list)}

    def _by_name(self) -> Mapping[str, Result]:
        return self._results

    @property
    def _all_known(self) -> bool:
        return all(each.settled for each in self._results.values())

    def evaluation(self) -> Evaluation:
        return self._customer.evaluation().records[self.list][self.index]


def record_results(
    situation: Situation, list_: str, records: tuple[Any, ...], known: bool
) -> Iterator[Mapping[str, Result]]:
    """The results of each record's outcomes by name, from what the generated functions gave for each stage."""
    found: list[dict[str, Result]] = []
    for stage, decided in zip(situation.bound.program.plan.stages, records, strict=True):
        if stage.list != list_ or decided is None:
            continue
        found = found or [{} for _ in decided]
        for names, one in zip(found, decided, strict=True):
            results = [certain(*pair) for pair in zip(*one, strict=True)] if known else one
            names.update(zip((each.outcome.part for each in stage.decisions), results, strict=True))
    order = [each.part for each in situation.model.outcomes_of(list_)]
    yield from ({name: results[name] for name in order} for results in found)
