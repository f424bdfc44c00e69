"""The word tables: which phrases stand for which terminal of the grammar, in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from attrs import frozen

from rulelang.resources import grammars
from rulelang.syntax.phrases import CJK, NAME_RUN, Phrase, PhraseIndex

__all__ = ["CJK", "NAME_RUN", "Phrase", "Words", "build_words", "load_words"]


@frozen
class Words:
    """All word tables together, indexed for matching, and each language's phrases and patterns for printing.

    ``canonical`` is the phrase the formatter prints for a terminal, ``all_phrases`` those that are read; both by
    language. ``stops`` are the phrases at which a run of undeclared Chinese characters ends, by first character.
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

    def standing(self, text: str) -> str:
        """A standing's word in any language as the key it is kept under (``no rule``); any other text as it is."""
        shown = text.replace(" ", "").lower()
        for patterns in self.patterns.values():
            for key, pattern in patterns.items():
                if key.startswith("standing_") and pattern.replace(" ", "").lower() == shown:
                    return key.removeprefix("standing_").replace("_", " ")
        return text


@lru_cache(maxsize=4)
def load_words(extra: tuple[str, ...] = ()) -> Words:
    """Read every word table of the grammars folder, and further tables given as TOML text (a plug-in's language)."""
    texts = [path.read_text("utf-8") for path in sorted(grammars().glob("words.*.toml"))]
    return build_words([tomllib.loads(text) for text in (*texts, *extra)])


def build_words(tables: Iterable[Mapping[str, Any]]) -> Words:
    """Index word tables; each is a parsed TOML file. Raises KeyError where one has no language or no terminals."""
    tables = tuple(tables)
    reserved = frozenset(str(each).lower() for table in tables for each in table.get("reserved", ()))
    noise = [table.get("noise", {}) for table in tables]
    folding = [table.get("traditional", {}) for table in tables]
    refused = _refused(tables, "refused")
    ends = frozenset(each for table in tables for each in table.get("ends_a_name", ()))
    phrases = _phrases(tables)
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
        measures=_longest_first(each for table in noise for each in table.get("after_number", ())),
        any_cell=frozenset(each for table in noise for each in table.get("any_cell", ())),
        refused=refused,
        refused_before=_refused(tables, "refused_before"),
        traditional={
            ord(a): ord(b) for each in folding for a, b in zip(each.get("from", ""), each.get("to", ""), strict=True)
        },
        terminals=frozenset(name for table in tables for name in table["terminals"]),
        patterns={table["language"]: table.get("patterns", {}) for table in tables},
        stops=_stops(phrases, ends, reserved),
    )


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
