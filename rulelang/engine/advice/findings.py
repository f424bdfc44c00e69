"""What was proved about rules, in words: each finding with the customer that shows it.

A customer whose last purchase was exactly 365 days ago is "last_purchase 2025-06-30 (365 days ago)".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve

from rulelang.analysis.cells import MISSING, NONE, VALUE
from rulelang.analysis.checks.beyond import LONG, MOMENTS, MOST_BRANCHES, RECORDS, WORKING_DAYS
from rulelang.analysis.inquiry import Finding
from rulelang.analysis.witness import Customer, Told
from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.position import Span
from rulelang.engine.advice.proving import Count
from rulelang.engine.running.output import outcome_name
from rulelang.explain.rule_names import rule_name
from rulelang.explain.wording import show_typed
from rulelang.explain.words import in_language
from rulelang.lowering.needs import expressions_of
from rulelang.model.contributions import BLANK
from rulelang.model.program import MEASURE, Model
from rulelang.model.walking import answers_named, fields_read
from rulelang.vocabulary.types import Date, ListOf, Text

INSTALL = 'pip install "rulelang[prove]"'
BEYOND = {
    MOMENTS: {"en": "conditions on times of day ({})", "zh": "按时刻的条件（{}）"},
    WORKING_DAYS: {"en": "days so many working days after another ({})", "zh": "从某日起若干工作日的日子（{}）"},
    LONG: {
        "en": f"rulesets with tables of more than {MOST_BRANCHES:,} rows ({{}})",
        "zh": f"含有超过{MOST_BRANCHES:,}行的表的规则集（{{}}）",
    },
    RECORDS: {"en": "the rules for each record ({})", "zh": "逐条记录的规则（{}）"},
}
MOST_NAMED = 6
AND = {"en": " and ", "zh": "、"}
QUESTIONS = {
    "gap": ("does everybody get a value?", "是否人人都有结论"),
    "conflict": ("can two rules apply to one customer?", "是否有两条规则同时适用于一个客户"),
    "unused": ("is the rule ever used?", "规则是否会用到"),
    "idle": ("does every condition matter?", "每个条件是否都起作用"),
    "repeat": ("does the rule repeat another?", "规则是否与另一条重复"),
    "dead": ("can anybody get the value?", "是否有客户能得到这个取值"),
    "range": ("how many points can there be?", "最多和最少能有多少分"),
}


def finding_diagnostic(finding: Finding, model: Model, as_of: date, steps: int, touched: Count | None) -> Diagnostic:
    """A finding with its facts in both languages."""
    facts: dict[str, Any] = {}
    for lang, suffix in (("en", ""), ("zh", "_zh")):
        told = _facts(finding, model, as_of, lang)
        if touched is not None:
            told["touched"] = _touched(touched, model, lang)
        facts |= {f"{name}{suffix}": value for name, value in told.items()}
    facts["steps"] = steps
    if finding.provable or (finding.customer is not None and finding.customer.provable):
        facts["install"] = INSTALL
    labels = tuple(Label("other-rule", each.span) for each in finding.others if each.span not in (None, finding.span))
    return Diagnostic(finding.code, finding.span, facts, labels=labels)


def _facts(finding: Finding, model: Model, as_of: date, lang: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if finding.outcome is not None:
        facts["outcome"] = outcome_name(model.outcomes[finding.outcome], lang)
    if finding.rule is not None:
        facts["rule"] = facts["first"] = rule_name(model, finding.rule, lang)
    if finding.others:
        names = [rule_name(model, each.name, lang) for each in finding.others]
        facts["winner"] = {"en": "” or “", "zh": "”或“"}[lang].join(names)
        facts["second" if finding.code.startswith(("unique", "agreement")) else "first"] = names[0]
    for name, value in finding.values:
        facts[name] = _value(name, value, finding, model, lang)
    if finding.customer is not None:
        shown = finding.customer if finding.customer.told else _in_full(finding.customer, finding.outcome, model)
        facts["customer"] = describe(shown, model, as_of, lang)
        facts["conditions"] = _conditions(finding.customer, model, lang)
    if finding.further:
        facts["further"] = _further(finding, model, as_of, lang)
    return facts


def _further(finding: Finding, model: Model, as_of: date, lang: str) -> str:
    """The further customers of a finding, each by the fields that matter, and how many more there are."""
    shown = [describe(each, model, as_of, lang) for each in finding.further]
    if lang == "zh":
        return "；".join([*(f"{each}的客户" for each in shown), *([f"至少还有{finding.more}种"] * bool(finding.more))])
    return "; one with ".join(shown) + (f"; and at least {finding.more} more" if finding.more else "")


def _in_full(customer: Customer, outcome: str | None, model: Model) -> Customer:
    """A customer that was tried with every field that the outcome rests on, where no single one of them matters more
    than the others: with records alone nobody can tell.
    """
    if outcome is None or not customer.tried:
        return customer
    fields: dict[str, None] = {}
    waiting, seen = [outcome], {outcome}
    for name in waiting:
        for branch in (each for rule in model.decision(name) for each in rule.branches):
            for expression in expressions_of(branch):
                fields |= dict.fromkeys(fields_read(expression))
                waiting += [each for each in answers_named(expression) if each not in seen]
                seen.update(answers_named(expression))
    told = (
        Told(each, value, _kind(value)) for each in fields if (value := customer.values.get(each, MISSING)) != MISSING
    )
    return evolve(customer, told=tuple(told)[:MOST_NAMED])


def _kind(value: Any) -> str:
    return MISSING if value is None else NONE if value is BLANK else VALUE


def _value(name: str, value: Any, finding: Finding, model: Model, lang: str) -> Any:
    if name == "question":
        return QUESTIONS[value][lang == "zh"]
    if name == "what":
        kind, names = value
        return BEYOND[kind][lang].format(
            {"en": ", ", "zh": "、"}[lang].join(_named(each, model, lang) for each in names)
        )
    if name == "number":
        return value
    if name == "reach":
        return _reach(value, model, lang)
    if name == "kept":
        return tuple(outcome_name(model.outcomes[each], lang) for each in value)
    outcome = model.outcomes[finding.outcome or ""]
    return show_typed(value, outcome.type, lang)


def _named(name: str, model: Model, lang: str) -> str:
    """A field, of the customer or of a record, a list or a rule by its name in a language."""
    if name in model.fields:
        return in_language(name, model.fields[name].label, lang)
    lists = (each.type for each in model.fields.values() if isinstance(each.type, ListOf))
    label = next((found for list_ in lists for part, found, _ in list_.fields if part == name), None)
    return rule_name(model, name, lang) if label is None else in_language(name, label, lang)


def _reach(fields: Sequence[str], model: Model, lang: str) -> str | None:
    """The fields that a question goes over, the first of them by name; None where there are few."""
    if len(fields) < 2:
        return None
    names = [in_language(each, model.fields[each].label, lang) for each in fields]
    named, rest = names[:MOST_NAMED], len(names) - MOST_NAMED
    if lang == "zh":
        return f"{len(names)}个字段（{'、'.join(named)}{'等' if rest > 0 else ''}）"
    return f"{len(names)} fields ({', '.join(named)}{', …' if rest > 0 else ''})"


def describe(customer: Customer, model: Model, as_of: date, lang: str) -> str:
    """The fields of a customer that matter, in words; empty where none does."""
    return AND[lang].join(describe_field(each, model, as_of, lang) for each in customer.told)


def describe_field(told: Told, model: Model, as_of: date, lang: str) -> str:
    """One field of a customer in words."""
    declared = model.fields[told.name]
    name = declared.name
    if declared.name.startswith(MEASURE) or lang == "zh":
        name = declared.label or name
    words = {MISSING: (" missing", "未填"), NONE: (" blank", "为空白"), "known": (" known", "已填")}
    if told.kind in words:
        return name + words[told.kind][lang == "zh"]
    if isinstance(declared.type, ListOf):
        return f"{len(told.value)}条{name}" if lang == "zh" else f"{len(told.value)} {name}"
    shown = show_typed(told.value, declared.type, lang)
    if declared.name.startswith(MEASURE):
        return f"“{name}”为{shown}" if lang == "zh" else f"“{name}” = {shown}"
    if isinstance(declared.type, Text):
        shown = f"“{shown}”"
    if isinstance(declared.type, Date):
        shown += _distance((as_of - told.value).days, lang)
    if lang == "zh":
        return f"{name}为{shown}"
    return f"{name} {shown}"


def _distance(days: int, lang: str) -> str:
    if days == 0:
        return {"en": " (today)", "zh": "（当天）"}[lang]
    if lang == "zh":
        return f"（{days}天前）" if days > 0 else f"（{-days}天后）"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f" ({count} ago)" if days > 0 else f" (in {count})"


def _conditions(customer: Customer, model: Model, lang: str) -> str:
    """What could not be traced to fields: how it stands in the file."""
    texts = {source.name: source.text for source in model.sources}
    shown = []
    for span, _ in customer.conditions:
        text = _source(span, texts)
        if text and text not in shown:
            shown.append(text)
    return {"en": ", ", "zh": "、"}[lang].join(f"“{each}”" for each in shown)


def _source(span: Span | None, texts: Mapping[str, str]) -> str:
    if span is None or span.file not in texts:
        return ""
    return " ".join(texts[span.file][span.start : span.end].split())


def _touched(touched: Count, model: Model, lang: str) -> str:
    names = [in_language(each, model.fields[each].label, lang) for each in touched.without]
    if lang == "zh":
        lacking = f"缺少列“{'”、“'.join(names)}”"
        if touched.rows is None:
            return f"无法计数，{lacking}"
        rows = f"共{touched.total}行，{'至少' if names else ''}涉及{touched.rows}行"
        return f"{rows}（{lacking}）" if names else rows
    lacking = f"there is no column {' or '.join(names)}"
    if touched.rows is None:
        return f"not counted, {lacking}"
    rows = f"{touched.rows:,} of {touched.total:,} rows"
    return f"at least {rows} ({lacking})" if names else rows


def finding_diagnostics(
    findings: Sequence[Finding],
    model: Model,
    as_of: date,
    steps: int,
    touched: Mapping[int, Count] | None = None,
) -> tuple[Diagnostic, ...]:
    """All findings in words; ``touched`` by the position of the finding."""
    counted = touched or {}
    return tuple(
        finding_diagnostic(each, model, as_of, steps, counted.get(place)) for place, each in enumerate(findings)
    )
