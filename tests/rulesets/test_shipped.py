"""The rulesets that ship, ours and those of our plug-ins: sound, tested, bilingual, and found by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.engine.deciding.decision import Decision
from rulelang.engine.loading.loaded import Loaded
from rulelang.engine.loading.reading import read_ruleset
from rulelang.engine.ruleset import Ruleset
from rulelang.model.program import Hole, Reason
from rulelang.plugin.discover import discover
from rulelang.plugin.locate import Shipped, shipped
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import declared_names, parse
from rulelang.testing.coverage import Coverage, Seen, cover
from rulelang.testing.discover import samples_beside
from rulelang.testing.run_samples import run_samples
from rulelang.testing.sample import Sample
from rulelang.testing.samples import read_samples
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import as_given
from rulelang.vocabulary.types import Choice, ListOf

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {each.name: each for each in shipped(discover())}
VOCABULARIES = {each.name: each.vocabulary for each in discover().plugins if each.vocabulary is not None}
SAMPLES = {name: samples_beside(each.path) for name, each in SHIPPED.items()}

every_ruleset = pytest.mark.parametrize("name", SHIPPED)

# Names that read the same in both languages.
INTERNATIONAL = ("VIP", "A", "B", "C", "D", "E")


@cache
def read(name: str) -> Loaded:
    return read_ruleset(name)


@cache
def ruleset(name: str) -> Ruleset:
    loaded = read(name).ruleset
    assert loaded is not None, render(read(name).diagnostics, read(name).sources)
    return loaded


@cache
def samples(name: str) -> tuple[Sample, ...]:
    found = read_samples(ruleset(name).model, SAMPLES[name])
    assert () == found.diagnostics
    return found.samples


def decided(name: str, sample: Sample) -> Decision:
    return ruleset(name).decide(as_given(sample.given, ruleset(name).model.fields), sample.as_of)


@cache
def coverage(name: str) -> Coverage:
    seen = []
    for sample in samples(name):
        assert sample.as_of is not None, f"{sample.name}: a sample without a day gives other answers tomorrow"
        decision = decided(name, sample)
        seen.append(Seen.of(sample.given, decision))
    return cover(ruleset(name).model, seen)


def chinese(text: str | None) -> bool:
    return text is not None and re.search(r"[\u4e00-\u9fff]", text) is not None


def english(text: str | None) -> bool:
    return text is not None and text.isascii()


def test_what_the_readme_names_is_shipped() -> None:
    assert {"lifecycle", "lifecycle/behaviour", "value", "retail/tiers", "retail/lifecycle"} <= set(SHIPPED)


# --- sound ---


@every_ruleset
def test_check_finds_nothing(name: str) -> None:
    loaded = read(name)
    assert "" == render(loaded.diagnostics, loaded.sources)


@every_ruleset
def test_layout_is_the_formatters(name: str) -> None:
    source = Source(name, SHIPPED[name].path.read_text("utf-8"))
    elsewhere = [spelling for each in VOCABULARIES.values() for spelling in names_in(each)]
    assert source.text == format_text(source, names=elsewhere).text


@pytest.mark.parametrize("plugin", VOCABULARIES)
def test_layout_of_vocabularies_is_the_formatters(plugin: str) -> None:
    source = Source(plugin, VOCABULARIES[plugin].read_text("utf-8"))
    assert source.text == format_text(source).text


def names_in(path: Path) -> Iterator[str]:
    file, problems = parse(Source(str(path), path.read_text("utf-8")))
    assert () == problems
    for statement in file.statements:
        yield from declared_names(statement)


# --- tested ---


@every_ruleset
def test_samples_pass(name: str) -> None:
    report = run_samples(ruleset(name), samples(name))
    assert "" == render(report.diagnostics, ruleset(name).model.sources)


@every_ruleset
def test_samples_reach_every_rule_and_every_condition_both_ways(name: str) -> None:
    assert "" == render(coverage(name).gaps(), ruleset(name).model.sources)
    assert (100, 100) == (coverage(name).rules_percent, coverage(name).conditions_percent)


@every_ruleset
def test_samples_come_in_both_languages_and_as_examples(name: str) -> None:
    assert {".samples", ".样例"} == {Path(each.stem).suffix for each in SAMPLES[name]}
    assert ruleset(name).model.examples


@every_ruleset
def test_samples_show_what_missing_values_do(name: str) -> None:
    standings = {
        standing
        for sample in samples(name)
        for outcome in ruleset(name).model.outcomes
        if (standing := decided(name, sample).standing(outcome))
    }
    assert {"decided", "provisional", "undecided"} <= standings


@every_ruleset
def test_a_customer_that_is_wholly_known_is_decided(name: str) -> None:
    model = ruleset(name).model
    read_here = {field for sample in samples(name) for field in sample.given}
    asked = [field for field in read_here if not model.fields[field].may_be_blank]
    known = [
        each for each in samples(name) if all(whole(model.fields[field], each.given.get(field)) for field in asked)
    ]
    assert known
    for sample in known:
        decision = decided(name, sample)
        open_ = {outcome for outcome in model.outcomes if decision.standing(outcome) != "decided"}
        assert set() == open_, sample.name


def whole(field: Field, value: object) -> bool:
    """Whether a value is there; of a list, whether every record has all its parts."""
    if not isinstance(field.type, ListOf) or not isinstance(value, tuple | list):
        return value is not None
    return all(record.get(part) is not None for record in value for part, _, _ in field.type.fields)


# --- bilingual ---


@every_ruleset
def test_everything_has_a_name_and_a_note_in_both_languages(name: str) -> None:
    model = ruleset(name).model
    declared = [each for each in (*model.fields.values(), *model.outcomes.values()) if not each.inferred]
    for each in (*declared, *model.thresholds.values()):
        assert english(each.name) and chinese(each.label), each.name
        assert english(each.note) and chinese(each.note_label), each.name
    for each in (*model.fields.values(), *model.outcomes.values()):
        if isinstance(each.type, Choice):
            for member in each.type.members:
                assert member.key in INTERNATIONAL or (english(member.key) and chinese(member.label)), member.key
    assert english(model.header.name) and chinese(model.header.label) and model.header.version


@every_ruleset
def test_every_threshold_says_where_it_comes_from(name: str) -> None:
    for each in ruleset(name).model.thresholds.values():
        assert (each.note or "").startswith(("Practice default", "Source: ")), each.name
        assert (each.note_label or "").startswith(("实务默认值", "来源：")), each.name


@every_ruleset
def test_every_rule_has_a_name_and_a_reason_in_both_languages(name: str) -> None:
    for rule in ruleset(name).model.rules:
        assert english(rule.name) and chinese(rule.label), rule.name
        for branch in rule.branches:
            assert branch.reason is not None, rule.name
            first, second = both(branch.reason)
            assert english(first) and chinese(second), rule.name


def both(reason: Reason) -> tuple[str, str]:
    """A reason's texts in both languages, the holes left out."""
    parts = (reason.parts, reason.other or ())
    first, second = ("".join("" if isinstance(each, Hole) else each for each in text) for text in parts)
    return first, second


