"""Decides every sample customer and compares the answer with what was expected.

sample "one day more": expected lost, got silent, because "last order 2025-05-31"
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, Label, RuleError
from rulelang.diagnostics.position import Span
from rulelang.engine.deciding.decided import Decided
from rulelang.engine.deciding.decision import Decision
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.output import outcome_name
from rulelang.explain.render import reason_text
from rulelang.explain.rule_names import rule_name
from rulelang.explain.why import WON
from rulelang.explain.words import in_language
from rulelang.model.contributions import PROVISIONAL
from rulelang.model.program import Model
from rulelang.testing.expected import OPEN, equal, show_answer, show_missing, show_standing
from rulelang.testing.sample import Answer, Expectation, Sample
from rulelang.vocabulary.reading import as_given

RULE_WORD = {"en": "rule", "zh": "规则"}
GAP = {"en": " ", "zh": ""}
NO_RECORD = {"en": "no such record", "zh": "没有这一条"}
OF_RECORD = {"en": "{outcome} of record {number}", "zh": "第{number}条的{outcome}"}
COMMA = {"en": ", ", "zh": "、"}

# A rule without a name is called by its line: "line 12", or "shop.rules, line 12".
# A rule of several sentences is several rules of the model: "name", "name (2)", …
_SENTENCE = re.compile(r" \(\d+\)$")


@frozen
class Check:
    """One expectation held against the decision.

    ``expected`` and ``got`` are both sides as the reader would write them in a sample file; ``answer`` and ``standing``
    are what was decided (None and empty where a rule was expected). ``rule`` is the rule that decided (``else`` for the
    last resort, None for none), ``place`` where it stands, ``reason`` what it says in the reader's language.
    ``missing`` are the fields that would settle an answer that is not certain.
    """

    expectation: Expectation
    passed: bool
    expected: str
    got: str
    answer: Answer = None
    standing: str = ""
    rule: str | None = None
    place: Span | None = None
    reason: str = ""
    missing: tuple[str, ...] = ()


@frozen
class SampleResult:
    """A sample and what became of it.

    ``diagnostics`` say what failed, or why it could not be decided at all (``decision`` is then None).
    """

    sample: Sample
    decision: Decision | None
    checks: tuple[Check, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        """Whether it was decided, and everything expected of it came out."""
        return not self.diagnostics


@frozen
class SampleReport:
    """The results of the samples that were run, in their order; ``language`` is the reader's."""

    results: tuple[SampleResult, ...]
    language: str

    @property
    def passed(self) -> tuple[SampleResult, ...]:
        """The results that are as expected."""
        return tuple(each for each in self.results if each.passed)

    @property
    def failed(self) -> tuple[SampleResult, ...]:
        """The results that are not."""
        return tuple(each for each in self.results if not each.passed)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What failed, sample by sample."""
        return tuple(finding for each in self.results for finding in each.diagnostics)


def run_samples(
    ruleset: Ruleset,
    samples: Iterable[Sample],
    match: str | None = None,
    language: str = "en",
    as_of: date | None = None,
) -> SampleReport:
    """Decides the samples whose name contains ``match`` (None: all of them) and checks what each expects.

    ``as_of`` is the day for samples that name none (None: today, read once). Nothing is raised for a sample: one that
    can't be decided fails with ``sample-not-decided``. Other findings: ``sample-failed``, ``sample-to-be-confirmed``,
    ``sample-rule-not-taken``.
    """
    day = as_of
    if as_of is None and not all(each.as_of for each in samples):
        day = ruleset.as_of()
    chosen = (each for each in samples if each.matches(match))
    return SampleReport(tuple(_run(ruleset, each, day, language) for each in chosen), language)


def _run(ruleset: Ruleset, sample: Sample, day: date | None, language: str) -> SampleResult:
    if sample.faults:
        return SampleResult(sample, None, (), sample.faults)
    try:
        decision = ruleset.decide(
            as_given(sample.given, ruleset.model.fields), day if sample.as_of is None else sample.as_of
        )
    except (DataError, RuleError) as error:
        failure = Diagnostic("sample-not-decided", sample.place, {"name": sample.name})
        return SampleResult(sample, None, (), (failure, *error.diagnostics))
    checks = tuple(_check(ruleset.model, each, decision, language) for each in sample.expect)
    failures = tuple(_failure(ruleset.model, sample, each, language) for each in checks if not each.passed)
    return SampleResult(sample, decision, checks, (*failures, *decision.problems) if failures else ())


def _check(model: Model, expectation: Expectation, decision: Decision, language: str) -> Check:
    if not expectation.outcome:
        return _check_rule(model, expectation, decision, language)
    outcome = model.outcome(expectation.outcome)
    told: Decided = decision
    name = outcome.name
    if expectation.record is not None and outcome.list is not None:
        name, elements = outcome.part, decision.each(outcome.list)
        if expectation.record >= len(elements):
            return Check(expectation, False, expectation.written, NO_RECORD[language])
        told = elements[expectation.record]
    answer, standing = told[name], told.standing(name)
    match expectation.aspect:
        case "value":
            passed = equal(expectation.value, answer)
            expected = show_answer(outcome, expectation.value, language) or show_missing(language)
        case "standing":
            passed = standing == expectation.value
            expected = show_standing(standing if passed else str(expectation.value), language)
        case _:
            passed, expected = False, OPEN
    got = show_answer(outcome, answer, language)
    if answer is None or standing == PROVISIONAL or expectation.aspect == "standing":
        got = GAP[language].join(each for each in (got, show_standing(standing, language)) if each)
    explanation = told.explain(name)
    place = next((each.span for each in explanation.of_role(WON)), None)
    reason = reason_text(explanation, language)
    missing = tuple(in_language(each.name, each.label, language) for each in explanation.missing)
    rule = told.rule(name)
    return Check(expectation, passed, expected, got, answer, standing, rule, place, reason, missing)


def _check_rule(model: Model, expectation: Expectation, decision: Decision, language: str) -> Check:
    """Whether the rule expected decides some outcome, alone or with others; any of its sentences will do."""
    deciding = rules_deciding(model, decision)
    whole = {in_sentence(each) for each in deciding}
    passed = expectation.aspect == "rule" and (expectation.value in deciding or expectation.value in whole)
    shown = [rule_name(model, each, language) for each in deciding]
    expected = OPEN if expectation.aspect == "open" else rule_name(model, str(expectation.value), language)
    return Check(expectation, passed, expected, COMMA[language].join(shown))


def rules_deciding(model: Model, decision: Decision) -> tuple[str, ...]:
    """The rules that decide some outcome, of the customer or of a record."""
    deciding = dict.fromkeys(rule for name in model.outcomes for rule in decision.rules(name))
    for list_ in dict.fromkeys(each.list for each in model.record_outcomes.values() if each.list is not None):
        for element in decision.each(list_):
            deciding.update(dict.fromkeys(rule for name in element.outcomes for rule in element.rules(name)))
    return tuple(deciding)


def in_sentence(rule: str) -> str:
    """The name of the rule as written, of which a rule of the model may be one sentence."""
    return _SENTENCE.sub("", rule)


def _failure(model: Model, sample: Sample, check: Check, language: str) -> Diagnostic:
    """What is to be said about an expectation that is not met."""
    expectation = check.expectation
    place = expectation.place or sample.place
    if expectation.aspect == "rule":
        facts = {"name": sample.name, "rule": check.expected, "taken": check.got}
        return Diagnostic("sample-rule-not-taken", place, facts)
    shown = RULE_WORD[language]
    if expectation.outcome:
        shown = outcome_name(model.outcome(expectation.outcome), language)
    if expectation.record is not None:
        shown = OF_RECORD[language].format(outcome=shown, number=expectation.record + 1)
    rule = None if check.rule is None else rule_name(model, check.rule, language)
    labels = () if check.place is None else (Label("decided-here", check.place),)
    known = {"name": sample.name, "outcome": shown, "got": check.got, "rule": rule}
    if expectation.aspect == "open":
        return Diagnostic("sample-to-be-confirmed", place, known, labels=labels)
    more = {"expected": check.expected, "reason": check.reason, "missing": check.missing}
    return Diagnostic("sample-failed", place, {**known, **more}, labels=labels)


__all__ = ["Check", "SampleReport", "SampleResult", "run_samples"]
