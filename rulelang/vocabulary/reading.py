"""Reads a raw cell (text, or a value of a workbook, of JSON or of Python) as a field's type asks; None is missing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from attrs import field as attrs_field
from attrs import frozen

from rulelang.values.dates import written_day
from rulelang.values.decimal_sign import either_way, with_point
from rulelang.values.durations import Duration, read_duration
from rulelang.values.errors import Unreadable
from rulelang.values.moments import read_moment
from rulelang.values.money import read_money
from rulelang.values.numbers import EXACT, canonical, exact, has_share_sign, read_number, show_number
from rulelang.values.text import clean_text, near_key
from rulelang.values.written_dates import read_date
from rulelang.values.yesno import read_yes_no
from rulelang.vocabulary.declarations import Field, Value, record_fields
from rulelang.vocabulary.headings import Unit, in_unit
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Member, Money, Number, Text, Type, YesNo

NEAR_MISS = "near-miss"
ZONE_AS_WRITTEN = "zone-as-written"
NO_TIME_OF_DAY = "no-time-of-day"

# Data says "gold card" (金卡) or "lost customer" (流失客户) where the choice says gold (金) or lost (流失).
_CLASS_WORDS = ("客户", "客戶", "会员", "會員", "卡", "级", "級", "类", "類")

# What parts the words of a name, in data as in declarations.
_PARTING = str.maketrans("", "", "_-")

# Chinese measure words after a number mean nothing (4次, 3人, 65岁).
_MEASURED = re.compile(r"^(.*\d)\s*[笔次个人件户张位条套家名项封倍分单只台辆岁]$")
_NAN = ("NaN", "nan")
THREE_PLACES = 3  # a type with fewer places doubts 48.500

Records = tuple[Mapping[str, Any], ...]


@frozen
class ReadingOptions:
    """What the data itself doesn't say. ``day_first``: 03/04/2026 is 3 April (True), 4 March (False), ask (None).

    ``decimal_comma``: 48.500 is 48 500 (True), 48.5 (False), ask where an amount or a whole number is read (None).
    ``percent_figures``: 73 where a percentage is read is 73 % (True), 7300 % (False), ask where it is beyond 1 (None).
    ``exported``: values are cells of a file, where a number may stand for its figures; of one that a program gives it
    is only asked. ``unit`` is what amounts are counted in by their column's heading. ``spellings`` has for fields what
    their cells are called here: ``{"kind": {"Customer": "company"}}``.
    """

    day_first: bool | None = None
    decimal_comma: bool | None = None
    percent_figures: bool | None = None
    exported: bool = False
    unit: Unit | None = None
    spellings: Mapping[str, Mapping[str, str]] = attrs_field(factory=dict, hash=False)


class Reading(NamedTuple):
    """A value, and the code of a finding about how it was written, None where there is none.

    Findings: ``near-miss``; of a date with time ``zone-as-written`` and ``no-time-of-day``.
    """

    value: Value | Records | None
    finding: str | None = None


_ASK = ReadingOptions()
_MISSING = Reading(None)
AS_WRITTEN = ReadingOptions(decimal_comma=False, percent_figures=False)  # of what this program wrote itself


def read_value(field: Field, raw: object, options: ReadingOptions = _ASK) -> Value | Records | None:
    """The value of a cell in the form that types.py states, None where it is missing.

    Missing are blanks, NaN, and the spellings the field declares; ``NA``, ``null``, ``None`` and ``n/a`` are not,
    unless declared. Raises Unreadable with the reasons of `rulelang.values` and ``not-a-text``, ``not-a-member``,
    ``not-whole``, ``ambiguous-number``, ``ambiguous-percent``, ``comma-grouping``, ``other-currency``,
    ``currency-elsewhere``, ``other-unit``, ``not-a-list``.
    """
    return read(field, raw, options).value


def read(field: Field, raw: object, options: ReadingOptions = _ASK) -> Reading:
    """As `read_value`, with what is to be reported about the spelling of a value that could be read."""
    if options.spellings and isinstance(raw, str):
        raw = options.spellings.get(field.name, {}).get(clean_text(raw), raw)
    if is_blank(raw) or (field.missing_values and _stands_for_missing(field, raw)):
        return _MISSING
    try:
        return _READERS[type(field.type)](raw, field.type, options)
    except Unreadable as error:
        if isinstance(field.type, Number | Money | Length) and isinstance(raw, str) and clean_text(raw) in _NAN:
            return _MISSING
        if error.reason == "not-a-number" and _is_a_day(raw):
            raise Unreadable("date-for-number", _written(raw)) from error
        raise


def _is_a_day(raw: object) -> bool:
    """Whether a cell that is no number is a date, as a spreadsheet makes one of 1/5."""
    if not isinstance(raw, str):
        return isinstance(raw, datetime.date)
    try:
        return bool(read_date(raw, day_first=True))
    except Unreadable:
        return False


def read_within(field: Field, raw: object, options: ReadingOptions = _ASK) -> Value | Records | None:
    """As `read_value`; a value outside the limits of its field is missing."""
    value = read_value(field, raw, options)
    return None if not isinstance(value, tuple) and outside_limits(field, value) else value


def as_given(values: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Values that were read, as a program gives them to be decided: a percentage beyond the whole has its sign."""
    return {name: _as_given(fields[name], value) if name in fields else value for name, value in values.items()}


