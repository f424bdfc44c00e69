"""What mutation found, in words: mistakes that no sample notices, each with the customer who would, and the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rulelang.analysis.mutants import Change, Mutant
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.diagnostics.wording import show_value
from rulelang.engine.advice.findings import describe
from rulelang.engine.running.output import outcome_name
from rulelang.explain.rule_names import rule_name
from rulelang.explain.wording import show_typed
from rulelang.explain.words import STANDINGS
from rulelang.model.contributions import BLANK, NO_RULE, UNDECIDED
from rulelang.model.program import Model
from rulelang.testing.expected import show_answer
from rulelang.testing.mutation import MutationReport, Survivor
from rulelang.testing.suggest import Suggestion

# What was changed, by kind, in both languages; {before} and {after} are operators, values or names.
_CHANGES: Mapping[str, tuple[str, str]] = {
    "operator": ("{after} instead of {before}", "{before}改为{after}"),
    "value": ("{after} instead of {before}", "{before}改为{after}"),
    "threshold": ("{after} instead of {before}", "{before}改为{after}"),
    "valid from": ("from {after} instead of {before}", "生效日{before}改为{after}"),
    "valid until": ("until {after} instead of {before}", "有效期至{before}改为{after}"),
    "count": ("{after} instead of {before}", "{before}改为{after}"),
    "joined": ("“{after}” instead of “{before}”", "“{before}”改为“{after}”"),
    "upper end": ("the upper end taken in or left out", "是否包含上限"),
    "dropped condition": ("this condition left out", "去掉这个条件"),
    "dropped not": ("“not” left out", "去掉“不”"),
    "dropped member": ("without {before}", "去掉{before}"),
    "negated": ("the opposite", "改为相反"),
    "dropped rule": ("the rule left out", "去掉整条规则"),
    "dropped branch": ("this branch left out", "去掉这个分支"),
    "dropped assignment": ("without {before}", "去掉“{before}”"),
    "dropped cap": ("without its limit", "去掉上下限"),
    "swapped": ("after “{after}”", "移到“{after}”之后"),
}
_JOINED = {"and": "且", "or": "或"}
_MOST_NAMED = 5


def change_words(change: Change, model: Model, lang: str) -> str:
    """A change in words."""
    before, after = (_shown(change, each, model, lang) for each in (change.before, change.after))
    return _CHANGES[change.kind][lang == "zh"].format(before=before, after=after)


def _shown(change: Change, value: Any, model: Model, lang: str) -> str:
    if value is None:
        return ""
    match change.kind:
        case "joined":
            return _JOINED[value] if lang == "zh" else str(value)
        case "swapped":
            return rule_name(model, value, lang)
        case "dropped assignment":
            return outcome_name(model.outcomes[value], lang)
    return show_value(value, lang)


def survivor_diagnostic(survivor: Survivor, model: Model) -> Diagnostic:
    """A mistake that no sample notices, with the customer who would."""
    facts: dict[str, Any] = {}
    verdict, mutant = survivor.verdict, survivor.mutant
    assert verdict.customer is not None, "a survivor has a customer"
    outcome = model.outcomes[verdict.outcome]
    for lang, suffix in (("en", ""), ("zh", "_zh")):
        facts |= {
            f"rule{suffix}": _rule(mutant, model, lang),
            f"change{suffix}": change_words(mutant.change, model, lang),
            f"written{suffix}": _written(mutant.span, model) if mutant.change.kind in _AT_PLACE else None,
            f"customer{suffix}": describe(verdict.customer, model, survivor.as_of, lang),
            f"outcome{suffix}": outcome_name(outcome, lang),
            f"old{suffix}": _answer(verdict.old, outcome, lang),
            f"new{suffix}": _answer(verdict.new, outcome, lang),
        }
    return Diagnostic("mutant-survives", mutant.span, facts)


_AT_PLACE = ("operator", "value", "count", "joined", "upper end", "dropped condition", "dropped not", "negated")


def _rule(mutant: Mutant, model: Model, lang: str) -> str:
    threshold = model.thresholds.get(mutant.rule) if mutant.change.kind == "threshold" else None
    if threshold is not None:
        return (threshold.label or threshold.name) if lang == "zh" else threshold.name
    return rule_name(model, mutant.rule, lang)


def _answer(value: Any, outcome: Any, lang: str) -> str:
    if value is BLANK or value is None:
        return STANDINGS[lang][NO_RULE if value is BLANK else UNDECIDED]
    if isinstance(value, tuple):
        return show_answer(outcome, value, lang)
    return show_typed(value, outcome.type, lang)


def _written(span: Span | None, model: Model) -> str | None:
    texts = {source.name: source.text for source in model.sources}
    if span is None or span.file not in texts:
        return None
    return " ".join(texts[span.file][span.start : span.end].split())


def mutation_diagnostics(report: MutationReport, model: Model) -> tuple[Diagnostic, ...]:
    """The survivors, and one note on mutants of which neither a customer nor a proof is known."""
    found = [survivor_diagnostic(each, model) for each in report.survivors]
    if report.open:
        facts: dict[str, Any] = {"count": len(report.open)}
        for lang, suffix in (("en", ""), ("zh", "_zh")):
            named = [f"“{_rule(each, model, lang)}” {change_words(each.change, model, lang)}" for each in report.open]
            facts[f"changes{suffix}"] = tuple(named[:_MOST_NAMED])
        found.append(Diagnostic("mutants-open", report.open[0].span, facts))
    return tuple(found)


def mutation_line(file: str, report: MutationReport, lang: str) -> str:
    """The score of one rule file."""
    counted = report.killed + len(report.survivors)
    if lang == "zh":
        rest = f"，{report.equivalent}处改动经证明不影响任何客户" if report.equivalent else ""
        rest += f"，{len(report.open)}处不能判断" if report.open else ""
        rest += f"，{report.untried}处未在限时内试完" if report.untried else ""
        return f"{file}：变异得分{report.score}%，{counted}处错误中样例发现了{report.killed}处{rest}"
    rest = f"; {report.equivalent} more change nothing, by proof" if report.equivalent else ""
    rest += f"; {len(report.open)} can't be told" if report.open else ""
    rest += f"; {report.untried} not tried in the time given" if report.untried else ""
    return f"{file}: mutation score {report.score}%, {report.killed} of {counted} mistakes noticed{rest}"


def suggestion_name(suggestion: Suggestion, model: Model, lang: str) -> str:
    """What a suggested customer is called in the sample file."""
    rule = rule_name(model, suggestion.rule, lang)
    if suggestion.change is not None:
        if suggestion.change.kind == "threshold" and (threshold := model.thresholds.get(suggestion.rule)):
            rule = (threshold.label or threshold.name) if lang == "zh" else threshold.name
        return f"{rule}{'：' if lang == 'zh' else ': '}{change_words(suggestion.change, model, lang)}"
    if lang == "zh":
        return f"{rule}：条件{'成立' if suggestion.wanted else '不成立'}时起决定作用"
    return f"{rule}: a condition decides, {'true' if suggestion.wanted else 'false'}"


def named_suggestions(suggestions: Sequence[Suggestion], model: Model, lang: str) -> list[tuple[str, Suggestion]]:
    """The suggestions with names that tell them apart."""
    named: list[tuple[str, Suggestion]] = []
    seen: dict[str, int] = {}
    for each in suggestions:
        name = suggestion_name(each, model, lang)
        seen[name] = seen.get(name, 0) + 1
        named.append((name if seen[name] == 1 else f"{name} ({seen[name]})", each))
    return named
