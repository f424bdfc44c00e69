"""Sample customers from YAML, for customers with lists.

    - name: one day more than a year
      as_of: 2026-06-01
      given:
        last_purchase: 2025-05-31
        orders:
          - {paid_on: 2025-05-31, amount: 120}
      expect:
        lifecycle: lost

Where rules decide for each record of a list, its records' outcomes are expected under the list's name, in the order of
the records: ``orders: [{alert: large}, {alert: (no rule)}]``.

The keys are Chinese as well: 样例、基准日、已知、应为. Values stay texts until the field's type reads them, so that the
country code ``NO`` is no "no" and 0.1 is exact.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.engine.extras import extra
from rulelang.model.program import Model
from rulelang.testing.builder import Entry, build_sample, unnamed
from rulelang.testing.sample import Sample, Samples
from rulelang.testing.titles import KEYS, Title, expected_title, read_title, record_title
from rulelang.values.text import clean_text, near_key
from rulelang.vocabulary.declarations import list_spellings

MOST_NODES = 100_000

_NULLS = ("", "~", "null", "Null", "NULL")


@frozen
class _Reader:
    """What the records belong to, the file's name, and the YAML library."""

    model: Model
    file: str
    yaml: Any

    def place(self, node: Any) -> Span:
        mark = node.start_mark
        return Span(self.file, mark.index, node.end_mark.index, mark.line + 1, mark.column + 1)


def read_records(model: Model, file: str, text: str) -> Samples:
    """Reads the samples of a YAML text: a list of samples, or one sample per document.

    Findings about the file: ``broken-yaml``, ``samples-too-large``, ``samples-empty``, ``sample-not-a-record``,
    ``sample-unknown-key``, and those of titles. Raises DataError (``missing-extra``) where PyYAML is not installed.
    """
    reader = _Reader(model, file, extra("yaml", "yaml", file))
    whole = Span(file, 0, 0, 1, 1)
    try:
        documents = list(reader.yaml.compose_all(text, Loader=reader.yaml.BaseLoader))
    except reader.yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = whole if mark is None else Span(file, mark.index, mark.index + 1, mark.line + 1, mark.column + 1)
        return Samples((), (Diagnostic("broken-yaml", place, {"file": file}),))
    except reader.yaml.YAMLError:
        return Samples((), (Diagnostic("broken-yaml", whole, {"file": file}),))
    except RecursionError:
        documents = None
    if documents is None or not _within_limit(documents):
        return Samples((), (Diagnostic("samples-too-large", whole, {"file": file, "limit": MOST_NODES}),))
    records = [record for each in documents for record in _records(reader, each)]
    if not records:
        return Samples((), (Diagnostic("samples-empty", whole, {"file": file}),))
    return sum((_sample(reader, each, number) for number, each in enumerate(records, 1)), Samples())


def _within_limit(documents: list[Any]) -> bool:
    """Whether the nodes can be counted; one node may stand in many places (``*name``), even within itself."""
    waiting, count = [each for each in documents if each is not None], 0
    while waiting and count <= MOST_NODES:
        node = waiting.pop()
        count += 1
        for each in () if isinstance(node.value, str) else node.value:
            waiting += each if isinstance(each, tuple) else (each,)
    return count <= MOST_NODES


def _records(reader: _Reader, document: Any) -> list[Any]:
    if isinstance(document, reader.yaml.SequenceNode):
        return list(document.value)
    empty = document is None or _plain(reader, document) is None
    return [] if empty else [document]


def _sample(reader: _Reader, record: Any, number: int) -> Samples:
    place = reader.place(record)
    if not isinstance(record, reader.yaml.MappingNode):
        return Samples((), (Diagnostic("sample-not-a-record", place, {"number": number}),))
    entries: list[Entry] = []
    findings: list[Diagnostic] = []
    for key, node in record.value:
        meaning = KEYS.get(near_key(str(key.value)))
        if meaning is None:
            keys = tuple(KEYS)
            facts = {"key": str(key.value)}
            findings.append(Diagnostic("sample-unknown-key", reader.place(key), facts, nearest(str(key.value), keys)))
        elif meaning not in ("given", "expect"):
            entries.append(Entry(Title(meaning), str(key.value), _plain(reader, node), reader.place(node)))
        elif isinstance(node, reader.yaml.MappingNode):
            for inner, value in node.value:
                found = _inner(reader, meaning, inner, value)
                findings += [each for each in found if isinstance(each, Diagnostic)]
                entries += [each for each in found if isinstance(each, Entry)]
        elif _plain(reader, node) is not None:
            facts = {"key": str(key.value)}
            findings.append(Diagnostic("sample-not-a-mapping", reader.place(node), facts))
    sample: Sample = build_sample(
        reader.model, entries, place, unnamed(reader.model, "sample", number), tuple(findings)
    )
    return Samples((sample,))


def _inner(reader: _Reader, meaning: str, key: Any, node: Any) -> list[Entry | Diagnostic]:
    """What stands under ``given`` or ``expect``: a value, or what is expected (several rules: one entry each)."""
    written, place = str(key.value), reader.place(key)
    if meaning == "expect" and isinstance(node, reader.yaml.SequenceNode):
        list_ = _decided_list(reader.model, written)
        if list_ is not None:
            return _of_records(reader, list_, node)
    if meaning == "given":
        title = read_title(reader.model, written, place)
        if isinstance(title, Title) and title.meaning != "field":
            title = Diagnostic("sample-unknown-column", place, {"column": written})
    else:
        title = expected_title(reader.model, written, place, written)
    if isinstance(title, Diagnostic):
        return [title]
    value, at = _plain(reader, node), reader.place(node)
    several = value if title.meaning == "rule" and isinstance(value, list) else [value]
    return [Entry(title, written, each, at) for each in several]


def _decided_list(model: Model, written: str) -> str | None:
    """The list of a name, where rules decide for each of its records."""
    name = clean_text(written)
    lists = (each.name for each in model.fields.values() if name in list_spellings(each))
    return next((each for each in lists if model.outcomes_of(each)), None)


def _of_records(reader: _Reader, list_: str, node: Any) -> list[Entry | Diagnostic]:
    """What is expected of the records of a list, one after the other."""
    found: list[Entry | Diagnostic] = []
    for record, one in enumerate(node.value):
        if not isinstance(one, reader.yaml.MappingNode):
            if _plain(reader, one) is not None:
                found.append(Diagnostic("sample-not-a-mapping", reader.place(one), {"key": list_}))
            continue
        for key, value in one.value:
            title = record_title(reader.model, list_, str(key.value), reader.place(key))
            if isinstance(title, Diagnostic):
                found.append(title)
            else:
                found.append(Entry(title, str(key.value), _plain(reader, value), reader.place(value), record))
    return found


def _plain(reader: _Reader, node: Any) -> Any:
    """A node as texts, lists and mappings; an unquoted ``null`` or ``~`` and an empty value are missing."""
    match node:
        case reader.yaml.ScalarNode():
            return None if node.style is None and node.value in _NULLS else node.value
        case reader.yaml.SequenceNode():
            return [_plain(reader, each) for each in node.value]
        case _:
            return {str(key.value): _plain(reader, each) for key, each in node.value}


__all__ = ["MOST_NODES", "read_records"]
