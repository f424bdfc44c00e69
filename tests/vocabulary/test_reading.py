"""Cells as they come, read as a field's type asks."""

from __future__ import annotations

import datetime
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.values.decimal_sign import either_way
from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import read_number
from rulelang.vocabulary.declarations import Field, Value
from rulelang.vocabulary.reading import NEAR_MISS, ReadingOptions, is_blank, outside_limits, read, read_value
from rulelang.vocabulary.types import Choice, Date, Length, ListOf, Member, Money, Number, Text, Type, YesNo

GRADES = Choice((Member("gold", "金"), Member("silver", "银"), Member("lost", "流失"), Member("A")), ordered=False)
ALL_TYPES: tuple[Type, ...] = (Text(), YesNo(), Number(), Money("CNY"), Date(), Length(), GRADES)


def of(type_: Type, **more: Any) -> Field:
    return Field("f", type_, **more)


@pytest.mark.parametrize("type_", ALL_TYPES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\ufeff", float("nan"), Decimal("NaN")])
def test_blank_and_nan_are_missing_for_every_type(type_: Type, blank: object) -> None:
    assert is_blank(blank)
    assert read_value(of(type_), blank) is None


@pytest.mark.parametrize("country", ["NA", "null", "None", "n/a", "N/A", "nan", "-", "unknown"])
def test_words_that_some_programs_take_for_missing_are_texts(country: str) -> None:
    assert country == read_value(of(Text()), country)


def test_declared_spellings_are_missing() -> None:
    field = of(Text(), missing_values=("unknown", "-1"))
    assert read_value(field, " unknown ") is None
    assert read_value(field, "Unknown") == "Unknown"
    days = of(Number(0), missing_values=("-1",))
    assert [read_value(days, each) for each in ("-1", " -1 ", "－1", -1, -1.0, Decimal("-1.0"), "-1.0")] == [None] * 7
    assert read_value(days, "1") == 1


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        (Text(), "00123", "00123"),
        (Text(), "  张三 ", "张三"),
        (Text(), "e\u0301", "é"),
        (Text(), 13800000000, "13800000000"),
        (Text(), 13800000000.0, "13800000000"),
        (Text(), Decimal("1.50"), "1.5"),
        (Text(), True, "TRUE"),
        (Text(), date(2026, 1, 31), "2026-01-31"),
        (Text(), datetime.datetime(2026, 1, 31, 0, 0), "2026-01-31"),
        (Text(), datetime.datetime(2026, 1, 31, 9, 5), "2026-01-31 09:05:00"),
        (YesNo(), "是", True),
        (YesNo(), "N", False),
        (YesNo(), True, True),
        (YesNo(), 0, False),
        (Number(), "1,234.50", Decimal("1234.5")),
        (Number(), "15%", Decimal("0.15")),
        (Number(), 0.1, Decimal("0.1")),
        (Number(), Decimal("1E+2"), 100),
        (Number(), "NaN", None),
        (Money("CNY"), " nan ", None),
        (Length(), "NaN", None),
        (Number(0), 7.0, 7),
        (Money("CNY"), "¥1.5万", 15000),
        (Money("CNY"), "1,200元", 1200),
        (Money(None), "$5", 5),
        (Money("USD"), 12, 12),
        (Date(), "2026/1/31", date(2026, 1, 31)),
        (Date(), "2026年1月31日", date(2026, 1, 31)),
        (Date(), 20260131, date(2026, 1, 31)),
        (Date(), date(2026, 1, 31), date(2026, 1, 31)),
        (Date(), datetime.datetime(2026, 1, 31, 23, 59), date(2026, 1, 31)),
        (Length(), "365", 365),
        (Length(), 365, 365),
        (Length(), "365天", 365),
        (Length("months"), "2 years", 24),
        (Length(), datetime.timedelta(days=3), 3),
        (Length(), Duration(5, "days"), 5),
        (GRADES, "gold", "gold"),
        (GRADES, "金", "gold"),
        (GRADES, "金卡", "gold"),
        (GRADES, "金卡会员", "gold"),
        (GRADES, "流失客户", "lost"),
        (GRADES, "A级", "A"),
        (GRADES, "A类", "A"),
    ],
)
def test_values_read(type_: Type, raw: object, value: object) -> None:
    result = read(of(type_), raw)
    assert value == result.value
    assert type(value) is type(result.value)
    assert result.finding is None


