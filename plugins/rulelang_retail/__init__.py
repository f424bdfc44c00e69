"""Retail for rulelang: a vocabulary of shop customers, member tiers with their benefits, and the life cycle of a buyer.

``use retail`` in a rule file brings in the fields of ``vocabulary.rules``; the rulesets are ``retail/tiers`` and
``retail/lifecycle``.
"""

from pathlib import Path

from rulelang import Plugin

__all__ = ["plugin"]

plugin = Plugin(
    name="retail",
    label="零售",
    version="1.0",
    folder=Path(__file__).parent,
    summary="Member tiers with benefits, life cycle with win-back",
    summary_label="会员等级与权益，生命周期与挽回",
)
