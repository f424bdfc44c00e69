"""Decided in the database or row by row: the same result, the same account, or a message and nothing at all."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import rulelang
from rulelang.diagnostics.catalogue import describe
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.comparing.comparing_engines import boundary_rows, compare_engines, written_aside
from rulelang.engine.connections.address import Address, read_address
from rulelang.engine.connections.opening import open_session
from rulelang.engine.connections.session import Session
from rulelang.engine.database import kinds
from rulelang.engine.database import run as database_run
from rulelang.engine.run import run
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.opening import open_source
from rulelang.report.run_summary import summary_json
from tests.engine.database.conftest import Base
from tests.servers.postgres import PASSWORD

RULES = """
choice rank: low (低) < medium (中) < gold (金)
field id: whole number
field level: rank
field spend: money in CNY, at least 0, at most 99,999
field seen: date
field city: text
field vip: yes or no
outcome tier: one of best (最好), good (好), none (无)
outcome score: whole number, sum
outcome rate: number with 2 decimals
outcome grade: rank, undecided when data is missing
outcome due: date
if level = gold and spend > 100 then tier = best, tag "big" ("大户")
otherwise if spend >= 0 then tier = good
if vip then add 5 to score, due = seen + 30 days, tag "vip" ("贵宾")
if city is one of "London", "Paris", "北京" then add 3 to score
if seen > 365 days then grade = low otherwise grade = gold
always rate = spend * 0.015
"""
RULELANG = (sys.executable, "-c", "from rulelang.cli.main import main; main()")
AS_OF = date(2026, 6, 30)


def decide(base: Base, engine: str, target: object = None, rejects: object = None, **options: Any) -> RunSummary:
    rules = rulelang.loads(options.pop("rules", RULES))
    with open_source(options.pop("data", base.at("customers"))) as source:
        wanted = RunOptions(as_of=AS_OF, engine=engine, **options)
        return run(rules, source, wanted, target, rejects)  # type: ignore[arg-type]  # None or a path


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["id"])


def told(summary: RunSummary) -> dict[str, Any]:
    """What a summary says, but for the order in which rows came."""
    found = summary_json(summary, "en")
    for each in ("output", "rejects", "preview", "engine"):
        found.pop(each, None)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_result_and_the_account_are_those_of_python(base: Base, tmp_path: Path, language: str) -> None:
    if base.kind == "sqlite" and language == "zh":
        pytest.skip("lists in Chinese are decided row by row")
    files = [tmp_path / f"{engine}.csv" for engine in ("python", "database")]
    summaries = [
        decide(base, engine, file, language=language)
        for engine, file in zip(("python", "database"), files, strict=True)
    ]
    assert rows_of(files[0]) == rows_of(files[1])
    one, other = map(told, summaries)
    assert one["outcomes"] == other["outcomes"]
    for key in ("rows", "rejected", "fields", "never_fired"):
        assert one.get(key) == other.get(key)
    assert {each.diagnostic.code for each in summaries[0].findings} == {
        each.diagnostic.code for each in summaries[1].findings
    }


@pytest.mark.parametrize("engine", ["python", "database", "auto"])
def test_a_table_becomes_a_table(base: Base, engine: str) -> None:
    summary = decide(base, engine, base.at("decided"))
    assert (6, 0) == (summary.rows, summary.rejected)
    found = base.ask("SELECT id, tier, score, due FROM decided ORDER BY id")
    assert [(1, "best", 8, "2026-03-02"), (2, None, 3, None)] == [
        (*row[:3], row[3] and str(row[3])) for row in found[:2]
    ]
    assert {"customers", "decided"} == base.tables()


def test_a_query_stands_in_for_a_table(base: Base) -> None:
    url = f"{base.url}?query=SELECT id, spend, city FROM customers WHERE spend > 90 -- those only"
    assert 3 == decide(base, "database", base.at("decided"), data=url).rows
    assert [(1,), (3,), (4,)] == base.ask("SELECT id FROM decided ORDER BY id")


def test_nothing_is_left_where_the_disk_is_full(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database has no room for the result, in the middle of it; a table that it would have replaced stays."""
    if base.kind != "sqlite":
        pytest.skip("a server's disk is filled below")
    base.ask("CREATE TABLE decided AS SELECT id FROM customers")
    base.ask(
        "INSERT INTO customers (id, spend, city) WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 5000) SELECT i, i % 100, 'somewhere far away, number ' || i FROM n"
    )
    opened = database_run.open_session

    def full(address: Address) -> Session:
        session = opened(address)
        ((pages,),) = session.execute("PRAGMA page_count")
        session.execute(f"PRAGMA max_page_count = {int(pages) + 3}")
        return session

    monkeypatch.setattr(database_run, "open_session", full)
    before = base.tables(), base.ask("SELECT * FROM decided")
    with pytest.raises(rulelang.DataError, match="disk-full"):
        decide(base, "database", base.at("decided"), tmp_path / "rejected.csv", replace=True)
    assert before == (base.tables(), base.ask("SELECT * FROM decided"))
    assert not list(tmp_path.glob("*rejected*"))


