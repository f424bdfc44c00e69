"""``rulelang check``."""

import json
from pathlib import Path

from tests.cli.conftest import Call

GOOD = """\
field balance: number
outcome level: one of high, low, else low
if balance > 100 then level = high
"""
BAD = GOOD.replace("balance > 100", "balnce > 100")
CHINESE = """\
字段余额：数字
结论级别：分为高、低，默认为低
如果余客超过100那么级别为高
"""


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.rules").write_text(text, encoding="utf-8")


def test_rules_without_findings(call: Call) -> None:
    write(a=GOOD, b=GOOD)
    result = call("check")
    proved = "Proved: 2 of 2 outcomes leave nobody out; all 2 rules and rows count for somebody."
    proved += " Check one file alone for more."
    assert (0, f"{proved}\n\n2 files checked: nothing found\n", "") == (result.exit_code, result.stdout, result.stderr)
    proved = "已证明：2个结论中2个无人遗漏；2条规则（行）都有客户用到。单独检查一个文件可见详情。"
    assert f"{proved}\n\n已检查2个文件：没有问题\n" == call("check", "--lang", "zh").stdout


def test_an_error_with_its_place_and_the_nearest_name(call: Call) -> None:
    write(a=GOOD, b=BAD)
    result = call("check", ".")
    assert (1, "") == (result.exit_code, result.stderr)
    assert "error unknown-name: Nothing is called “balnce”. Did you mean balance?\n  --> b.rules:3:4\n" in result.stdout
    assert "2 files checked: 1 error" in result.stdout


def test_the_same_in_chinese(call: Call) -> None:
    write(会员=CHINESE)
    result = call("check", "会员.rules", "--lang", "zh")
    assert 1 == result.exit_code
    assert "没有叫“余客”的字段。是否指：余额？\n  --> 会员.rules 第3行 第3列\n" in result.stdout
    assert "    3 | 如果余客超过100那么级别为高\n      |     ^^^^\n" in result.stdout
    assert result.stdout.endswith("已检查1个文件：错误1个\n")


def test_notes_are_shown_and_do_not_count(call: Call) -> None:
    write(a="if last_purchase > 365 days then lifecycle = lost\n")
    result = call("check", "a.rules")
    assert 0 == result.exit_code
    assert "note inferred: " in result.stdout
    assert "note gap-inferred: A customer with last_purchase " in result.stdout
    assert "3 notes\n" in result.stdout


def test_warnings_count(call: Call) -> None:
    write(a=GOOD + "outcome other: text\n")
    result = call("check", "a.rules")
    assert 1 == result.exit_code
    assert "warning unused-outcome: " in result.stdout


def test_findings_for_programs(call: Call) -> None:
    write(b=BAD)
    result = call("check", "b.rules", "--format", "json")
    assert 1 == result.exit_code
    found = json.loads(result.stdout)
    assert {"errors": 1, "warnings": 0} == {key: found["summary"][key] for key in ("errors", "warnings")}
    error = next(each for each in found["diagnostics"] if each["severity"] == "error")
    assert ("unknown-name", "b.rules", 3, 4) == (error["code"], error["file"], error["line"], error["column"])
    log = json.loads(call("check", "b.rules", "--format", "sarif").stdout)
    assert "2.1.0" == log["version"]
    assert "unknown-name" in [each["ruleId"] for each in log["runs"][0]["results"]]


def test_what_is_not_there(call: Call) -> None:
    assert (2, "") == (call("check", "nowhere.rules").exit_code, call("check", "nowhere.rules").stdout)
    assert "no-such-file" in call("check", "nowhere.rules").stderr
    assert "no-such-ruleset" in call("check", "no-such-name").stderr
    assert 2 == call("check", "no-such-name").exit_code
    empty = call("check")
    assert (1, "") == (empty.exit_code, empty.stdout)
    assert "no-rule-files" in empty.stderr


def test_a_file_that_is_no_text(call: Call) -> None:
    Path("a.rules").write_bytes(b"if \x00 then")
    Path("b.rules").write_bytes(b"\xff\xff\xff\x81")
    Path("c.rules").write_bytes(b"")
    result = call("check")
    assert 1 == result.exit_code
    for code in ("null-byte", "not-text", "empty-file"):
        assert f"error {code}: " in result.stdout


def test_ten_errors_are_reported_in_one_pass(call: Call) -> None:
    rules = [f"if balnce{number} > 100 then level = high\n" for number in range(10)]
    write(a=GOOD + "".join(rules))
    result = call("check", "a.rules")
    assert all(f"“balnce{number}”" in result.stdout for number in range(10))


GAP = """\
field last_purchase (最近购买): date
field city (城市): text
outcome lifecycle (生命周期): one of active (活跃), lost (流失)
outcome tier (等级): one of gold (金), silver (银), unique
rule "Lost" ("流失"): if last_purchase > 365 days then lifecycle = lost
rule "Active" ("活跃"): if last_purchase < 365 days then lifecycle = active
rule "G" ("金卡"): if city is "Paris" then tier = gold
rule "S" ("银卡"): if last_purchase < 30 days or city is not "Paris" then tier = silver
"""
CUSTOMERS = "last_purchase,town\n2025-11-22,Paris\n2026-11-01,Paris\n2026-11-20,Rome\n"


