"""Models whose rules decide for each record of a list and read what was decided, and customers with awkward records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from rulelang.model import expressions as e
from rulelang.model.program import Assignment, Branch, Header, Model, Rule
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome, Threshold
from rulelang.vocabulary.types import ListOf, Type
from tests.strategies.cases import DAYS as AS_OF_DATES
from tests.strategies.cases import Case
from tests.strategies.lists import AMOUNTS, LABELS, RECORD, SIGNS, WEIGHTS, Words
from tests.strategies.pools import DAYS, LEVEL, NUMBER, TEXT

LIST = "orders"
LENGTH = (0, 1, 1, 2, 2, 3)


class EachWords(Words):
    """Draws the parts of one model; ``decided`` are the records' outcomes that may be read."""

    def __init__(self, draw: st.DrawFn, as_of: date) -> None:
        super().__init__(draw, as_of)
        self.decided: list[Outcome] = []

    # --- about a record -------------------------------------------------------------------------------------------

    def where(self, list_: str, depth: int = 1) -> e.Expression:
        if list_ == LIST and self.decided and self.seldom(2):
            outcome = self.pick(self.decided)
            return self.about(e.ElementRef(LIST, outcome.part, outcome.type, outcome.name), outcome)
        return super().where(list_, depth)

    def about(self, read: e.ElementRef | e.OutcomeRef, outcome: Outcome) -> e.Expression:
        """A condition on what was decided for a record."""
        if outcome.policy == "collect":
            return e.TextTest("contains", read, self.pick(("a", "b")))
        kind = self.pick(("compare", "compare", "missing", "not", "one of"))
        if kind == "missing":
            return e.IsMissing(read)
        literal = e.Literal(self.pick(LEVEL.keys() if outcome.type == LEVEL else AMOUNTS), outcome.type)
        if kind == "one of" and outcome.type == LEVEL:
            return e.OneOf(read, (literal, e.Literal("low", LEVEL)))
        compared = e.Comparison(self.pick(SIGNS), read, literal)
        return e.Not(compared) if kind == "not" else compared

    def aggregate(self, kind: str, nested: bool = True) -> e.Aggregate:
        numbers = [each for each in self.decided if each.type == NUMBER]
        if kind not in ("sum", "average", "largest", "smallest") or not numbers or self.seldom(2):
            return super().aggregate(kind, nested)
        outcome = self.pick(numbers)
        value = e.ElementRef(LIST, outcome.part, NUMBER, outcome.name)
        where = self.where(LIST, 0) if nested and self.seldom(2) else None
        if outcome.may_have_no_rule:
            present = e.Not(e.IsMissing(value))
            where = present if where is None else e.And((where, present))
        return e.Aggregate(kind, LIST, value, where, None, NUMBER)

    def compared(self, kind: str, list_: str | None = None) -> e.Expression:
        if list_ in (None, LIST):
            return super().compared(kind, list_)
        decided, self.decided = self.decided, []  # nothing is decided for the records of other lists
        found = super().compared(kind, list_)
        self.decided = decided
        return found

    # --- rules about records --------------------------------------------------------------------------------------

    def record_rule(self, name: str, outcomes: list[Outcome], own: list[Outcome]) -> Rule:
        """A rule about each record; ``own`` are the outcomes of the same record that it may read."""
        branches = []
        for number in range(self.pick((1, 1, 2))):
            condition = e.ALWAYS if number and self.seldom() else self.record_condition(own)
            given = tuple(Assignment(each.name, self.record_value(each, own)) for each in outcomes)
            branches.append(Branch(condition, given))
        return Rule(name, tuple(branches), priority=self.pick((None, None, None, 1)), each=LIST)

    def record_condition(self, own: list[Outcome]) -> e.Expression:
        first = self.record_atom(own)
        match self.pick(("atom", "and", "or", "not")):
            case "and":
                return e.And((first, self.record_atom(own)))
            case "or":
                return e.Or((first, self.record_atom(own)))
            case "not":
                return e.Not(first)
        return first

    def record_atom(self, own: list[Outcome]) -> e.Expression:
        kind = self.pick(("field", "field", "field", "own", "customer", "list", "standing"))
        if kind == "own" and own:
            outcome = self.pick(own)
            return self.about(e.OutcomeRef(outcome.name, outcome.type), outcome)
        if kind == "standing" and own:
            outcome = self.pick(own)
            standing = self.pick(("decided", "undecided", "no rule", "provisional"))
            return e.HasStanding(e.OutcomeRef(outcome.name, outcome.type), standing)
        if kind == "customer" and self.readable:
            read = e.OutcomeRef(self.pick(self.readable), LEVEL)
            return e.Comparison(self.pick(SIGNS), read, e.Literal(self.pick(LEVEL.keys()), LEVEL))
        if kind == "list":
            average = self.aggregate(self.pick(("average", "sum", "largest")), nested=False)
            return e.Comparison(self.pick(SIGNS), self.part(LIST, "amount"), average)
        return self.of_fields()

    def of_fields(self) -> e.Expression:
        """A condition on the record's own fields."""
        decided, self.decided = self.decided, []
        found = super().where(LIST)
        self.decided = decided
        return found

    def record_value(self, outcome: Outcome, own: list[Outcome]) -> e.Expression:
        if outcome.type == TEXT:
            return e.Literal(self.pick(("a", "b", "c")), TEXT)
        if outcome.type == LEVEL:
            levels = [each for each in own if each.type == LEVEL]
            if levels and self.seldom(4):
                return e.OutcomeRef(self.pick(levels).name, LEVEL)
            return e.Literal(self.pick(LEVEL.keys()), LEVEL)
        numbers = [each for each in own if each.type == NUMBER]
        if numbers and self.seldom():
            return e.Arithmetic("+", e.OutcomeRef(self.pick(numbers).name, NUMBER), self.part(LIST, "amount"), NUMBER)
        return self.part(LIST, "amount") if self.seldom() else e.Literal(self.pick(AMOUNTS), NUMBER)

    def records(self) -> list[dict[str, object]]:
        return [self.record() for _ in range(self.pick(LENGTH))]


