"""Diagnostics as text for a person: the sentence, the place marked in its line, what to do.

error unknown-name: Nothing is called “last_purchse”. Did you mean last_purchase?
  --> lifecycle.rules:3:4
    3 | if last_purchse > 365 days then lifecycle = lost
      |    ^^^^^^^^^^^^
  What to do: Check the spelling, or declare it: field last_purchse: number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rulelang.diagnostics.catalogue import Described, describe, phrase
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span, display_width

Paint = Callable[[str, str], str]

_TAB = "    "
_WIDEST = 160
_CONTEXT = 60


def plain(text: str, role: str) -> str:
    """Leaves the text without colour. Roles: error, warning, note, code, mark, place, help."""
    del role
    return text


def render(diagnostics: Iterable[Diagnostic], sources: Sequence[Source], lang: str = "en", paint: Paint = plain) -> str:
    """All diagnostics as text, in the order given, a blank line between two."""
    texts = {source.name: source for source in sources}
    return "\n\n".join(_one(describe(each, lang), texts, lang, paint) for each in diagnostics)


def _one(described: Described, sources: dict[str, Source], lang: str, paint: Paint) -> str:
    head = paint(f"{described.heading} {described.code}", described.severity)
    colon, gap = ("：", "") if lang == "zh" else (": ", " ")
    sentence = described.message + (gap + described.did_you_mean if described.did_you_mean else "")
    lines = [head + colon + sentence]
    gutter = max((len(str(each.line)) for each in _spans(described)), default=1) + 4
    if described.span is not None:
        lines += _place(described.span, sources, lang, paint, gutter, "")
    for label in described.labels:
        lines += _place(label.span, sources, lang, paint, gutter, label.text)
    if described.help:
        lines.append("  " + paint(phrase("help", lang, help=described.help), "help"))
    return "\n".join(lines)


def _spans(described: Described) -> list[Span]:
    main = [] if described.span is None else [described.span]
    return main + [each.span for each in described.labels]


def _place(span: Span, sources: dict[str, Source], lang: str, paint: Paint, gutter: int, label: str) -> list[str]:
    where = phrase("place", lang, file=span.file, line=span.line, column=span.column)
    lines = [f"  {paint('-->', 'place')} {where}"]
    source = sources.get(span.file)
    if source is None:
        return lines + ([f"{' ' * gutter} {label}"] if label else [])
    before, marked, after = _cut(source.line(span.line), span)
    bar = paint("|", "place")
    lines.append(f"{paint(str(span.line).rjust(gutter), 'place')} {bar} {before}{marked}{after}".rstrip())
    mark = "^" * max(display_width(marked), 1)
    pointer = " " * display_width(before) + paint(mark + (f" {label}" if label else ""), "mark")
    lines.append(f"{' ' * gutter} {bar} {pointer}")
    return lines


def _cut(line: str, span: Span) -> tuple[str, str, str]:
    """The line before, in and after the span, without control characters, shortened around the span."""
    start = min(span.column - 1, len(line))
    end = min(start + max(span.end - span.start, 0), len(line))
    before, marked, after = (_visible(part) for part in (line[:start], line[start:end], line[end:]))
    if display_width(before + marked + after) <= _WIDEST:
        return before, marked, after
    if len(before) > _CONTEXT:
        before = "…" + before[-_CONTEXT:]
    if len(marked) > _CONTEXT:
        marked, after = marked[:_CONTEXT], "…"
    elif len(after) > _CONTEXT:
        after = after[:_CONTEXT] + "…"
    return before, marked, after


def _visible(text: str) -> str:
    return "".join(_TAB if each == "\t" else each if each.isprintable() else "�" for each in text)
