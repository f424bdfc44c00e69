"""Models as plain data: whatever a model holds comes back equal."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from rulelang.diagnostics.position import Source, Span
from rulelang.model import expressions as e
from rulelang.model import program
from rulelang.model.fingerprint import fingerprint
from rulelang.model.portable import from_data, to_data
from rulelang.model.program import Header, Model
from rulelang.values.durations import Duration
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function, Parameter
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Member, Money, Number, Text, YesNo
from tests.strategies import Case, cases

PLACE = Span("shop.rules", 3, 9, 1, 4)
FUNCTION = Function("f", (Parameter("x", Number()),), YesNo(), bool, plugin="p", version="1.0")
X = e.FieldRef("x", Number(2), span=PLACE)
DAY = e.FieldRef("day", Date(may_be_future=True))
CITY = e.FieldRef("city", Text())
YEAR = e.Literal(Duration(12, "months"), Length("months"))
PAID = e.ElementRef("orders", "paid", Date())
LEVEL = Choice((Member("low", "低"), Member("high")), ordered=True, name="level")
ORDERS = ListOf("order", (("paid", "付款", Date()), ("level", None, LEVEL)), "paid", date(2025, 1, 1))
YES = e.Comparison(">=", X, e.Literal(Decimal("1E+2"), Number(), span=PLACE), span=PLACE)

# One of each kind of expression, each with something in every attribute.
EXPRESSIONS: tuple[e.Expression, ...] = (
    *(X, DAY, CITY, PAID, YES, e.ALWAYS, e.Literal("a", Text(), label="甲")),
    *(e.OutcomeRef("tier", LEVEL), e.ThresholdRef("limit", Money("CNY")), e.Named("n", "名", X), e.Today()),
    *(e.Arithmetic("/", X, e.Literal(10**30, Number(0)), Number()), e.Negated(X, Number(2))),
    *(e.DateShift(DAY, -1, YEAR), e.DaysBetween(DAY, e.Today()), e.AgeIn("years", DAY), e.DatePart("month", DAY)),
    *(e.NextAnniversary(DAY), e.Lookup("risk", 0, 1, CITY, e.Literal(5, Number(0)), Number())),
    *(e.Call("f", (X,), YesNo()), e.Aggregate("latest", "orders", PAID, YES, e.Within(PAID, "last", YEAR), Date())),
    *(e.Quantified("every", "orders", YES, YES), e.And((YES, YES)), e.Or((YES, e.ALWAYS)), e.Not(YES)),
    *(e.AtLeastOf(2, (YES, YES, YES)), e.AgeComparison("<", DAY, YEAR), e.Between(X, X, X, include_high=False)),
    *(e.OneOf(CITY, (e.Literal("a", Text()), CITY)), e.InList(CITY, "risk"), e.Within(DAY, "next", YEAR)),
    *(e.WithinOf(DAY, YEAR, "after", DAY), e.InPeriod(DAY, "quarter", -1), e.IsMissing(DAY)),
    *(e.TextTest("like", CITY, "A*"), e.HasStanding(e.OutcomeRef("tier", LEVEL), "no rule"), e.MissingFor("tier")),
    e.AnyGroup("orders", PAID, YES, YES, e.Within(PAID, "last", YEAR), YEAR),
    *(e.Now(), e.DayOf(e.Literal(datetime(2026, 1, 31, 15, 30), DateTime()))),
)


def model() -> Model:
    """A model with one of everything."""
    rules = tuple(
        program.Rule(
            f"rule {number}",
            (
                program.Branch(
                    e.ALWAYS,
                    (program.Assignment("tier", each, X, X, span=PLACE),),
                    program.Reason(("so much: ", program.Hole("x", X)), ("金额：",)),
                    span=PLACE,
                ),
            ),
            *("规则", 1, True, date(2026, 1, 1), date(2026, 12, 31)),
            span=PLACE,
        )
        for number, each in enumerate(EXPRESSIONS)
    )
    return Model(
        Header("shop", "商店", 3, date(2026, 1, 1), None),
        {
            "x": Field(
                *("x", Number(2), "数", "note", "说明", True, True, "personal"),
                *(0, Decimal("9.50"), ("-1",), "个", True),
                span=PLACE,
            ),
            "orders": Field("orders", ORDERS, span=PLACE),
        },
        {
            "tier": Outcome("tier", LEVEL, "等级", None, None, "highest", "low", "worst", text_labels=(("a", "甲"),)),
            "is": Outcome("is", Money("CNY", 0), at_least=0, at_most=Decimal("1.5"), inferred=True, span=PLACE),
        },
        {"limit": Threshold("limit", Length(), Duration(3, "days"), dated=((date(2026, 7, 1), Duration(4, "days")),))},
        {"risk": ReferenceList("risk", frozenset({"b", "a"}), "名单", "risk.csv", "c", ("c", "w"), (("a", "1"),))},
        rules,
        (program.Requirement(YES, "x > 1", "note", None, span=PLACE),),
        (program.Example("one", date(2026, 1, 1), (("x", "1"), ("day", None)), (("tier", "low"),), ("rule 1",)),),
        (program.Measure("m", "top", X, Decimal("0.2"), True, CITY, YesNo(), span=PLACE),),
        (program.Deviation("replaced", "rule 1", PLACE, PLACE),),
        {"f": FUNCTION},
        (Source("shop.rules", "if x\nthen y\n"),),
        "zh",
        working_days=WorkingDays.of([(date(2026, 1, 1), False), (date(2026, 2, 14), True)]),
    )


def carried(before: Model) -> Model:
    """The model after it was written down and read."""
    functions = {name: each for name, each in before.functions.items()}
    after = from_data(json.loads(json.dumps(to_data(before))), functions)
    assert before.sources == after.sources
    return after


def everything(value: Any) -> Any:
    """A value with all that equality leaves out, and with the class of every part."""
    if attrs.has(type(value)):
        parts = {each.name: everything(getattr(value, each.name)) for each in attrs.fields(type(value))}
        return type(value), parts
    if isinstance(value, tuple):
        return tuple(map(everything, value))
    if isinstance(value, dict):
        return {name: everything(each) for name, each in value.items()}
    return type(value), value


def test_the_sample_has_every_kind_of_expression() -> None:
    assert {*get_args(e.Expression)} == {type(each) for each in EXPRESSIONS}


def test_a_model_with_one_of_everything_comes_back_whole() -> None:
    before = model()
    after = carried(before)
    assert before == after
    assert everything(before) == everything(after)
    assert fingerprint(before) == fingerprint(after)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases())
def test_generated_models_come_back_whole(case: Case) -> None:
    assert everything(case.model) == everything(carried(case.model))


@pytest.mark.parametrize("wrong", [{"is": "Nonsense"}, {"is": "Function"}, {"is": "Field"}, {"odd": 1}, {}, 3])
def test_data_of_another_shape_is_refused(wrong: object) -> None:
    data = to_data(model())
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_data({**data, "fields": {"by name": {"x": wrong}}, "types": [wrong]}, {"f": FUNCTION})
