"""Lines that begin with no statement: what was meant, and what is missing."""

from __future__ import annotations

import re

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax.cut import STARTS, Chunk, opening_at
from rulelang.syntax.expected import near_statements
from rulelang.syntax.grammar import load_tables
from rulelang.syntax.missing import what_is_missing
from rulelang.syntax.natural import said_naturally
from rulelang.syntax.phrases import CJK
from rulelang.syntax.readings import read_usually
from rulelang.syntax.scan import Scanner


def unknown_statements(source: Source, scanner: Scanner, chunk: Chunk) -> tuple[Diagnostic, ...]:
    """The findings for a line that begins with nothing known, and for those below it that begin with the word of a
    statement whose sign or quotes are missing."""
    starts = [chunk.start]
    for offset in (each.end() for each in _LINE.finditer(source.text, chunk.start, chunk.end)):
        if opening_at(scanner.folded, offset, scanner.words, STARTS):
            starts.append(offset)
    ends = [*starts[1:], chunk.end]
    lines = (evolve(chunk, start=start, end=end) for start, end in zip(starts, ends, strict=True))
    return tuple(_unknown_statement(source, scanner, each) for each in lines)


_MEANT = {"when": "if", "whenever": "if", "where": "if", "else": "otherwise", "当且仅当": "如果", "只要": "如果"}
_LINE = re.compile(r"\n[ \t]*(?=\S)")


def _unknown_statement(source: Source, scanner: Scanner, chunk: Chunk) -> Diagnostic:
    """The finding for a line that begins with nothing known, or with a word whose sign or quotes are missing."""
    if opening_at(scanner.folded, chunk.start, scanner.words, ("OTHERWISE", "OTHERWISE_IF")):
        line_end = source.text.find("\n", chunk.start, chunk.end)
        end = chunk.end if line_end < 0 else line_end
        return Diagnostic("otherwise-without-rule", source.span(chunk.start, min(end, chunk.start + 9)))
    found = _nearly(source, scanner, chunk)
    found = found or said_naturally(source, scanner.folded, chunk, chunk.start, scanner.names.all())
    if found is not None:
        return found
    first = source.text[chunk.start : chunk.end].split()[0]
    if CJK.match(first) and len(first) > 4:
        first = first[:4]
    span = source.span(chunk.start, chunk.start + len(first))
    meant = _MEANT.get(first.lower())
    if meant is not None:
        return Diagnostic("unknown-statement", span, {"found": first}, (meant,))
    near = tuple(each for each in near_statements(first.lower(), scanner.words) if not first.lower().startswith(each))
    return Diagnostic("unknown-statement", span, {"found": first}, near)


def _nearly(source: Source, scanner: Scanner, chunk: Chunk) -> Diagnostic | None:
    """What is missing in a line that begins with a statement's word and does not go on like one."""
    for _, phrase in scanner.words.index.at(scanner.folded.key, chunk.start, chunk.end):
        kind = next((STARTS[each] for each in phrase.terminals if each in STARTS), None)
        if kind is None or len(phrase.text) < 2:
            continue
        scanner.forget()
        meant = evolve(chunk, kind=kind)
        drive, _ = read_usually(load_tables(), scanner, meant, kind)
        found = what_is_missing(source, drive)
        if found is not None:
            return found
    scanner.forget()
    drive, _ = read_usually(load_tables(), scanner, evolve(chunk, kind="rule"), "rule")
    return what_is_missing(source, drive)
