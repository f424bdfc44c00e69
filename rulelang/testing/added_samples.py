"""Adds customers to a sample file, their answers left open: ``?`` fails until a person has written what is right."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang.engine.sources.content import content_of
from rulelang.engine.sources.delimiters import find_delimiter
from rulelang.engine.sources.encoding import find_encoding
from rulelang.model.program import Model
from rulelang.testing.discover import RULES_ENDING, SAMPLE_MARKS
from rulelang.testing.expected import OPEN
from rulelang.testing.suggest import Suggestion
from rulelang.testing.titles import NAME_WORDS, Title, read_title
from rulelang.values.durations import Duration
from rulelang.values.numbers import show_number
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import as_given
from rulelang.vocabulary.types import Choice, Length, ListOf

_WORDS = {"en": ("name", "as_of", "expect {}", "yes", "no"), "zh": ("样例", "基准日", "应为 {}", "是", "否")}


@frozen
class Added:
    """What was written: the file, how many customers, and how many could not be (they have lists)."""

    file: Path
    count: int
    left_out: int


def add_samples(
    model: Model, rules: Path, files: Sequence[Path], suggestions: Sequence[tuple[str, Suggestion]], lang: str
) -> Added:
    """Writes named suggestions to the ruleset's sample file (CSV), made where there is none. Raises OSError.

    The file keeps its encoding, its signs and everything in it; columns that are needed are added at the right.
    """
    tables = [each for each in files if each.suffix.casefold() == ".csv"]
    if rules.is_dir():  # several files that are one ruleset: its samples stand beside the first
        rules = min(rules.glob(f"*{RULES_ENDING}"))
    file = tables[0] if tables else rules.with_suffix(f"{SAMPLE_MARKS[1 if lang == 'zh' else 0]}.csv")
    fitting = [(name, each) for name, each in suggestions if not _has_lists(model, each.values)]
    if fitting:
        _write(model, file, fitting, lang if not tables else None)
    return Added(file, len(fitting), len(suggestions) - len(fitting))


def _has_lists(model: Model, values: Mapping[str, Any]) -> bool:
    return any(isinstance(model.fields[name].type, ListOf) for name in values)


def _write(model: Model, file: Path, suggestions: Sequence[tuple[str, Suggestion]], lang: str | None) -> None:
    text, encoding, delimiter = _read(file)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    head = rows[0] if rows else []
    titles = [read_title(model, each, None) for each in head]
    language = lang or ("zh" if any(_is_chinese(each) for each in head) else "en")
    columns: dict[Title, int] = {each: place for place, each in enumerate(titles) if isinstance(each, Title)}
    for title in _needed(model, suggestions):
        if title not in columns:
            columns[title] = len(head)
            head = [*head, _written_title(model, title, language)]
    ending = "\r\n" if "\r\n" in text else "\n"
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=ending)
    if not rows or len(head) > len(rows[0]):
        writer.writerow(head)
        writer.writerows([*row, *[""] * (len(head) - len(row))] for row in rows[1:] if row)
        body = stream.getvalue()
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=delimiter, lineterminator=ending)
    else:
        body = text if not text or text.endswith(("\n", "\r")) else text + ending
    for name, each in suggestions:
        cells = [""] * len(head)
        for title, cell in _cells(model, name, each, language):
            cells[columns[title]] = cell
        writer.writerow(cells)
    file.write_bytes((body + stream.getvalue()).encode(encoding))


def _read(file: Path) -> tuple[str, str, str]:
    """Text, encoding and delimiter of a sample file, as they are; of one that is to be made as they will be."""
    if not file.exists():
        return "", "utf-8", ","
    encoding = find_encoding(content_of(file)).name
    text = file.read_bytes().decode(encoding)
    return text, encoding, find_delimiter(file.name, text[:20_000])


def _needed(model: Model, suggestions: Sequence[tuple[str, Suggestion]]) -> list[Title]:
    named = [Title("name"), Title("as_of")]
    fields = {name for _, each in suggestions for name in each.values}
    outcomes = {name for _, each in suggestions for name in each.outcomes}
    return [
        *named,
        *(Title("field", name) for name in model.fields if name in fields),
        *(Title("value", name) for name in model.outcomes if name in outcomes),
    ]


def _written_title(model: Model, title: Title, lang: str) -> str:
    name, day, expected, _, _ = _WORDS[lang]
    match title.meaning:
        case "name":
            free = (each for each in (name, *NAME_WORDS) if read_title(model, each, None) == title)
            return next(free, name)  # a field may be called name
        case "as_of":
            return day
        case "value":
            return expected.format(_shown(model.outcomes[title.key].name, model.outcomes[title.key].label, lang))
    return _shown(model.fields[title.key].name, model.fields[title.key].label, lang)


def _cells(model: Model, name: str, suggestion: Suggestion, lang: str) -> list[tuple[Title, str]]:
    return [
        (Title("name"), name),
        (Title("as_of"), suggestion.as_of.isoformat()),
        *(
            (Title("field", each), cell_text(model.fields[each], value, lang))
            for each, value in suggestion.values.items()
        ),
        *((Title("value", each), OPEN) for each in suggestion.outcomes),
    ]


def cell_text(field: Field, value: Any, lang: str) -> str:
    """A value as it is written in a sample file."""
    match value:
        case bool():
            return _WORDS[lang][3 if value else 4]
        case date():
            return value.isoformat()
        case int() if isinstance(field.type, Length):
            return str(Duration(value, field.type.unit))
        case int() | Decimal():
            given = as_given({field.name: value}, {field.name: field})[field.name]
            return given if isinstance(given, str) else show_number(value)
    if isinstance(field.type, Choice):
        member = field.type.member(str(value))
        return str(value) if member is None else _shown(member.key, member.label, lang)
    return str(value)


def _shown(name: str, label: str | None, lang: str) -> str:
    return label if lang == "zh" and label is not None else name


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= each <= "\u9fff" for each in text)
