"""From raw orders to the ten published segment counts, exactly: with quintiles of the base, and with fixed cut points.

The data (MIT, package ``rfm``) is not part of the project; see test_bank_marketing.py for where it is looked for.
"""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.engine.running.run import run_file

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("RULELANG_DATA") or HERE.parents[2] / "shared" / "data") / "rfm_orders"
AS_OF = date(2006, 12, 31)

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the rfm_orders data is not in {FOLDER}")


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A line per customer, with all orders."""
    orders: dict[str, list[dict[str, object]]] = defaultdict(list)
    with (FOLDER / "orders.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            order = {"order_date": row["order_date"], "revenue": int(row["revenue"])}
            orders[row["customer_id"]].append(order)
    path = tmp_path_factory.mktemp("rfm") / "customers.jsonl"
    lines = (json.dumps({"customer_id": name, "orders": each}) for name, each in orders.items())
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("name", ["rfm.rules", "rfm.zh.rules", "rfm_fixed.rules"])
def test_the_published_counts(name: str, customers: Path, tmp_path: Path) -> None:
    with (FOLDER / "published_segments.csv").open(encoding="utf-8", newline="") as file:
        published = {row["segment"]: int(row["count"]) for row in csv.DictReader(file)}
    summary = run_file(rulelang.load(HERE / name), customers, tmp_path / "out.csv", as_of=AS_OF)
    segments = next(each for each in summary.outcomes if each.outcome.name == "segment")
    assert published == {each.value: each.count for each in segments.classes}
    assert sum(published.values()) == segments.standings["decided"]


def test_both_languages_mean_the_same() -> None:
    assert rulelang.load(HERE / "rfm.rules").fingerprint == rulelang.load(HERE / "rfm.zh.rules").fingerprint
