"""Samples decided by real rules, in both languages: what passes, what fails, and what is said about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.render import render
from rulelang.engine.loading.reading import read_text
from rulelang.engine.ruleset import Ruleset
from rulelang.testing.run_samples import SampleReport, run_samples
from rulelang.testing.sample import Sample
from rulelang.testing.samples import read_sample_file, read_samples

RULES = """\
field last_purchase (最近购买): date
field spend (消费): money in CNY, at least 0
field vip (会员): yes or no
outcome lifecycle (生命周期): one of active (活跃), lost (流失)
outcome tier (等级): one of gold (金), silver (银), else silver
outcome score (风险分): whole number, sum
outcome next_contact (下次联系): date

rule "No order for a year" ("一年没有订单"):
  if last_purchase > 365 days
  then lifecycle = lost, tag "win-back", next_contact = today + 14 days
  because "last order {last_purchase}"
rule "Recent":
  if last_purchase <= 90 days then lifecycle = active
rule "Big":
  if spend >= 10,000 then tier = gold, add 10 to score, tag "big"
rule "VIP":
  if vip is yes then tier = gold, add 5 to score
"""

CHINESE = """\
字段最近购买：日期
字段消费：金额（元），不低于0
结论生命周期：分为活跃、流失
结论等级：分为金、银，默认为银
结论提醒：文本，全部列出

规则“一年没有订单”：
  如果最近购买超过365天
  那么生命周期为流失，提醒加入“挽回”
  理由“上次下单{最近购买}”
规则“大户”：
  如果消费不低于1万元那么等级为金，提醒加入“专人”
