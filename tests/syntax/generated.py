"""Makes up syntax trees: small ones, of every kind of node, from one random number each.

Names are few and awkward: some hold keywords, some need brackets. What a tree may hold where is what the grammar says;
brackets stand where the grammar needs them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from attrs import frozen

from rulelang.diagnostics.position import Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t

NAMES = (
    *("spend", "is_good", "order_n", "消费", "订单数", "满期日期", "不足额", "上次消费", "最近一笔"),
    *("city", "birth date", "rule", "and", "如果", "在职年限", "in_debt", "age", "今天的价", "加保", "以旧换新"),
)
LISTS = ("orders", "订单", "合同 明细")
FIELDS = ("amount", "paid_on", "金额", "付款日")
TEXTS = ("a", "大额", 'with "quotes"', "A*", "x | y", "# no comment", "100%")
UNITS = ("day", "week", "month", "quarter", "year")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY")


@frozen
class Maker:
    """Makes nodes with one source of chance."""

    chance: random.Random

    def pick(self, *options: object) -> object:
        return self.chance.choice(options)

    def seldom(self) -> bool:
        return self.chance.random() < 0.3

    # --- the smallest parts ---

    def name(self) -> t.Name:
        return t.Name(self.chance.choice(NAMES))

    def list(self) -> t.Name:
        return t.Name(self.chance.choice(LISTS))

    def field(self) -> t.Name:
        return t.Name(self.chance.choice(FIELDS))

    def text(self) -> t.TextLiteral:
        return t.TextLiteral(self.chance.choice(TEXTS), self.chance.choice(("b", "乙", None, None)))

    def number(self) -> int | Decimal:
        return self.chance.choice(
            (0, 1, 2, 10, 999, 1000, 10_000, 12_345, 100_000_000, Decimal("0.5"), Decimal("12.75"))
        )

    def quantity(self) -> t.Quantity:
        return t.Quantity(self.chance.choice((1, 2, 3, 12, 30, 365)), self.chance.choice(UNITS))

    def date(self) -> date:
        return date(2026, self.chance.randint(1, 12), self.chance.randint(1, 28))

    def share(self) -> t.NumberLiteral:
        return t.NumberLiteral(self.chance.choice((Decimal("0.2"), Decimal("0.05"))), True)

    # --- values ---

    def atom(self) -> t.Expression:
        makers: tuple[Callable[[], t.Expression], ...] = (
            self.name,
            self.name,
            self.name,
            lambda: t.NumberLiteral(self.number()),
            self.share,
            self.quantity,
            lambda: t.Money(self.number(), self.chance.choice(CURRENCIES)),
            lambda: t.DateLiteral(self.date()),
            t.Today,
            lambda: t.Relative(self.quantity(), self.chance.choice((-1, 1))),
            lambda: t.Previous(self.name()),
            self.aggregate,
        )
        return self.chance.choice(makers)()

    def value(self, depth: int) -> t.Expression:
        if depth <= 0 or self.seldom():
            return self.atom()
        makers: tuple[Callable[[], t.Expression], ...] = (
            lambda: t.Binary(self.chance.choice("+-*/"), self.operand(depth), self.operand(depth)),
            lambda: t.Age(self.chance.choice(("day", "month", "year")), self.name()),
            lambda: t.Part(self.chance.choice(("month", "year", "quarter", "day", "weekday")), self.name()),
            lambda: t.Anniversary(self.name()),
            lambda: t.Call(self.name(), tuple(self.operand(0) for _ in range(self.chance.randint(1, 2)))),
            lambda: t.Lookup(self.field(), self.name(), self.list(), self.chance.choice((None, t.NumberLiteral(50)))),
            lambda: t.Converted(self.name(), self.chance.choice(CURRENCIES)),
            self.of_records,
            lambda: t.Population(self.chance.choice(("quintile", "decile", "rank", "share")), self.name()),
            lambda: t.TableTotal(
                self.chance.choice(("sum", "largest", "smallest", "count")), self.name(), self.table()
            ),
        )
        return self.chance.choice(makers)()

    def bounds(self) -> tuple[t.Expression, t.Expression]:
        """Both bounds of a range: a number before one with a unit has that unit too, and is no number then."""
        low, high = self.atom(), self.atom()
        unit = isinstance(high, t.Quantity) or (isinstance(high, t.NumberLiteral) and high.percent)
        plain = isinstance(low, t.NumberLiteral) and not low.percent
        return (high, high) if unit and plain else (low, high)

    def table(self) -> t.TextLiteral | t.Name:
        return t.TextLiteral("Score card") if self.seldom() else self.list()

    def operand(self, depth: int) -> t.Expression:
        """A value that needs brackets where it is an operation itself."""
        value = self.value(depth - 1)
        return t.Grouped(value) if isinstance(value, t.Binary) else value

    def aggregate(self) -> t.Expression:
        if self.seldom():
            return t.Path(self.list(), self.field())
        kind = self.chance.choice(
            ("count", "sum", "average", "largest", "smallest", "earliest", "latest", "distinct", "most_frequent")
        )
        field = None if kind == "count" else self.field()
        where = t.Compare(">", self.field(), t.NumberLiteral(5)) if self.seldom() else None
        window = rolling = None
        in_row = kind == "count" and self.seldom()
        if self.seldom():
            window = self.quantity()
        elif self.seldom() and not in_row:
            rolling = self.quantity()
        by = self.date_field() if (window or rolling or in_row) and self.seldom() else None
        return t.Aggregate(kind, self.list(), field, where, window, rolling, in_row, by)

    def date_field(self) -> t.Name:
        return t.Name("付款日")

    def where(self) -> t.Expression | None:
        return t.Compare(">", self.field(), t.NumberLiteral(5)) if self.seldom() else None

    def of_records(self) -> t.Expression:
        """A value that several records have together, or one of them."""
        by = self.date_field() if self.seldom() else None
        makers: tuple[Callable[[], t.Expression], ...] = (
            lambda: t.Gap(self.chance.choice(("largest", "smallest", "average")), self.list(), self.where(), by),
            lambda: t.Pick(
                self.field(),
                t.Aggregate(self.chance.choice(("latest", "earliest")), self.list(), None, self.where(), by=by),
            ),
            lambda: t.Aggregate("share", self.list(), self.field(), self.where(), member=t.Name("线上")),
            lambda: t.Aggregate("share", self.list(), self.field(), self.where()),
        )
        return self.chance.choice(makers)()

    def of_groups(self) -> t.Expression:
        """A condition on groups of records."""
        by = self.date_field() if self.seldom() else None
        sums = t.Aggregate("sum", self.field())
        inside = t.Connected(
            "and",
            (
                t.Compare(">=", t.CountHere(), t.NumberLiteral(2)),
                t.Compare(self.chance.choice((">", "<")), sums, t.NumberLiteral(100)),
            ),
        )
        count = t.Compare(">=", t.Aggregate("count", self.list()), t.NumberLiteral(1))
        makers: tuple[Callable[[], t.Expression], ...] = (
            lambda: t.AnyGroup(self.list(), inside, length=self.quantity(), where=self.where(), by=by),
            lambda: t.AnyGroup(
                self.list(),
                inside,
                key=self.field(),
                where=self.where(),
                window=self.chance.choice((None, self.quantity())),
            ),
            lambda: t.InEach(self.quantity(), count),
            lambda: t.InEach(
                self.quantity(), t.Compare(">=", t.CountHere(), t.NumberLiteral(1)), self.list(), self.where(), by
            ),
            lambda: t.Compare(
                ">", t.Gap(self.chance.choice(("any", "every", "no")), self.list(), self.where(), by), self.quantity()
            ),
        )
        return self.chance.choice(makers)()

    # --- conditions ---

    def simple(self, depth: int) -> t.Expression:
        negated = self.seldom()
        makers: tuple[Callable[[], t.Expression], ...] = (
            lambda: self.compared(depth),
            lambda: t.Compare(self.chance.choice(("=", "!=")), self.name(), self.text()),
            lambda: t.Compare("=", self.name(), t.YesNo(negated)),
            lambda: t.Compare(
                self.chance.choice(("before", "after", "on_or_before", "on_or_after")),
                self.name(),
                t.DateLiteral(self.date()),
            ),
            lambda: t.CompareAgo(self.chance.choice((">", "<", ">=", "<=")), self.name(), self.quantity()),
            lambda: t.Between(self.name(), *self.bounds(), self.seldom(), negated),
            lambda: t.OneOf(self.name(), tuple(self.text() for _ in range(self.chance.randint(2, 3))), negated),
            lambda: t.InList(self.name(), self.list(), negated),
            lambda: t.Missing(self.name(), negated),
            lambda: t.Empty(self.list(), negated),
            lambda: t.TextTest(
                self.chance.choice(("contains", "starts", "ends", "like")), self.name(), t.TextLiteral("A"), negated
            ),
            lambda: t.Within(self.name(), self.chance.choice(("last", "next")), self.quantity()),
            lambda: t.WithinOf(self.name(), self.quantity(), self.chance.choice(("after", "before")), self.name()),
            lambda: t.InPeriod(
                self.name(), self.chance.choice(("month", "quarter", "year")), self.chance.choice((-1, 0, 1))
            ),
            lambda: t.HasStanding(self.name(), self.chance.choice(("provisional", "undecided", "decided", "no_rule"))),
            lambda: t.Quantified(
                self.chance.choice(("any", "every", "no")),
                self.list(),
                t.Compare(">", self.field(), t.NumberLiteral(5)),
            ),
            lambda: t.Population(
                self.chance.choice(("top", "bottom", "making_up")),
                self.name(),
                self.share(),
                self.chance.choice((None, self.name())),
            ),
            self.of_groups,
            self.of_groups,
            lambda: t.Compare(">", t.Owned(self.name()), t.NumberLiteral(3)),
            lambda: t.Compare(">", t.Negative(self.name()), t.Negative(t.NumberLiteral(3))),
        )
        return self.chance.choice(makers)()

    def compared(self, depth: int) -> t.Expression:
        """An order with a length of time ago is a node of its own: ``more than 3 days ago``."""
        value = self.operand(depth)
        signs = ("=", "!=") if isinstance(value, t.Relative) else ("=", "!=", ">", ">=", "<", "<=")
        return t.Compare(self.chance.choice(signs), self.name(), value)

    def condition(self, depth: int) -> t.Expression:
        if depth <= 0 or self.seldom():
            return self.simple(depth)
        if self.seldom():
            return t.Negation(t.Grouped(self.condition(depth - 1)))
        items = tuple(self.inner(depth - 1) for _ in range(self.chance.randint(2, 3)))
        return t.Connected(self.chance.choice(("and", "or")), items)

    def inner(self, depth: int) -> t.Expression:
        condition = self.condition(depth)
        return t.Grouped(condition) if isinstance(condition, t.Connected) else condition

    def bulleted(self) -> t.Expression:
        quantifier = self.chance.choice(("all", "any", "none", "at least"))
        items = tuple(self.inner(1) for _ in range(self.chance.randint(2, 3)))
        return t.Bullets(quantifier, items, 2 if quantifier == "at least" else 0)

    # --- statements ---

    def action(self) -> s.Action:
        kind = self.chance.choice(("set", "set", "add", "put", "tag"))
        if kind == "tag":
            return s.Action("tag", None, self.text())
        if kind == "put":
            return s.Action("add", self.name(), self.text())
        value = self.operand(1)
        if kind == "add":
            return s.Action("add", self.name(), t.NumberLiteral(self.number()))
        cap = t.NumberLiteral(100) if self.seldom() else None
        return s.Action("set", self.name(), value, None, cap)

    def branch(self, condition: t.Expression | None) -> s.BranchSyntax:
        actions = tuple(self.action() for _ in range(self.chance.randint(1, 2)))
        return s.BranchSyntax(condition, actions, self.text() if self.seldom() else None)

    def sentence(self) -> s.Sentence:
        if self.seldom():
            return s.Sentence((self.branch(None),))
        first = self.bulleted() if self.seldom() else self.condition(2)
        branches = [self.branch(first)]
        if self.seldom():
            branches.append(self.branch(self.condition(1)))
        if self.seldom():
            branches.append(self.branch(None))
        return s.Sentence(tuple(branches))

    def statement(self) -> s.Statement:
        makers: tuple[Callable[[], s.Statement], ...] = (
            self.rule,
            self.rule,
            lambda: s.RuleStatement(None, (self.sentence(),)),
            self.example,
            lambda: s.RequireStatement(self.condition(2), self.text() if self.seldom() else None),
            lambda: s.RequireStatement(self.tiles()),
            lambda: s.LetStatement(t.Name("margin"), "毛利", self.value(2)),
            lambda: s.DefineStatement(t.Name("sanctioned"), None, (t.Name("who"),), t.Missing(t.Name("who"))),
            lambda: s.RemoveStatement(self.chance.choice(TEXTS)),
            self.declared_field,
            self.declared_field,
            self.declared_outcome,
            self.declared_outcome,
            lambda: s.ChoiceStatement("level", self.label(), self.seldom(), self.members(), self.note()),
            self.threshold,
            lambda: s.ListStatement(t.Name("vip_list"), self.label(), None, None, ("a", "甲"), self.note()),
            lambda: s.ListStatement(t.Name("vip_list"), self.label(), "a b.csv", self.column(), (), self.note()),
            lambda: s.RulesetStatement(self.text(), self.chance.choice((None, 3)), self.day(), self.day()),
            lambda: s.ExtendsStatement("base.rules", self.chance.choice((None, 2))),
            lambda: s.UseStatement(self.chance.choice((("retail",), ("retail", "crm"), ("零售",)))),
            lambda: s.HolidaysStatement("holidays 2026.csv", self.note()),
            lambda: s.ForEachStatement(self.list(), tuple(self.sentence() for _ in range(self.chance.randint(1, 2)))),
            self.list_field,
            lambda: s.TableStatement(self.text(), self.policy(), self.rows()),
            lambda: s.TableStatement(self.text(), self.policy(), (), "t.xlsx", self.chance.choice((None, "2026"))),
        )
        statement: s.Statement = placed(self.chance.choice(makers)())
        return statement

    # --- declarations ---

    def label(self) -> str | None:
        return self.chance.choice((None, "标签", "新 标签"))

    def note(self) -> t.TextLiteral | None:
        return self.text() if self.seldom() else None

    def day(self) -> date | None:
        return self.date() if self.seldom() else None

    def column(self) -> str | None:
        return self.chance.choice((None, "city", "城市", "a column", "2026"))

    def members(self) -> tuple[s.Member, ...]:
        keys = self.chance.sample(
            ("low", "high", "and", "高价值", "to be seen", "满意", "2nd", "或"), self.chance.randint(2, 4)
        )
        return tuple(s.Member(key, self.chance.choice((None, f"{key}甲"))) for key in keys)

    def type(self) -> s.TypeSyntax:
        kinds = (
            "date",
            "money",
            "number",
            "whole",
            "percent",
            "text",
            "yesno",
            "duration",
            "one_of",
            "ordered",
            "named",
        )
        kind = self.chance.choice(kinds)
        match kind:
            case "money":
                return s.TypeSyntax(kind, currency=self.chance.choice(CURRENCIES))
            case "number":
                return s.TypeSyntax(kind, decimals=self.chance.choice((None, 3)))
            case "duration":
                return s.TypeSyntax(kind, unit=self.chance.choice(("days", "months")))
            case "one_of" | "ordered":
                return s.TypeSyntax(kind, members=self.members())
            case "named":
                return s.TypeSyntax(kind, name="grade")
        return s.TypeSyntax(kind)

    def limits(self) -> tuple[s.Attribute, ...]:
        low, high = t.NumberLiteral(self.number()), t.NumberLiteral(100)
        return self.chance.choice(
            (
                (),
                (s.Attribute("at_least", (low,)),),
                (s.Attribute("at_most", (high,)),),
                (s.Attribute("at_least", (low,)), s.Attribute("at_most", (high,))),
                (s.Attribute("limits", (t.NumberLiteral(0), high)),),
            )
        )

    def declared_field(self) -> s.FieldStatement:
        kinds = ("required", "personal", "sensitive", "may_be_blank", "may_be_future", "policy_unique")
        attributes = [s.Attribute(each) for each in kinds if self.chance.random() < 0.15]
        if self.seldom():
            attributes.append(s.Attribute("counted_in", (t.TextLiteral(self.chance.choice(("笔", "次", "orders"))),)))
        if self.seldom():
            attributes.append(s.Attribute("missing_written", (t.TextLiteral("unknown"), t.TextLiteral("-1"))))
        if self.seldom():
            attributes.append(s.Attribute("like_pattern", (t.TextLiteral(self.chance.choice(("KH*", "??", "1*号"))),)))
        if self.seldom():
            attributes.append(s.Attribute("checked_by", (self.chance.choice((t.Name("valid"), t.Name("号码有效"))),)))
        if self.seldom():
            oldest = self.chance.choice((self.quantity(), t.Name("lost_after")))
            attributes.append(s.Attribute("no_older_than", (oldest,)))
        name, label = self.declared()
        return s.FieldStatement(name, label, self.type(), (*attributes, *self.limits()), self.note())

    def list_field(self) -> s.FieldStatement:
        elements = (
            s.ElementField("paid_on", self.chance.choice((None, "付款日")), s.TypeSyntax("date")),
            s.ElementField("amount", "金额", s.TypeSyntax("money", currency="CNY")),
            s.ElementField("channel", None, s.TypeSyntax("one_of", members=self.members())),
            s.ElementField("lines", "行数", s.TypeSyntax("whole")),
        )
        kept = tuple(self.chance.sample(elements, self.chance.randint(1, 4)))
        attributes = []
        if self.seldom():
            attributes.append(s.Attribute("dated_by", (t.Name("paid_on"),)))
        if self.seldom():
            attributes.append(s.Attribute("complete_from", (t.DateLiteral(self.date()),)))
        name = self.chance.choice((None, "order", "一笔"))
        return s.FieldStatement(
            "orders", self.label(), s.TypeSyntax("list", name=name, elements=kept), tuple(attributes)
        )

    def declared(self) -> tuple[str, str | None]:
        name = self.chance.choice((*NAMES, "额", "不", "order", "in", "是否有效", "满减额"))
        return name, self.chance.choice(
            (None, "标签" if name.isascii() else "label", "且 又" if name.isascii() else "or")
        )

    def declared_outcome(self) -> s.OutcomeStatement:
        policies = ("first", "last", "unique", "any", "highest", "lowest", "sum", "collect")
        attributes = [s.Attribute(f"policy_{self.chance.choice(policies)}")] if self.seldom() else []
        attributes += self.limits()
        if self.seldom():
            attributes.append(s.Attribute("last_resort", (self.chance.choice((t.NumberLiteral(5), t.Name("low"))),)))
        if self.seldom():
            attributes.append(s.Attribute(self.chance.choice(("undecided_when_missing", "worst_when_missing"))))
        name, label = self.declared()
        return s.OutcomeStatement(name, label, self.type(), tuple(attributes), self.note())

    def threshold(self) -> s.ThresholdStatement:
        value = self.chance.choice((self.quantity(), t.NumberLiteral(self.number()), t.Money(self.number(), "CNY")))
        later = ((self.date(), self.quantity()),) if self.seldom() else ()
        before = self.quantity() if self.seldom() else None
        name, label, note = t.Name("lost_after"), self.label(), self.note()
        return s.ThresholdStatement(name, label, value, instead_of=before, dated=later, note=note)

    # --- rules, tables, examples ---

    def policy(self) -> str | None:
        words = ("first", "unique", "any", "priority", "collect", "sum", "highest", "lowest", "count", "all")
        return self.chance.choice((None, *words))

    def rows(self) -> tuple[tuple[str, ...], ...]:
        cells = (
            "> 5",
            "< 1,000",
            "5 ..< 10",
            "5 .. 9",
            "(5 .. 9]",
            '"a", "b"',
            'not "a"',
            "is missing",
            "is known",
            "-",
        )
        head = ("spend", "city", "=> tier", "=> add points", "because")
        body = [
            (self.chance.choice(cells), self.chance.choice(cells), '"gold"', "5", '"why" ("为何")')
            for _ in range(self.chance.randint(1, 3))
        ]
        return (head, *body)

    def rule(self) -> s.RuleStatement:
        start, until = (self.date() if self.seldom() else None for _ in range(2))
        return s.RuleStatement(
            self.text(), (self.sentence(),), self.chance.choice((None, 1)), start, until, self.seldom(),
            before="other" if self.seldom() else None,
        )  # fmt: skip

    def tiles(self) -> t.Tiles:
        low = t.NumberLiteral(0) if self.seldom() else None
        return t.Tiles("Bands", self.name(), low, t.NumberLiteral(9) if low is not None and self.seldom() else None)

    def example(self) -> s.ExampleStatement:
        value = self.chance.choice((t.NumberLiteral(5), t.YesNo(True), t.DateLiteral(self.date()), t.TextLiteral("x")))
        given = (s.ExamplePair(self.name(), value), s.ExamplePair(self.name()))
        standing = self.chance.choice(("undecided", "provisional", "decided", "no rule", "none"))
        expect = (s.ExamplePair(self.name(), standing=standing), s.ExamplePair(None, rule="other"))
        day = self.date() if self.seldom() else None
        return s.ExampleStatement(self.text(), day, given, expect, records=self.records() if self.seldom() else ())

    def records(self) -> tuple[s.ExampleRecords, ...]:
        """One list with up to two records; the cells are data."""
        head = ("paid_on", "amount", "expect alert")
        rows = (("2026-01-31", "12,000", "large"), ("", "5", "(undecided)"))[: self.chance.randint(0, 2)]
        return (s.ExampleRecords(self.list(), (head, *rows)),)


def placed(node: Any) -> Any:
    """A node with some place for itself and for all in it, which the printer asks for."""
    if isinstance(node, tuple):
        return tuple(placed(each) for each in node)
    if not attrs.has(type(node)):
        return node
    changed = {each.name: placed(getattr(node, each.name)) for each in attrs.fields(type(node)) if each.name != "span"}
    return attrs.evolve(node, **changed, span=Span("", 0, 0, 1, 1))
