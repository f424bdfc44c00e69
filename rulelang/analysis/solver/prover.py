"""What a second prover answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from rulelang.analysis.formula import Box
from rulelang.analysis.witness import Customer

Confirms = Callable[[Mapping[str, Any]], bool]


class Prover(Protocol):
    """Answers questions about one space. Both raise OutOfBudget."""

    def find(self, wanted: Sequence[int], within: Box, steps: int, confirms: Confirms | None = None) -> Customer | None:
        """A customer for whom formulas hold, None: there is none. One not ``tried`` may be no such customer.

        ``confirms`` says whether somebody is the customer sought, where that is more than the formulas.
        """

    def never(self, wanted: Sequence[int], within: Box, steps: int) -> bool:
        """Whether it is proved that formulas hold for nobody."""
