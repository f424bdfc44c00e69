"""What goes wrong in the middle of a run leaves the result of before, and nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

import rulelang
from rulelang.engine.connections.duck import open_duck
from rulelang.engine.draft import marked, start_draft
from rulelang.engine.run import run_file

RULES = "field spend: money\noutcome o: one of a, b, else b\nif spend > 10 then o = a\n"
AS_OF = date(2026, 6, 30)

# Runs with a pause once the result is being written, so that the test can stop it there.
PAUSED = """
import sys, time
from datetime import date
import rulelang
from rulelang.engine.batch import run as batch
account = batch.account
def wait(*given):
    print("written", flush=True)
    time.sleep(60)
    return account(*given)
batch.account = wait
from rulelang.engine.connections.duck import open_duck
from rulelang.engine.run import run_file
run_file(rulelang.load(sys.argv[1]), sys.argv[2], sys.argv[3], as_of=date(2026, 6, 30), engine="duckdb")
"""
# Runs with files limited to so many bytes, which is what a full disk looks like.
FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from rulelang.cli.main import main
rules, data, target = sys.argv[1:]
sys.argv = ["rulelang", "run", rules, data, "-o", target, "--engine", "duckdb", "--as-of", "2026-06-30"]
main()
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Rules, customers, and a result from before."""
    rules, data, target = (tmp_path / name for name in ("tiers.rules", "customers.parquet", "out.parquet"))
    rules.write_text(RULES, "utf-8")
    duckdb.execute(
        "COPY (SELECT i AS id, md5(i::VARCHAR) AS name, (i % 20) * 1.5 AS spend FROM range(50_000) t(i)) "
        f"TO '{data}' (FORMAT parquet, ROW_GROUP_SIZE 10_000, COMPRESSION snappy)"
    )
    target.write_text("of before")
    return rules, data, target


def decide(files: tuple[Path, Path, Path]) -> None:
    rules, data, target = files
    summary = run_file(rulelang.load(rules), data, target, as_of=AS_OF, engine="duckdb")
    assert 50_000 == summary.decided


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl-C"])
def test_stopped_in_the_middle_and_started_again(files: tuple[Path, Path, Path], how: signal.Signals) -> None:
    folder = files[0].parent
    environment = {**os.environ, "TMPDIR": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-c", PAUSED, *map(str, files)], env=environment, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert "written\n" == process.stdout.readline()
        process.send_signal(how)
    assert "of before" == files[2].read_text()
    left = [each for each in os.listdir(folder) if each.endswith(".part")]
    assert (how == signal.SIGKILL) == bool(left)
    decide(files)
    assert 50_000 == duckdb.execute(f"SELECT count(*) FROM '{files[2]}'").fetchall()[0][0]
    assert not [each for each in os.listdir(folder) if each.endswith(".part")]


def test_a_full_disk(files: tuple[Path, Path, Path]) -> None:
    found = subprocess.run(
        [sys.executable, "-c", FULL, *map(str, files)], capture_output=True, text=True, check=False, timeout=120
    )
    assert "disk-full" in found.stderr
    assert "of before" == files[2].read_text()
    assert 3 == len(os.listdir(files[0].parent))


def test_a_corrupt_row_group(files: tuple[Path, Path, Path]) -> None:
    data = files[1]
    content = bytearray(data.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 5000] = bytes(each ^ 0x5A for each in content[middle : middle + 5000])
    data.write_bytes(content)
    with pytest.raises(rulelang.DataError, match="engine-failed"):
        decide(files)
    assert "of before" == files[2].read_text()
    assert 3 == len(os.listdir(files[0].parent))


def test_a_column_of_a_wrong_type(files: tuple[Path, Path, Path]) -> None:
    """Nothing is cast to missing: every row is rejected, and counted."""
    rules, data, target = files
    duckdb.execute(f"COPY (SELECT i AS id, TRUE AS spend FROM range(500) t(i)) TO '{data}'")
    summary = run_file(rulelang.load(rules), data, target, as_of=AS_OF, engine="duckdb")
    assert (500, 0) == (summary.rejected, summary.decided)


def test_what_a_living_run_set_aside_stays(tmp_path: Path) -> None:
    own = tmp_path / f".{marked('rulelang')}.part"
    own.touch()
    start_draft(tmp_path / "out.csv").discard()
    assert own.exists()


def test_ctrl_c_in_a_statement_is_ctrl_c() -> None:
    """DuckDB stops by itself, and calls that an error of its own."""
    with open_duck() as duck:
        stop = threading.Timer(0.3, duck.connection.interrupt)
        stop.start()
        with pytest.raises(KeyboardInterrupt):
            duck.execute("SELECT count(*) FROM range(100000000) a(i), range(100000000) b(j) WHERE i * j % 7 = 3")
        stop.join()
