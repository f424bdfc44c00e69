"""Rulesets that count in another currency than their base: every shipped one with amounts, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import RuleError
from rulelang.diagnostics.position import Source
from rulelang.engine.loading.reading import loads, read_ruleset
from rulelang.engine.ruleset import Ruleset
from rulelang.model.portable import to_data
from rulelang.syntax.format import format_text
from rulelang.vocabulary.reading import as_given
from tests.rulesets.test_shipped import SHIPPED, ruleset, samples


def currencies_in(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        if data.get("is") == "Money" and data.get("currency"):
            yield str(data["currency"])
        data = tuple(data.values())
    for each in data if isinstance(data, list | tuple) else ():
        yield from currencies_in(each)


def currencies(rules: Ruleset) -> set[str]:
    return set(currencies_in(to_data(rules.model)))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_ruleset_with_amounts_counts_in_euros_with_the_same_figures(name: str) -> None:
    base = ruleset(name)
    if not currencies(base):  # its vocabulary may speak of money all the same
        found = read_ruleset_of(f'extends "{name}" in EUR')
        assert found <= {"base-without-amounts"}
        return
    restated = loads(f'extends "{name}" in EUR')
    assert ({"CNY"}, {"EUR"}) == (currencies(base), currencies(restated))
    assert base.fingerprint != restated.fingerprint
    for sample in samples(name)[:12]:
        wanted = dict(base.decide(as_given(sample.given, base.model.fields), sample.as_of))
        assert wanted == dict(restated.decide(as_given(sample.given, restated.model.fields), sample.as_of)), sample.name


def read_ruleset_of(text: str) -> set[str]:
    try:
        loads(text)
    except RuleError as error:
        return {each.code for each in error.diagnostics}
    return set()


OURS = 'extends "retail/tiers" in EUR\nthreshold gold_spend = €2000\nthreshold silver_spend = 500\n'


def test_its_own_amounts_are_in_that_currency(tmp_path: Path) -> None:
    rules = loads(OURS)
    customer = {"spend_12m": "€2,000", "orders_12m": 12, "member_since": "2020-01-01"}
    decision = rules.decide(customer, as_of=date(2026, 6, 30))
    assert "gold" == decision["tier"]
    assert "€2000" in decision.why("tier")
    assert "¥" not in str([decision.why(each, lang) for each in decision for lang in ("en", "zh")])
    assert [("currency", "EUR")] == [
        (each.kind, each.name) for each in rules.model.deviations if each.kind == "currency"
    ]
    chinese = translated(OURS, "zh")
    changed = translated(chinese, "en")
    assert "以欧元计" in chinese
    assert rules.fingerprint == loads(chinese).fingerprint == loads(changed).fingerprint


def translated(text: str, lang: str) -> str:
    return format_text(Source("ours.rules", text), lang).text


def codes(text: str, folder: Path) -> set[str]:
    (folder / "own.rules").write_text(text, "utf-8")
    return {each.code for each in read_ruleset(str(folder / "own.rules")).diagnostics}


def test_what_can_go_wrong_is_said(tmp_path: Path) -> None:
    (tmp_path / "two.rules").write_text("if spend > €5 and cost > $5 then level = high\n", "utf-8")
    assert {"base-currency"} <= codes('extends "two.rules" in GBP', tmp_path)
    assert {"bases-in-two-currencies"} <= codes('extends "value" in EUR\nextends "retail/rfm"', tmp_path)
    assert {"base-figures-kept"} == codes('extends "retail/tiers" in EUR', tmp_path)
    assert set() == codes('extends "retail/tiers" in CNY', tmp_path)
    assert {"base-threshold-type"} <= codes('extends "retail/tiers" in EUR\nthreshold gold_spend = ¥5', tmp_path)
    assert {"base-threshold-type"} <= codes('extends "retail/tiers"\nthreshold gold_spend = €5', tmp_path)


def test_an_amount_of_another_currency_is_told_how_to_change_the_whole() -> None:
    with pytest.raises(RuleError) as refused:
        loads('extends "retail/tiers"\nthreshold gold_spend = €5')
    assert "EUR" == refused.value.diagnostics[0].facts["currency"]
    with pytest.raises(RuleError) as refused:
        ruleset("retail/tiers").with_thresholds(gold_spend="€2000")
    (found,) = refused.value.diagnostics
    assert 'extends "retail/tiers" in EUR' in str(describe(found, "en").help)
    assert "继承“名称”以EUR计" in str(describe(found, "zh").help)
