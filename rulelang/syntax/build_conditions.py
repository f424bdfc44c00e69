"""From the parse tree to conditions of the syntax tree: and, or, not, comparisons, windows."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.diagnostics.position import Span
from rulelang.syntax import tree as t
from rulelang.syntax.build_values import ValueBuilder
from rulelang.syntax.lalr import Node

OPERATORS = {
    "more": ">",
    "at_least": ">=",
    "less": "<",
    "at_most": "<=",
    "before": "before",
    "after": "after",
    "on_or_before": "on_or_before",
    "on_or_after": "on_or_after",
}
# The operators beside "N days ago", and what they say of the age.
_AGES = {
    "before": ">",
    "on_or_before": ">=",
    "after": "<",
    "on_or_after": "<=",
    ">": ">",
    ">=": ">=",
    "<": "<",
    "<=": "<=",
}
_OFFSETS = {"last": -1, "this": 0, "next": 1}
# What a bound says of itself, and the operators that include theirs.
_MARKS = {"closed_bound": True, "open_bound": False}
_INCLUSIVE = frozenset({">=", "<=", "on_or_before", "on_or_after"})


@frozen
class ConditionBuilder(ValueBuilder):
    """Builds the conditions of one file: one small method per rule of the grammar."""

    # --- and, or, not, bullets ---

    def on_connected(self, c: Any, span: Span) -> t.Expression:
        operators, items = c[1::2], c[::2]
        first = operators[0].data
        for each in operators:
            if each.data != first:
                raise self.refuse("mixed-and-or", each)
        conditions = tuple(self.expression(each) for each in items)
        return t.Connected("and" if first == "and_" else "or", conditions, span=span)

    def on_negation(self, c: Any, span: Span) -> t.Expression:
        return t.Negation(self.expression(c[1]), span=span)

    def on_bullets(self, c: Any, span: Span) -> t.Expression:
        quantifier = c[0]
        items = tuple(self.expression(each) for each in c[1:] if isinstance(each, Node))
        kind = quantifier.data.removesuffix("_of").replace("at_least", "at least")
        count = int(self.number(quantifier.children[1]).value) if kind == "at least" else 0
        return t.Bullets(kind, items, count, span=span)

    # --- comparisons ---

    def compare(self, operator: str, left: Any, right: Any, span: Span, sign: bool = False) -> t.Expression:
        value = self.expression(right)
        if isinstance(value, t.Relative) and value.sign < 0 and operator in _AGES:
            if sign:
                raise self.refuse("date-or-age", right, found=self.written(right), operator=operator)
            return t.CompareAgo(_AGES[operator], self.expression(left), value.quantity, span=span)
        return t.Compare(operator, self.expression(left), value, span=span)

    def on_compare(self, c: Any, span: Span) -> t.Expression:
        operator = OPERATORS[c[1].data]
        mark = c[2].data if c[2].data in _MARKS else None
        if mark is None:
            return self.compare(operator, c[0], c[2], span, not str(c[1].children[0])[0].isalpha())
        if _MARKS[mark] != (operator in _INCLUSIVE):
            facts = {"operator": self.written(c[1]), "mark": self.written(c[2].children[1])}
            raise self.refuse("boundary-clash", c[2], **facts)
        return self.compare(operator, c[0], c[2].children[0], span)

    def on_equal(self, c: Any, span: Span) -> t.Expression:
        return self.compare("=", c[0], c[2], span)

    def on_not_equal(self, c: Any, span: Span) -> t.Expression:
        return self.compare("!=", c[0], c[2], span)

    def on_compare_suffix(self, c: Any, span: Span) -> t.Expression:
        return self.compare(OPERATORS[c[2].data], c[0], c[1], span)

    def on_compare_at_suffix(self, c: Any, span: Span) -> t.Expression:
        return self.compare(OPERATORS[c[3].data], c[0], c[2], span)

    on_compare_date_suffix = on_compare_at_suffix

    def on_compare_bare_date_suffix(self, c: Any, span: Span) -> t.Expression:
        date = t.DateLiteral(self.date(c[1]), span=self.span(c[1]))
        return t.Compare(OPERATORS[c[2].data], self.expression(c[0]), date, span=span)

    def on_compare_since(self, c: Any, span: Span) -> t.Expression:
        date = t.DateLiteral(self.date(c[2]), span=self.span(c[2]))
        return t.Compare("on_or_after", self.expression(c[0]), date, span=span)

    def on_is_yes(self, c: Any, span: Span) -> t.Expression:
        return t.Compare("=", self.expression(c[1]), t.YesNo(True, span=self.span(c[0])), span=span)

    def on_is_no(self, c: Any, span: Span) -> t.Expression:
        return t.Compare("=", self.expression(c[1]), t.YesNo(False, span=self.span(c[0])), span=span)

    def between(self, value: Any, low: Any, high: Any, span: Span, negated: bool, half_open: bool) -> t.Expression:
        """Between two bounds, each of which may say that it is left out."""
        open_low, open_high = low.data == "open_bound", half_open or high.data == "open_bound"
        value, (low, high) = self.expression(value), self.bounds(low, high)
        if not open_low:
            return t.Between(value, low, high, not open_high, negated, span=span)
        upper = t.Compare("<" if open_high else "<=", value, high, span=span)
        both = t.Connected("and", (t.Compare(">", value, low, span=span), upper), span=span)
        return t.Negation(t.Grouped(both, span=span), span=span) if negated else both

    def on_open_bound(self, c: Any, span: Span) -> t.Expression:
        return self.expression(c[0])

    on_closed_bound = on_open_bound

    def on_between(self, c: Any, span: Span) -> t.Expression:
        return self.between(c[0], c[2], c[4], span, False, False)

    def on_between_bare(self, c: Any, span: Span) -> t.Expression:
        return self.between(c[0], c[1], c[3], span, False, False)

    def on_not_between(self, c: Any, span: Span) -> t.Expression:
        return self.between(c[0], c[2], c[4], span, True, False)

    def on_between_range(self, c: Any, span: Span) -> t.Expression:
        return self.between(c[0], c[2], c[4], span, False, c[3].data == "half_open")

    def on_not_between_range(self, c: Any, span: Span) -> t.Expression:
        return self.between(c[0], c[2], c[4], span, True, c[3].data == "half_open")

    def on_one_of(self, c: Any, span: Span) -> t.Expression:
        return t.OneOf(self.expression(c[0]), self.values(c[2]), span=span)

    def on_none_of_values(self, c: Any, span: Span) -> t.Expression:
        return t.OneOf(self.expression(c[0]), self.values(c[2]), True, span=span)

    def on_values_without_one_of(self, c: Any, span: Span) -> t.Expression:
        raise self.refuse("use-one-of", c[2], subject=self.written(c[0]), options=self.written(c[2]))

    def on_in_brackets(self, c: Any, span: Span) -> t.Expression:
        raise self.refuse("use-between", c[2], subject=self.written(c[0]), options=self.written(c[2]))

    def on_in_list(self, c: Any, span: Span) -> t.Expression:
        return self.in_list(c, span, False)

    def on_not_in_list(self, c: Any, span: Span) -> t.Expression:
        return self.in_list(c, span, True)

    def in_list(self, c: Any, span: Span, negated: bool) -> t.Expression:
        listed = self.expression(c[2])
        if isinstance(listed, t.Quantity):
            raise self.refuse("ambiguous-window", c[2], text=self.written(c[2]))
        if isinstance(listed, t.Grouped) or not isinstance(listed, t.Name):
            raise self.refuse("use-between", c[2], subject=self.written(c[0]), options=self.written(c[2]))
        return t.InList(self.expression(c[0]), listed, negated, span=span)

    on_in_list_suffix = on_in_list
    on_not_in_list_suffix = on_not_in_list

    def on_bare_window(self, c: Any, span: Span) -> t.Expression:
        amount = next(each for each in c[1:] if type(each) is Node)
        value = self.expression(amount)
        if isinstance(value, t.Quantity):
            raise self.refuse("ambiguous-window", amount, text=self.written(amount))
        return t.Compare("<=", self.expression(c[0]), value, span=span)

    def on_missing(self, c: Any, span: Span) -> t.Expression:
        return t.Missing(self.expression(c[0]), span=span)

    def on_known(self, c: Any, span: Span) -> t.Expression:
        return t.Missing(self.expression(c[0]), True, span=span)

    def on_empty(self, c: Any, span: Span) -> t.Expression:
        return t.Empty(self.expression(c[0]), span=span)

    def on_not_empty(self, c: Any, span: Span) -> t.Expression:
        return t.Empty(self.expression(c[0]), True, span=span)

    def on_no_records(self, c: Any, span: Span) -> t.Expression:
        return t.Empty(self.expression(c[1]), span=span)

    def on_has_records(self, c: Any, span: Span) -> t.Expression:
        return t.Empty(self.expression(c[1]), True, span=span)

    def on_text_test(self, c: Any, span: Span) -> t.Expression:
        kind = c[1].data
        negated = kind.startswith("not_")
        kind = kind.removeprefix("not_")
        return t.TextTest(kind, self.expression(c[0]), self.expression(c[2]), negated, span=span)

    def on_text_test_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.TextTest(c[3].data, self.expression(c[0]), self.expression(c[2]), span=span)

    def on_not_text_test_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.TextTest(c[3].data, self.expression(c[0]), self.expression(c[2]), True, span=span)

    # --- dates and windows ---

    def on_within_last(self, c: Any, span: Span) -> t.Expression:
        return t.Within(self.expression(c[0]), "last", self.quantity(c[2]), span=span)

    def on_within_next(self, c: Any, span: Span) -> t.Expression:
        return t.Within(self.expression(c[0]), "next", self.quantity(c[2]), span=span)

    def on_within_after(self, c: Any, span: Span) -> t.Expression:
        return t.WithinOf(self.expression(c[0]), self.quantity(c[2]), "after", self.expression(c[4]), span=span)

    def on_within_before(self, c: Any, span: Span) -> t.Expression:
        return t.WithinOf(self.expression(c[0]), self.quantity(c[2]), "before", self.expression(c[4]), span=span)

    def on_within_after_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.WithinOf(self.expression(c[0]), self.quantity(c[4]), "after", self.expression(c[2]), span=span)

    def on_within_before_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.WithinOf(self.expression(c[0]), self.quantity(c[4]), "before", self.expression(c[2]), span=span)

    def on_in_period(self, c: Any, span: Span) -> t.Expression:
        which, unit = c[-1].data.split("_")
        return t.InPeriod(self.expression(c[0]), unit, _OFFSETS[which], span=span)

    on_in_period_bare = on_in_period

    def on_population(self, c: Any, span: Span) -> t.Expression:
        group = self.name(c[3].children[-1]) if len(c) > 3 else None
        return t.Population(c[1].data, self.expression(c[0]), self.number(c[2]), group, span=span)

    def on_population_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.Population(c[4].data, self.expression(c[0]), self.number(c[5]), self.name(c[2]), span=span)

    def on_measure(self, c: Any, span: Span) -> t.Expression:
        group = self.name(c[2].children[-1]) if len(c) > 2 else None
        return t.Population(c[0].data, self.expression(c[1]), None, group, span=span)

    def on_measure_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.Population(c[1].data, self.expression(c[0]), span=span)

    def on_measure_suffix_within(self, c: Any, span: Span) -> t.Expression:
        """消费在各支行内的名次."""
        value = self.expression(c[0])
        if isinstance(value, t.Binary):
            raise self.refuse("group-needs-brackets", c[0], text=self.written(c[0]))
        return t.Population(c[4].data, value, None, self.name(c[2]), span=span)

    def on_measure_within(self, c: Any, span: Span) -> t.Expression:
        """在各支行内消费的名次: the measure stands last."""
        measure = self.expression(c[3])
        if not isinstance(measure, t.Population) or measure.amount is not None or measure.group is not None:
            raise self.refuse("group-without-measure", c[3], text=self.written(c[3]))
        return t.Population(measure.kind, measure.value, None, self.name(c[1]), span=span)

    def on_moved(self, c: Any, span: Span) -> t.Expression:
        """``tier moved up`` is ``tier > previous tier``."""
        outcome = self.expression(c[0])
        if not isinstance(outcome, t.Name):
            raise self.refuse("moved-is-no-outcome", c[0], text=self.written(c[0]))
        operator = {"more": ">", "less": "<", "equal": "=", "not_equal": "!="}[c[1].data]
        return t.Compare(operator, outcome, t.Previous(outcome, span=outcome.span), span=span)

    def on_has_standing(self, c: Any, span: Span) -> t.Expression:
        standing = c[1].data
        negated = standing.startswith("not_")
        return t.HasStanding(self.expression(c[0]), standing.removeprefix("not_"), negated, span=span)
