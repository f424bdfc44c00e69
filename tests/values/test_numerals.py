"""Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.values.numerals import NUMERAL_CHARACTERS, read_numeral, write_numeral


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("零", 0),
        ("三", 3),
        ("十", 10),
        ("十五", 15),
        ("一十五", 15),
        ("二十", 20),
        ("两百", 200),
        ("一百零五", 105),
        ("一百一十", 110),
        ("三百二十", 320),
        ("一千零二十", 1020),
        ("十万", 100_000),
        ("一万零二", 10_002),
        ("两百万", 2_000_000),
        ("一亿零五万", 100_050_000),
        ("一萬億", 10**12),
        ("二〇二六", 2026),
        ("〇八", 8),
    ],
)
def test_numerals(text: str, expected: int) -> None:
    assert expected == read_numeral(text)


@pytest.mark.parametrize(
    "text", ["", "万", "一万二", "一百二", "一千二十", "十百", "三三百", "一万万万万万", "半", "3", "一个"]
)
def test_what_is_not_written_in_full_is_refused(text: str) -> None:
    assert read_numeral(text) is None


@given(st.integers(0, 10**16 - 1) | st.integers(0, 100_000))
def test_what_is_written_reads_back(number: int) -> None:
    assert number == read_numeral(write_numeral(number))


@given(st.text(st.sampled_from(NUMERAL_CHARACTERS), max_size=60))
def test_any_row_of_numerals_is_read_or_refused(text: str) -> None:
    value = read_numeral(text)
    assert value is None or 0 <= value < 10**40
