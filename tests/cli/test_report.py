"""``rulelang report``: the workbook with three sheets, out and in again, and the page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rulelang.cli.main import cli

calamine = pytest.importorskip("python_calamine", reason="needs the excel extra")
xlsxwriter = pytest.importorskip("xlsxwriter", reason="needs the excel extra")

RULES = """\
use crm
outcome stage (阶段): one of new (新), old (老)
outcome strategy (策略): text
outcome next_contact (下次联系): date
if last_order > 30 days then stage = old, strategy = "win back" ("挽回"), next_contact = last_order + 60 days
  because "last order {last_order}, {customer_name}" ("最近下单{最近下单}，{客户名称}")
otherwise stage = new
"""
DATA = """\
客户编号,客户名称,最近下单,手机
K2,王芳,2026-05-01,13800000001
K1,李四,2026-04-01,123
K3,赵五,2026-06-25,
K4,钱六,,13800000004
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "r.rules").write_text(RULES, "utf-8")
    (tmp_path / "客户.csv").write_text(DATA, "utf-8")
    return tmp_path


def report(files: Path, data: str, output: str, *more: str) -> Result:
    call = ["report", str(files / "r.rules"), str(files / data), "-o", str(files / output), "--as-of", "2026-06-30"]
    return CliRunner().invoke(cli, [*call, "--lang", "en", *more], catch_exceptions=False)


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = calamine.CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_three_sheets_linked_by_the_customer(files: Path) -> None:
    assert 1 == report(files, "客户.csv", "out.xlsx", "--output-lang", "zh").exit_code  # a phone has a wrong form
    basic, classes, record = sheets(files / "out.xlsx").values()
    assert ["基础信息", "分类信息", "跟进记录"] == list(sheets(files / "out.xlsx"))
    assert ["客户编号", "客户名称", "最近下单", "手机"] == basic[0]
    assert ["K2", "王芳", date(2026, 5, 1), "13800000001"] == basic[1]
    assert ["客户编号", "客户名称", "判定日期", "阶段", "阶段_状态", "阶段_理由"] == classes[0][:6]
    assert ["K2", "王芳", date(2026, 6, 30), "老", "确定", "最近下单2026年5月1日，***"] == classes[1][:6]
    assert ["K4", "钱六", date(2026, 6, 30), "新"] == classes[4][:4]
    assert ["客户编号", "客户名称", "策略", "下次联系", "跟进日期", "跟进人", "跟进结果", "下一步"] == record[0]
    assert [["K1", "李四", "挽回", date(2026, 5, 31)], ["K2", "王芳", "挽回", date(2026, 6, 30)]] == [
        each[:4] for each in record[1:]
    ], "the earliest day first"


def test_what_was_filled_in_stays_in_either_language(files: Path) -> None:
    report(files, "客户.csv", "out.xlsx", "--output-lang", "zh")
    book = xlsxwriter.Workbook(str(files / "filled.xlsx"))
    for name, rows in sheets(files / "out.xlsx").items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            cells = [each.isoformat() if isinstance(each, date) else each for each in row]
            if name == "跟进记录" and cells[0] == "K1":
                cells[4:7] = ["2026-06-29", "Ann", "interested"]
            sheet.write_row(place, 0, cells)
    book.close()
    again = report(files, "filled.xlsx", "again.xlsx", "--output-lang", "en")
    assert "“基础信息” was read" in " ".join(again.stdout.split())
    assert ["Basic information", "Classification", "Follow-up record"] == list(sheets(files / "again.xlsx"))
    head, *record = sheets(files / "again.xlsx")["Follow-up record"]
    assert ["客户编号", "客户名称", "strategy", "next_contact", "followed up on", "by", "result", "next step"] == head
    done, still_open, anew = record
    assert ["K1", "李四", "挽回", "2026-05-31", "2026-06-29", "Ann", "interested", ""] == done
    assert ("K2", "K1", "win back") == (still_open[0], anew[0], anew[2]), "K2 is open already, K1 was dealt with"


def test_the_basic_sheet_is_data_again(files: Path) -> None:
    report(files, "客户.csv", "out.xlsx")
    results = []
    for data in ("客户.csv", "out.xlsx"):
        call = ["run", str(files / "r.rules"), str(files / data), "-o", str(files / "o.csv"), "--as-of", "2026-06-30"]
        CliRunner().invoke(cli, call, catch_exceptions=False)
        results.append((files / "o.csv").read_text("utf-8-sig"))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("Due first", "overdue", "format")), ("zh", ("最先到期", "已逾期", "格式"))]
)
def test_a_page_with_charts_and_those_who_are_due(files: Path, lang: str, words: tuple[str, ...]) -> None:
    report(files, "客户.csv", "out.html", "--output-lang", lang)
    page = (files / "out.html").read_text("utf-8")
    assert [] == [word for word in words if word not in page]
    label = {"en": "old: 2; ", "zh": "老: 2"}[lang]
    assert re.search(rf'<svg[^>]*aria-label="[^"]*{label.split(";")[0]}', page)
    assert "王芳" not in page and "13800000001" not in page
    assert [] == re.findall(r"(?:src|href)=|https?:", page), "nothing is loaded from elsewhere"
    assert page.index("<td>K1</td>") < page.index("<td>K2</td>")
    report(files, "客户.csv", "out.html", "--output-lang", lang, "--reveal")
    assert "王芳" in (files / "out.html").read_text("utf-8")


