"""What a column title (or a key) of a sample file means: a field, an expectation, the sample's name or its day."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.model.program import Model
from rulelang.values.text import clean_text, fold_width, near_key
from rulelang.vocabulary.declarations import Field, Outcome

# Each language's words for the columns that every sample file may have; upper and lower case, width alike.
NAME_WORDS = ("name", "sample", "样例", "样例名", "名称", "樣例", "樣例名", "名稱")
AS_OF_WORDS = ("as_of", "as of", "基准日", "截至", "基準日")
REMARK_WORDS = ("note", "notes", "remark", "remarks", "备注", "说明", "備註", "說明")
GIVEN_WORDS = ("given", "已知", "假设", "假設", "设有客户", "設有客戶")
EXPECT_WORDS = ("expect", "应为", "期望", "预期", "应得", "應為", "預期", "應得")
EXPECT_PREFIX = re.compile(r"(?:expect(?:ed)?[\s:]+|(?:应为|應為|期望|预期|預期|应得|應得)[\s:]*)(?=\S)", re.IGNORECASE)
STANDING_SUFFIX = re.compile(r"(?:[\s_]+standing|[\s_]*(?:状态|狀態))$", re.IGNORECASE)
RULE_WORDS = ("rule", "规则", "規則")

# The keys of a sample that is written as a record.
KEYS = {
    near_key(word): meaning
    for meaning, words in (
        ("name", NAME_WORDS),
        ("as_of", AS_OF_WORDS),
        ("remark", REMARK_WORDS),
        ("given", GIVEN_WORDS),
        ("expect", EXPECT_WORDS),
    )
    for word in words
}

# Reserved before any field is looked for; the other words give way to a field of that name.
RESERVED = frozenset(map(near_key, ("as_of", "基准日", "基準日")))


# The meanings that ask something of a decision.
EXPECTING = ("value", "standing", "rule")


@frozen
class Title:
    """``meaning`` is ``name``, ``as_of``, ``remark``, ``field``, ``value``, ``standing`` or ``rule``; ``key`` is the
    field's or the outcome's name, else empty."""

    meaning: str
    key: str = ""


def read_title(model: Model, written: str, place: Span | None) -> Title | Diagnostic:
    """Says what a title means; a finding ``sample-unknown-column`` or ``sample-unknown-outcome`` where nobody knows."""
    title = clean_text(written)
    key = near_key(title)
    if key in RESERVED:
        return Title("as_of")
    if (name := _named(model.fields, title)) is not None:
        return Title("field", name)
    for meaning, words in (("name", NAME_WORDS), ("as_of", AS_OF_WORDS), ("remark", REMARK_WORDS)):
        if key in map(near_key, words):
            return Title(meaning)
    expected = EXPECT_PREFIX.match(fold_width(title))
    if expected is not None:
        return expected_title(model, title[expected.end() :], place, written)
    facts = {"column": title}
    if (outcome := _named(model.outcomes, title)) is not None:
        return Diagnostic("sample-outcome-without-expect", place, {**facts, "outcome": outcome})
    return Diagnostic("sample-unknown-column", place, facts, nearest(title, _spellings(model.fields)))


def expected_title(model: Model, wanted: str, place: Span | None, written: str) -> Title | Diagnostic:
    """Says what is expected: an outcome's value, its standing, or the rule that decides."""
    wanted = clean_text(wanted)
    if (outcome := _named(model.outcomes, wanted)) is not None:
        return Title("value", outcome)
    bare = STANDING_SUFFIX.sub("", wanted)
    if bare != wanted and (outcome := _named(model.outcomes, bare)) is not None:
        return Title("standing", outcome)
    if near_key(wanted) in map(near_key, RULE_WORDS):
        return Title("rule")
    facts = {"column": clean_text(written), "outcome": bare}
    return Diagnostic("sample-unknown-outcome", place, facts, nearest(bare, _spellings(model.outcomes)))


def record_title(model: Model, list_: str, wanted: str, place: Span | None) -> Title | Diagnostic:
    """The same of a record of a list; the key is that of the record's outcome."""
    outcomes = {each.name: evolve(each, name=each.part) for each in model.outcomes_of(list_)}
    wanted = clean_text(wanted)
    if (outcome := _named(outcomes, wanted)) is not None:
        return Title("value", outcome)
    bare = STANDING_SUFFIX.sub("", wanted)
    if bare != wanted and (outcome := _named(outcomes, bare)) is not None:
        return Title("standing", outcome)
    facts = {"column": wanted, "outcome": bare}
    return Diagnostic("sample-unknown-outcome", place, facts, nearest(bare, _spellings(outcomes)))


def _named(things: Mapping[str, Field] | Mapping[str, Outcome], title: str) -> str | None:
    return next((key for key, each in things.items() if title in (each.name, each.label)), None)


def _spellings(things: Mapping[str, Field] | Mapping[str, Outcome]) -> tuple[str, ...]:
    return tuple(each for thing in things.values() for each in (thing.name, thing.label) if each is not None)


__all__ = ["EXPECTING", "KEYS", "Title", "expected_title", "read_title", "record_title"]
