"""Very many rules of mixed conditions, decided by sets of bits over columns: as row by row, with the same account."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import duckdb
import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.batch import run as batch
from rulelang.engine.run import run_file

AS_OF = date(2026, 6, 30)
FIELDS = """\
field last_purchase: date
field spend: money
field visits: whole number
field city: text
field region: one of north (北), south (南)
field vip: yes or no
field note: text, may be blank
choice level: low < medium < high < top
"""
HOW = {
    "first": "outcome grade: level, else low",
    "last": "outcome grade: level, last wins",
    "highest": "outcome grade: level, highest wins, undecided when data is missing",
    "lowest": "outcome grade: level, lowest wins",
}


def rules(policy: str, count: int, more: str = "") -> str:
    """So many rules that look here and there."""
    dice = random.Random(count)
    lines = [FIELDS + HOW[policy] + "\n" + more]
    for _ in range(count):
        low, low_visits = dice.randrange(0, 4000), dice.randrange(0, 30)
        conditions = dice.sample(
            [
                f"spend between {low} ..< {low + dice.randrange(1, 1500)}.50",
                f"visits between {low_visits} and {low_visits + dice.randrange(0, 6)}",
                'city is one of "{}", "{}"'.format(*dice.sample(["Bonn", "Köln", "上海", "London", "Lyon"], 2)),
                f'city is not "{dice.choice(["Bonn", "上海", "Paris"])}"',
                f"region is {dice.choice(['north', 'south'])}",
                dice.choice(["vip", "not vip"]),
                f"last_purchase > {dice.randrange(1, 500)} days",
                f"last_purchase within the last {dice.randrange(1, 24)} months",
                "note is missing",
                "vip is missing",
                'city starts with "Lo"',
                f"spend > visits * {dice.randrange(1, 300)}",
                f"(visits = {dice.randrange(0, 30)} or spend = {dice.randrange(0, 4000)} or vip is missing)",
            ],
            dice.randrange(1, 4),
        )
        first = f", priority {dice.randrange(1, 3)}" if dice.random() < 0.1 else ""
        name = f'rule "{len(lines)}"{first}:\n  '
        lines.append(
            f"{name}if {' and '.join(conditions)} then grade = {dice.choice(['low', 'medium', 'high', 'top'])}"
        )
    lines.append('if note starts with "a" and visits = 17 then grade = top')  # only Python can tell
    return "\n".join(lines) + "\n"


def customers(path: Path, count: int, seed: int = 1) -> Path:
    """Some of everything, one cell in eight empty."""
    dice = random.Random(seed)
    lines = ["id,last_purchase,spend,visits,city,region,vip,note"]
    for number in range(count):
        cells = [
            str(date.fromordinal(AS_OF.toordinal() - dice.randrange(0, 700))),
            f"{dice.randrange(0, 5000)}.{dice.choice(['5', '50', '00', '49'])}",
            str(dice.randrange(0, 36)),
            dice.choice(["Bonn", "Köln", "上海", "London", "Lyon", "Paris", "Lo"]),
            dice.choice(["north", "南", "south"]),
            dice.choice(["yes", "no"]),
            dice.choice(["ab", "b", ""]),
        ]
        lines.append(",".join([str(number), *("" if dice.random() < 0.125 else each for each in cells)]))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def both(text: str, data: Path, folder: Path) -> tuple[RunSummary, RunSummary]:
    """The accounts of both engines, which wrote the same."""
    found = []
    for engine in ("duckdb", "python"):
        target = folder / f"{engine}.parquet"
        found.append(run_file(rulelang.loads(text), data, target, as_of=AS_OF, engine=engine))
    one, other = (duckdb.execute(f"FROM '{folder / each}.parquet'").fetchall() for each in ("duckdb", "python"))
    assert other == one
    assert found[0].outcomes == found[1].outcomes
    assert found[0].never_fired == found[1].never_fired
    assert found[0].fields == found[1].fields
    return found[0], found[1]


@pytest.fixture
def by_sets_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_cells(*_: object) -> None:
        raise AssertionError("the rules were not decided by sets")

    monkeypatch.setattr(batch, "by_cells", by_cells)
    monkeypatch.setattr(batch, "MOST_BRANCHES", 0)


@pytest.mark.usefixtures("by_sets_alone")
@pytest.mark.parametrize("policy", HOW)
def test_mixed_rules_of_every_policy_that_picks_one(policy: str, tmp_path: Path) -> None:
    summary, _ = both(rules(policy, 130), customers(tmp_path / "c.csv", 400), tmp_path)
    standings = summary.outcomes[0].standings
    assert standings["decided"] > 20
    assert standings["provisional"] + standings["undecided"] > 20


@pytest.mark.usefixtures("by_sets_alone")
def test_other_rules_may_read_what_very_many_rules_decide(tmp_path: Path) -> None:
    more = "outcome call: yes or no\noutcome points: whole number, sum\n"
    more += "if grade is one of high, top and visits >= 7 then call = yes, add 3 to points\n"
    more += "if grade is unknown or grade is provisional then add 2 to points\n"
    summary, _ = both(rules("highest", 130, more), customers(tmp_path / "c.csv", 400), tmp_path)
    assert summary.outcomes[1].standings["provisional"] + summary.outcomes[1].standings["undecided"] > 5


def test_rows_keep_their_order_where_something_is_unknown(tmp_path: Path) -> None:
    """Several row groups, read by several threads, with answers that are found by a join."""
    data, target = tmp_path / "c.parquet", tmp_path / "out.parquet"
    duckdb.execute(
        f"""COPY (SELECT i AS id, CASE WHEN i % 7 > 0 THEN CAST(i % 90 AS INTEGER) END AS visits,
        CASE WHEN i % 5 > 0 THEN CAST(i % 800 AS INTEGER) END AS spend FROM range(200000) t(i))
        TO '{data}' (FORMAT parquet, ROW_GROUP_SIZE 10000)"""
    )
    text = "field visits: whole number\nfield spend: whole number\n"
    text += "outcome tier: one of a, b, c, undecided when data is missing\n"
    text += "if visits > 50 then tier = a\nif spend > 300 then tier = b\nif visits < 9 then tier = c\n"
    run_file(rulelang.loads(text), data, target, as_of=AS_OF, engine="duckdb")
    assert [(True,)] == duckdb.execute(
        f"SELECT bool_and(id = file_row_number) FROM read_parquet('{target}', file_row_number = true)"
    ).fetchall()


def test_rows_keep_their_order_where_a_word_is_one_of_several(tmp_path: Path) -> None:
    """DuckDB makes a join of `IN` with several constants, here the ways to write yes and no."""
    data, target = tmp_path / "c.csv", tmp_path / "out.csv"
    words = "['yes', 'no', 'y', 'n', 'true', 'f', ''][1 + i % 7]"
    duckdb.execute(f"COPY (SELECT i AS id, {words} AS vip, i % 90 AS visits FROM range(300000) t(i)) TO '{data}'")
    text = "field vip: yes or no\nfield visits: whole number\noutcome tier: one of a, b, else b\n"
    text += "if vip and visits > 30 then tier = a\n"
    run_file(rulelang.loads(text), data, target, as_of=AS_OF, engine="duckdb")
    with open(target, encoding="utf-8") as file:
        assert list(range(300_000)) == [int(line.partition(",")[0]) for line in list(file)[1:]]
