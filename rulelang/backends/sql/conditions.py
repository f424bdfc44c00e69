"""Prints tests and operands of the plan as SQL in which nothing unknown is ever true.

The plan has no `not`: a comparison with NULL is NULL, `and` and `or` keep it harmless, and CASE takes it for no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.figures import Figures, Sql
from rulelang.lowering import plan as p
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.plan import Operand, Test
from rulelang.model.program import Model
from rulelang.values.dates import period
from rulelang.values.durations import UNITS, Duration

MOST_ENTRIES = 500
"""So many rows a reference table may have where it becomes a CASE."""


@frozen
class Printer:
    """Prints for one ruleset on one day.

    ``inputs`` and ``answers`` are the columns of fields and outcomes by name, ``blanks`` the conditions under which
    they are known to have no value, ``verdicts`` the truths of conditions on other outcomes where these are tried.
    ``standings`` are the conditions under which an outcome stands so, ``collected`` those of members of lists.
    ``between`` stands between the members of a list in its text.
    """

    dialect: Dialect
    model: Model
    as_of: date
    inputs: Mapping[str, Sql]
    answers: Mapping[str, Sql]
    blanks: Mapping[p.Input | p.Answer, str] = field(factory=dict)
    verdicts: Mapping[tuple[p.Atom, bool], str] = field(factory=dict)
    standings: Mapping[str, Mapping[str, str]] = field(factory=dict)
    collected: Mapping[str, Mapping[Any, str]] = field(factory=dict)
    between: str = "; "

    @property
    def figures(self) -> Figures:
        return Figures(self.dialect)

    # --- tests ---------------------------------------------------------------------------------------------------

    def test(self, test: Test) -> str:
        """The condition that is true where the test is, and else false or unknown. Raises NotCarried."""
        match test:
            case p.Always(never=never):
                return self.dialect.never if never else self.dialect.always
            case p.All(items=items):
                return self._joined(items, " AND ")
            case p.Some(items=items):
                return self._joined(items, " OR ")
            case p.AtLeast(count=needed, items=items):
                ones = [Sql(f"(CASE WHEN {self.test(each)} THEN 1 ELSE 0 END)", digits=1) for each in items]
                return f"{self.figures.total(ones).text} >= {needed}"
            case p.Compare(operator=sign, left=left, right=right):
                return self._compared(sign, left, right)
            case p.In(operand=operand, values=values, negated=negated):
                return self._among(operand, values, negated)
            case p.InList(operand=operand, list=name, negated=negated):
                return self._among(operand, tuple(sorted(self.model.lists[name].values)), negated)
            case p.Matches(pattern="", negated=True):  # every text has it, and of none it is unknown
                return self.dialect.never
            case p.Matches(kind=kind, operand=operand, pattern=pattern, negated=negated):
                found = self._matched(kind, self.operand(operand).text, pattern)
                return f"NOT ({found})" if negated else found
            case p.Has(answer=answer, value=value, negated=negated):
                found = self.collected.get(answer.name, {}).get(value, self.dialect.never)
                return f"NOT ({found})" if negated else found
            case p.Missing(operand=operand, negated=negated):
                return f"{self.operand(operand).text} IS {'NOT ' * negated}NULL"
            case p.Blank(operand=operand):
                if not isinstance(operand, p.Input | p.Answer) or operand not in self.blanks:
                    raise NotCarried("no rule")
                return self.blanks[operand]
            case p.Stands(answer=answer, standing=standing, negated=negated):
                found = self.standings[answer.name][standing]
                return self.dialect.denied(found) if negated else found
            case p.Switch(fixed=fixed, negated=negated):
                switched = fixed_value(fixed.recipe, self.model, self.as_of)
                return self.dialect.always if switched is not negated else self.dialect.never
            case p.Judged(atom=atom, false=false):
                verdict = self.verdicts.get((atom, false))
                return self.test(atom.false if false else atom.true) if verdict is None else verdict
        raise NotCarried("construct", type(test).__name__)

    def _joined(self, items: Iterable[Test], between: str) -> str:
        return "(" + between.join(self.test(each) for each in items) + ")"

    def _compared(self, sign: str, left: Operand, right: Operand) -> str:
        for side, other, turned in ((left, right, False), (right, left, True)):
            if isinstance(side, p.Quotient):
                if sign not in ("=", "!="):
                    raise NotCarried("division")
                return (
                    self._equals_quotient(sign, side, self.operand(other))
                    if not turned
                    else self._compared(sign, right, left)
                )
        first, second = self.operand(left), self.operand(right)
        if "number" in (first.kind, second.kind):
            return self.figures.compare(sign, first, second)
        if sign in ("=", "!=") and isinstance(right, p.Constant) and right.value == "":
            return f"{first.text} IS NOT NULL AND {self.dialect.never if sign == '=' else self.dialect.always}"
        return f"{first.text} {'<>' if sign == '!=' else sign} {second.text}"

    def _equals_quotient(self, sign: str, quotient: p.Quotient, other: Sql) -> str:
        """`n / d = x` is `n = x * d` where d is not zero."""
        bottom = self.operand(quotient.denominator)
        zero = self.figures.literal(0)
        nonzero = [self.figures.compare("!=", self.operand(each), zero) for each in quotient.divisors]
        same = self.figures.compare(sign, self.operand(quotient.numerator), self.figures.multiply(other, bottom))
        return "(" + " AND ".join([*nonzero, self.figures.compare("!=", bottom, zero), same]) + ")"

    def _among(self, operand: Operand, values: tuple[Any, ...], negated: bool) -> str:
        if isinstance(operand, p.Quotient):
            tests = [self._compared("!=" if negated else "=", operand, p.Constant(each)) for each in values]
            return "(" + (" AND " if negated else " OR ").join(tests) + ")" if tests else self.dialect.never
        found = self.operand(operand)
        if found.kind == "number":
            sign = "!=" if negated else "="
            tests = [self.figures.compare(sign, found, self.figures.literal(each)) for each in values]
            return "(" + (" AND " if negated else " OR ").join(tests) + ")"
        options = ", ".join(self.constant(each).text for each in values if each != "")
        if not options:
            return f"{found.text} IS NOT NULL" if negated else self.dialect.never
        return f"{found.text} {'NOT ' * negated}IN ({options})"

    def _matched(self, kind: str, text: str, pattern: str) -> str:
        dialect = self.dialect
        if kind == "like":
            template = dialect.needed(dialect.like, "wildcards")
            many, one, escape, special = dialect.wildcards
            written = "".join(
                many if each == "*" else one if each == "?" else _escaped(each, escape) if each in special else each
                for each in pattern
            )
            return template.format(x=text, p=dialect.text(written))
        if not pattern:
            return f"{text} IS NOT NULL"
        form = {"contains": dialect.contains, "starts": dialect.starts, "ends": dialect.ends}[kind]
        return form.format(x=text, p=dialect.text(pattern), n=dialect.length(pattern))

    # --- operands ------------------------------------------------------------------------------------------------

    def constant(self, value: Any) -> Sql:
        """A literal."""
        match value:
            case None:
                return Sql("NULL", "null")
            case bool():
                return Sql(self.dialect.yes_no(value), "yesno")
            case int() | Decimal() | Fraction():
                return self.figures.literal(value)
            case str():
                return Sql(self.dialect.text(value), "text")
            case Duration():
                return self.figures.literal(value.amount)
            case date():
                return Sql(self.dialect.day(value), "date")
        raise NotCarried("construct", type(value).__name__)

    def operand(self, operand: Operand) -> Sql:
        """The value, NULL where it is unknown. Raises NotCarried."""
        figures = self.figures
        match operand:
            case p.Constant(value=value):
                return self.constant(value)
            case p.Fixed(recipe=recipe):
                return self.constant(fixed_value(recipe, self.model, self.as_of))
            case p.Input(name=name):
                if name not in self.inputs:
                    raise NotCarried("field without a column", name)
                return self.inputs[name]
            case p.Answer(name=name):
                return self.answers[name]
            case p.Reckon(operator="*", left=left, right=right):
                return figures.multiply(self.operand(left), self.operand(right))
            case p.Reckon(operator=sign, left=left, right=right):
                return figures.add(self.operand(left), self.operand(right), sign)
            case p.Rank(operand=inner, order=order):
                text = self.operand(inner).text
                cases = " ".join(f"WHEN {text} = {self.dialect.text(key)} THEN {n}" for n, key in enumerate(order))
                return Sql(f"(CASE {cases} END)", digits=len(str(len(order))))
            case p.Truth(true=true, false=false):
                yes, no = self.dialect.yes, self.dialect.no
                return Sql(f"(CASE WHEN {self.test(true)} THEN {yes} WHEN {self.test(false)} THEN {no} END)", "yesno")
            case p.Rounded(operand=p.Quotient() as quotient, decimals=decimals):
                top, bottom = self.operand(quotient.numerator), self.operand(quotient.denominator)
                found = figures.rounded_quotient(top, bottom, decimals)
                return self._where_nonzero(found, quotient.divisors)
            case p.Rounded(operand=inner, decimals=decimals):
                return figures.rounded(self.operand(inner), decimals)
            case p.Capped(operand=inner, at_least=low, at_most=high):
                found = self.operand(inner)
                for cap, sign in ((low, "<"), (high, ">")):
                    if cap is not None:
                        found = self.capped(found, self.operand(cap), sign)
                return found
            case p.Entry(table=table, key=key, default=default):
                return self._entry(table, self.operand(key), None if default is None else self.operand(default))
            case p.Shift() | p.Days() | p.Age() | p.Part() | p.Anniversary():
                return self._of_dates(operand)
            case p.Quotient():
                raise NotCarried("division")
            case p.Invoke(function=name):
                raise NotCarried("function", name)
            case p.Aggregated() | p.Element():
                raise NotCarried("list")
        raise NotCarried("construct", type(operand).__name__)

    def capped(self, value: Sql, cap: Sql, sign: str) -> Sql:
        """The value, or the cap where the value is beyond it; unknown where the cap is."""
        if value.kind == "number":
            scale = max(value.scale, cap.scale)
            digits = max(value.digits, cap.digits)
            value, cap = (self.figures.typed(each, digits, scale) for each in (value, cap))
            beyond = self.figures.compare(sign, value, cap)
        else:
            digits = scale = 0
            beyond = f"{value.text} {sign} {cap.text}"
        text = f"(CASE WHEN {beyond} THEN {cap.text} WHEN {cap.text} IS NOT NULL THEN {value.text} END)"
        return Sql(text, value.kind, digits, scale)

    def _where_nonzero(self, found: Sql, divisors: Iterable[Operand]) -> Sql:
        zero = self.figures.literal(0)
        tests = [self.figures.compare("!=", self.operand(each), zero) for each in divisors]
        return evolve(found, text=f"(CASE WHEN {' AND '.join(tests)} THEN {found.text} END)") if tests else found

    def _entry(self, table: p.Fixed, key: Sql, default: Sql | None) -> Sql:
        entries = fixed_value(table.recipe, self.model, self.as_of)
        if len(entries) > MOST_ENTRIES:
            raise NotCarried("reference table", str(len(entries)))
        found = {each: self.constant(value) for each, value in entries.items()}
        values = [each for each in (*found.values(), default) if each is not None and each.kind != "null"]
        if not values:
            return Sql("NULL", "null")
        kind, digits, scale = values[0].kind, max(v.digits for v in values), max(v.scale for v in values)

        def written(value: Sql) -> str:
            if value.kind == "null":
                return "NULL"
            return self.figures.typed(value, digits, scale).text if kind == "number" else value.text

        cases = []
        for each, value in found.items():
            same = self.constant(each)
            equal = self.figures.compare("=", key, same) if key.kind == "number" else f"{key.text} = {same.text}"
            cases.append(f"WHEN {equal} THEN {written(value)}")
        if default is not None:
            cases.append(f"WHEN {key.text} IS NOT NULL THEN {written(default)}")
        return Sql(f"(CASE {' '.join(cases)} END)", kind, digits, scale)

    # --- dates ---------------------------------------------------------------------------------------------------

    def _of_dates(self, operand: Operand) -> Sql:
        match operand:
            case p.Days(later=later, earlier=earlier):
                template = self.dialect.needed(self.dialect.days_between, "date arithmetic")
                end, start = self._day(later).text, self._day(earlier).text
                return Sql(template.format(later=end, earlier=start), digits=7)
            case p.Part(part=part, date=moment):
                return self._part(part, self._day(moment).text)
            case p.Age(unit=unit, date=moment):
                return self._age(unit, self._day(moment).text)
            case p.Shift(date=moved, amount=amount, unit=unit, sign=sign):
                return self._shifted(self._day(moved), self.operand(amount), unit, sign)
            case p.Anniversary(date=moment):
                return self._anniversary(self._day(moment))
        raise NotCarried("construct", type(operand).__name__)

    def _day(self, operand: Operand) -> Sql:
        """A date; one that is never known keeps its type."""
        found = self.operand(operand)
        return found if found.kind != "null" else Sql(self.dialect.nothing("date"), "date")

    def _anniversary(self, day: Sql) -> Sql:
        """The one in the as-of date's year, or the one after it; of a date that lies ahead the date itself."""
        years = f"({self.as_of.year} - {self._part('year', day.text).text})"
        past = f"(CASE WHEN {years} > 0 THEN {years} ELSE 0 END)"
        first, second = (
            self._shifted(day, Sql(f"(12 * {past} + {more})", digits=5), "months", 1).text for more in (0, 12)
        )
        today = self.dialect.day(self.as_of)
        return Sql(f"(CASE WHEN {first} >= {today} THEN {first} ELSE {second} END)", "date")

    def _part(self, part: str, day: str) -> Sql:
        template = self.dialect.needed(self.dialect.part.get(part), "part of a date")
        return Sql(template.format(x=day), digits=4)

    def _age(self, unit: str, day: str) -> Sql:
        """Completed units up to the as-of date, which is known: the day of the month says whether the last is full."""
        base, size = UNITS[unit]
        if base == "days":
            template = self.dialect.needed(self.dialect.days_between, "date arithmetic")
            if size != 1:
                raise NotCarried("age in weeks")
            return Sql(template.format(later=self.dialect.day(self.as_of), earlier=day), digits=7)
        year, month, of_month = (self._part(each, day).text for each in ("year", "month", "day"))
        last = period(self.as_of, "month")[1].day
        full = "0" if self.as_of.day == last else f"(CASE WHEN {of_month} > {self.as_of.day} THEN 1 ELSE 0 END)"
        months = f"({12 * self.as_of.year + self.as_of.month} - (12 * {year} + {month}) - {full})"
        if size == 1:
            return Sql(months, digits=6)
        whole = self.dialect.needed(self.dialect.integer_division, "age in years")
        # Rounded down also where the date lies ahead: 20,000 years make every count positive.
        ahead = 240_000
        quotient = whole.format(n=f"({months} + {ahead})", d=str(size))
        return Sql(f"CAST({quotient} - {ahead // size} AS {self.dialect.whole})", digits=5)

    def _shifted(self, day: Sql, amount: Sql, unit: str, sign: int) -> Sql:
        dialect = self.dialect
        if unit not in ("days", "months"):
            raise NotCarried("working days")
        months = unit == "months"
        template = dialect.needed(dialect.add_months if months else dialect.add_days, "date arithmetic")
        if amount.digits > (5 if months else 8):
            raise NotCarried("date arithmetic")
        count = amount.text if sign > 0 else f"-{amount.text}"
        moved = template.format(x=day.text, n=f"({count})")
        if dialect.last_day == date.max and dialect.name in ("duckdb", "postgres"):
            # Their calendars go on; ours ends with the years 1 and 9999.
            first, last = dialect.day(date.min), dialect.day(date.max)
            moved = f"(CASE WHEN {moved} > {last} THEN {last} WHEN {moved} < {first} THEN {first} ELSE {moved} END)"
        return Sql(moved, "date")


def _escaped(character: str, escape: str) -> str:
    return escape.format(character) if "{}" in escape else escape + character
