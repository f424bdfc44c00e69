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

    def text(self, lang: str = "en") -> str:
        """The finding as a sentence of a language (``en``, ``zh``), with the nearest names where there are some."""
        from rulelang.diagnostics.catalogue import describe  # the wording is read only where a finding is shown

        described = describe(self, lang)
        gap = " " if lang == "en" else ""
        return gap.join(each for each in (described.message, described.did_you_mean) if each)


class _Told:
    """An exception with findings: a traceback shows them in words, in English. It crosses process borders whole."""

    diagnostics: tuple[Diagnostic, ...]
    rendered: str

    def __str__(self) -> str:
        return self.rendered or self.text()

    def text(self, lang: str = "en") -> str:
        """The findings in words of a language (``en``, ``zh``), on one line."""
        return ("; " if lang == "en" else "；").join(f"{each.code}: {each.text(lang)}" for each in self.diagnostics)

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again from its findings: an exception would else hand its text over as if it were those."""
        state = {name: value for name, value in vars(self).items() if name not in ("diagnostics", "rendered")}
        return type(self), (self.diagnostics, self.rendered), state


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
