"""The check digit of card numbers, as the retail plug-in offers it to rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulelang
import rulelang_retail
from rulelang_retail.checks import luhn_valid

DIGITS = st.text("0123456789", min_size=2, max_size=19)


VALID = ["79927398713", "4111 1111 1111 1111", "378282246310005", "6011-1111-1111-1117", "00"]
INVALID = ["79927398710", "4111111111111112", "0", "", "7992739871x", "７９９２７３９８７１３", "²²"]


@pytest.mark.parametrize("number", VALID)
def test_published_numbers_are_valid(number: str) -> None:
    assert luhn_valid(number)


@pytest.mark.parametrize("number", INVALID)
def test_others_are_not(number: str) -> None:
    assert not luhn_valid(number)


@given(DIGITS)
def test_one_last_digit_of_ten_is_right(number: str) -> None:
    assert 1 == sum(luhn_valid(number + last) for last in "0123456789")


@given(DIGITS.filter(luhn_valid), st.data())
def test_one_wrong_digit_is_noticed(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda each: each != number[place]))
    assert not luhn_valid(number[:place] + digit + number[place + 1 :])


def test_in_rules_of_either_language() -> None:
    head = "use retail\nfield member_card (会员卡号): text\noutcome card: one of right, wrong\n"
    english = head + "if luhn_valid(member_card) then card = right otherwise card = wrong"
    chinese = head + "如果校验位正确（会员卡号）那么 card 为 right 否则 card 为 wrong"
    rules = [rulelang.loads(each) for each in (english, chinese)]
    assert rules[0].fingerprint == rules[1].fingerprint
    decided = [rules[0].decide({"member_card": each}, date(2026, 1, 1))["card"] for each in ("79927398713", "1234")]
    assert ["right", "wrong"] == decided


def test_it_is_documented_in_both_languages() -> None:
    for function in rulelang_retail.plugin.provided_functions:
        assert function.note.isascii()
        assert not function.note_label.isascii()
        assert (rulelang_retail.plugin.name, rulelang_retail.plugin.version) == (function.plugin, function.version)
