"""Malformed rule files and what their author reads, in both languages: one file per case.

A case is the rule file, then ``=== en`` and ``=== zh`` with everything that is reported. ``pytest tests/errors
--rewrite`` writes down what is reported now; read the difference before keeping it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import frozen

from rulelang.diagnostics.catalogue import entries, severity
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.diagnostics.wording import required_facts
from rulelang.pipeline import read_sources
from rulelang.syntax.words import load_words

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*.txt"))


@frozen
class Case:
    """A rule file and the findings it is to give."""

    rules: str
    en: str
    zh: str

    @classmethod
    def of(cls, path: Path) -> Case:
        rules, _, rest = path.read_text("utf-8").partition("=== en\n")
        en, _, zh = rest.partition("=== zh\n")
        return cls(rules, en, zh)

    def write(self, path: Path) -> None:
        path.write_text(f"{self.rules}=== en\n{self.en}=== zh\n{self.zh}", "utf-8")


def diagnostics(rules: str, name: str) -> list[Diagnostic]:
    """The errors and warnings of a rule file."""
    read = read_sources([Source(f"{name}.rules", rules)], FOLDER)
    return [each for each in read.diagnostics if severity(each.code) != "note"]


def reported(rules: str, name: str) -> tuple[Case, list[str]]:
    """What is reported for a rule file, and the codes."""
    source = Source(f"{name}.rules", rules)
    found = diagnostics(rules, name)
    en, zh = (render(found, [source], lang) + "\n" for lang in ("en", "zh"))
    return Case(rules, en, zh), [each.code for each in found]


def test_there_are_enough_cases_in_both_languages() -> None:
    chinese = [path for path in CASES if path.name.startswith("zh-")]
    assert len(CASES) >= 90
    assert len(chinese) * 5 >= len(CASES) * 2


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_reported(path: Path, request: pytest.FixtureRequest) -> None:
    expected = Case.of(path)
    found, codes = reported(expected.rules, path.stem)
    assert codes
    if request.config.getoption("--rewrite"):
        found.write(path)
        return
    assert expected.en == found.en
    assert expected.zh == found.zh


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_word_of_the_parser_is_shown(path: Path) -> None:
    case = Case.of(path)
    terminals = {each for each in load_words().terminals if "_" in each} | {"NAME", "NEW_NAME", "$END", "LPAR", "RPAR"}
    shown = set(re.findall(r"[A-Z_$]{4,}", case.en + case.zh)) - set(re.findall(r"[A-Z_$]{4,}", case.rules))
    assert set() == shown & terminals
    assert "Token" not in case.en


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_sentence_lacks_a_fact(path: Path) -> None:
    for found in diagnostics(Case.of(path).rules, path.stem):
        entry = entries()[found.code]
        for lang in ("en", "zh"):
            wanted = required_facts(entry.sentences[lang]) | required_facts(entry.help[lang])
            assert wanted <= {name.removesuffix("_zh") for name in found.facts}


@pytest.mark.parametrize("name", ["ten-errors", "zh-ten-errors"])
def test_all_errors_are_reported_in_one_pass(name: str) -> None:
    case = Case.of(FOLDER / f"{name}.txt")
    _, codes = reported(case.rules, name)
    assert len(codes) >= 11
    assert len(set(codes)) >= 10
