"""How a result workbook shows the numbers of the data and of the outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from rulelang.engine.loading.reading import loads
from rulelang.engine.number_formats import NumberFormat, column_formats, shows_days
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source

xlsxwriter = pytest.importorskip("xlsxwriter", reason="needs the excel extra")
pytest.importorskip("python_calamine", reason="needs the excel extra")

AS_OF = date(2026, 6, 30)
RULES = """
field share (占比): percent
field revenue (消费): money in EUR
field last_order (最近下单): date
outcome off (优惠): percent
outcome due (应付): money in EUR
outcome again (下次): date
if revenue > €5 and share > 10% and last_order > 1 day
then off = 12%, due = revenue * 0.1, again = last_order + 10 days
"""
HEAD = ["id", "share", "revenue", "last_order", "note"]
EURO = '#,##0.00 "€"'


def workbook(path: Path, rows: Sequence[Sequence[Any]], formats: Sequence[Any], at: tuple[int, int] = (0, 0)) -> Path:
    """A workbook whose columns have these number formats."""
    down, across = at
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("empty")
        sheet = book.add_worksheet("客户")
        made = [book.add_format({"num_format": each}) for each in formats]
        for number, row in enumerate([HEAD, *rows]):
            for place, cell in enumerate(row):
                write = sheet.write_datetime if isinstance(cell, date) else sheet.write
                write(down + number, across + place, cell, made[place])
    return path


@pytest.mark.parametrize("engine", ["python", "duckdb"])
@pytest.mark.parametrize("at", [(0, 0), (3, 2)])
def test_the_columns_of_a_workbook_stay_as_they_are(tmp_path: Path, engine: str, at: tuple[int, int]) -> None:
    pytest.importorskip("duckdb")
    rows = [
        ["001", 0.15, 1234.5, date(2026, 3, 1), " as typed"],
        ["002", "15 %", "1,234.50", "2026-03-01", 7],
        ["003", 0.5, 20, date(2026, 4, 1), 8],
    ]
    data = workbook(tmp_path / "in.xlsx", rows, ["General", 9, EURO, "dd.mm.yyyy", "General"], at)
    with open_source(data) as source:
        run(loads(RULES), source, RunOptions(AS_OF, engine=engine), tmp_path / "out.xlsx")
    with open_source(tmp_path / "out.xlsx") as result:
        found = [list(each.cells) for each in result.rows()]
        formats = list(result.formats())
    off, due = Decimal("0.12"), Decimal("123.45")
    assert [
        "001",
        Decimal("0.15"),
        Decimal("1234.5"),
        date(2026, 3, 1),
        " as typed",
        off,
        due,
        date(2026, 3, 11),
    ] == found[0]
    assert ["002", "15 %", "1,234.50", "2026-03-01", 7, off, due, date(2026, 3, 11)] == found[1]
    assert [0, 9, EURO, "dd.mm.yyyy", 0, "0.00%", '"€"#,##0.00', "yyyy-mm-dd"] == formats


def test_a_column_of_several_formats_is_shown_as_numbers_come(tmp_path: Path) -> None:
    data = workbook(tmp_path / "in.xlsx", [["1", 0.2, 5, date(2026, 3, 1), ""]], ["@", "0%", "0.00", 14, "@"])
    with xlsxwriter.Workbook(str(tmp_path / "mixed.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_number(1, 1, 0.2, book.add_format({"num_format": "0%"}))
        sheet.write_number(2, 1, 15)
    with open_source(data) as one, open_source(tmp_path / "mixed.xlsx") as mixed:
        assert (0, "0%", "0.00", 14, 0) == one.formats()
        assert (0, 0, 0, 0, 0) == mixed.formats()


def test_text_tables_get_the_formats_of_their_fields(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,占比,消费,最近下单\n1,20%,50,2026-03-01\n", "utf-8")
    with open_source(tmp_path / "in.csv") as source:
        run(loads(RULES), source, RunOptions(AS_OF, language="zh", why=True), tmp_path / "out.xlsx")
    with open_source(tmp_path / "out.xlsx") as result:
        assert ("优惠", "优惠_状态", "优惠_理由", "应付") == result.columns[4:8]
        assert [0, "0.00%", '#,##0.00"欧元"', "yyyy-mm-dd"] == list(result.formats())[:4]
        assert ["0.00%", 0, 0, '#,##0.00"欧元"'] == list(result.formats())[4:8]


def test_a_file_that_does_not_say_has_no_formats(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("no workbook")
    with ZipFile(tmp_path / "other.xlsx", "w") as made:
        made.writestr("content.xml", "<office/>")
    with ZipFile(tmp_path / "broken.xlsx", "w") as made:
        made.writestr("xl/styles.xml", "<a")
    assert [()] * 3 == [
        column_formats(tmp_path / f"{each}.xlsx", "a", 1, range(2)) for each in ("text", "other", "broken")
    ]


@pytest.mark.parametrize("format_", [14, 22, 31, "dd.mm.yyyy", "[$-409]mmm d", '0"年"mm"月"', "[h]:mm"])
def test_formats_of_days(format_: NumberFormat) -> None:
    assert shows_days(format_)


@pytest.mark.parametrize(
    "format_", [0, 9, 44, "0.00%", '#,##0.00 "dollars"', "[Red]0", "[$SFr.-807] 0_m", "General", r"0\d"]
)
def test_formats_of_numbers(format_: NumberFormat) -> None:
    assert not shows_days(format_)
