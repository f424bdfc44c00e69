"""How names, numbers, texts and dates are written in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from rulelang.syntax import tree as t
from rulelang.syntax.bounds import shared_factor
from rulelang.syntax.words import CJK, NAME_RUN, Words


@frozen
class Speller:
    """Spells the smallest parts. ``spaced`` puts a space where a pattern has ``~``; ``quoted`` are names to be put in
    brackets; ``rename`` gives the name to print for a name read (a label, when a file is put into the other language).
    """

    language: str
    patterns: Mapping[str, str]
    reserved: frozenset[str]
    measures: tuple[str, ...]
    rename: Callable[[str], str]
    spaced: bool = False
    quoted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Words, language: str, rename: Callable[[str], str] = str) -> Speller:
        """The speller of a language of the word tables."""
        return cls(language, words.patterns[language], words.reserved, words.measures, rename)

    def fill(self, pattern: str, *parts: str, **named: str) -> str:
        """A pattern of the word table with its places filled."""
        text = self.patterns[pattern]
        if "~" in text:
            text = text.replace("~", " " if self.spaced or self.patterns["spaces"] == "yes" else "")
        return text.format(*parts, **named)

    def has(self, pattern: str) -> bool:
        """Whether the language has a pattern of its own for a construct."""
        return pattern in self.patterns

    def name(self, name: str, quoted: bool = False) -> str:
        """A name, in brackets where it could not be read otherwise."""
        return self._bracketed(name, self.rename(name), quoted)

    def column(self, name: str) -> str:
        """A column of a reference table, which is called the same in every language."""
        return self._bracketed(name, name, False)

    def _bracketed(self, name: str, shown: str, quoted: bool) -> str:
        plain = NAME_RUN.fullmatch(shown) and not shown[0].isdigit() and shown.lower() not in self.reserved
        kept = quoted and shown == name and not shown.isascii()
        if not plain or kept or shown in self.quoted:
            return self.fill("quoted_name", shown)
        return shown

    def holds_reserved(self, name: str) -> bool:
        """Whether a name is a reserved word, or begins with a Latin one."""
        first = _LATIN_RUN.match(name)
        return name in self.reserved or (first is not None and first.group().lower() in self.reserved)

    def names(self, names: list[str]) -> str:
        """Several names or values."""
        return self.patterns["list_comma"].join(names)

    def text(self, text: str, other: str | None = None) -> str:
        """A text literal, with the same in the other language after it; the one in this language stands first."""
        if other is not None:
            wanted = self.language == "zh"
            turn = bool(CJK.search(text)) != wanted and bool(CJK.search(other)) == wanted
            first, second = (other, text) if turn else (text, other)
            return self.fill("text_pair", self._escape(first), self._escape(second))
        return self.fill("text", self._escape(text))

    def literal(self, node: t.TextLiteral) -> str:
        """A text literal of the tree."""
        return self.text(node.text, node.other)

    def _escape(self, text: str) -> str:
        closing = self.patterns["text"][-1]
        return text.replace("\\", "\\\\").replace(closing, "\\" + closing)

    def number(self, value: int | Decimal) -> str:
        """A number: digit groups in English from 10,000 on, 万 and 亿 in Chinese where they come out even."""
        if self.patterns["groups_digits"] == "yes":
            if -10_000 < value < 10_000:
                return _digits(value)
            whole, _, rest = _digits(value).partition(".")
            return f"{int(whole):,}" + (f".{rest}" if rest else "")
        for sign, factor in _LARGE.items():
            if isinstance(value, int) and value % (factor // 100) == 0 and abs(value) >= factor:
                return format((Decimal(value) / factor).normalize(), "f") + sign
        return _digits(value)

    def bound(self, low: str, value: int | Decimal) -> str:
        """A number that ends a range, so that its 万 is not read as one of the beginning as well: 1到50000."""
        text = self.number(value)
        return text if shared_factor(low, text) == 1 else _digits(value)

    def percent(self, value: int | Decimal) -> str:
        """A share, with its percent sign."""
        return self.fill("percent", format((Decimal(value) * 100).normalize(), "f"))

    def money(self, value: int | Decimal, currency: str) -> str:
        """An amount with its currency."""
        return self.fill(f"money_{currency}", self.number(value))

    def quantity(self, value: int | Decimal, unit: str) -> str:
        """A number with its unit."""
        one, many = self.patterns[unit.replace(" ", "_")].split("|")
        return (one if value == 1 else many).format(self.number(value))

    def date(self, day: date) -> str:
        """A calendar day, with its time of day where it has one."""
        text = self.patterns["date"].format(year=day.year, month=day.month, day=day.day)
        if isinstance(day, datetime):
            text += f" {day:%H:%M:%S}" if day.second else f" {day:%H:%M}"
        return text


_LATIN_RUN = re.compile(r"[A-Za-z_]+")
_LARGE = {"亿": 100_000_000, "万": 10_000}


def _digits(value: int | Decimal) -> str:
    return str(value) if isinstance(value, int) else format(value, "f")
