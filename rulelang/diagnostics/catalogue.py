"""The wording of every message, read from ``catalogue/*.toml`` when the first message needs it.

    described = describe(diagnostic, "zh")
    described.severity, described.message, described.help

One file per phase holds severity, sentences and help; ``catalogue/pages/`` has a page per code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from rulelang.diagnostics.position import Span
from rulelang.diagnostics.wording import Word, fill

PHASES = (
    *(
        "syntax",
        "meaning",
        "state",
        "grouping",
        "groups",
        "deciding",
        "lists",
        "foreach",
        "refused",
        "allocation",
    ),
    *("data", "quality", "samples", "testing", "analysis", "engines", "command"),
)

_FOLDER = Path(__file__).with_name("catalogue")


class ToldLabel(Protocol):
    """A further place of a finding; ``key`` names its wording."""

    @property
    def key(self) -> str: ...

    @property
    def span(self) -> Span: ...


class Told(Protocol):
    """What is to be told of a finding: a `rulelang.diagnostics.diagnostic.Diagnostic`."""

    @property
    def code(self) -> str: ...

    @property
    def span(self) -> Span | None: ...

    @property
    def facts(self) -> Mapping[str, Any]: ...

    @property
    def nearest(self) -> tuple[str, ...]: ...

    @property
    def labels(self) -> Sequence[ToldLabel]: ...


@frozen
class Entry:
    """What the catalogue says about one code; ``sentences`` and ``help`` are by language."""

    code: str
    phase: str
    severity: str
    sentences: Mapping[str, str]
    help: Mapping[str, str]


@frozen
class DescribedLabel:
    """A further place and what it is."""

    span: Span
    text: str


@frozen
class Described:
    """A diagnostic in words of one language.

    ``severity`` is the stable English word, ``heading`` the reader's. ``did_you_mean`` is a sentence with the
    nearest names, empty where there are none.
    """

    code: str
    severity: str
    heading: str
    message: str
    help: str
    did_you_mean: str
    span: Span | None
    labels: tuple[DescribedLabel, ...]


def describe(diagnostic: Told, lang: str = "en") -> Described:
    """The diagnostic in words. A code the catalogue doesn't know is described by its facts."""
    entry = entries().get(diagnostic.code)
    words = _words()
    if entry is None:
        facts = ", ".join(f"{name} = {value}" for name, value in diagnostic.facts.items())
        message, advice = facts or phrase("unknown-code", lang), ""
    else:
        message = fill(entry.sentences[lang], diagnostic.facts, lang, words)
        advice = fill(entry.help[lang], diagnostic.facts, lang, words)
    kind = severity(diagnostic.code)
    return Described(
        code=diagnostic.code,
        severity=kind,
        heading=_labels()["severities"][kind][lang],
        message=message,
        help=advice,
        did_you_mean=phrase("did-you-mean", lang, names=diagnostic.nearest) if diagnostic.nearest else "",
        span=diagnostic.span,
        labels=tuple(DescribedLabel(each.span, _label(each.key, lang)) for each in diagnostic.labels),
    )


def severity(code: str) -> str:
    """``error``, ``warning`` or ``note``; an unknown code is an error."""
    entry = entries().get(code)
    return "error" if entry is None else entry.severity


def phrase(key: str, lang: str, **facts: object) -> str:
    """A piece of the frame around messages (labels.toml ``[phrases]``)."""
    return fill(_labels()["phrases"][key][lang], facts, lang, _words())


def page(code: str, lang: str = "en") -> str:
    """The page of a code as Markdown: what it means, what to avoid, what to prefer, why. KeyError if unknown."""
    entry = entries()[code]
    table = _pages(entry.phase)[code]
    parts = [f"# {code}", table[f"means_{lang}"].strip()]
    for heading in ("avoid", "prefer"):
        parts += [f"## {phrase(heading, lang)}", "```\n" + table[f"{heading}_{lang}"].strip("\n") + "\n```"]
    parts += [f"## {phrase('why', lang)}", table[f"why_{lang}"].strip()]
    return "\n\n".join(parts) + "\n"


def page_title(code: str, lang: str = "en") -> str:
    """The first sentence of a code's page: what the code means. KeyError if unknown."""
    text: str = _pages(entries()[code].phase)[code][f"means_{lang}"].strip()
    end = {"en": ". ", "zh": "。"}[lang]
    return text.split(end)[0].split("\n")[0].rstrip(".。") + end.strip()


@cache
def entries() -> Mapping[str, Entry]:
    """Every code's entry. Raises ValueError where two files describe one code."""
    found: dict[str, Entry] = {}
    for phase in PHASES:
        for code, table in _read(_FOLDER / f"{phase}.toml").items():
            if code in found:
                raise ValueError(f"two tables describe the code {code}")
            found[code] = Entry(
                code=code,
                phase=phase,
                severity=table["severity"],
                sentences={"en": table["en"], "zh": table["zh"]},
                help={"en": table["help_en"], "zh": table["help_zh"]},
            )
    return found


@cache
def _pages(phase: str) -> Mapping[str, Any]:
    return _read(_FOLDER / "pages" / f"{phase}.toml")


@cache
def _labels() -> Mapping[str, Any]:
    return _read(_FOLDER / "labels.toml")


@cache
def _words() -> Mapping[str, Word]:
    words = _labels()["words"].items()
    return {word: Word(table.get("en", word), table.get("a", word), table["zh"]) for word, table in words}


def _label(key: str, lang: str) -> str:
    table = _labels()["labels"].get(key)
    return key if table is None else str(table[lang])


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
