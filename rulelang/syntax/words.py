"""The word tables: which phrases stand for which terminal of the grammar, in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from attrs import frozen

from rulelang.resources import grammars
from rulelang.syntax.phrases import CJK, LATIN_NAME, NAME_RUN, Phrase, PhraseIndex

__all__ = ["CJK", "NAME_RUN", "Phrase", "Words", "build_words", "further_languages", "languages", "load_words"]

SHIPPED = ("en", "zh")


@frozen
class Words:
    """All word tables together, indexed for matching, and each language's phrases and patterns for printing.

    ``canonical`` is the phrase the formatter prints for a terminal, ``all_phrases`` those that are read; both by
    language. ``stops`` are the phrases at which a run of undeclared Chinese characters ends, by first character.
    ``spoken`` are all Latin words that stand in a phrase; a word that begins with one of ``beginnings`` may mean
    something beside a number.
    """

    index: PhraseIndex
    canonical: Mapping[str, Mapping[str, str]]
    all_phrases: Mapping[str, Mapping[str, tuple[str, ...]]]
    reserved: frozenset[str]
    measures: tuple[str, ...]
    any_cell: frozenset[str]
    refused: Mapping[str, str]
    refused_before: Mapping[str, str]
    traditional: Mapping[int, int]
    terminals: frozenset[str]
    patterns: Mapping[str, Mapping[str, str]]
    stops: Mapping[str, tuple[Phrase, ...]]
    spoken: frozenset[str]
    beginnings: tuple[str, ...]

    def language_at(self, key: str, position: int) -> str:
        """The language of the longest phrase at a place of folded text; English where none is known there."""
        if len(self.patterns) == len(SHIPPED):
            return "en"
        for _, phrase in self.index.at(key, position, len(key)):
            for language, phrases in self.all_phrases.items():
                if language != "zh" and any(
                    phrase.text == each.lower() for terminal in phrase.terminals for each in phrases.get(terminal, ())
                ):
                    return language
        return "en"

    def standing(self, text: str) -> str:
        """A standing's word in any language as the key it is kept under (``no rule``); any other text as it is."""
        shown = text.replace(" ", "").lower()
        for patterns in self.patterns.values():
            for key, pattern in patterns.items():
                if key.startswith("standing_") and pattern.replace(" ", "").lower() == shown:
                    return key.removeprefix("standing_").replace("_", " ")
        return text


_FURTHER: ContextVar[tuple[str, ...]] = ContextVar("further languages", default=())


@contextmanager
def further_languages(*texts: str) -> Iterator[None]:
    """Inside, rules may be written and printed in further languages too, each given as the text of its word table.

    Raises ValueError where a table is no TOML or names a terminal that the grammar has not.
    """
    token = _FURTHER.set(tuple(dict.fromkeys((*_FURTHER.get(), *texts))))
    try:
        load_words()
        yield
    finally:
        _FURTHER.reset(token)


def languages() -> tuple[str, ...]:
    """The languages that rules may be printed in, those of `further_languages` among them."""
    return tuple(load_words().patterns)


def load_words() -> Words:
    """The word tables of the grammars folder, and those of `further_languages`."""
    return _loaded(_FURTHER.get())


@lru_cache(maxsize=8)
def _loaded(further: tuple[str, ...]) -> Words:
    shipped = [tomllib.loads(path.read_text("utf-8")) for path in sorted(grammars().glob("words.*.toml"))]
    known = {name for table in shipped for name in table["terminals"]}
    tables = [tomllib.loads(text) for text in further]
    for table in tables:
        for part in ("language", "terminals"):
            if part not in table:
                raise ValueError(f"a word table needs {part}")
        strange = sorted(set(table["terminals"]) - known)
        if strange:
            raise ValueError(f"the grammar has no {strange[0]} (word table of {table['language']})")
    return build_words([*shipped, *tables])


