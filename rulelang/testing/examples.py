"""Sample customers from the ``example`` blocks of a rule file."""

from __future__ import annotations

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.model.program import Example, Model
from rulelang.testing.builder import Entry, build_sample
from rulelang.testing.expected import MISSING
from rulelang.testing.sample import Sample, Samples
from rulelang.testing.titles import Title, expected_title, read_title, record_title


def read_examples(model: Model) -> Samples:
    """Reads the model's examples in the order in which they are written."""
    return Samples(tuple(_sample(model, each) for each in model.examples))


def _sample(model: Model, example: Example) -> Sample:
    entries: list[Entry] = []
    findings: list[Diagnostic] = []
    if example.as_of is not None:
        entries.append(Entry(Title("as_of"), "as of", example.as_of, example.span))
    titled: list[tuple[str, str | None, Title | Diagnostic]] = []
    for name, text in example.given:
        titled.append((name, text, read_title(model, name, example.span)))
    for name, text in example.expect:
        expected = MISSING if text is None else text
        titled.append((name, expected, expected_title(model, name, example.span, name)))
    for rule in example.expect_rules:
        titled.append(("rule", rule, Title("rule")))
    for list_, records in example.records:
        values = [dict(each.given) for each in records]
        entries.append(Entry(Title("field", list_), list_, values, example.span))
        for place, record in enumerate(records):
            for part, text in record.expect:
                title = record_title(model, list_, part, record.span)
                assert isinstance(title, Title), "names were looked up when the rules were read"
                entries.append(Entry(title, part, text, record.span, place))
    for name, text, title in titled:
        if isinstance(title, Diagnostic):
            findings.append(title)
        else:
            entries.append(Entry(title, name, text, example.span))
    return build_sample(model, entries, example.span, example.name, tuple(findings))


__all__ = ["read_examples"]
