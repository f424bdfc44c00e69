"""``rulelang test``."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Call

RULES = """\
field spend (消费): number
outcome tier (等级): one of gold (金), silver (银)
rule "Rich" ("富裕"): if spend >= 100 then tier = gold because "spent {spend}"
rule "Rest": if spend < 100 then tier = silver
"""
SAMPLES = """\
name,spend,expect tier
rich,100,gold
poor,99,silver
"""


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    write("a/tiers.rules", RULES)
    write("a/tiers.samples.csv", SAMPLES)


def test_samples_that_pass(call: Call) -> None:
    result = call("test")
    assert (0, "") == (result.exit_code, result.stderr)
    assert f"{Path('a/tiers.rules')}: all samples pass (2); coverage: rules 100%, conditions 100%\n" == result.stdout
    assert "2个样例全部通过；规则覆盖率100%，条件覆盖率100%\n" in call("test", "--lang", "zh").stdout


def test_a_sample_that_fails_says_what_was_expected_and_what_came_out(call: Call) -> None:
    write("a/tiers.samples.csv", SAMPLES.replace("99,silver", "99,gold"))
    result = call("test", "a")
    assert (1, "") == (result.exit_code, result.stderr)
    assert "error sample-failed: Sample “poor”: for tier expected gold, got silver" in result.stdout
    assert "tiers.samples.csv:3:" in result.stdout
    assert "1 of 2 samples pass, 1 fails" in result.stdout
    chinese = call("test", "a", "--lang", "zh").stdout
    assert "错误 sample-failed：样例“poor”：" in chinese
    assert "1个样例通过，1个未通过" in chinese


def test_only_samples_with_a_text_in_their_name(call: Call) -> None:
    write("a/tiers.samples.csv", SAMPLES.replace("99,silver", "99,gold"))
    assert 0 == call("test", "-k", "rich").exit_code
    result = call("test", "-k", "nobody")
    assert 1 == result.exit_code
    assert "no-sample-matches" in result.stderr


def test_coverage_names_what_no_sample_reaches(call: Call) -> None:
    write("a/tiers.samples.csv", "name,spend,expect tier\nrich,100,gold\n")
    result = call("test", "--coverage")
    assert 0 == result.exit_code
    assert "note branch-not-covered: No sample reaches “Rest”." in result.stdout
    assert '    4 | rule "Rest"' in result.stdout
    low = call("test", "--min-coverage", "100")
    assert 1 == low.exit_code
    assert "error low-coverage: " in low.stderr
    assert "50%" in low.stderr
    assert 0 == call("test", "--min-coverage", "50").exit_code


def test_results_for_programs(call: Call) -> None:
    write("a/tiers.samples.csv", SAMPLES.replace("99,silver", "99,gold"))
    result = call("test", "--format", "json", "--junit", "out.xml")
    assert 1 == result.exit_code
    found = json.loads(result.stdout)
    assert (2, 1, 1) == (found["samples"], found["passed"], found["failed"])
    (ruleset,) = found["rulesets"]
    assert [("rich", True), ("poor", False)] == [(each["name"], each["passed"]) for each in ruleset["samples"]]
    assert {"rules": 100, "conditions": 100, "gaps": []} == ruleset["coverage"]
    (suite,) = ElementTree.parse("out.xml").getroot()
    assert ("2", "1") == (suite.get("tests"), suite.get("failures"))
    assert "expected gold, got silver" in (suite.find("testcase/failure").get("message") or "")  # type: ignore[union-attr]  # there is one


def test_rules_with_errors_are_not_tested_and_the_others_are(call: Call) -> None:
    write("b/broken.rules", RULES.replace("spend >=", "spnd >="))
    result = call("test")
    assert 1 == result.exit_code
    assert "error unknown-name" in result.stdout
    assert f"{Path('b/broken.rules')}: not tested, the rules have errors" in result.stdout
    assert "all samples pass (2)" in result.stdout


def test_samples_that_pass_beside_a_file_that_cannot_be_read_are_not_all(call: Call) -> None:
    write("a/tiers.samples.yaml", "[")
    assert (
        "all samples pass (2); coverage: rules 100%, conditions 100%; not all samples were tried" in call("test").stdout
    )
    write("b/tiers.rules", RULES + 'example "rich": given spend = 100 expect tier = gold\n')
    result = call("test", "--lang", "zh")
    assert 1 == result.exit_code
    assert "共2个规则集：3个样例全部通过；1个规则集有错误，样例未全部检验\n" in result.stdout


def test_no_samples_is_a_failure(call: Call) -> None:
    write("b/tiers.rules", RULES)
    result = call("test", "b")
    assert 1 == result.exit_code
    assert "no-samples" in result.stderr


def test_examples_in_the_rule_file_are_samples(call: Call) -> None:
    write("b/tiers.rules", RULES + 'example "rich": given spend = 100 expect tier = gold\n')
    result = call("test", "b")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "all samples pass (1)" in result.stdout


def test_a_broken_sample_file_is_a_finding(call: Call) -> None:
    write("a/tiers.samples.csv", "name,spnd,expect tier\nrich,100,gold\n")
    result = call("test")
    assert 1 == result.exit_code
    assert "error sample-unknown-column: " in result.stdout
    assert "Did you mean spend" in result.stdout


@pytest.mark.parametrize(
    ("path", "exit_code", "code"),
    [("nowhere", 2, "no-such-ruleset"), ("x.rules", 2, "no-such-file"), ("c", 1, "no-rule")],
)
def test_what_is_not_there(call: Call, path: str, exit_code: int, code: str) -> None:
    Path("c").mkdir()
    result = call("test", path)
    assert (exit_code, "") == (result.exit_code, result.stdout)
    assert code in result.stderr


BAND = """\
field balance (余额): number
outcome level (级别): one of high (高), low (低)
rule "High" ("高档"): if balance > 100 then level = high
rule "Low" ("低档"): if balance <= 100 then level = low
"""


def test_mistakes_that_no_sample_notices_are_shown(call: Call) -> None:
    Path("a.rules").write_text(BAND, "utf-8")
    Path("a.samples.csv").write_text("balance,expect level\n500,high\n0,low\n", "utf-8")
    result = call("test", "a.rules", "--mutate", "--as-of", "2026-06-01")
    assert 1 == result.exit_code
    assert "No sample notices a mistake in “Low”: < instead of <= in “balance <= 100”." in result.stdout
    assert "For a customer with balance 100 it gives no rule instead of low for level." in result.stdout
    assert "a.rules: mutation score " in result.stdout
    chinese = call("test", "a.rules", "--mutate", "--as-of", "2026-06-01", "--lang", "zh").stdout
    assert "没有样例能发现“低档”中的这个错误：“balance <= 100”中，<=改为<。" in chinese
    assert "对余额为100的客户，“级别”会由低变成无适用规则。" in chinese
    Path("a.samples.csv").write_text("balance,expect level\n100.01,high\n100,low\n101,high\n99,low\n", "utf-8")
    result = call("test", "a.rules", "--mutate", "--as-of", "2026-06-01")
    assert 0 == result.exit_code, result.stdout
    assert "mutation score 100%" in result.stdout
    told = json.loads(call("test", "a.rules", "--mutate", "--as-of", "2026-06-01", "--format", "json").stdout)
    assert (100, 0) == (told["mutation"][0]["score"], told["mutation"][0]["survived"])


def test_missing_customers_are_written_to_be_confirmed(call: Call) -> None:
    Path("a.rules").write_text(BAND, "utf-8")
    Path("a.samples.csv").write_bytes("\ufeffname;expect level\r\nx;\r\n".encode())
    Path("b.rules").write_text(BAND, "utf-8")
    result = call("test", "a.rules", "--suggest", "--as-of", "2026-06-01")
    assert "customers added to a.samples.csv: write the right answer" in result.stdout
    text = Path("a.samples.csv").read_bytes().decode("utf-8-sig")
    assert text.startswith("name;expect level;as_of;balance\r\nx;;;\r\n")
    assert ";?;2026-06-01;" in text
    again = call("test", "a.rules")
    assert 1 == again.exit_code
    assert "sample-to-be-confirmed" in again.stdout
    call("test", "b.rules", "--suggest", "--as-of", "2026-06-01", "--lang", "zh")
    assert Path("b.样例.csv").read_text("utf-8").startswith("样例,基准日,余额,应为 级别\n")


def test_suggestions_where_a_field_is_called_name(call: Call) -> None:
    rules = "field name: text\nfield n: whole number\noutcome g: one of a, b\nif n > 5 then g = a otherwise g = b\n"
    Path("a.rules").write_text(rules, encoding="utf-8")
    Path("a.samples.csv").write_text("name,n,expect g\nAnn,7,a\n", encoding="utf-8")
    call("test", "a.rules", "--suggest", "--as-of", "2026-06-01")
    written = Path("a.samples.csv").read_text("utf-8")
    assert ["name,n,expect g,sample,as_of", "Ann,7,a,,"] == written.splitlines()[:2]
    Path("a.samples.csv").write_text(written.replace(",5,?", ",5,b").replace(",6,?", ",6,a"), encoding="utf-8")
    result = call("test", "a.rules", "--mutate")
    assert (0, True) == (result.exit_code, "mutation score 100%" in result.stdout)


@pytest.mark.parametrize(("lang", "said"), [("en", ": no sample can be read\n"), ("zh", "：没有读得了的样例\n")])
def test_samples_that_cannot_be_read_are_not_said_to_pass_or_to_be_wanting(call: Call, lang: str, said: str) -> None:
    write("a/tiers.samples.csv", SAMPLES.replace("expect tier", "expct tier"))
    result = call("test", "a", "--lang", lang)
    assert (1, "") == (result.exit_code, result.stderr)
    assert "sample-unknown-column" in result.stdout
    assert result.stdout.endswith(said)
