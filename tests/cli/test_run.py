"""``rulelang run``: options, files, streams, exit codes."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """\
threshold lost_after (流失天数) = 365 days
field last_purchase (最近购买): date
field spend (消费): number, at least 0
outcome lifecycle (生命周期): one of active (活跃), lost (流失)
outcome score (分数): whole number, sum
rule "Long ago" ("很久以前"): if last_purchase > lost_after then lifecycle = lost
  because "last {last_purchase}" ("上次{last_purchase}")
rule "Lately" ("最近"): if last_purchase <= lost_after then lifecycle = active
rule "Rich" ("富裕"): if spend > 1,000 then add 5 to score
"""
DATA = """\
id,last_purchase,spend
1,2024-05-31,10
2,2026-05-30,2000
3,,500
"""
DAY = ("--as-of", "2026-06-01")


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("a.rules").write_text(RULES, encoding="utf-8")
    Path("data.csv").write_text(DATA, encoding="utf-8")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_without_an_output_file_the_first_rows_and_a_summary(call: Call) -> None:
    result = call("run", "a.rules", "data.csv", *DAY)
    assert (0, "") == (result.exit_code, result.stderr)
    assert "data.csv: 3 rows, as of 2026-06-01" in result.stdout
    assert "id  last_purchase  spend  lifecycle  score\n1   2024-05-31     10     lost       0" in result.stdout
    assert "  class   count  share\n  active      1  33.3%\n  lost        1  33.3%\n" in result.stdout
    assert "  decided 2 · provisional 0 · undecided 1 · no rule 0" in result.stdout
    assert "  missing field  rows  share\n  last_purchase     1  33.3%" in result.stdout


def test_the_same_in_chinese(call: Call) -> None:
    result = call("run", "a.rules", "data.csv", *DAY, "--lang", "zh")
    assert 0 == result.exit_code
    assert "data.csv：共3行，基准日2026年6月1日" in result.stdout
    assert "生命周期\n  类别  人数   占比\n  活跃     1  33.3%\n  流失     1  33.3%\n" in result.stdout
    assert "确定 2 · 暂定 0 · 待定 1 · 无适用规则 0" in result.stdout
    assert "  最近购买       1  33.3%" in result.stdout


def test_chinese_messages_use_the_labels(call: Call) -> None:
    Path("bad.csv").write_text("编号,最近购买,消费\n1,2026-01-01,-5\n2,很久,1\n", encoding="utf-8")
    text = call("run", "a.rules", "bad.csv", *DAY, "--lang", "zh").stdout
    assert "警告 value-outside-limits：第2行：“消费”为-5，低于规定的0，按缺失处理。" in text
    assert "第3行：“最近购买”的值“很久”不能读作日期：不像日期。" in text
    assert "从未用到的规则\n  很久以前\n  富裕\n" in text + "\n"


def test_the_result_goes_into_a_file(call: Call) -> None:
    result = call("run", "a.rules", "data.csv", *DAY, "-o", "out.csv")
    assert (0, "written to out.csv\n") == (result.exit_code, result.stderr)
    assert "id  last_purchase" not in result.stdout
    found = rows(Path("out.csv").read_text("utf-8"))
    assert ["lost", "active", ""] == [each["lifecycle"] for each in found]
    assert ["0", "5", "0"] == [each["score"] for each in found]


def test_the_result_on_standard_output_leaves_the_summary_to_standard_error(call: Call) -> None:
    result = call("run", "a.rules", "data.csv", *DAY, "-o", "-", "--why")
    assert 0 == result.exit_code
    first, _, third = [json.loads(line) for line in result.stdout.splitlines()]
    assert ["id", "last_purchase", "spend", "lifecycle"] == list(first)[:4]
    assert ("lost", "decided") == (first["lifecycle"], first["lifecycle_standing"])
    assert (None, "undecided") == (third["lifecycle"], third["lifecycle_standing"])
    assert "last 2024-05-31" in first["lifecycle_reason"]
    assert "3 rows" in result.stderr


def test_a_threshold_and_a_column_given_on_the_command_line(call: Call) -> None:
    Path("other.csv").write_text(DATA.replace("spend", "Spending p.a."), encoding="utf-8")
    result = call(
        "run", "a.rules", "other.csv", *DAY, "--set", "流失天数=1天", "--map", "Spending p.a.=消费", "-o", "out.csv"
    )
    assert (0, "written to out.csv\n") == (result.exit_code, result.stderr)
    found = rows(Path("out.csv").read_text("utf-8"))
    assert ["lost", "lost", ""] == [each["lifecycle"] for each in found]
    assert ["0", "5", "0"] == [each["score"] for each in found]


def test_rows_that_can_not_be_read_are_set_aside(call: Call) -> None:
    Path("bad.csv").write_text(DATA + "4,soon,1\n", encoding="utf-8")
    result = call("run", "a.rules", "bad.csv", *DAY, "-o", "out.csv", "--rejects", "rejects.csv")
    assert (1, "written to out.csv\nwritten to rejects.csv\n") == (result.exit_code, result.stderr)
    assert "1 row rejected" in result.stdout
    assert 3 == len(rows(Path("out.csv").read_text("utf-8")))
    (rejected,) = rows(Path("rejects.csv").read_text("utf-8"))
    assert "soon" in rejected["rejected_reason"]


def test_warnings_about_the_data_count(call: Call) -> None:
    Path("bad.csv").write_text(DATA + "4,2026-01-01,-5\n5,2026-01-01,-6\n", encoding="utf-8")
    result = call("run", "a.rules", "bad.csv", *DAY)
    assert 1 == result.exit_code
    assert (
        "warning value-outside-limits: Row 5: spend is -5, below the declared 0; it counts as missing. (2"
        in result.stdout
    )


def test_the_summary_for_programs(call: Call) -> None:
    summary = json.loads(call("run", "a.rules", "data.csv", *DAY, "--format", "json").stdout)
    assert (3, 3, 0) == (summary["rows"], summary["decided"], summary["rejected"])
    lifecycle, score = summary["outcomes"]
    assert [{"value": "active", "count": 1}, {"value": "lost", "count": 1}] == lifecycle["classes"]
    assert {"decided": 2, "provisional": 0, "undecided": 1, "no rule": 0} == lifecycle["standings"]
    assert (0, 5, 5) == (score["least"], score["greatest"], score["total"])


def test_a_rule_that_never_fired_is_named(call: Call) -> None:
    Path("poor.csv").write_text("id,last_purchase,spend\n1,2026-05-31,1\n", encoding="utf-8")
    text = call("run", "a.rules", "poor.csv", *DAY).stdout
    assert "Rules that never fired\n  Long ago\n  Rich" in text


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["nowhere.rules", "data.csv"], 2, "no-such-file"),
        (["no-such-name", "data.csv"], 2, "no-such-ruleset"),
        (["a.rules", "nowhere.csv"], 2, "no-such-file"),
        (["a.rules", "data.csv", "--set", "lost_aftr=1 day"], 2, "unknown-threshold"),
        (["a.rules", "data.csv", "--set", "lost_after"], 2, "not-a-pair"),
        (["a.rules", "data.csv", "--set", "lost_after=lots"], 2, "threshold-value"),
        (["a.rules", "data.csv", "--map", "spend"], 2, "no-such-map"),
        (["a.rules", "data.csv", "--map", "=spend"], 2, "not-a-pair"),
        (["a.rules", "data.csv", "--map", "spnd=spend"], 2, "unknown-column-option"),
        (["a.rules", "data.csv", "--map", "spend=spnd"], 2, "unknown-field-option"),
        (["a.rules", "data.csv", "--as-of", "soon"], 2, "not-a-date-option"),
        (["a.rules", "data.csv", "--engine", "flink"], 2, "unknown-engine"),
        (["a.rules", "data.csv", "-o", "data.csv"], 2, "same-file"),
        (["a.rules", "data.csv", "-o", "out"], 2, "unknown-output"),
        (["a.rules", "data.csv", "-o", "nowhere/out.csv"], 2, "no-such-folder"),
        (["broken.rules", "data.csv"], 1, "unknown-name"),
        (["a.rules", "empty.csv"], 1, "empty-data"),
        (["a.rules", "twice.csv"], 1, "duplicate-column"),
    ],
)
def test_what_goes_wrong_is_said_with_its_code(call: Call, arguments: list[str], exit_code: int, code: str) -> None:
    Path("broken.rules").write_text(RULES.replace("if spend", "if spnd"), encoding="utf-8")
    Path("empty.csv").write_text("")
    Path("twice.csv").write_text("id,spend,spend\n1,2,3\n")
    result = call("run", *arguments)
    assert (exit_code, "") == (result.exit_code, result.stdout), result.stderr
    assert f"error {code}: " in result.stderr
    assert {"a.rules", "broken.rules", "data.csv", "empty.csv", "twice.csv"} == set(os.listdir("."))


def test_json_lines_from_a_pipe_and_into_one() -> None:
    """In processes of their own, with bytes as a shell passes them on."""
    command = [sys.executable, "-c", "from rulelang.cli.main import main; main()", "run", "a.rules", "-", "-o", "-"]
    given = '{"编号": 1, "最近购买": "2026年5月30日", "消费": "1.2万"}\n'.encode()
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    result = subprocess.run(
        [*command, *DAY, "--lang", "zh"], input=given, capture_output=True, env=environment, check=False
    )
    assert 0 == result.returncode, result.stderr.decode()
    text = result.stdout.decode("utf-8")
    assert "活跃" in text or "active" in text
    assert "共1行" in result.stderr.decode("utf-8") or b"?" in result.stderr


def test_an_undeclared_rule_takes_the_columns_of_the_data(call: Call) -> None:
    Path("one.rules").write_text("如果最近购买超过365天那么生命周期＝流失\n", encoding="utf-8")
    Path("中文.csv").write_text("编号,最近购买\n1,2024年1月1日\n2,2026-05-31\n", encoding="gb18030")
    result = call("run", "one.rules", "中文.csv", *DAY, "--lang", "zh", "-o", "结果.csv")
    assert 0 == result.exit_code, result.stderr
    assert ["流失", ""] == [each["生命周期"] for each in rows(Path("结果.csv").read_text("utf-8"))]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is a thing of Linux")
def test_a_full_disk_leaves_a_message_and_no_file(call: Call) -> None:
    result = call("run", "a.rules", "data.csv", *DAY, "-o", "/dev/full")
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.stderr
    assert "error " in result.stderr


def test_the_result_in_the_other_language(call: Call) -> None:
    result = call("run", "a.rules", "data.csv", *DAY, "-o", "out.csv", "--output-lang", "zh")
    assert 0 == result.exit_code
    assert ["流失", "活跃", ""] == [each["生命周期"] for each in rows(Path("out.csv").read_text("utf-8"))]


def test_a_ruleset_called_by_its_chinese_name_answers_in_chinese(call: Call) -> None:
    Path("members.csv").write_text("近一年消费,近一年订单数\n20000,12\n", encoding="utf-8")
    result = call("run", "零售/会员等级", "members.csv", *DAY, "-o", "out.csv", "--lang", "en")
    assert 0 == result.exit_code
    assert "金" == rows(Path("out.csv").read_text("utf-8"))[0]["会员等级"]
    call("run", "零售/会员等级", "members.csv", *DAY, "-o", "out.csv", "--output-lang", "en")
    assert "gold" == rows(Path("out.csv").read_text("utf-8"))[0]["tier"]


def test_a_column_may_bring_what_the_last_run_decided(call: Call) -> None:
    Path("two.rules").write_text(
        "field x: number\noutcome risk_grade (风险等级): one of low, high\noutcome moved: yes or no\n"
        "if x > 1 then risk_grade = high otherwise risk_grade = low\n"
        "if previous risk_grade is high then moved = yes otherwise moved = no\n",
        encoding="utf-8",
    )
    for title in ("previous risk_grade", "上次的风险等级"):
        Path("two.csv").write_text(f"x,{title}\n1,high\n1,low\n", encoding="utf-8")
        result = call("run", "two.rules", "two.csv", *DAY, "-o", "out.csv")
        assert 0 == result.exit_code
        assert ["yes", "no"] == [each["moved"] for each in rows(Path("out.csv").read_text("utf-8"))]


def test_personal_values_are_starred_out_of_reasons_unless_asked_for(call: Call) -> None:
    Path("p.rules").write_text(
        "field phone: text, personal\nfield income: number, sensitive\noutcome o: text\n"
        'if income > 5 and phone is known then o = "rich" because "{phone} earns {income}"\n',
        encoding="utf-8",
    )
    Path("p.csv").write_text("id,phone,income\n1,13812345678,77\n2,13887654321,much\n", encoding="utf-8")
    result = call("run", "p.rules", "p.csv", *DAY, "--why", "-o", "out.csv")
    assert "*** earns ***" == rows(Path("out.csv").read_text("utf-8"))[0]["o_reason"]
    assert "much" not in result.output + result.stderr and "138" not in result.output + result.stderr
    call("run", "p.rules", "p.csv", *DAY, "--why", "--reveal", "-o", "out.csv")
    assert "13812345678 earns 77" == rows(Path("out.csv").read_text("utf-8"))[0]["o_reason"]
    hidden = call("explain", "p.rules", "phone=13812345678", "income=77", *DAY).stdout
    assert "13812345678" not in hidden and "77" not in hidden
    shown = call("explain", "p.rules", "phone=13812345678", "income=77", *DAY, "--reveal").stdout
    assert "13812345678 earns 77" in shown
