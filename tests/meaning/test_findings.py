"""What is wrong with names, types and units: a sentence, and the codes that are reported for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.diagnostics.catalogue import describe, severity
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources

HEAD = """\
threshold gold_at = ¥10万
threshold lost_after = 365 days
threshold share = 20%
field last_purchase (最近购买): date
field birth_date: date
field visit: date, may be future
field spend (消费): money in CNY, at least 0
field balance: money in USD
field points: whole number
field recency: duration
field months_open: duration in months
field city (城市): text
field vip (会员): yes or no
field channel: one of online (线上), store (门店)
field risk: low < medium < high
list cities = "A", "B"
outcome lifecycle: one of new, lost (流失), else new
outcome score: whole number, sum
outcome grade: low < medium < high, highest wins
outcome next_contact: date
outcome offers: text, collect
outcome limit: money in CNY
let ratio = spend / 1000
define good(x): x > ¥500 and vip
"""

WRONG = {
    "if spnd > 5 then lifecycle = lost": ["unknown-name"],
    "if 消赞 > 5 then lifecycle = lost": ["unknown-name"],
    "if city > 5 then lifecycle = lost": ["type-mismatch"],
    "if city is Londn then lifecycle = lost": ["text-unquoted"],
    "if city is one of Londn, Paris then lifecycle = lost": ["text-unquoted"],
    "if 城市为北京 then lifecycle = lost": ["text-unquoted"],
    "if vip then add calendar to offers": ["text-unquoted"],
    "if last_purchase > 365 then lifecycle = lost": ["bare-number"],
    "if recency > 365 then lifecycle = lost": ["bare-number"],
    "if recency > 2 months then lifecycle = lost": ["unit-mismatch"],
    "if months_open > 30 days then lifecycle = lost": ["unit-mismatch"],
    "if last_purchase = 2 months then lifecycle = lost": ["unit-mismatch"],
    "if visit > 3 days then lifecycle = lost": ["date-may-be-future"],
    "if spend > balance then lifecycle = lost": ["currency-mismatch"],
    "if spend > $5 then lifecycle = lost": ["currency-mismatch"],
    "if spend + balance > 5 then lifecycle = lost": ["currency-mismatch"],
    "if spend * spend > 5 then lifecycle = lost": ["operation-mismatch"],
    "if city + 1 > 5 then lifecycle = lost": ["operation-mismatch"],
    "if spend > 2026-01-01 then lifecycle = lost": ["type-mismatch"],
    "if channel is stor then lifecycle = lost": ["unknown-value"],
    'if channel is "stor" then lifecycle = lost': ["unknown-value"],
    "if channel >= store then lifecycle = lost": ["unordered-choice"],
    "if spend then lifecycle = lost": ["not-a-condition"],
    "if spend and vip then lifecycle = lost": ["not-a-condition"],
    "if nobody then lifecycle = lost": ["name-as-condition"],
    "if city is empty then lifecycle = lost": ["empty-on-flat"],
    'if spend contains "a" then lifecycle = lost': ["not-a-text"],
    "if spend is in cities then lifecycle = lost": ["not-a-text"],
    "if city is in towns then lifecycle = lost": ["unknown-list"],
    "if city contains spend then lifecycle = lost": ["not-a-text"],
    "if spend within the last 3 days then lifecycle = lost": ["not-a-date"],
    "if spend before 2026-01-01 then lifecycle = lost": ["not-a-date"],
    "if month of spend = 3 then lifecycle = lost": ["not-a-date"],
    "if age in years of birth_date > 6 months then lifecycle = lost": ["unit-mismatch"],
    "if spend between 10 and 5 then lifecycle = lost": ["limits-reversed"],
    "if vip then spend = 5": ["outcome-not-assignable"],
    "if vip then gold_at = 5": ["outcome-not-assignable"],
    "if vip then lifecycel = lost": ["unknown-outcome"],
    "if vip then lifecycle = losst": ["unknown-value"],
    "if vip then next_contact = 5": ["assign-type"],
    "if vip then limit = balance": ["assign-type"],
    "if vip then next_contact = today + 5": ["operation-mismatch"],
    "if vip then add 5 to limit": ["add-to-single"],
    "if vip then lifecycle = lost, lifecycle = new": ["two-values-one-branch"],
    "if vip then lifecycle = lost at most 5": ["cap-type"],
    'if vip then lifecycle = lost because "{spendd}"': ["unknown-hole"],
    "if good(spend, 5) then lifecycle = lost": ["define-arguments"],
    "if bad(spend) then lifecycle = lost": ["unknown-function"],
    "field spend: number": ["duplicate-name"],
    "field extra: levl": ["unknown-type"],
    "outcome words: text, sum": ["policy-type"],
    "outcome plain: one of a, b, highest wins": ["policy-type"],
    "outcome other: one of a, b, else c": ["unknown-value"],
    "threshold t = spend": ["threshold-not-constant"],
    "threshold t = 5; 6 from 2026-02-01; 7 from 2026-01-01": ["dates-not-ascending"],
    "require spend > 5": ["requirement-not-constant"],
    "use nothing_installed": ["unknown-plugin"],
    'list far from "nowhere.csv" column a': ["missing-file"],
    "let a = b + 1\nlet b = a + 1": ["recursive-definition"],
    "if lifecycle is lost then grade = low\nif grade is low then lifecycle = lost": ["cycle"],
    'rule "x": if vip then lifecycle = lost\nrule "x": if not vip then lifecycle = new': ["duplicate-rule"],
    'example "e":\n  given spnd = 5\n  expect lifecycle = lost': ["example-unknown-name"],
    "if vip then order.alert = 5": ["element-outcome-outside"],
    "for each order:\n  if vip then lifecycle = lost": ["unknown-element"],
    'extends "nowhere.rules"': ["missing-file"],
    'remove rule "x"': ["nothing-to-override"],
    "if count of spend > 3 then lifecycle = lost": ["not-a-list"],
    "if vip and spend > 5 working days then lifecycle = lost": ["type-mismatch"],
}


def codes(text: str) -> list[str]:
    read = read_sources([Source("x.rules", text)], Path())
    return [each.code for each in read.diagnostics if severity(each.code) == "error"]


@pytest.mark.parametrize("sentence", WRONG)
def test_wrong_sentences_are_named(sentence: str) -> None:
    text = HEAD + sentence + "\nif vip then score = 1\n"
    assert WRONG[sentence] == sorted(set(codes(text)))


RIGHT = [
    "if spend >= gold_at and points > 5 then lifecycle = lost",
    "if 消费 超过 5万 then lifecycle = 流失",
    "if 365 days < last_purchase then lifecycle = lost",
    "if last_purchase > lost_after then lifecycle = lost",
    "if last_purchase between 30 days and 60 days then lifecycle = lost",
    "if recency >= lost_after then lifecycle = lost",
    "if age of last_purchase > 1 year then lifecycle = lost",
    "if age in years of birth_date >= 18 then lifecycle = lost",
    "if age in years of birth_date >= 18 years then lifecycle = lost",
    "if visit more than 3 days ago then lifecycle = lost",
    "if visit within the next 7 days then lifecycle = lost",
    "if today - last_purchase > 30 days then lifecycle = lost",
    "if last_purchase + 2 years < today then lifecycle = lost",
    "if risk >= medium and channel is 线上 then lifecycle = lost",
    "if risk is one of low, high then lifecycle = lost",
    "if vip is yes or not vip then lifecycle = lost",
    "if ratio > 0.5 and spend / points < 20% then lifecycle = lost",
    "if good(spend) then limit = spend * 12, at most ¥50万",
    "if vip then limit = 15% of spend",
    "if month of birth_date = month of today then lifecycle = lost",
    "if anniversary of birth_date within the next 7 days then lifecycle = lost",
    "if city is in cities and city is not missing then offers = city",
    'if offers contains "card" then score = 1\nif vip then add "card" to offers',
    "if grade >= medium then add 10 to score",
    "if vip then grade = risk",
    'if vip then lifecycle = lost because "{spend} {age of last_purchase} {ratio}"',
    "require gold_at > ¥5万",
    "always next_contact = today + 14 days",
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_sentences_have_no_errors(sentence: str) -> None:
    assert [] == codes(HEAD + sentence + "\nif vip then score = 1\n")


def test_all_errors_of_a_file_are_reported_in_one_pass() -> None:
    sentences = [
        "if spnd > 5 then lifecycle = lost",
        "if city > 5 then lifecycle = lost",
        "if last_purchase > 365 then lifecycle = lost",
        "if channel is stor then lifecycle = lost",
        "if spend > then lifecycle = lost",
        "if vip then lifecycle = losst",
    ]
    found = codes(HEAD + "\n".join(sentences))
    assert ["bare-number", "type-mismatch", "unknown-name", "unknown-value"] == sorted(
        set(found) - {"unexpected-text", "missing-word", "unexpected-end"}
    )
    assert len(sentences) == len(found)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('vip is "yes"', "Leave the quotation marks out and write: yes."),
        ("spend > 2026-01-01", "Compare like with like"),
    ],
)
def test_a_value_in_quotation_marks_is_told_to_go_without(condition: str, said: str) -> None:
    read = read_sources([Source("x.rules", HEAD + f"if {condition} then lifecycle = lost")], Path())
    (finding,) = [each for each in read.diagnostics if each.code == "type-mismatch"]
    assert str(describe(finding, "en").help).startswith(said)
