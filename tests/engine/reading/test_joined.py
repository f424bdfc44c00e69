"""Lists from a second table: grouped by key, an empty list for who has no rows, nothing lost in silence."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.account.summary import ListSummary, RunSummary
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source

RULES = """
field orders (订单): list of order (paid_on (付款日): date, amount (金额): number, channel: one of online, store)
outcome lifecycle: one of new, active, lost, else lost
if count of orders where (amount >= 100) within the last 90 days is at least 2 then lifecycle = active
otherwise if orders is empty then lifecycle = new
"""
CUSTOMERS = "customer_id,city\nC1,Paris\nC2,Rome\nC3,Oslo\n"
ORDERS = """customer_id,付款日,amount,channel
C1,2026-05-01,120,online
C1,2026-05-03,1e2,store
C2,2026-05-03,120,online
"""


def decide(
    tmp_path: Path,
    orders: str,
    key: tuple[str, str] = ("customer_id", "customer_id"),
    customers: str = CUSTOMERS,
    name: str = "orders",
    rules: str = RULES,
    pairs: tuple[tuple[str, str], ...] = (),
) -> tuple[RunSummary, list[str], list[dict[str, str]]]:
    """The account, the answers, and the rejected rows."""
    (tmp_path / "customers.csv").write_text(customers, "utf-8")
    (tmp_path / "orders.csv").write_text(orders, "utf-8")
    with open_source(tmp_path / "customers.csv") as source, open_source(tmp_path / "orders.csv") as table:
        options = RunOptions(as_of=date(2026, 6, 1), pairs=pairs, lists=(ListTable(name, table, key),), why=True)
        result, rejects = tmp_path / "result.csv", tmp_path / "rejects.csv"
        summary = run(rulelang.loads(rules), source, options, result, rejects)
    answers = [f"{each['lifecycle']} {each['lifecycle_standing']}" for each in _rows(result)]
    return summary, answers, _rows(rejects)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_records_are_grouped_and_who_has_none_has_an_empty_list(tmp_path: Path) -> None:
    summary, answers, rejected = decide(tmp_path, ORDERS)
    assert ["active decided", "lost decided", "new decided"] == answers
    assert [] == rejected
    (table,) = summary.lists
    assert (3, 0, 0) == (table.rows, table.rejected, table.without_customer)


@pytest.mark.parametrize("name", ["订单", "order", " orders "])
def test_a_list_goes_by_name_label_or_element(tmp_path: Path, name: str) -> None:
    assert "active decided" == decide(tmp_path, ORDERS, name=name)[1][0]


def test_a_key_may_have_two_names(tmp_path: Path) -> None:
    orders = ORDERS.replace("customer_id", "buyer")
    assert "active decided" == decide(tmp_path, orders, ("buyer", "customer_id"))[1][0]


def test_rows_of_nobody_are_counted_and_said(tmp_path: Path) -> None:
    summary, answers, _ = decide(tmp_path, ORDERS + "C9,2026-05-01,1,store\n,2026-05-01,1,store\n")
    assert ["active decided", "lost decided", "new decided"] == answers
    assert 2 == summary.lists[0].without_customer
    (note,) = (each for each in summary.notes if each.code == "rows-without-customer")
    assert {"file": str(tmp_path / "orders.csv"), "count": 2, "key": "customer_id", "values": ("C9",)} == note.facts


def test_a_cell_that_cannot_be_read_leaves_its_record_in_doubt(tmp_path: Path) -> None:
    summary, answers, rejected = decide(tmp_path, ORDERS + "C2,2026-05-04,many,online\n")
    assert ["active decided", "lost provisional", "new decided"] == answers
    (row,) = rejected
    assert ("C2", "many", "5", "amount") == tuple(
        row[each] for each in ("customer_id", "amount", "rejected_row", "rejected_column")
    )
    assert str(tmp_path / "orders.csv") == row["rejected_file"]
    assert (0, 1) == (summary.rejected, summary.lists[0].rejected)
    assert "records-left-out" in [each.diagnostic.code for each in summary.findings]


def test_a_row_of_the_wrong_length_leaves_a_record_in_doubt(tmp_path: Path) -> None:
    _, answers, rejected = decide(tmp_path, ORDERS + "C2,2026-05-04\n")
    assert ["active decided", "lost provisional", "new decided"] == answers
    assert "5" == rejected[0]["rejected_row"]


def test_rejected_rows_of_both_tables_share_a_file(tmp_path: Path) -> None:
    rules = RULES.replace("outcome", "field city: number\noutcome", 1) + "if city > 1 then lifecycle = lost\n"
    orders = ORDERS.replace("1e2", "x")
    _, _, rejected = decide(tmp_path, orders, customers="customer_id,city\nC1,1\nC2,Rome\n", rules=rules)
    assert [("3", "orders.csv"), ("3", "customers.csv")] == [
        (each["rejected_row"], Path(each["rejected_file"]).name) for each in rejected
    ]


def test_a_column_that_is_not_there_is_missing_for_everybody(tmp_path: Path) -> None:
    summary, answers, _ = decide(tmp_path, ORDERS.replace("amount", "amuont"))
    assert ["lost provisional", "lost decided", "new decided"] == answers
    assert [("orders.amount", ("amuont",))] == [
        (each.facts["field"], each.nearest) for each in summary.notes if each.code == "field-without-column"
    ]


@pytest.mark.parametrize("field", ["orders.amount", "订单.金额", "order.amount"])
def test_a_column_of_the_second_table_can_be_named(tmp_path: Path, field: str) -> None:
    orders = ORDERS.replace("amount", "dollar_value")
    assert "active decided" == decide(tmp_path, orders, pairs=(("dollar_value", field),))[1][0]


def refused(tmp_path: Path, *arguments: Any, **more: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        decide(tmp_path, *arguments, **more)
    return [each.code for each in caught.value.diagnostics]


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    assert ["unknown-list-option"] == refused(tmp_path, ORDERS, name="visits")
    assert ["key-column-missing"] == refused(tmp_path, ORDERS, ("id", "customer_id"))
    assert ["key-column-missing"] == refused(tmp_path, ORDERS, ("customer_id", "id"))
    assert ["unknown-column-option"] == refused(tmp_path, ORDERS, pairs=(("value", "orders.amount"),))
    assert ["unknown-field-option"] == refused(tmp_path, ORDERS, pairs=(("amount", "orders.value"),))
    twice = CUSTOMERS.replace("city", "orders")
    assert ["list-given-twice"] == refused(tmp_path, ORDERS, customers=twice)
    assert ["ambiguous-date"] == refused(tmp_path, ORDERS.replace("2026-05-01", "03/04/2026"))


def test_a_summary_names_the_table(tmp_path: Path) -> None:
    assert ListSummary("orders", str(tmp_path / "orders.csv"), 3, 0, 0) == decide(tmp_path, ORDERS)[0].lists[0]
