"""Tables as offices keep them: units in headings, rows of totals, several sheets; in both languages, from workbooks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.cli.conftest import Call

RULES = """
字段 年收入（income）：金额（元）
字段 保额（cover）：金额（元）
字段 保单（policies）：明细保单（保费（premium）：金额（元），缴费日（due）：日期）
结论 缺口（gap）：金额
结论 保费合计（total）：金额
一律缺口为年收入×10-保额
一律保费合计为保单的保费合计
"""


def workbook(path: Path, **sheets: Sequence[Sequence[Any]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "x.rules").write_text(RULES, "utf-8")
    return tmp_path


def answers(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / name).read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("heading", "pairs", "lang"),
    [
        ("年收入（万元）", (), "zh"),
        ("收入（万元）", ("--map", "收入（万元）=年收入"), "zh"),
        ("Income (k¥)", (), "en"),
        ("salary in thousands", ("--map", "salary in thousands=income"), "en"),
    ],
)
def test_the_unit_of_a_heading_counts(rules: Path, call: Call, heading: str, pairs: tuple[str, ...], lang: str) -> None:
    factor = 10_000 if "万" in heading else 1000
    workbook(
        rules / "c.xlsx", 表=[("客户号", heading, "保额"), ("K1", 20, 500_000), ("K2", 15.5, 0), ("K3", "200元", 0)]
    )
    told = call("run", "x.rules", "c.xlsx", "-o", "o.json", *pairs, "--lang", lang)
    key = "缺口" if "缺口" in answers(rules, "o.json")[0] else "gap"
    assert [20 * factor * 10 - 500_000, 15.5 * factor * 10] == [each[key] for each in answers(rules, "o.json")]
    assert "column-in-unit" in told.stdout
    assert ("与列名中的单位不同" if lang == "zh" else "the heading names another unit") in told.stdout
    assert [20, 15.5] == [each[heading] for each in answers(rules, "o.json")]


def test_a_heading_in_another_currency_is_an_error(rules: Path, call: Call) -> None:
    workbook(rules / "c.xlsx", 表=[("客户号", "收入（万美元）", "保额"), ("K1", 20, 500_000)])
    told = call("run", "x.rules", "c.xlsx", "--map", "收入（万美元）=年收入", "--lang", "zh")
    assert (1, True) == (told.exit_code, "heading-currency" in told.stderr)


def test_units_in_the_headings_of_a_second_table_count(rules: Path, call: Call) -> None:
    workbook(rules / "c.xlsx", 客户=[("客户号", "年收入", "保额"), ("K1", 1, 0)])
    workbook(
        rules / "p.xlsx",
        保单=[("客户号", "保费（万元）", "缴费日"), ("K1", 2, "2026-01-01"), ("K1", "0.5", "2026-01-02")],
    )
    told = call("run", "x.rules", "c.xlsx", "--with", "保单=p.xlsx", "--key", "客户号", "-o", "o.json", "--lang", "zh")
    assert 25_000 == answers(rules, "o.json")[0]["保费合计"], told.stdout
    assert "保单.保费" in told.stdout
    shown = call(
        "explain", "x.rules", "c.xlsx", "--with", "保单=p.xlsx", "--key", "客户号", "--row", "2", "--lang", "zh"
    )
    assert "2.5万" in shown.stdout or "25000" in shown.stdout


def test_what_duckdb_does_not_do_is_named_and_left_to_the_other_engine(rules: Path, call: Call) -> None:
    (rules / "c.csv").write_text("客户号,年收入（万元）,保额\nK1,20,0\n", "utf-8")
    told = call("run", "x.rules", "c.csv", "--engine", "duckdb", "--lang", "zh")
    assert (2, True) == (told.exit_code, "列名中的单位" in told.stderr)


TOTALS = [
    ("客户名称", "年收入", "保额"),
    ("张三", 1000, 0),
    ("小 计：", 1000, 0),
    ("李四", 3000, 0),
    (None, None, None),
    ("合计", 4000, 0),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_row_of_totals_is_no_customer(rules: Path, call: Call, lang: str) -> None:
    workbook(rules / "c.xlsx", 表=TOTALS)
    told = call("run", "x.rules", "c.xlsx", "-o", "o.json", "--rejects", "r.csv", "--lang", lang)
    assert (1, ["张三", "李四"]) == (told.exit_code, [each["客户名称"] for each in answers(rules, "o.json")])
    assert "合计" in told.stdout and ("第6行是“合计”行" in told.stdout or "Row 6 is no customer" in told.stdout), (
        told.stdout
    )
    assert ["小 计：", "合计"] == [
        line.split(",")[0] for line in (rules / "r.csv").read_text("utf-8-sig").splitlines()[1:]
    ]


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_totals_at_the_end_of_a_text_table_are_no_customer_on_any_engine(rules: Path, call: Call, engine: str) -> None:
    text = "field income: number\noutcome rich: yes or no, else no\nif income > 400 then rich = yes"
    (rules / "x.rules").write_text(text, "utf-8")
    rows = "id,income\nK1,1000\nTotal recall,500\nGRAND TOTAL,1500\n"
    (rules / "c.csv").write_text(rows, "utf-8")
    call("run", "x.rules", "c.csv", "-o", "o.json", "--engine", engine)
    assert ["K1", "Total recall"] == [each["id"] for each in answers(rules, "o.json")]


def test_a_customer_with_more_than_figures_is_no_row_of_totals(rules: Path, call: Call) -> None:
    (rules / "c.csv").write_text("name,city,income,cover\nTotal,Paris,1000,0\n,Total,1000,0\n", "utf-8")
    call("run", "x.rules", "c.csv", "-o", "o.json")
    assert ["Total"] == [each["name"] for each in answers(rules, "o.json")]


SHEETS = {
    "客户": [("客户号", "年收入", "保额", "保费"), ("K1", 1000, 0, 1)],
    "保单": [("客户号", "保费", "缴费日"), ("K1", 20, "2026-01-01")],
    "去年": [("客户号", "保费", "缴费日"), ("K1", 7, "2025-01-01")],
}


@pytest.mark.parametrize(
    ("sheets", "table", "total"),
    [
        (("客户", "去年", "保单"), "c.xlsx", 20),
        (("客户", "去年", "保单"), "c.xlsx#去年", 7),
        (("客户", "去年"), "c.xlsx", 7),
    ],
)
def test_records_come_from_their_sheet(
    rules: Path, call: Call, sheets: tuple[str, ...], table: str, total: int
) -> None:
    workbook(rules / "c.xlsx", **{name: SHEETS[name] for name in sheets})
    told = call(
        "run",
        "x.rules",
        "c.xlsx",
        "--sheet",
        "客户",
        "--with",
        f"保单={table}",
        "--key",
        "客户号",
        "-o",
        "o.json",
        "--lang",
        "zh",
    )
    assert [total] == [each["保费合计"] for each in answers(rules, "o.json")], told.stdout + told.stderr
    assert ("sheet-chosen" in told.stdout) == ("保单" not in sheets)


def test_a_sheet_that_is_not_there_is_named(rules: Path, call: Call) -> None:
    workbook(rules / "c.xlsx", **SHEETS)
    told = call("run", "x.rules", "c.xlsx", "--with", "保单=c.xlsx#今年", "--key", "客户号", "--lang", "zh")
    assert 2 == told.exit_code and "今年" in told.stderr and "去年" in told.stderr


def test_a_word_for_nought_is_told_how_to_say_so(rules: Path, call: Call) -> None:
    workbook(rules / "c.xlsx", 表=[("客户号", "年收入", "保额"), ("K1", 1000, "无"), ("K2", 1000, 5)])
    told = call("run", "x.rules", "c.xlsx", "-o", "o.json", "--lang", "zh")
    shown = told.stdout.replace("\n", "").replace(" ", "")
    assert "若“无”就是0" in shown and "“保额=保额”" in shown and "“无=0”" in shown, told.stdout
    (rules / "c.map").write_text("保额 = 保额\n  无 = 0\n", "utf-8")
    call("run", "x.rules", "c.xlsx", "--map", "c.map", "-o", "o.json", "--lang", "zh")
    assert [10_000, 9_995] == [each["缺口"] for each in answers(rules, "o.json")]


@pytest.mark.parametrize(
    ("lang", "wanted"), [("zh", "空白即为没有，缺失写作“终身”"), ("en", 'may be blank, missing is written "终身"')]
)
def test_a_word_for_no_such_day_is_told_how_to_say_so(rules: Path, call: Call, lang: str, wanted: str) -> None:
    text = "field ends (满期日): date, may be future\noutcome o: yes or no, else no\nif ends <= today then o = yes"
    (rules / "x.rules").write_text(text, "utf-8")
    workbook(rules / "c.xlsx", 表=[("客户号", "满期日"), ("K1", "终身"), ("K2", "2020-01-01")])
    told = call("run", "x.rules", "c.xlsx", "-o", "o.json", "--lang", lang)
    assert "".join(wanted.split()) in "".join(told.stdout.split())
    mended = text.replace("future", 'future, may be blank, missing is written "终身"')
    (rules / "x.rules").write_text(mended, "utf-8")
    assert 0 == call("run", "x.rules", "c.xlsx", "-o", "o.json").exit_code
    assert [False, True] == [each["o"] in (True, "yes") for each in answers(rules, "o.json")]
