"""All rules and the typology of an open-source fraud monitor as decision tables and a score card.

Each rule puts a measured value into a band, or ends early with an exit condition; one tells cases apart. The typology
gives every outcome a weight; the sum raises an alert at 2,200 and stops the payment at 2,600. The rule file is written
from the published tables (Apache-2.0, not part of the project; see test_bank_marketing.py for where they are looked
for); what should come out is worked out in plain Python from the publisher's configuration files, which are another
source than the tables.
"""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources

FOLDER = Path(os.environ.get("RULELANG_DATA") or Path(__file__).parents[3] / "shared" / "data") / "tazama_rules"
AS_OF = date(2026, 1, 1)
CASES = "078"  # the rule that tells kinds of transactions apart

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the tazama_rules data is not in {FOLDER}")

Rows = list[dict[str, str]]
Customer = dict[str, Any]


# --- the rule file, from the published tables ---


@cache
def rules_published() -> dict[str, Rows]:
    """The rows of each rule, in the order published."""
    found: dict[str, Rows] = {}
    for row in _rows("rule_bands.csv"):
        found.setdefault(_number(row["rule"]), []).append(row)
    return found


def _rows(name: str) -> Rows:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(rule: str) -> str:
    return rule.partition("@")[0]


def rule_text(weights_file: str) -> str:
    """A table per rule, its bands required to tile; the typology as a score card; and the two lines over the score."""
    return "\n".join(
        [*_head(), *(line for rule in rules_published() for line in _rule(rule)), *_typology(weights_file)]
    )


def _head() -> Iterator[str]:
    yield 'ruleset "Complete rule coverage" ("全部规则")'
    yield "choice decision: pass (放行) < alert (预警) < interdict (拦截)"
    yield "threshold alert_at (预警线) = 2,200"
    yield "threshold interdict_at (拦截线) = 2,600"
    yield "require interdict_at > alert_at"


def _rule(rule: str) -> Iterator[str]:
    rows = rules_published()[rule]
    bands = [row for row in rows if row["kind"] == "band"]
    exits = [row for row in rows if row["kind"] == "exit"]
    start = f", at least {bands[0]['lower_incl']}" if bands and bands[0]["lower_incl"] else ""
    yield f"field value_{rule}: text" if rule == CASES else f"field value_{rule}: number{start}"
    yield f"field exit_{rule}: text, may be blank"
    yield f"outcome result_{rule}: text"
    yield f'table "{rule} {rows[0]["desc"]}" (first):'
    yield f"| exit_{rule} | value_{rule} | => result_{rule} | because |"
    yield "|---|---|---|---|"
    yield from (f'| "{row["outcome"]}" | - | "{row["outcome"]}" | "{row["reason"]}" |' for row in exits)
    yield from (f'| is missing | {_cell(row)} | "{row["outcome"]}" | "{row["reason"]}" |' for row in [*bands])
    if rule == CASES:
        cases = [row for row in rows if row["kind"] == "case"]
        yield from (f'| - | "{row["lower_incl"]}" | "{row["outcome"]}" | "{row["reason"]}" |' for row in cases)
        yield '| - | is known | ".00" | "no such kind" |'
    else:
        yield f'require table "{rule} {rows[0]["desc"]}" tiles value_{rule}'


def _cell(row: Mapping[str, str]) -> str:
    lower, upper = row["lower_incl"], row["upper_excl"]
    if lower and upper:
        return f"{lower} ..< {upper}"
    return f">= {lower}" if lower else f"< {upper}" if upper else "-"


def _typology(weights_file: str) -> Iterator[str]:
    yield "outcome score (得分): whole number, sum"
    yield "outcome action (处置): decision, highest wins, else pass"
    yield f'table "Typology" ("类型") (collect sum) from "{weights_file}"'
    yield f'require sum of score in table "Typology" is {sum(int(row["weight"]) for row in _weights())}'
    yield 'if score >= alert_at then action = alert because "{score} of {alert_at}"'
    yield 'if score >= interdict_at then action = interdict because "{score} of {interdict_at}"'


def _weights() -> Rows:
    return [row for row in _rows("typology_weights.csv") if _number(row["rule"]) in rules_published()]


