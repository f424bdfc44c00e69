"""A folder of files, or a pattern, as one table."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.sources.opening import open_source

JANUARY = "id,spend\nK1,1\nK2,2\n"
FEBRUARY = "spend,id\n20,K2\n\n3,K3\n4,K4,x\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2026-01.csv").write_text(JANUARY, "utf-8")
    (tmp_path / "2026-02.csv").write_text(FEBRUARY, "gb18030")
    (tmp_path / "notes.md").write_text("no data", "utf-8")
    return tmp_path


def test_rows_stand_below_each_other_and_know_where_they_are_from(folder: Path) -> None:
    for name in (folder, folder / "2026-*.csv"):
        with open_source(name) as source:
            rows = list(source.rows())
            assert ("id", "spend") == source.columns
            assert [(2, ["K1", "1"]), (3, ["K2", "2"]), (5, ["K2", "20"]), (7, ["K3", "3"])] == [
                (each.number, list(each.cells)) for each in rows if each.fault is None
            ]
            assert source.origin is not None
            assert [("2026-01.csv", 3), ("2026-02.csv", 2), ("2026-02.csv", 5)] == [source.origin(n) for n in (3, 5, 8)]
            assert ("row-length", 8) == next((e.fault.code, e.fault.facts["row"]) for e in rows if e.fault is not None)
            assert "several-files" in [each.code for each in source.notes]
            assert rows == list(source.rows()), "from the first on each time"


def test_one_file_of_a_pattern_is_that_file(folder: Path) -> None:
    with open_source(folder / "*-01.csv") as source:
        assert (str(folder / "2026-01.csv"), None) == (source.path, source.origin)


@pytest.mark.parametrize(("name", "code"), [("*.json", "no-such-file"), ("empty", "is-a-folder")])
def test_without_files_it_is_an_error(folder: Path, name: str, code: str) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(DataError) as error:
        open_source(folder / name)
    assert [code] == [each.code for each in error.value.diagnostics]


def test_files_with_other_columns_are_refused(folder: Path) -> None:
    (folder / "2026-03.csv").write_text("id,amount\nK1,1\n", "utf-8")
    with pytest.raises(DataError) as error:
        open_source(folder)
    (wrong,) = error.value.diagnostics
    assert ("columns-differ", ("spend",), ("amount",)) == (wrong.code, wrong.facts["lacking"], wrong.facts["more"])


def test_a_customer_in_two_files_is_told_and_decided_twice(folder: Path, tmp_path: Path) -> None:
    rules = rulelang.loads(
        "field id: text, unique\nfield spend: number\noutcome t: one of a, b\nif spend > 5 then t = a\n"
    )
    (tmp_path / "results").mkdir()
    out, findings = tmp_path / "results" / "out.txt", tmp_path / "results" / "findings.txt"
    summary = rules.run(folder, out, as_of=date(2026, 6, 30), findings=findings)
    assert (5, 1) == (summary.rows, summary.rejected)
    with findings.open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file, delimiter="\t")
    assert ("2026-02.csv", "2", "K2") == (found["file"], found["row"], found["value"])
    assert "row 2 of 2026-02.csv, row 3 of 2026-01.csv" in found["finding"]
    assert 5 == len(out.read_text("utf-8").splitlines())
    with pytest.raises(DataError) as error:
        rules.run(folder, folder / "2026-01.csv", as_of=date(2026, 6, 30))
    assert ["same-file"] == [each.code for each in error.value.diagnostics]
