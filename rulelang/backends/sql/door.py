"""The door of a table with typed columns: how a field's column is read, and which rows it can't be read in.

Texts are normalised and trimmed, choices go by key or label, numbers have to be exact, a value outside its field's
limits is missing, as at every other door.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.figures import Figures, Sql
from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import read_number, show_number
from rulelang.values.text import OUTER_SPACES, clean_text, near_key
from rulelang.values.written_dates import read_date
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import THREE_PLACES
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Money, Number, Text, YesNo

# Digits before and behind the point that a field's values may have: a value beyond them is rejected.
_WHOLE, _NUMBER, _MONEY = (18, 0), (12, 6), (14, 4)
_YES, _NO = ("yes", "y", "true", "t", "1"), ("no", "n", "false", "f", "0")
_LENGTH = {"days": (7, 0), "months": (5, 0)}


@frozen
class Reading:
    """How a field is read from a row: its value, the condition under which the row can't be read, the one under which
    the field is blank. Empty conditions: never, and where the value is missing. ``plain`` is a simpler form of the
    value for a table in which no row is odd, and none meets ``unless``; ``known``: it is missing in no row.
    """

    value: Sql
    odd: str = ""
    blank: str = ""
    plain: Sql | None = None
    unless: str = ""
    known: bool = False


def missing_test(reading: Reading) -> str:
    """The condition that a field is missing as it is read: it has no value, and no blank that is an answer."""
    text = f"({reading.value.text}) IS NULL"
    return f"{text} AND NOT ({reading.blank})" if reading.blank else text


def digits_of(field: Field) -> tuple[int, int]:
    """How many digits a numeric field's values may have before and behind the point."""
    match field.type:
        case Length(unit=unit):
            return _LENGTH[unit]
        case Number(decimals=0):
            digits, scale = _WHOLE
        case Money():
            digits, scale = _MONEY
        case _:
            digits, scale = _NUMBER
    limits = (field.at_least, field.at_most)
    bounds = [abs(int(each)) for each in limits if isinstance(each, int) or isinstance(each, Decimal)]  # noqa: SIM101 - mypy follows this form only
    if len(bounds) == 2:
        digits = min(digits, len(str(max(bounds))))
    return digits, scale


def written_places(field: Field, scale: int) -> str:
    """The pattern of the places of a number in a text. An amount with three (48.500) could mean thousands: asked."""
    if isinstance(field.type, Money | Number) and field.type.decimals < THREE_PLACES:
        return f"([0-9]{{1,2}}|[0-9]{{4,{scale}}})"
    return f"[0-9]{{1,{scale}}}"


def nothing(field: Field, dialect: Dialect) -> Sql:
    """The value of a field that has no column: missing for everybody."""
    match field.type:
        case Number() | Money() | Length():
            digits, scale = digits_of(field)
            return Sql(f"CAST(NULL AS {dialect.number_type(digits, scale)})", digits=digits, scale=scale)
        case Date():
            return Sql(f"CAST(NULL AS {dialect.date_type})", "date")
        case YesNo():
            return Sql("CAST(NULL AS BOOLEAN)" if not dialect.scaled else "NULL", "yesno")
    return Sql(f"CAST(NULL AS {dialect.text_type})", "text")


def yes_no_word(word: str, dialect: Dialect) -> Reading:
    """Yes or no from a word in small letters; every other word makes its row odd."""
    yes, no = (", ".join(map(dialect.text, words)) for words in (_YES, _NO))
    value = f"CASE WHEN {word} IN ({yes}) THEN {dialect.yes} WHEN {word} IN ({no}) THEN {dialect.no} END"
    return Reading(Sql(value, "yesno"), f"{word} <> '' AND {word} NOT IN ({yes}, {no})")


