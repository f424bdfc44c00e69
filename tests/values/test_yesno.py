"""Yes and no in every coat."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rulelang.values.errors import Unreadable
from rulelang.values.yesno import NO, YES, read_yes_no


@pytest.mark.parametrize("value", [*YES, "YES", " Yes ", "Ｙ", "１", "TRUE", "是\u3000", True, 1, 1.0, Decimal(1)])
def test_yes(value: object) -> None:
    assert read_yes_no(value) is True


@pytest.mark.parametrize("value", [*NO, "NO", " No ", "Ｎ", "０", "False", False, 0, 0.0, Decimal(0)])
def test_no(value: object) -> None:
    assert read_yes_no(value) is False


@pytest.mark.parametrize(
    "value", ["", " ", "x", "maybe", "2", "-1", "10", "是否", "unknown", 2, 0.5, float("nan"), None, []]
)
def test_neither(value: object) -> None:
    with pytest.raises(Unreadable) as raised:
        read_yes_no(value)
    assert "not-yes-or-no" == raised.value.reason


def test_another_librarys_boolean() -> None:
    boolean = type("bool_", (), {"__bool__": lambda self: False})
    assert read_yes_no(boolean()) is False


def test_no_word_says_both() -> None:
    assert not set(YES) & set(NO)
