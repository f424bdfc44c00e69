"""`rulelang doctor`: the engines agree, or the first row that differs is shown."""

from pathlib import Path

import pytest

import rulelang.engine.batch.statement as statement
from tests.cli.conftest import Call

RULES = """
field spend: money
field paid: date
outcome tier: text
rule "rich": if spend > 100 then tier = "gold" otherwise tier = "silver"
rule "new": if paid within the last 30 days then tier = "new"
"""


def test_engines_agree_on_the_rows_and_at_the_limits(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    (tmp_path / "a.csv").write_text("spend,paid\n100,2026-06-01\n1.5万,\n,2025-01-01\n", "utf-8")
    arguments = ("doctor", str(tmp_path / "a.rules"), str(tmp_path / "a.csv"), "--as-of", "2026-06-30")
    result = call(*arguments, "--lang", "en")
    assert (0, 2) == (result.exit_code, result.stdout.count("python and duckdb agree"))
    assert "一致" in call(*arguments, "--lang", "zh").stdout


def test_a_difference_is_shown_with_its_row_and_rule(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    (tmp_path / "a.csv").write_text("spend,paid\n7,2026-01-01\n101,2025-06-01\n", "utf-8")
    right = statement.Statement.answer
    monkeypatch.setattr(
        statement.Statement, "answer", lambda self, outcome: f"replace({right(self, outcome)}, 'gold', 'lead')"
    )
    result = call("doctor", str(tmp_path / "a.rules"), str(tmp_path / "a.csv"), "--as-of", "2026-06-30", "--lang", "en")
    assert 1 == result.exit_code
    assert "row 2 differs in tier: python gold, duckdb lead (rule rich)" in result.stdout


LISTED = """
field id: text
field spend: money
field orders: list of order (paid: date, amount: money)
outcome tier: text
rule "many": if count of orders where (amount > 10) >= 2 then tier = "gold" otherwise if spend > 5 then tier = "silver"
rule "none": if sum of orders.amount within the last 30 days is 0 then tier = "none"
"""


def test_rulesets_with_lists_are_compared(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.rules").write_text(LISTED, "utf-8")
    (tmp_path / "a.csv").write_text("id,spend\nA,7\nB,4\nC,\nD,9\n", "utf-8")
    orders = "who,paid,amount\nB,2026-06-01,11\nB,2026-06-02,12\nD,,5\nA,2026-06-01,x\nZ,2026-06-01,1\n"
    (tmp_path / "o.csv").write_text(orders, "utf-8")
    data = (str(tmp_path / "a.rules"), str(tmp_path / "a.csv"), "--as-of", "2026-06-30")
    listed = ("--with", f"orders={tmp_path / 'o.csv'}", "--key", "who=id")
    result = call("doctor", *data, *listed, "--lang", "en")
    assert (0, 2) == (result.exit_code, result.stdout.count("python and duckdb agree"))
    right = statement.Statement.answer
    monkeypatch.setattr(
        statement.Statement, "answer", lambda self, outcome: f"replace({right(self, outcome)}, 'gold', 'lead')"
    )
    result = call("doctor", *data, *listed, "--lang", "en")
    assert 1 == result.exit_code
    assert "row 2 differs in tier: python gold, duckdb lead (rule many)" in result.stdout


def test_rulesets_with_answers_of_the_last_run_are_compared(call: Call, tmp_path: Path) -> None:
    rules = "field id: text\nfield spend: money\noutcome tier: one of gold, silver, else silver\n"
    rules += "if (previous tier is gold and spend > 5) or spend > 100 then tier = gold"
    (tmp_path / "a.rules").write_text(rules, "utf-8")
    (tmp_path / "a.csv").write_text("id,spend\nA,7\nB,4\n", "utf-8")
    (tmp_path / "last.csv").write_text("id,tier\nA,gold\nB,gold\n", "utf-8")
    more = ("--previous", str(tmp_path / "last.csv"), "--key", "id", "--as-of", "2026-06-30", "--lang", "en")
    result = call("doctor", str(tmp_path / "a.rules"), str(tmp_path / "a.csv"), *more)
    assert (0, 2) == (result.exit_code, result.stdout.count("python and duckdb agree")), result.output
