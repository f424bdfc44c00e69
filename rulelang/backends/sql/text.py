"""The SQL text of a ruleset, to be run where the data is.

    sql_text(model, date(2026, 6, 30), "postgres", SqlOptions(table="customers", keep=("customer_id",)))

The query reads a table with a column per field, of a type that fits it, and gives the kept columns and one column per
outcome. A row with a value that can't be taken as it is (a number with more digits than a field holds, a word that
is no member of a choice) has its fields named in `rulelang_rejected`, and neither answers nor standings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import evolve, field, frozen

from rulelang.backends.sql.asking import settled_plan
from rulelang.backends.sql.decisions import kind_of
from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.dialects import DIALECTS, OTHER_NAMES
from rulelang.backends.sql.door import Reading, digits_of, typed_reading
from rulelang.backends.sql.emit import PREFIX, Emitter, Written
from rulelang.backends.sql.figures import Figures, Sql
from rulelang.backends.sql.standings import standing_word
from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.diagnostics.nearest import nearest
from rulelang.lowering.lower import lower
from rulelang.lowering.planned import Plan
from rulelang.model.fingerprint import fingerprint
from rulelang.model.policies import scale
from rulelang.model.program import MEASURE, Model
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo

REJECTED = f"{PREFIX}rejected"


@frozen
class SqlOptions:
    """``table`` is what the query reads, its parts separated by points; ``columns`` are the columns of fields that
    are called otherwise; ``keep`` are columns that pass through. With ``standings`` every outcome has its standing.
    """

    table: str = "customers"
    columns: Mapping[str, str] = field(factory=dict)
    keep: tuple[str, ...] = ()
    standings: bool = False


def find_dialect(name: str) -> Dialect:
    """The dialect of a name. Raises DataError (``unknown-dialect``)."""
    key = name.strip().casefold()
    found = DIALECTS.get(OTHER_NAMES.get(key, key))
    if found is None:
        facts = {"name": name, "dialects": tuple(DIALECTS)}
        raise DataError((Diagnostic("unknown-dialect", facts=facts, nearest=nearest(key, (*DIALECTS, *OTHER_NAMES))),))
    return found


def sql_text(model: Model, as_of: date, dialect: str, options: SqlOptions | None = None) -> str:
    """The query. Raises DataError (``unknown-dialect``) and RuleError (``not-in-sql``: what can't be carried)."""
    chosen, options = find_dialect(dialect), options or SqlOptions()
    plan = settled_plan(lower(model), model, as_of)
    readings = typed_readings(model, plan, chosen, options.columns)
    written = Emitter(plan, model, as_of, chosen, readings, doubts=options.standings).write()
    _require_certain(written, model, chosen)
    odd = {name: each.odd for name, each in readings.items() if each.odd}
    table = ".".join(chosen.identifier(part) for part in options.table.split("."))
    shown = [(chosen.identifier(name), name) for name in options.keep]
    rejected = chosen.identifier(REJECTED)
    for name, outcome in model.outcomes.items():
        answer = written.answers[name]
        text = _final(answer, kind_of(outcome), scale(outcome.type), chosen)
        columns = [(text, name)]
        if options.standings:
            columns.append((standing(written, name, chosen), f"{name}_standing"))
        # A row that can't be read has neither an answer nor a standing.
        shown += [(f"CASE WHEN {rejected} IS NULL THEN {text} END" if odd else text, name) for text, name in columns]
    if odd:
        shown.append((rejected, REJECTED))
        written = _with_rejects(written, odd, chosen)
    lines = _header(model, plan, as_of, chosen, options)
    return "".join(f"-- {line}\n" for line in lines) + query(written, chosen, table, shown, options.keep) + "\n"


def typed_readings(
    model: Model, plan: Plan, dialect: Dialect, columns: Mapping[str, str], more: Iterable[str] = ()
) -> dict[str, Reading]:
    """How each field that the rules read, and ``more`` of them, are read from typed columns. Raises RuleError
    (``not-in-sql``).
    """
    found: dict[str, Reading] = {}
    refused: list[Diagnostic] = []
    for name in dict.fromkeys((*plan.inputs, *more)):
        if name.startswith(MEASURE):
            continue
        declared = model.fields[name]
        try:
            found[name] = typed_reading(declared, f"t.{dialect.identifier(columns.get(name, name))}", dialect)
        except NotCarried as error:
            facts = {"construct": error.construct, "detail": error.detail or None, "dialect": dialect.title}
            refused.append(Diagnostic("not-in-sql", declared.span, facts))
    if refused:
        raise RuleError(tuple(refused))
    return found


def standing(written: Written, name: str, dialect: Dialect) -> str:
    """The expression of an outcome's standing."""
    return standing_word(written.answers[name].text, written.doubts[name], written.violated.get(name), dialect)


def query(
    written: Written, dialect: Dialect, source: str, shown: Sequence[tuple[str, str]], kept: Sequence[str]
) -> str:
    """The query: the steps, one around the other, and what is shown of the last one.

    ``shown`` are expressions over the last step with their names; ``kept`` are the source's columns that pass through.
    """
    lines: list[str] = []
    before = source
    for number, step in enumerate(written.steps):
        start = [f"t.{dialect.identifier(name)}" for name in dict.fromkeys(kept)] if number == 0 else ["t.*"]
        items = ",\n    ".join([*start, *(f"{text} AS {dialect.identifier(name)}" for text, name in step)])
        opening = "WITH " if number == 0 else "), "
        source_of = f"{before}{dialect.source_alias}t"
        lines.append(f"{opening}{PREFIX}{number} AS (\n  SELECT\n    {items}\n  FROM {source_of}{dialect.fence}")
        before = f"{PREFIX}{number}"
    items = ",\n  ".join(f"{text} AS {dialect.identifier(name)}" for text, name in shown)
    lines.append(f")\nSELECT\n  {items}\nFROM {before}")
    return "\n".join(lines)


def _require_certain(written: Written, model: Model, dialect: Dialect) -> None:
    """Raises RuleError where SQL alone can't always tell what an answer rests on."""
    if written.hard != dialect.never:
        span = next((each.span for each in model.outcomes.values() if each.span is not None), None)
        facts = {"construct": "doubt", "detail": None, "dialect": dialect.title}
        raise RuleError((Diagnostic("not-in-sql", span, facts),))


def _with_rejects(written: Written, odd: Mapping[str, str], dialect: Dialect) -> Written:
    """The query with a column that names the fields of a row that can't be read."""
    pieces = [
        f"CASE WHEN {test} THEN {dialect.text(name + ' ')} ELSE {_empty(dialect)} END" for name, test in odd.items()
    ]
    joined = dialect.concatenated.join(f"({each})" for each in pieces)
    joined = f"CONCAT({joined})" if dialect.concatenated == ", " else joined
    text = f"({joined})" if not dialect.empty_text else f"NULLIF({joined}, {dialect.text('')})"
    steps = ((*written.steps[0], (text, REJECTED)), *written.steps[1:])
    return evolve(written, steps=steps)


def _empty(dialect: Dialect) -> str:
    return dialect.text("") if dialect.empty_text else "NULL"


def _final(answer: Sql, kind: str, decimals: int | None, dialect: Dialect) -> str:
    """An answer as the result shows it; a number that was kept as a count of its smallest unit as a number again."""
    if kind == "number" and dialect.scaled and answer.scale:
        return f"{answer.text} / {10**answer.scale}.0"
    if kind == "number" and decimals is not None and not dialect.scaled:
        return Figures(dialect).typed(answer, max(answer.digits, 1), max(decimals, answer.scale)).text
    return answer.text


def _header(model: Model, plan: Plan, as_of: date, dialect: Dialect, options: SqlOptions) -> list[str]:
    """What a reader has to know: whose rules, which day, which columns."""
    lines = [
        f"{_plain(model.header.name or 'Rules')}, fingerprint {fingerprint(model)}, as of {as_of.isoformat()}",
        f"{dialect.title}. For another day or other thresholds print it anew. Columns of {_plain(options.table)}:",
    ]
    for name in plan.inputs:
        declared = model.fields[name]
        column = options.columns.get(name, name)
        lines.append(f"  {_plain(column)}: {_column_type(declared, dialect)}")
    if dialect.nfc is None and any(isinstance(model.fields[each].type, Text | Choice) for each in plan.inputs):
        lines.append(f"{dialect.title} can't normalise texts: they have to be in Unicode normal form C.")
    return lines


def _column_type(declared: Field, dialect: Dialect) -> str:
    match declared.type:
        case Number() | Money() | Length():
            return dialect.number_type(*digits_of(declared)) if not dialect.scaled else "INTEGER or REAL"
        case Date():
            return dialect.date_type
        case YesNo():
            return "BOOLEAN" if dialect.booleans and not dialect.scaled else "1 or 0"
    return dialect.text_type


def _plain(text: str) -> str:
    """A text that is safe in a comment: on one line, and short."""
    return "".join(each if each.isprintable() else " " for each in text[:100])
