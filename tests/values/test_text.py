"""Texts as rules compare them."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.values.text import clean_text, fold_width, looks_like, near_key

texts = st.text() | st.text(st.sampled_from("aA é\u0301\u3000\xa0\ufeff\u200bＡ１，ß中"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        (" \tplain\r\n", "plain"),
        ("\u3000上海\u3000", "上海"),
        ("\ufeff上海\xa0", "上海"),
        (" \ufeff \u200b上海", "上海"),
        ("a  b", "a  b"),
        ("上 海", "上 海"),
        ("cafe\u0301", "café"),
        ("Ａ", "Ａ"),
        ("\u3000\ufeff ", ""),
        ("", ""),
    ],
)
def test_clean_text(text: str, expected: str) -> None:
    assert expected == clean_text(text)


@given(texts)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(text) == clean_text(clean_text(text))


@given(texts)
def test_clean_text_is_in_normal_form_without_outer_white_space(text: str) -> None:
    clean = clean_text(text)
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == clean.strip()


def test_every_white_space_character_is_trimmed() -> None:
    spaces = "".join(chr(each) for each in range(sys.maxunicode + 1) if chr(each).isspace())
    assert "é" == clean_text(f"{spaces}é{spaces}")


@given(texts)
def test_folding_keeps_every_column(text: str) -> None:
    assert len(text) == len(fold_width(text))
    assert fold_width(text) == fold_width(fold_width(text))


def test_folding_width() -> None:
    assert "(A1,%>=~) ¥£-" == fold_width("（Ａ１，％＞＝～）\u3000￥￡−")
    assert "上海、北京。" == fold_width("上海、北京。")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Gold", "gold", True),
        ("ＧＯＬＤ", "gold", True),
        ("VIP 1", "vip1", True),
        ("上 海", "上海", True),
        ("Straße", "STRASSE", True),
        ("ｶﾞ", "ガ", True),
        ("gold", "gold", True),
        ("gold", "golds", False),
        ("上海", "北京", False),
        ("", " ", True),
    ],
)
def test_near_misses(first: str, second: str, expected: bool) -> None:
    assert expected == looks_like(first, second) == looks_like(second, first)


@given(texts)
def test_a_near_key_looks_like_its_text(text: str) -> None:
    assert near_key(text) == near_key(near_key(text))
    assert looks_like(text, near_key(text))