@every_ruleset
def test_chinese_translation_means_the_same(name: str) -> None:
    outcome = CliRunner().invoke(cli, ["translate", str(SHIPPED[name].path), "--to", "zh"])
    assert 0 == outcome.exit_code, outcome.output
    translated = rulelang.loads(outcome.output)
    assert ruleset(name).fingerprint == translated.fingerprint


# --- found ---


@every_ruleset
def test_found_by_name_and_by_either_title(name: str) -> None:
    each = SHIPPED[name]
    assert 2 == len(each.titles)
    for spelling in references(each):
        assert ruleset(name).fingerprint == rulelang.load(spelling).fingerprint, spelling


def references(each: Shipped) -> Iterator[str]:
    yield from each.titles
    if each.plugin:
        for owner in (each.plugin, each.plugin_label):
            for title in each.titles:
                yield f"{owner}/{title}"


def test_found_by_the_names_people_say() -> None:
    said = {"生命周期": "lifecycle", "行为特征": "lifecycle/behaviour", "客户价值": "value", "会员等级": "retail/tiers",
            "零售/会员等级": "retail/tiers", "零售生命周期": "retail/lifecycle"}  # fmt: skip
    for spelling, name in said.items():
        assert ruleset(name).fingerprint == rulelang.load(spelling).fingerprint


@every_ruleset
def test_a_page_in_both_languages_stands_beside_it(name: str) -> None:
    folder = SHIPPED[name].path.parent
    page = next(each / "README.md" for each in (folder, folder.parent) if (each / "README.md").is_file())
    text = page.read_text("utf-8")
    assert "\n## English\n" in text and "\n## 中文\n" in text
    assert f"`{name}`" in text
