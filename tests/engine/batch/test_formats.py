"""JSON lines, JSON, workbooks, several files and other encodings through DuckDB: as row by row."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import attrs
import duckdb
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source
from tests.engine.batch.test_batch import AS_OF, HEAD, ROWS, RULES

LINES = [
    '{"id": 1, "spend": 1000.50, "visits": 4, "paid": "2025-01-31", "city": "Rome", "vip": true, "grade": "high"}',
    '{"id": "2", "spend": 1000.4, "visits": 3.0, "paid": "2026-01-01", "city": "rome", "vip": "no", "grade": "低"}',
    '{"visits": null, "spend": "¥1.5万", "id": 3, "paid": "31/12/2025", "extra": {"a": [1, 2.50, null]}}',
    "",
    '{"id": 4, "spend": 12345678901234567890.25, "paid": "2026-01-01", "phone": "+86"}',
    '{"id": 5, "spend": NaN, "visits": 2.5, "paid": "2026-01-01"}',
    '{"id": 6, "spend": 1, "spend": 2, "paid": "2026-01-01"}',
    "[1, 2]",
    '{"id": 7, "spend": 100.00000000000000001, "paid": "2026-01-01", "vip": 1, "phone": ""}',
    '{"id": 8, "spend": 1e3, "paid": "2027-01-01", "vip": false, "phone": "x\\u0000y\\nz, \\"q\\""}',
    '{"id": 9, "spend": -5',
    '{"id": 10, "spend": 0.1, "paid": 20250131, "city": 5, "grade": "none", "extra": 1.10}',
    '{"id": 18446744073709551616, "spend": true, "paid": "2026-01-01"}',
]


def lines(path: Path) -> Path:
    path.write_text("\n".join([*LINES, *LINES[:2]]) + "\n", "utf-8")
    return path


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Customers of May"])
        sheet.write_row(2, 0, HEAD)
        for number, row in enumerate([*ROWS[:2], *ROWS[5:7], ROWS[0]], 3):
            sheet.write_row(number, 0, row)
        for number, spend in enumerate((1000.5, 1000.49, "¥1.5万", None, -3, 2**55), 9):
            sheet.write_row(number, 0, [number, spend, number % 5])
            sheet.write_datetime(number, 3, datetime(2025, number - 2, 28), day)
            sheet.write_row(number, 4, ["Rome", number % 2 == 0, "high"])
            sheet.write_formula(number, 7, "=NA()", value="#N/A")
    return path


def decided(rules: rulelang.Ruleset, data: Path | str, target: Path, engine: str) -> RunSummary:
    with open_source(data) as source:
        options = RunOptions(AS_OF, engine=engine)
        return run(rules, source, options, target, target.with_suffix(".rejects.jsonl"))


def content(path: Path) -> object:
    """What is in a file; a workbook's own bytes tell the time."""
    if path.suffix == ".xlsx":
        return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    if path.suffix == ".parquet":
        with open_source(path) as source:
            return source.types, [list(map(repr, row.cells)) for row in source.rows()]
    return path.read_bytes()


def assert_alike(rules: rulelang.Ruleset, data: Path | str, folder: Path, ending: str) -> RunSummary:
    found = {}
    for engine in ("python", "duckdb"):
        summary = decided(rules, data, folder / f"{engine}{ending}", engine)
        assert not [each for each in summary.notes if each.code == "decided-by-python"]
        notes = tuple(each for each in summary.notes if each.code != "rows-by-python")
        found[engine] = attrs.evolve(summary, target=None, rejects=None, notes=notes)
    one, other = (folder / f"{engine}{ending}" for engine in ("python", "duckdb"))
    assert content(one) == content(other)
    assert found["python"] == found["duckdb"]
    rejects = [each.with_suffix(".rejects.jsonl").read_text("utf-8") for each in (one, other)]
    assert rejects[0] == rejects[1]
    return found["duckdb"]


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".xlsx", ".parquet"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_json_lines_with_every_oddity(tmp_path: Path, ending: str, language: str) -> None:
    rules = rulelang.loads(RULES)
    rules = rulelang.Ruleset(attrs.evolve(rules.model, language=language))
    summary = assert_alike(rules, lines(tmp_path / "customers.ndjson"), tmp_path, ending)
    assert (14, 5) == (summary.rows, summary.rejected)


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".xlsx", ".parquet"])
def test_a_workbook_with_cells_of_all_kinds(tmp_path: Path, ending: str) -> None:
    summary = assert_alike(rulelang.loads(RULES), workbook(tmp_path / "customers.xlsx"), tmp_path, ending)
    assert (11, 1) == (summary.rows, summary.rejected)


