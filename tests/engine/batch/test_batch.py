"""DuckDB and the generated Python decide the same files: the same result, the same account."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import attrs
import duckdb
import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.batch import run as batch
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source
from rulelang.vocabulary.reading import ReadingOptions
from tests.benchmarks import workload

AS_OF = date(2026, 6, 30)
RULES = """
choice level: low (低) < medium (中) < high (高)
field id: text
field spend: money in CNY, at least 0
field visits: whole number
field paid: date, required
field city: text
field vip: yes or no
field grade: level
field phone: text, may be blank
outcome tier: one of gold (金), silver (银), bronze (铜), else bronze, undecided when data is missing
outcome score: whole number, sum, at most 100
outcome rate: number with 3 decimals
outcome best: level, highest wins
outcome due: date
rule "a":
  if spend >= 1000.5 and city is "Rome" then tier = gold, add 10 to score, tag "rich; quite" ("富")
  otherwise if vip then tier = silver, tag "vip"
rule "b": if visits > 3 or phone is missing then add 5 to score, best = medium
rule "c": if grade is high then best = high
rule "d": if spend > 0 then rate = visits / spend
rule "e": if paid > 6 months and tier is gold then due = paid + 1 month
rule "never": if city is "Atlantis" then add 1 to score
"""
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
]
HEAD = ["id", "spend", "visits", "paid", "city", "vip", "grade", "phone"]


def written(folder: Path, rows: list[list[str]], name: str = "customers.csv") -> Path:
    path = folder / name
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def decided(rules: rulelang.Ruleset, data: Path, target: Path, engine: str) -> RunSummary:
    options = RunOptions(AS_OF, engine=engine)
    with open_source(data) as source:
        return run(rules, source, options, target, target.with_suffix(".rejects.csv"))


def assert_alike(rules: rulelang.Ruleset, data: Path, folder: Path, ending: str) -> RunSummary:
    """Both engines write the same and give the same account."""
    found = {}
    for engine in ("python", "duckdb"):
        target = folder / f"{engine}{ending}"
        summary = decided(rules, data, target, engine)
        notes = tuple(each for each in summary.notes if each.code not in ("decided-by-python", "rows-by-python"))
        found[engine] = attrs.evolve(summary, target=None, rejects=None, notes=notes)
    one, other = (folder / f"{engine}{ending}" for engine in ("python", "duckdb"))
    if ending == ".parquet":
        texts = [repr(duckdb.execute(f"SELECT * FROM '{each}'").fetchall()) for each in (one, other)]
        assert texts[0] == texts[1]  # as text, since NaN is not itself
    else:
        assert one.read_text("utf-8") == other.read_text("utf-8")
    assert found["python"] == found["duckdb"]
    names = [folder / f"{engine}.rejects.csv" for engine in ("python", "duckdb")]
    assert names[0].read_text("utf-8") == names[1].read_text("utf-8")
    return found["duckdb"]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl", ".tsv"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_table_with_every_oddity(tmp_path: Path, ending: str, language: str) -> None:
    rules = rulelang.loads(RULES)
    if language == "zh":
        rules = rulelang.Ruleset(attrs.evolve(rules.model, language="zh"))
    rows = [row for row in ROWS for _ in range(3)]
    plain = [[str(n), f"{n}.25", str(n % 9), "2025-06-30", "Rome", "yes", "low", "p"] for n in range(50)]
    summary = assert_alike(rules, written(tmp_path, [*rows, *plain]), tmp_path, ending)
    assert 6 == summary.rejected
    assert ("never",) == summary.never_fired
    assert 80 == summary.rows


def test_ordinary_rows_are_not_asked_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rulelang.loads(RULES)
    rows = [[str(n), f"{n}.25", str(n % 9 + 1), "2025-06-30", "Rome", "yes", "low", "p"] for n in range(1, 50)]
    monkeypatch.setattr("rulelang.engine.running.row_run.RowRun.read", None)
    summary = decided(rules, written(tmp_path, rows), tmp_path / "out.csv", "duckdb")
    assert 49 == summary.decided


def test_parquet_with_types_of_all_kinds(tmp_path: Path) -> None:
    rules = rulelang.loads(RULES)
    data = tmp_path / "customers.parquet"
    duckdb.execute(
        f"""COPY (SELECT i AS id,
        CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 0.1::DOUBLE + 0.2::DOUBLE
            WHEN 3 THEN -5.0 WHEN 4 THEN 1e22 ELSE i * 100.25 END AS spend,
        CASE WHEN i % 5 > 0 THEN i % 9 END::TINYINT AS visits,
        TIMESTAMP '2025-01-31 23:59:59' + to_days(i::INTEGER * 5) AS paid,
        CASE i % 3 WHEN 0 THEN 'Rome' WHEN 1 THEN ' Rome ' END AS city,
        i % 2 = 0 AS vip,
        CASE i % 4 WHEN 0 THEN 'high' WHEN 1 THEN '中' WHEN 2 THEN 'HIGH' END AS grade,
        i % 10 AS phone, i::FLOAT / 3 AS other FROM range(200) t(i)) TO '{data}'"""
    )
    for ending in (".parquet", ".jsonl"):
        summary = assert_alike(rules, data, tmp_path, ending)
    assert 200 == summary.rows


def test_a_folder_and_a_pattern_of_parquet_files(tmp_path: Path) -> None:
    rules = rulelang.loads('field spend: money\noutcome o: text\nif spend > 10 then o = "x" otherwise o = "y"')
    for name in ("b", "a"):
        duckdb.execute(
            f"COPY (SELECT '{name}' AS id, i * 1.5 AS spend FROM range(20) t(i)) TO '{tmp_path / name}.parquet'"
        )
    folder = tmp_path / "out"
    folder.mkdir()
    for data in (tmp_path, tmp_path / "*.parquet"):
        summary = assert_alike(rules, Path(data), folder, ".csv")
        assert 40 == summary.rows
    lines = (folder / "duckdb.csv").read_text("utf-8").splitlines()
    assert ["a"] * 20 == [line[0] for line in lines[1:21]]


def test_what_duckdb_cuts_otherwise_is_cut_by_ours(tmp_path: Path) -> None:
    rules = rulelang.loads('field spend: money\noutcome o: text\nif spend > 10 then o = "x"')
    data = tmp_path / "customers.csv"
    for text in (
        'id,spend\n1,"12"x\n2,13\n',
        "id,spend\n1,12,9\n2,13\n",
        'id,spend\n1, "12"\n2,13\n',
        "id,spend\r1,12\r2,13\r",
    ):
        data.write_bytes(text.encode())
        assert_alike(rules, data, tmp_path, ".csv")
    data.write_bytes("编号,spend\n北,12\n\n京,1万\n".encode("gb18030"))
    assert_alike(rules, data, tmp_path, ".csv")


def test_an_engine_that_is_insisted_on_says_what_it_does_not_do(tmp_path: Path) -> None:
    rules, data = rulelang.loads(RULES), written(tmp_path, ROWS[:1])
    reading = ReadingOptions(decimal_comma=True)
    with open_source(data) as source, pytest.raises(rulelang.DataError) as raised:
        run(rules, source, RunOptions(AS_OF, reading=reading, engine="duckdb"))
    assert "engine-cannot" == raised.value.diagnostics[0].code
    listed = rulelang.loads(
        "field orders: list of order (amount: money)\noutcome o: whole number\nalways o = count of orders"
    )
    with open_source(data) as source, pytest.raises(rulelang.RuleError) as refused:
        run(listed, source, RunOptions(AS_OF, pairs=(("id", "orders"),), engine="duckdb"))
    assert "not-in-sql" == refused.value.diagnostics[0].code


def test_nothing_is_left_where_a_file_is_damaged(tmp_path: Path) -> None:
    rules, data = (
        rulelang.loads('field spend: money\noutcome o: text\nif spend > 10 then o = "x"'),
        tmp_path / "c.parquet",
    )
    duckdb.execute(f"COPY (SELECT i::DOUBLE AS spend, repeat('x', 100) || i AS t FROM range(100000) t(i)) TO '{data}'")
    whole = bytearray(data.read_bytes())
    whole[5000:9000] = bytes(4000)
    data.write_bytes(whole)
    target = tmp_path / "out.parquet"
    target.write_text("before")
    with pytest.raises(rulelang.DataError) as raised:
        decided(rules, data, target, "duckdb")
    assert "engine-failed" == raised.value.diagnostics[0].code
    assert "before" == target.read_text()
    assert {"c.parquet", "out.parquet"} == {each.name for each in tmp_path.iterdir()}


def test_json_lines_keep_types(tmp_path: Path) -> None:
    decided(rulelang.loads(RULES), written(tmp_path, ROWS[:1]), tmp_path / "out.jsonl", "duckdb")
    row = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    assert ("gold", 15, ["rich; quite"], 0.004) == (row["tier"], row["score"], row["tags"], row["rate"])


def test_a_long_table_is_decided_by_cells(tmp_path: Path) -> None:
    """A table of keys and ranges, longer than a query of conditions may be; thresholds, their neighbours, gaps."""
    rules = rulelang.loads(workload.tariff(600))
    data = tmp_path / "customers.parquet"
    duckdb.execute(
        f"""COPY (SELECT i, CASE WHEN i % 11 > 0 THEN 's' || (i % 70) END AS segment,
        CASE WHEN i % 13 > 0 THEN (i % 12) * 1000 + i % 3 - 1 END AS spend FROM range(9000) t(i)) TO '{data}'"""
    )
    summary = assert_alike(rules, data, tmp_path, ".parquet")
    assert 9000 == summary.decided
    assert all(summary.outcomes[0].standings[each] for each in ("decided", "undecided", "no rule"))


def test_a_function_of_a_plug_in_is_called_once_for_each_value(tmp_path: Path) -> None:
    """What SQL can't say is decided by cells as well, instead of row by row."""
    rules = rulelang.loads(
        "use crm\nfield phone: text\noutcome o: text\n"
        'if mobile_valid(phone) then o = "a" otherwise if phone is known then o = "b"\n'
    )
    data = tmp_path / "customers.csv"
    with open(data, "w", encoding="utf-8", newline="") as file:
        phones = ["13800000000", "1", "", "+8613800000000", "x"]
        csv.writer(file).writerows([["phone"], *([phones[n % 5]] for n in range(500) if n % 5 != 2)])
    assert_alike(rules, data, tmp_path, ".csv")


