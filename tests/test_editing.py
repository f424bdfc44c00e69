"""Reading rules again after an edit says what reading all of them says: diagnostics, model, places and fingerprint."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rulelang.diagnostics.position import Source
from rulelang.editing import Editing
from rulelang.meaning.rules import resolve_rules
from rulelang.model.fingerprint import fingerprint
from rulelang.model.portable import to_data
from rulelang.pipeline import Context, Read, read_sources
from rulelang.plugin.discover import discover
from rulelang.syntax.cut_again import cut_again, cut_whole
from rulelang.syntax.words import load_words

ROOT = Path(__file__).parent.parent
FILES = sorted((*ROOT.glob("rulesets/*/*.rules"), *ROOT.glob("plugins/*/rulesets/*.rules")))
PLUGINS = discover()
SMALL = """\
# What is said here is edited.
field days (天数): whole number
field spend: money in CNY
field orders: list of order (paid_on: date, amount: money in CNY)
threshold much = 100
let half = spend / 2
define big: spend > much
outcome tier: one of gold, silver, none, else none
outcome points: whole number, sum
outcome order.alert: text
rule "Big": if big and half > 30 then tier = gold because "{spend} is more"
if days > 30 and spend > much then tier = silver
if previous tier is gold then add 2 to points
otherwise if days is missing then add 1 to points

for each order:
  if amount > 50 and paid_on within the last 7 days then alert = "large"
table "Tariff":
| days | spend | => tier | => add points |
|---|---|---|---|
| > 10 | >= 20 | silver | 1 |
| 1 .. 5 | - | gold | |
require much < 500
如果天数超过60那么 tier＝silver
example "one": given days = 61
  expect tier = silver
