"""Retail for rulelang: member tiers and how members move between them, RFM segments, life cycle, recommendations.

``use retail`` in a rule file brings in the fields of ``vocabulary.rules``; its rulesets are
``retail/tiers``, ``retail/movement``, ``retail/rfm``, ``retail/rfm-fixed``, ``retail/lifecycle`` and
``retail/recommendation``. Its function ``luhn_valid`` checks the number of a card.
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
    summary="Member tiers and movement, RFM segments, life cycle with win-back, recommendations",
    summary_label="会员等级与变动，RFM分群，生命周期与挽回，商品推荐",
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
