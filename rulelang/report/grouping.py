"""Groups of similar customers: for a person and for a program."""

from __future__ import annotations

from typing import Any

from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.grouping.measures import Measure, keys_of
from rulelang.grouping.naming import shown_name
from rulelang.grouping.run import Group, Groups
from rulelang.report.run_summary import share
from rulelang.report.terminal import Style, table

_UNITS = {"en": {"age": " days"}, "zh": {"age": "天"}}


def groups_text(found: Groups, lang: str, style: Style) -> str:
    """How many are alike in what, what is typical of each group, and how well the rules say it."""
    chinese = lang == "zh"
    day = show_value(found.as_of, lang)
    counts = (found.source, f"{found.rows:,}", f"{found.compared:,}", len(found.groups))
    if chinese:
        head = "{}：共{}行，比较{}人，分成{}组；".format(*counts) + f"基准日{day}"
        titles = [
            "客户群",
            "特点",
            "人数",
            "占比",
            *(f"{shown_name(each, lang)}{_what(each, lang)}" for each in found.measures),
        ]
    else:
        head = "{}: {} rows, {} compared, {} groups; ".format(*counts) + f"as of {day}"
        titles = ["group", "what sets it apart", "customers", "share"]
        titles += [f"{shown_name(each, lang)}{_what(each, lang)}" for each in found.measures]
    rows = [
        [
            _number(each, lang),
            each.title[lang],
            f"{each.customers:,}",
            share(each.customers, found.compared),
            *(_typical(*pair, lang) for pair in zip(found.measures, each.typical, strict=True)),
        ]
        for each in found.groups
        if each.customers
    ]
    align = ("<", "<", *(">",) * (len(titles) - 2))
    parts = [style.paint(head, "heading"), table(titles, rows, align, style), *_quality(found, lang)]
    parts += [style.paint(each, "note") for each in _left_out(found, lang)]
    return "\n\n".join(parts)


def _number(group: Group, lang: str) -> str:
    number = group.key.removeprefix("group_")
    return f"第{number}组" if lang == "zh" else group.key


def _what(measure: Measure, lang: str) -> str:
    """What the figures of a column are, beside the field's name."""
    if measure.kind == "member":
        return f" = {measure.member}"
    return {"age": "（天前）" if lang == "zh" else " (days ago)"}.get(measure.kind, "")


def _typical(measure: Measure, value: float, lang: str) -> str:
    match measure.kind:
        case "yes" | "member":
            return f"{value:.0%}"
        case "rank":
            return str(show_value(keys_of(measure.field)[round(value)], lang))
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def _quality(found: Groups, lang: str) -> list[str]:
    apart = found.silhouette
    clear = 2 if apart >= 0.5 else 1 if apart >= 0.25 else 0
    if lang == "zh":
        words = ("互相重叠，分组只作参考", "大致分开", "分得清楚")[clear]
        return [
            f"{found.agreement:.1%}的客户按规则所在的组与聚类所得相同；各组{words}（轮廓系数{apart:.2f}）。"
            "数值为中位数，是否与取值为占比。"
        ]
    words = ("overlap: take them as a hint", "lie roughly apart", "lie clearly apart")[clear]
    return [
        f"The rules put {found.agreement:.1%} of the customers where the clustering did; the groups {words} "
        f"(silhouette {apart:.2f}). Figures are medians, of yes or no and of values shares."
    ]


def _left_out(found: Groups, lang: str) -> list[str]:
    names = {each.field.name: shown_name(each, lang) for each in found.measures}
    missing = ("、" if lang == "zh" else ", ").join(f"{names[name]} {n:,}" for name, n in found.incomplete.items())
    alone = found.rows - found.rejected - found.compared
    if lang == "zh":
        said = {
            f"{alone:,}人有缺失的字段，未参与比较，按规则为待定：{missing}": alone,
            f"{found.rejected:,}行无法读取": found.rejected,
        }
    else:
        said = {
            f"{alone:,} customers lack a field and were not compared; the rules leave them undecided: {missing}": alone,
            f"{found.rejected:,} rows can't be read": found.rejected,
        }
    return [text for text, applies in said.items() if applies]


def groups_json(found: Groups, lang: str) -> dict[str, Any]:
    """The same for a program."""
    return {
        "source": found.source,
        "as_of": found.as_of.isoformat(),
        "rows": found.rows,
        "rejected": found.rejected,
        "compared": found.compared,
        "missing": dict(found.incomplete),
        "groups": [
            {
                "group": each.key,
                "title": each.title[lang],
                "customers": each.customers,
                "typical": [
                    {
                        "field": measure.field.name,
                        "value_is": measure.kind,
                        "member": measure.member or None,
                        "value": value,
                    }
                    for measure, value in zip(found.measures, each.typical, strict=bool(each.typical))
                ],
            }
            for each in found.groups
        ],
        "agreement": found.agreement,
        "silhouette": found.silhouette,
        "rules": found.text,
        "notes": [finding_json(each, lang) for each in found.notes],
    }
