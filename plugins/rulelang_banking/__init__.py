"""Banking for rulelang: tiers by assets and suitable products, investor classes, credit, files to review, churn.

``use banking`` in a rule file brings in the fields of ``vocabulary.rules``; the rulesets are ``banking/aum-tiers``,
``banking/investors``, ``banking/credit``, ``banking/files`` and ``banking/retention``.
"""

from pathlib import Path

from rulelang import Plugin

__all__ = ["plugin"]

plugin = Plugin(
    name="banking",
    label="银行",
    version="1.0",
    folder=Path(__file__).parent,
    summary="Tiers by assets with suitability, investor classes, credit grades and limits, file reviews, churn",
    summary_label="资产等级与适当性，证券投资者分类，信用等级与额度，资料复核，睡眠与流失",
)
