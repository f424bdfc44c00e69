"""Prints expressions. The result is a list of lines: most take one, bullets take one each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rulelang.syntax import tree as t
from rulelang.syntax.printing.lists import LISTS, at_least_records
from rulelang.syntax.printing.speller import Speller

# An outcome beside its own last answer.
_MOVED = {">": "moved_up", "<": "moved_down", "=": "unchanged", "!=": "changed"}
_OPERATORS = {"=": "equal", "!=": "not_equal", ">": "more", ">=": "at_least", "<": "less", "<=": "at_most"}
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "divide"}
_OFFSETS = {-1: "last", 0: "this", 1: "next"}
_WORDLIKE = (t.Name, t.TextLiteral, t.YesNo)

Printer = Callable[[t.Expression, Speller], str]


def print_lines(node: t.Expression, speller: Speller, width: int) -> list[str]:
    """A condition as lines; further lines are indented under the first by what they need."""
    if isinstance(node, t.Bullets):
        return _bullets(node, speller, width)
    if isinstance(node, t.Connected):
        flat = None if _has_bullets(node) else print_one(node, speller)
        if flat is not None and len(flat) <= width:
            return [flat]
        lines: list[str] = []
        for number, item in enumerate(node.items):
            inner = print_lines(item, speller, width - 4)
            if number:
                inner[0] = speller.fill(node.operator, inner[0])
            lines.extend(inner)
        return lines
    if isinstance(node, t.Negation) and isinstance(node.operand, t.Bullets):
        inner = print_lines(node.operand, speller, width)
        return [speller.fill("not_group", inner[0]), *inner[1:]]
    if isinstance(node, t.Grouped) and _has_bullets(node.operand):
        inner = print_lines(node.operand, speller, width)
        inner[0] = speller.patterns["group"][0] + inner[0]
        inner[-1] += speller.patterns["group"][-1]
        return inner
    return [print_one(node, speller)]


def print_one(node: t.Expression, speller: Speller) -> str:
    """An expression on one line."""
    return _PRINTERS[type(node)](node, speller)


def _has_bullets(node: t.Expression) -> bool:
    if isinstance(node, t.Connected):
        return any(_has_bullets(each) for each in node.items)
    if isinstance(node, t.Grouped | t.Negation):
        return _has_bullets(node.operand)
    return isinstance(node, t.Bullets)


def _bullets(node: t.Bullets, speller: Speller, width: int) -> list[str]:
    if node.quantifier == "at least":
        head = speller.fill("at_least_of", speller.number(node.count))
    else:
        head = speller.fill(node.quantifier)
    lines = [head]
    bullet = speller.patterns["bullet"]
    for item in node.items:
        inner = print_lines(item, speller, width - 4)
        lines.append("  " + bullet + inner[0])
        lines.extend("    " + line for line in inner[1:])
    return lines


def _one(node: t.Expression, speller: Speller) -> str:
    return print_one(node, speller)


def _connected(node: t.Connected, s: Speller) -> str:
    first, *rest = (_one(item, s) for item in node.items)
    join = " " if s.patterns["spaces"] == "yes" or s.spaced else ""
    return join.join([first, *(s.fill(node.operator, item) for item in rest)])


def _negation(node: t.Negation, s: Speller) -> str:
    operand = node.operand
    while isinstance(operand, t.Grouped) and isinstance(operand.operand, t.Name | t.Call | t.Grouped):
        operand = operand.operand
    if isinstance(operand, t.Name | t.Call):
        return s.fill("not", _one(operand, s))
    text = _one(operand, s)
    return s.fill("not_group", text if isinstance(operand, t.Grouped) else s.fill("group", text))


def _compare(node: t.Compare, s: Speller) -> str:
    several = at_least_records(node, s, _one)
    if several is not None:
        return several
    moved = _MOVED.get(node.operator)
    if moved and isinstance(node.right, t.Previous) and node.left == node.right.name:
        return s.fill(moved, _one(node.left, s))
    pattern = _OPERATORS.get(node.operator, node.operator)
    if node.operator in ("=", "!=") and isinstance(node.right, _WORDLIKE):
        pattern += "_word"
    return s.fill(pattern, _one(node.left, s), _one(node.right, s))


def _between(node: t.Between, s: Speller) -> str:
    pattern = ("not_" if node.negated else "") + ("between" if node.include_high else "between_open")
    return s.fill(pattern, _one(node.value, s), *print_ends(node.low, node.high, s))


def print_ends(low: t.Expression, high: t.Expression, s: Speller) -> tuple[str, str]:
    """Both ends of a range, so that a 万 at the second is not taken for one of both: 1到50000."""
    figures = low.operand if isinstance(low, t.Negative) else low
    if isinstance(figures, t.NumberLiteral) and not figures.percent:
        first = s.number(figures.value)
        if isinstance(high, t.NumberLiteral) and not high.percent:
            return _one(low, s), s.bound(first, high.value)
        if isinstance(high, t.Money):
            return _one(low, s), s.fill(f"money_{high.currency}", s.bound(first, high.number))
    return _one(low, s), _one(high, s)


def _one_of(node: t.OneOf, s: Speller) -> str:
    pattern = "none_of_values" if node.negated else "one_of"
    if len(node.options) == 1 and s.has(f"{pattern}_single"):
        pattern += "_single"
    return s.fill(pattern, _one(node.value, s), s.names([_one(each, s) for each in node.options]))


def _binary(node: t.Binary, s: Speller) -> str:
    pattern = _ARITHMETIC[node.operator]
    if node.operator == "*" and isinstance(node.left, t.NumberLiteral) and node.left.percent:
        pattern = "percent_of"
    return s.fill(pattern, _one(node.left, s), _one(node.right, s))


def _tiles(node: t.Tiles, s: Speller) -> str:
    parts = [s.text(node.table), s.name(node.column.text, node.column.quoted)]
    if node.low is None:
        return s.fill("tiles", *parts)
    if node.high is None:
        return s.fill("tiles_from", *parts, _one(node.low, s))
    return s.fill("tiles_between", *parts, *print_ends(node.low, node.high, s))


def _lookup(node: t.Lookup, s: Speller) -> str:
    parts = [s.column(node.column.text), _one(node.key, s), s.name(node.table.text)]
    if node.default is None:
        return s.fill("lookup", *parts)
    return s.fill("lookup_default", *parts, _one(node.default, s))


def _population(node: t.Population, s: Speller) -> str:
    group = "" if node.group is None else s.fill("each", s.name(node.group.text, node.group.quoted))
    if node.amount is None:
        return s.fill("share_of_all" if node.kind == "share" else node.kind, _one(node.value, s), group)
    return s.fill(node.kind, _one(node.value, s), _literal_number(node.amount, s), group)


def _converted(node: t.Converted, s: Speller) -> str:
    own = f"converted_{node.currency}"
    currency = s.fill(own) if s.has(own) else s.fill(f"currency_{node.currency}")
    return s.fill("converted", _one(node.operand, s), currency)


def _literal_number(node: t.NumberLiteral, s: Speller) -> str:
    return s.percent(node.value) if node.percent else s.number(node.value)


def _call(node: t.Call, s: Speller) -> str:
    return s.fill("call", s.name(node.function.text), s.names([_one(each, s) for each in node.arguments]))


def _polar(positive: str, negative: str) -> Callable[[t.Missing | t.Empty, Speller], str]:
    return lambda node, s: s.fill(negative if node.negated else positive, _one(node.value, s))


_PRINTERS: dict[type, Callable[..., str]] = {
    t.Name: lambda node, s: s.name(node.text, node.quoted),
    t.TextLiteral: lambda node, s: s.literal(node),
    t.NumberLiteral: _literal_number,
    t.Quantity: lambda node, s: s.quantity(node.number, node.unit),
    t.Money: lambda node, s: s.money(node.number, node.currency),
    t.DateLiteral: lambda node, s: s.date(node.value),
    t.YesNo: lambda node, s: s.fill("yes" if node.value else "no"),
    t.Today: lambda node, s: s.fill("today"),
    t.Relative: lambda node, s: s.fill("ago" if node.sign < 0 else "later", _one(node.quantity, s)),
    t.Binary: _binary,
    t.Negative: lambda node, s: s.fill("negative", _one(node.operand, s)),
    t.Age: lambda node, s: s.fill(f"age_{node.unit}", _one(node.operand, s)),
    t.Part: lambda node, s: s.fill(f"part_{node.part}", _one(node.operand, s)),
    t.Converted: _converted,
    t.Anniversary: lambda node, s: s.fill("anniversary", _one(node.operand, s)),
    t.Grouped: lambda node, s: s.fill("group", _one(node.operand, s)),
    t.Call: _call,
    t.MissingFor: lambda node, s: s.fill("missing_for", s.name(node.outcome.text)),
    t.Owned: lambda node, s: s.fill("customers", s.name(node.name.text)),
    t.Previous: lambda node, s: s.fill("previous", s.name(node.name.text)),
    t.Path: lambda node, s: s.fill("path", s.name(node.list.text), s.name(node.field.text)),
    t.Lookup: _lookup,
    t.Tiles: _tiles,
    t.TableTotal: lambda node, s: s.fill(f"total_{node.kind}", s.name(node.column.text), _one(node.table, s)),
    t.Connected: _connected,
    t.Bullets: lambda node, s: "\n".join(_bullets(node, s, 10_000)),
    t.Negation: _negation,
    t.Compare: _compare,
    t.CompareAgo: lambda node, s: s.fill(
        f"ago_{_OPERATORS[node.operator]}", _one(node.left, s), _one(node.quantity, s)
    ),
    t.Between: _between,
    t.OneOf: _one_of,
    t.InList: lambda node, s: s.fill(
        "not_in_list" if node.negated else "in_list", _one(node.value, s), _one(node.list, s)
    ),
    t.Missing: _polar("missing", "known"),
    t.Empty: _polar("empty", "not_empty"),
    t.TextTest: lambda node, s: s.fill(
        ("not_" if node.negated else "") + node.kind, _one(node.value, s), _one(node.pattern, s)
    ),
    t.Within: lambda node, s: s.fill(f"within_{node.direction}", _one(node.value, s), _one(node.quantity, s)),
    t.WithinOf: lambda node, s: s.fill(
        f"within_{node.direction}", _one(node.value, s), _one(node.quantity, s), _one(node.anchor, s)
    ),
    t.InPeriod: lambda node, s: s.fill(f"{node.unit}_{_OFFSETS[node.offset]}", _one(node.value, s)),
    t.Population: _population,
    t.HasStanding: lambda node, s: s.fill(("not_" if node.negated else "") + node.standing, _one(node.value, s)),
    t.Quantified: lambda node, s: s.fill(f"record_{node.quantifier}", s.name(node.list.text), _one(node.condition, s)),
    **{kind: partial(spelled, one=print_one) for kind, spelled in LISTS.items()},
}
