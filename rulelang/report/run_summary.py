"""What a run came to, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.position import display_width
from rulelang.diagnostics.wording import show_value
from rulelang.engine.account.summary import (
    ClassCount,
    ElementsSummary,
    Finding,
    ListSummary,
    OutcomeSummary,
    RunSummary,
)
from rulelang.engine.reading.cut_files import cuts_to_json
from rulelang.engine.running.output import STANDING_WORDS, outcome_name
from rulelang.report.amounts import is_amount, is_share, shower
from rulelang.report.cuts import cuts_text
from rulelang.report.layout import shorten, wrap
from rulelang.report.quality import quality_json, quality_table
from rulelang.report.quality import share as share  # as others know it
from rulelang.report.terminal import Style, table
from rulelang.vocabulary.declarations import Value
from rulelang.vocabulary.types import Choice, YesNo

MOST_CLASSES = 20
_WIDEST_CELL = 28
_FEWEST_COLUMNS = 2


def summary_text(summary: RunSummary, style: Style, lang: str, preview: bool) -> str:
    """The account of a run: the first rows where asked for, then what was decided and what the data lacks."""
    parts = [_head(summary, style, lang)]
    if preview and summary.preview:
        parts.append(_preview(summary, style, lang))
    parts += [_outcome(each, summary.decided, style, lang) for each in summary.outcomes]
    for records in summary.elements:
        parts.append(_records_line(records, style, lang))
        parts += [_outcome(each, records.records, style, lang) for each in records.outcomes]
    parts += [each for each in (_quality(summary, style, lang), _rules(summary, style, lang)) if each]
    if summary.cuts is not None:
        parts.append(cuts_text(summary.cuts, style, lang))
    return "\n\n".join(parts)


def summary_json(summary: RunSummary, lang: str) -> dict[str, Any]:
    """The account of a run for other programs; values as text, counts as numbers."""
    return {
        "source": summary.source,
        "target": summary.target,
        "rejects": summary.rejects,
        "as_of": summary.as_of.isoformat(),
        "fingerprint": summary.fingerprint,
        "rows": summary.rows,
        "decided": summary.decided,
        "rejected": summary.rejected,
        "outcomes": [_outcome_json(each) for each in summary.outcomes],
        "fields": [{"name": each.name, "column": each.column, "missing": each.missing} for each in summary.fields],
        "never_fired": list(summary.never_fired),
        "overruled": list(summary.overruled),
        "findings": [{**finding_json(each.diagnostic, lang), "count": each.count} for each in summary.findings],
        "quality": quality_json(summary, lang),
        "refused": summary.refused,
        "lists": [
            {
                "list": each.list,
                "source": each.source,
                "rows": each.rows,
                "rejected": each.rejected,
                "without_customer": each.without_customer,
            }
            for each in summary.lists
        ],
        "elements": [
            {
                "list": each.list,
                "records": each.records,
                "outcomes": [_outcome_json(outcome) for outcome in each.outcomes],
                "targets": list(each.targets),
            }
            for each in summary.elements
        ],
        "rejections": [
            {"row": each.row, "faults": [finding_json(fault, lang) for fault in each.faults]}
            for each in summary.rejections
        ],
        "notes": [finding_json(each, lang) for each in summary.notes],
        "unused_columns": list(summary.unused_columns),
        "columns": list(summary.columns),
        "preview": [list(row) for row in summary.preview],
        "cuts": None if summary.cuts is None else cuts_to_json(summary.cuts, summary.fingerprint)["measures"],
    }


def _head(summary: RunSummary, style: Style, lang: str) -> str:
    rows = f"{summary.rows:,}"
    if lang == "zh":
        text = f"{summary.source}：共{rows}行，基准日{show_value(summary.as_of, lang)}"
    else:
        text = f"{summary.source}: {rows} {'row' if summary.rows == 1 else 'rows'}, as of {summary.as_of}"
    return "\n".join((style.paint(text, "heading"), *(_list_line(each, lang) for each in summary.lists)))


def _list_line(table: ListSummary, lang: str) -> str:
    """What came of a second table."""
    if lang == "zh":
        text = f"{table.source}：“{table.list}”的明细{table.rows:,}行"
        text += f"，{table.rejected:,}行有读不了的值" if table.rejected else ""
        return text + (f"，{table.without_customer:,}行不属于任何客户" if table.without_customer else "")
    text = f"{table.source}: {table.rows:,} {'row' if table.rows == 1 else 'rows'} for {table.list}"
    text += f", {table.rejected:,} with values that can't be read" if table.rejected else ""
    return text + (f", {table.without_customer:,} of no customer" if table.without_customer else "")


def _records_line(decided: ElementsSummary, style: Style, lang: str) -> str:
    """Of how many records of a list the classes that follow are."""
    count = f"{decided.records:,}"
    if lang == "zh":
        return style.paint(f"“{decided.list}”共{count}条", "heading")
    text = f"{decided.list}: {count} {'record' if decided.records == 1 else 'records'}"
    return style.paint(text, "heading")


def _preview(summary: RunSummary, style: Style, lang: str) -> str:
    """The first rows; columns in the middle give way where the terminal is narrow."""
    titles = [shorten(each, _WIDEST_CELL) for each in summary.columns]
    rows = [[shorten(each, _WIDEST_CELL) for each in row] for row in summary.preview]
    kept = _fitting([titles, *rows], len(titles) - _added(summary), style.width)
    left_out = len(titles) - len(kept)
    shown = table([titles[each] for each in kept], [[row[each] for each in kept] for row in rows], (), style)
    more = summary.decided - len(summary.preview)
    notes = []
    if left_out:
        notes.append(
            f"另有{left_out}列" if lang == "zh" else f"{left_out} more {'column' if left_out == 1 else 'columns'}"
        )
    if more > 0:
        notes.append(f"另有{more:,}行" if lang == "zh" else f"{more:,} more {'row' if more == 1 else 'rows'}")
    return shown + (style.paint(f"\n… {('，' if lang == 'zh' else ', ').join(notes)}", "faint") if notes else "")


def _added(summary: RunSummary) -> int:
    names = {outcome_name(each.outcome, summary.language) for each in summary.outcomes}
    return sum(any(column == name or column.startswith(name + "_") for name in names) for column in summary.columns)


def _fitting(rows: list[list[str]], read: int, width: int) -> list[int]:
    """The places of the columns that fit: the first says who, the last what was decided; the others give way."""
    widths = [max(display_width(row[place]) for row in rows) + 2 for place in range(len(rows[0]))]
    kept = list(range(len(widths)))
    while len(kept) > _FEWEST_COLUMNS and sum(widths[each] for each in kept) > width + 2:
        between = [each for each in kept[1:] if each < read]
        kept.remove(between[-1] if between else kept[-1])
    return kept


def _outcome(summary: OutcomeSummary, decided: int, style: Style, lang: str) -> str:
    outcome = summary.outcome
    show = shower(outcome, lang)
    closed = isinstance(outcome.type, Choice | YesNo)
    counts = list(summary.classes) if closed else list(summary.classes[:MOST_CLASSES])
    rest = sum(each.count for each in summary.classes[len(counts) :]) + summary.others
    rows = [[show(each.value), f"{each.count:,}", share(each.count, decided)] for each in counts]
    if rest:
        rows.append(["其他" if lang == "zh" else "other values", f"{rest:,}", share(rest, decided)])
    titles = ("类别", "人数", "占比") if lang == "zh" else ("class", "count", "share")
    lines = [style.paint(outcome_name(outcome, lang), "heading")]
    if rows:
        lines += [f"  {line}" for line in table(titles, rows, ("<", ">", ">"), style).split("\n")]
    measures = _measures(summary, lang)
    if measures:
        lines.append("  " + measures)
    lines.append("  " + _standings(summary.standings, lang))
    return "\n".join(lines)


def _measures(summary: OutcomeSummary, lang: str) -> str:
    names = {"least": "最小", "greatest": "最大", "total": "合计"} if lang == "zh" else {}
    values = {"least": summary.least, "greatest": summary.greatest, "total": summary.total}
    outcome = summary.outcome
    if is_share(outcome):
        del values["total"]  # percentages of different things
    show = shower(outcome, lang) if is_amount(outcome) else lambda value: _grouped(value, lang)
    shown = [f"{names.get(key, key)} {show(value)}" for key, value in values.items() if value is not None]
    return ("，" if lang == "zh" else ", ").join(shown)


def _grouped(value: Value, lang: str) -> str:
    return (
        f"{value:,f}"
        if isinstance(value, Decimal)
        else f"{value:,}"
        if isinstance(value, int)
        else show_value(value, lang)
    )


def _standings(standings: Mapping[str, int], lang: str) -> str:
    words = STANDING_WORDS[lang]
    return " · ".join(f"{words[each]} {count:,}" for each, count in standings.items())


def _quality(summary: RunSummary, style: Style, lang: str) -> str:
    chinese = lang == "zh"
    lines = [_finding(each, style, lang) for each in summary.findings]
    lines += [_sentence(each, style, lang) for each in summary.notes]
    lines += [f"  {line}" for line in quality_table(summary, style, lang)]
    missing = [each for each in summary.fields if each.missing]
    if missing:
        rows = [[each.name, f"{each.missing:,}", share(each.missing, summary.decided)] for each in missing]
        titles = ("缺失的字段", "行数", "占比") if chinese else ("missing field", "rows", "share")
        lines += [f"  {line}" for line in table(titles, rows, ("<", ">", ">"), style).split("\n")]
    if summary.rejected:
        count = f"{summary.rejected:,}"
        text = f"退回{count}行" if chinese else f"{count} {'row' if summary.rejected == 1 else 'rows'} rejected"
        lines.append("  " + style.paint(text, "warning"))
        faults = [(each.row, fault) for each in summary.rejections for fault in each.faults]
        lines += [_indent(_message(fault, row, lang), style, "    ") for row, fault in faults]
        lines += [_indent(each, style, "    ") for each in _remedies((fault for _, fault in faults), lang)]
    if summary.unused_columns:
        text = ("未使用的列：" if chinese else "columns not used: ") + ("、" if chinese else ", ").join(
            summary.unused_columns
        )
        lines.append(_indent(text, style, "  "))
    return _section(("Data quality", "数据质量")[chinese], lines, style)


RULES_TITLES = {
    "en": ("Rules that never fired", "Rules that matched, but another rule decided"),
    "zh": ("从未用到的规则", "条件成立、但由别的规则决定的规则"),
}


def _rules(summary: RunSummary, style: Style, lang: str) -> str:
    never = [each for each in summary.never_fired if each not in summary.overruled]
    parts = [
        _section(RULES_TITLES[lang][place], [f"  {each}" for each in rules], style)
        for place, rules in enumerate((never, summary.overruled))
    ]
    return "\n\n".join(each for each in parts if each)


def _section(title: str, lines: Iterable[str], style: Style) -> str:
    lines = list(lines)
    return "\n".join([style.paint(title, "heading"), *lines]) if lines else ""


def _finding(finding: Finding, style: Style, lang: str) -> str:
    count = f"{finding.count:,}"
    times = f"（共{count}行）" if lang == "zh" else f" ({count} rows)"
    return _sentence(finding.diagnostic, style, lang, times if finding.count > 1 else "")


def _sentence(finding: Diagnostic, style: Style, lang: str, tail: str = "") -> str:
    described = describe(finding, lang)
    gap = "" if lang == "zh" else " "
    text = described.message + tail + (gap + described.did_you_mean if described.did_you_mean else "")
    head = f"{described.heading} {described.code}"
    whole = wrap(head + ("：" if lang == "zh" else ": ") + text, style.width, "    ")[2:]
    return whole.replace(head, style.paint(head, described.severity), 1)


def _remedies(faults: Iterable[Diagnostic], lang: str) -> list[str]:
    """What to do about faults of each kind, said once: the code, and the remedy for the first of them. Of one kind are
    those of which the same facts are known.
    """
    first = {(each.code, frozenset(each.facts)): each for each in reversed(tuple(faults))}
    said = dict.fromkeys((each.code, describe(each, lang).help) for each in reversed(first.values()))
    pattern = "{code}：怎么改：{help}" if lang == "zh" else "{code}: What to do: {help}"
    return [pattern.format(code=code, help=help_) for code, help_ in said if help_]


def _message(fault: Diagnostic, row: int, lang: str) -> str:
    return describe(evolve(fault, facts={"row": row, **fault.facts}), lang).message


def _indent(text: str, style: Style, indent: str) -> str:
    return wrap(text, style.width, indent)


def _outcome_json(summary: OutcomeSummary) -> dict[str, Any]:
    def value(each: object) -> object:
        return None if each is None else each if isinstance(each, bool | int | Decimal) else show_value(each, "en")

    def counted(each: ClassCount) -> dict[str, object]:
        return {"value": value(each.value), "count": each.count}

    return {
        "name": summary.outcome.name,
        "label": summary.outcome.label,
        "classes": [counted(each) for each in summary.classes],
        "others": summary.others,
        "least": value(summary.least),
        "greatest": value(summary.greatest),
        "total": value(summary.total),
        "standings": dict(summary.standings),
    }
