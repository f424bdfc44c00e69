"""``run`` and ``explain`` with lists: nested in JSON, or from a second table."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

RULES = """
field orders (订单): list of order (paid_on (付款日): date, amount (金额): number)
outcome lifecycle: one of new, active, lost, else lost
if sum of orders.amount within the last 90 days > 100 then lifecycle = active
otherwise if orders is empty then lifecycle = new
"""
AS_OF = ("--as-of", "2026-06-01")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "x.rules").write_text(RULES, "utf-8")
    (tmp_path / "customers.csv").write_text("id\nC1\nC2\nC3\n", "utf-8")
    (tmp_path / "orders.csv").write_text("id,paid_on,amount\nC1,2026-05-01,101\nC2,2026-05-01,100\n", "utf-8")
    return tmp_path


def run_json(call: Call, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = call("run", "x.rules", *arguments, *AS_OF, "--format", "json")
    return result.exit_code, json.loads(result.stdout)


def counts(summary: dict[str, Any]) -> dict[str, int]:
    (outcome,) = summary["outcomes"]
    return {each["value"]: each["count"] for each in outcome["classes"]}


def test_a_second_table(folder: Path, call: Call) -> None:
    code, summary = run_json(call, "customers.csv", "--with", "orders=orders.csv", "--key", "id")
    assert {"new": 1, "active": 1, "lost": 1} == counts(summary)
    table = {"list": "orders", "source": "orders.csv", "rows": 2, "rejected": 0, "without_customer": 0}
    assert [table] == summary["lists"]
    assert 0 == code


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_nested_lists(folder: Path, call: Call, form: str) -> None:
    rows = [{"id": 1, "orders": [{"paid_on": "2026-05-01", "金额": 101}]}, {"id": 2, "orders": []}, {"id": 3}]
    text = json.dumps(rows) if form == "json" else "\n".join(map(json.dumps, rows))
    (folder / f"rows.{form}").write_text(text, "utf-8")
    code, summary = run_json(call, f"rows.{form}")
    assert {"new": 1, "active": 1, "lost": 1} == counts(summary)
    assert [{"name": "orders", "column": "orders", "missing": 1}] == summary["fields"]
    assert 0 == code


def test_a_record_that_cannot_be_read_rejects_its_row(folder: Path, call: Call) -> None:
    (folder / "rows.json").write_text(json.dumps([{"id": 1, "orders": [{"amount": 1}, {"amount": "x"}]}]), "utf-8")
    code, summary = run_json(call, "rows.json", "--rejects", "rejects.csv")
    assert (1, 1) == (code, summary["rejected"])
    assert "Record 2 of orders" in (folder / "rejects.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--with", "orders=orders.csv"], "key-needed"),
        (["--key", "id"], "key-without-list"),
        (["--with", "orders", "--key", "id"], "not-a-pair"),
        (["--with", "order_lines=orders.csv", "--key", "id"], "unknown-list-option"),
        (["--with", "orders=orders.csv", "--key", "customer"], "key-column-missing"),
        (["--with", "orders=orders.csv", "--with", "订单=orders.csv", "--key", "id"], "list-given-twice"),
    ],
)
def test_calls_that_make_no_sense(folder: Path, call: Call, arguments: list[str], code: str) -> None:
    result = call("run", "x.rules", "customers.csv", *arguments, *AS_OF)
    assert 0 != result.exit_code
    assert code in result.stderr


def test_explain_with_a_second_table(folder: Path, call: Call) -> None:
    arguments = ["--row", "2", "--with", "orders=orders.csv", "--key", "id=id"]
    result = call("explain", "x.rules", "customers.csv", *arguments, *AS_OF)
    assert 0 == result.exit_code
    assert "lifecycle: active (decided)" in result.stdout


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_rows_of_second_tables_that_nobody_has_or_nobody_can_read_are_written_down(
    folder: Path, call: Call, engine: str
) -> None:
    if engine == "duckdb":
        pytest.importorskip("duckdb", reason="needs the duckdb extra")
    (folder / "who.csv").write_text("id\nC1\nC2\n", "utf-8")
    orders = "cid,paid_on,amount\nC1,2026-06-01,10\nC1,2026-06-02,soon\nC9,2026-06-01,9\n,,1\n"
    (folder / "what.csv").write_text(orders, "utf-8")
    (folder / "few.rules").write_text(
        "field orders: list of order (paid_on: date, amount: money in CNY)\n"
        "outcome n: whole number\nif count of orders where (amount > 1) >= 1 then n = 1 otherwise n = 0\n",
        "utf-8",
    )
    result = call(
        *("run", "few.rules", "who.csv", "--with", "orders=what.csv", "--key", "cid=id", "--engine", engine),
        *("--as-of", "2026-06-30", "--rejects", "set_aside.csv", "--findings", "found.csv", "-o", "out.csv"),
    )
    assert 1 == result.exit_code
    assert "what.csv, row 3: “soon” in orders.amount" in " ".join(result.stdout.split())
    rejects = list(csv.DictReader((folder / "set_aside.csv").read_text("utf-8").splitlines()))
    expected = [("what.csv", "3", "amount"), ("what.csv", "4", "cid"), ("what.csv", "5", "cid")]
    assert expected == [(each["rejected_file"], each["rejected_row"], each["rejected_column"]) for each in rejects]
    found = list(csv.DictReader((folder / "found.csv").read_text("utf-8").splitlines()))
    assert expected == [(each["file"], each["row"], each["column"]) for each in found]
    assert ["soon", "C9", ""] == [each["value"] for each in found]


def test_columns_of_second_tables_and_of_checked_fields_are_taken_like_those_of_customers(
    folder: Path, call: Call
) -> None:
    (folder / "few.rules").write_text(
        'field Phone: text, personal, like "1*"\n'
        "field orders: list of order (paid_on: date, amount: money in CNY)\n"
        "outcome n: whole number\nif count of orders where (amount > 1) >= 1 then n = 1 otherwise n = 0\n",
        "utf-8",
    )
    (folder / "who.csv").write_text("id,phone\nC1,\n", "utf-8")
    (folder / "what.csv").write_text("id,Paid on,AMOUNT\nC1,2026-06-01,10\n", "utf-8")
    arguments = ("few.rules", "who.csv", "--with", "orders=what.csv", "--key", "id", "--as-of", "2026-06-30")
    summary = json.loads(call("run", *arguments, "--format", "json").stdout)
    assert {"column-taken"} == {each["code"] for each in summary["notes"]}
    assert {"1": 1} == {str(each["value"]): each["count"] for each in summary["outcomes"][0]["classes"]}


def test_a_saved_map_keeps_the_fields_of_other_rulesets(folder: Path, call: Call) -> None:
    (folder / "shop.map").write_text("No = id\nShop = branch\n  A = north\n", "utf-8")
    (folder / "who.csv").write_text("No,spend,Shop\nC1,5,A\n", "utf-8")
    (folder / "few.rules").write_text("if spend > 1 and id is known then n = 1\n", "utf-8")
    call("run", "few.rules", "who.csv", "--map", "shop.map", "--save-map", "again.map")
    assert "Shop = branch\n  A = north\n" in (folder / "again.map").read_text("utf-8")


SIGNS = """
field spend (消费): money in EUR
field orders (订单): list of order (amount (金额): money in EUR)
outcome total (合计): money in EUR
if spend > €1 then total = sum of orders.amount
"""


@pytest.fixture
def signs(folder: Path) -> tuple[str, ...]:
    (folder / "signs.rules").write_text(SIGNS, "utf-8")
    (folder / "german.csv").write_text("id;spend\nC1;1.234,50\nC2;48.500\n", "utf-8")
    (folder / "english.csv").write_text("id,amount\nC1,123.45\nC1,1.250\nC1,\nC2,5\n", "utf-8")
    return ("signs.rules", "german.csv", "--with", "orders=english.csv", "--key", "id", *AS_OF)


@pytest.mark.parametrize("name", ["orders", "订单", "order"])
def test_each_table_has_its_own_decimal_sign(folder: Path, signs: tuple[str, ...], call: Call, name: str) -> None:
    (folder / "english.csv").write_text("id,amount\nC1,123.45\nC1,1.250\nC2,5\n", "utf-8")
    summary = json.loads(
        call("run", *signs, "--decimal", "comma", "--decimal", f"{name}=point", "--format", "json").stdout
    )
    assert {"124.7": 1, "5": 1} == {str(value): count for value, count in counts(summary).items()}


def test_a_sign_that_is_left_open_is_asked_for_by_table(signs: tuple[str, ...], call: Call) -> None:
    asked = call("run", *signs, "--decimal", "comma", "--decimal", "orders=point", "--decimal", "orders=pint")
    assert 2 == asked.exit_code
    without = call("run", *signs[:2], "--decimal", "orders=point")
    assert "option-without-table" in without.stderr
    assert "--decimal orders=point" in " ".join(call("run", *signs).stderr.split())


def test_what_is_there_and_cannot_be_read_is_not_said_to_be_missing(
    folder: Path, signs: tuple[str, ...], call: Call
) -> None:
    arguments = (*signs, "--decimal", "comma")
    text = "".join(call("--lang", "zh", "run", *arguments).stdout.split())
    assert "（若整张表都这样写，请加--decimalorders=point）" in text
    assert "2条明细无法判断（金额缺失）（金额读不了，如“123.45”）" in text
    (folder / "english.csv").write_text("id,amount\nC1,123.45\nC2,5\n", "utf-8")
    english = " ".join(call("run", *arguments, "--rejects", "r.csv", "--output-lang", "zh").stdout.split())
    assert "1 record of orders can't be judged (amount can't be read, such as “123.45”)" in english
    assert "“订单.金额”的值" in (folder / "r.csv").read_text("utf-8")
    explained = call("explain", *arguments, "--row", "2")
    assert "“123.45” in orders.amount can't be read" in explained.stderr
    assert "can't be judged (missing or unreadable: amount)" in explained.stderr
