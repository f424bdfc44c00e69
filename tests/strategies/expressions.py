"""Well-typed values and conditions of every kind, from the vocabulary at hand."""

from __future__ import annotations

from collections.abc import Callable

from rulelang.model import expressions as e
from tests.strategies.pools import NUMBER, NUMERIC, PATTERNS, YESNO
from tests.strategies.vocabulary import Vocabulary

ORDERS = (">", "<", ">=", "<=")
SIGNS = ("=", "!=", *ORDERS)
DATES = ("date", "future")
Make = Callable[[Vocabulary, int], e.Expression]


def value(words: Vocabulary, kind: str, depth: int = 1) -> e.Expression:
    """A value of a kind (any numeric kind is a number)."""
    if kind in NUMERIC:
        return number(words, depth)
    if kind in DATES:
        return day(words, depth)
    if kind == "yesno" and depth > 0 and words.seldom(3):
        return condition(words, depth - 1)
    return simple(words, (kind,))


def simple(words: Vocabulary, kinds: tuple[str, ...]) -> e.Expression:
    """A field, constant, threshold or outcome, or one of them under a name."""
    kind = words.pick(kinds)
    match words.pick(("field", "field", "outcome", "literal", "threshold", "named")):
        case "literal":
            return words.literal(kind)
        case "threshold" if kind not in ("yesno", "channel", "level"):
            return words.threshold(kind)
        case "outcome":
            return words.outcome(kinds) or words.field(kind)
        case "named":
            return e.Named("n", None, words.field(kind))
    return words.field(kind)


# --- numbers, dates, lengths ------------------------------------------------------------------------------------------


def number(words: Vocabulary, depth: int = 1) -> e.Expression:
    if depth <= 0:
        return simple(words, NUMERIC)
    match words.pick(("simple", "simple", "arithmetic", "arithmetic", "negated", "age", "part", "call")):
        case "call" if words.seldom(2):
            return e.Call("twice", (number(words, depth - 1),), NUMBER)
        case "call":
            return e.Call("first_known", (number(words, depth - 1), number(words, depth - 1)), NUMBER)
        case "arithmetic":
            sign = words.pick(("+", "-", "*", "/"))
            return e.Arithmetic(sign, number(words, depth - 1), number(words, depth - 1), NUMBER)
        case "negated":
            return e.Negated(number(words, depth - 1), NUMBER)
        case "age":
            return e.AgeIn(words.pick(("days", "months", "years")), day(words, depth - 1))
        case "part":
            return e.DatePart(words.pick(("year", "quarter", "month", "day", "weekday")), day(words, depth - 1))
    return simple(words, NUMERIC)


def day(words: Vocabulary, depth: int = 1) -> e.Expression:
    if depth <= 0:
        return simple(words, DATES)
    match words.pick(("simple", "simple", "today", "shift", "anniversary")):
        case "today":
            return e.Today()
        case "shift":
            return e.DateShift(day(words, depth - 1), words.pick((1, -1)), length(words))
        case "anniversary":
            return e.NextAnniversary(day(words, depth - 1))
    return simple(words, DATES)


def length(words: Vocabulary) -> e.Expression:
    kind = words.pick(("days", "months"))
    match words.pick(("literal", "literal", "threshold", "field")):
        case "threshold":
            return words.threshold(kind)
        case "field":
            return words.field(kind)
    return words.literal(kind)


# --- conditions -------------------------------------------------------------------------------------------------------


def condition(words: Vocabulary, depth: int = 2) -> e.Expression:
    """A condition with at most so many levels of and, or, not."""
    if depth <= 0:
        return atom(words)
    match words.pick(("atom", "atom", "atom", "and", "or", "not", "at least", "named")):
        case "and":
            return e.And(_several(words, depth))
        case "or":
            return e.Or(_several(words, depth))
        case "not":
            return e.Not(condition(words, depth - 1))
        case "at least":
            return e.AtLeastOf(words.pick((1, 2, 3, 0)), _several(words, depth))
        case "named":
            return e.Named("c", None, condition(words, depth - 1))
    return atom(words)


def _several(words: Vocabulary, depth: int) -> tuple[e.Expression, ...]:
    return tuple(condition(words, depth - 1) for _ in range(words.pick((2, 2, 3, 1))))


def atom(words: Vocabulary) -> e.Expression:
    """A comparison, membership, window or test; often of an outcome, where one may be read."""
    if words.readable and words.seldom(3):
        return _of_outcome(words)
    return words.pick(ATOMS)(words)


