"""Findings about generated models against customers at random: whoever is found refutes what was proved of nobody.

Fields, policies, dates, durations and texts of all kinds; too many customers to try them all.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any

from hypothesis import given, note

from rulelang.engine.advice.proving import answers_of, prove
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.scope import Scope
from rulelang.vocabulary.declarations import Field
from tests.analysis.searching import searching
from tests.analysis.test_formulas import read_row
from tests.strategies import Case, cases
from tests.strategies.cases import many_rows

CUSTOMERS = 60
OPEN = {"gap", "gap-inferred", "gap-possible", "gap-undecided", "gap-when-missing", "not-decided"}


def _is_past(field: Field, value: Any, as_of: date) -> bool:
    """Whether a date lies where the field may have it: not in the future, unless it is declared so."""
    return not isinstance(value, date) or value <= as_of or getattr(field.type, "may_be_future", False)


def test_nobody_refutes_what_is_proved(fuzz: int | None, asked: Counter[str]) -> None:
    def check(case: Case) -> None:
        ruleset, model = Ruleset(case.model), case.model
        proved = prove(ruleset, case.as_of, 20_000)
        assert proved is not None
        told = {(each.code, each.outcome or each.rule) for each in proved[1]}
        note(str(sorted(told, key=str)))
        answers, names = answers_of(ruleset, case.as_of), list(ruleset.situation(case.as_of).bound.program.fields)
        in_force = {each.outcome.name for each in proved[0].decisions()}
        rules = [each for each in model.rules if len(each.branches) == 1]
        assert proved.account is not None
        ranges = {each.name: each.range for each in proved.account.outcomes}
        repeated = {each.rule: each.others[0].name for each in proved[1] if each.code == "repeated-rule"}
        for row in (*case.rows, *many_rows(model, case.as_of, CUSTOMERS, Random(str(case.rows)).randrange(10**6))):
            values = read_row(ruleset, row, case)
            given_, seen = answers(values), {name: values.get(name) for name in model.fields}
            plausible = all(_is_past(each, values.get(name), case.as_of) for name, each in model.fields.items())
            decision = ruleset.decide_values([values.get(name) for name in names], case.as_of)
            standings = {name: decision.standing(name) for name in model.outcomes}
            scope = Scope(model, case.as_of, seen, given_, standings=standings)
            true = {each.name: truth_of(each.branches[0].condition, scope) is True for each in rules}
            deciding = {rule for name in model.outcomes for rule in decision.rules(name)}
            for each in rules:
                asked["findings about generated rules, by customers at random"] += 1
                assert not (true[each.name] and ("contradiction", each.name) in told), each.name
                assert not (each.name in deciding and ("unreachable-rule", each.name) in told), each.name
                assert each.name not in repeated or true[each.name] == true.get(repeated[each.name]), each.name
            for name, outcome in model.outcomes.items():
                asked["findings about generated rules, by customers at random"] += 1
                answer = given_[name]
                dead = {
                    dict(each.values)["value"]
                    for each in proved[1]
                    if (each.code, each.outcome) == ("dead-value", name)
                }
                assert answer is None or answer is BLANK or answer not in dead
                scores = ranges.get(name)
                if scores is not None and answer is not None and answer is not BLANK:
                    assert scores.least <= answer <= scores.most, name
                if answer is BLANK and plausible and name in in_force and outcome.policy not in ("sum", "collect"):
                    assert {code for code, of in told if of == name} & OPEN, name

    searching(fuzz, 40)(given(cases())(check))()
