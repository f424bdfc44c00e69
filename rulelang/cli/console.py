"""What a command writes to: results on standard output, messages on standard error, in the reader's language."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.report.terminal import Style

if TYPE_CHECKING:
    from rulelang.explain.labelled import Relabel
    from rulelang.model.program import Model


@frozen
class Console:
    """The reader's language, and the two streams as they are now (a test may exchange them)."""

    lang: str = "en"
    debug: bool = False
    # What puts the labels of the ruleset in hand into findings; the last one loaded counts.
    _labels: list[Relabel] = field(factory=list, eq=False, repr=False)

    def speaks_of(self, model: Model) -> None:
        """Findings from here on name the fields, outcomes and thresholds of a model as its readers know them."""
        if self.lang == "zh":
            from rulelang.explain.labelled import with_labels_of

            self._labels[:] = [with_labels_of(model)]

    @property
    def style(self) -> Style:
        """How standard output is dressed."""
        return Style.of(sys.stdout)

    def say(self, english: str, chinese: str) -> str:
        """The one of two texts that is in the reader's language."""
        return chinese if self.lang == "zh" else english

    def print(self, text: str = "") -> None:
        """Writes a result, with a line end."""
        sys.stdout.write(text + "\n")

    def message(self, text: str) -> None:
        """Writes a message to standard error, with a line end."""
        sys.stdout.flush()
        sys.stderr.write(text + "\n")

    def report(self, diagnostics: Iterable[Diagnostic], sources: Sequence[Source] = ()) -> None:
        """Writes findings to standard error, rendered for a person."""
        found = tuple(diagnostics)
        if found:
            self.message(self.rendered(found, sources, Style.of(sys.stderr)))

    def rendered(self, diagnostics: Iterable[Diagnostic], sources: Sequence[Source], style: Style) -> str:
        """Findings as text; empty where there are none."""
        from rulelang.diagnostics.render import render

        for relabel in self._labels:
            diagnostics = relabel(diagnostics)
        return render(diagnostics, sources, self.lang, style.paint)
