"""Lists of holidays: what is wrong with one, whose it is on top of a base, and what lies beyond it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.pipeline import read_model

RULES = 'holidays from "h.csv"\nfield day: date\noutcome due: date\nalways due = day + 1 working days\n'


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    return folder / "main.rules"


def codes(folder: Path, rules: str, listed: str) -> list[str]:
    return [each.code for each in read_model([written(folder, main__rules=rules, h__csv=listed)]).errors]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("date\n2026-01-01\n", []),
        ("日期,类型\n2026年1月1日,放假\n2026/2/14,上班\n", []),
        ("date,kind\n2026-01-01,maybe\n", ["unreadable-holiday", "no-holidays"]),
        ("date\nsoon\n", ["unreadable-holiday", "no-holidays"]),
    ],
)
def test_a_list_says_of_each_day_whether_it_is_worked(tmp_path: Path, listed: str, expected: list[str]) -> None:
    assert expected == codes(tmp_path, RULES, listed)


def test_two_lists_have_to_agree(tmp_path: Path) -> None:
    written(tmp_path, o__csv="date\n2026-01-02\n")
    assert ["holidays-twice"] == codes(tmp_path, RULES + 'holidays from "o.csv"\n', "date\n2026-01-01\n")
    assert [] == codes(tmp_path, RULES + 'holidays from "h.csv"\n', "date\n2026-01-01\n")


def test_a_ruleset_on_top_of_another_may_bring_its_own(tmp_path: Path) -> None:
    written(tmp_path, base__rules=RULES, h__csv="date\n2026-01-02\n", own__csv="date\n2026-01-05\n")
    own = rulelang.load(written(tmp_path, main__rules='extends "base.rules"\nholidays from "own.csv"\n'))
    base = rulelang.load(tmp_path / "base.rules")
    assert own.fingerprint != base.fingerprint
    as_of = date(2026, 1, 1)
    assert [date(2026, 1, 5), date(2026, 1, 2)] == [
        each.decide({"day": as_of}, as_of=as_of)["due"] for each in (base, own)
    ]


def test_what_lies_beyond_the_list_is_told(tmp_path: Path) -> None:
    rules = rulelang.load(written(tmp_path, main__rules=RULES, h__csv="date\n2026-01-01\n"))
    decision = rules.decide({"day": date(2026, 12, 31)}, as_of=date(2026, 12, 31))
    assert (None, "undecided") == (decision["due"], decision.standing("due"))
    assert ["outside-holidays"] == [each.code for each in decision.problems]
    pack = tmp_path / "r.rulepack"
    rules.save(pack)
    again = rulelang.load(pack).decide({"day": date(2026, 1, 1)}, as_of=date(2026, 1, 1))
    assert date(2026, 1, 2) == again["due"]
