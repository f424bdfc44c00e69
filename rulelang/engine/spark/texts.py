"""The cells of a result as a text table has them, as every other engine writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rulelang.backends.sql.dialects import SPARK
from rulelang.engine.extras import extra
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Money, Number, YesNo

_BETWEEN = {"en": "; ", "zh": "、"}
_WORDS = {"en": ("yes", "no"), "zh": ("是", "否")}


def as_texts(frame: Any, outcomes: Sequence[Outcome], why: bool, language: str) -> list[Any]:
    """An expression for every column of a result, the answers at its end."""
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    width = 3 if why else 1
    own = len(frame.columns) - width * len(outcomes)
    found = []
    for place, (name, kind) in enumerate(frame.dtypes):
        column = "`" + name.replace("`", "``") + "`"
        answer = place >= own and (place - own) % width == 0
        outcome = outcomes[(place - own) // width] if answer else None
        if outcome is not None and outcome.policy == "collect":
            text = f"array_join({column}, {SPARK.text(_BETWEEN[language])})"
        elif outcome is not None and isinstance(outcome.type, YesNo):
            yes, no = map(SPARK.text, _WORDS[language])
            text = f"CASE {column} WHEN TRUE THEN {yes} WHEN FALSE THEN {no} END"
        elif outcome is not None and isinstance(outcome.type, Number | Money):
            text = f"CAST({column} AS STRING)"
            text = (
                f"CASE WHEN contains({text}, '.') THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text})) "
                f"ELSE {text} END"
            )
        else:
            text = cell_text(column, kind)
        found.append(functions.expr(f"nullif({text}, '')"))
    return found


def cell_text(column: str, kind: str) -> str:
    """A cell of the source as text."""
    if kind == "boolean":
        return f"CASE {column} WHEN TRUE THEN 'TRUE' WHEN FALSE THEN 'FALSE' END"
    if kind.startswith(("array", "struct", "map")):
        return f"to_json({column})"
    return f"CAST({column} AS STRING)"
