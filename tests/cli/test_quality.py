"""``run --quality``: what a person and a program read of data that fails its vocabulary's checks."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from rulelang.cli.main import cli

DATA = "客户编号,客户名称,手机,客户性质\nC1,王芳,13800000001,个人\nC1,李四,1380000,个人\nC3,,13800000003,个人\n"


def run(tmp_path: Path, *more: str) -> Result:
    data = tmp_path / "客户.csv"
    data.write_text(DATA, "utf-8")
    call = ["run", "quality", str(data), "--as-of", "2026-06-30", *more]
    return CliRunner().invoke(cli, call, catch_exceptions=False)


def test_a_table_of_checks_with_count_share_and_first_rows(tmp_path: Path) -> None:
    english, chinese = run(tmp_path, "--lang", "en"), run(tmp_path, "--lang", "zh")
    assert (1, 1) == (english.exit_code, chinese.exit_code)
    assert "  format         phone             1  33.3%  3\n" in english.stdout
    assert "  不重复  客户编号     1  33.3%  3\n" in chinese.stdout
    assert "“客户编号”为“C1”，与第2行相同" in chinese.stdout


def test_json_has_every_check_that_failed(tmp_path: Path) -> None:
    quality = json.loads(run(tmp_path, "--format", "json").stdout)["quality"]
    assert [
        ("no duplicates", "customer_id", 1, [3]),
        ("format", "phone", 1, [3]),
        ("required", "customer_name", 1, [4]),
    ] == [(each["check"], each["field"], each["count"], each["rows"]) for each in quality]
    assert {0.333333} == {each["share"] for each in quality}


def test_strict_writes_nothing_and_says_why(tmp_path: Path) -> None:
    out, findings = tmp_path / "out.csv", tmp_path / "findings.csv"
    refused = run(tmp_path, "--quality", "strict", "-o", str(out), "--findings", str(findings), "--lang", "en")
    assert (1, False) == (refused.exit_code, out.exists())
    assert "Nothing was written" in refused.stdout and f"written to {findings}" in refused.stderr
    assert 4 == len(findings.read_text("utf-8").splitlines())


def test_off_says_nothing_of_columns_that_no_rule_reads(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, "--quality", "off", "--format", "json").stdout)
    assert (None, ["required-missing"]) == (found["quality"], [each["code"] for each in found["findings"]])
