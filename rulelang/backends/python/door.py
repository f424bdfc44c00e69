"""The door: how a customer's raw values come in.

A value that is in its canonical form already costs one or two comparisons in generated code; everything else goes to
a reader, which reads it, holds it against the field's limits, and reports what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from rulelang.backends.python.names import Lines, Names
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.model.contributions import BLANK
from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.values.text import LONGEST, MOST_COMMON, clean_text
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.reading import NO_TIME_OF_DAY, ZONE_AS_WRITTEN, limit_passed, outside_limits, read_value
from rulelang.vocabulary.reading import read as read_cell
from rulelang.vocabulary.records import MOST_RECORDS, Column, RecordReader
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Money, Number, Text, YesNo, type_names

Row = Mapping[str, Any]
Reader = Callable[[Any, Row, list[Diagnostic]], Any]


def print_door(
    lines: Lines, names: Names, fields: Sequence[Field], variables: Mapping[str, str], report: str = "report"
) -> None:
    """Reads every field of ``row`` once into its variable; findings go to the ``report``."""
    for each in fields:
        variable = variables[each.name]
        key = names.thing("N", (each.name,), each.name)
        if isinstance(each.type, ListOf):
            _print_list(lines, names, each, fields, variable, report)
            continue
        common: set[str] | None = set() if isinstance(each.type, Text) and not each.privacy else None
        reader = names.thing("R", (each.name,), make_reader(each, fields, common))
        lines.add(f"{variable} = row.get({key})", each.name)
        odd = is_odd(each, variable, names, common)
        if not each.may_be_blank:
            # None is canonical as well, unless the value stands under the field's label.
            present = f"{variable} is not None"
            if each.label is not None:
                label = names.thing("N", (each.label,), each.label)
                present = f"({present} or {key} not in row or {label} in row)"
            odd = f"({odd})" if " or " in odd else odd
            odd = present if odd == "True" else f"{odd} and {present}"
        lines.add(f"if {odd}:")
        lines.indent()
        lines.add(f"{variable} = {reader}({variable}, row, {report})")
        lines.indent(-1)


def _print_list(lines: Lines, names: Names, field: Field, fields: Sequence[Field], variable: str, report: str) -> None:
    """Reads a list: records that are as they should be are only looked at, and copied where they are kept."""
    # One reader for all functions: the common texts it finds are those that are looked up.
    reader = cast(RecordReader, names.objects[names.thing("Q", (field.name,), RecordReader(field))])
    key = names.thing("N", (field.name,), field.name)
    name = names.thing("R", (field.name,), make_list_reader(field, fields, reader))
    lines.add(f"{variable} = row.get({key})", field.name)
    read = f"{variable} = {name}({variable}, row, {report})"
    lines.add("odd = True")
    lines.add(
        f"if ({variable}.__class__ is list or {variable}.__class__ is tuple) and len({variable}) <= {MOST_RECORDS}:"
    )
    lines.indent()
    lines.add(f"for r in {variable}:")
    lines.indent()
    lines.add("if r.__class__ is not dict:")
    _indented(lines, "break")
    parts = [names.thing("N", (column.field.name,), column.field.name) for column in reader.columns]
    for place, part in enumerate(parts):
        lines.add(f"v{place} = r.get({part})")
    usual = [_is_usual(column, f"v{place}", names, field.name) for place, column in enumerate(reader.columns)]
    if usual and all(usual):
        lines.add(f"if {' and '.join(usual)}:")
        _indented(lines, "continue")
    for place, (column, part) in enumerate(zip(reader.columns, parts, strict=True)):
        label = column.field.label
        elsewhere = "" if label is None else f" or {names.thing('N', (label,), label)} in r"
        lines.add(f"if v{place} is None:")
        _indented(lines, f"if {part} not in r{elsewhere}:", "    break")
        lines.add(f"elif {is_odd(column.field, f'v{place}', names, column.common, f'{field.name}.')}:")
        _indented(lines, "break")
    lines.indent(-1)
    lines.add("else:")
    kept = [] if report == "IGNORED" else [f"{variable} = tuple([r.copy() for r in {variable}])"]
    _indented(lines, "odd = False", *kept)
    lines.indent(-1)
    lines.add("if odd:")
    _indented(lines, read)


def _is_usual(column: Column, variable: str, names: Names, list_: str) -> str:
    """The test that a value of a record is known and in its canonical form, where one look is enough to say so."""
    match column.field.type:
        case Choice() as choice:
            return f"{variable}.__class__ is str and {variable} in {names.collection(choice.keys())}"
        case Text() if column.common is not None:
            texts = names.thing("T", (f"{list_}.{column.field.name}",), column.common)
            return f"{variable}.__class__ is str and {variable} in {texts}"
        case DateTime():
            return ""  # it may have a zone
    return f"{variable}.__class__ is {column.canonical.__name__}" if column.canonical is not None else ""


def _indented(lines: Lines, *texts: str) -> None:
    lines.indent()
    for each in texts:
        lines.add(each)
    lines.indent(-1)


def make_reader(field: Field, fields: Sequence[Field], common: set[str] | None) -> Reader:
    """The function that reads a raw value of one field, under the field's label where its name is not in the row.

    What is missing is None, a blank that is an answer BLANK. Texts that are as they should be become ``common``. It
    raises DataError with every value of the row that can't be read.
    """
    label = field.label
    blank = BLANK if field.may_be_blank else None

    def read(raw: Any, row: Row, report: list[Diagnostic]) -> Any:
        if label is not None and label in row:
            if field.name not in row:
                raw = row.get(label)
            elif row.get(label) is not None:
                raise DataError((_two_keys(field),))
        if raw is None:
            return blank
        try:
            reading = read_cell(field, raw)
            value: Any = reading.value
        except Unreadable as error:
            if error.reason == "not-a-member":
                report.append(_not_a_member(field, raw))
                return None
            raise DataError(_unreadable(row, fields)) from None
        if value is None:
            return blank
        if outside_limits(field, value):
            report.append(_outside(field, value))
            return None
        if reading.finding in (ZONE_AS_WRITTEN, NO_TIME_OF_DAY):
            report.append(Diagnostic(reading.finding, facts={"field": field.name, "value": shown(field, str(raw))}))
        if common is not None and value == raw and len(raw) <= LONGEST and len(common) < MOST_COMMON:
            common.add(value)
        return value

    return read


def make_list_reader(field: Field, fields: Sequence[Field], reader: RecordReader) -> Reader:
    """The function that reads a list of records, under the field's label where its name is not in the row.

    It raises DataError with every value of the row that can't be read.
    """

    def read(raw: Any, row: Row, report: list[Diagnostic]) -> Any:
        if raw is None and field.label is not None:
            raw = row.get(field.label)
        records, findings, faults = reader.read(raw)
        if faults:
            raise DataError(_unreadable(row, fields))
        report.extend(findings)
        return records

    return read


def is_odd(field: Field, variable: str, names: Names, common: set[str] | None, owner: str = "") -> str:
    """The test that a value is not in its canonical form, or may stand for missing."""
    spelled = tuple(clean_text(each) for each in field.missing_values)
    kind = f"{variable}.__class__ is not"
    match field.type:
        case YesNo() if not spelled:
            return f"{variable} is not True and {variable} is not False"
        case Number() | Money() | Length():
            return " or ".join([f"{kind} int", *_limits(field, variable, names), *_spelled(field, variable, names)])
        case Date():
            return " or ".join([f"{kind} date", *_limits(field, variable, names), *_spelled(field, variable, names)])
        case DateTime():
            limits = [*_limits(field, variable, names), *_spelled(field, variable, names)]
            return " or ".join([f"{kind} datetime or {variable}.tzinfo is not None", *limits])
        case Choice():
            keys = tuple(each.key for each in field.type.members if each.key not in spelled)
            return f"{kind} str or {variable} not in {names.collection(keys)}"
        case Text():
            blanks = names.collection(("", *spelled))
            unlike = f"not {variable}.isascii() or {variable}.strip() != {variable} or {variable} in {blanks}"
            if common is None:  # what is personal is not kept
                return f"{kind} str or {unlike}"
            texts = names.thing("T", (owner + field.name,), common)
            return f"{kind} str or {variable} not in {texts} and (len({texts}) < {MOST_COMMON} or {unlike})"
    return "True"


def _limits(field: Field, variable: str, names: Names) -> list[str]:
    bounds = [(field.at_least, "<"), (field.at_most, ">")]
    if isinstance(field.type, Number) and field.type.percent:
        bounds += [(-1, "<"), (1, ">")]  # 18 is asked about: 18% or 1800%?
    return [f"{variable} {sign} {names.constant(_plain(bound))}" for bound, sign in bounds if bound is not None]


def _spelled(field: Field, variable: str, names: Names) -> list[str]:
    """Canonical values that stand for missing, as -1 or 9999-12-31 may."""
    values = []
    bare = Field(field.name, field.type)
    for each in field.missing_values:
        try:
            values.append(read_value(bare, each))
        except Unreadable:
            continue  # a word among numbers can only come as text
    return [f"{variable} in {names.collection(tuple(values))}"] if values else []


def _plain(value: Any) -> Any:
    return value.amount if isinstance(value, Duration) else value


def _unreadable(row: Row, fields: Sequence[Field]) -> tuple[Diagnostic, ...]:
    found: list[Diagnostic] = []
    for field in fields:
        raw = row.get(field.name) if field.name in row else row.get(field.label or field.name)
        if isinstance(field.type, ListOf):
            found += RecordReader(field).read(raw).faults
            continue
        try:
            read_value(field, raw)
        except Unreadable as error:
            if error.reason == "not-a-member":
                continue
            code = error.reason if error.reason.startswith("ambiguous-") else "unreadable-value"
            facts = {"field": field.name, "value": shown(field, raw), "type": type_names[type(field.type)]}
            found.append(Diagnostic(code, facts={**facts, "reason": error.reason}))
    return tuple(found)


def _two_keys(field: Field) -> Diagnostic:
    facts = {"first": field.name, "second": field.label, "field": field.name}
    return Diagnostic("two-keys-one-field", facts=facts)


def _not_a_member(field: Field, raw: Any) -> Diagnostic:
    assert isinstance(field.type, Choice)
    facts = {"field": field.name, "value": shown(field, raw), "members": field.type.keys()}
    return Diagnostic("not-a-member", facts=facts)


def _outside(field: Field, value: Any) -> Diagnostic:
    facts: dict[str, Any] = {"field": field.name, "value": shown(field, value)}
    return Diagnostic("value-outside-limits", facts={**facts, **limit_passed(field, value)})
