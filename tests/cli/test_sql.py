"""`rulelang sql`: output, exit codes 0, 1 and 2."""

from pathlib import Path

from tests.cli.conftest import Call

RULES = "field spend: money in CNY\nfield paid: date\noutcome due: date\nif spend > 100 then due = paid + 3 months\n"


def test_the_query_is_printed_or_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    printed = call("sql", str(tmp_path / "a.rules"), "--dialect", "postgres", "--as-of", "2026-06-30", "--keep", "id")
    assert (0, "") == (printed.exit_code, printed.stderr)
    assert '"id"' in printed.stdout
    written = call(
        *("sql", str(tmp_path / "a.rules"), "--dialect", "postgres", "--as-of", "2026-06-30", "--keep", "id"),
        *("-o", str(tmp_path / "a.sql")),
    )
    assert 0 == written.exit_code
    assert printed.stdout == (tmp_path / "a.sql").read_text("utf-8")


def test_columns_can_be_named(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    result = call("sql", str(tmp_path / "a.rules"), "--dialect", "duckdb", "--map", "amount=spend", "--table", "a.b")
    assert 't."amount"' in result.stdout
    assert '"a"."b"' in result.stdout
    assert 2 == call("sql", str(tmp_path / "a.rules"), "--dialect", "duckdb", "--map", "amount=spent").exit_code


def test_what_can_not_be_carried_is_refused_with_its_place(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    result = call("sql", str(tmp_path / "a.rules"), "--dialect", "sqlite", "--lang", "en")
    assert 1 == result.exit_code
    assert "not-in-sql" in result.stderr
    assert "a.rules:4" in result.stderr
    assert "SQLite" in call("sql", str(tmp_path / "a.rules"), "--dialect", "sqlite", "--lang", "zh").stderr


def test_an_unknown_dialect_is_a_wrong_call(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    assert 2 == call("sql", str(tmp_path / "a.rules"), "--dialect", "access").exit_code
