"""The language reference is held to what it says: every example runs, in both languages, with the answers below it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

import rulelang
from rulelang.diagnostics.catalogue import entries
from rulelang.engine.deciding.decision import Decision
from rulelang.engine.deciding.each import ElementDecision
from rulelang.engine.deciding.population import Counting
from rulelang.engine.ruleset import Ruleset
from rulelang.meaning.resolve_conditions import MAX_TERMS
from rulelang.reference import MAX_LIST_ENTRIES
from rulelang.syntax.drive import MAX_DEPTH
from rulelang.syntax.parse import MAX_CHARACTERS, MAX_STATEMENTS
from rulelang.syntax.tables import MAX_ROWS
from rulelang.syntax.words import load_words
from rulelang.testing.run_samples import run_samples
from rulelang.testing.samples import read_samples
from rulelang.vocabulary.records import MOST_RECORDS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "LANGUAGE.md").read_text("utf-8")
AS_OF = date(2026, 6, 1)
LANGUAGES = {"rules": "en", "规则": "zh"}
# Fields of an order as they follow each other in `orders = [2026-05-01 120 online]`.
ORDER = ("paid_on", "amount", "channel")
# A line to avoid that is no mere condition begins with one of these.
STATEMENTS = (
    *("outcome ", "for each", "结论", "对每"),
    *("if ", "threshold", "require", "field", "list", "如果", "阈值", "要求", "字段", "名单"),
)


@frozen
class Block:
    """A fenced block: its kind (`rules`, `规则`, `csv` …), what else its fence says, its text and its line."""

    kind: str
    options: tuple[str, ...]
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The name under which the block is a file beside the rules."""
        named = next((each[5:] for each in self.options if each.startswith("file=")), None)
        return self.options[0] if self.kind == "csv" else named


@frozen
class Answers:
    """A table of customers and their answers; ``base``: together they are the whole base."""

    rows: tuple[tuple[str, str], ...]
    base: bool
    line: int


@frozen
class Avoid:
    """What not to write in each language, and the codes of the messages it gives."""

    english: str
    chinese: str
    codes: tuple[str, ...]
    line: int


@frozen
class Example:
    """A rule text in each language, the files beside it, and what the page says of it."""

    line: int
    texts: dict[str, Block] = field(factory=dict)
    files: list[Block] = field(factory=list)
    answers: list[Answers] = field(factory=list)
    avoid: list[Avoid] = field(factory=list)


def blocks_and_lines(page: str) -> Iterator[Block | tuple[int, str]]:
    """The fenced blocks of a page, and its other lines with their numbers."""
    fence: tuple[str, ...] | None = None
    body: list[str] = []
    for number, line in enumerate(page.splitlines(), 1):
        if not line.startswith("```"):
            if fence is None:
                yield number, line
            else:
                body.append(line)
        elif fence is None:
            fence, body, start = tuple(line[3:].split()), [], number
        else:
            yield Block(fence[0], fence[1:], "\n".join(body) + "\n", start)
            fence = None


def read_page(page: str) -> tuple[dict[str, str], list[Example]]:
    """The shared vocabulary by language, and the examples in order; a heading or a second text begins a new one."""
    vocabulary: dict[str, str] = {}
    examples = [Example(1)]
    table: list[tuple[str, str]] | None = None
    for part in blocks_and_lines(page):
        if isinstance(part, Block):
            table = None
            if "vocabulary" in part.options:
                vocabulary[LANGUAGES[part.kind]] = part.text
            elif part.file is not None:
                if examples[-1].answers:
                    examples.append(Example(part.line))
                examples[-1].files.append(part)
            elif part.kind in LANGUAGES:
                if LANGUAGES[part.kind] in examples[-1].texts:
                    examples.append(Example(part.line))
                examples[-1].texts[LANGUAGES[part.kind]] = part
            continue
        number, line = part
        if line.startswith("#"):
            examples.append(Example(number))
        if line.startswith("- avoid "):
            codes = tuple(re.findall(r"`([a-z-]+)`", line.split("→")[1]))
            english, chinese = re.findall(r"`([^`]+)`", line.split("→")[0])
            examples[-1].avoid.append(Avoid(english, chinese, codes, number))
        if line.startswith("| customer"):
            table = []
            examples[-1].answers.append(Answers((), "base" in line, number))
        elif not line.startswith("|"):
            table = None
        elif table is not None and not line.startswith("|---"):
            customer, answer = (each.strip() for each in line.strip("|").split("|"))
            table.append((customer, answer))
            last = examples[-1].answers.pop()
            examples[-1].answers.append(Answers(tuple(table), last.base, last.line))
    return vocabulary, [each for each in examples if each.texts or each.avoid]


VOCABULARY, EXAMPLES = read_page(PAGE)
LANGUAGE = pytest.mark.parametrize("language", ["en", "zh"])
WITH_TEXTS = pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each.texts], ids=lambda each: f"line {each.line}"
)


