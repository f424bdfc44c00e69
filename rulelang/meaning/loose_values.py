"""``city is London or Paris``: a value alone after ``or`` belongs to the comparison before it, or to nothing.

People mean "one of"; after ``is not`` they may mean "neither" or "not the first". Both are asked back about.
"""

from __future__ import annotations

import re

from rulelang.meaning.scope import Scope
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import YesNo

_CODES = {"=": "use-one-of", "!=": "negated-or"}
_JOINED = re.compile(r"(.+?)(?:或者|或是|或|以及|和|与|及)(.+)")
_VALUES = (t.TextLiteral, t.NumberLiteral, t.Money, t.Quantity, t.DateLiteral)


def loose_value(node: t.Connected, scope: Scope) -> bool:
    """Report the first value that stands alone among conditions; whether there was one."""
    comparison: t.Compare | None = None
    for item in node.items:
        if isinstance(item, t.Compare) and item.operator in _CODES:
            comparison = item
        elif comparison is not None and _is_value(item, scope):
            _report(comparison, item, scope)
            return True
        elif not isinstance(item, t.Name):
            comparison = None
    return False


def joined_name(operator: str, left: t.Expression, right: t.Expression, scope: Scope) -> bool:
    """Report an undeclared Chinese name that holds an ``or`` (城市为伦敦或巴黎); whether it was one."""
    if operator not in _CODES or not isinstance(right, t.Name) or right.quoted or right.text in scope.bound:
        return False
    if not _JOINED.fullmatch(right.text) or right.text in scope.vocabulary.spellings():
        return False
    subject, options = scope.written(left), scope.written(right)
    sign = "不为" if operator == "!=" else "为"
    scope.report(_CODES[operator], right.span, subject=subject, options=options, found=f"{subject}{sign}{options}")
    return True


def _is_value(item: t.Expression, scope: Scope) -> bool:
    while isinstance(item, t.Grouped):
        item = item.operand
    if isinstance(item, _VALUES):
        return True
    if not isinstance(item, t.Name) or item.text in scope.bound:
        return False
    symbol = scope.vocabulary.symbols.get(item.text)
    if symbol is None:
        return scope.element is None or scope.element.find(item.text) is None
    field = scope.vocabulary.field(item.text)
    outcome = scope.vocabulary.outcome(item.text)
    type_ = field.type if field else outcome.type if outcome else None
    return symbol.kind in ("field", "outcome", "threshold") and not isinstance(type_, YesNo)


def _report(comparison: t.Compare, item: t.Expression, scope: Scope) -> None:
    subject, first, second = (scope.written(each) for each in (comparison.left, comparison.right, item))
    chinese = not (subject + first + second).isascii()
    options = f"{first}或{second}" if chinese else f"{first} or {second}"
    found = f"{scope.written(comparison)}或{second}" if chinese else f"{scope.written(comparison)} or {second}"
    scope.report(_CODES[comparison.operator], item.span, subject=subject, options=options, found=found)
