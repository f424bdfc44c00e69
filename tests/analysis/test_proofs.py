"""Every proof against trying all customers: rules over fields with few values, each customer there can be.

A few thousand questions by default; with `--fuzz N` fresh ones, and how many they were is printed at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import product
from typing import Any

from hypothesis import event, given, note
from hypothesis import strategies as st

import rulelang
from rulelang.analysis.account import EVERYBODY, KNOWN
from rulelang.analysis.checks.idle import without_one
from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, differences
from rulelang.engine.advice.proving import Proved, answers_of, prove
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.scope import Scope
from rulelang.model.walking import outcomes_read
from tests.analysis.searching import searching

DAY = date(2026, 6, 30)
HEAD = """\
choice level: low < medium < high
field n: whole number, at least 0, at most 3
field b: yes or no
field c: one of x, y, z
field p: number, may be blank, at least 0, at most 1
"""
VALUES: dict[str, tuple[Any, ...]] = {
    "n": (0, 1, 2, 3, None),
    "b": (True, False, None),
    "c": ("x", "y", "z", None),
    "p": (0, 1, BLANK, None),  # a value that can't be read is missing where a blank is an answer, too
}
ATOMS = [
    *(f"n {sign} {number}" for sign in (">", "<", ">=", "<=") for number in (1, 2)),
    *("n = 1", "n between 1 and 2", "n * 2 > 3", "b", "b is no", "c is x", "c is not y", "c is one of x, z"),
    *("n is missing", "c is known", "p > 0", "p <= 0", "p is missing"),
]
# Of two fields at once boxes know less: what is proved must hold, not all that holds is proved.
OF_TWO = ["n + p > 2", "n > p", "p * n > 0", "n - p = 1"]
OF_LEVEL = ["g is low", "g >= medium", "g is missing", "g is not high"]
OF_SCORE = ["s > 1", "s <= 2", "s = 3"]
DECLARED = {
    "g": [
        *(
            "outcome g: level",
            "outcome g: level, highest wins",
            "outcome g: level, unique",
            "outcome g: level, lowest wins",
        ),
        *("outcome g: level, last", "outcome g: level, else low"),
    ],
    "s": ["outcome s: whole number, sum", "outcome s: whole number, sum, at most 3"],
    "t": ["outcome t: one of u, v, w", "outcome t: one of u, v, w, unique"],
}
# What is withheld is told roughly: again what is proved must hold, not all that holds is proved.
WITHHELD = ["outcome g: level, undecided when data is missing"] * 3
GIVEN = {"g": ["g = low", "g = medium", "g = high"], "t": ["t = u", "t = v", "t = w"],
         "s": ["add 1 to s", "add 2 to s", "add -1 to s"]}  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn, atoms: list[str], depth: int = 2) -> str:
    kind = draw(st.sampled_from(("atom", "atom", "and", "or", "not") if depth else ("atom",)))
    if kind == "atom":
        return draw(st.sampled_from(atoms))
    first = draw(conditions(atoms, depth - 1))
    if kind == "not":
        return f"not ({first})"
    return f"({first}) {kind} ({draw(conditions(atoms, depth - 1))})"


@st.composite
def rulesets(draw: st.DrawFn, more: tuple[str, ...] = ()) -> str:
    """Rules for a level, a score and a type; the type may rest on both."""
    single = [*ATOMS, *more]
    declared = {**DECLARED, "g": [*DECLARED["g"], *WITHHELD]} if more else DECLARED
    lines = [draw(st.sampled_from(declared[name])) for name in ("g", "s", "t")]
    number = 0
    for name, atoms in (("g", single), ("s", single), ("t", [*single, *OF_LEVEL * 3, *OF_SCORE * 3])):
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            lines.append(f'rule "r{number}": if {draw(conditions(atoms))} then {draw(st.sampled_from(GIVEN[name]))}')
            if draw(st.integers(0, 4)) == 0:
                lines.append(f"  otherwise {draw(st.sampled_from(GIVEN[name]))}")
    return HEAD + "\n".join(lines) + "\n"


@cache
def customers(known: bool) -> tuple[dict[str, Any], ...]:
    """All customers, or all of whom everything is known."""
    options = [[each for each in values if not known or each is not None] for values in VALUES.values()]
    return tuple(dict(zip(VALUES, chosen, strict=True)) for chosen in product(*options))


def read(ruleset: Ruleset, customer: dict[str, Any]) -> dict[str, Any]:
    """A customer as the rules take it: of the fields that rules read."""
    return {name: customer[name] for name in ruleset.model.fields}


def search(check: Any, strategy: Any, fuzz: int | None, usual: int) -> None:
    chosen = searching(fuzz, usual)
    chosen(given(strategy)(check))()


def test_findings_are_those_of_trying_everybody(fuzz: int | None, asked: Counter[str]) -> None:
    def check(text: str) -> None:
        note(text)
        ruleset = rulelang.loads(text)
        proved = prove(ruleset, DAY)
        assert proved is not None
        assert [] == [each.code for each in proved[1] if each.code.endswith("-possible") or each.code == "not-decided"]
        for expected, found, code in _judged(ruleset, proved):
            asked["findings, by everybody"] += 1
            assert expected == found, code

    search(check, rulesets(), fuzz, 120)


def test_what_is_proved_of_two_fields_at_once_holds(fuzz: int | None, asked: Counter[str]) -> None:
    def check(text: str) -> None:
        note(text)
        ruleset = rulelang.loads(text)
        proved = prove(ruleset, DAY)
        assert proved is not None
        for expected, found, code in _judged(ruleset, proved):
            asked["findings over two fields, by everybody"] += 1
            if isinstance(found, bool):
                assert expected or not found, code
            elif isinstance(found, set):
                assert isinstance(expected, set) and found <= expected

    search(check, rulesets(tuple(OF_TWO * 3)), fuzz, 60)


def _judged(ruleset: Ruleset, proved: Proved) -> Iterator[tuple[object, object, str]]:
    """For each question the answer by trying everybody, and the one by proof."""
    model, answers, findings = ruleset.model, answers_of(ruleset, DAY), proved.findings
    assert proved.account is not None
    accounts = {each.name: each for each in proved.account.outcomes}
    told = [(each.code, each.outcome or each.rule) for each in findings]
    of_known = [(each, answers(each)) for each in customers(True)]
    of_all = [(each, answers(each)) for each in customers(False)]
    for name, outcome in model.outcomes.items():
        if outcome.policy != "sum" and outcome.last_resort is None:
            # What is undecided (two rules meet) is said where it arises, not again of what rests on it.
            yield nobody_gets(ruleset, name, of_known), ("gap", name) in told, f"gap {name}"
        if outcome.policy == "sum":
            totals = [given[name] for _, given in of_all]
            scores = accounts[name].range if name in accounts else None
            if scores is not None and scores.reached:
                yield (min(totals), max(totals)), (scores.least, scores.most), f"range {name}"
        if name == "t":
            dead = {key for key in ("u", "v", "w") if all(given[name] != key for _, given in of_all)}
            yield (
                dead,
                {dict(each.values)["value"] for each in findings if (each.code, each.outcome) == ("dead-value", name)},
                "dead",
            )
        if outcome.policy == "unique":
            meet = any(_taken(ruleset, name, each, given) > 1 for each, given in of_all)
            yield meet, any(code == "unique-conflict" and told_of == name for code, told_of in told), f"conflict {name}"
        account = accounts.get(name)
        if account is not None and outcome.policy != "sum" and outcome.last_resort is None:
            known = account.complete in (KNOWN, EVERYBODY)
            yield not (known and nobody_gets(ruleset, name, of_known)), True, f"complete {name}"
            if account.complete == EVERYBODY:
                yield not any(given[name] is BLANK for _, given in of_all), True, f"everybody {name}"
        if account is not None and account.consistent:
            yield not any(_taken(ruleset, name, each, given) > 1 for each, given in of_all), True, f"consistent {name}"
        if account is not None and account.values is not None:
            got = {given[name] for _, given in of_all}
            count = sum(key in got for key in getattr(outcome.type, "keys", tuple)())
            yield account.values.shown <= count, True, f"values {name}"
    winners = {
        (name, rule) for each in customers(False) for name in model.outcomes for rule in _deciding(ruleset, name, each)
    }
    before: dict[Any, list[list[bool | None]]] = {}
    for rule in model.rules:
        true = [_truths(ruleset, rule.branches[0].condition, each, given) for each, given in of_all]
        yield True not in true, ("contradiction", rule.name) in told, f"contradiction {rule.name}"
        outcome = model.outcomes[rule.branches[0].assignments[0].outcome]
        if len(rule.branches) == 1 and True in true and outcome.policy in ("first", "last"):
            unused = (outcome.name, rule.name) not in winners
            repeated = ("repeated-rule", rule.name) in told
            found = ("unreachable-rule", rule.name) in told or (repeated and unused)
            # That an answer is always withheld where a rule applies is not looked for.
            if found or not outcome.when_missing:
                yield unused, found, f"unreachable {rule.name}"
        if True in true and len(rule.branches) == 1:
            idle = any(
                true == [_truths(ruleset, changed, each, given) for each, given in of_all]
                for changed, _ in without_one(rule.branches[0].condition)
            )
            yield idle, ("condition-never-matters", rule.name) in told, f"idle {rule.name}"
            others = before.setdefault(rule.branches[0].assignments, [])
            same = [True if each else None for each in true]
            yield same in others, ("repeated-rule", rule.name) in told, f"repeated {rule.name}"
            others.append(same)


def nobody_gets(ruleset: Ruleset, name: str, of_known: Sequence[tuple[dict[str, Any], Any]]) -> bool:
    """Whether some customer of whom all is known, outcomes that are read included, is given nothing by any rule."""
    read = {
        each
        for rule in ruleset.model.decision(name)
        for branch in rule.branches
        for each in outcomes_read(branch.condition)
    }
    return any(
        _taken(ruleset, name, each, given) == 0
        for each, given in of_known
        if None not in (given[other] for other in read)
    )


def _truths(ruleset: Ruleset, condition: Any, customer: dict[str, Any], answers: Any) -> bool | None:
    return truth_of(condition, Scope(ruleset.model, DAY, customer, answers))


def _taken(ruleset: Ruleset, name: str, customer: dict[str, Any], answers: Any) -> int:
    """How many rules of an outcome match."""
    return sum(
        any(_truths(ruleset, branch.condition, customer, answers) for branch in rule.branches)
        for rule in ruleset.model.decision(name)
    )


def _deciding(ruleset: Ruleset, name: str, customer: dict[str, Any]) -> tuple[str, ...]:
    names = ruleset.situation(DAY).bound.program.fields
    decision = ruleset.decide_values([customer[each] for each in names], DAY)
    return decision.rules(name)


def test_differences_are_those_of_trying_everybody(fuzz: int | None, asked: Counter[str]) -> None:
    def check(pair: tuple[str, str]) -> None:
        note("\n---\n".join(pair))
        first, second = map(rulelang.loads, pair)
        answers = {OLD: answers_of(first, DAY), NEW: answers_of(second, DAY)}
        for verdict in differences(first.model, second.model, DAY, answers):
            differing = [
                each
                for each in customers(False)
                if answers[OLD](each)[verdict.outcome] != answers[NEW](each)[verdict.outcome]
            ]
            event(verdict.kind)
            asked["differences, by everybody"] += 1
            if verdict.kind == EQUAL:
                shown = [
                    (answers[OLD](each)[verdict.outcome], answers[NEW](each)[verdict.outcome]) for each in differing
                ]
                assert {frozenset(map(_value, each)) for each in shown} <= {frozenset({None})}
            if verdict.kind == DIFFERENT:
                assert differing

    search(check, edited(), fuzz, 60)


def _value(answer: Any) -> Any:
    return None if answer is BLANK else answer


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str]:
    """Rules, and the same with some of their conditions written anew."""
    text = draw(rulesets())
    other = text
    for _ in range(draw(st.integers(1, 2))):
        before, after = draw(st.sampled_from(ATOMS)), draw(st.sampled_from(ATOMS))
        other = other.replace(f" {before} ", f" {after} ").replace(f"({before})", f"({after})")
    return text, other
