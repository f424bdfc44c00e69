"""Keeps a compiled ruleset in the user's cache folder; `rulelang.engine.deciding.kept` finds it again.

Functions of plug-ins are kept by their names alone: they are those of the plug-in as it is when they are called.
"""

from __future__ import annotations

import marshal
import pickle
from collections.abc import Sequence
from typing import Any

from rulelang import keeping
from rulelang.backends.python.keeping import head_of, parts_of
from rulelang.backends.python.program import Program
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.kept import FOREVER
from rulelang.engine.deciding.kept_parts import keep_day, keep_doubts, write
from rulelang.engine.deciding.situation import Situation
from rulelang.engine.deciding.validity import counts_hours, requirements_vary
from rulelang.uncollected import uncollected

MOST_BRANCHES = 2_000  # the function for customers of whom something is unknown is kept at once up to so many


def keep(
    key: str,
    ruleset: Decider,
    situation: Situation,
    origins: Sequence[tuple[str, str, str | None]],
    rest: tuple[tuple[Diagnostic, ...], tuple[Source, ...]],
) -> None:
    """Keeps a ruleset that has just been compiled for a situation. Does nothing where that can't be done.

    ``origins`` is what else the rules were read from, as `rulelang.engine.loading.origins` tells it; ``rest`` what was
    found when they were read, and their texts.
    """
    model, program, bound = ruleset.model, situation.bound.program, situation.bound
    if not isinstance(program, Program):
        return
    if len(program.plan.branches) <= MOST_BRANCHES:
        program.compile_standing()
    try:
        with uncollected():
            parts = parts_of(program, model)
            head = marshal.dumps({**head_of(program, bound, model), **_of_model(ruleset), "origins": tuple(origins)})
            write(key, "program", parts)
            write(key, "model", (model, *rest))
            keep_doubts(key, program)
            keep_day(key, parts, bound)
    except (AttributeError, TypeError, ValueError, RecursionError, pickle.PicklingError):
        return  # something in it has no form to be kept in
    # Last: whoever finds it finds the others.
    keeping.write(f"{key}.head", head)


def _of_model(ruleset: Decider) -> dict[str, Any]:
    model = ruleset.model
    first, last = model.header.valid_from, model.header.valid_until
    return {
        "fingerprint": ruleset.fingerprint,
        "valid": (
            FOREVER[0] if first is None else first.toordinal(),
            FOREVER[1] if last is None else last.toordinal(),
        ),
        "requirements": requirements_vary(model),
        "hours": counts_hours(model),
    }