@pytest.mark.parametrize(
    ("type_", "raw", "reason"),
    [
        (Text(), ["a"], "not-a-text"),
        (Text(), {"a": 1}, "not-a-text"),
        (YesNo(), "perhaps", "not-yes-or-no"),
        (Number(), "长期", "not-a-number"),
        (Number(), True, "not-a-number"),
        (Number(), date(2026, 1, 31), "date-for-number"),
        (Number(), "2026年1月31日", "date-for-number"),
        (Money("CNY"), "31/01/2026", "date-for-number"),
        (Number(), float("inf"), "not-finite"),
        (Number(0), "2.5", "not-whole"),
        (Money("CNY"), "$5", "other-currency"),
        (Date(), "长期", "not-a-date"),
        (Date(), "03/04/2026", "ambiguous-date"),
        (Date(), 45000, "not-a-date"),
        (Date(), 45000.5, "not-a-date"),
        (Date(), True, "not-a-date"),
        (Length(), "2.5", "not-whole"),
        (Length(), "2 months", "other-unit"),
        (Length("months"), datetime.timedelta(days=30), "other-unit"),
        (Length(), datetime.timedelta(hours=36), "not-whole"),
        (Length(), "soon", "not-a-duration"),
        (GRADES, "bronze", "not-a-member"),
        (GRADES, "客户", "not-a-member"),
        (ListOf("order"), "3 orders", "not-a-list"),
        (ListOf("order"), [1], "not-a-list"),
    ],
)
def test_values_that_cannot_be_read_say_why(type_: Type, raw: object, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_value(of(type_), raw)
    assert reason == caught.value.reason


def test_the_order_of_day_and_month_is_told() -> None:
    assert date(2026, 4, 3) == read_value(of(Date()), "03/04/2026", ReadingOptions(day_first=True))
    assert date(2026, 3, 4) == read_value(of(Date()), "03/04/2026", ReadingOptions(day_first=False))
    assert date(2026, 4, 30) == read_value(of(Date()), "30/04/2026")


@pytest.mark.parametrize(("raw", "key"), [("Gold", "gold"), ("ＧＯＬＤ", "gold"), (" GOLD", "gold"), ("Ａ", "A")])
def test_a_choice_in_another_case_or_width_is_read_and_reported(raw: str, key: str) -> None:
    assert (key, NEAR_MISS) == read(of(GRADES), raw)


def test_a_spelling_that_could_be_two_members_is_none_of_them() -> None:
    either = Choice((Member("A级"), Member("A类"), Member("b"), Member("B")))
    assert "A级" == read_value(of(either), "A级")
    assert "B" == read_value(of(either), "B")
    for raw in ("A", "A卡", "Ｂ"):
        with pytest.raises(Unreadable, match="not-a-member"):
            read_value(of(either), raw)


def test_records_of_a_list_are_read_by_name_or_label() -> None:
    orders = ListOf("order", (("paid_on", "付款日", Date()), ("amount", None, Money("CNY"))))
    read_orders = read_value(of(orders), [{"付款日": "2026-01-31", "amount": "1,200"}, {"amount": None, "other": 1}])
    assert ({"paid_on": date(2026, 1, 31), "amount": 1200}, {"paid_on": None, "amount": None}) == read_orders


@pytest.mark.parametrize(
    ("type_", "low", "high", "inside", "outside"),
    [
        (Number(), 0, None, (0, 5), (-1, Decimal("-0.01"))),
        (Number(), None, 10, (10,), (Decimal("10.01"),)),
        (Date(), date(2000, 1, 1), None, (date(2000, 1, 1),), (date(1999, 12, 31),)),
        (Length(), Duration(1, "days"), Duration(9, "days"), (1, 9), (0, 10)),
    ],
)
def test_limits_include_their_ends(
    type_: Type, low: Value | None, high: Value | None, inside: tuple[Value, ...], outside: tuple[Value, ...]
) -> None:
    field = of(type_, at_least=low, at_most=high)
    assert [False] * len(inside) == [outside_limits(field, each) for each in inside]
    assert [True] * len(outside) == [outside_limits(field, each) for each in outside]
    assert not outside_limits(field, None)
    assert not outside_limits(of(type_), inside[0])


@given(st.text(max_size=20), st.sampled_from(ALL_TYPES))
def test_any_text_is_read_is_missing_or_says_why(text: str, type_: Type) -> None:
    try:
        value = read_value(of(type_), text)
    except Unreadable as error:
        assert error.reason
        return
    assert (value is None) == is_blank(text) or text.strip().casefold() == "nan"


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("48.500", "48.5", "48500"),
        ("-1.234", "-1.234", "-1234"),
        ("¥ 1.250", "1.25", "1250"),
        ("1.250 元", "1.25", "1250"),
        ("1.250,50", None, "1250.5"),
        ("1 250,50", None, "1250.5"),
        ("1.250.000", None, "1250000"),
        ("12,5", None, "12.5"),
        ("12,50 €", None, None),
        ("1,234.50", "1234.5", None),
        ("1234", "1234", "1234"),
    ],
)
def test_the_decimal_sign_is_as_the_caller_says(text: str, point: str | None, comma: str | None) -> None:
    for decimal_comma, wanted in ((False, point), (True, comma)):
        options = ReadingOptions(decimal_comma=decimal_comma)
        try:
            found: Decimal | int | None = read_value(of(Money("CNY")), text, options)  # type: ignore[assignment]
        except Unreadable:
            found = None
        assert (None if wanted is None else Decimal(wanted)) == found


