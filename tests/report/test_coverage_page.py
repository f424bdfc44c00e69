"""The coverage page: every gap in its place, nothing fetched, texts escaped, in both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.cli.main import cli

RULES = """\
field last_purchase: date
field spend: number
field city: text
outcome tier: one of gold, silver, bronze
table "Tier" (first):
| last_purchase | spend            | => tier |
| > 365 days    | -                | bronze  |
| <= 90 days    | >= 10,000        | gold    |
| -             | 1,000 ..< 10,000 | silver  |
rule "Far <away>": if spend < 1 or city is "<b>"
  then tier = bronze
example "old" as of 2026-06-01:
  given last_purchase = 2024-01-01, spend = 0, city = "Bern"
  expect tier = bronze
example "middle" as of 2026-06-01:
  given last_purchase = 2026-01-01, spend = 2000, city = "Bern"
  expect tier = silver
"""


class Read(HTMLParser):
    """Collects tags, what they hold, and whether they close in order."""

    void = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.lines: dict[str, tuple[str, str]] = {}
        self.marked: list[tuple[str, str, str]] = []
        self._trail: list[dict[str, str | None]] = []
        self.wrong = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.void:
            self.open.append(tag)
            self._trail.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self.wrong = self.wrong or not self.open or self.open.pop() != tag
        self._trail = self._trail[:-1]

    def handle_data(self, data: str) -> None:
        for each in self._trail:
            line = each.get("id")
            if line:
                kind, text = self.lines.get(line, (each.get("class") or "", ""))
                self.lines[line] = kind, text + data
        last = self._trail[-1] if self._trail else {}
        if last.get("class") in ("both", "part") and last.get("title"):
            self.marked.append((last.get("class") or "", last.get("title") or "", data))


def page(tmp_path: Path, lang: str) -> tuple[str, Read]:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    target = tmp_path / "c.html"
    result = CliRunner().invoke(cli, ["test", str(tmp_path), "--html", str(target), "--lang", lang])
    assert 0 == result.exit_code, result.output
    text = target.read_text("utf-8")
    read = Read()
    read.feed(text)
    return text, read


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_one_whole_page_that_fetches_nothing(tmp_path: Path, lang: str) -> None:
    text, read = page(tmp_path, lang)
    assert not read.wrong and [] == read.open
    assert not re.search(r"https?://|src=|@import|url\(", text)
    assert "<away>" not in text and "Far &lt;away&gt;" in text


def test_rows_and_rules_that_nobody_reaches(tmp_path: Path) -> None:
    _, read = page(tmp_path, "en")
    kinds = {int(name.rpartition("l")[2]): kind for name, (kind, _) in read.lines.items()}
    assert {7: "l hit", 8: "l miss", 9: "l hit", 10: "l hit"} == {each: kinds[each] for each in (7, 8, 9, 10)}
    assert "l" == kinds[1]


def test_conditions_that_were_seen_on_one_side_only(tmp_path: Path) -> None:
    _, read = page(tmp_path, "en")
    assert ("both", "seen true and false", "> 365 days") in read.marked
    assert ("part", "never false", "1,000 ..< 10,000") in read.marked
    assert ("part", "never true", 'city is "<b>"') in read.marked


def test_in_chinese(tmp_path: Path) -> None:
    text, read = page(tmp_path, "zh")
    assert 'lang="zh-Hans"' in text and "从未触及" in text and "第8行" in text
    assert ("part", "从未成立", 'city is "<b>"') in read.marked


def test_the_text_of_the_file_is_all_there(tmp_path: Path) -> None:
    _, read = page(tmp_path, "en")
    shown = [re.sub(r"^\d+(×\d+)?", "", text) for _, text in read.lines.values()]
    assert RULES.split("\n") == shown


def test_several_rulesets_are_listed_first_each_with_its_way_down(tmp_path: Path) -> None:
    other = 'field a: number\nrule "Much" ("多"): if a > 1 then b = 1\nexample "x": given a = 0 expect b is missing\n'
    (tmp_path / "b.rules").write_text(other.replace(" expect b is missing", "\n  expect b = (no rule)"), "utf-8")
    text, read = page(tmp_path, "zh")
    assert not read.wrong and [] == read.open
    assert all(f'<a href="#r{number}">' in text and f'<section id="r{number}">' in text for number in (0, 1))
    assert "通过的样例" in text and "没有样例涉及“多”" in text
