"""The door of the batch engine: which values of a column SQL reads by itself, with the same meaning as the other door.

Everything unusual (`1.5万`, 31/01/2026, a word that is no member, a value outside its limits, a day ahead) is *odd*:
its row goes to the generated Python, which reads it, reports it, or rejects it as always.
"""

from __future__ import annotations

import re
from datetime import date

from attrs import evolve

from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import (
    Reading,
    cleaned,
    digits_of,
    doubtful_percent,
    missing_at,
    near_misses,
    nothing,
    value_tests,
    written_places,
)
from rulelang.backends.sql.figures import Sql
from rulelang.engine.batch.staging import FIGURES
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.explain.findings import Spellings
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, Length, ListOf, Money, Number, Text, YesNo

_INTEGERS = {  # types and how many digits they reach
    **{"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39},
    **{"UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10, "UBIGINT": 20, "UHUGEINT": 39},
}
_YES, _NO = ("yes", "y", "true", "t", "1"), ("no", "n", "false", "f", "0")
_DECIMAL = re.compile(r"DECIMAL\(([0-9]+),\s*([0-9]+)\)")
_FEW = 40
_EXACT_DIGITS = 15  # so many digits of a double are those of its shortest spelling


def reading(
    field: Field, column: str | None, kind: str, as_of: date, spellings: Spellings | None, asks: bool
) -> Reading:
    """How a field is read from a column of a DuckDB type; without a column it is missing for everybody.

    ``asks``: a percentage beyond the whole is odd, because its sign may have been left out.
    """
    absent = Reading(nothing(field, DUCKDB))
    if column is None:
        return absent
    source = f"t.{quoted(column)}"
    everything = evolve(absent, odd=f"{source} IS NOT NULL")
    found = _reading(field, source, kind) or everything
    odd = [found.odd] if found.odd else []
    value = found.value
    odd += value_tests(field, value, DUCKDB, as_of)
    if asks:
        odd += doubtful_percent(field, value, DUCKDB)
    if isinstance(field.type, Text) and spellings is not None:
        odd += _near_misses(value.text, spellings)
    plain, unless = (None, "") if field.missing_values else _plain(field, source, kind, value)
    return Reading(value, " OR ".join(f"({each})" for each in odd), plain=plain, unless=unless)


def _plain(field: Field, source: str, kind: str, value: Sql) -> tuple[Sql | None, str]:
    """The value of a column without oddities, and what would be one for this form alone."""
    match field.type:
        case Text() if kind == "VARCHAR":
            unlike = f"{source} <> {value.text} OR {value.text} IS NULL"
            return Sql(f"NULLIF({source}, '')", "text"), f"{source} <> '' AND ({unlike})"
        case Choice(members=members) if kind == "VARCHAR" and members:
            keys = ", ".join(DUCKDB.text(each.key) for each in members)
            return Sql(f"NULLIF({source}, '')", "text"), f"{source} <> '' AND {source} NOT IN ({keys})"
        case Date() if kind == "VARCHAR":
            return Sql(f"TRY_CAST({source} AS DATE)", "date"), ""
        case Number() | Money() | Length():
            digits, scale = digits_of(field)
            if kind in ("VARCHAR", FIGURES):
                return Sql(f"TRY_CAST({source} AS {DUCKDB.number_type(digits, scale)})", "number", digits, scale), ""
            if kind in ("INTEGER", "BIGINT") and scale == 0:
                return evolve(value, text=source), ""
            decimals = _DECIMAL.fullmatch(kind)
            if decimals is not None and int(decimals[2]) <= scale:
                return evolve(value, text=source), ""
    return None, ""


def _fits(kind: str, digits: int, scale: int) -> bool:
    """Whether every value of a decimal type has so many digits before and behind the point, or fewer."""
    found = _DECIMAL.fullmatch(kind)
    return found is not None and int(found[2]) <= scale and int(found[1]) - int(found[2]) <= digits


def surveyed(found: Reading, relation: str, duck: Duck) -> Reading:
    """The reading of a column as it is, in its simplest form: most columns have nothing odd in any row."""

    def any_row(condition: str) -> bool:
        return duck.execute(f"SELECT 1 FROM {relation} AS t WHERE {condition} LIMIT 1").fetchone() is not None

    if found.odd and any_row(found.odd):
        return found
    if found.plain is None or (found.unless and any_row(found.unless)):
        return evolve(found, odd="")
    return evolve(found, value=found.plain, odd="")


def known(found: Reading, column: str, relation: str, duck: Duck) -> Reading:
    """The reading of a column that is missing nowhere, where it is so."""
    source, text = f"t.{quoted(column)}", found.value.text
    missing = f"SELECT 1 FROM {relation} AS t WHERE ({text}) IS NULL LIMIT 1"
    if found.odd or duck.execute(missing).fetchone() is not None:
        return found
    whole = text == f"NULLIF({source}, '')"
    return evolve(found, value=evolve(found.value, text=source) if whole else found.value, known=True)


def _reading(field: Field, source: str, kind: str) -> Reading | None:
    """The value and what is odd about it; None where SQL reads nothing of such a column."""
    is_text = kind == "VARCHAR" or kind.startswith("ENUM")
    text = source if kind == "VARCHAR" else f"CAST({source} AS VARCHAR)"
    match field.type:
        case Text() if is_text or kind in _INTEGERS:
            return missing_at(Reading(cleaned(text, DUCKDB)), field, DUCKDB)
        case Choice() if is_text or kind in _INTEGERS:
            return _choice(field, missing_at(Reading(cleaned(text, DUCKDB)), field, DUCKDB), text)
        case YesNo() if not field.missing_values:
            return _yes_no(source, kind)
        case Date():
            found = _date(source, kind)
            return None if found is None else missing_at(found, field, DUCKDB)
        case Number() | Money() | Length():
            found = _number(field, source, kind)
            return None if found is None else missing_at(found, field, DUCKDB)
        case ListOf():
            return None
    return None


def _choice(field: Field, found: Reading, source: str) -> Reading:
    """``source`` is the text as it stands there: nearly always one of the spellings, which spares the rest."""
    assert isinstance(field.type, Choice)
    text, members = found.value.text, field.type.members
    spellings = [DUCKDB.text(each) for member in members for each in member.spellings()]
    labels = [each for each in members if each.label is not None]
    odd = f"{text} NOT IN ({', '.join(spellings)})" if spellings else f"{text} IS NOT NULL"
    if len(spellings) <= _FEW:  # a longer list is looked up in a table
        known = " ".join(f"WHEN {each} THEN FALSE" for each in dict.fromkeys(("''", *spellings)))
        odd = f"CASE {source} {known} ELSE {odd} END"
    elif spellings:
        odd = f"{source} NOT IN ({', '.join(spellings)}) AND {odd}"
    if labels:
        cases = " ".join(f"WHEN {DUCKDB.text(each.label or '')} THEN {DUCKDB.text(each.key)}" for each in labels)
        return Reading(Sql(f"CASE {text} {cases} ELSE {text} END", "text"), odd)
    return Reading(Sql(text, "text"), odd)


def _yes_no(source: str, kind: str) -> Reading | None:
    if kind == "BOOLEAN":
        return Reading(Sql(source, "yesno"))
    if kind in _INTEGERS:
        return Reading(Sql(f"CAST({source} AS BOOLEAN)", "yesno"), f"{source} NOT IN (0, 1)")
    if kind != "VARCHAR":
        return None
    word = f"lower({source})"
    # Lists of words would be looked up in a table, which loses the order of the rows.
    value = yes_or_no(word)
    return Reading(Sql(value, "yesno"), f"{source} <> '' AND {value} IS NULL")


def yes_or_no(text: str, upper: bool = False) -> str:
    """A text as yes or no, NULL for any other; words in ``upper`` case and with a capital may count as well."""
    cases: dict[str, str] = {}
    for words, truth in ((_YES, "TRUE"), (_NO, "FALSE")):
        for each in words:
            cases |= dict.fromkeys((each, each.upper(), each.capitalize()) if upper else (each,), truth)
    return f"CASE {text} {' '.join(f'WHEN {literal(each)} THEN {truth}' for each, truth in cases.items())} END"


def _date(source: str, kind: str) -> Reading | None:
    first, last = DUCKDB.day(date.min), DUCKDB.day(date.max)
    if kind == "VARCHAR":
        written = f"CASE WHEN regexp_full_match({source}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN {source} END"
        value = f"TRY_CAST({written} AS DATE)"
        return Reading(Sql(value, "date"), f"{source} <> '' AND ({value} IS NULL OR {value} < {first})")
    if kind == "DATE":
        return Reading(Sql(source, "date"), f"{source} NOT BETWEEN {first} AND {last}")
    if kind in ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"):
        value = f"CAST({source} AS DATE)"
        return Reading(Sql(value, "date"), f"{source} IS NOT NULL AND {value} NOT BETWEEN {first} AND {last}")
    return None


def _number(field: Field, source: str, kind: str) -> Reading | None:
    digits, scale = digits_of(field)
    type_ = DUCKDB.number_type(digits, scale)
    limit = 10**digits
    whole = scale == 0
    if kind in _INTEGERS:
        beyond = "" if digits > _INTEGERS.get(kind, 99) else f"abs({source}) >= {limit}"
        return Reading(Sql(f"TRY_CAST({source} AS {type_})", digits=digits, scale=scale), beyond)
    if kind in ("VARCHAR", FIGURES):
        places = "" if whole else f"(\\.{written_places(field, scale)})?"
        written = f"CASE WHEN regexp_full_match({source}, '[+-]?[0-9]{{1,{digits}}}{places}') THEN {source} END"
        value = f"TRY_CAST({written} AS {type_})"
        return Reading(Sql(value, digits=digits, scale=scale), f"{source} <> '' AND {value} IS NULL")
    if kind.startswith("DECIMAL"):
        value = f"TRY_CAST({source} AS {type_})"
        if _fits(kind, digits, scale):
            return Reading(Sql(value, digits=digits, scale=scale))
        odd = f"{source} IS NOT NULL AND ({value} IS NULL OR {value} <> {source} OR abs({source}) >= {limit})"
        return Reading(Sql(value, digits=digits, scale=scale), odd)
    if kind in ("DOUBLE", "FLOAT"):
        double = source if kind == "DOUBLE" else f"CAST({source} AS DOUBLE)"
        plain = f"CASE WHEN isnan({double}) THEN NULL ELSE {double} END"
        value = f"TRY_CAST({plain} AS {type_})"
        small = 10 ** min(digits, _EXACT_DIGITS - scale)
        off = f"{value} IS NULL OR abs({double}) >= {small} OR CAST({value} AS DOUBLE) <> {double}"
        odd = f"NOT isnan({double}) AND ({off})"
        return Reading(Sql(value, digits=digits, scale=scale), odd)
    return None


def _near_misses(text: str, spellings: Spellings) -> list[str]:
    """What may differ from a text of the rules in case, width or spaces alone: looked at by the other engine."""
    # Of plain ASCII the key is this; beyond it, whatever could fold to one of the keys in fewer or as many characters.
    key = f"lower(regexp_replace({text}, '\\s', '', 'g'))"
    wide = f"NOT regexp_full_match({text}, '[\\x21-\\x7e\\s\\x{{4e00}}-\\x{{9fff}}]*')"
    return near_misses(text, key, wide, spellings.exact, DUCKDB)
