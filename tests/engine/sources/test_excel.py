"""Workbooks as sources."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import Row, Source, SourceOptions

xlsxwriter = pytest.importorskip("xlsxwriter", reason="needs the excel extra")
pytest.importorskip("python_calamine", reason="needs the excel extra")


def book(path: Path, fill: Callable[[Any], None], name: str = "in.xlsx") -> Path:
    file = path / name
    with xlsxwriter.Workbook(str(file)) as made:
        fill(made)
    return file


def filled(rows: list[list[object]], at: tuple[int, int] = (0, 0)) -> Callable[[Any], None]:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet("客户")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for down, row in enumerate(rows):
            for across, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at[0] + down, at[1] + across, value, day)
                elif value is not None:
                    sheet.write(at[0] + down, at[1] + across, value)

    return fill


def rows(opened: Source) -> list[list[object]]:
    return [list(row.cells) for row in opened.rows()]


def test_cells_keep_their_kind(tmp_path: Path) -> None:
    values = ["00123", 13800000000, 0.1, 1234.5, True, date(2026, 1, 31), datetime(2026, 1, 31, 9, 30)]
    opened = open_source(book(tmp_path, filled([list("abcdefg"), values])))
    assert "excel" == opened.format
    expected = ["00123", 13800000000, Decimal("0.1"), Decimal("1234.5"), *values[4:]]
    assert [expected] == rows(opened)
    assert list(map(type, expected)) == list(map(type, rows(opened)[0]))


def test_numbers_are_those_that_excel_shows(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=0.1+0.2", None, 0.1 + 0.2)
        sheet.write_formula(1, 1, "=1/3", None, 1 / 3)

    assert [[Decimal("0.3"), Decimal("0.333333333333333")]] == rows(open_source(book(tmp_path, fill)))


def test_rows_are_numbered_as_in_the_sheet(tmp_path: Path) -> None:
    file = book(tmp_path, filled([["名单", None], ["id", "city"], [1, "a"], [None, None], [2, "b"]], at=(2, 1)))
    opened = open_source(file)
    assert ("id", "city") == opened.columns
    assert [Row(5, [1, "a"]), Row(7, [2, "b"])] == list(opened.rows())
    assert [("title-row", 3)] == [(each.code, each.facts["row"]) for each in opened.notes]
    assert list(opened.rows()) == list(opened.rows())


def test_cells_beyond_the_head_are_faults_and_blank_columns_are_not_there(tmp_path: Path) -> None:
    opened = open_source(book(tmp_path, filled([["id", "city", " "], [1, None, None], [1, 2, None]])))
    assert ("id", "city") == opened.columns
    assert [[1, ""], [1, 2]] == rows(opened)
    opened = open_source(book(tmp_path, filled([["id", "city"], [1, 2, 3]]), "beyond.xlsx"))
    assert ("id", "city", "column 3") == opened.columns


def test_a_head_may_be_a_number_or_a_date(tmp_path: Path) -> None:
    opened = open_source(book(tmp_path, filled([[2026, date(2026, 1, 31)], [1, 2]])))
    assert ("2026", "2026-01-31") == opened.columns


def test_the_first_visible_sheet_with_something_in_it_is_read(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        hidden = made.add_worksheet("hidden")
        made.add_worksheet("empty").activate()
        hidden.write_row(0, 0, ["secret", "x"])
        hidden.hide()
        for name in ("first", "second"):
            made.add_worksheet(name).write_row(0, 0, [name, "x"])

    file = book(tmp_path, fill)
    opened = open_source(file)
    assert ("first", "x") == opened.columns
    assert [("sheet-chosen", "first", ("second",))] == [
        (each.code, each.facts["sheet"], each.facts["others"]) for each in opened.notes
    ]
    assert ("second", "x") == open_source(file, SourceOptions(sheet="second")).columns
    with pytest.raises(DataError) as error:
        open_source(file, SourceOptions(sheet="third"))
    assert "no-such-sheet" == error.value.diagnostics[0].code
    assert "second" in error.value.diagnostics[0].nearest


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    file = book(tmp_path, filled([["a", "b"], [1, 2]])).rename(tmp_path / "in.csv")
    assert "excel" == open_source(file).format


@pytest.mark.parametrize("cells", [[], [[None]]])
def test_an_empty_workbook_is_refused(tmp_path: Path, cells: list[list[object]]) -> None:
    with pytest.raises(DataError, match="empty-data"):
        open_source(book(tmp_path, filled(cells)))


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="duplicate-column"):
        open_source(book(tmp_path, filled([["a", "a"], [1, 2]])))


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = book(tmp_path, filled([["a", "b"], [1, 2]]))
    damaged = tmp_path / "damaged.xlsx"
    data = whole.read_bytes()
    damaged.write_bytes(data[: len(data) // 2] + b"\0" * 100)
    with pytest.raises(DataError) as error:
        open_source(damaged)
    assert error.value.diagnostics[0].code in ("unreadable-workbook", "unknown-format")


def test_without_the_extra_the_message_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = book(tmp_path, filled([["a", "b"], [1, 2]]))
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(DataError) as error:
        open_source(file)
    (finding,) = error.value.diagnostics
    assert "missing-extra" == finding.code
    assert "excel" == finding.facts["extra"]


def test_the_sheet_with_the_wanted_titles_is_read_from_its_head_on(tmp_path: Path) -> None:
    def fill(workbook: Any) -> None:
        rows = {
            "cover": [["Report", "May"], ["Prepared by", "Ann"]],
            "data": [
                ["Export of", "2026-05-31"],
                ["Rows", 2, "all"],
                ["id", "balance", "more"],
                [1, 5, "x"],
                [2, 6, "y"],
            ],
            "other": [["id", "else"], [7, 8]],
        }
        for name, cells in rows.items():
            sheet = workbook.add_worksheet(name)
            for place, row in enumerate(cells):
                sheet.write_row(place, 0, row)

    file = book(tmp_path, fill)
    opened = open_source(file, SourceOptions(wanted=lambda: {"id", "balance"}))
    assert ("id", "balance", "more") == opened.columns
    assert [(4, [1, 5, "x"]), (5, [2, 6, "y"])] == [(each.number, list(each.cells)) for each in opened.rows()]
    *titles, chosen = opened.notes
    assert [1, 2] == [each.facts["row"] for each in titles]
    assert ("data", ("cover", "other"), 2) == tuple(chosen.facts[each] for each in ("sheet", "others", "matched"))
    assert ("Report", "May") == open_source(file, SourceOptions(wanted=lambda: {"none"})).columns
    assert ("id", "else") == open_source(file, SourceOptions(sheet="other", wanted=lambda: {"balance"})).columns
