"""Why a customer gets an answer, for a person and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.report.terminal import Style

if TYPE_CHECKING:
    from rulelang.engine.decision import Decision

_ROLES = {"decided": "good", "provisional": "warning", "undecided": "error", "no rule": "note"}


def decision_text(decision: Decision, outcomes: Sequence[str], lang: str, style: Style, reveal: bool = False) -> str:
    """Why each outcome has its answer, one after the other; last the fingerprint of the rules."""
    parts = []
    for name in outcomes:
        head, _, rest = decision.why(name, lang, reveal).partition("\n")
        parts.append(style.paint(head, _ROLES[decision.standing(name)]) + (f"\n{rest}" if rest else ""))
    mark = f"{'指纹' if lang == 'zh' else 'fingerprint'} {decision.fingerprint}"
    return "\n\n".join([*parts, style.paint(mark, "faint")])


def decision_json(decision: Decision, outcomes: Sequence[str], lang: str, reveal: bool = False) -> dict[str, Any]:
    """Each outcome's answer, standing, possible values, rule, missing fields and explanation."""
    return {
        "as_of": decision.as_of.isoformat(),
        "fingerprint": decision.fingerprint,
        "missing": list(decision.missing),
        "outcomes": {
            name: {
                "value": _plain(decision[name]),
                "standing": decision.standing(name),
                "possible": [_plain(each) for each in decision.possible(name)],
                "rule": decision.rule(name),
                "missing": list(decision.missing_for(name)),
                "why": decision.why(name, lang, reveal),
            }
            for name in outcomes
        },
        "problems": [finding_json(each, lang) for each in decision.problems],
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | str) else show_value(value, "en")
