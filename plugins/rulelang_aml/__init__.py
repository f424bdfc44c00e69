"""Anti-money-laundering for rulelang: how risky a customer is, and which patterns the transactions show.

``use aml`` in a rule file brings in the fields, choices and country lists of ``vocabulary.rules``; the rulesets
are ``aml/rating`` and ``aml/patterns``.
"""

from pathlib import Path

from rulelang import Plugin

__all__ = ["plugin"]

plugin = Plugin(
    name="aml",
    label="反洗钱",
    version="1.0",
    folder=Path(__file__).parent,
    summary="Customer risk rating with vetoes, overrides and reviews; transaction patterns",
    summary_label="客户洗钱风险等级（一票否决、人工调整、复核）；可疑交易模式",
)