def _as_given(field: Field, value: Any) -> Any:
    match field.type:
        case Number(percent=True) if isinstance(value, int | Decimal) and not -1 <= value <= 1:
            return _percent(value)
        case ListOf() if isinstance(value, Sequence) and not isinstance(value, str):
            parts = {each.name: each for each in record_fields(field)}
            return [as_given(each, parts) if isinstance(each, Mapping) else each for each in value]
    return value


def is_blank(raw: object) -> bool:
    """Whether a cell has nothing in it: None, a text of white space, NaN or NA (as other libraries mark missing)."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw or (not "!" <= raw[0] <= "~" and not clean_text(raw))  # most cells start with ASCII
    # The only values that differ from themselves are NaN, NaT and their kin.
    if isinstance(raw, float | Decimal | datetime.date):
        return bool(raw != raw)
    return type(raw).__name__ == "NAType"  # of pandas: whatever is compared with it is neither true nor false


def outside_limits(field: Field, value: Value | None) -> bool:
    """Whether a value lies below the field's ``at_least`` or above its ``at_most``; such a value counts as missing."""
    if value is None or (field.at_least is None and field.at_most is None):
        return False
    plain: Any = _count(value)
    low: Any = _count(field.at_least)
    high: Any = _count(field.at_most)
    return (low is not None and plain < low) or (high is not None and plain > high)


def limit_passed(field: Field, value: Any) -> dict[str, Value | None]:
    """Which limit a value outside them passes, as a fact: ``at_least`` or ``at_most``.

    Of a percentage written without its sign (15 is 1500%) also what was ``meant``.
    """
    low: Any = _count(field.at_least)
    below = low is not None and _count(value) < low
    facts: dict[str, Value | None] = {"at_least": field.at_least} if below else {"at_most": field.at_most}
    most = facts.get("at_most")
    if (
        not isinstance(field.type, Number)
        or not field.type.percent
        or field.privacy
        or not isinstance(most, int | Decimal)
    ):
        return facts
    if outside_limits(field, Decimal(value) / 100):
        return facts
    return {"value": _percent(value), "at_most": _percent(most), "meant": f"{show_number(value)}%"}


def _percent(value: int | Decimal) -> str:
    return f"{show_number(canonical(Decimal(value).scaleb(2, EXACT)))}%"


def _count(value: Value | None) -> Value | None:
    """A length of time as the count that a field holds."""
    return value.amount if isinstance(value, Duration) else value


