"""A place among all customers in SQL, by cut points that are known: those of the table itself, or saved ones.

    readings |= place_readings(model, plan, points, readings, dialect)

Every cut is written out, so that any database can say it; where there are more than it is sensible to write out, the
place is refused by name, and has to be found in a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.figures import Figures, Sql
from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.lowering import plan as p
from rulelang.lowering.planned import Plan
from rulelang.lowering.reading import nodes
from rulelang.model.expressions import FieldRef
from rulelang.model.program import Measure, Model
from rulelang.model.walking import bare

Points = tuple[Any, ...]
CONSTRUCT, RECKONED, SHARE = "place among all", "place by a reckoned value", "share of the total"
MOST_CUTS = 500
YES_OR_NO = ("top", "bottom", "making_up")
_SHARE = 28
PLACES = 12
"""Decimals of a share that compare and round as all of them do, with one more that says whether there are others."""


@frozen
class Measured:
    """What a measure is of: the value and its group, printed, and when either is known to be none."""

    measure: Measure
    value: Sql
    group: Sql | None
    blank: str

    def missing(self) -> str:
        """The condition that there is no value, or no group."""
        tests = [f"{self.value.text} IS NULL", *([f"{self.group.text} IS NULL"] if self.group is not None else [])]
        return " OR ".join(tests)


def measured(measure: Measure, model: Model, readings: Mapping[str, Reading]) -> Measured:
    """The value and the group of a measure of a field. Raises NotCarried for what is reckoned."""
    value = bare(measure.value)
    if not isinstance(value, FieldRef) or value.name not in readings:
        raise NotCarried(RECKONED)
    fields = [value.name]
    group = None
    if measure.group is not None:
        if measure.group.name not in readings:
            raise NotCarried(RECKONED)
        fields.append(measure.group.name)
        group = readings[measure.group.name].value
        if group.kind != "text":
            raise NotCarried(RECKONED)
    found = readings[value.name].value
    if found.kind not in ("number", "date"):
        raise NotCarried(RECKONED)
    blanks = [
        f"({readings[name].blank or f'{readings[name].value.text} IS NULL'})"
        for name in fields
        if model.fields[name].may_be_blank
    ]
    return Measured(measure, found, group, " OR ".join(blanks))


def place_readings(
    model: Model, plan: Plan, points: Mapping[str, Mapping[Any, Points]], readings: Mapping[str, Reading],
    dialect: Dialect,
) -> dict[str, Reading]:  # fmt: skip
    """How each measure that the rules read is read. Raises RuleError (``not-in-sql``)."""
    found: dict[str, Reading] = {}
    refused: list[Diagnostic] = []
    for measure in model.measures:
        if measure.name not in plan.inputs:
            continue
        try:
            require_plain_shares(measure, plan)
            of = measured(measure, model, readings)
            groups = points.get(measure.name, {})
            if sum(map(len, groups.values())) > MOST_CUTS:
                raise NotCarried(CONSTRUCT)
            found[measure.name] = Reading(place(of, groups, dialect))
        except NotCarried as error:
            facts = {"construct": error.construct, "detail": error.detail or None, "dialect": dialect.title}
            refused.append(Diagnostic("not-in-sql", measure.span, facts))
    if refused:
        raise RuleError(tuple(refused))
    return found


def require_plain_shares(measure: Measure, plan: Plan) -> None:
    """Raises NotCarried where rules do more with a share of the total than compare it or give it."""
    if measure.kind != "share":
        return
    for branch in plan.branches:
        for gift in branch.gifts:
            value = gift.value
            given = isinstance(value, p.Rounded) and value.decimals <= PLACES and _is_input(value.operand, measure.name)
            if not given and _reads(value, measure.name):
                raise NotCarried(SHARE)
        for each in nodes(branch.true):
            if not isinstance(each, p.Compare):
                continue
            for side, other in ((each.left, each.right), (each.right, each.left)):
                if _reads(side, measure.name) and not (_is_input(side, measure.name) and _is_plain(other)):
                    raise NotCarried(SHARE)


def _is_input(operand: object, name: str) -> bool:
    return isinstance(operand, p.Input) and operand.name == name


def _reads(part: Any, name: str) -> bool:
    return any(_is_input(each, name) for each in nodes(part)) or _is_input(part, name)


def _is_plain(other: p.Operand) -> bool:
    """Whether a constant has few enough decimals."""
    return isinstance(other, p.Constant) and not isinstance(other.value, bool | str) and _decimals(other.value)


def _decimals(value: Any) -> bool:
    return bool((Fraction(value) * 10**PLACES).denominator == 1)


def place(of: Measured, groups: Mapping[Any, Points], dialect: Dialect) -> Sql:
    """The place by the points of all groups. Raises NotCarried."""
    whole = (dict(groups) or {None: ()}) if of.group is None else dict(groups)
    cases = []
    for group, points in whole.items():
        if group is not None and of.group is None:
            continue
        here = "" if of.group is None else f" AND {of.group.text} = {dialect.text(str(group))}"
        if points:
            cases.append(f"WHEN {of.value.text} IS NOT NULL{here} THEN {by_points(of, points, dialect)}")
    kind = "yesno" if of.measure.kind in YES_OR_NO else "number"
    first = f"WHEN {of.blank} THEN {dialect.no} " if of.blank and kind == "yesno" else ""
    nothing = dialect.nothing(kind)
    text = f"CASE {first}{' '.join(cases)} ELSE {nothing} END" if cases or first else nothing
    if kind == "yesno":
        return Sql(text, "yesno")
    is_share = of.measure.kind == "share"
    return Sql(text, digits=_SHARE // 2 if is_share else 10, scale=PLACES + 1 if is_share else 0)


def by_points(of: Measured, points: Sequence[Any], dialect: Dialect) -> str:
    """The place of a value that is known."""
    match of.measure.kind:
        case "top" | "making_up":
            return dialect.flag(_compare(of.value, ">=", points[0], dialect))
        case "bottom":
            return dialect.flag(_compare(of.value, "<=", points[0], dialect))
        case "share":
            return _share(of.value, points[0], dialect)
        case "rank":
            above: dict[Any, int] = {}
            for point in points:
                above[point] = above.get(point, 0) + 1
            tests = ((_compare(of.value, "<", each, dialect), count) for each, count in above.items())
            return " + ".join(["1", *(f"CASE WHEN {test} THEN {count} ELSE 0 END" for test, count in tests)])
    counts = [f"CASE WHEN {_compare(of.value, '>', each, dialect)} THEN 1 ELSE 0 END" for each in points]
    return " + ".join(["1", *counts])


def _compare(value: Sql, sign: str, point: Fraction, dialect: Dialect) -> str:
    if value.kind == "date":
        day = floor(point) if sign in ("<=", ">") else ceil(point)
        return f"{value.text} {sign} {dialect.day(date.fromordinal(day))}"
    figures = Figures(dialect)
    grid = 10**value.scale
    # A value is a multiple of its unit: that of the next one on the same side says the same.
    count = floor(point * grid) if sign in ("<=", ">") else ceil(point * grid)
    return figures.compare(sign, evolve(value, value=None), figures.literal(Fraction(count, grid)))


def _share(value: Sql, total: Fraction, dialect: Dialect) -> str:
    """A share cut off behind some decimals, with a 1 after them where it goes on: no number in between has so few."""
    if total <= 0:
        return dialect.nothing("number")
    if dialect.scaled or dialect.integer_division is None:
        raise NotCarried(SHARE)
    whole = Fraction(10**PLACES) / total / 10**value.scale  # of a value in its smallest units
    figures = Figures(dialect)
    positive = evolve(value, text=f"ABS({value.text})", value=None)
    count = figures.multiply(positive, figures.literal(10**value.scale * whole.numerator)).text
    if value.total + len(str(whole.numerator)) > dialect.quotient_digits:
        raise NotCarried(SHARE)
    below = str(whole.denominator)
    quotient = dialect.integer_division.format(n=count, d=below)
    goes_on = f"CASE WHEN {quotient} * {below} = {count} THEN 0 ELSE 1 END"
    sign = f"CASE WHEN {value.text} < 0 THEN -1 ELSE 1 END"
    units = Sql(f"(({sign}) * ({quotient} * 10 + {goes_on}))", digits=_SHARE // 2)
    found = figures.multiply(units, figures.literal(Decimal(1).scaleb(-PLACES - 1)))
    return figures.typed(evolve(found, digits=_SHARE // 2), _SHARE // 2, PLACES + 1).text