def _of_outcome(words: Vocabulary) -> e.Expression:
    chosen = words.pick(words.readable)
    kind = words.kinds[chosen.name]
    answer = e.OutcomeRef(chosen.name, chosen.type)
    if chosen.policy == "collect":
        return e.TextTest("contains", answer, words.pick(("a", "b", "北京")))
    match words.pick(("equal", "order", "missing", "several")):
        case "order" if kind in ("level", "date", *NUMERIC):
            return e.Comparison(words.pick(ORDERS), answer, words.literal(kind))
        case "missing":
            return e.IsMissing(answer)
        case "several" if kind != "days":
            return e.OneOf(answer, (words.literal(kind), words.literal(kind)))
    return answer if kind == "yesno" else e.Comparison(words.pick(("=", "!=")), answer, words.literal(kind))


def _numbers(words: Vocabulary) -> e.Expression:
    return e.Comparison(words.pick(SIGNS), number(words), number(words))


def _days(words: Vocabulary) -> e.Expression:
    return e.Comparison(words.pick(SIGNS), day(words), day(words))


def _lengths(words: Vocabulary) -> e.Expression:
    kind = words.pick(("days", "months"))
    left: e.Expression = words.field(kind)
    if kind == "days" and words.seldom(2):
        left = e.DaysBetween(day(words), day(words))
    right = words.literal(kind) if words.seldom(2) else words.threshold(kind)
    return e.Comparison(words.pick(SIGNS), left, right)


def _equal(words: Vocabulary) -> e.Expression:
    kind = words.pick(("text", "channel", "yesno", "level"))
    right = value(words, kind, 0) if words.seldom(3) else words.literal(kind)
    return e.Comparison(words.pick(("=", "!=")), value(words, kind), right)


def _levels(words: Vocabulary) -> e.Expression:
    return e.Comparison(words.pick(ORDERS), value(words, "level"), value(words, "level"))


def _age(words: Vocabulary) -> e.Expression:
    # A date that may be future has no bare age: it is never compared with a length.
    start = simple(words, ("date",)) if words.seldom(3) else words.field("date")
    return e.AgeComparison(words.pick(ORDERS), start, length(words))


def _between(words: Vocabulary) -> e.Expression:
    closed = not words.seldom(2)
    match words.pick(("numbers", "days", "ages", "levels")):
        case "days":
            return e.Between(day(words), day(words, 0), day(words, 0), closed)
        case "ages":
            kind = words.pick(("days", "months"))
            return e.Between(words.field("date"), words.literal(kind), words.threshold(kind), closed)
        case "levels":
            return e.Between(value(words, "level"), words.literal("level"), words.literal("level"), closed)
    return e.Between(number(words), number(words, 0), number(words, 0), closed)


def _one_of(words: Vocabulary) -> e.Expression:
    kind = words.pick(("text", "channel", "level", "number"))
    options = tuple(
        value(words, kind, 0) if words.seldom(5) else words.literal(kind) for _ in range(words.pick((2, 1, 3)))
    )
    return e.OneOf(value(words, kind, 0), options)


def _in_list(words: Vocabulary) -> e.Expression:
    return e.InList(value(words, "text"), words.list())


def _within(words: Vocabulary) -> e.Expression:
    return e.Within(day(words), words.pick(("last", "next")), length(words))


def _within_of(words: Vocabulary) -> e.Expression:
    return e.WithinOf(day(words, 0), length(words), words.pick(("after", "before")), day(words))


def _period(words: Vocabulary) -> e.Expression:
    return e.InPeriod(day(words), words.pick(("month", "quarter", "year")), words.pick((0, -1, 1)))


def _missing(words: Vocabulary) -> e.Expression:
    kind = words.pick(("number", "text", "date", "yesno", "level", "channel", "days"))
    return e.IsMissing(value(words, kind))


def _text(words: Vocabulary) -> e.Expression:
    kind = words.pick(("contains", "starts", "ends", "like"))
    return e.TextTest(kind, value(words, "text"), words.pick(PATTERNS))


def _collected(words: Vocabulary) -> e.Expression:
    tags = words.outcome(("text",), collected=True)
    return _text(words) if tags is None else e.TextTest("contains", tags, words.pick(("a", "b", "北京")))


def _yes(words: Vocabulary) -> e.Expression:
    return words.outcome(("yesno",)) or words.field("yesno")


def _called(words: Vocabulary) -> e.Expression:
    return e.Call("short", (value(words, "text"),), YESNO)


def _always(words: Vocabulary) -> e.Expression:
    return e.ALWAYS


ATOMS: tuple[Callable[[Vocabulary], e.Expression], ...] = (
    *(_yes, _numbers, _numbers, _equal, _equal, _age, _days, _levels, _levels, _lengths, _between, _one_of),
    *(_in_list, _within, _within_of, _period, _missing, _text, _collected, _called, _always),
)
