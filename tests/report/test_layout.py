"""Columns and paragraphs, counted in terminal cells."""

from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics.position import display_width
from rulelang.report.layout import columns, pad, shorten, wrap

TEXT = st.text("ab 客户，。（é", max_size=60)


def test_full_width_characters_count_two() -> None:
    assert ["类别  人数", "流失     3", "ab      12"] == columns(
        [["类别", "人数"], ["流失", "3"], ["ab", "12"]], ("<", ">")
    )


def test_rows_may_be_of_different_lengths() -> None:
    assert ["a    b", "ccc"] == columns([["a", "b"], ["ccc"]])
    assert [] == columns([])


def test_chinese_breaks_between_characters_but_not_before_a_closing_mark() -> None:
    assert "客户生命\n周期，以\n及等级。" == wrap("客户生命周期，以及等级。", 9)


def test_english_breaks_between_words_and_an_overlong_word_stays_whole() -> None:
    assert "  one two\n  three\n  unbreakable" == wrap("one two three unbreakable", 11, "  ")


def test_line_ends_of_the_text_stay() -> None:
    assert "a\n\nb" == wrap("a\n\nb", 10)


@given(TEXT, st.integers(4, 30))
def test_wrapping_changes_nothing_but_spaces(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    assert "".join(text.split()) == "".join(wrapped.split())
    closing = "，。"
    for line in wrapped.split("\n"):
        words = line.split()
        widest = max((display_width(word.strip(closing)) for word in words), default=0)
        assert display_width(line.rstrip(closing)) <= max(width, widest)


@given(TEXT, st.integers(2, 30))
def test_a_shortened_text_fits(text: str, width: int) -> None:
    short = shorten(text, width)
    assert display_width(short) <= width
    assert "\n" not in short
    assert short == " ".join(text.split()) or short.endswith("…")


@given(TEXT, st.integers(0, 30), st.sampled_from("<>"))
def test_a_padded_text_is_as_wide_as_asked(text: str, width: int, align: str) -> None:
    padded = pad(text, width, align)
    assert max(width, display_width(text)) == display_width(padded)
    assert text in padded


def test_a_column_of_nothing_takes_no_room() -> None:
    assert ["a  b", "c  d"] == columns([["a", "", "b"], ["c", "", "d"]])
