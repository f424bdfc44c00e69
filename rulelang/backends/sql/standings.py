"""How an outcome stands (S4), as conditions and as a word."""

from __future__ import annotations

from rulelang.backends.sql.dialect import Dialect
from rulelang.model.contributions import DECIDED, NO_RULE, PROVISIONAL, UNDECIDED


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
