"""Answers as a reader sees them: amounts with their currency, percentages with their sign, the rest as results do."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rulelang.engine.comparing.comparing import held_text
from rulelang.engine.comparing.movements import Held
from rulelang.engine.running.output import speller
from rulelang.explain.wording import show_typed
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Money, Number


def is_amount(outcome: Outcome) -> bool:
    """Whether an outcome's numbers have a sign beside them."""
    type_ = outcome.type
    return (isinstance(type_, Money) and type_.currency is not None) or is_share(outcome)


def is_share(outcome: Outcome) -> bool:
    """Whether an outcome is a percentage."""
    return isinstance(outcome.type, Number) and outcome.type.percent


def shower(outcome: Outcome, lang: str) -> Callable[[Any], str]:
    """How answers of an outcome are shown."""
    spell, amount = speller(outcome, lang, typed=False), is_amount(outcome)

    def show(answer: Any) -> str:
        number = isinstance(answer, int | Decimal) and not isinstance(answer, bool)
        return show_typed(answer, outcome.type, lang) if amount and number else str(spell(answer))

    return show


def shown_held(held: Held, outcome: Outcome, lang: str) -> str:
    """An answer that is held before or after; where there is none, why, in brackets."""
    if held.answer is not None and is_amount(outcome):
        return shower(outcome, lang)(held.answer)
    return str(held_text(held, outcome, lang))
