"""What a dialect of SQL is: how it quotes, what its types hold, and how it says what a plan asks.

A template is None where a dialect has no exact way to say it: what needs it is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen


class NotCarried(Exception):  # noqa: N818 - it names what can't be done, a limit and no fault
    """Something can't be said in a dialect; ``construct`` is a word of labels.toml, ``detail`` a name or number."""

    def __init__(self, construct: str, detail: str = "") -> None:
        super().__init__(f"{construct} {detail}".rstrip())
        self.construct = construct
        self.detail = detail


@frozen(kw_only=True)
class Dialect:
    """One row of the table in dialects.py.

    ``digits`` is how many digits an exact number may have, ``places`` how many of them behind the point; where
    ``scaled``, the database has no exact decimals and a number is kept as an integer of its smallest unit.
    ``quotient_digits`` is how many digits the integers may have that it divides.
    ``backslash``: a backslash in a text literal starts an escape. ``booleans``: yes and no are values, and a value
    may stand as a condition. ``not_a_number`` is true of a number that is none; with ``checked_cast`` a number that is
    too large for its type stops the query, so that only those that fit may be cast. ``fence`` keeps a planner from
    writing a step's expressions out wherever later steps name them, which doubles their length step by step.
    With ``typed_nulls`` a NULL is a text where nothing says otherwise.
    ``first_day`` and ``last_day`` are what its dates reach. ``nfc`` normalises a text, None
    where the database can't: its texts must be in normal form already.
    ``enumerated`` says a text that is one of few (``all`` of them), where that is faster.
    """

    name: str
    title: str
    quotes: tuple[str, str] = ('"', '"')
    doubled: bool = True
    backslash: bool = False
    text_prefix: str = ""
    hexadecimal: str = ""
    empty_text: bool = True
    utf16: bool = False
    binary: str = "{x}"
    booleans: bool = True
    yes: str = "TRUE"
    no: str = "FALSE"
    decimal: str = "DECIMAL({digits}, {scale})"
    decimal_literal: str = "{figures}"
    whole: str = "BIGINT"
    digits: int = 38
    places: int = 38
    scaled: bool = False
    quotient_digits: int = 38
    widens: str = "never"
    cast: str = "CAST({x} AS {type})"
    date_type: str = "DATE"
    text_type: str = "VARCHAR"
    date_literal: str = "DATE '{day}'"
    first_day: date = date.min
    last_day: date = date.max
    clean: str = "TRIM(BOTH {spaces} FROM {x})"
    nfc: str | None = None
    starts: str = "SUBSTR({x}, 1, {n}) = {p}"
    ends: str = "RIGHT({x}, {n}) = {p}"
    contains: str = "POSITION({p} IN {x}) > 0"
    like: str | None = "{x} LIKE {p} ESCAPE '!'"
    wildcards: tuple[str, str, str, str] = ("%", "_", "!", "%_!")
    part: Mapping[str, str] = {}
    add_days: str | None = None
    add_months: str | None = None
    days_between: str | None = None
    integer_division: str | None = None
    not_a_number: str = ""
    checked_cast: bool = False
    half_up: str | None = None
    concatenated: str = " || "
    source_alias: str = " AS "
    fence: str = ""
    typed_nulls: bool = False
    enumerated: str | None = None

    # --- names and literals ------------------------------------------------------------------------------------

    def identifier(self, name: str) -> str:
        """A name, quoted. Raises NotCarried for a name with a null character."""
        opening, closing = self.quotes
        if "\0" in name:
            raise NotCarried("null character")
        if self.doubled:
            return opening + name.replace(closing, closing * 2) + closing
        return opening + name.replace("\\", "\\\\").replace(closing, "\\" + closing) + closing

    def text(self, value: str) -> str:
        """A text literal. Raises NotCarried for what the database can't hold."""
        if "\0" in value:
            raise NotCarried("null character")
        if not value and not self.empty_text:
            raise NotCarried("empty text")
        if self.hexadecimal and ("\\" in value or not value.isprintable()):
            return self.hexadecimal.format(bytes=value.encode().hex())
        if self.backslash:
            escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
            return f"{self.text_prefix}'{escaped}'"
        return self.text_prefix + "'" + value.replace("'", "''") + "'"

    def day(self, day: date) -> str:
        """A date literal. Raises NotCarried for a day beyond the calendar of the database."""
        if not self.first_day <= day <= self.last_day:
            raise NotCarried("date beyond the calendar", day.isoformat())
        return self.date_literal.format(day=day.isoformat())

    def yes_no(self, value: bool) -> str:
        return self.yes if value else self.no

    def length(self, text: str) -> int:
        """How many characters a text has for this database."""
        return len(text.encode("utf-16-le")) // 2 if self.utf16 else len(text)

    def needed(self, template: str | None, construct: str) -> str:
        """The template. Raises NotCarried where there is none."""
        if template is None:
            raise NotCarried(construct)
        return template

    # --- yes and no ----------------------------------------------------------------------------------------------

    def flag(self, condition: str) -> str:
        """A condition as a value that is yes or no, never unknown."""
        return f"CASE WHEN {condition} THEN {self.yes} ELSE {self.no} END"

    def flagged(self, value: str) -> str:
        """A value that is yes or no as a condition."""
        return value if self.booleans else f"{value} = {self.yes}"

    def denied(self, condition: str) -> str:
        """The condition that is true where another is not, be it false or unknown."""
        if self.booleans:
            return f"NOT COALESCE({condition}, {self.no})"
        return f"CASE WHEN {condition} THEN 0 ELSE 1 END = 1"

    @property
    def always(self) -> str:
        return "TRUE" if self.booleans else "1 = 1"

    @property
    def never(self) -> str:
        return "FALSE" if self.booleans else "1 = 0"

    def nothing(self, kind: str) -> str:
        """A value of a kind that is none: parts of a date are asked of dates alone, so those are typed everywhere."""
        if not self.typed_nulls and kind != "date":
            return "NULL"
        types = {"number": self.whole, "date": self.date_type, "yesno": "BOOLEAN"}
        return f"CAST(NULL AS {types.get(kind, self.text_type)})"

    # --- numbers -------------------------------------------------------------------------------------------------

    def number_type(self, digits: int, scale: int) -> str:
        """The type that holds so many digits before the point and so many behind it. Raises NotCarried."""
        if digits + scale > self.digits or scale > self.places:
            raise NotCarried("number of too many digits", str(digits + scale))
        if scale == 0 and digits <= 18:
            return self.whole
        if self.scaled:
            return self.whole
        total = max(digits + scale, 1)
        if self.widens == "38 digits":
            total = 18 if total <= 18 else 38
        return self.decimal.format(digits=total, scale=scale)
