"""How a workbook shows the numbers of a result, and which cells of the data become numbers there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from rulelang.engine.number_formats import GENERAL, NumberFormat
from rulelang.engine.reading.cells import ColumnReader
from rulelang.engine.sources.source import Source
from rulelang.explain.wording import show_typed
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Date, Money, Number, Type

_AMOUNT = "#,##0.00"
_PERCENT = "0.00%"


def number_format(type_: Type, language: str) -> NumberFormat:
    """How a workbook shows the numbers of a type: money with its currency, percentages with their sign."""
    if isinstance(type_, Number) and type_.percent:
        return _PERCENT
    if not isinstance(type_, Money):
        return GENERAL
    before, _, after = show_typed(Decimal(0), type_, language).partition("0")
    return "".join((_literal(before), _AMOUNT, _literal(after)))


def _literal(text: str) -> str:
    return f'"{text}"' if text else ""


def number_formats(
    source: Source, readers: Iterable[ColumnReader], outcomes: Iterable[Outcome], why: bool, language: str
) -> tuple[NumberFormat, ...]:
    """The formats of the columns of a result: those of a workbook stay as they are, others follow the fields."""
    own = [*source.formats(), *(GENERAL for _ in source.columns)][: len(source.columns)]
    if source.format != "excel":
        for reader in readers:
            own[reader.position] = number_format(reader.field.type, language)
    more = (GENERAL,) * (2 * why)
    return (*own, *(each for outcome in outcomes for each in (number_format(outcome.type, language), *more)))


def made_numbers(source: Source, format_: str, readers: Iterable[ColumnReader]) -> Sequence[ColumnReader]:
    """The columns whose cells become numbers and days when a result is written in a format: those of text in a
    workbook. What comes from a workbook stays as it was typed there.
    """
    if format_ != "excel" or source.format == "excel":
        return ()
    return tuple(each for each in readers if isinstance(each.field.type, Number | Money | Date))
