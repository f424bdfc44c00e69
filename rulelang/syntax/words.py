"""The word tables: which phrases stand for which terminal of the grammar, in each language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache

from attrs import field, frozen

from rulelang.resources import grammars

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CJK = re.compile(f"[{_CJK}]")
NAME_RUN = re.compile(f"[{_CJK}A-Za-z0-9_]+")
_LATIN_WORD = re.compile(r"[a-z][a-z'-]*")


@frozen
class Phrase:
    """One way to say a terminal; ``words`` are its parts between white space, folded."""

    words: tuple[str, ...]
    terminals: tuple[str, ...]
    after_number: bool = False
    before_number: bool = False
    line_start: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


@frozen
class Words:
    """All word tables together, indexed for matching, and each language's canonical phrase for printing."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    canonical: Mapping[str, Mapping[str, str]]
    all_phrases: Mapping[str, Mapping[str, tuple[str, ...]]]
    reserved: frozenset[str]
    measures: tuple[str, ...]
    fillers: tuple[str, ...]
    any_cell: frozenset[str]
    refused: Mapping[str, str]
    traditional: Mapping[int, int]
    terminals: frozenset[str]
    patterns: Mapping[str, Mapping[str, str]]
    stops: Mapping[str, tuple[Phrase, ...]] = field(factory=dict)

    def at(self, key: str, position: int) -> tuple[Phrase, ...]:
        """The phrases that could begin at a position of folded text, by first word or first character."""
        character = key[position]
        if "a" <= character <= "z":
            match = _LATIN_WORD.match(key, position)
            assert match is not None
            found = self.phrases.get(match.group().rstrip("-'"))
            if found is not None:
                return found
        return self.phrases.get(character, ())


# Where a phrase of one of these terminals begins, a run of undeclared Chinese characters ends.
_ENDS_A_RUN = frozenset(
    [
        "IF",
        "THEN",
        "OTHERWISE",
        "AND",
        "OR",
        "NOT",
        "BECAUSE",
        "ASSIGN",
        "EQUAL",
        "NOT_EQUAL",
        "MORE",
        "AT_LEAST",
        "LESS",
        "AT_MOST",
        "BEFORE",
        "AFTER",
        "ON_OR_BEFORE",
        "ON_OR_AFTER",
        "BETWEEN",
        "BETWEEN_END",
        "NOT_AT",
        "INSIDE",
        "AND_ABOVE",
        "AND_BELOW",
        "BEFORE_END",
        "AFTER_END",
        "ON_OR_BEFORE_END",
        "ON_OR_AFTER_END",
        "ONE_OF_END",
        "NONE_OF_END",
        "IN_LIST",
        "NOT_IN_LIST",
        "MISSING",
        "KNOWN",
        "EMPTY",
        "NOT_EMPTY",
        "CONTAINS",
        "NOT_CONTAINS",
        "STARTS_WITH",
        "NOT_STARTS_WITH",
        "ENDS_WITH",
        "NOT_ENDS_WITH",
        "LIKE",
        "NOT_LIKE",
        "WITHOUT_TEXT",
        "STARTS_END",
        "ENDS_END",
        "PROVISIONAL",
        "UNDECIDED",
        "DECIDED",
        "RECENT",
        "UPCOMING",
        "AGE_CLOSE",
        "AGE_DAYS_END",
        "AGE_MONTHS_END",
        "AGE_YEARS_END",
        "SINCE_NOW",
        "MONTH_END",
        "YEAR_END",
        "QUARTER_END",
        "WEEKDAY_END",
        "ANNIVERSARY_END",
        "PUT_INTO",
        "TAG",
        "FROM_FILE",
        "TIMES",
        "DIVIDE",
        "GIVEN",
        "EXPECT",
        "THIS_MONTH",
        "LAST_MONTH",
        "THIS_QUARTER",
        "LAST_QUARTER",
        "THIS_YEAR",
        "LAST_YEAR",
    ]
)


