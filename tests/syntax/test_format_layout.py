"""The layout of single sentences: nothing that was written is lost in it."""

from __future__ import annotations

import pytest

from rulelang.diagnostics.position import Source
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import parse
from rulelang.syntax.printing.sameness import canonical

SENTENCES = {
    "until": 'rule "x", until 2027-01-01:\n  if a > 1 then d = e\n',
    "from": 'rule "x", valid from 2026-01-01:\n  if a > 1 then d = e\n',
    "both": 'rule "x", valid from 2026-01-01 until 2027-01-01:\n  if a > 1 then d = e\n',
    "bullets under not": "if all of:\n- a > 1\n- not (any of:\n  - b > 2\n  - c > 3\n  )\nthen d = e\n",
    "for each": 'for each order:\n  # large\n  rule "x", priority 2:\n    if a > 1 then d = e\n  otherwise d = f\n',
    "for each, then more": "for each order:\n  if a > 1 then d = e\n\nif b > 2 then g = h\n",
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_nothing_is_lost(text: str, language: str) -> None:
    written = parse(Source("x.rules", text))[0].statements
    formatted = format_text(Source("x.rules", text), language)
    assert () == formatted.diagnostics
    printed = parse(Source("x.rules", formatted.text))[0].statements
    assert [canonical(each) for each in written] == [canonical(each) for each in printed]


def test_what_would_read_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rulelang.syntax.format.parse_again", lambda text, known: [])
    source = Source("x.rules", "if a > 1 then d = e\n")
    formatted = format_text(source)
    assert ["not-printable"] == [each.code for each in formatted.diagnostics]
    assert source.text == formatted.text
