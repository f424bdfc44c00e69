"""Opens a source by what is in it; the ending of its name is asked only where the content leaves it open."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from functools import partial

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.sources.content import STANDARD_INPUT, Content, content_of
from rulelang.engine.sources.delimited import open_delimited
from rulelang.engine.sources.encoding import text_head
from rulelang.engine.sources.excel import open_excel
from rulelang.engine.sources.json_rows import open_json, open_json_lines
from rulelang.engine.sources.parquet import is_parquet, open_parquet
from rulelang.engine.sources.several import files_of, open_several
from rulelang.engine.sources.source import Source, SourceOptions

_Opener = Callable[[Content, SourceOptions], Source]

# First bytes -> what such a file is called in the message that refuses it.
_REFUSED = (
    (b"SQLite format 3", "SQLite"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"{\\rtf", "RTF"),
)
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_WORKBOOK_PARTS = ("xl/", "content.xml")


def open_source(path: str | os.PathLike[str], options: SourceOptions | None = None) -> Source:
    """The rows of a file, of a pipe, of standard input (``-``), or of all files of a folder or a pattern.

    Text tables (CSV, TSV), workbooks, JSON and JSON lines are told apart by content. Raises DataError with what is
    wrong: ``no-such-file``, ``unknown-format``, ``empty-data``, ``duplicate-column`` and others (data.toml).
    """
    name = os.fspath(path)
    if "://" in name:
        from rulelang.engine.sources.database import open_database  # most runs do without

        return open_database(name)
    if is_parquet(path):
        return open_parquet(path)
    files = files_of(path)
    if files:
        return (
            open_source(files[0], options)
            if len(files) == 1
            else open_several(name, files, partial(open_source, options=options))
        )
    content = content_of(path)
    try:
        return _opener(content)(content, options or SourceOptions())
    except BaseException:
        content.release()
        raise


def open_records(file: str | os.PathLike[str], options: SourceOptions) -> Source:
    """The rows of a second table; ``book.xlsx#policies`` names a sheet. Raises DataError as `open_source`."""
    name = os.fspath(file)
    path, sign, sheet = name.rpartition("#")
    if sign and sheet and "://" not in name and not os.path.exists(name) and os.path.exists(path):
        return open_source(path, evolve(options, sheet=sheet))
    return open_source(name, options)


def _opener(content: Content) -> _Opener:
    head = content.head(64)
    for mark, kind in _REFUSED:
        if head.startswith(mark):
            raise DataError((Diagnostic("unknown-format", facts={"file": content.name, "kind": kind}),))
    if head.startswith(_OLD_WORKBOOK) or (head.startswith(_ZIP) and _is_workbook(content)):
        return open_excel
    if head.startswith(_ZIP):
        raise DataError((Diagnostic("unknown-format", facts={"file": content.name, "kind": "ZIP"}),))
    text = text_head(content).lstrip()
    if not text:
        raise DataError((Diagnostic("empty-data", facts={"file": content.name}),))
    if text[:1] == "<":
        raise DataError((Diagnostic("web-page", facts={"file": content.name}),))
    return _text_opener(text, content.name.casefold())


def _text_opener(text: str, name: str) -> _Opener:
    """JSON starts with a bracket or a brace; a table whose first column is called ``[id]`` does not go on like JSON."""
    first, rest = text.split("\n", 1)[0].strip(), text[1:].lstrip()
    if name.endswith((".jsonl", ".ndjson")):
        return open_json if text[0] == "[" else open_json_lines
    if text[0] == "{" and (rest[:1] in ('"', "}") or name.endswith(".json")):
        piped = name == STANDARD_INPUT and first != "{"
        return open_json_lines if piped or _is_object(first) else open_json
    if name.endswith(".json") or (text[0] == "[" and rest[:1] in ("{", "]")):
        return open_json
    return open_delimited


def _is_object(line: str) -> bool:
    """Whether a line is a whole JSON object: then every line is one."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_workbook(content: Content) -> bool:
    try:
        with zipfile.ZipFile(content.path) as archive:
            return any(each.startswith(_WORKBOOK_PARTS) for each in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