def _index_key(words: tuple[str, ...]) -> str:
    match = _LATIN_WORD.match(words[0])
    return match.group().rstrip("-'") if match else words[0][0]


@lru_cache(maxsize=4)
def load_words(extra: tuple[str, ...] = ()) -> Words:
    """Read every word table of the grammars folder, and further tables given as TOML text (a plug-in's language).

    Raises ValueError where a table names a terminal that the others do not have.
    """
    texts = [path.read_text("utf-8") for path in sorted(grammars().glob("words.*.toml"))]
    return build_words([tomllib.loads(text) for text in (*texts, *extra)])


def build_words(tables: list[dict[str, object]]) -> Words:
    """Index word tables; each is a parsed TOML file."""
    flags: dict[tuple[tuple[str, ...], bool, bool, bool], list[str]] = {}
    canonical: dict[str, Mapping[str, str]] = {}
    everything: dict[str, Mapping[str, tuple[str, ...]]] = {}
    reserved: set[str] = set()
    measures: list[str] = []
    fillers: list[str] = []
    any_cell: set[str] = set()
    refused: dict[str, str] = {}
    traditional: dict[int, int] = {}
    names: set[str] = set()
    patterns: dict[str, Mapping[str, str]] = {}
    for table in tables:
        language = str(table["language"])
        terminals: Mapping[str, list[str]] = table["terminals"]  # type: ignore[assignment]  # TOML is untyped
        names.update(terminals)
        patterns[language] = table.get("patterns", {})  # type: ignore[assignment]  # TOML is untyped
        canonical[language] = {name: phrases[0].strip("#^") for name, phrases in terminals.items() if phrases}
        everything[language] = {
            name: tuple(each.strip("#^") for each in phrases) for name, phrases in terminals.items()
        }
        reserved.update(str(each).lower() for each in table.get("reserved", ()))  # type: ignore[attr-defined]  # untyped
        noise: Mapping[str, list[str]] = table.get("noise", {})  # type: ignore[assignment]  # TOML is untyped
        measures.extend(noise.get("after_number", ()))
        fillers.extend(noise.get("filler", ()))
        any_cell.update(noise.get("any_cell", ()))
        refused.update(table.get("refused", {}))  # type: ignore[call-overload]  # TOML is untyped
        folding: Mapping[str, str] = table.get("traditional", {})  # type: ignore[assignment]  # TOML is untyped
        traditional.update(
            {ord(a): ord(b) for a, b in zip(folding.get("from", ""), folding.get("to", ""), strict=True)}
        )
        for name, phrases in terminals.items():
            for written in phrases:
                words = tuple(written.strip("#^").lower().split())
                key = (words, written.startswith("#"), written.endswith("#"), written.startswith("^"))
                if name not in flags.setdefault(key, []):
                    flags[key].append(name)
    index: dict[str, list[Phrase]] = {}
    for (words, after, before, start), terminals_of in flags.items():
        index.setdefault(_index_key(words), []).append(Phrase(words, tuple(terminals_of), after, before, start))
    phrases_by_key = {
        key: tuple(sorted(phrases, key=lambda each: (-len(each.text), each.text))) for key, phrases in index.items()
    }
    return Words(
        phrases=phrases_by_key,
        canonical=canonical,
        all_phrases=everything,
        reserved=frozenset(reserved),
        measures=tuple(sorted(measures, key=len, reverse=True)),
        fillers=tuple(sorted((each.lower() for each in fillers), key=len, reverse=True)),
        any_cell=frozenset(any_cell),
        refused=dict(sorted(refused.items(), key=lambda pair: -len(pair[0]))),
        traditional=traditional,
        terminals=frozenset(names),
        patterns=patterns,
        stops={
            key: tuple(
                phrase
                for phrase in phrases
                if (len(phrase.text) > 1 or ord(phrase.text[0]) < 128)
                and (_ENDS_A_RUN.intersection(phrase.terminals) or phrase.text in reserved)
                and not phrase.after_number
            )
            for key, phrases in phrases_by_key.items()
            if CJK.match(key)
        },
    )