def rule_text(example: Example, language: str) -> str:
    block = example.texts[language]
    return block.text if "whole" in block.options else VOCABULARY[language] + block.text


def load(example: Example, language: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ruleset:
    """The ruleset of an example, its files beside it."""
    monkeypatch.chdir(folder)
    for each in example.files:
        (folder / str(each.file)).write_text(each.text, "utf-8")
    return rulelang.loads(rule_text(example, language))


def parts(cell: str) -> list[str]:
    """What stands in the code of a cell, cut at its semicolons; words in between are for the reader."""
    return [part.strip() for code in re.findall(r"`([^`]+)`", cell) for part in code.split(";") if part.strip()]


def read_customer(cell: str, names: dict[str, str]) -> tuple[dict[str, Any], date]:
    """A customer as the page writes it: ``spend = 6; visits = 1``; what has no value is missing."""
    customer: dict[str, Any] = {}
    as_of = AS_OF
    for part in parts(cell):
        if part.startswith("as of "):
            as_of = (datetime if ":" in part else date).fromisoformat(part[6:])
        elif " = " in part:
            name, value = part.split(" = ", 1)
            customer[names.get(name, name)] = read_records(value) if value.startswith("[") else value
    return customer, as_of


def read_records(text: str) -> list[dict[str, Any]]:
    rows = [row.split() for row in text.strip("[]").split(",") if row.strip()]
    return [{name: None if value == "?" else value for name, value in zip(ORDER, row, strict=False)} for row in rows]


def shown(value: Any) -> str:
    """An answer as the page writes it."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return " + ".join(map(shown, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else str(value)
    return str(value)


def plain(text: str) -> str:
    """A written value in the form of `shown`."""
    number = re.fullmatch(r"-?\d+\.\d+", text)
    return text.replace(", ", " + ") if number is None else shown(Decimal(text))


def require(decision: Decision, answer: str, names: dict[str, str]) -> None:
    """Holds a decision against a cell such as ``risk = medium (provisional: medium, high)``."""
    for written in parts(answer):
        known = re.fullmatch(r"([\w ]+?) = ([^(]+?)(?: \((\w[\w ]*)(?:: ([^)]*))?\))?", written)
        unknown = re.fullmatch(r"(\w+) \((undecided|no rule)\)", written)
        of_records = re.fullmatch(r"(\w+)\.(\w+) = \[(.*)\]", written)
        if of_records:
            told = [_of_record(each, of_records[2]) for each in decision.each(of_records[1])]
            assert of_records[3] == ", ".join(told)
            continue
        if known:
            outcome = names.get(known[1], known[1])
            expected = names.get(known[2], known[2])
            assert (plain(expected), known[3] or "decided") == (shown(decision[outcome]), decision.standing(outcome))
            if known[4]:
                assert set(map(plain, known[4].split(", "))) == set(map(shown, decision.possible(outcome)))
        elif unknown:
            outcome = names.get(unknown[1], unknown[1])
            assert (None, unknown[2]) == (decision[outcome], decision.standing(outcome))
        elif written in entries():
            assert written in [each.code for each in decision.problems]
        else:
            outcomes = sorted(decision.keys())
            assert any(written in decision.why(each, lang="en") for each in outcomes)


def _of_record(element: ElementDecision, outcome: str) -> str:
    """An answer about a record as the page writes it: ``large``, ``none``, ``undecided``, ``1 (provisional)``."""
    standing = element.standing(outcome)
    if standing == "undecided":
        return standing
    return shown(element[outcome]) + (" (provisional)" if standing == "provisional" else "")


def own_names(block: Block) -> dict[str, str]:
    """The names of a text that has no Latin ones, by those that the table uses."""
    pairs = (each.partition("=") for each in block.options if "=" in each)
    return {latin: own for latin, _, own in pairs}


@WITH_TEXTS
@LANGUAGE
def test_examples_give_the_answers_below_them(
    example: Example, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = load(example, language, tmp_path, monkeypatch)
    names = own_names(example.texts[language])
    for table in example.answers:
        customers = [read_customer(customer, names) for customer, _ in table.rows]
        if table.base:
            counting = Counting(rules.model, AS_OF)
            customers = [(dict.fromkeys(rules.model.fields) | each, as_of) for each, as_of in customers]
            for customer, _ in customers:
                counting.add({name: None if value is None else _number(value) for name, value in customer.items()})
            cuts = counting.cuts()
            customers = [
                ({**each, **cuts.measures({name: _number(value) for name, value in each.items()})}, as_of)
                for each, as_of in customers
            ]
        for (customer, as_of), (_, answer) in zip(customers, table.rows, strict=True):
            if answer.startswith("error"):
                with pytest.raises(rulelang.RuleError) as refused:
                    rules.decide(customer, as_of)
                assert parts(answer) == [each.code for each in refused.value.diagnostics]
                continue
            require(rules.decide(customer, as_of), answer, names)


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) and value.isdigit() else value


@WITH_TEXTS
def test_both_languages_mean_the_same(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"en", "zh"} == set(example.texts)
    if not own_names(example.texts["zh"]):
        english, chinese = (load(example, each, tmp_path, monkeypatch).fingerprint for each in ("en", "zh"))
        assert english == chinese


@LANGUAGE
@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.avoid], ids=lambda each: f"line {each.line}")
def test_what_to_avoid_gives_the_message(
    example: Example, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for each in example.avoid:
        written = each.english if language == "en" else each.chinese
        whole = written.startswith(STATEMENTS)
        sentence = {"en": "if {} then lifecycle = lost", "zh": "如果{}那么生命周期为流失"}[language]
        with pytest.raises(rulelang.RuleError) as refused:
            rulelang.loads(VOCABULARY[language] + (written if whole else sentence.format(written)))
        code = each.codes[0 if language == "en" else -1]
        assert code in [found.code for found in refused.value.diagnostics], f"line {each.line}"


def test_examples_and_sample_files_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = next(each for each in EXAMPLES if any("example " in text.text for text in each.texts.values()))
    for language in ("en", "zh"):
        rules = load(example, language, tmp_path, monkeypatch)
        found = read_samples(rules.model, [tmp_path / str(each.file) for each in example.files])
        assert () == found.diagnostics
        assert 7 == len(found.samples)
        assert [] == [each.code for each in run_samples(rules, found.samples).diagnostics]


def test_every_code_on_the_page_exists() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE)) - {"win-back"}
    assert set() == named - set(entries())


def test_every_link_within_the_page_leads_somewhere() -> None:
    anchors = {anchor(each) for each in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}
    linked = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert set() == linked - anchors
    assert {each for each in anchors if each[0].isdigit()} == {each for each in linked if each[0].isdigit()}


def anchor(heading: str) -> str:
    """The anchor that a web page of the repository gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_limits_are_those_of_the_code() -> None:
    limits = (MAX_CHARACTERS, MAX_STATEMENTS, MAX_ROWS, MAX_TERMS, MAX_DEPTH, MAX_LIST_ENTRIES, MOST_RECORDS)
    section = PAGE[PAGE.index("## 28.") :]
    assert [] == [each for each in limits if f"| {each:,} |" not in section]


def section(number: int) -> str:
    return PAGE[PAGE.index(f"\n## {number}.") : PAGE.index(f"\n## {number + 1}.")]


def cells(text: str, column: int) -> list[str]:
    """What stands in the code of one column of the first table, apart from what is left open with `…`."""
    table = text[text.index("\n|---") :].partition("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]
    found = [each for row in rows for each in re.findall(r"`([^`]+)`", row[column])]
    return [each for each in found if "…" not in each]


def test_every_type_can_be_declared() -> None:
    for column, form in ((0, "field x: {}\nif x is known then y = 1"), (1, "字段x：{}\n如果x已填那么y为1")):
        types = [each for each in cells(section(3), column) if each != "选项"]
        assert len(types) > 8
        for each in types:
            assert rulelang.loads(form.format(each)).fingerprint, each


def test_every_attribute_can_be_written() -> None:
    kinds = {
        ("date", "日期"): ("may be future", "可为未来", "no older", "距今不超过"),
        ("text", "文本"): ("like", "形如", "checked by", "须满足"),
    }
    for column, form in (
        (0, "use crm\nfield x: {}, {}\nif x is known then y = 1"),
        (1, "使用客户档案\n字段x：{}，{}\n如果x已填那么y为1"),
    ):
        attributes = cells(section(4), column)
        assert len(attributes) > 8
        for each in attributes:
            kind = next((kind for kind, words in kinds.items() if each.startswith(words)), ("number", "数字"))[column]
            assert rulelang.loads(form.format(kind, each)).fingerprint, each


def test_every_policy_can_be_written() -> None:
    for column, form in ((0, "outcome y: number, {}\nalways y = 1"), (1, "结论y：数字，{}\n一律y为1")):
        policies = cells(section(6), column)
        assert len(policies) > 4
        for each in policies:
            assert rulelang.loads(form.format(each)).fingerprint, each


def test_every_word_of_comparison_is_a_word_of_the_language() -> None:
    phrases = {text.strip("^#") for text in spellings()}
    words = {
        each for column in (0, 1) for each in cells(section(9), column) if not re.search("[AB]|limits|between", each)
    }
    assert len(words) > 30
    assert set() == words - phrases


def spellings() -> Iterator[str]:
    for language in ("en", "zh"):
        table = tomllib.loads((ROOT / f"grammars/words.{language}.toml").read_text("utf-8"))
        for phrases in table["terminals"].values():
            yield from phrases


def test_reserved_words_are_all_there() -> None:
    section = PAGE[PAGE.index("## 28.") :]
    assert [] == [word for word in sorted(load_words().reserved) if f"`{word}`" not in section]
