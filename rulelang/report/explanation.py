"""Why a customer gets an answer, for a person and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.engine.output import STANDING_WORDS, outcome_name, speller
from rulelang.report.layout import wrap
from rulelang.report.terminal import Style

if TYPE_CHECKING:
    from rulelang.engine.decision import Decision
    from rulelang.model.program import Model

_ROLES = {"decided": "good", "provisional": "warning", "undecided": "error", "no rule": "note"}


def decision_text(model: Model, decision: Decision, outcomes: Sequence[str], lang: str, style: Style) -> str:
    """Each outcome with its answer and its standing, then why."""
    parts = []
    for name in outcomes:
        outcome = model.outcomes[name]
        standing = decision.standing(name)
        answer = decision[name]
        shown = "" if answer is None else str(speller(outcome, lang, typed=False)(answer))
        head = style.paint(outcome_name(outcome, lang), "heading") + (f" = {shown}" if shown else "")
        said = style.paint(STANDING_WORDS[lang][standing], _ROLES[standing])
        why = decision.why(name, lang)
        parts.append(f"{head}{'，' if lang == 'zh' else ', '}{said}\n{wrap(why, style.width, '  ')}")
    day = show_value(decision.as_of, lang)
    parts.append(
        style.paint(
            f"基准日{day}，指纹{decision.fingerprint}"
            if lang == "zh"
            else f"as of {day}, fingerprint {decision.fingerprint}",
            "faint",
        )
    )
    return "\n\n".join(parts)


def decision_json(decision: Decision, outcomes: Sequence[str], lang: str) -> dict[str, Any]:
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
                "why": decision.why(name, lang),
            }
            for name in outcomes
        },
        "problems": [finding_json(each, lang) for each in decision.problems],
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | str) else show_value(value, "en")
