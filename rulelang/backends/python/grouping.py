"""Prints what is asked of groups of records: a row for each record, and the condition as functions of what its
aggregates come to.

    for r in f0:
        …
        k0.append((True, e1, ((True, e0),)))
    def present_m0(g0):
        return True if g0 > L0 else False if g0 <= L0 else None
    m0 = G0.result((k0, judged_by(present_m0, ((atom_m0_0, (0,)),), whole_m0))).answer
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.names import Lines, joined
from rulelang.lowering.joining import ALWAYS
from rulelang.lowering.plan import Atom, Judged, Test
from rulelang.lowering.planned import Aggregation, GroupTest
from rulelang.lowering.reading import grouped_of, nodes
from rulelang.model.lists import PICKS


def status(printer: Printer, true: Test, false: Test) -> str:
    """Whether a record counts: the text of True, False or None."""
    if true == ALWAYS:
        return "True"
    yes, no = printer.test(true), printer.test(false)
    return f"(True if {yes} else False if {no} else None)"


def print_row(lines: Lines, printer: Printer, aggregation: Aggregation, kept: str) -> None:
    """Keeps a record that counts or may count, with what it is grouped by and what the aggregates take from it."""
    assert aggregation.group is not None and aggregation.value is not None
    counts = status(printer, aggregation.true, aggregation.false)
    if counts != "True":
        lines.add(f"s = {counts}")
        lines.add("if s is not False:")
        lines.indent()
        counts = "s"
    pairs = [
        f"({status(printer, each.true, each.false)}, {'True' if each.value is None else printer.value(each.value)})"
        for each in aggregation.group.parts
    ]
    lines.add(f"{kept}.append(({counts}, {printer.value(aggregation.value)}, {joined(pairs)}))")
    if counts == "s":
        lines.indent(-1)


def print_judging(lines: Lines, printer: Printer, aggregation: Aggregation) -> str:
    """The functions of a group's condition; returns the text of what brings them together."""
    group, name = aggregation.group, printer.variable(aggregation.aggregated)
    assert group is not None
    results = {each.aggregated.expression: f"g{place}" for place, each in enumerate(group.parts)}
    blank = {f"g{place}" for place, each in enumerate(group.parts) if each.aggregator.kind in PICKS}
    inner = evolve(
        printer,
        variables={**printer.variables, **results},
        nullable=printer.nullable | frozenset(results.values()),
        blankable=printer.blankable | blank,
        verdicts={},
    )
    _print_function(lines, inner, f"present_{name}", list(results.values()), (group.true, group.false))
    verdicts: dict[Atom, str] = {}
    atoms = []
    for place, atom in enumerate(_atoms(group)):
        read = [results[each.expression] for each in grouped_of(atom.true, atom.false)]
        _print_function(lines, inner, f"atom_{name}_{place}", read, (atom.true, atom.false))
        atoms.append(f"(atom_{name}_{place}, {joined(each.removeprefix('g') for each in read)})")
        verdicts[atom] = f"a{place}"
    _print_function(lines, inner, f"whole_{name}", list(verdicts.values()), (group.true, group.false), verdicts)
    return f"judged_by(present_{name}, {joined(atoms)}, whole_{name})"


def _print_function(
    lines: Lines,
    printer: Printer,
    name: str,
    parameters: Sequence[str],
    tests: tuple[Test, Test],
    verdicts: Mapping[Atom, str] | None = None,
) -> None:
    lines.add(f"def {name}({', '.join(parameters)}):")
    lines.indent()
    text = status(evolve(printer, verdicts=verdicts or {}), *tests)
    lines.add(f"return {text}")
    lines.indent(-1)


def _atoms(group: GroupTest) -> list[Atom]:
    """The conditions on what the group's records come to."""
    found = (each.atom for test in (group.true, group.false) for each in nodes(test) if isinstance(each, Judged))
    return [atom for atom in dict.fromkeys(found) if grouped_of(atom.true, atom.false)]
