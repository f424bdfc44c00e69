"""Every shipped rule file goes into the other language and back: the same text in the end, and one fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rulelang.cli.vocabulary import borrowed, functions, spellings
from rulelang.diagnostics.position import Source
from rulelang.model.fingerprint import fingerprint
from rulelang.pipeline import read_sources
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import declared_names, parse

ROOT = Path(__file__).parents[2]


def rule_files() -> Iterator[Path]:
    for folder in ("rulesets", "plugins"):
        yield from sorted((ROOT / folder).rglob("*.rules"))


def into(source: Source, language: str | None) -> str:
    elsewhere, called = borrowed(source), functions(source)
    names = [name for each in elsewhere for name in declared_names(each)]
    names += [spelling for each in called for spelling in each.spellings]
    words = {}
    if language is not None:
        words = spellings((*elsewhere, *parse(source, names)[0].statements), language, called)
    formatted = format_text(source, language, names, lambda name: words.get(name, name))
    assert () == formatted.diagnostics
    return formatted.text


def meaning(text: str, path: Path) -> str | None:
    read = read_sources([Source(str(path), text)], path.parent)
    return None if read.model is None else fingerprint(read.model)


@pytest.mark.parametrize("path", list(rule_files()), ids=lambda path: str(path.relative_to(ROOT)))
def test_there_and_back(path: Path) -> None:
    written = path.read_text("utf-8")
    source = Source(str(path), written)
    language = parse(source)[0].language
    other = "zh" if language == "en" else "en"
    there = into(source, other)
    back = into(Source(str(path), there), language)
    assert there == into(Source(str(path), back), other)
    assert meaning(written, path) == meaning(there, path) == meaning(back, path)
    if meaning(written, path) is None:  # a vocabulary alone decides nothing; its text says it all
        assert into(source, language) == back
