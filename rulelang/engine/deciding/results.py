"""The results of decisions for which everything was known."""

from __future__ import annotations

from typing import Any

from rulelang.model.contributions import DECIDED, NO_RULE, Result


def certain(answer: Any, winner: int | list[int] | None) -> Result:
    """The result of a decision for which everything was known."""
    branches = tuple(winner) if isinstance(winner, list) else () if winner is None else (winner,)
    return Result(answer, NO_RULE if answer is None else DECIDED, (answer,), (answer,), branches)