def test_gaps_and_conflicts_are_proved_with_a_customer(call: Call) -> None:
    write(a=GAP)
    result = call("check", "a.rules", "--as-of", "2026-11-22")
    assert 1 == result.exit_code
    assert "A customer with last_purchase 2025-11-22 (365 days ago) gets no value for lifecycle.\n" in result.stdout
    assert (
        "tier is unique, but “G” and “S” both apply to a customer with last_purchase 2026-10-24 (29 days ago) and city "
        "“Paris”.\n" in result.stdout
    )
    chinese = call("check", "a.rules", "--as-of", "2026-11-22", "--lang", "zh").stdout
    assert "空档：最近购买为2025年11月22日（365天前）的客户得不到“生命周期”。\n" in chinese
    assert "客户同时符合规则“金卡”与“银卡”" in chinese


def test_a_population_is_counted(call: Call) -> None:
    write(a=GAP)
    Path("c.csv").write_text(CUSTOMERS, "utf-8")
    result = call("check", "a.rules", "--as-of", "2026-11-22", "--population", "c.csv")
    assert "gets no value for lifecycle. In the data: 1 of 3 rows.\n" in result.stdout
    assert "In the data: not counted, there is no column city.\n" in result.stdout
    assert "field-not-in-data" in result.stderr
    result = call("check", "a.rules", "--as-of", "2026-11-22", "--population", "c.csv", "--map", "town=city")
    assert "“Paris”. In the data: 1 of 3 rows.\n" in result.stdout
    log = json.loads(
        call("check", "a.rules", "--as-of", "2026-11-22", "--population", "c.csv", "--format", "json").stdout
    )
    gap = next(each for each in log["diagnostics"] if each["code"] == "gap")
    assert "last_purchase 2025-11-22 (365 days ago)" == gap["facts"]["customer"]


OPEN = """\
field age: whole number, at least 0
field vip: yes or no
outcome t: one of p, q
if age > 60 then t = p
if age between 51 and 60 and vip then t = q
"""


def test_of_a_gap_only_those_are_counted_whom_no_rule_can_give_anything(call: Call) -> None:
    write(a=OPEN)
    Path("c.csv").write_text("age,vip\n40,\n55,no\n55,\n70,no\n,no\n", "utf-8")
    assert "In the data: 2 of 5 rows.\n" in call("check", "a.rules", "--population", "c.csv").stdout
    Path("c.csv").write_text("age\n40\n55\n70\n", "utf-8")
    result = call("check", "a.rules", "--population", "c.csv")
    assert "age 50 gets no value for t. Nor does one with age 51 and vip no. " in result.stdout
    assert "In the data: at least 1 of 3 rows (there is no column vip).\n" in result.stdout
    assert "共3行，至少涉及1行（缺少列“vip”）。\n" in (
        call("check", "a.rules", "--population", "c.csv", "--lang", "zh").stdout
    )
    Path("c.csv").write_text("age\n55\n", "utf-8")
    assert "not counted, there is no column vip.\n" in call("check", "a.rules", "--population", "c.csv").stdout


def test_what_is_not_decided_within_the_budget_is_said(call: Call) -> None:
    write(a=GAP)
    result = call("check", "a.rules", "--as-of", "2026-11-22", "--budget", "2")
    assert "note not-decided: Not decided within the budget of 2 steps: does everybody get a value? (lifecycle)." in (
        result.stdout
    )
    assert "warning gap" not in result.stdout


def test_a_ruleset_valid_on_other_days_is_proved_on_one_of_them(call: Call) -> None:
    write(a='ruleset "r" version 1\n  valid until 2020-12-31\n' + GAP)
    assert "last_purchase 2020-01-01 (365 days ago) gets no value" in call("check", "a.rules").stdout


SCORED = """\
field balance (余额): number
field age (年龄): number
field visits (来访): list of visit (on: date, hours: number)
outcome points (分数): whole number, sum
outcome level (级别): one of high (高), low (低), else low
outcome plan (方案): text, unique
outcome kind (类别): text
rule "Rich" ("富有"): if balance > 100 and age > 20 then add 60 to points
rule "Old" ("年长"): if age > 60 then add 15 to points
rule "Good" ("好"): if points >= 60 then level = high, plan = "A" ("甲")
rule "Other" ("其他"): if points < 60 then plan = "B" ("乙")
rule "Known" ("已知"): if balance >= 0 then kind = "k"
rule "Debt" ("负债"): if balance < 0 then kind = "d"
rule "Visits" ("来访多"): if sum of visits.hours is at least 100 and count of visits is 0 then add 1 to points
"""


