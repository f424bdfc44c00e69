"""What is expected of each record of a list: in ``example`` blocks and in tables beside the sample file."""

from __future__ import annotations

from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources
from rulelang.testing.run_samples import SampleReport, run_samples
from rulelang.testing.samples import read_samples
from tests.cli.conftest import Call

RULES = """\
field spend (消费): money in CNY
field orders (订单): list of order (paid_on (付款日): date, amount (金额): money in CNY, channel (渠道): one of online (线上), store (门店))
outcome lifecycle (生命周期): one of active (活跃), lost (流失), else lost
outcome order.alert (预警): one of large (大额), returned (退货)
outcome order.score (得分): whole number, sum

for each order:
  rule "Large" ("大额"):
    if amount > 50,000 and paid_on within the last 7 days then alert = large
    otherwise if amount < 0 then alert = returned
  if amount > spend then add 5 to score

if any order has (alert is large) then lifecycle = active
"""  # noqa: E501  # one line of a rule file
EXAMPLES = """
example "two orders" as of 2026-06-01:
  given spend = 100
  given orders:
  | paid_on    | amount | channel | expect alert | expect score |
  |------------|--------|---------|--------------|--------------|
  | 2026-05-30 | 60,000 | online  | large        | 5            |
  # money back
  | 2026-05-01 | -5     | store   | returned     | 0            |   # in the shop
  |            | 60,000 | store   | (undecided)  |              |
  expect lifecycle = active, rule "Large"

example "no orders" as of 2026-06-01:
  given orders:
  | amount |
  |--------|
  expect lifecycle = lost

example "nothing else" as of 2026-06-01:
  given orders:
  | paid_on    | amount | expect alert |
  |------------|--------|--------------|
  | 2026-05-30 | 60     | (no rule)    |
"""
CHINESE = """
示例“two orders” 截至2026年6月1日：
  已知消费为100
  已知订单：
  | 付款日     | 金额   | 渠道 | 应为 预警 | 应为 得分 |
  |------------|--------|------|-----------|-----------|
  | 2026-05-30 | 60,000 | 线上 | 大额      | 5         |
  # money back
  | 2026-05-01 | -5     | 门店 | 退货      | 0         |   # in the shop
  |            | 60,000 | 门店 | （待定）  |           |
  应为生命周期为活跃，规则“Large”

示例“no orders” 截至2026年6月1日：
  已知订单：
  | 金额 |
  |------|
  应为生命周期为流失

示例“nothing else” 截至2026年6月1日：
  已知订单：
  | 付款日     | 金额 | 应为 预警      |
  |------------|------|----------------|
  | 2026-05-30 | 60   | （无适用规则） |
"""


def report(text: str, language: str = "en") -> SampleReport:
    ruleset = rulelang.loads(text)
    return run_samples(ruleset, read_samples(ruleset.model).samples, language=language)


def test_records_are_given_and_expected() -> None:
    assert [True, True, True] == [each.passed for each in report(RULES + EXAMPLES).results]
    assert [0, 1, 2] == sorted(
        {check.expectation.record for check in report(RULES + EXAMPLES).results[0].checks} - {None}
    )


@pytest.mark.parametrize(
    ("old", "new", "language", "said"),
    [
        ("large        | 5", "returned | 5", "en", "for order.alert of record 1 expected returned, got large"),
        ("large        | 5", "large | 6", "zh", "第1条的得分应为6，实得5"),
        ("(undecided)", "(no rule)", "en", "for order.alert of record 3 expected (no rule), got (undecided)"),
        ("returned     | 0", "? | 0", "en", "?"),
    ],
)
def test_another_answer_fails_at_its_row(old: str, new: str, language: str, said: str) -> None:
    from rulelang.diagnostics.catalogue import describe

    failed = report((RULES + EXAMPLES).replace(old, new), language).diagnostics
    assert 1 == len(failed)
    assert (said == "?" and "sample-to-be-confirmed" == failed[0].code) or said in describe(failed[0], language).message
    place = failed[0].span
    assert place is not None and new in (RULES + EXAMPLES).replace(old, new).split("\n")[place.line - 1]


def test_both_languages_and_one_layout(call: Call) -> None:
    path = Path("orders.rules")
    path.write_text(RULES + EXAMPLES, "utf-8")
    assert 0 == call("fmt", "--check", str(path)).exit_code
    chinese = call("translate", str(path), "--to", "zh").stdout
    assert chinese.endswith(CHINESE)
    Path("zh.rules").write_text(chinese, "utf-8")
    assert 0 == call("test", "zh.rules").exit_code
    assert RULES + EXAMPLES == call("translate", "zh.rules", "--to", "en").stdout


