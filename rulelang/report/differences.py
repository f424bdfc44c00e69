"""What is proved of two versions of a ruleset: the same for every customer, or a customer who differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rulelang.analysis.difference import DIFFERENT, EQUAL, UNDECIDED, Verdict
from rulelang.analysis.witness import Told
from rulelang.changes.versions import Versions
from rulelang.diagnostics.wording import show_value
from rulelang.engine.comparing.proved import Proof, Proved
from rulelang.engine.running.output import outcome_name
from rulelang.explain.wording import show_answer, show_typed
from rulelang.explain.words import in_language
from rulelang.model.contributions import BLANK
from rulelang.model.program import Model
from rulelang.report.edits import declared_text
from rulelang.report.terminal import Style
from rulelang.report.vocabulary import type_text
from rulelang.vocabulary.declarations import Field, Outcome, record_fields
from rulelang.vocabulary.types import ListOf

_MOST_RECORDS = 3


def proof_text(proof: Proof, versions: Versions, lang: str, style: Style) -> str:
    """What is proved of every outcome, what each edit does alone, and from which day it is otherwise."""
    chinese = lang == "zh"
    lines = []
    if proof.whole.same:
        days = [each for each, proved in proof.later if proved.same]
        lines.append(style.paint(_same(proof.day, days, lang), "good"))
    else:
        heading = f"结论，基准日{_day(proof.day, lang)}" if chinese else f"Outcomes as of {_day(proof.day, lang)}"
        lines.append(style.paint(heading, "heading"))
        lines += ["  " + _verdict(each, versions, lang, style) for each in proof.whole.verdicts]
    if proof.alone:
        lines += ["", style.paint("单独看各项修改" if chinese else "Each edit alone", "heading")]
        lines += [f"  {(each.edit or 0) + 1}  {_alone(each, versions, lang)}" for each in proof.alone]
    for day, proved in proof.later:
        if _seen(proved) != _seen(proof.whole):
            heading = f"自{_day(day, lang)}起" if chinese else f"From {_day(day, lang)}"
            lines += ["", style.paint(heading, "heading")]
            lines += ["  " + _verdict(each, versions, lang, style) for each in proved.verdicts]
    if proof.open_days:
        named = ("、" if chinese else ", ").join(_day(each, lang) for each in proof.open_days)
        said = f"以下日期起有变，未作比较：{named}" if chinese else f"Not compared from these days on: {named}"
        lines += ["", style.paint(said, "warning")]
    return "\n".join(lines)


def _same(day: date, later: Sequence[date], lang: str) -> str:
    """The sentence for two versions that decide alike on a day, and from each of some later ones on."""
    days = [_day(each, lang) for each in later]
    if lang == "zh":
        then = f"，以及自{'、'.join(days)}起" if days else ""
        return f"两个版本的判定相同：已对所有可能的客户证明，基准日{_day(day, lang)}{then}。"
    then = f" and from {', '.join(days)} on" if days else ""
    return f"Both versions decide the same: proved for every customer, as of {_day(day, lang)}{then}."


def _day(day: date, lang: str) -> str:
    return show_value(day, lang)


def _seen(proved: Proved) -> list[tuple[str, str]]:
    """What is said of each outcome; customers differ from day to day by their dates."""
    return [(each.outcome, each.kind) for each in proved.verdicts]


def _name(outcome: str, versions: Versions, lang: str) -> str:
    return outcome_name(_outcome(outcome, versions), lang)


def _outcome(name: str, versions: Versions) -> Outcome:
    known = {**versions.old.outcomes, **versions.old.record_outcomes}
    return {**known, **versions.new.outcomes, **versions.new.record_outcomes}[name]


def _verdict(verdict: Verdict, versions: Versions, lang: str, style: Style) -> str:
    chinese = lang == "zh"
    name = _name(verdict.outcome, versions, lang)
    colon = "：" if chinese else ": "
    if verdict.kind == EQUAL:
        return style.paint(name + colon + ("已证明相同" if chinese else "proved the same"), "good")
    if verdict.kind == DIFFERENT and verdict.customer is not None:
        return style.paint(name, "warning") + colon + _shown(verdict, versions, lang)
    return style.paint(name, "note") + colon + _unproved(verdict, versions, lang)


def _unproved(verdict: Verdict, versions: Versions, lang: str) -> str:
    chinese = lang == "zh"
    if verdict.fields:
        return _declared(verdict.fields, versions, lang)
    if verdict.kind == UNDECIDED:
        return "在步数限额内未能判定" if chinese else "not decided within the budget of steps"
    reasons = {
        "outcome": ("只有一个版本判定，或类型不同", "only one version decides it, or as another type"),
    }
    default = ("可能不同：条件超出可证明的范围", "may differ: its conditions are beyond what can be proved")
    return reasons.get(verdict.reason, default)[not chinese]


def _declared(fields: Sequence[str], versions: Versions, lang: str) -> str:
    """That an outcome rests on fields which the versions declare differently, and how."""
    told = []
    for name in fields:
        before, after = versions.old.fields[name], versions.new.fields[name]
        types = [type_text(each.type, lang) for each in (before, after)]
        if types[0] == types[1]:
            types = [declared_text(one, other, lang) for one, other in ((before, after), (after, before))]
        label = in_language(name, after.label, lang)
        told.append(f"“{label}”（{types[0]} → {types[1]}）" if lang == "zh" else f"{label} ({types[0]} → {types[1]})")
    if lang == "zh":
        return f"可能不同：所依据的字段声明不同：{'、'.join(told)}"
    return f"may differ: it rests on {', '.join(told)}, declared differently"


def _shown(verdict: Verdict, versions: Versions, lang: str) -> str:
    assert verdict.customer is not None
    outcome = _outcome(verdict.outcome, versions)
    who = told_text(verdict.customer.told, versions.new, lang)
    before, after = (_answer(each, outcome, lang) for each in (verdict.old, verdict.new))
    if lang == "zh":
        return f"{who}的客户，原为{before}，现为{after}" if who else f"任何客户，原为{before}，现为{after}"
    return f"a customer with {who}: {before} → {after}" if who else f"any customer: {before} → {after}"


def told_text(told: Sequence[Told], model: Model, lang: str) -> str:
    """A customer by the fields that matter."""
    parts = []
    for each in told:
        field = model.fields.get(each.name)
        name = in_language(each.name, None if field is None else field.label, lang)
        chinese = lang == "zh"
        if each.kind == "missing":
            parts.append(f"{name}缺失" if chinese else f"{name} missing")
        elif each.kind == "blank":
            parts.append(f"{name}空白" if chinese else f"{name} blank")
        elif each.kind == "known":
            parts.append(f"{name}已知" if chinese else f"{name} known")
        elif field is not None and isinstance(field.type, ListOf) and isinstance(each.value, tuple | list):
            parts.append(_records_text(field, each.value, name, lang))
        else:
            shown = show_value(each.value, lang) if field is None else show_typed(each.value, field.type, lang)
            parts.append(f"{name}＝{shown}" if chinese else f"{name} = {shown}")
    return ("、" if lang == "zh" else ", ").join(parts)


def _records_text(field: Field, records: Sequence[Mapping[str, Any]], name: str, lang: str) -> str:
    """The records of a list: how many, and what the first of them are like."""
    declared = record_fields(field)
    between = "、" if lang == "zh" else ", "
    told = [
        between.join(
            show_typed(record[part.name], part.type, lang) for part in declared if record.get(part.name) is not None
        )
        for record in records[:_MOST_RECORDS]
    ]
    told += ["…"] * (len(records) > _MOST_RECORDS)
    said = ("；" if lang == "zh" else "; ").join(told)
    if lang == "zh":
        return f"{len(records)}条{name}" + (f"（{said}）" if said else "")
    return f"{len(records)} {name}" + (f" ({said})" if said else "")


def _answer(value: Any, outcome: Outcome, lang: str) -> str:
    if value is BLANK:
        return "无适用规则" if lang == "zh" else "no rule"
    if value is None:
        return "待定" if lang == "zh" else "undecided"
    return show_answer(value, outcome, lang)


def _alone(proved: Proved, versions: Versions, lang: str) -> str:
    chinese = lang == "zh"
    if proved.same:
        return "单独不改变任何判定：已证明" if chinese else "changes nothing: proved"
    shown = proved.shown
    if shown is None:
        return "未能证明，也没有找到会变动的客户" if chinese else "not proved, and no customer found who differs"
    name = _name(shown.outcome, versions, lang)
    text = _shown(shown, versions, lang)
    rest = sum(each.kind == DIFFERENT for each in proved.verdicts) - 1
    more = (f"；另有{rest}个结论不同" if chinese else f"; and {rest} more outcomes") if rest else ""
    return name + ("：" if chinese else ": ") + text + more


def proof_json(proof: Proof) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "same": proof.same,
        "verdicts": _verdicts(proof.whole),
        "alone": [{"edit": (each.edit or 0) + 1, "verdicts": _verdicts(each)} for each in proof.alone],
        "later": [
            {"day": day.isoformat(), "same": each.same, "verdicts": _verdicts(each)} for day, each in proof.later
        ],
        "not_compared": [each.isoformat() for each in proof.open_days],
    }


def _verdicts(proved: Proved) -> list[dict[str, Any]]:
    return [_json(each) for each in proved.verdicts]


def _json(verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": verdict.outcome, "kind": verdict.kind, "reason": verdict.reason or None}
    if verdict.fields:
        found["fields"] = list(verdict.fields)
    if verdict.customer is not None:
        found["customer"] = {each.name: _plain(each.value, each.kind) for each in verdict.customer.told}
        found["old"], found["new"] = _standing(verdict.old), _standing(verdict.new)
    return found


def _standing(value: Any) -> Any:
    if value is BLANK or value is None:
        return {"standing": "no rule" if value is BLANK else "undecided"}
    return _plain(value, "value")


def _plain(value: Any, kind: str) -> Any:
    if kind != "value":
        return None if kind == "missing" else {"is": kind}
    if isinstance(value, tuple | list):
        return [_plain(each, kind) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each, kind) for name, each in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else show_value(value, "en")
