"""Rows that are decided alike, written and counted together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define

from rulelang.engine.account.tally import OutcomeTally
from rulelang.engine.running.output import STANDING_WORDS, speller
from rulelang.engine.running.rows import Verdict
from rulelang.engine.sinks.writers import as_text
from rulelang.model.contributions import DECIDED, NO_RULE

_MOST_ALIKE = 20_000
TYPED_FORMATS = ("json", "jsonl", "parquet", "table")
_TEXT = ("csv", "tsv")


@define
class Alike:
    """The rows with the same answers and standings so far: what is written for them, and how many there are."""

    cells: tuple[object, ...]
    rows: int = 0


class Answers:
    """The cells that answers are written with, made once for all rows that are decided alike.

    ``alike`` is asked by answers and standings; what isn't in it yet is made by `new`.
    """

    def __init__(self, tallies: Sequence[OutcomeTally], language: str, format_: str, why: bool) -> None:
        self.alike: dict[tuple[Any, ...], Alike] = {}
        self._tallies = tallies
        self._spellers = [speller(each.outcome, language, format_ in TYPED_FORMATS) for each in tallies]
        self._standing_words = STANDING_WORDS[language]
        self._as_text = format_ in _TEXT
        self._why = why

    def new(self, verdict: Verdict) -> Alike:
        """The entry for a verdict that is the first of its kind."""
        if len(self.alike) == _MOST_ALIKE:
            self.count()
        cells: list[object] = []
        standings = _standings(verdict.answers, verdict.standings)
        for answer, standing, spell in zip(verdict.answers, standings, self._spellers, strict=True):
            spelt = spell(answer)
            cells.append(as_text(spelt) if self._as_text else spelt)
            if self._why:
                cells += (self._standing_words[standing], None)
        made = self.alike[verdict[:2]] = Alike(tuple(cells))
        return made

    def count(self) -> None:
        """Hands the rows counted so far to the tallies."""
        for (answers, standings), same in self.alike.items():
            for answer, standing, tally in zip(answers, _standings(answers, standings), self._tallies, strict=True):
                tally.count(answer, standing, same.rows)
        self.alike.clear()


def _standings(answers: Sequence[Any], standings: Sequence[str] | None) -> Sequence[str]:
    """The standings, of settled answers as well."""
    return standings or [DECIDED if each is not None else NO_RULE for each in answers]
