"""A finding about a rule file or about data, as a value: code, place, facts. Wording lives in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from rulelang.diagnostics.position import Span

if TYPE_CHECKING:
    from rulelang.diagnostics.catalogue import Described

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


class _Told:
    """An exception with findings: a traceback shows them in words, in English."""

    diagnostics: tuple[Diagnostic, ...]
    rendered: str

    def __str__(self) -> str:
        from rulelang.diagnostics.catalogue import describe  # the wording is read only where an error is shown

        return self.rendered or "; ".join(map(_in_words, map(describe, self.diagnostics)))


def _in_words(described: Described) -> str:
    near = f" {described.did_you_mean}" if described.did_you_mean else ""
    return f"{described.code}: {described.message}{near}"


class RuleError(_Told, Exception):
    """Raised by the Python API where rules have errors; ``diagnostics`` holds all of them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], rendered: str = "") -> None:
        super().__init__(rendered or ", ".join(each.code for each in diagnostics))
        self.diagnostics = diagnostics
        self.rendered = rendered


class DataError(_Told, ValueError):
    """Raised where data can't be read or a result can't be written; ``diagnostics`` holds what was found."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], rendered: str = "") -> None:
        super().__init__(rendered or ", ".join(each.code for each in diagnostics))
        self.diagnostics = diagnostics
        self.rendered = rendered
