"""A progress line on a terminal; silent everywhere else."""

from __future__ import annotations

import time
from typing import TextIO

from attrs import define, field

from rulelang.report.layout import pad, shorten
from rulelang.report.terminal import Style

_EVERY = 0.1
_BAR = 24


@define
class Progress:
    """Shows how many rows are done: ``progress(1200)`` or ``progress(1200, 45211)``.

    Draws at most ten times a second and takes its line away at the end (``with Progress(sys.stderr) as progress``).
    """

    stream: TextIO
    unit: str = "rows"
    _drawn: float = field(default=0.0, init=False)
    _shown: bool = field(default=False, init=False)

    def __call__(self, done: int, total: int | None = None) -> None:
        """Reports that ``done`` rows are finished, of ``total`` where that is known."""
        now = time.monotonic()
        if now - self._drawn < _EVERY or not self.stream.isatty():
            return
        self._drawn = now
        self._shown = True
        text = f"{done:,} {self.unit}"
        if total:
            filled = round(_BAR * min(done / total, 1))
            text = f"{'█' * filled}{'░' * (_BAR - filled)} {min(done / total, 1):.0%} {text}"
        width = Style.of(self.stream).width - 1
        self._write("\r" + pad(shorten(text, width), width))

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._shown:
            self._write("\r" + " " * (Style.of(self.stream).width - 1) + "\r")

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()
