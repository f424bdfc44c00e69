"""Files made to break the program, or broken by it: a clear error with its code, never a traceback, and soon."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

import rulelang
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_model, read_sources
from rulelang.syntax.drive import MAX_DEPTH
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import MAX_CHARACTERS

DECLARATIONS = "field a: number\nfield b: yes or no\noutcome x: number\n"


def rule(condition: str, value: str = "1") -> str:
    return f"{DECLARATIONS}if {condition} then x = {value}\n"


def codes(text: str) -> list[str]:
    return [each.code for each in read_sources([Source("x.rules", text)], Path()).errors]


def deep(frames: int, work: Callable[[], object]) -> object:
    """Do something as far down the stack as a test runner or a web server may call us."""
    return deep(frames - 1, work) if frames else work()


TOO_DEEP = {
    "2,000 brackets": rule("(" * 2000 + "a > 1" + ")" * 2000),
    "2,000 brackets around a value": rule("a > 1", "(" * 2000 + "a" + ")" * 2000),
    "2,000 times not": rule("not " * 2000 + "b"),
    "2,000 signs": rule("a > 1", "- " * 2000 + "5"),
    "500 ages": rule("age of " * 500 + "a > 1"),
    "150 bullets in bullets": rule(
        "all of\n" + "\n".join("  " * each + "- any of" for each in range(1, 150)) + "\n" + "  " * 150 + "- b"
    ),
    "400 named values on top of each other": DECLARATIONS
    + "let v0 = a\n"
    + "".join(f"let v{each} = v{each - 1} + 1\n" for each in range(1, 400))
    + "if a > 0 then x = v399\n",
    "2,000 brackets in Chinese": "字段甲：数字\n结论乙：数字\n如果"
    + "（" * 2000
    + "甲超过1"
    + "）" * 2000
    + "那么乙为1\n",
}
TOO_MANY = {
    "a sum of 10,000": rule("a > 1", " + ".join("a" for _ in range(10_000))),
    "a condition of 30,000": rule(" or ".join(f"a = {each}" for each in range(30_000))),
    "named values that double": DECLARATIONS
    + "let v0 = a\n"
    + "".join(f"let v{each} = v{each - 1} + v{each - 1}\n" for each in range(1, 40))
    + "if a > 0 then x = v39\n",
}
# As much as is allowed, and more than anybody writes.
AT_THE_LIMIT = {
    "brackets": rule("(" * (MAX_DEPTH - 3) + "a > 0" + ")" * (MAX_DEPTH - 3)),
    "and in brackets": rule(
        "".join("(a > 0 and " for _ in range(MAX_DEPTH // 2 - 3)) + "b" + ")" * (MAX_DEPTH // 2 - 3)
    ),
    "not": rule("not " * (MAX_DEPTH // 2 - 4) + "b"),  # printed with brackets, which count as well
    "a sum": rule("a > 0", " + ".join("a" for _ in range(MAX_DEPTH - 3))),
    "a product": rule("a > 0", " * ".join("a" for _ in range(MAX_DEPTH - 3))),
    "products in brackets": rule("a > 0", "".join("(a + 1) * (" for _ in range(30)) + "a" + ")" * 30),
    "named values": DECLARATIONS
    + "let v0 = a\n"
    + "".join(f"let v{each} = v{each - 1} + 1\n" for each in range(1, 45))
    + "if a > 0 then x = v44\n",
}
LONG = {
    "or": rule(" or ".join(f"a = {each}" for each in range(10_000))),
    "and": rule(" and ".join(f"a != {each + 5}" for each in range(10_000))),
    "one of": rule("a is one of " + ", ".join(str(each) for each in range(10_000))),
    "bullets": rule("all of\n" + "  - a > 0\n" * 3_000),
    "otherwise": rule("a > 5") + "".join(f"  otherwise if a > {each} then x = {each}\n" for each in range(5, 1_500)),
}


@pytest.mark.parametrize("text", TOO_DEEP.values(), ids=TOO_DEEP)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert ["nesting-too-deep"] == codes(text)


@pytest.mark.parametrize("text", TOO_MANY.values(), ids=TOO_MANY)
def test_what_has_too_many_parts_is_refused(text: str) -> None:
    assert ["too-many-terms"] == codes(text)


@pytest.mark.parametrize("text", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT)
def test_what_is_just_allowed_is_read_printed_decided_and_explained(text: str) -> None:
    def all_of_it() -> None:
        assert [] == codes(text)
        assert () == format_text(Source("x.rules", text)).diagnostics
        # Brackets that the other language needs can bring it over the limit; then it is refused by name.
        other = format_text(Source("x.rules", text), "zh").diagnostics
        assert {each.code for each in other} <= {"not-printable"}
        rules = rulelang.loads(text)
        decision = rules.decide({"a": 1, "b": True})
        assert decision["x"] is not None
        assert decision.why("x")
        assert decision["x"] == rules.compile()({"a": 1, "b": True})["x"]

    assert sys.getrecursionlimit() == 1000
    deep(100, all_of_it)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_what_is_long_and_flat_is_accepted_soon(text: str) -> None:
    started = process_time()
    assert [] == codes(text)
    assert process_time() - started < 20
    assert rulelang.loads(text).compile()({"a": 1, "b": True}) is not None


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert ["file-too-large"] == codes("if a > 1 then x = 1\n" * (MAX_CHARACTERS // 20 + 1))


@pytest.mark.parametrize("text", ["\0", "if a > 1 then x = 1\n\0", "如果甲超过1那么乙＝1\0"])
def test_a_null_character_is_named_with_its_place(text: str) -> None:
    (problem,) = read_sources([Source("x.rules", text)], Path()).errors
    assert "null-byte" == problem.code
    assert problem.span is not None
    assert text.index("\0") == problem.span.start


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0\x00\x10JFIF", b"if a > 1 then \xff\xff\n", bytes(range(128, 256))])
def test_bytes_that_are_no_text_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.rules"
    path.write_bytes(data)
    assert next(each.code for each in read_model([path]).errors) in ("not-text", "null-byte")


def test_text_in_gb18030_and_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.rules"
    for encoding in ("gb18030", "utf-16", "utf-8-sig", "utf-8"):
        path.write_bytes("如果最近购买超过365天那么生命周期＝流失\r\n".encode(encoding))
        assert () == read_model([path]).errors


@pytest.mark.parametrize("text", ["", " \n\t\n", "# only this\n", "﻿"])
def test_a_file_without_a_statement_says_so(text: str) -> None:
    assert ["empty-file"] == codes(text)
