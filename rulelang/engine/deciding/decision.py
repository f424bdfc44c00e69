"""What was decided for one customer, how sure it is, and why."""

from __future__ import annotations

from rulelang.engine.deciding.decided import DecidedCustomer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from typing import Any, Self

    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.engine.deciding.decided import Standing
    from rulelang.engine.deciding.each import ElementDecision
    from rulelang.engine.deciding.situation import Situation
    from rulelang.explain.evaluate import Evaluation
    from rulelang.model.contributions import Result
    from rulelang.vocabulary.declarations import Outcome


class Rest:
    """What a decision holds besides values and answers: who won each outcome, or where something was unknown the full
    results; what was noticed while reading, what was decided for records, and what has been worked out on request.
    """

    __slots__ = ("kept", "records", "report", "results", "winners")

    def __init__(
        self,
        winners: tuple[Any, ...] | None,
        results: tuple[Result, ...] | None,
        report: Sequence[Diagnostic],
        records: tuple[Any, ...] = (),
    ) -> None:
        self.winners, self.results, self.report, self.records = winners, results, report, records
        self.kept: dict[str, Any] = {}


class Decision(DecidedCustomer):
    """The answers for one customer on one day.

    ``decision["lifecycle"]`` is the answer, None where there is none; a `collect` outcome's answer is a tuple.
    Outcomes go by name or label.
    """

    # Nothing public can be set. It is not frozen, as all else is, and is filled by generated code, because making it
    # would take longer than deciding: with what was found, the values and, where nothing was unknown, the answers. All
    # else is worked out where somebody asks for it; until then there is no `_rest`.

    __slots__ = ("__weakref__", "_found", "_rest", "_situation")

    _found: tuple[Any, ...]
    _rest: Rest

    @classmethod
    def of(cls, situation: Situation, values: tuple[Any, ...], answers: Mapping[str, Any] | None, rest: Rest) -> Self:
        """The decision with its answers, None where something was unknown."""
        made = cls()
        made._situation, made._rest = situation, rest
        made._found = values if answers is None else (*values, *answers.values())
        return made

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
        if self._all_known:
            situation = self._situation
            return dict(zip(situation.places, self._found[situation.read :], strict=True))
        kept = self._kept()
        if "outcomes" not in kept:
            kept["outcomes"] = {name: result.answer for name, result in self._by_name().items()}
        answers: Mapping[str, Any] = kept["outcomes"]
        return answers

    @property
    def values(self) -> Mapping[str, Any]:
        """The customer's values as the rules saw them, None where missing."""
        from rulelang.model.contributions import BLANK

        return {name: None if value is BLANK else value for name, value in self.inputs.items()}

    @property
    def _values(self) -> tuple[Any, ...]:
        """The values in the order of the program's fields."""
        return self._found[: self._situation.read]

    def _more(self) -> Rest:
        """The rest of it; a decision made the short way is made once more, from the same values."""
        try:
            return self._rest
        except AttributeError:
            known = self._situation.bound.decided(*self._values)
        assert known is not None, "the short way is open only where everything is known"
        self._rest = Rest(known[1], None, (), known[2])
        return self._rest

    def _kept(self) -> dict[str, Any]:
        """What has been worked out on request."""
        return self._more().kept

    @property
    def inputs(self) -> Mapping[str, Any]:
        """As `values`, but with BLANK of `rulelang.model.contributions` for a blank that is an answer."""
        return dict(zip(self._situation.bound.program.fields, self._values, strict=True))

    def standing(self, outcome: str) -> Standing:
        try:
            answer = self._found[self._situation.places[outcome]]
        except (KeyError, IndexError):  # it goes by its label, or something was unknown
            return super().standing(outcome)
        return "no rule" if answer is None else "decided"  # as `rulelang.model.contributions` names them

    def __eq__(self, other: object) -> bool:
        """Two are equal that are of one ruleset, one day and one customer's values."""
        if not isinstance(other, Decision):
            return NotImplemented
        return self._situation == other._situation and self._values == other._values

    def __hash__(self) -> int:
        return hash((self.fingerprint, self.as_of, tuple(each for each in self._values if not isinstance(each, tuple))))

    def __repr__(self) -> str:
        answers = ", ".join(f"{name}={answer!r}" for name, answer in self.outcomes.items())
        return f"Decision({answers}, as_of={self.as_of.isoformat()})"

    def __getitem__(self, outcome: str) -> Any:
        try:
            return self._found[self._situation.places[outcome]]
        except (KeyError, IndexError):
            return self.outcomes[self._name(outcome)]

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists whose records are decided, by name."""
        outcomes = self._situation.model.record_outcomes.values()
        return tuple(dict.fromkeys(each.list for each in outcomes if each.list is not None))

    def each(self, list_: str) -> tuple[ElementDecision, ...]:
        """What was decided for each record of a list, in the list's order; the list by name, label or element.

        Empty where the customer has none, or the list is unknown (then ``decision.values`` has None for it). Raises
        KeyError where no rule decides for records of such a list.
        """
        from rulelang.vocabulary.declarations import list_spellings

        model = self._situation.model
        field = next((each for each in model.fields.values() if list_ in list_spellings(each)), None)
        if field is None or not model.outcomes_of(field.name):
            from rulelang.diagnostics.nearest import nearest

            near = nearest(list_, [spelling for name in self.lists for spelling in list_spellings(model.fields[name])])
            told = f"{list_!r} is no list whose records are decided"
            raise KeyError(f"{told}; nearest: {', '.join(near)}" if near else told)
        from rulelang.engine.deciding.each import ElementDecision, record_results

        situation, name = self._situation, field.name
        found = record_results(situation, name, self._more().records, self._all_known)
        return tuple(
            ElementDecision(name, index, self._values_of(name, index), situation, self, results)
            for index, results in enumerate(found)
        )

    def _values_of(self, list_: str, index: int) -> Mapping[str, Any]:
        record: Mapping[str, Any] = self.inputs[list_][index]
        return record

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What was noticed on the way: values outside limits, future dates, near misses, zero divisors, rivals."""
        from rulelang.explain.findings import field_findings, open_findings, rival_findings
        from rulelang.explain.records import future_records, record_findings

        model, plan = self._situation.model, self._situation.bound.program.plan
        found = [*self._more().report]
        found += field_findings(model, self.values, self.as_of, self._situation.ruleset.spellings)
        if plan.aggregations:
            found += future_records(model, self.values, self.as_of)
        if self._more().results is not None:
            found += rival_findings(model, self._by_name())
            if any(rule.divisors or rule.lookups or rule.calls for rule in plan.rules):
                found += open_findings(self.evaluation())
            if plan.stages:
                found += self._of_records(any(rule.divisors or rule.lookups or rule.calls for rule in plan.rules))
            if plan.aggregations:
                found += record_findings(self.evaluation())
        return tuple(found)

    def _of_records(self, may_stay_open: bool) -> Iterator[Diagnostic]:
        """What was noticed about records, each place once."""
        from rulelang.explain.findings import open_findings, rival_findings

        seen: set[tuple[str, Any]] = set()
        for evaluation in (each for records in self.evaluation().records.values() for each in records):
            own = {name: evaluation.results[name] for name in evaluation.decisions}
            found = [*rival_findings(self._situation.model, own)]
            found += open_findings(evaluation) if may_stay_open else ()
            for each in found:
                if (each.code, each.span) not in seen:
                    seen.add((each.code, each.span))
                    yield each

    def _declared(self) -> Mapping[str, Outcome]:
        return self._situation.model.outcomes

    @property
    def _all_known(self) -> bool:
        rest = getattr(self, "_rest", None)
        return rest is None or rest.results is None

    def _by_name(self) -> Mapping[str, Result]:
        """The result of every outcome."""
        if "results" not in self._kept():
            results, winners = self._more().results, self._more().winners
            if results is not None:
                self._kept()["results"] = dict(zip(self._situation.model.outcomes, results, strict=True))
            else:
                from rulelang.engine.deciding.results import certain

                assert winners is not None
                pairs = zip(self.outcomes.items(), winners, strict=True)
                self._kept()["results"] = {name: certain(answer, winner) for (name, answer), winner in pairs}
        by_name: Mapping[str, Result] = self._kept()["results"]
        return by_name

    def certificate(
        self, outcomes: Sequence[str] = (), mask: Sequence[str] = (), reference: str = "", with_rules: bool = False
    ) -> str:
        """What was decided, as a text that `rulelang.verify` replays: rules by fingerprint, what the outcomes (none
        named: all) rest on, answers, standings, and reasons in both languages.

        The values of fields to ``mask`` don't stand in it; ``personal`` masks all that are personal or sensitive.
        ``reference`` is what the rules are called by, ``with_rules`` puts them into it. Raises KeyError for an unknown
        outcome and DataError (``unknown-field-option``) for an unknown field.
        """
        from rulelang.engine.deciding.certificate import certificate, fields_masked

        ruleset = self._situation.ruleset
        names = [self._name(each) for each in outcomes] or list(self.outcomes)
        hidden = fields_masked(ruleset.model, [mask] if isinstance(mask, str) else mask)
        return certificate(self, ruleset, names, reference, masked=hidden, with_rules=with_rules)

    def of_others(self, values: Mapping[str, Any]) -> Decision:
        return decide_values(self._situation, tuple(map(values.get, self._situation.bound.program.fields)))

    def evaluation(self) -> Evaluation:
        """The walk through the model, made when somebody asks why."""
        if "evaluation" not in self._kept():
            from rulelang.explain.evaluate import evaluate

            self._kept()["evaluation"] = evaluate(self._situation.model, self.inputs, self.as_of)
        evaluation: Evaluation = self._kept()["evaluation"]
        return evaluation


def decide_values(situation: Situation, values: tuple[Any, ...], report: Sequence[Diagnostic] = ()) -> Decision:
    """Decides a customer whose values have been read; ``report`` is what was noticed on the way."""
    bound = situation.bound
    known = bound.decided(*values)
    if known is None:
        results, judged = bound.standing(*values)
        return Decision.of(situation, values, None, Rest(None, results, report, judged))
    answers, winners, decided = known
    return Decision.of(situation, values, answers, Rest(winners, None, report, decided))
