"""Expected values: read as the outcome's type asks, compared with what was decided, written as samples write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.diagnostics.wording import show_value
from rulelang.engine.running.output import speller
from rulelang.testing.cells import read_cell, written
from rulelang.testing.sample import Answer, Expectation
from rulelang.values.durations import Duration
from rulelang.values.text import near_key
from rulelang.vocabulary.declarations import Field, Outcome, Value
from rulelang.vocabulary.types import Length

# How a standing is said: the preferred word in English, in Chinese, then others that are understood.
STANDING_WORDS = {
    "decided": ("decided", "确定", "已定", "確定"),
    "provisional": ("provisional", "暂定", "暫定"),
    "undecided": ("undecided", "待定", "未定", "unknown"),
    "no rule": ("no rule", "无适用规则", "未归类", "無適用規則", "未歸類"),
}
NOTHING_WORDS = ("none", "无", "無")
MISSING_WORDS = ("missing", "缺失")
BRACKETS = {"en": "({})", "zh": "（{}）"}
OPEN = "?"
MISSING = "(missing)"

_PREFERRED = {"en": 0, "zh": 1}  # the place of a language's preferred word
_STANDINGS = {near_key(word): standing for standing, words in STANDING_WORDS.items() for word in words}
_BRACKETED = {f"({key})": standing for key, standing in _STANDINGS.items()}
_MISSING = tuple(near_key(f"({word})") for word in MISSING_WORDS)
_NOTHING = tuple(near_key(f"({word})") for word in NOTHING_WORDS)
_SEPARATORS = re.compile(r"[;；、\n]")


def read_expected(outcome: Outcome, cell: object, place: Span | None, column: str) -> Expectation | Diagnostic | None:
    """Reads the cell of an ``expect OUTCOME`` column; None where it is blank, which means: not checked.

    A value of the outcome's type (of a ``collect`` outcome several, ``a; b`` or ``a、b``, or ``(none)``), ``?``, or a
    standing in brackets: ``(undecided)``, ``(no rule)``, ``(provisional)``, ``(decided)``; ``(missing)`` is no value,
    for whatever reason.
    Findings: ``sample-not-a-member``, ``sample-unreadable``.
    """
    text = written(cell)
    key = near_key(text)
    if not key:
        return None
    if key == OPEN:
        return Expectation(outcome.name, "open", None, text, place)
    if key in _BRACKETED:
        return Expectation(outcome.name, "standing", _BRACKETED[key], text, place)
    if key in _MISSING:
        return Expectation(outcome.name, "value", None, text, place)
    collected = outcome.policy == "collect"
    if collected and key in _NOTHING:
        return Expectation(outcome.name, "value", (), text, place)
    keys: dict[Value, Value] = {label: key for key, label in outcome.text_labels}
    target = Field(outcome.name, outcome.type, outcome.label)
    values: list[Value] = []
    for part in _parts(cell) if collected else (cell,):
        read = read_cell(target, part, place, column)
        if isinstance(read, Diagnostic):
            return read
        if read is not None and not isinstance(read, tuple):
            values.append(keys.get(read, read))
    if not values:
        return None
    return Expectation(outcome.name, "value", tuple(values) if collected else values[0], text, place)


def read_expected_standing(
    outcome: Outcome, cell: object, place: Span | None, column: str
) -> Expectation | Diagnostic | None:
    """Reads the cell of an ``expect OUTCOME standing`` column; None where it is blank.

    Finding: ``sample-not-a-standing``.
    """
    text = written(cell)
    key = near_key(text)
    if not key:
        return None
    if key == OPEN:
        return Expectation(outcome.name, "open", None, text, place)
    standing = _STANDINGS.get(key, _BRACKETED.get(key))
    if standing is None:
        return Diagnostic("sample-not-a-standing", place, {"value": text, "column": column})
    return Expectation(outcome.name, "standing", standing, text, place)


def equal(expected: Answer, got: Answer) -> bool:
    """Whether an answer is the expected one: numbers by value (10,000 is 10000.00), collected values as a set."""
    if isinstance(expected, tuple) or isinstance(got, tuple):
        return frozenset(_items(expected)) == frozenset(_items(got))
    return _plain(expected) == _plain(got)


def show_answer(outcome: Outcome, answer: Answer, lang: str) -> str:
    """An answer as a reader of the language would write it in a sample file; a missing one is empty."""
    if answer is None:
        return ""
    if answer == ():
        return BRACKETS[lang].format(NOTHING_WORDS[_PREFERRED[lang]])
    if isinstance(outcome.type, Length) and isinstance(answer, int):
        answer = Duration(answer, outcome.type.unit)
    return show_value(speller(outcome, lang, typed=False)(answer), lang)


def show_standing(standing: str, lang: str) -> str:
    """A standing in brackets, as a sample file has it: ``(undecided)``, ``（待定）``."""
    return BRACKETS[lang].format(STANDING_WORDS[standing][_PREFERRED[lang]])


def show_missing(lang: str) -> str:
    """No value, as a sample file has it."""
    return BRACKETS[lang].format(MISSING_WORDS[_PREFERRED[lang]])


def _parts(cell: object) -> Sequence[object]:
    """The values of a collected outcome: the items of a list, or what separators part in a text."""
    if isinstance(cell, list | tuple):
        return cell
    return _SEPARATORS.split(cell) if isinstance(cell, str) else (cell,)


def _items(answer: Answer) -> tuple[Value | None, ...]:
    return answer if isinstance(answer, tuple) else (answer,)


def _plain(value: Value | None) -> Value | None:
    """A length of time as its count: a field holds the count, an expression may give the length itself."""
    return value.amount if isinstance(value, Duration) else value


__all__ = [
    "MISSING",
    "OPEN",
    "STANDING_WORDS",
    "equal",
    "read_expected",
    "read_expected_standing",
    "show_answer",
    "show_missing",
    "show_standing",
]
