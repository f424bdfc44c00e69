"""The columns and cells of a result: the input's own, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.wording import show_value
from rulelang.engine.sinks.writers import as_text
from rulelang.explain.named import Renamed
from rulelang.explain.words import STANDINGS
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, YesNo

STANDING_WORDS = STANDINGS
SUFFIXES = {"en": ("_standing", "_reason"), "zh": ("_状态", "_理由")}
_BEFORE = {"en": "_before", "zh": "_原值"}
_BETWEEN = {"en": "; ", "zh": "、"}
REJECT_COLUMNS = {
    "en": ("rejected_row", "rejected_column", "rejected_reason"),
    "zh": ("退回行号", "退回列", "退回原因"),
}
REJECT_FILE = {"en": "rejected_file", "zh": "退回文件"}


@frozen
class Head:
    """The columns of a result: those of the input, some under another name, then the added ones."""

    columns: tuple[str, ...]
    notes: tuple[Diagnostic, ...]


def head(columns: Sequence[str], added: Sequence[str], language: str) -> Head:
    """The columns of a result. An input column that is called like an added one keeps its values as ``NAME_before``
    (``NAME_原值``), so that a result can be run again and nothing is lost; a note says so.
    """
    taken = {*columns, *added}
    renamed: list[str] = []
    notes: list[Diagnostic] = []
    for column in columns:
        name = column if column not in added else _free(column + _BEFORE[language], taken)
        if name != column:
            taken.add(name)
            notes.append(Diagnostic("column-renamed", facts={"column": column, "name": name}))
        renamed.append(name)
    return Head((*renamed, *added), tuple(notes))


def reject_columns(columns: Sequence[str], others: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The columns for rejected rows of several tables: those of the first, then what the others add."""
    return tuple(dict.fromkeys((*columns, *(column for each in others for column in each))))


def _without_row(fault: Diagnostic) -> Diagnostic:
    """The fault of a cell without the number of its row, which has a column of its own."""
    return evolve(fault, facts={**fault.facts, "row": None, "file": None}) if "column" in fault.facts else fault


def reject_reason(faults: Sequence[Diagnostic], language: str, named: Renamed) -> str:
    """Why a row is set aside, on one line, with fields as ``named``."""
    return "; ".join(describe(named(each), language).message for each in map(_without_row, faults))


def _free(name: str, taken: Collection[str]) -> str:
    candidates = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in candidates if each not in taken)


def outcome_columns(outcomes: Iterable[Outcome], why: bool, language: str) -> tuple[str, ...]:
    """The columns that decisions add: one per outcome, with ``why`` its standing and its reason as well."""
    names = [outcome_name(each, language) for each in outcomes]
    return tuple(name + suffix for name in names for suffix in ("", *(SUFFIXES[language] if why else ())))


def outcome_name(outcome: Outcome, language: str) -> str:
    """An outcome's name in a result: its key, or in Chinese its Chinese label where it has one."""
    label = outcome.label
    return label if language == "zh" and label is not None and not label.isascii() else outcome.name


def names_of(outcome: Outcome, language: str) -> dict[Any, object]:
    """What texts and choices are called in a language, where that is not their key."""
    if language != "zh":
        return {}
    if isinstance(outcome.type, Choice):
        return {each.key: _chinese(each.spellings()) for each in outcome.type.members}
    return dict(outcome.text_labels)


def answer_type(outcome: Outcome) -> str:
    """The type of an outcome's column in a Parquet file; of a number the scale is found in its values."""
    if outcome.policy == "collect":
        return "VARCHAR[]"
    match outcome.type:
        case Number(decimals=0) | Length():
            return "BIGINT" if outcome.at_most is None or isinstance(outcome.at_most, int) else "NUMBER"
        case Number() | Money():
            return "NUMBER"
        case Date():
            return "DATE"
        case YesNo():
            return "BOOLEAN"
    return "VARCHAR"


def speller(outcome: Outcome, language: str, typed: bool) -> Callable[[Any], object]:
    """How the answers of an outcome are written: choices by key (in Chinese by their Chinese name), the rest by kind.

    ``typed`` formats (JSON) keep yes and no and lists as such; others get words.
    """
    names = names_of(outcome, language)

    def spell(answer: Any) -> object:
        if answer is None:
            return None
        if isinstance(answer, str):
            return names.get(answer, answer)
        if isinstance(answer, bool):
            return answer if typed else show_value(answer, language)
        if isinstance(answer, tuple):
            spelt = [spell(each) for each in answer]
            return spelt if typed else _BETWEEN[language].join(map(as_text, spelt))
        if isinstance(answer, Duration):
            return show_value(answer, language)
        return answer

    return spell


def _chinese(spellings: Sequence[str]) -> str:
    return next((each for each in spellings if not each.isascii()), spellings[0])
