"""Sources are known by their content, and what can't be read says why."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.sources.opening import open_source


@pytest.mark.parametrize(
    ("data", "name", "format_"),
    [
        (b"a,b\n1,2\n", "in.json.csv", "csv"),
        (b"a\tb\n1\t2\n", "in.csv", "csv"),
        (b"a,b\n1,2\n", "in.xlsx", "csv"),
        (b'[{"a": 1}]', "in.csv", "json"),
        (b'{"a": 1}\n{"a": 2}', "in.csv", "jsonl"),
        (b"[id],name\n1,x\n", "in.csv", "csv"),
        (b"{id},name\n1,x\n", "in.csv", "csv"),
        ('[{"a": 1}]'.encode("utf-16"), "in.txt", "json"),
    ],
)
def test_the_content_decides(tmp_path: Path, data: bytes, name: str, format_: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    assert format_ == open_source(file).format


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"\x1f\x8b\x08....", "unknown-format", "gzip"),
        (b"%PDF-1.7", "unknown-format", "PDF"),
        (_zip(), "unknown-format", "ZIP"),
        (b"PK\x03\x04broken", "unknown-format", "ZIP"),
        (b"  <html><table><tr><td>1</td></tr></table>", "web-page", None),
        (b"", "empty-data", None),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, code: str, kind: str | None) -> None:
    file = tmp_path / "in.xls"
    file.write_bytes(data)
    with pytest.raises(DataError) as error:
        open_source(file)
    (finding,) = error.value.diagnostics
    assert (code, kind) == (finding.code, finding.facts.get("kind"))
    assert str(file) == finding.facts["file"]


def test_a_file_that_is_not_there_has_neighbours(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError) as error:
        open_source(tmp_path / "custmers.csv")
    (finding,) = error.value.diagnostics
    assert "no-such-file" == finding.code
    assert (str(tmp_path / "customers.csv"),) == finding.nearest


@pytest.mark.parametrize("path", ["missing/in.csv", "bad\0name.csv", "x" * 5000])
def test_impossible_paths_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError) as error:
        open_source(f"{tmp_path}/{path}")
    assert error.value.diagnostics[0].code in ("no-such-file", "unreadable-file")


def test_a_folder_and_an_unknown_database_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is-a-folder"):
        open_source(tmp_path)
    with pytest.raises(DataError, match="unknown-database"):
        open_source("oracle://host/base?table=customers")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("a,b\n1,2\n")
    file.chmod(0)
    with pytest.raises(DataError, match="unreadable-file"):
        open_source(file)


def test_standard_input_is_kept_until_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'{"a": 1}\n{"a": 2, "b": 3}\n'
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    with open_source("-") as opened:
        assert ("-", None, ("a", "b")) == (opened.name, opened.path, opened.columns)
        assert [[1, None], [2, 3]] == [list(row.cells) for row in opened.rows()]
        assert [[1, None], [2, 3]] == [list(row.cells) for row in opened.rows()]
    with pytest.raises(DataError, match="unreadable-file"):
        list(opened.rows())


def test_a_first_line_that_is_broken_does_not_hide_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"a": \n{"a": 2}\n')))
    with open_source("-") as opened:
        assert [True, False] == [row.fault is not None for row in opened.rows()]


def test_standard_input_may_be_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"a;b\n1;2\n")))
    with open_source("-") as opened:
        assert [["1", "2"]] == [list(row.cells) for row in opened.rows()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_can_be_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"a,b\n1,2\n"))
    writer.start()
    with open_source(pipe) as opened:
        writer.join()
        assert [["1", "2"]] == [list(row.cells) for row in opened.rows()]
