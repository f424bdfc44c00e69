"""JSON: a list of objects, read whole, or one object per line, read line by line."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.sources.content import Content
from rulelang.engine.sources.encoding import Encoding, find_encoding
from rulelang.engine.sources.json_text import NotJson, read_json
from rulelang.engine.sources.source import MOST_COLUMNS, Row, Source, SourceOptions, within_limit

_LONGEST_LINE = 1 << 24


def open_json(content: Content, options: SourceOptions) -> Source:
    """The objects of a JSON list (or of the one list in an object), or a single object; row numbers count them from 1.

    Raises DataError: ``broken-json``, ``duplicate-key``, ``too-deep``, ``not-records``, or what `find_encoding` raises.
    """
    encoding = find_encoding(content, options.encoding)
    with io.TextIOWrapper(content.open(), encoding.name) as stream:
        text = stream.read()
    try:
        value = read_json(text)
    except NotJson as error:
        facts = {"file": content.name, **error.finding.facts}
        raise DataError((evolve(error.finding, facts=facts),)) from error
    items = _items(content.name, value)
    columns = _columns(each for each in items if isinstance(each, dict))
    return _source(content, "json", encoding, columns, lambda: _listed(items, columns), lambda: len(items))


def open_json_lines(content: Content, options: SourceOptions) -> Source:
    """One object per line; row numbers are line numbers. The lines are read once beforehand, for the names in them.

    A line that is no object is a row with a fault; where no line is one, that is the error (``not-records``).
    """
    encoding = find_encoding(content, options.encoding)
    found = [0, 0]

    def objects() -> Iterator[Mapping[str, object]]:
        for _, value, fault in _lines(content, encoding.name):
            found[fault is not None] += 1
            if fault is None:
                yield value

    columns = _columns(objects())
    rows, faults = found
    if not rows:
        code = "not-records" if faults else "empty-data"
        raise DataError((Diagnostic(code, facts={"file": content.name}),))

    def read() -> Iterator[Row]:
        for number, value, fault in _lines(content, encoding.name):
            yield Row(number, tuple(map(value.get, columns)), fault)

    return _source(content, "jsonl", encoding, columns, read, lambda: rows + faults)


def _source(
    content: Content,
    format_: str,
    encoding: Encoding,
    columns: tuple[str, ...],
    read: Callable[[], Iterator[Row]],
    count: Callable[[], int],
) -> Source:
    return Source(
        name=content.name,
        format=format_,
        columns=columns,
        read=read,
        path=None if content.kept else str(content.path),
        notes=(encoding.note,) if encoding.note else (),
        encoding=encoding.name,
        count=count,
        release=content.release,
    )


def _items(name: str, value: object) -> list[object]:
    """The records of a JSON value."""
    if isinstance(value, dict):
        lists = [each for each in value.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
        return lists[0] if len(value) == len(lists) == 1 else [value]
    if isinstance(value, list) and (not value or any(isinstance(each, dict) for each in value)):
        return value
    raise DataError((Diagnostic("not-records", facts={"file": name}),))


def _columns(objects: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """The names in the objects, in the order in which they first appear."""
    names: dict[str, None] = {}
    for each in objects:
        if len(names) <= MOST_COLUMNS:
            names.update(dict.fromkeys(each))
    return within_limit(names)


def _listed(items: Iterable[object], columns: Sequence[str]) -> Iterator[Row]:
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            yield Row(number, tuple(map(item.get, columns)))
        else:
            yield Row(number, (), Diagnostic("not-a-record", facts={"row": number}))


def _lines(content: Content, encoding: str) -> Iterator[tuple[int, dict[str, object], Diagnostic | None]]:
    """Line number, object (empty where there is none) and fault of every line that is not blank."""
    with io.TextIOWrapper(content.open(), encoding, newline=None) as stream:
        for number, line in enumerate(iter(partial(stream.readline, _LONGEST_LINE), ""), 1):
            if line.isspace():
                continue
            if len(line) == _LONGEST_LINE:
                facts = {"file": content.name, "limit": _LONGEST_LINE}
                raise DataError((Diagnostic("line-too-long", facts=facts),))
            try:
                value = read_json(line)
            except NotJson as error:
                yield number, {}, evolve(error.finding, facts={**error.finding.facts, "row": number})
                continue
            if isinstance(value, dict):
                yield number, value, None
            else:
                yield number, {}, Diagnostic("not-a-record", facts={"row": number})
