"""Every phrase of the word tables, in a sentence where it may stand, reads as the first phrase of its terminal does."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.syntax.parse import parse
from rulelang.syntax.statements import Reading
from rulelang.syntax.words import load_words

WORDS = load_words()
CONTEXTS = tomllib.loads(Path(__file__).with_name("contexts.toml").read_text("utf-8"))
FRAMES = {
    ("conditions", "en"): "if {} then tier = gold",
    ("conditions", "zh"): "如果{}那么等级为金",
    ("actions", "en"): "if vip then {}",
    ("actions", "zh"): "如果会员为是那么{}",
    ("statements", "en"): "{}",
    ("statements", "zh"): "{}",
}
NAMES = {
    "en": [
        *("opened", "birthday", "score", "vip", "city", "vip_cities", "weights", "weight", "tier", "gold", "points"),
        *("lost_after", "orders", "amount", "paid_on", "kind"),
    ],
    "zh": [
        *("开户日", "出生日期", "积分", "会员", "城市", "重点城市", "权重表", "权重", "等级", "金", "风险分", "产品"),
        *("流失天数", "订单", "金额", "付款日", "品类"),
    ],
}
# Where the sentence brings its own "then".
WHOLE = {"THEN"}
# Simplified to Traditional: the other way round than the table folds.
TRADITIONAL = {simplified: traditional for traditional, simplified in WORDS.traditional.items()}

Case = tuple[str, str, str]
SENTENCES: dict[tuple[str, str], tuple[str, str]] = {
    (terminal, language): (section, sentence)
    for section in ("conditions", "actions", "statements")
    for terminal, sentences in CONTEXTS[section].items()
    for language, sentence in sentences.items()
}


def cases() -> list[Case]:
    return [
        (terminal, language, phrase)
        for terminal, language in SENTENCES
        for phrase in WORDS.all_phrases[language][terminal]
    ]


def sentence(terminal: str, language: str, phrase: str) -> str:
    section, text = SENTENCES[terminal, language]
    filled = text.replace("{}", phrase)
    if section == "conditions" and terminal in WHOLE:
        return ("if " if language == "en" else "如果") + filled
    return FRAMES[section, language].replace("{}", filled)


@cache
def read(text: str, language: str) -> tuple[Reading, ...]:
    source = Source("x.rules", text + "\n")
    file, diagnostics = parse(source, NAMES[language])
    assert not diagnostics, render(diagnostics, [source])
    assert 1 == len(file.readings)
    return file.readings[0]


def test_every_terminal_has_a_sentence_in_each_language_that_has_phrases_for_it() -> None:
    elsewhere = {*CONTEXTS["amounts"], *CONTEXTS["elsewhere"]}
    wanted = {
        (terminal, language)
        for language, table in WORDS.all_phrases.items()
        for terminal, phrases in table.items()
        if phrases and terminal not in elsewhere
    }
    assert wanted == set(SENTENCES)


@pytest.mark.parametrize(("terminal", "language", "phrase"), cases())
def test_a_phrase_reads_as_the_first_of_its_terminal(terminal: str, language: str, phrase: str) -> None:
    first = read(sentence(terminal, language, WORDS.all_phrases[language][terminal][0]), language)
    found = read(sentence(terminal, language, phrase), language)
    assert first[0].statement == found[0].statement
    assert 1 == len(found), [each.cut for each in found]


@pytest.mark.parametrize(("terminal", "language", "phrase"), [each for each in cases() if each[1] == "zh"])
def test_a_chinese_phrase_may_have_spaces_around_it(terminal: str, language: str, phrase: str) -> None:
    text = sentence(terminal, language, f" {phrase} ")
    assert read(sentence(terminal, language, phrase), language)[0].statement == read(text, language)[0].statement


@pytest.mark.parametrize(
    ("terminal", "language", "phrase"),
    [each for each in cases() if each[1] == "zh" and each[2].translate(TRADITIONAL) != each[2]],
)
def test_a_phrase_in_traditional_characters_reads_the_same(terminal: str, language: str, phrase: str) -> None:
    text = sentence(terminal, language, phrase.translate(TRADITIONAL))
    assert read(sentence(terminal, language, phrase), language)[0].statement == read(text, language)[0].statement


@pytest.mark.parametrize(("terminal", "language", "phrase"), [each for each in cases() if each[1] == "en"])
def test_an_english_phrase_may_be_in_capitals_and_over_two_lines(terminal: str, language: str, phrase: str) -> None:
    expected = read(sentence(terminal, language, phrase), language)[0].statement
    assert expected == read(sentence(terminal, language, phrase.upper()), language)[0].statement
    begins_a_rule = phrase.endswith(" rule")  # a line that begins with "rule" begins one
    if " " in phrase and not begins_a_rule and SENTENCES[terminal, language][0] == "conditions":
        broken = phrase.replace(" ", "\n    ")
        assert expected == read(sentence(terminal, language, broken), language)[0].statement


IS = [each for each in cases() if each[1] == "en" and each[2].startswith("is ")]


@pytest.mark.parametrize(("terminal", "language", "phrase"), IS)
def test_is_and_is_not_never_swallow_the_next_word_as_a_name(terminal: str, language: str, phrase: str) -> None:
    """The same without a single declared name: `is not missing` is no comparison with something called missing."""
    text = sentence(terminal, language, phrase)
    file, diagnostics = parse(Source("x.rules", text + "\n"))
    assert () == diagnostics
    assert read(text, language)[0].statement == file.statements[0]
