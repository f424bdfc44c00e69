"""Prints the cut points of a run: where the top 20% begin, the edges of the quintiles."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from rulelang.diagnostics.wording import show_value
from rulelang.engine.deciding.population import Cuts
from rulelang.model.program import Measure
from rulelang.report.terminal import Style, table
from rulelang.values.numbers import round_half_up
from rulelang.vocabulary.types import Date

_HEADS = {"en": ("cut points", "group", "at"), "zh": ("分界点", "组", "数值")}
_MOST_GROUPS = 20


def cuts_text(cuts: Cuts, style: Style, lang: str) -> str:
    """A table with a line per measure and group; of a rank, which has as many points as customers, their number."""
    rows = []
    for measure in cuts.model.measures:
        groups = cuts.points.get(measure.name, {})
        label = cuts.model.fields[measure.name].label or measure.name
        for group, points in sorted(groups.items(), key=lambda pair: str(pair[0]))[:_MOST_GROUPS]:
            shown = [_point(measure, each, lang) for each in points]
            text = f"({len(points):,})" if measure.kind == "rank" else " · ".join(shown)
            rows.append((label, "" if group is None else show_value(group, lang), text))
    return table(_HEADS[lang], rows, (), style)


def _point(measure: Measure, point: Any, lang: str) -> str:
    if isinstance(measure.value.type, Date) and measure.kind != "share":
        return show_value(date.fromordinal(round(point)), lang)
    return show_value(round_half_up(Fraction(point), 6), lang)