def write_score_card(path: Path) -> None:
    """A sheet with a column for each rule and a row for each weight, as a spreadsheet would have it."""
    columns = list(rules_published())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"result_{rule}" for rule in columns), "then add score"])
        for row in _weights():
            cells = ["-"] * len(columns)
            cells[columns.index(_number(row["rule"]))] = f'"{row["outcome"]}"'
            writer.writerow([*cells, row["weight"]])


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> rulelang.Ruleset:
    folder = tmp_path_factory.mktemp("tazama")
    write_score_card(folder / "typology.csv")
    (folder / "tazama.rules").write_text(rule_text("typology.csv"), "utf-8")
    return rulelang.load(folder / "tazama.rules")


# --- the same in plain Python, from the configuration ---


@cache
def configuration() -> dict[str, Any]:
    return {_number(each["id"]): each["config"] for each in json.loads((FOLDER / "rules.json").read_text("utf-8"))}


@cache
def typology() -> Any:
    (only,) = json.loads((FOLDER / "typologies.json").read_text("utf-8"))
    return only


def result_of(rule: str, customer: Customer) -> str | None:
    """The outcome of one rule; None where the measured value is missing."""
    ended = customer[f"exit_{rule}"]
    if ended:
        return str(ended)
    value, config = customer[f"value_{rule}"], configuration()[rule]
    if value is None:
        return None
    if "cases" in config:
        cases = {each["value"]: each["subRuleRef"] for each in config["cases"]["expressions"]}
        return str(cases.get(value, config["cases"]["alternative"]["subRuleRef"]))
    for band in config["bands"]:
        if band.get("lowerLimit", value) <= value and (band.get("upperLimit") is None or value < band["upperLimit"]):
            return str(band["subRuleRef"])
    raise AssertionError(f"{rule}: no band for {value}")


def expected(customer: Customer) -> tuple[dict[str, str | None], int, str]:
    """The outcome of each rule, the score and the action."""
    results = {rule: result_of(rule, customer) for rule in configuration()}
    score = 0
    for each in typology()["rules"]:
        weights = {weight["ref"]: weight["wght"] for weight in each["wghts"]}
        score += weights.get(results.get(_number(each["id"])), 0)
    lines = typology()["workflow"]
    action = "alert" if score >= lines["alertThreshold"] else "pass"
    return results, score, "interdict" if score >= lines["interdictionThreshold"] else action


# --- customers on every edge ---


def boundary_values(rule: str) -> list[Any]:
    """Every edge, the number before it and the one after it; every case, and one that is none."""
    config = configuration()[rule]
    if "cases" in config:
        return [*(each["value"] for each in config["cases"]["expressions"]), "OTHER"]
    edges = {band[limit] for band in config["bands"] for limit in ("lowerLimit", "upperLimit") if limit in band}
    lowest = config["bands"][0].get("lowerLimit")
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    return sorted(value for value in near if lowest is None or value >= lowest)


def quiet() -> Customer:
    """A customer whom no rule gives a weight, so far as its bands allow."""
    weights = {_number(each["id"]): {w["ref"]: w["wght"] for w in each["wghts"]} for each in typology()["rules"]}
    customer: Customer = {}
    for rule in configuration():
        customer[f"exit_{rule}"] = ""
        values = boundary_values(rule)
        customer[f"value_{rule}"] = min(
            values,
            key=lambda value, rule=rule: weights[rule].get(result_of(rule, _only(rule, value)), 0),  # type: ignore[misc]
        )
    return customer


def _only(rule: str, value: Any) -> Customer:
    return {f"value_{rule}": value, f"exit_{rule}": ""}


