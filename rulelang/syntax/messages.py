"""From a place where a statement stopped making sense to the finding a user reads. Never the parser's own names."""

from __future__ import annotations

import difflib

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax.cut import Chunk
from rulelang.syntax.drive import Failure
from rulelang.syntax.words import CJK, Words

_SHOWN = {
    "NAME": ("a name", "名称"),
    "NEW_NAME": ("a name", "名称"),
    "NUMBER": ("a number", "数字"),
    "TEXT_LITERAL": ("a text in quotes", "引号中的文本"),
    "DATE_LITERAL": ("a date", "日期"),
    "LPAR": ("(", "（"),
    "RPAR": (")", "）"),
    "COLON": (":", "："),
    "COMMA": (",", "，"),
    "BULLET": ("- (a bullet on a line of its own)", "- （另起一行的项目符号）"),
    "TABLE_ROW": ("a table row | … |", "表格行 | … |"),
    "$END": ("the end of the sentence", "句末"),
}
_MOST_LIKELY = [
    "THEN",
    "ASSIGN",
    "LPAR",
    "RPAR",
    "COLON",
    "NAME",
    "NEW_NAME",
    "NUMBER",
    "TEXT_LITERAL",
    "DATE_LITERAL",
    "BETWEEN_AND",
    "INSIDE",
    "BETWEEN_END",
    "FROM_FILE",
    "EXPECT",
    "BULLET",
    "TABLE_ROW",
    "MORE",
    "EQUAL",
    "AND",
    "OR",
    "IF",
    "TO",
    "$END",
]


def failure_diagnostic(source: Source, words: Words, chunk: Chunk, failure: Failure | None) -> Diagnostic:
    """The finding for a failure; ``None`` where the statement begins with nothing known."""
    if failure is None:
        return _unknown_statement(source, words, chunk)
    span = source.span(failure.position, max(failure.end, failure.position + 1))
    found = source.text[failure.position : failure.end].strip()
    expected = set(failure.expected)
    if failure.reason in ("month-or-duration", "discount-refused", "about-refused"):
        return Diagnostic(failure.reason, span, {"text": found})
    if failure.reason == "nesting-too-deep":
        return Diagnostic("nesting-too-deep", span, {"limit": 200})
    if failure.reason == "unclosed-text":
        end = source.text.find("\n", failure.position)
        return Diagnostic("unclosed-text", source.span(failure.position, len(source.text) if end < 0 else end))
    if failure.reason == "end":
        return _ended_early(source, chunk, expected, words)
    if found in (",", "，", "、") and {"AND", "OR"} <= expected:
        return Diagnostic("comma-between-conditions", span, {"found": found})
    if found in (")", "）") and not _open_bracket_before(source, chunk, failure.position):
        return Diagnostic("unexpected-bracket", span)
    if "BULLET" in expected:
        return Diagnostic("bullet-expected", span, {"found": found})
    facts = {
        "found": found,
        "expected": _expected(expected, words, "en"),
        "expected_zh": _expected(expected, words, "zh"),
    }
    if "THEN" in expected and chunk.kind in ("rule", "for_each", "replace") and _looks_like_action(source, failure):
        return Diagnostic("missing-then", span, facts)
    return Diagnostic("unexpected-text", span, facts, _near_words(found, expected, words))


def _unknown_statement(source: Source, words: Words, chunk: Chunk) -> Diagnostic:
    line_end = source.text.find("\n", chunk.start)
    line = source.text[chunk.start : len(source.text) if line_end < 0 else line_end]
    first = line.split()[0] if line.split() else line
    openers = {
        phrase
        for table in words.all_phrases.values()
        for name in (
            "RULESET",
            "FIELD",
            "OUTCOME",
            "THRESHOLD",
            "LIST",
            "CHOICE",
            "RULE",
            "TABLE",
            "IF",
            "EXAMPLE",
            "LET",
        )
        for phrase in table[name]
    }
    nearest = tuple(difflib.get_close_matches(first.lower(), sorted(openers), 3, 0.6))
    span = source.span(chunk.start, chunk.start + len(first))
    return Diagnostic("unknown-statement", span, {"found": first}, nearest)


def _ended_early(source: Source, chunk: Chunk, expected: set[str], words: Words) -> Diagnostic:
    end = chunk.end
    span = source.span(max(end - 1, chunk.start), end)
    if "RPAR" in expected and _open_bracket_before(source, chunk, end):
        return Diagnostic("unclosed-bracket", span)
    if "THEN" in expected:
        return Diagnostic("missing-then", span, {"found": ""})
    if "BULLET" in expected:
        return Diagnostic("bullet-expected", span, {"found": ""})
    facts = {"expected": _expected(expected, words, "en"), "expected_zh": _expected(expected, words, "zh")}
    return Diagnostic("missing-word", span, facts)


def _open_bracket_before(source: Source, chunk: Chunk, position: int) -> bool:
    text = source.text[chunk.start : position]
    return sum(text.count(each) for each in "(（") > sum(text.count(each) for each in ")）")


def _looks_like_action(source: Source, failure: Failure) -> bool:
    line = source.text[failure.position :].split("\n", 1)[0]
    return any(each in line for each in ("=", "＝", "为", " is ", "tag"))


def _expected(expected: set[str], words: Words, language: str) -> str:
    """A few of the words that could stand here, the likeliest first."""
    index = 1 if language == "zh" else 0
    shown: list[str] = []
    for terminal in [*_MOST_LIKELY, *sorted(expected)]:
        if terminal not in expected:
            continue
        phrase = words.canonical[language].get(terminal)
        text = _SHOWN[terminal][index] if terminal in _SHOWN else phrase
        if text and text not in shown:
            shown.append(text)
    return (" · ".join(shown[:5])) or ("…")


def _near_words(found: str, expected: set[str], words: Words) -> tuple[str, ...]:
    """Keywords close to what was typed, among those that could stand here."""
    if not found or CJK.search(found):
        return ()
    phrases = {phrase for table in words.all_phrases.values() for name in expected for phrase in table.get(name, ())}
    return tuple(difflib.get_close_matches(found.lower(), sorted(phrases), 2, 0.7))