def typed_reading(field: Field, column: str, dialect: Dialect, within: bool = True) -> Reading:
    """The reading of a column whose type fits the field's, ``within`` its limits. Raises NotCarried."""
    match field.type:
        case Text():
            return missing_at(Reading(cleaned(column, dialect)), field, dialect)
        case Choice():
            return choice_reading(field, missing_at(Reading(cleaned(column, dialect)), field, dialect), dialect)
        case YesNo():
            return Reading(Sql(column, "yesno"))
        case Date():
            moment = f"TRUNC({column})" if dialect.name == "oracle" else f"CAST({column} AS {dialect.date_type})"
            odd = ""
            if dialect.name == "sqlite":  # DATE makes 2026-03-03 of 2026-02-31, and today of 'now'
                moment = f"CASE WHEN DATE({column}) = SUBSTR({column}, 1, 10) THEN DATE({column}) END"
                odd = f"{column} <> '' AND ({moment}) IS NULL"
            found = missing_at(Reading(Sql(moment, "date"), odd), field, dialect)
            return limited(found, field, dialect) if within else found
        case Number() | Money() | Length():
            found = missing_at(_number(field, column, dialect), field, dialect)
            return limited(found, field, dialect) if within else found
        case ListOf():
            raise NotCarried("list", field.name)
        case DateTime():
            raise NotCarried("date and time", field.name)
    raise NotCarried("construct", type(field.type).__name__)


def cleaned(column: str, dialect: Dialect) -> Sql:
    """A text as rules compare it: normalised, trimmed; missing where nothing is left."""
    text = dialect.binary.format(x=column)
    text = text if dialect.nfc is None else dialect.nfc.format(x=text)
    trimmed = dialect.clean.format(x=text, spaces=dialect.text(OUTER_SPACES))
    if not dialect.empty_text:
        return Sql(trimmed, "text")
    return Sql(f"NULLIF({trimmed}, {dialect.text('')})", "text")


def choice_reading(field: Field, reading: Reading, dialect: Dialect) -> Reading:
    """A text as the key of a member; one that is none, however it may be meant, makes the row unreadable."""
    assert isinstance(field.type, Choice)
    text = reading.value.text
    labelled = [each for each in field.type.members if each.label is not None and each.label != each.key]
    spellings = ", ".join(dialect.text(each) for member in field.type.members for each in member.spellings())
    odd = f"{text} NOT IN ({spellings})"
    if labelled:
        cases = " ".join(f"WHEN {dialect.text(e.label or '')} THEN {dialect.text(e.key)}" for e in labelled)
        text = f"CASE {text} {cases} ELSE {text} END"
    return evolve(reading, value=Sql(text, "text"), odd=odd)


def _number(field: Field, column: str, dialect: Dialect) -> Reading:
    digits, scale = digits_of(field)
    if dialect.scaled:
        unit = 10**scale
        if unit == 1:
            odd = f"{column} IS NOT NULL AND (TYPEOF({column}) <> 'integer' OR ABS({column}) >= {10**digits})"
            return Reading(Sql(column, digits=digits), odd)
        count = f"CAST(ROUND({column} * {unit}) AS INTEGER)"
        # What fifteen digits tell exactly comes back; everything else is no exact number.
        small = 10 ** min(digits, 15 - scale)
        odd = (
            f"{column} IS NOT NULL AND (TYPEOF({column}) NOT IN ('integer', 'real') OR ABS({column}) >= {small} "
            f"OR {count} / {unit}.0 <> {column})"
        )
        return Reading(Sql(count, digits=digits, scale=scale), odd)
    type_ = dialect.number_type(digits, scale)
    value = dialect.cast.format(x=column, type=type_)
    if dialect.checked_cast:
        fits = f"ABS({column}) < {10**digits}"
        value = f"CASE WHEN {fits} THEN {value} END"
        odd = f"{column} IS NOT NULL AND (NOT ({fits}) OR {value} <> {column})"
        none = dialect.not_a_number.format(x=column)
        return Reading(Sql(value, digits=digits, scale=scale), f"NOT ({none}) AND {odd}" if none else odd)
    odd = f"{value} <> {column}"
    if "TRY" in dialect.cast or "SAFE" in dialect.cast:
        odd = f"{column} IS NOT NULL AND ({value} IS NULL OR {odd})"
    return Reading(Sql(value, digits=digits, scale=scale), odd)


