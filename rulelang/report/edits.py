"""An edit between two versions of a ruleset, in words: a line that names it, and what was and is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs

from rulelang.changes.versions import (
    DAY,
    FIELD,
    FUNCTION,
    IN_FORCE,
    LIST,
    OUT_OF_FORCE,
    OUTCOME,
    ROW_ADDED,
    ROW_CHANGED,
    ROW_REMOVED,
    RULE_ADDED,
    RULE_CHANGED,
    RULE_MOVED,
    RULE_REMOVED,
    THRESHOLD,
    VALUES,
    WHOLE,
    Edit,
    Versions,
)
from rulelang.diagnostics.wording import show_value
from rulelang.explain.translate import translator
from rulelang.explain.wording import as_written, show_answer, show_typed
from rulelang.explain.words import in_language
from rulelang.model.expressions import Literal
from rulelang.model.fingerprint import meaning
from rulelang.model.program import Assignment, Branch, Model, Rule
from rulelang.report.table_rows import row_of
from rulelang.report.vocabulary import type_text
from rulelang.vocabulary.declarations import Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.types import Choice

_MOST_ENTRIES = 5
_MOST_LINES = 8

_TITLES = {
    RULE_ADDED: ("rule “{name}” added", "新增规则“{name}”"),
    RULE_REMOVED: ("rule “{name}” removed", "去掉规则“{name}”"),
    RULE_CHANGED: ("rule “{name}” changed", "修改规则“{name}”"),
    RULE_MOVED: ("rule “{name}” moved", "规则“{name}”换了位置"),
    ROW_ADDED: ("rule “{name}”, branch added", "规则“{name}”新增一支"),
    ROW_REMOVED: ("rule “{name}”, branch removed", "规则“{name}”去掉一支"),
    ROW_CHANGED: ("rule “{name}”, branch changed", "规则“{name}”修改一支"),
    IN_FORCE: ("rule “{name}” comes into force", "规则“{name}”生效"),
    OUT_OF_FORCE: ("rule “{name}” is no longer in force", "规则“{name}”失效"),
    THRESHOLD: ("threshold {name}: {before} → {after}", "阈值“{name}”：{before} → {after}"),
    LIST: ("list {name}: {after}", "名单“{name}”：{after}"),
    OUTCOME: ("outcome {name}: {before} → {after}", "结论“{name}”：{before} → {after}"),
    FIELD: ("field {name}: {before} → {after}", "字段“{name}”：{before} → {after}"),
    FUNCTION: ("function {name}: {before} → {after}", "函数“{name}”：{before} → {after}"),
    VALUES: ("values of {name}: {before} → {after}", "“{name}”的取值：{before} → {after}"),
    DAY: ("the day: {before} → {after}", "基准日：{before} → {after}"),
    WHOLE: (
        "everything at once: the two versions declare {name} differently, so the edits can't be taken apart",
        "整体：两个版本对{name}的声明不同，无法把各项修改拆开",
    ),
}


def edit_title(edit: Edit, lang: str) -> str:
    """The edit on one line."""
    sentence = _TITLES[edit.kind][lang == "zh"]
    return sentence.format(
        name=in_language(edit.name, edit.label, lang), before=_short(edit, True, lang), after=_short(edit, False, lang)
    )


def edit_lines(edit: Edit, versions: Versions, lang: str) -> list[str]:
    """What was written (``- ``) and what is written now (``+ ``), for edits of rules."""
    if edit.kind == RULE_MOVED or not isinstance(edit.after or edit.before, Rule | Branch):
        return []
    row = _row_changed(edit, versions)
    if row:
        return [row]
    before = _written(edit.before, edit, versions.old, lang)
    after = _written(edit.after, edit, versions.new, lang)
    shown = [f"- {each}" for each in before if each not in after] + [
        f"+ {each}" for each in after if each not in before
    ]
    more = len(shown) - _MOST_LINES
    return [*shown[:_MOST_LINES], *([f"… {more}"] if more > 0 else [])]


def edit_json(edit: Edit, number: int, versions: Versions, lang: str) -> dict[str, Any]:
    """The edit for other programs: its number, kind, name, title, what was and is written, and its place."""
    return {
        "number": number,
        "kind": edit.kind,
        "name": edit.name,
        "label": edit.label,
        "title": edit_title(edit, lang),
        "before": _written(edit.before, edit, versions.old, lang),
        "after": _written(edit.after, edit, versions.new, lang),
        "file": None if edit.span is None else edit.span.file,
        "line": None if edit.span is None else edit.span.line,
    }


def _short(edit: Edit, first: bool, lang: str) -> str:
    """One side of the edit in a few words."""
    part = edit.before if first else edit.after
    match part:
        case Threshold():
            later = (f"{show_typed(_plain(value), part.type, lang)} {_from(day, lang)}" for day, value in part.dated)
            return ("；" if lang == "zh" else "; ").join([show_typed(_plain(part.value), part.type, lang), *later])
        case ReferenceList():
            return "" if first else _entries(edit.before, part, lang)
        case Function():
            return f"{part.plugin} {part.version}".strip()
        case date():
            return show_value(part, lang)
    if edit.kind == VALUES and isinstance(part.type, Choice):
        between = " < " if part.type.ordered else ("、" if lang == "zh" else ", ")
        return between.join(in_language(each.key, each.label, lang) for each in part.type.members)
    if edit.kind in (OUTCOME, FIELD):
        return declared_text(part, edit.after if first else edit.before, lang)
    return ""


def _plain(value: Any) -> Any:
    return getattr(value, "amount", value)


def _from(day: date, lang: str) -> str:
    return f"自{show_value(day, lang)}起" if lang == "zh" else f"from {day.isoformat()}"


def _entries(before: ReferenceList, after: ReferenceList, lang: str) -> str:
    added, removed = sorted(after.values - before.values), sorted(before.values - after.values)
    parts = []
    for entries, words in ((added, ("added", "新增")), (removed, ("removed", "去掉"))):
        if entries:
            some = ("、" if lang == "zh" else ", ").join(entries[:_MOST_ENTRIES])
            some += "…" if len(entries) > _MOST_ENTRIES else ""
            parts.append(
                f"{words[1]}{len(entries)}条（{some}）" if lang == "zh" else f"{len(entries)} {words[0]} ({some})"
            )
    return ("，" if lang == "zh" else ", ").join(parts) or ("内容改变" if lang == "zh" else "its rows changed")


_SAID = {
    "policy": ("combined by", "取值方式"),
    "last_resort": ("else", "否则"),
    "when_missing": ("when data is missing", "资料不全时"),
    "at_least": ("at least", "至少"),
    "at_most": ("at most", "至多"),
    "may_be_blank": ("may be blank", "可空白"),
    "missing_values": ("missing values", "缺失写法"),
    "type": ("type", "类型"),
}


def declared_text(part: Any, other: Any, lang: str) -> str:
    """What a declaration says that the other one doesn't."""
    parts = []
    for each in attrs.fields(type(part)):
        if each.name in _SAID:
            ours, theirs = getattr(part, each.name), getattr(other, each.name)
            if ours != theirs and (each.name != "type" or meaning(ours) != meaning(theirs)):
                parts.append(f"{_SAID[each.name][lang == 'zh']} {_attribute(ours, part, lang)}")
    return ("，" if lang == "zh" else ", ").join(parts)