def test_a_json_list_and_a_table_in_another_encoding(tmp_path: Path) -> None:
    rules = rulelang.loads(RULES)
    data = tmp_path / "customers.json"
    data.write_text(json.dumps([dict(zip(HEAD, row, strict=True)) for row in ROWS] + [5]), "utf-8")
    assert 3 == assert_alike(rules, data, tmp_path, ".json").rejected
    table = tmp_path / "customers.csv"
    table.write_bytes("Kunden\nid,spend,paid,city\n1,12.5,2026-01-01,北京\n\n2,x,2026-01-01,上\n".encode("gb18030"))
    assert 1 == assert_alike(rules, table, tmp_path, ".csv").rejected


@pytest.mark.parametrize("pattern", ["*.jsonl", "*.csv", "*.xlsx", ""])
def test_a_folder_and_patterns_of_files(tmp_path: Path, pattern: str) -> None:
    rules, parts = rulelang.loads(RULES), tmp_path / "parts"
    parts.mkdir()
    if pattern != "*.xlsx":
        lines(parts / "b.jsonl")
        lines(parts / "a.jsonl")
    (parts / "c.csv").write_text("spend,id,paid\n5,1,2026-01-01\nx,2,2026-01-01\n", "utf-8")
    (parts / "d.csv").write_text("id,spend,paid\n1,,2026-01-01\n\n7,8,x\n", "utf-8")
    if pattern == "":
        (parts / "c.csv").unlink()
        (parts / "d.csv").unlink()
    if pattern == "*.xlsx":
        workbook(parts / "e.xlsx")
        workbook(parts / "f.xlsx")
    summary = assert_alike(rules, f"{parts}/{pattern}" if pattern else parts, tmp_path, ".jsonl")
    assert {"*.jsonl": 10, "*.csv": 2, "*.xlsx": 2, "": 10}[pattern] == summary.rejected


def test_ordinary_lines_are_not_asked_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "customers.jsonl"
    rows = [
        {"id": str(n), "spend": n + n % 4 / 4, "visits": n % 9 + 1, "paid": "2025-06-30", "city": "Rome", "vip": True}
        for n in range(1, 50)
    ]
    data.write_text("\n".join(json.dumps({**each, "grade": "low", "phone": "p"}) for each in rows), "utf-8")
    monkeypatch.setattr("rulelang.engine.running.row_run.RowRun.read", None)
    assert 49 == decided(rulelang.loads(RULES), data, tmp_path / "out.jsonl", "duckdb").decided
    assert date(2026, 6, 30) == AS_OF


SUMS = """
field visits: whole number
outcome score: whole number, sum
outcome points: whole number, sum, undecided when data is missing
if visits > 3 then add 20 * visits to score, add visits to points
if visits < 90 then add visits to score, add 7 to points
"""


@pytest.mark.parametrize(("largest", "kind"), [(50, "BIGINT"), (999_999_999_999_999_999, "DECIMAL(38,0)")])
def test_whole_numbers_have_one_type_in_parquet(largest: int, kind: str, tmp_path: Path) -> None:
    """A sum that could have more digits than 64 bits hold has them only where it does."""
    rules = rulelang.loads(SUMS)
    data, visits = tmp_path / "customers.parquet", f"CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN {largest} ELSE i END"
    duckdb.execute(f"COPY (SELECT i AS id, {visits} AS visits FROM range(99) t(i)) TO '{data}'")
    assert_alike(rules, data, tmp_path, ".parquet")
    for engine in ("python", "duckdb"):
        found = duckdb.execute(f"DESCRIBE SELECT score, points FROM '{tmp_path / engine}.parquet'").fetchall()
        assert [kind, "BIGINT"] == [each[1] for each in found]
