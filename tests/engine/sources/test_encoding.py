"""The encoding of a text file."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.sources.content import content_of
from rulelang.engine.sources.encoding import Encoding, find_encoding

CHINESE = "姓名,城市\n张三,北京\n李四,上海\n朱镕基,長沙\n"


def found(path: Path, data: bytes, stated: str | None = None) -> Encoding:
    file = path / "in.csv"
    file.write_bytes(data)
    return find_encoding(content_of(file), stated)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"plain", "utf-8"),
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (CHINESE.encode("utf-32"), "utf-32"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("gbk"), "gb18030"),
        ("name\n𠮷野\n".encode("gb18030"), "gb18030"),
        ("name\nMüller\ncafé\n".encode("cp1252"), "cp1252"),
        (b"x" * ((1 << 20) - 1) + CHINESE.encode(), "utf-8"),  # a character across two pieces
    ],
)
def test_the_encoding_is_found(tmp_path: Path, data: bytes, name: str) -> None:
    result = found(tmp_path, data)
    assert name == result.name
    guessed = name in ("gb18030", "cp1252")
    assert guessed == (result.note is not None)
    assert data.decode(result.name)


def test_chinese_beyond_the_first_piece_is_seen(tmp_path: Path) -> None:
    assert "gb18030" == found(tmp_path, b"id,name\n" * 300_000 + CHINESE.encode("gbk")).name


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"id,name\n" + "1,张三\n2,李四\n".encode() + b"3,\xff\n", 4, 29),
        ("1,张三\n2,李四".encode()[:-1], 2, 15),
    ],
)
def test_damaged_utf8_is_not_taken_for_another_encoding(tmp_path: Path, data: bytes, line: int, byte: int) -> None:
    with pytest.raises(DataError) as error:
        found(tmp_path, data)
    (finding,) = error.value.diagnostics
    assert "broken-encoding" == finding.code
    assert (line, byte) == (finding.facts["line"], finding.facts["byte"])


def test_a_stated_encoding_is_taken_at_its_word_and_checked(tmp_path: Path) -> None:
    assert "big5" == found(tmp_path, "姓名,城市".encode("big5"), "Big5").name
    assert "utf-8-sig" == found(tmp_path, CHINESE.encode("utf-8-sig"), "UTF-8").name
    with pytest.raises(DataError, match="broken-encoding"):
        found(tmp_path, CHINESE.encode("gbk"), "utf-8")
    with pytest.raises(DataError, match="unknown-encoding"):
        found(tmp_path, b"x", "klingon")
