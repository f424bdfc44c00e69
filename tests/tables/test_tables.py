"""Decision tables from all three sources: what cells may say, how rows combine, and what is refused."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.pipeline import read_model

AS_OF = date(2026, 6, 1)
HEAD = """field amount (金额): number
field city (城市): text
field day (日期一): date
outcome points (积分): whole number, sum
outcome tier (等级): text
"""
SOURCES = ("rules", "csv", "xlsx")
Cells = Sequence[Sequence[object]]


def written(folder: Path, source: str, rows: Cells, policy: str = "", head: str = HEAD, sheet: str = "Data") -> Path:
    """A rule file with one table, in the file itself, in a CSV file or in a workbook."""
    file = folder / "t.rules"
    if source == "rules":
        table = "".join("\n| " + " | ".join(map(str, row)) + " |" for row in rows)
        file.write_text(f'{head}table "T"{policy}:{table}\n', "utf-8")
        return file
    (csv_table if source == "csv" else workbook)(folder / f"table.{source}", rows, sheet)
    file.write_text(f'{head}table "T"{policy} from "table.{source}"\n', "utf-8")
    return file


def csv_table(path: Path, rows: Cells, _: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def workbook(path: Path, rows: Cells, sheet: str, cover: Cells = ()) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, content in ((("Cover", cover),) if cover else ()) + ((sheet, rows),):
            page = book.add_worksheet(name)
            for row, cells in enumerate(content):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        page.write_string(row, column, cell)
                    else:
                        page.write(row, column, cell)


def found(path: Path) -> list[Diagnostic]:
    return [each for each in read_model([path]).errors if each.code != "no-rules"]


def points(rules: rulelang.Ruleset, field: str, values: Iterable[object]) -> list[object]:
    return [rules.decide({field: value}, as_of=AS_OF)["points"] for value in values]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        ("10 .. 20", [10, 15, 20], [9, 21]),
        ("10 ..< 20", [10, 19], [9, 20]),
        ("[10 .. 20)", [10, 19], [9, 20]),
        ("(10 .. 20]", [11, 20], [10, 21]),
        ("(10..20)", [11, 19], [10, 20]),
        ("]10..20[", [11, 19], [10, 20]),
        ("[1,000 .. 2,000)", [1000, 1999], [999, 2000]),
        ("[10,20)", [10, 19], [9, 20]),
        ("（10，20］", [11, 20], [10, 21]),
        ("10至20（不含）", [10, 19], [9, 20]),
        ("10, 20", [10, 20], [15]),
        ("not 10, 20", [15], [10, 20]),
        ("非10、20", [15], [10, 20]),
        ("is missing", [None], [10]),
        ("缺失", [None], [10]),
        ("> 10", [11], [10]),
        ("10以上", [10], [9]),
        ("-", [1, None], []),
    ],
)
def test_numbers(tmp_path: Path, source: str, cell: str, inside: list[object], outside: list[object]) -> None:
    rules = rulelang.load(written(tmp_path, source, [["amount", "=> points"], [cell, 1]]))
    assert [1] * len(inside) == points(rules, "amount", inside)
    assert [0] * len(outside) == points(rules, "amount", outside)


@pytest.mark.parametrize("source", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        ("Gold card", ["Gold card"], ["Gold"]),
        ("Gold card, Silver card", ["Silver card"], ["Gold"]),
        ("not Bern, Basel", ["Rome"], ["Bern", "Basel"]),
        ("1001", ["1001"], ["1002"]),
        ("001, 002", ["001", "002"], ["1", "2"]),
        ("not 001", ["1"], ["001"]),
        ("starts with B", ["Bern"], ["Rome"]),
        ("上海、北京", ["北京"], ["广州"]),
        ("2026-01-31", ["2026-01-31"], ["2026-02-01"]),
    ],
)
def test_texts_need_no_quotation_marks_in_a_spreadsheet(
    tmp_path: Path, source: str, cell: str, inside: list[object], outside: list[object]
) -> None:
    rules = rulelang.load(written(tmp_path, source, [["city", "=> points", "=> tier"], [cell, 1, 7]]))
    assert [1] * len(inside) == points(rules, "city", inside)
    assert [0] * len(outside) == points(rules, "city", outside)
    assert "7" == rules.decide({"city": inside[0]}, as_of=AS_OF)["tier"]


def test_dates_and_numbers_of_a_workbook(tmp_path: Path) -> None:
    rows = [["day", "amount", "=> points"], [date(2026, 1, 31), 0.1, 1], [datetime(2026, 2, 1), 2.0, 2]]
    rules = rulelang.load(written(tmp_path, "xlsx", rows))
    assert 1 == rules.decide({"day": date(2026, 1, 31), "amount": "0.1"}, as_of=AS_OF)["points"]
    assert 2 == rules.decide({"day": date(2026, 2, 1), "amount": 2}, as_of=AS_OF)["points"]


def test_semicolons_part_columns_where_a_comma_is_a_decimal_sign_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("amount;city;=> points\r\n> 5;a, b;3\r\n", "utf-8")
    (tmp_path / "t.rules").write_text(HEAD + 'table "T" from "table.csv"\n', "utf-8")
    rules = rulelang.load(tmp_path / "t.rules")
    assert 3 == rules.decide({"amount": 6, "city": "b"}, as_of=AS_OF)["points"]


# --- how rows combine ---

ROWS = [["amount", "=> o"], ["> 10", 3], ["> 20", 1], ["> 30", 3]]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("policy", "declared", "answers"),
    [
        ("any", "all agree", {5: None, 15: 3, 25: None, 35: None}),
        ("结果一致", "结果一致", {5: None, 15: 3, 25: None, 35: None}),
        ("priority", "highest wins", {5: None, 25: 3, 35: 3}),
        ("按优先顺序", "就低", {15: 3, 35: 1}),
        ("collect sum", "sum", {5: 0, 15: 3, 25: 4, 35: 7}),
        ("累加", "累加", {35: 7}),
        ("collect min", "lowest wins", {5: None, 15: 3, 25: 1}),
        ("取最低", "就低", {15: 3, 25: 1}),
        ("collect max", "highest wins", {15: 3, 25: 3}),
        ("取最高", "就高", {15: 3, 25: 3}),
        ("collect count", "sum", {5: 0, 15: 1, 25: 2, 35: 3}),
        ("计数", "累加", {5: 0, 35: 3}),
        ("collect", "collect", {5: (), 25: (3, 1), 35: (3, 1)}),
        ("first", "last wins", {15: 3, 25: 3, 35: 3}),
        ("unique", "unique", {15: 3, 25: None}),
    ],
)
def test_hit_policies(tmp_path: Path, source: str, policy: str, declared: str, answers: dict[int, object]) -> None:
    head = f"field amount: number\noutcome o: whole number, {declared}\n"
    rules = rulelang.load(written(tmp_path, source, ROWS, f" ({policy})", head))
    assert answers == {each: rules.decide({"amount": each}, as_of=AS_OF)["o"] for each in answers}


def test_rows_that_contradict_each_other_are_named() -> None:
    rules = rulelang.loads(
        "field amount: number\noutcome o: whole number, all agree\n"
        'table "T" (any):\n| amount | => o |\n| > 10 | 1 |\n| > 15 | 1 |\n| > 20 | 2 |\n'
    )
    (disagree,) = rules.decide({"amount": 25}, as_of=AS_OF).problems
    assert ("answers-disagree", "T #1", "T #3") == (disagree.code, disagree.facts["first"], disagree.facts["second"])
    assert (1, 2) == (disagree.facts["first_value"], disagree.facts["second_value"])
    assert 1 == rules.decide({"amount": 16}, as_of=AS_OF)["o"]


@pytest.mark.parametrize(
    ("policy", "declared"),
    [("any", "unique"), ("priority", "all agree"), ("collect count", "collect"), ("collect max", "lowest wins")],
)
def test_a_policy_that_is_not_the_outcomes_is_refused(tmp_path: Path, policy: str, declared: str) -> None:
    head = f"field amount: number\noutcome o: whole number, {declared}\n"
    assert {"table-policy"} == {each.code for each in found(written(tmp_path, "rules", ROWS, f" ({policy})", head))}


def test_several_outcomes_of_one_row_go_together(tmp_path: Path) -> None:
    rows = [["amount", "=> tier", "=> add points", "because"], ["> 10", "a", 1, "more than ten"], ["-", "b", "", ""]]
    for source in SOURCES:
        rules = rulelang.load(written(tmp_path, source, rows, " (first)"))
        high, low = (rules.decide({"amount": each}, as_of=AS_OF) for each in (11, 1))
        assert [("a", 1), ("b", 0)] == [(each["tier"], each["points"]) for each in (high, low)]


# --- what is refused, with its place ---


def place(diagnostic: Diagnostic) -> tuple[str, str, int]:
    assert diagnostic.span is not None
    return diagnostic.code, diagnostic.span.file, diagnostic.span.line


@pytest.mark.parametrize("source", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ([["amount", "points"], ["> 5", 1]], "table-without-result", 1),
        ([["Tariff 2026"], [], ["amount", "=> points"], ["> 5", 1]], "table-head-below", 1),
        ([["amount", "", "=> points"], ["> 5", "x", 1]], "table-column-without-head", 1),
        ([["amount", "=> points"], ["> 5", 1], [date(2026, 1, 31), 2]], "type-mismatch", 3),
        ([["amount", "=> points"], ["> 5", date(2026, 1, 31)]], "assign-type", 2),
        ([["amount", "=> points"], ["> 5", 1], ["> > 5", 1]], "unexpected-text", 3),
        ([["amount", "=> points"], ["[10 .. 5)", 1]], "limits-reversed", 2),
        ([["amnt", "=> points"], ["> 5", 1]], "unknown-name", 1),
    ],
)
def test_what_is_wrong_has_its_place(tmp_path: Path, source: str, rows: Cells, code: str, line: int) -> None:
    name = "table.csv" if source == "csv" else "table.xlsx [Data]"
    assert (code, name, line) in map(place, found(written(tmp_path, source, rows)))


def test_a_row_longer_than_the_head(tmp_path: Path) -> None:
    (wrong,) = found(written(tmp_path, "csv", [["amount", "=> points"], ["> 5", 1], ["> 6", 2, 3]]))
    assert ("table-row-too-long", "table.csv", 3) == place(wrong)


def test_a_cover_before_the_table(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", [["amount", "=> points"], ["> 5", 1]], sheet="2026")
    workbook(tmp_path / "table.xlsx", [["amount", "=> points"], ["> 5", 1]], "2026", cover=[["Tariff"]])
    (wrong,) = found(path)
    assert ("table-other-sheet", ("2026",)) == (wrong.code, wrong.facts["sheets"])
    path.write_text(HEAD + 'table "T" from "table.xlsx" sheet "2026"\n', "utf-8")
    assert 1 == rulelang.load(path).decide({"amount": 6}, as_of=AS_OF)["points"]
    path.write_text(HEAD + 'table "T" from "table.xlsx" sheet "2027"\n', "utf-8")
    assert ["missing-sheet"] == [each.code for each in found(path)]


def test_merged_heads(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = written(tmp_path, "csv", [])
    with xlsxwriter.Workbook(str(tmp_path / "table.xlsx")) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 1, "amount")
        page.write_row(0, 2, ["then points"])
        page.write_row(1, 0, ["> 5", "< 10", 1])
    path.write_text(HEAD + 'table "T" from "table.xlsx"\n', "utf-8")
    assert ["table-column-without-head"] == [each.code for each in found(path)]
