"""Whether two rulesets decide alike: proved for every customer, or a customer for whom they differ.

    for verdict in differences(old, new, as_of, {"old": …, "new": …}):
        verdict.outcome, verdict.kind, verdict.customer

Compared are the answers, whatever of a customer is known or missing: a value, none, or withheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rulelang.analysis.comparison import Comparison
from rulelang.analysis.exhaustive import FEW_CUSTOMERS, Decider, Everybody, tried_on_everybody
from rulelang.analysis.likeness import (
    comparable,
    decided_alike,
    declared_otherwise,
    fields_behind,
    only,
    outcomes_read_by,
    records_alike,
)
from rulelang.analysis.points import Answers
from rulelang.analysis.solve import USUAL_STEPS
from rulelang.analysis.verdict import DIFFERENT, EQUAL, NEW, OLD, POSSIBLE, UNDECIDED, Verdict
from rulelang.model.program import Model


def differences(
    old: Model,
    new: Model,
    as_of: date,
    answers: Mapping[str, Answers],
    steps: int = USUAL_STEPS,
    decider: Decider | None = None,
) -> tuple[Verdict, ...]:
    """A verdict for each outcome of two rulesets as of a day, in the order in which they are decided.

    ``answers`` has under ``old`` and ``new`` what the rulesets give a customer
    (`rulelang.engine.advice.proving.answers_of`).
    ``steps`` bounds the search for each outcome. Where it ends without a proof and a ``decider`` is given
    (`rulelang.engine.advice.proving.decider_of`), the outcome is tried on everybody, if these are few.
    """
    names = list(dict.fromkeys((*old.outcomes, *new.outcomes)))
    of_records = tuple(dict.fromkeys((*old.record_outcomes, *new.record_outcomes)))
    alike = decided_alike(old, new)
    if of_records and not records_alike(old, new):
        # What rules decide for each record of a list is beyond the proofs, and so is what may rest on it.
        beyond = (Verdict(name, POSSIBLE, reason="beyond boxes") for name in (*names, *of_records))
        return tuple(Verdict(each.outcome, EQUAL) if each.outcome in alike else each for each in beyond)
    if alike.issuperset(names):
        return tuple(Verdict(name, EQUAL) for name in (*names, *of_records))
    otherwise = _resting_on_declared_otherwise(old, new, [name for name in names if name not in alike])
    if otherwise:
        old, new = (only(model, [name for name in names if name not in otherwise]) for model in (old, new))
    common = [
        name for name in new.outcomes if name in old.outcomes and comparable(old.outcomes[name], new.outcomes[name])
    ]
    separate = set(names) - set(common) - otherwise.keys()
    verdicts = {name: Verdict(name, POSSIBLE, reason="field", fields=fields) for name, fields in otherwise.items()}
    verdicts |= {name: Verdict(name, POSSIBLE, reason="outcome") for name in separate}
    comparison = Comparison.of(old, new, as_of, answers, separate)
    for name in common:
        if name in alike:
            verdicts[name] = Verdict(name, EQUAL)
            continue
        found = None
        if decider is not None:
            found = tried_on_everybody(old, new, name, as_of, decider, FEW_CUSTOMERS)
        if found is not None and found.customer is None:
            verdict = _tried(name, found)
        else:
            verdict = comparison.verdict(name, steps)
            if verdict.kind in (POSSIBLE, UNDECIDED) and decider is not None:
                found = found or tried_on_everybody(old, new, name, as_of, decider)
                verdict = verdict if found is None else _tried(name, found)
        verdicts[name] = verdict
        if verdict.kind != EQUAL or verdict.reason:
            separate.add(name)
            if any(name in outcomes_read_by(model) for model in (old, new)):
                comparison = Comparison.of(old, new, as_of, answers, separate)
    return (*(verdicts[name] for name in names), *(Verdict(name, EQUAL) for name in of_records))


def _resting_on_declared_otherwise(old: Model, new: Model, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The outcomes that rest on fields which are declared differently, with these."""
    changed = [
        name for name in old.fields if name in new.fields and declared_otherwise(old.fields[name], new.fields[name])
    ]
    if not changed:
        return {}
    found = {}
    for name in names:
        behind = {each for model in (old, new) if name in model.outcomes for each in fields_behind(name, model)}
        if fields := tuple(each for each in changed if each in behind):
            found[name] = fields
    return found


def _tried(name: str, found: Everybody) -> Verdict:
    """A verdict once the outcome has been tried on everybody."""
    if found.customer is not None:
        return Verdict(name, DIFFERENT, found.customer, found.old, found.new)
    return Verdict(name, EQUAL, reason="" if found.alike else "missing data")


__all__ = ["DIFFERENT", "EQUAL", "NEW", "OLD", "POSSIBLE", "UNDECIDED", "Verdict", "differences"]
