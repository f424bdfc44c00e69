"""From the parse tree to values of the syntax tree: names, literals, arithmetic, ages and parts of dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import tree as t
from rulelang.syntax.bounds import read_bounds
from rulelang.syntax.lalr import Node, Token
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
# 18-60: a range or a subtraction?
_WITH_FIGURES = frozenset({"number", "quantity", "money", "money_prefix"})


class Refused(Exception):  # noqa: N818 - not a fault of the program: it carries a finding
    """A statement that parses but must be written another way; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.code)
        self.diagnostic = diagnostic


@frozen
class ValueBuilder:
    """Builds the values of one file: one small method per rule of the grammar."""

    source: Source

    def span(self, node: Any) -> Span:
        """The stretch of the file a node or token covers."""
        return self.source.span(node.start, node.end)

    def refuse(self, code: str, node: Any, **facts: Any) -> Refused:
        """The refusal of what stands at a node."""
        return Refused(Diagnostic(code, self.span(node), facts))

    def written(self, node: Any) -> str:
        """The text of a node or token, as it was written."""
        return self.source.text[node.start : node.end]

    def expression(self, node: Any) -> t.Expression:
        """The expression of a node. Raises Refused where it must be written another way."""
        if type(node) is Token:
            return self.name(node)
        build: Callable[[Any, Span], t.Expression] = getattr(self, "on_" + node.data)
        return build(node.children, self.span(node))

    def name(self, token: Token) -> t.Name:
        return t.Name(token.text, self.source.text[token.start] in "[【", span=self.span(token))

    # --- atoms ---

    def on_name(self, c: Any, span: Span) -> t.Expression:
        return self.name(c[0])

    def on_number(self, c: Any, span: Span) -> t.Expression:
        return self.number(c[0])

    def number(self, token: Token) -> t.NumberLiteral:
        found = number_value(token.text)
        if found is None:
            raise self.refuse("invalid-number", token, found=self.written(token))
        return t.NumberLiteral(*found, span=self.span(token))

    def on_quantity(self, c: Any, span: Span) -> t.Expression:
        return t.Quantity(self.number(c[0]).value, _UNITS[c[1].data], span=span)

    def on_half_year(self, c: Any, span: Span) -> t.Expression:
        return t.Quantity(6, "month", span=span)

    def on_half_refused(self, c: Any, span: Span) -> t.Expression:
        raise self.refuse("half-month-refused", c[0], found=self.written(c[0]))

    def on_money(self, c: Any, span: Span) -> t.Expression:
        return t.Money(self.number(c[0]).value, self.currency(c[1]), span=span)

    def on_money_prefix_negative(self, c: Any, span: Span) -> t.Expression:
        money = t.Money(self.number(c[2]).value, self.currency(c[0]), span=span)
        return t.Negative(money, span=span)

    def on_money_prefix(self, c: Any, span: Span) -> t.Expression:
        return t.Money(self.number(c[1]).value, self.currency(c[0]), span=span)

    def currency(self, node: Node) -> str:
        token = node.children[0]
        assert isinstance(token, Token) and token.type in _CURRENCIES
        return token.type

    def on_converted(self, c: Any, span: Span) -> t.Expression:
        return t.Converted(self.expression(c[0]), self.currency(c[2]), span=span)

    def on_text(self, c: Any, span: Span) -> t.TextLiteral:
        texts = [text_value(str(each)) for each in c if each.type == "TEXT_LITERAL"]
        return t.TextLiteral(texts[0], texts[1] if len(texts) > 1 else None, span=span)

    def on_date(self, c: Any, span: Span) -> t.Expression:
        return t.DateLiteral(self.moment(c[0]), span=span)

    def date(self, token: Token) -> Any:
        """A day; a time of day has no place there."""
        value = self.moment(token)
        if isinstance(value, datetime):
            raise self.refuse("no-time-here", token, text=str(token))
        return value

    def moment(self, token: Token) -> Any:
        """A day, with its time where that is written."""
        value = date_value(str(token))
        if value is None:
            raise self.refuse("invalid-date", token, text=str(token))
        return value

    def on_today(self, c: Any, span: Span) -> t.Expression:
        return t.Today(span=span)

    def on_yes(self, c: Any, span: Span) -> t.Expression:
        return t.YesNo(True, written=self.written(c[0]), span=span)

    def on_no(self, c: Any, span: Span) -> t.Expression:
        return t.YesNo(False, written=self.written(c[0]), span=span)

    def quantity(self, node: Any) -> t.Quantity | t.Name:
        """A length of time: written out, or the name of one."""
        value = self.expression(node)
        if isinstance(value, t.Quantity | t.Name):
            return value
        raise self.refuse("bare-number", node, text=self.written(node))

    def on_ago(self, c: Any, span: Span) -> t.Expression:
        return t.Relative(self.quantity(c[0]), -1, span=span)

    def on_later(self, c: Any, span: Span) -> t.Expression:
        return t.Relative(self.quantity(c[0]), 1, span=span)

    def on_later_than_today(self, c: Any, span: Span) -> t.Expression:
        return t.Relative(self.quantity(c[2]), 1, span=span)

    def on_grouped(self, c: Any, span: Span) -> t.Expression:
        return t.Grouped(self.expression(c[0]), span=span)

    def values(self, node: Any) -> tuple[t.Expression, ...]:
        if isinstance(node, Node) and node.data == "values":
            node = node.children[0]
        if isinstance(node, Node) and node.data == "several":
            return tuple(self.expression(each) for each in node.children if isinstance(each, Node))
        return (self.expression(node),)

    def bounds(self, low: Any, high: Any) -> tuple[t.Expression, t.Expression]:
        """Both bounds of a range: a unit at the second holds for the first as well."""

        def ask(first: str, second: str) -> Refused:
            facts = {"low": first, "high": second, "unit": second[-1]}
            return self.refuse("unit-of-bound", Node("range", [], low.start, high.end, 0), **facts)

        return read_bounds(low, high, self.expression, ask)

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
        numbers = {c[0].data, c[2].data} <= _WITH_FIGURES
        if numbers and c[1].start == c[0].end and c[1].end == c[2].start:
            node = Node("range", [], c[0].start, c[2].end, 0)
            raise self.refuse("range-or-minus", node, found=self.written(node))
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

    def on_percent_of_suffix(self, c: Any, span: Span) -> t.Expression:
        number = self.number(c[2])
        if not number.percent:
            raise self.refuse("unexpected-text", c[2], found=self.written(c[2]), expected="%")
        return t.Binary("*", number, self.expression(c[0]), span=span)

    def _operand(self, c: Any) -> t.Expression:
        return self.expression(next(each for each in c if isinstance(each, Node)))

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
