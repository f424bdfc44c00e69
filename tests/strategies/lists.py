"""Models whose rules ask for lists of records, and customers with awkward records."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from rulelang.model import expressions as e
from rulelang.model.lists import GAPS, PICKS
from rulelang.model.program import Assignment, Branch, Header, Model, Rule
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.types import Date, ListOf, Number, Type
from tests.strategies.cases import DAYS as AS_OF_DATES
from tests.strategies.cases import Case
from tests.strategies.pools import CHANNEL, DATE, DAYS, LEVEL, MONTHS, NUMBER, TEXT, WHOLE, YESNO

RECORD: dict[str, Type] = {
    "paid_on": DATE,
    "amount": NUMBER,
    "channel": CHANNEL,
    "size": LEVEL,
    "note": TEXT,
    "gift": YESNO,
}
LABELS = {"amount": "金额", "paid_on": "付款日"}
SIGNS = (">", "<", ">=", "<=", "=", "!=")
PLAIN = ("count", "sum", "average", "largest", "smallest", "earliest", "latest", "distinct", "most_frequent")
ORDERED = ("streak", *GAPS, *PICKS)
KINDS = (*PLAIN, "busiest", *ORDERED)
LENGTHS = (Duration(30, "days"), Duration(1, "months"), Duration(365, "days"), Duration(12, "months"))
AMOUNTS = (1, 10, Decimal("0.1"), Decimal("0.2"), -5, 10)
LISTS = ("orders", "visits")
ASKED = ("amount", "amount", "channel", "size", "missing", "note", "gift", "date", "weight", "customer")
# Ends of months, and the days around a leap day.
CALENDAR = (
    *(date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1)),
    *(date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)),
)
# What a record's note weighs; a row may be in force for a time only.
WEIGHTS = ReferenceList(
    "weights",
    frozenset({"a", "b"}),
    columns=("note", "weight", "valid_from", "valid_until"),
    rows=(("a", "1", "", ""), ("b", "2", "", "2026-03-31"), ("b", "4", "2026-04-01", "")),
)


class Words:
    """Draws the parts of one model; ``readable`` are the outcomes that may be read."""

    def __init__(self, draw: st.DrawFn, as_of: date) -> None:
        self.draw, self.as_of = draw, as_of
        self.readable: list[str] = []

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def seldom(self, one_in: int = 3) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == one_in)

    # --- about a record -------------------------------------------------------------------------------------------

    def part(self, list_: str, name: str) -> e.ElementRef:
        return e.ElementRef(list_, name, RECORD[name])

    def where(self, list_: str, depth: int = 1) -> e.Expression:
        if depth and self.seldom():
            items = (self.where(list_, depth - 1), self.where(list_, depth - 1))
            both: e.Expression = self.pick((e.And(items), e.Or(items), e.Not(items[0])))
            return both
        match self.pick(ASKED):
            case "amount":
                return e.Comparison(self.pick(SIGNS), self.part(list_, "amount"), self.number())
            case "channel":
                keys = self.pick((("online",), ("online", "phone")))
                return e.OneOf(self.part(list_, "channel"), tuple(e.Literal(key, CHANNEL) for key in keys))
            case "size":
                return e.Comparison(self.pick(SIGNS), self.part(list_, "size"), e.Literal("medium", LEVEL))
            case "missing":
                return e.IsMissing(self.part(list_, self.pick(tuple(RECORD))))
            case "note":
                return e.TextTest("contains", self.part(list_, "note"), "a")
            case "gift":
                return self.part(list_, "gift")
            case "weight":
                default = e.Literal(3, NUMBER) if self.seldom(2) else None
                weight = e.Lookup("weights", 0, 1, self.part(list_, "note"), default, NUMBER)
                return e.Comparison(self.pick(SIGNS), weight, e.Literal(self.pick((1, 3)), NUMBER))
            case "date":
                return e.AgeComparison(self.pick(SIGNS[:4]), self.part(list_, "paid_on"), self.length())
        if self.readable and self.seldom(2):
            return e.Comparison("=", e.OutcomeRef(self.pick(self.readable), LEVEL), e.Literal("low", LEVEL))
        quotient = e.Arithmetic("/", self.part(list_, "amount"), e.FieldRef("spend", NUMBER), NUMBER)
        return e.Comparison(">", quotient, e.Literal(1, NUMBER))

    def number(self) -> e.Expression:
        match self.pick(("literal", "literal", "field", "aggregate")):
            case "field":
                return e.FieldRef("spend", NUMBER)
            case "aggregate" if self.seldom():
                return self.aggregate(self.pick(("average", "largest", "count")), nested=False)
        return e.Literal(self.pick(AMOUNTS), NUMBER)

    def length(self) -> e.Expression:
        if self.seldom(4):
            return e.ThresholdRef("recent", DAYS) if self.seldom(2) else e.FieldRef("term", DAYS)
        length = self.pick(LENGTHS)
        return e.Literal(length, DAYS if length.unit == "days" else MONTHS)

    # --- about a list ---------------------------------------------------------------------------------------------

    def aggregate(self, kind: str, nested: bool = True) -> e.Aggregate:
        list_ = self.pick(LISTS)
        name = {
            "busiest": "paid_on",
            "earliest": "paid_on",
            "latest": "paid_on",
            "distinct": self.pick(("channel", "note", "amount")),
            "most_frequent": self.pick(("channel", "note", "size", "gift")),
        }.get(kind, "amount")
        type_: Type = {"busiest": WHOLE, "count": WHOLE, "distinct": WHOLE}.get(kind, RECORD[name])
        where = self.where(list_) if nested and self.seldom(2) else None
        if kind == "busiest":
            return e.Aggregate(kind, list_, self.part(list_, name), where, None, type_, self.span())
        if kind in ORDERED:
            return self.ordered(kind, list_, where)
        window = None
        if self.seldom():
            window = e.Within(self.part(list_, "paid_on"), "last", self.length())
        return e.Aggregate(kind, list_, None if kind == "count" else self.part(list_, name), where, window, type_)

    def span(self) -> e.Literal | e.ThresholdRef:
        """The length of a span of days."""
        length = self.pick(LENGTHS)
        literal = e.Literal(length, DAYS if length.unit == "days" else MONTHS)
        return e.ThresholdRef("recent", DAYS) if self.seldom() else literal

    def ordered(self, kind: str, list_: str, where: e.Expression | None) -> e.Aggregate:
        """One that rests on the order of dates."""
        date_ = self.part(list_, "paid_on")
        if kind in PICKS:
            name = self.pick(("amount", "channel", "size", "paid_on", "gift"))
            return e.Aggregate(kind, list_, self.part(list_, name), where, None, RECORD[name], date=date_)
        window = None
        if kind == "streak" and self.seldom():
            window = e.Within(date_, "last", self.length())
        return e.Aggregate(kind, list_, date_, where, window, WHOLE if kind == "streak" else DAYS)

    def group(self) -> e.Expression:
        """A group of records, by days or by a value, with a condition on one or two aggregates."""
        list_ = self.pick(LISTS)
        where = self.where(list_) if self.seldom() else None
        window = e.Within(self.part(list_, "paid_on"), "last", self.length()) if self.seldom(4) else None
        condition = self.of_group(list_)
        if self.seldom(2):
            both = (condition, self.of_group(list_))
            condition = self.pick((e.And(both), e.Or(both), e.Not(condition)))
        if self.seldom(2):
            return e.AnyGroup(list_, self.part(list_, "paid_on"), condition, where, window, self.span())
        return e.AnyGroup(list_, self.part(list_, self.pick(("channel", "note"))), condition, where, window)

    def of_group(self, list_: str) -> e.Expression:
        """A condition on what the records of a group come to."""
        if self.seldom(6):
            return e.Quantified(self.pick(("any", "every", "no")), list_, self.where(list_, 0), grouped=True)
        kinds = ("count", "count", "sum", "sum", "average", "largest", "distinct", "most_frequent", *GAPS, *PICKS)
        found = self.compared(self.pick(kinds), list_)
        return found

    def compared(self, kind: str, list_: str | None = None) -> e.Expression:
        """A comparison of an aggregate, of a group's where a list is given."""
        found = self.aggregate(kind)
        if list_ is not None:
            found = e.Aggregate(**{**_parts(found, list_), "window": None, "grouped": True})
        if self.seldom(8):
            return e.IsMissing(found)
        if kind in GAPS:
            return e.Comparison(self.pick(SIGNS), found, e.Literal(Duration(self.pick((0, 1, 30)), "days"), DAYS))
        if isinstance(found.type, Date):
            return e.AgeComparison(self.pick(SIGNS[:4]), found, self.length())
        if not isinstance(found.type, Number):
            keys: dict[Type, Any] = {CHANNEL: "online", LEVEL: "low", TEXT: "a", YESNO: True}
            return e.Comparison(self.pick(("=", "!=")), found, e.Literal(keys[found.type], found.type))
        if found.type == WHOLE:
            return e.Comparison(self.pick(SIGNS), found, e.Literal(self.pick((0, 1, 2)), WHOLE))
        if list_ is None and self.seldom():
            other = self.aggregate(self.pick(("sum", "average", "count", *PICKS)))
            if not isinstance(other.type, Number):
                other = self.aggregate("sum")
            share = e.Arithmetic(self.pick("/-*"), found, other, NUMBER)
            return e.Comparison(self.pick(SIGNS), share, e.Literal(self.pick(AMOUNTS), NUMBER))
        return e.Comparison(self.pick(SIGNS), found, self.number())

    def atom(self) -> e.Expression:
        """A condition on one or two aggregates."""
        if self.seldom(5):
            return self.group()
        if self.seldom(4):
            list_ = self.pick(LISTS)
            where = self.where(list_, 0) if self.seldom() else None
            return e.Quantified(self.pick(("any", "every", "no")), list_, self.where(list_), where)
        return self.compared(self.pick(KINDS))

    def condition(self) -> e.Expression:
        first = self.atom()
        match self.pick(("atom", "and", "or", "not", "outcome")):
            case "and":
                return e.And((first, self.atom()))
            case "or":
                return e.Or((first, self.atom()))
            case "not":
                return e.Not(first)
            case "outcome" if self.readable:
                outcome = e.OutcomeRef(self.pick(self.readable), LEVEL)
                return e.Or((first, e.Comparison("=", outcome, e.Literal("high", LEVEL))))
        return first

    def rule(self, name: str, outcome: Outcome) -> Rule:
        branches = tuple(
            Branch(self.condition(), (Assignment(outcome.name, self.value(outcome)),))
            for _ in range(self.pick((1, 1, 2)))
        )
        return Rule(name, branches)

    def value(self, outcome: Outcome) -> e.Expression:
        if outcome.type == LEVEL:
            return e.Literal(self.pick(LEVEL.keys()), LEVEL)
        if self.seldom(2):
            return self.aggregate(self.pick(("count", "sum", "average", "largest")))
        return e.Literal(self.pick(AMOUNTS), NUMBER)

    # --- customers ------------------------------------------------------------------------------------------------

    def customer(self) -> dict[str, object]:
        row: dict[str, object] = {"spend": self.pick((0, 5, None)), "term": self.pick((30, None))}
        for name in LISTS:
            if not self.seldom(8):
                row[name] = self.pick((None, [])) if self.seldom(8) else self.records()
        return row

    def records(self) -> list[dict[str, object]]:
        return [self.record() for _ in range(self.pick((0, 1, 2, 3, 4)))]

    def record(self) -> dict[str, object]:
        ages = (0, 1, 29, 30, 31, 365, 366, -1)
        near = tuple(self.as_of - timedelta(days=each) for each in ages)
        values: dict[str, Any] = {
            "paid_on": self.pick((*near, *CALENDAR)),
            "amount": self.pick((*AMOUNTS, 0.1, Decimal("10.00"))),
            "channel": self.pick(("online", "线上", "phone", "fax")),
            "size": self.pick(("low", "medium", "high")),
            "note": self.pick(("a", "b ", "北京")),
            "gift": self.pick((True, False)),
        }
        missing = self.pick((None, None, None, *RECORD))
        return {LABELS.get(name, name) if self.seldom(6) else name: v for name, v in values.items() if name != missing}


