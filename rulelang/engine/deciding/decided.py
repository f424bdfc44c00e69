"""What there is to ask about outcomes that were decided, be it for a customer or for one record of theirs."""

from __future__ import annotations

from abc import abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, ItemsView, Iterator, KeysView, Mapping
    from datetime import date
    from typing import Any, Literal

    from rulelang.engine.deciding.situation import Situation
    from rulelang.explain.evaluate import Evaluation
    from rulelang.explain.why import Explanation
    from rulelang.model.contributions import Result
    from rulelang.model.program import Model
    from rulelang.vocabulary.declarations import Outcome

    Standing = Literal["decided", "provisional", "undecided", "no rule"]

# All that explains is imported where somebody asks: deciding does without it.


class Decided:
    """Outcomes with their answers; they go by name or label."""

    __slots__ = ()

    _situation: Situation

    @property
    @abstractmethod
    def outcomes(self) -> Mapping[str, Any]:
        """The answers by outcome, None where there is none."""

    @property
    def standings(self) -> Mapping[str, Standing]:
        """How each outcome stands: decided, provisional, undecided or no rule."""
        return {name: self.standing(name) for name in self.outcomes}

    @abstractmethod
    def _declared(self) -> Mapping[str, Outcome]:
        """The outcomes by the names they go by here."""

    @abstractmethod
    def _by_name(self) -> Mapping[str, Result]:
        """The result of every outcome."""

    @abstractmethod
    def evaluation(self) -> Evaluation:
        """The walk through the model, made when somebody asks why."""

    @property
    @abstractmethod
    def _all_known(self) -> bool:
        """Whether nothing was unknown."""

    def keys(self) -> KeysView[str]:
        """The outcomes, so that ``dict(decision)`` is the whole answer."""
        return self.outcomes.keys()

    def items(self) -> ItemsView[str, Any]:
        """The outcomes with their answers."""
        return self.outcomes.items()

    def get(self, outcome: str, default: Any = None) -> Any:
        """An outcome's answer; ``default`` where there is no such outcome."""
        try:
            return self[outcome]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, outcome: object) -> bool:
        return any(outcome in (name, each.label) for name, each in self._declared().items()) and outcome is not None

    def __getitem__(self, outcome: str) -> Any:
        return self.outcomes[self._name(outcome)]

    def standing(self, outcome: str) -> Standing:
        """``decided``, ``provisional``, ``undecided`` or ``no rule``."""
        found: Any = self._result(outcome).standing
        standing: Standing = found
        return standing

    def possible(self, outcome: str) -> tuple[Any, ...]:
        """The values still possible, the answer first where it is among them.

        None among them: possibly no value. `rulelang.model.contributions.ANY` among them: a value that can't be told.
        """
        return self._result(outcome).possible

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that would settle the outcomes that are not decided."""
        if self._all_known:
            return ()
        return tuple(dict.fromkeys(name for each in self._by_name() for name in self.missing_for(each)))

    def missing_for(self, outcome: str) -> tuple[str, ...]:
        """The fields that would settle one outcome; a measure of the population by what it measures."""
        if self._all_known:
            return ()
        from rulelang.explain.missing import missing_for
        from rulelang.model.program import MEASURE

        fields = self._situation.model.fields
        names = missing_for(self._outcome(outcome).name, self.evaluation())
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
        from rulelang.explain.why import explain

        return explain(self._outcome(outcome).name, self.evaluation(), reveal, kept=self._situation.explained)

    def why(self, outcome: str, lang: str | None = None, reveal: bool = False) -> str:
        """Why an outcome is what it is, in words: ``lang`` is ``en`` or ``zh``, by default the rule file's."""
        from rulelang.explain.render import render
        from rulelang.plugin.locate import called

        reader = _language(lang, self._situation.model)
        return render(self.explain(outcome, reveal), reader, self._situation.ruleset.translator(reader), called)

    def reason(self, outcome: str, lang: str | None = None, reveal: bool = False, starred: Collection[str] = ()) -> str:
        """Why an outcome is what it is, on one line, as in a result's reason column: what the winning rules give as
        reason, else the rules with their conditions; what is still open. Languages as for `why`. The values of fields
        that are ``starred`` are starred out as personal ones are.
        """
        from rulelang.explain.one_line import one_line

        reader = _language(lang, self._situation.model)
        explanation = self._with_stars(outcome, starred) if starred else self.explain(outcome, reveal)
        return one_line(explanation, reader, self._situation.ruleset.translator(reader))

    def _with_stars(self, outcome: str, starred: Collection[str]) -> Explanation:
        """Why an outcome is what it is, as if some fields were personal."""
        from attrs import evolve

        from rulelang.explain.why import explain

        evaluation = self.evaluation()
        model = evaluation.scope.model
        private = {name: evolve(model.fields[name], privacy="personal") for name in starred}
        hidden = evolve(evaluation.scope, model=evolve(model, fields={**model.fields, **private}))
        return explain(self._outcome(outcome).name, evolve(evaluation, scope=hidden))

    def _outcome(self, name: str) -> Outcome:
        """The outcome of a name or label. Raises KeyError where there is none."""
        return self._declared()[self._name(name)]

    def _name(self, name: str) -> str:
        """The name that an outcome goes by here."""
        declared = self._declared()
        if name in declared:
            return name
        for key, each in declared.items():
            if name == each.label:
                return key
        from rulelang.diagnostics.nearest import nearest

        near = nearest(name, [*declared, *(each.label for each in declared.values() if each.label)])
        raise KeyError(f"{name!r} is no outcome; nearest: {', '.join(near)}" if near else f"{name!r} is no outcome")

    def _result(self, outcome: str) -> Result:
        return self._by_name()[self._name(outcome)]


class DecidedCustomer(Decided):
    """Outcomes decided for one customer on one day."""

    __slots__ = ()

    @property
    @abstractmethod
    def as_of(self) -> date:
        """The as-of date it was decided for."""

    @property
    @abstractmethod
    def inputs(self) -> Mapping[str, Any]:
        """The values it was decided from, None where missing, BLANK of `rulelang.model.contributions` for a blank that
        is an answer.
        """

    @abstractmethod
    def of_others(self, values: Mapping[str, Any]) -> DecidedCustomer:
        """What the same rules decide on the same day for other values."""


def _language(lang: str | None, model: Model) -> str:
    """The language asked for, else the rules'. Raises ValueError for one that explanations don't speak."""
    from rulelang.explain.words import PHRASES

    if lang is not None and lang not in PHRASES:
        raise ValueError(f"lang is one of {', '.join(PHRASES)}, not {lang!r}")
    return lang or model.language


def _last_resort(outcome: Outcome) -> Any:
    from rulelang.model.policies import Combiner

    return None if outcome.last_resort is None else Combiner(outcome).fallback
