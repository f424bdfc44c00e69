"""What engines don't do: one table, which the README shows and which every engine refuses by name."""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

import rulelang
from rulelang.diagnostics.catalogue import describe
from rulelang.engine.capabilities import LIMITS, Limit, written
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.run import RunOptions, run
from rulelang.engine.running.each_output import EachTable
from rulelang.engine.sources.opening import open_source
from rulelang.vocabulary.reading import ReadingOptions

ROOT = Path(__file__).parents[2]
PLAIN = "field spend: number\noutcome o: yes or no, else no\nif spend > 1 then o = yes"
COUNTED = "field spend: money in CNY\noutcome o: yes or no, else no\nif spend > 1 then o = yes"
PLACED = "field spend: number\noutcome o: yes or no, else no\nif spend in the top 20% then o = yes"
LISTED = "field spend: number\nfield orders: list of order (amount: number)\noutcome o: yes or no, else no\n"
LISTED += "outcome order.big: yes or no, else no\nif spend > 1 and count of orders > 0 then o = yes\n"
LISTED += "for each order:\n  if amount > 1 then big = yes"


@pytest.mark.parametrize("engine", LIMITS)
def test_the_readme_says_what_an_engine_does_not_do(engine: str) -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    title = {"database": "postgresql://"}.get(engine, engine)
    (line,) = (each for each in lines if re.match(rf"\| `{re.escape(title)}", each))
    assert f"| {written(engine)}" in line


@pytest.mark.parametrize(
    ("engine", "limit"),
    [(engine, limit) for engine, limits in LIMITS.items() for limit in limits if engine != "spark"],
    ids=lambda each: each.written if isinstance(each, Limit) else str(each),
)
def test_what_an_engine_does_not_do_is_refused_by_name(engine: str, limit: Limit, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,spend,kilo (k)\n1,5,5\n", "utf-8")
    (tmp_path / "o.csv").write_text("id,amount\n1,5\n", "utf-8")
    with sqlite3.connect(tmp_path / "b.db") as base:
        base.execute('CREATE TABLE c (id INTEGER, spend REAL, "kilo (k)" REAL)')
        base.execute("INSERT INTO c VALUES (1, 5, 5)")
    name = f"sqlite:///{tmp_path / 'b.db'}?table=c" if engine == "database" else str(tmp_path / "c.csv")
    with open_source(name) as source, open_source(tmp_path / "o.csv") as second:
        options = RunOptions(date(2026, 6, 30), engine=engine)
        lists = (ListTable("orders", second, ("id", "id")),)
        asked = {
            "reason": evolve(options, why=True, lists=lists if "--with" in limit.written else ()),
            "list": evolve(options, lists=lists, each=(EachTable("orders", tmp_path / "e.csv"),)),
            "place among all": options,
            "values of a map": evolve(options, reading=ReadingOptions(spellings={"spend": {"much": "5"}})),
            "unit of a heading": evolve(options, pairs=(("kilo (k)", "spend"),)),
            "decimal commas": evolve(options, reading=ReadingOptions(decimal_comma=True)),
            "percent figures": evolve(options, reading=ReadingOptions(percent_figures=True)),
        }[limit.construct]
        text = COUNTED if limit.construct == "unit of a heading" else LISTED if asked.lists else PLAIN
        text = PLACED if limit.construct == "place among all" else text
        if limit.written == "`--with`":
            asked = evolve(asked, each=())
        with pytest.raises(rulelang.DataError) as raised:
            run(rulelang.loads(text), source, asked, tmp_path / "out.csv")
    (found,) = raised.value.diagnostics
    assert ("engine-cannot", limit.construct) == (found.code, found.facts["construct"])
    assert all(describe(found, language).message for language in ("en", "zh"))
    assert not (tmp_path / "out.csv").exists()
