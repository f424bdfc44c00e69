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
