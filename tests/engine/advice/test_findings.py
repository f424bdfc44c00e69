"""``Ruleset.check``: what the command proves, for callers in Python."""

from __future__ import annotations

from datetime import date

import pytest

import rulelang
from rulelang.diagnostics.diagnostic import RuleError

RULES = """\
field age: whole number, between 0 and 120
threshold grown = 18
require grown < 30   "Grown people are young"
outcome group: one of child, adult
if age < grown then group = child
if age > grown then group = adult
"""


def test_findings_of_a_ruleset_with_their_facts() -> None:
    rules = rulelang.loads(RULES)
    (gap,) = rules.check(as_of=date(2026, 6, 30))
    assert ("gap", "group") == (gap.code, gap.facts["outcome"])
    assert "18" in str(gap.facts["customer"])
    assert () == rulelang.loads(RULES.replace("age > grown", "age >= grown")).check()


def test_requirements_are_among_them() -> None:
    stricter = rulelang.loads(RULES).with_thresholds(grown="40")
    assert ["requirement-not-met"] == [each.code for each in stricter.check(date(2026, 6, 30))][:1]


def test_a_kept_ruleset_is_checked_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("rules") / "x.rules"
    file.write_text(RULES, "utf-8")
    for _ in range(2):
        rules = rulelang.load(file)
        rules.decide({"age": 5}, date(2026, 6, 30))
        assert ["gap"] == [each.code for each in rules.check(date(2026, 6, 30))]


def test_a_day_without_a_time_is_refused_where_hours_count() -> None:
    hours = rulelang.loads("field at: date and time\nif at within the last 3 hours then a = yes\n")
    with pytest.raises(RuleError, match="as-of-needs-time"):
        hours.check(date(2026, 6, 30))


def test_a_gap_that_rests_on_records_and_outcomes_names_a_customer() -> None:
    rules = rulelang.loads(
        "field consent: yes or no\nfield orders: list of order (amount: money in EUR)\n"
        "outcome campaign: yes or no, else no\noutcome offer: one of big\noutcome basket: money in EUR\n"
        "if consent is yes and number of orders >= 3 then campaign = yes\n"
        "if campaign is yes then offer = big\n"
        "if number of orders > 0 then basket = average of orders.amount\n"
    )
    told = {
        each.facts["outcome"]: each.facts["customer"] for each in rules.check(date(2026, 6, 30)) if each.code == "gap"
    }
    assert told["basket"] == "0 orders"
    assert told["offer"]
