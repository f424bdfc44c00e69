"""The reason columns of a result: what is said of many rows, put together once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from attrs import frozen

from rulelang.engine.deciding.decider import Decider
from rulelang.engine.running.rows import Verdict
from rulelang.explain.behind import fields_behind, future_ones, may_be_odd
from rulelang.explain.evaluate import Evaluation
from rulelang.explain.one_line import BETWEEN, one_line, rule_told, said
from rulelang.explain.why import WON, Explanation, in_figures, is_private, told_in
from rulelang.model.contributions import BLANK, PROVISIONAL, UNDECIDED
from rulelang.model.expressions import MissingFor
from rulelang.model.program import Hole
from rulelang.model.scope import Scope
from rulelang.vocabulary.privacy import HIDDEN

_MOST_KEPT = 50_000


@frozen
class _Told:
    """What is said wherever the same branches made an answer: reasons, some with holes, and sentences behind them."""

    reasons: tuple[tuple[str | Hole, ...], ...]
    sentences: tuple[str, ...]

    def line(self, scope: Scope, language: str) -> str:
        """The same with the figures of a customer."""
        filled = [
            "".join(each if isinstance(each, str) else in_figures(each, scope, language) for each in parts)
            for parts in self.reasons
        ]
        between = BETWEEN[language]
        given = between.join(dict.fromkeys(each for each in filled if each))
        return between.join(" ".join(each.split()) for each in (*([given] if given else ()), *self.sentences))


class Reasons:
    """The reason columns of rows, one row after the other: what the same branches say is put together once."""

    def __init__(self, ruleset: Decider, as_of: date, language: str, reveal: bool) -> None:
        self._ruleset, self._as_of, self._language, self._reveal = ruleset, as_of, language, reveal
        self._spell = ruleset.translator(language)
        self._fields = ruleset.situation(as_of).bound.program.fields
        self._names = tuple(ruleset.model.outcomes)
        self._told: dict[tuple[int, Any], _Told | None] = {}
        behind = (set(fields_behind(ruleset.model, each)) for each in self._names)
        self._behind = [tuple(at for at, name in enumerate(self._fields) if name in read) for read in behind]
        self._lines: dict[tuple[Any, ...], str] = {}
        model = ruleset.model
        self._dated = {at: model.fields[name] for at, name in enumerate(self._fields) if may_be_odd(model.fields[name])}

    def lines(self, values: Sequence[Any], verdict: Verdict) -> list[str]:
        """The reason of every outcome of a row, as `one_line` has it."""
        return self.some(values, verdict, range(len(self._names)))

    def some(self, values: Sequence[Any], verdict: Verdict, places: Iterable[int]) -> list[str]:
        """The reasons of some outcomes, by their places."""
        decision = scope = None
        winners = verdict.winners if verdict.known else ()
        lines: list[str] = []
        odd = {at for at, field in self._dated.items() if future_ones(field, values[at], self._as_of)}
        for place in places:
            marked = not odd.isdisjoint(self._behind[place])
            key = (place, _key(winners[place], verdict.answers[place])) if winners and not marked else None
            told = None if key is None else self._told.get(key)
            if told is not None:
                scope = scope or self._scope(values, verdict)
                lines.append(told.line(scope, self._language))
                continue
            seen = (place, *(values[at] for at in self._behind[place]))
            line = self._known(seen)
            if line is not None:
                lines.append(line)
                continue
            decision = decision or self._ruleset.decide_values(values, self._as_of)
            explanation = decision.explain(self._names[place], self._reveal)
            lines.append(one_line(explanation, self._language, self._spell))
            self._keep(seen, lines[-1])
            if key is not None and key not in self._told:
                self._told[key] = self._always(explanation, decision.evaluation())
        return lines

    def _known(self, seen: tuple[Any, ...]) -> str | None:
        """What was told another customer with the same values."""
        try:
            return self._lines.get(seen)
        except TypeError:  # the records of a list
            return None

    def _keep(self, seen: tuple[Any, ...], line: str) -> None:
        with contextlib.suppress(TypeError):
            if len(self._lines) >= _MOST_KEPT:
                self._lines.clear()
            self._lines[seen] = line

    def _scope(self, values: Sequence[Any], verdict: Verdict) -> Scope:
        answers = (BLANK if each is None else each for each in verdict.answers)
        outcomes = dict(zip(self._names, answers, strict=True))
        return Scope(self._ruleset.model, self._as_of, dict(zip(self._fields, values, strict=True)), outcomes)

    def _always(self, explanation: Explanation, evaluation: Evaluation) -> _Told | None:
        """What is said whenever the same branches win; None where that hangs on more than figures."""
        won = explanation.of_role(WON)
        if explanation.broken or explanation.missing or explanation.standing in (PROVISIONAL, UNDECIDED):
            return None
        if not won:
            return _Told((), tuple(said(explanation, self._language, self._spell)))
        name = explanation.outcome.name
        model, branches = evaluation.scope.model, evaluation.results[name].branches
        reasons = [
            each.branch.reason
            for group in evaluation.decisions[name]
            for rule in group
            for each in rule.branches
            if each.index in branches and any(given.outcome == name for given in each.branch.assignments)
        ]
        if model.record_outcomes or len(reasons) != len(won) or any(each.assumed for each in won):
            return None
        found: list[tuple[str | Hole, ...]] = []
        for reason in (each for each in reasons if each is not None):
            written = told_in(reason, self._language)
            if any(isinstance(each, Hole) and isinstance(each.expression, MissingFor) for each in written):
                return None
            if not any(isinstance(each, str) and each.strip() for each in written):
                return None  # what may come to nothing
            found.append(tuple(self._shown(each, evaluation) for each in written))
        sentences = [
            rule_told(each, self._language, self._spell) for each in won if not dict(each.reason).get(self._language)
        ]
        return _Told(tuple(found), tuple(sentences))

    def _shown(self, part: str | Hole, evaluation: Evaluation) -> str | Hole:
        if isinstance(part, str) or self._reveal or not is_private(part.expression, evaluation.scope.model):
            return part
        return HIDDEN


def _key(winner: Any, answer: Any) -> Any:
    return (tuple(winner) if isinstance(winner, list) else winner, answer is None)
