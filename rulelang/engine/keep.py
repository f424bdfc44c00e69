"""Keeps a compiled ruleset in the user's cache folder; `rulelang.engine.kept` finds it again.

Functions of plug-ins are kept by their names alone: they are those of the plug-in as it is when they are called.
"""

from __future__ import annotations

import marshal
import pickle
from collections.abc import Sequence
from typing import Any

from rulelang import keeping
from rulelang.backends.python.bound import Bound
from rulelang.backends.python.keeping import day_of, doubts_of, head_of, parts_of
from rulelang.backends.python.program import Program
from rulelang.backends.python.reviving import Parts
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.engine.kept import FOREVER, Kept
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.situation import Situation
from rulelang.engine.validity import counts_hours
from rulelang.uncollected import uncollected
from rulelang.values.moments import Moment

MOST_BRANCHES = 2_000  # the function for customers of whom something is unknown is kept at once up to so many


def keep(
    key: str,
    ruleset: Ruleset,
    situation: Situation,
    origins: Sequence[tuple[str, str, str | None]],
    rest: tuple[tuple[Diagnostic, ...], tuple[Source, ...]],
) -> None:
    """Keeps a ruleset that has just been compiled for a situation. Does nothing where that can't be done.

    ``origins`` is what else the rules were read from, as `rulelang.engine.origins` tells it; ``rest`` what was found
    when they were read, and their texts.
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
            _write(key, "program", parts)
            _write(key, "model", (model, *rest))
            keep_doubts(key, program)
            _keep_day(key, parts, bound)
    except (AttributeError, TypeError, ValueError, RecursionError, pickle.PicklingError):
        return  # something in it has no form to be kept in
    # Last: whoever finds it finds the others.
    keeping.write(f"{key}.head", head)


def keep_doubts(key: str, program: Program) -> None:
    """Keeps the function for customers of whom something is unknown, once it has been compiled."""
    doubts = doubts_of(program)
    if doubts is not None:
        _write(key, "doubts", doubts)


def keep_day(kept: Kept, bound: Bound) -> None:
    """Keeps what was worked out for an as-of date."""
    parts = kept.pickled("program")
    if isinstance(parts, Parts):
        _keep_day(kept.key, parts, bound)


def _keep_day(key: str, parts: Parts, bound: Bound) -> None:
    # Not for each moment a file of its own; nor what functions of plug-ins gave, whose code may rest on other code.
    if not parts.recipes or isinstance(bound.as_of, Moment) or parts.model.functions:
        return
    day = day_of(bound, parts)
    if day is not None:
        keeping.write(f"{key}.{bound.as_of.isoformat()}.day", marshal.dumps(day))


def _of_model(ruleset: Ruleset) -> dict[str, Any]:
    model = ruleset.model
    first, last = model.header.valid_from, model.header.valid_until
    return {
        "fingerprint": ruleset.fingerprint,
        "valid": (
            FOREVER[0] if first is None else first.toordinal(),
            FOREVER[1] if last is None else last.toordinal(),
        ),
        "requirements": bool(model.requirements),
        "hours": counts_hours(model),
    }


def _write(key: str, name: str, part: object) -> None:
    keeping.write(f"{key}.{name}", pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
