"""What must hold between thresholds and tables: whether it does, and what was found where it doesn't."""

from __future__ import annotations

from typing import Any

from rulelang.model import expressions as e
from rulelang.model.evaluation import truth_of, value_of
from rulelang.model.program import Requirement
from rulelang.model.scope import Scope


def unmet(requirement: Requirement, scope: Scope) -> dict[str, Any] | None:
    """The facts of a requirement that does not hold, with both sides where it compares numbers; None where it holds."""
    if truth_of(requirement.condition, scope) is True:
        return None
    facts: dict[str, Any] = {"text": requirement.text, "note": requirement.note}
    if requirement.note_label:
        facts["note_zh"] = requirement.note_label
    condition = requirement.condition
    if isinstance(condition, e.Comparison):
        facts["left"], facts["right"] = value_of(condition.left, scope), value_of(condition.right, scope)
    return facts
