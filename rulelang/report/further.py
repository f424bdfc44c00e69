"""Explanations that go on: why not another answer, the nearest change, how close it is, what is worth asking for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rulelang.diagnostics.wording import show_value
from rulelang.engine.advice.alternatives import FieldChange, Nearest
from rulelang.engine.advice.further_records import Further
from rulelang.engine.advice.worth_asking import Asked, Asking
from rulelang.engine.advice.worth_trying import KNOWN
from rulelang.engine.running.output import outcome_name
from rulelang.explain.boundaries import Boundary
from rulelang.explain.render import Spell, part_lines
from rulelang.explain.why import LOST, PASSED, WON, Explanation, Part
from rulelang.explain.wording import as_written, show_answer, show_typed
from rulelang.explain.words import TRUTHS, in_language
from rulelang.model.program import Model
from rulelang.plugin.locate import called
from rulelang.report.run_summary import share
from rulelang.report.terminal import Style, table
from rulelang.values.numbers import round_half_up, show_number
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.privacy import shown

NOT_TRIED = " (not tried, as they are personal or nobody can change them: {}; --change FIELD tries one)"

NO_CUTS = (
    " (places among all customers were not tried, as there are no cut points or they rest on records: {})",
    "（未试在全部客户中的位置，因为没有分界点，或依据的是明细：{}）",
)
NO_RECORDS = (" (no record of {} was found that would turn it)", "（没有找到增加{}的记录就能改变的办法）")


def why_not_text(
    explanation: Explanation,
    wanted: Any,
    nearest: Nearest,
    lang: str,
    style: Style,
    spell: Spell,
    under: Sequence[tuple[Explanation, tuple[Any, ...]]] = (),
) -> str:
    """The rules that give an answer with all that stands in their way, and the nearest change that brings it; ``under``
    are other outcomes that stand in their way, each with the answers it would have to be.
    """
    outcome, chinese = explanation.outcome, lang == "zh"
    answer = show_answer(wanted, outcome, lang)
    name = in_language(outcome.name, outcome.label, lang)
    head = f"{name}为什么不是{answer}" if chinese else f"{name}: why not {answer}"
    lines = [style.paint(head, "heading")]
    if explanation.answer == wanted:
        lines.append(f"  本来就是{answer}。" if chinese else f"  It is {answer}.")
        return "\n".join(lines)
    lines += [f"  {line}" for line in _in_the_way(explanation, (wanted,), lang, spell)]
    for other, answers in under:
        now = "没有结论" if other.answer is None else show_answer(other.answer, other.outcome, lang)
        now = now if chinese or other.answer is not None else "no answer"
        shown_as = "“{}”" if chinese else "{}"
        told = ("或" if chinese else " or ").join(
            shown_as.format(show_answer(each, other.outcome, lang)) for each in answers
        )
        of = in_language(other.outcome.name, other.outcome.label, lang)
        lines.append(f"  {of}（现为{now}）为什么不是{told}：" if chinese else f"  {of} (now {now}): why not {told}")
        lines += [f"    {line}" for line in _in_the_way(other, answers, lang, spell)]
    lines.append(_nearest(nearest, answer, lang, style))
    return "\n".join(lines)


def _in_the_way(explanation: Explanation, wanted: Sequence[Any], lang: str, spell: Spell) -> Iterator[str]:
    """The rules that give one of the answers, with all that stands in their way."""
    outcome, chinese = explanation.outcome, lang == "zh"
    parts = [each for each in explanation.parts if each.role != WON and any(one in each.values for one in wanted)]
    for part in parts:
        first, *judged = part_lines(part, outcome, lang, spell, called)
        yield first
        if part.role == PASSED:
            yield "  同一规则中前面的分支已成立：" if chinese else "  an earlier branch of the rule applies:"
            judged = [f"  {line}" for line in judged]
        yield from judged
        if part.role == LOST or (part.role != PASSED and not part.judgements):
            yield "  符合，但别的规则优先" if chinese else "  it matches, another rule goes before it"
    won = explanation.of_role(WON)
    if parts:
        yield from _instead(explanation, parts, lang, spell)
        return
    if won:
        yield (
            "没有规则给这位客户这个值，现由以下规则得出："
            if chinese
            else "No rule gives it to this customer; now it is:"
        )
    elif explanation.last_resort or not explanation.parts:
        yield "没有规则给出它。" if chinese else "No rule gives it."
    else:
        yield "没有（尚可考虑的）规则给出它。" if chinese else "No rule that is still considered gives it."
    for part in won:
        yield from (f"  {line}" for line in part_lines(part, outcome, lang, spell, called))


def _instead(explanation: Explanation, parts: Sequence[Part], lang: str, spell: Spell) -> Iterator[str]:
    """The rules that apply and go before those that give the answer wanted, such as a veto; where the answer is not
    that of the first rule, those that make it.
    """
    outcome, chinese = explanation.outcome, lang == "zh"
    if outcome.policy in ("sum", "collect"):
        return
    won = explanation.of_role(WON)
    if outcome.policy == "first":
        first = min(map(explanation.parts.index, parts))
        won = tuple(each for each in won if explanation.parts.index(each) < first)
        head = "先于它们且适用的规则：" if chinese else "What goes before and applies:"
    else:
        head = "现由以下规则得出：" if chinese else "Now it is:"
    if won:
        yield head
    for part in won:
        yield from (f"  {line}" for line in part_lines(part, outcome, lang, spell, called))


def _nearest(nearest: Nearest, answer: str, lang: str, style: Style) -> str:
    chinese = lang == "zh"
    if nearest.changes is None:
        text = f"没有找到能得到{answer}的改变" if chinese else f"No change found that brings {answer}"
        if nearest.only:
            named = [in_language(each.name, each.label, lang) for each in nearest.only]
            joined = ("、" if chinese else ", ").join(named)
            text += f"（可改变的只有{joined}）" if chinese else f" (changeable: {joined})"
        if nearest.untried:
            named = [in_language(each.name, each.label, lang) for each in nearest.untried]
            joined = ("、" if chinese else ", ").join(named)
            left = "（未试个人信息和改变不了的字段：{}；要试请加--change 字段）" if chinese else NOT_TRIED
            text += left.format(joined)
        for fields, (english, zh) in ((nearest.placed, NO_CUTS), (nearest.listed, NO_RECORDS)):
            if fields:
                named = [in_language(each.name, each.label, lang) for each in fields]
                text += (zh if chinese else english).format(("、" if chinese else ", ").join(named))
        if not nearest.whole:
            text += "（未能试完）" if chinese else " (not everything could be tried)"
        return style.paint(f"  {text}{'。' if chinese else '.'}", "note")
    cost = ""
    if nearest.declared and not _tells(nearest):
        figure = cost_text(nearest.cost)
        cost = f"（代价{figure}）" if chinese else f" (cost {figure})"
    if nearest.by_cuts:
        cost += "，按目前的分界点" if chinese else ", by the cut points as they are now"
    head = f"最小的改变，得到{answer}{cost}：" if chinese else f"Nearest change that brings {answer}{cost}:"
    lines = [style.paint(f"  {head}", "good")]
    lines += [f"    {_change(each, lang)}" for each in nearest.changes]
    return "\n".join(lines)


def cost_text(cost: Fraction) -> str:
    """What changes cost, in decimals: two at most."""
    return show_number(round_half_up(cost, 2))


def _tells(nearest: Nearest) -> bool:
    """Whether the cost would tell a value that is starred: it goes by how far the value changes."""
    return any(each.field.privacy for each in nearest.changes or ())


def _change(change: FieldChange, lang: str) -> str:
    name = in_language(change.field.name, change.field.label, lang)
    if isinstance(change.after, Further):
        return _more(name, change, change.after, lang)
    before = (
        ("缺失" if lang == "zh" else "missing") if change.before is None else _value(change.field, change.before, lang)
    )
    after = _value(change.field, change.after, lang)
    more = _far(change.field, change.before, change.after, lang)
    return f"{name}：{before} → {after}{more}" if lang == "zh" else f"{name}: {before} → {after}{more}"


def _more(name: str, change: FieldChange, further: Further, lang: str) -> str:
    """So many records more, and what matters of them."""
    chinese = lang == "zh"
    hidden = bool(change.field.privacy)
    values = [] if hidden else [(each, _value(each, value, lang)) for each, value in further.told]
    named = [(in_language(each.name, each.label, lang), value) for each, value in values]
    told = ("、" if chinese else ", ").join(
        f"{name}＝{value}" if chinese else f"{name} {value}" for name, value in named
    )
    if chinese:
        return f"{name}：再有{further.count}条" + (f"（如{told}）" if told else "")
    return f"{name}: {further.count} more" + (f" (such as {told})" if told else "")


def _value(field: Field, value: Any, lang: str) -> str:
    if value == KNOWN:
        return "已知" if lang == "zh" else "known"
    return show_typed(shown(field, value), field.type, lang)


def _far(field: Field, before: Any, after: Any, lang: str) -> str:
    """How far it is, where that can be counted."""
    if before is None or isinstance(after, str | bool) or field.privacy:
        return ""
    if isinstance(after, date):
        days = (after - before).days
        if lang == "zh":
            return f"（{'晚' if days > 0 else '早'}{abs(days)}天）"
        return f" ({abs(days)} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'})"
    distance = after - before
    text = show_typed(abs(distance), field.type, lang)
    if lang == "zh":
        return f"（{'多' if distance > 0 else '少'}{text}）"
    return f" ({text} {'more' if distance > 0 else 'less'})"


def margins_text(found: Sequence[Boundary], model: Model, lang: str, style: Style, spell: Spell) -> str:
    """A line for each boundary: the condition, how it was judged, and where it turns."""
    chinese = lang == "zh"
    head = style.paint("离界线多远" if chinese else "How close it is", "heading")
    if not found:
        return head + ("\n  没有可以计量的界线" if chinese else "\n  no boundary that can be counted")
    show = as_written(model)
    titles = (
        ("条件", "判断", "字段", "现值", "转变于", "相差")
        if chinese
        else ("condition", "is", "field", "now", "turns at", "margin")
    )
    rows = []
    for each in found:
        field = _subject(each, model)
        hidden = bool(field.privacy)
        rows.append(
            [
                spell(show(each.condition)),
                TRUTHS[lang][each.truth],
                in_language(field.name, field.label, lang),
                _value(field, each.value, lang),
                "***" if hidden else _value(field, each.at, lang),
                "" if hidden else _far(field, each.value, each.at, lang).strip(" （）()"),
            ]
        )
    rows = [list(each) for each in dict.fromkeys(map(tuple, rows))]
    return head + "\n" + "\n".join(f"  {line}" for line in table(titles, rows, (), style).split("\n"))


def _subject(boundary: Boundary, model: Model) -> Field:
    """The field that a boundary is of, as private as the model has it."""
    return model.fields.get(boundary.field, boundary.subject)


def asked_text(asked: Asked, lang: str, style: Style) -> str:
    """For each outcome that is open for somebody, the fields by how many cases they close."""
    chinese = lang == "zh"
    day = show_value(asked.day, lang)
    head = (
        f"{asked.source}：共{asked.rows:,}行，基准日{day}"
        if chinese
        else f"{asked.source}: {asked.rows:,} rows, as of {day}"
    )
    parts = [style.paint(head, "heading")]
    if not asked.outcomes:
        parts.append(
            "没有待定或暂定的结论。" if chinese else "Nothing is open: every outcome is settled for everybody."
        )
    parts += [_asking(each, lang, style) for each in asked.outcomes]
    return "\n\n".join(parts)


def _asking(asking: Asking, lang: str, style: Style) -> str:
    chinese = lang == "zh"
    name = outcome_name(asking.outcome, lang)
    if chinese:
        head = f"{name}：{asking.customers:,}人中{asking.open:,}人未定（{share(asking.open, asking.customers)}）"
    else:
        head = f"{name}: {asking.open:,} of {asking.customers:,} open ({share(asking.open, asking.customers)})"
    titles = (
        ("补齐", "缺失", "即可确定", "占比", "视答案可确定")
        if chinese
        else ("fill", "missing in", "closes", "share", "may close")
    )
    rows = [
        [
            in_language(each.field.name, each.field.label, lang),
            f"{each.missing:,}",
            f"{each.closes:,}",
            share(each.closes, asking.open),
            f"{each.may_close:,}",
        ]
        for each in asking.fields
    ]
    lines = [style.paint(head, "heading")]
    lines += [f"  {line}" for line in table(titles, rows, ("<", ">", ">", ">", ">"), style).split("\n")]
    if len(asking.together) > 1:
        names: list[str] = []
        for field, closed in asking.together:
            names.append(in_language(field.name, field.label, lang))
            if not closed or len(names) == 1:
                continue
            joined = "、".join(names) if chinese else " + ".join(names)
            figures = f"{closed:,} / {asking.open:,}"
            lines.append(
                f"  补齐{joined}：{figures}即可确定" if chinese else f"  fill {joined}: {figures} open cases close"
            )
    return "\n".join(lines)


def asked_json(asked: Asked) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "source": asked.source,
        "as_of": asked.day.isoformat(),
        "rows": asked.rows,
        "rejected": asked.rejected,
        "outcomes": [
            {
                "name": each.outcome.name,
                "customers": each.customers,
                "open": each.open,
                "fields": [
                    {"field": one.field.name, "missing": one.missing, "closes": one.closes, "may_close": one.may_close}
                    for one in each.fields
                ],
                "together": [{"field": one.name, "closed": closed} for one, closed in each.together],
            }
            for each in asked.outcomes
        ],
    }


def nearest_json(nearest: Nearest, wanted: Any) -> dict[str, Any]:
    """The nearest change for other programs; personal values are starred, and costs that would tell them."""
    return {
        "wanted": wanted if wanted is None or isinstance(wanted, bool | int | str) else show_value(wanted, "en"),
        "complete": nearest.whole,
        "cost": None if nearest.changes is None or _tells(nearest) else cost_text(nearest.cost),
        "changes": None if nearest.changes is None else [_change_json(each) for each in nearest.changes],
    }


def _change_json(change: FieldChange) -> dict[str, Any]:
    if isinstance(change.after, Further):
        after, field = change.after, change.field
        told = {each.name: shown(field, _json(each, value)) for each, value in after.told}
        return {"field": field.name, "before": change.before, "after": change.before + after.count, "record": told}
    return {
        "field": change.field.name,
        "before": _json(change.field, change.before),
        "after": _json(change.field, change.after),
    }


def margins_json(found: Sequence[Boundary], model: Model) -> list[dict[str, Any]]:
    """Boundaries for other programs."""
    show = as_written(model)
    return [
        {
            "rule": each.rule,
            "condition": show(each.condition),
            "truth": each.truth,
            "field": each.field,
            "value": _json(_subject(each, model), each.value),
            "turns_at": _json(_subject(each, model), each.at),
        }
        for each in found
    ]


def _json(field: Field, value: Any) -> Any:
    value = shown(field, value)
    return value if value is None or isinstance(value, bool | int | Decimal | str) else show_value(value, "en")
