"""The names that come closest."""

import pytest

from rulelang.diagnostics.nearest import nearest

NAMES = ("last_purchase", "first_purchase", "lifecycle", "最近购买", "近一年消费", "城市", "新", "流失", "phone")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("last_purchse", "last_purchase"),
        ("Last Purchase", "last_purchase"),
        ("LASTPURCHASE", "last_purchase"),
        ("ｐｈｏｎｅ", "phone"),
        ("lifecycel", "lifecycle"),
        ("最近购物", "最近购买"),
        ("最近 购买", "最近购买"),
        ("消费", "近一年消费"),
        ("流矢", "流失"),
        ("成市", "城市"),
    ],
)
def test_the_name_meant_comes_first(written: str, meant: str) -> None:
    assert meant == nearest(written, NAMES)[0]


@pytest.mark.parametrize("written", ["", "   ", "xylophone_quartet", "完全不同的东西", "q"])
def test_nothing_is_offered_where_nothing_is_near(written: str) -> None:
    assert () == nearest(written, NAMES)


def test_the_name_itself_is_not_offered_and_no_name_twice() -> None:
    assert ("phones",) == nearest("phone", ("phone", "phones", "phones"))


def test_at_most_three_are_offered_closest_first() -> None:
    assert ("ab_cd1", "ab_cd2", "ab_cd3") == nearest("ab_cd", ("zzz", "ab_cd1", "ab_cd2", "ab_cd3", "ab_cd4"))
