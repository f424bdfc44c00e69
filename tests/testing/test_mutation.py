"""Mutation: mistakes that samples notice, those they don't, those that are none; and the customers that are missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rulelang
from rulelang.analysis.mutants import mutants
from rulelang.testing.mutation import MutationReport, mutate
from rulelang.testing.sample import Sample
from rulelang.testing.samples import read_samples
from rulelang.testing.suggest import suggest

DAY = date(2026, 6, 1)
RULES = """\
field last_purchase: date
field vip: yes or no
outcome stage: one of active, lost
outcome gift: text, else "none"
threshold lost_after = 365 days
rule "Lost": if last_purchase > lost_after then stage = lost
rule "Active": if last_purchase <= lost_after then stage = active
rule "Gift": if vip and stage is active then gift = "watch"
"""
GOOD = """\
as_of,last_purchase,vip,expect stage,expect gift
2026-06-01,2025-06-01,yes,active,watch
2026-06-01,2025-05-31,yes,lost,none
2026-06-01,2025-06-01,no,active,none
"""


def samples_of(tmp_path: Path, text: str) -> tuple[Sample, ...]:
    file = tmp_path / "a.samples.csv"
    file.write_text(text, "utf-8")
    return read_samples(rulelang.loads(RULES).model, [file]).samples


def report_of(tmp_path: Path, text: str) -> MutationReport:
    return mutate(rulelang.loads(RULES), samples_of(tmp_path, text), DAY)


def kinds(report: MutationReport) -> set[str]:
    return {each.mutant.change.kind for each in report.survivors}


def test_every_condition_rule_and_result_is_mutated() -> None:
    changes = {each.change.kind for each in mutants(rulelang.loads(RULES).model)}
    wanted = {"operator", "joined", "dropped condition", "negated", "dropped rule", "value", "threshold", "swapped"}
    assert wanted <= changes


def test_samples_on_both_sides_of_each_bound_notice_every_mistake(tmp_path: Path) -> None:
    report = report_of(tmp_path, GOOD)
    assert (100, (), ()) == (report.score, report.survivors, report.open)
    assert report.killed > 10
    # The two rules exclude each other: in another order they mean the same.
    assert report.equivalent >= 1


def test_a_mistake_that_no_sample_notices_comes_with_the_customer_who_would(tmp_path: Path) -> None:
    far = GOOD.replace("2025-06-01,yes,active,watch\n", "2026-05-01,yes,active,watch\n").replace(
        "2025-06-01,no", "2026-05-01,no"
    )
    report = report_of(tmp_path, far)
    assert 100 > report.score
    found = [each for each in report.survivors if (each.mutant.rule, each.mutant.change.kind) == ("Active", "operator")]
    assert 1 == len(found)
    customer = found[0].verdict.customer
    assert customer is not None
    assert {"last_purchase": date(2025, 6, 1)} == {each.name: each.value for each in customer.told}
    assert "active" == found[0].verdict.old


def test_customers_suggested_notice_what_was_missed(tmp_path: Path) -> None:
    poor = "as_of,last_purchase,vip,expect stage,expect gift\n2026-06-01,2020-01-01,yes,lost,none\n"
    ruleset, samples = rulelang.loads(RULES), samples_of(tmp_path, poor)
    report = mutate(ruleset, samples, DAY)
    assert report.survivors
    suggestions = suggest(ruleset, samples, report, DAY)
    rows = ["as_of,last_purchase,vip,expect stage,expect gift"]
    for each in suggestions:
        decision = ruleset.decide(each.values, each.as_of)
        given = [str(each.values.get("last_purchase", "")), {True: "yes", False: "no"}.get(each.values.get("vip"), "")]
        expected = [decision[name] or f"({decision.standing(name)})" for name in ("stage", "gift")]
        rows.append(",".join([each.as_of.isoformat(), *given, *expected]))
    confirmed = samples_of(tmp_path, "\n".join(rows) + "\n")
    assert 100 == mutate(ruleset, (*samples, *confirmed), DAY).score


def test_what_the_time_does_not_reach_is_counted(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    rules = rulelang.loads(RULES)
    report = mutate(rules, samples_of(tmp_path, GOOD), DAY, progress=lambda *each: seen.append(each), seconds=1e-9)
    assert (0, len(list(mutants(rules.model)))) == (report.killed, report.untried)
    assert [(0, report.untried)] == seen


DATED = """\
field n: whole number
threshold limit = 30; 20 from 2027-01-01; 5 from 2028-01-01
outcome grade: one of a, b
if n > limit then grade = a otherwise grade = b
rule "Summer", priority 1, valid from 2026-07-01 until 2026-12-31: if n = 100 then grade = b
"""


def dated_report(tmp_path: Path, rules: str, rows: str) -> MutationReport:
    model = rulelang.loads(rules)
    file = tmp_path / "dated.samples.csv"
    file.write_text("n,expect grade,as_of\n" + rows, "utf-8")
    return mutate(model, read_samples(model.model, [file]).samples, DAY)


def test_each_dated_value_and_each_end_of_a_validity_wants_a_sample_of_its_time(tmp_path: Path) -> None:
    now = "31,a,2026-07-01\n30,b,2026-07-01\n100,b,2026-07-01\n100,a,2026-06-30\n"
    report = dated_report(tmp_path, DATED, now)
    found = {(each.mutant.change.kind, each.mutant.change.before, each.as_of) for each in report.survivors}
    expected = {
        ("threshold", 20, date(2027, 1, 1)),
        ("threshold", 5, date(2028, 1, 1)),
        ("valid until", date(2026, 12, 31), date(2026, 12, 31)),
        ("valid until", date(2026, 12, 31), date(2027, 1, 1)),
    }
    assert expected == found
    later = "21,a,2027-01-01\n20,b,2027-12-31\n6,a,2028-01-01\n5,b,2028-06-01\n100,b,2026-12-31\n100,a,2027-01-01\n"
    assert 100 == dated_report(tmp_path, DATED, now + later).score


def test_what_held_before_all_samples_is_history(tmp_path: Path) -> None:
    report = dated_report(tmp_path, DATED, "6,a,2028-03-01\n5,b,2028-03-01\n")
    assert {"dropped rule", "swapped"} >= kinds(report)
