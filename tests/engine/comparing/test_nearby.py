"""Two versions without data: where nothing is proved, customers are found among known ones and near them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.analysis.difference import DIFFERENT, EQUAL
from rulelang.analysis.likeness import decided_alike
from rulelang.changes.edits import compare
from rulelang.engine.comparing.nearby import Nearby
from rulelang.engine.comparing.proved import prove
from rulelang.engine.loading.reading import read_ruleset
from rulelang.model.contributions import BLANK
from rulelang.testing.known import known_customers

DAY = date(2026, 6, 30)
# What each of eight fields adds is reckoned with the field: the sum is beyond boxes.
SCORED = "\n".join(
    [
        "threshold high_above = 80",
        *(f"field f{number}: whole number, at least 0, at most 20" for number in range(8)),
        "field before: one of low, high",
        "field waived: yes or no",
        "field name: text",
        "outcome score: number with 2 decimals, sum",
        "outcome grade: one of low, high, undecided when data is missing",
        "outcome basis: one of kept, reckoned",
        "outcome greeting: text",
        *(f'rule "r{number}": always add f{number} * f{number} / 7 to score' for number in range(8)),
        "if score > high_above then grade = high otherwise grade = low",
        "if grade is low and before is high and waived is no then basis = kept otherwise basis = reckoned",
        'if name is known then greeting = "hello" otherwise greeting = "there"',
    ]
)


def test_a_customer_is_found_near_a_known_one_and_made_small() -> None:
    known = {**{f"f{number}": 8 for number in range(8)}, "name": "Ann"}  # 73.14 points
    old, new = rulelang.loads(SCORED), rulelang.loads(SCORED.replace("= 80", "= 78"))
    found = Nearby(old, new, DAY).find(("grade", "basis"), [known])
    assert {"grade", "basis"} == found.keys()
    grade, basis = found["grade"], found["basis"]
    assert ("low", "high") == (grade.old, grade.new)
    told = {each.name for each in grade.customer.told}
    assert told == {f"f{number}" for number in range(8)}
    # Two fields more have to be what they are, and neither shows anything alone.
    assert {each.name for each in basis.customer.told} == told | {"before", "waived"}
    for outcome, differing in found.items():
        customer = {each.name: each.value for each in differing.customer.told}
        for ruleset, answer in ((old, differing.old), (new, differing.new)):
            assert answer == ruleset.decide(customer, DAY)[outcome]


def test_the_search_ends_when_its_customers_are_used_up() -> None:
    old, new = (rulelang.loads(SCORED.replace("= 80", each)) for each in ("= 5000", "= 5001"))
    search = Nearby(old, new, DAY, most=50)
    assert {} == search.find(("grade",), [{f"f{number}": 8 for number in range(8)}])
    assert search.tried <= 50


@pytest.mark.parametrize(
    ("before", "after", "alike"),
    [
        ("= 80", "= 81", {"score", "greeting"}),
        ('"hello"', '"hi"', {"score", "grade", "basis"}),
        ("f3 * f3 / 7", "f3 * f3 / 8", {"greeting"}),
        ("field f2: whole number, at least 0", "field f2: whole number, at least 1", {"greeting"}),
        ("before: one of low, high", "before: one of low, medium, high", {"score", "grade", "greeting"}),
        ('rule "r1"', 'rule "another name"', {"score", "grade", "basis", "greeting"}),
    ],
)
def test_outcomes_that_rest_on_nothing_edited_are_alike_by_construction(
    before: str, after: str, alike: set[str]
) -> None:
    assert before in SCORED
    old, new = rulelang.loads(SCORED).model, rulelang.loads(SCORED.replace(before, after)).model
    assert alike == decided_alike(old, new)
    assert alike == decided_alike(new, old)


LISTED = """\
list banned from "banned.csv" column city
field city: text
field orders: list of order (paid_on: date, amount: number)
outcome order.large: yes or no, else no
outcome stop: yes or no
outcome size: one of big, small
for each order:
  if amount > 100 then large = yes
if city is in banned then stop = yes otherwise stop = no
if any order has (large is yes) then size = big otherwise size = small
"""


def test_lists_and_records_count_for_what_rests_on_them(tmp_path: Path) -> None:
    def model(text: str, cities: str) -> Any:
        (tmp_path / "banned.csv").write_text("city\n" + cities, encoding="utf-8")
        (tmp_path / "x.rules").write_text(text, encoding="utf-8")
        return rulelang.load(tmp_path / "x.rules").model

    base = model(LISTED, "Rome\n")
    assert {"order.large", "stop", "size"} == decided_alike(base, model(LISTED, "Rome\n"))
    assert {"order.large", "size"} == decided_alike(base, model(LISTED, "Rome\nOslo\n"))
    assert {"stop"} == decided_alike(base, model(LISTED.replace("> 100", "> 101"), "Rome\n"))


def test_thresholds_of_records_and_groups_are_no_distance_of_a_customer() -> None:
    rules = (
        "threshold line = 100\nthreshold most = 3\n"
        "field orders: list of order (paid_on: date, amount: number, shop: text)\n"
        "outcome big: yes or no, else no\noutcome often: yes or no, else no\n"
        "if any order has (amount >= line) then big = yes\n"
        "if for any one shop of orders: (sum of amount > line and count > most) then often = yes\n"
    )
    old, new = rulelang.loads(rules), rulelang.loads(rules.replace("= 100", "= 90").replace("most = 3", "most = 2"))
    orders = tuple({"paid_on": DAY, "amount": 95, "shop": "A"} for _ in range(3))
    found = Nearby(old, new, DAY, most=200).find(("big", "often"), [{"orders": orders}])
    assert (1, 3) == tuple(len(found[name].customer.values["orders"]) for name in ("big", "often"))
    assert [("no", "yes")] * 2 == [(_said(each.old), _said(each.new)) for each in found.values()]


def _said(answer: Any) -> str:
    return "yes" if answer is True else "no" if answer is False else str(answer)


def test_samples_are_known_customers_as_much_later() -> None:
    loaded = read_ruleset("aml/rating")
    assert loaded.ruleset is not None
    first, second = (known_customers(loaded.ruleset, loaded.paths, day) for day in (DAY, date(2026, 7, 1)))
    assert len(first) == len(second) > 40
    assert (second[0]["last_review"] - first[0]["last_review"]).days == 1
    assert any(each["override_grade"] is BLANK for each in first)


def test_every_outcome_of_a_shipped_score_is_shown_to_differ() -> None:
    loaded = read_ruleset("aml/rating")
    assert loaded.ruleset is not None
    old, new = loaded.ruleset, loaded.ruleset.with_thresholds(medium_above="30")
    known = known_customers(old, loaded.paths, DAY)
    found = prove(compare(old.model, new.model), DAY, known).whole
    assert [EQUAL] == [each.kind for each in found.verdicts if each.kind != DIFFERENT]
    for verdict in found.verdicts:
        if verdict.customer is not None:
            customer = {each.name: None if each.value is BLANK else each.value for each in verdict.customer.told}
            for ruleset, answer in ((old, verdict.old), (new, verdict.new)):
                decided = ruleset.decide(customer, DAY)[verdict.outcome]
                assert (decided is None) is (answer is None or answer is BLANK)
                assert decided is None or decided == answer or set(decided) == set(answer)
