"""A sample customer: what is known of it, and what the rules should make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.vocabulary.declarations import Value

ASPECTS = ("value", "standing", "rule", "open")

Answer = Value | tuple[Value, ...] | None


@frozen
class Expectation:
    """One thing expected of a sample.

    ``aspect`` says what is compared: the ``value`` of the outcome (a ``collect`` outcome: a tuple, compared as a set),
    its ``standing``, that a ``rule`` is taken (``outcome`` is then empty), or nothing yet: ``open`` (written ``?``)
    always fails, so that nobody takes an unanswered question for an answer.
    ``written`` is the expectation as it stands in the file. ``record`` is the place, from 0, of the record in its list
    whose outcome is meant.
    """

    outcome: str
    aspect: str
    value: Answer
    written: str
    place: Span | None = None
    record: int | None = None


@frozen
class Sample:
    """A sample customer.

    ``given`` holds the customer's values by field name, read already (None is a blank); ``as_of`` is the day on which
    it is decided, None for the day of the test. ``place`` is its row, its entry or its ``example`` block.
    A sample with ``faults`` (values that can't be read, nothing expected) is not decided and counts as failed.
    """

    name: str
    as_of: date | None
    given: Mapping[str, Any]
    expect: tuple[Expectation, ...]
    place: Span | None = None
    faults: tuple[Diagnostic, ...] = ()

    def matches(self, text: str | None) -> bool:
        """Whether the name contains a text, upper and lower case alike; None matches every sample."""
        return text is None or text.casefold() in self.name.casefold()


@frozen
class Samples:
    """Sample customers in the order of their files, and findings about the files themselves."""

    samples: tuple[Sample, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def __add__(self, other: Samples) -> Samples:
        return Samples(self.samples + other.samples, self.diagnostics + other.diagnostics)


__all__ = ["ASPECTS", "Answer", "Expectation", "Sample", "Samples"]