@pytest.mark.parametrize(
    ("raw", "fractions", "figures"),
    [
        ("73%", "0.73", "0.73"),
        ("150 ％", "1.5", "1.5"),
        ("百分之七十三", "0.73", "0.73"),
        ("(3‰)", "-0.003", "-0.003"),
        ("0.73", "0.73", "0.0073"),
        ("1", "1", "0.01"),
        ("73", None, "0.73"),
        ("-1.01", None, "-0.0101"),
        (Decimal("1.5"), None, "0.015"),
        (73, None, "0.73"),
    ],
)
def test_a_percentage_beyond_the_whole_is_asked_about_without_its_sign(
    raw: object, fractions: str | None, figures: str
) -> None:
    share = of(Number(6, percent=True))
    if fractions is None:
        with pytest.raises(Unreadable, match="ambiguous-percent"):
            read_value(share, raw, ReadingOptions(exported=True))
    for percent_figures, wanted in ((False, fractions or raw), (True, figures)):
        options = ReadingOptions(percent_figures=percent_figures, exported=True)
        assert Decimal(str(wanted)) == read_value(share, raw, options)


def test_a_share_that_a_program_gives_is_a_fraction_and_asked_about_beyond_the_whole() -> None:
    share = of(Number(6, percent=True))
    assert Decimal("0.5") == read_value(share, Decimal("0.5"), ReadingOptions(percent_figures=True))
    assert Decimal("1.5") == read_value(share, "150%")
    for raw in ("1.5", Decimal("1.5"), 18, -1.5):
        with pytest.raises(Unreadable, match="ambiguous-percent"):
            read_value(share, raw)


@pytest.mark.parametrize("text", ["48.500", "1.000", "-9.999", "¥48.500", "48.500元", "(48.500)"])
@pytest.mark.parametrize("type_", [Money("CNY"), Number(0), Number(2)])
def test_a_point_before_three_figures_is_asked_about(text: str, type_: Type) -> None:
    with pytest.raises(Unreadable, match="ambiguous-number"):
        read_value(of(type_), text)


@pytest.mark.parametrize("text", ["0.125", "1234.500", "48.50", "48.5000", "48.500万", "1.234k", "1.234%", "1.234e3"])
def test_a_point_is_no_doubt_elsewhere(text: str) -> None:
    assert read_number(text) == read_value(of(Money("CNY")), text)


@given(st.from_regex(r"-?[0-9]{1,17}(\.[0-9]{1,8})?", fullmatch=True).filter(lambda text: not either_way(text)))
def test_money_without_a_currency_is_a_number(text: str) -> None:
    value = read_value(of(Money("CNY")), text)
    assert read_number(text) == value == read_value(of(Money("CNY")), f"¥{text}")
    assert type(read_number(text)) is type(value)


@given(st.dates() | st.integers(-(10**12), 10**12) | st.booleans())
def test_a_value_read_is_read_again_as_itself(value: Value) -> None:
    type_: Type = Date() if isinstance(value, date) else YesNo() if isinstance(value, bool) else Number()
    assert value == read_value(of(type_), value)
    assert value == read_value(of(type_), str(value))