def test_a_rule_whose_value_is_unknown_has_not_fired(tmp_path: Path) -> None:
    rules = rulelang.loads(
        "field spend: money\nfield visits: whole number\noutcome rate: number\noutcome score: whole number, sum\n"
        'rule "gives nothing": if spend > 10 then rate = spend / visits\n'
        'rule "adds nothing": if spend > 10 then add visits to score\n'
        'rule "gives": if spend < 5 then rate = 1\n'
    )
    data = tmp_path / "customers.csv"
    data.write_text("spend,visits\n20,\n3,1\n", "utf-8")
    assert ("gives nothing", "adds nothing") == assert_alike(rules, data, tmp_path, ".csv").never_fired
    data.write_text("spend,visits\n20,0\n3,1\n", "utf-8")
    assert ("gives nothing",) == assert_alike(rules, data, tmp_path, ".csv").never_fired


@pytest.mark.parametrize("longest", [0, 100_000])
def test_rows_that_lack_too_much_are_decided_one_by_one(
    tmp_path: Path, longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where doubt would make too long a query, the rows with something unknown go to Python, and that is said."""
    monkeypatch.setattr(batch, "find_patterns", lambda *_: None)
    monkeypatch.setattr(batch, "LONGEST", longest)
    rows = [
        *(each for each in ROWS if each[0] != "8"),  # a line break in a cell hides the numbers of rows
        *([str(n), f"{n}.25" if n % 3 else "", str(n % 9), "2025-06-30", "Rome", "", "low", "p"] for n in range(50)),
    ]
    rules, data = rulelang.loads(RULES), written(tmp_path, rows)
    for ending in (".csv", ".parquet"):
        assert_alike(rules, data, tmp_path, ending)
    notes = [each.code for each in decided(rules, data, tmp_path / "out.csv", "duckdb").notes]
    assert ("rows-by-python" in notes) == (longest == 0)


def test_more_values_than_are_listed(tmp_path: Path) -> None:
    """Of an outcome with thousands of values the first are listed; the range and the total are those of all rows."""
    rules = rulelang.loads(
        "field spend: number\nfield paid: date\noutcome fee: number with 2 decimals\noutcome due: date\n"
        "always fee = spend * 1.5\nalways due = paid + 1 day\n"
    )
    data = tmp_path / "customers.parquet"
    duckdb.execute(
        f"""COPY (SELECT CASE WHEN i % 7 > 0 THEN (i * 37 % 2503) / 4.0 - 9 END AS spend,
        DATE '2020-01-01' + CAST(i * 11 % 1500 AS INTEGER) AS paid FROM range(3000) t(i)) TO '{data}'"""
    )
    summary = assert_alike(rules, data, tmp_path, ".parquet")
    assert [1000, 1000] == [len(each.classes) for each in summary.outcomes]


def test_a_field_that_many_rules_cut(tmp_path: Path) -> None:
    """More thresholds of a field than are written out become a table of their own."""
    lines = "\n".join(f'if spend > {n * 3} and visits < {n} then o = "x{n % 7}"' for n in range(90, 0, -1))
    rules = rulelang.loads(f"field spend: money\nfield visits: whole number\noutcome o: text\n{lines}\n")
    data = tmp_path / "customers.parquet"
    duckdb.execute(
        f"""COPY (SELECT CASE WHEN i % 9 > 0 THEN CAST(i % 290 AS DECIMAL(10, 2)) + (i % 3) / 100.0 END AS spend,
        CASE WHEN i % 8 > 0 THEN i % 95 END AS visits FROM range(3000) t(i)) TO '{data}'"""
    )
    assert_alike(rules, data, tmp_path, ".csv")
