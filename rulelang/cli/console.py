"""What a command writes to: results on standard output, messages on standard error, in the reader's language."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.report.terminal import Style


@frozen
class Console:
    """The reader's language, and the two streams as they are now (a test may exchange them)."""

    lang: str = "en"
    debug: bool = False

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

        return render(diagnostics, sources, self.lang, style.paint)
