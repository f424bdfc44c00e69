"""An explanation as text, in English or Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rulelang.explain.why import LOST, OPEN, UNMATCHED, WON, Explanation, Judgement, Part, Seen
from rulelang.explain.wording import show_answer, show_typed
from rulelang.explain.words import PHRASES, STANDINGS, TRUTHS, in_language
from rulelang.model.contributions import ANY, BLANK, PROVISIONAL, UNDECIDED
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.privacy import HIDDEN
from rulelang.vocabulary.types import ListOf

Spell = Callable[[str], str]
Called = Callable[[str, str], str]

MOST_LISTED = 20


def by_path(file: str, lang: str) -> str:
    """A file by its path, in any language."""
    del lang
    return file


def render(explanation: Explanation, lang: str = "en", spell: Spell = str, called: Called = by_path) -> str:
    """The explanation in words, without a final line end; ``spell`` puts conditions into the language, ``called`` says
    what a file of rules is called in it."""
    return "\n".join(_lines(explanation, lang, spell, called))


def reason_text(explanation: Explanation, lang: str = "en") -> str:
    """The reasons of the rules that made the answer, on one line; empty where they give none."""
    reasons = (dict(part.reason).get(lang, "") for part in explanation.of_role(WON))
    return ("；" if lang == "zh" else "; ").join(dict.fromkeys(each for each in reasons if each))


def _lines(explanation: Explanation, lang: str, spell: Spell, called: Called) -> Iterator[str]:
    phrases, outcome = PHRASES[lang], explanation.outcome
    answer = explanation.answer
    yield phrases["head"].format(
        outcome=in_language(outcome.name, outcome.label, lang),
        answer=phrases["no answer"] if answer is None else show_answer(answer, outcome, lang),
        standing=STANDINGS[lang][explanation.standing],
        as_of=show_typed(explanation.as_of, outcome.type, lang),
    )
    won = explanation.of_role(WON)
    if explanation.broken:
        yield from _section("rivals", explanation.of_role(LOST), outcome, lang, spell, called)
    elif won:
        key = "added" if outcome.policy in ("sum", "collect") else "won"
        yield from _section(key, won, outcome, lang, spell, called)
    else:
        yield from (f"  {each}" for each in _without_winner(explanation, lang))
    if not explanation.broken:
        key = "valueless" if is_valueless(explanation) else "lost"
        lost = explanation.of_role(LOST)
        sure = [each for each in lost if not each.assumed or key == "valueless"]
        yield from _section(key, sure, outcome, lang, spell, called)
        yield from _section("could", (each for each in lost if each not in sure), outcome, lang, spell, called)
    yield from _section("open", explanation.of_role(OPEN), outcome, lang, spell, called)
    yield from _section("unmatched", explanation.of_role(UNMATCHED), outcome, lang, spell, called)
    possible = possible_text(explanation, lang)
    if possible:
        yield f"  {possible}"
    if explanation.missing:
        names = (in_language(each.name, each.label, lang) for each in explanation.missing)
        fields = phrases["comma"].join(phrases["quoted"].format(name=each) for each in names)
        yield "  " + phrases["settle"].format(fields=fields)
    yield from (f"  {each}" for each in future_dates(explanation, lang))


def future_dates(explanation: Explanation, lang: str) -> Iterator[str]:
    """The dates behind an answer that lie in the future, where they should not: a slip may have made it."""
    for each in explanation.future:
        name = ".".join(in_language(*pair, lang) for pair in zip(each.name, each.label, strict=True))
        value = each.value if each.value == HIDDEN else show_typed(each.value, each.type, lang)
        yield PHRASES[lang]["future"].format(name=name, value=value)


def possible_text(explanation: Explanation, lang: str) -> str:
    """What the answer may be once all is known, the present one among them; empty where nothing is open."""
    if explanation.standing not in (PROVISIONAL, UNDECIDED):
        return ""
    phrases, outcome, answer = PHRASES[lang], explanation.outcome, explanation.answer
    possible = explanation.possible
    if possible == (answer,):
        return "" if answer is None else phrases["stays"]
    told = [_quoted(each, outcome, lang) for each in possible if each is not ANY]
    others = told if answer is None or answer not in possible else told[1:]
    if ANY in possible and others:
        told, others = [*told, phrases["another value"]], [*others, phrases["another value"]]
    if not others:
        return phrases["can't be told"] if explanation.missing else ""
    if explanation.standing == UNDECIDED or answer is None:
        return phrases["possible"].format(values=phrases["or"].join(told))
    now = _quoted(answer, outcome, lang)
    every, others_shown = phrases["or"].join(told), phrases["or"].join(others)
    return phrases["may become"].format(now=now, values=others_shown, all=every)


def _quoted(answer: Any, outcome: Outcome, lang: str) -> str:
    """An answer, each of its values between marks that show where it ends."""
    phrases = PHRASES[lang]
    if isinstance(answer, tuple) and answer:
        return phrases["comma"].join(_quoted(each, outcome, lang) for each in answer)
    shown = show_answer(answer, outcome, lang)
    if isinstance(answer, str) and any(each in shown for each in ",，、;；"):
        return f"“{shown}”"
    return phrases["quoted"].format(name=shown) if isinstance(answer, str) else shown


def is_valueless(explanation: Explanation) -> bool:
    """Whether a rule matched, and nothing comes of it because its value is unknown."""
    decided = explanation.of_role(WON) or explanation.last_resort or explanation.broken
    withheld = explanation.outcome.when_missing == "undecided"
    return explanation.standing == UNDECIDED and not decided and not withheld and bool(explanation.of_role(LOST))


def _without_winner(explanation: Explanation, lang: str) -> Iterator[str]:
    phrases = PHRASES[lang]
    if explanation.last_resort:
        yield phrases["last resort"]
    elif explanation.standing == UNDECIDED:
        if explanation.outcome.when_missing == "undecided" and explanation.of_role(LOST):
            yield phrases["withheld"]
    elif explanation.standing == PROVISIONAL and explanation.outcome.when_missing == "worst":
        yield phrases["worst"]
    elif not explanation.of_role(OPEN):
        yield phrases[nothing_said(explanation)]


def nothing_said(explanation: Explanation) -> str:
    """The phrase where no rule applies: what is added up, or listed, is decided all the same."""
    return "nothing added" if explanation.outcome.policy in ("sum", "collect") else "nothing"


def _section(
    key: str, parts: Iterable[Part], outcome: Outcome, lang: str, spell: Spell, called: Called
) -> Iterator[str]:
    listed = list(parts)
    if listed:
        yield f"  {PHRASES[lang][key]}{'：' if lang == 'zh' else ':'}"
        for part in listed[:MOST_LISTED]:
            yield from (f"    {line}" for line in part_lines(part, outcome, lang, spell, called))
        if len(listed) > MOST_LISTED:
            yield "    " + PHRASES[lang]["more"].format(count=len(listed) - MOST_LISTED)


def part_lines(part: Part, outcome: Outcome, lang: str, spell: Spell, called: Called = by_path) -> Iterator[str]:
    """A branch of a rule: what it gives, its reason where it won, and its conditions."""
    phrases = PHRASES[lang]
    line = phrases["rule"].format(name=in_language(part.rule, part.label, lang))
    if part.span is not None:
        line += phrases["place"].format(file=called(part.span.file, lang), line=part.span.line)
    if part.deviation is not None:
        base = part.deviation.base
        place = (
            ""
            if base is None
            else phrases["place"].format(file=called(base.file, lang), line=base.line).strip(" （）()")
        )
        line += phrases[f"deviates {part.deviation.kind}"].format(place=place)
    values = [phrases["any value"] if each is None else show_answer(each, outcome, lang) for each in part.values]
    yield line + phrases["gives"].format(value=phrases["comma"].join(values))
    reason = dict(part.reason).get(lang)
    if reason and part.role == WON:
        yield "  " + phrases["reason"].format(reason=reason)
    shown: set[tuple[str, tuple[int, ...]]] = set()
    for judgement in part.judgements:
        yield "  " + _judgement(judgement, lang, spell)
        if part.role in (WON, LOST):
            yield from (f"    {line}" for line in _evidence(judgement, lang, shown))
    yield from (f"  {each.text(lang)}" for each in part.lacks)


def _judgement(judgement: Judgement, lang: str, spell: Spell) -> str:
    phrases = PHRASES[lang]
    text = phrases["truth"].format(truth=TRUTHS[lang][judgement.truth], condition=spell(judgement.text))
    if judgement.seen:
        text += phrases["saw"].format(seen=phrases["comma"].join(_seen(each, lang) for each in judgement.seen))
    return text


def _records(seen: Seen, name: str, lang: str) -> str:
    """What records of a list came to, how many counted, and how many were left out for want of what."""
    phrases, records = PHRASES[lang], seen.records
    assert records is not None and isinstance(seen.type, ListOf)
    unit = "exception" if records.exceptions else "record"
    text = phrases[f"one {unit}" if records.counted == 1 else f"{unit}s"].format(count=records.counted)
    if records.group:
        shown = [show_typed(value, type_, lang) for value, type_ in records.group]
        where = phrases["days"].format(*shown) if len(shown) > 1 else shown[0]
        text = phrases["of group"].format(group=HIDDEN if seen.hidden else where, records=text)
    if seen.value is not None and seen.result is not None:
        text = phrases["from records"].format(value=show_typed(seen.value, seen.result, lang), records=text)
    if records.left_out:
        labels = {key: in_language(key, label, lang) for key, label, _ in seen.type.fields}
        fields = phrases["comma"].join(labels.get(each, each) for each in records.missing)
        text += phrases["left out"].format(count=records.left_out)
        text += phrases["for want of"].format(fields=fields) if fields else ""
    return phrases["of list"].format(name=name, records=text)


def _evidence(judgement: Judgement, lang: str, shown: set[tuple[str, tuple[int, ...]]]) -> Iterator[str]:
    """The first records that made a condition hold, a line each; those of an earlier condition are not told again."""
    phrases = PHRASES[lang]
    for seen in judgement.seen:
        found = seen.evidence()
        key = (seen.name, tuple(number for number, _ in found.first))
        if not found.count or key in shown:
            continue
        shown.add(key)
        if seen.hidden:
            yield phrases["evidence"].format(number=phrases["comma"].join(map(str, key[1])), values=HIDDEN)
        for number, record in () if seen.hidden else found.first:
            yield phrases["evidence"].format(number=number, values=_record(seen, record, lang))
        if found.count > len(found.first):
            yield phrases["more"].format(count=found.count - len(found.first))


def _record(seen: Seen, record: Mapping[str, Any], lang: str) -> str:
    """The known values of a record."""
    assert isinstance(seen.type, ListOf)
    phrases = PHRASES[lang]
    known = ((in_language(name, label, lang), record.get(name), type_) for name, label, type_ in seen.type.fields)
    told = (
        phrases["seen"].format(name=name, value=show_typed(value, type_, lang))
        for name, value, type_ in known
        if value is not None
    )
    return phrases["comma"].join(told)


def _seen(seen: Seen, lang: str) -> str:
    phrases, name = PHRASES[lang], in_language(seen.name, seen.label, lang)
    if seen.standing is not None:
        return phrases["stands"].format(name=name, standing=STANDINGS[lang][seen.standing])
    if seen.records is not None:
        return _records(seen, name, lang)
    if seen.value is None:
        return phrases["missing"].format(name=name)
    if seen.value is BLANK:
        return phrases["blank"].format(name=name)
    if isinstance(seen.value, tuple):
        shown = phrases["comma"].join(map(str, seen.value)) or phrases["empty"]
    else:
        shown = HIDDEN if seen.hidden else show_typed(seen.value, seen.type, lang)
    text = phrases["seen"].format(name=name, value=shown)
    return phrases["changed"].format(seen=text) if seen.changed else text