"""


def load(text: str, name: str = "shop.rules") -> Ruleset:
    loaded = read_text(text, name)
    assert loaded.ruleset is not None, render(loaded.diagnostics, loaded.sources)
    return loaded.ruleset


@pytest.fixture(scope="module")
def shop() -> Ruleset:
    return load(RULES)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(ruleset: Ruleset, table: str, match: str | None = None, language: str = "en") -> SampleReport:
    path = Path("shop.samples.csv")
    path.write_text(table, encoding="utf-8")
    found = read_sample_file(ruleset.model, path)
    assert () == found.diagnostics
    return run_samples(ruleset, found.samples, match, language, as_of=date(2026, 6, 1))


def said(report: SampleReport) -> list[str]:
    return [describe(each, report.language).message for each in report.diagnostics]


@pytest.mark.usefixtures("folder")
def test_samples_that_pass(shop: Ruleset) -> None:
    report = run(
        shop,
        "name,as_of,last_purchase,spend,vip,expect lifecycle,expect tier,expect score,expect tags,expect next_contact\n"
        'gone,2026-06-01,2025-05-31,"10,000.00",yes,lost,gold,15,big; win-back,2026-06-15\n'
        "in between,2026-06-01,2026-01-01,0,no,(no rule),silver,0,(none),(no rule)\n"
        "unknown,2026-06-01,,0,no,(undecided),silver,0,(provisional),(undecided)\n"
        "nothing known,2026-06-01,,,,(missing),silver,,,\n",
    )
    assert [] == said(report)
    assert 4 == len(report.passed)
    assert all(check.passed for result in report.results for check in result.checks)


@pytest.mark.usefixtures("folder")
def test_the_other_answer_fails_with_what_came_out_and_why(shop: Ruleset) -> None:
    report = run(shop, "name,last_purchase,expect lifecycle,expect next_contact\ngone,2025-05-31,active,2026-06-16\n")
    (result,) = report.failed
    first, _ = result.checks
    assert (False, "active", "lost", "lost", "decided") == (
        first.passed,
        first.expected,
        first.got,
        first.answer,
        first.standing,
    )
    assert ("No order for a year", "last order 2025-05-31") == (first.rule, first.reason)
    assert first.place is not None
    assert ("shop.rules", 10) == (first.place.file, first.place.line)
    assert [
        "Sample “gone”: for lifecycle expected active, got lost, rule “No order for a year”, "
        "because: last order 2025-05-31.",
        "Sample “gone”: for next_contact expected 2026-06-16, got 2026-06-15, rule “No order for a year”, "
        "because: last order 2025-05-31.",
    ] == said(report)
    (place, _) = [each.span for each in report.diagnostics]
    assert place is not None
    assert ("shop.samples.csv", 2) == (place.file, place.line)


@pytest.mark.usefixtures("folder")
def test_the_same_for_a_chinese_reader(shop: Ruleset) -> None:
    report = run(shop, "样例,最近购买,应为 生命周期,应为 等级\n走了,2025-05-31,活跃,（待定）\n", language="zh")
    assert [
        "样例“走了”：生命周期应为活跃，实得流失，规则“一年没有订单”，理由：last order 2025年5月31日。",
        "样例“走了”：等级应为（待定），实得银（暂定），规则“默认”；缺：消费、会员。",
    ] == said(report)


@pytest.mark.usefixtures("folder")
def test_rules_in_chinese() -> None:
    ruleset = load(CHINESE)
    report = run(
        ruleset,
        "样例,基准日,最近购买,消费,应为 生命周期,应为 等级,应为 提醒,应为 规则\n"
        "走了,2026年6月1日,2025年5月31日,1.5万,流失,金,专人、挽回,大户\n"
        "差一天,2026-06-01,2025-06-01,9999.99,（无适用规则）,银,（无）,\n"
        "不知道,2026-06-01,,0,（待定）,银,,\n"
        "写错了,2026-06-01,2025-05-31,0,活跃,银,挽回,大户\n",
        language="zh",
    )
    assert ["走了", "差一天", "不知道"] == [each.sample.name for each in report.passed]
    assert [
        "样例“写错了”：生命周期应为活跃，实得流失，规则“一年没有订单”，理由：上次下单2025年5月31日。",
        "样例“写错了”：应由规则“大户”判定，实际不是；实际采用：一年没有订单、默认。",
    ] == said(report)


@pytest.mark.parametrize(
    ("given", "expect", "message"),
    [
        ("", "lost", "for lifecycle expected lost, got (undecided); missing: last_purchase."),
        ("2026-01-01", "lost", "for lifecycle expected lost, got (no rule)."),
        ("2026-05-31", "(undecided)", "for lifecycle expected (undecided), got active (decided), rule “Recent”."),
        ("2026-05-31", "(missing)", "for lifecycle expected (missing), got active, rule “Recent”."),
        ("2026-05-31", "?", "the answer for lifecycle is to be confirmed; the rules give active, rule “Recent”."),
        ("", "?", "the answer for lifecycle is to be confirmed; the rules give (undecided)."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_said_about_other_expectations(shop: Ruleset, given: str, expect: str, message: str) -> None:
    report = run(shop, f"name,last_purchase,expect lifecycle\nx,{given},{expect}\n")
    assert [f"Sample “x”: {message}"] == said(report)


@pytest.mark.usefixtures("folder")
def test_a_provisional_answer_passes_unless_its_standing_is_asked_for(shop: Ruleset) -> None:
    table = "name,spend,vip,expect tier,expect tier standing\nrich,10000,,gold,{}\nplain,0,,silver,{}\n"
    assert [] == said(run(shop, table.format("decided", "provisional")))
    assert [] == said(run(shop, table.format("", "")))
    assert [
        "Sample “rich”: for tier expected (provisional), got gold (decided), rule “Big”.",
        "Sample “plain”: for tier expected (decided), got silver (provisional), rule “else”; missing: vip.",
    ] == said(run(shop, table.format("provisional", "decided")))


@pytest.mark.usefixtures("folder")
def test_a_rule_is_taken_alone_or_with_others(shop: Ruleset) -> None:
    report = run(shop, "name,spend,vip,expect rule\na,10000,yes,VIP\nb,10000,yes,Big\nc,10000,no,VIP\nd,,no,?\n")
    assert ["a", "b"] == [each.sample.name for each in report.passed]
    wrong, open_ = said(report)
    assert "Sample “c”: rule “VIP” was expected to decide, and does not; what decides: Big." == wrong
    assert "Sample “d”: the answer for rule is to be confirmed; the rules give else." == open_


@pytest.mark.usefixtures("folder")
def test_only_samples_with_a_text_in_their_name(shop: Ruleset) -> None:
    table = "name,spend,expect tier\nbig spender,10000,gold\nsmall,0,gold\n"
    assert ["big spender"] == [each.sample.name for each in run(shop, table, match="BIG").results]
    assert () == run(shop, table, match="medium").results


@pytest.mark.usefixtures("folder")
def test_a_sample_with_faults_is_not_decided_and_fails(shop: Ruleset) -> None:
    report = run(shop, "name,vip,expect tier\nodd,maybe,gold\n")
    (result,) = report.failed
    assert (None, ()) == (result.decision, result.checks)
    assert ["sample-unreadable"] == [each.code for each in report.diagnostics]


@pytest.mark.usefixtures("folder")
def test_a_day_outside_the_validity_fails_the_sample_alone() -> None:
    ruleset = load("ruleset “x” valid from 2026-01-01 until 2026-12-31\nif spend > 5 then tier = gold\n")
    report = run(ruleset, "name,as_of,spend,expect tier\nold,2025-06-01,10,gold\nnow,2026-06-01,10,gold\n")
    assert ["now"] == [each.sample.name for each in report.passed]
    assert ["sample-not-decided", "outside-validity"] == [each.code for each in report.diagnostics]


@pytest.mark.usefixtures("folder")
def test_what_was_noticed_on_the_way_is_said_with_a_failure(shop: Ruleset) -> None:
    report = run(shop, "name,spend,expect tier\nodd,-5,gold\nfine,-5,silver\n")
    assert ["sample-failed", "value-outside-limits"] == [each.code for each in report.diagnostics]


def test_samples_without_a_day_use_the_one_given_else_today(shop: Ruleset) -> None:
    sample = Sample("x", None, {}, ())
    (given,) = run_samples(shop, [sample], as_of=date(2026, 6, 1)).results
    (today,) = run_samples(shop, [sample]).results
    assert given.decision is not None
    assert today.decision is not None
    assert date(2026, 6, 1) == given.decision.as_of
    assert date.today() - today.decision.as_of < date(2026, 1, 3) - date(2026, 1, 1)


EXAMPLES = """
example "one day more than a year" as of 2026-06-01:
  given last_purchase = 2025-05-31, vip = yes, spend = ¥1.5万
  expect lifecycle = lost, rule "No order for a year", score = 15, tags = "win-back", tags = "big"
