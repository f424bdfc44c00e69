"""Values that come from elsewhere, as nodes of expressions.py: from a reference table, from a plug-in's function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.vocabulary.types import Type

if TYPE_CHECKING:
    from rulelang.model.expressions import Expression


@frozen
class Lookup:
    """The value in a column of a reference table, in the row whose key is the value of ``key``.

    ``key_column`` and ``column`` are positions in the table. The rows in force on the as-of date count. A key that is
    not there gives ``default``, or is unknown where there is none.
    """

    table: str
    key_column: int
    column: int
    key: Expression
    default: Expression | None
    type: Type
    span: Span | None = field(default=None, eq=False, kw_only=True)


@frozen
class Call:
    """What a function of a plug-in returns for some arguments; ``Model.functions`` has the function by its name."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type
    span: Span | None = field(default=None, eq=False, kw_only=True)
