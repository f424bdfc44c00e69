"""Decisions of an earlier run that would differ now: for a person and for a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rulelang.changes.versions import Versions
from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.engine.comparing.comparing import held_json
from rulelang.engine.comparing.history import OTHERWISE, Impact
from rulelang.engine.comparing.movements import Cause, Moves
from rulelang.engine.running.output import STANDING_WORDS, outcome_name
from rulelang.explain.words import in_language
from rulelang.report.amounts import shown_held
from rulelang.report.comparison import cause_text, edits_text, limits_json, limits_text, matrix_text, versions_json
from rulelang.report.layout import shorten
from rulelang.report.run_summary import share
from rulelang.report.terminal import Style, table

_WIDEST = 40


def told_cause(cause: Cause | str, versions: Versions, lang: str, whole: bool = False) -> str:
    """The cause of a difference: edits, the rule that decides now, or that the file alone tells the old answer."""
    if not isinstance(cause, str):
        return cause_text(cause, versions, lang, whole)
    if cause == OTHERWISE:
        return (
            "旧版本也得不出当时的结论" if lang == "zh" else "the older version does not give the recorded answer either"
        )
    if cause in STANDING_WORDS[lang]:
        return STANDING_WORDS[lang][cause]
    if cause == "else":
        return "默认值" if lang == "zh" else "else"
    labels: Mapping[str, str | None] = {each.name: each.label for each in versions.new.rules}
    name = in_language(cause, labels.get(cause), lang)
    return f"规则“{name}”" if lang == "zh" else f"rule “{name}”"


def impact_text(impact: Impact, older: bool, lang: str, style: Style, key: str | None) -> str:
    """How many decisions would differ, from what to what, and why."""
    chinese, decided = lang == "zh", impact.rows - impact.rejected
    days = " → ".join(dict.fromkeys(show_value(each, lang) for each in impact.days))
    figures = share(impact.differing, decided)
    if chinese:
        head = (
            f"{impact.source}：共{impact.rows:,}行判定，基准日{days}；现在会不同的{impact.differing:,}行（{figures}）"
        )
    else:
        rows = f"{impact.rows:,} {'row' if impact.rows == 1 else 'rows'}"
        head = f"{impact.source}: {rows} of decisions, as of {days}; {impact.differing:,} would differ now ({figures})"
    parts = [style.paint(head, "heading")]
    if older:
        parts.append(edits_text(impact.versions, lang, style))
    parts += [_outcome(each, impact, older, lang, style) for each in impact.moves]
    if impact.not_recorded:
        names = [outcome_name(impact.versions.new.outcomes[each], lang) for each in impact.not_recorded]
        parts.append(f"文件中没有：{'、'.join(names)}" if chinese else f"not in the file: {', '.join(names)}")
    if impact.preview:
        parts.append(_preview(impact, lang, style, key))
    if impact.limits:
        parts.append(limits_text(impact, lang, style))
    if impact.rejected:
        parts.append(
            style.paint(f"退回{impact.rejected:,}行" if chinese else f"{impact.rejected:,} rows rejected", "warning")
        )
    return "\n\n".join(parts)


def _outcome(moves: Moves, impact: Impact, older: bool, lang: str, style: Style) -> str:
    chinese, count = lang == "zh", moves.count()
    name = outcome_name(moves.outcome, lang)
    figures = share(count, moves.customers)
    head = f"{name}：{count:,}项不同（{figures}）" if chinese else f"{name}: {count:,} differ ({figures})"
    lines = [style.paint(head, "heading")]
    if count:
        lines += [f"  {line}" for line in matrix_text(moves, lang, style).split("\n")]
        titles = ("修改", "项数") if chinese else ("edit", "decisions")
        if not older:
            titles = ("现由", "项数") if chinese else ("decided now by", "decisions")
        causes = sorted(impact.causes[moves.outcome.name].items(), key=lambda each: (-each[1], str(each[0])))
        rows = [[told_cause(cause, impact.versions, lang), f"{number:,}"] for cause, number in causes]
        lines += [f"  {line}" for line in table(titles, rows, ("<", ">"), style).split("\n")]
    return "\n".join(lines)


def _preview(impact: Impact, lang: str, style: Style, key: str | None) -> str:
    titles = ("行号", key or "", "结论", "当时", "现在", "当时理由", "现在理由")
    if lang != "zh":
        titles = ("row", key or "", "outcome", "recorded", "now", "reason then", "reason now")
    rows = []
    for each in impact.preview:
        outcome = impact.versions.new.outcomes[each.move.outcome]
        answers = (shown_held(held, outcome, lang) for held in (each.move.before, each.move.after))
        reasons = (each.recorded_reason, each.reason)
        told = (shorten(text, _WIDEST) for text in (*answers, *reasons))
        rows.append([str(each.row), each.key, outcome_name(outcome, lang), *told])
    return table(titles, rows, (">",), style)


def impact_json(impact: Impact, lang: str) -> dict[str, Any]:
    """The same for other programs; a cause is sets of edits by number, or a text."""
    return {
        **versions_json(impact.versions, lang),
        "source": impact.source,
        "target": impact.target,
        "as_of": [each.isoformat() for each in impact.days],
        "rows": impact.rows,
        "rejected": impact.rejected,
        "differing": impact.differing,
        "outcomes": [
            {
                "name": each.outcome.name,
                "label": each.outcome.label,
                "decisions": each.customers,
                "differing": each.count(),
                "matrix": [
                    {"recorded": held_json(before), "now": held_json(after), "count": count}
                    for (before, after), count in each.matrix.items()
                ],
                "causes": [
                    {"cause": _cause_json(cause), "count": count}
                    for cause, count in impact.causes[each.outcome.name].items()
                ],
            }
            for each in impact.moves
        ],
        "limits": limits_json(impact),
        "not_recorded": list(impact.not_recorded),
        "preview": [
            {
                "row": each.row,
                "key": each.key or None,
                "outcome": each.move.outcome,
                "recorded": held_json(each.move.before),
                "now": held_json(each.move.after),
                "cause": _cause_json(each.cause),
                "recorded_reason": each.recorded_reason or None,
                "reason": each.reason,
            }
            for each in impact.preview
        ],
        "notes": [finding_json(each, lang) for each in impact.notes],
    }


def _cause_json(cause: Cause | str) -> Any:
    return cause if isinstance(cause, str) else [[number + 1 for number in sorted(each)] for each in cause]