def _stands_for_missing(field: Field, raw: object) -> bool:
    written = _written(raw)
    spellings = [clean_text(each) for each in field.missing_values]
    if written in spellings:
        return True
    if not isinstance(field.type, Number | Money | Length):
        return False
    # −1, -1.0 and -1 are one number, however the cell has it.
    try:
        value = read_number(written)
    except Unreadable:
        return False
    return show_number(value) in spellings


def _written(raw: object) -> str:
    """A cell as text: numbers in plain figures, days as 2026-01-31."""
    match raw:
        case str():
            return clean_text(raw)
        case bool():
            return "TRUE" if raw else "FALSE"
        case datetime.datetime():
            return raw.isoformat(" ", "seconds") if raw.time() != datetime.time.min else raw.date().isoformat()
        case datetime.date() | datetime.time():
            return raw.isoformat()
        case int() | float() | Decimal():
            number = exact(raw)
            return "" if number is None else show_number(number)
    raise Unreadable("not-a-text", f"{type(raw).__name__}: {raw!r}"[:80])


def _text(raw: object, type_: Text, options: ReadingOptions) -> Reading:
    return Reading(_written(raw))


def _yes_no(raw: object, type_: YesNo, options: ReadingOptions) -> Reading:
    return Reading(read_yes_no(raw))


def _number(raw: object, type_: Number, options: ReadingOptions) -> Reading:
    if isinstance(raw, str):
        figures = _figures(raw, type_.decimals < THREE_PLACES, options)
        value: Decimal | int | None = read_number(_MEASURED.sub(r"\1", figures))
    else:
        value = exact(raw)
    if type_.decimals == 0 and isinstance(value, Decimal):
        raise Unreadable("not-whole", str(raw))
    return Reading(_share(raw, value, options) if type_.percent and value is not None else value)


def _share(raw: object, value: Decimal | int, options: ReadingOptions) -> Decimal | int:
    """A percentage: without its sign a number is a fraction, or its figures.

    Raises Unreadable (``ambiguous-percent``).
    """
    if isinstance(raw, str) and has_share_sign(raw):
        return value
    if options.percent_figures and (isinstance(raw, str) or options.exported):
        return canonical(Decimal(value).scaleb(-2, EXACT))
    if options.percent_figures is None and not -1 <= value <= 1:
        raise Unreadable("ambiguous-percent", str(raw))
    return value


def _figures(raw: str, few_places: bool, options: ReadingOptions) -> str:
    """A number's text with the decimal sign as a point; three places are doubted where the type has fewer.

    Raises Unreadable (``ambiguous-number``, ``comma-grouping``).
    """
    if options.decimal_comma:
        return with_point(raw)
    if few_places and options.decimal_comma is None and either_way(raw):
        raise Unreadable("ambiguous-number", raw)
    return raw


def _money(raw: object, type_: Money, options: ReadingOptions) -> Reading:
    if not isinstance(raw, str):
        plain = exact(raw)
        return Reading(plain if plain is None or options.unit is None else in_unit(plain, raw, options.unit))
    amount, currency = read_money(_figures(raw, type_.decimals < THREE_PLACES, options), type_.currency)
    if currency is not None and type_.by is not None:
        raise Unreadable("currency-elsewhere", raw)
    if currency is not None and type_.currency is not None and currency != type_.currency:
        raise Unreadable("other-currency", raw)
    return Reading(amount if options.unit is None else in_unit(amount, raw, options.unit))


def _date(raw: object, type_: Date, options: ReadingOptions) -> Reading:
    if isinstance(raw, str):
        return Reading(read_date(raw, options.day_first))
    if isinstance(raw, datetime.date):
        return Reading(written_day(raw))
    if isinstance(raw, int) and not isinstance(raw, bool):  # 20260131; a day's serial number is a date cell
        return Reading(read_date(str(raw), options.day_first))
    if type(raw).__name__ == "datetime64":
        return _MISSING if raw != raw else Reading(read_date(str(raw)))
    raise Unreadable("not-a-date", str(raw))


