"""Names and types where a file declares none."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.diagnostics.position import Source
from rulelang.model.program import Model
from rulelang.pipeline import Context, read_sources
from rulelang.vocabulary.types import Choice, Date, Length, Member, Money, Number, Text, Type, YesNo


def model(text: str, columns: tuple[str, ...] = (), observed: dict[str, str] | None = None) -> Model:
    read = read_sources([Source("x.rules", text)], Path(), Context(None, columns, observed or {}))
    assert read.model is not None, read.diagnostics
    return read.model


FIELDS: dict[str, dict[str, Type]] = {
    "if last_purchase > 365 days then lifecycle = lost": {"last_purchase": Date()},
    "如果最近购买超过365天那么生命周期＝流失": {"最近购买": Date()},
    "if spend > ¥5万 then tier = gold": {"spend": Money("CNY")},
    "if spend > 50,000 then tier = gold": {"spend": Number()},
    "if city is London then tier = gold": {"city": Text()},
    'if city contains "a" then tier = gold': {"city": Text()},
    "if vip is yes then tier = gold": {"vip": YesNo()},
    "if a > b and b > 5 then tier = gold": {"a": Number(), "b": Number()},
    "if paid_on before due_on and due_on > 3 days then tier = gold": {"paid_on": Date(), "due_on": Date()},
    "if price - cost > 5 then tier = gold": {"price": Number(), "cost": Number()},
    "if today - opened > 5 days then tier = gold": {"opened": Date()},
    "if x is missing then tier = gold": {"x": Text()},
    "threshold t = 30 days\nif d > t then tier = gold": {"d": Date()},
}


@pytest.mark.parametrize("text", FIELDS)
def test_fields_are_taken_from_use(text: str) -> None:
    assert FIELDS[text] == {name: each.type for name, each in model(text).fields.items()}


def test_data_decides_between_a_date_and_a_length_of_time() -> None:
    text = "if recency > 365 days then lifecycle = lost"
    assert {"recency": Length("days")} == {
        name: each.type for name, each in model(text, ("recency",), {"recency": "number"}).fields.items()
    }


def test_outcomes_are_taken_from_what_they_are_given() -> None:
    outcomes = model(
        'if a > 5 then tier = gold, limit = 5.5, note = "x", on = yes, until = today\nif a > 9 then tier = silver'
    ).outcomes
    assert {
        "tier": Choice((Member("gold"), Member("silver"))),
        "limit": Number(),
        "note": Text(),
        "on": YesNo(),
        "until": Date(),
    } == {name: each.type for name, each in outcomes.items()}


def test_points_add_up_without_a_declaration() -> None:
    outcome = model("if a > 5 then add 10 to score\nif b > 5 then add 5 to score").outcomes["score"]
    assert ("sum", Number(0)) == (outcome.policy, outcome.type)


def test_a_name_used_in_two_ways_is_reported() -> None:
    text = "if a > 5 then t = x\nif a > 3 days then t = y"
    read = read_sources([Source("x.rules", text)], Path())
    assert ["inconsistent-use"] == [each.code for each in read.errors][:1]
