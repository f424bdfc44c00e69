"""Branches that are taken only because something is missing are told as assumptions."""

from __future__ import annotations

from pathlib import Path

import pytest

import rulelang

RULES = """
field vip (会员): yes or no
field spend (消费): number
outcome tier (等级): one of gold (金), silver (银), undecided when data is missing
outcome points (积分): number, sum
rule "Member" ("会员"):
  if vip is yes then tier = gold, add 5 to points because "a member" ("是会员")
  otherwise tier = silver, add 1 to points because "not a member" ("不是会员")
rule "Spender": if spend > 10 then add 2 to points because "spends {spend}"
"""


@pytest.mark.parametrize(
    ("lang", "counted", "could", "matched"),
    [
        ("en", "because vip not known, counted as: not a member", "Could match, did not win:", "Matched but"),
        ("zh", "理由：“会员”未知，按此计：不是会员", "可能符合，未采用：", "符合但未采用"),
    ],
)
def test_a_branch_taken_for_want_of_data(tmp_path: Path, lang: str, counted: str, could: str, matched: str) -> None:
    (tmp_path / "x.rules").write_text(RULES, "utf-8")
    decision = rulelang.load(tmp_path / "x.rules").decide({"spend": 20})
    points, tier = decision.why("points", lang=lang), decision.why("tier", lang=lang)
    assert counted in points
    assert "spends 20" in points.replace("counted as: spends", "")
    assert could in tier
    assert matched not in tier


def test_a_branch_that_is_certain_is_told_as_a_fact(tmp_path: Path) -> None:
    (tmp_path / "x.rules").write_text(RULES, "utf-8")
    decision = rulelang.load(tmp_path / "x.rules").decide({"vip": "no"})
    assert "because not a member" in decision.why("points", lang="en")
