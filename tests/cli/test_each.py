"""``run --each``: what is decided for each record of a list, as a table of its own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

RULES = """
field orders (订单): list of order (paid_on (付款日): date, amount (金额): number)
field city (城市): text
outcome order.alert (预警): one of large (大额), returned (退货)
outcome order.points (积分): whole number, sum
outcome risky: yes or no, else no
for each order:
  rule "Large" ("大额"):
    if amount > 50,000 and paid_on within the last 7 days
    then alert = large
    because "{amount} in {city}" ("在{城市}付{金额}")
  rule "Returned": if amount < 0 then alert = returned
  rule "Points": if amount > 10 then add 3 to points
  rule "Never": if amount > 1,000,000 then add 100 to points
if any order has (alert is large) then risky = yes
"""
AS_OF = ("--as-of", "2026-06-01")
JOINED = ("x.rules", "customers.csv", "--with", "orders=orders.csv", "--key", "id", *AS_OF)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "x.rules").write_text(RULES, "utf-8")
    (tmp_path / "customers.csv").write_text("id,city\nC1,Rome\nC2,Oslo\nC3,Bonn\n", "utf-8")
    orders = "no,id,paid_on,amount,note\n1,C1,2026-05-30,60000,=1+1\n2,C2,,70000,x\n3,C1,2026-01-02,-5,\n4,C9,,1,\n"
    (tmp_path / "orders.csv").write_text(orders, "utf-8")
    (tmp_path / "rows.json").write_text(json.dumps(ROWS), "utf-8")
    return tmp_path


ROWS: list[dict[str, Any]] = [
    {"city": "Rome", "id": "C1", "orders": [{"paid_on": "2026-05-30", "amount": 60000}, {"金额": -5}]},
    {"city": "Oslo", "id": "C2", "orders": []},
    {"city": "Bonn", "id": "C3"},
]


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_line_for_each_record_with_its_own_columns(folder: Path, call: Call) -> None:
    result = call("run", *JOINED, "-o", "out.csv", "--each", "orders=alerts.csv")
    assert [
        ["no", "id", "paid_on", "amount", "note", "alert", "points"],
        ["1", "C1", "2026-05-30", "60000", "=1+1", "large", "3"],
        ["3", "C1", "2026-01-02", "-5", "", "returned", "0"],
        ["2", "C2", "", "70000", "x", "", "3"],
    ] == lines(folder / "alerts.csv")
    assert ["id", "city", "risky"] == lines(folder / "out.csv")[0]
    assert "written to alerts.csv" in result.stderr


def test_why_adds_standings_and_reasons(folder: Path, call: Call) -> None:
    call("run", *JOINED, "--each", "orders=alerts.csv", "--why")
    head, first, second, third = (line[5:] for line in lines(folder / "alerts.csv"))
    assert ["alert", "alert_standing", "alert_reason", "points", "points_standing", "points_reason"] == head
    assert ["large", "decided", "60000 in Rome", "3", "decided", "rule “Points”: amount > 10"] == first
    nothing = "No rule adds anything to it"
    assert ["returned", "decided", "rule “Returned”: amount < 0", "0", "decided", nothing] == second
    assert ["", "undecided", "Still possible: large, no value; Would settle it: order.paid_on"] == third[:3]


def test_in_chinese(folder: Path, call: Call) -> None:
    call("run", *JOINED, "--each", "订单=alerts.csv", "--why", "--output-lang", "zh")
    head, first, *_ = (line[5:] for line in lines(folder / "alerts.csv"))
    assert ["预警", "预警_状态", "预警_理由", "积分", "积分_状态", "积分_理由"] == head
    assert ["大额", "确定", "在Rome付60000"] == first[:3]


@pytest.mark.parametrize(("key", "first"), [((), "city"), (("--key", "id"), "id")])
def test_nested_records_begin_with_a_column_of_the_customer(
    folder: Path, call: Call, key: tuple[str, ...], first: str
) -> None:
    call("run", "x.rules", "rows.json", *key, *AS_OF, "--each", "orders=alerts.jsonl")
    found = [json.loads(line) for line in (folder / "alerts.jsonl").read_text("utf-8").splitlines()]
    whose = {"city": "Rome", "id": "C1"}[first]
    assert [
        {first: whose, "paid_on": "2026-05-30", "amount": 60000, "alert": "large", "points": 3},
        {first: whose, "paid_on": None, "amount": -5, "alert": "returned", "points": 0},
    ] == found


def test_a_workbook_has_numbers_and_days(folder: Path, call: Call) -> None:
    pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    call("run", *JOINED, "--each", "orders=alerts.xlsx")
    rows = calamine.CalamineWorkbook.from_path(str(folder / "alerts.xlsx")).get_sheet_by_index(0).to_python()
    assert ["1", "C1", "2026-05-30", 60000, "=1+1", "large", 3] == [
        str(each) if place == 2 else each for place, each in enumerate(rows[1])
    ]


def test_the_summary_counts_records(folder: Path, call: Call) -> None:
    result = call("run", *JOINED, "--format", "json")
    summary = json.loads(result.stdout)
    (orders,) = summary["elements"]
    assert ("orders", 3, []) == (orders["list"], orders["records"], orders["targets"])
    alerts = {each["value"]: each["count"] for each in orders["outcomes"][0]["classes"]}
    assert {"large": 1, "returned": 1} == alerts
    assert ["Never"] == summary["never_fired"]
    assert "orders: 3 records" in call("run", *JOINED).stdout
    assert "“订单”共3条" in call("run", *JOINED, "--lang", "zh").stdout


def test_all_files_or_none(folder: Path, call: Call) -> None:
    result = call("run", *JOINED, "-o", "out.csv", "--each", "orders=nowhere/alerts.csv")
    assert 2 == result.exit_code
    assert not (folder / "out.csv").exists()
    (folder / "bad.csv").write_text("id,paid_on,amount\nC1,03/04/2026,5\n", "utf-8")
    broken = ("x.rules", "customers.csv", "--with", "orders=bad.csv", "--key", "id", *AS_OF)
    call("run", *broken, "-o", "out.csv", "--each", "orders=alerts.csv")
    assert [] == sorted(each.name for each in folder.iterdir() if each.name in ("out.csv", "alerts.csv"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--each", "visits=a.csv"), "unknown-list-option"),
        (("--each", "orders=orders.csv"), "same-file"),
        (("--each", "orders"), "not-a-pair"),
        (("-o", "a.csv", "--each", "orders=a.csv"), "same-file"),
    ],
)
def test_wrong_calls(folder: Path, call: Call, arguments: tuple[str, ...], code: str) -> None:
    result = call("run", *JOINED, *arguments)
    assert code in result.stderr
    assert 0 != result.exit_code
    assert not (folder / "a.csv").exists()


def test_nothing_is_decided_for_each(folder: Path, call: Call) -> None:
    (folder / "y.rules").write_text('if city is "Rome" then a = b', "utf-8")
    result = call("run", "y.rules", "customers.csv", "--each", "orders=a.csv")
    assert (2, True) == (result.exit_code, "nothing-for-each" in result.stderr)
    assert not (folder / "a.csv").exists()


def test_explain_shows_what_was_decided_for_a_record(folder: Path, call: Call) -> None:
    row = ("x.rules", "rows.json", "--row", "1", *AS_OF)
    text = call("explain", *row, "--each", "orders=1").stdout
    assert "orders, record 1" in text
    assert "because 60000 in Rome" in text
    assert "false: amount < 0 (order.amount = 60000)" in text
    assert "record 2" not in text
    told = json.loads(call("explain", *row, "--each", "订单", "--format", "json").stdout)
    assert [(1, "large", "Large"), (2, "returned", "Returned")] == [
        (each["record"], each["outcomes"]["alert"]["value"], each["outcomes"]["alert"]["rule"])
        for each in told["elements"]
    ]
    zh = call("explain", *row, "--each", "订单=2", "--lang", "zh").stdout
    assert "orders第2条" in zh
    assert "预警：退货（确定）" in zh


@pytest.mark.parametrize(
    ("asked", "code"), [("orders=0", "no-such-record"), ("orders=x", "no-such-record"), ("visits", "nothing-for-each")]
)
def test_explain_refuses_what_is_not_there(folder: Path, call: Call, asked: str, code: str) -> None:
    result = call("explain", "x.rules", "rows.json", "--row", "1", *AS_OF, "--each", asked)
    assert (2, True) == (result.exit_code, code in result.stderr)


def test_show_lists_the_outcomes_of_records(folder: Path, call: Call) -> None:
    text = call("show", "x.rules").stdout
    assert "Outcomes of each record (2)" in text
    assert "Large     → order.alert" in text
    shown = json.loads(call("show", "x.rules", "--format", "json").stdout)
    assert [("order.alert", "orders"), ("order.points", "orders")] == [
        (each["name"], each["list"]) for each in shown["outcomes_of_records"]
    ]


SAMPLE = """
- name: two orders
  as_of: 2026-06-01
  given:
    city: Rome
    orders: [{paid_on: 2026-05-30, amount: 60000}, {amount: 70000}]
  expect:
    risky: yes
    orders: [{alert: large, points: 3}, {预警: (undecided)}]
    rule: Points