@pytest.mark.parametrize("what", ["default_tablespace", "temp_tablespaces"])
def test_nothing_is_left_where_the_disk_of_a_server_is_full(base: Base, tmp_path: Path, what: str) -> None:
    """A real small disk has no room for the result, or for what is set aside meanwhile."""
    if base.kind != "postgresql":
        pytest.skip("a file has no server")
    base.ask("CREATE TABLE decided AS SELECT id FROM customers")
    base.ask(
        "INSERT INTO customers (id, spend, city) SELECT i, CASE WHEN i % 2 = 0 THEN i % 100 END, "
        "'somewhere far away, number ' || i FROM generate_series(10, 15000) AS n(i)"
    )
    with small_disk(base) as disk:
        if disk is None:
            pytest.skip("only root may give a server a small disk")
        base.ask(f"ALTER ROLE rules SET {what} = small")
        before = base.tables(), base.ask("SELECT * FROM decided"), used(disk)
        try:
            with pytest.raises(rulelang.DataError, match="disk-full") as raised:
                decide(base, "database", base.at("decided"), tmp_path / "rejected.csv", replace=True)
            assert before == (base.tables(), base.ask("SELECT * FROM decided"), used(disk))
        finally:
            base.ask(f"ALTER ROLE rules RESET {what}")
        assert not list(tmp_path.glob("*rejected*"))
        told = {lang: describe(raised.value.diagnostics[0], lang).message for lang in ("en", "zh")}
        assert "PostgreSQL" in told["en"] and "nothing was written" in told["en"] and "原有内容不变" in told["zh"]
        decide(base, "database", base.at("decided"), tmp_path / "rejected.csv", replace=True)
    assert "tier" in columns_of(base, "decided")


def test_a_server_that_allows_no_more_room_says_so(base: Base) -> None:
    if base.kind != "postgresql":
        pytest.skip("a file has no server")
    with open_session(read_address(base.at("customers"))) as session:
        session.execute("SET work_mem = '64kB'; SET temp_file_limit = '64kB'")
        with pytest.raises(rulelang.DataError, match="disk-full") as raised:
            session.execute("SELECT i FROM generate_series(1, 100000) AS n(i) ORDER BY -i OFFSET 99999")
    assert "temp_file_limit" in describe(raised.value.diagnostics[0], "en").message


@contextmanager
def small_disk(base: Base) -> Iterator[Path | None]:
    """A disk of half a megabyte that is the tablespace `small`; None where this user may not mount one."""
    ((data,),) = base.ask("SHOW data_directory")
    folder = Path(data).parent / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
    )
    try:
        if mounted.returncode:
            yield None
            return
        owner = os.stat(data)
        os.chown(folder, owner.st_uid, owner.st_gid)
        base.ask(f"CREATE TABLESPACE small LOCATION '{folder}'")
        try:
            yield folder
        finally:
            base.ask("DROP TABLESPACE small")
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def used(disk: Path | None) -> int:
    """Bytes of files on a disk, once the server has let go of what it dropped."""
    return 0 if disk is None else sum(each.stat().st_size for each in disk.rglob("*") if each.is_file())


