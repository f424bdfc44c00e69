"""What ``rulelang explain`` tells beside why: why not another answer, how close it is, what is worth asking for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rulelang.cli.bilingual import option
from rulelang.cli.console import Console
from rulelang.cli.failures import wrong_call
from rulelang.cli.loading import given_values
from rulelang.cli.options import Decorator

if TYPE_CHECKING:
    from rulelang.engine.advice.alternatives import Allowed, Nearest
    from rulelang.engine.deciding.decision import Decision
    from rulelang.engine.ruleset import Ruleset
    from rulelang.explain.boundaries import Boundary


def further_options() -> list[Decorator]:
    """``--why-not``, ``--change``, ``--keep``, ``--cost``, ``--margins``, ``--worth-asking``."""
    return [
        option(
            "--why-not",
            "why_not",
            multiple=True,
            metavar=("ANSWER", "结论值"),
            en="say what stands in the way of another answer (gold, or tier=gold), and the nearest change that brings "
            "it; may be repeated",
            zh="说明为何不是另一个结论（金，或等级=金），以及能得到它的最小改变；可重复使用",
        ),
        option(
            "--change",
            "changed",
            multiple=True,
            metavar=("FIELD", "字段"),
            en="only this field may change to get there; may be repeated (default: the fields declared changeable; "
            "where none is, all but personal ones, ages, genders and birth dates)",
            zh="只允许改变这个字段；可重复使用（默认为声明“可改变”的字段；都未声明时，个人信息、年龄、性别、出生日期除外）",
        ),
        option(
            "--keep",
            "kept",
            multiple=True,
            metavar=("FIELD", "字段"),
            en="this field may not change; may be repeated",
            zh="不允许改变这个字段；可重复使用",
        ),
        option(
            "--cost",
            "costs",
            multiple=True,
            metavar=("FIELD=NUMBER", "字段=数"),
            en="how dear a change of this field is (default: as declared, else 1); the cheapest change is told; "
            "may be repeated",
            zh="改变这个字段的代价（默认按声明，否则为1），给出代价最小的改变；可重复使用",
        ),
        option(
            "--margins",
            is_flag=True,
            en="say for each condition how little would turn it",
            zh="说明每个条件离转变还差多少",
        ),
        option(
            "--worth-asking",
            "worth",
            is_flag=True,
            en="for all customers of DATA: which missing fields close how many open cases",
            zh="就全部客户：补齐哪些缺失的字段，能使多少未定的结论确定下来",
        ),
    ]


@frozen
class Further:
    """What was asked for beside why, as texts and for other programs."""

    texts: tuple[str, ...]
    data: dict[str, Any]


def further(
    console: Console,
    ruleset: Ruleset,
    decision: Decision,
    outcomes: Sequence[str],
    why_not: Sequence[str],
    allowed: Allowed,
    margins: bool,
    reveal: bool = False,
    measured: Mapping[str, Any] | None = None,
) -> Further:
    """Answers ``--why-not`` and ``--margins``; personal values are shown where ``reveal``. ``measured`` are the values
    on which the customer's places among all rest, where these are known. Raises CommandError.
    """
    from rulelang.engine.advice.alternatives import nearest_change
    from rulelang.explain.boundaries import boundaries
    from rulelang.explain.translate import translator
    from rulelang.explain.underlying import underlying
    from rulelang.explain.why import explain
    from rulelang.report.further import margins_json, margins_text, nearest_json, why_not_text

    model, lang = ruleset.model, console.lang
    spell = translator(model, lang)
    texts: list[str] = []
    data: dict[str, Any] = {}
    for text in why_not:
        outcome, wanted = _answer(ruleset, outcomes, text)
        nearest: Nearest = nearest_change(ruleset, decision, outcome, wanted, allowed, measured)
        if reveal and nearest.changes is not None:
            plain = (evolve(each, field=evolve(each.field, privacy="")) for each in nearest.changes)
            nearest = evolve(nearest, changes=tuple(plain))
        told = explain(outcome, decision.evaluation(), reveal, whole=True)
        under = [
            (explain(name, decision.evaluation(), reveal, whole=True), answers)
            for name, answers in underlying(outcome, wanted, decision.evaluation())
        ]
        texts.append(why_not_text(told, wanted, nearest, lang, console.style, spell, under))
        data.setdefault("why_not", []).append({"outcome": outcome, **nearest_json(nearest, wanted)})
    if margins:
        if reveal:
            model = evolve(model, fields={name: evolve(each, privacy="") for name, each in model.fields.items()})
        found: list[Boundary] = [
            each for name in outcomes if name in model.outcomes for each in boundaries(name, decision.evaluation())
        ]
        texts.append(margins_text(found, model, lang, console.style, spell))
        data["margins"] = margins_json(found, model)
    return Further(tuple(texts), data)


def allowed_changes(ruleset: Ruleset, changed: Sequence[str], kept: Sequence[str], costs: Sequence[str]) -> Allowed:
    """Which fields may change, and how dear that is. Raises CommandError."""
    from rulelang.engine.advice.alternatives import Allowed

    only = _measured(ruleset, given_values(ruleset, [f"{each}=–" for each in changed], "--change"))
    fixed = tuple(given_values(ruleset, [f"{each}=–" for each in kept], "--keep"))
    dear: dict[str, Decimal] = {}
    for name, text in given_values(ruleset, costs, "--cost").items():
        try:
            dear[name] = Decimal(text)
        except InvalidOperation:
            raise wrong_call("not-a-pair", option="--cost", value=f"{name}={text}", form="FIELD=NUMBER") from None
        if not dear[name].is_finite() or dear[name] < 0:
            raise wrong_call("not-a-pair", option="--cost", value=f"{name}={text}", form="FIELD=NUMBER")
    return Allowed(only, fixed, dear)


def _measured(ruleset: Ruleset, names: Iterable[str]) -> tuple[str, ...]:
    """Fields that may change; for a place among all customers what it is measured by."""
    from rulelang.model.walking import fields_read

    rests = {each.name: fields_read(each.value) for each in ruleset.model.measures}
    return tuple(dict.fromkeys(field for name in names for field in rests.get(name, (name,))))


def _answer(ruleset: Ruleset, outcomes: Sequence[str], text: str) -> tuple[str, Any]:
    """The outcome and the answer that are meant. Raises CommandError (``no-such-answer``, ``several-outcomes``)."""
    from rulelang.engine.advice.alternatives import value_of_outcome
    from rulelang.vocabulary.types import Text

    model = ruleset.model
    names = {
        spelling: each.name for each in model.outcomes.values() for spelling in (each.label, each.name) if spelling
    }
    before, _, after = text.replace("＝", "=", 1).partition("=")
    if before.strip() in names and after.strip():
        outcome = names[before.strip()]
        value = value_of_outcome(ruleset, outcome, after.strip())
        if value is None:
            raise wrong_call("no-such-answer", answer=after.strip(), outcome=outcome)
        return outcome, value
    found = [(name, value_of_outcome(ruleset, name, text.strip())) for name in outcomes if name in model.outcomes]
    readable = [(name, value) for name, value in found if value is not None]
    fitting = [each for each in readable if _is_told(ruleset, *each)]
    if not fitting and len(readable) == 1 and not isinstance(model.outcomes[readable[0][0]].type, Text):
        fitting = readable  # a value that is reckoned
    if not fitting:
        raise wrong_call("no-such-answer", answer=text, outcome=tuple(outcomes))
    if len(fitting) > 1:
        raise wrong_call("several-outcomes", answer=text, outcomes=tuple(name for name, _ in fitting))
    return fitting[0]


def _is_told(ruleset: Ruleset, outcome: str, value: Any) -> bool:
    """Whether an answer without its outcome may be meant: a text, only where some rule gives it."""
    from rulelang.model.expressions import Literal
    from rulelang.vocabulary.types import Choice

    declared = ruleset.model.outcomes[outcome]
    if isinstance(declared.type, Choice):
        return True
    given = (
        each.value
        for rule in ruleset.model.decision(outcome)
        for branch in rule.branches
        for each in branch.assignments
        if each.outcome == outcome
    )
    return declared.last_resort == value or any(isinstance(each, Literal) and each.value == value for each in given)
