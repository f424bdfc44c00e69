"""Retail for rulelang: a vocabulary of shop customers, member tiers with their benefits, and the life cycle of a buyer.

``use retail`` in a rule file brings in the fields of ``vocabulary.rules``; the rulesets are ``retail/tiers`` and
``retail/lifecycle``. Its function ``luhn_valid`` checks the number of a card.
"""

from pathlib import Path

from rulelang import Function, Parameter, Plugin
from rulelang.vocabulary.types import Text, YesNo
from rulelang_retail.checks import luhn_valid

__all__ = ["plugin"]

plugin = Plugin(
    name="retail",
    label="零售",
    version="1.0",
    folder=Path(__file__).parent,
    summary="Member tiers with benefits, life cycle with win-back",
    summary_label="会员等级与权益，生命周期与挽回",
    functions=(
        Function(
            name="luhn_valid",
            label="校验位正确",
            parameters=(Parameter("number", Text(), "号码"),),
            result=YesNo(),
            call=luhn_valid,
            note="Whether the last digit of a card number is the check digit of the others (Luhn formula)",
            note_label="卡号末位是否为按卢恩公式算出的校验位",
        ),
    ),
)
