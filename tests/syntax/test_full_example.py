"""The design's full example and its Chinese twin: read, laid out to a fixed point, and put into the other language and
back without loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.syntax import statements as s
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import parse

FOLDER = Path(__file__).parent
FILES = ["full.rules", "full.zh.rules"]


def source(name: str) -> Source:
    return Source(name, (FOLDER / name).read_text("utf-8"))


def labels(statements: tuple[s.Statement, ...]) -> Iterator[tuple[str, str]]:
    """Each name with its label."""

    def of_type(type_: s.TypeSyntax) -> Iterator[tuple[str, str | None]]:
        yield from ((each.name, each.label) for each in type_.members)
        for element in type_.elements:
            yield element.name, element.label
            yield from of_type(element.type)

    for each in statements:
        pairs: list[tuple[str, str | None]] = []
        if isinstance(each, s.FieldStatement | s.OutcomeStatement):
            pairs = [(each.name, each.label), *of_type(each.type)]
        elif isinstance(each, s.ChoiceStatement):
            pairs = [(each.name, each.label), *((member.name, member.label) for member in each.members)]
        elif isinstance(each, s.ThresholdStatement | s.ListStatement):
            pairs = [(each.name.text, each.label)]
        yield from ((name, label) for name, label in pairs if label is not None)


@pytest.mark.parametrize("name", FILES)
def test_it_is_read(name: str) -> None:
    file, diagnostics = parse(source(name))
    assert () == diagnostics, render(diagnostics, [source(name)])
    assert {each for kinds in [s.Statement.__args__] for each in kinds} - {type(each) for each in file.statements} <= {
        s.HolidaysStatement,
        s.LetStatement,
        s.DefineStatement,
        s.RequireStatement,
        s.RemoveStatement,
    }
    assert all(1 == len(readings) for readings in file.readings)


@pytest.mark.parametrize("name", FILES)
def test_its_layout_is_a_fixed_point(name: str) -> None:
    once = format_text(source(name))
    assert () == once.diagnostics
    assert once.text == format_text(Source(name, once.text)).text


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_comments_are_kept(name: str, language: str) -> None:
    comments = [line.split("#", 1)[1].strip() for line in source(name).text.split("\n") if "#" in line]
    printed = format_text(source(name), language).text
    assert comments == [line.split("#", 1)[1].strip() for line in printed.split("\n") if "#" in line]


@pytest.mark.parametrize("name", FILES)
def test_there_and_back_again(name: str) -> None:
    file, _ = parse(source(name))
    there, back = ("zh", "en") if file.language == "en" else ("en", "zh")
    pairs = [
        (one, other) if one.isascii() == (there == "zh") else (other, one) for one, other in labels(file.statements)
    ]
    translated = format_text(source(name), there, rename=lambda each: dict(pairs).get(each, each))
    assert () == translated.diagnostics
    reverse = {other: one for one, other in pairs}
    again = format_text(Source(name, translated.text), back, rename=lambda each: reverse.get(each, each))
    assert format_text(source(name)).text == again.text
