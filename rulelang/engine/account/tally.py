"""Counts while the rows go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.account.summary import ClassCount, Finding, OutcomeSummary
from rulelang.model.contributions import STANDINGS
from rulelang.values.numbers import add, multiply
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, YesNo

MOST_VALUES = 1000
_MEASURED = (Number, Money, Date, Length)


class OutcomeTally:
    """Counts the answers of one outcome."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.standings: Counter[str] = Counter()
        self._counts: Counter[Any] = Counter()
        self._others = 0
        self._measured = isinstance(outcome.type, _MEASURED)
        self._added = isinstance(outcome.type, Number | Money)
        self._least: Any = None
        self._greatest: Any = None
        self._total: Any = 0

    def count(self, answer: Any, standing: str, rows: int = 1) -> None:
        """Counts an answer, None for no answer, and its standing, for so many rows."""
        self.standings[standing] += rows
        if answer is None:
            return
        if self._measured:
            self._measure(answer, rows)
        for value in answer if isinstance(answer, tuple) else (answer,):
            if value in self._counts or len(self._counts) < MOST_VALUES:
                self._counts[value] += rows
            else:
                self._others += rows

    def _measure(self, answer: Any, rows: int) -> None:
        if self._least is None or answer < self._least:
            self._least = answer
        if self._greatest is None or answer > self._greatest:
            self._greatest = answer
        if self._added:
            self._total = add(self._total, multiply(answer, rows))

    def settle(self, others: int, least: Any, greatest: Any, total: Any) -> None:
        """Takes over what was counted elsewhere: the rows whose values are not listed, the range, the total."""
        self._others = others
        if self._measured:
            self._least, self._greatest, self._total = least, greatest, total

    def summary(self) -> OutcomeSummary:
        """What was counted."""
        type_ = self.outcome.type
        order: tuple[Any, ...] = type_.keys() if isinstance(type_, Choice) else ()
        if isinstance(type_, YesNo):
            order = (True, False)
        ordered = [ClassCount(value, self._counts.pop(value, 0)) for value in order]
        by_size = self._measured and self.outcome.policy != "collect"
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0] if by_size else str(item[0])))
        return OutcomeSummary(
            outcome=self.outcome,
            classes=(*ordered, *(ClassCount(value, count) for value, count in ranked)),
            others=self._others,
            least=self._least,
            greatest=self._greatest,
            total=self._total if self._added and self._least is not None else None,
            standings={each: self.standings[each] for each in STANDINGS},
        )


class FindingTally:
    """Counts findings of a kind about a field; the first of each is kept with its row."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, object], Diagnostic] = {}
        self._counts: Counter[tuple[str, object]] = Counter()
        self._latest: dict[tuple[str, object], int] = {}

    def count(self, finding: Diagnostic, row: int) -> None:
        """Counts a finding in a row, once however often it is made there."""
        key = _kind(finding)
        if key not in self._first:
            self._first[key] = at_row(finding, row)
        if not row or self._latest.get(key) != row:
            self._counts[key] += 1
            self._latest[key] = row

    def count_more(self, finding: Diagnostic, count: int) -> None:
        """Counts a finding that was made elsewhere so many times, in rows without numbers."""
        self.count(finding, 0)
        key = _kind(finding)
        self._first[key] = evolve(self._first[key], facts={**self._first[key].facts, "row": None})
        self._counts[key] += count - 1

    def summary(self) -> tuple[Finding, ...]:
        """What was found, the most frequent first."""
        found = [Finding(self._first[key], count) for key, count in self._counts.items()]
        return tuple(sorted(found, key=lambda each: -each.count))


def _kind(finding: Diagnostic) -> tuple[str, object]:
    """What is counted together: findings of one code about one thing."""
    facts = finding.facts
    return finding.code, next((facts[each] for each in ("field", "outcome", "function", "list") if each in facts), None)


def at_row(finding: Diagnostic, row: int) -> Diagnostic:
    """The finding with its row among the facts."""
    facts: Mapping[str, object] = {**finding.facts, "row": row}
    return evolve(finding, facts=facts)
