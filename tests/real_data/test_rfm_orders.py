"""From raw orders to the ten published segment counts, exactly: with quintiles of the base, and with fixed cut points.

The data (MIT, package ``rfm``) is not part of the project; see test_bank_marketing.py for where it is looked for.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from attrs import frozen

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("RULELANG_DATA") or HERE.parents[2] / "shared" / "data") / "rfm_orders"
AS_OF = date(2006, 12, 31)
FILES = ("rfm.rules", "rfm.zh.rules", "rfm_fixed.rules", "rfm_fixed.zh.rules")
SCORES = ("recency_score", "frequency_score", "money_score", "segment")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the rfm_orders data is not in {FOLDER}")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@frozen
class Result:
    """What a rule file came to: the account, and each customer's line."""

    summary: RunSummary
    lines: list[dict[str, str]]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Result]:
    """Decides for every customer, with the orders as published as a second table; each rule file once."""
    folder = tmp_path_factory.mktemp("rfm")
    names = dict.fromkeys(row["customer_id"] for row in rows("orders.csv"))
    (folder / "customers.csv").write_text("customer_id\n" + "".join(f"{each}\n" for each in names), "utf-8")
    done: dict[str, Result] = {}

    def decide(name: str) -> Result:
        if name not in done:
            path = folder / f"{name}.csv"
            with open_source(folder / "customers.csv") as source, open_source(FOLDER / "orders.csv") as orders:
                key = ("customer_id", "customer_id")
                options = RunOptions(as_of=AS_OF, lists=(ListTable("orders", orders, key),), language="en")
                summary = run(rulelang.load(HERE / name), source, options, path)
            with path.open(encoding="utf-8", newline="") as file:
                done[name] = Result(summary, list(csv.DictReader(file)))
        return done[name]

    return decide


@pytest.mark.parametrize("name", FILES)
def test_the_published_counts(name: str, decided: Callable[[str], Result]) -> None:
    published = {row["segment"]: int(row["count"]) for row in rows("published_segments.csv")}
    summary = decided(name).summary
    assert (995, 4906, 0) == (summary.rows, summary.lists[0].rows, summary.lists[0].without_customer)
    segments = next(each for each in summary.outcomes if each.outcome.name == "segment")
    assert published == {each.value: each.count for each in segments.classes}
    assert 995 == sum(published.values()) == segments.standings["decided"]


def test_all_four_files_give_each_customer_the_same_answers(decided: Callable[[str], Result]) -> None:
    expected = [[line[each] for each in SCORES] for line in decided(FILES[0]).lines]
    for name in FILES[1:]:
        assert expected == [[line[each] for each in SCORES] for line in decided(name).lines]


def test_the_fixed_cut_points_are_those_of_the_base(decided: Callable[[str], Result]) -> None:
    cuts = decided("rfm.rules").summary.cuts
    assert cuts is not None
    assert ((114, 180, 297, 481), (3, 4, 5, 7), (255, 381, 506, 665)) == tuple(
        tuple(int(point) for point in groups[None]) for groups in cuts.points.values()
    )
    assert decided("rfm_fixed.rules").summary.cuts is None


@pytest.mark.parametrize("name", ["rfm", "rfm_fixed"])
def test_both_languages_mean_the_same(name: str) -> None:
    english, chinese = (rulelang.load(HERE / f"{name}{each}") for each in (".rules", ".zh.rules"))
    assert english.fingerprint == chinese.fingerprint
    assert "表“分群表”" in (HERE / f"{name}.zh.rules").read_text("utf-8")
