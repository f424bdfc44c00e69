"""Why an outcome came out as it did, on one line, as it stands in a result's reason column."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.explain.render import Spell, future_dates, is_valueless, nothing_said, possible_text, reason_text
from rulelang.explain.why import LOST, OPEN, WON, Explanation, Part
from rulelang.explain.words import PHRASES, in_language
from rulelang.model.contributions import UNDECIDED

BETWEEN = {"en": "; ", "zh": "；"}
_COLON = {"en": ": ", "zh": "："}


def one_line(explanation: Explanation, language: str, spell: Spell = str) -> str:
    """The reasons that the winning rules give, else the rules and their conditions; then what is still open.

    ``spell`` puts conditions into the language, as `rulelang.explain.translate.translator` does.
    """
    return BETWEEN[language].join(" ".join(each.split()) for each in said(explanation, language, spell))


def said(explanation: Explanation, language: str, spell: Spell) -> Iterator[str]:
    """What is said of an outcome, piece by piece."""
    phrases, won = PHRASES[language], explanation.of_role(WON)
    if explanation.broken:
        rivals = phrases["comma"].join(rule_told(each, language, spell) for each in explanation.of_role(LOST))
        yield f"{phrases['rivals']}{_COLON[language]}{rivals}"
    elif won:
        given = reason_text(explanation, language)
        if given:
            yield given
        yield from (rule_told(each, language, spell) for each in won if not dict(each.reason).get(language))
    elif explanation.last_resort:
        yield phrases["last resort"].rstrip(".。")
    elif is_valueless(explanation):
        matched = phrases["comma"].join(rule_told(each, language, spell) for each in explanation.of_role(LOST))
        yield f"{phrases['valueless']}{_COLON[language]}{matched}"
    elif explanation.standing == UNDECIDED and explanation.of_role(LOST):
        yield phrases["withheld"].rstrip(".。")
    elif not explanation.of_role(OPEN):
        yield phrases[nothing_said(explanation)].rstrip(".。")
    possible = possible_text(explanation, language)
    if possible:
        yield possible.rstrip(".。")
    if explanation.missing:
        names = (in_language(each.name, each.label, language) for each in explanation.missing)
        fields = phrases["comma"].join(phrases["quoted"].format(name=each) for each in names)
        yield phrases["settle"].format(fields=fields)
    yield from future_dates(explanation, language)


def rule_told(part: Part, language: str, spell: Spell) -> str:
    """A rule that gives no reason of its own: its name, and what held."""
    phrases = PHRASES[language]
    name = phrases["rule"].format(name=in_language(part.rule, part.label, language))
    if part.otherwise:
        name = phrases["otherwise"].format(rule=name)
    told = (*(spell(each.text) for each in part.judgements), *(each.text(language) for each in part.lacks))
    held = phrases["comma"].join(told)
    return f"{name}{_COLON[language]}{held}" if held else name
