"""CSV and its cousins as they come."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import Row, Source, SourceOptions
from rulelang.values.text import clean_text

PEOPLE = [["id", "name", "city"], ["00123", "张三", "北京"], ["7", "Ann, Lee", 'say "hi"']]


def source(path: Path, data: bytes | str, name: str = "in.csv", options: SourceOptions | None = None) -> Source:
    file = path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return open_source(file, options)


def cells(opened: Source) -> list[list[object]]:
    return [list(row.cells) for row in opened.rows() if row.fault is None]


def faults(opened: Source) -> dict[int, str]:
    return {row.number: row.fault.code for row in opened.rows() if row.fault is not None}


def codes(error: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [each.code for each in error.value.diagnostics]


def written(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_delimiter_encoding_and_line_ends_are_found(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    opened = source(tmp_path, written(PEOPLE, delimiter, end).encode(encoding))
    assert tuple(PEOPLE[0]) == opened.columns
    assert PEOPLE[1:] == cells(opened)
    assert delimiter == opened.delimiter
    assert (["encoding-guessed"] if encoding == "gb18030" else []) == [each.code for each in opened.notes]


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(
    ['"', "a\nb", "a\r\nb", ",", ";;", "\t", "'", " x ", "1,5", '""', "|"]
)


rows_not_blank = st.tuples(text, text, text).filter(lambda row: any(clean_text(each) for each in row))


@settings(max_examples=80, deadline=None)
@given(st.lists(rows_not_blank, min_size=1), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_writer_wrote_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], delimiter: str
) -> None:
    data = written([["first", "second", "third"], *map(list, rows)], delimiter)
    opened = source(tmp_path_factory.mktemp("csv"), data, options=SourceOptions(delimiter=delimiter))
    assert [list(row) for row in rows] == cells(opened)
    assert {} == faults(opened)


@pytest.mark.parametrize(
    ("head", "line", "delimiter"),
    [
        ("a;b", "1,5;2,5", ";"),
        ("name;note", 'x;"a, b, c"', ";"),
        ('"age";"job"', '58;"management"', ";"),
        ("name\tnote", "x\tone, two", "\t"),
        ("a|b|c", "1|2|3,4", "|"),
        ("id,when", "1,10:30;5", ","),
        ("姓名，城市", "张三，北京", "，"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(tmp_path: Path, head: str, line: str, delimiter: str) -> None:
    opened = source(tmp_path, "\n".join([head, line, line]))
    assert delimiter == opened.delimiter
    assert len(opened.columns) == len(cells(opened)[0])


def test_excel_says_the_delimiter_in_a_first_line(tmp_path: Path) -> None:
    opened = source(tmp_path, "sep=;\na;b\n1,0;2\n")
    assert ("a", "b") == opened.columns
    assert [Row(3, ["1,0", "2"])] == list(opened.rows())


def test_spaces_after_delimiters_belong_to_nothing(tmp_path: Path) -> None:
    assert [["x, y", "z"]] == cells(source(tmp_path, '"a", "b"\n"x, y", "z"\n'))


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    opened = source(tmp_path, "customer name\nJohn Smith\nAnn Lee\n")
    assert ("customer name",) == opened.columns
    assert [["John Smith"], ["Ann Lee"]] == cells(opened)


def test_columns_set_apart_by_spaces_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        source(tmp_path, " id  date amount\n 00001 19970101  11.77\n 00002 19970112  12.00\n")
    assert ["no-delimiter"] == codes(error)


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    opened = source(tmp_path, 'id,note\n1,"two\nlines"\n\n2,x\n,\n3,y\n')
    assert [2, 4, 6] == [row.number for row in opened.rows()]


def test_rows_can_be_read_again_and_sampled(tmp_path: Path) -> None:
    opened = source(tmp_path, "a,b\n1,2\n3\n4,5\n6,7\n")
    assert list(opened.rows()) == list(opened.rows())
    assert [["1", "2"], ["4", "5"]] == [list(row.cells) for row in opened.sample(2)]
    assert 4 == opened.estimate()


def test_rows_of_another_length_are_faults(tmp_path: Path) -> None:
    opened = source(tmp_path, "a,b\n1\n1,2\n1,2,3\n1,2,,\n")
    assert {2: "row-length", 4: "row-length"} == faults(opened)
    assert [["1", "2"], ["1", "2"]] == cells(opened)
    fault = next(iter(opened.rows())).fault
    assert fault is not None
    assert {"row": 2, "found": 1, "expected": 2} == fault.facts


def test_an_unclosed_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    lines = ["id,name", "1,ann", '2,"bob', "3,carl", '4,"dora"', "5,eve", '6,"two\nlines"']
    opened = source(tmp_path, "\n".join(lines) + "\n")
    assert {3: "broken-quotes"} == faults(opened)
    assert [["1", "ann"], ["3", "carl"], ["4", "dora"], ["5", "eve"], ["6", "two\nlines"]] == cells(opened)


def test_an_unclosed_quotation_mark_at_the_end_costs_one_row(tmp_path: Path) -> None:
    opened = source(tmp_path, 'id,name\n1,"ann\n' + "".join(f"{number},x\n" for number in range(2, 20_000)))
    assert {2: "broken-quotes"} == faults(opened)
    assert 19_998 == len(cells(opened))


def test_half_a_cell_is_never_taken_for_a_row(tmp_path: Path) -> None:
    opened = source(tmp_path, 'id,name\n"1,a\nb"x,2\n3,c\n')
    assert {2: "broken-quotes", 3: "broken-quotes"} == faults(opened)
    assert [["3", "c"]] == cells(opened)


def test_a_quotation_mark_inside_a_bare_cell_is_a_character(tmp_path: Path) -> None:
    assert [["1", '5" pipe']] == cells(source(tmp_path, 'id,name\n1,5" pipe\n'))


def test_a_null_character_spoils_its_row(tmp_path: Path) -> None:
    opened = source(tmp_path, b"id,name\n1,a\x00b\n2,c\n")
    assert {2: "null-character"} == faults(opened)
    assert [["2", "c"]] == cells(opened)
    with pytest.raises(DataError) as error:
        source(tmp_path, b"i\x00d,name\n1,a\n")
    assert ["null-character"] == codes(error)


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        source(tmp_path, "id,name, id \n1,2,3\n")
    assert ["duplicate-column"] == codes(error)
    assert "id" == error.value.diagnostics[0].facts["column"]


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"\xef\xbb\xbf", ",,\n,,\n".encode("utf-16")])
def test_nothing_at_all_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DataError) as error:
        source(tmp_path, data)
    assert ["empty-data"] == codes(error)


def test_a_head_alone_has_no_rows(tmp_path: Path) -> None:
    opened = source(tmp_path, "id,name\n")
    assert ("id", "name") == opened.columns
    assert [] == list(opened.rows())


def test_columns_without_a_name_are_called_by_their_place(tmp_path: Path) -> None:
    opened = source(tmp_path, ",a,\n0,1,2\n")
    assert ("column 1", "a", "column 3") == opened.columns
    assert [["0", "1", "2"]] == cells(opened)


def test_a_title_above_the_head_is_passed_over_and_said(tmp_path: Path) -> None:
    opened = source(tmp_path, "客户名单,,\n\nid,name,city\n1,a,b\n")
    assert ("id", "name", "city") == opened.columns
    assert [("title-row", 1)] == [(each.code, each.facts["row"]) for each in opened.notes]
    assert [4] == [row.number for row in opened.rows()]


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        source(tmp_path, ",".join(map(str, range(16_385))) + "\n")
    assert ["too-many-columns"] == codes(error)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        list(source(tmp_path, "a,b\n1,2\n" + "x" * (1 << 21)).rows())
    assert ["line-too-long"] == codes(error)


def test_a_stated_delimiter_is_one_character(tmp_path: Path) -> None:
    assert [["1,5"]] == cells(source(tmp_path, "a\n1,5\n", options=SourceOptions(delimiter="tab")))
    with pytest.raises(DataError) as error:
        source(tmp_path, "a,b\n", options=SourceOptions(delimiter=",,"))
    assert ["unknown-delimiter"] == codes(error)


def test_a_large_file_is_never_in_memory(tmp_path: Path) -> None:
    line = ",".join(["some text that fills the row"] * 10) + "\n"
    opened = source(tmp_path, ",".join("abcdefghij") + "\n" + line * 40_000)  # 11 MB
    tracemalloc.start()
    count = sum(1 for _ in opened.rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 40_000 == count
    assert peak < 1_500_000
