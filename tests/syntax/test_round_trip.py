"""What is printed is read again as the same, in both languages, for made-up trees of every kind of node."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import count

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rulelang.diagnostics.position import Source
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import declared_names, parse
from rulelang.syntax.printing.sameness import canonical
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.printing.statements import print_statement
from rulelang.syntax.words import load_words
from tests.syntax.generated import FIELDS, LISTS, NAMES, Maker

KNOWN = (*NAMES, *LISTS, *FIELDS, "margin", "毛利", "sanctioned", "who", "grade", "low", "tier", "points")


def made(seed: int) -> s.Statement:
    return Maker(random.Random(seed)).statement()


def written(statement: s.Statement) -> str:
    """The statement in English, every name in brackets."""
    words = load_words()
    speller = attrs.evolve(Speller.of(words, "en"), quoted=frozenset((*KNOWN, *declared_names(statement))))
    return "\n".join(line.text for line in print_statement(statement, speller)) + "\n"


def read(text: str) -> object:
    file, problems = parse(Source("t.rules", text), KNOWN)
    assert () == problems, (text, [(each.code, dict(each.facts)) for each in problems])
    assert 1 == len(file.readings[0]), (text, [each.cut for each in file.readings[0]])
    (statement,) = file.statements
    return said(statement)


def said(statement: s.Statement) -> object:
    """What a statement says, however it is laid out. The cells of tables are texts that each language spells in its
    way: that they come back the same shows elsewhere."""
    if isinstance(statement, s.TableStatement):
        return canonical(attrs.evolve(statement, rows=()))
    if isinstance(statement, s.ExampleStatement):
        bare = tuple(attrs.evolve(each, rows=(), places=(), heads=()) for each in statement.records)
        return canonical(attrs.evolve(statement, records=bare))
    return canonical(statement)


def printed(text: str, language: str) -> str:
    formatted = format_text(Source("t.rules", text), language, KNOWN)
    assert () == formatted.diagnostics, text
    return formatted.text


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_print_and_parse(seed: int) -> None:
    statement = made(seed)
    text = written(statement)
    wanted = said(statement)
    assert wanted == read(text), text
    english, chinese = printed(text, "en"), printed(text, "zh")
    assert wanted == read(english) == read(chinese)
    assert english == printed(english, "en") == printed(chinese, "en")
    assert chinese == printed(chinese, "zh") == printed(english, "zh")


def made_file(seed: int) -> str:
    """Some statements one after the other, a few of them under ``for each``, with comments before, beside and below."""
    maker = Maker(random.Random(seed))
    numbers = count(1)
    lines: list[str] = []

    def comment(before: str = "") -> str:
        return f"{before}# note {next(numbers)}"

    for _ in range(maker.chance.randint(2, 4)):
        statement = maker.statement()
        own = written(statement).rstrip("\n").split("\n")
        named = isinstance(statement, s.RuleStatement) and statement.title is not None and not statement.before
        if named and maker.seldom():
            own = ["for each [orders]:", *(f"  {each}" for each in own)]
        if maker.seldom():
            lines += [comment(), *([""] if maker.seldom() else [])]
        place = maker.chance.randrange(len(own))
        own[place] += comment("   ") if maker.seldom() else ""
        lines += [*own, *([""] if maker.seldom() else [])]
    return "\n".join([*lines, *([comment()] if maker.seldom() else []), ""])


def parsed(text: str) -> tuple[object, ...]:
    file, problems = parse(Source("t.rules", text), KNOWN)
    assert () == problems, (text, [(each.code, dict(each.facts)) for each in problems])
    fields = [each for each in file.statements if isinstance(each, s.FieldStatement)]
    names: dict[str, str] = {}
    for each in fields:
        spellings = (each.name, each.label or each.name)
        names |= dict.fromkeys((*spellings, *filter(None, [each.type.name])), min(spellings))
    return tuple(by_names(said(each), names) for each in file.statements)


def by_names(said_: object, names: dict[str, str]) -> object:
    """What was said, with the names of fields where labels may stand as well, and lists where their elements may: for
    each order, any of the orders has.
    """
    if not isinstance(said_, tuple):
        return said_
    if len(said_) == 3 and said_[0] == "Name":
        return (*said_[:2], names.get(said_[2], said_[2]))
    return tuple(by_names(each, names) for each in said_)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
@example(12304)  # a list whose records have no word of their own
def test_files_keep_their_comments(seed: int) -> None:
    text = made_file(seed)
    wanted, notes = parsed(text), re.findall("# note [0-9]+", text)
    english, chinese = printed(text, "en"), printed(text, "zh")
    for each in (english, chinese, printed(english, "zh"), printed(chinese, "en")):
        assert wanted == parsed(each)
        assert notes == re.findall("# note [0-9]+", each)
    # Where one language needs two lines and the other one, a comment may come back a line lower.
    assert (english, chinese) == (printed(english, "en"), printed(chinese, "zh"))
    assert without_notes(english) == without_notes(printed(chinese, "en"))


def without_notes(text: str) -> str:
    return re.sub(" *# note [0-9]+", "", text)


# What the made-up trees have none of: what stands in the braces of a reason only.
ELSEWHERE = {t.MissingFor}


def test_every_kind_of_node_is_made_up() -> None:
    seen = {kind for seed in range(2_500) for kind in nodes(made(seed))}
    kinds = {each for name in t.__all__ if attrs.has(each := getattr(t, name))} - {t.Expression}
    kinds |= {each for each in vars(s).values() if isinstance(each, type) and attrs.has(each)}
    kinds -= {s.File, s.Reading, s.Comment, *(each for each in kinds if "syntax" not in each.__module__)}
    assert ELSEWHERE == kinds - seen - {t.Name, t.Expression}


def nodes(node: object) -> Iterator[type]:
    if isinstance(node, tuple):
        for each in node:
            yield from nodes(each)
    elif attrs.has(type(node)):
        yield type(node)
        for field in attrs.fields(type(node)):
            yield from nodes(getattr(node, field.name))
