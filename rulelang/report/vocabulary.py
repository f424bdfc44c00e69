"""A ruleset's fields, outcomes, thresholds and rules, as data and as tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rulelang.diagnostics.position import Span
from rulelang.diagnostics.wording import show_value
from rulelang.explain.wording import show_typed
from rulelang.model.contents import functions_called
from rulelang.model.program import Deviation, Model, Rule
from rulelang.plugin.locate import called
from rulelang.report.quality import asked_text
from rulelang.report.terminal import Style, table
from rulelang.syntax.words import load_words
from rulelang.values.numbers import show_number
from rulelang.vocabulary.checks import FieldChecks
from rulelang.vocabulary.declarations import Field, Outcome, Threshold, Value
from rulelang.vocabulary.functions import GIVEN, Function
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Member, Money, Number, Text, Type, YesNo

_POLICIES = {
    "first": ("first rule wins", "取首条"),
    "last": ("last rule wins", "取末条"),
    "unique": ("unique", "唯一"),
    "any": ("all agree", "结果一致"),
    "highest": ("highest wins", "就高"),
    "lowest": ("lowest wins", "就低"),
    "sum": ("sum", "累加"),
    "collect": ("collect", "全部列出"),
}


_DEVIATIONS = {
    "added": "新增",
    "replaced": "替换",
    "removed": "去掉",
    "threshold": "阈值",
    "field": "字段",
    "currency": "币种",
}


def type_text(type_: Type, lang: str = "en") -> str:
    """A type as a declaration writes it: ``money in CNY``, ``one of gold, silver``; 金额（CNY）, 分为金、银."""
    chinese = lang == "zh"
    match type_:
        case YesNo():
            return "是否" if chinese else "yes or no"
        case Text():
            return "文本" if chinese else "text"
        case Number(percent=True):
            return "百分比" if chinese else "percent"
        case Number(decimals=0):
            return "整数" if chinese else "whole number"
        case Number():
            return "数字" if chinese else "number"
        case Money(by=str(by)):
            return f"金额（{by}）" if chinese else f"money in {by}"
        case Money(currency=None):
            return "金额" if chinese else "money"
        case Money():
            return f"金额（{currency_word(type_.currency, lang)}）" if chinese else f"money in {type_.currency}"
        case Date(may_be_future=True):
            return "日期，可为未来" if chinese else "date, may be future"
        case Date():
            return "日期" if chinese else "date"
        case DateTime():
            future = "，可为未来" if chinese else ", may be future"
            return ("日期时间" if chinese else "date and time") + (future if type_.may_be_future else "")
        case Length():
            unit = {"days": "天", "months": "月", "minutes": "分钟", "working days": "工作日"}[type_.unit]
            return f"时长（{unit}）" if chinese else f"length in {type_.unit}"
        case Choice():
            names = [_member(each, lang) for each in type_.members]
            between = (" < ", ", ") if not chinese else ("＜", "、")
            listed = between[0 if type_.ordered else 1].join(names)
            return listed if type_.ordered else f"分为{listed}" if chinese else f"one of {listed}"
        case ListOf():
            return f"{type_.element}的明细" if chinese else f"list of {type_.element}"


def currency_word(currency: str | None, lang: str) -> str:
    """A currency as the language's rules write it: 元 for CNY."""
    return load_words().patterns[lang].get(f"currency_{currency}", currency or "")