def _date_and_time(raw: object, type_: DateTime, options: ReadingOptions) -> Reading:
    if isinstance(raw, datetime.datetime):
        at = raw.replace(tzinfo=None, fold=0)
        at = at if type(at) is datetime.datetime else datetime.datetime.combine(at.date(), at.time())
        return Reading(at, None if raw.tzinfo is None else ZONE_AS_WRITTEN)
    if isinstance(raw, datetime.date):
        return Reading(datetime.datetime.combine(written_day(raw), datetime.time.min), NO_TIME_OF_DAY)
    if isinstance(raw, int) and not isinstance(raw, bool):  # 20260131153000
        return Reading(*read_moment(str(raw), options.day_first))
    if isinstance(raw, str):
        return Reading(*read_moment(raw, options.day_first))
    if type(raw).__name__ == "datetime64":
        return _MISSING if raw != raw else Reading(*read_moment(str(raw)))
    raise Unreadable("not-a-date", str(raw))


def _length(raw: object, type_: Length, options: ReadingOptions) -> Reading:
    if isinstance(raw, Duration):
        return Reading(_in_unit(raw, type_, str(raw)))
    if isinstance(raw, datetime.timedelta):
        if raw % datetime.timedelta(days=1):
            raise Unreadable("not-whole", str(raw))
        return Reading(_in_unit(Duration(raw.days, "days"), type_, str(raw)))
    if isinstance(raw, str):
        try:
            count: int | Decimal | None = read_number(raw)
        except Unreadable:
            return Reading(_in_unit(read_duration(raw), type_, raw))
    else:
        count = exact(raw)
    if isinstance(count, Decimal):
        raise Unreadable("not-whole", str(raw))
    return Reading(count)


def _in_unit(duration: Duration, type_: Length, text: str) -> int:
    if duration.unit != type_.unit:
        raise Unreadable("other-unit", text)
    return duration.amount


def _choice(raw: object, type_: Choice, options: ReadingOptions) -> Reading:
    written = _written(raw)
    member = type_.member(written)
    if member is not None:
        return Reading(member.key)
    alike = _only(type_, _joined_key, written)
    if alike is not None:
        return Reading(alike.key, NEAR_MISS)
    classed = _only(type_, _class_name, written)
    if classed is not None:
        return Reading(classed.key)
    raise Unreadable("not-a-member", written)


def _only(choice: Choice, key: Callable[[str], str], written: str) -> Member | None:
    """The only member that has a spelling with the same key, None where there is none or several."""
    wanted = key(written)
    found = [each for each in choice.members if any(key(spelling) == wanted for spelling in each.spellings())]
    return found[0] if len(found) == 1 else None


def _joined_key(spelling: str) -> str:
    """A name without what people part its words with: private_company, private company and Private-Company are one."""
    return near_key(spelling).translate(_PARTING)


def _class_name(spelling: str) -> str:
    """The name of a class without the words that people add to it: 金卡会员, 金卡 and 金 are one."""
    name = near_key(spelling)
    while word := next((each for each in _CLASS_WORDS if name.endswith(each) and name != each), None):
        name = name.removesuffix(word)
    return name


def _list(raw: object, type_: ListOf, options: ReadingOptions) -> Reading:
    if isinstance(raw, str | bytes) or not isinstance(raw, Sequence):
        raise Unreadable("not-a-list", str(raw)[:80])
    elements = []
    for item in raw:
        if not isinstance(item, Mapping):
            raise Unreadable("not-a-list", str(item)[:80])
        elements.append(
            {
                each.name: read_within(each, item.get(each.name, item.get(each.label)), options)
                for each in record_fields(Field(type_.element, type_))
            }
        )
    return Reading(tuple(elements))


_READERS: dict[type[Type], Callable[[object, Any, ReadingOptions], Reading]] = {
    Text: _text,
    YesNo: _yes_no,
    Number: _number,
    Money: _money,
    Date: _date,
    DateTime: _date_and_time,
    Length: _length,
    Choice: _choice,
    ListOf: _list,
}
