"""Tables and examples in the other language and back: heads, cells, layout, labels and comments, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import rulelang
from rulelang.cli.vocabulary import spellings
from rulelang.diagnostics.position import Source
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import parse

ENGLISH = """# Tiers of our customers
field last_purchase (最近购买): date   # of the latest paid order
field spend (消费): money in CNY
field visits (到店次数): whole number, counted in "次"
field city (城市): text
field vip (会员): yes or no
list vip_cities (重点城市) = "A", "B"
outcome tier (等级): one of gold (金), silver (银), bronze (铜)
outcome points (积分): whole number, sum
outcome actions (措施): text, collect
outcome next_contact (下次联系): date
threshold low (低线) = 1000

table "Tier" ("等级表") (first):
# those who went silent
| last_purchase            | spend          | city              | vip      | => tier | => add points | => next_contact   | => actions | because           |
|--------------------------|----------------|-------------------|----------|---------|---------------|-------------------|------------|-------------------|
| > 365 days               | -              | -                 | yes      | bronze  | 10            | today + 14 days   |            | "silent" ("沉默") |
# and those who did not
| <= 90 days               | >= 10,000      | in vip_cities     | no       | gold    |               |                   | "x" ("甲") | plain words       |   # the best
| within the last 30 days  | low ..< 10,000 | not "A", "C"      | -        | silver  | 1             |                   |            |                   |
| before 2026-01-31        | (5 .. 10]      | is missing        | is known | silver  | 1             |                   |            |                   |
| 2026-01-01 .. 2026-12-31 | 10, 20, ¥30    | starts with "B"   | -        | gold    | visits * 2    |                   |            |                   |
| is known                 | not 5          | not in vip_cities | -        | gold    | -5            | 2026-02-28        |            |                   |
| on or after 2026-03-01   | < 5            | like "A*"         | -        | gold    | 5% of visits  | 3 months from now |            |                   |

table "Count" (collect count):
| visits | => points |
|--------|-----------|
| > 3    | yes       |
require table "Count" tiles visits at least 4
require sum of points in table "Count" = 1   "one a row" ("每行一")

example "silent" ("沉默"):
  given last_purchase = 2024-01-01, vip = yes, visits is missing
  expect tier = bronze, actions = (none), points = (provisional), next_contact = (undecided)

example "nobody":
  given vip = no
  expect tier = (no rule), next_contact = (decided), rule "Tier"
"""  # noqa: E501 - tables are as wide as they are

CHINESE_TABLE = """表“等级表”（“Tier”）（取首行）：
# those who went silent
| 最近购买                     | 消费              | 城市           | 会员 | ⇒等级 | ⇒加积分     | ⇒下次联系     | ⇒措施       | 理由               |
|------------------------------|-------------------|----------------|------|-------|-------------|---------------|-------------|--------------------|
| >365天                       | -                 | -              | 是   | 铜    | 10          | 今天+14天     |             | “沉默”（“silent”） |
# and those who did not
| <=90天                       | >=1万             | 属于重点城市   | 否   | 金    |             |               | “甲”（“x”） | plain words        |   # the best
| 最近30天内                   | 低线至1万（不含） | 非“A”、“C”     | -    | 银    | 1           |               |             |                    |
| 早于2026年1月31日            | (5 .. 10]         | 缺失           | 已填 | 银    | 1           |               |             |                    |
| 2026年1月1日至2026年12月31日 | 10、20、30元      | 开头是“B”      | -    | 金    | 到店次数×2  |               |             |                    |
| 已填                         | 非5               | 不属于重点城市 | -    | 金    | -5          | 2026年2月28日 |             |                    |
| 不早于2026年3月1日           | <5                | 形如“A*”       | -    | 金    | 5%×到店次数 | 3个月后       |             |                    |
"""  # noqa: E501


def translated(text: str, language: str) -> str:
    words = spellings(parse(Source("t.rules", text))[0].statements, language)
    formatted = format_text(Source("t.rules", text), language, rename=lambda name: words.get(name, name))
    assert () == formatted.diagnostics
    return formatted.text


def test_there_and_back() -> None:
    chinese = translated(ENGLISH, "zh")
    assert CHINESE_TABLE in chinese
    assert ENGLISH == translated(chinese, "en")
    assert chinese == translated(translated(chinese, "en"), "zh")


def test_all_versions_mean_the_same() -> None:
    text = ENGLISH.replace("at least 4", "at least 0").replace("require", "# require")
    fingerprints = {rulelang.loads(each).fingerprint for each in (text, translated(text, "zh"))}
    assert 1 == len(fingerprints)


def test_the_formatter_keeps_the_files_language_and_says_one_thing_in_one_way() -> None:
    mixed = ENGLISH.replace("| is missing        |", "| 缺失 |").replace("| not 5          |", "| 非 5 |")
    assert mixed != ENGLISH == format_text(Source("t.rules", mixed)).text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_cell_that_cannot_be_told_stays_as_it_is(language: str) -> None:
    text = 'table "T":\n| spend | => tier |\n|-------|---------|\n| > > 5 | gold    |\n'
    assert "| > > 5 |" in translated(text, language)


def test_the_standings_of_examples_are_words_of_the_language(tmp_path: Path) -> None:
    chinese = translated(ENGLISH, "zh")
    for each in (
        "等级为铜，措施为（无），积分为（暂定），下次联系为（待定）",
        "等级为（无适用规则），下次联系为（确定），规则“Tier”",
    ):
        assert each in chinese
