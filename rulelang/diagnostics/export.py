"""Diagnostics for other programs: plain JSON, and SARIF 2.1.0 for code-scanning tools.

Both are dictionaries ready for ``json.dumps``. Lines and columns count from 1; a column counts characters
(Unicode code points); the end column is the one after the last character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from rulelang.diagnostics.catalogue import Described, describe, entries, page, page_title
from rulelang.diagnostics.diagnostic import SEVERITIES, Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.diagnostics.wording import show_value

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

Json = dict[str, Any]


def to_json(diagnostics: Iterable[Diagnostic], sources: Sequence[Source], lang: str = "en") -> Json:
    """``{"diagnostics": […], "summary": {"errors": n, "warnings": n, "notes": n}}``."""
    files = {source.name: source for source in sources}
    found = [(each, describe(each, lang)) for each in diagnostics]
    counts = {kind: sum(described.severity == kind for _, described in found) for kind in SEVERITIES}
    return {
        "diagnostics": [_finding(diagnostic, described, files) for diagnostic, described in found],
        "summary": {f"{kind}s": count for kind, count in counts.items()},
    }


def finding_json(diagnostic: Diagnostic, lang: str = "en", sources: Sequence[Source] = ()) -> Json:
    """One diagnostic as JSON."""
    return _finding(diagnostic, describe(diagnostic, lang), {source.name: source for source in sources})


def to_sarif(diagnostics: Iterable[Diagnostic], sources: Sequence[Source], lang: str = "en", version: str = "") -> Json:
    """A SARIF log with one run; each code that occurs is a rule with its page as help."""
    files = {source.name: source for source in sources}
    found = [describe(each, lang) for each in diagnostics]
    codes = list(dict.fromkeys(each.code for each in found))
    driver = {"name": "rulelang", "rules": [_rule(code, lang) for code in codes]}
    if version:
        driver["version"] = version
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes.index(each.code), files, lang) for each in found],
            }
        ],
    }


def _finding(diagnostic: Diagnostic, described: Described, files: Mapping[str, Source]) -> Json:
    return {
        "code": described.code,
        "severity": described.severity,
        "message": described.message,
        "help": described.help,
        "nearest": list(diagnostic.nearest),
        **_place(described.span, files),
        "labels": [{"message": each.text, **_place(each.span, files)} for each in described.labels],
        "facts": {name: _fact(value) for name, value in diagnostic.facts.items()},
    }


def _fact(value: object) -> object:
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, tuple | list | set | frozenset):
        return [_fact(each) for each in (value if isinstance(value, tuple | list) else sorted(value))]
    return show_value(value, "en")


def _place(span: Span | None, files: Mapping[str, Source]) -> Json:
    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    end_line, end_column = _end(span, files)
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _end(span: Span, files: Mapping[str, Source]) -> tuple[int, int]:
    source = files.get(span.file)
    if source is None:
        return span.line, span.column + max(span.end - span.start, 0)
    end = source.span(min(span.end, len(source.text)), span.end)
    return end.line, end.column


def _rule(code: str, lang: str) -> Json:
    entry = entries().get(code)
    if entry is None:
        return {"id": code}
    text = page(code, lang)
    return {
        "id": code,
        "shortDescription": {"text": page_title(code, lang)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": entry.severity},
        "properties": {"phase": entry.phase},
    }


def _result(described: Described, index: int, files: Mapping[str, Source], lang: str) -> Json:
    gap = "" if lang == "zh" else " "
    text = gap.join(part for part in (described.message, described.did_you_mean, described.help) if part)
    result: Json = {
        "ruleId": described.code,
        "ruleIndex": index,
        "level": described.severity,
        "message": {"text": text},
    }
    if described.span is not None:
        result["locations"] = [_location(described.span, files)]
    if described.labels:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": each.text}, **_location(each.span, files)}
            for number, each in enumerate(described.labels, 1)
        ]
    return result


def _location(span: Span, files: Mapping[str, Source]) -> Json:
    end_line, end_column = _end(span, files)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": end_line,
                "endColumn": end_column,
                "charOffset": span.start,
                "charLength": max(span.end - span.start, 0),
            },
        }
    }


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