def _outcome(words: EachWords, part: str, type_: Type) -> Outcome:
    policies = {LEVEL: ("first", "last", "highest", "unique"), NUMBER: ("first", "sum", "lowest"), TEXT: ("collect",)}
    policy = words.pick(policies[type_])  # type: ignore[index]  # one of the three
    totals = policy in ("sum", "collect")
    return Outcome(
        f"order.{part}",
        type_,
        policy=policy,
        last_resort=words.pick((None, None, None, "medium" if type_ == LEVEL else 7)) if not totals else None,
        when_missing=words.pick(("", "", "undecided") if totals or type_ != LEVEL else ("", "undecided", "worst")),
        list=LIST,
        part=part,
    )


@st.composite
def each_cases(draw: st.DrawFn) -> Case:
    """Outcomes of customers and of records, each reading some of those before it; a day, and some customers."""
    as_of = draw(st.sampled_from(AS_OF_DATES))
    words = EachWords(draw, as_of)
    outcomes: dict[str, Outcome] = {}
    of_records: dict[str, Outcome] = {}
    rules: list[Rule] = []
    order: list[Any] = ["o0", "a", "o1", "b", "o2"]
    if words.seldom():
        order = ["a", "b", "t", "o0", "o1"]
    types = {"o0": LEVEL, "a": LEVEL, "o1": LEVEL, "b": NUMBER, "o2": NUMBER, "t": TEXT}
    for name in order:
        if name.startswith("o"):
            policy = words.pick(("first", "highest") if types[name] == LEVEL else ("first", "sum"))
            outcome = outcomes[name] = Outcome(name, types[name], policy=policy)
            rules += [words.rule(f"{name} r{number}", outcome) for number in range(words.pick((1, 2)))]
            if outcome.type == LEVEL:
                words.readable.append(name)
            continue
        outcome = _outcome(words, name, types[name])
        own = list(words.decided)
        rules += [words.record_rule(f"{name} r{number}", [outcome], own) for number in range(words.pick((1, 2)))]
        of_records[outcome.name] = outcome
        words.decided.append(outcome)
    parts = tuple((name, LABELS.get(name), type_) for name, type_ in RECORD.items())
    complete = words.pick((None, None, as_of - timedelta(days=30)))
    fields = (
        Field("orders", ListOf("order", parts, "paid_on", complete)),
        Field("visits", ListOf("visit", parts, "paid_on")),
        Field("spend", NUMBER),
        Field("term", DAYS),
    )
    model = Model(
        Header(),
        {each.name: each for each in fields},
        outcomes,
        {"recent": Threshold("recent", DAYS, Duration(30, "days"))},
        {"weights": WEIGHTS},
        tuple(rules),
        record_outcomes=of_records,
    )
    return Case(model, as_of, tuple(words.customer() for _ in range(2)))
