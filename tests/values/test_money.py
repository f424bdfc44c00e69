"""Amounts with their currencies."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rulelang.values.currencies import CURRENCIES, SHARED_SIGNS, currency_code
from rulelang.values.errors import Unreadable
from rulelang.values.money import read_money
from rulelang.values.numbers import Number


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1,200", 1200, None),
        ("1.5万", 15000, None),
        ("15%", Decimal("0.15"), None),
        ("¥1,200.50", Decimal("1200.5"), "CNY"),
        ("￥1,200.50", Decimal("1200.5"), "CNY"),
        ("5万元", 50000, "CNY"),
        ("人民币5万元", 50000, "CNY"),
        ("100块", 100, "CNY"),
        ("100元整", 100, "CNY"),
        ("CNY 100", 100, "CNY"),
        ("100 rmb", 100, "CNY"),
        ("¥100 RMB", 100, "CNY"),
        ("$100", 100, "USD"),
        ("US$100", 100, "USD"),
        ("100美元", 100, "USD"),
        ("$100 USD", 100, "USD"),
        ("1.2 million dollars", 1200000, "USD"),
        ("€99.90", Decimal("99.9"), "EUR"),
        ("99欧元", 99, "EUR"),
        ("£5", 5, "GBP"),
        ("￡5", 5, "GBP"),
        ("5英镑", 5, "GBP"),
        ("HK$5", 5, "HKD"),
        ("HK$5元", 5, "HKD"),
        ("5港元", 5, "HKD"),
        ("5港币", 5, "HKD"),
        ("500日元", 500, "JPY"),
        ("¥500日元", 500, "JPY"),
        ("(HK$5)", -5, "HKD"),
    ],
)
def test_spellings(text: str, amount: Number, currency: str | None) -> None:
    assert (amount, currency) == read_money(text)


@pytest.mark.parametrize(
    ("text", "expected", "currency"),
    [
        ("¥100", "JPY", "JPY"),
        ("¥100", "CNY", "CNY"),
        ("¥100", "USD", "CNY"),
        ("$100", "HKD", "HKD"),
        ("$100", "CNY", "USD"),
        ("100元", "TWD", "TWD"),
        ("100人民币", "JPY", "CNY"),
        ("100", "JPY", None),
    ],
)
def test_a_shared_sign_means_the_currency_of_the_field(text: str, expected: str, currency: str | None) -> None:
    assert (100, currency) == read_money(text, expected)


@pytest.mark.parametrize("text", ["¥100美元", "$5元", "£5欧元"])
def test_two_currencies_beside_one_amount_are_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="two-currencies"):
        read_money(text)


def test_no_two_currencies_share_a_spelling() -> None:
    spellings = [each.casefold() for every in CURRENCIES.values() for each in every]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("sign", sorted(SHARED_SIGNS))
def test_a_shared_sign_alone_means_its_first_currency(sign: str) -> None:
    assert SHARED_SIGNS[sign][0] == currency_code(sign)
    assert set(SHARED_SIGNS[sign]) <= set(CURRENCIES)


@pytest.mark.parametrize(
    ("code", "spelling"), [(code, spelling) for code, every in CURRENCIES.items() for spelling in every]
)
def test_every_spelling_reads_before_and_after_an_amount(code: str, spelling: str) -> None:
    assert (5, code) == read_money(f"{spelling}5") == read_money(f"5 {spelling}") == read_money(f"5{spelling}")


def test_a_word_that_is_no_currency_has_no_code() -> None:
    assert currency_code("笔") is None
