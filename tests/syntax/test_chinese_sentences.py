"""Chinese sentences as people type them: no spaces, synonyms, full-width or Traditional characters, tricky names."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen

from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.pipeline import read_sources
from rulelang.syntax import statements as s
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import declared_names, parse
from rulelang.syntax.printing.sameness import canonical
from rulelang.syntax.words import load_words

FILE = Path(__file__).with_name("chinese_sentences.txt")


@frozen
class Group:
    """What a group is about, its declarations, its sentences and the layout of each."""

    title: str
    declarations: str
    sentences: tuple[str, ...]
    layouts: tuple[str, ...]

    def file(self, sentences: tuple[str, ...]) -> Source:
        """A rule file with some sentences, one to a line."""
        return Source(self.title, self.declarations + "\n".join(sentences) + "\n")


def groups() -> tuple[Group, ...]:
    found = []
    for block in FILE.read_text("utf-8").split("\n== ")[1:]:
        head, _, body = block.partition("\n--\n")
        title, _, declarations = head.partition("\n")
        lines = [line.strip() for line in body.split("\n") if line.strip()]
        found.append(Group(title, declarations + "\n", tuple(lines[::2]), tuple(lines[1::2])))
    return tuple(found)


@cache
def statements(source: Source, count: int) -> tuple[s.Statement, ...]:
    """The last statements of a file, each read in one way only."""
    file, diagnostics = parse(source)
    assert () == diagnostics, render(diagnostics, [source], "zh")
    readings = file.readings[-count:]
    # What a choice or a keyword may be is left to the types: 三年以上 is a member here, and an amount elsewhere.
    assert all(len(each) <= 2 for each in readings)
    return tuple(each[0].statement for each in readings)


@cache
def formatted(source: Source) -> str:
    return format_text(source).text


GROUPS = groups()
TRADITIONAL = {simplified: traditional for traditional, simplified in load_words().traditional.items()}
# Declared so that a sentence can be cut in two ways that both fit; how the two are told apart.
AMBIGUOUS = [
    (
        "字段 订单：明细（金额：金额）\n字段 订单数：整数\n结论 等级：分为金、银\n",
        "如果订单数不少于3那么等级为金",
        ("订单数", "订单｜数"),
        ("如果【订单数】不少于3那么等级为金", "如果订单 数不少于3那么等级为金"),
    ),
    (
        "字段 渠道：分为线上、线下\n字段 渠道为线上：是否\n结论 等级：分为金、银\n",
        "如果渠道为线上那么等级为金",
        ("渠道为线上", "渠道｜为｜线上"),
        ("如果【渠道为线上】那么等级为金", "如果渠道 为 线上那么等级为金"),
    ),
    (
        "字段 城市：文本\n名单 重点城市＝“甲”\n名单 重点城市名单＝“乙”\n结论 等级：分为金、银\n",
        "如果城市在重点城市名单中那么等级为金",
        ("重点城市名单｜中", "重点城市｜名单中"),
        ("如果城市在【重点城市名单】中那么等级为金", "如果城市在重点城市 名单中那么等级为金"),
    ),
    (
        "字段 到期：日期\n字段 到期在本月：是否\n结论 等级：分为金、银\n",
        "如果到期在本月那么等级为金",
        ("到期在本月", "到期｜在｜本月"),
        ("如果【到期在本月】那么等级为金", "如果到期 在本月那么等级为金"),
    ),
]


def test_there_are_enough_of_them() -> None:
    assert 250 <= sum(len(group.sentences) for group in GROUPS)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_every_sentence_makes_sense(group: Group) -> None:
    source = group.file(group.sentences)
    errors = read_sources([source], Path()).errors
    assert () == errors, render(errors, [source], "zh")


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_every_sentence_is_laid_out_as_noted(group: Group) -> None:
    text = formatted(group.file(group.sentences))
    lines = text.removeprefix(formatted(Source("x.rules", group.declarations))).split("\n")
    found: list[str] = []
    for line in lines:
        if line.startswith(" ") or line.startswith(("那么", "理由")):
            found[-1] += " / " + line.strip()
        elif line:
            found.append(line)
    assert list(group.layouts) == found
    assert text == formatted(Source("x.rules", text))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_the_layout_says_the_same(group: Group) -> None:
    count = len(group.sentences)
    printed = group.file(tuple(layout.replace(" / ", "\n  ") for layout in group.layouts))
    written = statements(group.file(group.sentences), count)
    for sentence, one, other in zip(group.sentences, written, statements(printed, count), strict=True):
        assert canonical(one) == canonical(other), sentence


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_full_width_and_half_width_make_no_difference(group: Group) -> None:
    half = str.maketrans({"（": "(", "）": ")", "：": ":", "＝": "=", "＞": ">", "×": "*", "，": ", "})
    full = str.maketrans({each: chr(ord(each) + 0xFEE0) for each in "0123456789%()=<>"} | {"¥": "￥"})
    count = len(group.sentences)
    expected = statements(group.file(group.sentences), count)
    assert expected == statements(group.file(tuple(each.translate(half) for each in group.sentences)), count)
    outside = tuple(_outside_texts(each, full) for each in group.sentences)
    assert expected == statements(group.file(outside), count)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_keywords_in_traditional_characters_make_no_difference(group: Group) -> None:
    """Names and texts stay as they were declared; everything else is put into Traditional characters."""
    declared = {
        name for each in parse(Source("x.rules", group.declarations))[0].statements for name in declared_names(each)
    }
    kept = re.compile(
        '(“[^”]*”|「[^」]*」|"[^"]*"|' + "|".join(sorted(map(re.escape, declared), key=len, reverse=True)) + ")"
    )
    traditional = tuple(
        "".join(part if kept.fullmatch(part) else part.translate(TRADITIONAL) for part in kept.split(each))
        for each in group.sentences
    )
    count = len(group.sentences)
    assert statements(group.file(group.sentences), count) == statements(group.file(traditional), count)
    assert 50 < sum(one != other for one, other in zip(group.sentences, traditional, strict=True)) or count < 60


def _outside_texts(sentence: str, table: dict[int, str]) -> str:
    parts = re.split(r"(“[^”]*”|「[^」]*」|\"[^\"]*\")", sentence)
    return "".join(part if part[:1] in '“「"' and part else part.translate(table) for part in parts)


@pytest.mark.parametrize(("declarations", "sentence", "cuts", "remedies"), AMBIGUOUS)
def test_what_can_be_cut_in_two_ways_is_refused_with_both(
    declarations: str, sentence: str, cuts: tuple[str, str], remedies: tuple[str, str]
) -> None:
    source = Source("x.rules", declarations + sentence + "\n")
    (problem,) = read_sources([source], Path()).errors
    assert "ambiguous-cut" == problem.code
    assert cuts == (problem.facts["first"], problem.facts["second"])
    assert cuts[0].replace("｜", "") == problem.facts["phrase"]
    assert all(
        f"“{cut}”" in render([problem], [source], "zh") or cut in render([problem], [source], "zh") for cut in cuts
    )
    readings = []
    for remedy in remedies:
        told_apart = Source("x.rules", declarations + remedy + "\n")
        assert () == read_sources([told_apart], Path()).errors
        formatted = format_text(told_apart).text
        assert () == read_sources([Source("x.rules", formatted)], Path()).errors
        readings.append(parse(told_apart)[0].statements[-1])
    assert readings[0] != readings[1]
