"""Rulesets too large to be compiled in one go: the same answers, function by function, and tracebacks that still show
the line of the rule."""

from __future__ import annotations

import gc
from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.backends.python import program
from rulelang.uncollected import uncollected

AS_OF = date(2026, 1, 1)
HEAD = "field country: text\nfield amount: number\noutcome points: whole number, sum\noutcome band: text\n"
ROWS = 2_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> rulelang.Ruleset:
    folder = tmp_path_factory.mktemp("large")
    rows = [f"C{row // 20},{row % 20} ..< {row % 20 + 1},{row},b{row}" for row in range(ROWS)]
    (folder / "t.csv").write_text("country,amount,=> points,=> band\n" + "\n".join(rows), "utf-8")
    (folder / "t.rules").write_text(HEAD + 'table "T" from "t.csv"\n', "utf-8")
    return rulelang.load(folder / "t.rules")


def test_every_row_decides(large: rulelang.Ruleset) -> None:
    assert len(large.source) > program.LARGE
    function = large.compile(AS_OF)
    for row in range(0, ROWS, 37):
        customer = {"country": f"C{row // 20}", "amount": row % 20}
        decision = large.decide(customer, AS_OF)
        assert (row, f"b{row}") == (decision["points"], decision["band"])
        assert function(customer) == decision.outcomes
    assert "provisional" == large.decide({"country": "C3"}, AS_OF).standing("points")


def test_the_same_as_compiled_in_one_go(large: rulelang.Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LARGE", 10**9)
    whole = rulelang.Ruleset(large.model)
    for customer in ({"country": "C7", "amount": 3}, {"amount": 3}, {"country": "C7"}, {}):
        one, other = large.decide(customer, AS_OF), whole.decide(customer, AS_OF)
        assert one.outcomes == other.outcomes
        assert [one.standing(each) for each in one.outcomes] == [other.standing(each) for each in one.outcomes]


def test_collecting_is_as_it_was_before() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), uncollected(), uncollected():
        assert not gc.isenabled()
        _ = 1 / 0
    assert gc.isenabled()


def test_a_table_costs_what_its_rows_cost(tmp_path: Path) -> None:
    """Every stage goes through the rows a fixed number of times: the grammar reads each different cell once."""
    from rulelang.syntax import table_cells as tables

    (tmp_path / "t.rules").write_text(HEAD + 'table "T" from "t.csv"\n', "utf-8")
    seen = []
    original = tables.read_usually

    def counting(*arguments: object) -> object:
        seen.append(arguments)
        return original(*arguments)  # type: ignore[arg-type]  # passed on as they come

    counts = []
    for rows in (100, 400):
        text = "".join(f"C{row % 10},{row % 20},1\n" for row in range(rows))
        (tmp_path / "t.csv").write_text("country,amount,=> points\n" + text, "utf-8")
        seen.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "read_usually", counting)
            rulelang.load(tmp_path / "t.rules")
        counts.append(len(seen))
    assert counts[0] == counts[1] < 40