@pytest.mark.parametrize("moment", ["count_result", "make_way", "_decide_rest"])
def test_nothing_is_left_where_the_server_ends_the_transaction(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """An administrator ends the session at some moment: before, in the middle, when the result is nearly there."""
    if base.kind != "postgresql":
        pytest.skip("a file has no server")
    base.ask("CREATE TABLE decided AS SELECT id FROM customers")
    before, own = base.tables(), getattr(database_run, moment)

    def ended(*given: Any) -> Any:
        base.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'rulelang' AND datname = current_database()"
        )
        return own(*given)

    monkeypatch.setattr(database_run, moment, ended)
    with pytest.raises(rulelang.DataError, match="engine-failed"):
        decide(base, "database", base.at("decided"), tmp_path / "rejected.csv", replace=True)
    assert (before, [(6,)]) == (base.tables(), base.ask("SELECT COUNT(*) FROM decided"))
    assert not list(tmp_path.glob("*rejected*"))
    monkeypatch.undo()
    decide(base, "database", base.at("decided"), tmp_path / "rejected.csv", replace=True)
    assert "tier" in columns_of(base, "decided")


def columns_of(base: Base, table: str) -> set[str]:
    found = base.ask(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'")
    return {str(each[0]) for each in found}


@pytest.mark.parametrize("engine", ["python", "database"])
def test_a_table_that_is_there_stays_unless_it_may_be_replaced(base: Base, engine: str) -> None:
    base.ask("CREATE TABLE decided (x INTEGER)")
    with pytest.raises(rulelang.DataError, match="table-exists"):
        decide(base, engine, base.at("decided"))
    assert [] == base.ask("SELECT x FROM decided")
    decide(base, engine, base.at("decided"), replace=True)
    assert [(6,)] == base.ask("SELECT COUNT(*) FROM decided")


def test_a_table_is_not_replaced_by_what_is_made_of_it(base: Base) -> None:
    with pytest.raises(rulelang.DataError, match="same-file"):
        decide(base, "database", base.at("customers"), replace=True)
    assert [(6,)] == base.ask("SELECT COUNT(*) FROM customers")


@pytest.mark.parametrize("into_table", [True, False])
def test_rows_that_can_not_be_read_are_set_aside_with_their_reasons(
    base: Base, tmp_path: Path, into_table: bool
) -> None:
    base.ask("INSERT INTO customers VALUES (7, 'gold', 0.123456789, '2026-01-01', 'Rome', NULL)")
    base.ask("CREATE TABLE odd AS SELECT id, CAST(level AS TEXT) AS vip, spend FROM customers")
    rejects: object = base.at("rejected") if into_table else tmp_path / "rejected.csv"
    summary = decide(base, "database", base.at("decided"), rejects, data=base.at("odd"))
    assert (7, 6) == (summary.rows, summary.rejected), "words that are neither yes nor no; one of them is missing"
    assert [(1,)] == base.ask("SELECT COUNT(*) FROM decided")
    if into_table:
        found = base.ask("SELECT id, rejected_column, rejected_reason FROM rejected ORDER BY id")
        assert ("1", "vip") == tuple(map(str, found[0][:2]))
        assert "gold" in found[0][2]
    else:
        assert 6 == len(rows_of(tmp_path / "rejected.csv"))


def test_nothing_is_left_where_a_file_can_not_be_written(base: Base, tmp_path: Path) -> None:
    before = base.tables()
    with pytest.raises(rulelang.DataError, match="no-such-folder"):
        decide(base, "database", base.at("decided"), tmp_path / "nowhere" / "rejected.csv")
    assert before == base.tables()


@pytest.mark.parametrize("engine", ["python", "database"])
def test_names_of_every_kind(base: Base, engine: str) -> None:
    names = ('a"; drop table customers; --', "客户 编号", "BIG", "select", "it's %s {x}")
    quoted = [each.replace('"', '""') for each in names]
    columns = ", ".join(f'"{each}" INTEGER' for each in quoted)
    base.ask(f'CREATE TABLE "Kunden ""x""" ({columns})')
    base.ask('INSERT INTO "Kunden ""x""" VALUES (1, 2, 3, 4, 5)')
    fields = "".join(f"field 【{each}】: whole number, at least 0, at most 9\n" for each in names)
    total = " + ".join(f"【{each}】" for each in names)
    rules = f"{fields}outcome o: whole number\nalways o = {total}"
    decide(base, engine, f'{base.url}?table="Ziel ""z"""', data=f'{base.url}?table="Kunden ""x"""', rules=rules)
    assert [(15,)] == base.ask('SELECT o FROM "Ziel ""z"""')
    assert [(6,)] == base.ask("SELECT COUNT(*) FROM customers")


@pytest.mark.parametrize("option", ["why", "measures"])
def test_what_it_does_not_do_is_refused_by_name(base: Base, option: str) -> None:
    rules = {
        "measures": 'field spend: money\noutcome o: text\nif spend in the top 20% then o = "x"',
    }.get(option, RULES)
    with pytest.raises(rulelang.DataError, match="engine-cannot"):
        decide(base, "database", base.at("decided"), rules=rules, why=option == "why")
    assert {"customers"} == base.tables()


CHECKED = """
field id: whole number, unique
field spend: money in CNY, at least 0
field city: text, like "?*n"
field seen: date, no older than 365 days
outcome o: text
if spend > 1 then o = "x"
"""


def test_data_is_checked_where_it_is(base: Base, tmp_path: Path) -> None:
    base.ask("INSERT INTO customers VALUES (1, 'gold', 7, '2026-01-31', 'London', NULL)")
    files = [tmp_path / f"{engine}.csv" for engine in ("python", "database")]
    for engine, file in zip(("python", "database"), files, strict=True):
        summary = decide(base, engine, rules=CHECKED, details=file)
        assert {"no duplicates", "range", "format", "freshness"} <= {each["check"] for each in rows(file)}, summary
    assert rows(files[0]) == rows(files[1])
    refused = decide(base, "database", base.at("decided"), rules=CHECKED, quality="strict")
    assert (True, {"customers"}) == (refused.refused, base.tables())


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: (int(row["row"]), row["field"]))