@pytest.mark.parametrize(
    ("old", "new", "code", "near"),
    [
        ("| paid_on    | amount | channel", "| paid_on | amont | channel", "example-unknown-name", "amount"),
        ("expect score", "expect scor", "example-unknown-name", "score"),
        ("given orders:\n  | amount |", "given ordres:\n  | amount |", "example-unknown-name", "orders"),
        ("| (no rule)    |", "| (no rule) | 7 |", "table-row-too-long", None),
    ],
)
def test_what_nobody_declared_is_reported_with_the_nearest(old: str, new: str, code: str, near: str | None) -> None:
    text = (RULES + EXAMPLES).replace(old, new)
    errors = read_sources([Source("x.rules", text)], Path()).errors
    assert [code] == [each.code for each in errors]
    assert near is None or near in errors[0].nearest


def test_a_value_that_cannot_be_read_is_a_fault_of_its_sample() -> None:
    failed = report((RULES + EXAMPLES).replace("60,000 | online", "many | online")).diagnostics
    assert ["sample-unreadable"] == [each.code for each in failed]


PEOPLE = "name,as_of,spend,expect lifecycle\ntwo,2026-06-01,100,active\nnone,2026-06-01,100,lost\n"
RECORDS = (
    "name,paid_on,amount,channel,expect alert,expect score,note\n"
    'two,2026-05-30,"60,000",线上,大额,5,first\n'
    "two,2026-05-01,-5,store,returned,0,\n"
)


def verdict(call: Call, people: str = PEOPLE, records: str = RECORDS, name: str = "shop.samples.orders.csv") -> str:
    """What ``rulelang test`` says of samples whose records stand in a table of their own."""
    Path("shop.rules").write_text(RULES, "utf-8")
    Path("shop.samples.csv").write_text(people, "utf-8")
    Path(name).write_text(records, "utf-8")
    result = call("test", "shop.rules")
    return f"{result.exit_code} {result.stdout}{result.stderr}"


@pytest.mark.parametrize("name", ["shop.samples.orders.csv", "shop.samples.订单.csv", "shop.samples.order.csv"])
def test_a_table_of_records_stands_beside_the_samples(call: Call, name: str) -> None:
    assert verdict(call, name=name).startswith("0 shop.rules: all samples pass (2)")


def test_a_table_of_records_may_hold_all_that_is_expected(call: Call) -> None:
    people = "name,as_of,spend\ntwo,2026-06-01,100\n"
    assert verdict(call, people).startswith("0 shop.rules: all samples pass (1)")


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (RECORDS.replace("大额,5", "returned,5"), "for order.alert of record 1 expected returned, got large"),
        (RECORDS.replace("\ntwo,2026-05-01", "\ntow,2026-05-01"), "records-without-sample"),
        (RECORDS.replace("name,", "whose,"), "sample-unknown-column"),
        (RECORDS.replace("name,", "note,", 1).replace(",note", ""), "records-without-names"),
        (RECORDS.replace("channel", "chanel"), "Did you mean channel"),
        (RECORDS.replace("expect score", "expect scor"), "Did you mean score"),
        (RECORDS.replace("-5", "minus five"), "“minus five” in amount can't be read"),
    ],
)
def test_wrong_tables_of_records(call: Call, records: str, said: str) -> None:
    found = verdict(call, records=records)
    assert found.startswith("1 ") and said in found and "shop.samples.orders.csv:" in found


def test_a_table_called_after_no_list(call: Call) -> None:
    found = verdict(call, name="shop.samples.ordres.csv")
    assert "records-of-no-list" in found and "Did you mean orders" in found


def test_a_sheet_of_the_workbook_holds_the_records(call: Call) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    Path("shop.rules").write_text(RULES, "utf-8")
    with xlsxwriter.Workbook("shop.samples.xlsx") as book:
        for title, text in (("订单", RECORDS.replace('"60,000"', "60000")), ("people", PEOPLE)):
            sheet = book.add_worksheet(title)
            for number, line in enumerate(text.splitlines()):
                sheet.write_row(number, 0, line.split(","))
    assert call("test", "shop.rules").stdout.startswith("shop.rules: all samples pass (2)")
