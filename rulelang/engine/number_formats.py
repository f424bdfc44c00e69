"""How the columns of a workbook show their numbers and days: as a currency, as a percentage, as 31.12.2026.

The library that reads the cells leaves this out. Only .xlsx and .xlsm are looked into; others say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

# Excel's number for a format that every workbook has, or the pattern of one of its own; 0 is as it comes.
NumberFormat = int | str
GENERAL: NumberFormat = 0
_ROWS = 1000
_NUMBERS = (None, "n", "d")
_DAY_FORMATS = (range(14, 23), range(27, 37), range(45, 48), range(50, 59))
_DAY_SIGNS = re.compile("[ymdhs]", re.IGNORECASE)
_NOT_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^]]*\]|General', re.IGNORECASE)


def column_formats(path: Path, sheet: str, head: int, columns: range) -> tuple[NumberFormat, ...]:
    """The number format of each of some columns of a sheet, counted from 0: the one that all numbers and days in the
    first thousand rows under the ``head`` have, else `GENERAL`. Empty where the file does not say.
    """
    try:
        with ZipFile(path) as book:
            found: list[set[NumberFormat]] = [set() for _ in columns]
            styles = _styles(book)
            for place, style in _styled(book, _part(book, sheet), head):
                if place in columns:
                    found[columns.index(place)].add(styles[style])
    except (BadZipFile, ElementTree.ParseError, LookupError, OSError, ValueError, NotImplementedError, RuntimeError):
        return ()
    return tuple(each.pop() if len(each) == 1 else GENERAL for each in found)


def shows_days(format_: NumberFormat) -> bool:
    """Whether a format makes days of numbers."""
    if isinstance(format_, int):
        return any(format_ in each for each in _DAY_FORMATS)
    return bool(_DAY_SIGNS.search(_NOT_SIGNS.sub("", format_)))


def _styles(book: ZipFile) -> list[NumberFormat]:
    """The number format of each style."""
    root = ElementTree.fromstring(book.read("xl/styles.xml"))
    own = {each.attrib["numFmtId"]: each.attrib["formatCode"] for each in root.iterfind("{*}numFmts/{*}numFmt")}
    named = (each.get("numFmtId", "0") for each in root.iterfind("{*}cellXfs/{*}xf"))
    formats: list[NumberFormat] = [own.get(each, int(each)) for each in named]
    return [GENERAL if each == "General" else each for each in formats]


def _part(book: ZipFile, sheet: str) -> str:
    """The file of a sheet in the workbook. Raises KeyError."""
    root = ElementTree.fromstring(book.read("xl/workbook.xml"))
    ids = {
        each.attrib["name"]: value
        for each in root.iterfind("{*}sheets/{*}sheet")
        for name, value in each.attrib.items()
        if name.endswith("}id")
    }
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {each.attrib["Id"]: each.attrib["Target"] for each in links}
    target = targets[ids[sheet]]
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _styled(book: ZipFile, part: str, head: int) -> Iterator[tuple[int, int]]:
    """The place and the style of each number in the first rows under the head."""
    number = 0
    with book.open(part) as stream:
        for _, row in ElementTree.iterparse(stream):
            if row.tag.rpartition("}")[2] != "row":
                continue
            number = int(row.get("r", number + 1))
            place = -1
            for cell in row if number > head else ():
                name = cell.get("r")
                place = _place(name) if name else place + 1
                if cell.get("t") in _NUMBERS and cell.find("{*}v") is not None:
                    yield place, int(cell.get("s", 0))
            row.clear()
            if number >= head + _ROWS:
                return


def _place(name: str) -> int:
    """The place of a column from the name of a cell: 0 for A7."""
    place = 0
    for letter in name.rstrip("0123456789"):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
