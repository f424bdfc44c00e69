"""Models that ask where customers stand among all, and bases of customers with ties, gaps and small groups."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rulelang.model import expressions as e
from rulelang.model.program import MEASURE, Assignment, Branch, Header, Measure, Model, Rule
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import ListOf, Number, Type, YesNo
from tests.strategies.cases import DAYS as AS_OF_DATES
from tests.strategies.cases import Case
from tests.strategies.pools import CHANNEL, DATE, DAYS, LEVEL, MISSING, NUMBER, TEXT, WHOLE, YESNO

SIGNS = (">", "<", ">=", "<=", "=", "!=")
SHARES = (Decimal("0.2"), Decimal("0.5"), Decimal("0.01"), 1, Decimal("0.34"))
PLACES = ("top", "bottom", "making_up")
FIGURES: dict[str, Type] = {
    "quintile": Number(0),
    "decile": Number(0),
    "rank": Number(0),
    "share": Number(6, percent=True),
}
ORDER: tuple[tuple[str, str | None, Type], ...] = (("amount", None, NUMBER), ("paid_on", "付款日", DATE))
AMOUNTS = (0, 5, 10, 10, Decimal("0.1"), -5, 2.5, 1, 2, 3, 20, 8)


class Words:
    """Draws the parts of one model."""

    def __init__(self, draw: st.DrawFn, as_of: date) -> None:
        self.draw, self.as_of = draw, as_of
        self.measures: list[Measure] = []
        self.readable: list[str] = []
        self.may_be_blank = self.seldom()
        self.limited = self.seldom()

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def seldom(self, one_in: int = 3) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == one_in)

    def fields(self) -> tuple[Field, ...]:
        lowest = 0 if self.limited else None
        return (
            Field("spend", NUMBER, "消费", may_be_blank=self.may_be_blank, at_least=lowest, missing_values=("-1",)),
            Field("visits", WHOLE),
            Field("since", DATE, may_be_blank=self.may_be_blank),
            Field("term", DAYS),
            Field("branch", TEXT, "支行", may_be_blank=self.may_be_blank),
            Field("channel", CHANNEL),
            Field("gift", YESNO),
            Field("orders", ListOf("order", ORDER, "paid_on")),
        )

    # --- measures -------------------------------------------------------------------------------------------------

    def measured(self, of_total: bool) -> e.Expression:
        """What is measured; shares of a total are of numbers only."""
        spend, visits = e.FieldRef("spend", NUMBER), e.FieldRef("visits", WHOLE)
        match self.pick(("spend", "spend", "visits", "arithmetic", "orders", *(() if of_total else ("day", "length")))):
            case "visits":
                return visits
            case "arithmetic":
                return e.Arithmetic(self.pick("+-*/"), spend, visits, NUMBER)
            case "orders":
                kind = self.pick(("count", "sum", "largest"))
                amount = None if kind == "count" else e.ElementRef("orders", "amount", NUMBER)
                return e.Aggregate(kind, "orders", amount, None, None, WHOLE if kind == "count" else NUMBER)
            case "day":
                return e.FieldRef("since", DATE)
            case "length":
                return e.FieldRef("term", DAYS)
        return spend

    def measure(self, kind: str) -> e.FieldRef:
        """A measure of a kind, noted once; read as a field."""
        value = self.measured(kind in ("making_up", "share"))
        amount: int | Decimal | None = None
        is_share = kind == "making_up" or (kind in PLACES and self.seldom(2))
        if kind in PLACES:
            amount = self.pick(SHARES) if is_share else self.pick((1, 2, 3, 100))
        group = None
        if self.seldom(2):
            name, type_ = self.pick((("branch", TEXT), ("branch", TEXT), ("channel", CHANNEL), ("gift", YESNO)))
            group = e.FieldRef(name, type_)
        found = Measure("", kind, value, amount, is_share, group, FIGURES.get(kind, YesNo()))
        known = next((each for each in self.measures if each.same_as(found)), None)
        if known is None:
            known = found.named(f"{MEASURE}{len(self.measures) + 1}")
            self.measures.append(known)
        return e.FieldRef(known.name, known.type)

    # --- conditions and rules -------------------------------------------------------------------------------------

    def atom(self) -> e.Expression:
        match self.pick(("place", "place", "figure", "figure", "share", "missing", "spend", "outcome")):
            case "figure":
                figure = self.measure(self.pick(("quintile", "decile", "rank")))
                return e.Comparison(self.pick(SIGNS), figure, e.Literal(self.pick((1, 2, 3, 5)), WHOLE))
            case "share":
                share = self.measure("share")
                return e.Comparison(self.pick(SIGNS), share, e.Literal(self.pick(SHARES), NUMBER))
            case "missing":
                return e.IsMissing(self.measure(self.pick((*PLACES, *FIGURES))))
            case "spend":
                return e.Comparison(self.pick(SIGNS), e.FieldRef("spend", NUMBER), e.Literal(5, NUMBER))
            case "outcome" if self.readable:
                read = e.OutcomeRef(self.pick(self.readable), LEVEL)
                return e.Comparison(self.pick(SIGNS), read, e.Literal("medium", LEVEL))
        return self.measure(self.pick(PLACES))

    def condition(self) -> e.Expression:
        first = self.atom()
        match self.pick(("atom", "and", "or", "not")):
            case "and":
                return e.And((first, self.atom()))
            case "or":
                return e.Or((first, self.atom()))
            case "not":
                return e.Not(first)
        return first

    def rule(self, name: str, outcome: Outcome) -> Rule:
        branches = [
            Branch(self.condition(), (Assignment(outcome.name, self.value(outcome)),))
            for _ in range(self.pick((1, 1, 2)))
        ]
        return Rule(name, tuple(branches))

    def value(self, outcome: Outcome) -> e.Expression:
        if outcome.type == LEVEL:
            return e.Literal(self.pick(LEVEL.keys()), LEVEL)
        return self.measure(self.pick(tuple(FIGURES)))

    # --- customers ------------------------------------------------------------------------------------------------

    def customer(self) -> dict[str, object]:
        """One of few values each, so that many tie."""
        near = tuple(self.as_of - timedelta(days=each) for each in (0, 1, 30, 365, -1))
        values: dict[str, Any] = {
            self.pick(("spend", "消费")): self.pick((*AMOUNTS, -1, *MISSING)),
            "visits": self.pick((0, 1, 1, 2, 3, 7)),
            "since": self.pick((*near, "")),
            "term": self.pick((0, 7, 30)),
            "branch": self.pick(("A", "A", "B ", "北京", "")),
            "channel": self.pick(("online", "线上", "store", "nonsense")),
            "gift": self.pick((True, False)),
            "orders": [
                {"amount": self.pick((*AMOUNTS, None)), "付款日": self.as_of} for _ in range(self.pick((0, 1, 2)))
            ],
        }
        missing = self.pick((None, None, None, *values))
        return {name: value for name, value in values.items() if name != missing}


@st.composite
def population_cases(draw: st.DrawFn) -> Case:
    """A model of one or two outcomes that rest on places among all, a day, and a base of one to eight customers."""
    as_of = draw(st.sampled_from(AS_OF_DATES))
    words = Words(draw, as_of)
    outcomes = [
        Outcome("o0", LEVEL, policy=words.pick(("first", "highest"))),
        Outcome("o1", NUMBER, policy=words.pick(("first", "sum"))),
    ]
    rules = []
    for each in outcomes[: words.pick((1, 2))]:
        rules += [words.rule(f"{each.name} r{number}", each) for number in range(words.pick((1, 2)))]
        if each.type == LEVEL:
            words.readable.append(each.name)
    fields = {each.name: each for each in words.fields()}
    fields |= {each.name: Field(each.name, each.type, inferred=True) for each in words.measures}
    model = Model(
        Header(), fields, {each.name: each for each in outcomes}, {}, {}, tuple(rules), measures=tuple(words.measures)
    )
    return Case(model, as_of, tuple(words.customer() for _ in range(words.pick((5, 1, 2, 3, 6, 10)))))
