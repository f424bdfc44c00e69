"""Moments, as nodes of expressions.py: the one on which is decided, and the day that one was written with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.vocabulary.types import Date, DateTime, Type

if TYPE_CHECKING:
    from rulelang.model.expressions import Expression


@frozen
class Now:
    """The as-of date with its time of day; rules that count hours need one."""

    type: Type = DateTime()
    span: Span | None = field(default=None, eq=False, kw_only=True)


@frozen
class DayOf:
    """The day of a moment, as it was written."""

    moment: Expression
    type: Type = Date()
    span: Span | None = field(default=None, eq=False, kw_only=True)
