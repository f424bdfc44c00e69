"""``rulelang diff``: edits, moves, causes, limits, and versions from files, git, dates and thresholds."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Call

OLD = """\
ruleset "Tiers" ("等级")
threshold gold_at (金卡线) = 100; 300 from 2027-01-01
field spend (消费): number
field since (入会日): date
outcome tier (等级): one of gold (金), silver (银), bronze (铜), else bronze
rule "Rich" ("富裕"): if spend >= gold_at then tier = gold
rule "Loyal" ("忠诚"): if since > 2 years then tier = silver
"""
NEW = OLD.replace("= 100;", "= 150;").replace("> 2 years", "> 3 years")
DATA = "id,spend,since\nA,200,2020-01-01\nB,120,2020-01-01\nC,120,2026-01-01\nD,5,2024-01-01\nE,,2020-01-01\n"
DATED = """\
field spend: whole number
threshold high = 30; 20 from 2027-01-01
outcome tier: one of gold, silver
if spend > high then tier = gold otherwise tier = silver
"""
DAY = ("--as-of", "2026-06-30")


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("old.rules").write_text(OLD, encoding="utf-8")
    Path("new.rules").write_text(NEW, encoding="utf-8")
    Path("data.csv").write_text(DATA, encoding="utf-8")


def test_moves_and_their_causes(call: Call) -> None:
    result = call("diff", "old.rules", "new.rules", "data.csv", *DAY, "--key", "id")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "data.csv: 5 rows, as of 2026-06-30; 3 move (60.0%)" in result.stdout
    assert "tier: 3 move (60.0%), 3 down" in result.stdout
    assert "threshold gold_at: 100; 300 from 2027-01-01 → 150; 300 from 2027-01-01" in result.stdout
    assert "- if since > 2 years then tier = silver" in result.stdout
    assert "+ if since > 3 years then tier = silver" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines() if line.split()[2:3] == ["tier"]]
    assert [["3", "B"], ["4", "C"], ["5", "D"]] == [each[:2] for each in rows]
    assert ["2", "2", "1"] == [each[-1] for each in rows]


def test_the_same_in_chinese(call: Call) -> None:
    result = call("diff", "old.rules", "new.rules", "data.csv", *DAY, "--lang", "zh", "--limit", "下降:等级<=1")
    assert 1 == result.exit_code
    assert "等级：3人变动（60.0%），降3" in result.stdout
    assert "修改规则“忠诚”" in result.stdout
    assert "+ 如果入会日超过3年那么等级为银" in result.stdout
    assert "下降:等级<=1：超出" in result.stdout


@pytest.mark.parametrize(
    ("limit", "code"),
    [("any<=3", 0), ("any:tier<=2", 1), ("down:tier<=60%", 0), ("up<=0", 0), ("any≤50%", 1)],
)
def test_limits(call: Call, limit: str, code: int) -> None:
    result = call("diff", "old.rules", "new.rules", "data.csv", *DAY, "--limit", limit, "--format", "json")
    assert code == result.exit_code
    assert bool(code) is bool(json.loads(result.stdout)["limits"][0]["exceeded"])


def two_outcomes(data: str) -> None:
    rules = "field a: number\nfield b: number\noutcome x: number\noutcome y: number\n"
    rules += "if a > 0 then x = 1\nif b > 0 then y = 1\n"
    Path("p.rules").write_text(rules, encoding="utf-8")
    Path("q.rules").write_text(rules.replace("x = 1", "x = a").replace("y = 1", "y = b"), encoding="utf-8")
    Path("two.csv").write_text("a,b\n" + data, encoding="utf-8")


@pytest.mark.parametrize(
    ("limit", "code"), [("any<=2%", 1), ("any<=4%", 0), ("up<=3", 1), ("down<=0", 0), ("any:x<=2", 0), ("up:y<=1", 1)]
)
def test_a_limit_without_an_outcome_is_on_customers_who_move_in_any(call: Call, limit: str, code: int) -> None:
    two_outcomes("2,1\n3,1\n1,2\n1,3\n" + "1,1\n" * 96)
    result = call("diff", "p.rules", "q.rules", "two.csv", "--limit", limit, "--format", "json")
    found = json.loads(result.stdout)
    assert (code, 4) == (result.exit_code, found["movers"])
    expected = {"any<=2%": (None, 4), "up<=3": (None, 4), "up:y<=1": ("y", 2)}
    exceeded = [(each["outcome"], each["count"]) for each in found["limits"][0]["exceeded"]]
    assert ([expected[limit]] if code else []) == exceeded


def test_no_limit_holds_where_nobody_was_decided(call: Call) -> None:
    two_outcomes("")
    result = call("diff", "p.rules", "q.rules", "two.csv", "--limit", "any<=2%")
    assert (1, True) == (result.exit_code, "limit-without-customers" in result.stderr)
    assert 0 == call("diff", "p.rules", "q.rules", "two.csv").exit_code


def test_who_moves_is_written_with_the_cause(call: Call) -> None:
    result = call("diff", "old.rules", "new.rules", "data.csv", *DAY, "-o", "movers.csv")
    assert 0 == result.exit_code
    with open("movers.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert ["B", "C", "D"] == [each["id"] for each in rows]
    assert {"before": "gold", "after": "silver", "direction": "down", "row": "3"}.items() <= rows[0].items()
    assert "threshold gold_at: 100; 300 from 2027-01-01 → 150; 300 from 2027-01-01" == rows[0]["cause"]


def test_two_dates_and_one_ruleset(call: Call) -> None:
    result = call("diff", "old.rules", "data.csv", "--as-of", "2026-06-30", "--as-of", "2027-01-01", "--format", "json")
    found = json.loads(result.stdout)
    assert ["threshold", "day"] == [each["kind"] for each in found["edits"]]
    assert 3 == found["movers"]
    causes = {tuple(map(tuple, each["edits"])): each["count"] for each in found["outcomes"][0]["causes"]}
    assert {((1,),): 3} == causes


def test_thresholds_set_on_the_command_line(call: Call) -> None:
    found = call("diff", "old.rules", "data.csv", *DAY, "--set", "金卡线=150", "--old-set", "gold_at=120")
    assert "threshold gold_at: 120 → 150" in found.stdout
    assert "2 move" in found.stdout


def test_without_data_the_edits(call: Call) -> None:
    result = call("diff", "old.rules", "new.rules", "--format", "json")
    assert 1 == result.exit_code
    found = json.loads(result.stdout)
    assert [False, ["Loyal", "gold_at"]] == [found["same"], [each["name"] for each in found["edits"]]]
    Path("same.rules").write_text("# a remark\n" + OLD.replace('"Rich"', '"Wealthy"'), encoding="utf-8")
    same = call("diff", "old.rules", "same.rules", "--as-of", "2026-11-23")
    said = "Both versions decide the same: proved for every customer, as of 2026-11-23 and from 2027-01-01 on.\n"
    assert (0, said) == (same.exit_code, same.stdout)


def test_what_differs_from_a_later_day_on_is_no_proof(call: Call) -> None:
    Path("a.rules").write_text(DATED, encoding="utf-8")
    Path("b.rules").write_text(DATED.replace("20 from", "21 from"), encoding="utf-8")
    result = call("diff", "a.rules", "b.rules", "--as-of", "2026-11-23")
    assert 1 == result.exit_code
    assert "the same: proved for every customer, as of 2026-11-23.\n" in result.stdout
    assert "From 2027-01-01\n  tier: a customer with spend = 21: gold → silver\n" in result.stdout
    found = json.loads(call("diff", "a.rules", "b.rules", "--as-of", "2026-11-23", "--format", "json").stdout)
    assert [False, "equal", "2027-01-01"] == [found["same"], found["verdicts"][0]["kind"], found["later"][0]["day"]]
    fine = call("diff", "a.rules", "b.rules", "--as-of", "2027-01-02", "--lang", "zh")
    assert (1, True) == (fine.exit_code, "spend＝21的客户，原为gold，现为silver" in fine.stdout)


def test_without_data_a_customer_who_differs_for_every_edit(call: Call) -> None:
    result = call("diff", "old.rules", "new.rules", *DAY)
    assert "tier: a customer with spend = 149" in result.stdout or "tier: a customer with spend = 100" in result.stdout
    found = json.loads(call("diff", "old.rules", "new.rules", *DAY, "--format", "json").stdout)
    assert [("tier", "different")] == [(each["outcome"], each["kind"]) for each in found["verdicts"]]
    assert [1, 2] == [each["edit"] for each in found["alone"]]
    for each in found["alone"]:
        verdict = each["verdicts"][0]
        assert verdict["old"] != verdict["new"]
    since = found["alone"][0]["verdicts"][0]["customer"]["since"]
    assert "2023-06-30" <= since < "2024-06-30"


def test_an_edit_that_changes_nothing_is_proved(call: Call) -> None:
    Path("new.rules").write_text(OLD.replace("spend >= gold_at", "not spend < gold_at"), encoding="utf-8")
    result = call("diff", "old.rules", "new.rules", *DAY, "--lang", "zh")
    assert (0, True) == (result.exit_code, "已对所有可能的客户证明" in result.stdout)


def test_a_base_of_an_older_revision_under_overrides(call: Call) -> None:
    folder = Path("shop/rules")
    folder.mkdir(parents=True)
    company = 'extends "../base.rules"\nthreshold gold_at = 110\nlist cities from "cities.csv" column city\n'
    company += 'field city: text\nrule "City": if city is in cities then tier = silver\n'
    (folder / "company.rules").write_text(company, encoding="utf-8")
    (folder / "cities.csv").write_text("city\nOslo\n", encoding="utf-8")
    Path("shop/base.rules").write_text(OLD, encoding="utf-8")
    git("init", "-q", ".")
    git("add", "shop")
    git("commit", "-qm", "first")
    Path("shop/base.rules").write_text(OLD.replace("> 2 years", "> 3 years"), encoding="utf-8")
    (folder / "cities.csv").write_text("city\nOslo\nRome\n", encoding="utf-8")
    result = call("diff", "HEAD:shop/rules/company.rules", "shop/rules/company.rules", "--format", "json")
    assert 1 == result.exit_code, result.stderr
    found = json.loads(result.stdout)
    assert [("rule changed", "Loyal"), ("list", "cities")] == [(each["kind"], each["name"]) for each in found["edits"]]
    whole = call("diff", "HEAD:shop", "shop")
    assert "rule “Loyal” changed" in whole.stdout


def git(*arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], check=True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("old.rules", "data.csv"), "nothing-to-compare"),
        (("old.rules", "new.rules", "--limit", "any<=1"), "diff-needs-data"),
        (("old.rules", "--as-of", "2026-01-01", "--as-of", "2026-02-01"), "diff-needs-data"),
        (("old.rules", "new.rules", "data.csv", "--limit", "some tier"), "not-a-limit"),
        (("old.rules", "new.rules", "data.csv", "--limit", "any<2%"), "not-a-limit"),
        (("old.rules", "new.rules", "data.csv", "--limit", "any:tire<=1"), "unknown-outcome"),
        (("old.rules", "new.rules", "data.csv", "--as-of", "soon"), "not-a-date-option"),
        (("old.rules", "new.rules", "extra.rules"), "extra-argument"),
        (("old.rules", "june.csv", "july.csv"), "two-data-files"),
        (("old.rules", "gone.rules"), "no-such-file"),
        (("HEAD:gone.rules", "new.rules"), "no-such-revision"),
    ],
)
def test_wrong_calls(call: Call, arguments: tuple[str, ...], code: str) -> None:
    result = call("diff", *arguments)
    assert 2 == result.exit_code
    assert code in result.stderr


def test_a_path_that_is_not_in_the_revision(call: Call) -> None:
    git("init", "-q", ".")
    git("add", "old.rules")
    git("commit", "-qm", "first")
    result = call("diff", "HEAD:new.rules", "new.rules")
    assert (2, True) == (result.exit_code, "not-in-revision" in result.stderr)


def test_rows_that_can_not_be_read_are_counted(call: Call) -> None:
    Path("data.csv").write_text(DATA + "F,much,2020-01-01\n", encoding="utf-8")
    result = call("diff", "old.rules", "new.rules", "data.csv", *DAY)
    assert (1, True) == (result.exit_code, "1 row rejected" in result.stdout)


def test_a_plug_in_upgrade_under_a_companys_overrides(call: Call) -> None:
    for version in ("1", "2"):
        folder = Path(f"v{version}/shop/rulesets")
        folder.mkdir(parents=True)
        (folder.parent / "plugin.toml").write_text(f'name = "shop"\nlabel = "门店"\nversion = "{version}.0"\n', "utf-8")
        vocabulary = f"field city: text\nfield km: number\nthreshold far_from = {version}00\n"
        (folder.parent / "vocabulary.rules").write_text(vocabulary, "utf-8")
        rules = "use shop\noutcome zone: one of near, far\nif km >= far_from then zone = far\n"
        rules += "if km < far_from then zone = near\n"
        (folder / "zones.rules").write_text(rules, "utf-8")
    Path("company.rules").write_text('extends "shop/zones"\nrule "Rome": if city is "Rome" then zone = near\n', "utf-8")
    Path("km.csv").write_text("id,city,km\n1,Rome,150\n2,Oslo,150\n3,Oslo,250\n", "utf-8")
    result = call("diff", "company.rules", "km.csv", "--old-plugin-dir", "v1/shop", "--plugin-dir", "v2/shop")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "threshold far_from: 100 → 200" in result.stdout
    assert "zone: 1 move (33.3%), 1 up" in result.stdout


CHOSEN = """\
field gender (性别): one of m, f, other
field kind: one of worker, student
field income: number
outcome limit (额度): number
outcome title: text
table "Limit" ("额度表"):
| kind    | income    | => limit | because |
|---------|-----------|----------|---------|
| student | 10 ..< 20 | 5,000    | "a|b"   |
| worker  | -         | 9,000    | "c"     |
if gender is m then title = "Mr"
"""


def test_a_row_that_gives_something_else_is_shown_with_what_it_asks(call: Call) -> None:
    Path("a.rules").write_text(CHOSEN, encoding="utf-8")
    Path("b.rules").write_text(CHOSEN.replace("5,000 ", "6,000 "), encoding="utf-8")
    Path("c.rules").write_text(CHOSEN.replace("student | 10 ..< 20", "student | 10 ..< 30"), encoding="utf-8")
    assert "     student | 10 ..< 20: limit 5,000 → 6,000\n" in call("diff", "a.rules", "b.rules", *DAY).stdout
    result = call("diff", "a.rules", "c.rules", *DAY).stdout
    assert '- | student | 10 ..< 20 | 5,000 | "a|b" |' in result
    assert '+ | student | 10 ..< 30 | 5,000 | "a|b" |' in result


def test_a_field_declared_otherwise_is_named_and_blocks_only_what_rests_on_it(call: Call) -> None:
    Path("a.rules").write_text(CHOSEN, encoding="utf-8")
    Path("b.rules").write_text(CHOSEN.replace(", other", ""), encoding="utf-8")
    result = call("diff", "a.rules", "b.rules", *DAY)
    assert "values of gender: m, f, other → m, f" in result.stdout
    assert "limit: proved the same" in result.stdout
    assert (
        "title: may differ: it rests on gender (one of m, f, other → one of m, f), declared differently"
        in result.stdout
    )
    found = json.loads(call("diff", "a.rules", "b.rules", *DAY, "--format", "json").stdout)
    assert [None, ["gender"]] == [each.get("fields") for each in found["verdicts"]]
    Path("b.rules").write_text(CHOSEN.replace(", other", "").replace("9,000", "9,001"), encoding="utf-8")
    assert "limit: a customer with kind = worker: 9000 → 9001" in call("diff", "a.rules", "b.rules", *DAY).stdout
    said = call("diff", "a.rules", "b.rules", *DAY, "--lang", "zh").stdout
    assert "title：可能不同：所依据的字段声明不同：“性别”（分为m、f、other → 分为m、f）" in said
