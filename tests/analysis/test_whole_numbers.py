"""A customer that a finding shows could stand in data: whole numbers have no decimals."""

from datetime import date

import rulelang
from rulelang.engine.advice.proving import prove

RULES = """\
choice level: low < medium < high
field n: whole number, at least 0, at most 3
field p: number, may be blank, at least 0, at most 1
outcome g: level
rule "r1": if n >= 1 then g = low
rule "r2": if not (n > p) then g = low
"""


def test_no_gap_is_claimed_between_two_whole_numbers() -> None:
    proved = prove(rulelang.loads(RULES), date(2026, 6, 1))
    assert proved is not None
    assert "gap" not in [each.code for each in proved[1]]
