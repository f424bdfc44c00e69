"""What may help the reader of a run's account further: a line of the command that would say more, or lose less."""

from __future__ import annotations

import shlex

from rulelang.engine.account.summary import RunSummary
from rulelang.model.contributions import PROVISIONAL
from rulelang.model.program import Model

_WITHOUT_COLUMN = ("field-without-column", "check-without-column")


def hints(summary: RunSummary, model: Model, why: bool, lang: str) -> tuple[str, ...]:
    """Sentences: how columns that nearly fit are named, where rejected rows can be kept, which answers may change."""
    found = [_columns(summary, model, lang), _doubled(summary, lang)]
    if summary.target is not None and not summary.refused:
        found += [_rejected(summary, lang), "" if why else _provisional(summary, lang)]
    return tuple(each for each in found if each)


def _columns(summary: RunSummary, model: Model, lang: str) -> str:
    labels = {each.field.name: each.field.label for each in model.checks}
    labels |= {each.name: each.label for each in model.fields.values()}
    pairs, taken = [], set()
    for each in summary.notes:
        if each.code not in _WITHOUT_COLUMN:
            continue
        column = next((near for near in each.nearest if near not in taken and near in summary.unused_columns), None)
        if column is not None:
            taken.add(column)
            name = str(each.facts["field"])
            field = (labels.get(name) if lang == "zh" else None) or name
            pairs.append("--map " + shlex.quote(f"{column}={field}"))
    if not pairs:
        return ""
    line = " ".join(pairs)
    return f"如果指的是这些列，请加上：{line}" if lang == "zh" else f"If these are the columns, add: {line}"


def _doubled(summary: RunSummary, lang: str) -> str:
    rows = sum(each.count for each in summary.findings if each.diagnostic.code == "doubled-value")
    if not rows:
        return ""
    if lang == "zh":
        return f"有{rows:,}行与前面的行重复，每行都计入人数和分位；请先删去重复的行，或用--quality strict拒绝运行。"
    said = "1 row repeats an earlier one" if rows == 1 else f"{rows:,} rows repeat earlier ones"
    return f"{said}: each row counts, in classes and in places among all. Remove them; --quality strict refuses them."


def _rejected(summary: RunSummary, lang: str) -> str:
    if not summary.rejected or summary.rejects is not None:
        return ""
    count = f"{summary.rejected:,}"
    if lang == "zh":
        return f"退回的{count}行不在{summary.target}中；加上--rejects 文件，可连同原因保存。"
    rows = "row is" if summary.rejected == 1 else "rows are"
    return f"{count} rejected {rows} not in {summary.target}; --rejects FILE keeps them, with the reasons."


def _provisional(summary: RunSummary, lang: str) -> str:
    counts = [(each.outcome, each.standings.get(PROVISIONAL, 0)) for each in summary.outcomes]
    open_ = [(outcome, count) for outcome, count in counts if count]
    if not open_:
        return ""
    if lang == "zh":
        named = "，".join(f"{outcome.label or outcome.name} {count:,}" for outcome, count in open_)
        return f"结果中有缺少资料、仍可能改变的结论（暂定：{named}）；加上--why可逐一标出。"
    named = ", ".join(f"{outcome.name} {count:,}" for outcome, count in open_)
    return f"Some answers could still change with data that is missing (provisional: {named}); --why marks them."