def test_a_column_of_a_wrong_type_is_named(base: Base) -> None:
    if base.kind == "sqlite":
        pytest.skip("columns have no types there")
    base.ask("ALTER TABLE customers ALTER COLUMN seen TYPE TEXT")
    with pytest.raises(rulelang.DataError) as raised:
        decide(base, "database", base.at("decided"))
    (found,) = raised.value.diagnostics
    assert ("column-type", "seen", "text") == (found.code, found.facts["column"], found.facts["type"])
    for engine, target in (("python", None), ("auto", base.at("decided"))):
        assert 6 == decide(base, engine, target).rows, "row by row a text is read as a date"


def test_values_of_their_own_types(base: Base) -> None:
    """What no other engine meets: NaN and infinity, dates beyond the calendar, texts in columns of numbers."""
    if base.kind == "postgresql":
        base.ask(
            "INSERT INTO customers VALUES (7, 'gold', 'NaN', 'infinity', 'x', NULL), "
            "(8, 'gold', 1, '12000-01-01', 'x', NULL)"
        )
        base.ask("INSERT INTO customers VALUES (9, 'gold', 'Infinity', '2026-01-01', 'x', NULL)")
    else:
        base.ask(
            "INSERT INTO customers VALUES (7, 'gold', 'much', '2026-02-31', 'x', 'yes'), (8, 'gold', 1, 'now', 'x', 7)"
        )
        base.ask("INSERT INTO customers VALUES (9, 'gold', 0.1, '2026-01-01', x'00ff', 1)")
    one, other = (decide(base, engine) for engine in ("python", "database"))
    assert (one.rows, one.rejected) == (other.rows, other.rejected)
    assert [each.standings for each in one.outcomes] == [each.standings for each in other.outcomes]


