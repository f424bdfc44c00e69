"""Everything that is found wrong with a loaded ruleset: as of a day, and only from a later day on, when dated
thresholds, rules and rows of lists change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import evolve, frozen

from rulelang.analysis.inquiry import Finding
from rulelang.analysis.solve import USUAL_STEPS
from rulelang.changes.coming import coming_days
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.advice.findings import finding_diagnostic, finding_diagnostics
from rulelang.engine.advice.near_customers import shifted
from rulelang.engine.advice.proving import answers_of, day_of, prove
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.validity import broken_requirements

# Later days that are gone into, the nearest first.
MOST_DAYS = 12
_GAPS = ("gap", "gap-inferred", "gap-undecided", "gap-when-missing")
_LEFT_OPEN = ("not-analysed", "not-decided")


def checked(ruleset: Decider, as_of: date, steps: int = USUAL_STEPS) -> tuple[Diagnostic, ...]:
    """The requirements that don't hold and what is proved of the rules, on a day and from later ones on, in ``steps``
    steps for a question.
    """
    day = day_of(ruleset.model, as_of)
    proved = prove(ruleset, day, steps)
    findings = () if proved is None else proved.findings
    return (
        *broken_requirements(ruleset.model, day),
        *finding_diagnostics(findings, ruleset.model, day, steps),
        *coming(ruleset, day, steps, findings).diagnostics,
    )


@frozen
class Coming:
    """What is found from later days on, and not before; the ``days`` gone into, and those that are ``left``."""

    diagnostics: tuple[Diagnostic, ...] = ()
    days: tuple[date, ...] = ()
    left: tuple[date, ...] = ()


def coming(ruleset: Decider, day: date, steps: int, known: Iterable[Finding]) -> Coming:
    """What goes wrong after a day of which the findings are ``known``, in ``steps`` steps for a question.

    Each diagnostic has the day among its facts, as ``since``.
    """
    model = ruleset.model
    days = coming_days((model,), day)
    seen = {_key(each) for each in known}
    told: list[Diagnostic] = []
    broken = {each.span for each in broken_requirements(model, day)}
    before = day
    for each in days[:MOST_DAYS]:
        unmet = [one for one in broken_requirements(model, each) if one.span not in broken]
        told += [_since(one, each) for one in unmet]
        broken |= {one.span for one in unmet}
        proved = prove(ruleset, each, steps)
        for finding in () if proved is None else proved.findings:
            if finding.code in _LEFT_OPEN:
                continue
            new = finding if _key(finding) not in seen else _opened(finding, ruleset, before, each)
            seen.add(_key(finding))
            if new is not None:
                told.append(_since(finding_diagnostic(new, model, each, steps, None), each))
        before = each
    return Coming(tuple(told), days[:MOST_DAYS], days[MOST_DAYS:])


def _opened(finding: Finding, ruleset: Decider, before: date, day: date) -> Finding | None:
    """A gap of an outcome that had others before, by the customers who got an answer on the day before last looked at;
    None where there are none, or it is no gap.
    """
    outcome = finding.outcome
    if finding.code not in _GAPS or outcome is None or finding.customer is None:
        return None
    earlier, now = answers_of(ruleset, before), answers_of(ruleset, day)
    opened = [
        each
        for each in (finding.customer, *finding.further)
        if earlier(shifted(each.values, before - day)).get(outcome) is not now(each.values).get(outcome)
    ]
    return evolve(finding, customer=opened[0], further=tuple(opened[1:]), more=0) if opened else None


def _key(finding: Finding) -> tuple[object, ...]:
    others = tuple(each.name for each in finding.others)
    return finding.code, finding.span, finding.outcome, finding.rule, others, finding.values


def _since(diagnostic: Diagnostic, day: date) -> Diagnostic:
    return evolve(diagnostic, facts={**diagnostic.facts, "since": day})
