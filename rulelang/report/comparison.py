"""What two versions of a ruleset differ in, and who moves because of it: for a person and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rulelang.changes.versions import Versions
from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.position import display_width
from rulelang.diagnostics.wording import show_value
from rulelang.engine.comparing.comparing import Compared, Mover, held_json
from rulelang.engine.comparing.history import Impact
from rulelang.engine.comparing.movements import DOWN, UP, Cause, Held, Moves, direction
from rulelang.engine.running.output import outcome_name
from rulelang.model.fingerprint import fingerprint
from rulelang.report.amounts import shown_held
from rulelang.report.edits import edit_json, edit_lines, edit_title
from rulelang.report.layout import pad
from rulelang.report.run_summary import share
from rulelang.report.terminal import Style, table
from rulelang.vocabulary.types import Choice, YesNo

_MOST_CLASSES = 10
_MOST_MOVES = 12
_MOST_CAUSES = 12


def cause_text(cause: Cause, versions: Versions, lang: str, whole: bool = False) -> str:
    """The cause of a move: edits by number, or by their titles where ``whole``."""
    if not cause:
        return "无法归因于单项修改" if lang == "zh" else "no edit that can be named"

    def named(number: int) -> str:
        return edit_title(versions.edits[number], lang) if whole else str(number + 1)

    sets = []
    for chosen in cause:
        names = [named(each) for each in sorted(chosen)]
        if len(names) == 1:
            sets.append(names[0])
        else:
            sets.append("、".join(names) + "共同" if lang == "zh" else " and ".join(names) + " together")
    if len(sets) == 1:
        return sets[0]
    return "或".join(sets) + "，各自都足以" if lang == "zh" else " or ".join(sets) + ", each would do"


def edits_text(versions: Versions, lang: str, style: Style) -> str:
    """The edits, numbered, with what was and is written."""
    head = style.paint("修改" if lang == "zh" else "Edits", "heading")
    if not versions.edits:
        return head + ("\n  没有影响判定的修改" if lang == "zh" else "\n  none that could change a decision")
    lines = [head]
    width = len(str(len(versions.edits)))
    for number, edit in enumerate(versions.edits, start=1):
        lines.append(f"  {number:>{width}}  {edit_title(edit, lang)}")
        for line in edit_lines(edit, versions, lang):
            role = {"-": "error", "+": "good"}.get(line[:1], "faint")
            lines.append(" " * (width + 4) + style.paint(line, role))
    return "\n".join(lines)


def compared_text(compared: Compared, lang: str, style: Style, key: str | None) -> str:
    """The edits, the moves of every outcome with their causes, the first who move, and the limits."""
    chinese = lang == "zh"
    decided = compared.rows - compared.rejected
    days = " → ".join(dict.fromkeys(show_value(each, lang) for each in compared.days))
    if chinese:
        head = f"{compared.source}：共{compared.rows:,}行，基准日{days}；{compared.movers:,}人有变动"
        head += f"（{share(compared.movers, decided)}）"
    else:
        head = f"{compared.source}: {_counted(compared.rows, 'row')}, as of {days}; {compared.movers:,} move"
        head += f" ({share(compared.movers, decided)})"
    parts = [style.paint(head, "heading"), edits_text(compared.versions, lang, style)]
    parts += [_moves(each, compared.versions, lang, style) for each in compared.moves]
    only = _only_in_one(compared.versions, lang)
    if only:
        parts.append(only)
    if compared.preview:
        parts.append(_preview(compared, lang, style, key))
    if compared.rejected:
        text = f"退回{compared.rejected:,}行" if chinese else f"{_counted(compared.rejected, 'row')} rejected"
        parts.append(style.paint(text, "warning"))
    if compared.limits:
        parts.append(limits_text(compared, lang, style))
    return "\n\n".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _moves(moves: Moves, versions: Versions, lang: str, style: Style) -> str:
    chinese, outcome = lang == "zh", moves.outcome
    count, up, down = moves.count(), moves.count(UP), moves.count(DOWN)
    name = outcome_name(outcome, lang)
    if chinese:
        head = f"{name}：{count:,}人变动（{share(count, moves.customers)}）"
        ways = [f"升{up:,}"] * bool(up) + [f"降{down:,}"] * bool(down)
    else:
        head = f"{name}: {count:,} move ({share(count, moves.customers)})"
        ways = [f"{up:,} up"] * bool(up) + [f"{down:,} down"] * bool(down)
    head += ("，" if chinese else ", ") + ("，" if chinese else ", ").join(ways) if ways else ""
    lines = [style.paint(head, "heading")]
    if count:
        lines += [f"  {line}" for line in matrix_text(moves, lang, style).split("\n")]
    if count or any(moves.alone.values()):
        lines += [f"  {line}" for line in _causes(moves, versions, lang, style).split("\n")]
    return "\n".join(lines)


def matrix_text(moves: Moves, lang: str, style: Style) -> str:
    """Who went from where to where: a square where there are few classes, else the most frequent moves."""
    outcome = moves.outcome
    held = _classes(moves)
    if isinstance(outcome.type, Choice | YesNo) and len(held) <= _MOST_CLASSES:
        return _square(moves, held, lang, style)
    found = sorted(((n, pair) for pair, n in moves.matrix.items() if pair[0] != pair[1]), key=lambda each: -each[0])
    rows = [
        [shown_held(one, outcome, lang), shown_held(other, outcome, lang), f"{count:,}"]
        for count, (one, other) in found[:_MOST_MOVES]
    ]
    titles = ["原结果", "新结果", "人数"] if lang == "zh" else ["before", "after", "customers"]
    rest = moves.count() - sum(count for count, _ in found[:_MOST_MOVES])
    if rest:
        rows.append(["其他" if lang == "zh" else "others", "", f"{rest:,}"])
    return table(titles, rows, ["<", "<", ">"], style)


def _square(moves: Moves, held: Sequence[Held], lang: str, style: Style) -> str:
    """Classes before, down, by classes after, across; coloured once the columns are wide enough."""
    names = [shown_held(each, moves.outcome, lang) for each in held]
    rows = [["原＼新" if lang == "zh" else "before \\ after", *names]]
    roles = [["heading"] * len(rows[0])]
    for name, before in zip(names, held, strict=True):
        counts = [moves.matrix.get((before, after), 0) for after in held]
        rows.append([name, *(f"{count:,}" if count else "·" for count in counts)])
        roles.append(
            ["", *(_role(moves, before, after) if n else "faint" for n, after in zip(counts, held, strict=True))]
        )
    widths = [max(display_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    sides = ["<", *[">"] * len(held)]
    return "\n".join(
        "  ".join(
            style.paint(pad(cell, width, side), role)
            for cell, width, side, role in zip(row, widths, sides, painted, strict=True)
        )
        for row, painted in zip(rows, roles, strict=True)
    )


def _role(moves: Moves, before: Held, after: Held) -> str:
    if before == after:
        return "faint"
    return {UP: "good", DOWN: "error"}.get(direction(moves.outcome, before, after), "warning")


def _classes(moves: Moves) -> list[Held]:
    """The classes that somebody holds, in the order declared, no answer last."""
    found = dict.fromkeys(each for pair, count in moves.matrix.items() if count for each in pair)
    type_ = moves.outcome.type
    keys = list(type_.keys()) if isinstance(type_, Choice) else [True, False]
    return sorted(found, key=lambda each: (each.answer is None, keys.index(each.answer) if each.answer in keys else 0))


def _causes(moves: Moves, versions: Versions, lang: str, style: Style) -> str:
    chinese = lang == "zh"
    rows = []
    causes = sorted(moves.causes.items(), key=lambda each: (-each[1], sorted(map(sorted, each[0]))))
    for cause, count in causes[:_MOST_CAUSES]:
        alone = ""
        if len(cause) == 1 and len(cause[0]) == 1:
            (number,) = cause[0]
            alone = f"{moves.alone[number]:,}" if number in moves.alone else ""
        rows.append([cause_text(cause, versions, lang), f"{count:,}", alone])
    rest = sum(count for _, count in causes[_MOST_CAUSES:])
    if rest:
        rows.append(["其他" if chinese else "others", f"{rest:,}", ""])
    caused = {
        number for cause in moves.causes for chosen in cause if len(cause) == 1 == len(chosen) for number in chosen
    }
    rows += [
        [str(number + 1), "0" if not moves.caused_by(number) else "–", f"{count:,}"]
        for number, count in moves.alone.items()
        if count and number not in caused
    ]
    titles = ("修改", "导致变动", "单独修改时") if chinese else ("edit", "moves", "alone")
    return table(titles, rows, ("<", ">", ">"), style)


def _only_in_one(versions: Versions, lang: str) -> str:
    """Outcomes that one version alone decides."""
    lines = []
    for ours, theirs, words in (
        (versions.new, versions.old, ("only the new version decides", "仅新版本判定")),
        (versions.old, versions.new, ("only the old version decides", "仅旧版本判定")),
    ):
        names = [outcome_name(each, lang) for name, each in ours.outcomes.items() if name not in theirs.outcomes]
        if names:
            lines.append(f"{words[1]}：{'、'.join(names)}" if lang == "zh" else f"{words[0]}: {', '.join(names)}")
    return "\n".join(lines)


def _preview(compared: Compared, lang: str, style: Style, key: str | None) -> str:
    titles = ["行号", key or "", "结论", "原结果", "新结果", "修改"]
    if lang != "zh":
        titles = ["row", key or "", "outcome", "before", "after", "edit"]
    outcomes = {each.outcome.name: each.outcome for each in compared.moves}

    def cells(mover: Mover) -> Sequence[str]:
        outcome = outcomes[mover.move.outcome]
        return (
            f"{mover.row}",
            mover.key,
            outcome_name(outcome, lang),
            shown_held(mover.move.before, outcome, lang),
            shown_held(mover.move.after, outcome, lang),
            cause_text(mover.move.cause, compared.versions, lang),
        )

    shown = table(titles, [cells(each) for each in compared.preview], (">",), style)
    more = sum(each.count() for each in compared.moves) - len(compared.preview)
    if more > 0:
        shown += style.paint(f"\n… 另有{more:,}项变动" if lang == "zh" else f"\n… {more:,} more", "faint")
    return style.paint("变动的客户" if lang == "zh" else "Who moves", "heading") + "\n" + shown


def limits_text(compared: Compared | Impact, lang: str, style: Style) -> str:
    """Each limit, and whether it is exceeded."""
    lines = [style.paint("限额" if lang == "zh" else "Limits", "heading")]
    for limit in compared.limits:
        broken = [each for each in compared.exceeded if each.limit == limit]
        for each in broken:
            if each.outcome is None:
                name = "至少一个结论有变动的客户" if lang == "zh" else "customers who move in one outcome or more"
            else:
                name = outcome_name(compared.versions.new.outcomes[each.outcome], lang)
            figures = f"{each.count:,} / {each.customers:,} ({share(each.count, each.customers)})"
            text = (
                f"  {limit.text}：超出，{name}：{figures}"
                if lang == "zh"
                else f"  {limit.text}: exceeded by {name}, {figures}"
            )
            lines.append(style.paint(text, "error"))
        if not broken:
            lines.append(style.paint(f"  {limit.text}" + ("：未超出" if lang == "zh" else ": kept"), "good"))
    return "\n".join(lines)


def limits_json(compared: Compared | Impact) -> list[dict[str, Any]]:
    """Each limit with what exceeds it, for other programs; the outcome is null where the limit is on all together."""
    return [
        {
            "limit": each.text,
            "exceeded": [
                {"outcome": one.outcome, "count": one.count, "customers": one.customers}
                for one in compared.exceeded
                if one.limit == each
            ],
        }
        for each in compared.limits
    ]


def versions_json(versions: Versions, lang: str) -> dict[str, Any]:
    """The two versions and their edits for other programs; edits are numbered from 1."""
    old, new = fingerprint(versions.old), fingerprint(versions.new)
    return {
        "old": {"fingerprint": old, "as_of": _day(versions.days[0])},
        "new": {"fingerprint": new, "as_of": _day(versions.days[1])},
        "edits": [edit_json(each, number, versions, lang) for number, each in enumerate(versions.edits, start=1)],
    }


def compared_json(compared: Compared, lang: str) -> dict[str, Any]:
    """What came of comparing on data, for other programs; counts as numbers."""
    return {
        **versions_json(compared.versions, lang),
        "source": compared.source,
        "target": compared.target,
        "as_of": [each.isoformat() for each in compared.days],
        "rows": compared.rows,
        "rejected": compared.rejected,
        "movers": compared.movers,
        "outcomes": [_moves_json(each) for each in compared.moves],
        "limits": limits_json(compared),
        "preview": [
            {
                "row": each.row,
                "key": each.key or None,
                "outcome": each.move.outcome,
                "before": held_json(each.move.before),
                "after": held_json(each.move.after),
                "cause": _cause_json(each.move.cause),
            }
            for each in compared.preview
        ],
        "notes": [finding_json(each, lang) for each in compared.notes],
    }


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _moves_json(moves: Moves) -> dict[str, Any]:
    return {
        "name": moves.outcome.name,
        "label": moves.outcome.label,
        "customers": moves.customers,
        "moved": moves.count(),
        "up": moves.count(UP),
        "down": moves.count(DOWN),
        "matrix": [
            {"before": held_json(before), "after": held_json(after), "count": count}
            for (before, after), count in moves.matrix.items()
        ],
        "causes": [{"edits": _cause_json(cause), "count": count} for cause, count in moves.causes.items()],
        "alone": [{"edit": number + 1, "count": count} for number, count in moves.alone.items()],
    }


def _cause_json(cause: Cause) -> list[list[int]]:
    """Sets of edits by number; each set would do."""
    return [[number + 1 for number in sorted(each)] for each in cause]
