"""Lowers a condition, pushing `not` inward on the way: `not (a > 5 or b is missing)` is `a <= 5 and b is not missing`.

Asked for the condition and for its negation, an emitter has both "is it true?" and "is it false?", and what is
neither is unknown. A field that may be blank compares with nothing (S3), so it also makes the negation true; and so
does an outcome that had no rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.lowering.choices import compare_choices
from rulelang.lowering.dates import OPPOSITE, compare_age, compare_count, lower_window
from rulelang.lowering.joining import ALWAYS, NEVER, all_of, some_of
from rulelang.lowering.operands import aggregated, lower_number
from rulelang.lowering.plan import (
    Answer,
    AtLeast,
    Atom,
    Blank,
    Compare,
    Constant,
    Element,
    Entry,
    Fixed,
    Has,
    In,
    InList,
    Input,
    Judged,
    Missing,
    Operand,
    Stands,
    Test,
    Truth,
)
from rulelang.lowering.quotients import compare_numbers
from rulelang.lowering.recipes import Entries
from rulelang.lowering.texts import lower_text_test
from rulelang.model import expressions as e
from rulelang.model.evaluation import literal_value
from rulelang.model.expressions import Condition, Expression
from rulelang.model.lists import PICKS
from rulelang.model.program import Model
from rulelang.model.walking import answers_read, bare, blank_with, decided_name, reads_doubtful
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import ReferenceList
from rulelang.vocabulary.lookups import is_dated
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, Text, YesNo


def lower_condition(condition: Expression, model: Model, negated: bool = False) -> Test:
    """The test that is true where the condition is true; with ``negated`` where it is false."""
    condition = bare(condition)
    match condition:
        case e.And(items=items) | e.Or(items=items):
            lowered = [lower_condition(each, model, negated) for each in items]
            return all_of(lowered) if isinstance(condition, e.And) is not negated else some_of(lowered)
        case e.Not(item=item):
            return lower_condition(item, model, not negated)
        case e.AtLeastOf(count=count, items=items):
            # Fewer than two of three hold where at least two of three fail.
            needed = len(items) - count + 1 if negated else count
            return _at_least(needed, [lower_condition(each, model, negated) for each in items])
        case e.Literal(value=bool(value)):
            return NEVER if value is negated else ALWAYS
        case e.HasStanding(outcome=outcome, standing=standing):
            return Stands(Answer(outcome.name), standing, negated)
    if not reads_doubtful(condition):
        return _atom(condition, model, negated)
    answers = answers_read(condition)
    return Judged(Atom(_atom(condition, model, False), _atom(condition, model, True), answers), negated)


def lower_value(expression: Expression, model: Model) -> Operand:
    """The operand of any expression; a condition becomes yes, no or unknown."""
    expression = bare(expression)
    if isinstance(expression, Condition):
        return Truth(lower_condition(expression, model), lower_condition(expression, model, negated=True))
    return lower_number(expression)


def _at_least(count: int, items: list[Test]) -> Test:
    certain = sum(each == ALWAYS for each in items)
    open_ = tuple(each for each in items if each not in (ALWAYS, NEVER))
    count -= certain
    if count <= 0:
        return ALWAYS
    if count > len(open_):
        return NEVER
    if count == len(open_):
        return all_of(open_)
    return some_of(open_) if count == 1 else AtLeast(count, open_)


def _atom(condition: Expression, model: Model, negated: bool) -> Test:
    match condition:
        case e.Comparison():
            return _comparison(condition, model, negated)
        case e.AgeComparison(operator=sign, date=moment, length=length):
            test = compare_age(OPPOSITE[sign] if negated else sign, moment, length)
            return _or_blank(test, (moment, length), model, negated)
        case e.Between(value=value, low=low, high=high, include_high=include):
            return _between(value, low, high, "<=" if include else "<", model, negated)
        case e.Within(date=moment, length=length):
            return _or_blank(lower_window(condition, negated), (moment, length), model, negated)
        case e.WithinOf(date=moment, length=length, anchor=anchor):
            return _or_blank(lower_window(condition, negated), (moment, length, anchor), model, negated)
        case e.InPeriod(date=moment):
            return _or_blank(lower_window(condition, negated), (moment,), model, negated)
        case e.OneOf(value=value, options=options):
            return _one_of(value, options, model, negated)
        case e.InList(value=value, list=name):
            return _or_blank(_in_list(lower_value(value, model), model.lists[name], negated), (value,), model, negated)
        case e.TextTest(kind=kind, value=value, pattern=pattern):
            operand = lower_value(value, model)
            if isinstance(operand, Answer | Element) and _collects(value, model):
                return Has(operand, clean_text(pattern), negated)
            return _or_blank(lower_text_test(kind, operand, pattern, negated), (value,), model, negated)
        case e.IsMissing(operand=operand):
            return _missing(operand, model, negated)
        case e.Quantified() | e.AnyGroup():
            return Compare("=", aggregated(condition), Constant(not negated))
    # A yes/no value stands as a condition.
    operand = lower_value(condition, model)
    return _or_blank(Compare("=", operand, Constant(not negated)), (condition,), model, negated)


def _in_list(operand: Operand, reference: ReferenceList, negated: bool) -> Test:
    """Whether a text is an entry of a list; of one whose rows carry dates, those in force on the as-of date count."""
    if not is_dated(reference):
        return InList(operand, reference.name, negated)
    column = reference.columns.index(reference.column) if reference.column in reference.columns else 0
    found = Entry(Fixed(Entries(reference.name, column, column, Text())), operand, Constant(""))
    return Compare("=" if negated else "!=", found, Constant(""))


def _collects(expression: Expression, model: Model) -> bool:
    """Whether an expression is an outcome that lists values."""
    name = decided_name(bare(expression))
    return name is not None and model.outcome(name).policy == "collect"


def _missing(expression: Expression, model: Model, negated: bool) -> Test:
    """Whether a value is missing: a constant never is, nor a list that was collected."""
    operand = lower_value(expression, model)
    if _collects(expression, model) or isinstance(operand, Constant):
        return ALWAYS if negated else NEVER
    return Missing(operand, negated)


def _comparison(comparison: e.Comparison, model: Model, negated: bool) -> Test:
    sides = (comparison.left, comparison.right)
    sign = OPPOSITE[comparison.operator] if negated else comparison.operator
    return _or_blank(_compare(sign, *sides, model), sides, model, negated)


def _compare(sign: str, left: Expression, right: Expression, model: Model) -> Test:
    if isinstance(left.type, Choice) and sign not in ("=", "!="):
        return compare_choices(sign, left, right)
    if isinstance(left.type, YesNo):
        return Compare(sign, lower_value(left, model), lower_value(right, model))
    counted = compare_count(e.Comparison(sign, left, right), model)
    return compare_numbers(sign, left, right) if counted is None else counted


def _between(value: Expression, low: Expression, high: Expression, upper: str, model: Model, negated: bool) -> Test:
    halves = ((">=", low), (upper, high))
    tests = [
        compare_age(OPPOSITE[sign] if negated else sign, value, bound)
        if isinstance(value.type, Date | DateTime) and isinstance(bound.type, Length)
        else _compare(OPPOSITE[sign] if negated else sign, value, bound, model)
        for sign, bound in halves
    ]
    return _or_blank(some_of(tests) if negated else all_of(tests), (value, low, high), model, negated)


def _one_of(value: Expression, options: tuple[Expression, ...], model: Model, negated: bool) -> Test:
    """Membership among constants at once, any other option by a comparison of its own."""
    operand = lower_value(value, model)
    written = tuple(dict.fromkeys(literal_value(each) for each in options if isinstance(each, e.Literal)))
    tests: list[Test] = [In(operand, written, negated)] if written else []
    for option in options:
        if not isinstance(option, e.Literal):
            test = _compare("!=" if negated else "=", value, option, model)
            tests.append(_or_blank(test, (option,), model, negated))
    return _or_blank(all_of(tests) if negated else some_of(tests), (value,), model, negated)


def _or_blank(test: Test, operands: Iterable[Expression], model: Model, negated: bool) -> Test:
    """A negated test also holds where a field that may be blank is, an outcome had no rule, or there is no such
    record.
    """
    if not negated:
        return test
    blanks: list[Test] = []
    for each in operands:
        match blank_with(each):
            case e.FieldRef(name=name) if model.fields[name].may_be_blank:
                blanks.append(Blank(Input(name)))
            case e.OutcomeRef(name=name) if model.outcome(name).may_have_no_rule:
                blanks.append(Blank(Answer(name)))
            case e.Aggregate(kind=kind) as aggregate if kind in PICKS:
                blanks.append(Blank(aggregated(aggregate)))
            case e.ElementRef(list=list_, name=part, outcome=str(name)) if model.outcome(name).may_have_no_rule:
                blanks.append(Blank(Element(list_, part)))
    return some_of((test, *blanks))
