"""Whole models: outcomes in dependency order, each with its policy; rules that read the outcomes before them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from rulelang.model import expressions as e
from rulelang.model.contributions import STANDINGS
from rulelang.model.program import Assignment, Branch, Header, Model, Rule
from rulelang.vocabulary.declarations import Outcome
from tests.oracle.world import expressions, parts
from tests.strategies.expressions import condition, number, value
from tests.strategies.functions import FUNCTIONS
from tests.strategies.pools import NUMERIC, TYPES
from tests.strategies.vocabulary import Vocabulary

KINDS = ("text", "level", "number", "whole", "money", "yesno", "date", "channel", "days")
ORDERED = ("level", "date", *NUMERIC)
VALIDITY = (date(2026, 1, 1), date(2026, 3, 31), date(2024, 2, 29))


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A well-typed model of one to four outcomes and one to six rules."""
    words = Vocabulary(draw)
    outcomes = tuple(_outcome(words, f"o{index}") for index in range(words.pick((1, 2, 2, 3, 4))))
    count = words.pick((1, 2, 3, 4, 5, 6))
    firsts = [index if index < len(outcomes) else words.pick(range(len(outcomes))) for index in range(count)]
    rules = tuple(_rule(words, f"r{index}", outcomes, first) for index, first in enumerate(firsts))
    return Model(
        Header(),
        dict(sorted(words.fields.items())),
        {each.name: each for each in outcomes},
        dict(sorted(words.thresholds.items())),
        dict(sorted(words.lists.items())),
        rules,
        functions={name: FUNCTIONS[name] for name in sorted(_called(rules))},
    )


def _called(rules: Iterable[Rule]) -> set[str]:
    return {part.function for each in expressions(rules) for part in parts(each) if isinstance(part, e.Call)}


def _outcome(words: Vocabulary, name: str) -> Outcome:
    kind = words.pick(KINDS)
    words.kinds[name] = kind
    policies = ["first", "unique", "any", "last"]
    policies += ["highest", "lowest"] if kind in ORDERED else []
    policies += ["sum", "sum"] if kind in NUMERIC else []
    policies += ["collect", "collect"] if kind == "text" else []
    policy = words.pick(policies)
    totals = policy in ("sum", "collect")
    doubt = ("", "", "undecided", "worst") if kind in ORDERED and not totals else ("", "", "undecided")
    capped = kind in NUMERIC
    return Outcome(
        name,
        TYPES[kind],
        policy=policy,
        last_resort=words.constant(kind) if not totals and words.seldom(3) else None,
        when_missing=words.pick(doubt),
        at_least=words.pick((None, None, 0, Decimal("2.5"))) if capped else None,
        at_most=words.pick((None, None, 5, 100)) if capped else None,
    )


def _rule(words: Vocabulary, name: str, outcomes: tuple[Outcome, ...], first: int) -> Rule:
    """A rule for one or two outcomes; it may read those that stand before both."""
    second = words.pick(range(first, len(outcomes)))
    words.readable = outcomes[:first]
    targets = (outcomes[first], outcomes[second])
    return Rule(
        name,
        tuple(_branch(words, targets, index) for index in range(words.pick((1, 1, 2, 3)))),
        priority=words.pick((None, None, None, 1, 2)),
        switched_off=words.seldom(20),
        valid_from=words.pick(VALIDITY) if words.seldom(12) else None,
        valid_until=words.pick(VALIDITY) if words.seldom(12) else None,
    )


def _branch(words: Vocabulary, targets: tuple[Outcome, Outcome], index: int) -> Branch:
    last_word = index > 0 and words.seldom(3)
    wanted = targets if words.seldom(2) else targets[:1]
    distinct = {each.name: each for each in wanted}.values()
    assignments = [_assignment(words, each) for each in distinct]
    if targets[0].policy == "collect" and words.seldom(4):
        assignments.append(_assignment(words, targets[0]))
    return Branch(e.ALWAYS if last_word else _condition(words), tuple(assignments))


def _condition(words: Vocabulary) -> e.Expression:
    """A condition, now and then beside one on how an outcome stands."""
    written = condition(words)
    if not words.readable or not words.seldom(5):
        return written
    chosen = words.pick(words.readable)
    standing: e.Expression = e.HasStanding(e.OutcomeRef(chosen.name, chosen.type), words.pick(STANDINGS))
    if words.seldom(2):
        standing = e.Not(standing)
    return words.pick((e.And, e.Or))((written, standing))


def _assignment(words: Vocabulary, outcome: Outcome) -> Assignment:
    kind = words.kinds[outcome.name]
    if not words.seldom(3):
        return Assignment(outcome.name, words.literal(kind))
    if kind in NUMERIC and words.seldom(3):
        return Assignment(
            outcome.name,
            number(words),
            at_least=number(words, 0) if words.seldom(2) else None,
            at_most=number(words, 0),
        )
    return Assignment(outcome.name, value(words, kind))
