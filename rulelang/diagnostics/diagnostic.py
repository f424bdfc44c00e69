"""A finding about a rule file or about data, as a value: code, place, facts. Wording lives in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from rulelang.diagnostics.position import Span

SEVERITIES = ("error", "warning", "note")


@frozen
class Label:
    """A further place that belongs to a finding; ``key`` names its wording (``first-declared-here``)."""

    key: str
    span: Span


@frozen
class Diagnostic:
    """One finding.

    ``code`` is a stable name such as ``unknown-name``; the catalogue holds its severity, its sentences in each
    language and its page. ``facts`` fill the braces of those sentences. ``nearest`` are the names that come closest.
    """

    code: str
    span: Span | None = None
    facts: Mapping[str, Any] = field(factory=dict)
    nearest: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()


class RuleError(Exception):
    """Raised by the Python API where rules have errors; ``diagnostics`` holds all of them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], rendered: str = "") -> None:
        super().__init__(rendered or ", ".join(each.code for each in diagnostics))
        self.diagnostics = diagnostics


class DataError(ValueError):
    """Raised where data can't be read or a result can't be written; ``diagnostics`` holds what was found."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], rendered: str = "") -> None:
        super().__init__(rendered or ", ".join(each.code for each in diagnostics))
        self.diagnostics = diagnostics
        self.rendered = rendered

    def __str__(self) -> str:
        """The findings in words, in English: what a traceback shows."""
        from rulelang.diagnostics.catalogue import describe  # the wording is read only where an error is shown

        return self.rendered or "; ".join(f"{each.code}: {describe(each).message}" for each in self.diagnostics)