def _parts(aggregate: e.Aggregate, list_: str) -> dict[str, Any]:
    """The parts of an aggregate, all of one list."""

    def moved(part: Any) -> Any:
        if isinstance(part, e.ElementRef):
            return attrs.evolve(part, list=list_)
        if isinstance(part, tuple):
            return tuple(moved(each) for each in part)
        if isinstance(part, e.Expression) and not isinstance(part, e.Aggregated):
            return attrs.evolve(
                part, **{each.name: moved(getattr(part, each.name)) for each in attrs.fields(type(part))}
            )
        return part

    parts = {each.name: moved(getattr(aggregate, each.name)) for each in attrs.fields(e.Aggregate)}
    return {**parts, "list": list_}


@st.composite
def list_cases(draw: st.DrawFn) -> Case:
    """A model of two or three outcomes over two lists, a day, and some customers."""
    as_of = draw(st.sampled_from(AS_OF_DATES))
    words = Words(draw, as_of)
    outcomes = [
        Outcome("o0", LEVEL, policy=words.pick(("first", "highest"))),
        Outcome("o1", LEVEL, policy=words.pick(("first", "last")), last_resort=words.pick((None, "low"))),
        Outcome("o2", NUMBER, policy=words.pick(("first", "sum", "highest"))),
    ]
    rules = []
    for each in outcomes:
        rules += [words.rule(f"{each.name} r{number}", each) for number in range(words.pick((1, 2)))]
        if each.type == LEVEL:
            words.readable.append(each.name)
    parts = tuple((name, LABELS.get(name), type_) for name, type_ in RECORD.items())
    complete = words.pick((None, None, as_of - timedelta(days=30), as_of - timedelta(days=31)))
    fields = (
        Field("orders", ListOf("order", parts, "paid_on", complete, words.pick(((), (("amount", 0, None),))))),
        Field("visits", ListOf("visit", parts, "paid_on")),
        Field("spend", NUMBER),
        Field("term", DAYS),
    )
    model = Model(
        Header(),
        {each.name: each for each in fields},
        {each.name: each for each in outcomes},
        {"recent": Threshold("recent", DAYS, Duration(30, "days"))},
        {"weights": WEIGHTS},
        tuple(rules),
    )
    return Case(model, as_of, tuple(words.customer() for _ in range(3)))
