"""Columns that may be meant by fields without one."""

from __future__ import annotations

import pytest

from rulelang.engine.reading.likely import likely_columns
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Text

COLUMNS = (
    *("Customer No.", "First order", "Last order", "Orders", "Revenue", "Revenue 12m", "Tags", "Phone"),
    *("E-mail consent", "最近购卖", "City"),
)


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("customer_id", None, ("Customer No.",)),
        ("last_purchase", None, ("Last order",)),
        ("last_purchase", "最近购买", ("Last order", "最近购卖")),
        ("spend_total", None, ("Revenue",)),
        ("spend_12m", None, ("Revenue 12m",)),
        ("consent", None, ("E-mail consent",)),
        ("ctiy", None, ("City",)),
        ("stage", None, ()),  # not Tags
        ("responses_12m", None, ()),  # not Revenue 12m
        ("birth_date", None, ()),
    ],
)
def test_what_is_likely(name: str, label: str | None, expected: tuple[str, ...]) -> None:
    assert expected == likely_columns(Field(name, Text(), label), COLUMNS)
