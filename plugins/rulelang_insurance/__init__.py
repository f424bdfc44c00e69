"""Insurance for rulelang: prospects, policyholders, underwriting risk.

``use insurance`` in a rule file brings in the fields of ``vocabulary.rules``; the rulesets are ``insurance/prospects``,
``insurance/policyholders`` and ``insurance/underwriting``.
"""

from pathlib import Path

from rulelang import Plugin

__all__ = ["plugin"]

plugin = Plugin(
    name="insurance",
    label="保险",
    version="1.0",
    folder=Path(__file__).parent,
    summary="Prospects by warmth and grade, policyholders to develop again, underwriting risk",
    summary_label="准客户温度与级别，老客户再开发，承保风险",
)
