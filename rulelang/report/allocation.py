"""Who goes to whom, and how fair that is: for a person and for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rulelang.allocation.allocate import Placement
from rulelang.allocation.run import TWICE, Allocated
from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.report.layout import shorten
from rulelang.report.run_summary import share
from rulelang.report.terminal import Style, table

_WAITING_SHOWN = 10

_MISFITS = {
    "en": {"skill": "the skill needed", "region": "the region", "excluded": "an exclusion", "pinned": "the pin"},
    "zh": {"skill": "所需技能", "region": "地区", "excluded": "排除名单", "pinned": "指定"},
}
_FITTING = {
    "en": ("the only one who fits", "one of {count} who fit"),
    "zh": ("唯一合适的经理", "合适的{count}人之一"),
}
_REASONS = {
    "en": {
        "pinned": "pinned to {manager}",
        "stays": "stays with {manager}",
        "placed": "{manager}, {one_of}, as load is spread evenly",
        "moved-gone": "{manager}, {one_of}: {before} is not in the list of managers",
        "moved-misfit": "{manager}, {one_of}: moved from {before} because of {misfit}",
        "moved-full": "{manager}, {one_of}: {before} has more clients than places",
        "waits-pin-unknown": "waits: pinned to {pinned}, who is not in the list of managers",
        "waits-misfit": "waits: nobody fits, most often because of {misfit}",
        "waits-full": "waits: no place left with those who fit ({fitting})",
        "unreadable": "not allocated: the row can't be read",
        TWICE: "not allocated: the customer stands already in row {row}",
    },
    "zh": {
        "pinned": "指定给{manager}",
        "stays": "仍由{manager}负责",
        "placed": "{manager}：{one_of}，按负荷均衡安排",
        "moved-gone": "{manager}：{one_of}；{before}不在经理名单中",
        "moved-misfit": "{manager}：{one_of}；由{before}调出，原因：{misfit}",
        "moved-full": "{manager}：{one_of}；{before}的客户多于名额",
        "waits-pin-unknown": "等候：指定的{pinned}不在经理名单中",
        "waits-misfit": "等候：没有合适的经理，主要原因：{misfit}",
        "waits-full": "等候：合适的{fitting}人都没有名额",
        "unreadable": "未分配：该行无法读取",
        TWICE: "未分配：该客户已在第{row}行出现",
    },
}


def reason_text(found: Placement | str, lang: str) -> str:
    """Why somebody goes where they go, or is left out."""
    if isinstance(found, str):
        code, _, row = found.partition(" ")
        return _REASONS[lang][code].format(row=row)
    client = found.client
    return _REASONS[lang][found.reason].format(
        manager=found.manager,
        before=client.manager,
        pinned=client.pinned,
        fitting=found.fitting,
        one_of=_FITTING[lang][found.fitting > 1].format(count=found.fitting),
        misfit=_MISFITS[lang].get(found.misfit, ""),
    )


def allocation_text(found: Allocated, lang: str, style: Style) -> str:
    """How many have somebody, each manager's part, how fair it is, and who waits."""
    chinese, allocation = lang == "zh", found.allocation
    total, waiting = len(allocation.placements), allocation.waiting
    day = show_value(found.as_of, lang)
    given = total - len(waiting)
    if chinese:
        head = f"{found.source}：共{found.rows:,}行，基准日{day}；"
        head += f"分配{given:,}人，等候{len(waiting):,}人，更换经理{allocation.moved:,}人"
    else:
        head = f"{found.source}: {found.rows:,} rows, as of {day}; "
        head += f"{given:,} allocated, {len(waiting):,} waiting, {allocation.moved:,} change hands"
    heads = ("经理", "名额", "原有", "现有", "使用率", "转入", "转出", "最高优先级", "占比")
    if not chinese:
        heads = ("manager", "places", "before", "after", "used", "came", "left", "top priority", "share")
    tops = sum(each.top for each in allocation.shares)
    rows = [
        [
            each.manager.name,
            *(f"{n:,}" for n in (each.manager.capacity, each.before, each.after)),
            "-" if each.use is None else f"{each.use:.0%}",
            *(f"{n:,}" for n in (each.came, each.left, each.top)),
            share(each.top, tops) if tops else "-",
        ]
        for each in allocation.shares
    ]
    low, high = allocation.spread
    most = max((each.top for each in allocation.shares), default=0)
    top = share(most, tops) if tops else "-"
    if chinese:
        fair = f"公平：使用率{low:.0%}至{high:.0%}；最高优先级客户最集中的经理占{top}"
    else:
        fair = (
            f"fairness: {low:.0%} to {high:.0%} of the places used; at most {top} of the top priority with one manager"
        )
    parts = [style.paint(head, "heading"), table(heads, rows, ("<", *(">",) * 8), style), fair]
    if waiting:
        parts.append(_waiting(waiting, found.keys, lang, style))
    parts += [style.paint(each, "note") for each in _remarks(found, lang)]
    return "\n\n".join(parts)


def _waiting(waiting: tuple[Placement, ...], keys: Mapping[int, str], lang: str, style: Style) -> str:
    counts = Counter(reason_text(each, lang) for each in waiting)
    heads = ["等候名单（按优先级）：行号", "客户", "原因"]
    if lang != "zh":
        heads = ["waiting, by priority: row", "customer", "why"]
    rows = [
        [str(each.client.row), keys.get(each.client.row, ""), shorten(reason_text(each, lang), 90)]
        for each in waiting[:_WAITING_SHOWN]
    ]
    if not keys:
        heads, rows = [heads[0], heads[2]], [[row[0], row[2]] for row in rows]
    shown = table(heads, rows, (">", *("<",) * (len(heads) - 1)), style)
    more = len(waiting) - len(rows)
    if more > 0:
        shown += style.paint(f"\n… 另有{more:,}人" if lang == "zh" else f"\n… {more:,} more", "faint")
    if len(counts) > 1:
        shown += "\n" + "\n".join(f"  {count:,} × {each}" for each, count in counts.most_common(5))
    return shown


def _remarks(found: Allocated, lang: str) -> list[str]:
    rows = ", ".join(map(str, found.twice[:5]))
    if lang == "zh":
        said = {
            f"{found.rejected:,}行无法读取，未分配": found.rejected,
            f"重复出现的客户未再分配：第{rows}行": found.twice,
            f"{found.undecided:,}人的优先级未定，排在最后": found.undecided,
        }
    else:
        said = {
            f"{found.rejected:,} rows can't be read and are not allocated": found.rejected,
            f"customers who stand there twice are allocated once: rows {rows}": found.twice,
            f"{found.undecided:,} without a priority come last": found.undecided,
        }
    return [text for text, applies in said.items() if applies]


def allocation_json(found: Allocated, lang: str) -> dict[str, Any]:
    """The same for a program."""
    allocation = found.allocation
    low, high = allocation.spread
    return {
        "source": found.source,
        "as_of": found.as_of.isoformat(),
        "rows": found.rows,
        "rejected": found.rejected,
        "twice": list(found.twice),
        "without_priority": found.undecided,
        "allocated": len(allocation.placements) - len(allocation.waiting),
        "moved": allocation.moved,
        "waiting": [{"row": each.client.row, "reason": reason_text(each, lang)} for each in allocation.waiting],
        "managers": [
            {
                "manager": each.manager.name,
                "capacity": each.manager.capacity,
                "before": each.before,
                "after": each.after,
                "came": each.came,
                "left": each.left,
                "top_priority": each.top,
            }
            for each in allocation.shares
        ],
        "used": {"lowest": low, "highest": high},
        "notes": [finding_json(each, lang) for each in found.notes],
    }
