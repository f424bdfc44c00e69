"""What the proofs don't look into: said by name, never claimed about, and no hindrance to the rest of a ruleset."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

import rulelang
from rulelang.analysis.checks import beyond
from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, POSSIBLE, differences
from rulelang.diagnostics.catalogue import describe
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import answers_of, prove
from rulelang.engine.ruleset import Ruleset
from rulelang.values.moments import Moment

NOW = Moment.of(datetime(2026, 6, 1, 15, 30))
REST = """
field spend: number
outcome tier: one of gold, silver
if spend > 100 then tier = gold
if spend < 100 then tier = silver
"""
HOURS = """
field opened (受理): date and time
outcome late: one of in_time, too_late, unique
rule "Late": if opened more than 2 hours ago then late = too_late
rule "Early": if opened less than 3 hours ago then late = in_time
"""
STEPS = """
holidays from "holidays.csv"
field received: date
field answered: date, may be future
outcome promise: one of kept, broken
rule "Kept": if answered <= received + 5 working days then promise = kept
rule "Broken": if answered > received + 5 working days then promise = broken
"""
AGES = """
holidays from "holidays.csv"
field received: date
outcome state: one of late, fine
if received > 3 working days then state = late
if received < 3 working days then state = fine
"""
RECORDS = """
field orders (订单): list of order (paid_on: date, amount: money in CNY)
outcome order.alert: text
outcome level: one of a, b, else b
for each order:
  if amount > 50,000 then alert = "large"
  if amount > 90,000 and amount < 80,000 then alert = "odd"
if any order has (alert is known) then level = a
"""


@pytest.fixture
def loaded(tmp_path: Path) -> object:
    (tmp_path / "holidays.csv").write_text("date\n2026-01-01\n2026-10-01\n", "utf-8")

    def load(text: str) -> Ruleset:
        (tmp_path / "x.rules").write_text(text, "utf-8")
        return rulelang.load(tmp_path / "x.rules")

    return load


def found(ruleset: Ruleset) -> dict[str, tuple[str, str]]:
    as_of = ruleset.as_of(NOW)
    proved = prove(ruleset, as_of)
    assert proved is not None
    told = finding_diagnostics(proved[1], ruleset.model, as_of, proved[0].steps)
    return {each.code: (describe(each).message, describe(each, "zh").message) for each in told}


@pytest.mark.parametrize(
    ("rules", "codes", "says", "zh"),
    [
        (
            HOURS,
            {"gap-possible", "unique-conflict-possible"},
            "conditions on times of day (opened)",
            "时刻的条件（受理）",
        ),
        (
            STEPS,
            {"gap-undecided"},
            "days so many working days after another (Kept, Broken)",
            "若干工作日的日子（Kept、",
        ),
        (RECORDS, set(), "the rules for each record (orders)", "逐条记录的规则（订单）"),
    ],
)
def test_it_is_named_and_the_rest_is_proved(loaded: object, rules: str, codes: set[str], says: str, zh: str) -> None:
    told = found(loaded(rules + REST))  # type: ignore[operator]  # a function
    assert {"gap", "not-analysed", *codes} == set(told)
    assert "A customer with spend 100 gets no value for tier." == told["gap"][0]
    assert says in told["not-analysed"][0]
    assert zh in told["not-analysed"][1]


def test_ages_in_working_days_are_proved(loaded: object) -> None:
    told = found(loaded(AGES))  # type: ignore[operator]  # a function
    assert {"gap"} == set(told)
    assert "received 2026-05-27 (5 days ago)" in told["gap"][0]


@pytest.mark.parametrize(
    ("rules", "before", "after"),
    [
        (HOURS, "opened less than 3", "opened less than 4"),
        (STEPS, "answered <= received", "answered < received"),
        (RECORDS, "amount > 50,000", "amount > 60,000"),
    ],
)
def test_versions_are_alike_only_where_that_is_proved(loaded: object, rules: str, before: str, after: str) -> None:
    old, new = (loaded(text + REST) for text in (rules, rules.replace(before, after)))  # type: ignore[operator]  # a function
    kinds = []
    for other in (old, new):
        as_of = old.as_of(NOW)
        answers = {OLD: answers_of(old, as_of), NEW: answers_of(other, as_of)}
        kinds.append({each.kind for each in differences(old.model, other.model, as_of, answers)})
    assert {EQUAL} == kinds[0]
    assert kinds[1] & {POSSIBLE, DIFFERENT}


@pytest.mark.parametrize(("rows", "codes"), [(200, ["gap"]), (201, ["not-analysed"])])
def test_a_table_that_is_too_long_is_named_and_not_gone_into(
    tmp_path: Path, rows: int, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beyond, "MOST_BRANCHES", 200)
    lines = "".join(f"{number},{number % 7}\n" for number in range(rows))
    (tmp_path / "t.csv").write_text(f"n,=> points\n{lines}", "utf-8")
    head = "field n: whole number\noutcome points: whole number\n"
    (tmp_path / "t.rules").write_text(f'{head}table "Long" (first) from "t.csv"\n', "utf-8")
    found = rulelang.load(tmp_path / "t.rules").check()
    assert codes == [each.code for each in found if each.code in ("gap", "not-analysed")]
    assert rows == 200 or "Long" in str(found[0].facts["what"])


LONG = """\
field region: one of north, south
field age: whole number, at least 0, at most 120
field code: text
outcome price: number
table "Tariff" (first):
| region | age | code | => price |
|--------|-----|------|----------|
"""


def test_a_long_table_is_gone_into_row_by_row() -> None:
    """Of a thousand rows the one that another covers, and the hole."""
    rows = [
        f'| {region} | {age} ..< {age + 2} | "c{code}" | {age + code} |\n'
        for region in ("north", "south")
        for age in range(0, 100, 2)
        for code in range(10)
    ]
    rows += [
        "| - | >= 100 | - | 1 |\n",
        '| - | - | not "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" | 2 |\n',
    ]
    hole = rows.pop(500)
    rows.insert(700, '| south | 20 ..< 21 | "c3" | 7 |\n')
    told = rulelang.loads(LONG + "".join(rows)).check(date(2026, 6, 1))
    assert '| south | 0 ..< 2 | "c0" | 0 |\n' == hole
    assert [("gap", None), ("unreachable-branch", 701)] == [(each.code, each.facts.get("number")) for each in told]
    assert "region south and age 1 and code “c0”" in str(told[0].facts["customer"])