def missing_at(reading: Reading, field: Field, dialect: Dialect) -> Reading:
    """The reading with the spellings that stand for missing taken for missing."""
    spelled = missing_values(field)
    value = reading.value
    if not spelled:
        return reading
    if value.kind == "number":
        figures = Figures(dialect)
        tests = [figures.compare("=", value, figures.literal(each)) for each in spelled]
        condition = " OR ".join(tests)
    else:
        literals = (dialect.day(each) if value.kind == "date" else dialect.text(each) for each in spelled)
        condition = f"{value.text} IN ({', '.join(literals)})"
    return evolve(reading, value=evolve(value, text=f"CASE WHEN {condition} THEN NULL ELSE {value.text} END"))


def missing_values(field: Field) -> tuple[Any, ...]:
    """What stands for missing in a column of the field's type: numbers, days, texts."""
    found: list[Any] = []
    for each in map(clean_text, field.missing_values):
        try:
            match field.type:
                case Number() | Money() | Length():
                    number = read_number(each)
                    if show_number(number) == each:
                        found.append(number)
                case Date():
                    day = read_date(each)
                    if day.isoformat() == each:
                        found.append(day)
                case Text() | Choice() if each:
                    found.append(each)
        except Unreadable:
            continue  # a word among numbers can only come as text
    return tuple(found)


def limited(reading: Reading, field: Field, dialect: Dialect) -> Reading:
    """The reading with a value outside the field's limits taken for missing, though not for blank."""
    value = reading.value
    tests = outside_tests(field, value, dialect)
    if not tests:
        return reading
    outside = " OR ".join(tests)
    text = f"CASE WHEN {outside} THEN NULL ELSE {value.text} END"
    return evolve(reading, value=evolve(value, text=text), blank=f"{value.text} IS NULL")


def doubtful_percent(field: Field, value: Sql, dialect: Dialect) -> list[str]:
    """The conditions under which a percentage without its sign may be meant in two ways: 73% or 7300%."""
    if not isinstance(field.type, Number) or not field.type.percent:
        return []
    figures = Figures(dialect)
    return [figures.compare(sign, value, figures.literal(bound)) for sign, bound in ((">", 1), ("<", -1))]


def outside_tests(field: Field, value: Sql, dialect: Dialect) -> list[str]:
    """The conditions under which a value is outside its field's limits."""
    figures = Figures(dialect)
    tests = []
    for bound, sign in ((field.at_least, "<"), (field.at_most, ">")):
        if bound is None:
            continue
        if value.kind == "number":
            plain: Any = bound.amount if isinstance(bound, Duration) else bound
            tests.append(figures.compare(sign, value, figures.literal(plain)))
        else:
            day: Any = bound
            tests.append(f"{value.text} {sign} {dialect.day(day)}")
    return tests


def value_tests(field: Field, value: Sql, dialect: Dialect, as_of: date) -> list[str]:
    """The conditions under which a value that could be read is odd: outside its limits, ahead of the day, or missing
    where one has to be.
    """
    tests = outside_tests(field, value, dialect)
    if isinstance(field.type, Date) and not field.type.may_be_future:
        tests.append(f"{value.text} > {dialect.day(as_of)}")
    if field.required:
        tests.append(f"{value.text} IS NULL")
    return tests


def near_misses(text: str, key: str, wide: str, exact: Collection[str], dialect: Dialect) -> list[str]:
    """The condition that a text may differ from one of the ``exact`` texts of the rules in case, width or spaces alone.

    ``key`` is it without them, for plain ASCII; ``wide`` the condition that it may fold to anything.
    """
    if not exact:
        return []
    spelled = ", ".join(map(dialect.text, sorted(exact)))
    keys = ", ".join(map(dialect.text, sorted({near_key(each) for each in exact})))
    return [f"{text} NOT IN ({spelled}) AND ({key} IN ({keys}) OR {wide})"]
