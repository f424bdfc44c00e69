"""Amounts of money as people write them."""

from __future__ import annotations

from rulelang.values.currencies import currency_code
from rulelang.values.numbers import Number, read_amount, read_number


def read_money(text: str, expected: str | None = None) -> tuple[Number, str | None]:
    """The amount a text states and the ISO code of its currency, None where it names none.

    ``expected`` is the ISO code of the field's currency: a sign that several currencies share (¥, $, 元) then
    stands for it. Raises Unreadable as `rulelang.values.numbers.read_number` does.
    """
    figures = text.removeprefix("-")
    if figures.isascii() and figures[:1].isdigit() and figures[-1:].isdigit():  # no place for a currency
        return read_number(text), None
    amount, spelling = read_amount(text)
    return amount, None if spelling is None else currency_code(spelling, expected)
