"""What is read for one sentence serves for others of its shape, and never says anything but what parsing would."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from rulelang.diagnostics.position import Source
from rulelang.syntax.cut import cut
from rulelang.syntax.fold import fold
from rulelang.syntax.lalr import Machine
from rulelang.syntax.parse import parse
from rulelang.syntax.shapes import KINDS, Shapes
from rulelang.syntax.words import load_words
from tests.syntax.test_chinese_sentences import GROUPS
from tests.syntax.test_phrases import NAMES, SENTENCES, WORDS

ROOT = Path(__file__).parents[2]
FILES = sorted(each for folder in ("rulesets", "plugins", "tests") for each in (ROOT / folder).rglob("*.rules"))
# What a sentence is changed into: figures that the scanner treats as years, months, hours, list items or amounts, and
# words that mean something in one place, nothing in another.
FIGURES = ("0", "1", "2", "3", "7", "12", "30", "100", "365", "2026", "10000")
LETTERS = ("x", "nobody", "tier", "times_x", "million_a", "aday", "a", "days", "T12", "orders", "vip", "ältere", "not")
TEXTS = ("", "x", "then", "a # b", "如果", "12", "\\\\", 'a \\" b')


BELONGING = """\
field [big spend]: number
field big: number
field small: number
outcome tier: text
if big spend > 1 then tier = a
if small spend > 1 then tier = a
if big > 1 then tier = a
if big orders > 1 then tier = a
if small > 3 times then tier = a
if small > 3 nobody then tier = a
if small > 3 thousand then tier = a
"""


def sources() -> Iterator[tuple[str, str]]:
    """Texts to be read, each with a name."""
    for file in FILES:
        yield str(file.relative_to(ROOT)), file.read_text("utf-8")
    for group in GROUPS:
        yield group.title, group.declarations + "\n".join(group.sentences)
    yield "words that belong to others", BELONGING
    for language, names in NAMES.items():
        declared = "\n".join(f"field {name}: number" for name in names)
        # What stands alone has more than one shape: a condition, an action, a number.
        written = [
            f"if {sentence.format(phrase)} then tier = gold"
            if section == "conditions"
            else f"if vip then {sentence.format(phrase)}"
            for (terminal, of), (section, sentence) in SENTENCES.items()
            if of == language and section != "statements" and "\n" not in sentence
            for phrase in WORDS.all_phrases[language].get(terminal, ())
        ]
        yield f"phrases in {language}", "\n".join([declared, *written])


def changed(text: str, seed: int) -> str:
    """The text with some figures, words and texts put in the place of others; every sentence twice."""
    dice = random.Random(seed)
    found = re.sub(r"\d+", lambda each: dice.choice((each.group(), *FIGURES)), text)
    found = re.sub(r"(?<=[ (,])[a-z_]+(?=[ ),])", lambda each: dice.choice((each.group(),) * 9 + LETTERS), found)
    return re.sub(r'"[^"\n]*"', lambda each: dice.choice((each.group(), *(f'"{each}"' for each in TEXTS))), found)


def everything(value: Any) -> Any:
    """A tree with its places, which equality of trees leaves out."""
    if isinstance(value, tuple):
        return [everything(each) for each in value]
    if attrs.has(type(value)):
        fields = attrs.fields(type(value))
        return type(value).__name__, [everything(getattr(value, each.name)) for each in fields]
    return value


def read(text: str) -> Any:
    file, problems = parse(Source("test", text))
    return everything(file.readings), everything(file.unread), problems


SOURCES = list(sources())


@pytest.mark.parametrize(("name", "text"), SOURCES, ids=[name for name, _ in SOURCES])
def test_shapes_change_nothing(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules read by their shape are the rules that the parser reads one by one; so are mistakes in them."""
    declarations = "\n".join(text[each.start : each.end] for each in chunks(text) if each.kind not in KINDS)
    whole = f"{declarations}\n{text}\n" + "\n".join(sentences(changed(text, seed)) for seed in range(2))
    by_shape = read(whole)
    monkeypatch.setattr(Shapes, "of", lambda self, chunk: None)
    assert by_shape == read(whole)


def chunks(text: str) -> Any:
    return cut(fold(text, load_words().traditional), load_words())[0]


def sentences(text: str) -> str:
    return "\n".join(text[each.start : each.end] for each in chunks(text) if each.kind in KINDS)


def test_one_shape_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, texts and names that mean nothing to the language are left out of the shape; figures and words that
    may mean something are not."""
    begun: list[str] = []
    start = Machine.start.__func__  # type: ignore[attr-defined]

    def counted(cls: Any, tables: Any, symbol: str) -> Any:
        begun.append(symbol)
        return start(cls, tables, symbol)

    monkeypatch.setattr(Machine, "start", classmethod(counted))
    head = "field days: number\nfield country: text\noutcome tier: text\n"
    alike = [f'if days >= {n} and country is "c{n}" then tier = t{n}' for n in range(100)]
    assert len(parse(Source("test", head + "\n".join(alike)))[0].readings) == 103
    assert begun.count("rule") == 1
    begun.clear()
    apart = ["if days > 3 days then tier = a", "if days > 3月 then tier = a", "if days > 30月 then tier = a"]
    parse(Source("test", head + "\n".join(apart * 5)))
    assert begun.count("rule") >= 3