example "unknown" as of 2026-06-01:
  given last_purchase is missing
  expect lifecycle is undecided
示例“差一天”截至2026年6月1日：
  已知 最近购买＝2025年6月1日
  应为 生命周期＝流失
"""


def test_examples_in_the_rule_file() -> None:
    ruleset = load(RULES + EXAMPLES)
    report = run_samples(ruleset, read_samples(ruleset.model).samples)
    assert ["one day more than a year", "unknown"] == [each.sample.name for each in report.passed]
    assert ["Sample “差一天”: for lifecycle expected lost, got (no rule)."] == said(report)
    (failure,) = report.diagnostics
    assert failure.span is not None
    assert ("shop.rules", RULES.count("\n") + 8) == (failure.span.file, failure.span.line)


@pytest.mark.usefixtures("folder")
def test_what_has_no_name_is_called_by_its_line_in_the_language_of_the_reader() -> None:
    ruleset = load("如果消费超过5那么等级＝金\n")
    report = run(ruleset, "消费,应为 等级\n7,（待定）\n", language="zh")
    assert ["样例“第2行”：等级应为（待定），实得金（确定），规则“第1行”。"] == said(report)


def test_a_rule_of_several_sentences_is_known_by_its_name() -> None:
    ruleset = load(
        'rule "Tiers":\n  if spend > 10 then tier = gold\n  if spend > 5 then tier = silver\n'
        'example "x":\n  given spend = 7\n  expect tier = silver, rule "Tiers"\n'
    )
    assert () == run_samples(ruleset, read_samples(ruleset.model).samples).diagnostics
