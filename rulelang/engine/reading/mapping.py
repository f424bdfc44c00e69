"""Which column of the data belongs to which field of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.reading.likely import likely_columns
from rulelang.meaning.previous import is_previous
from rulelang.model.program import Model
from rulelang.values.numbers import show_number
from rulelang.values.text import clean_text, near_key
from rulelang.vocabulary.declarations import Field, record_fields
from rulelang.vocabulary.headings import Unit, contradicts, parted, unit_of
from rulelang.vocabulary.types import ListOf, Money


@frozen
class ColumnMap:
    """Where each field is found: ``positions`` has the place of its column, from 0, by the field's name.

    ``not_found`` are fields without a column, ``unused`` columns without a field; ``findings`` says of both what a
    reader should know: a field that is missing for everybody, a column whose title nearly is a field's name.
    """

    positions: Mapping[str, int]
    not_found: tuple[str, ...]
    unused: tuple[str, ...]
    findings: tuple[Diagnostic, ...]


def titles_of(model: Model) -> set[str]:
    """The titles of columns that a ruleset looks for: names and labels of fields, those that are only checked too."""
    fields = (*(each.field for each in model.checks), *model.fields.values())
    return {clean_text(spelling) for each in fields for spelling in (each.name, each.label) if spelling}


def read_pair(text: str) -> tuple[str, str]:
    """Column and field of ``COLUMN=FIELD`` (also with ＝); a column's title may have an equals sign in it.

    Raises DataError (``not-a-pair``).
    """
    place = max(text.rfind("="), text.rfind("＝"))
    column, field = clean_text(text[: max(place, 0)]), clean_text(text[place + 1 :])
    if not column or not field:
        facts = {"value": text, "option": "--map", "form": "COLUMN=FIELD"}
        raise DataError((Diagnostic("not-a-pair", facts=facts),))
    return column, field


def field_columns(pairs: Iterable[str], fields: Mapping[str, Field]) -> dict[str, str]:
    """The columns of fields, by field, from texts ``COLUMN=FIELD``; fields go by name or label.

    Raises DataError (``not-a-pair``, ``unknown-field-option``).
    """
    labels = {clean_text(each.label): each.name for each in fields.values() if each.label}
    names = labels | {clean_text(each.name): each.name for each in fields.values()}
    found: dict[str, str] = {}
    for column, name in map(read_pair, pairs):
        if name not in names:
            facts = {"name": name}
            raise DataError((Diagnostic("unknown-field-option", facts=facts, nearest=nearest(name, names)),))
        found[names[name]] = column
    return found


def map_columns(
    columns: Sequence[str],
    fields: Mapping[str, Field],
    used: Iterable[str],
    pairs: Iterable[tuple[str, str]] = (),
) -> ColumnMap:
    """Finds the column of every field that the rules use: the one the caller names, or the one titled like the field.

    Titles fit by the field's name or its label; where none does exactly, the only one that differs just in case,
    width, spaces or underscores is taken, with a note (``column-taken``); not for a list of records. Raises DataError:
    ``unknown-column-option``, ``unknown-field-option`` (a pair names what is not there), ``two-columns-one-field``,
    ``no-field-found`` (none of several fields has a column), ``heading-currency``.
    """
    used = tuple(used)
    wanted = [fields[name] for name in used]
    chosen = _chosen(columns, fields, pairs)
    found: dict[str, int] = {}
    doubts: list[Diagnostic] = []
    taken_notes: list[Diagnostic] = []
    for name in used:
        field = fields[name]
        spellings = {clean_text(each) for each in (field.name, field.label) if each is not None}
        places = [place for place, column in enumerate(columns) if clean_text(column) in spellings]
        if name in chosen:
            found[name] = chosen[name]
        elif len(places) == 1:
            found[name] = places[0]
        elif not places and len(loose := nearly_titled(columns, field, wanted)) == 1:
            found[name] = loose[0]
            if unit_of(field, columns[loose[0]]) is None:
                taken_notes.append(Diagnostic("column-taken", facts={"field": name, "column": columns[loose[0]]}))
        elif places:
            facts = {"field": name, "first": columns[places[0]], "second": columns[places[1]]}
            doubts.append(Diagnostic("two-columns-one-field", facts=facts))
    if doubts:
        raise DataError(tuple(doubts))
    for name, place in found.items():
        taken_notes += unit_notes(fields[name], columns[place], name)[1]
    taken = set(found.values())
    unused = tuple(column for place, column in enumerate(columns) if place not in taken)
    not_found = tuple(name for name in used if name not in found)
    missing = [_missing(fields[name], unused) for name in not_found]
    if used and not found:
        titled = tuple(each for number, each in enumerate(columns, 1) if each != f"column {number}")
        blank = len(columns) - len(titled) or None
        all_missing = Diagnostic("no-field-found", facts={"fields": used, "columns": titled, "blank": blank})
        raise DataError((all_missing, *(each for each in missing if each.nearest)))
    return ColumnMap(found, not_found, unused, (*taken_notes, *missing))


def customer_column(columns: Sequence[str], model: Model, pairs: Iterable[tuple[str, str]] = ()) -> str | None:
    """The column that says who a customer is: that of the only field whose values are to differ from row to row.

    None where there is no such field or no column for it, or where its values are personal.
    """
    fields = [each.field for each in model.checks if each.unique and not each.field.privacy]
    if len(fields) != 1:
        return None
    spellings = {clean_text(each) for each in (fields[0].name, fields[0].label) if each}
    said = [column for column, name in pairs if name in spellings]
    found = [each for each in columns if (each in said if said else clean_text(each) in spellings)]
    return found[0] if len(found) == 1 else None


def has_unit_headings(columns: Sequence[str], fields: Iterable[Field], pairs: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether amounts of a table are counted in thousands, or the like, by a heading of theirs."""
    titles = {
        place: found for place, column in enumerate(columns) if (found := parted(column)) and found[1].factor != 1
    }
    if not titles:
        return False
    said = {clean_text(column): clean_text(name).rpartition(".")[2] for column, name in pairs}
    parts = [
        part for field in fields for part in (record_fields(field) if isinstance(field.type, ListOf) else (field,))
    ]
    keys = {each: part for part in parts if isinstance(part.type, Money) for each in (part.name, part.label) if each}
    loose = {_loose(clean_text(each)) for each in keys}
    return any(
        said.get(clean_text(columns[place])) in keys or columns[place] in keys or _loose(name) in loose
        for place, (name, _) in titles.items()
    )


