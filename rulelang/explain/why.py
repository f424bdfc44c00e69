"""Why an outcome is what it is, as a value: who won and who lost, what each condition saw, what would settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from attrs import evolve, frozen
from attrs import field as attribute

from rulelang.diagnostics.position import Span
from rulelang.explain.behind import FutureDate, future_behind
from rulelang.explain.evaluate import BranchTrace, Evaluation, RuleTrace, Trace
from rulelang.explain.evidence import Evidence, evidence
from rulelang.explain.lacking import Lack, lacks
from rulelang.explain.missing import field_of_record, missing_for, unsettled
from rulelang.explain.possible import Kept, still_possible
from rulelang.explain.records import Tally, tally
from rulelang.explain.wording import Show, as_written, show_typed
from rulelang.explain.words import PHRASES, in_language
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import value_of
from rulelang.model.expressions import Expression
from rulelang.model.policies import Combiner
from rulelang.model.program import Deviation, Hole, Model, Reason
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, fields_read, own_element_fields, parts
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.privacy import HIDDEN
from rulelang.vocabulary.types import ListOf, Type, YesNo

_LANGUAGES = ("en", "zh")
WON, LOST, OPEN, UNMATCHED, PASSED = "won", "lost", "open", "unmatched", "passed"


@frozen
class Seen:
    """Something a condition read: a field, an outcome, a threshold, or what records came to; ``value`` is None where
    it was missing, BLANK where a blank is an answer.

    Of a list ``records`` says how many of them counted and how many were left out, ``value`` is what they came to, of
    type ``result``, and ``evidence`` finds the first of them. ``standing`` is an outcome's, where that was asked;
    ``changed``: a threshold that was set anew on top of the base.
    """

    name: str
    label: str | None
    type: Type
    value: Any
    hidden: bool = False
    records: Tally | None = None
    result: Type | None = None
    standing: str | None = None
    changed: bool = False
    evidence: Callable[[], Evidence] = attribute(default=Evidence, eq=False, repr=False)


@frozen
class Judgement:
    """A condition, as its author wrote it, how it was judged, and what it saw."""

    text: str
    truth: bool | None
    seen: tuple[Seen, ...]
    span: Span | None = None


@frozen
class Part:
    """A branch of a rule and its part in a decision.

    ``role`` is ``won``, ``lost`` (it matched, another won), ``open`` (it can't be judged), ``unmatched`` or ``passed``
    (never looked at, since a branch before it is taken; the judgements are of that one). ``values``
    are what it gives or would give, None for unknown. ``judgements`` are all its conditions where it matched, else the
    first that decided. ``reason`` is filled in, by language. ``deviation``: the rule is a change of the base.
    ``assumed`` are the missing fields, each with its label, for which it may not match after all: another branch of its
    rule would be taken first. A reason that rests on them says so. ``otherwise``: it is not the first branch of its
    rule. ``lacks`` is why it gives no value though nothing is missing.
    """

    rule: str
    label: str | None
    role: str
    values: tuple[Any, ...]
    judgements: tuple[Judgement, ...]
    reason: tuple[tuple[str, str], ...] = ()
    span: Span | None = None
    deviation: Deviation | None = None
    assumed: tuple[tuple[str, str | None], ...] = ()
    otherwise: bool = False
    lacks: tuple[Lack, ...] = ()


@frozen
class Explanation:
    """Why an outcome is what it is.

    ``possible`` are the values that can come about, all conditions taken together: at most those that its standing
    rests on. ``missing`` are the fields that would settle it; ``last_resort``: no rule applied; ``broken``: two rules
    matched where one may; ``future`` are dates behind it that lie in the future and should not.
    """

    outcome: Outcome
    as_of: date
    answer: Any
    standing: str
    possible: tuple[Any, ...]
    parts: tuple[Part, ...]
    missing: tuple[Field, ...]
    last_resort: bool
    broken: bool
    future: tuple[FutureDate, ...] = ()

    def of_role(self, role: str) -> tuple[Part, ...]:
        """The branches with one role, in the order in which they are considered."""
        return tuple(each for each in self.parts if each.role == role)


def explain(
    outcome: str,
    evaluation: Evaluation,
    reveal: bool = False,
    show: Show | None = None,
    whole: bool = False,
    kept: Kept | None = None,
) -> Explanation:
    """Explains one outcome. Personal values are starred out unless ``reveal``; ``show`` spells conditions. ``kept`` is
    what was found for other customers, by the same rules on the same day.

    ``whole``: of a rule that does not match all conditions that stand in its way are told, not only the first, and
    branches that are passed over.
    """
    model, result = evaluation.scope.model, evaluation.results[outcome]
    declared = model.outcome(outcome)
    teller = _Teller(evaluation, reveal, show or as_written(model), whole)
    parts_ = [part for group in evaluation.decisions[outcome] for rule in group for part in teller.parts(rule, outcome)]
    by_nobody = result.answer is not None and not result.branches
    return Explanation(
        declared,
        evaluation.scope.as_of,
        result.answer,
        result.standing,
        still_possible(outcome, evaluation, kept),
        tuple(parts_),
        tuple(_field(name, model, declared) for name in missing_for(outcome, evaluation)),
        by_nobody and declared.last_resort is not None and result.answer == Combiner(declared).fallback,
        bool(result.rivals),
        tuple(future_behind(outcome, model, evaluation.scope.fields, evaluation.scope.as_of, reveal)),
    )


def _field(name: str, model: Model, outcome: Outcome) -> Field:
    """The field of a name; one of the record that an outcome belongs to by the name it has outside."""
    if name in model.fields or outcome.list is None:
        return model.fields[name]
    return field_of_record(model, outcome.list, name.rpartition(".")[2])


def _with_decided(field: Field, model: Model) -> Field:
    """A list whose records have what is decided for them beside their fields."""
    type_ = field.type
    assert isinstance(type_, ListOf)
    decided = tuple((each.part, each.label, each.type) for each in model.outcomes_of(field.name))
    return evolve(field, type=evolve(type_, fields=(*type_.fields, *decided))) if decided else field


@frozen
class _Teller:
    """Tells what rules did, for one customer."""

    evaluation: Evaluation
    reveal: bool
    show: Show
    whole: bool = False

    def parts(self, rule: RuleTrace, outcome: str) -> Iterator[Part]:
        """The branches of a rule that give the outcome something, up to the one that is taken."""
        result, taken = self.evaluation.results[outcome], False
        for each in rule.branches:
            gives = [each for each in each.branch.assignments if each.outcome == outcome]
            if taken:
                if gives:
                    yield evolve(self._part(rule, each, PASSED, outcome), judgements=self._held(rule.taken))
                continue
            if gives:
                if each.index in result.branches:
                    role = WON
                elif each is rule.taken:
                    role = LOST
                else:
                    role = OPEN if each.trace.status is None or each.trace.now is None else UNMATCHED
                yield self._part(rule, each, role, outcome)
            if each is rule.taken:
                if not self.whole:
                    return
                taken = True

    def _held(self, taken: BranchTrace | None) -> tuple[Judgement, ...]:
        """The conditions with which a branch is taken."""
        traces = () if taken is None else conjuncts(taken.trace)
        return tuple(self._judgement(each) for each in traces if each.condition != e.ALWAYS)

    def _part(self, rule: RuleTrace, branch: BranchTrace, role: str, outcome: str) -> Part:
        matched = role in (WON, LOST)
        traces = list(conjuncts(branch.trace)) if matched or self.whole else [deciding(branch.trace)]
        if not matched and self.whole:
            traces = [each for each in traces if each.now is not True]
        possible = rule.possible[branch.index, outcome]
        if matched and branch.index == rule.gives[outcome].branch:
            values = rule.gives[outcome].given
        else:
            values = tuple(each[0] if len(each) == 1 else None for each in possible)
        declared = self.evaluation.scope.model.outcome(outcome)
        if declared.policy == "sum" and len(self.evaluation.results[outcome].branches) <= 1:
            values = tuple(map(Combiner(declared).finished, values))  # alone it is the sum, which is rounded once
        judgements: list[Judgement] = []
        for each in traces:
            judgement = None if each.condition == e.ALWAYS else self._judgement(each)
            if judgement is not None and judgement not in judgements:  # both ends of a range are one cell
                judgements.append(judgement)
        assumed = self._assumed(rule, branch, outcome) if matched else ()
        reason = tuple((lang, _counted(text, assumed, lang)) for lang, text in self._reason(branch.branch.reason))
        written = rule.rule
        span, deviation = branch.branch.span or written.span, self._deviation("rule", written.name, written.label)
        later = branch is not rule.branches[0]
        found = self._lacks(branch, outcome) if matched and None in values else ()
        told = tuple(judgements)
        return Part(
            written.name, written.label, role, values, told, reason, span, deviation, assumed, later, tuple(found)
        )

    def _lacks(self, branch: BranchTrace, outcome: str) -> Iterator[Lack]:
        for each in (each for each in branch.branch.assignments if each.outcome == outcome):
            yield from dict.fromkeys(lacks(each, self.evaluation.scope, self.show(each.value)))

    def _assumed(self, rule: RuleTrace, branch: BranchTrace, outcome: str) -> tuple[tuple[str, str | None], ...]:
        """The missing fields that leave open whether a branch is taken: its own, and those of the branches before."""
        model = self.evaluation.scope.model
        before = rule.branches[: rule.branches.index(branch) + 1]
        names = (
            name for each in before if each.trace.status is None for name in unsettled(each.trace, self.evaluation)
        )
        fields = (_field(name, model, model.outcome(outcome)) for name in dict.fromkeys(names))
        return tuple((each.name, each.label) for each in fields)

    def _deviation(self, kind: str, *names: str | None) -> Deviation | None:
        """The change of the base that a rule or a threshold is, if it is one."""
        kinds = ("threshold",) if kind == "threshold" else ("added", "replaced")
        deviations = self.evaluation.scope.model.deviations
        return next((each for each in deviations if each.kind in kinds and each.name in names), None)

    def _judgement(self, trace: Trace) -> Judgement:
        truth = trace.now if trace.now is trace.status else None
        return Judgement(self.show(trace.condition), truth, tuple(self._seen(trace.condition)), trace.condition.span)

    def _seen(self, condition: Expression) -> Iterator[Seen]:
        scope = self.evaluation.scope
        model = scope.model
        own = own_element_fields(condition)
        standings = [each.outcome for each in parts(condition) if isinstance(each, e.HasStanding)]
        for each in dict.fromkeys(parts(condition)):
            match each:
                case e.OutcomeRef(name=name, type=type_) if each in standings:
                    standing = self.evaluation.results[name].standing
                    yield Seen(name, model.outcome(name).label, type_, scope.outcomes.get(name), standing=standing)
                case e.FieldRef(name=name, type=type_):
                    declared = model.fields[name]
                    hidden = bool(declared.privacy) and not self.reveal
                    value = scope.fields.get(name)
                    starred = hidden and value is not None and value is not BLANK
                    yield Seen(name, declared.label, type_, HIDDEN if starred else value, hidden)
                case e.AnyGroup():
                    yield self._seen_records(each)
                case e.Aggregate() | e.Quantified() if not each.grouped:
                    yield self._seen_records(each)
                case e.OutcomeRef(name=name, type=type_):
                    yield self._seen_outcome(name, type_)
                case e.ElementRef(list=list_, name=name) if (list_, name) in own:
                    yield self._seen_of_record(list_, name)
                case e.Call(type=type_) if each != bare(condition) or not isinstance(type_, YesNo):
                    # A function that is the condition itself has its answer before it: true or false.
                    starred = self._is_private(each)
                    value = value_of(each, scope)
                    hidden = starred and value is not None
                    yield Seen(self.show(each), None, type_, HIDDEN if hidden else value, starred)
                case e.ThresholdRef(name=name, type=type_):
                    label, changed = model.thresholds[name].label, self._deviation("threshold", name) is not None
                    yield Seen(name, label, type_, value_of(each, scope), changed=changed)

    def _seen_outcome(self, name: str, type_: Type) -> Seen:
        """An outcome: what it is, else how it stands."""
        scope = self.evaluation.scope
        value, result = scope.outcomes.get(name), self.evaluation.results.get(name)
        standing = None if result is None or (value is not None and value is not BLANK) else result.standing
        return Seen(name, scope.model.outcome(name).label, type_, value, standing=standing)

    def _seen_of_record(self, list_: str, name: str) -> Seen:
        """A field of the record in hand."""
        declared = field_of_record(self.evaluation.scope.model, list_, name)
        value = self.evaluation.scope.records[list_].get(name)
        hidden = bool(declared.privacy) and not self.reveal
        starred = hidden and value is not None
        return Seen(declared.name, declared.label, declared.type, HIDDEN if starred else value, hidden)

    def _seen_records(self, expression: e.Aggregated) -> Seen:
        """What a list gave: the result of an aggregate, or how many records a quantifier found."""
        scope = self.evaluation.scope
        declared = _with_decided(scope.model.fields[expression.list], scope.model)
        records = tally(expression, scope)
        if records is None:
            return Seen(expression.list, declared.label, declared.type, None)
        private = bool(declared.privacy) and not self.reveal
        value = None if private or not isinstance(expression, e.Aggregate) else value_of(expression, scope)
        if isinstance(expression, e.Aggregate) and expression.kind == "count":
            value = None  # it is the number of records
        told = (expression.list, declared.label, declared.type, value, private, records, expression.type)
        return Seen(*told, evidence=lambda: evidence(expression, scope))

    def _reason(self, reason: Reason | None) -> tuple[tuple[str, str], ...]:
        """The reason filled in, by language; where it is written in one language only, both readers get it."""
        return () if reason is None else tuple((lang, self._filled(told_in(reason, lang), lang)) for lang in _LANGUAGES)

    def _filled(self, parts_: tuple[str | Hole, ...], lang: str) -> str:
        return "".join(each if isinstance(each, str) else self._hole(each, lang) for each in parts_)

    def _hole(self, hole: Hole, lang: str) -> str:
        scope = self.evaluation.scope
        if self._is_private(hole.expression):
            return HIDDEN
        if isinstance(hole.expression, e.MissingFor):
            names = missing_for(hole.expression.outcome, self.evaluation)
            outcome = scope.model.outcome(hole.expression.outcome)
            fields = (_field(name, scope.model, outcome) for name in names)
            shown = (in_language(each.name, each.label, lang) for each in fields)
            return PHRASES[lang]["comma"].join(shown) or PHRASES[lang]["empty"]
        return in_figures(hole, scope, lang)

    def _is_private(self, expression: Expression) -> bool:
        """Whether it rests on something personal that isn't to be shown."""
        return not self.reveal and is_private(expression, self.evaluation.scope.model)


def in_figures(hole: Hole, scope: Scope, lang: str) -> str:
    """What stands in a hole of a reason, for one customer."""
    value = value_of(hole.expression, scope)
    if value is None:
        return PHRASES[lang]["empty" if scope.is_blank(hole.expression) else "not known"]
    return show_typed(value, hole.expression.type, lang)


def is_private(expression: Expression, model: Model) -> bool:
    """Whether an expression rests on something personal."""
    read = (*fields_read(expression), *(list_ for list_, _ in own_element_fields(expression)))
    return any(model.fields[name].privacy for name in read)


def told_in(reason: Reason, lang: str) -> tuple[str | Hole, ...]:
    """A reason in a language, or in the one it is written in."""
    return _in_language([reason.parts] if reason.other is None else [reason.parts, reason.other], lang)


def _counted(reason: str, assumed: tuple[tuple[str, str | None], ...], lang: str) -> str:
    """A reason that what is missing may undo, told as what was counted, not as a fact."""
    if not assumed or not reason:
        return reason
    phrases = PHRASES[lang]
    names = (phrases["quoted"].format(name=in_language(name, label, lang)) for name, label in assumed)
    return phrases["counted as"].format(fields=phrases["comma"].join(names), reason=reason)


def _in_language(written: list[tuple[str | Hole, ...]], lang: str) -> tuple[str | Hole, ...]:
    """The text of a language: the Chinese one is the one with Chinese in it."""

    def is_english(parts_: tuple[str | Hole, ...]) -> bool:
        return all(each.isascii() for each in parts_ if isinstance(each, str))

    return next((each for each in written if is_english(each) is (lang == "en")), written[0])


def conjuncts(trace: Trace) -> Iterator[Trace]:
    """The conditions that all had to hold, as its author listed them."""
    if isinstance(trace.condition, e.And):
        for part in trace.parts:
            yield from conjuncts(part)
    else:
        yield trace


def deciding(trace: Trace) -> Trace:
    """The first condition that kept a rule from matching."""
    if isinstance(trace.condition, e.And):
        for wanted in (False, None):
            for part in trace.parts:
                if part.status is wanted and trace.status is wanted:
                    return deciding(part)
    return trace
