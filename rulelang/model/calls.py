"""A call of a plug-in's function, as a node of expressions.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.vocabulary.types import Type

if TYPE_CHECKING:
    from rulelang.model.expressions import Expression


@frozen
class Call:
    """What a function of a plug-in returns for some arguments; ``Model.functions`` has the function by its name."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type
    span: Span | None = field(default=None, eq=False, kw_only=True)
