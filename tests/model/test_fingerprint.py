"""The fingerprint follows the meaning: wording leaves it alone, everything that can decide a customer changes it."""

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from rulelang.diagnostics.position import Span
from rulelang.model.expressions import FieldRef, Literal, Named, Not
from rulelang.model.fingerprint import fingerprint
from rulelang.model.program import Header, Model, Reason, Requirement
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.types import ListOf, YesNo
from tests.oracle.build import (
    DATE,
    LEVEL,
    MONEY,
    NUMBER,
    TEXT,
    choice,
    compare,
    days,
    field,
    literal,
    model,
    rule,
    when,
)

LOST = compare(field("spend", MONEY), ">", literal(Decimal("10.50"), MONEY))
BASE = model(
    Field("spend", MONEY, at_least=0),
    Field("city", TEXT),
    Outcome("level", LEVEL, last_resort="low"),
    Outcome("points", NUMBER, policy="sum"),
    Threshold("after", NUMBER, 5, dated=((date(2026, 7, 1), 6),)),
    ReferenceList("cities", frozenset({"Paris", "Lyon", "巴黎"})),
    rule("a", when(LOST, level="high", points=1)),
    rule("b", when(compare(field("city"), "=", "Lyon"), level="medium"), priority=1),
)
# Written down once: a hash that changes with the Python version or the process would make every archive useless.
EXPECTED = "3dc2270f3bae6b16"


def changed_field(**changes: Any) -> Model:
    return evolve(BASE, fields={**BASE.fields, "spend": evolve(BASE.fields["spend"], **changes)})


def changed_outcome(**changes: Any) -> Model:
    return evolve(BASE, outcomes={**BASE.outcomes, "level": evolve(BASE.outcomes["level"], **changes)})


def changed_threshold(**changes: Any) -> Model:
    return evolve(BASE, thresholds={"after": evolve(BASE.thresholds["after"], **changes)})


def changed_rule(**changes: Any) -> Model:
    return evolve(BASE, rules=(evolve(BASE.rules[0], **changes), BASE.rules[1]))


def changed_branch(**changes: Any) -> Model:
    return changed_rule(branches=(evolve(BASE.rules[0].branches[0], **changes),))


def test_it_is_the_same_hash_for_ever() -> None:
    assert fingerprint(BASE) == EXPECTED


def test_it_is_the_same_in_another_process() -> None:
    script = "from tests.model.test_fingerprint import *; print(fingerprint(BASE))"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
    }
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert result.stdout.strip() == fingerprint(BASE)


@pytest.mark.parametrize(
    "same",
    [
        changed_field(label="消费", note="Paid", note_label="已付", required=True, privacy="personal", inferred=True),
        changed_outcome(
            label="等级",
            note="Level",
            type=evolve(
                LEVEL,
                name="level",
                members=tuple(evolve(each, label=f"标签{each.key}") for each in LEVEL.members),
            ),
        ),
        changed_threshold(label="天数", note="x"),
        changed_rule(name="line 12", label="规则", span=Span("other.rules", 3, 9, 12, 1)),
        changed_branch(reason=Reason(("because",))),
        changed_branch(condition=Named("rich", "富", LOST)),
        changed_branch(condition=evolve(LOST, right=literal(Decimal("10.5"), MONEY))),
        evolve(BASE, header=Header(name="x", label="y", version=3), language="zh"),
        evolve(BASE, fields=dict(reversed(list(BASE.fields.items())))),
        evolve(BASE, rules=(*BASE.rules, rule("off", when(LOST, level="low"), switched_off=True))),
    ],
)
def test_wording_does_not_count(same: Model) -> None:
    assert fingerprint(same) == EXPECTED


DIFFERENT = {
    "type": changed_field(type=NUMBER),
    "limit": changed_field(at_least=1),
    "no limit": changed_field(at_least=None),
    "blank": changed_field(may_be_blank=True),
    "missing": changed_field(missing_values=("-1",)),
    "policy": changed_outcome(policy="highest"),
    "last resort": changed_outcome(last_resort="medium"),
    "no last resort": changed_outcome(last_resort=None),
    "when missing": changed_outcome(when_missing="worst"),
    "order of the choice": changed_outcome(type=choice("high", "medium", "low", ordered=True)),
    "threshold": changed_threshold(value=6),
    "dated threshold": changed_threshold(dated=((date(2026, 7, 2), 6),)),
    "unit": changed_threshold(value=Duration(5, "days")),
    "other unit": changed_threshold(value=Duration(5, "months")),
    "text, not number": changed_threshold(value="5"),
    "yes, not the text": changed_threshold(value=True),
    "list": evolve(BASE, lists={"cities": ReferenceList("cities", frozenset({"Paris", "Lyon"}))}),
    "entries joined": evolve(BASE, lists={"cities": ReferenceList("cities", frozenset({"ParisLyon", "巴黎"}))}),
    "rule order": evolve(BASE, rules=BASE.rules[::-1]),
    "priority": changed_rule(priority=2),
    "validity of a rule": changed_rule(valid_until=date(2026, 1, 1)),
    "switched off": changed_rule(switched_off=True),
    "operator": changed_branch(condition=evolve(LOST, operator=">=")),
    "assigned value": changed_branch(assignments=when(LOST, level="high", points=2).assignments),
    "validity of the ruleset": evolve(BASE, header=Header(valid_from=date(2026, 1, 1))),
    "requirement": evolve(BASE, requirements=(Requirement(compare(literal(1), "<", 2), "1 < 2"),)),
    "field or its name": changed_branch(condition=evolve(LOST, right=FieldRef("spend", MONEY))),
    "length of time": changed_branch(condition=evolve(LOST, left=days(3), right=days(4))),
    "date": changed_branch(condition=evolve(LOST, left=literal(date(2026, 1, 1)), right=field("d", DATE))),
}


def test_whatever_can_decide_a_customer_counts() -> None:
    prints = {name: fingerprint(different) for name, different in DIFFERENT.items()}
    assert len({EXPECTED, *prints.values()}) == len(prints) + 1, prints


def of_list(label: str | None = None, complete_from: date | None = None, dated_by: str | None = None) -> str:
    type_ = ListOf("order", (("paid_on", label, DATE),), dated_by, complete_from)
    return fingerprint(model(Field("orders", type_)))


def test_a_list_counts_by_its_fields_and_from_when_it_is_complete() -> None:
    assert of_list() == of_list(label="付款日") == of_list(dated_by="paid_on")
    assert of_list() != of_list(complete_from=date(2026, 1, 1)) != of_list(complete_from=date(2026, 1, 2))


def test_asking_a_yes_or_no_is_asking_whether_it_is_yes() -> None:
    """`vip` and `vip is yes` mean the same; `vip is no` and `not vip` do not, where blank is an answer."""
    vip = field("vip", YesNo())

    def asked(condition: Any) -> str:
        return fingerprint(model(Field("vip", YesNo()), Outcome("o", TEXT), rule("r", when(condition, o="x"))))

    assert asked(vip) == asked(compare(vip, "=", Literal(True, YesNo())))
    assert len({asked(vip), asked(Not(vip)), asked(compare(vip, "=", Literal(False, YesNo())))}) == 3
