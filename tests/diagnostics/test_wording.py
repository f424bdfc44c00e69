"""Facts put into sentences."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from rulelang.diagnostics.wording import Word, fill, required_facts, show_value
from rulelang.values.durations import Duration

WORDS = {"date": Word("date", "a date", "日期")}


@pytest.mark.parametrize(
    ("sentence", "facts", "english", "chinese"),
    [
        ("{a} is {b}", {"a": 1, "b": True}, "1 is yes", "1 is 是"),
        ("{a}", {"a": ("x", "y", "z")}, "x, y, z", "x、y、z"),
        ("{a:or}", {"a": ("x", "y", "z")}, "x, y or z", "x、y或z"),
        ("{a:or}", {"a": ("x",)}, "x", "x"),
        ("{a:arrow}", {"a": ["x", "y", "x"]}, "x → y → x", "x → y → x"),
        ("{a}", {"a": {"y", "x"}}, "x, y", "x、y"),
        ("{a:word}", {"a": "date"}, "date", "日期"),
        ("{a:a}", {"a": "date"}, "a date", "日期"),
        ("{a:a}", {"a": "money in CNY"}, "an amount in CNY", "金额（元）"),
        ("{a:word}", {"a": "no such word"}, "no such word", "no such word"),
        ("{a:plural:row|rows}", {"a": 1}, "1 row", "1 row"),
        ("{a:plural:row|rows}", {"a": 2}, "2 rows", "2 rows"),
        ("{a:count}", {"a": 5000000}, "5,000,000", "5,000,000"),
        ("x[?, at most {a}?].", {}, "X.", "X."),
        ("x[?, at most {a}?].", {"a": 0}, "X, at most 0.", "X, at most 0."),
        ("x[?, of {a}?].", {"a": ()}, "X.", "X."),
        ("{a}", {}, "…", "…"),
        ("{a}", {"a": "one", "a_zh": "一"}, "one", "一"),
        ("a {{brace}}", {}, "A {brace}", "A {brace}"),
        ("{name} said", {"name": "{x} [?y?]"}, "{x} [?y?] said", "{x} [?y?] said"),
    ],
)
def test_a_sentence_is_filled(sentence: str, facts: dict[str, object], english: str, chinese: str) -> None:
    assert (english, chinese) == (fill(sentence, facts, "en", WORDS), fill(sentence, facts, "zh", WORDS))


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (date(2026, 1, 31), "2026-01-31", "2026年1月31日"),
        (datetime(2026, 1, 31, 9, 5), "2026-01-31 09:05", "2026年1月31日 09:05"),
        (Decimal("1E+3"), "1000", "1000"),
        (Duration(365, "days"), "365 days", "365天"),
        (Duration(1, "months"), "1 month", "1个月"),
        ("365 days", "365 days", "365 days"),
        (False, "no", "否"),
    ],
)
def test_a_value_is_written_as_its_reader_writes_it(value: object, english: str, chinese: str) -> None:
    assert (english, chinese) == (show_value(value, "en"), show_value(value, "zh"))


def test_only_facts_outside_optional_parts_are_required() -> None:
    assert {"a", "b"} == required_facts("{a:or}[?, {c}?] {{x}} {b}")
