"""What failed the checks of the vocabulary, for a person and for a program."""

from __future__ import annotations

from typing import Any

from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.engine.account.summary import QualityFinding, RunSummary
from rulelang.engine.reading.quality import CHECKS, FIRST_ROWS
from rulelang.model.program import Model
from rulelang.report.terminal import Style, table
from rulelang.vocabulary.checks import FieldChecks

_CHINESE = dict(CHECKS.values())


def check_name(finding: QualityFinding, lang: str) -> str:
    """A check in words."""
    return _CHINESE[finding.check] if lang == "zh" else finding.check


def asked_text(checks: FieldChecks, model: Model, lang: str) -> str:
    """What is asked of a field, in words; empty where nothing is beyond its type and limits."""
    chinese = lang == "zh"
    asked = ["必填" if chinese else "required"] if checks.field.required else []
    if checks.unique:
        asked.append("唯一" if chinese else "unique")
    if checks.pattern is not None:
        asked.append(f"形如“{checks.pattern}”" if chinese else f'like "{checks.pattern}"')
    if checks.function is not None:
        function = model.functions[checks.function]
        asked.append(f"须满足{function.label or function.name}" if chinese else f"checked by {function.name}")
    if checks.oldest_threshold is not None:
        threshold = model.thresholds[checks.oldest_threshold]
        name = (threshold.label if chinese else None) or threshold.name
        asked.append(f"距今不超过{name}" if chinese else f"no older than {name}")
    if checks.oldest is not None:
        oldest = show_value(checks.oldest, lang)
        asked.append(f"距今不超过{oldest}" if chinese else f"no older than {oldest}")
    return ("，" if chinese else ", ").join(asked)


def quality_table(summary: RunSummary, style: Style, lang: str) -> list[str]:
    """A line for each check that failed: how many rows, which share, the first of them; none where all passed."""
    if not summary.quality:
        return []
    chinese = lang == "zh"
    rows = [
        [
            check_name(each, lang),
            (each.label if chinese else None) or each.field,
            f"{each.count:,}",
            share(each.count, summary.rows),
            _first_rows(each, lang),
        ]
        for each in summary.quality
    ]
    titles = (
        ("检查", "字段", "行数", "占比", "前几行") if chinese else ("check", "field", "rows", "share", "first rows")
    )
    return table(titles, rows, ("<", "<", ">", ">", "<"), style).split("\n")


def quality_json(summary: RunSummary, lang: str) -> list[dict[str, Any]] | None:
    """The checks that failed, for other programs (None: nobody looked); a share is one of all rows."""
    if summary.quality is None:
        return None
    return [
        {
            "check": each.check,
            "field": each.field,
            "column": each.column,
            "count": each.count,
            "share": round(each.count / summary.rows, 6) if summary.rows else 0,
            "rows": list(each.rows),
            "first": finding_json(each.diagnostic, lang),
        }
        for each in summary.quality
    ]


def _first_rows(finding: QualityFinding, lang: str) -> str:
    between = "、" if lang == "zh" else ", "
    more = " …" if finding.count > len(finding.rows) and len(finding.rows) == FIRST_ROWS else ""
    return between.join(map(str, finding.rows)) + more


def share(count: int, whole: int) -> str:
    """A share in percent with one decimal, rounded half up without floats."""
    if not whole:
        return "–"
    tenths = (2000 * count + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"
