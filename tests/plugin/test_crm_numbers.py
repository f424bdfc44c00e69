"""Checks of Chinese numbers: the standards' own examples, one character off, and what is no number at all."""

from __future__ import annotations

from datetime import date

import pytest

from rulelang_crm.numbers import email_valid, id_birth_date, id_number_valid, mobile_valid, social_credit_valid

ID_NUMBERS = ("11010519491231002X", "440524188001010014")  # the examples of GB 11643
CREDIT_CODES = ("91350100M000100Y43", "9144030071526726XG")  # the example of GB 32100, and a company's


def test_numbers_of_the_standards_are_valid() -> None:
    assert [True, True] == [id_number_valid(each) for each in ID_NUMBERS]
    assert [True, True] == [social_credit_valid(each) for each in CREDIT_CODES]
    assert [date(1949, 12, 31), date(1880, 1, 1)] == [id_birth_date(each) for each in ID_NUMBERS]


@pytest.mark.parametrize("number", ID_NUMBERS)
def test_every_single_slip_in_an_identity_number_is_noticed(number: str) -> None:
    for place in range(17):
        for digit in "0123456789":
            if digit != number[place]:
                assert not id_number_valid(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_every_single_slip_in_a_credit_code_is_noticed(code: str) -> None:
    for place in range(18):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if character != code[place]:
                assert not social_credit_valid(code[:place] + character + code[place + 1 :])


def test_small_letters_and_outer_spaces_do_not_matter() -> None:
    assert id_number_valid(" 11010519491231002x ")
    assert social_credit_valid("91350100m000100y43 ")


@pytest.mark.parametrize("number", ["", "110105491231002", "11010519490230002X", "1101051949123100２X", "abc"])
def test_what_is_no_identity_number(number: str) -> None:
    assert not id_number_valid(number)


@pytest.mark.parametrize("code", ["", "91350100M000100I43", "91350100M000100Y4", "统一社会信用代码"])
def test_what_is_no_credit_code(code: str) -> None:
    assert not social_credit_valid(code)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13800000000", True),
        ("+86 138-0000-0000", True),
        ("8613800000000", True),
        ("12800000000", False),
        ("1380000000", False),
        ("+1 202 555 0143", False),
        ("010-12345678", False),
        ("１３８００００００００", False),
    ],
)
def test_mobile_numbers(number: str, expected: bool) -> None:
    assert expected == mobile_valid(number)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a@b.cn", True),
        ("a.b@c.d.com", True),
        ("a@b", False),
        ("@b.cn", False),
        ("a b@c.cn", False),
        ("a@b@c.cn", False),
        ("a@b..cn", False),
        ("", False),
    ],
)
def test_email_addresses(address: str, expected: bool) -> None:
    assert expected == email_valid(address)
