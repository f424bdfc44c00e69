"""What the proofs don't look into: times of day, steps of working days, what is decided for each record of a list."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.analysis.inquiry import Finding, Inquiry
from rulelang.lowering.fixed import is_fixed
from rulelang.lowering.needs import expressions_of
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Model
from rulelang.model.walking import parts
from rulelang.vocabulary.types import DateTime, Length

MOMENTS, WORKING_DAYS, RECORDS, LONG = "moments", "working days", "records", "long"
# Of each row it is asked what the rows before it leave: so many take some ten seconds, or a minute where they overlap.
MOST_BRANCHES = 5_000


def too_long(model: Model) -> Finding | None:
    """``not-analysed`` where a table or rule has more rows or branches than can be proved; nothing is then proved."""
    names = tuple(each.name for each in model.rules if len(each.branches) > MOST_BRANCHES)
    return Finding("not-analysed", values=(("what", (LONG, names)),)) if names else None


def beyond(inquiry: Inquiry) -> Iterator[Finding]:
    """``not-analysed`` for each kind of construct whose conditions may be anything to the proofs, with its names."""
    moments: dict[str, None] = {}
    working: dict[str, None] = {}
    for rule in inquiry.program.rules:
        for branch in rule.branches:
            for each in (part for expression in expressions_of(branch) for part in parts(expression)):
                if isinstance(each, e.FieldRef | e.ElementRef) and isinstance(each.type, DateTime):
                    moments[each.name] = None
                if _steps(each):
                    working[rule.name] = None
    records = dict.fromkeys(each.each for each in inquiry.model.rules if each.each is not None)
    for kind, names in ((MOMENTS, moments), (WORKING_DAYS, working), (RECORDS, records)):
        if names:
            yield Finding("not-analysed", values=(("what", (kind, tuple(names))),))


def _steps(expression: Expression) -> bool:
    """Whether a day that isn't the same for all customers is moved by working days."""
    match expression:
        case e.DateShift(date=start, length=length) | e.WithinOf(anchor=start, length=length):
            return isinstance(length.type, Length) and length.type.unit == "working days" and not is_fixed(start)
    return False