def test_what_is_proved_of_one_file_is_told_by_outcome(call: Call) -> None:
    write(scored=SCORED)
    told = call("check", "scored.rules").stdout
    lines = [" ".join(each.split()) for each in told.splitlines()]
    assert "points 0 where no rule adds to it; between 0 and 76, whether both are reached can't be proved" in lines
    assert "level low for all others; all 2 values occur" in lines
    assert "plan nobody is left out; no two rules contradict each other" in lines
    assert "kind nobody with complete data is left out" in lines or "kind nobody is left out" in lines
    assert "rules 6 of 7 rules and rows count for a customer that was found" in lines
    assert "conditions 3 of 4 matter to a customer that was found" in lines
    assert "Not proved, no customer was found: Visits" in lines
    chinese = call("check", "scored.rules", "--lang", "zh").stdout
    assert "无人遗漏；没有两条规则互相冲突" in chinese
    assert "无法证明（没有找到客户）：来访多\n" in chinese


def test_what_is_proved_for_programs(call: Call) -> None:
    write(scored=SCORED, b=BAD)
    found = json.loads(call("check", "--format", "json").stdout)
    (told,) = found["proved"]  # of the file with an error nothing is
    assert "scored.rules" == told["file"]
    by_name = {each.pop("outcome"): each for each in told["outcomes"]}
    assert {"least": 0, "most": 76, "reached": False} == by_name["points"]["range"]
    assert ("everybody", True) == (by_name["plan"]["complete"], by_name["plan"]["consistent"])
    assert {"shown": 2, "of": 2, "open": []} == by_name["level"]["values"]
    assert {"shown": 6, "of": 7, "open": ["Visits"]} == told["rules"]
    log = json.loads(call("check", "scored.rules", "--format", "sarif").stdout)
    assert [told["file"]] == [each["file"] for each in log["runs"][0]["properties"]["proved"]]


def test_a_fault_is_not_among_what_is_proved(call: Call) -> None:
    write(a=GOOD.replace(", else low", "") + 'rule "never": if balance > 9 and balance < 5 then level = low\n')
    found = json.loads(call("check", "a.rules", "--format", "json").stdout)
    assert {"gap", "contradiction"} <= {each["code"] for each in found["diagnostics"]}
    (told,) = found["proved"]
    assert None is told["outcomes"][0]["complete"]
    assert (1, 2) == (told["rules"]["shown"], told["rules"]["of"])


def test_a_limit_that_is_never_reached(call: Call) -> None:
    write(a=SCORED.replace("number, sum", "number, sum, at most 100"))
    told = call("check", "a.rules").stdout
    assert "note limit-never-reached: points never reaches its limit of 100: it comes to 76 at most.\n" in told


DATED = """\
field score: whole number
threshold high = 50; 60 from 2027-01-01
outcome grade: one of a, b
rule "A": if score >= high then grade = a
rule "B", valid until 2027-12-31: if score < 50 then grade = b
"""


def test_what_goes_wrong_from_a_later_day_on_is_found_today(call: Call) -> None:
    write(a=DATED)
    result = call("check", "a.rules", "--as-of", "2026-11-23")
    assert 1 == result.exit_code
    gap = "warning gap: From 2027-01-01 on: A customer with score 50 gets no value for grade.\n  --> a.rules:3:1\n"
    assert (1, True) == (result.stdout.count("warning gap"), gap in result.stdout)
    looked = "as of 2026-11-23; looked at from 2027-01-01, 2028-01-01 on as well, when dated values change; "
    assert looked in result.stdout
    later = call("check", "a.rules", "--as-of", "2027-02-01")
    assert "warning gap: A customer with score 50 gets no value for grade.\n" in later.stdout
    assert "警告 gap：自2027年1月1日起，空档：score为50的客户得不到“grade”。" in call("check", "--lang", "zh").stdout


def test_requirements_that_a_dated_threshold_breaks_are_found_today(call: Call) -> None:
    write(a=DATED + "require high < 55\n")
    result = call("check", "a.rules", "--as-of", "2026-11-23", "--format", "json")
    found = [each for each in json.loads(result.stdout)["diagnostics"] if each["code"] == "requirement-not-met"]
    assert ["2027-01-01"] == [each["facts"]["as_of"] for each in found]


def test_the_customer_of_a_gap_has_no_field_that_only_other_outcomes_rest_on(call: Call) -> None:
    rules = "field days: whole number, at least 0\nfield job: one of none, some\nfield income: number\n"
    rules += "outcome decision: one of approve, refer, decline\noutcome limit: number\n"
    rules += "outcome gift: yes or no, else no\n"
    rules += "if days >= 30 then decision = decline\nif days < 30 and job is some then decision = approve\n"
    rules += "if job is none and days < 30 then decision = refer\n"
    rules += "if income < 5 then limit = 1\nif income >= 5 and job is some then limit = 2\n"
    write(a=rules + "if decision is approve then gift = yes\n")
    assert "A customer with job none and income 5 gets no value for limit.\n" in call("check", "a.rules").stdout
