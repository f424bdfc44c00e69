"""How an outcome stands (S4), as conditions and as a word; and the worst answer that is still possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rulelang.backends.sql.decisions import Decision
from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.figures import Sql
from rulelang.model.contributions import DECIDED, NO_RULE, PROVISIONAL, UNDECIDED
from rulelang.model.policies import Combiner


def standings(none: str, doubt: str, broken: str | None, dialect: Dialect) -> dict[str, str]:
    """The condition of each standing: from those that there is no answer, that it is in doubt, that its policy is
    broken.
    """
    undecided = f"({none} AND {doubt})" + (f" OR {broken}" if broken else "")
    settled = dialect.denied(undecided) if broken else dialect.denied(doubt)
    some = none.replace(" IS NULL", " IS NOT NULL")
    return {
        DECIDED: f"({some} AND {dialect.denied(doubt)})",
        PROVISIONAL: f"({some} AND {doubt})",
        UNDECIDED: f"({undecided})",
        NO_RULE: f"({none} AND {settled})",
    }


def standing_word(answer: str, doubt: str, broken: str | None, dialect: Dialect) -> str:
    """The standing as a word."""
    words = {each: dialect.text(each) for each in (UNDECIDED, PROVISIONAL, NO_RULE, DECIDED)}
    first = f"WHEN {broken} THEN {words[UNDECIDED]} " if broken else ""
    return (
        f"CASE {first}WHEN {doubt} AND {answer} IS NULL THEN {words[UNDECIDED]} "
        f"WHEN {doubt} THEN {words[PROVISIONAL]} WHEN {answer} IS NULL THEN {words[NO_RULE]} "
        f"ELSE {words[DECIDED]} END"
    )


def worst(decision: Decision, possible: Sequence[tuple[Any, str]] | None, present: Sql) -> str:
    """The worst of an outcome's possible values, each with the condition that it is one. Raises NotCarried."""
    if possible is None:
        raise NotCarried("worst of computed values")
    ranks = Combiner(decision.outcome).ranks
    known = [(value, condition) for value, condition in possible if value is not None]
    ordered = sorted(known, key=lambda each: ranks.get(each[0], each[0]), reverse=decision.outcome.policy != "lowest")
    cases = " ".join(f"WHEN {condition} THEN {decision.literal(value, present)}" for value, condition in ordered)
    return f"CASE {cases} END" if cases else "NULL"
