"""JSON and JSON lines as sources."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import Source


def source(path: Path, text: str | bytes, name: str = "in.json") -> Source:
    file = path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return open_source(file)


def table(opened: Source) -> list[tuple[object, ...]]:
    return [(row.number, *row.cells) for row in opened.rows() if row.fault is None]


def faults(opened: Source) -> dict[int, str]:
    return {row.number: row.fault.code for row in opened.rows() if row.fault is not None}


def test_a_list_of_objects(tmp_path: Path) -> None:
    opened = source(tmp_path, '[{"id": "007", "n": 0.10}, {"n": 3, "on": true, "x": null}, 5]')
    assert ("json", ("id", "n", "on", "x")) == (opened.format, opened.columns)
    assert [(1, "007", Decimal("0.10"), None, None), (2, None, 3, True, None)] == table(opened)
    assert {3: "not-a-record"} == faults(opened)
    assert 3 == opened.estimate()


def test_a_list_inside_an_object_and_a_single_object(tmp_path: Path) -> None:
    assert [(1, 1), (2, 2)] == table(source(tmp_path, '{"customers": [\n{"a": 1},\n{"a": 2}\n]}'))
    single = source(tmp_path, '{\n"a": 1,\n"orders": [{"b": 2}]\n}')
    assert [(1, 1, [{"b": 2}])] == table(single)


@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "in.csv", "in.txt"])
def test_one_object_per_line(tmp_path: Path, name: str) -> None:
    opened = source(tmp_path, '{"a": 1}\n\n{"b": "二", "a": NaN}\n', name)
    assert ("jsonl", ("a", "b")) == (opened.format, opened.columns)
    assert [(1, 1, None), (3, None, "二")] == table(opened)
    assert 2 == opened.estimate()


def test_lines_that_are_no_objects_are_faults(tmp_path: Path) -> None:
    huge = '{"a": 1e999999999999999999999}'
    lines = ['{"a": 1}', '{"a": ', "[1]", '{"a": 1, "a": 2}', '{"a": "\\ud83d"}', huge, '{"a": 2}', "[" * 5000]
    opened = source(tmp_path, "\n".join(lines), "in.jsonl")
    assert [(1, 1), (7, 2)] == table(opened)
    expected = {2: "broken-json", 3: "not-a-record", 4: "duplicate-key", 5: "broken-json", 6: "broken-json"}
    assert expected == {row: code for row, code in faults(opened).items() if row != 8}
    assert faults(opened)[8] in ("too-deep", "broken-json")


def test_faults_name_the_place(tmp_path: Path) -> None:
    opened = source(tmp_path, '{"a": 1}\n{"a": 1 "b": 2}\n{"k": 1, "k": 2}\n', "in.jsonl")
    first, second = (row.fault for row in opened.rows() if row.fault)
    assert first is not None and second is not None
    assert (2, 9) == (first.facts["row"], first.facts["at"])
    assert (3, "k") == (second.facts["row"], second.facts["key"])


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("[1, 2]", "in.json", "not-records"),
        ('"text"', "in.json", "not-records"),
        ("hello", "in.json", "broken-json"),
        ('[{"a": 1}', "in.json", "broken-json"),
        ('[{"a": 1, "a": 2}]', "in.json", "duplicate-key"),
        ("hello\nworld\n", "in.jsonl", "not-records"),
        ("", "in.jsonl", "empty-data"),
        ("[" * 100_000, "in.json", "too-deep"),
    ],
)
def test_what_holds_no_records_is_refused(tmp_path: Path, text: str, name: str, code: str) -> None:
    with pytest.raises(DataError) as error:
        source(tmp_path, text, name)
    assert [code] == [each.code for each in error.value.diagnostics]


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    opened = source(tmp_path, "[]")
    assert () == opened.columns
    assert [] == list(opened.rows())


def test_other_encodings_and_byte_order_marks(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16", "gb18030"):
        opened = source(tmp_path, '{"城市": "北京"}\n{"城市": "上海"}\n'.encode(encoding), "in.jsonl")
        assert [(1, "北京"), (2, "上海")] == table(opened)


values = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["a", "b c", "名", ""]), values, min_size=1), min_size=1))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]]) -> None:
    path = tmp_path_factory.mktemp("json")
    whole = source(path, json.dumps(records))
    lines = source(path, "\n".join(json.dumps(each) for each in records), "in.jsonl")
    for opened in (whole, lines):
        expected = [tuple(each.get(name) for name in opened.columns) for each in records]
        assert expected == [tuple(row.cells) for row in opened.rows()]
