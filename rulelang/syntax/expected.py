"""The words that could have stood at a place, and those that come nearest to what stands there."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from rulelang.syntax.phrases import CJK
from rulelang.syntax.words import Words

# What is made up by the author, in English and in Chinese.
_KINDS = {
    "NAME": ("a name", "名称"),
    "NEW_NAME": ("a name", "名称"),
    "NUMBER": ("a number", "数字"),
    "TEXT_LITERAL": ("a text in quotes", "引号中的文本"),
    "DATE_LITERAL": ("a date", "日期"),
    "BULLET": ("a line with “- ”", "以“- ”开头的一行"),
    "TABLE_ROW": ("a table row", "表格行"),
    "TYPE_DATE": ("a type (date, number, money, text …)", "类型（日期、数字、金额、文本……）"),
}
_SIGNS = {"LPAR": "(", "RPAR": ")", "COLON": ":", "COMMA": ","}
_CHINESE_SIGNS = {"LPAR": "（", "RPAR": "）", "COLON": "：", "COMMA": "，"}
# In this order, as far as they could stand at the place; what is not here is shown only where nothing else is.
_LIKELY = (
    "BETWEEN_AND",
    "BETWEEN_END",
    "STARTS_END",
    "ENDS_END",
    "INSIDE",
    "ONE_OF_END",
    "ASSIGN",
    "NAME",
    "NUMBER",
    "TEXT_LITERAL",
    "DATE_LITERAL",
    "TYPE_DATE",
    "DAYS",
    "MONTHS",
    "YEARS",
    "EQUAL",
    "MORE",
    "AT_LEAST",
    "MISSING",
    "KNOWN",
    "THEN",
    "AND",
    "OR",
    "NEW_NAME",
    "IF",
    "ALWAYS",
    "OTHERWISE",
    "BECAUSE",
    "COLON",
    "TO",
    "FROM_FILE",
    "COLUMN",
    "EXPECT",
    "BULLET",
    "TABLE_ROW",
    "RPAR",
    "LPAR",
    "COMMA",
)
_SHOWN = 6
_UNITS = ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "HOURS", "MINUTES", "WORKING_DAYS")
_STATEMENTS = (
    "RULESET",
    "USE",
    "EXTENDS",
    "THRESHOLD",
    "FIELD",
    "LIST",
    "CHOICE",
    "OUTCOME",
    "LET",
    "DEFINE",
    "REQUIRE",
    "RULE",
    "TABLE",
    "EXAMPLE",
    "IF",
    "ALWAYS",
    "OTHERWISE",
)


def unit_words() -> tuple[str, ...]:
    """The terminals of the units of time."""
    return _UNITS


def expected_words(expected: Collection[str], words: Words, language: str) -> dict[str, tuple[str, ...]]:
    """The likeliest words of the sentence's own language, for an English and for a Chinese reader."""
    likely = [each for each in _LIKELY if each in expected] or sorted(each for each in expected if each[0] != "$")
    likely = [each for each in likely if each not in _SIGNS] or likely
    facts: dict[str, tuple[str, ...]] = {}
    for index, (key, reader) in enumerate((("expected", "en"), ("expected_zh", "zh"))):
        shown: list[str] = []
        for terminal in likely:
            if terminal in _KINDS:
                text = _KINDS[terminal][index]
            elif terminal in _SIGNS:
                text = (_CHINESE_SIGNS if language == "zh" else _SIGNS)[terminal]
            else:
                phrase = words.canonical[language].get(terminal, "")
                text = f"“{phrase}”" if phrase and phrase[0].isalpha() and reader == "en" else phrase
            if text and text not in shown:
                shown.append(text)
        facts[key] = tuple(shown[:_SHOWN])
    return facts


def near_words(rest: str, expected: Collection[str], words: Words) -> tuple[str, ...]:
    """The phrases that could stand here and come nearest to what does (folded text)."""
    phrases = {phrase for table in words.all_phrases.values() for name in expected for phrase in table.get(name, ())}
    line = rest.split("\n", 1)[0]
    found: list[tuple[float, str]] = []
    for phrase in phrases:
        if phrase.isascii():
            typed = " ".join(line.split()[: len(phrase.split())])
            ratio = difflib.SequenceMatcher(None, typed, phrase.lower()).ratio()
            if ratio >= 0.75 and len(phrase) > 2:
                found.append((-ratio, phrase))
        elif len(phrase) > 1:
            same = sum(a == b for a, b in zip(line, phrase, strict=False))
            if same == len(phrase) - 1 or sorted(line[: len(phrase)]) == sorted(phrase):
                found.append((-same / len(phrase), phrase))
    return tuple(phrase for _, phrase in sorted(found)[:2])


def near_names(run: str, names: Iterable[str]) -> tuple[str, ...]:
    """The declared Chinese names that a run of characters may begin with but for a slip, the nearest first."""
    found: list[tuple[float, str]] = []
    characters = set(run)
    for name in names:
        if len(name) > 1 and CJK.match(name) and not characters.isdisjoint(name):
            starts = (run[: len(name) + more] for more in (-1, 0, 1))
            ratio = max(difflib.SequenceMatcher(None, each, name, autojunk=False).ratio() for each in starts)
            if ratio >= (0.5 if len(name) == 2 else 0.65):
                found.append((-ratio, name))
    return tuple(name for _, name in sorted(found)[:2])


def near_statements(first: str, words: Words) -> tuple[str, ...]:
    """The words that open a statement and come nearest to a line's first word."""
    openers = _all_phrases(words, _STATEMENTS)
    close = difflib.get_close_matches(first, sorted(openers), 2, 0.6)
    if not close and not first.isascii():
        close = [each for each in sorted(openers) if _but_for_one(first, each)]
    return tuple(close[:2])


def _but_for_one(text: str, phrase: str) -> bool:
    """Whether a text begins with a phrase in which one character is another one."""
    return len(phrase) > 1 and sum(a == b for a, b in zip(text, phrase, strict=False)) == len(phrase) - 1


def _all_phrases(words: Words, terminals: Iterable[str]) -> set[str]:
    return {phrase for table in words.all_phrases.values() for name in terminals for phrase in table.get(name, ())}