def _attribute(value: Any, part: Any, lang: str) -> str:
    if value is None or value == "" or value == ():
        return "–"
    if attrs.has(type(value)) and not hasattr(value, "amount"):
        return type_text(value, lang)
    if isinstance(part, Outcome) and isinstance(value, str):
        return show_answer(value, part, lang)
    return ", ".join(value) if isinstance(value, tuple) else show_typed(_plain(value), part.type, lang)


def _written(part: Any, edit: Edit, model: Model, lang: str) -> list[str]:
    """A rule or a branch as it is written, a line for each branch."""
    if isinstance(part, Rule):
        return list(_rule_lines(part, model, lang))
    if isinstance(part, Branch):
        owner = next((each for each in model.rules if each.name == edit.name), None)
        return [_branch_line(part, owner, model, lang)]
    text = _short(edit, part is edit.before, lang) if part is not None else ""
    return [text] if text else []


def _rule_lines(rule: Rule, model: Model, lang: str) -> Iterator[str]:
    if rule.priority is not None:
        yield f"优先级{rule.priority}" if lang == "zh" else f"priority {rule.priority}"
    if rule.valid_from is not None:
        yield _from(rule.valid_from, lang)
    if rule.valid_until is not None:
        yield f"至{show_value(rule.valid_until, lang)}止" if lang == "zh" else f"until {rule.valid_until}"
    for branch in rule.branches:
        yield _branch_line(branch, rule, model, lang)


def _row_changed(edit: Edit, versions: Versions) -> str:
    """A row of a table that asks what it asked and gives something else: its conditions, and what it gave and gives;
    empty of anything else.
    """
    rows = [row_of(each, model) for each, model in ((edit.before, versions.old), (edit.after, versions.new))]
    before, after = rows
    if before is None or after is None or before.asked != after.asked or before.given.keys() != after.given.keys():
        return ""
    changed = [f"{name} {was} → {after.given[name]}" for name, was in before.given.items() if was != after.given[name]]
    return f"{' | '.join(after.asked)}: {', '.join(changed)}" if changed else ""


def _branch_line(branch: Branch, rule: Rule | None, model: Model, lang: str) -> str:
    row = row_of(branch, model)
    if row is not None:
        return row.line
    show, spell = as_written(model), translator(model, lang)
    condition = spell(show(branch.condition))
    given = [_given(each, model.outcome(each.outcome), spell(show(each.value)), lang) for each in branch.assignments]
    if lang == "zh":
        return f"如果{condition}那么{'，'.join(given)}" if condition else "，".join(given)
    return f"if {condition} then {', '.join(given)}" if condition else ", ".join(given)


def _given(assignment: Assignment, outcome: Outcome, written: str, lang: str) -> str:
    """What a branch gives, in the reader's language."""
    name, value = in_language(outcome.name, outcome.label, lang), assignment.value
    if isinstance(value, Literal) and isinstance(value.value, str) and not isinstance(outcome.type, Choice):
        text = in_language(value.value, value.label, lang)
        written = f"“{text}”" if lang == "zh" else f'"{text}"'
    match outcome.policy:
        case "collect":
            return f"{name}加入{written}" if lang == "zh" else f"add {written} to {name}"
        case "sum":
            return f"{name}加{written}" if lang == "zh" else f"add {written} to {name}"
    return f"{name}为{written}" if lang == "zh" else f"{name} = {written}"
