"""Runs over files, from rows to result and account."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import DataError, RuleError
from rulelang.engine.account.summary import ClassCount, OutcomeSummary, RunSummary
from rulelang.engine.loading.reading import loads
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sinks.opening import open_sink
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import SourceOptions
from rulelang.vocabulary.reading import ReadingOptions

AS_OF = date(2026, 6, 1)
RULES = """
field last_purchase (最近购买): date, required
field spend (消费): money in CNY, at least 0
field city: text
outcome lifecycle (生命周期): one of active (活跃), silent (沉默), lost (流失)
outcome tags: text, collect

rule "Long gone":
  if last_purchase > 365 days then lifecycle = lost because "last order {last_purchase}" ("上次下单 {last_purchase}")
rule "Quiet":
  if last_purchase > 90 days then lifecycle = silent
rule "Here":
  if last_purchase <= 90 days then lifecycle = active
rule "Rich":
  if spend >= 10,000 then tags = "rich"
rule "Londoner":
  if city is "London" then tags = "london"
"""
ROWS = """id,最近购买,spend,city,extra
001,2025-05-01,"12,000",London,a
002,2026-05-01,¥5,Paris,b
003,2026-02-01,,london,c
004,,1.5万,NA,d
"""


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return loads(RULES)


def go(
    ruleset: Ruleset,
    folder: Path,
    data: str,
    options: RunOptions | None = None,
    out: str = "out.csv",
    name: str = "in.csv",
) -> RunSummary:
    file = folder / name
    file.write_bytes(data.encode())
    with open_source(file) as source:
        return run(ruleset, source, options or RunOptions(AS_OF), folder / out, folder / "rejects.csv")


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def of(summary: RunSummary, outcome: str) -> OutcomeSummary:
    return next(each for each in summary.outcomes if each.outcome.name == outcome)


def found(summary: RunSummary) -> dict[tuple[str, str], int]:
    return {(each.diagnostic.code, str(each.diagnostic.facts.get("field"))): each.count for each in summary.findings}


def test_every_row_gets_its_decision_and_keeps_its_cells(ruleset: Ruleset, tmp_path: Path) -> None:
    summary = go(ruleset, tmp_path, ROWS)
    assert [
        ["id", "最近购买", "spend", "city", "extra", "lifecycle", "tags"],
        ["001", "2025-05-01", "12,000", "London", "a", "lost", "rich; london"],
        ["002", "2026-05-01", "¥5", "Paris", "b", "active", ""],
        ["003", "2026-02-01", "", "london", "c", "silent", ""],
        ["004", "", "1.5万", "NA", "d", "", "rich"],
    ] == table(tmp_path / "out.csv")
    added = ["rejected_row", "rejected_column", "rejected_reason"]
    assert [["id", "最近购买", "spend", "city", "extra", *added]] == table(tmp_path / "rejects.csv")
    assert (4, 0, 4) == (summary.rows, summary.rejected, summary.decided)
    assert ("id", "extra") == summary.unused_columns


def test_the_account_counts_classes_standings_and_gaps(ruleset: Ruleset, tmp_path: Path) -> None:
    summary = go(ruleset, tmp_path, ROWS)
    lifecycle = of(summary, "lifecycle")
    assert (ClassCount("active", 1), ClassCount("silent", 1), ClassCount("lost", 1)) == lifecycle.classes
    assert {"decided": 3, "provisional": 0, "undecided": 1, "no rule": 0} == lifecycle.standings
    tags = of(summary, "tags")
    assert (ClassCount("rich", 2), ClassCount("london", 1)) == tags.classes
    assert {"decided": 3, "provisional": 1, "undecided": 0, "no rule": 0} == tags.standings
    assert [("last_purchase", "最近购买", 1), ("spend", "spend", 1), ("city", "city", 0)] == [
        (each.name, each.column, each.missing) for each in summary.fields
    ]
    assert {("required-missing", "last_purchase"): 1, ("near-miss", "city"): 1} == found(summary)
    assert () == summary.never_fired
    assert summary.columns == ("id", "最近购买", "spend", "city", "extra", "lifecycle", "tags")
    assert summary.preview[0] == ("001", "2025-05-01", "12,000", "London", "a", "lost", "rich; london")
    assert (AS_OF, ruleset.fingerprint, "en") == (summary.as_of, summary.fingerprint, summary.language)


def test_rules_that_never_held_are_named(ruleset: Ruleset, tmp_path: Path) -> None:
    assert ("Quiet", "Londoner") == go(
        ruleset, tmp_path, "\n".join(ROWS.splitlines()[:1] + ROWS.splitlines()[2:3]) + ("\n5,2020-01-01,20000,x,y\n")
    ).never_fired


def test_rows_that_cannot_be_read_go_aside_with_their_reasons(ruleset: Ruleset, tmp_path: Path) -> None:
    rows = ["1,长期,much,x,a", "2,2026-05-01,5,x", '3,"2026-05-01,5,x,a', "4,2026-05-01,5,x,a,b", "5,2026-05-01,5,x,a"]
    summary = go(ruleset, tmp_path, "id,最近购买,spend,city,extra\n" + "\n".join(rows) + "\n")
    assert (5, 4) == (summary.rows, summary.rejected)
    assert ["5"] == [row[0] for row in table(tmp_path / "out.csv")[1:]]
    _, *rejected = table(tmp_path / "rejects.csv")
    assert [["1", "2", "最近购买, spend"], ["2", "3", ""], ["3", "4", ""], ["4", "5", ""]] == [
        [row[0], row[5], row[6]] for row in rejected
    ]
    first = summary.rejections[0]
    assert 2 == first.row
    assert ["not-a-date", "not-a-number"] == [each.facts["reason"] for each in first.faults]
    bare = [evolve(each, facts={**each.facts, "row": None}) for each in first.faults]
    assert "; ".join(describe(each).message for each in bare) == rejected[0][7]
    assert rejected[3][7].endswith("[b]")
    assert {} == found(summary)
    assert 0 == sum(each.missing for each in summary.fields)


def test_a_value_in_a_column_that_no_rule_reads_is_never_judged(ruleset: Ruleset, tmp_path: Path) -> None:
    rules = loads('field a: number\nfield b: date\noutcome o: text\nif a > 1 then o = "x"')
    summary = go(rules, tmp_path, "a,b\n2,soon\n")
    assert (1, 0) == (summary.rows, summary.rejected)
    assert ("b",) == summary.unused_columns


def test_values_outside_limits_are_missing_and_reported(ruleset: Ruleset, tmp_path: Path) -> None:
    summary = go(ruleset, tmp_path, "最近购买,spend,city\n2027-01-01,-5,x\n2026-06-02,-6,x\n")
    assert {("future-date", "last_purchase"): 2, ("value-outside-limits", "spend"): 2} == found(summary)
    assert [2, 2] == [each.diagnostic.facts["row"] for each in summary.findings]
    assert {"decided": 0, "provisional": 2, "undecided": 0, "no rule": 0} == of(summary, "tags").standings


def test_what_only_a_decision_shows_is_reported(tmp_path: Path) -> None:
    rules = loads("""
