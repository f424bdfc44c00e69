"""Text in columns and paragraphs, counted in terminal cells: a full-width character takes two."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rulelang.diagnostics.position import display_width

# What may stand at the start of a line after a break: a word, or one full-width character with its closing marks.
_PIECE = re.compile(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef][，。、；：？！）】》”’]*")
_GAP = "  "


def pad(text: str, width: int, align: str = "<") -> str:
    """The text filled up with spaces to ``width`` cells, on the left for ``align=">"``."""
    space = " " * max(width - display_width(text), 0)
    return space + text if align == ">" else text + space


def shorten(text: str, width: int) -> str:
    """The text on one line, cut to ``width`` cells with an ellipsis."""
    text = " ".join(text.split())
    if display_width(text) <= width:
        return text
    kept, used = "", 0
    for each in text:
        used += display_width(each)
        if used > width - 1:
            break
        kept += each
    return kept + "…"


def wrap(text: str, width: int, indent: str = "") -> str:
    """The text in lines of at most ``width`` cells; Chinese breaks between characters, never before a closing mark."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _PIECE.findall(paragraph):
            if line.strip() and display_width(indent + line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            if line or not piece.isspace():
                line += piece
        lines.append(line.rstrip())
    return "\n".join((indent + line).rstrip() for line in lines)


def columns(rows: Sequence[Sequence[str]], align: Sequence[str] = ()) -> list[str]:
    """The rows as lines of aligned columns, two spaces apart; ``align`` has ``<`` or ``>`` per column.

    A column in which every cell is empty takes no room.
    """
    count = max((len(row) for row in rows), default=0)
    sides = [*align, *["<"] * (count - len(align))]
    widths = [max((display_width(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    return [
        _GAP.join(
            pad(cell, width, side) for cell, width, side in zip(row, widths, sides, strict=False) if width
        ).rstrip()
        for row in rows
    ]
