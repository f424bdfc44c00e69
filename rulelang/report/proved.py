"""What ``rulelang check`` proved, for a person and for a program: short, for nothing was found there.

lifecycle   nobody is left out; all 6 values occur
points      0 where no rule adds to it; between 0 and 100, both reached
rules       all 23 rules and rows count for somebody
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from attrs import frozen

from rulelang.analysis.account import ELSE, EVERYBODY, KNOWN, LIST, TOTAL, Account, OutcomeAccount, Tally
from rulelang.changes.coming import coming_days
from rulelang.diagnostics.wording import show_value
from rulelang.engine.advice.checking import MOST_DAYS
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.output import outcome_name
from rulelang.explain.rule_names import rule_name
from rulelang.explain.wording import show_answer, show_typed
from rulelang.model.program import Model
from rulelang.report.terminal import Style, table

_COMPLETE = {
    EVERYBODY: ("nobody is left out", "无人遗漏"),
    KNOWN: ("nobody with complete data is left out", "资料齐全的无人遗漏"),
    ELSE: ("{} for all others", "其余一律为{}"),
    TOTAL: ("0 where no rule adds to it", "无规则加分时为0"),
    LIST: ("empty where no rule adds to it", "无规则适用时为空"),
}
_MOST_NAMED = 4


@frozen
class ProvedFile:
    """What was proved of one rule file; without an account it is too long to be gone into."""

    file: str
    ruleset: Ruleset
    day: date
    account: Account | None

    @property
    def later(self) -> tuple[date, ...]:
        """The days to come on which dated values change, and from which on it was looked at as well."""
        return coming_days((self.ruleset.model,), self.day)[:MOST_DAYS]


def proved_text(proved: Sequence[ProvedFile], lang: str, style: Style) -> str:
    """What was proved of one file by outcome, of several in one line; empty where there is nothing to say."""
    told = [each for each in proved if each.account is not None]
    if not told:
        return ""
    if len(told) == 1:
        return f"{_of_one(told[0].ruleset.model, _account(told[0]), lang, style)}\n{_as_of(told[0], lang)}"
    return _of_many(told, lang)


def proved_json(proved: Sequence[ProvedFile]) -> list[dict[str, Any]]:
    """The same for programs; ``null`` where a question does not arise, or was not answered well."""
    return [
        {
            "file": each.file,
            "fingerprint": each.ruleset.fingerprint,
            "as_of": each.day.isoformat(),
            "later": [day.isoformat() for day in each.later],
            "outcomes": [_outcome_json(outcome) for outcome in each.account.outcomes],
            "rules": _tally_json(each.account.rules),
            "conditions": _tally_json(each.account.conditions),
        }
        for each in proved
        if each.account is not None
    ]


def _as_of(proved: ProvedFile, lang: str) -> str:
    """On which day and of which rules it is proved; what changes later was looked at only for what goes wrong."""
    day = show_value(proved.day, lang)
    later = [show_value(each, lang) for each in proved.later]
    if lang == "zh":
        then = f"；{'、'.join(later)}起有变，也已检查" if later else ""
        return f"基准日{day}{then}；指纹{proved.ruleset.fingerprint}"
    then = f"; looked at from {', '.join(later)} on as well, when dated values change" if later else ""
    return f"as of {day}{then}; fingerprint {proved.ruleset.fingerprint}"


def _account(proved: ProvedFile) -> Account:
    assert proved.account is not None
    return proved.account


def _of_one(model: Model, account: Account, lang: str, style: Style) -> str:
    chinese = lang == "zh"
    rows = []
    for each in account.outcomes:
        said = _of_outcome(each, model, lang)
        if said:
            rows.append((outcome_name(model.outcomes[each.name], lang), ("；" if chinese else "; ").join(said)))
    if account.rules.of:
        rows.append(("规则", _rules_zh(account.rules)) if chinese else ("rules", _rules(account.rules)))
    if account.conditions.of:
        rows.append(
            ("条件", _conditions_zh(account.conditions)) if chinese else ("conditions", _conditions(account.conditions))
        )
    text = table(("结论", "已证明") if chinese else ("outcome", "proved"), rows, (), style)
    still = dict.fromkeys((*account.rules.open, *account.conditions.open))
    if still:
        names = [rule_name(model, each, lang) for each in still]
        more = len(names) > _MOST_NAMED
        if chinese:
            text += f"\n无法证明（没有找到客户）：{'、'.join(names[:_MOST_NAMED])}{'等' if more else ''}"
        else:
            text += f"\nNot proved, no customer was found: {', '.join(names[:_MOST_NAMED])}{', …' if more else ''}"
    return text


def _of_outcome(account: OutcomeAccount, model: Model, lang: str) -> list[str]:
    chinese, outcome = lang == "zh", model.outcomes[account.name]
    said = []
    if account.complete is not None:
        last = "" if outcome.last_resort is None else show_answer(outcome.last_resort, outcome, lang)
        said.append(_COMPLETE[account.complete][chinese].format(last))
    if account.consistent:
        said.append("没有两条规则互相冲突" if chinese else "no two rules contradict each other")
    values, scores = account.values, account.range
    if values is not None:
        if values.shown == values.of:
            said.append(f"{values.of}种取值都有客户得到" if chinese else f"all {values.of} values occur")
        else:
            said.append(
                f"{values.of}种取值中{values.shown}种找到了客户"
                if chinese
                else f"{values.shown} of {values.of} values occur for a customer that was found"
            )
    if scores is not None:
        low, high = (show_typed(each, outcome.type, lang) for each in (scores.least, scores.most))
        if chinese:
            reached = "两端都有客户达到" if scores.reached else "是否达到两端无法证明"
            said.append(f"介于{low}与{high}之间，{reached}")
        else:
            reached = "both reached" if scores.reached else "whether both are reached can't be proved"
            said.append(f"between {low} and {high}, {reached}")
    return said


def _rules(tally: Tally) -> str:
    if tally.shown == tally.of:
        return (
            "the one rule counts for somebody"
            if tally.of == 1
            else f"all {tally.of:,} rules and rows count for somebody"
        )
    return f"{tally.shown:,} of {tally.of:,} rules and rows count for a customer that was found"


def _rules_zh(tally: Tally) -> str:
    return (
        f"{tally.of}条规则（行）都有客户用到"
        if tally.shown == tally.of
        else f"{tally.of}条规则（行）中{tally.shown}条找到了用到它的客户"
    )


def _conditions(tally: Tally) -> str:
    return (
        f"all {tally.of:,} matter"
        if tally.shown == tally.of
        else f"{tally.shown:,} of {tally.of:,} matter to a customer that was found"
    )


def _conditions_zh(tally: Tally) -> str:
    return f"{tally.of}个都起作用" if tally.shown == tally.of else f"{tally.of}个中{tally.shown}个找到了受其影响的客户"


def _of_many(proved: Sequence[ProvedFile], lang: str) -> str:
    """Of several files the sums, and where something stayed open."""
    accounts = [_account(each) for each in proved]
    outcomes = [outcome for each in accounts for outcome in each.outcomes]
    complete = sum(each.complete is not None for each in outcomes)
    scores = sum(each.range is not None for each in outcomes)
    rules = Tally(sum(each.rules.shown for each in accounts), sum(each.rules.of for each in accounts))
    conditions = Tally(sum(each.conditions.shown for each in accounts), sum(each.conditions.of for each in accounts))
    partly = [
        each.file
        for each, account in zip(proved, accounts, strict=True)
        if account.rules.open or account.conditions.open or any(one.complete is None for one in account.outcomes)
    ]
    named, more = partly[:_MOST_NAMED], len(partly) > _MOST_NAMED
    if lang == "zh":
        said = [f"{len(outcomes)}个结论中{complete}个无人遗漏", _rules_zh(rules)]
        said += [f"条件{_conditions_zh(conditions)}"] * bool(conditions.of) + [f"{scores}个分数的范围"] * bool(scores)
        text = f"已证明：{'；'.join(said)}。单独检查一个文件可见详情。"
        return text + (f"\n未能全部证明：{'、'.join(named)}{'等' if more else ''}" if partly else "")
    said = [f"{complete} of {len(outcomes)} outcomes leave nobody out", _rules(rules)]
    said += [f"of the conditions {_conditions(conditions)}"] * bool(conditions.of)
    said += [f"the range of {scores} score{'' if scores == 1 else 's'}"] * bool(scores)
    text = f"Proved: {'; '.join(said)}. Check one file alone for more."
    return text + (f"\nNot all proved in: {', '.join(named)}{', …' if more else ''}" if partly else "")


def _outcome_json(account: OutcomeAccount) -> dict[str, Any]:
    scores = account.range
    return {
        "outcome": account.name,
        "complete": account.complete,
        "consistent": account.consistent or None,
        "values": None if account.values is None else _tally_json(account.values),
        "range": None
        if scores is None
        else {"least": _plain(scores.least), "most": _plain(scores.most), "reached": scores.reached},
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {"shown": tally.shown, "of": tally.of, "open": list(tally.open)}


def _plain(value: Any) -> int | float | str:
    """A number as JSON has it; one that a float can't hold as text."""
    if isinstance(value, int):
        return value
    return float(value) if str(float(value)) == str(value) else str(value)
