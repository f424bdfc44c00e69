"""A requirement that thresholds break, in words: the condition and both values in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.explain.labelled import with_labels_of
from rulelang.explain.wording import show_typed
from rulelang.model.expressions import Comparison, ThresholdRef
from rulelang.model.program import Model, Requirement
from rulelang.model.walking import parts


def requirement_broken(requirement: Requirement, facts: Mapping[str, Any], model: Model, as_of: date) -> Diagnostic:
    """The finding for a requirement that does not hold on a day: at the threshold that was set anew over the base's,
    where one was, else at the requirement."""
    told: dict[str, Any] = {**facts, "as_of": as_of}
    condition = requirement.condition
    if isinstance(condition, Comparison):
        for side, part in (("left", condition.left), ("right", condition.right)):
            for lang in ("en", "zh"):
                told[f"{side}_{lang}"] = show_typed(facts[side], part.type, lang)
    found = Diagnostic("requirement-not-met", _set_anew(requirement, model) or requirement.span, told)
    return with_labels_of(model)((found,))[0]


def _set_anew(requirement: Requirement, model: Model) -> Span | None:
    """Where a threshold of the requirement is given another value than the base gives it."""
    changed = {each.name: each.span for each in model.deviations if each.kind == "threshold"}
    read = (each.name for each in parts(requirement.condition) if isinstance(each, ThresholdRef))
    return next((changed[name] for name in read if name in changed), None)
