"""What rules may ask of another outcome beside its value: its standing, and what would settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.vocabulary.types import Text, Type, YesNo

if TYPE_CHECKING:
    from rulelang.model.expressions import OutcomeRef


@frozen
class HasStanding:
    """An outcome's standing in this run is the one named (S4): true or false, whatever is missing."""

    outcome: OutcomeRef
    standing: str
    type: Type = YesNo()
    span: Span | None = field(default=None, eq=False, kw_only=True)


@frozen
class MissingFor:
    """The names of the fields that would settle an outcome: in reasons only, in the reader's language."""

    outcome: str
    type: Type = Text()
    span: Span | None = field(default=None, eq=False, kw_only=True)