def customers() -> Iterator[Customer]:
    """Each edge of each rule alone; each exit; and many customers with edges everywhere, from calm to alarming."""
    base = quiet()
    for rule, config in configuration().items():
        yield from ({**base, f"value_{rule}": value} for value in boundary_values(rule))
        yield from ({**base, f"exit_{rule}": each["subRuleRef"]} for each in config["exitConditions"])
        yield {**base, f"value_{rule}": None}
    chance = random.Random(1)
    for _ in range(250):
        customer, risky = dict(base), chance.random()
        for rule, config in configuration().items():
            values = boundary_values(rule)
            if chance.random() < risky:
                customer[f"value_{rule}"] = chance.choice(values[-2:])
            if config["exitConditions"] and chance.random() < 0.03:
                customer[f"exit_{rule}"] = chance.choice(config["exitConditions"])["subRuleRef"]
        yield customer


def test_every_rule_is_a_table_and_every_weight_in_the_score_card() -> None:
    assert 33 == len(rules_published()) == len(configuration())
    assert 68 == sum(row["kind"] == "band" for rows in rules_published().values() for row in rows)
    assert configuration().keys() <= {_number(each["id"]) for each in typology()["rules"]}


def test_results_score_and_action_are_those_worked_out_by_hand(rules: rulelang.Ruleset) -> None:
    actions, scores = set(), set()
    for customer in customers():
        decision = rules.decide(customer, as_of=AS_OF)
        results, score, action = expected(customer)
        assert results == {rule: decision[f"result_{rule}"] for rule in results}
        assert (score, action) == (decision["score"], decision["action"])
        if None not in results.values():
            assert {"decided"} == {decision.standing(each) for each in ("score", "action")}
        actions.add(action)
        scores.add(score)
    assert {"pass", "alert", "interdict"} == actions
    assert {2100, 2200, 2500, 2600} <= scores  # just below each line, and on it


def test_in_chinese_it_means_the_same(rules: rulelang.Ruleset, tmp_path: Path) -> None:
    write_score_card(tmp_path / "typology.csv")
    (tmp_path / "tazama.rules").write_text(rule_text("typology.csv"), "utf-8")
    target = tmp_path / "tazama.zh.rules"
    arguments = ["translate", str(tmp_path / "tazama.rules"), "--to", "zh", "-o", str(target)]
    assert 0 == CliRunner().invoke(cli, arguments).exit_code
    text, chinese = target.read_text("utf-8"), rulelang.load(target)
    assert 32 == text.count("不重不漏")  # of the 33 one tells cases apart and has no bands
    assert "如果得分不低于预警线" in text
    assert rules.fingerprint == chinese.fingerprint
    for customer in islice(customers(), 0, None, 20):
        expected = rules.decide(customer, as_of=AS_OF).outcomes
        assert expected == chinese.decide(customer, as_of=AS_OF).outcomes


@pytest.mark.parametrize(
    ("rule", "band", "change", "code"),
    [
        ("001", "| >= 86400000 |", "| >= 86400001 |", "tiling-hole"),
        ("002", "| < 5 |", "| <= 5 |", "tiling-overlap"),
        ("007", "| 1 ..< 5 |", "| 2 ..< 5 |", "tiling-hole"),
        ("028", "| 0 ..< 18 |", "| 1 ..< 18 |", "tiling-hole"),
        ("075", "| 1 ..< 5 |", "| 1 .. 5 |", "tiling-overlap"),
    ],
)
def test_a_band_moved_is_noticed(tmp_path: Path, rule: str, band: str, change: str, code: str) -> None:
    write_score_card(tmp_path / "typology.csv")
    text = rule_text("typology.csv")
    start = text.index(f'table "{rule} ')
    changed = text[:start] + text[start:].replace(band, change, 1)
    assert changed != text
    (wrong,) = read_sources([Source("tazama.rules", changed)], tmp_path).errors
    assert code == wrong.code
    assert str(wrong.facts["table"]).startswith(rule)


def test_a_weight_changed_is_noticed(tmp_path: Path) -> None:
    write_score_card(tmp_path / "typology.csv")
    sheet = (tmp_path / "typology.csv").read_text("utf-8")
    (tmp_path / "typology.csv").write_text(sheet.replace(",400\n", ",300\n", 1), "utf-8")
    (wrong,) = read_sources([Source("tazama.rules", rule_text("typology.csv"))], tmp_path).errors
    assert "requirement-not-met" == wrong.code
    assert 100 == int(str(wrong.facts["right"])) - int(str(wrong.facts["left"]))
