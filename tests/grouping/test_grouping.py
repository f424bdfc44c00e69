"""Groups of similar customers: planted ones are found, and the rules say what the clusters are."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulelang
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.advice.proving import prove
from rulelang.engine.reading.customers import Reading
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import SourceOptions
from rulelang.grouping.describe import Bounds
from rulelang.grouping.measures import measures_of, readable_bound
from rulelang.grouping.run import Groups, find_groups
from rulelang.grouping.ways import ways_of
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Member

DAY = date(2026, 6, 30)
RULES = """field spend (消费): money
field last_order (最近下单): date
field channel (渠道): one of online (线上), store (门店), [call centre] (电话中心)
field vip (会员): yes or no
field level (级别): low < medium < high
field name: text
field phone: text, personal
field income: money, personal
outcome x: yes or no
if spend > 0 and last_order > 1 day and channel is online and vip = yes and level is low and name is "a"
   and phone is "b" and income > 0
then x = yes
"""
PLANTED = {  # spend, days since the last order, channel, vip, level
    "rich": (9000, 10, "online", "yes", "high"),
    "gone": (300, 700, "store", "no", "low"),
    "calls": (1500, 100, "call centre", "no", "medium"),
}


def customers(path: Path, count: int = 300) -> list[str]:
    """Writes a file of planted customers; each one's kind."""
    chance = random.Random(1)
    kinds = [chance.choice(sorted(PLANTED)) for _ in range(count)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["spend", "last_order", "channel", "vip", "level", "name", "phone", "income"])
        for kind in kinds:
            spend, days, channel, vip, level = PLANTED[kind]
            day = DAY - timedelta(days=days + chance.randrange(-5, 6))
            out.writerow([spend * chance.uniform(0.8, 1.2) // 1, day, channel, vip, level, "n", "p", 5])
    return kinds


def found(path: Path, *wanted: str, count: int | None = None, language: str = "en") -> Groups:
    with open_source(str(path), SourceOptions()) as source:
        return find_groups(rulelang.loads(RULES), source, wanted, DAY, Reading(), count, language)


def test_planted_groups_are_found_and_described(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    kinds = customers(path)
    groups = found(path)
    assert len(groups.groups) == 3
    assert groups.agreement == 1
    assert sorted(each.customers for each in groups.groups) == sorted(Counter(kinds).values())
    assert [each.field.name for each in groups.measures if each.kind != "member"] == [
        "spend",
        "last_order",
        "vip",
        "level",
    ]  # no text, nothing private
    rules = rulelang.loads(groups.text)
    with path.open(encoding="utf-8", newline="") as file:
        answers = [rules.decide(row, as_of=DAY)["customer_group"] for row in csv.DictReader(file)]
    assert len(set(zip(kinds, answers, strict=True))) == 3


@pytest.mark.parametrize("wanted", [("channel",), ("vip", "level"), ("last_order", "spend"), ("level", "channel")])
def test_the_rules_leave_nobody_out_and_nothing_to_find(tmp_path: Path, wanted: tuple[str, ...]) -> None:
    path = tmp_path / "customers.csv"
    customers(path)
    groups = found(path, *wanted, count=2)
    assert sum(each.customers for each in groups.groups) == groups.compared == 300
    proved = prove(rulelang.loads(groups.text), DAY)
    assert proved is not None
    assert not proved[1]


def test_both_languages_mean_the_same(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    customers(path)
    english, chinese = (found(path, "spend", "channel", language=language) for language in ("en", "zh"))
    assert "规则“第1组" in chinese.text
    assert rulelang.loads(english.text).fingerprint == rulelang.loads(chinese.text).fingerprint


def test_who_lacks_a_field_is_left_out_and_undecided(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    customers(path)
    path.write_text(path.read_text("utf-8") + ",2026-01-01,store,no,low,,,\nx,2026-01-01,store,no,low,,,\n", "utf-8")
    groups = found(path, "spend")
    assert (groups.rows, groups.compared, groups.rejected, dict(groups.incomplete)) == (302, 300, 1, {"spend": 1})
    assert rulelang.loads(groups.text).decide({}, as_of=DAY).standing("customer_group") == "undecided"


@pytest.mark.parametrize(
    ("wanted", "rows", "code"),
    [
        (("name",), 9, "not-comparable"),
        (("spent",), 9, "unknown-field-option"),
        (("spend",), 2, "too-few-customers"),
        ((), 0, "too-few-customers"),
    ],
)
def test_what_can_not_be_grouped_says_so(tmp_path: Path, wanted: tuple[str, ...], rows: int, code: str) -> None:
    path = tmp_path / "customers.csv"
    customers(path, rows)
    with pytest.raises(DataError) as caught:
        found(path, *wanted)
    assert [each.code for each in caught.value.diagnostics] == [code]


def test_nothing_but_texts_is_nothing_to_group(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name,income\nAnn,3\n", "utf-8")
    with pytest.raises(DataError, match="nothing-to-group"):
        found(path)


NUMBERS = st.decimals(-1_000_000, 1_000_000, places=2)


@given(NUMBERS, NUMBERS)
def test_a_bound_parts_two_numbers_and_no_shorter_one_does(first: Decimal, second: Decimal) -> None:
    if first == second:
        return
    low, high = sorted((first, second))
    bound = readable_bound("number", low, high)
    assert low < bound <= high
    digits = len(str(abs(bound.normalize()).as_tuple().digits))
    assert digits <= len(str(abs(high.normalize()).as_tuple().digits))


@given(st.integers(0, 10_000), st.integers(1, 5_000))
def test_a_bound_of_ages_is_a_whole_number_of_days(low: int, more: int) -> None:
    bound = readable_bound("age", low, low + more)
    assert bound == int(bound)
    assert low <= bound < low + more


COLOUR = Field("colour", Choice((Member("red"), Member("green"), Member("blue"))))
SIZE = Field("size", rulelang.loads("field size: number\noutcome x: number\nalways x = size").model.fields["size"].type)
MEASURES = measures_of((COLOUR, SIZE))
SIDES = st.sampled_from([Bounds(above=Decimal(1)), Bounds(upto=Decimal(1))])
SIZES = st.sampled_from(
    [Bounds(Decimal(3)), Bounds(None, Decimal(3)), Bounds(Decimal(3), Decimal(5)), Bounds(None, Decimal(5))]
)
PATHS = st.fixed_dictionaries({}, optional={0: SIDES, 1: SIDES, 2: SIDES, 3: SIZES})


@settings(max_examples=200)
@given(st.lists(PATHS, min_size=1, max_size=4))
def test_ways_joined_let_in_the_same_customers(paths: list[dict[int, Bounds]]) -> None:
    def inside(bounds: Bounds, value: Fraction) -> bool:
        above = bounds.above is None or value >= bounds.above
        return above and (bounds.upto is None or value < bounds.upto)

    ways = ways_of(paths, MEASURES)
    for place, colour in enumerate(("red", "green", "blue")):
        for size in map(Fraction, (0, 3, 4, 5, 6)):
            row = [Fraction(place == each) for each in range(3)] + [size]
            by_path = any(all(inside(bounds, row[at]) for at, bounds in path.items()) for path in paths)
            by_way = any(
                (asked := way.get(COLOUR)) is None or colour in asked  # type: ignore[operator]  # members
                for way in ways
                if not isinstance(limits := way.get(SIZE, Bounds()), frozenset) and inside(limits, size)
            )
            assert by_path == by_way