field a: number
field b: number
outcome o: one of x, y, unique
outcome p: yes or no
if a > 1 then o = x
if a > 2 then o = y
if a / b > 1 then p = yes
""")
    summary = go(rules, tmp_path, "a,b\n3,1\n3,0\n0,0\n")
    counts = {each.diagnostic.code: (each.diagnostic.facts["row"], each.count) for each in summary.findings}
    assert {"unique-violated": (2, 2), "division-by-zero": (3, 2)} == counts
    assert 2 == of(summary, "o").standings["undecided"] == of(summary, "p").standings["undecided"]


def test_reasons_and_standings_on_request(ruleset: Ruleset, tmp_path: Path) -> None:
    go(ruleset, tmp_path, ROWS, RunOptions(AS_OF, why=True))
    head, first, *_, last = table(tmp_path / "out.csv")
    added = ["lifecycle", "lifecycle_standing", "lifecycle_reason", "tags", "tags_standing", "tags_reason"]
    assert added == head[5:]
    assert ["lost", "decided"] == first[5:7]
    assert "last order 2025-05-01" in first[7]
    assert ["", "undecided"] == last[5:7]
    assert "\n" not in "".join(first + last)


def test_a_chinese_run(ruleset: Ruleset, tmp_path: Path) -> None:
    summary = go(ruleset, tmp_path, ROWS, RunOptions(AS_OF, why=True, language="zh"))
    head, first, *_, last = table(tmp_path / "out.csv")
    assert ["生命周期", "生命周期_状态", "生命周期_理由", "tags", "tags_状态", "tags_理由"] == head[5:]
    assert ["流失", "确定", "rich、london"] == [first[5], first[6], first[8]]
    assert "上次下单" in first[7]
    assert ["", "待定"] == last[5:7]
    assert "zh" == summary.language
    assert ["退回行号", "退回列", "退回原因"] == table(tmp_path / "rejects.csv")[0][5:]


def test_the_language_of_the_rules_is_the_language_of_the_result(tmp_path: Path) -> None:
    rules = loads("如果最近购买超过365天那么生命周期＝流失")
    go(rules, tmp_path, "最近购买\n2020-01-01\n2026-05-01\n", RunOptions(AS_OF))
    assert [["最近购买", "生命周期"], ["2020-01-01", "流失"], ["2026-05-01", ""]] == table(tmp_path / "out.csv")


def test_a_result_can_be_run_again(ruleset: Ruleset, tmp_path: Path) -> None:
    go(ruleset, tmp_path, ROWS)
    again = tmp_path / "again.csv"
    with open_source(tmp_path / "out.csv") as source:
        summary = run(ruleset, source, RunOptions(AS_OF), again)
    assert ["lifecycle_before", "tags_before", "lifecycle", "tags"] == table(again)[0][5:]
    assert all(row[5:7] == row[7:] for row in table(again)[1:])
    assert {"column-renamed"} == {each.code for each in summary.notes}


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "json", "jsonl"])
def test_every_format_in_and_out(ruleset: Ruleset, tmp_path: Path, ending: str) -> None:
    first = tmp_path / f"data.{ending}"
    rows: list[Sequence[object]] = [["001", date(2025, 5, 1), Decimal("12000.5"), "London"], ["002", None, 5, None]]
    with open_sink(first, ("id", "last_purchase", "spend", "city")) as sink:
        for row in rows:
            sink.write(row)
        sink.finish()
        sink.commit()
    out = tmp_path / f"out.{ending}"
    with open_source(first) as source:
        summary = run(ruleset, source, RunOptions(AS_OF), out)
    with open_source(out) as result:
        assert ("id", "last_purchase", "spend", "city", "lifecycle", "tags") == result.columns
        decided = [(row.cells[0], row.cells[4], row.cells[5]) for row in result.rows()]
    blank: object = None if ending.startswith("json") else ""
    both: object = ["rich", "london"] if ending.startswith("json") else "rich; london"
    none: object = [] if ending.startswith("json") else blank
    assert [("001", "lost", both), ("002", blank, none)] == decided
    assert 2 == summary.rows


def test_text_becomes_numbers_and_days_in_a_workbook(ruleset: Ruleset, tmp_path: Path) -> None:
    go(ruleset, tmp_path, ROWS, out="out.xlsx")
    with open_source(tmp_path / "out.xlsx") as result:
        first = next(iter(result.rows())).cells
    assert ["001", date(2025, 5, 1), 12000, "London", "a", "lost", "rich; london"] == list(first)


def test_json_keeps_null_for_undecided(tmp_path: Path) -> None:
    rules = loads("field a: number\noutcome o: yes or no\nif a > 1 then o = yes")
    go(rules, tmp_path, '[{"a": 2, "b": [1, 0.10]}, {"a": null, "b": {}}]', out="out.json", name="in.json")
    text = (tmp_path / "out.json").read_text("utf-8")
    assert '[\n{"a": 2, "b": [1, 0.10], "o": true},\n{"a": null, "b": {}, "o": null}\n]\n' == text
    assert [True, None] == [each["o"] for each in json.loads(text)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_data_from_a_spreadsheet_program_goes_back_to_one(ruleset: Ruleset, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(ROWS.replace(",", ";").replace('"12;000"', '"12,000"').encode(encoding))
    with open_source(file) as source:
        run(ruleset, source, RunOptions(AS_OF), tmp_path / "out.csv")
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith("\ufeffid;最近购买;spend".encode())


def test_the_order_of_day_and_month_is_asked_for(ruleset: Ruleset, tmp_path: Path) -> None:
    data = "最近购买,city\n2026-01-31,x\n03/04/2026,x\n25/04/2026,x\n"
    with pytest.raises(DataError) as error:
        go(ruleset, tmp_path, data)
    (finding,) = error.value.diagnostics
    assert "ambiguous-date" == finding.code
    expected = {"row": 3, "value": "03/04/2026", "order": "dmy", "proof": "25/04/2026", "proof_row": 4}
    assert expected == {key: finding.facts[key] for key in expected}
    assert ["in.csv"] == os.listdir(tmp_path)
    go(ruleset, tmp_path, data, RunOptions(AS_OF, reading=ReadingOptions(day_first=True)))
    assert ["silent", "active", "active"] == [row[2] for row in table(tmp_path / "out.csv")[1:]]


def test_the_decimal_sign_is_asked_for(tmp_path: Path) -> None:
    rules = loads("field income: money\nif income > 40000 then class = good\notherwise class = other\n")
    data = "income\n500\n48.500\n1.250.000\n"
    with pytest.raises(DataError) as error:
        go(rules, tmp_path, data)
    (finding,) = error.value.diagnostics
    assert "ambiguous-number" == finding.code
    expected = {"row": 3, "value": "48.500", "order": "comma", "proof": "1.250.000", "proof_row": 4}
    assert expected == {key: finding.facts[key] for key in expected}
    assert ["in.csv"] == os.listdir(tmp_path)
    go(rules, tmp_path, data, RunOptions(AS_OF, reading=ReadingOptions(decimal_comma=True)))
    assert ["other", "good", "good"] == [row[1] for row in table(tmp_path / "out.csv")[1:]]
    summary = go(rules, tmp_path, data, RunOptions(AS_OF, reading=ReadingOptions(decimal_comma=False)))
    assert (1, ["other", "other"]) == (summary.rejected, [row[1] for row in table(tmp_path / "out.csv")[1:]])


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_a_percentage_without_its_sign_is_asked_for(engine: str, tmp_path: Path) -> None:
    rules = loads("field share: percent\nif share > 60% then class = high\notherwise class = low\n")
    data = "share\n0.4\n73%\n150%\n5.5\n"
    with pytest.raises(DataError) as error:
        go(rules, tmp_path, data, RunOptions(AS_OF, engine=engine))
    (finding,) = error.value.diagnostics
    assert ("ambiguous-percent", 5, "5.5") == (finding.code, finding.facts["row"], finding.facts["value"])
    fractions = RunOptions(AS_OF, reading=ReadingOptions(percent_figures=False), engine=engine)
    go(rules, tmp_path, data, fractions)
    assert ["low", "high", "high", "high"] == [row[1] for row in table(tmp_path / "out.csv")[1:]]
    go(rules, tmp_path, data, RunOptions(AS_OF, reading=ReadingOptions(percent_figures=True)))
    assert ["low", "high", "high", "low"] == [row[1] for row in table(tmp_path / "out.csv")[1:]]


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_a_rule_that_matched_and_lost_is_told_from_one_that_never_matched(engine: str, tmp_path: Path) -> None:
    rules = loads(
        "field spend: number\noutcome level: one of a, b, c\n"
        'rule "some": if spend > 10 then level = a\n'
        'rule "more": if spend > 50 then level = b otherwise if spend is missing then level = c\n'
        'rule "most": if spend > 5000 then level = c\n'
    )
    summary = go(rules, tmp_path, "spend\nx\n60\n5\n", RunOptions(AS_OF, engine=engine))
    assert (("more", "most"), ("more",)) == (summary.never_fired, summary.overruled)


def test_columns_are_mapped_by_the_caller(ruleset: Ruleset, tmp_path: Path) -> None:
    pairs = (("Last order", "last_purchase"),)
    summary = go(ruleset, tmp_path, "Last order,spend\n2020-01-01,5\n", RunOptions(AS_OF, pairs=pairs))
    assert "lost" == table(tmp_path / "out.csv")[1][2]
    assert ["city"] == [each.name for each in summary.fields if each.column is None]
    assert ["field-not-in-data"] == [each.code for each in summary.notes]


def test_input_and_results_are_different_files(ruleset: Ruleset, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(ROWS, "utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to(file)
    out = tmp_path / "out.csv"
    for target, rejects in ((file, None), (link, None), (None, file), (out, out), (out, tmp_path / "." / "out.csv")):
        with open_source(file) as source, pytest.raises(DataError, match="same-file"):
            run(ruleset, source, RunOptions(AS_OF), target, rejects)
    assert ROWS == file.read_text("utf-8")
    assert not out.exists()


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_goes_wrong_on_the_way_leaves_nothing(
    ruleset: Ruleset, tmp_path: Path, problem: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out.csv").write_text("yesterday")

    def progress(done: int, total: int | None) -> None:
        raise problem

    with pytest.raises(type(problem)):
        go(ruleset, tmp_path, ROWS, RunOptions(AS_OF, progress=progress))
    assert {"in.csv", "out.csv"} == set(os.listdir(tmp_path))
    assert "yesterday" == (tmp_path / "out.csv").read_text()


def test_progress_is_told(ruleset: Ruleset, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    data = "最近购买,spend,city\n" + "2026-01-01,5,x\n" * 2500
    go(ruleset, tmp_path, data, RunOptions(AS_OF, progress=lambda done, total: told.append((done, total))))
    assert [(1000, 2500), (2000, 2500), (2500, 2500)] == told


def test_no_rows_are_said(ruleset: Ruleset, tmp_path: Path) -> None:
    summary = go(ruleset, tmp_path, "最近购买,spend,city\n")
    assert "no-rows" in [each.code for each in summary.notes]
    assert [["最近购买", "spend", "city", "lifecycle", "tags"]] == table(tmp_path / "out.csv")


def test_rules_have_their_days(tmp_path: Path) -> None:
    rules = loads('ruleset "r" valid from 2026-01-01 until 2026-12-31\nif a > 1 then o = yes')
    with pytest.raises(RuleError, match="outside-validity"):
        go(rules, tmp_path, "a\n2\n", RunOptions(date(2027, 1, 1)))
    assert ["in.csv"] == os.listdir(tmp_path)


def test_the_same_run_gives_the_same_bytes(ruleset: Ruleset, tmp_path: Path) -> None:
    results = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        go(ruleset, tmp_path / name, ROWS, RunOptions(AS_OF, why=True), out="out.xlsx")
        results.append((tmp_path / name / "out.xlsx").read_bytes())
    assert results[0] == results[1]


def test_a_file_by_its_name(ruleset: Ruleset, tmp_path: Path) -> None:
    file, out = tmp_path / "in.txt", tmp_path / "out.csv"
    file.write_bytes("when|netto\n03/04/2026|￥10,000\n".encode("gbk"))
    columns = {"when": "last_purchase", "netto": "消费"}
    summary = ruleset.run(file, out, as_of=AS_OF, columns=columns, day_first=True, language="zh")
    assert [["when", "netto", "生命周期", "tags"], ["03/04/2026", "￥10,000", "活跃", "rich"]] == [
        row for row in csv.reader(out.read_text("utf-8-sig").splitlines(), delimiter="|")
    ]
    assert str(file) == summary.source
    with pytest.raises(DataError, match="unknown-engine"):
        ruleset.run(file, engine="abacus")


def test_decisions_are_those_of_decide(ruleset: Ruleset, tmp_path: Path) -> None:
    go(ruleset, tmp_path, ROWS)
    with (tmp_path / "in.csv").open(encoding="utf-8", newline="") as stream:
        customers = list(csv.DictReader(stream))
    decided = [ruleset.decide(each, AS_OF)["lifecycle"] for each in customers]
    assert decided == [row[5] or None for row in table(tmp_path / "out.csv")[1:]]


amounts = ["", " ", "0", "-1", "9,999.99", "10000", "1万", "￥12,000", "nan"]
days = ["2020-01-01", "2026/3/3", "2026年5月31日", "2027-01-01", "长期"]
cell = st.sampled_from([*amounts, *days, "London", "london", "NA", "unknown", "=1", 'a "b"', "x,y"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=12))
def test_a_run_decides_and_rejects_as_decide_does(
    ruleset: Ruleset, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    columns = ("last_purchase", "spend", "city")
    expected: list[tuple[str, ...]] = []
    for row in rows:
        try:
            decision = ruleset.decide(dict(zip(columns, row, strict=True)), AS_OF)
        except DataError:
            continue
        tags = "; ".join(decision["tags"])
        expected.append((decision["lifecycle"] or "", decision.standing("lifecycle"), tags, decision.standing("tags")))
    folder = tmp_path_factory.mktemp("law")
    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", *columns), *(("x", *row) for row in rows)])
    with open_source(folder / "in.csv", SourceOptions(delimiter=",")) as source:
        summary = run(ruleset, source, RunOptions(AS_OF, why=True), folder / "out.csv")
    result = [(row[4], row[5], row[7], row[8]) for row in table(folder / "out.csv")[1:]]
    assert expected == result
    assert len(rows) - len(expected) == summary.rejected
    standings = Counter(each[1] for each in expected)
    assert standings == Counter({key: count for key, count in of(summary, "lifecycle").standings.items() if count})