def build_words(tables: Iterable[Mapping[str, Any]]) -> Words:
    """Index word tables; each is a parsed TOML file. Raises KeyError where one has no language or no terminals.

    What a language has no pattern for is printed as in English.
    """
    tables = tuple(tables)
    english: Mapping[str, str] = next((table.get("patterns", {}) for table in tables if table["language"] == "en"), {})
    reserved = frozenset(str(each).lower() for table in tables for each in table.get("reserved", ()))
    noise = [table.get("noise", {}) for table in tables]
    folding = [table.get("traditional", {}) for table in tables]
    refused = _refused(tables, "refused")
    ends = frozenset(each for table in tables for each in table.get("ends_a_name", ()))
    refused_before = _refused(tables, "refused_before")
    measures = _longest_first(each for table in noise for each in table.get("after_number", ()))
    phrases = _phrases(tables)
    said = (*(phrase.text for phrase in phrases), *reserved, *_IN_NUMBERS)
    return Words(
        index=PhraseIndex.of(phrases),
        canonical={
            table["language"]: {name: each[0].strip("#^") for name, each in table["terminals"].items() if each}
            for table in tables
        },
        all_phrases={
            table["language"]: {
                name: tuple(each.strip("#^") for each in written) for name, written in table["terminals"].items()
            }
            for table in tables
        },
        reserved=reserved,
        measures=measures,
        any_cell=frozenset(each for table in noise for each in table.get("any_cell", ())),
        refused=refused,
        refused_before=refused_before,
        traditional={
            ord(a): ord(b) for each in folding for a, b in zip(each.get("from", ""), each.get("to", ""), strict=True)
        },
        terminals=frozenset(name for table in tables for name in table["terminals"]),
        patterns={
            table["language"]: table.get("patterns", {})
            if table["language"] in SHIPPED
            else {**english, **table.get("patterns", {})}
            for table in tables
        },
        stops=_stops(phrases, ends, reserved),
        spoken=_latin_words(said),
        beginnings=tuple(sorted(_latin_words((*measures, *refused, *refused_before, *_MAGNITUDES)))),
    )


# What the scanner reads as a number, or beside one, without asking the word tables.
_MAGNITUDES = ("thousand", "million", "billion")
_IN_NUMBERS = ("a", "an", "day", "week", "month", "quarter", "year")


def _latin_words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in LATIN_NAME.findall(text.lower()))


def _refused(tables: Iterable[Mapping[str, Any]], section: str) -> dict[str, str]:
    """The words that are asked back about beside a number, longest first, with the code that says why."""
    found = {text.lower(): str(code) for table in tables for text, code in table.get(section, {}).items()}
    return {text: found[text] for text in _longest_first(found)}


def _phrases(tables: Iterable[Mapping[str, Any]]) -> tuple[Phrase, ...]:
    """Every phrase once, with all the terminals it can stand for."""
    terminals: dict[tuple[tuple[str, ...], bool, bool, bool], list[str]] = {}
    for table in tables:
        for name, written in table["terminals"].items():
            for text in written:
                words = tuple(text.strip("#^").lower().split())
                key = (words, text.startswith("#"), text.endswith("#"), text.startswith("^"))
                same = terminals.setdefault(key, [])
                if name not in same:
                    same.append(name)
    return tuple(Phrase(words, tuple(names), *flags) for (words, *flags), names in terminals.items())


def _stops(phrases: Iterable[Phrase], ends: frozenset[str], reserved: frozenset[str]) -> dict[str, tuple[Phrase, ...]]:
    """The phrases that end a run of undeclared Chinese characters: never one of a single character."""
    stops: dict[str, tuple[Phrase, ...]] = {}
    for phrase in phrases:
        text = phrase.text
        known = text in reserved or not ends.isdisjoint(phrase.terminals)
        if CJK.match(text) and len(text) > 1 and known and not phrase.after_number:
            stops[text[0]] = (*stops.get(text[0], ()), phrase)
    return stops


def _longest_first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=len, reverse=True))
