"""``rulelang translate``: the same sentences in both languages, each printed from the other."""

from pathlib import Path

import pytest

import rulelang
from tests.cli.conftest import Call

# Members called yes or no beside a yes or no itself, and one that two choices have, once without a label.
ASSETS = (
    """\
field assets (资产情况): one of some (有), none (无), yes (是), 不详
field rating (评级): one of a (甲), none (无)
field vip (会员): yes or no
outcome result (结果): one of none (无), yes (是), no (否), else none
if assets is none and rating is not none then result = no
if assets is one of some, yes and vip is yes then result = yes
if vip is no then result = none

table "T" (first):
| assets     | vip | => result |
|------------|-----|-----------|
| none       | yes | none      |
| some       | no  | yes       |
| not none   | -   | no        |
| none, some | -   | no        |

example "a":
  given assets = some, vip = no
  expect result = none
""",
    """\
字段资产情况（assets）：分为有（some）、无（none）、是（yes）、不详
字段评级（rating）：分为甲（a）、无（none）
字段会员（vip）：是否
结论结果（result）：分为无（none）、是（yes）、否（no），默认为无
如果资产情况为无且评级不为无，那么结果为否
如果资产情况为有、是之一且会员为是，那么结果为是
如果会员为否，那么结果为无

表“T”（取首行）：
| 资产情况 | 会员 | ⇒结果 |
|----------|------|-------|
| 无       | 是   | 无    |
| 有       | 否   | 是    |
| 非无     | -    | 否    |
| 无、有   | -    | 否    |

示例“a”：
  已知资产情况为有，会员为否
  应为结果为无
""",
)
WITHOUT_LABELS = (
    """\
field loans (贷款): one of 有, 无
field rating (评级): one of a (甲), none (无)
field vip (会员): yes or no
outcome result (结果): one of 是, 否, 无
if loans is 无 and rating is 无 and vip is no then result = 否
if loans is 有 and vip is yes then result = 无
""",
    """\
字段贷款（loans）：分为有、无
字段评级（rating）：分为甲（a）、无（none）
字段会员（vip）：是否
结论结果（result）：分为是、否、无
如果贷款为无且评级为无且会员为否，那么结果为否
如果贷款为有且会员为是，那么结果为无
""",
)
ORDERS = (
    """\
field orders (订单): list of order (paid_on (付款日): date, amount (金额): money in CNY, channel (渠道): text)
outcome points (积分): whole number, sum
outcome order.alert (预警): text
if any order has (amount > 5) then add 1 to points
if every order has (amount > 5) then add 1 to points
if no order has (alert is known) then add 1 to points
if at least 3 orders where (amount > 50) within the last 90 days in a row then add 1 to points
if at least 3 orders within any 7 days then add 1 to points
if at least 2 orders in a row by paid_on then add 1 to points
if count of orders where (amount > 50) within the last 90 days > 3 then add 1 to points
if any gap between one order and the next > 30 days then add 1 to points
if for any one channel of orders: (count >= 2 and sum of amount > 100) then add 1 to points

for each order:
  if amount > 5 then alert = "large"
""",
    """\
字段订单（orders）：明细order（付款日（paid_on）：日期，金额（amount）：金额（元），渠道（channel）：文本）
结论积分（points）：整数，累加
结论订单.预警（alert）：文本
如果任一订单满足（金额超过5），那么积分加1
如果所有订单都满足（金额超过5），那么积分加1
如果没有订单满足（预警已填），那么积分加1
如果最近90天内连续3笔（金额超过50）的订单，那么积分加1
如果任意7天内的订单不少于3笔，那么积分加1
如果按付款日连续2笔订单，那么积分加1
如果最近90天内（金额超过50）的订单笔数超过3，那么积分加1
如果任一相邻订单的间隔超过30天，那么积分加1
如果同一渠道的订单满足（笔数不低于2且金额合计超过100），那么积分加1

对每条订单：
  如果金额超过5，那么预警为“large”
""",
)
AMOUNTS = (
    """\
list rates (汇率) from "rates.csv"
field currency (币种): text
field amount (发生额): money in currency
let converted (折合额) = amount in CNY
outcome level (级别): one of high (高), low (低)

table "T" (first):
| converted | => level |   # beside the heads
|-----------|----------|
| > 5       | high     |   # beside a row
| -         | low      |
""",
    """\
名单汇率（rates）取自“rates.csv”
字段币种（currency）：文本
字段发生额（amount）：金额（币种）
设折合额（converted）＝发生额折合人民币
结论级别（level）：分为高（high）、低（low）

表“T”（取首行）：
| 折合额 | ⇒级别 |   # beside the heads
|--------|-------|
| >5     | 高    |   # beside a row
| -      | 低    |
""",
)


@pytest.mark.parametrize(
    "pair", [ASSETS, WITHOUT_LABELS, ORDERS, AMOUNTS], ids=["members", "without labels", "lists", "amounts"]
)
def test_each_language_is_printed_from_the_other(pair: tuple[str, str], call: Call) -> None:
    english, chinese = Path("a.rules"), Path("甲.rules")
    Path("rates.csv").write_text("currency,CNY,valid_from\nUSD,7.1,2026-01-01\n", "utf-8")
    english.write_text(pair[0], "utf-8")
    chinese.write_text(pair[1], "utf-8")
    for file, language, wanted in ((english, "zh", pair[1]), (chinese, "en", pair[0])):
        result = call("translate", str(file), "--to", language)
        assert (0, wanted) == (result.exit_code, result.stdout), result.stderr
        assert 0 == call("fmt", "--check", str(file)).exit_code
    assert rulelang.load(english).fingerprint == rulelang.load(chinese).fingerprint


def test_a_choice_with_two_members_for_no_takes_the_one_written() -> None:
    rules = rulelang.loads(
        "字段会员：是否\n结论级别：分为是、否、无\n如果会员为否那么级别为无\n如果会员为有那么级别为否\n"
    )
    assert ["无", "否"] == [rules.decide({"会员": each})["级别"] for each in (False, True)]


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("all orders have (amount > 5)", "every order has (amount > 5)"),
        ("any of the orders has (amount > 5)", "any order has (amount > 5)"),
        ("none of the orders have (amount > 5)", "no order has (amount > 5)"),
        ("count of distinct orders.channel > 1", "distinct orders.channel > 1"),
    ],
)
def test_ways_of_saying_it_become_one(said: str, printed: str, call: Call) -> None:
    head = "\n".join(ORDERS[0].split("\n")[:2]) + "\n"
    Path("a.rules").write_text(f"{head}if {said} then add 1 to points\n", "utf-8")
    assert 0 == call("fmt", "a.rules").exit_code
    assert f"{head}if {printed} then add 1 to points\n" == Path("a.rules").read_text("utf-8")
