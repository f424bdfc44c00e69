"""What was decided for one customer, how sure it is, and why."""

from __future__ import annotations

from collections.abc import KeysView, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import define, field

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.situation import Situation
from rulelang.explain.evaluate import Evaluation, evaluate
from rulelang.explain.findings import field_findings, open_findings, rival_findings
from rulelang.explain.missing import missing_for
from rulelang.explain.records import future_records, record_findings
from rulelang.explain.render import render
from rulelang.explain.why import Explanation, explain
from rulelang.model.contributions import BLANK, DECIDED, NO_RULE, Result
from rulelang.model.policies import Combiner
from rulelang.model.program import MEASURE
from rulelang.vocabulary.declarations import Outcome


@define(eq=False, repr=False)
class Decision:
    """The answers for one customer on one day.

    ``decision["lifecycle"]`` is the answer, None where there is none; a `collect` outcome's answer is a tuple.
    Outcomes go by name or label.
    """

    # Nothing public can be set. It is not frozen, as all else is, because making a frozen object of seven parts takes
    # as long as making the decision.

    _situation: Situation
    _values: tuple[Any, ...]
    _known: dict[str, Any] | None
    _winners: tuple[Any, ...] | None
    _results: tuple[Result, ...] | None
    _report: Sequence[Diagnostic]
    _cache: dict[str, Any] | None = field(default=None, init=False)

    @property
    def as_of(self) -> date:
        """The as-of date it was decided for."""
        return self._situation.as_of

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the ruleset that decided."""
        return self._situation.ruleset.fingerprint

    @property
    def outcomes(self) -> Mapping[str, Any]:
        """The answers by outcome, None where there is none."""
        if self._known is not None:
            return self._known
        if "outcomes" not in self._kept():
            self._kept()["outcomes"] = {name: result.answer for name, result in self._by_name().items()}
        answers: Mapping[str, Any] = self._kept()["outcomes"]
        return answers

    @property
    def standings(self) -> Mapping[str, str]:
        """How each outcome stands: decided, provisional, undecided or no rule."""
        return {name: self.standing(name) for name in self.outcomes}

    @property
    def values(self) -> Mapping[str, Any]:
        """The customer's values as the rules saw them, None where missing."""
        return {name: None if value is BLANK else value for name, value in self._read().items()}

    def _kept(self) -> dict[str, Any]:
        """What has been worked out on request."""
        if self._cache is None:
            self._cache = {}
        return self._cache

    def _read(self) -> Mapping[str, Any]:
        """The same, blanks that are answers marked as such."""
        return dict(zip(self._situation.bound.program.fields, self._values, strict=True))

    def __repr__(self) -> str:
        answers = ", ".join(f"{name}={answer!r}" for name, answer in self.outcomes.items())
        return f"Decision({answers}, as_of={self.as_of.isoformat()})"

    def keys(self) -> KeysView[str]:
        """The outcomes, so that ``dict(decision)`` is the whole answer."""
        return self.outcomes.keys()

    def __getitem__(self, outcome: str) -> Any:
        if self._known is not None and outcome in self._known:
            return self._known[outcome]
        return self.outcomes[self._outcome(outcome).name]

    def standing(self, outcome: str) -> str:
        """``decided``, ``provisional``, ``undecided`` or ``no rule``."""
        return self._result(outcome).standing

    def possible(self, outcome: str) -> tuple[Any, ...]:
        """The values still possible, the answer first where it is among them.

        None among them: possibly no value. `rulelang.model.contributions.ANY` among them: a value that can't be told.
        """
        return self._result(outcome).possible

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that would settle the outcomes that are not decided."""
        if self._known is not None:
            return ()
        return tuple(dict.fromkeys(name for each in self._by_name() for name in self.missing_for(each)))

    def missing_for(self, outcome: str) -> tuple[str, ...]:
        """The fields that would settle one outcome; a measure of the population by what it measures."""
        if self._known is not None:
            return ()
        fields = self._situation.model.fields
        names = missing_for(self._outcome(outcome).name, self._evaluation())
        return tuple((fields[name].label or name) if name.startswith(MEASURE) else name for name in names)

    def rule(self, outcome: str) -> str | None:
        """The name of the rule that made the answer, ``else`` for the last resort; the first where several did."""
        return next(iter(self.rules(outcome)), None)

    def rules(self, outcome: str) -> tuple[str, ...]:
        """The names of all rules that made the answer: several for a sum or a list."""
        declared = self._outcome(outcome)
        result = self._result(outcome)
        names = self._situation.bound.program.branch_rules
        if result.branches:
            return tuple(dict.fromkeys(names[index] for index in result.branches))
        from_else = result.answer is not None and result.answer == _last_resort(declared)
        return ("else",) if from_else else ()

    def explain(self, outcome: str, reveal: bool = False) -> Explanation:
        """Why an outcome is what it is, as a value; personal values are starred out unless ``reveal``."""
        return explain(self._outcome(outcome).name, self._evaluation(), reveal)

    def why(self, outcome: str, lang: str | None = None, reveal: bool = False) -> str:
        """Why an outcome is what it is, in words: ``lang`` is ``en`` or ``zh``, by default the rule file's."""
        from rulelang.explain.translate import translator  # with it comes the parser, which deciding does without

        reader = lang or self._situation.model.language
        return render(self.explain(outcome, reveal), reader, translator(self._situation.model, reader))

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What was noticed on the way: values outside limits, future dates, near misses, zero divisors, rivals."""
        model, plan = self._situation.model, self._situation.bound.program.plan
        found = [*self._report]
        found += field_findings(model, self.values, self.as_of, self._situation.ruleset.spellings)
        if plan.aggregations:
            found += future_records(model, self.values, self.as_of)
        if self._results is not None:
            found += rival_findings(model, self._by_name())
            if any(rule.divisors or rule.lookups or rule.calls for rule in plan.rules):
                found += open_findings(self._evaluation())
            if plan.aggregations:
                found += record_findings(self._evaluation())
        return tuple(found)

    def _outcome(self, name: str) -> Outcome:
        """The outcome of a name or label. Raises KeyError where there is none."""
        declared = self._situation.model.outcomes
        if name in declared:
            return declared[name]
        for each in declared.values():
            if name == each.label:
                return each
        near = nearest(name, [*declared, *(each.label for each in declared.values() if each.label)])
        raise KeyError(f"{name!r} is no outcome; nearest: {', '.join(near)}" if near else f"{name!r} is no outcome")

    def _result(self, outcome: str) -> Result:
        return self._by_name()[self._outcome(outcome).name]

    def _by_name(self) -> Mapping[str, Result]:
        """The result of every outcome."""
        if "results" not in self._kept():
            if self._results is not None:
                self._kept()["results"] = dict(zip(self._situation.model.outcomes, self._results, strict=True))
            else:
                assert self._known is not None and self._winners is not None
                pairs = zip(self._known.items(), self._winners, strict=True)
                self._kept()["results"] = {name: _certain(answer, winner) for (name, answer), winner in pairs}
        results: Mapping[str, Result] = self._kept()["results"]
        return results

    def _evaluation(self) -> Evaluation:
        """The walk through the model, made when somebody asks why."""
        if "evaluation" not in self._kept():
            self._kept()["evaluation"] = evaluate(self._situation.model, self._read(), self.as_of)
        evaluation: Evaluation = self._kept()["evaluation"]
        return evaluation


def _certain(answer: Any, winner: int | list[int] | None) -> Result:
    """The result of a decision for which everything was known."""
    branches = tuple(winner) if isinstance(winner, list) else () if winner is None else (winner,)
    return Result(answer, NO_RULE if answer is None else DECIDED, (answer,), (answer,), branches)


def _last_resort(outcome: Outcome) -> Any:
    return None if outcome.last_resort is None else Combiner(outcome).fallback