UNKNOWN = """
field id: whole number
field spend: money in CNY, at least 0
field seen: date
field city: text
outcome tier: one of best (最好), good (好)
outcome part: number with 2 decimals
outcome one: text, unique
outcome risk: whole number, sum, undecided when data is missing
if spend > 100 or seen > 365 days then tier = best, tag "x" ("乙")
otherwise if city is "Paris" then tier = good
if seen < 365 days then part = 100 / spend
if spend > 100 then one = "a"
if seen < 365 days then one = "b"
if city is "Rome" then add 5 to risk
if seen > 30 days then add 7 to risk
"""


@pytest.mark.parametrize("most", [50_000, 0])
def test_rows_with_something_unknown_are_decided_by_kind_or_one_by_one(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Missing values, a division by zero and a broken policy among them; with more kinds than `most` in SQL."""
    monkeypatch.setattr(kinds, "_MOST", most)
    carried = base.kind == "postgresql"  # a quotient of money has too many digits for the other
    rules = UNKNOWN if carried else UNKNOWN.replace("100 / spend", "1")
    cells = (("NULL", "0", "4", "150.25"), ("NULL", "'2026-01-31'", "'2020-02-29'"), ("NULL", "'Paris'", "' Rome'"))
    rows = [f"{spend}, {seen}, {city}" for spend in cells[0] for seen in cells[1] for city in cells[2]]
    values = ", ".join(f"({number}, NULL, {row}, NULL)" for number, row in enumerate(rows * 3, 100))
    base.ask("ALTER TABLE customers RENAME TO other")
    columns = "id INTEGER, level TEXT, spend NUMERIC, seen DATE, city TEXT, vip BOOLEAN"
    base.ask(f"CREATE TABLE customers ({columns})")
    base.ask(f"INSERT INTO customers VALUES {values}")
    files = [tmp_path / f"{engine}.csv" for engine in ("python", "database")]
    one, other = (
        decide(base, engine, file, rules=rules) for engine, file in zip(("python", "database"), files, strict=True)
    )
    assert rows_of(files[0]) == rows_of(files[1])
    first, second = told(one), told(other)
    for key in ("rows", "rejected", "outcomes", "fields", "never_fired"):
        assert first.get(key) == second.get(key), key
    counted = [sorted((each.diagnostic.code, each.count) for each in found.findings) for found in (one, other)]
    assert counted[0] == counted[1]
    assert {"unique-violated", *(("division-by-zero",) if carried else ())} <= {code for code, _ in counted[0]}


def test_answers_have_all_their_digits(base: Base) -> None:
    """A cap is as exact as the value it was read from, in rows that SQL leaves as well."""
    if base.kind == "sqlite":
        pytest.skip("numbers there have fifteen digits")
    base.ask("INSERT INTO customers (id, spend) VALUES (7, 0.000000001), (8, 2)")
    rules = """
    field spend: money
    outcome rate: number with 2 decimals
    outcome many: whole number
    always rate = at most spend of 1, many = 1000000000000 * 5
    """
    rules = rules.replace("at most spend of 1", "1, at most spend")
    for engine in ("python", "database"):
        decide(base, engine, base.at("decided"), rules=rules, replace=True)
        found = base.ask("SELECT id, rate, many FROM decided WHERE id > 6 ORDER BY id")
        assert [(7, Decimal("0.000000001"), 5 * 10**12), (8, 1, 5 * 10**12)] == found


def test_the_doctor_compares_the_database_and_finds_what_differs(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset, options = rulelang.loads(RULES), RunOptions(as_of=AS_OF)
    with open_source(base.at("customers")) as source, TemporaryDirectory() as folder:
        limits = written_aside(boundary_rows(ruleset, source, options), folder)
        assert limits.address is not None
        for each in (source, limits):
            assert None is compare_engines(ruleset, each, options).difference
        decided = database_run._decided
        monkeypatch.setattr(database_run, "_decided", lambda *given: decided(*given).replace("'best'", "'none'"))
        found = compare_engines(ruleset, source, options).difference
    assert found is not None
    assert ("tier", ("best", "none"), "line 14") == (found.outcome, found.answers, found.rule)


# --- messages --------------------------------------------------------------------------------------------------------


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    call = [*RULELANG, *arguments]
    return subprocess.run(call, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def test_whoever_is_not_let_in_is_told_why_without_the_password(postgres_url: str) -> None:
    place = postgres_url.partition("@")[2]
    clerk = f"postgresql://clerk:{PASSWORD.replace('/', '%2F')}@{place}"
    cases = (
        (f"postgresql://clerk:wr%2Fong@{place}?table=x", "database-login"),
        (f"{clerk}x?table=x", "no-such-database"),
        (f"{clerk}?table=nobodys", "no-such-table"),
        ("postgresql://clerk:wr%2Fong@127.0.0.1:9/bank?table=x", "database-unreachable"),
        (f"{clerk}", "database-address"),
        (f"{clerk}?query=selekt 1", "query-failed"),
        (f"{clerk}?query=select 1 as x&table=y", "database-address"),
    )
    for url, code in cases:
        with pytest.raises(rulelang.DataError) as raised:
            open_source(url)
        (found,) = raised.value.diagnostics
        assert code == found.code, url
        assert not {PASSWORD, "wr/ong", "wr%2Fong", PASSWORD.replace("/", "%2F")} & set(
            "".join(map(str, found.facts.values())).replace(":", "@").split("@")
        )


def test_rights_are_needed_to_read_and_to_write(base: Base, postgres_url: str) -> None:
    if base.kind == "sqlite":
        pytest.skip("a file has no users")
    url = f"postgresql://clerk:{PASSWORD.replace('/', '%2F')}@{postgres_url.partition('@')[2]}"
    base.ask("GRANT USAGE ON SCHEMA public TO clerk")
    with pytest.raises(rulelang.DataError, match="no-permission"):
        open_source(f"{url}?table=customers")
    base.ask("GRANT SELECT ON customers TO clerk")
    with pytest.raises(rulelang.DataError, match="no-permission"):
        decide(base, "database", f"{url}?table=decided", data=f"{url}?table=customers")
    base.ask("REVOKE ALL ON customers FROM clerk")


def test_the_command_says_what_it_did_and_never_the_password(base: Base, tmp_path: Path) -> None:
    (tmp_path / "x.rules").write_text(RULES, "utf-8")
    url = base.url.replace("rules@", "rules:hush@")
    done = command(
        "run",
        str(tmp_path / "x.rules"),
        "--engine",
        f"{url}?table=customers",
        "-o",
        f"{url}?table=decided",
        "--as-of",
        "2026-06-30",
        "--lang",
        "en",
    )
    assert "6 rows" in done.stdout, done.stderr
    assert "decided" in done.stderr
    assert "hush" not in done.stdout + done.stderr
    again = command(
        "run",
        str(tmp_path / "x.rules"),
        "--engine",
        f"{url}?table=customers",
        "-o",
        f"{url}?table=decided",
        "--lang",
        "zh",
    )
    assert (2, True) == (again.returncode, "--replace" in again.stderr)
    both = command("run", str(tmp_path / "x.rules"), "customers.csv", "--engine", f"{url}?table=customers")
    assert (2, True) == (both.returncode, "data-and-engine" in both.stderr)


def test_ctrl_c_stops_the_query_and_leaves_nothing(base: Base, tmp_path: Path) -> None:
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000000)"
    slow = f"{numbers} SELECT x AS spend FROM n"
    (tmp_path / "x.rules").write_text('field spend: money\noutcome o: text\nif spend > 5 then o = "x"', "utf-8")
    call = [*RULELANG, "run", str(tmp_path / "x.rules")]
    call += ["--engine", f"{base.url}?query={slow.replace('+', '%2B')}", "-o", base.at("decided"), "--quality", "off"]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    busy = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'rulelang' AND query LIKE 'CREATE%'"
    for _ in range(300 if base.kind == "postgresql" else 30):
        if base.kind == "postgresql" and base.ask(busy):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert 130 == process.returncode, errors
    assert {"customers"} == base.tables()
    if base.kind == "postgresql":
        running = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rulelang' AND state = 'active'"
        assert [(0,)] == base.ask(running)
