"""``run --previous FILE --key ID``: last run's answers, read by rules as ``previous tier``."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.cli.main import cli

RULES = """\
field spend (消费): number
outcome tier (等级): bronze < silver < gold
if spend >= 100 then tier = gold
rule "Grace": if previous tier is gold and spend >= 80 then tier = gold
if spend >= 50 then tier = silver
always tier = bronze
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiers.rules").write_text(RULES, "utf-8")
    (tmp_path / "may.csv").write_text("id,spend\n1,120\n2,90\n3,60\n", "utf-8")
    (tmp_path / "june.csv").write_text("id,spend\n1,85\n2,90\n3,60\n4,85\n", "utf-8")
    return tmp_path


def run(folder: Path, *options: str) -> tuple[int, str]:
    names = [str(folder / each) if each.endswith((".csv", ".rules")) else each for each in options]
    result = CliRunner().invoke(cli, ["run", *names, "--as-of", "2026-06-30", "--lang", "en"])
    return result.exit_code, result.output


def test_a_grace_period_looks_at_the_last_run(folder: Path) -> None:
    assert 0 == run(folder, "tiers.rules", "may.csv", "-o", "may_out.csv")[0]
    code, _ = run(folder, "tiers.rules", "june.csv", "-o", "june_out.csv", "--previous", "may_out.csv", "--key", "id")
    assert 0 == code
    lines = (folder / "june_out.csv").read_text("utf-8").splitlines()
    assert "id,spend,previous tier,tier" == lines[0]
    # The first keeps gold, the second never had it, the fourth is new: nothing is known of a last answer.
    assert ["1,85,gold,gold", "2,90,silver,silver", "3,60,silver,silver", "4,85,,silver"] == lines[1:]


def test_what_is_missing_is_named(folder: Path) -> None:
    assert (2, True) == _found(run(folder, "tiers.rules", "june.csv", "--previous", "may.csv"), "previous-needs-key")
    by_id = run(folder, "tiers.rules", "june.csv", "--previous", "may.csv", "--key", "id")
    assert "previous-without-outcome" in by_id[1]
    by_name = run(folder, "tiers.rules", "june.csv", "--previous", "may.csv", "--key", "name")
    assert "key-column-missing" in by_name[1]


def _found(result: tuple[int, str], code: str) -> tuple[int, bool]:
    return result[0], code in result[1]
