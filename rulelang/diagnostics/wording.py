"""Fills the braces of a catalogue sentence with a diagnostic's facts, in the reader's language.

``{names}``                 a text, number or date; several are listed: ``a, b`` and ``a、b``
``{names:or}``              the same with "or" before the last
``{path:arrow}``            ``a → b → a``
``{type:word}``             a word of the language, translated (labels.toml ``[words]``)
``{type:a}``                the same with its article in English
``{rows:plural:row|rows}``  the number with the form that goes with it
``{size:count}``            a number with its digits in groups: ``5,000,000``
``[?; expected {x}?]``      left out where a fact in it is absent

A fact whose value depends on the language comes twice: ``expected`` and ``expected_zh``.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

LANGUAGES = ("en", "zh")

_OPTIONAL = re.compile(r"\[\?(.*?)\?\]")
_LENGTH = re.compile(r"(-?\d+) (days?|months?|hours?|minutes?|working days?)")
_UNITS_ZH = {"day": "天", "month": "个月", "hour": "小时", "minute": "分钟", "working day": "个工作日"}
_MONEY = "money in "
_CURRENCIES_ZH = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元", "JPY": "日元"}
_COMMA = {"en": ", ", "zh": "、"}
_OR = {"en": " or ", "zh": "或"}
_MOST_LISTED, _LISTED = 40, 10  # the codes of all countries are not listed, only the first of them
_FORMATTER = string.Formatter()


@frozen
class Word:
    """A word of the language as it appears in facts: alone and with its article in English, and in Chinese."""

    english: str
    article: str
    chinese: str


def fill(sentence: str, facts: Mapping[str, Any], lang: str, words: Mapping[str, Word]) -> str:
    """The sentence with its braces filled; an absent fact outside ``[? … ?]`` shows as an ellipsis."""
    ours = {name.removesuffix(f"_{lang}"): fact for name, fact in facts.items() if name.endswith(f"_{lang}")}
    facts = {**facts, **ours}

    def optional(match: re.Match[str]) -> str:
        names = [name for _, name, _, _ in _FORMATTER.parse(match[1]) if name is not None]
        return match[1] if all(_present(facts.get(name)) for name in names) else ""

    wanted = _OPTIONAL.sub(optional, sentence)
    filled = []
    # Only our own words start with a capital letter: a name keeps its spelling.
    for text, name, how, _ in _FORMATTER.parse(wanted[:1].upper() + wanted[1:]):
        filled.append(text)
        if name is not None:
            filled.append(_show(facts.get(name), how or "", lang, words))
    return "".join(filled)


def required_facts(sentence: str) -> frozenset[str]:
    """The facts a sentence can't do without."""
    bare = _OPTIONAL.sub("", sentence)
    return frozenset(name for _, name, _, _ in _FORMATTER.parse(bare) if name is not None)


def show_value(value: object, lang: str) -> str:
    """A value as a reader of the language writes it: dates, lengths of time, yes and no, numbers."""
    match value:
        case None:
            return "…"
        case bool():
            return ("yes" if value else "no") if lang == "en" else ("是" if value else "否")
        case datetime():
            return f"{show_value(value.date(), lang)} {value:%H:%M}"
        case date() if isinstance(moment := getattr(value, "moment", None), datetime):
            return show_value(moment, lang)
        case date():
            return value.isoformat() if lang == "en" else f"{value.year}年{value.month}月{value.day}日"
        case Decimal():
            return f"{value:f}"
    text = str(value)
    length = _LENGTH.fullmatch(text) if lang == "zh" else None
    if length and not isinstance(value, str):
        return length[1] + _UNITS_ZH[length[2].removesuffix("s")]
    return text


def _present(fact: object) -> bool:
    return fact is not None and fact != "" and fact != ()


def _show(fact: object, how: str, lang: str, words: Mapping[str, Word]) -> str:
    if how.startswith("plural:"):
        one, many = how.removeprefix("plural:").split("|")
        return f"{show_value(fact, lang)} {one if fact == 1 else many}"
    if how == "count" and isinstance(fact, int):
        return f"{fact:,}"
    if how in ("word", "a"):
        return _word(str(fact), how, lang, words)
    if not isinstance(fact, tuple | list | set | frozenset):
        return show_value(fact, lang)
    items = [show_value(each, lang) for each in (fact if isinstance(fact, tuple | list) else sorted(fact))]
    if how == "arrow":
        return " → ".join(items)
    if len(items) > _MOST_LISTED:
        more = len(items) - _LISTED
        return _COMMA[lang].join(items[:_LISTED]) + (f" and {more} more" if lang == "en" else f"等{len(items)}个")
    if how == "or" and len(items) > 1:
        return _COMMA[lang].join(items[:-1]) + _OR[lang] + items[-1]
    return _COMMA[lang].join(items)


def _word(text: str, how: str, lang: str, words: Mapping[str, Word]) -> str:
    if text.startswith(_MONEY):
        currency = text.removeprefix(_MONEY)
        return (
            f"金额（{_CURRENCIES_ZH.get(currency, currency)}）"
            if lang == "zh"
            else f"an amount in {currency}"
            if how == "a"
            else text
        )
    word = words.get(text)
    if word is None:
        return text
    return word.chinese if lang == "zh" else word.article if how == "a" else word.english