"""


@pytest.mark.parametrize(
    ("before", "after", "code", "said"),
    [
        ("", "", 0, "x.rules: all samples pass (1)"),
        ("points: 3", "points: 4", 1, "for order.points of record 1 expected 4, got 3"),
        ("alert: large", "alrt: large", 1, "Did you mean alert?"),
        ("(undecided)}", "(undecided)}, {points: 1}", 1, "of record 3 expected 1, got no such record"),
    ],
)
def test_samples_expect_of_records(folder: Path, call: Call, before: str, after: str, code: int, said: str) -> None:
    pytest.importorskip("yaml")
    (folder / "x.samples.yaml").write_text(SAMPLE.replace(before, after) if before else SAMPLE, "utf-8")
    result = call("test", "x.rules")
    assert (code, True) == (result.exit_code, said in result.stdout), result.stdout


def test_coverage_counts_rules_about_records(folder: Path, call: Call) -> None:
    pytest.importorskip("yaml")
    (folder / "x.samples.yaml").write_text(SAMPLE, "utf-8")
    result = call("test", "x.rules", "--coverage")
    assert "coverage: rules 60%" in result.stdout, result.stdout


def test_check_proves_what_rests_on_customers(folder: Path, call: Call) -> None:
    more = 'outcome odd: yes or no, else yes\nrule "Never": if city is "A" and city is "B" then odd = no\n'
    text = RULES.replace('  rule "Never": if amount > 1,000,000 then add 100 to points\n', "") + more
    (folder / "y.rules").write_text(text, "utf-8")
    result = call("check", "y.rules", "--as-of", "2026-06-01")
    assert 1 == result.exit_code
    assert "“Never” can never apply" in result.stdout + result.stderr
    assert 0 == call("check", "x.rules", "--as-of", "2026-06-01").exit_code
