"""What kind of values a column holds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from rulelang.engine.reading.observe import observe
from rulelang.engine.sources.source import Row, Source


def column(*cells: object) -> Source:
    return Source("x", "csv", ("x",), lambda: (Row(number, [cell]) for number, cell in enumerate(cells, 2)))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("", None, " "), "empty"),
        ((), "empty"),
        (("1", "-2.5", "", "1,234.50", "¥1.5万", "15%"), "number"),
        ((1, Decimal("0.5"), None, 2.5), "number"),
        (("0", "1", "1"), "number"),
        (("30", "365"), "number"),
        (("2026-01-31", "2026/1/31", ""), "date"),
        (("03/04/2026", "25/04/2026"), "date"),
        (("03/04/2026", "04/25/2026"), "date"),
        (("19970101", "19970112"), "date"),
        ((20260131, 20260201), "date"),
        ((date(2026, 1, 31), datetime(2026, 1, 31, 9)), "date"),
        (("19970101", "99999999"), "number"),
        (("yes", "no", "NO"), "yes-no"),
        (("是", "否"), "yes-no"),
        ((True, False), "yes-no"),
        (("00123", "00124"), "text"),
        (("6222020200012345678", "6222020200012345679"), "text"),
        (("1", "unknown"), "text"),
        (("Paris", "NA"), "text"),
        ((True, 3), "text"),
        (([1], {"a": 2}), "text"),
    ],
)
def test_kinds(cells: tuple[object, ...], kind: str) -> None:
    assert {"x": kind} == observe(column(*cells))


def test_only_the_first_rows_are_asked() -> None:
    assert {"x": "number"} == observe(column(*["1"] * 1000, "text"))
    assert {"x": "text"} == observe(column(*["1"] * 1000, "text"), size=1001)
