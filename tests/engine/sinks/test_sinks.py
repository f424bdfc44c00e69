"""Rows written, read back, and nothing left behind where it went wrong."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.draft import same_file
from rulelang.engine.sinks.opening import Sink, SinkOptions, open_sink, sink_format
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import SourceOptions
from rulelang.values.durations import Duration

COLUMNS = ("id", "等级", "n")
ENDINGS = (".csv", ".tsv", ".xlsx", ".json", ".jsonl")


def put(path: Path, rows: Sequence[Sequence[object]], columns: Sequence[str] = COLUMNS, **options: str) -> Path:
    with open_sink(path, columns, SinkOptions(**options)) as sink:
        for row in rows:
            sink.write(row)
        sink.finish()
        sink.commit()
    return path


def failing(error: OSError) -> type:
    class Failing(io.RawIOBase):
        def __init__(self, path: Path, mode: str) -> None:
            self._file = io.FileIO(path, mode)

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            raise error

        def close(self) -> None:
            self._file.close()
            super().close()

    return Failing


@pytest.mark.parametrize("ending", ENDINGS)
def test_rows_come_back(tmp_path: Path, ending: str) -> None:
    file = put(tmp_path / f"out{ending}", [["00123", "金", "x"], ["=1+1", "@b", "+86 138"], ["-", "a\nb", 'say "hi"']])
    opened = open_source(file)
    assert COLUMNS == opened.columns
    expected = [["00123", "金", "x"], ["=1+1", "@b", "+86 138"], ["-", "a\nb", 'say "hi"']]
    assert expected == [list(row.cells) for row in opened.rows()]
    assert [file.name] == os.listdir(tmp_path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    rows = [["a", date(2026, 1, 31), Decimal("1.5")], [None, True, 3]]
    first = put(tmp_path / f"first{ending}", rows).read_bytes()
    assert first == put(tmp_path / f"second{ending}", rows).read_bytes()


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx", ".json", ".jsonl"])
def test_no_rows_are_a_file_too(tmp_path: Path, ending: str) -> None:
    file = put(tmp_path / f"out{ending}", [])
    if ending == ".jsonl":
        assert b"" == file.read_bytes()
    else:
        assert [] == list(open_source(file).rows())


def test_csv_spells_values(tmp_path: Path) -> None:
    cells = [None, True, Decimal("0.10"), Decimal("1E+3"), date(2026, 1, 31), datetime(2026, 1, 31, 9, 5), time(9, 5)]
    cells += [("a", "b"), ["x", 1], {"k": Decimal("0.1")}, Duration(3, "days"), 13800000000, "a\rb"]
    names = [str(number) for number in range(len(cells))]
    text = put(tmp_path / "out.csv", [cells], names).read_bytes().decode()
    expected = ',TRUE,0.10,1000,2026-01-31,2026-01-31 09:05:00,09:05:00,a; b,"[""x"", 1]","{""k"": 0.1}",3 days'
    assert f'{",".join(names)}\n{expected},13800000000,"a\rb"\n' == text


def test_json_is_exact(tmp_path: Path) -> None:
    cells = [None, True, Decimal("0.1"), 10**20, date(2026, 1, 31), ("a",), (), {"k": [1, None]}, "\u2028"]
    names = [str(number) for number in range(len(cells))]
    (record,) = json.loads(put(tmp_path / "out.json", [cells], names).read_text("utf-8"), parse_float=Decimal)
    expected = [None, True, Decimal("0.1"), 10**20, "2026-01-31", ["a"], [], {"k": [1, None]}, "\u2028"]
    assert expected == list(record.values())


def test_excel_keeps_kinds_and_all_digits(tmp_path: Path) -> None:
    long, old = 123456789012345678, date(1066, 10, 14)
    cells = [Decimal("0.1"), 5, date(2026, 1, 31), datetime(2026, 1, 31, 9, 5), False, None, "5", long, old]
    names = [str(number) for number in range(len(cells))]
    opened = open_source(put(tmp_path / "out.xlsx", [cells], names))
    expected = [*cells[:5], "", "5", str(long), "1066-10-14"]
    assert [expected] == [list(row.cells) for row in opened.rows()]


def test_excel_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="cell-too-long"):
        put(tmp_path / "out.xlsx", [["x" * 32_768, None, None]])
    monkeypatch.setattr("rulelang.engine.sinks.workbook.MOST_ROWS", 3)
    with pytest.raises(DataError, match="too-many-rows"):
        put(tmp_path / "out.xlsx", [["x", None, None]] * 3)
    assert [] == os.listdir(tmp_path)


def test_a_byte_order_mark_and_a_delimiter_can_be_asked_for(tmp_path: Path) -> None:
    data = put(tmp_path / "out.csv", [["a", "b", "c"]], encoding="utf-8-sig", delimiter=";").read_bytes()
    assert "\ufeffid;等级;n\na;b;c\n".encode() == data


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(['"', "\r", "\n", "\r\n", ","])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.just("x"), text, text)), st.sampled_from([".csv", ".tsv", ".json", ".jsonl"]))
def test_every_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], ending: str
) -> None:
    file = put(tmp_path_factory.mktemp("sink") / f"out{ending}", rows)
    if rows or ending not in (".jsonl",):
        delimiter = {".csv": ",", ".tsv": "\t"}.get(ending)
        opened = open_source(file, SourceOptions(delimiter=delimiter))
        bare = [row for row in rows if "\0" not in "".join(row)]
        got = [tuple(row.cells) for row in opened.rows() if row.fault is None]
        assert (bare if delimiter else rows) == got


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_nothing(tmp_path: Path, ending: str, error: type[BaseException]) -> None:
    file = tmp_path / f"out{ending}"
    file.write_bytes(b"the result of yesterday")
    with pytest.raises(error), open_sink(file, COLUMNS) as sink:
        sink.write(["a", "b", "c"])
        raise error
    assert b"the result of yesterday" == file.read_bytes()
    assert [file.name] == os.listdir(tmp_path)


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    full = failing(OSError(errno.ENOSPC, "No space left on device"))
    monkeypatch.setattr("rulelang.engine.sinks.opening.io", SimpleNamespace(**{**vars(io), "FileIO": full}))
    with pytest.raises(DataError) as caught:
        put(tmp_path / f"out{ending}", [["a", "b", "x" * 100_000]])
    assert ["disk-full"] == [each.code for each in caught.value.diagnostics]
    assert [] == os.listdir(tmp_path)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device that is always full")
def test_a_device_that_is_full_says_so() -> None:
    with pytest.raises(DataError, match="disk-full"):
        put(Path("/dev/full"), [["a", "b", "c"]])


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs /dev/null")
def test_a_device_is_written_to_and_stays_a_device() -> None:
    put(Path("/dev/null"), [["a", "b", "c"]])
    assert not os.path.isfile("/dev/null")


def test_a_full_disk_while_a_workbook_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    pytest.importorskip("xlsxwriter", reason="needs the excel extra")
    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(DataError, match="disk-full"):
        put(tmp_path / "out.xlsx", [["a", "b", "c"]])
    assert [] == os.listdir(tmp_path)


def test_other_failures_name_file_and_reason(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    cases = {"folder.csv": "is-a-folder", "no/such/out.csv": "no-such-folder", "out.pdf": "unknown-output"}
    for name, code in cases.items():
        with pytest.raises(DataError) as caught:
            put(tmp_path / name, [])
        assert [code] == [each.code for each in caught.value.diagnostics]
        assert str(tmp_path / name) == caught.value.diagnostics[0].facts["file"]
    with pytest.raises(DataError, match="unwritable-file"):
        put(tmp_path / ("x" * 4000 + "/out.csv"), [])


def test_an_existing_file_keeps_its_rights_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    put(link, [["a", "b", "c"]])
    assert link.is_symlink()
    assert 0o640 == target.stat().st_mode & 0o777
    assert target.read_text("utf-8").startswith("id,")


def test_standard_output_takes_json_lines(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    put(Path("-"), [["a", "金", Decimal("0.1")], ["b", None, 2]])
    sys.stdout.write("still open\n")
    expected = '{"id": "a", "等级": "金", "n": 0.1}\n{"id": "b", "等级": null, "n": 2}\nstill open\n'
    assert expected.encode() == capsysbinary.readouterr().out


def test_a_closed_pipe_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = failing(BrokenPipeError(errno.EPIPE, "Broken pipe"))
    monkeypatch.setattr("rulelang.engine.sinks.opening.io", SimpleNamespace(**{**vars(io), "FileIO": gone}))
    with pytest.raises(BrokenPipeError), open_sink(tmp_path / "out.csv", COLUMNS) as sink:
        sink.finish()


def test_formats_by_ending() -> None:
    names = ("a.csv", "A.CSV", "a.tsv", "a.xlsx", "a.json", "a.jsonl", "a.ndjson", "-")
    assert ["csv", "csv", "tsv", "excel", "json", "jsonl", "jsonl", "jsonl"] == [sink_format(each) for each in names]


def test_one_file_by_two_names(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    assert same_file(file, tmp_path / "sub" / ".." / "a.csv")
    file.write_text("x")
    (tmp_path / "b.csv").symlink_to(file)
    os.link(file, tmp_path / "c.csv")
    assert same_file(file, tmp_path / "b.csv") and same_file(file, tmp_path / "c.csv")
    assert not same_file(file, tmp_path / "d.csv")


def test_a_sink_is_a_sink(tmp_path: Path) -> None:
    with open_sink(tmp_path / "out.csv", COLUMNS) as sink:
        assert isinstance(sink, Sink)
        assert ("csv", str(tmp_path / "out.csv")) == (sink.format, sink.name)
    assert [] == os.listdir(tmp_path)
