"""A rule file on all 45,211 rows of the UCI bank marketing data, against the same questions asked in plain Python.

The data is not part of the project (4.6 MB, CC BY 4.0). It is looked for below the folder that RULELANG_DATA names,
else in ``../shared/data`` beside the checkout.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli

HERE = Path(__file__).parent
RULES = {"en": HERE / "bank_marketing.rules", "zh": HERE / "bank_marketing.zh.rules"}
FOLDER = Path(os.environ.get("RULELANG_DATA") or HERE.parents[2] / "shared" / "data")
DATA = FOLDER / "bank_marketing" / "bank-full.csv"
AS_OF = date(2014, 6, 1)  # the data's own dates are ages already
ROWS = 45_211

Row = Mapping[str, str]

pytestmark = pytest.mark.slow


class Answer(NamedTuple):
    """What one client should get; ``scores`` are the possible scores, the present one first."""

    balance_tier: str
    contact_standing: str
    scores: tuple[int, ...]

    @property
    def turns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(turn(score) for score in self.scores))


# --- the same questions, written without any rule language ---


def by_hand(row: Row) -> Answer:
    balance, days = int(row["balance"]), int(row["pdays"])
    tier = next(name for limit, name in TIERS if balance < limit)
    standing = "never" if days == -1 else "recent" if days <= 90 else "earlier"
    points = 15 if int(row["age"]) >= 60 else 5 if int(row["age"]) <= 29 else 0
    points += {"high": 15, "very_high": 15, "middle": 10, "overdrawn": -10}.get(tier, 0)
    points += {2: 15, 1: 5, 0: 0}[(row["housing"], row["loan"]).count("no")]
    points -= 15 if int(row["campaign"]) >= 6 else 0
    return Answer(tier, standing, tuple(dict.fromkeys(capped(points + more) for more in last_campaign(row, standing))))


TIERS = ((0, "overdrawn"), (500, "low"), (1500, "middle"), (5000, "high"), (10**9, "very_high"))


def last_campaign(row: Row, standing: str) -> tuple[int, ...]:
    """The points for the last campaign; several where its outcome is not known and would count."""
    if standing == "never":
        return (0,)
    failure = -5 if standing == "recent" else 0
    points = {"success": 40, "failure": failure, "other": 0}
    return (0, 40, failure) if row["poutcome"] == "unknown" else (points[row["poutcome"]],)


def capped(points: int) -> int:
    return max(0, min(100, points))


def turn(score: int) -> str:
    return "first" if score >= 40 else "second" if score >= 20 else "later"


# --- the comparison ---


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    if not DATA.is_file():
        pytest.skip(f"no bank marketing data at {DATA}; RULELANG_DATA names the folder that holds bank_marketing/")
    with DATA.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    assert ROWS == len(found)
    return found


@pytest.fixture(scope="module")
def answers(rows: list[Row]) -> list[Answer]:
    return [by_hand(row) for row in rows]


def test_both_rule_files_mean_the_same() -> None:
    assert rulelang.load(RULES["en"]).fingerprint == rulelang.load(RULES["zh"]).fingerprint


def test_the_data_has_what_makes_it_hard(answers: list[Answer]) -> None:
    """Otherwise equal counts would prove little."""
    assert {name for _, name in TIERS} == {each.balance_tier for each in answers}
    assert {"never", "recent", "earlier"} == {each.contact_standing for each in answers}
    assert {"first", "second", "later"} == {each.turns[0] for each in answers}
    assert 0 < sum(len(each.scores) > 1 for each in answers) < 100


@pytest.fixture(scope="module")
def decisions(rows: list[Row]) -> list[rulelang.Decision]:
    return list(rulelang.load(RULES["en"]).decide_many(rows, AS_OF))


def test_counts_per_class_are_those_of_a_plain_query(answers: list[Answer], decisions: list[rulelang.Decision]) -> None:
    assert Counter(each.balance_tier for each in answers) == Counter(each["balance_tier"] for each in decisions)
    assert Counter(each.contact_standing for each in answers) == Counter(each["contact_standing"] for each in decisions)
    assert Counter(each.scores[0] for each in answers) == Counter(each["score"] for each in decisions)
    assert Counter(each.turns[0] for each in answers) == Counter(each["turn"] for each in decisions)


def test_every_row_has_its_answer_and_its_standing(
    rows: list[Row], answers: list[Answer], decisions: list[rulelang.Decision]
) -> None:
    for row, answer, decision in zip(rows, answers, decisions, strict=True):
        expected = (answer.balance_tier, answer.contact_standing, answer.scores[0], answer.turns[0])
        assert expected == tuple(decision[each] for each in ("余额档", "联系情况", "得分", "批次")), row
        for outcome, possible in (("score", answer.scores), ("turn", answer.turns)):
            assert ("decided" if len(possible) == 1 else "provisional") == decision.standing(outcome), row


def test_provisional_rows_say_what_is_possible_and_what_would_settle_it(
    answers: list[Answer], decisions: list[rulelang.Decision]
) -> None:
    open_ = [pair for pair in zip(answers, decisions, strict=True) if len(pair[0].scores) > 1]
    for answer, decision in open_:
        assert answer.scores[0] == decision.possible("score")[0]
        assert set(answer.scores) == set(decision.possible("score"))
        # Judged condition by condition, a turn between two possible ones counts as possible too.
        assert set(answer.turns) <= set(decision.possible("turn"))
        assert ("poutcome",) == decision.missing_for("score")
        assert (() if len(answer.turns) == 1 else ("poutcome",)) == decision.missing_for("turn")


@pytest.mark.parametrize("language", RULES)
def test_run_from_the_command_line(language: str, rows: list[Row], answers: list[Answer], tmp_path: Path) -> None:
    out = tmp_path / "decided.csv"
    command = ["run", str(RULES[language]), str(DATA), "-o", str(out), "--as-of", AS_OF.isoformat(), "--lang", language]
    result = CliRunner().invoke(cli, command)
    assert 0 == result.exit_code, result.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        head, *decided = csv.reader(file, delimiter=";")
    assert [*rows[0], *(in_words(each, language) for each in OUTCOMES)] == head
    assert [[*row.values(), *cells(answer, language)] for row, answer in zip(rows, answers, strict=True)] == decided
    assert counts(answers, language) <= {tuple(line.split()[:2]) for line in result.output.splitlines()}
    open_ = sum(len(each.scores) > 1 for each in answers)
    words = ("decided", "provisional") if language == "en" else ("确定", "暂定")
    assert f"{words[0]} {ROWS - open_:,} · {words[1]} {open_} " in result.output


OUTCOMES = ("balance_tier", "contact_standing", "score", "turn")
CHINESE = dict(
    balance_tier="余额档", overdrawn="透支", low="低", middle="中", high="高", very_high="很高",
    contact_standing="联系情况", never="从未", recent="近期", earlier="较早",
    score="得分", turn="批次", first="优先", second="次选", later="暂缓",
)  # fmt: skip


def in_words(name: str, language: str) -> str:
    return name if language == "en" else CHINESE[name]


def cells(answer: Answer, language: str) -> list[str]:
    """What stands in the output of `run` for a client."""
    tier, standing, first = (in_words(each, language) for each in (*answer[:2], answer.turns[0]))
    return [tier, standing, str(answer.scores[0]), first]


def counts(answers: list[Answer], language: str) -> set[tuple[str, ...]]:
    """The classes and their counts, as the summary of `run` has them."""
    columns = zip(*(cells(each, language) for each in answers), strict=True)
    return {(name, f"{count:,}") for column in columns for name, count in Counter(column).items()}
