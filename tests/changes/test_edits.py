"""What counts as an edit, and what does not."""

from datetime import date

import pytest

import rulelang
from rulelang.changes.edits import compare
from rulelang.changes.versions import Versions

OLD = """\
threshold gold_at (金卡线) = 100; 200 from 2027-01-01
threshold spare = 1
field spend (消费): number
field since: date
field city: text
outcome tier (等级): one of gold, silver, bronze, else bronze
outcome alert: text
rule "Rich" ("富裕"): if spend >= gold_at then tier = gold
rule "Loyal": if since > 2 years then tier = silver
rule "Far": if city is "Rome" then alert = "far"
table "Cities" (first):
| city   | spend | => tier |
| "Oslo" | > 5   | silver  |
| "Bern" | > 6   | silver  |
"""


def versions(new: str, days: tuple[date | None, date | None] = (None, None)) -> Versions:
    return compare(rulelang.loads(OLD).model, rulelang.loads(new).model, days)


def edits(new: str) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for each in versions(new).edits]


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("spend >= gold_at", "spend > gold_at", [("rule changed", "Rich")]),
        ("= 100; 200", "= 100; 300", [("threshold", "gold_at")]),
        ('rule "Far": if city is "Rome" then alert = "far"\n', "", [("rule removed", "Far")]),
        ('rule "Far"', 'rule "Near": if city is "Bari" then alert = "near"\nrule "Far"', [("rule added", "Near")]),
        ("> 6   | silver", "> 6   | gold  ", [("row changed", "Cities")]),
        ('| "Oslo" | > 5   | silver  |\n', "", [("row removed", "Cities")]),
        ('| "Bern"', '| "Rome" | -     | gold    |\n| "Bern"', [("row added", "Cities")]),
        (", else bronze", ", else silver", [("outcome", "tier")]),
        ("field spend (消费): number", "field spend (消费): number, at least 0", [("field", "spend")]),
        ("silver, bronze", "silver, tin, bronze", [("values", "tier")]),
        ('"Rich" ("富裕"): if', '"Wealthy" ("有钱"): if', []),
        ("threshold spare = 1", "threshold spare = 2", [("threshold", "spare")]),
        ("field city: text\n", "field city: text\nfield zip: text\n", []),
        ("spend >= gold_at then", "spend >= gold_at then  ", []),
    ],
)
def test_each_edit_is_found_and_named(was: str, becomes: str, expected: list[tuple[str, str]]) -> None:
    assert was in OLD
    assert expected == edits(OLD.replace(was, becomes))


def test_order_is_an_edit_only_where_it_can_matter() -> None:
    lines = OLD.splitlines(keepends=True)
    rich, loyal, far = (next(each for each in lines if f'"{name}"' in each) for name in ("Rich", "Loyal", "Far"))
    assert [("rule moved", "Rich")] == edits(OLD.replace(rich + loyal, loyal + rich))
    assert [] == edits(OLD.replace(loyal + far, far + loyal))


def test_a_translation_is_no_edit() -> None:
    chinese = OLD.replace(
        'rule "Far": if city is "Rome" then alert = "far"', "规则“Far”：如果city为“Rome”那么alert＝“far”"
    )
    assert chinese != OLD
    assert [] == edits(chinese)


def test_unnamed_rules_are_known_by_what_they_say() -> None:
    one, other = "if spend > 5 then tier = gold\n", "if since > 2 years then alert = long\n"
    old, new = rulelang.loads(one + other), rulelang.loads("\n\n" + other + one.replace("5", "6"))
    assert ["rule changed"] == [each.kind for each in compare(old.model, new.model).edits]


def test_time_is_an_edit_of_its_own() -> None:
    days = (date(2026, 6, 1), date(2027, 6, 1))
    found = [(each.kind, each.name) for each in versions(OLD, days).edits]
    assert [("threshold", "gold_at"), ("day", "")] == found


def test_a_rule_comes_into_force() -> None:
    dated = OLD.replace('rule "Far"', 'rule "Far" valid from 2027-01-01')
    model = rulelang.loads(dated).model
    found = compare(model, model, (date(2026, 6, 1), date(2026, 12, 31))).edits
    assert ["day"] == [each.kind for each in found]
    found = compare(model, model, (date(2026, 6, 1), date(2027, 1, 1))).edits
    assert ["rule in force", "threshold", "day"] == [each.kind for each in found]


def test_types_that_do_not_go_together_can_not_be_taken_apart() -> None:
    new = OLD.replace("spend (消费): number", "spend (消费): money in CNY").replace("= 100; 200", "= ¥100; ¥200")
    found = versions(new.replace("> 5 ", "> ¥5").replace("> 6 ", "> ¥6"))
    assert ["whole"] == [each.kind for each in found.edits]
    assert found.ground is None
