"""A run on Spark writes what the other engines write, gives the same account, and leaves nothing half done."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source
from rulelang.engine.spark.files import open_frame
from tests.engine.spark.test_decide import AS_OF, RULES

pytestmark = pytest.mark.xdist_group("spark")  # one session for all of them
HEAD = ["id", "spend", "visits", "paid", "city", "vip", "grade", "phone"]
ROWS = [
    ["1", "1000.50", "4", "2025-01-31", "Rome", "yes", "high", "+86"],
    ["2", "1000.49", "3", "2026-01-01", "rome", "no", "低", ""],
    ["3", "¥1.5万", "", "31/12/2025", "ROME ", "1", "Medium", "x"],
    ["4", "", "5", "", "", "", "", ""],
    ["5", "-1", "1", "2027-01-01", "Ｒｏｍｅ", "TRUE", "none", " y "],
    ["6", "abc", "1", "2026-01-01", "Oslo", "maybe", "low", "z"],
    ["7", "0", "0", "2025-12-30", "北京", "否", "high", "a,b"],
    ["8", "1e3", "2.0", "20250131", 'O"x', "t", "高", "c\nd"],
    ["9", "12345678901234567890", "7", "2025-02-29", "Rome", "yes", "high", "q"],
    ["10", "3", "7", "2025-02-28", "e\u0301", "n", "", "NULL"],
    ["11", "3", "7"],
    [],
    ["12", "3", "7", "2025-02-28", "Rome", "n", "", "", "", ""],
]


def by_engine(rules: rulelang.Ruleset, data: Path, target: Path, engine: str, **more: Any) -> RunSummary:
    options = RunOptions(AS_OF, engine=engine, quality="off", **more)
    with open_source(data) as source:
        return run(rules, source, options, target, target.with_name(f"{target.stem}-rejects.csv"))


def account(summary: RunSummary) -> dict[str, Any]:
    """What an account counts, without the rows that Spark has no numbers for and the files."""
    nowhere = [
        (attrs.evolve(each.diagnostic, facts={**each.diagnostic.facts, "row": None}).code, each.count)
        for each in summary.findings
    ]
    return {
        "counts": (summary.rows, summary.rejected, summary.outcomes, summary.fields, summary.never_fired),
        "findings": sorted(nowhere),
        "columns": summary.columns,
    }


def contents(folder: Path) -> list[list[str]]:
    """The rows of a folder of CSV files, the head once."""
    found: list[list[str]] = []
    for path in sorted(folder.glob("part-*")):
        with open(path, encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        found = [*(found or [head]), *rows]
    return found


def assert_alike(one: RunSummary, other: RunSummary) -> None:
    assert account(one) == account(other)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_table_with_every_oddity(spark: Any, tmp_path: Path, language: str) -> None:
    rules = rulelang.loads(RULES)
    data = tmp_path / "customers.csv"
    with open(data, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *ROWS])
    found = by_engine(rules, data, tmp_path / "spark.csv", "spark", language=language)
    expected = by_engine(rules, data, tmp_path / "python.csv", "python", language=language)
    assert_alike(expected, found)
    with open(tmp_path / "python.csv", encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == contents(tmp_path / "spark.csv")
    rejected = contents(tmp_path / "spark-rejects.csv")
    assert [["6"], ["9"], ["11"]] == [row[:1] for row in rejected[1:]]
    assert ("abc" in rejected[1][-1], "3" in rejected[3][-1]) == (True, True)


def test_a_partitioned_folder_stays_one_and_is_replaced_whole(spark: Any, tmp_path: Path) -> None:
    rules = rulelang.loads(
        'field spend: money\nfield city: text\noutcome o: text\nif spend > 10 and city is "007" then o = "x"'
    )
    data, target = tmp_path / "in", tmp_path / "out"
    duckdb.execute(
        f"COPY (SELECT CASE i % 2 WHEN 0 THEN '007' ELSE 'Rome' END AS city, i::DECIMAL(12, 2) / 4 AS spend, i AS id "
        f"FROM range(100) t(i)) TO '{data}' (FORMAT parquet, PARTITION_BY (city))"
    )
    for _ in range(2):
        with_source = open_frame(spark, data).source
        summary = run(rules, with_source, RunOptions(AS_OF, engine="spark"), target)
        assert (100, 29) == (summary.rows, summary.outcomes[0].classes[0].count)
        assert ["_SUCCESS", "city=007", "city=Rome"] == sorted(
            each.name for each in target.iterdir() if each.name[0] != "."
        )
        assert ["in", "out"] == sorted(each.name for each in tmp_path.iterdir())
    (found,) = duckdb.execute(
        f"SELECT count(*) FROM read_parquet('{target}/*/*.parquet', hive_types = {{'city': VARCHAR}}) "
        "WHERE (o = 'x') = (spend > 10 AND city = '007')"
    ).fetchall()
    assert (29,) == found
    pattern = run(rules, open_frame(spark, tmp_path / "in" / "city=*").source, RunOptions(AS_OF, engine="spark"))
    assert (100, 29) == (pattern.rows, pattern.outcomes[0].classes[0].count)


def test_nothing_is_left_and_nothing_is_taken_away_where_it_fails(spark: Any, tmp_path: Path) -> None:
    rules = rulelang.loads('field spend: money\noutcome o: text\nif spend > 10 then o = "x"')
    data, target = tmp_path / "c.parquet", tmp_path / "out"
    duckdb.execute(f"COPY (SELECT i::DOUBLE AS spend, repeat('x', 100) || i AS t FROM range(50000) t(i)) TO '{data}'")
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    with pytest.raises(rulelang.DataError) as raised:
        run(rules, open_frame(spark, data).source, RunOptions(AS_OF, engine="spark"), target)
    assert "folder-in-use" == raised.value.diagnostics[0].code
    whole = bytearray(data.read_bytes())
    whole[5000:9000] = bytes(4000)
    data.write_bytes(whole)
    with pytest.raises(rulelang.DataError) as raised:
        run(rules, open_frame(spark, data).source, RunOptions(AS_OF, engine="spark"), tmp_path / "other")
    assert "engine-failed" == raised.value.diagnostics[0].code
    assert ["c.parquet", "out"] == sorted(each.name for each in tmp_path.iterdir())
    assert ["thesis.txt"] == [each.name for each in target.iterdir()]
    with pytest.raises(rulelang.DataError) as raised:
        open_frame(spark, tmp_path / "nowhere")
    assert "no-such-file" == raised.value.diagnostics[0].code


def test_what_spark_does_not_do_is_refused_by_name(spark: Any, tmp_path: Path) -> None:
    rules = rulelang.loads('field spend: money\noutcome o: text\nif spend > 10 then o = "x"')
    data = tmp_path / "c.csv"
    data.write_text("spend\n1\n", "utf-8")
    with open_source(data) as source:
        for options in (
            RunOptions(AS_OF, engine="spark", quality="strict"),
            RunOptions(AS_OF, engine="spark", details="x.csv"),
        ):
            with pytest.raises(rulelang.DataError) as raised:
                run(rules, source, options, tmp_path / "out")
            assert "engine-cannot" == raised.value.diagnostics[0].code


def test_customers_are_held_against_saved_cuts(spark: Any, tmp_path: Path) -> None:
    rules = rulelang.loads(
        "field spend: money\nfield city: text\noutcome o: yes or no, else no\noutcome n: whole number\n"
        "if spend in the top 20% of each city then o = yes\nalways n = rank of spend"
    )
    data = tmp_path / "c.parquet"
    duckdb.execute(
        "COPY (SELECT CASE WHEN i % 7 > 0 THEN i::DECIMAL(12, 2) / 4 END AS spend, "
        f"'c' || (i % 3) AS city FROM range(60) t(i)) TO '{data}'"
    )
    with open_source(data) as source:
        with pytest.raises(rulelang.DataError, match="place among all"):
            run(rules, source, RunOptions(AS_OF, engine="spark"), tmp_path / "out")
        base = run(rules, source, RunOptions(AS_OF), tmp_path / "base.parquet")
        options = RunOptions(AS_OF, engine="spark", cuts=base.cuts)
        summary = run(rules, source, options, tmp_path / "out")
    found, expected = (
        duckdb.execute(f"SELECT * FROM '{tmp_path}/{each}.parquet' ORDER BY ALL").fetchall()
        for each in ("out/*", "base")
    )
    assert expected == found
    assert (base.outcomes, base.cuts) == (summary.outcomes, summary.cuts)


def test_checks_that_spark_does_not_make_are_told(spark: Any, tmp_path: Path) -> None:
    rules = rulelang.loads(
        'field id: whole number, unique\nfield spend: money, at least 0\noutcome o: text\nif spend > 10 then o = "x"'
    )
    data = tmp_path / "c.csv"
    data.write_text("id,spend\n1,1\n1,-5\n", "utf-8")
    told = {}
    for quality in ("report", "off"):
        with open_source(data) as source:
            summary = run(rules, source, RunOptions(AS_OF, engine="spark", quality=quality))
        told[quality] = [each.facts["fields"] for each in summary.notes if each.code == "left-unchecked"]
        assert ["value-outside-limits"] == [each.diagnostic.code for each in summary.findings]
    assert {"report": [("id",)], "off": []} == told


def test_java_that_does_not_start_or_stops_says_why(tmp_path: Path) -> None:
    """In a process of its own: this one has a session."""
    if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
        pytest.skip("no Java or no pyspark on this machine")
    code = "from rulelang.engine.spark.session import open_session\nwith open_session(): pass"
    environment = {**os.environ, "JDK_JAVA_OPTIONS": "-XX:NoSuchOption", "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    last = done.stderr.splitlines()[-1]
    assert "engine-failed" in last, done.stderr
    assert "Unrecognized VM option 'NoSuchOption'" in last
    (log,) = tmp_path.glob("rulelang-spark-*.log")
    assert str(log) in last
    assert "NoSuchOption" in log.read_text("utf-8")


def test_no_java_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from rulelang.engine.spark.session import require_java

    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(rulelang.DataError) as raised:
        require_java()
    assert "java-missing" == raised.value.diagnostics[0].code
    assert date(2026, 6, 30) == AS_OF


def test_missing_values_of_fields_in_reasons_alone_are_counted(spark: Any, tmp_path: Path) -> None:
    rules = rulelang.loads(
        "field spend: money\nfield city: text\nfield grade: one of a, b\noutcome o: text\n"
        'if spend > 10 then o = "x" because "lives in {city}, {grade}"'
    )
    data = tmp_path / "c.csv"
    data.write_text("spend,city,grade\n11,,a\n,Rome,\n9,Oslo,b\n12, ,\n", "utf-8")
    found = by_engine(rules, data, tmp_path / "spark.csv", "spark")
    assert {"spend": 1, "city": 2, "grade": 2} == {each.name: each.missing for each in found.fields}
    assert_alike(by_engine(rules, data, tmp_path / "python.csv", "python"), found)
