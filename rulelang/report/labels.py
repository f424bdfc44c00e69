"""Puts the Chinese labels of fields, outcomes and rules in the place of their names, for a Chinese reader."""

from __future__ import annotations

from attrs import evolve

from rulelang.engine.account.summary import RunSummary
from rulelang.explain.named import field_labels, named_for
from rulelang.model.program import Model


def labelled(summary: RunSummary, model: Model) -> RunSummary:
    """The account of a run with labels where there are any; columns of the data keep their own titles."""
    fields, rules = field_labels(model), {each.name: each.label for each in model.rules if each.label}
    named = named_for(model, "zh")
    return evolve(
        summary,
        fields=tuple(evolve(each, name=fields.get(each.name, each.name)) for each in summary.fields),
        never_fired=tuple(rules.get(each, each) for each in summary.never_fired),
        overruled=tuple(rules.get(each, each) for each in summary.overruled),
        findings=tuple(evolve(each, diagnostic=named(each.diagnostic)) for each in summary.findings),
        rejections=tuple(evolve(each, faults=tuple(map(named, each.faults))) for each in summary.rejections),
        notes=tuple(map(named, summary.notes)),
        lists=tuple(evolve(each, list=fields.get(each.list, each.list)) for each in summary.lists),
        elements=tuple(evolve(each, list=fields.get(each.list, each.list)) for each in summary.elements),
    )
