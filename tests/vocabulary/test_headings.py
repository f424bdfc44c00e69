"""Units in the headings of columns: which there are, and what they make of a cell."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rulelang.values.errors import Unreadable
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.headings import contradicts, in_unit, parted, unit_of
from rulelang.vocabulary.types import Money, Text

INCOME = Field("income", Money("CNY"), "年收入")


@pytest.mark.parametrize(
    ("title", "name", "factor"),
    [
        ("年收入（万元）", "年收入", 10_000),
        ("年收入(单位：万元)", "年收入", 10_000),
        ("年收入万元", "年收入", 10_000),
        ("年收入/千元", "年收入", 1000),
        ("资产【亿元】", "资产", 100_000_000),
        ("年收入（元）", "年收入", 1),
        ("Income (k€)", "Income", 1000),
        ("Income in thousands", "Income", 1000),
        ("Net worth ($000)", "Net worth", 1000),
        ("Revenue (EUR m)", "Revenue", 1_000_000),
        ("Income, thousand EUR", "Income", 1000),
        ("Income (USD)", "Income", 1),
    ],
)
def test_a_heading_names_its_unit(title: str, name: str, factor: int) -> None:
    found = parted(title)
    assert found is not None
    assert (name, factor) == (found[0], found[1].factor)


@pytest.mark.parametrize(
    "title", ["年收入", "width (m)", "客户（个人）", "last order in days", "备注（万一）", "元", "Income"]
)
def test_other_headings_have_none(title: str) -> None:
    assert parted(title) is None


def test_a_cell_says_the_same_unit_once_and_no_other() -> None:
    unit = unit_of(INCOME, "年收入（万元）")
    assert unit is not None
    assert (200_000, 155_000, 180_000) == (
        in_unit(20, 20, unit),
        in_unit(Decimal("15.5"), "15.5", unit),
        in_unit(180_000, "¥18万", unit),
    )
    for cell in ("200000元", "20千", "1亿2万"):
        with pytest.raises(Unreadable) as raised:
            in_unit(1, cell, unit)
        assert "heading-unit" == raised.value.reason


def test_the_unit_of_another_currency_contradicts() -> None:
    for title, wrong in (
        ("年收入（万美元）", True),
        ("年收入（万元）", False),
        ("年收入（万）", False),
        ("income (k¥)", False),
    ):
        found = parted(title)
        assert found is not None
        assert wrong == contradicts(INCOME, found[1])


def test_no_unit_is_taken_from_what_a_field_is_called_or_for_what_is_no_money() -> None:
    assert unit_of(Field("年收入（万元）", Money("CNY")), "年收入（万元）") is None
    assert unit_of(Field("年收入（万元）", Money("CNY"), inferred=True), "年收入（万元）") is not None
    assert unit_of(Field("note", Text()), "note (k)") is None
