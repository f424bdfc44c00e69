"""Exact numbers in SQL: every expression knows how many digits it may have, so that nothing overflows or rounds.

A database with decimals keeps a number as one; a `scaled` dialect keeps it as an integer count of its smallest unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from attrs import evolve, frozen

from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import Rational, exact, show_number

_SIGNS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@frozen
class Sql:
    """An expression: its text, what kind of value it is, and for a number its digits before and behind the point.

    ``kind`` is ``number``, ``text``, ``date`` or ``yesno``. ``value`` is that of a literal.
    """

    text: str
    kind: str = "number"
    digits: int = 0
    scale: int = 0
    value: Rational | None = None

    @property
    def total(self) -> int:
        return self.digits + self.scale


@frozen
class Figures:
    """Prints numbers and what is reckoned with them, for one dialect. Every method may raise NotCarried."""

    dialect: Dialect

    def literal(self, value: Rational) -> Sql:
        """A constant; a fraction without finite decimals has no literal, and compares by `compare` alone."""
        if isinstance(value, Fraction):
            try:
                number = exact(value)
            except Unreadable:
                return Sql("", digits=0, scale=0, value=value)
            assert number is not None
            value = number
        text = show_number(value)
        whole, _, places = text.lstrip("-").partition(".")
        digits, scale = len(whole.lstrip("0")), len(places)
        self.dialect.number_type(digits, scale)
        if self.dialect.scaled:
            shown = str(int(Decimal(value).scaleb(scale)))
        elif scale == 0 and digits <= 18:
            shown = text
        else:
            shown = self.dialect.decimal_literal.format(figures=text, scale=scale)
        return Sql(f"({shown})" if value < 0 else shown, digits=digits, scale=scale, value=value)

    def add(self, left: Sql, right: Sql, sign: str = "+") -> Sql:
        """The sum or difference."""
        left, right = self._written(left), self._written(right)
        digits, scale = max(left.digits, right.digits) + 1, max(left.scale, right.scale)
        self.dialect.number_type(digits, scale)
        first, second = (self._widened(self.at_scale(each, scale), digits + scale) for each in (left, right))
        return Sql(f"({first} {sign} {second})", digits=digits, scale=scale)

    def total(self, items: Sequence[Sql]) -> Sql:
        """The sum of many as a balanced tree: databases limit how deep an expression may be."""
        if len(items) == 1:
            return items[0]
        middle = len(items) // 2
        return self.add(self.total(items[:middle]), self.total(items[middle:]))

    def multiply(self, left: Sql, right: Sql) -> Sql:
        """The product."""
        left, right = self._written(left), self._written(right)
        digits, scale = left.digits + right.digits, left.scale + right.scale
        self.dialect.number_type(digits + (self.dialect.widens == "tracked"), scale)
        first, second = (self._widened(each, digits + scale) for each in (left, right))
        return Sql(f"({first} * {second})", digits=digits, scale=scale)

    def compare(self, sign: str, left: Sql, right: Sql) -> str:
        """The comparison; a fraction among the sides is multiplied away."""
        for side, other, here in ((left, right, False), (right, left, True)):
            if isinstance(side.value, Fraction) and not side.text:
                top, bottom = self.literal(side.value.numerator), self.literal(side.value.denominator)
                scaled = self.multiply(other, bottom)
                return self.compare(sign, *((scaled, top) if here else (top, scaled)))
        scale = max(left.scale, right.scale)
        self.dialect.number_type(max(left.digits, right.digits), scale)
        return f"{self.at_scale(left, scale).text} {_SIGNS[sign]} {self.at_scale(right, scale).text}"

    def rounded(self, number: Sql, decimals: int) -> Sql:
        """The number rounded half up, a half away from zero."""
        number = self._written(number)
        if number.scale <= decimals:
            return number
        digits = number.digits + 1
        unit = 10 ** (number.scale - decimals)
        if self.dialect.scaled:
            self.dialect.number_type(digits + 1, number.scale)
            x = number.text
            text = (
                f"(CASE WHEN {x} < 0 THEN -((-2 * {x} + {unit}) / {2 * unit}) ELSE (2 * {x} + {unit}) / {2 * unit} END)"
            )
            return Sql(text, digits=digits, scale=decimals)
        if self.dialect.half_up is not None:
            type_ = self.dialect.number_type(digits, decimals)
            return Sql(self.dialect.half_up.format(x=number.text, type=type_), digits=digits, scale=decimals)
        zero = self.literal(0)
        moved = self.multiply(number, self.literal(10**decimals)) if decimals else number
        half = self.literal(Decimal("0.5"))
        up, down = self.add(moved, half), self.add(moved, half, "-")
        units = Sql(
            f"(CASE WHEN {self.compare('<', number, zero)} THEN -FLOOR(-{down.text}) ELSE FLOOR({up.text}) END)",
            digits=digits + decimals,
        )
        found = self.multiply(units, self.literal(Decimal(1).scaleb(-decimals))) if decimals else units
        return self.typed(evolve(found, digits=digits), digits, decimals)

    def rounded_quotient(self, top: Sql, bottom: Sql, decimals: int) -> Sql:
        """A quotient rounded half up; unknown where it divides by zero."""
        template = self.dialect.needed(self.dialect.integer_division, "division")
        top, bottom = self._written(top), self._written(bottom)
        scale = max(top.scale, bottom.scale)
        units = 10**decimals
        wide = top.digits + scale + decimals + 2
        if max(wide, bottom.digits + scale + 1) > min(self.dialect.digits, self.dialect.quotient_digits):
            raise NotCarried("number of too many digits", str(wide))
        n, d = self._count(top, scale), self._count(bottom, scale)
        zero = self.literal(0)
        quotient = template.format(n=f"(2 * ABS({n}) * {units} + ABS({d}))", d=f"(2 * ABS({d}))")
        signed = " OR ".join(
            f"({self.compare(first, top, zero)} AND {self.compare(second, bottom, zero)})"
            for first, second in (("<", ">"), (">", "<"))
        )
        digits = top.digits + scale + 1  # the least denominator is one of its smallest units
        nothing = self.compare("=", bottom, zero)
        text = f"(CASE WHEN {nothing} THEN NULL WHEN {signed} THEN -{quotient} ELSE {quotient} END)"
        found = Sql(text, digits=digits + decimals)
        if self.dialect.scaled or not decimals:
            return evolve(found, digits=digits, scale=decimals)
        found = self.multiply(found, self.literal(Decimal(1).scaleb(-decimals)))
        return self.typed(evolve(found, digits=digits), digits, decimals)

    def typed(self, number: Sql, digits: int, scale: int) -> Sql:
        """The number cast to a type that holds it."""
        number = self._written(number)
        found = self.at_scale(number, scale)
        return Sql(f"CAST({found.text} AS {self.dialect.number_type(digits, scale)})", digits=digits, scale=scale)

    def at_scale(self, number: Sql, scale: int) -> Sql:
        """A number in smaller units, where units matter."""
        if not self.dialect.scaled or number.scale == scale:
            return number
        if number.scale > scale:
            raise NotCarried("number of too many digits", str(number.total))
        if number.value is not None:
            count = int(Decimal(str(number.value)).scaleb(scale)) if number.value else 0
            return evolve(number, text=f"({count})" if count < 0 else str(count), scale=scale)
        return Sql(f"({number.text} * {10 ** (scale - number.scale)})", digits=number.digits, scale=scale)

    def _count(self, number: Sql, scale: int) -> str:
        """A number as the integer count of its smallest unit."""
        if self.dialect.scaled:
            return self.at_scale(number, scale).text
        moved = self.multiply(number, self.literal(10**scale)) if scale else number
        return self._widened(evolve(moved, digits=number.digits + scale, scale=0), 38)

    def _written(self, number: Sql) -> Sql:
        """Refuses a fraction that has no literal."""
        if not number.text:
            raise NotCarried("division")
        return number

    def _widened(self, number: Sql, total: int) -> str:
        """The operand in a type that lets the result have so many digits."""
        how = self.dialect.widens
        if how == "never" or self.dialect.scaled:
            return number.text
        if number.value is not None and how == "tracked":
            return number.text
        if how == "38 digits":
            if total <= 9 or (number.scale and total <= 18):
                return number.text
            if not number.scale and total <= 18:
                return f"CAST({number.text} AS BIGINT)"
            return f"CAST({number.text} AS DECIMAL(38, {number.scale}))"
        if how == "256 bits":
            return f"toDecimal256({number.text}, {number.scale})"
        if how == "bignumeric":
            return f"CAST({number.text} AS BIGNUMERIC)"
        return f"CAST({number.text} AS {self.dialect.decimal.format(digits=max(number.total, 1), scale=number.scale)})"