CALLS = """\
field car: yes or no
field last_contact: date
outcome action: one of call, letter, nothing, else nothing
if car is yes then action = call
if last_contact > 365 days then action = letter
"""
CLIENTS = "Customer No.,Client,car,last_contact\nK1,Ann,yes,2026-01-01\nK2,Bo,no,2024-01-01\nK3,Cy,no,2026-01-01\n"


def test_where_no_day_is_decided_customers_are_listed_by_class(files: Path) -> None:
    (files / "r.rules").write_text(CALLS, "utf-8")
    (files / "clients.csv").write_text(CLIENTS, "utf-8")
    report(files, "clients.csv", "page.html", "--reveal")
    page = (files / "page.html").read_text("utf-8")
    listed = re.sub(r"<[^>]+>", " ", page.partition("Customers by class")[2].partition("Data quality")[0]).split()
    head = ["Customer", "No.", "Client", "action"]
    assert ["call", "·", "1", *head, "K1", "Ann", "call"] == listed[: len(listed) // 2]
    assert ["letter", "·", "1", *head, "K2", "Bo", "letter"] == listed[len(listed) // 2 :]
    report(files, "clients.csv", "masked.html")
    assert "Ann" not in (files / "masked.html").read_text("utf-8")
    report(files, "clients.csv", "book.xlsx")
    record = sheets(files / "book.xlsx")["Follow-up record"]
    assert [["Customer No.", "Client", "action"], ["K1", "Ann", "call"], ["K2", "Bo", "letter"]] == [
        row[:3] for row in record
    ]


def test_another_ending_is_refused(files: Path) -> None:
    assert 2 == report(files, "客户.csv", "out.pdf").exit_code


def test_nothing_is_left_behind_where_it_goes_wrong(files: Path) -> None:
    (files / "客户.csv").write_text("客户编号,最近下单\nK1,03/04/2026\n", "utf-8")
    assert 1 == report(files, "客户.csv", "out.xlsx").exit_code
    assert ["r.rules", "客户.csv"] == sorted(each.name for each in files.iterdir())


def test_rejected_rows_and_undecided_customers_have_a_sheet_each(files: Path) -> None:
    (files / "r.rules").write_text(
        "field spend (消费): money in CNY\n"
        "outcome level (级): one of high, low, undecided when data is missing\n"
        "if spend > 10 then level = high otherwise level = low\n",
        "utf-8",
    )
    (files / "in.csv").write_text("id,spend\nK1,soon\nK2,\nK3,60\n", "utf-8")
    assert 1 == report(files, "in.csv", "out.xlsx").exit_code
    found = sheets(files / "out.xlsx")
    assert ["Basic information", "Classification", "Follow-up record"] == list(found)[:3]
    assert [["id", "spend"], ["K1", "soon"], ["K2", ""], ["K3", 60]] == found["Basic information"], "nothing is lost"
    assert ["K2", "K3"] == [each[0] for each in found["Classification"][1:]]
    (rejected,) = found["Rejected rows"][1:]
    assert ["K1", "soon", 2, "spend"] == rejected[:4]
    (undecided,) = found["Undecided customers"][1:]
    assert ["K2", "level"] == undecided[:2]
    assert "spend" in undecided[2]
    assert 1 == report(files, "out.xlsx", "again.xlsx", "--output-lang", "zh").exit_code
    assert {"退回的行", "待定客户"} <= set(sheets(files / "again.xlsx"))


COUPONS = """
choice size (规模): big (大), middle (中), small (小)
field id: text
field spend: money in EUR
outcome offer (优惠): size, undecided when data is missing
outcome gift (赠送): yes or no, else no
outcome coupon (券额): money in EUR
outcome off (折扣): percent
table "Offers" (first):
| spend   | => offer | => coupon | => off |
|---------|----------|-----------|--------|
| >= €100 | big      | €20.50    | 12%    |
| >= €50  | middle   | €10       | 5%     |
| < €50   | small    |           | 5%     |
if spend >= €200 then gift = yes
"""


@pytest.mark.parametrize(
    ("language", "sheet", "words"),
    [("en", "Totals", ["big", "middle", "no", "all customers"]), ("zh", "合计", ["大", "中", "否", "全部客户"])],
)
def test_what_amounts_come_to(tmp_path: Path, language: str, sheet: str, words: list[str]) -> None:
    """Over all customers and in each class; classes stand in the order declared, however many customers they have."""
    (tmp_path / "r.rules").write_text(COUPONS, "utf-8")
    (tmp_path / "in.csv").write_text("id,spend\n1,10\n2,60\n3,70\n4,250\n5,\n", "utf-8")
    report(tmp_path, "in.csv", "out.xlsx", "--output-lang", language, "--to-do", "offer")
    report(tmp_path, "in.csv", "out.html", "--output-lang", language, "--to-do", "offer")
    big, middle, no, everybody = words
    yes = "yes" if language == "en" else "是"
    _, *rows = sheets(tmp_path / "out.xlsx")[sheet]
    assert [everybody, "", 5, 40.5] == rows[0]
    assert [[big, 1, 20.5], [middle, 2, 20], [yes, 1, 20.5], [no, 4, 20]] == [each[1:] for each in rows[1:]]
    page = (tmp_path / "out.html").read_text("utf-8")
    assert ("total €40.5, " if language == "en" else "合计40.5欧元，") in page
    listed = re.findall(r"<h3>(\w+) · (\d)</h3>", page)
    assert [(big, "1"), (middle, "2")] == listed[:2]
    assert "5%: 3; 12%: 1" in page


def test_rules_without_amounts_have_no_totals(files: Path) -> None:
    report(files, "客户.csv", "out.xlsx", "--output-lang", "zh")
    assert "合计" not in sheets(files / "out.xlsx")
