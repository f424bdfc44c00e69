"""The conditions of a table's cells in words: with the title of their column, which a cell leaves out."""

from __future__ import annotations

import re

from rulelang.diagnostics.position import Span
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.walking import children
from rulelang.syntax.words import CJK

_SIGN = re.compile(r"[<>=!≤≥≠＜＞＝！]")
_RANGE = re.compile(r"(?P<low>[^.]+?)\s*(?P<sign>\.\.<|\.\.)\s*(?P<high>.+)")


def column_of(condition: Expression) -> Span | None:
    """The place of the title above a cell's condition; None where a condition isn't of a cell."""
    inner = condition.item if isinstance(condition, e.Not) else condition
    operand = next(children(inner), None)
    span, column = condition.span, None if operand is None else operand.span
    if isinstance(inner, e.Named) or span is None or column is None or column.file != span.file:
        return None
    return column if column.end <= span.start else None


def in_full(condition: Expression, column: str, cell: str) -> str:
    """A cell's condition as a sentence: "campaign" over "yes" is "campaign is yes"."""
    if _SIGN.match(cell):
        return f"{column} {cell}"
    chinese = bool(CJK.search(column + cell))
    match condition:
        case e.Comparison(operator="="):
            return f"{column}为{cell}" if chinese else f"{column} is {cell}"
        case e.OneOf() if not cell.startswith(("is ", "one ", "为", "是")):
            return f"{column}为{cell}之一" if chinese else f"{column} is one of {cell}"
        case e.Not(item=e.Comparison() | e.OneOf()) | e.Comparison(operator="!="):
            rest = re.sub(r"^(not\b|非|不是|不为|不)\s*", "", cell)
            if rest != cell:
                several = isinstance(condition, e.Not) and isinstance(condition.item, e.OneOf)
                if chinese:
                    return f"{column}不为{rest}之一" if several else f"{column}不为{rest}"
                return f"{column} is not one of {rest}" if several else f"{column} is not {rest}"
        case e.Between(include_high=include) if (found := _RANGE.fullmatch(cell)) is not None and cell[0] not in "[(（":
            low, high = found["low"], found["high"]
            if chinese:
                return f"{column}在{low}到{high}{'' if include else '（不含）'}之间"
            return f"{column} between {low} and {high}" if include else f"{column} between {low} ..< {high}"
        case e.InList() if cell.startswith("in "):
            return f"{column} is {cell}"
    return f"{column}{cell}" if chinese and CJK.search(cell) else f"{column} {cell}"
