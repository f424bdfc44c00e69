"""What every node of the syntax tree has: its place."""

from __future__ import annotations

from attrs import field, frozen

from rulelang.diagnostics.position import Span


def span_field() -> Span:
    """The place of a node: left out of equality."""
    result: Span = field(default=None, eq=False, kw_only=True, repr=False)
    return result


@frozen(kw_only=True)
class Expression:
    """A value or a condition, as written."""

    span: Span = span_field()
