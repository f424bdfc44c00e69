"""What a ruleset gives a customer, as the proofs ask it: the rules have the last word on every customer found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK, NO_RULE


def answers_of(ruleset: Ruleset, as_of: date) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The answers by outcome: BLANK where no rule gives one, None where it is undecided.

    Customers are given by their values as rules see them: a missing one is left out, a blank that is an answer BLANK.
    """
    names = ruleset.situation(as_of).bound.program.fields

    def answers(customer: Mapping[str, Any]) -> Mapping[str, Any]:
        decision = ruleset.decide_values([customer.get(name) for name in names], as_of)
        return {
            name: BLANK if decision.standing(name) == NO_RULE else answer for name, answer in decision.outcomes.items()
        }

    return answers
