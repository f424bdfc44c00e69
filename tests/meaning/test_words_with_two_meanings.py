"""Words that mean one thing in the language and another in a file: members called yes or unknown, misspelt names."""

from __future__ import annotations

from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources

LOANS = """\
字段贷款：分为有、无
字段本地：分为是、否、不详
字段会员：是否
结论级别：分为高、低、无，默认为无
如果贷款为有且会员为无且本地为否那么级别为高
如果贷款不为有且会员为有且本地为是那么级别为低
"""
MARRIED = """\
field married (婚姻): one of yes (是), no (否), unsure (不详)
field vip: yes or no
outcome level: one of yes, no, other, else other
if married is yes and vip is no then level = no
if married is one of no, unsure and vip is yes then level = yes
"""


def codes(text: str, folder: Path = Path()) -> list[str]:
    return [each.code for each in read_sources([Source("x.rules", text)], folder).diagnostics]


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"贷款": "有", "会员": False, "本地": "否"}, "高"),
        ({"贷款": "无", "会员": True, "本地": "是"}, "低"),
        ({"贷款": "无", "会员": False, "本地": "不详"}, "无"),
    ],
)
def test_members_called_yes_or_no_in_chinese(given: dict[str, object], level: str) -> None:
    assert level == rulelang.loads(LOANS).decide(given)["级别"]


def test_members_called_yes_or_no_in_english() -> None:
    rules = rulelang.loads(MARRIED)
    assert "no" == rules.decide({"married": "yes", "vip": False})["level"]
    assert "yes" == rules.decide({"婚姻": "不详", "vip": True})["level"]
    assert "other" == rules.decide({"married": "yes", "vip": True})["level"]


def test_a_yes_where_no_member_is_called_so_is_a_mismatch() -> None:
    assert ["type-mismatch"] == [
        each for each in codes('field a: one of b, c\noutcome d: text\nif a is yes then d = "x"\n') if "mis" in each
    ]


@pytest.mark.parametrize("phrase", ["is unknown", "is not unknown", "is known"])
def test_is_unknown_beside_a_member_of_that_name(phrase: str) -> None:
    head = "field status: one of known, unknown\noutcome level: text\n"
    assert "member-or-missing" in codes(head + f'if status {phrase} then level = "x"\n')
    assert "member-or-missing" not in codes(head + 'if status = unknown or status is missing then level = "x"\n')


@pytest.mark.parametrize(
    ("field", "written"),
    [("逾期天数", "逾期天月数"), ("最近购买", "最近买"), ("订单数", "订大数"), ("上次消费", "上消费")],
)
def test_what_is_meant_by_a_misspelt_field_is_a_field(field: str, written: str) -> None:
    text = f"字段{field}：文本\n结论级别：文本\n如果{written}为“高”且{written}已填那么级别为“甲”\n"
    found = [near for each in read_sources([Source("x.rules", text)], Path()).diagnostics for near in each.nearest]
    assert {field} == set(found)


def test_a_misspelt_comparison_is_still_recognised() -> None:
    text = "字段消费：数字\n结论级别：文本\n如果消费超国3那么级别为“甲”\n"
    found = [near for each in read_sources([Source("x.rules", text)], Path()).diagnostics for near in each.nearest]
    assert "超过" in found


def test_a_replacement_without_its_otherwise_is_noted(tmp_path: Path) -> None:
    base = 'field spend: number\noutcome level: text\nrule "R": if spend > 5 then level = "a" otherwise level = "b"\n'
    (tmp_path / "base.rules").write_text(base, "utf-8")
    extends = 'extends "base.rules"\nreplace rule "R": if spend > 7 then level = "a"'
    assert "replaced-without-otherwise" in codes(extends + "\n", tmp_path)
    assert "replaced-without-otherwise" not in codes(extends + ' otherwise level = "c"\n', tmp_path)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vip", "vip is yes"),
        ("vip is not yes", "vip is no"),
        ("vip is not no", "vip is yes"),
        ("not vip", "not (vip is yes)"),
    ],
)
@pytest.mark.parametrize("blank", ["", ", may be blank"])
def test_one_meaning_one_fingerprint(one: str, other: str, blank: str) -> None:
    text = f'field vip: yes or no{blank}\noutcome level: text\nif {{}} then level = "a"\n'
    first, second = (rulelang.loads(text.format(each)) for each in (one, other))
    assert first.fingerprint == second.fingerprint
    for vip in ("yes", "no", ""):
        found = [each.decide({"vip": vip}) for each in (first, second)]
        assert 1 == len({(each["level"], each.standing("level")) for each in found})


def test_a_blank_is_neither_yes_nor_not_yes() -> None:
    text = 'field vip: yes or no, may be blank\noutcome level: text\nif vip is not yes then level = "a"\n'
    rules = rulelang.loads(text)
    assert [None, "a", None] == [rules.decide({"vip": each})["level"] for each in ("yes", "no", "")]
