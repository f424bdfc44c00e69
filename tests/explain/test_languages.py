"""Explanations in the reader's language: conditions, labels, amounts and shares, whatever the file was written in."""

from __future__ import annotations

from datetime import date

import rulelang

RULES = """\
threshold silver_at (银卡线) = ¥20,000
field spend (消费): money in CNY
field discount (折扣): percent
field city (城市): text
outcome tier (等级): one of silver (银), gold (金)
rule "Silver" ("银卡"):
  if spend >= silver_at and discount < 5% and city is one of "A", "B"
  then tier = silver
  because "spent {spend}, less {discount}" ("消费{消费}，优惠{折扣}")
"""
CUSTOMER = {"spend": 123456, "discount": "4.5%", "city": "A"}
ENGLISH = """\
tier: silver (decided), as of 2026-01-01
  Decided by:
    rule “Silver” (<text>:7) → silver
      because spent ¥123,456, less 4.5%
      true: spend >= silver_at (spend = ¥123,456, silver_at = ¥20,000)
      true: discount < 5% (discount = 4.5%)
      true: city is one of "A", "B" (city = A)"""
CHINESE = """\
等级：银（确定），基准日2026年1月1日
  采用：
    规则“银卡”（<text> 第7行） → 银
      理由：消费123456元，优惠4.5%
      成立：消费不低于银卡线（消费＝123456元、银卡线＝2万元）
      成立：折扣低于5%（折扣＝4.5%）
      成立：城市为“A”、“B”之一（城市＝A）"""


def test_a_file_in_english_is_explained_in_both_languages() -> None:
    decision = rulelang.loads(RULES).decide(CUSTOMER, as_of=date(2026, 1, 1))
    assert ENGLISH == decision.why("tier", lang="en")
    assert CHINESE == decision.why("tier", lang="zh")


def test_a_value_that_let_names_goes_by_its_label() -> None:
    rules = (
        "field income (收入): money in CNY\nfield cover (保额): money in CNY\n"
        "let needed_cover (应有保额) = 10 * income\noutcome gap (缺口): one of yes_gap (有), none_gap (无)\n"
        "if cover < needed_cover then gap = yes_gap\n"
    )
    decision = rulelang.loads(rules).decide({"income": 100, "cover": 5}, as_of=date(2026, 1, 1))
    assert "成立：保额低于应有保额（" in decision.why("gap", lang="zh")
    assert "true: cover < needed_cover (" in decision.why("gap", lang="en")


def test_a_file_in_chinese_is_explained_in_english() -> None:
    decision = rulelang.loads(
        "字段最近购买（last_purchase）：日期\n结论生命周期（lifecycle）：分为流失（lost）、活跃（active）\n"
        "如果最近购买超过365天那么生命周期为流失"
    ).decide({"最近购买": date(2024, 1, 1)}, as_of=date(2026, 1, 1))
    assert "true: last_purchase > 365 days (last_purchase = 2024-01-01)" in decision.why("lifecycle", lang="en")
