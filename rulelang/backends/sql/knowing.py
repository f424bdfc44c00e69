"""The conditions under which nothing that a ruleset reads is unknown."""

from __future__ import annotations

from collections.abc import Mapping

from rulelang.backends.sql.asking import unknown_fixed
from rulelang.backends.sql.conditions import Printer
from rulelang.backends.sql.door import Reading
from rulelang.lowering import plan as p
from rulelang.lowering.planned import Plan


def known_before(plan: Plan, printer: Printer, readings: Mapping[str, Reading]) -> str:
    """The condition under which every field that the rules need is known; never, where more than fields may not be."""
    if any(rule.divisors or rule.lookups or rule.calls for rule in plan.rules) or unknown_fixed(
        plan, printer.model, printer.as_of
    ):
        return printer.dialect.never
    return _fields_known(plan, printer, readings)


def known_after(plan: Plan, printer: Printer, readings: Mapping[str, Reading], before: str) -> str:
    """The same, once all is decided, where divisors and keys count as well; ``before`` is what `known_before` says."""
    if before != printer.dialect.never or unknown_fixed(plan, printer.model, printer.as_of):
        return before
    tests = [_fields_known(plan, printer, readings)]
    zero = printer.figures.literal(0)
    for rule in plan.rules:
        tests += [printer.figures.compare("!=", printer.operand(each), zero) for each in rule.divisors]
        tests += [f"{printer.operand(each).text} IS NOT NULL" for each in rule.lookups]
    return " AND ".join(dict.fromkeys(tests))


def _fields_known(plan: Plan, printer: Printer, readings: Mapping[str, Reading]) -> str:
    tests = []
    for name in plan.inputs:
        if name in plan.needed:
            text = printer.inputs[name].text
            blank = printer.model.fields[name].may_be_blank and name not in plan.reckoned
            if not blank:
                tests.append(f"{text} IS NOT NULL")
            elif readings[name].blank:
                tests.append(f"({text} IS NOT NULL OR {printer.blanks[p.Input(name)]})")
    return " AND ".join(tests) or printer.dialect.always
