"""The head of a result and how answers are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulelang.engine.running.output import head, outcome_columns, speller
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Member, Number, Text, YesNo

TIER = Outcome("tier", Choice((Member("gold", "金"), Member("plain"))), "等级")
NAMELESS = Outcome("流失", YesNo())


def test_columns_of_decisions() -> None:
    assert ("tier", "流失") == outcome_columns([TIER, NAMELESS], why=False, language="en")
    assert ("tier", "tier_standing", "tier_reason") == outcome_columns([TIER], why=True, language="en")
    assert ("等级", "等级_状态", "等级_理由") == outcome_columns([TIER], why=True, language="zh")
    assert ("score",) == outcome_columns([Outcome("score", Number(), "points")], why=False, language="zh")


def test_an_input_column_that_is_called_like_an_outcome_is_kept_under_another_name() -> None:
    made = head(["id", "tier", "tier_before", "tier_reason"], ("tier", "tier_reason"), "en")
    assert ("id", "tier_before_2", "tier_before", "tier_reason_before", "tier", "tier_reason") == made.columns
    assert [("tier", "tier_before_2"), ("tier_reason", "tier_reason_before")] == [
        (each.facts["column"], each.facts["name"]) for each in made.notes
    ]
    assert ("等级_原值", "等级") == head(["等级"], ["等级"], "zh").columns
    assert () == head(["id"], ["tier"], "en").notes


def test_answers_are_written_in_the_language_of_the_run() -> None:
    english, chinese = speller(TIER, "en", typed=False), speller(TIER, "zh", typed=False)
    assert ["gold", "plain", None] == [english(each) for each in ("gold", "plain", None)]
    assert ["金", "plain", None] == [chinese(each) for each in ("gold", "plain", None)]
    assert ["yes", "是"] == [speller(NAMELESS, language, typed=False)(True) for language in ("en", "zh")]
    assert False is speller(NAMELESS, "zh", typed=True)(False)


def test_lists_and_lengths() -> None:
    tags = Outcome("tag", Text(), policy="collect")
    assert "a; b" == speller(tags, "en", typed=False)(("a", "b"))
    assert "a、b" == speller(tags, "zh", typed=False)(("a", "b"))
    assert ["a", "b"] == speller(tags, "zh", typed=True)(("a", "b"))
    assert ["", []] == [speller(tags, "en", typed=each)(()) for each in (False, True)]
    length = Outcome("wait", Length())
    assert ["14 days", "14天"] == [speller(length, each, typed=False)(Duration(14, "days")) for each in ("en", "zh")]


def test_numbers_and_dates_stay_what_they_are() -> None:
    for outcome, answer in ((Outcome("n", Number()), Decimal("1.5")), (Outcome("d", Date()), date(2026, 1, 31))):
        assert answer is speller(outcome, "zh", typed=False)(answer)
