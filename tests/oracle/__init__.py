"""A slow, obvious interpreter of the checked model: what the language means, written down so that it can be run.

`decide(model, row, as_of)` answers from the meaning alone (S1 to S6 of the language's design). It shares nothing
with the engine: numbers are fractions, conditions are True, False or None, dates are stepped on the calendar, and
what is still possible is found by trying every combination. `places` finds where a customer stands among all. Back
ends are tested against both.
"""

from tests.oracle.decide import OracleDecision, decide
from tests.oracle.population import places
from tests.oracle.world import ANY, NO_VALUE, Sentinel

__all__ = ["ANY", "NO_VALUE", "OracleDecision", "Sentinel", "decide", "places"]