def nearly_titled(columns: Sequence[str], field: Field, wanted: Iterable[Field]) -> list[int]:
    """The places of columns titled like a field but for case, width, spaces, underscores; and like no other field."""
    if isinstance(field.type, ListOf):  # Orders may well be how many there are
        return []
    keys = {_loose(clean_text(each)) for each in (field.name, field.label) if each is not None}
    others = {clean_text(each) for field in wanted for each in (field.name, field.label) if each}
    alike = [place for place, column in enumerate(columns) if _loose(column) in keys]
    if not alike and isinstance(field.type, Money):
        units = ((place, parted(column)) for place, column in enumerate(columns))
        alike = [
            place for place, found in units if found and _loose(found[0]) in keys and not contradicts(field, found[1])
        ]
    return [place for place in alike if clean_text(columns[place]) not in others]


def unit_notes(field: Field, column: str, name: str) -> tuple[Unit | None, tuple[Diagnostic, ...]]:
    """The unit that a column's amounts have by its heading, with the note that says so; ``name`` is what the field is
    called in it. Raises DataError (``heading-currency``): the heading names another currency than the field has.
    """
    unit = unit_of(field, column)
    if unit is None:
        return None, ()
    if contradicts(field, unit):
        facts = {"field": name, "column": column, "unit": unit.text, "currency": getattr(field.type, "currency", None)}
        raise DataError((Diagnostic("heading-currency", facts=facts),))
    if unit.factor == 1:
        return unit, ()
    facts = {"field": name, "column": column, "unit": unit.text, "value": show_number(unit.factor)}
    return unit, (Diagnostic("column-in-unit", facts=facts),)


def _loose(title: str) -> str:
    return near_key(title).replace("_", "").replace("-", "")


def _chosen(columns: Sequence[str], fields: Mapping[str, Field], pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The places that the caller gave to fields."""
    titles = [clean_text(each) for each in columns]
    labels = {clean_text(each.label): each.name for each in fields.values() if each.label}
    names = labels | {clean_text(each.name): each.name for each in fields.values()}
    chosen: dict[str, int] = {}
    wrong: list[Diagnostic] = []
    for column, field in pairs:
        if column not in titles:
            wrong.append(Diagnostic("unknown-column-option", facts={"name": column}, nearest=nearest(column, columns)))
        elif field not in names:
            wrong.append(Diagnostic("unknown-field-option", facts={"name": field}, nearest=nearest(field, names)))
        elif names[field] in chosen:
            facts = {"field": names[field], "first": columns[chosen[names[field]]], "second": column}
            wrong.append(Diagnostic("two-columns-one-field", facts=facts))
        else:
            chosen[names[field]] = titles.index(column)
    if wrong:
        raise DataError(tuple(wrong))
    return chosen


def _missing(field: Field, columns: Sequence[str]) -> Diagnostic:
    """The finding for a field without a column, with the unused columns that come close to its name or label.

    It is only noted where the field is not required and no column's title looks like a slip of the pen.
    """
    close: tuple[str, ...] = ()
    if not isinstance(field.type, ListOf):  # the records of a list come from a table of their own
        close = likely_columns(field, columns)
    code = "field-without-column" if close or field.required else "field-not-in-data"
    if not close and is_previous(field):
        code = "previous-not-given"
    elif isinstance(field.type, ListOf):
        code = "list-not-given"
    return Diagnostic(code, facts={"field": field.name}, nearest=tuple(dict.fromkeys(close)))
