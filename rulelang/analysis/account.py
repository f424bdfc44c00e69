"""What was proved of a ruleset where nothing was found: who always gets a value, which rules apply to somebody, how
many points there can be; and what could not be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

# How far an outcome is complete.
EVERYBODY = "everybody"  # some rule gives everybody a value, or may once what is missing is known
KNOWN = "complete data"  # some rule gives a value to everybody of whom all is known
ELSE = "else"  # by its last resort
TOTAL = "total"  # a sum is 0 where no rule adds to it
LIST = "list"  # a list is empty where no rule adds to it

COMPLETE, CONSISTENT, VALUE, RANGE, RULE, CONDITION = "complete", "consistent", "value", "range", "rule", "condition"


@frozen
class Proof:
    """One question with its answer, where that is no fault.

    ``kind``: COMPLETE (``value``: how far), CONSISTENT, VALUE (a value: somebody gets it), RANGE (a score: the least
    and the most), RULE (a branch: it applies to somebody and counts), CONDITION (it matters to somebody). ``shown``: a
    customer was found and tried, or nobody can be; else it is only possible.
    """

    kind: str
    outcome: str | None = None
    rule: str | None = None  # None where a finding names it
    number: int | None = None  # of the rule's branch, from 0
    value: Any = None
    shown: bool = True


@frozen
class Tally:
    """Of how many it was shown; ``open`` names the others."""

    shown: int
    of: int
    open: tuple[str, ...] = ()


@frozen
class Range:
    """The least and the most points; ``reached``: both by somebody. ``provable``: the second prover may tell."""

    least: Any
    most: Any
    reached: bool
    provable: bool = False


@frozen
class OutcomeAccount:
    """What was proved of an outcome: None where a question doesn't arise, or was not answered well."""

    name: str
    complete: str | None = None
    consistent: bool = False
    values: Tally | None = None
    range: Range | None = None


@frozen
class Account:
    """What was proved of a ruleset; ``rules`` counts rules, rows and branches."""

    outcomes: tuple[OutcomeAccount, ...]
    rules: Tally
    conditions: Tally

    @classmethod
    def of(cls, outcomes: Sequence[str], proofs: Sequence[Proof]) -> Account:
        """The account of some outcomes."""
        of_rules = [each for each in proofs if each.kind == RULE]
        of_conditions = [each for each in proofs if each.kind == CONDITION]
        told = tuple(_of_outcome(name, [each for each in proofs if each.outcome == name]) for name in outcomes)
        return cls(told, _tally(of_rules), _tally(of_conditions))


def _of_outcome(name: str, proofs: Sequence[Proof]) -> OutcomeAccount:
    complete = next((each.value for each in proofs if each.kind == COMPLETE), None)
    consistent = any(each.kind == CONSISTENT for each in proofs)
    values = [each for each in proofs if each.kind == VALUE]
    scores = next((each.value for each in proofs if each.kind == RANGE), None)
    still = tuple(each.value for each in values if not each.shown and each.value is not None)
    tally = Tally(sum(each.shown for each in values), len(values), still)
    return OutcomeAccount(name, complete, consistent, tally if values else None, scores)


def _tally(proofs: Sequence[Proof]) -> Tally:
    """Those with a finding count among all, and are not named as open: the finding names them."""
    still = dict.fromkeys(each.rule for each in proofs if not each.shown and each.rule is not None)
    return Tally(sum(each.shown for each in proofs), len(proofs), tuple(still))