def value_text(value: Value | None, type_: Type, lang: str = "en") -> str:
    """A value as a declaration writes it: ``CNY 10,000``, ``15%``, ``365 days``; a choice's member by its label."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if isinstance(type_, Money) and type_.currency is not None and lang == "zh":
            return show_typed(value, type_, lang)
        if isinstance(type_, Money):
            return f"{type_.currency or ''} {Decimal(value):,f}".strip()
        if isinstance(type_, Number) and type_.percent:
            return f"{(Decimal(value) * 100).normalize():f}%"
    if isinstance(type_, Choice) and isinstance(value, str):
        member = type_.member(value)
        return value if member is None else _member(member, lang)
    return show_value(value, lang)


def vocabulary_json(model: Model, fingerprint: str) -> dict[str, Any]:
    """The ruleset for other programs: ``fingerprint``, ``fields``, ``outcomes``, ``thresholds``, ``rules`` and more."""
    header = model.header
    return {
        "name": header.name,
        "label": header.label,
        "version": header.version,
        "valid_from": _plain(header.valid_from),
        "valid_until": _plain(header.valid_until),
        "fingerprint": fingerprint,
        "fields": [_field(each) for each in model.fields.values()],
        "checks": [{"field": each.field.name, "asks": asked_text(each, model, "en")} for each in _asking(model)],
        "outcomes": [_outcome(each) for each in model.outcomes.values()],
        "outcomes_of_records": [{**_outcome(each), "list": each.list} for each in model.record_outcomes.values()],
        "thresholds": [_threshold(each) for each in model.thresholds.values()],
        "lists": [
            {"name": each.name, "label": each.label, "entries": len(each.values)} for each in model.lists.values()
        ],
        "functions": [function_facts(model.functions[each]) for each in functions_called(model)],
        "rules": [_rule(each) for each in model.rules],
        "deviations": [_deviation(each) for each in model.deviations],
    }


def as_text(model: Model, fingerprint: str, lang: str, style: Style) -> str:
    """The ruleset as headed tables."""
    chinese = lang == "zh"
    header = model.header
    name = (header.label if chinese and header.label else header.name) or ("（未命名）" if chinese else "(no name)")
    version = "" if header.version is None else f" 第{header.version}版" if chinese else f" version {header.version}"
    of_records = list(model.record_outcomes.values())
    parts = [style.paint(name + version, "heading") + f"\n{'指纹' if chinese else 'fingerprint'} {fingerprint}"]
    for title, rows in (
        (("Fields", "字段"), [_field_row(each, lang) for each in model.fields.values()]),
        (("Asked of the data", "对数据的要求"), _checks(model, lang)),
        (("Outcomes", "结论"), [_outcome_row(each, lang) for each in model.outcomes.values()]),
        (("Outcomes of each record", "逐条的结论"), [_outcome_row(each, lang) for each in of_records]),
        (("Thresholds", "阈值"), [_threshold_row(each, lang) for each in model.thresholds.values()]),
        (("Functions", "函数"), [function_row(model.functions[each], lang) for each in functions_called(model)]),
        (("Rules", "规则"), [_rule_row(each, model, lang) for each in model.rules]),
        (("Deviations from the base", "与上级规则的差异"), [_deviation_row(each, lang) for each in model.deviations]),
    ):
        if rows:
            heading = style.paint(
                f"{title[chinese]} ({len(rows)})" if not chinese else f"{title[1]}（{len(rows)}）", "heading"
            )
            parts.append(heading + "\n" + _indented(table(rows[0], rows[1:])))
    return "\n\n".join(parts)


def _asking(model: Model) -> list[FieldChecks]:
    """The fields whose declaration asks something of the data."""
    return [each for each in model.checks if each.declared]


def _checks(model: Model, lang: str) -> list[list[str]]:
    return [[*_names(each.field, lang), asked_text(each, model, lang)] for each in _asking(model)]


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _names(each: Field | Outcome | Threshold, lang: str) -> list[str]:
    first, second = (each.label or each.name, each.name) if lang == "zh" else (each.name, each.label or "")
    return [first, "" if first == second else second]


def _field_row(each: Field, lang: str) -> list[str]:
    change = each.changeable
    if change is None:
        told = ""
    elif change.per is None:
        cost = show_number(change.cost)
        told = f"可改变（代价{cost}）" if lang == "zh" else f"changeable, cost {cost}"
    else:
        cost, per = show_number(change.cost), value_text(change.per, each.type, lang)
        told = f"可改变（每{per}代价{cost}）" if lang == "zh" else f"changeable, cost {cost} per {per}"
    return [*_names(each, lang), type_text(each.type, lang), told]


def _outcome_row(each: Outcome, lang: str) -> list[str]:
    resort = (
        ("else " if lang == "en" else "默认为") + value_text(each.last_resort, each.type, lang)
        if each.last_resort is not None
        else ""
    )
    return [*_names(each, lang), type_text(each.type, lang), _POLICIES[each.policy][lang == "zh"], resort]


def _threshold_row(each: Threshold, lang: str) -> list[str]:
    later = [
        f"{value_text(value, each.type, lang)} from {start}"
        if lang == "en"
        else f"自{show_value(start, lang)}起{value_text(value, each.type, lang)}"
        for start, value in each.dated
    ]
    note = (each.note_label if lang == "zh" and each.note_label else each.note) or ""
    return [
        *_names(each, lang),
        ("; " if lang == "en" else "，").join([value_text(each.value, each.type, lang), *later]),
        note,
    ]


def signature(each: Function, lang: str) -> str:
    """A function as it is called, with what it returns: ``luhn_valid(number: text): yes or no``."""
    chinese = lang == "zh"
    given = [
        (f"{part.label or part.name}：" if chinese else f"{part.name}: ") + type_text(part.type, lang)
        for part in each.parameters
    ]
    if chinese:
        return f"{each.label or each.name}（{'，'.join(given)}）：{type_text(each.result, lang)}"
    return f"{each.name}({', '.join(given)}): {type_text(each.result)}"


def function_row(each: Function, lang: str) -> list[str]:
    """A function for a table: how it is called, what it says, where it comes from."""
    note = each.note_label if lang == "zh" and each.note_label else each.note
    if each.unknown_in == GIVEN:
        also = "（缺值时也计算）" if lang == "zh" else " (also where a value is missing)"
        note = note.rstrip(".。") + also
    return [signature(each, lang), note, f"{each.plugin} {each.version}"]


def function_facts(each: Function) -> dict[str, Any]:
    """A function for other programs."""
    return {
        "name": each.name,
        "label": each.label,
        "parameters": [
            {"name": part.name, "label": part.label, "type": type_text(part.type)} for part in each.parameters
        ],
        "result": type_text(each.result),
        "note": each.note,
        "unknown_in": each.unknown_in,
        "plugin": each.plugin,
        "version": each.version,
    }


def _rule_row(each: Rule, model: Model, lang: str) -> list[str]:
    outcomes = [_names(model.outcome(name), lang)[0] for name in _sets(each)]
    arrow = "→ " + (", " if lang == "en" else "、").join(outcomes)
    where = "" if each.span is None else place_of_rule(each.span, lang)
    off = "" if not each.switched_off else "switched off" if lang == "en" else "已停用"
    return [(each.label if lang == "zh" and each.label else each.name), arrow, where, off]


def place_of_rule(span: Span, lang: str) -> str:
    """A file and a line; a ruleset that ships by its name."""
    file = called(span.file, lang)
    return f"{file} 第{span.line}行" if lang == "zh" else f"{file}:{span.line}"


def _deviation_row(each: Deviation, lang: str) -> list[str]:
    where = "" if each.span is None else place_of_rule(each.span, lang)
    base = "" if each.base is None else place_of_rule(each.base, lang)
    return [each.name, _DEVIATIONS[each.kind] if lang == "zh" else each.kind, where, base]


def _deviation(each: Deviation) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "name": each.name,
        "file": None if each.span is None else each.span.file,
        "line": None if each.span is None else each.span.line,
        "base_file": None if each.base is None else each.base.file,
        "base_line": None if each.base is None else each.base.line,
    }


def _sets(rule: Rule) -> list[str]:
    return list(dict.fromkeys(each.outcome for branch in rule.branches for each in branch.assignments))


def _field(each: Field) -> dict[str, Any]:
    return {
        "name": each.name,
        "label": each.label,
        "type": type_text(each.type),
        "values": _members(each.type),
        "note": each.note,
        "required": each.required,
        "may_be_blank": each.may_be_blank,
        "privacy": each.privacy,
        "changeable": None
        if each.changeable is None
        else {"cost": show_number(each.changeable.cost), "per": _plain(each.changeable.per)},
        "at_least": _plain(each.at_least),
        "at_most": _plain(each.at_most),
        "inferred": each.inferred,
    }


def _outcome(each: Outcome) -> dict[str, Any]:
    return {
        "name": each.name,
        "label": each.label,
        "type": type_text(each.type),
        "values": _members(each.type),
        "note": each.note,
        "policy": each.policy,
        "else": _plain(each.last_resort),
        "when_missing": each.when_missing,
        "inferred": each.inferred,
    }


def _threshold(each: Threshold) -> dict[str, Any]:
    return {
        "name": each.name,
        "label": each.label,
        "type": type_text(each.type),
        "value": _plain(each.value),
        "note": each.note,
        "dated": [{"from": start.isoformat(), "value": _plain(value)} for start, value in each.dated],
    }


def _rule(each: Rule) -> dict[str, Any]:
    return {
        "name": each.name,
        "label": each.label,
        "outcomes": _sets(each),
        "priority": each.priority,
        "switched_off": each.switched_off,
        "valid_from": _plain(each.valid_from),
        "valid_until": _plain(each.valid_until),
        "file": None if each.span is None else each.span.file,
        "line": None if each.span is None else each.span.line,
    }


def _members(type_: Type) -> list[dict[str, str | None]] | None:
    return [{"name": each.key, "label": each.label} for each in type_.members] if isinstance(type_, Choice) else None


def _member(member: Member, lang: str) -> str:
    return member.label if lang == "zh" and member.label else member.key


def _plain(value: Value | None) -> bool | int | str | None:
    """A value as JSON writes it: exact numbers and dates as text."""
    return value if value is None or isinstance(value, bool | int | str) else show_value(value, "en")


__all__: Sequence[str] = ["as_text", "function_facts", "function_row", "signature", "type_text", "vocabulary_json"]
