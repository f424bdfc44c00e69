"""Objects are decided as mappings of the same values are, by the short way as well, and their classes are let go."""

from __future__ import annotations

import gc
import weakref
from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import field as dataclass_field
from dataclasses import make_dataclass
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

import rulelang
from rulelang.engine.deciding import objects
from rulelang.engine.ruleset import Ruleset
from tests.backends.python.test_quick import AS_OF, RULES, VALUES, answer, customers, told
from tests.strategies import Case, cases

Make = Callable[[Mapping[str, Any]], Any]

NAMES = (*VALUES, "消费")


class Plain:
    """What has whatever attributes it is given."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.__dict__.update(row)


class Asked(Plain):
    """Answers for attributes that it doesn't have."""

    def __getattr__(self, name: str) -> Any:
        if name == "vip":
            return True
        raise AttributeError(name)


class Reckoned:
    """Has properties, one of which fails now and then."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        for name in row.keys() - {"spend", "visits"}:
            setattr(self, name, row[name])

    @property
    def spend(self) -> Any:
        return self._row.get("spend")

    @property
    def visits(self) -> Any:
        return self._row.get("visits")


def makers(names: tuple[str, ...]) -> dict[str, Make]:
    """Classes of every kind, and how a row becomes an object of each; some have None for what isn't there."""
    slotted = attrs.make_class("Slotted", dict.fromkeys(names, attrs.field(default=None)), slots=True)
    bare = attrs.make_class("Bare", dict.fromkeys(names, attrs.field(default=None)), slots=False)
    data = make_dataclass("Data", [(each, Any, dataclass_field(default=None)) for each in names])
    tight = make_dataclass("Tight", [(each, Any, dataclass_field(default=None)) for each in names], slots=True)
    named = namedtuple("named", names, defaults=[None] * len(names))  # type: ignore[misc]
    return {
        **{each.__name__: partial(_filled, each) for each in (slotted, bare, data, tight, named)},
        "plain": Plain,
        "namespace": lambda row: SimpleNamespace(**row),
        "asked": Asked,
        "reckoned": Reckoned,
    }


def _filled(kind: type, row: Mapping[str, Any]) -> Any:
    return kind(**row)


def as_mapping(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in NAMES if hasattr(thing, name)}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "OFTEN", 1)


@pytest.mark.parametrize("kind", makers(NAMES))
def test_objects_are_decided_as_mappings(kind: str) -> None:
    rules, make = rulelang.loads(RULES), makers(NAMES)[kind]
    things = [make(row) for row in customers(24)]
    rows = [as_mapping(each) for each in things]
    expected = [answer(lambda row: told(rules.decide(row, AS_OF)), row) for row in rows]
    assert expected == [answer(lambda thing: told(rules.decide(thing, AS_OF)), each) for each in things]
    assert (rules.situation(AS_OF).roads[id(type(things[0]))].quick is objects._nothing) is False
    compiled = rules.compile(type(things[0]), AS_OF)
    assert [answer(rules.compile(AS_OF), row) for row in rows] == [answer(compiled, each) for each in things]
    readable = [thing for thing, each in zip(things, expected, strict=True) if len(each) > 1]
    many = [told(each) for each in rules.decide_many([*readable, rows[0], Plain(rows[0])], AS_OF)]
    assert [*(each for each in expected if len(each) > 1), expected[0], expected[0]] == many
    assert many == [told(each) for each in rules.decide_many(iter([*readable, rows[0], Plain(rows[0])]), AS_OF)]


@settings(suppress_health_check=list(HealthCheck), max_examples=25)
@given(cases())
def test_generated_rules_decide_objects_as_mappings(case: Case) -> None:
    rules = Ruleset(case.model)
    names = tuple(dict.fromkeys(name for row in case.rows for name in row))
    kinds = makers(names)

    def facts(customer: Any) -> Any:
        decision = rules.decide(customer, case.as_of)
        return dict(decision), decision.standings, decision.problems, dict(decision.values)

    for kind in ("Slotted", "Tight", "named", "plain"):
        for thing in map(kinds[kind], case.rows):
            row = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
            assert answer(facts, row) == answer(facts, thing)
            assert answer(rules.compile(case.as_of), row) == answer(rules.compile(type(thing), case.as_of), thing)


def test_compiled_functions_of_the_day_and_for_other_things() -> None:
    rules = rulelang.loads("field spend (消费): number\nif spend > 10 then tier = gold otherwise tier = basic")
    kind = namedtuple("kind", "spend")
    decide = rules.compile(kind)
    assert ["gold", "basic"] == [decide(kind(each))["tier"] for each in (11, 9)]
    others: Any = [{"spend": 11}, {"消费": 11}, SimpleNamespace(spend=11), SimpleNamespace(消费="11")]
    assert ["gold"] * 4 == [decide(each)["tier"] for each in others]
    assert "gold" == rules.compile(dict, AS_OF)({"spend": 11})["tier"]
    assert rules.compile(as_of=AS_OF)({"spend": 11}) == rules.compile(kind, as_of=AS_OF)(kind(11))
    with pytest.raises(TypeError, match="not str"):
        rules.compile(str, AS_OF)
    lists = rulelang.loads(
        "field o: list of order (a: number)\nif count of o > 0 then b = 1\nif sum of o.a > 9 then c = 1"
    )
    assert {"b": 1, "c": None} == lists.compile(SimpleNamespace, AS_OF)(SimpleNamespace(o=[SimpleNamespace(a=5)]))
    cuts = rulelang.loads("field spend: number\nif spend in the top 20% then a = x")
    cuts = cuts.with_cuts(cuts.count([{"spend": each} for each in range(100)]))
    assert "x" == cuts.compile(kind, AS_OF)(kind(99))["a"] == cuts.decide(kind(99), AS_OF)["a"]


def test_classes_are_let_go() -> None:
    rules = rulelang.loads("field spend: number\nif spend > 10 then tier = gold")
    kind = attrs.make_class("Passing", ["spend"], slots=True)
    assert ["gold"] * 3 == [each["tier"] for each in rules.decide_many([kind(11)] * 3, AS_OF)]
    roads, gone = rules.situation(AS_OF).roads, weakref.ref(kind)
    assert 1 == len(roads)
    del kind
    gc.collect()
    assert gone() is None and not roads


def test_a_decision_about_an_object_is_not_changed_afterwards() -> None:
    rules = rulelang.loads("field spend: number\nif spend > 10 then tier = gold")
    thing = SimpleNamespace(spend=11)
    first, second = rules.decide(thing, AS_OF), rules.decide(thing, AS_OF)
    thing.spend = 0
    assert {"spend": 11} == dict(first.values) == dict(second.values)
    assert date(2026, 1, 1) == second.as_of and ("gold", "decided") == (second["tier"], second.standing("tier"))
