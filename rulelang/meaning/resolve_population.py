"""Where a customer stands among all: ``spend in the top 20%``, ``quintile of spend``.

Such a measure reads like a field of the customer's; the engine works it out from the whole base beforehand (or from
saved cut points). The model lists what is to be measured, each measure once.
"""

from __future__ import annotations

from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.model.program import MEASURE, Measure
from rulelang.model.walking import bare, outcomes_read
from rulelang.syntax import tree as t
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, Length, Number, Text, Type, YesNo, is_numeric

_SHARES = ("making_up", "share")
_TYPES: dict[str, Type] = {
    "top": YesNo(),
    "bottom": YesNo(),
    "making_up": YesNo(),
    "quintile": Number(0),
    "decile": Number(0),
    "rank": Number(0),
    "share": Number(6, percent=True),
}


def resolve_population(node: t.Population, scope: Scope) -> m.Expression | None:
    """The field that holds the measure; the measure itself is noted in the scope."""
    if scope.element is not None:
        scope.report("measure-in-where", node.span, found=scope.written(node))
        return None
    value = scope.value(node.value, scope)
    if value is None:
        return None
    allowed = is_numeric(value.type) or (node.kind not in _SHARES and isinstance(value.type, Date | Length))
    if not allowed:
        scope.report("not-numeric", node.value.span, name=scope.written(node.value), type=type_word(value.type))
        return None
    read = outcomes_read(value)
    if read:
        scope.report("measure-of-outcome", node.span, found=scope.written(node), name=read[0])
        return None
    group = None
    if node.group is not None:
        found = scope.value(node.group, scope)
        if found is None:
            return None
        if not isinstance(found, m.FieldRef) or not isinstance(found.type, Text | Choice | YesNo):
            scope.report("not-a-text", node.group.span, name=node.group.text, type=type_word(found.type))
            return None
        group = found
    amount = None
    if node.amount is not None:
        amount = node.amount.value
        share = node.amount.percent
        if amount <= 0 or (share and amount > 1) or (not share and (node.kind == "making_up" or amount != int(amount))):
            scope.report("population-amount", node.amount.span, found=scope.written(node.amount))
            return None
    type_ = _TYPES[node.kind]
    share = node.amount is not None and node.amount.percent
    measure = Measure("", node.kind, value, amount, share, group, type_, span=node.span)
    known = next((each for each in scope.measures if each.same_as(measure)), None)
    if known is None:
        known = measure.named(f"{MEASURE}{len(scope.measures) + 1}")
        scope.measures.append(known)
    return m.FieldRef(known.name, type_, span=node.span)


def measured_field(measure: Measure, scope: Scope) -> Field:
    """The field that rules read a measure of the population from; its label is what the author wrote."""
    span = measure.span
    source = None if span is None else scope.sources.get(span.file)
    if source is None or span is None:  # between the braces of a reason
        return Field(measure.name, measure.type, _in_words(measure), inferred=True)
    label = " ".join(source.text[span.start : span.end].split())
    return Field(measure.name, measure.type, label, inferred=True)


def _in_words(measure: Measure) -> str | None:
    """What a measure is called that stands in no place of its own; None for one of something reckoned."""
    value = bare(measure.value)
    if not isinstance(value, m.FieldRef):
        return None
    group = "" if measure.group is None else f" of each {measure.group.name}"
    amount = "" if measure.amount is None else f"{measure.amount:%}" if measure.share else f"{measure.amount}"
    amount = amount.replace(".000000%", "%")
    match measure.kind:
        case "top" | "bottom":
            return f"{value.name} in the {measure.kind} {amount}{group}"
        case "making_up":
            return f"{value.name} making up the top {amount}{group}"
    return f"{measure.kind} of {value.name}{group}"
