"""When answers change by themselves: for a person and for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rulelang.changes.versions import Edit
from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.engine.comparing.calendar import Schedule
from rulelang.engine.comparing.comparing import held_json
from rulelang.engine.running.output import outcome_name
from rulelang.explain.words import in_language
from rulelang.model.program import Model
from rulelang.report.amounts import shown_held
from rulelang.report.edits import edit_title
from rulelang.report.layout import shorten
from rulelang.report.run_summary import share
from rulelang.report.terminal import Style, table

_WIDEST = 28


def schedule_text(schedule: Schedule, model: Model, lang: str, style: Style, key: str | None) -> str:
    """How many change in what and when, and the first changes."""
    chinese, decided = lang == "zh", schedule.rows - schedule.rejected
    start, end = show_value(schedule.start, lang), show_value(schedule.end, lang)
    if chinese:
        head = f"{schedule.source}：共{schedule.rows:,}行，{start}之后至{end}；{schedule.customers:,}人的结论会自行改变"
    else:
        rows = f"{schedule.rows:,} {'row' if schedule.rows == 1 else 'rows'}"
        head = f"{schedule.source}: {rows}, after {start} up to {end}; {schedule.customers:,} change by themselves"
    head += f"（{share(schedule.customers, decided)}）" if chinese else f" ({share(schedule.customers, decided)})"
    parts = [style.paint(head, "heading")]
    rows_ = [
        [
            outcome_name(each, lang),
            f"{schedule.counts.get(each.name, 0):,}",
            share(schedule.counts.get(each.name, 0), decided),
        ]
        for each in schedule.outcomes
    ]
    titles = ("结论", "人数", "占比") if chinese else ("outcome", "customers", "share")
    parts.append(table(titles, rows_, ("<", ">", ">"), style))
    if len(schedule.months) > 1:
        heads = ("月份", "改变次数") if chinese else ("month", "changes")
        parts.append(
            table(heads, [[each, f"{count:,}"] for each, count in sorted(schedule.months.items())], ("<", ">"), style)
        )
    if schedule.preview:
        parts.append(_preview(schedule, model, lang, style, key))
    parts += [style.paint(each, "note") for each in _remarks(schedule, model, lang)]
    return "\n\n".join(parts)


def _preview(schedule: Schedule, model: Model, lang: str, style: Style, key: str | None) -> str:
    titles = ("行号", key or "", "日期", "结论", "原结果", "新结果", "规则", "原因")
    if lang != "zh":
        titles = ("row", key or "", "date", "outcome", "from", "to", "rule", "cause")
    told = any(each.change.cause for each in schedule.preview)
    labels = {each.name: each.label for each in model.rules}
    rows = []
    for each in schedule.preview:
        change = each.change
        outcome = model.outcomes[change.outcome]
        rule = _rule(change.rule, labels, lang)
        rows.append(
            [
                str(each.row),
                each.key,
                change.day.isoformat(),
                outcome_name(outcome, lang),
                shorten(shown_held(change.before, outcome, lang), _WIDEST),
                shorten(shown_held(change.after, outcome, lang), _WIDEST),
                rule,
                *([told_cause(change.cause, lang)] if told else []),
            ]
        )
    shown = table(titles if told else titles[:-1], rows, (">",), style)
    more = sum(schedule.months.values()) - len(rows)
    if more > 0:
        shown += style.paint(f"\n… 另有{more:,}项" if lang == "zh" else f"\n… {more:,} more", "faint")
    return shown


def told_cause(cause: Sequence[Edit], lang: str) -> str:
    """What changes in the rules themselves behind a change."""
    return ("、" if lang == "zh" else ", ").join(edit_title(each, lang) for each in cause)


def _rule(rule: str | None, labels: Mapping[str, str | None], lang: str) -> str:
    if rule is None:
        return ""
    if rule == "else":
        return "默认值" if lang == "zh" else "else"
    return in_language(rule, labels.get(rule), lang)


def _remarks(schedule: Schedule, model: Model, lang: str) -> list[str]:
    remarks = []
    for each in sorted(schedule.causes, key=lambda each: each.day):
        day, cause = show_value(each.day, lang), told_cause(each.cause, lang)
        number = f"{each.changes:,} change{'' if each.changes == 1 else 's'}"
        remarks.append(
            f"{day}的{each.changes:,}项改变源于：{cause}。"
            if lang == "zh"
            else f"{number} on {day} because of {cause}."
        )
    if schedule.daily:
        names = [outcome_name(model.outcomes[each], lang) for each in schedule.daily]
        remarks.append(
            f"{'、'.join(names)}从基准日算起，每天都不同，未列入；用--outcome指定即可列出。"
            if lang == "zh"
            else f"{', '.join(names)}: another every day, counted from today; left out unless --outcome names it."
        )
    if schedule.ends is not None:
        day = show_value(schedule.ends, lang)
        remarks.append(
            f"规则集有效期至{day}，之后不再计算。"
            if lang == "zh"
            else f"The rules are valid until {day}; nothing is said beyond."
        )
    if model.measures:
        remarks.append(
            "总体中的位置（排名、五分位等）按基准日的总体计算，不随时间变动。"
            if lang == "zh"
            else "Where a customer stands among all is taken as it is on the first day."
        )
    if schedule.rejected:
        remarks.append(f"退回{schedule.rejected:,}行" if lang == "zh" else f"{schedule.rejected:,} rows rejected")
    return remarks


def schedule_json(schedule: Schedule, lang: str) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "source": schedule.source,
        "target": schedule.target,
        "as_of": schedule.start.isoformat(),
        "until": schedule.end.isoformat(),
        "rows": schedule.rows,
        "rejected": schedule.rejected,
        "customers": schedule.customers,
        "outcomes": [
            {"name": each.name, "label": each.label, "customers": schedule.counts.get(each.name, 0)}
            for each in schedule.outcomes
        ],
        "months": dict(sorted(schedule.months.items())),
        "left_out": list(schedule.daily),
        "preview": [
            {
                "row": each.row,
                "key": each.key or None,
                "date": each.change.day.isoformat(),
                "outcome": each.change.outcome,
                "from": held_json(each.change.before),
                "to": held_json(each.change.after),
                "rule": each.change.rule,
                "cause": [edit_title(one, lang) for one in each.change.cause],
            }
            for each in schedule.preview
        ],
        "causes": [
            {
                "date": each.day.isoformat(),
                "cause": [edit_title(one, lang) for one in each.cause],
                "changes": each.changes,
            }
            for each in schedule.causes
        ],
        "notes": [finding_json(each, lang) for each in schedule.notes],
    }
