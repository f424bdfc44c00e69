"""What is added to a kept ruleset while it decides: a function that was compiled later, what a day came to."""

from __future__ import annotations

import marshal
import pickle

from rulelang import keeping
from rulelang.backends.python.bound import Bound
from rulelang.backends.python.keeping import day_of, doubts_of
from rulelang.backends.python.program import Program
from rulelang.backends.python.reviving import Parts
from rulelang.values.moments import Moment


def keep_doubts(key: str, program: Program) -> None:
    """Keeps the function for customers of whom something is unknown, once it has been compiled."""
    doubts = doubts_of(program)
    if doubts is not None:
        write(key, "doubts", doubts)


def keep_day(key: str, parts: Parts, bound: Bound) -> None:
    """Keeps what was worked out for an as-of date."""
    # Not for each moment a file of its own; nor what functions of plug-ins gave, whose code may rest on other code.
    if not parts.recipes or isinstance(bound.as_of, Moment) or parts.model.functions:
        return
    day = day_of(bound, parts)
    if day is not None:
        keeping.write(f"{key}.{bound.as_of.isoformat()}.day", marshal.dumps(day))


def write(key: str, name: str, part: object) -> None:
    """Keeps a part under its name."""
    keeping.write(f"{key}.{name}", pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
