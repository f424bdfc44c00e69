"""Functions that plug-ins bring: plain Python over canonical values, with a signature that rules are checked against.

    Function(
        name="luhn_valid",
        label="校验码正确",
        parameters=(Parameter("number", Text(), "号码"),),
        result=YesNo(),
        call=luhn_valid,
        note="Whether the last digit of a card number is the check digit of the others.",
        note_label="卡号末位是否为前面各位的校验码。",
    )

A function is deterministic and has no effects: it may be called as often as anybody likes, also to explain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from rulelang.values.errors import Unreadable
from rulelang.values.numbers import canonical, exact, round_half_up
from rulelang.values.text import clean_text
from rulelang.vocabulary.types import Choice, Date, Length, ListOf, Money, Number, Text, Type, YesNo, type_names

UNKNOWN, GIVEN = "unknown", "given"


@frozen
class Parameter:
    """One argument of a function: its name, its type and its Chinese name."""

    name: str
    type: Type
    label: str | None = None


@frozen
class Function:
    """A function for rules. ``call`` gets one canonical value per parameter and returns one of the ``result`` type;
    defined in a module, it lets rulesets pickle.

    Amounts of money and numbers with decimals arrive as Decimal, whole ones too; whole numbers, and lengths of time in
    their unit, as int; days as date, choices by their key, texts as str, yes and no as bool. So results are returned;
    a number may be a Decimal, an int or a Fraction, a float is refused: it is not exact.

    ``None`` is unknown: with ``unknown_in="unknown"`` a function with an unknown argument is unknown and isn't called,
    with ``"given"`` it is called with None and decides for itself; None from it is unknown. ``note`` and ``note_label``
    document it in English and Chinese. ``plugin`` and ``version`` are filled in by the plug-in that brings it.

    Raises ValueError where name, parameters or ``unknown_in`` can't be.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Type
    call: Callable[..., Any] = field(eq=False, repr=False)
    label: str | None = None
    note: str = ""
    note_label: str = ""
    unknown_in: str = UNKNOWN
    plugin: str = ""
    version: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"a function can't be called {self.name!r}: letters, digits and _ only")
        if not self.parameters:
            raise ValueError(f"the function {self.name} needs a parameter")
        if self.unknown_in not in (UNKNOWN, GIVEN):
            raise ValueError(f'the function {self.name}: unknown_in is "{UNKNOWN}" or "{GIVEN}"')
        if any(isinstance(each, ListOf) for each in (self.result, *(part.type for part in self.parameters))):
            raise ValueError(f"the function {self.name}: lists of records can't be given or returned")
        if not callable(self.call):
            raise ValueError(f"the function {self.name}: call is no function")

    @property
    def spellings(self) -> tuple[str, ...]:
        """Its name, and its label where it has one."""
        return (self.name,) if self.label is None else (self.name, self.label)

    def value(self, *arguments: Any) -> Any:
        """The result for canonical values, None where it is unknown or the function failed."""
        return self.attempt(arguments)[0]

    def attempt(self, arguments: Sequence[Any]) -> tuple[Any, str | None]:
        """The result, and what went wrong: an exception, or a result of another type than was declared.

        A number without finite decimals, such as 1/3, is rounded half up to the decimals of its parameter.
        """
        if self.unknown_in == UNKNOWN and any(each is None for each in arguments):
            return None, None
        try:
            given = (_given(each, part.type) for each, part in zip(arguments, self.parameters, strict=True))
            return _checked(self.call(*given), self.result), None
        except Exception as error:  # a plug-in is a stranger's code: whatever it raises is its own fault
            return None, f"{type(error).__name__}: {error}"


def _given(value: Any, type_: Type) -> Any:
    """An argument as the function gets it: amounts are Decimal, whole ones too, so that a division stays exact."""
    if isinstance(value, int) and (isinstance(type_, Money) or (isinstance(type_, Number) and type_.decimals)):
        return Decimal(value)
    return _rounded(value, type_)


def _rounded(value: Any, type_: Type) -> Any:
    if not isinstance(value, Fraction):
        return value
    try:
        return exact(value)
    except Unreadable:
        return round_half_up(value, type_.decimals if isinstance(type_, Number | Money) else 0)


def _checked(value: Any, type_: Type) -> Any:
    """A result in its canonical form. Raises TypeError or ValueError where it is of another type."""
    if value is None:
        return None
    match type_:
        case YesNo() if isinstance(value, bool):
            return value
        case Text() if isinstance(value, str):
            return clean_text(value) or None
        case Number() | Money() if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
            value = _rounded(value, type_)
            number = canonical(Decimal(value)) if Decimal(value).is_finite() else None
            if isinstance(number, int) or (number is not None and type_.decimals):
                return number
        case Length() if isinstance(value, int) and not isinstance(value, bool):
            return value
        case Date() if type(value) is date:
            return value
        case Choice(members=members) if value in [each.key for each in members]:
            return value
    if isinstance(value, float) and isinstance(type_, Number | Money):
        raise TypeError(f"{value!r} is a float, which is not exact: return a Decimal, an int or a Fraction")
    raise TypeError(f"{value!r} is no {type_names[type(type_)]} as declared")
