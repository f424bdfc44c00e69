"""Rulesets that were compiled before: kept in the user's cache folder, found by what they were made from.

    kept = find(content_of_the_file, make)
    ruleset = Decider.of_kept(kept)

What is kept is never part of a rulepack or of anything that is sent to others: it holds compiled code. The name of each
file holds a hash of all that the rules were read from and of the versions of rulelang and of Python, so that nothing
kept can be out of date. This module imports next to nothing.
"""

from __future__ import annotations

import marshal

from rulelang import keeping
from rulelang.backends.python.kept import KeptProgram

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from typing import Any

    from rulelang.backends.python.bound import Bound
    from rulelang.backends.python.program import Program
    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.diagnostics.position import Source
    from rulelang.model.program import Model

FOREVER = (1, 4_000_000)  # days, as `date.toordinal` counts them


class Kept:
    """A ruleset that was kept under a key. ``make`` makes its model anew, where that is not kept or can't be read."""

    __slots__ = ("_make", "_model", "_parts", "_program", "head", "key", "program_kept")

    def __init__(self, key: str, head: Mapping[str, Any], make: Callable[[], Model]) -> None:
        self.key, self.head, self._make = key, head, make
        self.program_kept = KeptProgram(head, self)
        self._model: Model | None = None
        self._program: Program | None = None
        self._parts: Any = None

    def plain(self, name: str) -> Any:
        """A part of plain values; None where it isn't kept."""
        return read_plain(f"{self.key}.{name}")

    def pickled(self, name: str) -> Any:
        """A part made of other things; None where it isn't kept. The parts of the program, asked for on each as-of
        date, are read once."""
        if name == "program" and self._parts is not None:
            return self._parts
        content = keeping.read(f"{self.key}.{name}")
        if content is None:
            return None
        import pickle  # only where more is asked than to decide

        from rulelang.uncollected import uncollected

        try:
            with uncollected():
                found = pickle.loads(content)
        except Exception:  # whatever stands in its way, it can be made anew
            return None
        if name == "program":
            self._parts = found
        return found

    def keep_day(self, bound: Bound) -> None:
        """Keeps what was worked out for an as-of date."""
        parts = self.pickled("program")
        if parts is not None:
            from rulelang.engine.deciding.kept_parts import keep_day

            keep_day(self.key, parts, bound)

    def keep_doubts(self, program: Program) -> None:
        """Keeps the function for customers of whom something is unknown, which has just been compiled."""
        from rulelang.engine.deciding.kept_parts import keep_doubts

        keep_doubts(self.key, program)

    @property
    def rest(self) -> tuple[tuple[Diagnostic, ...], tuple[Source, ...]] | None:
        """What was found when the rules were read, and their texts; None where that isn't kept."""
        found = self.pickled("model")
        if found is None:
            return None
        self._model, diagnostics, sources = found
        return diagnostics, sources

    @property
    def model(self) -> Model:
        """The model, kept or made anew from the rules."""
        if self._model is None:
            found = self.pickled("model")
            self._model = self._make() if found is None else found[0]
        return self._model

    @property
    def declarations(self) -> Model:
        """The model without its rules, where that is kept, else the whole of it."""
        if self._model is not None:
            return self._model
        from rulelang.backends.python.reviving import model_without_rules

        return model_without_rules(self)

    @property
    def program(self) -> Program:
        """The program, made anew from the model."""
        if self._program is None:
            from rulelang.backends.python.program import build

            self._program = build(self.model)
        return self._program

    def require_validity(self, as_of: date) -> None:
        """Raises RuleError where the ruleset isn't valid on a day, or thresholds break a requirement then."""
        first, last = self.head["valid"]
        if first <= as_of.toordinal() <= last and not self.head["requirements"]:
            return
        from rulelang.engine.deciding.validity import require_validity

        require_validity(self.declarations, as_of)


def key_of(kind: str, *parts: bytes) -> str:
    """The name under which a ruleset is kept that is made from some parts."""
    return keeping.digest(kind.encode(), keeping.stamp(), *parts)


def find(key: str, make: Callable[[], Model]) -> Kept | None:
    """The ruleset kept under a key, if any."""
    head = read_plain(f"{key}.head")
    return None if head is None else Kept(key, head, make)


def read_plain(name: str) -> Any:
    """What is kept as plain values under a name; None where nothing is."""
    content = keeping.read(name)
    if content is None:
        return None
    try:
        return marshal.loads(content)
    except (EOFError, ValueError, TypeError):
        return None
