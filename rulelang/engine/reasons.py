"""Why an outcome came out as it did, on one line, as it stands in a result's reason column."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.explain.render import is_valueless, possible_text, reason_text
from rulelang.explain.why import LOST, OPEN, WON, Explanation, Part
from rulelang.explain.words import PHRASES, in_language
from rulelang.model.contributions import UNDECIDED

_BETWEEN = {"en": "; ", "zh": "；"}


def one_line(explanation: Explanation, language: str) -> str:
    """The reasons that the winning rules give, else the rules and their conditions; then what is still open."""
    return _BETWEEN[language].join(" ".join(each.split()) for each in _said(explanation, language))


def _said(explanation: Explanation, language: str) -> Iterator[str]:
    phrases, won = PHRASES[language], explanation.of_role(WON)
    if explanation.broken:
        rivals = phrases["comma"].join(_rule(each, language) for each in explanation.of_role(LOST))
        yield f"{phrases['rivals']}: {rivals}"
    elif won:
        given = reason_text(explanation, language)
        if given:
            yield given
        yield from (_rule(each, language) for each in won if not dict(each.reason).get(language))
    elif explanation.last_resort:
        yield phrases["last resort"].rstrip(".。")
    elif is_valueless(explanation):
        matched = phrases["comma"].join(_rule(each, language) for each in explanation.of_role(LOST))
        yield f"{phrases['valueless']}: {matched}"
    elif explanation.standing == UNDECIDED and explanation.of_role(LOST):
        yield phrases["withheld"].rstrip(".。")
    elif not explanation.of_role(OPEN):
        yield phrases["nothing"].rstrip(".。")
    possible = possible_text(explanation, language)
    if possible:
        yield possible.rstrip(".。")
    if explanation.missing:
        names = (in_language(each.name, each.label, language) for each in explanation.missing)
        fields = phrases["comma"].join(phrases["quoted"].format(name=each) for each in names)
        yield phrases["settle"].format(fields=fields)


def _rule(part: Part, language: str) -> str:
    """A rule that gives no reason of its own: its name, and what held."""
    phrases = PHRASES[language]
    name = phrases["rule"].format(name=in_language(part.rule, part.label, language))
    held = phrases["comma"].join(each.text for each in part.judgements)
    return f"{name}: {held}" if held else name
