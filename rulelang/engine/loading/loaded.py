"""What loading rules gave: a ruleset, or what stands in its way."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.engine.ruleset import Ruleset


@frozen
class Loaded:
    """A ruleset, or None with the errors that stand in its way; ``paths`` are its files."""

    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...] = ()
    paths: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(each for each in self.diagnostics if severity(each.code) == "error")
