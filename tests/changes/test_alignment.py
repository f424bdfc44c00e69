"""Lining up two sequences, against what is said of the result."""

from hypothesis import given
from hypothesis import strategies as st

from rulelang.changes.alignment import align

words = st.lists(st.sampled_from("abcdefgh"), max_size=8)


@given(words, words)
def test_leaving_out_one_side_gives_the_other(old: list[str], new: list[str]) -> None:
    slots = align(old, new, str, (lambda item: None,))
    assert old == [each.old for each in slots if each.side in ("both", "old")]
    assert new == [each.new for each in slots if each.side in ("both", "new")]


@given(words, words)
def test_what_both_have_belongs_together(old: list[str], new: list[str]) -> None:
    slots = align(old, new, str, (lambda item: None,))
    pairs = [each for each in slots if each.old is not None and each.new is not None and each.side != "old"]
    assert all(each.old == each.new for each in pairs)
    assert len(pairs) == sum(min(old.count(each), new.count(each)) for each in set(old))


def test_a_swap_moves_one() -> None:
    slots = align("abc", "bac", str, (str,))
    assert 1 == len([each for each in slots if each.moved and each.side == "new"])


def test_the_name_joins_what_changed() -> None:
    slots = align(["a1", "b1"], ["a2", "b1"], str, (lambda item: item[0],))
    assert [("a1", "a2"), ("b1", "b1")] == [(each.old, each.new) for each in slots]
