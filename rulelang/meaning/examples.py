"""From the ``example`` blocks of a file to sample customers, whose values are read when they are decided."""

from __future__ import annotations

from decimal import Decimal

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.vocabulary import Vocabulary
from rulelang.model.program import Example, ExampleRecord
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.example_heads import expected_part
from rulelang.values.numbers import EXACT, canonical, show_number
from rulelang.vocabulary.declarations import Field, list_spellings
from rulelang.vocabulary.types import ListOf


def read_example(
    statement: s.ExampleStatement, vocabulary: Vocabulary, titles: set[str], diagnostics: list[Diagnostic]
) -> Example:
    """The example of a block, its values unread; what it names and nobody declared is reported."""
    given: list[tuple[str, str | None]] = []
    expect: list[tuple[str, str | None]] = []
    rules: list[str] = []
    for pairs, target, kind in ((statement.given, given, "field"), (statement.expect, expect, "outcome")):
        for pair in pairs:
            if pair.rule is not None:
                rules.append(pair.rule)
                if pair.rule not in titles:
                    near = nearest(pair.rule, titles)
                    diagnostics.append(Diagnostic("unknown-rule", pair.span, {"name": pair.rule}, near))
                continue
            assert pair.name is not None
            symbol = vocabulary.symbols.get(pair.name.text)
            if symbol is None or symbol.kind != kind:
                names = [name for name, each in vocabulary.symbols.items() if each.kind == kind]
                facts = {"name": pair.name.text}
                near = nearest(pair.name.text, names)
                diagnostics.append(Diagnostic("example-unknown-name", pair.span, facts, near))
                continue
            target.append((symbol.key, _example_text(pair)))
    records = (_records(each, vocabulary, diagnostics) for each in statement.records)
    return Example(
        statement.title.text,
        statement.as_of,
        tuple(given),
        tuple(expect),
        tuple(rules),
        tuple(each for each in records if each is not None),
        span=statement.span,
    )


def _records(
    written: s.ExampleRecords, vocabulary: Vocabulary, diagnostics: list[Diagnostic]
) -> tuple[str, tuple[ExampleRecord, ...]] | None:
    """The records of one list; None where there is no such list."""
    lists = [each for each in vocabulary.fields.values() if isinstance(each.type, ListOf)]
    field = next((each for each in lists if written.list.text in list_spellings(each)), None)
    if field is None:
        facts = {"name": written.list.text}
        near = nearest(written.list.text, [name for each in lists for name in list_spellings(each)])
        diagnostics.append(Diagnostic("example-unknown-name", written.list.span, facts, near))
        return None
    head, *rows = written.rows
    columns = [_column(each, field, vocabulary, at, diagnostics) for each, at in zip(head, written.heads, strict=True)]
    found: list[ExampleRecord] = []
    for cells, at in zip(rows, written.places[1:], strict=True):
        if len(cells) > len(head):
            sizes: dict[str, object] = {"found": len(cells), "expected": len(head)}
            diagnostics.append(Diagnostic("table-row-too-long", at, sizes))
        said = [(each[0], (each[1], cell)) for each, cell in zip(columns, cells, strict=False) if each and cell]
        given, expect = (tuple(pair for kind, pair in said if kind == wanted) for wanted in ("given", "expect"))
        found.append(ExampleRecord(given, expect, at))
    return field.name, tuple(found)


def _column(
    head: str, list_: Field, vocabulary: Vocabulary, place: Span, diagnostics: list[Diagnostic]
) -> tuple[str, str] | None:
    """What a column of records holds: the values ``given`` of a field, or what is ``expect``-ed of an outcome."""
    assert isinstance(list_.type, ListOf)
    names = {spelling: name for name, label, _ in list_.type.fields for spelling in (name, label) if spelling}
    if head in names:
        return "given", names[head]
    part = expected_part(head)
    parts = {
        spelling: each.part
        for each in vocabulary.record_outcomes.values()
        if each.list == list_.name
        for spelling in (each.part, each.label)
        if spelling
    }
    if part in parts:
        return "expect", parts[part]
    near = nearest(head if part is None else part, [*names] if part is None else [*parts])
    diagnostics.append(Diagnostic("example-unknown-name", place, {"name": head if part is None else part}, near))
    return None


def _example_text(pair: s.ExamplePair) -> str | None:
    """The value of an example as data would write it; standings in brackets."""
    if pair.standing is not None:
        return f"({pair.standing})"
    value = pair.value
    match value:
        case None:
            return None
        case t.TextLiteral(text) | t.Name(text):
            return text
        case t.NumberLiteral(number, percent):
            return _figures(number, percent)
        case t.Money(number):
            return str(number)
        case t.Quantity(number, unit):
            return f"{number} {unit}s"
        case t.DateLiteral(date):
            return date.isoformat()
        case t.YesNo(yes, written=written):
            return written or ("yes" if yes else "no")
        case t.Negative(t.NumberLiteral(number, percent)):
            return _figures(-number, percent)
    return None


def _figures(number: int | Decimal, percent: bool) -> str:
    return f"{show_number(canonical(Decimal(number).scaleb(2, EXACT)))}%" if percent else str(number)
