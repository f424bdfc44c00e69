"""Generated models, customers and days for property tests.

>>> @given(cases())
... def test_engine(case): ...
"""

from tests.strategies.cases import Case, as_of_dates, cases, rows
from tests.strategies.models import models

__all__ = ["Case", "as_of_dates", "cases", "models", "rows"]
