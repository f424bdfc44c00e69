"""Why a customer gets an answer, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.wording import show_value
from rulelang.explain.why import LOST, WON
from rulelang.report.terminal import Style

if TYPE_CHECKING:
    from rulelang.engine.deciding.decided import Decided
    from rulelang.engine.deciding.decision import Decision
    from rulelang.engine.deciding.each import ElementDecision

_ROLES = {"decided": "good", "provisional": "warning", "undecided": "error", "no rule": "note"}


def decision_text(
    decision: Decision,
    outcomes: Sequence[str],
    lang: str,
    style: Style,
    reveal: bool = False,
    elements: Sequence[ElementDecision] = (),
) -> str:
    """Why each outcome has its answer, one after the other, then those of some records; last the fingerprint of the
    rules.
    """
    parts = [_why(decision, name, lang, style, reveal) for name in outcomes]
    for element in elements:
        number = element.index + 1
        title = f"{element.list}第{number}条" if lang == "zh" else f"{element.list}, record {number}"
        parts.append(style.paint(title, "heading"))
        parts += [_why(element, name, lang, style, reveal) for name in element.outcomes]
    mark = f"{'指纹' if lang == 'zh' else 'fingerprint'} {decision.fingerprint}"
    return "\n\n".join([*parts, style.paint(mark, "faint")])


def _why(told: Decided, name: str, lang: str, style: Style, reveal: bool) -> str:
    """Why an outcome has its answer, the answer painted as it stands."""
    head, _, rest = told.why(name, lang, reveal).partition("\n")
    return style.paint(head, _ROLES[told.standing(name)]) + (f"\n{rest}" if rest else "")


def decision_json(
    decision: Decision,
    outcomes: Sequence[str],
    lang: str,
    reveal: bool = False,
    elements: Sequence[ElementDecision] = (),
) -> dict[str, Any]:
    """Each outcome's answer, standing, possible values, rule, missing fields and explanation."""
    return {
        "as_of": decision.as_of.isoformat(),
        "fingerprint": decision.fingerprint,
        "missing": list(decision.missing),
        "outcomes": {name: _outcome(decision, name, lang, reveal) for name in outcomes},
        "elements": [
            {
                "list": each.list,
                "record": each.index + 1,
                "outcomes": {name: _outcome(each, name, lang, reveal) for name in each.outcomes},
            }
            for each in elements
        ],
        "problems": [finding_json(each, lang) for each in decision.problems],
    }


def _outcome(told: Decided, name: str, lang: str, reveal: bool) -> dict[str, Any]:
    return {
        "value": _plain(told[name]),
        "standing": told.standing(name),
        "possible": [_plain(each) for each in told.explain(name).possible],
        "rule": told.rule(name),
        "missing": list(told.missing_for(name)),
        "why": told.why(name, lang, reveal),
        "evidence": list(_evidence(told, name, reveal)),
    }


def _evidence(told: Decided, name: str, reveal: bool) -> Iterator[dict[str, Any]]:
    """The records that made conditions of matching rules hold: how many, and the first with their places in the list;
    of personal ones the places alone.
    """
    for part in told.explain(name, reveal).parts:
        for judgement in part.judgements if part.role in (WON, LOST) else ():
            for seen in judgement.seen:
                found = seen.evidence()
                if not found.count:
                    continue
                records = [
                    {
                        "number": number,
                        "values": None if seen.hidden else {key: _plain(value) for key, value in record.items()},
                    }
                    for number, record in found.first
                ]
                facts = {"rule": part.rule, "condition": judgement.text, "list": seen.name}
                yield {**facts, "count": found.count, "records": records}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | Decimal | str) else show_value(value, "en")
