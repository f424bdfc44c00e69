"""How a report is dressed: colours and rules on a terminal, the same plain and aligned text in a pipe.

style = Style.of(sys.stdout)
print(table(("class", "count"), rows, ("<", ">"), style))
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from typing import TextIO

from attrs import frozen

from rulelang.diagnostics.position import display_width
from rulelang.report.layout import columns

_CODES = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "good": "32",
    "heading": "1",
    "mark": "31",
    "place": "2",
    "faint": "2",
    "help": "36",
}
_PIPE_WIDTH = 100
_WIDEST = 140


@frozen
class Style:
    """What the place a text goes to can show; ``width`` is in cells."""

    colour: bool = False
    width: int = _PIPE_WIDTH

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """Colour on a terminal only, and not where ``NO_COLOR`` is set or the terminal is ``dumb``."""
        if not (hasattr(stream, "isatty") and stream.isatty()):
            return cls()
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return cls(not plain, min(shutil.get_terminal_size((_PIPE_WIDTH, 24)).columns, _WIDEST))

    def paint(self, text: str, role: str) -> str:
        """The text in the colour of its role (error, warning, note, good, heading, mark, place, faint, help)."""
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if self.colour and text and role in _CODES else text


def table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], align: Sequence[str] = (), style: Style | None = None
) -> str:
    """Rows under their titles; on a terminal with a line between."""
    style = style or Style()
    lines = columns([titles, *rows], align)
    if style.colour:
        longest = max(display_width(line) for line in lines)
        lines[0] = style.paint(lines[0], "heading")
        lines.insert(1, style.paint("─" * min(longest, style.width), "faint"))
    return "\n".join(lines)
