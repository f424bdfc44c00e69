"""From Lark's parse tree to expressions of the syntax tree: one small function per rule of expressions.lark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen
from lark import Token, Tree

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import tree as t
from rulelang.syntax.literals import date_value, number_value, text_value

_CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY")
_UNITS = {
    "days": "day",
    "weeks": "week",
    "months": "month",
    "quarters": "quarter",
    "years": "year",
    "hours": "hour",
    "minutes": "minute",
    "working_days": "working day",
}
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


class Refused(Exception):  # noqa: N818 - not a fault of the program: it carries a finding
    """A statement that parses but must be written another way; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.code)
        self.diagnostic = diagnostic


@frozen
class ExpressionBuilder:
    """Builds the expressions of one file."""

    source: Source

    def span(self, node: Any) -> Span:
        """The stretch of the file a tree or token covers."""
        if isinstance(node, Token):
            return self.source.span(node.start_pos or 0, node.end_pos or 0)
        meta = node.meta
        return self.source.span(getattr(meta, "start_pos", 0) or 0, getattr(meta, "end_pos", 0) or 0)

    def refuse(self, code: str, node: Any, **facts: Any) -> Refused:
        return Refused(Diagnostic(code, self.span(node), facts))

    def written(self, node: Any) -> str:
        span = self.span(node)
        return self.source.text[span.start : span.end]

    def expression(self, node: Any) -> t.Expression:
        if isinstance(node, Token):
            return self.token(node)
        build: Callable[[Any, Span], t.Expression] | None = getattr(self, f"on_{node.data}", None)
        assert build is not None, node.data
        return build(node.children, self.span(node))

    def token(self, token: Token) -> t.Expression:
        assert token.type in ("NAME", "NEW_NAME"), token.type
        return self.name(token)

    def name(self, token: Token) -> t.Name:
        quoted = self.source.text[token.start_pos or 0] in "[【"
        return t.Name(str(token), quoted, span=self.span(token))

    # --- atoms ---

    def on_name(self, c: Any, span: Span) -> t.Expression:
        return self.name(c[0])

    def on_number(self, c: Any, span: Span) -> t.Expression:
        return self.number(c[0])

    def number(self, token: Token) -> t.NumberLiteral:
        value, percent = number_value(str(token))
        return t.NumberLiteral(value, percent, span=self.span(token))

    def on_quantity(self, c: Any, span: Span) -> t.Expression:
        return t.Quantity(number_value(str(c[0]))[0], _UNITS[c[1].data], span=span)

    def on_money(self, c: Any, span: Span) -> t.Expression:
        return t.Money(number_value(str(c[0]))[0], self.currency(c[1]), span=span)

    def on_money_prefix(self, c: Any, span: Span) -> t.Expression:
        return t.Money(number_value(str(c[1]))[0], self.currency(c[0]), span=span)

    def currency(self, node: Tree[Any]) -> str:
        token = node.children[0]
        assert isinstance(token, Token) and token.type in _CURRENCIES
        return token.type

    def on_text(self, c: Any, span: Span) -> t.TextLiteral:
        texts = [text_value(str(each)) for each in c if each.type == "TEXT_LITERAL"]
        return t.TextLiteral(texts[0], texts[1] if len(texts) > 1 else None, span=span)

    def on_date(self, c: Any, span: Span) -> t.Expression:
        return t.DateLiteral(self.date(c[0]), span=span)

    def date(self, token: Token) -> Any:
        value = date_value(str(token))
        if value is None:
            raise self.refuse("invalid-date", token, text=str(token))
        return value

    def on_today(self, c: Any, span: Span) -> t.Expression:
        return t.Today(span=span)

    def on_yes(self, c: Any, span: Span) -> t.Expression:
        return t.YesNo(True, span=span)

    def on_no(self, c: Any, span: Span) -> t.Expression:
        return t.YesNo(False, span=span)

    def quantity(self, node: Any) -> t.Quantity:
        value = self.expression(node)
        if isinstance(value, t.Quantity):
            return value
        raise self.refuse("bare-number", node, text=self.written(node))

    def on_ago(self, c: Any, span: Span) -> t.Expression:
        return t.Relative(self.quantity(c[0]), -1, span=span)

    def on_later(self, c: Any, span: Span) -> t.Expression:
        return t.Relative(self.quantity(c[0]), 1, span=span)

    def on_grouped(self, c: Any, span: Span) -> t.Expression:
        return t.Grouped(self.expression(c[0]), span=span)

    def on_call(self, c: Any, span: Span) -> t.Expression:
        return t.Call(self.name(c[0]), self.values(c[1]), span=span)

    def on_missing_for(self, c: Any, span: Span) -> t.Expression:
        return t.MissingFor(self.name(c[1]), span=span)

    def on_customers(self, c: Any, span: Span) -> t.Expression:
        return t.Owned(self.name(c[1]), span=span)

    def on_previous(self, c: Any, span: Span) -> t.Expression:
        return t.Previous(self.name(c[1]), span=span)

    # --- arithmetic ---

    def _binary(self, operator: str, c: Any, span: Span) -> t.Expression:
        return t.Binary(operator, self.expression(c[0]), self.expression(c[2]), span=span)

    def on_plus(self, c: Any, span: Span) -> t.Expression:
        return self._binary("+", c, span)

    def on_minus(self, c: Any, span: Span) -> t.Expression:
        return self._binary("-", c, span)

    def on_times(self, c: Any, span: Span) -> t.Expression:
        return self._binary("*", c, span)

    def on_divide(self, c: Any, span: Span) -> t.Expression:
        return self._binary("/", c, span)

    def on_negative(self, c: Any, span: Span) -> t.Expression:
        return t.Negative(self.expression(c[1]), span=span)

    def on_percent_of(self, c: Any, span: Span) -> t.Expression:
        number = self.number(c[0])
        if not number.percent:
            raise self.refuse("unexpected-text", c[1], found=str(c[1]), expected="%")
        return t.Binary("*", number, self.expression(c[2]), span=span)

    def _operand(self, c: Any) -> t.Expression:
        return self.expression(next(each for each in c if isinstance(each, Tree)))

    def on_age_days(self, c: Any, span: Span) -> t.Expression:
        return t.Age("day", self._operand(c), span=span)

    def on_age_months(self, c: Any, span: Span) -> t.Expression:
        return t.Age("month", self._operand(c), span=span)

    def on_age_years(self, c: Any, span: Span) -> t.Expression:
        return t.Age("year", self._operand(c), span=span)

    def on_since_now(self, c: Any, span: Span) -> t.Expression:
        return self._operand(c)

    def on_part_month(self, c: Any, span: Span) -> t.Expression:
        return t.Part("month", self._operand(c), span=span)

    def on_part_year(self, c: Any, span: Span) -> t.Expression:
        return t.Part("year", self._operand(c), span=span)

    def on_part_quarter(self, c: Any, span: Span) -> t.Expression:
        return t.Part("quarter", self._operand(c), span=span)

    def on_part_day(self, c: Any, span: Span) -> t.Expression:
        return t.Part("day", self._operand(c), span=span)

    def on_part_weekday(self, c: Any, span: Span) -> t.Expression:
        return t.Part("weekday", self._operand(c), span=span)

    def on_anniversary(self, c: Any, span: Span) -> t.Expression:
        return t.Anniversary(self._operand(c), span=span)

    # --- and, or, not, bullets ---

    def on_connected(self, c: Any, span: Span) -> t.Expression:
        operators = [each for each in c if isinstance(each, Tree) and each.data in ("and_", "or_")]
        kinds = {each.data for each in operators}
        if len(kinds) > 1:
            first = operators[0].data
            raise self.refuse("mixed-and-or", next(each for each in operators if each.data != first))
        items = tuple(self.expression(each) for each in c if each not in operators)
        return t.Connected("and" if kinds == {"and_"} else "or", items, span=span)

    def on_negation(self, c: Any, span: Span) -> t.Expression:
        return t.Negation(self.expression(c[1]), span=span)

    def on_bullets(self, c: Any, span: Span) -> t.Expression:
        quantifier = c[0]
        items = tuple(self.expression(each) for each in c[1:] if isinstance(each, Tree))
        kind = quantifier.data.removesuffix("_of").replace("at_least", "at least")
        count = int(number_value(str(quantifier.children[1]))[0]) if kind == "at least" else 0
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
        sign = not str(c[1].children[0])[0].isalpha()
        return self.compare(OPERATORS[c[1].data], c[0], c[2], span, sign)

    def on_equal(self, c: Any, span: Span) -> t.Expression:
        return self.compare("=", c[0], c[2], span)

    def on_not_equal(self, c: Any, span: Span) -> t.Expression:
        return self.compare("!=", c[0], c[2], span)

    def on_compare_suffix(self, c: Any, span: Span) -> t.Expression:
        return self.compare(OPERATORS[c[2].data], c[0], c[1], span)

    def on_compare_at_suffix(self, c: Any, span: Span) -> t.Expression:
        return self.compare(OPERATORS[c[3].data], c[0], c[2], span)

    on_compare_date_suffix = on_compare_at_suffix

    def _between(self, c: Any, span: Span, negated: bool) -> t.Expression:
        exclusive = any(isinstance(each, Token) and each.type == "EXCLUSIVE" for each in c)
        value, low, high = (self.expression(each) for each in (c[0], c[2], c[4]))
        return t.Between(value, low, high, not exclusive, negated, span=span)

    def on_between(self, c: Any, span: Span) -> t.Expression:
        return self._between(c, span, False)

    def on_not_between(self, c: Any, span: Span) -> t.Expression:
        return self._between(c, span, True)

    def _range(self, c: Any, span: Span, negated: bool) -> t.Expression:
        value, low, high = (self.expression(each) for each in (c[0], c[2], c[4]))
        return t.Between(value, low, high, c[3].data == "closed", negated, span=span)

    def on_between_range(self, c: Any, span: Span) -> t.Expression:
        return self._range(c, span, False)

    def on_not_between_range(self, c: Any, span: Span) -> t.Expression:
        return self._range(c, span, True)

    def values(self, node: Any) -> tuple[t.Expression, ...]:
        if isinstance(node, Tree) and node.data == "values":
            node = node.children[0]
        if isinstance(node, Tree) and node.data == "several":
            return tuple(self.expression(each) for each in node.children if isinstance(each, Tree))
        return (self.expression(node),)

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
        raise self.refuse("ambiguous-window", c[-2] if isinstance(c[-1], Token) else c[-1], text=self.written(c[1]))

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

    def on_has_standing(self, c: Any, span: Span) -> t.Expression:
        return t.HasStanding(self.expression(c[0]), c[1].data, span=span)

    # --- lists of records ---

    def on_quantified(self, c: Any, span: Span) -> t.Expression:
        return t.Quantified(c[0].data, self.name(c[1]), self._operand(c[2:]), span=span)

    def on_path(self, c: Any, span: Span) -> t.Expression:
        return t.Path(self.name(c[0]), self.name(c[2]), span=span)

    def on_aggregate(self, c: Any, span: Span) -> t.Expression:
        if len(c) == 1:
            return self.expression(c[0])
        field = where = window = None
        for part in c[2:]:
            if part.data == "path":
                field = self.name(part.children[-1])
            elif part.data == "where":
                where = self._operand(part.children)
            else:
                window = self.quantity(part.children[-1])
        return t.Aggregate(c[0].data, self.name(c[1]), field, where, window, span=span)

    def on_aggregate_suffix(self, c: Any, span: Span) -> t.Expression:
        where = window = None
        parts = c[0].children
        names = [each for each in parts if isinstance(each, Token) and each.type == "NAME"]
        field = None
        for part in parts:
            if not isinstance(part, Tree):
                continue
            if part.data == "selection_filter":
                where = self._operand(part.children)
            elif part.data == "selected":
                field = self.name(part.children[-1])
            else:
                window = self.quantity(part)
        kind = c[1].data if len(c) > 1 else "" if field else "count"
        return t.Aggregate(kind, self.name(names[0]), field, where, window, span=span)

    def on_path_suffix(self, c: Any, span: Span) -> t.Expression:
        if len(c) == 3:
            return t.Path(self.name(c[0]), self.name(c[2]), span=span)
        return t.Aggregate(c[3].data, self.name(c[0]), self.name(c[2]), span=span)

    def on_name_aggregate(self, c: Any, span: Span) -> t.Expression:
        return t.Aggregate(c[1].data, self.name(c[0]), span=span)

    def on_lookup(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[5].children) if len(c) > 5 else None
        return t.Lookup(self.name(c[0]), self.expression(c[2]), self.name(c[4]), default, span=span)

    def on_lookup_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.Lookup(self.name(c[5]), self.expression(c[1]), self.name(c[3]), span=span)