"""
OPEN = """\
if last_purchase > 365 days then lifecycle = lost
if spend > 100 and city is "Paris" then lifecycle = active
if stays = nights then lifecycle = odd, tag "x"
if visit within the next 7 days then reminder = "soon"
let span = 3 days
"""


def everything(read: Read) -> tuple[Any, ...]:
    model = read.model
    return (
        [(each.code, each.span, dict(each.facts), each.nearest, each.labels) for each in read.diagnostics],
        None if model is None else to_data(model),
        None if model is None else fingerprint(model),
        [(each.name, each.text) for each in read.sources],
    )


def whole(text: str, folder: Path) -> Read:
    return read_sources([Source("edited.rules", text)], folder, Context(PLUGINS))


def edited(text: str, dice: random.Random) -> str:
    """The text after something that people do to it, or their cats."""
    lines = text.split("\n")
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    line = lines[at]
    words = line.split(" ")
    word = dice.randrange(len(words))

    def replaced(new: str) -> None:
        lines[at] = " ".join([*words[:word], new, *words[word + 1 :]])

    changes: list[Callable[[], object]] = [
        lambda: lines.pop(at),
        lambda: lines.insert(other, line),
        lambda: lines.insert(at, dice.choice(("", "# a remark", "   ", "for each order:"))),
        lambda: lines.insert(at, ""),
        lambda: lines.__setitem__(at, "".join(str(dice.randrange(10)) if each.isdigit() else each for each in line)),
        lambda: lines.__setitem__(at, dice.choice(("  ", "    ")) + line),
        lambda: lines.__setitem__(at, line.lstrip()),
        lambda: lines.__setitem__(at, line[: dice.randrange(len(line) + 1)]),
        lambda: lines.__setitem__(at, line + dice.choice((" # more", ",", " and", "。", ' "'))),
        lambda: replaced(dice.choice(text.split())),
        lambda: replaced(dice.choice(("days", "and", "then", "≥", "tier", "gold", "10", '"x"', "在"))),
        lambda: lines.__setitem__(slice(None), lines[at:] + lines[:at]) if dice.random() < 0.2 else lines.append(line),
    ]
    dice.choice(changes)()
    return "\n".join(lines)


def check(text: str, folder: Path, dice: random.Random, count: int) -> int:
    """The text and then one edit after the other, most of those that make errors taken back; how often it was sound."""
    editing = Editing(folder, Context(PLUGINS))
    before, sound = text, 0
    for _ in range(count):
        found = editing.read([Source("edited.rules", text)])
        assert everything(whole(text, folder)) == everything(found), text
        if found.model is not None:
            before, sound = text, sound + 1
        elif dice.random() < 0.7:
            text = before
            continue
        text = edited(text, dice)
    return sound


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", [SMALL, OPEN], ids=["declared", "inferred"])
def test_a_small_file_edited_again_and_again(text: str, seed: int, tmp_path: Path) -> None:
    assert check(text, tmp_path, random.Random(seed), 16) >= 3


def test_every_ruleset_that_ships_edited(fuzz: int | None) -> None:
    dice = random.Random(fuzz or 3)
    for path in FILES if fuzz else dice.sample(FILES, 4):
        check(path.read_text("utf-8"), path.parent, dice, fuzz or 3)


def test_only_what_has_changed_is_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [f'if days > {number} and city is "c{number}" then tier = "t{number}"' for number in range(50)]
    editing = Editing(tmp_path)
    editing.read([Source("edited.rules", "\n".join(rules))])
    resolved: list[str] = []

    def counted(statement: Any, scope: Any) -> Any:
        resolved.append(rules[statement.span.line - 1])
        return resolve_rules(statement, scope)

    monkeypatch.setattr("rulelang.meaning.build.resolve_rules", counted)
    rules[7:8] = ["", 'if days > 7 then tier = "seven"', rules[7]]
    rules[30] = rules[30].replace("city is", "city is not")
    read = editing.read([Source("edited.rules", "\n".join(rules))])
    assert resolved == [rules[8], rules[30]]
    assert read.model is not None
    assert [each.name for each in read.model.rules][6:10] == ["line 7", "line 9", "line 10", "line 11"]


def test_rules_about_records_are_worked_out_again_where_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ["field orders: list of order (amount: number)", "outcome order.alert: text", "for each order:"]
    rules[:0] = ["field x: number", "outcome tier: text"]
    rules += [f'  if amount > {number} then alert = "big"' for number in range(9)]
    rules += [
        "for each order:",
        '  rule "Small":',
        '    if amount < 1 then alert = "small"',
        'if x > 1 then tier = "a"',
    ]
    editing = Editing(tmp_path)
    editing.read([Source("edited.rules", "\n".join(rules))])
    resolved: list[int] = []

    def counted(statement: Any, scope: Any) -> Any:
        resolved.append(statement.span.line)
        return resolve_rules(statement, scope)

    monkeypatch.setattr("rulelang.meaning.build.resolve_rules", counted)
    rules[-1] = 'if x > 2 then tier = "a"'
    rules.insert(0, "# moved")
    read = editing.read([Source("edited.rules", "\n".join(rules))])
    assert [19] == resolved and read.model is not None
    resolved.clear()
    rules[-2] = '    if amount < 2 then alert = "small"'
    assert editing.read([Source("edited.rules", "\n".join(rules))]).model is not None
    assert [17] == resolved


def test_places_told_before_stay_as_they_were(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    text = 'field days: whole number\nfield unused: text\noutcome x: text\nif days > 3 then x = "a"\n'
    before = editing.read([Source("edited.rules", text)]).diagnostics
    after = editing.read([Source("edited.rules", f"\n\n{text}")]).diagnostics
    assert [[each.span.line for each in found if each.span] for found in (before, after)] == [[2], [4]]


def test_a_text_is_cut_again_where_it_differs(fuzz: int | None) -> None:
    words = load_words()
    for path in FILES:
        dice, text = random.Random(fuzz or len(path.name)), path.read_text("utf-8")
        before = cut_whole(text, words)
        for _ in range(fuzz or 8):
            text = edited(text, dice)
            before = cut_again(text, words, before)
            assert before == cut_whole(text, words)
