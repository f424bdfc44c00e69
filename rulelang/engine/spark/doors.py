"""The door of Spark: which values of a column SQL reads by itself, with the same meaning as the other doors.

Everything unusual is *odd*: its row is asked of the generated Python, which reads it, reports it, or rejects it. No
expression here rests on a setting of the session: casts are tried, texts compared by their bytes, no zone is asked.
"""

from __future__ import annotations

import re
from datetime import date

from attrs import evolve

from rulelang.backends.sql.dialects import SPARK
from rulelang.backends.sql.door import (
    Reading,
    choice_reading,
    digits_of,
    doubtful_percent,
    missing_at,
    near_misses,
    nothing,
    value_tests,
    written_places,
    yes_no_word,
)
from rulelang.backends.sql.figures import Sql
from rulelang.engine.spark.columns import FLOATS, INTEGERS
from rulelang.explain.findings import Spellings
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo

_EXACT_DIGITS = 15  # so many digits of a double are those of its shortest spelling
# Blocks of characters that are in Unicode normal form C whatever stands beside them: Latin, punctuation, Chinese.
NORMAL = (("\x01", "\u02ff"), ("\u2010", "\u2027"), ("\u3000", "\u3029"), ("\u3400", "\u9fff"), ("\uff01", "\uff5e"))
VISIBLE = (("!", "~"), ("\xa1", "\u02ff"), ("\u2010", "\u2027"), ("\u3001", "\u3029"), *NORMAL[3:])
_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "


def reading(
    field: Field, column: str | None, kind: str, as_of: date, spellings: Spellings | None, asks: bool
) -> Reading:
    """How a field is read from a column of a Spark type; without a column it is missing for everybody.

    ``asks``: a percentage beyond the whole is odd, because its sign may have been left out.
    """
    absent = Reading(nothing(field, SPARK))
    if column is None:
        return absent
    found = _reading(field, column, kind) or evolve(absent, odd=f"{column} IS NOT NULL")
    odd = [found.odd] if found.odd else []
    value = found.value
    odd += value_tests(field, value, SPARK, as_of)
    if asks:
        odd += doubtful_percent(field, value, SPARK)
    if isinstance(field.type, Text) and spellings is not None and kind.startswith("string"):
        odd += _near_misses(value.text, spellings)
    return Reading(value, " OR ".join(f"({each})" for each in odd))


def _reading(field: Field, column: str, kind: str) -> Reading | None:
    """The value and what is odd about it; None where SQL reads nothing of such a column."""
    match field.type:
        case Text() | Choice():
            found = _text(column, kind)
            if found is None:
                return None
            found = missing_at(found, field, SPARK)
            if isinstance(field.type, Choice):
                chosen = choice_reading(field, found, SPARK)
                return evolve(chosen, odd=_either(found.odd, chosen.odd))
            return found
        case YesNo() if not field.missing_values:
            return _yes_no(column, kind)
        case Date():
            found = _date(column, kind)
            return None if found is None else missing_at(found, field, SPARK)
        case Number() | Money() | Length():
            found = _number(field, column, kind)
            return None if found is None else missing_at(found, field, SPARK)
    return None


def _either(*conditions: str) -> str:
    return " OR ".join(f"({each})" for each in conditions if each)


def _text(column: str, kind: str) -> Reading | None:
    if kind in INTEGERS:
        return Reading(Sql(f"CAST({column} AS STRING)", "text"))
    if not kind.startswith("string"):
        return None
    text = column if kind == "string" else f"collate({column}, 'UTF8_BINARY')"
    return Reading(Sql(f"NULLIF({text}, '')", "text"), f"NOT ({plain_text(text)})")


def plain_text(text: str) -> str:
    """The condition that a text is as it is when it has been read, by one look at its characters instead of trimming
    it: what begins or ends with a space is not.
    """
    inner, outer = ("".join(f"{first}-{last}" for first, last in each) for each in (NORMAL, VISIBLE))
    return f"{text} RLIKE '^([{outer}]([{inner}]*[{outer}])?)?$'"


def _yes_no(column: str, kind: str) -> Reading | None:
    if kind == "boolean":
        return Reading(Sql(column, "yesno"))
    if kind in INTEGERS:
        return Reading(Sql(f"CAST({column} AS BOOLEAN)", "yesno"), f"{column} NOT IN (0, 1)")
    if kind != "string":
        return None
    return yes_no_word(f"lower({column})", SPARK)


def _date(column: str, kind: str) -> Reading | None:
    first, last = SPARK.day(date.min), SPARK.day(date.max)
    if kind == "string":
        plain = f"char_length({column}) = 10 AND {column} RLIKE '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'"
        value = f"TRY_CAST(CASE WHEN {plain} THEN {column} END AS DATE)"
        return Reading(Sql(value, "date"), f"{column} <> '' AND ({value} IS NULL OR {value} < {first})")
    if kind in ("date", "timestamp_ntz"):
        value = f"CAST({column} AS DATE)" if kind != "date" else column
        return Reading(Sql(value, "date"), f"{value} NOT BETWEEN {first} AND {last}")
    return None


def _number(field: Field, column: str, kind: str) -> Reading | None:
    digits, scale = digits_of(field)
    type_ = SPARK.number_type(digits, scale)
    value = f"TRY_CAST({column} AS {type_})"
    if kind in INTEGERS:
        limit = f"{10**digits}BD"
        found, odd = value, f"{column} <= -{limit} OR {column} >= {limit}"
    elif kind == "string":
        places = f"([.]{written_places(field, scale)})?" if scale else ""
        plain = f"{column} RLIKE '^[+-]?[0-9]{{1,{digits}}}{places}$' AND NOT ({column} RLIKE '[^0-9.+-]')"
        found = f"TRY_CAST(CASE WHEN {plain} THEN {column} END AS {type_})"
        odd = f"{column} <> '' AND {found} IS NULL"
    elif kind.startswith("decimal"):
        found = value
        odd = f"{column} IS NOT NULL AND ({value} IS NULL OR TRY_CAST({value} AS {kind}) IS DISTINCT FROM {column})"
        if re.fullmatch(r"decimal\(\d+,0\)", kind) and scale == 0:
            odd = f"{column} IS NOT NULL AND {value} IS NULL"
        odd += f" OR abs({value}) >= {10**digits}BD" if type_ == SPARK.whole else ""
    elif kind in FLOATS:
        double = column if kind == "double" else f"CAST({column} AS DOUBLE)"
        found = f"TRY_CAST(CASE WHEN isnan({double}) THEN NULL ELSE {double} END AS {type_})"
        small = 10 ** min(digits, _EXACT_DIGITS - scale)
        off = f"{found} IS NULL OR abs({double}) >= {small} OR CAST({found} AS DOUBLE) <> {double}"
        odd = f"{column} IS NOT NULL AND NOT isnan({double}) AND ({off})"
    else:
        return None
    return Reading(Sql(found, digits=digits, scale=scale), odd)


def _near_misses(text: str, spellings: Spellings) -> list[str]:
    """What may differ from a text of the rules in case, width or spaces alone: looked at by the generated Python."""
    # Of plain ASCII the key is this; beyond it, whatever could fold to one of the keys in fewer or as many characters.
    key = f"lower(translate({text}, '{_SPACES}', ''))"
    wide = f"NOT ({text} RLIKE '^[!-~{_SPACES}\u4e00-\u9fff]*$')"
    return near_misses(text, key, wide, spellings.exact, SPARK)
